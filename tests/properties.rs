//! What must hold for any model of a kind: random instances, laws, and closed forms.

use std::f64::consts::TAU;

use osmocyte::expr::diff::derivative;
use osmocyte::expr::eval::evaluate;
use osmocyte::expr::graph::{ExprId, Graph, VarId};
use osmocyte::expr::lower::{Found, Scope, Typed, lower};
use osmocyte::expr::parse::parse_expression;
use osmocyte::trajectory::Status;
use osmocyte::units::{Dimension, Unit};
use osmocyte::{Run, RunOptions, Simulation};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The same cases in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` ask for others.
fn config(cases: u32) -> ProptestConfig {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

fn simulation(text: &str) -> Simulation {
    match Simulation::from_text("property", text) {
        Ok(simulation) => simulation,
        Err(error) => panic!("{text}\n{error}"),
    }
}

fn run_with(text: &str, rtol: f64) -> Run {
    let options = RunOptions {
        rtol: Some(rtol),
        points: Some(21),
        ..RunOptions::default()
    };
    match simulation(text).run(&options) {
        Ok(run) => run,
        Err(error) => panic!("{text}\n{error}"),
    }
}

fn run(text: &str) -> Run {
    run_with(text, 1e-10)
}

/// A column in internal units, so that only the quantity counts and not how it is shown.
fn column(run: &Run, name: &str) -> Vec<f64> {
    let column = run.trajectory.column(name);
    let column = column.unwrap_or_else(|| panic!("there is no column `{name}`"));
    let unit = Unit::parse(&column.unit).expect("units of columns can be read");
    column.values.iter().map(|v| unit.to_internal(*v)).collect()
}

/// An outcome in internal units.
fn outcome(run: &Run, name: &str) -> Option<f64> {
    let outcome = run.trajectory.outcomes.iter().find(|o| o.name == name);
    let outcome = outcome.unwrap_or_else(|| panic!("there is no outcome `{name}`"));
    let unit = Unit::parse(&outcome.unit).expect("units of outcomes can be read");
    outcome.value.map(|v| unit.to_internal(v))
}

fn close(a: f64, b: f64, relative: f64, absolute: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs()) + absolute
}

fn same_columns(a: &Run, b: &Run, relative: f64) {
    assert_eq!(a.trajectory.status, b.trajectory.status);
    for of_a in &a.trajectory.columns {
        let (x, y) = (column(a, &of_a.name), column(b, &of_a.name));
        let size = x.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        assert_eq!(x.len(), y.len());
        for (x, y) in x.iter().zip(&y) {
            assert!(
                close(*x, *y, relative, relative * size),
                "`{}`: {x} and {y}",
                of_a.name
            );
        }
    }
}

/// Spellings of one quantity.
fn spelled(internal: f64, units: &[&str], which: usize) -> String {
    let unit = units[which % units.len()];
    let value = Unit::parse(unit).expect("a unit").from_internal(internal);
    format!("{value:e} {unit}")
}

const VOLUMES: &[&str] = &["um^3", "fL", "L", "nm^3", "mm^3"];
const AREAS: &[&str] = &["um^2", "nm^2", "cm^2", "m^2"];
const CONCENTRATIONS: &[&str] = &["mM", "M", "uM", "mol/m^3", "mOsm"];
const TIMES: &[&str] = &["s", "ms", "min", "h"];
const SPEEDS: &[&str] = &["um/s", "cm/s", "m/min"];

proptest! {
    #![proptest_config(config(150))]

    /// (i) A quantity is what it is in whatever unit it is written.
    #[test]
    fn units_of_inputs_change_nothing(
        volume in 50.0..200.0f64, area in 100.0..200.0f64, pf in 1.0..100.0f64,
        inside in 100.0..400.0f64, outside in 100.0..400.0f64, p in 0.01..1.0f64,
        which in prop::array::uniform6(0usize..20),
    ) {
        let model = |w: [usize; 6]| {
            format!(
                "[bath.out]\nsolutes.salt = \"{}\"\n[compartment.cell]\nvolume = \"{}\"\nsolutes.salt = \"10 mM\"\n\
                 solutes.trapped = \"{}\"\n[membrane.m]\nbetween = [\"out\", \"cell\"]\narea = \"{}\"\nPf = \"{}\"\n\
                 solutes.salt = \"{}\"\n[experiment]\nduration = \"{}\"\n",
                spelled(outside, CONCENTRATIONS, w[0]), spelled(volume, VOLUMES, w[1]),
                spelled(inside, CONCENTRATIONS, w[2]), spelled(area, AREAS, w[3]),
                spelled(pf, SPEEDS, w[4]), spelled(p, SPEEDS, w[5]), spelled(2.0, TIMES, w[0] + w[1]),
            )
        };
        same_columns(&run(&model([0; 6])), &run(&model(which)), 1e-9);
    }

    /// (ii) Membrane that moves between pools is neither made nor lost.
    #[test]
    fn closed_networks_of_pools_keep_their_area(
        areas in prop::collection::vec(0.0..50.0f64, 2..6),
        links in prop::collection::vec((0usize..6, 1usize..6, 0.01..3.0f64), 1..8),
    ) {
        let n = areas.len();
        let mut text = String::from("[experiment]\nduration = \"3 s\"\n");
        for (i, area) in areas.iter().enumerate() {
            text += &format!("[pool.p{i}]\narea = \"{area} um^2\"\n");
        }
        for (i, (from, step, rate)) in links.iter().enumerate() {
            let (from, to) = (from % n, (from % n + 1 + step % (n - 1)) % n);
            text += &format!("[traffic.q{i}]\nfrom = \"p{from}\"\nto = \"p{to}\"\nfraction = \"{rate} 1/s\"\n");
        }
        let run = run(&text);
        let columns: Vec<Vec<f64>> = (0..n).map(|i| column(&run, &format!("p{i}.area"))).collect();
        let total: f64 = areas.iter().sum();
        for row in 0..columns[0].len() {
            let sum: f64 = columns.iter().map(|c| c[row]).sum();
            prop_assert!(close(sum, total, 1e-9, 1e-12), "{sum} instead of {total}");
        }
        prop_assert!(run.trajectory.ledger.iter().any(|l| l.name == "membrane_area"));
        prop_assert!(run.trajectory.is_ok());
    }

    /// (ii) Two compartments that exchange water and a solute keep both.
    #[test]
    fn two_compartments_keep_their_solute_and_water(
        left in 50.0..500.0f64, right in 50.0..500.0f64, volume in 50.0..500.0f64, p in 0.01..2.0f64,
        pf in 1.0..50.0f64, sigma in 0.0..1.0f64,
    ) {
        let run = run(&format!(
            "[compartment.a]\nvolume = \"100 um^3\"\nsolutes.s = \"{left} mM\"\n[compartment.b]\nvolume = \"{volume} um^3\"\n\
             solutes.s = \"{right} mM\"\n[membrane.m]\nbetween = [\"a\", \"b\"]\narea = \"30 um^2\"\nPf = \"{pf} um/s\"\n\
             solutes.s = {{ permeability = \"{p} um/s\", sigma = {sigma} }}\n[experiment]\nduration = \"2 s\"\n"
        ));
        prop_assert_eq!(&run.trajectory.status, &Status::Complete);
        for part in ["volume", "s.amount"] {
            let (a, b) = (column(&run, &format!("a.{part}")), column(&run, &format!("b.{part}")));
            prop_assert!(a[0] != a[20], "nothing moved");
            for row in 1..a.len() {
                prop_assert!(close(a[row] + b[row], a[0] + b[0], 1e-9, 0.0), "{part} leaks");
            }
        }
    }

    /// (iv) The order of sections and entries means nothing.
    #[test]
    fn order_does_not_matter(seed in any::<u64>()) {
        let sections = [
            "[bath.out]\nosmolarity = \"b\"\n",
            "[compartment.cell]\nvolume = \"V\"\nsolutes.s = \"a\"\n",
            "[membrane.m]\nbetween = [\"out\", \"cell\"]\narea = \"100 um^2\"\nPf = \"c * 10 um/s\"\n",
            "[let]\nratio = \"cell.volume / V\"\nc = \"1 + ratio / 10\"\n",
            "[state.x]\ninitial = \"V\"\nrate = \"-x / 2 s + ratio * 1 um^3/s\"\n",
            "[experiment]\nduration = \"3 s\"\nsteps = [\"at 1 s: b = 200 mM\"]\n",
            "[event.e]\nwhen = \"ratio rises through 1.02\"\n",
            "[outcomes]\ntop = \"max(ratio)\"\n",
        ];
        let parameters = ["V = \"100 um^3\"", "a = \"300 mM\"", "b = \"0.9 * a\""];
        let shuffled = |seed: u64| {
            let mut state = seed | 1;
            let mut next = move |n: usize| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 33) as usize % n
            };
            let mut names = parameters.to_vec();
            let mut all: Vec<String> = sections.iter().map(|s| s.to_string()).collect();
            if seed != 0 {
                (1..names.len()).for_each(|i| names.swap(i, next(i + 1)));
            }
            all.push(format!("[parameters]\n{}\n", names.join("\n")));
            if seed != 0 {
                (1..all.len()).for_each(|i| all.swap(i, next(i + 1)));
            }
            all.concat()
        };
        let (a, b) = (run(&shuffled(0)), run(&shuffled(seed | 1)));
        same_columns(&a, &b, 1e-9);
        let events = |run: &Run| run.trajectory.events.iter().map(|e| e.t).collect::<Vec<_>>();
        let (of_a, of_b) = (events(&a), events(&b));
        prop_assert_eq!(of_a.len(), 1);
        prop_assert!(of_b.len() == 1 && close(of_a[0], of_b[0], 1e-9, 0.0), "{of_a:?} and {of_b:?}");
        prop_assert!(close(outcome(&a, "top").unwrap_or(f64::NAN), outcome(&b, "top").unwrap_or(f64::NAN), 1e-9, 0.0));
    }

    /// (v) A setting is the same as an edited file, for parameters, inputs, initial values and the duration.
    #[test]
    fn a_setting_is_an_edit(k in 0.1..5.0f64, x in 0.5..5.0f64, b in 0.1..3.0f64, d in 0.5..4.0f64) {
        let model = |k: &str, x: &str, b: &str, d: &str, steps: &str| {
            format!(
                "[parameters]\nk = \"{k}\"\nb = \"{b}\"\nhalf = \"k / 2\"\n[state.x]\ninitial = \"{x}\"\nrate = \"-half * x + b / 1 s\"\n\
                 [experiment]\nduration = \"{d}\"\nsteps = [{steps} \"at 0.3 s: b = 2 mM\"]\n"
            )
        };
        let values = [format!("{k} 1/s"), format!("{x} mM"), format!("{b} mM"), format!("{d} s")];
        let edited = simulation(&model(&values[0], &values[1], &values[2], &values[3], ""));
        let mut set = simulation(&model("1 1/s", "1 mM", "1 mM", "1 s", "\"at 0 s: b = 7 mM\", "));
        for (name, value) in ["k", "x", "b", "duration"].iter().zip(&values) {
            set = set.with(name, value).expect("a setting");
        }
        let (a, b) = (edited.run(&RunOptions::default()).expect("a run"), set.run(&RunOptions::default()).expect("a run"));
        prop_assert_eq!(a.trajectory, b.trajectory);
    }

    /// (vi) x' = A x against the exponential of the matrix.
    #[test]
    fn linear_systems(n in 2usize..5, entries in prop::collection::vec(-2.0..2.0f64, 16), start in prop::collection::vec(-3.0..3.0f64, 4)) {
        let mut text = String::from("[experiment]\nduration = \"1.5 s\"\n");
        for i in 0..n {
            let terms: Vec<String> = (0..n).map(|j| format!("({:e}) * x{j}", entries[i * 4 + j])).collect();
            text += &format!("[state.x{i}]\ninitial = {:e}\nscale = 1\nrate = \"({}) / 1 s\"\n", start[i], terms.join(" + "));
        }
        let run = run_with(&text, 1e-11);
        let exact = exponential(n, &entries, 1.5, &start);
        for (i, exact) in exact.iter().enumerate() {
            let found = column(&run, &format!("x{i}"))[20];
            prop_assert!(close(found, *exact, 1e-8, 1e-8), "x{i}: {found} instead of {exact}");
        }
    }

    /// (vii) x' = v: the times of crossings are known.
    #[test]
    fn events_happen_when_they_must(v in 0.1..5.0f64, level in 0.01..0.99f64, reset in 0.1..0.9f64) {
        // A saw-tooth from 0 to `level`·10·v, set back by a fraction each time.
        let top = 3.0 * v * level;
        let text = format!(
            "[parameters]\nv = \"{v} um/s\"\n[state.x]\ninitial = \"0 um\"\nscale = \"1 um\"\nrate = \"v\"\n[event.up]\n\
             when = \"x rises through {top} um\"\nthen = [\"set x = {reset} * x\", \"count\"]\n[event.watch]\n\
             when = \"x rises through {} um\"\n[experiment]\nduration = \"10 s\"\n[outcomes]\nn = \"count of up\"\nfirst = \"time of up\"\n",
            top * 0.95
        );
        let run = run(&text);
        let (first, period) = (top / v, top * (1.0 - reset) / v);
        let expected: Vec<f64> = (0..).map(|i| first + period * f64::from(i)).take_while(|t| *t < 10.0).collect();
        let found: Vec<f64> = run.trajectory.events.iter().filter(|e| e.name == "up").map(|e| e.t).collect();
        // The last one may fall on the end of the run.
        prop_assert!(found.len().abs_diff(expected.len()) <= usize::from(expected.iter().any(|t| 10.0 - t < 1e-6)), "{found:?} {expected:?}");
        for (a, b) in found.iter().zip(&expected) {
            prop_assert!(close(*a, *b, 1e-9, 1e-9), "{found:?} instead of {expected:?}");
        }
        prop_assert_eq!(outcome(&run, "n"), Some(found.len() as f64));
        prop_assert_eq!(outcome(&run, "first"), found.first().copied());
    }

    /// (viii) Aggregates of a sine and of a decay against their closed forms.
    #[test]
    fn outcomes_against_closed_forms(a in 0.1..5.0f64, period in 0.5..4.0f64, phase in 0.0..6.0f64, tau in 0.3..5.0f64, when in 0.05..2.9f64) {
        let text = format!(
            "[parameters]\na = \"{a} um\"\nw = \"{w} 1/s\"\ntau = \"{tau} s\"\n[state.x]\ninitial = \"a * sin({phase})\"\nscale = \"a\"\n\
             rate = \"a * w * cos(w * t + {phase})\"\n[state.y]\ninitial = \"a\"\nrate = \"-y / tau\"\n[experiment]\nduration = \"3 s\"\n\
             [outcomes]\nmax = \"max(x)\"\nmin = \"min(x)\"\nint = \"integral(x)\"\nmean = \"mean(y)\"\nat = \"at(x, {when} s)\"\n\
             fin = \"final(y)\"\nini = \"initial(x)\"\ntom = \"time of max(x)\"\nhalf = \"time when y falls through a / 2\"\n\
             both = \"max(x) - min(x)\"\nmaxy = \"time of max(y)\"\n",
            w = TAU / period,
        );
        let run = run(&text);
        let w = TAU / period;
        let x = |t: f64| a * (w * t + phase).sin();
        // Extrema: the ends, and where the argument is an odd multiple of π/2.
        let mut candidates = vec![0.0, 3.0];
        candidates.extend((-4..60).map(|k| (TAU / 4.0 * f64::from(2 * k + 1) - phase) / w).filter(|t| (0.0..=3.0).contains(t)));
        let max = candidates.iter().map(|t| x(*t)).fold(f64::MIN, f64::max);
        let min = candidates.iter().map(|t| x(*t)).fold(f64::MAX, f64::min);
        let expect = [
            ("max", max), ("min", min), ("int", a / w * (phase.cos() - (w * 3.0 + phase).cos())),
            ("mean", a * tau / 3.0 * (1.0 - (-3.0 / tau).exp())), ("at", x(when)), ("fin", a * (-3.0 / tau).exp()), ("ini", x(0.0)),
            ("both", max - min), ("maxy", 0.0),
        ];
        for (name, exact) in expect {
            let found = outcome(&run, name).unwrap_or(f64::NAN);
            prop_assert!(close(found, exact, 1e-8, 1e-8 * a), "{name}: {found} instead of {exact}\n{text}");
        }
        let tom = outcome(&run, "tom").unwrap_or(f64::NAN);
        prop_assert!(close(x(tom), max, 1e-8, 1e-8 * a), "the maximum is not at {tom}\n{text}");
        let half = tau * 2f64.ln();
        match outcome(&run, "half") {
            Some(found) => prop_assert!(close(found, half, 1e-8, 0.0), "half: {found} instead of {half}"),
            None => prop_assert!(half > 3.0 - 1e-6, "y passes a / 2 at {half}"),
        }
    }
}

/// e^(A t) y by scaling and squaring of its Taylor series; `a` holds rows of four.
fn exponential(n: usize, a: &[f64], t: f64, y: &[f64]) -> Vec<f64> {
    let multiply = |p: &[Vec<f64>], q: &[Vec<f64>]| -> Vec<Vec<f64>> {
        (0..n)
            .map(|i| {
                (0..n)
                    .map(|j| (0..n).map(|k| p[i][k] * q[k][j]).sum())
                    .collect()
            })
            .collect()
    };
    const HALVINGS: i32 = 10;
    let scaled: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            (0..n)
                .map(|j| a[i * 4 + j] * t / f64::powi(2.0, HALVINGS))
                .collect()
        })
        .collect();
    let identity: Vec<Vec<f64>> = (0..n)
        .map(|i| (0..n).map(|j| f64::from(i == j)).collect())
        .collect();
    let (mut sum, mut term) = (identity.clone(), identity);
    for k in 1..12 {
        term = multiply(&term, &scaled);
        for i in 0..n {
            for j in 0..n {
                term[i][j] /= f64::from(k);
                sum[i][j] += term[i][j];
            }
        }
    }
    for _ in 0..HALVINGS {
        sum = multiply(&sum, &sum);
    }
    (0..n)
        .map(|i| (0..n).map(|j| sum[i][j] * y[j]).sum())
        .collect()
}

// ---- (iii) derivatives through text ------------------------------------------------------------------------------

/// Text of a smooth expression of `x` and `y`, with its value by other means.
#[derive(Clone, Debug)]
struct Smooth {
    text: String,
    value: fn(&[Smooth], f64, f64) -> f64,
    parts: Vec<Smooth>,
}

impl Smooth {
    fn at(&self, x: f64, y: f64) -> f64 {
        (self.value)(&self.parts, x, y)
    }
}

fn smooth() -> impl Strategy<Value = Smooth> {
    let leaf = |text: &str, value| Smooth {
        text: text.to_string(),
        value,
        parts: Vec::new(),
    };
    let leaves = prop_oneof![
        Just(leaf("x", |_, x, _| x)),
        Just(leaf("y", |_, _, y| y)),
        Just(leaf("2.5", |_, _, _| 2.5)),
        Just(leaf("pi", |_, _, _| std::f64::consts::PI)),
    ];
    leaves.prop_recursive(4, 24, 2, |inner| {
        (inner.clone(), inner, 0usize..11).prop_map(|(a, b, which)| {
            let (p, q) = (&a.text, &b.text);
            type Value = fn(&[Smooth], f64, f64) -> f64;
            let (text, value): (String, Value) = match which {
                0 => (format!("({p} + {q})"), |p, x, y| {
                    p[0].at(x, y) + p[1].at(x, y)
                }),
                1 => (format!("({p} - ({q}))"), |p, x, y| {
                    p[0].at(x, y) - p[1].at(x, y)
                }),
                2 => (format!("({p}) * ({q})"), |p, x, y| {
                    p[0].at(x, y) * p[1].at(x, y)
                }),
                3 => (format!("({p}) / (1.5 + ({q})^2)"), |p, x, y| {
                    p[0].at(x, y) / (1.5 + p[1].at(x, y).powi(2))
                }),
                4 => (format!("sin({p})"), |p, x, y| p[0].at(x, y).sin()),
                5 => (format!("cos({p})"), |p, x, y| p[0].at(x, y).cos()),
                6 => (format!("tanh({p})"), |p, x, y| p[0].at(x, y).tanh()),
                7 => (format!("exp(-({p})^2)"), |p, x, y| {
                    (-p[0].at(x, y).powi(2)).exp()
                }),
                8 => (format!("ln(1 + ({p})^2)"), |p, x, y| {
                    (1.0 + p[0].at(x, y).powi(2)).ln()
                }),
                9 => (format!("sqrt(2 + ({p})^2)"), |p, x, y| {
                    (2.0 + p[0].at(x, y).powi(2)).sqrt()
                }),
                _ => (format!("-({p})^3"), |p, x, y| -p[0].at(x, y).powi(3)),
            };
            Smooth {
                text,
                value,
                parts: vec![a, b],
            }
        })
    })
}

/// `x` and `y` are plain numbers, and there is nothing else.
struct Plane([Typed; 2]);

impl Scope for Plane {
    fn lookup(&self, name: &str) -> Found {
        match name {
            "x" => Found::Value(self.0[0]),
            "y" => Found::Value(self.0[1]),
            _ => Found::Unknown,
        }
    }

    fn lookup_indexed(&self, _name: &str, _index: i64) -> Found {
        Found::Unknown
    }

    fn nearest(&self, _name: &str) -> Option<String> {
        None
    }
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn derivatives_of_texts_are_difference_quotients(e in smooth(), x in -1.2..1.2f64, y in -1.2..1.2f64) {
        let mut graph = Graph::new();
        let mut variable = |name: &str| -> (VarId, ExprId) { graph.variable(name, Dimension::NONE) };
        let ((vx, ix), (vy, iy)) = (variable("x"), variable("y"));
        let typed = |id| Typed { id, dimension: Dimension::NONE, any: false };
        let scope = Plane([typed(ix), typed(iy)]);
        let ast = parse_expression(&e.text).expect("a text that can be read");
        let mut mistakes = Vec::new();
        let root = lower(&ast, &scope, &mut graph, &mut mistakes).expect("a text that means something").id;
        let slope = derivative(&mut graph, root, vx);
        let at = |x: f64| move |var: VarId| if var == vx { x } else { assert_eq!(var, vy); y };
        let found = evaluate(&graph, &[root, slope], &at(x));
        let exact = e.at(x, y);
        prop_assert!(close(found[0], exact, 1e-11, 1e-11), "`{}` = {} instead of {exact}", e.text, found[0]);
        // Two central differences: what they disagree about is the error of the better one.
        let quotient = |h: f64| (e.at(x + h, y) - e.at(x - h, y)) / (2.0 * h);
        let (coarse, fine) = (quotient(2e-4), quotient(1e-4));
        let better = (4.0 * fine - coarse) / 3.0;
        let allowed = 1e-6 * (1.0 + better.abs() + exact.abs()) + (fine - coarse).abs();
        prop_assert!((found[1] - better).abs() <= allowed, "d/dx `{}` = {} instead of {better}", e.text, found[1]);
    }
}

/// What a `switch` does is seen at once: in the chart, and in the extremum.
#[test]
fn a_switched_mode_shows_at_its_time() {
    let text = r#"
[mode]
on = 0
[state.x]
initial = 1
rate = "0/(1 s)"
[let]
signal = "on * x"
[event.go]
when = "at 5 s"
then = "switch on = 1"
[experiment]
duration = "20 s"
points = 4
[outcomes]
peak = "max(signal)"
[[chart]]
y = ["signal"]
"#;
    let run = Simulation::from_text("mode", text)
        .unwrap()
        .run(&Default::default())
        .unwrap();
    let chart = &run.charts[0];
    let (t, y) = (&chart.x.values, &chart.panels[0].curves[0].values);
    let at_five: Vec<f64> = (0..t.len())
        .filter(|i| t[*i] == 5.0)
        .map(|i| y[i])
        .collect();
    assert_eq!(at_five, [0.0, 1.0], "{t:?} {y:?}");
    assert_eq!(run.trajectory.outcome("peak"), Some(1.0));
}

/// A kink hides nothing: what is not a number behind `max` ends the run where it begins. A branch that is not taken
/// may be undefined.
#[test]
fn nan_behind_a_kink_ends_the_run() {
    let model = |rate: &str| {
        format!("[state.x]\ninitial = 1\nrate = \"{rate}\"\n[experiment]\nduration = \"10 s\"\n")
    };
    for method in osmocyte::study::METHODS {
        let options = RunOptions {
            method: Some(method.1),
            ..RunOptions::default()
        };
        let run = |rate: &str| {
            let simulation = Simulation::from_text("kink", &model(rate)).unwrap();
            simulation.run(&options).unwrap().trajectory
        };
        let failed = run("1 1/s * (1 + max(0, ln(1 - t / (5 s))))");
        let Status::Failed(reason) = &failed.status else {
            panic!("{}: {:?}", method.0, failed.status)
        };
        assert!(reason.contains("t = 5 s"), "{}: {reason}", method.0);
        assert!(
            failed
                .time
                .values
                .last()
                .is_some_and(|t| (t - 5.0).abs() < 1e-6)
        );
        let fine = run("-1 1/s * (1 + 0*if(x > 0, max(1, ln(x)), 0))");
        assert_eq!(fine.status, Status::Complete, "{}", method.0);
    }
}

/// What presses from outside presses inside: only the difference moves water.
#[test]
fn a_pressurised_bath_changes_nothing() {
    let model = |pressure: &str| {
        format!(
            "[bath.medium]\nosmotic_pressure = \"0.2 MPa\"\npressure = \"{pressure}\"\n[compartment.cell]\n\
             volume = \"1000 um^3\"\nsolutes.s = {{ osmolarity = \"0.7 MPa / (R*T)\" }}\n[membrane.m]\n\
             between = [\"medium\", \"cell\"]\narea = \"500 um^2\"\nLp = \"1 um/s/MPa\"\n[wall.w]\naround = \"cell\"\n\
             volume = \"1000 um^3\"\nmodulus = \"5 MPa\"\n[experiment]\nduration = \"60 s\"\n[outcomes]\n\
             turgor = \"final(w.turgor)\"\n"
        )
    };
    let turgor = |pressure: &str| {
        let simulation = Simulation::from_text("walled", &model(pressure)).unwrap();
        simulation
            .run(&Default::default())
            .unwrap()
            .trajectory
            .outcome("turgor")
            .unwrap()
    };
    assert!((turgor("0 MPa") - turgor("1 bar")).abs() < 1e-8);
    assert!(
        (turgor("0 MPa") - 0.4430).abs() < 1e-4,
        "{}",
        turgor("0 MPa")
    );
}

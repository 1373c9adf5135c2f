//! Lanes against their slow twin: each point alone, by the methods of single runs. And lanes against themselves: the same
//! bits for every width, instruction set, order and company.

use osmocyte::lanes::Isa;
use osmocyte::model::library;
use osmocyte::solve::lanes::LaneMethod;
use osmocyte::study::sweep::{Engine, LANES, Rows, SweepOptions, SweepStatus, Worker};
use osmocyte::{RunOptions, Simulation};

/// A model with its first parameters made to vary by some percent around their values.
struct Case {
    engine: Engine,
    base: Vec<f64>,
}

fn options(rtol: f64) -> SweepOptions {
    SweepOptions {
        run: RunOptions {
            rtol: Some(rtol),
            ..RunOptions::default()
        },
    }
}

/// Names and values of the parameters that are varied.
fn varied(simulation: &Simulation) -> (Vec<String>, Vec<f64>) {
    let system = simulation.system();
    let some = system.parameters.iter().filter(|p| p.value != 0.0).take(4);
    some.map(|p| (p.name.clone(), p.value)).unzip()
}

fn case(name: &str, rtol: f64) -> Option<Case> {
    of(Simulation::shipped(name).unwrap(), rtol)
}

fn of(simulation: Simulation, rtol: f64) -> Option<Case> {
    if simulation.system().own_outcomes == 0 {
        return None;
    }
    let (names, base) = varied(&simulation);
    let engine = Engine::new(simulation, &names, &options(rtol)).unwrap();
    Some(Case { engine, base })
}

impl Case {
    /// The values of a point: all factors from 0.95 to 1.05, none twice.
    fn point(&self, k: usize, values: &mut [f64]) {
        for (i, (value, base)) in values.iter_mut().zip(&self.base).enumerate() {
            let turn = (k as f64 * [0.618, 0.414, 0.732, 0.236][i % 4]).fract();
            *value = base * (0.95 + 0.1 * turn);
        }
    }

    fn sweep(&self, isa: Isa, lanes: usize, points: &[usize]) -> Rows {
        let mut rows = Rows::default();
        let mut point = |i: usize, values: &mut [f64]| self.point(points[i], values);
        Worker::new(&self.engine, isa, lanes).run(points.len(), &mut point, &mut rows);
        rows
    }
}

fn bits(rows: &Rows, row: usize, width: usize) -> (Vec<u64>, u64, u64, SweepStatus) {
    let outcomes = rows.outcomes[row * width..][..width].iter();
    (
        outcomes.map(|v| v.to_bits()).collect(),
        rows.end[row].to_bits(),
        rows.steps[row],
        rows.status[row].clone(),
    )
}

const POINTS: usize = 3;

/// In what lanes and single runs differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Differs {
    Value,
    /// A conserved sum leaks at the tolerance of the lanes, and does not at that of the single run.
    Leak,
    Status,
}

struct Fault {
    kind: Differs,
    text: String,
}

/// Models in which lanes and single runs differ by more than they should, in what, and why that is right.
const EXCEPTIONS: &[(&str, Differs, &str)] = &[
    (
        "curtiss-hirschfelder",
        Differs::Value,
        "its outcomes are errors of the solver",
    ),
    (
        "kaps",
        Differs::Value,
        "its outcomes are errors of the solver",
    ),
    (
        "prothero-robinson",
        Differs::Value,
        "its outcomes are errors of the solver",
    ),
    ("detest-b2", Differs::Value, "its outcome ends near 0"),
    ("lorenz", Differs::Value, "chaos"),
    (
        "arenstorf",
        Differs::Leak,
        "asks for more than this tolerance",
    ),
    (
        "detest-a1",
        Differs::Leak,
        "asks for more than this tolerance",
    ),
    (
        "lotka-volterra",
        Differs::Leak,
        "asks for more than this tolerance",
    ),
    (
        "rigid-body",
        Differs::Leak,
        "asks for more than this tolerance",
    ),
];

/// The first points of one model by one method, against tight single runs; what is wrong.
fn compare(name: &str, method: LaneMethod) -> Vec<Fault> {
    let rtol = 1e-7;
    let Some(mut case) = case(name, rtol) else {
        return Vec::new();
    };
    case.engine.set_method(method);
    // A stiff model is nothing for an explicit method, and it may say so.
    case.engine.limit_steps(match method {
        LaneMethod::Rodas5p => 100_000,
        LaneMethod::Dopri5 => 3000,
    });
    let points: Vec<usize> = (0..POINTS).collect();
    let rows = case.sweep(Isa::best(), 32, &points);
    let width = case.engine.n_outcomes();
    let names: Vec<String> = case.engine.outcomes().map(|o| o.0.to_string()).collect();
    let simulation = Simulation::shipped(name).unwrap();
    let tight = Engine::new(
        simulation,
        &varied(case.engine.simulation()).0,
        &options(1e-10),
    )
    .unwrap();
    let mut faults = Vec::new();
    for (row, &number) in points.iter().enumerate() {
        if matches!(&rows.status[row], SweepStatus::Failed(why) if why.contains("did not suffice"))
            && method == LaneMethod::Dopri5
        {
            continue;
        }
        let mut values = vec![0.0; case.base.len()];
        case.point(number, &mut values);
        let single = tight.alone(&values);
        if rows.status[row] != single.status {
            let leaks = matches!(&rows.status[row], SweepStatus::Failed(why) if why.starts_with("a conserved sum leaks"));
            let kind = match single.status {
                SweepStatus::Complete if leaks => Differs::Leak,
                _ => Differs::Status,
            };
            let text = format!(
                "{name} {method:?} point {row}: {:?}, alone {:?}",
                rows.status[row], single.status
            );
            faults.push(Fault { kind, text });
            continue;
        }
        for (k, outcome) in names.iter().enumerate() {
            let (ours, theirs) = (rows.outcomes[row * width + k], single.outcomes[k]);
            let close = (ours - theirs).abs() <= 300.0 * rtol * theirs.abs().max(1e-6)
                || ours.is_nan() && theirs.is_nan()
                || ours == theirs;
            if !close {
                let text = format!(
                    "{name} {method:?} point {row} {outcome}: {ours:e}, alone {theirs:e} ({:.1e})",
                    (ours - theirs).abs() / theirs.abs()
                );
                let kind = Differs::Value;
                faults.push(Fault { kind, text });
            }
        }
    }
    faults
}

#[test]
fn lanes_agree_with_single_runs_on_every_model() {
    let mut faults = Vec::new();
    let mut excused = [0; EXCEPTIONS.len()];
    let methods = [LaneMethod::Rodas5p, LaneMethod::Dopri5];
    let found = std::thread::scope(|scope| {
        let walk = |method| {
            let faults = move |name| compare(name, method).into_iter().map(move |f| (name, f));
            move || -> Vec<_> { library().iter().flat_map(|e| faults(e.name)).collect() }
        };
        let walks = methods.map(|method| scope.spawn(walk(method)));
        walks.map(|walk| walk.join().unwrap())
    });
    for (name, fault) in found.into_iter().flatten() {
        let excuses = |(of, kind, _): &(&str, Differs, &str)| *of == name && *kind == fault.kind;
        match EXCEPTIONS.iter().position(excuses) {
            Some(k) => excused[k] += 1,
            None => faults.push(fault.text),
        }
    }
    let unneeded = EXCEPTIONS.iter().zip(excused).filter(|(_, n)| *n == 0);
    faults.extend(unneeded.map(|((name, ..), _)| format!("{name} needs no exception")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_row_is_the_same_bits_whatever_runs_beside_it_by_rodas5p() {
    same_bits(LaneMethod::Rodas5p);
}

#[test]
fn a_row_is_the_same_bits_whatever_runs_beside_it_by_dopri5() {
    same_bits(LaneMethod::Dopri5);
}

fn same_bits(method: LaneMethod) {
    for name in [
        "red-blood-cell",
        "p2-plant-cell-turgor",
        "p3-calcium-exocytosis",
        "p4-swelling-protoplast",
        "contractile-vacuole",
    ] {
        let mut simulation = Simulation::shipped(name).unwrap();
        if (name, method) == ("p3-calcium-exocytosis", LaneMethod::Dopri5) {
            // It is stiff: the whole of it would be minutes of short steps.
            simulation = simulation.with("duration", "0.2 s").unwrap();
        }
        let mut case = of(simulation, 1e-6).unwrap();
        case.engine.set_method(method);
        let width = case.engine.n_outcomes();
        let forwards: Vec<usize> = (0..40).collect();
        let reference = case.sweep(Isa::BASELINE, 1, &forwards);
        for isa in Isa::available() {
            for lanes in LANES {
                let all = case.sweep(isa, lanes, &forwards);
                for row in 0..forwards.len() {
                    assert_eq!(
                        bits(&all, row, width),
                        bits(&reference, row, width),
                        "{name}, {method:?}, {}, {lanes} lanes, point {row}",
                        isa.name()
                    );
                }
            }
        }
        // In another order, and alone.
        let backwards: Vec<usize> = (0..40).rev().collect();
        let turned = case.sweep(Isa::best(), 32, &backwards);
        for (row, &point) in backwards.iter().enumerate() {
            assert_eq!(bits(&turned, row, width), bits(&reference, point, width));
        }
        let alone = case.sweep(Isa::best(), 32, &[17]);
        assert_eq!(bits(&alone, 0, width), bits(&reference, 17, width));
    }
}

/// Model, what is varied (from, to, evenly in the logarithm), outcomes.
type Bench = (
    &'static str,
    [(&'static str, f64, f64, bool); 2],
    &'static str,
);

/// The bench problems with the ranges of their sweeps, and outcomes that look into the transient.
const BENCH: &[Bench] = &[
    (
        "p1-rbc-glycerol",
        [
            ("Pf", 20.0, 2000.0, true),
            ("c_imp_out", 150.0, 600.0, false),
        ],
        "smallest = { value = \"min(Vw)\", unit = \"um^3\" }\nearly = { value = \"at(ns, 0.3 s)\", unit = \"amol\" }\n",
    ),
    (
        "p2-plant-cell-turgor",
        [("Lp", 0.05, 20.0, true), ("eps", 1.0, 50.0, false)],
        "end_V = { value = \"final(V)\", unit = \"um^3\" }\nloss = \"time when V falls through V0\"\n",
    ),
    (
        "p3-calcium-exocytosis",
        [("Ca_0", 1.0, 100.0, true), ("k_refill", 0.2, 20.0, true)],
        "end_F = \"final(F)\"\nearly = \"at(F, 20 ms)\"\nhalf = \"time when F rises through 0.01\"\n",
    ),
    (
        "p4-swelling-protoplast",
        [("Lp", 0.02, 2.0, true), ("k_exo", 0.05, 5.0, true)],
        "early = { value = \"at(V, 100 s)\", unit = \"um^3\" }\ngrown = \"time when A rises through 5000 um^2\"\n",
    ),
];

#[test]
fn the_error_of_each_point_is_near_the_tolerance() {
    use osmocyte::study::design::{Design, Kind};
    const POINTS: u64 = 60;
    for (model, vary, outcomes) in BENCH {
        let text = library()
            .into_iter()
            .find(|e| e.name == *model)
            .unwrap()
            .text;
        let end = text.find("[outcomes]").unwrap();
        let text = format!("{}\n[outcomes]\n{outcomes}", &text[..end]);
        let engine = |rtol: f64| {
            let simulation = Simulation::from_text(model, &text).unwrap();
            let names: Vec<String> = vary.iter().map(|v| v.0.to_string()).collect();
            let mut options = options(rtol);
            options.run.atol = Some(rtol);
            Engine::new(simulation, &names, &options).unwrap()
        };
        let (loose, tight) = (engine(1e-6), engine(1e-11));
        let design = Design::new(Kind::Halton, 2, POINTS, 1, false).unwrap();
        let place = |k: usize, values: &mut [f64]| {
            design.point(k as u64, values);
            for (value, (_, low, high, log)) in values.iter_mut().zip(vary) {
                *value = match log {
                    true => low * (high / low).powf(*value),
                    false => low + (high - low) * *value,
                };
            }
        };
        let mut rows = Rows::default();
        let mut point = |k: usize, values: &mut [f64]| place(k, values);
        Worker::new(&loose, Isa::best(), 32).run(POINTS as usize, &mut point, &mut rows);
        let width = loose.n_outcomes();
        let (mut beyond, mut judged) = (0, 0u64);
        for k in 0..POINTS as usize {
            let mut values = [0.0; 2];
            place(k, &mut values);
            let single = tight.alone(&values);
            for (i, theirs) in single.outcomes.iter().enumerate() {
                let ours = rows.outcomes[k * width + i];
                assert_eq!(
                    ours.is_nan(),
                    theirs.is_nan(),
                    "{model} point {k} outcome {i}"
                );
                if ours.is_nan() {
                    continue;
                }
                // As for a state: relative to its size, with a floor where it is small.
                let error = (ours - theirs).abs() / theirs.abs().max(1e-3);
                assert!(error <= 1e-3, "{model} point {k} outcome {i}: {error:e}");
                judged += 1;
                beyond += u32::from(error > 1e-5);
            }
        }
        assert!(judged > POINTS, "{model}");
        assert_eq!(beyond, 0, "{model}: of {judged}");
    }
}

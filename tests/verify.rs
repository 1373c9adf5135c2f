//! Verification, itself verified: estimated errors beside true ones, and what can go wrong with a second solve.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use osmocyte::model::library;
use osmocyte::{Method, Run, RunOptions, Simulation, Status, Verification};

const POINTS: usize = 21;

fn options(method: Option<Method>, rtol: f64) -> RunOptions {
    RunOptions {
        method,
        rtol: Some(rtol),
        points: Some(POINTS),
        ..RunOptions::default()
    }
}

fn run(simulation: &Simulation, options: &RunOptions) -> Run {
    match simulation.run(options) {
        Ok(run) => run,
        Err(e) => panic!("{e}"),
    }
}

fn model(text: &str) -> Simulation {
    match Simulation::from_text("model", text) {
        Ok(simulation) => simulation,
        Err(e) => panic!("{e}"),
    }
}

fn verified(simulation: &Simulation, options: &RunOptions) -> (Run, Verification) {
    let run = run(simulation, options);
    match simulation.verify(options, &run) {
        Ok(verification) => (run, verification),
        Err(e) => panic!("{e}"),
    }
}

// ---- the estimate beside the true error --------------------------------------------------------------------------

/// An estimate, the true error, and how well that is known.
struct Case {
    place: String,
    estimate: f64,
    truth: f64,
    /// The true error may be off by so much: what the references differ by, and rounding.
    noise: f64,
    /// Largest size of the column, value of the outcome.
    size: f64,
    rtol: f64,
}

impl Case {
    /// Some true error within its noise is within this factor of the estimate.
    fn within(&self, factor: f64) -> bool {
        self.estimate <= factor * (self.truth + self.noise) && !self.under(factor)
    }

    /// Every true error within its noise is more than the estimate by this factor.
    fn under(&self, factor: f64) -> bool {
        factor * self.estimate < self.truth - self.noise
    }

    /// Whether the estimate could be wrong at all: the true error stands out of its noise.
    fn tells(&self) -> bool {
        self.truth > 5.0 * self.noise
    }
}

/// The largest difference of a column at equal times and at the end of both; with its largest size.
///
/// Written apart from what it judges: no rows are left out here.
fn worst(a: &Run, b: &Run, column: usize) -> (f64, f64) {
    let (ta, tb) = (&a.trajectory.time.values, &b.trajectory.time.values);
    let (va, vb) = (
        &a.trajectory.columns[column].values,
        &b.trajectory.columns[column].values,
    );
    let mut error: f64 = 0.0;
    for (t, v) in ta.iter().zip(va) {
        if let Some(j) = tb.iter().position(|u| u == t) {
            error = error.max((v - vb[j]).abs());
        }
    }
    if let (Some(v), Some(w)) = (va.last(), vb.last()) {
        error = error.max((v - w).abs());
    }
    (error, va.iter().fold(0.0, |m: f64, v| m.max(v.abs())))
}

/// What one model has to say.
#[derive(Default)]
struct Told {
    columns: Vec<Case>,
    outcomes: Vec<Case>,
    times: Vec<Case>,
    remarks: String,
}

fn walk(name: &str) -> Told {
    // A quarter of the rings of soil, and an eighth of the fine ones: all of them would take longer than all other models.
    let fewer = match name {
        "soil-drying@fine-rings" => Some("20"),
        _ if name.starts_with("soil-drying") => Some("10"),
        _ => None,
    };
    let shipped = Simulation::shipped(name).and_then(|simulation| match fewer {
        Some(rings) => simulation.with("N", rings),
        None => Ok(simulation),
    });
    let simulation = match shipped {
        Ok(simulation) => simulation,
        Err(e) => panic!("{name}: {e}"),
    };
    let mut told = Told::default();
    // Where an explicit method is hopeless, two implicit ones.
    let chosen = run(&simulation, &options(None, 1e-8)).choices;
    let is_stiff = chosen.iter().any(|c| c.method != Method::Dop853);
    let rodas5p = matches!(&simulation.model().solver.method, Some((m, _)) if m == "rodas5p");
    let (own, tightest) = if rodas5p {
        (Method::Rodas5p, options(Some(Method::Rodas5p), 1e-13))
    } else if is_stiff {
        (Method::Radau, options(Some(Method::Rodas5p), 1e-11))
    } else {
        (Method::Dop853, options(Some(Method::Rodas5p), 1e-12))
    };
    // Rounding keeps Newton's method of a chain of stiff equations from more than eleven digits, in clay from eleven.
    let tight = match own {
        Method::Radau if name == "soil-drying@clay" => 1e-10,
        Method::Radau => 1e-11,
        _ => 1e-12,
    };
    let reference = run(&simulation, &options(Some(own), tight));
    let other = run(&simulation, &tightest);
    let noise = |apart: f64, size: f64| 3.0 * apart + 1e-13 * size;
    for rtol in [1e-4, 1e-6, 1e-8] {
        let (coarse, found) = verified(&simulation, &options(None, rtol));
        let place = |what: &str| format!("{name} {what} at {rtol:e}");
        if !found.is_verified() {
            let _ = writeln!(told.remarks, "{}: {:?}", place(""), found.doubts);
        }
        for (i, column) in found.columns.iter().enumerate() {
            let (truth, size) = worst(&coarse, &reference, i);
            let (apart, _) = worst(&reference, &other, i);
            told.columns.push(Case {
                place: format!("{} (size {size:.1e})", place(&column.name)),
                estimate: column.error,
                truth,
                noise: noise(apart, size),
                size,
                rtol,
            });
        }
        let outcomes = |run: &Run| -> Vec<Option<f64>> {
            run.trajectory.outcomes.iter().map(|o| o.value).collect()
        };
        let values = outcomes(&coarse)
            .into_iter()
            .zip(outcomes(&reference))
            .zip(outcomes(&other));
        for (error, ((value, exact), again)) in found.outcomes.iter().zip(values) {
            if let (Some(estimate), Some(value), Some(exact), Some(again)) =
                (error.error, value, exact, again)
            {
                told.outcomes.push(Case {
                    place: format!("{} (value {value:e})", place(&error.name)),
                    estimate,
                    truth: (value - exact).abs(),
                    noise: noise((exact - again).abs(), exact.abs()),
                    size: exact.abs(),
                    rtol,
                });
            }
        }
        let events = [&coarse, &reference, &other].map(|r| &r.trajectory.events);
        for (i, error) in found.events.iter().enumerate() {
            if let (Some(estimate), [Some(value), Some(exact), Some(again)]) =
                (error.error, events.map(|e| e.get(i)))
                && value.name == exact.name
                && exact.name == again.name
            {
                told.times.push(Case {
                    place: place(&format!("{} {}", error.name, error.number)),
                    estimate,
                    truth: (value.t - exact.t).abs(),
                    noise: noise((exact.t - again.t).abs(), exact.t),
                    size: exact.t,
                    rtol,
                });
            }
        }
    }
    told
}

/// The share within a factor of 5, and what is too small by more than 10.
fn distribution(what: &str, cases: &[Case]) -> (f64, Vec<String>) {
    let line = |c: &Case| {
        format!(
            "{}: {:.1e}, true {:.1e} ± {:.0e}",
            c.place, c.estimate, c.truth, c.noise
        )
    };
    let within = cases.iter().filter(|c| c.within(5.0)).count();
    let share = within as f64 / cases.len() as f64;
    let telling: Vec<&Case> = cases.iter().filter(|c| c.tells()).collect();
    let close = telling.iter().filter(|c| c.within(1.25)).count();
    println!(
        "{what}: {} of {} within a factor of 5 ({:.2} %); {} stand out of the noise, {close} of them within 1.25",
        within,
        cases.len(),
        100.0 * share,
        telling.len()
    );
    let ratio = |c: &&Case| c.estimate / c.truth;
    let extreme = |c: Option<&Case>| c.map(|c| format!("{:.2}  {}", c.estimate / c.truth, line(c)));
    let lowest = telling
        .iter()
        .copied()
        .min_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let highest = telling
        .iter()
        .copied()
        .max_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    println!("  lowest  {}", extreme(lowest).unwrap_or_default());
    println!("  highest {}", extreme(highest).unwrap_or_default());
    for case in cases.iter().filter(|c| !c.within(5.0)) {
        println!("  outside {}", line(case));
    }
    let under = cases.iter().filter(|c| c.under(10.0)).map(line);
    (share, under.collect())
}

/// Outcomes whose true value no solve finds, and why.
const NO_NUMBER: &[(&str, &str)] = &[
    (
        "swelling-protoplast@small-dilution peak_time",
        "the strain rises to its limit and stays: rounding decides which row is the largest",
    ),
    (
        "guard-cell@hypertonic-pulse capacitance_gain",
        "0, the largest of what the tolerance leaves of no gain",
    ),
];

#[test]
fn the_estimate_is_near_the_true_error_over_all_shipped_models_and_variants() {
    let mut names = Vec::new();
    for entry in library() {
        let simulation = Simulation::shipped(entry.name).unwrap();
        let variants = simulation.model().variants.iter();
        names.extend(variants.map(|v| format!("{}@{}", entry.name, v.name)));
        names.push(entry.name.to_string());
    }
    // The slowest first, so that no thread is left with them.
    names.sort_by_key(|name| !name.starts_with("soil-drying"));
    let (next, all) = (AtomicUsize::new(0), Mutex::new(Told::default()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let begun = std::time::Instant::now();
                    let told = walk(name);
                    let took = begun.elapsed();
                    if took.as_secs_f64() > 1.0 {
                        println!("{name}: {took:?}");
                    }
                    let mut all = all.lock().unwrap();
                    all.columns.extend(told.columns);
                    all.outcomes.extend(told.outcomes);
                    all.times.extend(told.times);
                    all.remarks.push_str(&told.remarks);
                }
            });
        }
    });
    let all = all.into_inner().unwrap();
    let (share, under) = distribution("columns", &all.columns);
    let (_, under_outcomes) = distribution("outcomes", &all.outcomes);
    let (_, under_times) = distribution("event times", &all.times);
    println!("{}", all.remarks);
    // Without verification one digit less is printed than the tolerance has.
    for case in all.outcomes.iter().chain(&all.times) {
        if case.truth - case.noise > 10.0 * case.rtol * case.size {
            println!(
                "beyond the printed digits: {}, true {:.1e}",
                case.place, case.truth
            );
        }
    }
    // Most of the cases must be able to fail.
    let telling = all.columns.iter().filter(|c| c.tells()).count();
    // What is constant, or a function of time alone, has no error to be found.
    let inexact = all.columns.iter().filter(|c| c.truth > 0.0).count();
    assert!(telling * 10 > inexact * 8, "{telling} of {inexact} tell");
    assert!(share >= 0.95, "{share}");
    let none: [String; 0] = [];
    assert_eq!(under, none);
    let under_outcomes: Vec<_> = (under_outcomes.into_iter())
        .filter(|o| !NO_NUMBER.iter().any(|(place, _)| o.starts_with(place)))
        .collect();
    assert_eq!(under_outcomes, none);
    assert_eq!(under_times, none);
}

// ---- what can go wrong -------------------------------------------------------------------------------------------

/// A decay; `extra` goes behind.
fn decay(extra: &str) -> String {
    format!(
        "[parameters]\nk = \"1 1/s\"\n[state.y]\ninitial = \"1\"\nrate = \"-k * y\"\n[experiment]\nduration = \"2 s\"\n{extra}"
    )
}

#[test]
fn an_explicit_run_is_verified_by_an_implicit_method_and_the_other_way_round() {
    let cell = model(&decay("[outcomes]\nend = \"final(y)\"\n"));
    for (first, second) in [
        (Method::Auto, Method::Radau),
        (Method::Dop853, Method::Radau),
        (Method::Dopri5, Method::Dop853),
        (Method::Rodas5p, Method::Radau),
        (Method::Radau, Method::Dop853),
    ] {
        let (_, found) = verified(&cell, &options(Some(first), 1e-6));
        assert_eq!((found.method, found.is_verified()), (second, true));
        assert!(found.notes.is_empty(), "{:?}", found.notes);
        assert_eq!(found.rows, POINTS);
        assert!((found.rtol / 1e-9 - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_stiff_run_is_verified_by_the_other_stiff_method() {
    let robertson = Simulation::shipped("robertson").unwrap();
    for (first, second) in [
        (Method::Rodas5p, Method::Radau),
        (Method::Radau, Method::Rodas5p),
    ] {
        let (_, found) = verified(&robertson, &options(Some(first), 1e-6));
        assert_eq!(found.method, second);
        assert!(found.is_verified(), "{:?}", found.doubts);
        assert!(found.notes.is_empty(), "{:?}", found.notes);
    }
}

#[test]
fn a_fixed_step_is_verified_by_an_adaptive_method() {
    let cell = model(&decay("[solver]\nmethod = \"rk4\"\nstep = \"0.1 s\"\n"));
    let (coarse, found) = verified(&cell, &options(None, 1e-8));
    assert_eq!((coarse.method, found.method), (Method::Rk4, Method::Dop853));
    // At t = 1 the error of the classical method is largest: h^4/120 t exp(-t).
    let y = found.column("y").unwrap();
    let expected = 1e-4 / 120.0 * f64::exp(-1.0);
    assert!((y.error / expected - 1.0).abs() < 0.1, "{y:?}");
    assert_eq!(y.t, 1.0);
}

#[test]
fn a_tolerance_that_cannot_be_made_much_tighter_is_told() {
    let cell = model(&decay(""));
    let (_, found) = verified(&cell, &options(None, 1e-12));
    assert_eq!(found.rtol, 1e-13);
    assert!(
        found.notes[0].contains("only 10 times tighter"),
        "{:?}",
        found.notes
    );
    assert!(found.is_verified());
}

#[test]
fn the_end_at_an_event_is_compared_though_its_time_differs() {
    let cell = model(&decay(
        "[outcomes]\ntook = \"time of half\"\nnever = \"time of none\"\n[event.half]\nwhen = \"y falls through 0.5\"\nthen = \"stop\"\n\
         [event.none]\nwhen = \"y falls through -1\"\n",
    ));
    let (run, found) = verified(&cell, &options(Some(Method::Dopri5), 1e-4));
    assert!(matches!(&run.trajectory.status, Status::Stopped(event) if event == "half"));
    assert!(found.is_verified(), "{:?}", found.doubts);
    assert_eq!(found.rows, run.trajectory.time.values.len());
    let error = found.event("half", 1).unwrap();
    let true_error = (run.trajectory.events[0].t - std::f64::consts::LN_2).abs();
    assert!(
        (error / true_error - 1.0).abs() < 0.05,
        "{error} {true_error}"
    );
    assert!((found.outcome("took").unwrap() / true_error - 1.0).abs() < 0.05);
    assert_eq!(found.outcome("never"), None);
    assert_eq!(found.outcomes[1].error, None);
}

#[test]
fn an_event_that_only_one_of_both_has_is_told() {
    // A threshold between the coarse and the exact end.
    let plain = model(&decay(""));
    let coarse = run(&plain, &options(Some(Method::Dopri5), 1e-3));
    let end = coarse.trajectory.column("y").unwrap().values[POINTS - 1];
    let level = 0.5 * (end + f64::exp(-2.0));
    let cell = model(&decay(&format!(
        "[outcomes]\ntook = \"time of low\"\n[event.low]\nwhen = \"y falls through {level:e}\"\n"
    )));
    let (_, found) = verified(&cell, &options(Some(Method::Dopri5), 1e-3));
    assert!(!found.is_verified());
    let doubts = found.doubts.join("\n");
    assert!(doubts.contains("the event `low` happens"), "{doubts}");
    assert!(
        doubts.contains("the outcome `took` exists only in"),
        "{doubts}"
    );
}

#[test]
fn a_row_between_two_resets_is_not_compared_across_the_jump() {
    // The reset is at ln 2 = 0.693; a coarse solve has it 1e-5 off. A row is put between.
    let text = |duration: f64| {
        format!(
            "[parameters]\nk = \"1 1/s\"\n[state.y]\ninitial = \"1\"\nrate = \"-k * y\"\n[experiment]\n\
             duration = \"{duration:e} s\"\n[event.refill]\nwhen = \"y falls through 0.5\"\nthen = [\"set y = 1\"]\n"
        )
    };
    let how = options(Some(Method::Dopri5), 1e-3);
    let early = run(&model(&text(2.0)), &how).trajectory.events[0].t;
    let between = 0.5 * (early + std::f64::consts::LN_2);
    let (_, found) = verified(&model(&text(between / 0.7)), &how);
    assert_eq!(found.rows, POINTS - 1);
    assert!(found.is_verified(), "{:?}", found.doubts);
    assert!(found.columns[0].error < 1e-2, "{:?}", found.columns);
}

#[test]
fn a_train_whose_spikes_fall_on_saved_times_is_verified() {
    // Two clocks; each saved time but the last is that of a spike of the fast one, every fifth that of both.
    let clock = |name: &str, rate: &str| {
        format!(
            "[state.{name}]\ninitial = 0\nrate = \"{rate}\"\n[state.x_{name}]\ninitial = 1\n\
             rate = \"(1 - x_{name})/(0.7 s)\"\n[event.spike_{name}]\nwhen = \"{name} rises through 1\"\n\
             then = [\"set x_{name} = 0.5*x_{name}\", \"set {name} = {name} - 1\"]\n"
        )
    };
    let text = format!(
        "{}{}[experiment]\nduration = \"2 s\"\n",
        clock("fast", "if(t < 1.95 s, 10 1/s, 0 1/s)"),
        clock("slow", "if(t < 1.95 s, 2 1/s, 0 1/s)")
    );
    let (_, verification) = verified(&model(&text), &options(None, 1e-8));
    assert!(verification.is_verified(), "{:?}", verification.doubts);
    let jump = verification.columns.iter().any(|c| c.error > 0.1);
    assert!(!jump, "{:?}", verification.columns);
    assert!(verification.rows > 0);
}

#[test]
fn a_failed_run_has_nothing_to_verify() {
    let cell = model(
        "[state.y]\ninitial = \"1\"\nrate = \"y^2 / 1 s\"\n[experiment]\nduration = \"2 s\"\n",
    );
    let (run, found) = verified(&cell, &options(None, 1e-6));
    assert!(matches!(run.trajectory.status, Status::Failed(_)));
    assert!(
        found.doubts[0].contains("nothing to verify"),
        "{:?}",
        found.doubts
    );
    assert!(found.columns.is_empty() && !found.is_verified());
}

#[test]
fn a_chaotic_run_is_not_verified() {
    let lorenz = Simulation::shipped("lorenz").and_then(|l| l.with("duration", "60 s"));
    let (_, found) = verified(&lorenz.unwrap(), &options(None, 1e-6));
    let doubts = found.doubts.join("\n");
    assert!(
        doubts.contains("of its size off the second solve"),
        "{doubts}"
    );
}

#[test]
fn nothing_changes_nothing_is_wrong() {
    let cell = model(
        "[state.y]\ninitial = \"3\"\nrate = \"0 1/s\"\n[experiment]\nduration = \"2 s\"\n[outcomes]\nend = \"final(y)\"\n",
    );
    let (_, found) = verified(&cell, &options(None, 1e-6));
    assert!(found.is_verified());
    assert_eq!(
        (found.columns[0].error, found.columns[0].relative()),
        (0.0, 0.0)
    );
    assert_eq!(found.outcome("end"), Some(0.0));
}

#[test]
fn a_second_solve_can_be_interrupted() {
    let cell = model(&decay(""));
    let how = options(None, 1e-6);
    let first = run(&cell, &how);
    let mut seen = 0.0;
    let found = cell.verify_with(
        &how,
        &first,
        Some(&mut |fraction| {
            seen = fraction;
            ControlFlow::Break(())
        }),
    );
    let found = found.unwrap();
    assert!(
        found.doubts[0].contains("interrupted at"),
        "{:?}",
        found.doubts
    );
    assert!(seen > 0.0 && seen < 1.0);
}

#[test]
fn the_time_of_an_extremum_on_a_plateau_is_not_determined() {
    let text = r#"
        [state.x]
        initial = 0
        rate = "(1 - x)*1 1/s"
        [let]
        wave = "sin(t*0.1 1/s)*exp(-t/50 s)"
        [experiment]
        duration = "1000 s"
        [outcomes]
        highest = "time of max(x)"
        crest = "time of max(wave)"
        lowest = "time of min(x)"
    "#;
    let simulation = model(text);
    let (run, verification) = verified(&simulation, &options(None, 1e-8));
    assert!(run.trajectory.outcome("highest").unwrap() > 10.0);
    assert!(verification.is_plateau("highest"), "{verification:?}");
    assert!(!verification.is_plateau("crest") && !verification.is_plateau("lowest"));
    assert!(verification.outcome("crest").unwrap() < 1e-4);
}

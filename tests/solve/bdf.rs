//! The formulas of diffsol behind our interface: accuracy against tolerance, sparse systems, events, kinks, failures.

use super::problems::{Chain, Exocytosis, Problem as _};
use super::set::*;
use super::stiff::Run;
use super::*;
use Action::{Apply, Kink, Record, Stop};
use Direction::{Either, Falling, Rising};

const TOLERANCES: [f64; 4] = [1e-4, 1e-6, 1e-8, 1e-10];

fn solved(run: &mut Run, rtol: f64, atol: f64) -> Solution {
    let mut options = Options {
        method: Method::Bdf,
        rtol,
        atol,
        ..Options::default()
    };
    let solution =
        solve(&mut run.evaluator, &run.problem, &mut options).expect("the problem is valid");
    assert_eq!(solution.outcome, Outcome::Reached);
    solution
}

/// Errors at [`TOLERANCES`]: over all rows, relative to each wanted value.
fn errors(run: &mut Run, atol: f64, wanted: &[f64]) -> [f64; 4] {
    TOLERANCES.map(|rtol| {
        let solution = solved(run, rtol, rtol * atol);
        assert_eq!(solution.y.len(), wanted.len());
        let pairs = solution.y.iter().zip(wanted);
        pairs.map(|(y, w)| ((y - w) / w).abs()).fold(0.0, f64::max)
    })
}

/// Error over tolerance between 1e-3 and 1e3, and at least `slope` decades of error per decade of tolerance. A method of
/// order k that holds the error of each step to the tolerance gives k/(k + 1): 5/6 here, and less where the loosest
/// tolerances are met in lower order.
fn in_proportion(name: &str, slope: f64, errors: [f64; 4]) {
    println!("{name:12} {errors:?}");
    for (rtol, error) in TOLERANCES.iter().zip(errors) {
        let ratio = error / rtol;
        assert!((1e-3..1e3).contains(&ratio), "{name} at {rtol}: {errors:?}");
    }
    let decades = (errors[0] / errors[3]).log10();
    assert!(decades > slope * 6.0, "{name}: {errors:?}");
}

#[test]
fn bdf_errors_fall_with_the_tolerance_on_stiff_problems() {
    let start = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0057];
    let scales = [1.0, 0.1, 0.1, 1.0, 1.0, 1.0, 0.0057, 0.0057];
    let wanted = [
        7.371312573325666278e-04,
        1.442485726316184357e-04,
        5.888729740967572161e-05,
        1.175651343283148861e-03,
        2.386356198831325879e-03,
        6.238968252742781385e-03,
        2.849998395185765432e-03,
        2.850001604814234565e-03,
    ];
    let mut run = Run::new(&Hires, &start, 321.8122, &scales);
    in_proportion("HIRES", 0.8, errors(&mut run, 1e-4, &wanted));
    let wanted = [
        7.158270687194050902e-01,
        9.185534764557763903e-06,
        2.841637457458303517e-01,
    ];
    let mut run = Run::new(&Rober, &[1.0, 0.0, 0.0], 40.0, &[1.0, 1e-5, 1.0]);
    in_proportion("ROBER", 0.8, errors(&mut run, 1e-2, &wanted));
    let wanted = [
        1.000814870318522716,
        1.228178521549887984e+03,
        1.320554942846508290e+02,
    ];
    let mut run = Run::new(&Orego, &[1.0, 2.0, 3.0], 360.0, &[1e3; 3]);
    in_proportion("OREGO", 0.8, errors(&mut run, 1e-6, &wanted));
    let mut y0 = [0.0; 10];
    (y0[0], y0[9]) = (1.0, 20.0);
    let scales = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 20.0];
    let mut run = Run::with_parameters(&Exocytosis, &Exocytosis.params(), &y0, 1e-2, &scales);
    run.problem.save = vec![1e-3, 1e-2];
    let wanted = super::stiff_runs::RELEASE[..2].concat();
    in_proportion("P3", 0.7, errors(&mut run, 1e-6, &wanted));
}

#[test]
fn bdf_on_a_long_chain_of_cells() {
    let n = 1000;
    let chain = Chain(n);
    let (y0, scales) = (vec![2.2e4; n], vec![2e4; n]);
    let mut run = Run::with_parameters(&chain, &chain.params(), &y0, 7200.0, &scales);
    let exact = run.solve(1e-10, 1e-10);
    for rtol in [1e-5, 1e-7] {
        let solution = solved(&mut run, rtol, rtol);
        let error = relative_error(&solution, last(&exact));
        println!("chain {rtol} {error} {:?}", solution.counters);
        assert!(error < 20.0 * rtol, "{rtol}: {error}");
    }
}

#[test]
fn bdf_events() {
    // y = exp(-t), z = sin 3t: a crossing in each, recorded and met within the tolerance.
    for rtol in [1e-4, 1e-6, 1e-8] {
        let mut case = Case::new(&[1.0, 0.0, 3.0], 4.0, |_, y, _, dy| {
            dy[0] = -y[0];
            dy[1] = y[2];
            dy[2] = -9.0 * y[1];
        })
        .with(Method::Bdf, rtol, rtol)
        .events(
            &[(Falling, Record), (Either, Record), (Falling, Stop)],
            |_, y, _, g| {
                g[0] = y[0] - 0.5;
                g[1] = y[1];
                g[2] = y[0] - 0.05;
            },
        );
        let solution = case.run();
        assert_eq!(solution.outcome, Outcome::Stopped(2));
        let pi = std::f64::consts::PI;
        let mut error = (times(&solution, 0)[0] - 2f64.ln()).abs();
        error = error.max((solution.t[0] - 20f64.ln()).abs());
        let crossings = times(&solution, 1);
        println!("{crossings:?}");
        assert_eq!(crossings.len(), 2);
        for (i, t) in crossings.iter().enumerate() {
            error = error.max((t - pi * (i + 1) as f64 / 3.0).abs());
        }
        println!("events {rtol} {error}");
        assert!(error < 100.0 * rtol, "{rtol}: {error}");
    }
}

#[test]
fn bdf_resets_and_kinks() {
    for rtol in [1e-4, 1e-6, 1e-8] {
        // Fills at rate 2 − y, is emptied to 0 at 1: a period of ln 2.
        let mut case = Case::new(&[0.0], 3.0, |_, y, _, dy| dy[0] = 2.0 - y[0])
            .with(Method::Bdf, rtol, rtol)
            .events(&[(Rising, Apply)], |_, y, _, g| g[0] = y[0] - 1.0)
            .apply(|_, _, y, _| y[0] = 0.0);
        let solution = case.run();
        let found = times(&solution, 0);
        assert_eq!(found.len(), 4);
        for (i, t) in found.iter().enumerate() {
            let error = (t - 2f64.ln() * (i + 1) as f64).abs();
            println!("reset {rtol} {error}");
            assert!(error < 100.0 * rtol, "{rtol}: {error}");
        }
        // y' = 1 − 3 max(0, y − 1), from 0: 1 at t = 1, then towards 4/3.
        let mut case = Case::new(&[0.0], 2.0, |_, y, p, dy| {
            dy[0] = 1.0 - 3.0 * p[0] * (y[0] - 1.0);
        })
        .params(&[0.0])
        .with(Method::Bdf, rtol, rtol)
        .events(&[(Either, Kink { slot: 0 })], |_, y, _, g| {
            g[0] = y[0] - 1.0
        });
        let solution = case.run();
        let wanted = 1.0 + (1.0 - (-3f64).exp()) / 3.0;
        let error = (last(&solution)[0] - wanted).abs();
        println!("kink {rtol} {error}");
        assert!(error < 20.0 * rtol, "{rtol}: {error}");
        assert_eq!(solution.counters.restarts, 1);
    }
}

#[test]
fn bdf_names_what_goes_wrong() {
    // √(1 − t) ends at 1.
    let mut case = Case::new(&[1.0, 1.0], 2.0, |t, y, _, dy| {
        dy[0] = -y[0];
        dy[1] = (1.0 - t).sqrt();
    })
    .with(Method::Bdf, 1e-6, 1e-6);
    let solution = case.run();
    let Outcome::Failed(Failure::NotFinite { t, state: 1 }) = solution.outcome else {
        panic!("{:?}", solution.outcome);
    };
    assert!((t - 1.0).abs() < 1e-6, "{t}");
    assert!(solution.counters.rhs < 2000, "{:?}", solution.counters);
    // 1/(1 − t): y grows beyond all bounds.
    let mut case =
        Case::new(&[1.0], 2.0, |_, y, _, dy| dy[0] = y[0] * y[0]).with(Method::Bdf, 1e-6, 1e-6);
    let solution = case.run();
    let Outcome::Failed(Failure::StepTooSmall { t, state: 0 }) = solution.outcome else {
        panic!("{:?}", solution.outcome);
    };
    assert!((t - 1.0).abs() < 1e-4, "{t}");
    // A limit of steps.
    let mut case =
        Case::new(&[1.0], 2.0, |_, y, _, dy| dy[0] = -y[0]).with(Method::Bdf, 1e-9, 1e-9);
    case.max_steps = 20;
    let solution = case.run();
    assert!(matches!(
        solution.outcome,
        Outcome::Failed(Failure::TooManySteps { limit: 20, .. })
    ));
    assert_eq!(solution.counters.accepted + solution.counters.rejected, 20);
}

#[test]
fn bdf_takes_long_runs_and_short_ones_alike() {
    // The library's own limits are in seconds.
    for end in [1e-15, 1e-9, 1.0, 1e9, 1e15] {
        let mut case = Case::new(&[1.0], end, move |_, y, _, dy| dy[0] = -y[0] / end)
            .save(&even(end, 7))
            .with(Method::Bdf, 1e-7, 1e-7);
        let solution = case.run();
        assert_eq!(solution.outcome, Outcome::Reached);
        for (t, y) in solution.t.iter().zip(&solution.y) {
            assert!((y - (-t / end).exp()).abs() < 1e-5, "{end}: {t}");
        }
    }
    // No longer steps than allowed, rows all the same.
    let mut case = Case::new(&[0.0], 1.0, |_, _, _, dy| dy[0] = 1.0)
        .save(&even(1.0, 100))
        .with(Method::Bdf, 1e-6, 1e-6);
    case.max_step = Some(0.01);
    let solution = case.run();
    assert!(solution.counters.accepted >= 100, "{:?}", solution.counters);
    for (t, y) in solution.t.iter().zip(&solution.y) {
        assert!((t - y).abs() < 1e-12, "{t} {y}");
    }
}

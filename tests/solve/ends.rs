//! Runs that end early, and problems that are refused.

use super::*;

#[test]
fn a_rate_that_is_not_finite_at_the_start_is_named() {
    for method in [
        Method::Dopri5,
        Method::Dop853,
        Method::Rk4,
        Method::Rodas5p,
        Method::Radau,
    ] {
        let mut case = Case::new(&[1.0, 0.0], 1.0, |_, y, _, dy| {
            dy[0] = y[0];
            dy[1] = y[1].ln();
        })
        .with(method, 1e-8, 1e-8);
        let solution = case.run();
        assert_eq!(
            solution.outcome,
            Outcome::Failed(Failure::NotFinite { t: 0.0, state: 1 })
        );
        assert_eq!(
            (solution.t.as_slice(), solution.y.as_slice()),
            (&[0.0][..], &[1.0, 0.0][..])
        );
        assert_eq!(solution.counters.rhs, 1);
    }
}

#[test]
fn a_rate_that_stops_being_finite_is_named_with_its_time() {
    for method in [
        Method::Dopri5,
        Method::Dop853,
        Method::Rk4,
        Method::Rodas5p,
        Method::Radau,
    ] {
        let case = Case::new(&[0.0, 0.0], 2.0, |t, _, _, dy| {
            dy[0] = 1.0;
            dy[1] = (1.0 - t).sqrt();
        })
        .with(method, 1e-8, 1e-8);
        let solution = case.save(&[0.5, 1.5]).run();
        let Outcome::Failed(Failure::NotFinite { t, state: 1 }) = solution.outcome else {
            panic!("{method:?}: {:?}", solution.outcome);
        };
        assert!((t - 1.0).abs() < 1e-2 && t <= 1.0, "{method:?}: {t}");
        assert_eq!((solution.t[0], solution.t[1]), (0.5, t));
        assert!(solution.counters.rhs < 5000, "{:?}", solution.counters);
    }
}

#[test]
fn a_blow_up_names_the_state() {
    for method in [
        Method::Dopri5,
        Method::Dop853,
        Method::Rodas5p,
        Method::Radau,
    ] {
        let mut case = Case::new(&[0.0, 1.0], 2.0, |_, y, _, dy| {
            dy[0] = 1.0;
            dy[1] = y[1] * y[1];
        })
        .with(method, 1e-8, 1e-8);
        let solution = case.run();
        let (Outcome::Failed(Failure::StepTooSmall { t, state })
        | Outcome::Failed(Failure::NotFinite { t, state })) = solution.outcome
        else {
            panic!("{:?}", solution.outcome);
        };
        assert!((t - 1.0).abs() < 1e-6 && state == 1, "{t} {state}");
    }
}

#[test]
fn a_rate_that_is_finite_only_at_the_start_does_not_spin() {
    let mut case = Case::new(&[0.0], 1.0, |t, _, _, dy| {
        dy[0] = if t == 0.0 { 1.0 } else { f64::NAN }
    });
    let solution = case.run();
    assert_eq!(
        solution.outcome,
        Outcome::Failed(Failure::NotFinite { t: 0.0, state: 0 })
    );
    assert!(solution.counters.rhs < 1000);
}

#[test]
fn steps_are_limited_over_the_whole_run() {
    for method in [
        Method::Dopri5,
        Method::Dop853,
        Method::Rk4,
        Method::Rodas5p,
        Method::Radau,
    ] {
        let mut case = Case::new(&[1.0], 0.0, |t, _, _, dy| dy[0] = (50.0 * t).cos())
            .params(&[0.0])
            .pieces(&[(1.0, 0.0), (100.0, 1.0)])
            .with(method, 1e-10, 1e-10);
        case.step = Some(0.1);
        case.max_steps = 50;
        let solution = case.save(&[0.1, 100.0]).run();
        let Outcome::Failed(Failure::TooManySteps { t, limit: 50 }) = solution.outcome else {
            panic!("{:?}", solution.outcome);
        };
        assert_eq!(
            solution.counters.accepted + solution.counters.rejected,
            50,
            "{method:?}"
        );
        assert_eq!(solution.t, [0.1, t]);
    }
}

#[test]
fn progress_is_told_and_may_end_the_run() {
    let mut case = Case::new(&[1.0], 100.0, |_, y, _, dy| dy[0] = -y[0]);
    let mut seen = Vec::new();
    let mut watch = |t: f64| {
        seen.push(t);
        if t > 3.0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let mut options = Options {
        progress: Some(&mut watch),
        ..Options::default()
    };
    let solution = solve(&mut case.hand, &case.problem, &mut options).expect("valid");
    let Outcome::Failed(Failure::Interrupted { t }) = solution.outcome else {
        panic!("{:?}", solution.outcome)
    };
    assert_eq!(seen.last(), Some(&t));
    assert_eq!(solution.t, [t]);
    assert_eq!(seen.len() as u64, solution.counters.accepted);
}

#[test]
fn pieces_without_length_are_legal() {
    let case = Case::new(&[1.0], 0.0, |_, _, p, dy| dy[0] = p[0])
        .params(&[0.0])
        .pieces(&[(0.0, 5.0), (1.0, 1.0), (1.0, 7.0), (2.0, 2.0), (2.0, 9.0)]);
    let solution = case.save(&[0.0, 1.0, 2.0]).run();
    assert_eq!(solution.t, [0.0, 1.0, 2.0]);
    for (y, wanted) in solution.y.iter().zip([1.0, 2.0, 4.0]) {
        assert!((y - wanted).abs() < 1e-14);
    }
    let inputs: Vec<f64> = solution
        .regime
        .iter()
        .map(|r| solution.regimes[*r][0])
        .collect();
    assert_eq!(inputs, [1.0, 2.0, 9.0]);
    let point = Case::new(&[4.0], 0.0, |_, _, _, dy| dy[0] = 1.0);
    let solution = point.save(&[0.0, 0.0]).run();
    assert_eq!(
        (solution.t, solution.y, solution.outcome),
        (vec![0.0], vec![4.0], Outcome::Reached)
    );
}

#[test]
fn a_long_run_of_fixed_steps_stays_on_its_grid() {
    let mut case = Case::new(&[0.0], 1.1, |t, _, _, dy| dy[0] = t).with(Method::Rk4, 1e-8, 1e-8);
    case.step = Some(0.25);
    let solution = case.save(&[0.3, 1.1]).run();
    assert_eq!(solution.counters.accepted, 5);
    assert!((last(&solution)[0] - 0.605).abs() < 1e-14 && (solution.y[0] - 0.045).abs() < 1e-14);
    let mut long =
        Case::new(&[0.0], 70.0, |t, _, _, dy| dy[0] = t.cos()).with(Method::Rk4, 1e-8, 1e-8);
    long.step = Some(1e-3);
    let solution = long.run();
    assert_eq!(solution.counters.accepted, 70_000);
    assert!((last(&solution)[0] - 70f64.sin()).abs() < 1e-11);
}

#[test]
fn many_adaptive_steps_are_taken_in_several_starts_of_the_library() {
    // 45,000 periods: more steps than the library may keep at once.
    let mut case = Case::new(&[1.0, 0.0], 60_000.0, |_, y, _, dy| {
        dy[0] = y[1];
        dy[1] = -y[0];
    })
    .with(Method::Dop853, 1e-9, 1e-9);
    let solution = case.run();
    assert!(
        solution.counters.accepted > 30_000,
        "{:?}",
        solution.counters
    );
    assert!(
        (last(&solution)[0] - 60_000f64.cos()).abs() < 1e-3,
        "{:?}",
        last(&solution)
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |change: &dyn Fn(&mut Case), text: &str| {
        let mut case = Case::new(&[1.0], 1.0, |_, y, _, dy| dy[0] = -y[0]).params(&[0.0]);
        change(&mut case);
        assert_eq!(case.try_run().expect_err("refused").to_string(), text);
    };
    refused(&|c| c.problem.y0.push(1.0), "y0 must have 1 entries, not 2");
    refused(
        &|c| c.tolerances.0 = f64::NAN,
        "rtol must be a finite number above 0, not NaN",
    );
    refused(
        &|c| c.tolerances.1 = 0.0,
        "atol must be a finite number above 0, not 0",
    );
    refused(
        &|c| c.step = Some(-1.0),
        "step must be a finite number above 0, not -1",
    );
    refused(
        &|c| c.problem.scales[0] = 0.0,
        "the scale of `y0` must be a finite number above 0, not 0",
    );
    refused(
        &|c| c.problem.p[0] = f64::INFINITY,
        "parameter 0 must be finite, not inf",
    );
    refused(
        &|c| c.problem.pieces.clear(),
        "a problem needs at least one piece of time",
    );
    refused(
        &|c| c.problem.pieces[0].end = -1.0,
        "piece 0 must start where the one before ends, and not end before it starts",
    );
    refused(
        &|c| c.problem.pieces[0].set.push((3, 0.0)),
        "piece 0 sets parameter 3, but there are 1 (counted from 0)",
    );
    refused(
        &|c| c.problem.save = vec![0.5, 0.2],
        "save time 1 (0.2 s) must not be before the one before it, nor outside the pieces",
    );
    refused(
        &|c| c.problem.save = vec![1.5],
        "save time 0 (1.5 s) must not be before the one before it, nor outside the pieces",
    );
}

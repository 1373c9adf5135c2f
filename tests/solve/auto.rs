//! The method that chooses: what it chooses, that it changes its mind in both directions, and that its answers are as
//! good as those of the methods that it uses.

use crate::{Case, Method, Outcome};
use osmocyte::Simulation;
use osmocyte::solve::problem::{Choice, Solution, Why};
use osmocyte::study::RunOptions;

fn methods(solution: &Solution) -> Vec<Method> {
    solution.choices.iter().map(|c| c.method).collect()
}

#[test]
fn what_is_smooth_and_fast_everywhere_stays_explicit() {
    let mut turn = Case::new(&[1.0, 0.0], 100.0, |_, y, _, dy| {
        dy.copy_from_slice(&[-y[1], y[0]]);
    })
    .with(Method::Auto, 1e-8, 1e-8);
    let solution = turn.run();
    assert_eq!(methods(&solution), [Method::Dop853]);
    assert!(matches!(solution.choices[0].why, Why::Start { .. }));
    assert!((solution.y[0] - 100f64.cos()).abs() < 1e-6);
}

#[test]
fn what_would_be_hopeless_begins_with_the_implicit_method() {
    for (rtol, method) in [(1e-4, Method::Rodas5p), (1e-8, Method::Radau)] {
        let mut decay = Case::new(&[0.0], 10.0, |t, y, _, dy| {
            dy[0] = -1e6 * (y[0] - t.cos()) - t.sin();
        })
        .with(Method::Auto, rtol, rtol);
        decay.problem.y0 = vec![1.0];
        let solution = decay.run();
        let first: &Choice = &solution.choices[0];
        assert_eq!(first.method, method, "{first:?}");
        let Why::Start { fast_times } = first.why else {
            panic!("{first:?}")
        };
        assert!((fast_times / 1e7 - 1.0).abs() < 1e-3, "{fast_times}");
        assert!((solution.y[0] - 10f64.cos()).abs() < 10.0 * rtol);
    }
}

/// A turn of rate 1 while a decay sets in at t = 20 that is a thousand times faster, and ceases at t = 60.
fn stiff_between(method: Method, rtol: f64) -> Solution {
    let mut case = Case::new(&[1.0, 0.0, 1.0], 100.0, |t, y, _, dy| {
        let pull = 2e3 / (1.0 + (20.0 - t).exp()) / (1.0 + (t - 60.0).exp());
        dy.copy_from_slice(&[-y[1], y[0], -pull * (y[2] - t.cos()) - t.sin()]);
    })
    .with(method, rtol, rtol);
    case.problem.save = vec![40.0, 100.0];
    case.run()
}

#[test]
fn a_stiff_stretch_is_noticed_and_left_again() {
    for rtol in [1e-4, 1e-6] {
        let auto = stiff_between(Method::Auto, rtol);
        assert_eq!(auto.outcome, Outcome::Reached);
        let times: Vec<f64> = auto.choices.iter().map(|c| c.t).collect();
        assert_eq!(auto.choices[0].method, Method::Dop853, "{:?}", auto.choices);
        assert!(
            auto.choices.len() >= 3 && times[1] > 10.0 && times[1] < 25.0,
            "{:?}",
            auto.choices
        );
        let last = auto.choices.last().expect("there are some");
        assert_eq!(last.method, Method::Dop853, "{:?}", auto.choices);
        assert!(last.t > 60.0);
        for (row, t) in [40f64, 100.0].iter().enumerate() {
            let y = &auto.y[3 * row..3 * row + 3];
            let errors = [
                (y[0] - t.cos()).abs(),
                (y[1] - t.sin()).abs(),
                (y[2] - t.cos()).abs(),
            ];
            assert!(errors.iter().all(|e| *e < 1e3 * rtol), "{rtol} {errors:?}");
        }
        // Explicit steps over the stretch alone would be 40 s · 2000 /s / 6.
        let fixed = stiff_between(Method::Dop853, rtol);
        assert!(
            10 * auto.counters.rhs < fixed.counters.rhs,
            "{:?}",
            auto.counters
        );
    }
}

#[test]
fn without_a_jacobian_a_large_system_stays_explicit() {
    let n = 300;
    let mut case = Case::new(&vec![1.0; n], 1.0, |_, y, _, dy| {
        dy.iter_mut().zip(y).for_each(|(dy, y)| *dy = -1e3 * y);
    })
    .with(Method::Auto, 1e-6, 1e-6);
    let solution = case.run();
    assert_eq!(solution.outcome, Outcome::Reached);
    assert_eq!(solution.choices.len(), 1);
    assert_eq!(solution.choices[0].why, Why::NoJacobian);
}

#[test]
fn a_limit_of_steps_holds_over_all_changes() {
    let mut case = Case::new(&[1.0, 0.0, 1.0], 100.0, |t, y, _, dy| {
        let pull = 2e3 / (1.0 + (20.0 - t).exp());
        dy.copy_from_slice(&[-y[1], y[0], -pull * (y[2] - t.cos()) - t.sin()]);
    })
    .with(Method::Auto, 1e-6, 1e-6);
    let all = case.run().counters;
    assert!(case.run().choices.len() > 1);
    case.max_steps = all.accepted + all.rejected - 1;
    assert!(matches!(case.run().outcome, Outcome::Failed(_)));
    case.max_steps += 1;
    assert_eq!(case.run().outcome, Outcome::Reached);
}

/// Right-hand sides of a run, those of a step of linear algebra included; infinitely many if it does not end.
fn work(model: &Simulation, method: Method, rtol: f64, most_steps: u64) -> f64 {
    let options = RunOptions {
        method: Some(method),
        rtol: Some(rtol),
        points: Some(201),
        max_steps: Some(most_steps),
        ..RunOptions::default()
    };
    let mut ready = model.ready(&options).expect("the options are sound");
    let solution = ready.solve(None).expect("the options are sound");
    match solution.outcome {
        Outcome::Failed(_) => f64::INFINITY,
        _ => solution.counters.rhs as f64,
    }
}

#[test]
fn no_shipped_model_costs_many_more_right_hand_sides_than_the_better_method() {
    // Time is what counts, and is measured in `benches/solve.rs`; counts are what a test can hold. The two differ where
    // a right-hand side is cheaper than the algebra around it, hence the margin.
    let mut dear = Vec::new();
    for entry in osmocyte::model::library() {
        let model = Simulation::shipped(entry.name).expect("a shipped model");
        for rtol in [1e-4, 1e-6, 1e-8] {
            let auto = work(&model, Method::Auto, rtol, 20_000);
            // Who takes more steps is not the better method, and need not go on: a step costs three right-hand sides at
            // least.
            let most = (auto / (2.5 * 3.0)).min(20_000.0) as u64 + 1;
            let best = [Method::Dop853, Method::Rodas5p, Method::Radau]
                .map(|method| work(&model, method, rtol, most))
                .into_iter()
                .fold(f64::INFINITY, f64::min);
            if auto.is_infinite() || auto > 2.5 * best + 100.0 {
                dear.push((entry.name, rtol, auto / best));
            }
        }
    }
    // Explicit steps that are not yet held by stability, but whose rows cost steps of their own near it (sensors;
    // in time that is a fifth more, the first milliseconds of a sensor are as quick this way); and a forced
    // decay whose forcing an implicit method of high order follows with far longer steps. The last one follows its
    // forcing in steps that Rodas5P has to make again in parts, shorter than Radau's, for the rows inside them.
    let names: Vec<_> = dear.iter().map(|(name, rtol, _)| (*name, *rtol)).collect();
    assert_eq!(
        names,
        [
            ("synaptic-release", 1e-6),
            ("synaptic-release", 1e-8),
            ("curtiss-hirschfelder", 1e-8),
            ("prothero-robinson", 1e-6)
        ],
        "{dear:?}"
    );
}

//! Values, saved times and orders of convergence.

use super::*;

const METHODS: [Method; 5] = [
    Method::Dopri5,
    Method::Dop853,
    Method::Rk4,
    Method::Rodas5p,
    Method::Radau,
];

fn arenstorf(end: f64) -> Case {
    // Hairer, Norsett, Wanner, Solving ODEs I, section II.0.
    const MU: f64 = 0.012277471;
    let y0 = [0.994, 0.0, 0.0, -2.001_585_106_379_082_5];
    Case::new(&y0, end, |_, y, _, dy| {
        let rest = 1.0 - MU;
        let d1 = ((y[0] + MU).powi(2) + y[1] * y[1]).powf(1.5);
        let d2 = ((y[0] - rest).powi(2) + y[1] * y[1]).powf(1.5);
        dy[0] = y[2];
        dy[1] = y[3];
        dy[2] = y[0] + 2.0 * y[3] - rest * (y[0] + MU) / d1 - MU * (y[0] - rest) / d2;
        dy[3] = y[1] - 2.0 * y[2] - rest * y[1] / d1 - MU * y[1] / d2;
    })
}

fn lotka_volterra(end: f64) -> Case {
    Case::new(&[1.0, 1.0], end, |_, y, _, dy| {
        dy[0] = 1.5 * y[0] - y[0] * y[1];
        dy[1] = -3.0 * y[1] + y[0] * y[1];
    })
}

fn brusselator(end: f64) -> Case {
    Case::new(&[1.5, 3.0], end, |_, y, _, dy| {
        dy[0] = 1.0 + y[0] * y[0] * y[1] - 4.0 * y[0];
        dy[1] = 3.0 * y[0] - y[0] * y[0] * y[1];
    })
}

fn sine(end: f64) -> Case {
    Case::new(&[0.0], end, |t, _, _, dy| dy[0] = 10.0 * (10.0 * t).cos())
}

fn pendulum(end: f64) -> Case {
    Case::new(&[0.0, 1.5], end, |t, y, _, dy| {
        dy[0] = y[1];
        dy[1] = -y[0].sin() + 0.2 * t.cos();
    })
}

#[test]
fn time_in_the_equations_is_right_in_every_stage() {
    let mut case = sine(5.0).save(&even(5.0, 1000));
    let solution = case.run();
    let error = solution
        .t
        .iter()
        .zip(&solution.y)
        .map(|(t, y)| (y - (10.0 * t).sin()).abs());
    let error = error.fold(0.0, f64::max);
    assert!(error < 1e-9, "{error}");
}

#[test]
fn published_end_values_are_met() {
    let close = |case: Case, wanted: &[f64], limit: f64| {
        let solution = case.with(Method::Dop853, 1e-12, 1e-12).run();
        let error = relative_error(&solution, wanted);
        assert!(error < limit, "{error} at {}", solution.t[0]);
    };
    close(
        lotka_volterra(1.0),
        &[2.772_850_901_841_112, 0.258_710_878_142_563_95],
        1e-11,
    );
    close(
        lotka_volterra(10.0),
        &[1.026_344_767_575_089_3, 0.909_691_078_136_041_6],
        1e-10,
    );
    close(
        brusselator(1.0),
        &[1.968_732_436_863_113_5, 1.387_224_265_807_548],
        1e-11,
    );
    close(
        brusselator(20.0),
        &[0.498_637_071_268_347_85, 4.596_780_349_452_011],
        1e-10,
    );
    let five = [
        2.268_878_364_797_715_6e-2,
        8.665_401_401_712_473e-1,
        -1.177_364_786_408_644e-1,
        -4.217_858_041_628_776e-1,
    ];
    close(arenstorf(5.0), &five, 1e-9);
    let ten = [
        -8.398_071_663_389_865e-1,
        4.468_314_170_984_723e-1,
        3.737_425_356_143_937_3e-1,
        -1.496_696_446_668_950_5e-1,
    ];
    close(arenstorf(10.0), &ten, 1e-9);
}

#[test]
fn saved_times_are_exact_for_spans_of_any_size() {
    for span in [1e-12, 1e-6, 1.0, 1e4, 1e9] {
        for method in METHODS {
            // y' = -k y with k = 1/span.
            let mut case = Case::new(&[3.0], span, move |_, y, _, dy| dy[0] = -y[0] / span)
                .save(&even(span, 7))
                .with(method, 1e-10, 1e-10);
            let solution = case.run();
            assert_eq!(solution.t, even(span, 7), "{method:?}");
            assert_eq!(solution.outcome, Outcome::Reached);
            for (t, y) in solution.t.iter().zip(&solution.y) {
                let error = (y / (3.0 * (-t / span).exp()) - 1.0).abs();
                assert!(error < 1e-9, "{method:?} over {span}: {error}");
            }
        }
    }
}

#[test]
fn a_start_at_a_late_time_costs_nothing() {
    for start in [-7.0, 1e6, 1e9] {
        for method in METHODS {
            let mut case =
                Case::new(&[1.0], 1.0, |_, y, _, dy| dy[0] = -y[0]).with(method, 1e-10, 1e-10);
            case.problem.pieces[0] = Piece {
                start,
                end: start + 2.0,
                set: Vec::new(),
            };
            let solution = case.save(&[start, start + 0.5, start + 2.0]).run();
            assert_eq!(solution.t, [start, start + 0.5, start + 2.0]);
            assert!((solution.y[1] - (-0.5f64).exp()).abs() < 1e-9);
            assert!((solution.y[2] - (-2.0f64).exp()).abs() < 1e-9);
        }
    }
}

#[test]
fn tolerances_are_relative_to_each_scale() {
    // Two copies of one equation in units that differ by 1e6: the same relative errors, and the same steps as one.
    let rhs = |_: f64, y: &[f64], _: &[f64], dy: &mut [f64]| {
        for (dy, y) in dy.iter_mut().zip(y) {
            *dy = -y;
        }
    };
    let both = Case::new(&[1.0, 1048576.0], 5.0, rhs)
        .scales(&[1.0, 1048576.0])
        .run();
    assert_eq!(both.y[0] * 1048576.0, both.y[1]);
    assert_eq!(both.counters, Case::new(&[1.0], 5.0, rhs).run().counters);
}

/// Slope of log error over log h between the two ends of a list of (h, error).
fn slope(points: &[(f64, f64)]) -> f64 {
    let (first, last) = (points[0], points[points.len() - 1]);
    (first.1 / last.1).ln() / (first.0 / last.0).ln()
}

#[test]
fn rk4_has_order_4_and_so_has_its_interpolant() {
    let reference = pendulum(2.0)
        .with(Method::Dop853, 1e-13, 1e-13)
        .save(&even(2.0, 977))
        .run();
    let errors = |step: f64| {
        let mut case = pendulum(2.0)
            .with(Method::Rk4, 1e-6, 1e-6)
            .save(&even(2.0, 977));
        case.step = Some(step);
        let solution = case.run();
        let worst = solution
            .y
            .iter()
            .zip(&reference.y)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        let end = last(&solution)
            .iter()
            .zip(last(&reference))
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        (worst, end)
    };
    let runs: Vec<_> = [0.1, 0.05, 0.025].map(|h| (h, errors(h))).into();
    let at_end: Vec<_> = runs.iter().map(|(h, e)| (*h, e.1)).collect();
    let anywhere: Vec<_> = runs.iter().map(|(h, e)| (*h, e.0)).collect();
    assert!((slope(&at_end) - 4.0).abs() < 0.2, "{}", slope(&at_end));
    assert!((slope(&anywhere) - 4.0).abs() < 0.3, "{}", slope(&anywhere));
}

#[test]
fn errors_follow_the_tolerance() {
    let reference = pendulum(20.0).with(Method::Dop853, 1e-14, 1e-14).run();
    for method in [
        Method::Dopri5,
        Method::Dop853,
        Method::Rodas5p,
        Method::Radau,
    ] {
        let error = |tolerance: f64| {
            let solution = pendulum(20.0).with(method, tolerance, tolerance).run();
            last(&solution)
                .iter()
                .zip(last(&reference))
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max)
        };
        let points = [1e-5, 1e-11].map(|tolerance| (tolerance, error(tolerance)));
        assert!(slope(&points) > 0.8, "{method:?}: {points:?}");
        assert!(points[1].1 < 1e-9, "{method:?}: {points:?}");
    }
}

#[test]
fn a_jump_of_an_input_at_a_cut_is_no_event_for_the_step_control() {
    // y' = (u - y)/100, u from 1 to 3 at t = 200, held per piece.
    let mut case = Case::new(&[0.0], 0.0, |_, y, p, dy| dy[0] = (p[0] - y[0]) / 100.0)
        .params(&[0.0])
        .pieces(&[(200.0, 1.0), (400.0, 3.0)])
        .save(&[200.0, 400.0])
        .with(Method::Dopri5, 1e-8, 1e-8);
    let solution = case.run();
    let cut = 1.0 - (-2.0f64).exp();
    assert!((solution.y[0] - cut).abs() < 1e-8);
    assert!((solution.y[1] - (3.0 + (cut - 3.0) * (-2.0f64).exp())).abs() < 1e-8);
    assert!(
        solution.counters.rhs <= 256 && solution.counters.rejected == 0,
        "{:?}",
        solution.counters
    );
    assert_eq!(solution.counters.restarts, 1);
    // The same jump inside a span.
    let mut blind = Case::new(&[0.0], 400.0, |t, y, _, dy| {
        dy[0] = (if t < 200.0 { 1.0 } else { 3.0 } - y[0]) / 100.0;
    })
    .with(Method::Dopri5, 1e-8, 1e-8);
    let blind = blind.run().counters;
    assert!(blind.rhs > 400 && blind.rejected > 10, "{blind:?}");
    // [a, b): the row at the cut shows the inputs that begin there.
    assert_eq!(solution.regimes[solution.regime[0]], [3.0]);
}

#[test]
fn costs_are_what_they_were() {
    let counts = |mut case: Case| format!("{:?}", case.run().counters);
    expect_test::expect!["Counters { rhs: 954, jacobians: 0, factorisations: 0, accepted: 61, rejected: 20, events: 0, restarts: 0 }"].assert_eq(&counts(lotka_volterra(10.0).with(
        Method::Dop853,
        1e-8,
        1e-8,
    )));
    expect_test::expect!["Counters { rhs: 830, jacobians: 0, factorisations: 0, accepted: 120, rejected: 18, events: 0, restarts: 0 }"].assert_eq(&counts(brusselator(20.0).with(
        Method::Dopri5,
        1e-6,
        1e-6,
    )));
    expect_test::expect!["Counters { rhs: 4000, jacobians: 0, factorisations: 0, accepted: 1000, rejected: 0, events: 0, restarts: 0 }"].assert_eq(&counts(pendulum(10.0).with(Method::Rk4, 1e-6, 1e-6)));
}

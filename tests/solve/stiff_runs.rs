//! Rodas5P and Radau in runs of the project's own problems: costs, events, what is refused.

use super::problems::{Chain, Exocytosis, Problem as _};
use super::set::*;
use super::stiff::Run;
use super::*;

/// P3 of the bench problems at 1e-3, 1e-2, 0.1, 1 and 10 s.
pub(crate) const RELEASE: [[f64; 10]; 5] = [
    [
        0.14677537024130938,
        0.12211491160706634,
        0.12701143722715532,
        0.16956766799607670,
        0.23075820029116692,
        0.059445981632696230,
        0.14440069556371582,
        0.14432643100452911,
        0.14439326652620639,
        19.801494183295903,
    ],
    [
        1.3635571073184181e-3,
        9.5031688986956554e-4,
        8.4876072923146567e-4,
        1.0624281460270989e-3,
        1.7621184193000530e-3,
        4.8256166931643091e-4,
        1.0089066832602872,
        0.99353025703893697,
        1.0073579950643634,
        18.101506489817393,
    ],
    [
        1.4748487633381737e-2,
        5.0011797656894973e-3,
        2.4989702012553230e-3,
        2.0102284097676122e-3,
        2.1563386977404868e-3,
        2.3216388364396540e-4,
        1.1664942741963251,
        0.97335263140852138,
        1.1454862397753480,
        7.3891948513702743,
    ],
    [
        0.82318986375473475,
        1.9849259813909483e-3,
        7.6579708917164132e-6,
        5.9092346645544686e-8,
        9.0561946458522737e-10,
        6.7082682391581490e-13,
        1.2438242959622283,
        0.17481749229434565,
        1.0219221192111420,
        5.0905728598761573e-2,
    ],
    [
        0.99762816889109023,
        2.3628035574294627e-3,
        8.9537809635116729e-6,
        6.7857732494166330e-8,
        1.0210738368600726e-9,
        7.4283363439329683e-13,
        1.2438243357192498,
        4.8909676351700349e-9,
        0.16892260869005419,
        5.0000000000000000e-2,
    ],
];

/// P3 of the bench problems.
fn release() -> Run {
    let mut y0 = [0.0; 10];
    (y0[0], y0[9]) = (1.0, 20.0);
    let scales = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 20.0];
    Run::with_parameters(&Exocytosis, &Exocytosis.params(), &y0, 10.0, &scales)
}

#[test]
fn calcium_triggered_release() {
    let mut run = release();
    run.problem.save = vec![1e-3, 1e-2, 0.1, 1.0, 10.0];
    let solution = run.solve(1e-10, 1e-16);
    for (row, wanted) in solution.y.chunks(10).zip(RELEASE) {
        for (i, (y, w)) in row.iter().zip(wanted).enumerate() {
            assert!((y / w - 1.0).abs() < 1e-8, "{i}: {y} {w}");
        }
        let sites = row[..6].iter().sum::<f64>() + row[7];
        assert!((sites - 1.0).abs() < 1e-14, "{sites}");
    }
    run.method = Method::Radau;
    let solution = run.solve(1e-10, 1e-16);
    for (y, w) in solution.y.iter().zip(RELEASE.as_flattened()) {
        assert!((y / w - 1.0).abs() < 1e-8, "{y} {w}");
    }
    run.method = Method::Rodas5p;
    let dense = format!("{:?}", run.solve(1e-6, 1e-9).counters);
    expect_test::expect!["Counters { rhs: 1962, jacobians: 245, factorisations: 245, accepted: 245, rejected: 0, events: 0, restarts: 0 }"].assert_eq(&dense);
}

/// A place is known to the tolerance although the step that it lies in is many seconds long.
#[test]
fn events_in_steps_that_only_follow_are_met() {
    for rtol in [1e-4, 1e-6, 1e-8] {
        let mut case = Case::new(&[1.0], 10.0, |t, y, _, dy| Prothero(-1e6).f(t, y, dy))
            .with(Method::Rodas5p, rtol, rtol)
            .events(&[(Direction::Either, Action::Record)], |_, y, _, g| {
                g[0] = y[0]
            });
        let found = times(&case.run(), 0);
        let exact = [0.5, 1.5, 2.5].map(|turns| turns * std::f64::consts::PI);
        assert_eq!(found.len(), exact.len(), "{rtol}: {found:?}");
        for (t, exact) in found.iter().zip(exact) {
            assert!((t - exact).abs() < 10.0 * rtol, "{rtol}: {t} {exact}");
        }
    }
}

#[test]
fn rows_cost_nothing_where_the_interpolant_is_good() {
    let mut run = release();
    let mut rhs = |rows: u32| {
        run.problem.save = (0..=rows)
            .map(|i| 10.0 * f64::from(i) / f64::from(rows))
            .collect();
        run.solve(1e-6, 1e-9).counters.rhs
    };
    let (few, many) = (rhs(1), rhs(1000));
    assert!(many - few <= few / 50, "{few} {many}");
}

#[test]
fn costs_are_what_they_were() {
    let counts = |mut run: Run| format!("{:?}", run.solve(1e-6, 1e-12).counters);
    expect_test::expect!["Counters { rhs: 2197, jacobians: 270, factorisations: 275, accepted: 270, rejected: 5, events: 0, restarts: 0 }"].assert_eq(&counts(Run::new(
        &Rober,
        &[1.0, 0.0, 0.0],
        1e11,
        &[1.0, 1e-5, 1.0],
    )));
    expect_test::expect!["Counters { rhs: 5382, jacobians: 662, factorisations: 674, accepted: 662, rejected: 12, events: 0, restarts: 0 }"].assert_eq(&counts(Run::new(
        &VanDerPol(1e-6),
        &[2.0, 0.0],
        2.0,
        &[1.0, 1.0],
    )));
    let counts = |mut run: Run, rtol: f64| {
        run.method = Method::Radau;
        format!("{:?}", run.solve(rtol, 1e-6 * rtol).counters)
    };
    expect_test::expect!["Counters { rhs: 1973, jacobians: 86, factorisations: 86, accepted: 86, rejected: 0, events: 0, restarts: 0 }"].assert_eq(&counts(
        Run::new(&Rober, &[1.0, 0.0, 0.0], 1e11, &[1.0, 1e-5, 1.0]),
        1e-6,
    ));
    expect_test::expect!["Counters { rhs: 6616, jacobians: 212, factorisations: 221, accepted: 244, rejected: 9, events: 0, restarts: 0 }"].assert_eq(&counts(
        Run::new(&VanDerPol(1e-6), &[2.0, 0.0], 2.0, &[1.0, 1.0]),
        1e-9,
    ));
    // Without a pattern: difference quotients, four right-hand sides more per step.
    let mut quotients = Case::new(&[1.0, 0.0, 0.0], 40.0, |_, y, _, dy| Rober.f(0.0, y, dy))
        .scales(&[1.0, 1e-5, 1.0])
        .with(Method::Rodas5p, 1e-6, 1e-12);
    let solution = quotients.run();
    let wanted = [
        7.158270687194050902e-01,
        9.185534764557763903e-06,
        2.841637457458303517e-01,
    ];
    assert!(relative_error(&solution, &wanted) < 1e-5);
    expect_test::expect!["Counters { rhs: 709, jacobians: 56, factorisations: 61, accepted: 56, rejected: 5, events: 0, restarts: 0 }"].assert_eq(&format!("{:?}", solution.counters));
}

#[test]
fn events_on_stiff_problems_are_met_in_their_long_steps() {
    // Robertson: y3 rises through 1/2; found by its exact time in a run that saves there.
    let mut errors = Vec::new();
    for (rtol, method) in [1e-5, 1e-7, 1e-9]
        .into_iter()
        .flat_map(|t| [(t, Method::Rodas5p), (t, Method::Radau)])
    {
        let mut case = Case::new(&[1.0, 0.0, 0.0], 4e3, |_, y, _, dy| Rober.f(0.0, y, dy))
            .scales(&[1.0, 1e-5, 1.0])
            .with(method, rtol, rtol * 1e-6)
            .events(&[(Direction::Rising, Action::Record)], |_, y, _, g| {
                g[0] = y[2] - 0.5
            });
        let t = times(&case.run(), 0)[0];
        let mut exact = Run::new(&Rober, &[1.0, 0.0, 0.0], t, &[1.0, 1e-5, 1.0]);
        errors.push((last(&exact.solve(1e-12, 1e-20))[2] - 0.5).abs() / rtol);
    }
    println!("event {errors:?}");
    assert!(errors.iter().all(|e| *e < 10.0), "{errors:?}");
    // Van der Pol's relaxation: zeros of y1 lie in the jump, which lasts 1e-6 of the period.
    let mut case = Case::new(&[2.0, 0.0], 2.0, |_, y, _, dy| {
        VanDerPol(1e-6).f(0.0, y, dy)
    })
    .with(Method::Rodas5p, 1e-8, 1e-8)
    .events(&[(Direction::Either, Action::Stop)], |_, y, _, g| {
        g[0] = y[0]
    });
    let solution = case.run();
    assert_eq!(solution.outcome, Outcome::Stopped(0));
    assert!(
        last(&solution)[0].abs() < 1e-6 && (solution.t[0] - 0.8).abs() < 0.1,
        "{:?}",
        solution.t
    );
}

/// P5 of the bench problems.
#[test]
fn a_chain_of_cells() {
    for (n, wanted) in [
        (
            10,
            [
                22138.5320741105,
                21447.0714698656,
                20541.8589140399,
                213514.708618273,
            ],
        ),
        (
            50,
            [
                22281.1241522373,
                21592.0145740247,
                20431.9777579698,
                1075579.02337560,
            ],
        ),
    ] {
        let chain = Chain(n);
        let (y0, scales) = (vec![2.2e4; n], vec![2e4; n]);
        let mut run = Run::with_parameters(&chain, &chain.params(), &y0, 7200.0, &scales);
        let radau = run.of(Method::Radau).solve(1e-9, 1e-9);
        let solution = run.of(Method::Rodas5p).solve(1e-9, 1e-9);
        for (y, w) in last(&radau).iter().zip(last(&solution)) {
            assert!((y / w - 1.0).abs() < 1e-8, "{n}: {y} {w}");
        }
        let y = last(&solution);
        let found = [y[0], y[n / 2 - 1], y[n - 1], y.iter().sum()];
        for (y, w) in found.iter().zip(wanted) {
            assert!((y / w - 1.0).abs() < 1e-8, "{n}: {y} {w}");
        }
    }
}

#[test]
fn what_stiff_methods_cannot_use_is_refused() {
    for method in [Method::Rodas5p, Method::Radau] {
        let mut large = Case::new(&[1.0; 201], 1.0, |_, y, _, dy| dy.copy_from_slice(y))
            .with(method, 1e-6, 1e-6);
        let refused = large.try_run().expect_err("too many states");
        assert_eq!(
            refused,
            Misuse::NoJacobian {
                n_states: 201,
                limit: 200
            }
        );
    }
}

#[test]
fn a_pattern_that_is_none_is_refused() {
    struct Bad(osmocyte::equations::Pattern);
    impl Equations for Bad {
        fn n_states(&self) -> usize {
            2
        }
        fn n_params(&self) -> usize {
            0
        }
        fn bind(&mut self, _p: &[f64]) {}
        fn rhs(&mut self, _t: f64, _y: &[f64], dy: &mut [f64]) {
            dy.fill(0.0);
        }
        fn jacobian_pattern(&self) -> Option<&osmocyte::equations::Pattern> {
            Some(&self.0)
        }
    }
    let good = Case::new(&[1.0; 2], 1.0, |_, _, _, dy| dy.fill(0.0));
    for (columns, rows) in [
        (vec![], vec![]),
        (vec![0, 1], vec![0]),
        (vec![0, 1, 3], vec![0, 1, 1]),
        (vec![0, 2, 1], vec![0]),
        (vec![0, 1, 2], vec![0, 2]),
    ] {
        let mut bad = Bad(osmocyte::equations::Pattern { columns, rows });
        let mut options = Options {
            method: Method::Rodas5p,
            ..Options::default()
        };
        let refused = solve(&mut bad, &good.problem, &mut options);
        assert_eq!(refused.err(), Some(Misuse::BadPattern));
    }
}

#[test]
fn a_slope_that_is_infinite_at_the_start_is_no_obstacle() {
    // y' = √y + 1 with y(0) = 0: ∂f/∂y is infinite there. 2 √y − 2 ln(1 + √y) = t.
    struct Root;
    impl Stiff for Root {
        fn n(&self) -> usize {
            1
        }
        fn f<N: osmocyte::trace::Number>(&self, _t: N, y: &[N], dy: &mut [N]) {
            dy[0] = y[0].sqrt() + 1.0;
        }
    }
    let solution = Run::new(&Root, &[0.0], 1.0, &[1.0]).solve(1e-8, 1e-8);
    let root = last(&solution)[0].sqrt();
    assert!(
        (2.0 * root - 2.0 * root.ln_1p() - 1.0).abs() < 1e-6,
        "{root}"
    );
}

//! Rodas5P on stiff problems: accuracy against tolerance, invariants, order reduction, costs, events.

use super::problems::{Chain, Exocytosis, Problem as _};
use super::set::*;
use super::*;
use osmocyte::compile::{Evaluator, Program};
use osmocyte::trace::{RightHandSide, trace};
use std::sync::Arc;

const TOLERANCES: [f64; 4] = [1e-4, 1e-6, 1e-8, 1e-10];

/// A run of Rodas5P with the exact Jacobian.
struct Run {
    evaluator: Evaluator,
    problem: Problem,
}

impl Run {
    /// From `y0` at 0 to `end`, with the typical sizes `scales`.
    fn new(stiff: &impl Stiff, y0: &[f64], end: f64, scales: &[f64]) -> Run {
        Run::with_parameters(&Traced(stiff), &[], y0, end, scales)
    }

    fn with_parameters(
        equations: &impl RightHandSide,
        p: &[f64],
        y0: &[f64],
        end: f64,
        scales: &[f64],
    ) -> Run {
        let program = Program::new(&trace(equations)).expect("all variables are known");
        Run {
            evaluator: Evaluator::new(Arc::new(program)),
            problem: Problem {
                pieces: vec![Piece {
                    start: 0.0,
                    end,
                    set: Vec::new(),
                }],
                y0: y0.to_vec(),
                p: p.to_vec(),
                scales: scales.to_vec(),
                names: (0..y0.len()).map(|i| format!("y{i}")).collect(),
                save: vec![end],
                events: Vec::new(),
            },
        }
    }

    fn solve(&mut self, rtol: f64, atol: f64) -> Solution {
        let mut options = Options {
            method: Method::Rodas5p,
            rtol,
            atol,
            ..Options::default()
        };
        let solution =
            solve(&mut self.evaluator, &self.problem, &mut options).expect("the problem is valid");
        assert_eq!(solution.outcome, Outcome::Reached);
        solution
    }

    /// Errors at [`TOLERANCES`] are in proportion to them: of the last row, each value relative to the wanted one.
    fn quality_at_end(&mut self, name: &str, wanted: &[f64], atol: f64) {
        let errors = TOLERANCES.map(|rtol| relative_error(&self.solve(rtol, rtol * atol), wanted));
        in_proportion(name, errors);
    }

    /// The same on the way, for problems that forget their errors before the end: at 100 times evenly spaced over time
    /// and its logarithm, relative to the largest value of each state. The reference is a run at 1e-13, which must meet
    /// the wanted values; the end must meet them at each tolerance.
    fn quality_on_the_way(&mut self, name: &str, wanted: &[f64], atol: f64) {
        let end = self.problem.pieces[0].end;
        let mut times: Vec<f64> = (1..50)
            .flat_map(|i| {
                let part = f64::from(i) / 50.0;
                [end * part, end * 1e-10f64.powf(part)]
            })
            .chain([end])
            .collect();
        times.sort_by(f64::total_cmp);
        self.problem.save = times;
        let reference = self.solve(1e-13, 1e-13 * atol);
        let at_end = relative_error(&reference, wanted);
        assert!(at_end < 1e-11, "{name}: {at_end}");
        let n = wanted.len();
        let largest: Vec<f64> = (0..n)
            .map(|i| {
                reference.y[i..]
                    .iter()
                    .step_by(n)
                    .fold(0.0, |m, y| y.abs().max(m))
            })
            .collect();
        let errors = TOLERANCES.map(|rtol| {
            let solution = self.solve(rtol, rtol * atol);
            let at_end = relative_error(&solution, wanted);
            assert!(at_end < 1e3 * rtol, "{name} at {rtol}: {at_end}");
            let error = |(k, (y, w)): (usize, (&f64, &f64))| (y - w).abs() / largest[k % n];
            let pairs = solution.y.iter().zip(&reference.y).enumerate();
            pairs.map(error).fold(0.0, f64::max)
        });
        in_proportion(name, errors);
    }
}

/// Error over tolerance between 1e-3 and 1e3, and at least 0.8 decades of error per decade of tolerance.
fn in_proportion(name: &str, errors: [f64; 4]) {
    println!("{name:12} {errors:?}");
    for (rtol, error) in TOLERANCES.iter().zip(errors) {
        let ratio = error / rtol;
        assert!((1e-3..1e3).contains(&ratio), "{name} at {rtol}: {errors:?}");
    }
    let decades = (errors[0] / errors[3]).log10();
    assert!(decades > 0.8 * 6.0, "{name}: {errors:?}");
}

#[test]
fn robertson() {
    let scales = [1.0, 1e-5, 1.0];
    for (end, wanted) in [
        (
            0.4,
            [
                9.851721138609898617e-01,
                3.386395378974904123e-05,
                1.479402218522038931e-02,
            ],
        ),
        (
            40.0,
            [
                7.158270687194050902e-01,
                9.185534764557763903e-06,
                2.841637457458303517e-01,
            ],
        ),
        (
            4e3,
            [
                1.832022577767093111e-01,
                8.942371252775909255e-07,
                8.167968479861654108e-01,
            ],
        ),
        (
            4e5,
            [
                4.938274520979815558e-03,
                1.984994087954375437e-08,
                9.950617056290793047e-01,
            ],
        ),
        (
            4e7,
            [
                5.203071844120547351e-05,
                2.081335731892532714e-10,
                9.999479690734252205e-01,
            ],
        ),
        (
            1e11,
            [
                2.083340149701294226e-08,
                8.333360770334783392e-14,
                9.999999791665151682e-01,
            ],
        ),
    ] {
        let mut run = Run::new(&Rober, &[1.0, 0.0, 0.0], end, &scales);
        run.quality_on_the_way(&format!("ROBER {end:e}"), &wanted, 1e-10);
        let sum: f64 = last(&run.solve(1e-6, 1e-16)).iter().sum();
        assert!((sum - 1.0).abs() < 1e-14, "{end}: {:e}", sum - 1.0);
    }
}

#[test]
fn hires() {
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
    Run::new(&Hires, &start, 321.8122, &scales).quality_at_end("HIRES", &wanted, 1e-4);
    let wanted = [
        6.703055035818635e-04,
        1.309968469863469e-04,
        4.686223159773258e-05,
        1.044668020551705e-03,
        5.948838309514850e-04,
        1.399628833942774e-03,
        1.014492757718480e-03,
        4.685507242281520e-03,
    ];
    let mut run = Run::new(&Hires, &start, 421.8122, &scales);
    run.quality_on_the_way("HIRES late", &wanted, 1e-4);
    let solution = run.solve(1e-6, 1e-10);
    let sum = last(&solution)[6] + last(&solution)[7];
    assert!((sum / 0.0057 - 1.0).abs() < 1e-13, "{sum}");
}

#[test]
fn oregonator() {
    let wanted = [
        1.000814870318522716,
        1.228178521549887984e+03,
        1.320554942846508290e+02,
    ];
    Run::new(&Orego, &[1.0, 2.0, 3.0], 360.0, &[1e3, 1e3, 1e3])
        .quality_at_end("OREGO", &wanted, 1e-6);
}

#[test]
fn van_der_pol() {
    let wanted = [1.706167732170465001, -0.8928097010248165558];
    Run::new(&VanDerPol(1e-6), &[2.0, 0.0], 2.0, &[1.0, 1.0])
        .quality_at_end("VDPOL a", &wanted, 1.0);
    let wanted = [1.706167437543195409, -0.8928100165510993216];
    Run::new(&VanDerPol(1e-6), &[2.0, -0.66], 2.0, &[1.0, 1.0])
        .quality_at_end("VDPOL b", &wanted, 1.0);
    let wanted = [1.706167732170465009, -8.928097010248165472e-04];
    Run::new(&VanDerPolSlow, &[2.0, 0.0], 2000.0, &[1.0, 1e-3])
        .quality_at_end("VDPOL c", &wanted, 1.0);
    let wanted = [-1.510606936744111494, 1.178380000730911016e-03];
    Run::new(&VanDerPolSlow, &[2.0, 0.0], 3000.0, &[1.0, 1e-3])
        .quality_at_end("VDPOL c3", &wanted, 1.0);
}

#[test]
fn e5() {
    let scales = [1e-3, 1e-10, 1e-11, 1e-10];
    for (end, wanted) in [
        (
            10.0,
            [
                1.7599259497677897e-03,
                1.3846281519376516e-11,
                7.6370038530073911e-13,
                1.3082581134075777e-11,
            ],
        ),
        (
            1e3,
            [
                1.6180769999072943e-03,
                1.3822370304983735e-10,
                8.2515735006838336e-12,
                1.2997212954915352e-10,
            ],
        ),
        (
            1e5,
            [
                7.4813208224292220e-06,
                2.3734781561205975e-12,
                2.2123586689581664e-12,
                1.6111948716243114e-13,
            ],
        ),
        (
            1e7,
            [
                4.7150333630401632e-10,
                1.8188895860807022e-14,
                1.8188812376786727e-14,
                8.3484020296321690e-20,
            ],
        ),
        (
            1e9,
            [
                3.1317148329356997e-14,
                1.4840957952870065e-16,
                1.4840957948345692e-16,
                4.5243728279782623e-26,
            ],
        ),
    ] {
        let mut run = Run::new(&E5, &[1.76e-3, 0.0, 0.0, 0.0], end, &scales);
        if end > 10.0 && end < 1e7 {
            run.quality_on_the_way(&format!("E5 {end:e}"), &wanted, 1e-20);
            continue;
        }
        // Before anything happens the problem is all but linear: steps that grow sixfold at most are better than asked.
        // Late, y2 − y3 = y4 is the rest of a difference that the roundings of larger values have moved: in f64 some 1e-8
        // is reached at 1e7 and 1e-6 at 1e9, whatever the tolerance.
        let rounding = match end {
            1e7 => 2e-8,
            1e9 => 2e-6,
            _ => 0.0,
        };
        for rtol in TOLERANCES {
            let error = relative_error(&run.solve(rtol, rtol * 1e-20), &wanted);
            println!("E5 {end:e} {rtol:e} {error:e}");
            assert!(error < 300.0 * rtol + rounding, "{end} {rtol}: {error}");
        }
    }
    // From 1e11 on y2 = y3 is below what the roundings of f have moved their difference by: y4' alone is a difference of
    // terms of 1e-8. No value is right then, but none grows either.
    let mut run = Run::new(&E5, &[1.76e-3, 0.0, 0.0, 0.0], 1e13, &scales);
    let solution = run.solve(1e-8, 1e-28);
    assert!(last(&solution).iter().all(|y| y.abs() < 1e-21));
}

#[test]
fn pollution() {
    let scales = POLLU.map(|y| y.max(1e-10));
    let mut run = Run::new(&Pollu, &pollu_start(), 60.0, &scales);
    run.quality_at_end("POLLU", &POLLU, 1e-6);
    let solution = run.solve(1e-6, 1e-12);
    let y = last(&solution);
    assert!(((y[16] + y[17]) / 0.007 - 1.0).abs() < 1e-13);
    let nitrogen = y[0] + y[1] + y[12] + y[14] + y[18] + 2.0 * y[19];
    assert!((nitrogen / 0.2 - 1.0).abs() < 1e-13, "{nitrogen}");
}

#[test]
fn prothero_robinson() {
    for lambda in [-1e3, -1e6] {
        let wanted = [-0.839_071_529_076_452_5];
        let mut run = Run::new(&Prothero(lambda), &[1.0], 10.0, &[1.0]);
        let errors = TOLERANCES.map(|rtol| relative_error(&run.solve(rtol, rtol), &wanted));
        println!("PR {lambda:e} {errors:?}");
        // Stiffly accurate: what the method does wrong is divided by λ, so the error is below the tolerance by far.
        for (rtol, error) in TOLERANCES.iter().zip(errors) {
            assert!(error < 10.0 * rtol, "{lambda}: {errors:?}");
        }
    }
}

#[test]
fn kaps() {
    let wanted = [0.1353352832366126919, 0.3678794411714423216];
    for epsilon in [1.0, 1e-3, 1e-6] {
        Run::new(&Kaps(epsilon), &[1.0, 1.0], 1.0, &[1.0, 1.0]).quality_on_the_way(
            &format!("Kaps {epsilon:e}"),
            &wanted,
            1.0,
        );
    }
}

#[test]
fn curtiss_hirschfelder() {
    Run::new(&Curtiss, &[0.0], 1.5, &[1.0]).quality_on_the_way(
        "Curtiss",
        &[9.065084106335865524e-02],
        0.1,
    );
}

#[test]
fn brusselator_with_diffusion() {
    let mut run = Run::new(&Brusselator, &brusselator_start(), 10.0, &[1.0; 80]);
    let errors = TOLERANCES.map(|rtol| {
        let solution = run.solve(rtol, rtol);
        let y = last(&solution);
        let sum = |first: usize| y[first..].iter().step_by(2).sum::<f64>();
        let pairs = [
            (y[0], 0.93691334172072727),
            (y[1], 3.0796044720685494),
            (y[38], 0.43006072969389686),
            (y[39], 3.6881458284308200),
            (y[78], 0.93724129620197250),
            (y[79], 3.0811583242695848),
            (sum(0), 23.3179222414774),
            (sum(1), 140.651457334401),
        ];
        pairs
            .iter()
            .map(|(y, w)| (y / w - 1.0).abs())
            .fold(0.0, f64::max)
    });
    println!("Brusselator {errors:?}");
    for (rtol, error) in TOLERANCES.iter().zip(errors) {
        assert!(error < 1e3 * rtol, "{errors:?}");
    }
}

/// P3 of the bench problems at 1e-3, 1e-2, 0.1, 1 and 10 s.
const RELEASE: [[f64; 10]; 5] = [
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

#[test]
fn calcium_triggered_release() {
    let mut y0 = [0.0; 10];
    (y0[0], y0[9]) = (1.0, 20.0);
    let scales = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 20.0];
    let mut run = Run::with_parameters(&Exocytosis, &Exocytosis.params(), &y0, 10.0, &scales);
    run.problem.save = vec![1e-3, 1e-2, 0.1, 1.0, 10.0];
    let solution = run.solve(1e-10, 1e-16);
    for (row, wanted) in solution.y.chunks(10).zip(RELEASE) {
        for (i, (y, w)) in row.iter().zip(wanted).enumerate() {
            assert!((y / w - 1.0).abs() < 1e-8, "{i}: {y} {w}");
        }
        let sites = row[..6].iter().sum::<f64>() + row[7];
        assert!((sites - 1.0).abs() < 1e-14, "{sites}");
    }
    let dense = format!("{:?}", run.solve(1e-6, 1e-9).counters);
    expect_test::expect!["Counters { rhs: 1962, jacobians: 245, factorisations: 245, accepted: 245, rejected: 0, events: 0, restarts: 0 }"].assert_eq(&dense);
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
    // Three of the states have no Jacobian of their own: difference quotients, four right-hand sides per step.
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
    for rtol in [1e-5, 1e-7, 1e-9] {
        let mut case = Case::new(&[1.0, 0.0, 0.0], 4e3, |_, y, _, dy| Rober.f(0.0, y, dy))
            .scales(&[1.0, 1e-5, 1.0])
            .with(Method::Rodas5p, rtol, rtol * 1e-6)
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
        let solution = run.solve(1e-9, 1e-9);
        let y = last(&solution);
        let found = [y[0], y[n / 2 - 1], y[n - 1], y.iter().sum()];
        for (y, w) in found.iter().zip(wanted) {
            assert!((y / w - 1.0).abs() < 1e-8, "{n}: {y} {w}");
        }
    }
}

#[test]
fn what_rodas5p_cannot_use_is_refused() {
    let mut large = Case::new(&[1.0; 201], 1.0, |_, y, _, dy| dy.copy_from_slice(y)).with(
        Method::Rodas5p,
        1e-6,
        1e-6,
    );
    let refused = large.try_run().expect_err("too many states");
    assert_eq!(
        refused,
        Misuse::NoJacobian {
            n_states: 201,
            limit: 200
        }
    );
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

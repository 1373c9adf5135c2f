//! Rodas5P and Radau on stiff problems: accuracy against tolerance, invariants, order reduction, costs, events.

use super::set::*;
use super::*;
use osmocyte::compile::{Evaluator, Program};
use osmocyte::trace::{RightHandSide, trace};
use std::sync::Arc;

const TOLERANCES: [f64; 4] = [1e-4, 1e-6, 1e-8, 1e-10];

/// The methods for them.
const STIFF: [Method; 2] = [Method::Rodas5p, Method::Radau];

/// A run with the exact Jacobian, by Rodas5P unless another method is set.
pub(crate) struct Run {
    pub evaluator: Evaluator,
    pub problem: Problem,
    pub method: Method,
}

impl Run {
    /// From `y0` at 0 to `end`, with the typical sizes `scales`.
    pub fn new(stiff: &impl Stiff, y0: &[f64], end: f64, scales: &[f64]) -> Run {
        Run::with_parameters(&Traced(stiff), &[], y0, end, scales)
    }

    pub fn with_parameters(
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
            method: Method::Rodas5p,
        }
    }

    /// The same with another method.
    pub fn of(&mut self, method: Method) -> &mut Run {
        self.method = method;
        self
    }

    pub fn solve(&mut self, rtol: f64, atol: f64) -> Solution {
        let mut options = Options {
            method: self.method,
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
        for method in STIFF {
            self.method = method;
            let errors =
                TOLERANCES.map(|rtol| relative_error(&self.solve(rtol, rtol * atol), wanted));
            in_proportion(&format!("{name} {method:?}"), errors);
        }
        self.method = Method::Rodas5p;
    }

    /// The same on the way, for problems that forget their errors before the end: at 100 times evenly spaced over time
    /// and its logarithm, relative to the largest value of each state. The reference is a run at 1e-13, which must meet
    /// the wanted values; the end must meet them at each tolerance.
    fn quality_on_the_way(&mut self, name: &str, wanted: &[f64], atol: f64) {
        for method in STIFF {
            self.method = method;
            self.quality_of_one(&format!("{name} {method:?}"), wanted, atol);
        }
        self.method = Method::Rodas5p;
    }

    fn quality_of_one(&mut self, name: &str, wanted: &[f64], atol: f64) {
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

/// Error over tolerance between 1e-3 and 1e3, and at least 0.8 decades of error per decade of tolerance. What Radau is
/// better than asked at the largest tolerance does not count: its estimates mean less there.
fn in_proportion(name: &str, errors: [f64; 4]) {
    println!("{name:12} {errors:?}");
    for (rtol, error) in TOLERANCES.iter().zip(errors) {
        let ratio = error / rtol;
        assert!((1e-3..1e3).contains(&ratio), "{name} at {rtol}: {errors:?}");
    }
    let most = match name.ends_with("Radau") {
        true => errors[0].max(TOLERANCES[0]),
        false => errors[0],
    };
    let decades = (most / errors[3]).log10();
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
        for (rtol, method) in TOLERANCES.into_iter().flat_map(|t| STIFF.map(|m| (t, m))) {
            run.method = method;
            let error = relative_error(&run.solve(rtol, rtol * 1e-20), &wanted);
            println!("E5 {end:e} {method:?} {rtol:e} {error:e}");
            assert!(error < 300.0 * rtol + rounding, "{end} {rtol}: {error}");
        }
    }
    // From 1e11 on y2 = y3 is below what the roundings of f have moved their difference by: y4' alone is a difference of
    // terms of 1e-8. No value is right then, but none grows either.
    let mut run = Run::new(&E5, &[1.76e-3, 0.0, 0.0, 0.0], 1e13, &scales);
    for method in STIFF {
        run.method = method;
        let solution = run.solve(1e-8, 1e-28);
        assert!(last(&solution).iter().all(|y| y.abs() < 1e-21));
    }
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
    for (lambda, method) in [-1e3, -1e6].into_iter().flat_map(|l| STIFF.map(|m| (l, m))) {
        let wanted = [-0.839_071_529_076_452_5];
        let mut run = Run::new(&Prothero(lambda), &[1.0], 10.0, &[1.0]);
        run.method = method;
        let errors = TOLERANCES.map(|rtol| relative_error(&run.solve(rtol, rtol), &wanted));
        println!("PR {lambda:e} {errors:?}");
        // Stiffly accurate: what the method does wrong is divided by λ, so the error is below the tolerance by far.
        for (rtol, error) in TOLERANCES.iter().zip(errors) {
            assert!(error < 10.0 * rtol, "{lambda}: {errors:?}");
        }
    }
}

#[test]
fn rows_between_long_steps_are_held_to_the_tolerance() {
    // 201 rows in a few steps, whose own interpolants are off by up to ten thousand tolerances. `Auto` takes Rodas5P at
    // the first two.
    for (lambda, method, rtols) in [-1e3, -1e6].into_iter().flat_map(|l| {
        [
            (l, Method::Rodas5p, &TOLERANCES[..]),
            (l, Method::Auto, &TOLERANCES[..2]),
        ]
    }) {
        let mut run = Run::new(&Prothero(lambda), &[1.0], 10.0, &[1.0]);
        run.method = method;
        run.problem.save = (0..=200).map(|i| 0.05 * f64::from(i)).collect();
        for rtol in rtols {
            let solution = run.solve(*rtol, *rtol);
            let rows = solution.y.iter().zip(&run.problem.save);
            let error = rows.map(|(y, t)| (y - t.cos()).abs()).fold(0.0, f64::max);
            assert!(error < 10.0 * rtol, "{lambda} {method:?} {rtol}: {error}");
            let chosen = solution.choices.iter().all(|c| c.method == Method::Rodas5p);
            assert!(chosen, "{:?}", solution.choices);
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
    for method in STIFF {
        run.method = method;
        brusselator_errors(&mut run);
    }
}

fn brusselator_errors(run: &mut Run) {
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

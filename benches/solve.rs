//! Whole runs: microseconds and errors of rodas5p beside those of radau and dop853, and time per step of a growing chain.
//!
//! The minimum of many repeats, all in one run: absolute figures drift with the machine, ratios do not. Errors are the
//! largest at 201 even times, relative to the largest value of each state; the reference is rodas5p at 1e-12.

#[path = "../tests/problems/mod.rs"]
#[allow(dead_code, reason = "shared with tests")]
mod problems;
#[path = "../tests/solve/set.rs"]
#[allow(dead_code, clippy::excessive_precision, reason = "shared with tests")]
mod set;

use std::sync::Arc;
use std::time::Instant;

use osmocyte::compile::{Evaluator, Program};
use osmocyte::solve::problem::{Method, Options, Piece, Problem, Solution};
use osmocyte::solve::solve;
use osmocyte::trace::{RightHandSide, trace};
use problems::{Chain, Exocytosis, Problem as _, RedCell};
use set::{Hires, Rober, Traced};

/// A problem with its solution.
struct Case {
    name: &'static str,
    evaluator: Evaluator,
    problem: Problem,
    wanted: Vec<f64>,
}

impl Case {
    fn new(
        name: &'static str,
        equations: &impl RightHandSide,
        p: &[f64],
        y0: &[f64],
        scales: &[f64],
        end: f64,
    ) -> Option<Case> {
        let program = Program::new(&trace(equations)).ok()?;
        let mut case = Case {
            name,
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
                names: vec![String::new(); y0.len()],
                save: vec![end],
                events: Vec::new(),
            },
            wanted: Vec::new(),
        };
        case.wanted = case.rows(Method::Rodas5p, 1e-12, 1e-4)?;
        Some(case)
    }

    /// The states at 201 even times.
    fn rows(&mut self, method: Method, rtol: f64, atol: f64) -> Option<Vec<f64>> {
        let end = self.problem.pieces.last()?.end;
        let even = (0..=200).map(|i| end * f64::from(i) / 200.0).collect();
        let save = std::mem::replace(&mut self.problem.save, even);
        let solution = self.run(method, rtol, atol);
        self.problem.save = save;
        Some(solution?.y)
    }

    /// Largest error of the rows.
    fn error(&mut self, method: Method, rtol: f64, atol: f64) -> Option<f64> {
        let n = self.problem.y0.len();
        let rows = self.rows(method, rtol, atol)?;
        let largest = |i: usize| {
            let column = self.wanted.iter().skip(i).step_by(n);
            column.fold(0.0f64, |m, y| m.max(y.abs()))
        };
        let largest: Vec<f64> = (0..n).map(largest).collect();
        let pairs = rows.iter().zip(&self.wanted).enumerate();
        let errors = pairs.map(|(k, (y, w))| (y - w).abs() / largest[k % n]);
        Some(errors.fold(0.0, f64::max))
    }

    fn run(&mut self, method: Method, rtol: f64, atol: f64) -> Option<Solution> {
        let mut options = Options {
            method,
            rtol,
            atol: rtol * atol,
            ..Options::default()
        };
        solve(&mut self.evaluator, &self.problem, &mut options).ok()
    }

    /// Microseconds per run, the last solution.
    fn time(&mut self, method: Method, rtol: f64, atol: f64) -> Option<(f64, Solution)> {
        let (mut least, mut last) = (f64::INFINITY, None);
        let begin = Instant::now();
        while last.is_none() || begin.elapsed().as_secs_f64() < 0.5 {
            let start = Instant::now();
            last = self.run(method, rtol, atol);
            least = least.min(start.elapsed().as_secs_f64() * 1e6);
        }
        Some((least, last?))
    }

    fn compare(&mut self, rtol: f64, atol: f64, explicit: bool) {
        let name = self.name;
        let mut first = None;
        for method in [Method::Rodas5p, Method::Radau, Method::Dop853] {
            if method == Method::Dop853 && !explicit {
                continue;
            }
            let timed = self.time(method, rtol, atol);
            let (Some((time, solution)), Some(error)) = (timed, self.error(method, rtol, atol))
            else {
                return eprintln!("{name}: refused");
            };
            let c = solution.counters;
            println!(
                "{name:10} {rtol:.0e} {method:?}: {time:9.1} µs, error {error:.1e}, {} steps, {} rejected, {} rhs",
                c.accepted, c.rejected, c.rhs
            );
            match first {
                None => first = Some(time),
                Some(rodas) => println!(
                    "{name:10} {rtol:.0e} Rodas5p/{method:?}: {:.3}",
                    rodas / time
                ),
            }
        }
    }
}

fn main() {
    let release = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 20.0];
    let hires = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0057];
    let p = Exocytosis.params();
    if let Some(mut case) = Case::new("P3", &Exocytosis, &p, &release, &[1.0; 10], 10.0) {
        // The absolute tolerance of the bench problems: 1e-3 of the relative one.
        case.compare(1e-6, 1e-3, true);
        case.compare(1e-9, 1e-3, true);
        case.compare(1e-11, 1e-3, true);
    }
    if let Some(mut case) = Case::new("HIRES", &Traced(&Hires), &[], &hires, &[1.0; 8], 321.8122) {
        case.compare(1e-6, 1e-3, true);
        case.compare(1e-9, 1e-3, true);
        case.compare(1e-11, 1e-3, true);
    }
    let robertson = Case::new(
        "ROBER",
        &Traced(&Rober),
        &[],
        &[1.0, 0.0, 0.0],
        &[1.0; 3],
        1e11,
    );
    if let Some(mut case) = robertson {
        case.compare(1e-6, 1e-8, false);
    }
    let p = RedCell.params();
    if let Some(mut case) = Case::new("P1", &RedCell, &p, &[60.0, 0.0], &[60.0, 6e4], 120.0) {
        case.compare(1e-6, 1.0, true);
        case.compare(1e-9, 1.0, true);
    }
    for n in [10, 50, 250, 1000, 4000] {
        let chain = Chain(n);
        let (y0, scales) = (vec![2.2e4; n], vec![2e4; n]);
        let start = Instant::now();
        let case = Case::new("P5", &chain, &chain.params(), &y0, &scales, 7200.0);
        let Some(mut case) = case else { return };
        let ready = start.elapsed().as_secs_f64();
        for rtol in [1e-6, 1e-9] {
            println!("P5 N = {n}");
            case.compare(rtol, 1.0, n <= 1000);
        }
        if let Some((time, solution)) = case.time(Method::Rodas5p, 1e-6, 1.0) {
            let step = time / solution.counters.factorisations as f64;
            println!(
                "P5 N = {n}: {step:.2} µs per attempt, {:.1} ns per cell; {ready:.2} s to compile and make the reference",
                1e3 * step / n as f64
            );
        }
    }
}

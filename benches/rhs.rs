//! One right-hand side: the tape against the same equations written by hand, in nanoseconds per call.
//!
//! The minimum of many repeats, both in one run: absolute figures drift with the machine, their ratio does not.

#[path = "../tests/problems/mod.rs"]
mod problems;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use osmocyte::compile::{Evaluator, Program};
use osmocyte::equations::Equations;
use osmocyte::trace::trace;
use problems::{Chain, Exocytosis, Problem, Protoplast, RedCell};

const REPEATS: usize = 200;

/// Nanoseconds per call, the least of the repeats.
fn least(calls: usize, mut call: impl FnMut(f64)) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..REPEATS {
        let start = Instant::now();
        for i in 0..calls {
            call(i as f64);
        }
        least = least.min(start.elapsed().as_secs_f64() * 1e9 / calls as f64);
    }
    least
}

fn compare(name: &str, problem: &impl Problem) {
    let flat = trace(problem);
    let program = match Program::new(&flat) {
        Ok(program) => Arc::new(program),
        Err(error) => return eprintln!("{name}: {error}"),
    };
    let steps = program.rates.tape().body.len();
    let (p, mut y) = (problem.params(), problem.state());
    let mut dy = vec![0.0; y.len()];
    let calls = 100_000 / (y.len() + 10);

    let by_hand = least(calls, |t| {
        problem.rhs(
            black_box(t),
            black_box(&y),
            black_box(&p),
            black_box(&mut dy),
        );
    });
    let mut evaluator = Evaluator::new(program);
    evaluator.bind(&p);
    let tape = least(calls, |t| {
        evaluator.rhs(black_box(t), black_box(&y), black_box(&mut dy))
    });
    let mut values = vec![
        0.0;
        evaluator
            .jacobian_pattern()
            .map_or(0, |pattern| pattern.len())
    ];
    let jacobian = least(calls, |t| {
        evaluator.jacobian(black_box(t), black_box(&y), black_box(&mut values))
    });
    // Each call needs the result of the one before, as in an integrator.
    let chained = least(calls, |t| {
        evaluator.rhs(t, &y, &mut dy);
        y[0] += 1e-300 * dy[0];
    });
    println!(
        "{name:<12} {steps:>6} {by_hand:>9.1} {tape:>9.1} {:>7.2} {chained:>9.1} {jacobian:>9.1}",
        tape / by_hand
    );
}

fn main() {
    println!("problem       steps   by hand      tape   ratio   chained  jacobian   [ns per call]");
    compare("red cell", &RedCell);
    compare("exocytosis", &Exocytosis);
    compare("protoplast", &Protoplast);
    compare("chain 50", &Chain(50));
    compare("chain 1000", &Chain(1000));
}

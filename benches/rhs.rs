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

/// Nanoseconds per call of the rates, of the rates as an integrator calls them (each call needs the result of the one
/// before), and of the Jacobian.
struct Times {
    rates: f64,
    chained: f64,
    jacobian: f64,
}

impl Times {
    fn of(program: Program, p: &[f64], y: &[f64]) -> Self {
        let calls = calls(y.len());
        let mut y = y.to_vec();
        let mut dy = vec![0.0; y.len()];
        let mut values = vec![0.0; program.pattern.len()];
        let mut evaluator = Evaluator::new(Arc::new(program));
        evaluator.bind(p);
        Self {
            rates: least(calls, |t| {
                evaluator.rhs(black_box(t), black_box(&y), black_box(&mut dy))
            }),
            jacobian: least(calls, |t| {
                evaluator.jacobian(black_box(t), black_box(&y), black_box(&mut values))
            }),
            chained: least(calls, |t| {
                evaluator.rhs(t, &y, &mut dy);
                y[0] += 1e-300 * dy[0];
            }),
        }
    }

    fn print(&self, name: &str, how: &str, by_hand: f64) {
        let ratio = self.rates / by_hand;
        println!(
            "{name:<12} {how:<12} {by_hand:>9.1} {:>9.1} {ratio:>7.2} {:>9.1} {:>9.1}",
            self.rates, self.chained, self.jacobian
        );
    }
}

fn calls(n_states: usize) -> usize {
    100_000 / (n_states + 10)
}

fn compare(name: &str, problem: &impl Problem) {
    let program = match Program::new(&trace(problem)) {
        Ok(program) => program,
        Err(error) => return eprintln!("{name}: {error}"),
    };
    let (p, y) = (problem.params(), problem.state());
    let mut dy = vec![0.0; y.len()];
    let by_hand = least(calls(y.len()), |t| {
        problem.rhs(
            black_box(t),
            black_box(&y),
            black_box(&p),
            black_box(&mut dy),
        );
    });
    Times::of(program.clone(), &p, &y).print(name, "tape", by_hand);
    #[cfg(feature = "jit")]
    {
        let start = Instant::now();
        match program.with_machine_code() {
            Ok(program) => {
                let made = start.elapsed().as_secs_f64() * 1e3;
                Times::of(program, &p, &y).print(name, "machine code", by_hand);
                println!("{:<12} made in {made:.2} ms", "");
            }
            Err(error) => eprintln!("{name}: {error}"),
        }
    }
}

fn main() {
    println!(
        "problem      how            by hand     rates   ratio   chained  jacobian   [ns per call]"
    );
    compare("red cell", &RedCell);
    compare("exocytosis", &Exocytosis);
    compare("protoplast", &Protoplast);
    compare("chain 50", &Chain(50));
    compare("chain 1000", &Chain(1000));
}

//! Machine code gives the bits of the tape: each operation on every kind of number, and the benchmark problems.
#![cfg(feature = "jit")]

mod problems;

use std::sync::Arc;

use osmocyte::compile::{Evaluator, Function, Inputs, Program, Scratch};
use osmocyte::equations::Equations;
use osmocyte::expr::graph::{Binary, Graph, Unary};
use osmocyte::trace::trace;
use osmocyte::units::Dimension;
use problems::{Chain, Exocytosis, Problem, Protoplast, RedCell};

const NUMBERS: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.5,
    -3.25,
    1e-310,
    1e300,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan())
}

/// Every operation alone, and every pair of operations of two operands, of which some become one step.
#[test]
fn every_code_on_every_kind_of_number() {
    let mut graph = Graph::new();
    let (time, t) = graph.variable("t", Dimension::default());
    let (x, at_x) = graph.variable("x", Dimension::default());
    let (y, at_y) = graph.variable("y", Dimension::default());
    let mut outputs = vec![graph.select_as_is(t, at_x, at_y)];
    let half = graph.constant(0.7);
    outputs.push(graph.binary_as_is(Binary::Power, at_x, half));
    outputs.extend(Unary::all().map(|op| graph.unary_as_is(op, at_x)));
    let inner: Vec<_> = Binary::all()
        .map(|op| graph.binary_as_is(op, at_x, at_y))
        .collect();
    outputs.extend(&inner);
    let inputs = Inputs {
        time,
        states: &[x, y],
        params: &[],
    };
    let mut functions = vec![Function::new(&graph, &inputs, &outputs).unwrap()];
    for outer in Binary::all() {
        for &inner in &inner {
            let left = graph.binary_as_is(outer, inner, t);
            let right = graph.binary_as_is(outer, t, inner);
            functions.extend([left, right].map(|e| Function::new(&graph, &inputs, &[e]).unwrap()));
        }
    }
    for tape in functions {
        let machine = tape.clone().with_machine_code().unwrap();
        let (mut by_tape, mut by_machine) =
            (vec![0.0; tape.n_outputs()], vec![0.0; tape.n_outputs()]);
        let mut scratch = Scratch::default();
        for &t in NUMBERS {
            for &x in NUMBERS {
                for &y in NUMBERS {
                    tape.eval(&mut scratch, t, &[x, y], &[], &mut by_tape);
                    machine.eval(&mut scratch, t, &[x, y], &[], &mut by_machine);
                    assert!(
                        same(&by_tape, &by_machine),
                        "{:?} at {t}, {x}, {y}: {by_tape:?} and {by_machine:?}",
                        tape.tape().body
                    );
                }
            }
        }
    }
}

fn check(problem: &impl Problem) {
    let program = Program::new(&trace(problem)).unwrap();
    let machine = program.clone().with_machine_code().unwrap();
    let (n, entries) = (program.rates.n_states(), program.pattern.len());
    // The code outlives the program that it was made for, and other threads may run it.
    let [tape, machine] = [program, machine].map(|program| {
        let mut evaluator = Evaluator::new(Arc::new(program));
        let (mut p, y) = (problem.params(), problem.state());
        let run = move || {
            let mut all = Vec::new();
            for _ in 0..2 {
                evaluator.bind(&p);
                let (mut dy, mut dfdt) = (vec![0.0; n], vec![f64::NAN; n]);
                let mut values = vec![0.0; entries];
                evaluator.rhs(3.5, &y, &mut dy);
                evaluator.jacobian(3.5, &y, &mut values);
                evaluator.time_derivative(3.5, &y, &mut dfdt);
                all.extend([dy, values, dfdt].concat());
                // Parameters changed between two calls reach the code.
                p.iter_mut().for_each(|p| *p *= 1.25);
            }
            all
        };
        std::thread::spawn(run).join().unwrap()
    });
    assert!(tape.iter().all(|value| value.is_finite()));
    assert!(same(&tape, &machine));
}

#[test]
fn the_benchmark_problems() {
    check(&RedCell);
    check(&Exocytosis);
    check(&Protoplast);
    check(&Chain(50));
    check(&Chain(1000));
}

#[test]
#[should_panic(expected = "assertion")]
fn a_short_state_does_not_reach_the_code() {
    let problem = RedCell;
    let program = Program::new(&trace(&problem)).unwrap();
    let mut evaluator = Evaluator::new(Arc::new(program.with_machine_code().unwrap()));
    evaluator.bind(&problem.params());
    evaluator.rhs(0.0, &[1.0], &mut [0.0, 0.0]);
}

//! Orders of the step, its dense output and refined states; the step size; matrices that need pivoting.

use super::*;
use crate::equations::Pattern;
use crate::solve::step::Step;
use std::ops::ControlFlow;

/// A circle run through with a speed that depends on time and place: nonlinear, coupled, not autonomous. y = (cos s,
/// sin s) with s = t²/2 + t. Terms that vanish on the circle give the Jacobian entries of any size.
struct Circle {
    pattern: Option<Pattern>,
    pull: f64,
}

impl Circle {
    fn new(exact: bool, pull: f64) -> Circle {
        let pattern = Pattern {
            columns: vec![0, 2, 4],
            rows: vec![0, 1, 0, 1],
        };
        Circle {
            pattern: exact.then_some(pattern),
            pull,
        }
    }

    fn at(t: f64) -> [f64; 2] {
        let s = 0.5 * t * t + t;
        [s.cos(), s.sin()]
    }
}

impl Equations for Circle {
    fn n_states(&self) -> usize {
        2
    }
    fn n_params(&self) -> usize {
        0
    }
    fn bind(&mut self, _p: &[f64]) {}
    fn rhs(&mut self, t: f64, y: &[f64], dy: &mut [f64]) {
        let off = self.pull * (1.0 - y[0] * y[0] - y[1] * y[1]);
        dy[0] = -(1.0 + t) * y[1] + off * y[0];
        dy[1] = (1.0 + t) * y[0] + off * y[1];
    }
    fn jacobian_pattern(&self) -> Option<&Pattern> {
        self.pattern.as_ref()
    }
    fn jacobian(&mut self, t: f64, y: &[f64], values: &mut [f64]) {
        let off = self.pull * (1.0 - y[0] * y[0] - y[1] * y[1]);
        let cross = -2.0 * self.pull * y[0] * y[1];
        values[0] = off - 2.0 * self.pull * y[0] * y[0];
        values[1] = 1.0 + t + cross;
        values[2] = -(1.0 + t) + cross;
        values[3] = off - 2.0 * self.pull * y[1] * y[1];
    }
    fn time_derivative(&mut self, _t: f64, y: &[f64], dfdt: &mut [f64]) {
        dfdt.copy_from_slice(&[-y[1], y[0]]);
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max)
}

/// Errors over [0, 1] in `steps` equal steps: at the end, of the dense output, of refined states.
fn errors(exact: bool, pull: f64, steps: u32) -> [f64; 3] {
    let mut equations = Circle::new(exact, pull);
    let options = Options {
        rtol: 1e9,
        ..Options::default()
    };
    let tolerance = Tolerance::new(&options, &[1.0; 2]);
    let mut kernel = Kernel::new(&equations, &tolerance, &[1.0; 2]);
    let (y, mut f) = (Circle::at(0.0), [0.0; 2]);
    equations.rhs(0.0, &y, &mut f);
    kernel.begin(&Leg {
        origin: 0.0,
        start: 0.0,
        end: 1.0,
        piece: 1.0,
        y: &y,
        f: &f,
        first: None,
        budget: u64::MAX,
    });
    let h = 1.0 / f64::from(steps);
    let mut errors = [0.0f64; 3];
    for step in 1..=steps {
        assert!(kernel.derive(&mut equations, h).is_ok());
        assert!(kernel.attempt(&mut equations, h).is_ok());
        assert!(kernel.finish(&mut equations).is_ok());
        kernel.accept(f64::from(step) * h, step == steps);
        let start = kernel.clock_start();
        let mut y = [0.0; 2];
        for theta in [0.1, 0.3, 0.5, 0.7, 0.9] {
            kernel.at(&mut equations, theta, &mut y);
            errors[1] = errors[1].max(distance(&y, &Circle::at(start + theta * h)));
        }
        assert!(kernel.refined(&mut equations, 0.6, &mut y));
        errors[2] = errors[2].max(distance(&y, &Circle::at(start + 0.6 * h)));
        kernel.advance(f64::from(step) * h);
    }
    errors[0] = distance(kernel.start(), &Circle::at(1.0));
    errors
}

#[test]
fn steps_and_dense_output_have_their_orders() {
    for exact in [true, false] {
        let (a, b) = (errors(exact, 1.0, 20), errors(exact, 1.0, 40));
        let order: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a / b).log2()).collect();
        assert!((order[0] - 5.0).abs() < 0.2, "{order:?} {a:?} {b:?}");
        assert!((order[1] - 4.0).abs() < 0.2 || order[1] > 4.0, "{order:?}");
        assert!((order[2] - 5.0).abs() < 0.2, "{order:?}");
    }
}

/// Prothero and Robinson (Math. Comp. 28 (1974) 145-162): y = cos t, attracted with rate λ.
struct Prothero {
    rate: f64,
    pattern: Pattern,
}

impl Equations for Prothero {
    fn n_states(&self) -> usize {
        1
    }
    fn n_params(&self) -> usize {
        0
    }
    fn bind(&mut self, _p: &[f64]) {}
    fn rhs(&mut self, t: f64, y: &[f64], dy: &mut [f64]) {
        dy[0] = self.rate * (y[0] - t.cos()) - t.sin();
    }
    fn jacobian_pattern(&self) -> Option<&Pattern> {
        Some(&self.pattern)
    }
    fn jacobian(&mut self, _t: f64, _y: &[f64], values: &mut [f64]) {
        values[0] = self.rate;
    }
    fn time_derivative(&mut self, t: f64, _y: &[f64], dfdt: &mut [f64]) {
        dfdt[0] = self.rate * t.sin() - t.cos();
    }
}

/// Error at t = 10 in equal steps.
fn prothero(rate: f64, steps: u32) -> f64 {
    let pattern = Pattern {
        columns: vec![0, 1],
        rows: vec![0],
    };
    let mut equations = Prothero { rate, pattern };
    let tolerance = Tolerance::new(&Options::default(), &[1.0]);
    let mut kernel = Kernel::new(&equations, &tolerance, &[1.0]);
    kernel.begin(&Leg {
        origin: 0.0,
        start: 0.0,
        end: 10.0,
        piece: 10.0,
        y: &[1.0],
        f: &[0.0],
        first: None,
        budget: u64::MAX,
    });
    let h = 10.0 / f64::from(steps);
    for step in 1..=steps {
        assert!(kernel.derive(&mut equations, h).is_ok());
        assert!(kernel.attempt(&mut equations, h).is_ok());
        assert!(kernel.finish(&mut equations).is_ok());
        kernel.accept(f64::from(step) * h, step == steps);
        kernel.advance(f64::from(step) * h);
    }
    (kernel.start()[0] - 10f64.cos()).abs()
}

#[test]
fn order_reduction_is_mild_and_what_is_lost_is_divided_by_the_rate() {
    let errors = |rate: f64| [8, 16, 32, 64, 128].map(|steps| prothero(rate, steps));
    let (slow, fast) = (errors(-1e3), errors(-1e6));
    // As Radau IIA of classical order 5 has it (2.4e-5 … 4.7e-9 and 2.4e-8 … 5.1e-12): order 3, and no plateau.
    for (slow, fast) in slow.iter().zip(fast) {
        assert!((300.0..3000.0).contains(&(slow / fast)), "{slow} {fast}");
    }
    let order = |e: [f64; 5]| (e[1] / e[3]).log2() / 2.0;
    assert!(order(slow) > 2.9 && order(fast) > 2.9, "{slow:?} {fast:?}");
    assert!(fast[4] < 5e-12, "{fast:?}");
}

/// Asks for states inside each step, and sees how far they are off the cosine.
struct Rows(f64);

impl Observer for Rows {
    fn accept(&mut self, equations: &mut dyn Equations, step: &mut dyn Step) -> ControlFlow<()> {
        let (start, end) = step.clock();
        for theta in [0.9, 0.0, 0.3, 0.61, 0.3] {
            let mut y = [0.0];
            step.at(equations, theta, &mut y);
            let error = (y[0] - (start + theta * (end - start)).cos()).abs();
            self.0 = self.0.max(error);
        }
        ControlFlow::Continue(())
    }
}

#[test]
fn long_steps_are_divided_for_the_states_inside_them_and_only_for_these() {
    let pattern = Pattern {
        columns: vec![0, 1],
        rows: vec![0],
    };
    let mut equations = Prothero {
        rate: -1e6,
        pattern,
    };
    let options = Options {
        rtol: 1e-8,
        atol: 1e-8,
        ..Options::default()
    };
    let leg = Leg {
        origin: 0.0,
        start: 0.0,
        end: 10.0,
        piece: 10.0,
        y: &[1.0],
        f: &[0.0],
        first: None,
        budget: 10_000,
    };
    let mut run = |observer: &mut dyn Observer| {
        let mut rodas = Rodas::new(&equations, &options, &[1.0]);
        let mut cost = Cost::default();
        let end = rodas.run(&mut equations, &leg, observer, &mut cost);
        assert_eq!(end, LegEnd::Reached);
        (cost, rodas.kernel.inside.count)
    };
    let (blind, none) = run(&mut Blind);
    let mut rows = Rows(0.0);
    let (seen, divided) = run(&mut rows);
    assert!(none == 0 && divided > 5, "{none} {divided}");
    assert!(rows.0 < 1e-7, "{}", rows.0);
    // The steps are the same; what the parts cost is counted.
    assert_eq!(
        (seen.accepted, seen.rejected),
        (blind.accepted, blind.rejected)
    );
    assert!(
        seen.jacobians > blind.jacobians + 2 * divided,
        "{blind:?} {seen:?}"
    );
    assert!(seen.factorisations >= seen.jacobians && seen.rhs > blind.rhs + 16 * divided);
}

/// y' = A (y − g(t)) + g'(t) with a matrix A that elimination in the planned order cannot factorise at some step.
struct Turned {
    pattern: Pattern,
}

/// Rotation at 1e9 turns per second around a point that moves: without exchange of rows the diagonal 1/(hγ) is lost
/// against it.
const TURN: f64 = 1e9;

impl Equations for Turned {
    fn n_states(&self) -> usize {
        2
    }
    fn n_params(&self) -> usize {
        0
    }
    fn bind(&mut self, _p: &[f64]) {}
    fn rhs(&mut self, t: f64, y: &[f64], dy: &mut [f64]) {
        dy[0] = TURN * (y[1] - t.sin());
        dy[1] = -TURN * (y[0] - t.cos()) - TURN * (y[1] - t.sin());
        dy[0] -= t.sin();
        dy[1] += t.cos();
    }
    fn jacobian_pattern(&self) -> Option<&Pattern> {
        Some(&self.pattern)
    }
    fn jacobian(&mut self, _t: f64, _y: &[f64], values: &mut [f64]) {
        values.copy_from_slice(&[0.0, -TURN, TURN, -TURN]);
    }
    fn time_derivative(&mut self, t: f64, _y: &[f64], dfdt: &mut [f64]) {
        dfdt[0] = -TURN * t.cos() - t.cos();
        dfdt[1] = -TURN * t.sin() + TURN * t.cos() - t.sin();
    }
}

struct Blind;

impl Observer for Blind {
    fn accept(&mut self, _: &mut dyn Equations, _: &mut dyn Step) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[test]
fn a_matrix_that_needs_pivoting_is_solved_all_the_same() {
    let pattern = Pattern {
        columns: vec![0, 2, 4],
        rows: vec![0, 1, 0, 1],
    };
    let mut equations = Turned { pattern };
    let options = Options {
        rtol: 1e-8,
        atol: 1e-8,
        ..Options::default()
    };
    let mut rodas = Rodas::new(&equations, &options, &[1.0; 2]);
    let y = [1.0, 0.0];
    let mut f = [0.0; 2];
    equations.rhs(0.0, &y, &mut f);
    let leg = Leg {
        origin: 0.0,
        start: 0.0,
        end: 3.0,
        piece: 3.0,
        y: &y,
        f: &f,
        first: None,
        budget: 10_000,
    };
    let mut cost = Cost::default();
    let end = rodas.run(&mut equations, &leg, &mut Blind, &mut cost);
    assert_eq!(end, LegEnd::Reached);
    let fallbacks = rodas.kernel.linear.fallbacks;
    assert!(fallbacks > cost.factorisations / 2, "{fallbacks} {cost:?}");
    let error = distance(rodas.kernel.end(), &[3f64.cos(), 3f64.sin()]);
    assert!(error < 1e-7 && cost.accepted < 500, "{error} {cost:?}");
}

#[test]
fn the_step_size_shrinks_and_grows_within_its_limits() {
    let mut control = Control {
        h: 1.0,
        longest: f64::INFINITY,
        last: None,
        rejected_in_row: 0,
    };
    control.reject(1.0, Some(f64::NAN));
    assert_eq!(control.h, 0.2);
    control.reject(1.0, Some(1e30));
    assert_eq!(control.h, 0.2);
    control.accept(0.2, 0.0);
    assert_eq!(control.h, 0.2);
    control.accept(0.2, 0.0);
    assert!((control.h - 1.2).abs() < 1e-15);
}

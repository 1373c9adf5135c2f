//! Orders of the steps, their dense output and refined states; order reduction; matrices that need pivoting; costs.

use super::*;
use crate::equations::Pattern;
use crate::solve::step::Step;
use std::ops::ControlFlow;

/// A circle run through with a speed that depends on time and place: nonlinear, coupled, not autonomous. y = (cos s,
/// sin s) with s = t²/2 + t.
struct Circle(Option<Pattern>);

impl Circle {
    fn new(exact: bool) -> Circle {
        Circle(exact.then(full))
    }

    fn at(t: f64) -> [f64; 2] {
        let s = 0.5 * t * t + t;
        [s.cos(), s.sin()]
    }
}

/// The full pattern of two states.
fn full() -> Pattern {
    Pattern {
        columns: vec![0, 2, 4],
        rows: vec![0, 1, 0, 1],
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
        let off = 1.0 - y[0] * y[0] - y[1] * y[1];
        dy[0] = -(1.0 + t) * y[1] + off * y[0];
        dy[1] = (1.0 + t) * y[0] + off * y[1];
    }
    fn jacobian_pattern(&self) -> Option<&Pattern> {
        self.0.as_ref()
    }
    fn jacobian(&mut self, t: f64, y: &[f64], values: &mut [f64]) {
        let off = 1.0 - y[0] * y[0] - y[1] * y[1];
        let cross = -2.0 * y[0] * y[1];
        values[0] = off - 2.0 * y[0] * y[0];
        values[1] = 1.0 + t + cross;
        values[2] = -(1.0 + t) + cross;
        values[3] = off - 2.0 * y[1] * y[1];
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

fn options(rtol: f64) -> Options<'static> {
    Options {
        rtol,
        atol: rtol,
        ..Options::default()
    }
}

fn leg<'a>(y: &'a [f64], f: &'a [f64], end: f64) -> Leg<'a> {
    Leg {
        origin: 0.0,
        start: 0.0,
        end,
        piece: end,
        y,
        f,
        budget: 100_000,
        first: None,
    }
}

/// Errors over [0, end] in `steps` equal steps of one method: at the end, of the polynomial, of refined states.
fn errors(exact: bool, method: usize, steps: u32, end: f64) -> [f64; 3] {
    let mut equations = Circle::new(exact);
    let tolerance = Tolerance::new(&options(1e-14), &[1.0; 2]);
    let mut kernel = Kernel::new(&equations, &tolerance, &[1.0; 2]);
    let (y, mut f) = (Circle::at(0.0), [0.0; 2]);
    equations.rhs(0.0, &y, &mut f);
    kernel.begin(&leg(&y, &f, end));
    let h = end / f64::from(steps);
    let mut errors = [0.0f64; 3];
    for step in 1..=steps {
        assert!(kernel.derive(&mut equations, h, &tolerance).is_ok());
        let tried = kernel.attempt(&mut equations, method, h, false, &tolerance);
        assert!(tried.is_ok(), "{tried:?}");
        assert!(kernel.finish(&mut equations).is_ok());
        kernel.accept(f64::from(step) * h, step == steps);
        let start = kernel.clock_start();
        let mut y = [0.0; 2];
        for theta in [0.1, 0.3, 0.5, 0.7, 0.9] {
            kernel.rough(&mut equations, theta, &mut y);
            errors[1] = errors[1].max(distance(&y, &Circle::at(start + theta * h)));
        }
        assert!(kernel.refined(&mut equations, 0.6, &mut y));
        errors[2] = errors[2].max(distance(&y, &Circle::at(start + 0.6 * h)));
        kernel.advance(f64::from(step) * h);
    }
    errors[0] = distance(kernel.start(), &Circle::at(end));
    errors
}

#[test]
fn steps_and_polynomials_have_their_orders_where_all_is_coupled() {
    // Seven stages are below rounding before they show an order here; that of the step stands below.
    for (method, order, dense, steps) in [(0, 5.0, 4.0, 16), (1, 9.0, 6.0, 4), (2, 0.0, 8.0, 3)] {
        for exact in [true, false] {
            let a = errors(exact, method, steps, 1.0);
            let b = errors(exact, method, 2 * steps, 1.0);
            let found: Vec<f64> = a.iter().zip(b).map(|(a, b)| (a / b).log2()).collect();
            assert!((found[1] - dense).abs() < 0.4, "{method}: {found:?}");
            assert!(a[2] < 0.1 * a[1], "{method}: {a:?}");
            if method < 2 {
                assert!((found[0] - order).abs() < 0.2, "{order}: {found:?}");
                assert!(found[2] > dense + 0.7, "{order}: {found:?}");
            } else {
                // The iteration ends at 100 roundings.
                assert!(a[0] < 5e-13 && b[0] < 5e-13, "{a:?} {b:?}");
            }
        }
    }
}

/// Prothero and Robinson (Math. Comp. 28 (1974) 145-162): y = cos t, attracted with rate λ.
struct Prothero {
    rate: f64,
    pattern: Pattern,
}

impl Prothero {
    fn new(rate: f64) -> Prothero {
        let pattern = Pattern {
            columns: vec![0, 1],
            rows: vec![0],
        };
        Prothero { rate, pattern }
    }
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
fn prothero(rate: f64, method: usize, steps: u32) -> f64 {
    let mut equations = Prothero::new(rate);
    let tolerance = Tolerance::new(&options(1e-14), &[1.0]);
    let mut kernel = Kernel::new(&equations, &tolerance, &[1.0]);
    kernel.begin(&leg(&[1.0], &[0.0], 10.0));
    let h = 10.0 / f64::from(steps);
    for step in 1..=steps {
        assert!(kernel.derive(&mut equations, h, &tolerance).is_ok());
        let tried = kernel.attempt(&mut equations, method, h, false, &tolerance);
        assert!(tried.is_ok(), "{tried:?}");
        assert!(kernel.finish(&mut equations).is_ok());
        kernel.accept(f64::from(step) * h, step == steps);
        kernel.advance(f64::from(step) * h);
    }
    (kernel.start()[0] - 10f64.cos()).abs()
}

#[test]
fn each_method_has_its_order_and_the_error_it_has_with_30_digits() {
    for (method, order, steps, wanted) in [
        (0, 5.0, 32, [4.2515e-7, 1.3465e-8]),
        (1, 9.0, 8, [1.6482e-8, 3.2264e-11]),
        (2, 13.0, 4, [9.703e-10, 1.1958e-13]),
    ] {
        let errors = [
            prothero(-1.0, method, steps),
            prothero(-1.0, method, 2 * steps),
        ];
        let found = (errors[0] / errors[1]).log2();
        assert!((found - order).abs() < 0.2, "{order}: {found}");
        for (error, wanted) in errors.iter().zip(wanted) {
            assert!((error - wanted).abs() < 1e-3 * wanted + 2e-14, "{errors:?}");
        }
    }
}

#[test]
fn order_reduction_leaves_the_order_of_the_stages_and_what_is_lost_is_divided_by_the_rate() {
    // As measured in extended precision for s = 3, in 8, 16, … 128 steps.
    let wanted = [
        (-1e3, [2.37e-5, 2.87e-6, 3.39e-7, 4.01e-8, 4.71e-9]),
        (-1e6, [2.39e-8, 2.90e-9, 3.45e-10, 4.17e-11, 5.11e-12]),
    ];
    for (rate, wanted) in wanted {
        for (wanted, steps) in wanted.iter().zip([8, 16, 32, 64, 128]) {
            let error = prothero(rate, 0, steps);
            assert!(
                (error / wanted - 1.0).abs() < 0.01,
                "{rate} {steps}: {error}"
            );
        }
    }
    for (method, order) in [(1, 5.0), (2, 7.0)] {
        let errors = |rate: f64| [8, 16].map(|steps| prothero(rate, method, steps));
        let (slow, fast) = (errors(-1e3), errors(-1e6));
        assert!(
            (300.0..3000.0).contains(&(slow[0] / fast[0])),
            "{slow:?} {fast:?}"
        );
        assert!((slow[0] / slow[1]).log2() > order - 0.2, "{slow:?}");
    }
}

/// y' = A (y − g(t)) + g'(t) with a matrix A that elimination in the planned order cannot factorise at some step.
struct Turned(Pattern);

/// Rotation at 1e9 turns per second around a point that moves.
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
        Some(&self.0)
    }
    fn jacobian(&mut self, _t: f64, _y: &[f64], values: &mut [f64]) {
        values.copy_from_slice(&[0.0, -TURN, TURN, -TURN]);
    }
    fn time_derivative(&mut self, t: f64, _y: &[f64], dfdt: &mut [f64]) {
        dfdt[0] = -TURN * t.cos() - t.cos();
        dfdt[1] = -TURN * t.sin() + TURN * t.cos() - t.sin();
    }
}

/// Sees how far states inside the steps are off.
struct Looks<F> {
    truth: F,
    worst: f64,
}

impl<F: Fn(f64) -> [f64; 2]> Observer for Looks<F> {
    fn accept(&mut self, equations: &mut dyn Equations, step: &mut dyn Step) -> ControlFlow<()> {
        let (start, end) = step.clock();
        let mut y = [0.0; 2];
        for i in 0..10 {
            let theta = f64::from(i) / 10.0;
            step.at(equations, theta, &mut y);
            let error = distance(&y, &(self.truth)(start + theta * (end - start)));
            self.worst = self.worst.max(error);
        }
        ControlFlow::Continue(())
    }
}

/// A run to `end`: the method afterwards, what it cost, the largest error inside the steps.
fn run(
    equations: &mut dyn Equations,
    options: &Options,
    range: (usize, usize),
    end: f64,
    truth: fn(f64) -> [f64; 2],
) -> (Radau, Cost, f64) {
    let mut radau = Radau::new(equations, options, &[1.0; 2]);
    radau.range = range;
    let (y, mut f) = (truth(0.0), [0.0; 2]);
    equations.rhs(0.0, &y, &mut f);
    let (mut cost, mut looks) = (Cost::default(), Looks { truth, worst: 0.0 });
    let ended = radau.run(equations, &leg(&y, &f, end), &mut looks, &mut cost);
    assert_eq!(ended, LegEnd::Reached);
    (radau, cost, looks.worst)
}

#[test]
fn a_matrix_that_needs_pivoting_is_solved_all_the_same() {
    let truth = |t: f64| [t.cos(), t.sin()];
    let mut equations = Turned(full());
    let (radau, cost, _) = run(&mut equations, &options(1e-8), (0, 2), 3.0, truth);
    let fallbacks = radau.kernel.linear.fallbacks;
    assert!(fallbacks > cost.factorisations / 2, "{fallbacks} {cost:?}");
    let error = distance(radau.kernel.end(), &truth(3.0));
    assert!(error < 1e-7 && cost.accepted < 200, "{error} {cost:?}");
}

#[test]
fn each_order_meets_its_tolerance_within_steps_as_at_their_ends() {
    for range in [(0, 0), (1, 1), (2, 2), (0, 2)] {
        for rtol in [1e-4, 1e-7, 1e-10, 1e-12] {
            let mut equations = Circle::new(true);
            let (radau, _, inside) = run(&mut equations, &options(rtol), range, 5.0, Circle::at);
            let error = distance(radau.kernel.end(), &Circle::at(5.0));
            assert!(error < 100.0 * rtol, "{range:?} {rtol}: {error}");
            assert!(inside < 100.0 * rtol, "{range:?} {rtol}: {inside}");
        }
    }
}

#[test]
fn long_steps_are_divided_for_the_states_inside_them() {
    // All is forced: the estimate is divided by the rate, the error of the polynomial is not.
    let truth = |t: f64| [t.cos(), t.sin()];
    let mut equations = Turned(full());
    for range in [(0, 0), (2, 2)] {
        let (radau, cost, inside) = run(&mut equations, &options(1e-9), range, 3.0, truth);
        let divided = radau.kernel.inside.divided;
        assert!(divided > 1, "{divided} {cost:?}");
        assert!(inside < 1e-8, "{range:?}: {inside}");
    }
}

#[test]
fn steps_are_no_longer_than_allowed() {
    let mut equations = Circle::new(true);
    let mut options = options(1e-3);
    options.max_step = Some(0.01);
    let (_, cost, _) = run(&mut equations, &options, (0, 2), 1.0, Circle::at);
    assert!((100..120).contains(&cost.accepted), "{cost:?}");
    // Equal steps on which the iteration converges at once keep their factors.
    assert!(cost.factorisations < 40, "{cost:?}");
}

#[test]
fn the_step_size_shrinks_and_grows_within_its_limits() {
    let newton = newton::Newton::new(1e-6);
    let mut control = Control::new(1.0, f64::INFINITY);
    control.reject(1.0, 2.0, 3, 3);
    assert_eq!(control.h, 0.1);
    control.retreat(0.1, &Reject::Diverged);
    assert_eq!(control.h, 0.05);
    assert!(control.accept(0.05, 0.0, 3, &newton));
    assert_eq!(control.h, 0.05);
    assert!(!control.accept(0.05, 0.0, 3, &newton));
    assert!((control.h - 0.4).abs() < 1e-15);
    control.reject(0.4, f64::INFINITY, 3, 3);
    assert!((control.h - 0.08).abs() < 1e-15);
}

#[test]
fn the_order_rises_with_fast_convergence_and_falls_without() {
    let mut newton = newton::Newton::new(1e-4);
    let mut order = Order::new(1e-4, (0, 2));
    assert_eq!(order.index, 1);
    (newton.rate, newton.changes) = (1e-3, 2);
    for _ in 0..4 {
        order.choose(1.0, &newton);
    }
    assert_eq!(order.index, 2);
    newton.rate = 0.5;
    order.choose(1.0, &newton);
    assert_eq!(order.index, 1);
    order.fail();
    newton.rate = 0.0;
    order.choose(1.0, &newton);
    assert_eq!(order.index, 0);
}

//! Orders of the methods and their interpolants, through the adapter.

use super::*;
use crate::solve::step::Step;
use std::ops::ControlFlow;

/// y' = -2 t y², y = 1/(1 + t²): neither linear nor autonomous.
struct Bell;

impl Equations for Bell {
    fn n_states(&self) -> usize {
        1
    }
    fn n_params(&self) -> usize {
        0
    }
    fn bind(&mut self, _p: &[f64]) {}
    fn rhs(&mut self, t: f64, y: &[f64], dy: &mut [f64]) {
        dy[0] = -2.0 * t * y[0] * y[0];
    }
}

fn bell(t: f64) -> f64 {
    1.0 / (1.0 + t * t)
}

/// Errors of the first step: at its end and, of the interpolant and of refined states, inside.
#[derive(Default)]
struct Errors {
    end: f64,
    inside: f64,
    /// Of the refined state inside, where there is one.
    refined: f64,
}

impl Observer for Errors {
    fn accept(&mut self, equations: &mut dyn Equations, step: &mut dyn Step) -> ControlFlow<()> {
        let (start, end) = step.clock();
        self.end = (step.end()[0] - bell(START + end)).abs();
        for i in 1..16 {
            let theta = f64::from(i) / 16.0;
            let mut y = [0.0];
            step.at(equations, theta, &mut y);
            let t = START + start + theta * (end - start);
            self.inside = self.inside.max((y[0] - bell(t)).abs());
            if step.refined(equations, theta, &mut y) {
                self.refined = self.refined.max((y[0] - bell(t)).abs());
                step.adopt(theta, &y);
                let mut again = [0.0];
                step.at(equations, theta, &mut again);
                assert_eq!(again, y);
            }
        }
        ControlFlow::Break(())
    }
}

const START: f64 = 0.4;

fn one_step(method: Method, h: f64) -> Errors {
    // Tolerances that accept everything.
    let options = Options {
        method,
        rtol: 1e3,
        atol: 1e3,
        step: Some(h),
        ..Options::default()
    };
    let mut explicit = Explicit::new(&options, &[1.0]);
    let (y, f) = ([bell(START)], [-2.0 * START * bell(START).powi(2)]);
    let leg = Leg {
        origin: START,
        start: 0.0,
        end: h,
        piece: h,
        y: &y,
        f: &f,
        first: Some(h),
        budget: 10,
    };
    let mut errors = Errors::default();
    explicit.run_sized(Const::<1>, &mut Bell, &leg, &mut errors);
    assert_eq!(explicit.stages.cost.accepted, 1);
    errors
}

/// Orders of the error at the end of a step and inside it: a step's error falls with one power more.
fn orders(method: Method, long: f64, short: f64) -> (f64, f64) {
    let (a, b) = (one_step(method, long), one_step(method, short));
    let log = (long / short).ln();
    (
        (a.end / b.end).ln() / log - 1.0,
        (a.inside / b.inside).ln() / log - 1.0,
    )
}

#[test]
fn steps_and_interpolants_have_the_order_of_their_method() {
    for (method, long, short, step, inside) in [
        (Method::Dopri5, 0.02, 0.01, 5.0, 4.0),
        (Method::Dop853, 0.4, 0.25, 8.0, 7.0),
        (Method::Rk4, 0.02, 0.01, 4.0, 3.0),
    ] {
        let found = orders(method, long, short);
        assert!(
            (found.0 - step).abs() < 0.2 && (found.1 - inside).abs() < 0.3,
            "{method:?}: {found:?}"
        );
    }
}

#[test]
fn refined_states_have_the_order_of_the_step() {
    for (method, order) in [(Method::Dopri5, 5.0), (Method::Rk4, 4.0)] {
        let (a, b) = (one_step(method, 0.02), one_step(method, 0.01));
        let found = (a.refined / b.refined).log2() - 1.0;
        assert!((found - order).abs() < 0.2, "{method:?}: {found}");
    }
}

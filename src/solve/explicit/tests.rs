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
    explicit.run(&mut Bell, &leg, &mut errors, &mut Cost::default());
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

/// A pendulum: autonomous, since the library errs where time matters.
struct Pendulum;

impl Equations for Pendulum {
    fn n_states(&self) -> usize {
        2
    }
    fn n_params(&self) -> usize {
        0
    }
    fn bind(&mut self, _p: &[f64]) {}
    fn rhs(&mut self, _t: f64, y: &[f64], dy: &mut [f64]) {
        dy[0] = y[1];
        dy[1] = -y[0].sin();
    }
}

impl System<f64, OVector<f64, Const<2>>> for Pendulum {
    fn system(&self, t: f64, y: &OVector<f64, Const<2>>, dy: &mut OVector<f64, Const<2>>) {
        Pendulum.rhs(t, y.as_slice(), dy.as_mut_slice());
    }
}

/// Ends of all steps, with the states there.
struct Steps(Vec<(f64, [f64; 2])>);

impl Observer for Steps {
    fn accept(&mut self, _: &mut dyn Equations, step: &mut dyn Step) -> ControlFlow<()> {
        self.0
            .push((step.clock().1, [step.end()[0], step.end()[1]]));
        ControlFlow::Continue(())
    }
}

#[test]
fn our_dop853_takes_the_steps_of_the_library() {
    let (y0, first, length) = ([2.0, 0.0], 0.2, 20.0);
    for rtol in [1e-4, 1e-7, 1e-10] {
        let options = Options {
            method: Method::Dop853,
            rtol,
            atol: rtol,
            ..Options::default()
        };
        let mut explicit = Explicit::new(&options, &[1.0, 1.0]);
        let mut f = [0.0; 2];
        Pendulum.rhs(0.0, &y0, &mut f);
        let leg = Leg {
            origin: 0.0,
            start: 0.0,
            end: length,
            piece: length,
            y: &y0,
            f: &f,
            first: Some(first),
            budget: 10_000,
        };
        let (mut ours, mut cost) = (Steps(Vec::new()), Cost::default());
        let end = explicit.run(&mut Pendulum, &leg, &mut ours, &mut cost);
        assert_eq!(end, LegEnd::Reached);
        let mut theirs = ode_solvers::Dop853::from_param(
            Pendulum,
            0.0,
            length,
            length,
            OVector::from(y0),
            rtol,
            rtol,
            0.9,
            0.0,
            0.333,
            6.0,
            length,
            first,
            10_000,
            u32::MAX,
            OutputType::Sparse,
        );
        let stats = theirs.integrate().expect("the library gets there");
        assert_eq!(cost.accepted, u64::from(stats.accepted_steps));
        assert_eq!(cost.rejected, u64::from(stats.rejected_steps));
        let (times, states) = (&theirs.x_out()[1..], &theirs.y_out()[1..]);
        assert_eq!(times.len(), ours.0.len());
        for (i, ((t, y), (time, state))) in ours.0.iter().zip(times.iter().zip(states)).enumerate()
        {
            let apart = (t - time).abs() + (y[0] - state[0]).abs() + (y[1] - state[1]).abs();
            // The same step from the same state; then the error estimates, small differences of large numbers, differ by
            // roundings, and so do the steps that follow from them.
            let allowed = if i == 0 { 1e-14 } else { rtol.max(1e-6) };
            assert!(apart < allowed, "{rtol} step {i}: {apart}");
        }
    }
}

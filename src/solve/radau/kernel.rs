//! One step of Radau IIA, and the step that has been accepted last.

use super::control::share;
use super::newton::{Newton, Reject, System};
use super::polynomial::{Curve, combine};
use super::stages::{Collocation, Place, Stages};
use super::tableau::{FIVE, SEVEN, THREE};
use crate::equations::Equations;
use crate::solve::attempts::worst;
use crate::solve::linear::Linear;
use crate::solve::slopes::{self, Slopes};
use crate::solve::stages::first_not_finite;
use crate::solve::step::{Cost, Leg, Step};
use crate::solve::tolerance::Tolerance;

/// Where the defect of each method is seen: where θ Π (θ − c_i) is largest.
const SEEN: [f64; 3] = [0.861, 0.734, 0.670];

/// State, derivatives, stages and interpolant of the present step.
pub(super) struct Kernel {
    pub(super) n: usize,
    pub linear: Linear,
    slopes: Slopes,
    /// The methods of order 5, 9 and 13, made when first needed.
    methods: [Option<Box<dyn Collocation>>; 3],
    /// The method and length of step that the factors are for.
    factored: Option<(usize, f64)>,
    /// The method of the present step.
    pub(super) method: usize,
    /// Time at clock 0, and the clock at the start and end of the leg [s].
    origin: f64,
    leg: (f64, f64),
    /// Start of the step since the start of the leg, and its length [s].
    pub x: f64,
    pub(super) h: f64,
    /// Clock at the end of the step [s].
    clock_end: f64,
    /// State and right-hand side at its start and its end.
    pub(super) y0: Vec<f64>,
    f0: Vec<f64>,
    y1: Vec<f64>,
    f1: Vec<f64>,
    /// Polynomials of the step and of the one before, and the length of that [s].
    pub(super) now: Curve,
    before: Curve,
    h_before: Option<f64>,
    /// Reciprocal tolerances in the present step.
    pub(super) weights: Vec<f64>,
    pub(super) error: Vec<f64>,
    pub(super) state: Vec<f64>,
    pub newton: Newton,
    /// Part of the tolerance that the estimate of each method may have.
    pub(super) shares: [f64; 3],
    pub(super) inside: super::inside::Inside,
    /// States known better than by the interpolant, with their fraction of the step.
    adopted: Vec<(f64, Vec<f64>)>,
    /// Cost so far.
    pub cost: Cost,
}

impl Kernel {
    pub fn new(equations: &dyn Equations, tolerance: &Tolerance, sizes: &[f64]) -> Kernel {
        let n = sizes.len();
        let (pattern, slopes) = Slopes::new(equations);
        let rtol = tolerance.rtol.max(tolerance.atol);
        Kernel {
            n,
            linear: Linear::new(pattern, sizes),
            slopes,
            methods: [None, None, None],
            factored: None,
            method: 0,
            origin: 0.0,
            leg: (0.0, 0.0),
            x: 0.0,
            h: 0.0,
            clock_end: 0.0,
            y0: vec![0.0; n],
            f0: vec![0.0; n],
            y1: vec![0.0; n],
            f1: vec![0.0; n],
            now: Curve::default(),
            before: Curve::default(),
            h_before: None,
            weights: vec![0.0; n],
            error: vec![0.0; n],
            state: vec![0.0; n],
            newton: Newton::new(rtol),
            shares: [3.0, 5.0, 7.0].map(|s| share(rtol, s)),
            inside: super::inside::Inside::default(),
            adopted: Vec::new(),
            cost: Cost::default(),
        }
    }

    /// Makes ready for a leg.
    pub fn begin(&mut self, leg: &Leg) {
        self.origin = leg.origin;
        self.leg = (leg.start, leg.end);
        self.x = 0.0;
        self.y0.copy_from_slice(leg.y);
        self.f0.copy_from_slice(leg.f);
        self.h_before = None;
        self.newton.forget();
        self.cost = Cost::default();
    }

    /// Clock at the start of the step [s].
    pub fn clock_start(&self) -> f64 {
        self.leg.0 + self.x
    }

    /// State at the start of the step.
    #[cfg(test)]
    pub fn start(&self) -> &[f64] {
        &self.y0
    }

    /// Length of the step before, if there is one in this leg [s].
    pub fn length_before(&self) -> Option<f64> {
        self.h_before
    }

    /// A step of length `h` that starts `after` the start of this one.
    pub(super) fn place(&self, after: f64, h: f64) -> Place {
        Place {
            origin: self.origin,
            clock: self.leg.0 + self.x + after,
            end: self.leg.1,
            h,
        }
    }

    /// Evaluates the derivatives at the start of a step that will have about length `h`; `Err` is a state whose rate
    /// has none.
    pub fn derive(
        &mut self,
        equations: &mut dyn Equations,
        h: f64,
        tolerance: &Tolerance,
    ) -> Result<(), usize> {
        let place = slopes::Place {
            t: self.place(0.0, h).time(0.0),
            h,
            y: &self.y0,
            f: &self.f0,
            sizes: &tolerance.scale,
        };
        self.factored = None;
        let pattern = self.linear.pattern();
        self.slopes
            .evaluate(equations, pattern, &place, &mut self.cost)
    }

    /// Whether the factors at hand are those for a step of length `h` by `method`.
    pub fn is_factored(&self, method: usize, h: f64) -> bool {
        self.factored == Some((method, h))
    }

    /// Factorises for steps of length `h` by `method`.
    pub(super) fn factorise(&mut self, method: usize, h: f64) -> Result<(), Reject> {
        if self.is_factored(method, h) {
            return Ok(());
        }
        self.factored = None;
        self.cost.factorisations += 1;
        let linear = &mut self.linear;
        let stages = self.methods[method].get_or_insert_with(|| make(method, linear));
        let jacobian = &self.slopes.jacobian;
        let done =
            linear.factorise(jacobian, stages.gamma() / h) && stages.factorise(linear, jacobian, h);
        if !done {
            return Err(Reject::Singular);
        }
        self.factored = Some((method, h));
        Ok(())
    }

    /// The method that is factorised, apart from what else is needed to solve its systems.
    pub(super) fn stages(&mut self) -> Option<&mut dyn Collocation> {
        let (method, _) = self.factored?;
        self.methods[method].as_deref_mut().map(|m| m as _)
    }

    /// Solves the stages `z` of a step from `y0` at `place` with the factors at hand.
    pub(super) fn iterate(
        &mut self,
        equations: &mut dyn Equations,
        newton: &mut Newton,
        place: Place,
        y0: &[f64],
        z: &mut [f64],
    ) -> Result<(), Reject> {
        let Some(stages) = &mut self.methods[self.method] else {
            return Err(Reject::Singular);
        };
        let mut system = System {
            equations,
            stages: stages.as_mut(),
            linear: &mut self.linear,
            place,
            y0,
            weights: &self.weights,
            cost: &mut self.cost,
        };
        newton.solve(&mut system, z)
    }

    /// Attempts a step of length `h` by `method`. Gives its error against the tolerance: the root of the mean square, as
    /// the other methods have it. `wary`: whether a large estimate is worth a second look.
    pub fn attempt(
        &mut self,
        equations: &mut dyn Equations,
        method: usize,
        h: f64,
        wary: bool,
        tolerance: &Tolerance,
    ) -> Result<f64, Reject> {
        self.factorise(method, h)?;
        (self.method, self.h) = (method, h);
        self.guess(h);
        self.weigh(tolerance, h);
        let place = self.place(0.0, h);
        let y0 = std::mem::take(&mut self.y0);
        let mut z = std::mem::take(&mut self.now.z);
        let mut newton = self.newton.clone();
        let done = self.iterate(equations, &mut newton, place, &y0, &mut z);
        (self.y0, self.now.z, self.newton) = (y0, z, newton);
        done?;
        let s = self.now.nodes.len();
        for ((y1, y0), z) in self.y1.iter_mut().zip(&self.y0).zip(self.now.z.chunks(s)) {
            *y1 = y0 + z[s - 1];
        }
        self.weigh_ends(tolerance);
        let error = self.estimate(None);
        if wary && error >= 1.0 {
            return Ok(self.second_look(equations, place).unwrap_or(error));
        }
        Ok(error)
    }

    /// Stages to start the iteration from: on the polynomial of the step before.
    fn guess(&mut self, h: f64) {
        let Some(stages) = &self.methods[self.method] else {
            return;
        };
        self.now.nodes = stages.nodes();
        self.now.z.clear();
        self.now.z.resize(self.n * self.now.nodes.len(), 0.0);
        if let Some(before) = self.h_before {
            let nodes = self.now.nodes;
            self.before.guess(nodes, 1.0, h / before, &mut self.now.z);
        }
    }

    /// Tolerances for the sizes of the states at the start of the step, and at its end as far as it is known.
    fn weigh(&mut self, tolerance: &Tolerance, h: f64) {
        let s = self.now.nodes.len();
        let known = self.h_before.is_some();
        for i in 0..self.n {
            let move_by = match known {
                true => self.now.z[i * s + s - 1],
                // The first step may leave 0.
                false => (h * self.f0[i]).abs().min(tolerance.scale[i]),
            };
            let size = self.y0[i].abs().max((self.y0[i] + move_by).abs());
            self.weights[i] = 1.0 / tolerance.of(i, size);
        }
    }

    fn weigh_ends(&mut self, tolerance: &Tolerance) {
        let ends = self.y0.iter().zip(&self.y1);
        for (i, ((y0, y1), weight)) in ends.zip(&mut self.weights).enumerate() {
            *weight = 1.0 / tolerance.of(i, y0.abs().max(y1.abs()));
        }
    }

    /// The error of the last attempt: its polynomial does not meet the rate at the start (`f0`, or what is given
    /// instead), and what that does to a step is as wrong as an embedded method of order s.
    fn estimate(&mut self, rate: Option<&[f64]>) -> f64 {
        let Some(stages) = &self.methods[self.method] else {
            return f64::NAN;
        };
        let s = self.now.nodes.len();
        combine(&stages.measures().start[..s], &self.now.z, &mut self.error);
        for (error, rate) in self.error.iter_mut().zip(rate.unwrap_or(&self.f0)) {
            *error = rate - *error / self.h;
        }
        self.linear.solve(&mut self.error);
        self.error_size() / self.shares[self.method]
    }

    /// Size of `error` against the tolerance.
    pub(super) fn error_size(&self) -> f64 {
        let parts = self.error.iter().zip(&self.weights).map(|(e, w)| e * w);
        (parts.map(|p| p * p).sum::<f64>() / self.n.max(1) as f64).sqrt()
    }

    /// The estimate at the start displaced by the first one: where a fast part has just been set in motion, or left,
    /// the first one is far too large.
    fn second_look(&mut self, equations: &mut dyn Equations, place: Place) -> Option<f64> {
        for ((state, y), error) in self.state.iter_mut().zip(&self.y0).zip(&self.error) {
            *state = y + error;
        }
        // Room that is free until the step is accepted.
        let mut rate = std::mem::take(&mut self.f1);
        equations.rhs(place.time(0.0), &self.state, &mut rate);
        self.cost.rhs += 1;
        let error = match first_not_finite(&rate) {
            None => Some(self.estimate(Some(&rate))),
            Some(_) => None,
        };
        self.f1 = rate;
        error
    }

    /// The state with the largest error in the last attempt.
    pub fn worst(&self) -> usize {
        worst(self.n, |i| self.error[i] * self.weights[i])
    }

    /// Evaluates the right-hand side at the end of an attempt, which must be finite for the step to be accepted.
    pub fn finish(&mut self, equations: &mut dyn Equations) -> Result<(), Reject> {
        let place = self.place(0.0, self.h);
        equations.rhs(place.time(1.0), &self.y1, &mut self.f1);
        self.cost.rhs += 1;
        first_not_finite(&self.f1).map_or(Ok(()), |state| Err(Reject::NotFinite(state)))
    }

    /// Accepts the last attempt, which ends at `x` since the start of the leg.
    pub fn accept(&mut self, x: f64, at_end: bool) {
        self.cost.accepted += 1;
        self.clock_end = if at_end {
            self.leg.1
        } else {
            (self.leg.0 + x).min(self.leg.1)
        };
        self.inside.reset();
        self.adopted.clear();
    }

    /// Moves on to the step that starts where this one ends.
    pub fn advance(&mut self, x: f64) {
        self.x = x;
        self.h_before = Some(self.h);
        std::mem::swap(&mut self.y0, &mut self.y1);
        std::mem::swap(&mut self.f0, &mut self.f1);
        std::mem::swap(&mut self.now, &mut self.before);
    }
}

fn make(method: usize, linear: &Linear) -> Box<dyn Collocation> {
    match method {
        0 => Box::new(Stages::new(&THREE, linear, SEEN[0])),
        1 => Box::new(Stages::new(&FIVE, linear, SEEN[1])),
        _ => Box::new(Stages::new(&SEVEN, linear, SEEN[2])),
    }
}

impl Step for Kernel {
    fn clock(&self) -> (f64, f64) {
        (self.clock_start(), self.clock_end)
    }

    fn end(&self) -> &[f64] {
        &self.y1
    }

    fn at(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) {
        if theta >= 1.0 {
            return y.copy_from_slice(&self.y1);
        }
        if let Some((_, known)) = self.adopted.iter().find(|(at, _)| *at == theta) {
            return y.copy_from_slice(known);
        }
        self.interpolate(equations, theta, y);
    }

    fn rough(&mut self, _equations: &mut dyn Equations, theta: f64, y: &mut [f64]) -> bool {
        self.now.at(&self.y0, theta, y);
        self.inside.is_plain()
    }

    fn refined(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) -> bool {
        self.shorter_step(equations, theta, y)
    }

    fn adopt(&mut self, theta: f64, y: &[f64]) {
        self.adopted.push((theta, y.to_vec()));
    }
}

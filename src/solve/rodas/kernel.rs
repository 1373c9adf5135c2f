//! One step of Rodas5P, and the step that has been accepted last.

use super::inside::Inside;
use super::stages::{Stages, Start, System};
use super::tableau::{GAMMA, H, NODES, STAGES};
use crate::equations::Equations;
use crate::solve::attempts;
use crate::solve::dense::Dense;
use crate::solve::linear::Linear;
use crate::solve::slopes::{Place, Slopes};
use crate::solve::stages::first_not_finite;
use crate::solve::step::{Cost, Leg, Step};
use crate::solve::tolerance::Tolerance;

/// Why an attempt has no result.
pub(super) enum Reject {
    /// A rate is not finite: index of the first state concerned.
    NotFinite(usize),
    /// The matrix cannot be factorised well.
    Singular,
}

/// State, derivatives, stages and interpolant of the present step.
pub(super) struct Kernel {
    pub(super) n: usize,
    pub linear: Linear,
    pub tolerance: Tolerance,
    slopes: Slopes,
    /// Time at clock 0, and the clock at the start and end of the leg [s].
    pub(super) origin: f64,
    pub(super) leg: (f64, f64),
    /// Start of the step since the start of the leg, and its length [s].
    pub x: f64,
    pub(super) h: f64,
    /// Clock at the end of the step [s].
    pub(super) clock_end: f64,
    /// State and right-hand side at its start and its end.
    pub(super) y0: Vec<f64>,
    pub(super) f0: Vec<f64>,
    pub(super) y1: Vec<f64>,
    pub(super) f1: Vec<f64>,
    stages: Stages<1, false>,
    pub(super) dense: Dense,
    dense_ready: bool,
    pub(super) inside: Inside,
    /// For the look at the interpolant.
    pub(super) room: Vec<f64>,
    /// States known better than by the interpolant, with their fraction of the step.
    adopted: Vec<(f64, Vec<f64>)>,
    /// Cost so far.
    pub cost: Cost,
}

impl Kernel {
    pub fn new(equations: &dyn Equations, tolerance: &Tolerance, sizes: &[f64]) -> Kernel {
        let n = sizes.len();
        let (pattern, slopes) = Slopes::new(equations);
        Kernel {
            n,
            linear: Linear::new(pattern, sizes),
            tolerance: tolerance.clone(),
            slopes,
            origin: 0.0,
            leg: (0.0, 0.0),
            x: 0.0,
            h: 0.0,
            clock_end: 0.0,
            y0: vec![0.0; n],
            f0: vec![0.0; n],
            y1: vec![0.0; n],
            f1: vec![0.0; n],
            stages: Stages::new(n),
            dense: Dense::default(),
            dense_ready: false,
            inside: Inside::default(),
            room: Vec::new(),
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

    /// Time at the fraction of a step of length `h` from the start of this one.
    fn time(&self, fraction: f64, h: f64) -> f64 {
        self.origin + (self.leg.0 + self.x + fraction * h).min(self.leg.1)
    }

    /// Evaluates the derivatives at the start of a step that will have about length `h`; `Err` is a state whose rate
    /// has none.
    pub fn derive(&mut self, equations: &mut dyn Equations, h: f64) -> Result<(), usize> {
        let place = Place {
            t: self.time(0.0, 0.0),
            h,
            y: &self.y0,
            f: &self.f0,
            sizes: &self.tolerance.scale,
        };
        let pattern = self.linear.pattern();
        self.slopes
            .evaluate(equations, pattern, &place, &mut self.cost)
    }

    /// Attempts a step of length `h`. Gives its error against the tolerance: the root of the mean square, as the
    /// explicit methods have it.
    pub fn attempt(&mut self, equations: &mut dyn Equations, h: f64) -> Result<f64, Reject> {
        self.stages(equations, h)?;
        self.y1.copy_from_slice(self.stages.state.as_flattened());
        self.h = h;
        let error = (0..self.n).map(|i| self.error(i).powi(2));
        Ok((error.sum::<f64>() / self.n.max(1) as f64).sqrt())
    }

    /// Error of state `i` in the last attempt, relative to its tolerance.
    fn error(&self, i: usize) -> f64 {
        let last = &self.stages.u.as_flattened()[(STAGES - 1) * self.n..];
        last[i] / self.tolerance.of(i, self.y0[i].abs().max(self.y1[i].abs()))
    }

    /// The state with the largest error in the last attempt.
    pub fn worst(&self) -> usize {
        attempts::worst(self.n, |i| self.error(i))
    }

    /// The stages of a step of length `h` from the start of this one; its end goes to their `state`.
    fn stages(&mut self, equations: &mut dyn Equations, h: f64) -> Result<(), Reject> {
        self.cost.factorisations += 1;
        if !self
            .linear
            .factorise(&self.slopes.jacobian, 1.0 / (h * GAMMA))
        {
            return Err(Reject::Singular);
        }
        let mut single = Single {
            equations,
            linear: &mut self.linear,
            origin: self.origin,
            clock: self.leg.0 + self.x,
            end: self.leg.1,
            h,
            rhs: 0,
            fault: None,
        };
        let start = Start {
            y: self.y0.as_chunks::<1>().0,
            f: self.f0.as_chunks::<1>().0,
            time: self
                .slopes
                .moves
                .then(|| self.slopes.time.as_chunks::<1>().0),
        };
        self.stages.run(&start, [h], &mut single);
        self.cost.rhs += single.rhs;
        let fault = single
            .fault
            .or_else(|| first_not_finite(self.stages.state.as_flattened()));
        fault.map_or(Ok(()), |state| Err(Reject::NotFinite(state)))
    }

    /// Evaluates the right-hand side at the end of an attempt, which must be finite for the step to be accepted.
    pub fn finish(&mut self, equations: &mut dyn Equations) -> Result<(), Reject> {
        equations.rhs(self.time(1.0, self.h), &self.y1, &mut self.f1);
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
        self.dense_ready = false;
        self.inside.reset();
        self.adopted.clear();
    }

    /// Moves on to the step that starts where this one ends.
    pub fn advance(&mut self, x: f64) {
        self.x = x;
        std::mem::swap(&mut self.y0, &mut self.y1);
        std::mem::swap(&mut self.f0, &mut self.f1);
    }

    pub(super) fn make_dense(&mut self) {
        if !self.dense_ready {
            // In the nested form of `dense`, where the last factor is 1 − θ: K2 + θ K3 = (K2 + K3) − (1 − θ) K3.
            let [k1, k2, k3] = &H;
            self.dense.between(&self.y0, &self.y1);
            let u = self.stages.u.as_flattened();
            let both: [f64; STAGES] = std::array::from_fn(|j| k2[j] + k3[j]);
            let rest = k3.map(|k| -k);
            self.dense.extend_by([k1, &both, &rest], u);
            self.dense_ready = true;
        }
    }
}

/// The equations and the linear systems of one run.
struct Single<'a> {
    equations: &'a mut dyn Equations,
    linear: &'a mut Linear,
    /// Time at clock 0, the clock at the start of the step and at the end of the leg, the step's length [s].
    origin: f64,
    clock: f64,
    end: f64,
    h: f64,
    rhs: u64,
    /// The first state whose rate is not finite.
    fault: Option<usize>,
}

impl System<1> for Single<'_> {
    fn rate(&mut self, stage: usize, y: &[[f64; 1]], f: &mut [[f64; 1]]) -> bool {
        let clock = (self.clock + NODES[stage] * self.h).min(self.end);
        let f = f.as_flattened_mut();
        self.equations.rhs(self.origin + clock, y.as_flattened(), f);
        self.rhs += 1;
        self.fault = first_not_finite(f);
        self.fault.is_none()
    }

    fn solve(&mut self, x: &mut [[f64; 1]]) {
        self.linear.solve(x.as_flattened_mut());
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

    fn rough(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) -> bool {
        if self.is_plain(equations) {
            self.at(equations, theta, y);
            return true;
        }
        self.dense.at(theta, y);
        false
    }

    /// A shorter step from the same start, with the same Jacobian and a factorisation of its own.
    fn refined(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) -> bool {
        // The stages of the step itself are lost thereby, and its factors.
        self.is_plain(equations);
        let done = self.stages(equations, theta * self.h).is_ok();
        y.copy_from_slice(self.stages.state.as_flattened());
        done
    }

    fn adopt(&mut self, theta: f64, y: &[f64]) {
        self.adopted.push((theta, y.to_vec()));
    }
}

//! The simplified Newton iteration: how fast it converges, when it has, when it will not.
//!
//! As in the program RADAU of Hairer and Wanner (Solving ODEs II, section IV.8): the rate of convergence is measured
//! from the third right-hand sides on, what is left to do is estimated by it, and an iteration that would not get there
//! in time is given up early.

use super::stages::{Collocation, Place};
use crate::equations::Equations;
use crate::solve::linear::Linear;
use crate::solve::stages::first_not_finite;
use crate::solve::step::Cost;

/// Error of the iteration, as part of the tolerance of the step.
const TARGET: f64 = 0.05;

/// Roundings of a state that an iteration cannot get below: those of f, spread by T^-1.
const NOISE: f64 = 100.0 * f64::EPSILON;

/// Rate of convergence from which on there is none.
const DIVERGENCE: f64 = 0.99;

/// Why an attempt has no result.
#[derive(Debug)]
pub(super) enum Reject {
    /// A rate is not finite: index of the first state concerned.
    NotFinite(usize),
    /// A matrix cannot be factorised well.
    Singular,
    /// The iteration does not converge.
    Diverged,
    /// The iteration would take too long; the factor for a step in which it would not.
    Slow(f64),
}

/// A system of stages to solve.
pub(super) struct System<'a> {
    pub equations: &'a mut dyn Equations,
    pub stages: &'a mut dyn Collocation,
    pub linear: &'a mut Linear,
    pub place: Place,
    /// State at the start of the step.
    pub y0: &'a [f64],
    /// Reciprocal tolerances of the states.
    pub weights: &'a [f64],
    pub cost: &'a mut Cost,
}

/// The iteration, with what it has learnt of the step before.
#[derive(Clone, Debug)]
pub(super) struct Newton {
    /// Size of the error at which it ends, as part of the tolerance.
    target: f64,
    /// θ/(1 − θ) of the last iteration.
    factor: f64,
    /// Rate of convergence θ of the last iteration; 0 where one change was enough.
    pub rate: f64,
    /// Changes made in it.
    pub changes: u32,
}

impl Newton {
    /// An iteration for steps with tolerance `rtol`.
    pub fn new(rtol: f64) -> Newton {
        Newton {
            target: TARGET.max(NOISE / rtol),
            factor: 1.0,
            rate: 0.0,
            changes: 0,
        }
    }

    /// Changes at most, for a method of `s` stages.
    pub fn limit(s: usize) -> u32 {
        7 + 5 * (s as u32 - 3) / 2
    }

    /// Iterates from the stages `z`; they solve the system afterwards.
    pub fn solve(&mut self, system: &mut System, z: &mut [f64]) -> Result<(), Reject> {
        let s = system.stages.nodes().len();
        let limit = Newton::limit(s);
        system.stages.start(z);
        // Until a rate has been seen the one of the step before counts, but a first change is the last one only if it is
        // below the tolerance. (RADAU has no such limit; the errors of Kaps's problem were then up to 1e3 tolerances.)
        let known = self.factor.max(f64::EPSILON).powf(0.8);
        let mut factor = known.max(self.target.min(1.0));
        self.rate = 0.0;
        let (mut before, mut quotient_before) = (0.0, 0.0);
        for k in 1..=limit {
            self.changes = k;
            let change = system.iterate(z)?;
            if k > 1 {
                let quotient: f64 = change / before;
                self.rate = match k {
                    2 => quotient,
                    _ => (quotient * quotient_before).sqrt(),
                };
                quotient_before = quotient;
                if self.rate < DIVERGENCE {
                    factor = self.rate / (1.0 - self.rate);
                } else if change > self.target {
                    return Err(Reject::Diverged);
                }
                let left = factor * change / self.target;
                let rest = limit.saturating_sub(1 + k) as i32;
                let miss = left * self.rate.powi(rest);
                if left > 1.0 && miss >= 1.0 {
                    let power = -1.0 / f64::from(4 + rest);
                    return Err(Reject::Slow(0.8 * miss.clamp(1e-4, 20.0).powf(power)));
                }
            }
            if factor * change <= self.target {
                self.factor = factor;
                return Ok(());
            }
            before = change.max(f64::MIN_POSITIVE);
        }
        Err(Reject::Diverged)
    }

    /// Forgets what it has learnt.
    pub fn forget(&mut self) {
        self.factor = 1.0;
    }
}

impl System<'_> {
    /// One iteration; gives the size of its change.
    fn iterate(&mut self, z: &mut [f64]) -> Result<f64, Reject> {
        let (linear, place) = (&mut *self.linear, &self.place);
        let change = self
            .stages
            .iterate(self.equations, linear, place, self.y0, self.weights, z);
        self.cost.rhs += self.stages.nodes().len() as u64;
        if change.is_finite() {
            return Ok(change);
        }
        let rates = self.stages.rates().chunks(self.y0.len().max(1));
        match rates.filter_map(first_not_finite).next() {
            Some(state) => Err(Reject::NotFinite(state)),
            None => Err(Reject::Diverged),
        }
    }
}

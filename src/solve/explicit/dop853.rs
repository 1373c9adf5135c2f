//! Dop853 without the library: its tableau, its error estimate and its step sizes, in a loop of our own.
//!
//! ode_solvers clones some dozens of vectors per step, which cost more than the right-hand sides of small models: its
//! steps take 2 to 5 times as long as these (`benches/solve.rs`). What it does is the same, step by step
//! (`explicit/tests.rs` compares them), but for its fault at the last stage. The sums over stages are written over `W`
//! lanes; one run has W = 1.
//!
//! Coefficients and rules: E. Hairer, S. P. Nørsett and G. Wanner, Solving Ordinary Differential Equations I, 2nd ed.,
//! Springer 1993, section II.5, and the authors' program dop853.f.

use super::Explicit;
use crate::equations::Equations;
use crate::solve::attempts::REJECTIONS;
use crate::solve::stages::first_not_finite;
use crate::solve::step::{Leg, LegEnd, Observer, Step, Trouble};
use crate::solve::tableau::dop853::{B, C, E, STEP, THIRD};
use std::array::from_fn;

/// Bounds of the quotient of one step and the next, the safety factor of the latter, and the power of the error that it
/// follows.
const QUOTIENT: (f64, f64) = (1.0 / 6.0, 1.0 / 0.333);
const SAFETY: f64 = 0.9;
const POWER: f64 = 1.0 / 8.0;

/// The weights of a sum over stages that are not 0, and which stages they belong to.
struct Weights<const K: usize> {
    stage: [usize; K],
    weight: [f64; K],
}

impl<const K: usize> Weights<K> {
    /// Takes them from a row of the tableau, which has `K` of them.
    const fn of(row: &[f64]) -> Self {
        let (mut stage, mut weight) = ([0; K], [0.0; K]);
        let (mut i, mut found) = (0, 0);
        while i < row.len() {
            if row[i] != 0.0 {
                stage[found] = i;
                weight[found] = row[i];
                found += 1;
            }
            i += 1;
        }
        assert!(found == K);
        Weights { stage, weight }
    }

    /// sum = Σ weight k, in one pass; `k` holds the stages one after another, each as long as `sum`.
    fn sum<const W: usize>(&self, k: &[[f64; W]], mut each: impl FnMut(usize, [f64; W])) {
        let n = k.len() / crate::solve::stages::STAGES;
        let k: [&[[f64; W]]; K] = from_fn(|j| &k[self.stage[j] * n..][..n]);
        for i in 0..n {
            let mut sum = [0.0; W];
            for j in 0..K {
                for (sum, k) in sum.iter_mut().zip(&k[j][i]) {
                    *sum += self.weight[j] * k;
                }
            }
            each(i, sum);
        }
    }
}

/// Why an attempt has no error.
struct NotFinite(usize);

impl Explicit {
    /// Integrates a leg.
    pub(super) fn run_dop853(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        observer: &mut dyn Observer,
    ) -> LegEnd {
        let length = leg.end - leg.start;
        self.stages.begin(leg, None);
        let first = leg.first.unwrap_or_else(|| {
            self.stages.cost.rhs += 1;
            self.tolerance.first_step(equations, leg, 8.0)
        });
        let mut h = first.min(self.max_step);
        loop {
            if self.stages.cost.attempts() >= leg.budget {
                return LegEnd::Failed(Trouble::TooManySteps);
            }
            let x = self.stages.here().0;
            if 0.1 * h <= f64::EPSILON * x || self.stages.rejected_in_row > REJECTIONS {
                return LegEnd::Failed(self.trouble());
            }
            let at_end = x + 1.01 * h > length;
            if at_end {
                h = length - x;
            }
            let quotient = match self.attempt(equations, h) {
                Ok(error) if error <= 1.0 => {
                    let quotient = error.powf(POWER) / SAFETY;
                    let next = (h / quotient.max(QUOTIENT.0)).min(self.max_step);
                    // Not longer at once after a rejection.
                    let next = if self.stages.rejected_in_row > 0 {
                        next.min(h)
                    } else {
                        next
                    };
                    let end = if at_end { length } else { x + h };
                    self.stages.accept(end, at_end);
                    if observer.accept(equations, &mut self.stages).is_break() {
                        return LegEnd::Halted;
                    }
                    if at_end {
                        return LegEnd::Reached;
                    }
                    self.stages.advance(end);
                    h = next;
                    continue;
                }
                Ok(error) => error.powf(POWER) / SAFETY,
                Err(NotFinite(state)) => {
                    self.stages.note_fault(state);
                    QUOTIENT.1
                }
            };
            self.stages.reject();
            // What is not a number counts as the largest.
            h /= QUOTIENT.1.min(quotient);
        }
    }

    /// Attempts a step of length `h`: stages, end, and its rate if it may be accepted. Gives the error against the
    /// tolerance.
    fn attempt(&mut self, equations: &mut dyn Equations, h: f64) -> Result<f64, NotFinite> {
        const LAST: usize = 11;
        self.stages.set_length(h);
        self.stage(equations, h, 1, &const { Weights::<1>::of(STEP[0]) })?;
        self.stage(equations, h, 2, &const { Weights::<2>::of(STEP[1]) })?;
        self.stage(equations, h, 3, &const { Weights::<2>::of(STEP[2]) })?;
        self.stage(equations, h, 4, &const { Weights::<3>::of(STEP[3]) })?;
        self.stage(equations, h, 5, &const { Weights::<3>::of(STEP[4]) })?;
        self.stage(equations, h, 6, &const { Weights::<4>::of(STEP[5]) })?;
        self.stage(equations, h, 7, &const { Weights::<5>::of(STEP[6]) })?;
        self.stage(equations, h, 8, &const { Weights::<6>::of(STEP[7]) })?;
        self.stage(equations, h, 9, &const { Weights::<7>::of(STEP[8]) })?;
        self.stage(equations, h, 10, &const { Weights::<8>::of(STEP[9]) })?;
        self.stage(equations, h, LAST, &const { Weights::<9>::of(STEP[10]) })?;
        let (error, moved) = self.error(h);
        if error <= 1.0 {
            if let Some(state) = first_not_finite(self.stages.end()) {
                return Err(NotFinite(state));
            }
            let end = self.stages.here().0 + h;
            self.rate(equations, end, LAST + 1)?;
            self.stages.stiffness = h * self.turned(LAST) / moved;
        }
        Ok(error)
    }

    /// Stage `index`: the state goes to where the end of the step will be, its rate to its place.
    fn stage<const K: usize>(
        &mut self,
        equations: &mut dyn Equations,
        h: f64,
        index: usize,
        weights: &Weights<K>,
    ) -> Result<(), NotFinite> {
        let (y0, y, k) = self.stages.parts();
        weights.sum::<1>(k.as_chunks().0, |i, [sum]| y[i] = y0[i] + h * sum);
        let at = self.stages.here().0 + C[index] * h;
        self.rate(equations, at, index)
    }

    /// The rate at the state that stands at the end of the step, at `x` since the start of the leg, as stage `index`.
    fn rate(
        &mut self,
        equations: &mut dyn Equations,
        x: f64,
        index: usize,
    ) -> Result<(), NotFinite> {
        let fault = self.stages.evaluate_end(equations, x, index);
        fault.map_or(Ok(()), |state| Err(NotFinite(state)))
    }

    /// How much the rate differs between the last stage and the end of the step, which stand at the same time; divided
    /// by the distance of their states it is the largest eigenvalue of the Jacobian, but for a factor near 1 (the
    /// authors' test for stiffness, IV.2 in their second volume).
    fn turned(&mut self, last: usize) -> f64 {
        let n = self.inverse.len();
        let (_, y, k) = self.stages.parts();
        let (before, after) = (&k[last * n..][..n], &k[(last + 1) * n..][..n]);
        let of = |i: usize| (after[i] - before[i]) / self.tolerance.of(i, y[i].abs());
        (0..n).map(|i| of(i).powi(2)).sum::<f64>().sqrt()
    }

    /// Puts the end of the step in its place, where the state of the last stage stood. Gives the error of the attempt,
    /// of the estimates of orders 5 and 3 as the authors combine them, and the distance of these two states.
    fn error(&mut self, h: f64) -> (f64, f64) {
        const STEP_WEIGHTS: Weights<8> = Weights::of(&B);
        const FIFTH: Weights<8> = Weights::of(&E);
        let n = self.inverse.len();
        let (y0, y, k) = self.stages.parts();
        let k = k.as_chunks::<1>().0;
        let (mut fifth, mut third, mut moved) = (0.0, 0.0, 0.0);
        let tolerance = &self.tolerance;
        let low = THIRD.map(|(stage, weight)| (&k[stage * n..][..n], weight));
        STEP_WEIGHTS.sum(k, |i, [sum]| {
            let stage = std::mem::replace(&mut y[i], y0[i] + h * sum);
            moved += ((y[i] - stage) / tolerance.of(i, y[i].abs())).powi(2);
            let lower: f64 = low.iter().map(|(k, weight)| weight * k[i][0]).sum();
            third += ((sum - lower) / tolerance.of(i, y0[i].abs().max(y[i].abs()))).powi(2);
        });
        FIFTH.sum(k, |i, [sum]| {
            fifth += (sum / tolerance.of(i, y0[i].abs().max(y[i].abs()))).powi(2);
        });
        let both = fifth + 0.01 * third;
        let both = if both <= 0.0 { 1.0 } else { both };
        (h * fifth / (both * n.max(1) as f64).sqrt(), moved.sqrt())
    }
}

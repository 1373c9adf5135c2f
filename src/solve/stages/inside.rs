//! Inside a step: how good Dop853's interpolant is, and states by shorter steps where it is not good enough.
//!
//! Near the limit of stability an interpolant can be worse than the steps by some thousand times: the fast part of the
//! solution, which the step damps, comes back between its ends. The defect h (u' − f(u)) shows it. It is looked at
//! only where the interpolant's last term is large, so that problems that are not stiff pay next to nothing.

use super::super::dense::weighted_sum;
use super::super::problem::Method;
use super::super::tableau::{dop853, dopri5, rk4};
use super::mended::{Mended, NODES};
use super::{BEHIND, Ready, STAGES, Stages, first_not_finite};
use crate::equations::Equations;

/// Largest value of the polynomial θ⁴ (1 − θ)³ of the interpolant's last term.
const TERM: f64 = 0.0084;

/// Size of the last term, in tolerances, from which on the defect is looked at. The term is some dozens of times larger
/// than the error of the interpolant.
const LAST: f64 = 20.0;

/// Where the defect is taken: there it is near its largest, for smooth and for stiff problems, and it is 8 to 10 times
/// the largest error of the interpolant.
const PLACE: f64 = 0.65;

/// Where the defect of the better interpolant is taken: between its last two places, where it errs most.
const MENDED_PLACE: f64 = 0.9;

/// States inside a step that are computed one by one before the better interpolant is made.
const SEVERAL: usize = 3;

/// Defect, in tolerances, above which the interpolant is not used.
const DEFECT: f64 = 30.0;

impl Stages {
    /// The best interpolant of the method.
    pub(super) fn make_full(&mut self, equations: &mut dyn Equations) {
        if self.ready == Ready::Nothing {
            self.make_rough(equations);
        }
        match self.method {
            Method::Dopri5 => {
                debug_assert!(self.stages_meet_the_end(&dopri5::B));
                self.dense.extend(self.h, &dopri5::D, &self.k);
            }
            Method::Dop853 => {
                debug_assert!(self.stages_meet_the_end(&dop853::B));
                for (row, weights) in dop853::A.iter().enumerate() {
                    let index = 13 + row;
                    weighted_sum(&weights[..index], &self.k, &mut self.scratch);
                    for (v, y) in self.scratch.iter_mut().zip(&self.y0) {
                        *v = y + self.h * *v;
                    }
                    let clock = self.leg.0 + self.x0 + dop853::C[index] * self.h;
                    self.evaluate(equations, index, clock);
                }
                for weights in &dop853::D {
                    self.dense.extend(self.h, weights, &self.k);
                }
            }
            _ => {}
        }
        // An extra stage can leave the domain of the equations although the step did not.
        if !self.dense.is_finite() {
            self.make_rough(equations);
        }
        self.ready = if self.method == Method::Dop853 && self.is_poor(equations) {
            Ready::Poor
        } else {
            Ready::Full
        };
    }

    /// Checks that the recorded stages are those of this step: y0 + h Σ b_j k_j is its end.
    fn stages_meet_the_end(&self, b: &[f64]) -> bool {
        let mut sum = vec![0.0; self.n];
        weighted_sum(b, &self.k, &mut sum);
        (0..self.n).all(|i| {
            let size: f64 = (0..b.len())
                .map(|j| (b[j] * self.k[j * self.n + i]).abs())
                .sum();
            // The step's length is known to a rounding of the clock only.
            let slack =
                1e-12 * (self.y0[i].abs() + self.h * size) + 4.0 * f64::EPSILON * self.x0 * size;
            (self.y0[i] + self.h * sum[i] - self.y1[i]).abs() <= slack
        })
    }

    /// Whether the present interpolant, of Dop853, misses the solution by more than a few tolerances.
    fn is_poor(&mut self, equations: &mut dyn Equations) -> bool {
        let may_be = |(i, c): (usize, &f64)| {
            let size = self.y0[i].abs().max(self.y1[i].abs());
            // What is not a number may be.
            let small = TERM * c.abs() <= LAST * self.tolerance.of(i, size);
            !small
        };
        if !self.dense.last_term().iter().enumerate().any(may_be) {
            return false;
        }
        let (mut state, mut slope) = (vec![0.0; self.n], vec![0.0; self.n]);
        self.dense.slope_at(PLACE, &mut state, &mut slope);
        self.misses(equations, PLACE, &state, &slope)
    }

    /// Whether an interpolant with this state and slope at `theta` has too large a defect.
    fn misses(
        &mut self,
        equations: &mut dyn Equations,
        theta: f64,
        state: &[f64],
        slope: &[f64],
    ) -> bool {
        self.scratch.copy_from_slice(state);
        let clock = self.leg.0 + self.x0 + theta * self.h;
        self.evaluate(equations, BEHIND + 1, clock);
        let rate = &self.k[(BEHIND + 1) * self.n..][..self.n];
        (0..self.n).any(|i| {
            let size = self.y0[i].abs().max(self.y1[i].abs()).max(state[i].abs());
            let small = (slope[i] - self.h * rate[i]).abs() <= DEFECT * self.tolerance.of(i, size);
            // What is not a number is not small.
            !small
        })
    }

    /// The state at `theta` in a step whose interpolant is poor, written to `y`: by a step of that length, and by a
    /// better interpolant once several have been asked for. False if that is no finite state.
    pub(super) fn at_any_cost(
        &mut self,
        equations: &mut dyn Equations,
        theta: f64,
        y: &mut [f64],
    ) -> bool {
        if self.adopted.len() == SEVERAL && self.mended.is_none() {
            self.mend(equations);
        }
        if let Some(mended) = &self.mended {
            mended.at(theta, y, &mut self.scratch);
            return first_not_finite(y).is_none();
        }
        let given = self.shorter(equations, theta, y);
        if given {
            // Asked for again when what happens there is looked at.
            self.adopted.push((theta, y.to_vec()));
        }
        given
    }

    /// Makes the better interpolant, unless it is not good enough either.
    fn mend(&mut self, equations: &mut dyn Equations) {
        let n = self.n;
        let (mut states, mut rates) = (self.y0.clone(), self.k[..n].to_vec());
        let mut state = vec![0.0; n];
        for theta in &NODES[1..NODES.len() - 1] {
            if !self.shorter(equations, *theta, &mut state) {
                return;
            }
            self.scratch.copy_from_slice(&state);
            self.evaluate(equations, BEHIND + 1, self.leg.0 + self.x0 + theta * self.h);
            states.extend_from_slice(&state);
            rates.extend_from_slice(&self.k[(BEHIND + 1) * n..][..n]);
        }
        states.extend_from_slice(&self.y1);
        rates.extend_from_slice(&self.k[self.last() * n..][..n]);
        let mended = Mended::new(self.h, &states, &rates);
        let mut slope = vec![0.0; n];
        mended.at(MENDED_PLACE, &mut state, &mut slope);
        if !self.misses(equations, MENDED_PLACE, &state, &slope) {
            self.mended = Some(mended);
        }
    }

    /// The state at the fraction `theta` by a step of that length from the same start, written to `y`. Its stages go
    /// behind those of the step, which shares the first with it. False if that is no finite state.
    pub(super) fn shorter(
        &mut self,
        equations: &mut dyn Equations,
        theta: f64,
        y: &mut [f64],
    ) -> bool {
        let (a, b, c): (&[&[f64]], &[f64], &[f64]) = match self.method {
            Method::Dopri5 => (&dopri5::A, &dopri5::B[..6], &dopri5::C),
            Method::Dop853 => (&dop853::STEP, &dop853::B, &dop853::C),
            Method::Rk4 => (&rk4::A, &rk4::B, &rk4::C),
            _ => return false,
        };
        let h = theta * self.h;
        let mut weights = [0.0; STAGES];
        let mut spread = |row: &[f64]| {
            weights[0] = row[0];
            weights[BEHIND + 1..BEHIND + row.len()].copy_from_slice(&row[1..]);
            weights
        };
        for (i, row) in a.iter().enumerate() {
            weighted_sum(&spread(row), &self.k, &mut self.scratch);
            for (v, y0) in self.scratch.iter_mut().zip(&self.y0) {
                *v = y0 + h * *v;
            }
            let clock = (self.leg.0 + self.x0 + c[i + 1] * h).min(self.leg.1);
            self.evaluate(equations, BEHIND + 1 + i, clock);
        }
        weighted_sum(&spread(b), &self.k, &mut self.scratch);
        for ((y, v), y0) in y.iter_mut().zip(&self.scratch).zip(&self.y0) {
            *y = y0 + h * v;
        }
        first_not_finite(y).is_none()
    }
}

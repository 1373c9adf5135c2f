//! Inside a step: how good Dop853's interpolant is, and states by shorter steps where it is not good enough.
//!
//! Near the limit of stability an interpolant can be worse than the steps by some thousand times: the fast part of the
//! solution, which the step damps, comes back between its ends. The defect h (u' − f(u)) shows it. It is looked at
//! only where the interpolant's last term is large, so that problems that are not stiff pay next to nothing.

use super::super::dense::weighted_sum;
use super::super::problem::Method;
use super::super::tableau::{dop853, dopri5, rk4};
use super::{BEHIND, STAGES, Stages, first_not_finite};
use crate::equations::Equations;

/// Largest value of the polynomial θ⁴ (1 − θ)³ of the interpolant's last term.
const TERM: f64 = 0.0084;

/// Size of the last term, in tolerances, from which on the defect is looked at. The term is some dozens of times larger
/// than the error of the interpolant.
const LAST: f64 = 20.0;

/// Where the defect is taken: there it is near its largest, for smooth and for stiff problems, and it is 8 to 10 times
/// the largest error of the interpolant.
const PLACE: f64 = 0.65;

/// Defect, in tolerances, above which the interpolant is not used.
const DEFECT: f64 = 30.0;

impl Stages {
    /// Whether the present interpolant, of Dop853, misses the solution by more than a few tolerances.
    pub(super) fn is_poor(&mut self, equations: &mut dyn Equations) -> bool {
        let may_be = |(i, c): (usize, &f64)| {
            let size = self.y0[i].abs().max(self.y1[i].abs());
            // Written so that what is not a number may be.
            !(TERM * c.abs() <= LAST * self.tolerance.of(i, size))
        };
        if !self.dense.last_term().iter().enumerate().any(may_be) {
            return false;
        }
        let n = self.n;
        let mut slope = vec![0.0; n];
        self.dense.slope_at(PLACE, &mut self.scratch, &mut slope);
        let state = self.scratch.clone();
        let clock = self.leg.0 + self.x0 + PLACE * self.h;
        self.evaluate(equations, BEHIND + 1, clock);
        let rate = &self.k[(BEHIND + 1) * n..][..n];
        (0..n).any(|i| {
            let size = self.y0[i].abs().max(self.y1[i].abs()).max(state[i].abs());
            let defect = (slope[i] - self.h * rate[i]).abs();
            // Written so that what is not a number is poor.
            !(defect <= DEFECT * self.tolerance.of(i, size))
        })
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
            Method::Rodas5p => return false,
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

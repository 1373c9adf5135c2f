//! Derivatives of the right-hand side: exact where the equations give them, else by difference quotients.
//!
//! Equations without a pattern get a full matrix of quotients, one right-hand side for each state. With a pattern, only
//! columns in which an exact entry is not finite (√x at 0) are replaced by quotients: the slope over a small way is
//! what a method can use there.

use super::stages::first_not_finite;
use super::step::Cost;
use crate::equations::{Equations, Pattern};

/// Relative way of a difference quotient: half the digits for its rounding, half for what it leaves out.
const WAY: f64 = 1.5e-8;

/// Derivatives at the start of a step.
pub(super) struct Slopes {
    /// Whether the equations have a Jacobian.
    exact: bool,
    /// Entries of ∂f/∂y in the order of the pattern.
    pub jacobian: Vec<f64>,
    /// ∂f/∂t, and whether it is other than 0.
    pub time: Vec<f64>,
    pub moves: bool,
    y: Vec<f64>,
    f: Vec<f64>,
}

/// Where derivatives are wanted.
pub(super) struct Place<'a> {
    /// Time [s].
    pub t: f64,
    /// Step that will be tried from there [s].
    pub h: f64,
    /// State.
    pub y: &'a [f64],
    /// Right-hand side.
    pub f: &'a [f64],
    /// Typical sizes of the states.
    pub sizes: &'a [f64],
}

/// The pattern of a full matrix.
fn full(n: usize) -> Pattern {
    Pattern {
        columns: (0..=n).map(|column| column * n).collect(),
        rows: (0..n * n).map(|entry| entry % n.max(1)).collect(),
    }
}

impl Slopes {
    /// The pattern to use for `equations`, and room for the derivatives.
    pub fn new(equations: &dyn Equations) -> (Pattern, Slopes) {
        let n = equations.n_states();
        let given = equations.jacobian_pattern();
        let exact = given.is_some();
        let pattern = given.cloned().unwrap_or_else(|| full(n));
        let slopes = Slopes {
            exact,
            jacobian: vec![0.0; pattern.len()],
            time: vec![0.0; n],
            moves: true,
            y: vec![0.0; n],
            f: vec![0.0; n],
        };
        (pattern, slopes)
    }

    /// Evaluates both at `place`; `Err` is a state whose rate has no finite derivative.
    pub fn evaluate(
        &mut self,
        equations: &mut dyn Equations,
        pattern: &Pattern,
        place: &Place,
        cost: &mut Cost,
    ) -> Result<(), usize> {
        cost.jacobians += 1;
        if self.exact {
            equations.jacobian(place.t, place.y, &mut self.jacobian);
            self.moves = !equations.time_derivative_is_zero();
            if self.moves {
                equations.time_derivative(place.t, place.y, &mut self.time);
            }
        }
        if self.moves && (!self.exact || first_not_finite(&self.time).is_some()) {
            self.time_quotient(equations, place, cost)?;
        }
        if self.exact && first_not_finite(&self.jacobian).is_none() {
            return Ok(());
        }
        for column in 0..place.y.len() {
            let entries = pattern.columns[column]..pattern.columns[column + 1];
            if !self.exact || first_not_finite(&self.jacobian[entries]).is_some() {
                self.column_quotient(equations, pattern, place, column, cost)?;
            }
        }
        Ok(())
    }

    fn time_quotient(
        &mut self,
        equations: &mut dyn Equations,
        place: &Place,
        cost: &mut Cost,
    ) -> Result<(), usize> {
        let later = place.t + (WAY * place.h).max(1e3 * f64::EPSILON * place.t.abs());
        equations.rhs(later, place.y, &mut self.f);
        cost.rhs += 1;
        for ((slope, after), before) in self.time.iter_mut().zip(&self.f).zip(place.f) {
            *slope = (after - before) / (later - place.t);
        }
        first_not_finite(&self.time).map_or(Ok(()), Err)
    }

    /// One column of the Jacobian. Away from 0 first, since many domains end there.
    fn column_quotient(
        &mut self,
        equations: &mut dyn Equations,
        pattern: &Pattern,
        place: &Place,
        column: usize,
        cost: &mut Cost,
    ) -> Result<(), usize> {
        let from = place.y[column];
        let way = WAY * from.abs().max(place.sizes[column]);
        let mut trouble = None;
        for way in [way.copysign(from), -way.copysign(from)] {
            self.y.copy_from_slice(place.y);
            self.y[column] = from + way;
            equations.rhs(place.t, &self.y, &mut self.f);
            cost.rhs += 1;
            trouble = first_not_finite(&self.f);
            if trouble.is_none() {
                let way = self.y[column] - from;
                for entry in pattern.columns[column]..pattern.columns[column + 1] {
                    let row = pattern.rows[entry];
                    self.jacobian[entry] = (self.f[row] - place.f[row]) / way;
                }
                return Ok(());
            }
        }
        trouble.map_or(Ok(()), Err)
    }
}

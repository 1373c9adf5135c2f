//! How fast the fastest part of a solution would decay or turn, were the equations linear: the largest eigenvalue of the
//! Jacobian, by the power method.
//!
//! One product per look is enough, since the vector is kept from look to look while the Jacobian changes little. States
//! are measured by their scales. The estimate is a bit too small at first and may waver between a pair of complex
//! eigenvalues; what is decided on it can be taken back (`auto`).

use super::step::Cost;
use super::tolerance::Tolerance;
use crate::equations::{Equations, Pattern};

/// Relative way of a difference quotient.
const WAY: f64 = 1e-7;

/// Part of a fixed vector that is mixed in before each product: what has died away in the vector while it was slow must
/// be seen again when it becomes fast.
const FRESH: f64 = 1e-2;

/// The power method, at work.
pub(super) struct Probe {
    /// Where entries of the Jacobian stand, and their values; without a pattern products are difference quotients.
    pattern: Option<Pattern>,
    entries: Vec<f64>,
    scale: Vec<f64>,
    /// The vector, of length 1, its product, and what is mixed in.
    v: Vec<f64>,
    product: Vec<f64>,
    fresh: Vec<f64>,
    moved: Vec<f64>,
    /// Absolute value of the eigenvalue [1/s].
    pub rate: f64,
    /// Whether it is that of a decay: real, and below 0.
    pub decays: bool,
    pub cost: Cost,
}

impl Probe {
    pub fn new(equations: &dyn Equations, tolerance: &Tolerance) -> Probe {
        let n = tolerance.scale.len();
        let pattern = equations.jacobian_pattern().cloned();
        // Any vector that no model has as an eigenvector.
        let fresh: Vec<f64> = (0..n).map(|i| (1.0 + 0.618 * i as f64).sin()).collect();
        let size = 1.0 / (n.max(1) as f64).sqrt();
        Probe {
            entries: vec![0.0; pattern.as_ref().map_or(0, Pattern::len)],
            pattern,
            scale: tolerance.scale.clone(),
            v: fresh.clone(),
            fresh: fresh.iter().map(|v| FRESH * size * v).collect(),
            product: vec![0.0; n],
            moved: vec![0.0; n],
            rate: 0.0,
            decays: false,
            cost: Cost::default(),
        }
    }

    /// Looks at time `t` and state `y`, where the right-hand side is `f`, with so many products.
    pub fn look(
        &mut self,
        equations: &mut dyn Equations,
        t: f64,
        y: &[f64],
        f: &[f64],
        products: u32,
    ) {
        if self.pattern.is_some() {
            equations.jacobian(t, y, &mut self.entries);
            self.cost.jacobians += 1;
        }
        for _ in 0..products {
            let length = self.v.iter().map(|v| v * v).sum::<f64>().sqrt();
            for (v, fresh) in self.v.iter_mut().zip(&self.fresh) {
                *v = *v / length + fresh;
            }
            let length = self.v.iter().map(|v| v * v).sum::<f64>().sqrt();
            self.v.iter_mut().for_each(|v| *v /= length);
            self.multiply(equations, t, y, f);
            let growth = self.product.iter().map(|p| p * p).sum::<f64>().sqrt();
            if !(growth > 0.0 && growth.is_finite()) {
                // No motion, or no derivative: nothing is known.
                self.rate = 0.0;
                return;
            }
            let along: f64 = self.product.iter().zip(&self.v).map(|(p, v)| p * v).sum();
            self.rate = growth;
            self.decays = along < -0.8 * growth;
            std::mem::swap(&mut self.v, &mut self.product);
        }
    }

    /// The product of the Jacobian with the vector.
    fn multiply(&mut self, equations: &mut dyn Equations, t: f64, y: &[f64], f: &[f64]) {
        if let Some(pattern) = &self.pattern {
            self.product.fill(0.0);
            for (column, bounds) in pattern.columns.windows(2).enumerate() {
                let weight = self.v[column] * self.scale[column];
                let entries = bounds[0]..bounds[1];
                for (row, entry) in pattern.rows[entries.clone()]
                    .iter()
                    .zip(&self.entries[entries])
                {
                    self.product[*row] += weight * entry;
                }
            }
            for (product, scale) in self.product.iter_mut().zip(&self.scale) {
                *product /= scale;
            }
            return;
        }
        for (((moved, y), v), s) in self.moved.iter_mut().zip(y).zip(&self.v).zip(&self.scale) {
            *moved = y + WAY * v * s;
        }
        equations.rhs(t, &self.moved, &mut self.product);
        self.cost.rhs += 1;
        for ((product, f), s) in self.product.iter_mut().zip(f).zip(&self.scale) {
            *product = (*product - f) / (WAY * s);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::problem::Options;

    /// y0' = −100 y0, y1' = −y1, with or without a Jacobian.
    struct Decay(Option<Pattern>);

    impl Equations for Decay {
        fn n_states(&self) -> usize {
            2
        }
        fn n_params(&self) -> usize {
            0
        }
        fn bind(&mut self, _p: &[f64]) {}
        fn rhs(&mut self, _t: f64, y: &[f64], dy: &mut [f64]) {
            dy.copy_from_slice(&[-100.0 * y[0], -y[1]]);
        }
        fn jacobian_pattern(&self) -> Option<&Pattern> {
            self.0.as_ref()
        }
        fn jacobian(&mut self, _t: f64, _y: &[f64], values: &mut [f64]) {
            values.copy_from_slice(&[-100.0, -1.0]);
        }
    }

    #[test]
    fn the_fastest_decay_is_found_with_and_without_a_jacobian() {
        let pattern = Pattern {
            columns: vec![0, 1, 2],
            rows: vec![0, 1],
        };
        for pattern in [Some(pattern), None] {
            let mut decay = Decay(pattern);
            let tolerance = Tolerance::new(&Options::default(), &[1.0, 1e6]);
            let mut probe = Probe::new(&decay, &tolerance);
            probe.look(&mut decay, 0.0, &[1.0, 1e6], &[-100.0, -1e6], 4);
            assert!((probe.rate - 100.0).abs() < 0.1, "{}", probe.rate);
            assert!(probe.decays);
        }
    }
}

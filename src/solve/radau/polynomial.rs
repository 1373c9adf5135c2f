//! The collocation polynomial of a step: u(θ) = y0 + Σ ℓ_j(θ) z_j through the start (deviation 0) and all stages.

/// Stages at most.
pub(super) const MOST: usize = 7;

/// Values at `theta` of the Lagrange polynomials ℓ_j of the nodes 0, c_1, …, c_s, but for the one of 0.
pub(super) fn values(nodes: &[f64], theta: f64) -> [f64; MOST] {
    let mut weights = [0.0; MOST];
    for (j, (weight, c)) in weights.iter_mut().zip(nodes).enumerate() {
        let mut product = theta / c;
        for (k, other) in nodes.iter().enumerate() {
            if k != j {
                product *= (theta - other) / (c - other);
            }
        }
        *weight = product;
    }
    weights
}

/// Their slopes with respect to `theta`.
pub(super) fn slopes(nodes: &[f64], theta: f64) -> [f64; MOST] {
    let mut weights = [0.0; MOST];
    for (j, (weight, c)) in weights.iter_mut().zip(nodes).enumerate() {
        // Value and slope of the product, factor by factor.
        let (mut value, mut slope) = (theta / c, 1.0 / c);
        for (k, other) in nodes.iter().enumerate() {
            if k != j {
                let factor = (theta - other) / (c - other);
                slope = slope * factor + value / (c - other);
                value *= factor;
            }
        }
        *weight = slope;
    }
    weights
}

/// Σ weights_j z_ij of each state i; `z` holds the stages of one state after those of another.
pub(super) fn combine(weights: &[f64], z: &[f64], sum: &mut [f64]) {
    for (sum, z) in sum.iter_mut().zip(z.chunks_exact(weights.len().max(1))) {
        *sum = z.iter().zip(weights).map(|(z, w)| z * w).sum();
    }
}

/// The polynomial of one step.
#[derive(Clone, Debug, Default)]
pub(super) struct Curve {
    pub nodes: &'static [f64],
    /// Deviations of the stages from the start of the step, state after state: `[n_states * s]`.
    pub z: Vec<f64>,
}

impl Curve {
    /// Deviation at `theta` from the start, written to `d`.
    pub fn deviation(&self, theta: f64, d: &mut [f64]) {
        combine(&values(self.nodes, theta)[..self.nodes.len()], &self.z, d);
    }

    /// The state at `theta` of a step that starts at `y0`, written to `y`.
    pub fn at(&self, y0: &[f64], theta: f64, y: &mut [f64]) {
        self.deviation(theta, y);
        for (y, y0) in y.iter_mut().zip(y0) {
            *y += y0;
        }
    }

    /// What this polynomial says of the stages at `nodes` of a step that starts at `from` and has length `length`, both
    /// as fractions of this one: deviations from that start, written to `z` (`[n_states * nodes.len()]`).
    pub fn guess(&self, nodes: &[f64], from: f64, length: f64, z: &mut [f64]) {
        let s = self.nodes.len();
        let start = match from {
            0.0 => [0.0; MOST],
            _ => values(self.nodes, from),
        };
        let mut weights = [[0.0; MOST]; MOST];
        for (weights, c) in weights.iter_mut().zip(nodes) {
            *weights = values(self.nodes, from + length * c);
            for (w, start) in weights.iter_mut().zip(start) {
                *w -= start;
            }
        }
        let states = z.chunks_exact_mut(nodes.len().max(1));
        for (z, old) in states.zip(self.z.chunks_exact(s.max(1))) {
            for (z, weights) in z.iter_mut().zip(&weights) {
                *z = old.iter().zip(weights).map(|(z, w)| z * w).sum();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tableau::{FIVE, SEVEN, THREE};
    use super::*;

    #[test]
    fn polynomials_of_their_degree_are_met() {
        for nodes in [&THREE.nodes[..], &FIVE.nodes, &SEVEN.nodes] {
            let s = nodes.len();
            for q in 1..=s as i32 {
                let curve = Curve {
                    nodes: match s {
                        3 => &THREE.nodes,
                        5 => &FIVE.nodes,
                        _ => &SEVEN.nodes,
                    },
                    z: nodes.iter().map(|c| c.powi(q)).collect(),
                };
                for theta in [0.0, 0.1, 0.7, 1.0, 1.9] {
                    let mut y = [0.0];
                    curve.at(&[2.0], theta, &mut y);
                    assert!((y[0] - 2.0 - theta.powi(q)).abs() < 1e-11, "{q} {theta}");
                    let mut slope = [0.0];
                    combine(&slopes(nodes, theta)[..s], &curve.z, &mut slope);
                    let wanted = f64::from(q) * theta.powi(q - 1);
                    assert!((slope[0] - wanted).abs() < 1e-10, "{q} {theta}");
                }
                let mut z = [0.0; 5];
                curve.guess(&FIVE.nodes, 1.0, 0.5, &mut z);
                for (z, c) in z.iter().zip(FIVE.nodes) {
                    assert!((z - ((1.0 + 0.5 * c).powi(q) - 1.0)).abs() < 1e-12);
                }
            }
        }
    }
}

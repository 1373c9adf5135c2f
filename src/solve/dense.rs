//! Interpolation inside a step.
//!
//! Hairer's nested form (Solving ODEs I, section II.6): with θ the fraction of the step and θ' = 1 - θ,
//! u(θ) = c0 + θ (c1 + θ' (c2 + θ (c3 + θ' (c4 + θ (c5 + …))))). The first four coefficients make the cubic Hermite
//! interpolant through both ends; one more gives order 4 for Dormand-Prince 5(4), four more order 7 for 8(5,3). Terms
//! from the fifth on vanish at both ends together with their derivatives, so every such interpolant meets the states
//! and the rates at the ends of the step.

/// Coefficients of one step, term after term.
#[derive(Default)]
pub(super) struct Dense {
    /// `[terms * n_states]`
    coefficients: Vec<f64>,
    n: usize,
}

impl Dense {
    /// The cubic Hermite interpolant over a step of length `h` from state `y0` with rate `f0` to `y1` with `f1`.
    pub fn hermite(&mut self, h: f64, y0: &[f64], f0: &[f64], y1: &[f64], f1: &[f64]) {
        self.n = y0.len();
        let c = &mut self.coefficients;
        c.clear();
        c.extend_from_slice(y0);
        c.extend(y1.iter().zip(y0).map(|(b, a)| b - a));
        c.extend(f0.iter().map(|f| h * f));
        c.extend(f1.iter().map(|f| h * f));
        let (rise, slopes) = c[self.n..].split_at_mut(self.n);
        let (first, last) = slopes.split_at_mut(self.n);
        for ((rise, first), last) in rise.iter().zip(first).zip(last) {
            *first -= rise;
            *last = rise - *last - *first;
        }
    }

    /// The straight line between the states `y0` and `y1`, for further terms.
    pub fn between(&mut self, y0: &[f64], y1: &[f64]) {
        self.n = y0.len();
        let c = &mut self.coefficients;
        c.clear();
        c.extend_from_slice(y0);
        c.extend(y1.iter().zip(y0).map(|(b, a)| b - a));
    }

    /// Adds a term h Σ weights_j k_j; `k` holds the stages one after another.
    pub fn extend(&mut self, h: f64, weights: &[f64], k: &[f64]) {
        let start = self.coefficients.len();
        self.coefficients.resize(start + self.n, 0.0);
        let term = &mut self.coefficients[start..];
        weighted_sum(weights, k, term);
        term.iter_mut().for_each(|v| *v *= h);
    }

    /// Adds several terms Σ weights_j k_j in one pass over the stages, which stand one after another in `k`.
    pub fn extend_by<const T: usize, const S: usize>(
        &mut self,
        weights: [&[f64; S]; T],
        k: &[f64],
    ) {
        let (start, n) = (self.coefficients.len(), self.n);
        self.coefficients.resize(start + T * n, 0.0);
        let k: [&[f64]; S] = std::array::from_fn(|j| &k[j * n..][..n]);
        let mut terms = self.coefficients[start..].chunks_exact_mut(n.max(1));
        for weights in weights {
            let Some(term) = terms.next() else { return };
            for (i, value) in term.iter_mut().enumerate().take(n) {
                let mut sum = 0.0;
                for j in 0..S {
                    sum += weights[j] * k[j][i];
                }
                *value = sum;
            }
        }
    }

    /// True when every coefficient is a number.
    pub fn is_finite(&self) -> bool {
        self.coefficients.iter().all(|c| c.is_finite())
    }

    /// The interpolant at `theta`, written to `y`.
    pub fn at(&self, theta: f64, y: &mut [f64]) {
        let last = self.coefficients.len() / self.n.max(1) - 1;
        y.copy_from_slice(&self.coefficients[last * self.n..]);
        for term in (0..last).rev() {
            let factor = if term % 2 == 0 { theta } else { 1.0 - theta };
            let row = &self.coefficients[term * self.n..][..self.n];
            for (v, c) in y.iter_mut().zip(row) {
                *v = c + *v * factor;
            }
        }
    }

    /// The coefficients of a term: 0 is the state at the start, 1 the rise to that at the end.
    pub fn term(&self, term: usize) -> &[f64] {
        &self.coefficients[term * self.n..][..self.n]
    }

    /// The coefficients of the last term.
    pub fn last_term(&self) -> &[f64] {
        &self.coefficients[self.coefficients.len() - self.n..]
    }

    /// The derivative of the interpolant with respect to `theta` there, written to `slope`; `y` takes its value.
    pub fn slope_at(&self, theta: f64, y: &mut [f64], slope: &mut [f64]) {
        let last = self.coefficients.len() / self.n.max(1) - 1;
        y.copy_from_slice(&self.coefficients[last * self.n..]);
        slope.fill(0.0);
        for term in (0..last).rev() {
            let (factor, turn) = if term % 2 == 0 {
                (theta, 1.0)
            } else {
                (1.0 - theta, -1.0)
            };
            let row = &self.coefficients[term * self.n..][..self.n];
            for ((y, slope), c) in y.iter_mut().zip(slope.iter_mut()).zip(row) {
                *slope = *slope * factor + turn * *y;
                *y = c + *y * factor;
            }
        }
    }
}

/// Σ weights_j k_j, written to `sum`; `k` holds the stages one after another, each as long as `sum`.
pub(super) fn weighted_sum(weights: &[f64], k: &[f64], sum: &mut [f64]) {
    sum.fill(0.0);
    // A stage of weight 0 takes no part even where it is not a number.
    for (w, stage) in weights.iter().zip(k.chunks_exact(sum.len().max(1))) {
        if *w != 0.0 {
            for (s, v) in sum.iter_mut().zip(stage) {
                *s += w * v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::tableau::{dop853, dopri5};

    /// For f(t) = q t^(q-1) the interpolant over [0, 1] must be t^q: the quadrature conditions of the dense output.
    fn largest_error(q: i32, nodes: &[f64], terms: &[&[f64]]) -> f64 {
        let rate = |c: f64| f64::from(q) * c.powi(q - 1);
        let k: Vec<f64> = nodes.iter().map(|c| rate(*c)).collect();
        let mut dense = Dense::default();
        dense.hermite(1.0, &[0.0], &[rate(0.0)], &[1.0], &[rate(1.0)]);
        for weights in terms {
            dense.extend(1.0, weights, &k);
        }
        let error = |theta: f64| {
            let mut y = [0.0];
            dense.at(theta, &mut y);
            (y[0] - theta.powi(q)).abs()
        };
        (0..=20)
            .map(|i| error(f64::from(i) / 20.0))
            .fold(0.0, f64::max)
    }

    #[test]
    fn dense_outputs_meet_the_quadrature_conditions_of_their_order() {
        for q in 1..=3 {
            assert!(largest_error(q, &[], &[]) < 1e-15);
        }
        assert!(largest_error(4, &[], &[]) > 1e-3);
        for q in 1..=4 {
            assert!(largest_error(q, &dopri5::C, &[&dopri5::D]) < 1e-14);
        }
        assert!(largest_error(5, &dopri5::C, &[&dopri5::D]) > 1e-4);
        let terms: Vec<&[f64]> = dop853::D.iter().map(|d| &d[..]).collect();
        for q in 1..=7 {
            let error = largest_error(q, &dop853::C, &terms);
            assert!(error < 1e-12, "order {q}: {error}");
        }
        assert!(largest_error(8, &dop853::C, &terms) > 1e-6);
    }

    #[test]
    fn slopes_are_those_of_the_interpolant() {
        let mut dense = Dense::default();
        dense.hermite(2.0, &[0.0, 1.0], &[0.5, -1.0], &[3.0, 0.0], &[0.1, 2.0]);
        dense.extend(2.0, &[0.3, -0.7], &[1.0, 2.0, -1.0, 0.5]);
        let value = |theta: f64| {
            let mut y = [0.0; 2];
            dense.at(theta, &mut y);
            y
        };
        for theta in [0.0, 0.3, 0.65, 1.0] {
            let (mut y, mut slope) = ([0.0; 2], [0.0; 2]);
            dense.slope_at(theta, &mut y, &mut slope);
            assert_eq!(y, value(theta));
            let (a, b) = (value(theta - 1e-5), value(theta + 1e-5));
            for i in 0..2 {
                assert!((slope[i] - (b[i] - a[i]) / 2e-5).abs() < 1e-8, "{theta}");
            }
        }
    }

    #[test]
    fn a_stage_without_weight_may_be_anything() {
        let mut sum = [0.0];
        weighted_sum(&[0.0, 2.0], &[f64::NAN, 3.0], &mut sum);
        assert_eq!(sum, [6.0]);
    }
}

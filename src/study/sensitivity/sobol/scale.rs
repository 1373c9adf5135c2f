//! Values of an outcome, shifted and scaled so that sums of their products neither cancel nor overflow.

use super::super::sum;

/// Values as `[rows][block]`, less their mean and divided by the largest deviation from it.
#[derive(Clone, Debug)]
pub(super) struct Scaled {
    /// NaN where there is no value.
    values: Vec<f64>,
    block: usize,
    /// Largest magnitude of a value.
    largest: f64,
    /// Mean of A and B, in units of `largest`.
    mean: f64,
    /// Largest deviation from the mean, in units of `largest`.
    spread: f64,
    /// What a few roundings of the largest value are after scaling: a deviation that is not larger is none.
    pub noise: f64,
}

impl Scaled {
    /// Scales the values of whole rows; `[rows][block]`.
    pub fn new(values: &[Option<f64>], block: usize) -> Scaled {
        let finite = |v: &Option<f64>| v.filter(|v| v.is_finite()).unwrap_or(f64::NAN);
        let mut values: Vec<f64> = values.iter().map(finite).collect();
        // Both folds pass over NaN.
        let size = |values: &[f64]| values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let or_one = |size: f64| if size > 0.0 { size } else { 1.0 };
        let largest = or_one(size(&values));
        values.iter_mut().for_each(|v| *v /= largest);
        let at_a_and_b = || {
            let rows = values.chunks_exact(block).flat_map(|row| &row[..2]);
            rows.copied().filter(|v| !v.is_nan())
        };
        let mean = sum(at_a_and_b()) / or_one(at_a_and_b().count() as f64);
        values.iter_mut().for_each(|v| *v -= mean);
        let spread = or_one(size(&values));
        values.iter_mut().for_each(|v| *v /= spread);
        Scaled {
            values,
            block,
            largest,
            mean,
            spread,
            noise: 16.0 * f64::EPSILON / spread,
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.block
    }

    /// Scaled values of one row, NaN where there is none; `[block]`.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.block..(row + 1) * self.block]
    }

    /// A mean of scaled values, as a mean of values.
    pub fn mean_back(&self, mean: f64) -> f64 {
        (self.mean + mean * self.spread) * self.largest
    }

    /// A deviation of scaled values, as one of values.
    pub fn deviation_back(&self, deviation: f64) -> f64 {
        deviation * self.spread * self.largest
    }
}

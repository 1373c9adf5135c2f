//! Dense LU factorisation of c I − J with partial pivoting: slow and safe, for what `lu` cannot do.

pub(super) mod complex;

use crate::equations::Pattern;

/// A factorised matrix, row after row, in states divided by their typical sizes and rows divided by their largest
/// entry: which entry is the largest of its column shall not depend on units.
#[derive(Clone, Debug)]
pub(super) struct Dense {
    n: usize,
    /// L below the diagonal, U on and above it.
    a: Vec<f64>,
    /// Row that each step took to the front.
    swap: Vec<usize>,
    /// Reciprocal of what each row was divided by.
    row_scale: Vec<f64>,
}

impl Dense {
    /// Room for `n` states.
    pub fn new(n: usize) -> Dense {
        Dense {
            n,
            a: vec![0.0; n * n],
            swap: vec![0; n],
            row_scale: vec![0.0; n],
        }
    }

    /// Factorises; false if the matrix is singular or has an entry that is no number.
    pub fn factorise(
        &mut self,
        pattern: &Pattern,
        jacobian: &[f64],
        c: f64,
        sizes: &[f64],
    ) -> bool {
        let n = self.n;
        self.a.fill(0.0);
        for (column, size) in sizes.iter().enumerate() {
            self.a[column * n + column] = c * size;
            let entries = pattern.columns[column]..pattern.columns[column + 1];
            for (row, value) in pattern.rows[entries.clone()].iter().zip(&jacobian[entries]) {
                self.a[row * n + column] -= value * size;
            }
        }
        for (row, scale) in self.a.chunks_exact_mut(n.max(1)).zip(&mut self.row_scale) {
            let largest = row.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            *scale = 1.0 / largest;
            row.iter_mut().for_each(|v| *v *= *scale);
        }
        for k in 0..n {
            let size = |row: &usize| self.a[row * n + k].abs();
            let pivot = (k..n)
                .max_by(|x, y| size(x).total_cmp(&size(y)))
                .unwrap_or(k);
            self.swap[k] = pivot;
            for j in 0..n {
                self.a.swap(k * n + j, pivot * n + j);
            }
            let inverse = 1.0 / self.a[k * n + k];
            if !inverse.is_finite() {
                return false;
            }
            let (done, rest) = self.a.split_at_mut((k + 1) * n);
            let upper = &done[k * n + k + 1..];
            for row in rest.chunks_exact_mut(n.max(1)) {
                let l = row[k] * inverse;
                row[k] = l;
                if l != 0.0 {
                    for (v, u) in row[k + 1..].iter_mut().zip(upper) {
                        *v -= l * u;
                    }
                }
            }
        }
        true
    }

    /// Solves (c I − J) x = b in place; `[n]`.
    pub fn solve(&self, sizes: &[f64], x: &mut [f64]) {
        let n = self.n;
        for (x, s) in x.iter_mut().zip(&self.row_scale) {
            *x *= s;
        }
        for k in 0..n {
            x.swap(k, self.swap[k]);
        }
        for k in 0..n {
            let (done, rest) = x.split_at_mut(k);
            let row = &self.a[k * n..k * n + k];
            rest[0] -= row.iter().zip(done).map(|(l, x)| l * *x).sum::<f64>();
        }
        for k in (0..n).rev() {
            let (head, done) = x.split_at_mut(k + 1);
            let row = &self.a[k * n + k..(k + 1) * n];
            let sum: f64 = row[1..].iter().zip(done).map(|(u, x)| u * *x).sum();
            head[k] = (head[k] - sum) / row[0];
        }
        for (x, s) in x.iter_mut().zip(sizes) {
            *x *= s;
        }
    }
}

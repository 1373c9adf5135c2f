//! The same for μ I − J with complex μ and real J.

use crate::equations::Pattern;
use crate::solve::lu::complex::reciprocal;

/// A factorised complex matrix, in states divided by their typical sizes and rows divided by their largest entry.
#[derive(Clone, Debug)]
pub(crate) struct Dense {
    n: usize,
    /// L below the diagonal, U above it, reciprocals of the diagonal of U on it: row after row, (re, im).
    a: Vec<[f64; 2]>,
    /// Row that each step took to the front.
    swap: Vec<usize>,
    /// Reciprocal of what each row was divided by.
    row_scale: Vec<f64>,
}

fn size(a: [f64; 2]) -> f64 {
    a[0].abs() + a[1].abs()
}

fn times(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

fn subtract(sum: &mut [f64; 2], a: [f64; 2]) {
    sum[0] -= a[0];
    sum[1] -= a[1];
}

impl Dense {
    /// Room for `n` states.
    pub fn new(n: usize) -> Dense {
        Dense {
            n,
            a: vec![[0.0; 2]; n * n],
            swap: vec![0; n],
            row_scale: vec![0.0; n],
        }
    }

    /// Factorises; false if the matrix is singular or has an entry that is no number.
    pub fn factorise(
        &mut self,
        pattern: &Pattern,
        jacobian: &[f64],
        mu: (f64, f64),
        sizes: &[f64],
    ) -> bool {
        let n = self.n;
        self.load(pattern, jacobian, mu, sizes);
        for k in 0..n {
            let here = |row: &usize| size(self.a[row * n + k]);
            let pivot = (k..n)
                .max_by(|x, y| here(x).total_cmp(&here(y)))
                .unwrap_or(k);
            self.swap[k] = pivot;
            for j in 0..n {
                self.a.swap(k * n + j, pivot * n + j);
            }
            let [re, im] = self.a[k * n + k];
            let inverse: [f64; 2] = reciprocal(re, im).into();
            if !size(inverse).is_finite() {
                return false;
            }
            self.a[k * n + k] = inverse;
            let (done, rest) = self.a.split_at_mut((k + 1) * n);
            let upper = &done[k * n + k + 1..];
            for row in rest.chunks_exact_mut(n.max(1)) {
                let l = times(row[k], inverse);
                row[k] = l;
                if size(l) != 0.0 {
                    for (v, u) in row[k + 1..].iter_mut().zip(upper) {
                        subtract(v, times(l, *u));
                    }
                }
            }
        }
        true
    }

    fn load(&mut self, pattern: &Pattern, jacobian: &[f64], mu: (f64, f64), sizes: &[f64]) {
        let n = self.n;
        self.a.fill([0.0; 2]);
        for (column, size) in sizes.iter().enumerate() {
            self.a[column * n + column] = [mu.0 * size, mu.1 * size];
            let entries = pattern.columns[column]..pattern.columns[column + 1];
            for (row, value) in pattern.rows[entries.clone()].iter().zip(&jacobian[entries]) {
                self.a[row * n + column][0] -= value * size;
            }
        }
        for (row, scale) in self.a.chunks_exact_mut(n.max(1)).zip(&mut self.row_scale) {
            let largest = row.iter().fold(0.0f64, |m, v| m.max(size(*v)));
            *scale = 1.0 / largest;
            for v in row {
                *v = [v[0] * *scale, v[1] * *scale];
            }
        }
    }

    /// Solves (μ I − J) x = b in place; `[n]`, (re, im).
    pub fn solve(&self, sizes: &[f64], x: &mut [[f64; 2]]) {
        let n = self.n;
        for (x, s) in x.iter_mut().zip(&self.row_scale) {
            *x = [x[0] * s, x[1] * s];
        }
        for k in 0..n {
            x.swap(k, self.swap[k]);
        }
        for k in 0..n {
            let (done, rest) = x.split_at_mut(k);
            for (l, x) in self.a[k * n..k * n + k].iter().zip(done) {
                subtract(&mut rest[0], times(*l, *x));
            }
        }
        for k in (0..n).rev() {
            let (head, done) = x.split_at_mut(k + 1);
            let row = &self.a[k * n + k..(k + 1) * n];
            for (u, x) in row[1..].iter().zip(done) {
                subtract(&mut head[k], times(*u, *x));
            }
            head[k] = times(head[k], row[0]);
        }
        for (x, s) in x.iter_mut().zip(sizes) {
            *x = [x[0] * s, x[1] * s];
        }
    }
}

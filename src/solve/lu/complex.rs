//! The same factorisation for μ I − J with complex μ and real J.
//!
//! `W` values of μ at a time, side by side, for one and the same J: the complex systems of one implicit Runge–Kutta
//! step. Sizes are measured by |re| + |im|, which is within a factor √2 of the absolute value and costs no root.

use super::{Plan, part};

/// `W` complex numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Block<const W: usize> {
    pub re: [f64; W],
    pub im: [f64; W],
}

impl<const W: usize> Block<W> {
    pub const ZERO: Self = Block {
        re: [0.0; W],
        im: [0.0; W],
    };

    /// `self` − `a` `b`, lane by lane.
    #[inline]
    fn subtract_product(&mut self, a: &Self, b: &Self) {
        for lane in 0..W {
            self.re[lane] -= a.re[lane] * b.re[lane] - a.im[lane] * b.im[lane];
            self.im[lane] -= a.re[lane] * b.im[lane] + a.im[lane] * b.re[lane];
        }
    }

    /// `self` `b`, lane by lane.
    #[inline]
    fn times(&self, b: &Self) -> Self {
        let mut product = Self::ZERO;
        for lane in 0..W {
            product.re[lane] = self.re[lane] * b.re[lane] - self.im[lane] * b.im[lane];
            product.im[lane] = self.re[lane] * b.im[lane] + self.im[lane] * b.re[lane];
        }
        product
    }

    /// 1 / `self`, lane by lane; not finite for 0.
    #[inline]
    fn reciprocal(&self) -> Self {
        let mut inverse = Self::ZERO;
        for lane in 0..W {
            let (re, im) = reciprocal(self.re[lane], self.im[lane]);
            (inverse.re[lane], inverse.im[lane]) = (re, im);
        }
        inverse
    }

    /// `sum` + |`self`| `size`, lane by lane.
    #[inline]
    fn add_size(&self, sum: &mut [f64; W], size: f64) {
        for (sum, (re, im)) in sum.iter_mut().zip(self.re.iter().zip(&self.im)) {
            *sum += (re.abs() + im.abs()) * size;
        }
    }
}

/// 1 / (re + i im), without overflow on the way (R. L. Smith, Comm. ACM 5 (1962) 435).
#[inline]
pub(crate) fn reciprocal(re: f64, im: f64) -> (f64, f64) {
    if re.abs() >= im.abs() {
        let ratio = im / re;
        let inverse = 1.0 / (re + im * ratio);
        (inverse, -ratio * inverse)
    } else {
        let ratio = re / im;
        let inverse = 1.0 / (re * ratio + im);
        (ratio * inverse, -inverse)
    }
}

/// The factors of `W` matrices.
#[derive(Clone, Debug)]
pub(crate) struct Factors<const W: usize> {
    lower: Vec<Block<W>>,
    upper: Vec<Block<W>>,
    /// Reciprocals of the diagonal of U.
    pivot: Vec<Block<W>>,
    /// One row, or one right side.
    work: Vec<Block<W>>,
    /// Σ |u_kj| s_j of each row, for the growth.
    size: Vec<[f64; W]>,
}

impl<const W: usize> Factors<W> {
    /// Room for the factors.
    pub fn new(plan: &Plan) -> Self {
        let n = plan.order.len();
        Factors {
            lower: vec![Block::ZERO; plan.lower.len()],
            upper: vec![Block::ZERO; plan.upper.len()],
            pivot: vec![Block::ZERO; n],
            work: vec![Block::ZERO; n],
            size: vec![[0.0; W]; n],
        }
    }

    /// Factorises μ I − J; `jacobian` holds the entries of J in the order of the pattern, `sizes` typical sizes of the
    /// states (`[n]`). Gives the growth, as the real factorisation does.
    pub fn factorise(
        &mut self,
        plan: &Plan,
        jacobian: &[f64],
        mu: &Block<W>,
        sizes: &[f64],
    ) -> [f64; W] {
        let mut growth = [0.0; W];
        for k in 0..plan.order.len() {
            let before = self.load(plan, jacobian, mu, sizes, k);
            let after = self.reduce(plan, k);
            let mut size = [0.0; W];
            self.work[k].add_size(&mut size, sizes[plan.order[k] as usize]);
            self.pivot[k] = self.work[k].reciprocal();
            let first = plan.upper_start[k] as usize;
            let right = part(&plan.upper, &plan.upper_start, k);
            for (u, &j) in self.upper[first..].iter_mut().zip(right) {
                *u = self.work[j as usize];
                u.add_size(&mut size, sizes[plan.order[j as usize] as usize]);
            }
            self.size[k] = size;
            for (lane, growth) in growth.iter_mut().enumerate() {
                let here = (after[lane] + size[lane]) / before[lane];
                // A pivot of 0 has no finite reciprocal. What is no number stays.
                let pivot = self.pivot[k].re[lane] + self.pivot[k].im[lane];
                let here = here + 0.0 * pivot;
                if here > *growth || here.is_nan() {
                    *growth = here;
                }
            }
        }
        growth
    }

    /// Row `k` of μ I − J, written to `work` with zeros where fill will be. Gives Σ |entry| s.
    fn load(
        &mut self,
        plan: &Plan,
        jacobian: &[f64],
        mu: &Block<W>,
        sizes: &[f64],
        k: usize,
    ) -> [f64; W] {
        let left = part(&plan.lower, &plan.lower_start, k);
        let right = part(&plan.upper, &plan.upper_start, k);
        for &j in left.iter().chain(right) {
            self.work[j as usize] = Block::ZERO;
        }
        self.work[k] = *mu;
        let mut sum = 0.0;
        let columns = part(&plan.entry_column, &plan.entry_start, k);
        for (&entry, &j) in part(&plan.entry, &plan.entry_start, k).iter().zip(columns) {
            let (j, value) = (j as usize, jacobian[entry as usize]);
            for w in &mut self.work[j].re {
                *w -= value;
            }
            if j != k {
                sum += value.abs() * sizes[plan.order[j] as usize];
            }
        }
        let mut sums = [sum; W];
        self.work[k].add_size(&mut sums, sizes[plan.order[k] as usize]);
        sums
    }

    /// Eliminates from row `k`, in `work`, what stands left of its diagonal. Gives the part of L in |L| |U| s.
    fn reduce(&mut self, plan: &Plan, k: usize) -> [f64; W] {
        let mut after = [0.0; W];
        let first = plan.lower_start[k] as usize;
        let left = part(&plan.lower, &plan.lower_start, k);
        for (at, &j) in left.iter().enumerate() {
            let j = j as usize;
            let l = self.work[j].times(&self.pivot[j]);
            for (lane, after) in after.iter_mut().enumerate() {
                *after += (l.re[lane].abs() + l.im[lane].abs()) * self.size[j][lane];
            }
            self.lower[first + at] = l;
            let columns = part(&plan.upper, &plan.upper_start, j);
            let row = part(&self.upper, &plan.upper_start, j);
            for (u, &m) in row.iter().zip(columns) {
                self.work[m as usize].subtract_product(&l, u);
            }
        }
        after
    }

    /// Solves (μ I − J) x = b in place; `[n]`.
    pub fn solve(&mut self, plan: &Plan, x: &mut [Block<W>]) {
        let work = &mut self.work;
        for k in 0..plan.order.len() {
            let mut sum = x[plan.order[k] as usize];
            let columns = part(&plan.lower, &plan.lower_start, k);
            for (l, &j) in part(&self.lower, &plan.lower_start, k).iter().zip(columns) {
                sum.subtract_product(l, &work[j as usize]);
            }
            work[k] = sum;
        }
        for k in (0..plan.order.len()).rev() {
            let mut sum = work[k];
            let columns = part(&plan.upper, &plan.upper_start, k);
            for (u, &j) in part(&self.upper, &plan.upper_start, k).iter().zip(columns) {
                sum.subtract_product(u, &work[j as usize]);
            }
            let value = sum.times(&self.pivot[k]);
            work[k] = value;
            x[plan.order[k] as usize] = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Noise, pattern};
    use super::*;
    use crate::solve::pivot::complex::Dense;

    /// Solutions by both factorisations of three shifts at once, and the growth.
    fn both(n: usize, density: f64, mu: Block<3>) -> ([f64; 3], f64) {
        let mut noise = Noise(88172645463325252 + n as u64);
        let pattern = pattern(n, |_, _| noise.next() < 2.0 * density - 1.0);
        let values: Vec<f64> = pattern.rows.iter().map(|_| noise.next()).collect();
        let sizes: Vec<f64> = (0..n).map(|_| 1.5 + noise.next()).collect();
        let lanes = |noise: &mut Noise| [(); 3].map(|()| noise.next());
        let b: Vec<Block<3>> = (0..n)
            .map(|_| Block {
                re: lanes(&mut noise),
                im: lanes(&mut noise),
            })
            .collect();
        let plan = Plan::new(&pattern, n);
        let mut factors = Factors::<3>::new(&plan);
        let growth = factors.factorise(&plan, &values, &mu, &sizes);
        let mut x = b.clone();
        factors.solve(&plan, &mut x);
        let mut worst = 0.0f64;
        for lane in 0..3 {
            let mut dense = Dense::new(n);
            assert!(dense.factorise(&pattern, &values, (mu.re[lane], mu.im[lane]), &sizes));
            let mut wanted: Vec<[f64; 2]> = b.iter().map(|b| [b.re[lane], b.im[lane]]).collect();
            dense.solve(&sizes, &mut wanted);
            for (x, w) in x.iter().zip(&wanted) {
                let error = (x.re[lane] - w[0]).abs() + (x.im[lane] - w[1]).abs();
                worst = worst.max(error / (w[0].abs() + w[1].abs()).max(1e-3));
            }
        }
        (growth, worst)
    }

    #[test]
    fn sparse_and_dense_solutions_agree() {
        for n in [1, 2, 3, 7, 20, 60] {
            for density in [0.0, 0.05, 0.3, 1.0] {
                let c = 0.5 + n as f64;
                let mu = Block {
                    re: [c, 0.5 * c, 0.7 * c],
                    im: [0.3 * c, c, 0.0],
                };
                let (growth, error) = both(n, density, mu);
                assert!(growth.iter().all(|g| *g >= 1.0 - 1e-12 && *g < 10.0));
                assert!(error < 1e-13, "{n} {density} {error}");
            }
        }
    }

    #[test]
    fn a_real_shift_gives_what_the_real_factorisation_gives() {
        let mut noise = Noise(1234567);
        let n = 12;
        let pattern = pattern(n, |_, _| noise.next() < -0.4);
        let values: Vec<f64> = pattern.rows.iter().map(|_| noise.next()).collect();
        let b: Vec<f64> = (0..n).map(|_| noise.next()).collect();
        let plan = Plan::new(&pattern, n);
        let sizes = vec![1.0; n];
        let mut complex = Factors::<1>::new(&plan);
        let mu = Block {
            re: [5.0],
            im: [0.0],
        };
        let growth = complex.factorise(&plan, &values, &mu, &sizes);
        let mut real = super::super::Factors::<1, false>::new(&plan);
        let entries: Vec<[f64; 1]> = values.iter().map(|v| [*v]).collect();
        assert_eq!(growth, real.factorise(&plan, &entries, [5.0], &sizes));
        let mut x: Vec<Block<1>> = (b.iter())
            .map(|b| Block {
                re: [*b],
                im: [0.0],
            })
            .collect();
        let mut y: Vec<[f64; 1]> = b.iter().map(|b| [*b]).collect();
        complex.solve(&plan, &mut x);
        real.solve(&plan, &mut y);
        for (x, y) in x.iter().zip(&y) {
            assert!((x.re[0] - y[0]).abs() < 1e-14 && x.im[0] == 0.0);
        }
    }

    #[test]
    fn a_matrix_that_needs_pivoting_shows_in_its_growth() {
        let full = pattern(2, |_, _| true);
        let plan = Plan::new(&full, 2);
        let mut factors = Factors::<2>::new(&plan);
        let values = [0.0, -1.0, -1.0, -1.0];
        let mu = Block {
            re: [1e-20, 0.0],
            im: [1e-20, 0.0],
        };
        let growth = factors.factorise(&plan, &values, &mu, &[1.0, 1.0]);
        assert!(growth[0] > 1e19, "{growth:?}");
        assert!(!growth[1].is_finite(), "{growth:?}");
        let mut dense = Dense::new(2);
        assert!(dense.factorise(&full, &values, (0.0, 0.0), &[1.0, 1.0]));
        let mut x = [[2.0, 4.0], [3.0, 6.0]];
        dense.solve(&[1.0, 1.0], &mut x);
        assert_eq!(x, [[1.0, 2.0], [2.0, 4.0]]);
    }

    #[test]
    fn reciprocals_do_not_overflow() {
        assert_eq!(reciprocal(1e200, 1e200), (0.5e-200, -0.5e-200));
        assert_eq!(reciprocal(3.0, 4.0), (0.12, -0.16));
        assert!(!reciprocal(0.0, 0.0).0.is_finite());
    }
}

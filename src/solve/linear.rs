//! Linear systems of a Rosenbrock method: the planned sparse factorisation while it is good, else one that pivots.

use super::lu::{Factors, Plan};
use super::pivot::Dense;
use crate::equations::Pattern;

/// Growth above which the planned factors are not used. A solution is then wrong by some 1e-10 of the terms of its
/// equations at most: a step's error estimate does not notice.
pub(super) const GROWTH: f64 = 1e6;

/// Number of states up to which there is a dense matrix to fall back on. Beyond, a matrix that needs pivoting counts as
/// a rejected step: a shorter step makes its diagonal better.
pub(super) const DENSE: usize = 200;

/// The matrices c I − J of one pattern.
pub(super) struct Linear {
    pattern: Pattern,
    plan: Plan,
    factors: Factors<1, false>,
    /// Made when first needed.
    dense: Option<Dense>,
    /// Whether the present matrix is factorised in `dense`.
    pivoted: bool,
    /// Typical sizes of the states.
    sizes: Vec<f64>,
    /// Matrices that needed pivoting.
    #[cfg(test)]
    pub fallbacks: u64,
}

impl Linear {
    /// Plans for a valid pattern of J; `sizes` are typical sizes of the states.
    pub fn new(pattern: Pattern, sizes: &[f64]) -> Linear {
        let plan = Plan::new(&pattern, sizes.len());
        Linear {
            factors: Factors::new(&plan),
            plan,
            pattern,
            dense: None,
            pivoted: false,
            sizes: sizes.to_vec(),
            #[cfg(test)]
            fallbacks: 0,
        }
    }

    /// Entries of the planned factors, the diagonal included.
    pub fn entries(&self) -> usize {
        self.plan.entries()
    }

    /// The pattern of J.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The plan for it.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Typical sizes of the states.
    pub fn sizes(&self) -> &[f64] {
        &self.sizes
    }

    /// Factorises c I − J for the entries of J in the order of the pattern; false if that cannot be done well.
    pub fn factorise(&mut self, jacobian: &[f64], c: f64) -> bool {
        let entries = jacobian.as_chunks::<1>().0;
        let [growth] = self
            .factors
            .factorise(&self.plan, entries, [c], &self.sizes);
        self.pivoted = false;
        if growth <= GROWTH {
            return true;
        }
        let n = self.sizes.len();
        if n > DENSE {
            return false;
        }
        #[cfg(test)]
        {
            self.fallbacks += 1;
        }
        self.pivoted = true;
        let dense = self.dense.get_or_insert_with(|| Dense::new(n));
        dense.factorise(&self.pattern, jacobian, c, &self.sizes)
    }

    /// Solves (c I − J) x = b in place, for the matrix factorised last.
    pub fn solve(&mut self, x: &mut [f64]) {
        match &self.dense {
            Some(dense) if self.pivoted => dense.solve(&self.sizes, x),
            _ => self.factors.solve(&self.plan, x.as_chunks_mut::<1>().0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// n states in pairs that turn around each other at rate 1e9.
    fn pairs(n: usize) -> (Pattern, Vec<f64>) {
        let mut pattern = Pattern {
            columns: vec![0],
            rows: Vec::new(),
        };
        for pair in 0..n / 2 {
            pattern.rows.extend([2 * pair + 1, 2 * pair, 2 * pair + 1]);
            pattern.columns.extend([6 * pair / 2 + 1, 6 * pair / 2 + 3]);
        }
        let values = [-1e9, 1e9, -1e9].repeat(n / 2);
        (pattern, values)
    }

    #[test]
    fn what_needs_pivoting_is_pivoted_if_small_and_refused_if_large() {
        for (n, done) in [(DENSE, true), (DENSE + 2, false)] {
            let (pattern, values) = pairs(n);
            let mut linear = Linear::new(pattern, &vec![1.0; n]);
            assert_eq!(linear.factorise(&values, 1.0), done);
            assert_eq!(linear.fallbacks, u64::from(done));
            // A shorter step needs none.
            assert!(linear.factorise(&values, 1e9));
            assert_eq!(linear.fallbacks, u64::from(done));
        }
        let (pattern, values) = pairs(4);
        let mut linear = Linear::new(pattern, &[1.0; 4]);
        assert!(linear.factorise(&values, 1.0));
        // c I − J = [[1, -1e9], [1e9, 1 + 1e9]] twice.
        let mut x = [1.0 - 2e9, 1e9 + 2.0 + 2e9, -1e9, 1.0 + 1e9];
        linear.solve(&mut x);
        for (x, wanted) in x.iter().zip([1.0, 2.0, 0.0, 1.0]) {
            assert!((x - wanted).abs() < 1e-14, "{x} {wanted}");
        }
    }
}

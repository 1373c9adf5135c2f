//! The sparse factorisation against a dense one, and its costs.

use super::*;
use crate::solve::pivot::Dense;

/// Pseudo-random numbers in [-1, 1] (xorshift, Marsaglia 2003).
pub(crate) struct Noise(pub u64);

impl Noise {
    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

/// The pattern of the entries for which `has(row, column)`.
pub(crate) fn pattern(n: usize, mut has: impl FnMut(usize, usize) -> bool) -> Pattern {
    let mut pattern = Pattern::default();
    pattern.columns.push(0);
    for column in 0..n {
        pattern.rows.extend((0..n).filter(|row| has(*row, column)));
        pattern.columns.push(pattern.rows.len());
    }
    pattern
}

fn blocks<const W: usize>(values: &[f64]) -> Vec<[f64; W]> {
    values.iter().map(|v| [*v; W]).collect()
}

#[test]
fn sparse_and_dense_solutions_agree() {
    let mut noise = Noise(88172645463325252);
    for n in [1, 2, 3, 7, 20, 60] {
        for density in [0.0, 0.05, 0.3, 1.0] {
            let pattern = pattern(n, |_, _| noise.next() < 2.0 * density - 1.0);
            let values: Vec<f64> = pattern.rows.iter().map(|_| noise.next()).collect();
            let sizes: Vec<f64> = (0..n).map(|_| 1.5 + noise.next()).collect();
            let b: Vec<f64> = (0..n).map(|_| noise.next()).collect();
            let c = 0.5 + n as f64;
            let plan = Plan::new(&pattern, n);
            let mut factors = Factors::<1, false>::new(&plan);
            let growth = factors.factorise(&plan, &blocks(&values), [c], &sizes);
            assert!(growth[0] >= 1.0 - 1e-12 && growth[0] < 10.0, "{growth:?}");
            let mut x = blocks(&b);
            factors.solve(&plan, &mut x);
            let mut dense = Dense::new(n);
            assert!(dense.factorise(&pattern, &values, c, &sizes));
            let mut wanted = b.clone();
            dense.solve(&sizes, &mut wanted);
            for (x, w) in x.iter().zip(&wanted) {
                assert!(
                    (x[0] - w).abs() < 1e-13 * w.abs().max(1e-3),
                    "{n} {density}"
                );
            }
        }
    }
}

#[test]
fn lanes_have_the_bits_of_single_matrices() {
    let mut noise = Noise(1234567);
    let n = 12;
    let pattern = pattern(n, |_, _| noise.next() < -0.4);
    let lanes: Vec<[f64; 4]> = pattern
        .rows
        .iter()
        .map(|_| [(); 4].map(|()| noise.next()))
        .collect();
    let c = [5.0, 6.0, 7.0, 8.0];
    let b: Vec<[f64; 4]> = (0..n).map(|_| [(); 4].map(|()| noise.next())).collect();
    let plan = Plan::new(&pattern, n);
    let mut wide = Factors::<4, false>::new(&plan);
    let growth = wide.factorise(&plan, &lanes, c, &vec![1.0; n]);
    let mut x = b.clone();
    wide.solve(&plan, &mut x);
    for lane in 0..4 {
        let one = |blocks: &[[f64; 4]]| blocks.iter().map(|v| [v[lane]]).collect::<Vec<_>>();
        let mut single = Factors::<1, false>::new(&plan);
        let alone = single.factorise(&plan, &one(&lanes), [c[lane]], &vec![1.0; n]);
        assert_eq!(alone[0], growth[lane]);
        let mut y = one(&b);
        single.solve(&plan, &mut y);
        assert_eq!(y, one(&x));
    }
}

#[test]
fn a_chain_has_no_fill_and_a_star_is_not_eliminated_from_its_middle() {
    for n in [10usize, 1000] {
        let pattern = pattern(n, |i, j| i.abs_diff(j) <= 1);
        let plan = Plan::new(&pattern, n);
        assert_eq!(plan.lower.len() + plan.upper.len() + n, pattern.len());
    }
    // Everything depends on state 0 and state 0 on everything.
    let star = pattern(50, |i, j| i == j || i == 0 || j == 0);
    let plan = Plan::new(&star, 50);
    assert_eq!(plan.lower.len() + plan.upper.len() + 50, star.len());
}

#[test]
fn a_matrix_that_needs_pivoting_shows_in_its_growth() {
    // c I - J = [[1e-20, 1], [1, 1]]: without pivoting the solution is wrong in its first digit.
    let full = pattern(2, |_, _| true);
    let plan = Plan::new(&full, 2);
    let mut factors = Factors::<1, false>::new(&plan);
    let values = [[-1e-20], [-1.0], [-1.0], [-1.0]];
    let growth = factors.factorise(&plan, &values, [0.0], &[1.0, 1.0]);
    assert!(growth[0] > 1e19, "{growth:?}");
    // A pivot of 0.
    let values = [[0.0], [-1.0], [-1.0], [-1.0]];
    let growth = factors.factorise(&plan, &values, [0.0], &[1.0, 1.0]);
    assert!(!growth[0].is_finite(), "{growth:?}");
    let values: Vec<f64> = values.iter().map(|v| v[0]).collect();
    let mut dense = Dense::new(2);
    assert!(dense.factorise(&full, &values, 0.0, &[1.0, 1.0]));
    let mut x = [2.0, 3.0];
    dense.solve(&[1.0, 1.0], &mut x);
    assert_eq!(x, [1.0, 2.0]);
}

//! Latin hypercubes: on each axis a random permutation says in which of n equal strata point k lies.
//!
//! M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21 (1979) 239-245. The permutation is computed, not
//! stored: a keyed permutation of the numbers of w bits, 2ʷ ≥ n, applied until the result is below n ("cycle walking",
//! J. Black and P. Rogaway, CT-RSA 2002, 114-130). That is less than twice on average, since 2ʷ < 2n.

use super::hash::{draw, key, purpose};

/// The most points: 2⁴⁰, so that a double has bits left for the place in the stratum.
pub(super) const MAX_POINTS: u64 = 1 << 40;

/// Rounds of the permutation. With five, a few of 7500 designs (256 to 65 536 points) had traces of the order in
/// the lowest bits, by χ²; with seven, none.
const ROUNDS: usize = 7;

#[derive(Clone, Debug)]
pub(super) struct Latin {
    n: u64,
    /// The bits that a number of a stratum may have.
    mask: u64,
    /// Half of these bits, rounded up, at least one.
    half: u32,
    /// Strata are divided into 2 to this power cells, in whose middles points may lie.
    cell_bits: u32,
    /// Half cells on the whole axis.
    half_cells: f64,
    axes: Vec<Axis>,
}

#[derive(Clone, Debug)]
struct Axis {
    /// An odd factor and a term for each round.
    rounds: [(u64, u64); ROUNDS],
    /// The key for places in the strata.
    place: u64,
}

impl Latin {
    /// `n` up to [`MAX_POINTS`]; none is like one.
    pub fn new(dims: usize, n: u64, seed: u64) -> Latin {
        let n = n.max(1);
        let width = u64::BITS - (n - 1).leading_zeros();
        // A half cell is at least 2⁻⁵¹: rounding, by at most 2⁻⁵⁴, leaves a coordinate in its stratum, and so does the
        // rounding of a product with n.
        let cell_bits = 50 - width;
        Latin {
            n,
            mask: (1 << width) - 1,
            half: width.div_ceil(2).max(1),
            cell_bits,
            half_cells: (n << (cell_bits + 1)) as f64,
            axes: (0..dims as u64).map(|i| Axis::new(seed, i)).collect(),
        }
    }

    pub fn point(&self, k: u64, u: &mut [f64]) {
        for (u, axis) in u.iter_mut().zip(&self.axes) {
            let place = draw(axis.place, k) >> (u64::BITS - self.cell_bits);
            let half_cell = ((self.stratum(axis, k) << self.cell_bits | place) << 1) | 1;
            // Both numbers are exact: one rounding in all.
            *u = half_cell as f64 / self.half_cells;
        }
    }

    /// The stratum of a point. It ends since the cycle through `k`, below n, comes back to `k` at the latest.
    fn stratum(&self, axis: &Axis, k: u64) -> u64 {
        let mut x = k;
        loop {
            // Product and sum carry what differs upwards, the shift brings it down again; each is a permutation.
            for (factor, term) in &axis.rounds {
                x = x.wrapping_mul(*factor).wrapping_add(*term) & self.mask;
                x ^= x >> self.half;
            }
            if x < self.n {
                return x;
            }
        }
    }
}

impl Axis {
    fn new(seed: u64, axis: u64) -> Axis {
        let strata = key(seed, &[purpose::STRATA, axis]);
        Axis {
            rounds: std::array::from_fn(|i| {
                let i = 2 * i as u64;
                (draw(strata, i) | 1, draw(strata, i + 1))
            }),
            place: key(seed, &[purpose::PLACE, axis]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strata(n: u64, seed: u64) -> Vec<u64> {
        let design = Latin::new(1, n, seed);
        (0..n).map(|k| design.stratum(&design.axes[0], k)).collect()
    }

    #[test]
    fn every_stratum_of_every_axis_has_one_point() {
        for n in (1..=40).chain([1000, 1023, 1024, 1025, 4097]) {
            let design = Latin::new(3, n, n);
            let mut found = vec![[0; 3]; n as usize];
            for k in 0..n {
                let mut u = [0.0; 3];
                design.point(k, &mut u);
                for axis in 0..3 {
                    found[(u[axis] * n as f64) as usize][axis] += 1;
                }
            }
            assert!(found.iter().all(|f| *f == [1; 3]), "{n}");
        }
    }

    #[test]
    fn so_it_is_with_as_many_as_can_be() {
        for n in [MAX_POINTS, 999_999_999_989] {
            let design = Latin::new(1, n, 5);
            let axis = &design.axes[0];
            for k in (0..1000).chain(n - 1000..n) {
                let mut u = [0.0];
                design.point(k, &mut u);
                assert_eq!((u[0] * n as f64) as u64, design.stratum(axis, k));
            }
        }
    }

    #[test]
    fn the_last_cell_of_the_last_stratum_is_below_one() {
        for n in [1, 2, 3, 1000, 999_999_999_989, MAX_POINTS] {
            let design = Latin::new(1, n, 5);
            let last = design.half_cells - 1.0;
            assert!(design.half_cells <= 2f64.powi(52));
            assert_eq!((last / design.half_cells * n as f64) as u64, n - 1);
        }
    }

    #[test]
    fn all_orders_are_about_equally_frequent() {
        for (n, orders) in [(2, 2_usize), (3, 6), (4, 24), (5, 120)] {
            let mut counts = std::collections::BTreeMap::new();
            let seeds = 100 * orders as u64;
            for seed in 0..seeds {
                *counts.entry(strata(n, seed)).or_insert(0_u32) += 1;
            }
            assert_eq!(counts.len(), orders, "{n}");
            let squares = counts.values().map(|c| (f64::from(*c) - 100.0).powi(2));
            let chi_square = squares.sum::<f64>() / 100.0;
            let freedom = orders as f64 - 1.0;
            assert!(
                chi_square < freedom + 5.0 * (2.0 * freedom).sqrt(),
                "{n}: {chi_square}"
            );
        }
    }

    #[test]
    fn neighbours_are_far_apart_as_in_a_random_order() {
        for n in [100_u64, 1000, 4096, 10_000] {
            let mut sum = 0.0;
            for seed in 0..64 {
                let order = strata(n, seed);
                let gaps = order.windows(2).map(|w| w[0].abs_diff(w[1]));
                sum += gaps.sum::<u64>() as f64 / (n - 1) as f64;
            }
            // Two different numbers below n are (n + 1)/3 apart on average.
            let ratio = sum / 64.0 / ((n + 1) as f64 / 3.0);
            assert!((ratio - 1.0).abs() < 0.05, "{n}: {ratio}");
        }
    }

    #[test]
    fn the_order_leaves_no_trace() {
        /// χ² of 16 × 16 cells that all are expected to hold as many.
        fn chi_square(pairs: impl Iterator<Item = (u64, u64)>) -> f64 {
            let mut counts = [0_u32; 256];
            for (a, b) in pairs {
                counts[(16 * a + b) as usize] += 1;
            }
            let expected = f64::from(counts.iter().sum::<u32>()) / 256.0;
            let squares = counts.iter().map(|c| (f64::from(*c) - expected).powi(2));
            squares.sum::<f64>() / expected
        }
        let (n, seeds) = (2048, 100);
        let mut sums = [0.0; 3];
        for seed in 0..seeds {
            let design = Latin::new(2, n, seed);
            let at = |axis: usize, k| design.stratum(&design.axes[axis], k);
            let found = [
                chi_square((0..n).map(|k| (k * 16 / n, at(0, k) * 16 / n))),
                chi_square((0..n).map(|k| (k % 16, at(0, k) % 16))),
                chi_square((0..n).map(|k| (at(0, k) * 16 / n, at(1, k) * 16 / n))),
            ];
            // 225 degrees of freedom: standard deviation 21.
            assert!(found.iter().all(|f| *f < 350.0), "{seed}: {found:?}");
            for (sum, found) in sums.iter_mut().zip(found) {
                *sum += found / seeds as f64;
            }
        }
        assert!(sums.iter().all(|s| (s - 225.0).abs() < 8.0), "{sums:?}");
    }
}

//! Sobol's sequence: each coordinate is a product over the field of two elements, of a matrix and the bits of the
//! point's number.
//!
//! I. M. Sobol', USSR Comput. Math. Math. Phys. 7 (1967) 86-112; the recurrence that makes the matrices from the table,
//! P. Bratley and B. L. Fox, ACM Trans. Math. Softw. 14 (1988) 88-100. Points are in the order of their numbers, not of
//! Gray codes: each run of 2ᵐ points from a multiple of 2ᵐ is the same set in both.
//!
//! Scrambled, each bit is flipped by a coin of its own for every sequence of bits before it: A. B. Owen, in Monte Carlo
//! and Quasi-Monte Carlo Methods in Scientific Computing, Springer 1995, 299-317. The coins are hashes of these bits;
//! none is shared, as in the faster hashes of whole numbers (B. Burley, J. Comput. Graph. Tech. 9(4) (2020) 1-20).

use super::hash::{key, purpose, quick_draw};
use super::joe_kuo::TABLE;
use super::random::unit;

/// The most dimensions: one that needs no table, and those of the table.
pub(super) const MAX_DIMS: usize = TABLE.len() + 1;

/// The most points.
pub(super) const MAX_POINTS: u64 = 1 << BITS;

/// The bits of a coordinate before scrambling.
const BITS: usize = 32;

#[derive(Clone, Debug)]
pub(super) struct Sobol {
    axes: Vec<Axis>,
    scrambled: bool,
}

#[derive(Clone, Debug)]
struct Axis {
    /// For each four bits of a number, the lowest first, what they add to the coordinate.
    nibbles: [[u32; 16]; BITS / 4],
    /// The key for the coins.
    key: u64,
}

impl Sobol {
    /// `dims` up to [`MAX_DIMS`]; scrambled if there is a seed.
    pub fn new(dims: usize, seed: Option<u64>) -> Sobol {
        let first = std::array::from_fn(|i| 1 << (BITS - 1 - i));
        let rest = TABLE.iter().map(|(a, m)| directions(*a, m));
        let axes = std::iter::once(first).chain(rest).take(dims).zip(0..);
        Sobol {
            axes: axes
                .map(|(directions, i)| Axis {
                    nibbles: nibbles(&directions),
                    key: seed.map_or(0, |seed| key(seed, &[purpose::SOBOL, i])),
                })
                .collect(),
            scrambled: seed.is_some(),
        }
    }

    /// `k` below [`MAX_POINTS`].
    pub fn point(&self, k: u64, u: &mut [f64]) {
        const UNIT: f64 = 1.0 / MAX_POINTS as f64;
        for (u, axis) in u.iter_mut().zip(&self.axes) {
            let x = axis.coordinate(k);
            *u = if self.scrambled {
                unit(scrambled(x, axis.key))
            } else {
                f64::from(x) * UNIT
            };
        }
    }
}

impl Axis {
    /// The bits of a coordinate, the highest is one half.
    fn coordinate(&self, k: u64) -> u32 {
        let mut left = k;
        let mut out = 0;
        for nibble in &self.nibbles {
            if left == 0 {
                break;
            }
            out ^= nibble[(left & 15) as usize];
            left >>= 4;
        }
        out
    }
}

/// The direction numbers of one axis: the coordinates of the points 1, 2, 4, …
///
/// Number i is mᵢ/2ⁱ. Of degree s, `m` has the first s; `a` has the coefficients of the polynomial but the first and
/// the last, which are 1.
fn directions(a: u32, m: &[u32]) -> [u32; BITS] {
    let degree = m.len();
    let mut out = [0; BITS];
    for (i, (v, m)) in out.iter_mut().zip(m).enumerate() {
        *v = m << (BITS - 1 - i);
    }
    for i in degree..BITS {
        let before = out[i - degree];
        out[i] = (1..degree)
            .filter(|j| a >> (degree - 1 - j) & 1 == 1)
            .fold(before ^ (before >> degree), |v, j| v ^ out[i - j]);
    }
    out
}

/// Sums of direction numbers, four by four.
fn nibbles(directions: &[u32; BITS]) -> [[u32; 16]; BITS / 4] {
    let mut out = [[0; 16]; BITS / 4];
    for (table, four) in out.iter_mut().zip(directions.chunks_exact(4)) {
        for (value, sum) in table.iter_mut().enumerate() {
            let set = four.iter().enumerate().filter(|(i, _)| value >> i & 1 == 1);
            *sum = set.fold(0, |sum, (_, v)| sum ^ v);
        }
    }
    out
}

/// The bits of a coordinate, scrambled, and 20 more: 52 in all, from the highest of the result.
fn scrambled(x: u32, key: u64) -> u64 {
    const GROUPS: usize = BITS.div_ceil(6);
    const ALL: usize = 6 * GROUPS;
    // Behind the bits of a coordinate there are zeros.
    let x = u64::from(x) << (ALL - BITS);
    let mut out = 0;
    for group in 0..GROUPS {
        // The bits before, behind a 1 that says how many they are, are a name for the coins of this group. Of its 63
        // coins, 7 are for the upper three bits, then for each value of these 7 for the lower three.
        let before = 6 * group;
        let coins = quick_draw(key, (1 << before) | (x >> (ALL - before)));
        let upper = (x >> (ALL - before - 3)) & 7;
        let lower = (x >> (ALL - before - 6)) & 7;
        let upper_flipped = FLIPPED[(coins & 127) as usize][upper as usize];
        let lower_flipped = FLIPPED[((coins >> (7 + 7 * upper)) & 127) as usize][lower as usize];
        out = (out << 6) | u64::from(upper_flipped << 3 | lower_flipped);
    }
    // All further bits are coins that were not thrown for any other point.
    let rest = quick_draw(key, (1 << ALL) | x) >> ALL;
    (out << (u64::BITS as usize - ALL)) | rest
}

/// Three bits, each flipped by the coin for the bits before it: by seven coins, then by the bits.
const FLIPPED: [[u8; 8]; 128] = {
    let mut out = [[0; 8]; 128];
    let mut coins = 0;
    while coins < 128 {
        let mut bits = 0;
        while bits < 8 {
            // As a binary tree: coin 0, then 1 or 2, then one of 3 to 6.
            let flips = [
                coins & 1,
                (coins >> (1 + (bits >> 2))) & 1,
                (coins >> (3 + (bits >> 1))) & 1,
            ];
            out[coins][bits] = (bits ^ (flips[0] << 2 | flips[1] << 1 | flips[2])) as u8;
            bits += 1;
        }
        coins += 1;
    }
    out
};

#[cfg(test)]
mod tests {
    use super::*;

    fn points<const D: usize>(design: &Sobol, n: u64) -> Vec<[f64; D]> {
        let point = |k| {
            let mut u = [f64::NAN; D];
            design.point(k, &mut u);
            u
        };
        (0..n).map(point).collect()
    }

    #[test]
    fn the_published_first_points() {
        // The example of Joe and Kuo, which goes through the points in the order of Gray codes.
        let known = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
            [0.1875, 0.3125, 0.9375],
            [0.6875, 0.8125, 0.4375],
        ];
        let points = points::<3>(&Sobol::new(3, None), 16);
        for (i, expected) in known.iter().enumerate() {
            assert_eq!(points[i ^ (i >> 1)], *expected, "{i}");
        }
    }

    #[test]
    fn points_far_out_are_those_of_another_program() {
        // SciPy 1.17, `qmc.Sobol(256, scramble=False, bits=32)`, the last but computed from its table.
        let known = [
            (3, [0xC000_0000, 0x7340_0000, 0xE4F4_0000, 0x4F00_FFFF]),
            (10, [0x4000_0000, 0x1F40_0000, 0x5B54_0000, 0x812A_D7A7]),
            (50, [0x4000_0000, 0x8E40_0000, 0xE13C_0000, 0xD300_B805]),
            (100, [0x4000_0000, 0x8040_0000, 0x1CFC_0000, 0x9D42_6C3F]),
            (200, [0xC000_0000, 0xCF40_0000, 0x97BC_0000, 0x5314_915D]),
            (256, [0x4000_0000, 0x5440_0000, 0xD184_0000, 0x0FFE_DECD]),
        ];
        let design = Sobol::new(MAX_DIMS, None);
        for (dimension, expected) in known {
            let axis = &design.axes[dimension - 1];
            let found = [2, 1000, 12_345, 0xFFFF_FFFF].map(|k| axis.coordinate(k));
            assert_eq!(found, expected, "{dimension}");
        }
    }

    /// The remainder of a polynomial over the field of two elements, a bit for each coefficient.
    fn remainder(mut p: u64, divisor: u64) -> u64 {
        while p.checked_ilog2() >= divisor.checked_ilog2() && p != 0 {
            p ^= divisor << (p.ilog2() - divisor.ilog2());
        }
        p
    }

    #[test]
    fn the_table_has_primitive_polynomials_and_odd_numbers() {
        let mut polynomials = Vec::new();
        for (a, m) in &TABLE {
            let polynomial = (1 << m.len()) | (u64::from(*a) << 1) | 1;
            polynomials.push(polynomial);
            // Primitive: powers of x are 1 after 2ˢ − 1 steps, and not before.
            let mut power = 1;
            let period = (1..=1_u64 << m.len()).find(|_| {
                power = remainder(power << 1, polynomial);
                power == 1
            });
            assert_eq!(period, Some((1 << m.len()) - 1), "{a} {m:?}");
            for (i, m) in m.iter().enumerate() {
                assert!(m % 2 == 1 && *m < 2 << i, "{a} {m:?}");
            }
        }
        // In order of degree, each once.
        assert!(polynomials.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn the_first_dimensions_have_property_a() {
        // Sobol's property A, which all of the table has: with d dimensions, one of the first 2ᵈ points in each of the
        // 2ᵈ parts that halving all axes makes. So the first bits of the direction numbers are a regular matrix.
        let axes = std::iter::once(std::array::from_fn(|i| 1 << (BITS - 1 - i)))
            .chain(TABLE.iter().map(|(a, m)| directions(*a, m)));
        let top = axes.take(32).map(|directions: [u32; BITS]| {
            let bits = directions.iter().enumerate();
            bits.fold(0_u32, |row, (i, v)| row | (v >> 31) << i)
        });
        let rows: Vec<u32> = top.collect();
        for d in 1..=32_usize {
            let mut basis: Vec<u32> = Vec::new();
            for row in &rows[..d] {
                let mut row = row & (u32::MAX >> (32 - d));
                for b in &basis {
                    row = row.min(row ^ b);
                }
                assert_ne!(row, 0, "{d}");
                basis.push(row);
            }
        }
    }

    #[test]
    fn two_dimensions_are_a_net_scrambled_or_not() {
        for seed in [None, Some(0), Some(1), Some(u64::MAX)] {
            let design = Sobol::new(2, seed);
            for m in [0, 1, 4, 9] {
                let n = 1_usize << m;
                let points = points::<2>(&design, 3 * n as u64);
                // The first points, and the next as many.
                for points in [&points[..n], &points[n..2 * n]] {
                    for i in 0..=m {
                        let (columns, rows) = (1 << i, 1 << (m - i));
                        let mut found = vec![0; n];
                        for [a, b] in points {
                            let column = (a * f64::from(columns)) as usize;
                            found[column * rows + (b * rows as f64) as usize] += 1;
                        }
                        assert!(found.iter().all(|f| *f == 1), "{seed:?}: {m} {i}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_axis_is_stratified_scrambled_or_not() {
        for seed in [None, Some(3)] {
            let mut found = vec![[0; MAX_DIMS]; 256];
            for u in points::<MAX_DIMS>(&Sobol::new(MAX_DIMS, seed), 256) {
                for (axis, u) in u.iter().enumerate() {
                    found[(u * 256.0) as usize][axis] += 1;
                }
            }
            assert!(found.iter().flatten().all(|f| *f == 1), "{seed:?}");
        }
    }

    #[test]
    fn coins_are_shared_by_what_begins_alike_and_by_nothing_else() {
        // Two arguments that agree in b bits agree in b bits afterwards and differ in the next; then there are coins.
        let x = 0x5EED_C0DE_u32;
        for b in 0..32 {
            let mut ones = [0_u32; 64];
            for seed in 0..256 {
                let key = key(seed, &[]);
                let difference = scrambled(x, key) ^ scrambled(x ^ (1 << (31 - b)), key);
                assert_eq!(difference.leading_zeros(), b);
                for (i, ones) in ones.iter_mut().enumerate() {
                    *ones += (difference >> (63 - i) & 1) as u32;
                }
            }
            // 256 coins: standard deviation 8.
            for (i, ones) in ones.iter().enumerate().take(52).skip(b as usize + 1) {
                assert!((88..=168).contains(ones), "{b} {i}: {ones}");
            }
        }
    }

    #[test]
    fn means_over_seeds_are_without_bias() {
        let mut means = [[0.0; 8]; 8];
        for seed in 0..400 {
            let points = points::<8>(&Sobol::new(8, Some(seed)), 8);
            for (mean, u) in means.iter_mut().flatten().zip(points.iter().flatten()) {
                *mean += u / 400.0;
            }
        }
        // Standard deviation 1/√(12 · 400) = 0.014.
        assert!(means.iter().flatten().all(|m| (m - 0.5).abs() < 0.07));
    }
}

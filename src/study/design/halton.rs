//! Halton's sequence: the digits of the point's number, written behind the point, in another prime base on each axis.
//!
//! J. H. Halton, Numer. Math. 2 (1960) 84-90. Scrambled, each place of the digits has a random permutation of its own,
//! also the places of the zeros in front of the number: A. B. Owen, A randomized Halton algorithm in R,
//! arXiv:1706.02808 (2017).
//!
//! Several digits are looked up at once: a chunk of digits is one of at most 1024 numbers, or one digit of a larger
//! base.

use super::hash::{below, draw, high_product, key, purpose};

/// The most dimensions. Far more than help: without scrambling, axes with large primes fill the plane in stripes.
pub(super) const MAX_DIMS: usize = 256;

/// The most points. Numerators and denominators of the coordinates are then below 2⁵³.
pub(super) const MAX_POINTS: u64 = 1 << 40;

/// Chunks of digits have at most this many values, if they are of more than one digit.
const CHUNK_VALUES: u64 = 1024;

#[derive(Clone, Debug)]
pub(super) struct Halton {
    axes: Vec<Axis>,
}

#[derive(Clone, Debug)]
struct Axis {
    /// The values that a chunk may have.
    values: u64,
    /// 2⁶⁴ divided by it, rounded up: division by multiplication, T. Granlund and P. L. Montgomery, PLDI 1994, 61-72.
    reciprocal: u64,
    /// For each chunk, the lowest digits first, what each value of it adds to the numerator.
    chunks: Vec<u64>,
    /// What all digits in front of the chunks add, and all behind the last that a double tells apart.
    tail: u64,
    denominator: f64,
}

impl Halton {
    /// `n` up to [`MAX_POINTS`], `dims` up to [`MAX_DIMS`]; scrambled if there is a seed.
    pub fn new(dims: usize, n: u64, seed: Option<u64>) -> Halton {
        let axes = primes().take(dims).zip(0..);
        Halton {
            axes: axes.map(|(base, i)| Axis::new(base, n, i, seed)).collect(),
        }
    }

    /// `k` below the number of points that the design was made for.
    pub fn point(&self, k: u64, u: &mut [f64]) {
        for (u, axis) in u.iter_mut().zip(&self.axes) {
            // From 1: the point of number 0 is the origin, which classical use leaves out.
            *u = axis.inverse(k + 1);
        }
    }
}

impl Axis {
    fn new(base: u64, n: u64, axis: u64, seed: Option<u64>) -> Axis {
        // All digits: as many as a denominator of at most 2⁵² has. What is left of 2⁵² in whole bits is `spare`.
        let digits = (1_u64 << 52).ilog(base);
        let whole = base.pow(digits);
        let spare = ((1_u64 << 52) / whole).ilog2() + 1;
        let per_chunk = CHUNK_VALUES.ilog(base).max(1);
        let values = base.pow(per_chunk);
        // With these limits: values · n < 2⁵¹, so the chunks need no more digits than there are.
        let count = n.max(1).ilog(values) + 1;

        // What each digit at each place becomes.
        let places: Vec<Vec<u64>> = (0..digits)
            .map(|place| match seed {
                Some(seed) => {
                    let place = u64::from(place);
                    permutation(base, key(seed, &[purpose::HALTON, axis, place]))
                }
                None => (0..base).collect(),
            })
            .collect();
        let mut chunks = Vec::with_capacity(count as usize * values as usize);
        let mut weight = whole << spare;
        let mut rest = places.as_slice();
        for _ in 0..count {
            let (chunk, behind) = rest.split_at(rest.len().min(per_chunk as usize));
            rest = behind;
            weight /= values;
            chunks.extend((0..values).map(|value| reversed(chunk, base, value) * weight));
        }
        let mut tail = 0;
        if let Some(seed) = seed {
            for place in rest {
                weight /= base;
                tail += place.first().copied().unwrap_or(0) * weight;
            }
            // Odd: never 0, and in the middle of the smallest cells.
            let bits = draw(key(seed, &[purpose::HALTON, axis]), 0);
            tail += below(1 << spare, bits) | 1;
        }
        Axis {
            values,
            reciprocal: u64::MAX / values + 1,
            chunks,
            tail,
            denominator: (whole << spare) as f64,
        }
    }

    /// The radical inverse of a number from 1 to n, correctly rounded: one division of exact numbers.
    fn inverse(&self, number: u64) -> f64 {
        let mut numerator = self.tail;
        let mut left = number;
        for chunk in self.chunks.chunks_exact(self.values as usize) {
            // Exact: the reciprocal is too large by less than values/2⁶⁴, and number · values < 2⁶⁴.
            let next = high_product(left, self.reciprocal);
            let value = left - next * self.values;
            numerator += chunk.get(value as usize).copied().unwrap_or(0);
            left = next;
        }
        numerator as f64 / self.denominator
    }
}

/// The number whose highest digit is the lowest of `value`, each digit as its place says.
fn reversed(places: &[Vec<u64>], base: u64, mut value: u64) -> u64 {
    let mut out = 0;
    for place in places {
        let digit = (value % base) as usize;
        out = out * base + place.get(digit).copied().unwrap_or(0);
        value /= base;
    }
    out
}

/// A random order of the numbers below `n`: R. Durstenfeld, Comm. ACM 7 (1964) 420.
fn permutation(n: u64, key: u64) -> Vec<u64> {
    let mut out: Vec<u64> = (0..n).collect();
    for i in (1..n).rev() {
        out.swap(i as usize, below(i + 1, draw(key, i)) as usize);
    }
    out
}

/// The primes, ascending.
fn primes() -> impl Iterator<Item = u64> {
    (2_u64..).filter(|n| (2..).take_while(|d| d * d <= *n).all(|d| n % d != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point<const D: usize>(design: &Halton, k: u64) -> [f64; D] {
        let mut u = [f64::NAN; D];
        design.point(k, &mut u);
        u
    }

    #[test]
    fn first_points_of_the_classical_sequence() {
        let design = Halton::new(3, 100, None);
        let known = [
            [1.0 / 2.0, 1.0 / 3.0, 1.0 / 5.0],
            [1.0 / 4.0, 2.0 / 3.0, 2.0 / 5.0],
            [3.0 / 4.0, 1.0 / 9.0, 3.0 / 5.0],
            [1.0 / 8.0, 4.0 / 9.0, 4.0 / 5.0],
            [5.0 / 8.0, 7.0 / 9.0, 1.0 / 25.0],
            [3.0 / 8.0, 2.0 / 9.0, 6.0 / 25.0],
            [7.0 / 8.0, 5.0 / 9.0, 11.0 / 25.0],
            [1.0 / 16.0, 8.0 / 9.0, 16.0 / 25.0],
            [9.0 / 16.0, 1.0 / 27.0, 21.0 / 25.0],
        ];
        for (k, expected) in known.iter().enumerate() {
            assert_eq!(point(&design, k as u64), *expected, "{k}");
        }
    }

    #[test]
    fn digit_by_digit_it_is_the_same_to_the_last_bit() {
        let design = Halton::new(MAX_DIMS, MAX_POINTS, None);
        for k in (0..50).chain([1022, 1023, 1024, 123_456_789, MAX_POINTS - 1]) {
            let u: [f64; MAX_DIMS] = point(&design, k);
            for (u, base) in u.iter().zip(primes()) {
                let (mut left, mut top, mut bottom) = (k + 1, 0, 1_u64);
                while left > 0 {
                    top = top * base + left % base;
                    bottom *= base;
                    left /= base;
                }
                assert!(bottom < 1 << 53);
                assert_eq!(*u, top as f64 / bottom as f64, "{k} in base {base}");
            }
        }
    }

    #[test]
    fn scrambled_points_are_balanced_in_each_base() {
        let design = Halton::new(100, 3000, Some(4));
        for (axis, base) in primes().take(100).enumerate() {
            let mut cells = base;
            while cells * base < 1500 {
                cells *= base;
            }
            // Wherever a stretch of that many points begins, each cell has one.
            for start in [0, 1, 777] {
                let mut found = vec![0; cells as usize];
                for k in start..start + cells {
                    let u: [f64; 100] = point(&design, k);
                    found[(u[axis] * cells as f64) as usize] += 1;
                }
                assert!(found.iter().all(|f| *f == 1), "base {base} from {start}");
            }
        }
    }

    #[test]
    fn every_place_is_scrambled_by_itself_and_to_the_end() {
        // Without a permutation of their own, the zeros in front would leave all points at the lower ends of cells.
        let mut means = [0.0; 100];
        for seed in 0..400 {
            let u: [f64; 100] = point(&Halton::new(100, 10, Some(seed)), 3);
            for (mean, (u, base)) in means.iter_mut().zip(u.iter().zip(primes())) {
                *mean += (u * base as f64).fract() / 400.0;
            }
        }
        for mean in means {
            assert!((mean - 0.5).abs() < 0.08, "{mean}");
        }
    }

    #[test]
    fn the_permutation_is_one_and_all_are_reached() {
        let mut counts = std::collections::BTreeMap::new();
        for i in 0..2400 {
            *counts.entry(permutation(4, key(i, &[]))).or_insert(0_u32) += 1;
        }
        assert_eq!(counts.len(), 24);
        assert!(counts.values().all(|c| (50..150).contains(c)), "{counts:?}");
    }
}

//! Independent uniform points, by a generator that counts: coordinate i of point k is a hash of the seed, k and i.
//!
//! Such generators, and why they suit parallel work: J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, SC 2011,
//! article 16.

use super::hash::{draw, key, purpose};

#[derive(Clone, Debug)]
pub(super) struct Random {
    /// For the number of the point.
    points: u64,
    /// For each coordinate.
    axes: Vec<u64>,
}

impl Random {
    pub fn new(dims: usize, seed: u64) -> Random {
        Random {
            points: key(seed, &[purpose::RANDOM]),
            axes: (0..dims as u64)
                .map(|i| key(seed, &[purpose::RANDOM, i]))
                .collect(),
        }
    }

    pub fn point(&self, k: u64, u: &mut [f64]) {
        // Hashed twice: after one round, two axes could be the same numbers some points apart.
        let point = draw(self.points, k);
        for (u, axis) in u.iter_mut().zip(&self.axes) {
            *u = unit(draw(point, *axis));
        }
    }
}

/// A number in (0, 1) from 64 random bits: the middle of one of 2⁵² equal cells.
pub(super) fn unit(bits: u64) -> f64 {
    const CELL: f64 = 1.0 / (1_u64 << 53) as f64;
    ((bits >> 11) | 1) as f64 * CELL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_stay_inside() {
        assert_eq!(unit(0), 2f64.powi(-53));
        assert_eq!(unit(u64::MAX), 1.0 - 2f64.powi(-53));
    }

    /// χ² of 16 × 16 cells, from pairs of coordinates.
    fn chi_square(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
        let mut counts = [0_u32; 256];
        for (a, b) in pairs {
            counts[(a * 16.0) as usize * 16 + (b * 16.0) as usize] += 1;
        }
        let expected = f64::from(counts.iter().sum::<u32>()) / 256.0;
        let squares = counts.iter().map(|c| (f64::from(*c) - expected).powi(2));
        squares.sum::<f64>() / expected
    }

    #[test]
    fn pairs_of_coordinates_are_independent() {
        let design = Random::new(4, 1);
        let at = |k: u64| {
            let mut u = [0.0; 4];
            design.point(k, &mut u);
            u
        };
        // 255 degrees of freedom: mean 255, standard deviation 23.
        let right = 150.0..380.0;
        for (a, b) in [(0, 1), (0, 2), (1, 3)] {
            let same_point = chi_square((0..16_384).map(|k| (at(k)[a], at(k)[b])));
            assert!(right.contains(&same_point), "{a} {b}: {same_point}");
        }
        for step in [1, 2, 1024] {
            let same_axis = chi_square((0..16_384).map(|k| (at(k)[2], at(k + step)[2])));
            assert!(right.contains(&same_axis), "{step}: {same_axis}");
        }
        let other = Random::new(4, 2);
        let seeds = chi_square((0..16_384).map(|k| {
            let mut u = [0.0; 4];
            other.point(k, &mut u);
            (at(k)[0], u[0])
        }));
        assert!(right.contains(&seeds), "{seeds}");
    }
}

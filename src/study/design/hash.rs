//! Random numbers by place: a hash of a seed and of what is to be drawn, instead of a stream that has an order.

/// 2⁶⁴ divided by the golden ratio, odd: its multiples are spread over all 64 bits.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A permutation of the 64-bit numbers in which every bit of the argument changes half of the result.
///
/// The last part of SplitMix64: G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014, 453-472, with the constants that
/// D. Stafford found for it.
const fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Number `i` of the random numbers that a key stands for.
pub(in crate::study) const fn draw(key: u64, i: u64) -> u64 {
    mix(i.wrapping_mul(GOLDEN).wrapping_add(key))
}

/// Like [`draw`] in half the time, but two numbers may draw the same.
///
/// One product of twice the length, its halves folded: the step of wyrand, by Wang Yi (2019), whose constant this is.
pub(super) const fn quick_draw(key: u64, i: u64) -> u64 {
    let x = i.wrapping_mul(GOLDEN).wrapping_add(key);
    let product = x as u128 * (x ^ 0xE703_7ED1_A0B4_28DB) as u128;
    (product >> 64) as u64 ^ product as u64
}

/// The key for one purpose: the seed, then what tells this purpose from all others.
pub(super) fn key(seed: u64, purpose: &[u64]) -> u64 {
    let start = draw(seed, 1);
    purpose.iter().fold(start, |key, word| draw(key, !word))
}

/// A random number below `n`, from 64 random bits. The bias is below n/2⁶⁴.
pub(super) const fn below(n: u64, bits: u64) -> u64 {
    high_product(n, bits)
}

/// The upper 64 bits of a product.
pub(super) const fn high_product(a: u64, b: u64) -> u64 {
    ((a as u128 * b as u128) >> 64) as u64
}

/// What the kinds of design draw random numbers for: the first word of a purpose.
pub(super) mod purpose {
    /// Coordinates of random points.
    pub const RANDOM: u64 = 1;
    /// The order of the strata of a Latin hypercube.
    pub const STRATA: u64 = 2;
    /// The place of a point in its stratum.
    pub const PLACE: u64 = 3;
    /// Permutations of Halton's digits.
    pub const HALTON: u64 = 4;
    /// Flips of Sobol's bits.
    pub const SOBOL: u64 = 5;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_of_splitmix64() {
        // Seed 0, as the published algorithm counts: the state moves on before the first number.
        assert_eq!(draw(0, 1), 0xE220_A839_7B1D_CDAF);
        assert_eq!(draw(0, 2), 0x6E78_9E6A_A1B9_65F4);
        assert_eq!(draw(0, 3), 0x06C4_5D18_8009_454F);
    }

    #[test]
    fn one_bit_changes_half_of_the_bits() {
        for bit in 0..64 {
            let (mut by_number, mut by_key) = (0, 0);
            for i in 0..256 {
                let a = key(7, &[i, 3]);
                by_number += (draw(a, i) ^ draw(a, i ^ (1 << bit))).count_ones();
                by_key += (key(i, &[5]) ^ key(i ^ (1 << bit), &[5])).count_ones();
            }
            // 256 × 64 coins: standard deviation 64.
            for changed in [by_number, by_key] {
                assert!(
                    (8192 - 320..8192 + 320).contains(&changed),
                    "{bit}: {changed}"
                );
            }
        }
    }

    #[test]
    fn keys_differ_by_every_word_and_by_their_order() {
        let mut keys = Vec::new();
        for seed in 0..8 {
            keys.push(key(seed, &[]));
            for a in 0..8 {
                keys.push(key(seed, &[a]));
                keys.extend((0..8).map(|b| key(seed, &[a, b])));
            }
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn below_reaches_both_ends() {
        assert_eq!(below(10, 0), 0);
        assert_eq!(below(10, u64::MAX), 9);
        assert_eq!(below(1, u64::MAX), 0);
    }
}

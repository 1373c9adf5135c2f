//! Some of the rows of a table that is too long to be drawn.

/// Takes a bounded number of the rows of a table.
///
/// Which ones depends on the numbers of rows and the seed alone, so that a table can be read in any pieces: every row is as
/// likely as any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowSample {
    seed: u64,
    /// Marks below this are taken; `None` takes all.
    limit: Option<u64>,
}

impl RowSample {
    /// `most` of `rows` rows, or all of them if they are no more.
    pub fn new(rows: u64, most: usize, seed: u64) -> RowSample {
        let limit = (rows > most as u64).then(|| {
            // Marks are spread evenly: nearly always a few more than wanted are below this.
            let share = (most as f64 + 6.0 * (most as f64).sqrt() + 6.0) / rows as f64;
            let mut bound = (share * u64::MAX as f64) as u64;
            loop {
                let below = (0..rows).map(|row| mark(row, seed)).filter(|m| *m < bound);
                let mut below: Vec<u64> = below.collect();
                if below.len() > most {
                    return *below.select_nth_unstable(most).1;
                }
                bound = bound.saturating_mul(2);
            }
        });
        RowSample { seed, limit }
    }

    /// Whether a row is taken.
    pub fn takes(&self, row: u64) -> bool {
        self.limit.is_none_or(|limit| mark(row, self.seed) < limit)
    }
}

/// A bijection that looks like chance, so that no two rows share a mark.
///
/// SplitMix64, as in the `hash` of designs: once more, because what writes results knows nothing of studies.
fn mark(row: u64, seed: u64) -> u64 {
    let mut z = row.wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_rows_as_wanted_are_taken_from_everywhere() {
        for (rows, most) in [(5000, 700), (5000, 1), (5000, 4999), (701, 700), (5000, 0)] {
            let sample = RowSample::new(rows, most, 1);
            let taken: Vec<u64> = (0..rows).filter(|row| sample.takes(*row)).collect();
            assert_eq!(taken.len(), most);
            if most == 700 && rows == 5000 {
                let late = taken.iter().filter(|row| **row >= 2500).count();
                assert!((300..400).contains(&late), "{late}");
                let other = RowSample::new(rows, most, 2);
                assert!((0..rows).any(|row| sample.takes(row) != other.takes(row)));
            }
        }
        for rows in [0, 3, 700] {
            let sample = RowSample::new(rows, 700, 1);
            assert!((0..rows).all(|row| sample.takes(row)));
        }
    }
}

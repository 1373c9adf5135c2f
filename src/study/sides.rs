//! On which side of the jumps and kinks of a run its rows are.
//!
//! Two solves of one problem put a reset at times that differ by their errors. A row between these times is before the
//! jump in one and after it in the other: their difference there is the height of the jump, not an error of the column.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::solve::problem::{Action, Problem, Solution};

/// A mark for each row: equal marks, equal sides.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sides(Vec<u64>);

impl Sides {
    /// The sides of these rows of a solution.
    pub fn new(problem: &Problem, solution: &Solution, rows: &[usize]) -> Sides {
        let slots: Vec<usize> = (problem.events.iter())
            .filter_map(|e| match e.action {
                Action::Kink { slot } => Some(slot),
                _ => None,
            })
            .collect();
        let regimes: Vec<u64> = (solution.regimes.iter())
            .map(|p| {
                let mut hasher = DefaultHasher::new();
                for slot in &slots {
                    p.get(*slot).map(|side| side.to_bits()).hash(&mut hasher);
                }
                hasher.finish()
            })
            .collect();
        let mut resets = (solution.occurrences.iter())
            .filter(|o| o.after.is_some())
            .map(|o| o.t)
            .peekable();
        let mut passed: u64 = 0;
        let mark = |row: &usize| {
            // The row at a reset holds the state after it.
            while resets.next_if(|t| *t <= solution.t[*row]).is_some() {
                passed += 1;
            }
            let regime = regimes.get(solution.regime[*row]).copied();
            regime.unwrap_or_default().wrapping_add(passed)
        };
        Sides(rows.iter().map(mark).collect())
    }

    /// True where a row of this run and one of another are on different sides, alone between rows that agree: where
    /// more than one row disagrees, the runs differ by more than the place of a jump. `[i]` belongs to `[j]`.
    pub fn parted(&self, other: &Sides, pairs: &[(usize, usize)], at: usize) -> bool {
        let agree = |k: usize| {
            pairs
                .get(k)
                .is_none_or(|(i, j)| self.0.get(*i) == other.0.get(*j))
        };
        !agree(at) && at > 0 && agree(at - 1) && agree(at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_row_alone_is_between_two_sides() {
        let pairs: Vec<(usize, usize)> = (0..6).map(|i| (i, i)).collect();
        let parted = |a: [u64; 6], b: [u64; 6]| -> Vec<usize> {
            let (a, b) = (Sides(a.to_vec()), Sides(b.to_vec()));
            (0..6).filter(|k| a.parted(&b, &pairs, *k)).collect()
        };
        // One solve resets a little before a row, the other a little after it.
        assert_eq!(parted([0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1]), [2]);
        assert_eq!(parted([0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0]), [5]);
        // One has a reset that the other has not: that is an error.
        assert!(parted([0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]).is_empty());
        assert!(parted([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]).is_empty());
    }
}

//! On which side of the jumps and kinks of a run its rows are.
//!
//! Two solves of one problem put a reset at times that differ by their errors. A row between these times is before the
//! jump in one and after it in the other: their difference there is the height of the jump, not an error of the column.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::solve::problem::{Action, Problem, Solution};

/// A reset: its event, and the how manieth of that event it is.
type Reset = (usize, usize);

/// The side of each row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sides {
    rows: Vec<Side>,
    /// All resets in order.
    resets: Vec<Reset>,
    /// How many there are of each event.
    counts: Vec<usize>,
}

/// How far back two runs may have their resets in another order.
const BACK: usize = 16;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Side {
    /// A mark of the regime: which side of each kink.
    regime: u64,
    /// Resets up to the row.
    passed: usize,
    /// A mark of which they are, whatever their order.
    mark: u64,
}

fn hash_of(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Sides {
    /// The sides of these rows of a solution.
    pub fn new(problem: &Problem, solution: &Solution, rows: &[usize]) -> Sides {
        let slots: Vec<usize> = (problem.events.iter())
            .filter_map(|e| match e.action {
                Action::Kink { slot } => Some(slot),
                _ => None,
            })
            .collect();
        let of_regime = |p: &Vec<f64>| {
            let sides = slots.iter().map(|slot| p.get(*slot).map(|x| x.to_bits()));
            hash_of(sides.collect::<Vec<_>>())
        };
        let regimes: Vec<u64> = solution.regimes.iter().map(of_regime).collect();
        let mut count = vec![0; problem.events.len()];
        let mut resets: Vec<(usize, Reset)> = Vec::new();
        for o in solution.occurrences.iter().filter(|o| o.after.is_some()) {
            resets.push((o.rows, (o.event, count[o.event])));
            count[o.event] += 1;
        }
        let (mut passed, mut mark) = (0, 0u64);
        let side = |row: &usize| {
            while let Some((_, reset)) = resets.get(passed).filter(|(before, _)| before <= row) {
                mark = mark.wrapping_add(hash_of(reset));
                passed += 1;
            }
            let regime = regimes.get(solution.regime[*row]).copied();
            Side {
                regime: regime.unwrap_or_default(),
                passed,
                mark,
            }
        };
        Sides {
            rows: rows.iter().map(side).collect(),
            resets: resets.iter().map(|(_, reset)| *reset).collect(),
            counts: count,
        }
    }

    /// True where a row of this run and one of another are on different sides of jumps that both have, and no other row
    /// is: where more than one disagrees, the runs differ by more than the place of a jump. `[i]` belongs to `[j]`.
    pub fn parted(&self, other: &Sides, pairs: &[(usize, usize)], at: usize) -> bool {
        let sides = |k: usize| {
            let (i, j) = pairs.get(k)?;
            Some((*self.rows.get(*i)?, *other.rows.get(*j)?))
        };
        let agree =
            |k: usize| sides(k).is_none_or(|(a, b)| a.regime == b.regime && a.mark == b.mark);
        if agree(at) || at == 0 {
            return false;
        }
        if agree(at - 1) && agree(at + 1) {
            return true;
        }
        // The jumps that one has behind it and the other before it.
        let disputed = |k: usize| -> BTreeSet<Reset> {
            let Some((a, b)) = sides(k).filter(|(a, b)| a.mark != b.mark) else {
                return BTreeSet::new();
            };
            let from = a.passed.min(b.passed).saturating_sub(BACK);
            let behind = |sides: &Sides, passed: usize| -> BTreeSet<Reset> {
                sides.resets[from..passed].iter().copied().collect()
            };
            let (a, b) = (behind(self, a.passed), behind(other, b.passed));
            a.symmetric_difference(&b).copied().collect()
        };
        // A jump at each row, as in a train of spikes: each row is alone with its own jumps.
        if sides(at).is_none_or(|(a, b)| a.passed.abs_diff(b.passed) > BACK) {
            return false;
        }
        let own = disputed(at);
        let has = |sides: &Sides, (event, number): &Reset| {
            sides.counts.get(*event).is_some_and(|count| number < count)
        };
        !own.is_empty()
            && own.iter().all(|r| has(self, r) && has(other, r))
            && own.is_disjoint(&disputed(at - 1))
            && own.is_disjoint(&disputed(at + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_row_alone_is_between_two_sides() {
        let pairs: Vec<(usize, usize)> = (0..6).map(|i| (i, i)).collect();
        let sides = |passed: [usize; 6]| Sides {
            rows: (passed.iter())
                .map(|p| Side {
                    regime: 0,
                    passed: *p,
                    mark: *p as u64,
                })
                .collect(),
            resets: (0..passed[5]).map(|n| (0, n)).collect(),
            counts: vec![passed[5]],
        };
        let parted = |a: [usize; 6], b: [usize; 6]| -> Vec<usize> {
            let (a, b) = (sides(a), sides(b));
            (0..6).filter(|k| a.parted(&b, &pairs, *k)).collect()
        };
        // A reset at each row, now on this side of it, now on that.
        assert_eq!(parted([0, 1, 2, 2, 4, 5], [0, 0, 2, 3, 3, 5]), [1, 3, 4]);
        // One is late by more than a row.
        assert!(parted([0, 1, 1, 1, 2, 2], [0, 0, 0, 1, 2, 2]).is_empty());
        // One solve resets a little before a row, the other a little after it.
        assert_eq!(parted([0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1]), [2]);
        assert_eq!(parted([0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0]), [5]);
        // One has a reset that the other has not: that is an error.
        assert!(parted([0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]).is_empty());
        assert!(parted([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]).is_empty());
    }
}

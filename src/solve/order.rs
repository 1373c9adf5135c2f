//! The order in which a sparse matrix is eliminated, and where its factors have entries.
//!
//! Markowitz's rule with diagonal pivots (Management Science 3 (1957) 255-269; I. S. Duff, A. M. Erisman and J. K. Reid,
//! Direct Methods for Sparse Matrices, 2nd ed., Oxford 2017, section 7.2): among the places of the diagonal that are
//! left, the one whose row and column have the smallest product of entries, and of several the one that waited longest. For symmetric
//! patterns that is minimum degree; so a chain costs time and memory in proportion to its length. What depends on
//! nothing else, and what nothing else depends on, is eliminated at no cost.

use crate::equations::Pattern;
use std::collections::BTreeSet;

/// The states in the order of their elimination, and for each step the states in whose columns the eliminated row has
/// entries in L or U, fill included, its own left out.
pub(super) fn eliminate(pattern: &Pattern, n: usize) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut active = Active::new(pattern, n);
    let mut stamps: Vec<usize> = (0..n).collect();
    let mut queue: BTreeSet<Turn> = (0..n).map(|k| active.turn(k, &stamps)).collect();
    let (mut order, mut rows) = (Vec::with_capacity(n), Vec::with_capacity(n));
    while let Some((product, _, k)) = queue.pop_first() {
        let left = queue.len();
        if product == left * left {
            // All that is left is full.
            let rest: Vec<usize> = [k].into_iter().chain(queue.iter().map(|q| q.2)).collect();
            for &k in &rest {
                let mut row = std::mem::take(&mut active.lower[k]);
                row.extend(rest.iter().filter(|other| **other != k));
                rows.push(row);
            }
            order.extend(rest);
            break;
        }
        let (row, column) = active.take(k);
        let mut touched: Vec<usize> = row.iter().chain(&column).copied().collect();
        touched.sort_unstable();
        touched.dedup();
        for &other in &touched {
            queue.remove(&active.turn(other, &stamps));
        }
        active.eliminate(k, &row, &column);
        for other in touched {
            stamps[other] = n + order.len();
            queue.insert(active.turn(other, &stamps));
        }
        let mut whole = std::mem::take(&mut active.lower[k]);
        whole.extend(row);
        order.push(k);
        rows.push(whole);
    }
    (order, rows)
}

/// The product of entries of a place, the step in which they last changed, and the place: what comes first is next.
///
/// Of equal products the one that has waited longest: a chain is then eliminated from both ends in turn, and a processor
/// works at both at once.
type Turn = (usize, usize, usize);

/// What is not yet eliminated: the entries of each row and column, ascending, the diagonal left out.
struct Active {
    rows: Vec<Vec<usize>>,
    columns: Vec<Vec<usize>>,
    /// The entries of each row that have come to stand in L.
    lower: Vec<Vec<usize>>,
}

impl Active {
    fn new(pattern: &Pattern, n: usize) -> Active {
        let mut active = Active {
            rows: vec![Vec::new(); n],
            columns: vec![Vec::new(); n],
            lower: vec![Vec::new(); n],
        };
        for column in 0..n {
            for &row in &pattern.rows[pattern.columns[column]..pattern.columns[column + 1]] {
                if row != column {
                    active.rows[row].push(column);
                    active.columns[column].push(row);
                }
            }
        }
        active
    }

    /// The key by which `k` waits for its turn.
    fn turn(&self, k: usize, stamps: &[usize]) -> Turn {
        (self.rows[k].len() * self.columns[k].len(), stamps[k], k)
    }

    /// Row and column of `k`, which has its turn.
    fn take(&mut self, k: usize) -> (Vec<usize>, Vec<usize>) {
        let row = std::mem::take(&mut self.rows[k]);
        (row, std::mem::take(&mut self.columns[k]))
    }

    /// Eliminates `k` from the rows in its column.
    fn eliminate(&mut self, k: usize, row: &[usize], column: &[usize]) {
        for &i in column {
            self.lower[i].push(k);
            change(&mut self.rows[i], k, row, i);
        }
        for &j in row {
            change(&mut self.columns[j], k, column, j);
        }
    }
}

/// Takes `out` from `list` and adds the entries of `more` except `own`; all lists ascend.
fn change(list: &mut Vec<usize>, out: usize, more: &[usize], own: usize) {
    let old = std::mem::take(list);
    let mut a = old.iter().filter(|x| **x != out).peekable();
    let mut b = more.iter().filter(|x| **x != own).peekable();
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x == y => {
                b.next();
                a.next()
            }
            (Some(x), Some(y)) if x < y => a.next(),
            (_, Some(_)) => b.next(),
            (_, None) => a.next(),
        };
        match next {
            Some(value) => list.push(*value),
            None => return,
        }
    }
}

//! Sparse LU factorisation of c I − J, planned once from the pattern of J.
//!
//! A [`Plan`] fixes the order of elimination and the places of L and U; it depends on the pattern alone. [`Factors`]
//! hold numbers: `W` matrices of one pattern at a time, side by side, entry after entry (`[f64; W]` blocks), so that
//! every operation is a plain loop over the lanes. One run has W = 1.
//!
//! There is no pivoting by size: c I − J has a good diagonal when the step is short against what couples the states,
//! and c makes it better with each rejected step. Whether it was good enough is measured for each factorisation:
//! [`Factors::factorise`] gives the growth, by which the backward error of each solution exceeds a rounding, and
//! `linear` decides what follows.

pub(super) mod complex;

use super::order::eliminate;
use crate::equations::Pattern;
use crate::lanes::Rows;
use crate::lanes::row::{add_product, map, row_by_row, zip, zip3};

/// Order of elimination and places of the entries. Rows and columns are numbered by that order.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// State eliminated at each step; `[n]`.
    order: Vec<u32>,
    /// Start of each row in `entry` and `entry_column`; `[n + 1]`.
    entry_start: Vec<u32>,
    /// Entries of the pattern, and the columns they stand in.
    entry: Vec<u32>,
    entry_column: Vec<u32>,
    /// Start of each row in `lower`; `[n + 1]`.
    lower_start: Vec<u32>,
    /// Column of each entry of L left of its diagonal, ascending in each row, and the state that it belongs to.
    lower: Vec<u32>,
    lower_state: Vec<u32>,
    /// Start of each row in `upper`; `[n + 1]`.
    upper_start: Vec<u32>,
    /// Column of each entry of U right of its diagonal, ascending in each row, and the state that it belongs to.
    upper: Vec<u32>,
    upper_state: Vec<u32>,
}

impl Plan {
    /// Plans for the pattern of J with `n` states. The pattern must be valid: rows ascending in each column, below `n`.
    pub fn new(pattern: &Pattern, n: usize) -> Plan {
        let (order, rows) = eliminate(pattern, n);
        let mut place = vec![0; n];
        for (k, &state) in order.iter().enumerate() {
            place[state] = k;
        }
        let mut plan = Plan {
            order: order.iter().map(|&state| state as u32).collect(),
            entry_start: vec![0],
            entry: Vec::new(),
            entry_column: Vec::new(),
            lower_start: vec![0],
            lower: Vec::new(),
            lower_state: Vec::new(),
            upper_start: vec![0],
            upper: Vec::new(),
            upper_state: Vec::new(),
        };
        let mut entries = vec![Vec::new(); n];
        for column in 0..n {
            for entry in pattern.columns[column]..pattern.columns[column + 1] {
                entries[place[pattern.rows[entry]]].push((place[column] as u32, entry as u32));
            }
        }
        for (k, (row, entries)) in rows.iter().zip(&mut entries).enumerate() {
            entries.sort_unstable();
            plan.entry.extend(entries.iter().map(|(_, entry)| entry));
            let columns = entries.iter().map(|(column, _)| column);
            plan.entry_column.extend(columns);
            plan.entry_start.push(plan.entry.len() as u32);
            let mut columns: Vec<u32> = row.iter().map(|&state| place[state] as u32).collect();
            columns.sort_unstable();
            let (left, right) = columns.split_at(columns.partition_point(|&c| (c as usize) < k));
            plan.lower.extend_from_slice(left);
            plan.upper.extend_from_slice(right);
            plan.lower_start.push(plan.lower.len() as u32);
            plan.upper_start.push(plan.upper.len() as u32);
        }
        let states = |columns: &[u32]| columns.iter().map(|&c| plan.order[c as usize]).collect();
        (plan.lower_state, plan.upper_state) = (states(&plan.lower), states(&plan.upper));
        plan
    }
}

impl Plan {
    /// Entries of L and U, the diagonal included.
    pub fn entries(&self) -> usize {
        self.lower.len() + self.upper.len() + self.order.len()
    }
}

/// The part of a list that belongs to row `k`.
#[inline(always)]
fn part<'a, T>(list: &'a [T], start: &[u32], k: usize) -> &'a [T] {
    &list[start[k] as usize..start[k + 1] as usize]
}

/// The factors of `W` matrices.
#[derive(Clone, Debug)]
pub(super) struct Factors<const W: usize, const FUSED: bool> {
    lower: Rows<W>,
    upper: Rows<W>,
    /// Reciprocals of the diagonal of U.
    pivot: Rows<W>,
    /// One row.
    work: Rows<W>,
    /// Σ |u_kj| s_j of each row, for the growth.
    size: Rows<W>,
}

/// `sum` + |`value`| `size`, lane by lane.
#[inline(always)]
fn add_size<const W: usize>(sum: &mut [f64; W], value: &[f64; W], size: f64) {
    *sum = zip(sum, value, |sum, v| sum + v.abs() * size);
}

/// `sum` − `a` `b`, lane by lane.
#[inline(always)]
fn subtract_product<const W: usize, const FUSED: bool>(
    sum: &mut [f64; W],
    a: &[f64; W],
    b: &[f64; W],
) {
    *sum = zip3(sum, a, b, |sum, a, b| add_product::<FUSED>(sum, -a, b));
}

impl<const W: usize, const FUSED: bool> Factors<W, FUSED> {
    /// Room for the factors.
    pub fn new(plan: &Plan) -> Self {
        let n = plan.order.len();
        Factors {
            lower: Rows::zeros(plan.lower.len()),
            upper: Rows::zeros(plan.upper.len()),
            pivot: Rows::zeros(n),
            work: Rows::zeros(n),
            size: Rows::zeros(n),
        }
    }

    /// Factorises c I − J; `jacobian` holds the entries of J in the order of the pattern, `sizes` typical sizes of the
    /// states (`[n]`).
    ///
    /// Gives the largest of (|L| |U| s)_i / (|c I − J| s)_i: the factors belong to a matrix that is wrong by a few
    /// roundings times this growth (N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002,
    /// theorem 9.3). It does not depend on the units of states or rows. Infinite or NaN where a pivot is 0 or no number.
    #[inline(always)]
    pub fn factorise(
        &mut self,
        plan: &Plan,
        jacobian: &[[f64; W]],
        c: [f64; W],
        sizes: &[f64],
    ) -> [f64; W] {
        let (lower, upper) = (&mut self.lower[..], &mut self.upper[..]);
        let (pivots, work) = (&mut self.pivot[..], &mut self.work[..]);
        let lengths = &mut self.size[..];
        let mut growth = [0.0; W];
        for k in 0..plan.order.len() {
            let before = load(work, plan, jacobian, c, sizes, k);
            let left = part(&plan.lower, &plan.lower_start, k);
            let first = plan.lower_start[k] as usize;
            let mut after = [0.0; W];
            for (at, &j) in left.iter().enumerate() {
                row_by_row::<W>();
                let j = j as usize;
                let l = zip(&work[j], &pivots[j], |l, pivot| l * pivot);
                after = zip3(&after, &l, &lengths[j], |sum, l, size| sum + l.abs() * size);
                lower[first + at] = l;
                let columns = part(&plan.upper, &plan.upper_start, j);
                let row = part(upper, &plan.upper_start, j);
                for (u, &m) in row.iter().zip(columns) {
                    row_by_row::<W>();
                    subtract_product::<W, FUSED>(&mut work[m as usize], &l, u);
                }
            }
            let mut size = [0.0; W];
            add_size(&mut size, &work[k], sizes[plan.order[k] as usize]);
            pivots[k] = map(&work[k], |diagonal| 1.0 / diagonal);
            let first = plan.upper_start[k] as usize;
            let right = part(&plan.upper, &plan.upper_start, k);
            for (u, &j) in upper[first..].iter_mut().zip(right) {
                row_by_row::<W>();
                *u = work[j as usize];
                add_size(&mut size, u, sizes[plan.order[j as usize] as usize]);
            }
            lengths[k] = size;
            let here = zip3(&after, &size, &before, |l, u, before| (l + u) / before);
            // A pivot of 0 makes its reciprocal infinite. What is no number stays.
            growth = zip3(&growth, &here, &pivots[k], |growth, here, pivot| {
                let here = here + 0.0 * pivot;
                if here > growth || here.is_nan() {
                    here
                } else {
                    growth
                }
            });
        }
        growth
    }

    /// Solves (c I − J) x = b in place; `[n]`.
    #[inline(always)]
    pub fn solve(&self, plan: &Plan, x: &mut [[f64; W]]) {
        // Straight through the entries: rows are short, and to find each one's part costs as much as the part.
        let mut entries = self.lower.iter().zip(&plan.lower_state);
        let rows = plan.order.iter().zip(plan.lower_start.windows(2));
        for (&state, bounds) in rows {
            let count = (bounds[1] - bounds[0]) as usize;
            if count == 0 {
                continue;
            }
            let mut sum = x[state as usize];
            for (l, &j) in entries.by_ref().take(count) {
                row_by_row::<W>();
                subtract_product::<W, FUSED>(&mut sum, l, &x[j as usize]);
            }
            x[state as usize] = sum;
        }
        let mut entries = self.upper.iter().zip(&plan.upper_state).rev();
        let rows = plan.order.iter().zip(plan.upper_start.windows(2));
        for ((&state, bounds), pivot) in rows.zip(&self.pivot).rev() {
            let mut sum = x[state as usize];
            for (u, &j) in entries.by_ref().take((bounds[1] - bounds[0]) as usize) {
                row_by_row::<W>();
                subtract_product::<W, FUSED>(&mut sum, u, &x[j as usize]);
            }
            x[state as usize] = zip(&sum, pivot, |sum, pivot| sum * pivot);
        }
    }
}

/// Row `k` of c I − J, written to `work` with zeros where fill will be. Gives Σ |entry| s.
#[inline(always)]
fn load<const W: usize>(
    work: &mut [[f64; W]],
    plan: &Plan,
    jacobian: &[[f64; W]],
    c: [f64; W],
    sizes: &[f64],
    k: usize,
) -> [f64; W] {
    let left = part(&plan.lower, &plan.lower_start, k);
    let right = part(&plan.upper, &plan.upper_start, k);
    for &j in left.iter().chain(right) {
        row_by_row::<W>();
        work[j as usize] = [0.0; W];
    }
    work[k] = c;
    let mut sum = [0.0; W];
    let columns = part(&plan.entry_column, &plan.entry_start, k);
    for (&entry, &j) in part(&plan.entry, &plan.entry_start, k).iter().zip(columns) {
        row_by_row::<W>();
        let (j, value) = (j as usize, &jacobian[entry as usize]);
        work[j] = zip(&work[j], value, |work, v| work - v);
        if j != k {
            add_size(&mut sum, value, sizes[plan.order[j] as usize]);
        }
    }
    add_size(&mut sum, &work[k], sizes[plan.order[k] as usize]);
    sum
}

#[cfg(test)]
mod tests;

//! Points over two axes as cells: the study's own grid, or bins where it has none.

use super::super::Reading;
use super::super::stats::{distinct, median, nearest, place, unplace};
use crate::output::chart::Axis;

/// Most columns and rows; a larger grid is binned.
const MOST: (usize, usize) = (160, 120);
/// Most columns and rows of bins for scattered points.
const MOST_BINS: usize = 64;
/// Scattered points for a bin, on average.
const LEAST: f64 = 12.0;

/// One of the two axes.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// Middles of the cells, ascending, as parts of the axis' length.
    pub centres: Vec<f64>,
    /// Borders between them, one more, from 0 to 1.
    pub edges: Vec<f64>,
    /// The values at the ends of the axis.
    pub ends: (f64, f64),
    /// Number of names, if it has names and no numbers.
    names: usize,
    /// Values that share a cell; 0 for bins.
    shared: usize,
}

/// A cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Median of the values; NaN if there are none.
    pub value: f64,
    /// Part of the points that have a value, of those that did not fail; NaN if there are none.
    pub there: f64,
}

/// The cells.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    pub x: Side,
    pub y: Side,
    /// Row after row from the lowest, each from the left.
    pub cells: Vec<Cell>,
    /// Places of failed points, as parts of the axes; one for each cell, if the cells are the study's own.
    pub failed: Vec<(f64, f64)>,
    pub n_failed: usize,
    pub n_absent: usize,
    /// The cells are the study's own grid.
    pub own: bool,
    /// How often neighbours are averaged for lines.
    passes: usize,
}

impl Grid {
    pub fn columns(&self) -> usize {
        self.x.centres.len()
    }

    pub fn rows(&self) -> usize {
        self.y.centres.len()
    }

    pub fn cell(&self, i: usize, j: usize) -> Cell {
        self.cells[j * self.columns() + i]
    }

    /// Values between the nodes of a line of equal value: those of the cells, or what is left of them without the noise
    /// that a few points in a bin have.
    pub fn smooth(&self, of: &dyn Fn(Cell) -> f64) -> Vec<f64> {
        let (columns, rows) = (self.columns(), self.rows());
        let mut values: Vec<f64> = self.cells.iter().map(|cell| of(*cell)).collect();
        for _ in 0..self.passes {
            let before = values.clone();
            for j in 0..rows {
                for i in 0..columns {
                    if !before[j * columns + i].is_finite() {
                        continue;
                    }
                    let (mut sum, mut weight) = (0.0, 0.0);
                    for (k, l) in around(i, j, columns, rows) {
                        let v = before[l * columns + k];
                        if v.is_finite() {
                            let w =
                                f64::from(1 + u8::from(k == i)) * f64::from(1 + u8::from(l == j));
                            sum += w * v;
                            weight += w;
                        }
                    }
                    values[j * columns + i] = sum / weight;
                }
            }
        }
        values
    }

    /// Nothing is there, though the points did not fail.
    pub fn is_absent(&self, i: usize, j: usize) -> bool {
        self.cell(i, j).there < 0.5
    }

    /// `None` without a point that has a place.
    pub fn new(x: &Axis, y: &Axis, points: &[(f64, f64, Reading)]) -> Option<Grid> {
        let placed: Vec<(f64, f64, Reading)> = points
            .iter()
            .map(|p| (place(x, p.0), place(y, p.1), p.2))
            .filter(|p| p.0.is_finite() && p.1.is_finite())
            .collect();
        let xs = distinct(placed.iter().map(|p| p.0));
        let ys = distinct(placed.iter().map(|p| p.1));
        if xs.is_empty() {
            return None;
        }
        // Half of the crossings is a grid with holes; less are points that lie anywhere.
        let all = xs.len().saturating_mul(ys.len());
        let regular = placed.len() >= all / 2 || placed.len() < 3;
        let own = regular && xs.len() <= MOST.0 && ys.len() <= MOST.1;
        let by_number = (placed.len() as f64 / LEAST).sqrt() as usize;
        let n_bins = by_number.clamp(4, MOST_BINS);
        let side = |axis: &Axis, values: &[f64], most: usize| {
            if regular || !axis.names.is_empty() {
                Side::of_values(axis, values).merged(values.len().div_ceil(most))
            } else {
                Side::of_bins(axis, values, n_bins.min(values.len()))
            }
        };
        let (x, y) = (side(x, &xs, MOST.0), side(y, &ys, MOST.1));
        Some(fill(x, y, (own, regular), &placed, (&xs, &ys)))
    }
}

/// A cell and those around it.
pub(super) fn around(
    i: usize,
    j: usize,
    columns: usize,
    rows: usize,
) -> impl Iterator<Item = (usize, usize)> {
    let last = (i + 1).min(columns - 1);
    let rows = j.saturating_sub(1)..=(j + 1).min(rows - 1);
    (i.saturating_sub(1)..=last).flat_map(move |i| rows.clone().map(move |j| (i, j)))
}

fn fill(
    x: Side,
    y: Side,
    (own, regular): (bool, bool),
    points: &[Placed],
    (xs, ys): (&[f64], &[f64]),
) -> Grid {
    let n = x.centres.len() * y.centres.len();
    let mut values: Vec<Vec<f64>> = vec![Vec::new(); n];
    let mut counts = vec![(0u32, 0u32); n];
    let mut grid = Grid {
        x,
        y,
        cells: Vec::new(),
        failed: Vec::new(),
        n_failed: 0,
        n_absent: 0,
        own,
        passes: if regular { 0 } else { 2 },
    };
    for (px, py, reading) in points {
        let (ux, uy) = (grid.x.part(*px, xs), grid.y.part(*py, ys));
        let i = nearest(&grid.x.centres, ux);
        let j = nearest(&grid.y.centres, uy);
        let cell = j * grid.columns() + i;
        match reading.value() {
            Some(v) => {
                values[cell].push(v);
                counts[cell].0 += 1;
            }
            None if *reading == Reading::Failed => {
                grid.n_failed += 1;
                grid.failed.push((ux, uy));
            }
            None => {
                grid.n_absent += 1;
                counts[cell].1 += 1;
            }
        }
    }
    let cells = values
        .iter_mut()
        .zip(counts)
        .map(|(values, (with, without))| Cell {
            value: if with < without {
                f64::NAN
            } else {
                median(values)
            },
            there: f64::from(with) / f64::from(with + without),
        });
    grid.cells = cells.collect();
    grid
}

/// Places on both axes, and what is there.
type Placed = (f64, f64, Reading);

impl Side {
    /// One cell for each value.
    fn of_values(axis: &Axis, values: &[f64]) -> Side {
        if !axis.names.is_empty() {
            let n = axis.names.len();
            let part = |i: f64| i / n as f64;
            return Side {
                centres: (0..n).map(|i| part(i as f64 + 0.5)).collect(),
                edges: (0..=n).map(|i| part(i as f64)).collect(),
                ends: (-0.5, n as f64 - 0.5),
                names: n,
                shared: 1,
            };
        }
        let (lo, hi) = (values[0], values[values.len() - 1]);
        if values.len() == 1 {
            let room = if lo == 0.0 || axis.log {
                0.5
            } else {
                0.1 * lo.abs()
            };
            return Side::even(axis, (lo - room, hi + room), 1);
        }
        // In parts of the range of the data, then of the axis, which is half a cell longer at both ends.
        let part = |v: f64| (v / 2.0 - lo / 2.0) / (hi / 2.0 - lo / 2.0);
        let parts: Vec<f64> = values.iter().map(|v| part(*v)).collect();
        let n = parts.len();
        let first = parts[0] - (parts[1] - parts[0]) / 2.0;
        let last = parts[n - 1] + (parts[n - 1] - parts[n - 2]) / 2.0;
        let inner = |u: f64| (u - first) / (last - first);
        let middles = parts.windows(2).map(|w| inner((w[0] + w[1]) / 2.0));
        let edges = std::iter::once(0.0).chain(middles).chain([1.0]);
        let end = |u: f64, own: f64| {
            let v = unplace(axis, lo * (1.0 - u) + hi * u);
            if v.is_finite() { v } else { unplace(axis, own) }
        };
        Side {
            centres: parts.iter().map(|u| inner(*u)).collect(),
            edges: edges.collect(),
            ends: (end(first, lo), end(last, hi)),
            names: 0,
            shared: 1,
        }
    }

    /// The same with so many neighbours in one cell.
    fn merged(self, shared: usize) -> Side {
        if shared < 2 || self.names > 0 {
            return self;
        }
        let edges = self.edges.iter().copied().step_by(shared);
        let mut edges: Vec<f64> = edges.filter(|edge| *edge < 1.0).collect();
        edges.push(1.0);
        Side {
            centres: edges.windows(2).map(|w| (w[0] + w[1]) / 2.0).collect(),
            edges,
            shared,
            ..self
        }
    }

    fn of_bins(axis: &Axis, values: &[f64], n: usize) -> Side {
        match values {
            [] | [_] => Side::of_values(axis, values),
            [lo, .., hi] => Side::even(axis, (*lo, *hi), n),
        }
    }

    fn even(axis: &Axis, (lo, hi): (f64, f64), n: usize) -> Side {
        let part = |i: f64| i / n as f64;
        Side {
            centres: (0..n).map(|i| part(i as f64 + 0.5)).collect(),
            edges: (0..=n).map(|i| part(i as f64)).collect(),
            ends: (unplace(axis, lo), unplace(axis, hi)),
            names: 0,
            shared: 0,
        }
    }

    /// Where a place is, as a part of the length of the axis; `values` are all places that there are.
    fn part(&self, place: f64, values: &[f64]) -> f64 {
        if self.names > 0 {
            return (place + 0.5) / self.names as f64;
        }
        if let Some(cell) = nearest(values, place).checked_div(self.shared) {
            return self.centres[cell.min(self.centres.len() - 1)];
        }
        let (lo, hi) = (values[0], values[values.len() - 1]);
        match hi > lo {
            true => (place / 2.0 - lo / 2.0) / (hi / 2.0 - lo / 2.0),
            false => 0.5,
        }
    }
}

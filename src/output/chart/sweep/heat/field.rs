//! What is inside the frame of a heat map.

use super::super::axes::SMALL;
use super::super::colormap::{STEPS, color, step, step_color};
use super::contour::{contour, rounded, separating};
use super::grid::{Grid, around};
use super::hatch::hatch;
use crate::output::chart::Axis;
use crate::output::chart::font::{self, Weight};
use crate::output::chart::palette::{FAINT, INK, PAPER, readable_on, tint};
use crate::output::chart::panel::Frame;
use crate::output::chart::scene::{Anchor, Shape, Sheet};
use crate::output::chart::thin::{Point, thin};
use crate::output::chart::ticks::Scale;

/// Most lines of one level; more are noise, not a shape.
const MOST_LINES: usize = 6;
/// Width of the light line along the border of where there is an outcome, in text sizes.
const HALO: f64 = 0.34;
/// Most pieces of hatching; beyond, the cells are only tinted.
const MOST_PIECES: usize = 6000;

/// A grid in pixels.
pub(super) struct Field<'a> {
    grid: &'a Grid,
    frame: Frame,
    /// Borders of columns from the left, of rows from below.
    x: Vec<f64>,
    y: Vec<f64>,
}

impl<'a> Field<'a> {
    pub fn new(grid: &'a Grid, frame: Frame) -> Field<'a> {
        Field {
            grid,
            frame,
            x: grid.x.edges.iter().map(|u| frame.x(*u)).collect(),
            y: grid.y.edges.iter().map(|u| frame.y(*u)).collect(),
        }
    }

    /// The shorter side of the smallest cell.
    pub fn smallest_cell(&self) -> f64 {
        let widths = self.x.windows(2).chain(self.y.windows(2));
        widths.map(|w| (w[1] - w[0]).abs()).fold(f64::MAX, f64::min)
    }

    /// The longer side of the largest cell.
    fn largest_cell(&self) -> f64 {
        let widths = self.x.windows(2).chain(self.y.windows(2));
        widths
            .map(|w| (w[1] - w[0]).abs())
            .fold(f64::MIN_POSITIVE, f64::max)
    }

    /// Neighbours of one colour in a row as one box.
    fn boxes(&self, class: &dyn Fn(usize, usize) -> Option<usize>, n: usize) -> Vec<Vec<[f64; 4]>> {
        let mut boxes = vec![Vec::new(); n];
        for j in 0..self.grid.rows() {
            let mut i = 0;
            while i < self.grid.columns() {
                let mut end = i + 1;
                let this = class(i, j);
                while end < self.grid.columns() && class(end, j) == this {
                    end += 1;
                }
                if let Some(list) = this.and_then(|class| boxes.get_mut(class)) {
                    list.push([self.x[i], self.y[j + 1], self.x[end], self.y[j]]);
                }
                i = end;
            }
        }
        boxes
    }

    pub fn colors(&self, sheet: &mut Sheet, z: &Scale) {
        let class = |i: usize, j: usize| {
            let at = z.at(self.grid.cell(i, j).value);
            (!at.is_nan()).then(|| step(at))
        };
        for (step, boxes) in self.boxes(&class, STEPS).into_iter().enumerate() {
            if !boxes.is_empty() {
                let color = step_color(step);
                sheet.shapes.push(Shape::Cells { boxes, color });
            }
        }
    }

    pub fn hatch(&self, sheet: &mut Sheet) {
        let absent = |i: usize, j: usize| self.grid.is_absent(i, j);
        let boxes = self.boxes(&|i, j| absent(i, j).then_some(0), 1).remove(0);
        if boxes.is_empty() {
            return;
        }
        let color = tint(FAINT, 0.08);
        sheet.shapes.push(Shape::Cells { boxes, color });
        let t = sheet.size.text;
        let lines = hatch(&self.x, &self.y, &absent, 0.55 * t);
        if lines.len() <= MOST_PIECES {
            sheet.shapes.push(Shape::Strokes {
                lines,
                color: tint(FAINT, 0.55),
                width: 0.06 * t,
            });
        }
    }

    /// The size of the grid with a copy of its outer cells at the border, so that lines reach it.
    fn padded(&self) -> (usize, usize) {
        (self.grid.columns() + 2, self.grid.rows() + 2)
    }

    /// The cell behind a node of the padded grid.
    fn behind(&self, i: usize, j: usize) -> (usize, usize) {
        let inside = |k: usize, n: usize| k.saturating_sub(1).min(n - 1);
        (inside(i, self.grid.columns()), inside(j, self.grid.rows()))
    }

    fn node(&self, i: usize, j: usize) -> Point {
        let along = |k: usize, centres: &[f64]| match k.checked_sub(1) {
            None => 0.0,
            Some(k) => centres.get(k).copied().unwrap_or(1.0),
        };
        let (x, y) = (&self.grid.x.centres, &self.grid.y.centres);
        (self.frame.x(along(i, x)), self.frame.y(along(j, y)))
    }

    /// The border between where there is an outcome and where there is none.
    pub fn boundary(&self, sheet: &mut Sheet) {
        let (columns, rows) = (self.grid.columns(), self.grid.rows());
        let known = self.grid.smooth(&|cell| cell.there);
        // A failed cell is taken for what most of its neighbours are.
        let there = |i: usize, j: usize| {
            let own = known[j * columns + i];
            if own.is_finite() {
                return own;
            }
            let around = around(i, j, columns, rows).map(|(i, j)| known[j * columns + i]);
            let around: Vec<f64> = around.filter(|v| v.is_finite()).collect();
            around.iter().sum::<f64>() / around.len() as f64
        };
        let filled: Vec<f64> = (0..rows)
            .flat_map(|j| (0..columns).map(move |i| (i, j)))
            .map(|(i, j)| there(i, j))
            .collect();
        let at = |i: usize, j: usize| {
            let (i, j) = self.behind(i, j);
            filled[j * columns + i]
        };
        let place = |i: usize, j: usize| self.node(i, j);
        // Cells that are points have an outcome or none; bins of several have a share of them.
        let t = sheet.size.text;
        let lines = match self.grid.own {
            // What of a cell is beyond the line is hidden by the line itself.
            true => {
                let nearest = 0.5 - 0.5 * HALO * t / self.largest_cell();
                separating(self.padded(), &at, &place, (0.5, nearest))
            }
            false => contour(self.padded(), &at, &place, 0.5),
        };
        let lines: Vec<Vec<Point>> = lines.iter().map(|l| thin(&rounded(&rounded(l)))).collect();
        for (width, color) in [(HALO, PAPER), (0.16, INK)] {
            for line in &lines {
                sheet.path(line.clone(), color, width * t, &[]);
            }
        }
    }

    /// Lines of equal value at the numbers of the bar, with their values; a level whose value has no room has no line.
    pub fn contours(&self, sheet: &mut Sheet, axis: &Axis, z: &Scale) {
        let t = sheet.size.text;
        let place = |v: f64| if axis.log { v.log10() } else { v };
        let columns = self.grid.columns();
        let smooth = self.grid.smooth(&|cell| z.at(cell.value));
        let of = |(i, j): (usize, usize)| smooth[j * columns + i];
        let at = |i: usize, j: usize| {
            let own = of(self.behind(i, j));
            // Outer nodes lie on the border, half a cell further than the middle of the cell behind them.
            let inward = self.behind(
                if i == 0 { 2 } else { i.min(columns.max(2) - 1) },
                if j == 0 {
                    2
                } else {
                    j.min(self.grid.rows().max(2) - 1)
                },
            );
            let next = of(inward);
            let outer = i == 0 || j == 0 || i > columns || j > self.grid.rows();
            match outer && next.is_finite() {
                true => own + 0.5 * (own - next),
                false => own,
            }
        };
        let mut levels = Vec::new();
        for tick in z
            .ticks
            .iter()
            .filter(|tick| tick.at > 0.005 && tick.at < 0.995)
        {
            let lines = contour(self.padded(), &at, &|i, j| self.node(i, j), tick.at);
            let mut lines: Vec<Vec<Point>> =
                lines.into_iter().filter(|l| length(l) > 2.0 * t).collect();
            if lines.len() > MOST_LINES || !place(z.value(tick.at)).is_finite() {
                // Where one level is noise, the others would be too.
                return;
            }
            lines.sort_by(|a, b| length(b).total_cmp(&length(a)));
            levels.push((tick, lines));
        }
        let mut labels: Vec<[f64; 4]> = Vec::new();
        for k in 0..levels.len() {
            let (tick, lines) = &levels[k];
            let size = 0.85 * SMALL * t;
            let ink = readable_on(color(tick.at));
            let half = (
                font::width(&tick.label, size, Weight::Regular) / 2.0 + 0.25 * t,
                0.62 * size,
            );
            let others = levels.iter().enumerate().filter(|(l, _)| *l != k);
            let others: Vec<&Vec<Point>> = others.flat_map(|(_, level)| &level.1).collect();
            let spots = lines.iter();
            let mut spots = spots.filter_map(|line| self.spot(line, half, &others, &labels));
            // A line without its value says nothing.
            let Some(at) = spots.next() else { continue };
            let gap = [at.0 - half.0, at.1 - half.1, at.0 + half.0, at.1 + half.1];
            for line in lines {
                for piece in outside(line, gap) {
                    sheet.path(thin(&piece), ink, 0.07 * t, &[]);
                }
            }
            let baseline = at.1 + font::CAPITAL / 2.0 * size;
            sheet.text((at.0, baseline), &tick.label, size, ink, Anchor::Middle);
            labels.push(gap);
        }
    }

    /// A place on a line for a label of this half width and height: away from the border, other lines and labels.
    fn spot(
        &self,
        line: &[Point],
        half: (f64, f64),
        others: &[&Vec<Point>],
        labels: &[[f64; 4]],
    ) -> Option<Point> {
        let n = line.len();
        // From the middle outwards.
        let order = (0..n).map(|k| {
            if k % 2 == 0 {
                n / 2 + k / 2
            } else {
                n / 2 - k.div_ceil(2)
            }
        });
        let candidates = order.filter_map(|k| line.get(k).copied());
        let clear = |at: &Point| {
            let own = [at.0 - half.0, at.1 - half.1, at.0 + half.0, at.1 + half.1];
            let frame = self.frame;
            let inside = own[0] > frame.left && own[2] < frame.right;
            let inside = inside && own[1] > frame.top && own[3] < frame.bottom;
            let hit = |p: &Point| p.0 > own[0] && p.0 < own[2] && p.1 > own[1] && p.1 < own[3];
            let apart =
                |b: &[f64; 4]| b[2] < own[0] || own[2] < b[0] || b[3] < own[1] || own[3] < b[1];
            inside
                && labels.iter().all(apart)
                && !others.iter().any(|line| line.iter().any(hit))
                && self.covered(own, &|i, j| self.grid.cell(i, j).value.is_finite())
        };
        candidates.step_by(n.div_ceil(60).max(1)).find(clear)
    }

    /// Whether all cells under a box are of a kind.
    fn covered(
        &self,
        [left, top, right, bottom]: [f64; 4],
        of: &dyn Fn(usize, usize) -> bool,
    ) -> bool {
        let column = |x: f64| self.x.partition_point(|b| *b <= x).saturating_sub(1);
        let row = |y: f64| self.y.partition_point(|b| *b >= y).saturating_sub(1);
        let columns = column(left)..=column(right).min(self.grid.columns() - 1);
        let rows = row(bottom)..=row(top).min(self.grid.rows() - 1);
        columns.into_iter().all(|i| rows.clone().all(|j| of(i, j)))
    }

    /// The middle of a box of that size inside the region without an outcome, as far from its border as there is.
    pub fn room_for(&self, width: f64, height: f64) -> Option<Point> {
        let frame = self.frame;
        let absent = |i: usize, j: usize| self.grid.is_absent(i, j);
        let fits = |at: Point, grow: f64| {
            let (w, h) = (width / 2.0 + grow, height / 2.0 + grow);
            let own = [at.0 - w, at.1 - h, at.0 + w, at.1 + h];
            let inside = own[0] > frame.left && own[2] < frame.right;
            inside && own[1] > frame.top && own[3] < frame.bottom && self.covered(own, &absent)
        };
        // Places on a grid of the frame, not of the cells: those may be larger than the name.
        const N: usize = 40;
        let part = |k: usize| (k as f64 + 0.5) / N as f64;
        let places = (0..N).flat_map(|j| (0..N).map(move |i| (i, j)));
        let places = places.map(|(i, j)| (frame.x(part(i)), frame.y(part(j))));
        // From the middle outwards: of equally good places the first stays.
        let mut places: Vec<Point> = places.collect();
        let centre = (frame.x(0.5), frame.y(0.5));
        let away = |p: &Point| (p.0 - centre.0).hypot(p.1 - centre.1);
        places.sort_by(|a, b| away(a).total_cmp(&away(b)));
        let mut best: Option<Point> = None;
        let mut air = 0.15 * height;
        for at in places {
            while fits(at, air) {
                best = Some(at);
                air += 0.25 * height;
            }
        }
        best
    }
}

fn length(line: &[Point]) -> f64 {
    let steps = line
        .windows(2)
        .map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1));
    steps.sum()
}

/// The pieces of a line outside a box.
fn outside(line: &[Point], [left, top, right, bottom]: [f64; 4]) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
    // In steps of a pixel: segments may be longer than the box.
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let n = ((b.0 - a.0).hypot(b.1 - a.1)).ceil().clamp(1.0, 5000.0) as usize;
        for k in 0..=n {
            let s = k as f64 / n as f64;
            let p = (a.0 + s * (b.0 - a.0), a.1 + s * (b.1 - a.1));
            let inside = p.0 > left && p.0 < right && p.1 > top && p.1 < bottom;
            match pieces.last_mut() {
                Some(piece) if !inside => piece.push(p),
                Some(piece) if !piece.is_empty() => pieces.push(Vec::new()),
                _ => {}
            }
        }
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

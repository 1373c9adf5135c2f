//! An outcome over two axes, in colours; hatched where there is none.

mod contour;
mod field;
mod grid;
mod hatch;

use std::collections::BTreeSet;

use super::super::font::{self, Weight, wrap};
use super::super::layout::{MARGIN, head, snap, thin_line};
use super::super::palette::{FAILED, INK, PAPER, Rgb, SOFT};
use super::super::panel::Frame;
use super::super::scene::{Anchor, Scene, Shape, Sheet};
use super::super::ticks::Scale;
use super::super::under::crosses;
use super::super::{Axis, Size};
use super::Reading;
use super::axes::{self, SMALL, cut, level, range_of, upright, widest};
use super::colormap::{STEPS, step_color};
use super::stats::count;
use field::Field;
use grid::Grid;

/// An outcome over two axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatMap {
    /// The message, or what is shown.
    pub title: String,
    /// Conditions, smaller; may be empty.
    pub subtitle: String,
    /// From left to right.
    pub x: Axis,
    /// From below to above.
    pub y: Axis,
    /// The outcome, in colours.
    pub z: Axis,
    /// The points: x, y, and what is there. A grid is drawn cell by cell, scattered points in bins.
    pub points: Vec<(f64, f64, Reading)>,
    /// What there is where the outcome is not, e.g. "no lysis".
    pub absent: String,
    /// Lines of equal value, with their values.
    pub contours: bool,
    /// For those who can't see it; if empty, one is written from the data.
    pub description: String,
}

/// Columns and rows below which lines of equal value would show the grid more than the outcome.
const LEAST_FOR_LINES: usize = 6;

impl HeatMap {
    /// Lays it out.
    pub fn layout(&self, size: Size) -> Scene {
        let shapes = Vec::new();
        let mut sheet = Sheet { size, shapes };
        let top = head(&mut sheet, &self.title, &self.subtitle);
        self.draw(&mut sheet, top);
        Scene {
            width: size.width,
            height: size.height,
            shapes: sheet.shapes,
        }
    }

    fn draw(&self, sheet: &mut Sheet, top: f64) {
        let size = sheet.size;
        let t = size.text;
        let grid = Grid::new(&self.x, &self.y, &self.points);
        let values = grid.iter().flat_map(|g| &g.cells).map(|c| c.value);
        // Names of the outcome and the upright axis share a row if they can.
        let margin = MARGIN * t;
        let wide = |text: &str| font::width(text, t, Weight::Regular);
        let (y_name, z_name) = (self.y.text(), self.z.text());
        let two = wide(&y_name) + wide(&z_name) + 2.0 * t > size.width - 2.0 * margin;
        let n_rows = if two { 2.0 } else { 1.0 };
        let frame_top = snap(top + (0.2 + 1.3 * n_rows + 0.4) * t);
        let remark_rows = if self.remark(grid.as_ref(), false).is_empty() {
            0.0
        } else {
            1.3
        };
        let bottom = size.height - (0.5 + 1.3 + 1.3 + remark_rows) * t - 0.8 * margin;
        let bottom = snap(bottom.max(frame_top + 2.0 * t));
        let y = grid
            .as_ref()
            .and_then(|grid| upright(&self.y, grid.y.ends, size, bottom - frame_top));
        let z = range_of(&self.z, values, 0.0);
        let z = z.and_then(|ends| upright(&self.z, ends, size, bottom - frame_top));
        let bar_room = match z.is_some() {
            true => 1.0 * t + BAR * t + 0.5 * t + widest(z.as_ref(), t),
            false => 0.0,
        };
        let left = (margin + widest(y.as_ref(), t) + 0.55 * t).min(0.4 * size.width);
        let right = (size.width - margin - bar_room).max(left + 4.0 * t);
        let frame = Frame {
            left: snap(left),
            right: snap(right),
            top: frame_top,
            bottom,
        };
        let room = size.width - 2.0 * margin;
        let y_base = frame.top - 0.85 * t;
        let z_base = y_base - (n_rows - 1.0) * 1.3 * t;
        let z_at = (size.width - margin, z_base);
        sheet.text(
            z_at,
            &cut(&z_name, room, t, Weight::Regular),
            t,
            INK,
            Anchor::End,
        );
        let y_at = (margin, y_base);
        sheet.text(
            y_at,
            &cut(&y_name, room, t, Weight::Regular),
            t,
            INK,
            Anchor::Start,
        );
        axes::name_below(sheet, frame, &self.x.text(), frame.bottom + 2.75 * t);

        let Some(grid) = grid else {
            axes::border(sheet, frame);
            axes::nothing(sheet, frame, "no data");
            return;
        };
        let inside = self.field(sheet, &grid, frame, z.as_ref());
        axes::border(sheet, frame);
        if let Some(x) = level(&self.x, grid.x.ends, size, frame.right - frame.left, 7) {
            axes::below(sheet, frame, &x, (0.2 * t, size.width - 0.2 * t));
        }
        if let Some(y) = &y {
            axes::left(sheet, frame, y, true);
        }
        if let Some(z) = &z {
            bar(sheet, frame, z);
        }
        let mut words = self.remark(Some(&grid), inside);
        let mut x = margin;
        let baseline = frame.bottom + 4.05 * t;
        for (text, color) in words.drain(..) {
            let text = cut(&text, size.width - margin - x, SMALL * t, Weight::Regular);
            sheet.text((x, baseline), &text, SMALL * t, color, Anchor::Start);
            x += font::width(&text, SMALL * t, Weight::Regular) + 1.5 * t;
            if x > size.width - 4.0 * margin {
                break;
            }
        }
    }

    /// Everything inside the frame. True if the region without the outcome carries its name.
    fn field(&self, sheet: &mut Sheet, grid: &Grid, frame: Frame, z: Option<&Scale>) -> bool {
        let t = sheet.size.text;
        let field = Field::new(grid, frame);
        if let Some(z) = z {
            field.colors(sheet, z);
        }
        field.hatch(sheet);
        field.boundary(sheet);
        if self.contours
            && grid.columns().min(grid.rows()) >= LEAST_FOR_LINES
            && let Some(z) = z
        {
            field.contours(sheet, &self.z, z);
        }
        // One cross for all that would touch it, away from the border.
        let cell = field.smallest_cell();
        let radius = if grid.own { 0.35 * cell } else { 0.24 * t };
        let radius = radius.clamp(0.12 * t, 0.24 * t);
        // Cells that have room for one have one each.
        let all = grid.own && cell >= 2.2 * radius;
        let apart = if all { 1e-3 } else { 2.6 * radius };
        let mut taken = BTreeSet::new();
        let mut failed = Vec::new();
        for (x, y) in &grid.failed {
            let inside = |v: f64, lo: f64, hi: f64| v.min(hi - radius).max(lo + radius);
            let at = (
                inside(frame.x(*x), frame.left, frame.right),
                inside(frame.y(*y), frame.top, frame.bottom),
            );
            let place = ((at.0 / apart) as i64, (at.1 / apart) as i64);
            let around = (-1..=1).flat_map(|i| (-1..=1).map(move |j| (i, j)));
            let mut around = around.map(|(i, j)| (place.0 + i, place.1 + j));
            let free = all || around.all(|near| near == place || !taken.contains(&near));
            if free && taken.insert(place) {
                failed.push(at);
            }
        }
        crosses(sheet, &failed, radius);
        if z.is_none() && grid.n_absent + grid.n_failed == 0 {
            axes::nothing(sheet, frame, "no point has a value");
        }
        self.name_of_absence(sheet, &field)
    }

    fn why(&self) -> &str {
        match self.absent.as_str() {
            "" => "no value",
            own => own,
        }
    }

    /// The name inside the hatched region, if it has room for it.
    fn name_of_absence(&self, sheet: &mut Sheet, field: &Field) -> bool {
        let t = sheet.size.text;
        let lines = wrap(self.why(), 12.0 * t, t, Weight::Bold, 2);
        let widths = lines.iter().map(|l| font::width(l, t, Weight::Bold));
        let width = widths.fold(0.0, f64::max) + 0.8 * t;
        let height = (1.25 * lines.len() as f64 + 0.5) * t;
        let Some(at) = field.room_for(width, height) else {
            return false;
        };
        let boxes = vec![[
            at.0 - width / 2.0,
            at.1 - height / 2.0,
            at.0 + width / 2.0,
            at.1 + height / 2.0,
        ]];
        sheet.shapes.push(Shape::Cells {
            boxes,
            color: PAPER,
        });
        for (i, line) in lines.iter().enumerate() {
            let middle = at.1 + (i as f64 - (lines.len() - 1) as f64 / 2.0) * 1.25 * t;
            let place = (at.0, middle + font::CAPITAL / 2.0 * t);
            sheet.words(place, line, t, SOFT, Anchor::Middle, Weight::Bold);
        }
        true
    }

    /// What stands below the map: how many points failed, and what the hatching means unless it says so itself.
    fn remark(&self, grid: Option<&Grid>, named: bool) -> Vec<(String, Rgb)> {
        let Some(grid) = grid else {
            return Vec::new();
        };
        let mut words = Vec::new();
        if grid.n_absent > 0 && !named {
            let (why, n) = (self.why(), grid.n_absent);
            let cells = grid.cells.iter().filter(|c| c.there < 0.5).count();
            words.push((
                match cells {
                    0 => format!("{why}: {}", count(n)),
                    _ => format!("hatched: {why} ({})", count(n)),
                },
                SOFT,
            ));
        }
        if grid.n_failed > 0 {
            words.push((format!("× failed: {}", count(grid.n_failed)), FAILED));
        }
        words
    }
}

/// Width of the bar of colours, in text sizes.
const BAR: f64 = 0.9;

/// The colours with their numbers.
fn bar(sheet: &mut Sheet, map: Frame, z: &Scale) {
    let t = sheet.size.text;
    let left = snap(map.right + t);
    let frame = Frame {
        left,
        right: left + BAR * t,
        ..map
    };
    for step in 0..STEPS {
        let part = |i: usize| frame.y(i as f64 / STEPS as f64);
        sheet.shapes.push(Shape::Cells {
            boxes: vec![[frame.left, part(step + 1), frame.right, part(step)]],
            color: step_color(step),
        });
    }
    axes::border(sheet, frame);
    let width = thin_line(sheet.size);
    for at in &z.minor {
        let at = snap(frame.y(*at));
        let end = frame.right + 0.16 * t;
        sheet.line((frame.right, at), (end, at), SOFT, 0.8 * width, &[]);
    }
    for tick in &z.ticks {
        let at = snap(frame.y(tick.at));
        let end = frame.right + 0.3 * t;
        sheet.line((frame.right, at), (end, at), SOFT, width, &[]);
        let place = (frame.right + 0.5 * t, at + font::CAPITAL / 2.0 * SMALL * t);
        sheet.text(place, &tick.label, SMALL * t, SOFT, Anchor::Start);
    }
}

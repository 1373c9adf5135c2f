//! Outcomes over several axes, each in a small panel: medians and bands over all that the other axes do.

use super::super::font::{self, Weight, wrap};
use super::super::layout::{MARGIN, head};
use super::super::palette::{self, FAINT, GRID, INK};
use super::super::panel::Frame;
use super::super::scene::{Anchor, Scene, Shape, Sheet};
use super::super::thin::{pieces, thin};
use super::super::ticks::Scale;
use super::super::under::{Under, remark};
use super::super::{Axis, Markers, Size};
use super::ResponsePanel;
use super::axes::{self, cut, level, range_of, upright, widest};
use super::lattice::{Around, Lattice};

/// Outcomes over axes: a row for each outcome, a column for each axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profiles {
    /// The message, or what is shown.
    pub title: String,
    /// Conditions, smaller; may be empty.
    pub subtitle: String,
    /// From left to right.
    pub axes: Vec<Axis>,
    /// From top to bottom.
    pub rows: Vec<ProfileRow>,
    /// For those who can't see it; if empty, one is written from the data.
    pub description: String,
}

/// One outcome over all axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileRow {
    /// The outcome.
    pub y: Axis,
    /// One for each axis, as [`ResponsePanel::bands`] makes them.
    pub panels: Vec<ResponsePanel>,
}

impl Profiles {
    /// Lays it out.
    pub fn layout(&self, size: Size) -> Scene {
        let mut sheet = Sheet {
            size,
            shapes: Vec::new(),
        };
        let top = head(&mut sheet, &self.title, &self.subtitle);
        if self.rows.is_empty() || self.axes.is_empty() {
            let at = (size.width / 2.0, (top + size.height) / 2.0);
            sheet.text(at, "nothing to draw", size.text, FAINT, Anchor::Middle);
        } else {
            self.draw(&mut sheet, top);
        }
        Scene {
            width: size.width,
            height: size.height,
            shapes: sheet.shapes,
        }
    }

    fn draw(&self, sheet: &mut Sheet, top: f64) {
        let (columns, rows) = (self.axes.len(), self.rows.len());
        let margin = MARGIN * sheet.size.text;
        let size = Size {
            text: sheet.size.text * if columns > 3 { 0.8 } else { 0.9 },
            ..sheet.size
        };
        sheet.size = size;
        let t = size.text;
        let mut around = Around {
            margin,
            top,
            header: 2.1 * t,
            left: 4.0 * t,
            right: 0.4 * t,
            foot: 3.1 * t,
            between: 1.1 * t,
        };
        let high = Lattice::new((columns, rows), size, around).height() - 0.6 * t;
        let ups: Vec<Option<Scale>> = (self.rows.iter())
            .map(|row| {
                let ends = range_of(&row.y, row.values(), 0.05)?;
                upright(&row.y, ends, size, high)
            })
            .collect();
        let numbers = ups.iter().map(|up| widest(up.as_ref(), t));
        around.left = (numbers.fold(0.0, f64::max) + 0.55 * t).min(0.3 * size.width);
        // Long names take two lines.
        let names = |room: f64| -> Vec<Vec<String>> {
            let axes = self.axes.iter();
            axes.map(|axis| wrap(&axis.text(), room, t, Weight::Regular, 2))
                .collect()
        };
        let room = |lattice: Lattice| lattice.width() + 0.6 * t;
        let first = names(room(Lattice::new((columns, rows), size, around)));
        if first.iter().any(|lines| lines.len() > 1) {
            around.foot += 1.2 * t;
        }
        let lattice = Lattice::new((columns, rows), size, around);
        let names = names(room(lattice));
        let mut dense = vec![false; rows];
        let mut free_from = 0.2 * t;
        for (i, axis) in self.axes.iter().enumerate() {
            let x = self.rows.iter().filter_map(|row| row.panels.get(i));
            let x = x.flat_map(|panel| panel.places());
            let ends = range_of(axis, x, 0.02);
            let scale = ends.and_then(|e| level(axis, e, size, lattice.width(), 5));
            for (j, row) in self.rows.iter().enumerate() {
                let frame = lattice.frame(i, j);
                let empty = ResponsePanel::default();
                let panel = row.panels.get(i).unwrap_or(&empty);
                let scales = (scale.as_ref(), ups[j].as_ref());
                dense[j] |= plot(sheet, frame, panel, scales, i == 0);
            }
            let frame = lattice.frame(i, rows - 1);
            if let Some(scale) = &scale {
                let to = frame.right + 1.2 * t;
                let ends = (free_from, to.min(size.width - 0.2 * t));
                free_from = axes::below(sheet, frame, scale, ends) + 0.6 * t;
            }
            for (k, line) in names[i].iter().enumerate() {
                let y = frame.bottom + (2.8 + 1.2 * k as f64) * t;
                let at = ((frame.left + frame.right) / 2.0, y);
                sheet.text(at, line, t, INK, Anchor::Middle);
            }
        }
        for (j, row) in self.rows.iter().enumerate() {
            let frame = lattice.frame(0, j);
            let at = (margin, frame.top - 0.75 * t);
            let counts = row.panels.iter().map(|p| (p.failed.len(), p.absent.len()));
            let (failed, absent) = counts.max().unwrap_or((0, 0));
            let words = remark(failed, absent, row.why(), dense[j]);
            let mut right = size.width - margin;
            for (text, color) in words.into_iter().rev() {
                let text = cut(&text, 0.5 * size.width, 0.92 * t, Weight::Regular);
                let wide = font::width(&text, 0.92 * t, Weight::Regular);
                if right - wide < 0.3 * size.width {
                    break;
                }
                sheet.text((right, at.1), &text, 0.92 * t, color, Anchor::End);
                right -= wide + t;
            }
            let name = cut(&row.y.text(), right - at.0 - t, t, Weight::Regular);
            sheet.text(at, &name, t, INK, Anchor::Start);
        }
    }
}

impl ProfileRow {
    /// All that its vertical axis must hold.
    fn values(&self) -> impl Iterator<Item = f64> {
        self.panels.iter().flat_map(|panel| {
            let points = panel.series.iter().flat_map(|s| &s.points).map(|p| p.1);
            let bands = panel.bands.iter().flat_map(|b| &b.points);
            points.chain(bands.flat_map(|p| [p.1, p.2]))
        })
    }

    fn why(&self) -> &str {
        let mut words = self.panels.iter().map(|p| p.why.as_str());
        words.find(|w| !w.is_empty()).unwrap_or_default()
    }
}

impl ResponsePanel {
    /// All that its horizontal axis must hold.
    fn places(&self) -> impl Iterator<Item = f64> {
        let points = self.series.iter().flat_map(|s| &s.points).map(|p| p.0);
        let gaps = self.failed.iter().chain(&self.absent).copied();
        points.chain(gaps)
    }
}

/// Draws one panel. True if its gaps are so many that they are short lines.
fn plot(
    sheet: &mut Sheet,
    frame: Frame,
    panel: &ResponsePanel,
    (x, y): (Option<&Scale>, Option<&Scale>),
    first: bool,
) -> bool {
    let t = sheet.size.text;
    let under = Under {
        bands: panel.bands.clone(),
        failed: panel.failed.clone(),
        absent: panel.absent.clone(),
        why: String::new(),
    };
    for tick in y.iter().flat_map(|y| &y.ticks) {
        let at = frame.y(tick.at);
        sheet.line((frame.left, at), (frame.right, at), GRID, 0.06 * t, &[]);
    }
    let (Some(x), Some(y)) = (x, y) else {
        axes::corner(sheet, frame);
        axes::nothing(sheet, frame, "no data");
        return under.gaps(sheet, frame, x);
    };
    under.bands(sheet, frame, (x, y));
    for (i, series) in panel.series.iter().enumerate() {
        let places = series.points.iter();
        let places = places.map(|p| (frame.x(x.at(p.0)), frame.y(y.at(p.1))));
        let color = palette::color(i).line;
        for piece in pieces(places) {
            if series.markers == Markers::Each || piece.len() == 1 {
                let (at, radius) = (piece.clone(), 0.22 * t);
                sheet.shapes.push(Shape::Dots { at, radius, color });
            }
            if piece.len() > 1 {
                sheet.path(thin(&piece), color, 0.14 * t, palette::dash(i));
            }
        }
    }
    axes::corner(sheet, frame);
    if first {
        axes::left(sheet, frame, y, true);
    }
    under.gaps(sheet, frame, Some(x))
}

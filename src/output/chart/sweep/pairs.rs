//! Parts of the variance that belong to pairs of factors, as a matrix.

use super::super::Size;
use super::super::font::{self, CAPITAL, Weight};
use super::super::layout::{MARGIN, head, snap};
use super::super::palette::{self, FAINT, INK, PAPER, readable_on, tint};
use super::super::scene::{Anchor, Scene, Shape, Sheet};
use super::Whisker;
use super::axes::{NOTE, cut, fits, heading, squeeze};

/// Most factors of a matrix.
const MOST: usize = 10;
/// What rounds to less than 0.01 is shown as 0.
const NOTHING: f64 = 0.005;
/// Height of a row, in text sizes.
const ROW: f64 = 1.7;

/// Second-order indices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairMatrix {
    /// The message, or what is shown.
    pub title: String,
    /// Conditions, smaller; may be empty.
    pub subtitle: String,
    /// Names of the factors.
    pub factors: Vec<String>,
    /// One for each outcome.
    pub panels: Vec<PairPanel>,
    /// For those who can't see it; if empty, one is written from the data.
    pub description: String,
}

/// The pairs of one outcome.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairPanel {
    /// The outcome.
    pub outcome: String,
    /// Behind it, smaller, e.g. how many points have no value; may be empty.
    pub note: String,
    /// Numbers of two factors, and their index.
    pub pairs: Vec<(usize, usize, Option<Whisker>)>,
}

impl PairMatrix {
    pub(in super::super) fn lines(&self, size: Size) -> f64 {
        let columns = self.columns(size);
        let rows = self.panels.len().div_ceil(columns);
        let lift = self.lift(self.wide(columns, size), size);
        5.0 + rows as f64 * (2.6 + lift + ROW * self.factors.len().min(MOST) as f64)
    }

    /// Room for remarks below the names of the panels, if there is none behind them, in text sizes.
    fn lift(&self, room: f64, size: Size) -> f64 {
        let mut all = self.panels.iter();
        let fits = |p: &PairPanel| fits(&p.outcome, &p.note, room, size);
        if all.all(fits) { 0.0 } else { NOTE }
    }

    /// Room for a matrix, with so many side by side.
    fn wide(&self, columns: usize, size: Size) -> f64 {
        (size.width - 2.0 * MARGIN * size.text) / columns as f64 - 1.2 * size.text
    }

    /// Matrices side by side.
    fn columns(&self, size: Size) -> usize {
        // Each name stands on the diagonal; the longest may be cut.
        let end = |(i, name): (usize, &String)| {
            let wide = font::width(name, 0.95, Weight::Regular);
            2.6 * i as f64 + 0.3 + wide.min(12.0)
        };
        let names = self.factors.iter().take(MOST).enumerate();
        let wide = names.map(end).fold(0.0, f64::max) + 1.4;
        let most = ((size.width / size.text - 2.0 * MARGIN) / wide).max(1.0) as usize;
        self.panels.len().clamp(1, most.min(3))
    }

    /// Lays it out.
    pub fn layout(&self, size: Size) -> Scene {
        let mut sheet = Sheet {
            size,
            shapes: Vec::new(),
        };
        let top = head(&mut sheet, &self.title, &self.subtitle);
        if self.panels.is_empty() || self.factors.len() < 2 {
            let at = (size.width / 2.0, (top + size.height) / 2.0);
            sheet.text(at, "no pairs of factors", size.text, FAINT, Anchor::Middle);
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
        let size = sheet.size;
        let (t, margin) = (size.text, MARGIN * size.text);
        let columns = self.columns(size);
        let rows = self.panels.len().div_ceil(columns);
        let wide = self.wide(columns, size);
        let high = (size.height - top - 2.2 * t - 0.6 * margin) / rows as f64;
        for (k, panel) in self.panels.iter().enumerate() {
            let left = margin + (k % columns) as f64 * (wide + 1.2 * t);
            let above = top + (k / columns) as f64 * high;
            self.matrix(sheet, panel, (left, above), (wide, high));
        }
        let mut words = "bold: the interval does not reach 0".to_string();
        if self.factors.len() > MOST {
            words += &format!("; the first {MOST} of {} factors", self.factors.len());
        }
        let words = cut(&words, size.width - 2.0 * margin, 0.92 * t, Weight::Regular);
        let at = (margin, size.height - 0.9 * margin);
        sheet.text(at, &words, 0.92 * t, palette::SOFT, Anchor::Start);
    }

    fn matrix(&self, sheet: &mut Sheet, panel: &PairPanel, at: (f64, f64), room: (f64, f64)) {
        let t = sheet.size.text;
        let n = self.factors.len().min(MOST);
        let lift = self.lift(room.0, sheet.size) * t;
        let at = (at.0, at.1 + lift);
        let room = (room.0, room.1 - lift);
        let place = (at.0, at.1 + 1.1 * t);
        heading(
            sheet,
            place,
            room.0,
            (&panel.outcome, &panel.note),
            lift > 0.0,
        );
        // The name of a factor stands on the diagonal: right of its row, above its column.
        let last = font::width(&self.factors[n - 1], 0.95 * t, Weight::Regular);
        let side = ((room.0 - last.min(0.4 * room.0)) / n as f64).clamp(1.4 * t, 3.8 * t);
        let height = ((room.1 - 2.2 * t) / n as f64).clamp(1.1 * t, 2.6 * t);
        let top = at.1 + 1.7 * t;
        let usable = |p: &&(usize, usize, Option<Whisker>)| p.0 != p.1 && p.0 < n && p.1 < n;
        let values = panel.pairs.iter().filter(usable).filter_map(|p| p.2);
        let most = values.map(|w| w.value).filter(|v| v.is_finite());
        let most = most.fold(0.01, f64::max);
        for (a, b, index) in panel.pairs.iter().filter(usable) {
            let (column, row) = ((*a).min(*b) as f64, (*a).max(*b) as f64);
            let (x, y) = (at.0 + column * side, top + row * height);
            let own = [snap(x), snap(y), snap(x + side), snap(y + height)];
            let index = index.filter(|w| w.value.is_finite());
            let strength = index.map_or(0.0, |w| (w.value / most).clamp(0.0, 1.0));
            let color = tint(palette::color(0).line, 0.06 + 0.94 * strength);
            let boxes = vec![own];
            sheet.shapes.push(Shape::Cells { boxes, color });
            // What is shown as nothing need not stand out.
            let sure = index
                .filter(|w| w.value.abs() >= NOTHING)
                .and_then(|w| w.ends);
            let sure = sure.is_some_and(|e| e.0 > 0.0 || e.1 < 0.0);
            let weight = if sure { Weight::Bold } else { Weight::Regular };
            let text = match index {
                None => "–".to_string(),
                Some(w) if w.value.abs() < NOTHING => "0".to_string(),
                Some(w) => format!("{:.2}", w.value).replace('-', "−"),
            };
            let small = (0.62 * height).min(0.92 * t).min(side / 2.7);
            let place = (
                (own[0] + own[2]) / 2.0,
                (own[1] + own[3]) / 2.0 + CAPITAL / 2.0 * small,
            );
            sheet.words(
                place,
                &text,
                small,
                readable_on(color),
                Anchor::Middle,
                weight,
            );
        }
        // Lines of paper between the cells.
        let mut lines = Vec::new();
        for k in 1..n {
            let (x, y) = (snap(at.0 + k as f64 * side), snap(top + k as f64 * height));
            lines.push(((x, top), (x, top + n as f64 * height)));
            lines.push(((at.0, y), (at.0 + n as f64 * side, y)));
        }
        sheet.shapes.push(Shape::Strokes {
            lines,
            color: PAPER,
            width: 0.09 * t,
        });
        for (i, name) in self.factors.iter().take(n).enumerate() {
            let x = at.0 + i as f64 * side + 0.3 * t;
            let name = squeeze(name, at.0 + room.0 - x, 0.95 * t, Weight::Regular);
            let y = top + (i as f64 + 0.5) * height + CAPITAL / 2.0 * 0.95 * t;
            sheet.text((x, y), &name, 0.95 * t, INK, Anchor::Start);
        }
    }
}

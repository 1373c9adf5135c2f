//! What single changes do to an outcome: bars to both sides, the longest above.

use super::super::font::{self, CAPITAL, Weight};
use super::super::layout::{MARGIN, head, snap, thin_line};
use super::super::palette::{self, FAINT, GRID, SOFT, Stroke};
use super::super::panel::Frame;
use super::super::scene::{Anchor, Scene, Shape, Sheet};
use super::super::ticks::{Scale, short};
use super::super::{Axis, Size};
use super::axes::{self, RowNames, SMALL, cut, level};

/// Most bars; the shortest are left out, and counted.
const MOST: usize = 20;
/// Height of a row, in text sizes.
const ROW: f64 = 2.0;

/// What single changes do to an outcome.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tornado {
    /// The message, or what is shown.
    pub title: String,
    /// Conditions, smaller; may be empty.
    pub subtitle: String,
    /// The outcome, or its change.
    pub x: Axis,
    /// Where the bars begin: the outcome without any change, or 0.
    pub base: f64,
    /// What the two changes are, e.g. "−10 %" and "+10 %"; one of them may be empty.
    pub names: (String, String),
    /// In any order.
    pub swings: Vec<Swing>,
    /// For those who can't see it; if empty, one is written from the data.
    pub description: String,
}

/// What changing one factor does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Swing {
    /// The factor.
    pub name: String,
    /// The outcome after the first of the two changes.
    pub lower: Option<f64>,
    /// After the second.
    pub higher: Option<f64>,
}

impl Tornado {
    /// The longest first; those without a value at the end.
    pub(super) fn sorted(&self) -> Vec<&Swing> {
        let reach = |s: &Swing| {
            let ends = [s.lower, s.higher].into_iter().flatten();
            let ends = ends
                .filter(|v| drawable(*v))
                .map(|v| (v / 2.0 - self.base / 2.0).abs());
            ends.fold(-1.0, f64::max)
        };
        let mut swings: Vec<&Swing> = self.swings.iter().collect();
        swings.sort_by(|a, b| reach(b).total_cmp(&reach(a)));
        swings
    }

    pub(in super::super) fn lines(&self) -> f64 {
        10.0 + ROW * self.swings.len().min(MOST) as f64
    }

    /// Lays it out.
    pub fn layout(&self, size: Size) -> Scene {
        let mut sheet = Sheet {
            size,
            shapes: Vec::new(),
        };
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
        let (t, margin) = (size.text, MARGIN * size.text);
        let sorted = self.sorted();
        let shown = &sorted[..sorted.len().min(MOST)];
        let names = shown.iter().map(|s| &s.name);
        let names = RowNames::new(names, 0.3 * size.width, t);
        let left = margin + names.width() + 0.8 * t;
        let bottom = size.height - 2.85 * t - 0.8 * margin;
        let (lower, higher) = &self.names;
        let named = !lower.is_empty() || !higher.is_empty();
        let frame_top = top + if named { 1.5 } else { 0.6 } * t;
        let frame = Frame {
            left: snap(left),
            right: snap(size.width - margin - 0.4 * t),
            top: snap(frame_top),
            bottom: snap(bottom.max(frame_top + 2.0 * t)),
        };
        let mut name = self.x.text();
        match sorted.len() - shown.len() {
            0 => {}
            1 => name += "; 1 shorter bar not shown",
            n => name += &format!("; {n} shorter bars not shown"),
        }
        axes::name_below(sheet, frame, &name, frame.bottom + 2.75 * t);
        let axis = Axis {
            log: false,
            ..self.x.clone()
        };
        let x = self.ends(shown, frame, t);
        let x = x.and_then(|e| level(&axis, e, size, frame.right - frame.left, 7));
        let (Some(x), false) = (x, shown.is_empty()) else {
            axes::corner(sheet, frame);
            axes::nothing(sheet, frame, "no data");
            return;
        };
        for tick in &x.ticks {
            let at = snap(frame.x(tick.at));
            sheet.line(
                (at, frame.top),
                (at, frame.bottom),
                GRID,
                thin_line(size),
                &[],
            );
        }
        axes::below(sheet, frame, &x, (0.2 * t, size.width - 0.2 * t));
        let height = (frame.bottom - frame.top) / shown.len() as f64;
        for (i, swing) in shown.iter().enumerate() {
            let middle = frame.top + (i as f64 + 0.5) * height;
            names.draw(sheet, frame, i, middle);
            self.bars(sheet, frame, &x, swing, (middle, height));
        }
        let at = snap(frame.x(x.at(self.base)));
        sheet.line((at, frame.top), (at, frame.bottom), SOFT, 0.09 * t, &[]);
        self.sides(sheet, frame, &x, shown[0]);
    }

    /// The ends of the axis: all bars, with room for the numbers beside them.
    fn ends(&self, shown: &[&Swing], frame: Frame, t: f64) -> Option<(f64, f64)> {
        let values = shown.iter().flat_map(|s| [s.lower, s.higher]).flatten();
        let values = values.chain([self.base]).filter(|v| drawable(*v));
        let (lo, hi) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| {
            (lo.min(v), hi.max(v))
        });
        if lo > hi {
            return None;
        }
        // No axis resolves what is next to nothing.
        let (lo, hi) = if hi / 2.0 - lo / 2.0 < 1e-280 {
            let size = lo.abs().max(hi.abs());
            let room = if size < 1e-280 { 1.0 } else { 0.1 * size };
            (lo - room, hi + room)
        } else {
            (lo, hi)
        };
        let labels = shown
            .iter()
            .flat_map(|s| [s.lower, s.higher])
            .flatten()
            .filter(|v| drawable(*v));
        let labels = labels.map(|v| font::width(&self.label(v), SMALL * t, Weight::Regular));
        let room = labels.fold(0.0, f64::max) + 0.8 * t;
        let wide = frame.right - frame.left;
        let part = room / (wide - 2.0 * room).max(0.2 * wide);
        let span = hi / 2.0 - lo / 2.0;
        let below = if lo < self.base { part } else { 0.04 };
        let above = if hi > self.base { part } else { 0.04 };
        let ends = (lo - 2.0 * below * span, hi + 2.0 * above * span);
        Some(if ends.0.is_finite() && ends.1.is_finite() {
            ends
        } else {
            (lo, hi)
        })
    }

    fn label(&self, v: f64) -> String {
        match v > 0.0 && self.base == 0.0 {
            true => format!("+{}", short(v)),
            false => short(v),
        }
    }

    fn bars(&self, sheet: &mut Sheet, frame: Frame, x: &Scale, swing: &Swing, row: (f64, f64)) {
        let t = sheet.size.text;
        let usable = |v: Option<f64>| v.filter(|v| drawable(*v));
        let (lower, higher) = (usable(swing.lower), usable(swing.higher));
        let (middle, height) = row;
        // Both to the same side: one above the other.
        let one_side = |a: f64, b: f64| (a > self.base) == (b > self.base);
        let split = matches!((lower, higher), (Some(a), Some(b)) if one_side(a, b));
        let half = (0.36 * height).min(if split { 0.9 } else { 0.62 } * t);
        let base = frame.x(x.at(self.base));
        for (value, color, first) in [(lower, LOWER, true), (higher, HIGHER, false)] {
            let Some(value) = value else { continue };
            let (from, to) = match (split, first) {
                (false, _) => (middle - half, middle + half),
                (true, true) => (middle - half, middle),
                (true, false) => (middle, middle + half),
            };
            let end = frame.x(x.at(value));
            sheet.shapes.push(Shape::Cells {
                boxes: vec![[base.min(end), from, base.max(end), to]],
                color: palette::color(color).line,
            });
            let right = value > self.base || (value == self.base && !first);
            let size = if split { 0.8 * SMALL } else { SMALL } * t;
            let (at, anchor) = match right {
                true => (end + 0.35 * t, Anchor::Start),
                false => (end - 0.35 * t, Anchor::End),
            };
            let y = (from + to) / 2.0 + CAPITAL / 2.0 * size;
            let text = self.label(value);
            sheet.text((at, y), &text, size, palette::color(color).text, anchor);
        }
        if lower.is_none() && higher.is_none() {
            let at = (base + 0.5 * t, middle + CAPITAL / 2.0 * SMALL * t);
            sheet.text(at, "no value", SMALL * t, FAINT, Anchor::Start);
        }
    }

    /// What the two changes are, above the longest bar, each on its side.
    fn sides(&self, sheet: &mut Sheet, frame: Frame, x: &Scale, longest: &Swing) {
        let t = sheet.size.text;
        let base = frame.x(x.at(self.base));
        let side = |v: Option<f64>, otherwise: bool| v.map_or(otherwise, |v| v > self.base);
        let lower = (
            &self.names.0,
            palette::color(LOWER),
            side(longest.lower, false),
        );
        let higher = (
            &self.names.1,
            palette::color(HIGHER),
            side(longest.higher, true),
        );
        let mut ends = (base - 0.5 * t, base + 0.5 * t);
        let parts: [(&String, Stroke, bool); 2] = [lower, higher];
        for (text, color, right) in parts {
            if text.is_empty() {
                continue;
            }
            let (size, weight) = (0.95 * t, Weight::Bold);
            let width = font::width(text, size, weight);
            let y = frame.top - 0.45 * t;
            // Where there is no room on the bar's side, the colour says it alone; where there is none at all, it is cut.
            let rooms = (ends.0 - 0.5 * t, sheet.size.width - 0.5 * t - ends.1);
            let (own, other) = if right { (rooms.1, rooms.0) } else { rooms };
            let right = right == (width <= own || width > other);
            let room = if right { rooms.1 } else { rooms.0 };
            if room < 2.0 * t {
                continue;
            }
            let text = &cut(text, room, size, weight);
            let width = font::width(text, size, weight);
            if right {
                sheet.words((ends.1, y), text, size, color.text, Anchor::Start, weight);
                ends.1 += width + t;
            } else {
                sheet.words((ends.0, y), text, size, color.text, Anchor::End, weight);
                ends.0 -= width + t;
            }
        }
    }
}

/// Numbers near the end of what a number can be are no outcome.
pub(super) fn drawable(v: f64) -> bool {
    v.abs() < 1e300
}

/// Colours of the two changes: far apart in lightness too.
const LOWER: usize = 5;
const HIGHER: usize = 0;

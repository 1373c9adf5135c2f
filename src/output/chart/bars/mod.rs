//! Bars from zero: parts of something side by side, or stacked.

mod place;

use super::font::{self, Weight, wrap};
use super::horizontal::{NAME_LINE, NAME_LINES, name_lines, name_of, name_size, shared};
use super::layout::{LINE, MARGIN, NAME_LIFT, head, range, snap};
use super::numbers::{alike, digits};
use super::palette::{self, FAINT, INK, PAPER, SOFT, readable_on, tint};
use super::panel::{Frame, axes};
use super::scene::{Anchor, Scene, Shape, Sheet};
use super::thin::Point;
use super::ticks::Scale;
use super::{Axis, Size, Threshold};
use place::{Bar, Beside, bars};

/// A bar, or a stack of them, for each of several things.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    /// The message, as a sentence; wrapped if long.
    pub title: String,
    /// Conditions and source, smaller; may be empty.
    pub subtitle: String,
    /// What the bars measure. Bars begin at zero: the axis is never logarithmic.
    pub y: Axis,
    /// What there is a bar for, from left to right.
    pub groups: Vec<String>,
    /// The parts of each.
    pub parts: Vec<Part>,
    /// Parts stand on each other, those below zero hang from it; otherwise they are side by side.
    pub stacked: bool,
    /// Horizontal lines with a name.
    pub thresholds: Vec<Threshold>,
    /// What the bars show, for those who can't see them; if empty, one is written from the data.
    pub description: String,
}

/// A part of each group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// Its name.
    pub label: String,
    /// One for each group, in the unit of the axis; not finite where there is none.
    pub values: Vec<f64>,
}

/// Digits of the number at a bar.
const DIGITS: usize = 3;
/// Size of these numbers, in text sizes.
const NUMBER: f64 = 0.85;
/// How small they get before they have a digit less, and the smallest that can be read, in text sizes.
const SMALLER: f64 = 0.78;
const SMALLEST: f64 = 0.68;
/// Between the numbers of neighbours, in text sizes: less, and they are read as one.
const APART: f64 = 0.45;

/// How a part is filled: kinds that stay apart in grey.
#[derive(Clone, Copy, PartialEq)]
enum Fill {
    Full,
    Pale,
    Hatched,
}

/// The plot, its axis, and the names at its right.
struct Room {
    frame: Frame,
    y: Scale,
    beside: Vec<Beside>,
}

impl Bars {
    fn fill(&self, part: usize) -> Fill {
        let kinds: &[Fill] = match self.stacked {
            // Numbers stand in them.
            true => &[Fill::Full, Fill::Pale],
            false => &[Fill::Full, Fill::Pale, Fill::Hatched],
        };
        kinds[part % kinds.len()]
    }

    fn axis(&self) -> Axis {
        Axis {
            log: false,
            names: Vec::new(),
            decades: None,
            ..self.y.clone()
        }
    }

    /// The scale, with zero in it, and room for the numbers at the ends of bars.
    fn scale(&self, all: &[Bar], (t, height): (f64, f64)) -> Option<Scale> {
        let ends = all.iter().flat_map(|bar| [bar.from, bar.to]);
        let (mut lo, mut hi) = range(ends, false)?;
        let reach = 1.5 * (hi - lo);
        for level in self.thresholds.iter().map(|t| t.value) {
            if level >= lo - reach && level <= hi + reach {
                (lo, hi) = (lo.min(level), hi.max(level));
            }
        }
        let (lo, hi) = (self.y.limits.0.unwrap_or(lo), self.y.limits.1.unwrap_or(hi));
        let wanted = (height / (2.6 * t)).clamp(3.0, 6.0) as usize;
        let scale = Scale::new(&self.axis(), Some((lo, hi)), wanted)?;
        let room = (1.3 * NUMBER * t / height).min(0.2);
        let near = |end: f64| {
            let at = |bar: &Bar| scale.at(bar.to);
            let touches = |at: f64| (at - end).abs() < room;
            all.iter().any(|bar| bar.from != bar.to && touches(at(bar)))
        };
        let part = |end: f64| if near(end) { room } else { 0.0 };
        let (below, above) = (part(0.0), part(1.0));
        let exact = self.y.range.is_some();
        let scale = if exact {
            scale
        } else {
            scale.with_room(below, above)
        };
        Some(scale.spaced(1.15 * t / height))
    }

    /// Rows of the key above the plot: only bars side by side have one.
    fn key(&self, size: Size) -> Vec<Vec<(usize, String)>> {
        let mut rows: Vec<Vec<(usize, String)>> = Vec::new();
        if self.stacked || self.parts.len() < 2 {
            return rows;
        }
        let t = size.text;
        let room = size.width - 2.0 * MARGIN * t;
        let mut used = f64::INFINITY;
        for (i, part) in self.parts.iter().enumerate() {
            let name = wrap(&part.label, 0.8 * room, 0.95 * t, Weight::Bold, 1);
            let name = name.into_iter().next().unwrap_or_default();
            let width = font::width(&name, 0.95 * t, Weight::Bold) + KEY * t;
            if used + width > room {
                rows.push(Vec::new());
                used = 0.0;
            }
            used += width;
            if let Some(row) = rows.last_mut() {
                row.push((i, name));
            }
        }
        rows
    }

    /// The least height in text sizes.
    pub(super) fn lines(&self, size: Size) -> f64 {
        let names = name_lines(&self.groups, 0.6 * size.width, size);
        16.0 + LINE * self.key(size).len() as f64 + NAME_LINE * names.saturating_sub(1) as f64
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
        let t = size.text;
        let all = bars(self);
        if all.is_empty() {
            let at = (size.width / 2.0, (top + size.height) / 2.0);
            sheet.text(at, "no data", t, FAINT, Anchor::Middle);
            return;
        }
        let key = self.key(size);
        let above = top + (2.0 + LINE * key.len() as f64) * t;
        // How many lines the names below take is known when the width of the plot is.
        let Some(Room { frame, .. }) = self.room(&all, size, (above, NAME_LINES)) else {
            return;
        };
        let names = name_lines(&self.groups, frame.right - frame.left, size);
        let Some(Room { frame, y, beside }) = self.room(&all, size, (above, names)) else {
            return;
        };
        self.key_row(sheet, &key, top);
        let name = wrap(&self.y.text(), size.width - 2.2 * t, t, Weight::Regular, 1);
        if let Some(name) = name.first() {
            let at = (1.1 * t, frame.top - NAME_LIFT * t);
            sheet.text(at, name, t, INK, Anchor::Start);
        }
        axes(sheet, frame, None, Some(&y));
        for bar in &all {
            self.bar(sheet, bar, frame, &y);
        }
        self.levels(sheet, frame, &y);
        let zero = y.at(0.0);
        if (0.0..=1.0).contains(&zero) {
            let at = snap(frame.y(zero));
            sheet.line((frame.left, at), (frame.right, at), INK, 0.09 * t, &[]);
        }
        self.numbers(sheet, &all, frame, &y);
        self.names(sheet, frame);
        place::draw_beside(sheet, &beside, frame);
    }

    /// The plot below `above`, with so many lines of names below it; `None` without a vertical axis.
    fn room(&self, all: &[Bar], size: Size, (above, names): (f64, usize)) -> Option<Room> {
        let t = size.text;
        let foot = (0.5 + LINE + NAME_LINE * names.saturating_sub(1) as f64 + 0.8 * MARGIN) * t;
        let (top, bottom) = (snap(above), snap(size.height - foot));
        let bottom = bottom.max(top + 2.0 * t);
        let y = self.scale(all, (t, bottom - top))?;
        let numbers = y
            .ticks
            .iter()
            .map(|tick| font::width(&tick.label, 0.92 * t, Weight::Regular));
        let numbers = numbers.fold(0.0, f64::max);
        let beside = place::beside(self, all, &y, size);
        let widest = beside.iter().map(|b| b.width(0.95 * t)).fold(0.0, f64::max);
        let left = (MARGIN + 0.55) * t + numbers;
        let margin = match widest > 0.0 {
            true => 2.6 * t + widest,
            false => 1.6 * t,
        };
        let right = size.width - margin;
        let frame = Frame {
            left: snap(left.min(0.4 * size.width)),
            right: snap(right.max(0.6 * size.width)),
            top,
            bottom,
        };
        Some(Room { frame, y, beside })
    }

    /// Left and right end of a bar in pixels.
    fn sides(&self, bar: &Bar, frame: Frame) -> (f64, f64) {
        let n = self.groups.len().max(1) as f64;
        let at = |part: f64| frame.x((bar.group as f64 + part) / n);
        (at(bar.left), at(bar.right))
    }

    /// Left, top, right and bottom of a bar in pixels: what the axis shows of it.
    fn body(&self, bar: &Bar, frame: Frame, y: &Scale) -> [f64; 4] {
        let (left, right) = self.sides(bar, frame);
        let at = |v: f64| frame.y(y.at(v).clamp(0.0, 1.0));
        let (a, b) = (at(bar.from), at(bar.to));
        [left, a.min(b), right, a.max(b)]
    }

    fn bar(&self, sheet: &mut Sheet, bar: &Bar, frame: Frame, y: &Scale) {
        let body = self.body(bar, frame, y);
        if body[3] - body[1] > 0.0 {
            self.filled(sheet, body, bar.part);
        }
    }

    /// A rectangle filled as a part is.
    fn filled(&self, sheet: &mut Sheet, body: [f64; 4], part: usize) {
        let t = sheet.size.text;
        let [left, top, right, bottom] = body;
        let color = palette::color(part).line;
        let fill = self.fill(part);
        sheet.shapes.push(Shape::Area {
            points: vec![(left, top), (right, top), (right, bottom), (left, bottom)],
            color: match fill {
                Fill::Full => color,
                Fill::Pale => tint(color, 0.35),
                Fill::Hatched => tint(color, 0.1),
            },
        });
        let width = 0.09 * t;
        if fill == Fill::Hatched {
            sheet.shapes.push(Shape::Strokes {
                lines: hatch(body, 0.5 * t),
                color,
                width,
            });
        }
        let inset = width / 2.0;
        if fill != Fill::Full && right - left > 3.0 * width {
            let (left, right) = (left + inset, right - inset);
            let (top, bottom) = (top + inset, (bottom - inset).max(top + inset));
            let corners = vec![
                (left, top),
                (right, top),
                (right, bottom),
                (left, bottom),
                (left, top),
            ];
            sheet.path(corners, color, width, &[]);
        } else if self.stacked {
            // A line of paper between neighbours.
            let line = vec![(left, top), (right, top)];
            sheet.path(line, PAPER, 0.6 * width, &[]);
        }
    }

    fn key_row(&self, sheet: &mut Sheet, key: &[Vec<(usize, String)>], top: f64) {
        let t = sheet.size.text;
        for (i, row) in key.iter().enumerate() {
            let y = top + (0.9 + LINE * i as f64) * t;
            let mut x = MARGIN * t;
            for (part, name) in row {
                let body = [x, y - 0.72 * t, x + 1.1 * t, y + 0.08 * t];
                self.filled(sheet, body, *part);
                let at = (x + 1.5 * t, y);
                let color = palette::color(*part).text;
                sheet.words(at, name, 0.95 * t, color, Anchor::Start, Weight::Bold);
                x += font::width(name, 0.95 * t, Weight::Bold) + KEY * t;
            }
        }
    }

    fn levels(&self, sheet: &mut Sheet, frame: Frame, y: &Scale) {
        let t = sheet.size.text;
        for level in &self.thresholds {
            let at = y.at(level.value);
            if (0.0..=1.0).contains(&at) {
                let (from, to) = ((frame.left, frame.y(at)), (frame.right, frame.y(at)));
                sheet.line(from, to, FAINT, 0.08 * t, &[5.0, 3.5]);
            }
        }
    }

    /// The numbers: beyond the ends of bars side by side, inside those that are stacked, and their sums beyond them.
    fn numbers(&self, sheet: &mut Sheet, all: &[Bar], frame: Frame, y: &Scale) {
        let t = sheet.size.text;
        let room = |bar: &Bar| {
            let (left, right) = self.sides(bar, frame);
            // Those side by side may reach into the gap to the next.
            match self.stacked {
                true => right - left - 0.1 * t,
                false => 1.12 * (right - left) - APART * t,
            }
        };
        // One size for all: the largest that fits, or none.
        let values: Vec<f64> = all.iter().map(|bar| bar.value).collect();
        let fitting = |(most, least): (usize, f64)| {
            let texts = alike(&values, most);
            let widest = all
                .iter()
                .zip(&texts)
                .map(|(bar, text)| font::width(text, 1.0, Weight::Regular) / room(bar).max(1e-9));
            let size = (1.0 / widest.fold(1e-9, f64::max)).min(NUMBER * t);
            (size >= least * t).then_some((texts, size))
        };
        let choices = [(DIGITS, SMALLER), (DIGITS - 1, SMALLEST)];
        if let Some((texts, size)) = choices.into_iter().find_map(fitting) {
            for (bar, text) in all.iter().zip(&texts) {
                let body = self.body(bar, frame, y);
                let middle = (body[0] + body[2]) / 2.0;
                let at = y.at(bar.to);
                if !(-1e-9..=1.0 + 1e-9).contains(&at) {
                    continue;
                }
                if self.stacked {
                    if body[3] - body[1] < 1.25 * size {
                        continue;
                    }
                    let color = match self.fill(bar.part) {
                        Fill::Full => palette::color(bar.part).line,
                        _ => tint(palette::color(bar.part).line, 0.35),
                    };
                    let baseline = (body[1] + body[3]) / 2.0 + 0.5 * font::CAPITAL * size;
                    let ink = readable_on(color);
                    sheet.text((middle, baseline), text, size, ink, Anchor::Middle);
                } else {
                    self.number(sheet, (middle, at), bar.value < 0.0, frame, (text, size));
                }
            }
        }
        if self.stacked && self.parts.len() > 1 {
            self.sums(sheet, all, frame, y);
        }
    }

    /// A number beyond the end of a bar.
    fn number(
        &self,
        sheet: &mut Sheet,
        (x, at): Point,
        down: bool,
        frame: Frame,
        (text, size): (&str, f64),
    ) {
        let end = frame.y(at);
        let baseline = match down {
            true => end + (0.25 + font::CAPITAL) * size,
            false => end - 0.3 * size,
        };
        // At exact ends of the axis there is no room beyond.
        let (highest, lowest) = (frame.top - 0.2 * size, frame.bottom + 0.2 * size);
        if baseline - font::CAPITAL * size >= highest && baseline <= lowest {
            // No line of the grid goes through it.
            let half = font::width(text, size, Weight::Regular) / 2.0;
            let above = baseline - (font::CAPITAL + 0.1) * size;
            sheet.shapes.push(Shape::Cells {
                boxes: vec![[x - half, above, x + half, baseline + 0.1 * size]],
                color: PAPER,
            });
            sheet.text((x, baseline), text, size, INK, Anchor::Middle);
        }
    }

    /// The sum of each stack, where all of it is on one side of zero.
    fn sums(&self, sheet: &mut Sheet, all: &[Bar], frame: Frame, y: &Scale) {
        let size = NUMBER * sheet.size.text;
        let n = self.groups.len().max(1) as f64;
        for group in 0..self.groups.len() {
            let own: Vec<&Bar> = all.iter().filter(|bar| bar.group == group).collect();
            let (Some(first), true) = (own.first(), own.len() > 1) else {
                continue;
            };
            let down = first.value < 0.0;
            if own.iter().any(|bar| (bar.value < 0.0) != down) {
                continue;
            }
            let sum: f64 = own.iter().map(|bar| bar.value).sum();
            let text = digits(sum, DIGITS);
            let at = y.at(sum);
            let wide = font::width(&text, size, Weight::Regular) > (frame.right - frame.left) / n;
            if (-1e-9..=1.0 + 1e-9).contains(&at) && !wide {
                let x = frame.x((group as f64 + 0.5) / n);
                self.number(sheet, (x, at), down, frame, (&text, size));
            }
        }
    }

    /// The names of the groups below the plot.
    fn names(&self, sheet: &mut Sheet, frame: Frame) {
        let t = sheet.size.text;
        let n = self.groups.len().max(1) as f64;
        let step = (frame.right - frame.left) / n;
        let size = name_size(&self.groups, step, t);
        for name in shared(&self.groups) {
            let lines = name_of(name.text, step * name.places as f64, t, size);
            for (k, line) in lines.iter().enumerate() {
                let x = frame.x((name.middle() + 0.5) / n);
                let y = frame.bottom + (1.3 + NAME_LINE * k as f64) * t;
                sheet.text((x, y), line, size, SOFT, Anchor::Middle);
            }
        }
    }

    /// What can be seen, in words.
    pub(super) fn describe(&self) -> String {
        let unit = match self.y.unit.as_str() {
            "" => String::new(),
            unit => format!(" {unit}"),
        };
        let kind = if self.stacked { "Stacked bars" } else { "Bars" };
        let mut out = format!("{kind} of {}.", self.y.label);
        for (i, group) in self.groups.iter().enumerate() {
            let parts = self.parts.iter().map(|part| {
                let value = part.values.get(i).filter(|v| v.is_finite());
                let value = value.map_or("no data".to_string(), |v| {
                    format!("{}{unit}", digits(*v, DIGITS))
                });
                format!("{} {value}", part.label).trim().to_string()
            });
            let parts: Vec<String> = parts.collect();
            out += &format!(" {group}: {}.", parts.join(", "));
        }
        for level in self.thresholds.iter().filter(|t| t.value.is_finite()) {
            out += &format!(" {} at {}{unit}.", level.label, digits(level.value, DIGITS));
        }
        out
    }
}

/// From a name in the key to the next, with its patch, in text sizes.
const KEY: f64 = 2.9;

/// Slanted lines over a rectangle.
fn hatch([left, top, right, bottom]: [f64; 4], apart: f64) -> Vec<(Point, Point)> {
    let (width, height) = (right - left, bottom - top);
    let n = ((width + height) / apart).floor().min(2000.0) as usize;
    let line = |i: usize| {
        // From the upper left: lines on which x + y is the same.
        let sum = i as f64 * apart;
        let from = (left + (sum - height).max(0.0), top + sum.min(height));
        let to = (left + sum.min(width), top + (sum - width).max(0.0));
        (from, to)
    };
    (1..=n).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hatching_stays_inside() {
        let body = [10.0, 20.0, 40.0, 95.0];
        let lines = hatch(body, 4.0);
        assert_eq!(lines.len(), 26);
        for point in lines.iter().flat_map(|(a, b)| [a, b]) {
            let inside = (10.0..=40.0).contains(&point.0) && (20.0..=95.0).contains(&point.1);
            assert!(inside, "{point:?}");
        }
    }
}

//! Where bars begin and end, and the names beside them.

use super::Bars;
use crate::output::chart::Size;
use crate::output::chart::font::{self, Weight, wrap};
use crate::output::chart::labels::spread;
use crate::output::chart::palette::{self, FAINT, Rgb};
use crate::output::chart::panel::Frame;
use crate::output::chart::scene::{Anchor, Sheet};
use crate::output::chart::ticks::{Scale, short};

/// A bar of a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bar {
    pub group: usize,
    pub part: usize,
    /// Its sides, as parts of the width of its group.
    pub left: f64,
    pub right: f64,
    /// From where to where it goes, in the unit of the axis.
    pub from: f64,
    pub to: f64,
    pub value: f64,
}

/// Beside the bars of a group, at both sides, as a part of its width.
const GAP: f64 = 0.14;

/// All bars that have a value, in the order of drawing.
pub(super) fn bars(of: &Bars) -> Vec<Bar> {
    let mut out = Vec::new();
    for group in 0..of.groups.len() {
        let (mut up, mut down) = (0.0, 0.0);
        for (part, values) in of.parts.iter().enumerate() {
            let Some(value) = values.values.get(group).filter(|v| v.is_finite()) else {
                continue;
            };
            let (left, right, from);
            if of.stacked {
                let end = if *value < 0.0 { &mut down } else { &mut up };
                from = *end;
                *end += value;
                if !end.is_finite() {
                    continue;
                }
                (left, right) = (2.0 * GAP, 1.0 - 2.0 * GAP);
            } else {
                let step = (1.0 - 2.0 * GAP) / of.parts.len() as f64;
                let air = if of.parts.len() > 1 { 0.06 } else { 0.18 } * step;
                left = GAP + part as f64 * step + air;
                right = left + step - 2.0 * air;
                from = 0.0;
            }
            out.push(Bar {
                group,
                part,
                left,
                right,
                from,
                to: from + value,
                value: *value,
            });
        }
    }
    out
}

/// A name in the margin at the right.
pub(super) struct Beside {
    lines: Vec<String>,
    weight: Weight,
    text: Rgb,
    line: Rgb,
    /// What it belongs to, as a place on the axis; and where a line to it begins, as a part of the width.
    at: f64,
    from: f64,
}

impl Beside {
    pub fn width(&self, size: f64) -> f64 {
        let widths = self.lines.iter().map(|l| font::width(l, size, self.weight));
        // Other fonts than ours may be a little wider.
        1.04 * widths.fold(0.0, f64::max)
    }

    fn height(&self, size: f64) -> f64 {
        (self.lines.len() as f64 * 1.15 + 0.2) * size
    }
}

/// The names of stacked parts, beside the last group that has them, and those of levels.
pub(super) fn beside(of: &Bars, all: &[Bar], y: &Scale, size: Size) -> Vec<Beside> {
    let t = size.text;
    let room = 0.24 * size.width;
    let mut out = Vec::new();
    let groups = of.groups.len().max(1) as f64;
    if of.stacked {
        for (i, part) in of.parts.iter().enumerate() {
            let own = |bar: &&Bar| bar.part == i && bar.value != 0.0;
            let Some(bar) = all.iter().rfind(own) else {
                continue;
            };
            let stroke = palette::color(i);
            let middle = y.at((bar.from + bar.to) / 2.0);
            out.push(Beside {
                lines: wrap(&part.label, room, 0.95 * t, Weight::Bold, 3),
                weight: Weight::Bold,
                text: stroke.text,
                line: stroke.line,
                at: middle.clamp(0.0, 1.0),
                from: (bar.group as f64 + bar.right) / groups,
            });
        }
    }
    for level in of.thresholds.iter().filter(|l| l.value.is_finite()) {
        let at = y.at(level.value);
        let label = match at {
            at if at > 1.0 => format!("{} ↑ {}", level.label, short(level.value)),
            at if at < 0.0 => format!("{} ↓ {}", level.label, short(level.value)),
            _ => level.label.clone(),
        };
        out.push(Beside {
            lines: wrap(&label, room, 0.95 * t, Weight::Regular, 3),
            weight: Weight::Regular,
            text: FAINT,
            line: FAINT,
            at: at.clamp(0.0, 1.0),
            from: 1.0,
        });
    }
    out.retain(|name| !name.lines.is_empty());
    out
}

/// Draws the names beside the plot, none on another, each with a line to what it belongs to.
pub(super) fn draw_beside(sheet: &mut Sheet, names: &[Beside], frame: Frame) {
    let t = sheet.size.text;
    let room = frame.bottom - frame.top + 0.8 * t;
    let needed = |size: f64| names.iter().map(|n| n.height(size)).sum::<f64>();
    // Smaller where they are many; of very many the last are left out.
    let size = [0.95 * t, 0.8 * t, 0.68 * t];
    let size = size
        .into_iter()
        .find(|s| needed(*s) <= room)
        .unwrap_or(0.68 * t);
    let mut shown = names.len();
    while shown > 0 && names[..shown].iter().map(|n| n.height(size)).sum::<f64>() > room {
        shown -= 1;
    }
    let names = &names[..shown];
    let wanted: Vec<(f64, f64)> = names
        .iter()
        .map(|n| (frame.y(n.at), n.height(size)))
        .collect();
    let centres = spread(&wanted, frame.top - 0.4 * t, frame.bottom + 0.4 * t);
    let left = frame.right + 1.5 * t;
    for (name, centre) in names.iter().zip(centres) {
        let y = frame.y(name.at);
        let from = frame.x(name.from);
        let points = vec![
            (from, y),
            (frame.right.max(from), y),
            (left - 0.25 * t, centre),
        ];
        sheet.path(points, name.line, 0.05 * t, &[]);
        let n = name.lines.len() as f64;
        for (i, line) in name.lines.iter().enumerate() {
            let middle = centre + (i as f64 - (n - 1.0) / 2.0) * 1.15 * size;
            let place = (left, middle + 0.5 * font::CAPITAL * size);
            sheet.words(place, line, size, name.text, Anchor::Start, name.weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::chart::Part;

    #[test]
    fn parts_stand_on_each_other_and_hang_from_zero() {
        let part = |values: &[f64]| Part {
            label: "part".into(),
            values: values.to_vec(),
        };
        let mut of = Bars {
            groups: vec!["a".into(), "b".into()],
            parts: vec![
                part(&[1.0, -2.0]),
                part(&[0.5, 3.0]),
                part(&[-0.25, f64::NAN]),
            ],
            stacked: true,
            ..Bars::default()
        };
        let ends = |of: &Bars| -> Vec<(usize, usize, f64, f64)> {
            let bars = bars(of).into_iter();
            bars.map(|b| (b.group, b.part, b.from, b.to)).collect()
        };
        let stacked = [
            (0, 0, 0.0, 1.0),
            (0, 1, 1.0, 1.5),
            (0, 2, 0.0, -0.25),
            (1, 0, 0.0, -2.0),
            (1, 1, 0.0, 3.0),
        ];
        assert_eq!(ends(&of), stacked);
        of.stacked = false;
        assert!(bars(&of).iter().all(|b| b.from == 0.0 && b.left < b.right));
    }
}

//! Names for the margin beside a panel: of its curves, and of its levels.

use super::font::{self, Weight, longest_word, wrap};
use super::layout::{MARGIN, narrowest};
use super::ticks::{Scale, short};
use super::{Markers, Panel, Series, Size, compared, zones};

/// From the plot to the names beside it, in text sizes.
pub(super) const LEADER: f64 = 1.5;
/// The same where the names of curves have marks before them, and what such a mark takes.
const LEADER_TO_MARK: f64 = 1.05;
const KEY: f64 = 0.85;
/// How much wider names may be in another font than ours.
pub(super) const WIDER: f64 = 1.04;

/// A name for the margin.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    pub lines: Vec<String>,
    pub weight: Weight,
    pub of: Of,
}

/// What a name belongs to: an index into the series, the thresholds or the zones, or nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Of {
    Series(usize),
    Threshold(usize),
    Zone(usize),
    Rest,
}

/// What the marks before the names of curves take, in text sizes: without colours they say which curve is meant.
pub(super) fn key(panel: &Panel) -> f64 {
    let marked = |s: &Series| s.markers != Markers::None;
    match panel.series.len() > 1 && panel.series.iter().any(marked) {
        true => KEY,
        false => 0.0,
    }
}

/// From the plot to the names beside it, or to the marks before those, in text sizes.
pub(super) fn way(panel: &Panel) -> f64 {
    if key(panel) > 0.0 {
        LEADER_TO_MARK
    } else {
        LEADER
    }
}

/// The names for the margin, and the size at which they fit.
pub(super) fn notes(
    panel: &Panel,
    y: Option<&Scale>,
    size: Size,
    height: f64,
) -> (Vec<Beside>, f64) {
    // What it is of, how it is written, its words, and what stays behind the last of them.
    let mut wanted: Vec<(Of, Weight, String, String)> = Vec::new();
    // Past the numbers of an axis at the right there is no way to a name: they go into the plot.
    let Some(y) = y.filter(|_| panel.right.is_none()) else {
        return (Vec::new(), size.text);
    };
    for (i, series) in panel.series.iter().enumerate() {
        if series.label.is_empty() || same_words(&series.label, &panel.y.label) {
            continue;
        }
        let drawn = |p: &(f64, f64)| p.0.is_finite() && p.1.is_finite();
        let note = if series.points.iter().any(drawn) {
            series.label.clone()
        } else {
            format!("{} (no data)", series.label)
        };
        let place = beyond(series, y).map_or(String::new(), |value| off_scale(value, y.at(value)));
        wanted.push((Of::Series(i), compared::weight(series), note, place));
    }
    for (i, threshold) in panel.thresholds.iter().enumerate() {
        if threshold.value.is_finite() && !threshold.label.is_empty() {
            let words = threshold.label.clone();
            let place = off_scale(threshold.value, y.at(threshold.value));
            wanted.push((Of::Threshold(i), Weight::Regular, words, place));
        }
    }
    for (i, zone) in panel.zones.iter().enumerate() {
        if let (Some(value), false) = (zones::value(zone, y), zone.label.is_empty()) {
            let place = off_scale(value, y.at(value));
            wanted.push((Of::Zone(i), Weight::Regular, zone.label.clone(), place));
        }
    }
    let room = height + 0.8 * size.text;
    // What the narrowest plot leaves beside it, other fonts than ours being a little wider.
    let taken = (way(panel) + key(panel) + MARGIN + 0.1) * size.text;
    let beside = (1.0 - narrowest(size)) * size.width - taken;
    let widest = (0.27 * size.width).max(6.5 * size.text).min(beside / WIDER);
    // Two lines each if that fits, then one, then smaller, then not all.
    for (factor, max_lines) in SIZES {
        let note_size = factor * size.text;
        // Rather small than with a broken word.
        let broken = |w: &(Of, Weight, String, String)| {
            let longest = |size: f64| longest_word(&w.2, size, w.1);
            longest(note_size) > widest && longest(SIZES[SIZES.len() - 1].0 * size.text) <= widest
        };
        if factor > 0.7 && wanted.iter().any(broken) {
            continue;
        }
        let make = |(of, weight, text, place): &(Of, Weight, String, String)| Beside {
            lines: wrap_before(text, place, widest, note_size, *weight, max_lines),
            weight: *weight,
            of: *of,
        };
        let mut notes: Vec<Beside> = wanted.iter().map(make).collect();
        let needed: f64 = notes.iter().map(|n| n.height(note_size)).sum();
        if needed <= room {
            return (notes, note_size);
        }
        if (factor, max_lines) == SIZES[SIZES.len() - 1] {
            let fit = (room / (1.35 * note_size)) as usize;
            let left_out = notes.len().saturating_sub(fit.saturating_sub(1));
            notes.truncate(fit.saturating_sub(1));
            notes.push(Beside {
                lines: vec![format!("and {left_out} more")],
                weight: Weight::Regular,
                of: Of::Rest,
            });
            return (notes, note_size);
        }
    }
    (Vec::new(), size.text)
}

/// Sizes of names, in text sizes, and how many lines they may have, in the order of attempts.
const SIZES: [(f64, usize); 7] = [
    (0.95, 3),
    (0.95, 2),
    (0.95, 1),
    (0.8, 3),
    (0.8, 1),
    (0.68, 3),
    (0.68, 1),
];

/// As [`wrap`], with an end that is neither broken nor cut.
fn wrap_before(
    text: &str,
    end: &str,
    room: f64,
    size: f64,
    weight: Weight,
    max_lines: usize,
) -> Vec<String> {
    let mut lines = wrap(text, room, size, weight, max_lines);
    if end.is_empty() {
        return lines;
    }
    let longer = format!("{} {end}", lines.last().map_or("", String::as_str));
    let fits = |line: &str| font::width(line, size, weight) <= room;
    match lines.pop() {
        Some(_) if fits(&longer) => lines.push(longer),
        Some(last) if lines.len() + 1 < max_lines => lines.extend([last, end.to_string()]),
        last => {
            // The last line gives way.
            let space = room - font::width(&format!(" {end}"), size, weight);
            let words = last.unwrap_or_default();
            let words = wrap(words.trim_end_matches('…'), space.max(0.0), size, weight, 1);
            let words = words
                .first()
                .map_or("", String::as_str)
                .trim_end_matches('…');
            lines.push(format!("{words}… {end}"));
        }
    }
    lines
}

/// `cell.volume` and "cell volume" say the same.
pub(super) fn same_words(a: &str, b: &str) -> bool {
    let words = |text: &'_ str| -> Vec<String> {
        let words = text.split([' ', '.', '_', '-']);
        words
            .filter(|w| !w.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    words(a) == words(b)
}

impl Beside {
    /// With a little air to the next.
    pub fn height(&self, size: f64) -> f64 {
        // A little air between names; the lines of one stay together.
        (self.lines.len() as f64 * 1.15 + 0.2) * size
    }
}

/// The last value of a curve of which nothing is seen, because all of it is above, or all below, the axis.
pub(super) fn beyond(series: &Series, y: &Scale) -> Option<f64> {
    let finite = |p: &&(f64, f64)| p.0.is_finite() && p.1.is_finite();
    let points = series.points.iter().filter(finite);
    let mut values = points.map(|p| p.1).peekable();
    values.peek()?;
    let above = |v: f64| y.at(v) > 1.0;
    // What has no place on a logarithmic axis is below it.
    let below = |v: f64| y.at(v) < 0.0 || y.at(v).is_nan();
    (values.clone().all(above) || values.clone().all(below)).then(|| values.last())?
}

/// A level outside the axis: an arrow says on which side, the number how far. Empty for one inside.
pub(super) fn off_scale(value: f64, place: f64) -> String {
    match place {
        p if (0.0..=1.0).contains(&p) => String::new(),
        p if p > 1.0 => format!("↑ {}", short(value)),
        _ => format!("↓ {}", short(value)),
    }
}

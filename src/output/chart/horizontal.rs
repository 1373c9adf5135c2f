//! The horizontal axis: from where to where, which numbers it has room for, and names in their place.

use super::font::{self, Weight, longest_word, wrap};
use super::layout::range;
use super::limits::{within_decades, within_limits};
use super::ticks::Scale;
use super::{Axis, Chart, Extent, Size};

/// Height of a line of a name below an axis, in text sizes.
pub(super) const NAME_LINE: f64 = 1.1;
/// Between two of them, in text sizes.
const NAME_GAP: f64 = 0.4;
/// Most lines of such a name.
pub(super) const NAME_LINES: usize = 3;

/// A name below an axis: of one place, or of neighbours that have the same.
pub(super) struct Name<'a> {
    pub text: &'a str,
    /// Its first place.
    pub first: usize,
    /// How many places share it.
    pub places: usize,
}

impl Name<'_> {
    /// The middle of its places: that of the first place is 0, that of the next 1.
    pub fn middle(&self) -> f64 {
        self.first as f64 + (self.places - 1) as f64 / 2.0
    }
}

/// The names below an axis, neighbours of one name together.
pub(super) fn shared(names: &[String]) -> Vec<Name<'_>> {
    let mut out: Vec<Name> = Vec::new();
    for (first, text) in names.iter().enumerate() {
        match out.last_mut() {
            Some(last) if last.text == text => last.places += 1,
            _ => out.push(Name {
                text,
                first,
                places: 1,
            }),
        }
    }
    out
}

/// Size of the names below an axis with so much room for each place: smaller rather than with broken words.
pub(super) fn name_size(names: &[String], step: f64, t: f64) -> f64 {
    let fits = shared(names).into_iter().map(|name| {
        let longest = longest_word(name.text, 1.0, Weight::Regular);
        (step * name.places as f64 - NAME_GAP * t) / longest.max(1e-9)
    });
    fits.fold(0.92 * t, f64::min).max(0.7 * t)
}

/// A name below an axis in lines; none if there is no room for words: those stay in the description.
pub(super) fn name_of(name: &str, step: f64, t: f64, size: f64) -> Vec<String> {
    let room = step - NAME_GAP * t;
    if room < 2.0 * size {
        return Vec::new();
    }
    wrap(name, room, size, Weight::Regular, NAME_LINES)
}

/// Lines that the longest of the names below an axis takes.
pub(super) fn name_lines(names: &[String], width: f64, size: Size) -> usize {
    let step = width / names.len().max(1) as f64;
    let t = size.text;
    let own = name_size(names, step, t);
    let lines = shared(names).into_iter();
    let lines = lines.map(|name| name_of(name.text, step * name.places as f64, t, own).len());
    lines.max().unwrap_or(0)
}

fn all_x(chart: &Chart) -> Option<(f64, f64)> {
    let series = chart.panels.iter().flat_map(|p| &p.series);
    let points = series.flat_map(|s| &s.points).map(|p| p.0);
    let panels = chart.panels.iter();
    let zones = panels
        .clone()
        .flat_map(|p| &p.zones)
        .flat_map(|zone| match &zone.extent {
            Extent::Around(points) => points.as_slice(),
            Extent::Levels(..) => &[],
        });
    let notes = panels.flat_map(|p| &p.notes).map(|note| note.x);
    let marks = chart.marks.iter().map(|m| m.x);
    let all = points.chain(zones.map(|p| p.0)).chain(notes).chain(marks);
    range(all, chart.x.log)
}

/// From where to where the data of a chart go, or where they are wanted to.
pub(super) fn x_range(chart: &Chart) -> Option<(f64, f64)> {
    let data = within_decades(&chart.x, all_x(chart));
    within_limits(&chart.x, data)
}

/// The lowest value that there is.
pub(super) fn lowest_x(chart: &Chart) -> Option<f64> {
    all_x(chart).map(|data| data.0)
}

/// The scale with the most ticks, up to seven, whose numbers don't touch.
pub(super) fn x_scale(
    axis: &Axis,
    data: Option<(f64, f64)>,
    size: Size,
    width: f64,
) -> Option<Scale> {
    let small = 0.92 * size.text;
    if !axis.names.is_empty() {
        return Scale::new(axis, data, 7);
    }
    let half = |label: &str| font::width(label, small, Weight::Regular) / 2.0;
    let mut scale = None;
    for wanted in (3..=7).rev() {
        let it = Scale::new(axis, data, wanted)?;
        let free = it.ticks.windows(2).all(|w| {
            let apart = (w[1].at - w[0].at) * width;
            apart > half(&w[0].label) + half(&w[1].label) + 0.7 * small
        });
        scale = Some(it);
        if free {
            return scale;
        }
    }
    // A narrow picture with long numbers: powers of ten, or those at the ends.
    let mut it = scale?;
    if axis.log {
        let widest = it.ticks.iter().map(|tick| 2.0 * half(&tick.label));
        let least = (widest.fold(0.0, f64::max) + 0.7 * small) / width;
        return Some(it.spaced(least));
    }
    let last = it.ticks.len().saturating_sub(1);
    for tick in it.ticks.iter_mut().take(last).skip(1) {
        tick.label.clear();
    }
    Some(it)
}

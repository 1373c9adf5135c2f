//! The vertical axis of a panel: from where to where, and which numbers it has room for.

use super::layout::range;
use super::limits::{within_decades, within_limits};
use super::ticks::Scale;
use super::{Axis, Extent, Panel, Series};

/// A level further away than this many times the height of the data is named at the edge instead of drawn.
const FAR: f64 = 1.5;

/// Between an end of the axis and what would else lie on it, in text sizes.
const ROOM: f64 = 0.4;

/// What is nearer to an end of the axis than that, in text sizes, lies on it: the width of a curve.
const TOUCHING: f64 = 0.145;

/// What the curves and the zones around them take of the left axis, where the horizontal one shows them.
pub(super) fn data_range(panel: &Panel, x: &Axis, x_range: (f64, f64)) -> Option<(f64, f64)> {
    let left = panel.series.iter().filter(|s| !on_right(panel, s));
    let curves = left.flat_map(|s| s.points.iter().copied());
    let zones = panel.zones.iter().flat_map(|zone| match &zone.extent {
        Extent::Around(points) => points.as_slice(),
        Extent::Levels(..) => &[],
    });
    let zones = zones.flat_map(|p| [(p.0, p.1), (p.0, p.2)]);
    let notes = panel.notes.iter().map(|note| (note.x, note.y));
    shown(curves.chain(zones).chain(notes), panel.y.log, x, x_range)
}

/// The same for the right axis.
pub(super) fn right_range(panel: &Panel, x: &Axis, x_range: (f64, f64)) -> Option<(f64, f64)> {
    let log = panel.right.as_ref()?.log;
    let right = panel.series.iter().filter(|s| on_right(panel, s));
    let curves = right.flat_map(|s| s.points.iter().copied());
    shown(curves, log, x, x_range)
}

/// Whether a curve is read on the right axis.
pub(super) fn on_right(panel: &Panel, series: &Series) -> bool {
    series.right && panel.right.is_some()
}

/// The range of the values of those points that the horizontal axis shows.
fn shown(
    points: impl Iterator<Item = (f64, f64)>,
    log: bool,
    x: &Axis,
    x_range: (f64, f64),
) -> Option<(f64, f64)> {
    let in_range = |v: f64| match x.range {
        Some((a, b)) => v >= a.min(b) && v <= a.max(b),
        None => v >= x_range.0,
    };
    let shown = |p: &(f64, f64)| p.0.is_finite() && (!x.log || p.0 > 0.0) && in_range(p.0);
    range(points.filter(shown).map(|p| p.1), log)
}

/// All levels of a panel: of its thresholds, and both ends of its zones.
fn levels(panel: &Panel) -> impl Iterator<Item = f64> + '_ {
    let zones = panel.zones.iter().filter_map(|zone| match zone.extent {
        Extent::Levels(lo, hi) => Some([lo, hi]),
        Extent::Around(_) => None,
    });
    let thresholds = panel.thresholds.iter().map(|t| t.value);
    thresholds.chain(zones.flatten())
}

/// From where to where the left axis of a panel goes whose curves take `data`: levels that are near belong to it.
pub(super) fn wanted_range(panel: &Panel, data: Option<(f64, f64)>) -> Option<(f64, f64)> {
    let mut data = within_decades(&panel.y, data);
    let (floor, top) = data.unwrap_or((0.0, 0.0));
    for level in levels(panel) {
        if !level.is_finite() || (panel.y.log && level <= 0.0) {
            continue;
        }
        data = data.map(|(lo, hi)| {
            let f = |v: f64| if panel.y.log { v.log10() } else { v };
            let reach = FAR * (f(hi) - f(lo)).max(0.1 * f(hi).abs());
            // Where decades are cut, no level brings them back.
            let cut = panel.y.log && panel.y.decades.is_some() && level < floor / 10.0;
            let near = f(level) >= f(lo) - reach && f(level) <= f(hi) + reach && !cut;
            // Curves at 0 have no height of their own: the levels are the only measure.
            let only = !panel.y.log && floor == 0.0 && top == 0.0;
            if near || only {
                (lo.min(level), hi.max(level))
            } else {
                (lo, hi)
            }
        });
    }
    within_limits(&panel.y, from_zero(&panel.y, data))
}

/// The scale of a panel whose curves take `data`, over a horizontal axis that shows `x_range`. `room` at the lower and the
/// upper end if told so, because a panel with the same axis needs it; where this one needs it is given back.
pub(super) fn y_scale(
    panel: &Panel,
    data: Option<(f64, f64)>,
    (x, x_range): (&Axis, Option<(f64, f64)>),
    (t, height): (f64, f64),
    told: (bool, bool),
) -> Option<(Scale, (bool, bool))> {
    let scale = plain_scale(&panel.y, wanted_range(panel, data), (t, height))?;
    if panel.y.range.is_some() {
        return Some((scale.spaced(1.15 * t / height), (false, false)));
    }
    let needed = needs_room(panel, &scale, (x, x_range), (t, height));
    let room = (ROOM * t / height).min(0.1);
    let part = |wanted: bool| if wanted { room } else { 0.0 };
    let (below, above) = (part(needed.0 || told.0), part(needed.1 || told.1));
    let above = match x.names.is_empty() {
        true => above,
        false => above.max(room_for_words(panel, &scale, t / height)),
    };
    let scale = scale.with_room(below, above);
    Some((scale.spaced(1.15 * t / height), needed))
}

/// From a level to the upper edge of a word on it, in text sizes.
const WORD: f64 = 1.9;

/// What words on the levels of named places need above the axis, as a part of its length: each belongs over its own level
/// and not under that of another. `line` is the size of text, measured alike.
fn room_for_words(panel: &Panel, scale: &Scale, line: f64) -> f64 {
    let words = panel.notes.iter().filter(|note| !note.text.is_empty());
    let places = words.map(|note| scale.at(note.y)).filter(|at| *at <= 1.0);
    let highest = places.fold(0.0, f64::max);
    (highest + WORD * line - 1.0).clamp(0.0, 0.15)
}

/// The scale with ticks at its ends, and with no more of them than the height has room for.
fn plain_scale(axis: &Axis, range: Option<(f64, f64)>, (t, height): (f64, f64)) -> Option<Scale> {
    let wanted = (height / (2.6 * t)).clamp(3.0, 6.0) as usize;
    Scale::new(axis, range, wanted)
}

/// The scale of the right axis of a panel, whose curves take `data`.
pub(super) fn right_scale(
    panel: &Panel,
    data: Option<(f64, f64)>,
    x: (&Axis, Option<(f64, f64)>),
    (t, height): (f64, f64),
) -> Option<Scale> {
    let axis = panel.right.as_ref()?;
    let range = within_limits(axis, from_zero(axis, within_decades(axis, data)));
    let scale = plain_scale(axis, range, (t, height))?;
    if axis.range.is_some() {
        return Some(scale.spaced(1.15 * t / height));
    }
    let room = (ROOM * t / height).min(0.1);
    let near = TOUCHING * t / height;
    let right = || panel.series.iter().filter(|s| on_right(panel, s));
    let part = |end: f64| {
        let on = |value: f64| (scale.at(value) - end).abs() < near;
        if stretch(right(), &on, x) { room } else { 0.0 }
    };
    let scale = scale.clone().with_room(part(0.0), part(1.0));
    Some(scale.spaced(1.15 * t / height))
}

/// Where zero is not far, it is where the eye looks for it.
fn from_zero(axis: &Axis, data: Option<(f64, f64)>) -> Option<(f64, f64)> {
    data.map(|(lo, hi)| {
        let near = !axis.log && lo > 0.0 && lo < 0.3 * hi;
        (if near { 0.0 } else { lo }, hi)
    })
}

/// Whether something lies on the lower and on the upper end of the left axis, and needs room there.
fn needs_room(
    panel: &Panel,
    scale: &Scale,
    (x, x_range): (&Axis, Option<(f64, f64)>),
    (t, height): (f64, f64),
) -> (bool, bool) {
    let near = TOUCHING * t / height;
    let lies = |end| lies_on((end, near), panel, scale, (x, x_range));
    // The lower end of cut decades is no place for curves; what is below it must not be seen.
    let cut = panel.y.log && panel.y.decades.is_some();
    (lies(0.0) && !cut, lies(1.0))
}

/// Whether a level, or a level stretch of a curve, lies on an end (0 or 1; or so near) of the axis, where it would be taken for the
/// axis or the border. A curve that only touches the end is seen.
fn lies_on(
    (end, near): (f64, f64),
    panel: &Panel,
    scale: &Scale,
    (x, x_range): (&Axis, Option<(f64, f64)>),
) -> bool {
    let on = |value: f64| (scale.at(value) - end).abs() < near;
    if panel.thresholds.iter().any(|level| on(level.value)) {
        return true;
    }
    let left = panel.series.iter().filter(|s| !on_right(panel, s));
    stretch(left, &on, (x, x_range))
}

/// Whether a stretch of one of the curves that is long enough to be seen is `on` something.
fn stretch<'a>(
    mut curves: impl Iterator<Item = &'a Series>,
    on: &dyn Fn(f64) -> bool,
    (x, x_range): (&Axis, Option<(f64, f64)>),
) -> bool {
    let place = |v: f64| if x.log { v.log10() } else { v };
    let Some((from, to)) = x_range.map(|(a, b)| (place(a), place(b))) else {
        return false;
    };
    let long = |length: f64| length > 0.03 * (to - from).abs();
    curves.any(|series| {
        let mut length = 0.0;
        series.points.windows(2).any(|pair| {
            length = match on(pair[0].1) && on(pair[1].1) {
                true => length + (place(pair[1].0) - place(pair[0].0)).abs(),
                false => 0.0,
            };
            long(length)
        })
    })
}

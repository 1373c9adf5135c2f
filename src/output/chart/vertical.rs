//! The vertical axis of a panel: from where to where, and which numbers it has room for.

use super::layout::range;
use super::limits::{within_decades, within_limits};
use super::ticks::Scale;
use super::{Axis, Panel};

/// A level further away than this many times the height of the data is named at the edge instead of drawn.
const FAR: f64 = 1.5;

/// Between an end of the axis and what would else lie on it, in text sizes.
const ROOM: f64 = 0.4;

/// What is nearer to an end of the axis than that, in text sizes, lies on it: the width of a curve.
const TOUCHING: f64 = 0.145;

/// What the curves take of the vertical axis, where the horizontal one shows them.
pub(super) fn data_range(panel: &Panel, x: &Axis, x_range: (f64, f64)) -> Option<(f64, f64)> {
    let in_range = |v: f64| match x.range {
        Some((a, b)) => v >= a.min(b) && v <= a.max(b),
        None => v >= x_range.0,
    };
    let shown = |p: &&(f64, f64)| p.0.is_finite() && (!x.log || p.0 > 0.0) && in_range(p.0);
    let points = panel.series.iter().flat_map(|s| s.points.iter());
    range(points.filter(shown).map(|p| p.1), panel.y.log)
}

/// The scale of a panel whose curves take `data`, over a horizontal axis that shows `x_range`.
pub(super) fn y_scale(
    panel: &Panel,
    data: Option<(f64, f64)>,
    (x, x_range): (&Axis, Option<(f64, f64)>),
    t: f64,
    height: f64,
) -> Option<Scale> {
    let mut data = within_decades(&panel.y, data);
    let (floor, top) = data.unwrap_or((0.0, 0.0));
    for threshold in &panel.thresholds {
        let level = threshold.value;
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
    if let Some((lo, hi)) = &mut data {
        // Where zero is not far, it is where the eye looks for it.
        if !panel.y.log && *lo > 0.0 && *lo < 0.3 * *hi {
            *lo = 0.0;
        }
    }
    data = within_limits(&panel.y, data);
    let wanted = (height / (2.6 * t)).clamp(3.0, 6.0) as usize;
    let scale = Scale::new(&panel.y, data, wanted)?;
    let room = (ROOM * t / height).min(0.1);
    let near = TOUCHING * t / height;
    let lies = |end| lies_on((end, near), panel, &scale, (x, x_range));
    // The lower end of cut decades is no place for curves; what is below it must not be seen.
    let cut = panel.y.log && panel.y.decades.is_some();
    let below = if lies(0.0) && !cut { room } else { 0.0 };
    let above = if lies(1.0) { room } else { 0.0 };
    let scale = if panel.y.range.is_some() {
        scale
    } else {
        scale.with_room(below, above)
    };
    Some(scale.spaced(1.15 * t / height))
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
    let place = |v: f64| if x.log { v.log10() } else { v };
    let Some((from, to)) = x_range.map(|(a, b)| (place(a), place(b))) else {
        return false;
    };
    let long = |length: f64| length > 0.03 * (to - from).abs();
    panel.series.iter().any(|series| {
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

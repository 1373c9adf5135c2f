//! Line charts in words, for those who can't see them.

use std::fmt::Write;

use super::ticks::short;
use super::vertical::on_right;
use super::{Axis, Chart, Extent, Panel};

/// Below this part of the largest value on a linear axis a number is what errors of a solver leave of 0.
const ROUNDING: f64 = 1e-6;

/// What can be seen, in words: axes, and for each curve where it begins, ends, and how far it reaches.
pub(super) fn describe(chart: &Chart) -> String {
    let over = match (chart.x.text(), chart.x.names.as_slice()) {
        (text, _) if !text.is_empty() => text,
        (_, names) => names.join(", "),
    };
    let mut out = format!("Line chart over {over}.");
    for panel in &chart.panels {
        of_panel(&mut out, panel, &chart.x);
    }
    for span in &chart.spans {
        if span.from.is_finite() && span.to.is_finite() && !span.label.is_empty() {
            let (from, to) = (short(span.from), with_unit(span.to, &chart.x));
            let _ = write!(out, " {} from {from} to {to};", span.label);
        }
    }
    // The first few events are enough for an ear.
    let marks = chart
        .marks
        .iter()
        .filter(|m| m.x.is_finite() && !m.label.is_empty());
    for mark in marks.take(8) {
        let at = with_unit(mark.x, &chart.x);
        let _ = write!(out, " {} at {at};", mark.label);
    }
    format!("{}.", out.trim_end_matches([';', '.']))
}

fn of_panel(out: &mut String, panel: &Panel, x: &Axis) {
    let _ = write!(out, " {}", panel.y.text());
    if let Some(right) = &panel.right {
        let _ = write!(out, ", and on the right axis {}", right.text());
    }
    out.push(':');
    let mut empty = true;
    let rounding = [false, true].map(|right| rounding(panel, right));
    for series in &panel.series {
        let seen = series.points.iter().filter(|p| shows(x, p.0));
        let finite = seen.map(|p| p.1).filter(|v| v.is_finite());
        let (Some(first), Some(last)) = (finite.clone().next(), finite.clone().next_back()) else {
            continue;
        };
        empty = false;
        let (lo, hi) = finite.fold((first, first), |(lo, hi), v| (lo.min(v), hi.max(v)));
        let right = on_right(panel, series);
        let side = if right { " (right axis)" } else { "" };
        let exact = |value: f64| value.abs() >= rounding[usize::from(right)];
        let short = |value: f64| short(if exact(value) { value } else { 0.0 });
        let _ = write!(
            out,
            " {}{side} from {} to {} (between {} and {});",
            series.label,
            short(first),
            short(last),
            short(lo),
            short(hi)
        );
    }
    if empty {
        out.push_str(" no data;");
    }
    for threshold in panel.thresholds.iter().filter(|t| t.value.is_finite()) {
        let level = with_unit(threshold.value, &panel.y);
        let _ = write!(out, " {} at {level};", threshold.label);
    }
    for zone in panel.zones.iter().filter(|zone| !zone.label.is_empty()) {
        let _ = match zone.extent {
            Extent::Levels(a, b) if a.is_finite() && b.is_finite() => {
                write!(
                    out,
                    " {} between {} and {};",
                    zone.label,
                    short(a),
                    with_unit(b, &panel.y)
                )
            }
            _ => write!(out, " {};", zone.label),
        };
    }
    let notes = panel.notes.iter().filter(|n| !n.text.is_empty());
    let notes = notes.filter(|n| n.x.is_finite() && n.y.is_finite());
    for note in notes.take(12) {
        let y = match note.y.abs() < rounding[0] {
            true => 0.0,
            false => note.y,
        };
        let (x, y) = (with_unit(note.x, x), with_unit(y, &panel.y));
        let _ = write!(out, " {} at ({x}, {y});", note.text);
    }
}

/// Whether a place is between the ends of an axis.
fn shows(axis: &Axis, value: f64) -> bool {
    let (from, to) = axis.limits;
    let within = from.is_none_or(|from| value >= from) && to.is_none_or(|to| value <= to);
    within && (!axis.log || value > 0.0)
}

/// A number on an axis.
fn with_unit(value: f64, axis: &Axis) -> String {
    match axis.unit.as_str() {
        "" => short(value),
        unit => format!("{} {unit}", short(value)),
    }
}

/// What is smaller than this on the left or right axis of a panel is only rounding.
fn rounding(panel: &Panel, right: bool) -> f64 {
    let axis = match &panel.right {
        Some(axis) if right => axis,
        _ => &panel.y,
    };
    let beside = panel.series.iter().filter(|s| on_right(panel, s) == right);
    let values = beside.flat_map(|s| &s.points).map(|p| p.1.abs());
    let largest = values.filter(|v| v.is_finite()).fold(0.0, f64::max);
    if axis.log { 0.0 } else { ROUNDING * largest }
}

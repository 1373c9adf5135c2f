//! Line charts in words, for those who can't see them.

use std::fmt::Write;

use super::ticks::short;
use super::vertical::on_right;
use super::{Chart, Extent, Panel};

/// What can be seen, in words: axes, and for each curve where it begins, ends, and how far it reaches.
pub(super) fn describe(chart: &Chart) -> String {
    let over = match (chart.x.text(), chart.x.names.as_slice()) {
        (text, _) if !text.is_empty() => text,
        (_, names) => names.join(", "),
    };
    let mut out = format!("Line chart over {over}.");
    for panel in &chart.panels {
        of_panel(&mut out, panel);
    }
    for span in &chart.spans {
        if span.from.is_finite() && span.to.is_finite() && !span.label.is_empty() {
            let (from, to) = (short(span.from), short(span.to));
            let _ = write!(out, " {} from {from} to {to};", span.label);
        }
    }
    // The first few events are enough for an ear.
    let marks = chart
        .marks
        .iter()
        .filter(|m| m.x.is_finite() && !m.label.is_empty());
    for mark in marks.take(8) {
        let _ = write!(out, " {} at {};", mark.label, short(mark.x));
    }
    out.trim_end_matches(';').to_string()
}

fn of_panel(out: &mut String, panel: &Panel) {
    let _ = write!(out, " {}", panel.y.text());
    if let Some(right) = &panel.right {
        let _ = write!(out, ", and on the right axis {}", right.text());
    }
    out.push(':');
    let mut empty = true;
    for series in &panel.series {
        let finite = series.points.iter().map(|p| p.1).filter(|v| v.is_finite());
        let (Some(first), Some(last)) = (finite.clone().next(), finite.clone().next_back()) else {
            continue;
        };
        empty = false;
        let (lo, hi) = finite.fold((first, first), |(lo, hi), v| (lo.min(v), hi.max(v)));
        let side = match on_right(panel, series) {
            true => " (right axis)",
            false => "",
        };
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
        let level = short(threshold.value);
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
                    short(b)
                )
            }
            _ => write!(out, " {};", zone.label),
        };
    }
    let notes = panel.notes.iter().filter(|n| !n.text.is_empty());
    let notes = notes.filter(|n| n.x.is_finite() && n.y.is_finite());
    for note in notes.take(12) {
        let (x, y) = (short(note.x), short(note.y));
        let _ = write!(out, " {} at ({x}, {y});", note.text);
    }
}

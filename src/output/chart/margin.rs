//! Names in the margin beside a panel, and the lines that lead to them.

use super::font;
use super::labels::spread;
use super::markers::mark;
use super::notes::{Beside, Of, beyond, key, way};
use super::palette::{self, FAINT, Rgb, SOFT};
use super::panel::{Frame, PanelPlan};
use super::scene::{Anchor, Sheet};
use super::thin::Point;
use super::{Markers, Panel, compared, zones};

/// What is a long way through the plot, in text sizes.
const LONG: f64 = 2.0;

/// Names in the margin, spread so that none overlap, each with a thin leader to its curve or level. The curves `named` have
/// theirs already.
pub(super) fn names(
    sheet: &mut Sheet,
    panel: &Panel,
    plan: &PanelPlan,
    frame: Frame,
    ends: &[Option<Point>],
    colors: &[usize],
    named: &[usize],
) {
    let t = sheet.size.text;
    let size = plan.note_size;
    // A value beyond the axis has its name at the end on that side.
    let beside = |value: f64| {
        let at = plan.y.as_ref().map_or(f64::NAN, |y| y.at(value));
        let at = if at.is_nan() { 0.0 } else { at.clamp(0.0, 1.0) };
        (frame.right, frame.y(at))
    };
    let unseen = |i: usize| {
        let value = beyond(&panel.series[i], plan.y.as_ref()?)?;
        Some(beside(value))
    };
    // Where each name points to, and in which colour.
    let target = |of: Of| match of {
        Of::Series(i) => {
            let at = ends[i].or_else(|| unseen(i));
            (at, compared::stroke(&panel.series[i], colors[i]))
        }
        Of::Threshold(i) => {
            let faint = palette::Stroke {
                line: FAINT,
                text: FAINT,
            };
            (Some(beside(panel.thresholds[i].value)), faint)
        }
        Of::Zone(i) => {
            let zone = &panel.zones[i];
            let at = plan.y.as_ref().and_then(|y| zones::value(zone, y));
            (at.map(beside), zones::stroke(zone, colors))
        }
        Of::Rest => {
            let soft = palette::Stroke {
                line: SOFT,
                text: SOFT,
            };
            (None, soft)
        }
    };
    let has_none = |note: &&Beside| match note.of {
        Of::Series(i) => !named.contains(&i),
        _ => true,
    };
    let notes: Vec<&Beside> = plan.notes.iter().filter(has_none).collect();
    let wanted: Vec<(f64, f64)> = notes
        .iter()
        .map(|note| {
            let height = note.height(size);
            let centre = target(note.of).0.map_or(frame.bottom, |at| at.1);
            (centre, height)
        })
        .collect();
    let centres = spread(&wanted, frame.top - 0.4 * t, frame.bottom + 0.4 * t);
    let left = frame.right + way(panel) * t;
    for (note, centre) in notes.into_iter().zip(centres) {
        let (at, color) = target(note.of);
        if let Some(at) = at {
            leader(
                sheet,
                at,
                frame.right,
                (left - 0.25 * t, centre),
                color.line,
            );
        }
        let mut left = left;
        if let Of::Series(i) = note.of
            && key(panel) > 0.0
        {
            if panel.series[i].markers != Markers::None && at.is_some() {
                mark(sheet, (left + 0.25 * t, centre), color.line, i);
            }
            left += key(panel) * t;
        }
        let n = note.lines.len() as f64;
        for (i, line) in note.lines.iter().enumerate() {
            let middle = centre + (i as f64 - (n - 1.0) / 2.0) * 1.15 * size;
            let baseline = middle + 0.5 * font::CAPITAL * size;
            let place = (left, baseline);
            sheet.words(place, line, size, color.text, Anchor::Start, note.weight);
        }
    }
}

/// From the end of a curve, level to the border of the plot, then to its name. A long way through the plot is dotted and
/// grey: in the colour of the curve it would be read as its course.
fn leader(sheet: &mut Sheet, from: Point, border: f64, to: Point, color: Rgb) {
    let t = sheet.size.text;
    let width = 0.05 * t;
    let start = from.0 + 0.35 * t;
    let turn = (border.max(start.min(to.0)), from.1);
    if border - start > LONG * t {
        sheet.line((start, from.1), turn, FAINT, width, &[1.5, 5.0]);
        sheet.line(turn, to, color, width, &[]);
        return;
    }
    let mut points = Vec::new();
    if start < border {
        points.push((start, from.1));
    }
    points.extend([turn, to]);
    sheet.path(points, color, width, &[]);
}

/// The point of a curve that its name goes with: where it ends, unless it comes from, or has been, much nearer to the
/// names. `seen` are its visible pieces.
pub(super) fn name_point(seen: &[Vec<Point>], t: f64) -> Option<Point> {
    let end = *seen.last()?.last()?;
    let points = seen.iter().flatten().copied();
    let rightmost = points.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(if rightmost.0 - end.0 > LONG * t {
        rightmost
    } else {
        end
    })
}

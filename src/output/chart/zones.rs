//! Shaded regions below the curves of a panel.

use super::layout::SHADE;
use super::palette::{self, FAINT, Rgb, Stroke, tint};
use super::panel::Frame;
use super::scene::{Shape, Sheet};
use super::ticks::Scale;
use super::under::ribbon;
use super::{Extent, Panel, Zone};

/// The colour of a zone, for lines and for words.
pub(super) fn stroke(zone: &Zone, colors: &[usize]) -> Stroke {
    match zone.like.and_then(|i| colors.get(i)) {
        Some(color) => palette::color(*color),
        None => Stroke {
            line: FAINT,
            text: FAINT,
        },
    }
}

/// Fills the zones of a panel.
pub(super) fn zones(
    sheet: &mut Sheet,
    panel: &Panel,
    frame: Frame,
    scales: (&Scale, &Scale),
    colors: &[usize],
) {
    for zone in &panel.zones {
        let strength = if zone.like.is_some() {
            1.7 * SHADE
        } else {
            SHADE
        };
        let color = tint(stroke(zone, colors).line, strength);
        match &zone.extent {
            Extent::Around(points) => ribbon(sheet, points, frame, scales, color),
            Extent::Levels(a, b) => levels(sheet, frame, scales.1, (*a, *b), color),
        }
    }
}

fn levels(sheet: &mut Sheet, frame: Frame, y: &Scale, ends: (f64, f64), color: Rgb) {
    let Some((low, high)) = visible(y, ends) else {
        return;
    };
    let (top, bottom) = (frame.y(high), frame.y(low));
    let points = vec![
        (frame.left, top),
        (frame.right, top),
        (frame.right, bottom),
        (frame.left, bottom),
    ];
    sheet.shapes.push(Shape::Area { points, color });
}

/// What of the stretch between two levels the axis shows, as positions on it; `None` if nothing.
pub(super) fn visible(y: &Scale, (a, b): (f64, f64)) -> Option<(f64, f64)> {
    let (a, b) = (y.at(a), y.at(b));
    let (low, high) = (a.min(b).max(0.0), a.max(b).min(1.0));
    (a.is_finite() && b.is_finite() && low < high).then_some((low, high))
}

/// A value of the zone that its name in the margin points at: away from its middle, where a curve may end, in what is
/// seen at the right; if nothing is seen, the end that is nearest to the axis.
pub(super) fn value(zone: &Zone, y: &Scale) -> Option<f64> {
    let ((a, b), part) = match &zone.extent {
        Extent::Levels(a, b) => ((*a, *b), 0.25),
        Extent::Around(points) => {
            let finite = |p: &&(f64, f64, f64)| p.1.is_finite() && p.2.is_finite();
            let last = points.iter().rfind(finite)?;
            ((last.1, last.2), 0.8)
        }
    };
    if let Some((low, high)) = visible(y, (a, b)) {
        return Some(y.value(low + part * (high - low)));
    }
    let (lower, upper) = (a.min(b), a.max(b));
    let nearest = if y.at(lower) >= 1.0 { lower } else { upper };
    nearest.is_finite().then_some(nearest)
}

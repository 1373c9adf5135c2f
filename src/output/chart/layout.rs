//! Where each line and word of a chart goes: from a [`Chart`] to a [`Scene`] of plain shapes in pixels.

use super::font::{Weight, balanced, wrap};
use super::palette::{FAINT, INK, SOFT};
use super::plan::{Among, planned};
use super::scene::{Anchor, Scene, Sheet};
use super::under::{Under, with_bands};
use super::{Chart, Size, grid};

/// Lays a chart out.
pub fn layout(chart: &Chart, size: Size) -> Scene {
    layout_over(chart, &[], size)
}

/// The same with bands under the curves and marks below them; `under` is as long as there are panels, or empty.
pub(super) fn layout_over(chart: &Chart, under: &[Under], size: Size) -> Scene {
    layout_among(chart, under, size, &Among::default())
}

/// Lays a chart out among others.
pub(super) fn layout_among(chart: &Chart, under: &[Under], size: Size, among: &Among) -> Scene {
    let mut sheet = Sheet {
        size,
        shapes: Vec::new(),
    };
    let top = head(&mut sheet, &chart.title, &chart.subtitle);
    // The ranges of the axes hold the bands too; those have no names, and so no place in the margin.
    let wider = with_bands(chart, under);
    let whole = wider.as_ref().unwrap_or(chart);
    if chart.panels.is_empty() {
        let at = (size.width / 2.0, (top + size.height) / 2.0);
        sheet.text(at, "nothing to draw", size.text, FAINT, Anchor::Middle);
    } else {
        let (plan, ..) = planned(whole, size, top, among);
        plan.draw(&mut sheet, chart, under);
    }
    grid::clear(&mut sheet.shapes);
    Scene {
        width: size.width,
        height: size.height,
        shapes: sheet.shapes,
    }
}

/// Outer margin, in text sizes.
pub(super) const MARGIN: f64 = 1.1;
/// Where the narrowest plot ends, as a part of the width: further left in narrow pictures, whose names are as long.
pub(super) fn narrowest(size: Size) -> f64 {
    if size.width < 24.0 * size.text {
        0.55
    } else {
        0.65
    }
}
/// Height of a line, in text sizes.
pub(super) const LINE: f64 = 1.3;
/// Baseline of the lowest row of names above a plot, in text sizes: clear of the topmost number on the axis.
pub(super) const NAME_LIFT: f64 = 0.85;
/// How dark a stretch or a zone is: less than what is drawn on it.
pub(super) const SHADE: f64 = 0.24;

/// Title and subtitle; gives where they end.
pub(super) fn head(sheet: &mut Sheet, title: &str, subtitle: &str) -> f64 {
    let size = sheet.size;
    let margin = MARGIN * size.text;
    let room = size.width - 2.0 * margin;
    let mut y = 0.85 * margin;
    let parts = [
        (title, 1.28, Weight::Bold, INK),
        (subtitle, 0.95, Weight::Regular, SOFT),
    ];
    for (text, factor, weight, color) in parts {
        let text_size = factor * size.text;
        // At most a quarter of the picture.
        let most = (0.25 * size.height / (text_size * LINE)).max(1.0) as usize;
        let lines = match weight {
            Weight::Bold => balanced(text, room, text_size, weight, most.min(4)),
            Weight::Regular => wrap(text, room, text_size, weight, most.min(4)),
        };
        for line in lines {
            let at = (margin, y + 0.98 * text_size);
            sheet.words(at, &line, text_size, color, Anchor::Start, weight);
            y += text_size * LINE;
        }
    }
    y + 0.5 * size.text
}

/// Width of axes and grid.
pub(super) fn thin_line(size: Size) -> f64 {
    (size.text / 15.0).max(0.5)
}

/// The middle of a pixel: thin upright and level lines are sharp there.
pub(super) fn snap(x: f64) -> f64 {
    x.floor() + 0.5
}

/// Smallest and largest of what can be shown.
pub(super) fn range(values: impl Iterator<Item = f64>, log: bool) -> Option<(f64, f64)> {
    values
        .filter(|v| v.is_finite() && (!log || *v > 0.0))
        .fold(None, |range, v| match range {
            None => Some((v, v)),
            Some((lo, hi)) => Some((v.min(lo), v.max(hi))),
        })
}

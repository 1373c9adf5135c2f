//! What lies under the curves of a panel: bands between two curves, and marks at the bottom for points without a value.

use super::font::{self, Weight};
use super::layout::NAME_LIFT;
use super::numbers::grouped;
use super::palette::{FAILED, FAINT, PAPER, Rgb, SOFT, tint};
use super::panel::Frame;
use super::scene::{Anchor, Shape, Sheet};
use super::thin::{Point, thin};
use super::ticks::Scale;
use super::{Chart, Series};

/// A band between two curves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// From left to right: x, lower end, upper end. One that is not finite interrupts the band.
    pub points: Vec<(f64, f64, f64)>,
    /// Colour.
    pub color: Rgb,
}

/// Bands and marks of one panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Under {
    pub bands: Vec<Band>,
    /// Where points failed.
    pub failed: Vec<f64>,
    /// Where points have no value, because there is none.
    pub absent: Vec<f64>,
    /// Why they have none, e.g. "no lysis".
    pub why: String,
}

/// Most marks of a kind at the bottom of a panel.
const MOST: usize = 150;

/// The chart with a nameless curve for both ends of each band; `None` if there are no bands.
pub(super) fn with_bands(chart: &Chart, under: &[Under]) -> Option<Chart> {
    if under.iter().all(|u| u.bands.is_empty()) {
        return None;
    }
    let mut wider = chart.clone();
    for (panel, under) in wider.panels.iter_mut().zip(under) {
        for band in &under.bands {
            let lower = band.points.iter().map(|p| (p.0, p.1));
            let upper = band.points.iter().map(|p| (p.0, p.2));
            panel.series.push(Series {
                points: lower.chain(upper).collect(),
                ..Series::default()
            });
        }
    }
    Some(wider)
}

impl Under {
    pub fn bands(&self, sheet: &mut Sheet, frame: Frame, scales: (&Scale, &Scale)) {
        for band in &self.bands {
            ribbon(sheet, &band.points, frame, scales, band.color);
        }
    }

    /// Marks at the bottom: rings and crosses, or short lines where they are many, which is when it gives true.
    pub fn gaps(&self, sheet: &mut Sheet, frame: Frame, x: Option<&Scale>) -> bool {
        let Some(x) = x else { return false };
        let t = sheet.size.text;
        let absent = places(&self.absent, frame, x);
        let failed = places(&self.failed, frame, x);
        let many = |places: &[f64]| places.windows(2).any(|w| w[1] - w[0] < 0.55 * t);
        let dense = many(&absent) || many(&failed);
        // Those of one kind above those of the other, where one would cover the other.
        let near = |a: &f64| failed.iter().any(|b| (a - b).abs() < 0.6 * t);
        let lift = if absent.iter().any(near) {
            0.55 * t
        } else {
            0.0
        };
        let base = frame.bottom - 0.4 * t;
        if dense {
            let height = 0.4 * t;
            let mut lines = |places: &[f64], lift: f64, color: Rgb| {
                let (from, to) = (frame.bottom - lift, frame.bottom - lift - height);
                let lines = places.iter().map(|x| ((*x, from), (*x, to))).collect();
                let width = 0.07 * t;
                sheet.shapes.push(Shape::Strokes {
                    lines,
                    color,
                    width,
                });
            };
            lines(&absent, 0.0, tint(FAINT, 0.8));
            lines(&failed, lift, FAILED);
        } else {
            rings(sheet, &absent, base);
            let at: Vec<Point> = failed.iter().map(|x| (*x, base - lift)).collect();
            crosses(sheet, &at, 0.24 * t);
        }
        dense
    }

    /// Marks at the bottom, and at the right above the plot how many there are. `name` is what stands there at the left.
    pub fn marks(&self, sheet: &mut Sheet, frame: Frame, x: Option<&Scale>, name: (f64, &str)) {
        let t = sheet.size.text;
        let dense = self.gaps(sheet, frame, x);
        let words = remark(self.failed.len(), self.absent.len(), &self.why, dense);
        let end = name.0 + font::width(name.1, t, Weight::Regular) + t;
        let mut right = frame.right;
        for (text, color) in words.into_iter().rev() {
            let size = 0.92 * t;
            let left = right - font::width(&text, size, Weight::Regular);
            if left < end {
                break;
            }
            let at = (right, frame.top - NAME_LIFT * t);
            sheet.text(at, &text, size, color, Anchor::End);
            right = left - t;
        }
    }
}

/// Fills what is between two curves: x, lower end, upper end.
pub(super) fn ribbon(
    sheet: &mut Sheet,
    points: &[(f64, f64, f64)],
    frame: Frame,
    (x, y): (&Scale, &Scale),
    color: Rgb,
) {
    let at = |v: f64, up: &Scale| {
        let at = up.at(v);
        // Beyond the axis is at its end; what has no place stays without one.
        if at.is_nan() { at } else { at.clamp(0.0, 1.0) }
    };
    let mut pieces: Vec<(Vec<Point>, Vec<Point>)> = vec![Default::default()];
    for (px, lo, hi) in points {
        let left = frame.x(x.at(*px));
        let (low, high) = (frame.y(at(*lo, y)), frame.y(at(*hi, y)));
        let inside = left >= frame.left - 0.01 && left <= frame.right + 0.01;
        match pieces.last_mut() {
            Some(piece) if inside && low.is_finite() && high.is_finite() => {
                piece.0.push((left, low));
                piece.1.push((left, high));
            }
            Some(piece) if !piece.0.is_empty() => pieces.push(Default::default()),
            _ => {}
        }
    }
    for (lower, upper) in pieces {
        if lower.len() < 2 {
            continue;
        }
        let mut points = thin(&lower);
        points.extend(thin(&upper).into_iter().rev());
        sheet.shapes.push(Shape::Area { points, color });
    }
}

/// How many points failed and how many have no value, with their marks.
pub(super) fn remark(failed: usize, absent: usize, why: &str, dense: bool) -> Vec<(String, Rgb)> {
    let mut words = Vec::new();
    let (ring, cross) = if dense { ("|", "|") } else { ("°", "×") };
    if absent > 0 {
        let why = if why.is_empty() { "without value" } else { why };
        words.push((
            format!("{ring} {why}: {}", grouped(&absent.to_string())),
            SOFT,
        ));
    }
    if failed > 0 {
        words.push((
            format!("{cross} failed: {}", grouped(&failed.to_string())),
            FAILED,
        ));
    }
    words
}

/// Distinct places on the axis in pixels. Of many, an even choice: their number shows where they are dense.
fn places(values: &[f64], frame: Frame, x: &Scale) -> Vec<f64> {
    let inside = |at: &f64| (-1e-9..=1.0 + 1e-9).contains(at);
    let places = values.iter().map(|v| x.at(*v)).filter(inside);
    let mut places: Vec<f64> = places.map(|at| frame.x(at).round()).collect();
    places.sort_unstable_by(f64::total_cmp);
    let last = places.last().copied();
    let stride = places.len().div_ceil(MOST).max(1);
    let mut places: Vec<f64> = places.into_iter().step_by(stride).chain(last).collect();
    places.dedup();
    places
}

fn rings(sheet: &mut Sheet, places: &[f64], y: f64) {
    if places.is_empty() {
        return;
    }
    let radius = 0.2 * sheet.size.text;
    let at: Vec<Point> = places.iter().map(|x| (*x, y)).collect();
    for (radius, color) in [(radius, FAINT), (0.6 * radius, PAPER)] {
        let at = at.clone();
        sheet.shapes.push(Shape::Dots { at, radius, color });
    }
}

/// Crosses on a pale ground, so that they are seen on any colour.
pub(super) fn crosses(sheet: &mut Sheet, at: &[Point], radius: f64) {
    if at.is_empty() {
        return;
    }
    let lines: Vec<(Point, Point)> = at
        .iter()
        .flat_map(|(x, y)| {
            let (left, right, top, bottom) = (x - radius, x + radius, y - radius, y + radius);
            [
                ((left, top), (right, bottom)),
                ((left, bottom), (right, top)),
            ]
        })
        .collect();
    for (width, color) in [(1.05, PAPER), (0.5, FAILED)] {
        sheet.shapes.push(Shape::Strokes {
            lines: lines.clone(),
            color,
            width: width * radius,
        });
    }
}

//! Colours of a cell, and shapes that several of its parts need.

use super::super::palette::{self, PAPER, Rgb, tint};
use super::super::scene::{Shape, Sheet};
use super::super::thin::Point;

/// Water with solutes: the more concentrated, the darker; from 0, pure water, to 1, the most concentrated of all frames.
pub fn solution(concentrated: f64) -> Rgb {
    let part = match concentrated.is_finite() {
        true => concentrated.clamp(0.0, 1.0),
        false => 0.0,
    };
    tint(palette::color(0).line, 0.07 + 0.43 * part)
}

/// The plasma membrane, and all membrane.
pub fn membrane() -> Rgb {
    palette::color(1).line
}

/// The wall of a plant cell.
pub fn wall() -> Rgb {
    palette::color(2).line
}

/// What runs out of a burst cell.
pub fn spilt() -> Rgb {
    tint(palette::color(0).line, 0.75)
}

/// What is in a vesicle.
pub fn lumen() -> Rgb {
    tint(palette::color(1).line, 0.18)
}

/// What is in the contractile vacuole.
pub fn vacuole() -> Rgb {
    PAPER
}

/// A closed line.
pub fn closed(sheet: &mut Sheet, points: &[Point], color: Rgb, width: f64) {
    let mut line = points.to_vec();
    // A little beyond its beginning: no seam there.
    line.extend(points.iter().take(2));
    sheet.path(line, color, width, &[]);
}

/// A filled polygon.
pub fn filled(sheet: &mut Sheet, points: Vec<Point>, color: Rgb) {
    sheet.shapes.push(Shape::Area { points, color });
}

/// Length of the head of an arrow, in widths of its line.
pub const HEAD: f64 = 2.6;

/// An arrow of ink.
pub fn arrow(sheet: &mut Sheet, from: Point, to: Point, width: f64, color: Rgb) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if !length.is_finite() || length <= 0.0 {
        return;
    }
    let (ux, uy) = (dx / length, dy / length);
    let head = (HEAD * width).min(0.6 * length);
    let half = 0.55 * head;
    let neck = (to.0 - head * ux, to.1 - head * uy);
    // A little into the head: no seam.
    let end = (to.0 - 0.8 * head * ux, to.1 - 0.8 * head * uy);
    sheet.line(from, end, color, width, &[]);
    let corners = vec![
        to,
        (neck.0 - half * uy, neck.1 + half * ux),
        (neck.0 + half * uy, neck.1 - half * ux),
    ];
    filled(sheet, corners, color);
}

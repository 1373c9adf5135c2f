//! Marks at the points of a curve: shapes that stay apart where colours do not.

use super::Series;
use super::palette::{PAPER, Rgb};
use super::panel::Frame;
use super::scene::{Shape, Sheet};
use super::thin::Point;
use super::ticks::Scale;

/// The outline of the `index`-th mark around 0, of about radius 1; none for the disc.
fn outline(index: usize) -> &'static [Point] {
    const SQUARE: [Point; 5] = [
        (-0.85, -0.85),
        (0.85, -0.85),
        (0.85, 0.85),
        (-0.85, 0.85),
        (-0.85, -0.85),
    ];
    const TRIANGLE: [Point; 4] = [(0.0, -1.15), (1.05, 0.75), (-1.05, 0.75), (0.0, -1.15)];
    const DIAMOND: [Point; 5] = [
        (0.0, -1.2),
        (1.2, 0.0),
        (0.0, 1.2),
        (-1.2, 0.0),
        (0.0, -1.2),
    ];
    const DOWN: [Point; 4] = [(0.0, 1.15), (1.05, -0.75), (-1.05, -0.75), (0.0, 1.15)];
    const HOURGLASS: [Point; 5] = [
        (-0.85, -0.95),
        (0.85, -0.95),
        (-0.85, 0.95),
        (0.85, 0.95),
        (-0.85, -0.95),
    ];
    [&[], &SQUARE[..], &TRIANGLE, &DIAMOND, &DOWN, &HOURGLASS][index % 6]
}

/// Draws the marks of the `index`-th curve of a panel over it.
pub(super) fn markers(
    sheet: &mut Sheet,
    series: &Series,
    frame: Frame,
    (x, y): (&Scale, &Scale),
    color: Rgb,
    index: usize,
) {
    let t = sheet.size.text;
    let radius = 0.3 * t;
    for (px, py) in &series.points {
        let (ax, ay) = (x.at(*px), y.at(*py));
        let inside = |at: f64| (-1e-9..=1.0 + 1e-9).contains(&at);
        if !inside(ax) || !inside(ay) {
            continue;
        }
        let at = (frame.x(ax), frame.y(ay));
        let shape = outline(index);
        if shape.is_empty() {
            sheet.shapes.push(Shape::Dot { at, radius, color });
            continue;
        }
        // Hollow: the line ends at the mark, and marks that overlap can be told apart.
        let hollow = Shape::Dot {
            at,
            radius: 0.8 * radius,
            color: PAPER,
        };
        sheet.shapes.push(hollow);
        let corner = |p: &Point| (at.0 + radius * p.0, at.1 + radius * p.1);
        sheet.path(shape.iter().map(corner).collect(), color, 0.13 * t, &[]);
    }
}

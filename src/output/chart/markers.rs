//! Marks on curves: shapes that stay apart where colours do not, and arrows that say which way a curve is run through.

use super::Series;
use super::palette::{PAPER, Rgb};
use super::panel::Frame;
use super::retrace::once;
use super::scene::{Shape, Sheet};
use super::thin::{Point, from_line};
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
    for (px, py) in &series.points {
        let (ax, ay) = (x.at(*px), y.at(*py));
        let inside = |at: f64| (-1e-9..=1.0 + 1e-9).contains(&at);
        if !inside(ax) || !inside(ay) {
            continue;
        }
        mark(sheet, (frame.x(ax), frame.y(ay)), color, index);
    }
}

/// The `index`-th mark, at a place.
pub(super) fn mark(sheet: &mut Sheet, at: Point, color: Rgb, index: usize) {
    let t = sheet.size.text;
    let radius = 0.3 * t;
    let shape = outline(index);
    if shape.is_empty() {
        sheet.shapes.push(Shape::Dot { at, radius, color });
        return;
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

/// Between marks on a curve that has them here and there, in text sizes.
const APART: f64 = 9.0;
/// Between the last mark and the end of the curve, which has a dot, in text sizes.
const BEFORE: f64 = 1.5;

/// How far a mark may move along its curve to keep clear of others, and in which steps, in text sizes.
const ASIDE: f64 = 3.5;
const STEP: f64 = 0.5;
/// From the middle of a mark to another curve, and to the middle of another mark, in text sizes.
const FROM_CURVE: f64 = 0.5;
const FROM_MARK: f64 = 0.9;
/// With more pieces of lines than that, marks stay where they are.
const MOST_PIECES: usize = 20_000;

/// Draws the marks of the `index`-th curve here and there; those of the others are between them, should they run along.
/// What counts is the way from left to right: a steep curve has no more of them than a level one, and where all are
/// steep they don't crowd. A mark that would lie on another curve moves along its own. `drawn` are the visible pieces of
/// all curves, `taken` the places of their marks.
pub(super) fn spaced(
    sheet: &mut Sheet,
    drawn: &[Vec<Vec<Point>>],
    color: Rgb,
    index: usize,
    taken: &mut Vec<Point>,
) {
    let count = drawn.len();
    let Some(pieces) = drawn.get(index) else {
        return;
    };
    let t = sheet.size.text;
    let others = drawn.iter().enumerate().filter(|(i, _)| *i != index);
    let others: Vec<(Point, Point)> = others
        .flat_map(|(_, pieces)| pieces.iter().flat_map(|piece| piece.windows(2)))
        .map(|pair| (pair[0], pair[1]))
        .collect();
    let apart = APART * sheet.size.text;
    let first = apart * (index as f64 + 0.5) / count.max(1) as f64;
    // A way back along the same path has no marks of its own.
    let pieces: Vec<Vec<Point>> = pieces.iter().flat_map(|piece| once(piece)).collect();
    let end = pieces.last().and_then(|piece| piece.last()).copied();
    let away = |at: &Point| {
        let far = |end: Point| (at.0 - end.0).hypot(at.1 - end.1) >= BEFORE * sheet.size.text;
        end.is_none_or(far)
    };
    let level = |dx: f64, _: f64| dx.abs();
    let at = |way: f64| {
        along(&pieces, (way, f64::INFINITY), level)
            .first()
            .map(|p| p.0)
    };
    let clear = |at: &Point, taken: &[Point]| {
        let far = |other: &Point| (at.0 - other.0).hypot(at.1 - other.1) >= FROM_MARK * t;
        let beside = |(a, b): &(Point, Point)| from_line(*at, *a, *b) >= FROM_CURVE * t;
        taken.iter().all(far) && others.iter().all(beside)
    };
    let mut places: Vec<Point> = Vec::new();
    for (k, (own, _)) in (along(&pieces, (first, apart), level).into_iter()).enumerate() {
        if !away(&own) {
            continue;
        }
        let steps = (ASIDE / STEP) as i32;
        let asides = (0..=steps).flat_map(|n| [n, -n]).map(f64::from);
        let ways = asides.map(|n| first + apart * k as f64 + n * STEP * t);
        let mut free = ways
            .filter(|way| *way >= 0.0 && others.len() <= MOST_PIECES)
            .filter_map(at)
            .filter(|at| away(at) && clear(at, &taken[..]));
        let place = free.next().unwrap_or(own);
        taken.push(place);
        places.push(place);
    }
    if places.is_empty() {
        // Too narrow, or too steep: one in the middle of the way.
        let half = 0.5 * pieces.iter().map(|piece| length(piece)).sum::<f64>();
        let middle = along(&pieces, (half, f64::INFINITY), f64::hypot);
        places.extend(middle.into_iter().map(|(at, _)| at));
    }
    for at in places {
        mark(sheet, at, color, index);
    }
}

/// Between arrows along a curve, in text sizes.
const ARROWS: f64 = 7.0;

/// Draws arrow heads along a curve, and a ring where it begins.
pub(super) fn arrows(sheet: &mut Sheet, pieces: &[Vec<Point>], color: Rgb) {
    let t = sheet.size.text;
    let total: f64 = pieces.iter().map(|piece| length(piece)).sum();
    let n = (total / (ARROWS * t)).round().clamp(1.0, 40.0);
    // None at the ends, where they would cover the ring and the dot.
    let apart = total / n;
    if apart < 2.0 * t {
        return;
    }
    for (at, way) in along(pieces, (0.5 * apart, apart), f64::hypot) {
        let (ahead, aside) = (0.42 * t, 0.36 * t);
        let corner = |forward: f64, side: f64| {
            (
                at.0 + forward * way.0 - side * way.1,
                at.1 + forward * way.1 + side * way.0,
            )
        };
        let points = vec![
            corner(ahead, 0.0),
            corner(-ahead, aside),
            corner(-0.5 * ahead, 0.0),
            corner(-ahead, -aside),
        ];
        sheet.shapes.push(Shape::Area { points, color });
    }
    if let Some(at) = pieces.first().and_then(|piece| piece.first().copied()) {
        for (radius, color) in [(0.26 * t, color), (0.15 * t, PAPER)] {
            sheet.shapes.push(Shape::Dot { at, radius, color });
        }
    }
}

fn length(piece: &[Point]) -> f64 {
    let steps = piece.windows(2);
    steps
        .map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1))
        .sum()
}

/// Places on a curve from `first` on, one every `apart` of its way as `measure` says how long a step of it is, each with
/// the direction of the curve there.
fn along(
    pieces: &[Vec<Point>],
    (first, apart): (f64, f64),
    measure: impl Fn(f64, f64) -> f64,
) -> Vec<(Point, Point)> {
    let mut out = Vec::new();
    let (mut done, mut next) = (0.0, first);
    for pair in pieces.iter().flat_map(|piece| piece.windows(2)) {
        let (a, b) = (pair[0], pair[1]);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (step, length) = (measure(dx, dy), dx.hypot(dy));
        while step > 0.0 && next <= done + step {
            let part = (next - done) / step;
            let at = (a.0 + part * dx, a.1 + part * dy);
            out.push((at, (dx / length, dy / length)));
            next += apart;
        }
        done += step;
    }
    out
}

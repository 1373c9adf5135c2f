//! Curves in pixels: clipped to the frame, and thinned to what an eye can see.

/// A point in pixels.
pub type Point = (f64, f64);

/// Distance of a point from a stretch of line.
pub fn from_line(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length;
    let along = if length > 0.0 {
        along.clamp(0.0, 1.0)
    } else {
        0.0
    };
    (p.0 - a.0 - along * dx).hypot(p.1 - a.1 - along * dy)
}

/// Cuts a curve at points that are not finite; isolated points become pieces of one point.
pub fn pieces(points: impl Iterator<Item = Point>) -> Vec<Vec<Point>> {
    let mut pieces = vec![Vec::new()];
    for point in points {
        let finite = point.0.is_finite() && point.1.is_finite();
        match pieces.last_mut() {
            Some(piece) if finite => piece.push(point),
            Some(piece) if !piece.is_empty() => pieces.push(Vec::new()),
            _ => {}
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// What of a curve lies inside the rectangle from `min` to `max`.
pub fn clip(curve: &[Point], min: Point, max: Point) -> Vec<Vec<Point>> {
    let inside = |p: &Point| p.0 >= min.0 && p.0 <= max.0 && p.1 >= min.1 && p.1 <= max.1;
    if curve.iter().all(inside) {
        return vec![curve.to_vec()];
    }
    let mut out: Vec<Vec<Point>> = Vec::new();
    for pair in curve.windows(2) {
        let Some((a, b)) = clip_segment(pair[0], pair[1], min, max) else {
            continue;
        };
        match out.last_mut() {
            Some(piece) if piece.last() == Some(&a) => piece.push(b),
            _ => out.push(vec![a, b]),
        }
    }
    out
}

/// Liang & Barsky, ACM Trans. Graph. 3:1 (1984).
fn clip_segment(a: Point, b: Point, min: Point, max: Point) -> Option<(Point, Point)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut from, mut to) = (0f64, 1f64);
    let borders = [
        (-dx, a.0 - min.0),
        (dx, max.0 - a.0),
        (-dy, a.1 - min.1),
        (dy, max.1 - a.1),
    ];
    for (speed, room) in borders {
        if speed == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if speed < 0.0 {
            from = from.max(room / speed);
        } else {
            to = to.min(room / speed);
        }
    }
    let at = |s: f64| match s {
        0.0 => a,
        1.0 => b,
        s => (a.0 + s * dx, a.1 + s * dy),
    };
    (from <= to).then(|| (at(from), at(to)))
}

/// At most four points per half pixel of width (first, lowest, highest, last), in their order, and of a straight
/// stretch only its ends. No point of the curve is left further away than half a pixel.
pub fn thin(curve: &[Point]) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::new();
    let mut start = 0;
    while start < curve.len() {
        let column = half_pixel(&curve[start]);
        let length = curve[start..]
            .iter()
            .take_while(|p| half_pixel(p) == column)
            .count();
        let run = &curve[start..start + length];
        let by_height = |a: &usize, b: &usize| run[*a].1.total_cmp(&run[*b].1);
        let lowest = (0..length).min_by(by_height).unwrap_or(0);
        let highest = (0..length).max_by(by_height).unwrap_or(0);
        let mut keep = [0, lowest, highest, length - 1];
        keep.sort_unstable();
        for i in keep {
            if out.last() != Some(&run[i]) {
                out.push(run[i]);
            }
        }
        start += length;
    }
    straighten(&out)
}

fn half_pixel(p: &Point) -> f64 {
    (2.0 * p.0).floor()
}

/// Leaves out points that lie within a twentieth of a pixel of the line between those kept before and after
/// (Reumann & Witkam's corridor with both ends checked), so that a straight curve is two points.
fn straighten(curve: &[Point]) -> Vec<Point> {
    const NEAR: f64 = 0.05;
    let mut out: Vec<Point> = Vec::new();
    let mut anchor = 0;
    for i in 0..curve.len() {
        let ends = i == 0 || i + 1 == curve.len();
        // At most 32 points back: the check stays linear in the number of points.
        let needed = ends || i - anchor >= 32 || {
            let (a, b) = (curve[anchor], curve[i + 1]);
            curve[anchor + 1..=i]
                .iter()
                .any(|p| distance(*p, a, b) > NEAR)
        };
        if needed {
            out.push(curve[i]);
            anchor = i;
        }
    }
    out
}

/// Distance of `p` from the segment between `a` and `b`.
fn distance(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 {
        (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (p.0 - a.0 - along * dx).hypot(p.1 - a.1 - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_keeps_its_extremes() {
        let mut curve: Vec<Point> = (0..100_000)
            .map(|i| (i as f64 * 0.006, 100.0 + (i as f64 * 0.7).sin()))
            .collect();
        curve[54_321].1 = 0.0;
        let thinned = thin(&curve);
        assert!(thinned.len() < 4 * 1201, "{}", thinned.len());
        assert!(thinned.contains(&curve[54_321]));
        assert_eq!(thinned.first(), curve.first());
        assert_eq!(thinned.last(), curve.last());
    }

    #[test]
    fn straight_lines_are_two_points_and_circles_stay_round() {
        let line: Vec<Point> = (0..30).map(|i| (i as f64, 2.0 * i as f64)).collect();
        assert_eq!(thin(&line), [line[0], line[29]]);
        let circle: Vec<Point> = (0..=360)
            .map(|i| {
                (
                    f64::from(i).to_radians().cos(),
                    f64::from(i).to_radians().sin(),
                )
            })
            .map(|(x, y)| (200.0 + 100.0 * x, 200.0 + 100.0 * y))
            .collect();
        let thinned = thin(&circle);
        for p in &circle {
            let nearest = thinned
                .windows(2)
                .map(|w| distance(*p, w[0], w[1]))
                .fold(f64::INFINITY, f64::min);
            // Within a column only the extremes are kept.
            assert!(nearest < 0.5, "{p:?} is {nearest} away");
        }
    }

    #[test]
    fn clipping_cuts_at_the_border() {
        let curve = [(-1.0, 0.5), (2.0, 0.5), (2.0, 9.0), (0.5, 9.0), (0.5, 0.0)];
        let cut = clip(&curve, (0.0, 0.0), (1.0, 1.0));
        assert_eq!(
            cut,
            [vec![(0.0, 0.5), (1.0, 0.5)], vec![(0.5, 1.0), (0.5, 0.0)]]
        );
        assert_eq!(pieces([(0.0, f64::NAN), (1.0, 1.0)].into_iter()).len(), 1);
    }
}

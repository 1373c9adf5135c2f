//! Names beside points, where they cover neither each other nor a point.

use super::super::panel::Frame;
use super::super::thin::Point;

/// Left, top, right, bottom.
pub(super) type Bounds = [f64; 4];

/// Where the name of a point goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    /// The box of the name.
    pub bounds: Bounds,
    /// So far away that a line must lead to the point.
    pub far: bool,
}

/// A place for each name (width, height), in the order of importance; `None` where there is no room. `radius` is that of
/// the points.
pub(super) fn names(
    points: &[Point],
    names: &[(f64, f64)],
    within: Frame,
    radius: f64,
    t: f64,
) -> Vec<Option<Spot>> {
    const AROUND: [(f64, f64); 8] = [
        (1.0, 0.0),
        (0.75, -0.75),
        (0.75, 0.75),
        (-1.0, 0.0),
        (0.0, -1.0),
        (0.0, 1.0),
        (-0.75, -0.75),
        (-0.75, 0.75),
    ];
    const RINGS: [f64; 5] = [0.3, 1.0, 1.9, 3.0, 4.4];
    let mut taken: Vec<Bounds> = Vec::new();
    let mut leaders: Vec<(Point, Point)> = Vec::new();
    let mut out = Vec::new();
    for (at, (width, height)) in points.iter().zip(names) {
        let mut found = None;
        'rings: for (ring, distance) in RINGS.iter().enumerate() {
            for (dx, dy) in AROUND {
                let reach = radius + distance * t;
                let centre = (
                    at.0 + dx * reach + dx.signum() * f64::from(dx != 0.0) * width / 2.0,
                    at.1 + dy * reach
                        + dy.signum() * f64::from(dy != 0.0) * height / 2.0
                            * (1.0 - dx.abs()).max(0.5),
                );
                let own = [
                    centre.0 - width / 2.0,
                    centre.1 - height / 2.0,
                    centre.0 + width / 2.0,
                    centre.1 + height / 2.0,
                ];
                let inside = own[0] >= within.left
                    && own[2] <= within.right
                    && own[1] >= within.top
                    && own[3] <= within.bottom;
                let near = |p: &Point| {
                    let x = p.0.clamp(own[0], own[2]);
                    let y = p.1.clamp(own[1], own[3]);
                    (p.0 - x).hypot(p.1 - y) < 1.15 * radius
                };
                let lead = (*at, nearest(own, *at));
                let far = ring > 0;
                let crossed = far && taken.iter().any(|b| cuts(lead, *b));
                let over = leaders.iter().any(|line| cuts(*line, own));
                if inside
                    && !crossed
                    && !over
                    && !points.iter().any(near)
                    && !taken.iter().any(|b| overlap(*b, own))
                {
                    found = Some(Spot { bounds: own, far });
                    break 'rings;
                }
            }
        }
        if let Some(spot) = found {
            taken.push(spot.bounds);
            if spot.far {
                leaders.push((*at, nearest(spot.bounds, *at)));
            }
        }
        out.push(found);
    }
    out
}

/// The point of a box that is nearest to a point.
pub(super) fn nearest(own: Bounds, to: Point) -> Point {
    (to.0.clamp(own[0], own[2]), to.1.clamp(own[1], own[3]))
}

fn overlap(a: Bounds, b: Bounds) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Whether a line passes through a box.
fn cuts((from, to): (Point, Point), own: Bounds) -> bool {
    (0..=16).any(|k| {
        let s = f64::from(k) / 16.0;
        let (x, y) = (from.0 + s * (to.0 - from.0), from.1 + s * (to.1 - from.1));
        x > own[0] && x < own[2] && y > own[1] && y < own[3]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_covers_another_or_a_point() {
        let frame = Frame {
            left: 0.0,
            right: 500.0,
            top: 0.0,
            bottom: 300.0,
        };
        let points: Vec<Point> = (0..30)
            .map(|i| (f64::from(i * 37 % 490), f64::from(i * 71 % 290)))
            .collect();
        let sizes = vec![(60.0, 14.0); 30];
        let spots = names(&points, &sizes, frame, 4.0, 12.0);
        let found: Vec<Bounds> = spots.iter().flatten().map(|s| s.bounds).collect();
        assert!(found.len() > 20, "{}", found.len());
        for (i, a) in found.iter().enumerate() {
            assert!(found[..i].iter().all(|b| !overlap(*a, *b)));
            let inside = |p: &Point| p.0 > a[0] && p.0 < a[2] && p.1 > a[1] && p.1 < a[3];
            assert!(!points.iter().any(inside));
        }
        // All in one place: as many as there is room for.
        let heap = vec![(250.0, 150.0); 100];
        let spots = names(&heap, &vec![(60.0, 14.0); 100], frame, 4.0, 12.0);
        assert!((4..100).contains(&spots.iter().flatten().count()));
    }
}

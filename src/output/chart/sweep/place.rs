//! Names beside points, where they cover neither each other nor a point.

use super::super::panel::Frame;
use super::super::thin::{Point, clip};

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

/// What names must keep clear of.
pub(super) struct Ground<'a> {
    /// All names are in here.
    pub within: Frame,
    /// The points; a name belongs to the one with its number.
    pub points: &'a [Point],
    /// Their radius.
    pub radius: f64,
    /// Lines that names should not cross, though they may.
    pub lines: &'a [(Point, Point)],
    /// How many of the first names are worth a long way.
    pub important: usize,
    /// Words that are already there.
    pub words: &'a [Bounds],
}

/// Directions from a point, the best first.
const AROUND: [(f64, f64); 12] = [
    (1.0, 0.0),
    (0.8, -0.6),
    (0.8, 0.6),
    (-1.0, 0.0),
    (0.0, -1.0),
    (0.0, 1.0),
    (-0.8, -0.6),
    (-0.8, 0.6),
    (0.4, -0.9),
    (0.4, 0.9),
    (-0.4, -0.9),
    (-0.4, 0.9),
];
/// Distances from a point, in text sizes; from the second on, a line leads to the name.
const RINGS: [f64; 7] = [0.3, 1.0, 1.9, 3.0, 4.4, 6.0, 8.0];
/// Rings for names that are not important.
const NEAR: usize = 5;

/// A place for each name (width, height), in the order of importance; `None` where there is no room. `t` is the size of
/// the text.
pub(super) fn names(ground: &Ground, names: &[(f64, f64)], t: f64) -> Vec<Option<Spot>> {
    let mut taken: Vec<Bounds> = ground.words.to_vec();
    let mut leaders: Vec<(Point, Point)> = Vec::new();
    let mut out = Vec::new();
    for (number, (at, size)) in ground.points.iter().zip(names).enumerate() {
        let most = if number < ground.important {
            RINGS.len()
        } else {
            NEAR
        };
        let mut best: Option<(f64, Spot)> = None;
        for (ring, distance) in RINGS.iter().take(most).enumerate() {
            // A ring more costs as much as a line that is crossed.
            let cost = ring as f64;
            if best.is_some_and(|(least, _)| least <= cost) {
                break;
            }
            for (k, direction) in AROUND.iter().enumerate() {
                let bounds = beside(*at, *direction, ground.radius + distance * t, *size);
                let far = ring > 0;
                let leader = (*at, nearest(bounds, *at));
                let r = ground.radius;
                let around = |p: &Point| [p.0 - r, p.1 - r, p.0 + r, p.1 + r];
                // A line can't keep clear of a point that covers its own.
                let apart = |p: &&Point| (p.0 - at.0).hypot(p.1 - at.1) > 2.0 * r;
                let others = ground.points.iter().filter(apart);
                let hits = |b: Bounds| far && cuts(leader, b);
                if !free(ground, bounds, &taken, &leaders)
                    || taken.iter().any(|b| hits(*b))
                    || others.map(around).any(hits)
                {
                    continue;
                }
                let crossed = ground.lines.iter().filter(|l| cuts(**l, bounds)).count();
                let cost = cost + 0.9 * crossed as f64 + 0.01 * k as f64;
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, Spot { bounds, far }));
                }
            }
        }
        let found = best.map(|(_, spot)| spot);
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

/// The box of a name at a distance from a point.
fn beside(at: Point, (dx, dy): (f64, f64), reach: f64, (width, height): (f64, f64)) -> Bounds {
    // The side or corner that looks at the point is at that distance.
    let side = |d: f64| match d {
        d if d.abs() < 0.3 => 0.0,
        d => d.signum(),
    };
    let x = at.0 + dx * reach + side(dx) * width / 2.0;
    let y = at.1 + dy * reach + side(dy) * height / 2.0;
    [
        x - width / 2.0,
        y - height / 2.0,
        x + width / 2.0,
        y + height / 2.0,
    ]
}

fn free(ground: &Ground, own: Bounds, taken: &[Bounds], leaders: &[(Point, Point)]) -> bool {
    let within = ground.within;
    let inside = own[0] >= within.left
        && own[2] <= within.right
        && own[1] >= within.top
        && own[3] <= within.bottom;
    let near = |p: &Point| {
        let to = nearest(own, *p);
        (p.0 - to.0).hypot(p.1 - to.1) < 1.15 * ground.radius
    };
    inside
        && !taken.iter().any(|b| overlap(*b, own))
        && !leaders.iter().any(|line| cuts(*line, own))
        && !ground.points.iter().any(near)
}

/// The point of a box that is nearest to a point.
pub(super) fn nearest(own: Bounds, to: Point) -> Point {
    (to.0.clamp(own[0], own[2]), to.1.clamp(own[1], own[3]))
}

fn overlap(a: Bounds, b: Bounds) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Whether a line passes through a box; one that only touches it does not.
pub(super) fn cuts((from, to): (Point, Point), own: Bounds) -> bool {
    let (min, max) = ((own[0] + 0.5, own[1] + 0.5), (own[2] - 0.5, own[3] - 0.5));
    !clip(&[from, to], min, max).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_covers_another_or_a_point() {
        let within = Frame {
            left: 0.0,
            right: 500.0,
            top: 0.0,
            bottom: 300.0,
        };
        let ground = |points| Ground {
            within,
            points,
            radius: 4.0,
            lines: &[((0.0, 0.0), (500.0, 300.0))],
            important: 2,
            words: &[[0.0, 0.0, 60.0, 14.0]],
        };
        let points: Vec<Point> = (0..30)
            .map(|i| (f64::from(i * 37 % 490), f64::from(i * 71 % 290)))
            .collect();
        let spots = names(&ground(&points), &[(60.0, 14.0); 30], 12.0);
        let found: Vec<Bounds> = spots.iter().flatten().map(|s| s.bounds).collect();
        assert!(found.len() > 20, "{}", found.len());
        for (i, a) in found.iter().enumerate() {
            assert!(!overlap(*a, [0.0, 0.0, 60.0, 14.0]));
            assert!(found[..i].iter().all(|b| !overlap(*a, *b)));
            assert!(points.iter().all(|p| nearest(*a, *p) != *p));
        }
        // All in one place: as many as there is room for.
        let heap = [(250.0, 150.0); 100];
        let spots = names(&ground(&heap), &[(60.0, 14.0); 100], 12.0);
        assert!((4..100).contains(&spots.iter().flatten().count()));
    }
}

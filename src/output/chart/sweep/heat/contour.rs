//! Lines of equal value through a grid of values, by marching squares.

use std::collections::{BTreeMap, BTreeSet};

use crate::output::chart::thin::Point;

/// An edge of the grid: its lower left node, and whether it goes up.
type Edge = (usize, usize, bool);

/// The lines on which a field has a level. `at` gives its value at a node, NaN where it has none; `place` where a node is.
/// Each line is open, or closed with its first point repeated at the end.
pub(super) fn contour(
    size: (usize, usize),
    at: &dyn Fn(usize, usize) -> f64,
    place: &dyn Fn(usize, usize) -> Point,
    level: f64,
) -> Vec<Vec<Point>> {
    let cross = |(i, j, up): Edge| {
        let (k, l) = far_end((i, j, up));
        let (a, b) = (at(i, j), at(k, l));
        let s = ((level / 2.0 - a / 2.0) / (b / 2.0 - a / 2.0)).clamp(0.0, 1.0);
        between(place(i, j), place(k, l), s)
    };
    let lines = crossed(size, at, level).into_iter();
    lines
        .map(|edges| edges.into_iter().map(cross).collect())
        .collect()
}

/// The lines between nodes below and above a level of which only the side is known, and not how far away it is: of all
/// that separate them and are not nearer to a node than a part of its edge, about the shortest.
pub(super) fn separating(
    size: (usize, usize),
    at: &dyn Fn(usize, usize) -> f64,
    place: &dyn Fn(usize, usize) -> Point,
    (level, nearest): (f64, f64),
) -> Vec<Vec<Point>> {
    let lines = crossed(size, at, level).into_iter();
    let taut = |edges: Vec<Edge>| {
        let ends = edges.iter().map(|edge| {
            let (k, l) = far_end(*edge);
            (place(edge.0, edge.1), place(k, l))
        });
        pulled(
            &ends.collect::<Vec<_>>(),
            nearest.clamp(NEAREST.0, NEAREST.1),
        )
    };
    lines.map(taut).collect()
}

/// Rounds of pulling: enough for stretches of a hundred edges that are to be straight, which take their square.
const PULLS: usize = 4000;
/// How near a point may come to either end of its edge, as a part of it, at least and at most: cells that are drawn around
/// the nodes must not look as if they were on the wrong side.
const NEAREST: (f64, f64) = (0.02, 0.25);

/// A line with one point on each of these edges, pulled straight: each point is as near as its edge allows to the straight
/// way between its neighbours. Closed if the first edge is also the last.
fn pulled(edges: &[(Point, Point)], nearest: f64) -> Vec<Point> {
    let n = edges.len();
    let mut line: Vec<Point> = edges.iter().map(|(a, b)| between(*a, *b, 0.5)).collect();
    let closed = n > 2 && edges[0] == edges[n - 1];
    // Of very long lines, which are noise, less will do.
    let pulls = PULLS.min(200 + 1_000_000 / n.max(1));
    for _ in 0..pulls {
        for k in 0..n {
            let (a, b) = edges[k];
            let ends = match k {
                0 if closed => (line[n - 2], line[1]),
                k if k + 1 == n && closed => (line[k - 1], line[1]),
                k if k == 0 || k + 1 == n => {
                    // An open line leaves at a right angle.
                    let next = line[if k == 0 { 1.min(n - 1) } else { k - 1 }];
                    let across = (b.1 - a.1, a.0 - b.0);
                    (next, (next.0 + across.0, next.1 + across.1))
                }
                k => (line[k - 1], line[k + 1]),
            };
            // Where the straight way from one neighbour to the other meets the edge.
            let (way, side) = (
                (ends.1.0 - ends.0.0, ends.1.1 - ends.0.1),
                (b.0 - a.0, b.1 - a.1),
            );
            let cross = |p: Point, q: Point| p.0 * q.1 - p.1 * q.0;
            let from = (ends.0.0 - a.0, ends.0.1 - a.1);
            let along = cross(from, way) / cross(side, way);
            if along.is_finite() {
                line[k] = between(a, b, along.clamp(nearest, 1.0 - nearest));
            }
        }
    }
    if closed {
        line[n - 1] = line[0];
    }
    line
}

fn between(a: Point, b: Point, s: f64) -> Point {
    (a.0 + s * (b.0 - a.0), a.1 + s * (b.1 - a.1))
}

/// The other node of an edge.
fn far_end((i, j, up): Edge) -> (usize, usize) {
    if up { (i, j + 1) } else { (i + 1, j) }
}

/// The edges that the lines cross on which a field has a level, in their order.
fn crossed(
    (columns, rows): (usize, usize),
    at: &dyn Fn(usize, usize) -> f64,
    level: f64,
) -> Vec<Vec<Edge>> {
    let mut next: BTreeMap<Edge, Vec<Edge>> = BTreeMap::new();
    for j in 0..rows.saturating_sub(1) {
        for i in 0..columns.saturating_sub(1) {
            for (a, b) in square(i, j, at, level) {
                next.entry(a).or_default().push(b);
                next.entry(b).or_default().push(a);
            }
        }
    }
    let mut done: BTreeSet<Edge> = BTreeSet::new();
    let mut lines = Vec::new();
    // Lines with ends first: one that is begun in its middle would be cut in two.
    let ends = next.iter().filter(|(_, list)| list.len() == 1);
    let starts: Vec<Edge> = ends.chain(next.iter()).map(|(edge, _)| *edge).collect();
    for start in starts {
        if !done.insert(start) {
            continue;
        }
        let mut edges = vec![start];
        let mut here = start;
        loop {
            let onward = next.get(&here).into_iter().flatten();
            let mut onward = onward.filter(|edge| !done.contains(edge));
            let Some(edge) = onward.next().copied() else {
                break;
            };
            done.insert(edge);
            edges.push(edge);
            here = edge;
        }
        let closes = edges.len() > 2 && next.get(&here).is_some_and(|list| list.contains(&start));
        if closes {
            edges.push(start);
        }
        if edges.len() > 1 {
            lines.push(edges);
        }
    }
    lines
}

/// The pieces of the lines in one square, each from one of its edges to another.
fn square(i: usize, j: usize, at: &dyn Fn(usize, usize) -> f64, level: f64) -> Vec<(Edge, Edge)> {
    let corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
    if corners.iter().any(|v| !v.is_finite()) {
        return Vec::new();
    }
    let over = corners.map(|v| v >= level);
    let edges: [Edge; 4] = [
        (i, j, false),
        (i + 1, j, true),
        (i, j + 1, false),
        (i, j, true),
    ];
    let crossed: Vec<usize> = (0..4).filter(|k| over[*k] != over[(k + 1) % 4]).collect();
    match crossed[..] {
        [a, b] => vec![(edges[a], edges[b])],
        [_, _, _, _] => {
            // A saddle: the middle decides which corners belong together.
            let middle = corners.iter().map(|v| v / 4.0).sum::<f64>() >= level;
            if middle == over[0] {
                vec![(edges[0], edges[1]), (edges[2], edges[3])]
            } else {
                vec![(edges[3], edges[0]), (edges[1], edges[2])]
            }
        }
        _ => Vec::new(),
    }
}

/// Rounds the corners of a line (G. Chaikin, Comput. Graph. Image Process. 3 (1974) 346–349): a border that is known to
/// half a cell has no corners worth showing.
pub(super) fn rounded(line: &[Point]) -> Vec<Point> {
    let (Some(first), Some(last)) = (line.first(), line.last()) else {
        return Vec::new();
    };
    let closed = first == last;
    let mut out = Vec::new();
    if !closed {
        out.push(*first);
    }
    for pair in line.windows(2) {
        out.extend([
            between(pair[0], pair[1], 0.25),
            between(pair[0], pair[1], 0.75),
        ]);
    }
    if closed {
        out.extend(out.first().copied());
    } else {
        out.push(*last);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(i: usize, j: usize) -> Point {
        (i as f64, j as f64)
    }

    #[test]
    fn a_plane_has_a_straight_line() {
        let lines = contour((5, 4), &|i, _| i as f64, &place, 1.5);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].len(), 4);
        assert!(lines[0].iter().all(|p| p.0 == 1.5), "{lines:?}");
    }

    #[test]
    fn a_border_between_points_has_no_stairs() {
        // A border of slope 1/3 over points that only know their side of it.
        let over = |i: usize, j: usize| f64::from(3 * j > i);
        let lines = separating((31, 12), &over, &place, (0.5, 0.25));
        assert_eq!(lines.len(), 1);
        for p in lines[0].iter().filter(|p| p.0 > 3.0 && p.0 < 27.0) {
            assert!((p.1 - p.0 / 3.0 - 0.2).abs() < 0.25, "{p:?}");
        }
        // Where it may come near to the points, it is straight.
        let lines = separating((31, 12), &over, &place, (0.5, 0.0));
        let inner: Vec<&Point> = lines[0]
            .iter()
            .filter(|p| p.0 > 3.0 && p.0 < 27.0)
            .collect();
        for w in inner.windows(2) {
            let slope = (w[1].1 - w[0].1) / (w[1].0 - w[0].0);
            assert!((slope - 1.0 / 3.0).abs() < 0.05, "{w:?}");
        }
        let ring = |i: usize, j: usize| f64::from((i as f64 - 5.0).hypot(j as f64 - 5.0) < 3.2);
        let lines = separating((11, 11), &ring, &place, (0.5, 0.25));
        assert_eq!(lines.len(), 1);
        assert!(lines[0].len() > 8, "{lines:?}");
    }

    #[test]
    fn a_hill_has_a_ring() {
        let hill = |i: usize, j: usize| 10.0 - (i as f64 - 5.0).hypot(j as f64 - 5.0);
        let lines = contour((11, 11), &hill, &place, 7.0);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        for (x, y) in &lines[0] {
            assert!(((x - 5.0).hypot(y - 5.0) - 3.0).abs() < 0.1);
        }
        assert_eq!(rounded(&lines[0]).first(), rounded(&lines[0]).last());
    }

    #[test]
    fn saddles_and_holes_do_not_confuse_it() {
        let chess = |i: usize, j: usize| ((i + j) % 2) as f64;
        assert!(!contour((9, 9), &chess, &place, 0.5).is_empty());
        let holes = |i: usize, j: usize| if (i, j) == (2, 2) { f64::NAN } else { i as f64 };
        assert!(contour((5, 5), &holes, &place, 1.5).len() == 2);
        assert!(contour((0, 0), &chess, &place, 0.5).is_empty());
        assert!(contour((5, 5), &|_, _| 1.0, &place, 1.0).is_empty());
    }
}

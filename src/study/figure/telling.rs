//! The points of curves and maps that tell their course: a table needs no more.

use crate::trajectory::figure::{AxisData, CurveData, CurvesData, CurvesPanel};

/// Curves with no more points are whole.
const FEW: usize = 100;
/// Straight lines between the points that are left are as exact as this part of the axis.
const NEAR: f64 = 5e-4;
/// On a logarithmic axis, what is so many decades below the largest value is nothing.
const DECADES: f64 = 8.0;
/// Points of a map, about: of more there is every second, third … column and row.
const OF_MAP: usize = 1000;

/// A range of numbers as a stretch from 0 to 1.
struct Stretch {
    log: bool,
    from: f64,
    to: f64,
}

impl Stretch {
    fn new<'a>(axis: &AxisData, values: impl Iterator<Item = &'a f64>) -> Stretch {
        let log = axis.log;
        let usable = values.filter(|v| v.is_finite() && (!log || **v > 0.0));
        let (lo, hi) = usable.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| {
            (lo.min(*v), hi.max(*v))
        });
        // What an axis does not show makes it no longer.
        let lo = axis.limits.0.map_or(lo, |end| end.max(lo));
        let hi = axis.limits.1.map_or(hi, |end| end.min(hi));
        match log {
            true => Stretch {
                log,
                from: lo.log10().max(hi.log10() - DECADES),
                to: hi.log10(),
            },
            false => Stretch {
                log,
                from: lo,
                to: hi,
            },
        }
    }

    fn at(&self, value: f64) -> f64 {
        let value = match self.log {
            // All that is not above the axis is at its foot.
            true if value.is_nan() => value,
            true => value.max(0.0).log10().max(self.from),
            false => value,
        };
        let length = self.to - self.from;
        (value - self.from) / if length > 0.0 { length } else { 1.0 }
    }
}

/// The points of a curve that tell its course, by number: all of a scan, where each is a run, and of a short one.
pub(super) fn points(data: &CurvesData, panel: &CurvesPanel, curve: &CurveData) -> Vec<usize> {
    let n = curve.x.len().min(curve.y.len());
    if data.scanned || n <= FEW {
        return (0..n).collect();
    }
    let x = Stretch::new(&data.x, panel.curves.iter().flat_map(|c| &c.x));
    let y = Stretch::new(&panel.y, panel.curves.iter().flat_map(|c| &c.y));
    let places: Vec<(f64, f64)> = (0..n)
        .map(|i| (x.at(curve.x[i]), y.at(curve.y[i])))
        .collect();
    let gap = |p: &(f64, f64)| !(p.0.is_finite() && p.1.is_finite());
    let mut keep = vec![false; n];
    let mut i = 0;
    while i < n {
        let same = places[i..].iter().take_while(|p| gap(p) == gap(&places[i]));
        let end = i + same.count();
        (keep[i], keep[end - 1]) = (true, true);
        if !gap(&places[i]) {
            bends(&places, (i, end - 1), &mut keep);
        }
        i = end;
    }
    (0..n).filter(|i| keep[*i]).collect()
}

/// Keeps the points between two without which a straight line would be too far away (U. Ramer, Comput. Graph. Image
/// Process. 1 (1972) 244–256).
fn bends(places: &[(f64, f64)], whole: (usize, usize), keep: &mut [bool]) {
    let mut stretches = vec![whole];
    while let Some((from, to)) = stretches.pop() {
        let (a, b) = (places[from], places[to]);
        let away = |i: usize| distance(places[i], a, b);
        let farthest = (from + 1..to).max_by(|i, j| away(*i).total_cmp(&away(*j)));
        if let Some(i) = farthest.filter(|i| away(*i) > NEAR) {
            keep[i] = true;
            stretches.extend([(from, i), (i, to)]);
        }
    }
}

/// From a point to a stretch of a straight line.
fn distance(p: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let square = dx * dx + dy * dy;
    let along = match square > 0.0 {
        true => (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / square).clamp(0.0, 1.0),
        false => 0.0,
    };
    (p.0 - a.0 - along * dx).hypot(p.1 - a.1 - along * dy)
}

/// A point of a map.
type Point = (f64, f64, Option<f64>);

/// The points of a map, or those of every second, third … column and row.
pub(super) fn lattice(points: &[Point]) -> Vec<Point> {
    let step = (1..)
        .find(|step| points.len() <= OF_MAP * step * step)
        .unwrap_or(1);
    let kept = |of: &dyn Fn(&Point) -> f64| -> Vec<f64> {
        let mut all: Vec<f64> = points.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all.dedup();
        all.into_iter().step_by(step).collect()
    };
    let (x, y) = (kept(&|p| p.0), kept(&|p| p.1));
    let among = |list: &[f64], v: f64| list.binary_search_by(|k| k.total_cmp(&v)).is_ok();
    let on = |p: &&Point| among(&x, p.0) && among(&y, p.1);
    points.iter().filter(on).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(curve: CurveData, log: bool) -> Vec<usize> {
        let panel = CurvesPanel {
            y: AxisData {
                log,
                ..AxisData::default()
            },
            curves: vec![curve],
            ..CurvesPanel::default()
        };
        points(&CurvesData::default(), &panel, &panel.curves[0])
    }

    fn curve(n: usize, y: impl Fn(f64) -> f64) -> CurveData {
        let x: Vec<f64> = (0..n).map(|i| i as f64 / (n - 1) as f64).collect();
        CurveData {
            y: x.iter().map(|x| y(*x)).collect(),
            x,
            ..CurveData::default()
        }
    }

    #[test]
    fn between_the_points_that_are_left_the_curve_is_straight() {
        let whole = curve(4001, |x| (7.0 * x).sin());
        let left = of(whole.clone(), false);
        assert!((20..200).contains(&left.len()), "{}", left.len());
        for pair in left.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            for i in a..b {
                let s = (whole.x[i] - whole.x[a]) / (whole.x[b] - whole.x[a]);
                let straight = whole.y[a] + s * (whole.y[b] - whole.y[a]);
                // Twice as far upwards as across a steep stretch.
                assert!((straight - whole.y[i]).abs() < 0.004, "{i}");
            }
        }
        let line = curve(4001, |x| 3.0 * x);
        assert_eq!(of(line, false), [0, 4000]);
        // An exponential is a straight line on a logarithmic axis.
        assert_eq!(of(curve(4001, f64::exp), true), [0, 4000]);
    }

    #[test]
    fn jumps_gaps_and_short_curves_are_whole() {
        let jump = of(curve(1000, |x| f64::from(x > 0.5)), false);
        assert_eq!(jump, [0, 499, 500, 999]);
        let gap = of(curve(1000, |x| if x < 0.5 { x } else { f64::NAN }), false);
        assert_eq!(gap, [0, 499, 500, 999]);
        let constant = of(curve(1000, |_| 2.0), false);
        assert_eq!(constant, [0, 999]);
        assert_eq!(of(curve(50, |x| x), false).len(), 50);
        assert!(of(curve(500, |_| f64::NAN), true).len() <= 2);
    }

    #[test]
    fn large_maps_have_fewer_columns_and_rows() {
        let map = |n: usize| -> Vec<Point> {
            let at = |k: usize| ((k % n) as f64, (k / n) as f64, Some(k as f64));
            (0..n * n).map(at).collect()
        };
        assert_eq!(lattice(&map(30)).len(), 900);
        let left = lattice(&map(90));
        assert_eq!(left.len(), 900);
        assert_eq!(left[1], (3.0, 0.0, Some(3.0)));
        assert!(lattice(&[]).is_empty());
    }
}

//! Oblique lines over some of the cells.

use crate::output::chart::thin::Point;

/// The pieces of lines under 45° that lie in the wanted cells. `x` and `y` are the borders of the columns from the left
/// and of the rows from below, in pixels; the lines are `distance` apart.
pub(super) fn hatch(
    x: &[f64],
    y: &[f64],
    wanted: &dyn Fn(usize, usize) -> bool,
    distance: f64,
) -> Vec<(Point, Point)> {
    let (Some(left), Some(right)) = (x.first(), x.last()) else {
        return Vec::new();
    };
    let (Some(bottom), Some(top)) = (y.first(), y.last()) else {
        return Vec::new();
    };
    // Lines x + y = c, each cut at all borders that it crosses.
    let step = distance.max(1.0) * 2f64.sqrt();
    let n = ((right + bottom - left - top) / step) as usize;
    let mut lines: Vec<(Point, Point)> = Vec::new();
    for k in 0..=n.min(4000) {
        let c = left + top + (k as f64 + 0.5) * step;
        let mut cuts: Vec<f64> = x.to_vec();
        cuts.extend(y.iter().map(|y| c - y));
        cuts.retain(|at| {
            at >= left && at <= right && c - at >= *top - 1e-9 && c - at <= *bottom + 1e-9
        });
        cuts.sort_unstable_by(f64::total_cmp);
        let mut open: Option<(Point, Point)> = None;
        for pair in cuts.windows(2) {
            let middle = (pair[0] + pair[1]) / 2.0;
            let i = x.partition_point(|border| *border <= middle);
            let j = y.partition_point(|border| *border >= c - middle);
            let inside =
                (1..x.len()).contains(&i) && (1..y.len()).contains(&j) && wanted(i - 1, j - 1);
            let end = (pair[1], c - pair[1]);
            match (&mut open, inside) {
                (Some(line), true) => line.1 = end,
                (None, true) => open = Some(((pair[0], c - pair[0]), end)),
                (_, false) => lines.extend(open.take()),
            }
        }
        lines.extend(open);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_in_their_cells() {
        let (x, y) = ([0.0, 10.0, 20.0, 30.0], [30.0, 20.0, 10.0, 0.0]);
        let lines = hatch(&x, &y, &|i, j| i == 1 && j == 1, 2.0);
        assert!(lines.len() > 3);
        for (a, b) in &lines {
            for p in [a, b] {
                assert!(
                    (10.0..=20.0).contains(&p.0) && (9.9..=20.1).contains(&p.1),
                    "{p:?}"
                );
            }
        }
        assert!(hatch(&x, &y, &|_, _| false, 2.0).is_empty());
        assert!(hatch(&[], &[], &|_, _| true, 2.0).is_empty());
    }
}

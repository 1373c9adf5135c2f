//! Points in groups, and what is in the middle of each.

use super::super::Axis;
use super::super::numbers::grouped;

/// Most different values of x that are groups of their own.
const MOST_VALUES: usize = 64;
/// Most groups where x has no repeated values.
const MOST_BINS: usize = 24;
/// Points of a group, at least on average.
const LEAST: usize = 25;

/// `1 point`, `20 000 points`.
pub(super) fn count(n: usize) -> String {
    let word = if n == 1 { "point" } else { "points" };
    format!("{} {word}", grouped(&n.to_string()))
}

/// The `p`-quantile of sorted values, between the two nearest; NaN without values.
pub(super) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let at = p.clamp(0.0, 1.0) * last as f64;
    let (i, rest) = (at.floor() as usize, at.fract());
    let (a, b) = (sorted[i], sorted[(i + 1).min(last)]);
    // Written so that neither overflows.
    a * (1.0 - rest) + b * rest
}

/// The middle of the values, which need not be sorted.
pub(super) fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    quantile(values, 0.5)
}

/// Where a value is on an axis; NaN where it has no place.
pub(super) fn place(axis: &Axis, v: f64) -> f64 {
    match axis.log && axis.names.is_empty() {
        true if v > 0.0 => v.log10(),
        true => f64::NAN,
        false => v,
    }
}

/// The value at a place.
pub(super) fn unplace(axis: &Axis, at: f64) -> f64 {
    match axis.log && axis.names.is_empty() {
        true => 10f64.powf(at),
        false => at,
    }
}

/// The different finite values, ascending; values that differ by rounding only are one.
pub(super) fn distinct(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup_by(|b, a| same(*a, *b));
    values
}

fn same(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
}

/// The number of the entry of `sorted` that is nearest.
pub(super) fn nearest(sorted: &[f64], v: f64) -> usize {
    let i = sorted.partition_point(|s| *s < v);
    match (i.checked_sub(1), sorted.get(i)) {
        (Some(before), Some(after)) if v - sorted[before] <= after - v => before,
        (Some(before), None) => before,
        _ => i,
    }
}

/// Points grouped along an axis.
pub(super) struct Groups {
    /// The value of x that stands for each group, ascending.
    pub x: Vec<f64>,
    /// The group of each point; `None` for a point without a place on the axis.
    pub of: Vec<Option<usize>>,
}

/// Groups the points: by their values where these repeat, else in equal parts of the axis.
pub(super) fn groups(axis: &Axis, x: &[f64]) -> Groups {
    let usable = |v: &f64| place(axis, *v).is_finite();
    let values = distinct(x.iter().copied().filter(usable));
    let n = x.iter().filter(|v| usable(v)).count();
    let repeated = values.len() <= MOST_VALUES && n >= 2 * values.len();
    if repeated || !axis.names.is_empty() || values.len() < 2 {
        let of = |v: &f64| usable(v).then(|| nearest(&values, *v));
        return Groups {
            of: x.iter().map(of).collect(),
            x: values,
        };
    }
    let (lo, hi) = (
        place(axis, values[0]),
        place(axis, values[values.len() - 1]),
    );
    let n_bins = (n / LEAST).clamp(1, MOST_BINS);
    let part = |i: f64| lo * (1.0 - i / n_bins as f64) + hi * (i / n_bins as f64);
    let of = |v: &f64| {
        let at = (place(axis, *v) / 2.0 - lo / 2.0) / (hi / 2.0 - lo / 2.0);
        usable(v).then_some(((at * n_bins as f64) as usize).min(n_bins - 1))
    };
    Groups {
        x: (0..n_bins)
            .map(|i| unplace(axis, part(i as f64 + 0.5)))
            .collect(),
        of: x.iter().map(of).collect(),
    }
}

/// Ranks from 0 on; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut i = 0;
    while i < order.len() {
        let tied = order[i..].iter();
        let n = tied
            .take_while(|k| values[**k] == values[order[i]])
            .count()
            .max(1);
        for k in &order[i..i + n] {
            ranks[*k] = i as f64 + (n - 1) as f64 / 2.0;
        }
        i += n;
    }
    ranks
}

/// Spearman's rank correlation; `None` with less than three pairs, or if one of the two is constant.
pub(super) fn rank_correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 3 {
        return None;
    }
    let a = ranks(&pairs.iter().map(|p| p.0).collect::<Vec<f64>>());
    let b = ranks(&pairs.iter().map(|p| p.1).collect::<Vec<f64>>());
    let mean = (pairs.len() - 1) as f64 / 2.0;
    let sum = |f: &dyn Fn(usize) -> f64| (0..pairs.len()).map(f).sum::<f64>();
    let both = sum(&|i| (a[i] - mean) * (b[i] - mean));
    let (va, vb) = (
        sum(&|i| (a[i] - mean).powi(2)),
        sum(&|i| (b[i] - mean).powi(2)),
    );
    (va > 0.0 && vb > 0.0).then(|| (both / (va * vb).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.5), 2.0);
        assert_eq!(quantile(&[1.0, 2.0], 0.25), 1.25);
        assert!(quantile(&[], 0.5).is_nan());
        assert_eq!(median(&mut [9.0, 1.0, 5.0]), 5.0);
    }

    #[test]
    fn points_are_grouped_by_value_or_range() {
        let repeated = groups(&Axis::default(), &[2.0, 1.0, 1.0, 2.0, f64::NAN]);
        assert_eq!(repeated.x, [1.0, 2.0]);
        assert_eq!(repeated.of, [Some(1), Some(0), Some(0), Some(1), None]);
        let many: Vec<f64> = (0..1000).map(f64::from).collect();
        let binned = groups(&Axis::default(), &many);
        assert_eq!(binned.x.len(), 24);
        assert_eq!((binned.of[0], binned.of[999]), (Some(0), Some(23)));
        let huge = groups(&Axis::default(), &[-1e308, 1e308, 0.0]);
        assert!(huge.x.iter().all(|x| x.is_finite()), "{:?}", huge.x);
    }

    #[test]
    fn ranks_correlate() {
        let line: Vec<(f64, f64)> = (0..50)
            .map(|i| (f64::from(i), f64::from(i).powi(3)))
            .collect();
        assert_eq!(rank_correlation(&line), Some(1.0));
        assert_eq!(rank_correlation(&[(1.0, 1.0); 9]), None);
        let tied = [(1.0, 2.0), (1.0, 1.0), (2.0, 2.0), (2.0, 1.0)];
        assert_eq!(rank_correlation(&tied), Some(0.0));
    }
}

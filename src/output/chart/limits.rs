//! How much of the data an axis shows.

use super::Axis;
use super::ticks::Scale;

/// The range of the data without what is too many decades below the largest.
pub(super) fn within_decades(axis: &Axis, data: Option<(f64, f64)>) -> Option<(f64, f64)> {
    let decades = axis.decades.filter(|_| axis.log && axis.limits.0.is_none());
    match (data, decades) {
        (Some((lo, hi)), Some(decades)) => Some((lo.max(hi / 10f64.powf(decades)), hi)),
        _ => data,
    }
}

/// The same with the ends that are wanted.
pub(super) fn within_limits(axis: &Axis, data: Option<(f64, f64)>) -> Option<(f64, f64)> {
    let usable = |v: &f64| v.is_finite() && (!axis.log || *v > 0.0);
    let (lo, hi) = data?;
    let lo_wanted = axis.limits.0.filter(usable);
    let hi_wanted = axis.limits.1.filter(usable);
    let ends = (lo_wanted.unwrap_or(lo), hi_wanted.unwrap_or(hi));
    match (lo_wanted, hi_wanted) {
        // All data are beyond the one end that is wanted: a decade, or the height of that end, is left of the axis.
        _ if ends.0 < ends.1 => Some(ends),
        (Some(lo), None) => Some((
            lo,
            if axis.log {
                10.0 * lo
            } else {
                lo + lo.abs().max(1.0)
            },
        )),
        (None, Some(hi)) => Some((
            if axis.log {
                hi / 10.0
            } else {
                hi - hi.abs().max(1.0)
            },
            hi,
        )),
        _ => data,
    }
}

/// Name and unit of an axis; and below which value nothing is shown, if the decades end above the data's lowest.
pub(super) fn name(axis: &Axis, lowest: Option<f64>, scale: Option<&Scale>) -> String {
    let text = axis.text();
    let cut = axis.decades.is_some() && axis.log && axis.limits.0.is_none() && axis.range.is_none();
    match (lowest, scale) {
        (Some(lowest), Some(scale)) if cut && scale.at(lowest) < -1e-9 => {
            let comma = if text.is_empty() { "" } else { ", " };
            format!("{text}{comma}below {} not shown", scale.lowest_power())
        }
        _ => text,
    }
}

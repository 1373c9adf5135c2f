//! The panels of a chart: which curves share an axis, and what it is called.

use super::simulation::StaticValues;
use crate::expr::graph::ExprId;
use crate::system::{ChartInfo, CurveInfo};
use crate::trajectory::{Column, PanelData};
use crate::units::{Dimension, Unit};

/// Curves of one dimension share a panel and the unit of the first of them.
pub(super) fn panels(
    chart: &ChartInfo,
    values: &StaticValues,
    curve: &dyn Fn(ExprId, &str, &Unit) -> Column,
) -> Vec<PanelData> {
    let mut dimensions = Vec::new();
    for curve in &chart.y {
        if !dimensions.contains(&curve.dimension) {
            dimensions.push(curve.dimension);
        }
    }
    let panel = |dimension: Dimension| {
        let infos: Vec<&CurveInfo> = chart
            .y
            .iter()
            .filter(|c| c.dimension == dimension)
            .collect();
        let unit = &infos.first()?.unit;
        let curves: Vec<Column> = infos
            .iter()
            .map(|c| curve(c.value, &c.label, unit))
            .collect();
        let thresholds = chart.thresholds.iter().filter(|t| t.2 == dimension);
        let [low, high] = chart.limits.map(|limit| {
            let (value, _) = limit.filter(|(_, of)| of.is_none_or(|of| of == dimension))?;
            Some(unit.from_internal(values.of(value)))
        });
        Some(PanelData {
            label: label(&infos, dimension, unit, &curves),
            limits: (low, high),
            thresholds: thresholds
                .map(|(id, label, _)| (unit.from_internal(values.of(*id)), label.clone()))
                .collect(),
            curves,
        })
    };
    dimensions.into_iter().filter_map(panel).collect()
}

/// What an axis is called: as the file says, after its only curve, after what the names of all have in common, after
/// its dimension; for plain numbers, after what they look like.
fn label(infos: &[&CurveInfo], dimension: Dimension, unit: &Unit, curves: &[Column]) -> String {
    if let Some(said) = infos.iter().find_map(|c| c.quantity.clone()) {
        return said;
    }
    match infos {
        [] => return String::new(),
        [only] => return only.label.clone(),
        [first, ..]
            if !first.called.is_empty() && infos.iter().all(|c| c.called == first.called) =>
        {
            return first.called.clone();
        }
        _ => {}
    }
    if !dimension.is_none() {
        return dimension.described();
    }
    let texts = infos.iter().flat_map(|c| [&c.about, &c.label]);
    let words: Vec<&str> = texts
        .flat_map(|text| text.split(|c: char| !c.is_alphabetic()))
        .collect();
    let range = curves
        .iter()
        .flat_map(|c| &c.values)
        .filter(|v| v.is_finite());
    let inside = range.map(|v| unit.to_internal(*v));
    let ends = inside.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| {
        (v.min(lo), v.max(hi))
    });
    plain_number(&words, ends, unit.text() == "1").to_string()
}

/// A fraction is what its words call so, or lies between 0 and 1; far more is a number of things.
fn plain_number(words: &[&str], (lo, hi): (f64, f64), counts: bool) -> &'static str {
    let says = |known: &[&str]| words.iter().any(|word| known.contains(word));
    if says(&["relative", "ratio"]) {
        "relative value"
    } else if says(&["fraction", "share", "part"]) || (lo >= -1e-6 && hi <= 1.0 + 1e-6) {
        "fraction"
    } else if counts && lo.abs().max(hi.abs()) >= MANY {
        "number"
    } else {
        "relative value"
    }
}

/// What begins near 1 seldom gets so far.
const MANY: f64 = 8.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_have_a_name() {
        let check = |text: &str, ends, counts, expected| {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(plain_number(&words, ends, counts), expected, "{text}");
        };
        check("volume relative to", (0.5, 1.0), true, "relative value");
        check("share of all", (0.0, 0.6), true, "fraction");
        check("ER Golgi", (-1e-12, 1.0), true, "fraction");
        check("granules", (0.0, 190.0), true, "number");
        check("change", (-8.0, 22.0), true, "number");
        check("strain", (-0.1, 0.03), false, "relative value");
        check("osmolytes", (0.5, 1.4), true, "relative value");
    }
}

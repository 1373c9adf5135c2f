//! Charts of numbers: maps, bars, levels along a path.

use super::plan::{FigurePlan, Part, Takes};
use super::solve::{Results, scan_of};
use super::{converted, literal_in};
use crate::expr::ast::Ast;
use crate::model::figure::PlotDef;
use crate::trajectory::figure::{AxisData, BarsData, MapData, StairsData};

/// Longest name of an axis, in letters.
const LONGEST: usize = 30;

type Words<'a> = dyn Fn(&str) -> String + 'a;

/// A number over two parameters.
pub(super) fn map(
    plan: &FigurePlan,
    plot: &PlotDef,
    parts: &[Part],
    results: &Results,
    words: &Words,
) -> MapData {
    let found = parts.first().and_then(|part| scan_of(&part.takes));
    let found = found.and_then(|k| Some((plan.scans.get(k)?, results.scans.get(k)?)));
    let (Some((scan, table)), Some(curve)) = (found, plot.chart.y.first()) else {
        return MapData::default();
    };
    let axis = |k: usize| {
        let own = scan.axis(k);
        let about = plan.about(&plot.run, plot.vary.get(k).map_or("", |a| &a.name));
        // A name that has no room is cut, and its unit with it: what comes before a colon is the name itself.
        let fits = |name: &&str| name.chars().count() <= LONGEST;
        let about = about.as_deref();
        let name = about.and_then(|about| about.split(':').next());
        let about = about.filter(fits).or(name.filter(fits));
        AxisData {
            label: about.map_or(own.label, str::to_string),
            ..own
        }
    };
    let name = curve.quantity.clone().or_else(|| curve.label.clone());
    let name = name.unwrap_or_else(|| plan.figure.text(curve.value.span).to_string());
    let x = scan.varied(table, 0).into_iter();
    let y = scan.varied(table, 1);
    let points = x.zip(y).zip(scan.answer(table, 0));
    let unit = scan.unit(0).0;
    MapData {
        x: axis(0),
        y: axis(1),
        z: AxisData {
            label: words(&name),
            log: plot.chart.log_y,
            limits: limits(plot, &unit),
            unit,
        },
        points: points
            .map(|((x, y), z)| (x, y, z.is_finite().then_some(z)))
            .collect(),
        absent: words(&plot.absent),
    }
}

/// Numbers of runs, side by side.
pub(super) fn bars(
    plan: &FigurePlan,
    plot: &PlotDef,
    parts: &[Part],
    results: &Results,
    words: &Words,
) -> BarsData {
    let (y, rows) = rows(plan, plot, parts, results, words);
    let names = names(plan, plot, words);
    let bars = names.into_iter().enumerate().map(|(k, name)| {
        let values = rows.iter().map(|(_, row)| row.get(k).copied().flatten());
        (name, values.collect())
    });
    BarsData {
        bars: bars.collect(),
        thresholds: thresholds(plot, &y.unit, words),
        groups: rows.iter().map(|(name, _)| name.clone()).collect(),
        y,
    }
}

/// Levels along a path, one path for each run.
pub(super) fn stairs(
    plan: &FigurePlan,
    plot: &PlotDef,
    parts: &[Part],
    results: &Results,
    words: &Words,
) -> StairsData {
    let (y, rows) = rows(plan, plot, parts, results, words);
    StairsData {
        places: names(plan, plot, words),
        stairs: rows,
        steps: (plot.compare.iter())
            .map(|c| c.steps.iter().map(|s| words(s)).collect())
            .collect(),
        thresholds: thresholds(plot, &y.unit, words),
        y,
    }
}

/// The numbers of a run under its name.
type Row = (String, Vec<Option<f64>>);

/// The numbers of each run, and the axis that all share.
fn rows(
    plan: &FigurePlan,
    plot: &PlotDef,
    parts: &[Part],
    results: &Results,
    words: &Words,
) -> (AxisData, Vec<Row>) {
    let mut unit: Option<String> = None;
    let mut rows = Vec::new();
    for part in parts {
        let Takes::Outcomes(answers) = &part.takes else {
            continue;
        };
        let mut row = Vec::new();
        for answer in answers {
            let (value, own) = plan.outcome(results, *answer);
            let shared = unit.get_or_insert_with(|| own.clone());
            let converted = |v: f64| converted(&[v], &own, shared)?.first().copied();
            row.push(value.and_then(converted));
        }
        rows.push((words(&part.label), row));
    }
    let unit = unit.unwrap_or_default();
    let quantity = plot.chart.y.iter().find_map(|c| c.quantity.as_ref());
    let single = plot.chart.y.first().and_then(|c| c.label.as_ref());
    let label = quantity.or(single.filter(|_| plot.chart.y.len() == 1));
    let axis = AxisData {
        label: label.map_or(String::new(), |l| words(l)),
        log: plot.chart.log_y,
        limits: limits(plot, &unit),
        unit,
    };
    (axis, rows)
}

/// The names of what is asked of each run.
fn names(plan: &FigurePlan, plot: &PlotDef, words: &Words) -> Vec<String> {
    let name = |c: &crate::model::Curve| match &c.label {
        Some(label) => words(label),
        None => plan.figure.text(c.value.span).to_string(),
    };
    plot.chart.y.iter().map(name).collect()
}

fn limits(plot: &PlotDef, unit: &str) -> (Option<f64>, Option<f64>) {
    let end = |ast: &Option<Ast>| literal_in(ast.as_ref()?, unit);
    (end(&plot.chart.y_min), end(&plot.chart.y_max))
}

fn thresholds(plot: &PlotDef, unit: &str, words: &Words) -> Vec<(f64, String)> {
    let levels = plot.chart.thresholds.iter();
    let known = levels.filter_map(|t| Some((literal_in(&t.value, unit)?, words(&t.label))));
    known.collect()
}

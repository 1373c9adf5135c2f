//! Whether what a chart has beside its curves fits its axes, and the runs that it compares fit each other.

use super::plan::{Part, PlannedRun, Takes};
use super::scan::Scan;
use super::{cells, literal_in};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::ast::Ast;
use crate::model::figure::{PlotDef, PlotKind};
use crate::study::harvest::shown_unit;
use crate::units::Unit;

/// The axes of one run of a chart: the horizontal one, if it has a unit, and one for each dimension of the curves.
struct Axes {
    x: Option<String>,
    y: Vec<String>,
}

/// Notes what does not fit.
pub(super) fn check(
    plot: &PlotDef,
    parts: &[Part],
    runs: &[Option<PlannedRun>],
    scans: &[Option<Scan>],
    mistakes: &mut Vec<Diagnostic>,
) {
    if plot.kind == PlotKind::Cells {
        return cells::check(plot, parts, runs, mistakes);
    }
    let mut all = Vec::new();
    for part in parts {
        // A run with mistakes of its own has been told so.
        let Some(axes) = axes(part, runs, scans) else {
            return;
        };
        all.push(axes);
    }
    let Some(first) = all.first() else { return };
    for (axes, compared) in all.iter().zip(&plot.compare) {
        alike(first, axes, compared.span, mistakes);
    }
    if one_axis(plot.kind) && first.y.len() > 1 {
        let message = format!("a chart of kind `{}` has one axis", plot.kind.name());
        let units: Vec<String> = first.y.iter().map(|u| format!("[{u}]")).collect();
        let label = format!("these are {}", units.join(", "));
        mistakes.push(Diagnostic::new(plot.chart.span, message).help(label));
    }
    let mut on_axis = |ast: &Ast, what: &str, units: &[String]| {
        if !units.iter().any(|unit| literal_in(ast, unit).is_some()) {
            let units: Vec<String> = units.iter().map(|u| shown(u)).collect();
            mistakes.push(
                Diagnostic::new(ast.span, format!("{what} fits no axis of this chart"))
                    .help(format!("the axis is in {}", units.join(" or "))),
            );
        }
    };
    let x: &[String] = first.x.as_slice();
    for end in plot.x_limits.iter().flatten() {
        on_axis(end, "this end", x);
    }
    for band in &plot.bands {
        let axis = if band.of_x { x } else { &first.y };
        on_axis(&band.from, "this end of the band", axis);
        on_axis(&band.to, "this end of the band", axis);
    }
    for note in &plot.notes {
        on_axis(&note.x, "this place", x);
        on_axis(&note.y, "this place", &first.y);
    }
    if plot.kind == PlotKind::Lines {
        // Levels of models are checked with their charts.
        return;
    }
    let ends = [&plot.chart.y_min, &plot.chart.y_max];
    for threshold in &plot.chart.thresholds {
        on_axis(&threshold.value, "this level", &first.y);
    }
    for end in ends.into_iter().flatten() {
        on_axis(end, "this end", &first.y);
    }
}

fn one_axis(kind: PlotKind) -> bool {
    matches!(kind, PlotKind::Map | PlotKind::Bars | PlotKind::Stairs)
}

/// Runs in one chart have axes of the same dimensions, in the same order.
fn alike(first: &Axes, other: &Axes, span: Span, mistakes: &mut Vec<Diagnostic>) {
    let pairs = first
        .y
        .iter()
        .zip(&other.y)
        .chain(first.x.iter().zip(&other.x));
    let apart = pairs.into_iter().find(|(a, b)| !same(a, b));
    let message = match apart {
        Some((a, b)) => format!(
            "what this run shows is in {}, that of the first one in {}",
            shown(b),
            shown(a)
        ),
        None if first.y.len() != other.y.len() => format!(
            "this run has curves in {} units, the first one in {}",
            other.y.len(),
            first.y.len()
        ),
        None => return,
    };
    mistakes.push(Diagnostic::new(span, message).help("runs that are compared share their axes"));
}

fn same(a: &str, b: &str) -> bool {
    let dimension = |text: &str| Unit::parse(text).ok().map(|u| u.dimension());
    dimension(a) == dimension(b)
}

fn shown(unit: &str) -> String {
    match unit {
        "" => "plain numbers".to_string(),
        unit => format!("[{unit}]"),
    }
}

fn axes(part: &Part, runs: &[Option<PlannedRun>], scans: &[Option<Scan>]) -> Option<Axes> {
    let mut units: Vec<&Unit> = Vec::new();
    let x = match &part.takes {
        Takes::Chart { run, chart } => {
            let system = runs.get(*run)?.as_ref()?.simulation.system();
            let chart = system.charts.get(*chart)?;
            units.extend(chart.y.iter().map(|c| &c.unit));
            let time = &system.time_unit;
            Some(shown_unit(chart.x.as_ref().map_or(time, |x| &x.unit)))
        }
        Takes::Outcomes(answers) => {
            for answer in answers {
                let system = runs.get(answer.run)?.as_ref()?.simulation.system();
                units.push(&system.outcomes.get(answer.outcome)?.unit);
            }
            None
        }
        // Cells have no axes.
        Takes::Cells { .. } => None,
        Takes::Scan(k) => {
            let scan = scans.get(*k)?.as_ref()?;
            let skipped = usize::from(scan.has_x);
            units.extend(scan.survey.answers().iter().skip(skipped).map(|a| &a.unit));
            Some(match scan.has_x {
                true => scan.unit(0).0,
                false => scan.axis(0).unit,
            })
        }
    };
    let mut seen = Vec::new();
    let mut y = Vec::new();
    for unit in units {
        if !seen.contains(&unit.dimension()) {
            seen.push(unit.dimension());
            y.push(shown_unit(unit));
        }
    }
    Some(Axes { x, y })
}

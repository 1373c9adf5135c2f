//! Charts of curves: from the charts of runs, or from many runs each.

use super::plan::{FigurePlan, Part, Takes};
use super::scan::Scan;
use super::solve::{Results, scan_of};
use super::{converted, literal_in};
use crate::expr::ast::Ast;
use crate::model::figure::{BandDef, PlotDef};
use crate::trajectory::figure::{AxisData, BandData, CurveData, CurvesData, CurvesPanel};
use crate::trajectory::{ChartData, EventRecord, PanelData};
use crate::units::Dimension;

/// Turns the texts of the file into those with numbers.
type Words<'a> = dyn Fn(&str) -> String + 'a;

/// The curves of one run each.
pub(super) fn of_runs(
    plot: &PlotDef,
    parts: &[Part],
    results: &Results,
    words: &Words,
) -> Result<CurvesData, String> {
    let mut members: Vec<(String, &ChartData, &[EventRecord])> = Vec::new();
    for part in parts {
        if let Takes::Chart { run, chart } = part.takes
            && let Some(run) = results.runs.get(run)
            && let Some(chart) = run.charts.get(chart)
        {
            members.push((words(&part.label), chart, &run.trajectory.events));
        }
    }
    let Some((_, first, _)) = members.first() else {
        return Ok(CurvesData::default());
    };
    let over_time = first.over_time;
    let label = match (&plot.chart.x, over_time) {
        (_, true) => "time".to_string(),
        (Some(x), _) => x.label.clone().unwrap_or_else(|| first.x.name.clone()),
        _ => first.x.name.clone(),
    };
    let mut data = CurvesData {
        x: AxisData {
            label: words(&label),
            unit: first.x.unit.clone(),
            log: first.log_x,
            limits: x_limits(plot, &first.x.unit),
        },
        over_time,
        panels: first
            .panels
            .iter()
            .map(|p| panel(first, p, words))
            .collect(),
        ..CurvesData::default()
    };
    let alone = members.len() == 1;
    for (member, chart, events) in &members {
        let x = converted(&chart.x.values, &chart.x.unit, &data.x.unit)
            .ok_or_else(|| apart(&chart.x.unit, &data.x.unit))?;
        if chart.panels.len() != data.panels.len() {
            return Err(format!(
                "the curves of “{member}” do not have the units of the others"
            ));
        }
        for (to, from) in data.panels.iter_mut().zip(&chart.panels) {
            let several = from.curves.len() > 1;
            for curve in &from.curves {
                let y = converted(&curve.values, &curve.unit, &to.y.unit)
                    .ok_or_else(|| apart(&curve.unit, &to.y.unit))?;
                let label = match (alone, several) {
                    (true, _) => words(&curve.name),
                    (false, false) => member.clone(),
                    (false, true) => format!("{member}: {}", words(&curve.name)),
                };
                let marked = !alone && chart.events && chart.over_time;
                to.curves.push(CurveData {
                    label,
                    events: match marked {
                        true => on_curve(events, &x, &y),
                        false => Vec::new(),
                    },
                    x: x.clone(),
                    y,
                });
            }
            levels(to, from, alone, member, words)?;
        }
        if alone && chart.events && chart.over_time {
            let marks = events.iter().map(|e| (e.t, e.name.replace('_', " ")));
            data.marks.extend(marks);
        }
    }
    finish(plot, &mut data, words);
    Ok(data)
}

/// The curves of many runs each.
pub(super) fn of_scans(
    plan: &FigurePlan,
    plot: &PlotDef,
    parts: &[Part],
    results: &Results,
    words: &Words,
) -> Result<CurvesData, String> {
    let mut data = CurvesData {
        scanned: true,
        ..CurvesData::default()
    };
    let mut dimensions: Vec<Dimension> = Vec::new();
    let alone = parts.len() == 1;
    for (m, part) in parts.iter().enumerate() {
        let found = scan_of(&part.takes);
        let found = found.and_then(|k| Some((plan.scans.get(k)?, results.scans.get(k)?)));
        let Some((scan, table)) = found else { continue };
        let (axis, x) = scan_axis(scan, table, plot);
        if m == 0 {
            data.x = AxisData {
                label: words(&axis.label),
                limits: x_limits(plot, &axis.unit),
                log: axis.log || plot.chart.log_x,
                ..axis.clone()
            };
        }
        let x = converted(&x, &axis.unit, &data.x.unit)
            .ok_or_else(|| apart(&axis.unit, &data.x.unit))?;
        for (k, curve) in plot.chart.y.iter().enumerate() {
            let answer = k + usize::from(scan.has_x);
            let (unit, dimension) = scan.unit(answer);
            let at = dimensions.iter().position(|d| *d == dimension);
            let label = curve
                .label
                .clone()
                .unwrap_or_else(|| plan.figure.text(curve.value.span).to_string());
            let at = at.unwrap_or_else(|| {
                dimensions.push(dimension);
                let quantity = curve.quantity.as_ref().unwrap_or(&label);
                data.panels.push(CurvesPanel {
                    y: AxisData {
                        label: words(quantity),
                        unit: unit.clone(),
                        log: plot.chart.log_y,
                        limits: (None, None),
                    },
                    ..CurvesPanel::default()
                });
                data.panels.len() - 1
            });
            let several = plot.chart.y.len() > 1;
            let to = &mut data.panels[at];
            let y = converted(&scan.answer(table, answer), &unit, &to.y.unit)
                .ok_or_else(|| apart(&unit, &to.y.unit))?;
            let member = words(&part.label);
            let mut points: Vec<(f64, f64)> = x.iter().copied().zip(y).collect();
            points.retain(|p| p.0.is_finite());
            // An axis of its own may run the other way.
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (x, y) = points.into_iter().unzip();
            to.curves.push(CurveData {
                label: match (alone, several) {
                    (true, _) => words(&label),
                    (false, false) => member,
                    (false, true) => format!("{member}: {}", words(&label)),
                },
                x,
                y,
                events: Vec::new(),
            });
        }
    }
    for panel in &mut data.panels {
        let fits = |ast: &Ast| literal_in(ast, &panel.y.unit);
        let end = |ast: &Option<Ast>| ast.as_ref().and_then(fits);
        let thresholds = plot.chart.thresholds.iter();
        let known = thresholds.filter_map(|t| Some((fits(&t.value)?, words(&t.label))));
        panel.thresholds = known.collect();
        panel.y.limits = (end(&plot.chart.y_min), end(&plot.chart.y_max));
    }
    finish(plot, &mut data, words);
    Ok(data)
}

/// The horizontal axis of a scan: what is varied, or what the file says.
fn scan_axis(scan: &Scan, table: &crate::table::Table, plot: &PlotDef) -> (AxisData, Vec<f64>) {
    let varied = scan.axis(0);
    if !scan.has_x {
        return (varied, scan.varied(table, 0));
    }
    let label = plot.chart.x.as_ref().and_then(|x| x.label.clone());
    let axis = AxisData {
        label: label.unwrap_or(varied.label),
        unit: scan.unit(0).0,
        log: false,
        limits: (None, None),
    };
    (axis, scan.answer(table, 0))
}

fn panel(chart: &ChartData, panel: &PanelData, words: &Words) -> CurvesPanel {
    CurvesPanel {
        y: AxisData {
            label: words(&panel.label),
            unit: panel
                .curves
                .first()
                .map_or(String::new(), |c| c.unit.clone()),
            log: chart.log_y,
            limits: panel.limits,
        },
        ..CurvesPanel::default()
    }
}

/// The levels of a run beside those of the runs before it; the same level of two runs is one.
fn levels(
    to: &mut CurvesPanel,
    from: &PanelData,
    alone: bool,
    member: &str,
    words: &Words,
) -> Result<(), String> {
    let unit = from.curves.first().map_or("", |c| c.unit.as_str());
    for (value, label) in &from.thresholds {
        let value = converted(&[*value], unit, &to.y.unit).and_then(|v| v.first().copied());
        let value = value.ok_or_else(|| apart(unit, &to.y.unit))?;
        let label = words(label);
        let same = |(v, l): &&(f64, String)| *l == label && near(*v, value);
        if to.thresholds.iter().any(|t| same(&t)) {
            continue;
        }
        let taken = !alone && to.thresholds.iter().any(|(_, l)| *l == label);
        let label = if taken {
            format!("{label}, {member}")
        } else {
            label
        };
        to.thresholds.push((value, label));
    }
    Ok(())
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// Events at their places on a curve over time.
fn on_curve(events: &[EventRecord], x: &[f64], y: &[f64]) -> Vec<(f64, f64, String)> {
    let mut marks = Vec::new();
    for event in events {
        let after = x.partition_point(|t| *t < event.t);
        let Some(value) = y.get(after.min(y.len().saturating_sub(1))) else {
            continue;
        };
        marks.push((event.t, *value, event.name.replace('_', " ")));
    }
    marks
}

fn apart(a: &str, b: &str) -> String {
    let shown = |unit: &str| match unit {
        "" => "a plain number".to_string(),
        unit => format!("[{unit}]"),
    };
    format!(
        "curves that share an axis can't be in {} and in {}",
        shown(a),
        shown(b)
    )
}

fn x_limits(plot: &PlotDef, unit: &str) -> (Option<f64>, Option<f64>) {
    let [low, high] = &plot.x_limits;
    let end = |ast: &Option<Ast>| literal_in(ast.as_ref()?, unit);
    (end(low), end(high))
}

/// Bands and notes; that each fits an axis has been seen when the figure was read.
fn finish(plot: &PlotDef, data: &mut CurvesData, words: &Words) {
    for band in &plot.bands {
        if band.of_x {
            data.bands.extend(strip(band, &data.x.unit, words));
            continue;
        }
        let mut fitting =
            (data.panels.iter_mut()).filter_map(|p| Some((strip(band, &p.y.unit, words)?, p)));
        if let Some((strip, panel)) = fitting.next() {
            panel.bands.push(strip);
        }
    }
    for note in &plot.notes {
        let x = literal_in(&note.x, &data.x.unit);
        let mut fitting =
            (data.panels.iter_mut()).filter_map(|p| Some((literal_in(&note.y, &p.y.unit)?, p)));
        if let (Some(x), Some((y, panel))) = (x, fitting.next()) {
            panel.notes.push((x, y, words(&note.text)));
        }
    }
}

fn strip(band: &BandDef, unit: &str, words: &Words) -> Option<BandData> {
    let (a, b) = (literal_in(&band.from, unit)?, literal_in(&band.to, unit)?);
    Some(BandData {
        from: a.min(b),
        to: a.max(b),
        label: words(&band.label),
    })
}

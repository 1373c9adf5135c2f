//! Work-precision charts: what an error costs, in time and in right-hand sides.

use crate::cli::folder::Folder;
use crate::cli::picture::{self, PictureArgs};
use crate::output::OutputError;
use crate::output::chart::ticks::superscript;
use crate::output::chart::{Axis, Chart, Figure, Markers, Panel, Series};
use crate::study::accuracy::{Compared, Report, Row};
use crate::study::method_name;

/// Draws two charts of each problem that has a reference; what could not be drawn comes back as warnings.
pub(super) fn draw(
    report: &Report,
    pictures: &PictureArgs,
    folder: &mut Folder,
) -> Result<Vec<String>, OutputError> {
    let mut warnings = Vec::new();
    for problem in &report.problems {
        for (name, chart) in super::chart_names(&problem.name)
            .iter()
            .zip(charts(problem))
        {
            if chart.panels.iter().all(|p| p.series.is_empty()) {
                continue;
            }
            warnings.extend(picture::draw(
                &Figure::Lines(chart),
                name,
                pictures,
                folder,
            )?);
        }
    }
    Ok(warnings)
}

fn charts(problem: &Compared) -> [Chart; 2] {
    let message = &problem.verdict.message;
    let time = chart(
        problem,
        format!("{}: {message}", problem.name),
        Axis::new("time of a run", "ms"),
        &|r| r.time.map(|t| 1e3 * t),
    );
    let title = match fewest(problem) {
        Some(text) => format!("{}: {text}", problem.name),
        None => problem.name.clone(),
    };
    let work = chart(problem, title, Axis::new("right-hand sides", ""), &|r| {
        r.counters.as_ref().map(|c| c.rhs as f64)
    });
    [time, work]
}

/// `dop853 needs the fewest right-hand sides for an error of 1e-6`.
fn fewest(problem: &Compared) -> Option<String> {
    const ERROR: f64 = 1e-6;
    let rhs = |r: &Row| r.counters.as_ref().map(|c| c.rhs as f64);
    let methods = problem.rows.iter().map(|r| r.method);
    let costs = methods.filter_map(|m| {
        Some((
            m,
            crate::study::accuracy::cost_at(&problem.rows, m, ERROR, &rhs)?,
        ))
    });
    let (method, cost) = costs.min_by(|a, b| a.1.total_cmp(&b.1))?;
    let cost = crate::cli::digits::number(cost, 2);
    Some(format!(
        "for an error of {ERROR:e}, {} needs the fewest right-hand sides, {cost}",
        method_name(method)
    ))
}

fn chart(problem: &Compared, title: String, y: Axis, cost: &dyn Fn(&Row) -> Option<f64>) -> Chart {
    let mut methods = Vec::new();
    for row in &problem.rows {
        if !methods.contains(&row.method) {
            methods.push(row.method);
        }
    }
    let series = methods.into_iter().filter_map(|method| {
        let rows = problem.rows.iter().filter(|r| r.method == method);
        let mut points: Vec<(f64, f64)> = rows
            // An error near the size of the solution is no result, one below the reference's no information.
            .filter_map(|r| {
                Some((
                    r.error.filter(|e| *e < 0.1 && *e > 0.0 && !r.at_floor)?,
                    cost(r)?,
                ))
            })
            .collect();
        // Towards the right, where the names are.
        points.reverse();
        (!points.is_empty()).then(|| Series {
            label: method_name(method).to_string(),
            points,
            markers: Markers::Each,
            ..Series::default()
        })
    });
    Chart {
        title: powers(&title),
        subtitle: subtitle(problem),
        x: Axis {
            log: true,
            ..Axis::new("largest error at the saved times", "")
        },
        panels: vec![Panel {
            y: Axis { log: true, ..y },
            series: series.collect(),
            ..Panel::default()
        }],
        ..Chart::default()
    }
}

fn subtitle(problem: &Compared) -> String {
    let mut fixed = problem.rows.iter().filter(|r| r.step.is_some());
    let but = match fixed.next() {
        Some(row) => format!(" (per step for {})", method_name(row.method)),
        None => String::new(),
    };
    format!("one mark per tolerance{but}; the lower, the better")
}

/// `10⁻⁶` for `1e-6`.
fn powers(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("1e-") {
        let digits: String = rest[at + 3..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        out.push_str(&rest[..at]);
        match digits.parse::<i32>() {
            Ok(n) => out.push_str(&format!("10{}", superscript(-n))),
            Err(_) => out.push_str("1e-"),
        }
        rest = &rest[at + 3 + digits.len()..];
    }
    out.push_str(rest);
    out
}

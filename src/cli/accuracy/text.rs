//! The result of a study for people: a table and a verdict for each problem, the observed orders, the digits.

use crate::cli::digits::number;
use crate::cli::table::align;
use crate::cli::terminal::{Style, Terminal};
use crate::solve::problem::Method;
use crate::study::accuracy::{Compared, LEVELS, Report, Row, Went, cost_at};
use crate::study::method_name;

/// Everything.
pub(super) fn report(report: &Report, digits: bool, terminal: &Terminal) -> String {
    let mut parts: Vec<String> = (report.problems.iter())
        .map(|p| problem(p, terminal))
        .collect();
    if !report.orders.is_empty() {
        parts.push(orders(report, terminal));
    }
    if digits {
        parts.push(super::reach::digits(report, terminal));
    }
    parts.join("\n")
}

fn methods(rows: &[Row]) -> Vec<Method> {
    let mut out: Vec<Method> = Vec::new();
    for row in rows {
        if !out.contains(&row.method) {
            out.push(row.method);
        }
    }
    out
}

/// Up to four of the tolerances, evenly, both ends among them.
fn shown_tolerances(rows: &[Row]) -> Vec<f64> {
    let mut all: Vec<f64> = rows.iter().filter_map(|r| r.rtol).collect();
    all.sort_by(|a, b| b.total_cmp(a));
    all.dedup();
    let n = all.len();
    if n <= 4 {
        return all;
    }
    (0..4).map(|i| all[i * (n - 1) / 3]).collect()
}

fn problem(problem: &Compared, terminal: &Terminal) -> String {
    let tolerances = shown_tolerances(&problem.rows);
    let mut head: Vec<String> = vec![String::new()];
    let error = |(i, r): (usize, &f64)| {
        let lead = if i == 0 { "error at rtol " } else { "" };
        format!("{lead}{r:e}")
    };
    head.extend(tolerances.iter().enumerate().map(error));
    let time = |(i, e): (usize, &f64)| {
        let lead = if i == 0 { "time to an error of " } else { "" };
        format!("{lead}{e:e}")
    };
    head.extend(LEVELS.iter().enumerate().map(time));
    head.push(String::new());
    let mut rows = vec![head];
    for method in methods(&problem.rows) {
        rows.push(line(&problem.rows, method, &tolerances));
    }
    let plural = if problem.n_states == 1 { "" } else { "s" };
    format!(
        "{} ({} state{plural})\n  reference: {}\n{}  {}\n",
        terminal.paint(Style::Bold, &problem.name),
        problem.n_states,
        problem.reference.text(),
        align(&rows, 2, None),
        terminal.paint(Style::Green, verdict(problem)),
    )
}

/// One method: its errors, its times, and what went wrong.
fn line(rows: &[Row], method: Method, tolerances: &[f64]) -> Vec<String> {
    let own: Vec<&Row> = rows.iter().filter(|r| r.method == method).collect();
    let mut cells = vec![method_name(method).to_string()];
    for rtol in tolerances {
        let row = own.iter().find(|r| r.rtol == Some(*rtol));
        let text = row.and_then(|r| Some((r.error?, r.at_floor)));
        cells.push(text.map_or("–".to_string(), |(e, floor)| {
            format!("{}{e:.1e}", if floor { "<" } else { "" })
        }));
    }
    for level in LEVELS {
        let time = cost_at(rows, method, level, &|r| r.time);
        cells.push(time.map_or("–".to_string(), duration));
    }
    let mut notes: Vec<String> = Vec::new();
    let steps = own
        .iter()
        .filter_map(|r| r.counters.as_ref().filter(|_| r.step.is_some()));
    let steps: Vec<u64> = steps.map(|c| c.accepted).collect();
    if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
        notes.push(format!("fixed steps, {first} to {last}"));
    }
    let bad = own
        .iter()
        .filter(|r| matches!(r.went, Went::Failed(_) | Went::GaveUp(_)));
    if let Some(bad) = bad.last() {
        let at = match (bad.rtol, bad.step) {
            (Some(rtol), _) => format!("at {rtol:e}"),
            (_, Some(step)) => format!("with steps of {} s", number(step, 2)),
            _ => String::new(),
        };
        let text = bad.went.text();
        let (how, why) = text.split_once(": ").unwrap_or((&text, ""));
        notes.push(format!("{how} {at}: {why}"));
    }
    cells.push(notes.join("; "));
    cells
}

/// A time with two digits.
fn duration(seconds: f64) -> String {
    let (factor, unit) = match seconds {
        s if s < 1e-3 => (1e6, "µs"),
        s if s < 1.0 => (1e3, "ms"),
        _ => (1.0, "s"),
    };
    format!("{} {unit}", number(seconds * factor, 2))
}

/// One line: the message, and by how much.
fn verdict(problem: &Compared) -> String {
    let margins: Vec<String> = (problem.verdict.levels.iter())
        .filter_map(|l| {
            let (next, ratio) = l.next?;
            Some(format!(
                "{:e}: {} takes {:.1}×",
                l.error,
                method_name(next),
                ratio
            ))
        })
        .collect();
    if margins.is_empty() {
        return problem.verdict.message.clone();
    }
    format!(
        "{} (next at {})",
        problem.verdict.message,
        margins.join(", ")
    )
}

fn orders(report: &Report, terminal: &Terminal) -> String {
    let mut rows = vec![
        ["method", "order in its name", "observed", ""]
            .map(str::to_string)
            .to_vec(),
    ];
    for order in &report.orders {
        let nominal = order.nominal.map_or("–".to_string(), |n| n.to_string());
        let observed = order
            .observed
            .map_or("–".to_string(), |o| format!("{o:.2}"));
        rows.push(vec![
            method_name(order.method).to_string(),
            nominal,
            observed,
            order.note.clone(),
        ]);
    }
    format!(
        "{}\n{}",
        terminal.paint(
            Style::Bold,
            "Observed order, steps of one length on lotka-volterra"
        ),
        align(&rows, 2, None)
    )
}

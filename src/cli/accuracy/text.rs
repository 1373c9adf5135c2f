//! The result of a study for people: a table and a verdict for each problem, the observed orders, the digits.

use crate::cli::digits::{number, plural};
use crate::cli::table::{align, pad, width};
use crate::cli::terminal::{Style, Terminal};
use crate::solve::problem::Method;
use crate::study::accuracy::{Compared, LEVELS, ORDER_PROBLEM, Report, Row, Went, cost_at};
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
    let mut head = vec!["method".to_string()];
    head.extend(tolerances.iter().map(|r| format!("{r:e}")));
    // A column of its own parts the errors from the times.
    head.push("|".to_string());
    head.extend(LEVELS.iter().map(|e| format!("{e:e}")));
    let mut rows = vec![head];
    for method in methods(&problem.rows) {
        rows.push(line(&problem.rows, method, &tolerances));
    }
    let table = align(&rows, 2, None);
    format!(
        "{} ({})\n  reference: {}\n{}{table}  {}\n",
        terminal.paint(Style::Bold, &problem.name),
        plural(problem.n_states as u64, "state"),
        problem.reference.text(),
        over(&table),
        terminal.paint(Style::Green, verdict(problem)),
    )
}

/// What the columns of errors and of times are, over both.
fn over(table: &str) -> String {
    let first = table.lines().next().unwrap_or("");
    let column = |byte: Option<usize>| byte.map_or(0, |b| width(&first[..b]));
    let errors = column(first.find("method").map(|b| {
        let rest = &first[b + "method".len()..];
        first.len() - rest.trim_start().len()
    }));
    let times = column(first.find('|')) + 3;
    let left = pad(&" ".repeat(errors), errors);
    format!(
        "{}time to an error of\n",
        pad(&format!("{left}error at rtol"), times)
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
    cells.push("|".to_string());
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
    let mut bad = own
        .iter()
        .filter(|r| matches!(r.went, Went::Failed(_) | Went::GaveUp(_)));
    if let Some(bad) = bad.next_back() {
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
            Some(format!("{} {ratio:.1}×", method_name(next)))
        })
        .collect();
    if margins.is_empty() {
        return problem.verdict.message.clone();
    }
    format!(
        "{}; the next best: {} as long",
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
            format!("Observed order, steps of one length on {ORDER_PROBLEM}")
        ),
        align(&rows, 2, None)
    )
}

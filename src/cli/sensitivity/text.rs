//! An analysis for people: a table for each outcome, the largest on top.

use super::global::{Found, Report};
use super::{Done, local};
use crate::cli::digits::{duration, number, plural, quantity};
use crate::cli::table::align;
use crate::cli::terminal::{Style, Terminal};
use crate::study::sensitivity::{Count, Effects, Estimate, Indices};
use crate::study::shown_unit;
use crate::study::sweep::Answer;

/// Digits of what is known from a design: seldom even that many.
const DIGITS: usize = 3;

/// Everything.
pub(super) fn report(done: &Done, terminal: &Terminal) -> String {
    let model = done.simulation.model();
    let title = match model.title.is_empty() {
        true => done.found.full_name(),
        false => model.title.clone(),
    };
    let title = terminal.paint(Style::Bold, title);
    let time = duration(done.elapsed);
    let report = match &done.report {
        super::Report::Local(found) => {
            let (head, lines) = (local::head(found), local::lines(found, terminal));
            return format!("{title}\n{head}, {time}\n{lines}");
        }
        super::Report::Global(report) => report,
    };
    let mut out = format!("{title}\n{}, {time}\n", head(report));
    for (i, answer) in report.survey.answers().iter().enumerate() {
        let (unit, lines) = (shown_unit(&answer.unit), lines(report, i, answer));
        let name = terminal.paint(Style::Bold, &answer.name);
        let unit = match unit.is_empty() {
            true => unit,
            false => format!(" [{unit}]"),
        };
        out.push_str(&format!("\n{name}{unit}{lines}"));
    }
    out
}

/// One line on the design.
fn head(report: &Report) -> String {
    let factors = plural(report.survey.axes().len() as u64, "factor");
    let what = match &report.found {
        Found::Morris(_) => {
            let rows = report.rows;
            let word = if rows == 1 {
                "trajectory"
            } else {
                "trajectories"
            };
            format!("Elementary effects of {factors}: {rows} {word}")
        }
        Found::Sobol(_) => format!("Indices of {factors}: {}", plural(report.rows, "row")),
    };
    let solved = report.solved();
    let points = plural(solved.points, "point");
    let failed = match solved.failed {
        0 => String::new(),
        n => format!(", {n} of them failed"),
    };
    format!("{what}, {points}{failed}")
}

fn lines(report: &Report, outcome: usize, answer: &Answer) -> String {
    let unit = shown_unit(&answer.unit);
    let values = &report.solved().values[outcome];
    let Some(first) = values.iter().flatten().next() else {
        return "\n  does not exist at any point\n".to_string();
    };
    let without = match report.without(outcome) {
        0 => String::new(),
        n => format!("; {} without it", plural(n, "point")),
    };
    if report.is_constant(outcome) {
        let value = quantity(*first, &unit, 6);
        return format!(": constant, {value}{without}\n");
    }
    let names: Vec<&str> = (report.survey.axes().iter())
        .map(|axis| axis.name.as_str())
        .collect();
    match &report.found {
        Found::Morris(found) => {
            let table = effects(&found.outcomes[outcome], &names);
            format!("{without}\n{table}")
        }
        Found::Sobol(found) => {
            let indices = &found.outcomes[outcome];
            let shown = |v: Option<f64>| v.map_or("unknown".to_string(), |v| quantity(v, &unit, 4));
            let (mean, deviation) = (shown(indices.mean), shown(indices.deviation));
            let table = index_lines(indices, &names);
            format!(": mean {mean}, standard deviation {deviation}{without}\n{table}")
        }
    }
}

fn words<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_string).to_vec()
}

/// The largest on top; what is unknown below.
fn order(sizes: impl Iterator<Item = Option<f64>>) -> Vec<usize> {
    let sizes: Vec<f64> = sizes.map(|s| s.unwrap_or(f64::NEG_INFINITY)).collect();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|a, b| sizes[*b].total_cmp(&sizes[*a]));
    order
}

fn effects(effects: &[Effects], names: &[&str]) -> String {
    let mut rows = vec![words(["factor", "mu*", "", "mu", "sigma", ""])];
    let sizes = effects.iter().map(|e| e.mu_star.map(|m| m.value));
    for i in order(sizes) {
        let found = &effects[i];
        let plain = |v: Option<f64>| v.map_or("–".to_string(), |v| number(v, DIGITS));
        let (mu_star, interval) = match &found.mu_star {
            None => ("–".to_string(), String::new()),
            Some(e) => (number(e.value, DIGITS), interval(e, &|v| number(v, DIGITS))),
        };
        rows.push(vec![
            names[i].to_string(),
            mu_star,
            interval,
            plain(found.mu),
            plain(found.sigma),
            lost(found.count, "effect"),
        ]);
    }
    align(&rows, 2, None)
}

fn index_lines(indices: &Indices, names: &[&str]) -> String {
    let mut rows = vec![words(["factor", "first", "", "total", "", ""])];
    let sizes = (indices.factors.iter()).map(|main| main.total.map(|t| t.value));
    for i in order(sizes) {
        let main = &indices.factors[i];
        let [first, total] = [&main.first, &main.total].map(|e| index(e.as_ref()));
        rows.push(vec![
            names[i].to_string(),
            first.0,
            first.1,
            total.0,
            total.1,
            lost(main.rows, "row"),
        ]);
    }
    let [first, total] = [&indices.first_sum, &indices.total_sum].map(|e| index(e.as_ref()));
    rows.push(vec!["sum".to_string(), first.0, first.1, total.0, total.1]);
    let mut out = align(&rows, 2, None);
    if indices.pairs.is_empty() {
        return out;
    }
    let mut rows = vec![words(["pair", "second", "", ""])];
    let sizes = (indices.pairs.iter()).map(|pair| pair.second.map(|s| s.value));
    for i in order(sizes) {
        let pair = &indices.pairs[i];
        let (value, interval) = index(pair.second.as_ref());
        let (a, b) = pair.factors;
        rows.push(vec![
            format!("{}, {}", names[a], names[b]),
            value,
            interval,
            lost(pair.rows, "row"),
        ]);
    }
    out.push('\n');
    out.push_str(&align(&rows, 2, None));
    out
}

/// An index and its interval: parts of 1, all with the same places.
fn index(found: Option<&Estimate>) -> (String, String) {
    match found {
        None => ("–".to_string(), String::new()),
        Some(e) => (places(e.value), interval(e, &places)),
    }
}

fn places(value: f64) -> String {
    // Rounded to nothing, it has no sign.
    format!("{:.3}", (value * 1000.0).round() / 1000.0 + 0.0)
}

fn interval(found: &Estimate, show: &dyn Fn(f64) -> String) -> String {
    (found.interval).map_or_else(String::new, |i| {
        format!("[{}, {}]", show(i.low), show(i.high))
    })
}

fn lost(count: Count, word: &str) -> String {
    match count.lost {
        0 => String::new(),
        n => format!("{} lost", plural(n, word)),
    }
}

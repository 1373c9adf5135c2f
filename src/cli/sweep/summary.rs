//! What a sweep says at its end, and what `status` says of it.

use std::path::Path;

use serde_json::Value;

use super::describe::methods;
use crate::cli::digits::{number, plural};
use crate::cli::table::align;
use crate::cli::terminal::{Style, Terminal};
use crate::output::store::{Plan, Summary};

/// Reasons that are named; the others are counted.
const NAMED: usize = 8;

/// A rate: `12300 points/s`.
pub(super) fn rate(points_a_second: f64) -> String {
    format!("{} points/s", number(points_a_second, 3))
}

/// A time to wait for: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
pub(super) fn wait(seconds: f64) -> String {
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    let s = seconds.min(1e15).round() as u64;
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min {} s", s / 60, s % 60),
        3600..86_400 => format!("{} h {} min", s / 3600, s / 60 % 60),
        _ => format!("{} d {} h", s / 86_400, s / 3600 % 24),
    }
}

/// Model and study of a plan, as a heading.
pub(super) fn heading(plan: &Plan, terminal: &Terminal) -> String {
    let inputs = plan.inputs();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let (model, study) = (&inputs["model"], &inputs["study"]);
    let mut words = text(&model["title"]);
    if words.is_empty() {
        words = text(&model["name"]);
    }
    let mut heading = format!("{}\n", terminal.paint(Style::Bold, words));
    // A study that was asked for on the command line is none of the model's.
    if !inputs["request"]["study"].is_null() || !text(&study["title"]).is_empty() {
        heading.push_str(&text(&study["name"]));
        if !text(&study["title"]).is_empty() {
            heading.push_str(&format!(": {}", text(&study["title"])));
        }
        heading.push('\n');
    }
    heading
}

/// A part of a summary with its own heading.
pub(super) fn section(name: &str, rows: &[Vec<String>], terminal: &Terminal) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let name = terminal.paint(Style::Bold, name);
    format!("\n{name}\n{}", align(rows, 2, None))
}

/// Points, failures, how it was solved.
pub(super) fn numbers(plan: &Plan, summary: &Summary, terminal: &Terminal) -> String {
    let mut points = vec![vec![
        "done".to_string(),
        if summary.done == summary.chunks {
            format!("all {}", plural(summary.points, "point"))
        } else {
            format!(
                "{} of {}, in {} of {}",
                summary.points_done,
                plural(summary.points, "point"),
                summary.done,
                plural(summary.chunks, "chunk"),
            )
        },
    ]];
    if summary.failed > 0 {
        let share = 100.0 * summary.failed as f64 / summary.rows.max(1) as f64;
        let failed = format!("{} ({} %)", summary.failed, number(share, 3));
        points.push(vec!["failed".to_string(), failed]);
    }
    if summary.damaged > 0 {
        let damaged = plural(summary.damaged, "chunk");
        points.push(vec![
            "damaged".to_string(),
            format!("{damaged}, to be done again"),
        ]);
    }
    let solver = &plan.inputs()["solver"];
    let names: Vec<&str> = (solver["methods"].as_array().into_iter().flatten())
        .filter_map(|m| m.as_str())
        .collect();
    let rtol = solver["rtol"].as_str().and_then(|x| x.parse().ok());
    let method = format!(
        "{} at rtol {}",
        methods(&names),
        number(rtol.unwrap_or(f64::NAN), 3)
    );
    points.push(vec!["method".to_string(), method]);
    section("Points", &points, terminal)
        + &section("Why points failed", &reasons(summary), terminal)
}

fn reasons(summary: &Summary) -> Vec<Vec<String>> {
    let all = summary.reasons.as_slice();
    let (named, others) = all.split_at(all.len().min(NAMED));
    let mut rows: Vec<Vec<String>> = named
        .iter()
        .map(|(reason, count)| vec![count.to_string(), reason.clone()])
        .collect();
    if !others.is_empty() {
        let count: u64 = others.iter().map(|(_, n)| n).sum();
        let what = format!("for {}", plural(others.len() as u64, "other reason"));
        rows.push(vec![count.to_string(), what]);
    }
    rows
}

/// Files of a folder, with its path.
pub(super) fn files(folder: &Path, names: &[String], terminal: &Terminal) -> String {
    let rows: Vec<Vec<String>> = names
        .iter()
        .map(|name| vec![folder.join(name).display().to_string()])
        .collect();
    section("Files", &rows, terminal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_to_wait_for_have_two_units_at_most() {
        let cases = [
            (0.0, "0.0 s"),
            (9.94, "9.9 s"),
            (9.96, "10 s"),
            (59.4, "59 s"),
            (200.0, "3 min 20 s"),
            (7500.0, "2 h 5 min"),
            (273_600.0, "3 d 4 h"),
        ];
        for (seconds, text) in cases {
            assert_eq!(wait(seconds), text);
        }
        assert_eq!(rate(12345.6), "12300 points/s");
    }
}

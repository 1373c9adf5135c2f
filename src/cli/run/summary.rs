//! What a run says at its end.

use super::Done;
use super::verified::{self, errors};
use crate::cli::digits::{duration, number, plural, quantity, supported, with_error};
use crate::cli::folder::Folder;
use crate::cli::table::align;
use crate::cli::terminal::{Style, Terminal};
use crate::solve::problem::Choice;
use crate::study::{Verification, method_name};
use crate::trajectory::{EventRecord, LedgerLine, OutcomeValue, Status};

/// A summary of the run, and of the files if there are any.
pub(in crate::cli) fn summary(done: &Done, folder: Option<&Folder>, terminal: &Terminal) -> String {
    let trajectory = &done.run.trajectory;
    let mut out = format!("{}\n", terminal.paint(Style::Bold, done.title()));
    let mut section = |heading: &str, rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            out.push_str(&format!(
                "\n{}\n{}",
                terminal.paint(Style::Bold, heading),
                align(&rows, 2, None)
            ));
        }
    };
    let found = done.verification.as_ref();
    section("Outcomes", outcomes(done));
    section("Events", events(done));
    section("Ledger", ledger(done));
    section("Run", vec![vec![counters(done)], vec![status(done)]]);
    if let Some((found, elapsed)) = found {
        section(verified::heading(found), verified::rows(found, *elapsed));
        section("Largest errors", errors(found, &trajectory.time.unit));
    }
    if let Some(folder) = folder {
        let files = folder
            .staged()
            .iter()
            .map(|name| vec![folder.path().join(name).display().to_string()]);
        section("Files", files.collect());
    }
    out
}

/// Digits that the tolerance of the run supports.
fn digits(done: &Done) -> usize {
    supported(done.run.method, done.run.rtol)
}

/// Name, value, its error where there was a second solve, and what it is.
pub(in crate::cli) fn outcomes(done: &Done) -> Vec<Vec<String>> {
    let found = done.verification.as_ref();
    let row = |o: &OutcomeValue| {
        let error = found.and_then(|(v, _)| v.outcome(&o.name));
        let value = match (o.value, error) {
            (None, _) => vec!["does not exist".to_string()],
            _ if found.is_some_and(|(v, _)| v.is_plateau(&o.name)) => {
                vec!["not determined".to_string(), "(plateau)".to_string()]
            }
            (Some(v), None) => vec![quantity(v, &o.unit, digits(done))],
            (Some(v), Some(error)) => {
                let (value, error) = with_error(v, error, &o.unit);
                vec![value, error]
            }
        };
        let mut row = vec![o.name.clone()];
        row.extend(value);
        row.resize(if found.is_some() { 3 } else { 2 }, String::new());
        row.push(o.about.clone());
        row
    };
    done.run.trajectory.outcomes.iter().map(row).collect()
}

/// Name, verdict, and residual of each conserved sum.
pub(in crate::cli) fn ledger(done: &Done) -> Vec<Vec<String>> {
    let row = |line: &LedgerLine| {
        let residual = format!("residual {:.1e}", line.residual);
        let verdict = if line.holds() { "conserved" } else { "LEAKS" };
        vec![
            line.name.clone(),
            verdict.to_string(),
            format!("{residual}, allowed {:.1e}", line.tolerance),
        ]
    };
    done.run.trajectory.ledger.iter().map(row).collect()
}

/// Each event once, with its time or how often, the error of its times where there was a second solve, and whether it
/// ended the run.
pub(in crate::cli) fn events(done: &Done) -> Vec<Vec<String>> {
    let trajectory = &done.run.trajectory;
    let (events, unit) = (&trajectory.events, &trajectory.time.unit);
    let found = done.verification.as_ref().map(|(v, _)| v);
    let digits = digits(done);
    let mut names: Vec<&str> = Vec::new();
    for event in events {
        if !names.contains(&event.name.as_str()) {
            names.push(&event.name);
        }
    }
    let row = |name: &&str| {
        let mut own = events.iter().filter(|e| e.name == *name);
        let count = own.clone().count();
        let error = found.and_then(|v| largest(v, name));
        let shown = |e: &EventRecord| match error {
            Some(error) => with_error(e.t, error, unit).0,
            None => quantity(e.t, unit, digits),
        };
        let uncertain = match (error, events.iter().rfind(|e| e.name == *name)) {
            (Some(error), Some(last)) => with_error(last.t, error, unit).1,
            _ => String::new(),
        };
        let first = own.next().map(shown).unwrap_or_default();
        let last = own.next_back().map(shown);
        let times = match last {
            Some(last) => format!("{count} times, from {first} to {last}"),
            None => first,
        };
        let stopped = matches!(&trajectory.status, Status::Stopped(event) if event == name);
        let mut row = vec![name.to_string(), times];
        row.extend(found.map(|_| uncertain));
        row.push(if stopped {
            "ended the run".to_string()
        } else {
            String::new()
        });
        row
    };
    names.iter().map(row).collect()
}

/// The largest error of the times of an event; `None` where the second solve lacks one of them.
fn largest(found: &Verification, name: &str) -> Option<f64> {
    let own = found.events.iter().filter(|e| e.name == name);
    own.map(|e| e.error)
        .try_fold(0.0, |worst: f64, error| error.map(|e| worst.max(e)))
}

/// The method; where `auto` chose, what: `auto (dop853, from 6.8 s rodas5p)`.
pub(in crate::cli) fn methods(done: &Done) -> String {
    const MANY: usize = 3;
    let name = method_name(done.run.method);
    let choices = &done.run.choices;
    let unit = &done.simulation.system().time_unit;
    let later = |c: &Choice| {
        let from = quantity(unit.from_internal(c.t), unit.text(), 3);
        format!("from {from} {}", method_name(c.method))
    };
    match choices.as_slice() {
        [] => name.to_string(),
        [first, rest @ ..] if rest.len() < MANY => {
            let mut words = vec![method_name(first.method).to_string()];
            words.extend(rest.iter().map(later));
            format!("{name} ({})", words.join(", "))
        }
        [first, rest @ ..] => format!(
            "{name} ({}, then changed {} times)",
            method_name(first.method),
            rest.len()
        ),
    }
}

/// Method, tolerance, and what the solver did.
pub(in crate::cli) fn counters(done: &Done) -> String {
    let (run, c) = (&done.run, &done.run.counters);
    let tolerance = format!("{} at rtol {}", methods(done), number(run.rtol, 3));
    format!(
        "{tolerance}: {}, {} rejected, {} right-hand sides, {}, {}",
        plural(c.accepted, "step"),
        c.rejected,
        c.rhs,
        plural(c.restarts, "restart"),
        duration(done.elapsed)
    )
}

/// How the run ended, and where.
pub(in crate::cli) fn status(done: &Done) -> String {
    let digits = digits(done);
    let time = &done.run.trajectory.time;
    let end = time
        .values
        .last()
        .map_or(String::new(), |t| quantity(*t, &time.unit, digits));
    match &done.run.trajectory.status {
        Status::Complete => format!("complete: {} rows to t = {end}", time.values.len()),
        Status::Stopped(event) => format!(
            "ended by `{event}`: {} rows to t = {end}",
            time.values.len()
        ),
        Status::Failed(_) => format!("FAILED: {} rows to t = {end}", time.values.len()),
    }
}

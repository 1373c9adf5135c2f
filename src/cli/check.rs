//! `osmocyte check`: the checks that models carry.

use std::time::Instant;

use serde_json::{Value, json};

use super::End;
use super::digits::{number, of_tolerance, plural, with_unit};
use super::source::{Found, all_shipped, find};
use super::table::align;
use super::terminal::{Stop, Style, Terminal};
use crate::study::sheet::words::settings;
use crate::study::shown_unit;
use crate::study::{CheckResult, Simulation, check as check_model};

/// Run the checks that models carry.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte check                   all shipped models
  osmocyte check red-blood-cell    one of them
  osmocyte check my/*.toml         your own

Exits with 1 if a check failed, with 2 if a file could not be read.")]
pub(super) struct Args {
    /// Names of shipped models, or paths of model files; all shipped models if left out.
    models: Vec<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What became of the models so far.
#[derive(Default)]
struct Tally {
    models: usize,
    checks: usize,
    failed: usize,
    invalid: usize,
}

pub(super) fn check(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let begun = Instant::now();
    let found: Vec<Result<Found, Stop>> = if args.models.is_empty() {
        all_shipped().into_iter().map(Ok).collect()
    } else {
        args.models
            .iter()
            .map(|m| find_plain(m, terminal))
            .collect()
    };
    let mut tally = Tally::default();
    let mut listed = Vec::new();
    for found in found {
        let checked = found.and_then(|found| checked(&found, terminal));
        tally.models += 1;
        match checked {
            Ok((name, results)) => {
                tally.checks += results.len();
                tally.failed += results.iter().filter(|r| !r.passed).count();
                if args.json {
                    listed.push(json!({ "model": name, "checks": results.iter().map(as_json).collect::<Vec<_>>() }));
                } else {
                    terminal.print(&lines(&name, &results, terminal))?;
                }
            }
            Err(Stop::Invalid(message)) => {
                tally.invalid += 1;
                terminal.complain(&message);
            }
            Err(closed) => return Err(closed),
        }
    }
    if args.json {
        let all = json!({
            "models": listed, "checks": tally.checks, "passed": tally.checks - tally.failed, "failed": tally.failed,
            "invalid_models": tally.invalid,
        });
        terminal.print(&format!("{all:#}\n"))?;
    } else if !terminal.quiet {
        terminal.print(&summary(&tally, begun.elapsed().as_secs_f64()))?;
    }
    Ok(match (tally.invalid, tally.failed) {
        (0, 0) => End::Ok,
        (0, _) => End::Failed,
        _ => End::Invalid,
    })
}

/// Checks hold for the model as it is in its file.
fn find_plain(model: &str, terminal: &Terminal) -> Result<Found, Stop> {
    let found = find(model, terminal)?;
    match &found.variant {
        Some(variant) => Err(terminal.invalid(format!(
            "the checks of `{0}` hold for the model itself, not for its variant `{variant}`\nhelp: osmocyte check {0}",
            found.name
        ))),
        None => Ok(found),
    }
}

/// The name of a model and the results of its checks; its variants are read, too.
pub(super) fn checked(found: &Found, terminal: &Terminal) -> Result<(String, Vec<Checked>), Stop> {
    let report = |e| Stop::Invalid(terminal.report(&e));
    let simulation = found.simulation(&[]).map_err(report)?;
    // A variant that nobody runs may hold a misspelt name.
    for variant in &simulation.model().variants {
        found
            .as_variant(&variant.name)
            .simulation(&[])
            .map_err(report)?;
    }
    let results = check_model(&simulation).map_err(report)?;
    let pairs = simulation.model().checks.iter().zip(results);
    Ok((
        found.name.clone(),
        pairs
            .map(|(check, result)| Checked::new(&simulation, check, result))
            .collect(),
    ))
}

/// A result in the unit of its expected value.
pub(super) struct Checked {
    pub id: String,
    pub what: String,
    /// The settings of the check; empty if it has none.
    pub with: String,
    found: Option<f64>,
    expected: f64,
    /// Allowed absolute error, in the same unit.
    allowed: f64,
    unit: String,
    error: f64,
    rtol: f64,
    pub passed: bool,
    pub reason: String,
    pub why: String,
}

impl Checked {
    fn new(simulation: &Simulation, check: &crate::model::Check, result: CheckResult) -> Checked {
        let model = simulation.model();
        // The unit of the expected value as it is written; else that in which the outcome was found.
        let written = model.shown_unit(&None, &check.is);
        let unit = written
            .filter(|u| u.dimension() == result.unit.dimension())
            .unwrap_or(result.unit);
        let span =
            |x: f64| unit.from_internal(result.expected + x) - unit.from_internal(result.expected);
        Checked {
            id: result.id,
            what: if result.what.is_empty() {
                crate::expr::print::to_text(&check.what)
            } else {
                result.what
            },
            with: settings(&check.with),
            found: result.found.map(|x| unit.from_internal(x)),
            expected: unit.from_internal(result.expected),
            allowed: span(result.allowed),
            unit: shown_unit(&unit),
            error: result.error,
            rtol: check.rtol,
            passed: result.passed,
            reason: result.reason,
            why: check.why.clone(),
        }
    }

    /// Two digits beyond the tolerance: enough to see how near it came.
    fn digits(&self) -> usize {
        (of_tolerance(self.rtol) + 2).clamp(4, 15)
    }

    pub fn found_text(&self) -> String {
        match self.found {
            Some(found) => with_unit(&number(found, self.digits()), &self.unit),
            None => "does not exist".to_string(),
        }
    }

    pub fn expected_text(&self) -> String {
        with_unit(&number(self.expected, self.digits()), &self.unit)
    }

    pub fn allowed_text(&self) -> String {
        with_unit(&number(self.allowed, 2), &self.unit)
    }

    pub fn error_text(&self) -> String {
        number(self.error, 1)
    }
}

fn lines(name: &str, results: &[Checked], terminal: &Terminal) -> String {
    let shown: Vec<&Checked> = results
        .iter()
        .filter(|r| !r.passed || !terminal.quiet)
        .collect();
    if shown.is_empty() && terminal.quiet {
        return String::new();
    }
    let mut out = format!("{}\n", terminal.paint(Style::Bold, name));
    if results.is_empty() {
        out.push_str("  no checks\n");
    }
    let rows: Vec<Vec<String>> = shown
        .iter()
        .map(|r| {
            let error = format!("error {}", r.error_text());
            vec![
                if r.passed { "ok" } else { "FAIL" }.to_string(),
                r.id.clone(),
                r.what.clone(),
                r.found_text(),
                error,
            ]
        })
        .collect();
    for (line, r) in align(&rows, 2, None).lines().zip(&shown) {
        let (word, style) = if r.passed {
            ("ok", Style::Green)
        } else {
            ("FAIL", Style::Red)
        };
        out.push_str(&line.replacen(word, &terminal.paint(style, word), 1));
        out.push('\n');
        if !r.passed {
            out.push_str(&details(r));
        }
    }
    out
}

/// What was expected of a check that failed.
fn details(r: &Checked) -> String {
    let mut out = format!(
        "        expected {} within {}\n",
        r.expected_text(),
        r.allowed_text()
    );
    if !r.reason.is_empty() {
        out.push_str(&format!("        the run failed: {}\n", r.reason));
    }
    if !r.why.is_empty() {
        out.push_str(&format!("        expected by: {}\n", r.why));
    }
    out
}

fn summary(tally: &Tally, seconds: f64) -> String {
    let count = |n: usize, word: &str| plural(n as u64, word);
    let mut out = format!(
        "{}, {}: {} passed",
        count(tally.models, "model"),
        count(tally.checks, "check"),
        tally.checks - tally.failed
    );
    if tally.failed > 0 {
        out.push_str(&format!(", {} failed", tally.failed));
    }
    if tally.invalid > 0 {
        out.push_str(&format!(
            "; {} could not be checked",
            count(tally.invalid, "model")
        ));
    }
    // Long ones only: what nobody waits for need not be told.
    if seconds >= 1.0 {
        out.push_str(&format!(" ({seconds:.1} s)"));
    }
    out.push('\n');
    out
}

fn as_json(r: &Checked) -> Value {
    json!({
        "id": r.id, "what": r.what, "passed": r.passed, "found": r.found, "expected": r.expected, "unit": r.unit,
        "error": r.error, "allowed": r.allowed, "reason": r.reason, "why": r.why,
    })
}

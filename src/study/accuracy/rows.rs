//! The rows of one method on one problem, and all rows as a table.

use super::attempt::{Attempt, Bench, Watch, label};
use super::known::{end_of, error_beside};
use super::reference::Made;
use super::{Config, Report, Row, Went, is_fixed_step};
use crate::error::Error;
use crate::solve::problem::{Method, Solution};
use crate::study::method::method_name;
use crate::table::{Table, Values};

/// The fixed step divides the run into so many parts at first, then into four times as many.
const FEWEST_STEPS: f64 = 64.0;
/// And at most into so many.
const MOST_STEPS: f64 = 1e6;

/// Runs a method at all tolerances, or a fixed step at all its steps; `None` if the study was ended.
pub(super) fn of_method(
    bench: &mut Bench,
    method: Method,
    made: &Made,
    config: &Config,
    watch: &mut Watch,
) -> Result<Option<Vec<Row>>, Error> {
    let mut rows: Vec<Row> = Vec::new();
    let duration = end_of(&bench.ready.problem);
    // Tolerances, or steps.
    let settings: Vec<(Option<f64>, Option<f64>)> = if is_fixed_step(method) {
        let parts = std::iter::successors(Some(FEWEST_STEPS), |n| Some(4.0 * n));
        let parts = parts.take_while(|n| *n <= MOST_STEPS);
        parts.map(|n| (None, Some(duration / n))).collect()
    } else {
        config.rtols.iter().map(|r| (Some(*r), None)).collect()
    };
    let tightest = config.rtols.iter().copied().fold(1.0, f64::min);
    let mut tired: Option<String> = None;
    for (rtol, step) in settings {
        let mut row = empty_row(method, rtol, step, bench.ratio);
        if let Some(why) = &tired {
            row.went = Went::NotTried(why.clone());
            rows.push(row);
            continue;
        }
        bench.set(method, rtol.unwrap_or(tightest), step);
        let setting = rtol.map_or(method_name(method).to_string(), |r| label(method, r));
        watch.what(&setting);
        match bench.attempt(config.patience, watch) {
            Attempt::Stopped => return Ok(None),
            Attempt::Failed(why) => row.went = Went::Failed(why),
            Attempt::GaveUp(why) => {
                tired = Some(match step {
                    Some(_) => "a longer step took too long".to_string(),
                    None => format!("{setting} took too long"),
                });
                row.went = Went::GaveUp(why);
            }
            Attempt::Done(solution) => {
                measure(bench, made, &solution, &mut row);
                if let Some((time, median, n)) = bench.time(config, watch) {
                    (row.time, row.median_time, row.repeats) = (Some(time), Some(median), n);
                }
            }
        }
        // Shorter steps would only show rounding.
        let enough = step.is_some() && row.error.is_some_and(|e| e < tightest);
        rows.push(row);
        if enough {
            break;
        }
    }
    Ok(Some(rows))
}

fn empty_row(method: Method, rtol: Option<f64>, step: Option<f64>, ratio: f64) -> Row {
    Row {
        method,
        rtol,
        atol: rtol.map(|r| r / ratio),
        step,
        error: None,
        error_end: None,
        error_known: None,
        at_floor: false,
        counters: None,
        time: None,
        median_time: None,
        repeats: 0,
        went: Went::Ok,
    }
}

/// The errors of a run.
fn measure(bench: &Bench, made: &Made, run: &Solution, row: &mut Row) {
    row.counters = Some(run.counters);
    let end = end_of(&bench.ready.problem);
    let at_end: Vec<_> = (bench.known.iter().filter(|k| k.t == end).copied()).collect();
    row.error_known = error_beside(&bench.norm, run, &bench.known);
    row.error_end = error_beside(&bench.norm, run, &at_end);
    if let Some(reference) = &made.solution {
        match bench.norm.of_run(run, reference) {
            Some(errors) => {
                row.error = Some(errors.saved);
                row.error_end = row.error_end.or(Some(errors.end));
            }
            None => row.went = Went::Failed("it ended otherwise than the reference".to_string()),
        }
    }
    let floor = 3.0 * made.about.uncertainty.unwrap_or(0.0);
    row.at_floor = row.error.is_some_and(|e| e < floor);
}

/// All rows of a report.
pub(super) fn table(report: &Report) -> Table {
    let rows: Vec<(&super::Compared, &Row)> = (report.problems.iter())
        .flat_map(|p| p.rows.iter().map(move |r| (p, r)))
        .collect();
    let words = |f: &dyn Fn(&super::Compared, &Row) -> String| {
        Values::Words(rows.iter().map(|(p, r)| f(p, r)).collect())
    };
    let numbers =
        |f: &dyn Fn(&Row) -> Option<f64>| Values::Numbers(rows.iter().map(|(_, r)| f(r)).collect());
    let counts = |f: &dyn Fn(&crate::solve::problem::Counters) -> u64| {
        Values::Counts(
            rows.iter()
                .map(|(_, r)| r.counters.as_ref().map(f))
                .collect(),
        )
    };
    let mut t = Table::default();
    t.push(
        "problem",
        "",
        "Name of the problem.",
        words(&|p, _| p.name.clone()),
    );
    t.push(
        "method",
        "",
        "Name of the method.",
        words(&|_, r| method_name(r.method).to_string()),
    );
    t.push(
        "rtol",
        "",
        "Relative tolerance; empty for a method with a fixed step.",
        numbers(&|r| r.rtol),
    );
    t.push(
        "atol",
        "",
        "Tolerance relative to the scale of each state.",
        numbers(&|r| r.atol),
    );
    t.push(
        "step",
        "s",
        "The fixed step; empty for a method that chooses its steps.",
        numbers(&|r| r.step),
    );
    t.push("error", "", ERROR, numbers(&|r| r.error));
    t.push("error_end", "", ERROR_END, numbers(&|r| r.error_end));
    t.push("error_known", "", ERROR_KNOWN, numbers(&|r| r.error_known));
    t.push(
        "error_per_tolerance",
        "",
        "error / rtol: 1 is what was asked.",
        numbers(&Row::error_per_tolerance),
    );
    t.push("at_floor", "", "yes where the error is below three times the uncertainty of the reference, so that it tells about the reference as much as about the run.", words(&|_, r| if r.at_floor { "yes" } else { "" }.to_string()));
    t.push("rhs", "", "Right-hand sides evaluated.", counts(&|c| c.rhs));
    t.push(
        "jacobians",
        "",
        "Jacobians evaluated.",
        counts(&|c| c.jacobians),
    );
    t.push(
        "factorisations",
        "",
        "Matrices factorised.",
        counts(&|c| c.factorisations),
    );
    t.push(
        "steps_accepted",
        "",
        "Steps accepted.",
        counts(&|c| c.accepted),
    );
    t.push(
        "steps_rejected",
        "",
        "Steps rejected.",
        counts(&|c| c.rejected),
    );
    t.push("time_min", "s", "Least time of the timed runs: the integration alone, without outcomes, conserved sums and charts.", numbers(&|r| r.time));
    t.push(
        "time_median",
        "s",
        "Median time of the timed runs.",
        numbers(&|r| r.median_time),
    );
    t.push(
        "repeats",
        "",
        "Number of timed runs.",
        Values::Counts(rows.iter().map(|(_, r)| Some(r.repeats as u64)).collect()),
    );
    t.push(
        "status",
        "",
        "ok, or failed, gave up, not tried, with the reason.",
        words(&|_, r| r.went.text()),
    );
    t.push(
        "reference",
        "",
        "Where the reference of the column error is from.",
        words(&|p, _| p.reference.from.clone()),
    );
    t.push("reference_uncertainty", "", "Largest difference, in the norm of error, between the reference and its nearest other run, or the values in the model file if that is larger.", Values::Numbers(rows.iter().map(|(p, _)| p.reference.uncertainty).collect()));
    t
}

const ERROR: &str = "Largest error at the saved times. The error of a state y beside its reference r is |y - r| / (|r| + (atol/rtol) s), with s the scale of the state; the largest over the states counts.";
const ERROR_END: &str =
    "The same at the end alone; beside the values in the model file, where it has some there.";
const ERROR_KNOWN: &str =
    "The same beside all values in the model file that hold for this problem.";

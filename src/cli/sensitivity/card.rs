//! The card of an analysis: what was done, with which numbers, and what is not in the table.

use serde_json::{Value, json};

use super::Done;
use super::global::{Found, Report};
use crate::cli::origin::{TOOL, VERSION, command, sha256};
use crate::study::sensitivity::Estimate;
use crate::study::sensitivity::local::Local;
use crate::study::shown_unit;
use crate::study::sweep::Values;
use crate::table::{Table, Values as Cells};

/// The card.
pub(super) fn card(done: &Done, files: &[String]) -> Value {
    let mut card = json!({
        "format": "osmocyte sensitivity card 1",
        "tool": { "name": TOOL, "version": VERSION },
        "command": command(),
        "model": done.found.full_name(),
        "title": done.simulation.model().title,
        "model_sha256": sha256(done.found.text()),
        "started": done.started,
        "elapsed_s": done.elapsed,
        "threads": done.threads,
    });
    let more = match &done.report {
        super::Report::Global(report) => global(report),
        super::Report::Local(found) => local(found),
    };
    let rest = json!({ "results": rows_of(&done.report.table()), "files": files });
    for part in [more, rest] {
        if let (Some(card), Value::Object(part)) = (card.as_object_mut(), part) {
            card.extend(part);
        }
    }
    card
}

fn local(found: &Local) -> Value {
    let factors = found.factors.iter().map(|f| {
        json!({ "name": f.name, "unit": shown_unit(&f.unit), "at": f.unit.from_internal(f.value) })
    });
    let outcomes = found.answers.iter().zip(&found.values).map(|(answer, value)| {
        json!({
            "name": answer.name, "unit": shown_unit(&answer.unit), "about": answer.about, "value": value,
        })
    });
    json!({
        "method": "local",
        "rtol": found.rtol,
        "factors": factors.collect::<Vec<_>>(),
        "outcomes": outcomes.collect::<Vec<_>>(),
    })
}

fn global(report: &Report) -> Value {
    let solved = report.solved();
    let axes = report.survey.axes().iter().map(|axis| {
        let values = match &axis.values {
            Values::Range { from, to, log, .. } => json!({ "from": from, "to": to, "log": log }),
            Values::List(list) | Values::Column(list) => json!({ "values": list }),
            Values::Variants(names) => json!({ "variants": names }),
        };
        json!({ "name": axis.name, "unit": shown_unit(&axis.unit), "range": values })
    });
    let outcomes = report.survey.answers().iter().enumerate();
    let outcomes = outcomes.map(|(i, answer)| {
        let mut one = json!({
            "name": answer.name, "unit": shown_unit(&answer.unit), "about": answer.about,
            "constant": report.is_constant(i), "points_without_value": report.without(i),
        });
        if let Found::Sobol(found) = &report.found {
            let indices = &found.outcomes[i];
            one["mean"] = json!(indices.mean);
            one["deviation"] = json!(indices.deviation);
            one["first_sum"] = estimate(indices.first_sum.as_ref());
            one["total_sum"] = estimate(indices.total_sum.as_ref());
        }
        one
    });
    let (method, rows) = match &report.found {
        Found::Morris(_) => ("morris", "trajectories"),
        Found::Sobol(_) => ("sobol", "rows"),
    };
    let reasons = solved.reasons.iter();
    let reasons = reasons.map(|(text, n)| json!({ "reason": text, "points": n }));
    json!({
        "study": report.survey.name,
        "method": method,
        rows: report.rows,
        "seed": report.seed,
        "resamples": report.resamples,
        "rtol": report.rtol,
        "factors": axes.collect::<Vec<_>>(),
        "points": solved.points,
        "failed": solved.failed,
        "reasons": reasons.collect::<Vec<_>>(),
        "steps": solved.steps,
        "outcomes": outcomes.collect::<Vec<_>>(),
    })
}

fn estimate(found: Option<&Estimate>) -> Value {
    found.map_or(Value::Null, |e| {
        let interval = e.interval.map(|i| json!([i.low, i.high]));
        json!({ "value": e.value, "interval": interval })
    })
}

/// The rows of a table as objects; cells without a value are left out.
fn rows_of(table: &Table) -> Vec<Value> {
    let row = |row: usize| {
        let cells = table.columns.iter().filter_map(|c| {
            let value = match &c.values {
                Cells::Numbers(v) => json!(v[row]?),
                Cells::Counts(v) => json!(v[row]?),
                Cells::Words(v) if v[row].is_empty() => return None,
                Cells::Words(v) => json!(v[row]),
            };
            Some((c.name.clone(), value))
        });
        Value::Object(cells.collect())
    };
    (0..table.n_rows()).map(row).collect()
}

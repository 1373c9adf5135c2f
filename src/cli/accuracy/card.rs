//! The study as JSON: all that is in the table, and what it does not hold.

use serde_json::{Map, Value, json};

use super::models::Problem;
use crate::cli::origin::{TOOL, VERSION, command, sha256};
use crate::study::accuracy::{Compared, Config, Order, Report, Row};
use crate::study::method_name;

/// The card.
pub(super) fn card(
    report: &Report,
    problems: &[Problem],
    config: &Config,
    started: &str,
    elapsed: f64,
    files: &[String],
) -> Value {
    let methods: Vec<&str> = config.methods.iter().map(|m| method_name(*m)).collect();
    let pairs = report.problems.iter().zip(problems);
    json!({
        "format": "osmocyte accuracy card 1",
        "tool": { "name": TOOL, "version": VERSION },
        "command": command(),
        "started": started,
        "elapsed_s": elapsed,
        "methods": methods,
        "rtols": config.rtols,
        "points": config.points,
        "problems": pairs.map(|(c, p)| one(c, p)).collect::<Vec<_>>(),
        "orders": report.orders.iter().map(order).collect::<Vec<_>>(),
        "files": files,
    })
}

fn one(compared: &Compared, problem: &Problem) -> Value {
    let r = &compared.reference;
    let candidates = r.candidates.iter().map(|c| {
        json!({
            "method": method_name(c.method), "rtol": c.rtol, "error_known": c.error_known, "difference": c.difference,
        })
    });
    let fastest = compared.verdict.levels.iter().map(|l| {
        json!({
            "error": l.error,
            "method": l.best.map(|b| method_name(b.0)), "time_s": l.best.map(|b| b.1),
            "next": l.next.map(|n| method_name(n.0)), "next_takes_times": l.next.map(|n| n.1),
        })
    });
    json!({
        "name": compared.name,
        "sha256": sha256(problem.found.text()),
        "states": compared.n_states,
        "reference": {
            "from": r.from, "uncertainty": r.uncertainty, "good_enough": r.good,
            "known_values": r.known, "known_error": r.known_error,
            "tight_runs": candidates.collect::<Vec<_>>(),
        },
        "verdict": compared.verdict.message,
        "fastest": fastest.collect::<Vec<_>>(),
        "rows": compared.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn row(r: &Row) -> Value {
    let mut it = Map::new();
    it.insert("method".into(), json!(method_name(r.method)));
    let numbers = [
        ("rtol", r.rtol),
        ("atol", r.atol),
        ("step_s", r.step),
        ("error", r.error),
        ("error_end", r.error_end),
        ("error_known", r.error_known),
        ("error_per_tolerance", r.error_per_tolerance()),
    ];
    for (name, value) in numbers {
        it.insert(name.into(), json!(value));
    }
    it.insert("at_floor".into(), json!(r.at_floor));
    let c = r.counters.as_ref();
    let counts = [
        ("rhs", c.map(|c| c.rhs)),
        ("jacobians", c.map(|c| c.jacobians)),
        ("factorisations", c.map(|c| c.factorisations)),
        ("steps_accepted", c.map(|c| c.accepted)),
        ("steps_rejected", c.map(|c| c.rejected)),
    ];
    for (name, value) in counts {
        it.insert(name.into(), json!(value));
    }
    it.insert("time_min_s".into(), json!(r.time));
    it.insert("time_median_s".into(), json!(r.median_time));
    it.insert("repeats".into(), json!(r.repeats));
    it.insert("status".into(), json!(r.went.text()));
    Value::Object(it)
}

fn order(o: &Order) -> Value {
    json!({
        "method": method_name(o.method), "in_its_name": o.nominal, "observed": o.observed, "note": o.note,
        "points": o.points.iter().map(|(h, e)| json!({ "step_s": h, "error": e })).collect::<Vec<_>>(),
    })
}

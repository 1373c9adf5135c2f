//! `sweep.json`: what was done, from which model, how, and what came out.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::log::total;
use crate::cli::origin::{TOOL, VERSION, command};
use crate::output::Provenance;
use crate::output::card::rfc3339_utc;
use crate::output::store::{Plan, Summary};

/// The card of a finished sweep. `runs` are the processes that worked on it.
pub(super) fn card(plan: &Plan, summary: &Summary, runs: &[Value], files: &[String]) -> Value {
    let inputs = plan.inputs();
    let model = &inputs["model"];
    let request = &inputs["request"];
    json!({
        "format": "osmocyte sweep card 1",
        "tool": { "name": TOOL, "version": VERSION },
        "command": command(),
        "written": rfc3339_utc(SystemTime::now()),
        "model": {
            "name": model["name"], "variant": model["variant"], "title": model["title"], "sha256": model["sha256"],
        },
        "settings": request["set"],
        "study": inputs["study"],
        "solver": inputs["solver"],
        "points": summary.points,
        "rows": summary.rows,
        "failed": summary.failed,
        "failures": reasons(summary),
        "plan": plan.id(),
        "chunk": plan.chunk(),
        "chunks": plan.chunks(),
        "elapsed_s": total(runs),
        "runs": runs,
        "files": files,
    })
}

/// Reasons of failure, the most frequent first.
pub(super) fn reasons(summary: &Summary) -> Value {
    let reasons = summary.reasons.iter();
    let each = |(reason, count): &(String, u64)| json!({ "reason": reason, "count": count });
    Value::Array(reasons.map(each).collect())
}

/// Where the table is from.
pub(super) fn provenance(plan: &Plan) -> Provenance {
    let model = &plan.inputs()["model"];
    let text = |key: &str| model[key].as_str().unwrap_or_default().to_string();
    let name = match model["variant"].as_str() {
        Some(variant) => format!("{}@{variant}", text("name")),
        None => text("name"),
    };
    Provenance {
        tool: TOOL.to_string(),
        version: VERSION.to_string(),
        model: name,
        title: text("title"),
        model_sha256: text("sha256"),
        command: command(),
        created: rfc3339_utc(SystemTime::now()),
    }
}

//! A model as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::expr::print::to_text;
use crate::model::Group;
use crate::model::picture::Shape;
use crate::study::sheet::Sheet;

pub(super) fn json(sheet: &Sheet) -> Value {
    let model = sheet.model;
    json!({
        "name": sheet.name,
        "title": model.title,
        "about": model.about,
        "group": sheet.group.map(Group::name),
        "topics": model.topics,
        "parameters": list(&sheet.parameters, |p| json!({
            "name": p.name, "value": p.value, "unit": p.unit, "range": p.range, "about": p.about, "source": p.source,
            "block": p.block, "each": p.each,
        })),
        "states": list(&sheet.states, |s| json!({
            "name": s.name, "rate": s.rate.iter().map(to_text).collect::<Vec<_>>(), "initial": s.initial, "unit": s.unit,
            "about": s.about, "block": s.block, "each": s.each,
        })),
        "equations": list(&sheet.equations, |e| json!({
            "name": e.name, "value": to_text(e.value), "unit": e.unit, "about": e.about, "block": e.block, "each": e.each,
        })),
        "events": list(&sheet.events, |e| json!({
            "name": e.name, "when": e.when, "then": e.then, "about": e.about,
        })),
        "experiment": { "duration": sheet.duration, "points": sheet.points, "steps": sheet.steps },
        "outcomes": list(&sheet.outcomes, |o| json!({
            "name": o.name, "value": o.value, "unit": o.unit, "about": o.about,
        })),
        "conserved": list(&sheet.conserved, |(name, sum)| json!({ "name": name, "value": sum })),
        "pictures": list(&model.pictures, |p| json!({
            "name": p.name, "shape": p.shape.name(), "aspect": (p.shape == Shape::Box).then_some(p.aspect),
            "parts": p.parts.iter().map(|(part, ast)| (part.path(), to_text(ast))).collect::<BTreeMap<_, _>>(),
            "burst": p.burst.as_ref().map(|b| &b.0), "title": p.title, "note": p.note,
        })),
        "variants": list(&sheet.variants, |(name, about, set)| json!({ "name": name, "about": about, "set": set })),
        "checks": list(&sheet.checks, |c| json!({
            "id": c.id, "what": c.what, "with": c.with, "is": c.is, "rtol": c.rtol, "why": c.why,
        })),
    })
}

fn list<T>(items: &[T], one: impl Fn(&T) -> Value) -> Value {
    Value::Array(items.iter().map(one).collect())
}

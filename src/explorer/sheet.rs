//! What the page needs to know of a model before anything is run.

use std::sync::Arc;

use serde_json::{Value, json};

use super::command::can_be_said;
use super::shelf::{Entry, Shelf};
use super::sliders::{Slider, duration, sliders};
use crate::error::Error;
use crate::model::{Change, Group};
use crate::study::Simulation;
use crate::study::sheet::equations::equations;
use crate::study::sheet::{Sheet, words};

/// All models, and which one the page opens.
pub(super) fn models(shelf: &Shelf) -> Value {
    let one = |e: &Entry| {
        let variants = e
            .variants
            .iter()
            .map(|(name, about)| json!({ "name": name, "about": about }));
        json!({
            "id": e.id,
            "title": e.title,
            "about": e.about,
            "group": group(e),
            "topics": e.topics,
            "variants": variants.collect::<Vec<_>>(),
        })
    };
    json!({
        "first": { "model": shelf.first.0, "variant": shelf.first.1 },
        "models": shelf.entries().iter().map(one).collect::<Vec<_>>(),
    })
}

fn group(entry: &Entry) -> &'static str {
    match entry.group {
        _ if entry.own => "Your models",
        None => "Other models",
        Some(Group::Osmosis) => "Osmosis",
        Some(Group::PlantWater) => "Plant water",
        Some(Group::Exocytosis) => "Exocytosis",
        Some(Group::Endocytosis) => "Endocytosis",
        Some(Group::Coupled) => "Water and membrane coupled",
        Some(Group::Bench) => "Benchmark problems",
        Some(Group::Reference) => "Reference problems",
    }
}

/// One model in one variant. Ranges that are expressions cost a build each: it is remembered.
pub(super) fn sheet(
    shelf: &Shelf,
    entry: &Entry,
    variant: Option<&str>,
) -> Result<Arc<Value>, Error> {
    let key = (entry.id.clone(), variant.map(str::to_string));
    if let Some(found) = shelf.sheets.get(&key) {
        return Ok(found);
    }
    let made = Arc::new(of(shelf, entry, variant)?);
    shelf.sheets.put(key, made.clone());
    Ok(made)
}

fn of(shelf: &Shelf, entry: &Entry, variant: Option<&str>) -> Result<Value, Error> {
    let base = shelf.simulation(entry, variant)?;
    // A file that works in this variant only is a file, too.
    let file = shelf.simulation(entry, None);
    let file = file.unwrap_or_else(|_| base.clone());
    let model = base.model();
    let variants = model
        .variants
        .iter()
        .map(|v| json!({ "name": v.name, "about": v.about }));
    let shown = Sheet::new(&base, &entry.id, entry.group);
    let steps = model.experiment.changes.iter().map(|c| step(&base, c));
    Ok(json!({
        "id": entry.id,
        "name": entry.name(),
        "title": model.title,
        "about": model.about,
        "group": group(entry),
        "topics": model.topics,
        "variant": variant,
        "variants": variants.collect::<Vec<_>>(),
        "time_unit": base.system().time_unit.text(),
        "duration": slider(&duration(&base)),
        "sliders": sliders(&base, file.model()).iter().map(slider).collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
        "steps_can_be_said": can_be_said(model),
        "equations": typeset(&shown),
    }))
}

fn slider(s: &Slider) -> Value {
    json!({
        "name": s.name, "kind": s.kind.name(), "unit": s.unit, "value": s.value,
        "low": s.low, "high": s.high, "log": s.log, "whole": s.whole, "ranged": s.ranged,
        "about": s.about, "source": s.source, "formula": s.formula,
    })
}

/// A step of the model's own experiment: its sentence, the quantity that it changes, and whether the variant has set that:
/// a step at the start then gives way.
fn step(base: &Simulation, change: &Change) -> Value {
    let model = base.model();
    let input = model.full_name(&change.input);
    let set = model.changed.contains(&input);
    json!({ "sentence": words::change(change), "input": input, "set": set })
}

/// Longest line of an equation \[em\]: what is longer is broken.
const ROOM: f64 = 40.0;

/// The equations by block, typeset.
fn typeset(sheet: &Sheet) -> Value {
    let groups = equations(sheet, ROOM).into_iter().map(|group| {
        let lines = group.equations.iter().map(
            |e| json!({ "math": e.mathml(), "about": e.about, "unit": e.unit, "each": e.each }),
        );
        json!({ "block": group.block, "lines": lines.collect::<Vec<_>>() })
    });
    groups.collect()
}

//! What the page needs to know of a model before anything is run.

use std::sync::Arc;

use serde_json::{Value, json};

use super::command::can_be_said;
use super::shelf::{Entry, Shelf};
use super::sliders::{Slider, duration, sliders};
use crate::error::Error;
use crate::expr::ast;
use crate::expr::print::to_text;
use crate::model::{Change, ChangeKind, Group, Model, Role};
use crate::study::{Simulation, shown_unit};

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
    let model = base.model();
    let variants = model
        .variants
        .iter()
        .map(|v| json!({ "name": v.name, "about": v.about }));
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
        "sliders": sliders(&base).iter().map(slider).collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
        "steps_can_be_said": can_be_said(model),
        "equations": equations(&base),
    }))
}

fn slider(s: &Slider) -> Value {
    json!({
        "name": s.name, "kind": s.kind.name(), "unit": s.unit, "value": s.value,
        "low": s.low, "high": s.high, "log": s.log, "whole": s.whole, "ranged": s.ranged,
        "about": s.about, "source": s.source, "formula": s.formula,
    })
}

/// A step of the model's own experiment: its sentence, and its time where that is a number.
fn step(base: &Simulation, change: &Change) -> Value {
    let said = match &change.kind {
        ChangeKind::Sentence(ast::Change::Step { at, value }) => {
            Some((to_text(at), to_text(value)))
        }
        _ => None,
    };
    json!({
        "sentence": change.sentence(),
        "input": base.model().full_name(&change.input),
        "at": said.as_ref().map(|s| &s.0),
        "value": said.as_ref().map(|s| &s.1),
    })
}

/// The equations as lines of text, by block.
fn equations(base: &Simulation) -> Value {
    let model = base.model();
    let mut blocks = vec![String::new()];
    let named =
        (model.states.iter().map(|s| &s.block)).chain(model.definitions.iter().map(|d| &d.block));
    for block in named {
        if !blocks.contains(block) {
            blocks.push(block.clone());
        }
    }
    let lines = blocks.into_iter().filter_map(|block| {
        let lines = of_block(base, model, &block);
        (!lines.is_empty()).then(|| json!({ "block": block, "lines": lines }))
    });
    lines.collect()
}

fn of_block(base: &Simulation, model: &Model, block: &str) -> Vec<Value> {
    let states = model.states.iter().filter(|s| s.block == block).map(|s| {
        let rate: Vec<String> = s.rate.iter().map(to_text).collect();
        json!({ "text": format!("d {}/dt = {}", s.name, rate.join(" + ")), "about": s.about })
    });
    let unit = |name: &str| {
        let columns = &base.system().columns;
        columns
            .iter()
            .find(|c| c.name == name)
            .map(|c| shown_unit(&c.unit))
    };
    let definitions = model.definitions.iter();
    let equations = definitions.filter(|d| d.block == block && d.role == Role::Let && !d.given);
    let equations = equations.map(|d| {
        json!({ "text": format!("{} = {}", d.name, to_text(&d.value)), "about": d.about, "unit": unit(&d.name) })
    });
    states.chain(equations).collect()
}

//! The run card, and the origin that the table's metadata tells.

use std::time::SystemTime;

use super::Done;
use crate::cli::origin::{TOOL, VERSION, command, sha256};
use crate::output::card::rfc3339_utc;
use crate::output::{ParameterLine, Provenance, RunCard, VerifiedCard};
use crate::solve::problem::{Choice, Counters};
use crate::study::{Simulation, Verification};
use crate::study::{method_name, parameters, reason, shown_unit};

pub(in crate::cli) fn provenance(done: &Done) -> Provenance {
    Provenance {
        tool: TOOL.to_string(),
        version: VERSION.to_string(),
        model: done.found.full_name(),
        title: done.simulation.model().title.clone(),
        model_sha256: sha256(done.found.text()),
        command: command(),
        created: rfc3339_utc(SystemTime::now()),
    }
}

pub(in crate::cli) fn card(done: &Done, files: Vec<String>) -> RunCard {
    let run = &done.run;
    let trajectory = &run.trajectory;
    RunCard {
        tool: TOOL.to_string(),
        version: VERSION.to_string(),
        command: command(),
        model: done.found.full_name(),
        title: done.simulation.model().title.clone(),
        model_sha256: sha256(done.found.text()),
        started: done.started,
        elapsed: done.elapsed,
        parameters: parameter_lines(done.simulation),
        method: method_name(run.method).to_string(),
        choices: choices(done),
        rtol: run.rtol,
        atol: run.atol,
        seed: None,
        counters: counters(&run.counters),
        status: trajectory.status.clone(),
        time_unit: trajectory.time.unit.clone(),
        events: trajectory.events.clone(),
        outcomes: trajectory.outcomes.clone(),
        ledger: trajectory.ledger.clone(),
        verification: (done.verification.as_ref())
            .map(|(found, elapsed)| verified(found, *elapsed)),
        files,
        warnings: done.warnings.clone(),
    }
}

fn verified(found: &Verification, elapsed: f64) -> VerifiedCard {
    VerifiedCard {
        verified: found.is_verified(),
        method: method_name(found.method).to_string(),
        rtol: found.rtol,
        atol: found.atol,
        elapsed,
        counters: counters(&found.counters),
        rows: found.rows,
        columns: found.columns.clone(),
        events: found.events.clone(),
        outcomes: found.outcomes.clone(),
        doubts: found.doubts.clone(),
        notes: found.notes.clone(),
    }
}

/// What `auto` chose, times in the unit of the time column.
fn choices(done: &Done) -> Vec<(f64, String, String)> {
    let unit = &done.simulation.system().time_unit;
    let line = |c: &Choice| {
        let method = method_name(c.method).to_string();
        (unit.from_internal(c.t), method, reason(&c.why))
    };
    done.run.choices.iter().map(line).collect()
}

fn counters(c: &Counters) -> Vec<(String, u64)> {
    let all = [
        ("steps_accepted", c.accepted),
        ("steps_rejected", c.rejected),
        ("rhs_evaluations", c.rhs),
        ("jacobians", c.jacobians),
        ("factorisations", c.factorisations),
        ("event_evaluations", c.events),
        ("restarts", c.restarts),
    ];
    all.map(|(name, count)| (name.to_string(), count)).to_vec()
}

/// All parameters in the order of the model, computed ones and inputs with their value at the start; then initial values
/// that were set, and the duration.
pub(in crate::cli) fn parameter_lines(simulation: &Simulation) -> Vec<ParameterLine> {
    let (model, system) = (simulation.model(), simulation.system());
    let is_changed = |name: &str| model.changed.iter().any(|c| c == name);
    let mut lines: Vec<ParameterLine> = parameters(system)
        .map(|(p, value)| ParameterLine {
            name: p.name.clone(),
            value,
            unit: shown_unit(&p.unit),
            source: p.source.clone(),
            changed: p.changed,
        })
        .collect();
    lines.extend(system.computed.iter().map(|c| ParameterLine {
        name: c.name.clone(),
        value: c.unit.from_internal(simulation.value_at_start(c.value)),
        unit: shown_unit(&c.unit),
        source: c.source.clone(),
        changed: c.changed,
    }));
    let unit_of = |name: &str| {
        system
            .columns
            .iter()
            .find(|c| c.name == name)
            .map(|c| c.unit.clone())
    };
    let known: Vec<String> = lines.iter().map(|l| l.name.clone()).collect();
    let mut add = |name: &str, id, unit: Option<crate::units::Unit>| {
        let value = simulation.value_at_start(id);
        let source = model
            .definitions
            .iter()
            .find(|d| d.name == name)
            .map(|d| d.source.clone());
        lines.push(ParameterLine {
            name: name.to_string(),
            value: unit.as_ref().map_or(value, |u| u.from_internal(value)),
            unit: unit.map(|u| shown_unit(&u)).unwrap_or_default(),
            source: source.unwrap_or_default(),
            changed: is_changed(name),
        });
    };
    for input in system.inputs.iter().filter(|i| !known.contains(&i.name)) {
        add(&input.name, input.initial, unit_of(&input.name));
    }
    for (name, _, initial) in &system.modes {
        add(name, *initial, unit_of(name));
    }
    for state in system.states.iter().filter(|s| is_changed(&s.name)) {
        add(&state.name, state.initial, Some(state.unit.clone()));
    }
    add("duration", system.duration, Some(system.time_unit.clone()));
    let position = |name: &str| {
        let of_copy = name.split_once('[').map_or(name, |(before, _)| before);
        let found = model.definitions.iter().position(|d| d.name == of_copy);
        found.unwrap_or(usize::MAX)
    };
    lines.sort_by_cached_key(|line| position(&line.name));
    lines
}

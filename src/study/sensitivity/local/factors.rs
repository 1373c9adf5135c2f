//! What is varied: by name, with the value that it has now.

use crate::diagnostic::Span;
use crate::error::Error;
use crate::model::{Quantity, Setting, StudyDef};
use crate::study::simulation::Simulation;
use crate::units::Unit;

/// A parameter, an input, an initial value or the duration, as a parameter of the equations.
#[derive(Clone, Debug)]
pub struct Factor {
    /// Full name.
    pub name: String,
    /// Its value, internal.
    pub value: f64,
    /// The unit in which it is shown.
    pub unit: Unit,
    /// Its index in the parameter vector.
    pub(super) index: usize,
    /// The change that one unit of the direction stands for: its value, or 1 in its unit where that is 0.
    pub(super) size: f64,
}

/// The model with a parameter in the place of each of the names.
pub(super) fn factors(
    simulation: &Simulation,
    study: &StudyDef,
    names: &[String],
) -> Result<(Simulation, Vec<Factor>), Error> {
    let (base, _) = simulation.for_study(None, &[], &[], study)?;
    let mut settings = Vec::new();
    let mut values = Vec::new();
    for name in names {
        let (value, unit) = now(&base, name)?;
        let quantity = Quantity {
            value: unit.from_internal(value),
            unit: Some(unit.clone()).filter(|u| !matches!(u.text(), "" | "1")),
            span: Span::default(),
        };
        settings.push(Setting {
            name: name.clone(),
            span: Span::default(),
            value: quantity.ast(),
        });
        values.push((value, unit));
    }
    let (varied, hidden) = simulation.for_study(None, &[], &settings, study)?;
    // What no outcome looks at need not have derivatives.
    let varied = varied.without_sums()?;
    let parameters = &varied.system.parameters;
    let mut factors = Vec::new();
    for ((name, hidden), (value, unit)) in names.iter().zip(&hidden).zip(values) {
        let Some(index) = parameters.iter().position(|p| p.name == *hidden) else {
            return Err(Error::option(format!("`{name}` can't be varied")));
        };
        let step = unit.to_internal(1.0) - unit.to_internal(0.0);
        factors.push(Factor {
            name: name.clone(),
            value,
            index,
            size: if value == 0.0 { step } else { value.abs() },
            unit,
        });
    }
    Ok((varied, factors))
}

/// The value that something settable has, internal, and the unit in which it is shown.
fn now(simulation: &Simulation, name: &str) -> Result<(f64, Unit), Error> {
    let system = &simulation.system;
    let refuse = |why: &str| Err(Error::option(format!("`{name}` {why}")));
    if system.counts.iter().any(|count| count == name) {
        return refuse("counts copies and changes the equations: it has no derivative");
    }
    if system.modes.iter().any(|(mode, _, _)| mode == name) {
        return refuse("is a mode: it has no derivative");
    }
    if let Some(p) = system.parameters.iter().find(|p| p.name == name) {
        return Ok((p.value, p.unit.clone()));
    }
    if let Some(c) = system.computed.iter().find(|c| c.name == name) {
        return Ok((simulation.value_at_start(c.value), c.unit.clone()));
    }
    if let Some(s) = system.states.iter().find(|s| s.name == name) {
        return Ok((simulation.value_at_start(s.initial), s.unit.clone()));
    }
    if name == "duration" {
        let value = simulation.value_at_start(system.duration);
        return Ok((value, system.time_unit.clone()));
    }
    if let Some(input) = system.inputs.iter().find(|i| i.name == name) {
        // A setting takes the place of a step at time 0: then its value is the one to vary.
        let ready = simulation.ready(&Default::default())?;
        let first = ready.problem.pieces.first();
        let held = first.and_then(|p| p.set.iter().find(|(slot, _)| *slot == input.slots.value));
        let value = held.map_or_else(|| simulation.value_at_start(input.initial), |s| s.1);
        let column = system.columns.iter().find(|c| c.name == name);
        let graph = &system.flat.graph;
        let unit = column.map_or_else(
            || Unit::preferred(graph.var(system.flat.params[input.slots.value]).dimension),
            |c| c.unit.clone(),
        );
        return Ok((value, unit));
    }
    refuse("can't be varied")
}

//! Inputs: the quantities that an experiment changes, as slots of the parameter vector.

use std::collections::BTreeSet;

use super::build::{Builder, World};
use super::{CourseKind, Input, InputChange, InputSlots};
use crate::diagnostic::Diagnostic;
use crate::expr::ast::{Ast, Change};
use crate::expr::graph::{Binary, ExprId, Unary, VarId};
use crate::expr::lower::Typed;
use crate::model::ChangeKind;
use crate::units::Dimension;

/// Refuses a change of what a block reads at the start only, such as the volume at the start: it would do nothing.
pub(super) fn refuse_idle(builder: &mut Builder, rates: &[ExprId], events: &[ExprId]) {
    let model = builder.model;
    for change in &model.experiment.changes {
        let name = model.full_name(&change.input);
        let of_block = (model.definitions.iter()).any(|d| d.name == name && !d.block.is_empty());
        if !of_block {
            continue;
        }
        let copies = format!("{name}[");
        let is_own = |label: &str| label == name || label.starts_with(&copies);
        let slots: BTreeSet<VarId> = (builder.inputs.iter())
            .filter(|input| is_own(&input.name))
            .map(|input| builder.params[input.slots.value])
            .collect();
        let depends = builder.depends(&|var| slots.contains(&var));
        let moves = |id: &ExprId| depends[id.0 as usize];
        // What is read at the start only is named so.
        let at_start = |label: &str| label.contains(".initial");
        let label = |i: &usize| builder.items[*i].label.as_str();
        let others = (0..builder.items.len()).filter(|i| !is_own(label(i)) && !at_start(label(i)));
        let read = rates.iter().chain(events).any(moves)
            || others
                .filter_map(|i| builder.dynamic(i))
                .any(|x| moves(&x.id));
        if !read {
            let message =
                format!("`{name}` is read at the start only: to change it later does nothing");
            let mistake = Diagnostic::new(change.span, message);
            let help = "an [event.NAME] can `set` a state";
            builder.diagnostics.push(mistake.help(help));
        }
    }
}

/// Makes the slots of an input and the expression that it is inside a piece of time:
/// `value + slope·(t − since) + amplitude·sin(omega·(t − since))`, with only the terms that its changes need.
pub(super) fn declare(
    builder: &mut Builder,
    (name, label): (&str, &str),
    initial: Typed,
    value: usize,
    id: ExprId,
) -> (Input, ExprId) {
    let mut input = Input {
        name: label.to_string(),
        initial: initial.id,
        slots: InputSlots {
            value,
            ..InputSlots::default()
        },
        changes: Vec::new(),
        is_set: builder.model.changed.iter().any(|changed| changed == name),
    };
    let model = builder.model;
    for change in model
        .experiment
        .changes
        .iter()
        .filter(|c| model.full_name(&c.input) == name)
    {
        if let Some((kind, numbers)) = numbers(builder, &change.kind, &initial.dimension, name) {
            input.changes.push(InputChange {
                kind,
                numbers,
                span: change.span,
            });
        }
    }
    let ramps = |c: &InputChange| {
        matches!(
            c.kind,
            CourseKind::Ramp | CourseKind::Series { held: false }
        )
    };
    let waves = |c: &InputChange| matches!(c.kind, CourseKind::Sinusoid { .. });
    let (ramped, waved) = (
        input.changes.iter().any(ramps),
        input.changes.iter().any(waves),
    );
    let mut course = id;
    if !ramped && !waved {
        return (input, course);
    }
    let (since_slot, since) = builder.slot(&format!("{label}.since"), Dimension::TIME);
    input.slots.since = Some(since_slot);
    let time = builder.time.1;
    let elapsed = builder.graph.binary(Binary::Subtract, time, since);
    if ramped {
        let (slot, slope) = builder.slot(
            &format!("{label}.slope"),
            initial.dimension.divide(Dimension::TIME),
        );
        input.slots.slope = Some(slot);
        let term = builder.graph.binary(Binary::Multiply, slope, elapsed);
        course = builder.graph.binary(Binary::Add, course, term);
    }
    if waved {
        let (amplitude_slot, amplitude) =
            builder.slot(&format!("{label}.amplitude"), initial.dimension);
        let (omega_slot, omega) = builder.slot(&format!("{label}.omega"), Dimension::of("1/s"));
        input.slots.wave = Some((amplitude_slot, omega_slot));
        let phase = builder.graph.binary(Binary::Multiply, omega, elapsed);
        let sine = builder.graph.unary(Unary::Sin, phase);
        let term = builder.graph.binary(Binary::Multiply, amplitude, sine);
        course = builder.graph.binary(Binary::Add, course, term);
    }
    (input, course)
}

/// The numbers of a change as static expressions, in the order of the fields of its course.
fn numbers(
    builder: &mut Builder,
    kind: &ChangeKind,
    dimension: &Dimension,
    name: &str,
) -> Option<(CourseKind, Vec<ExprId>)> {
    let time = Dimension::TIME;
    let mut out = Vec::new();
    let mut good = true;
    let mut read = |builder: &mut Builder, ast: &Ast, dimension: &Dimension, what: &str| {
        let constant = builder.is_constant(ast);
        match builder.lower_as(ast, dimension, what, World::Static) {
            Some(id) if constant => out.push(id),
            _ => good = false,
        }
    };
    let value_of = format!("`{name}`");
    let kind = match kind {
        ChangeKind::Sentence(Change::Step { at, value }) => {
            read(builder, at, &time, "a time");
            read(builder, value, dimension, &value_of);
            CourseKind::Step
        }
        ChangeKind::Sentence(Change::Ramp { from, to, value }) => {
            read(builder, from, &time, "a time");
            read(builder, to, &time, "a time");
            read(builder, value, dimension, &value_of);
            CourseKind::Ramp
        }
        ChangeKind::Sentence(Change::Pulse { at, width, value }) => {
            read(builder, at, &time, "a time");
            read(builder, width, &time, "the length of a pulse");
            read(builder, value, dimension, &value_of);
            CourseKind::Pulse
        }
        ChangeKind::Sentence(Change::Train {
            from,
            every,
            width,
            times,
            value,
        }) => {
            read(builder, from, &time, "a time");
            read(builder, every, &time, "the time from pulse to pulse");
            read(builder, width, &time, "the length of a pulse");
            read(builder, times, &Dimension::NONE, "the number of pulses");
            read(builder, value, dimension, &value_of);
            CourseKind::Train
        }
        ChangeKind::Sentence(Change::Sinusoid {
            from,
            to,
            mean,
            amplitude,
            period,
        }) => {
            read(builder, from, &time, "a time");
            if let Some(to) = to {
                read(builder, to, &time, "a time");
            }
            read(builder, mean, dimension, &value_of);
            read(builder, amplitude, dimension, &value_of);
            read(builder, period, &time, "a period");
            CourseKind::Sinusoid {
                bounded: to.is_some(),
            }
        }
        // `file` turns sentences about series into points.
        ChangeKind::Sentence(Change::Series { .. }) => return None,
        ChangeKind::Series { t, values, held } => {
            for at in t {
                read(builder, at, &time, "a time");
            }
            for value in values {
                read(builder, value, dimension, &value_of);
            }
            CourseKind::Series { held: *held }
        }
    };
    good.then_some((kind, out))
}

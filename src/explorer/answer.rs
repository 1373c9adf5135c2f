//! A run as the page takes it: pictures, outcomes, events, ledger.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};
use std::time::Instant;

use serde_json::{Value, json};

use super::RTOL;
use super::ask::Ask;
use super::cell::cells;
use super::command::command;
use super::run::Done;
use crate::output::chart::{Chart, Figure, Size};
use crate::study::method_name;
use crate::trajectory::{ChartData, EventRecord, OutcomeValue, Status};

/// All that the page shows of a run.
pub(super) fn answer(ask: &Ask, done: &Done, pinned: Option<&Arc<Done>>) -> Value {
    let begun = Instant::now();
    let with_cells = ask.part.as_ref().is_none_or(|part| part.cells);
    let (charts, cells) = thread::scope(|scope| {
        let cells = with_cells.then(|| scope.spawn(|| cells(done, ask.moment, ask.theme)));
        (charts(ask, done, pinned), cells.map(joined))
    });
    let draw = begun.elapsed().as_secs_f64() * 1e3;
    let trajectory = &done.run.trajectory;
    let before = |name: &str| {
        let outcomes = &pinned?.run.trajectory.outcomes;
        outcomes.iter().find(|o| o.name == name)?.value
    };
    let outcome = |o: &OutcomeValue| {
        json!({
            "name": o.name, "about": o.about, "unit": o.unit, "value": o.value,
            "pinned": before(&o.name),
        })
    };
    let ledger = trajectory.ledger.iter().map(|line| {
        json!({
            "name": line.name, "holds": line.holds(),
            "residual": line.residual, "tolerance": line.tolerance,
        })
    });
    json!({
        "part": ask.part.is_some(),
        "charts": charts,
        "cells": cells,
        "outcomes": trajectory.outcomes.iter().map(outcome).collect::<Vec<_>>(),
        "events": events(&trajectory.events, &trajectory.status),
        "ledger": ledger.collect::<Vec<_>>(),
        "time_unit": trajectory.time.unit,
        "end": trajectory.time.values.last(),
        "status": status(done),
        "solver": solver(done),
        "command": command(&ask.recipe),
        "timing": { "build": done.build, "solve": done.solve, "draw": draw },
    })
}

fn status(done: &Done) -> Value {
    let (kind, text) = match (&done.cut, &done.run.trajectory.status) {
        (Some(why), _) => ("cut", why.clone()),
        (None, Status::Complete) => ("complete", String::new()),
        (None, Status::Stopped(event)) => ("stopped", event.replace('_', " ")),
        (None, Status::Failed(reason)) => ("failed", reason.clone()),
    };
    json!({ "kind": kind, "text": text })
}

/// How it was solved, in a line.
fn solver(done: &Done) -> String {
    let counters = &done.run.counters;
    format!(
        "{} at a relative tolerance of {RTOL:e}: {} steps, {} rejected, {} right-hand sides",
        method_name(done.run.method),
        counters.accepted,
        counters.rejected,
        counters.rhs
    )
}

/// Each event once, with its first and last time and how often.
fn events(events: &[EventRecord], status: &Status) -> Vec<Value> {
    let mut names: Vec<&str> = Vec::new();
    for event in events {
        if !names.contains(&event.name.as_str()) {
            names.push(&event.name);
        }
    }
    let one = |name: &&str| {
        let own: Vec<f64> = (events.iter().filter(|e| e.name == *name))
            .map(|e| e.t)
            .collect();
        json!({
            "name": name,
            "count": own.len(),
            "first": own.first(),
            "last": own.last(),
            "ended": matches!(status, Status::Stopped(event) if event == name),
        })
    };
    names.iter().map(one).collect()
}

/// Height of a picture to its width, on a wide page and on a narrow one.
const WIDE: f64 = 0.5;
const NARROW: f64 = 1.0;

/// The size of the charts on a page that has so much room.
fn size(width: f64) -> Size {
    let narrow = width < 480.0;
    Size {
        width: width.round(),
        height: (width * if narrow { NARROW } else { WIDE }).round(),
        text: if narrow { 12.0 } else { 14.0 },
        scale: 1.0,
    }
}

fn charts(ask: &Ask, done: &Done, pinned: Option<&Arc<Done>>) -> Vec<Value> {
    let one = |data: &ChartData| {
        let own = Chart::of(data, &done.run.trajectory.events);
        let other = pinned.and_then(|p| {
            let data = p.run.charts.iter().find(|c| c.name == data.name)?;
            Some(Chart::of(data, &[]))
        });
        let figure = Figure::Lines(match other {
            Some(other) => beside(own, other),
            None => own,
        });
        let size = figure.fitting(size(ask.width));
        let svg = figure.svg(size, ask.theme);
        json!({
            "name": data.name,
            "title": data.title,
            "svg": svg.as_ref().ok(),
            "error": svg.as_ref().err().map(ToString::to_string),
        })
    };
    let wanted = |data: &&ChartData| match &ask.part {
        Some(part) => part.charts.contains(&data.name),
        None => true,
    };
    let wanted: Vec<&ChartData> = done.run.charts.iter().filter(wanted).collect();
    side_by_side(&wanted, |data| one(data))
}

/// Charts drawn at the same time.
const AT_ONCE: usize = 4;

/// Does the same to all of them, a few at the same time; what comes out is in their order.
fn side_by_side<T: Sync>(all: &[T], one: impl Fn(&T) -> Value + Sync) -> Vec<Value> {
    let share = all.len().div_ceil(AT_ONCE).max(1);
    let work = |share: &[T]| share.iter().map(&one).collect::<Vec<Value>>();
    thread::scope(|scope| {
        let mut shares = all.chunks(share);
        let first = shares.next().unwrap_or_default();
        let others: Vec<_> = shares.map(|s| scope.spawn(|| work(s))).collect();
        let mut out = work(first);
        out.extend(others.into_iter().flat_map(joined));
        out
    })
}

/// What a thread made. Its panic is one of the request, which knows what to do about it.
fn joined<T>(thread: ScopedJoinHandle<T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// The curves of both charts in the same panels. Those that are pinned have the hue of their counterparts, which keep
/// their own; and a word in their names.
fn beside(mut chart: Chart, pinned: Chart) -> Chart {
    for (panel, other) in chart.panels.iter_mut().zip(pinned.panels) {
        // A single curve has its name from the axis.
        let alone = panel.series.len() == 1;
        for mut series in other.series {
            series.like = panel.series.iter().position(|s| s.label == series.label);
            series.label = match alone {
                true => "pinned".to_string(),
                false => format!("{}, pinned", series.label),
            };
            panel.series.push(series);
        }
    }
    chart
}

//! What is known of a solution beforehand: the checks of the model file that say what a state is at a time.

use super::norm::Norm;
use crate::error::Error;
use crate::expr::graph::{ExprId, Node};
use crate::expr::print::to_text;
use crate::model::Check;
use crate::solve::problem::{Problem, Solution};
use crate::study::check::settings_text;
use crate::study::{RunOptions, Simulation};
use crate::system::{Aggregate, System};

/// A value that a state must have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Known {
    pub state: usize,
    /// Time \[s\].
    pub t: f64,
    pub value: f64,
}

/// The values in the file's checks of the form `final(state)` and `at(state, time)` that hold for this problem: those
/// with the same parameters and initial values, at times that the run reaches. `bare` is the model without outcomes.
pub(super) fn known_values(bare: &Simulation) -> Result<Vec<Known>, Error> {
    let checks = bare.model().checks.iter();
    let looks: Vec<&Check> = checks.filter(|c| is_value(c)).collect();
    let mut done: Vec<String> = Vec::new();
    let mut out = Vec::new();
    let own = bare.ready(&RunOptions::default())?.problem;
    // A check without a setting holds for the file's own value, not for what was set.
    let changed = &bare.model().changed;
    let is_set = |name: &str| changed.iter().any(|n| n == name);
    let set: Vec<&String> = changed.iter().filter(|n| *n != "duration").collect();
    let says = |check: &Check, name: &str| check.with.iter().any(|s| s.name == name);
    for check in &looks {
        if !set.iter().all(|name| says(check, name)) {
            continue;
        }
        let key = settings_text(&check.with);
        if done.contains(&key) {
            continue;
        }
        let same = looks.iter().filter(|c| settings_text(&c.with) == key);
        let group: Vec<Check> = same.map(|c| (*c).clone()).collect();
        // Where somebody else set the duration, the end is not the one that a check means.
        let ends = says(check, "duration") || !is_set("duration");
        let group: Vec<Check> = (group.into_iter())
            .filter(|c| ends || !to_text(&c.what).starts_with("final("))
            .collect();
        let there = bare.for_checks(&check.with, &group)?;
        if is_same_problem(&own, &there.ready(&RunOptions::default())?.problem) {
            out.extend(values_of(&there).filter(|k| k.t <= end_of(&own)));
        }
        done.push(key);
    }
    out.sort_by(|a, b| a.t.total_cmp(&b.t));
    Ok(out)
}

/// True for a check that asks for a value at a time.
pub(super) fn is_value(check: &Check) -> bool {
    let text = to_text(&check.what);
    text.starts_with("final(") || text.starts_with("at(")
}

/// End of a problem \[s\].
pub(super) fn end_of(problem: &Problem) -> f64 {
    problem.pieces.last().map_or(0.0, |p| p.end)
}

/// True if one problem is the other, as far as both go.
fn is_same_problem(a: &Problem, b: &Problem) -> bool {
    let end = end_of(a).min(end_of(b));
    let pieces = |p: &Problem| -> Vec<(f64, Vec<(usize, f64)>)> {
        let inside = p.pieces.iter().filter(|piece| piece.start < end);
        inside
            .map(|piece| (piece.start, piece.set.clone()))
            .collect()
    };
    a.p == b.p && a.y0 == b.y0 && pieces(a) == pieces(b)
}

/// What the checks of a system say about its states.
fn values_of(there: &Simulation) -> impl Iterator<Item = Known> {
    let system = there.system();
    let values = there.statics.values(&system.parameter_vector());
    let known: Vec<Known> = (system.checks.iter())
        .filter_map(|check| {
            let outcome = &system.outcomes[check.outcome];
            let [(variable, aggregate)] = &outcome.aggregates[..] else {
                return None;
            };
            if system.flat.graph.node(outcome.value) != Node::Variable(*variable) {
                return None;
            }
            let (x, t) = match aggregate {
                Aggregate::Final(x) => (*x, values.of(system.duration)),
                Aggregate::At(x, t) => (*x, values.of(*t)),
                _ => return None,
            };
            let value = values.of(check.is);
            let state = state_of(system, x)?;
            (value.is_finite() && t.is_finite()).then_some(Known { state, t, value })
        })
        .collect();
    known.into_iter()
}

fn state_of(system: &System, x: ExprId) -> Option<usize> {
    match system.flat.graph.node(x) {
        Node::Variable(v) => system.flat.states.iter().position(|s| *s == v),
        _ => None,
    }
}

/// Largest error of a run beside the known values; `None` without any, or where the run did not get there.
pub(super) fn error_beside(norm: &Norm, run: &Solution, known: &[Known]) -> Option<f64> {
    let n = run.y.len().checked_div(run.t.len())?;
    let mut largest: Option<f64> = None;
    for k in known {
        let row = run.t.iter().position(|t| *t == k.t)?;
        let error = norm.of(k.state, run.y[row * n + k.state], k.value);
        largest = Some(largest.unwrap_or(0.0).max(error));
    }
    largest
}

//! From sensitivities of states to derivatives of outcomes.

use super::path::{Opening, Path};
use super::walk::{Machine, Point, Side, Walk, together};
use crate::expr::diff::Differentiator;
use crate::expr::eval::evaluate;
use crate::expr::graph::{ExprId, VarId};
use crate::system::{Aggregate, OutcomeInfo};

/// How near the value of an aggregate must be to that of the run.
const NEAR: f64 = 1e-6;
/// Extrema as high as the highest, but for this …
const AS_HIGH: f64 = 1e-9;
/// … that change differently, by more than this.
const OTHERWISE: f64 = 1e-3;

/// The derivative of an outcome for a change of the factor by its size; internal.
///
/// # Errors
/// Why there is none from the equations of sensitivity.
pub(super) fn derivative(
    machine: &Machine,
    path: &Path,
    walk: &Walk,
    info: &OutcomeInfo,
) -> Result<f64, String> {
    let record = path.record();
    let mut values: Vec<(VarId, f64)> = Vec::new();
    let mut slopes: Vec<(VarId, f64)> = Vec::new();
    for (var, aggregate) in &info.aggregates {
        let Some(value) = record.aggregate(aggregate, &path.values) else {
            return Err("does not exist".to_string());
        };
        let (own, slope) = of(machine, path, walk, aggregate)?;
        // What the legs tell of the value itself must be what the run tells.
        let size = value.abs().max(size(path, walk, machine, aggregate));
        let same = (own - value).abs() <= NEAR * size;
        if !same {
            return Err("the run and its sensitivities part ways".to_string());
        }
        if !slope.is_finite() {
            return Err("an event or extremum only touches its threshold".to_string());
        }
        values.push((*var, value));
        slopes.push((*var, slope));
    }
    let flat = &machine.tangent.flat;
    let p = path.solution.regimes.last().map_or(&[][..], |p| p);
    let lookup = |var: VarId| {
        let own = values.iter().find(|v| v.0 == var).map(|v| v.1);
        let param = || flat.params.iter().position(|v| *v == var);
        own.or_else(|| param().and_then(|i| p.get(i)).copied())
            .unwrap_or(f64::NAN)
    };
    let mut graph = flat.graph.clone();
    let moved = walk.direction.iter().map(|(i, d)| (flat.params[*i], *d));
    let direction: Vec<(VarId, ExprId)> = (moved.chain(slopes))
        .map(|(var, slope)| (var, graph.constant(slope)))
        .collect();
    let slope = Differentiator::along(&direction).derivative(&mut graph, info.value);
    let found = evaluate(&graph, &[slope], &lookup).first().copied();
    found
        .filter(|slope| slope.is_finite())
        .ok_or_else(|| "its expression has no derivative here".to_string())
}

/// How large the numbers are that an aggregate is made of.
fn size(path: &Path, walk: &Walk, machine: &Machine, aggregate: &Aggregate) -> f64 {
    match aggregate {
        Aggregate::TimeOf(_) | Aggregate::TimeOfMax(..) | Aggregate::TimeOfMin(..) => path.end(),
        Aggregate::Integral(i) => path.problem.scales.get(*i).copied().unwrap_or(0.0),
        Aggregate::Mean(i) => path.problem.scales.get(*i).map_or(0.0, |s| s / path.end()),
        _ => aggregate.value().map_or(0.0, |id| {
            let all = walk.points.iter().filter_map(|p| machine.probe(p, id));
            all.fold(0.0, |m: f64, look| m.max(look.value.abs()))
        }),
    }
}

/// The value of an aggregate and its derivative.
fn of(
    machine: &Machine,
    path: &Path,
    walk: &Walk,
    aggregate: &Aggregate,
) -> Result<(f64, f64), String> {
    let (Some(first), Some(last)) = (walk.points.first(), walk.points.last()) else {
        return Err("the run has no points".to_string());
    };
    let unknown = || "it looks at something unknown".to_string();
    // Along the run as it moves: the value at a place whose time changes.
    let along = |point: &Point, id: ExprId| {
        let look = machine.probe(point, id).ok_or_else(unknown)?;
        let with = if point.shift == 0.0 {
            0.0
        } else {
            look.rate * point.shift
        };
        Ok((look.value, look.slope + with))
    };
    match aggregate {
        Aggregate::Initial(x) => along(first, *x),
        Aggregate::Final(x) => along(last, *x),
        Aggregate::At(x, time) => {
            let t = path.values.of(*time);
            let shift = machine.still(walk, *time);
            let mut near: Vec<&Point> = (walk.points.iter())
                .filter(|p| (p.t - t).abs() <= path.blink)
                .collect();
            // Where a jump moves along with the time, the run looks behind it.
            if near.iter().all(|p| p.shift == shift) {
                near = near.pop().into_iter().collect();
            }
            let mut found: Option<(f64, f64)> = None;
            for point in near {
                let look = machine.probe(point, *x).ok_or_else(unknown)?;
                let now = (look.value, look.slope + look.rate * shift);
                let as_before = |old: &(f64, f64)| {
                    let close = |a: f64, b: f64| (a - b).abs() <= NEAR * a.abs().max(b.abs());
                    close(old.0, now.0) && close(old.1, now.1)
                };
                if !found.as_ref().is_none_or(as_before) {
                    return Err("something jumps at the time at which it looks".to_string());
                }
                found = Some(now);
            }
            found.ok_or_else(unknown)
        }
        Aggregate::Integral(state) => {
            let look = machine.state(walk, *state).ok_or_else(unknown)?;
            Ok((look.value, look.slope + look.rate * last.shift))
        }
        Aggregate::Mean(state) => {
            let look = machine.state(walk, *state).ok_or_else(unknown)?;
            let span = path.end();
            let mean = look.value / span;
            let total = look.slope + look.rate * last.shift;
            Ok((mean, (total - mean * last.shift) / span))
        }
        Aggregate::CountOf(event) => {
            let all = path.solution.occurrences.iter();
            Ok((all.filter(|o| o.event == *event).count() as f64, 0.0))
        }
        Aggregate::TimeOf(event) => time_of(machine, path, walk, *event),
        Aggregate::Max(x, event) | Aggregate::Min(x, event) => {
            let max = matches!(aggregate, Aggregate::Max(..));
            let found = extremum(machine, path, walk, (*x, *event), max)?;
            Ok((found.value, found.slope))
        }
        Aggregate::TimeOfMax(x, event) | Aggregate::TimeOfMin(x, event) => {
            let max = matches!(aggregate, Aggregate::TimeOfMax(..));
            let found = extremum(machine, path, walk, (*x, *event), max)?;
            if found.lasts {
                return Err("the extremum lasts, or is reached several times".to_string());
            }
            Ok((found.t, found.shift))
        }
    }
}

/// The time of the first occurrence of an event.
fn time_of(
    machine: &Machine,
    path: &Path,
    walk: &Walk,
    event: usize,
) -> Result<(f64, f64), String> {
    let all = path.solution.occurrences.iter().enumerate();
    let Some((number, first)) = all.into_iter().find(|(_, o)| o.event == event) else {
        return Err("does not happen".to_string());
    };
    let legs = path.legs.as_ref().map_err(Clone::clone)?;
    let near = |p: &&Point| (p.t - first.t).abs() <= path.blink;
    let Some(point) = walk.points.iter().find(near) else {
        return Err("it happens at a place unknown".to_string());
    };
    let opened = legs.get(point.leg + 1).map(|leg| leg.opening);
    match (point.side, opened) {
        (Side::Inside, _) => Ok((point.t, machine.crossing(path, point, event))),
        (Side::End, Some(Opening::Reset(o, _))) if o == number => Ok((point.t, point.shift)),
        (Side::End, None) if path.stopped_by() == Some(event) => Ok((point.t, point.shift)),
        (Side::End, None) => Ok((point.t, machine.crossing(path, point, event))),
        (Side::End, Some(Opening::Piece(_) | Opening::Reset(..))) => {
            // Set off by a jump, if it was still away from its threshold.
            let g = machine.event(point, event);
            let away = g.value.abs() > NEAR * (g.rate * path.end()).abs();
            match away && g.value != 0.0 {
                true => Ok((point.t, point.shift)),
                false => Err("it happens at the moment of a jump".to_string()),
            }
        }
        (Side::End, Some(Opening::Kink)) => {
            // A kink at its own threshold passes with it.
            let shift = machine.crossing(path, point, event);
            match together(&[shift, point.shift]) {
                true => Ok((point.t, shift)),
                false => Err("it happens at the moment of a kink".to_string()),
            }
        }
        _ => Err("it happens at the first moment".to_string()),
    }
}

/// The highest or lowest place of a run.
struct Extremum {
    t: f64,
    value: f64,
    /// Derivatives of the value and of the time.
    slope: f64,
    shift: f64,
    /// Whether it is reached at other times, too.
    lasts: bool,
}

/// At a turning point the value changes as if its time were fixed (the envelope theorem), elsewhere with its place.
fn extremum(
    machine: &Machine,
    path: &Path,
    walk: &Walk,
    (id, event): (ExprId, Option<usize>),
    max: bool,
) -> Result<Extremum, String> {
    let sign = if max { 1.0 } else { -1.0 };
    let turns: Vec<f64> = (path.solution.occurrences.iter())
        .filter(|o| Some(o.event) == event && o.after.is_none())
        .map(|o| o.t)
        .collect();
    let mut all = Vec::new();
    for point in &walk.points {
        let Some(look) = machine.probe(point, id) else {
            return Err("it looks at something unknown".to_string());
        };
        let turning = point.side == Side::Inside && turns.contains(&point.t);
        let shift = match (turning, event) {
            (true, Some(event)) => machine.crossing(path, point, event),
            _ => point.shift,
        };
        let flat = (look.rate * path.end()).abs() <= NEAR * look.value.abs();
        let slope = match turning || shift == 0.0 {
            true => look.slope,
            false => look.slope + look.rate * shift,
        };
        // Inside a leg only a turning point is more than somewhere.
        let known = point.side != Side::Inside || turning || flat;
        all.push((point.t, look.value, slope, shift, known));
    }
    let best = all.iter().max_by(|a, b| {
        let known = a.4.cmp(&b.4);
        (sign * a.1).total_cmp(&(sign * b.1)).then(known)
    });
    let Some(best) = best else {
        return Err("the run has no points".to_string());
    };
    let size = all.iter().fold(0.0, |m: f64, a| m.max(a.1.abs()));
    let mut found = Extremum {
        t: best.0,
        value: best.1,
        slope: best.2,
        shift: best.3,
        lasts: false,
    };
    if !best.4 {
        return Err("its extremum is at a place unknown".to_string());
    }
    for other in &all {
        if (other.1 - best.1).abs() > AS_HIGH * size || !other.4 {
            continue;
        }
        let off = (other.2 - best.2).abs();
        if off > OTHERWISE * other.2.abs().max(best.2.abs()) {
            return Err("its extremum is reached in several ways".to_string());
        }
        found.lasts |= (other.0 - best.0).abs() > OTHERWISE * path.end();
    }
    Ok(found)
}

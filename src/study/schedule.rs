//! The experiment of a run in numbers: pieces of time with the values that inputs hold in them.

use crate::diagnostic::Diagnostic;
use crate::expr::graph::ExprId;
use crate::model::protocol::{Course, Segment, segments};
use crate::solve::problem::Piece;
use crate::system::{CourseKind, Input, InputChange, System};

/// The pieces of a run of this length.
pub(super) fn pieces(
    system: &System,
    value: &dyn Fn(ExprId) -> f64,
    duration: f64,
) -> Result<Vec<Piece>, Vec<Diagnostic>> {
    let mut cuts = vec![0.0];
    let mut courses = Vec::new();
    let mut mistakes = Vec::new();
    for input in &system.inputs {
        let list: Vec<Course> = (input.changes.iter().map(|c| course(c, value)))
            .filter(|c| !(input.is_set && matches!(c, Course::Step { at, .. } if *at == 0.0)))
            .collect();
        match segments(value(input.initial), &list, duration) {
            Ok(segments) => {
                cuts.extend(
                    segments
                        .iter()
                        .map(|s| s.0)
                        .filter(|t| *t > 0.0 && *t < duration),
                );
                courses.push((input, segments));
            }
            Err(e) => {
                let span = input
                    .changes
                    .get(e.course)
                    .map(|c| c.span)
                    .unwrap_or_default();
                mistakes.push(Diagnostic::new(span, e.message));
            }
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let mut next = vec![0; courses.len()];
    let mut out = Vec::with_capacity(cuts.len());
    for (i, start) in cuts.iter().enumerate() {
        let mut set = Vec::new();
        for ((input, segments), at) in courses.iter().zip(&mut next) {
            let before = *at;
            while *at < segments.len() && segments[*at].0 <= *start {
                *at += 1;
            }
            if *at > before {
                hold(input, &segments[*at - 1].1, &mut set);
            }
        }
        out.push(Piece {
            start: *start,
            end: cuts.get(i + 1).copied().unwrap_or(duration),
            set,
        });
    }
    Ok(out)
}

/// The slots of an input for one segment.
fn hold(input: &Input, segment: &Segment, set: &mut Vec<(usize, f64)>) {
    set.push((input.slots.value, segment.value));
    set.extend(input.slots.since.map(|slot| (slot, segment.since)));
    set.extend(input.slots.slope.map(|slot| (slot, segment.slope)));
    if let Some((amplitude, omega)) = input.slots.wave {
        set.extend([(amplitude, segment.amplitude), (omega, segment.omega)]);
    }
}

fn course(change: &InputChange, value: &dyn Fn(ExprId) -> f64) -> Course {
    let n: Vec<f64> = change.numbers.iter().map(|id| value(*id)).collect();
    let number = |i: usize| n.get(i).copied().unwrap_or(f64::NAN);
    match change.kind {
        CourseKind::Step => Course::Step {
            at: number(0),
            value: number(1),
        },
        CourseKind::Ramp => Course::Ramp {
            from: number(0),
            to: number(1),
            value: number(2),
        },
        CourseKind::Pulse => Course::Pulses {
            from: number(0),
            every: number(1),
            width: number(1),
            times: 1.0,
            value: number(2),
        },
        CourseKind::Train => Course::Pulses {
            from: number(0),
            every: number(1),
            width: number(2),
            times: number(3),
            value: number(4),
        },
        CourseKind::Sinusoid { bounded } => {
            let shift = usize::from(bounded);
            Course::Sinusoid {
                from: number(0),
                to: if bounded { number(1) } else { f64::INFINITY },
                mean: number(1 + shift),
                amplitude: number(2 + shift),
                period: number(3 + shift),
            }
        }
        CourseKind::Series { held } => {
            let (t, values) = n.split_at(n.len() / 2);
            Course::Series {
                t: t.to_vec(),
                values: values.to_vec(),
                held,
            }
        }
    }
}

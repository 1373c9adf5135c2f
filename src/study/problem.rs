//! From parameters to an initial-value problem, with every value checked against its domain.

use super::harvest::shown_unit;
use super::schedule::pieces;
use super::simulation::{Simulation, StaticValues};
use crate::compile::FunctionEvaluator;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::expr::ast::Way;
use crate::solve::problem::{Action, Direction, Event, Piece, Problem};
use crate::system::{GuardInfo, Purpose};

impl Simulation {
    /// The initial-value problem, and the times that the user asked for.
    pub(super) fn problem(
        &self,
        mut p: Vec<f64>,
        values: &StaticValues,
        points: usize,
    ) -> Result<(Problem, Vec<f64>), Error> {
        let system = &self.system;
        let duration = values.of(system.duration);
        if !(duration > 0.0 && duration.is_finite()) {
            let shown = system.time_unit.from_internal(duration);
            return Err(self.refuse(vec![
                Diagnostic::new(
                    self.model().experiment.duration.span,
                    format!("the duration can't be {shown} {}", system.time_unit),
                )
                .help("it must be above 0 and finite"),
            ]));
        }
        for (_, slot, initial) in &system.modes {
            p[*slot] = values.of(*initial);
        }
        for input in &system.inputs {
            p[input.slots.value] = values.of(input.initial);
        }
        let pieces = pieces(system, &|id| values.of(id), duration).map_err(|d| self.refuse(d))?;
        let y0: Vec<f64> = system.states.iter().map(|s| values.of(s.initial)).collect();
        self.check_domain(&p, &y0, &pieces, values)?;
        let grid: Vec<f64> = (0..points)
            .map(|i| {
                if i + 1 == points {
                    duration
                } else {
                    duration * i as f64 / (points - 1) as f64
                }
            })
            .collect();
        let mut save = grid.clone();
        save.extend(pieces.iter().map(|piece| piece.start));
        let at = (system.outcomes.iter())
            .flat_map(|o| &o.aggregates)
            .filter_map(|(_, a)| match a {
                crate::system::Aggregate::At(_, time) => Some(time),
                _ => None,
            });
        let drawn = system.pictures.iter().flat_map(|picture| &picture.times);
        let looks = at.chain(drawn).map(|time| values.of(*time));
        save.extend(looks.filter(|t| (0.0..=duration).contains(t)));
        save.sort_by(f64::total_cmp);
        save.dedup();
        let scales = self.scales(&y0, &p, &pieces, &|id| values.of(id));
        let names = system.states.iter().map(|s| s.name.clone()).collect();
        let events = system
            .events
            .iter()
            .map(|e| event(e, &system.guards))
            .collect();
        Ok((
            Problem {
                pieces,
                y0,
                p,
                scales,
                names,
                save,
                events,
            },
            grid,
        ))
    }

    /// Refuses values that mean nothing, each by name, with what is allowed.
    pub(super) fn check_domain(
        &self,
        p: &[f64],
        y0: &[f64],
        pieces: &[Piece],
        values: &StaticValues,
    ) -> Result<(), Error> {
        let mut mistakes = Vec::new();
        let finite = |value: f64| value.is_finite();
        for (state, y) in self
            .system
            .states
            .iter()
            .zip(y0)
            .filter(|(_, y)| !finite(**y))
        {
            let span = self
                .model()
                .states
                .iter()
                .find(|s| s.name == state.name)
                .map(|s| s.initial.span)
                .unwrap_or_default();
            let message = format!("`{}` is {y} at the start", state.name);
            let gist = format!("`{}` is not finite at the start", state.name);
            mistakes.push(Diagnostic::new(span, message).gist(gist));
        }
        let allowed = |guard: &GuardInfo, value: f64| {
            if guard.strict {
                value > 0.0
            } else {
                value >= 0.0
            }
        };
        let refuse = |guard: &GuardInfo, shown: f64, when: String| {
            let shown = guard.unit.from_internal(shown);
            let unit = shown_unit(&guard.unit);
            let blank = if unit.is_empty() { "" } else { " " };
            let message = format!(
                "`{}` = {}{blank}{unit}{when}: {}",
                guard.name,
                twelve_digits(shown),
                guard.message
            );
            let gist = format!("`{}` left its domain: {}", guard.name, guard.message);
            Diagnostic::new(guard.span, message).gist(gist)
        };
        for (at, span) in self.system.events.iter().filter_map(|e| e.at) {
            if values.of(at).is_nan() || values.of(at) <= 0.0 {
                let shown = self.system.time_unit.from_internal(values.of(at));
                let message = format!(
                    "an event can't be at {shown} {}: the run starts at 0",
                    self.system.time_unit
                );
                mistakes.push(
                    Diagnostic::new(span, message)
                        .gist("an event is not after the start")
                        .help("for the start, give the state another initial value"),
                );
            }
        }
        for guard in &self.system.guards {
            let at_start = values.of(guard.at_start);
            if !allowed(guard, at_start) {
                mistakes.push(refuse(guard, values.of(guard.shown), String::new()));
            }
        }
        // Inputs: at both ends of each piece, which is enough for values that are constant or straight lines in it.
        let input_guards = self.input_guards();
        let mut probes = FunctionEvaluator::new(self.probes.function.clone());
        let mut out = vec![0.0; self.probes.function.n_outputs()];
        let mut p = p.to_vec();
        for piece in pieces.iter().filter(|piece| !piece.set.is_empty()) {
            for (slot, value) in &piece.set {
                p[*slot] = *value;
            }
            probes.bind(&p);
            for t in [piece.start, piece.end] {
                probes.eval(t, y0, &mut out);
                for guard in &input_guards {
                    let value = self
                        .probes
                        .index
                        .get(&guard.value)
                        .map_or(f64::NAN, |i| out[*i]);
                    let seen = mistakes.iter().any(|m: &Diagnostic| m.span == guard.span);
                    if !allowed(guard, value) && !seen {
                        let when = format!(
                            " at {} {}",
                            self.system.time_unit.from_internal(t),
                            self.system.time_unit
                        );
                        let shown = self.system.columns.iter().find(|c| c.name == guard.name);
                        let shown = shown
                            .and_then(|c| self.probes.index.get(&c.value))
                            .map_or(value, |i| out[*i]);
                        mistakes.push(refuse(guard, shown, when));
                    }
                }
            }
        }
        if mistakes.is_empty() {
            Ok(())
        } else {
            Err(self.refuse(mistakes))
        }
    }

    /// Whether the inputs are within their limits at both ends of each piece; `p` has their values before any change.
    pub(super) fn inputs_allowed(&self, p: &[f64], y0: &[f64], pieces: &[Piece]) -> bool {
        let guards = self.input_guards();
        let mut probes = FunctionEvaluator::new(self.probes.function.clone());
        let mut out = vec![0.0; self.probes.function.n_outputs()];
        let mut p = p.to_vec();
        pieces
            .iter()
            .filter(|piece| !piece.set.is_empty())
            .all(|piece| {
                for (slot, value) in &piece.set {
                    p[*slot] = *value;
                }
                probes.bind(&p);
                [piece.start, piece.end].iter().all(|t| {
                    probes.eval(*t, y0, &mut out);
                    guards.iter().all(|guard| {
                        let at = self.probes.index.get(&guard.value);
                        let value = at.map_or(f64::NAN, |i| out[*i]);
                        if guard.strict {
                            value > 0.0
                        } else {
                            value >= 0.0
                        }
                    })
                })
            })
    }

    /// Guards on inputs or on what follows from inputs alone: no event of the run watches them.
    pub(super) fn input_guards(&self) -> Vec<&GuardInfo> {
        let mut watched = vec![false; self.system.guards.len()];
        for event in &self.system.events {
            if let Purpose::Guard(i) = event.purpose {
                watched[i] = true;
            }
        }
        let guards = self.system.guards.iter().zip(watched);
        guards
            .filter(|(_, watched)| !watched)
            .map(|(guard, _)| guard)
            .collect()
    }
}

pub(super) fn event(info: &crate::system::EventInfo, guards: &[GuardInfo]) -> Event {
    let direction = match info.way {
        // What may be 0 has not left its domain there.
        _ if matches!(info.purpose, Purpose::Guard(i) if !guards[i].strict) => Direction::Under,
        Way::Rises => Direction::Rising,
        Way::Falls => Direction::Falling,
        Way::Crosses => Direction::Either,
    };
    let action = match info.purpose {
        Purpose::Kink(slot) => Action::Kink { slot },
        _ if info.fails => Action::Fail,
        _ if info.stops => Action::Stop,
        _ if info.applies => Action::Apply,
        _ => Action::Record,
    };
    Event {
        name: info.name.clone(),
        direction,
        action,
    }
}

/// A number rounded to 12 digits.
fn twelve_digits(value: f64) -> String {
    // 12 digits: what conversion between units leaves behind does not belong into a message.
    let rounded: f64 = format!("{value:.11e}").parse().unwrap_or(value);
    format!("{rounded}")
}

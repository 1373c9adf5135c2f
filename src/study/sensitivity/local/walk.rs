//! The sensitivities along the legs of a run, and their jumps between legs.

use std::collections::HashMap;
use std::sync::Arc;

use super::factors::Factor;
use super::path::{Leg, Opening, Path};
use super::schedule::Change;
use crate::compile::{Evaluator, Function, Inputs, Program, Scratch};
use crate::expr::graph::ExprId;
use crate::solve::problem::{Failure, Method, Options, Outcome, Piece, Problem};
use crate::solve::solve;
use crate::study::simulation::Simulation;
use crate::system::sensitivity::{Moving, Tangent, tangent};
use crate::system::{Purpose, Target};

/// The right-hand sides on both sides of a kink that are the same but for rounding.
const SAME: f64 = 1e-9;
/// Times of kinks that pass together change together, up to this.
const TOGETHER: f64 = 1e-6;

/// A value with its derivatives along the direction and with time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub value: f64,
    pub slope: f64,
    pub rate: f64,
}

/// Where in its leg a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Start,
    Inside,
    End,
}

/// A place on the run with everything that can be looked at.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// Time [s].
    pub t: f64,
    pub leg: usize,
    pub side: Side,
    /// How its time changes along the direction [s].
    pub shift: f64,
    values: Vec<f64>,
}

/// The sensitivities to one factor along the run.
pub(super) struct Walk {
    pub points: Vec<Point>,
    /// States, then their sensitivities, at the end; `[2 n_states]`.
    pub last: Vec<f64>,
    /// Components of the direction at the end; by parameter.
    pub direction: HashMap<usize, f64>,
    /// How the times of outcomes (`at`) change; `[tangent.statics.len()]`.
    statics: Vec<f64>,
}

/// The compiled equations of sensitivity, for any factor.
pub(super) struct Machine<'s> {
    pub(super) simulation: &'s Simulation,
    pub tangent: Tangent,
    program: Arc<Program>,
    look: Function,
    statics: Function,
    n: usize,
    effects_at: usize,
    probes_at: usize,
}

impl<'s> Machine<'s> {
    pub fn new(simulation: &'s Simulation, factors: &[Factor]) -> Result<Machine<'s>, String> {
        let system = &simulation.system;
        // Constants that are varied, inputs and modes; kinks have no slope.
        let mut moving: Vec<usize> = factors.iter().map(|f| f.index).collect();
        for input in &system.inputs {
            let slots = input.slots;
            moving.extend(
                [Some(slots.value), slots.slope, slots.since]
                    .into_iter()
                    .flatten(),
            );
            moving.extend(slots.wave.into_iter().flat_map(|(a, b)| [a, b]));
        }
        moving.extend(system.modes.iter().map(|m| m.1));
        let tangent = tangent(system, &moving);
        let flat = &tangent.flat;
        let inputs = Inputs {
            time: flat.time,
            states: &flat.states,
            params: &flat.params,
        };
        let three = |m: &Moving| [m.value, m.slope, m.rate];
        let mut list = flat.rates.clone();
        list.extend(tangent.events.iter().flat_map(three));
        let effects_at = list.len();
        let effects = tangent.effects.iter().flatten();
        list.extend(effects.flat_map(|(_, m)| three(m)));
        let probes_at = list.len();
        list.extend(tangent.probes.iter().flat_map(three));
        let text = |e: crate::compile::Unbound| e.to_string();
        let look = Function::new(&flat.graph, &inputs, &list).map_err(text)?;
        let slopes: Vec<ExprId> = tangent.statics.iter().map(|s| s.1).collect();
        let statics = Function::new(&flat.graph, &inputs, &slopes).map_err(text)?;
        Ok(Machine {
            simulation,
            program: Arc::new(Program::new(flat).map_err(text)?),
            look,
            statics,
            n: system.states.len(),
            effects_at,
            probes_at,
            tangent,
        })
    }

    /// The sensitivities to a factor, for a change by its size.
    ///
    /// # Errors
    /// Why the equations of sensitivity do not tell them.
    pub fn walk(&self, path: &Path, factor: &Factor) -> Result<Walk, String> {
        let legs = path.legs.as_ref().map_err(Clone::clone)?;
        let schedule = self.schedule(path, factor)?;
        let mut direction: HashMap<usize, f64> = HashMap::from([(factor.index, factor.size)]);
        let statics = self.statics(&path.problem.p, &direction);
        let of = |id: ExprId| {
            let at = self.tangent.statics.iter().position(|s| s.0 == id);
            at.map_or(f64::NAN, |i| statics[i])
        };
        let system = &self.simulation.system;
        for (_, slot, initial) in &system.modes {
            direction.insert(*slot, of(*initial));
        }
        for input in &system.inputs {
            direction.insert(input.slots.value, of(input.initial));
        }
        direction.extend(schedule[0].set.iter().copied());
        let mut s: Vec<f64> = system.states.iter().map(|s| of(s.initial)).collect();
        let mut walk = Walk {
            points: Vec::new(),
            last: Vec::new(),
            direction: HashMap::new(),
            statics: statics.clone(),
        };
        for (k, leg) in legs.iter().enumerate() {
            let p = self.parameters(&leg.p, &direction);
            let mut shift = 0.0;
            if k > 0 {
                let (before, at) = match walk.points.last() {
                    Some(before) => (before.clone(), walk.points.len() - 1),
                    None => return Err("the run has no beginning".to_string()),
                };
                let kept = &walk.last[self.n..];
                let jump = self.jump(
                    path,
                    (&legs[k - 1], leg),
                    &before,
                    kept,
                    &mut direction,
                    &schedule,
                )?;
                (s, shift) = jump;
                walk.points[at].shift = shift;
            }
            // The direction may have changed with the leg.
            let p = match k {
                0 => p,
                _ => self.parameters(&leg.p, &direction),
            };
            self.leg(path, (k, leg), &p, &s, shift, &mut walk)?;
        }
        let shift = self.end_shift(path, &walk, of(system.duration));
        if let Some(last) = walk.points.last_mut() {
            last.shift = shift;
        }
        walk.direction = direction;
        Ok(walk)
    }

    /// How the end of the run moves: with the event that ended it, or with its duration.
    fn end_shift(&self, path: &Path, walk: &Walk, duration: f64) -> f64 {
        match (path.stopped_by(), walk.points.last()) {
            (Some(event), Some(last)) => self.crossing(path, last, event),
            _ => duration,
        }
    }

    /// Solves a leg and looks at its ends and wherever somebody looks inside.
    fn leg(
        &self,
        path: &Path,
        (number, leg): (usize, &Leg),
        p: &[f64],
        s: &[f64],
        shift: f64,
        walk: &mut Walk,
    ) -> Result<(), String> {
        let mut y0 = leg.y.clone();
        y0.extend_from_slice(s);
        let mut save = vec![leg.start];
        save.extend(&leg.looks);
        save.push(leg.end);
        let own = &path.problem.names;
        let changes = own.iter().map(|name| format!("d {name}"));
        let problem = Problem {
            pieces: vec![Piece {
                start: leg.start,
                end: leg.end,
                set: Vec::new(),
            }],
            y0,
            p: p.to_vec(),
            scales: [&path.problem.scales[..], &path.problem.scales[..]].concat(),
            names: own.iter().cloned().chain(changes).collect(),
            save,
            events: Vec::new(),
        };
        let mut options = Options {
            method: Method::Auto,
            rtol: path.rtol,
            atol: path.rtol / 100.0,
            max_step: path.max_step,
            ..Options::default()
        };
        let mut evaluator = Evaluator::new(self.program.clone());
        let solution = solve(&mut evaluator, &problem, &mut options).map_err(|e| e.to_string())?;
        if solution.outcome != Outcome::Reached || solution.t.len() != problem.save.len() {
            return Err(match solution.outcome {
                Outcome::Failed(Failure::NotFinite { .. }) => {
                    "its rate of change has no finite derivative".to_string()
                }
                _ => "the equations of sensitivity could not be solved".to_string(),
            });
        }
        let width = 2 * self.n;
        let last = solution.t.len() - 1;
        for (row, t) in solution.t.iter().enumerate() {
            let y = &solution.y[row * width..(row + 1) * width];
            let side = match row {
                0 => Side::Start,
                row if row == last => Side::End,
                _ => Side::Inside,
            };
            let mut values = vec![0.0; self.look.n_outputs()];
            (self.look).eval(&mut Scratch::default(), *t, y, p, &mut values);
            walk.points.push(Point {
                t: *t,
                leg: number,
                side,
                shift: if side == Side::Start { shift } else { 0.0 },
                values,
            });
        }
        walk.last = solution.y[last * width..].to_vec();
        if walk.last.iter().any(|v| !v.is_finite()) {
            return Err("the sensitivities grow beyond all numbers".to_string());
        }
        Ok(())
    }

    /// What the sensitivities are behind a jump, and how its time changes.
    ///
    /// With t* the time of the jump, h what it makes of the states and f the right-hand sides before and after it, the
    /// states behind it change by dh + (dh/dt) dt* along the moving jump, and so by f⁺ dt* less at a fixed time.
    fn jump(
        &self,
        path: &Path,
        (before_leg, leg): (&Leg, &Leg),
        before: &Point,
        s: &[f64],
        direction: &mut HashMap<usize, f64>,
        schedule: &[Change],
    ) -> Result<(Vec<f64>, f64), String> {
        let f = &before.values[..self.n];
        let passed = self.passed(before_leg, leg);
        let mut shift = 0.0;
        let mut moved: Vec<f64> = s.to_vec();
        let mut changed = Vec::new();
        match leg.opening {
            Opening::Start => {}
            Opening::Piece(i) => {
                shift = schedule[i].start;
                changed = schedule[i].set.clone();
            }
            Opening::Kink => {
                let times: Vec<f64> = (passed.iter())
                    .map(|e| self.crossing(path, before, *e))
                    .collect();
                let Some(first) = times.first() else {
                    return Ok((moved, 0.0));
                };
                shift = *first;
                let after = self.rates(leg, &leg.y, direction);
                if self.same(path, f, &after) && times.iter().all(|t| t.is_finite()) {
                    return Ok((moved, shift));
                }
                if self.same(path, f, &after) {
                    // A kink that is only touched does not move the states; nobody may ask for its time.
                    return Ok((moved, f64::NAN));
                }
                if !together(&times) {
                    return Err("kinks pass at the same moment".to_string());
                }
            }
            Opening::Reset(occurrence, with_kinks) => {
                let event = path.solution.occurrences[occurrence].event;
                shift = self.crossing(path, before, event);
                if with_kinks {
                    let near = |e: &&usize| {
                        let g = self.event(before, **e);
                        g.value.abs() <= 1e-6 * (g.rate * path.end()).abs()
                    };
                    let mut times: Vec<f64> = (passed.iter().filter(near))
                        .map(|e| self.crossing(path, before, *e))
                        .collect();
                    times.push(shift);
                    if !together(&times) {
                        return Err("a kink passes at the moment of a reset".to_string());
                    }
                }
                let first: usize = self.tangent.effects[..event].iter().map(Vec::len).sum();
                for (i, (target, _)) in self.tangent.effects[event].iter().enumerate() {
                    let h = at(&before.values, self.effects_at + 3 * (first + i));
                    match target {
                        // f⁻ dt* is added below to all states; here it must not be.
                        Target::State(j) => moved[*j] = h.slope + (h.rate - f[*j]) * shift,
                        Target::Param(j) => changed.push((*j, h.slope + h.rate * shift)),
                    }
                }
            }
        }
        if !shift.is_finite() {
            return Err("an event only touches its threshold".to_string());
        }
        direction.extend(changed);
        let after = self.rates(leg, &leg.y, direction);
        for ((moved, before), after) in moved.iter_mut().zip(f).zip(after) {
            *moved += (before - after) * shift;
        }
        Ok((moved, shift))
    }

    /// The kinks that have another side in the next leg.
    fn passed(&self, before: &Leg, after: &Leg) -> Vec<usize> {
        let events = self.simulation.system.events.iter().enumerate();
        events
            .filter_map(|(i, event)| match event.purpose {
                Purpose::Kink(slot) if before.p[slot] != after.p[slot] => Some(i),
                _ => None,
            })
            .collect()
    }

    fn same(&self, path: &Path, before: &[f64], after: &[f64]) -> bool {
        let scales = path.problem.scales.iter();
        (before.iter().zip(after).zip(scales)).all(|((a, b), scale)| {
            let size = a.abs().max(b.abs()).max(scale / path.end());
            (a - b).abs() <= SAME * size
        })
    }

    /// The right-hand side at the start of a leg.
    fn rates(&self, leg: &Leg, y: &[f64], direction: &HashMap<usize, f64>) -> Vec<f64> {
        let mut both = y.to_vec();
        both.resize(2 * self.n, 0.0);
        let mut out = vec![0.0; self.look.n_outputs()];
        let p = self.parameters(&leg.p, direction);
        (self.look).eval(&mut Scratch::default(), leg.start, &both, &p, &mut out);
        out.truncate(self.n);
        out
    }

    /// How the time changes at which an event function passes 0; NaN where it does not.
    pub fn crossing(&self, path: &Path, point: &Point, event: usize) -> f64 {
        let g = self.event(point, event);
        let passes = g.value.abs() <= TOGETHER * (g.rate * path.end()).abs();
        if passes { -g.slope / g.rate } else { f64::NAN }
    }

    pub fn event(&self, point: &Point, event: usize) -> Look {
        at(&point.values, 2 * self.n + 3 * event)
    }

    /// What an outcome looks at.
    pub fn probe(&self, point: &Point, id: ExprId) -> Option<Look> {
        let place = self.tangent.probes.iter().position(|m| m.value == id)?;
        Some(at(&point.values, self.probes_at + 3 * place))
    }

    /// A state, its sensitivity and its rate at the end.
    pub fn state(&self, walk: &Walk, state: usize) -> Option<Look> {
        Some(Look {
            value: *walk.last.get(state)?,
            slope: *walk.last.get(self.n + state)?,
            rate: *walk.points.last()?.values.get(state)?,
        })
    }

    /// How an expression of parameters changes.
    pub fn still(&self, walk: &Walk, id: ExprId) -> f64 {
        let place = self.tangent.statics.iter().position(|s| s.0 == id);
        place.map_or(f64::NAN, |i| walk.statics[i])
    }

    /// Parameters with the components of the direction behind them.
    fn parameters(&self, p: &[f64], direction: &HashMap<usize, f64>) -> Vec<f64> {
        let moving = self.tangent.moving.iter();
        let mut all = p.to_vec();
        all.extend(moving.map(|i| direction.get(i).copied().unwrap_or(0.0)));
        all
    }

    fn statics(&self, p: &[f64], direction: &HashMap<usize, f64>) -> Vec<f64> {
        let mut out = vec![0.0; self.statics.n_outputs()];
        let p = self.parameters(p, direction);
        let y = vec![0.0; 2 * self.n];
        (self.statics).eval(&mut Scratch::default(), 0.0, &y, &p, &mut out);
        out
    }
}

fn at(values: &[f64], i: usize) -> Look {
    Look {
        value: values[i],
        slope: values[i + 1],
        rate: values[i + 2],
    }
}

/// Whether these changes of times are the same.
pub(super) fn together(times: &[f64]) -> bool {
    let size = times.iter().fold(0.0, |m: f64, t| m.max(t.abs()));
    let off = |t: &f64| (t - times[0]).abs() <= TOGETHER * size;
    times.iter().all(|t| t.is_finite() && off(t))
}

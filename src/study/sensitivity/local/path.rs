//! The run as it is, as legs in which everything is smooth.

use crate::error::Error;
use crate::solve::problem::{Outcome, Problem, Solution};
use crate::study::outcomes::Record;
use crate::study::run::{Ready, RunOptions};
use crate::study::simulation::{Simulation, StaticValues};
use crate::system::{Aggregate, OutcomeInfo};
use crate::trajectory::Status;

/// More legs than these are left to differences.
const MOST_LEGS: usize = 5000;

/// What begins a leg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Opening {
    /// The run.
    Start,
    /// A piece of time.
    Piece(usize),
    /// A kink of the equations.
    Kink,
    /// An occurrence that changed states or modes, and whether kinks were passed with it.
    Reset(usize, bool),
}

/// A stretch of time without anything that is not smooth.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    /// From when to when [s].
    pub start: f64,
    pub end: f64,
    pub opening: Opening,
    /// State at its start; `[n_states]`.
    pub y: Vec<f64>,
    /// Parameters, slots included; `[n_params]`.
    pub p: Vec<f64>,
    /// Times at which somebody looks, strictly inside [s].
    pub looks: Vec<f64>,
}

/// The run.
pub(super) struct Path<'s> {
    simulation: &'s Simulation,
    pub problem: Problem,
    pub values: StaticValues<'s>,
    pub solution: Solution,
    /// The legs, or why there are none.
    pub legs: Result<Vec<Leg>, String>,
    /// Times closer than this are one [s].
    pub blink: f64,
    /// Relative tolerance.
    pub rtol: f64,
    /// Longest step [s].
    pub max_step: Option<f64>,
}

impl<'s> Path<'s> {
    pub fn new(simulation: &'s Simulation, options: &RunOptions) -> Result<Path<'s>, Error> {
        let mut ready = simulation.ready(options)?;
        let first = ready.solve(None)?;
        let record = Record::new(simulation, &ready.problem, &first);
        if let Status::Failed(reason) = simulation.status(&ready.problem, &first, &record) {
            return Err(Error::option(format!("the run fails: {reason}")));
        }
        let end = first.t.last().copied().unwrap_or(0.0);
        let blink = 1e-12 * end.abs();
        let openings = openings(&ready.problem, &first, blink, end);
        // Once more, with a row inside each leg: it tells the parameters that hold there.
        let mut cuts = vec![0.0];
        if let Ok(openings) = &openings {
            cuts.extend(openings.iter().map(|o| o.0));
        }
        cuts.push(end);
        ready.problem.save.extend(cuts.windows(2).map(middle));
        ready.problem.save.sort_by(f64::total_cmp);
        ready.problem.save.dedup();
        let solution = ready.solve(None)?;
        let legs = openings.and_then(|found| {
            let again = self::openings(&ready.problem, &solution, blink, end)?;
            match again == found {
                true => legs(simulation, &ready, &solution, &cuts, &found, blink),
                false => Err("its events depend on rounding".to_string()),
            }
        });
        let (max_step, rtol) = (ready.max_step, ready.rtol);
        let (problem, values) = (ready.problem, ready.values);
        Ok(Path {
            simulation,
            problem,
            values,
            solution,
            legs,
            blink,
            rtol,
            max_step,
        })
    }

    /// The run as outcomes see it.
    pub fn record(&self) -> Record<'_> {
        Record::new(self.simulation, &self.problem, &self.solution)
    }

    /// The values of outcomes, internal.
    pub fn outcomes(&self, own: &[OutcomeInfo]) -> Vec<Option<f64>> {
        let record = self.record();
        own.iter()
            .map(|info| record.outcome(info, &self.values))
            .collect()
    }

    /// The time at which the run ends.
    pub fn end(&self) -> f64 {
        self.solution.t.last().copied().unwrap_or(0.0)
    }

    /// The event that stopped the run: its first occurrence at the end.
    pub fn stopped_by(&self) -> Option<usize> {
        match self.solution.outcome {
            Outcome::Stopped(event) => Some(event),
            _ => None,
        }
    }
}

fn middle(pair: &[f64]) -> f64 {
    0.5 * (pair[0] + pair[1])
}

/// Times at which legs begin, but for the first, in order; things that happen together are one.
fn openings(
    problem: &Problem,
    solution: &Solution,
    blink: f64,
    end: f64,
) -> Result<Vec<(f64, Opening)>, String> {
    let pieces = problem.pieces.iter().enumerate().skip(1);
    let mut all: Vec<(f64, Opening)> = pieces
        .map(|(i, piece)| (piece.start, Opening::Piece(i)))
        .filter(|(t, _)| *t < end)
        .collect();
    all.extend(solution.corners.iter().map(|c| (c.t, Opening::Kink)));
    let resets = solution.occurrences.iter().enumerate();
    all.extend(
        resets
            .filter(|(_, o)| o.after.is_some())
            .map(|(i, o)| (o.t, Opening::Reset(i, false))),
    );
    if all.len() > MOST_LEGS {
        return Err(format!("it has {} kinks and resets", all.len()));
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut out: Vec<(f64, Opening)> = Vec::new();
    for (t, opening) in all {
        if t >= end - blink || t <= blink {
            match opening {
                Opening::Reset(..) => {
                    return Err("a reset at the first or the last moment".to_string());
                }
                // What begins at the end changes nothing any more.
                _ => continue,
            }
        }
        let Some(last) = out.last_mut().filter(|last| t - last.0 <= blink) else {
            out.push((t, opening));
            continue;
        };
        last.1 = match (last.1, opening) {
            (Opening::Kink, Opening::Kink) => Opening::Kink,
            (Opening::Piece(i), Opening::Kink) | (Opening::Kink, Opening::Piece(i)) => {
                last.0 = problem.pieces[i].start;
                Opening::Piece(i)
            }
            (Opening::Reset(i, _), Opening::Kink) | (Opening::Kink, Opening::Reset(i, _)) => {
                Opening::Reset(i, true)
            }
            _ => return Err("resets or changes of inputs at the same moment".to_string()),
        };
    }
    Ok(out)
}

fn legs(
    simulation: &Simulation,
    ready: &Ready,
    solution: &Solution,
    cuts: &[f64],
    openings: &[(f64, Opening)],
    blink: f64,
) -> Result<Vec<Leg>, String> {
    let problem = &ready.problem;
    let n = problem.y0.len();
    let row_at = |t: f64| solution.t.iter().position(|known| *known == t);
    let state = |row: usize| solution.y[row * n..(row + 1) * n].to_vec();
    let lost = || "a leg of the run is too short".to_string();
    let mut looks: Vec<f64> = (solution.occurrences.iter())
        .filter(|o| o.after.is_none())
        .map(|o| o.t)
        .collect();
    let aggregates = simulation
        .system
        .outcomes
        .iter()
        .flat_map(|o| &o.aggregates);
    looks.extend(aggregates.filter_map(|(_, aggregate)| match aggregate {
        Aggregate::At(_, time) => Some(ready.values.of(*time)),
        _ => None,
    }));
    looks.sort_by(f64::total_cmp);
    looks.dedup();
    let first = (0.0, Opening::Start);
    let all = std::iter::once(&first).chain(openings).zip(cuts.windows(2));
    all.map(|((_, opening), pair)| {
        let row = row_at(middle(pair)).ok_or_else(lost)?;
        let y = match *opening {
            Opening::Start => problem.y0.clone(),
            Opening::Piece(i) => state(row_at(problem.pieces[i].start).ok_or_else(lost)?),
            Opening::Kink => (solution.corners.iter())
                .find(|c| (c.t - pair[0]).abs() <= blink)
                .map(|c| c.y.clone())
                .ok_or_else(lost)?,
            Opening::Reset(i, _) => (solution.occurrences[i].after.clone()).ok_or_else(lost)?,
        };
        let inside = |t: &&f64| **t > pair[0] + blink && **t < pair[1] - blink;
        Ok(Leg {
            start: pair[0],
            end: pair[1],
            opening: *opening,
            y,
            p: solution.regimes[solution.regime[row]].clone(),
            looks: looks.iter().filter(inside).copied().collect(),
        })
    })
    .collect()
}

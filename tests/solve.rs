//! The solve layer against hand-written equations with known solutions.
//!
//! Reference values: reference problems of the project, recomputed in extended precision (Radau IIA of order 13 and 17
//! on halved meshes); sources of the problems stand beside each.

use osmocyte::equations::Equations;
use osmocyte::solve::problem::{
    Action, Direction, Event, Failure, Method, Options, Outcome, Piece, Problem, Solution,
};
use osmocyte::solve::{Misuse, solve};
use std::ops::ControlFlow;

#[path = "solve/accuracy.rs"]
mod accuracy;
#[path = "solve/auto.rs"]
mod auto;
#[cfg(feature = "bdf")]
#[path = "solve/bdf.rs"]
#[allow(clippy::excessive_precision)]
mod bdf;
#[path = "solve/cells.rs"]
mod cells;
#[path = "solve/crossings.rs"]
mod crossings;
#[path = "solve/ends.rs"]
mod ends;
#[path = "problems/mod.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod problems;
// Reference values stand as they were computed.
#[path = "solve/set.rs"]
#[allow(clippy::excessive_precision)]
mod set;
#[path = "solve/stiff.rs"]
#[allow(clippy::excessive_precision)]
mod stiff;
#[path = "solve/stiff_runs.rs"]
#[allow(clippy::excessive_precision)]
mod stiff_runs;
#[path = "solve/trouble.rs"]
mod trouble;

type Rhs = Box<dyn FnMut(f64, &[f64], &[f64], &mut [f64])>;
type Guards = Box<dyn FnMut(f64, &[f64], &[f64], &mut [f64])>;
type Apply = Box<dyn FnMut(usize, f64, &mut [f64], &mut [f64])>;

/// Equations made of closures over (t, y, p).
struct Hand {
    n: usize,
    p: Vec<f64>,
    rhs: Rhs,
    guards: Option<(usize, Guards)>,
    apply: Option<Apply>,
}

impl Equations for Hand {
    fn n_states(&self) -> usize {
        self.n
    }

    fn n_params(&self) -> usize {
        self.p.len()
    }

    fn n_events(&self) -> usize {
        self.guards.as_ref().map_or(0, |(n, _)| *n)
    }

    fn bind(&mut self, p: &[f64]) {
        self.p.copy_from_slice(p);
    }

    fn rhs(&mut self, t: f64, y: &[f64], dy: &mut [f64]) {
        (self.rhs)(t, y, &self.p, dy);
    }

    fn events(&mut self, t: f64, y: &[f64], g: &mut [f64]) {
        if let Some((_, guards)) = &mut self.guards {
            guards(t, y, &self.p, g);
        }
    }

    fn apply(&mut self, event: usize, t: f64, y: &mut [f64], p: &mut [f64]) {
        if let Some(apply) = &mut self.apply {
            apply(event, t, y, p);
        }
    }
}

/// A problem over one piece [0, end], with what a test adds.
struct Case {
    hand: Hand,
    problem: Problem,
    method: Method,
    tolerances: (f64, f64),
    step: Option<f64>,
    max_steps: u64,
    max_step: Option<f64>,
}

impl Case {
    fn new(
        y0: &[f64],
        end: f64,
        rhs: impl FnMut(f64, &[f64], &[f64], &mut [f64]) + 'static,
    ) -> Case {
        let n = y0.len();
        Case {
            hand: Hand {
                n,
                p: Vec::new(),
                rhs: Box::new(rhs),
                guards: None,
                apply: None,
            },
            problem: Problem {
                pieces: vec![Piece {
                    start: 0.0,
                    end,
                    set: Vec::new(),
                }],
                y0: y0.to_vec(),
                p: Vec::new(),
                scales: vec![1.0; n],
                names: (0..n).map(|i| format!("y{i}")).collect(),
                save: vec![end],
                events: Vec::new(),
            },
            method: Method::Dop853,
            tolerances: (1e-10, 1e-10),
            step: None,
            max_steps: 1_000_000,
            max_step: None,
        }
    }

    fn params(mut self, p: &[f64]) -> Case {
        self.hand.p = p.to_vec();
        self.problem.p = p.to_vec();
        self
    }

    fn scales(mut self, scales: &[f64]) -> Case {
        self.problem.scales = scales.to_vec();
        self
    }

    /// Cuts time at the given ends; each piece sets parameter 0 to its value.
    fn pieces(mut self, pieces: &[(f64, f64)]) -> Case {
        let mut start = 0.0;
        self.problem.pieces.clear();
        for &(end, value) in pieces {
            self.problem.pieces.push(Piece {
                start,
                end,
                set: vec![(0, value)],
            });
            start = end;
        }
        self
    }

    fn save(mut self, save: &[f64]) -> Case {
        self.problem.save = save.to_vec();
        self
    }

    fn with(mut self, method: Method, rtol: f64, atol: f64) -> Case {
        self.method = method;
        self.tolerances = (rtol, atol);
        self
    }

    fn events(
        mut self,
        events: &[(Direction, Action)],
        guards: impl FnMut(f64, &[f64], &[f64], &mut [f64]) + 'static,
    ) -> Case {
        self.hand.guards = Some((events.len(), Box::new(guards)));
        let event = |(i, (direction, action)): (usize, &(Direction, Action))| Event {
            name: format!("event {i}"),
            direction: *direction,
            action: *action,
        };
        self.problem.events = events.iter().enumerate().map(event).collect();
        self
    }

    fn apply(mut self, apply: impl FnMut(usize, f64, &mut [f64], &mut [f64]) + 'static) -> Case {
        self.hand.apply = Some(Box::new(apply));
        self
    }

    fn try_run(&mut self) -> Result<Solution, Misuse> {
        let mut options = Options {
            method: self.method,
            rtol: self.tolerances.0,
            atol: self.tolerances.1,
            max_steps: self.max_steps,
            max_step: self.max_step,
            step: self.step,
            progress: None,
        };
        solve(&mut self.hand, &self.problem, &mut options)
    }

    fn run(&mut self) -> Solution {
        self.try_run().expect("the problem is valid")
    }
}

fn even(end: f64, n: usize) -> Vec<f64> {
    (0..=n)
        .map(|i| {
            if i == n {
                end
            } else {
                end * i as f64 / n as f64
            }
        })
        .collect()
}

/// The last row.
fn last(solution: &Solution) -> &[f64] {
    let n = solution.y.len() / solution.t.len();
    &solution.y[solution.y.len() - n..]
}

/// Largest error of the last row relative to each wanted value.
fn relative_error(solution: &Solution, wanted: &[f64]) -> f64 {
    assert_eq!(last(solution).len(), wanted.len());
    last(solution)
        .iter()
        .zip(wanted)
        .map(|(y, w)| ((y - w) / w).abs())
        .fold(0.0, f64::max)
}

/// Times of an event.
fn times(solution: &Solution, event: usize) -> Vec<f64> {
    solution
        .occurrences
        .iter()
        .filter(|o| o.event == event)
        .map(|o| o.t)
        .collect()
}

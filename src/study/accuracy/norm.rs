//! How an error is measured: as the solvers are asked to keep it.

use crate::solve::problem::{Outcome, Problem, Solution};
use crate::system::System;

/// The mixed norm of errors.
///
/// The error of a state vector `y` beside its reference `r` is the largest over the states of
/// `|y[i] - r[i]| / (|r[i]| + q*s[i])`, where `s[i]` is the scale of the state and `q` is `atol / rtol`. That is what a
/// tolerance asks for (`rtol*|r[i]| + atol*s[i]`), divided by `rtol`: an error equal to `rtol` is exactly what was
/// asked, large states count by their relative error, and what is small beside its scale by its part of the scale.
/// States that only add up for an outcome do not count.
#[derive(Clone, Debug)]
pub(super) struct Norm {
    /// `q*s[i]`; `None` for a state that does not count; `[n_states]`.
    floor: Vec<Option<f64>>,
}

/// Errors of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Errors {
    /// Largest at the saved times.
    pub saved: f64,
    /// At the end.
    pub end: f64,
}

impl Norm {
    /// `ratio` is `rtol / atol`.
    pub fn new(system: &System, problem: &Problem, ratio: f64) -> Norm {
        let states = system.states.iter().zip(&problem.scales);
        Norm {
            floor: states
                .map(|(state, scale)| (!state.hidden).then_some(scale / ratio))
                .collect(),
        }
    }

    /// Only these states count from now on; `[n_states]`.
    pub fn only(&mut self, counts: &[bool]) {
        for (floor, counts) in self.floor.iter_mut().zip(counts) {
            *floor = floor.filter(|_| *counts);
        }
    }

    /// The error of one value of state `i`.
    pub fn of(&self, i: usize, y: f64, reference: f64) -> f64 {
        let Some(floor) = self.floor[i] else {
            return 0.0;
        };
        let difference = (y - reference).abs();
        if difference == 0.0 {
            0.0
        } else if difference.is_nan() {
            f64::INFINITY
        } else {
            difference / (reference.abs() + floor)
        }
    }

    /// The error of a state vector.
    pub fn of_row(&self, y: &[f64], reference: &[f64]) -> f64 {
        let pairs = y.iter().zip(reference).enumerate();
        pairs
            .map(|(i, (y, r))| self.of(i, *y, *r))
            .fold(0.0, f64::max)
    }

    /// The errors of a run beside a reference with the same saved times; `None` if they did not end alike.
    ///
    /// Where an event ended both, rows that both have are compared, and the states at their own ends.
    pub fn of_run(&self, run: &Solution, reference: &Solution) -> Option<Errors> {
        if run.outcome != reference.outcome || matches!(run.outcome, Outcome::Failed(_)) {
            return None;
        }
        let n = self.floor.len();
        let at = |i: usize| i * n..(i + 1) * n;
        let last = run.t.len().checked_sub(1)?;
        let last_there = reference.t.len().checked_sub(1)?;
        let end = self.of_row(&run.y[at(last)], &reference.y[at(last_there)]);
        let (mut i, mut j, mut saved) = (0, 0, end);
        while i < last && j < last_there {
            match run.t[i].total_cmp(&reference.t[j]) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    saved = f64::max(saved, self.of_row(&run.y[at(i)], &reference.y[at(j)]));
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        Some(Errors { saved, end })
    }
}

//! The stages of the present step of an explicit method, and the interpolant made of them.
//!
//! Dop853 puts its stages here itself. ode_solvers shows neither its stages nor, with sparse output, an interpolant. But
//! it calls the right-hand side in a fixed order, so who counts the calls knows which stage each one is:
//!
//! | Method | Once at the start | Each attempt |
//! |---|---|---|
//! | Dopri5 | k1 | k2 … k7 (k7 stands at the new state and is the next k1) |
//! | Rk4 | | k1 … k4 |
//!
//! A call that starts another attempt without an acceptance between means that the attempt before was rejected.

mod inside;
mod mended;

use super::attempts::{Fault, worst};
use super::dense::{Dense, weighted_sum};
use super::problem::Method;
use super::step::{Cost, Leg, Step, Trouble};
use super::tableau::{dop853, dopri5};
use super::tolerance::Tolerance;
use crate::equations::Equations;
use mended::Mended;

/// Places for stages: 16 of Dop853, and 11 of a shorter step that shares the first with it.
pub(super) const STAGES: usize = BEHIND + 12;

/// Index before the first stage of a shorter step but the one that it shares.
const BEHIND: usize = 15;

/// Which interpolant is ready.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ready {
    Nothing,
    Rough,
    Full,
    /// The best there is, and not good enough: states inside come from steps of their own.
    Poor,
}

/// What a call of the right-hand side is.
pub(super) enum Call {
    /// Stage of this index, at this time since the start of the leg.
    Stage(usize, f64),
    /// A stage whose value is known.
    Known(usize),
}

/// Stages, ends and interpolant of the present step.
pub(super) struct Stages {
    method: Method,
    n: usize,
    /// Time at clock 0, and the clock at the start and end of the leg [s].
    origin: f64,
    leg: (f64, f64),
    /// Start of the step since the start of the leg, and its length [s].
    x0: f64,
    h: f64,
    /// Clock at the end of the step [s].
    clock_end: f64,
    /// States at the ends of the step.
    y0: Vec<f64>,
    y1: Vec<f64>,
    /// Length of every step, for a method of fixed step [s].
    fixed: Option<f64>,
    /// Stages one after another: `[STAGES * n_states]`; behind those of the step, those of a shorter one.
    k: Vec<f64>,
    /// The next stage.
    next: usize,
    /// Whether k1 is known, and (Rk4) whether the rate at the end is.
    known: bool,
    end_known: bool,
    scratch: Vec<f64>,
    dense: Dense,
    ready: Ready,
    /// The interpolant for a step whose own is poor, once it has been made.
    mended: Option<Mended>,
    /// What errors are measured against.
    tolerance: Tolerance,
    /// States known better than by the interpolant, with their fraction of the step.
    adopted: Vec<(f64, Vec<f64>)>,
    /// Cost so far.
    pub cost: Cost,
    /// Attempts rejected since the last acceptance.
    pub rejected_in_row: u32,
    /// See [`Step::stiffness`].
    pub stiffness: f64,
    fault: Fault,
}

/// Index of the first entry that is not finite.
pub(super) fn first_not_finite(values: &[f64]) -> Option<usize> {
    // Most often there is none: a pass without branches says so faster than a search.
    let bad = values.iter().fold(false, |bad, v| bad | !v.is_finite());
    if bad {
        values.iter().position(|v| !v.is_finite())
    } else {
        None
    }
}

impl Stages {
    pub fn new(method: Method, tolerance: &Tolerance) -> Stages {
        let n = tolerance.scale.len();
        Stages {
            method,
            n,
            origin: 0.0,
            leg: (0.0, 0.0),
            x0: 0.0,
            h: 0.0,
            clock_end: 0.0,
            y0: vec![0.0; n],
            y1: vec![0.0; n],
            fixed: None,
            k: vec![0.0; STAGES * n],
            next: 0,
            known: true,
            end_known: false,
            scratch: vec![0.0; n],
            dense: Dense::default(),
            ready: Ready::Nothing,
            mended: None,
            tolerance: tolerance.clone(),
            adopted: Vec::new(),
            cost: Cost::default(),
            rejected_in_row: 0,
            stiffness: 0.0,
            fault: Fault::default(),
        }
    }

    /// Makes ready for a leg.
    pub fn begin(&mut self, leg: &Leg, fixed: Option<f64>) {
        self.origin = leg.origin;
        self.leg = (leg.start, leg.end);
        self.fixed = fixed;
        self.x0 = 0.0;
        self.y0.copy_from_slice(leg.y);
        self.k[..self.n].copy_from_slice(leg.f);
        self.known = true;
        self.cost = Cost::default();
        self.rejected_in_row = 0;
        self.fault = Fault::default();
        self.resume();
    }

    /// Makes ready for the library to start again where the last step ended.
    pub fn resume(&mut self) {
        self.next = 0;
    }

    /// Start of the present step since the start of the leg [s], and the state there.
    pub fn here(&self) -> (f64, &[f64]) {
        (self.x0, &self.y0)
    }

    /// Length of the last step [s].
    pub fn length(&self) -> f64 {
        self.h
    }

    /// Time at `x` seconds after the start of the leg.
    pub fn time(&self, x: f64) -> f64 {
        self.origin + (self.leg.0 + x).min(self.leg.1)
    }

    /// Stage `index`, to be written by the caller.
    pub fn stage(&mut self, index: usize) -> &mut [f64] {
        &mut self.k[index * self.n..][..self.n]
    }

    /// Stages that an attempt has when the library decides on it.
    fn complete(&self) -> usize {
        if self.method == Method::Dopri5 { 7 } else { 4 }
    }

    /// Finds out what a call at `x` is. See the table above.
    pub fn call(&mut self, x: f64) -> Call {
        if self.next == 0 && self.known {
            self.next = 1;
            return Call::Known(0);
        }
        let mut at = x;
        if self.next == self.complete() {
            self.reject();
        }
        let index = self.next;
        match (self.method, index) {
            (Method::Dopri5, 6) => self.h = x - self.x0,
            // The library sums its steps up; the start of the step is known better.
            (Method::Rk4, _) => {
                at = self.x0 + self.fixed.unwrap_or(0.0) * [0.0, 0.5, 0.5, 1.0][index]
            }
            _ => {}
        }
        self.next += 1;
        Call::Stage(index, at)
    }

    /// Notes that the present attempt was rejected.
    pub fn reject(&mut self) {
        self.cost.rejected += 1;
        self.rejected_in_row += 1;
        self.next = 1;
    }

    /// Notes a last attempt that was rejected without another call, when the library has given up.
    pub fn give_up(&mut self) {
        if self.next == self.complete() {
            self.reject();
        }
    }

    /// Notes that `state` has no finite rate in this attempt.
    pub fn note_fault(&mut self, state: usize) {
        self.fault.note(&self.cost, state);
    }

    /// Why no smaller step is tried.
    pub fn trouble(&mut self, tolerance: &Tolerance) -> Trouble {
        let (fault, cost) = (self.fault, self.cost);
        fault.trouble(&cost, || self.worst(tolerance))
    }

    /// The state with the largest error in the last attempt, relative to its tolerance.
    fn worst(&mut self, tolerance: &Tolerance) -> usize {
        let (b, e): (&[f64], &[f64]) = match self.method {
            Method::Dopri5 => (&dopri5::B, &dopri5::E),
            _ => (&dop853::B, &dop853::E),
        };
        let mut error = vec![0.0; self.n];
        weighted_sum(e, &self.k, &mut error);
        weighted_sum(b, &self.k, &mut self.scratch);
        worst(self.n, |i| {
            let end = self.y0[i] + self.h * self.scratch[i];
            self.h * error[i] / tolerance.of(i, end.abs().max(self.y0[i].abs()))
        })
    }

    /// Takes the end of an accepted step: at `x` since the start of the leg, `at_end` if that is the leg's end. The
    /// state goes into [`Stages::end_state`] before.
    pub fn accept(&mut self, x: f64, at_end: bool) {
        self.cost.accepted += 1;
        self.rejected_in_row = 0;
        self.h = self.fixed.unwrap_or(x - self.x0);
        self.clock_end = if at_end {
            self.leg.1
        } else {
            (self.leg.0 + x).min(self.leg.1)
        };
        self.ready = Ready::Nothing;
        self.adopted.clear();
        self.mended = None;
        self.end_known = self.method != Method::Rk4;
    }

    /// Where the caller writes the state at the end of the step.
    pub fn end_state(&mut self) -> &mut [f64] {
        &mut self.y1
    }

    /// Makes ready for an attempt of length `h`.
    pub fn set_length(&mut self, h: f64) {
        self.h = h;
    }

    /// State at the start of the step, at its end (to be written), and the stages.
    pub fn parts(&mut self) -> (&[f64], &mut [f64], &[f64]) {
        (&self.y0, &mut self.y1, &self.k)
    }

    /// Evaluates the rate at the state that stands at the end of the step, at `x` since the start of the leg, as stage
    /// `index`. Gives the first state whose rate is not finite.
    pub fn evaluate_end(
        &mut self,
        equations: &mut dyn Equations,
        x: f64,
        index: usize,
    ) -> Option<usize> {
        let t = self.time(x);
        let rate = &mut self.k[index * self.n..][..self.n];
        equations.rhs(t, &self.y1, rate);
        self.cost.rhs += 1;
        first_not_finite(rate)
    }

    /// Moves on to the step that starts where this one ends.
    pub fn advance(&mut self, x: f64) {
        self.x0 = x;
        std::mem::swap(&mut self.y0, &mut self.y1);
        let last = self.last();
        self.k.copy_within(last * self.n..(last + 1) * self.n, 0);
        self.known = self.end_known;
        self.next = usize::from(self.method != Method::Rk4);
    }

    /// Index of the stage that holds the rate at the end of an accepted step.
    fn last(&self) -> usize {
        match self.method {
            Method::Dopri5 => 6,
            Method::Dop853 => 12,
            _ => 4,
        }
    }

    fn evaluate(&mut self, equations: &mut dyn Equations, index: usize, clock: f64) {
        equations.rhs(
            self.origin + clock,
            &self.scratch,
            &mut self.k[index * self.n..][..self.n],
        );
        self.cost.rhs += 1;
    }

    /// The cubic Hermite interpolant; Rk4 needs the rate at the end for it, which is the next step's k1.
    fn make_rough(&mut self, equations: &mut dyn Equations) {
        if !self.end_known {
            self.scratch.copy_from_slice(&self.y1);
            self.evaluate(equations, self.last(), self.clock_end);
            self.end_known = true;
        }
        let (f0, rest) = self.k.split_at(self.n);
        let f1 = &rest[(self.last() - 1) * self.n..][..self.n];
        self.dense.hermite(self.h, &self.y0, f0, &self.y1, f1);
        self.ready = Ready::Rough;
    }
}

impl Step for Stages {
    fn clock(&self) -> (f64, f64) {
        (self.leg.0 + self.x0, self.clock_end)
    }

    fn end(&self) -> &[f64] {
        &self.y1
    }

    fn at(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) {
        if theta >= 1.0 {
            return y.copy_from_slice(&self.y1);
        }
        if let Some((_, known)) = self.adopted.iter().find(|(at, _)| *at == theta) {
            return y.copy_from_slice(known);
        }
        let dear = self.is_dear(equations);
        if dear && theta > 0.0 && self.at_any_cost(equations, theta, y) {
            return;
        }
        self.dense.at(theta, y);
    }

    fn stiffness(&self) -> f64 {
        self.stiffness
    }

    fn rough(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) -> bool {
        // Only Dop853 has to pay for its best interpolant.
        if self.method != Method::Dop853 {
            self.at(equations, theta, y);
            return true;
        }
        if self.ready == Ready::Nothing {
            self.make_rough(equations);
        }
        self.dense.at(theta, y);
        false
    }

    fn is_dear(&mut self, equations: &mut dyn Equations) -> bool {
        if !matches!(self.ready, Ready::Full | Ready::Poor) {
            self.make_full(equations);
        }
        self.ready == Ready::Poor
    }

    /// Dop853's interpolant, of order 7, is as good as its steps; where it is not, `at` gives such states by itself.
    fn refined(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) -> bool {
        self.method != Method::Dop853 && self.shorter(equations, theta, y)
    }

    fn adopt(&mut self, theta: f64, y: &[f64]) {
        self.adopted.push((theta, y.to_vec()));
    }
}

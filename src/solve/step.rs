//! The roles of a run, as small interfaces that do not know each other.
//!
//! A [`Stepper`] integrates one leg (a stretch of time without restart) and shows each accepted [`Step`] to an
//! [`Observer`], which may end the leg inside that step. Whether the step comes from an explicit method or from
//! another, and how it interpolates, is nobody else's business.
//!
//! Times in this layer are clock readings: seconds since the start of the present piece. So a piece that starts at
//! 1e9 s resolves its steps as well as one that starts at 0.

use super::problem::Choice;
use crate::equations::Equations;
use std::ops::ControlFlow;

/// What a method integrates at one go.
pub(super) struct Leg<'a> {
    /// Time at which the clock reads 0 [s].
    pub origin: f64,
    /// Clock at the start [s].
    pub start: f64,
    /// Clock at the end [s], not before `start`.
    pub end: f64,
    /// Length of the whole piece [s].
    pub piece: f64,
    /// State at the start; `[n_states]`.
    pub y: &'a [f64],
    /// Right-hand side at the start, finite; `[n_states]`.
    pub f: &'a [f64],
    /// Attempted steps that may still be made.
    pub budget: u64,
    /// Length of the first step [s], where it is known from before.
    pub first: Option<f64>,
}

/// How a leg ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum LegEnd {
    /// At its end.
    Reached,
    /// The observer ended it.
    Halted,
    /// Before its end.
    Failed(Trouble),
}

/// Why a leg could not be finished.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Trouble {
    /// No step length gives finite rates: index of the first state concerned.
    NotFinite(usize),
    /// No step length gives a small enough error: index of the state with the largest.
    StepTooSmall(usize),
    /// The budget is used up.
    TooManySteps,
}

/// What a leg cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Right-hand sides evaluated.
    pub rhs: u64,
    /// Jacobians evaluated.
    pub jacobians: u64,
    /// Matrices factorised.
    pub factorisations: u64,
    /// Steps accepted.
    pub accepted: u64,
    /// Steps rejected.
    pub rejected: u64,
}

impl Cost {
    /// Steps attempted.
    pub fn attempts(&self) -> u64 {
        self.accepted + self.rejected
    }

    /// Adds another cost.
    pub fn add(&mut self, other: &Cost) {
        self.rhs += other.rhs;
        self.jacobians += other.jacobians;
        self.factorisations += other.factorisations;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
    }
}

/// The step that has just been accepted, with its interpolant.
pub(super) trait Step {
    /// Clock at its start and at its end [s].
    fn clock(&self) -> (f64, f64);

    /// State at its end; `[n_states]`.
    fn end(&self) -> &[f64];

    /// The interpolant at the fraction `theta` in [0, 1] of the step, written to `y` (`[n_states]`); as accurate as
    /// the method offers. The first call for a step may evaluate right-hand sides.
    fn at(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]);

    /// A cheap interpolant, good enough to see whether an event may be near. True if it is no worse than [`Step::at`].
    fn rough(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) -> bool;

    /// The step times the largest eigenvalue of the Jacobian, where the method sees it: stability holds explicit steps
    /// down to some 5.
    fn stiffness(&self) -> f64 {
        0.0
    }

    /// Whether the interpolant is too bad for its step, so that each state inside costs a step of its own.
    fn is_dear(&mut self, _equations: &mut dyn Equations) -> bool {
        false
    }

    /// The state at the fraction `theta` by a step of the method itself from the start of this one, written to `y`
    /// (`[n_states]`): as accurate as the steps, where the interpolant may not be. False if there is no such state, or
    /// none that the interpolant could not give; `y` is then anything.
    fn refined(&mut self, _equations: &mut dyn Equations, _theta: f64, _y: &mut [f64]) -> bool {
        false
    }

    /// Takes `y` as the state at `theta`: from now on [`Step::at`] gives it there.
    fn adopt(&mut self, _theta: f64, _y: &[f64]) {}
}

/// Sees each accepted step.
pub(super) trait Observer {
    /// Looks at a step; `Break` ends the leg.
    fn accept(&mut self, equations: &mut dyn Equations, step: &mut dyn Step) -> ControlFlow<()>;
}

/// An integration method.
pub(super) trait Stepper {
    /// Integrates one leg and adds what it cost to `cost`.
    fn run(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        observer: &mut dyn Observer,
        cost: &mut Cost,
    ) -> LegEnd;

    /// The methods that it chose, if it chooses.
    fn choices(&mut self) -> Vec<Choice> {
        Vec::new()
    }
}

//! One run: parameters in, trajectory out.

use std::ops::ControlFlow;

use super::method::tolerances;
use super::sides::Sides;
use super::simulation::{Simulation, StaticValues};
use crate::compile::Evaluator;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::solve::problem::{Choice, Counters, Method, Options, Problem, Solution};
use crate::solve::solve;
use crate::system::System;
use crate::trajectory::{ChartData, PictureData, Status, Trajectory};

/// How to run; what is `None` is as the model says, or the default.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Method.
    pub method: Option<Method>,
    /// Relative tolerance.
    pub rtol: Option<f64>,
    /// Tolerance relative to the scale of each state; `rtol / 100` if neither is given.
    pub atol: Option<f64>,
    /// Number of saved times, both ends included.
    pub points: Option<usize>,
    /// Limit of attempted steps.
    pub max_steps: Option<u64>,
    /// Longest step \[s\].
    pub max_step: Option<f64>,
}

/// The relative tolerance where nobody says otherwise.
pub const DEFAULT_RTOL: f64 = 1e-8;

/// The method where nobody says otherwise.
pub const DEFAULT_METHOD: Method = Method::Auto;

/// What a run gave.
#[derive(Clone, Debug)]
pub struct Run {
    /// Columns, events, outcomes, ledger.
    pub trajectory: Trajectory,
    /// Charts.
    pub charts: Vec<ChartData>,
    /// Cells to be drawn.
    pub pictures: Vec<PictureData>,
    /// Method used.
    pub method: Method,
    /// Relative tolerance used.
    pub rtol: f64,
    /// Tolerance relative to each state's scale used.
    pub atol: f64,
    /// What the solver did.
    pub counters: Counters,
    /// What [`Method::Auto`] chose, in order of time; empty for other methods.
    pub choices: Vec<Choice>,
    /// Values of the checks that were asked for: found, expected, allowed absolute error.
    pub(super) checked: Vec<(Option<f64>, f64, Option<f64>)>,
    /// On which side of its jumps and kinks each row is.
    pub(super) sides: Sides,
    /// How the integration ended, whether or not a sum leaked.
    pub(super) ended: Status,
}

/// A run that only has to be integrated, any number of times: for benchmarks of the solvers, and for those who want
/// the states themselves.
pub struct Ready<'s> {
    /// Method.
    pub method: Method,
    /// Relative tolerance.
    pub rtol: f64,
    /// Tolerance relative to the scale of each state.
    pub atol: f64,
    /// Limit of attempted steps.
    pub max_steps: u64,
    /// Step of the fixed-step method \[s\].
    pub step: Option<f64>,
    /// Longest step \[s\].
    pub max_step: Option<f64>,
    /// The initial-value problem. Its saved times are those asked for, the starts of the pieces, and those at which
    /// outcomes look.
    pub problem: Problem,
    /// The times that were asked for.
    pub grid: Vec<f64>,
    pub(super) values: StaticValues<'s>,
    evaluator: Evaluator,
}

impl Ready<'_> {
    /// Integrates. `progress` is told the fraction of the time that is done, and may end the run.
    ///
    /// # Errors
    /// When an option makes no sense.
    pub fn solve(
        &mut self,
        progress: Option<&mut dyn FnMut(f64) -> ControlFlow<()>>,
    ) -> Result<Solution, Error> {
        let duration = self.problem.pieces.last().map_or(0.0, |p| p.end);
        let mut report = progress.map(|f| move |t: f64| f(t / duration));
        let mut options = Options {
            method: self.method,
            rtol: self.rtol,
            atol: self.atol,
            max_steps: self.max_steps,
            step: self.step,
            max_step: self.max_step,
            progress: report
                .as_mut()
                .map(|f| f as &mut dyn FnMut(f64) -> ControlFlow<()>),
        };
        solve(&mut self.evaluator, &self.problem, &mut options)
            .map_err(|e| Error::option(e.to_string()))
    }
}

impl Simulation {
    /// Runs the model's experiment.
    ///
    /// A run that fails is a result: it is returned with what it reached, and says why.
    ///
    /// # Errors
    /// When the run can't begin: a value outside its domain, an option out of range.
    pub fn run(&self, options: &RunOptions) -> Result<Run, Error> {
        self.run_with(options, None)
    }

    /// The same with a function that is told the fraction of the time that is done, and may end the run.
    ///
    /// # Errors
    /// As [`Simulation::run`].
    pub fn run_with(
        &self,
        options: &RunOptions,
        progress: Option<&mut dyn FnMut(f64) -> ControlFlow<()>>,
    ) -> Result<Run, Error> {
        let mut ready = self.ready(options)?;
        let solution = ready.solve(progress)?;
        let how = (ready.method, ready.rtol, ready.atol);
        Ok(self.harvest(&ready.problem, &solution, &ready.values, &ready.grid, how))
    }

    /// Everything before the integration: the problem with its parameters bound and checked.
    ///
    /// # Errors
    /// As [`Simulation::run`].
    pub fn ready(&self, options: &RunOptions) -> Result<Ready<'_>, Error> {
        self.ready_at(self.system.parameter_vector(), options)
    }

    /// The same with other values of the parameters (`[n_params]`, slots included).
    pub(super) fn ready_at(&self, p: Vec<f64>, options: &RunOptions) -> Result<Ready<'_>, Error> {
        let solver = &self.model().solver;
        let (method, rtol, atol) = tolerances(options, solver).map_err(|d| self.refuse(vec![d]))?;
        let points = options.points.unwrap_or(self.model().experiment.points);
        if !(2..=10_000_000).contains(&points) {
            return Err(Error::option(format!(
                "points must be from 2 to 10000000, not {points}"
            )));
        }
        let values = self.statics.values(&p);
        let (problem, grid) = self.problem(p, &values, points)?;
        Ok(Ready {
            method,
            rtol,
            atol,
            max_steps: options
                .max_steps
                .or(solver.max_steps)
                .unwrap_or(Options::default().max_steps),
            step: self.system.step.map(|s| values.of(s)),
            max_step: options
                .max_step
                .or(self.system.max_step.map(|s| values.of(s))),
            problem,
            grid,
            values,
            evaluator: Evaluator::new(self.program.clone())
                .watching(self.extrema.turning.clone(), self.extrema.rates.clone()),
        })
    }

    /// A message in terms of the model file and the settings.
    pub(super) fn refuse(&self, diagnostics: Vec<Diagnostic>) -> Error {
        Error::model(self.sources.clone(), diagnostics)
    }
}

/// Names and shown values of all constants of a system.
pub fn parameters(system: &System) -> impl Iterator<Item = (&crate::system::Parameter, f64)> {
    system
        .parameters
        .iter()
        .map(|p| (p, p.unit.from_internal(p.value)))
}

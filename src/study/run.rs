//! One run: parameters in, trajectory out.

use std::ops::ControlFlow;

use super::method::tolerances;
use super::simulation::Simulation;
use crate::compile::Evaluator;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::solve::problem::{Counters, Method, Options};
use crate::solve::solve;
use crate::system::System;
use crate::trajectory::{Column, Trajectory};

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
}

/// The relative tolerance where nobody says otherwise.
pub const DEFAULT_RTOL: f64 = 1e-8;

/// The method where nobody says otherwise.
pub const DEFAULT_METHOD: Method = Method::Dop853;

/// A curve of a chart: a column, whose name is the label.
pub type CurveData = Column;

/// A panel of a chart: the curves of one dimension, in one unit, with the levels worth naming.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelData {
    /// What is measured: the name of the only curve, or what several have in common.
    pub label: String,
    /// Curves.
    pub curves: Vec<CurveData>,
    /// Levels and their names.
    pub thresholds: Vec<(f64, String)>,
}

/// A chart of a run, in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartData {
    /// Title.
    pub title: String,
    /// File name without ending.
    pub name: String,
    /// What runs to the right.
    pub x: CurveData,
    /// True if that is time.
    pub over_time: bool,
    /// Panels, from top to bottom.
    pub panels: Vec<PanelData>,
    /// Logarithmic axes.
    pub log_x: bool,
    /// Logarithmic axes.
    pub log_y: bool,
    /// Marks at the events.
    pub events: bool,
}

/// What a run gave.
#[derive(Clone, Debug)]
pub struct Run {
    /// Columns, events, outcomes, ledger.
    pub trajectory: Trajectory,
    /// Charts.
    pub charts: Vec<ChartData>,
    /// Method used.
    pub method: Method,
    /// Relative tolerance used.
    pub rtol: f64,
    /// Tolerance relative to each state's scale used.
    pub atol: f64,
    /// What the solver did.
    pub counters: Counters,
    /// Values of the checks that were asked for: found, expected, allowed absolute error.
    pub(super) checked: Vec<(Option<f64>, f64, Option<f64>)>,
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
        let solver = &self.model().solver;
        let (method, rtol, atol) = tolerances(options, solver).map_err(|d| self.refuse(vec![d]))?;
        let points = options.points.unwrap_or(self.model().experiment.points);
        if !(2..=10_000_000).contains(&points) {
            return Err(Error::option(format!(
                "points must be from 2 to 10000000, not {points}"
            )));
        }
        let p = self.system.parameter_vector();
        let values = self.statics.values(&p);
        let (problem, grid) = self.problem(p, &values, points)?;
        let duration = problem.pieces.last().map_or(0.0, |p| p.end);
        let mut report = progress.map(|f| move |t: f64| f(t / duration));
        let mut options = Options {
            method,
            rtol,
            atol,
            max_steps: options
                .max_steps
                .or(solver.max_steps)
                .unwrap_or(Options::default().max_steps),
            step: self.system.step.map(|s| values.of(s)),
            progress: report
                .as_mut()
                .map(|f| f as &mut dyn FnMut(f64) -> ControlFlow<()>),
        };
        let mut evaluator = Evaluator::new(self.program.clone());
        let solution = solve(&mut evaluator, &problem, &mut options)
            .map_err(|e| Error::option(e.to_string()))?;
        Ok(self.harvest(&problem, &solution, &values, &grid, (method, rtol, atol)))
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

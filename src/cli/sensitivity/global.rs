//! Designs in the ranges of the axes, carried out.

use std::ops::ControlFlow;

use super::{Args, Method};
use crate::cli::digits::plural;
use crate::cli::terminal::{Stop, Terminal};
use crate::study::sensitivity::global::{morris, sobol};
use crate::study::sensitivity::{
    Ask, Bootstrap, Effects, Global, Indices, Morris, Refusal, Sobol, Solved, Work,
    table_of_effects, table_of_indices,
};
use crate::study::sweep::{Survey, SweepOptions};
use crate::study::{RunOptions, Simulation};
use crate::table::Table;

/// Most values that are kept: some 3 GB.
const MOST_VALUES: u64 = 200_000_000;

/// A design.
enum Plan {
    Morris(Morris),
    Sobol(Sobol),
}

/// All that is known before the work.
pub(super) struct Ready {
    survey: Survey,
    plan: Plan,
    seed: u64,
    resamples: usize,
    rtol: f64,
}

/// What came out.
pub(super) enum Found {
    /// Elementary effects.
    Morris(Global<Vec<Effects>>),
    /// Indices of the variance.
    Sobol(Global<Indices>),
}

/// The result of an analysis.
pub(super) struct Report {
    pub survey: Survey,
    pub found: Found,
    /// Trajectories, or rows.
    pub rows: u64,
    pub seed: u64,
    pub resamples: usize,
    pub rtol: f64,
}

impl Ready {
    pub fn new(
        args: &Args,
        method: Method,
        ask: &Ask,
        simulation: &Simulation,
        terminal: &Terminal,
    ) -> Result<Ready, Stop> {
        let refused = |e: crate::Error| Stop::Invalid(terminal.report(&e));
        let (simulation, mut study) = ask.ranges(simulation).map_err(refused)?;
        let factors = study.axes.len();
        let seed = args.seed.unwrap_or(study.seed);
        let plan = match method {
            Method::Morris => Morris::new(factors, args.trajectories, seed)
                .and_then(|m| m.with_grid(args.levels, Default::default()))
                .map(Plan::Morris),
            _ => Sobol::new(factors, args.n, args.second_order).map(Plan::Sobol),
        };
        let plan = plan.map_err(|e| terminal.invalid(e))?;
        let outcomes = simulation.model().outcomes_of(&study).len() as u64;
        if plan.points().saturating_mul(outcomes) > MOST_VALUES {
            let points = plural(plan.points(), "point");
            return Err(terminal.invalid(format!(
                "{points} with {} would not fit into memory\nhelp: fewer of them, or one outcome at a time",
                plural(outcomes, "outcome"),
            )));
        }
        // The pilot, which chooses how to solve, looks at points of a sequence in the ranges.
        study.points = Some(plan.points().min(1 << 30));
        study.seed = seed;
        let options = SweepOptions {
            run: RunOptions {
                rtol: args.rtol,
                ..RunOptions::default()
            },
        };
        let mut survey = Survey::new(&simulation, &study, &options).map_err(refused)?;
        survey.pilot();
        survey.set_points(plan.points());
        let rtol = (args.rtol.or(study.solver.rtol)).or(simulation.model().solver.rtol);
        Ok(Ready {
            survey,
            plan,
            seed,
            resamples: usize::try_from(args.resamples).unwrap_or(0),
            rtol: rtol.unwrap_or(crate::study::sweep::DEFAULT_RTOL),
        })
    }

    #[cfg(feature = "charts")]
    pub fn method(&self) -> Method {
        match self.plan {
            Plan::Morris(_) => Method::Morris,
            Plan::Sobol(_) => Method::Sobol,
        }
    }

    #[cfg(feature = "charts")]
    pub fn outcomes(&self) -> Vec<String> {
        let answers = self.survey.answers().iter();
        answers.map(|answer| answer.name.clone()).collect()
    }

    /// Does the work; `None` if it was interrupted.
    pub fn work(
        self,
        threads: usize,
        tell: &mut dyn FnMut(f64, &str) -> ControlFlow<()>,
    ) -> Result<Option<Report>, Refusal> {
        let work = Work {
            threads,
            bootstrap: Bootstrap {
                resamples: self.resamples,
                seed: self.seed,
                ..Bootstrap::default()
            },
        };
        let points = plural(self.plan.points(), "point");
        let mut progress = |fraction: f64| tell(fraction, &points);
        let found = match &self.plan {
            Plan::Morris(design) => {
                morris(&self.survey, design, &work, &mut progress).map(Found::Morris)
            }
            Plan::Sobol(design) => {
                sobol(&self.survey, design, self.seed, &work, &mut progress).map(Found::Sobol)
            }
        };
        match found {
            Ok(found) => Ok(Some(Report {
                rows: self.plan.rows(),
                survey: self.survey,
                found,
                seed: self.seed,
                resamples: self.resamples,
                rtol: self.rtol,
            })),
            Err(Refusal::Interrupted) => Ok(None),
            Err(e) => Err(e),
        }
    }
}

impl Plan {
    fn points(&self) -> u64 {
        match self {
            Plan::Morris(design) => design.points(),
            Plan::Sobol(design) => design.points(),
        }
    }

    fn rows(&self) -> u64 {
        match self {
            Plan::Morris(design) => design.trajectories(),
            Plan::Sobol(design) => design.rows(),
        }
    }
}

impl Report {
    pub fn solved(&self) -> &Solved {
        match &self.found {
            Found::Morris(found) => &found.solved,
            Found::Sobol(found) => &found.solved,
        }
    }

    /// One row for each outcome and factor.
    pub fn table(&self) -> Table {
        let (answers, axes) = (self.survey.answers(), self.survey.axes());
        match &self.found {
            Found::Morris(found) => table_of_effects(answers, axes, &found.outcomes),
            Found::Sobol(found) => table_of_indices(answers, axes, &found.outcomes),
        }
    }

    /// What makes the result incomplete.
    pub fn missing(&self) -> Option<String> {
        let solved = self.solved();
        let mut lines = match solved.failed {
            0 => return None,
            failed => vec![format!(
                "{} of {} failed",
                failed,
                plural(solved.points, "point")
            )],
        };
        let shown = solved.reasons.iter().take(5);
        lines.extend(shown.map(|(reason, count)| format!("  {count}: {reason}")));
        if solved.reasons.len() > 5 {
            lines.push(format!("  and {} other reasons", solved.reasons.len() - 5));
        }
        Some(lines.join("\n"))
    }

    /// Number of points at which an outcome has no value: those that failed, and those where it does not exist.
    pub fn without(&self, outcome: usize) -> u64 {
        let values = self.solved().values.get(outcome).into_iter().flatten();
        values.filter(|v| v.is_none()).count() as u64
    }

    /// Whether the values of an outcome differ by no more than its numerical error would make them.
    pub fn is_constant(&self, outcome: usize) -> bool {
        let values = self.solved().values.get(outcome);
        let mut known = values.into_iter().flatten().flatten().copied().peekable();
        if known.peek().is_none() {
            return false;
        }
        let ends = (f64::INFINITY, f64::NEG_INFINITY);
        let (low, high) = known.fold(ends, |(low, high), v| (low.min(v), high.max(v)));
        high - low <= 10.0 * self.rtol * low.abs().max(high.abs())
    }
}

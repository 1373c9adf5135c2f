//! One run of a problem, watched: by a clock that gives up and a caller that may end the study.

use std::ops::ControlFlow;

use super::known::{Known, end_of};
use super::norm::Norm;
use super::{Config, Given, Stage, is_fixed_step};
use crate::error::Error;
use crate::solve::problem::{Counters, Failure, Method, Outcome, Solution};
use crate::study::run::Ready;
use crate::study::{Simulation, method_name};
use crate::system::System;

/// The clock and whoever is told how far it is.
pub(super) struct Watch<'a> {
    clock: &'a mut dyn FnMut() -> f64,
    report: &'a mut dyn FnMut(&Stage) -> ControlFlow<()>,
    parts: usize,
    part: usize,
    steps: usize,
    step: usize,
    problem: String,
    what: String,
}

impl<'a> Watch<'a> {
    pub fn new(
        clock: &'a mut dyn FnMut() -> f64,
        report: &'a mut dyn FnMut(&Stage) -> ControlFlow<()>,
        parts: usize,
    ) -> Self {
        Watch {
            clock,
            report,
            parts: parts.max(1),
            part: 0,
            steps: 1,
            step: 0,
            problem: String::new(),
            what: String::new(),
        }
    }

    /// A part begins that has so many steps.
    pub fn begin(&mut self, problem: &str, steps: usize) {
        self.problem = problem.to_string();
        self.steps = steps.max(1);
        self.step = 0;
    }

    /// The next step of the part begins.
    pub fn step(&mut self, what: &str) {
        self.step += 1;
        self.what = what.to_string();
    }

    /// What is being run within the step.
    pub fn what(&mut self, what: &str) {
        self.what = what.to_string();
    }

    /// The part is done.
    pub fn next(&mut self) {
        self.part += 1;
        self.step = 0;
    }

    pub fn now(&mut self) -> f64 {
        (self.clock)()
    }

    /// True if the study is to end.
    pub fn ends(&mut self) -> bool {
        let within = (self.step as f64 / self.steps as f64).min(1.0);
        let stage = Stage {
            fraction: (self.part as f64 + within) / self.parts as f64,
            problem: &self.problem,
            what: &self.what,
        };
        (self.report)(&stage).is_break()
    }
}

/// What became of a run.
pub(super) enum Attempt {
    Done(Box<Solution>),
    Failed(String),
    GaveUp(String),
    /// Somebody ended the study.
    Stopped,
}

/// A problem ready to be run with any method.
pub(super) struct Bench<'s> {
    pub ready: Ready<'s>,
    pub norm: Norm,
    pub known: Vec<Known>,
    /// `rtol / atol`.
    pub ratio: f64,
    /// The reference that the caller gave, as a run.
    pub given: Option<(String, Solution)>,
    system: &'s System,
}

/// Steps after which a run is given up: a second or more, for the smallest of models.
const MOST_STEPS: u64 = 20_000_000;
/// Steps between two looks at the clock.
const STRIDE: u32 = 64;

impl<'s> Bench<'s> {
    pub fn new(bare: &'s Simulation, mut ready: Ready<'s>, known: Vec<Known>) -> Self {
        let ratio = ready.rtol / ready.atol;
        ready.max_steps = MOST_STEPS;
        ready.problem.save.extend(known.iter().map(|k| k.t));
        ready.problem.save.sort_by(f64::total_cmp);
        ready.problem.save.dedup();
        Bench {
            norm: Norm::new(bare.system(), &ready.problem, ratio),
            known,
            ratio,
            given: None,
            system: bare.system(),
            ready,
        }
    }

    /// Takes states from elsewhere as the reference: the run is saved at their times.
    pub fn take(&mut self, given: &Given, bare: &Simulation) -> Result<(), Error> {
        let system = bare.system();
        let n = system.states.len();
        let bad = |what: String| Error::option(format!("the reference `{}` {what}", given.from));
        let t: Vec<f64> = (given.t.iter().map(|t| system.time_unit.to_internal(*t))).collect();
        let ascends = t.windows(2).all(|w| w[0] < w[1]);
        let inside = t
            .iter()
            .all(|t| (0.0..=end_of(&self.ready.problem)).contains(t));
        if t.is_empty() || !ascends || !inside {
            return Err(bad("needs ascending times within the run".to_string()));
        }
        let mut y = vec![0.0; n * t.len()];
        let mut counts = vec![false; n];
        for (name, values) in &given.states {
            let Some(i) = system
                .states
                .iter()
                .position(|s| s.name == *name && !s.hidden)
            else {
                let shown = system.states.iter().filter(|s| !s.hidden);
                let names: Vec<&str> = shown.map(|s| s.name.as_str()).collect();
                return Err(bad(format!(
                    "has a column `{name}`, and the model no such state; it has {}",
                    names.join(", ")
                )));
            };
            if values.len() != t.len() || values.iter().any(|v| !v.is_finite()) {
                return Err(bad(format!("has no number for `{name}` at every time")));
            }
            counts[i] = true;
            for (row, value) in values.iter().enumerate() {
                y[row * n + i] = system.states[i].unit.to_internal(*value);
            }
        }
        if !counts.contains(&true) {
            return Err(bad("has no column of a state".to_string()));
        }
        self.norm.only(&counts);
        self.known.clear();
        self.ready.problem.save.clone_from(&t);
        let solution = Solution {
            regime: vec![0; t.len()],
            t,
            y,
            regimes: Vec::new(),
            corners: Vec::new(),
            summits: Vec::new(),
            occurrences: Vec::new(),
            outcome: Outcome::Reached,
            counters: Counters::default(),
            choices: Vec::new(),
        };
        self.given = Some((given.from.clone(), solution));
        Ok(())
    }

    /// States that count.
    pub fn n_shown(&self) -> usize {
        self.system.states.iter().filter(|s| !s.hidden).count()
    }

    /// Sets the method and its tolerance, or its step \[s\].
    pub fn set(&mut self, method: Method, rtol: f64, step: Option<f64>) {
        self.ready.method = method;
        self.ready.rtol = rtol;
        self.ready.atol = rtol / self.ratio;
        self.ready.step = step;
    }

    /// Runs it once, for at most so many seconds.
    pub fn attempt(&mut self, patience: f64, watch: &mut Watch) -> Attempt {
        if watch.ends() {
            return Attempt::Stopped;
        }
        let begun = watch.now();
        let (mut late, mut stopped, mut n) = (false, false, 0u32);
        let run = self.ready.solve(Some(&mut |_| {
            n = n.wrapping_add(1);
            if !n.is_multiple_of(STRIDE) {
                return ControlFlow::Continue(());
            }
            stopped = watch.ends();
            late = watch.now() - begun > patience;
            if stopped || late {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        }));
        match run {
            Err(e) => Attempt::Failed(e.to_string()),
            Ok(_) if stopped => Attempt::Stopped,
            Ok(_) if late => Attempt::GaveUp(format!("more than {patience} s")),
            Ok(solution) => match &solution.outcome {
                Outcome::Failed(Failure::TooManySteps { limit, .. }) => {
                    Attempt::GaveUp(format!("more than {limit} steps"))
                }
                Outcome::Failed(failure) => Attempt::Failed(self.words(failure)),
                _ => Attempt::Done(Box::new(solution)),
            },
        }
    }

    /// Least and median time of repeated runs, and their number; after a run that went well. `None` if none is wanted.
    pub fn time(&mut self, config: &Config, watch: &mut Watch) -> Option<(f64, f64, usize)> {
        if config.repeats == 0 {
            return None;
        }
        let mut times = Vec::new();
        let mut total = 0.0;
        while times.len() < MOST_REPEATS
            && (times.len() < config.repeats || total < config.seconds)
            && (times.is_empty() || total < 4.0 * config.seconds)
        {
            let begun = watch.now();
            // It went well before, and does the same again.
            let _ = self.ready.solve(None);
            let took = watch.now() - begun;
            total += took;
            times.push(took);
        }
        times.sort_by(f64::total_cmp);
        let n = times.len();
        let median = (times[(n - 1) / 2] + times[n / 2]) / 2.0;
        Some((times[0], median, n))
    }

    fn words(&self, failure: &Failure) -> String {
        let unit = &self.system.time_unit;
        let time = |t: f64| {
            let shown: f64 = format!("{:.3e}", unit.from_internal(t))
                .parse()
                .unwrap_or(t);
            format!("at t = {shown} {unit}")
        };
        let state = |i: usize| self.ready.problem.names.get(i).map_or("?", String::as_str);
        let event = |i: usize| self.ready.problem.events.get(i).map_or("?", |e| &e.name);
        match failure {
            Failure::NotFinite { t, state: i } => {
                format!("`{}` is not finite {}", state(*i), time(*t))
            }
            Failure::StepTooSmall { t, state: i } => {
                format!("the step became too small for `{}` {}", state(*i), time(*t))
            }
            Failure::LeftDomain { t, event: i } => format!("`{}` {}", event(*i), time(*t)),
            Failure::TooManyEvents { t, event: i } => {
                format!("`{}` does not end {}", event(*i), time(*t))
            }
            Failure::TooManySteps { t, limit } => format!("more than {limit} steps {}", time(*t)),
            Failure::Interrupted { t } => format!("ended {}", time(*t)),
        }
    }
}

/// More repeats tell nothing new.
const MOST_REPEATS: usize = 100;

/// `dop853 at 1e-8`, for progress and origins.
pub(super) fn label(method: Method, rtol: f64) -> String {
    if is_fixed_step(method) {
        method_name(method).to_string()
    } else {
        format!("{} at {rtol:e}", method_name(method))
    }
}

//! How a model is run, as the command line says it: shared by all commands that run one.

use std::time::{Instant, SystemTime};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::cli::End;
use crate::cli::progress::{Watch, interrupted};
use crate::cli::source::{Found, split_setting};
use crate::cli::terminal::{Stop, Terminal};
use crate::model::Model;
use crate::solve::problem::Method;
use crate::study::{Changes, METHODS, method_named};
use crate::study::{Run, RunOptions, Simulation, Verification};
use crate::trajectory::Status;

/// Model, settings and solver.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct How {
    /// Name of a shipped model, or path of a model file; NAME@VARIANT for a variant.
    pub model: String,
    /// Give a parameter, an input, a mode or an initial value another value, e.g. Pf="100 um/s"; a set input keeps it from the start on, in place of a step at time 0.
    #[arg(short, long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Add a step to the experiment, e.g. "at 30 s: plasma.osmolarity = 600 mOsm"; all sentences of [experiment] but those that read a file.
    #[arg(long, value_name = "SENTENCE")]
    step: Vec<String>,
    /// Leave out the steps of the model's own experiment.
    #[arg(long)]
    no_steps: bool,
    /// Integration method [default: that of the model, else auto: explicit or implicit, whichever gets on faster].
    #[arg(long, value_parser = PossibleValuesParser::new(methods()).try_map(|name| method_named(&name)))]
    method: Option<Method>,
    /// Relative tolerance [default: that of the model, else 1e-8].
    #[arg(long, value_name = "X", value_parser = tolerance, allow_negative_numbers = true)]
    rtol: Option<f64>,
    /// Absolute tolerance, relative to the scale of each state [default: that of the model, else rtol / 100].
    #[arg(long, value_name = "X", value_parser = tolerance, allow_negative_numbers = true)]
    atol: Option<f64>,
    /// Longest step, e.g. "0.1 s": what is narrower can be missed.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    max_step: Option<String>,
    /// Solve again, 1000 times more tightly and by another method where one is fit; say how wrong each column, outcome and event time may be, and print no digits beyond that.
    #[arg(long)]
    verify: bool,
    /// Number of saved times, both ends included.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=10_000_000), allow_negative_numbers = true)]
    points: Option<u64>,
    /// Length of the run, e.g. "5 s".
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    duration: Option<String>,
}

/// The methods that there are, and the one that says how it could be.
pub(in crate::cli) fn methods() -> impl Iterator<Item = PossibleValue> {
    let absent = if cfg!(feature = "bdf") {
        &[][..]
    } else {
        &["bdf"]
    };
    let there = METHODS.iter().map(|m| PossibleValue::new(m.0));
    there.chain(
        absent
            .iter()
            .map(|name| PossibleValue::new(name).hide(true)),
    )
}

pub(in crate::cli) fn tolerance(text: &str) -> Result<f64, String> {
    let number: f64 = text
        .trim()
        .parse()
        .map_err(|_| "not a number".to_string())?;
    if number > 0.0 && number < 1.0 {
        Ok(number)
    } else {
        Err("a tolerance lies between 0 and 1, e.g. 1e-8".to_string())
    }
}

/// A run with all that its files need to tell.
pub(in crate::cli) struct Done<'a> {
    pub found: &'a Found,
    pub simulation: &'a Simulation,
    pub run: Run,
    /// What a second solve says of it, and its wall time [s].
    pub verification: Option<(Verification, f64)>,
    pub started: SystemTime,
    /// Wall time [s].
    pub elapsed: f64,
    pub warnings: Vec<String>,
}

impl Done<'_> {
    /// The title of the model; its name where there is none.
    pub fn title(&self) -> String {
        match self.simulation.model().title.as_str() {
            "" => self.found.full_name(),
            title => title.to_string(),
        }
    }

    /// True if a second solve was compared with the run.
    pub fn verification_has_columns(&self) -> bool {
        let found = self.verification.as_ref();
        found.is_some_and(|v| !v.0.columns.is_empty())
    }
}

impl How {
    /// The model with the settings of the command line; all mistakes in them at once.
    pub fn simulation(&self, found: &Found, terminal: &Terminal) -> Result<Simulation, Stop> {
        let (mut settings, mut mistakes) = (Vec::new(), Vec::new());
        for word in &self.set {
            match split_setting(word, terminal.color_err()) {
                Ok(setting) => settings.push(setting),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        settings.extend(
            self.duration
                .iter()
                .map(|d| ("duration".to_string(), d.trim().to_string())),
        );
        settings.extend(
            self.max_step
                .iter()
                .map(|d| ("solver.max_step".to_string(), d.trim().to_string())),
        );
        let simulation = if self.step.is_empty() && !self.no_steps {
            found.simulation(&settings)
        } else {
            let changes = Changes {
                settings: &settings,
                without_steps: self.no_steps,
                steps: &self.step,
            };
            let bare = found.simulation(&[]);
            bare.and_then(|simulation| simulation.changed(&changes))
        };
        match simulation {
            Ok(simulation) if mistakes.is_empty() => Ok(simulation),
            Ok(_) => Err(Stop::Invalid(mistakes.join("\n\n"))),
            Err(e) => {
                mistakes.push(terminal.report(&e));
                Err(Stop::Invalid(mistakes.join("\n\n")))
            }
        }
    }

    /// What `--set` and `--duration` give a value: full name, and the value as written.
    pub fn settings(&self, model: &Model) -> Vec<(String, String)> {
        let words = self.set.iter().filter_map(|word| word.split_once('='));
        let duration = self.duration.as_deref().map(|d| ("duration", d));
        (words.chain(duration))
            .map(|(name, value)| (model.full_name(name.trim()), value.trim().to_string()))
            .collect()
    }

    /// Runs it; `None` if Ctrl-C came first.
    pub fn solve<'a>(
        &self,
        found: &'a Found,
        simulation: &'a Simulation,
        terminal: &Terminal,
    ) -> Result<Option<Done<'a>>, Stop> {
        let options = RunOptions {
            method: self.method,
            rtol: self.rtol,
            atol: self.atol,
            points: self.points.and_then(|n| usize::try_from(n).ok()),
            max_steps: None,
            max_step: None,
        };
        let started = SystemTime::now();
        let begun = Instant::now();
        let mut watch = Watch::new(terminal, "");
        let run = simulation.run_with(&options, Some(&mut |fraction| watch.tell(fraction)));
        watch.finish();
        let run = run.map_err(|e| Stop::Invalid(terminal.report(&e)))?;
        let elapsed = begun.elapsed().as_secs_f64();
        let verification = if self.verify && !interrupted() {
            let begun = Instant::now();
            let mut watch = Watch::new(terminal, "verifying: ");
            let found = simulation.verify_with(&options, &run, Some(&mut |f| watch.tell(f)));
            watch.finish();
            let found = found.map_err(|e| Stop::Invalid(terminal.report(&e)))?;
            Some((found, begun.elapsed().as_secs_f64()))
        } else {
            None
        };
        if interrupted() {
            return Ok(None);
        }
        Ok(Some(Done {
            found,
            simulation,
            run,
            verification,
            started,
            elapsed,
            warnings: Vec::new(),
        }))
    }
}

/// Says what went wrong with the run, if anything did.
pub(in crate::cli) fn verdict(done: &Done, terminal: &Terminal) -> End {
    let trajectory = &done.run.trajectory;
    if let Status::Failed(reason) = &trajectory.status {
        terminal.complain(&terminal.error(format!(
            "the run of `{}` failed: {reason}",
            done.found.full_name()
        )));
    }
    let doubts = done.verification.as_ref().map_or(&[][..], |v| &v.0.doubts);
    // Of a run that failed on its way everything has been said.
    if !doubts.is_empty() && (trajectory.is_ok() || done.verification_has_columns()) {
        terminal.complain(&terminal.error(format!(
            "the run of `{}` is not verified: {}",
            done.found.full_name(),
            doubts.join("; ")
        )));
    }
    if trajectory.is_ok() && doubts.is_empty() {
        End::Ok
    } else {
        End::Failed
    }
}

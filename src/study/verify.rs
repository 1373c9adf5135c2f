//! How wrong a run may be: solved again by another method, more tightly, and compared.
//!
//! The difference of two solves is the error of the coarser one as far as the finer one is right. A thousand times the
//! tolerance leaves room for a method that is less accurate at equal tolerance; another method does not share the
//! faults of the first. What both share (equations, Jacobian, location of events) is not verified by this.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use super::harvest::{shown_times, user_rows};
use super::outcomes::Record;
use super::run::{Ready, Run, RunOptions};
use super::sides::Sides;
use super::simulation::Simulation;
use crate::error::Error;
use crate::solve::problem::{Counters, Failure, Method, Outcome, Solution};
use crate::trajectory::{ColumnError, EventError, EventRecord, OutcomeError, Status};

/// How many times tighter the second solve is.
const TIGHTER: f64 = 1000.0;
/// The tightest tolerance of a second solve: below it, rounding decides.
const TIGHTEST: f64 = 1e-13;
/// The tolerance beside a fixed step, which has none of its own.
const BESIDE_FIXED: f64 = 1e-12;
/// Attempted steps of the second solve for one of the first. Well below the ratio that stiffness makes; above what the
/// tolerance asks of a method of order 5: 1000^(1/5) = 4.
const PATIENCE: u64 = 10;
/// A time of an extremum with a smaller relative error is one, even if the extremum is flat.
const FLAT: f64 = 1e-3;
/// Beyond this part of its size a state has not one right digit.
const WILD: f64 = 0.1;

/// The estimated errors of a run, and whether it can be trusted.
///
/// ```
/// use osmocyte::{RunOptions, Simulation};
/// let cell = Simulation::shipped("red-blood-cell")?;
/// let options = RunOptions { rtol: Some(1e-6), ..Default::default() };
/// let run = cell.run(&options)?;
/// let verification = cell.verify(&options, &run)?;
/// assert!(verification.is_verified());
/// let volume = verification.column("cell.volume").expect("a red blood cell has a volume");
/// assert!(volume.relative() < 1e-6, "± {} {}", volume.error, volume.unit);
/// # Ok::<(), osmocyte::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// Method of the second solve.
    pub method: Method,
    /// Its relative tolerance.
    pub rtol: f64,
    /// Its tolerance relative to the scale of each state.
    pub atol: f64,
    /// What it did.
    pub counters: Counters,
    /// Rows that were compared.
    pub rows: usize,
    /// Columns in the order of the table; empty if the second solve failed.
    pub columns: Vec<ColumnError>,
    /// Outcomes in the order of the model. An error is not below what the tolerance of the second solve allows, unless
    /// both solves agree to the last bit: a small difference of two numbers may be luck.
    pub outcomes: Vec<OutcomeError>,
    /// Events of the run in order of time; their errors as those of outcomes.
    pub events: Vec<EventError>,
    /// Why the run is not verified, one sentence each; empty if it is.
    pub doubts: Vec<String>,
    /// What limits the estimates, one sentence each.
    pub notes: Vec<String>,
}

impl Verification {
    /// True if the second solve went through and agrees with the run in what happened and in the first digit.
    pub fn is_verified(&self) -> bool {
        self.doubts.is_empty()
    }

    /// The error of the column of that name.
    pub fn column(&self, name: &str) -> Option<&ColumnError> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The error of the outcome of that name; `None` where it does not exist.
    pub fn outcome(&self, name: &str) -> Option<f64> {
        self.outcomes.iter().find(|o| o.name == name)?.error
    }

    /// True if the outcome is the time of an extremum that lies on a plateau.
    pub fn is_plateau(&self, name: &str) -> bool {
        self.outcomes.iter().any(|o| o.name == name && o.plateau)
    }

    /// The error of the time of an event by name and number (from 1); `None` where it did not happen.
    pub fn event(&self, name: &str, number: usize) -> Option<f64> {
        let same = |e: &&EventError| e.name == name && e.number == number;
        self.events.iter().find(same)?.error
    }
}

/// The methods for a second solve, in the order in which they are tried. All but the last are given up where they take
/// many more steps than the run: an explicit method does on a stiff problem.
fn second_methods(run: &Run) -> &'static [Method] {
    let used = |method| run.method == method || run.choices.iter().any(|c| c.method == method);
    match (used(Method::Dop853), used(Method::Radau)) {
        (_, false) if run.method == Method::Dopri5 || run.method == Method::Rk4 => {
            &[Method::Dop853, Method::Radau]
        }
        (_, false) => &[Method::Radau],
        (false, true) => &[Method::Dop853, Method::Rodas5p],
        (true, true) => &[Method::Rodas5p],
    }
}

impl Simulation {
    /// Solves again, more tightly and where possible by another method, and says how far the run is from that.
    ///
    /// `options` are those of the run.
    ///
    /// # Errors
    /// When the second solve can't begin, as [`Simulation::run`].
    pub fn verify(&self, options: &RunOptions, run: &Run) -> Result<Verification, Error> {
        self.verify_with(options, run, None)
    }

    /// The same with a function that is told the fraction of the time that is done, and may end the solve. Where a
    /// method is given up for another, the fraction begins again.
    ///
    /// # Errors
    /// As [`Simulation::verify`].
    pub fn verify_with(
        &self,
        options: &RunOptions,
        run: &Run,
        mut progress: Option<&mut dyn FnMut(f64) -> ControlFlow<()>>,
    ) -> Result<Verification, Error> {
        let (rtol, atol) = tighter(run);
        let mut ready = self.ready(&RunOptions {
            rtol: Some(rtol),
            atol: Some(atol),
            ..options.clone()
        })?;
        let mut verification = Verification {
            method: run.method,
            rtol,
            atol,
            counters: Counters::default(),
            rows: 0,
            columns: Vec::new(),
            outcomes: Vec::new(),
            events: Vec::new(),
            doubts: Vec::new(),
            notes: Vec::new(),
        };
        if matches!(run.ended, Status::Failed(_)) {
            let doubt = "the run itself failed: there is nothing to verify";
            verification.doubts.push(doubt.to_string());
            return Ok(verification);
        }
        let attempts = run.counters.accepted + run.counters.rejected;
        let limit = ready.max_steps.saturating_mul(PATIENCE);
        let mut methods = second_methods(run).iter().peekable();
        while let Some(method) = methods.next() {
            let is_last = methods.peek().is_none();
            ready.method = *method;
            ready.max_steps = if is_last {
                limit
            } else {
                limit.min(PATIENCE * attempts + 1000)
            };
            let solution = ready.solve(match &mut progress {
                Some(report) => Some(&mut **report),
                None => None,
            })?;
            let interrupted = matches!(
                solution.outcome,
                Outcome::Failed(Failure::Interrupted { .. })
            );
            let failed = matches!(solution.outcome, Outcome::Failed(_));
            if failed && !is_last && !interrupted {
                continue;
            }
            verification.method = *method;
            verification.counters = solution.counters;
            verification.note(run);
            self.compare(run, &ready, &solution, &mut verification);
            break;
        }
        Ok(verification)
    }

    /// Fills in all errors and doubts.
    fn compare(&self, run: &Run, ready: &Ready, solution: &Solution, it: &mut Verification) {
        let system = self.system();
        let record = Record::new(self, &ready.problem, solution);
        let status = self.status(&ready.problem, solution, &record);
        if let Status::Failed(reason) = &status {
            it.doubts.push(format!("the second solve failed: {reason}"));
            return;
        }
        let rows = user_rows(solution, &ready.grid);
        let times = shown_times(solution, &rows, &ready.grid, &system.time_unit);
        let both_stopped = matches!(status, Status::Stopped(_)) && run.ended == status;
        let pairs = pairs(&run.trajectory.time.values, &times, both_stopped);
        let sides = Sides::new(&ready.problem, solution, &rows);
        let kept: Vec<(usize, usize)> = (0..pairs.len())
            .filter(|k| !run.sides.parted(&sides, &pairs, *k))
            .map(|k| pairs[k])
            .collect();
        it.rows = kept.len();
        for (column, info) in run.trajectory.columns.iter().zip(&system.columns) {
            let mut error = ColumnError {
                name: column.name.clone(),
                unit: column.unit.clone(),
                error: 0.0,
                t: 0.0,
                size: 0.0,
            };
            for (i, j) in &kept {
                let own = column.values[*i];
                let other = info.unit.from_internal(record.at_row(rows[*j], info.value));
                let apart = difference(own, other);
                if apart > error.error {
                    (error.error, error.t) = (apart, run.trajectory.time.values[*i]);
                }
                error.size = error.size.max(own.abs());
            }
            it.columns.push(error);
        }
        self.doubt_states(ready, it);
        let others = system.outcomes[..system.own_outcomes].iter().map(|o| {
            // Two solves differ by a few times the tolerance of the looser one.
            let stay = record.plateau(o, 10.0 * run.rtol);
            let stay = o.unit.from_internal(stay) - o.unit.from_internal(0.0);
            (record.shown_outcome(o, &ready.values), stay)
        });
        it.compare_outcomes(run, others);
        it.compare_events(run, &self.user_events(solution));
        if run.ended != status {
            it.doubts.push(format!(
                "this run {}, the second solve {}",
                ended(&run.ended),
                ended(&status)
            ));
        }
    }

    /// States, unlike outputs, have a scale: what is large beside it is wrong. The worst one is named.
    fn doubt_states(&self, ready: &Ready, it: &mut Verification) {
        let columns: HashMap<&str, &ColumnError> =
            it.columns.iter().map(|c| (c.name.as_str(), c)).collect();
        let states = self.system().states.iter().zip(&ready.problem.scales);
        let mut wild: Vec<(f64, &ColumnError)> = states
            .filter_map(|(state, scale)| {
                let column = columns.get(state.name.as_str())?;
                let size = column.size.max(state.unit.from_internal(*scale));
                Some((column.error / size, *column))
            })
            .filter(|(part, _)| part.is_nan() || *part > WILD)
            .collect();
        wild.sort_by(|a, b| b.0.total_cmp(&a.0));
        let Some((part, worst)) = wild.first() else {
            return;
        };
        let others = match wild.len() - 1 {
            0 => String::new(),
            1 => "; another state is no better".to_string(),
            n => format!("; {n} other states are no better"),
        };
        let doubt = format!(
            "`{}` is {:.0} % of its size off the second solve at t = {} {}{others}",
            worst.name,
            100.0 * part,
            six_digits(worst.t),
            self.system().time_unit
        );
        it.doubts.push(doubt);
    }
}

impl Verification {
    /// What limits the estimates.
    fn note(&mut self, run: &Run) {
        let by = run.rtol / self.rtol;
        if run.method != Method::Rk4 && by < 0.5 * TIGHTER {
            self.notes.push(format!(
                "no tolerance is much tighter than {:.0e}: the second solve is only {by:.0} times tighter, and its own \
                 errors are in the estimates",
                run.rtol
            ));
        }
    }

    /// Each with how long its extremum lasts, if it is the time of one.
    fn compare_outcomes(&mut self, run: &Run, others: impl Iterator<Item = (Option<f64>, f64)>) {
        for (outcome, (other, stay)) in run.trajectory.outcomes.iter().zip(others) {
            let error = match (outcome.value, other) {
                (Some(own), Some(other)) => Some(self.apart(own, other)),
                (None, None) => None,
                (own, _) => {
                    let has = if own.is_some() {
                        "only in this run"
                    } else {
                        "only in the second solve"
                    };
                    self.doubts
                        .push(format!("the outcome `{}` exists {has}", outcome.name));
                    None
                }
            };
            self.outcomes.push(OutcomeError {
                name: outcome.name.clone(),
                error,
                // Within a plateau each solve finds another time; beside it they would be much closer.
                plateau: error.is_some_and(|e| {
                    e > 0.0 && stay >= 0.5 * e && e > FLAT * outcome.value.unwrap_or(0.0).abs()
                }),
            });
        }
    }

    /// Events by name and number.
    fn compare_events(&mut self, run: &Run, others: &[EventRecord]) {
        let own = by_name(&run.trajectory.events);
        let others = by_name(others);
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for event in &run.trajectory.events {
            let number = numbers.entry(&event.name).or_insert(0);
            let same = others.get(event.name.as_str());
            let other = same.and_then(|times| times.get(*number));
            *number += 1;
            self.events.push(EventError {
                name: event.name.clone(),
                number: *number,
                error: other.map(|t| self.apart(event.t, *t)),
            });
        }
        let names: BTreeSet<&str> = own.keys().chain(others.keys()).copied().collect();
        for name in names {
            let count = |list: &HashMap<&str, Vec<f64>>| list.get(name).map_or(0, Vec::len);
            let (here, there) = (count(&own), count(&others));
            if here != there {
                self.doubts.push(format!(
                    "the event `{name}` happens {} in this run and {} in the second solve",
                    times(here),
                    times(there)
                ));
            }
        }
    }

    /// How far two single numbers are apart; not less than what the second solve is good for, unless they are the same.
    fn apart(&self, own: f64, other: f64) -> f64 {
        match difference(own, other) {
            0.0 => 0.0,
            apart => apart.max(self.rtol * own.abs()),
        }
    }
}

/// The times of the events of each name.
fn by_name(events: &[EventRecord]) -> HashMap<&str, Vec<f64>> {
    let mut all: HashMap<&str, Vec<f64>> = HashMap::new();
    for event in events {
        all.entry(&event.name).or_default().push(event.t);
    }
    all
}

/// A number rounded to six digits: enough to find a place.
fn six_digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// The tolerances of a second solve. Both become tighter by the same factor.
fn tighter(run: &Run) -> (f64, f64) {
    if run.method == Method::Rk4 {
        return (BESIDE_FIXED, BESIDE_FIXED / 100.0);
    }
    let rtol = (run.rtol / TIGHTER).max(TIGHTEST).min(run.rtol);
    (rtol, run.atol * (rtol / run.rtol))
}

/// Rows of equal time; and the last ones, where both runs end at the same event.
fn pairs(own: &[f64], other: &[f64], ends_belong: bool) -> Vec<(usize, usize)> {
    let mut pairs = Vec::with_capacity(own.len());
    let mut j = 0;
    for (i, t) in own.iter().enumerate() {
        while j < other.len() && other[j] < *t {
            j += 1;
        }
        if other.get(j) == Some(t) {
            pairs.push((i, j));
        }
    }
    let ends = (own.len().wrapping_sub(1), other.len().wrapping_sub(1));
    if ends_belong && !own.is_empty() && !other.is_empty() && pairs.last() != Some(&ends) {
        pairs.push(ends);
    }
    pairs
}

/// How far two numbers are apart. Two that are not numbers agree; one that is not is infinitely wrong.
fn difference(own: f64, other: f64) -> f64 {
    let apart = (own - other).abs();
    if own == other || (own.is_nan() && other.is_nan()) {
        0.0
    } else if apart.is_nan() {
        f64::INFINITY
    } else {
        apart
    }
}

fn ended(status: &Status) -> String {
    match status {
        Status::Complete => "reaches its end".to_string(),
        Status::Stopped(event) => format!("ends at `{event}`"),
        Status::Failed(_) => "fails".to_string(),
    }
}

fn times(n: usize) -> String {
    match n {
        0 => "not at all".to_string(),
        1 => "once".to_string(),
        _ => format!("{n} times"),
    }
}

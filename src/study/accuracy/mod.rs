//! Work and precision: what each method costs for the error that it makes, over problems and tolerances.
//!
//! Every run is timed by a clock that the caller lends: below the command line there is none. What is timed is the
//! integration alone, with the model's events and saved times, without outcomes, conserved sums and charts.

mod attempt;
mod cases;
mod known;
mod norm;
mod order;
mod reference;
mod rows;
mod verdict;

use std::ops::ControlFlow;

use super::method::{METHODS, method_name};
use super::run::RunOptions;
use super::simulation::Simulation;
use crate::error::Error;
use crate::solve::problem::{Counters, Method};
use crate::table::Table;
use attempt::{Bench, Watch};
pub use cases::{cases_of_checks, letter_of_checks};
pub use order::{ORDER_PROBLEM, Order, order_in_name};
pub use reference::{Candidate, Reference};
pub use verdict::{Fastest, LEVELS, Verdict, cost_at};

/// A problem to compare methods on.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is called in tables.
    pub name: String,
    /// The model with its settings.
    pub simulation: Simulation,
    /// States that somebody else has computed, in place of a reference of our own.
    pub given: Option<Given>,
}

/// A reference from elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Where it is from, for the table.
    pub from: String,
    /// Times, ascending, in the unit in which the model shows them.
    pub t: Vec<f64>,
    /// Names of states and their values at these times, in the units in which the model shows them.
    pub states: Vec<(String, Vec<f64>)>,
}

/// What to compare, and how long to wait.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Methods, in the order of the table.
    pub methods: Vec<Method>,
    /// Relative tolerances, loosest first; the absolute ones follow as the model file says, or are a hundredth.
    pub rtols: Vec<f64>,
    /// Number of saved times, both ends included.
    pub points: usize,
    /// At least so many timed runs of each kind, if one does not take long; 0 for none.
    pub repeats: usize,
    /// No further timed run after this many seconds of them.
    pub seconds: f64,
    /// A run that takes longer is given up \[s\].
    pub patience: f64,
    /// A run for a reference that takes longer is given up \[s\].
    pub reference_patience: f64,
    /// Measure the order of each method, too.
    pub orders: bool,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            methods: METHODS.iter().map(|m| m.1).collect(),
            rtols: (4..=11).map(ten_to_minus).collect(),
            points: 101,
            repeats: 3,
            seconds: 0.03,
            patience: 1.0,
            reference_patience: 3.0,
            orders: true,
        }
    }
}

/// `1e-k`, the double nearest to it.
pub fn ten_to_minus(k: u32) -> f64 {
    1.0 / 10f64.powi(k as i32)
}

/// How far the study is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage<'a> {
    /// Part that is done, 0 to 1.
    pub fraction: f64,
    /// Name of the problem.
    pub problem: &'a str,
    /// What is being run.
    pub what: &'a str,
}

/// How a run went.
#[derive(Clone, Debug, PartialEq)]
pub enum Went {
    /// To its end.
    Ok,
    /// It failed: why.
    Failed(String),
    /// It took too long: what was too much.
    GaveUp(String),
    /// Not run, because a looser tolerance took too long already.
    NotTried(String),
}

impl Went {
    /// As it is in the table.
    pub fn text(&self) -> String {
        match self {
            Went::Ok => "ok".to_string(),
            Went::Failed(why) => format!("failed: {why}"),
            Went::GaveUp(why) => format!("gave up: {why}"),
            Went::NotTried(why) => format!("not tried: {why}"),
        }
    }
}

/// One method at one tolerance (or step) on one problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Method.
    pub method: Method,
    /// Relative tolerance; `None` for a fixed step.
    pub rtol: Option<f64>,
    /// Tolerance relative to the scale of each state.
    pub atol: Option<f64>,
    /// The fixed step \[s\].
    pub step: Option<f64>,
    /// Largest error at the saved times (see [`Table`] column `error`).
    pub error: Option<f64>,
    /// Error at the end: beside the file's values there, if it has any, else beside the reference.
    pub error_end: Option<f64>,
    /// Largest error beside the values that the file knows.
    pub error_known: Option<f64>,
    /// True where the error is below three times what the reference is uncertain by.
    pub at_floor: bool,
    /// What the solver did.
    pub counters: Option<Counters>,
    /// Least time of a run \[s\].
    pub time: Option<f64>,
    /// Median time of a run \[s\].
    pub median_time: Option<f64>,
    /// Timed runs.
    pub repeats: usize,
    /// How it went.
    pub went: Went,
}

impl Row {
    /// Largest error at the saved times over the relative tolerance: 1 is what was asked.
    pub fn error_per_tolerance(&self) -> Option<f64> {
        Some(self.error? / self.rtol?)
    }
}

/// All that was found out about one problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Name of the problem.
    pub name: String,
    /// Number of states.
    pub n_states: usize,
    /// What errors were measured against.
    pub reference: Reference,
    /// By method, then from the loosest tolerance (the longest step).
    pub rows: Vec<Row>,
    /// Which method is the fastest.
    pub verdict: Verdict,
}

/// The result of a study.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// In the order of the cases.
    pub problems: Vec<Compared>,
    /// Observed orders.
    pub orders: Vec<Order>,
}

impl Report {
    /// All rows of all problems.
    pub fn table(&self) -> Table {
        rows::table(self)
    }
}

/// Compares methods on problems.
///
/// `clock` gives seconds since any moment; `report` is told how far it is and may end the study, which then returns
/// `None`. A run that fails or takes too long is a row that says so.
///
/// ```
/// use osmocyte::study::accuracy::{Case, Config, accuracy};
///
/// let simulation = osmocyte::Simulation::shipped("brusselator")?;
/// let case = Case { name: "brusselator".into(), simulation, given: None };
/// let config = Config { rtols: vec![1e-6], repeats: 1, seconds: 0.0, ..Config::default() };
/// let begun = std::time::Instant::now();
/// let mut clock = || begun.elapsed().as_secs_f64();
/// let report = accuracy(&[case], &config, &mut clock, &mut |_| std::ops::ControlFlow::Continue(()))?;
/// let table = report.expect("nobody ended it").table();
/// assert!(table.numbers("error").expect("a column")[0].expect("a reference") < 1e-3);
/// # Ok::<(), osmocyte::Error>(())
/// ```
///
/// # Errors
/// When a problem can't begin: a value outside its domain, a reference whose times or names do not fit.
pub fn accuracy(
    cases: &[Case],
    config: &Config,
    clock: &mut dyn FnMut() -> f64,
    report: &mut dyn FnMut(&Stage) -> ControlFlow<()>,
) -> Result<Option<Report>, Error> {
    let mut watch = Watch::new(clock, report, cases.len() + usize::from(config.orders));
    let mut out = Report::default();
    for case in cases {
        let Some(compared) = compare(case, config, &mut watch)? else {
            return Ok(None);
        };
        out.problems.push(compared);
        watch.next();
    }
    if config.orders {
        let Some(orders) = order::orders(config, &mut watch)? else {
            return Ok(None);
        };
        out.orders = orders;
    }
    Ok(Some(out))
}

/// Methods that no tolerance governs.
fn is_fixed_step(method: Method) -> bool {
    matches!(method, Method::Rk4)
}

/// One problem; `None` if the study was ended.
fn compare(case: &Case, config: &Config, watch: &mut Watch) -> Result<Option<Compared>, Error> {
    let bare = case.simulation.without_outcomes()?;
    let known = known::known_values(&bare)?;
    let options = RunOptions {
        points: Some(config.points),
        ..RunOptions::default()
    };
    let ready = bare.ready(&options)?;
    let mut bench = Bench::new(&bare, ready, known);
    if let Some(given) = &case.given {
        bench.take(given, &bare)?;
    }
    watch.begin(&case.name, config.methods.len() + 2);
    let Some(made) = reference::make(&mut bench, config, watch)? else {
        return Ok(None);
    };
    let mut rows = Vec::new();
    for method in &config.methods {
        watch.step(method_name(*method));
        let Some(mut more) = rows::of_method(&mut bench, *method, &made, config, watch)? else {
            return Ok(None);
        };
        rows.append(&mut more);
    }
    Ok(Some(Compared {
        name: case.name.clone(),
        n_states: bench.n_shown(),
        verdict: verdict::verdict(&rows),
        reference: made.about,
        rows,
    }))
}

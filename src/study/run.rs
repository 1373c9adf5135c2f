//! One run: parameters in, trajectory out.

use std::ops::ControlFlow;

use super::outcomes::Record;
use super::schedule::pieces;
use super::simulation::{Simulation, StaticValues};
use crate::compile::{Evaluator, FunctionEvaluator};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Sources};
use crate::expr::ast::Way;
use crate::expr::graph::ExprId;
use crate::model::Solver;
use crate::solve::problem::{
    Action, Counters, Direction, Event, Failure, Method, Options, Outcome, Piece, Problem, Solution,
};
use crate::solve::solve;
use crate::system::{GuardInfo, Purpose, System};
use crate::trajectory::{Column, EventRecord, LedgerLine, OutcomeValue, Status, Trajectory};

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
    /// Panels: the curves of one dimension together, in one unit, with their thresholds.
    pub panels: Vec<(Vec<CurveData>, Vec<(f64, String)>)>,
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

    /// A message in terms of the model file.
    fn refuse(&self, diagnostics: Vec<Diagnostic>) -> Error {
        Error::model(Sources::new(self.model().source.clone()), diagnostics)
    }

    /// The initial-value problem, and the times that the user asked for.
    fn problem(
        &self,
        mut p: Vec<f64>,
        values: &StaticValues,
        points: usize,
    ) -> Result<(Problem, Vec<f64>), Error> {
        let system = &self.system;
        let duration = values.of(system.duration);
        if !(duration > 0.0 && duration.is_finite()) {
            let shown = system.time_unit.from_internal(duration);
            return Err(self.refuse(vec![
                Diagnostic::new(
                    self.model().experiment.duration.span,
                    format!("the duration can't be {shown} {}", system.time_unit),
                )
                .help("it must be above 0 and finite"),
            ]));
        }
        for (_, slot, initial) in &system.modes {
            p[*slot] = values.of(*initial);
        }
        for input in &system.inputs {
            p[input.slots.value] = values.of(input.initial);
        }
        let pieces = pieces(system, values, duration).map_err(|d| self.refuse(d))?;
        let y0: Vec<f64> = system.states.iter().map(|s| values.of(s.initial)).collect();
        self.check_domain(&p, &y0, &pieces, values)?;
        let grid: Vec<f64> = (0..points)
            .map(|i| {
                if i + 1 == points {
                    duration
                } else {
                    duration * i as f64 / (points - 1) as f64
                }
            })
            .collect();
        let mut save = grid.clone();
        save.extend(pieces.iter().map(|piece| piece.start));
        save.extend(
            system
                .outcomes
                .iter()
                .flat_map(|o| &o.aggregates)
                .filter_map(|(_, a)| match a {
                    crate::system::Aggregate::At(_, time) => {
                        Some(values.of(*time)).filter(|t| (0.0..=duration).contains(t))
                    }
                    _ => None,
                }),
        );
        save.sort_by(f64::total_cmp);
        save.dedup();
        let scales = self.scales(&y0, values, duration);
        let names = system.states.iter().map(|s| s.name.clone()).collect();
        let events = system.events.iter().map(event).collect();
        Ok((
            Problem {
                pieces,
                y0,
                p,
                scales,
                names,
                save,
                events,
            },
            grid,
        ))
    }

    /// The size of each state: as given, or its initial value, or 1 in the unit in which it is shown. For an integral,
    /// what it would be if nothing changed.
    fn scales(&self, y0: &[f64], values: &StaticValues, duration: f64) -> Vec<f64> {
        let given = |s: &crate::system::StateInfo| {
            s.scale
                .map(|id| values.of(id).abs())
                .filter(|v| *v > 0.0 && v.is_finite())
        };
        let own: Vec<f64> = (self.system.states.iter().zip(y0))
            .map(|(s, y)| {
                let size = y.abs();
                given(s).unwrap_or(if size > 0.0 && size.is_finite() {
                    size
                } else {
                    s.unit.to_internal(1.0)
                })
            })
            .collect();
        let shown = self
            .system
            .states
            .iter()
            .zip(&own)
            .filter(|(s, _)| !s.hidden)
            .map(|(_, v)| *v);
        let largest = shown.fold(0.0, f64::max);
        // An integral must not steer the steps of what it only adds up: it is at least as large as the states.
        (self.system.states.iter().zip(&own))
            .map(|(s, v)| {
                if s.hidden {
                    largest.max(*v).max(f64::MIN_POSITIVE * duration)
                } else {
                    *v
                }
            })
            .collect()
    }

    /// Refuses values that mean nothing, each by name, with what is allowed.
    fn check_domain(
        &self,
        p: &[f64],
        y0: &[f64],
        pieces: &[Piece],
        values: &StaticValues,
    ) -> Result<(), Error> {
        let mut mistakes = Vec::new();
        let finite = |value: f64| value.is_finite();
        for (state, y) in self
            .system
            .states
            .iter()
            .zip(y0)
            .filter(|(_, y)| !finite(**y))
        {
            let span = self
                .model()
                .states
                .iter()
                .find(|s| s.name == state.name)
                .map(|s| s.initial.span)
                .unwrap_or_default();
            mistakes.push(Diagnostic::new(
                span,
                format!("`{}` is {y} at the start", state.name),
            ));
        }
        let allowed = |guard: &GuardInfo, value: f64| {
            if guard.strict {
                value > 0.0
            } else {
                value >= 0.0
            }
        };
        let refuse = |guard: &GuardInfo, shown: f64, when: String| {
            let shown = guard.unit.from_internal(shown);
            let unit = shown_unit(&guard.unit);
            let blank = if unit.is_empty() { "" } else { " " };
            let message = format!(
                "`{}` = {}{blank}{unit}{when}: {}",
                guard.name,
                round_trip(shown),
                guard.message
            );
            Diagnostic::new(guard.span, message)
        };
        for guard in &self.system.guards {
            let at_start = values.of(guard.at_start);
            if !allowed(guard, at_start) {
                mistakes.push(refuse(guard, values.of(guard.shown), String::new()));
            }
        }
        // Inputs: at both ends of each piece, which is enough for values that are constant or straight lines in it.
        let mut probes = FunctionEvaluator::new(self.probes.function.clone());
        let mut out = vec![0.0; self.probes.function.n_outputs()];
        let mut p = p.to_vec();
        for piece in pieces {
            for (slot, value) in &piece.set {
                p[*slot] = *value;
            }
            probes.bind(&p);
            for t in [piece.start, piece.end] {
                probes.eval(t, y0, &mut out);
                for guard in self.system.guards.iter().filter(|g| self.is_input_guard(g)) {
                    let value = self
                        .probes
                        .index
                        .get(&guard.value)
                        .map_or(f64::NAN, |i| out[*i]);
                    let seen = mistakes.iter().any(|m: &Diagnostic| m.span == guard.span);
                    if !allowed(guard, value) && !seen {
                        let when = format!(
                            " at {} {}",
                            self.system.time_unit.from_internal(t),
                            self.system.time_unit
                        );
                        let shown = self.system.columns.iter().find(|c| c.name == guard.name);
                        let shown = shown
                            .and_then(|c| self.probes.index.get(&c.value))
                            .map_or(value, |i| out[*i]);
                        mistakes.push(refuse(guard, shown, when));
                    }
                }
            }
        }
        if mistakes.is_empty() {
            Ok(())
        } else {
            Err(self.refuse(mistakes))
        }
    }

    /// True for a guard on an input or on what follows from inputs alone.
    fn is_input_guard(&self, guard: &GuardInfo) -> bool {
        !self.system.events.iter().any(|e| matches!(e.purpose, Purpose::Guard(i) if std::ptr::eq(&self.system.guards[i], guard)))
    }

    /// Everything that a solution tells.
    fn harvest(
        &self,
        problem: &Problem,
        solution: &Solution,
        values: &StaticValues,
        grid: &[f64],
        how: (Method, f64, f64),
    ) -> Run {
        let system = &self.system;
        let record = Record::new(system, &self.probes, problem, solution);
        let rows = user_rows(solution, grid);
        let time_unit = &system.time_unit;
        let column = |id: ExprId, name: &str, unit: &crate::units::Unit, about: &str| Column {
            name: name.to_string(),
            unit: shown_unit(unit),
            about: about.to_string(),
            values: rows
                .iter()
                .map(|row| unit.from_internal(record.at_row(*row, id)))
                .collect(),
        };
        let time = Column {
            name: "t".to_string(),
            unit: time_unit.text().to_string(),
            about: "time".to_string(),
            values: rows
                .iter()
                .map(|row| time_unit.from_internal(solution.t[*row]))
                .collect(),
        };
        let columns: Vec<Column> = system
            .columns
            .iter()
            .map(|c| column(c.value, &c.name, &c.unit, &c.about))
            .collect();
        let outcomes: Vec<OutcomeValue> = system.outcomes[..system.own_outcomes]
            .iter()
            .map(|o| OutcomeValue {
                name: o.name.clone(),
                value: record.outcome(o, values).map(|v| o.unit.from_internal(v)),
                unit: shown_unit(&o.unit),
                about: o.about.clone(),
            })
            .collect();
        let ledger = self.ledger(&record, how.1);
        let events = (solution.occurrences.iter())
            .filter(|o| system.events[o.event].purpose == Purpose::User)
            .map(|o| EventRecord {
                name: system.events[o.event].name.clone(),
                t: time_unit.from_internal(o.t),
            })
            .collect();
        let checked = (system.checks.iter())
            .map(|c| {
                (
                    record.outcome(&system.outcomes[c.outcome], values),
                    values.of(c.is),
                    c.atol.map(|a| values.of(a)),
                )
            })
            .collect();
        let charts = system.charts.iter().map(|chart| {
            let x = match &chart.x {
                None => time.clone(),
                Some(x) => column(x.value, &x.label, &x.unit, ""),
            };
            ChartData {
                title: chart.title.clone(),
                name: chart.name.clone(),
                over_time: chart.x.is_none(),
                x,
                panels: panels(chart, values, &column),
                log_x: chart.log_x,
                log_y: chart.log_y,
                events: chart.events,
            }
        });
        let status = self.status(problem, solution, &record);
        Run {
            charts: charts.collect(),
            trajectory: Trajectory {
                time,
                columns,
                status,
                events,
                outcomes,
                ledger,
            },
            method: how.0,
            rtol: how.1,
            atol: how.2,
            counters: solution.counters,
            checked,
        }
    }

    fn ledger(&self, record: &Record, rtol: f64) -> Vec<LedgerLine> {
        let line = |c: &crate::system::ConservedInfo| LedgerLine {
            name: c.name.clone(),
            residual: record.residual(&c.terms),
            tolerance: c.tolerance.unwrap_or((100.0 * rtol).max(1e-9)),
        };
        self.system.conserved.iter().map(line).collect()
    }

    fn status(&self, problem: &Problem, solution: &Solution, record: &Record) -> Status {
        let system = &self.system;
        let failure = match &solution.outcome {
            Outcome::Reached => return Status::Complete,
            Outcome::Stopped(event) => return Status::Stopped(system.events[*event].name.clone()),
            Outcome::Failed(failure) => failure,
        };
        let time = |t: f64| {
            format!(
                "t = {} {}",
                system.time_unit.from_internal(t),
                system.time_unit
            )
        };
        let name = |state: usize| problem.names.get(state).map_or("?", String::as_str);
        Status::Failed(match failure {
            Failure::NotFinite { t, state } => match record.first_not_finite() {
                Some((culprit, value)) => format!(
                    "`{culprit}` is {value} at {}, so `{}` can't go on",
                    time(*t),
                    name(*state)
                ),
                None => format!(
                    "the rate of `{}` is not finite at {}",
                    name(*state),
                    time(*t)
                ),
            },
            Failure::StepTooSmall { t, state } => {
                format!(
                    "`{}` forced the time step to nothing at {}",
                    name(*state),
                    time(*t)
                )
            }
            Failure::TooManySteps { t, limit } => {
                format!(
                    "{limit} steps did not suffice: the run stands at {}; give it more with max_steps, or another method",
                    time(*t)
                )
            }
            Failure::LeftDomain { t, event } => {
                let info = &system.events[*event];
                let why = match info.purpose {
                    Purpose::Guard(guard) => format!(
                        "`{}` left its domain: {}",
                        info.name, system.guards[guard].message
                    ),
                    _ => format!("event `{}`", info.name),
                };
                format!("{why} ({})", time(*t))
            }
            Failure::TooManyEvents { t, event } => {
                format!(
                    "event `{}` happens again and again without time going on, at {}",
                    system.events[*event].name,
                    time(*t)
                )
            }
            Failure::Interrupted { t } => format!("interrupted at {}", time(*t)),
        })
    }
}

/// The text of a unit beside a number: a plain number has none.
pub fn shown_unit(unit: &crate::units::Unit) -> String {
    if unit.text() == "1" {
        String::new()
    } else {
        unit.text().to_string()
    }
}

/// A number in its shortest form.
fn round_trip(value: f64) -> String {
    // 12 digits: what conversion between units leaves behind does not belong into a message.
    let rounded: f64 = format!("{value:.11e}").parse().unwrap_or(value);
    format!("{rounded}")
}

fn event(info: &crate::system::EventInfo) -> Event {
    let direction = match info.way {
        Way::Rises => Direction::Rising,
        Way::Falls => Direction::Falling,
        Way::Crosses => Direction::Either,
    };
    let action = match info.purpose {
        Purpose::Kink(slot) => Action::Kink { slot },
        _ if info.fails => Action::Fail,
        _ if info.stops => Action::Stop,
        _ if info.applies => Action::Apply,
        _ => Action::Record,
    };
    Event {
        name: info.name.clone(),
        direction,
        action,
    }
}

/// The rows at the times that the user asked for, and the last one.
fn user_rows(solution: &Solution, grid: &[f64]) -> Vec<usize> {
    let mut wanted = grid.iter().peekable();
    let mut rows = Vec::with_capacity(grid.len());
    for (row, t) in solution.t.iter().enumerate() {
        while wanted.peek().is_some_and(|w| **w < *t) {
            wanted.next();
        }
        if wanted.peek() == Some(&t) || row + 1 == solution.t.len() {
            rows.push(row);
        }
    }
    rows
}

/// The method and tolerances of a run.
fn tolerances(options: &RunOptions, solver: &Solver) -> Result<(Method, f64, f64), Diagnostic> {
    let method = match (&options.method, &solver.method) {
        (Some(method), _) => *method,
        (None, Some((name, span))) => {
            method_named(name).map_err(|message| Diagnostic::new(*span, message))?
        }
        _ => DEFAULT_METHOD,
    };
    let rtol = options.rtol.or(solver.rtol).unwrap_or(DEFAULT_RTOL);
    // A tolerance given for the run governs both, unless both are given.
    let atol = options
        .atol
        .or(if options.rtol.is_some() {
            None
        } else {
            solver.atol
        })
        .unwrap_or(rtol / 100.0);
    Ok((method, rtol, atol))
}

/// A method by its name.
///
/// # Errors
/// A message with the names that there are.
pub fn method_named(name: &str) -> Result<Method, String> {
    match METHODS.iter().find(|(n, _)| *n == name) {
        Some((_, method)) => Ok(*method),
        None => {
            let names: Vec<&str> = METHODS.iter().map(|(n, _)| *n).collect();
            let nearest = crate::diagnostic::nearest(name, names.iter().copied());
            let hint = nearest.map_or_else(
                || format!("there are: {}", names.join(", ")),
                |n| format!("did you mean `{n}`?"),
            );
            Err(format!("there is no method `{name}`; {hint}"))
        }
    }
}

/// The name of a method.
pub fn method_name(method: Method) -> &'static str {
    METHODS
        .iter()
        .find(|(_, m)| *m == method)
        .map_or("", |(name, _)| name)
}

/// All methods with their names.
pub const METHODS: &[(&str, Method)] = &[
    ("dopri5", Method::Dopri5),
    ("dop853", Method::Dop853),
    ("rk4", Method::Rk4),
    ("rodas5p", Method::Rodas5p),
];

/// Curves of one dimension share a panel and the unit of the first of them.
fn panels(
    chart: &crate::system::ChartInfo,
    values: &StaticValues,
    column: &dyn Fn(ExprId, &str, &crate::units::Unit, &str) -> Column,
) -> Vec<(Vec<CurveData>, Vec<(f64, String)>)> {
    let mut dimensions = Vec::new();
    for curve in &chart.y {
        if !dimensions.contains(&curve.dimension) {
            dimensions.push(curve.dimension);
        }
    }
    (dimensions.into_iter())
        .filter_map(|dimension| {
            let mut curves = chart.y.iter().filter(|c| c.dimension == dimension);
            let unit = curves.clone().next().map(|c| c.unit.clone())?;
            let thresholds = chart.thresholds.iter().filter(|t| t.2 == dimension);
            let thresholds = thresholds
                .map(|(id, label, _)| (unit.from_internal(values.of(*id)), label.clone()))
                .collect();
            Some((
                curves
                    .by_ref()
                    .map(|c| column(c.value, &c.label, &unit, ""))
                    .collect(),
                thresholds,
            ))
        })
        .collect()
}

/// Names and shown values of all constants of a system.
pub fn parameters(system: &System) -> impl Iterator<Item = (&crate::system::Parameter, f64)> {
    system
        .parameters
        .iter()
        .map(|p| (p, p.unit.from_internal(p.value)))
}

//! From a solution to what the user sees: columns, outcomes, ledger, charts, status.

use super::outcomes::Record;
use super::panels::panels;
use super::picture::picture;
use super::run::{Ready, Run};
use super::sides::Sides;
use super::simulation::{Simulation, StaticValues};
use crate::expr::graph::ExprId;
use crate::solve::problem::{Failure, Method, Outcome, Problem, Solution};
use crate::system::Purpose;
use crate::trajectory::{
    ChartData, Column, EventRecord, LedgerLine, OutcomeValue, Status, Trajectory,
};
use crate::units::Unit;

/// What a sweep keeps of a run.
pub(super) struct Gist {
    /// Outcomes in internal units.
    pub outcomes: Vec<Option<f64>>,
    /// Residuals of the conserved sums.
    pub ledger: Vec<LedgerLine>,
}

impl Simulation {
    /// What a sweep keeps of a solution.
    pub(super) fn gist(&self, ready: &Ready, solution: &Solution) -> Gist {
        let record = Record::new(self, &ready.problem, solution);
        let own = &self.system.outcomes[..self.system.own_outcomes];
        Gist {
            outcomes: own
                .iter()
                .map(|o| record.outcome(o, &ready.values))
                .collect(),
            ledger: self.ledger(&record, ready.rtol),
        }
    }

    /// Everything that a solution tells.
    pub(super) fn harvest(
        &self,
        problem: &Problem,
        solution: &Solution,
        values: &StaticValues,
        grid: &[f64],
        how: (Method, f64, f64),
    ) -> Run {
        let system = &self.system;
        let record = Record::new(self, problem, solution);
        let rows = user_rows(solution, grid);
        let time_unit = &system.time_unit;
        let column = |id: ExprId, name: &str, unit: &Unit, about: &str| {
            let value = record.reader(id);
            Column {
                name: name.to_string(),
                unit: shown_unit(unit),
                about: about.to_string(),
                values: rows
                    .iter()
                    .map(|row| unit.from_internal(value(record.row(*row))))
                    .collect(),
            }
        };
        let time = Column {
            name: "t".to_string(),
            unit: time_unit.text().to_string(),
            about: "time".to_string(),
            values: shown_times(solution, &rows, grid, time_unit),
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
                value: record.shown_outcome(o, values),
                unit: shown_unit(&o.unit),
                about: o.about.clone(),
            })
            .collect();
        let ledger = self.ledger(&record, how.1);
        let events = self.user_events(solution);
        let checked = (system.checks.iter())
            .map(|c| {
                (
                    record.outcome(&system.outcomes[c.outcome], values),
                    values.of(c.is),
                    c.atol.map(|a| values.of(a)),
                )
            })
            .collect();
        // Curves have their corners where they are: charts also know the events and both sides of jumps.
        let timeline = record.timeline();
        let curve = |id: ExprId, name: &str, unit: &Unit| {
            let value = record.reader(id);
            Column {
                name: name.to_string(),
                unit: shown_unit(unit),
                about: String::new(),
                values: timeline
                    .iter()
                    .map(|(_, row)| unit.from_internal(value(row)))
                    .collect(),
            }
        };
        let times = timeline.iter().map(|(t, _)| time_unit.from_internal(*t));
        let times: Vec<f64> = times.collect();
        let charts = system.charts.iter().map(|chart| {
            let x = match &chart.x {
                None => Column {
                    values: times.clone(),
                    ..time.clone()
                },
                Some(x) => curve(x.value, &x.label, &x.unit),
            };
            ChartData {
                title: chart.title.clone(),
                name: chart.name.clone(),
                over_time: chart.x.is_none(),
                times: times.clone(),
                x,
                panels: panels(chart, values, &curve),
                log_x: chart.log_x,
                log_y: chart.log_y,
                events: chart.events,
            }
        });
        let pictures = system.pictures.iter().map(|info| {
            let times = timeline.iter();
            let times = times.map(|(t, _)| time_unit.from_internal(*t));
            let time = Column {
                values: times.collect(),
                ..time.clone()
            };
            picture(info, &record, &timeline, time)
        });
        let pictures = pictures.collect();
        // A run that leaks can't be trusted, whatever else it did.
        let leaks: Vec<String> = ledger.iter().filter_map(LedgerLine::leak).collect();
        let ended = self.status(problem, solution, &record);
        let status = match ended.clone() {
            status if leaks.is_empty() => status,
            Status::Failed(reason) => Status::Failed(format!("{reason}; {}", leaks.join("; "))),
            _ => Status::Failed(leaks.join("; ")),
        };
        Run {
            charts: charts.collect(),
            pictures,
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
            choices: solution.choices.clone(),
            checked,
            sides: Sides::new(problem, solution, &rows),
            ended,
        }
    }

    /// The events that the user knows of, in order of time.
    pub(super) fn user_events(&self, solution: &Solution) -> Vec<EventRecord> {
        let system = &self.system;
        (solution.occurrences.iter())
            .filter(|o| system.events[o.event].purpose == Purpose::User)
            .map(|o| EventRecord {
                name: system.events[o.event].name.clone(),
                t: system.time_unit.from_internal(o.t),
            })
            .collect()
    }

    pub(super) fn ledger(&self, record: &Record, rtol: f64) -> Vec<LedgerLine> {
        let line = |c: &crate::system::ConservedInfo| LedgerLine {
            name: c.name.clone(),
            residual: record.residual(&c.terms),
            tolerance: c.tolerance.unwrap_or((100.0 * rtol).max(1e-9)),
        };
        self.system.conserved.iter().map(line).collect()
    }

    pub(super) fn status(&self, problem: &Problem, solution: &Solution, record: &Record) -> Status {
        let system = &self.system;
        let failure = match &solution.outcome {
            Outcome::Reached => return Status::Complete,
            Outcome::Stopped(event) => return Status::Stopped(system.events[*event].name.clone()),
            Outcome::Failed(failure) => failure,
        };
        let time = |t: f64| {
            // Enough to find the place; where a run breaks down is not known to the last digit.
            let shown: f64 = format!("{:.5e}", system.time_unit.from_internal(t))
                .parse()
                .unwrap_or(t);
            format!("t = {shown} {}", system.time_unit)
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
                format!("{}, at {}", system.endless(*event), time(*t))
            }
            Failure::Interrupted { t } => format!("interrupted at {}", time(*t)),
        })
    }
}

/// The rows at the times that the user asked for, and the last one.
pub(super) fn user_rows(solution: &Solution, grid: &[f64]) -> Vec<usize> {
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

/// The times of the rows as they were asked for: the k-th of n is k·T/(n − 1) in the unit of T, not what conversion to
/// seconds and back makes of it.
pub(super) fn shown_times(
    solution: &Solution,
    rows: &[usize],
    grid: &[f64],
    unit: &Unit,
) -> Vec<f64> {
    let last = grid.len() - 1;
    let length = unit.from_internal(grid[last]);
    let shown = |t: f64| match grid.binary_search_by(|asked| asked.total_cmp(&t)) {
        Ok(k) if k == last => length,
        Ok(k) => length * k as f64 / last as f64,
        Err(_) => unit.from_internal(t),
    };
    rows.iter().map(|row| shown(solution.t[*row])).collect()
}

/// The text of a unit beside a number: a plain number has none.
pub fn shown_unit(unit: &Unit) -> String {
    if unit.text() == "1" {
        String::new()
    } else {
        unit.text().to_string()
    }
}

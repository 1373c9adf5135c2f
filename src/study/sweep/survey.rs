//! A study made ready: its points, and what solves them.

use std::ops::Range;

use super::axis::{Axis, Values};
use super::engine::{Engine, Rows, SweepOptions, SweepStatus};
use super::worker::Worker;
use crate::error::Error;
use crate::lanes::Isa;
use crate::model::{AxisDef, Design as Plan, Setting, StudyDef};
use crate::solve::lanes::LaneMethod;
use crate::study::design::{Design, Kind};
use crate::study::harvest::shown_unit;
use crate::study::simulation::Simulation;
use crate::table::{Table, Values as Cells};
use crate::units::Unit;

/// Most different sets of equations in one study.
const MOST_MODELS: u64 = 1000;

/// Points that are solved by both methods to choose between them.
const PILOT: u64 = 48;

/// The same for methods that solve each point alone.
const ALONE: usize = 4;

/// How much slower an operation is then.
const ALONE_COST: f64 = 8.0;

/// Where the points are.
#[derive(Clone, Debug)]
enum Layout {
    /// Every value with every other; the last axis changes fastest.
    Grid,
    /// Row after row of a table.
    Rows,
    /// A design in the unit cube.
    Drawn(Design),
}

/// What an axis changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Parameter number … of the engines.
    Parameter(usize),
    /// The equations themselves: number … of those that do.
    Structure(usize),
}

/// An outcome of the study.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Name.
    pub name: String,
    /// The unit in which it is shown.
    pub unit: Unit,
    /// What it is, in a few words.
    pub about: String,
}

/// A study made ready.
pub struct Survey {
    /// Name.
    pub name: String,
    axes: Vec<Axis>,
    reach: Vec<Reach>,
    /// Values of the axes that change the equations.
    structures: Vec<Vec<f64>>,
    layout: Layout,
    points: u64,
    /// One for each combination of structures, the last changing fastest.
    engines: Vec<Engine>,
    answers: Vec<Answer>,
    /// Number of parameters behind `Reach::Parameter`.
    varied: usize,
}

impl Survey {
    /// Makes the study of a model ready. It must have been settled ([`crate::model::Model::settle_study`]).
    ///
    /// # Errors
    /// When a value can't be set, or there are too many sets of equations.
    pub fn new(
        simulation: &Simulation,
        study: &StudyDef,
        options: &SweepOptions,
    ) -> Result<Survey, Error> {
        let model = simulation.model();
        let counts = &simulation.system().counts;
        let mut axes = Vec::new();
        let mut reach = Vec::new();
        let mut structures: Vec<Vec<f64>> = Vec::new();
        let mut varied = 0;
        for def in &study.axes {
            let full = model.full_name(&def.name);
            let axis = Axis::new(def, unit_of(simulation, &full))?;
            let changes = def.name == AxisDef::VARIANT || counts.contains(&full);
            if changes {
                reach.push(Reach::Structure(structures.len()));
                structures.push(distinct(&axis)?);
            } else {
                reach.push(Reach::Parameter(varied));
                varied += 1;
            }
            axes.push(axis);
        }
        let models = structures.iter().try_fold(1u64, |n, list| {
            n.checked_mul(list.len() as u64)
                .filter(|n| *n <= MOST_MODELS)
        });
        let Some(models) = models else {
            return Err(Error::option(format!(
                "the study has more than {MOST_MODELS} different sets of equations"
            )));
        };
        let points = study.size();
        let drawn = |kind: Kind| {
            Design::new(kind, axes.len(), points, study.seed, study.scramble)
                .map(Layout::Drawn)
                .map_err(|e| Error::option(e.to_string()))
        };
        let layout = match study.design {
            Plan::Grid => Layout::Grid,
            Plan::Rows => Layout::Rows,
            Plan::Random => drawn(Kind::Random)?,
            Plan::Lhs => drawn(Kind::LatinHypercube)?,
            Plan::Halton => drawn(Kind::Halton)?,
            Plan::Sobol => drawn(Kind::Sobol)?,
        };
        let mut survey = Survey {
            name: study.name.clone(),
            axes,
            reach,
            structures,
            layout,
            points,
            engines: Vec::new(),
            answers: Vec::new(),
            varied,
        };
        for group in 0..models {
            let engine = survey.engine(simulation, study, group, options)?;
            survey.engines.push(engine);
        }
        let asked = model.outcomes_of(study).len();
        if let Some(engine) = survey.engines.first() {
            let own = &engine.simulation().system().outcomes;
            survey.answers = (own.iter().take(asked))
                .map(|o| Answer {
                    name: o.name.clone(),
                    unit: o.unit.clone(),
                    about: o.about.clone(),
                })
                .collect();
        }
        Ok(survey)
    }

    /// The engine for a combination of structures.
    fn engine(
        &self,
        simulation: &Simulation,
        study: &StudyDef,
        group: u64,
        options: &SweepOptions,
    ) -> Result<Engine, Error> {
        let mut variant = None;
        let (mut settings, mut varied) = (Vec::new(), Vec::new());
        let choices = self.choices(group);
        for ((axis, def), reach) in self.axes.iter().zip(&study.axes).zip(&self.reach) {
            match *reach {
                Reach::Structure(k) => {
                    let value = self.structures[k][choices[k]];
                    match &axis.values {
                        Values::Variants(list) => variant = list[value as usize].as_deref(),
                        _ => settings.push(setting(def, axis, value)),
                    }
                }
                Reach::Parameter(_) => varied.push(setting(def, axis, axis.first())),
            }
        }
        let (own, names) = simulation.for_study(variant, &settings, &varied, study)?;
        Engine::new(own, &names, options)
    }

    /// The number of the value of each structure in a combination.
    fn choices(&self, group: u64) -> Vec<usize> {
        let mut rest = group;
        let mut choices = vec![0; self.structures.len()];
        for (choice, list) in choices.iter_mut().zip(&self.structures).rev() {
            *choice = (rest % list.len() as u64) as usize;
            rest /= list.len() as u64;
        }
        choices
    }

    /// Number of points.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// What differs from point to point.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// What each point answers.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// The compiled models, one for each set of equations.
    pub fn engines(&self) -> &[Engine] {
        &self.engines
    }

    /// Says that a design of the caller's own, of so many points, takes the place of the study's: from now on points are
    /// given by their places in the unit cube, to [`Hand::solve_at`], and not by their numbers.
    pub fn set_points(&mut self, points: u64) {
        self.points = points;
    }

    /// The shown values of point `k` on all axes (`[axes.len()]`).
    pub fn point(&self, k: u64, values: &mut [f64]) {
        match &self.layout {
            Layout::Grid => {
                let mut rest = k;
                for (value, axis) in values.iter_mut().zip(&self.axes).rev() {
                    let n = axis.len().unwrap_or(1).max(1);
                    *value = axis.at(rest % n);
                    rest /= n;
                }
            }
            Layout::Rows => {
                for (value, axis) in values.iter_mut().zip(&self.axes) {
                    *value = axis.at(k);
                }
            }
            Layout::Drawn(design) => {
                design.point(k, values);
                self.of_cube(values);
            }
        }
    }

    /// Places in the unit cube turned into shown values.
    pub fn of_cube(&self, values: &mut [f64]) {
        for (value, axis) in values.iter_mut().zip(&self.axes) {
            *value = axis.of(*value);
        }
    }

    /// The combination of structures that shown values belong to.
    fn group(&self, values: &[f64]) -> usize {
        let mut group = 0;
        for (value, reach) in values.iter().zip(&self.reach) {
            if let Reach::Structure(k) = reach {
                let list = &self.structures[*k];
                let choice = list.iter().position(|v| v == value).unwrap_or_default();
                group = group * list.len() + choice;
            }
        }
        group
    }

    /// Names of the methods, one for each set of equations.
    pub fn methods(&self) -> Vec<&'static str> {
        self.engines.iter().map(Engine::method_name).collect()
    }

    /// Takes the methods that a pilot has chosen before, for the same study; false if these can't be its methods.
    pub fn set_methods(&mut self, names: &[String]) -> bool {
        if names.len() != self.engines.len() {
            return false;
        }
        for (engine, name) in self.engines.iter_mut().zip(names) {
            match name.as_str() {
                "rodas5p" if engine.chooses() => engine.set_method(LaneMethod::Rodas5p),
                "dopri5" if engine.chooses() => engine.set_method(LaneMethod::Dopri5),
                _ => {}
            }
            if engine.method_name() != name.as_str() {
                return false;
            }
        }
        true
    }

    /// Chooses the method of each engine that is free to choose, by a few points spread over the study. Gives the
    /// operations that a point takes, roughly. Both depend on nothing but the study.
    pub fn pilot(&mut self) -> f64 {
        let n = self.points.min(PILOT);
        let mut values = vec![0.0; self.axes.len()];
        let mut by_group: Vec<Vec<f64>> = vec![Vec::new(); self.engines.len()];
        let mut counts = vec![0; self.engines.len()];
        for i in 0..n {
            // Spread evenly, and not in step with a grid.
            let k =
                (u128::from(self.points) * (2 * u128::from(i) + 1) / (2 * u128::from(n))) as u64;
            self.point(k, &mut values);
            let group = self.group(&values);
            counts[group] += 1;
            for ((value, reach), axis) in values.iter().zip(&self.reach).zip(&self.axes) {
                if let Reach::Parameter(_) = reach {
                    by_group[group].push(axis.internal(*value));
                }
            }
        }
        let width = self.varied;
        let (mut work, mut tried) = (0.0, 0);
        for ((engine, points), count) in self.engines.iter_mut().zip(&by_group).zip(counts) {
            let point = |i: usize| &points[i * width..][..width];
            if !engine.in_lanes() {
                for i in 0..count.min(ALONE) {
                    work += ALONE_COST
                        * engine.cost(LaneMethod::Rodas5p)
                        * (engine.alone(point(i)).steps as f64);
                    tried += 1;
                }
                continue;
            }
            // Operations, and how many points take more steps than they may.
            let most = engine.max_steps();
            let trial = |method: LaneMethod, engine: &mut Engine| {
                engine.set_method(method);
                let mut rows = Rows::default();
                let mut values = |i: usize, out: &mut [f64]| {
                    out.copy_from_slice(point(i));
                };
                let lanes = engine.lanes();
                Worker::new(engine, Isa::best(), lanes).run(count, &mut values, &mut rows);
                let work = rows.steps.iter().sum::<u64>() as f64 * engine.cost(method);
                let beyond = rows.steps.iter().filter(|n| **n >= most).count();
                (beyond, work)
            };
            tried += count;
            if !engine.chooses() {
                work += trial(engine.method(), engine).1;
                continue;
            }
            let stiff = trial(LaneMethod::Rodas5p, engine);
            // No longer than it takes to know that it is slower.
            let mean = stiff.1 / engine.cost(LaneMethod::Dopri5) / count.max(1) as f64;
            let limit = engine.limit_steps((4.0 * mean) as u64 + 10);
            let explicit = trial(LaneMethod::Dopri5, engine);
            engine.limit_steps(limit);
            // A method that gets through is better than a cheap one that does not.
            let (chosen, best) = match explicit < stiff {
                true => (LaneMethod::Dopri5, explicit.1),
                false => (LaneMethod::Rodas5p, stiff.1),
            };
            engine.set_method(chosen);
            work += best;
        }
        work / tried.max(1) as f64
    }

    /// Somebody who solves points; one for each thread.
    pub fn hand(&self, isa: Isa, lanes: Option<usize>) -> Hand<'_> {
        Hand {
            survey: self,
            isa,
            lanes,
            workers: self.engines.iter().map(|_| None).collect(),
            rows: Rows::default(),
        }
    }

    /// The columns of the table without rows.
    pub fn empty_table(&self) -> Table {
        self.table(&[], &[], &Rows::default())
    }

    /// Names of the columns that are there in any study, before and behind the others. One that an axis or an outcome
    /// has taken gets `run_` before it.
    fn fixed<const N: usize>(&self, names: [&str; N]) -> [String; N] {
        let axes = self.axes.iter().map(|axis| &axis.name);
        let taken: Vec<&String> = axes.chain(self.answers.iter().map(|a| &a.name)).collect();
        names.map(|name| {
            let mut free = name.to_string();
            while taken.contains(&&free) {
                free.insert_str(0, "run_");
            }
            free
        })
    }

    fn table(&self, numbers: &[u64], inputs: &[f64], rows: &Rows) -> Table {
        let n = rows.status.len();
        let mut table = Table::default();
        let [point, status_name, reason_name, end_name, steps_name] =
            self.fixed(["point", "status", "reason", "end", "steps"]);
        let points = numbers.iter().copied().map(Some).collect();
        table.push(&point, "", "number of the point", Cells::Counts(points));
        let width = self.axes.len();
        for (i, axis) in self.axes.iter().enumerate() {
            let column = (0..n).map(|row| inputs[row * width + i]);
            let cells = match &axis.values {
                Values::Variants(_) => Cells::Words(
                    column
                        .map(|v| axis.text(v).unwrap_or_default().to_string())
                        .collect(),
                ),
                _ => Cells::Numbers(column.map(Some).collect()),
            };
            let unit = match &axis.values {
                Values::Variants(_) => String::new(),
                _ => shown_unit(&axis.unit),
            };
            table.push(&axis.name, &unit, "as varied", cells);
        }
        let all = self.engines.first().map_or(0, Engine::n_outcomes);
        for (i, answer) in self.answers.iter().enumerate() {
            let value = |row: usize| {
                let value = rows.outcomes[row * all + i];
                (!value.is_nan()).then(|| answer.unit.from_internal(value))
            };
            let cells = Cells::Numbers((0..n).map(value).collect());
            table.push(
                &answer.name,
                &shown_unit(&answer.unit),
                &answer.about,
                cells,
            );
        }
        let status = rows.status.iter().map(|status| match status {
            SweepStatus::Complete => "complete",
            SweepStatus::Stopped(_) => "stopped",
            SweepStatus::Failed(_) => "failed",
        });
        let status = status.map(str::to_string).collect();
        let about = "complete, stopped (by an event) or failed";
        table.push(&status_name, "", about, Cells::Words(status));
        let reason = rows.status.iter().map(|status| match status {
            SweepStatus::Complete => String::new(),
            SweepStatus::Stopped(text) | SweepStatus::Failed(text) => text.to_string(),
        });
        let reason = reason.collect();
        let about = "the event that stopped the run, or why it failed";
        table.push(&reason_name, "", about, Cells::Words(reason));
        let time = self
            .engines
            .first()
            .map(|e| &e.simulation().system().time_unit);
        let end = |t: &f64| time.map(|unit| unit.from_internal(*t));
        let end = rows.end.iter().map(end).collect();
        let unit = time.map(shown_unit).unwrap_or_default();
        table.push(
            &end_name,
            &unit,
            "time at which the run ended",
            Cells::Numbers(end),
        );
        let steps = rows.steps.iter().copied().map(Some).collect();
        table.push(&steps_name, "", "steps attempted", Cells::Counts(steps));
        table
    }
}

impl Axis {
    /// A value to begin with.
    fn first(&self) -> f64 {
        match &self.values {
            Values::Range { from, .. } => *from,
            _ => self.at(0),
        }
    }
}

/// The different values of an axis that changes the equations.
fn distinct(axis: &Axis) -> Result<Vec<f64>, Error> {
    let n = match axis.len() {
        Some(n) => n,
        None => {
            let name = &axis.name;
            return Err(Error::option(format!(
                "`{name}` changes the equations: give its values as a list"
            )));
        }
    };
    let mut list: Vec<f64> = Vec::new();
    for i in 0..n {
        let value = axis.at(i);
        if !list.contains(&value) {
            list.push(value);
        }
        if list.len() as u64 > MOST_MODELS {
            break;
        }
    }
    Ok(list)
}

/// The unit in which something is shown.
fn unit_of(simulation: &Simulation, name: &str) -> Option<Unit> {
    let system = simulation.system();
    let parameter = system.parameters.iter().find(|p| p.name == name);
    let computed = system.computed.iter().find(|c| c.name == name);
    let state = system.states.iter().find(|s| s.name == name);
    let time = (name == "duration").then(|| system.time_unit.clone());
    (parameter.map(|p| p.unit.clone()))
        .or(computed.map(|c| c.unit.clone()))
        .or(state.map(|s| s.unit.clone()))
        .or(time)
        .or_else(|| {
            let column = system.columns.iter().find(|c| c.name == name);
            column.map(|c| c.unit.clone())
        })
}

/// The setting that gives what an axis varies one of its values.
fn setting(def: &AxisDef, axis: &Axis, shown: f64) -> Setting {
    let unit = match def.values.unit() {
        Some(unit) => Some(unit.clone()),
        None if axis.unit.text() == "1" || axis.unit.text().is_empty() => None,
        None => Some(axis.unit.clone()),
    };
    let value = crate::model::Quantity {
        value: shown,
        unit,
        span: def.span,
    };
    Setting {
        name: def.name.clone(),
        span: def.span,
        value: value.ast(),
    }
}

/// Somebody who solves points of a survey.
pub struct Hand<'s> {
    survey: &'s Survey,
    isa: Isa,
    lanes: Option<usize>,
    workers: Vec<Option<Worker<'s>>>,
    rows: Rows,
}

impl Hand<'_> {
    /// Solves these points of the study.
    pub fn solve(&mut self, points: Range<u64>) -> Table {
        let numbers: Vec<u64> = points.collect();
        self.solve_numbers(&numbers)
    }

    /// Solves the points of these numbers.
    pub fn solve_numbers(&mut self, numbers: &[u64]) -> Table {
        let survey = self.survey;
        let inputs = inputs(survey, numbers, |k, values| survey.point(k, values));
        self.solve_rows(numbers, &inputs)
    }

    /// Solves points that are given by their places in the unit cube: `place` writes that of point `k`.
    pub fn solve_at(&mut self, points: Range<u64>, place: &dyn Fn(u64, &mut [f64])) -> Table {
        let survey = self.survey;
        let numbers: Vec<u64> = points.collect();
        let inputs = inputs(survey, &numbers, |k, values| {
            place(k, values);
            survey.of_cube(values);
        });
        self.solve_rows(&numbers, &inputs)
    }

    fn solve_rows(&mut self, numbers: &[u64], inputs: &[f64]) -> Table {
        let survey = self.survey;
        let width = survey.axes.len();
        let n = numbers.len();
        let values = |row: usize| &inputs[row * width..][..width];
        let mut all = Rows::sized(n, survey.engines.first().map_or(0, Engine::n_outcomes));
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); survey.engines.len()];
        for row in 0..n {
            members[survey.group(values(row))].push(row);
        }
        for (group, members) in members.iter().enumerate() {
            if members.is_empty() {
                continue;
            }
            let mut point = |i: usize, out: &mut [f64]| {
                let shown = values(members[i]).iter().zip(&survey.axes);
                for ((value, axis), reach) in shown.zip(&survey.reach) {
                    if let Reach::Parameter(k) = reach {
                        out[*k] = axis.internal(*value);
                    }
                }
            };
            let engine = &survey.engines[group];
            let (isa, lanes) = (self.isa, self.lanes);
            let worker = self.workers[group].get_or_insert_with(|| {
                Worker::new(engine, isa, lanes.unwrap_or_else(|| engine.lanes()))
            });
            worker.run(members.len(), &mut point, &mut self.rows);
            all.scatter(&mut self.rows, members);
        }
        survey.table(numbers, inputs, &all)
    }
}

/// The shown values of these points, row after row.
fn inputs(survey: &Survey, numbers: &[u64], value: impl Fn(u64, &mut [f64])) -> Vec<f64> {
    let width = survey.axes.len();
    let mut inputs = vec![0.0; numbers.len() * width];
    for (row, number) in numbers.iter().enumerate() {
        value(*number, &mut inputs[row * width..][..width]);
    }
    inputs
}

//! What all points of a sweep share: the compiled model, where outcomes come from, how to solve.

use std::collections::HashMap;
use std::sync::Arc;

use crate::compile::{Inputs, LaneFunction, LaneProgram};
use crate::error::Error;
use crate::expr::graph::{ExprId, VarId};
use crate::solve::lanes::{Extremum, LaneMethod, Setup, Zero};
use crate::solve::problem::{Action, Failure, Method, Options, Piece};
use crate::study::method::{method_name, tolerances};
use crate::study::problem::event;
use crate::study::run::RunOptions;
use crate::study::simulation::Simulation;
use crate::system::{Aggregate, Purpose, System};
use crate::units::Unit;

/// Limit of attempted steps of one point where nobody says otherwise.
pub const DEFAULT_MAX_STEPS: u64 = 100_000;

/// Relative tolerance of a sweep where nobody says otherwise.
pub const DEFAULT_RTOL: f64 = 1e-6;

/// How to solve the points.
#[derive(Clone, Debug, Default)]
pub struct SweepOptions {
    /// Method, tolerances, limits; what is `None` is as the model says, or the default of sweeps.
    pub run: RunOptions,
}

/// How a point ended.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum SweepStatus {
    /// At the end of its time.
    #[default]
    Complete,
    /// At this event.
    Stopped(Arc<str>),
    /// Before its time, for this reason.
    Failed(Arc<str>),
}

/// The results of some points, in their order.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Outcomes in internal units, row after row; NaN where one does not exist.
    pub outcomes: Vec<f64>,
    /// Time at which each point ended \[s\].
    pub end: Vec<f64>,
    /// Attempted steps.
    pub steps: Vec<u64>,
    /// How each ended.
    pub status: Vec<SweepStatus>,
}

impl Rows {
    /// Rows that nothing is known of yet.
    pub(super) fn sized(n: usize, outcomes: usize) -> Rows {
        let mut rows = Rows::default();
        rows.reset(n, outcomes);
        rows
    }

    /// The same in place.
    pub(super) fn reset(&mut self, n: usize, outcomes: usize) {
        self.outcomes.clear();
        self.outcomes.resize(n * outcomes, f64::NAN);
        self.end.clear();
        self.end.resize(n, 0.0);
        self.steps.clear();
        self.steps.resize(n, 0);
        self.status.clear();
        self.status.resize(n, SweepStatus::Complete);
    }

    /// Takes the rows of `other` as those of these numbers.
    pub(super) fn scatter(&mut self, other: &mut Rows, numbers: &[usize]) {
        if numbers.len() == self.status.len() {
            return std::mem::swap(self, other);
        }
        let width = other.outcomes.len() / numbers.len().max(1);
        for (from, &to) in numbers.iter().enumerate() {
            let values = &other.outcomes[from * width..][..width];
            self.outcomes[to * width..][..width].copy_from_slice(values);
            self.end[to] = other.end[from];
            self.steps[to] = other.steps[from];
            self.status[to] = std::mem::take(&mut other.status[from]);
        }
    }
}

/// Where a piece of an outcome comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source {
    /// Value or time of an extremum.
    Value(usize),
    Time(usize),
    /// A probe at the end, at the start, or at a mark.
    Final(usize),
    Initial(usize),
    Mark(usize, usize),
    /// A state at the end; the same by the length of the run.
    Integral(usize),
    Mean(usize),
    /// Time of the first occurrence of a watched event; number of occurrences.
    First(usize),
    Count(usize),
}

/// Places of the static expressions that a point needs.
pub(super) struct Places {
    pub duration: usize,
    pub initial: Vec<usize>,
    /// Slot and value at the start of modes and inputs.
    pub slots: Vec<(usize, usize)>,
    /// Guards: value at the start, and whether 0 is refused.
    pub guards: Vec<(usize, bool)>,
    /// Times of events, which must be above 0.
    pub events: Vec<usize>,
    /// Times of marks.
    pub marks: Vec<usize>,
    /// Longest step, where the model gives one.
    pub max_step: Option<usize>,
}

/// A model made ready for sweeping some of its parameters.
pub struct Engine {
    pub(super) simulation: Simulation,
    pub(super) options: RunOptions,
    pub(super) program: Arc<LaneProgram>,
    pub(super) statics: LaneFunction,
    pub(super) index: HashMap<ExprId, usize>,
    pub(super) places: Places,
    pub(super) outcome: LaneFunction,
    pub(super) sources: Vec<Source>,
    pub(super) n_probes: usize,
    /// Probes of each conserved sum, and its tolerance.
    pub(super) sums: Vec<(Vec<usize>, f64)>,
    pub(super) setup: Setup,
    /// Whether lanes are used, or each point is solved alone.
    pub(super) in_lanes: bool,
    /// The method that was asked for.
    asked: Method,
    /// Indices of the varied parameters.
    pub(super) varied: Vec<usize>,
    /// The pieces of time, where no varied parameter changes them.
    pub(super) pieces: Option<Arc<Vec<Piece>>>,
    /// Whether inputs have limits that each point must be held against.
    pub(super) checks_inputs: bool,
    /// Names of the watched events.
    pub(super) stops: Vec<Arc<str>>,
}

impl Engine {
    /// Compiles `simulation` for sweeping the parameters of these names; all its outcomes are gathered.
    ///
    /// # Errors
    /// When a name is no parameter of the equations, or an option makes no sense.
    pub fn new(
        simulation: Simulation,
        varied: &[String],
        options: &SweepOptions,
    ) -> Result<Self, Error> {
        let system = simulation.system().clone();
        let flat = &system.flat;
        let solver = simulation.model().solver.clone();
        let mut run = options.run.clone();
        run.rtol = run.rtol.or(solver.rtol.is_none().then_some(DEFAULT_RTOL));
        run.max_steps = run
            .max_steps
            .or(solver.max_steps)
            .or(Some(DEFAULT_MAX_STEPS));
        run.points = Some(2);
        let (method, rtol, atol) =
            tolerances(&run, &solver).map_err(|d| simulation.refuse(vec![d]))?;
        let indices: Vec<usize> = varied
            .iter()
            .map(|name| {
                let found = system.parameters.iter().position(|p| p.name == *name);
                found.ok_or_else(|| Error::option(format!("`{name}` can't be varied")))
            })
            .collect::<Result<_, _>>()?;

        let own = &system.outcomes[..system.own_outcomes];
        let aggregates: Vec<(VarId, Aggregate)> = own
            .iter()
            .flat_map(|o| o.aggregates.iter().cloned())
            .collect();
        let mut gathering = Gathering::new(&system, &aggregates);
        let sources = (aggregates.iter().map(|(_, a)| gathering.source(a))).collect();
        let mut terms = Vec::new();
        for sum in &system.conserved {
            let probes = sum.terms.iter().map(|id| gathering.probe(*id)).collect();
            let tolerance = sum.tolerance.unwrap_or((100.0 * rtol).max(1e-9));
            terms.push((probes, tolerance));
        }
        // Values of extrema are watched behind the events.
        let Gathering {
            events,
            zeros,
            extrema,
            watched,
            probes,
            marks,
            ..
        } = gathering;
        let held: Vec<usize> = (events.iter().zip(&zeros))
            .filter_map(|(e, zero)| (*zero != Zero::Corner).then_some(*e))
            .collect();
        let program = LaneProgram::new(&system, (&events, &held), &watched, &probes);
        let program = program.map_err(|e| Error::option(e.to_string()))?;

        let mut ids = system.static_expressions();
        ids.extend(&marks);
        ids.sort();
        ids.dedup();
        let index: HashMap<ExprId, usize> =
            ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
        let inputs = Inputs {
            time: flat.time,
            states: &flat.states,
            params: &flat.params,
        };
        let statics = LaneFunction::new(&flat.graph, &inputs, &ids);
        let statics = statics.map_err(|e| Error::option(e.to_string()))?;
        let at = |id: ExprId| index.get(&id).copied().unwrap_or_default();
        let slots = (system.modes.iter().map(|m| (m.1, at(m.2))))
            .chain(system.inputs.iter().map(|i| (i.slots.value, at(i.initial))));
        let places = Places {
            duration: at(system.duration),
            initial: system.states.iter().map(|s| at(s.initial)).collect(),
            slots: slots.collect(),
            guards: (system.guards.iter().map(|g| (at(g.at_start), g.strict))).collect(),
            events: (system.events.iter().filter_map(|e| e.at))
                .map(|(id, _)| at(id))
                .collect(),
            marks: marks.iter().map(|id| at(*id)).collect(),
            max_step: system.max_step.map(at),
        };

        let stands: Vec<VarId> = aggregates.iter().map(|(var, _)| *var).collect();
        let formulas: Vec<ExprId> = own.iter().map(|o| o.value).collect();
        let inputs = Inputs {
            time: flat.time,
            states: &stands,
            params: &flat.params,
        };
        let outcome = LaneFunction::new(&flat.graph, &inputs, &formulas);
        let outcome = outcome.map_err(|e| Error::option(e.to_string()))?;

        let ready = simulation.ready_at(system.parameter_vector(), &run);
        let in_lanes = matches!(method, Method::Auto | Method::Rodas5p | Method::Dopri5);
        let moved = moved_by(&system, &indices);
        let fixed = schedule_ids(&system).iter().all(|id| !moved(*id));
        // A model that can't run as it stands in its file may still run at the points.
        let (sizes, pieces) = match &ready {
            Ok(ready) => (
                ready.problem.scales.clone(),
                fixed.then(|| Arc::new(ready.problem.pieces.clone())),
            ),
            Err(_) => (vec![1.0; system.states.len()], None),
        };
        let checks_inputs = !simulation.input_guards().is_empty()
            && (pieces.is_none() || simulation.input_guards().iter().any(|g| moved(g.value)));
        let setup = Setup {
            method: match method {
                Method::Dopri5 => LaneMethod::Dopri5,
                _ => LaneMethod::Rodas5p,
            },
            rtol,
            atol,
            max_steps: run.max_steps.unwrap_or(Options::default().max_steps),
            events: events
                .iter()
                .zip(&zeros)
                .map(|(&e, zero)| {
                    let mut event = event(&system.events[e], &system.guards);
                    if *zero == Zero::Corner {
                        event.action = Action::Record;
                    }
                    event
                })
                .collect(),
            zeros,
            extrema,
            sizes,
        };
        let stops = (events
            .iter()
            .map(|&e| system.events[e].name.as_str().into()))
        .collect();
        drop(ready);
        Ok(Engine {
            simulation,
            options: run,
            program: Arc::new(program),
            statics,
            index,
            places,
            outcome,
            sources,
            n_probes: probes.len(),
            sums: terms,
            setup,
            in_lanes,
            asked: method,
            varied: indices,
            pieces,
            checks_inputs,
            stops,
        })
    }

    /// Names and units of the outcomes.
    pub fn outcomes(&self) -> impl Iterator<Item = (&str, &Unit)> {
        let system = self.simulation.system();
        let own = &system.outcomes[..system.own_outcomes];
        own.iter().map(|o| (o.name.as_str(), &o.unit))
    }

    /// Number of varied parameters.
    pub fn n_varied(&self) -> usize {
        self.varied.len()
    }

    /// Number of outcomes.
    pub fn n_outcomes(&self) -> usize {
        self.simulation.system().own_outcomes
    }

    /// The model.
    pub fn simulation(&self) -> &Simulation {
        &self.simulation
    }

    /// The method that lanes use.
    pub fn method(&self) -> LaneMethod {
        self.setup.method
    }

    /// Makes lanes use another method.
    pub fn set_method(&mut self, method: LaneMethod) {
        self.setup.method = method;
    }

    /// Whether a method may be chosen.
    pub fn chooses(&self) -> bool {
        self.asked == Method::Auto && self.in_lanes
    }

    /// The name of the method: of lanes, or of those who solve each point alone.
    pub fn method_name(&self) -> &'static str {
        method_name(match (self.in_lanes, self.setup.method) {
            (false, _) => self.asked,
            (true, LaneMethod::Dopri5) => Method::Dopri5,
            (true, LaneMethod::Rodas5p) => Method::Rodas5p,
        })
    }

    /// Relative and absolute tolerance.
    pub fn tolerances(&self) -> (f64, f64) {
        (self.setup.rtol, self.setup.atol)
    }

    /// Limit of attempted steps of a point.
    pub fn max_steps(&self) -> u64 {
        self.setup.max_steps
    }

    /// Sets the limit of attempted steps; gives the one before.
    pub fn limit_steps(&mut self, limit: u64) -> u64 {
        std::mem::replace(&mut self.setup.max_steps, limit)
    }

    /// Additions and multiplications of an attempted step of the method of its lanes, roughly; an elementary function counts
    /// for fifteen.
    pub fn operations(&self) -> f64 {
        self.cost(self.setup.method)
    }

    /// The same of a method.
    pub(super) fn cost(&self, method: LaneMethod) -> f64 {
        let [rates, slopes, watch] = self.program.operations().map(|n| n as f64);
        let n = self.simulation.system().states.len() as f64;
        let entries = self.program.jacobian_entries() as f64;
        // Of each: right-hand sides, sums of stages, the matrix, what is watched, control.
        match method {
            LaneMethod::Rodas5p => {
                7.0 * rates
                    + slopes
                    + 110.0 * n
                    + 8.0 * (2.0 * entries + 4.0 * n)
                    + 2.0 * watch
                    + 80.0
            }
            LaneMethod::Dopri5 => 6.0 * rates + 60.0 * n + 2.0 * watch + 80.0,
        }
    }

    /// How many lanes suit the model: as many as leave the stages of a step near the processor.
    pub fn lanes(&self) -> usize {
        match self.simulation.system().states.len() {
            0..=24 => 32,
            _ => 8,
        }
    }

    /// Whether a point that takes too many steps in lanes may be another method's: then it is solved alone.
    pub(super) fn may_change(&self) -> bool {
        self.chooses() && self.setup.method == LaneMethod::Dopri5
    }

    /// Whether points are solved in lanes, or each alone.
    pub fn in_lanes(&self) -> bool {
        self.in_lanes
    }
}

/// Why a run that left its domain at this event failed.
fn why_left(system: &System, event: usize) -> String {
    let info = &system.events[event];
    match info.purpose {
        Purpose::Guard(guard) => format!(
            "`{}` left its domain: {}",
            info.name, system.guards[guard].message
        ),
        _ => format!("event `{}`", info.name),
    }
}

/// Why a run failed, without the time: points that failed alike have the same reason.
pub(super) fn reason(system: &System, failure: &Failure) -> String {
    let name = |state: usize| system.states.get(state).map_or("?", |s| s.name.as_str());
    match failure {
        Failure::NotFinite { state, .. } => {
            format!("the rate of `{}` is not finite", name(*state))
        }
        Failure::StepTooSmall { state, .. } => {
            format!("`{}` forced the time step to nothing", name(*state))
        }
        Failure::TooManySteps { limit, .. } => format!("{limit} steps did not suffice"),
        Failure::LeftDomain { event, .. } => why_left(system, *event),
        Failure::TooManyEvents { event, .. } => system.endless(*event),
        Failure::Interrupted { .. } => "interrupted".to_string(),
    }
}

/// Static expressions that the pieces of time depend on.
fn schedule_ids(system: &System) -> Vec<ExprId> {
    let mut ids = vec![system.duration];
    for input in &system.inputs {
        ids.push(input.initial);
        ids.extend(input.changes.iter().flat_map(|c| &c.numbers));
    }
    ids
}

/// Whether an expression depends on one of these parameters.
fn moved_by<'s>(system: &'s System, params: &[usize]) -> impl Fn(ExprId) -> bool + use<'s> {
    let graph = &system.flat.graph;
    let vars: Vec<VarId> = params.iter().map(|&i| system.flat.params[i]).collect();
    let mut moves = vec![false; graph.len()];
    for (i, node) in graph.nodes().iter().enumerate() {
        moves[i] = match node {
            crate::expr::graph::Node::Variable(var) => vars.contains(var),
            _ => node.children().any(|c| moves[c.0 as usize]),
        };
    }
    move |id| moves.get(id.0 as usize).copied().unwrap_or(true)
}

/// What lanes have to watch for the outcomes.
struct Gathering<'s> {
    system: &'s System,
    /// Events of the system that are watched.
    events: Vec<usize>,
    /// What their zeros are. Kinks at which nothing jumps are corners.
    zeros: Vec<Zero>,
    extrema: Vec<Extremum>,
    watched: Vec<ExprId>,
    probes: Vec<ExprId>,
    marks: Vec<ExprId>,
}

impl<'s> Gathering<'s> {
    fn new(system: &'s System, aggregates: &[(VarId, Aggregate)]) -> Self {
        let mut asked = vec![false; system.events.len()];
        let mut turns = vec![false; system.events.len()];
        for (_, aggregate) in aggregates {
            match aggregate {
                Aggregate::TimeOf(e) | Aggregate::CountOf(e) => asked[*e] = true,
                Aggregate::Max(_, Some(e))
                | Aggregate::Min(_, Some(e))
                | Aggregate::TimeOfMax(_, Some(e))
                | Aggregate::TimeOfMin(_, Some(e)) => turns[*e] = true,
                _ => {}
            }
        }
        let values: Vec<ExprId> = (aggregates.iter())
            .filter_map(|(_, aggregate)| aggregate.value())
            .collect();
        let jumps = crate::compile::lanes::jumps(system, &values);
        let needed = |&e: &usize| {
            let info = &system.events[e];
            let acts = info.stops || info.fails || info.applies;
            match info.purpose {
                Purpose::Kink(_) => true,
                _ => acts || asked[e] || turns[e],
            }
        };
        let events: Vec<usize> = (0..system.events.len()).filter(needed).collect();
        let zero = |&e: &usize| match system.events[e].purpose {
            Purpose::Outcome if turns[e] && !asked[e] => Zero::Turn,
            Purpose::Kink(_) if !jumps.contains(&e) => Zero::Corner,
            _ => Zero::Place,
        };
        let zeros = events.iter().map(zero).collect();
        Gathering {
            system,
            events,
            zeros,
            extrema: Vec::new(),
            watched: Vec::new(),
            probes: Vec::new(),
            marks: Vec::new(),
        }
    }

    fn event(&self, e: usize) -> Option<usize> {
        self.events.iter().position(|known| *known == e)
    }

    fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
        let known = list.iter().position(|k| *k == item);
        known.unwrap_or_else(|| {
            list.push(item);
            list.len() - 1
        })
    }

    fn probe(&mut self, id: ExprId) -> usize {
        Self::place(&mut self.probes, id)
    }

    fn extremum(&mut self, id: ExprId, turning: Option<usize>, max: bool) -> usize {
        // At a jump the value has two limits: its kinks are held like those of the rates.
        let known = self.system.extrema.iter().find(|x| x.value == id);
        let value = known.map_or(id, |x| x.frozen);
        let value = self.events.len() + Self::place(&mut self.watched, value);
        let turning = turning.and_then(|e| self.event(e));
        let extremum = Extremum {
            value,
            turning,
            max,
        };
        Self::place(&mut self.extrema, extremum)
    }

    fn source(&mut self, aggregate: &Aggregate) -> Source {
        match *aggregate {
            Aggregate::Max(x, e) => Source::Value(self.extremum(x, e, true)),
            Aggregate::Min(x, e) => Source::Value(self.extremum(x, e, false)),
            Aggregate::TimeOfMax(x, e) => Source::Time(self.extremum(x, e, true)),
            Aggregate::TimeOfMin(x, e) => Source::Time(self.extremum(x, e, false)),
            Aggregate::Final(x) => Source::Final(self.probe(x)),
            Aggregate::Initial(x) => Source::Initial(self.probe(x)),
            Aggregate::At(x, t) => {
                let mark = Self::place(&mut self.marks, t);
                Source::Mark(mark, self.probe(x))
            }
            Aggregate::Integral(state) => Source::Integral(state),
            Aggregate::Mean(state) => Source::Mean(state),
            Aggregate::TimeOf(e) => {
                Source::First(self.event(e).unwrap_or(self.system.events.len()))
            }
            Aggregate::CountOf(e) => {
                Source::Count(self.event(e).unwrap_or(self.system.events.len()))
            }
        }
    }
}

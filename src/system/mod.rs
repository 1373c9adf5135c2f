//! A model as flat equations over one graph.

mod build;
mod declare;
mod events;
mod finish;
mod gross;
mod guards;
mod inputs;
pub mod jacobian;
mod names;
mod outcomes;
mod picture;
pub mod sensitivity;
mod shown;

pub use build::build;

use crate::diagnostic::Span;
use crate::expr::ast::Way;
use crate::expr::graph::{ExprId, Graph, Node, VarId};
use crate::model::picture::{Part, Shape};
use crate::units::{Dimension, Unit};

/// What an assignment of an event changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The state of this index.
    State(usize),
    /// The parameter or slot of this index.
    Param(usize),
}

/// Flat equations: what the compiler reads.
#[derive(Clone, Debug)]
pub struct Flat {
    /// Holds every expression below.
    pub graph: Graph,
    /// Time.
    pub time: VarId,
    /// The states, in the order of the state vector.
    pub states: Vec<VarId>,
    /// The parameters, slots included, in the order of the parameter vector.
    pub params: Vec<VarId>,
    /// The derivative of each state; `[n_states]`.
    pub rates: Vec<ExprId>,
    /// Event functions; an event is a change of sign.
    pub events: Vec<ExprId>,
    /// What each event does, all right sides read before anything is written; `[n_events]`.
    pub effects: Vec<Vec<(Target, ExprId)>>,
}

/// A constant of a run, as a number.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Qualified name.
    pub name: String,
    /// Value in internal units.
    pub value: f64,
    /// The unit in which it is shown.
    pub unit: Unit,
    /// What it is, in a few words.
    pub about: String,
    /// Where its value is from.
    pub source: String,
    /// True if a setting gave it its value.
    pub changed: bool,
}

/// A parameter that follows from others, or a whole number of the structure.
#[derive(Clone, Debug)]
pub struct ComputedInfo {
    /// Qualified name.
    pub name: String,
    /// Its value at the start; of parameters only.
    pub value: ExprId,
    /// The unit in which it is shown.
    pub unit: Unit,
    /// Where its value is from.
    pub source: String,
    /// True if a setting gave it its value.
    pub changed: bool,
}

/// A state.
#[derive(Clone, Debug)]
pub struct StateInfo {
    /// Qualified name.
    pub name: String,
    /// Value at the start; of parameters only.
    pub initial: ExprId,
    /// Typical size, where the file or a block gives one; of parameters only.
    pub scale: Option<ExprId>,
    /// The unit in which it is shown.
    pub unit: Unit,
    /// True for a state that only sums up (`integral(…)`) and is not shown.
    pub hidden: bool,
}

/// An integral that outcomes ask for, summed up by a hidden state.
#[derive(Clone, Debug)]
pub struct IntegralInfo {
    /// Index of its state.
    pub state: usize,
    /// The shown states of its dimension.
    pub alike: Vec<usize>,
    /// How large what it sums up is when nothing in it cancels.
    pub gross: ExprId,
    /// True if what it sums up depends on the time itself.
    pub in_time: bool,
}

/// A column of the result.
#[derive(Clone, Debug)]
pub struct ColumnInfo {
    /// Qualified name.
    pub name: String,
    /// Its value.
    pub value: ExprId,
    /// The unit in which it is shown.
    pub unit: Unit,
    /// What it is, in a few words.
    pub about: String,
}

/// The slots of the parameter vector that make up an input inside a piece of time.
#[derive(Clone, Copy, Debug, Default)]
pub struct InputSlots {
    /// The value (at `since`, or throughout).
    pub value: usize,
    /// Slope and start, where a ramp or series needs them.
    pub slope: Option<usize>,
    /// Start of the segment.
    pub since: Option<usize>,
    /// Amplitude and angular frequency, where an oscillation needs them.
    pub wave: Option<(usize, usize)>,
}

/// An input: a quantity that the experiment changes.
#[derive(Clone, Debug)]
pub struct Input {
    /// Qualified name.
    pub name: String,
    /// Value before any change; of parameters only.
    pub initial: ExprId,
    /// Where it lives in the parameter vector.
    pub slots: InputSlots,
    /// Its changes, in the order of the file.
    pub changes: Vec<InputChange>,
    /// True if a setting gave it its value: a step at time 0 then gives way.
    pub is_set: bool,
}

/// A change of an input; all numbers are expressions of parameters only.
#[derive(Clone, Debug)]
pub struct InputChange {
    /// Which course.
    pub kind: CourseKind,
    /// Its numbers in the order of the fields of the course; a series has all times, then all values.
    pub numbers: Vec<ExprId>,
    /// Place in the file.
    pub span: Span,
}

/// The kinds of [`crate::model::protocol::Course`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are those of the courses
pub enum CourseKind {
    Step,
    Ramp,
    Pulse,
    Train,
    /// `bounded`: it has an end.
    Sinusoid {
        bounded: bool,
    },
    Series {
        held: bool,
    },
}

/// What an event function is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// An event of the model.
    User,
    /// An extremum or a crossing that an outcome asks for.
    Outcome,
    /// A domain that must not be left: index of the guard.
    Guard(usize),
    /// A kink of the equations: slot of the parameter vector.
    Kink(usize),
}

/// An event function.
#[derive(Clone, Debug)]
pub struct EventInfo {
    /// Name.
    pub name: String,
    /// Which sign change counts.
    pub way: Way,
    /// What for.
    pub purpose: Purpose,
    /// True if it ends the run.
    pub stops: bool,
    /// True if it ends the run as failed.
    pub fails: bool,
    /// True if it changes states or modes.
    pub applies: bool,
    /// Of an event at a time: that time, of parameters only.
    pub at: Option<(ExprId, Span)>,
}

/// A condition that must hold at the start and, where it can change, during the run.
#[derive(Clone, Debug)]
pub struct GuardInfo {
    /// Above 0, or not below.
    pub value: ExprId,
    /// The same from parameters and initial values only.
    pub at_start: ExprId,
    /// True if 0 itself is refused.
    pub strict: bool,
    /// Name of the culprit.
    pub name: String,
    /// The culprit's value at the start, for the message.
    pub shown: ExprId,
    /// The unit in which it is shown.
    pub unit: Unit,
    /// What is allowed.
    pub message: String,
    /// Place in the file.
    pub span: Span,
}

/// What an outcome takes from a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Aggregate {
    /// Largest value; the event that marks its extrema, if it can have any.
    Max(ExprId, Option<usize>),
    /// Smallest value.
    Min(ExprId, Option<usize>),
    /// Time of the largest value.
    TimeOfMax(ExprId, Option<usize>),
    /// Time of the smallest value.
    TimeOfMin(ExprId, Option<usize>),
    /// Value at the end.
    Final(ExprId),
    /// Value at the start.
    Initial(ExprId),
    /// Value at a time (of parameters only).
    At(ExprId, ExprId),
    /// Integral over the run: index of the state that sums it up.
    Integral(usize),
    /// The same divided by the length of the run.
    Mean(usize),
    /// Time of the first occurrence of an event.
    TimeOf(usize),
    /// Number of occurrences of an event.
    CountOf(usize),
}

/// A value whose extrema outcomes ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtremumInfo {
    /// The value as the outcomes have it.
    pub value: ExprId,
    /// The same with its kinks frozen, so that both sides of a jump can be looked at.
    pub frozen: ExprId,
    /// The event function that is its rate, if it can turn.
    pub event: Option<usize>,
}

/// An outcome: an expression of parameters and of what is taken from the run.
#[derive(Clone, Debug)]
pub struct OutcomeInfo {
    /// Name.
    pub name: String,
    /// What it takes from the run, each with the variable that stands for it in `value`.
    pub aggregates: Vec<(VarId, Aggregate)>,
    /// The expression.
    pub value: ExprId,
    /// The unit in which it is shown.
    pub unit: Unit,
    /// What it is, in a few words.
    pub about: String,
}

/// A conserved sum.
#[derive(Clone, Debug)]
pub struct ConservedInfo {
    /// Name.
    pub name: String,
    /// Its terms: the sum is conserved, the terms give its size.
    pub terms: Vec<ExprId>,
    /// Largest allowed residual, where the file gives one.
    pub tolerance: Option<f64>,
}

/// A curve of a chart.
#[derive(Clone, Debug)]
pub struct CurveInfo {
    /// What is drawn.
    pub value: ExprId,
    /// Name at the curve.
    pub label: String,
    /// What it measures, as the file says.
    pub quantity: Option<String>,
    /// The same as far as its name tells: `water potential` for `cell.water_potential`.
    pub called: String,
    /// What it is, in the words of its definition.
    pub about: String,
    /// Unit in which it is drawn.
    pub unit: Unit,
    /// Its dimension: curves of one dimension share a panel.
    pub dimension: Dimension,
}

/// A chart.
#[derive(Clone, Debug)]
pub struct ChartInfo {
    /// Title.
    pub title: String,
    /// File name without ending.
    pub name: String,
    /// What runs to the right; time if `None`.
    pub x: Option<CurveInfo>,
    /// The curves.
    pub y: Vec<CurveInfo>,
    /// Levels: value of parameters only, name, dimension.
    pub thresholds: Vec<(ExprId, String, Dimension)>,
    /// Lowest and highest value of the vertical axis of a dimension: `None` for 0, which is in all of them.
    pub limits: [Option<(ExprId, Option<Dimension>)>; 2],
    /// Logarithmic axes.
    pub log_x: bool,
    /// Logarithmic axes.
    pub log_y: bool,
    /// Marks at the events.
    pub events: bool,
}

/// A quantity that a picture is drawn from.
#[derive(Clone, Debug)]
pub struct PartInfo {
    /// Which one.
    pub part: Part,
    /// Its value.
    pub value: ExprId,
    /// The unit in which it is shown.
    pub unit: Unit,
}

/// A cell to be drawn.
#[derive(Clone, Debug)]
pub struct PictureInfo {
    /// Title.
    pub title: String,
    /// File name without ending.
    pub name: String,
    /// What the reader should know; may be empty.
    pub note: String,
    /// What it is drawn as.
    pub shape: Shape,
    /// Length of a box relative to its width.
    pub aspect: f64,
    /// What it is drawn from.
    pub parts: Vec<PartInfo>,
    /// The event after which the membrane is open.
    pub burst: Option<String>,
    /// Times at which there has to be a row; of parameters only.
    pub times: Vec<ExprId>,
}

/// A check, ready to be compared with an outcome.
#[derive(Clone, Debug)]
pub struct CheckInfo {
    /// The outcome that it looks at; an index into [`System::outcomes`].
    pub outcome: usize,
    /// Expected value; of parameters only.
    pub is: ExprId,
    /// Allowed absolute error; of parameters only.
    pub atol: Option<ExprId>,
}

/// A model as numbered equations with all that a run needs to know about them.
#[derive(Clone, Debug)]
pub struct System {
    /// The equations that are integrated; kinks are held in slots.
    pub flat: Flat,
    /// Constants; the first entries of the parameter vector.
    pub parameters: Vec<Parameter>,
    /// Parameters that are no numbers of their own.
    pub computed: Vec<ComputedInfo>,
    /// States.
    pub states: Vec<StateInfo>,
    /// Integrals that outcomes ask for, in the order of their states.
    pub integrals: Vec<IntegralInfo>,
    /// Inputs.
    pub inputs: Vec<Input>,
    /// Modes: name, slot, value at the start (of parameters only).
    pub modes: Vec<(String, usize, ExprId)>,
    /// Events; one for each event function.
    pub events: Vec<EventInfo>,
    /// Guards.
    pub guards: Vec<GuardInfo>,
    /// Columns of the result.
    pub columns: Vec<ColumnInfo>,
    /// Outcomes: those of the model, then those that only checks ask for.
    pub outcomes: Vec<OutcomeInfo>,
    /// How many outcomes are the model's own.
    pub own_outcomes: usize,
    /// Values whose extrema outcomes ask for, each once.
    pub extrema: Vec<ExtremumInfo>,
    /// Conserved sums.
    pub conserved: Vec<ConservedInfo>,
    /// Charts.
    pub charts: Vec<ChartInfo>,
    /// Cells to be drawn.
    pub pictures: Vec<PictureInfo>,
    /// Checks of the model, as far as they were asked for.
    pub checks: Vec<CheckInfo>,
    /// Length of the run; of parameters only.
    pub duration: ExprId,
    /// The unit in which times are shown.
    pub time_unit: Unit,
    /// Step of the fixed-step method; of parameters only.
    pub step: Option<ExprId>,
    /// Longest step; of parameters only.
    pub max_step: Option<ExprId>,
    /// Parameters that count copies: with another value of one the model has other parts.
    pub counts: Vec<String>,
}

impl System {
    /// The parameter vector before anything has happened: constants, then slots at 0; `[n_params]`.
    pub fn parameter_vector(&self) -> Vec<f64> {
        let mut p: Vec<f64> = self.parameters.iter().map(|p| p.value).collect();
        p.resize(self.flat.params.len(), 0.0);
        p
    }
}

impl System {
    /// Everything that a run needs to know before it starts; of parameters only.
    pub fn static_expressions(&self) -> Vec<ExprId> {
        let mut out = vec![self.duration];
        out.extend(self.step);
        out.extend(self.max_step);
        out.extend(self.computed.iter().map(|c| c.value));
        for state in &self.states {
            out.push(state.initial);
            out.extend(state.scale);
        }
        for input in &self.inputs {
            out.push(input.initial);
            out.extend(input.changes.iter().flat_map(|c| &c.numbers));
        }
        out.extend(self.events.iter().filter_map(|e| e.at).map(|(at, _)| at));
        out.extend(self.modes.iter().map(|m| m.2));
        out.extend(self.guards.iter().flat_map(|g| [g.at_start, g.shown]));
        for chart in &self.charts {
            out.extend(chart.thresholds.iter().map(|t| t.0));
            out.extend(chart.limits.iter().flatten().map(|limit| limit.0));
        }
        out.extend(self.pictures.iter().flat_map(|p| &p.times));
        for check in &self.checks {
            out.push(check.is);
            out.extend(check.atol);
        }
        for (_, aggregate) in self.outcomes.iter().flat_map(|o| &o.aggregates) {
            if let Aggregate::At(_, time) = aggregate {
                out.push(*time);
            }
        }
        out.sort();
        out.dedup();
        out
    }

    /// Why a run does not get beyond one of its events, without the time.
    pub fn endless(&self, event: usize) -> String {
        let info = &self.events[event];
        let Purpose::Kink(slot) = info.purpose else {
            return format!(
                "event `{}` happens again and again without time going on",
                info.name
            );
        };
        let side = self.flat.params[slot];
        let switched = |rate: &ExprId| {
            let graph = &self.flat.graph;
            let needed = graph.reachable(&[*rate]);
            needed
                .iter()
                .any(|id| graph.node(*id) == Node::Variable(side))
        };
        let states = self.states.iter().zip(&self.flat.rates);
        let names: Vec<String> = states
            .filter(|(state, rate)| !state.hidden && switched(rate))
            .map(|(state, _)| format!("`{}`", state.name))
            .collect();
        let what = match names.is_empty() {
            true => "a condition".to_string(),
            false => format!("the rate of {}", names.join(", ")),
        };
        format!("{what} switches to and fro without end (chattering)")
    }

    /// Everything that is looked at along a run: columns, curves, pictures, what outcomes and sums are
    /// made of, guards.
    pub fn probe_expressions(&self) -> Vec<ExprId> {
        let mut out: Vec<ExprId> = self.columns.iter().map(|c| c.value).collect();
        for chart in &self.charts {
            out.extend(chart.x.iter().chain(&chart.y).map(|c| c.value));
        }
        let parts = self.pictures.iter().flat_map(|p| &p.parts);
        out.extend(parts.map(|part| part.value));
        for (_, aggregate) in self.outcomes.iter().flat_map(|o| &o.aggregates) {
            out.extend(aggregate.value());
        }
        out.extend(self.conserved.iter().flat_map(|c| &c.terms));
        out.extend(self.guards.iter().map(|g| g.value));
        out.sort();
        out.dedup();
        out
    }
}

impl Aggregate {
    /// The expression that it looks at along the run, if it is one.
    pub fn value(&self) -> Option<ExprId> {
        match self {
            Aggregate::Max(x, _)
            | Aggregate::Min(x, _)
            | Aggregate::TimeOfMax(x, _)
            | Aggregate::TimeOfMin(x, _)
            | Aggregate::Final(x)
            | Aggregate::Initial(x)
            | Aggregate::At(x, _) => Some(*x),
            Aggregate::Integral(_)
            | Aggregate::Mean(_)
            | Aggregate::TimeOf(_)
            | Aggregate::CountOf(_) => None,
        }
    }
}

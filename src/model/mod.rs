//! A model: everything that its file says, blocks expanded into named definitions, names not yet numbered.
//!
//! `file` reads the TOML text, `blocks` turns `[membrane.…]` and its kin into definitions in the same language,
//! `resolve` checks the whole, `settings` gives parts of it other values, `study` says what shall be varied, and
//! `figure` what a figure shows of one or several models. What comes out is plain data; `system::build` gives it numbers.

mod blocks;
mod catalogue;
mod constant;
mod experiment;
pub mod figure;
mod file;
mod library;
pub mod picture;
pub mod protocol;
mod resolve;
mod results;
mod series;
mod settings;
mod shelf;
mod spelling;
mod study;
mod toml;

pub use catalogue::{Catalogue, Summary, Topic};
pub use library::{Entry, figures, library};
pub use resolve::load;
pub use settings::Setting;
pub use shelf::Group;
pub use study::{
    AxisDef, AxisRange, AxisValues, Design, MOST_POINTS, Quantity, StudyDef, VariantChoice,
    parse_axis, parse_points, parse_study_outcome,
};

use crate::diagnostic::{Source, Span};
use crate::expr::ast::{Ast, When};
use crate::units::Unit;

/// What a definition is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A parameter: constant over a run unless the experiment changes it.
    Parameter,
    /// A quantity that follows from others.
    Let,
    /// A value that only events change.
    Mode,
}

/// Values that a quantity may take, whatever the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Any finite number.
    Any,
    /// Above 0.
    Positive,
    /// 0 or above.
    NonNegative,
    /// From 0 to 1.
    Fraction,
}

/// A named expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Qualified name.
    pub name: String,
    /// Place of the name in the file.
    pub span: Span,
    /// What it is for.
    pub role: Role,
    /// Its value.
    pub value: Ast,
    /// The unit in which it is shown; found from the value if not given.
    pub unit: Option<Unit>,
    /// What it must measure: unit and the name of the quantity, for the message.
    pub expects: Option<(Unit, &'static str)>,
    /// Values that make sense.
    pub domain: Domain,
    /// Lowest and highest allowed value, where the file gives them.
    pub bounds: (Option<Ast>, Option<Ast>),
    /// Range of interest, for sweeps and sliders.
    pub range: Option<(Ast, Ast)>,
    /// What it is, in a few words.
    pub about: String,
    /// Where its value is from.
    pub source: String,
    /// The block that wrote it, e.g. `membrane.plasmalemma`; empty if the file did.
    pub block: String,
    /// True if the value is the author's (or a default of it), false if it is an equation.
    pub given: bool,
    /// True for what keeps the value that it has at the start of a run, whatever it is computed from does.
    pub at_start: bool,
    /// Repetition: one for each value of an index.
    pub each: Option<Each>,
}

/// `each = "i in 1..N"`
#[derive(Clone, Debug, PartialEq)]
pub struct Each {
    /// Name of the index.
    pub index: String,
    /// First value.
    pub from: Ast,
    /// Last value.
    pub to: Ast,
}

/// A quantity with a rate.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Qualified name.
    pub name: String,
    /// Place of the name in the file.
    pub span: Span,
    /// Value at the start.
    pub initial: Ast,
    /// The terms whose sum is the rate.
    pub rate: Vec<Ast>,
    /// The unit in which it is shown; found from the initial value if not given.
    pub unit: Option<Unit>,
    /// What it must measure: unit and the name of the quantity.
    pub expects: Option<(Unit, &'static str)>,
    /// Typical size, for the tolerances; found from the initial value if not given.
    pub scale: Option<Ast>,
    /// Values that make sense.
    pub domain: Domain,
    /// Lowest and highest allowed value; a run that goes beyond has failed.
    pub bounds: (Option<Ast>, Option<Ast>),
    /// What it is, in a few words.
    pub about: String,
    /// The block that wrote it; empty if the file did.
    pub block: String,
    /// Repetition.
    pub each: Option<Each>,
}

/// Something that must stay above 0 (`value > 0`) or not below (`value >= 0`), at the start and during a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// What must not go below.
    pub value: Ast,
    /// True if 0 itself is not allowed either.
    pub strict: bool,
    /// What it means when it does, e.g. "`cell.volume` is not above the inactive volume `cell.inactive`".
    pub message: String,
    /// The quantity to show with the message.
    pub name: String,
    /// Place in the file.
    pub span: Span,
    /// Repetition.
    pub each: Option<Each>,
}

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Name.
    pub name: String,
    /// Place of the name.
    pub span: Span,
    /// Its condition.
    pub when: When,
    /// What happens.
    pub then: Vec<crate::expr::ast::Then>,
    /// What it is, in a few words.
    pub about: String,
    /// Repetition.
    pub each: Option<Each>,
}

/// One change of an input in the experiment, with its numbers not yet known.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The input, as written.
    pub input: String,
    /// Place of its name.
    pub span: Span,
    /// How it changes.
    pub kind: ChangeKind,
}

/// How an input changes. There are a handful in a model: their size does not matter.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)]
pub enum ChangeKind {
    /// One of the sentences (never `Change::Series`).
    Sentence(crate::expr::ast::Change),
    /// A measured course: times \[s\] and values in internal units, the points in order.
    Series {
        /// Times; `[n]`
        t: Vec<Ast>,
        /// Values; `[n]`
        values: Vec<Ast>,
        /// Keeps each value to the next point instead of joining the points.
        held: bool,
    },
}

/// The experiment: what is done to the model, and for how long.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// How long.
    pub duration: Ast,
    /// Number of saved times, both ends included.
    pub points: usize,
    /// Changes of inputs.
    pub changes: Vec<Change>,
}

/// How the file asks to be solved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Solver {
    /// Method name.
    pub method: Option<(String, Span)>,
    /// Relative tolerance.
    pub rtol: Option<f64>,
    /// Tolerance relative to each state's scale.
    pub atol: Option<f64>,
    /// Fixed step.
    pub step: Option<Ast>,
    /// Longest step.
    pub max_step: Option<Ast>,
    /// Limit of attempted steps.
    pub max_steps: Option<u64>,
}

/// A number that a run answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Name.
    pub name: String,
    /// Place of the name.
    pub span: Span,
    /// In the language of outcomes: `max(x)`, `time of lysis`, ….
    pub value: Ast,
    /// The unit in which it is shown.
    pub unit: Option<Unit>,
    /// What it is, in a few words.
    pub about: String,
}

/// A sum that must not change during a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Conserved {
    /// Name.
    pub name: String,
    /// Place of the name.
    pub span: Span,
    /// The sum; may hold `integral(…)`.
    pub value: Ast,
    /// Largest allowed change relative to the size of its terms; from the tolerances of the run if not given.
    pub tolerance: Option<f64>,
    /// The block that declared it; empty if the file did.
    pub block: String,
}

/// One curve of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What is drawn.
    pub value: Ast,
    /// Its name at the curve.
    pub label: Option<String>,
    /// The unit in which it is drawn.
    pub unit: Option<Unit>,
    /// What it measures: the name of its axis where several share it.
    pub quantity: Option<String>,
}

/// A level worth naming in a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The level.
    pub value: Ast,
    /// Its name.
    pub label: String,
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The message of the chart, as its title.
    pub title: String,
    /// File name without ending; `chart`, `chart-2`, … if not given.
    pub name: Option<String>,
    /// What runs to the right; time if not given.
    pub x: Option<Curve>,
    /// The curves.
    pub y: Vec<Curve>,
    /// Levels.
    pub thresholds: Vec<Threshold>,
    /// Where the vertical axis of its dimension begins, if not with the data.
    pub y_min: Option<Ast>,
    /// Where it ends.
    pub y_max: Option<Ast>,
    /// Logarithmic axes.
    pub log_x: bool,
    /// Logarithmic axes.
    pub log_y: bool,
    /// Marks at the events.
    pub events: bool,
    /// Place in the file.
    pub span: Span,
}

/// A claim about the model that is checked by a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Identity in the literature of the project, e.g. `W2d`; may be empty.
    pub id: String,
    /// An outcome.
    pub what: Ast,
    /// `what` as written.
    pub what_text: String,
    /// Settings for this check.
    pub with: Vec<Setting>,
    /// Expected value.
    pub is: Ast,
    /// Allowed relative error.
    pub rtol: f64,
    /// Allowed absolute error.
    pub atol: Option<Ast>,
    /// Where the expected value is from.
    pub why: String,
    /// How it is solved, where the file's own way is not enough.
    pub solver: Solver,
    /// Place in the file.
    pub span: Span,
}

/// A named set of settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Name, as in `model@name`.
    pub name: String,
    /// What it stands for.
    pub about: String,
    /// The settings.
    pub set: Vec<Setting>,
}

/// A whole model.
#[derive(Clone, Debug)]
pub struct Model {
    /// Name of the model: the file's name without ending.
    pub name: String,
    /// One line.
    pub title: String,
    /// A paragraph.
    pub about: String,
    /// The group that its file names; the shipped bench and reference problems have that of their folder instead.
    pub group: Option<Group>,
    /// What it is about in a few short phrases, in the words of the field and of a student.
    pub topics: Vec<String>,
    /// The file, for messages and for the hash.
    pub source: Source,
    /// Parameters, derived quantities and modes.
    pub definitions: Vec<Definition>,
    /// States.
    pub states: Vec<State>,
    /// Conditions on the values.
    pub guards: Vec<Guard>,
    /// States that blocks give to or take from, as they are named, with the repetition of the block: they must exist.
    pub uses: Vec<(Ast, Option<Each>)>,
    /// Events.
    pub events: Vec<Event>,
    /// The experiment.
    pub experiment: Experiment,
    /// How to solve.
    pub solver: Solver,
    /// Outcomes.
    pub outcomes: Vec<Outcome>,
    /// Sums that must not change.
    pub conserved: Vec<Conserved>,
    /// Charts.
    pub charts: Vec<Chart>,
    /// Cells to be drawn.
    pub pictures: Vec<picture::Picture>,
    /// Checks.
    pub checks: Vec<Check>,
    /// Variants.
    pub variants: Vec<Variant>,
    /// Studies.
    pub studies: Vec<StudyDef>,
    /// What the settings changed, for the run card: names.
    pub changed: Vec<String>,
    /// Short names of blocks that are the only one of their kind: `bath` for `plasma`.
    pub aliases: Vec<(String, String)>,
}

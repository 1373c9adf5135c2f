//! The tree of an expression as it was written: names not yet resolved, every part with its place.

use crate::diagnostic::Span;
use crate::units::Unit;

/// An expression with its place in the source text.
#[derive(Clone, Debug, PartialEq)]
pub struct Ast {
    /// What it is.
    pub kind: AstKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum AstKind {
    /// A number as written, with its unit if there is one: `90 um^3`, `3 %`, `25 degC`, `2`.
    Number {
        /// In the unit as written.
        value: f64,
        /// `None` for a plain number.
        unit: Option<Unit>,
    },
    /// A name, qualified or not: `V0`, `cell.volume`.
    Name(String),
    /// An indexed name: `V[i+1]`.
    Index(String, Box<Ast>),
    /// `-a` or `not a`.
    Prefix(Prefix, Box<Ast>),
    /// `a + b` and the like.
    Infix(Infix, Box<Ast>, Box<Ast>),
    /// `f(a, b, …)`; the name and its place.
    Call(String, Span, Vec<Ast>),
    /// `sum(body, i in from..to)`, both ends included.
    Sum {
        /// What is added.
        body: Box<Ast>,
        /// Name of the index.
        index: String,
        /// First value of the index.
        from: Box<Ast>,
        /// Last value of the index.
        to: Box<Ast>,
    },
    /// `time of NAME` (an event); in outcomes only.
    TimeOf(String, Span),
    /// `count of NAME` (an event); in outcomes only.
    CountOf(String, Span),
    /// `time of max(x)` or `time of min(x)`; in outcomes only.
    TimeOfExtremum {
        /// True for the maximum.
        max: bool,
        /// Of what.
        of: Box<Ast>,
    },
    /// `time when a rises through b`; in outcomes only.
    TimeWhen(Box<Crossing>),
}

/// `left rises through right`.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// The quantity that moves.
    pub left: Ast,
    /// Which way.
    pub way: Way,
    /// The level.
    pub right: Ast,
}

/// Which way a quantity crosses a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `rises through`
    Rises,
    /// `falls through`
    Falls,
    /// `crosses`
    Crosses,
}

/// Prefix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// `-`
    Minus,
    /// `not`
    Not,
}

/// Infix operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the operators
pub enum Infix {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

/// The condition of an event: `when = "…"`.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// `a rises through b`.
    Crossing(Crossing),
    /// `at 5 s`.
    At(Ast),
}

/// An action of an event: `then = "…"`.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// `stop`
    Stop,
    /// `record`
    Record,
    /// `count`
    Count,
    /// `set NAME = value`: a state.
    Set(String, Span, Ast),
    /// `switch NAME = value`: a mode or an input.
    Switch(String, Span, Ast),
    /// `fail`: the model means nothing beyond this point.
    Fail,
}

/// A sentence of an experiment: `steps = ["…"]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// The input that is changed.
    pub input: String,
    /// Where its name stands.
    pub input_span: Span,
    /// How.
    pub change: Change,
}

/// How an experiment changes an input.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// `at T: x = V`.
    Step {
        /// When.
        at: Ast,
        /// New value.
        value: Ast,
    },
    /// `from T1 to T2: x ramps to V`.
    Ramp {
        /// Start.
        from: Ast,
        /// End.
        to: Ast,
        /// Value at the end.
        value: Ast,
    },
    /// `at T for D: x = V`; afterwards the value from before.
    Pulse {
        /// Start.
        at: Ast,
        /// Duration.
        width: Ast,
        /// Value during the pulse.
        value: Ast,
    },
    /// `from T every P for D, N times: x = V`.
    Train {
        /// Start of the first pulse.
        from: Ast,
        /// From start to start.
        every: Ast,
        /// Duration of each pulse.
        width: Ast,
        /// Number of pulses.
        times: Ast,
        /// Value during a pulse.
        value: Ast,
    },
    /// `from T1 to T2: x oscillates about M by A every P` (`to T2` may be left out).
    Sinusoid {
        /// Start.
        from: Ast,
        /// End; the end of the run if left out.
        to: Option<Ast>,
        /// Mean.
        mean: Ast,
        /// Amplitude.
        amplitude: Ast,
        /// Period.
        period: Ast,
    },
    /// `x follows COLUMN of FILE.csv` (linear between its points; `held` keeps each value to the next point).
    Series {
        /// Column name.
        column: String,
        /// File name, relative to the model file.
        file: String,
        /// True for `held`.
        held: bool,
        /// Place of the file name.
        span: Span,
    },
}

impl Ast {
    /// Replaces every place by its image.
    pub fn map_spans(&mut self, map: &mut dyn FnMut(Span) -> Span) {
        let _ = map;
        todo!()
    }
    /// Moves every place by so many bytes.
    pub fn shift(&mut self, by: usize) {
        let _ = by;
        todo!()
    }
}

impl Crossing {
    /// Replaces every place by its image.
    pub fn map_spans(&mut self, map: &mut dyn FnMut(Span) -> Span) {
        let _ = map;
        todo!()
    }
}

impl When {
    /// Replaces every place by its image.
    pub fn map_spans(&mut self, map: &mut dyn FnMut(Span) -> Span) {
        let _ = map;
        todo!()
    }
}

impl Then {
    /// Replaces every place by its image.
    pub fn map_spans(&mut self, map: &mut dyn FnMut(Span) -> Span) {
        let _ = map;
        todo!()
    }
}

impl Sentence {
    /// Replaces every place by its image.
    pub fn map_spans(&mut self, map: &mut dyn FnMut(Span) -> Span) {
        let _ = map;
        todo!()
    }
}

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
    /// `set NAME = value` or `set NAME[i] = value`: a state; all of its copies where the index is left out.
    Set(Ast, Ast),
    /// `switch NAME = value`: a mode.
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

/// Replaces a place by its image.
type SpanMap<'a> = &'a mut dyn FnMut(Span) -> Span;

impl Ast {
    /// A tree node.
    pub fn new(kind: AstKind, span: Span) -> Ast {
        Ast { kind, span }
    }

    /// Replaces every place by its image, for a tree whose text stands inside another text.
    pub fn map_spans(&mut self, map: SpanMap) {
        self.span = map(self.span);
        match &mut self.kind {
            AstKind::Number { .. } | AstKind::Name(_) => {}
            AstKind::Index(_, a)
            | AstKind::Prefix(_, a)
            | AstKind::TimeOfExtremum { of: a, .. } => a.map_spans(map),
            AstKind::Infix(_, a, b) => {
                a.map_spans(map);
                b.map_spans(map);
            }
            AstKind::Call(_, name, arguments) => {
                *name = map(*name);
                arguments
                    .iter_mut()
                    .for_each(|argument| argument.map_spans(map));
            }
            AstKind::Sum {
                body,
                index: _,
                from,
                to,
            } => {
                for part in [body, from, to] {
                    part.map_spans(map);
                }
            }
            AstKind::TimeOf(_, name) | AstKind::CountOf(_, name) => *name = map(*name),
            AstKind::TimeWhen(crossing) => crossing.map_spans(map),
        }
    }

    /// Visits every part, itself first.
    pub(crate) fn walk(&self, visit: &mut dyn FnMut(&Ast)) {
        visit(self);
        match &self.kind {
            AstKind::Number { .. }
            | AstKind::Name(_)
            | AstKind::TimeOf(..)
            | AstKind::CountOf(..) => {}
            AstKind::Index(_, a)
            | AstKind::Prefix(_, a)
            | AstKind::TimeOfExtremum { of: a, .. } => a.walk(visit),
            AstKind::Infix(_, a, b) => {
                a.walk(visit);
                b.walk(visit);
            }
            AstKind::Call(_, _, arguments) => {
                arguments.iter().for_each(|argument| argument.walk(visit))
            }
            AstKind::Sum {
                body,
                index: _,
                from,
                to,
            } => [body, from, to]
                .into_iter()
                .for_each(|part| part.walk(visit)),
            AstKind::TimeWhen(crossing) => {
                crossing.left.walk(visit);
                crossing.right.walk(visit);
            }
        }
    }

    /// Moves every place by so many bytes.
    pub fn shift(&mut self, by: usize) {
        self.map_spans(&mut |span| Span::new(span.start + by, span.end + by));
    }
}

impl Crossing {
    /// As [`Ast::map_spans`].
    pub fn map_spans(&mut self, map: SpanMap) {
        self.left.map_spans(map);
        self.right.map_spans(map);
    }
}

impl When {
    /// As [`Ast::map_spans`].
    pub fn map_spans(&mut self, map: SpanMap) {
        match self {
            When::Crossing(crossing) => crossing.map_spans(map),
            When::At(time) => time.map_spans(map),
        }
    }
}

impl Then {
    /// As [`Ast::map_spans`].
    pub fn map_spans(&mut self, map: SpanMap) {
        match self {
            Then::Stop | Then::Record | Then::Count | Then::Fail => {}
            Then::Set(target, value) => {
                target.map_spans(map);
                value.map_spans(map);
            }
            Then::Switch(_, name, value) => {
                *name = map(*name);
                value.map_spans(map);
            }
        }
    }
}

impl Sentence {
    /// As [`Ast::map_spans`].
    pub fn map_spans(&mut self, map: SpanMap) {
        self.input_span = map(self.input_span);
        match &mut self.change {
            Change::Series { span, .. } => *span = map(*span),
            change => change
                .expressions_mut()
                .into_iter()
                .for_each(|part| part.map_spans(map)),
        }
    }
}

impl Change {
    /// Its expressions, in the order of the fields.
    pub(crate) fn expressions_mut(&mut self) -> Vec<&mut Ast> {
        match self {
            Change::Step { at, value } => vec![at, value],
            Change::Ramp { from, to, value } => vec![from, to, value],
            Change::Pulse { at, width, value } => vec![at, width, value],
            Change::Train {
                from,
                every,
                width,
                times,
                value,
            } => vec![from, every, width, times, value],
            Change::Sinusoid {
                from,
                to,
                mean,
                amplitude,
                period,
            } => {
                let mut parts = vec![from];
                parts.extend(to.as_mut());
                parts.extend([mean, amplitude, period]);
                parts
            }
            Change::Series { .. } => vec![],
        }
    }
}

impl Infix {
    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            Infix::Add => "+",
            Infix::Subtract => "-",
            Infix::Multiply => "*",
            Infix::Divide => "/",
            Infix::Power => "^",
            Infix::Less => "<",
            Infix::LessEqual => "<=",
            Infix::Greater => ">",
            Infix::GreaterEqual => ">=",
            Infix::Equal => "==",
            Infix::NotEqual => "!=",
            Infix::And => "and",
            Infix::Or => "or",
        }
    }

    /// How tightly it binds; see [`binding`].
    pub(crate) fn binding(self) -> u8 {
        match self {
            Infix::Or => binding::OR,
            Infix::And => binding::AND,
            Infix::Less
            | Infix::LessEqual
            | Infix::Greater
            | Infix::GreaterEqual
            | Infix::Equal
            | Infix::NotEqual => binding::COMPARISON,
            Infix::Add | Infix::Subtract => binding::SUM,
            Infix::Multiply | Infix::Divide => binding::PRODUCT,
            Infix::Power => binding::POWER,
        }
    }
}

/// How tightly operators bind, loosest first; the parser and the printer share it.
pub(crate) mod binding {
    pub const LOOSEST: u8 = 0;
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const NOT: u8 = 3;
    pub const COMPARISON: u8 = 4;
    pub const SUM: u8 = 5;
    pub const PRODUCT: u8 = 6;
    pub const MINUS: u8 = 7;
    pub const POWER: u8 = 8;
    pub const ATOM: u8 = 9;
}

/// Deepest tree: a chain of as many operators. Keeps every walk within the stack.
pub(crate) const MAX_DEPTH: usize = 256;

/// Deepest nesting of parentheses, calls, minus signs and exponents: the parser takes more of the stack for these.
pub(crate) const MAX_NESTING: usize = 64;

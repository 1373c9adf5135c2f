//! `[study.NAME]`: one model run many times, with values that differ from run to run.
//!
//! `axis` is the grammar of a range and of a list, `read` takes the section from the file, `points` a table of points,
//! `text` the forms of a command line, and `settle` holds all of it against the model. What comes out is plain data:
//! which points a design has, and what a run at one of them gives, is for others to say.

mod axis;
mod points;
mod read;
mod settle;
mod text;

pub use text::{parse_axis, parse_points, parse_study_outcome};

use super::{Outcome, Setting, Solver};
use crate::diagnostic::Span;
use crate::expr::ast::{Ast, AstKind, Prefix};
use crate::expr::print::to_text;
use crate::units::Unit;

/// Most points of a study: more would not end.
pub const MOST_POINTS: u64 = 1_000_000_000_000;

/// Which points of the space of its axes a study visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Design {
    /// Every value of an axis with every value of all others.
    #[default]
    Grid,
    /// Independent draws.
    Random,
    /// A Latin hypercube: as many layers of each axis as there are points, each visited once.
    Lhs,
    /// The sequence of Halton.
    Halton,
    /// The sequence of Sobol.
    Sobol,
    /// The rows of a table.
    Rows,
}

impl Design {
    /// The designs that a file may name.
    pub const NAMED: [(&'static str, Design); 5] = [
        ("grid", Design::Grid),
        ("random", Design::Random),
        ("lhs", Design::Lhs),
        ("halton", Design::Halton),
        ("sobol", Design::Sobol),
    ];

    /// The design of that name.
    pub fn named(name: &str) -> Option<Design> {
        let found = Self::NAMED.iter().find(|(known, _)| *known == name);
        found.map(|(_, design)| *design)
    }

    /// As it is written; `rows` for a table.
    pub fn name(self) -> &'static str {
        let found = Self::NAMED.iter().find(|(_, design)| *design == self);
        found.map_or("rows", |(name, _)| name)
    }

    /// True for those that take as many points as they are asked for.
    pub fn draws(self) -> bool {
        !matches!(self, Design::Grid | Design::Rows)
    }

    /// True for the sequences, which may be scrambled.
    pub fn is_sequence(self) -> bool {
        matches!(self, Design::Halton | Design::Sobol)
    }
}

/// A study as it is asked for.
///
/// Where several parts give a value to one name, the axes win over `with`, and `with` wins over a variant.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyDef {
    /// Name, fit for a file.
    pub name: String,
    /// Place of the name.
    pub span: Span,
    /// One line.
    pub title: String,
    /// A paragraph.
    pub about: String,
    /// Which points.
    pub design: Design,
    /// How many; for designs that draw only.
    pub points: Option<u64>,
    /// Where the draws begin.
    pub seed: u64,
    /// Scrambles a sequence.
    pub scramble: bool,
    /// What is varied, in the order of the text.
    pub axes: Vec<AxisDef>,
    /// The table from which the points are.
    pub file: Option<String>,
    /// Settings that hold for all points.
    pub with: Vec<Setting>,
    /// What each point answers; empty for all outcomes of the model. One whose value is its own name is the model's.
    pub outcomes: Vec<Outcome>,
    /// How it is solved, where the file's own way is not meant.
    pub solver: Solver,
}

/// Something that differs from point to point.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisDef {
    /// What [`Setting::name`](super::Setting) may be, as written; `variant` for the variants of the model.
    pub name: String,
    /// Place of the name.
    pub span: Span,
    /// Its values.
    pub values: AxisValues,
}

/// The values of an axis. Numbers that belong to a sequence of draws are mapped to a range evenly, or evenly in the
/// logarithm; to a list or to variants as choices of equal weight.
#[derive(Clone, Debug, PartialEq)]
pub enum AxisValues {
    /// `20..400 um/s log 200`
    Range(AxisRange),
    /// `range log 20`: from one end of the parameter's own `range` to the other. [`Model::settle_study`] replaces it.
    ///
    /// [`Model::settle_study`]: super::Model::settle_study
    Declared {
        /// Evenly in the logarithm.
        log: bool,
        /// How many values, with its place.
        count: Option<(u64, Span)>,
        /// Place of the word.
        span: Span,
    },
    /// `110, 130, 150 um^2`
    List(Vec<Quantity>),
    /// Variants of the model.
    Variants(Vec<VariantChoice>),
    /// A column of a table: one value for each of its rows.
    Column {
        /// In the unit of the column.
        values: Vec<f64>,
        /// `None` for plain numbers.
        unit: Option<Unit>,
    },
}

/// All values between two ends, both included; the first may be the higher one.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisRange {
    /// The first value.
    pub from: Quantity,
    /// The last value.
    pub to: Quantity,
    /// Evenly in the logarithm.
    pub log: bool,
    /// How many values, with its place; in a grid only.
    pub count: Option<(u64, Span)>,
    /// Place of the range.
    pub span: Span,
}

/// A number with its unit, as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// In the unit as written.
    pub value: f64,
    /// `None` for a plain number.
    pub unit: Option<Unit>,
    /// Where it stands.
    pub span: Span,
}

/// A variant as a value of an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantChoice {
    /// Its name; `None` for the model without a variant, which is written `none`.
    pub name: Option<String>,
    /// Where it stands.
    pub span: Span,
}

impl StudyDef {
    /// A study that varies nothing yet: a grid with seed 1.
    pub fn new(name: impl Into<String>, span: Span) -> Self {
        StudyDef {
            name: name.into(),
            span,
            title: String::new(),
            about: String::new(),
            design: Design::Grid,
            points: None,
            seed: 1,
            scramble: true,
            axes: Vec::new(),
            file: None,
            with: Vec::new(),
            outcomes: Vec::new(),
            solver: Solver::default(),
        }
    }

    /// The number of points; [`u64::MAX`] stands for all that is above.
    pub fn size(&self) -> u64 {
        let mut counts = self.axes.iter().map(|axis| axis.values.count());
        match self.design {
            Design::Grid => counts.fold(1, |size, count| size.saturating_mul(count.unwrap_or(1))),
            Design::Rows => counts.next().flatten().unwrap_or(0),
            _ => self.points.unwrap_or(0),
        }
    }
}

impl AxisDef {
    /// The name of the axis whose values are variants.
    pub const VARIANT: &'static str = "variant";
}

impl AxisValues {
    /// How many there are; `None` for a range that is not divided.
    pub fn count(&self) -> Option<u64> {
        let count = |count: &Option<(u64, Span)>| count.map(|(count, _)| count);
        match self {
            AxisValues::Range(range) => count(&range.count),
            AxisValues::Declared { count: n, .. } => count(n),
            AxisValues::List(values) => Some(values.len() as u64),
            AxisValues::Variants(choices) => Some(choices.len() as u64),
            AxisValues::Column { values, .. } => Some(values.len() as u64),
        }
    }

    /// The unit in which the values are shown; `None` for plain numbers and for variants.
    pub fn unit(&self) -> Option<&Unit> {
        match self {
            AxisValues::Range(range) => range.to.unit.as_ref(),
            AxisValues::List(values) => values.iter().find_map(|v| v.unit.as_ref()),
            AxisValues::Column { unit, .. } => unit.as_ref(),
            AxisValues::Declared { .. } | AxisValues::Variants(_) => None,
        }
    }

    /// Replaces every place by its image, for values whose text stands inside another text.
    pub fn map_spans(&mut self, map: &mut dyn FnMut(Span) -> Span) {
        let mut count_at = None;
        match self {
            AxisValues::Range(range) => {
                for span in [&mut range.from.span, &mut range.to.span, &mut range.span] {
                    *span = map(*span);
                }
                count_at = range.count.as_mut();
            }
            AxisValues::Declared { count, span, .. } => {
                *span = map(*span);
                count_at = count.as_mut();
            }
            AxisValues::List(values) => values.iter_mut().for_each(|v| v.span = map(v.span)),
            AxisValues::Variants(choices) => choices.iter_mut().for_each(|c| c.span = map(c.span)),
            AxisValues::Column { .. } => {}
        }
        if let Some((_, span)) = count_at {
            *span = map(*span);
        }
    }
}

impl Quantity {
    /// A literal as a quantity; `None` for any other expression.
    pub fn of(ast: &Ast) -> Option<Quantity> {
        let (value, unit) = match &ast.kind {
            AstKind::Number { value, unit } => (*value, unit),
            AstKind::Prefix(Prefix::Minus, inner) => match &inner.kind {
                AstKind::Number { value, unit } => (-value, unit),
                _ => return None,
            },
            _ => return None,
        };
        Some(Quantity {
            value,
            unit: unit.clone(),
            span: ast.span,
        })
    }

    /// Its value in internal units.
    pub fn internal(&self) -> f64 {
        internal(self.value, &self.unit)
    }

    /// The literal, as a setting takes it.
    pub fn ast(&self) -> Ast {
        let number = |value: f64| {
            let unit = self.unit.clone();
            Ast::new(AstKind::Number { value, unit }, self.span)
        };
        let offset = self.unit.as_ref().is_some_and(Unit::has_offset);
        if self.value < 0.0 && !offset {
            let magnitude = Box::new(number(-self.value));
            return Ast::new(AstKind::Prefix(Prefix::Minus, magnitude), self.span);
        }
        number(self.value)
    }

    /// As it is written: `20 µm/s`.
    pub fn text(&self) -> String {
        to_text(&self.ast())
    }
}

fn internal(value: f64, unit: &Option<Unit>) -> f64 {
    unit.as_ref().map_or(value, |unit| unit.to_internal(value))
}

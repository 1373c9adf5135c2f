//! Tree to graph, with every dimension checked.
//!
//! All mistakes of an expression are reported: a part that fails says so once, its neighbours are still checked, and
//! what is built on it stays silent.

mod calls;
mod check;

use self::check::{short, shown, unit_for_number};
use super::ast::{Ast, AstKind, Infix, Prefix};
pub use super::functions::{Constant, constants, functions};
use super::graph::{Binary, ExprId, Graph, Unary};
pub use super::references::references;
use super::references::{MAX_TERMS, exact_integer, whole_number_value};
use crate::diagnostic::{Diagnostic, Span};
use crate::units::{Dimension, Unit};

/// A node with its dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Typed {
    /// The node.
    pub id: ExprId,
    /// Its dimension.
    pub dimension: Dimension,
    /// A literal zero or infinity: fits any dimension.
    pub any: bool,
}

/// What a scope knows of a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    /// A value.
    Value(Typed),
    /// An index or an integer constant of a repetition.
    Integer(i64),
    /// Already reported: stay silent.
    Failed,
    /// No such name.
    Unknown,
}

/// The names that an expression may use.
pub trait Scope {
    /// What a name means.
    fn lookup(&self, name: &str) -> Found;
    /// What `name[index]` means.
    fn lookup_indexed(&self, name: &str, index: i64) -> Found;
    /// The name that was probably meant.
    fn nearest(&self, name: &str) -> Option<String>;
    /// True where an outcome is read: what only outcomes may hold then stands inside of another one.
    fn is_outcome(&self) -> bool {
        false
    }
    /// First and last index of a repeated name.
    fn copies(&self, _name: &str) -> Option<(i64, i64)> {
        None
    }
}

/// A name that an expression reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// As written.
    pub name: String,
    /// Of an indexed name.
    pub index: Option<i64>,
    /// Where.
    pub span: Span,
}

/// The node of a tree; `None` if a mistake was reported.
pub fn lower(
    ast: &Ast,
    scope: &dyn Scope,
    graph: &mut Graph,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Typed> {
    Lowerer {
        scope,
        graph,
        diagnostics,
        indices: vec![],
        terms: MAX_TERMS,
    }
    .lower(ast)
}

/// The node of a tree that must have the expected dimension; `what` names the quantity in the message. A plain zero
/// fits all.
pub fn lower_as(
    ast: &Ast,
    expected: &Dimension,
    what: &str,
    scope: &dyn Scope,
    graph: &mut Graph,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ExprId> {
    let typed = lower(ast, scope, graph, diagnostics)?;
    if typed.any || typed.dimension == *expected {
        return Some(typed.id);
    }
    let (given, wanted) = (shown(typed.dimension), shown(*expected));
    let message = match (short(ast, 40), typed.dimension.is_none()) {
        (Some(text), true) => format!("`{text}` is {given} but {what} is {wanted}"),
        (Some(text), false) => format!("`{text}` is given in {given} but {what} is {wanted}"),
        (None, _) => format!("this is {given} but {what} is {wanted}"),
    };
    let help = unit_for_number(ast, *expected).unwrap_or_default();
    diagnostics.push(
        Diagnostic::new(ast.span, message)
            .label(format!("expected {wanted}"))
            .help(help),
    );
    None
}

struct Lowerer<'a> {
    scope: &'a dyn Scope,
    graph: &'a mut Graph,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// Indices of the sums around this place, innermost last.
    indices: Vec<(String, i64)>,
    /// Terms of sums that may still be added.
    terms: usize,
}

impl Lowerer<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn pure(&self, id: ExprId) -> Typed {
        Typed {
            id,
            dimension: Dimension::NONE,
            any: false,
        }
    }

    fn constant(&mut self, value: f64, dimension: Dimension) -> Typed {
        Typed {
            id: self.graph.constant(value),
            dimension,
            any: false,
        }
    }

    fn lower(&mut self, ast: &Ast) -> Option<Typed> {
        match &ast.kind {
            AstKind::Number {
                value,
                unit: Some(unit),
            } => Some(self.constant(unit.to_internal(*value), unit.dimension())),
            // Stands where a value was missing, which has been reported.
            AstKind::Number { value, unit: None }
                if value.is_nan() && ast.span == Span::default() =>
            {
                None
            }
            AstKind::Number { value, unit: None } => {
                let any = *value == 0.0 || value.is_infinite();
                Some(Typed {
                    any,
                    ..self.constant(*value, Dimension::NONE)
                })
            }
            AstKind::Name(name) => self.name(name, ast.span),
            AstKind::Index(name, index) => self.indexed(name, index, ast.span),
            AstKind::Prefix(Prefix::Minus, a) => {
                let a = self.lower(a)?;
                Some(Typed {
                    id: self.graph.unary(Unary::Negate, a.id),
                    ..a
                })
            }
            AstKind::Prefix(Prefix::Not, a) => {
                let value = self.lower(a)?;
                self.expect_number(a, value, "`not`")?;
                let id = self.graph.unary(Unary::Not, value.id);
                Some(self.pure(id))
            }
            AstKind::Infix(op, a, b) => self.infix(ast, *op, a, b),
            AstKind::Call(name, span, arguments) => self.call(ast, name, *span, arguments),
            AstKind::Sum {
                body,
                index,
                from,
                to,
            } => self.sum(ast, body, index, from, to),
            AstKind::TimeOf(..) | AstKind::TimeOfExtremum { .. } => {
                self.only_in_outcomes("time of", ast.span)
            }
            AstKind::CountOf(..) => self.only_in_outcomes("count of", ast.span),
            AstKind::TimeWhen(_) => self.only_in_outcomes("time when", ast.span),
        }
    }

    fn only_in_outcomes(&mut self, what: &str, span: Span) -> Option<Typed> {
        let message = if self.scope.is_outcome() {
            format!("`{what}` can't stand inside another function of outcomes")
        } else {
            format!("`{what}` can be used in [outcomes] only")
        };
        self.report(Diagnostic::new(span, message));
        None
    }

    fn integer(&self, name: &str) -> Option<i64> {
        if let Some((_, value)) = self.indices.iter().rev().find(|(index, _)| index == name) {
            return Some(*value);
        }
        match self.scope.lookup(name) {
            Found::Integer(value) => Some(value),
            _ => None,
        }
    }

    fn whole_number(&self, ast: &Ast) -> Option<f64> {
        whole_number_value(ast, &|name| self.integer(name))
    }

    fn name(&mut self, name: &str, span: Span) -> Option<Typed> {
        if let Some(value) = self.integer(name) {
            return Some(self.constant(value as f64, Dimension::NONE));
        }
        match self.scope.lookup(name) {
            Found::Value(typed) => return Some(typed),
            Found::Integer(value) => return Some(self.constant(value as f64, Dimension::NONE)),
            Found::Failed => return None,
            Found::Unknown => {}
        }
        if let Some(constant) = constants().iter().find(|constant| constant.name == name) {
            let unit = Unit::parse(constant.unit).ok()?;
            return Some(self.constant(unit.to_internal(constant.value), unit.dimension()));
        }
        self.unknown(name, name, span);
        None
    }

    fn unknown(&mut self, shown: &str, name: &str, span: Span) {
        if let Some((from, to)) = self.scope.copies(name) {
            let mistake = if shown == name {
                Diagnostic::new(span, format!("`{name}` needs an index"))
            } else {
                Diagnostic::new(span, format!("there is no `{shown}`"))
            };
            let help = if from > to {
                format!("`{name}` has no copies")
            } else {
                format!("there are `{name}[{from}]` to `{name}[{to}]`")
            };
            self.report(mistake.help(help));
            return;
        }
        let function = functions().iter().find(|function| function.name == name);
        let help = match (function, self.scope.nearest(name)) {
            (Some(function), _) => format!("the function is written `{}`", function.signature),
            (None, Some(near)) => format!("did you mean `{near}`?"),
            (None, None) if Unit::parse(name).is_ok() => {
                format!("`{name}` is a unit: it stands behind a number, without blanks")
            }
            // What stands behind a unit and is none is taken for a name: `2 um/Mpa`.
            (None, None) if !name.contains('.') => Unit::nearest(name)
                .map(|unit| format!("did you mean the unit `{unit}`?"))
                .unwrap_or_default(),
            (None, None) => String::new(),
        };
        self.report(Diagnostic::new(span, format!("unknown name `{shown}`")).help(help));
    }

    fn indexed(&mut self, name: &str, index: &Ast, span: Span) -> Option<Typed> {
        let value = self.index_value(index)?;
        match self.scope.lookup_indexed(name, value) {
            Found::Value(typed) => Some(typed),
            Found::Integer(value) => Some(self.constant(value as f64, Dimension::NONE)),
            Found::Failed => None,
            Found::Unknown => {
                let text = format!("{name}[{value}]");
                if self.scope.nearest(name).is_some_and(|near| near == name) || self.is_known(name)
                {
                    self.report(
                        Diagnostic::new(span, format!("there is no `{text}`"))
                            .label(format!("the index is {value}")),
                    );
                } else {
                    self.unknown(&text, name, span);
                }
                None
            }
        }
    }

    fn is_known(&self, name: &str) -> bool {
        !matches!(self.scope.lookup(name), Found::Unknown)
    }

    /// The value of an index or a bound; everything that is no whole number is reported.
    fn index_value(&mut self, ast: &Ast) -> Option<i64> {
        if let Some(value) = self.whole_number(ast) {
            let integer = exact_integer(value);
            if integer.is_none() {
                let message = format!("an index is a whole number, but this is {value}");
                self.report(Diagnostic::new(ast.span, message));
            }
            return integer;
        }
        let mut names = vec![];
        ast.walk(&mut |part| {
            if let AstKind::Name(name) = &part.kind {
                names.push((name.clone(), part.span));
            }
        });
        let before = self.diagnostics.len();
        let mut failed = false;
        for (name, span) in names {
            if self.integer(&name).is_some() {
                continue;
            }
            match self.scope.lookup(&name) {
                Found::Unknown => self.unknown(&name, &name, span),
                Found::Failed => failed = true,
                _ => {
                    let message = format!(
                        "an index is made of whole numbers known before the run, but `{name}` is a quantity"
                    );
                    self.report(Diagnostic::new(span, message));
                }
            }
        }
        if self.diagnostics.len() == before && !failed {
            self.report(Diagnostic::new(
                ast.span,
                "an index is made of whole numbers, `+`, `-`, `*` and `/`",
            ));
        }
        None
    }

    fn sum(&mut self, ast: &Ast, body: &Ast, index: &str, from: &Ast, to: &Ast) -> Option<Typed> {
        let (first, last) = (self.index_value(from), self.index_value(to));
        let (first, last) = (first?, last?);
        let mut total = Typed {
            any: true,
            ..self.constant(0.0, Dimension::NONE)
        };
        let mut terms = Vec::new();
        for value in first..=last {
            if self.terms == 0 {
                self.report(Diagnostic::new(
                    ast.span,
                    format!("the sums have more than {MAX_TERMS} terms"),
                ));
                return None;
            }
            self.terms -= 1;
            self.indices.push((index.to_string(), value));
            let term = self.lower(body);
            self.indices.pop();
            // One failing term speaks for the others.
            let term = term?;
            if !total.any && !term.any && total.dimension != term.dimension {
                let message = "the terms of this sum have different units".to_string();
                let label = format!(
                    "{} for {index} = {value}, {} before",
                    shown(term.dimension),
                    shown(total.dimension)
                );
                self.report(Diagnostic::new(body.span, message).label(label));
                return None;
            }
            let dimension = if total.any {
                term.dimension
            } else {
                total.dimension
            };
            terms.push(term.id);
            total = Typed {
                dimension,
                any: total.any && term.any,
                ..total
            };
        }
        Some(Typed {
            id: self.added(total.id, terms),
            ..total
        })
    }

    /// Many terms are added in pairs: one behind the other, each partial sum would have a gradient of its own, and N
    /// cells in one compartment would cost N² of memory.
    fn added(&mut self, zero: ExprId, mut terms: Vec<ExprId>) -> ExprId {
        const FEW: usize = 64;
        while terms.len() > FEW {
            let pairs = terms.chunks(2).map(|pair| match *pair {
                [a, b] => self.graph.binary(Binary::Add, a, b),
                _ => pair[0],
            });
            terms = pairs.collect();
        }
        let add = |sum, term| self.graph.binary(Binary::Add, sum, term);
        terms.into_iter().fold(zero, add)
    }

    fn infix(&mut self, ast: &Ast, op: Infix, left: &Ast, right: &Ast) -> Option<Typed> {
        let (a, b) = (self.lower(left), self.lower(right));
        let (a, b) = (a?, b?);
        let binary = match op {
            Infix::Power => return self.power(ast, (left, a), (right, b)),
            Infix::Add => Binary::Add,
            Infix::Subtract => Binary::Subtract,
            Infix::Multiply => Binary::Multiply,
            Infix::Divide => Binary::Divide,
            Infix::Less => Binary::Less,
            Infix::LessEqual => Binary::LessEqual,
            Infix::Greater => Binary::Greater,
            Infix::GreaterEqual => Binary::GreaterEqual,
            Infix::Equal => Binary::Equal,
            Infix::NotEqual => Binary::NotEqual,
            Infix::And => Binary::And,
            Infix::Or => Binary::Or,
        };
        let (dimension, any) = match op {
            Infix::Add | Infix::Subtract => {
                let dimension = self.same(ast, &[(left, a), (right, b)])?;
                (dimension, a.any && b.any)
            }
            Infix::Multiply | Infix::Divide => {
                let combine = if op == Infix::Multiply {
                    Dimension::checked_multiply
                } else {
                    Dimension::checked_divide
                };
                let Some(dimension) = combine(a.dimension, b.dimension) else {
                    self.report(Diagnostic::new(
                        ast.span,
                        "the powers of units are too high here",
                    ));
                    return None;
                };
                (dimension, false)
            }
            Infix::And | Infix::Or => {
                let name = format!("`{}`", op.text());
                let (left, right) = (
                    self.expect_number(left, a, &name),
                    self.expect_number(right, b, &name),
                );
                left.and(right)?;
                (Dimension::NONE, false)
            }
            _ => {
                self.same(ast, &[(left, a), (right, b)])?;
                (Dimension::NONE, false)
            }
        };
        Some(Typed {
            id: self.graph.binary(binary, a.id, b.id),
            dimension,
            any,
        })
    }
}

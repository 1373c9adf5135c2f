//! The language of outcomes: what a run has to give, and the event functions that make it exact.
//!
//! `max(x)` and its kin mean the extremum over all times, not over saved ones: an event function finds where the total
//! derivative dx/dt = Σ ∂x/∂y·f + ∂x/∂t changes sign. `integral(x)` becomes a state of its own.

use super::build::{Builder, World};
use super::{Aggregate, OutcomeInfo};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::{Ast, AstKind, Crossing};
use crate::expr::graph::{ExprId, Graph, Unary, VarId};
use crate::expr::lower::Typed;
use crate::expr::parse;
use crate::expr::print::to_text;
use crate::expr::visit::{replace, visit};
use crate::units::{Dimension, Unit};

/// Functions of one argument that look over the whole run.
const OVER_TIME: &[&str] = &["max", "min", "final", "initial", "mean", "integral"];

/// An aggregate before the event functions and states that it needs exist.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // few of them, and short-lived
pub(super) enum Wanted {
    Extremum {
        value: ExprId,
        max: bool,
        time: bool,
    },
    Final(ExprId),
    Initial(ExprId),
    At(ExprId, ExprId),
    Integral(usize),
    Mean(usize),
    TimeOf(usize),
    CountOf(usize),
    TimeWhen(Box<Crossing>),
}

/// An outcome whose aggregates are not yet bound to events and states.
pub(super) struct Open {
    pub wanted: Vec<(VarId, Wanted)>,
    pub value: Typed,
}

impl Builder<'_> {
    /// Reads an expression in the language of outcomes. `what` is for messages.
    pub(super) fn open_outcome(&mut self, ast: &Ast, what: &str) -> Option<Open> {
        self.in_outcome = true;
        let open = self.read_outcome(ast, what);
        self.in_outcome = false;
        open
    }

    fn read_outcome(&mut self, ast: &Ast, what: &str) -> Option<Open> {
        let mut wanted = Vec::new();
        let mut good = true;
        let ast = &self.with_outcomes(ast, &mut Vec::new());
        let first = self.diagnostics.len();
        let mut written = Vec::new();
        let rewritten = replace(ast, &mut |part| {
            let aggregate = self.aggregate(part)?;
            let Some((aggregate, dimension)) = aggregate else {
                good = false;
                return Some(AstKind::Number {
                    value: 0.0,
                    unit: None,
                });
            };
            // The `#` keeps the name out of everybody's reach.
            let name = format!("#{}", self.placeholders.len());
            let (var, id) = self.graph.variable(name.clone(), dimension);
            self.placeholders.insert(
                name.clone(),
                Typed {
                    id,
                    dimension,
                    any: false,
                },
            );
            wanted.push((var, aggregate));
            written.push((name.clone(), to_text(part)));
            Some(AstKind::Name(name))
        });
        let sound = good && self.only_constants(&rewritten, what);
        let value = sound
            .then(|| self.lower(&rewritten, World::Dynamic))
            .flatten();
        self.as_written(first, &written);
        Some(Open {
            wanted,
            value: value?,
        })
    }

    /// Puts into the messages from `first` on what placeholders stand for, as it is written in the file.
    fn as_written(&mut self, first: usize, written: &[(String, String)]) {
        for diagnostic in self.diagnostics.iter_mut().skip(first) {
            for text in [
                &mut diagnostic.message,
                &mut diagnostic.label,
                &mut diagnostic.help,
            ] {
                // The last ones first: `#12` begins like `#1`.
                for (name, original) in written.iter().rev() {
                    *text = text.replace(name, original);
                }
            }
        }
    }

    /// The names of other outcomes replaced by what they stand for. Inside of aggregates there are none: what an outcome
    /// is has no course in time.
    fn with_outcomes(&mut self, ast: &Ast, open: &mut Vec<String>) -> Ast {
        replace(ast, &mut |part| match &part.kind {
            AstKind::Call(name, _, arguments)
                if OVER_TIME.contains(&name.as_str()) && arguments.len() == 1 || name == "at" =>
            {
                Some(part.kind.clone())
            }
            AstKind::TimeWhen(_) | AstKind::TimeOfExtremum { .. } => Some(part.kind.clone()),
            AstKind::Name(name) => {
                let known = self.names.contains_key(&(self.model.full_name(name), None));
                let outcome = self.model.outcomes.iter().find(|o| o.name == *name);
                let outcome = outcome.filter(|_| !known)?;
                if open.contains(name) {
                    let message = format!("the outcome `{name}` depends on itself");
                    self.diagnostics.push(Diagnostic::new(part.span, message));
                    return Some(AstKind::Number {
                        value: f64::NAN,
                        unit: None,
                    });
                }
                open.push(name.clone());
                let value = self.with_outcomes(&outcome.value, open);
                open.pop();
                Some(value.kind)
            }
            _ => None,
        })
    }

    /// Outside of aggregates nothing may change in time: at which time would it be meant?
    fn only_constants(&mut self, ast: &Ast, what: &str) -> bool {
        let Some(typed) = self.lower(ast, World::Dynamic) else {
            return false;
        };
        let moving = self.moving_variable(typed.id);
        let Some(variable) = moving else { return true };
        let mut span = ast.span;
        visit(ast, &mut |part| {
            if matches!(&part.kind, AstKind::Name(n) if *n == variable) {
                span = part.span;
            }
        });
        self.diagnostics.push(
            Diagnostic::new(
                span,
                format!("{what} changes with time: at which time is `{variable}` meant?"),
            )
            .help("use final(x), initial(x), max(x), min(x), mean(x), integral(x) or at(x, 5 s)"),
        );
        false
    }

    /// `Some(None)` if the part is an aggregate with a mistake, `None` if it is none.
    #[allow(clippy::option_option)]
    fn aggregate(&mut self, part: &Ast) -> Option<Option<(Wanted, Dimension)>> {
        let seconds = Dimension::TIME;
        match &part.kind {
            AstKind::Call(name, _, arguments)
                if arguments.len() == 1 && OVER_TIME.contains(&name.as_str()) =>
            {
                Some(
                    self.lower(&arguments[0], World::Dynamic)
                        .map(|x| self.over_time(name, x)),
                )
            }
            AstKind::Call(name, _, arguments) if name == "at" && arguments.len() == 2 => {
                let x = self.lower(&arguments[0], World::Dynamic);
                let time = self.lower_as(&arguments[1], &seconds, "a time", World::Static);
                let time = time.filter(|_| self.is_fixed_time(&arguments[1]));
                Some(
                    x.zip(time)
                        .map(|(x, time)| (Wanted::At(x.id, time), x.dimension)),
                )
            }
            AstKind::TimeOf(event, span) => Some(
                self.event(event, *span)
                    .map(|e| (Wanted::TimeOf(e), seconds)),
            ),
            AstKind::CountOf(event, span) => Some(
                self.event(event, *span)
                    .map(|e| (Wanted::CountOf(e), Dimension::NONE)),
            ),
            AstKind::TimeOfExtremum { max, of } => Some(self.lower(of, World::Dynamic).map(|x| {
                (
                    Wanted::Extremum {
                        value: x.id,
                        max: *max,
                        time: true,
                    },
                    seconds,
                )
            })),
            AstKind::TimeWhen(crossing) => {
                Some(Some((Wanted::TimeWhen(crossing.clone()), seconds)))
            }
            _ => None,
        }
    }

    /// Whether the time of `at` is known before the run. Else it would be read with the values at the start.
    fn is_fixed_time(&mut self, time: &Ast) -> bool {
        let Some(typed) = self.lower(time, World::Dynamic) else {
            return false;
        };
        let Some(variable) = self.moving_variable(typed.id) else {
            return true;
        };
        let message = "the time of `at` must be of parameters only".to_string();
        self.diagnostics.push(
            Diagnostic::new(time.span, message)
                .label(format!("`{variable}` changes with time"))
                .help("for example at(x, 5 s); final(x) is the value at the end"),
        );
        false
    }

    fn over_time(&mut self, name: &str, x: Typed) -> (Wanted, Dimension) {
        let wanted = match name {
            "max" => Wanted::Extremum {
                value: x.id,
                max: true,
                time: false,
            },
            "min" => Wanted::Extremum {
                value: x.id,
                max: false,
                time: false,
            },
            "final" => Wanted::Final(x.id),
            "initial" => Wanted::Initial(x.id),
            "mean" => Wanted::Mean(self.integral(x)),
            _ => {
                let dimension = x.dimension.multiply(Dimension::TIME);
                return (Wanted::Integral(self.integral(x)), dimension);
            }
        };
        (wanted, x.dimension)
    }

    /// A conserved sum: like any expression, with `integral(x)` allowed.
    pub(super) fn open_sum(&mut self, ast: &Ast) -> Option<Typed> {
        let mut good = true;
        let first = self.diagnostics.len();
        let mut written = Vec::new();
        let rewritten = replace(ast, &mut |part| {
            let AstKind::Call(name, _, arguments) = &part.kind else {
                return None;
            };
            if name != "integral" || arguments.len() != 1 {
                return None;
            }
            let name = format!("#{}", self.placeholders.len());
            let Some(x) = self.lower(&arguments[0], World::Dynamic) else {
                good = false;
                return Some(AstKind::Number {
                    value: 0.0,
                    unit: None,
                });
            };
            let state = self.integral(x);
            let typed = Typed {
                id: self.state_node(state),
                dimension: x.dimension.multiply(Dimension::TIME),
                any: false,
            };
            self.placeholders.insert(name.clone(), typed);
            written.push((name.clone(), to_text(part)));
            Some(AstKind::Name(name))
        });
        let sum = good
            .then(|| self.lower(&rewritten, World::Dynamic))
            .flatten();
        self.as_written(first, &written);
        sum
    }

    fn event(&mut self, name: &str, span: Span) -> Option<usize> {
        let model = self.model;
        let mut labels: Vec<String> = Vec::new();
        for event in &model.events {
            let copies = self.each_copy(&event.each);
            labels.extend(copies.into_iter().map(|copy| match copy {
                None => event.name.clone(),
                Some((_, i)) => format!("{}[{i}]", event.name),
            }));
        }
        // `wilting[N]` is `wilting[6]`.
        let label = match parse::parse_expression(name).map(|ast| ast.kind) {
            Ok(AstKind::Index(base, index)) => format!("{base}[{}]", self.integer(&index)?),
            _ => name.to_string(),
        };
        if let Some(index) = labels.iter().position(|known| *known == label) {
            return Some(index);
        }
        let mut diagnostic = Diagnostic::new(span, format!("there is no event `{label}`"));
        let copies = format!("{label}[");
        if let Some(copy) = labels.iter().find(|known| known.starts_with(&copies)) {
            diagnostic = Diagnostic::new(span, format!("event `{label}` is repeated: which copy?"))
                .help(format!("for example `{copy}`"));
        } else if let Some(right) = nearest(&label, labels.iter().map(String::as_str)) {
            diagnostic = diagnostic.help(format!("did you mean `{right}`?"));
        }
        self.diagnostics.push(diagnostic);
        None
    }

    /// The outcome with its aggregates bound.
    pub(super) fn close_outcome(
        &self,
        open: Open,
        bind: &mut dyn FnMut(&Wanted) -> Aggregate,
        name: &str,
        unit: Option<Unit>,
        about: &str,
    ) -> OutcomeInfo {
        let dimension = open.value.dimension;
        OutcomeInfo {
            name: name.to_string(),
            aggregates: open
                .wanted
                .iter()
                .map(|(var, wanted)| (*var, bind(wanted)))
                .collect(),
            value: open.value.id,
            unit: unit
                .filter(|u| u.dimension() == dimension)
                .unwrap_or_else(|| Unit::preferred(dimension)),
            about: about.to_string(),
        }
    }
}

/// The terms of a sum: `a + b − c` gives a, b and −c.
pub(super) fn terms(graph: &mut Graph, sum: ExprId) -> Vec<ExprId> {
    use crate::expr::graph::{Binary, Node};
    let mut out = Vec::new();
    let mut stack = vec![(sum, false)];
    while let Some((id, negative)) = stack.pop() {
        match graph.node(id) {
            Node::Binary(Binary::Add, a, b) => stack.extend([(b, negative), (a, negative)]),
            Node::Binary(Binary::Subtract, a, b) => stack.extend([(b, !negative), (a, negative)]),
            Node::Unary(Unary::Negate, a) => stack.push((a, !negative)),
            _ => out.push(if negative {
                graph.unary(Unary::Negate, id)
            } else {
                id
            }),
        }
    }
    out
}

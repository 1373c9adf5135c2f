//! Names and their copies: one item for each definition and value of its index.

use std::collections::BTreeSet;

use super::build::{Builder, Item, Kind, MOST_COPIES, Memo, World};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::graph::Node;
use crate::expr::lower::lower;
use crate::expr::print::to_text;
use crate::expr::visit::visit;
use crate::model::{Each, Role};

impl<'m> Builder<'m> {
    /// Finds the integers that ranges use, then makes one item of each definition and index.
    pub(super) fn enumerate(&mut self) {
        let zero = self.graph.constant(0.0);
        debug_assert_eq!(zero, self.zero());
        self.find_integers();
        let model = self.model;
        let definitions = model
            .definitions
            .iter()
            .enumerate()
            .map(|(i, d)| (&d.name, &d.each, Kind::Definition(i)));
        let states = model
            .states
            .iter()
            .enumerate()
            .map(|(i, s)| (&s.name, &s.each, Kind::State(i)));
        for (name, each, kind) in definitions.chain(states) {
            match each {
                None => {
                    self.bases.insert(name.clone(), None);
                    self.push_item(name.clone(), name, None, kind);
                }
                Some(each) => {
                    let Some((from, to)) = self.range(each) else {
                        self.lost.insert(name.clone());
                        continue;
                    };
                    self.bases.insert(name.clone(), Some((from, to)));
                    for value in from..=to {
                        self.push_item(
                            format!("{name}[{value}]"),
                            name,
                            Some((each.index.clone(), value)),
                            kind,
                        );
                    }
                }
            }
        }
        self.memo = [
            vec![Memo::Unseen; self.items.len()],
            vec![Memo::Unseen; self.items.len()],
        ];
    }

    pub(super) fn push_item(
        &mut self,
        label: String,
        name: &str,
        index: Option<(String, i64)>,
        kind: Kind,
    ) {
        let key = (name.to_string(), index.as_ref().map(|i| i.1));
        self.names.insert(key, self.items.len());
        self.items.push(Item { label, index, kind });
    }

    /// Parameters that stand in the range of an index are integers known when the model is built.
    pub(super) fn find_integers(&mut self) {
        let model = self.model;
        let mut wanted: BTreeSet<&str> = BTreeSet::new();
        let mut collect = |ast: &'m Ast| {
            visit(ast, &mut |part| {
                if let AstKind::Name(name) = &part.kind {
                    wanted.insert(name);
                }
            });
        };
        let eaches = (model.definitions.iter().filter_map(|d| d.each.as_ref()))
            .chain(model.states.iter().filter_map(|s| s.each.as_ref()))
            .chain(model.events.iter().filter_map(|e| e.each.as_ref()));
        for each in eaches {
            collect(&each.from);
            collect(&each.to);
        }
        let values = model.definitions.iter().map(|d| &d.value);
        for ast in values.chain(
            model
                .states
                .iter()
                .flat_map(|s| s.rate.iter().chain([&s.initial])),
        ) {
            visit(ast, &mut |part| {
                if let AstKind::Sum { from, to, .. } = &part.kind {
                    collect(from);
                    collect(to);
                }
            });
        }
        for name in wanted {
            let Some(d) = model
                .definitions
                .iter()
                .find(|d| d.name == name && d.role == Role::Parameter)
            else {
                continue;
            };
            match d.value.kind {
                // Below its own limit: what would be missing then is no mistake of its own.
                AstKind::Number { value, unit: None } if below(value, &d.bounds.0) => {
                    self.uncountable.insert(name.to_string());
                    let least = d.bounds.0.as_ref().map(to_text).unwrap_or_default();
                    let message = format!("`{name}` = {value}: it can't be below {least}");
                    self.diagnostics
                        .push(Diagnostic::new(d.value.span, message));
                }
                AstKind::Number { value, unit: None }
                    if value.fract() == 0.0 && value.abs() <= MOST_COPIES as f64 =>
                {
                    self.integers.insert(name.to_string(), value as i64);
                }
                _ => {
                    self.uncountable.insert(name.to_string());
                    self.diagnostics.push(
                        Diagnostic::new(
                            d.value.span,
                            format!("`{name}` counts copies and must be a whole number"),
                        )
                        .help(format!("write `{name} = 10`; at most {MOST_COPIES}")),
                    );
                }
            }
        }
    }

    /// True for the name of a definition or state, whether it is fine or not.
    fn is_defined(&self, name: &str) -> bool {
        let name = self.model.full_name(name);
        self.is_broken(&name)
            || self.model.definitions.iter().any(|d| d.name == name)
            || self.model.states.iter().any(|s| s.name == name)
    }

    /// The copies of something: its index with each of its values; `None` alone for what is not repeated.
    pub(super) fn each_copy(&mut self, each: &Option<Each>) -> Vec<Option<(String, i64)>> {
        let Some(each) = each else {
            return vec![None];
        };
        let range = self.range(each).map(|(from, to)| from..=to);
        let copy = |value: i64| Some((each.index.clone(), value));
        range.into_iter().flatten().map(copy).collect()
    }

    pub(super) fn range(&mut self, each: &Each) -> Option<(i64, i64)> {
        let (from, to) = (self.integer(&each.from), self.integer(&each.to));
        let (from, to) = (from?, to?);
        // `1..0` is the empty range of N = 0; further back it is a slip.
        if to < from - 1 {
            self.diagnostics.push(
                Diagnostic::new(
                    each.from.span.to(each.to.span),
                    format!("the range from {from} to {to} is empty"),
                )
                .help(format!("did you mean `{to}..{from}`?")),
            );
            return None;
        }
        if to - from >= MOST_COPIES {
            self.diagnostics.push(Diagnostic::new(
                each.to.span,
                format!("more than {MOST_COPIES} copies"),
            ));
            return None;
        }
        Some((from, to))
    }

    pub(super) fn integer(&mut self, ast: &Ast) -> Option<i64> {
        let mut quantity = None;
        visit(ast, &mut |part| {
            if let AstKind::Name(name) = &part.kind
                && !self.integers.contains_key(name)
                && self.is_defined(name)
            {
                quantity = Some((name.clone(), part.span));
            }
        });
        if let Some((name, span)) = quantity {
            if !self.uncountable.contains(&name) {
                self.diagnostics.push(Diagnostic::new(
                    span,
                    format!("a range needs whole numbers known before the run, but `{name}` is a quantity"),
                ));
            }
            return None;
        }
        let before = self.diagnostics.len();
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        let mut graph = std::mem::take(&mut self.graph);
        let typed = lower(
            ast,
            &self.view(World::Static, None),
            &mut graph,
            &mut diagnostics,
        );
        let value = typed.and_then(|t| match graph.node(t.id) {
            Node::Constant(value) if value.fract() == 0.0 && value.abs() <= 1e15 => {
                Some(value as i64)
            }
            _ => None,
        });
        self.graph = graph;
        self.diagnostics = diagnostics;
        if value.is_none() && self.diagnostics.len() == before {
            self.diagnostics.push(Diagnostic::new(
                ast.span,
                "a range needs whole numbers that are known beforehand",
            ));
        }
        value
    }

    /// All copies of a repeated quantity, as indexed names.
    pub(super) fn copies(&self, name: &str) -> Vec<Ast> {
        let Some(Some((from, to))) = self.bases.get(name) else {
            return Vec::new();
        };
        let number = |i: i64| Ast {
            kind: AstKind::Number {
                value: i as f64,
                unit: None,
            },
            span: Span::default(),
        };
        (*from..=*to)
            .map(|i| Ast {
                kind: AstKind::Index(name.to_string(), Box::new(number(i))),
                span: Span::default(),
            })
            .collect()
    }
}

/// True if a number lies below a limit that is a number.
fn below(value: f64, limit: &Option<Ast>) -> bool {
    let limit = limit.as_ref().map(|limit| &limit.kind);
    matches!(limit, Some(AstKind::Number { value: least, .. }) if value < *least)
}

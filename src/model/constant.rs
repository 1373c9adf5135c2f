//! Expressions of parameters computed as the parameters stand in the file: ends of ranges.

use std::collections::BTreeMap;

use super::Model;
use crate::expr::ast::{Ast, AstKind};
use crate::expr::eval::evaluate;
use crate::expr::graph::Graph;
use crate::expr::lower::{Found, Scope, lower};
use crate::expr::visit::{replace, visit};
use crate::units::{Dimension, Unit};

/// Longest chain of names: a circle has no end.
const LONGEST_CHAIN: usize = 20;

/// Most definitions that are looked into: each may name many.
const MOST_LOOKUPS: usize = 1000;

/// No names at all.
struct Nothing;

impl Scope for Nothing {
    fn lookup(&self, _name: &str) -> Found {
        Found::Unknown
    }

    fn lookup_indexed(&self, _name: &str, _index: i64) -> Found {
        Found::Unknown
    }

    fn nearest(&self, _name: &str) -> Option<String> {
        None
    }
}

impl Model {
    /// The value in internal units, and the dimension unless it is a 0 that fits any. `None` for what depends on time, on
    /// copies, or has a mistake, which is reported when the model is built.
    pub(super) fn constant(&self, ast: &Ast) -> Option<(f64, Option<Dimension>)> {
        self.compute(ast, LONGEST_CHAIN, &mut { MOST_LOOKUPS })
    }

    fn compute(
        &self,
        ast: &Ast,
        chain: usize,
        lookups: &mut usize,
    ) -> Option<(f64, Option<Dimension>)> {
        let mut names: BTreeMap<&str, Option<AstKind>> = BTreeMap::new();
        visit(ast, &mut |part| {
            if let AstKind::Name(name) = &part.kind {
                names.insert(name, None);
            }
        });
        for (name, number) in &mut names {
            let Some(value) = self.value_there(&self.full_name(name)) else {
                continue;
            };
            *lookups = lookups.checked_sub(1)?;
            let (value, dimension) = self.compute(value, chain.checked_sub(1)?, lookups)?;
            let unit = dimension.filter(|d| !d.is_none()).map(Unit::coherent);
            *number = Some(AstKind::Number { value, unit });
        }
        let spelled = replace(ast, &mut |part| match &part.kind {
            AstKind::Name(name) => names.get(name.as_str()).cloned().flatten(),
            _ => None,
        });
        let mut graph = Graph::new();
        let typed = lower(&spelled, &Nothing, &mut graph, &mut Vec::new())?;
        let values = evaluate(&graph, &[typed.id], &|_| f64::NAN);
        let dimension = (!typed.any).then_some(typed.dimension);
        Some((*values.first()?, dimension))
    }

    /// What stands there for a name, in full, that is not repeated.
    pub(super) fn value_there(&self, name: &str) -> Option<&Ast> {
        let definition = self.definitions.iter().find(|d| d.name == name);
        let definition = definition.filter(|d| d.each.is_none()).map(|d| &d.value);
        let state = || self.states.iter().find(|s| s.name == name);
        definition.or_else(|| state().filter(|s| s.each.is_none()).map(|s| &s.initial))
    }
}

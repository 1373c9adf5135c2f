//! Event functions: those of the model, those that outcomes ask for, and the kinks of the equations.

use super::build::{Builder, World};
use super::outcomes::{Open, Wanted};
use super::{EventInfo, Purpose, Target};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::{Ast, AstKind, Crossing, Infix, Then, Way, When};
use crate::expr::diff::Differentiator;
use crate::expr::graph::{Binary, ExprId};
use crate::expr::kinks;
use crate::units::Dimension;

impl Builder<'_> {
    #[allow(clippy::type_complexity)]
    pub(super) fn user_events(
        &mut self,
    ) -> (Vec<EventInfo>, Vec<ExprId>, Vec<Vec<(Target, ExprId)>>) {
        let (mut infos, mut functions, mut effects) = (Vec::new(), Vec::new(), Vec::new());
        let model = self.model;
        for event in &model.events {
            let mut time = None;
            let (way, g) = match &event.when {
                When::Crossing(crossing) => (crossing.way, self.difference(crossing)),
                When::At(at) => {
                    let span = at.span;
                    let at =
                        self.lower_as(at, &Dimension::TIME, "the time of an event", World::Static);
                    time = at.map(|at| (at, span));
                    (
                        Way::Rises,
                        at.map(|at| self.graph.binary(Binary::Subtract, self.time.1, at)),
                    )
                }
            };
            let mut effect = Vec::new();
            for then in &event.then {
                effect.extend(match then {
                    Then::Set(name, span, value) => self.effect(name, *span, value, false),
                    Then::Switch(name, span, value) => self.effect(name, *span, value, true),
                    _ => None,
                });
            }
            let stops = event.then.contains(&Then::Stop);
            let fails = event.then.contains(&Then::Fail);
            if (stops || fails)
                && event
                    .then
                    .iter()
                    .any(|t| matches!(t, Then::Set(..) | Then::Switch(..)))
            {
                self.diagnostics.push(Diagnostic::new(
                    event.span,
                    format!(
                        "event `{}` ends the run and sets something: nobody would see it",
                        event.name
                    ),
                ));
            }
            let applies = !effect.is_empty();
            infos.push(EventInfo {
                name: event.name.clone(),
                way,
                purpose: Purpose::User,
                stops,
                fails,
                applies,
                at: time,
            });
            functions.push(g.unwrap_or(self.time.1));
            effects.push(effect);
        }
        (infos, functions, effects)
    }

    /// left − right.
    pub(super) fn difference(&mut self, crossing: &Crossing) -> Option<ExprId> {
        let span = crossing.left.span.to(crossing.right.span);
        let (left, right) = (
            Box::new(crossing.left.clone()),
            Box::new(crossing.right.clone()),
        );
        let ast = Ast {
            kind: AstKind::Infix(Infix::Subtract, left, right),
            span,
        };
        self.lower(&ast, World::Dynamic).map(|t| t.id)
    }

    pub(super) fn effect(
        &mut self,
        name: &str,
        span: Span,
        value: &Ast,
        switch: bool,
    ) -> Option<(Target, ExprId)> {
        let full = self.model.full_name(name);
        let state = self
            .state_items
            .iter()
            .position(|i| self.items[*i].label == full);
        let mode = self.modes.iter().find(|m| m.0 == full).map(|m| m.1);
        let (target, what) = match (state, mode, switch) {
            (Some(state), _, false) => (Target::State(state), full.clone()),
            (_, Some(slot), true) => (Target::Param(slot), full.clone()),
            _ => {
                let (kind, word) = if switch {
                    ("mode", "switch")
                } else {
                    ("state", "set")
                };
                let message = format!("`{word}` changes a {kind}, and `{name}` is none");
                let names: Vec<String> = if switch {
                    self.modes.iter().map(|m| m.0.clone()).collect()
                } else {
                    self.state_items
                        .iter()
                        .map(|i| self.items[*i].label.clone())
                        .collect()
                };
                let help = match nearest(name, names.iter().map(String::as_str)) {
                    Some(right) => format!("did you mean `{right}`?"),
                    None if switch => "declare it under [mode]".to_string(),
                    None => "only states can be set".to_string(),
                };
                self.diagnostics
                    .push(Diagnostic::new(span, message).help(help));
                return None;
            }
        };
        let dimension = match target {
            Target::State(state) => self.graph.var(self.state_vars[state]).dimension,
            Target::Param(slot) => self.graph.var(self.params[slot]).dimension,
        };
        let id = self.lower_as(value, &dimension, &format!("`{what}`"), World::Dynamic)?;
        Some((target, id))
    }

    #[allow(clippy::type_complexity)]
    pub(super) fn time_when<'o>(
        &mut self,
        open: impl Iterator<Item = &'o Open>,
    ) -> Vec<(Crossing, ExprId, Way)> {
        let mut crossings: Vec<Crossing> = Vec::new();
        for (_, wanted) in open.flat_map(|o| &o.wanted) {
            if let Wanted::TimeWhen(crossing) = wanted
                && !crossings.contains(&**crossing)
            {
                crossings.push((**crossing).clone());
            }
        }
        crossings
            .into_iter()
            .filter_map(|crossing| {
                let g = self.difference(&crossing)?;
                let way = crossing.way;
                Some((crossing, g, way))
            })
            .collect()
    }

    pub(super) fn freeze(&mut self, roots: &[ExprId]) -> (Vec<ExprId>, Vec<(usize, ExprId)>) {
        let moving: std::collections::BTreeSet<_> = self
            .state_vars
            .iter()
            .copied()
            .chain([self.time.0])
            .collect();
        let first = self.params.len();
        let params = &mut self.params;
        let frozen = kinks::freeze(
            &mut self.graph,
            roots,
            &|var| moving.contains(&var),
            &mut |graph| {
                let (var, id) =
                    graph.variable(format!("kink {}", params.len() - first), Dimension::NONE);
                params.push(var);
                id
            },
        );
        let kinks = frozen
            .kinks
            .iter()
            .map(|kink| {
                let slot = params[first..]
                    .iter()
                    .position(|var| self.graph.place(*var) == kink.slot)
                    .unwrap_or(0);
                (first + slot, kink.g)
            })
            .collect();
        (frozen.roots, kinks)
    }

    /// dx/dt = Σ ∂x/∂y·f + ∂x/∂t.
    pub(super) fn total_derivative(
        &mut self,
        differentiator: &mut Differentiator,
        x: ExprId,
        rates: &[ExprId],
    ) -> ExprId {
        let mut sum = self.graph.constant(0.0);
        for (i, partial) in differentiator.gradient(&mut self.graph, x) {
            let term = match rates.get(i) {
                Some(rate) => self.graph.binary(Binary::Multiply, partial, *rate),
                None => partial,
            };
            sum = self.graph.binary(Binary::Add, sum, term);
        }
        sum
    }
}

pub(super) fn plain_event(name: &str, way: Way, purpose: Purpose) -> EventInfo {
    EventInfo {
        name: name.to_string(),
        way,
        purpose,
        stops: false,
        fails: false,
        applies: false,
        at: None,
    }
}

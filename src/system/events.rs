//! Event functions: those of the model, those that outcomes ask for, and the kinks of the equations.

use super::build::{Builder, World};
use super::outcomes::{Open, Wanted};
use super::{EventInfo, Purpose, Target};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::{Ast, AstKind, Crossing, Infix, Then, Way, When};
use crate::expr::diff::Differentiator;
use crate::expr::graph::{Binary, ExprId, Node};
use crate::expr::kinks;
use crate::model::Event;
use crate::units::Dimension;

impl Builder<'_> {
    #[allow(clippy::type_complexity)]
    pub(super) fn user_events(
        &mut self,
    ) -> (Vec<EventInfo>, Vec<ExprId>, Vec<Vec<(Target, ExprId)>>) {
        let (mut infos, mut functions, mut effects) = (Vec::new(), Vec::new(), Vec::new());
        let model = self.model;
        for event in &model.events {
            for copy in self.each_copy(&event.each) {
                let (info, function, effect) = self.user_event(event, copy.as_ref());
                infos.push(info);
                functions.push(function);
                effects.push(effect);
            }
        }
        (infos, functions, effects)
    }

    /// An event of the model, of the copy at hand if it is repeated.
    fn user_event(
        &mut self,
        event: &Event,
        copy: Option<&(String, i64)>,
    ) -> (EventInfo, ExprId, Vec<(Target, ExprId)>) {
        let mut time = None;
        let (way, g) = match &event.when {
            When::Crossing(crossing) => (crossing.way, self.difference(crossing, copy)),
            When::At(at) => {
                let span = at.span;
                let what = "the time of an event";
                let at = self.lower_copy_as(at, &Dimension::TIME, what, World::Static, copy);
                time = at.map(|at| (at, span));
                (
                    Way::Rises,
                    at.map(|at| self.graph.binary(Binary::Subtract, self.time.1, at)),
                )
            }
        };
        let mut effect = Vec::new();
        for then in &event.then {
            match then {
                Then::Set(target, value) => effect.extend(self.set(target, value, copy)),
                Then::Switch(name, span, value) => {
                    effect.extend(self.switch(name, *span, value, copy));
                }
                _ => {}
            }
        }
        let stops = event.then.contains(&Then::Stop);
        let fails = event.then.contains(&Then::Fail);
        let sets = |t: &Then| matches!(t, Then::Set(..) | Then::Switch(..));
        if (stops || fails) && event.then.iter().any(sets) {
            let message = format!(
                "event `{}` ends the run and sets something: nobody would see it",
                event.name
            );
            self.diagnostics.push(Diagnostic::new(event.span, message));
        }
        let info = EventInfo {
            name: copy.map_or_else(
                || event.name.clone(),
                |(_, i)| format!("{}[{i}]", event.name),
            ),
            way,
            purpose: Purpose::User,
            stops,
            fails,
            applies: !effect.is_empty(),
            at: time,
        };
        (info, g.unwrap_or(self.time.1), effect)
    }

    /// left − right.
    pub(super) fn difference(
        &mut self,
        crossing: &Crossing,
        copy: Option<&(String, i64)>,
    ) -> Option<ExprId> {
        let span = crossing.left.span.to(crossing.right.span);
        let (left, right) = (
            Box::new(crossing.left.clone()),
            Box::new(crossing.right.clone()),
        );
        let ast = Ast {
            kind: AstKind::Infix(Infix::Subtract, left, right),
            span,
        };
        self.lower_copy(&ast, World::Dynamic, copy).map(|t| t.id)
    }

    /// `set NAME = value`: one state, one copy of a repeated one, or all of its copies.
    fn set(
        &mut self,
        target: &Ast,
        value: &Ast,
        copy: Option<&(String, i64)>,
    ) -> Vec<(Target, ExprId)> {
        let (name, index) = match &target.kind {
            AstKind::Name(name) => (name, None),
            AstKind::Index(name, index) => {
                let Some(index) = self.copy_number(index, copy) else {
                    return Vec::new();
                };
                (name, Some(index))
            }
            _ => return Vec::new(),
        };
        let full = self.model.full_name(name);
        let range = self.bases.get(&full).copied().flatten();
        let wanted: Vec<Option<i64>> = match (index, range) {
            (None, Some((from, to))) => (from..=to).map(Some).collect(),
            (index, _) => vec![index],
        };
        let states: Vec<usize> = (wanted.into_iter())
            .filter_map(|i| self.names.get(&(full.clone(), i)))
            .filter_map(|item| self.state_items.binary_search(item).ok())
            .collect();
        if states.is_empty() {
            let label = index.map_or_else(|| full.clone(), |i| format!("{full}[{i}]"));
            let labels = self.state_items.iter();
            let labels = labels.map(|i| self.items[*i].label.as_str());
            let help = match nearest(&label, labels) {
                Some(right) => format!("did you mean `{right}`?"),
                None => "only states can be set".to_string(),
            };
            let copied = range.is_some() && self.model.states.iter().any(|s| s.name == full);
            let message = if copied {
                format!("there is no copy `{label}`")
            } else {
                format!("`set` changes a state, and `{name}` is none")
            };
            self.diagnostics
                .push(Diagnostic::new(target.span, message).help(help));
        }
        let mut out = Vec::new();
        for state in states {
            let dimension = self.graph.var(self.state_vars[state]).dimension;
            let what = format!("`{}`", self.items[self.state_items[state]].label);
            let id = self.lower_copy_as(value, &dimension, &what, World::Dynamic, copy);
            out.extend(id.map(|id| (Target::State(state), id)));
        }
        out
    }

    /// Which copy an index means.
    fn copy_number(&mut self, index: &Ast, copy: Option<&(String, i64)>) -> Option<i64> {
        let typed = self.lower_copy(index, World::Static, copy)?;
        match self.graph.node(typed.id) {
            Node::Constant(value) if value.fract() == 0.0 => Some(value as i64),
            _ => {
                let message = "an index needs a whole number that is known beforehand";
                self.diagnostics.push(Diagnostic::new(index.span, message));
                None
            }
        }
    }

    /// `switch NAME = value`: a mode.
    fn switch(
        &mut self,
        name: &str,
        span: Span,
        value: &Ast,
        copy: Option<&(String, i64)>,
    ) -> Option<(Target, ExprId)> {
        let full = self.model.full_name(name);
        let Some(slot) = self.modes.iter().find(|m| m.0 == full).map(|m| m.1) else {
            let help = match nearest(name, self.modes.iter().map(|m| m.0.as_str())) {
                Some(right) => format!("did you mean `{right}`?"),
                None => "declare it under [mode]".to_string(),
            };
            let message = format!("`switch` changes a mode, and `{name}` is none");
            self.diagnostics
                .push(Diagnostic::new(span, message).help(help));
            return None;
        };
        let dimension = self.graph.var(self.params[slot]).dimension;
        let what = format!("`{full}`");
        let id = self.lower_copy_as(value, &dimension, &what, World::Dynamic, copy)?;
        Some((Target::Param(slot), id))
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
                let g = self.difference(&crossing, None)?;
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

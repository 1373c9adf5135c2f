//! Variables: parameters, states, inputs, modes and integrals get their places in the vectors.

use std::collections::BTreeSet;

use super::Parameter;
use super::build::{Builder, Kind, Memo, World};
use crate::diagnostic::{Diagnostic, nearest};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::graph::{ExprId, Node, VarId};
use crate::expr::lower::Typed;
use crate::expr::visit::visit;
use crate::model::Role;
use crate::units::Dimension;

impl<'m> Builder<'m> {
    /// Gives states, inputs and modes their variables; what they are at the start is lowered for that.
    pub(super) fn declare(&mut self) {
        for change in &self.model.experiment.changes {
            let name = self.model.full_name(&change.input);
            self.input_names.insert(name);
        }
        self.check_inputs();
        // All constants first: they are the front of the parameter vector, in the order of the file.
        for item in 0..self.items.len() {
            if let Kind::Definition(i) = self.items[item].kind
                && self.model.definitions[i].given
                && (self.model.definitions[i].role == Role::Parameter
                    || self.dependencies(item, World::Static).is_empty())
            {
                self.resolve(item, World::Static);
            }
        }
        let seconds = Dimension::TIME;
        let duration = &self.model.experiment.duration;
        let duration = self.lower_as(duration, &seconds, "the duration", World::Static);
        self.duration = duration.map(|id| Typed {
            id,
            dimension: seconds,
            any: false,
        });
        for item in 0..self.items.len() {
            if let Kind::State(i) = self.items[item].kind {
                self.resolve(item, World::Static);
                let label = self.items[item].label.clone();
                let Memo::Done(initial) = self.memo[World::Static as usize][item] else {
                    self.memo[World::Dynamic as usize][item] = Memo::Failed;
                    continue;
                };
                let dimension = self.state_dimension(i, initial);
                let (var, id) = self.graph.variable(label, dimension);
                self.state_vars.push(var);
                self.state_items.push(item);
                self.memo[World::Dynamic as usize][item] = Memo::Done(Typed {
                    id,
                    dimension,
                    any: false,
                });
            }
        }
        for item in 0..self.items.len() {
            let Kind::Definition(i) = self.items[item].kind else {
                continue;
            };
            let d = &self.model.definitions[i];
            let (is_slot, at_start) = (self.is_slot(d), d.at_start);
            if is_slot || at_start {
                self.resolve(item, World::Static);
            }
            if is_slot {
                self.declare_slot(item, i);
            } else if at_start {
                self.memo[World::Dynamic as usize][item] = self.memo[World::Static as usize][item];
            }
        }
    }

    /// A state given as a plain number has the dimension of its unit, if one is given.
    pub(super) fn state_dimension(&mut self, i: usize, initial: Typed) -> Dimension {
        let s = &self.model.states[i];
        match &s.unit {
            Some(unit) if unit.dimension() != initial.dimension => {
                let plain_zero = matches!(
                    &s.initial.kind,
                    AstKind::Number {
                        value: 0.0,
                        unit: None
                    }
                );
                if !plain_zero {
                    self.diagnostics.push(
                        Diagnostic::new(
                            s.initial.span,
                            format!(
                                "`{}` is shown in [{unit}] but starts as something else",
                                s.name
                            ),
                        )
                        .label(format!("this is [{}]", initial.dimension)),
                    );
                }
                unit.dimension()
            }
            _ => initial.dimension,
        }
    }

    pub(super) fn check_inputs(&mut self) {
        for change in &self.model.experiment.changes {
            let name = self.model.full_name(&change.input);
            if self.is_broken(&name) {
                continue;
            }
            let known = self.model.definitions.iter().find(|d| d.name == name);
            let mut diagnostic = match known {
                Some(d)
                    if d.given && d.role != Role::Mode && !self.integers.contains_key(&name) =>
                {
                    continue;
                }
                Some(_) => Diagnostic::new(
                    change.span,
                    format!("`{name}` is computed and can't be changed by the experiment"),
                ),
                None if self.model.states.iter().any(|s| s.name == name) => Diagnostic::new(
                    change.span,
                    format!("`{name}` is a state and can't be changed by the experiment"),
                )
                .help("use an [event.…] with `when = \"at 5 s\"` and `then = \"set …\"`"),
                None => Diagnostic::new(
                    change.span,
                    format!(
                        "the experiment changes `{}`, which does not exist",
                        change.input
                    ),
                ),
            };
            let candidates = self
                .model
                .definitions
                .iter()
                .filter(|d| d.given)
                .map(|d| d.name.as_str());
            if diagnostic.help.is_empty()
                && let Some(right) = nearest(&change.input, candidates)
            {
                diagnostic = diagnostic.help(format!("did you mean `{right}`?"));
            }
            self.diagnostics.push(diagnostic);
            self.input_names.remove(&name);
        }
    }

    pub(super) fn declare_slot(&mut self, item: usize, i: usize) {
        let Memo::Done(initial) = self.memo[World::Static as usize][item] else {
            self.memo[World::Dynamic as usize][item] = Memo::Failed;
            return;
        };
        let d = &self.model.definitions[i];
        let label = self.items[item].label.clone();
        let (slot, value) = self.slot(&label, initial.dimension);
        let mut id = value;
        if d.role == Role::Mode {
            self.modes.push((d.name.clone(), slot, initial.id));
        } else {
            // A step of a repeated input is one of all its copies.
            let names = (d.name.as_str(), label.as_str());
            let (input, course) = super::inputs::declare(self, names, initial, slot, value);
            self.inputs.push(input);
            id = course;
        }
        self.memo[World::Dynamic as usize][item] = Memo::Done(Typed { id, ..initial });
    }

    /// A new slot of the parameter vector. Parameters are all known before the first slot is made.
    pub(super) fn slot(&mut self, name: &str, dimension: Dimension) -> (usize, ExprId) {
        let (var, id) = self.graph.variable(name, dimension);
        self.params.push(var);
        (self.params.len() - 1, id)
    }

    /// A constant given by the author becomes an entry of the parameter vector: the same in both worlds.
    pub(super) fn parameter(&mut self, item: usize, typed: Typed) -> Typed {
        for memo in &self.memo {
            if let Memo::Done(known) = memo[item] {
                return known;
            }
        }
        let Kind::Definition(i) = self.items[item].kind else {
            return typed;
        };
        let model = self.model;
        let d = &model.definitions[i];
        if self.integers.contains_key(&d.name) {
            return typed;
        }
        let Node::Constant(value) = self.graph.node(typed.id) else {
            return typed;
        };
        if !value.is_finite() {
            self.diagnostics.push(Diagnostic::new(
                d.value.span,
                format!(
                    "`{}` = {value}: a parameter must be a finite number",
                    d.name
                ),
            ));
        }
        let (var, id) = self
            .graph
            .variable(&self.items[item].label, typed.dimension);
        self.params.push(var);
        self.parameters.push(Parameter {
            name: self.items[item].label.clone(),
            value,
            unit: self.shown(&d.unit, &d.value, typed.dimension),
            about: d.about.clone(),
            source: d.source.clone(),
            changed: model.changed.contains(&d.name),
        });
        Typed {
            id,
            dimension: typed.dimension,
            any: false,
        }
    }

    /// The state that sums up `x` over the run; one for equal `x`.
    pub(super) fn integral(&mut self, x: Typed) -> usize {
        if let Some((_, state)) = self.integrals.iter().find(|(known, _)| known.id == x.id) {
            return *state;
        }
        let (var, _) = self
            .graph
            .variable("integral", x.dimension.multiply(Dimension::TIME));
        self.state_vars.push(var);
        let state = self.state_vars.len() - 1;
        self.integrals.push((x, state));
        state
    }

    pub(super) fn state_node(&self, state: usize) -> ExprId {
        self.graph.place(self.state_vars[state])
    }

    /// Name of a variable below an expression that moves in time, if there is one. Slots of inputs count.
    pub(super) fn moving_variable(&self, id: ExprId) -> Option<String> {
        let placeholder = |name: &str| name.starts_with('#');
        self.graph
            .reachable(&[id])
            .into_iter()
            .find_map(|node| match self.graph.node(node) {
                Node::Variable(var) => {
                    let name = &self.graph.var(var).name;
                    let constant = self
                        .params
                        .iter()
                        .take(self.parameters.len())
                        .any(|p| *p == var);
                    (!constant && !placeholder(name)).then(|| name.clone())
                }
                _ => None,
            })
    }

    /// For each node of the graph, whether it moves in time: [`Self::moving_variable`] for all of them in one pass.
    pub(super) fn moving(&self) -> Vec<bool> {
        let constants: BTreeSet<VarId> = self.params[..self.parameters.len()]
            .iter()
            .copied()
            .collect();
        self.depends(&|var| !constants.contains(&var) && !self.graph.var(var).name.starts_with('#'))
    }

    /// For each node of the graph, whether it depends on a variable of which `on` is true.
    pub(super) fn depends(&self, on: &dyn Fn(VarId) -> bool) -> Vec<bool> {
        let mut depends: Vec<bool> = Vec::with_capacity(self.graph.len());
        for node in self.graph.nodes() {
            // Children stand before what is made of them.
            depends.push(match node {
                Node::Variable(var) => on(*var),
                _ => node.children().any(|child| depends[child.0 as usize]),
            });
        }
        depends
    }

    /// Notes what changes in time in an expression of the experiment, whose values are worked out before the run.
    pub(super) fn is_constant(&mut self, ast: &Ast) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![ast];
        let mut culprit = None;
        while culprit.is_none()
            && let Some(next) = open.pop()
        {
            visit(next, &mut |part| {
                let (AstKind::Name(name) | AstKind::Index(name, _)) = &part.kind else {
                    return;
                };
                let name = self.model.full_name(name);
                let state = self.model.states.iter().any(|s| s.name == name);
                if name == "t" || state || self.input_names.contains(&name) {
                    culprit = Some(name);
                } else if let Some(d) = self.model.definitions.iter().find(|d| d.name == name)
                    && seen.insert(name)
                {
                    open.push(&d.value);
                }
            });
        }
        let Some(name) = culprit else { return true };
        let message =
            format!("`{name}` changes in time, which a step of the experiment can't follow");
        self.diagnostics
            .push(Diagnostic::new(ast.span, message).help(
            "what a step says is worked out before the run; use parameters, or an event with `set`",
        ));
        false
    }
}

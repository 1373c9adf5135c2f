//! [`Model`] to [`System`]: names become numbers of states and parameters, expressions become nodes of one graph.
//!
//! Every definition can be read in two worlds. In the *dynamic* one states are variables and inputs are slots. In the
//! *static* one everything is what it is at the start: a state is its initial value, an input its value before the
//! experiment; what is left are parameters. Initial values, experiments, scales and thresholds are static.

use std::collections::{BTreeMap, BTreeSet};

use super::{Input, Parameter, System};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::graph::{ExprId, Graph, Node, VarId};
use crate::expr::lower::{Found, Scope, Typed, lower, lower_as, references};
use crate::model::{Check, Definition, Model, Role};
use crate::units::{Dimension, Unit};

/// Which reading of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum World {
    Static,
    Dynamic,
}

/// One definition or state for one value of its index.
pub(super) struct Item {
    /// `V[3]`, or the plain name.
    pub label: String,
    /// Index variable and its value.
    pub index: Option<(String, i64)>,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Definition(usize),
    State(usize),
}

/// What is known of an item in a world.
#[derive(Clone, Copy)]
pub(super) enum Memo {
    Unseen,
    Open,
    Done(Typed),
    Failed,
}

pub(super) struct Builder<'m> {
    pub model: &'m Model,
    pub graph: Graph,
    pub diagnostics: Vec<Diagnostic>,
    pub broken: &'m [String],
    pub items: Vec<Item>,
    pub names: BTreeMap<(String, Option<i64>), usize>,
    /// Base names, with the range of their index if they have one.
    pub bases: BTreeMap<String, Option<(i64, i64)>>,
    pub memo: [Vec<Memo>; 2],
    pub integers: BTreeMap<String, i64>,
    /// Names in ranges that are no whole numbers, and repeated names without a range: reported.
    pub uncountable: BTreeSet<String>,
    pub lost: BTreeSet<String>,
    /// Placeholders that outcomes use for what a run gives.
    pub placeholders: BTreeMap<String, Typed>,
    pub time: (VarId, ExprId),
    pub params: Vec<VarId>,
    pub parameters: Vec<Parameter>,
    pub state_vars: Vec<VarId>,
    /// State items in the order of the state vector.
    pub state_items: Vec<usize>,
    /// Integrals: what is summed up, and the state that does it.
    pub integrals: Vec<(Typed, usize)>,
    /// The length of the run, once it is known.
    pub duration: Option<Typed>,
    pub input_names: BTreeSet<String>,
    pub inputs: Vec<Input>,
    pub modes: Vec<(String, usize, ExprId)>,
    /// While an outcome is read.
    pub in_outcome: bool,
}

/// Most copies of one definition, and most states.
pub(super) const MOST_COPIES: i64 = 100_000;

/// Names of a circle that a message shows.
const LONGEST_CHAIN: usize = 10;

/// Builds the system of a model. With `checks`, what the model's checks ask for becomes outcomes too.
///
/// # Errors
/// All mistakes: unknown names, units that do not fit, circles, wrong ranges.
pub fn build(
    model: &Model,
    broken: &[String],
    checks: &[Check],
) -> Result<System, Vec<Diagnostic>> {
    let mut builder = Builder::new(model, broken);
    builder.enumerate();
    builder.declare();
    builder.lower_all();
    let system = builder.finish(checks);
    let mut diagnostics = builder.diagnostics;
    if diagnostics.is_empty() {
        return system
            .ok_or_else(|| vec![Diagnostic::new(Span::default(), "the model can't be built")]);
    }
    diagnostics.sort_by(|a, b| a.span.cmp(&b.span).then_with(|| a.message.cmp(&b.message)));
    diagnostics.dedup();
    Err(diagnostics)
}

pub(super) struct View<'a, 'm> {
    builder: &'a Builder<'m>,
    world: World,
    index: Option<&'a (String, i64)>,
}

impl Scope for View<'_, '_> {
    fn lookup(&self, name: &str) -> Found {
        let b = self.builder;
        if let Some((index, value)) = self.index
            && index == name
        {
            return Found::Integer(*value);
        }
        if let Some(value) = b.integers.get(name) {
            return Found::Integer(*value);
        }
        if b.uncountable.contains(name) {
            return Found::Failed;
        }
        if let Some(typed) = b.placeholders.get(name) {
            return Found::Value(*typed);
        }
        match (name, b.duration) {
            ("t", _) => return Found::Value(b.time_in(self.world)),
            ("duration", Some(typed)) => return Found::Value(typed),
            ("duration", None) => return Found::Failed,
            _ => {}
        }
        self.item(&(b.model.full_name(name), None))
    }

    fn lookup_indexed(&self, name: &str, index: i64) -> Found {
        self.item(&(self.builder.model.full_name(name), Some(index)))
    }

    fn is_outcome(&self) -> bool {
        self.builder.in_outcome
    }

    fn copies(&self, name: &str) -> Option<(i64, i64)> {
        let name = self.builder.model.full_name(name);
        self.builder.bases.get(&name).copied().flatten()
    }

    fn nearest(&self, name: &str) -> Option<String> {
        nearest(name, self.builder.bases.keys().map(String::as_str)).map(str::to_string)
    }
}

impl View<'_, '_> {
    fn item(&self, key: &(String, Option<i64>)) -> Found {
        let b = self.builder;
        match b.names.get(key) {
            // Ranges are read before there is anything to be known of the items: they may use integers only.
            Some(item) => match b.memo[self.world as usize].get(*item) {
                Some(Memo::Done(typed)) => Found::Value(*typed),
                _ => Found::Failed,
            },
            None if b.is_broken(&key.0) => Found::Failed,
            None => Found::Unknown,
        }
    }
}

impl<'m> Builder<'m> {
    fn new(model: &'m Model, broken: &'m [String]) -> Self {
        let mut graph = Graph::new();
        let time = graph.variable("t", Dimension::TIME);
        Builder {
            model,
            graph,
            diagnostics: Vec::new(),
            broken,
            items: Vec::new(),
            names: BTreeMap::new(),
            bases: BTreeMap::new(),
            memo: [Vec::new(), Vec::new()],
            integers: BTreeMap::new(),
            uncountable: BTreeSet::new(),
            lost: BTreeSet::new(),
            placeholders: BTreeMap::new(),
            time,
            params: Vec::new(),
            parameters: Vec::new(),
            state_vars: Vec::new(),
            state_items: Vec::new(),
            integrals: Vec::new(),
            duration: None,
            input_names: BTreeSet::new(),
            inputs: Vec::new(),
            modes: Vec::new(),
            in_outcome: false,
        }
    }

    /// True for a name, or a part of a block, whose definition has a mistake that has been reported.
    pub(super) fn is_broken(&self, name: &str) -> bool {
        let head = name.split('.').next().unwrap_or(name);
        self.lost.contains(name) || self.broken.iter().any(|b| b == name || b == head)
    }

    fn time_in(&self, world: World) -> Typed {
        let id = match world {
            World::Dynamic => self.time.1,
            World::Static => self.zero(),
        };
        Typed {
            id,
            dimension: Dimension::TIME,
            any: false,
        }
    }

    /// The node of 0, which `declare` has put into the graph.
    pub(super) fn zero(&self) -> ExprId {
        ExprId(1)
    }

    pub(super) fn view<'a>(
        &'a self,
        world: World,
        index: Option<&'a (String, i64)>,
    ) -> View<'a, 'm> {
        View {
            builder: self,
            world,
            index,
        }
    }

    /// Lowers an expression that is not a definition.
    pub(super) fn lower(&mut self, ast: &Ast, world: World) -> Option<Typed> {
        self.lower_copy(ast, world, None)
    }

    /// The same for one copy of something repeated: its index and the value of that.
    pub(super) fn lower_copy(
        &mut self,
        ast: &Ast,
        world: World,
        copy: Option<&(String, i64)>,
    ) -> Option<Typed> {
        self.need(ast, world, copy);
        self.with_graph(|b, graph, diagnostics| {
            lower(ast, &b.view(world, copy), graph, diagnostics)
        })
    }

    /// Lowers an expression that must have a dimension.
    pub(super) fn lower_as(
        &mut self,
        ast: &Ast,
        dimension: &Dimension,
        what: &str,
        world: World,
    ) -> Option<ExprId> {
        self.lower_copy_as(ast, dimension, what, world, None)
    }

    /// The same for one copy of something repeated.
    pub(super) fn lower_copy_as(
        &mut self,
        ast: &Ast,
        dimension: &Dimension,
        what: &str,
        world: World,
        copy: Option<&(String, i64)>,
    ) -> Option<ExprId> {
        self.need(ast, world, copy);
        self.with_graph(|b, graph, diagnostics| {
            let view = b.view(world, copy);
            lower_as(ast, dimension, what, &view, graph, diagnostics)
        })
    }

    /// The graph and the messages taken out for a moment, so that the names can be looked up meanwhile.
    pub(super) fn with_graph<T>(
        &mut self,
        f: impl FnOnce(&Self, &mut Graph, &mut Vec<Diagnostic>) -> T,
    ) -> T {
        let mut graph = std::mem::take(&mut self.graph);
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        let result = f(self, &mut graph, &mut diagnostics);
        self.graph = graph;
        self.diagnostics = diagnostics;
        result
    }

    /// Makes sure that all that an expression reads has been lowered.
    fn need(&mut self, ast: &Ast, world: World, copy: Option<&(String, i64)>) {
        for item in self.reads(ast, copy) {
            self.resolve(item, world);
        }
    }

    /// The items that an expression reads.
    fn reads(&self, ast: &Ast, index: Option<&(String, i64)>) -> Vec<usize> {
        let integers = |name: &str| match index {
            Some((variable, value)) if variable == name => Some(*value),
            _ => self.integers.get(name).copied(),
        };
        references(ast, &integers)
            .into_iter()
            .filter_map(|r| {
                self.names
                    .get(&(self.model.full_name(&r.name), r.index))
                    .copied()
            })
            .collect()
    }

    /// What an item reads in a world before it can be lowered itself.
    pub(super) fn dependencies(&self, item: usize, world: World) -> Vec<usize> {
        let Item { kind, index, .. } = &self.items[item];
        match (*kind, world) {
            (Kind::State(_), World::Dynamic) => Vec::new(),
            (Kind::State(i), World::Static) => {
                self.reads(&self.model.states[i].initial, index.as_ref())
            }
            (Kind::Definition(i), _) => {
                let d = &self.model.definitions[i];
                if world == World::Dynamic && self.is_slot(d) {
                    Vec::new()
                } else {
                    self.reads(&d.value, index.as_ref())
                }
            }
        }
    }

    /// True for what lives in a slot while a run goes on.
    pub(super) fn is_slot(&self, d: &Definition) -> bool {
        d.role == Role::Mode || self.input_names.contains(&d.name)
    }

    /// Lowers an item and all that it reads, without recursion: chains may be long.
    pub(super) fn resolve(&mut self, item: usize, world: World) {
        let mut stack = vec![item];
        while let Some(&top) = stack.last() {
            match self.memo[world as usize][top] {
                Memo::Done(_) | Memo::Failed => {
                    stack.pop();
                }
                Memo::Unseen => {
                    self.memo[world as usize][top] = Memo::Open;
                    for next in self.dependencies(top, world) {
                        match self.memo[world as usize][next] {
                            Memo::Unseen => stack.push(next),
                            Memo::Open => self.circle(&stack, next, world),
                            _ => {}
                        }
                    }
                }
                Memo::Open => {
                    stack.pop();
                    let done = self.lower_item(top, world);
                    self.memo[world as usize][top] = done.map_or(Memo::Failed, Memo::Done);
                }
            }
        }
    }

    fn circle(&mut self, stack: &[usize], again: usize, world: World) {
        // Only open items are on the way from `again` back to itself.
        let open: Vec<usize> = stack
            .iter()
            .copied()
            .filter(|i| matches!(self.memo[world as usize][*i], Memo::Open))
            .collect();
        let Some(start) = open.iter().position(|i| *i == again) else {
            return;
        };
        let mut chain: Vec<&str> = open[start..]
            .iter()
            .map(|i| self.items[*i].label.as_str())
            .collect();
        chain.push(&self.items[again].label);
        if chain.len() > LONGEST_CHAIN {
            let behind = chain.len() - LONGEST_CHAIN / 2;
            chain.splice(LONGEST_CHAIN / 2..behind, ["…"]);
        }
        let at_start = if world == World::Static {
            " at the start"
        } else {
            ""
        };
        let message = format!(
            "`{}` depends on itself{at_start}: {}",
            self.items[again].label,
            chain.join(" → ")
        );
        let span = match self.items[again].kind {
            Kind::Definition(i) => self.model.definitions[i].span,
            Kind::State(i) => self.model.states[i].span,
        };
        self.diagnostics.push(Diagnostic::new(span, message));
        for i in &open[start..] {
            self.memo[world as usize][*i] = Memo::Failed;
        }
    }

    fn lower_item(&mut self, item: usize, world: World) -> Option<Typed> {
        let index = self.items[item].index.clone();
        let (value, expects, slot) = match self.items[item].kind {
            Kind::State(i) => (
                &self.model.states[i].initial,
                &self.model.states[i].expects,
                false,
            ),
            Kind::Definition(i) => {
                let d = &self.model.definitions[i];
                (&d.value, &d.expects, self.is_slot(d))
            }
        };
        if world == World::Dynamic && (slot || matches!(self.items[item].kind, Kind::State(_))) {
            // Declared before, in `declare`.
            return None;
        }
        let mut typed = self.with_graph(|b, graph, diagnostics| {
            let view = b.view(world, index.as_ref());
            match expects {
                None => lower(value, &view, graph, diagnostics),
                Some((unit, what)) => {
                    let dimension = unit.dimension();
                    let id = lower_as(value, &dimension, what, &view, graph, diagnostics)?;
                    Some(Typed {
                        id,
                        dimension,
                        any: false,
                    })
                }
            }
        })?;
        typed.any &= expects.is_none();
        if let Kind::Definition(i) = self.items[item].kind {
            self.check_unit(i, typed);
        }
        if let Kind::Definition(i) = self.items[item].kind {
            let d = &self.model.definitions[i];
            if d.given
                && d.role != Role::Mode
                && matches!(self.graph.node(typed.id), Node::Constant(_))
            {
                typed = self.parameter(item, typed);
            }
        }
        if matches!(self.items[item].kind, Kind::State(_)) {
            typed.any = false;
        }
        Some(typed)
    }

    /// The unit that the file gives must measure what the value is.
    fn check_unit(&mut self, i: usize, typed: Typed) {
        let d = &self.model.definitions[i];
        let Some(unit) = &d.unit else { return };
        let known = self.diagnostics.iter().any(|m| m.span == d.value.span);
        if typed.any || unit.dimension() == typed.dimension || known {
            return;
        }
        self.diagnostics
            .push(shown_otherwise(&d.name, unit, typed.dimension, &d.value));
    }

    /// The unit in which something is shown, as long as it measures the same.
    pub(super) fn shown(&self, unit: &Option<Unit>, value: &Ast, dimension: Dimension) -> Unit {
        (self
            .model
            .shown_unit(unit, value)
            .filter(|u| u.dimension() == dimension))
        .unwrap_or_else(|| Unit::preferred(dimension))
    }

    fn lower_all(&mut self) {
        for item in 0..self.items.len() {
            self.resolve(item, World::Dynamic);
        }
        // What a block gives to a copy that does not exist would be lost.
        let model = self.model;
        for (target, each) in &model.uses {
            for copy in self.each_copy(each) {
                self.lower_copy(target, World::Dynamic, copy.as_ref());
            }
        }
    }

    /// Reads an item as it is at the start, if that has not been done.
    pub(super) fn ensure_static(&mut self, item: usize) {
        self.resolve(item, World::Static);
    }

    pub(super) fn initial(&self, item: usize) -> Option<Typed> {
        match self.memo[World::Static as usize][item] {
            Memo::Done(typed) => Some(typed),
            _ => None,
        }
    }

    pub(super) fn dynamic(&self, item: usize) -> Option<Typed> {
        match self.memo[World::Dynamic as usize][item] {
            Memo::Done(typed) => Some(typed),
            _ => None,
        }
    }
}

/// The message where a quantity has a unit of another dimension.
pub(super) fn shown_otherwise(name: &str, unit: &Unit, is: Dimension, value: &Ast) -> Diagnostic {
    let mistake = Diagnostic::new(value.span, format!("`{name}` can't be shown in [{unit}]"));
    match &value.kind {
        AstKind::Number {
            value: number,
            unit: None,
        } => mistake
            .label("a plain number")
            .help(format!("give the value its unit: `\"{number} {unit}\"`")),
        _ => mistake.label(format!("this is [{is}]")),
    }
}

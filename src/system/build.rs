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
use crate::expr::visit::visit;
use crate::model::{Check, Definition, Each, Model, Role};
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
enum Memo {
    Unseen,
    Open,
    Done(Typed),
    Failed,
}

pub(super) struct Builder<'m> {
    pub model: &'m Model,
    pub graph: Graph,
    pub diagnostics: Vec<Diagnostic>,
    broken: &'m [String],
    pub items: Vec<Item>,
    names: BTreeMap<(String, Option<i64>), usize>,
    /// Base names, with the range of their index if they have one.
    bases: BTreeMap<String, Option<(i64, i64)>>,
    memo: [Vec<Memo>; 2],
    integers: BTreeMap<String, i64>,
    /// Names in ranges that are no whole numbers, and repeated names without a range: reported.
    uncountable: BTreeSet<String>,
    lost: BTreeSet<String>,
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
    input_names: BTreeSet<String>,
    pub inputs: Vec<Input>,
    pub modes: Vec<(String, usize, ExprId)>,
}

/// Most copies of one definition, and most states.
const MOST_COPIES: i64 = 1_000_000;

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
        if let Some(typed) = b.placeholders.get(name) {
            return Found::Value(*typed);
        }
        if name == "t" {
            return Found::Value(b.time_in(self.world));
        }
        self.item(&(b.model.full_name(name), None))
    }

    fn lookup_indexed(&self, name: &str, index: i64) -> Found {
        self.item(&(self.builder.model.full_name(name), Some(index)))
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
        let time = graph.variable("t", Dimension::of("s"));
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
            input_names: BTreeSet::new(),
            inputs: Vec::new(),
            modes: Vec::new(),
        }
    }

    /// True for a name, or a part of a block, whose definition has a mistake that has been reported.
    fn is_broken(&self, name: &str) -> bool {
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
            dimension: Dimension::of("s"),
            any: false,
        }
    }

    /// The node of 0, which `declare` has put into the graph.
    fn zero(&self) -> ExprId {
        ExprId(1)
    }

    // ---- names ---------------------------------------------------------------------------------------------------

    /// Finds the integers that ranges use, then makes one item of each definition and index.
    fn enumerate(&mut self) {
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

    fn push_item(&mut self, label: String, name: &str, index: Option<(String, i64)>, kind: Kind) {
        let key = (name.to_string(), index.as_ref().map(|i| i.1));
        self.names.insert(key, self.items.len());
        self.items.push(Item { label, index, kind });
    }

    /// Parameters that stand in the range of an index are integers known when the model is built.
    fn find_integers(&mut self) {
        let model = self.model;
        let mut wanted: BTreeSet<&str> = BTreeSet::new();
        let mut collect = |ast: &'m Ast| {
            visit(ast, &mut |part| {
                if let AstKind::Name(name) = &part.kind {
                    wanted.insert(name);
                }
            });
        };
        let eaches = model.definitions.iter().filter_map(|d| d.each.as_ref());
        for each in eaches.chain(model.states.iter().filter_map(|s| s.each.as_ref())) {
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

    fn range(&mut self, each: &Each) -> Option<(i64, i64)> {
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

    fn integer(&mut self, ast: &Ast) -> Option<i64> {
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

    // ---- lowering ------------------------------------------------------------------------------------------------

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
        self.need(ast, world);
        self.with_graph(|b, graph, diagnostics| {
            lower(ast, &b.view(world, None), graph, diagnostics)
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
        self.need(ast, world);
        self.with_graph(|b, graph, diagnostics| {
            lower_as(
                ast,
                dimension,
                what,
                &b.view(world, None),
                graph,
                diagnostics,
            )
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
    fn need(&mut self, ast: &Ast, world: World) {
        for item in self.reads(ast, None) {
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
    fn dependencies(&self, item: usize, world: World) -> Vec<usize> {
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
    fn is_slot(&self, d: &Definition) -> bool {
        d.role == Role::Mode || self.input_names.contains(&d.name)
    }

    /// Lowers an item and all that it reads, without recursion: chains may be long.
    fn resolve(&mut self, item: usize, world: World) {
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

    /// A constant given by the author becomes an entry of the parameter vector: the same in both worlds.
    fn parameter(&mut self, item: usize, typed: Typed) -> Typed {
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

    /// The unit in which something is shown, as long as it measures the same.
    pub(super) fn shown(&self, unit: &Option<Unit>, value: &Ast, dimension: Dimension) -> Unit {
        (self
            .model
            .shown_unit(unit, value)
            .filter(|u| u.dimension() == dimension))
        .unwrap_or_else(|| Unit::preferred(dimension))
    }

    // ---- states, inputs, modes -----------------------------------------------------------------------------------

    /// Gives states, inputs and modes their variables; what they are at the start is lowered for that.
    fn declare(&mut self) {
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
            if let Kind::Definition(i) = self.items[item].kind
                && self.is_slot(&self.model.definitions[i])
            {
                self.resolve(item, World::Static);
                self.declare_slot(item, i);
            }
        }
    }

    /// A state given as a plain number has the dimension of its unit, if one is given.
    fn state_dimension(&mut self, i: usize, initial: Typed) -> Dimension {
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

    fn check_inputs(&mut self) {
        for change in &self.model.experiment.changes {
            let name = self.model.full_name(&change.input);
            if self.is_broken(&name) {
                continue;
            }
            let known = self.model.definitions.iter().find(|d| d.name == name);
            let mut diagnostic = match known {
                Some(d)
                    if d.given
                        && d.role != Role::Mode
                        && d.each.is_none()
                        && !self.integers.contains_key(&name) =>
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

    fn declare_slot(&mut self, item: usize, i: usize) {
        let Memo::Done(initial) = self.memo[World::Static as usize][item] else {
            self.memo[World::Dynamic as usize][item] = Memo::Failed;
            return;
        };
        let d = &self.model.definitions[i];
        let (slot, value) = self.slot(&d.name, initial.dimension);
        let mut id = value;
        if d.role == Role::Mode {
            self.modes.push((d.name.clone(), slot, initial.id));
        } else {
            let (input, course) = super::inputs::declare(self, &d.name, initial, slot, value);
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

    fn lower_all(&mut self) {
        for item in 0..self.items.len() {
            self.resolve(item, World::Dynamic);
        }
    }

    /// The state that sums up `x` over the run; one for equal `x`.
    pub(super) fn integral(&mut self, x: Typed) -> usize {
        if let Some((_, state)) = self.integrals.iter().find(|(known, _)| known.id == x.id) {
            return *state;
        }
        let (var, _) = self
            .graph
            .variable("integral", x.dimension.multiply(Dimension::of("s")));
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
        let mut moving: Vec<bool> = Vec::with_capacity(self.graph.len());
        for node in self.graph.nodes() {
            // Children stand before what is made of them.
            moving.push(match node {
                Node::Variable(var) => {
                    !constants.contains(var) && !self.graph.var(*var).name.starts_with('#')
                }
                _ => node.children().any(|child| moving[child.0 as usize]),
            });
        }
        moving
    }

    /// Reads an item as it is at the start, if that has not been done.
    pub(super) fn ensure_static(&mut self, item: usize) {
        self.resolve(item, World::Static);
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

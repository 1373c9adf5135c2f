//! The last part of building: rates, events, guards, kinks and everything that is shown.

use super::build::{Builder, Kind, World, shown_otherwise};
use super::outcomes::{Open, Wanted, terms};
use super::{
    Aggregate, ChartInfo, CheckInfo, ColumnInfo, ConservedInfo, CurveInfo, EventInfo, Flat,
    GuardInfo, Purpose, StateInfo, System, Target,
};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::{Ast, AstKind, Crossing, Infix, Then, Way, When};
use crate::expr::diff::Differentiator;
use crate::expr::graph::{Binary, ExprId, Node, Unary};
use crate::expr::kinks;
use crate::expr::lower::{Typed, lower_as};
use crate::expr::print::to_text;
use crate::model::{Check, Curve, Domain, Outcome};
use crate::units::{Dimension, Unit};

/// How far below its limit a state may fall before a run counts as failed, relative to its size: what rounding and the
/// tolerance of the solver can do is not a fault of the model.
const DOMAIN_SLACK: f64 = 1e-6;

impl Builder<'_> {
    /// Everything behind the definitions. `None` when there are mistakes.
    pub(super) fn finish(&mut self, checks: &[Check]) -> Option<System> {
        let mut rates = self.rates();
        let (user_events, user_g, mut effects) = self.user_events();
        let model = self.model;
        let mut open: Vec<(Option<Open>, &Outcome)> = Vec::new();
        for outcome in &model.outcomes {
            open.push((
                self.open_outcome(&outcome.value, &format!("outcome `{}`", outcome.name)),
                outcome,
            ));
        }
        for (opened, outcome) in &open {
            if let (Some(opened), Some(unit)) = (opened, &outcome.unit)
                && !opened.value.any
                && unit.dimension() != opened.value.dimension
            {
                let dimension = opened.value.dimension;
                self.diagnostics.push(shown_otherwise(
                    &outcome.name,
                    unit,
                    dimension,
                    &outcome.value,
                ));
            }
        }
        let check_outcomes: Vec<Outcome> = checks.iter().map(|c| self.check_outcome(c)).collect();
        let asked: Vec<Option<Open>> = check_outcomes
            .iter()
            .map(|o| self.open_outcome(&o.value, &format!("the check of `{}`", o.name)))
            .collect();
        let conserved = self.conserved();
        let guards = self.guards();
        let charts = self.charts();
        let infos: Vec<_> = checks.iter().map(|c| self.check_info(c)).collect();
        let seconds = Dimension::of("s");
        let duration = self.lower_as(
            &model.experiment.duration,
            &seconds,
            "the duration",
            World::Static,
        );
        let step = model
            .solver
            .step
            .as_ref()
            .and_then(|s| self.lower_as(s, &seconds, "the step", World::Static));
        let time_when = self.time_when(
            open.iter()
                .flat_map(|(o, _)| o)
                .chain(asked.iter().flatten()),
        );
        if !self.diagnostics.is_empty() {
            return None;
        }
        for (x, _) in &self.integrals {
            rates.push(Some(x.id));
        }
        let rates: Vec<ExprId> = rates.into_iter().collect::<Option<_>>()?;
        let outcomes: Vec<(Open, &Outcome)> = open
            .into_iter()
            .map(|(o, info)| Some((o?, info)))
            .chain(
                asked
                    .into_iter()
                    .zip(&check_outcomes)
                    .map(|(o, i)| Some((o?, i))),
            )
            .collect::<Option<_>>()?;

        // One freezing for all that is integrated or watched, so that they share their kinks.
        let extrema = extrema(&outcomes);
        let moving_guards: Vec<usize> = (0..guards.len())
            .filter(|g| self.moves_in_a_piece(guards[*g].value))
            .collect();
        let mut roots = rates.clone();
        roots.extend(&user_g);
        roots.extend(time_when.iter().map(|(_, g, _)| *g));
        roots.extend(moving_guards.iter().map(|g| guards[*g].value));
        roots.extend(&extrema);
        let (frozen, kinks) = self.freeze(&roots);
        let (rates, rest) = frozen.split_at(rates.len());
        let (user_g, rest) = rest.split_at(user_g.len());
        let (when_g, rest) = rest.split_at(time_when.len());
        let (guard_g, extremum_values) = rest.split_at(moving_guards.len());

        let mut events = user_events;
        let mut functions = user_g.to_vec();
        let mut when_events = Vec::new();
        for ((crossing, _, way), g) in time_when.iter().zip(when_g) {
            when_events.push((crossing.clone(), events.len()));
            events.push(plain_event("time when …", *way, Purpose::Outcome));
            functions.push(*g);
        }
        let mut extremum_events = Vec::new();
        let mut differentiator =
            Differentiator::new(&[&self.state_vars[..], &[self.time.0]].concat());
        for (original, value) in extrema.iter().zip(extremum_values) {
            let slope = self.total_derivative(&mut differentiator, *value, rates);
            // What never turns has its extrema at the ends of the run and at jumps.
            let event = (!matches!(self.graph.node(slope), Node::Constant(_))).then(|| {
                events.push(plain_event("extremum", Way::Crosses, Purpose::Outcome));
                functions.push(slope);
                events.len() - 1
            });
            extremum_events.push((*original, event));
        }
        for (index, g) in moving_guards.iter().zip(guard_g) {
            let name = guards[*index].name.clone();
            events.push(EventInfo {
                fails: true,
                ..plain_event(&name, Way::Falls, Purpose::Guard(*index))
            });
            functions.push(*g);
        }
        for (slot, g) in kinks {
            events.push(plain_event("kink", Way::Crosses, Purpose::Kink(slot)));
            functions.push(g);
        }
        effects.resize(events.len(), Vec::new());
        let mut bind = |wanted: &Wanted| bind(wanted, &extremum_events, &when_events);
        let outcomes: Vec<_> = outcomes
            .into_iter()
            .map(|(open, info)| {
                let unit = self.outcome_unit(info, &open.value);
                self.close_outcome(open, &mut bind, &info.name, unit, &info.about)
            })
            .collect();
        let own_outcomes = model.outcomes.len();
        let checks = infos
            .into_iter()
            .enumerate()
            .map(|(i, info)| {
                info.map(|(is, atol)| CheckInfo {
                    outcome: own_outcomes + i,
                    is,
                    atol,
                })
            })
            .collect::<Option<_>>()?;
        Some(System {
            states: self.states(),
            columns: self.columns(),
            parameters: std::mem::take(&mut self.parameters),
            inputs: std::mem::take(&mut self.inputs),
            modes: std::mem::take(&mut self.modes),
            events,
            guards,
            outcomes,
            own_outcomes,
            conserved,
            charts,
            checks,
            duration: duration?,
            time_unit: self.shown(&None, &model.experiment.duration, seconds),
            step,
            flat: Flat {
                time: self.time.0,
                states: std::mem::take(&mut self.state_vars),
                params: std::mem::take(&mut self.params),
                rates: rates.to_vec(),
                events: functions,
                effects,
                graph: std::mem::take(&mut self.graph),
            },
        })
    }

    // ---- states --------------------------------------------------------------------------------------------------

    /// The rate of each state of the model: the sum of its terms.
    fn rates(&mut self) -> Vec<Option<ExprId>> {
        let mut out = Vec::new();
        for position in 0..self.state_items.len() {
            let item = self.state_items[position];
            let Kind::State(i) = self.items[item].kind else {
                continue;
            };
            let Some(typed) = self.dynamic(item) else {
                out.push(None);
                continue;
            };
            let model = self.model;
            let state = &model.states[i];
            let dimension = typed.dimension.divide(Dimension::of("s"));
            let what = format!("the rate of `{}`", state.name);
            let index = self.items[item].index.clone();
            let mut sum = Some(self.graph.constant(0.0));
            for term in &state.rate {
                let term = self.with_graph(|b, graph, diagnostics| {
                    lower_as(
                        term,
                        &dimension,
                        &what,
                        &b.view(World::Dynamic, index.as_ref()),
                        graph,
                        diagnostics,
                    )
                });
                sum = sum
                    .zip(term)
                    .map(|(a, b)| self.graph.binary(Binary::Add, a, b));
            }
            out.push(sum);
        }
        out
    }

    fn states(&mut self) -> Vec<StateInfo> {
        let mut out = Vec::new();
        for position in 0..self.state_items.len() {
            let item = self.state_items[position];
            let Kind::State(i) = self.items[item].kind else {
                continue;
            };
            let (Some(initial), Some(typed)) = (self.initial(item), self.dynamic(item)) else {
                continue;
            };
            let model = self.model;
            let state = &model.states[i];
            let scale = state.scale.as_ref().and_then(|s| {
                self.lower_as(
                    s,
                    &typed.dimension,
                    &format!("the scale of `{}`", state.name),
                    World::Static,
                )
            });
            out.push(StateInfo {
                name: self.items[item].label.clone(),
                initial: initial.id,
                scale,
                unit: self.shown(&state.unit, &state.initial, typed.dimension),
                hidden: false,
            });
        }
        let zero = self.graph.constant(0.0);
        for (x, _) in &self.integrals {
            let unit = Unit::preferred(x.dimension.multiply(Dimension::of("s")));
            out.push(StateInfo {
                name: "integral".to_string(),
                initial: zero,
                scale: None,
                unit,
                hidden: true,
            });
        }
        out
    }

    /// States first, then what else changes in time, in the order of the file.
    fn columns(&mut self) -> Vec<ColumnInfo> {
        let (mut states, mut others) = (Vec::new(), Vec::new());
        let moving = self.moving();
        for item in 0..self.items.len() {
            let Some(typed) = self.dynamic(item) else {
                continue;
            };
            let model = self.model;
            let (unit, value, about, list) = match self.items[item].kind {
                Kind::State(i) => {
                    let s = &model.states[i];
                    (&s.unit, &s.initial, &s.about, &mut states)
                }
                Kind::Definition(i) => {
                    if !moving[typed.id.0 as usize] {
                        continue;
                    }
                    let d = &model.definitions[i];
                    (&d.unit, &d.value, &d.about, &mut others)
                }
            };
            list.push(ColumnInfo {
                name: self.items[item].label.clone(),
                value: typed.id,
                unit: self.shown(unit, value, typed.dimension),
                about: about.clone(),
            });
        }
        states.append(&mut others);
        states
    }

    // ---- events --------------------------------------------------------------------------------------------------

    #[allow(clippy::type_complexity)]
    fn user_events(&mut self) -> (Vec<EventInfo>, Vec<ExprId>, Vec<Vec<(Target, ExprId)>>) {
        let (mut infos, mut functions, mut effects) = (Vec::new(), Vec::new(), Vec::new());
        let model = self.model;
        for event in &model.events {
            let (way, g) = match &event.when {
                When::Crossing(crossing) => (crossing.way, self.difference(crossing)),
                When::At(at) => {
                    let at = self.lower_as(
                        at,
                        &Dimension::of("s"),
                        "the time of an event",
                        World::Static,
                    );
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
            });
            functions.push(g.unwrap_or(self.time.1));
            effects.push(effect);
        }
        (infos, functions, effects)
    }

    /// left − right.
    fn difference(&mut self, crossing: &Crossing) -> Option<ExprId> {
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

    fn effect(
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
    fn time_when<'o>(
        &mut self,
        open: impl Iterator<Item = &'o Open>,
    ) -> Vec<(Crossing, ExprId, Way)> {
        let mut crossings: Vec<Crossing> = Vec::new();
        for (_, wanted) in open.flat_map(|o| &o.wanted) {
            if let Wanted::TimeWhen(crossing) = wanted
                && !crossings.contains(crossing)
            {
                crossings.push(crossing.clone());
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

    /// True if the value can change while inputs are held.
    fn moves_in_a_piece(&self, id: ExprId) -> bool {
        self.graph
            .reachable(&[id])
            .into_iter()
            .any(|node| match self.graph.node(node) {
                Node::Variable(var) => var == self.time.0 || self.state_vars.contains(&var),
                _ => false,
            })
    }

    fn freeze(&mut self, roots: &[ExprId]) -> (Vec<ExprId>, Vec<(usize, ExprId)>) {
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
    fn total_derivative(
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

    // ---- guards --------------------------------------------------------------------------------------------------

    fn guards(&mut self) -> Vec<GuardInfo> {
        let model = self.model;
        let mut out = Vec::new();
        for guard in &model.guards {
            let (dynamic, at_start) = (
                self.lower(&guard.value, World::Dynamic),
                self.lower(&guard.value, World::Static),
            );
            if let (Some(dynamic), Some(at_start)) = (dynamic, at_start) {
                let shown = Ast {
                    kind: AstKind::Name(guard.name.clone()),
                    span: guard.span,
                };
                let shown = self.lower(&shown, World::Static).unwrap_or(at_start);
                out.push(GuardInfo {
                    value: dynamic.id,
                    at_start: at_start.id,
                    strict: guard.strict,
                    name: guard.name.clone(),
                    shown: shown.id,
                    unit: Unit::preferred(shown.dimension),
                    message: guard.message.clone(),
                    span: guard.span,
                });
            }
        }
        for item in 0..self.items.len() {
            let (domain, bounds, value, span, slack) = match self.items[item].kind {
                Kind::Definition(i) => {
                    let d = &model.definitions[i];
                    (d.domain, &d.bounds, &d.value, d.value.span, false)
                }
                Kind::State(i) => {
                    let s = &model.states[i];
                    (s.domain, &s.bounds, &s.initial, s.initial.span, true)
                }
            };
            let unbounded = bounds.0.is_none() && bounds.1.is_none();
            if domain == Domain::Any && unbounded {
                continue;
            }
            let Some(at_start) = ({
                self.ensure_static(item);
                self.initial(item)
            }) else {
                continue;
            };
            let Some(dynamic) = self.dynamic(item) else {
                continue;
            };
            let name = self.items[item].label.clone();
            let unit = self.shown(&None, value, dynamic.dimension);
            let mut limits: Vec<(Option<ExprId>, bool, bool, String)> = Vec::new();
            match domain {
                Domain::Any => {}
                Domain::Positive => {
                    limits.push((None, true, true, "it must be above 0".to_string()))
                }
                Domain::NonNegative => {
                    limits.push((None, true, false, "it can't be below 0".to_string()))
                }
                Domain::Fraction => {
                    let one = self.graph.constant(1.0);
                    limits.push((None, true, false, "it must lie from 0 to 1".to_string()));
                    limits.push((
                        Some(one),
                        false,
                        false,
                        "it must lie from 0 to 1".to_string(),
                    ));
                }
            }
            for (bound, lower) in [(&bounds.0, true), (&bounds.1, false)] {
                let Some(bound) = bound else { continue };
                let what = format!("the limit of `{name}`");
                let limit = self.lower_as(bound, &dynamic.dimension, &what, World::Static);
                let word = if lower { "below" } else { "above" };
                limits.push((
                    limit,
                    lower,
                    false,
                    format!("it can't be {word} {}", to_text(bound)),
                ));
            }
            for (limit, lower, strict, message) in limits {
                let limit = limit.unwrap_or_else(|| self.graph.constant(0.0));
                let mut distance = |x: ExprId| {
                    let (a, b) = if lower { (x, limit) } else { (limit, x) };
                    self.graph.binary(Binary::Subtract, a, b)
                };
                let at_start_value = distance(at_start.id);
                let mut value = distance(dynamic.id);
                if slack && !strict {
                    value = self.with_slack(item, value, at_start.id);
                }
                let (message, name, unit) = (message.clone(), name.clone(), unit.clone());
                out.push(GuardInfo {
                    value,
                    at_start: at_start_value,
                    strict,
                    name,
                    shown: at_start.id,
                    unit,
                    message,
                    span,
                });
            }
        }
        out
    }

    /// The distance of a state from its limit, with the slack that its size allows.
    fn with_slack(&mut self, item: usize, distance: ExprId, initial: ExprId) -> ExprId {
        let Kind::State(i) = self.items[item].kind else {
            return distance;
        };
        let model = self.model;
        let scale = model.states[i]
            .scale
            .as_ref()
            .and_then(|s| self.lower(s, World::Static))
            .map(|t| t.id);
        let size = scale.unwrap_or(initial);
        let size = self.graph.unary(Unary::Abs, size);
        let slack = self.graph.constant(DOMAIN_SLACK);
        let slack = self.graph.binary(Binary::Multiply, slack, size);
        self.graph.binary(Binary::Add, distance, slack)
    }

    // ---- what is shown -------------------------------------------------------------------------------------------

    fn conserved(&mut self) -> Vec<ConservedInfo> {
        let model = self.model;
        let mut out = Vec::new();
        for conserved in &model.conserved {
            if let Some(sum) = self.open_sum(&conserved.value) {
                let terms = terms(&mut self.graph, sum.id);
                out.push(ConservedInfo {
                    name: conserved.name.clone(),
                    terms,
                    tolerance: conserved.tolerance,
                });
            }
        }
        out
    }

    fn charts(&mut self) -> Vec<ChartInfo> {
        let model = self.model;
        let mut out = Vec::new();
        for (i, chart) in model.charts.iter().enumerate() {
            let default = if i == 0 {
                "chart".to_string()
            } else {
                format!("chart-{}", i + 1)
            };
            let x = chart
                .x
                .as_ref()
                .and_then(|x| self.curve(x).into_iter().next());
            let y = chart.y.iter().flat_map(|c| self.curve(c)).collect();
            let mut thresholds = Vec::new();
            for threshold in &chart.thresholds {
                if let Some(value) = self.lower(&threshold.value, World::Static) {
                    thresholds.push((value.id, threshold.label.clone(), value.dimension));
                }
            }
            let name = chart.name.clone().unwrap_or(default);
            if out.iter().any(|c: &ChartInfo| c.name == name) {
                self.diagnostics.push(Diagnostic::new(
                    chart.span,
                    format!("two charts are called `{name}`"),
                ));
            }
            let title = if chart.title.is_empty() {
                model.title.clone()
            } else {
                chart.title.clone()
            };
            let (log_x, log_y, events) = (chart.log_x, chart.log_y, chart.events);
            out.push(ChartInfo {
                title,
                name,
                x,
                y,
                thresholds,
                log_x,
                log_y,
                events,
            });
        }
        out
    }

    /// A curve; the name of a repeated quantity stands for all its copies.
    fn curve(&mut self, curve: &Curve) -> Vec<CurveInfo> {
        let copies = match &curve.value.kind {
            AstKind::Name(name) => self.copies(&self.model.full_name(name)),
            _ => Vec::new(),
        };
        let asts = if copies.is_empty() {
            vec![curve.value.clone()]
        } else {
            copies
        };
        let mut out = Vec::new();
        for ast in asts {
            let Some(typed) = self.lower(&ast, World::Dynamic) else {
                continue;
            };
            if let Some(unit) = &curve.unit
                && unit.dimension() != typed.dimension
            {
                let message = format!("`{}` can't be drawn in [{unit}]", to_text(&ast));
                self.diagnostics.push(
                    Diagnostic::new(ast.span, message)
                        .label(format!("this is [{}]", typed.dimension)),
                );
            }
            out.push(CurveInfo {
                value: typed.id,
                label: curve.label.clone().unwrap_or_else(|| to_text(&ast)),
                unit: self.shown(&curve.unit, &ast, typed.dimension),
                dimension: typed.dimension,
            });
        }
        out
    }

    fn outcome_unit(&self, outcome: &Outcome, value: &Typed) -> Option<Unit> {
        if outcome.unit.is_some() {
            return outcome.unit.clone();
        }
        // Times are shown as the experiment counts them; a quantity as it is shown itself.
        if value.dimension == Dimension::of("s") {
            return Some(self.shown(&None, &self.model.experiment.duration, value.dimension));
        }
        let AstKind::Call(_, _, arguments) = &outcome.value.kind else {
            return None;
        };
        arguments
            .first()
            .map(|a| self.shown(&None, a, value.dimension))
    }

    fn check_outcome(&self, check: &Check) -> Outcome {
        // The name of an outcome stands for what it says.
        let own = match &check.what.kind {
            AstKind::Name(name) => self.model.outcomes.iter().find(|o| o.name == *name),
            _ => None,
        };
        match own {
            Some(outcome) => outcome.clone(),
            None => Outcome {
                name: check.what_text.clone(),
                span: check.span,
                value: check.what.clone(),
                unit: None,
                about: String::new(),
            },
        }
    }

    #[allow(clippy::type_complexity)]
    fn check_info(&mut self, check: &Check) -> Option<(ExprId, Option<ExprId>)> {
        let is = self.lower(&check.is, World::Static)?;
        let what = self.check_outcome(check);
        let dimension = self.outcome_dimension(&what)?;
        if is.dimension != dimension && !is.any {
            self.diagnostics.push(
                Diagnostic::new(
                    check.is.span,
                    format!("`{}` is in [{dimension}]", check.what_text),
                )
                .label(format!("this is [{}]", is.dimension)),
            );
            return None;
        }
        let atol = match &check.atol {
            None => None,
            Some(atol) => Some(self.lower_as(atol, &dimension, "atol", World::Static)?),
        };
        Some((is.id, atol))
    }

    fn outcome_dimension(&mut self, outcome: &Outcome) -> Option<Dimension> {
        self.open_outcome(&outcome.value, &format!("`{}`", outcome.name))
            .map(|o| o.value.dimension)
    }
}

fn plain_event(name: &str, way: Way, purpose: Purpose) -> EventInfo {
    EventInfo {
        name: name.to_string(),
        way,
        purpose,
        stops: false,
        fails: false,
        applies: false,
    }
}

/// The values whose extrema are asked for, each once.
fn extrema(outcomes: &[(Open, &Outcome)]) -> Vec<ExprId> {
    let mut out = Vec::new();
    for (_, wanted) in outcomes.iter().flat_map(|(o, _)| &o.wanted) {
        if let Wanted::Extremum { value, .. } = wanted
            && !out.contains(value)
        {
            out.push(*value);
        }
    }
    out
}

/// An aggregate with its event or state.
fn bind(
    wanted: &Wanted,
    extrema: &[(ExprId, Option<usize>)],
    when: &[(Crossing, usize)],
) -> Aggregate {
    match wanted {
        Wanted::Extremum { value, max, time } => {
            let event = extrema
                .iter()
                .find(|(v, _)| v == value)
                .and_then(|(_, e)| *e);
            match (max, time) {
                (true, false) => Aggregate::Max(*value, event),
                (false, false) => Aggregate::Min(*value, event),
                (true, true) => Aggregate::TimeOfMax(*value, event),
                (false, true) => Aggregate::TimeOfMin(*value, event),
            }
        }
        Wanted::Final(value) => Aggregate::Final(*value),
        Wanted::Initial(value) => Aggregate::Initial(*value),
        Wanted::At(value, time) => Aggregate::At(*value, *time),
        Wanted::Integral(state) => Aggregate::Integral(*state),
        Wanted::Mean(state) => Aggregate::Mean(*state),
        Wanted::TimeOf(event) => Aggregate::TimeOf(*event),
        Wanted::CountOf(event) => Aggregate::CountOf(*event),
        Wanted::TimeWhen(crossing) => Aggregate::TimeOf(
            when.iter()
                .find(|(c, _)| c == crossing)
                .map_or(usize::MAX, |(_, e)| *e),
        ),
    }
}

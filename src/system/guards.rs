//! Domains: what a value may be at the start, and what a state may become.

use super::GuardInfo;
use super::build::{Builder, Kind, World};
use crate::expr::graph::{Binary, ExprId, Unary};
use crate::expr::print::to_text;
use crate::model::{Domain, Guard};
use crate::units::Unit;

/// How far below its limit a state may fall before a run counts as failed, relative to its size: what rounding and the
/// tolerance of the solver can do is not a fault of the model.
const DOMAIN_SLACK: f64 = 1e-6;

impl Builder<'_> {
    pub(super) fn guards(&mut self) -> Vec<GuardInfo> {
        let model = self.model;
        let mut out = Vec::new();
        for guard in &model.guards {
            for copy in self.each_copy(&guard.each) {
                out.extend(self.guard(guard, copy.as_ref()));
            }
        }
        self.scale_guards(&mut out);
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
                let copy = self.items[item].index.clone();
                let limit = self.lower_copy_as(
                    bound,
                    &dynamic.dimension,
                    &what,
                    World::Static,
                    copy.as_ref(),
                );
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

    /// A guard of a block, of the copy at hand if the block is repeated.
    fn guard(&mut self, guard: &Guard, copy: Option<&(String, i64)>) -> Option<GuardInfo> {
        let dynamic = self.lower_copy(&guard.value, World::Dynamic, copy);
        let at_start = self.lower_copy(&guard.value, World::Static, copy);
        let (dynamic, at_start) = (dynamic?, at_start?);
        let (name, index) = match copy {
            None => (guard.name.clone(), None),
            Some((_, value)) => (format!("{}[{value}]", guard.name), Some(*value)),
        };
        let key = (guard.name.clone(), index);
        let shown = self.names.get(&key).copied().and_then(|item| {
            self.ensure_static(item);
            self.initial(item)
        });
        let shown = shown.unwrap_or(at_start);
        Some(GuardInfo {
            value: dynamic.id,
            at_start: at_start.id,
            strict: guard.strict,
            name,
            shown: shown.id,
            unit: Unit::preferred(shown.dimension),
            message: guard.message.clone(),
            span: guard.span,
        })
    }

    /// A scale that the file gives must be a size.
    fn scale_guards(&mut self, out: &mut Vec<GuardInfo>) {
        let model = self.model;
        for item in 0..self.items.len() {
            let Kind::State(i) = self.items[item].kind else {
                continue;
            };
            let state = &model.states[i];
            let Some(scale) = state.scale.as_ref().filter(|_| state.block.is_empty()) else {
                continue;
            };
            let copy = self.items[item].index.clone();
            let Some(size) = self.lower_copy(scale, World::Static, copy.as_ref()) else {
                continue;
            };
            out.push(GuardInfo {
                value: size.id,
                at_start: size.id,
                strict: true,
                name: format!("{}.scale", self.items[item].label),
                shown: size.id,
                unit: self.shown(&state.unit, scale, size.dimension),
                message: "a scale must be above 0".to_string(),
                span: scale.span,
            });
        }
    }

    /// The distance of a state from its limit, with the slack that its size allows.
    pub(super) fn with_slack(&mut self, item: usize, distance: ExprId, initial: ExprId) -> ExprId {
        let Kind::State(i) = self.items[item].kind else {
            return distance;
        };
        let model = self.model;
        let copy = self.items[item].index.clone();
        let scale = model.states[i]
            .scale
            .as_ref()
            .and_then(|s| self.lower_copy(s, World::Static, copy.as_ref()))
            .map(|t| t.id);
        let size = scale.unwrap_or(initial);
        let size = self.graph.unary(Unary::Abs, size);
        let slack = self.graph.constant(DOMAIN_SLACK);
        let slack = self.graph.binary(Binary::Multiply, slack, size);
        self.graph.binary(Binary::Add, distance, slack)
    }
}

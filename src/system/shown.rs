//! What is shown of a system: states, columns, sums, charts, checks.

use std::collections::BTreeSet;

use super::build::{Builder, Kind, Memo, World};
use super::gross::gross;
use super::outcomes::terms;
use super::{
    ChartInfo, ColumnInfo, ComputedInfo, ConservedInfo, CurveInfo, IntegralInfo, StateInfo,
};
use crate::diagnostic::Diagnostic;
use crate::expr::ast::{Ast, AstKind};
use crate::expr::graph::ExprId;
use crate::expr::lower::Typed;
use crate::expr::print::to_text;
use crate::model::{Check, Curve, Outcome, Role};
use crate::units::{Dimension, Unit};

impl Builder<'_> {
    pub(super) fn states(&mut self) -> Vec<StateInfo> {
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
            let copy = self.items[item].index.clone();
            let scale = state.scale.as_ref().and_then(|s| {
                let what = format!("the scale of `{}`", state.name);
                self.lower_copy_as(s, &typed.dimension, &what, World::Static, copy.as_ref())
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
            let unit = Unit::preferred(x.dimension.multiply(Dimension::TIME));
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

    /// The integrals with these states, each with what tells its size.
    pub(super) fn integral_infos(
        &mut self,
        states: &[StateInfo],
        asked: &BTreeSet<usize>,
    ) -> Vec<IntegralInfo> {
        let time = self.graph.place(self.time.0);
        let mut out = Vec::new();
        for (x, state) in self.integrals.iter().filter(|(_, s)| asked.contains(s)) {
            let dimension = states[*state].unit.dimension();
            let alike = |s: &StateInfo| !s.hidden && s.unit.dimension() == dimension;
            out.push(IntegralInfo {
                state: *state,
                alike: (0..states.len()).filter(|i| alike(&states[*i])).collect(),
                gross: gross(&mut self.graph, x.id),
                in_time: self.graph.reachable(&[x.id]).contains(&time),
            });
        }
        out
    }

    /// States first, then what else changes in time, in the order of the file.
    pub(super) fn columns(&mut self) -> Vec<ColumnInfo> {
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

    /// Parameters that are expressions, and block entries that a setting made one, in the order of the file.
    pub(super) fn computed(&self) -> Vec<ComputedInfo> {
        let mut out = Vec::new();
        for (item, memo) in self.items.iter().zip(&self.memo[World::Static as usize]) {
            let (Kind::Definition(i), Memo::Done(typed)) = (&item.kind, memo) else {
                continue;
            };
            let d = &self.model.definitions[*i];
            let changed = self.model.changed.contains(&d.name);
            let wanted = d.role == Role::Parameter || (changed && d.role != Role::Mode);
            let listed = || {
                self.parameters.iter().any(|p| p.name == item.label)
                    || self.input_names.contains(&d.name)
            };
            if wanted && !listed() {
                out.push(ComputedInfo {
                    name: item.label.clone(),
                    value: typed.id,
                    unit: self.shown(&d.unit, &d.value, typed.dimension),
                    source: d.source.clone(),
                    changed,
                });
            }
        }
        out
    }

    pub(super) fn conserved(&mut self) -> Vec<ConservedInfo> {
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

    /// Ranges of interest measure what their parameters do.
    pub(super) fn check_ranges(&mut self) {
        let model = self.model;
        for item in 0..self.items.len() {
            let Kind::Definition(i) = self.items[item].kind else {
                continue;
            };
            let d = &model.definitions[i];
            let (Some((low, high)), Some(typed)) = (&d.range, self.initial(item)) else {
                continue;
            };
            let what = format!("`{}`", d.name);
            for end in [low, high] {
                self.lower_as(end, &typed.dimension, &what, World::Static);
            }
        }
    }

    pub(super) fn charts(&mut self) -> Vec<ChartInfo> {
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
            let y: Vec<CurveInfo> = chart.y.iter().flat_map(|c| self.curve(c)).collect();
            let mut thresholds = Vec::new();
            for threshold in &chart.thresholds {
                if let Some(value) = self.lower(&threshold.value, World::Static) {
                    thresholds.push((value.id, threshold.label.clone(), value.dimension));
                }
            }
            // Where a curve has a mistake, its panel is not missed.
            let drawn: Vec<Dimension> = match y.len() < chart.y.len() {
                true => Vec::new(),
                false => y.iter().map(|c| c.dimension).collect(),
            };
            for (threshold, (_, label, dimension)) in chart.thresholds.iter().zip(&thresholds) {
                if !drawn.is_empty()
                    && !drawn.contains(dimension)
                    && thresholds.len() == chart.thresholds.len()
                {
                    self.diagnostics.push(
                        Diagnostic::new(
                            threshold.value.span,
                            format!("threshold `{label}` has no panel: no curve of this chart is in its unit"),
                        )
                        .label(format!("this is [{dimension}]")),
                    );
                }
            }
            let limits = [("y_min", &chart.y_min), ("y_max", &chart.y_max)];
            let limits = limits.map(|(key, limit)| self.limit(key, limit.as_ref()?, &drawn));
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
                limits,
                log_x,
                log_y,
                events,
            });
        }
        out
    }

    /// An end of the vertical axis of its dimension.
    fn limit(
        &mut self,
        key: &str,
        limit: &Ast,
        drawn: &[Dimension],
    ) -> Option<(ExprId, Option<Dimension>)> {
        let value = self.lower(limit, World::Static)?;
        let dimension = (!value.any).then_some(value.dimension);
        if let Some(dimension) = dimension
            && !drawn.is_empty()
            && !drawn.contains(&dimension)
        {
            let message = format!("`{key}` has no panel: no curve of this chart is in its unit");
            self.diagnostics
                .push(Diagnostic::new(limit.span, message).label(format!("this is [{dimension}]")));
        }
        Some((value.id, dimension))
    }

    /// A curve; the name of a repeated quantity stands for all its copies.
    pub(super) fn curve(&mut self, curve: &Curve) -> Vec<CurveInfo> {
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
                label: curve.label.clone().unwrap_or_else(|| readable(&ast)),
                quantity: curve.quantity.clone(),
                called: called(&ast),
                about: self.about_of(&ast),
                unit: self.shown(&curve.unit, &ast, typed.dimension),
                dimension: typed.dimension,
            });
        }
        out
    }

    /// What the definition of a name says that it is.
    fn about_of(&self, ast: &Ast) -> String {
        let (AstKind::Name(name) | AstKind::Index(name, _)) = &ast.kind else {
            return String::new();
        };
        let name = self.model.full_name(name);
        let definition = self.model.definitions.iter().find(|d| d.name == name);
        let state = self.model.states.iter().find(|s| s.name == name);
        definition
            .map(|d| &d.about)
            .or(state.map(|s| &s.about))
            .cloned()
            .unwrap_or_default()
    }

    pub(super) fn outcome_unit(&self, outcome: &Outcome, value: &Typed) -> Option<Unit> {
        if outcome.unit.is_some() {
            return outcome.unit.clone();
        }
        // Times are shown as the experiment counts them; a quantity as it is shown itself.
        if value.dimension == Dimension::TIME {
            return Some(self.shown(&None, &self.model.experiment.duration, value.dimension));
        }
        let AstKind::Call(_, _, arguments) = &outcome.value.kind else {
            return None;
        };
        arguments
            .first()
            .map(|a| self.shown(&None, a, value.dimension))
    }

    pub(super) fn check_outcome(&self, check: &Check) -> Outcome {
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
    pub(super) fn check_info(&mut self, check: &Check) -> Option<(ExprId, Option<ExprId>)> {
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

    pub(super) fn outcome_dimension(&mut self, outcome: &Outcome) -> Option<Dimension> {
        self.open_outcome(&outcome.value, &format!("`{}`", outcome.name))
            .map(|o| o.value.dimension)
    }
}

/// A quantity as a chart calls it: `cell.volume` is the cell volume.
fn readable(ast: &Ast) -> String {
    let text = to_text(ast);
    match &ast.kind {
        AstKind::Name(name) if name.contains('.') => text.replace(['.', '_'], " "),
        _ => text,
    }
}

/// The last part of a qualified name, in words.
fn called(ast: &Ast) -> String {
    match &ast.kind {
        AstKind::Name(name) => name
            .rsplit_once('.')
            .map_or("", |(_, part)| part)
            .replace('_', " "),
        _ => String::new(),
    }
}

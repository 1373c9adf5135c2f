//! The last part of building: rates, events, guards, kinks and everything that is shown.

use std::collections::BTreeSet;

use super::build::{Builder, Kind, World, shown_otherwise};
use super::events::plain_event;
use super::outcomes::{Open, Wanted};
use super::{Aggregate, CheckInfo, EventInfo, ExtremumInfo, Flat, Purpose, System};
use crate::expr::ast::{Crossing, Way};
use crate::expr::diff::Differentiator;
use crate::expr::graph::{Binary, ExprId, Node, VarId};
use crate::expr::lower::lower_as;
use crate::model::{Check, Outcome};
use crate::units::Dimension;

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
        self.check_ranges();
        let charts = self.charts();
        let pictures = self.pictures();
        let infos: Vec<_> = checks.iter().map(|c| self.check_info(c)).collect();
        let seconds = Dimension::TIME;
        let duration = self.duration.map(|d| d.id);
        let step = model
            .solver
            .step
            .as_ref()
            .and_then(|s| self.lower_as(s, &seconds, "the step", World::Static));
        let max_step = model
            .solver
            .max_step
            .as_ref()
            .and_then(|s| self.lower_as(s, &seconds, "the longest step", World::Static));
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
        super::inputs::refuse_idle(self, &rates, &user_g);
        if !self.diagnostics.is_empty() {
            return None;
        }
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
        let states: BTreeSet<VarId> = self.state_vars.iter().copied().collect();
        let moves = self.depends(&|var| var == self.time.0 || states.contains(&var));
        let moving_guards: Vec<usize> = (0..guards.len())
            .filter(|g| moves[guards[*g].value.0 as usize])
            .collect();
        let mut roots = rates.clone();
        roots.extend(&user_g);
        roots.extend(time_when.iter().map(|(_, g, _)| *g));
        roots.extend(&extrema);
        let (frozen, kinks) = self.freeze(&roots);
        let (rates, rest) = frozen.split_at(rates.len());
        let (user_g, rest) = rest.split_at(user_g.len());
        let (when_g, extremum_values) = rest.split_at(time_when.len());

        let mut events = user_events;
        let mut functions = user_g.to_vec();
        let mut when_events = Vec::new();
        for ((crossing, _, way), g) in time_when.iter().zip(when_g) {
            when_events.push((crossing.clone(), events.len()));
            events.push(plain_event("time when …", *way, Purpose::Outcome));
            functions.push(*g);
        }
        let mut extrema_infos = Vec::new();
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
            extrema_infos.push(ExtremumInfo {
                value: *original,
                frozen: *value,
                event,
            });
        }
        // Guards keep their kinks: frozen, k max(0, x) would be seen below 0 where x falls through 0.
        for index in &moving_guards {
            let name = guards[*index].name.clone();
            events.push(EventInfo {
                fails: true,
                ..plain_event(&name, Way::Falls, Purpose::Guard(*index))
            });
            functions.push(guards[*index].value);
        }
        for (slot, g) in kinks {
            events.push(plain_event("kink", Way::Crosses, Purpose::Kink(slot)));
            functions.push(g);
        }
        effects.resize(events.len(), Vec::new());
        let mut bind = |wanted: &Wanted| bind(wanted, &extrema_infos, &when_events);
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
        let states = self.states();
        let aggregates = outcomes.iter().flat_map(|o| &o.aggregates);
        let asked: BTreeSet<usize> = aggregates
            .filter_map(|(_, aggregate)| match aggregate {
                Aggregate::Integral(state) | Aggregate::Mean(state) => Some(*state),
                _ => None,
            })
            .collect();
        Some(System {
            integrals: self.integral_infos(&states, &asked),
            states,
            columns: self.columns(),
            computed: self.computed(),
            parameters: std::mem::take(&mut self.parameters),
            inputs: std::mem::take(&mut self.inputs),
            modes: std::mem::take(&mut self.modes),
            events,
            guards,
            outcomes,
            own_outcomes,
            extrema: extrema_infos,
            conserved,
            charts,
            pictures,
            checks,
            duration: duration?,
            time_unit: self.shown(&None, &model.experiment.duration, seconds),
            step,
            max_step,
            counts: self.integers.keys().cloned().collect(),
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
            let dimension = typed.dimension.divide(Dimension::TIME);
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
fn bind(wanted: &Wanted, extrema: &[ExtremumInfo], when: &[(Crossing, usize)]) -> Aggregate {
    match wanted {
        Wanted::Extremum { value, max, time } => {
            let event = extrema
                .iter()
                .find(|e| e.value == *value)
                .and_then(|e| e.event);
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
                .find(|(c, _)| *c == **crossing)
                .map_or(usize::MAX, |(_, e)| *e),
        ),
    }
}

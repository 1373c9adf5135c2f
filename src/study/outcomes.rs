//! What a run gave, seen through the model: values of expressions along it, outcomes, residuals.

use super::simulation::{Extrema, Probes, Simulation, StaticValues};
use crate::compile::FunctionEvaluator;
use crate::expr::eval::evaluate;
use crate::expr::graph::ExprId;
use crate::solve::problem::{Problem, Solution};
use crate::system::{Aggregate, OutcomeInfo, System};

/// The probes of a run at every row and every occurrence.
pub(super) struct Record<'a> {
    system: &'a System,
    probes: &'a Probes,
    solution: &'a Solution,
    width: usize,
    /// Row after row.
    rows: Vec<f64>,
    /// Where a piece begins: the values just before, with the inputs that held until then.
    before: Vec<(f64, Vec<f64>)>,
    /// At the occurrences, just before.
    occurrences: Vec<Vec<f64>>,
    /// Just after the occurrences that changed a state.
    after: Vec<(f64, Vec<f64>)>,
    /// At the kinks, and where values were looked at because their rates do not tell where they turn.
    corners: Vec<(f64, Vec<f64>)>,
    /// The values whose extrema are asked for on both sides of each kink, in the order of the system.
    sides: Vec<(f64, Vec<f64>)>,
    start: f64,
}

impl<'a> Record<'a> {
    pub fn new(simulation: &'a Simulation, problem: &Problem, solution: &'a Solution) -> Self {
        let (system, probes) = (&simulation.system, &simulation.probes);
        let width = probes.function.n_outputs();
        let n = problem.y0.len();
        let mut evaluator = FunctionEvaluator::new(probes.function.clone());
        let mut rows = vec![0.0; width * solution.t.len()];
        let mut before = Vec::new();
        let mut bound = usize::MAX;
        for (row, t) in solution.t.iter().enumerate() {
            let y = &solution.y[row * n..(row + 1) * n];
            let regime = solution.regime[row];
            if regime != bound {
                // States do not jump where a piece begins, but what depends on inputs does: its last value before.
                let begins = |t: f64| {
                    problem
                        .pieces
                        .binary_search_by(|p| p.start.total_cmp(&t))
                        .is_ok()
                };
                if bound != usize::MAX && begins(*t) {
                    let mut out = vec![0.0; width];
                    evaluator.eval(*t, y, &mut out);
                    before.push((*t, out));
                }
                evaluator.bind(&solution.regimes[regime]);
                bound = regime;
            }
            evaluator.eval(*t, y, &mut rows[row * width..(row + 1) * width]);
        }
        let mut occurrences = Vec::new();
        for o in &solution.occurrences {
            let mut out = vec![0.0; width];
            evaluator.bind(&o.p);
            evaluator.eval(o.t, &o.before, &mut out);
            occurrences.push(out);
        }
        let mut after_resets = Vec::new();
        for o in &solution.occurrences {
            if let (Some(after), Some(p)) = (&o.after, &o.p_after) {
                let mut out = vec![0.0; width];
                evaluator.bind(p);
                evaluator.eval(o.t, after, &mut out);
                after_resets.push((o.t, out));
            }
        }
        let corners = solution.corners.iter().chain(&solution.summits);
        let corners = corners.map(|corner| {
            let mut out = vec![0.0; width];
            evaluator.bind(&corner.p);
            evaluator.eval(corner.t, &corner.y, &mut out);
            (corner.t, out)
        });
        let corners = corners.collect();
        let sides = both_sides(&simulation.extrema, solution);
        let start = problem.pieces.first().map_or(0.0, |p| p.start);
        Record {
            system,
            probes,
            solution,
            width,
            rows,
            before,
            occurrences,
            after: after_resets,
            corners,
            sides,
            start,
        }
    }

    fn probe(&self, id: ExprId) -> Option<usize> {
        self.probes.index.get(&id).copied()
    }

    /// The value of an expression at a row of the solution.
    pub fn at_row(&self, row: usize, id: ExprId) -> f64 {
        self.probe(id)
            .map_or(f64::NAN, |i| self.rows[row * self.width + i])
    }

    /// All that is known of the run in order of time: saved rows, events, both sides of jumps.
    pub fn timeline(&self) -> Vec<(f64, &[f64])> {
        // At one time: the end of the old piece, what happens, the new piece, what a reset left.
        let times = self.solution.occurrences.iter().map(|o| o.t);
        let mut all: Vec<(f64, u8, &[f64])> = times
            .zip(&self.occurrences)
            .map(|(t, values)| (t, 1, values.as_slice()))
            .collect();
        all.extend(
            self.before
                .iter()
                .map(|(t, values)| (*t, 0, values.as_slice())),
        );
        all.extend(
            self.solution
                .t
                .iter()
                .enumerate()
                .map(|(i, t)| (*t, 2, self.row(i))),
        );
        all.extend(
            self.after
                .iter()
                .map(|(t, values)| (*t, 3, values.as_slice())),
        );
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        all.into_iter().map(|(t, _, values)| (t, values)).collect()
    }

    /// A row of the solution.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.rows[row * self.width..(row + 1) * self.width]
    }

    /// Reads an expression in rows of the solution and of the timeline; its place in them is looked up only once.
    pub fn reader(&self, id: ExprId) -> impl Fn(&[f64]) -> f64 + use<> {
        let probe = self.probe(id);
        move |values| probe.map_or(f64::NAN, |i| values[i])
    }

    fn last(&self) -> usize {
        self.solution.t.len().saturating_sub(1)
    }

    /// All (time, value) at which an expression can have its extremum: rows, both sides of jumps, corners, turning points.
    fn candidates(&self, id: ExprId, event: Option<usize>) -> Vec<(f64, f64)> {
        let Some(i) = self.probe(id) else {
            return Vec::new();
        };
        let rows = (0..self.solution.t.len())
            .map(|row| (self.solution.t[row], self.rows[row * self.width + i]));
        let jumps = self
            .before
            .iter()
            .chain(&self.after)
            .chain(&self.corners)
            .map(|(t, values)| (*t, values[i]));
        let turns = (self.solution.occurrences.iter().zip(&self.occurrences))
            .filter(|(o, _)| Some(o.event) == event || o.after.is_some())
            .map(|(o, values)| (o.t, values[i]));
        let place = self.system.extrema.iter().position(|e| e.value == id);
        let sides = self
            .sides
            .iter()
            .filter_map(|(t, values)| Some((*t, values[place?])))
            // A branch may mean nothing on the other side.
            .filter(|(_, value)| !value.is_nan());
        // Turning points first: a row beside one may hold the same value to the last digit.
        turns.chain(rows).chain(jumps).chain(sides).collect()
    }

    fn extremum(&self, id: ExprId, event: Option<usize>, max: bool) -> Option<(f64, f64)> {
        let mut best: Option<(f64, f64)> = None;
        for (t, value) in self.candidates(id, event) {
            if value.is_nan() {
                return None;
            }
            let better = best.is_none_or(|(_, b)| if max { value > b } else { value < b });
            if better {
                best = Some((t, value));
            }
        }
        best
    }

    /// How long the run stays at the extremum whose time an outcome asks for, as far as numbers of that relative accuracy
    /// can tell; 0 for what asks for no such time.
    pub fn plateau(&self, info: &OutcomeInfo, accuracy: f64) -> f64 {
        let longest = info
            .aggregates
            .iter()
            .map(|(_, aggregate)| match aggregate {
                Aggregate::TimeOfMax(x, event) => self.stay(*x, *event, true, accuracy),
                Aggregate::TimeOfMin(x, event) => self.stay(*x, *event, false, accuracy),
                _ => 0.0,
            });
        longest.fold(0.0, f64::max)
    }

    fn stay(&self, id: ExprId, event: Option<usize>, max: bool, accuracy: f64) -> f64 {
        let Some((time, best)) = self.extremum(id, event, max) else {
            return 0.0;
        };
        let mut all = self.candidates(id, event);
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let size = all.iter().fold(0.0, |size: f64, (_, v)| size.max(v.abs()));
        let as_good = |(_, value): &&(f64, f64)| (value - best).abs() <= accuracy * size;
        let at = all.partition_point(|(t, _)| *t < time);
        let before = all[..at].iter().rev().take_while(as_good).last();
        let after = all[at..].iter().take_while(as_good).last();
        after.map_or(time, |a| a.0) - before.map_or(time, |b| b.0)
    }

    /// The value of an outcome in internal units; `None` where it does not exist.
    pub fn outcome(&self, info: &OutcomeInfo, values: &StaticValues) -> Option<f64> {
        let mut bound = Vec::with_capacity(info.aggregates.len());
        for (var, aggregate) in &info.aggregates {
            // What is not there is not a number: the formula may do without it.
            let found = self.aggregate(aggregate, values);
            bound.push((*var, found.unwrap_or(f64::NAN)));
        }
        let p = self.solution.regimes.last()?;
        let flat = &self.system.flat;
        let lookup = |var| {
            let aggregate = bound.iter().find(|(v, _)| *v == var).map(|b| b.1);
            aggregate
                .or_else(|| flat.params.iter().position(|v| *v == var).map(|i| p[i]))
                .unwrap_or(f64::NAN)
        };
        let value = evaluate(&flat.graph, &[info.value], &lookup)
            .first()
            .copied()?;
        (!value.is_nan()).then_some(value)
    }

    /// The same in the unit in which it is shown.
    pub fn shown_outcome(&self, info: &OutcomeInfo, values: &StaticValues) -> Option<f64> {
        self.outcome(info, values)
            .map(|value| info.unit.from_internal(value))
    }

    /// What an outcome takes from the run.
    pub fn aggregate(&self, aggregate: &Aggregate, values: &StaticValues) -> Option<f64> {
        let solution = self.solution;
        let n = self.system.states.len();
        let integral = |state: usize| solution.y.get(self.last() * n + state).copied();
        match aggregate {
            Aggregate::Max(x, event) => self.extremum(*x, *event, true).map(|e| e.1),
            Aggregate::Min(x, event) => self.extremum(*x, *event, false).map(|e| e.1),
            Aggregate::TimeOfMax(x, event) => self.extremum(*x, *event, true).map(|e| e.0),
            Aggregate::TimeOfMin(x, event) => self.extremum(*x, *event, false).map(|e| e.0),
            Aggregate::Final(x) => Some(self.at_row(self.last(), *x)),
            Aggregate::Initial(x) => Some(self.at_row(0, *x)),
            Aggregate::At(x, time) => {
                let time = values.of(*time);
                solution
                    .t
                    .iter()
                    .position(|t| *t == time)
                    .map(|row| self.at_row(row, *x))
            }
            Aggregate::Integral(state) => integral(*state),
            Aggregate::Mean(state) => {
                let span = solution.t.last()? - self.start;
                integral(*state).map(|total| total / span)
            }
            Aggregate::TimeOf(event) => solution
                .occurrences
                .iter()
                .find(|o| o.event == *event)
                .map(|o| o.t),
            Aggregate::CountOf(event) => Some(
                solution
                    .occurrences
                    .iter()
                    .filter(|o| o.event == *event)
                    .count() as f64,
            ),
        }
    }

    /// The largest change of a sum along the run, relative to the size of its terms.
    pub fn residual(&self, terms: &[ExprId]) -> f64 {
        let terms: Vec<_> = terms.iter().map(|id| self.reader(*id)).collect();
        let sum_and_size = |values: &[f64]| {
            terms.iter().fold((0.0, 0.0), |(sum, size), term| {
                let value = term(values);
                (sum + value, size + f64::abs(value))
            })
        };
        let timeline = self.timeline();
        let Some((_, first)) = timeline.first() else {
            return 0.0;
        };
        let (at_start, mut size) = sum_and_size(first);
        let mut change: f64 = 0.0;
        for (_, values) in &timeline {
            let (sum, now) = sum_and_size(values);
            if !sum.is_finite() {
                return f64::NAN;
            }
            change = change.max((sum - at_start).abs());
            size = size.max(now);
        }
        if change == 0.0 { 0.0 } else { change / size }
    }

    /// The first quantity that is not finite at the end of the run: what is computed first is the culprit.
    pub fn first_not_finite(&self) -> Option<(String, f64)> {
        let columns = self.system.columns.iter();
        let bad = columns
            .filter(|c| !self.at_row(self.last(), c.value).is_finite())
            .min_by_key(|c| c.value)?;
        Some((bad.name.clone(), self.at_row(self.last(), bad.value)))
    }
}

/// The values whose extrema are asked for on both sides of each kink. At the kink itself rounding decides on which side
/// they are, and what jumps there may have its extremum on the other.
fn both_sides(extrema: &Extrema, solution: &Solution) -> Vec<(f64, Vec<f64>)> {
    let mut out = Vec::new();
    if extrema.all.n_outputs() == 0 {
        return out;
    }
    let mut evaluator = FunctionEvaluator::new(extrema.all.clone());
    for corner in &solution.corners {
        for p in [&corner.p, &corner.p_after] {
            let mut values = vec![0.0; extrema.all.n_outputs()];
            evaluator.bind(p);
            evaluator.eval(corner.t, &corner.y, &mut values);
            out.push((corner.t, values));
        }
    }
    out
}

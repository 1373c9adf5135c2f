//! One thread's part of a sweep: hands points to the lanes and takes their results.

use std::sync::Arc;

use super::engine::{Engine, Rows, Source, SweepStatus, reason};
use crate::compile::{LaneEvaluator, LaneFunctionEvaluator};
use crate::lanes::Isa;
use crate::solve::lanes::{Client, End, Ending, Job, run};
use crate::solve::problem::{Failure, Outcome};
use crate::study::schedule::pieces;

/// Points whose constants are computed together.
const BATCH: usize = 16;

/// Writes the values of the varied parameters of a point (`[n_varied]`), in internal units.
pub type Point<'a> = &'a mut dyn FnMut(usize, &mut [f64]);

/// Numbers of lanes that there are.
pub const LANES: [usize; 3] = [1, 8, 32];

/// One thread's part of a sweep.
pub struct Worker<'e>(Width<'e>);

enum Width<'e> {
    One(Box<Lanes<'e, 1>>),
    Eight(Box<Lanes<'e, 8>>),
    ThirtyTwo(Box<Lanes<'e, 32>>),
}

impl<'e> Worker<'e> {
    /// A worker for the engine that uses the instruction set, with about as many lanes as asked for (see [`LANES`]); the
    /// results are the same whatever their number.
    pub fn new(engine: &'e Engine, isa: Isa, lanes: usize) -> Self {
        Worker(match lanes {
            0..=7 => Width::One(Box::new(Lanes::new(engine, isa))),
            8..=15 => Width::Eight(Box::new(Lanes::new(engine, isa))),
            _ => Width::ThirtyTwo(Box::new(Lanes::new(engine, isa))),
        })
    }

    /// Solves `n` points, which `point` gives.
    pub fn run(&mut self, n: usize, point: Point<'_>, rows: &mut Rows) {
        match &mut self.0 {
            Width::One(lanes) => lanes.run(n, point, rows),
            Width::Eight(lanes) => lanes.run(n, point, rows),
            Width::ThirtyTwo(lanes) => lanes.run(n, point, rows),
        }
    }
}

/// A worker with `W` lanes.
struct Lanes<'e, const W: usize> {
    engine: &'e Engine,
    isa: Isa,
    equations: LaneEvaluator<W>,
    desk: Desk<'e>,
}

/// What a worker has besides its lanes.
struct Desk<'e> {
    engine: &'e Engine,
    probes: LaneEvaluator<1>,
    statics: LaneFunctionEvaluator<BATCH>,
    outcome: LaneFunctionEvaluator<1>,
    /// Parameters and static values of the next points, and how many of these are left.
    params: Vec<[f64; BATCH]>,
    values: Vec<[f64; BATCH]>,
    base: Vec<f64>,
    filled: usize,
    used: usize,
    /// Problems under way.
    slots: Vec<Slot>,
    free: Vec<usize>,
    /// Room.
    room: Vec<f64>,
    aggregates: Vec<f64>,
    formulas: Vec<f64>,
}

/// A problem under way.
#[derive(Clone, Debug, Default)]
struct Slot {
    /// Row in the results.
    row: usize,
    /// Marks in order of time: time and number.
    marks: Vec<(f64, usize)>,
    /// Probes at the start, then at each mark.
    seen: Vec<f64>,
    /// All values of parameters.
    params: Vec<f64>,
}

impl Slot {
    /// The parameters of the point before anything has happened.
    fn params(&self, base: &[f64], varied: &[usize]) -> Vec<f64> {
        let mut params = base.to_vec();
        for &param in varied {
            params[param] = self.params[param];
        }
        params
    }
}

/// The points of one call.
struct Shift<'a, 'e> {
    desk: &'a mut Desk<'e>,
    point: Point<'a>,
    /// Number of the next point, and how many there are.
    next: usize,
    end: usize,
    rows: &'a mut Rows,
    /// Values of the varied parameters of one point.
    inputs: Vec<f64>,
}

impl<'e, const W: usize> Lanes<'e, W> {
    fn new(engine: &'e Engine, isa: Isa) -> Self {
        let system = engine.simulation.system();
        Lanes {
            engine,
            isa,
            equations: LaneEvaluator::new(engine.program.clone(), isa),
            desk: Desk {
                engine,
                probes: LaneEvaluator::new(engine.program.clone(), isa),
                statics: engine.statics.evaluator(isa),
                outcome: engine.outcome.evaluator(isa),
                params: vec![[0.0; BATCH]; system.flat.params.len()],
                values: vec![[0.0; BATCH]; engine.index.len()],
                base: system.parameter_vector(),
                filled: 0,
                used: 0,
                slots: Vec::new(),
                free: Vec::new(),
                room: vec![0.0; engine.n_probes],
                aggregates: vec![0.0; engine.sources.len()],
                formulas: vec![0.0; engine.n_outcomes()],
            },
        }
    }

    fn run(&mut self, n: usize, point: Point<'_>, rows: &mut Rows) {
        rows.reset(n, self.engine.n_outcomes());
        self.desk.filled = 0;
        self.desk.used = 0;
        let mut shift = Shift {
            desk: &mut self.desk,
            point,
            next: 0,
            end: n,
            rows,
            inputs: vec![0.0; self.engine.n_varied()],
        };
        run(
            &mut self.equations,
            &mut shift,
            &self.engine.setup,
            self.isa,
        );
    }
}

impl Shift<'_, '_> {
    /// Computes the constants of the next points.
    fn fill(&mut self) {
        let desk = &mut *self.desk;
        let engine = desk.engine;
        let first = self.next;
        let n = (self.end - first).min(BATCH);
        for (row, base) in desk.params.iter_mut().zip(&desk.base) {
            *row = [*base; BATCH];
        }
        for k in 0..n {
            (self.point)(first + k, &mut self.inputs);
            for (&param, value) in engine.varied.iter().zip(&self.inputs) {
                desk.params[param][k] = *value;
            }
        }
        let zeros = vec![[0.0; BATCH]; engine.simulation.system().states.len()];
        desk.statics.eval(&zeros, &desk.params, &mut desk.values);
        for &(slot, value) in &engine.places.slots {
            desk.params[slot] = desk.values[value];
        }
        desk.filled = n;
        desk.used = 0;
    }

    /// Solves a point alone.
    fn alone(&mut self, row: usize, params: Vec<f64>) {
        let engine = self.desk.engine;
        let width = engine.n_outcomes();
        let single = engine.solve_alone(params);
        self.rows.outcomes[row * width..][..width].copy_from_slice(&single.outcomes);
        self.rows.end[row] = single.end;
        self.rows.steps[row] = single.steps;
        self.rows.status[row] = single.status;
    }
}

/// One point solved alone, by the methods of single runs.
pub struct Single {
    /// Outcomes in internal units; NaN where one does not exist.
    pub outcomes: Vec<f64>,
    /// Time at the end \[s\].
    pub end: f64,
    /// Attempted steps.
    pub steps: u64,
    /// How it ended.
    pub status: SweepStatus,
}

impl Engine {
    /// The point with these values of the varied parameters (`[n_varied]`, internal units), solved without lanes: the
    /// slow twin of [`Worker::run`].
    pub fn alone(&self, values: &[f64]) -> Single {
        let mut params = self.simulation.system().parameter_vector();
        for (&param, value) in self.varied.iter().zip(values) {
            params[param] = *value;
        }
        self.solve_alone(params)
    }

    fn solve_alone(&self, params: Vec<f64>) -> Single {
        let simulation = &self.simulation;
        let fail = |text: String| SweepStatus::Failed(text.into());
        let mut single = Single {
            outcomes: vec![f64::NAN; self.n_outcomes()],
            end: 0.0,
            steps: 0,
            status: SweepStatus::Complete,
        };
        let solved = simulation
            .ready_at(params, &self.options)
            .and_then(|mut ready| ready.solve(None).map(|solution| (ready, solution)));
        let (ready, solution) = match solved {
            Ok(solved) => solved,
            Err(e) => {
                single.status = fail(e.gist());
                return single;
            }
        };
        let found = simulation.gist(&ready, &solution);
        for (place, value) in single.outcomes.iter_mut().zip(&found.outcomes) {
            *place = value.unwrap_or(f64::NAN);
        }
        let leaking = found.ledger.iter().filter(|line| line.leak().is_some());
        let leak = leaks(leaking.map(|line| &line.name));
        // What a run gave before it failed is no result.
        if matches!(solution.outcome, Outcome::Failed(_)) || leak.is_some() {
            single.outcomes.fill(f64::NAN);
        }
        single.end = solution.t.last().copied().unwrap_or(0.0);
        single.steps = solution.counters.accepted + solution.counters.rejected;
        single.status = match (&solution.outcome, leak) {
            (Outcome::Failed(failure), _) => fail(reason(simulation.system(), failure)),
            (_, Some(leak)) => fail(leak),
            (Outcome::Stopped(e), None) => {
                SweepStatus::Stopped(simulation.system().events[*e].name.as_str().into())
            }
            (Outcome::Reached, None) => SweepStatus::Complete,
        };
        single
    }
}

/// That these conserved sums leak, without the numbers, if there are any.
fn leaks<'a>(names: impl Iterator<Item = &'a String>) -> Option<String> {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("a conserved sum leaks: {}", names.join(", ")))
}

impl Client for Shift<'_, '_> {
    fn next(&mut self, job: &mut Job) -> Option<u64> {
        loop {
            if self.desk.used == self.desk.filled {
                if self.next == self.end {
                    return None;
                }
                self.fill();
            }
            let k = self.desk.used;
            self.desk.used += 1;
            let row = self.next;
            self.next += 1;
            if let Some(slot) = self.desk.prepare(k, row, job) {
                return Some(slot as u64);
            }
            let mut params = self.desk.base.clone();
            for &param in &self.desk.engine.varied {
                params[param] = self.desk.params[param][k];
            }
            self.alone(row, params);
        }
    }

    fn mark(&mut self, id: u64, mark: usize, t: f64, y: &[f64], p: &[f64]) {
        let desk = &mut *self.desk;
        let width = desk.engine.n_probes;
        let slot = &mut desk.slots[id as usize];
        let number = slot.marks[mark].1;
        let seen = &mut slot.seen[(number + 1) * width..][..width];
        desk.probes.probe(t, y, p, seen);
    }

    fn done(&mut self, id: u64, end: &End) {
        let slot = std::mem::take(&mut self.desk.slots[id as usize]);
        let row = slot.row;
        let engine = self.desk.engine;
        let status = match &end.ending {
            Ending::Failed(Failure::TooManySteps { .. }) if engine.may_change() => {
                self.alone(row, slot.params(&self.desk.base, &engine.varied));
                None
            }
            // Whether a state is just beyond a limit or just not may be a matter of errors: a single run decides.
            Ending::Unsure | Ending::Failed(Failure::LeftDomain { .. }) => {
                self.alone(row, slot.params(&self.desk.base, &engine.varied));
                None
            }
            Ending::Reached => Some(SweepStatus::Complete),
            Ending::Stopped(e) => Some(SweepStatus::Stopped(engine.stops[*e].clone())),
            Ending::Failed(failure) => {
                let text = reason(engine.simulation.system(), failure);
                Some(SweepStatus::Failed(text.into()))
            }
        };
        if let Some(status) = status {
            let width = engine.n_outcomes();
            let place = &mut self.rows.outcomes[row * width..][..width];
            let leak = self.desk.harvest(&slot, end, place);
            self.rows.end[row] = end.t;
            self.rows.steps[row] = end.accepted + end.rejected;
            self.rows.status[row] = match (status, leak) {
                (SweepStatus::Failed(reason), _) => SweepStatus::Failed(reason),
                (_, Some(leak)) => SweepStatus::Failed(leak.into()),
                (status, None) => status,
            };
        }
        if matches!(self.rows.status[row], SweepStatus::Failed(_)) {
            let width = engine.n_outcomes();
            self.rows.outcomes[row * width..][..width].fill(f64::NAN);
        }
        self.desk.slots[id as usize] = slot;
        self.desk.free.push(id as usize);
    }
}

impl Desk<'_> {
    /// Makes point `k` of the batch a problem; `None` if it is not one for lanes.
    fn prepare(&mut self, k: usize, row: usize, job: &mut Job) -> Option<usize> {
        let engine = self.engine;
        let places = &engine.places;
        let values = &self.values;
        let at = |place: usize| values[place][k];
        let duration = at(places.duration);
        let guards = |&(place, strict): &(usize, bool)| match strict {
            true => at(place) > 0.0,
            false => at(place) >= 0.0,
        };
        let sound = engine.in_lanes
            && duration > 0.0
            && duration.is_finite()
            && places.guards.iter().all(guards)
            && places.events.iter().all(|place| at(*place) > 0.0)
            && places.initial.iter().all(|place| at(*place).is_finite());
        if !sound {
            return None;
        }
        job.y.clear();
        job.y.extend(places.initial.iter().map(|place| at(*place)));
        job.p.clear();
        job.p.extend(self.params.iter().map(|row| row[k]));
        let simulation = &engine.simulation;
        let system = simulation.system();
        let value = |id| engine.index.get(&id).map_or(f64::NAN, |i| values[*i][k]);
        match &engine.pieces {
            Some(pieces) => job.pieces = pieces.clone(),
            None => job.pieces = Arc::new(pieces(system, &value, duration).ok()?),
        }
        if engine.checks_inputs && !simulation.inputs_allowed(&job.p, &job.y, &job.pieces) {
            return None;
        }
        let own = places.max_step.map(at);
        let longest = engine.options.max_step.or(own).unwrap_or(f64::INFINITY);
        if longest.is_nan() || longest <= 0.0 {
            return None;
        }
        job.max_step = longest;
        job.scales = simulation.scales(&job.y, &job.p, &job.pieces, &value);
        let number = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() - 1
        });
        let slot = &mut self.slots[number];
        slot.row = row;
        slot.params.clone_from(&job.p);
        slot.marks.clear();
        let marks = places.marks.iter().enumerate();
        let marks = marks.map(|(i, place)| (values[*place][k], i));
        slot.marks
            .extend(marks.filter(|(t, _)| (0.0..=duration).contains(t)));
        slot.marks.sort_by(|a, b| a.0.total_cmp(&b.0));
        job.marks.clear();
        job.marks.extend(slot.marks.iter().map(|(t, _)| *t));
        let width = engine.n_probes;
        slot.seen.clear();
        slot.seen.resize(width * (1 + places.marks.len()), f64::NAN);
        if width > 0 {
            // What holds from the start on.
            let mut p = job.p.clone();
            for &(slot, value) in job.pieces.first().iter().flat_map(|piece| &piece.set) {
                p[slot] = value;
            }
            self.probes.probe(0.0, &job.y, &p, &mut slot.seen[..width]);
        }
        Some(number)
    }

    /// The outcomes of a problem that is through; which sum leaks, if one does.
    fn harvest(&mut self, slot: &Slot, end: &End, outcomes: &mut [f64]) -> Option<String> {
        let engine = self.engine;
        let width = engine.n_probes;
        if width > 0 {
            self.probes.probe(end.t, end.y, end.p, &mut self.room);
        }
        let list = |i: usize, of: &[f64]| of.get(i).copied().unwrap_or(f64::NAN);
        for (place, source) in self.aggregates.iter_mut().zip(&engine.sources) {
            *place = match *source {
                Source::Value(k) => end.extrema[k].0,
                Source::Time(k) => end.extrema[k].1,
                Source::Final(probe) => self.room[probe],
                Source::Initial(probe) => slot.seen[probe],
                Source::Mark(mark, probe) => slot.seen[(mark + 1) * width + probe],
                Source::Integral(state) => list(state, end.y),
                Source::Mean(state) => list(state, end.y) / end.t,
                Source::First(event) => list(event, end.first),
                Source::Count(event) => end.count.get(event).map_or(0.0, |n| *n as f64),
            };
        }
        let y = self.aggregates.as_chunks::<1>().0;
        let p = end.p.as_chunks::<1>().0;
        self.outcome
            .eval(y, p, self.formulas.as_chunks_mut::<1>().0);
        outcomes.copy_from_slice(&self.formulas);
        let leaking = (engine
            .sums
            .iter()
            .zip(&engine.simulation.system().conserved))
        .filter(|((terms, tolerance), _)| {
            let (mut change, mut size, mut before) = (0.0, 0.0, 0.0);
            for term in terms {
                let (first, last) = (slot.seen[*term], self.room[*term]);
                change += last - first;
                before += first.abs();
                size += last.abs();
            }
            let size = f64::max(size, before);
            // What is no number is no small residual.
            let tight = change == 0.0 || (change / size).abs() <= *tolerance;
            !tight
        });
        leaks(leaking.map(|(_, sum)| &sum.name))
    }
}

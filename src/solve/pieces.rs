//! Runs piece after piece, and leg after leg between events.
//!
//! A leg is entered in one order: parameters are bound, kinks and events settle, what a jump has set off happens (and
//! all settles again), rows that are due now are written, the method runs. It ends at the end of the piece, or inside
//! the step in which an event restarts or ends the run.

use super::events::{Note, Scan, Watch, clock_at};
use super::problem::{
    Action, Corner, Counters, Failure, Occurrence, Options, Outcome, Piece, Problem, Solution,
};
use super::rows::Rows;
use super::settle::Start;
use super::stages::first_not_finite;
use super::step::{Cost, Leg, LegEnd, Observer, Step, Stepper, Trouble};
use super::summits::Summits;
use super::tolerance::Tolerance;
use crate::equations::Equations;
use std::ops::ControlFlow;

/// Interval between two occurrences of one event, relative to time, below which time stands still …
const STANDSTILL: f64 = 1e-13;
/// … when so many follow one another. An interval below the resolution of time counts twice.
const STANDSTILLS: u32 = 3;
/// Occurrences of one event within `CROWD_SPAN` (relative to time) that are too many.
const CROWD: u32 = 1000;
const CROWD_SPAN: f64 = 1e-9;

/// When one event happened.
#[derive(Clone, Copy)]
struct Beat {
    /// Last time, and the time from which `crowd` counts [s].
    last: f64,
    since: f64,
    crowd: u32,
    standstills: u32,
}

/// Why the observer ended a leg.
enum Halt {
    /// Events with consequences, at the latest state.
    Events(Vec<usize>),
    /// A state whose right-hand side is no longer a number, behind a kink.
    Undefined(usize),
    Interrupted,
}

struct Run<'r, 'o> {
    problem: &'r Problem,
    options: &'r mut Options<'o>,
    watch: Watch<'r>,
    rows: Rows<'r>,
    summits: Summits,
    cost: Cost,
    restarts: u64,
    beats: Vec<Beat>,
    /// Parameters in force, and their regime.
    p: Vec<f64>,
    regime: usize,
    piece: &'r Piece,
    /// Whether this is the last piece: its end belongs to it.
    last: bool,
    /// The latest clock reading [s], with state and right-hand side.
    clock: f64,
    y: Vec<f64>,
    f: Vec<f64>,
    /// Whether no leg has been entered yet.
    fresh: bool,
    halt: Option<Halt>,
    /// State inside a step.
    inside: Vec<f64>,
}

/// Integrates `problem`, which must be valid, with `stepper`.
pub(super) fn run(
    equations: &mut dyn Equations,
    problem: &Problem,
    options: &mut Options,
    stepper: &mut dyn Stepper,
) -> Solution {
    let beat = Beat {
        last: f64::NEG_INFINITY,
        since: f64::NEG_INFINITY,
        crowd: 0,
        standstills: 0,
    };
    let tolerance = Tolerance::new(options, &problem.scales);
    let mut run = Run {
        problem,
        options,
        watch: Watch::new(&problem.events, &problem.scales, tolerance),
        rows: Rows::new(&problem.save),
        summits: Summits::new(equations.watched(), problem.y0.len()),
        cost: Cost::default(),
        restarts: 0,
        beats: vec![beat; problem.events.len()],
        p: problem.p.clone(),
        regime: 0,
        piece: &problem.pieces[0],
        last: false,
        clock: 0.0,
        y: problem.y0.clone(),
        f: vec![0.0; problem.y0.len()],
        fresh: true,
        halt: None,
        inside: vec![0.0; problem.y0.len()],
    };
    let mut outcome = Outcome::Reached;
    for (i, piece) in problem.pieces.iter().enumerate() {
        run.piece = piece;
        run.last = i + 1 == problem.pieces.len();
        if let Err(early) = run.piece(equations, stepper) {
            outcome = early;
            break;
        }
    }
    let mut solution = run.finish(outcome);
    solution.choices = stepper.choices();
    solution
}

impl Run<'_, '_> {
    /// One piece; `Err` is how the run ended in it.
    fn piece(
        &mut self,
        equations: &mut dyn Equations,
        stepper: &mut dyn Stepper,
    ) -> Result<(), Outcome> {
        self.clock = 0.0;
        for &(slot, value) in &self.piece.set {
            self.p[slot] = value;
        }
        // Inputs that hold for no time change nothing.
        if self.length() == 0.0 && !self.last {
            return Ok(());
        }
        let mut rescued = f64::NEG_INFINITY;
        loop {
            self.enter(equations)?;
            let entry = match first_not_finite(&self.f).or(first_not_finite(&self.y)) {
                Some(state) => LegEnd::Failed(Trouble::NotFinite(state)),
                None if self.clock >= self.length() => {
                    self.save_rows(equations, None);
                    return Ok(());
                }
                None => {
                    self.save_rows(equations, None);
                    self.leg(equations, stepper)
                }
            };
            match entry {
                LegEnd::Reached => return Ok(()),
                LegEnd::Halted => self.after_halt(equations)?,
                LegEnd::Failed(trouble) => {
                    let failure = self.failure(trouble);
                    // One attempt with the nearest kink flipped, unless the last one brought nothing.
                    let moved = self.clock - rescued > 1e-10 * self.length();
                    let t = self.time(self.clock);
                    let start = Start {
                        t,
                        y: &self.y,
                        reach: self.length() - self.clock,
                        first: false,
                    };
                    if trouble == Trouble::TooManySteps
                        || !moved
                        || !self.watch.flip_nearest(equations, &start, &mut self.p)
                    {
                        return Err(Outcome::Failed(failure));
                    }
                    rescued = self.clock;
                }
            }
        }
    }

    /// Length of the piece [s].
    fn length(&self) -> f64 {
        self.piece.end - self.piece.start
    }

    /// Time at a clock reading [s].
    fn time(&self, clock: f64) -> f64 {
        if clock >= self.length() {
            self.piece.end
        } else {
            self.piece.start + clock
        }
    }

    fn failure(&self, trouble: Trouble) -> Failure {
        let t = self.time(self.clock);
        match trouble {
            Trouble::NotFinite(state) => Failure::NotFinite { t, state },
            Trouble::StepTooSmall(state) => Failure::StepTooSmall { t, state },
            Trouble::TooManySteps => Failure::TooManySteps {
                t,
                limit: self.options.max_steps,
            },
        }
    }

    /// Enters a leg at the latest state.
    fn enter(&mut self, equations: &mut dyn Equations) -> Result<(), Outcome> {
        if !self.fresh {
            self.restarts += 1;
        }
        loop {
            let reach = self.length() - self.clock;
            let start = Start {
                t: self.time(self.clock),
                y: &self.y,
                reach,
                first: self.fresh,
            };
            self.cost.rhs += self
                .watch
                .settle_kinks(equations, &start, &mut self.p, &mut self.f);
            self.regime = self.rows.regime(&self.p);
            // At the end of a piece, but for rounding, there is nowhere to look ahead: what has just fired is settled in
            // the next one.
            let rounding = 16.0 * f64::EPSILON * self.piece.end.abs().max(self.length());
            let fired = match self.watch.is_idle() || reach <= rounding {
                true => Vec::new(),
                false => self.watch.settle_events(equations, &start, &self.f),
            };
            self.fresh = false;
            if !self.happen(equations, &fired)? {
                self.watch.leave();
                return Ok(());
            }
        }
    }

    /// Integrates from the latest state to the end of the piece, or to where something happens.
    fn leg(&mut self, equations: &mut dyn Equations, stepper: &mut dyn Stepper) -> LegEnd {
        let (y, f) = (self.y.clone(), self.f.clone());
        let leg = Leg {
            origin: self.piece.start,
            start: self.clock,
            end: self.length(),
            piece: self.length(),
            y: &y,
            f: &f,
            first: None,
            budget: self.options.max_steps.saturating_sub(self.cost.attempts()),
        };
        self.summits.restart();
        let mut cost = Cost::default();
        let end = stepper.run(equations, &leg, self, &mut cost);
        self.cost.add(&cost);
        end
    }

    /// What the observer ended the leg for.
    fn after_halt(&mut self, equations: &mut dyn Equations) -> Result<(), Outcome> {
        match self.halt.take() {
            Some(Halt::Interrupted) => Err(Outcome::Failed(Failure::Interrupted {
                t: self.time(self.clock),
            })),
            Some(Halt::Undefined(state)) => Err(Outcome::Failed(Failure::NotFinite {
                t: self.time(self.clock),
                state,
            })),
            Some(Halt::Events(fired)) => self.happen(equations, &fired).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Lets events happen together at the latest state; true if the state or parameters may have changed.
    ///
    /// All are noted with the state before; then kinks flip and actions apply, in the order of the events; then the
    /// run ends if one of them says so, and leaving the domain goes before stopping.
    fn happen(&mut self, equations: &mut dyn Equations, fired: &[usize]) -> Result<bool, Outcome> {
        let t = self.time(self.clock);
        let (before, p) = (self.y.clone(), self.p.clone());
        let (mut changed, mut end) = (false, None);
        let mut flipped = Vec::new();
        for &event in fired {
            let (mut after, mut p_after) = (None, None);
            match self.problem.events[event].action {
                Action::Kink { .. } => {
                    self.watch.flip(event, t, self.length(), &mut self.p);
                    flipped.push(event);
                    if self.watch.is_endless(event) {
                        end = end.or(Some(Outcome::Failed(Failure::TooManyEvents { t, event })));
                    }
                    continue;
                }
                Action::Record => {}
                Action::Apply => {
                    equations.apply(event, t, &mut self.y, &mut self.p);
                    equations.bind(&self.p);
                    (after, p_after) = (Some(self.y.clone()), Some(self.p.clone()));
                    changed = true;
                }
                Action::Stop => end = end.or(Some(Outcome::Stopped(event))),
                Action::Fail => {
                    if !matches!(end, Some(Outcome::Failed(_))) {
                        end = Some(Outcome::Failed(Failure::LeftDomain { t, event }));
                    }
                }
            }
            self.rows.occur(Occurrence {
                event,
                t,
                before: before.clone(),
                after,
                p: p.clone(),
                p_after,
                rows: self.rows.count(),
            });
            if self.stands_still(event, t) {
                end = end.or(Some(Outcome::Failed(Failure::TooManyEvents { t, event })));
            }
        }
        if !flipped.is_empty() {
            let mut p_after = p.clone();
            for event in flipped {
                if let Action::Kink { slot } = self.problem.events[event].action {
                    p_after[slot] = self.p[slot];
                }
            }
            self.rows.corner(Corner {
                t,
                y: before,
                p,
                p_after,
            });
        }
        end.map_or(Ok(changed), Err)
    }

    /// Notes that `event` happens at `t`; true if time no longer moves between its occurrences.
    fn stands_still(&mut self, event: usize, t: f64) -> bool {
        if self.problem.events[event].action != Action::Apply {
            return false;
        }
        let size = t.abs().max(self.length());
        let beat = &mut self.beats[event];
        let interval = (t - beat.last) / size;
        beat.standstills = match interval {
            interval if interval >= STANDSTILL => 0,
            interval if interval >= 4.0 * f64::EPSILON => beat.standstills + 1,
            _ => beat.standstills + 2,
        };
        if t - beat.since > CROWD_SPAN * size {
            (beat.since, beat.crowd) = (t, 0);
        }
        beat.crowd += 1;
        beat.last = t;
        beat.standstills >= STANDSTILLS || beat.crowd > CROWD
    }

    /// Writes the rows that are due: before the end of `step` at most (its fraction `until`), or now.
    ///
    /// A row at the end of a leg waits: what happens there, or the next piece, may change state and parameters.
    fn save_rows(&mut self, equations: &mut dyn Equations, step: Option<(&mut dyn Step, f64)>) {
        let Some((step, until)) = step else {
            while self
                .rows
                .due()
                .is_some_and(|t| t - self.piece.start <= self.clock)
            {
                self.rows.save(&self.y, self.regime);
            }
            return;
        };
        let (start, end) = step.clock();
        // Where a run lands, and so which side a row is on, is known but for roundings: a row there waits.
        let exact = if until < 1.0 {
            1.0 - 8.0 * f64::EPSILON
        } else {
            1.0
        };
        let limit = exact * clock_at(step, until);
        while let Some(t) = self.rows.due() {
            let clock = t - self.piece.start;
            if clock >= limit {
                break;
            }
            step.at(equations, (clock - start) / (end - start), &mut self.inside);
            self.rows.save(&self.inside, self.regime);
        }
    }

    /// Where in the step the right-hand side ceases to be a number behind a frozen kink, and for which state.
    ///
    /// A kink keeps its branch inside a step, so that `max(0, x)` hides an x that is not a number any more. What is
    /// asked here is what the equations themselves say; a branch that is not taken may well be undefined.
    fn lose(&mut self, equations: &mut dyn Equations, step: &mut dyn Step) -> Option<(f64, usize)> {
        if self.watch.is_idle() || self.watch.unknown_sides().is_empty() {
            return None;
        }
        let mut state = self.undefined(equations, step, 1.0)?;
        let (mut good, mut bad) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (good + bad);
            match self.undefined(equations, step, middle) {
                Some(found) => (bad, state) = (middle, found),
                None => good = middle,
            }
        }
        Some((good, state))
    }

    /// The first state whose right-hand side is not finite at a fraction of the step, if kinks without side are told so.
    fn undefined(
        &mut self,
        equations: &mut dyn Equations,
        step: &mut dyn Step,
        theta: f64,
    ) -> Option<usize> {
        let origin = self.piece.start;
        let slots = self.watch.unknown_sides_at(equations, origin, step, theta);
        if slots.is_empty() {
            return None;
        }
        let mut p = self.p.clone();
        for slot in slots {
            p[slot] = f64::NAN;
        }
        step.at(equations, theta, &mut self.inside);
        equations.bind(&p);
        equations.rhs(self.time(clock_at(step, theta)), &self.inside, &mut self.f);
        equations.bind(&self.p);
        first_not_finite(&self.f)
    }

    /// Notes the events on the way that change nothing.
    fn note(&mut self, equations: &mut dyn Equations, step: &mut dyn Step, notes: Vec<Note>) {
        for Note {
            theta,
            event,
            since,
        } in notes
        {
            let late = since.is_some();
            let (t, before, p) = match since {
                Some(passage) => (passage.t, passage.y, passage.p),
                None => {
                    step.at(equations, theta, &mut self.inside);
                    let t = self.time(clock_at(step, theta));
                    (t, self.inside.clone(), self.p.clone())
                }
            };
            let occurrence = Occurrence {
                event,
                t,
                before,
                after: None,
                p,
                p_after: None,
                rows: self.rows.count(),
            };
            match late {
                true => self.rows.occur_late(occurrence),
                false => self.rows.occur(occurrence),
            }
        }
    }

    /// The solution, with a last row where the run ended early.
    fn finish(mut self, outcome: Outcome) -> Solution {
        let t = self.time(self.clock);
        while self.rows.due().is_some_and(|due| due <= t) {
            self.rows.save(&self.y, self.regime);
        }
        if outcome != Outcome::Reached {
            let regime = self.rows.regime(&self.p);
            self.rows.end(t, &self.y, regime);
        }
        let counters = Counters {
            rhs: self.cost.rhs + self.watch.bands.rhs,
            jacobians: self.cost.jacobians,
            factorisations: self.cost.factorisations,
            accepted: self.cost.accepted,
            rejected: self.cost.rejected,
            events: self.watch.evaluations,
            restarts: self.restarts,
        };
        self.rows.finish(outcome, counters, self.summits.finish())
    }
}

impl Observer for Run<'_, '_> {
    fn accept(&mut self, equations: &mut dyn Equations, step: &mut dyn Step) -> ControlFlow<()> {
        let mut scan = match self.watch.is_idle() {
            true => Scan::default(),
            false => {
                let start = self.piece.start;
                self.watch.scan(equations, start, step, &mut self.p)
            }
        };
        self.note(equations, step, std::mem::take(&mut scan.noted));
        let lost = match scan.landing {
            Some(_) => None,
            None => self.lose(equations, step),
        };
        let until = scan.landing.or(lost.map(|l| l.0)).unwrap_or(1.0);
        self.summits.look(
            equations,
            &mut self.watch,
            &self.y,
            (self.piece.start, step, until),
            &self.p,
        );
        if self.rows.due().is_some() {
            self.save_rows(equations, Some((step, until)));
        }
        match until < 1.0 {
            true => step.at(equations, until, &mut self.y),
            false => self.y.copy_from_slice(step.end()),
        }
        self.clock = clock_at(step, until);
        if let Some((_, state)) = lost {
            self.halt = Some(Halt::Undefined(state));
        }
        if !scan.fired.is_empty() {
            self.halt = Some(Halt::Events(scan.fired));
        }
        let t = self.time(self.clock);
        if let Some(progress) = &mut self.options.progress
            && progress(t).is_break()
        {
            self.halt = Some(Halt::Interrupted);
        }
        if self.halt.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

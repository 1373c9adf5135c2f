//! The loop over all lanes, and what happens in one of them.
//!
//! Each round makes one attempt in every lane. What all lanes do alike runs over blocks; what is rare (a leg begins or
//! ends, something crosses) is done lane by lane, with that lane's numbers only.

use super::block::{Block, Later, Now, Row};
use super::control::{Advance, Aim, First, REJECTIONS, Sort, Trial};
use super::gather::{Gather, Take};
use super::landing::{Found, Landing};
use super::step::Stepper;
use super::watch::{At, Detect, Verdict, acts, crossing, examine, marked_by, measure_bands, turn};
use super::{Client, End, Ending, Extremum, Job, Setup};
use crate::equations::LaneEquations;
use crate::lanes::row::{lanes, row_of, select, zip};
use crate::lanes::{Isa, Task};
use crate::solve::problem::{Action, Direction, Failure};
use crate::solve::side::{Side, fires};
use crate::solve::tolerance::power_of_two;

/// Occurrences of events within `CROWD_SPAN` (relative to time) after which a problem is given back.
const CROWD: u32 = 200;
const CROWD_SPAN: f64 = 1e-9;

/// To begin a leg takes as much for one lane as for all of them: legs wait for each other until this part of the lanes
/// does.
const WAIT: usize = 8;

/// Part of a trial of a first step at which events are looked at once more.
const NEARER: f64 = 1e-4;

/// As many lanes as there can be.
const ALL: u64 = u64::MAX;

/// Part of the tolerance that the time of an event may be off by.
const PLACE: f64 = 0.02;

/// What is not the same kind of number in all lanes.
#[derive(Default)]
struct Lane {
    id: u64,
    job: Job,
    /// Whether the problem begins.
    fresh: bool,
    piece: usize,
    mark: usize,
    landing: Option<Landing>,
    /// Events landed on last, and what their functions were there.
    touched: Vec<(usize, f64)>,
    /// Events that happen where the attempt ends.
    fired: Vec<usize>,
    first: Vec<f64>,
    count: Vec<u64>,
    crowd: u32,
    crowd_since: f64,
}

struct Crew<'c, E, C, const W: usize> {
    equations: &'c mut E,
    client: &'c mut C,
    setup: &'c Setup,
    isa: Isa,
    stepper: Stepper<W>,
    block: Block<W>,
    gather: Gather<W>,
    lanes: Vec<Lane>,
    /// Lanes with a problem, those of them that wait for the beginning of a leg, and those that look for a landing.
    active: u64,
    starts: u64,
    lands: u64,
    /// Whether parameters have changed since they were bound.
    unbound: bool,
    /// Whether the client has no more problems.
    dry: bool,
    /// A state and parameters in a row.
    y: Vec<f64>,
    p: Vec<f64>,
    extrema: Vec<(f64, f64)>,
}

/// Solves all problems of the client.
pub fn run<const W: usize>(
    equations: &mut impl LaneEquations<W>,
    client: &mut impl Client,
    setup: &Setup,
    isa: Isa,
) {
    let mut crew = Crew {
        stepper: Stepper::new(equations, setup, isa),
        block: Block::new(equations, setup),
        gather: Gather::new(setup.extrema.len()),
        lanes: (0..W).map(|_| Lane::default()).collect(),
        active: 0,
        starts: 0,
        lands: 0,
        unbound: false,
        dry: false,
        y: vec![0.0; equations.n_states()],
        p: vec![0.0; equations.n_params()],
        extrema: vec![(0.0, 0.0); setup.extrema.len()],
        equations,
        client,
        setup,
        isa,
    };
    while crew.round() {}
}

impl<E: LaneEquations<W>, C: Client, const W: usize> Crew<'_, E, C, W> {
    /// One attempt in every lane that is under way; false when all problems are through.
    fn round(&mut self) -> bool {
        for w in lanes(!self.active & ALL >> (64 - W)) {
            if !self.dry {
                self.take(w);
            }
        }
        if self.active == 0 {
            return false;
        }
        if self.starts == self.active || self.starts.count_ones() as usize * WAIT >= W {
            self.start();
        } else {
            self.stepper.derive(self.equations, &mut self.block, 0);
        }
        self.isa.run(Aim(&mut self.block));
        for w in lanes(self.lands) {
            if let Some(landing) = &self.lanes[w].landing {
                self.block.tried[w] = landing.theta * landing.full;
                self.block.at_end[w] = 0.0;
            }
        }
        for w in lanes(self.attempt()) {
            self.block.taken[w] = if self.judge(w) { 1.0 } else { 0.0 };
        }
        self.accept();
        true
    }

    /// Gives lane `w` its next problem.
    fn take(&mut self, w: usize) {
        let lane = &mut self.lanes[w];
        let Some(id) = self.client.next(&mut lane.job) else {
            self.dry = true;
            return;
        };
        lane.id = id;
        self.active |= 1 << w;
        self.block.longest[w] = lane.job.max_step;
        self.block.accepted[w] = 0.0;
        self.block.attempts[w] = 0.0;
        lane.fresh = true;
        lane.mark = 0;
        lane.piece = 0;
        lane.landing = None;
        lane.touched.clear();
        lane.fired.clear();
        lane.first.clear();
        lane.first.resize(self.setup.events.len(), f64::NAN);
        lane.count.clear();
        lane.count.resize(self.setup.events.len(), 0);
        lane.crowd = 0;
        lane.crowd_since = f64::NEG_INFINITY;
        for (row, y) in self.block.y.iter_mut().zip(&lane.job.y) {
            row[w] = *y;
        }
        for (row, p) in self.block.p.iter_mut().zip(&lane.job.p) {
            row[w] = *p;
        }
        for (row, scale) in self.block.floor.iter_mut().zip(&lane.job.scales) {
            row[w] = self.setup.atol * power_of_two(*scale);
        }
        for side in &mut self.block.side {
            side[w] = 0.0;
        }
        self.gather.clear(w, &self.setup.extrema);
        self.enter_piece(w);
    }

    /// Sets the inputs of the present piece of lane `w`; pieces of no length change nothing.
    fn enter_piece(&mut self, w: usize) {
        let lane = &mut self.lanes[w];
        let pieces = &lane.job.pieces;
        loop {
            let piece = &pieces[lane.piece];
            for &(slot, value) in &piece.set {
                self.block.p[slot][w] = value;
            }
            if piece.end > piece.start || lane.piece + 1 == pieces.len() {
                self.block.origin[w] = piece.start;
                break;
            }
            lane.piece += 1;
        }
        self.block.clock[w] = 0.0;
        self.wait(w);
        self.block.in_a_row[w] = 0.0;
        self.unbound = true;
    }

    /// Makes lane `w` wait for the beginning of a leg.
    fn wait(&mut self, w: usize) {
        self.starts |= 1 << w;
        self.block.active[w] = 0.0;
    }

    /// Where the present leg of lane `w` ends: at the end of its piece or at the next mark.
    fn set_end(&mut self, w: usize) {
        let lane = &self.lanes[w];
        let piece = &lane.job.pieces[lane.piece];
        let end = piece.end - piece.start;
        let mark = lane.job.marks.get(lane.mark).map(|t| t - piece.start);
        self.block.until[w] = mark.filter(|mark| *mark < end).unwrap_or(end);
    }

    /// The time of lane `w`, on its clock [s].
    fn time(&self, w: usize) -> f64 {
        let piece = &self.lanes[w].job.pieces[self.lanes[w].piece];
        let clock = self.block.clock[w];
        if clock >= piece.end - piece.start {
            piece.end
        } else {
            piece.start + clock
        }
    }

    /// Begins the legs that wait, each when no event happens there any more.
    fn start(&mut self) {
        let mut settled = 0;
        while self.starts & !settled != 0 {
            if self.unbound {
                self.equations.bind(&self.block.p);
                self.unbound = false;
            }
            // What has been settled stays so, whatever happens in other lanes.
            let open = self.starts & !settled;
            self.stepper
                .derive(self.equations, &mut self.block, self.starts);
            if !self.block.g.is_empty() {
                self.look_at_starts(open);
            }
            for w in lanes(open) {
                if self.settle(w) {
                    settled |= 1 << w;
                }
            }
        }
        if self.starts != 0 {
            self.first_steps(&row_of(self.starts));
            self.leave();
        }
        for w in lanes(self.starts) {
            self.lanes[w].touched.clear();
        }
        self.starts = 0;
        self.block.active = row_of(self.active);
    }

    /// Looks on which side the events that have just been landed on are left, by the trials of the first steps.
    ///
    /// A state that an event has changed may lead back to the side that the function came from, as that of a ball that
    /// bounces; a kink that leads back is one along which the equations slide, and no lane gets on there.
    fn leave(&mut self) {
        let touched = |w: &usize| !self.lanes[*w].touched.is_empty();
        let lanes: Vec<usize> = lanes(self.starts).filter(touched).collect();
        if lanes.is_empty() {
            return;
        }
        let times = self.isa.run(Now(&self.block));
        let Block {
            y,
            room,
            g_room,
            rates,
            width,
            ..
        } = &mut self.block;
        self.equations.watch(&times, room, g_room);
        // Nearer by, too: what goes up by less than the trial shows is down again at its end.
        for ((near, y), far) in rates.iter_mut().zip(&*y).zip(&*room) {
            *near = zip(y, far, |y, far| y + NEARER * (far - y));
        }
        let far: Vec<Row<W>> = g_room[..width.len()].to_vec();
        self.equations.watch(&times, rates, g_room);
        for w in lanes {
            for (e, level) in std::mem::take(&mut self.lanes[w].touched) {
                let (g, side) = (self.block.g[e][w], self.block.side[e][w]);
                if g.abs() > self.block.band[e][w].max(4.0 * level) {
                    continue;
                }
                let back = |later: f64| side * (later - g) < 0.0;
                let (soon, later) = (back(self.block.g_room[e][w]), back(far[e][w]));
                let kink = matches!(self.setup.events[e].action, Action::Kink { .. });
                if acts(self.setup, e) && (soon != later || kink && soon) {
                    self.end(w, Ending::Unsure);
                    break;
                }
                if soon && later {
                    self.block.side[e][w] = -side;
                }
            }
        }
    }

    /// Watched functions, extrema and bands where legs begin.
    fn look_at_starts(&mut self, starts: u64) {
        let times = self.isa.run(Now(&self.block));
        self.equations
            .watch(&times, &self.block.y, &mut self.block.g_room);
        let row = row_of(starts);
        for (g, new) in self.block.g.iter_mut().zip(&self.block.g_room) {
            *g = select(&row, new, g);
        }
        self.isa.run(Take {
            gather: &mut self.gather,
            extrema: &self.setup.extrema,
            g: &self.block.g,
            times: &times,
            taken: &row,
        });
        if self.setup.turning.contains(&false) {
            let at = At::Start;
            measure_bands(
                self.equations,
                &mut self.block,
                self.setup,
                self.isa,
                at,
                starts,
            );
        }
    }

    /// Settles the sides of lane `w`, which begins a leg: an event whose function has jumped across 0 happens. False if that
    /// has changed something, so that there is more to settle.
    fn settle(&mut self, w: usize) -> bool {
        let passed = self.lanes[w].job.marks.get(self.lanes[w].mark).copied();
        if passed.is_some_and(|t| t <= self.time(w)) {
            self.show_mark(w);
        }
        self.set_end(w);
        if self.block.f.iter().any(|f| !f[w].is_finite()) {
            self.end(w, Ending::Unsure);
            return true;
        }
        let fresh = std::mem::take(&mut self.lanes[w].fresh);
        let mut fired = Vec::new();
        let mut changed = false;
        for e in 0..self.setup.events.len() {
            if self.setup.turning[e] {
                continue;
            }
            let (g, band) = (self.block.g[e][w], self.block.band[e][w]);
            if g.is_nan() {
                self.end(w, Ending::Unsure);
                return true;
            }
            let side = self.block.side[e][w];
            if let Action::Kink { slot } = self.setup.events[e].action {
                match self.settle_kink(w, e, slot) {
                    Some(new) => changed |= new,
                    None => {
                        self.end(w, Ending::Unsure);
                        return true;
                    }
                }
                continue;
            }
            // At the very start only what is 0 but for rounding has no side. What has just been landed on is at 0 but for
            // what the landing left.
            let left = self.level(w, e);
            let clear = match left {
                Some(level) => band.max(4.0 * level),
                None if fresh => 1e-6 * band,
                None => band,
            };
            if g.abs() <= clear {
                continue;
            }
            if side != 0.0 && side * g < 0.0 && happens(&self.setup.events[e].direction, side, g) {
                fired.push(e);
            }
            self.block.side[e][w] = g.signum();
        }
        let t = self.time(w);
        for &e in &fired {
            self.note(w, e, t);
        }
        let acted = self.consequences(w, &fired);
        !(changed || acted)
    }

    /// What the function of event `e` was where lane `w` has just landed on it.
    fn level(&self, w: usize, e: usize) -> Option<f64> {
        let touched = self.lanes[w].touched.iter().rev();
        touched.clone().find(|t| t.0 == e).map(|t| t.1)
    }

    /// Settles the side of a kink at which something jumps: whether that changes the equations; `None` if there is no side
    /// to be told.
    fn settle_kink(&mut self, w: usize, e: usize, slot: usize) -> Option<bool> {
        let (g, band) = (self.block.g[e][w], self.block.band[e][w]);
        let rounding = 1e-6 * band;
        let level = self.level(w, e);
        if level.is_some_and(|level| g.abs() <= rounding.max(4.0 * level)) {
            return Some(false);
        }
        if g.abs() <= rounding {
            // Which way it leaves, a single run finds out.
            return (self.block.side[e][w] != 0.0).then_some(false);
        }
        self.block.side[e][w] = g.signum();
        let above = if g > 0.0 { 1.0 } else { 0.0 };
        let changes = self.block.p[slot][w] != above;
        if changes {
            self.block.p[slot][w] = above;
            self.unbound = true;
            self.lanes[w].crowd += 1;
        }
        (self.lanes[w].crowd <= CROWD).then_some(changes)
    }

    /// First steps of the legs that begin.
    fn first_steps(&mut self, starts: &Row<W>) {
        let (rtol, atol) = (self.setup.rtol, self.setup.atol);
        let trials = self.isa.run(Trial {
            block: &mut self.block,
            rtol,
            atol,
        });
        let Block { room, rates, .. } = &mut self.block;
        self.equations.rates(&trials.times, room, rates);
        self.isa.run(First {
            block: &mut self.block,
            trials: &trials,
            starts,
            rtol,
        });
    }

    /// Makes the attempts, and looks at what they may have crossed. Gives the lanes in which there is something to think
    /// about; the others are through with it.
    fn attempt(&mut self) -> u64 {
        self.stepper
            .attempt(self.equations, &mut self.block, self.setup.rtol);
        if !self.block.g.is_empty() {
            let times = self.isa.run(Later(&self.block, 1.0));
            (self.equations).watch(&times, &self.block.y1, &mut self.block.g1);
        }
        if !self.setup.events.is_empty() {
            self.stepper.middle(&mut self.block);
            let times = self.isa.run(Later(&self.block, 0.5));
            (self.equations).watch(&times, &self.block.middle, &mut self.block.g_middle);
        }
        let (off, odd) = self.isa.run(Look {
            block: &mut self.block,
            setup: self.setup,
        });
        if off != 0 {
            let at = At::End;
            measure_bands(
                self.equations,
                &mut self.block,
                self.setup,
                self.isa,
                at,
                off,
            );
        }
        odd
    }

    /// Judges the attempt of lane `w`; true if it is taken.
    fn judge(&mut self, w: usize) -> bool {
        if self.block.attempts[w] > self.setup.max_steps as f64 {
            let t = self.time(w);
            let limit = self.setup.max_steps;
            self.end(w, Ending::Failed(Failure::TooManySteps { t, limit }));
            return false;
        }
        if self.block.good[w] == 0.0 {
            self.stop_landing(w);
            self.block.retry[w] = 1.0;
            self.block.in_a_row[w] += 1.0;
            let next = self.block.next[w];
            self.block.h[w] = next;
            let stuck = self.block.clock[w] + next <= self.block.clock[w];
            if stuck || self.block.in_a_row[w] > REJECTIONS {
                self.end(w, Ending::Unsure);
            }
            return false;
        }
        if self.block.lands[w] > 0.0 {
            return self.land(w);
        }
        match examine(&self.block, self.setup, &self.gather.value, w) {
            Verdict::Fine => {}
            Verdict::Peek(part) => {
                self.block.h[w] = part * self.block.tried[w];
                return false;
            }
            Verdict::Lands(mut landing) => {
                landing.full = self.block.tried[w];
                landing.next = self.block.next[w];
                landing.error = self.block.error[w];
                self.search(w, landing);
                return false;
            }
            Verdict::Unsure => {
                self.end(w, Ending::Unsure);
                return false;
            }
        }
        self.settle_unknown(w);
        self.block.last[w] = self.block.tried[w];
        self.block.last_error[w] = self.block.error[w];
        self.block.h[w] = self.block.next[w];
        true
    }

    /// Makes lane `w` look for a landing.
    fn search(&mut self, w: usize, landing: Landing) {
        self.lanes[w].landing = Some(landing);
        self.block.lands[w] = 1.0;
        self.lands |= 1 << w;
    }

    fn stop_landing(&mut self, w: usize) -> Option<Landing> {
        self.block.lands[w] = 0.0;
        self.lands &= !(1 << w);
        self.lanes[w].landing.take()
    }

    /// Gives functions without a side the one that they are clearly on at the end of the attempt.
    fn settle_unknown(&mut self, w: usize) {
        for e in 0..self.setup.events.len() {
            let g = self.block.g1[e][w];
            if self.block.side[e][w] == 0.0 && g.abs() > self.block.band[e][w] {
                self.block.side[e][w] = g.signum();
            }
        }
    }

    /// Looks at a try to land in lane `w`; true if it is taken.
    fn land(&mut self, w: usize) -> bool {
        let Some(mut landing) = self.stop_landing(w) else {
            return false;
        };
        let t = self.block.origin[w] + self.block.clock[w] + self.block.tried[w];
        // What crosses before the one that is looked for comes first.
        for e in 0..self.setup.events.len() {
            if self.setup.turning[e] || e == landing.event {
                continue;
            }
            let (side, band) = (self.block.side[e][w], self.block.band[e][w]);
            let (g, g1) = (self.block.g[e][w], self.block.g1[e][w]);
            let under = self.setup.events[e].direction == Direction::Under;
            if side != 0.0
                && side * g1 <= 0.0
                && let Some(offset) = crossing(side, band, under, g, g1)
            {
                if side * g <= 0.0 && acts(self.setup, e) {
                    self.end(w, Ending::Unsure);
                    return false;
                }
                let middle = 0.5 * (g + g1);
                let mut other = Landing::new(e, (side, offset), (g, middle, g1));
                other.full = self.block.tried[w];
                other.next = landing.next;
                other.error = landing.error;
                if other.theta < 1.0 - 1e-9 {
                    self.search(w, other);
                    return false;
                }
            }
        }
        let tolerance =
            PLACE * self.setup.rtol * t.abs().max(landing.full) + 4.0 * f64::EPSILON * t.abs();
        match landing.see(self.block.g1[landing.event][w], tolerance) {
            Found::Never => {
                self.end(w, Ending::Unsure);
                false
            }
            Found::No => {
                self.search(w, landing);
                false
            }
            Found::There(away) => {
                if let Some(turn) = self.turned_before(w, &landing) {
                    match turn {
                        Verdict::Lands(turn) => self.search(w, turn),
                        Verdict::Peek(part) => self.block.h[w] = part * self.block.tried[w],
                        Verdict::Fine | Verdict::Unsure => {}
                    }
                    return false;
                }
                self.touch(w, &landing, (t + away, tolerance))
            }
        }
    }

    /// An extremum inside the attempt of lane `w` that has come to its landing.
    fn turned_before(&self, w: usize, landing: &Landing) -> Option<Verdict> {
        let best = &self.gather.value;
        let events = 0..self.setup.events.len();
        let turns = events.filter(|e| self.setup.turning[*e] && *e != landing.event);
        let mut turns = turns.filter_map(|e| match turn(&self.block, self.setup, best, e, w) {
            Verdict::Lands(mut other) if other.theta < 1.0 - 1e-9 => {
                other.full = self.block.tried[w];
                other.next = landing.next;
                other.error = landing.error;
                Some(Verdict::Lands(other))
            }
            Verdict::Peek(part) => Some(Verdict::Peek(part)),
            _ => None,
        });
        turns.next()
    }

    /// The attempt of lane `w` ends at a crossing, which is at a time known within a tolerance; false if the lane is given
    /// back.
    fn touch(&mut self, w: usize, landing: &Landing, (t, tolerance): (f64, f64)) -> bool {
        self.block.last[w] = landing.full;
        self.block.last_error[w] = landing.error;
        self.block.h[w] = landing.next;
        if landing.turning {
            for (k, extremum) in marked_by(&self.setup.extrema, landing.event) {
                let value = self.block.g1[extremum.value][w];
                let sign = if extremum.max { 1.0 } else { -1.0 };
                if sign * value >= sign * self.gather.value[k][w] {
                    (self.gather.value[k][w], self.gather.time[k][w]) = (value, t);
                }
            }
            return true;
        }
        let mut together = self.together(w, landing, tolerance);
        together.push(landing.event);
        if together.len() > 1 && together.iter().any(|e| acts(self.setup, *e)) {
            // Which comes first matters, and is no question of tolerances.
            self.end(w, Ending::Unsure);
            return false;
        }
        together.sort_unstable();
        self.lanes[w].touched.clear();
        for e in together {
            let side = self.block.side[e][w];
            self.block.side[e][w] = -side;
            let level = self.block.g1[e][w].abs();
            self.lanes[w].touched.push((e, level));
            if happens(&self.setup.events[e].direction, side, -side) {
                self.note(w, e, t);
                self.lanes[w].fired.push(e);
            }
        }
        true
    }

    /// Other events that lane `w` crosses where it lands, within some tolerances [s].
    fn together(&self, w: usize, landing: &Landing, tolerance: f64) -> Vec<usize> {
        let near = |e: &usize| {
            let (side, band) = (self.block.side[*e][w], self.block.band[*e][w]);
            let (g, g1) = (self.block.g[*e][w], self.block.g1[*e][w]);
            let falls = side * (g - g1) / self.block.tried[w];
            let own = !self.setup.turning[*e] && *e != landing.event && side != 0.0;
            own && side * g > band && falls > 0.0 && side * g1 <= 4.0 * tolerance * falls
        };
        (0..self.setup.events.len()).filter(near).collect()
    }

    /// Notes that event `e` happens in lane `w` at time `t`.
    fn note(&mut self, w: usize, e: usize, t: f64) {
        let lane = &mut self.lanes[w];
        if lane.count[e] == 0 {
            lane.first[e] = t;
        }
        lane.count[e] += 1;
    }

    /// Moves the lanes whose attempts are taken on to their ends; what happens there, happens.
    fn accept(&mut self) {
        let more = self.isa.run(Accept {
            block: &mut self.block,
            gather: &mut self.gather,
            extrema: &self.setup.extrema,
        });
        self.stepper.accept(&mut self.block);
        for w in lanes(more) {
            if self.block.at_end[w] > 0.0 {
                self.finish_leg(w);
                continue;
            }
            let fired = std::mem::take(&mut self.lanes[w].fired);
            if !fired.is_empty() && self.active >> w & 1 == 1 {
                self.consequences(w, &fired);
            }
        }
    }

    /// What follows from events in lane `w`, at the start of a step; true if a leg begins.
    fn consequences(&mut self, w: usize, fired: &[usize]) -> bool {
        let t = self.time(w);
        let mut end = None;
        let mut changed = false;
        for &e in fired {
            match self.setup.events[e].action {
                Action::Record => {}
                Action::Kink { slot } => {
                    let above = self.block.side[e][w] > 0.0;
                    self.block.p[slot][w] = if above { 1.0 } else { 0.0 };
                    changed = true;
                }
                Action::Apply => {
                    self.copy_out(w);
                    self.equations.apply(e, t, &mut self.y, &mut self.p);
                    self.copy_in(w);
                    changed = true;
                }
                Action::Stop => end = end.or(Some(Ending::Stopped(e))),
                Action::Fail => {
                    end = Some(Ending::Failed(Failure::LeftDomain { t, event: e }));
                }
            }
        }
        if changed {
            let lane = &mut self.lanes[w];
            self.unbound = true;
            if t - lane.crowd_since > CROWD_SPAN * t.abs().max(self.block.until[w]) {
                (lane.crowd, lane.crowd_since) = (0, t);
            }
            lane.crowd += 1;
            if lane.crowd > CROWD {
                end = end.or(Some(Ending::Unsure));
            }
        }
        if changed {
            self.wait(w);
        }
        let ends = end.is_some();
        if let Some(ending) = end {
            self.end(w, ending);
        }
        changed && !ends
    }

    /// The leg of lane `w` has reached its end.
    fn finish_leg(&mut self, w: usize) {
        let lane = &self.lanes[w];
        let piece = &lane.job.pieces[lane.piece];
        let through = self.block.clock[w] >= piece.end - piece.start;
        if !through {
            self.show_mark(w);
            return self.set_end(w);
        }
        if lane.piece + 1 == lane.job.pieces.len() {
            while self.lanes[w].mark < self.lanes[w].job.marks.len() {
                self.show_mark(w);
            }
            return self.end(w, Ending::Reached);
        }
        self.lanes[w].piece += 1;
        self.enter_piece(w);
    }

    /// Shows the client the state of lane `w` at its next mark, and at all marks of the same time.
    fn show_mark(&mut self, w: usize) {
        self.copy_out(w);
        let t = self.time(w);
        let lane = &mut self.lanes[w];
        while let Some(due) = lane.job.marks.get(lane.mark)
            && *due <= t.max(self.block.origin[w] + self.block.clock[w])
        {
            self.client.mark(lane.id, lane.mark, *due, &self.y, &self.p);
            lane.mark += 1;
        }
        // Rounding may have put the end of the leg before the mark that it is for.
        if let Some(due) = lane.job.marks.get(lane.mark)
            && *due - t <= 8.0 * f64::EPSILON * t.abs()
        {
            self.client.mark(lane.id, lane.mark, *due, &self.y, &self.p);
            lane.mark += 1;
        }
    }

    /// Hands the problem of lane `w` back.
    fn end(&mut self, w: usize, ending: Ending) {
        self.copy_out(w);
        let t = self.time(w);
        let best = self.gather.value.iter().zip(&self.gather.time);
        for (out, (value, time)) in self.extrema.iter_mut().zip(best) {
            *out = (value[w], time[w]);
        }
        let lane = &mut self.lanes[w];
        lane.landing = None;
        self.block.active[w] = 0.0;
        self.block.lands[w] = 0.0;
        for lanes in [&mut self.active, &mut self.starts, &mut self.lands] {
            *lanes &= !(1 << w);
        }
        let (accepted, attempts) = (self.block.accepted[w], self.block.attempts[w]);
        self.client.done(
            lane.id,
            &End {
                ending,
                t,
                y: &self.y,
                p: &self.p,
                extrema: &self.extrema,
                first: &lane.first,
                count: &lane.count,
                accepted: accepted as u64,
                rejected: (attempts - accepted) as u64,
            },
        );
    }

    /// State and parameters of lane `w` in a row.
    fn copy_out(&mut self, w: usize) {
        for (y, row) in self.y.iter_mut().zip(&self.block.y) {
            *y = row[w];
        }
        for (p, row) in self.p.iter_mut().zip(&self.block.p) {
            *p = row[w];
        }
    }

    /// The opposite.
    fn copy_in(&mut self, w: usize) {
        for (y, row) in self.y.iter().zip(&mut self.block.y) {
            row[w] = *y;
        }
        for (p, row) in self.p.iter().zip(&mut self.block.p) {
            row[w] = *p;
        }
    }
}

/// Detects and sorts.
struct Look<'a, const W: usize> {
    block: &'a mut Block<W>,
    setup: &'a Setup,
}

impl<const W: usize> Task for Look<'_, W> {
    type Output = (u64, u64);

    #[inline(always)]
    fn run(self) -> (u64, u64) {
        let block = self.block;
        let off = match &self.setup.turning[..] {
            [] => 0,
            turning => Detect { block, turning }.run(),
        };
        let most = self.setup.max_steps as f64;
        (off, Sort { block, most }.run())
    }
}

/// Takes extrema and moves on.
struct Accept<'a, const W: usize> {
    block: &'a mut Block<W>,
    gather: &'a mut Gather<W>,
    extrema: &'a [Extremum],
}

impl<const W: usize> Task for Accept<'_, W> {
    type Output = u64;

    #[inline(always)]
    fn run(self) -> u64 {
        let (block, extrema) = (self.block, self.extrema);
        if !extrema.is_empty() {
            let times = Later(block, 1.0).run();
            let (g, taken) = (&block.g1, &block.taken);
            let take = Take {
                gather: self.gather,
                extrema,
                g,
                times: &times,
                taken,
            };
            take.run();
        }
        Advance(block).run()
    }
}

/// Whether an event that waits for `wanted` happens on the way from `side` to `g`.
fn happens(wanted: &Direction, side: f64, g: f64) -> bool {
    let (next, met) = Side::of(side).next(g);
    fires(*wanted, met, next)
}

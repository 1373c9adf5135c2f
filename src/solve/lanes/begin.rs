//! How legs begin: what happens at once, on which sides events and kinks are, and how long the first steps are.

use super::block::{Block, Now, Row};
use super::control::{First, Trial};
use super::crew::Crew;
use super::crossing::{CROWD, happens};
use super::gather::Take;
use super::watch::{At, acts, keep_early, measure_bands};
use super::{Client, Ending, LaneMethod, Zero};
use crate::equations::LaneEquations;
use crate::lanes::row::{lanes, row_of, select, zip, zip3};
use crate::solve::problem::{Action, Direction};

/// Part of a trial of a first step at which events are looked at once more.
const NEARER: f64 = 1e-4;

/// Part of a trial of a first step over which everything goes in a straight line: a trial changes a state by a hundredth of
/// its size at most, so what is left out is less than rounding.
const NOTHING: f64 = 1e-6;

/// Part of its band within which a corner is left by such a step.
const BESIDE: f64 = 1e-4;

impl<E: LaneEquations<W>, C: Client, const W: usize> Crew<'_, E, C, W> {
    /// Begins the legs that wait, each when no event happens there any more.
    pub(super) fn start(&mut self) {
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
            self.take_starts(open & settled);
        }
        if self.starts != 0 {
            let times = self.first_steps(&row_of(self.starts));
            self.leave(&times);
            self.leave_corners(&times);
        }
        for w in lanes(self.starts) {
            let Block { side, g, .. } = &self.block;
            keep_early(&mut self.lanes[w].touched, side, g, w);
        }
        self.starts = 0;
        self.block.active = row_of(self.active);
    }

    /// Looks on which side the events that have just been landed on are left, and those that begin at 0, by the trials of
    /// the first steps, which end at these times.
    ///
    /// A state that an event has changed may lead back to the side that the function came from, as that of a ball that
    /// bounces; a kink that leads back is one along which the equations slide, and no lane gets on there.
    fn leave(&mut self, times: &Row<W>) {
        // What rests at 0 longer than that crosses when it leaves.
        let rests = |e: usize, w: usize| {
            let begins = self.block.accepted[w] == 0.0;
            begins && self.block.side[e][w] == 0.0 && self.setup.zeros[e] != Zero::Turn
        };
        let at_zero = |w: usize| (0..self.setup.events.len()).any(|e| rests(e, w));
        let asks = |w: &usize| !self.touched(*w).is_empty() || at_zero(*w);
        let lanes: Vec<usize> = lanes(self.starts).filter(asks).collect();
        if lanes.is_empty() {
            return;
        }
        let now = self.isa.run(Now(&self.block));
        let sooner = zip(&now, times, |now, then| now + NEARER * (then - now));
        let Block {
            y,
            room,
            g_room,
            rates,
            width,
            ..
        } = &mut self.block;
        self.equations.watch(times, room, g_room);
        // Nearer by, too: what goes up by less than the trial shows is down again at its end.
        for ((near, y), far) in rates.iter_mut().zip(&*y).zip(&*room) {
            *near = zip(y, far, |y, far| y + NEARER * (far - y));
        }
        let far: Vec<Row<W>> = g_room[..width.len()].to_vec();
        self.equations.watch(&sooner, rates, g_room);
        for w in lanes {
            let begins = self.block.accepted[w] == 0.0;
            for (e, far) in far.iter().enumerate().filter(|_| begins) {
                if self.block.side[e][w] == 0.0 && self.setup.zeros[e] != Zero::Turn {
                    let clear = 1e-6 * self.block.band[e][w];
                    let trials = [self.block.g_room[e][w], far[w]];
                    let leads = trials.into_iter().find(|g| g.abs() > clear);
                    self.block.side[e][w] = leads.map_or(0.0, f64::signum);
                }
            }
            for (e, level) in self.touched(w).to_vec() {
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

    /// Moves legs that begin at a corner off it, by a step too short to have an error, unless that crosses an event: at the
    /// corner itself the derivatives may be those of the side that is left behind. `times`: when the trials of the first steps
    /// end.
    fn leave_corners(&mut self, times: &Row<W>) {
        if self.setup.method != LaneMethod::Rodas5p || !self.setup.zeros.contains(&Zero::Corner) {
            return;
        }
        let now = self.isa.run(Now(&self.block));
        let h = zip(&now, times, |now, then| NOTHING * (then - now));
        let Block {
            y, f, room, g_room, ..
        } = &mut self.block;
        for ((room, y), f) in room.iter_mut().zip(&*y).zip(&*f) {
            *room = zip3(y, &h, f, |y, h, f| y + h * f);
        }
        self.equations.watch(&now, room, g_room);
        let mut left = 0;
        for w in lanes(self.starts) {
            let mut at_corner = false;
            let mut crosses = false;
            for e in 0..self.setup.events.len() {
                let (g, band) = (self.block.g[e][w], self.block.band[e][w]);
                let (side, later) = (self.block.side[e][w], self.block.g_room[e][w]);
                match self.setup.zeros[e] == Zero::Corner {
                    true => at_corner |= g.abs() <= BESIDE * band,
                    false => crosses |= side * g >= 0.0 && side * later < 0.0,
                }
            }
            let clock = self.block.clock[w];
            if at_corner && !crosses && clock + h[w] > clock {
                for (y, room) in self.block.y.iter_mut().zip(&self.block.room) {
                    y[w] = room[w];
                }
                self.block.clock[w] += h[w];
                left |= 1 << w;
            }
        }
        if left != 0 {
            self.stepper.derive(self.equations, &mut self.block, left);
            self.look_at_starts(left);
        }
    }

    /// Watched functions and bands where legs begin.
    fn look_at_starts(&mut self, starts: u64) {
        let times = self.isa.run(Now(&self.block));
        self.equations
            .watch(&times, &self.block.y, &mut self.block.g_room);
        let row = row_of(starts);
        for (g, new) in self.block.g.iter_mut().zip(&self.block.g_room) {
            *g = select(&row, new, g);
        }
        if self.setup.zeros.iter().any(|zero| *zero != Zero::Turn) {
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

    /// Takes the values whose extrema are asked for where legs begin: once kinks are on the sides that these values mean.
    fn take_starts(&mut self, starts: u64) {
        if self.setup.extrema.is_empty() {
            return;
        }
        let times = self.isa.run(Now(&self.block));
        self.isa.run(Take {
            gather: &mut self.gather,
            extrema: &self.setup.extrema,
            g: &self.block.g,
            times: &times,
            taken: &row_of(starts),
        });
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
            if self.setup.zeros[e] == Zero::Turn {
                continue;
            }
            let (g, band) = (self.block.g[e][w], self.block.band[e][w]);
            if g.is_nan() && self.setup.zeros[e] == Zero::Corner {
                self.block.side[e][w] = 0.0;
                continue;
            }
            if g.is_nan() {
                self.end(w, Ending::Unsure);
                return true;
            }
            let side = self.block.side[e][w];
            if side * g > 0.0 {
                self.lanes[w].inside[e] = f64::NAN;
            }
            if side == 0.0 && self.setup.events[e].direction == Direction::Under && g.abs() <= band
            {
                // A state at its limit may stay there, but not go beyond.
                self.block.side[e][w] = 1.0;
                continue;
            }
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
            if side == 0.0 && !fresh && self.setup.zeros[e] != Zero::Corner {
                // It has jumped away from a rest at 0: which way it crosses, a single run tells.
                self.end(w, Ending::Unsure);
                return true;
            }
            if side != 0.0 && side * g < 0.0 && happens(&self.setup.events[e].direction, side, g) {
                fired.push(e);
            }
            self.block.side[e][w] = g.signum();
            self.lanes[w].inside[e] = f64::NAN;
        }
        let t = self.time(w);
        for &e in &fired {
            self.note(w, e, t);
        }
        let acted = self.consequences(w, &fired);
        !(changed || acted)
    }

    /// What the function of event `e` was where lane `w` has landed on it: just now, or early and it is not across yet.
    fn level(&self, w: usize, e: usize) -> Option<f64> {
        let early = self.early(w, e) > 0.0;
        let mut touched = self.lanes[w].touched.iter();
        let touched = touched.find(|t| t.0 == e && (early || self.has_landed(w)));
        touched.map(|t| t.1)
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

    /// First steps of the legs that begin, and when their trials end.
    fn first_steps(&mut self, starts: &Row<W>) -> Row<W> {
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
        trials.times
    }
}

//! The loop over all lanes: an attempt in each, and what is to be thought of it.
//!
//! Each round makes one attempt in every lane. What all lanes do alike runs over blocks; what is rare (a leg begins or
//! ends, something crosses) is done lane by lane, with that lane's numbers only.

use super::block::{Block, Later};
use super::control::{Advance, Aim, REJECTIONS, Sort};
use super::gather::{Gather, Take};
use super::landing::Landing;
use super::step::Stepper;
use super::watch::{At, Detect, Verdict, examine, measure_bands};
use super::{Client, Ending, Extremum, Job, Setup, Zero};
use crate::equations::LaneEquations;
use crate::lanes::row::{bits, lanes};
use crate::lanes::{Isa, Task};
use crate::solve::events::{HARDLY, on_its_way};
use crate::solve::problem::Failure;

/// To begin a leg takes as much for one lane as for all of them: legs wait for each other until this part of the lanes
/// does.
const WAIT: usize = 8;

/// As many lanes as there can be.
const ALL: u64 = u64::MAX;

/// What is not the same kind of number in all lanes.
#[derive(Default)]
pub(super) struct Lane {
    pub id: u64,
    pub job: Job,
    /// Whether the problem begins.
    pub fresh: bool,
    pub piece: usize,
    pub mark: usize,
    pub landing: Option<Landing>,
    /// Steps taken when a landing was last found. What follows of it holds for the step or the leg that begins there.
    pub landed: f64,
    /// Length of the last step before the lane slowed down for an event [s]; 0 if it has not.
    pub free: f64,
    /// Steps for which it still does.
    pub careful: u32,
    /// How often it has since the leg began or something was landed on.
    pub slowed: u32,
    /// Events landed on, and what their functions were there.
    pub touched: Vec<(usize, f64)>,
    /// The extremum landed on, and its slope where that still leads up to it.
    pub turned: Option<(usize, f64)>,
    /// Events that happen where the attempt ends.
    pub fired: Vec<usize>,
    pub first: Vec<f64>,
    pub count: Vec<u64>,
    pub crowd: u32,
    pub crowd_since: f64,
    /// How many landings there have been since then [s] in hardly any time.
    pub landings: u32,
    pub landings_since: f64,
    /// When each event's function has come to the other side of 0, but not clear of the band yet [s]; NaN if it has not.
    pub inside: Vec<f64>,
}

pub(super) struct Crew<'c, E, C, const W: usize> {
    pub equations: &'c mut E,
    pub client: &'c mut C,
    pub setup: &'c Setup,
    pub isa: Isa,
    pub stepper: Stepper<W>,
    pub block: Block<W>,
    pub gather: Gather<W>,
    pub lanes: Vec<Lane>,
    /// Lanes with a problem, those of them that wait for the beginning of a leg, and those that look for a landing.
    pub active: u64,
    pub starts: u64,
    pub lands: u64,
    /// Lanes that near an event on which an attempt has failed.
    pub nears: u64,
    /// Whether parameters have changed since they were bound.
    pub unbound: bool,
    /// Whether the client has no more problems.
    pub dry: bool,
    /// A state and parameters in a row.
    pub y: Vec<f64>,
    pub p: Vec<f64>,
    pub extrema: Vec<(f64, f64)>,
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
        nears: 0,
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

    /// Makes lane `w` wait for the beginning of a leg.
    pub(super) fn wait(&mut self, w: usize) {
        self.starts |= 1 << w;
        self.block.active[w] = 0.0;
        self.pass(w);
        self.lanes[w].slowed = 0;
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
        let (off, (odd, bent)) = self.isa.run(Look {
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
        for w in lanes(bent) {
            self.seek_corner(w);
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
        self.forget_crossed(w);
        if self.block.lands[w] > 0.0 {
            return self.land(w);
        }
        let best = (&self.gather.value[..], self.turned(w));
        let landed = (self.has_landed(w), &self.lanes[w].touched[..]);
        match examine(&self.block, self.setup, best, landed, w) {
            Verdict::Fine => {}
            Verdict::Peek(part) => {
                self.block.h[w] = part * self.block.tried[w];
                return false;
            }
            Verdict::Lands(mut landing) => {
                landing.full = self.block.tried[w];
                landing.next = self.block.next[w];
                landing.last = (self.block.tried[w], self.block.error[w]);
                self.search(w, landing);
                return false;
            }
            Verdict::Unsure => {
                self.end(w, Ending::Unsure);
                return false;
            }
        }
        self.block.last[w] = self.block.tried[w];
        self.block.last_error[w] = self.block.error[w];
        self.block.h[w] = self.block.next[w];
        self.look_inside_bands(w);
        self.round_corners(w);
        true
    }

    /// Notes what comes to the other side of 0 in an attempt of lane `w` that is taken, but not clear of the band: that
    /// counts only if it does not go back.
    pub(super) fn look_inside_bands(&mut self, w: usize) {
        for e in 0..self.setup.events.len() {
            let (g, g1, side) = (
                self.block.g[e][w],
                self.block.g1[e][w],
                self.block.side[e][w],
            );
            if side * g1 > 0.0 {
                self.lanes[w].inside[e] = f64::NAN;
            } else if side * g > 0.0 {
                let middle = self.block.g_middle[e][w];
                let part = Landing::new(e, (side, 0.0), (g, middle, g1)).theta;
                let begun = self.block.origin[w] + self.block.clock[w];
                self.lanes[w].inside[e] = begun + part * self.block.tried[w];
            } else if !self.lanes[w].inside[e].is_nan() {
                let begun = self.block.origin[w] + self.block.clock[w];
                let inside = &mut self.lanes[w].inside[e];
                let start = (begun, g.abs());
                let end = (begun + self.block.tried[w], g1.abs());
                *inside = on_its_way(*inside, start, end, HARDLY * self.block.band[e][w]);
            }
        }
    }

    /// Takes the sides of corners that lane `w` has at the end of an attempt: those that are passed within tolerances, or
    /// left from a rest there, are not landed on.
    pub(super) fn round_corners(&mut self, w: usize) {
        for e in 0..self.setup.events.len() {
            let g = self.block.g1[e][w];
            if self.setup.zeros[e] == Zero::Corner && g != 0.0 {
                // Where it is not a number it has no side.
                self.block.side[e][w] = if g.is_nan() { 0.0 } else { g.signum() };
            }
        }
    }

    /// Moves the lanes whose attempts are taken on to their ends; what happens there, happens.
    fn accept(&mut self) {
        for w in lanes(self.nears & bits(&self.block.taken)) {
            self.near_event(w);
        }
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
}

/// Detects and sorts.
struct Look<'a, const W: usize> {
    block: &'a mut Block<W>,
    setup: &'a Setup,
}

impl<const W: usize> Task for Look<'_, W> {
    type Output = (u64, (u64, u64));

    #[inline(always)]
    fn run(self) -> (u64, (u64, u64)) {
        let block = self.block;
        let off = match &self.setup.zeros[..] {
            [] => 0,
            zeros => Detect { block, zeros }.run(),
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

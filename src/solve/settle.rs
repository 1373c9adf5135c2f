//! What is settled at the start of a leg: the sides of kinks and events, and what a jump has set off.
//!
//! A function that is 0 at the start, but for rounding, gets its side from small trial steps along the right-hand side.
//! How much is rounding is measured: by the change of the function when the states change by a few ulps of
//! themselves or of their typical size.

use super::band::Nature;
use super::events::{Recent, Watch};
use super::problem::{Action, Direction, Event};
use super::side::{Origin, Side, fires};
use super::stages::first_not_finite;
use crate::equations::Equations;

/// Fractions of the time in which the state changes by its size: the lengths of the trial steps.
const TRIALS: [f64; 4] = [1e-11, 1e-8, 1e-5, 1e-3];

/// Changes of the sides of kinks in search of sides that agree with each other.
const ROUNDS: usize = 8;

/// Flips of one kink, without time moving, after which the zone around 0 that it may rest in is widened.
const CHATTER: u32 = 30;

/// Flips of one kink whose zone has been widened, each within `CLOSE` (relative to the length of the piece) of the one
/// before, after which a run goes nowhere: a jump that both sides lead back to.
const ENDLESS: u32 = 1000;
const CLOSE: f64 = 1e-5;

/// Where a leg starts.
pub(super) struct Start<'a> {
    /// Time [s].
    pub t: f64,
    /// State.
    pub y: &'a [f64],
    /// Time until the end of the piece [s].
    pub reach: f64,
    /// Whether the run starts here.
    pub first: bool,
}

impl Watch<'_> {
    /// Measures the rounding of the functions at time `t` and state `self.y`, where they have the values `self.g`.
    pub(super) fn measure_grain(&mut self, equations: &mut dyn Equations, t: f64) {
        const FEW: f64 = 4.0 * f64::EPSILON;
        let keep = self.y.clone();
        self.grain.fill(0.0);
        // Two patterns, so that a difference of two states shows its rounding too.
        for pattern in 0..2 {
            for (i, (y, size)) in self.y.iter_mut().zip(self.scales).enumerate() {
                let sign = if pattern == 1 && i % 2 == 1 {
                    -1.0
                } else {
                    1.0
                };
                *y = keep[i] + sign * FEW * keep[i].abs().max(*size);
            }
            let shift = if pattern == 0 { FEW * t.abs() } else { 0.0 };
            equations.events(t + shift, &self.y, &mut self.other);
            self.evaluations += 1;
            for ((grain, g), other) in self.grain.iter_mut().zip(&self.g).zip(&self.other) {
                *grain = grain.max((other - g).abs());
            }
        }
        self.y = keep;
    }

    /// The functions at the start of a leg, and their rounding.
    fn look(&mut self, equations: &mut dyn Equations, start: &Start) {
        self.y.copy_from_slice(start.y);
        equations.events(start.t, &self.y, &mut self.g);
        self.evaluations += 1;
        self.measure_grain(equations, start.t);
        self.measure_bands(equations, start.t);
    }

    /// Sets the slots of all kinks for a leg, binds `p`, and leaves the right-hand side in `f`. Returns the number of
    /// right-hand sides evaluated.
    ///
    /// Functions may depend on the slots of other kinks, hence some rounds.
    pub fn settle_kinks(
        &mut self,
        equations: &mut dyn Equations,
        start: &Start,
        p: &mut [f64],
        f: &mut [f64],
    ) -> u64 {
        let mut calls = 0;
        let kinks: Vec<usize> = (0..self.events.len())
            .filter(|i| self.is_kink(*i))
            .collect();
        if start.first {
            kinks.iter().for_each(|kink| self.set_kink(*kink, false, p));
        }
        equations.bind(p);
        for _ in 0..if kinks.is_empty() { 0 } else { ROUNDS } {
            self.look(equations, start);
            let before = self.side.clone();
            let mut near = Vec::new();
            for &kink in &kinks {
                let rests = matches!(self.bands.nature[kink], Nature::Agree(_))
                    && self.g[kink].abs() <= self.bands.width[kink];
                if rests && !start.first {
                    continue;
                }
                if self.g[kink].abs() > self.grain[kink] * self.widen[kink] {
                    self.set_kink(kink, self.g[kink] > 0.0, p);
                } else if self.recent[kink] == Recent::No {
                    near.push(kink);
                }
            }
            if self.side == before && !near.is_empty() {
                equations.rhs(start.t, start.y, f);
                calls += 1;
                let limits: Vec<f64> = self
                    .grain
                    .iter()
                    .zip(&self.widen)
                    .map(|(g, w)| 2.0 * g * w)
                    .collect();
                let lean = self.lean(equations, start, f, &limits);
                for kink in near.into_iter().filter(|kink| lean[*kink] != 0.0) {
                    self.set_kink(kink, lean[kink] > 0.0, p);
                }
            }
            if self.side == before {
                break;
            }
            equations.bind(p);
        }
        equations.rhs(start.t, start.y, f);
        calls + 1
    }

    /// Settles the sides of the events; returns those that fire at once, because the inputs or the state jumped.
    pub fn settle_events(
        &mut self,
        equations: &mut dyn Equations,
        start: &Start,
        f: &[f64],
    ) -> Vec<usize> {
        self.look(equations, start);
        let mut fired = Vec::new();
        let mut crossed = Vec::new();
        let mut limits = vec![f64::INFINITY; self.events.len()];
        for (event, limit) in limits.iter_mut().enumerate() {
            let (g, grain) = (self.g[event], self.grain[event]);
            let recent = std::mem::replace(&mut self.recent[event], Recent::No);
            self.bands.armed[event] |= g.abs() > self.bands.width[event];
            if self.is_kink(event) {
                continue;
            }
            match recent {
                // Where it was. Else others have moved it on.
                Recent::Settled(level) if g.abs() <= grain.max(4.0 * level) => {
                    crossed.push((event, level));
                }
                Recent::Crossed(level) => {
                    crossed.push((event, level));
                    if g.abs() <= grain.max(4.0 * level) {
                        *limit = 4.0 * level;
                    } else {
                        self.arrive(event, Side::of(g));
                    }
                }
                Recent::No | Recent::Settled(_) if start.first => {
                    self.side[event] = Side::of(g);
                    if g.abs() <= grain {
                        *limit = 2.0 * grain;
                    }
                }
                Recent::No | Recent::Settled(_)
                    if self.side[event].is_at_zero() && g.abs() <= grain =>
                {
                    self.floor[event] = self.floor[event].max(g.abs());
                }
                // A value that the tolerance can have made is no jump.
                Recent::No | Recent::Settled(_)
                    if g != 0.0
                        && self.side[event] != Side::Unknown
                        && self.leaves(event, g)
                        && self.is_within_band(event, g, 0.0) => {}
                Recent::No | Recent::Settled(_) => {
                    let before = self.side[event];
                    let (side, met) = before.next(g);
                    self.side[event] = side;
                    if side != before && fires(self.events[event].direction, met, side) {
                        fired.push(event);
                        self.recent[event] = Recent::Crossed(g.abs());
                    }
                }
            }
        }
        if limits.iter().any(|limit| limit.is_finite()) {
            let lean = self.lean(equations, start, f, &limits);
            for event in (0..limits.len()).filter(|event| limits[*event].is_finite()) {
                // A start on the threshold is no crossing. But what may be at its limit has not left its domain there, and
                // does when it goes on: such a function is at 0 until it is clear of it.
                let Event {
                    direction, action, ..
                } = self.events[event];
                let short_of_it = start.first && action == Action::Fail && self.g[event] > 0.0;
                let side = match Side::of(lean[event]) {
                    Side::Below | Side::Unknown if direction == Direction::Under || short_of_it => {
                        Side::Zero(Origin::Nowhere)
                    }
                    side => side,
                };
                self.arrive(event, side);
                self.floor[event] = self.g[event].abs();
            }
        }
        if !fired.is_empty() {
            // All settles once more at the same place.
            for (event, level) in crossed {
                self.recent[event] = Recent::Settled(level);
            }
        }
        self.start_grid();
        fired
    }

    /// A leg begins: from here on nothing is where it was.
    pub fn leave(&mut self) {
        for recent in &mut self.recent {
            if matches!(recent, Recent::Settled(_)) {
                *recent = Recent::No;
            }
        }
    }

    /// Takes `side` as that of an event at the start of a leg. If it is not the one that the event has crossed to, the
    /// event may happen at once again: a ball that bounces is no noise, however low.
    fn arrive(&mut self, event: usize, side: Side) {
        self.bands.armed[event] |= self.side[event] != side;
        self.side[event] = side;
    }

    /// Values of the functions after the shortest trial step that makes them larger than `limits`; 0 where none does.
    fn lean(
        &mut self,
        equations: &mut dyn Equations,
        start: &Start,
        f: &[f64],
        limits: &[f64],
    ) -> Vec<f64> {
        let mut lean = vec![0.0; limits.len()];
        if first_not_finite(f).is_some() {
            return lean;
        }
        let times = start
            .y
            .iter()
            .zip(self.scales)
            .zip(f)
            .map(|((y, s), f)| y.abs().max(*s) / f.abs());
        let unit = times.fold(start.reach, f64::min);
        for trial in TRIALS {
            let h = trial * unit;
            for ((y, y0), f) in self.y.iter_mut().zip(start.y).zip(f) {
                *y = y0 + h * f;
            }
            equations.events(start.t + h, &self.y, &mut self.other);
            self.evaluations += 1;
            for ((lean, g), limit) in lean.iter_mut().zip(&self.other).zip(limits) {
                if *lean == 0.0 && g.abs() > *limit {
                    *lean = *g;
                }
            }
        }
        lean
    }

    /// Puts a kink on a side.
    fn set_kink(&mut self, kink: usize, above: bool, p: &mut [f64]) {
        if let Action::Kink { slot } = self.events[kink].action {
            self.side[kink] = if above { Side::Above } else { Side::Below };
            p[slot] = f64::from(u8::from(above));
        }
    }

    /// Flips a kink at time `t` of a piece of length `span`.
    ///
    /// A kink that flips on and on while time stands still may from then on lie a little beyond 0: at a kink proper
    /// the branches agree there.
    pub fn flip(&mut self, kink: usize, t: f64, span: f64, p: &mut [f64]) {
        if let Action::Kink { slot } = self.events[kink].action {
            self.set_kink(kink, p[slot] == 0.0, p);
        }
        self.recent[kink] = Recent::Crossed(0.0);
        let (since, flips) = self.flips[kink];
        if t - since > 1e-3 * span {
            self.widen[kink] = 1.0;
        }
        let (last, flips_on) = self.chatter[kink];
        let again = self.widen[kink] > 1.0 && t - last <= CLOSE * span;
        self.chatter[kink] = (t, if again { flips_on + 1 } else { 0 });
        self.flips[kink] = if t - since > 1e-10 * span {
            (t, 1)
        } else {
            (since, flips + 1)
        };
        if self.flips[kink].1 > CHATTER {
            self.widen[kink] = (1e3 * self.widen[kink]).min(1e9);
            self.flips[kink].1 = 0;
        }
    }

    /// Whether a kink flips without end: its branches differ, and each leads to the other.
    pub fn is_endless(&self, kink: usize) -> bool {
        self.chatter[kink].1 > ENDLESS && !matches!(self.bands.nature[kink], Nature::Agree(_))
    }

    /// Flips the kink to blame when no step can be taken from `start`: the one nearest to 0, if it is near. False if
    /// there is none.
    ///
    /// A branch may end where it is left (√x under `if x > 0`). Steps then shrink towards the kink and never pass it.
    pub fn flip_nearest(
        &mut self,
        equations: &mut dyn Equations,
        start: &Start,
        p: &mut [f64],
    ) -> bool {
        const NEAR: f64 = 1e6;
        if self.is_idle() {
            return false;
        }
        self.look(equations, start);
        let distance = |kink: &usize| self.g[*kink].abs() / self.grain[*kink];
        let nearest = (0..self.events.len())
            .filter(|i| self.is_kink(*i) && distance(i) < NEAR)
            .min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let Some(kink) = nearest else { return false };
        let distance = distance(&kink);
        self.flip(kink, start.t, start.reach, p);
        // Not back again by its sign, which is still that of the branch left.
        self.widen[kink] = self.widen[kink].max(2.0 * distance);
        true
    }
}

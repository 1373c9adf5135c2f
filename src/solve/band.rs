//! How large a value near 0 the tolerance makes out of nothing, and what follows for kinks and events.
//!
//! At rest a solution moves at the level of the tolerance. Where an event function rests at 0 too, its sign then means
//! nothing. So around 0 lies a band as wide as the change of the function under errors of the states that the tolerance
//! admits, and inside it:
//!
//! - A kink keeps its branch although the sign is that of the other: the branches agree at 0, so the error made is of
//!   the size of the tolerance. Not so at a jump, which is why both branches are compared before.
//! - An event that waits for one direction has happened when its function comes from outside the band in one go, or has
//!   left the band on the other side.
//! - An event that acts on the state, or waits for either direction (extrema are looked for so, and one found late costs
//!   more than one too many), happens at once, and again only after the function has been outside the band.

use super::events::Watch;
use super::problem::{Action, Direction};
use super::side::Side;
use super::step::Step;
use super::tolerance::Tolerance;
use crate::equations::Equations;

/// Errors of the states, in tolerances: that of many steps, not of one.
pub(super) const ERRORS: f64 = 8.0;

/// Steps after which a band, or the nature of a kink, is measured again when it is needed.
const VALID: u64 = 16;

/// Part of the difference between two branches that may remain at 0 for a kink proper.
const REMAINDER: f64 = 0.1;

/// What the branches of a kink do where its function is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Nature {
    Unknown,
    /// They agree; seen in the step of this number.
    Agree(u64),
    /// They do not, or it can't be told; seen in the step of this number.
    Jump(u64),
}

/// Bands of all events, and what goes with them.
pub(super) struct Bands {
    tolerance: Tolerance,
    /// `[n_events]`
    pub width: Vec<f64>,
    pub nature: Vec<Nature>,
    /// Whether an event that happens at once may happen inside its band.
    pub armed: Vec<bool>,
    /// Steps seen, and at which of them the bands have been measured.
    pub steps: u64,
    measured: Option<u64>,
    /// Right-hand sides evaluated to compare branches.
    pub rhs: u64,
}

impl Bands {
    pub fn new(tolerance: Tolerance, n_events: usize) -> Bands {
        Bands {
            tolerance,
            width: vec![0.0; n_events],
            nature: vec![Nature::Unknown; n_events],
            armed: vec![true; n_events],
            steps: 0,
            measured: None,
            rhs: 0,
        }
    }
}

impl Watch<'_> {
    /// Measures the bands at time `t` and state `self.y`, where the functions have the values `self.g`.
    pub(super) fn measure_bands(&mut self, equations: &mut dyn Equations, t: f64) {
        let keep = self.y.clone();
        self.bands.width.fill(0.0);
        // Two patterns, so that a difference of two states shows its error too.
        for alternate in [false, true] {
            self.disturb(&keep, alternate, ERRORS);
            equations.events(t, &self.y, &mut self.other);
            self.evaluations += 1;
            for ((width, g), other) in self.bands.width.iter_mut().zip(&self.g).zip(&self.other) {
                *width = width.max((other - g).abs());
            }
        }
        self.y = keep;
        self.bands.measured = Some(self.bands.steps);
    }

    /// Writes to `self.y` the state `y` with an error of some tolerances in each entry.
    fn disturb(&mut self, y: &[f64], alternate: bool, errors: f64) {
        for (i, (v, y)) in self.y.iter_mut().zip(y).enumerate() {
            let sign = if alternate && i % 2 == 1 { -1.0 } else { 1.0 };
            *v = y + sign * errors * self.bands.tolerance.of(i, y.abs());
        }
    }

    /// Makes sure that the bands are not older than some steps; they are measured at the end of `step`.
    pub(super) fn refresh_bands(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
    ) {
        let steps = self.bands.steps;
        if self.bands.measured.is_none_or(|at| steps - at >= VALID) {
            self.see(equations, origin, step, 1.0);
            self.measure_bands(equations, origin + step.clock().1);
        }
    }

    /// Whether `event` happens at the first sign of it, inside its band too.
    pub(super) fn is_prompt(&self, event: usize) -> bool {
        let event = &self.events[event];
        event.action == Action::Apply
            || (event.direction == Direction::Either && event.action == Action::Record)
    }

    /// Whether value `g` of `event`, off its side, stays without consequence because the tolerance can have made it;
    /// `before` is the value seen before it.
    pub(super) fn is_within_band(&self, event: usize, g: f64, before: f64) -> bool {
        let width = self.bands.width[event];
        // A value that has come from outside the band in one go is no noise.
        let swift = !self.leaves(event, before) && before.abs() > width;
        if g.abs() > width || swift {
            return false;
        }
        if self.is_kink(event) {
            return matches!(self.bands.nature[event], Nature::Agree(_));
        }
        match self.side[event] {
            Side::Unknown => false,
            Side::Zero(_) => true,
            _ if self.is_prompt(event) => !self.bands.armed[event],
            // What is exactly 0 twice is there to stay.
            _ => !(g == 0.0 && before == 0.0),
        }
    }

    /// Whether value `g` of `event`, off its side without having been on it in the present step, has left the band in
    /// which the event was allowed to be.
    pub(super) fn is_beyond_band(&self, event: usize, g: f64) -> bool {
        let at_once = self.is_prompt(event) && self.bands.armed[event];
        let allowed = !at_once && !self.side[event].is_at_zero();
        allowed && g.abs() > self.bands.width[event]
    }

    /// Makes sure that it is known whether the branches of `kink` agree at 0, as seen from the place `theta` of a step,
    /// where the function is inside its band. Leaves `self.y` and `self.g` there.
    pub(super) fn look_at_branches(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        (step, theta): (&mut dyn Step, f64),
        kink: usize,
        p: &mut [f64],
    ) {
        let steps = self.bands.steps;
        if let Nature::Agree(at) | Nature::Jump(at) = self.bands.nature[kink]
            && steps - at < VALID
        {
            return;
        }
        self.see(equations, origin, step, theta);
        let (start, end) = step.clock();
        let t = origin + start + theta * (end - start);
        self.bands.nature[kink] = match self.branches_agree(equations, t, end - start, kink, p) {
            true => Nature::Agree(steps),
            false => Nature::Jump(steps),
        };
    }

    /// Whether both branches of `kink` agree where its function is 0: their difference, at the state `self.y` and at
    /// one some tolerances away, is extrapolated to there. What matters are right-hand sides over a time `h`, and the
    /// other event functions. Parameters `p` are bound again at the end.
    fn branches_agree(
        &mut self,
        equations: &mut dyn Equations,
        t: f64,
        h: f64,
        kink: usize,
        p: &mut [f64],
    ) -> bool {
        let Action::Kink { slot } = self.events[kink].action else {
            return false;
        };
        let (here, near) = (self.y.clone(), self.g[kink]);
        let (mut far, mut away) = (near, here.clone());
        for (alternate, errors) in [(false, 4.0), (false, -4.0), (true, 4.0), (true, -4.0)] {
            self.disturb(&here, alternate, errors * ERRORS);
            equations.events(t, &self.y, &mut self.other);
            self.evaluations += 1;
            if (self.other[kink] - near).abs() > (far - near).abs() {
                (far, away) = (self.other[kink], self.y.clone());
            }
        }
        let at_here = self.difference(equations, t, &here, slot, p);
        let at_away = self.difference(equations, t, &away, slot, p);
        self.y.copy_from_slice(&here);
        equations.bind(p);
        let n = here.len();
        // Too near to each other to extrapolate.
        if (far - near).abs() < near.abs() {
            return false;
        }
        (0..n + self.events.len()).all(|i| {
            let (a, b) = (at_here[i], at_away[i]);
            let at_zero = a - near * (b - a) / (far - near);
            let negligible = match i.checked_sub(n) {
                None => self.bands.tolerance.of(i, here[i].abs()) / h,
                Some(event) => self.bands.width[event],
            };
            // What is not a number does not agree.
            at_zero.abs() <= REMAINDER * a.abs().max(b.abs()).max(negligible)
        })
    }

    /// Differences of the right-hand sides, then of the event functions, between the two sides of a kink.
    fn difference(
        &mut self,
        equations: &mut dyn Equations,
        t: f64,
        y: &[f64],
        slot: usize,
        p: &mut [f64],
    ) -> Vec<f64> {
        let n = y.len();
        let keep = p[slot];
        let [below, above] = [0.0, 1.0].map(|side| {
            let mut values = vec![0.0; n + self.events.len()];
            p[slot] = side;
            equations.bind(p);
            equations.rhs(t, y, &mut values[..n]);
            equations.events(t, y, &mut values[n..]);
            self.bands.rhs += 1;
            self.evaluations += 1;
            values
        });
        p[slot] = keep;
        above.iter().zip(&below).map(|(a, b)| a - b).collect()
    }
}

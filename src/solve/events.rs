//! Watches the event functions: finds in each accepted step what crosses, and where.
//!
//! The functions are seen at the ends of a step and at [`INSIDE`] places between, and at more where these do not show
//! them whole (`resolve`), so two crossings in one step are found unless both fall between two neighbouring places. Inside, a cheap interpolant is used first; the true one only
//! where some value, against its variation over the step, might reach 0. What goes beyond the first place where the
//! run restarts is forgotten and found again afterwards.

use super::band::Bands;
use super::problem::{Action, Event};
use super::roots::Root;
use super::side::{Origin, Side};
use super::step::Step;
use super::tolerance::Tolerance;
use crate::equations::Equations;

/// Places inside a step at which event functions are seen, as fractions of it.
const INSIDE: [f64; 4] = [0.2, 0.4, 0.6, 0.8];

/// Row that is seen where each state inside a step is dear.
const MIDDLE: usize = 3;

/// Rows of the grid: start, inside, end.
pub(super) const ROWS: usize = INSIDE.len() + 2;

/// A change of side inside a step.
#[derive(Clone, Debug)]
pub(super) struct Crossing {
    pub theta: f64,
    pub event: usize,
    /// The side from there on.
    pub side: Side,
    /// Whether the event happens there (a kink: whether it flips).
    pub fires: bool,
    /// Size of the function's rounding there.
    pub level: f64,
    /// Whether this is the edge of the band around 0, and not 0.
    pub edge: bool,
    /// Where the function came to the other side of 0, in a step before.
    pub since: Option<Passage>,
}

/// Where an event function came to the other side of 0, not clear of it yet: that counts once it is, from there on.
#[derive(Clone, Debug)]
pub(super) struct Passage {
    /// Time [s].
    pub t: f64,
    /// State; `[n_states]`.
    pub y: Vec<f64>,
    /// Parameters, slots included; `[n_params]`.
    pub p: Vec<f64>,
    /// The side that it left.
    pub side: Side,
}

/// Since when a function is on its way out of its band, `since` or later, after a step from the time and size `a` to `b`. What
/// rests may leave at any time; what has hardly left (`least`) and gets much faster was at rest.
pub(super) fn on_its_way(since: f64, a: (f64, f64), b: (f64, f64), least: f64) -> f64 {
    let rise = (b.1 - a.1) / (b.0 - a.0);
    if rise <= 0.1 * b.1 / (b.0 - since) {
        b.0
    } else if a.1 <= least && rise > 100.0 * a.1 / (a.0 - since) {
        a.0
    } else {
        since
    }
}

/// Part of its band in which a function has hardly left 0.
pub(super) const HARDLY: f64 = 0.01;

/// An event that changes nothing.
#[derive(Debug)]
pub(super) struct Note {
    /// Fraction of the step.
    pub theta: f64,
    pub event: usize,
    /// Where it happened instead, in a step before.
    pub since: Option<Passage>,
}

impl Crossing {
    fn root(&self) -> Root {
        Root {
            theta: self.theta,
            level: self.level,
        }
    }
}

/// A value of an event function inside a step.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sample {
    pub theta: f64,
    pub g: f64,
    /// Whether it has been searched for, so that it is no noise.
    pub sure: bool,
}

/// What a step brought.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Events to note on the way, in order of the fractions.
    pub noted: Vec<Note>,
    /// Fraction of the step at which the run restarts or ends.
    pub landing: Option<f64>,
    /// What happens there, in the order of the events.
    pub fired: Vec<usize>,
}

/// How far a value near 0 counts as rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Recent {
    /// Nothing special.
    No,
    /// Has just crossed; the size of its rounding at the place.
    Crossed(f64),
    /// The same, and its side is settled already: only others had more to settle.
    Settled(f64),
}

/// The sides of all events, and scratch.
pub(super) struct Watch<'p> {
    pub(super) events: &'p [Event],
    pub(super) side: Vec<Side>,
    /// What crossed at the end of the last leg.
    pub(super) recent: Vec<Recent>,
    /// Largest value seen while at 0: the noise above which a value counts as off it.
    pub(super) floor: Vec<f64>,
    /// Events that change nothing: where each has passed 0 without being clear of it.
    pub(super) passages: Vec<Option<Passage>>,
    /// Kinks: how far the zone around 0 is widened where one chatters, and its last flips.
    pub(super) widen: Vec<f64>,
    pub(super) flips: Vec<(f64, u32)>,
    /// Kinks: the last flip [s], and how many have followed one another closely with a widened zone.
    pub(super) chatter: Vec<(f64, u32)>,
    /// Values at the start of a leg or at any place; `[n_events]`.
    pub(super) g: Vec<f64>,
    /// Rounding of the values; `[n_events]`.
    pub(super) grain: Vec<f64>,
    pub(super) bands: Bands,
    pub(super) other: Vec<f64>,
    pub(super) y: Vec<f64>,
    /// Typical sizes of the states.
    pub(super) scales: &'p [f64],
    pub(super) grid: Vec<f64>,
    /// Places and values in order of time, ends included, where the grid does not resolve a function; else empty.
    pub(super) fine: Vec<(f64, Vec<f64>)>,
    /// Length of a step [s] from which on the grid may not suffice for an event, as far as is known.
    pub(super) fast_from: Vec<f64>,
    /// Values of one event in order of time.
    pub(super) samples: Vec<Sample>,
    /// Fraction of the step at which the rounding has been measured, if at all.
    pub(super) grain_at: Option<f64>,
    pub(super) crossings: Vec<Crossing>,
    /// Evaluations of the set of event functions.
    pub evaluations: u64,
}

impl<'p> Watch<'p> {
    pub fn new(events: &'p [Event], scales: &'p [f64], tolerance: Tolerance) -> Watch<'p> {
        let n = events.len();
        Watch {
            events,
            side: vec![Side::Unknown; n],
            recent: vec![Recent::No; n],
            floor: vec![0.0; n],
            passages: vec![None; n],
            widen: vec![1.0; n],
            flips: vec![(f64::NEG_INFINITY, 0); n],
            chatter: vec![(f64::NEG_INFINITY, 0); n],
            g: vec![0.0; n],
            grain: vec![0.0; n],
            bands: Bands::new(tolerance, n),
            other: vec![0.0; n],
            y: vec![0.0; scales.len()],
            scales,
            grid: vec![0.0; ROWS * n],
            fine: Vec::new(),
            fast_from: vec![0.0; n],
            samples: Vec::with_capacity(2 * ROWS),
            grain_at: None,
            crossings: Vec::new(),
            evaluations: 0,
        }
    }

    /// True when there is nothing to watch.
    pub fn is_idle(&self) -> bool {
        self.events.is_empty()
    }

    pub(super) fn is_kink(&self, event: usize) -> bool {
        matches!(self.events[event].action, Action::Kink { .. })
    }

    /// Whether value `g` of `event` is off the present side. A kink at exactly 0 agrees with both of its sides.
    pub(super) fn leaves(&self, event: usize, g: f64) -> bool {
        if self.is_kink(event) {
            g != 0.0 && self.side[event].leaves(g)
        } else {
            self.side[event].leaves(g)
        }
    }

    /// Takes the values at the start of a leg as those at the start of its first step.
    pub fn start_grid(&mut self) {
        let n = self.events.len();
        self.grid[(ROWS - 1) * n..].copy_from_slice(&self.g);
    }

    /// Looks through an accepted step of the piece whose clock reads 0 at time `origin`. The parameters in force are
    /// bound, and are so again at the end.
    pub fn scan(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        p: &mut [f64],
    ) -> Scan {
        let mut scan = Scan::default();
        self.bands.steps += 1;
        let before = self.passages.clone();
        self.fill_grid(equations, origin, step);
        self.find(equations, origin, step, p);
        if !self.crossings.is_empty() {
            self.sort_out(equations, origin, step, &mut scan);
        }
        self.settle_flat(equations, origin, step, scan.landing);
        if let Some(theta) = scan.landing {
            // What lies beyond will be found again.
            let t = origin + clock_at(step, theta);
            for (passage, before) in self.passages.iter_mut().zip(before) {
                *passage = passage.take_if(|p| p.t <= t).or(before);
            }
        }
        scan
    }

    /// Slots of the kinks whose functions are not numbers at the end of the step just scanned.
    pub fn unknown_sides(&self) -> Vec<usize> {
        let n = self.events.len();
        self.slots_of_nan(&self.grid[(ROWS - 1) * n..])
    }

    /// The same at a fraction of the step.
    pub fn unknown_sides_at(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        theta: f64,
    ) -> Vec<usize> {
        self.see(equations, origin, step, theta);
        self.slots_of_nan(&self.g)
    }

    fn slots_of_nan(&self, values: &[f64]) -> Vec<usize> {
        let unknown = self.events.iter().zip(values).filter(|(_, g)| g.is_nan());
        unknown
            .filter_map(|(event, _)| match event.action {
                Action::Kink { slot } => Some(slot),
                _ => None,
            })
            .collect()
    }

    /// The event functions at a fraction of the step, written to `self.g`.
    pub(super) fn see(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        theta: f64,
    ) {
        step.at(equations, theta, &mut self.y);
        equations.events(origin + clock_at(step, theta), &self.y, &mut self.g);
        self.evaluations += 1;
    }

    fn fill_grid(&mut self, equations: &mut dyn Equations, origin: f64, step: &mut dyn Step) {
        let n = self.events.len();
        self.fine.clear();
        self.grid.copy_within((ROWS - 1) * n.., 0);
        self.see(equations, origin, step, 1.0);
        self.grid[(ROWS - 1) * n..].copy_from_slice(&self.g);
        let mut final_values = true;
        for (row, theta) in INSIDE.iter().enumerate() {
            final_values &= step.rough(equations, *theta, &mut self.y);
            let t = origin + clock_at(step, *theta);
            equations.events(t, &self.y, &mut self.grid[(row + 1) * n..][..n]);
            self.evaluations += 1;
        }
        if !(0..n).any(|event| self.may_cross(event) || self.is_doubted(step, event)) {
            return;
        }
        if final_values {
            self.resolve(equations, origin, step);
        } else if step.is_dear(equations) {
            // One look instead of four: the others are left out.
            self.grid[n..(ROWS - 1) * n].fill(f64::NAN);
            self.see(equations, origin, step, fraction(MIDDLE));
            self.grid[MIDDLE * n..][..n].copy_from_slice(&self.g);
        } else {
            for (row, theta) in INSIDE.iter().enumerate() {
                self.see(equations, origin, step, *theta);
                self.grid[(row + 1) * n..][..n].copy_from_slice(&self.g);
            }
            self.resolve(equations, origin, step);
        }
    }

    /// Whether the rough values leave open that `event` crosses: they are not clear of 0 by as much as they vary.
    pub(super) fn may_cross(&self, event: usize) -> bool {
        let values = self.grid.iter().skip(event).step_by(self.events.len());
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), g| {
            (l.min(*g), h.max(*g))
        });
        // Kept at 0 throughout, or on one side by a wide margin.
        let clear = (low == 0.0 && high == 0.0) || low > high - low || -high > high - low;
        !clear
    }

    /// Takes the values of `event` from the grid; those left out are not a number.
    pub(super) fn take_samples(&mut self, event: usize) {
        if !self.fine.is_empty() {
            return self.take_fine_samples(event);
        }
        let values = self.grid.iter().skip(event).step_by(self.events.len());
        self.samples.clear();
        self.samples.extend(
            (values.enumerate())
                .filter(|(row, g)| *row == 0 || !g.is_nan())
                .map(|(row, g)| Sample {
                    theta: fraction(row),
                    g: *g,
                    sure: false,
                }),
        );
    }

    /// Goes through the crossings in order of time, up to where the run restarts.
    fn sort_out(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        scan: &mut Scan,
    ) {
        let mut crossings = std::mem::take(&mut self.crossings);
        let (start, end) = step.clock();
        let resolution = 4.0 * f64::EPSILON * end / (end - start);
        let near = |a: f64, theta: f64| theta <= a + resolution + 8.0 * f64::EPSILON * a;
        // Where on the interpolant the run lands, and the last place put right: on the interpolant, in truth.
        let mut reach = f64::INFINITY;
        let mut sharp: Option<(f64, Root)> = None;
        for c in &mut crossings {
            if !near(reach, c.theta) {
                break;
            }
            let from = std::mem::replace(&mut self.side[c.event], c.side);
            self.floor[c.event] = 0.0;
            self.bands.armed[c.event] = false;
            if !c.fires {
                continue;
            }
            // What happens together stays together.
            let root = match sharp {
                Some((theta, root)) if near(theta, c.theta) => root,
                _ if c.edge => c.root(),
                _ => self.sharpen(equations, origin, step, c.event, from, c.root()),
            };
            sharp = sharp
                .filter(|(theta, _)| near(*theta, c.theta))
                .or(Some((c.theta, root)));
            match self.events[c.event].action {
                Action::Record => scan.noted.push(Note {
                    theta: root.theta,
                    event: c.event,
                    since: c.since.take(),
                }),
                _ => {
                    reach = reach.min(c.theta);
                    scan.landing.get_or_insert(root.theta);
                    scan.fired.push(c.event);
                }
            }
        }
        // A place put right may have moved past its neighbour's.
        let last = scan.landing.unwrap_or(1.0);
        scan.noted
            .iter_mut()
            .for_each(|note| note.theta = note.theta.min(last));
        scan.noted.sort_by(|a, b| a.theta.total_cmp(&b.theta));
        if let Some(landing) = scan.landing {
            self.see(equations, origin, step, landing);
            self.measure_grain(equations, origin + clock_at(step, landing));
            for c in crossings.iter().filter(|c| near(reach, c.theta)) {
                // Passed long before, it is clear of 0 by now; else what follows must not count as another crossing.
                let level = self.grain[c.event].max(4.0 * c.level);
                let g = self.g[c.event].abs();
                if scan.fired.contains(&c.event) {
                    // A place put right has its own rounding.
                    self.recent[c.event] = Recent::Crossed(c.level.max(g));
                } else if g <= level {
                    self.recent[c.event] = Recent::Crossed(c.level);
                }
            }
            scan.fired.sort_unstable();
            scan.fired.dedup();
        }
        self.crossings = crossings;
    }

    /// What stayed at 0 over a whole step, or up to a landing well inside it, is there to stay.
    fn settle_flat(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        landing: Option<f64>,
    ) {
        if !self.side.contains(&Side::Unknown) || landing.is_some_and(|theta| theta < 1e-6) {
            return;
        }
        self.see(
            equations,
            origin,
            step,
            landing.map_or(1.0, |theta| 0.5 * theta),
        );
        self.measure_grain(equations, origin + clock_at(step, landing.unwrap_or(1.0)));
        for event in 0..self.events.len() {
            let at_zero = self.g[event].abs() <= self.grain[event];
            if self.side[event] == Side::Unknown && self.recent[event] == Recent::No && at_zero {
                self.side[event] = Side::Zero(Origin::Nowhere);
            }
        }
    }
}

/// Fraction of the step at which a row of the grid stands.
pub(super) fn fraction(row: usize) -> f64 {
    match row {
        0 => 0.0,
        row if row < ROWS - 1 => INSIDE[row - 1],
        _ => 1.0,
    }
}

/// Clock at a fraction of the step.
pub(super) fn clock_at(step: &dyn Step, theta: f64) -> f64 {
    let (start, end) = step.clock();
    if theta >= 1.0 {
        end
    } else {
        start + theta * (end - start)
    }
}

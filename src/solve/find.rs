//! Finds the changes of side inside a step, event by event.

use super::events::{Crossing, HARDLY, Passage, Sample, Watch, clock_at, on_its_way};
use super::problem::Action;
use super::roots::{Root, locate};
use super::side::{Side, fires};
use super::step::Step;
use crate::equations::Equations;

impl Watch<'_> {
    /// All changes of side inside a step.
    pub(super) fn find(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        p: &mut [f64],
    ) {
        self.crossings.clear();
        self.grain_at = None;
        for event in 0..self.events.len() {
            self.take_samples(event);
            self.search_extrema(equations, origin, step, event);
            let before = self.side[event];
            let found = self.crossings.len();
            self.follow(equations, origin, step, event, p);
            // The sides are entered again in order of time.
            if self.crossings.len() > found {
                self.side[event] = before;
            }
        }
        self.crossings.sort_by(|a, b| a.theta.total_cmp(&b.theta));
    }

    /// Goes along the samples of `event` and notes where it changes sides.
    fn follow(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        event: usize,
        p: &mut [f64],
    ) {
        // The last sample that was on its side.
        let mut last = (!self.leaves(event, self.samples[0].g)).then_some(0);
        // The first since then that is not, but may stay.
        let mut off = None;
        if last.is_none() {
            self.review(equations, origin, step, event, p);
        }
        for i in 1..self.samples.len() {
            let g = self.samples[i].g;
            if self.leaves(event, g) {
                if self.is_noise(equations, origin, step, i, event)
                    || self.rests(equations, origin, step, i, event, p)
                {
                    off = off.or(Some(i));
                    continue;
                }
                if self.side[event] == Side::Unknown {
                    // Where it comes from is unknown, so there is nothing to locate.
                    self.side[event] = self.side[event].next(g).0;
                } else {
                    let crossing = self.crossing(equations, origin, step, (last, i), event);
                    self.side[event] = crossing.side;
                    self.crossings.push(crossing);
                }
            }
            (last, off) = (Some(i), None);
            self.bands.armed[event] |= g.abs() > self.bands.width[event];
        }
        self.remember(equations, origin, step, (last, off), event, p);
    }

    /// Where `event`, off its side at the end of the step but not clear of it, has left it, if that is not known: between the
    /// samples `last` and `off`.
    fn remember(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        (last, off): (Option<usize>, Option<usize>),
        event: usize,
        p: &[f64],
    ) {
        if self.events[event].action != Action::Record || last.is_none() {
            return;
        }
        self.passages[event] = None;
        if let Some(off) = off {
            let root = self.locate(equations, origin, step, (last, off), event);
            self.passages[event] =
                Some(self.passage(origin, (equations, step), root.theta, event, p));
        }
    }

    /// Looks at what `event`, off its side but not clear of it at the start of the step, does in the step.
    fn review(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        event: usize,
        p: &[f64],
    ) {
        let Some(since) = self.passages[event].as_ref().map(|passage| passage.t) else {
            return;
        };
        self.refresh_bands(equations, origin, step);
        let [a, b] = [self.samples.first(), self.samples.last()].map(|sample| {
            let Sample { theta, g, .. } = sample.copied().unwrap_or_default();
            (origin + clock_at(step, theta), g.abs())
        });
        let t = on_its_way(since, a, b, HARDLY * self.bands.width[event]);
        if t != since {
            let theta = if t == a.0 { 0.0 } else { 1.0 };
            self.passages[event] = Some(self.passage(origin, (equations, step), theta, event, p));
        }
    }

    /// That `event` passes 0 at a fraction of the step.
    fn passage(
        &self,
        origin: f64,
        (equations, step): (&mut dyn Equations, &mut dyn Step),
        theta: f64,
        event: usize,
        p: &[f64],
    ) -> Passage {
        let mut y = vec![0.0; self.y.len()];
        step.at(equations, theta, &mut y);
        Passage {
            t: origin + clock_at(step, theta),
            y,
            p: p.to_vec(),
            side: self.side[event],
        }
    }

    /// Whether sample `i` of `event`, off its side, is mere rounding: for kinks, and for events that are at 0.
    fn is_noise(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        i: usize,
        event: usize,
    ) -> bool {
        if !self.is_kink(event) && !self.side[event].is_at_zero() {
            return false;
        }
        let Sample { theta, g, .. } = self.samples[i];
        if self.grain_at != Some(theta) {
            self.see(equations, origin, step, theta);
            self.measure_grain(equations, origin + clock_at(step, theta));
            self.grain_at = Some(theta);
        }
        let noise = g.abs() <= self.grain[event] * self.widen[event];
        if noise {
            self.floor[event] = self.floor[event].max(g.abs());
        }
        noise
    }

    /// Whether `event`, off its side at sample `i`, may stay.
    fn rests(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        i: usize,
        event: usize,
        p: &mut [f64],
    ) -> bool {
        let Sample { theta, g, sure } = self.samples[i];
        if sure {
            return false;
        }
        self.refresh_bands(equations, origin, step);
        if self.touches(equations, origin, step, i, event) {
            return true;
        }
        if self.is_kink(event) && g.abs() <= self.bands.width[event] {
            self.look_at_branches(equations, origin, (step, theta), event, p);
        }
        self.is_within_band(event, g, self.samples[i - 1].g)
    }

    /// Whether `event` only touches 0 at sample `i`: it is on its side before and behind, and at the sample nearer to 0
    /// than can be told from it.
    fn touches(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        i: usize,
        event: usize,
    ) -> bool {
        let (Sample { theta, g, .. }, before) = (self.samples[i], self.samples[i - 1].g);
        let Some(next) = self.samples.get(i + 1).copied() else {
            return false;
        };
        if self.leaves(event, before)
            || self.leaves(event, next.g)
            || self.side[event].is_at_zero()
            || g.abs() > self.least_excursion(event)
        {
            return false;
        }
        // A clamp is 0 beside it too.
        self.see(equations, origin, step, theta + 1e-3 * (next.theta - theta));
        g != 0.0 || self.g[event] != 0.0
    }

    /// The change of side of `event` that has happened at sample `i`, where `last` was on the side before.
    fn crossing(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        (last, i): (Option<usize>, usize),
        event: usize,
    ) -> Crossing {
        let g = self.samples[i].g;
        let (side, met) = self.side[event].next(g);
        let edge = last.is_none() && self.is_beyond_band(event, g);
        let from = self.side[event];
        let since = (self.passages[event].take()).filter(|p| last.is_none() && p.side == from);
        let root = self.locate(equations, origin, step, (last, i), event);
        Crossing {
            theta: root.theta,
            event,
            side,
            fires: self.is_kink(event) || fires(self.events[event].direction, met, side),
            level: root.level,
            edge,
            since,
        }
    }

    /// Where `event` leaves its side, which it has left at sample `i`; `last` was the last sample on it. Without one it
    /// has been off its side all the time, but inside its band: then where it leaves the band.
    fn locate(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        (last, i): (Option<usize>, usize),
        event: usize,
    ) -> Root {
        let (side, kink, floor) = (self.side[event], self.is_kink(event), self.floor[event]);
        // A kink that chatters is left at the edge of the zone that it may rest in.
        let mut edge = if self.widen[event] > 1.0 {
            self.grain[event] * self.widen[event]
        } else {
            0.0
        };
        if last.is_none() && self.is_beyond_band(event, self.samples[i].g) {
            edge = edge.max(self.bands.width[event]);
        }
        let left = |g: f64| match side {
            Side::Zero(_) => g.abs() > floor,
            _ if kink => g != 0.0 && side.leaves(g) && g.abs() > edge,
            _ => side.leaves(g) && g.abs() >= edge,
        };
        let from = last.unwrap_or(0);
        let to = (from + 1..i).find(|j| left(self.samples[*j].g));
        let [a, b] = [from, to.unwrap_or(i)].map(|j| (self.samples[j].theta, self.samples[j].g));
        let mut values = std::mem::take(&mut self.g);
        let mut state = std::mem::take(&mut self.y);
        let root = locate(
            |theta| {
                step.at(equations, theta, &mut state);
                equations.events(origin + clock_at(step, theta), &state, &mut values);
                self.evaluations += 1;
                values[event]
            },
            left,
            a,
            b,
        );
        (self.g, self.y) = (values, state);
        root
    }
}

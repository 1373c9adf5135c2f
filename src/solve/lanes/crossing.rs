//! What is crossed: the tries to land on it, and what follows where they do.

use super::block::Block;
use super::crew::Crew;
use super::landing::{Found, Landing};
use super::watch::{
    Touched, Verdict, acts, crossing, early, keep_earlier, keep_early, marked_by, to_corner, turn,
};
use super::{Client, Ending, LaneMethod, Zero};
use crate::equations::LaneEquations;
use crate::solve::problem::{Action, Direction, Failure};
use crate::solve::side::{Side, fires};

/// Occurrences of events within `CROWD_SPAN` (relative to time) after which a problem is given back.
pub(super) const CROWD: u32 = 200;
const CROWD_SPAN: f64 = 1e-9;
/// Landings within that time after which it is given back, too.
const SPOT: u32 = 40;

/// Part of the tolerance that the time of an event may be off by.
const PLACE: f64 = 0.02;

/// By how much what is left of two functions where a landing ends may differ, relative to where it began, if they are one.
const SAME: f64 = 1e-12;

/// Attempts sent back in a row whose errors are laid to the event that they seem to cross.
const UNHEARD: f64 = 2.0;

/// Steps towards an event that are shortened for it after such an attempt. What only comes nearer and nearer is not crossed.
const CAREFUL: u32 = 4;

/// Times that a lane slows down for an event before one is crossed or a leg begins: what seems to be crossed so often and is not,
/// failed attempts tell wrong.
const OFTEN: u32 = 2;

/// The step [s] towards an event that is `away` [s], after one of length `last`: to shortly before it, but not into the band
/// around it, which takes `margin` [s] to cross; from nearby to shortly behind that.
fn towards(away: f64, margin: f64, last: f64) -> f64 {
    let short = (0.97 * away).min(away - 4.0 * margin);
    if away > 0.1 * last && short > 0.5 * away {
        short
    } else {
        away + (0.5 * away).max(2.0 * margin)
    }
}

impl<E: LaneEquations<W>, C: Client, const W: usize> Crew<'_, E, C, W> {
    /// Makes lane `w` look for a landing.
    pub(super) fn search(&mut self, w: usize, landing: Landing) {
        self.lanes[w].landing = Some(landing);
        self.block.lands[w] = 1.0;
        self.lands |= 1 << w;
    }

    pub(super) fn stop_landing(&mut self, w: usize) -> Option<Landing> {
        self.block.lands[w] = 0.0;
        self.lands &= !(1 << w);
        self.lanes[w].landing.take()
    }

    /// Makes lane `w`, whose attempt has been sent back, look for a corner in it: that may be what the error comes from, and
    /// then to end there takes fewer tries than to get shorter by errors until the step ends before it.
    ///
    /// What comes to rest at a corner gets there in none: inside the band, corners are looked for when a leg begins only. Where
    /// there may be an event, too, an attempt goes a little beyond it: an event is landed on only from a good one.
    pub(super) fn seek_corner(&mut self, w: usize) {
        let tried = self.block.tried[w];
        let from = |band: f64| match self.block.last[w] {
            0.0 => 0.0,
            _ => band,
        };
        let mut corner: Option<Landing> = None;
        let mut event: Option<Landing> = None;
        for e in (0..self.setup.events.len()).filter(|e| self.setup.zeros[*e] != Zero::Turn) {
            let g = (
                self.block.g[e][w],
                self.block.g_middle[e][w],
                self.block.g1[e][w],
            );
            let (side, band) = (self.block.side[e][w], self.block.band[e][w]);
            if side * g.0 <= from(band) || side * g.2 >= -band {
                continue;
            }
            if self.setup.zeros[e] != Zero::Corner {
                keep_earlier(&mut event, Landing::new(e, (side, 0.0), g));
            } else if let Some(landing) = to_corner(&self.block, self.setup, e, w) {
                keep_earlier(&mut corner, landing);
            }
        }
        let near = |e: &Landing| corner.as_ref().is_some_and(|c| e.theta < 1.1 * c.theta);
        if let Some(event) = event.filter(near) {
            match self.lanes[w].slowed < OFTEN {
                true => self.fall_short(w, &event),
                false => self.block.h[w] = self.block.h[w].min(1.05 * event.theta * tried),
            }
        } else if let Some(mut landing) = corner {
            landing.full = tried;
            landing.next = tried;
            self.search(w, landing);
        }
    }

    /// Makes the next attempt of lane `w` end shortly before an event, which one that is sent back seems to have crossed.
    fn fall_short(&mut self, w: usize, event: &Landing) {
        let away = event.theta * self.block.tried[w];
        if self.nears >> w & 1 == 0 {
            self.lanes[w].free = self.block.last[w];
            self.lanes[w].slowed += 1;
            self.nears |= 1 << w;
        }
        self.lanes[w].careful = CAREFUL;
        let g = self.block.side[event.event][w] * self.block.g[event.event][w];
        let step = towards(away, self.block.band[event.event][w] * away / g, 0.0);
        // The error tells of what is crossed, and not how long a step may be that ends before it.
        let free = self.block.last[w] > 0.0 && self.block.in_a_row[w] <= UNHEARD;
        let most = if free { f64::INFINITY } else { self.block.h[w] };
        self.block.h[w] = most.min(step);
    }

    /// Makes the step that follows the attempt of lane `w`, which is taken, end shortly before the next event or, from nearby,
    /// shortly behind it.
    pub(super) fn near_event(&mut self, w: usize) {
        let tried = self.block.tried[w];
        let mut nearest = (f64::INFINITY, 0.0);
        for e in (0..self.setup.events.len()).filter(|e| self.is_place(*e)) {
            let side = self.block.side[e][w];
            let (g, g1) = (side * self.block.g[e][w], side * self.block.g1[e][w]);
            let falls = (g - g1) / tried;
            if g1 > 0.0 && falls > 0.0 && g1 / falls < nearest.0 {
                nearest = (g1 / falls, self.block.band[e][w] / falls);
            }
        }
        let (away, margin) = nearest;
        self.block.h[w] = self.block.h[w].min(towards(away, margin, tried));
        self.lanes[w].careful -= 1;
        if self.lanes[w].careful == 0 {
            self.pass(w);
        }
    }

    /// Lane `w` need not be careful any more.
    pub(super) fn pass(&mut self, w: usize) {
        self.nears &= !(1 << w);
        self.lanes[w].free = 0.0;
    }

    /// Whether event `e` is more than a turn or a corner.
    fn is_place(&self, e: usize) -> bool {
        self.setup.zeros[e] == Zero::Place
    }

    /// What an attempt of lane `w` that ends at a corner may end before it [s]: as much as an event may be off by, unless that
    /// is too much to be drawn across.
    fn beside_corner(&self, w: usize, tolerance: f64) -> f64 {
        let tried = self.block.tried[w];
        tolerance.min(0.01 * tried).max(self.setup.about() * tried)
    }

    /// Whether lane `w` is about to cross an event in a time `h` after its attempt, by what functions change in it.
    fn reaches_event(&self, w: usize, h: f64) -> bool {
        (0..self.setup.events.len()).any(|e| {
            let side = self.block.side[e][w];
            let falls = side * (self.block.g[e][w] - self.block.g1[e][w]) / self.block.tried[w];
            self.is_place(e) && side != 0.0 && side * self.block.g1[e][w] <= 2.0 * h * falls
        })
    }

    /// Makes an attempt of lane `w` that ends shortly before corners a little longer, so that the next one begins with the
    /// derivatives beyond them. `tolerance`: what the time of an event may be off by [s].
    fn pass_corners(&mut self, w: usize, tolerance: f64) {
        if self.setup.method != LaneMethod::Rodas5p {
            // What follows begins with the slope that this attempt ends with, whatever side that is on.
            return;
        }
        let tried = self.block.tried[w];
        let window = 2.0 * self.beside_corner(w, tolerance);
        let mut over: f64 = 0.0;
        let mut passed = Vec::new();
        for e in (0..self.setup.events.len()).filter(|e| self.setup.zeros[*e] == Zero::Corner) {
            let side = self.block.side[e][w];
            let (g, g1) = (self.block.g[e][w], self.block.g1[e][w]);
            let away = g1 / (g - g1) * tried;
            if side != 0.0 && side * (g - g1) > 0.0 && away <= window {
                passed.push(e);
                over = over.max(1.5 * away);
            }
        }
        let plain = |e: &usize| self.setup.events[*e].action == Action::Record;
        let ends = self.block.clock[w] + (tried + over) >= self.block.until[w];
        if ends || !self.lanes[w].fired.iter().all(plain) {
            return;
        }
        if over > 0.0 && !self.reaches_event(w, over) {
            self.stepper.extend(&mut self.block, w, over);
            for e in passed {
                self.block.side[e][w] *= -1.0;
            }
        }
    }

    /// Whether lane `w` is where it has landed.
    pub(super) fn has_landed(&self, w: usize) -> bool {
        self.lanes[w].landed == self.block.accepted[w]
    }

    /// Events that lane `w` has landed on here, and what their functions were.
    pub(super) fn touched(&self, w: usize) -> Touched<'_> {
        if self.has_landed(w) {
            &self.lanes[w].touched
        } else {
            &[]
        }
    }

    /// How far from 0 the function of event `e` of lane `w` may be on the side that it has left.
    pub(super) fn early(&self, w: usize, e: usize) -> f64 {
        early(&self.block, &self.lanes[w].touched, e, w)
    }

    /// Forgets what lane `w` has landed on before and is across.
    pub(super) fn forget_crossed(&mut self, w: usize) {
        if self.lanes[w].touched.is_empty() || self.has_landed(w) {
            return;
        }
        let Block { side, g, .. } = &self.block;
        keep_early(&mut self.lanes[w].touched, side, g, w);
    }

    /// The extremum that lane `w` has landed on here, and its slope.
    pub(super) fn turned(&self, w: usize) -> Option<(usize, f64)> {
        self.lanes[w].turned.filter(|_| self.has_landed(w))
    }

    /// Looks at a try to land in lane `w`; true if it is taken.
    pub(super) fn land(&mut self, w: usize) -> bool {
        let Some(mut landing) = self.stop_landing(w) else {
            return false;
        };
        let clock = self.block.clock[w] + self.block.tried[w];
        let t = self.block.origin[w] + clock;
        // What crosses before the one that is looked for comes first; not what is at 0 where that is.
        let at_zero = self.block.g1[landing.event][w] == 0.0;
        for e in 0..self.setup.events.len() {
            if self.setup.zeros[e] == Zero::Turn || e == landing.event {
                continue;
            }
            let side = self.block.side[e][w];
            let band = self.block.band[e][w].max(self.early(w, e));
            let (g, g1) = (self.block.g[e][w], self.block.g1[e][w]);
            let under = self.setup.events[e].direction == Direction::Under;
            if side != 0.0
                && side * g1 <= 0.0
                && !(at_zero && g1 == 0.0)
                && let Some(offset) = crossing(side, band, under, g, g1)
            {
                if landing.last.0 == 0.0 && self.setup.zeros[e] != Zero::Corner {
                    // From a bad attempt, so that bands are not of here: as an ordinary attempt.
                    self.block.h[w] = self.block.tried[w];
                    return false;
                }
                if side * g <= 0.0 && acts(self.setup, e) {
                    self.end(w, Ending::Unsure);
                    return false;
                }
                let (other, near) = match self.setup.zeros[e] == Zero::Corner {
                    true => (
                        to_corner(&self.block, self.setup, e, w),
                        2.0 * self.setup.about(),
                    ),
                    false => {
                        let values = (g, 0.5 * (g + g1), g1);
                        (Some(Landing::new(e, (side, offset), values)), 1e-9)
                    }
                };
                let Some(mut other) = other else {
                    continue;
                };
                other.full = self.block.tried[w];
                other.next = landing.next;
                other.last = landing.last;
                if other.theta < 1.0 - near {
                    self.search(w, other);
                    return false;
                }
            }
        }
        // However long nothing has been changed before: an event is dated from the last change of an input on.
        let tolerance =
            PLACE * self.setup.rtol * clock.max(landing.full) + 4.0 * f64::EPSILON * t.abs();
        let near = match self.setup.zeros[landing.event] == Zero::Corner {
            true => self.beside_corner(w, tolerance),
            false => tolerance,
        };
        match landing.see(self.block.g1[landing.event][w], near) {
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
        let best = (&self.gather.value[..], self.turned(w));
        let events = 0..self.setup.events.len();
        let turns = events.filter(|e| self.setup.zeros[*e] == Zero::Turn && *e != landing.event);
        let mut turns = turns.filter_map(|e| match turn(&self.block, self.setup, best, e, w) {
            Verdict::Lands(mut other) if other.theta < 1.0 - 1e-9 => {
                other.full = self.block.tried[w];
                other.next = landing.next;
                other.last = landing.last;
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
        (self.block.last[w], self.block.last_error[w]) = landing.last;
        // What has been slowed down for is behind.
        self.block.h[w] = landing.next.max(self.lanes[w].free);
        self.pass(w);
        self.lanes[w].slowed = 0;
        if self.lands_on_the_spot(w, t) {
            self.end(w, Ending::Unsure);
            return false;
        }
        self.look_inside_bands(w);
        let lane = &mut self.lanes[w];
        lane.landed = self.block.accepted[w] + 1.0;
        let Block { side, g1, .. } = &self.block;
        // What has been landed on early and is not across yet stays so.
        keep_early(&mut lane.touched, side, g1, w);
        lane.turned = None;
        if landing.turning {
            self.round_corners(w);
            self.take_turn(w, landing, t);
            return true;
        }
        let mut together = self.together(w, landing, tolerance);
        // At a corner nothing happens, whatever else does.
        if self.setup.zeros[landing.event] != Zero::Corner {
            together.push(landing.event);
        }
        self.round_corners(w);
        if together.len() > 1 && together.iter().any(|e| acts(self.setup, *e)) {
            // Which comes first matters, and is no question of tolerances.
            self.end(w, Ending::Unsure);
            return false;
        }
        together.sort_unstable();
        for e in together {
            let side = self.block.side[e][w];
            self.block.side[e][w] = -side;
            let level = self.block.g1[e][w].abs();
            self.lanes[w].touched.retain(|t| t.0 != e);
            self.lanes[w].touched.push((e, level));
            let inside = std::mem::replace(&mut self.lanes[w].inside[e], f64::NAN);
            if happens(&self.setup.events[e].direction, side, -side) {
                // What only leaves a mark had it where it first crossed; a run stops where it is.
                let late = e == landing.event && landing.offset != 0.0 && inside < t;
                let marks = self.setup.events[e].action == Action::Record && late;
                self.note(w, e, if marks { inside } else { t });
                self.lanes[w].fired.push(e);
            }
        }
        self.pass_corners(w, tolerance);
        true
    }

    /// Takes the values that turn where lane `w` has landed.
    fn take_turn(&mut self, w: usize, landing: &Landing, t: f64) {
        let slope = self.block.g1[landing.event][w];
        if landing.sign * slope > 0.0 {
            self.lanes[w].turned = Some((landing.event, slope));
        }
        for (k, extremum) in marked_by(&self.setup.extrema, landing.event) {
            let value = self.block.g1[extremum.value][w];
            let sign = if extremum.max { 1.0 } else { -1.0 };
            if sign * value >= sign * self.gather.value[k][w] {
                (self.gather.value[k][w], self.gather.time[k][w]) = (value, t);
            }
        }
    }

    /// Whether lane `w` lands again and again without getting on, as where several things turn at one place.
    fn lands_on_the_spot(&mut self, w: usize, t: f64) -> bool {
        let lane = &mut self.lanes[w];
        if t - lane.landings_since > CROWD_SPAN * t.abs().max(self.block.until[w]) {
            (lane.landings, lane.landings_since) = (0, t);
        }
        lane.landings += 1;
        lane.landings > SPOT
    }

    /// Other events that lane `w` crosses where it lands, within some tolerances [s].
    fn together(&self, w: usize, landing: &Landing, tolerance: f64) -> Vec<usize> {
        let left = |e: usize| self.block.g1[e][w] / self.block.g[e][w];
        let near = |e: &usize| {
            let (side, band) = (self.block.side[*e][w], self.block.band[*e][w]);
            let (g, g1) = (self.block.g[*e][w], self.block.g1[*e][w]);
            let falls = side * (g - g1) / self.block.tried[w];
            // But for a factor it is the same function.
            let same = (left(*e) - left(landing.event)).abs() <= SAME;
            let clear = side * g > if same { 0.0 } else { band };
            // What only must not go beyond 0 may arrive there.
            let under = self.setup.events[*e].direction == Direction::Under;
            let own = self.is_place(*e) && !under && *e != landing.event && side != 0.0;
            own && clear && falls > 0.0 && side * g1 <= 4.0 * tolerance * falls
        };
        (0..self.setup.events.len()).filter(near).collect()
    }

    /// Notes that event `e` happens in lane `w` at time `t`.
    pub(super) fn note(&mut self, w: usize, e: usize, t: f64) {
        let lane = &mut self.lanes[w];
        if lane.count[e] == 0 {
            lane.first[e] = t;
        }
        lane.count[e] += 1;
    }

    /// What follows from events in lane `w`, at the start of a step; true if a leg begins.
    pub(super) fn consequences(&mut self, w: usize, fired: &[usize]) -> bool {
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
                Action::Stop => {
                    self.show_marks_until(w, t + PLACE * self.setup.rtol * t.abs());
                    end = end.or(Some(Ending::Stopped(e)));
                }
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
}

/// Whether an event that waits for `wanted` happens on the way from `side` to `g`.
pub(super) fn happens(wanted: &Direction, side: f64, g: f64) -> bool {
    let (next, met) = Side::of(side).next(g);
    fires(*wanted, met, next)
}

#[cfg(test)]
mod tests {
    use super::towards;

    #[test]
    fn steps_towards_an_event_end_before_it_and_then_hardly_behind() {
        // Far off, shortly before it.
        assert_eq!(towards(1.0, 1e-6, 2.0), 0.97);
        // From there over it, by little.
        assert!((towards(0.03, 1e-6, 0.97) - 0.045).abs() < 1e-15);
        // Not into the band, and out of it.
        assert!((towards(1.0, 0.1, 0.0) - 0.6).abs() < 1e-15);
        assert!((towards(1.0, 0.3, 0.0) - 1.6).abs() < 1e-15);
        // Nothing to slow down for.
        assert_eq!(towards(f64::INFINITY, 0.0, 1.0), f64::INFINITY);
    }
}

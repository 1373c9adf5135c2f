//! Extrema of values whose rates do not tell where they turn.
//!
//! Where a fast part of the system has settled, the rate of a value that depends on it is the small difference of large
//! terms: an error of the states of the size of the tolerance gives it any sign, and a turn on the way passes unseen, or
//! is seen where there is none (`band`). The value itself is as accurate as the states all the time. So in steps in
//! which the rate is that near to 0, or contradicts what the value does, the value is looked at, however few states are
//! saved: at both ends, inside, and where it is largest or smallest between.

use super::events::{ROWS, Watch, clock_at, fraction};
use super::problem::Corner;
use super::step::Step;
use crate::equations::Equations;

/// Divisions by the golden section. The value is flat where it turns: an error of the place counts squared.
const SECTIONS: u32 = 24;
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The largest and the smallest of each value, where it was looked at.
pub(super) struct Summits {
    /// Event functions that are the rates of the values.
    rates: Vec<usize>,
    /// Of each value: the largest and the smallest, with the place.
    best: Vec<[Option<(f64, Corner)>; 2]>,
    /// Values at the rows of the grid, row after row; those at the start are known where a step follows another.
    seen: Vec<f64>,
    known: bool,
    /// Values at any place, and the state there.
    x: Vec<f64>,
    y: Vec<f64>,
}

/// The step that is looked at.
struct Look<'a> {
    origin: f64,
    step: &'a mut dyn Step,
    /// Fraction up to which it counts.
    until: f64,
    /// Parameters in force.
    p: &'a [f64],
}

impl Summits {
    pub fn new(rates: &[usize], n_states: usize) -> Summits {
        let n = rates.len();
        Summits {
            rates: rates.to_vec(),
            best: vec![[None, None]; n],
            seen: vec![0.0; ROWS * n],
            known: false,
            x: vec![0.0; n],
            y: vec![0.0; n_states],
        }
    }

    /// What was known is not known any more: state or parameters may have jumped.
    pub fn restart(&mut self) {
        self.known = false;
    }

    /// Looks at a step that `watch` has just scanned, from state `start` to the fraction `until`, of the piece whose clock
    /// reads 0 at time `origin`; `p` are the parameters in force.
    pub fn look(
        &mut self,
        equations: &mut dyn Equations,
        watch: &mut Watch,
        start: &[f64],
        (origin, step, until): (f64, &mut dyn Step, f64),
        p: &[f64],
    ) {
        let n = self.rates.len();
        if n == 0 {
            return;
        }
        let mut look = Look {
            origin,
            step,
            until,
            p,
        };
        let last = (ROWS - 1) * n;
        if self.known {
            self.seen.copy_within(last.., 0);
        } else {
            equations.values(origin + clock_at(look.step, 0.0), start, &mut self.x);
            self.seen[..n].copy_from_slice(&self.x);
        }
        self.see(equations, &mut look, until);
        self.seen[last..].copy_from_slice(&self.x);
        self.known = true;
        let mut inside = false;
        for k in 0..n {
            let rise = self.seen[last + k] - self.seen[k];
            if !watch.is_unsure(equations, (origin, look.step), self.rates[k], rise) {
                continue;
            }
            // A step whose inside is dear is short against all that does not decay.
            if !inside && !look.step.is_dear(equations) {
                self.fill(equations, &mut look);
                inside = true;
            }
            for sign in [1.0, -1.0] {
                self.search(equations, &mut look, (k, sign, inside), start);
            }
        }
    }

    /// The places, as corners in order of time.
    pub fn finish(self) -> Vec<Corner> {
        let all = self.best.into_iter().flatten().flatten();
        let mut corners: Vec<Corner> = all.map(|(_, corner)| corner).collect();
        corners.sort_by(|a, b| a.t.total_cmp(&b.t));
        corners
    }

    /// State and values at a fraction of the step.
    fn see(&mut self, equations: &mut dyn Equations, look: &mut Look, theta: f64) {
        if theta < 1.0 {
            look.step.at(equations, theta, &mut self.y);
        } else {
            self.y.copy_from_slice(look.step.end());
        }
        let t = look.origin + clock_at(look.step, theta);
        equations.values(t, &self.y, &mut self.x);
    }

    /// The rows between start and end, on the cheap interpolant: they only show where to look.
    fn fill(&mut self, equations: &mut dyn Equations, look: &mut Look) {
        let n = self.rates.len();
        for row in 1..ROWS - 1 {
            let theta = look.until * fraction(row);
            look.step.rough(equations, theta, &mut self.y);
            let t = look.origin + clock_at(look.step, theta);
            equations.values(t, &self.y, &mut self.x);
            self.seen[row * n..][..n].copy_from_slice(&self.x);
        }
    }

    /// Looks for the largest (`sign` 1) or smallest (−1) value `k` in the step: at its ends, and inside if the rows there
    /// are filled.
    fn search(
        &mut self,
        equations: &mut dyn Equations,
        look: &mut Look,
        (k, sign, inside): (usize, f64, bool),
        start: &[f64],
    ) {
        let n = self.rates.len();
        let value = |row: usize| sign * self.seen[row * n + k];
        let (first, last) = (value(0), value(ROWS - 1));
        let bracket = inside
            .then(|| bracket(&std::array::from_fn(value)))
            .flatten();
        if self.beats(first, k, sign) {
            self.y.copy_from_slice(start);
            self.keep(look, 0.0, first, (k, sign));
        }
        if self.beats(last, k, sign) {
            self.see(equations, look, look.until);
            self.keep(look, look.until, last, (k, sign));
        }
        let Some((a, b, hope)) = bracket else { return };
        if !self.beats(hope, k, sign) {
            return;
        }
        let (mut a, mut b) = (look.until * a, look.until * b);
        let mut at = |summits: &mut Self, theta: f64| {
            summits.see(equations, look, theta);
            let value = sign * summits.x[k];
            if summits.beats(value, k, sign) {
                summits.keep(look, theta, value, (k, sign));
            }
            value
        };
        let mut l = b - GOLDEN * (b - a);
        let mut r = a + GOLDEN * (b - a);
        let (mut at_l, mut at_r) = (at(self, l), at(self, r));
        for _ in 0..SECTIONS {
            if at_l >= at_r {
                (b, r, at_r) = (r, l, at_l);
                l = b - GOLDEN * (b - a);
                at_l = at(self, l);
            } else {
                (a, l, at_l) = (l, r, at_r);
                r = a + GOLDEN * (b - a);
                at_r = at(self, r);
            }
        }
    }

    /// Whether `value`, times `sign`, is beyond what has been kept.
    fn beats(&self, value: f64, k: usize, sign: f64) -> bool {
        let kept = &self.best[k][usize::from(sign < 0.0)];
        value.is_finite() && kept.as_ref().is_none_or(|(best, _)| value > *best)
    }

    /// Keeps `value`, times `sign`, which is that at the state `self.y`.
    fn keep(&mut self, look: &Look, theta: f64, value: f64, (k, sign): (usize, f64)) {
        let t = look.origin + clock_at(look.step, theta);
        let kept = &mut self.best[k][usize::from(sign < 0.0)];
        match kept {
            // Along a slope this happens at each step.
            Some((best, corner)) => {
                (*best, corner.t) = (value, t);
                corner.y.clone_from(&self.y);
                corner.p.clone_from_slice(look.p);
                corner.p_after.clone_from_slice(look.p);
            }
            None => {
                let corner = Corner {
                    t,
                    y: self.y.clone(),
                    p: look.p.to_vec(),
                    p_after: look.p.to_vec(),
                };
                *kept = Some((value, corner));
            }
        }
    }
}

/// Where between two rows the largest value is, and how large it may be; `None` where it is at an end, as far as the rows
/// tell, and where they are not numbers.
fn bracket(values: &[f64; ROWS]) -> Option<(f64, f64, f64)> {
    if values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let highest = (0..ROWS).max_by(|a, b| values[*a].total_cmp(&values[*b]))?;
    let middle = highest.clamp(1, ROWS - 2);
    let [x, y, z] = [middle - 1, middle, middle + 1].map(|row| (fraction(row), values[row]));
    let (low, high) = (highest.saturating_sub(1), (highest + 1).min(ROWS - 1));
    let (from, to) = (fraction(low), fraction(high));
    if middle != highest {
        // At an end: inside only if the parabola through the three rows there turns inside.
        let (left, right) = ((y.1 - x.1) / (y.0 - x.0), (z.1 - y.1) / (z.0 - y.0));
        let bend = (right - left) / (z.0 - x.0);
        let vertex = 0.5 * (x.0 + y.0 - left / bend);
        if bend.is_nan() || bend >= 0.0 || vertex <= from || vertex >= to {
            return None;
        }
    }
    let fall = (values[highest] - values[low]).max(values[highest] - values[high]);
    Some((from, to, values[highest] + fall))
}

impl Watch<'_> {
    /// Whether `event`, the rate of a value that has risen by `rise` over the step just scanned, does not tell where the
    /// value turns: it is nearer to 0 than the tolerance lets it be known, or of the other sign than the rise.
    fn is_unsure(
        &mut self,
        equations: &mut dyn Equations,
        (origin, step): (f64, &mut dyn Step),
        event: usize,
        rise: f64,
    ) -> bool {
        let n = self.events.len();
        let values = self.grid.iter().skip(event).step_by(n);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut nearest = f64::INFINITY;
        for g in values {
            (low, high, nearest) = (low.min(*g), high.max(*g), nearest.min(g.abs()));
        }
        if (low > 0.0 && rise < 0.0) || (high < 0.0 && rise > 0.0) {
            return true;
        }
        if !self.may_cross(event) {
            return false;
        }
        self.refresh_bands(equations, origin, step);
        nearest <= self.bands.width[event]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_is_between_the_rows_beside_the_highest() {
        let rows = |f: fn(f64) -> f64| -> [f64; ROWS] { std::array::from_fn(|i| f(fraction(i))) };
        let found = bracket(&rows(|x| -(x - 0.43).powi(2))).expect("inside");
        assert_eq!((found.0, found.1), (0.2, 0.6));
        assert!(found.2 > 0.0);
        // Between the last two rows, the last one higher.
        let found = bracket(&rows(|x| -(x - 0.93).powi(2))).expect("inside");
        assert_eq!((found.0, found.1), (0.8, 1.0));
        // At the ends.
        assert_eq!(bracket(&rows(|x| x)), None);
        assert_eq!(bracket(&rows(|x| -x * x)), None);
        assert_eq!(bracket(&rows(|_| f64::NAN)), None);
    }
}

//! The attempts of one leg, whatever the method: how long the next one is, and when no other is made.

use super::step::{Cost, Leg, Trouble};

/// Rejections in a row after which no smaller step is tried: each shortens the step, most to a third or a fifth.
pub(super) const REJECTIONS: u32 = 60;

/// Attempts back to which a rate that was not finite explains why no step can be taken: while a step closes in on the
/// edge of a domain, an attempt here and there stays inside.
const RECENT: u64 = 16;

/// The attempt in which a rate was last not finite, and the state.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fault(Option<(u64, usize)>);

impl Fault {
    /// Notes that `state` has no finite rate in the present attempt.
    pub fn note(&mut self, cost: &Cost, state: usize) {
        if self.0.is_none_or(|(then, _)| then != cost.attempts()) {
            self.0 = Some((cost.attempts(), state));
        }
    }

    /// Why no smaller step is tried: the state without a finite rate in one of the last attempts, else the `worst` one.
    pub fn trouble(&self, cost: &Cost, worst: impl FnOnce() -> usize) -> Trouble {
        match self.0 {
            Some((then, state)) if cost.attempts() - then <= RECENT => Trouble::NotFinite(state),
            _ => Trouble::StepTooSmall(worst()),
        }
    }
}

/// The next attempt of an implicit method that has come to `x` since the start of the leg and would take a step of `h`:
/// its length, and whether it goes to the end of the leg. `None` if such a step does not move the clock.
pub(super) fn next(leg: &Leg, x: f64, h: f64) -> Option<(f64, bool)> {
    let left = leg.end - leg.start - x;
    if h * 1.0001 >= left {
        return Some((left, true));
    }
    let clock = leg.start + x;
    (clock + h > clock).then_some((h, false))
}

/// The index of the largest of `n` errors; what is no number counts as the largest.
pub(super) fn worst(n: usize, error: impl Fn(usize) -> f64) -> usize {
    let size = |i: usize| {
        let size = error(i).abs();
        if size.is_nan() { f64::INFINITY } else { size }
    };
    (0..n).fold(0, |worst, i| if size(i) > size(worst) { i } else { worst })
}

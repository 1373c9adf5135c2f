//! Step size and order: how they follow from errors and from the convergence of the iteration.
//!
//! The rules are those of the program RADAU: Gustafsson's predictive controller, and an order that rises while the
//! iteration converges fast and falls when it does not (E. Hairer and G. Wanner, Stiff differential equations solved by
//! Radau methods, J. Comput. Appl. Math. 111 (1999) 93-111). Its limits too, but for those of the order: here that
//! starts higher at tight tolerances and rises sooner, which saves a third of the steps on the test problems.

use super::newton::{Newton, Reject};

/// Bounds of the quotient of one step and the next.
const QUOTIENT: (f64, f64) = (1.0 / 8.0, 5.0);

/// Part of the step that the error estimate would allow.
const SAFETY: f64 = 0.9;

/// Quotient after an attempt without a result.
const RETREAT: f64 = 2.0;

/// Quotient after a first step with too large an error.
const FIRST_RETREAT: f64 = 10.0;

/// Growth of the step up to which it stays as it is where the matrices may stay.
const STAY: f64 = 1.2;

/// Rate of convergence up to which the derivatives stay.
const QUICK: f64 = 1e-3;

/// Rates of convergence below which the order rises and above which it falls.
const RISE: f64 = 0.05;
const FALL: f64 = 0.3;

/// Changes of the step between which the order may rise.
const CALM: (f64, f64) = (0.8, 1.2);

/// Factorisations after a change of order before it may rise.
const PATIENCE: u32 = 3;

/// Tolerance up to which the order starts at its highest; above it starts one lower.
const TIGHT: f64 = 1e-8;

/// Error estimate of a step at most, in tolerances.
const SHARE: f64 = 3.0;

/// The estimate is of order s where the step has order 2s − 1: it may be larger than the tolerance, the more so the
/// smaller that is. The rule is that of RADAU, which goes on to shares of 1e4 for large s and small tolerances: but in
/// parts of the solution that are neither slow nor fast the step is little better than its estimate (HIRES at 1e-12
/// then has an error of 3e-10). With a limit errors follow the tolerance, at the same cost: shorter steps need fewer
/// changes.
pub(super) fn share(rtol: f64, s: f64) -> f64 {
    (0.1 * rtol.powf((s + 1.0) / (2.0 * s)) / rtol).min(SHARE)
}

/// The step size.
pub(super) struct Control {
    /// The next step [s].
    pub h: f64,
    /// Longest step [s].
    longest: f64,
    /// Length and error of the last accepted step.
    last: Option<(f64, f64)>,
    pub rejected_in_row: u32,
}

impl Control {
    /// Starts with a step of length `h`.
    pub fn new(h: f64, longest: f64) -> Control {
        Control {
            h,
            longest,
            last: None,
            rejected_in_row: 0,
        }
    }

    /// True until a step has been accepted, and after a rejection.
    pub fn is_wary(&self) -> bool {
        self.last.is_none() || self.rejected_in_row > 0
    }

    /// The quotient of the step and the next that an error allows, with `s` stages and so many changes.
    fn quotient(error: f64, s: usize, changes: u32) -> f64 {
        if error.is_nan() {
            return RETREAT;
        }
        let limit = f64::from(2 * Newton::limit(s));
        let safety = SAFETY * ((1.0 + limit) / (f64::from(changes) + limit)).min(1.0);
        (error.powf(1.0 / (s as f64 + 1.0)) / safety).clamp(QUOTIENT.0, QUOTIENT.1)
    }

    /// A step of length `h` was accepted; true if the derivatives may stay.
    pub fn accept(&mut self, h: f64, error: f64, s: usize, newton: &Newton) -> bool {
        let mut quotient = Control::quotient(error, s, newton.changes);
        if let Some((before, error_before)) = self.last {
            let power = 1.0 / (s as f64 + 1.0);
            let predicted = before / h * (error * error / error_before).powf(power) / SAFETY;
            quotient = quotient.max(predicted.clamp(QUOTIENT.0, QUOTIENT.1));
        }
        let mut next = (h / quotient).min(self.longest);
        // Not longer at once after a rejection.
        if self.rejected_in_row > 0 {
            next = next.min(h);
        }
        let stays = newton.rate <= QUICK && (1.0..=STAY).contains(&(next / h));
        self.h = if stays { h } else { next };
        self.last = Some((h, error.max(1e-2)));
        self.rejected_in_row = 0;
        stays
    }

    /// A step of length `h` was rejected for its error.
    pub fn reject(&mut self, h: f64, error: f64, s: usize, changes: u32) {
        let quotient = match self.last {
            None => FIRST_RETREAT,
            Some(_) => Control::quotient(error, s, changes).max(1.0 / SAFETY),
        };
        self.rejected_in_row += 1;
        self.h = h / quotient;
    }

    /// A step of length `h` has no result.
    pub fn retreat(&mut self, h: f64, reject: &Reject) {
        self.rejected_in_row += 1;
        self.h = match reject {
            Reject::Slow(factor) => h * factor,
            _ => h / RETREAT,
        };
    }
}

/// The order, as an index: 0, 1, 2 for three, five and seven stages.
pub(super) struct Order {
    pub index: usize,
    /// The only orders that are used.
    range: (usize, usize),
    /// Factorisations since the last change.
    since: u32,
    /// Rate of convergence, smoothed.
    rate: f64,
    /// Whether an iteration failed since the last factorisation.
    failed: bool,
}

impl Order {
    /// Starts with what suits the tolerance `rtol`, and keeps to `range`.
    pub fn new(rtol: f64, range: (usize, usize)) -> Order {
        let index: usize = if rtol <= TIGHT { 2 } else { 1 };
        Order {
            index: index.clamp(range.0, range.1),
            range,
            since: 0,
            rate: 0.0,
            failed: false,
        }
    }

    /// An iteration failed.
    pub fn fail(&mut self) {
        self.failed = true;
    }

    /// Before a factorisation for a step that is `change` times the last one.
    pub fn choose(&mut self, change: f64, newton: &Newton) {
        self.since += 1;
        self.rate = newton.rate.max(0.5 * self.rate).min(10.0);
        let calm = change > CALM.0 && change < CALM.1;
        let next = if self.rate >= FALL || self.failed {
            self.index.saturating_sub(1)
        } else if newton.changes > 1 && self.rate <= RISE && calm && self.since > PATIENCE {
            self.index + 1
        } else {
            self.index
        };
        self.failed = false;
        let next = next.clamp(self.range.0, self.range.1);
        if next != self.index {
            (self.index, self.since) = (next, 1);
        }
    }
}

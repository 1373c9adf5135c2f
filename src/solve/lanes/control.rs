//! Step sizes of all lanes: those that follow from errors, and the first of a leg.
//!
//! The rule is that of Rodas5P's single runs ([`crate::solve`]), with powers as exp(p ln x), but for one thing: where a
//! solution relaxes and steps grow one after the other, the next may be longer than the last error alone allows.

use super::block::{Block, Row};
use crate::lanes::row::{bits, row_by_row, select, zip, zip3};
use crate::lanes::{Task, math};

/// Bounds of the quotient of one step and the next.
const QUOTIENT: (f64, f64) = (1.0 / 6.0, 5.0);

/// Part of the step that the error estimate would allow.
const SAFETY: f64 = 0.9;

/// 1 over the order of the error of one step.
const POWER: f64 = 0.2;

/// Rejections in a row after which a problem is given back.
pub(super) const REJECTIONS: f64 = 40.0;

/// Errors are taken to be at least this when the next step is predicted from two of them: its logarithm.
const LEAST: f64 = -4.605_170_185_988_091;

/// What two errors predict is followed until the step is as much longer than what the last error alone allows as this part of
/// the quotient says: most of what happens here relaxes. Not if the error has dropped by more than a factor of e to this power: it
/// does so where it changes its sign, which says nothing of the next step.
const BOLD: f64 = 0.8;
const DROP: f64 = 0.7;

/// Judges the attempts: which are good, and how long the next ones are. Leaves the logarithm of each error in the place of
/// the error, not below [`LEAST`].
pub(super) struct Judge<'a, const W: usize>(pub &'a mut Block<W>);

#[inline(always)]
fn clamp(quotient: f64) -> f64 {
    let above = if quotient > QUOTIENT.0 {
        quotient
    } else {
        QUOTIENT.0
    };
    if above < QUOTIENT.1 {
        above
    } else {
        QUOTIENT.1
    }
}

impl<const W: usize> Task for Judge<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Block {
            error,
            good,
            next,
            tried,
            last,
            last_error,
            retry,
            longest,
            ..
        } = self.0;
        let mut logs: Row<W> = [0.0; W];
        for w in 0..W {
            // Not below what is as good as nothing; what is no number is as bad as can be.
            let size = if error[w] > 1e-30 { error[w] } else { 1e-30 };
            let size = if error[w].is_nan() { 1e30 } else { size };
            let size = if size < 1e30 { size } else { 1e30 };
            logs[w] = math::ln(size);
        }
        for w in 0..W {
            let own = clamp(math::exp(POWER * logs[w]) / SAFETY);
            let two = POWER * (2.0 * logs[w] - last_error[w]);
            let two = if two > -600.0 { two } else { -600.0 };
            let predicted = clamp(last[w] / tried[w] * math::exp(two) / SAFETY);
            let fine = error[w] <= 1.0;
            let steady = logs[w] - last_error[w] > -DROP;
            let least = if steady { BOLD * own } else { own };
            let both = if predicted > least { predicted } else { least };
            let quotient = if fine && last[w] > 0.0 { both } else { own };
            let step = tried[w] / quotient;
            let step = smaller(step, longest[w]);
            // Not longer at once after a rejection.
            let held = if step < tried[w] { step } else { tried[w] };
            next[w] = if retry[w] > 0.0 { held } else { step };
            good[w] = if fine { 1.0 } else { 0.0 };
            error[w] = if logs[w] > LEAST { logs[w] } else { LEAST };
        }
    }
}

/// Decides on the lengths of the attempts.
pub(super) struct Aim<'a, const W: usize>(pub &'a mut Block<W>);

impl<const W: usize> Task for Aim<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let block = self.0;
        let left = zip(&block.until, &block.clock, |until, clock| until - clock);
        block.at_end = zip(
            &block.h,
            &left,
            |h, left| {
                if h * 1.0001 >= left { 1.0 } else { 0.0 }
            },
        );
        let tried = select(&block.at_end, &left, &block.h);
        // An idle lane goes on with numbers that do no harm.
        block.tried = select(&block.active, &tried, &[1e-9; W]);
    }
}

/// Takes the attempts about which there is nothing to think, and sends others back. Gives the lanes that are left, and those
/// sent back in which something may have crossed.
pub(super) struct Sort<'a, const W: usize> {
    pub block: &'a mut Block<W>,
    /// Attempts after which a problem is given up.
    pub most: f64,
}

impl<const W: usize> Task for Sort<'_, W> {
    type Output = (u64, u64);

    #[inline(always)]
    fn run(self) -> (u64, u64) {
        let block = self.block;
        block.attempts = zip(&block.attempts, &block.active, |n, active| n + active);
        // Not where a limit may have been reached, and not while a landing is under way.
        let calm = zip3(&block.active, &block.lands, &block.attempts, |a, l, n| {
            if a > 0.0 && l == 0.0 && n <= self.most {
                1.0
            } else {
                0.0
            }
        });
        block.taken = zip3(&calm, &block.good, &block.attention, |calm, good, look| {
            if look == 0.0 { calm * good } else { 0.0 }
        });
        let row = zip(&block.in_a_row, &block.good, |row, good| {
            if good > 0.0 { row } else { row + 1.0 }
        });
        let moves = zip(&block.clock, &block.next, |clock, next| {
            if clock + next > clock { 1.0 } else { 0.0 }
        });
        let back = zip3(&calm, &block.good, &moves, |calm, good, moves| {
            calm * (1.0 - good) * moves
        });
        let back = zip(
            &back,
            &row,
            |back, row| {
                if row <= REJECTIONS { back } else { 0.0 }
            },
        );
        block.plain = zip(&block.taken, &back, |taken, back| taken + back);
        block.retry = select(&back, &[1.0; W], &block.retry);
        block.in_a_row = select(&back, &row, &block.in_a_row);
        block.h = select(&block.plain, &block.next, &block.h);
        block.last = select(&block.taken, &block.tried, &block.last);
        block.last_error = select(&block.taken, &block.error, &block.last_error);
        let odd = zip(&block.active, &block.plain, |active, plain| active - plain);
        let bent = zip(&back, &block.attention, |back, look| back * look);
        (bits(&odd), bits(&bent))
    }
}

/// Moves the lanes whose attempts are taken on to their ends. Gives those for which more follows: at the end of a leg, or
/// after a closer look.
pub(super) struct Advance<'a, const W: usize>(pub &'a mut Block<W>);

impl<const W: usize> Task for Advance<'_, W> {
    type Output = u64;

    #[inline(always)]
    fn run(self) -> u64 {
        let block = self.0;
        for (y, y1) in block.y.iter_mut().zip(&block.y1) {
            row_by_row::<W>();
            *y = select(&block.taken, y1, y);
        }
        for (g, g1) in block.g.iter_mut().zip(&block.g1) {
            row_by_row::<W>();
            *g = select(&block.taken, g1, g);
        }
        let on = zip(&block.clock, &block.tried, |clock, h| clock + h);
        let clock = select(&block.at_end, &block.until, &on);
        block.clock = select(&block.taken, &clock, &block.clock);
        block.retry = select(&block.taken, &[0.0; W], &block.retry);
        block.in_a_row = select(&block.taken, &[0.0; W], &block.in_a_row);
        block.accepted = zip(&block.accepted, &block.taken, |n, taken| n + taken);
        let ends = zip(&block.at_end, &block.plain, |end, plain| end + 1.0 - plain);
        bits(&zip(&block.taken, &ends, |taken, ends| taken * ends))
    }
}

/// First steps: the trial by which the right-hand side is looked at once more.
///
/// Hairer's rule (Solving ODEs I, section II.4), as in the tolerances of single runs: lengths are relative to the time in
/// which a state changes by its size, or to the leg. The states after the trials go to `room`.
pub(super) struct Trial<'a, const W: usize> {
    pub block: &'a mut Block<W>,
    pub rtol: f64,
    pub atol: f64,
}

/// The trial steps [s], and what the rule needs of them.
pub(super) struct Trials<const W: usize> {
    /// Times after the steps [s].
    pub times: Row<W>,
    step: Row<W>,
    unit: Row<W>,
    speed: Row<W>,
}

#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline(always)]
fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

impl<const W: usize> Task for Trial<'_, W> {
    type Output = Trials<W>;

    #[inline(always)]
    fn run(self) -> Trials<W> {
        let block = self.block;
        let (mut size, mut speed): (Row<W>, Row<W>) = ([0.0; W], [0.0; W]);
        for ((y, f), floor) in block.y.iter().zip(&block.f).zip(&block.floor) {
            row_by_row::<W>();
            for w in 0..W {
                let tolerance = floor[w] + self.rtol * y[w].abs();
                let big = larger(y[w].abs(), floor[w] / self.atol) / tolerance;
                let fast = f[w] / tolerance;
                size[w] += big * big;
                speed[w] += fast * fast;
            }
        }
        let mut out = Trials {
            times: [0.0; W],
            step: [0.0; W],
            unit: [0.0; W],
            speed: [0.0; W],
        };
        for w in 0..W {
            let length = block.until[w] - block.clock[w];
            let (size, speed) = (size[w].sqrt(), speed[w].sqrt());
            // What does not move by a tolerance over the leg may still be about to.
            let slow = speed * length < 1e-5;
            let unit = smaller(size / speed, length);
            out.unit[w] = if slow { length } else { unit };
            out.step[w] = if slow { 1e-6 } else { 0.01 } * out.unit[w];
            out.speed[w] = speed;
            out.times[w] = block.origin[w] + (block.clock[w] + out.step[w]);
        }
        for ((room, y), f) in block.room.iter_mut().zip(&block.y).zip(&block.f) {
            row_by_row::<W>();
            *room = zip3(y, &out.step, f, |y, step, f| y + step * f);
        }
        out
    }
}

/// First steps from the right-hand side `rates` after the trials, for the lanes in which `starts` is 1.
pub(super) struct First<'a, const W: usize> {
    pub block: &'a mut Block<W>,
    pub trials: &'a Trials<W>,
    pub starts: &'a Row<W>,
    pub rtol: f64,
}

impl<const W: usize> Task for First<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let block = self.block;
        let mut bend: Row<W> = [0.0; W];
        let rates = block.f.iter().zip(&block.rates);
        for (((f, later), y), floor) in rates.zip(&block.y).zip(&block.floor) {
            row_by_row::<W>();
            for w in 0..W {
                let change = (later[w] - f[w]) / (floor[w] + self.rtol * y[w].abs());
                bend[w] += change * change;
            }
        }
        for w in 0..W {
            let (unit, trial) = (self.trials.unit[w], self.trials.step[w]);
            let bend = bend[w].sqrt() / trial;
            let most = larger(self.trials.speed[w] * unit, bend * unit * unit);
            let most = smaller(larger(most, 1e-30), 1e30);
            let step = unit * math::exp(POWER * math::ln(0.01 / most));
            let length = block.until[w] - block.clock[w];
            let step = smaller(
                smaller(step, 100.0 * trial),
                smaller(length, block.longest[w]),
            );
            // Not below what moves the clock.
            let step = larger(step, 4.0 * f64::EPSILON * block.clock[w]);
            let step = larger(step, f64::MIN_POSITIVE);
            let starts = self.starts[w] > 0.0;
            block.h[w] = if starts { step } else { block.h[w] };
            block.last[w] = if starts { 0.0 } else { block.last[w] };
            block.retry[w] = if starts { 0.0 } else { block.retry[w] };
        }
    }
}

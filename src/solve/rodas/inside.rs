//! States inside a step: on the interpolant where that is good enough, else on those of shorter steps.
//!
//! The interpolant has order 4 and nobody holds it to the tolerance. Where something fast follows what drives it, steps
//! are as long as their ends allow, which are better by the quotient of the two speeds, and the interpolant between
//! can be worse than the tolerance by ten thousand times. Its defect shows that: once through the real system it is the
//! error, in slow and fast parts alike. It costs right-hand sides, so it is looked at only in steps in which a state is
//! asked for, and only where neither the last terms of the interpolant nor its slopes at the ends are small. Where it is
//! too large, the step is made again in parts, as far as states are asked for: a chain of shorter steps of the method,
//! each with its own derivatives and with an interpolant that has passed the same look.

use super::kernel::Kernel;
use crate::equations::Equations;
use crate::solve::dense::Dense;
use crate::solve::step::{Cost, Leg};

/// Size, in tolerances, that the last terms and the slopes' misfit at the ends must both have before the defect is
/// looked at. The smaller of the two was 7 to 900 times the error of the interpolant, on stiff problems some 35 times.
const DOUBT: f64 = 150.0;

/// The same from which on one place that shows nothing is not believed: the defect may pass 0 there.
const STRONG_DOUBT: f64 = 300.0;

/// Where the defect is taken: there it is between half and all of the largest error, if it does not pass 0 by chance.
const PLACES: [f64; 2] = [0.8, 0.4];

/// Defect, in tolerances, above which the interpolant is not used. The interpolants of ordinary steps reach it rarely.
const LIMIT: f64 = 3.0;

/// Defect, in tolerances, that parts aim at.
const AIM: f64 = 1.0;

/// 1 over the order of the interpolant.
const POWER: f64 = 0.25;

/// Attempts at parts in one step; beyond, the interpolant is used. An error of 1e8 tolerances needs 100 parts.
const ATTEMPTS: u32 = 200;

/// A shorter step inside the present one, in fractions of it.
struct Part {
    from: f64,
    to: f64,
    curve: Dense,
}

/// How states inside the present step are found.
#[derive(Default)]
pub(super) struct Inside {
    looked: bool,
    /// Whether parts are made where a state is asked for.
    divided: bool,
    /// Length of the next part, as a fraction of the step.
    length: f64,
    attempts: u32,
    parts: Vec<Part>,
    /// What makes them, once some step has needed it.
    chain: Option<Box<Kernel>>,
    /// Steps that were made in parts.
    #[cfg(test)]
    pub count: u64,
}

impl Inside {
    /// Forgets all for a new step.
    pub fn reset(&mut self) {
        (self.looked, self.divided, self.attempts) = (false, false, 0);
        self.parts.clear();
    }

    /// The fraction of the step up to which there are parts.
    fn reach(&self) -> f64 {
        self.parts.last().map_or(0.0, |part| part.to)
    }
}

impl Kernel {
    /// The state at `theta` < 1, written to `y`.
    pub(super) fn interpolate(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) {
        self.is_plain(equations);
        while self.inside.divided && self.inside.reach() <= theta {
            // Where there are no parts, nothing is better than the interpolant.
            self.inside.divided = self.add_part(equations);
        }
        let parts = &self.inside.parts;
        match parts.get(parts.partition_point(|part| part.to <= theta)) {
            Some(part) => {
                let inside = (theta - part.from) / (part.to - part.from);
                part.curve.at(inside, y);
            }
            None => self.dense.at(theta, y),
        }
    }

    /// Whether the interpolant is good enough for this step; looks at it if nobody has.
    pub(super) fn is_plain(&mut self, equations: &mut dyn Equations) -> bool {
        if !self.inside.looked {
            self.inside.looked = true;
            let error = self.interpolant_error(equations);
            if error > LIMIT {
                let parts = (error / AIM).powf(POWER).min(f64::from(ATTEMPTS));
                self.inside.length = 1.0 / parts.ceil().max(2.0);
                self.inside.divided = true;
                #[cfg(test)]
                {
                    self.inside.count += 1;
                }
            }
        }
        !self.inside.divided && self.inside.parts.is_empty()
    }

    /// About the error of the interpolant against the tolerance; 0 where there is no reason to doubt it.
    fn interpolant_error(&mut self, equations: &mut dyn Equations) -> f64 {
        self.make_dense();
        let doubt = self.doubt();
        if doubt <= DOUBT {
            return 0.0;
        }
        let mut error = self.defect(equations, PLACES[0]);
        if error <= LIMIT && doubt > STRONG_DOUBT {
            error = error.max(self.defect(equations, PLACES[1]));
        }
        error
    }

    /// What can be said of the interpolant for nothing, in tolerances: for some state both its last terms and what its
    /// slopes miss at the ends are of that size.
    fn doubt(&self) -> f64 {
        let (rise, first) = (self.dense.term(1), self.dense.term(2));
        let (both, last) = (self.dense.term(3), self.dense.term(4));
        let mut doubt = 0.0f64;
        for i in 0..self.n {
            let allowed = self.tolerance.of(i, self.y0[i].abs().max(self.y1[i].abs()));
            let terms = (both[i] + last[i]).abs().max(last[i].abs());
            if terms > DOUBT * allowed {
                let at_start = rise[i] + first[i] - self.h * self.f0[i];
                let at_end = rise[i] - first[i] - both[i] - self.h * self.f1[i];
                let slopes = at_start.abs().max(at_end.abs());
                doubt = doubt.max(terms.min(slopes) / allowed);
            }
        }
        doubt
    }

    /// What the defect at `theta` says of the error there, against the tolerance: the root of the mean square.
    fn defect(&mut self, equations: &mut dyn Equations, theta: f64) -> f64 {
        let n = self.n;
        self.room.resize(3 * n, 0.0);
        let (state, rest) = self.room.split_at_mut(n);
        let (slope, rate) = rest.split_at_mut(n);
        self.dense.slope_at(theta, state, slope);
        let t = self.origin + (self.leg.0 + self.x + theta * self.h).min(self.leg.1);
        equations.rhs(t, state, rate);
        self.cost.rhs += 1;
        for (slope, rate) in slope.iter_mut().zip(rate) {
            *slope = *slope / self.h - *rate;
        }
        self.linear.solve(slope);
        let error = |i: usize| {
            let size = self.y0[i].abs().max(self.y1[i].abs()).max(state[i].abs());
            (slope[i] / self.tolerance.of(i, size)).powi(2)
        };
        let error = ((0..n).map(error).sum::<f64>() / n.max(1) as f64).sqrt();
        // Where it leaves the domain of the equations, it is no good.
        if error.is_nan() { f64::INFINITY } else { error }
    }

    /// Makes the next part of the step; false if that cannot be done.
    fn add_part(&mut self, equations: &mut dyn Equations) -> bool {
        let chain = self.inside.chain.take();
        let mut chain = chain.unwrap_or_else(|| {
            let sizes = self.linear.sizes();
            Box::new(Kernel::new(equations, &self.tolerance, sizes))
        });
        let from = self.inside.reach();
        if from == 0.0 {
            let (start, end) = (self.clock_start(), self.clock_end);
            chain.begin(&Leg {
                origin: self.origin,
                start,
                end,
                piece: end - start,
                y: &self.y0,
                f: &self.f0,
                budget: u64::MAX,
                first: None,
            });
        }
        let length = self.inside.length * self.h;
        let derived = chain.derive(equations, length).is_ok();
        let part = derived.then(|| self.find_part(equations, &mut chain, from));
        let cost = std::mem::take(&mut chain.cost);
        self.cost.add(&Cost {
            accepted: 0,
            rejected: 0,
            ..cost
        });
        self.inside.chain = Some(chain);
        match part.flatten() {
            Some(part) => {
                self.inside.parts.push(part);
                true
            }
            None => false,
        }
    }

    /// The longest part from the fraction `from` of the step on that is good enough, as far as can be foreseen.
    fn find_part(
        &mut self,
        equations: &mut dyn Equations,
        chain: &mut Kernel,
        from: f64,
    ) -> Option<Part> {
        let inside = &mut self.inside;
        while inside.attempts < ATTEMPTS {
            inside.attempts += 1;
            let at_end = from + 1.0001 * inside.length >= 1.0;
            let to = if at_end { 1.0 } else { from + inside.length };
            let error = chain.part(equations, (to - from) * self.h, to * self.h, at_end);
            // A quotient of lengths; what is no number has the largest.
            let change = 0.9 * (AIM / error.max(0.1 * AIM)).powf(POWER);
            inside.length = (to - from) * change.max(0.25);
            if error <= LIMIT {
                let curve = std::mem::take(&mut chain.dense);
                chain.advance(to * self.h);
                return Some(Part { from, to, curve });
            }
        }
        None
    }

    /// A step of length `h` that ends at `x` since the start of the leg, and the error of its interpolant; infinite if
    /// the step itself is no good.
    fn part(&mut self, equations: &mut dyn Equations, h: f64, x: f64, at_end: bool) -> f64 {
        match self.attempt(equations, h) {
            Ok(error) if error <= 1.0 && self.finish(equations).is_ok() => {
                self.accept(x, at_end);
                self.interpolant_error(equations)
            }
            _ => f64::INFINITY,
        }
    }
}

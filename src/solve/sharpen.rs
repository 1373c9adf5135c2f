//! Puts the place of an event right where a method's steps are better than its interpolant.
//!
//! The interpolants of order 3 and 4 are not held to the tolerance: in a long step an event found on them may be off by
//! some dozens of times of it. So a step of the method itself is taken from the start of the step to the place found
//! ([`Step::refined`]), and the place is corrected until the event function is 0 there. This costs right-hand sides at
//! events only.

use super::events::{Watch, clock_at};
use super::roots::Root;
use super::side::Side;
use super::step::Step;
use crate::equations::Equations;

/// Corrections at most. Each gains some five digits.
const CORRECTIONS: u32 = 8;

/// Fraction of the step by which a place may move: the interpolant is not that bad.
const REACH: f64 = 0.05;

impl Watch<'_> {
    /// The place where `event` leaves side `from`, on states as good as the steps; that state is adopted by `step`.
    /// Gives `root`, found on the interpolant, where the method has no better states or the function is not smooth.
    pub(super) fn sharpen(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        event: usize,
        from: Side,
        root: Root,
    ) -> Root {
        if from.is_at_zero() || self.widen[event] > 1.0 || root.theta >= 1.0 {
            return root;
        }
        let back = root.theta * (1.0 - 1e-3);
        self.see(equations, origin, step, root.theta);
        let here = self.g[event];
        self.see(equations, origin, step, back);
        let mut slope = (here - self.g[event]) / (root.theta - back);
        let mut theta = root.theta;
        let (mut before, mut first) = (None, f64::INFINITY);
        for _ in 0..CORRECTIONS {
            let mut state = std::mem::take(&mut self.y);
            let given = step.refined(equations, theta, &mut state);
            self.y = state;
            if !given {
                return root;
            }
            equations.events(origin + clock_at(step, theta), &self.y, &mut self.g);
            self.evaluations += 1;
            let g = self.g[event];
            if let Some((theta0, g0)) = before
                && g != g0
            {
                slope = (g - g0) / (theta - theta0);
            }
            let move_by = -g / slope;
            if first == f64::INFINITY {
                first = move_by.abs();
            }
            let resolution = 4.0 * f64::EPSILON * theta;
            let next = if move_by.abs() > resolution {
                before = Some((theta, g));
                theta + move_by
            } else if from.leaves(g) {
                step.adopt(theta, &self.y);
                let level = root.level.max(g.abs());
                return Root { theta, level };
            } else {
                // At the root but for rounding, and just before it.
                before = None;
                theta + 2.0 * resolution
            };
            let inside = next < 1.0 && (next - root.theta).abs() <= REACH * root.theta;
            // What is not a number does not shrink.
            let shrinks = move_by.abs() <= first;
            if !inside || !shrinks {
                return root;
            }
            theta = next;
        }
        root
    }
}

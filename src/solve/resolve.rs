//! Looks closer where an event function changes faster than the states.
//!
//! A step is as long as the states allow. A function that depends on time, or oscillates in a state that moves evenly,
//! may change sides many times within it. The values on the grid tell: those of a smooth function foretell each other.
//! Where they do not, places are added by bisection until a new value is what its neighbours foretell, [`LEVELS`] times
//! at most. An oscillation may keep in step with the grid and look slow, so one value elsewhere is asked for too; and
//! once a function has shown itself as fast, steps as long as that one are not trusted any more.

use super::events::{ROWS, Sample, Watch, fraction};
use super::step::Step;
use crate::equations::Equations;

/// Divisions of an interval of the grid: 320 places in a step.
const LEVELS: u32 = 6;

/// Divisions of all intervals once there was a surprise: between places a period apart it may fail to come by chance.
const COARSE: u32 = 2;

/// Length of the steps that are trusted, in steps on whose grid there was no surprise: an oscillation that this one
/// shows cannot keep in step with the grid of those.
const TRUST: f64 = 4.0;

/// Where an interval is divided: not in the middle, so that no oscillation keeps in step.
const SPLIT: f64 = 0.47;

/// The place that is in no proportion to the grid.
const ELSEWHERE: f64 = 0.7236;

/// Part of the range of the function over the step by which a value may differ from what its neighbours foretell.
const SURPRISE: f64 = 0.05;

/// Neighbours from which a new value is foretold.
const NEIGHBOURS: usize = 4;

impl Watch<'_> {
    /// Adds values between those of the grid, to `self.fine`, where some event that may cross is not resolved by it.
    pub(super) fn resolve(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
    ) {
        let suspects = self.suspects(equations, origin, step);
        if suspects.is_empty() {
            return;
        }
        let n = self.events.len();
        let row = |row: usize| (fraction(row), self.grid[row * n..][..n].to_vec());
        let mut places: Vec<(f64, Vec<f64>)> = (0..ROWS).map(row).collect();
        // Intervals between them that may hide something.
        let mut open = vec![true; ROWS - 1];
        // Divisions after which each suspect gave no surprise.
        let mut depths = vec![0; suspects.len()];
        for level in 0..LEVELS {
            let mut surprised = vec![false; open.len()];
            let mut fast = vec![false; suspects.len()];
            let mut added = Vec::new();
            for (i, _) in open.iter().enumerate().filter(|(_, open)| **open) {
                let (a, b) = (places[i].0, places[i + 1].0);
                let theta = a + SPLIT * (b - a);
                self.see(equations, origin, step, theta);
                for ((event, surprise), fast) in suspects.iter().zip(&mut fast) {
                    let foretold = foretell(&places, i, *event, theta);
                    let is_surprise = (self.g[*event] - foretold).abs() > *surprise;
                    *fast |= is_surprise;
                    surprised[i] |= is_surprise;
                }
                added.push((theta, self.g.clone()));
            }
            places.extend(added);
            places.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (depth, fast) in depths.iter_mut().zip(fast) {
                *depth = if fast { level + 1 } else { *depth };
            }
            if level >= COARSE || !surprised.contains(&true) {
                open = still_open(&open, &surprised);
            } else {
                open = vec![true; 2 * open.len()];
            }
            if !open.contains(&true) {
                break;
            }
        }
        self.learn(step, &suspects, &depths);
        self.fine = places;
    }

    /// Remembers from which length of step on the grid does not do for the suspects, which were resolved after so many
    /// divisions.
    fn learn(&mut self, step: &dyn Step, suspects: &[(usize, f64)], depths: &[u32]) {
        let (start, end) = step.clock();
        let length = end - start;
        for ((event, _), depth) in suspects.iter().zip(depths) {
            let from = &mut self.fast_from[*event];
            *from = match depth {
                0 => from.max(TRUST * length),
                depth => from.min(length * 0.5f64.powi(*depth as i32)),
            };
        }
    }

    /// Whether `event` may be too fast for the grid of this step, as far as it has been seen. Its values there tell nothing then: they
    /// may be far from 0, one like the other, because it has turned once between any two of them.
    pub(super) fn is_doubted(&self, step: &dyn Step, event: usize) -> bool {
        let (start, end) = step.clock();
        end - start >= self.fast_from[event]
    }

    /// Events that may cross and that the grid does not resolve, with the difference from what is foretold that counts.
    fn suspects(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
    ) -> Vec<(usize, f64)> {
        self.see(equations, origin, step, ELSEWHERE);
        let mut suspects: Vec<(usize, f64)> = (0..self.events.len())
            .filter(|event| {
                self.is_doubted(step, *event) || (self.may_cross(*event) && self.is_rough(*event))
            })
            .map(|event| (event, SURPRISE * self.range(event)))
            .collect();
        if !suspects.is_empty() {
            self.refresh_bands(equations, origin, step);
            // What the tolerance can have made is not looked at more closely.
            let (widths, trusted) = (&self.bands.width, &mut self.fast_from);
            suspects.retain(|(event, surprise)| {
                let told = *surprise > widths[*event];
                if !told {
                    trusted[*event] = f64::INFINITY;
                }
                told
            });
        }
        suspects
    }

    /// Largest less smallest value of `event` on the grid.
    fn range(&self, event: usize) -> f64 {
        let values = self.grid.iter().skip(event).step_by(self.events.len());
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), g| {
            (l.min(*g), h.max(*g))
        });
        high - low
    }

    /// Whether the values of `event` on the grid do not foretell each other, or not the one elsewhere, in `self.g`.
    fn is_rough(&self, event: usize) -> bool {
        let n = self.events.len();
        let surprise = SURPRISE * self.range(event);
        let value = |row: usize| self.grid[row * n + event];
        let foretold = |x: f64, but: Option<usize>| {
            let known = (0..ROWS).filter(|i| Some(*i) != but);
            let term = |i: usize| {
                let others = (0..ROWS).filter(|j| Some(*j) != but && *j != i);
                let weight = others.map(|j| (x - fraction(j)) / (fraction(i) - fraction(j)));
                weight.product::<f64>() * value(i)
            };
            known.map(term).sum::<f64>()
        };
        let middle = 2;
        (value(middle) - foretold(fraction(middle), Some(middle))).abs() > surprise
            || (self.g[event] - foretold(ELSEWHERE, None)).abs() > surprise
    }

    /// Takes the samples of `event` from the places added, if there are any.
    pub(super) fn take_fine_samples(&mut self, event: usize) {
        let fine = self.fine.iter().map(|(theta, values)| Sample {
            theta: *theta,
            g: values[event],
            sure: false,
        });
        self.samples.clear();
        self.samples.extend(fine);
    }
}

/// The intervals that may still hide something, after each open one has been divided: those with a surprise, and their
/// neighbours, which may only have been lucky.
fn still_open(open: &[bool], surprised: &[bool]) -> Vec<bool> {
    let mut next = Vec::with_capacity(2 * open.len());
    for (i, open) in open.iter().enumerate() {
        let around = i.saturating_sub(1)..(i + 2).min(surprised.len());
        let stays = *open && surprised[around].contains(&true);
        next.extend(std::iter::repeat_n(stays, if *open { 2 } else { 1 }));
    }
    next
}

/// The value of `event` at `theta`, between places `i` and `i + 1`, by the polynomial through some places around.
fn foretell(places: &[(f64, Vec<f64>)], i: usize, event: usize, theta: f64) -> f64 {
    let first = (i + 1)
        .saturating_sub(NEIGHBOURS / 2)
        .min(places.len() - NEIGHBOURS);
    let around = &places[first..first + NEIGHBOURS];
    let mut value = 0.0;
    for (a, (x, values)) in around.iter().enumerate() {
        let others = around.iter().enumerate().filter(|(b, _)| *b != a);
        let weight: f64 = others.map(|(_, (o, _))| (theta - o) / (x - o)).product();
        value += weight * values[event];
    }
    value
}

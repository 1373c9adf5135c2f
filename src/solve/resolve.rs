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
        for level in 0..LEVELS {
            let mut surprised = vec![false; open.len()];
            let mut added = Vec::new();
            for (i, _) in open.iter().enumerate().filter(|(_, open)| **open) {
                let (a, b) = (places[i].0, places[i + 1].0);
                let theta = a + SPLIT * (b - a);
                self.see(equations, origin, step, theta);
                surprised[i] = suspects.iter().any(|(event, surprise)| {
                    let foretold = foretell(&places, i, *event, theta);
                    (self.g[*event] - foretold).abs() > *surprise
                });
                added.push((theta, self.g.clone()));
            }
            places.extend(added);
            places.sort_by(|a, b| a.0.total_cmp(&b.0));
            open = still_open(&open, &surprised);
            let any = open.contains(&true);
            if level == 0 {
                let (start, end) = step.clock();
                self.fast_from = match any {
                    true => self.fast_from.min(end - start),
                    false => f64::INFINITY,
                };
            }
            if !any {
                break;
            }
        }
        self.fine = places;
    }

    /// Events that may cross and that the grid does not resolve, with the difference from what is foretold that counts.
    fn suspects(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
    ) -> Vec<(usize, f64)> {
        let (start, end) = step.clock();
        let doubted = end - start >= self.fast_from;
        if !doubted {
            self.see(equations, origin, step, ELSEWHERE);
        }
        let mut suspects: Vec<(usize, f64)> = (0..self.events.len())
            .filter(|event| self.may_cross(*event) && (doubted || self.is_rough(*event)))
            .map(|event| (event, SURPRISE * self.range(event)))
            .collect();
        if !suspects.is_empty() {
            self.refresh_bands(equations, origin, step);
            // What the tolerance can have made is not looked at more closely.
            suspects.retain(|(event, surprise)| *surprise > self.bands.width[*event]);
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

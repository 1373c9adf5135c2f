//! Collects what a run gives: rows at the saved times, regimes, occurrences.

use super::problem::{Corner, Counters, Occurrence, Outcome, Solution};

/// A solution that grows.
pub(super) struct Rows<'p> {
    save: &'p [f64],
    next: usize,
    solution: Solution,
}

impl<'p> Rows<'p> {
    pub fn new(save: &'p [f64]) -> Rows<'p> {
        let solution = Solution {
            t: Vec::new(),
            y: Vec::new(),
            regime: Vec::new(),
            regimes: Vec::new(),
            occurrences: Vec::new(),
            corners: Vec::new(),
            summits: Vec::new(),
            outcome: Outcome::Reached,
            counters: Counters::default(),
            choices: Vec::new(),
        };
        Rows {
            save,
            next: 0,
            solution,
        }
    }

    /// Notes that the parameters are `p` from now on.
    pub fn regime(&mut self, p: &[f64]) -> usize {
        let regimes = &mut self.solution.regimes;
        // Most often the one before, or one of a few that alternate. No further back: a long series of inputs
        // would be compared with itself over and over.
        const BACK: usize = 4;
        let first = regimes.len().saturating_sub(BACK);
        match regimes[first..].iter().rposition(|r| r == p) {
            Some(found) => first + found,
            None => {
                regimes.push(p.to_vec());
                regimes.len() - 1
            }
        }
    }

    /// The next time to save [s].
    pub fn due(&self) -> Option<f64> {
        self.save.get(self.next).copied()
    }

    /// Adds the row that is due, unless there is one at that time.
    pub fn save(&mut self, y: &[f64], regime: usize) {
        if let Some(t) = self.due() {
            self.next += 1;
            self.push(t, y, regime);
        }
    }

    /// Adds a row, unless there is one at that time.
    pub fn push(&mut self, t: f64, y: &[f64], regime: usize) {
        if self.solution.t.last() != Some(&t) {
            self.solution.t.push(t);
            self.solution.y.extend_from_slice(y);
            self.solution.regime.push(regime);
        }
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.solution.t.len()
    }

    /// Adds an occurrence.
    pub fn occur(&mut self, occurrence: Occurrence) {
        self.solution.occurrences.push(occurrence);
    }

    /// Adds an occurrence that turns out to have been before rows and others that are here already.
    pub fn occur_late(&mut self, mut occurrence: Occurrence) {
        let solution = &mut self.solution;
        let t = occurrence.t;
        occurrence.rows = solution.t.partition_point(|row| *row <= t);
        let place = solution.occurrences.partition_point(|o| o.t <= t);
        solution.occurrences.insert(place, occurrence);
    }

    /// Adds a kink.
    pub fn corner(&mut self, corner: Corner) {
        self.solution.corners.push(corner);
    }

    /// Adds the last row of a run that ends early, or replaces one at the same time: what has happened since that was
    /// saved belongs to the end of the run.
    pub fn end(&mut self, t: f64, y: &[f64], regime: usize) {
        let solution = &mut self.solution;
        if solution.t.last() != Some(&t) {
            return self.push(t, y, regime);
        }
        let row = solution.t.len() - 1;
        solution.y.truncate(row * y.len());
        solution.y.extend_from_slice(y);
        solution.regime[row] = regime;
        for o in solution.occurrences.iter_mut().rev() {
            if o.rows <= row {
                break;
            }
            o.rows = row;
        }
    }

    /// The solution.
    pub fn finish(
        mut self,
        outcome: Outcome,
        counters: Counters,
        summits: Vec<Corner>,
    ) -> Solution {
        self.solution.summits = summits;
        self.solution.outcome = outcome;
        self.solution.counters = counters;
        self.solution
    }
}

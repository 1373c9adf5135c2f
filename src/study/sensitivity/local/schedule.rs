//! How the experiment changes with a factor.

use super::factors::Factor;
use super::path::Path;
use super::walk::Machine;
use crate::solve::problem::Piece;
use crate::study::schedule::pieces;

/// How a piece of time changes.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// Its start.
    pub start: f64,
    /// The parameters that it sets, each with how its value changes.
    pub set: Vec<(usize, f64)>,
}

impl Machine<'_> {
    /// How the start of each piece, and the numbers that inputs get there, change with the factor. They are sums and
    /// products of what the file says, so that differences, extrapolated, give them to some ten digits.
    pub(super) fn schedule(&self, path: &Path, factor: &Factor) -> Result<Vec<Change>, String> {
        let system = &self.simulation.system;
        let at = |step: f64| -> Option<Vec<Piece>> {
            let mut p = system.parameter_vector();
            p[factor.index] += step * factor.size;
            let values = self.simulation.statics.values(&p);
            pieces(system, &|id| values.of(id), values.of(system.duration)).ok()
        };
        let shape = |list: &[Piece]| -> Vec<Vec<usize>> {
            (list.iter())
                .map(|piece| piece.set.iter().map(|s| s.0).collect())
                .collect()
        };
        let own = shape(&path.problem.pieces);
        let numbers = |list: &[Piece]| -> Vec<f64> {
            (list.iter())
                .flat_map(|piece| std::iter::once(piece.start).chain(piece.set.iter().map(|s| s.1)))
                .collect()
        };
        let slope = |step: f64| -> Option<Vec<f64>> {
            let (up, down) = (at(step)?, at(-step)?);
            if shape(&up) != own || shape(&down) != own {
                return None;
            }
            let pairs = numbers(&up).into_iter().zip(numbers(&down));
            Some(pairs.map(|(up, down)| (up - down) / (2.0 * step)).collect())
        };
        let extrapolated = |step: f64| -> Option<Vec<f64>> {
            let (wide, narrow) = (slope(step)?, slope(0.5 * step)?);
            let pairs = wide.into_iter().zip(narrow);
            Some(pairs.map(|(w, n)| (4.0 * n - w) / 3.0).collect())
        };
        let Some(found) = extrapolated(2e-3).or_else(|| extrapolated(2e-5)) else {
            return Err("changes of inputs trade places".to_string());
        };
        let mut found = found.into_iter();
        let mut next = || found.next().unwrap_or(f64::NAN);
        let pieces = path.problem.pieces.iter();
        Ok(pieces
            .map(|piece| {
                let start = next();
                let set = piece.set.iter().map(|(slot, _)| (*slot, next())).collect();
                Change { start, set }
            })
            .collect())
    }
}

//! Elementary effects: a screening of many factors by few points.
//!
//! A trajectory starts at a random point of a grid in the unit cube and moves one factor after the other, in random
//! order, by half of the levels of the grid. Each move gives one elementary effect of one factor: by how much the outcome
//! changed, divided by how far the factor moved (M. D. Morris, Factorial sampling plans for preliminary computational
//! experiments, Technometrics 33 (1991) 161–174). Over the trajectories,
//!
//! * μ is the mean of the effects of a factor,
//! * μ* the mean of their magnitudes, which does not cancel where the outcome rises and falls (F. Campolongo,
//!   J. Cariboni, A. Saltelli, An effective screening design for sensitivity analysis of large models, Environ. Model.
//!   Softw. 22 (2007) 1509–1518): small μ* means that the factor does not matter,
//! * σ their standard deviation: an effect that depends on where it is measured, because the outcome is not linear in
//!   the factor or because factors act together.
//!
//! The trajectories are drawn at random, not picked from many for being far apart.

use super::bootstrap::{Bootstrap, Estimate};
use super::{Count, Misuse, check_length, count_points, moments, random};

/// Where the levels of a grid lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grid {
    /// From 0 to 1, both included, as Morris has it: level l of p at l / (p − 1), moves by p / (2 (p − 1)).
    #[default]
    Full,
    /// In the middle of p equal parts, for factors that have no finite value at 0 or 1: level l at (l + 1/2) / p, moves
    /// by 1/2.
    Inset,
}

/// A design of trajectories. Point k is step k % (d + 1) of trajectory k / (d + 1), where d is the number of factors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Morris {
    factors: usize,
    trajectories: u64,
    points: u64,
    levels: u32,
    grid: Grid,
    seed: u64,
}

/// Effects of one factor on one outcome, in units of the outcome for the whole range of the factor: from 0 to 1 in the
/// unit cube.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effects {
    /// Mean effect; `None` if all were lost.
    pub mu: Option<f64>,
    /// Mean magnitude of the effects; `None` if all were lost.
    pub mu_star: Option<Estimate>,
    /// Standard deviation of the effects, with n − 1 for n effects; `None` with less than two.
    pub sigma: Option<f64>,
    /// Effects used and effects lost; a failed point inside a trajectory loses two, at an end one.
    pub count: Count,
}

impl Effects {
    /// The same in another unit.
    ///
    /// * By 1 / (high − low) for a factor that the unit cube maps linearly to that range: change of the outcome for a
    ///   unit of the factor. Where the map is logarithmic, by 1 / ln(high / low): for a factor e of the factor.
    /// * By (standard deviation of the factor in the unit cube, 1/√12) / (standard deviation of the outcome): a plain
    ///   number that compares outcomes with each other (G. Sin, K. V. Gernaey, Improving the Morris method for
    ///   sensitivity analysis by scaling the elementary effects, Comput. Aided Chem. Eng. 26 (2009) 925–930).
    pub fn scaled(&self, by: f64) -> Effects {
        Effects {
            mu: self.mu.map(|mu| mu * by),
            mu_star: self.mu_star.map(|mu_star| mu_star.scaled(by.abs())),
            sigma: self.sigma.map(|sigma| sigma * by.abs()),
            count: self.count,
        }
    }
}

/// What the random bits of a trajectory and a factor decide.
const PLACE: u64 = 0;
const ORDER: u64 = 1;

impl Morris {
    /// A design with 4 levels from 0 to 1.
    ///
    /// # Errors
    ///
    /// Without factors or trajectories, or with more points than can be numbered.
    pub fn new(factors: usize, trajectories: u64, seed: u64) -> Result<Morris, Misuse> {
        if factors == 0 {
            return Err(Misuse::Empty { what: "factor" });
        }
        if trajectories == 0 {
            return Err(Misuse::Empty { what: "trajectory" });
        }
        let d = factors as u64;
        Ok(Morris {
            factors,
            trajectories,
            points: count_points(trajectories, d.saturating_add(1), d)?,
            levels: 4,
            grid: Grid::Full,
            seed,
        })
    }

    /// The same with another grid.
    ///
    /// # Errors
    ///
    /// If the number of levels is 0 or odd.
    pub fn with_grid(self, levels: u32, grid: Grid) -> Result<Morris, Misuse> {
        if levels == 0 || levels % 2 == 1 {
            return Err(Misuse::Levels { levels });
        }
        Ok(Morris {
            levels,
            grid,
            ..self
        })
    }

    /// Number of factors.
    pub fn factors(&self) -> usize {
        self.factors
    }

    /// Number of trajectories.
    pub fn trajectories(&self) -> u64 {
        self.trajectories
    }

    /// Number of points in a trajectory: those of a whole trajectory have indices from a multiple of it on.
    pub fn block(&self) -> u64 {
        self.factors as u64 + 1
    }

    /// Number of points.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// How far a factor moves.
    pub fn delta(&self) -> f64 {
        let p = f64::from(self.levels);
        match self.grid {
            Grid::Full => p / (2.0 * (p - 1.0)),
            Grid::Inset => 0.5,
        }
    }

    /// Coordinates of point `k`; `u` is `[factors]`.
    ///
    /// # Errors
    ///
    /// If there is no such point, or `u` has another length.
    pub fn point(&self, k: u64, u: &mut [f64]) -> Result<(), Misuse> {
        check_length("a point", self.factors as u64, u.len())?;
        if k >= self.points {
            return Err(Misuse::NoSuchPoint {
                point: k,
                points: self.points,
            });
        }
        let (trajectory, step) = (k / self.block(), (k % self.block()) as usize);
        let order = self.order(trajectory);
        let (moved, waiting) = order.split_at(step);
        for &factor in waiting {
            u[factor] = self.ends(trajectory, factor).0;
        }
        for &factor in moved {
            u[factor] = self.ends(trajectory, factor).1;
        }
        Ok(())
    }

    /// The factors in the order in which a trajectory moves them.
    fn order(&self, trajectory: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.factors).collect();
        order.sort_by_cached_key(|i| random(self.seed, &[trajectory, *i as u64, ORDER]));
        order
    }

    /// Where a factor is before its move in a trajectory, and after.
    fn ends(&self, trajectory: u64, factor: usize) -> (f64, f64) {
        let bits = random(self.seed, &[trajectory, factor as u64, PLACE]);
        // A level of the lower half of the grid, by the upper 32 bits; the other end lies half of the levels above.
        let half = self.levels / 2;
        let low = ((bits >> 32) * u64::from(half)) >> 32;
        let (low, high) = (self.at(low), self.at(low + u64::from(half)));
        if bits & 1 == 0 {
            (low, high)
        } else {
            (high, low)
        }
    }

    /// Where a level lies.
    fn at(&self, level: u64) -> f64 {
        let (level, p) = (level as f64, f64::from(self.levels));
        match self.grid {
            Grid::Full => level / (p - 1.0),
            Grid::Inset => (level + 0.5) / p,
        }
    }

    /// Effects of each factor on one outcome, from its values at all points; `values` is `[points]`, the result
    /// `[factors]`.
    ///
    /// # Errors
    ///
    /// If `values` has another length, or the options of the bootstrap can't be meant.
    pub fn analyse(
        &self,
        values: &[Option<f64>],
        bootstrap: &Bootstrap,
    ) -> Result<Vec<Effects>, Misuse> {
        check_length("the values of an outcome", self.points, values.len())?;
        bootstrap.check()?;
        let d = self.factors;
        let effects = self.effects(values);
        let magnitudes = effects.iter().flatten().map(|effect| effect.abs());
        let largest = Some(magnitudes.fold(0.0, f64::max)).filter(|largest| *largest > 0.0);
        let unit = largest.unwrap_or(1.0);
        // Of each factor: how many effects, and their magnitudes in a unit that keeps the sums from overflowing.
        let sums = bootstrap.sums(effects.len() / d, 2 * d, |trajectory, terms| {
            let effects = &effects[trajectory * d..(trajectory + 1) * d];
            for (effect, terms) in effects.iter().zip(terms.chunks_exact_mut(2)) {
                if let Some(effect) = effect {
                    terms.copy_from_slice(&[1.0, effect.abs() / unit]);
                }
            }
        });
        let of_factor = |factor: usize| {
            let found: Vec<f64> = effects[factor..]
                .iter()
                .step_by(d)
                .flatten()
                .copied()
                .collect();
            let mean_magnitude = |sums: &[f64]| {
                let (n, magnitudes) = (sums[2 * factor], sums[2 * factor + 1]);
                (n > 0.0).then(|| magnitudes / n)
            };
            let (mu, sigma) = moments(&found);
            Effects {
                mu,
                mu_star: sums
                    .estimate(found.len() as u64, mean_magnitude)
                    .map(|mu_star| mu_star.scaled(unit)),
                sigma,
                count: Count::of(found.len() as u64, self.trajectories),
            }
        };
        Ok((0..d).map(of_factor).collect())
    }

    /// The effect of each factor in each trajectory, `None` for those lost; `[trajectories][factors]`.
    fn effects(&self, values: &[Option<f64>]) -> Vec<Option<f64>> {
        let d = self.factors;
        let mut effects = vec![None; values.len() / (d + 1) * d];
        let rows = effects.chunks_exact_mut(d);
        for ((trajectory, effects), values) in (0..).zip(rows).zip(values.chunks_exact(d + 1)) {
            for (factor, ends) in self.order(trajectory).into_iter().zip(values.windows(2)) {
                if let [Some(before), Some(after)] = ends {
                    let (from, to) = self.ends(trajectory, factor);
                    let effect = (after - before) / (to - from);
                    effects[factor] = effect.is_finite().then_some(effect);
                }
            }
        }
        effects
    }
}

#[cfg(test)]
mod tests;

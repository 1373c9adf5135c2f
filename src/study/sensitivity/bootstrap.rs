//! How certain a result is that was computed from sums over rows: a bootstrap over the rows.
//!
//! The rows of a design are drawn again, with replacement, and the result is computed anew; how it scatters from draw to
//! draw is how it would scatter from design to design (B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap,
//! Chapman & Hall 1993; for sensitivity indices G. E. B. Archer, A. Saltelli, I. M. Sobol', Sensitivity measures,
//! ANOVA-like techniques and the use of bootstrap, J. Stat. Comput. Simul. 58 (1997) 99–120).
//!
//! How often a row is drawn is a Poisson number with mean 1, independent of the other rows (J. A. Hanley, B. MacGibbon,
//! Creating non-parametric bootstrap samples using Poisson frequencies, Comput. Methods Programs Biomed. 83 (2006)
//! 57–62). It is a hash of seed, resample and row, so nothing has to be stored and one pass over the rows serves all
//! resamples. The number of rows drawn varies, which makes no difference to quotients of sums. It even helps where rows
//! are few: the variance of a mean comes out near s²/n with the s² that divides by n − 1, while drawing exactly n rows
//! gives it too small by the factor (n − 1)/n.
//!
//! Rows are taken to be independent of each other. Those of a low-discrepancy sequence are more even than that, so
//! that their results are usually better than the intervals say.

use super::{Misuse, moments, random};
use crate::study::design::hash::draw;

/// Rows that are added up before their sum is added to the total: with N rows the roundings grow like N / `TILE` + `TILE`
/// instead of N (N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002, section 4.2). Even,
/// because rows draw their weights in pairs, and few enough for their terms to stay in the cache during all resamples.
const TILE: usize = 128;

/// The most resamples; there are results of a few hundred sums, each of which is kept for each resample.
const LIMIT: usize = 1_000_000;

/// How to compute intervals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// Number of resamples; 0 for no intervals.
    pub resamples: usize,
    /// Part of the resamples that lies within an interval, as much of the rest below as above.
    pub level: f64,
    /// Another seed draws other resamples.
    pub seed: u64,
}

impl Default for Bootstrap {
    /// 95 % of 1000 resamples.
    fn default() -> Self {
        Bootstrap {
            resamples: 1000,
            level: 0.95,
            seed: 0,
        }
    }
}

/// A result and how certain it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// From the rows as they are.
    pub value: f64,
    /// From resamples. `None` if there are none, if it rests on a single row, or if more than half of the resamples had
    /// no result.
    pub interval: Option<Interval>,
}

/// How a result scatters over the resamples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Standard deviation over the resamples: the standard error of the result.
    pub error: f64,
    /// Lower bound: a percentile of the resamples.
    pub low: f64,
    /// Upper bound: a percentile of the resamples.
    pub high: f64,
}

impl Estimate {
    /// Value and interval times a number.
    pub fn scaled(&self, by: f64) -> Estimate {
        let interval = self.interval.map(|i| Interval {
            error: i.error * by.abs(),
            low: f64::min(i.low * by, i.high * by),
            high: f64::max(i.low * by, i.high * by),
        });
        Estimate {
            value: self.value * by,
            interval,
        }
    }
}

/// `[k]`: how much of 2³² lies below the probability of at most k draws, for k up to 11. More than 12 draws would take
/// more bits to tell from 12.
const DRAWS: [u32; 12] = {
    let mut below = [0; 12];
    let (mut probability, mut cumulated) = (1.0 / std::f64::consts::E, 0.0);
    let mut k = 0;
    while k < below.len() {
        cumulated += probability;
        below[k] = (cumulated * 4_294_967_296.0) as u32;
        k += 1;
        probability /= k as f64;
    }
    below
};

/// `[h]`: the least number of draws that 32 bits with the upper byte h stand for. Few bytes leave the number open.
const LEAST: [u8; 256] = {
    let mut least = [0; 256];
    let mut h = 0;
    while h < least.len() {
        while DRAWS[least[h] as usize] <= (h as u32) << 24 {
            least[h] += 1;
        }
        h += 1;
    }
    least
};

/// A Poisson number with mean 1 from 32 random bits.
fn poisson(bits: u32) -> u8 {
    let mut draws = LEAST[(bits >> 24) as usize];
    while DRAWS
        .get(usize::from(draws))
        .is_some_and(|below| bits >= *below)
    {
        draws += 1;
    }
    draws
}

impl Bootstrap {
    /// Refuses options that can't be meant.
    pub(super) fn check(&self) -> Result<(), Misuse> {
        if self.resamples > LIMIT {
            return Err(Misuse::Resamples {
                resamples: self.resamples,
                limit: LIMIT,
            });
        }
        if self.level > 0.0 && self.level < 1.0 {
            return Ok(());
        }
        Err(Misuse::Level { level: self.level })
    }

    /// How often each of the rows from `first` on is drawn in a resample, by seed, resample and row alone. `first` is
    /// even: one hash serves a row with an even number and the next.
    fn draw(&self, resample: u64, first: u64, weights: &mut [f64]) {
        let start = random(self.seed, &[resample]);
        for (pair, weights) in (first / 2..).zip(weights.chunks_mut(2)) {
            let bits = draw(start, pair);
            for (half, weight) in [bits >> 32, bits & 0xffff_ffff].iter().zip(weights) {
                *weight = f64::from(poisson(*half as u32));
            }
        }
    }

    /// Sums of the terms of all rows, and of the rows drawn in each resample. `fill` writes the terms of a row over
    /// zeros; `[terms]`.
    pub(super) fn sums(
        &self,
        rows: usize,
        terms: usize,
        mut fill: impl FnMut(usize, &mut [f64]),
    ) -> Sums {
        let mut total = vec![0.0; terms * (self.resamples + 1)];
        let (mut tile, mut part) = (vec![0.0; terms * TILE], vec![0.0; terms]);
        let mut weights = [0.0; TILE];
        for first in (0..rows).step_by(TILE) {
            let here = TILE.min(rows - first);
            tile.fill(0.0);
            for (row, terms) in tile.chunks_exact_mut(terms).take(here).enumerate() {
                fill(first + row, terms);
            }
            for (set, total) in total.chunks_exact_mut(terms).enumerate() {
                match set.checked_sub(1) {
                    None => weights.fill(1.0),
                    Some(resample) => {
                        self.draw(resample as u64, first as u64, &mut weights[..here]);
                    }
                }
                part.fill(0.0);
                // Two rows at a time, which share the way to and from the sums. Rows beyond the last are zeros.
                for (rows, w) in tile.chunks_exact(2 * terms).zip(weights.chunks_exact(2)) {
                    let (even, odd) = rows.split_at(terms);
                    for ((sum, even), odd) in part.iter_mut().zip(even).zip(odd) {
                        *sum += w[0] * even + w[1] * odd;
                    }
                }
                for (total, part) in total.iter_mut().zip(&part) {
                    *total += part;
                }
            }
        }
        Sums {
            total,
            terms,
            level: self.level,
        }
    }
}

/// Sums over the rows, and over the rows of each resample.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// Those of the rows as they are, then those of the resamples; `[resamples + 1][terms]`.
    total: Vec<f64>,
    terms: usize,
    level: f64,
}

impl Sums {
    /// What `result` makes of the sums (`[terms]`), with an interval if at least two rows contribute to it.
    pub fn estimate(&self, used: u64, result: impl Fn(&[f64]) -> Option<f64>) -> Option<Estimate> {
        let mut sets = self.total.chunks_exact(self.terms);
        let value = result(sets.next()?)?;
        let resamples = sets.len();
        if used < 2 || resamples == 0 {
            return Some(Estimate {
                value,
                interval: None,
            });
        }
        let mut values: Vec<f64> = sets.filter_map(result).collect();
        let interval = (2 * values.len() >= resamples).then(|| interval(&mut values, self.level));
        Some(Estimate { value, interval })
    }
}

/// The interval that holds the part `level` of the values, which are at least one.
fn interval(values: &mut [f64], level: f64) -> Interval {
    values.sort_unstable_by(f64::total_cmp);
    Interval {
        error: moments(values).1.unwrap_or(0.0),
        low: quantile(values, (1.0 - level) / 2.0),
        high: quantile(values, (1.0 + level) / 2.0),
    }
}

/// Quantile of ascending values, linear between them (R. J. Hyndman, Y. Fan, Sample quantiles in statistical packages,
/// Am. Stat. 50 (1996) 361–365, definition 7).
fn quantile(ascending: &[f64], part: f64) -> f64 {
    let last = ascending.len().saturating_sub(1);
    let place = part * last as f64;
    let below = (place as usize).min(last);
    let above = (below + 1).min(last);
    let (low, high) = (ascending[below], ascending[above]);
    low + (place - below as f64) * (high - low)
}

#[cfg(test)]
mod tests;

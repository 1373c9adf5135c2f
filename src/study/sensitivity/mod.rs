//! Global sensitivity analysis: which of the factors that may vary does an outcome depend on, and how much.
//!
//! The designs know numbers only. A design gives points of the unit cube, one for each index `k`, computed from `k` alone:
//! any part of a design can be evaluated anywhere and in any order. [`global`] maps the points to the axes of a study and
//! evaluates the model there. What comes back is one list of values for each outcome, in the order of the points, `None`
//! where the point failed or the outcome does not exist. A number that is not finite counts as `None`.
//!
//! * [`Morris`]: elementary effects. A few dozen points for each factor tell which factors matter at all.
//! * [`Sobol`]: variance-based indices. Hundreds to many thousands of points for each factor tell which part of the
//!   variance of an outcome each of them accounts for, alone and together with others.
//!
//! Both designs are made of independent rows (trajectories, blocks), and their first rows do not depend on how many
//! follow: an unfinished sweep is analysed as a shorter design. Both say how certain their results are by a bootstrap
//! over rows ([`Bootstrap`]).
//!
//! What failed is left out and counted. If points fail at random, the results stay right and only become less certain.
//! If they fail in a part of the cube, the results describe the rest of it, where the factors are no longer independent:
//! the indices then need not add up. The counts tell how much reason there is for doubt.

pub mod ask;
pub mod bootstrap;
pub mod global;
pub mod local;
pub mod morris;
pub mod sobol;
mod table;

pub use ask::Ask;
pub use bootstrap::{Bootstrap, Estimate, Interval};
pub use global::{Global, Refusal, Solved, Work};
pub use morris::{Effects, Grid, Morris};
pub use sobol::{FirstOrder, Indices, Main, Pair, Role, Sobol};
pub use table::{table_of_effects, table_of_indices};

use std::fmt;

use super::design::hash::draw;

/// How many rows, or effects, a result is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Those that it was computed from.
    pub used: u64,
    /// Those of the design that were left out because a point in them failed.
    pub lost: u64,
}

impl Count {
    /// `used` of `all`.
    fn of(used: u64, all: u64) -> Count {
        Count {
            used,
            lost: all.saturating_sub(used),
        }
    }
}

/// A design or a list of values that cannot be meant.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// A design needs at least one factor and one row.
    Empty {
        /// What there is none of.
        what: &'static str,
    },
    /// The points of the design, or their coordinates, can't be numbered.
    TooLarge,
    /// A grid has an even number of levels, at least 2.
    Levels {
        /// The number asked for.
        levels: u32,
    },
    /// There is no such point.
    NoSuchPoint {
        /// The one asked for.
        point: u64,
        /// Number of points in the design.
        points: u64,
    },
    /// A slice does not have the length that the design asks for.
    Length {
        /// Which slice.
        what: &'static str,
        /// The length it must have.
        wanted: u64,
        /// The length it has.
        found: u64,
    },
    /// The level of an interval lies between 0 and 1.
    Level {
        /// The level asked for.
        level: f64,
    },
    /// More resamples than the intervals could gain from.
    Resamples {
        /// The number asked for.
        resamples: usize,
        /// The most there may be.
        limit: usize,
    },
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misuse::Empty { what } => write!(f, "a design needs at least one {what}"),
            Misuse::TooLarge => write!(f, "a design of so many points can't be numbered"),
            Misuse::Levels { levels } => {
                write!(
                    f,
                    "a grid has an even number of levels, at least 2, not {levels}"
                )
            }
            Misuse::NoSuchPoint { point, points } => {
                write!(
                    f,
                    "there is no point {point}: the design has {points} (counted from 0)"
                )
            }
            Misuse::Length {
                what,
                wanted,
                found,
            } => write!(f, "{what} must have {wanted} entries, not {found}"),
            Misuse::Level { level } => {
                write!(
                    f,
                    "the level of an interval lies between 0 and 1, it can't be {level}"
                )
            }
            Misuse::Resamples { resamples, limit } => {
                write!(f, "{resamples} resamples are more than {limit}")
            }
        }
    }
}

impl std::error::Error for Misuse {}

/// Refuses a slice of another length.
fn check_length(what: &'static str, wanted: u64, found: usize) -> Result<(), Misuse> {
    let found = found as u64;
    if found == wanted {
        return Ok(());
    }
    Err(Misuse::Length {
        what,
        wanted,
        found,
    })
}

/// Number of points in `rows` rows of `block` points each, if they and their coordinates can be numbered.
fn count_points(rows: u64, block: u64, factors: u64) -> Result<u64, Misuse> {
    let points = rows.checked_mul(block);
    let fits = |points: &u64| {
        let coordinates = points.checked_mul(factors);
        coordinates.is_some_and(|c| c <= i64::MAX as u64)
    };
    points.filter(fits).ok_or(Misuse::TooLarge)
}

/// 64 random bits that depend on a seed and a list of counters, and on nothing else.
fn random(seed: u64, counters: &[u64]) -> u64 {
    let counters = counters.iter();
    counters.fold(draw(seed, 1), |bits, c| draw(bits, c.wrapping_add(1)))
}

/// Sum of numbers whose order says nothing about their sizes, with the roundings added up separately.
///
/// A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, ZAMM 54 (1974) 39–51.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut lost) = (0.0f64, 0.0);
    for value in values {
        let next = sum + value;
        lost += if sum.abs() >= value.abs() {
            (sum - next) + value
        } else {
            (value - next) + sum
        };
        sum = next;
    }
    sum + lost
}

/// Mean and standard deviation, each where there are values enough.
fn moments(values: &[f64]) -> (Option<f64>, Option<f64>) {
    let n = values.len() as f64;
    let largest = values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    if largest == 0.0 {
        let zero = |least| (values.len() >= least).then_some(0.0);
        return (zero(1), zero(2));
    }
    // In units of the largest, so that no square overflows or vanishes.
    let mean = sum(values.iter().map(|v| v / largest)) / n;
    let squares = sum(values.iter().map(|v| (v / largest - mean).powi(2)));
    let deviation = || (squares / (n - 1.0)).sqrt() * largest;
    (Some(mean * largest), (values.len() >= 2).then(deviation))
}

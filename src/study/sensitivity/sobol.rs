//! Variance-based sensitivity indices, after I. M. Sobol'.
//!
//! Where the factors are independent, the variance V of an outcome is a sum of parts, one for each factor alone, one for
//! each pair, and so on (I. M. Sobol', Global sensitivity indices for nonlinear mathematical models and their Monte
//! Carlo estimates, Math. Comput. Simul. 55 (2001) 271–280). As parts of V,
//!
//! * the first-order index Sᵢ is what factor i accounts for alone: by how much V would shrink on average if it were known,
//! * the total index Tᵢ is that and every part that i takes a share in: what would remain on average if all others were
//!   known. Tᵢ = 0 means that the factor does not matter, Tᵢ − Sᵢ is what it does together with others,
//! * the second-order index Sᵢⱼ is what the pair accounts for beyond its members alone.
//!
//! All Sᵢ add up to 1 if every factor acts by itself, and to less otherwise; all Tᵢ to 1 or more.
//!
//! # Design
//!
//! A base sample has rows of 2 d coordinates in the unit cube, d the number of factors; its first half is a point A, its
//! second half an independent point B. A row of the design is a block of points made of those: A, B, ABᵢ for each
//! factor (A, with coordinate i from B), and where pairs are wanted BAᵢ for each factor (B, with coordinate i from A).
//!
//! # Estimators
//!
//! With means over N rows, and a, b, abᵢ, baᵢ the outcome at those points (A. Saltelli et al., Variance based sensitivity
//! analysis of model output, Comput. Phys. Commun. 181 (2010) 259–270, who collect and compare them):
//!
//! * V = mean((a² + b²) / 2) − m², with m = mean((a + b) / 2), from the 2 N points,
//! * Sᵢ V = mean(b (abᵢ − a)) (the same, table 2 (b)), or V − mean((b − abᵢ)²) / 2 (M. J. W. Jansen, Analysis of variance
//!   designs for model output, Comput. Phys. Commun. 117 (1999) 35–43),
//! * Tᵢ V = mean((a − abᵢ)²) / 2 (Jansen 1999),
//! * (Sᵢⱼ + Sᵢ + Sⱼ) V = mean(baᵢ abⱼ − a b) (A. Saltelli, Making best use of model evaluations to compute sensitivity
//!   indices, Comput. Phys. Commun. 145 (2002) 280–297).
//!
//! Each of them stays true when A and B change places, and baᵢ is there to do it wherever pairs are wanted: then both
//! versions are taken and averaged. Products are of outcomes less m. An exact mean would make no difference to what is
//! estimated, but the error would grow with the square of the mean.
//!
//! An index uses those rows in which all points that it needs have a value, for V and m too: Sᵢ and Tᵢ need A, B and ABᵢ
//! (and BAᵢ if it is there), Sᵢⱼ those of i and of j. Where a few rows are used and indices are small, estimates below 0
//! or above 1 are errors of sampling, which the intervals show, and are not cut off.

mod layout;
mod scale;

use super::bootstrap::{Bootstrap, Estimate};
use super::{Count, Misuse, check_length, count_points};
use layout::Layout;
use scale::Scaled;

/// How first-order indices are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirstOrder {
    /// By the product of Saltelli et al. (2010): the better one for small indices.
    #[default]
    Saltelli,
    /// By the difference of Jansen (1999): the better one for indices near 1.
    Jansen,
}

/// Which point of its row a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// First half of the base sample.
    A,
    /// Second half of the base sample.
    B,
    /// A, with the coordinate of this factor from B.
    Ab(usize),
    /// B, with the coordinate of this factor from A.
    Ba(usize),
}

/// A design of rows. Point k is point k % `block` of row k / `block`, in the order A, B, AB₀, AB₁, …, BA₀, BA₁, …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sobol {
    factors: usize,
    rows: u64,
    points: u64,
    pairs: bool,
    first: FirstOrder,
}

/// Indices of one outcome. All are `None` where the outcome is constant within rounding or less than two rows could be
/// used.
#[derive(Clone, Debug, PartialEq)]
pub struct Indices {
    /// Rows with values at A and B.
    pub rows: Count,
    /// Mean of the outcome over A and B of those rows; `None` without any.
    pub mean: Option<f64>,
    /// Standard deviation over the same points: the root of V. 0 for a constant outcome; `None` with less than two rows.
    ///
    /// An outcome that varies by no more than its own numerical error has indices of that error. Who knows how accurate
    /// it is should compare.
    pub deviation: Option<f64>,
    /// Those of each factor; `[factors]`.
    pub factors: Vec<Main>,
    /// Those of pairs i < j, ordered by i, then j; empty if the design has none.
    pub pairs: Vec<Pair>,
    /// Sum of all first-order indices: 1 less the part of the variance that comes from factors acting together.
    pub first_sum: Option<Estimate>,
    /// Sum of all total indices.
    pub total_sum: Option<Estimate>,
}

/// Indices of one factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Main {
    /// First-order index Sᵢ.
    pub first: Option<Estimate>,
    /// Total index Tᵢ.
    pub total: Option<Estimate>,
    /// Rows used for both, and rows lost.
    pub rows: Count,
}

/// Index of a pair of factors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The factors, in ascending order.
    pub factors: (usize, usize),
    /// Second-order index Sᵢⱼ.
    pub second: Option<Estimate>,
    /// Rows used, and rows lost.
    pub rows: Count,
}

impl Indices {
    /// The index of a pair, in either order.
    pub fn pair(&self, i: usize, j: usize) -> Option<&Pair> {
        let wanted = (i.min(j), i.max(j));
        self.pairs.iter().find(|pair| pair.factors == wanted)
    }
}

impl Sobol {
    /// A design with so many rows of d + 2 points, or of 2 d + 2 if indices of pairs are wanted.
    ///
    /// Rows of a Sobol' sequence are most even if their number is a power of 2.
    ///
    /// # Errors
    ///
    /// Without factors or rows, or with more points than can be numbered.
    pub fn new(factors: usize, rows: u64, pairs: bool) -> Result<Sobol, Misuse> {
        if factors == 0 {
            return Err(Misuse::Empty { what: "factor" });
        }
        if rows == 0 {
            return Err(Misuse::Empty { what: "row" });
        }
        let d = factors as u64;
        let copies = d.checked_mul(if pairs { 2 } else { 1 });
        let block = copies.and_then(|c| c.checked_add(2));
        Ok(Sobol {
            factors,
            rows,
            points: count_points(rows, block.ok_or(Misuse::TooLarge)?, d)?,
            pairs,
            first: FirstOrder::default(),
        })
    }

    /// The same, with first-order indices computed in another way.
    pub fn with_first_order(self, first: FirstOrder) -> Sobol {
        Sobol { first, ..self }
    }

    /// Number of factors.
    pub fn factors(&self) -> usize {
        self.factors
    }

    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Number of points in a row: those of a whole row have indices from a multiple of it on.
    pub fn block(&self) -> u64 {
        self.points / self.rows
    }

    /// Number of points.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// Number of coordinates in a row of the base sample.
    pub fn base_dimensions(&self) -> usize {
        2 * self.factors
    }

    /// Row of point `k`, and which point of it `k` is.
    ///
    /// # Errors
    ///
    /// If there is no such point.
    pub fn place(&self, k: u64) -> Result<(u64, Role), Misuse> {
        if k >= self.points {
            return Err(Misuse::NoSuchPoint {
                point: k,
                points: self.points,
            });
        }
        let role = match (k % self.block()) as usize {
            0 => Role::A,
            1 => Role::B,
            which if which < self.factors + 2 => Role::Ab(which - 2),
            which => Role::Ba(which - 2 - self.factors),
        };
        Ok((k / self.block(), role))
    }

    /// Coordinates of point `k`; `u` is `[factors]`. `base` writes a row of the base sample; `[2 * factors]`. It must
    /// give the same numbers whenever it is asked for the same row.
    ///
    /// # Errors
    ///
    /// If there is no such point, or `u` has another length.
    pub fn point(
        &self,
        k: u64,
        base: &dyn Fn(u64, &mut [f64]),
        u: &mut [f64],
    ) -> Result<(), Misuse> {
        check_length("a point", self.factors as u64, u.len())?;
        let (row, role) = self.place(k)?;
        let mut both = vec![0.0; self.base_dimensions()];
        base(row, &mut both);
        let (a, b) = both.split_at(self.factors);
        match role {
            Role::A => u.copy_from_slice(a),
            Role::B => u.copy_from_slice(b),
            Role::Ab(i) => {
                u.copy_from_slice(a);
                u[i] = b[i];
            }
            Role::Ba(i) => {
                u.copy_from_slice(b);
                u[i] = a[i];
            }
        }
        Ok(())
    }

    /// Indices of one outcome, from its values at all points; `values` is `[points]`.
    ///
    /// Takes time in proportion to rows × (resamples + 1) × sums, where sums are 3 for each factor and 2 for each pair,
    /// and up to 3 more for each that lost rows of its own.
    ///
    /// # Errors
    ///
    /// If `values` has another length, or the options of the bootstrap can't be meant.
    pub fn analyse(
        &self,
        values: &[Option<f64>],
        bootstrap: &Bootstrap,
    ) -> Result<Indices, Misuse> {
        check_length("the values of an outcome", self.points, values.len())?;
        bootstrap.check()?;
        let scaled = Scaled::new(values, self.block() as usize);
        let layout = Layout::new(self.factors, self.pairs, self.first, &scaled);
        let sums = bootstrap.sums(scaled.rows(), layout.terms(), |row, terms| {
            layout.fill(scaled.row(row), terms);
        });
        // Two rows at least: one has a variance, between its A and its B, but what it gives is noise.
        let estimate = |used: u64, result: &dyn Fn(&[f64]) -> Option<f64>| {
            (used >= 2).then(|| sums.estimate(used, result)).flatten()
        };
        let factor = |i: usize| {
            let (first, total, used) = (layout.first(i), layout.total(i), layout.used(i));
            Main {
                first: estimate(used, &|sums| first.of(sums, scaled.noise)),
                total: estimate(used, &|sums| total.of(sums, scaled.noise)),
                rows: Count::of(used, self.rows),
            }
        };
        let pair = |(at, factors): (usize, (usize, usize))| {
            let (second, used) = (layout.second(at), layout.used_by_pair(at));
            Pair {
                factors,
                second: estimate(used, &|sums| second.of(sums, scaled.noise)),
                rows: Count::of(used, self.rows),
            }
        };
        let d = self.factors;
        // A sum of all indices has as many rows as the index that has least.
        let fewest = (0..d).map(|i| layout.used(i)).min().unwrap_or(0);
        let add = |one: &dyn Fn(usize) -> layout::Index, sums: &[f64]| {
            (0..d).map(|i| one(i).of(sums, scaled.noise)).sum()
        };
        let used = layout.used_by_both();
        let moments = sums.estimate(1, |sums| layout.mean(sums)).map(|e| e.value);
        let variance = estimate(used, &|sums| layout.variance(sums, scaled.noise));
        Ok(Indices {
            rows: Count::of(used, self.rows),
            mean: moments.map(|mean| scaled.mean_back(mean)),
            deviation: (used >= 2)
                .then(|| scaled.deviation_back(variance.map_or(0.0, |v| v.value.sqrt()))),
            factors: (0..d).map(factor).collect(),
            pairs: layout.pairs().enumerate().map(pair).collect(),
            first_sum: estimate(fewest, &|sums| add(&|i| layout.first(i), sums)),
            total_sum: estimate(fewest, &|sums| add(&|i| layout.total(i), sums)),
        })
    }
}

#[cfg(test)]
mod tests;

//! Experimental designs for sweeps: n points that fill the unit cube, each computed from its number alone.
//!
//! No point needs the one before it. So they may be made in any order, on any thread or machine, and come out the same
//! to the last bit: all arithmetic is on integers, with one correctly rounded division or product at the end.
//!
//! - `random`: independent coordinates, to compare with and to test by.
//! - `lhs`: Latin hypercube. Each of n equal strata of each axis has one point. M. D. McKay, R. J. Beckman and
//!   W. J. Conover, Technometrics 21 (1979) 239-245.
//! - `halton`: radical inverses in the first primes. J. H. Halton, Numer. Math. 2 (1960) 84-90; scrambled as by
//!   A. B. Owen, arXiv:1706.02808 (2017).
//! - `sobol`: digital sequence in base 2. I. M. Sobol', USSR Comput. Math. Math. Phys. 7 (1967) 86-112, with the
//!   direction numbers of S. Joe and F. Y. Kuo, SIAM J. Sci. Comput. 30 (2008) 2635-2654; scrambled as by A. B. Owen,
//!   in Monte Carlo and Quasi-Monte Carlo Methods in Scientific Computing, Springer 1995, 299-317.
//!
//! Points of `random`, `halton` and `sobol` don't depend on n, and no coordinate depends on how many there are: a sweep
//! can be continued, or get one more parameter, without losing what has been computed. Of `lhs` only the second holds.
//! Sobol' points are balanced best when n is a power of two.

mod halton;
pub(super) mod hash;
mod joe_kuo;
mod latin;
mod random;
mod sobol;
#[cfg(test)]
mod tests;

use std::fmt;

/// The kinds of design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Independent points.
    Random,
    /// One point in each stratum of each axis.
    LatinHypercube,
    /// Halton's sequence.
    Halton,
    /// Sobol's sequence.
    Sobol,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [
        Kind::Random,
        Kind::LatinHypercube,
        Kind::Halton,
        Kind::Sobol,
    ];

    /// The name: `random`, `lhs`, `halton` or `sobol`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Random => "random",
            Kind::LatinHypercube => "lhs",
            Kind::Halton => "halton",
            Kind::Sobol => "sobol",
        }
    }

    /// The most dimensions that a design of this kind can have.
    pub const fn max_dims(self) -> usize {
        match self {
            Kind::Random | Kind::LatinHypercube => 65_536,
            Kind::Halton => halton::MAX_DIMS,
            Kind::Sobol => sobol::MAX_DIMS,
        }
    }

    /// The most points that a design of this kind can have.
    pub const fn max_points(self) -> u64 {
        match self {
            Kind::Random => u64::MAX,
            Kind::LatinHypercube => latin::MAX_POINTS,
            Kind::Halton => halton::MAX_POINTS,
            Kind::Sobol => sobol::MAX_POINTS,
        }
    }
}

/// More was asked of a kind of design than it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMany {
    /// More dimensions than [`Kind::max_dims`].
    Dims {
        /// The kind that was asked.
        kind: Kind,
        /// How many it was asked for.
        asked: usize,
    },
    /// More points than [`Kind::max_points`].
    Points {
        /// The kind that was asked.
        kind: Kind,
        /// How many it was asked for.
        asked: u64,
    },
}

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            TooMany::Dims { kind, asked } => {
                let (name, limit) = (kind.name(), kind.max_dims());
                write!(f, "`{name}` has at most {limit} dimensions, not {asked}")
            }
            TooMany::Points { kind, asked } => {
                let (name, limit) = (kind.name(), kind.max_points());
                write!(f, "`{name}` has at most {limit} points, not {asked}")
            }
        }
    }
}

impl std::error::Error for TooMany {}

/// A design: points of the unit cube, by number.
#[derive(Clone, Debug)]
pub struct Design {
    dims: usize,
    n: u64,
    points: Points,
}

#[derive(Clone, Debug)]
enum Points {
    Random(random::Random),
    Latin(latin::Latin),
    Halton(halton::Halton),
    Sobol(sobol::Sobol),
}

impl Design {
    /// A design of `n` points in `dims` dimensions.
    ///
    /// Every seed gives another design, as random as the kind allows. `scramble` matters to `halton` and `sobol` only:
    /// without it they are the classical sequences, whatever the seed. Scrambled, each point by itself is uniformly
    /// distributed, so that means over designs with several seeds have no bias and show their error.
    ///
    /// Time and memory grow with `dims`; of `halton` with the logarithm of `n` too, to some 7 MB at both limits.
    ///
    /// # Errors
    /// More dimensions than [`Kind::max_dims`], or more points than [`Kind::max_points`].
    pub fn new(
        kind: Kind,
        dims: usize,
        n: u64,
        seed: u64,
        scramble: bool,
    ) -> Result<Design, TooMany> {
        if dims > kind.max_dims() {
            return Err(TooMany::Dims { kind, asked: dims });
        }
        if n > kind.max_points() {
            return Err(TooMany::Points { kind, asked: n });
        }
        let scrambling = scramble.then_some(seed);
        let points = match kind {
            Kind::Random => Points::Random(random::Random::new(dims, seed)),
            Kind::LatinHypercube => Points::Latin(latin::Latin::new(dims, n, seed)),
            Kind::Halton => Points::Halton(halton::Halton::new(dims, n, scrambling)),
            Kind::Sobol => Points::Sobol(sobol::Sobol::new(dims, scrambling)),
        };
        Ok(Design { dims, n, points })
    }

    /// Point `k`, from 0 to n − 1, into the first `dims` places of `u`; what is behind them stays.
    ///
    /// Coordinates are in [0, 1), and 0 itself occurs in the first point of the classical Sobol' sequence only: with
    /// the others it is safe to take the logarithm, or a quantile of a distribution without bounds. A `k` past the end
    /// is the last point, and a `u` that is too short gets the coordinates that it has room for.
    pub fn point(&self, k: u64, u: &mut [f64]) {
        let k = k.min(self.n.saturating_sub(1));
        match &self.points {
            Points::Random(points) => points.point(k, u),
            Points::Latin(points) => points.point(k, u),
            Points::Halton(points) => points.point(k, u),
            Points::Sobol(points) => points.point(k, u),
        }
    }

    /// The number of dimensions.
    pub fn dims(&self) -> usize {
        self.dims
    }
}

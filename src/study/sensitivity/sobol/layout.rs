//! Which sums over rows the indices are quotients of, and where those sums stand.
//!
//! Every index is c + (mean(p) − m mean(l)) / V: p is made of products of values, l is what p changes by if all values
//! change by 1 (so that the difference is what p would be after subtracting the mean m from the values), c a whole
//! number. V, m and the means are over the rows that the index uses. Indices that use the same rows share the sums
//! behind V and m.

use super::FirstOrder;
use super::scale::Scaled;

/// Sums behind V and m: number of rows, of (a + b) / 2, of (a² + b²) / 2.
const MOMENTS: usize = 3;

/// Part of V that is certain to be more than the roundings of its sums.
const CERTAIN: f64 = 64.0 * f64::EPSILON;

/// A set of rows that indices use.
#[derive(Clone, Copy, Debug)]
struct Rows {
    /// How many there are.
    used: u64,
    /// Where their moments stand among the terms.
    moments: usize,
}

/// How to get one index from the sums.
#[derive(Clone, Copy, Debug)]
pub(super) struct Index {
    /// Where its moments stand.
    moments: usize,
    /// Where its p stands.
    product: usize,
    /// Where its l stands, if it has one.
    linear: Option<usize>,
    constant: f64,
}

impl Index {
    /// The index; `None` where the variance is 0 within rounding.
    pub fn of(&self, sums: &[f64], noise: f64) -> Option<f64> {
        let n = sums[self.moments];
        let v = variance(sums, self.moments, noise)?;
        let mean = sums[self.moments + 1] / n;
        let linear = self.linear.map_or(0.0, |at| mean * sums[at]);
        Some(self.constant + (sums[self.product] - linear) / (n * v))
    }
}

/// V from the moments that stand there.
fn variance(sums: &[f64], moments: usize, noise: f64) -> Option<f64> {
    let [n, values, squares] = [0, 1, 2].map(|k| sums[moments + k]);
    let (mean, square) = (values / n, squares / n);
    let v = square - mean * mean;
    // False for NaN, which no rows give.
    (v > f64::max(noise * noise, CERTAIN * square)).then_some(v)
}

/// The values of one row, NaN where there is none.
#[derive(Clone, Copy)]
struct Block<'a> {
    values: &'a [f64],
    d: usize,
    pairs: bool,
}

impl Block<'_> {
    fn a(&self) -> f64 {
        self.values[0]
    }

    fn b(&self) -> f64 {
        self.values[1]
    }

    fn ab(&self, i: usize) -> f64 {
        self.values[2 + i]
    }

    fn ba(&self, i: usize) -> f64 {
        self.values[2 + self.d + i]
    }

    fn has_both(&self) -> bool {
        !(self.a() + self.b()).is_nan()
    }

    /// Whether it has what the indices of a factor need beside A and B.
    fn has(&self, i: usize) -> bool {
        !(self.ab(i).is_nan() || self.pairs && self.ba(i).is_nan())
    }

    /// p and l of the first-order index.
    fn first(&self, i: usize, first: FirstOrder) -> (f64, f64) {
        let one = |a: f64, b: f64, ab: f64| match first {
            FirstOrder::Saltelli => (b * (ab - a), ab - a),
            FirstOrder::Jansen => (-0.5 * (b - ab) * (b - ab), 0.0),
        };
        let there = one(self.a(), self.b(), self.ab(i));
        if !self.pairs {
            return there;
        }
        let back = one(self.b(), self.a(), self.ba(i));
        (0.5 * (there.0 + back.0), 0.5 * (there.1 + back.1))
    }

    /// p of the total index.
    fn total(&self, i: usize) -> f64 {
        let there = self.a() - self.ab(i);
        if !self.pairs {
            return 0.5 * there * there;
        }
        let back = self.b() - self.ba(i);
        0.25 * (there * there + back * back)
    }

    /// p and l of what a pair accounts for, its members included.
    fn closed(&self, i: usize, j: usize) -> (f64, f64) {
        let (a, b) = (self.a(), self.b());
        let products = self.ba(i) * self.ab(j) + self.ba(j) * self.ab(i);
        let values = self.ba(i) + self.ab(j) + self.ba(j) + self.ab(i);
        (0.5 * products - a * b, 0.5 * values - a - b)
    }
}

/// Where the terms of a row and their sums stand: moments of the rows with A and B, then for each factor p and l of its
/// first-order index and p of its total index, then for each pair p and l, then further moments.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    d: usize,
    with_pairs: bool,
    first: FirstOrder,
    both: Rows,
    /// `[factors]`
    factors: Vec<Rows>,
    /// As [`Layout::pairs`] gives them.
    pairs: Vec<Rows>,
    terms: usize,
}

impl Layout {
    /// Counts which rows can be used for what.
    pub fn new(d: usize, with_pairs: bool, first: FirstOrder, values: &Scaled) -> Layout {
        let n_pairs = if with_pairs { d * (d - 1) / 2 } else { 0 };
        let none = Rows {
            used: 0,
            moments: 0,
        };
        let mut layout = Layout {
            d,
            with_pairs,
            first,
            both: none,
            factors: vec![none; d],
            pairs: vec![none; n_pairs],
            terms: MOMENTS + 3 * d + 2 * n_pairs,
        };
        for row in 0..values.rows() {
            layout.count(layout.block(values.row(row)));
        }
        // A part of a set that has as many rows is the set itself.
        let mut terms = layout.terms;
        let mut place = |rows: &mut Rows, larger: &[Rows]| {
            let same = larger.iter().find(|larger| larger.used == rows.used);
            rows.moments = same.map_or(terms, |same| same.moments);
            if same.is_none() {
                terms += MOMENTS;
            }
        };
        for rows in &mut layout.factors {
            place(rows, &[layout.both]);
        }
        for ((i, j), rows) in pairs(d).zip(&mut layout.pairs) {
            place(rows, &[layout.factors[i], layout.factors[j]]);
        }
        layout.terms = terms;
        layout
    }

    fn block<'a>(&self, values: &'a [f64]) -> Block<'a> {
        Block {
            values,
            d: self.d,
            pairs: self.with_pairs,
        }
    }

    fn count(&mut self, block: Block) {
        if !block.has_both() {
            return;
        }
        self.both.used += 1;
        for (i, rows) in self.factors.iter_mut().enumerate() {
            rows.used += u64::from(block.has(i));
        }
        for ((i, j), rows) in pairs(self.d).zip(&mut self.pairs) {
            rows.used += u64::from(block.has(i) && block.has(j));
        }
    }

    /// The pairs of factors, in the order of their indices.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        pairs(self.d).take(self.pairs.len())
    }

    /// Number of terms.
    pub fn terms(&self) -> usize {
        self.terms
    }

    /// Writes the terms of a row over zeros.
    pub fn fill(&self, values: &[f64], terms: &mut [f64]) {
        let block = self.block(values);
        if !block.has_both() {
            return;
        }
        let (a, b) = (block.a(), block.b());
        let moments = [1.0, 0.5 * (a + b), 0.5 * (a * a + b * b)];
        terms[..MOMENTS].copy_from_slice(&moments);
        let mut put = |rows: &Rows, at: usize, of_row: &[f64]| {
            terms[at..at + of_row.len()].copy_from_slice(of_row);
            terms[rows.moments..rows.moments + MOMENTS].copy_from_slice(&moments);
        };
        for (i, rows) in self.factors.iter().enumerate() {
            if block.has(i) {
                let (p, l) = block.first(i, self.first);
                put(rows, self.at_factor(i), &[p, l, block.total(i)]);
            }
        }
        for (at, (rows, (i, j))) in self.pairs.iter().zip(pairs(self.d)).enumerate() {
            if block.has(i) && block.has(j) {
                // What the members account for is taken off here, from the same rows.
                let (p, l) = block.closed(i, j);
                let (p_i, l_i) = block.first(i, self.first);
                let (p_j, l_j) = block.first(j, self.first);
                put(rows, self.at_pair(at), &[p - p_i - p_j, l - l_i - l_j]);
            }
        }
    }

    fn at_factor(&self, i: usize) -> usize {
        MOMENTS + 3 * i
    }

    fn at_pair(&self, at: usize) -> usize {
        MOMENTS + 3 * self.d + 2 * at
    }

    /// The first-order index of a factor.
    pub fn first(&self, i: usize) -> Index {
        Index {
            moments: self.factors[i].moments,
            product: self.at_factor(i),
            linear: Some(self.at_factor(i) + 1),
            constant: self.constant(),
        }
    }

    /// What stands before the quotient in a first-order index.
    fn constant(&self) -> f64 {
        match self.first {
            FirstOrder::Saltelli => 0.0,
            FirstOrder::Jansen => 1.0,
        }
    }

    /// The total index of a factor.
    pub fn total(&self, i: usize) -> Index {
        Index {
            moments: self.factors[i].moments,
            product: self.at_factor(i) + 2,
            linear: None,
            constant: 0.0,
        }
    }

    /// The second-order index of the pair with this number.
    pub fn second(&self, at: usize) -> Index {
        Index {
            moments: self.pairs[at].moments,
            product: self.at_pair(at),
            linear: Some(self.at_pair(at) + 1),
            constant: -2.0 * self.constant(),
        }
    }

    /// Rows with A and B.
    pub fn used_by_both(&self) -> u64 {
        self.both.used
    }

    /// Rows that the indices of a factor use.
    pub fn used(&self, i: usize) -> u64 {
        self.factors[i].used
    }

    /// Rows that the index of a pair uses.
    pub fn used_by_pair(&self, at: usize) -> u64 {
        self.pairs[at].used
    }

    /// m over the rows with A and B; `None` without any.
    pub fn mean(&self, sums: &[f64]) -> Option<f64> {
        let moments = self.both.moments;
        (sums[moments] > 0.0).then(|| sums[moments + 1] / sums[moments])
    }

    /// V over the rows with A and B; `None` where it is 0 within rounding.
    pub fn variance(&self, sums: &[f64], noise: f64) -> Option<f64> {
        variance(sums, self.both.moments, noise)
    }
}

/// All pairs of `d` factors.
fn pairs(d: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
    (0..d).flat_map(move |i| (i + 1..d).map(move |j| (i, j)))
}

//! The systems of one order: complex factors, and one iteration of the simplified Newton method in modes.

use super::polynomial::{MOST, slopes, values};
use super::tableau::Tableau;
use crate::equations::{Equations, Pattern};
use crate::solve::linear::{DENSE, GROWTH, Linear};
use crate::solve::lu::complex::{Block, Factors};
use crate::solve::pivot::complex::Dense;

/// Where a step starts, and its length.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Time at clock 0 [s].
    pub origin: f64,
    /// Clock at the start of the step and at the end of the leg [s].
    pub clock: f64,
    pub end: f64,
    /// Length of the step [s].
    pub h: f64,
}

impl Place {
    /// Time at a fraction of the step.
    pub fn time(&self, fraction: f64) -> f64 {
        self.origin + (self.clock + fraction * self.h).min(self.end)
    }
}

/// Weights of the stages in what measures errors.
pub(super) struct Measures {
    /// Slope of the collocation polynomial at the start.
    pub start: [f64; MOST],
    /// A place far from all nodes; value and slope of the polynomial there.
    pub place: f64,
    pub value: [f64; MOST],
    pub slope: [f64; MOST],
}

/// A method of one order, whatever its number of stages.
pub(super) trait Collocation {
    fn nodes(&self) -> &'static [f64];
    /// Real eigenvalue of A^-1.
    fn gamma(&self) -> f64;
    fn measures(&self) -> &Measures;
    /// Factorises the complex matrices for steps of length `h`; false if that cannot be done well.
    fn factorise(&mut self, linear: &Linear, jacobian: &[f64], h: f64) -> bool;
    /// Takes the stages `z` (`[n_states * s]`, state after state) as those to start the iteration from.
    fn start(&mut self, z: &[f64]);
    /// One iteration from the stages `z`, for a step from `y0`. Gives the size of the change: the root of the mean
    /// square over states and modes, each times its weight. Not finite where a rate is not, which is then in `rates`.
    fn iterate(
        &mut self,
        equations: &mut dyn Equations,
        linear: &mut Linear,
        place: &Place,
        y0: &[f64],
        weights: &[f64],
        z: &mut [f64],
    ) -> f64;
    /// Right-hand sides of the last iteration, stage after stage.
    fn rates(&self) -> &[f64];
}

/// Room and factors of the method with `S` stages and `W` pairs of complex modes.
pub(super) struct Stages<const S: usize, const W: usize> {
    tableau: &'static Tableau<S, W>,
    measures: Measures,
    /// Columns of T and T^-1.
    from_modes: [[f64; S]; S],
    to_modes: [[f64; S]; S],
    factors: Factors<W>,
    /// Matrices that need pivoting, made when first needed; which of the present ones do.
    dense: Vec<Dense>,
    pivoted: [bool; W],
    column: Vec<[f64; 2]>,
    /// The modes of the stages: `[n_states]`.
    modes: Vec<[f64; S]>,
    /// Right sides of the real and the complex systems.
    real: Vec<f64>,
    pairs: Vec<Block<W>>,
    state: Vec<f64>,
    rates: Vec<f64>,
}

fn transposed<const S: usize>(matrix: &[[f64; S]; S]) -> [[f64; S]; S] {
    std::array::from_fn(|i| std::array::from_fn(|j| matrix[j][i]))
}

/// Σ columns_j x_j.
#[inline]
fn product<const S: usize>(columns: &[[f64; S]; S], x: &[f64; S]) -> [f64; S] {
    let mut sum = [0.0; S];
    for (column, x) in columns.iter().zip(x) {
        for (sum, a) in sum.iter_mut().zip(column) {
            *sum += a * x;
        }
    }
    sum
}

impl<const S: usize, const W: usize> Stages<S, W> {
    /// Room for the systems of `linear`. The defect is seen at the fraction `seen` of a step.
    pub fn new(tableau: &'static Tableau<S, W>, linear: &Linear, seen: f64) -> Self {
        let n = linear.sizes().len();
        let measures = Measures {
            start: slopes(&tableau.nodes, 0.0),
            place: seen,
            value: values(&tableau.nodes, seen),
            slope: slopes(&tableau.nodes, seen),
        };
        Stages {
            tableau,
            measures,
            from_modes: transposed(&tableau.from_modes),
            to_modes: transposed(&tableau.to_modes),
            factors: Factors::new(linear.plan()),
            dense: Vec::new(),
            pivoted: [false; W],
            column: Vec::new(),
            modes: vec![[0.0; S]; n],
            real: vec![0.0; n],
            pairs: vec![Block::ZERO; n],
            state: vec![0.0; n],
            rates: vec![0.0; n * S],
        }
    }

    /// Eigenvalues over the length of the step.
    fn shift(&self, h: f64) -> Block<W> {
        Block {
            re: self.tableau.alpha.map(|a| a / h),
            im: self.tableau.beta.map(|b| b / h),
        }
    }

    /// Factorises with pivoting what needs it.
    fn pivot(&mut self, linear: &Linear, jacobian: &[f64], h: f64) -> bool {
        let (n, shift) = (self.real.len(), self.shift(h));
        if n > DENSE {
            return false;
        }
        if self.dense.is_empty() {
            self.dense = vec![Dense::new(n); W];
            self.column = vec![[0.0; 2]; n];
        }
        let pattern: &Pattern = linear.pattern();
        (0..W).filter(|lane| self.pivoted[*lane]).all(|lane| {
            let mu = (shift.re[lane], shift.im[lane]);
            self.dense[lane].factorise(pattern, jacobian, mu, linear.sizes())
        })
    }

    /// Solves the complex systems in place.
    fn solve_pairs(&mut self, linear: &Linear) {
        if self.pivoted == [false; W] {
            return self.factors.solve(linear.plan(), &mut self.pairs);
        }
        let right = self.pairs.clone();
        self.factors.solve(linear.plan(), &mut self.pairs);
        for lane in (0..W).filter(|lane| self.pivoted[*lane]) {
            for (x, b) in self.column.iter_mut().zip(&right) {
                *x = [b.re[lane], b.im[lane]];
            }
            self.dense[lane].solve(linear.sizes(), &mut self.column);
            for (x, b) in self.column.iter().zip(&mut self.pairs) {
                [b.re[lane], b.im[lane]] = *x;
            }
        }
    }

    /// Evaluates the right-hand side at all stages.
    fn evaluate(
        &mut self,
        equations: &mut dyn Equations,
        place: &Place,
        y0: &[f64],
        z: &[[f64; S]],
    ) {
        let n = y0.len();
        for (j, c) in self.tableau.nodes.iter().enumerate() {
            for ((state, y0), z) in self.state.iter_mut().zip(y0).zip(z) {
                *state = y0 + z[j];
            }
            let rate = &mut self.rates[j * n..(j + 1) * n];
            equations.rhs(place.time(*c), &self.state, rate);
        }
    }

    /// The right sides T^-1 F − (Λ/h) W of the systems.
    fn residual(&mut self, h: f64) {
        let n = self.real.len();
        let (gamma, shift) = (self.tableau.gamma / h, self.shift(h));
        let systems = self.real.iter_mut().zip(&mut self.pairs);
        for (i, ((real, pair), modes)) in systems.zip(&self.modes).enumerate() {
            let rates: [f64; S] = std::array::from_fn(|j| self.rates[j * n + i]);
            let rates = product(&self.to_modes, &rates);
            *real = rates[0] - gamma * modes[0];
            for c in 0..W {
                let (re, im) = (modes[1 + c], modes[1 + W + c]);
                pair.re[c] = rates[1 + c] - (shift.re[c] * re - shift.im[c] * im);
                pair.im[c] = rates[1 + W + c] - (shift.re[c] * im + shift.im[c] * re);
            }
        }
    }
}

impl<const S: usize, const W: usize> Collocation for Stages<S, W> {
    fn nodes(&self) -> &'static [f64] {
        &self.tableau.nodes
    }

    fn gamma(&self) -> f64 {
        self.tableau.gamma
    }

    fn measures(&self) -> &Measures {
        &self.measures
    }

    fn factorise(&mut self, linear: &Linear, jacobian: &[f64], h: f64) -> bool {
        let shift = self.shift(h);
        let growth = (self.factors).factorise(linear.plan(), jacobian, &shift, linear.sizes());
        self.pivoted = growth.map(|g| g.is_nan() || g > GROWTH);
        self.pivoted == [false; W] || self.pivot(linear, jacobian, h)
    }

    fn start(&mut self, z: &[f64]) {
        for (modes, z) in self.modes.iter_mut().zip(z.as_chunks::<S>().0) {
            *modes = product(&self.to_modes, z);
        }
    }

    fn iterate(
        &mut self,
        equations: &mut dyn Equations,
        linear: &mut Linear,
        place: &Place,
        y0: &[f64],
        weights: &[f64],
        z: &mut [f64],
    ) -> f64 {
        let z = z.as_chunks_mut::<S>().0;
        self.evaluate(equations, place, y0, z);
        self.residual(place.h);
        linear.solve(&mut self.real);
        self.solve_pairs(linear);
        let mut sum = 0.0;
        let changes = self.real.iter().zip(&self.pairs).zip(weights);
        for (((real, pair), weight), (modes, z)) in changes.zip(self.modes.iter_mut().zip(z)) {
            let mut change = [0.0; S];
            change[0] = *real;
            change[1..1 + W].copy_from_slice(&pair.re);
            change[1 + W..].copy_from_slice(&pair.im);
            let mut square = 0.0;
            for (mode, change) in modes.iter_mut().zip(&change) {
                *mode += change;
                square += change * change;
            }
            sum += square * weight * weight;
            *z = product(&self.from_modes, modes);
        }
        (sum / self.rates.len().max(1) as f64).sqrt()
    }

    fn rates(&self) -> &[f64] {
        &self.rates
    }
}

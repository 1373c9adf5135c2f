//! The eight stages of Rodas5P, for `W` steps side by side.
//!
//! Values are stage-major, then state-major, then lane: `[f64; W]` blocks, so that every loop is a plain one over
//! contiguous numbers. One run has W = 1. Of a stage, the state at which its rate is taken and the sum that joins the
//! rate are made in one pass over the stages before it.

use crate::lanes::Rows;
use crate::lanes::row::{add_product, map, row_by_row, zip, zip3};

use super::tableau::{A, C, STAGES, TIME};

/// What a step asks of the equations and of the linear systems.
pub(in crate::solve) trait System<const W: usize> {
    /// The right-hand side for `stage` at the states `y`, written to `f`; both `[n_states]`. False gives the step up.
    fn rate(&mut self, stage: usize, y: &[[f64; W]], f: &mut [[f64; W]]) -> bool;

    /// Solves (I/(hγ) − J) x = b in place; `[n_states]`.
    fn solve(&mut self, x: &mut [[f64; W]]);
}

/// Where steps start.
pub(in crate::solve) struct Start<'a, const W: usize> {
    /// State; `[n_states]`.
    pub y: &'a [[f64; W]],
    /// Right-hand side there; `[n_states]`.
    pub f: &'a [[f64; W]],
    /// ∂f/∂t there; `[n_states]`; `None` where it is 0.
    pub time: Option<&'a [[f64; W]]>,
}

/// Stages of the present steps, and room for the next.
pub(in crate::solve) struct Stages<const W: usize, const FUSED: bool> {
    /// U, stage after stage: `[STAGES * n_states]`.
    pub u: Rows<W>,
    /// State of the last stage made; after the last one, the end of the step.
    pub state: Rows<W>,
    sum: Rows<W>,
    /// Reciprocals of the lengths.
    inverse: [f64; W],
}

impl<const W: usize, const FUSED: bool> Stages<W, FUSED> {
    /// Room for `n` states.
    pub fn new(n: usize) -> Self {
        Stages {
            u: Rows::zeros(STAGES * n),
            state: Rows::zeros(n),
            sum: Rows::zeros(n),
            inverse: [0.0; W],
        }
    }

    /// Takes steps of lengths `h`; their ends go to `state`. False if the system gave them up.
    #[inline(always)]
    pub fn run(&mut self, start: &Start<W>, h: [f64; W], system: &mut impl System<W>) -> bool {
        self.inverse = map(&h, |h| 1.0 / h);
        let first = &mut self.u[..start.f.len()];
        first.copy_from_slice(start.f);
        close(0, start, h, first, system);
        self.stage::<1>(start, h, system)
            && self.stage::<2>(start, h, system)
            && self.stage::<3>(start, h, system)
            && self.stage::<4>(start, h, system)
            && self.stage::<5>(start, h, system)
            && self.stage::<6>(start, h, system)
            && self.stage::<7>(start, h, system)
            && {
                self.step_on(STAGES - 1);
                true
            }
    }

    /// Stage `K`, which has `K` stages before it.
    #[inline(always)]
    fn stage<const K: usize>(
        &mut self,
        start: &Start<W>,
        h: [f64; W],
        system: &mut impl System<W>,
    ) -> bool {
        if K <= A.len() {
            self.combine::<K>(start.y);
        } else {
            self.step_on(K - 1);
            self.sum_up::<K>();
        }
        // The right side, then the solution, stand where U will.
        let n = self.state.len();
        let right = &mut self.u[K * n..][..n];
        if !system.rate(K, &self.state, right) {
            return false;
        }
        for (right, sum) in right.iter_mut().zip(&self.sum) {
            row_by_row::<W>();
            *right = zip3(right, sum, &self.inverse, add_product::<FUSED>);
        }
        close(K, start, h, right, system);
        true
    }

    /// state = y0 + Σ a_Kj U_j and sum = Σ c_Kj U_j.
    #[inline(always)]
    fn combine<const K: usize>(&mut self, y0: &[[f64; W]]) {
        let n = y0.len();
        let (a, c) = (A[K - 1], C[K - 1]);
        let u = &self.u[..K * n];
        let (state, sum) = (&mut self.state[..n], &mut self.sum[..n]);
        for i in 0..n {
            row_by_row::<W>();
            let (mut up, mut across) = ([0.0; W], [0.0; W]);
            for j in 0..K {
                let u = &u[j * n + i];
                up = zip(&up, u, |up, u| add_product::<FUSED>(up, a[j], u));
                across = zip(&across, u, |across, u| {
                    add_product::<FUSED>(across, c[j], u)
                });
            }
            state[i] = zip(&y0[i], &up, |y0, up| y0 + up);
            sum[i] = across;
        }
    }

    /// sum = Σ c_Kj U_j.
    #[inline(always)]
    fn sum_up<const K: usize>(&mut self) {
        let n = self.state.len();
        let c = C[K - 1];
        let u = &self.u[..K * n];
        let sum = &mut self.sum[..n];
        for i in 0..n {
            row_by_row::<W>();
            let mut across = [0.0; W];
            for j in 0..K {
                let u = &u[j * n + i];
                across = zip(&across, u, |across, u| {
                    add_product::<FUSED>(across, c[j], u)
                });
            }
            sum[i] = across;
        }
    }

    /// Moves the state on by U of `stage`.
    #[inline(always)]
    fn step_on(&mut self, stage: usize) {
        let n = self.state.len();
        for (state, u) in self.state.iter_mut().zip(&self.u[stage * n..]) {
            row_by_row::<W>();
            *state = zip(state, u, |state, u| state + u);
        }
    }
}

/// Adds the term of ∂f/∂t to the right side of a stage and solves for its U.
#[inline(always)]
fn close<const W: usize>(
    stage: usize,
    start: &Start<W>,
    h: [f64; W],
    right: &mut [[f64; W]],
    system: &mut impl System<W>,
) {
    if let Some(time) = start.time {
        for (right, time) in right.iter_mut().zip(time) {
            row_by_row::<W>();
            *right = zip3(right, &h, time, |r, h, time| r + h * TIME[stage] * time);
        }
    }
    system.solve(right);
}

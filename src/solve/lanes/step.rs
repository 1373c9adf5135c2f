//! Attempts at a step in all lanes at once.
//!
//! Rodas5P has the stages of single runs ([`crate::solve::rodas`]), Dopri5 its coefficients; both leave the end of the
//! attempt in `y1`, judge it by its error in tolerances, and know a state in the middle where one is wanted.

use super::block::{Block, Later, Now, Row};
use super::control::Judge;
use super::{LaneMethod, Setup};
use crate::equations::{LaneEquations, Slopes};
use crate::lanes::row::{map, row_by_row, row_of, select, zip, zip3};
use crate::lanes::{Isa, Rows, Task};
use crate::solve::linear::GROWTH;
use crate::solve::lu::{Factors, Plan};
use crate::solve::rodas::stages::{Stages, Start, System};
use crate::solve::rodas::tableau::{GAMMA, H, NODES, STAGES};
use crate::solve::tableau::dopri5;

/// A method with its room.
pub(super) enum Stepper<const W: usize> {
    Rodas(Box<Rodas<W>>),
    Explicit(Box<Explicit<W>>),
}

impl<const W: usize> Stepper<W> {
    pub fn new(equations: &impl LaneEquations<W>, setup: &Setup, isa: Isa) -> Self {
        match setup.method {
            LaneMethod::Rodas5p => Self::Rodas(Box::new(Rodas::new(equations, setup, isa))),
            LaneMethod::Dopri5 => Self::Explicit(Box::new(Explicit {
                isa,
                k: Rows::zeros(7 * equations.n_states()),
            })),
        }
    }

    /// Makes `block.f` the right-hand side at the start of the step. `starts` has the lanes that have been moved to where
    /// no attempt ended.
    pub fn derive(
        &mut self,
        equations: &mut impl LaneEquations<W>,
        block: &mut Block<W>,
        starts: u64,
    ) {
        match self {
            Stepper::Rodas(rodas) => {
                let times = rodas.isa.run(Now(block));
                let out = Slopes {
                    f: &mut block.f,
                    jacobian: &mut rodas.jacobian,
                    time: &mut rodas.time,
                };
                equations.slopes(&times, &block.y, out);
            }
            Stepper::Explicit(_) if starts == 0 => {}
            Stepper::Explicit(explicit) => {
                let times = explicit.isa.run(Now(block));
                equations.rates(&times, &block.y, &mut block.room);
                let starts = row_of(starts);
                for (f, new) in block.f.iter_mut().zip(&block.room) {
                    *f = select(&starts, new, f);
                }
            }
        }
    }

    /// Attempts a step of the lengths in `block.tried`, and judges it.
    pub fn attempt(
        &mut self,
        equations: &mut impl LaneEquations<W>,
        block: &mut Block<W>,
        rtol: f64,
    ) {
        match self {
            Stepper::Rodas(rodas) => rodas.attempt(equations, block, rtol),
            Stepper::Explicit(explicit) => explicit.attempt(equations, block, rtol),
        }
    }

    /// The state in the middle of the attempt, by its interpolant.
    pub fn middle(&mut self, block: &mut Block<W>) {
        match self {
            Stepper::Rodas(rodas) => rodas.isa.run(RodasMiddle { rodas, block }),
            Stepper::Explicit(explicit) => explicit.isa.run(ExplicitMiddle {
                k: &explicit.k,
                block,
            }),
        }
    }

    /// Makes the attempt of lane `w` longer by `h`, small beside it, by its interpolant. Only for Rodas5P, whose next attempt asks
    /// for the derivatives where this one ends.
    pub fn extend(&mut self, block: &mut Block<W>, w: usize, h: f64) {
        let Stepper::Rodas(rodas) = self else {
            return;
        };
        let theta = 1.0 + h / block.tried[w];
        let n = block.y.len();
        for i in 0..n {
            let inner: f64 = (0..STAGES)
                .map(|j| {
                    let weight = H[0][j] + theta * (H[1][j] + theta * H[2][j]);
                    weight * rodas.stages.u[j * n + i][w]
                })
                .sum();
            let (y, y1) = (block.y[i][w], block.y1[i][w]);
            block.y1[i][w] = y1 + (theta - 1.0) * (y1 - y - theta * inner);
        }
        block.tried[w] += h;
    }

    /// Takes over what the attempts that are taken know already.
    pub fn accept(&mut self, block: &mut Block<W>) {
        if let Stepper::Explicit(explicit) = self {
            let n = block.f.len();
            for (f, last) in block.f.iter_mut().zip(&explicit.k[6 * n..]) {
                *f = select(&block.taken, last, f);
            }
        }
    }
}

pub(super) struct Rodas<const W: usize> {
    isa: Isa,
    plan: Plan,
    factors: Factors<W, true>,
    stages: Stages<W, true>,
    jacobian: Rows<W>,
    time: Rows<W>,
    moves: bool,
    sizes: Vec<f64>,
}

impl<const W: usize> Rodas<W> {
    fn new(equations: &impl LaneEquations<W>, setup: &Setup, isa: Isa) -> Self {
        let n = equations.n_states();
        let plan = Plan::new(equations.jacobian_pattern(), n);
        Rodas {
            isa,
            factors: Factors::new(&plan),
            plan,
            stages: Stages::new(n),
            jacobian: Rows::zeros(equations.jacobian_pattern().len()),
            time: Rows::zeros(n),
            moves: !equations.time_derivative_is_zero(),
            sizes: setup.sizes.clone(),
        }
    }

    fn attempt(&mut self, equations: &mut impl LaneEquations<W>, block: &mut Block<W>, rtol: f64) {
        let isa = self.isa;
        isa.run(RodasAttempt {
            rodas: self,
            equations,
            block,
            rtol,
        });
    }
}

/// One attempt of Rodas5P.
struct RodasAttempt<'a, E, const W: usize> {
    rodas: &'a mut Rodas<W>,
    equations: &'a mut E,
    block: &'a mut Block<W>,
    rtol: f64,
}

impl<E: LaneEquations<W>, const W: usize> Task for RodasAttempt<'_, E, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Rodas {
            plan,
            factors,
            stages,
            jacobian,
            time,
            moves,
            sizes,
            ..
        } = self.rodas;
        let block = self.block;
        let shift = map(&block.tried, |h| 1.0 / (h * GAMMA));
        let growth = factors.factorise(plan, jacobian, shift, sizes);
        let start = Start {
            y: &block.y,
            f: &block.f,
            time: moves.then_some(&time[..]),
        };
        let mut side = Side {
            equations: self.equations,
            plan,
            factors,
            origin: &block.origin,
            clock: &block.clock,
            until: &block.until,
            h: &block.tried,
        };
        stages.run(&start, block.tried, &mut side);
        let n = block.y.len();
        let mut sum: Row<W> = [0.0; W];
        let last = &stages.u[(STAGES - 1) * n..];
        for (i, (end, last)) in stages.state.iter().zip(last).enumerate() {
            row_by_row::<W>();
            let tolerance = zip3(&block.y[i], end, &block.floor[i], |y, end, floor| {
                let (a, b) = (y.abs(), end.abs());
                floor + self.rtol * if a > b { a } else { b }
            });
            sum = zip3(&sum, last, &tolerance, |sum, error, tolerance| {
                let error = error / tolerance;
                sum + error * error
            });
            block.y1[i] = *end;
        }
        // A matrix that should have been pivoted gives nothing to go by.
        block.error = zip(&sum, &growth, |sum, growth| {
            let error = (sum / n as f64).sqrt();
            if growth <= GROWTH { error } else { f64::NAN }
        });
        Judge(block).run();
    }
}

/// The equations and the linear systems of all lanes.
struct Side<'a, E, const W: usize> {
    equations: &'a mut E,
    plan: &'a Plan,
    factors: &'a mut Factors<W, true>,
    origin: &'a Row<W>,
    clock: &'a Row<W>,
    until: &'a Row<W>,
    h: &'a Row<W>,
}

impl<E: LaneEquations<W>, const W: usize> System<W> for Side<'_, E, W> {
    #[inline(always)]
    fn rate(&mut self, stage: usize, y: &[[f64; W]], f: &mut [[f64; W]]) -> bool {
        let clock = zip3(self.clock, self.h, self.until, |clock, h, until| {
            let clock = clock + NODES[stage] * h;
            if clock < until { clock } else { until }
        });
        let times = zip(self.origin, &clock, |origin, clock| origin + clock);
        self.equations.rates(&times, y, f);
        true
    }

    #[inline(always)]
    fn solve(&mut self, x: &mut [[f64; W]]) {
        self.factors.solve(self.plan, x);
    }
}

/// Weights of the stages in the middle of a step of Rodas5P: (K₁ + K₂/2 + K₃/4)/4.
const MIDDLE: [f64; STAGES] = {
    let mut weights = [0.0; STAGES];
    let mut j = 0;
    while j < STAGES {
        weights[j] = 0.25 * (H[0][j] + 0.5 * H[1][j] + 0.25 * H[2][j]);
        j += 1;
    }
    weights
};

struct RodasMiddle<'a, const W: usize> {
    rodas: &'a Rodas<W>,
    block: &'a mut Block<W>,
}

impl<const W: usize> Task for RodasMiddle<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let n = self.block.y.len();
        let u = &self.rodas.stages.u[..];
        for i in 0..n {
            row_by_row::<W>();
            let mut sum: Row<W> = [0.0; W];
            for (j, weight) in MIDDLE.iter().enumerate() {
                let u = &u[j * n + i];
                sum = zip(&sum, u, |sum, u| u.mul_add(*weight, sum));
            }
            let (y, y1) = (&self.block.y[i], &self.block.y1[i]);
            self.block.middle[i] = zip3(&sum, y, y1, |sum, y, y1| sum + 0.5 * (y + y1));
        }
    }
}

pub(super) struct Explicit<const W: usize> {
    isa: Isa,
    /// Rates of the stages, stage after stage; `[7 * n_states]`.
    k: Rows<W>,
}

impl<const W: usize> Explicit<W> {
    fn attempt(&mut self, equations: &mut impl LaneEquations<W>, block: &mut Block<W>, rtol: f64) {
        let n = block.y.len();
        let isa = self.isa;
        self.k[..n].copy_from_slice(&block.f);
        self.stage::<1>(equations, block);
        self.stage::<2>(equations, block);
        self.stage::<3>(equations, block);
        self.stage::<4>(equations, block);
        self.stage::<5>(equations, block);
        let a: [f64; 6] = std::array::from_fn(|j| dopri5::B[j]);
        isa.run(Combine {
            a,
            y: &block.y,
            k: &self.k,
            h: &block.tried,
            out: &mut block.y1,
        });
        let times = isa.run(Later(block, 1.0));
        equations.rates(&times, &block.y1, &mut self.k[6 * n..]);
        isa.run(ExplicitError {
            k: &self.k,
            block,
            rtol,
        });
    }

    /// Stage `J`, counted from 0, which has `J` stages before it.
    #[inline(always)]
    fn stage<const J: usize>(
        &mut self,
        equations: &mut impl LaneEquations<W>,
        block: &mut Block<W>,
    ) {
        let n = block.y.len();
        let a: [f64; J] = std::array::from_fn(|j| dopri5::A[J - 1][j]);
        self.isa.run(Combine {
            a,
            y: &block.y,
            k: &self.k,
            h: &block.tried,
            out: &mut block.room,
        });
        let times = self.isa.run(Later(block, dopri5::C[J]));
        equations.rates(&times, &block.room, &mut self.k[J * n..][..n]);
    }
}

/// out = y + h Σ a_j k_j.
struct Combine<'a, const J: usize, const W: usize> {
    a: [f64; J],
    y: &'a [Row<W>],
    k: &'a [Row<W>],
    h: &'a Row<W>,
    out: &'a mut [Row<W>],
}

impl<const J: usize, const W: usize> Task for Combine<'_, J, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let n = self.y.len();
        for i in 0..n {
            row_by_row::<W>();
            let mut sum: Row<W> = [0.0; W];
            for j in 0..J {
                sum = zip(&sum, &self.k[j * n + i], |sum, k| k.mul_add(self.a[j], sum));
            }
            self.out[i] = zip3(&self.y[i], self.h, &sum, |y, h, sum| y + h * sum);
        }
    }
}

struct ExplicitError<'a, const W: usize> {
    k: &'a [Row<W>],
    block: &'a mut Block<W>,
    rtol: f64,
}

impl<const W: usize> Task for ExplicitError<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let block = self.block;
        let n = block.y.len();
        let mut total: Row<W> = [0.0; W];
        for i in 0..n {
            row_by_row::<W>();
            let mut sum: Row<W> = [0.0; W];
            for (j, weight) in dopri5::E.iter().enumerate() {
                sum = zip(&sum, &self.k[j * n + i], |sum, k| k.mul_add(*weight, sum));
            }
            let (y, end) = (&block.y[i], &block.y1[i]);
            let tolerance = zip3(y, end, &block.floor[i], |y, end, floor| {
                let (a, b) = (y.abs(), end.abs());
                floor + self.rtol * if a > b { a } else { b }
            });
            let error = zip3(&block.tried, &sum, &tolerance, |h, sum, t| h * sum / t);
            total = zip(&total, &error, |total, error| total + error * error);
        }
        block.error = map(&total, |total| (total / n as f64).sqrt());
        Judge(block).run();
    }
}

struct ExplicitMiddle<'a, const W: usize> {
    k: &'a [Row<W>],
    block: &'a mut Block<W>,
}

impl<const W: usize> Task for ExplicitMiddle<'_, W> {
    type Output = ();

    /// The dense output of order 4 (see `dense`) at one half.
    #[inline(always)]
    fn run(self) {
        let block = self.block;
        let n = block.y.len();
        for i in 0..n {
            row_by_row::<W>();
            let mut sum: Row<W> = [0.0; W];
            for (j, weight) in dopri5::D.iter().enumerate() {
                sum = zip(&sum, &self.k[j * n + i], |sum, k| k.mul_add(*weight, sum));
            }
            let (first, last) = (&self.k[i], &self.k[6 * n + i]);
            let (y, h) = (&block.y[i], &block.tried);
            let way = zip(&block.y1[i], y, |y1, y| y1 - y);
            let bulge = zip3(h, first, &way, |h, first, way| h * first - way);
            let skew = zip3(&way, h, last, |way, h, last| way - h * last);
            let skew = zip(&skew, &bulge, |skew, bulge| skew - bulge);
            let inner = zip3(&skew, h, &sum, |skew, h, sum| skew + 0.5 * h * sum);
            let way = zip3(&way, &bulge, &inner, |way, bulge, inner| {
                way + 0.5 * (bulge + 0.5 * inner)
            });
            block.middle[i] = zip(y, &way, |y, way| y + 0.5 * way);
        }
    }
}

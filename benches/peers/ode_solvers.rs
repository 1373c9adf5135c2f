//! The sweeps with ode_solvers' Dopri5, point by point, as a user who cares for speed would write them: states of a size
//! that is known when compiling, right-hand sides by hand.
//!
//! The library's test for stiffness is off and its limit of steps high: with its own it gives up points that it can solve.

use cpu_time::ThreadTime;
use nalgebra::SVector;
use ode_solvers::dop_shared::OutputType;
use ode_solvers::{Dopri5, System};

/// What a sweep gave.
pub struct Swept {
    /// CPU time of the thread \[s\].
    pub seconds: f64,
    pub failed: u64,
    /// Final states, row after row; NaN where a point failed.
    pub states: Vec<f64>,
}

/// Points 0 to `n` − 1 of a problem; `place` gives the values of its two parameters.
pub fn sweep(
    problem: &str,
    rtol: f64,
    n: u64,
    place: &dyn Fn(u64, &mut [f64; 2]),
) -> Option<Swept> {
    Some(match problem {
        "p1" => all::<2, Glycerol>(rtol, n, place),
        "p2" => all::<1, Turgor>(rtol, n, place),
        "p3" => all::<10, Exocytosis>(rtol, n, place),
        "p4" => all::<3, Protoplast>(rtol, n, place),
        _ => return None,
    })
}

/// A problem with `N` states at one point.
trait Point<const N: usize>: Copy {
    /// The absolute tolerance where the relative one is 1.
    const FLOOR: f64;
    /// Start, end and input of each piece.
    const PIECES: &[(f64, f64, f64)];
    fn new(values: &[f64; 2]) -> Self;
    fn start(&self) -> [f64; N];
    fn rhs(&self, input: f64, y: &SVector<f64, N>, d: &mut SVector<f64, N>);
}

/// A point and its input.
struct Piece<P>(P, f64);

impl<const N: usize, P: Point<N>> System<f64, SVector<f64, N>> for Piece<P> {
    fn system(&self, _: f64, y: &SVector<f64, N>, d: &mut SVector<f64, N>) {
        self.0.rhs(self.1, y, d);
    }
}

fn all<const N: usize, P: Point<N>>(
    rtol: f64,
    n: u64,
    place: &dyn Fn(u64, &mut [f64; 2]),
) -> Swept {
    let mut swept = Swept {
        seconds: 0.0,
        failed: 0,
        states: Vec::with_capacity(n as usize * N),
    };
    let start = ThreadTime::now();
    for k in 0..n {
        let mut values = [0.0; 2];
        place(k, &mut values);
        let found = run::<N, P>(P::new(&values), rtol);
        swept.failed += u64::from(found.is_none());
        swept
            .states
            .extend(found.unwrap_or(SVector::repeat(f64::NAN)).iter());
    }
    swept.seconds = start.elapsed().as_secs_f64();
    swept
}

fn run<const N: usize, P: Point<N>>(point: P, rtol: f64) -> Option<SVector<f64, N>> {
    let mut y = SVector::from(point.start());
    for &(start, end, input) in P::PIECES {
        let mut solver = Dopri5::from_param(
            Piece(point, input),
            start,
            end,
            end - start,
            y,
            rtol,
            rtol * P::FLOOR,
            0.9,
            0.04,
            0.2,
            10.0,
            end - start,
            0.0,
            10_000_000,
            u32::MAX,
            OutputType::Sparse,
        );
        solver.integrate().ok()?;
        y = *solver.y_out().last()?;
    }
    y.iter().all(|y| y.is_finite()).then_some(y)
}

#[derive(Clone, Copy)]
struct Glycerol {
    water: f64,
    bath: f64,
}

impl Point<2> for Glycerol {
    const FLOOR: f64 = 1.0;
    const PIECES: &[(f64, f64, f64)] = &[(0.0, 120.0, 0.0)];
    fn new(&[permeability, impermeant]: &[f64; 2]) -> Self {
        Glycerol {
            water: permeability * 135.0 * 1.8e-5,
            bath: impermeant + 1000.0,
        }
    }
    fn start(&self) -> [f64; 2] {
        [60.0, 0.0]
    }
    fn rhs(&self, _: f64, y: &SVector<f64, 2>, d: &mut SVector<f64, 2>) {
        let per_volume = 1.0 / y[0];
        d[0] = self.water * ((17_400.0 + y[1]) * per_volume - self.bath);
        d[1] = 135.0 * (1000.0 - y[1] * per_volume);
    }
}

#[derive(Clone, Copy)]
struct Turgor {
    flow: f64,
    modulus: f64,
}

impl Point<1> for Turgor {
    const FLOOR: f64 = 1.0;
    const PIECES: &[(f64, f64, f64)] =
        &[(0.0, 200.0, 0.1), (200.0, 600.0, 1.0), (600.0, 1000.0, 0.1)];
    fn new(&[conductivity, modulus]: &[f64; 2]) -> Self {
        Turgor {
            flow: conductivity * 6e4,
            modulus,
        }
    }
    fn start(&self) -> [f64; 1] {
        [1e6]
    }
    fn rhs(&self, input: f64, y: &SVector<f64, 1>, d: &mut SVector<f64, 1>) {
        let turgor = if y[0] > 1e6 {
            self.modulus * (y[0] * 1e-6).ln()
        } else {
            0.0
        };
        d[0] = self.flow * (0.6e6 / y[0] - input - turgor);
    }
}

#[derive(Clone, Copy)]
struct Exocytosis {
    calcium: f64,
    refill: f64,
}

impl Point<10> for Exocytosis {
    const FLOOR: f64 = 1e-3;
    const PIECES: &[(f64, f64, f64)] = &[(0.0, 10.0, 0.0)];
    fn new(&[calcium, refill]: &[f64; 2]) -> Self {
        Exocytosis { calcium, refill }
    }
    fn start(&self) -> [f64; 10] {
        let mut y = [0.0; 10];
        (y[0], y[9]) = (1.0, self.calcium);
        y
    }
    fn rhs(&self, _: f64, y: &SVector<f64, 10>, d: &mut SVector<f64, 10>) {
        const OFF: [f64; 5] = [9500.0, 4750.0, 1781.25, 593.75, 185.546_875];
        let on = 90.0 * y[9];
        let mut flow = [0.0; 5];
        for i in 0..5 {
            flow[i] = (5 - i) as f64 * on * y[i] - OFF[i] * y[i + 1];
        }
        let (fused, refilled) = (6000.0 * y[5], self.refill * y[7]);
        d[0] = refilled - flow[0];
        for i in 1..5 {
            d[i] = flow[i - 1] - flow[i];
        }
        d[5] = flow[4] - fused;
        d[6] = fused;
        d[7] = fused - refilled;
        d[8] = fused - 0.2 * y[8];
        d[9] = -10.0 * (y[9] - 0.05);
    }
}

#[derive(Clone, Copy)]
struct Protoplast {
    flow: f64,
    exo: f64,
    sphere: f64,
    radius: f64,
}

impl Point<3> for Protoplast {
    const FLOOR: f64 = 1.0;
    const PIECES: &[(f64, f64, f64)] = &[
        (0.0, 60.0, 400.0),
        (60.0, 1800.0, 250.0),
        (1800.0, 3600.0, 400.0),
    ];
    fn new(&[flow, exo]: &[f64; 2]) -> Self {
        Protoplast {
            flow,
            exo,
            sphere: (36.0 * std::f64::consts::PI).cbrt(),
            radius: (0.75 / std::f64::consts::PI).cbrt(),
        }
    }
    fn start(&self) -> [f64; 3] {
        let area = self.sphere * 30_000f64.powf(2.0 / 3.0);
        [30_000.0, area, 0.4 * area]
    }
    fn rhs(&self, input: f64, y: &SVector<f64, 3>, d: &mut SVector<f64, 3>) {
        const RT: f64 = 8.314_462_618e-6 * 298.15;
        let edge = y[0].cbrt();
        let strain = self.sphere * edge * edge / y[1] - 1.0;
        let (stretched, slack) = (strain.max(0.0), (-strain).max(0.0));
        let pressure = 0.4 * stretched / (self.radius * edge);
        let taken = 0.02 * slack * y[1] - self.exo * stretched * y[2];
        d[0] = self.flow * y[1] * (RT * (12e6 / y[0] - input) - pressure);
        d[1] = -taken;
        d[2] = taken;
    }
}

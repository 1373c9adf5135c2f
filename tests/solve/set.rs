//! Stiff problems with reference values: the Test Set for IVP Solvers (Mazzia and Magherini 2008), Hairer and Wanner,
//! Solving ODEs II, and the sources named. End values recomputed by Radau IIA of order 13 and 17 in extended precision.

use osmocyte::trace::{Number, RightHandSide};

/// A right-hand side without parameters that can be traced.
pub(crate) trait Stiff {
    fn n(&self) -> usize;
    fn f<N: Number>(&self, t: N, y: &[N], dy: &mut [N]);
}

/// For `trace`.
pub(crate) struct Traced<'a, S>(pub &'a S);

impl<S: Stiff> RightHandSide for Traced<'_, S> {
    fn n_states(&self) -> usize {
        self.0.n()
    }
    fn n_params(&self) -> usize {
        0
    }
    fn rhs<N: Number>(&self, t: N, y: &[N], _p: &[N], dy: &mut [N]) {
        self.0.f(t, y, dy);
    }
}

/// Robertson's reactions.
pub(crate) struct Rober;

impl Stiff for Rober {
    fn n(&self) -> usize {
        3
    }
    fn f<N: Number>(&self, _t: N, y: &[N], dy: &mut [N]) {
        let (a, b, c) = (y[0] * 0.04, y[1] * y[2] * 1e4, y[1] * y[1] * 3e7);
        dy[0] = b - a;
        dy[1] = a - b - c;
        dy[2] = c;
    }
}

/// High irradiance responses of photomorphogenesis. The 0.43 in the first line is 0.34 in a public copy.
pub(crate) struct Hires;

impl Stiff for Hires {
    fn n(&self) -> usize {
        8
    }
    fn f<N: Number>(&self, _t: N, y: &[N], dy: &mut [N]) {
        dy[0] = y[0] * -1.71 + y[1] * 0.43 + y[2] * 8.32 + 0.0007;
        dy[1] = y[0] * 1.71 - y[1] * 8.75;
        dy[2] = y[2] * -10.03 + y[3] * 0.43 + y[4] * 0.035;
        dy[3] = y[1] * 8.32 + y[2] * 1.71 - y[3] * 1.12;
        dy[4] = y[4] * -1.745 + y[5] * 0.43 + y[6] * 0.43;
        let bind = y[5] * y[7] * 280.0;
        dy[5] = -bind + y[3] * 0.69 + y[4] * 1.71 - y[5] * 0.43 + y[6] * 0.69;
        dy[6] = bind - y[6] * 1.81;
        dy[7] = -dy[6];
    }
}

/// The Oregonator. The third component in circulating references is off by 1.5e-13.
pub(crate) struct Orego;

impl Stiff for Orego {
    fn n(&self) -> usize {
        3
    }
    fn f<N: Number>(&self, _t: N, y: &[N], dy: &mut [N]) {
        dy[0] = (y[1] + y[0] * (-(y[0] * 8.375e-6) - y[1] + 1.0)) * 77.27;
        dy[1] = (y[2] - (y[0] + 1.0) * y[1]) / 77.27;
        dy[2] = (y[0] - y[2]) * 0.161;
    }
}

/// Van der Pol's oscillator, scaled; the field is ε.
pub(crate) struct VanDerPol(pub f64);

impl Stiff for VanDerPol {
    fn n(&self) -> usize {
        2
    }
    fn f<N: Number>(&self, _t: N, y: &[N], dy: &mut [N]) {
        dy[0] = y[1];
        dy[1] = ((-(y[0] * y[0]) + 1.0) * y[1] - y[0]) / self.0;
    }
}

/// Van der Pol's oscillator, unscaled, with μ = 1000.
pub(crate) struct VanDerPolSlow;

impl Stiff for VanDerPolSlow {
    fn n(&self) -> usize {
        2
    }
    fn f<N: Number>(&self, _t: N, y: &[N], dy: &mut [N]) {
        dy[0] = y[1];
        dy[1] = (-(y[0] * y[0]) + 1.0) * y[1] * 1000.0 - y[0];
    }
}

/// E5, a pyrolysis. Circulating end values violate y2 = y3 + y4.
pub(crate) struct E5;

impl Stiff for E5 {
    fn n(&self) -> usize {
        4
    }
    fn f<N: Number>(&self, _t: N, y: &[N], dy: &mut [N]) {
        dy[0] = -(y[0] * 7.89e-10) - y[0] * y[2] * 1.1e7;
        dy[1] = y[0] * 7.89e-10 - y[1] * y[2] * 1.13e9;
        dy[3] = y[0] * y[2] * 1.1e7 - y[3] * 1.13e3;
        dy[2] = dy[1] - dy[3];
    }
}

/// Air pollution: 20 species, 25 reactions.
pub(crate) struct Pollu;

impl Stiff for Pollu {
    fn n(&self) -> usize {
        20
    }
    fn f<N: Number>(&self, _t: N, y: &[N], dy: &mut [N]) {
        const K: [f64; 25] = [
            0.35, 26.6, 12300.0, 0.00086, 0.00082, 15000.0, 0.00013, 24000.0, 16500.0, 9000.0,
            0.022, 12000.0, 1.88, 16300.0, 4.8e6, 0.00035, 0.0175, 1e8, 4.44e11, 1240.0, 2.1, 5.78,
            0.0474, 1780.0, 3.12,
        ];
        // Species of each reaction, counted from 1; 0 for none.
        const FROM: [(usize, usize); 25] = [
            (1, 0),
            (2, 4),
            (5, 2),
            (7, 0),
            (7, 0),
            (7, 6),
            (9, 0),
            (9, 6),
            (11, 2),
            (11, 1),
            (13, 0),
            (10, 2),
            (14, 0),
            (1, 6),
            (3, 0),
            (4, 0),
            (4, 0),
            (16, 0),
            (16, 0),
            (17, 6),
            (19, 0),
            (19, 0),
            (1, 4),
            (19, 1),
            (20, 0),
        ];
        let one = |i: usize| if i == 0 { N::from(1.0) } else { y[i - 1] };
        let r: [N; 25] = std::array::from_fn(|i| one(FROM[i].0) * one(FROM[i].1) * K[i]);
        let r = |i: usize| r[i - 1];
        dy[0] = -r(1) - r(10) - r(14) - r(23) - r(24)
            + r(2)
            + r(3)
            + r(9)
            + r(11)
            + r(12)
            + r(22)
            + r(25);
        dy[1] = -r(2) - r(3) - r(9) - r(12) + r(1) + r(21);
        dy[2] = -r(15) + r(1) + r(17) + r(19) + r(22);
        dy[3] = -r(2) - r(16) - r(17) - r(23) + r(15);
        dy[4] = -r(3) + r(4) * 2.0 + r(6) + r(7) + r(13) + r(20);
        dy[5] = -r(6) - r(8) - r(14) - r(20) + r(3) + r(18) * 2.0;
        dy[6] = -r(4) - r(5) - r(6) + r(13);
        dy[7] = r(4) + r(5) + r(6) + r(7);
        dy[8] = -r(7) - r(8);
        dy[9] = -r(12) + r(7) + r(9);
        dy[10] = -r(9) - r(10) + r(8) + r(11);
        dy[11] = r(9);
        dy[12] = -r(11) + r(10);
        dy[13] = -r(13) + r(12);
        dy[14] = r(14);
        dy[15] = -r(18) - r(19) + r(16);
        dy[16] = -r(20);
        dy[17] = r(20);
        dy[18] = -r(21) - r(22) - r(24) + r(23) + r(25);
        dy[19] = -r(25) + r(24);
    }
}

/// Start of [`Pollu`].
pub(crate) fn pollu_start() -> [f64; 20] {
    let mut y = [0.0; 20];
    for (i, v) in [
        (2, 0.2),
        (4, 0.04),
        (7, 0.1),
        (8, 0.3),
        (9, 0.01),
        (17, 0.007),
    ] {
        y[i - 1] = v;
    }
    y
}

/// State of [`Pollu`] at 60 min.
pub(crate) const POLLU: [f64; 20] = [
    5.646255480022769276e-02,
    1.342484130422338522e-01,
    4.139734331099426968e-09,
    5.523140207484359934e-03,
    2.018977262302196040e-07,
    1.464541863493965793e-07,
    7.784249118997964146e-02,
    3.245075353396018222e-01,
    7.494013383880405555e-03,
    1.622293157301560350e-08,
    1.135863833257074822e-08,
    2.230505975721359863e-03,
    2.087162882798630041e-04,
    1.396921016840157717e-05,
    8.964884856898294176e-03,
    4.352846369330103672e-18,
    6.899219696263405407e-03,
    1.007803037365945954e-04,
    1.772146513969984535e-06,
    5.682943292316393435e-05,
];

/// Prothero and Robinson (1974): y = cos t, attracted with rate λ.
pub(crate) struct Prothero(pub f64);

impl Stiff for Prothero {
    fn n(&self) -> usize {
        1
    }
    fn f<N: Number>(&self, t: N, y: &[N], dy: &mut [N]) {
        dy[0] = (y[0] - t.cos()) * self.0 - t.sin();
    }
}

/// Kaps' problem; the field is ε. (e^(-2t), e^(-t)) for every ε.
pub(crate) struct Kaps(pub f64);

impl Stiff for Kaps {
    fn n(&self) -> usize {
        2
    }
    fn f<N: Number>(&self, _t: N, y: &[N], dy: &mut [N]) {
        dy[0] = y[0] * -(1.0 / self.0 + 2.0) + y[1] * y[1] / self.0;
        dy[1] = y[0] - y[1] - y[1] * y[1];
    }
}

/// Curtiss and Hirschfelder (1952).
pub(crate) struct Curtiss;

impl Stiff for Curtiss {
    fn n(&self) -> usize {
        1
    }
    fn f<N: Number>(&self, t: N, y: &[N], dy: &mut [N]) {
        dy[0] = (y[0] - t.cos()) * -50.0;
    }
}

/// The Brusselator with diffusion on 40 points; u and v of each point side by side.
pub(crate) struct Brusselator;

impl Stiff for Brusselator {
    fn n(&self) -> usize {
        80
    }
    fn f<N: Number>(&self, _t: N, y: &[N], dy: &mut [N]) {
        let (u_edge, v_edge) = (N::from(1.0), N::from(3.0));
        let spread = 41.0 * 41.0 / 50.0;
        for i in 0..40 {
            let (u, v) = (y[2 * i], y[2 * i + 1]);
            let left = if i == 0 {
                (u_edge, v_edge)
            } else {
                (y[2 * i - 2], y[2 * i - 1])
            };
            let right = if i == 39 {
                (u_edge, v_edge)
            } else {
                (y[2 * i + 2], y[2 * i + 3])
            };
            let react = u * u * v;
            dy[2 * i] = react - u * 4.0 + 1.0 + (left.0 - u * 2.0 + right.0) * spread;
            dy[2 * i + 1] = u * 3.0 - react + (left.1 - v * 2.0 + right.1) * spread;
        }
    }
}

/// Start of [`Brusselator`].
pub(crate) fn brusselator_start() -> Vec<f64> {
    let u = |i: i32| 1.0 + (2.0 * std::f64::consts::PI * f64::from(i) / 41.0).sin();
    (1..=40).flat_map(|i| [u(i), 3.0]).collect()
}

//! Coefficients of the explicit methods that our own dense output and error reports need.
//!
//! The steps themselves are ode_solvers'; these are the weights that it keeps to itself. Sources: J. R. Dormand and
//! P. J. Prince, J. Comput. Appl. Math. 6 (1980) 19-26 (order 5(4)); E. Hairer, S. P. Nørsett and G. Wanner, Solving
//! Ordinary Differential Equations I, 2nd ed., Springer 1993, section II.5, table 5.2, and section II.6, with the
//! authors' programs dopri5.f and dop853.f, which carry the digits of the order 8(5,3) method and of both dense
//! outputs. All are rounded to the nearest f64.

/// Dormand-Prince 5(4).
pub(super) mod dopri5 {
    /// Nodes; the last stage stands at the end of the step.
    pub const C: [f64; 7] = [0.0, 1.0 / 5.0, 3.0 / 10.0, 4.0 / 5.0, 8.0 / 9.0, 1.0, 1.0];
    /// Coefficients of the stages 2 to 6 in the stages before them.
    pub const A: [&[f64]; 5] = [
        &[1.0 / 5.0],
        &[3.0 / 40.0, 9.0 / 40.0],
        &[44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0],
        &[
            19372.0 / 6561.0,
            -25360.0 / 2187.0,
            64448.0 / 6561.0,
            -212.0 / 729.0,
        ],
        &[
            9017.0 / 3168.0,
            -355.0 / 33.0,
            46732.0 / 5247.0,
            49.0 / 176.0,
            -5103.0 / 18656.0,
        ],
    ];
    /// Weights of the step.
    pub const B: [f64; 7] = [
        35.0 / 384.0,
        0.0,
        500.0 / 1113.0,
        125.0 / 192.0,
        -2187.0 / 6784.0,
        11.0 / 84.0,
        0.0,
    ];
    /// Weights of the error estimate.
    pub const E: [f64; 7] = [
        71.0 / 57600.0,
        0.0,
        -71.0 / 16695.0,
        71.0 / 1920.0,
        -17253.0 / 339200.0,
        22.0 / 525.0,
        -1.0 / 40.0,
    ];
    /// Weights of the last coefficient of the dense output of order 4.
    pub const D: [f64; 7] = [
        -12715105075.0 / 11282082432.0,
        0.0,
        87487479700.0 / 32700410799.0,
        -10690763975.0 / 1880347072.0,
        701980252875.0 / 199316789632.0,
        -1453857185.0 / 822651844.0,
        69997945.0 / 29380423.0,
    ];
}

/// The classical method of order 4 (Kutta 1901).
pub(super) mod rk4 {
    /// Nodes.
    pub const C: [f64; 4] = [0.0, 0.5, 0.5, 1.0];
    /// Coefficients of the stages 2 to 4 in the stages before them.
    pub const A: [&[f64]; 3] = [&[0.5], &[0.0, 0.5], &[0.0, 0.0, 1.0]];
    /// Weights of the step.
    pub const B: [f64; 4] = [1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0];
}

/// Dormand-Prince 8(5,3).
pub(super) mod dop853 {
    /// Nodes; stages 1 to 12 make the step, 13 stands at its end, 14 to 16 serve the dense output.
    pub const C: [f64; 16] = [
        0.0,
        0.05260015195876773,
        0.0789002279381516,
        0.1183503419072274,
        0.2816496580927726,
        0.3333333333333333,
        0.25,
        0.3076923076923077,
        0.6512820512820513,
        0.6,
        0.8571428571428571,
        1.0,
        1.0,
        0.1,
        0.2,
        0.7777777777777778,
    ];
    /// Weights of the step.
    pub const B: [f64; 12] = [
        0.054293734116568765,
        0.0,
        0.0,
        0.0,
        0.0,
        4.450312892752409,
        1.8915178993145003,
        -5.801203960010585,
        0.3111643669578199,
        -0.1521609496625161,
        0.20136540080403034,
        0.04471061572777259,
    ];
    /// Weights of the error estimate of order 5.
    pub const E: [f64; 12] = [
        0.01312004499419488,
        0.0,
        0.0,
        0.0,
        0.0,
        -1.2251564463762044,
        -0.4957589496572502,
        1.6643771824549864,
        -0.35032884874997366,
        0.3341791187130175,
        0.08192320648511571,
        -0.022355307863886294,
    ];
    /// Coefficients of the stages 14, 15 and 16 in the stages before them.
    pub const A: [[f64; 15]; 3] = [
        [
            0.056167502283047954,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.25350021021662483,
            -0.2462390374708025,
            -0.12419142326381637,
            0.15329179827876568,
            0.00820105229563469,
            0.007567897660545699,
            -0.008298,
            0.0,
            0.0,
        ],
        [
            0.03183464816350214,
            0.0,
            0.0,
            0.0,
            0.0,
            0.028300909672366776,
            0.053541988307438566,
            -0.05492374857139099,
            0.0,
            0.0,
            -0.00010834732869724932,
            0.0003825710908356584,
            -0.00034046500868740456,
            0.1413124436746325,
            0.0,
        ],
        [
            -0.42889630158379194,
            0.0,
            0.0,
            0.0,
            0.0,
            -4.697621415361164,
            7.683421196062599,
            4.06898981839711,
            0.3567271874552811,
            0.0,
            0.0,
            0.0,
            -0.0013990241651590145,
            2.9475147891527724,
            -9.15095847217987,
        ],
    ];
    /// Weights of the last four coefficients of the dense output of order 7.
    pub const D: [[f64; 16]; 4] = [
        [
            -8.428938276109013,
            0.0,
            0.0,
            0.0,
            0.0,
            0.5667149535193777,
            -3.0689499459498917,
            2.38466765651207,
            2.117034582445028,
            -0.871391583777973,
            2.2404374302607883,
            0.6315787787694688,
            -0.08899033645133331,
            18.148505520854727,
            -9.194632392478356,
            -4.436036387594894,
        ],
        [
            10.427508642579134,
            0.0,
            0.0,
            0.0,
            0.0,
            242.28349177525817,
            165.20045171727028,
            -374.5467547226902,
            -22.113666853125306,
            7.733432668472264,
            -30.674084731089398,
            -9.332130526430229,
            15.697238121770845,
            -31.139403219565178,
            -9.35292435884448,
            35.81684148639408,
        ],
        [
            19.985053242002433,
            0.0,
            0.0,
            0.0,
            0.0,
            -387.0373087493518,
            -189.17813819516758,
            527.8081592054236,
            -11.57390253995963,
            6.8812326946963,
            -1.0006050966910838,
            0.7777137798053443,
            -2.778205752353508,
            -60.19669523126412,
            84.32040550667716,
            11.99229113618279,
        ],
        [
            -25.69393346270375,
            0.0,
            0.0,
            0.0,
            0.0,
            -154.18974869023643,
            -231.5293791760455,
            357.6391179106141,
            93.40532418362432,
            -37.45832313645163,
            104.0996495089623,
            29.8402934266605,
            -43.53345659001114,
            96.32455395918828,
            -39.17726167561544,
            -149.72683625798564,
        ],
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Conditions Σ b_i c_i^(q-1) = 1/q up to the given order.
    fn quadrature(b: &[f64], c: &[f64], order: i32) {
        for q in 1..=order {
            let sum: f64 = b.iter().zip(c).map(|(b, c)| b * c.powi(q - 1)).sum();
            assert!((sum - 1.0 / f64::from(q)).abs() < 1e-14, "order {q}: {sum}");
        }
    }

    #[test]
    fn steps_meet_the_quadrature_conditions() {
        quadrature(&dopri5::B, &dopri5::C, 5);
        quadrature(&dop853::B, &dop853::C, 8);
    }

    #[test]
    fn stages_stand_at_their_nodes() {
        let rows = dopri5::A.iter().zip(&dopri5::C[1..]);
        for (row, c) in rows.chain(rk4::A.iter().zip(&rk4::C[1..])) {
            assert!((row.iter().sum::<f64>() - c).abs() < 1e-14);
        }
    }

    #[test]
    fn error_weights_vanish_on_the_lower_order() {
        for q in 0..4 {
            let e5: f64 = dopri5::E
                .iter()
                .zip(dopri5::C)
                .map(|(e, c)| e * c.powi(q))
                .sum();
            let e8: f64 = dop853::E
                .iter()
                .zip(dop853::C)
                .map(|(e, c)| e * c.powi(q))
                .sum();
            assert!(e5.abs() < 1e-15 && e8.abs() < 1e-14, "{q}: {e5} {e8}");
        }
    }

    #[test]
    fn extra_stages_stand_at_their_nodes() {
        for (row, c) in dop853::A.iter().zip(&dop853::C[13..]) {
            let sum: f64 = row.iter().sum();
            assert!((sum - c).abs() < 1e-14, "{sum} is not {c}");
            // Stage order: Σ a_ij c_j^k = c_i^(k+1)/(k+1); these stages reach order 6 of the simplifying conditions.
            for k in 1..=3 {
                let sum: f64 = row
                    .iter()
                    .zip(dop853::C)
                    .map(|(a, cj)| a * cj.powi(k))
                    .sum();
                assert!(
                    (sum - c.powi(k + 1) / f64::from(k + 1)).abs() < 1e-13,
                    "{c} {k} {sum}"
                );
            }
        }
    }
}

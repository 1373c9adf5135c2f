//! Base samples, and functions whose indices are known in closed form.

use super::super::super::random;
use super::super::Sobol;
use std::f64::consts::PI;

/// Independent random numbers, as the bootstrap assumes them to be.
pub fn noise(seed: u64) -> impl Fn(u64, &mut [f64]) {
    move |row, u| {
        for (i, u) in u.iter_mut().enumerate() {
            *u = random(seed, &[row, i as u64]) as f64 / 2f64.powi(64);
        }
    }
}

/// J. H. Halton, On the efficiency of certain quasi-random sequences of points, Numer. Math. 2 (1960) 84–90; from row
/// 100 on, because the first rows go along diagonals.
pub fn halton(row: u64, u: &mut [f64]) {
    for (u, prime) in u
        .iter_mut()
        .zip([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37])
    {
        let (mut rest, mut digit) = (row + 100, 1.0);
        *u = 0.0;
        while rest > 0 {
            digit /= prime as f64;
            *u += digit * (rest % prime) as f64;
            rest /= prime;
        }
    }
}

pub fn evaluate(
    design: &Sobol,
    base: &dyn Fn(u64, &mut [f64]),
    f: impl Fn(&[f64]) -> f64,
) -> Vec<Option<f64>> {
    let mut u = vec![0.0; design.factors()];
    let value = |k| {
        design.point(k, base, &mut u).unwrap();
        Some(f(&u))
    };
    (0..design.points()).map(value).collect()
}

/// Indices in closed form.
pub struct Known {
    pub first: Vec<f64>,
    pub total: Vec<f64>,
    /// Of pairs i < j, ordered by i, then j.
    pub second: Vec<f64>,
    pub mean: f64,
    pub deviation: f64,
}

const A: f64 = 7.0;
const B: f64 = 0.1;

/// T. Ishigami, T. Homma, An importance quantification technique in uncertainty analysis for computer models, ISUMA 1990.
pub fn ishigami(u: &[f64]) -> f64 {
    let [x, y, z] = [0, 1, 2].map(|i| PI * (2.0 * u[i] - 1.0));
    x.sin() + A * y.sin().powi(2) + B * z.powi(4) * x.sin()
}

/// Parts of its variance (the same source): of x, (1 + b π⁴/5)² / 2; of y, a²/8; of x with z, b² π⁸ (1/18 - 1/50); no
/// others.
pub fn ishigami_known() -> Known {
    let x = 0.5 * (1.0 + B * PI.powi(4) / 5.0).powi(2);
    let y = A * A / 8.0;
    let xz = B * B * PI.powi(8) * (1.0 / 18.0 - 1.0 / 50.0);
    let v = x + y + xz;
    Known {
        first: vec![x / v, y / v, 0.0],
        total: vec![(x + xz) / v, y / v, xz / v],
        second: vec![0.0, xz / v, 0.0],
        mean: A / 2.0,
        deviation: v.sqrt(),
    }
}

const G: [f64; 6] = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0];

/// The product of (|4 uᵢ - 2| + aᵢ) / (1 + aᵢ): A. Saltelli, I. M. Sobol', About the use of rank transformation in
/// sensitivity analysis of model output, Reliab. Eng. Syst. Saf. 50 (1995) 225–239.
pub fn g(u: &[f64]) -> f64 {
    let one = |(u, a): (&f64, f64)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a);
    u.iter().zip(G).map(one).product()
}

/// Vᵢ = 1 / (3 (1 + aᵢ)²), and the part of any set of factors is the product of theirs (the same source).
pub fn g_known() -> Known {
    let part: Vec<f64> = G
        .iter()
        .map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)))
        .collect();
    let all: f64 = part.iter().map(|v| 1.0 + v).product();
    let v = all - 1.0;
    let pairs = (0..6).flat_map(|i| (i + 1..6).map(move |j| (i, j)));
    Known {
        first: part.iter().map(|p| p / v).collect(),
        total: part.iter().map(|p| p * all / (1.0 + p) / v).collect(),
        second: pairs.map(|(i, j)| part[i] * part[j] / v).collect(),
        mean: 1.0,
        deviation: v.sqrt(),
    }
}

//! Finds excursions across 0 that fall between two of the places where an event function is seen.
//!
//! A polynomial through the values seen shows where the function turns back before 0, or seems to. Where that is near
//! to 0, against the variation of the function over the step, the extremum is searched for on the function itself. It
//! counts when it is across 0 by more than an error of the states of the size of the tolerance would make it: exact
//! contact does not fire.

use super::events::{ROWS, Sample, Watch};
use super::side::Side;
use super::step::Step;
use crate::equations::Equations;

/// Places at which the polynomial is looked at.
const FINE: usize = 50;

/// Part of the variation of the function over the step up to which the polynomial may be wrong.
const DOUBT: f64 = 0.05;

/// Values of the function per search at most.
const LOOKS: u32 = 40;

/// Fraction of a step to which an extremum is located.
const WIDTH: f64 = 1e-7;

impl Watch<'_> {
    /// Adds to the samples of `event` the extrema across 0 between them.
    pub(super) fn search_extrema(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        event: usize,
    ) {
        // With fewer, states inside the step are too dear.
        if self.samples.len() < 5 || self.samples.iter().any(|s| s.g.is_nan()) {
            return;
        }
        let (low, high) = (self.samples.iter()).fold((f64::INFINITY, f64::NEG_INFINITY), |r, s| {
            (r.0.min(s.g), r.1.max(s.g))
        });
        let doubt = DOUBT * (high - low);
        if low > high - low || -high > high - low || doubt == 0.0 {
            return;
        }
        let full = <&[Sample; ROWS]>::try_from(self.samples.as_slice());
        let bernstein = full.map(|samples| bernstein(&samples.map(|s| s.g)));
        // Most functions turn nowhere.
        if bernstein.is_ok_and(|c| c.is_sorted() || c.iter().rev().is_sorted()) {
            return;
        }
        let seen: Vec<(f64, f64)>;
        let drawn: [(f64, f64); FINE + 1];
        // Where there are many samples, these are the curve.
        let curve: &[(f64, f64)] = if self.fine.is_empty() {
            drawn = std::array::from_fn(|i| {
                let x = i as f64 / FINE as f64;
                match &bernstein {
                    Ok(coefficients) => (x, de_casteljau(coefficients, x)),
                    Err(_) => (x, polynomial(&self.samples, x)),
                }
            });
            &drawn
        } else {
            seen = self.samples.iter().map(|s| (s.theta, s.g)).collect();
            &seen
        };
        let mut found = Vec::new();
        for w in curve.windows(3) {
            let [(a, ga), (x, gx), (b, gb)] = [w[0], w[1], w[2]];
            // The interval between two samples in which the polynomial turns, if both are on one side.
            let i = self.samples.partition_point(|s| s.theta <= x).max(1);
            let Some(next) = self.samples.get(i) else {
                continue;
            };
            let sign = Side::of(next.g);
            let one_side = sign == Side::of(self.samples[i - 1].g) && sign != Side::Unknown;
            let s = next.g.signum();
            let turns = s * gx <= s * ga && s * gx < s * gb;
            if !one_side || !turns || s * gx > doubt {
                continue;
            }
            found.extend(self.lowest(equations, origin, step, event, (a, x, b, s)));
        }
        if !found.is_empty() {
            self.samples.extend(found);
            self.samples.sort_by(|a, b| a.theta.total_cmp(&b.theta));
        }
    }

    /// How far across 0 the function of `event` must be for a contact to be an excursion.
    pub(super) fn least_excursion(&self, event: usize) -> f64 {
        self.bands.width[event] / super::band::ERRORS
    }

    /// A place in [`a`, `b`] where `s` times the function is clearly below 0, if its minimum is; by golden sections,
    /// with parabolas where they help (after Brent 1973). `x` is a first guess.
    fn lowest(
        &mut self,
        equations: &mut dyn Equations,
        origin: f64,
        step: &mut dyn Step,
        event: usize,
        (mut a, mut x, mut b, s): (f64, f64, f64, f64),
    ) -> Option<Sample> {
        let mut look = |watch: &mut Self, theta: f64| {
            watch.see(equations, origin, step, theta);
            let g = s * watch.g[event];
            if g < 0.0 {
                let t = origin + super::events::clock_at(step, theta);
                watch.measure_bands(equations, t);
            }
            g
        };
        let mut gx = look(self, x);
        let mut ends = [look(self, a), look(self, b)];
        for _ in 0..LOOKS {
            let sure = |watch: &Self, g: f64| g < -watch.least_excursion(event);
            for (theta, g) in [(x, gx), (a, ends[0]), (b, ends[1])] {
                if g < 0.0 && sure(self, g) {
                    return Some(Sample {
                        theta,
                        g: s * g,
                        sure: true,
                    });
                }
            }
            if b - a <= WIDTH {
                return None;
            }
            let m = vertex((a, ends[0]), (x, gx), (b, ends[1]))
                .filter(|m| {
                    m - a > 0.5 * WIDTH && b - m > 0.5 * WIDTH && (m - x).abs() > 0.1 * WIDTH
                })
                .unwrap_or(if x - a > b - x {
                    x - 0.381966 * (x - a)
                } else {
                    x + 0.381966 * (b - x)
                });
            let gm = look(self, m);
            // The lower of the two stays inside.
            let ((l, gl), (r, gr)) = if m < x {
                ((m, gm), (x, gx))
            } else {
                ((x, gx), (m, gm))
            };
            if gl <= gr {
                (b, ends[1], x, gx) = (r, gr, l, gl);
            } else {
                (a, ends[0], x, gx) = (l, gl, r, gr);
            }
        }
        None
    }
}

/// Where the parabola through three points is lowest.
fn vertex((a, ga): (f64, f64), (x, gx): (f64, f64), (b, gb): (f64, f64)) -> Option<f64> {
    let (left, right) = ((x - a) * (gx - gb), (x - b) * (gx - ga));
    let m = x - 0.5 * ((x - a) * left - (x - b) * right) / (left - right);
    (m > a && m < b).then_some(m)
}

/// 240 times the coefficients, in Bernstein's form, of the polynomials that are 1 at one of the six places of a full
/// grid and 0 at the others: the inverse of the matrix of Bernstein's polynomials at these places.
const BERNSTEIN: [[f64; ROWS]; ROWS] = [
    [240.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [-308.0, 1200.0, -1200.0, 800.0, -300.0, 48.0],
    [269.0, -1450.0, 2950.0, -2300.0, 925.0, -154.0],
    [-154.0, 925.0, -2300.0, 2950.0, -1450.0, 269.0],
    [48.0, -300.0, 800.0, -1200.0, 1200.0, -308.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 240.0],
];

/// The polynomial through the values on a full grid in Bernstein's form: where its coefficients ascend it does.
fn bernstein(g: &[f64; ROWS]) -> [f64; ROWS] {
    BERNSTEIN.map(|row| row.iter().zip(g).map(|(b, g)| b * g).sum::<f64>() / 240.0)
}

/// A polynomial in Bernstein's form at `x`.
fn de_casteljau(coefficients: &[f64; ROWS], x: f64) -> f64 {
    let mut c = *coefficients;
    for length in (1..ROWS).rev() {
        for i in 0..length {
            c[i] += x * (c[i + 1] - c[i]);
        }
    }
    c[0]
}

/// The polynomial through the samples, at `x` (Neville).
fn polynomial(samples: &[Sample], x: f64) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(|s| s.g).collect();
    for width in 1..samples.len() {
        for i in 0..samples.len() - width {
            let (a, b) = (samples[i].theta, samples[i + width].theta);
            values[i] = ((x - a) * values[i + 1] - (x - b) * values[i]) / (b - a);
        }
    }
    values[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quintic_passes_through_its_samples_and_a_parabola_shows_its_vertex() {
        let g = |x: f64| x.powi(5) - 2.0 * x + 0.3;
        let samples: Vec<Sample> = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
            .map(|theta| Sample {
                theta,
                g: g(theta),
                sure: false,
            })
            .into();
        for x in [0.0, 0.13, 0.5, 0.97, 1.0] {
            assert!((polynomial(&samples, x) - g(x)).abs() < 1e-14);
            let values: [f64; ROWS] = std::array::from_fn(|i| samples[i].g);
            assert!((de_casteljau(&bernstein(&values), x) - g(x)).abs() < 1e-14);
        }
        let p = |x: f64| (x, (x - 0.37).powi(2));
        let v = vertex(p(0.3), p(0.35), p(0.5)).expect("inside");
        assert!((v - 0.37).abs() < 1e-14);
    }
}

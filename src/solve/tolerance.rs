//! What errors are measured against, and the first step that follows from it.

use super::problem::Options;
use super::step::Leg;
use crate::equations::Equations;

/// Tolerances, and the sizes of the states that they refer to.
#[derive(Clone, Debug)]
pub(super) struct Tolerance {
    /// Relative to the present size of each state.
    pub rtol: f64,
    /// Relative to the scale of each state.
    pub atol: f64,
    /// Powers of two not above the scales of the problem: dividing by them is exact, so that a model at rest stays
    /// exactly at rest. The absolute tolerance is then between half and all of what was asked.
    pub scale: Vec<f64>,
}

impl Tolerance {
    /// The tolerances of `options`, for states of the given typical sizes.
    pub fn new(options: &Options, scales: &[f64]) -> Tolerance {
        Tolerance {
            rtol: options.rtol,
            atol: options.atol,
            scale: scales.iter().map(|s| power_of_two(*s)).collect(),
        }
    }

    /// Error that state `i` may have where its absolute value is `size`.
    pub fn of(&self, i: usize, size: f64) -> f64 {
        self.atol * self.scale[i] + self.rtol * size
    }

    /// First step of a leg for a method of the given order, at the cost of one right-hand side.
    ///
    /// Hairer's rule (Solving ODEs I, section II.4) with all lengths relative to the time in which the state changes
    /// by its size or its scale, or to the leg, instead of to one second.
    pub fn first_step(&self, equations: &mut dyn Equations, leg: &Leg, order: f64) -> f64 {
        let length = leg.end - leg.start;
        let norm = |v: &dyn Fn(usize) -> f64| {
            (0..leg.y.len())
                .map(|i| (v(i) / self.of(i, leg.y[i].abs())).powi(2))
                .sum::<f64>()
                .sqrt()
        };
        let size = norm(&|i| leg.y[i].abs().max(self.scale[i]));
        let speed = norm(&|i| leg.f[i]);
        // What does not move by a tolerance over the leg may still be about to.
        let slow = speed * length < 1e-5;
        let unit = if slow {
            length
        } else {
            (size / speed).min(length)
        };
        let trial = if slow { 1e-6 } else { 0.01 } * unit;
        let y: Vec<f64> = leg
            .y
            .iter()
            .zip(leg.f)
            .map(|(y, f)| y + trial * f)
            .collect();
        let mut f = vec![0.0; y.len()];
        equations.rhs(leg.origin + leg.start + trial, &y, &mut f);
        let bend = norm(&|i| f[i] - leg.f[i]) / trial;
        let most = (speed * unit).max(bend * unit * unit);
        // Without any motion the quotient is infinite.
        let step = unit * (0.01 / most).powf(1.0 / order);
        // A step of 0 would make ode_solvers choose.
        step.min(100.0 * trial).min(length).max(f64::MIN_POSITIVE)
    }
}

/// The largest power of two that is not above `scale`, kept where its reciprocal is a normal number too.
pub(super) fn power_of_two(scale: f64) -> f64 {
    let exponent_only = f64::from_bits(scale.to_bits() & 0x7ff0_0000_0000_0000);
    exponent_only.clamp(2f64.powi(-1000), 2f64.powi(1000))
}

#[cfg(test)]
mod tests {
    use super::power_of_two;

    #[test]
    fn scales_are_rounded_down_to_powers_of_two() {
        assert_eq!(power_of_two(1.0), 1.0);
        assert_eq!(power_of_two(90.0), 64.0);
        assert_eq!(power_of_two(0.3), 0.25);
        assert_eq!(power_of_two(5e-324), 2f64.powi(-1000));
        assert_eq!(power_of_two(f64::MAX), 2f64.powi(1000));
    }
}

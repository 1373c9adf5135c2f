//! Rodas5P: a Rosenbrock method of order 5 with an embedded method of order 4, for stiff problems.
//!
//! L-stable and stiffly accurate; eight stages with one matrix, so a step costs one Jacobian, one factorisation, eight
//! solutions and eight right-hand sides (the first of which is the last of the step before). The step size follows
//! Gustafsson's predictive rule (ACM Trans. Math. Softw. 20 (1994) 496-517) in the form of Hairer and Wanner, Solving
//! ODEs II, section IV.8, with the limits of their program RODAS.

mod inside;
mod kernel;
pub(super) mod stages;
pub(super) mod tableau;

use super::attempts::{self, Fault, REJECTIONS};
use super::linear::DENSE;
use super::problem::Options;
use super::step::{Cost, Leg, LegEnd, Observer, Stepper, Trouble};
use super::tolerance::Tolerance;
use crate::equations::Equations;
use kernel::{Kernel, Reject};

/// Bounds of the quotient of one step and the next.
const QUOTIENT: (f64, f64) = (1.0 / 6.0, 5.0);

/// Quotient after an attempt without a result.
const RETREAT: f64 = 5.0;

/// Part of the step that the error estimate would allow.
const SAFETY: f64 = 0.9;

/// 1 over the order of the error of one step of the embedded method.
const POWER: f64 = 0.2;

/// The method at given tolerances.
pub(super) struct Rodas {
    /// Longest step [s].
    max_step: f64,
    kernel: Kernel,
}

/// The step size: how it follows from errors.
struct Control {
    /// The next step [s].
    h: f64,
    /// Longest step [s].
    longest: f64,
    /// Length and error of the last accepted step.
    last: Option<(f64, f64)>,
    rejected_in_row: u32,
}

impl Control {
    /// The quotient of the step and the next that an error allows.
    fn quotient(error: f64) -> f64 {
        if error.is_nan() {
            return RETREAT;
        }
        (error.powf(POWER) / SAFETY).clamp(QUOTIENT.0, QUOTIENT.1)
    }

    /// A step of length `h` was accepted.
    fn accept(&mut self, h: f64, error: f64) {
        let mut quotient = Control::quotient(error);
        if let Some((before, error_before)) = self.last {
            let predicted = before / h * (error * error / error_before).powf(POWER) / SAFETY;
            quotient = quotient.max(predicted.clamp(QUOTIENT.0, QUOTIENT.1));
        }
        let next = (h / quotient).min(self.longest);
        // Not longer at once after a rejection.
        self.h = if self.rejected_in_row > 0 {
            next.min(h)
        } else {
            next
        };
        self.last = Some((h, error.max(1e-2)));
        self.rejected_in_row = 0;
    }

    /// A step of length `h` was rejected, with its error where it had one.
    fn reject(&mut self, h: f64, error: Option<f64>) {
        self.rejected_in_row += 1;
        self.h = h / error.map_or(RETREAT, Control::quotient);
    }
}

impl Rodas {
    /// The method for `equations`, at the tolerances of `options`.
    pub fn new(equations: &dyn Equations, options: &Options, scales: &[f64]) -> Rodas {
        Rodas {
            max_step: options.max_step.unwrap_or(f64::INFINITY),
            kernel: Kernel::new(equations, &Tolerance::new(options, scales), scales),
        }
    }

    /// Whether the method can be used for `equations`.
    pub fn can_do(equations: &dyn Equations) -> bool {
        equations.jacobian_pattern().is_some() || equations.n_states() <= DENSE
    }

    /// Entries of the factors, the diagonal included.
    pub fn entries(&self) -> usize {
        self.kernel.linear.entries()
    }

    /// The length [s] of the steps that it would take from the start of `leg`, told by an attempt at one of length `h`;
    /// `None` if that has no result. What it costs is added to `cost`.
    pub fn predict(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        h: f64,
        cost: &mut Cost,
    ) -> Option<f64> {
        let h = h.min(leg.end - leg.start);
        self.kernel.begin(leg);
        let derived = self.kernel.derive(equations, h).is_ok();
        let error = derived.then(|| self.kernel.attempt(equations, h));
        cost.add(&self.kernel.cost);
        let error = error?.ok()?;
        Some(h / Control::quotient(error))
    }

    /// Takes steps until the leg is over.
    fn steps(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        observer: &mut dyn Observer,
    ) -> LegEnd {
        let kernel = &mut self.kernel;
        let length = leg.end - leg.start;
        let first = leg.first.unwrap_or_else(|| {
            kernel.cost.rhs += 1;
            kernel.tolerance.first_step(equations, leg, 1.0 / POWER)
        });
        let mut control = Control {
            // Not below what moves the clock.
            h: first.min(self.max_step).max(4.0 * f64::EPSILON * leg.start),
            longest: self.max_step,
            last: None,
            rejected_in_row: 0,
        };
        let mut fault = Fault::default();
        loop {
            if let Err(state) = kernel.derive(equations, control.h) {
                return LegEnd::Failed(Trouble::NotFinite(state));
            }
            // Attempts until one is accepted: where it ends, and whether that is the end of the leg.
            let (x, at_end) = loop {
                if kernel.cost.attempts() >= leg.budget {
                    return LegEnd::Failed(Trouble::TooManySteps);
                }
                let next = attempts::next(leg, kernel.x, control.h);
                let next = next.filter(|_| control.rejected_in_row <= REJECTIONS);
                let Some((h, at_end)) = next else {
                    let worst = || kernel.worst();
                    return LegEnd::Failed(fault.trouble(&kernel.cost, worst));
                };
                let tried = kernel.attempt(equations, h);
                let result = match tried {
                    Ok(error) if error <= 1.0 => kernel.finish(equations).map(|()| error),
                    other => other,
                };
                match result {
                    Ok(error) if error <= 1.0 => {
                        control.accept(h, error);
                        break (if at_end { length } else { kernel.x + h }, at_end);
                    }
                    Ok(error) => control.reject(h, Some(error)),
                    Err(reject) => {
                        if let Reject::NotFinite(state) = reject {
                            fault.note(&kernel.cost, state);
                        }
                        control.reject(h, None);
                    }
                }
                kernel.cost.rejected += 1;
            };
            kernel.accept(x, at_end);
            if observer.accept(equations, kernel).is_break() {
                return LegEnd::Halted;
            }
            if at_end {
                return LegEnd::Reached;
            }
            kernel.advance(x);
        }
    }
}

impl Stepper for Rodas {
    fn run(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        observer: &mut dyn Observer,
        cost: &mut Cost,
    ) -> LegEnd {
        self.kernel.begin(leg);
        let end = self.steps(equations, leg, observer);
        cost.add(&self.kernel.cost);
        end
    }
}

#[cfg(test)]
mod tests;

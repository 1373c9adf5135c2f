//! Radau IIA of order 5, 9 and 13, for stiff problems at tight tolerances.
//!
//! Implicit Runge–Kutta methods of collocation type with three, five and seven stages (E. Hairer and G. Wanner, Solving
//! ODEs II, 2nd ed., Springer 1996, section IV.8, and J. Comput. Appl. Math. 111 (1999) 93-111): L-stable and stiffly
//! accurate. The stages are solved together by simplified Newton iterations in the basis that splits them into one real
//! and one, two or three complex systems (`stages`); derivatives and factors are kept while that converges fast. The
//! order follows the rate of convergence, the step an error estimate of order s (`control`).

mod control;
mod inside;
mod kernel;
mod newton;
mod polynomial;
mod stages;
mod tableau;

use super::attempts::{self, Fault, REJECTIONS};
use super::problem::Options;
use super::step::{Cost, Leg, LegEnd, Observer, Stepper, Trouble};
use super::tolerance::Tolerance;
use crate::equations::Equations;
use control::{Control, Order};
use kernel::Kernel;
use newton::Reject;

/// The method at given tolerances.
pub(super) struct Radau {
    tolerance: Tolerance,
    /// Longest step [s].
    max_step: f64,
    kernel: Kernel,
    /// Orders that may be used, as indices.
    range: (usize, usize),
}

/// What an attempt needs to know of those before.
struct Course {
    control: Control,
    order: Order,
    /// Whether the derivatives are those at the start of the step, and whether they may be older.
    fresh: bool,
    stays: bool,
    fault: Fault,
}

impl Radau {
    /// The method for `equations`, at the tolerances of `options`.
    pub fn new(equations: &dyn Equations, options: &Options, scales: &[f64]) -> Radau {
        let tolerance = Tolerance::new(options, scales);
        Radau {
            kernel: Kernel::new(equations, &tolerance, scales),
            tolerance,
            max_step: options.max_step.unwrap_or(f64::INFINITY),
            range: (0, 2),
        }
    }

    /// Takes steps until the leg is over.
    fn steps(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        observer: &mut dyn Observer,
    ) -> LegEnd {
        let first = leg.first.unwrap_or_else(|| {
            self.kernel.cost.rhs += 1;
            self.tolerance.first_step(equations, leg, 5.0)
        });
        let mut course = Course {
            // Not below what moves the clock.
            control: Control::new(
                first.min(self.max_step).max(4.0 * f64::EPSILON * leg.start),
                self.max_step,
            ),
            order: Order::new(self.tolerance.rtol, self.range),
            fresh: false,
            stays: false,
            fault: Fault::default(),
        };
        loop {
            let (x, at_end) = match self.step(equations, leg, &mut course) {
                Ok(end) => end,
                Err(trouble) => return LegEnd::Failed(trouble),
            };
            self.kernel.accept(x, at_end);
            if observer.accept(equations, &mut self.kernel).is_break() {
                return LegEnd::Halted;
            }
            if at_end {
                return LegEnd::Reached;
            }
            self.kernel.advance(x);
            course.fresh = false;
        }
    }

    /// Attempts until one is accepted: where it ends, and whether that is the end of the leg.
    fn step(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        course: &mut Course,
    ) -> Result<(f64, bool), Trouble> {
        let length = leg.end - leg.start;
        loop {
            let kernel = &mut self.kernel;
            if kernel.cost.attempts() >= leg.budget {
                return Err(Trouble::TooManySteps);
            }
            let next = attempts::next(leg, kernel.x, course.control.h);
            let next = next.filter(|_| course.control.rejected_in_row <= REJECTIONS);
            let Some((h, at_end)) = next else {
                return Err(course.fault.trouble(&kernel.cost, || kernel.worst()));
            };
            match self.attempt(equations, h, course)? {
                Ok(error) if error <= 1.0 => {
                    let (kernel, s) = (&self.kernel, stages(course.order.index));
                    course.stays = course.control.accept(h, error, s, &kernel.newton);
                    return Ok((if at_end { length } else { kernel.x + h }, at_end));
                }
                Ok(error) => {
                    let (s, changes) = (stages(course.order.index), self.kernel.newton.changes);
                    course.control.reject(h, error, s, changes);
                }
                Err(reject) => {
                    if let Reject::NotFinite(state) = reject {
                        course.fault.note(&self.kernel.cost, state);
                    }
                    course.order.fail();
                    course.control.retreat(h, &reject);
                }
            }
            self.kernel.cost.rejected += 1;
            course.stays = false;
        }
    }

    /// One attempt with a step of length `h`; the outer error ends the leg.
    fn attempt(
        &mut self,
        equations: &mut dyn Equations,
        h: f64,
        course: &mut Course,
    ) -> Result<Result<f64, Reject>, Trouble> {
        let kernel = &mut self.kernel;
        if !course.fresh && !course.stays {
            kernel
                .derive(equations, h, &self.tolerance)
                .map_err(Trouble::NotFinite)?;
            course.fresh = true;
        }
        if !kernel.is_factored(course.order.index, h) {
            let change = h / kernel.length_before().unwrap_or(h);
            course.order.choose(change, &kernel.newton);
        }
        let (method, wary) = (course.order.index, course.control.is_wary());
        let tried = kernel.attempt(equations, method, h, wary, &self.tolerance);
        Ok(match tried {
            Ok(error) if error <= 1.0 => kernel.finish(equations).map(|()| error),
            other => other,
        })
    }
}

/// Stages of the method with this index.
fn stages(index: usize) -> usize {
    3 + 2 * index
}

impl Stepper for Radau {
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

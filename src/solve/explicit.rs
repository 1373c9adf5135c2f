//! The explicit methods: an adapter around ode_solvers for Dopri5 and Rk4, and Dop853.
//!
//! The library takes the steps; everything around them is ours, because around them it has faults
//! (`tests/upstream_faults.rs` shows each). How each is met:
//!
//! - *One scalar rtol and atol*: states are divided by their scale ([`Tolerance`]).
//! - *Dop853's last stage is evaluated at the start of the step instead of its end, and its steps are slow*: that method
//!   is done here without the library (`dop853`).
//! - *Dense output, negative starts*: sparse output only, each leg on its own clock from 0 forwards, interpolation of
//!   our own.
//! - *NaN ends as an underflow after thousands of calls*: after [`REJECTIONS`] rejections in a row no further
//!   right-hand side is evaluated, and what was wrong is read from the recorded stages.
//! - *`StiffnessDetected`*: its interval is raised out of reach.
//! - *Rk4 runs past the end*: the step divides the leg, and the leg ends after that many steps.
//! - *Every step is kept in memory*: the library is started anew after a number of steps, with the known rate and step.
//! - *No counters on failure, initial step in seconds*: counted here, chosen here ([`Tolerance::first_step`]).

mod dop853;

use super::attempts::REJECTIONS;
use super::problem::{Method, Options};
use super::stages::{Call, Stages, first_not_finite};
use super::step::{Cost, Leg, LegEnd, Observer, Stepper, Trouble};
use super::tolerance::Tolerance;
use crate::equations::Equations;
use nalgebra::allocator::Allocator;
use nalgebra::{Const, DefaultAllocator, Dim, Dyn, OVector, U1};
use ode_solvers::dop_shared::{IntegrationError, OutputType};
use ode_solvers::{Dopri5, Rk4, System};
use std::cell::RefCell;

/// Numbers that the library may keep per start: its results grow with every step.
const KEPT: usize = 4_000_000;

/// An explicit method at given tolerances.
pub(super) struct Explicit {
    method: Method,
    tolerance: Tolerance,
    step: Option<f64>,
    /// Longest step [s].
    max_step: f64,
    /// Reciprocals of the scales.
    inverse: Vec<f64>,
    stages: Stages,
}

/// What the library's callbacks work on.
struct Core<'a> {
    equations: &'a mut dyn Equations,
    observer: &'a mut dyn Observer,
    explicit: &'a mut Explicit,
    /// State that the equations see.
    y: Vec<f64>,
    /// Length of the leg [s].
    length: f64,
    /// Accepted steps until the library is started anew.
    left: u32,
    /// Length of each step and their number, if they are fixed.
    fixed: Option<(f64, f64)>,
    /// Set when the leg is over.
    end: Option<LegEnd>,
}

/// The library wants a system of its own to own.
struct Handle<'h, 'a>(&'h RefCell<Core<'a>>);

impl<D: Dim> System<f64, OVector<f64, D>> for Handle<'_, '_>
where
    DefaultAllocator: Allocator<D>,
{
    fn system(&self, x: f64, z: &OVector<f64, D>, dz: &mut OVector<f64, D>) {
        self.0.borrow_mut().rate(x, z.as_slice(), dz.as_mut_slice());
    }

    fn solout(&mut self, x: f64, z: &OVector<f64, D>, _dz: &OVector<f64, D>) -> bool {
        self.0.borrow_mut().accepted(x, z.as_slice())
    }
}

impl Core<'_> {
    /// One call of the right-hand side. Once the leg is over the answer is NaN: the library then shrinks its step
    /// until it gives up, at the cost of some thousand additions.
    fn rate(&mut self, x: f64, z: &[f64], dz: &mut [f64]) {
        if self.end.is_some() {
            return dz.fill(f64::NAN);
        }
        let Explicit {
            stages,
            tolerance,
            inverse,
            ..
        } = &mut *self.explicit;
        let index = match stages.call(x) {
            Call::Known(index) => index,
            Call::Stage(index, x) => {
                if stages.rejected_in_row > REJECTIONS {
                    self.end = Some(LegEnd::Failed(self.explicit.trouble()));
                    return dz.fill(f64::NAN);
                }
                for ((y, z), s) in self.y.iter_mut().zip(z).zip(&tolerance.scale) {
                    *y = z * s;
                }
                let t = stages.time(x);
                self.equations.rhs(t, &self.y, stages.stage(index));
                stages.cost.rhs += 1;
                if let Some(state) = first_not_finite(stages.stage(index)) {
                    stages.note_fault(state);
                }
                index
            }
        };
        for ((dz, k), s) in dz.iter_mut().zip(stages.stage(index)).zip(&*inverse) {
            *dz = *k * s;
        }
    }

    /// An accepted step; true ends the library's run.
    fn accepted(&mut self, x: f64, z: &[f64]) -> bool {
        if self.end.is_some() {
            return true;
        }
        let Explicit {
            stages, tolerance, ..
        } = &mut *self.explicit;
        for ((y, z), s) in stages.end_state().iter_mut().zip(z).zip(&tolerance.scale) {
            *y = z * s;
        }
        if let Some(state) = first_not_finite(stages.end_state()) {
            self.end = Some(LegEnd::Failed(Trouble::NotFinite(state)));
            return true;
        }
        // The library's clock is the sum of the steps and may miss the end by roundings.
        let (x, at_end) = match self.fixed {
            Some((h, number)) => {
                let done = (stages.cost.accepted + 1) as f64;
                (done * h, done >= number)
            }
            None => (x, x >= self.length * (1.0 - 4.0 * f64::EPSILON)),
        };
        stages.accept(x, at_end);
        if self.observer.accept(self.equations, stages).is_break() {
            self.end = Some(LegEnd::Halted);
        } else if at_end {
            self.end = Some(LegEnd::Reached);
        }
        stages.advance(x);
        self.left -= 1;
        self.end.is_some() || self.left == 0
    }
}

impl Explicit {
    /// The method that `options` name, for states of the given typical sizes.
    pub fn new(options: &Options, scales: &[f64]) -> Explicit {
        let tolerance = Tolerance::new(options, scales);
        Explicit {
            method: options.method,
            step: options.step,
            max_step: options.max_step.unwrap_or(f64::INFINITY),
            inverse: tolerance.scale.iter().map(|s| 1.0 / s).collect(),
            stages: Stages::new(options.method, &tolerance),
            tolerance,
        }
    }

    /// Why no smaller step is tried.
    fn trouble(&mut self) -> Trouble {
        self.stages.trouble(&self.tolerance)
    }

    fn run_sized<D: Dim>(
        &mut self,
        dim: D,
        equations: &mut dyn Equations,
        leg: &Leg,
        observer: &mut dyn Observer,
    ) -> LegEnd
    where
        DefaultAllocator: Allocator<D>,
        OVector<f64, D>: std::ops::Mul<f64, Output = OVector<f64, D>>,
    {
        let length = leg.end - leg.start;
        let fixed = (self.method == Method::Rk4).then(|| {
            let step = self.step.unwrap_or(1e-3 * leg.piece).min(self.max_step);
            let number = (length / step * (1.0 - 1e-12)).ceil().max(1.0);
            (length / number, number)
        });
        self.stages.begin(leg, fixed.map(|(h, _)| h));
        let mut h = match fixed {
            Some((h, _)) => h,
            None => leg.first.unwrap_or_else(|| {
                self.stages.cost.rhs += 1;
                self.tolerance
                    .first_step(equations, leg, 5.0)
                    .min(self.max_step)
            }),
        };
        let longest = length.min(self.max_step);
        let core = Core {
            equations,
            observer,
            explicit: self,
            y: vec![0.0; leg.y.len()],
            length,
            left: 0,
            fixed,
            end: None,
        };
        let core = RefCell::new(core);
        loop {
            let (x, z, budget) = core.borrow_mut().start(dim, leg);
            if budget == 0 {
                return LegEnd::Failed(Trouble::TooManySteps);
            }
            let method = core.borrow().explicit.method;
            let result = match method {
                Method::Dopri5 => {
                    let (rtol, atol) = core.borrow().tolerances();
                    // The library makes one attempt more than it is allowed.
                    Dopri5::from_param(
                        Handle(&core),
                        x,
                        length,
                        length,
                        z,
                        rtol,
                        atol,
                        0.9,
                        0.04,
                        0.2,
                        10.0,
                        longest,
                        h,
                        budget - 1,
                        u32::MAX,
                        OutputType::Sparse,
                    )
                    .integrate()
                }
                // Rk4; what is not a method of the library does not come here.
                _ => {
                    let end = x + h * f64::from(budget);
                    Rk4::new(Handle(&core), x, z, end, h).integrate()
                }
            };
            let mut core = core.borrow_mut();
            core.explicit.stages.give_up();
            if let Some(end) = core.end {
                return end;
            }
            match result {
                Ok(_) => {}
                Err(IntegrationError::MaxNumStepReached { .. }) => {
                    return LegEnd::Failed(Trouble::TooManySteps);
                }
                Err(_) => return LegEnd::Failed(core.explicit.trouble()),
            }
            if core.fixed.is_none() {
                h = core.explicit.stages.length();
            }
        }
    }
}

impl Core<'_> {
    /// Where the library starts, the scaled state there, and how many attempts it has.
    fn start<D: Dim>(&mut self, dim: D, leg: &Leg) -> (f64, OVector<f64, D>, u32)
    where
        DefaultAllocator: Allocator<D>,
    {
        let stages = &mut self.explicit.stages;
        stages.resume();
        let spent = stages.cost.attempts();
        let mut budget = u32::try_from(leg.budget.saturating_sub(spent)).unwrap_or(u32::MAX);
        self.left = (KEPT / leg.y.len().max(1)).clamp(100, 20_000) as u32;
        if let Some((_, number)) = self.fixed {
            // Rk4 has no limit of its own, and reserves memory for all steps it will make.
            self.left = self.left.min(budget).min((number - spent as f64) as u32);
            budget = self.left;
        }
        let (x, y) = stages.here();
        let scaled = y.iter().zip(&self.explicit.inverse).map(|(y, s)| y * s);
        (x, OVector::from_iterator_generic(dim, U1, scaled), budget)
    }

    fn tolerances(&self) -> (f64, f64) {
        (self.explicit.tolerance.rtol, self.explicit.tolerance.atol)
    }
}

impl Stepper for Explicit {
    fn run(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        observer: &mut dyn Observer,
        cost: &mut Cost,
    ) -> LegEnd {
        if self.method == Method::Dop853 {
            let end = self.run_dop853(equations, leg, observer);
            cost.add(&self.stages.cost);
            return end;
        }
        // Vectors of a known length live on the stack: the library clones some dozens of them per step.
        let end = match leg.y.len() {
            1 => self.run_sized(Const::<1>, equations, leg, observer),
            2 => self.run_sized(Const::<2>, equations, leg, observer),
            3 => self.run_sized(Const::<3>, equations, leg, observer),
            4 => self.run_sized(Const::<4>, equations, leg, observer),
            n => self.run_sized(Dyn(n), equations, leg, observer),
        };
        cost.add(&self.stages.cost);
        end
    }
}

#[cfg(test)]
mod tests;

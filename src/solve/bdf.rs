//! Adapter around diffsol: backward differentiation formulas of order 1 to 5 with a variable step (feature `bdf`).
//!
//! The library predicts, iterates, and chooses order and step; everything around it is ours. What had to be met
//! (`tests/upstream_faults_bdf.rs` shows it where it can be seen from outside):
//!
//! - *Patterns are probed with NaN*, which misses what stands behind an inactive `if`: Jacobian and pattern come from the
//!   equations, as its operator traits allow.
//! - *A singular matrix goes unnoticed* by its sparse factorisation: the factors are ours ([`Linear`]), behind its
//!   interface, with the same guard as those of Rodas5P. What cannot be solved ends the attempt.
//! - *Its interpolant loses its digits after a cut of the step*, since differences are rescaled in place for the step that
//!   ends the leg, to any smaller length: ours goes through the accepted states (`path`).
//! - *Its smallest step is 1e-13 s*, and failures of Newton's method are limited over the whole run: both limits are set
//!   anew for each step, to what moves the clock and to [`REJECTIONS`].
//! - *NaN is met with a hundred calls* before it gives up, under another name: the first one ends the attempt, and is
//!   remembered.
//! - *The first Newton matrix counts as made for a step of 1 s*: costs a factorisation, no more.
//!
//! A leg starts at order 1 from [`Tolerance::first_step`]. States are not scaled: the library takes an absolute
//! tolerance for each, and the factors are guarded by sizes.
//!
//! [`Linear`]: super::linear::Linear

mod path;
mod system;

use super::attempts::{self, worst};
use super::problem::Options;
use super::stages::first_not_finite;
use super::step::{Cost, Leg, LegEnd, Observer, Step, Stepper, Trouble};
use super::tolerance::Tolerance;
use crate::equations::Equations;
use diffsol::{
    Bdf as Formulas, BdfState, FaerContext, OdeSolverMethod, OdeSolverOptions, OdeSolverProblem,
    OdeSolverState, OdeSolverStopReason, Vector,
};
use path::Path;
use std::cell::RefCell;
use system::{Core, Factors, Kit, System, Vector64, values};

/// Failures of one step, of each kind, after which no smaller one is tried.
const REJECTIONS: u64 = attempts::REJECTIONS as u64;

/// Right-hand sides back to which a rate that was not finite explains why no step can be taken: two for each of some
/// attempts.
const RECENT: u64 = 32;

/// The method at given tolerances.
pub(super) struct Bdf {
    tolerance: Tolerance,
    /// Longest step [s].
    longest: f64,
    kit: Kit,
    path: Path,
}

/// The library's solver for one leg.
type Solver<'p, 'c, 'a> = Formulas<'p, System<'c, 'a>, Factors<'c, 'a>>;

/// The step accepted last.
struct Accepted<'p> {
    path: &'p mut Path,
    /// Order in which it was taken.
    order: usize,
    /// Start and end since the start of the leg [s].
    x: (f64, f64),
    /// The same on the clock [s].
    clock: (f64, f64),
}

impl Step for Accepted<'_> {
    fn clock(&self) -> (f64, f64) {
        self.clock
    }

    fn end(&self) -> &[f64] {
        self.path.end()
    }

    fn at(&mut self, _equations: &mut dyn Equations, theta: f64, y: &mut [f64]) {
        if theta >= 1.0 {
            return y.copy_from_slice(self.path.end());
        }
        let (start, end) = self.x;
        self.path.at(self.order, start + theta * (end - start), y);
    }

    fn rough(&mut self, equations: &mut dyn Equations, theta: f64, y: &mut [f64]) -> bool {
        self.at(equations, theta, y);
        true
    }
}

impl Bdf {
    /// The method for `equations`, at the tolerances of `options`.
    pub fn new(equations: &dyn Equations, options: &Options, scales: &[f64]) -> Bdf {
        let tolerance = Tolerance::new(options, scales);
        Bdf {
            kit: Kit::new(equations, &tolerance.scale),
            path: Path::default(),
            tolerance,
            longest: options.max_step.unwrap_or(f64::INFINITY),
        }
    }

    /// Takes steps until the leg is over.
    fn steps(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        observer: &mut dyn Observer,
        cost: &mut Cost,
    ) -> LegEnd {
        let h = leg.first.unwrap_or_else(|| {
            cost.rhs += 1;
            self.tolerance.first_step(equations, leg, 2.0)
        });
        let h = h.max(4.0 * f64::EPSILON * leg.start);
        self.path.begin(leg.y, leg.f);
        let bounds = (leg.start, leg.end);
        let core = RefCell::new(Core::new(equations, &mut self.kit, leg.origin, bounds));
        let problem = posed(System::new(&core, leg.y), &self.tolerance, h);
        let ready = BdfState::new_without_initialise(&problem)
            .and_then(|state| Solver::new(&problem, state, Factors::new(&core)));
        let end = match ready {
            Ok(mut solver) => {
                let course = Course {
                    core: &core,
                    path: &mut self.path,
                    tolerance: &self.tolerance,
                    longest: self.longest,
                    leg,
                };
                course.run(&mut solver, observer)
            }
            // It has no reason to refuse: what it is given is complete.
            Err(_) => LegEnd::Failed(Trouble::StepTooSmall(0)),
        };
        cost.add(&core.borrow().cost);
        end
    }
}

/// The problem of one leg in the library's form.
fn posed<'c, 'a>(
    eqn: System<'c, 'a>,
    tolerance: &Tolerance,
    h0: f64,
) -> OdeSolverProblem<System<'c, 'a>> {
    let atol = (0..tolerance.scale.len()).map(|i| tolerance.of(i, 0.0));
    OdeSolverProblem {
        eqn,
        rtol: tolerance.rtol,
        atol: Vector64::from_vec(atol.collect(), FaerContext::default()),
        t0: 0.0,
        h0,
        integrate_out: false,
        sens_rtol: None,
        sens_atol: None,
        out_rtol: None,
        out_atol: None,
        param_rtol: None,
        param_atol: None,
        ic_options: Default::default(),
        ode_options: OdeSolverOptions::default(),
    }
}

/// One leg on its way.
struct Course<'r, 'l, 'a> {
    core: &'r RefCell<Core<'a>>,
    path: &'r mut Path,
    tolerance: &'r Tolerance,
    longest: f64,
    leg: &'r Leg<'l>,
}

impl Course<'_, '_, '_> {
    fn run(mut self, solver: &mut Solver, observer: &mut dyn Observer) -> LegEnd {
        let (mut x, mut clock) = (0.0, self.leg.start);
        let length = self.leg.end - self.leg.start;
        loop {
            let attempts = self.attempts(solver);
            if attempts >= self.leg.budget {
                return LegEnd::Failed(Trouble::TooManySteps);
            }
            limit(solver, (self.leg.budget - attempts).min(REJECTIONS), clock);
            let order = solver.order();
            let stop = length.min(x + self.longest);
            let result = solver.set_stop_time(stop).and_then(|()| solver.step());
            let attempts = self.attempts(solver);
            self.core.borrow_mut().cost.rejected = attempts - accepted(solver);
            // An error after a step was taken is about the next one.
            let state = solver.state();
            if state.t <= x {
                return LegEnd::Failed(match attempts >= self.leg.budget {
                    true => Trouble::TooManySteps,
                    false => self.trouble(order),
                });
            }
            self.core.borrow_mut().cost.accepted += 1;
            if let Some(state) = first_not_finite(values(state.y)) {
                return LegEnd::Failed(Trouble::NotFinite(state));
            }
            let at_end = matches!(result, Ok(OdeSolverStopReason::TstopReached)) && stop == length;
            self.path.push(state.t, values(state.y));
            let clock_end = match at_end {
                true => self.leg.end,
                false => (self.leg.start + state.t).min(self.leg.end),
            };
            let mut step = Accepted {
                path: self.path,
                order,
                x: (x, state.t),
                clock: (clock, clock_end),
            };
            (x, clock) = (state.t, clock_end);
            let mut core = self.core.borrow_mut();
            if observer.accept(core.equations, &mut step).is_break() {
                return LegEnd::Halted;
            }
            if at_end {
                return LegEnd::Reached;
            }
        }
    }

    /// Attempts so far.
    fn attempts(&self, solver: &Solver) -> u64 {
        let done = solver.get_statistics();
        let failed = done.number_of_error_test_failures + done.number_of_nonlinear_solver_fails;
        accepted(solver) + failed as u64
    }

    /// Why no smaller step is tried.
    fn trouble(&mut self, order: usize) -> Trouble {
        let core = self.core.borrow();
        match core.fault {
            Some((then, state)) if core.cost.rhs - then <= RECENT => Trouble::NotFinite(state),
            _ => Trouble::StepTooSmall(self.worst(&core, order)),
        }
    }

    /// The state that differs most from its prediction where the last attempt ended.
    fn worst(&mut self, core: &Core, order: usize) -> usize {
        let (x, asked) = &core.asked;
        let mut predicted = vec![0.0; asked.len()];
        self.path.at(order, *x, &mut predicted);
        worst(asked.len(), |i| {
            (asked[i] - predicted[i]) / self.tolerance.of(i, asked[i].abs())
        })
    }
}

fn accepted(solver: &Solver) -> u64 {
    solver.get_statistics().number_of_steps as u64
}

/// Lets the next step fail so many times, down to a step that no longer moves the clock.
fn limit(solver: &mut Solver, failures: u64, clock: f64) {
    let failed = solver.get_statistics().number_of_nonlinear_solver_fails;
    let config = solver.config_mut();
    config.maximum_error_test_failures = failures as usize;
    config.maximum_newton_fails = failed + failures as usize;
    config.minimum_timestep = (0.5 * f64::EPSILON * clock).max(f64::MIN_POSITIVE);
}

impl Stepper for Bdf {
    fn run(
        &mut self,
        equations: &mut dyn Equations,
        leg: &Leg,
        observer: &mut dyn Observer,
        cost: &mut Cost,
    ) -> LegEnd {
        self.steps(equations, leg, observer, cost)
    }
}

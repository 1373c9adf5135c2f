//! Solving: from [`Equations`] and a [`Problem`] to a [`Solution`].
//!
//! Roles that do not know each other, each in its file:
//!
//! | File | Role |
//! |---|---|
//! | `problem` | what to solve, how well, what comes back: plain data |
//! | `misuse` | refuses what makes no sense |
//! | `pieces` | runs piece after piece, restarts, lets events happen |
//! | `events`, `side`, `roots` | what crosses in a step, what counts as a crossing, where it is |
//! | `resolve` | looks closer where an event function changes faster than the states |
//! | `find`, `graze` | changes of side along the values seen; excursions between two of them |
//! | `band` | keeps noise at the level of the tolerance from flipping kinks and firing events |
//! | `summits` | extrema of values whose rates do not tell where they turn |
//! | `sharpen` | puts the place of an event right where steps are better than their interpolant |
//! | `settle` | sides of kinks and events at the start of a leg |
//! | `rows` | collects the solution |
//! | `step` | the interfaces between a method and the rest |
//! | `attempts` | how long the next attempt is, and when no other is made |
//! | `tolerance` | what errors are measured against, the first step |
//! | `explicit` | the explicit methods: an adapter around ode_solvers, and Dop853 (`dop853`) |
//! | `stages` | the step of an explicit method, and states inside it (`inside`, `mended`) |
//! | `dense`, `tableau` | interpolation inside a step, coefficients of the explicit methods |
//! | `rodas` | Rodas5P: step size, step (`kernel`, `stages`), states inside it (`inside`), coefficients (`tableau`) |
//! | `radau` | Radau IIA: step and order (`control`), step (`kernel`), its systems (`stages`, `newton`), states inside it (`inside`, `polynomial`), coefficients (`tableau`) |
//! | `bdf` | an adapter around diffsol (feature `bdf`): its operators (`system`), states inside a step (`path`) |
//! | `lanes` | many problems side by side, for sweeps |
//! | `slopes`, `linear` | derivatives for the implicit methods; their real linear systems |
//! | `lu`, `order`, `pivot` | sparse factors planned from the pattern, the order of elimination, the dense fallback; the same for complex matrices (`lu/complex`, `pivot/complex`) |
//! | `auto`, `probe` | the choice between an explicit and an implicit method, and the largest eigenvalue, on which it rests |
//!
//! Deliberately absent: names of anything but the states, units, files, models.
//!
//! # Dense output
//!
//! Saved times and events are read from the interpolant of the step they lie in:
//!
//! | Method | Order of the interpolant |
//! |---|---|
//! | [`Method::Dopri5`], [`Method::Rodas5p`] | 4 |
//! | [`Method::Dop853`] | 7, at three right-hand sides more, in such steps only |
//! | [`Method::Rk4`] | cubic Hermite: the error falls with the fourth power of the step |
//! | [`Method::Radau`] | 3, 5 or 7, that of its stages |
//! | `Method::Bdf` | one more than its step: the polynomial through the states accepted last |
//!
//! Events under any method but Dop853 and Bdf are then put right by a step of the method itself from the start of the
//! step to the event: their times, and the states from which the run restarts, are as accurate as the steps.
//!
//! Near the limit of stability the interpolant of [`Method::Dop853`] is far worse than its steps, and the defect shows
//! it. States inside such a step come from shorter steps with the same start, or from an interpolant through some of
//! them (`stages/inside`, `stages/mended`).
//!
//! [`Method::Radau`] and [`Method::Rodas5p`] have long steps and a polynomial of low order. Its defect is looked at in
//! steps in which a state is wanted, and where it shows an error above the tolerance, the states come from a few shorter
//! steps.
//!
//! # The stiff methods
//!
//! [`Method::Rodas5p`] takes the Jacobian that the equations give, once per accepted step, and one sparse factorisation
//! per attempt without exchange of rows. Where its measured growth shows that rows should have been exchanged, the
//! attempt is solved by a dense factorisation that does (up to 200 states), or rejected (beyond). Equations without a
//! pattern get difference quotients, up to 200 states; so do single columns with an entry that is not finite.
//!
//! [`Method::Radau`] takes the same Jacobian and the same order of elimination, for one real and up to three complex
//! factorisations that are kept while its iteration converges fast. It is the better one at tight tolerances (`auto`
//! holds the limits), and the independent second opinion everywhere.
//!
//! # What the tolerance can have made
//!
//! A function within some tolerances of 0 has no sign to speak of. Kinks keep their branch there, unless the branches
//! differ at 0, and events do not fire on the way to and fro (`band`). An excursion across 0 counts from one tolerance
//! on.
//!
//! # When a branch ends
//!
//! With [`Action::Kink`] a branch of the equations is frozen while a step is taken, so a step may look beyond the
//! kink, where the branch need not exist (√x under `if x > 0`). Steps then shrink towards the kink without passing it.
//! When none can be taken any more, the kink nearest to 0 is flipped if it is within some 1e-9 of it, and the run goes
//! on from there; if that brings no progress the run fails with the first reason.
//!
//! [`Method::Dopri5`]: problem::Method::Dopri5
//! [`Method::Dop853`]: problem::Method::Dop853
//! [`Method::Rk4`]: problem::Method::Rk4
//! [`Method::Radau`]: problem::Method::Radau
//! [`Method::Rodas5p`]: problem::Method::Rodas5p
//! [`Action::Kink`]: problem::Action::Kink

mod attempts;
mod auto;
mod band;
#[cfg(feature = "bdf")]
mod bdf;
mod dense;
mod events;
mod explicit;
mod find;
mod graze;
pub mod lanes;
mod linear;
mod lu;
mod misuse;
mod order;
mod pieces;
mod pivot;
mod probe;
pub mod problem;
mod radau;
mod resolve;
mod rodas;
mod roots;
mod rows;
mod settle;
mod sharpen;
mod side;
mod slopes;
mod stages;
mod step;
mod summits;
mod tableau;
mod tolerance;

use crate::equations::Equations;
pub use misuse::Misuse;
use problem::{Method, Options, Problem, Solution};
use step::Stepper;

/// Solves `problem` for `equations`.
///
/// The rows of the solution stand at exactly the times asked for, each once. Where one is also the end of a piece or
/// the time of a reset, it shows what holds from there on; the end of the last piece belongs to it. A run that stops or
/// fails early has a last row where it ended.
///
/// # Errors
///
/// Only for a problem or options that make no sense. A run that fails is a solution whose outcome is
/// [`problem::Outcome::Failed`], with everything up to there.
pub fn solve(
    equations: &mut dyn Equations,
    problem: &Problem,
    options: &mut Options,
) -> Result<Solution, Misuse> {
    misuse::check(equations, problem, options)?;
    let mut stepper: Box<dyn Stepper> = match options.method {
        Method::Auto => Box::new(auto::Auto::new(equations, options, &problem.scales)),
        Method::Rodas5p => Box::new(rodas::Rodas::new(equations, options, &problem.scales)),
        Method::Radau => Box::new(radau::Radau::new(equations, options, &problem.scales)),
        #[cfg(feature = "bdf")]
        Method::Bdf => Box::new(bdf::Bdf::new(equations, options, &problem.scales)),
        _ => Box::new(explicit::Explicit::new(options, &problem.scales)),
    };
    Ok(pieces::run(equations, problem, options, stepper.as_mut()))
}

//! What to solve and how well: plain data, no behaviour that integrates.

use std::ops::ControlFlow;

/// One stretch of time `[start, end)` over which the inputs are smooth.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// First time \[s\]; the pieces of a problem follow one another without gap.
    pub start: f64,
    /// End \[s\]; not before `start`.
    pub end: f64,
    /// Parameters that take a new value at `start`: (slot, value).
    pub set: Vec<(usize, f64)>,
}

/// The sign change that an event waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From below 0 to 0 or above.
    Rising,
    /// From above 0 to 0 or below.
    Falling,
    /// Either.
    Either,
    /// From 0 or above to below 0: to arrive at 0 does not count.
    Under,
}

/// What happens at an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Note time and state, go on undisturbed (no restart).
    Record,
    /// Note, then end the run.
    Stop,
    /// Note, then [`crate::equations::Equations::apply`], then restart.
    Apply,
    /// The run has left the domain in which the model means anything: note, then fail.
    Fail,
    /// A kink of the equations (an argument of `max`, `if`, …): parameter `slot` holds 1 where the event function is
    /// above 0, else 0. The slot keeps its value while a step is taken, so that the equations are smooth inside it;
    /// at the sign change it flips and the integration restarts. Not an occurrence that a user sees.
    Kink {
        /// Index of the parameter that holds the side.
        slot: usize,
    },
}

/// One event function and what it does. Event `i` of a problem is function `i` of the equations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Name as the user wrote it, for messages.
    pub name: String,
    /// Which sign change counts. Kinks: [`Direction::Either`].
    pub direction: Direction,
    /// What happens.
    pub action: Action,
}

/// A complete initial-value problem for given parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Pieces of time in order; at least one.
    pub pieces: Vec<Piece>,
    /// State at the start; `[n_states]`.
    pub y0: Vec<f64>,
    /// Parameters at the start, slots included; `[n_params]`.
    pub p: Vec<f64>,
    /// Typical size of each state, above 0; `[n_states]`. The tolerances are relative to it.
    pub scales: Vec<f64>,
    /// Names of the states, for messages; `[n_states]`.
    pub names: Vec<String>,
    /// Times at which the state is wanted, ascending, within the pieces.
    pub save: Vec<f64>,
    /// Events; `[n_events]`.
    pub events: Vec<Event>,
}

/// Integration method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Method {
    /// [`Method::Dop853`] or an implicit method, whichever gets on faster, changed on the way if need be. The implicit
    /// one is [`Method::Rodas5p`], and at tight tolerances, where high orders win, [`Method::Radau`]: below an `rtol` of
    /// 3e-7, with six states or more below 2e-6.
    #[default]
    Auto,
    /// Dormand–Prince 5(4) with its dense output of order 4.
    Dopri5,
    /// Dormand–Prince 8(5,3) with its dense output of order 7.
    Dop853,
    /// The classical Runge–Kutta method of order 4 with a fixed step.
    Rk4,
    /// Rodas5P, a Rosenbrock method of order 5(4) for stiff problems, with its dense output of order 4. Uses the Jacobian
    /// of the equations; without one, difference quotients, up to 200 states.
    Rodas5p,
    /// Radau IIA of variable order 5, 9 and 13, an implicit Runge–Kutta method for stiff problems, best at tight
    /// tolerances; states inside a step are held to the tolerance. Uses the Jacobian of the equations; without one,
    /// difference quotients, up to 200 states.
    Radau,
    /// Backward differentiation formulas of order 1 to 5 by diffsol, for stiff problems: to compare with. Uses the
    /// Jacobian as Rodas5p does.
    #[cfg(feature = "bdf")]
    Bdf,
}

impl Method {
    /// Whether the method solves linear systems with the Jacobian.
    pub(super) fn wants_jacobian(self) -> bool {
        !matches!(self, Method::Dopri5 | Method::Dop853 | Method::Rk4)
    }
}

/// How well, and how far before giving up.
pub struct Options<'a> {
    /// Method.
    pub method: Method,
    /// Tolerance relative to the size of each state.
    pub rtol: f64,
    /// Tolerance relative to the scale of each state (not to its present size).
    pub atol: f64,
    /// Attempted steps after which a run is given up, over all pieces.
    pub max_steps: u64,
    /// Step of the fixed-step method \[s\]; shortened to divide each piece.
    pub step: Option<f64>,
    /// Longest step \[s\]: what is narrower than a step can be missed between its stages.
    pub max_step: Option<f64>,
    /// Called after each accepted step with the time \[s\]; may end the run.
    pub progress: Option<&'a mut dyn FnMut(f64) -> ControlFlow<()>>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            method: Method::default(),
            rtol: 1e-8,
            atol: 1e-10,
            max_steps: 1_000_000,
            step: None,
            max_step: None,
            progress: None,
        }
    }
}

/// What the solver did; the same problem always gives the same counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Right-hand sides evaluated.
    pub rhs: u64,
    /// Jacobians evaluated.
    pub jacobians: u64,
    /// Matrices factorised.
    pub factorisations: u64,
    /// Steps accepted.
    pub accepted: u64,
    /// Steps rejected.
    pub rejected: u64,
    /// Evaluations of the set of event functions.
    pub events: u64,
    /// Restarts: at cuts of time, resets and kinks.
    pub restarts: u64,
}

/// Why a run did not reach its end.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Failure {
    /// A right-hand side or a state is NaN or infinite.
    NotFinite {
        /// Time \[s\].
        t: f64,
        /// Index of the first state whose value or rate is not finite.
        state: usize,
    },
    /// The step became too small to move time.
    StepTooSmall {
        /// Time \[s\].
        t: f64,
        /// Index of the state whose error forced the step down.
        state: usize,
    },
    /// `max_steps` attempted steps did not suffice.
    TooManySteps {
        /// Time reached \[s\].
        t: f64,
        /// The limit.
        limit: u64,
    },
    /// An event with [`Action::Fail`] fired.
    LeftDomain {
        /// Time \[s\].
        t: f64,
        /// Index of the event.
        event: usize,
    },
    /// One event fired so often that time stood still (Zeno), or a kink flipped to and fro without end (a relay that
    /// slides).
    TooManyEvents {
        /// Time \[s\].
        t: f64,
        /// Index of the event.
        event: usize,
    },
    /// The caller's progress function asked to stop.
    Interrupted {
        /// Time reached \[s\].
        t: f64,
    },
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// At the end of the last piece.
    Reached,
    /// At an event with [`Action::Stop`]: its index.
    Stopped(usize),
    /// Before its time.
    Failed(Failure),
}

/// What [`Method::Auto`] chose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// From when on \[s\].
    pub t: f64,
    /// The method.
    pub method: Method,
    /// The reason.
    pub why: Why,
}

/// Why [`Method::Auto`] chose a method.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// To begin with: the time to the next restart, in units of that in which the fastest part of the solution decays
    /// or turns. An explicit method takes so many steps, but for a small factor, however smooth the solution.
    Start {
        /// That quotient.
        fast_times: f64,
    },
    /// The other method gets over more time for the same work.
    Gain {
        /// Step times largest eigenvalue: explicit methods can't go beyond some 6.
        near: f64,
        /// How many times more.
        gain: f64,
    },
    /// There is no Jacobian, and too many states for difference quotients.
    NoJacobian,
}

/// One event that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// Index of the event.
    pub event: usize,
    /// Time \[s\].
    pub t: f64,
    /// State just before; `[n_states]`.
    pub before: Vec<f64>,
    /// State just after, where the event's action is [`Action::Apply`]; `[n_states]`.
    pub after: Option<Vec<f64>>,
    /// Parameters, slots included, just before; `[n_params]`.
    pub p: Vec<f64>,
    /// Parameters, slots included, just after, where there is a state after; `[n_params]`.
    pub p_after: Option<Vec<f64>>,
    /// Rows saved before it. The next one is behind it, though rounding may put it at an earlier time.
    pub rows: usize,
}

/// Where a kink of the equations was passed: values that depend on the states may have their extremum there without a
/// turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Corner {
    /// Time \[s\].
    pub t: f64,
    /// State; `[n_states]`.
    pub y: Vec<f64>,
    /// Parameters, slots included, before it; `[n_params]`.
    pub p: Vec<f64>,
    /// The same with the kink on its other side; `[n_params]`.
    pub p_after: Vec<f64>,
}

/// The states at the saved times and all that happened on the way.
///
/// A failed or stopped run keeps what it reached; the last row is then the state at the end of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Times \[s\].
    pub t: Vec<f64>,
    /// States, row after row; `[t.len() * n_states]`. At a reset the row holds the state after it.
    pub y: Vec<f64>,
    /// Parameters, slots included, in force at each row: index into `regimes`; `[t.len()]`.
    pub regime: Vec<usize>,
    /// The distinct parameter vectors met, in order of time.
    pub regimes: Vec<Vec<f64>>,
    /// Events in order of time (kinks left out).
    pub occurrences: Vec<Occurrence>,
    /// Kinks in order of time.
    pub corners: Vec<Corner>,
    /// Where watched values were largest or smallest in steps in which their rates do not tell where they turn, in
    /// order of time.
    pub summits: Vec<Corner>,
    /// How it ended.
    pub outcome: Outcome,
    /// What it cost.
    pub counters: Counters,
    /// What [`Method::Auto`] chose, in order of time; empty for other methods.
    pub choices: Vec<Choice>,
}

//! Many initial-value problems of the same equations, `W` at a time: the way of sweeps.
//!
//! Each lane has its own time, step, rejections, inputs, events and parameters; a lane that is through takes the next
//! problem. Nothing that happens in a lane depends on its neighbours, so a problem gives the same bits in every lane, for
//! every `W`, in company and alone.
//!
//! What differs from [`super::solve`], which remains the reference:
//!
//! - *Kinks at which nothing jumps are not frozen*: a step that crosses one is taken again, so that it ends just before it and
//!   is drawn across; the next begins with the derivatives beyond.
//! - *Events are landed on*: a step in which something crosses is taken again, shorter, until it ends at the crossing; so
//!   times and states of events are as good as steps, and no interpolant is needed but for a look at the middle.
//! - *Extrema that can't matter are passed over*: where the value could not exceed the best one so far by a tolerance.
//! - *What is not plain sailing is given back*: rates that are not finite, steps that can't be taken, matrices that need
//!   pivoting, crowds of events, several at one place of which one acts, kinks along which the equations slide, bounces
//!   within a tolerance end as [`Ending::Unsure`], and the caller solves that problem alone, by the reference.
//!
//! | File | Role |
//! |---|---|
//! | `crew` | the loop: an attempt in every lane, and what is to be thought of it |
//! | `turnover` | how problems come and go: pieces, marks, ends |
//! | `begin` | beginnings of legs |
//! | `crossing` | tries to land on what is crossed, and what follows |
//! | `block` | the numbers of all lanes |
//! | `step` | attempts: Rodas5P and Dopri5 over lanes |
//! | `control` | step sizes |
//! | `watch` | what a step may have crossed |
//! | `landing` | the search for the end of a step at which something crosses |
//! | `gather` | extrema, times and counts along the way |

mod begin;
mod block;
mod control;
mod crew;
mod crossing;
mod gather;
mod landing;
mod step;
mod turnover;
mod watch;

use std::sync::Arc;

pub use crew::run;

use super::problem::{Event, Failure, Piece};

/// Methods that run over lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneMethod {
    /// As [`super::problem::Method::Rodas5p`].
    Rodas5p,
    /// As [`super::problem::Method::Dopri5`].
    Dopri5,
}

/// What all problems have in common.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Method.
    pub method: LaneMethod,
    /// Tolerance relative to the size of each state.
    pub rtol: f64,
    /// Tolerance relative to the scale of each state.
    pub atol: f64,
    /// Attempted steps after which a problem is given up.
    pub max_steps: u64,
    /// The events; event `i` is watched function `i`.
    pub events: Vec<Event>,
    /// What a zero of each event's function is; `[events.len()]`.
    pub zeros: Vec<Zero>,
    /// Extrema to gather.
    pub extrema: Vec<Extremum>,
    /// Typical sizes of the states; `[n_states]`.
    pub sizes: Vec<f64>,
}

/// What the zero of an event's function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// A place where the event happens.
    Place,
    /// Only a mark of where a value turns.
    Turn,
    /// Only a corner of the equations: steps end about there, and nothing happens.
    Corner,
}

impl Setup {
    /// Part of a step that the place of a corner may be off by.
    fn about(&self) -> f64 {
        match self.method {
            // The step is drawn across the corner as if nothing bent: the square is what is left of the error.
            LaneMethod::Rodas5p => 0.1 * self.rtol.sqrt(),
            // The next step begins with a slope that is off by as much.
            LaneMethod::Dopri5 => self.rtol,
        }
    }
}

/// A largest or smallest value along each run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extremum {
    /// Watched function whose value it is.
    pub value: usize,
    /// The event that marks where it turns; `None` for what never turns inside a leg.
    pub turning: Option<usize>,
    /// The largest value, else the smallest.
    pub max: bool,
}

/// One problem, to be filled by the client; vectors keep their room from problem to problem.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// State at the start; `[n_states]`.
    pub y: Vec<f64>,
    /// Parameters at the start; `[n_params]`.
    pub p: Vec<f64>,
    /// Typical sizes of the states, above 0; `[n_states]`.
    pub scales: Vec<f64>,
    /// Pieces of time in order; at least one, of finite length.
    pub pieces: Arc<Vec<Piece>>,
    /// Longest step \[s\].
    pub max_step: f64,
    /// Times at which the client wants to see the state, ascending, within the pieces.
    pub marks: Vec<f64>,
}

/// How a problem ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// At the end of its time.
    Reached,
    /// At an event that stops.
    Stopped(usize),
    /// Before its time: at an event that fails, or at the limit of steps.
    Failed(Failure),
    /// Not to be trusted: to be solved alone.
    Unsure,
}

/// The end of a problem.
#[derive(Clone, Debug)]
pub struct End<'a> {
    /// How.
    pub ending: Ending,
    /// When \[s\].
    pub t: f64,
    /// State there; `[n_states]`.
    pub y: &'a [f64],
    /// Parameters in force; `[n_params]`.
    pub p: &'a [f64],
    /// Value and time of each extremum; `[extrema.len()]`; NaN where the value was not a number once.
    pub extrema: &'a [(f64, f64)],
    /// Time of the first occurrence of each event, NaN if there was none; `[events.len()]`.
    pub first: &'a [f64],
    /// Number of occurrences of each event; `[events.len()]`.
    pub count: &'a [u64],
    /// Steps accepted.
    pub accepted: u64,
    /// Steps rejected, landings included.
    pub rejected: u64,
}

/// Who hands out problems and takes results.
pub trait Client {
    /// Fills the next problem and gives its number; `None` when there are no more.
    fn next(&mut self, job: &mut Job) -> Option<u64>;

    /// The state of problem `id` at its mark `mark`.
    fn mark(&mut self, id: u64, mark: usize, t: f64, y: &[f64], p: &[f64]);

    /// Problem `id` is through.
    fn done(&mut self, id: u64, end: &End);
}

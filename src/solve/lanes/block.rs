//! The numbers of all lanes, block after block.

use super::Setup;
use crate::equations::LaneEquations;
use crate::lanes::row::{zip, zip3};
use crate::lanes::{Rows, Task};

/// One number for each lane.
pub(super) type Row<const W: usize> = [f64; W];

/// State, derivatives and control of `W` problems. Rows come first, so that they begin where cache lines do.
#[repr(C, align(64))]
pub(super) struct Block<const W: usize> {
    /// Time at which the clock reads 0 [s], the clock at the start of the step, and at the end of the leg.
    pub origin: Row<W>,
    pub clock: Row<W>,
    pub until: Row<W>,
    /// Longest step [s].
    pub longest: Row<W>,
    /// Step to be tried next [s], and the one of the present attempt.
    pub h: Row<W>,
    pub tried: Row<W>,
    /// Error of the attempt in tolerances; once that is judged, its logarithm, not below ln 0.01: what `last_error` and
    /// landings take.
    pub error: Row<W>,
    /// 1 where the attempt has a small enough error, else 0.
    pub good: Row<W>,
    /// The step that follows from the attempt's error [s].
    pub next: Row<W>,
    /// Length of the last accepted step of the leg [s], 0 if none, and the logarithm of its error.
    pub last: Row<W>,
    pub last_error: Row<W>,
    /// 1 where the attempt before was rejected, else 0.
    pub retry: Row<W>,
    /// 1 where something may have crossed in the attempt, else 0.
    pub attention: Row<W>,
    /// 1 where there is a problem; where the attempt goes to the end of the leg; where a landing is under way. Else 0.
    pub active: Row<W>,
    pub at_end: Row<W>,
    pub lands: Row<W>,
    /// 1 where the attempt is taken; where it is over, one way or the other, without a closer look. Else 0.
    pub taken: Row<W>,
    pub plain: Row<W>,
    /// Steps accepted and attempted, and rejected in a row.
    pub accepted: Row<W>,
    pub attempts: Row<W>,
    pub in_a_row: Row<W>,
    /// State at the start of the step; `[n_states]`.
    pub y: Rows<W>,
    /// State at the end of the attempt; `[n_states]`.
    pub y1: Rows<W>,
    /// State in the middle of the attempt; `[n_states]`.
    pub middle: Rows<W>,
    /// Right-hand side at the start of the step; `[n_states]`.
    pub f: Rows<W>,
    /// Parameters; `[n_params]`.
    pub p: Rows<W>,
    /// Absolute tolerances; `[n_states]`.
    pub floor: Rows<W>,
    /// Watched functions at the start of the step, in its middle and at its end; `[n_watched]`.
    pub g: Rows<W>,
    pub g_middle: Rows<W>,
    pub g1: Rows<W>,
    /// Change of each event function under errors that the tolerance admits; `[n_events]`.
    pub band: Rows<W>,
    /// Room for bands; `[n_events]`.
    pub width: Rows<W>,
    /// Side of 0 on which each event function is: −1, 1, or 0 for not known; `[n_events]`.
    pub side: Rows<W>,
    /// Room for states; `[n_states]`.
    pub room: Rows<W>,
    pub rates: Rows<W>,
    /// Room for watched functions; `[n_watched]`.
    pub g_room: Rows<W>,
}

impl<const W: usize> Block<W> {
    pub fn new(equations: &impl LaneEquations<W>, setup: &Setup) -> Self {
        let zeros = Rows::zeros;
        let (n, watched) = (equations.n_states(), equations.n_watched());
        let events = setup.events.len();
        Block {
            y: zeros(n),
            y1: zeros(n),
            middle: zeros(n),
            f: zeros(n),
            p: zeros(equations.n_params()),
            floor: zeros(n),
            g: zeros(watched),
            g_middle: zeros(watched),
            g1: zeros(watched),
            band: zeros(events),
            width: zeros(events),
            side: zeros(events),
            origin: [0.0; W],
            clock: [0.0; W],
            until: [0.0; W],
            longest: [f64::INFINITY; W],
            h: [0.0; W],
            tried: [0.0; W],
            error: [0.0; W],
            good: [0.0; W],
            next: [0.0; W],
            last: [0.0; W],
            last_error: [0.0; W],
            retry: [0.0; W],
            attention: [0.0; W],
            active: [0.0; W],
            at_end: [0.0; W],
            lands: [0.0; W],
            taken: [0.0; W],
            plain: [0.0; W],
            accepted: [0.0; W],
            attempts: [0.0; W],
            in_a_row: [0.0; W],
            room: zeros(n),
            rates: zeros(n),
            g_room: zeros(watched),
        }
    }
}

/// Times at the start of the steps [s].
pub(super) struct Now<'a, const W: usize>(pub &'a Block<W>);

impl<const W: usize> Task for Now<'_, W> {
    type Output = Row<W>;

    #[inline(always)]
    fn run(self) -> Row<W> {
        let Block { origin, clock, .. } = self.0;
        zip(origin, clock, |origin, clock| origin + clock)
    }
}

/// Times at a fraction of the attempts [s].
pub(super) struct Later<'a, const W: usize>(pub &'a Block<W>, pub f64);

impl<const W: usize> Task for Later<'_, W> {
    type Output = Row<W>;

    #[inline(always)]
    fn run(self) -> Row<W> {
        let Later(block, fraction) = self;
        let clock = zip3(
            &block.clock,
            &block.tried,
            &block.until,
            |clock, h, until| {
                let clock = clock + fraction * h;
                if clock < until { clock } else { until }
            },
        );
        zip(&block.origin, &clock, |origin, clock| origin + clock)
    }
}

//! What is integrated: the one trait that compiled models, hand-written tests and solvers share.
//!
//! Slices of `f64` only, so that neither the solvers nor the compiler know each other's types. Values are in the
//! coherent internal units (µm, s, MPa, amol, mM); the solvers do the scaling.

/// Where the non-zero entries of a Jacobian stand: compressed columns, rows ascending within each column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// Start of each column in `rows`; `[n_states + 1]`.
    pub columns: Vec<usize>,
    /// Row of each entry; `[n_entries]`.
    pub rows: Vec<usize>,
}

impl Pattern {
    /// Number of entries that can be other than zero.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when no entry can be other than zero.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A system dy/dt = f(t, y; p) with switching functions.
///
/// `p` holds the model's parameters and, behind them, the slots that a run changes from outside: inputs held over a
/// piece of time, modes, counters. An implementation may keep scratch and parameter-only work, hence `&mut self`.
pub trait Equations {
    /// Number of states.
    fn n_states(&self) -> usize;

    /// Length of the parameter vector.
    fn n_params(&self) -> usize;

    /// Number of event functions.
    fn n_events(&self) -> usize {
        0
    }

    /// Takes the parameters (`[n_params]`) that hold until the next call, and does all work that depends on them only.
    fn bind(&mut self, p: &[f64]);

    /// The right-hand side at time `t` \[s\] and state `y` (`[n_states]`), written to `dy` (`[n_states]`).
    fn rhs(&mut self, t: f64, y: &[f64], dy: &mut [f64]);

    /// The event functions at (`t`, `y`), written to `g` (`[n_events]`). An event is a change of sign.
    fn events(&mut self, _t: f64, _y: &[f64], _g: &mut [f64]) {}

    /// What event `event` does to the state `y` (`[n_states]`) and the parameters `p` (`[n_params]`) at time `t`.
    /// All right sides are read before anything is written. The caller binds `p` again afterwards.
    fn apply(&mut self, _event: usize, _t: f64, _y: &mut [f64], _p: &mut [f64]) {}

    /// The values whose extrema are looked for: of each, the event function that is its rate.
    fn watched(&self) -> &[usize] {
        &[]
    }

    /// The values whose extrema are looked for at (`t`, `y`), written to `x` (`[watched().len()]`).
    fn values(&mut self, _t: f64, _y: &[f64], _x: &mut [f64]) {}

    /// Operations of one right-hand side, roughly: what choosing between methods weighs.
    fn operations(&self) -> usize {
        10 * self.n_states()
    }

    /// Pattern of ∂f/∂y, known from the equations and never probed.
    fn jacobian_pattern(&self) -> Option<&Pattern> {
        None
    }

    /// Entries of ∂f/∂y in the order of the pattern (`[pattern.len()]`).
    fn jacobian(&mut self, _t: f64, _y: &[f64], _values: &mut [f64]) {}

    /// True when ∂f/∂t is zero at every time and state, so that nobody needs to ask for it.
    fn time_derivative_is_zero(&self) -> bool {
        false
    }

    /// The partial derivative ∂f/∂t (`[n_states]`).
    fn time_derivative(&mut self, _t: f64, _y: &[f64], _dfdt: &mut [f64]) {}
}

/// `W` systems of the same equations side by side, each with its own time, state and parameters: value after value,
/// and for each value lane after lane.
///
/// What happens in a lane depends on nothing in the others, and is the same bits for every `W`.
pub trait LaneEquations<const W: usize> {
    /// Number of states.
    fn n_states(&self) -> usize;

    /// Length of the parameter vector.
    fn n_params(&self) -> usize;

    /// Number of functions that are watched along a run: those of the events, then others.
    fn n_watched(&self) -> usize;

    /// Pattern of ∂f/∂y.
    fn jacobian_pattern(&self) -> &Pattern;

    /// True when ∂f/∂t is zero at every time and state.
    fn time_derivative_is_zero(&self) -> bool;

    /// Takes the parameters (`[n_params]`) that hold until the next call.
    fn bind(&mut self, p: &[[f64; W]]);

    /// The right-hand side `f` (`[n_states]`) at times `t` and states `y` (`[n_states]`).
    fn rates(&mut self, t: &[f64; W], y: &[[f64; W]], f: &mut [[f64; W]]);

    /// The right-hand side with its derivatives: the entries of ∂f/∂y in the order of the pattern, and ∂f/∂t
    /// (`[n_states]`, left alone where it is zero throughout).
    fn slopes(&mut self, t: &[f64; W], y: &[[f64; W]], out: Slopes<'_, W>);

    /// The watched functions `g` (`[n_watched]`).
    fn watch(&mut self, t: &[f64; W], y: &[[f64; W]], g: &mut [[f64; W]]);

    /// What event `event` does to one state `y` (`[n_states]`) and its parameters `p` (`[n_params]`) at time `t`. All
    /// right sides are read before anything is written.
    fn apply(&mut self, event: usize, t: f64, y: &mut [f64], p: &mut [f64]);
}

/// Where [`LaneEquations::slopes`] writes.
pub struct Slopes<'a, const W: usize> {
    /// The right-hand side; `[n_states]`.
    pub f: &'a mut [[f64; W]],
    /// Entries of ∂f/∂y; `[pattern.len()]`.
    pub jacobian: &'a mut [[f64; W]],
    /// ∂f/∂t; `[n_states]`.
    pub time: &'a mut [[f64; W]],
}

//! A model as flat equations over one graph.

pub mod jacobian;

use crate::expr::graph::{ExprId, Graph, VarId};

/// What an assignment of an event changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The state of this index.
    State(usize),
    /// The parameter or slot of this index.
    Param(usize),
}

/// Flat equations: what the compiler reads.
#[derive(Clone, Debug)]
pub struct Flat {
    /// Holds every expression below.
    pub graph: Graph,
    /// Time.
    pub time: VarId,
    /// The states, in the order of the state vector.
    pub states: Vec<VarId>,
    /// The parameters, slots included, in the order of the parameter vector.
    pub params: Vec<VarId>,
    /// The derivative of each state; `[n_states]`.
    pub rates: Vec<ExprId>,
    /// Event functions; an event is a change of sign.
    pub events: Vec<ExprId>,
    /// What each event does, all right sides read before anything is written; `[n_events]`.
    pub effects: Vec<Vec<(Target, ExprId)>>,
}

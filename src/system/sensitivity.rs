//! Equations of sensitivity: how the states, and all that is looked at, change with the parameters.
//!
//! Where y' = f(t, y, p), the change s of the states along a change δ of the parameters obeys the linear equations
//! s' = (∂f/∂y) s + (∂f/∂p) δ, solved beside the states (R. P. Dickinson, R. J. Gelinas, Sensitivity analysis of ordinary
//! differential equation systems – a direct method, J. Comput. Phys. 21 (1976) 123–143; M. Caracotsios, W. E. Stewart,
//! Sensitivity analysis of initial value problems with mixed ODEs and algebraic equations, Comput. Chem. Eng. 9 (1985)
//! 359–365). The derivatives are exact: expressions of the same graph, along the direction (s, δ). The direction is a
//! set of parameters of the new equations, so that one set of them serves every parameter.
//!
//! Kinks are frozen in the equations, and hold along the direction, too. What happens where one is passed is for the
//! caller to say.

use super::{Aggregate, Flat, System, Target};
use crate::expr::diff::Differentiator;
use crate::expr::graph::{ExprId, Graph, VarId};
use crate::units::Dimension;

/// A value with its derivatives: along the direction at fixed time, and with time along the solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moving {
    /// The value.
    pub value: ExprId,
    /// Along the direction.
    pub slope: ExprId,
    /// With time.
    pub rate: ExprId,
}

/// Equations with those of their sensitivity.
#[derive(Clone, Debug)]
pub struct Tangent {
    /// The states, then their sensitivities; the parameters, then the components of the direction. No events.
    pub flat: Flat,
    /// The parameters that can have a component of the direction, in its order.
    pub moving: Vec<usize>,
    /// The event functions.
    pub events: Vec<Moving>,
    /// The assignments of each event.
    pub effects: Vec<Vec<(Target, Moving)>>,
    /// What the outcomes look at.
    pub probes: Vec<Moving>,
    /// Expressions of parameters only, with their derivatives along the direction.
    pub statics: Vec<(ExprId, ExprId)>,
}

/// The equations of sensitivity of a system; `moving` are the indices of the parameters (slots included) that can change.
pub fn tangent(system: &System, moving: &[usize]) -> Tangent {
    let flat = &system.flat;
    let mut graph = flat.graph.clone();
    let variable = |graph: &mut Graph, of: VarId| {
        let name = format!("d {}", graph.var(of).name);
        graph.variable(name, Dimension::default())
    };
    let changes: Vec<(VarId, ExprId)> = (flat.states.iter())
        .map(|state| variable(&mut graph, *state))
        .collect();
    let components: Vec<(VarId, ExprId)> = (moving.iter())
        .map(|param| variable(&mut graph, flat.params[*param]))
        .collect();
    let of_states = flat.states.iter().zip(&changes);
    let of_params = moving.iter().map(|i| &flat.params[*i]).zip(&components);
    let direction: Vec<(VarId, ExprId)> = (of_states.chain(of_params))
        .map(|(own, change)| (*own, change.1))
        .collect();
    let one = graph.constant(1.0);
    let with_time: Vec<(VarId, ExprId)> = (flat.states.iter().copied())
        .zip(flat.rates.iter().copied())
        .chain([(flat.time, one)])
        .collect();
    let mut along = Differentiator::along(&direction);
    let mut in_time = Differentiator::along(&with_time);
    let mut rates = flat.rates.clone();
    rates.extend((flat.rates.iter()).map(|rate| along.derivative(&mut graph, *rate)));
    let mut look = |value: ExprId| Moving {
        value,
        slope: along.derivative(&mut graph, value),
        rate: in_time.derivative(&mut graph, value),
    };
    let events = flat.events.iter().map(|g| look(*g)).collect();
    let effects = (flat.effects.iter())
        .map(|list| (list.iter().map(|(target, x)| (*target, look(*x)))).collect())
        .collect();
    let mut looked_at: Vec<ExprId> = (system.outcomes.iter())
        .flat_map(|o| o.aggregates.iter().filter_map(|(_, a)| Aggregate::value(a)))
        .collect();
    looked_at.sort();
    looked_at.dedup();
    let probes = looked_at.into_iter().map(&mut look).collect();
    let statics = (system.static_expressions().into_iter())
        .map(|x| (x, along.derivative(&mut graph, x)))
        .collect();
    let variables = |own: &[VarId], new: &[(VarId, ExprId)]| {
        let new = new.iter().map(|(var, _)| *var);
        own.iter().copied().chain(new).collect()
    };
    Tangent {
        flat: Flat {
            time: flat.time,
            states: variables(&flat.states, &changes),
            params: variables(&flat.params, &components),
            rates,
            events: Vec::new(),
            effects: Vec::new(),
            graph,
        },
        moving: moving.to_vec(),
        events,
        effects,
        probes,
        statics,
    }
}

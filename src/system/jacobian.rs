//! The Jacobian of a right-hand side: where its entries stand, and their expressions.

use crate::equations::Pattern;
use crate::expr::diff::Differentiator;
use crate::expr::graph::{ExprId, Graph, VarId};

/// ∂f/∂y with its pattern.
#[derive(Clone, Debug, Default)]
pub struct Jacobian {
    /// Where the entries stand.
    pub pattern: Pattern,
    /// The entries in the order of the pattern; `[pattern.len()]`.
    pub entries: Vec<ExprId>,
}

/// The Jacobian of `rates` with respect to `states`. The pattern follows from the expressions: an entry that is only
/// now and then other than zero is in it, one that is zero for every value is not.
pub fn jacobian(graph: &mut Graph, states: &[VarId], rates: &[ExprId]) -> Jacobian {
    let mut differentiator = Differentiator::new(states);
    let mut columns: Vec<Vec<(usize, ExprId)>> = vec![Vec::new(); states.len()];
    for (row, &rate) in rates.iter().enumerate() {
        for (column, entry) in differentiator.gradient(graph, rate) {
            columns[column].push((row, entry));
        }
    }
    let mut jacobian = Jacobian::default();
    jacobian.pattern.columns.push(0);
    for column in columns {
        for (row, entry) in column {
            jacobian.pattern.rows.push(row);
            jacobian.entries.push(entry);
        }
        jacobian.pattern.columns.push(jacobian.entries.len());
    }
    jacobian
}

/// ∂f/∂t at fixed state; `[rates.len()]`.
pub fn time_derivative(graph: &mut Graph, time: VarId, rates: &[ExprId]) -> Vec<ExprId> {
    let mut differentiator = Differentiator::new(&[time]);
    let zero = graph.constant(0.0);
    rates
        .iter()
        .map(|&rate| {
            differentiator
                .gradient(graph, rate)
                .first()
                .map_or(zero, |entry| entry.1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Dimension;

    #[test]
    fn entries_stand_in_columns() {
        let mut g = Graph::new();
        let (vt, t) = g.variable("t", Dimension::default());
        let (vx, x) = g.variable("x", Dimension::default());
        let (vy, y) = g.variable("y", Dimension::default());
        let first = g.mul(x, t);
        let product = g.mul(x, y);
        let second = g.sub(product, y);
        let found = jacobian(&mut g, &[vx, vy], &[first, second]);
        assert_eq!(
            found.pattern,
            Pattern {
                columns: vec![0, 2, 3],
                rows: vec![0, 1, 1]
            }
        );
        let one = g.constant(1.0);
        assert_eq!(found.entries, [t, y, g.sub(x, one)]);
        let zero = g.constant(0.0);
        assert_eq!(time_derivative(&mut g, vt, &[first, second]), [x, zero]);
    }
}

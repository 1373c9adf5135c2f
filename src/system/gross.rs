//! How large a quantity is when nothing in it cancels.

use std::collections::HashMap;

use crate::expr::graph::{Binary, ExprId, Graph, Node, Unary};

/// The size of an expression if the terms of its sums did not cancel: |a| + |b| for a − b. A flow near rest is a small
/// difference of large numbers, and only rounding by itself; this is what it is a difference of. Of a choice, and of the
/// larger and the smaller of two, the size of the larger.
pub(super) fn gross(graph: &mut Graph, expression: ExprId) -> ExprId {
    let mut sizes: HashMap<ExprId, ExprId> = HashMap::new();
    // Nodes refer to earlier ones only: each finds the sizes of its arguments.
    for id in graph.reachable(&[expression]) {
        let of = |a: ExprId| sizes[&a];
        let size = match graph.node(id) {
            Node::Binary(Binary::Add | Binary::Subtract, a, b) => {
                graph.binary(Binary::Add, of(a), of(b))
            }
            Node::Binary(op @ (Binary::Multiply | Binary::Divide), a, b) => {
                // The size of a sum below a bar would make the quotient smaller.
                let b = if op == Binary::Divide {
                    graph.unary(Unary::Abs, b)
                } else {
                    of(b)
                };
                graph.binary(op, of(a), b)
            }
            Node::Binary(Binary::Min | Binary::Max, a, b) | Node::Select(_, a, b) => {
                graph.binary(Binary::Max, of(a), of(b))
            }
            Node::Unary(Unary::Negate | Unary::Abs, a) => of(a),
            Node::Unary(Unary::Sqrt, a) => graph.unary(Unary::Sqrt, of(a)),
            Node::Unary(Unary::Step | Unary::Sign, _) => graph.constant(1.0),
            // A logarithm is a difference, too: near 1 it is that of two numbers of that size.
            Node::Unary(Unary::Ln | Unary::Log10, _) => {
                let (one, size) = (graph.constant(1.0), graph.unary(Unary::Abs, id));
                graph.binary(Binary::Add, one, size)
            }
            _ => graph.unary(Unary::Abs, id),
        };
        sizes.insert(id, size);
    }
    sizes[&expression]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::eval::evaluate;
    use crate::units::Dimension;

    /// The size of what `build` makes of a = 3 and b = −2.
    fn size(build: impl Fn(&mut Graph, ExprId, ExprId) -> ExprId) -> f64 {
        let mut graph = Graph::new();
        let (first, a) = graph.variable("a", Dimension::NONE);
        let (_, b) = graph.variable("b", Dimension::NONE);
        let expression = build(&mut graph, a, b);
        let root = gross(&mut graph, expression);
        evaluate(&graph, &[root], &|v| if v == first { 3.0 } else { -2.0 })[0]
    }

    #[test]
    fn the_terms_of_sums_do_not_cancel() {
        assert_eq!(size(|g, a, b| g.binary(Binary::Add, a, b)), 5.0);
        assert_eq!(size(|g, a, b| g.binary(Binary::Subtract, a, b)), 5.0);
        let squared = |g: &mut Graph, a, b| {
            let sum = g.binary(Binary::Add, a, b);
            g.binary(Binary::Multiply, sum, sum)
        };
        assert_eq!(size(squared), 25.0);
    }

    #[test]
    fn what_divides_keeps_its_value() {
        let share = |g: &mut Graph, a, b| {
            let sum = g.binary(Binary::Add, a, b);
            g.binary(Binary::Divide, b, sum)
        };
        assert_eq!(size(share), 2.0);
    }

    #[test]
    fn of_a_choice_the_larger_counts() {
        let positive = |g: &mut Graph, a, b| {
            let nothing = g.constant(0.0);
            let sum = g.binary(Binary::Add, a, b);
            let flow = g.unary(Unary::Negate, sum);
            g.binary(Binary::Max, nothing, flow)
        };
        assert_eq!(size(positive), 5.0);
        assert_eq!(size(|g, a, b| g.select(b, a, b)), 3.0);
        assert_eq!(size(|g, _, b| g.unary(Unary::Step, b)), 1.0);
        assert_eq!(size(|g, _, b| g.unary(Unary::Exp, b)), (-2f64).exp());
        assert_eq!(size(|g, a, _| g.unary(Unary::Ln, a)), 1.0 + 3f64.ln());
    }
}

//! The slow, obvious evaluation of a graph, node by node: what every compiled form is compared with.

use super::graph::{Binary, ExprId, Graph, Node, Unary, VarId};
use super::op;

/// The values of the roots where each variable has its value in `values`.
pub fn evaluate(graph: &Graph, roots: &[ExprId], values: &dyn Fn(VarId) -> f64) -> Vec<f64> {
    walk(graph, roots, 0.0, |node, at| match node {
        Node::Constant(value) => value,
        Node::Variable(variable) => values(variable),
        Node::Unary(op, a) => op::apply_unary(op, at(a)),
        Node::Binary(op, a, b) => op::apply_binary(op, at(a), at(b)),
        Node::Select(c, a, b) => op::apply_select(at(c), at(a), at(b)),
    })
}

/// A value with its derivative along one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dual {
    /// The value.
    pub value: f64,
    /// Its derivative.
    pub slope: f64,
}

/// The values of the roots and their derivatives, where `values` gives each variable and its derivative.
pub fn evaluate_dual(graph: &Graph, roots: &[ExprId], values: &dyn Fn(VarId) -> Dual) -> Vec<Dual> {
    walk(graph, roots, Dual::default(), |node, at| match node {
        Node::Constant(value) => Dual { value, slope: 0.0 },
        Node::Variable(variable) => values(variable),
        Node::Unary(op, a) => dual_unary(op, at(a)),
        Node::Binary(op, a, b) => dual_binary(op, at(a), at(b)),
        Node::Select(c, a, b) => dual_select(at(c), at(a), at(b)),
    })
}

/// Evaluates what the roots need, in the order of the nodes.
fn walk<T: Copy>(
    graph: &Graph,
    roots: &[ExprId],
    blank: T,
    mut step: impl FnMut(Node, &dyn Fn(ExprId) -> T) -> T,
) -> Vec<T> {
    let needed = graph.reachable(roots);
    let mut done = vec![blank; needed.last().map_or(0, |last| last.0 as usize + 1)];
    for id in needed {
        let value = step(graph.node(id), &|child: ExprId| done[child.0 as usize]);
        done[id.0 as usize] = value;
    }
    roots.iter().map(|root| done[root.0 as usize]).collect()
}

/// `op(a)` with its derivative. At a kink: the derivative of the branch that the operation takes there.
pub fn dual_unary(op: Unary, a: Dual) -> Dual {
    let x = a.value;
    let factor = match op {
        Unary::Negate => -1.0,
        Unary::Not | Unary::Sign | Unary::Step => 0.0,
        Unary::Abs => op::sign(x),
        Unary::Exp => x.exp(),
        Unary::Ln => 1.0 / x,
        Unary::Log10 => 1.0 / (x * std::f64::consts::LN_10),
        Unary::Sqrt => 0.5 / x.sqrt(),
        Unary::Sin => x.cos(),
        Unary::Cos => -x.sin(),
        Unary::Tan => 1.0 / (x.cos() * x.cos()),
        Unary::Asin => 1.0 / (1.0 - x * x).sqrt(),
        Unary::Acos => -1.0 / (1.0 - x * x).sqrt(),
        Unary::Atan => 1.0 / (1.0 + x * x),
        Unary::Sinh => x.cosh(),
        Unary::Cosh => x.sinh(),
        Unary::Tanh => 1.0 / (x.cosh() * x.cosh()),
    };
    Dual {
        value: op::apply_unary(op, x),
        slope: scaled(factor, a.slope),
    }
}

/// `op(a, b)` with its derivative.
pub fn dual_binary(op: Binary, a: Dual, b: Dual) -> Dual {
    let (x, y) = (a.value, b.value);
    let slope = match op {
        Binary::Add => a.slope + b.slope,
        Binary::Subtract => a.slope - b.slope,
        Binary::Multiply => scaled(y, a.slope) + scaled(x, b.slope),
        Binary::Divide => scaled(1.0 / y, a.slope) - scaled(x / (y * y), b.slope),
        Binary::Power => {
            let base = scaled(y * op::power(x, y - 1.0), a.slope);
            // At base 0 the power is 0 for every exponent nearby.
            let exponent = if x == 0.0 {
                0.0
            } else {
                op::power(x, y) * x.ln()
            };
            base + scaled(exponent, b.slope)
        }
        Binary::Min => op::apply_select(op::apply_binary(Binary::Less, x, y), a.slope, b.slope),
        Binary::Max => op::apply_select(op::apply_binary(Binary::Greater, x, y), a.slope, b.slope),
        _ => 0.0,
    };
    Dual {
        value: op::apply_binary(op, x, y),
        slope,
    }
}

/// `if(c, a, b)` with its derivative.
pub fn dual_select(c: Dual, a: Dual, b: Dual) -> Dual {
    Dual {
        value: op::apply_select(c.value, a.value, b.value),
        slope: op::apply_select(c.value, a.slope, b.slope),
    }
}

/// A product in which a slope of 0 stays 0: what does not vary has no derivative, however steep the function.
fn scaled(factor: f64, slope: f64) -> f64 {
    if slope == 0.0 { 0.0 } else { factor * slope }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Dimension;

    #[test]
    fn values_and_slopes() {
        let mut g = Graph::new();
        let (vx, x) = g.variable("x", Dimension::default());
        let (_, y) = g.variable("y", Dimension::default());
        let product = g.mul(x, y);
        let root = g.sqrt(product);
        let at = |v: VarId| if v == vx { 4.0 } else { 9.0 };
        assert_eq!(evaluate(&g, &[root, x], &at), [6.0, 4.0]);
        let along_x = |v: VarId| Dual {
            value: at(v),
            slope: if v == vx { 1.0 } else { 0.0 },
        };
        assert_eq!(
            evaluate_dual(&g, &[root], &along_x),
            [Dual {
                value: 6.0,
                slope: 0.75
            }]
        );
    }
}

//! Local simplification at the construction of a node: only rewrites that are identities over the real numbers.
//!
//! They may differ from the unsimplified operation where that is NaN or infinite (`0 * x`), and in the sign of a zero;
//! a finite value is never changed by more than rounding. In debug builds the graph checks each rewrite at its sample
//! points.

use super::graph::{Binary, ExprId, Graph, Node, Unary};
use super::op;

/// The simpler equal of `op(a)`, if there is one.
pub(super) fn unary(graph: &mut Graph, op: Unary, a: ExprId) -> Option<ExprId> {
    let node = graph.node(a);
    if let Node::Constant(value) = node {
        return Some(graph.constant(op::apply_unary(op, value)));
    }
    match (op, node) {
        (Unary::Negate, Node::Unary(Unary::Negate, x)) => Some(x),
        (Unary::Negate, Node::Binary(Binary::Subtract, x, y)) => Some(graph.sub(y, x)),
        (Unary::Not, Node::Unary(Unary::Not, x)) if is_truth(graph, x) => Some(x),
        (Unary::Abs, Node::Unary(Unary::Negate, x)) => Some(graph.abs(x)),
        (Unary::Abs, Node::Unary(Unary::Abs, _)) => Some(a),
        _ => None,
    }
}

/// The simpler equal of `op(a, b)`, if there is one. What may be absent is kept.
pub(super) fn binary(graph: &mut Graph, op: Binary, a: ExprId, b: ExprId) -> Option<ExprId> {
    let simpler = simpler(graph, op, a, b)?;
    let absent = graph.may_be_absent(a) || graph.may_be_absent(b);
    (!absent || graph.may_be_absent(simpler)).then_some(simpler)
}

fn simpler(graph: &mut Graph, op: Binary, a: ExprId, b: ExprId) -> Option<ExprId> {
    let (left, right) = (value(graph, a), value(graph, b));
    if let (Some(x), Some(y)) = (left, right) {
        return Some(graph.constant(op::apply_binary(op, x, y)));
    }
    match op {
        Binary::Add => add(graph, a, b, left, right),
        Binary::Subtract => subtract(graph, a, b, left, right),
        Binary::Multiply => multiply(graph, a, b, left, right),
        Binary::Divide => divide(graph, a, b, left, right),
        Binary::Power => match (left, right) {
            (_, Some(0.0)) | (Some(1.0), _) => Some(graph.constant(1.0)),
            (_, Some(1.0)) => Some(a),
            _ => None,
        },
        Binary::Min | Binary::Max => (a == b).then_some(a),
        Binary::And | Binary::Or => logic(graph, op, a, b, left, right),
        _ if a == b => {
            let holds = matches!(op, Binary::LessEqual | Binary::GreaterEqual | Binary::Equal);
            Some(graph.constant(op::truth(holds)))
        }
        _ => None,
    }
}

fn add(
    graph: &mut Graph,
    a: ExprId,
    b: ExprId,
    left: Option<f64>,
    right: Option<f64>,
) -> Option<ExprId> {
    match (left, right) {
        (Some(0.0), _) => return Some(b),
        (_, Some(0.0)) => return Some(a),
        _ => {}
    }
    if let Some(y) = negated(graph, b) {
        return Some(graph.sub(a, y));
    }
    negated(graph, a).map(|x| graph.sub(b, x))
}

fn subtract(
    graph: &mut Graph,
    a: ExprId,
    b: ExprId,
    left: Option<f64>,
    right: Option<f64>,
) -> Option<ExprId> {
    match (left, right) {
        (Some(0.0), _) => return Some(graph.neg(b)),
        (_, Some(0.0)) => return Some(a),
        _ if a == b => return Some(graph.constant(0.0)),
        _ => {}
    }
    if let Some(y) = negated(graph, b) {
        return Some(graph.add(a, y));
    }
    let x = negated(graph, a)?;
    let sum = graph.add(x, b);
    Some(graph.neg(sum))
}

fn multiply(
    graph: &mut Graph,
    a: ExprId,
    b: ExprId,
    left: Option<f64>,
    right: Option<f64>,
) -> Option<ExprId> {
    match (left, right) {
        (Some(0.0), _) | (_, Some(0.0)) => return Some(graph.constant(0.0)),
        (Some(1.0), _) => return Some(b),
        (_, Some(1.0)) => return Some(a),
        (Some(-1.0), _) => return Some(graph.neg(b)),
        (_, Some(-1.0)) => return Some(graph.neg(a)),
        _ => {}
    }
    // A sign moves outwards, where it meets a sum or another sign.
    let product = match (negated(graph, a), negated(graph, b)) {
        (Some(x), Some(y)) => return Some(graph.mul(x, y)),
        (Some(x), None) => graph.mul(x, b),
        (None, Some(y)) => graph.mul(a, y),
        (None, None) => return None,
    };
    Some(graph.neg(product))
}

fn divide(
    graph: &mut Graph,
    a: ExprId,
    b: ExprId,
    left: Option<f64>,
    right: Option<f64>,
) -> Option<ExprId> {
    match (left, right) {
        (Some(0.0), _) => return Some(graph.constant(0.0)),
        (_, Some(1.0)) => return Some(a),
        (_, Some(-1.0)) => return Some(graph.neg(a)),
        _ => {}
    }
    let quotient = match (negated(graph, a), negated(graph, b)) {
        (Some(x), Some(y)) => return Some(graph.div(x, y)),
        (Some(x), None) => graph.div(x, b),
        (None, Some(y)) => graph.div(a, y),
        (None, None) => return None,
    };
    Some(graph.neg(quotient))
}

fn logic(
    graph: &mut Graph,
    op: Binary,
    a: ExprId,
    b: ExprId,
    left: Option<f64>,
    right: Option<f64>,
) -> Option<ExprId> {
    let decisive = op::truth(op == Binary::Or);
    let (known, other) = match (left, right) {
        (Some(x), _) => (x, b),
        (_, Some(y)) => (y, a),
        _ => return (a == b && is_truth(graph, a)).then_some(a),
    };
    if known.is_nan() {
        return Some(graph.constant(f64::NAN));
    }
    if op::truth(known != 0.0) == decisive {
        return Some(graph.constant(decisive));
    }
    is_truth(graph, other).then_some(other)
}

/// The simpler equal of `if(c, a, b)`, if there is one.
pub(super) fn select(graph: &mut Graph, c: ExprId, a: ExprId, b: ExprId) -> Option<ExprId> {
    if let Some(condition) = value(graph, c) {
        return Some(match condition {
            x if x.is_nan() => graph.constant(f64::NAN),
            0.0 => b,
            _ => a,
        });
    }
    if a == b {
        return Some(a);
    }
    if let Node::Unary(Unary::Not, x) = graph.node(c) {
        return Some(graph.select(x, b, a));
    }
    if !is_truth(graph, c) {
        return None;
    }
    match (value(graph, a), value(graph, b)) {
        (Some(1.0), Some(0.0)) => Some(c),
        (Some(0.0), Some(1.0)) => Some(graph.not(c)),
        _ => None,
    }
}

fn value(graph: &Graph, id: ExprId) -> Option<f64> {
    match graph.node(id) {
        Node::Constant(value) => Some(value),
        _ => None,
    }
}

/// `x` when the node is `-x`.
fn negated(graph: &Graph, id: ExprId) -> Option<ExprId> {
    match graph.node(id) {
        Node::Unary(Unary::Negate, x) => Some(x),
        _ => None,
    }
}

/// True when the node can only be 0, 1 or NaN.
fn is_truth(graph: &Graph, id: ExprId) -> bool {
    match graph.node(id) {
        Node::Constant(value) => value == 0.0 || value == 1.0,
        Node::Unary(op, _) => matches!(op, Unary::Not | Unary::Step),
        Node::Binary(op, ..) => op.is_truth(),
        Node::Variable(_) | Node::Select(..) => false,
    }
}

//! Exact derivatives as expressions of the same graph.
//!
//! Forward accumulation of sparse gradients: each node has the list of the variables that it depends on with the
//! derivative for each, computed once and kept for all roots. In debug builds each derivative is compared with the
//! derivative of dual numbers at the sample points of the graph.

use std::collections::HashMap;
use std::rc::Rc;

use super::graph::{Binary, ExprId, Graph, Node, Unary, VarId};

/// Derivatives that are not identically zero: index of the variable and expression, indices ascending.
pub type Gradient = Vec<(usize, ExprId)>;

type Shared = Rc<[(usize, ExprId)]>;

/// Derivatives with respect to a fixed list of variables; what was computed for one root serves the next. For one graph
/// from its first use on.
#[derive(Clone, Debug)]
pub struct Differentiator {
    index: HashMap<VarId, usize>,
    /// What the derivatives of the variables themselves are, where they are not 1.
    direction: HashMap<VarId, ExprId>,
    done: HashMap<ExprId, Shared>,
    none: Shared,
}

impl Differentiator {
    /// With respect to these variables.
    pub fn new(wrt: &[VarId]) -> Self {
        let index = wrt
            .iter()
            .enumerate()
            .map(|(i, &variable)| (variable, i))
            .collect();
        Self {
            index,
            direction: HashMap::new(),
            done: HashMap::new(),
            none: Rc::new([]),
        }
    }

    /// Along a direction: the derivative of each variable is given, and gradients have one entry, of index 0. Costs one
    /// derivative for each node, however many variables there are.
    pub fn along(direction: &[(VarId, ExprId)]) -> Self {
        Self {
            index: direction
                .iter()
                .map(|(variable, _)| (*variable, 0))
                .collect(),
            direction: direction.iter().copied().collect(),
            ..Self::new(&[])
        }
    }

    /// The derivative of `root` along the direction, or with respect to the only variable.
    pub fn derivative(&mut self, graph: &mut Graph, root: ExprId) -> ExprId {
        match self.gradient(graph, root).first() {
            Some(&(_, derivative)) => derivative,
            None => graph.constant(0.0),
        }
    }

    /// The gradient of `root`: index into the list of variables and derivative, where it is not identically zero.
    pub fn gradient(&mut self, graph: &mut Graph, root: ExprId) -> Gradient {
        for id in self.missing(graph, root) {
            let gradient = self.step(graph, id);
            #[cfg(debug_assertions)]
            self.check(graph, id, &gradient);
            self.done.insert(id, gradient);
        }
        self.of(root).to_vec()
    }

    /// The nodes below `root` without a gradient yet, in an order of evaluation. Stops at what is known, so that many
    /// roots of a large graph cost no more than the nodes that each adds.
    fn missing(&self, graph: &Graph, root: ExprId) -> Vec<ExprId> {
        let mut found = std::collections::BTreeSet::new();
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            if !self.done.contains_key(&id) && found.insert(id) {
                open.extend(graph.node(id).children());
            }
        }
        found.into_iter().collect()
    }

    fn of(&self, id: ExprId) -> Shared {
        self.done.get(&id).unwrap_or(&self.none).clone()
    }

    /// The gradient of one node from those of its children.
    fn step(&self, graph: &mut Graph, id: ExprId) -> Shared {
        match graph.node(id) {
            Node::Constant(_) => self.none.clone(),
            Node::Variable(variable) => match self.index.get(&variable) {
                Some(&i) => match self.direction.get(&variable) {
                    Some(&slope) if graph.node(slope) == Node::Constant(0.0) => self.none.clone(),
                    Some(&slope) => Rc::new([(i, slope)]),
                    None => Rc::new([(i, graph.constant(1.0))]),
                },
                None => self.none.clone(),
            },
            Node::Unary(op, a) => {
                let inner = self.of(a);
                collect(graph, inner.iter().copied(), |graph, da| {
                    unary(graph, op, a, id, da)
                })
            }
            Node::Binary(op, a, b) => {
                let pairs = merge(&self.of(a), &self.of(b));
                collect(graph, pairs, |graph, (da, db)| {
                    binary(graph, op, [a, b, id], da, db)
                })
            }
            Node::Select(c, a, b) => {
                let pairs = merge(&self.of(a), &self.of(b));
                collect(graph, pairs, |graph, (da, db)| {
                    let zero = graph.constant(0.0);
                    Some(graph.select(c, da.unwrap_or(zero), db.unwrap_or(zero)))
                })
            }
        }
    }

    /// Compares the new gradient with the rule for dual numbers, given the children's gradients.
    #[cfg(debug_assertions)]
    fn check(&self, graph: &Graph, id: ExprId, gradient: &[(usize, ExprId)]) {
        use super::eval::{Dual, dual_binary, dual_select, dual_unary};
        for &(i, derivative) in gradient {
            for k in 0..super::graph::SAMPLES {
                let mut size = 1.0;
                let mut dual = |child: ExprId| {
                    let known = self.of(child);
                    let entry = known.iter().find(|entry| entry.0 == i);
                    let slope = entry.map_or(0.0, |entry| graph.samples(entry.1)[k]);
                    let value = graph.samples(child)[k];
                    size += slope.abs() + value.abs();
                    Dual { value, slope }
                };
                let expected = match graph.node(id) {
                    Node::Constant(_) => 0.0,
                    Node::Variable(variable) => (self.direction.get(&variable))
                        .map_or(1.0, |slope| graph.samples(*slope)[k]),
                    Node::Unary(op, a) => dual_unary(op, dual(a)).slope,
                    Node::Binary(op, a, b) => dual_binary(op, dual(a), dual(b)).slope,
                    Node::Select(c, a, b) => dual_select(dual(c), dual(a), dual(b)).slope,
                };
                let got = graph.samples(derivative)[k];
                let both = expected.is_finite() && got.is_finite() && size.is_finite();
                let close = (expected - got).abs() <= 1e-8 * (size + expected.abs() + got.abs());
                debug_assert!(
                    !both || close,
                    "derivative of {:?}: {got}, not {expected}",
                    graph.node(id)
                );
            }
        }
    }
}

/// The gradient of `root` with respect to `wrt`, where it is not identically zero.
pub fn gradient(graph: &mut Graph, root: ExprId, wrt: &[VarId]) -> Gradient {
    Differentiator::new(wrt).gradient(graph, root)
}

/// The derivative of `root` with respect to one variable.
pub fn derivative(graph: &mut Graph, root: ExprId, var: VarId) -> ExprId {
    match gradient(graph, root, &[var]).first() {
        Some(&(_, derivative)) => derivative,
        None => graph.constant(0.0),
    }
}

/// Applies a rule to each entry and drops what is identically zero.
fn collect<T>(
    graph: &mut Graph,
    entries: impl IntoIterator<Item = (usize, T)>,
    mut rule: impl FnMut(&mut Graph, T) -> Option<ExprId>,
) -> Shared {
    let mut found = Vec::new();
    for (i, slopes) in entries {
        if let Some(derivative) = rule(graph, slopes)
            && graph.node(derivative) != Node::Constant(0.0)
        {
            found.push((i, derivative));
        }
    }
    found.into()
}

type Pair = (usize, (Option<ExprId>, Option<ExprId>));

/// The union of two gradients.
fn merge(left: &[(usize, ExprId)], right: &[(usize, ExprId)]) -> Vec<Pair> {
    let mut union = Vec::with_capacity(left.len().max(right.len()));
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(l), Some(r)) => l.0.min(r.0),
            (Some(l), None) => l.0,
            (None, Some(r)) => r.0,
            (None, None) => return union,
        };
        let from_left = left.next_if(|entry| entry.0 == next).map(|entry| entry.1);
        let from_right = right.next_if(|entry| entry.0 == next).map(|entry| entry.1);
        union.push((next, (from_left, from_right)));
    }
}

/// The derivative of `whole = op(a)` where that of `a` is `da`; `None` for zero.
fn unary(graph: &mut Graph, op: Unary, a: ExprId, whole: ExprId, da: ExprId) -> Option<ExprId> {
    let two = graph.constant(2.0);
    let one = graph.constant(1.0);
    let factor = match op {
        Unary::Not | Unary::Sign | Unary::Step => return None,
        Unary::Negate => return Some(graph.neg(da)),
        Unary::Abs => graph.unary(Unary::Sign, a),
        Unary::Exp => whole,
        Unary::Ln => return Some(graph.div(da, a)),
        Unary::Log10 => {
            let scale = graph.constant(std::f64::consts::LN_10);
            let below = graph.mul(a, scale);
            return Some(graph.div(da, below));
        }
        Unary::Sqrt => {
            let below = graph.mul(two, whole);
            return Some(graph.div(da, below));
        }
        Unary::Sin => graph.cos(a),
        Unary::Cos => {
            let sine = graph.sin(a);
            graph.neg(sine)
        }
        Unary::Tan => {
            let square = graph.mul(whole, whole);
            graph.add(one, square)
        }
        Unary::Asin | Unary::Acos => {
            let square = graph.mul(a, a);
            let rest = graph.sub(one, square);
            let below = graph.sqrt(rest);
            let slope = graph.div(da, below);
            return Some(if op == Unary::Asin {
                slope
            } else {
                graph.neg(slope)
            });
        }
        Unary::Atan => {
            let square = graph.mul(a, a);
            let below = graph.add(one, square);
            return Some(graph.div(da, below));
        }
        Unary::Sinh => graph.unary(Unary::Cosh, a),
        Unary::Cosh => graph.unary(Unary::Sinh, a),
        Unary::Tanh => {
            let square = graph.mul(whole, whole);
            graph.sub(one, square)
        }
    };
    Some(graph.mul(factor, da))
}

/// The derivative of `whole = op(a, b)` for one variable; `None` for zero.
fn binary(
    graph: &mut Graph,
    op: Binary,
    [a, b, whole]: [ExprId; 3],
    da: Option<ExprId>,
    db: Option<ExprId>,
) -> Option<ExprId> {
    let zero = graph.constant(0.0);
    let (left, right) = (da.unwrap_or(zero), db.unwrap_or(zero));
    match op {
        Binary::Add => Some(graph.add(left, right)),
        Binary::Subtract => Some(graph.sub(left, right)),
        Binary::Multiply => {
            let first = graph.mul(left, b);
            let second = graph.mul(a, right);
            Some(graph.add(first, second))
        }
        Binary::Divide => {
            let part = graph.mul(whole, right);
            let above = graph.sub(left, part);
            Some(graph.div(above, b))
        }
        Binary::Power => Some(power(graph, [a, b, whole], left, right)),
        Binary::Min => {
            let smaller = graph.less(a, b);
            Some(graph.select(smaller, left, right))
        }
        Binary::Max => {
            let larger = graph.greater(a, b);
            Some(graph.select(larger, left, right))
        }
        _ => None,
    }
}

/// (aᵇ)' = b·aᵇ⁻¹·a' + aᵇ·ln a·b', without a division by `a`, so that a base of 0 is right for b ≥ 1.
fn power(graph: &mut Graph, [a, b, whole]: [ExprId; 3], da: ExprId, db: ExprId) -> ExprId {
    let zero = graph.constant(0.0);
    let mut sum = zero;
    if da != zero {
        let one = graph.constant(1.0);
        let lower = graph.sub(b, one);
        let rest = graph.pow(a, lower);
        let factor = graph.mul(b, rest);
        sum = graph.mul(factor, da);
    }
    if db != zero {
        // At base 0 the power is 0 for every exponent nearby, where aᵇ·ln a would be 0·∞.
        let logarithm = graph.ln(a);
        let term = graph.mul(whole, logarithm);
        let at_zero = graph.equal(a, zero);
        let factor = graph.select(at_zero, zero, term);
        let second = graph.mul(factor, db);
        sum = graph.add(sum, second);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::eval::evaluate;
    use super::*;
    use crate::units::Dimension;

    fn slope_at(build: impl Fn(&mut Graph, ExprId) -> ExprId, x: f64) -> f64 {
        let mut g = Graph::new();
        let (variable, node) = g.variable("x", Dimension::default());
        let root = build(&mut g, node);
        let slope = derivative(&mut g, root, variable);
        evaluate(&g, &[slope], &|_| x)[0]
    }

    #[test]
    fn every_function_against_a_difference_quotient() {
        for op in Unary::all() {
            let x: f64 = 0.4;
            let slope = slope_at(|g, node| g.unary(op, node), x);
            let f = |x: f64| super::super::op::apply_unary(op, x);
            let quotient = (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;
            assert!(
                (slope - quotient).abs() < 1e-8,
                "{op:?}: {slope} and {quotient}"
            );
        }
    }

    #[test]
    fn powers_at_zero() {
        let pow = |n: f64| {
            move |g: &mut Graph, x| {
                let n = g.constant(n);
                g.pow(x, n)
            }
        };
        assert_eq!(slope_at(pow(1.0), 0.0), 1.0);
        assert_eq!(slope_at(pow(2.0), 0.0), 0.0);
        assert_eq!(slope_at(pow(1.5), 0.0), 0.0);
        assert_eq!(slope_at(pow(3.0), 2.0), 12.0);
        let itself = |g: &mut Graph, x| g.pow(x, x);
        assert!((slope_at(itself, 2.0) - 4.0 * (2f64.ln() + 1.0)).abs() < 1e-14);
    }

    #[test]
    fn along_a_direction_all_gradients_are_one() {
        let mut g = Graph::new();
        let (vx, x) = g.variable("x", Dimension::default());
        let (vy, y) = g.variable("y", Dimension::default());
        let (_, dx) = g.variable("dx", Dimension::default());
        let root = g.mul(x, y);
        let dy = g.constant(3.0);
        let mut along = Differentiator::along(&[(vx, dx), (vy, dy)]);
        let found = along.derivative(&mut g, root);
        let (first, second) = (g.mul(dx, y), g.mul(x, dy));
        assert_eq!(found, g.add(first, second));
        let mut still = Differentiator::along(&[]);
        assert_eq!(still.derivative(&mut g, root), g.constant(0.0));
    }

    #[test]
    fn gradients_hold_only_what_is_not_zero() {
        let mut g = Graph::new();
        let (vx, x) = g.variable("x", Dimension::default());
        let (vy, y) = g.variable("y", Dimension::default());
        let (vz, _) = g.variable("z", Dimension::default());
        let difference = g.mul(x, y);
        let root = g.add(difference, y);
        let found = gradient(&mut g, root, &[vx, vz, vy]);
        assert_eq!(
            found.iter().map(|entry| entry.0).collect::<Vec<_>>(),
            [0, 2]
        );
        assert_eq!(found[0].1, y);
    }
}

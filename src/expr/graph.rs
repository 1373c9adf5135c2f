//! The hash-consed arena of expressions: equal subexpressions are one node.
//!
//! Constants are compared by their bits, with two exceptions: every NaN is the same NaN, and −0 is 0. So the sign of a
//! zero has no meaning in a graph; what is evaluated from one graph is nevertheless the same bits in every evaluator.
//! `a + b` and `b + a` are one node (the order that came first stays), and so are `a < b` and `b > a`.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::key::{Key, KeyHasher};
#[cfg(debug_assertions)]
use super::op;
use super::simplify;
use crate::units::Dimension;

/// Index of a node in its [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// Index of a variable of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VarId(pub u32);

/// A node. Truth values are the numbers 1 and 0; NaN passes through every operation, comparisons included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// A number in internal units.
    Constant(f64),
    /// A variable: time, a state, a parameter or a slot.
    Variable(VarId),
    /// `op(a)`
    Unary(Unary, ExprId),
    /// `op(a, b)`
    Binary(Binary, ExprId, ExprId),
    /// `if(c, a, b)`: `a` where `c` is not 0, else `b`; NaN where `c` is NaN. The branch not taken has no influence.
    Select(ExprId, ExprId, ExprId),
}

impl Node {
    /// The nodes that this one refers to, in the order of the arguments.
    pub fn children(self) -> impl Iterator<Item = ExprId> {
        let children = match self {
            Node::Constant(_) | Node::Variable(_) => [None, None, None],
            Node::Unary(_, a) => [Some(a), None, None],
            Node::Binary(_, a, b) => [Some(a), Some(b), None],
            Node::Select(c, a, b) => [Some(c), Some(a), Some(b)],
        };
        children.into_iter().flatten()
    }
}

/// Operations of one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the names are the functions
pub enum Unary {
    Negate,
    Not,
    Abs,
    /// −1, 0 or 1.
    Sign,
    /// 1 above 0, else 0.
    Step,
    Exp,
    Ln,
    Log10,
    Sqrt,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
}

/// Operations of two arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // the names are the functions
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Min,
    Max,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

/// A variable of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Qualified name.
    pub name: String,
    /// Dimension of its values.
    pub dimension: Dimension,
}

/// The arena. Nodes only refer to earlier nodes, so their order is an order of evaluation.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    variables: Vec<Variable>,
    /// The node of each variable.
    places: Vec<ExprId>,
    known: HashMap<Key, ExprId, BuildHasherDefault<KeyHasher>>,
    /// Whether a node needs what a run may not give: a variable whose name begins with `#`.
    may_be_absent: Vec<bool>,
    /// Values of each node at the sample points.
    #[cfg(debug_assertions)]
    samples: Vec<[f64; SAMPLES]>,
}

/// Number of points at which rewrites are checked in debug builds.
#[cfg(debug_assertions)]
pub(crate) const SAMPLES: usize = 3;

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// A new variable; a second one of the same name is another variable.
    pub fn variable(&mut self, name: impl Into<String>, dimension: Dimension) -> (VarId, ExprId) {
        let variable = VarId(index(self.variables.len()));
        self.variables.push(Variable {
            name: name.into(),
            dimension,
        });
        let place = self.push(Node::Variable(variable));
        self.places.push(place);
        (variable, place)
    }

    /// The node of the constant.
    pub fn constant(&mut self, value: f64) -> ExprId {
        let value = match value {
            x if x.is_nan() => f64::NAN,
            0.0 => 0.0,
            x => x,
        };
        self.intern(Node::Constant(value))
    }

    /// `op(a)`, simplified.
    pub fn unary(&mut self, op: Unary, a: ExprId) -> ExprId {
        match simplify::unary(self, op, a) {
            Some(simple) => {
                self.check(Node::Unary(op, a), simple);
                simple
            }
            None => self.unary_as_is(op, a),
        }
    }

    /// `op(a, b)`, simplified.
    pub fn binary(&mut self, op: Binary, a: ExprId, b: ExprId) -> ExprId {
        match simplify::binary(self, op, a, b) {
            Some(simple) => {
                self.check(Node::Binary(op, a, b), simple);
                simple
            }
            None => self.binary_as_is(op, a, b),
        }
    }

    /// `if(c, a, b)`, simplified.
    pub fn select(&mut self, c: ExprId, a: ExprId, b: ExprId) -> ExprId {
        match simplify::select(self, c, a, b) {
            Some(simple) => {
                self.check(Node::Select(c, a, b), simple);
                simple
            }
            None => self.select_as_is(c, a, b),
        }
    }

    /// `op(a)` without any simplification; an equal node is still found.
    pub fn unary_as_is(&mut self, op: Unary, a: ExprId) -> ExprId {
        self.intern(Node::Unary(op, a))
    }

    /// `op(a, b)` without any simplification; an equal node is still found.
    pub fn binary_as_is(&mut self, op: Binary, a: ExprId, b: ExprId) -> ExprId {
        self.intern(Node::Binary(op, a, b))
    }

    /// `if(c, a, b)` without any simplification; an equal node is still found.
    pub fn select_as_is(&mut self, c: ExprId, a: ExprId, b: ExprId) -> ExprId {
        self.intern(Node::Select(c, a, b))
    }

    /// The node. Panics, as all functions here, for an id of another graph that is beyond the end of this one.
    pub fn node(&self, id: ExprId) -> Node {
        self.nodes[id.0 as usize]
    }

    /// All nodes, in the order of their ids.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The variable.
    pub fn var(&self, id: VarId) -> &Variable {
        &self.variables[id.0 as usize]
    }

    /// The node of the variable.
    pub fn place(&self, id: VarId) -> ExprId {
        self.places[id.0 as usize]
    }

    /// All variables, in the order of their ids.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// True when the graph has no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes that the roots need, the roots included, in the order of their ids.
    pub fn reachable(&self, roots: &[ExprId]) -> Vec<ExprId> {
        let end = roots
            .iter()
            .map(|root| root.0 as usize + 1)
            .max()
            .unwrap_or(0);
        let mut needed = vec![false; end];
        for root in roots {
            needed[root.0 as usize] = true;
        }
        for i in (0..end).rev() {
            if needed[i] {
                for child in self.nodes[i].children() {
                    needed[child.0 as usize] = true;
                }
            }
        }
        (0..end)
            .filter(|&i| needed[i])
            .map(|i| ExprId(index(i)))
            .collect()
    }

    fn intern(&mut self, node: Node) -> ExprId {
        let key = Key::of(node);
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let id = self.push(node);
        self.known.insert(key, id);
        id
    }

    fn push(&mut self, node: Node) -> ExprId {
        let id = ExprId(index(self.nodes.len()));
        #[cfg(debug_assertions)]
        {
            let values = self.sample_of(node);
            self.samples.push(values);
        }
        self.nodes.push(node);
        let absent = match node {
            Node::Variable(var) => self.var(var).name.starts_with('#'),
            _ => node.children().any(|c| self.may_be_absent(c)),
        };
        self.may_be_absent.push(absent);
        id
    }

    /// Whether a node needs what a run may not give, such as the time of an event that does not happen. It is not a number
    /// then, and nothing that is made of it is one: not even 0 times it.
    pub(super) fn may_be_absent(&self, id: ExprId) -> bool {
        self.may_be_absent[id.0 as usize]
    }
}

/// Indices are 32 bits wide; a graph of four thousand million nodes does not fit into the memory it would need first.
fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The checks of debug builds.
#[cfg(debug_assertions)]
impl Graph {
    /// The values of a node at the sample points.
    pub(crate) fn samples(&self, id: ExprId) -> [f64; SAMPLES] {
        self.samples[id.0 as usize]
    }

    fn sample_of(&self, node: Node) -> [f64; SAMPLES] {
        std::array::from_fn(|k| {
            let at = |id: ExprId| self.samples[id.0 as usize][k];
            match node {
                Node::Constant(value) => value,
                Node::Variable(variable) => sample_value(variable, k),
                Node::Unary(op, a) => op::apply_unary(op, at(a)),
                Node::Binary(op, a, b) => op::apply_binary(op, at(a), at(b)),
                Node::Select(c, a, b) => op::apply_select(at(c), at(a), at(b)),
            }
        })
    }

    /// The rewritten node must have the value of the operation as it was asked for. Outside the domain of real numbers
    /// a rewrite may give a number where the operation gives none.
    fn check(&self, asked: Node, got: ExprId) {
        let naive = self.sample_of(asked);
        for (k, naive) in naive.into_iter().enumerate() {
            let inside = asked
                .children()
                .all(|child| self.samples(child)[k].is_finite());
            if inside && naive.is_finite() {
                let value = self.samples(got)[k];
                let close = (value - naive).abs() <= 1e-9 * naive.abs().max(value.abs());
                debug_assert!(
                    close,
                    "{asked:?} was rewritten to {:?}: {} became {value}",
                    self.node(got),
                    naive
                );
            }
        }
    }
}

#[cfg(not(debug_assertions))]
impl Graph {
    #[inline(always)]
    fn check(&self, _asked: Node, _got: ExprId) {}
}

/// The value of a variable at sample point `k`: between 0.3 and 2.7, where nearly every function is defined.
#[cfg(debug_assertions)]
pub(crate) fn sample_value(variable: VarId, k: usize) -> f64 {
    let mut bits = (u64::from(variable.0) << 8 | k as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    0.3 + 2.4 * (bits >> 11) as f64 / (1u64 << 53) as f64
}

macro_rules! shorthand {
    ($($(#[$doc:meta])* $name:ident($($arg:ident),+) = $how:ident $op:expr;)*) => {
        /// Short names of the operations, all simplified.
        impl Graph {
            $($(#[$doc])* pub fn $name(&mut self, $($arg: ExprId),+) -> ExprId { self.$how($op, $($arg),+) })*
        }
    };
}

shorthand! {
    /// `-a`
    neg(a) = unary Unary::Negate;
    /// `not a`
    not(a) = unary Unary::Not;
    /// `|a|`
    abs(a) = unary Unary::Abs;
    /// `e^a`
    exp(a) = unary Unary::Exp;
    /// Natural logarithm.
    ln(a) = unary Unary::Ln;
    /// Square root.
    sqrt(a) = unary Unary::Sqrt;
    /// Sine.
    sin(a) = unary Unary::Sin;
    /// Cosine.
    cos(a) = unary Unary::Cos;
    /// Hyperbolic tangent.
    tanh(a) = unary Unary::Tanh;
    /// `a + b`
    add(a, b) = binary Binary::Add;
    /// `a - b`
    sub(a, b) = binary Binary::Subtract;
    /// `a * b`
    mul(a, b) = binary Binary::Multiply;
    /// `a / b`
    div(a, b) = binary Binary::Divide;
    /// `a ^ b`
    pow(a, b) = binary Binary::Power;
    /// The smaller one.
    min(a, b) = binary Binary::Min;
    /// The larger one.
    max(a, b) = binary Binary::Max;
    /// `a < b`
    less(a, b) = binary Binary::Less;
    /// `a > b`
    greater(a, b) = binary Binary::Greater;
    /// `a == b`
    equal(a, b) = binary Binary::Equal;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Graph, ExprId, ExprId) {
        let mut graph = Graph::new();
        let (_, x) = graph.variable("x", Dimension::default());
        let (_, y) = graph.variable("y", Dimension::default());
        (graph, x, y)
    }

    #[test]
    fn equal_expressions_are_one_node() {
        let (mut g, x, y) = pair();
        assert_eq!(g.add(x, y), g.add(y, x));
        assert_eq!(g.less(x, y), g.greater(y, x));
        assert_ne!(g.sub(x, y), g.sub(y, x));
        assert_eq!(g.constant(0.0), g.constant(-0.0));
        assert_eq!(g.constant(f64::NAN), g.constant(-f64::NAN));
        let (_, again) = g.variable("x", Dimension::default());
        assert_ne!(again, x);
    }

    #[test]
    fn identities_are_used() {
        let (mut g, x, y) = pair();
        let (zero, one, two) = (g.constant(0.0), g.constant(1.0), g.constant(2.0));
        let minus = g.neg(x);
        assert_eq!(g.add(x, zero), x);
        assert_eq!(g.sub(zero, x), minus);
        assert_eq!(g.neg(minus), x);
        assert_eq!(g.mul(zero, x), zero);
        assert_eq!(g.div(zero, x), zero);
        assert_eq!(g.div(x, one), x);
        assert_eq!(g.pow(x, one), x);
        assert_eq!(g.pow(x, zero), one);
        assert_eq!(g.pow(two, two), g.constant(4.0));
        assert_eq!(g.sub(x, x), zero);
        let (xy, product) = (g.mul(x, y), g.mul(minus, y));
        assert_eq!(product, g.neg(xy));
        assert_eq!(g.add(y, minus), g.sub(y, x));
        let (difference, swapped) = (g.sub(x, y), g.sub(y, x));
        assert_eq!(g.neg(difference), swapped);
        assert_eq!(g.select(one, x, y), x);
        assert_eq!(g.select(x, y, y), y);
        let truth = g.less(x, y);
        let no = g.not(truth);
        assert_eq!(g.not(no), truth);
        assert_eq!(g.select(no, x, y), g.select(truth, y, x));
        assert_eq!(g.select(truth, one, zero), truth);
        let (twice, once) = (g.not(x), g.not(y));
        assert_ne!(g.not(twice), x, "x need not be a truth value");
        assert_ne!(once, twice);
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "was rewritten to")]
    fn a_wrong_rewrite_is_found() {
        let (mut g, x, y) = pair();
        let sum = g.add(x, y);
        g.check(Node::Binary(Binary::Subtract, x, y), sum);
    }

    #[test]
    fn a_million_nodes() {
        let (mut g, x, y) = pair();
        let mut chain = x;
        for k in 0..500_000 {
            let c = g.constant(f64::from(k) + 0.5);
            let product = g.mul(y, c);
            chain = g.add(chain, product);
        }
        assert!(g.len() > 1_000_000);
        assert_eq!(g.reachable(&[chain]).len(), g.len());
    }
}

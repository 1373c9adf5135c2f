//! The hash-consed arena of expressions: equal subexpressions are one node.

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
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// A new variable; a second one of the same name is another variable.
    pub fn variable(&mut self, name: impl Into<String>, dimension: Dimension) -> (VarId, ExprId) {
        let _ = (name.into(), dimension);
        todo!()
    }

    /// The node of the constant.
    pub fn constant(&mut self, value: f64) -> ExprId {
        let _ = value;
        todo!()
    }

    /// `op(a)`, simplified.
    pub fn unary(&mut self, op: Unary, a: ExprId) -> ExprId {
        let _ = (op, a);
        todo!()
    }

    /// `op(a, b)`, simplified.
    pub fn binary(&mut self, op: Binary, a: ExprId, b: ExprId) -> ExprId {
        let _ = (op, a, b);
        todo!()
    }

    /// `if(c, a, b)`, simplified.
    pub fn select(&mut self, c: ExprId, a: ExprId, b: ExprId) -> ExprId {
        let _ = (c, a, b);
        todo!()
    }

    /// The node.
    pub fn node(&self, id: ExprId) -> Node {
        self.nodes[id.0 as usize]
    }

    /// The variable.
    pub fn var(&self, id: VarId) -> &Variable {
        &self.variables[id.0 as usize]
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
}

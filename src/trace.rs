//! A right-hand side written in Rust, traced into the same graph as a model from a file.
//!
//! The function is written once over [`Number`]. Called with `f64` it computes; called by [`trace`] it writes down what
//! it would compute, and so gets an exact Jacobian and a tape.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::expr::graph::{Binary, ExprId, Graph, Unary};
use crate::expr::op;
use crate::system::Flat;
use crate::units::Dimension;

/// What a traced function computes with. Comparisons are not offered: use [`Number::max`], [`Number::min`] or
/// [`Number::if_positive`], which a graph can hold.
pub trait Number:
    Copy
    + From<f64>
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// e to this power.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Sine.
    fn sin(self) -> Self;
    /// Cosine.
    fn cos(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// This to the power of `exponent`, as [`op::power`] computes it.
    fn powf(self, exponent: Self) -> Self;
    /// This to an integer power.
    fn powi(self, exponent: i32) -> Self {
        self.powf(Self::from(f64::from(exponent)))
    }
    /// The smaller one; NaN when one of them is.
    fn min(self, other: Self) -> Self;
    /// The larger one; NaN when one of them is.
    fn max(self, other: Self) -> Self;
    /// `a` where this is above 0, else `b`.
    fn if_positive(self, a: Self, b: Self) -> Self;
}

impl Number for f64 {
    fn exp(self) -> Self {
        f64::exp(self)
    }
    fn ln(self) -> Self {
        f64::ln(self)
    }
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }
    fn sin(self) -> Self {
        f64::sin(self)
    }
    fn cos(self) -> Self {
        f64::cos(self)
    }
    fn tanh(self) -> Self {
        f64::tanh(self)
    }
    fn abs(self) -> Self {
        f64::abs(self)
    }
    #[inline]
    fn powf(self, exponent: Self) -> Self {
        op::power(self, exponent)
    }
    #[inline]
    fn min(self, other: Self) -> Self {
        op::min(self, other)
    }
    #[inline]
    fn max(self, other: Self) -> Self {
        op::max(self, other)
    }
    #[inline]
    fn if_positive(self, a: Self, b: Self) -> Self {
        op::apply_select(op::apply_binary(Binary::Greater, self, 0.0), a, b)
    }
}

/// A right-hand side dy/dt = f(t, y; p) that can be traced.
pub trait RightHandSide {
    /// Number of states.
    fn n_states(&self) -> usize;
    /// Number of parameters.
    fn n_params(&self) -> usize;
    /// Writes dy/dt (`[n_states]`) for the state `y` (`[n_states]`) and the parameters `p` (`[n_params]`).
    fn rhs<N: Number>(&self, t: N, y: &[N], p: &[N], dy: &mut [N]);
}

/// The flat equations of a right-hand side, without events. Variables are named `t`, `y0`, `y1`, …, `p0`, `p1`, ….
pub fn trace(function: &impl RightHandSide) -> Flat {
    let mut graph = Graph::new();
    let mut variables = |letter: &str, count: usize| -> (Vec<_>, Vec<_>) {
        (0..count)
            .map(|i| graph.variable(format!("{letter}{i}"), Dimension::default()))
            .unzip()
    };
    let (states, y) = variables("y", function.n_states());
    let (params, p) = variables("p", function.n_params());
    let (time, t) = graph.variable("t", Dimension::default());

    let graph = RefCell::new(graph);
    let node = |id: ExprId| Traced::Node(&graph, id);
    let y: Vec<_> = y.into_iter().map(node).collect();
    let p: Vec<_> = p.into_iter().map(node).collect();
    let mut dy = vec![Traced::Constant(0.0); states.len()];
    function.rhs(node(t), &y, &p, &mut dy);
    let rates = dy.iter().map(|rate| rate.place(&graph)).collect();
    Flat {
        graph: graph.into_inner(),
        time,
        states,
        params,
        rates,
        events: Vec::new(),
        effects: Vec::new(),
    }
}

/// A number that is being written down. Private, and bound to the graph of its [`trace`] by its lifetime: two traces
/// cannot be mixed, whatever calls whatever.
#[derive(Clone, Copy)]
enum Traced<'g> {
    Constant(f64),
    Node(&'g RefCell<Graph>, ExprId),
}

impl<'g> Traced<'g> {
    fn place(self, graph: &RefCell<Graph>) -> ExprId {
        match self {
            Traced::Constant(value) => graph.borrow_mut().constant(value),
            Traced::Node(_, id) => id,
        }
    }

    fn unary(self, op: Unary) -> Self {
        match self {
            Traced::Constant(value) => Traced::Constant(op::apply_unary(op, value)),
            Traced::Node(graph, id) => Traced::Node(graph, graph.borrow_mut().unary(op, id)),
        }
    }

    fn binary(self, op: Binary, other: Self) -> Self {
        let graph = match (self, other) {
            (Traced::Constant(a), Traced::Constant(b)) => {
                return Traced::Constant(op::apply_binary(op, a, b));
            }
            (Traced::Node(graph, _), _) | (_, Traced::Node(graph, _)) => graph,
        };
        let (a, b) = (self.place(graph), other.place(graph));
        Traced::Node(graph, graph.borrow_mut().binary(op, a, b))
    }
}

impl From<f64> for Traced<'_> {
    fn from(value: f64) -> Self {
        Traced::Constant(value)
    }
}

impl Neg for Traced<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.unary(Unary::Negate)
    }
}

macro_rules! arithmetic {
    ($($trait:ident $function:ident $op:ident;)*) => {$(
        impl $trait for Traced<'_> {
            type Output = Self;
            fn $function(self, other: Self) -> Self {
                self.binary(Binary::$op, other)
            }
        }
        impl $trait<f64> for Traced<'_> {
            type Output = Self;
            fn $function(self, other: f64) -> Self {
                self.binary(Binary::$op, Traced::Constant(other))
            }
        }
    )*};
}

arithmetic! {
    Add add Add;
    Sub sub Subtract;
    Mul mul Multiply;
    Div div Divide;
}

impl Number for Traced<'_> {
    fn exp(self) -> Self {
        self.unary(Unary::Exp)
    }
    fn ln(self) -> Self {
        self.unary(Unary::Ln)
    }
    fn sqrt(self) -> Self {
        self.unary(Unary::Sqrt)
    }
    fn sin(self) -> Self {
        self.unary(Unary::Sin)
    }
    fn cos(self) -> Self {
        self.unary(Unary::Cos)
    }
    fn tanh(self) -> Self {
        self.unary(Unary::Tanh)
    }
    fn abs(self) -> Self {
        self.unary(Unary::Abs)
    }
    fn powf(self, exponent: Self) -> Self {
        self.binary(Binary::Power, exponent)
    }
    fn min(self, other: Self) -> Self {
        self.binary(Binary::Min, other)
    }
    fn max(self, other: Self) -> Self {
        self.binary(Binary::Max, other)
    }
    fn if_positive(self, a: Self, b: Self) -> Self {
        match self.binary(Binary::Greater, Traced::Constant(0.0)) {
            Traced::Constant(c) if c.is_nan() => Traced::Constant(f64::NAN),
            Traced::Constant(0.0) => b,
            Traced::Constant(_) => a,
            Traced::Node(graph, c) => {
                let (a, b) = (a.place(graph), b.place(graph));
                Traced::Node(graph, graph.borrow_mut().select(c, a, b))
            }
        }
    }
}

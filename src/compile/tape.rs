//! The tape: what is left of a graph when it only has to be evaluated.
//!
//! A list of three-address steps over numbered registers. A step neither branches nor depends on how many values a
//! register holds, so the same tape runs over single numbers and over blocks of lanes.

use crate::expr::graph::{Binary, Unary};
use crate::expr::op;
use crate::lanes::math;

/// What is done with the value of a code.
pub trait Visitor {
    /// `value` is the code as a function of its operands; those beyond its arity do not matter.
    fn visit(self, value: impl Fn(f64, f64, f64) -> f64);
}

/// A function of three operands that is always inlined, which a closure is not: only so are its loops those of the
/// instruction set at hand.
pub trait LaneOperation {
    /// The value.
    fn of(a: f64, b: f64, c: f64) -> f64;
}

/// What is done with an operation on lanes.
pub trait LaneVisitor {
    /// `O` is the code as a function of its operands; those beyond its arity do not matter.
    fn visit<O: LaneOperation>(self);
}

macro_rules! operation {
    ($visitor:ident, |$x:ident, $y:ident, $z:ident| $value:expr) => {{
        struct Operation;
        impl LaneOperation for Operation {
            #[inline(always)]
            fn of($x: f64, $y: f64, $z: f64) -> f64 {
                $value
            }
        }
        $visitor.visit::<Operation>()
    }};
}

macro_rules! codes {
    (
        unary { $($unary:ident),* $(,)? }
        binary { $($binary:ident),* $(,)? }
        other { $($(#[$doc:meta])* $other:ident = $args:literal, |$x:ident, $y:ident, $z:ident| $value:expr;)* }
    ) => {
        /// What a step does. The fused ones are two operations with two roundings, never a fused multiply-add.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)] // the names are those of the operations
        pub enum Code {
            $($unary,)*
            $($binary,)*
            $($(#[$doc])* $other,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$unary,)* $(Code::$binary,)* $(Code::$other,)*];

            /// Number of operands that it reads.
            pub fn arity(self) -> usize {
                match self {
                    $(Code::$unary => 1,)*
                    $(Code::$binary => 2,)*
                    $(Code::$other => $args,)*
                }
            }

            /// Hands its value, a function of three operands, to the visitor: one copy of the visitor's code for each
            /// code, so that a loop in there branches once and not once a step.
            #[inline(always)]
            pub fn visit<V: Visitor>(self, visitor: V) {
                match self {
                    $(Code::$unary => visitor.visit(|a, _, _| op::apply_unary(Unary::$unary, a)),)*
                    $(Code::$binary => visitor.visit(|a, b, _| op::apply_binary(Binary::$binary, a, b)),)*
                    $(Code::$other => visitor.visit(|$x: f64, $y: f64, $z: f64| $value),)*
                }
            }

            /// The same with elementary functions that lanes can share: within some ulp of the others, and the same
            /// bits on every machine.
            #[inline(always)]
            #[allow(unreachable_patterns)] // the first ones stand in the lists, too
            pub fn visit_lanes<V: LaneVisitor>(self, visitor: V) {
                match self {
                    Code::LibraryPower | Code::Power => {
                        operation!(visitor, |a, b, _c| math::pow(a, b))
                    }
                    Code::CubeRoot => {
                        operation!(visitor, |a, _b, _c| if a < 0.0 { f64::NAN } else { math::cbrt(a) })
                    }
                    Code::SelectAbove => {
                        operation!(visitor, |a, b, c| {
                            let taken = if a > 0.0 { b } else { c };
                            if a.is_nan() { a } else { taken }
                        })
                    }
                    $(Code::$unary => operation!(visitor, |a, _b, _c| lane_unary(Unary::$unary, a)),)*
                    $(Code::$binary => operation!(visitor, |a, b, _c| op::apply_binary(Binary::$binary, a, b)),)*
                    $(Code::$other => operation!(visitor, |$x, $y, $z| $value),)*
                }
            }
        }

        impl From<Unary> for Code {
            fn from(op: Unary) -> Code {
                match op { $(Unary::$unary => Code::$unary,)* }
            }
        }

        impl From<Binary> for Code {
            fn from(op: Binary) -> Code {
                match op { $(Binary::$binary => Code::$binary,)* }
            }
        }
    };
}

codes! {
    unary {
        Negate, Not, Abs, Sign, Step, Exp, Ln, Log10, Sqrt,
        Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Tanh,
    }
    binary {
        Add, Subtract, Multiply, Divide, Power, Min, Max, Less, LessEqual,
        Greater, GreaterEqual, Equal, NotEqual, And, Or,
    }
    other {
        /// `if(a, b, c)`
        Select = 3, |a, b, c| op::apply_select(a, b, c);
        /// `a ^ b` where `b` is a constant that has no form of its own.
        LibraryPower = 2, |a, b, _c| a.powf(b);
        /// `a ^ (1/3)`, on lanes only.
        CubeRoot = 1, |a, _b, _c| if a < 0.0 { f64::NAN } else { a.cbrt() };
        /// `if(step(a), b, c)`, on lanes only.
        SelectAbove = 3, |a, b, c| op::apply_select(op::apply_unary(Unary::Step, a), b, c);
        /// `(a + b) + c`
        AddAdd = 3, |a, b, c| (a + b) + c;
        /// `(a - b) + c`
        SubtractAdd = 3, |a, b, c| (a - b) + c;
        /// `(a * b) + c`
        MultiplyAdd = 3, |a, b, c| (a * b) + c;
        /// `(a / b) + c`
        DivideAdd = 3, |a, b, c| (a / b) + c;
        /// `(a + b) - c`
        AddSubtract = 3, |a, b, c| (a + b) - c;
        /// `(a - b) - c`
        SubtractSubtract = 3, |a, b, c| (a - b) - c;
        /// `(a * b) - c`
        MultiplySubtract = 3, |a, b, c| (a * b) - c;
        /// `(a / b) - c`
        DivideSubtract = 3, |a, b, c| (a / b) - c;
        /// `c - (a + b)`
        LessSum = 3, |a, b, c| c - (a + b);
        /// `c - (a - b)`
        LessDifference = 3, |a, b, c| c - (a - b);
        /// `c - (a * b)`
        LessProduct = 3, |a, b, c| c - (a * b);
        /// `c - (a / b)`
        LessQuotient = 3, |a, b, c| c - (a / b);
        /// `(a + b) * c`
        AddMultiply = 3, |a, b, c| (a + b) * c;
        /// `(a - b) * c`
        SubtractMultiply = 3, |a, b, c| (a - b) * c;
        /// `(a * b) * c`
        MultiplyMultiply = 3, |a, b, c| (a * b) * c;
        /// `(a / b) * c`
        DivideMultiply = 3, |a, b, c| (a / b) * c;
        /// `(a + b) / c`
        AddDivide = 3, |a, b, c| (a + b) / c;
        /// `(a - b) / c`
        SubtractDivide = 3, |a, b, c| (a - b) / c;
        /// `(a * b) / c`
        MultiplyDivide = 3, |a, b, c| (a * b) / c;
        /// `(a / b) / c`
        DivideDivide = 3, |a, b, c| (a / b) / c;
        /// `c / (a + b)`
        OverSum = 3, |a, b, c| c / (a + b);
        /// `c / (a - b)`
        OverDifference = 3, |a, b, c| c / (a - b);
        /// `c / (a * b)`
        OverProduct = 3, |a, b, c| c / (a * b);
        /// `c / (a / b)`
        OverQuotient = 3, |a, b, c| c / (a / b);
    }
}

/// `op(a)` for lanes.
#[inline(always)]
fn lane_unary(op: Unary, a: f64) -> f64 {
    match op {
        Unary::Exp => math::exp(a),
        Unary::Ln => math::ln(a),
        Unary::Log10 => math::log10(a),
        Unary::Sin => math::sin(a),
        Unary::Cos => math::cos(a),
        Unary::Tan => math::sin(a) / math::cos(a),
        Unary::Sinh => math::sinh(a),
        Unary::Cosh => math::cosh(a),
        Unary::Tanh => math::tanh(a),
        other => op::apply_unary(other, a),
    }
}

impl Code {
    /// `outer` with `inner` in place of its left argument (or its right one): the code with the arguments of `inner`
    /// first and the other argument of `outer` last.
    pub(super) fn fuse(outer: Code, inner: Code, left: bool) -> Option<Code> {
        use Code::*;
        let row = match (outer, left) {
            (Add, _) => [AddAdd, SubtractAdd, MultiplyAdd, DivideAdd],
            (Subtract, true) => [
                AddSubtract,
                SubtractSubtract,
                MultiplySubtract,
                DivideSubtract,
            ],
            (Subtract, false) => [LessSum, LessDifference, LessProduct, LessQuotient],
            (Multiply, _) => [
                AddMultiply,
                SubtractMultiply,
                MultiplyMultiply,
                DivideMultiply,
            ],
            (Divide, true) => [AddDivide, SubtractDivide, MultiplyDivide, DivideDivide],
            (Divide, false) => [OverSum, OverDifference, OverProduct, OverQuotient],
            _ => return None,
        };
        let column = match inner {
            Add => 0,
            Subtract => 1,
            Multiply => 2,
            Divide => 3,
            _ => return None,
        };
        Some(row[column])
    }
}

#[cfg(feature = "jit")]
impl Code {
    /// What [`Code::fuse`] made this code of: the outer code, the inner one, and whether that was its left argument.
    pub(super) fn parts(self) -> Option<(Code, Code, bool)> {
        use Code::*;
        let plain = [Add, Subtract, Multiply, Divide];
        let pairs = plain
            .into_iter()
            .flat_map(|outer| plain.map(|inner| (outer, inner)));
        pairs
            .flat_map(|(outer, inner)| [true, false].map(|left| (outer, inner, left)))
            .find(|&(outer, inner, left)| Code::fuse(outer, inner, left) == Some(self))
    }
}

/// `to = code(a, b, c)`. Operands that the code does not read are repetitions of `a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<I> {
    /// What to do.
    pub code: Code,
    /// Register of the result; never one of the operands.
    pub to: I,
    /// First operand.
    pub a: I,
    /// Second operand.
    pub b: I,
    /// Third operand.
    pub c: I,
}

/// A compiled list of expressions. Registers: time at 0, then the states, the parameters, the constants, the results of
/// the prologue and the intermediate results. No step writes to time, a state, a parameter or a constant, and no step
/// of the body writes to a result of the prologue.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tape {
    /// Number of states.
    pub n_states: usize,
    /// Number of parameters.
    pub n_params: usize,
    /// Number of registers.
    pub n_registers: usize,
    /// Constants with their registers.
    pub constants: Vec<(u32, f64)>,
    /// What depends on parameters only; to be run when they change.
    pub prologue: Vec<Step<u32>>,
    /// The rest.
    pub body: Vec<Step<u32>>,
    /// Register of each output: `first_output + i` for output `i`, unless it is an input or the same as another one.
    pub outputs: Vec<u32>,
    /// First of the `outputs.len()` registers that are set aside for outputs.
    pub first_output: usize,
}

impl Tape {
    /// Register of the first state.
    pub const STATES: usize = 1;

    /// One above the last register that no step of the body writes to, outputs left out.
    #[cfg(feature = "jit")]
    pub(super) fn first_body_register(&self) -> usize {
        let fixed = self.constants.iter().map(|&(register, _)| register);
        let last = fixed
            .chain(self.prologue.iter().map(|step| step.to))
            .max()
            .map_or(0, |last| last as usize + 1);
        last.max(self.first_output)
    }

    /// Operations of the body, roughly: elementary functions count for several.
    pub fn operations(&self) -> usize {
        operations(&self.body)
    }

    /// Register of the first parameter.
    pub fn first_param(&self) -> usize {
        Self::STATES + self.n_states
    }
}

/// Operations of these steps, roughly: elementary functions count for several.
pub(super) fn operations(steps: &[Step<u32>]) -> usize {
    const ELEMENTARY: usize = 15;
    let cost = |step: &Step<u32>| match step.code {
        Code::Exp | Code::Ln | Code::Log10 | Code::Power | Code::LibraryPower => ELEMENTARY,
        Code::Sin | Code::Cos | Code::Tan | Code::Asin | Code::Acos | Code::Atan => ELEMENTARY,
        Code::Sinh | Code::Cosh | Code::Tanh | Code::CubeRoot => ELEMENTARY,
        _ => 1,
    };
    steps.iter().map(cost).sum()
}

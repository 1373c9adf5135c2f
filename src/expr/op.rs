//! The operations: one row each for name, arity and symbol, and the one meaning that every evaluator shares.
//!
//! Constant folding, the tree evaluation in [`super::eval`] and the tapes in `compile` all call the functions of this
//! file (or, for lanes, must agree with them), so that a value never depends on the way it was reached.

use super::graph::{Binary, Unary};

/// An operation of any arity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Of one argument.
    Unary(Unary),
    /// Of two arguments.
    Binary(Binary),
    /// `if(c, a, b)`.
    Select,
}

/// A row of the table of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What the row is about.
    pub operation: Operation,
    /// Name when it is written as a function, `exp(a)`.
    pub function: Option<&'static str>,
    /// Sign when it is written as an operator, `a + b`.
    pub symbol: Option<&'static str>,
}

impl Row {
    /// Number of arguments.
    pub fn arity(&self) -> usize {
        match self.operation {
            Operation::Unary(_) => 1,
            Operation::Binary(_) => 2,
            Operation::Select => 3,
        }
    }
}

const fn function(operation: Operation, name: &'static str) -> Row {
    Row {
        operation,
        function: Some(name),
        symbol: None,
    }
}

const fn symbol(operation: Operation, sign: &'static str) -> Row {
    Row {
        operation,
        function: None,
        symbol: Some(sign),
    }
}

use Operation::{Binary as B, Unary as U};

/// Unary operations in the order of [`Unary`].
const UNARY: [Row; 18] = [
    symbol(U(Unary::Negate), "-"),
    symbol(U(Unary::Not), "not"),
    function(U(Unary::Abs), "abs"),
    function(U(Unary::Sign), "sign"),
    function(U(Unary::Step), "step"),
    function(U(Unary::Exp), "exp"),
    function(U(Unary::Ln), "ln"),
    function(U(Unary::Log10), "log10"),
    function(U(Unary::Sqrt), "sqrt"),
    function(U(Unary::Sin), "sin"),
    function(U(Unary::Cos), "cos"),
    function(U(Unary::Tan), "tan"),
    function(U(Unary::Asin), "asin"),
    function(U(Unary::Acos), "acos"),
    function(U(Unary::Atan), "atan"),
    function(U(Unary::Sinh), "sinh"),
    function(U(Unary::Cosh), "cosh"),
    function(U(Unary::Tanh), "tanh"),
];

/// Binary operations in the order of [`Binary`].
const BINARY: [Row; 15] = [
    symbol(B(Binary::Add), "+"),
    symbol(B(Binary::Subtract), "-"),
    symbol(B(Binary::Multiply), "*"),
    symbol(B(Binary::Divide), "/"),
    symbol(B(Binary::Power), "^"),
    function(B(Binary::Min), "min"),
    function(B(Binary::Max), "max"),
    symbol(B(Binary::Less), "<"),
    symbol(B(Binary::LessEqual), "<="),
    symbol(B(Binary::Greater), ">"),
    symbol(B(Binary::GreaterEqual), ">="),
    symbol(B(Binary::Equal), "=="),
    symbol(B(Binary::NotEqual), "!="),
    symbol(B(Binary::And), "and"),
    symbol(B(Binary::Or), "or"),
];

/// The row of `if`.
pub const SELECT: Row = function(Operation::Select, "if");

/// The whole table.
pub fn table() -> impl Iterator<Item = &'static Row> {
    UNARY.iter().chain(&BINARY).chain(std::iter::once(&SELECT))
}

/// The operation that is written as a function of this name.
pub fn by_function(name: &str) -> Option<&'static Row> {
    table().find(|row| row.function == Some(name))
}

impl Unary {
    /// Name and sign.
    pub fn row(self) -> &'static Row {
        &UNARY[self as usize]
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Unary> {
        UNARY.iter().filter_map(|row| match row.operation {
            U(op) => Some(op),
            _ => None,
        })
    }
}

impl Binary {
    /// Name and sign.
    pub fn row(self) -> &'static Row {
        &BINARY[self as usize]
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Binary> {
        BINARY.iter().filter_map(|row| match row.operation {
            B(op) => Some(op),
            _ => None,
        })
    }

    /// True when `op(a, b)` is `op(b, a)`.
    pub fn commutes(self) -> bool {
        use Binary::*;
        matches!(
            self,
            Add | Multiply | Min | Max | Equal | NotEqual | And | Or
        )
    }

    /// True for `<`, `<=`, `>`, `>=`, `==` and `!=`.
    pub fn compares(self) -> bool {
        use Binary::*;
        matches!(
            self,
            Less | LessEqual | Greater | GreaterEqual | Equal | NotEqual
        )
    }

    /// True when the result is a truth value.
    pub fn is_truth(self) -> bool {
        self.compares() || matches!(self, Binary::And | Binary::Or)
    }
}

/// A truth value as a number.
#[inline(always)]
pub fn truth(value: bool) -> f64 {
    if value { 1.0 } else { 0.0 }
}

/// `op(a)`.
#[inline(always)]
pub fn apply_unary(op: Unary, a: f64) -> f64 {
    match op {
        Unary::Negate => -a,
        Unary::Not => not(a),
        Unary::Abs => a.abs(),
        Unary::Sign => sign(a),
        Unary::Step => step(a),
        Unary::Exp => a.exp(),
        Unary::Ln => a.ln(),
        Unary::Log10 => a.log10(),
        Unary::Sqrt => a.sqrt(),
        Unary::Sin => a.sin(),
        Unary::Cos => a.cos(),
        Unary::Tan => a.tan(),
        Unary::Asin => a.asin(),
        Unary::Acos => a.acos(),
        Unary::Atan => a.atan(),
        Unary::Sinh => a.sinh(),
        Unary::Cosh => a.cosh(),
        Unary::Tanh => a.tanh(),
    }
}

/// `op(a, b)`.
#[inline(always)]
pub fn apply_binary(op: Binary, a: f64, b: f64) -> f64 {
    match op {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::Power => power(a, b),
        Binary::Min => min(a, b),
        Binary::Max => max(a, b),
        Binary::Less => compare(a, b, a < b),
        Binary::LessEqual => compare(a, b, a <= b),
        Binary::Greater => compare(a, b, a > b),
        Binary::GreaterEqual => compare(a, b, a >= b),
        Binary::Equal => compare(a, b, a == b),
        Binary::NotEqual => compare(a, b, a != b),
        Binary::And => compare(a, b, a != 0.0 && b != 0.0),
        Binary::Or => compare(a, b, a != 0.0 || b != 0.0),
    }
}

/// `if(c, a, b)`; the branch not taken has no influence.
#[inline(always)]
pub fn apply_select(c: f64, a: f64, b: f64) -> f64 {
    let taken = if c != 0.0 { a } else { b };
    if c.is_nan() { f64::NAN } else { taken }
}

/// The truth value of a relation between `a` and `b`, NaN when one of them is.
#[inline(always)]
fn compare(a: f64, b: f64, holds: bool) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        truth(holds)
    }
}

/// The smaller one, NaN when one of them is (`f64::min` would drop the NaN).
#[inline(always)]
pub fn min(a: f64, b: f64) -> f64 {
    if a < b || a.is_nan() { a } else { b }
}

/// The larger one, NaN when one of them is.
#[inline(always)]
pub fn max(a: f64, b: f64) -> f64 {
    if a > b || a.is_nan() { a } else { b }
}

/// −1, 0 or 1.
#[inline(always)]
pub fn sign(a: f64) -> f64 {
    if a > 0.0 {
        1.0
    } else if a < 0.0 {
        -1.0
    } else {
        // Zero of either sign, or NaN.
        a
    }
}

/// 1 above 0, else 0.
#[inline(always)]
pub fn step(a: f64) -> f64 {
    if a.is_nan() { a } else { truth(a > 0.0) }
}

/// 1 for 0, else 0.
#[inline(always)]
pub fn not(a: f64) -> f64 {
    if a.is_nan() { a } else { truth(a == 0.0) }
}

/// How a power of a known exponent is computed: the same few multiplications in every evaluator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerForm {
    /// 1
    One,
    /// a
    Same,
    /// a·a
    Square,
    /// (a·a)·a
    Cube,
    /// (a·a)·(a·a)
    Fourth,
    /// 1/a
    Reciprocal,
    /// 1/(a·a)
    ReciprocalSquare,
    /// √a
    Root,
    /// The general power of the C library.
    General,
}

impl PowerForm {
    /// The form for this exponent.
    #[inline]
    pub fn of(exponent: f64) -> PowerForm {
        match exponent {
            2.0 => PowerForm::Square,
            3.0 => PowerForm::Cube,
            4.0 => PowerForm::Fourth,
            0.0 => PowerForm::One,
            1.0 => PowerForm::Same,
            -1.0 => PowerForm::Reciprocal,
            -2.0 => PowerForm::ReciprocalSquare,
            0.5 => PowerForm::Root,
            _ => PowerForm::General,
        }
    }
}

/// `a ^ b`, NaN when one of them is (even for exponent 0 and base 1, unlike `f64::powf`).
///
/// Exponents −2, −1, 0, 1, 2, 3, 4 and ½ take the form of [`PowerForm`]: squares, reciprocals and roots are correctly
/// rounded, the cube is within 2 ulp, the fourth power and the reciprocal square within 3 ulp. All others go to the C
/// library (below 1 ulp). A tape may therefore replace the power by these operations without changing one bit.
#[inline]
pub fn power(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        return f64::NAN;
    }
    match PowerForm::of(b) {
        PowerForm::One => 1.0,
        PowerForm::Same => a,
        PowerForm::Square => a * a,
        PowerForm::Cube => a * a * a,
        PowerForm::Fourth => {
            let square = a * a;
            square * square
        }
        PowerForm::Reciprocal => 1.0 / a,
        PowerForm::ReciprocalSquare => 1.0 / (a * a),
        PowerForm::Root => a.sqrt(),
        PowerForm::General => a.powf(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_enums() {
        for op in Unary::all() {
            assert_eq!(op.row().operation, Operation::Unary(op));
        }
        for op in Binary::all() {
            assert_eq!(op.row().operation, Operation::Binary(op));
        }
        assert_eq!(table().count(), 18 + 15 + 1);
        assert_eq!(by_function("tanh").map(Row::arity), Some(1));
        assert_eq!(by_function("if").map(Row::arity), Some(3));
    }

    #[test]
    fn nan_passes_through_every_operation() {
        for op in Unary::all() {
            assert!(apply_unary(op, f64::NAN).is_nan(), "{op:?}");
        }
        for op in Binary::all() {
            for other in [0.0, 1.0, -3.0] {
                assert!(
                    apply_binary(op, f64::NAN, other).is_nan(),
                    "{op:?}(NaN, {other})"
                );
                assert!(
                    apply_binary(op, other, f64::NAN).is_nan(),
                    "{op:?}({other}, NaN)"
                );
            }
        }
        assert!(apply_select(f64::NAN, 1.0, 1.0).is_nan());
        assert_eq!(apply_select(2.0, 1.0, f64::NAN), 1.0);
        assert_eq!(apply_select(0.0, f64::NAN, 1.0), 1.0);
    }

    #[test]
    fn powers_stay_within_their_ulps_of_the_library() {
        let mut a = 0.013;
        while a < 90.0 {
            for b in [-2.0, -1.0, 2.0, 3.0, 4.0, 0.5] {
                let (ours, theirs) = (power(a, b), a.powf(b));
                assert!(
                    ours.to_bits().abs_diff(theirs.to_bits()) <= 3,
                    "{a}^{b}: {ours} and {theirs}"
                );
            }
            a *= 1.0137;
        }
        assert_eq!(power(-2.0, 3.0), -8.0);
        assert_eq!(power(0.0, 0.0), 1.0);
    }
}

//! The functions and constants of the language, as data: used to lower, to suggest names, and by the documentation.

use super::graph::{Binary, ExprId, Graph, Unary};
use crate::units::Unit;

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Name.
    pub name: &'static str,
    /// Fewest arguments.
    pub least: usize,
    /// Most arguments; `usize::MAX` for any number.
    pub most: usize,
    /// `hill(x, k, n)`
    pub signature: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// Rule of dimensions and what is built.
    pub(crate) kind: Kind,
}

/// What a function does with the dimensions of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A plain number of a plain number.
    Pure(Unary),
    /// Keeps the dimension.
    Keep(Unary),
    /// A plain number of anything.
    Number(Unary),
    /// Halves the exponents.
    SquareRoot,
    /// Two or more of one dimension, which stays.
    Fold(Binary),
    /// As `^`.
    Power,
    /// `if(c, a, b)`
    If,
    /// All of one dimension, which stays.
    Same(Build),
    /// All but the last of one dimension; a plain number comes out.
    Hill,
    /// All of one dimension; a plain number comes out.
    Ratio(Build),
    /// Of a plain number or a molar energy and two temperatures; a plain number comes out.
    Temperature(Build),
    /// Of a length to the power of the first number; gives a length to the power of the second.
    Sphere(i32, i32, Build),
}

/// Builds the nodes of a function from those of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the functions
pub(crate) enum Build {
    SmoothMax,
    SmoothMin,
    SmoothAbs,
    SmoothStep,
    Clamp,
    LogMean,
    Q10,
    Arrhenius,
    SphereArea,
    SphereRadius,
    SphereVolume,
}

const fn function(
    signature: &'static str,
    arity: [usize; 2],
    kind: Kind,
    about: &'static str,
) -> Function {
    // The name is what stands before the parenthesis.
    let bytes = signature.as_bytes();
    let mut length = 0;
    while length < bytes.len() && bytes[length] != b'(' {
        length += 1;
    }
    let name = signature.split_at(length).0;
    Function {
        name,
        least: arity[0],
        most: arity[1],
        signature,
        about,
        kind,
    }
}

const ANY: usize = usize::MAX;

const FUNCTIONS: &[Function] = &[
    function("exp(x)", [1, 1], Kind::Pure(Unary::Exp), "e to the power x"),
    function("ln(x)", [1, 1], Kind::Pure(Unary::Ln), "natural logarithm"),
    function(
        "log10(x)",
        [1, 1],
        Kind::Pure(Unary::Log10),
        "decimal logarithm",
    ),
    function("sqrt(x)", [1, 1], Kind::SquareRoot, "square root"),
    function(
        "sin(x)",
        [1, 1],
        Kind::Pure(Unary::Sin),
        "sine of an angle in radians",
    ),
    function(
        "cos(x)",
        [1, 1],
        Kind::Pure(Unary::Cos),
        "cosine of an angle in radians",
    ),
    function(
        "tan(x)",
        [1, 1],
        Kind::Pure(Unary::Tan),
        "tangent of an angle in radians",
    ),
    function(
        "asin(x)",
        [1, 1],
        Kind::Pure(Unary::Asin),
        "angle whose sine is x",
    ),
    function(
        "acos(x)",
        [1, 1],
        Kind::Pure(Unary::Acos),
        "angle whose cosine is x",
    ),
    function(
        "atan(x)",
        [1, 1],
        Kind::Pure(Unary::Atan),
        "angle whose tangent is x",
    ),
    function(
        "sinh(x)",
        [1, 1],
        Kind::Pure(Unary::Sinh),
        "hyperbolic sine",
    ),
    function(
        "cosh(x)",
        [1, 1],
        Kind::Pure(Unary::Cosh),
        "hyperbolic cosine",
    ),
    function(
        "tanh(x)",
        [1, 1],
        Kind::Pure(Unary::Tanh),
        "hyperbolic tangent",
    ),
    function("abs(x)", [1, 1], Kind::Keep(Unary::Abs), "magnitude"),
    function("sign(x)", [1, 1], Kind::Number(Unary::Sign), "-1, 0 or 1"),
    function(
        "step(x)",
        [1, 1],
        Kind::Number(Unary::Step),
        "1 above 0, else 0",
    ),
    function(
        "min(a, b, …)",
        [2, ANY],
        Kind::Fold(Binary::Min),
        "the smallest",
    ),
    function(
        "max(a, b, …)",
        [2, ANY],
        Kind::Fold(Binary::Max),
        "the largest",
    ),
    function("pow(a, b)", [2, 2], Kind::Power, "a to the power b, as a^b"),
    function(
        "if(c, a, b)",
        [3, 3],
        Kind::If,
        "a where the condition c holds, else b",
    ),
    function(
        "clamp(x, low, high)",
        [3, 3],
        Kind::Same(Build::Clamp),
        "x, but not below low nor above high",
    ),
    function("hill(x, k, n)", [3, 3], Kind::Hill, "x^n/(k^n + x^n)"),
    function(
        "smooth_max(a, b, w)",
        [3, 3],
        Kind::Same(Build::SmoothMax),
        "(a + b + sqrt((a - b)^2 + w^2))/2",
    ),
    function(
        "smooth_min(a, b, w)",
        [3, 3],
        Kind::Same(Build::SmoothMin),
        "(a + b - sqrt((a - b)^2 + w^2))/2",
    ),
    function(
        "smooth_abs(x, w)",
        [2, 2],
        Kind::Same(Build::SmoothAbs),
        "sqrt(x^2 + w^2)",
    ),
    function(
        "smooth_step(x, w)",
        [2, 2],
        Kind::Ratio(Build::SmoothStep),
        "(1 + tanh(x/w))/2",
    ),
    function(
        "log_mean(a, b)",
        [2, 2],
        Kind::Same(Build::LogMean),
        "logarithmic mean (a - b)/ln(a/b); 0 where one is 0",
    ),
    function(
        "q10(Q, T, T_ref)",
        [3, 3],
        Kind::Temperature(Build::Q10),
        "factor of a rate with the coefficient Q: Q^((T - T_ref)/(10 K))",
    ),
    function(
        "arrhenius(E, T, T_ref)",
        [3, 3],
        Kind::Temperature(Build::Arrhenius),
        "factor of a rate with the activation energy E: exp(-E/R (1/T - 1/T_ref))",
    ),
    function(
        "sphere_area(V)",
        [1, 1],
        Kind::Sphere(3, 2, Build::SphereArea),
        "area of the sphere of volume V: (36 pi V^2)^(1/3)",
    ),
    function(
        "sphere_radius(V)",
        [1, 1],
        Kind::Sphere(3, 1, Build::SphereRadius),
        "radius of the sphere of volume V: (3 V/(4 pi))^(1/3)",
    ),
    function(
        "sphere_volume(A)",
        [1, 1],
        Kind::Sphere(2, 3, Build::SphereVolume),
        "volume of the sphere of area A: A^(3/2)/(6 sqrt(pi))",
    ),
];

/// All functions, in the order of the documentation. `sum(body, i in 1..N)` has a grammar of its own and is not here.
pub fn functions() -> &'static [Function] {
    FUNCTIONS
}

/// A constant of nature or mathematics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant {
    /// Name; a model may give it another meaning.
    pub name: &'static str,
    /// In the unit.
    pub value: f64,
    /// Unit.
    pub unit: &'static str,
    /// What it is, with its source.
    pub about: &'static str,
}

/// All constants. Values: CODATA 2018 (Tiesinga et al., Rev Mod Phys 93:025010, 2021), exact since the SI of 2019 up to
/// the digits given.
pub fn constants() -> &'static [Constant] {
    const CONSTANTS: &[Constant] = &[
        Constant {
            name: "pi",
            value: std::f64::consts::PI,
            unit: "1",
            about: "circumference over diameter of a circle",
        },
        Constant {
            name: "R",
            value: 8.314462618,
            unit: "J/(mol*K)",
            about: "molar gas constant, CODATA 2018",
        },
        Constant {
            name: "F",
            value: 96485.33212,
            unit: "C/mol",
            about: "Faraday constant, CODATA 2018",
        },
        Constant {
            name: "N_A",
            value: 6.02214076e23,
            unit: "1/mol",
            about: "Avogadro constant, CODATA 2018",
        },
        Constant {
            name: "k_B",
            value: 1.380649e-23,
            unit: "J/K",
            about: "Boltzmann constant, CODATA 2018",
        },
    ];
    CONSTANTS
}

/// R in internal units.
fn gas_constant() -> f64 {
    let gas = constants().iter().find(|c| c.name == "R");
    gas.and_then(|c| Some(Unit::parse(c.unit).ok()?.to_internal(c.value)))
        .unwrap_or(f64::NAN)
}

/// `a^exponent` for a constant exponent.
fn power(graph: &mut Graph, a: ExprId, exponent: f64) -> ExprId {
    let exponent = graph.constant(exponent);
    graph.binary(Binary::Power, a, exponent)
}

/// `factor * a`
fn times(graph: &mut Graph, factor: f64, a: ExprId) -> ExprId {
    let factor = graph.constant(factor);
    graph.binary(Binary::Multiply, factor, a)
}

impl Build {
    /// The node of the function; `arguments` are as many as the table says.
    pub(crate) fn build(self, graph: &mut Graph, arguments: &[ExprId]) -> Option<ExprId> {
        use std::f64::consts::PI;
        Some(match (self, arguments) {
            (Build::SmoothMax, &[a, b, w]) => smooth_extreme(graph, a, b, w, Binary::Add),
            (Build::SmoothMin, &[a, b, w]) => smooth_extreme(graph, a, b, w, Binary::Subtract),
            (Build::SmoothAbs, &[x, w]) => hypotenuse(graph, x, w),
            (Build::SmoothStep, &[x, w]) => {
                let ratio = graph.binary(Binary::Divide, x, w);
                let tanh = graph.unary(Unary::Tanh, ratio);
                let one = graph.constant(1.0);
                let sum = graph.binary(Binary::Add, one, tanh);
                times(graph, 0.5, sum)
            }
            (Build::Clamp, &[x, low, high]) => {
                let above = graph.binary(Binary::Max, x, low);
                graph.binary(Binary::Min, above, high)
            }
            (Build::LogMean, &[a, b]) => log_mean(graph, a, b),
            (Build::Q10, &[q, t, reference]) => {
                let difference = graph.binary(Binary::Subtract, t, reference);
                let exponent = times(graph, 0.1, difference);
                graph.binary(Binary::Power, q, exponent)
            }
            (Build::Arrhenius, &[energy, t, reference]) => {
                // 1/T - 1/T_ref without the difference of two nearly equal numbers.
                let difference = graph.binary(Binary::Subtract, t, reference);
                let product = graph.binary(Binary::Multiply, t, reference);
                let ratio = graph.binary(Binary::Divide, difference, product);
                let exponent = graph.binary(Binary::Multiply, energy, ratio);
                let gas = graph.constant(gas_constant());
                let exponent = graph.binary(Binary::Divide, exponent, gas);
                graph.unary(Unary::Exp, exponent)
            }
            (Build::SphereArea, &[v]) => {
                let v = power(graph, v, 2.0 / 3.0);
                times(graph, (36.0 * PI).cbrt(), v)
            }
            (Build::SphereRadius, &[v]) => {
                let v = power(graph, v, 1.0 / 3.0);
                times(graph, (0.75 / PI).cbrt(), v)
            }
            (Build::SphereVolume, &[a]) => {
                let a = power(graph, a, 1.5);
                times(graph, 1.0 / (6.0 * PI.sqrt()), a)
            }
            _ => return None,
        })
    }
}

/// `sqrt(a^2 + b^2)`
fn hypotenuse(graph: &mut Graph, a: ExprId, b: ExprId) -> ExprId {
    let (a, b) = (power(graph, a, 2.0), power(graph, b, 2.0));
    let sum = graph.binary(Binary::Add, a, b);
    graph.unary(Unary::Sqrt, sum)
}

fn smooth_extreme(graph: &mut Graph, a: ExprId, b: ExprId, w: ExprId, sign: Binary) -> ExprId {
    let sum = graph.binary(Binary::Add, a, b);
    let difference = graph.binary(Binary::Subtract, a, b);
    let root = hypotenuse(graph, difference, w);
    let twice = graph.binary(sign, sum, root);
    times(graph, 0.5, twice)
}

/// `x^n/(k^n + x^n)` as a function of the ratio that is at most 1, so that neither power overflows and x = 0 gives 0,
/// derivative included.
pub(crate) fn hill(graph: &mut Graph, x: ExprId, k: ExprId, n: ExprId) -> ExprId {
    let one = graph.constant(1.0);
    let mut share = |above: ExprId, below: ExprId| {
        let ratio = graph.binary(Binary::Divide, above, below);
        let power = graph.binary(Binary::Power, ratio, n);
        let sum = graph.binary(Binary::Add, one, power);
        (power, sum)
    };
    let (small, small_sum) = share(x, k);
    let (_, large_sum) = share(k, x);
    let low = graph.binary(Binary::Divide, small, small_sum);
    let high = graph.binary(Binary::Divide, one, large_sum);
    let is_high = graph.binary(Binary::Greater, x, k);
    graph.select(is_high, high, low)
}

/// `(a - b)/ln(a/b)`. With M = (a + b)/2 and s = (a - b)/(a + b) it is M s/artanh(s), whose series is exact to rounding
/// below s = 0.01, where the quotient would lose digits. Where a = b it is M, derivatives included, also at 0.
fn log_mean(graph: &mut Graph, a: ExprId, b: ExprId) -> ExprId {
    let difference = graph.binary(Binary::Subtract, a, b);
    let sum = graph.binary(Binary::Add, a, b);
    let mean = times(graph, 0.5, sum);
    let ratio = graph.binary(Binary::Divide, difference, sum);
    let square = power(graph, ratio, 2.0);
    // artanh(s)/s = 1 + s²/3 + s⁴/5 + s⁶/7 + …
    let mut series = graph.constant(1.0 / 7.0);
    for term in [1.0 / 5.0, 1.0 / 3.0, 1.0] {
        let term = graph.constant(term);
        let product = graph.binary(Binary::Multiply, square, series);
        series = graph.binary(Binary::Add, term, product);
    }
    let near = graph.binary(Binary::Divide, mean, series);
    let quotient = graph.binary(Binary::Divide, a, b);
    let logarithm = graph.unary(Unary::Ln, quotient);
    let far = graph.binary(Binary::Divide, difference, logarithm);
    let magnitude = graph.unary(Unary::Abs, ratio);
    let limit = graph.constant(0.01);
    let is_near = graph.binary(Binary::Less, magnitude, limit);
    let apart = graph.select(is_near, near, far);
    let equal = graph.binary(Binary::Equal, a, b);
    graph.select(equal, mean, apart)
}

//! Expressions: grammar, dimensions, values, messages, and texts that read back.

use std::collections::HashMap;

use expect_test::{Expect, expect};
use osmocyte::diagnostic::{Diagnostic, Span, nearest};
use osmocyte::expr::ast::*;
use osmocyte::expr::graph::{Binary, ExprId, Graph, Node};
use osmocyte::expr::lower::*;
use osmocyte::expr::op::{apply_binary, apply_select, apply_unary};
use osmocyte::expr::parse::*;
use osmocyte::expr::print::*;
use osmocyte::units::{Dimension, Unit};
use proptest::prelude::*;

/// A scope of variables with their units, and of whole numbers.
struct Names {
    values: HashMap<String, Typed>,
    integers: HashMap<String, i64>,
}

impl Scope for Names {
    fn lookup(&self, name: &str) -> Found {
        if let Some(value) = self.integers.get(name) {
            return Found::Integer(*value);
        }
        match name {
            "broken" => Found::Failed,
            _ => self
                .values
                .get(name)
                .map_or(Found::Unknown, |typed| Found::Value(*typed)),
        }
    }

    fn lookup_indexed(&self, name: &str, index: i64) -> Found {
        if name == "c" && (1..=3).contains(&index) {
            self.lookup(&format!("c{index}"))
        } else {
            Found::Unknown
        }
    }

    fn nearest(&self, name: &str) -> Option<String> {
        if name == "c" {
            return Some("c".into());
        }
        nearest(name, self.values.keys().map(String::as_str)).map(str::to_string)
    }
}

/// Name, unit and value in that unit.
const VARIABLES: &[(&str, &str, f64)] = &[
    ("V", "um^3", 90.0),
    ("A", "um^2", 135.0),
    ("P", "MPa", 0.3),
    ("pi_i", "MPa", 0.7),
    ("Lp", "um/s/MPa", 1.45),
    ("x", "1", 2.0),
    ("y", "1", 3.0),
    ("t", "s", 5.0),
    ("T", "K", 298.15),
    ("c1", "mM", 1.0),
    ("c2", "mM", 10.0),
    ("c3", "mM", 100.0),
    ("cell.volume", "um^3", 80.0),
];

fn names(graph: &mut Graph) -> Names {
    let typed = |(name, unit, _): &(&str, &str, f64)| {
        let dimension = Dimension::of(unit);
        let (_, id) = graph.variable(*name, dimension);
        (
            name.to_string(),
            Typed {
                id,
                dimension,
                any: false,
            },
        )
    };
    let values = VARIABLES.iter().map(typed).collect();
    Names {
        values,
        integers: HashMap::from([("N".into(), 3), ("i".into(), 1)]),
    }
}

fn evaluate(graph: &Graph, id: ExprId) -> f64 {
    match graph.node(id) {
        Node::Constant(value) => value,
        Node::Variable(variable) => {
            let name = &graph.var(variable).name;
            let (_, unit, value) = VARIABLES.iter().find(|row| row.0 == name).unwrap();
            Unit::parse(unit).unwrap().to_internal(*value)
        }
        Node::Unary(op, a) => apply_unary(op, evaluate(graph, a)),
        Node::Binary(op, a, b) => apply_binary(op, evaluate(graph, a), evaluate(graph, b)),
        Node::Select(c, a, b) => {
            apply_select(evaluate(graph, c), evaluate(graph, a), evaluate(graph, b))
        }
    }
}

fn lowered(text: &str) -> Result<(f64, Dimension), Vec<Diagnostic>> {
    let ast = parse_expression(text)?;
    let mut graph = Graph::new();
    let scope = names(&mut graph);
    let mut mistakes = vec![];
    match lower(&ast, &scope, &mut graph, &mut mistakes) {
        Some(typed) if mistakes.is_empty() => Ok((evaluate(&graph, typed.id), typed.dimension)),
        _ => Err(mistakes),
    }
}

fn value(text: &str) -> f64 {
    lowered(text)
        .unwrap_or_else(|mistakes| panic!("{text}: {mistakes:?}"))
        .0
}

fn show(text: &str, mistakes: &[Diagnostic]) -> String {
    let mut shown = format!("{text}\n");
    for Diagnostic {
        span,
        message,
        label,
        help,
        ..
    } in mistakes
    {
        let blanks = " ".repeat(text[..span.start].chars().count());
        let carets = "^".repeat(text[span.start..span.end].chars().count().max(1));
        shown += &format!("{blanks}{carets} {message}");
        for (before, part) in [(" | ", label), (" | help: ", help)] {
            if !part.is_empty() {
                shown += &format!("{before}{part}");
            }
        }
        shown += "\n";
    }
    shown
}

/// Expects mistakes, from the parser or from lowering.
fn check_mistakes(text: &str, expected: Expect) {
    match lowered(text) {
        Ok((value, dimension)) => panic!("`{text}` was accepted as {value} [{dimension}]"),
        Err(mistakes) => expected.assert_eq(&show(text, &mistakes)),
    }
}

#[test]
fn precedence() {
    for (text, same_as) in [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a / b / c", "(a / b) / c"),
        ("a / b * c", "(a / b) * c"),
        ("a^b^c", "a^(b^c)"),
        ("-a^2", "-(a^2)"),
        ("-a * b", "(-a) * b"),
        ("a * -b", "a * (-b)"),
        ("2^-a", "2^(-a)"),
        ("2^-a^b", "2^(-(a^b))"),
        ("a < b + c", "a < (b + c)"),
        ("not a < b", "not (a < b)"),
        ("not a and b", "(not a) and b"),
        ("a or b and c", "a or (b and c)"),
        ("a < b and c >= d or e", "((a < b) and (c >= d)) or e"),
        ("5 um / tau", "(5 um) / tau"),
        ("2 s^2", "2 s²"),
        ("a × b − c · d", "a * b - c * d"),
        ("a ≤ b", "a <= b"),
    ] {
        let (left, right) = (parse_expression(text), parse_expression(same_as));
        let (left, right) = (left.expect(text), right.expect(same_as));
        assert_eq!(plain(&left), plain(&right), "{text}");
    }
    assert_ne!(
        plain(&parse_expression("(a - b) - c").unwrap()),
        plain(&parse_expression("a - (b - c)").unwrap())
    );
}

/// The tree without its places.
fn plain(ast: &Ast) -> Ast {
    let mut ast = ast.clone();
    ast.map_spans(&mut |_| Span::default());
    ast
}

#[test]
fn quantities() {
    for (text, internal, unit) in [
        ("0.5 um/s/MPa", 0.5, "um/s/MPa"),
        ("2 1/min", 2.0 / 60.0, "1/s"),
        ("3 %", 0.03, "1"),
        ("3%", 0.03, "1"),
        ("290 mOsm", 290.0, "mM"),
        ("290mM", 290.0, "mM"),
        (".5 um", 0.5, "um"),
        ("1e-3 m", 1e3, "um"),
        ("25 degC", 298.15, "K"),
        ("-5 degC", 268.15, "K"),
        ("2 um/(s*MPa) * 3 MPa", 6.0, "um/s"),
        ("10 s / 5 s", 2.0, "1"),
        ("10 um/2", 5.0, "um"),
        ("6 um*(1 + x)", 18.0, "um"),
        ("1 d + 1 h + 1 min", 90060.0, "s"),
        ("5 vesicles / 2 s", 2.5, "vesicles/s"),
        ("2 N^(1/2) * 3 N^(1/2)", 6e6, "kg*um/s^2"),
        ("2 eV / 1 eV", 2.0, "1"),
    ] {
        let (value, dimension) =
            lowered(text).unwrap_or_else(|mistakes| panic!("{}", show(text, &mistakes)));
        assert!(
            (value - internal).abs() <= 1e-15 * internal.abs(),
            "{text}: {value}"
        );
        assert_eq!(dimension, Dimension::of(unit), "{text}");
    }
}

#[test]
fn values_of_functions() {
    let e = std::f64::consts::E;
    for (text, expected) in [
        ("exp(1) - pow(x, 3) + y^-1", e - 8.0 + 1.0 / 3.0),
        ("ln(exp(x)) + log10(1000) + sqrt(x*8)", 9.0),
        ("min(3, x, 7) + max(3, x, 7)", 9.0),
        ("if(x > 1 and not y < 1, 10, 20)", 10.0),
        ("clamp(5, 0, x) + clamp(-5, 0, x)", 2.0),
        ("sign(-V) + step(V) + abs(-x)", 2.0),
        ("hill(x, y, 2)", 4.0 / 13.0),
        ("hill(0, y, 2)", 0.0),
        ("hill(1e200, y, 4)", 1.0),
        ("hill(P, pi_i, 1)", 0.3),
        ("smooth_max(x, y, 0)", 3.0),
        ("smooth_min(x, y, 0)", 2.0),
        ("smooth_abs(-x, 0)", 2.0),
        ("smooth_step(0, 1)", 0.5),
        ("log_mean(x, x)", 2.0),
        ("log_mean(x, y)", 1.0 / (1.5f64).ln()),
        ("log_mean(0, 0) + log_mean(0, x) + log_mean(x, 0)", 0.0),
        (
            "sphere_area(4/3*pi * 1 um^3) / 1 um^2",
            4.0 * std::f64::consts::PI,
        ),
        ("sphere_radius(V)^3 * 4/3*pi / V", 1.0),
        ("sphere_volume(sphere_area(V)) / V", 1.0),
        ("sum(c[k], k in 1..N) / 1 mM", 111.0),
        ("sum(k, k in 1..0) + sum(k^2, k in i..N)", 14.0),
        ("c[i+1] / c[N-2]", 10.0),
        ("if(i == 0, c[i-1], c[i]) / 1 mM", 1.0),
        ("R * 298.15 K / 1 MPa * 1 mM", 2.478957030e-3),
        ("F / N_A / 1.602176634e-19 * 1 molecule / 1 C", 1.0),
    ] {
        let got = lowered(text)
            .unwrap_or_else(|mistakes| panic!("{}", show(text, &mistakes)))
            .0;
        let tolerance = if text.starts_with('R') || text.starts_with('F') {
            1e-9
        } else {
            1e-14
        };
        assert!(
            (got - expected).abs() <= tolerance * expected.abs().max(1e-3),
            "{text}: {got}, expected {expected}"
        );
    }
    // The series and the quotient of the logarithmic mean meet.
    let (below, above) = (value("log_mean(1, 1.0199)"), value("log_mean(1, 1.0203)"));
    assert!(
        (below - 0.0199 / 1.0199f64.ln()).abs() < 1e-13
            && (above - 0.0203 / 1.0203f64.ln()).abs() < 1e-13
    );
    assert!((value("log_mean(1, 1 + 1e-9)") - (1.0 + 0.5e-9)).abs() < 1e-15);
}

#[test]
fn a_plain_zero_fits_every_unit() {
    for text in [
        "max(0, P)",
        "P > 0",
        "if(x > 1, P, 0)",
        "P + 0",
        "clamp(P, 0, 0)",
        "-0 + V - V",
    ] {
        lowered(text).unwrap_or_else(|mistakes| panic!("{}", show(text, &mistakes)));
    }
    assert!(lowered("P > 1").is_err());
    assert!(lowered("0 s + P").is_err());
}

#[test]
fn every_function_of_the_table_can_be_lowered() {
    for function in functions() {
        let sphere = function.name.starts_with("sphere");
        let argument = if function.name == "sphere_volume" {
            "A"
        } else if sphere {
            "V"
        } else {
            "0.5"
        };
        let arguments = match function.name {
            "q10" => "0.5, 300 K, 310 K".to_string(),
            "arrhenius" => "5 kJ/mol, 300 K, 310 K".to_string(),
            _ => vec![argument; function.least].join(", "),
        };
        let text = format!("{}({arguments})", function.name);
        lowered(&text).unwrap_or_else(|mistakes| panic!("{}", show(&text, &mistakes)));
        assert!(
            function
                .signature
                .starts_with(&format!("{}(", function.name)),
            "{}",
            function.signature
        );
        assert!(!function.about.is_empty());
        let row = format!("| `{}` | {} |", function.signature, function.about);
        assert!(include_str!("../src/guide.rs").contains(&row), "{row}");
    }
}

#[test]
fn messages_of_the_parser() {
    check_mistakes(
        "5 um/Mpa",
        expect![[r#"
            5 um/Mpa
                 ^^^ unknown name `Mpa` | help: did you mean the unit `MPa`?
        "#]],
    );
    check_mistakes(
        "5 ums",
        expect![[r#"
            5 ums
              ^^^ unknown unit `ums` | help: did you mean `um`?
        "#]],
    );
    check_mistakes(
        "2 x",
        expect![[r#"
        2 x
          ^ unknown unit `x` | help: write `*` between a number and a name
    "#]],
    );
    check_mistakes(
        "2(x + 1)",
        expect![[r#"
            2(x + 1)
             ^ expected an operator or the end, found `(` | help: write `*` to multiply
        "#]],
    );
    check_mistakes(
        "x y",
        expect![[r#"
            x y
              ^ expected an operator or the end, found `y` | help: write `*` to multiply
        "#]],
    );
    check_mistakes(
        "x +",
        expect![[r#"
            x +
               ^ expected a number, a name or `(`, found the end
        "#]],
    );
    check_mistakes(
        "(x + 1",
        expect![[r#"
        (x + 1
        ^ `(` is not closed | help: add `)`
    "#]],
    );
    check_mistakes(
        "x + 1)",
        expect![[r#"
        x + 1)
             ^ this parenthesis was never opened
    "#]],
    );
    check_mistakes(
        "min(x, )",
        expect![[r#"
            min(x, )
                   ^ expected a number, a name or `(`, found `)`
        "#]],
    );
    check_mistakes(
        "1 < x < 3",
        expect![[r#"
        1 < x < 3
              ^ comparisons cannot be chained | help: join them with `and`: `a < b and b < c`
    "#]],
    );
    check_mistakes(
        "x = 3",
        expect![[r#"
            x = 3
              ^ expected an operator or the end, found `=` | help: write `==` to compare
        "#]],
    );
    check_mistakes(
        "x ** 2",
        expect![[r#"
            x ** 2
              ^^ expected an operator or the end, found `**` | help: write `^` for a power
        "#]],
    );
    check_mistakes(
        "x²",
        expect![[r#"
            x²
             ^ expected an operator or the end, found `²` | help: write `^2` for a power
        "#]],
    );
    check_mistakes(
        "x && y",
        expect![[r#"
            x && y
              ^^ expected an operator or the end, found `&&` | help: write `and`
        "#]],
    );
    check_mistakes(
        "x + not y",
        expect![[r#"
        x + not y
            ^^^ `not` binds less tightly than the operator before it | help: put parentheses around `not …`
    "#]],
    );
    check_mistakes(
        "10_000",
        expect![[r#"
        10_000
          ^ a number has no `_` | help: for example `10000` or `1e4`
    "#]],
    );
    check_mistakes(
        "1.2.3",
        expect![[r#"
        1.2.3
           ^ a number has one point | help: for example `1.0` or `1`
    "#]],
    );
    check_mistakes(
        "1e999",
        expect![[r#"
        1e999
        ^^^^^ this number is too large
    "#]],
    );
    check_mistakes(
        "20 degC + 5 K",
        expect![[r#"
        20 degC + 5 K
        ^^^^^^^ degC can be used only where it is the whole quantity | help: use K in expressions: 25 degC is 298.15 K
    "#]],
    );
    check_mistakes(
        "sum(x, 1, 2)",
        expect![[r#"
            sum(x, 1, 2)
                   ^ expected the name of an index, found `1` | help: `sum(V[i], i in 1..N)`; to add a few terms write `+`
        "#]],
    );
    check_mistakes(
        "c[1].2",
        expect![[r#"
        c[1].2
            ^ a part of the copy is named here | help: for example `c[i].volume`
    "#]],
    );
    check_mistakes(
        "time of lysis",
        expect![[r#"
        time of lysis
        ^^^^^^^ `time of` can be used in [outcomes] only
    "#]],
    );
    check_mistakes(
        "3 mOsm/L",
        expect![[r#"
            3 mOsm/L
                  ^^ `Osm` means osmol per litre already | help: write `mOsm`
        "#]],
    );
    check_mistakes(
        "",
        expect![[r#"

            ^ expected a number, a name or `(`, found the end
        "#]],
    );
    check_mistakes(
        "€",
        expect![[r#"
            €
            ^ expected a number, a name or `(`, found `€`
        "#]],
    );
}

#[test]
fn messages_of_dimensions_and_names() {
    check_mistakes(
        "Lp * A * (pi_i - V)",
        expect![[r#"
        Lp * A * (pi_i - V)
                         ^ unit mismatch in `pi_i - V` | V is [µm³], pi_i is [MPa]
    "#]],
    );
    check_mistakes(
        "V + 5",
        expect![[r#"
        V + 5
            ^ unit mismatch in `V + 5` | 5 is a plain number, V is [µm³] | help: give the number its unit, for example `5 µm³`
    "#]],
    );
    check_mistakes(
        "exp(t) + ln(V)",
        expect![[r#"
        exp(t) + ln(V)
            ^ `exp` needs a plain number | t is [s] | help: divide by a quantity of the same unit
                    ^ `ln` needs a plain number | V is [µm³] | help: divide by a quantity of the same unit
    "#]],
    );
    check_mistakes(
        "V^x",
        expect![[r#"
        V^x
          ^ a quantity with a unit can be raised to a constant power only | not a constant, and V is [µm³] | help: divide the base by a quantity of the same unit
    "#]],
    );
    check_mistakes(
        "V^0.123456",
        expect![[r#"
        V^0.123456
        ^^^^^^^^^^ [µm³] has no unit to the power 0.123456 | help: exponents of units are fractions such as 1/2, 2/3 or 3
    "#]],
    );
    check_mistakes(
        "x^t",
        expect![[r#"
        x^t
          ^ an exponent needs a plain number | t is [s] | help: divide by a quantity of the same unit
    "#]],
    );
    check_mistakes(
        "max(V, A, P)",
        expect![[r#"
        max(V, A, P)
               ^ unit mismatch in `max(V, A, P)` | A is [µm²], V is [µm³]
                  ^ unit mismatch in `max(V, A, P)` | P is [MPa], V is [µm³]
    "#]],
    );
    check_mistakes(
        "if(t, V, A)",
        expect![[r#"
        if(t, V, A)
           ^ a condition needs a plain number | t is [s] | help: divide by a quantity of the same unit
                 ^ unit mismatch in `if(t, V, A)` | A is [µm²], V is [µm³]
    "#]],
    );
    check_mistakes(
        "cell.volum + Pp",
        expect![[r#"
            cell.volum + Pp
            ^^^^^^^^^^ unknown name `cell.volum` | help: did you mean `cell.volume`?
                         ^^ unknown name `Pp` | help: did you mean `P`?
        "#]],
    );
    check_mistakes(
        "log(x)",
        expect![[r#"
        log(x)
        ^^^ unknown function `log` | help: write `ln` or `log10`
    "#]],
    );
    check_mistakes(
        "sqr(x) + P(x)",
        expect![[r#"
        sqr(x) + P(x)
        ^^^ unknown function `sqr` | help: did you mean `sqrt`?
                 ^ unknown function `P` | help: `P` is a quantity: write `*` to multiply
    "#]],
    );
    check_mistakes(
        "sqrt + 1",
        expect![[r#"
        sqrt + 1
        ^^^^ unknown name `sqrt` | help: the function is written `sqrt(x)`
    "#]],
    );
    check_mistakes(
        "hill(x, y)",
        expect![[r#"
        hill(x, y)
        ^^^^^^^^^^ `hill` needs 3 arguments, here are 2 | help: write `hill(x, k, n)`
    "#]],
    );
    check_mistakes(
        "max(V)",
        expect![[r#"
        max(V)
        ^^^ `max(…)` can be used in [outcomes] only
    "#]],
    );
    check_mistakes(
        "c[i + 7]",
        expect![[r#"
        c[i + 7]
        ^^^^^^^^ there is no `c[8]` | the index is 8
    "#]],
    );
    check_mistakes(
        "c[x]",
        expect![[r#"
        c[x]
          ^ an index is made of whole numbers known before the run, but `x` is a quantity
    "#]],
    );
    check_mistakes(
        "c[N/2]",
        expect![[r#"
        c[N/2]
          ^^^ an index is a whole number, but this is 1.5
    "#]],
    );
    check_mistakes(
        "sphere_area(A)",
        expect![[r#"
        sphere_area(A)
                    ^ `sphere_area` needs [µm³] | A is [µm²]
    "#]],
    );
    check_mistakes(
        "sum(if(k == 1, V, A), k in 1..N)",
        expect![[r#"
        sum(if(k == 1, V, A), k in 1..N)
            ^^^^^^^^^^^^^^^^ the terms of this sum have different units | [µm²] for k = 2, [µm³] before
    "#]],
    );
    assert_eq!(lowered("broken + 1"), Err(vec![]));
}

#[test]
fn a_wrong_unit_names_what_is_expected() {
    let check = |text: &str, unit: &str, what: &str, expected: Expect| {
        let (mut graph, mut mistakes) = (Graph::new(), vec![]);
        let scope = names(&mut graph);
        let ast = parse_expression(text).unwrap();
        let id = lower_as(
            &ast,
            &Dimension::of(unit),
            what,
            &scope,
            &mut graph,
            &mut mistakes,
        );
        assert_eq!(id.is_none(), !mistakes.is_empty());
        expected.assert_eq(&show(text, &mistakes));
    };
    check(
        "c1",
        "um/s/MPa",
        "hydraulic conductivity",
        expect![[r#"
        c1
        ^^ `c1` is given in [mM] but hydraulic conductivity is [µm/(s·MPa)] | expected [µm/(s·MPa)]
    "#]],
    );
    check(
        "200",
        "um/s",
        "Pf",
        expect![[r#"
        200
        ^^^ `200` is a plain number but Pf is [µm/s] | expected [µm/s] | help: give the number its unit, for example `200 µm/s`
    "#]],
    );
    check(
        "3 MPa",
        "1",
        "strain",
        expect![[r#"
        3 MPa
        ^^^^^ `3 MPa` is given in [MPa] but strain is a plain number | expected a plain number
    "#]],
    );
    check(
        "0",
        "um/s",
        "Pf",
        expect![[r#"
        0
    "#]],
    );
}

#[test]
fn references_follow_the_taken_branch() {
    let read = |text: &str| {
        let ast = parse_outcome(text).unwrap();
        let integers = |name: &str| match name {
            "N" => Some(3),
            "i" => Some(0),
            _ => None,
        };
        let shown = |r: Reference| {
            r.index
                .map_or(r.name.clone(), |index| format!("{}[{index}]", r.name))
        };
        references(&ast, &integers)
            .into_iter()
            .map(shown)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(read("a + b * f(c.d) + N"), "a b c.d");
    assert_eq!(read("if(i == 0, a, V[i-1])"), "a");
    assert_eq!(read("if(i != 0, a, V[i+1])"), "V[1]");
    assert_eq!(read("if(x == 0, a, b)"), "x a b");
    assert_eq!(read("sum(V[k] * i, k in 1..N)"), "V[1] V[2] V[3]");
    assert_eq!(read("sum(if(i == 2, V[i], W), i in 1..N)"), "W V[2] W");
    assert_eq!(read("time of lysis + time when a rises through b"), "a b");
    let spans: Vec<Span> = references(&parse_expression("a + V[1]").unwrap(), &|_| None)
        .iter()
        .map(|r| r.span)
        .collect();
    assert_eq!(spans, [Span::new(0, 1), Span::new(4, 8)]);
}

#[test]
fn outcomes() {
    for text in [
        "time of lysis",
        "count of lysis / 2",
        "time of max(cell.volume / V0) - time of min(x)",
        "(time when V rises through 0.5 * V0) - 2 s",
        "2 * (time when x crosses 0)",
        "max(cell.volume / V0)",
    ] {
        let ast =
            parse_outcome(text).unwrap_or_else(|mistakes| panic!("{}", show(text, &mistakes)));
        assert_eq!(to_text(&ast), text);
    }
    assert!(matches!(
        parse_outcome("time").unwrap().kind,
        AstKind::Name(_)
    ));
}

#[test]
fn conditions_and_actions() {
    let when = |text: &str| {
        format!(
            "{:?}",
            parse_when(text)
                .map(|when| match when {
                    When::At(time) => format!("at {}", to_text(&time)),
                    When::Crossing(c) =>
                        format!("{} {:?} {}", to_text(&c.left), c.way, to_text(&c.right)),
                })
                .map_err(|mistakes| show(text, &mistakes))
        )
    };
    assert_eq!(
        when("a.strain rises through e_lys"),
        r#"Ok("a.strain Rises e_lys")"#
    );
    assert_eq!(
        when("P falls through 0 MPa + x"),
        r#"Ok("P Falls 0 MPa + x")"#
    );
    assert_eq!(when("V crosses V0"), r#"Ok("V Crosses V0")"#);
    assert_eq!(when("at 2 * 5 s"), r#"Ok("at 2 * 5 s")"#);
    assert_eq!(when("T rises through 37 degC"), r#"Ok("T Rises 37 degC")"#);
    expect![[r#"
        Err("V > 5
          ^ expected `rises through`, `falls through` or `crosses`, found `>` | help: for example `P falls through 0 MPa`
        ")"#]]
    .assert_eq(&when("V > 5").replace("\\n", "\n"));
    expect![[r#"
        Err("V rises 5
                ^ expected `through`, found `5` | help: for example `P falls through 0 MPa`
        ")"#]]
    .assert_eq(&when("V rises 5").replace("\\n", "\n"));

    for text in [
        "stop",
        "record",
        "count",
        "fail",
        "set cell.volume = V0 / 2",
        "switch mode = 1",
    ] {
        parse_then(text).unwrap_or_else(|mistakes| panic!("{}", show(text, &mistakes)));
    }
    let mistake = |text: &str| show(text, &parse_then(text).unwrap_err());
    expect![[r#"
        stpo
        ^^^^ unknown action `stpo` | help: did you mean `stop`?
        V = 3
        ^ unknown action `V` | help: write `set V = …`
        set V 3
              ^ expected `=`, found `3`
        stop now
             ^^^ expected an operator or the end, found `now` | help: write `*` to multiply
    "#]]
    .assert_eq(&(mistake("stpo") + &mistake("V = 3") + &mistake("set V 3") + &mistake("stop now")));
}

#[test]
fn sentences() {
    let read = |text: &str| {
        let mut sentence =
            parse_sentence(text).unwrap_or_else(|mistakes| panic!("{}", show(text, &mistakes)));
        assert_eq!(
            &text[sentence.input_span.start..sentence.input_span.end],
            sentence.input
        );
        sentence.map_spans(&mut |_| Span::default());
        sentence.change
    };
    let part = |text: &str| plain(&parse_expression(text).unwrap());
    assert_eq!(
        read("at 0 s: plasma.osmolarity = 100 mOsm"),
        Change::Step {
            at: part("0 s"),
            value: part("100 mOsm")
        }
    );
    assert_eq!(
        read("from 1 s to 5 min: x ramps to 2 * y"),
        Change::Ramp {
            from: part("1 s"),
            to: part("5 min"),
            value: part("2 * y")
        }
    );
    assert_eq!(
        read("at 1 s for 20 ms: x = 3 %"),
        Change::Pulse {
            at: part("1 s"),
            width: part("20 ms"),
            value: part("3 %")
        }
    );
    assert_eq!(
        read("from 0 s every 10 s for 2 s, 3 times: x = T0"),
        Change::Train {
            from: part("0 s"),
            every: part("10 s"),
            width: part("2 s"),
            times: part("3"),
            value: part("T0")
        }
    );
    assert_eq!(
        read("from 0 s to 9 s: T oscillates about 20 degC by 5 K every 1 d"),
        Change::Sinusoid {
            from: part("0 s"),
            to: Some(part("9 s")),
            mean: part("20 degC"),
            amplitude: part("5 K"),
            period: part("1 d")
        }
    );
    assert!(matches!(
        read("from 0 s: x oscillates about 2 by 1 every 3 s"),
        Change::Sinusoid { to: None, .. }
    ));
    let series = |file: &str, held| Change::Series {
        column: "glucose".into(),
        file: file.into(),
        held,
        span: Span::default(),
    };
    assert_eq!(
        read("x follows glucose of data/run-1.csv"),
        series("data/run-1.csv", false)
    );
    assert_eq!(
        read("a.b follows  glucose of ../µ.v2.csv held "),
        series("../µ.v2.csv", true)
    );

    let mistake = |text: &str| show(text, &parse_sentence(text).unwrap_err());
    let mistakes = [
        "at 5 s x = 2",
        "at 5 s: x ramps to 3",
        "from 0 s to 5 s: x = 2",
        "x follows",
        "x follows a in b.csv",
        "x follows a of b.csv holds",
        "x = 3",
        "at 5 sec: x = 3",
        "from 0 s every 1 s for 1 s: x = 2",
        "from 0 s: x oscillates about 20 degC by 5 degC every 1 d",
        "at 5 s: x oscilates about 2 by 1 every 3 s",
    ];
    expect![[r#"
        at 5 s x = 2
               ^ expected `:` or `for`, found `x` | help: for example `at 5 s: x = 2`
        at 5 s: x ramps to 3
        ^^^^^^ a ramp needs its start and its end | help: `from T1 to T2: x ramps to V`
        from 0 s to 5 s: x = 2
                           ^ `=` does not follow `from …` | help: `at T: x = V` for a step, `at T for D: x = V` for a pulse, `x ramps to V` for a ramp
        x follows
                 ^ expected the name of a column, found the end
        x follows a in b.csv
                    ^^ expected `of`, found `in` | help: `x follows COLUMN of FILE.csv`
        x follows a of b.csv holds
                             ^^^^^ expected `held` or the end, found `holds`
        x = 3
          ^ expected `follows`, found `=` | help: `at 5 s: x = 2`, `from 1 s to 5 s: x ramps to 2`, `x follows COLUMN of FILE.csv`
        at 5 sec: x = 3
             ^^^ unknown unit `sec` | help: did you mean `s`?
        from 0 s every 1 s for 1 s: x = 2
                                  ^ expected `,`, found `:` | help: `from T every P for D, N times: x = V`
        from 0 s: x oscillates about 20 degC by 5 degC every 1 d
                                                ^^^^^^ an amplitude cannot be given in degC | help: use K
        at 5 s: x oscilates about 2 by 1 every 3 s
                  ^^^^^^^^^ expected `=`, `ramps to` or `oscillates about`, found `oscilates` | help: did you mean `oscillates`?
    "#]].assert_eq(&mistakes.map(mistake).concat());
}

#[test]
fn deep_nesting_is_refused() {
    for text in [
        "(".repeat(100_000),
        "-".repeat(100_000) + "x",
        "not ".repeat(100_000) + "x",
        "x^".repeat(100_000) + "x",
        "x + ".repeat(100_000) + "x",
        "f(".repeat(100_000),
        "V[".repeat(100_000),
        "time when ".repeat(100_000),
        "1 m/".to_string() + &"(".repeat(100_000),
    ] {
        let mistakes = parse_outcome(&text).expect_err("too deep");
        let message = &mistakes[0].message;
        assert!(
            message.contains("levels") || message.contains("parenthes") || message.contains("`(`"),
            "{message}"
        );
    }
    let fits = "(".repeat(60) + "x" + &")".repeat(60);
    assert_eq!(value(&fits), 2.0);
    assert_eq!(value(&("x + ".repeat(250) + "x")), 502.0);
    let (_, dimension) = lowered("sum(sum(1, k in 1..2000), j in 1..2) * 1 s").unwrap();
    assert_eq!(dimension, Dimension::of("s"));
    assert!(lowered("sum(1, k in 1..10000000)").is_err());
}

#[test]
fn latex() {
    let check = |text: &str, expected: Expect| {
        expected.assert_eq(&to_latex(&parse_outcome(text).unwrap(), &latex_symbol));
    };
    check(
        "Lp * A * (pi_i - P) / (V - b)^2",
        expect![[r#"\frac{L_{\mathrm{p}}\,A\,\left(\pi_{i} - P\right)}{\left(V - b\right)^{2}}"#]],
    );
    check(
        "k_on * 2.5e-7 * 90 um^3 - -alpha",
        expect![[
            r#"k_{\mathrm{on}} \cdot 2.5 \cdot 10^{-7} \cdot 90\,\mathrm{\mu m^{3}} - \left(-\alpha\right)"#
        ]],
    );
    check(
        "if(x <= 0, 0, if(x > 1, 1, x^(2/3)))",
        expect![[
            r#"\begin{cases} 0 & \text{if } x \le 0 \\ 1 & \text{if } x > 1 \\ x^{\frac{2}{3}} & \text{otherwise} \end{cases}"#
        ]],
    );
    check(
        "sqrt(abs(x)) * exp(-t/tau) * hill(cell.volume, V0, n_H) * 3 %",
        expect![[
            r#"\sqrt{\left|x\right|}\,e^{\frac{-t}{\tau}}\,\operatorname{hill}\left(\mathrm{volume}_{\mathrm{cell}}, V_{0}, n_{H}\right) \cdot 3\,\mathrm{\%}"#
        ]],
    );
    check(
        "sum(V[i+1] * K_A, i in 1..N) / log10(asin(x)) + (a / b)^2 * (a / b)",
        expect![[
            r#"\frac{\sum_{i=1}^{N} V_{i + 1}\,K_{A}}{\log_{10}\left(\arcsin\left(x\right)\right)} + \left(\frac{a}{b}\right)^{2}\,\frac{a}{b}"#
        ]],
    );
    check(
        "time of max(V) - (time when P rises through 5 µN^(1/2)/s⁻¹²)",
        expect![[
            r#"\operatorname*{arg\,max}_t V - t\left(P \nearrow 5\,\mathrm{\mu N^{1/2}/s^{-12}}\right)"#
        ]],
    );
    for (name, symbol) in [
        ("alpha", r"\alpha"),
        ("α", r"\alpha"),
        ("k_on", r"k_{\mathrm{on}}"),
        ("cell.volume", r"\mathrm{volume}_{\mathrm{cell}}"),
        ("water_flux", r"\mathrm{water\ flux}"),
        ("cell.water_flux", r"\mathrm{water\ flux}_{\mathrm{cell}}"),
        ("half_max", r"\mathrm{half}_{\mathrm{max}}"),
        ("V0", "V_{0}"),
        ("K_A", "K_{A}"),
        ("Na", r"\mathrm{Na}"),
        ("cell.k_on", r"k_{\mathrm{on},\,\mathrm{cell}}"),
        ("e_lys_max", r"e_{\mathrm{lys},\,\mathrm{max}}"),
        ("_", r"\_"),
    ] {
        assert_eq!(latex_symbol(name), symbol, "{name}");
    }
}

#[test]
fn spans_are_exact() {
    let text = "µ_a";
    assert!(parse_expression(text).is_err());
    let mut ast = parse_expression("  α + f( x[2] )").unwrap();
    ast.shift(100);
    assert_eq!(ast.span, Span::new(102, 116));
    let AstKind::Infix(Infix::Add, left, right) = ast.kind else {
        panic!()
    };
    assert_eq!(
        (left.span, right.span),
        (Span::new(102, 104), Span::new(107, 116))
    );
    let AstKind::Call(_, name, arguments) = right.kind else {
        panic!()
    };
    assert_eq!(
        (name, arguments[0].span),
        (Span::new(107, 108), Span::new(110, 114))
    );
}

fn any_ast(outcome: bool) -> impl Strategy<Value = Ast> {
    let ast = |kind| Ast {
        kind,
        span: Span::default(),
    };
    let name = prop::sample::select(vec![
        "a",
        "V0",
        "cell.volume",
        "α_1",
        "min",
        "time",
        "e",
        "s",
    ]);
    let unit = prop::sample::select(vec![
        "um",
        "1/min",
        "um/(s*MPa)",
        "%",
        "N^(1/2)",
        "s^-1",
        "kOhm",
        "vesicles",
    ]);
    let number = prop_oneof![
        0.0f64..1e3,
        Just(0.0),
        Just(1e300),
        Just(1.5e-9),
        (0u32..10).prop_map(f64::from)
    ];
    let event = || prop::sample::select(vec!["lysis", "cell.tear"]);
    let leaf = prop_oneof![
        name.clone()
            .prop_map(move |name| ast(AstKind::Name(name.into()))),
        (number.clone(), prop::option::of(unit)).prop_map(move |(value, unit)| {
            ast(AstKind::Number {
                value,
                unit: unit.map(|unit| Unit::parse(unit).unwrap()),
            })
        }),
        event().prop_map(move |event| ast(if outcome {
            AstKind::TimeOf(event.into(), Span::default())
        } else {
            AstKind::Name(event.into())
        })),
        event().prop_map(move |event| ast(if outcome {
            AstKind::CountOf(event.into(), Span::default())
        } else {
            AstKind::Name(event.into())
        })),
    ];
    leaf.prop_recursive(6, 40, 3, move |inner| {
        use Infix::*;
        let operators = vec![
            Add, Subtract, Multiply, Divide, Power, Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual, And, Or,
        ];
        let boxed = inner.clone().prop_map(Box::new);
        let ways = prop::sample::select(vec![Way::Rises, Way::Falls, Way::Crosses]);
        let function = prop::sample::select(vec!["f", "if", "max", "cell.f"]);
        prop_oneof![
            6 => (prop::sample::select(operators), boxed.clone(), boxed.clone())
                .prop_map(move |(op, a, b)| ast(AstKind::Infix(op, a, b))),
            2 => (prop::bool::ANY, boxed.clone())
                .prop_map(move |(minus, a)| ast(AstKind::Prefix(if minus { Prefix::Minus } else { Prefix::Not }, a))),
            1 => (function, prop::collection::vec(inner.clone(), 0..3))
                .prop_map(move |(name, arguments)| ast(AstKind::Call(name.into(), Span::default(), arguments))),
            1 => boxed.clone().prop_map(move |index| ast(AstKind::Index("c".into(), index))),
            1 => (boxed.clone(), boxed.clone(), boxed.clone())
                .prop_map(move |(body, from, to)| ast(AstKind::Sum { body, index: "i".into(), from, to })),
            1 => (prop::bool::ANY, boxed.clone(), inner, ways).prop_map(move |(max, of, right, way)| match (outcome, max) {
                (true, false) => ast(AstKind::TimeWhen(Box::new(Crossing { left: *of, way, right }))),
                (true, true) => ast(AstKind::TimeOfExtremum { max, of }),
                (false, _) => *of,
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn printed_trees_read_back(ast in any_ast(false)) {
        let text = to_text(&ast);
        let back = parse_expression(&text).map_err(|mistakes| TestCaseError::fail(show(&text, &mistakes)))?;
        prop_assert_eq!(plain(&back), ast, "{}", text);
    }

    #[test]
    fn printed_outcomes_read_back(ast in any_ast(true)) {
        let text = to_text(&ast);
        let back = parse_outcome(&text).map_err(|mistakes| TestCaseError::fail(show(&text, &mistakes)))?;
        prop_assert_eq!(plain(&back), ast, "{}", text);
    }

    #[test]
    fn latex_has_matching_braces(ast in any_ast(true)) {
        let text = to_latex(&ast, &latex_symbol);
        prop_assert_eq!(text.matches('{').count(), text.matches('}').count(), "{}", text);
        prop_assert_eq!(text.matches(r"\left").count(), text.matches(r"\right").count(), "{}", text);
    }
}

/// Reads a text in every way; each mistake must have its place inside the text, each tree must lower or say why not.
fn survives(text: &str) -> Result<(), TestCaseError> {
    let inside = |mistakes: &[Diagnostic]| {
        mistakes
            .iter()
            .all(|m| text.get(m.span.start..m.span.end).is_some())
    };
    let all = [
        parse_expression(text).err(),
        parse_outcome(text).err(),
        parse_when(text).err(),
        parse_then(text).err(),
        parse_sentence(text).err(),
    ];
    for mistakes in all.into_iter().flatten() {
        prop_assert!(
            !mistakes.is_empty() && inside(&mistakes),
            "{:?} in {:?}",
            mistakes,
            text
        );
    }
    if let Ok(ast) = parse_outcome(text) {
        let mut graph = Graph::new();
        let scope = names(&mut graph);
        let mut mistakes = vec![];
        let typed = lower(&ast, &scope, &mut graph, &mut mistakes);
        prop_assert!(typed.is_some() || !mistakes.is_empty(), "{:?}", text);
        prop_assert!(inside(&mistakes));
        references(&ast, &|name| (name == "N").then_some(3));
        to_latex(&ast, &latex_symbol);
    }
    Ok(())
}

const TOKENS: &[&str] = &[
    "x",
    "V",
    "c",
    "t",
    "i",
    "N",
    "1",
    "2.5",
    "3 um",
    "4 %",
    "25 degC",
    "1/min",
    " 1/s",
    "um",
    "+",
    "-",
    "*",
    "/",
    "^",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    "..",
    "=",
    "==",
    "<",
    "and",
    "or",
    "not",
    "in",
    "if(",
    "max(",
    "sum(",
    "hill(",
    "time",
    "of",
    "when",
    "count",
    "rises",
    "through",
    "falls",
    "crosses",
    "at",
    "for",
    "from",
    "to",
    "every",
    "times",
    "ramps",
    "oscillates",
    "about",
    "by",
    "follows",
    "held",
    "set",
    "stop",
    "²",
    "µ",
    "α",
    "·",
    "−",
    " ",
    ".",
    "€",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        survives(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn no_tokens_panic(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..14), blanks in prop::bool::ANY) {
        survives(&tokens.join(if blanks { " " } else { "" }))?;
    }
}

#[test]
fn hill_is_written_with_ratios() {
    // A plain x^n would overflow; the graph must hold quotients of x and k only.
    let (mut graph, mut mistakes) = (Graph::new(), vec![]);
    let scope = names(&mut graph);
    lower(
        &parse_expression("hill(x, y, 4)").unwrap(),
        &scope,
        &mut graph,
        &mut mistakes,
    )
    .unwrap();
    let powers = graph.nodes().iter().filter_map(|node| match node {
        Node::Binary(Binary::Power, base, _) => Some(graph.node(*base)),
        _ => None,
    });
    let bases: Vec<Node> = powers.collect();
    assert!(
        !bases.is_empty()
            && bases
                .iter()
                .all(|node| matches!(node, Node::Binary(Binary::Divide, ..))),
        "{bases:?}"
    );
}

//! The rate of a state as one sum, with the signs that a reader expects.

use crate::expr::ast::{Ast, AstKind, Infix, Prefix};

/// The sum of the terms: `a - b` where blocks added `a` and `-b`.
pub(crate) fn rate(terms: &[Ast]) -> Ast {
    let mut signed = Vec::new();
    for term in terms {
        split(term, &mut signed);
    }
    let mut sum: Option<Ast> = None;
    for (minus, term) in signed {
        let (kind, span) = match (sum, minus) {
            (None, false) => {
                sum = Some(term);
                continue;
            }
            (None, true) => {
                sum = Some(with_minus(term));
                continue;
            }
            (Some(sum), minus) => {
                let op = if minus { Infix::Subtract } else { Infix::Add };
                let span = sum.span;
                (AstKind::Infix(op, Box::new(sum), Box::new(term)), span)
            }
        };
        sum = Some(Ast::new(kind, span));
    }
    sum.unwrap_or_else(|| Ast::new(number(0.0), Default::default()))
}

fn number(value: f64) -> AstKind {
    AstKind::Number { value, unit: None }
}

/// The terms of a sum, each with its sign: true for a minus.
fn split(ast: &Ast, out: &mut Vec<(bool, Ast)>) {
    match &ast.kind {
        AstKind::Infix(Infix::Add, a, b) => {
            split(a, out);
            split(b, out);
        }
        AstKind::Infix(Infix::Subtract, a, b) => {
            split(a, out);
            out.push(negative(b).map_or_else(|| (true, (**b).clone()), |b| (false, b)));
        }
        _ => out.push(negative(ast).map_or_else(|| (false, ast.clone()), |a| (true, a))),
    }
}

/// What a minus stands before, if one does.
fn negative(ast: &Ast) -> Option<Ast> {
    let kind = match &ast.kind {
        AstKind::Prefix(Prefix::Minus, a) => return Some((**a).clone()),
        AstKind::Number { value, unit } if *value < 0.0 => AstKind::Number {
            value: -value,
            unit: unit.clone(),
        },
        AstKind::Infix(op @ (Infix::Multiply | Infix::Divide), a, b) => {
            AstKind::Infix(*op, Box::new(negative(a)?), b.clone())
        }
        // A term that only some repetitions have.
        AstKind::Call(name, span, arguments) => match arguments.as_slice() {
            [condition, then, otherwise] if name == "if" && is_zero(otherwise) => {
                let then = negative(then)?;
                AstKind::Call(
                    name.clone(),
                    *span,
                    vec![condition.clone(), then, otherwise.clone()],
                )
            }
            _ => return None,
        },
        _ => return None,
    };
    Some(Ast::new(kind, ast.span))
}

/// True for the number 0 without a unit.
pub(crate) fn is_zero(ast: &Ast) -> bool {
    matches!(&ast.kind, AstKind::Number { value, unit: None } if *value == 0.0)
}

/// A minus goes to the first factor: `-a * b`, not `-(a * b)`.
fn with_minus(ast: Ast) -> Ast {
    let kind = match ast.kind {
        AstKind::Infix(op @ (Infix::Multiply | Infix::Divide), a, b) => {
            AstKind::Infix(op, Box::new(with_minus(*a)), b)
        }
        kind => AstKind::Prefix(Prefix::Minus, Box::new(Ast::new(kind, ast.span))),
    };
    Ast::new(kind, ast.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::parse::parse_expression;
    use crate::expr::print::to_text;

    #[test]
    fn signs_stand_between_the_terms() {
        let cases: [(&[&str], &str); 7] = [
            (&["a", "-b"], "a - b"),
            (&["-a", "b"], "-a + b"),
            (&["a", "-2 * b", "-c / d"], "a - 2 * b - c / d"),
            (&["-2 * b * c", "a - -b"], "-2 * b * c + a + b"),
            (
                &["if(i == 1, -a, 0)", "if(i == 2, -b, 0)"],
                "-if(i == 1, a, 0) - if(i == 2, b, 0)",
            ),
            (
                &["a", "-(b + c)", "if(x > 0, -d, 1)"],
                "a - (b + c) + if(x > 0, -d, 1)",
            ),
            (&[], "0"),
        ];
        for (terms, expected) in cases {
            let terms: Vec<Ast> = terms
                .iter()
                .map(|t| parse_expression(t).expect("it parses"))
                .collect();
            assert_eq!(to_text(&rate(&terms)), expected);
        }
    }
}

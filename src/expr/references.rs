//! What an expression reads, and the arithmetic of its whole numbers.

use super::ast::{Ast, AstKind, Infix, Prefix};
use super::lower::Reference;

/// Most terms of all sums of one expression together.
pub(crate) const MAX_TERMS: usize = 1_000_000;

/// The names that an expression reads, with the same pruning as [`super::lower::lower`]: of `if(c, a, b)` whose
/// condition involves only whole numbers one branch is read, and sums are unrolled. Names that `integers` knows and the
/// indices of sums are not listed; the names of constants (`pi`, `R`) are, since a model may give them a meaning.
pub fn references(ast: &Ast, integers: &dyn Fn(&str) -> Option<i64>) -> Vec<Reference> {
    let mut reader = Reader {
        integers,
        indices: vec![],
        found: vec![],
        terms: MAX_TERMS,
    };
    reader.read(ast);
    reader.found
}

struct Reader<'a> {
    integers: &'a dyn Fn(&str) -> Option<i64>,
    indices: Vec<(&'a str, i64)>,
    found: Vec<Reference>,
    terms: usize,
}

impl<'a> Reader<'a> {
    fn integer(&self, name: &str) -> Option<i64> {
        let shadow = self.indices.iter().rev().find(|(index, _)| *index == name);
        shadow
            .map(|(_, value)| *value)
            .or_else(|| (self.integers)(name))
    }

    fn constant(&self, ast: &Ast) -> Option<f64> {
        whole_number_value(ast, &|name| self.integer(name))
    }

    fn read(&mut self, ast: &'a Ast) {
        match &ast.kind {
            AstKind::Number { .. } | AstKind::TimeOf(..) | AstKind::CountOf(..) => {}
            AstKind::Name(name) => {
                if self.integer(name).is_none() {
                    self.found.push(Reference {
                        name: name.clone(),
                        index: None,
                        span: ast.span,
                    });
                }
            }
            AstKind::Index(name, index) => match self.constant(index).and_then(exact_integer) {
                Some(value) => {
                    self.found.push(Reference {
                        name: name.clone(),
                        index: Some(value),
                        span: ast.span,
                    });
                }
                // Lowering says what is wrong with this index.
                None => self.read(index),
            },
            AstKind::Prefix(_, a) | AstKind::TimeOfExtremum { of: a, .. } => self.read(a),
            AstKind::Infix(_, a, b) => {
                self.read(a);
                self.read(b);
            }
            AstKind::Call(name, _, arguments) => match (name.as_str(), arguments.as_slice()) {
                ("if", [condition, yes, no]) => match self.constant(condition) {
                    Some(value) => self.read(if value != 0.0 { yes } else { no }),
                    None => [condition, yes, no]
                        .into_iter()
                        .for_each(|part| self.read(part)),
                },
                _ => arguments.iter().for_each(|argument| self.read(argument)),
            },
            AstKind::Sum {
                body,
                index,
                from,
                to,
            } => self.sum(body, index, from, to),
            AstKind::TimeWhen(crossing) => {
                self.read(&crossing.left);
                self.read(&crossing.right);
            }
        }
    }

    fn sum(&mut self, body: &'a Ast, index: &'a str, from: &'a Ast, to: &'a Ast) {
        let bound = |ast| self.constant(ast).and_then(exact_integer);
        let (Some(first), Some(last)) = (bound(from), bound(to)) else {
            self.read(from);
            self.read(to);
            return;
        };
        for value in first..=last {
            if self.terms == 0 {
                return;
            }
            self.terms -= 1;
            self.indices.push((index, value));
            self.read(body);
            self.indices.pop();
        }
    }
}

/// The whole number that a value is, if it is one.
pub(crate) fn exact_integer(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64)
}

/// The value of an expression that involves nothing but whole numbers: plain literals and the names that `integers`
/// knows. Truth values are 1 and 0.
pub(crate) fn whole_number_value(ast: &Ast, integers: &dyn Fn(&str) -> Option<i64>) -> Option<f64> {
    let value = |ast: &Ast| whole_number_value(ast, integers);
    match &ast.kind {
        AstKind::Number { value, unit: None } => exact_integer(*value).map(|i| i as f64),
        AstKind::Name(name) => integers(name).map(|i| i as f64),
        AstKind::Prefix(Prefix::Minus, a) => Some(-value(a)?),
        AstKind::Prefix(Prefix::Not, a) => Some(f64::from(value(a)? == 0.0)),
        AstKind::Infix(op, a, b) => {
            let (a, b) = (value(a)?, value(b)?);
            let result = match op {
                Infix::Add => a + b,
                Infix::Subtract => a - b,
                Infix::Multiply => a * b,
                Infix::Divide => a / b,
                Infix::Power => a.powf(b),
                Infix::Less => f64::from(a < b),
                Infix::LessEqual => f64::from(a <= b),
                Infix::Greater => f64::from(a > b),
                Infix::GreaterEqual => f64::from(a >= b),
                Infix::Equal => f64::from(a == b),
                Infix::NotEqual => f64::from(a != b),
                Infix::And => f64::from(a != 0.0 && b != 0.0),
                Infix::Or => f64::from(a != 0.0 || b != 0.0),
            };
            result.is_finite().then_some(result)
        }
        AstKind::Call(name, _, arguments) => {
            let values: Option<Vec<f64>> = arguments.iter().map(value).collect();
            match (name.as_str(), values?.as_slice()) {
                ("abs", [a]) => Some(a.abs()),
                ("min", [a, b]) => Some(a.min(*b)),
                ("max", [a, b]) => Some(a.max(*b)),
                ("if", [c, a, b]) => Some(if *c != 0.0 { *a } else { *b }),
                _ => None,
            }
        }
        _ => None,
    }
}

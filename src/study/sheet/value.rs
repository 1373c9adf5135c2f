//! A value and its unit.

use crate::expr::ast::{Ast, AstKind, Prefix};
use crate::study::shown_unit;
use crate::units::Unit;

/// The number that a value is, with its sign and the unit as written; `None` for an expression.
pub(crate) fn number(ast: &Ast) -> Option<(f64, Option<&Unit>)> {
    match &ast.kind {
        AstKind::Number { value, unit } => Some((*value, unit.as_ref())),
        AstKind::Prefix(Prefix::Minus, a) => number(a).map(|(value, unit)| (-value, unit)),
        _ => None,
    }
}

/// True if a number in it has that unit: written once more behind it, the unit would tell nothing.
pub(crate) fn says_unit(ast: &Ast, unit: &str) -> bool {
    let mut said = false;
    ast.walk(&mut |part| {
        if let AstKind::Number {
            unit: Some(own), ..
        } = &part.kind
        {
            said |= shown_unit(own) == unit;
        }
    });
    said
}

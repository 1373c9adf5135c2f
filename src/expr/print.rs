//! Tree to text that parses back to the same tree.

use super::ast::{Ast, AstKind, Crossing, Infix, Prefix, Way, binding};
pub use super::latex::to_latex;
pub use super::latex_pieces::{LatexPiece, latex_pieces};
pub use super::latex_width::latex_width;
pub use super::symbol::{latex_symbol, path as latex_path};

/// Text that parses back to an equal tree (places aside), with as few parentheses as that takes.
pub fn to_text(ast: &Ast) -> String {
    let mut text = String::new();
    write(ast, binding::LOOSEST, &mut text);
    text
}

/// How tightly the outermost operator of a tree binds.
pub(crate) fn strength(ast: &Ast) -> u8 {
    match &ast.kind {
        // It reads on to the right as far as it can.
        AstKind::TimeWhen(_) => binding::LOOSEST,
        AstKind::Infix(op, ..) => op.binding(),
        AstKind::Prefix(Prefix::Minus, _) => binding::MINUS,
        AstKind::Prefix(Prefix::Not, _) => binding::NOT,
        AstKind::Number { value, .. } if value.is_sign_negative() => binding::MINUS,
        // A unit takes the `^` behind it.
        AstKind::Number { unit: Some(_), .. } => binding::POWER,
        _ => binding::ATOM,
    }
}

/// Writes a tree that must bind at least so tightly, in parentheses otherwise.
fn write(ast: &Ast, least: u8, text: &mut String) {
    let parentheses = strength(ast) < least;
    if parentheses {
        text.push('(');
    }
    write_bare(ast, text);
    if parentheses {
        text.push(')');
    }
}

fn write_bare(ast: &Ast, text: &mut String) {
    match &ast.kind {
        AstKind::Number { value, unit } => {
            text.push_str(&number(*value));
            if let Some(unit) = unit {
                text.push(' ');
                text.push_str(unit.text());
            }
        }
        AstKind::Name(name) => text.push_str(name),
        AstKind::Index(name, index) => {
            text.push_str(name);
            text.push('[');
            write(index, binding::LOOSEST, text);
            text.push(']');
        }
        AstKind::Prefix(Prefix::Minus, a) => {
            text.push('-');
            write(a, binding::MINUS, text);
        }
        AstKind::Prefix(Prefix::Not, a) => {
            text.push_str("not ");
            write(a, binding::NOT, text);
        }
        AstKind::Infix(op, a, b) => infix(*op, a, b, text),
        AstKind::Call(name, _, arguments) => {
            text.push_str(name);
            text.push('(');
            for (i, argument) in arguments.iter().enumerate() {
                if i > 0 {
                    text.push_str(", ");
                }
                write(argument, binding::LOOSEST, text);
            }
            text.push(')');
        }
        AstKind::Sum {
            body,
            index,
            from,
            to,
        } => {
            text.push_str("sum(");
            write(body, binding::LOOSEST, text);
            text.push_str(&format!(", {index} in "));
            write(from, binding::SUM, text);
            text.push_str("..");
            write(to, binding::SUM, text);
            text.push(')');
        }
        AstKind::TimeOf(event, _) => text.push_str(&format!("time of {event}")),
        AstKind::CountOf(event, _) => text.push_str(&format!("count of {event}")),
        AstKind::TimeOfExtremum { max, of } => {
            text.push_str(if *max { "time of max(" } else { "time of min(" });
            write(of, binding::LOOSEST, text);
            text.push(')');
        }
        AstKind::TimeWhen(crossing) => {
            text.push_str("time when ");
            write_crossing(crossing, text);
        }
    }
}

fn write_crossing(crossing: &Crossing, text: &mut String) {
    write(&crossing.left, binding::SUM, text);
    text.push_str(match crossing.way {
        Way::Rises => " rises through ",
        Way::Falls => " falls through ",
        Way::Crosses => " crosses ",
    });
    write(&crossing.right, binding::SUM, text);
}

fn infix(op: Infix, a: &Ast, b: &Ast, text: &mut String) {
    let strength = op.binding();
    let (left, right) = match op {
        Infix::Power => (binding::ATOM, binding::MINUS),
        // Comparisons do not chain.
        _ if strength == binding::COMPARISON => (binding::SUM, binding::SUM),
        _ => (strength, strength + 1),
    };
    write(a, left, text);
    match op {
        Infix::Power => text.push('^'),
        _ => text.push_str(&format!(" {} ", op.text())),
    }
    write(b, right, text);
}

/// The shorter of the plain and the scientific form; both read back to the same number.
pub(crate) fn number(value: f64) -> String {
    let (plain, scientific) = (format!("{value}"), format!("{value:e}"));
    if plain.len() <= scientific.len().max(6) {
        plain
    } else {
        scientific
    }
}

//! Repeated blocks: which copy of one block belongs to which copy of another.
//!
//! A membrane between `cortex[i]` and `cortex[i + 1]` gives its flow of copy `i` to the volume of copy `i + 1`; seen
//! from the volume of copy `j` that is the flow of copy `j - 1`, where there is one.

use super::{Draft, Each, Place, code};
use crate::diagnostic::Span;
use crate::expr::ast::{Ast, AstKind, Infix, Prefix};
use crate::expr::parse;
use crate::expr::print::to_text;
use crate::expr::visit::{replace, visit};

/// A term of one block as it is seen from another: what a copy of the other one gets of it.
///
/// # Errors
/// A message when the index can't be turned round.
pub(super) fn seen_from(
    target: &Option<Each>,
    place: &Place,
    source: &Option<Each>,
    term: &str,
) -> Result<String, String> {
    let summed = |each: &Each| {
        let (from, to) = (to_text(&each.from), to_text(&each.to));
        format!("sum({term}, {} in {from}..{to})", each.index)
    };
    let (Some(own), Some(index)) = (target, &place.index) else {
        return Ok(source.as_ref().map_or_else(|| term.to_string(), summed));
    };
    let moving = source.as_ref().filter(|each| reads(index, &each.index));
    let Some(each) = moving else {
        // One copy, always the same.
        let term = source.as_ref().map_or_else(|| term.to_string(), summed);
        return Ok(format!(
            "if({} == {}, {term}, 0)",
            own.index,
            to_text(index)
        ));
    };
    let inverse = invert(index, &each.index, &own.index).ok_or_else(|| {
        format!(
            "the copy `{place}` can't be turned round: an index is like `{0}`, `{0} + 1` or `{0} - 1`",
            each.index
        )
    })?;
    let shifted = renamed(term, &each.index, &inverse)?;
    let conditions: Vec<String> = [(&each.from, ">=", &own.from), (&each.to, "<=", &own.to)]
        .into_iter()
        .filter_map(|(limit, sign, own_limit)| {
            condition(&inverse, &own.index, sign, limit, own_limit)
        })
        .collect();
    if conditions.is_empty() {
        return Ok(shifted);
    }
    Ok(format!("if({}, {shifted}, 0)", conditions.join(" and ")))
}

/// `inverse >= limit`, with the index alone on its side where that can be had; `None` where every copy meets it.
fn condition(inverse: &str, own: &str, sign: &str, limit: &Ast, own_limit: &Ast) -> Option<String> {
    let plain = format!("{inverse} {sign} {}", to_text(limit));
    let parts = parse::parse_expression(inverse).ok();
    let parts = parts.as_ref().and_then(shift).zip(shift(limit));
    let Some(((Some(name), by), (base, at))) = parts else {
        return Some(plain);
    };
    if name != own {
        return Some(plain);
    }
    // own + by >= base + at
    let limit = (base, at - by);
    if shift(own_limit).as_ref() == Some(&limit) {
        return None;
    }
    let text = match limit {
        (None, number) => number.to_string(),
        (Some(base), 0) => base,
        (Some(base), number) if number > 0 => format!("{base} + {number}"),
        (Some(base), number) => format!("{base} - {}", -number),
    };
    Some(format!("{own} {sign} {text}"))
}

/// A whole number, or a name with a whole number added: `N - 1` is N and -1.
fn shift(ast: &Ast) -> Option<(Option<String>, i64)> {
    match &ast.kind {
        AstKind::Name(name) => Some((Some(name.clone()), 0)),
        AstKind::Number { value, unit: None } if value.fract() == 0.0 && value.abs() < 1e9 => {
            Some((None, *value as i64))
        }
        AstKind::Prefix(Prefix::Minus, inner) => match shift(inner)? {
            (None, number) => Some((None, -number)),
            _ => None,
        },
        AstKind::Infix(op @ (Infix::Add | Infix::Subtract), a, b) => {
            let ((a, x), (b, y)) = (shift(a)?, shift(b)?);
            match (op, a, b) {
                (Infix::Add, a, None) => Some((a, x + y)),
                (Infix::Add, None, b) => Some((b, x + y)),
                (Infix::Subtract, a, None) => Some((a, x - y)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// True when an expression reads a name.
fn reads(ast: &Ast, name: &str) -> bool {
    let mut found = false;
    visit(ast, &mut |part| {
        found |= matches!(&part.kind, AstKind::Name(n) if n == name)
    });
    found
}

/// `i` out of `index(i) = own`, for indices in which `i` is added or subtracted once.
fn invert(index: &Ast, i: &str, own: &str) -> Option<String> {
    match &index.kind {
        AstKind::Name(name) if name == i => Some(own.to_string()),
        AstKind::Infix(op @ (Infix::Add | Infix::Subtract), a, b) => {
            let (add, left) = (*op == Infix::Add, reads(a, i));
            if left == reads(b, i) {
                return None;
            }
            let (inner, other) = if left { (a, b) } else { (b, a) };
            let other = to_text(other);
            let rest = match (left, add) {
                // a + c = own, c + a = own
                (_, true) => format!("({own} - ({other}))"),
                // a - c = own
                (true, false) => format!("({own} + ({other}))"),
                // c - a = own
                (false, false) => format!("(({other}) - {own})"),
            };
            invert(inner, i, &rest)
        }
        _ => None,
    }
}

/// A term with another expression in the place of its index.
fn renamed(term: &str, index: &str, by: &str) -> Result<String, String> {
    if index == by {
        return Ok(term.to_string());
    }
    let parse = parse::parse_expression;
    let unreadable = |text: &str| format!("`{text}` can't be read");
    let ast = parse(term).map_err(|_| unreadable(term))?;
    let by = parse(by).map_err(|_| unreadable(by))?;
    let ast = replace(&ast, &mut |part| match &part.kind {
        AstKind::Name(name) if name == index => Some(by.kind.clone()),
        _ => None,
    });
    Ok(to_text(&ast))
}

impl Draft {
    /// Adds a term of a block to the rate of a part of a place, e.g. the `volume` of `cortex[i + 1]`.
    pub(super) fn add_rate(
        &mut self,
        place: &Place,
        part: &str,
        source: &Option<Each>,
        term: &str,
        span: Span,
    ) {
        let name = if part.is_empty() {
            place.name.clone()
        } else {
            format!("{}.{part}", place.name)
        };
        let Some(at) = self.states.iter().position(|s| s.name == name) else {
            return;
        };
        let target = match part {
            "" => place.to_string(),
            _ => format!("{place}.{part}"),
        };
        let target = code(self, &target, place.span);
        self.uses.push((target, source.clone()));
        match seen_from(&self.states[at].each, place, source, term) {
            Ok(text) => {
                let term = code(self, &text, span);
                self.states[at].rate.push(term);
            }
            Err(message) => self.mistake(place.span, message, String::new()),
        }
    }
}

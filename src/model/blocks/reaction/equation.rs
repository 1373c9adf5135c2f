//! The equation of a reaction: `2 A + cell.B <-> n[i + 1]`.

use crate::diagnostic::{Diagnostic, Span};
use crate::expr::ast::AstKind;
use crate::expr::parse;
use crate::model::blocks::Place;
use crate::model::toml::{Reader, Text};

/// What takes part, and how many of it.
pub(in crate::model::blocks) struct Species {
    pub place: Place,
    pub count: u32,
}

const ARROWS: &[(&str, bool)] = &[
    ("<->", true),
    ("<=>", true),
    ("⇌", true),
    ("->", false),
    ("=>", false),
    ("→", false),
];

/// Both sides and whether it goes both ways.
pub(super) fn read_equation(
    reader: &mut Reader,
    text: &Text,
) -> Option<(Vec<Species>, bool, Vec<Species>)> {
    let whole = &text.value;
    let arrow = ARROWS
        .iter()
        .filter_map(|(arrow, both)| whole.find(arrow).map(|at| (at, arrow.len(), *both)))
        .min_by_key(|(at, length, _)| (*at, usize::MAX - length));
    let Some((at, length, both)) = arrow else {
        let mistake = Diagnostic::new(text.span, "the equation has no arrow");
        let help = "for example \"R + L <-> C\", or \"A -> B\"";
        reader.diagnostics.push(mistake.help(help));
        return None;
    };
    let left = read_side(reader, text, 0, at);
    let right = read_side(reader, text, at + length, whole.len());
    let (left, right) = (left?, right?);
    if left.is_empty() && right.is_empty() {
        reader.error(text.span, "the equation names nothing");
        return None;
    }
    Some((left, both, right))
}

/// The species between two places of the equation.
fn read_side(reader: &mut Reader, text: &Text, from: usize, to: usize) -> Option<Vec<Species>> {
    let side = &text.value[from..to];
    if side.trim().is_empty() {
        return Some(Vec::new());
    }
    let mut out = Some(Vec::new());
    let mut depth = 0i32;
    let mut start = 0;
    let mut pieces = Vec::new();
    for (at, c) in side.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth -= 1,
            '+' if depth == 0 => {
                pieces.push((start, at));
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push((start, side.len()));
    for (start, end) in pieces {
        let read = read_species(reader, text, from + start, from + end);
        out = out.zip(read).map(|(mut all, one)| {
            all.push(one);
            all
        });
    }
    out
}

/// `2 L`
fn read_species(reader: &mut Reader, text: &Text, from: usize, to: usize) -> Option<Species> {
    let piece = &text.value[from..to];
    let trimmed = piece.trim();
    let start = from + piece.len() - piece.trim_start().len();
    let digits = trimmed.len()
        - trimmed
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    let count = if digits == 0 {
        Some(1)
    } else {
        trimmed[..digits].parse().ok()
    };
    let name = trimmed[digits..].trim_start_matches(['*', ' ', '·']);
    let offset = start + trimmed.len() - name.len();
    let span = text.locate(Span::new(start, start + trimmed.len()));
    let (read, index) = match parse::parse_expression(name).map(|ast| ast.kind) {
        Ok(AstKind::Name(name)) => (Some(name), None),
        Ok(AstKind::Index(name, mut index)) => {
            index.map_spans(&mut |s| text.locate(Span::new(offset + s.start, offset + s.end)));
            (Some(name), Some(*index))
        }
        _ => (None, None),
    };
    let (Some(name), Some(count @ 1..)) = (read, count) else {
        let mistake = Diagnostic::new(span, "this is not a species of an equation");
        let help = "a name, perhaps with a number before it: `2 L`, `cell.Na`, `n[i + 1]`";
        reader.diagnostics.push(mistake.help(help));
        return None;
    };
    Some(Species {
        place: Place { name, index, span },
        count,
    })
}

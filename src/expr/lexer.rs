//! Characters to tokens, one at a time: units and file names are read by other rules than the rest, and only the
//! parser knows where they stand.

use crate::diagnostic::{Diagnostic, Span};
use crate::units::Unit;
use crate::units::parse::{is_unit_letter, lower_superscript};

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Number(f64),
    /// A name with its dots, or a word of a sentence.
    Name(&'a str),
    /// Operators and punctuation, in one spelling each.
    Symbol(&'static str),
    /// A character without a meaning.
    Stray(char),
    End,
}

/// Words of sentences: never units, so that `at 5 s for 2 s` and `2 and 3` read as they look.
pub(super) const KEYWORDS: &[&str] = &[
    "rises",
    "falls",
    "crosses",
    "through",
    "ramps",
    "to",
    "every",
    "for",
    "times",
    "oscillates",
    "about",
    "by",
    "follows",
    "of",
    "held",
    "and",
    "or",
    "not",
    "in",
    "at",
    "from",
    "when",
];

/// Spellings and what they mean; longer ones first.
const SYMBOLS: &[(&str, &str)] = &[
    ("..", ".."),
    ("<=", "<="),
    (">=", ">="),
    ("==", "=="),
    ("!=", "!="),
    ("**", "**"),
    ("&&", "&&"),
    ("||", "||"),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("<", "<"),
    (">", ">"),
    ("=", "="),
    ("+", "+"),
    ("-", "-"),
    ("−", "-"),
    ("*", "*"),
    ("×", "*"),
    ("·", "*"),
    ("⋅", "*"),
    ("/", "/"),
    ("^", "^"),
    ("(", "("),
    (")", ")"),
    ("[", "["),
    ("]", "]"),
    (",", ","),
    (":", ":"),
    ("!", "!"),
];

/// The first token at or behind a place; a number that cannot be read is an error.
pub(super) fn token_at(text: &str, from: usize) -> Result<(Token<'_>, Span), Diagnostic> {
    let rest = &text[from..];
    let start = from + (rest.len() - rest.trim_start().len());
    let rest = &text[start..];
    let Some(first) = rest.chars().next() else {
        return Ok((Token::End, Span::new(start, start)));
    };
    let second = rest[first.len_utf8()..].chars().next();
    if first.is_ascii_digit() || first == '.' && second.is_some_and(|c| c.is_ascii_digit()) {
        return number(text, start);
    }
    if is_name_start(first) {
        let length = name_length(rest);
        return Ok((
            Token::Name(&rest[..length]),
            Span::new(start, start + length),
        ));
    }
    if let Some((spelling, symbol)) = SYMBOLS
        .iter()
        .find(|(spelling, _)| rest.starts_with(spelling))
    {
        return Ok((
            Token::Symbol(symbol),
            Span::new(start, start + spelling.len()),
        ));
    }
    Ok((
        Token::Stray(first),
        Span::new(start, start + first.len_utf8()),
    ))
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || ('α'..='ω').contains(&c) || ('Α'..='Ω').contains(&c)
}

fn is_name_part(c: char) -> bool {
    is_name_start(c) || c.is_ascii_digit()
}

/// Length in bytes of the name, with its dotted parts, at the start of a text.
fn name_length(text: &str) -> usize {
    let part = |from: usize| {
        text[from..]
            .find(|c| !is_name_part(c))
            .map_or(text.len(), |at| from + at)
    };
    let mut end = part(0);
    while let Some(rest) = text[end..].strip_prefix('.') {
        if !rest.starts_with(is_name_start) {
            break;
        }
        end = part(end + 1);
    }
    end
}

/// Where the parts at the start of `.volume`, or `.sap.amount`, end; 1 where none is named behind the point.
pub(super) fn part_end(text: &str) -> usize {
    let part = &text[1..];
    if part.starts_with(is_name_start) {
        1 + name_length(part)
    } else {
        1
    }
}

fn number(text: &str, start: usize) -> Result<(Token<'_>, Span), Diagnostic> {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    };
    let mut end = digits(start);
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
        let exponent = end + 1 + usize::from(signed);
        if bytes.get(exponent).is_some_and(u8::is_ascii_digit) {
            end = digits(exponent);
        }
    }
    let span = Span::new(start, end);
    match (bytes.get(end), bytes.get(end + 1)) {
        (Some(b'.'), next) if next != Some(&b'.') => {
            let message = if text[start..end].contains('.') {
                "a number has one point"
            } else {
                "digits must follow the point"
            };
            let at = Span::new(end, end + 1);
            return Err(Diagnostic::new(at, message).help("for example `1.0` or `1`"));
        }
        (Some(b'_'), _) => {
            return Err(
                Diagnostic::new(Span::new(end, end + 1), "a number has no `_`")
                    .help("for example `10000` or `1e4`"),
            );
        }
        _ => {}
    }
    match text[start..end].parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((Token::Number(value), span)),
        _ => Err(Diagnostic::new(span, "this number is too large")),
    }
}

/// The unit behind a number that ends at `from`, with the place where it ends; `None` where no unit stands.
pub(super) fn unit_at(text: &str, from: usize) -> Result<Option<(Unit, usize)>, Diagnostic> {
    let rest = &text[from..];
    let start = from + (rest.len() - rest.trim_start().len());
    let Some(end) = unit_end(text, start, start > from) else {
        return Ok(None);
    };
    match Unit::parse(&text[start..end]) {
        Ok(unit) => Ok(Some((unit, end))),
        Err(error) => {
            let span = Span::new(start + error.span.start, start + error.span.end);
            Err(explain(text, start, span, error.message, error.help))
        }
    }
}

/// Says what else may have been meant by a word that is no unit.
fn explain(text: &str, start: usize, span: Span, message: String, help: String) -> Diagnostic {
    let before = text[start..span.start]
        .trim_end_matches('(')
        .chars()
        .next_back();
    let blanks = match before {
        Some('/') => "put blanks around `/` to divide",
        Some('*' | '·' | '⋅' | '×') => "put blanks around `*` to multiply",
        _ => "write `*` between a number and a name",
    };
    let help = match (help.is_empty(), before) {
        (true, _) => blanks.to_string(),
        (false, Some(_)) if help.ends_with('?') => format!("{help} Otherwise {blanks}"),
        (false, _) => help,
    };
    Diagnostic::new(span, message).help(help)
}

/// Where the unit that starts here ends, by its shape alone.
fn unit_end(text: &str, start: usize, after_blank: bool) -> Option<usize> {
    let rest = &text[start..];
    let word = word_length(rest);
    let inverse = after_blank && rest.starts_with("1/") && {
        let factor = factor_length(&rest[2..]);
        factor > 0 && is_unit(&rest[2..], factor)
    };
    if word == 0 && !inverse {
        return None;
    }
    let name = &rest[..word];
    let behind = &rest[word..];
    if KEYWORDS.contains(&name)
        || behind.starts_with(['(', '['])
        || behind.starts_with('.') && !behind.starts_with("..")
    {
        return None;
    }
    let mut end = if inverse {
        1
    } else {
        word + power_length(behind)
    };
    let sign_at = |at: usize| {
        let sign = rest[at..].chars().next();
        sign.filter(|c| matches!(c, '/' | '*' | '·' | '⋅' | '×'))
    };
    while let Some(sign) = sign_at(end) {
        let next = &rest[end + sign.len_utf8()..];
        let factor = factor_length(next);
        if factor == 0 || !is_unit(next, factor) {
            break;
        }
        end += sign.len_utf8() + factor + power_length(&next[factor..]);
    }
    Some(start + end)
}

/// True for a factor that is a unit; what is none is the next operand: `0.7 MPa/(R*T)`, `2 mM/s*cell.S`.
fn is_unit(text: &str, length: usize) -> bool {
    let goes_on = text[length..].starts_with(['(', '[', '_'])
        || text[length..].starts_with('.') && !text[length..].starts_with("..");
    !goes_on && Unit::parse(&text[..length]).is_ok()
}

/// Length of a word in the letters of units; digits belong to it so that `x1` is reported whole.
fn word_length(text: &str) -> usize {
    if !text.starts_with(is_unit_letter) {
        return 0;
    }
    text.find(|c: char| !is_unit_letter(c) && !c.is_ascii_digit())
        .unwrap_or(text.len())
}

/// Length of a word or of a parenthesis that holds units only: `(s*MPa)`, but not `(a + b)`.
fn factor_length(text: &str) -> usize {
    if !text.starts_with('(') {
        return word_length(text);
    }
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '/' | '*' | '·' | '⋅' | '×' | '^' | '-' => {}
            c if c.is_ascii_digit() && at > 1
                || is_unit_letter(c)
                || lower_superscript(c).is_some() => {}
            _ => return 0,
        }
        if depth == 0 {
            return at + 1;
        }
    }
    0
}

/// Length of `^2`, `^-1`, `^(1/2)` or superscripts.
fn power_length(text: &str) -> usize {
    let Some(power) = text.strip_prefix('^') else {
        return text
            .find(|c| lower_superscript(c).is_none())
            .unwrap_or(text.len());
    };
    if power.starts_with('(') {
        return power.find(')').map_or(0, |at| at + 2);
    }
    let sign = usize::from(power.starts_with('-'));
    // The point of `^0.5` belongs to it, so that the message speaks of the power.
    let digits = power[sign..]
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(power.len() - sign);
    if digits == 0 { 0 } else { 1 + sign + digits }
}

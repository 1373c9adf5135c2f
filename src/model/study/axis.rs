//! The values of an axis as a text: `FROM..TO [UNIT] [lin|log] [N]`, `range [lin|log] [N]`, or `A, B, C [UNIT]`.
//!
//! A unit behind the last number is that of the numbers that have none. All places are bytes of the given text.

use super::{AxisRange, AxisValues, Quantity, VariantChoice};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::Ast;
use crate::expr::parse::parse_expression;

/// The word for the range that a parameter declares.
const DECLARED: &str = "range";

/// The word for the model without a variant.
const BASE: &str = "none";

/// Reads the values of an axis.
///
/// # Errors
/// The first mistake of each number.
pub(super) fn parse_values(text: &str) -> Result<AxisValues, Vec<Diagnostic>> {
    let whole = Piece::new(text, 0);
    if whole.text.is_empty() {
        return Err(vec![nothing(Span::new(0, text.len()))]);
    }
    let words: Vec<Piece> = whole.words();
    if words.first().is_some_and(|word| word.text == DECLARED) {
        return declared(&words);
    }
    if let Some(dots) = ["...", "…"].iter().find_map(|dots| whole.find(dots)) {
        let mistake = Diagnostic::new(dots, "the ends of a range are parted by two dots");
        return Err(vec![mistake.help("for example `20..400 um/s`")]);
    }
    match whole.text.split_once("..") {
        Some((from, to)) => range(whole, from, to),
        None => list(whole),
    }
}

/// Reads the names of variants, parted by commas.
///
/// # Errors
/// Where a name is missing.
pub(super) fn parse_variants(text: &str) -> Result<AxisValues, Vec<Diagnostic>> {
    let pieces = Piece::new(text, 0).parts();
    if let Some(empty) = pieces.iter().find(|piece| piece.text.is_empty()) {
        let mistake = Diagnostic::new(empty.span(), "the name of a variant is missing");
        return Err(vec![mistake.help("`none` is the model without one")]);
    }
    let choices = pieces.iter().map(|p| choice(p.text, p.span())).collect();
    Ok(AxisValues::Variants(choices))
}

/// A variant by its name.
pub(super) fn choice(name: &str, span: Span) -> VariantChoice {
    VariantChoice {
        name: (name != BASE).then(|| name.to_string()),
        span,
    }
}

/// Says that there are no values.
pub(super) fn nothing(span: Span) -> Diagnostic {
    Diagnostic::new(span, "an axis needs values")
        .help("for example `20..400 um/s 10`, `20, 50, 100 um/s` or `range 10`")
}

/// A value that an axis can have: a number with its unit.
///
/// # Errors
/// When it is another expression, or too large.
pub(super) fn literal(ast: &Ast, cited: &str) -> Result<Quantity, Diagnostic> {
    let Some(quantity) = Quantity::of(ast) else {
        let message = "the values of an axis are numbers with their units";
        let mistake = Diagnostic::new(ast.span, message);
        return Err(match nearest(cited, [DECLARED]) {
            Some(word) => mistake.help(format!("did you mean `{word}`?")),
            None => mistake.help("for example `20..400 um/s`; a unit has no blanks inside"),
        });
    };
    if !quantity.internal().is_finite() {
        let message = format!("`{cited}` is not a finite number");
        return Err(Diagnostic::new(ast.span, message));
    }
    Ok(quantity)
}

/// A part of the text without the blanks around it.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Piece<'a> {
    fn new(text: &'a str, start: usize) -> Self {
        let blanks = text.len() - text.trim_start().len();
        Piece {
            text: text.trim(),
            start: start + blanks,
        }
    }

    fn span(self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    fn find(self, what: &str) -> Option<Span> {
        let at = self.start + self.text.find(what)?;
        Some(Span::new(at, at + what.len()))
    }

    fn parts(self) -> Vec<Piece<'a>> {
        let mut start = self.start;
        let mut parts = Vec::new();
        for part in self.text.split(',') {
            parts.push(Piece::new(part, start));
            start += part.len() + ",".len();
        }
        parts
    }

    fn words(self) -> Vec<Piece<'a>> {
        let mut end = 0;
        let mut words = Vec::new();
        for text in self.text.split_whitespace() {
            // Between two words there are blanks only.
            let at = end + self.text[end..].find(text).unwrap_or(0);
            end = at + text.len();
            words.push(Piece {
                text,
                start: self.start + at,
            });
        }
        words
    }

    /// Without the last of its words.
    fn without(self, word: Piece) -> Piece<'a> {
        Piece::new(&self.text[..word.start - self.start], self.start)
    }

    /// The piece as a number with its unit; `after` is what else may follow it.
    fn quantity(self, after: &str) -> Result<Quantity, Vec<Diagnostic>> {
        let read = parse_expression(self.text).map_err(|mut mistakes| {
            // What an expression could go on with means nothing here.
            for mistake in &mut mistakes {
                let operator = "expected an operator or the end";
                if let Some(found) = mistake.message.strip_prefix(operator) {
                    mistake.message = format!("expected {after}{found}");
                    mistake.help.clear();
                }
                mistake.span.start += self.start;
                mistake.span.end += self.start;
            }
            mistakes
        });
        let mut ast = read?;
        ast.shift(self.start);
        literal(&ast, self.text).map_err(|mistake| vec![mistake])
    }
}

/// `log 20` behind a range.
#[derive(Default)]
struct Division {
    log: bool,
    count: Option<(u64, Span)>,
}

fn is_scale(word: &Piece) -> bool {
    matches!(word.text, "lin" | "log")
}

fn count(word: Piece) -> Result<u64, Vec<Diagnostic>> {
    word.text
        .parse()
        .map_err(|_| vec![Diagnostic::new(word.span(), "this number is too large")])
}

fn is_count(word: &Piece) -> bool {
    word.text.bytes().all(|b| b.is_ascii_digit())
}

/// Takes `[lin|log] [N]` from the end of a piece whose first word is a number in any case.
fn division(piece: Piece) -> Result<(Piece, Division), Vec<Diagnostic>> {
    let mut words = piece.words();
    let mut rest = piece;
    let mut read = Division::default();
    let behind_number =
        |words: &[Piece]| words.len() > if piece.text.starts_with("- ") { 2 } else { 1 };
    if behind_number(&words)
        && let Some(word) = words.pop_if(|word| is_count(word))
    {
        read.count = Some((count(word)?, word.span()));
        rest = rest.without(word);
    }
    if behind_number(&words)
        && let Some(word) = words.pop_if(|word| is_scale(word))
    {
        read.log = word.text == "log";
        rest = rest.without(word);
        if read.count.is_none()
            && behind_number(&words)
            && let Some(number) = words.last().filter(|word| is_count(word))
        {
            let message = format!("`{}` stands before the number of values", word.text);
            let help = format!("write `{} {}`", word.text, number.text);
            return Err(vec![Diagnostic::new(word.span(), message).help(help)]);
        }
    }
    Ok((rest, read))
}

fn range(whole: Piece, from: &str, to: &str) -> Result<AxisValues, Vec<Diagnostic>> {
    let behind = Piece::new(to, whole.start + from.len() + "..".len());
    let (to, Division { log, count }) = division(behind)?;
    let from = Piece::new(from, whole.start).quantity("`..`");
    let to = to.quantity("`lin`, `log` or the number of values");
    let (mut from, to) = match (from, to) {
        (Ok(from), Ok(to)) => (from, to),
        (from, to) => {
            let mistakes = [from.err(), to.err()];
            return Err(mistakes.into_iter().flatten().flatten().collect());
        }
    };
    match (&from.unit, &to.unit) {
        (None, Some(unit)) => from.unit = Some(unit.clone()),
        (Some(unit), None) => {
            let mistake = Diagnostic::new(to.span, "the last number of a range has no unit");
            return Err(vec![
                mistake.help(format!("write `{}..{} {unit}`", from.value, to.value)),
            ]);
        }
        (Some(a), Some(b)) if a.dimension() != b.dimension() => {
            let message = format!("the ends of a range can't be in [{a}] and in [{b}]");
            return Err(vec![Diagnostic::new(from.span.to(to.span), message)]);
        }
        _ => {}
    }
    let span = from.span.to(to.span);
    Ok(AxisValues::Range(AxisRange {
        from,
        to,
        log,
        count,
        span,
    }))
}

/// `range`, `range log`, `range 20`, `range log 20`; the first word has been seen.
fn declared(words: &[Piece]) -> Result<AxisValues, Vec<Diagnostic>> {
    let (mut log, mut number) = (false, None);
    let mut rest = &words[1..];
    if let Some((word, behind)) = rest.split_first().filter(|(word, _)| is_scale(word)) {
        log = word.text == "log";
        rest = behind;
    }
    if let Some((word, behind)) = rest.split_first().filter(|(word, _)| is_count(word)) {
        number = Some((count(*word)?, word.span()));
        rest = behind;
    }
    if let Some(word) = rest.first() {
        let message = format!("`{}` means nothing behind `range`", word.text);
        let help = "`range`, `range log`, `range 20` or `range log 20`";
        return Err(vec![Diagnostic::new(word.span(), message).help(help)]);
    }
    Ok(AxisValues::Declared {
        log,
        count: number,
        span: words[0].span(),
    })
}

fn list(whole: Piece) -> Result<AxisValues, Vec<Diagnostic>> {
    let words = whole.words();
    if let Some(word) = words.iter().find(|word| is_scale(word)) {
        let message = format!("`{}` belongs to a range, and this is a list", word.text);
        let mistake = Diagnostic::new(word.span(), message);
        return Err(vec![mistake.help("for example `20..400 um/s log`")]);
    }
    if let Some(word) = words.iter().find(|word| word.text == "to") {
        let mistake = Diagnostic::new(word.span(), "the ends of a range are parted by two dots");
        return Err(vec![mistake.help("for example `20..400 um/s`")]);
    }
    let mut mistakes = Vec::new();
    let mut values = Vec::new();
    for piece in whole.parts() {
        match piece.quantity("`,` or the end") {
            Ok(value) => values.push(value),
            Err(more) => mistakes.extend(more),
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let shared = values.last().and_then(|last| last.unit.clone());
    for value in &mut values {
        if value.unit.is_none() {
            value.unit.clone_from(&shared);
        }
    }
    Ok(AxisValues::List(values))
}

#[cfg(test)]
mod tests;

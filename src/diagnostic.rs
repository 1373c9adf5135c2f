//! Messages about a text: where, what, and what would be right.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

/// Byte range in a source text, end excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range from `start` to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    /// The smallest range that holds both.
    pub fn to(self, other: Span) -> Span {
        Span {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// One mistake in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where; an empty range at 0 speaks of the text as a whole.
    pub span: Span,
    /// What is wrong, in one line.
    pub message: String,
    /// A few words at the caret; may be empty.
    pub label: String,
    /// How to mend it; may be empty.
    pub help: String,
    /// What is wrong, without the values that `message` has: the same for all that is wrong in the same way; may be empty.
    pub gist: String,
}

impl Diagnostic {
    /// A message at a place.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            span,
            message: message.into(),
            label: String::new(),
            help: String::new(),
            gist: String::new(),
        }
    }

    /// With a few words at the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what is wrong at any values.
    pub fn gist(mut self, gist: impl Into<String>) -> Self {
        self.gist = gist.into();
        self
    }

    /// With a way to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// A text with its name, as messages cite it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// File name as shown.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// All messages drawn under their lines, in the order of their places, equal ones once.
///
/// A message with an empty range at 0 speaks of the text as a whole and is shown without a line. Spans that reach
/// beyond the text or into the middle of a character are cut to fit; of a span over several lines the first is drawn.
pub fn render(source: &Source, diagnostics: &[Diagnostic], color: bool) -> String {
    let mut order: Vec<&Diagnostic> = vec![];
    for diagnostic in diagnostics {
        if !order.contains(&diagnostic) {
            order.push(diagnostic);
        }
    }
    order.sort_by_key(|diagnostic| diagnostic.span);
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(WIDTH).decor_style(DecorStyle::Ascii);
    let drawn: Vec<String> = order
        .iter()
        .map(|diagnostic| draw(source, diagnostic, &renderer))
        .collect();
    drawn.join("\n\n")
}

/// Width of the drawn lines; longer source lines are cut around the caret.
const WIDTH: usize = 120;

fn draw(source: &Source, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let group = Level::ERROR.primary_title(diagnostic.message.as_str());
    let of_text = diagnostic.span == Span::default();
    let group = if of_text || source.text.is_empty() {
        group.element(Origin::path(source.name.as_str()))
    } else {
        let Line {
            number,
            text,
            caret,
        } = line_of(&source.text, diagnostic.span);
        let label = (!diagnostic.label.is_empty()).then_some(diagnostic.label.as_str());
        let caret = AnnotationKind::Primary.span(caret).label(label);
        group.element(
            Snippet::source(text)
                .line_start(number)
                .path(source.name.as_str())
                .annotation(caret),
        )
    };
    let help = (!diagnostic.help.is_empty()).then(|| Level::HELP.message(diagnostic.help.as_str()));
    renderer.render(&[group.elements(help)])
}

/// The line on which a span starts.
struct Line<'a> {
    number: usize,
    text: &'a str,
    /// The part of the span that lies on the line, in bytes of the line.
    caret: Range<usize>,
}

fn line_of(text: &str, span: Span) -> Line<'_> {
    let start = boundary_before(text, span.start);
    let end = boundary_after(text, span.end).max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = text[line_start..line_end].trim_end_matches('\r');
    // A caret on the line break itself stands just behind the last character.
    let caret = (start - line_start).min(line.len())..(end - line_start).min(line.len());
    Line {
        number: line_column(text, start).0,
        text: line,
        caret,
    }
}

/// The end of a character at or before a byte.
fn boundary_before(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The end of a character at or behind a byte.
fn boundary_after(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Line and column (in characters) of a byte, both from 1; beyond the end, the place behind the last character.
pub fn line_column(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..boundary_before(text, byte)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

/// The candidate that was probably meant, if any is near enough: at most one slip (a letter too many, too few, wrong
/// or two exchanged) per three letters; a difference of upper and lower case counts a quarter.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    let folded = name.to_lowercase();
    let allowed = (length as f64 / 3.0).max(if length < 2 { 0.25 } else { 1.0 });
    let mut best: Option<(f64, bool, usize, &str)> = None;
    for candidate in candidates {
        let difference = candidate.chars().count().abs_diff(length);
        if candidate == name || difference > length.div_ceil(3) {
            continue;
        }
        let folded_candidate = candidate.to_lowercase();
        let slips = strsim::damerau_levenshtein(&folded, &folded_candidate) as f64;
        let exact = strsim::damerau_levenshtein(name, candidate) as f64;
        let distance = slips + 0.25 * (exact - slips).clamp(0.0, 1.0);
        // With two letters one slip leaves half of the word: nonsense gets no suggestion.
        let related = folded.chars().any(|c| folded_candidate.contains(c));
        // Among equally near ones the first letter counts, and the choice does not depend on their order.
        let begins_otherwise = folded.chars().next() != folded_candidate.chars().next();
        let rank = (distance, begins_otherwise, difference, candidate);
        if distance <= allowed && related && best.is_none_or(|least| rank < least) {
            best = Some(rank);
        }
    }
    best.map(|(_, _, _, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(text: &str, diagnostics: &[Diagnostic], expected: Expect) {
        let source = Source {
            name: "cell.toml".into(),
            text: text.into(),
        };
        expected.assert_eq(&render(&source, diagnostics, false));
    }

    #[test]
    fn draws_line_caret_label_and_help() {
        let text = "title = \"x\"\r\nµ\tflux = \"Lp * (a - V)\"\r\n";
        let at = text.find("V)").unwrap();
        let mistake = Diagnostic::new(Span::new(at, at + 1), "unit mismatch")
            .label("V is [µm³]")
            .help("did you mean `P`?");
        check(
            text,
            &[mistake.clone(), mistake],
            expect![[r#"
            error: unit mismatch
             --> cell.toml:2:21
              |
            2 | µ    flux = "Lp * (a - V)"
              |                        ^ V is [µm³]
              |
              = help: did you mean `P`?"#]],
        );
    }

    #[test]
    fn sorts_by_place() {
        let diagnostics = [
            Diagnostic::new(Span::new(2, 3), "second"),
            Diagnostic::new(Span::new(0, 1), "first"),
        ];
        check(
            "a b",
            &diagnostics,
            expect![[r#"
            error: first
             --> cell.toml:1:1
              |
            1 | a b
              | ^

            error: second
             --> cell.toml:1:3
              |
            1 | a b
              |   ^"#]],
        );
    }

    #[test]
    fn survives_odd_places() {
        let beyond = Diagnostic::new(Span::new(100, 400), "beyond");
        check(
            "ab\n",
            std::slice::from_ref(&beyond),
            expect![[r#"
            error: beyond
             --> cell.toml:2:1
              |
            2 |
              | ^"#]],
        );
        check(
            "",
            &[beyond],
            expect![[r#"
            error: beyond
            --> cell.toml"#]],
        );
        let inside = Diagnostic::new(
            Span { start: 1, end: 0 },
            "inside a character, ends before it starts",
        );
        check(
            "µµ",
            &[inside],
            expect![[r#"
            error: inside a character, ends before it starts
             --> cell.toml:1:1
              |
            1 | µµ
              | ^"#]],
        );
        check(
            "x",
            &[Diagnostic::new(Span::default(), "the whole text").help("write it")],
            expect![[r#"
            error: the whole text
            --> cell.toml
             = help: write it"#]],
        );
    }

    #[test]
    fn cuts_long_lines() {
        let text = format!("{}HERE{}", "µ".repeat(3000), "b".repeat(3000));
        let mistake = Diagnostic::new(Span::new(6000, 6004), "far out").label("here");
        let source = Source {
            name: "cell.toml".into(),
            text,
        };
        let drawn = render(&source, &[mistake], false);
        assert!(
            drawn.contains("HERE") && drawn.contains("cell.toml:1:3001"),
            "{drawn}"
        );
        assert!(
            drawn.lines().all(|line| line.chars().count() < 200),
            "{drawn}"
        );
    }

    #[test]
    fn colours_only_on_demand() {
        let source = Source {
            name: "a".into(),
            text: "b".into(),
        };
        let mistake = [Diagnostic::new(Span::new(0, 1), "wrong")];
        assert!(render(&source, &mistake, true).contains('\u{1b}'));
        assert!(!render(&source, &mistake, false).contains('\u{1b}'));
    }

    #[test]
    fn counts_columns_in_characters() {
        assert_eq!(line_column("aµb\ncd", 3), (1, 3));
        assert_eq!(line_column("aµb\ncd", 5), (2, 1));
        assert_eq!(line_column("ab", 99), (1, 3));
        assert_eq!(line_column("", 0), (1, 1));
    }

    #[test]
    fn finds_the_nearest_name() {
        let names = ["volume", "V0", "Lp", "osmolarity", "cell.volume"];
        assert_eq!(nearest("volumne", names), Some("volume"));
        assert_eq!(nearest("v0", names), Some("V0"));
        assert_eq!(nearest("lp", names), Some("Lp"));
        assert_eq!(nearest("osmolartiy", names), Some("osmolarity"));
        assert_eq!(nearest("cel.volume", names), Some("cell.volume"));
        assert_eq!(nearest("quux", names), None);
        assert_eq!(nearest("x", names), None);
    }
}

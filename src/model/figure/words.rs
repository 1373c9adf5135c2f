//! Texts with `{name}` in the place of numbers.

use crate::diagnostic::Span;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// As it stands.
    Words(&'a str),
    /// The name of a number, with its place in the text, braces included.
    Name(&'a str, Span),
}

/// The parts of a text. A brace without its other half is a brace.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|i| at + i) {
        let Some(close) = text[open..].find('}').map(|i| open + i) else {
            break;
        };
        let name = &text[open + 1..close];
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(legal) {
            at = open + 1;
            continue;
        }
        if open > from {
            parts.push(Part::Words(&text[from..open]));
        }
        parts.push(Part::Name(name, Span::new(open, close + 1)));
        from = close + 1;
        at = from;
    }
    if from < text.len() {
        parts.push(Part::Words(&text[from..]));
    }
    parts
}

/// The text with its numbers; a name that `number` does not know stays as it is written.
pub fn fill(text: &str, number: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    for part in parts(text) {
        match part {
            Part::Words(words) => out.push_str(words),
            Part::Name(name, span) => match number(name) {
                Some(number) => out.push_str(&number),
                None => out.push_str(&text[span.start..span.end]),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_where_their_names_stood() {
        let number = |name: &str| (name == "a").then(|| "0.7 s".to_string());
        assert_eq!(
            fill("after {a}, not {b}.", &number),
            "after 0.7 s, not {b}."
        );
        assert_eq!(fill("{a}{a}", &number), "0.7 s0.7 s");
        assert_eq!(fill("{ {x y} {a} }", &number), "{ {x y} 0.7 s }");
        assert_eq!(fill("{", &number), "{");
        assert_eq!(fill("", &number), "");
    }

    #[test]
    fn names_know_their_place() {
        let found = parts("µ {a} b");
        assert_eq!(found[1], Part::Name("a", Span::new(3, 6)));
    }
}

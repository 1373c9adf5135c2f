//! A TOML document read with the place of every value, and every mistake noted instead of ending the reading.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::{Ast, AstKind, Prefix};
use crate::expr::parse;

/// A string value of the document, with what is needed to find its bytes again in the source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    /// The decoded string.
    pub value: String,
    /// The value in the source, quotes included.
    pub span: Span,
    /// Source byte of each decoded byte, and of the end; `None` where the text stands verbatim from `origin`.
    map: Option<Vec<usize>>,
    origin: usize,
}

impl Text {
    /// Finds the body of the string in the source and where each byte of it comes from.
    fn new(source: &str, span: Span, value: String) -> Self {
        let raw = source.get(span.start..span.end).unwrap_or("");
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") {
            3
        } else if raw.starts_with(['"', '\'']) {
            1
        } else {
            // A word without quotes is a mistake of TOML, from which the parser recovers with a string.
            0
        };
        let mut start = quotes;
        if quotes == 3 {
            // The line end right behind the opening quotes does not belong to the string.
            start += ["\r\n", "\n"]
                .iter()
                .find(|e| raw[start..].starts_with(**e))
                .map_or(0, |e| e.len());
        }
        // The closing quotes may be missing.
        let closed = raw.len() >= start + quotes
            && raw.ends_with(if raw.starts_with('"') { '"' } else { '\'' });
        let end = if closed {
            raw.len() - quotes
        } else {
            raw.len()
        };
        let body = raw.get(start..end).unwrap_or("");
        let origin = span.start + start;
        let map = (body != value).then(|| map_escapes(body, origin, &value));
        Text {
            value,
            span,
            map,
            origin,
        }
    }

    /// The place in the source of a range of the decoded string.
    pub fn locate(&self, within: Span) -> Span {
        let at = |byte: usize| match &self.map {
            None => self.origin + byte.min(self.value.len()),
            Some(map) => map.get(byte).or(map.last()).copied().unwrap_or(self.origin),
        };
        let start = at(within.start);
        Span::new(start, at(within.end).max(start))
    }
}

/// Source byte of each byte of a decoded string with escapes; one entry more for its end.
fn map_escapes(body: &str, origin: usize, decoded: &str) -> Vec<usize> {
    let mut map = Vec::with_capacity(decoded.len() + 1);
    let mut at = 0;
    for c in decoded.chars() {
        let rest = &body[at.min(body.len())..];
        let mut width = rest.chars().next().map_or(0, char::len_utf8);
        let mut skip = 0;
        if let Some(escaped) = rest.strip_prefix('\\') {
            // A backslash at the line's end swallows the line end and the blanks that follow it.
            if escaped
                .trim_start_matches([' ', '\t'])
                .starts_with(['\n', '\r'])
            {
                skip = 1 + escaped.len() - escaped.trim_start().len();
                width = rest[skip..].chars().next().map_or(0, char::len_utf8);
            } else {
                width = match escaped.as_bytes().first() {
                    Some(b'u') => 6,
                    Some(b'U') => 10,
                    Some(b'x') => 4,
                    _ => 2,
                };
            }
        } else if c == '\n' && rest.starts_with("\r\n") {
            width = 2;
        }
        for _ in 0..c.len_utf8() {
            map.push(origin + (at + skip).min(body.len()));
        }
        at += skip + width;
    }
    map.push(origin + at.min(body.len()));
    map
}

/// A key with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    pub name: String,
    pub span: Span,
}

/// Reads values and collects what is wrong with them.
pub(crate) struct Reader<'a> {
    pub source: &'a str,
    pub diagnostics: Vec<Diagnostic>,
}

pub(crate) type Value<'a> = Spanned<DeValue<'a>>;

/// Place of a value.
pub(crate) fn span_of<T>(value: &Spanned<T>) -> Span {
    let range = value.span();
    Span::new(range.start, range.end)
}

impl<'a> Reader<'a> {
    /// The document of a text; syntax errors are noted.
    pub fn document(source: &'a str) -> (Self, DeTable<'a>) {
        let (table, errors) = DeTable::parse_recoverable(source);
        let mut seen = BTreeSet::new();
        let diagnostics = errors
            .iter()
            .map(|e| {
                let span = e
                    .span()
                    .map_or(Span::default(), |r| Span::new(r.start, r.end));
                Diagnostic::new(span, format!("not valid TOML: {}", e.message()))
            })
            // One slip makes the parser stumble again behind it: the first word on a place is the useful one.
            .filter(|d| seen.insert(d.span.start))
            .collect();
        (
            Reader {
                source,
                diagnostics,
            },
            table.into_inner(),
        )
    }

    /// Notes a mistake.
    pub fn error(&mut self, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(span, message));
    }

    /// The entries of a table in the order of the file.
    pub fn entries<'t>(&mut self, table: &'t DeTable<'a>) -> Vec<(Key, &'t Value<'a>)> {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(k, v)| {
                (
                    Key {
                        name: k.get_ref().to_string(),
                        span: span_of(k),
                    },
                    v,
                )
            })
            .collect();
        entries.sort_by_key(|(k, _)| k.span);
        entries
    }

    /// The value as a table.
    pub fn table<'t>(&mut self, what: &str, value: &'t Value<'a>) -> Option<&'t DeTable<'a>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.expected(value, what, "a table");
        }
        table
    }

    /// The items of an array; a single value counts as an array of one.
    pub fn items<'t>(&mut self, value: &'t Value<'a>) -> Vec<&'t Value<'a>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        }
    }

    /// The value as a string.
    pub fn text(&mut self, what: &str, value: &Value<'a>) -> Option<Text> {
        match value.get_ref() {
            DeValue::String(s) => Some(Text::new(self.source, span_of(value), s.to_string())),
            _ => {
                self.expected(value, what, "a text in quotes");
                None
            }
        }
    }

    /// The value as true or false.
    pub fn flag(&mut self, what: &str, value: &Value<'a>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.expected(value, what, "true or false");
        }
        flag
    }

    /// The value as a plain number.
    pub fn number(&mut self, what: &str, value: &Value<'a>) -> Option<f64> {
        let number = plain_number(value.get_ref());
        if number.is_none() {
            self.expected(value, what, "a plain number");
        }
        number
    }

    /// The value as a whole number that is not below 0.
    pub fn count(&mut self, what: &str, value: &Value<'a>) -> Option<usize> {
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|i| usize::from_str_radix(i.as_str(), i.radix()).ok());
        let negative = (value.get_ref().as_integer()).filter(|i| i.as_str().starts_with('-'));
        if let Some(negative) = negative {
            let message = format!("{what} must be positive");
            let label = format!("this is {}", negative.as_str());
            self.diagnostics
                .push(Diagnostic::new(span_of(value), message).label(label));
        } else if number.is_none() {
            self.expected(value, what, "a whole number");
        }
        number
    }

    /// The value as an expression: a text in the expression language, or a plain number.
    pub fn expression(&mut self, what: &str, value: &Value<'a>) -> Option<Ast> {
        let span = span_of(value);
        if let Some(number) = plain_number(value.get_ref()) {
            let magnitude = Ast {
                kind: AstKind::Number {
                    value: number.abs(),
                    unit: None,
                },
                span,
            };
            let negative = number.is_sign_negative() && !number.is_nan();
            return Some(if negative {
                Ast {
                    kind: AstKind::Prefix(Prefix::Minus, Box::new(magnitude)),
                    span,
                }
            } else {
                magnitude
            });
        }
        let DeValue::String(_) = value.get_ref() else {
            self.expected(value, what, "a number or an expression in quotes");
            return None;
        };
        let text = self.text(what, value)?;
        self.parse(&text, parse::parse_expression, |ast, f| ast.map_spans(f))
    }

    /// Parses a text by one of the grammars and puts all places where they are in the file.
    pub fn parse<T>(
        &mut self,
        text: &Text,
        grammar: impl Fn(&str) -> Result<T, Vec<Diagnostic>>,
        map_spans: impl Fn(&mut T, &mut dyn FnMut(Span) -> Span),
    ) -> Option<T> {
        match grammar(&text.value) {
            Ok(mut parsed) => {
                map_spans(&mut parsed, &mut |span| text.locate(span));
                Some(parsed)
            }
            Err(mistakes) => {
                self.diagnostics.extend(mistakes.into_iter().map(|mut d| {
                    d.span = text.locate(d.span);
                    d
                }));
                None
            }
        }
    }

    /// Notes a key that means nothing here.
    pub fn unknown(&mut self, place: &str, key: &Key, known: &[&str]) {
        let mut diagnostic =
            Diagnostic::new(key.span, format!("{place} has no key `{}`", key.name));
        if let Some(right) = nearest(&key.name, known.iter().copied()) {
            diagnostic = diagnostic.help(format!("did you mean `{right}`?"));
        } else {
            diagnostic = diagnostic.help(format!("known keys: {}", known.join(", ")));
        }
        self.diagnostics.push(diagnostic);
    }

    /// Notes a value of the wrong kind.
    pub fn expected(&mut self, value: &Value<'a>, what: &str, kind: &str) {
        let found = value.get_ref().type_str();
        self.diagnostics.push(
            Diagnostic::new(span_of(value), format!("{what} must be {kind}"))
                .label(format!("this is {}", article(found))),
        );
    }
}

fn article(kind: &str) -> String {
    match kind {
        "integer" | "array" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

fn plain_number(value: &DeValue) -> Option<f64> {
    match value {
        DeValue::Float(f) => f.as_str().replace('_', "").parse().ok(),
        DeValue::Integer(i) => i64::from_str_radix(&i.as_str().replace('_', ""), i.radix())
            .ok()
            .map(|i| i as f64),
        _ => None,
    }
}

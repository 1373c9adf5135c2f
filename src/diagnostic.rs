//! Messages about a text: where, what, and what would be right.

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
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
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
}

impl Diagnostic {
    /// A message at a place.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Diagnostic { span, message: message.into(), label: String::new(), help: String::new() }
    }

    /// With a few words at the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
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
pub fn render(source: &Source, diagnostics: &[Diagnostic], color: bool) -> String {
    let _ = (source, diagnostics, color);
    todo!()
}

/// Line and column (in characters) of a byte, both from 1.
pub fn line_column(text: &str, byte: usize) -> (usize, usize) {
    let _ = (text, byte);
    todo!()
}

/// The candidate that was probably meant, if any is near enough.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let _ = (name, candidates);
    todo!()
}

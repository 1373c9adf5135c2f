//! Reports: a page of sections with tables, formulas and pictures, as one HTML file or as Markdown.
//!
//! ```
//! use osmocyte::output::report::{Block, Report, Section, Text};
//!
//! let report = Report {
//!     title: "Swelling & lysis".into(),
//!     sections: vec![Section::new("results", "Results", vec![Block::Paragraph(Text::from("It burst."))])],
//!     ..Report::default()
//! };
//! assert!(report.html().contains("<h1>Swelling &amp; lysis</h1>"));
//! assert!(report.markdown().starts_with("# Swelling & lysis\n"));
//! ```
//!
//! The HTML needs nothing but itself: no script, no font, no file beside it. It is well-formed XML too, follows the
//! reader's choice of light or dark, and has rules for paper.

mod html;
mod markdown;

/// A page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// What it is about.
    pub title: String,
    /// What kind of page it is, in a few words above the title; may be empty.
    pub kind: String,
    /// What it is of: below the title; may be empty.
    pub lead: Text,
    /// How it went, in a few words each.
    pub verdicts: Vec<Verdict>,
    /// Paragraphs before the first section.
    pub about: Vec<Block>,
    /// Sections in order.
    pub sections: Vec<Section>,
    /// The program that wrote it, with its version.
    pub generator: String,
}

/// How some part of the work went.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// True if all is well.
    pub good: bool,
    /// In a few words.
    pub text: String,
}

/// A part of a page with a heading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// What links name; letters, digits and hyphens.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
    /// Parts with headings of their own.
    pub parts: Vec<Section>,
}

impl Section {
    /// A section without parts.
    pub fn new(id: &str, heading: &str, blocks: Vec<Block>) -> Section {
        Section {
            id: id.to_string(),
            heading: heading.to_string(),
            blocks,
            parts: Vec::new(),
        }
    }

    /// True if there is nothing to show in it.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.parts.iter().all(Section::is_empty)
    }
}

/// What stands in a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Some sentences.
    Paragraph(Text),
    /// A list without an order.
    List(Vec<Text>),
    /// Names and what there is to say of them.
    Facts(Vec<(String, Text)>),
    /// Rows under headings.
    Table(Table),
    /// A picture.
    Picture(Picture),
    /// Formulas, one below the other.
    Formulas(Vec<Formula>),
    /// What must not be missed: bad news.
    Alarm(Text),
}

/// A table. Columns without content are left out, a table without rows is not shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it is a table of, for those who hear it; may be empty.
    pub caption: String,
    /// Headings. The first column names its row.
    pub columns: Vec<&'static str>,
    /// `[n_rows][n_columns]`; missing cells at the end are empty.
    pub rows: Vec<Vec<Text>>,
}

impl Table {
    /// Which columns have content.
    fn used(&self) -> Vec<usize> {
        let filled = |i: &usize| {
            (self.rows.iter()).any(|row| row.get(*i).is_some_and(|cell| !cell.is_empty()))
        };
        (0..self.columns.len()).filter(filled).collect()
    }
}

/// A picture that stands in the HTML itself and beside the Markdown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Name of its file without ending.
    pub name: String,
    /// What it says; stands in the picture too.
    pub title: String,
    /// What there is to see, in words.
    pub description: String,
    /// The SVG document, without an XML declaration.
    pub svg: String,
    /// The same for dark pages; the light one is shown there if it is empty.
    pub dark: String,
}

/// A formula with what it is of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Formula {
    /// A `<math display="block">`.
    pub mathml: String,
    /// LaTeX for display.
    pub latex: String,
    /// What it defines and its unit.
    pub note: Text,
}

/// Words, code and formulas in a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text(pub Vec<Inline>);

/// A piece of a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// As it is.
    Plain(String),
    /// A name or a line of the model language.
    Code(String),
    /// What must be seen.
    Strong(String),
    /// A mark: what is well.
    Good(String),
    /// A mark: what is not.
    Bad(String),
    /// A mark that tells neither.
    Mark(String),
    /// A formula.
    Math {
        /// A `<math>`.
        mathml: String,
        /// The same in LaTeX.
        latex: String,
    },
    /// A new line.
    Break,
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        match text {
            "" => Text::default(),
            text => Text(vec![Inline::Plain(text.to_string())]),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::from(text.as_str())
    }
}

impl From<Inline> for Text {
    fn from(piece: Inline) -> Text {
        Text(vec![piece])
    }
}

impl Text {
    /// A name or a line of the model language; nothing if it is empty.
    pub fn code(text: &str) -> Text {
        match text {
            "" => Text::default(),
            text => Inline::Code(text.to_string()).into(),
        }
    }

    /// With this behind it.
    pub fn and(mut self, more: impl Into<Text>) -> Text {
        self.0.extend(more.into().0);
        self
    }

    /// With this on the next line, if there is anything.
    pub fn below(self, more: impl Into<Text>) -> Text {
        let more = more.into();
        match (self.is_empty(), more.is_empty()) {
            (_, true) => self,
            (true, false) => more,
            (false, false) => self.and(Inline::Break).and(more),
        }
    }

    /// True if there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

//! What can go wrong before a run: facts in the variants, prose in `Display`.

use std::fmt;

use crate::diagnostic::{Diagnostic, Source, render};

/// Texts that messages speak about: the model file, then settings from elsewhere. Their places are one address space,
/// each text behind the one before.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// One text.
    pub fn new(source: Source) -> Self {
        Sources(vec![source])
    }

    /// The first text: the model file.
    pub fn file(&self) -> Option<&Source> {
        self.0.first()
    }

    /// Adds a text; what is returned must be added to all its places.
    pub fn add(&mut self, source: Source) -> usize {
        let base = self.0.iter().map(|s| s.text.len() + 1).sum();
        self.0.push(source);
        base
    }

    /// The messages, each under its line.
    pub fn render(&self, diagnostics: &[Diagnostic], color: bool) -> String {
        let mut out = Vec::new();
        let mut base = 0;
        for source in &self.0 {
            let end = base + source.text.len();
            let own: Vec<Diagnostic> = diagnostics
                .iter()
                .filter(|d| (base..=end).contains(&d.span.start))
                .map(|d| {
                    let mut own = d.clone();
                    own.span.start -= base;
                    own.span.end = own.span.end.saturating_sub(base).min(source.text.len());
                    own
                })
                .collect();
            if !own.is_empty() {
                out.push(render(source, &own, color).trim_end().to_string());
            }
            base = end + 1;
        }
        out.join("\n\n")
    }
}

/// Misuse: the run can't begin.
#[derive(Clone, Debug)]
pub struct Error(Box<ErrorKind>);

/// The kinds of error.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Mistakes in a model file or in settings.
    Model {
        /// The texts.
        sources: Sources,
        /// All mistakes.
        diagnostics: Vec<Diagnostic>,
    },
    /// No shipped model of that name.
    UnknownModel {
        /// As asked for.
        name: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
    /// Something in the options is out of range.
    Option {
        /// What is wrong.
        message: String,
    },
}

impl Error {
    /// What happened.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// Mistakes in a model.
    pub fn model(sources: Sources, diagnostics: Vec<Diagnostic>) -> Self {
        ErrorKind::Model {
            sources,
            diagnostics,
        }
        .into()
    }

    /// An option out of range.
    pub fn option(message: impl Into<String>) -> Self {
        ErrorKind::Option {
            message: message.into(),
        }
        .into()
    }

    /// What is wrong, without its place and as far as can be without values: the first mistake where there are several.
    pub fn gist(&self) -> String {
        match self.kind() {
            ErrorKind::Model { diagnostics, .. } => {
                let gist = |d: &Diagnostic| match &d.gist[..] {
                    "" => d.message.clone(),
                    gist => gist.to_string(),
                };
                diagnostics.first().map_or_else(String::new, gist)
            }
            ErrorKind::UnknownModel { name, .. } => format!("there is no model `{name}`"),
            ErrorKind::Option { message } => message.clone(),
        }
    }

    /// The message as a terminal shows it.
    pub fn report(&self, color: bool) -> String {
        match self.kind() {
            ErrorKind::Model {
                sources,
                diagnostics,
            } => sources.render(diagnostics, color),
            ErrorKind::UnknownModel { name, nearest } => {
                let help = match nearest {
                    Some(right) => format!("did you mean `{right}`?"),
                    None => "`osmocyte list` shows the shipped models; a file needs its path"
                        .to_string(),
                };
                format!("error: there is no model `{name}`\nhelp: {help}")
            }
            ErrorKind::Option { message } => format!("error: {message}"),
        }
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Error(Box::new(kind))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.report(false))
    }
}

impl std::error::Error for Error {}

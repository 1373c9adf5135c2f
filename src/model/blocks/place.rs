//! How a block names another one: `cell`, or a copy of a repeated one, `cortex[i + 1]`.

use std::fmt;

use crate::diagnostic::{Diagnostic, Span};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::parse;
use crate::expr::print::to_text;
use crate::model::toml::{Reader, Value};

/// A block named by another, with the place where it is named.
#[derive(Clone)]
pub(in crate::model) struct Place {
    pub name: String,
    /// Which copy, in the index of the block that names it.
    pub index: Option<Ast>,
    pub span: Span,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &self.index {
            None => f.write_str(&self.name),
            Some(index) => write!(f, "{}[{}]", self.name, to_text(index)),
        }
    }
}

impl Place {
    /// Reads `cell` or `cortex[i + 1]`.
    pub fn read<'a>(reader: &mut Reader<'a>, what: &str, value: &Value<'a>) -> Option<Place> {
        let text = reader.text(what, value)?;
        let (name, index) = match parse::parse_expression(&text.value).map(|ast| ast.kind) {
            Ok(AstKind::Name(name)) => (name, None),
            Ok(AstKind::Index(name, mut index)) => {
                index.map_spans(&mut |span| text.locate(span));
                (name, Some(*index))
            }
            _ => {
                let mistake = Diagnostic::new(text.span, format!("`{what}` names a block"));
                let help = "for example \"cell\", or a copy of a repeated one: \"cortex[i + 1]\"";
                reader.diagnostics.push(mistake.help(help));
                return None;
            }
        };
        Some(Place {
            name,
            index,
            span: text.span,
        })
    }

    /// No place at all: a membrane that only takes part in traffic has no sides.
    pub fn nowhere(span: Span) -> Place {
        Place {
            name: String::new(),
            index: None,
            span,
        }
    }

    pub fn is_nowhere(&self) -> bool {
        self.name.is_empty()
    }
}

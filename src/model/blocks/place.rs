//! How a block names another one: `cell`, or a copy of a repeated one, `cortex[i + 1]`.

use std::fmt;

use super::{Blocks, Draft, Head};
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

impl Blocks {
    /// The block of one of these kinds that a place names. Notes what is wrong with it: no such block, a copy of what
    /// is not repeated, or no copy named of what is.
    pub(super) fn find(&self, draft: &mut Draft, place: &Place, kinds: &[&str]) -> Option<&Head> {
        let found = self
            .heads()
            .find(|h| h.name == place.name && kinds.contains(&h.kind));
        let name = &place.name;
        let Some(head) = found else {
            let message = format!("there is no {} `{name}`", alternatives(kinds));
            draft.mistake(place.span, message, self.nearest(name, kinds));
            return None;
        };
        match (&head.each, &place.index) {
            (None, None) | (Some(_), Some(_)) => Some(head),
            (None, Some(_)) => {
                let message = format!("[{}] is not repeated: it has no copies", head.title());
                draft.mistake(place.span, message, format!("write `{name}`"));
                None
            }
            (Some(each), None) => {
                let message = format!("[{}] is repeated: which copy?", head.title());
                let help = format!("for example `{name}[{}]`", each.index);
                draft.mistake(place.span, message, help);
                None
            }
        }
    }
}

/// `bath, compartment or soil`
fn alternatives(kinds: &[&str]) -> String {
    match kinds {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

//! What a chart of cells says in a figure file: which picture of the model, at which times.

use toml::de::DeValue;

use super::{Compared, PlotDef};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::ast::Ast;
use crate::model::Quantity;
use crate::model::toml::{Key, Reader, Value, span_of};
use crate::units::Dimension;

/// Keys of a chart of cells.
pub(super) const KEYS: &[&str] = &[
    "kind", "heading", "width", "model", "set", "compare", "picture", "times",
];

/// Keys of one of several runs in it.
pub(super) const COMPARED_KEYS: &[&str] = &["label", "model", "variant", "set", "picture"];

/// Most times of a chart: more cells would be too small to be told apart.
const MOST_TIMES: usize = 12;

impl<'a> Reader<'a> {
    /// A key that only a chart of cells has; false for any other.
    pub(super) fn cells_key(&mut self, read: &mut PlotDef, k: &Key, v: &Value<'a>) -> bool {
        match k.name.as_str() {
            "picture" => read.picture = self.text("picture", v).map(|t| (t.value, t.span)),
            "times" => {
                let items = self.items(v);
                if items.is_empty() || items.len() > MOST_TIMES {
                    let message = format!("`times` has from 1 to {MOST_TIMES} moments of the run");
                    self.error(span_of(v), message);
                }
                let read_times = items.iter().map(|item| self.time(item));
                let found: Vec<Result<Ast, Span>> = read_times.collect();
                let wrong: Vec<Span> = found
                    .iter()
                    .filter_map(|t| t.as_ref().err())
                    .copied()
                    .collect();
                if let Some(first) = wrong.first() {
                    // One mistake, however many times are written so.
                    let message = "this must be a time: a number with its unit in quotes";
                    let help = match wrong.len() {
                        1 => "for example \"10 s\"".to_string(),
                        n => format!("for example \"10 s\"; {n} of these are no times"),
                    };
                    self.diagnostics
                        .push(Diagnostic::new(*first, message).help(help));
                }
                read.times.extend(found.into_iter().flatten());
            }
            _ => return false,
        }
        true
    }

    /// A moment of a run: a number with a unit of time; or the place of what is none.
    fn time(&mut self, value: &Value<'a>) -> Result<Ast, Span> {
        let DeValue::String(_) = value.get_ref() else {
            return Err(span_of(value));
        };
        let before = self.diagnostics.len();
        let ast = self.expression("a time", value);
        // What can't be read at all is no time either.
        self.diagnostics.truncate(before);
        let ast = ast.ok_or(span_of(value))?;
        let unit = Quantity::of(&ast).and_then(|quantity| quantity.unit);
        match unit.is_some_and(|unit| unit.dimension() == Dimension::TIME) {
            true => Ok(ast),
            false => Err(ast.span),
        }
    }

    /// The key that only one of the runs in a chart of cells has; false for any other.
    pub(super) fn compared_cells_key(
        &mut self,
        read: &mut Compared,
        k: &Key,
        v: &Value<'a>,
    ) -> bool {
        if k.name != "picture" {
            return false;
        }
        read.picture = self.text("picture", v).map(|t| (t.value, t.span));
        true
    }
}

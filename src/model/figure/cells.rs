//! What a chart of cells says in a figure file: which picture of the model, at which times.

use super::{Compared, PlotDef};
use crate::diagnostic::Diagnostic;
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
                for item in items {
                    read.times.extend(self.time(item));
                }
            }
            _ => return false,
        }
        true
    }

    /// A moment of a run: a number with a unit of time.
    fn time(&mut self, value: &Value<'a>) -> Option<Ast> {
        let ast = self.expression("a time", value)?;
        let unit = Quantity::of(&ast).and_then(|quantity| quantity.unit);
        if unit.is_some_and(|unit| unit.dimension() == Dimension::TIME) {
            return Some(ast);
        }
        let mistake = Diagnostic::new(ast.span, "this must be a time: a number with its unit");
        self.diagnostics.push(mistake.help("for example \"10 s\""));
        None
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

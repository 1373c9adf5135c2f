//! What a file wants of its runs: outcomes, conserved sums, charts, checks.

use toml::de::{DeTable, DeValue};

use super::file::{absent, field};
use super::toml::{Key, Reader, Value, span_of};
use super::{Chart, Check, Conserved, Curve, Outcome, Solver, Threshold};
use crate::diagnostic::Span;
use crate::expr::ast::Ast;
use crate::expr::parse;

/// What a chart asks of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// How quantities go on in time.
    Courses,
    /// Numbers, in the language of outcomes.
    Numbers,
}

/// Keys of a chart of a model and of a figure.
pub(super) const CHART_KEYS: &[&str] = &[
    "x",
    "y",
    "thresholds",
    "y_min",
    "y_max",
    "log_x",
    "log_y",
    "events",
];

impl Chart {
    /// A chart that shows nothing yet.
    pub(super) fn new(span: Span) -> Chart {
        Chart {
            title: String::new(),
            name: None,
            x: None,
            y: Vec::new(),
            thresholds: Vec::new(),
            y_min: None,
            y_max: None,
            log_x: false,
            log_y: false,
            events: true,
            span,
        }
    }
}

impl<'a> Reader<'a> {
    /// An expression in the language of outcomes.
    pub(super) fn outcome_expression(
        &mut self,
        what: &str,
        value: &Value<'a>,
    ) -> Option<(Ast, String)> {
        if !matches!(value.get_ref(), DeValue::String(_)) {
            return Some((self.expression(what, value)?, String::new()));
        }
        let text = self.text(what, value)?;
        let ast = self.parse(&text, parse::parse_outcome, Ast::map_spans)?;
        Some((ast, text.value))
    }

    /// `[outcomes]`
    pub fn outcomes(
        &mut self,
        table: &DeTable<'a>,
        out: &mut Vec<Outcome>,
        broken: &mut Vec<String>,
    ) {
        for (key, value) in self.entries(table) {
            let read = self.outcome(&key, value);
            if read.is_none() {
                broken.push(key.name);
            }
            out.extend(read);
        }
    }

    fn outcome(&mut self, key: &Key, value: &Value<'a>) -> Option<Outcome> {
        self.name(key);
        let what = format!("outcome `{}`", key.name);
        let mut read = Outcome {
            name: key.name.clone(),
            span: key.span,
            value: absent(),
            unit: None,
            about: String::new(),
        };
        let mut found = None;
        match value.get_ref() {
            DeValue::Table(table) => {
                for (k, v) in self.entries(table) {
                    match k.name.as_str() {
                        "value" => found = Some(self.outcome_expression(&what, v)),
                        "unit" => read.unit = self.unit("unit", v),
                        "about" => field!(self, read.about, prose, "about", v),
                        _ => self.unknown(&what, &k, &["value", "unit", "about"]),
                    }
                }
            }
            _ => found = Some(self.outcome_expression(&what, value)),
        }
        if found.is_none() {
            self.error(key.span, format!("{what} has no `value`"));
        }
        read.value = found??.0;
        Some(read)
    }

    /// `[conserved]`
    pub fn conserved(&mut self, table: &DeTable<'a>, out: &mut Vec<Conserved>) {
        for (key, value) in self.entries(table) {
            self.name(&key);
            let what = format!("conserved sum `{}`", key.name);
            let mut found = None;
            let mut tolerance = None;
            match value.get_ref() {
                DeValue::Table(table) => {
                    for (k, v) in self.entries(table) {
                        match k.name.as_str() {
                            "value" => found = Some(self.outcome_expression(&what, v)),
                            "tolerance" => tolerance = self.positive("tolerance", v),
                            _ => self.unknown(&what, &k, &["value", "tolerance"]),
                        }
                    }
                }
                _ => found = Some(self.outcome_expression(&what, value)),
            }
            match found {
                Some(Some((value, _))) => out.push(Conserved {
                    name: key.name,
                    span: key.span,
                    value,
                    tolerance,
                    block: String::new(),
                }),
                Some(None) => {}
                None => self.error(key.span, format!("{what} has no `value`")),
            }
        }
    }

    /// `[[chart]]`
    pub fn chart(&mut self, value: &Value<'a>) -> Option<Chart> {
        let table = self.table("a chart", value)?;
        let mut read = Chart::new(span_of(value));
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "title" => field!(self, read.title, prose, "title", v),
                "name" => read.name = self.file_name(v),
                _ if self.chart_key(&mut read, &k, v, Asks::Courses) => {}
                _ => {
                    let known = [&["title", "name"], CHART_KEYS].concat();
                    self.unknown("a chart", &k, &known);
                }
            }
        }
        if !table.contains_key("y") {
            self.error(read.span, "a chart needs `y`: the names of what it shows");
        }
        Some(read)
    }

    /// A key that charts of models and of figures have alike; false for any other.
    pub(super) fn chart_key(
        &mut self,
        read: &mut Chart,
        k: &Key,
        v: &Value<'a>,
        asks: Asks,
    ) -> bool {
        match k.name.as_str() {
            "x" => read.x = self.curve(v, asks),
            "y" => {
                for item in self.items(v) {
                    read.y.extend(self.curve(item, asks));
                }
            }
            "thresholds" => {
                for item in self.items(v) {
                    read.thresholds.extend(self.threshold(item));
                }
            }
            "y_min" => read.y_min = self.expression("y_min", v),
            "y_max" => read.y_max = self.expression("y_max", v),
            "log_x" => field!(self, read.log_x, flag, "log_x", v),
            "log_y" => field!(self, read.log_y, flag, "log_y", v),
            "events" => field!(self, read.events, flag, "events", v),
            _ => return false,
        }
        true
    }

    /// A plain file name: no folders, so that a model file can't write outside the output folder.
    fn file_name(&mut self, value: &Value<'a>) -> Option<String> {
        let text = self.text("name", value)?;
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if text.value.is_empty() || !text.value.chars().all(legal) || text.value.len() > 100 {
            self.error(
                text.span,
                "the name of a chart is made of letters, digits, `-` and `_`",
            );
            return None;
        }
        Some(text.value)
    }

    /// What a chart draws; `asks` says in which language.
    pub(super) fn curve(&mut self, value: &Value<'a>, asks: Asks) -> Option<Curve> {
        let mut read = Curve {
            value: absent(),
            label: None,
            unit: None,
            quantity: None,
        };
        let DeValue::Table(table) = value.get_ref() else {
            read.value = self.asked("a curve", value, asks)?;
            return Some(read);
        };
        let mut found = None;
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "value" => found = Some(self.asked("value", v, asks)),
                "label" => read.label = self.prose("label", v),
                "unit" => read.unit = self.unit("unit", v),
                "quantity" => read.quantity = self.prose("quantity", v),
                _ => self.unknown("a curve", &k, &["value", "label", "unit", "quantity"]),
            }
        }
        if found.is_none() {
            self.error(span_of(value), "a curve needs `value`");
        }
        read.value = found??;
        Some(read)
    }

    fn asked(&mut self, what: &str, value: &Value<'a>, asks: Asks) -> Option<Ast> {
        match asks {
            Asks::Courses => self.expression(what, value),
            Asks::Numbers => Some(self.outcome_expression(what, value)?.0),
        }
    }

    fn threshold(&mut self, value: &Value<'a>) -> Option<Threshold> {
        let table = self.table("a threshold", value)?;
        let mut found = None;
        let mut label = String::new();
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "value" => found = Some(self.expression("value", v)),
                "label" => field!(self, label, prose, "label", v),
                _ => self.unknown("a threshold", &k, &["value", "label"]),
            }
        }
        if found.is_none() {
            self.error(span_of(value), "a threshold needs `value`");
        }
        Some(Threshold {
            value: found??,
            label,
        })
    }

    /// `[[check]]`
    pub fn check(&mut self, value: &Value<'a>) -> Option<Check> {
        const KEYS: &[&str] = &["id", "what", "with", "is", "rtol", "atol", "why", "solver"];
        let table = self.table("a check", value)?;
        let (mut what, mut is) = (None, None);
        let mut read = Check {
            id: String::new(),
            what: absent(),
            what_text: String::new(),
            with: Vec::new(),
            is: absent(),
            rtol: 1e-7,
            atol: None,
            why: String::new(),
            solver: Solver::default(),
            span: span_of(value),
        };
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "id" => field!(self, read.id, prose, "id", v),
                "what" => what = Some(self.outcome_expression("what", v)),
                "with" => read.with = self.settings("with", v),
                "is" => is = Some(self.expression("is", v)),
                "rtol" => field!(self, read.rtol, positive, "rtol", v),
                "atol" => read.atol = self.expression("atol", v),
                "why" => field!(self, read.why, prose, "why", v),
                "solver" => {
                    if let Some(table) = self.table("solver", v) {
                        read.solver = self.solver(table);
                    }
                }
                _ => self.unknown("a check", &k, KEYS),
            }
        }
        for (name, part) in [("what", what.is_none()), ("is", is.is_none())] {
            if part {
                self.error(read.span, format!("a check needs `{name}`"));
            }
        }
        (read.what, read.what_text) = what??;
        read.is = is??;
        Some(read)
    }
}

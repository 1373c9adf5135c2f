//! `[experiment]`: sentences and tables that say how inputs change.

use toml::de::{DeTable, DeValue};

use super::file::{Resources, absent};
use super::toml::{Reader, Text, Value, span_of};
use super::{Change, ChangeKind, Experiment};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::ast::{self, Ast};
use crate::expr::parse;

impl<'a> Reader<'a> {
    /// `[experiment]`
    pub fn experiment(&mut self, table: &DeTable<'a>, span: Span, files: &Resources) -> Experiment {
        let mut read = Experiment {
            duration: absent(),
            points: 201,
            changes: Vec::new(),
        };
        let mut duration = None;
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "duration" => duration = Some(self.expression("duration", v)),
                "points" => {
                    if let Some(points) = self.count("points", v) {
                        if (2..=10_000_000).contains(&points) {
                            read.points = points;
                        } else {
                            self.error(span_of(v), "points must be from 2 to 10000000");
                        }
                    }
                }
                "steps" => {
                    for item in self.items(v) {
                        read.changes.extend(self.change(item, files));
                    }
                }
                _ => self.unknown("the experiment", &k, &["duration", "points", "steps"]),
            }
        }
        match duration {
            Some(Some(duration)) => read.duration = duration,
            Some(None) => {}
            None => self.error(span, "the experiment has no `duration`"),
        }
        read
    }

    /// A sentence or a table that says how an input changes.
    fn change(&mut self, value: &Value<'a>, files: &Resources) -> Option<Change> {
        if let DeValue::Table(table) = value.get_ref() {
            return self.change_table(table, span_of(value), files);
        }
        let text = self.text("a step of the experiment", value)?;
        let sentence = self.parse(&text, parse::parse_sentence, ast::Sentence::map_spans)?;
        let (input, span) = (sentence.input, sentence.input_span);
        let kind = match sentence.change {
            ast::Change::Series {
                column,
                file,
                held,
                span,
            } => self.series(&file, &column, held, span, files)?,
            other => ChangeKind::Sentence(other),
        };
        Some(Change { input, span, kind })
    }

    /// The same as a table: `{ set = "x", at = "5 s", value = "1 mM" }` and so on.
    fn change_table(
        &mut self,
        table: &DeTable<'a>,
        span: Span,
        files: &Resources,
    ) -> Option<Change> {
        const KEYS: &[&str] = &[
            "set",
            "at",
            "from",
            "to",
            "for",
            "every",
            "times",
            "value",
            "ramp",
            "mean",
            "amplitude",
            "t",
            "values",
            "file",
            "column",
            "held",
        ];
        let mut input: Option<Text> = None;
        let mut parts: std::collections::BTreeMap<&str, Ast> = Default::default();
        let (mut t, mut values): (Option<Vec<Ast>>, Option<Vec<Ast>>) = (None, None);
        let (mut file, mut column, mut held) = (None, None, false);
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "set" => input = self.text("set", v),
                "file" => file = self.text("file", v),
                "column" => column = self.text("column", v),
                "held" => held = self.flag("held", v)?,
                "t" => {
                    t = self
                        .items(v)
                        .into_iter()
                        .map(|i| self.expression("t", i))
                        .collect()
                }
                "values" => {
                    values = self
                        .items(v)
                        .into_iter()
                        .map(|i| self.expression("values", i))
                        .collect()
                }
                other => match KEYS.iter().find(|known| **known == other) {
                    Some(known) => {
                        parts.insert(known, self.expression(known, v)?);
                    }
                    None => self.unknown("a step of the experiment", &k, KEYS),
                },
            }
        }
        let Some(input) = input else {
            self.error(
                span,
                "a step of the experiment must name its input: `set = \"…\"`",
            );
            return None;
        };
        let keys: Vec<&str> = parts.keys().copied().collect();
        let mut take = |name: &str| parts.remove(name).unwrap_or_else(absent);
        let kind = match (keys.as_slice(), t, values, &file) {
            (["at", "value"], None, None, None) => ChangeKind::Sentence(ast::Change::Step {
                at: take("at"),
                value: take("value"),
            }),
            (["from", "ramp", "to"], None, None, None) => ChangeKind::Sentence(ast::Change::Ramp {
                from: take("from"),
                to: take("to"),
                value: take("ramp"),
            }),
            (["at", "for", "value"], None, None, None) => {
                ChangeKind::Sentence(ast::Change::Pulse {
                    at: take("at"),
                    width: take("for"),
                    value: take("value"),
                })
            }
            (["every", "for", "from", "times", "value"], None, None, None) => {
                ChangeKind::Sentence(ast::Change::Train {
                    from: take("from"),
                    every: take("every"),
                    width: take("for"),
                    times: take("times"),
                    value: take("value"),
                })
            }
            (
                ["amplitude", "every", "from", "mean"]
                | ["amplitude", "every", "from", "mean", "to"],
                None,
                None,
                None,
            ) => ChangeKind::Sentence(ast::Change::Sinusoid {
                from: take("from"),
                to: keys.contains(&"to").then(|| take("to")),
                mean: take("mean"),
                amplitude: take("amplitude"),
                period: take("every"),
            }),
            ([], Some(t), Some(values), None) => {
                if t.len() != values.len() || t.is_empty() {
                    self.error(
                        span,
                        format!(
                            "a series needs as many `t` as `values`: {} and {}",
                            t.len(),
                            values.len()
                        ),
                    );
                    return None;
                }
                ChangeKind::Series { t, values, held }
            }
            ([], None, None, Some(file)) => {
                let Some(column) = column else {
                    self.error(span, "a series from a file must name its `column`");
                    return None;
                };
                self.series(&file.value, &column.value, held, file.span, files)?
            }
            _ => {
                self.diagnostics.push(
                    Diagnostic::new(span, "this step of the experiment is none of the known forms").help(
                        "at+value; from+to+ramp; at+for+value; from+every+for+times+value; from(+to)+mean+amplitude+every; \
                         t+values; file+column",
                    ),
                );
                return None;
            }
        };
        Some(Change {
            input: input.value.clone(),
            span: input.span,
            kind,
        })
    }

    /// A column of a CSV file over its first column. Units stand in the header: `t [s],glucose [mM]`.
    fn series(
        &mut self,
        file: &str,
        column: &str,
        held: bool,
        span: Span,
        files: &Resources,
    ) -> Option<ChangeKind> {
        let text = match files(file) {
            Ok(text) => text,
            Err(reason) => {
                self.error(span, format!("can't read `{file}`: {reason}"));
                return None;
            }
        };
        match super::series::series(&text, column, span) {
            Ok((t, values)) => Some(ChangeKind::Series { t, values, held }),
            Err(reason) => {
                self.error(span, format!("`{file}`: {reason}"));
                None
            }
        }
    }
}

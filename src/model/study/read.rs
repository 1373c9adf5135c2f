//! `[study.NAME]` as it stands in a file.

use toml::de::{DeTable, DeValue};

use super::axis::{choice, literal, nothing, parse_values, parse_variants};
use super::points::axes_of_table;
use super::{AxisDef, AxisValues, Design, MOST_POINTS, StudyDef};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::print::to_text;
use crate::model::Outcome;
use crate::model::file::{Resources, field};
use crate::model::toml::{Key, Reader, Value, span_of};

const KEYS: &[&str] = &[
    "title", "about", "design", "points", "seed", "scramble", "vary", "file", "with", "outcomes",
    "solver",
];

/// Keys of `solver` that are easily put beside it.
const OF_SOLVER: &[&str] = &["method", "rtol", "atol", "step", "max_step", "max_steps"];

/// Where the keys stand whose sense depends on the others.
#[derive(Default)]
struct Places {
    design: Option<Span>,
    points: Option<Span>,
    seed: Option<Span>,
    scramble: Option<Span>,
    vary: Option<Span>,
    file: Option<Span>,
    /// The design is none that there is, and has been told so.
    lost: bool,
}

impl<'a> Reader<'a> {
    /// `[study.NAME]`
    pub(in crate::model) fn study(
        &mut self,
        key: &Key,
        value: &Value<'a>,
        files: &Resources,
    ) -> Option<StudyDef> {
        let what = format!("study `{}`", key.name);
        let table = self.table(&what, value)?;
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if key.name.is_empty() || !key.name.chars().all(legal) || key.name.len() > 100 {
            let message = "the name of a study is made of letters, digits, `-` and `_`";
            self.error(key.span, message);
        }
        let mut read = StudyDef::new(&key.name, key.span);
        let mut at = Places::default();
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "title" => field!(self, read.title, prose, "title", v),
                "about" => field!(self, read.about, prose, "about", v),
                "design" => {
                    at.design = Some(k.span);
                    match self.design(v) {
                        Some(design) => read.design = design,
                        None => at.lost = true,
                    }
                }
                "points" => {
                    at.points = Some(k.span);
                    // A number that can't be read has its message: it is not missing besides.
                    read.points = Some(self.number_of_points(v).unwrap_or(1));
                }
                "seed" => {
                    at.seed = Some(k.span);
                    if let Some(seed) = self.count("seed", v) {
                        read.seed = seed as u64;
                    }
                }
                "scramble" => {
                    at.scramble = Some(k.span);
                    field!(self, read.scramble, flag, "scramble", v)
                }
                "vary" => {
                    at.vary = Some(k.span);
                    if let Some(vary) = self.table("vary", v) {
                        if vary.is_empty() {
                            self.varies_nothing(k.span, &what);
                        }
                        self.axes("", vary, &mut read.axes);
                    }
                }
                "file" => {
                    at.file = Some(k.span);
                    self.table_of_points(v, files, &mut read);
                }
                "with" => read.with = self.settings("with", v),
                "outcomes" => read.outcomes = self.study_outcomes(v),
                "solver" => {
                    if let Some(table) = self.table("solver", v) {
                        read.solver = self.solver(table);
                    }
                }
                name if OF_SOLVER.contains(&name) => {
                    let message = format!("{what} has no key `{name}`");
                    let help = format!("it belongs into `solver = {{ {name} = … }}`");
                    self.diagnostics
                        .push(Diagnostic::new(k.span, message).help(help));
                }
                _ => self.unknown(&what, &k, KEYS),
            }
        }
        if at.vary.is_none() && at.file.is_none() {
            self.varies_nothing(key.span, &what);
        }
        if at.file.is_some() {
            read.design = Design::Rows;
        }
        self.keys_agree(&mut read, &at);
        Some(read)
    }

    fn varies_nothing(&mut self, span: Span, what: &str) {
        self.diagnostics.push(
            Diagnostic::new(span, format!("{what} varies nothing"))
                .help("for example `vary = { k = \"1..10 1/s 10\" }`"),
        );
    }

    /// Keys that mean nothing beside others.
    fn keys_agree(&mut self, study: &mut StudyDef, at: &Places) {
        let table = at.file.is_some();
        let mut refuse = |span: Option<Span>, message: &str, help: &str| {
            let mistake = span.map(|span| Diagnostic::new(span, message).help(help));
            self.diagnostics.extend(mistake);
        };
        if table {
            let help = "leave out one of the two";
            refuse(
                at.vary,
                "a study takes its points from `file` or from `vary`",
                help,
            );
            let help = "each of its rows is a point";
            refuse(at.design, "the points of a file have no `design`", help);
            refuse(at.points, "the number of points is that of the file", help);
        } else if at.lost {
            return;
        } else if !study.design.draws() {
            let message = "a grid has as many points as its axes make";
            let help = "leave out `points`, or name a design: random, lhs, halton or sobol";
            refuse(at.points, message, help);
        }
        if table || !study.design.draws() {
            let message = "`seed` belongs to designs that draw their points";
            refuse(at.seed, message, "random, lhs, halton and sobol do");
        }
        if table || !study.design.is_sequence() {
            let message = "`scramble` belongs to the designs halton and sobol";
            refuse(at.scramble, message, "leave it out");
        }
    }

    fn design(&mut self, value: &Value<'a>) -> Option<Design> {
        let text = self.text("design", value)?;
        let found = Design::named(&text.value);
        if found.is_none() {
            let names = Design::NAMED.map(|(name, _)| name);
            let message = format!("there is no design `{}`", text.value);
            let help = match nearest(&text.value, names) {
                Some(right) => format!("did you mean `{right}`?"),
                None => format!("designs: {}", names.join(", ")),
            };
            self.diagnostics
                .push(Diagnostic::new(text.span, message).help(help));
        }
        found
    }

    fn number_of_points(&mut self, value: &Value<'a>) -> Option<u64> {
        let points = self.count("points", value)? as u64;
        if (1..=MOST_POINTS).contains(&points) {
            return Some(points);
        }
        let message = format!("points must be from 1 to {MOST_POINTS}");
        self.error(span_of(value), message);
        None
    }

    /// Names and values; `{ cell.volume = … }` and `{ "cell.volume" = … }` mean the same.
    /// The axes of a `vary`.
    pub(in crate::model) fn axes(
        &mut self,
        prefix: &str,
        table: &DeTable<'a>,
        out: &mut Vec<AxisDef>,
    ) {
        for (key, value) in self.entries(table) {
            let name = format!("{prefix}{}", key.name);
            if let DeValue::Table(inner) = value.get_ref() {
                self.axes(&format!("{name}."), inner, out);
                continue;
            }
            let values = if name == AxisDef::VARIANT {
                self.variants_of_axis(value)
            } else {
                self.values_of_axis(&name, value)
            };
            // Without values that can be read the name can still be looked at.
            let values = values.unwrap_or(AxisValues::List(Vec::new()));
            let span = key.span;
            out.push(AxisDef { name, span, values });
        }
    }

    fn values_of_axis(&mut self, name: &str, value: &Value<'a>) -> Option<AxisValues> {
        let items = match value.get_ref() {
            DeValue::String(_) => {
                let text = self.text(name, value)?;
                return self.parse(&text, parse_values, AxisValues::map_spans);
            }
            DeValue::Array(items) => items.iter().collect(),
            DeValue::Integer(_) | DeValue::Float(_) => vec![value],
            _ => {
                self.expected(value, &format!("`{name}`"), "a range, a list or a number");
                return None;
            }
        };
        if items.is_empty() {
            self.diagnostics.push(nothing(span_of(value)));
            return None;
        }
        let what = format!("a value of `{name}`");
        let mut values = Vec::new();
        for item in &items {
            let Some(ast) = self.expression(&what, item) else {
                continue;
            };
            match literal(&ast, &to_text(&ast)) {
                Ok(value) => values.push(value),
                Err(mistake) => self.diagnostics.push(mistake),
            }
        }
        Some(AxisValues::List(values))
    }

    fn variants_of_axis(&mut self, value: &Value<'a>) -> Option<AxisValues> {
        if let DeValue::String(_) = value.get_ref() {
            let text = self.text("variant", value)?;
            return self.parse(&text, parse_variants, AxisValues::map_spans);
        }
        let items = self.items(value);
        if items.is_empty() {
            self.error(span_of(value), "`variant` needs names of variants");
            return None;
        }
        let mut choices = Vec::new();
        for item in &items {
            if let Some(text) = self.text("the name of a variant", item) {
                choices.push(choice(&text.value, text.span));
            }
        }
        Some(AxisValues::Variants(choices))
    }

    fn table_of_points(&mut self, value: &Value<'a>, files: &Resources, study: &mut StudyDef) {
        let Some(file) = self.text("file", value) else {
            return;
        };
        let name = file.value;
        match files(&name) {
            Err(reason) => self.error(file.span, format!("can't read `{name}`: {reason}")),
            Ok(text) => match axes_of_table(&text, file.span) {
                Ok(axes) => study.axes = axes,
                Err(reason) => self.error(file.span, format!("`{name}`: {reason}")),
            },
        }
        study.file = Some(name);
    }

    /// Names of outcomes, or a table like `[outcomes]`.
    fn study_outcomes(&mut self, value: &Value<'a>) -> Vec<Outcome> {
        let mut out = Vec::new();
        if let DeValue::Table(table) = value.get_ref() {
            self.outcomes(table, &mut out, &mut Vec::new());
        } else {
            for item in self.items(value) {
                if let Some(text) = self.text("the name of an outcome", item) {
                    out.push(Outcome::named(&text.value, text.span));
                }
            }
        }
        let empty = match value.get_ref() {
            DeValue::Table(table) => table.is_empty(),
            DeValue::Array(items) => items.is_empty(),
            _ => false,
        };
        if empty {
            self.diagnostics.push(
                Diagnostic::new(span_of(value), "`outcomes` is empty")
                    .help("without it a study answers all outcomes of the model"),
            );
        }
        out
    }
}

impl Outcome {
    /// An outcome that is another one of that name.
    pub(super) fn named(name: &str, span: Span) -> Outcome {
        Outcome {
            name: name.to_string(),
            span,
            value: Ast::new(AstKind::Name(name.to_string()), span),
            unit: None,
            about: String::new(),
        }
    }

    /// True for an outcome that is another one of that name.
    pub fn is_named(&self) -> bool {
        matches!(&self.value.kind, AstKind::Name(name) if *name == self.name)
    }
}

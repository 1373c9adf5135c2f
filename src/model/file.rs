//! The sections of a model file that are not blocks, as they stand in the text.

use toml::de::{DeTable, DeValue};

use super::toml::{Key, Reader, Text, Value, span_of};
use super::{
    Change, ChangeKind, Chart, Check, Conserved, Curve, Definition, Domain, Each, Event,
    Experiment, Outcome, Role, Setting, Solver, State, Threshold, Variant,
};
use crate::diagnostic::Span;
use crate::expr::ast::{self, Ast, AstKind};
use crate::expr::parse;
use crate::units::Unit;

/// Reads files that a model names (measured series); the text of the file or why it can't be read.
pub type Resources<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

impl Definition {
    /// A definition with nothing but a value.
    pub(super) fn new(name: impl Into<String>, span: Span, role: Role, value: Ast) -> Self {
        Definition {
            name: name.into(),
            span,
            role,
            value,
            unit: None,
            expects: None,
            domain: Domain::Any,
            bounds: (None, None),
            range: None,
            about: String::new(),
            source: String::new(),
            block: String::new(),
            given: role != Role::Let,
            each: None,
        }
    }
}

/// An optional key of a table, read by one of the reader's methods.
macro_rules! field {
    ($reader:expr, $slot:expr, $method:ident, $what:expr, $value:expr) => {
        if let Some(read) = $reader.$method($what, $value) {
            $slot = read.into();
        }
    };
}

impl<'a> Reader<'a> {
    /// A unit in quotes.
    pub fn unit(&mut self, what: &str, value: &Value<'a>) -> Option<Unit> {
        let text = self.text(what, value)?;
        match Unit::parse(&text.value) {
            Ok(unit) => Some(unit),
            Err(e) => {
                self.diagnostics.push(
                    crate::diagnostic::Diagnostic::new(text.locate(e.span), e.message.clone())
                        .help(e.help.clone()),
                );
                None
            }
        }
    }

    /// A string of prose: blanks at both ends and line breaks inside a paragraph do not matter.
    pub fn prose(&mut self, what: &str, value: &Value<'a>) -> Option<String> {
        let text = self.text(what, value)?.value;
        let paragraphs: Vec<String> = text
            .split("\n\n")
            .map(|p| p.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|p| !p.is_empty())
            .collect();
        Some(paragraphs.join("\n\n"))
    }

    /// `[parameters]`, `[let]` and `[mode]`
    pub fn definitions(
        &mut self,
        table: &DeTable<'a>,
        role: Role,
        out: &mut Vec<Definition>,
        broken: &mut Vec<String>,
    ) {
        for (key, value) in self.entries(table) {
            self.name(&key);
            match self.definition(&key, value, role) {
                Some(definition) => out.push(definition),
                None => broken.push(key.name),
            }
        }
    }

    fn definition(&mut self, key: &Key, value: &Value<'a>, role: Role) -> Option<Definition> {
        let what = format!("`{}`", key.name);
        let DeValue::Table(table) = value.get_ref() else {
            return Some(Definition::new(
                &key.name,
                key.span,
                role,
                self.expression(&what, value)?,
            ));
        };
        let mut read = Definition::new(&key.name, key.span, role, absent());
        let mut found = None;
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "value" => found = Some(self.expression(&what, v)),
                "unit" => read.unit = self.unit("unit", v),
                "about" => field!(self, read.about, prose, "about", v),
                "source" if role == Role::Parameter => {
                    field!(self, read.source, prose, "source", v)
                }
                "range" if role == Role::Parameter => read.range = self.pair("range", v),
                "min" if role == Role::Parameter => read.bounds.0 = self.expression("min", v),
                "max" if role == Role::Parameter => read.bounds.1 = self.expression("max", v),
                "each" if role == Role::Let => read.each = Some(self.each(v)?),
                _ if role == Role::Parameter => {
                    self.unknown(
                        &what,
                        &k,
                        &["value", "unit", "about", "source", "range", "min", "max"],
                    );
                }
                _ if role == Role::Let => {
                    self.unknown(&what, &k, &["value", "unit", "about", "each"]);
                }
                _ => self.unknown(&what, &k, &["value", "unit", "about"]),
            }
        }
        match found {
            Some(value) => read.value = value?,
            None => {
                self.error(key.span, format!("{what} has no `value`"));
                return None;
            }
        }
        Some(read)
    }

    /// Two expressions: `["75 um^3", "110 um^3"]`.
    fn pair(&mut self, what: &str, value: &Value<'a>) -> Option<(Ast, Ast)> {
        let items = self.items(value);
        let &[low, high] = items.as_slice() else {
            self.expected(value, what, "a list of two values");
            return None;
        };
        Some((self.expression(what, low)?, self.expression(what, high)?))
    }

    /// `each = "i in 1..N"`
    fn each(&mut self, value: &Value<'a>) -> Option<Each> {
        let text = self.text("each", value)?;
        // The same words as in `sum(body, i in 1..N)`: let its grammar read them.
        let wrapped = format!("sum(0, {})", text.value);
        let prefix = "sum(0, ".len();
        match parse::parse_expression(&wrapped) {
            Ok(Ast {
                kind:
                    AstKind::Sum {
                        index,
                        mut from,
                        mut to,
                        ..
                    },
                ..
            }) => {
                let mut shift = |s: Span| {
                    text.locate(Span::new(
                        s.start.saturating_sub(prefix),
                        s.end.saturating_sub(prefix),
                    ))
                };
                from.map_spans(&mut shift);
                to.map_spans(&mut shift);
                Some(Each {
                    index,
                    from: *from,
                    to: *to,
                })
            }
            _ => {
                self.diagnostics.push(
                    crate::diagnostic::Diagnostic::new(
                        text.span,
                        "`each` must read like \"i in 1..N\"",
                    )
                    .help("an index, the word `in`, the first value, two dots, the last value"),
                );
                None
            }
        }
    }

    /// A name that definitions may bear.
    pub fn name(&mut self, key: &Key) {
        let legal = match parse::parse_expression(&key.name) {
            Ok(Ast {
                kind: AstKind::Name(name),
                ..
            }) => name == key.name,
            _ => false,
        };
        if !legal || key.name.contains('.') {
            self.diagnostics.push(
                crate::diagnostic::Diagnostic::new(
                    key.span,
                    format!("`{}` can't be a name", key.name),
                )
                .help("a name starts with a letter and goes on with letters, digits and `_`"),
            );
        } else if RESERVED.contains(&key.name.as_str()) {
            self.error(
                key.span,
                format!("`{}` is reserved for {}", key.name, reserved_for(&key.name)),
            );
        }
    }

    /// `[state.NAME]`
    pub fn state(&mut self, key: &Key, value: &Value<'a>) -> Option<State> {
        const KEYS: &[&str] = &[
            "initial", "rate", "unit", "scale", "about", "min", "max", "each",
        ];
        self.name(key);
        let what = format!("state `{}`", key.name);
        let table = self.table(&what, value)?;
        let (mut initial, mut rate) = (None, None);
        let mut read = State {
            name: key.name.clone(),
            span: key.span,
            initial: absent(),
            rate: Vec::new(),
            unit: None,
            expects: None,
            scale: None,
            domain: Domain::Any,
            bounds: (None, None),
            about: String::new(),
            block: String::new(),
            each: None,
        };
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "initial" => initial = Some(self.expression("initial", v)),
                "rate" => rate = Some(self.expression("rate", v)),
                "unit" => read.unit = self.unit("unit", v),
                "scale" => read.scale = self.expression("scale", v),
                "about" => field!(self, read.about, prose, "about", v),
                "min" => read.bounds.0 = self.expression("min", v),
                "max" => read.bounds.1 = self.expression("max", v),
                // Without its index nothing of it can be read.
                "each" => read.each = Some(self.each(v)?),
                _ => self.unknown(&what, &k, KEYS),
            }
        }
        for (name, part) in [("initial", &initial), ("rate", &rate)] {
            if part.is_none() {
                self.error(key.span, format!("{what} has no `{name}`"));
            }
        }
        read.initial = initial??;
        read.rate = vec![rate??];
        Some(read)
    }

    /// `[event.NAME]`
    pub fn event(&mut self, key: &Key, value: &Value<'a>) -> Option<Event> {
        self.name(key);
        let what = format!("event `{}`", key.name);
        let table = self.table(&what, value)?;
        let mut when = None;
        let mut read = Vec::new();
        let mut about = String::new();
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "when" => {
                    when = Some(
                        self.text("when", v)
                            .and_then(|t| self.parse(&t, parse::parse_when, ast::When::map_spans)),
                    );
                }
                "then" => {
                    for item in self.items(v) {
                        let Some(text) = self.text("then", item) else {
                            continue;
                        };
                        read.extend(self.parse(&text, parse::parse_then, ast::Then::map_spans));
                    }
                }
                "about" => field!(self, about, prose, "about", v),
                _ => self.unknown(&what, &k, &["when", "then", "about"]),
            }
        }
        if when.is_none() {
            self.error(key.span, format!("{what} has no `when`"));
        }
        Some(Event {
            name: key.name.clone(),
            span: key.span,
            when: when??,
            then: read,
            about,
        })
    }

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
                    crate::diagnostic::Diagnostic::new(span, "this step of the experiment is none of the known forms").help(
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

    /// `[solver]`, and the same keys inside a check.
    pub fn solver(&mut self, table: &DeTable<'a>) -> Solver {
        let mut read = Solver::default();
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "method" => read.method = self.text("method", v).map(|t| (t.value, t.span)),
                "rtol" => read.rtol = self.positive("rtol", v),
                "atol" => read.atol = self.positive("atol", v),
                "step" => read.step = self.expression("step", v),
                "max_steps" => read.max_steps = self.count("max_steps", v).map(|n| n as u64),
                _ => self.unknown(
                    "the solver",
                    &k,
                    &["method", "rtol", "atol", "step", "max_steps"],
                ),
            }
        }
        read
    }

    fn positive(&mut self, what: &str, value: &Value<'a>) -> Option<f64> {
        let number = self.number(what, value)?;
        if number > 0.0 && number < 1.0 {
            return Some(number);
        }
        self.error(span_of(value), format!("{what} must lie between 0 and 1"));
        None
    }

    /// An expression in the language of outcomes.
    fn outcome_expression(&mut self, what: &str, value: &Value<'a>) -> Option<(Ast, String)> {
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
        const KEYS: &[&str] = &[
            "title",
            "name",
            "x",
            "y",
            "thresholds",
            "log_x",
            "log_y",
            "events",
        ];
        let table = self.table("a chart", value)?;
        let mut read = Chart {
            title: String::new(),
            name: None,
            x: None,
            y: Vec::new(),
            thresholds: Vec::new(),
            log_x: false,
            log_y: false,
            events: true,
            span: span_of(value),
        };
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "title" => field!(self, read.title, prose, "title", v),
                "name" => read.name = self.file_name(v),
                "x" => read.x = self.curve(v),
                "y" => {
                    for item in self.items(v) {
                        read.y.extend(self.curve(item));
                    }
                }
                "thresholds" => {
                    for item in self.items(v) {
                        read.thresholds.extend(self.threshold(item));
                    }
                }
                "log_x" => field!(self, read.log_x, flag, "log_x", v),
                "log_y" => field!(self, read.log_y, flag, "log_y", v),
                "events" => field!(self, read.events, flag, "events", v),
                _ => self.unknown("a chart", &k, KEYS),
            }
        }
        if !table.contains_key("y") {
            self.error(read.span, "a chart needs `y`: the names of what it shows");
        }
        Some(read)
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

    fn curve(&mut self, value: &Value<'a>) -> Option<Curve> {
        let DeValue::Table(table) = value.get_ref() else {
            return Some(Curve {
                value: self.expression("a curve", value)?,
                label: None,
                unit: None,
            });
        };
        let mut read = Curve {
            value: absent(),
            label: None,
            unit: None,
        };
        let mut found = None;
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "value" => found = Some(self.expression("value", v)),
                "label" => read.label = self.prose("label", v),
                "unit" => read.unit = self.unit("unit", v),
                _ => self.unknown("a curve", &k, &["value", "label", "unit"]),
            }
        }
        if found.is_none() {
            self.error(span_of(value), "a curve needs `value`");
        }
        read.value = found??;
        Some(read)
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

    /// Names and values; `{ cell.volume = … }` and `{ "cell.volume" = … }` mean the same.
    pub fn settings(&mut self, what: &str, value: &Value<'a>) -> Vec<Setting> {
        let mut out = Vec::new();
        if let Some(table) = self.table(what, value) {
            self.collect_settings("", table, &mut out);
        }
        out
    }

    fn collect_settings(&mut self, prefix: &str, table: &DeTable<'a>, out: &mut Vec<Setting>) {
        for (key, value) in self.entries(table) {
            let name = format!("{prefix}{}", key.name);
            match value.get_ref() {
                DeValue::Table(inner) => self.collect_settings(&format!("{name}."), inner, out),
                _ => {
                    if let Some(ast) = self.expression(&format!("`{name}`"), value) {
                        out.push(Setting {
                            name,
                            span: key.span,
                            value: ast,
                        });
                    }
                }
            }
        }
    }

    /// `[variant.NAME]`
    pub fn variant(&mut self, key: &Key, value: &Value<'a>) -> Option<Variant> {
        let table = self.table("a variant", value)?;
        let mut read = Variant {
            name: key.name.clone(),
            about: String::new(),
            set: Vec::new(),
        };
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "about" => field!(self, read.about, prose, "about", v),
                "set" => read.set = self.settings("set", v),
                _ => self.unknown("a variant", &k, &["about", "set"]),
            }
        }
        Some(read)
    }
}

/// Names that mean something everywhere.
const RESERVED: &[&str] = &[
    "t", "duration", "pi", "if", "and", "or", "not", "time", "count", "sum",
];

fn reserved_for(name: &str) -> &'static str {
    match name {
        "t" => "time",
        "duration" => "the duration of the experiment",
        "pi" => "the number π",
        _ => "the language",
    }
}

/// Stands where a mistake has been noted and nothing will be computed.
pub(super) fn absent() -> Ast {
    Ast {
        kind: AstKind::Number {
            value: f64::NAN,
            unit: None,
        },
        span: Span::default(),
    }
}

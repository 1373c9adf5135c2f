//! A figure file as it stands in the text.

use toml::de::{DeTable, DeValue};

use super::words::{Part, parts};
use super::{BandDef, Compared, FigureDef, NoteDef, NumberDef, PlotDef, PlotKind, RunDef, cells};
use crate::diagnostic::{Diagnostic, Source, Span, nearest};
use crate::expr::ast::Ast;
use crate::model::file::{absent, field};
use crate::model::results::{Asks, CHART_KEYS};
use crate::model::toml::{Key, Reader, Text, Value, span_of};
use crate::model::{Chart, Outcome, Quantity};

/// Keys of a figure file.
const KEYS: &[&str] = &["title", "caption", "columns", "model", "number", "chart"];

/// Keys of a chart of a figure beside those that charts of models have too.
const OWN_KEYS: &[&str] = &[
    "kind", "heading", "width", "model", "set", "compare", "vary", "bands", "notes", "x_min",
    "x_max", "absent",
];

/// Most panels side by side, and most digits that a number in a text has.
const MOST_COLUMNS: usize = 6;
const MOST_DIGITS: usize = 10;

/// Reads a figure file: the figure, and all that is wrong with it as far as the text alone says it.
pub fn load_figure(name: &str, source: Source) -> (FigureDef, Vec<Diagnostic>) {
    let text = source.text.clone();
    let mut figure = FigureDef {
        name: name.to_string(),
        source,
        title: String::new(),
        caption: String::new(),
        columns: None,
        plots: Vec::new(),
        numbers: Vec::new(),
    };
    let (mut reader, table) = Reader::document(&text);
    if reader.diagnostics.is_empty() {
        reader.figure(&table, &mut figure);
    }
    (figure, reader.diagnostics)
}

impl<'a> Reader<'a> {
    fn figure(&mut self, table: &DeTable<'a>, figure: &mut FigureDef) {
        let mut texts = Vec::new();
        let mut model = RunDef::default();
        for (key, value) in self.entries(table) {
            match key.name.as_str() {
                "title" => figure.title = self.words("title", value, &mut texts),
                "caption" => figure.caption = self.words("caption", value, &mut texts),
                "columns" => figure.columns = self.between("columns", value, MOST_COLUMNS),
                "model" => self.model(value, &mut model),
                "number" => {
                    if let Some(numbers) = self.table("[number]", value) {
                        for (k, v) in self.entries(numbers) {
                            figure.numbers.extend(self.figure_number(&k, v));
                        }
                    }
                }
                "chart" => {
                    for item in self.items(value) {
                        figure.plots.extend(self.plot(item, &mut texts));
                    }
                }
                _ => self.unknown("a figure file", &key, KEYS),
            }
        }
        for (name, what) in [("title", "its message"), ("chart", "[[chart]]")] {
            if !table.contains_key(name) {
                let message = format!("the figure has no `{name}`: {what} is missing");
                self.error(Span::default(), message);
            }
        }
        self.give_model(figure, &model);
        let known: Vec<&str> = (figure.numbers.iter())
            .map(|n| n.outcome.name.as_str())
            .collect();
        self.names_in_texts(&texts, &known);
    }

    /// The model of the file is that of all that name none.
    fn give_model(&mut self, figure: &mut FigureDef, model: &RunDef) {
        let mut runs: Vec<(&mut RunDef, Span, bool)> = Vec::new();
        for plot in &mut figure.plots {
            let all_say =
                !plot.compare.is_empty() && plot.compare.iter().all(|c| !c.run.model.is_empty());
            runs.push((&mut plot.run, plot.chart.span, all_say));
        }
        for number in &mut figure.numbers {
            runs.push((&mut number.run, number.outcome.span, false));
        }
        for (run, span, needless) in runs {
            if !run.model.is_empty() {
                continue;
            }
            run.model.clone_from(&model.model);
            run.span = model.span;
            if run.model.is_empty() && !needless {
                self.diagnostics
                    .push(Diagnostic::new(span, "this has no `model`").help(
                        "for example `model = \"red-blood-cell\"`, here or for the whole figure",
                    ));
            }
        }
        for number in &mut figure.numbers {
            let own = &number.run;
            if let Some(over) = number.over.as_mut().filter(|over| over.model.is_empty()) {
                over.model.clone_from(&own.model);
                over.span = own.span;
            }
        }
    }

    /// Every `{name}` is a number of the file.
    fn names_in_texts(&mut self, texts: &[Text], known: &[&str]) {
        for text in texts {
            for part in parts(&text.value) {
                let Part::Name(name, at) = part else { continue };
                if known.contains(&name) {
                    continue;
                }
                let message = format!("there is no number `{name}` in this figure");
                let help = match nearest(name, known.iter().copied()) {
                    Some(right) => format!("did you mean `{{{right}}}`?"),
                    None => format!("[number.{name}] with `value = \"…\"` makes one"),
                };
                self.diagnostics
                    .push(Diagnostic::new(text.locate(at), message).help(help));
            }
        }
    }

    /// A text with numbers in it.
    fn words(&mut self, what: &str, value: &Value<'a>, texts: &mut Vec<Text>) -> String {
        if let DeValue::String(_) = value.get_ref() {
            texts.extend(self.text(what, value));
        }
        self.prose(what, value).unwrap_or_default()
    }

    /// A whole number from 1 on.
    fn between(&mut self, what: &str, value: &Value<'a>, most: usize) -> Option<usize> {
        let number = self.count(what, value)?;
        if (1..=most).contains(&number) {
            return Some(number);
        }
        self.error(span_of(value), format!("{what} must be from 1 to {most}"));
        None
    }

    fn model(&mut self, value: &Value<'a>, run: &mut RunDef) {
        if let Some(text) = self.text("model", value) {
            run.span = text.locate(Span::new(0, text.value.len()));
            run.model = text.value.trim().to_string();
            if run.model.is_empty() {
                self.error(span_of(value), "`model` names no model");
            }
        }
    }

    /// `[number.NAME]`
    fn figure_number(&mut self, key: &Key, value: &Value<'a>) -> Option<NumberDef> {
        const KEYS: &[&str] = &["value", "model", "set", "over", "unit", "digits", "bare"];
        let what = format!("number `{}`", key.name);
        self.name(key);
        let mut found = None;
        let mut read = NumberDef {
            outcome: Outcome {
                name: key.name.clone(),
                span: key.span,
                value: absent(),
                unit: None,
                about: String::new(),
            },
            run: RunDef::default(),
            over: None,
            digits: 2,
            bare: false,
        };
        let DeValue::Table(table) = value.get_ref() else {
            read.outcome.value = self.outcome_expression(&what, value)?.0;
            return Some(read);
        };
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "value" => found = Some(self.outcome_expression(&what, v)),
                "unit" => read.outcome.unit = self.unit("unit", v),
                "digits" => {
                    if let Some(digits) = self.between("digits", v, MOST_DIGITS) {
                        read.digits = digits;
                    }
                }
                "bare" => field!(self, read.bare, flag, "bare", v),
                "over" => {
                    let mut over = RunDef::default();
                    if let Some(table) = self.table("over", v) {
                        for (k, v) in self.entries(table) {
                            if !self.run_key(&k, v, &mut over) {
                                self.unknown("`over`", &k, &["model", "set"]);
                            }
                        }
                    }
                    read.over = Some(over);
                }
                _ if self.run_key(&k, v, &mut read.run) => {}
                _ => self.unknown(&what, &k, KEYS),
            }
        }
        if found.is_none() {
            self.error(key.span, format!("{what} has no `value`"));
        }
        read.outcome.value = found??.0;
        Some(read)
    }

    /// A key that says what runs; false for any other.
    fn run_key(&mut self, k: &Key, v: &Value<'a>, run: &mut RunDef) -> bool {
        match k.name.as_str() {
            "model" => self.model(v, run),
            "set" => run.set = self.settings("set", v),
            _ => return false,
        }
        true
    }

    /// `[[chart]]` of a figure
    fn plot(&mut self, value: &Value<'a>, texts: &mut Vec<Text>) -> Option<PlotDef> {
        let table = self.table("a chart", value)?;
        let kind = table.get("kind").map(|v| self.kind(v));
        // With a kind that there is none of, nothing can be said of what it draws.
        let kind = kind.unwrap_or(Some(PlotKind::Lines))?;
        let asks = asks_of(kind);
        let what = format!("a chart of kind `{}`", kind.name());
        let mut read = PlotDef {
            kind,
            heading: String::new(),
            width: 1,
            run: RunDef::default(),
            compare: Vec::new(),
            vary: Vec::new(),
            chart: Chart::new(span_of(value)),
            bands: Vec::new(),
            notes: Vec::new(),
            x_limits: [None, None],
            absent: String::new(),
            picture: None,
            times: Vec::new(),
        };
        let drawn = kind == PlotKind::Cells;
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                name if drawn && !cells::KEYS.contains(&name) => {
                    self.no_plot_key(&what, &k, cells::KEYS);
                }
                _ if drawn && self.cells_key(&mut read, &k, v) => {}
                "kind" => {}
                "heading" => read.heading = self.words("heading", v, texts),
                "width" => {
                    if let Some(width) = self.between("width", v, MOST_COLUMNS) {
                        read.width = width;
                    }
                }
                "compare" => {
                    for item in self.tables(v) {
                        read.compare.extend(self.compared(item, kind, texts));
                    }
                }
                "vary" if kind.axes() > 0 => {
                    if let Some(vary) = self.table("vary", v) {
                        self.axes("", vary, &mut read.vary);
                    }
                }
                "bands" => {
                    for item in self.items(v) {
                        read.bands.extend(self.band(item, texts));
                    }
                }
                "notes" => {
                    for item in self.items(v) {
                        read.notes.extend(self.note(item, texts));
                    }
                }
                "x_min" => read.x_limits[0] = self.literal("x_min", v),
                "x_max" => read.x_limits[1] = self.literal("x_max", v),
                "absent" if kind == PlotKind::Map => {
                    field!(self, read.absent, prose, "absent", v)
                }
                _ if self.run_key(&k, v, &mut read.run) => {}
                _ if self.chart_key(&mut read.chart, &k, v, asks) => {}
                _ => self.no_plot_key(&what, &k, &[OWN_KEYS, CHART_KEYS].concat()),
            }
        }
        if !drawn && !table.contains_key("y") {
            self.error(read.chart.span, "a chart needs `y`: what it shows");
        }
        self.fits_kind(&read, &what);
        Some(read)
    }

    /// A key that a chart does not have.
    fn no_plot_key(&mut self, what: &str, key: &Key, known: &[&str]) {
        if key.name == "title" {
            let mistake = Diagnostic::new(key.span, format!("{what} has no key `title`"));
            self.diagnostics
                .push(mistake.help("the figure has one; a chart in it has a `heading`"));
        } else {
            self.unknown(what, key, known);
        }
    }

    fn kind(&mut self, value: &Value<'a>) -> Option<PlotKind> {
        let text = self.text("kind", value)?;
        let found = PlotKind::NAMED.iter().find(|(name, _)| *name == text.value);
        if found.is_none() {
            let names: Vec<&str> = PlotKind::NAMED.iter().map(|(name, _)| *name).collect();
            let message = format!("there is no kind of chart `{}`", text.value);
            let help = match nearest(&text.value, names.iter().copied()) {
                Some(right) => format!("did you mean `{right}`?"),
                None => format!("kinds: {}", names.join(", ")),
            };
            self.diagnostics
                .push(Diagnostic::new(text.span, message).help(help));
        }
        found.map(|(_, kind)| *kind)
    }

    /// What a kind needs, and what it can't have.
    fn fits_kind(&mut self, read: &PlotDef, what: &str) {
        let span = read.chart.span;
        let (has, needs) = (read.vary.len(), read.kind.axes());
        if has != needs {
            let message = match needs {
                1 => format!("{what} varies one parameter, not {has}"),
                _ => format!("{what} varies two parameters, not {has}"),
            };
            let help = match needs {
                1 => "for example `vary = { Pf = \"20..400 um/s log 50\" }`",
                _ => {
                    "for example `vary = { Pf = \"20..400 um/s log 50\", A = \"110..150 um^2 40\" }`"
                }
            };
            self.diagnostics
                .push(Diagnostic::new(span, message).help(help));
        }
        let one_only = read.kind == PlotKind::Map;
        if one_only && (read.chart.y.len() > 1 || read.compare.len() > 1) {
            self.error(span, format!("{what} shows one number of one model"));
        }
        let names_x = read
            .chart
            .x
            .as_ref()
            .or(read.compare.iter().find_map(|c| c.x.as_ref()));
        if let Some(x) = names_x.filter(|_| !matches!(read.kind, PlotKind::Lines | PlotKind::Scan))
        {
            self.error(x.value.span, format!("{what} has no `x` of its own"));
        }
        for compared in &read.compare {
            if !compared.y.is_empty() && compared.y.len() != read.chart.y.len() {
                let (own, all) = (compared.y.len(), read.chart.y.len());
                let message = format!("this run has {own} curves in `y`, and the chart has {all}");
                self.error(compared.span, message);
            }
        }
        if read.kind == PlotKind::Lines {
            return;
        }
        // Numbers come from runs that are over: nothing is known of a model when its levels are drawn.
        let levels = read.chart.thresholds.iter().map(|t| &t.value);
        let ends = [&read.chart.y_min, &read.chart.y_max];
        for ast in levels.chain(ends.into_iter().flatten()) {
            self.is_literal(ast);
        }
    }

    fn is_literal(&mut self, ast: &Ast) -> bool {
        // What could not be read has its message.
        let fine = Quantity::of(ast).is_some();
        if !fine {
            self.diagnostics.push(
                Diagnostic::new(ast.span, "this must be a number with its unit")
                    .help("for example \"0.5 MPa\""),
            );
        }
        fine
    }

    fn literal(&mut self, what: &str, value: &Value<'a>) -> Option<Ast> {
        let ast = self.expression(what, value)?;
        self.is_literal(&ast).then_some(ast)
    }

    /// The runs in `compare`, which are tables. What is none is one mistake, however often it is made.
    fn tables<'b>(&mut self, value: &'b Value<'a>) -> Vec<&'b Value<'a>> {
        let (tables, others): (Vec<_>, Vec<_>) = (self.items(value).into_iter())
            .partition(|item| matches!(item.get_ref(), DeValue::Table(_)));
        if let Some(first) = others.first() {
            let mistake = Diagnostic::new(span_of(first), "a run to compare must be a table");
            self.diagnostics.push(
                mistake
                    .help("for example `{ label = \"in water\", variant = \"distilled-water\" }`"),
            );
        }
        tables
    }

    /// One of the runs in `compare`.
    fn compared(
        &mut self,
        value: &Value<'a>,
        kind: PlotKind,
        texts: &mut Vec<Text>,
    ) -> Option<Compared> {
        const KEYS: &[&str] = &["label", "model", "variant", "set", "x", "y", "steps"];
        let asks = asks_of(kind);
        let table = self.table("a run to compare", value)?;
        let mut read = Compared {
            label: String::new(),
            run: RunDef::default(),
            variant: None,
            y: Vec::new(),
            x: None,
            steps: Vec::new(),
            picture: None,
            span: span_of(value),
        };
        let drawn = kind == PlotKind::Cells;
        let known = if drawn { cells::COMPARED_KEYS } else { KEYS };
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                _ if drawn && self.compared_cells_key(&mut read, &k, v) => {}
                "label" => read.label = self.words("label", v, texts),
                "variant" => {
                    if let Some(text) = self.text("variant", v) {
                        let span = text.locate(Span::new(0, text.value.len()));
                        read.variant = Some((text.value, span));
                    }
                }
                "x" if !drawn => read.x = self.curve(v, asks),
                "y" if !drawn => {
                    for item in self.items(v) {
                        read.y.extend(self.curve(item, asks));
                    }
                }
                "steps" if kind == PlotKind::Stairs => {
                    for item in self.items(v) {
                        read.steps.push(self.words("a step", item, texts));
                    }
                }
                _ if self.run_key(&k, v, &mut read.run) => {}
                _ => self.unknown("a run to compare", &k, known),
            }
        }
        if read.label.is_empty() && !table.contains_key("label") {
            self.error(read.span, "a run to compare needs a `label`");
        }
        if let (Some((_, span)), true) = (&read.variant, read.run.model.contains('@')) {
            self.error(*span, "the model of this run has a variant already");
        }
        Some(read)
    }

    fn band(&mut self, value: &Value<'a>, texts: &mut Vec<Text>) -> Option<BandDef> {
        const KEYS: &[&str] = &["axis", "from", "to", "label"];
        let table = self.table("a band", value)?;
        let mut read = BandDef {
            of_x: false,
            from: absent(),
            to: absent(),
            label: String::new(),
        };
        let mut good = true;
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "axis" => match self.text("axis", v) {
                    Some(text) if text.value == "x" || text.value == "y" => {
                        read.of_x = text.value == "x";
                    }
                    Some(text) => self.error(text.span, "the axis of a band is \"x\" or \"y\""),
                    None => {}
                },
                "from" | "to" => match (self.literal(&k.name, v), k.name.as_str()) {
                    (Some(ast), "from") => read.from = ast,
                    (Some(ast), _) => read.to = ast,
                    (None, _) => good = false,
                },
                "label" => read.label = self.words("label", v, texts),
                _ => self.unknown("a band", &k, KEYS),
            }
        }
        let complete = self.has(table, "a band", &["from", "to"], value);
        (good && complete).then_some(read)
    }

    fn note(&mut self, value: &Value<'a>, texts: &mut Vec<Text>) -> Option<NoteDef> {
        let table = self.table("a note", value)?;
        let mut read = NoteDef {
            x: absent(),
            y: absent(),
            text: String::new(),
        };
        let mut good = true;
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "x" | "y" => match (self.literal(&k.name, v), k.name.as_str()) {
                    (Some(ast), "x") => read.x = ast,
                    (Some(ast), _) => read.y = ast,
                    (None, _) => good = false,
                },
                "text" => read.text = self.words("text", v, texts),
                _ => self.unknown("a note", &k, &["x", "y", "text"]),
            }
        }
        let complete = self.has(table, "a note", &["x", "y", "text"], value);
        (good && complete).then_some(read)
    }

    /// Notes what is missing in a table.
    fn has(&mut self, table: &DeTable<'a>, what: &str, keys: &[&str], at: &Value<'a>) -> bool {
        let mut all = true;
        for key in keys {
            if !table.contains_key(*key) {
                self.error(span_of(at), format!("{what} needs `{key}`"));
                all = false;
            }
        }
        all
    }
}

fn asks_of(kind: PlotKind) -> Asks {
    match kind {
        PlotKind::Lines => Asks::Courses,
        _ => Asks::Numbers,
    }
}

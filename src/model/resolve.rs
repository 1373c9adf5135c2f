//! From the text of a file to a [`Model`], and settings applied to it.

use toml::de::DeTable;

use super::blocks::{Blocks, Draft, KINDS};
use super::file::{Resources, absent};
use super::toml::{Key, Reader, Value};
use super::{Experiment, Model, Role};
use crate::diagnostic::{Diagnostic, Source, Span, nearest};
use crate::expr::ast::{self, Ast, AstKind};
use crate::expr::visit::visit;
use crate::units::Unit;

/// A name and the value that it shall have.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Name of a parameter, an input, a mode, a state (its initial value) or `duration`.
    pub name: String,
    /// Place of the name.
    pub span: Span,
    /// The value.
    pub value: Ast,
}

/// Sections that are not blocks.
const SECTIONS: &[&str] = &[
    "title",
    "about",
    "group",
    "topics",
    "parameters",
    "let",
    "mode",
    "state",
    "event",
    "experiment",
    "solver",
    "outcomes",
    "conserved",
    "chart",
    "check",
    "variant",
];

/// What has been read, and what was wrong with it.
pub struct Loaded {
    /// The model; parts with mistakes are missing.
    pub model: Model,
    /// All mistakes found so far; names and units are checked when the system is built.
    pub diagnostics: Vec<Diagnostic>,
    /// Names that would be there but for their mistakes: no further message about them.
    pub broken: Vec<String>,
    /// False if the text is not TOML: what was read of it says nothing about the model.
    pub readable: bool,
}

/// Reads a model file. `files` gives the text of files that the model names.
pub fn load(name: &str, source: Source, files: &Resources) -> Loaded {
    let text = source.text.clone();
    let (mut reader, table) = Reader::document(&text);
    let readable = reader.diagnostics.is_empty();
    if !readable {
        return Loaded {
            model: empty(name, source),
            diagnostics: reader.diagnostics,
            broken: Vec::new(),
            readable,
        };
    }
    let mut parts = Parts {
        blocks: Blocks::default(),
        draft: Draft::default(),
        broken: Vec::new(),
    };
    let mut model = empty(name, source);
    for (key, value) in reader.entries(&table) {
        section(&mut reader, &key, value, &mut model, &mut parts, files);
    }
    if table.is_empty() && reader.diagnostics.is_empty() {
        reader.error(
            Span::default(),
            "the file is empty: a model needs at least a state and an experiment",
        );
    } else if !table.contains_key("experiment") {
        reader.diagnostics.push(
            Diagnostic::new(Span::default(), "the model has no [experiment]")
                .help("add [experiment] with `duration = \"10 s\"`"),
        );
    }
    let Parts {
        mut blocks,
        mut draft,
        mut broken,
    } = parts;
    blocks.settle();
    blocks.expand(&mut draft);
    broken.append(&mut draft.broken);
    model.aliases = blocks.aliases();
    let mut diagnostics = reader.diagnostics;
    diagnostics.append(&mut draft.diagnostics);
    if draft.states.is_empty() && !table.is_empty() && diagnostics.is_empty() {
        diagnostics.push(
            Diagnostic::new(
                Span::default(),
                "the model has no state: nothing changes in time",
            )
            .help("add a [compartment.NAME], or [state.NAME] with `initial` and `rate`"),
        );
    }
    at_rest(&draft, &mut diagnostics);
    duplicates(&draft, &mut diagnostics);
    model.definitions = draft.definitions;
    model.states = draft.states;
    model.guards = draft.guards;
    model.uses = draft.uses;
    let emptied = emptied_by_events(&model);
    draft
        .conserved
        .retain(|sum| !sum.block.starts_with("membrane.") || !reads_any(&sum.value, &emptied));
    model.conserved.append(&mut draft.conserved);
    broken.retain(|b| !model.definitions.iter().any(|d| d.name == *b));
    settings_exist(&model, &broken, &mut diagnostics);
    Loaded {
        model,
        diagnostics,
        broken,
        readable,
    }
}

struct Parts {
    blocks: Blocks,
    draft: Draft,
    broken: Vec<String>,
}

fn empty(name: &str, source: Source) -> Model {
    Model {
        name: name.to_string(),
        title: String::new(),
        about: String::new(),
        group: None,
        topics: Vec::new(),
        source,
        definitions: Vec::new(),
        states: Vec::new(),
        guards: Vec::new(),
        uses: Vec::new(),
        events: Vec::new(),
        experiment: Experiment {
            duration: absent(),
            points: 201,
            changes: Vec::new(),
        },
        solver: Default::default(),
        outcomes: Vec::new(),
        conserved: Vec::new(),
        charts: Vec::new(),
        checks: Vec::new(),
        variants: Vec::new(),
        changed: Vec::new(),
        aliases: Vec::new(),
    }
}

fn section<'a>(
    reader: &mut Reader<'a>,
    key: &Key,
    value: &Value<'a>,
    model: &mut Model,
    parts: &mut Parts,
    files: &Resources,
) {
    let name = key.name.as_str();
    if let Some(kind) = KINDS.iter().find(|k| **k == name) {
        if let Some(table) = reader.table(&format!("[{name}]"), value) {
            parts.broken.extend(parts.blocks.read(reader, kind, table));
        }
        return;
    }
    match name {
        "title" => model.title = reader.prose("title", value).unwrap_or_default(),
        "about" => model.about = reader.prose("about", value).unwrap_or_default(),
        "group" => model.group = reader.group(value),
        "topics" => model.topics = reader.topics(value),
        "chart" => {
            for item in reader.items(value) {
                model.charts.extend(reader.chart(item));
            }
        }
        "check" => {
            for item in reader.items(value) {
                model.checks.extend(reader.check(item));
            }
        }
        _ if SECTIONS.contains(&name) => {
            if let Some(table) = reader.table(&format!("[{name}]"), value) {
                table_section(reader, key, table, model, parts, files);
            }
        }
        _ => {
            let known: Vec<&str> = SECTIONS.iter().chain(KINDS).copied().collect();
            reader.unknown("a model file", key, &known);
        }
    }
}

fn table_section<'a>(
    reader: &mut Reader<'a>,
    key: &Key,
    table: &DeTable<'a>,
    model: &mut Model,
    parts: &mut Parts,
    files: &Resources,
) {
    let (definitions, broken) = (&mut parts.draft.definitions, &mut parts.broken);
    match key.name.as_str() {
        "parameters" => reader.definitions(table, Role::Parameter, definitions, broken),
        "let" => reader.definitions(table, Role::Let, definitions, broken),
        "mode" => reader.definitions(table, Role::Mode, definitions, broken),
        "state" => {
            for (k, v) in reader.entries(table) {
                match reader.state(&k, v) {
                    Some(state) => parts.draft.states.push(state),
                    None => broken.push(k.name),
                }
            }
        }
        "event" => {
            for (k, v) in reader.entries(table) {
                match reader.event(&k, v) {
                    Some(event) => model.events.push(event),
                    None => broken.push(k.name),
                }
            }
        }
        "variant" => {
            for (k, v) in reader.entries(table) {
                model.variants.extend(reader.variant(&k, v));
            }
        }
        "experiment" => model.experiment = reader.experiment(table, key.span, files),
        "solver" => model.solver = reader.solver(table),
        "outcomes" => reader.outcomes(table, &mut model.outcomes, broken),
        _ => reader.conserved(table, &mut model.conserved),
    }
}

/// What events set: a contractile vacuole that throws out its content. What a membrane keeps between two compartments is
/// then no sum any more.
fn emptied_by_events(model: &Model) -> Vec<String> {
    let actions = model.events.iter().flat_map(|e| &e.then);
    let targets = actions.filter_map(|then| match then {
        ast::Then::Set(target, _) => Some(&target.kind),
        _ => None,
    });
    let names = targets.filter_map(|kind| match kind {
        AstKind::Name(name) | AstKind::Index(name, _) => Some(model.full_name(name)),
        _ => None,
    });
    names.collect()
}

/// True when an expression reads one of these names.
fn reads_any(value: &Ast, names: &[String]) -> bool {
    let mut found = false;
    visit(value, &mut |part| {
        if let AstKind::Name(name) | AstKind::Index(name, _) = &part.kind {
            found |= names.contains(name);
        }
    });
    found
}

/// A state of the file needs a rate, of its own or from reactions.
fn at_rest(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let of_file = draft.states.iter().filter(|s| s.block.is_empty());
    for state in of_file.filter(|s| s.rate.is_empty()) {
        diagnostics.push(
            Diagnostic::new(state.span, format!("state `{}` has no `rate`", state.name))
                .help("give it one, or a [reaction.NAME] that makes or uses it"),
        );
    }
}

/// One name, one meaning.
fn duplicates(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = std::collections::BTreeMap::new();
    let mut names: Vec<(&String, Span)> = draft
        .definitions
        .iter()
        .map(|d| (&d.name, d.span))
        .chain(draft.states.iter().map(|s| (&s.name, s.span)))
        .collect();
    names.sort_by_key(|(_, span)| *span);
    for (name, span) in names {
        if seen.insert(name.as_str(), span).is_some() {
            diagnostics.push(
                Diagnostic::new(span, format!("`{name}` is defined twice"))
                    .help("give one of the two another name"),
            );
        }
    }
}

/// Variants and checks may set only what can be set; whoever writes one should not have to run it to learn that.
fn settings_exist(model: &Model, broken: &[String], diagnostics: &mut Vec<Diagnostic>) {
    let variants = model.variants.iter().flat_map(|v| &v.set);
    for setting in variants.chain(model.checks.iter().flat_map(|c| &c.with)) {
        let name = model.full_name(&setting.name);
        let head = name.split('.').next().unwrap_or(&name);
        let is_broken = broken.iter().any(|b| *b == name || b == head);
        if !is_broken && !model.settable().contains(&name.as_str()) {
            diagnostics.push(model.not_settable(setting, &name));
        }
    }
}

impl Model {
    /// All names that a setting may give a value to.
    pub fn settable(&self) -> Vec<&str> {
        let definitions = self
            .definitions
            .iter()
            .filter(|d| d.given)
            .map(|d| d.name.as_str());
        definitions
            .chain(self.states.iter().map(|s| s.name.as_str()))
            .chain(["duration", "points"])
            .collect()
    }

    /// The full name behind a short one: `bath.osmolarity` where `plasma` is the only bath.
    pub fn full_name(&self, name: &str) -> String {
        if let Some((head, rest)) = name.split_once('.')
            && let Some((_, full)) = self.aliases.iter().find(|(alias, _)| alias == head)
        {
            return format!("{full}.{rest}");
        }
        name.to_string()
    }

    /// Gives a parameter, an input, a mode or an initial value another value. A step of the experiment at time 0 takes
    /// the value of a setting of the same input: what is set holds from the start on.
    ///
    /// # Errors
    /// A message at the place of the setting when nothing of that name can be set.
    pub fn apply(&mut self, setting: &Setting) -> Result<(), Diagnostic> {
        let name = self.full_name(&setting.name);
        self.fits(setting, &name)?;
        self.changed.push(name.clone());
        if name == "duration" {
            self.experiment.duration = setting.value.clone();
            return Ok(());
        }
        if name == "points" {
            self.experiment.points = points(&setting.value)?;
            return Ok(());
        }
        if name == "solver.max_step" {
            self.solver.max_step = Some(setting.value.clone());
            return Ok(());
        }
        if let Some(state) = self.states.iter_mut().find(|s| s.name == name) {
            state.initial = setting.value.clone();
            return Ok(());
        }
        let place = self.definitions.iter().position(|d| d.name == name);
        let Some(at) = place.filter(|at| self.definitions[*at].given) else {
            return Err(self.not_settable(setting, &name));
        };
        self.definitions[at].value = setting.value.clone();
        Ok(())
    }

    /// Refuses a number with another unit than the one that stands there, at the setting itself: once it is applied,
    /// only the equations that use it could tell. Expressions are left to them.
    fn fits(&self, setting: &Setting, name: &str) -> Result<(), Diagnostic> {
        let definition = self.definitions.iter().find(|d| d.name == name && d.given);
        let state = self.states.iter().find(|s| s.name == name);
        let (unit, expects, old) = match (definition, state) {
            (Some(d), _) => (&d.unit, &d.expects, &d.value),
            (None, Some(s)) => (&s.unit, &s.expects, &s.initial),
            _ => return Ok(()),
        };
        let expected = expects.as_ref().map(|(unit, _)| unit.clone());
        let expected = self
            .shown_unit(unit, old)
            .or(expected)
            .or_else(|| plain(old));
        let written = self
            .shown_unit(&None, &setting.value)
            .or_else(|| plain(&setting.value));
        let (Some(expected), Some(written)) = (expected, written) else {
            return Ok(());
        };
        if expected.dimension() == written.dimension() {
            return Ok(());
        }
        let is = |unit: &Unit| match unit.text() {
            "" | "1" => "a plain number".to_string(),
            text => format!("[{text}]"),
        };
        let message = format!(
            "`{}` is {}, not {}",
            setting.name,
            is(&expected),
            is(&written)
        );
        let example = match (&setting.value.kind, expected.text()) {
            (AstKind::Number { value, .. }, "" | "1") => format!("{}={value}", setting.name),
            (AstKind::Number { value, .. }, unit) => {
                format!("{}=\"{value} {unit}\"", setting.name)
            }
            _ => return Err(Diagnostic::new(setting.value.span, message)),
        };
        Err(Diagnostic::new(setting.value.span, message)
            .help(format!("write for example {example}")))
    }

    fn not_settable(&self, setting: &Setting, name: &str) -> Diagnostic {
        if self.definitions.iter().any(|d| d.name == name) {
            return Diagnostic::new(
                setting.span,
                format!("`{name}` is computed from other quantities and can't be set"),
            )
            .help("`show` lists the parameters");
        }
        let diagnostic = Diagnostic::new(
            setting.span,
            format!("there is no parameter `{}`", setting.name),
        );
        match nearest(&setting.name, self.settable()) {
            Some(right) => diagnostic.help(format!("did you mean `{right}`?")),
            None => diagnostic.help("`show` lists the parameters"),
        }
    }

    /// Applies a variant by name.
    ///
    /// # Errors
    /// A message with the nearest right name.
    pub fn apply_variant(&mut self, name: &str) -> Result<(), Diagnostic> {
        let Some(variant) = self.variants.iter().find(|v| v.name == name).cloned() else {
            let diagnostic = Diagnostic::new(
                Span::default(),
                format!("`{}` has no variant `{name}`", self.name),
            );
            let known: Vec<&str> = self.variants.iter().map(|v| v.name.as_str()).collect();
            let help = match nearest(name, known.iter().copied()) {
                Some(right) => format!("did you mean `{}@{right}`?", self.name),
                None if known.is_empty() => "it has no variants".to_string(),
                None => format!("variants: {}", known.join(", ")),
            };
            return Err(diagnostic.help(help));
        };
        variant
            .set
            .iter()
            .try_for_each(|setting| self.apply(setting))
    }

    /// The unit in which a quantity is shown: as given, or as its value is written, or as a named one's is.
    pub fn shown_unit(&self, unit: &Option<Unit>, value: &Ast) -> Option<Unit> {
        self.unit_of(unit, value, 0)
    }

    fn unit_of(&self, unit: &Option<Unit>, value: &Ast, depth: usize) -> Option<Unit> {
        if unit.is_some() || depth > 20 {
            return unit.clone();
        }
        match &value.kind {
            AstKind::Number { unit, .. } => unit.clone(),
            AstKind::Prefix(ast::Prefix::Minus, inner) => self.unit_of(&None, inner, depth + 1),
            AstKind::Name(name) => {
                let name = self.full_name(name);
                if let Some(d) = self.definitions.iter().find(|d| d.name == name) {
                    return self.unit_of(&d.unit, &d.value, depth + 1);
                }
                let s = self.states.iter().find(|s| s.name == name)?;
                self.unit_of(&s.unit, &s.initial, depth + 1)
            }
            _ => None,
        }
    }
}

/// A number of saved times.
fn points(value: &Ast) -> Result<usize, Diagnostic> {
    match value.kind {
        AstKind::Number { value, unit: None }
            if value.fract() == 0.0 && (2.0..=1e7).contains(&value) =>
        {
            Ok(value as usize)
        }
        _ => Err(Diagnostic::new(
            value.span,
            "`points` is a whole number of saved times, at least 2",
        )),
    }
}

/// The unit of a plain number, which has none; 0 fits any.
fn plain(value: &Ast) -> Option<Unit> {
    match &value.kind {
        AstKind::Number { value, unit: None } if *value != 0.0 => Unit::parse("").ok(),
        AstKind::Prefix(ast::Prefix::Minus, inner) => plain(inner),
        _ => None,
    }
}

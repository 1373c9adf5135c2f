//! From the text of a file to a [`Model`].

use toml::de::DeTable;

use super::blocks::{Blocks, Draft, KINDS};
use super::file::{Resources, absent};
use super::settings::settings_exist;
use super::toml::{Key, Reader, Value};
use super::{Experiment, Model, Role};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::expr::ast::{self, Ast, AstKind};
use crate::expr::visit::visit;

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
    "picture",
    "check",
    "variant",
    "study",
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
    let mut studies = std::mem::take(&mut model.studies);
    for study in &mut studies {
        diagnostics.append(&mut model.settle_study(study, &broken));
    }
    model.studies = studies;
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
        pictures: Vec::new(),
        checks: Vec::new(),
        variants: Vec::new(),
        studies: Vec::new(),
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
        "picture" => {
            for (k, v) in reader.entries(table) {
                model.pictures.extend(reader.picture(&k, v));
            }
        }
        "study" => {
            for (k, v) in reader.entries(table) {
                model.studies.extend(reader.study(&k, v, files));
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

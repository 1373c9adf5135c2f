//! Blocks: each writes definitions, states and terms in the model language itself, so that what it adds can be shown,
//! checked for units and differentiated like anything else. The equations are those of Kedem & Katchalsky (1958) for
//! fluxes and of thin shells for pressure; signs: every flux is positive inward, from the first to the second of
//! `between`.

mod bath;
mod compartment;
mod copies;
mod lookup;
mod membrane;
mod place;
mod pool;
mod reaction;
mod soil;
mod solute;
mod traffic;
mod wall;

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::toml::{Key, Reader, Value};
use super::{Conserved, Definition, Domain, Each, Guard, Role, State};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::ast::Ast;
use crate::expr::parse;
use crate::units::Unit;

use bath::Bath;
use compartment::Compartment;
use membrane::Membrane;
use place::Place;
use pool::Pool;
use reaction::Reaction;
use soil::Soil;
use traffic::Traffic;
use wall::Wall;

/// Kinds that `each` may repeat; a wall has as many copies as what it is around.
const REPEATABLE: &[&str] = &["bath", "compartment", "membrane", "reaction"];

/// All blocks of a file, read but not yet expanded.
#[derive(Default)]
pub(super) struct Blocks {
    pub baths: Vec<Bath>,
    pub compartments: Vec<Compartment>,
    pub membranes: Vec<Membrane>,
    pub walls: Vec<Wall>,
    pub pools: Vec<Pool>,
    pub traffic: Vec<Traffic>,
    pub soils: Vec<Soil>,
    pub reactions: Vec<Reaction>,
}

/// What the expansion writes into.
#[derive(Default)]
pub(super) struct Draft {
    pub definitions: Vec<Definition>,
    pub states: Vec<State>,
    pub guards: Vec<Guard>,
    /// States that blocks give to or take from.
    pub uses: Vec<(Ast, Option<Each>)>,
    pub conserved: Vec<Conserved>,
    pub diagnostics: Vec<Diagnostic>,
    /// Blocks that could not be written out: that their parts are missing is no mistake of its own.
    pub broken: Vec<String>,
}

/// Name, kind and place of a block.
#[derive(Clone)]
pub(super) struct Head {
    pub kind: &'static str,
    pub name: String,
    pub span: Span,
    /// Repetition: one block for each value of an index.
    pub each: Option<Each>,
}

impl Head {
    /// The block, or where it is repeated the copy at hand: `cortex[i]`.
    pub fn copy(&self) -> String {
        match &self.each {
            None => self.name.clone(),
            Some(each) => format!("{}[{}]", self.name, each.index),
        }
    }

    /// A table inside the block, for messages.
    fn inner(&self, key: &Key) -> Head {
        Head {
            kind: self.kind,
            name: self.part(&key.name),
            span: key.span,
            each: None,
        }
    }

    /// `membrane.plasmalemma`
    pub fn title(&self) -> String {
        format!("{}.{}", self.kind, self.name)
    }

    /// `plasmalemma.area`
    pub fn part(&self, name: &str) -> String {
        format!("{}.{name}", self.name)
    }
}

/// The kinds of block.
pub(super) const KINDS: &[&str] = &[
    "bath",
    "soil",
    "compartment",
    "membrane",
    "wall",
    "pool",
    "traffic",
    "reaction",
];

impl Blocks {
    /// Reads `[kind.NAME]` tables.
    pub fn read<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        kind: &'static str,
        table: &DeTable<'a>,
    ) -> Vec<String> {
        let mut broken = Vec::new();
        for (key, value) in reader.entries(table) {
            reader.name(&key);
            let mut head = Head {
                kind,
                name: key.name.clone(),
                span: key.span,
                each: None,
            };
            let Some(body) = reader.table(&head.title(), value) else {
                broken.push(key.name);
                continue;
            };
            let before = reader.diagnostics.len();
            if let Some(each) = body.get("each").filter(|_| REPEATABLE.contains(&kind)) {
                head.each = reader.each(each);
                if head.each.is_none() {
                    broken.push(key.name);
                    continue;
                }
            }
            match kind {
                "bath" => self.baths.push(Bath::read(reader, head, body)),
                "compartment" => self
                    .compartments
                    .push(Compartment::read(reader, head, body)),
                "membrane" => self.membranes.extend(Membrane::read(reader, head, body)),
                "wall" => self.walls.extend(Wall::read(reader, head, body)),
                "pool" => self.pools.push(Pool::read(reader, head, body)),
                "traffic" => self.traffic.push(Traffic::read(reader, head, body)),
                "soil" => self.soils.push(Soil::read(reader, head, body)),
                _ => self.reactions.extend(Reaction::read(reader, head, body)),
            }
            if reader.diagnostics.len() > before {
                broken.push(key.name);
            }
        }
        broken
    }

    /// Puts full names in the place of short ones in equations of reactions: from here on they are compared.
    pub fn settle(&mut self) {
        let aliases = self.aliases();
        for species in self.reactions.iter_mut().flat_map(Reaction::species_mut) {
            let Some((owner, part)) = species.place.name.split_once('.') else {
                continue;
            };
            if let Some((_, full)) = aliases.iter().find(|(alias, _)| alias == owner) {
                species.place.name = format!("{full}.{part}");
            }
        }
    }

    /// Writes everything out as definitions, states and terms.
    pub fn expand(&self, draft: &mut Draft) {
        self.check_names(draft);
        let volumes = self.baths.len() + self.soils.len() + self.compartments.len();
        if volumes + self.membranes.len() > 0 {
            constants(draft);
        }
        for soil in &self.soils {
            draft.attempt(&soil.head, |draft| soil.expand(draft));
        }
        for bath in &self.baths {
            draft.attempt(&bath.head, |draft| bath.expand(draft));
        }
        for compartment in &self.compartments {
            draft.attempt(&compartment.head, |draft| compartment.expand(draft, self));
        }
        for membrane in &self.membranes {
            draft.attempt(&membrane.head, |draft| membrane.expand(draft, self));
        }
        for wall in &self.walls {
            draft.attempt(&wall.head, |draft| wall.expand(draft, self));
        }
        traffic::expand(draft, self);
        for reaction in &self.reactions {
            draft.attempt(&reaction.head, |draft| reaction.expand(draft, self));
        }
    }

    /// Short names: the kind, where there is one block of the kind only and nothing else is called so.
    pub fn aliases(&self) -> Vec<(String, String)> {
        let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for head in self.heads() {
            by_kind.entry(head.kind).or_default().push(&head.name);
        }
        let taken: Vec<&str> = self.heads().map(|h| h.name.as_str()).collect();
        by_kind
            .into_iter()
            .filter(|(kind, names)| names.len() == 1 && !taken.contains(kind))
            .map(|(kind, names)| (kind.to_string(), names[0].to_string()))
            .collect()
    }

    fn heads(&self) -> impl Iterator<Item = &Head> {
        (self.baths.iter().map(|b| &b.head))
            .chain(self.compartments.iter().map(|b| &b.head))
            .chain(self.membranes.iter().map(|b| &b.head))
            .chain(self.walls.iter().map(|b| &b.head))
            .chain(self.pools.iter().map(|b| &b.head))
            .chain(self.traffic.iter().map(|b| &b.head))
            .chain(self.soils.iter().map(|b| &b.head))
            .chain(self.reactions.iter().map(|b| &b.head))
    }

    fn check_names(&self, draft: &mut Draft) {
        let mut seen: BTreeMap<&str, &Head> = BTreeMap::new();
        for head in self.heads() {
            if let Some(first) = seen.insert(&head.name, head) {
                draft.diagnostics.push(
                    Diagnostic::new(head.span, format!("two blocks are called `{}`", head.name))
                        .help(format!("the other one is [{}]", first.title())),
                );
            }
        }
    }
}

/// Temperature and the volume of water: with the domain that they have, and a value where the file gives none.
fn constants(draft: &mut Draft) {
    if let Some(radius) = draft.definitions.iter().find(|d| d.name == "R") {
        let message =
            "`R` is the molar gas constant, which the blocks of this model need".to_string();
        draft.mistake(
            radius.span,
            message,
            "give it another name, for example `radius`".to_string(),
        );
    }
    let constants = [
        ("T", "25 degC", "K", "temperature"),
        (
            "Vw",
            "1.8e-5 um^3/amol",
            "um^3/amol",
            "partial molar volume of water",
        ),
    ];
    for (name, default, unit, about) in constants {
        let expects = unit_of(unit).map(|u| (u, about));
        if let Some(given) = draft.definitions.iter_mut().find(|d| d.name == name) {
            given.expects = expects;
            given.domain = Domain::Positive;
            continue;
        }
        let value = code(draft, default, Span::default());
        let mut definition = Definition::new(name, Span::default(), Role::Parameter, value);
        definition.unit = unit_of(unit);
        definition.expects = expects;
        definition.about = about.to_string();
        definition.source = "default".to_string();
        definition.domain = Domain::Positive;
        draft.definitions.push(definition);
    }
}

/// A unit named in this crate.
fn unit_of(text: &str) -> Option<Unit> {
    Unit::parse(text).ok()
}

/// An expression written by a block; all of it stands where the block stands.
fn code(draft: &mut Draft, text: &str, span: Span) -> Ast {
    match parse::parse_expression(text) {
        Ok(mut ast) => {
            ast.map_spans(&mut |_| span);
            ast
        }
        Err(_) => {
            draft.diagnostics.push(Diagnostic::new(
                span,
                format!("the block wrote an expression that can't be read: {text}"),
            ));
            super::file::absent()
        }
    }
}

/// What a block defines: a part of it with its value.
struct Part<'a> {
    name: &'a str,
    unit: &'a str,
    quantity: &'static str,
    domain: Domain,
}

impl Draft {
    /// Adds `block.part = value`, with the unit that it must have.
    fn define(&mut self, head: &Head, part: Part, value: Ast) {
        let mut definition = Definition::new(head.part(part.name), value.span, Role::Let, value);
        definition.expects = unit_of(part.unit).map(|u| (u, part.quantity));
        definition.about = part.quantity.to_string();
        definition.domain = part.domain;
        definition.block = head.title();
        definition.given = true;
        definition.each = head.each.clone();
        self.definitions.push(definition);
    }

    /// Writes out a block, and notes it as broken if that brings a mistake to light.
    fn attempt<T>(&mut self, head: &Head, expand: impl FnOnce(&mut Draft) -> T) -> T {
        let before = self.diagnostics.len();
        let result = expand(self);
        if self.diagnostics.len() > before {
            self.broken.push(head.name.clone());
        }
        result
    }

    /// The same from its pieces.
    fn given(
        &mut self,
        head: &Head,
        name: &str,
        unit: &str,
        quantity: &'static str,
        domain: Domain,
        value: Ast,
    ) {
        let part = Part {
            name,
            unit,
            quantity,
            domain,
        };
        self.define(head, part, value);
    }

    /// What must not fall to 0 or below.
    fn guard(&mut self, head: &Head, part: &str, value: &str, message: String) {
        let value = code(self, value, head.span);
        self.guards.push(Guard {
            value,
            strict: true,
            message,
            name: head.part(part),
            span: head.span,
            each: head.each.clone(),
        });
    }

    /// The last definition is an equation after all.
    fn is_equation(&mut self) {
        if let Some(last) = self.definitions.last_mut() {
            last.given = false;
        }
    }

    /// The same from the text of an equation.
    fn equation(
        &mut self,
        head: &Head,
        name: &str,
        unit: &str,
        quantity: &'static str,
        text: &str,
    ) {
        let value = code(self, text, head.span);
        self.define(
            head,
            Part {
                name,
                unit,
                quantity,
                domain: Domain::Any,
            },
            value,
        );
        self.is_equation();
    }

    fn mistake(&mut self, span: Span, message: String, help: String) {
        self.diagnostics
            .push(Diagnostic::new(span, message).help(help));
    }
}

/// A quantity of a block with the place of its value.
type Given = Option<Ast>;

/// Reads the keys of a block through one closure; unknown keys are noted with the nearest right one.
fn keys<'a, 't>(
    reader: &mut Reader<'a>,
    head: &Head,
    table: &'t DeTable<'a>,
    known: &[&str],
    mut each: impl FnMut(&mut Reader<'a>, &Key, &'t Value<'a>),
) {
    for (key, value) in reader.entries(table) {
        // Read with the head.
        if key.name == "each" && head.each.is_some() {
            continue;
        }
        if known.contains(&key.name.as_str()) {
            each(reader, &key, value);
        } else {
            reader.unknown(&format!("[{}]", head.title()), &key, known);
        }
    }
}

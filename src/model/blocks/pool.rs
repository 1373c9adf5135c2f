//! Pools inside the cell: organelles, which have an area and may have a lumen, and stores of equal vesicles. What is in
//! the lumen is cargo [amol]; what sits in the membrane is counted in molecules.

use toml::de::DeTable;

use super::compartment::state;
use super::membrane::named_values;
use super::{Domain, Draft, Given, Head, Part, code, keys};
use crate::diagnostic::Span;
use crate::expr::ast::Ast;
use crate::model::file::absent;
use crate::model::toml::{Key, Reader, Value};

/// Names with a value each.
pub(super) type Named = Vec<(Key, Ast)>;

/// What one vesicle is made of.
pub(in crate::model) struct Vesicle {
    diameter: Given,
    area: Given,
    volume: Given,
    /// Amount in each [amol].
    pub cargo: Named,
    /// Number in the membrane of each.
    pub molecules: Named,
}

/// An organelle or a store of vesicles.
pub(in crate::model) struct Pool {
    pub head: Head,
    number: Given,
    area: Given,
    volume: Given,
    pub vesicle: Option<Vesicle>,
    cargo: Named,
    molecules: Named,
}

/// Names that the block itself defines.
const PARTS: &[&str] = &["area", "volume", "number", "vesicle", "diameter"];

/// Cargo and molecules need names of their own.
fn named<'a>(reader: &mut Reader<'a>, what: &str, value: &Value<'a>) -> Named {
    let named = named_values(reader, what, value);
    for (key, _) in named
        .iter()
        .filter(|(k, _)| PARTS.contains(&k.name.as_str()))
    {
        reader.error(
            key.span,
            format!(
                "`{}` is a part of the block: give it another name",
                key.name
            ),
        );
    }
    named
}

impl Vesicle {
    pub fn read<'a>(
        reader: &mut Reader<'a>,
        head: &Head,
        key: &Key,
        value: &Value<'a>,
    ) -> Option<Vesicle> {
        const KEYS: &[&str] = &["diameter", "area", "volume", "cargo", "molecules"];
        let table = reader.table("vesicle", value)?;
        let mut read = Vesicle {
            diameter: None,
            area: None,
            volume: None,
            cargo: Vec::new(),
            molecules: Vec::new(),
        };
        keys(
            reader,
            &head.inner(key),
            table,
            KEYS,
            |reader, k, v| match k.name.as_str() {
                "diameter" => read.diameter = reader.expression("diameter", v),
                "area" => read.area = reader.expression("area", v),
                "volume" => read.volume = reader.expression("volume", v),
                "cargo" => read.cargo = named(reader, "cargo", v),
                _ => read.molecules = named(reader, "molecules", v),
            },
        );
        let has = |key: &str| table.contains_key(key);
        if has("diameter") == has("area") || has("diameter") && has("volume") {
            reader.error(
                key.span,
                "a vesicle has a `diameter`, or an `area` and perhaps a `volume`",
            );
        }
        Some(read)
    }

    pub fn has_volume(&self) -> bool {
        self.diameter.is_some() || self.volume.is_some()
    }

    /// What says how much membrane it has: its diameter or its area.
    pub fn size(&self) -> Option<&Ast> {
        self.diameter.as_ref().or(self.area.as_ref())
    }

    /// Writes `owner.vesicle.…`.
    pub fn expand(&self, draft: &mut Draft, head: &Head) {
        let v = format!("{}.vesicle", head.copy());
        let mut given = |name: &str, unit, quantity, value: &Ast| {
            let part = Part {
                name: &format!("vesicle.{name}"),
                unit,
                quantity,
                domain: if name == "diameter" || name == "area" {
                    Domain::Positive
                } else {
                    Domain::NonNegative
                },
            };
            draft.define(head, part, value.clone());
        };
        if let Some(value) = &self.diameter {
            given("diameter", "um", "outer diameter of a vesicle", value);
        }
        if let Some(value) = &self.area {
            given("area", "um^2", "area of a vesicle", value);
        }
        if let Some(value) = &self.volume {
            given("volume", "um^3", "volume of a vesicle", value);
        }
        for (key, value) in &self.cargo {
            given(&key.name, "amol", "amount in a vesicle", value);
        }
        for (key, value) in &self.molecules {
            given(
                &key.name,
                "1",
                "molecules in the membrane of a vesicle",
                value,
            );
        }
        if self.diameter.is_some() {
            let (area, volume) = (format!("pi*{v}.diameter^2"), format!("pi*{v}.diameter^3/6"));
            draft.equation(head, "vesicle.area", "um^2", "area of a vesicle", &area);
            draft.equation(
                head,
                "vesicle.volume",
                "um^3",
                "volume of a vesicle",
                &volume,
            );
        }
    }
}

impl Pool {
    pub fn read<'a>(reader: &mut Reader<'a>, head: Head, table: &DeTable<'a>) -> Self {
        const KEYS: &[&str] = &["number", "vesicle", "area", "volume", "cargo", "molecules"];
        let mut pool = Pool {
            head: head.clone(),
            number: None,
            area: None,
            volume: None,
            vesicle: None,
            cargo: Vec::new(),
            molecules: Vec::new(),
        };
        keys(reader, &head, table, KEYS, |reader, k, v| {
            match k.name.as_str() {
                "number" => pool.number = reader.expression("number", v),
                "area" => pool.area = reader.expression("area", v),
                "volume" => pool.volume = reader.expression("volume", v),
                "vesicle" => pool.vesicle = Vesicle::read(reader, &head, k, v),
                "cargo" => pool.cargo = named(reader, "cargo", v),
                _ => pool.molecules = named(reader, "molecules", v),
            }
        });
        let has = |key: &str| table.contains_key(key);
        let title = head.title();
        if has("number") || has("vesicle") {
            if !has("number") {
                let message = format!("[{title}] has no `number`: how many vesicles at the start");
                reader.error(head.span, message);
            }
            if !has("vesicle") {
                let message = format!(
                    "[{title}] has no `vesicle`: what each is, e.g. {{ diameter = \"50 nm\" }}"
                );
                reader.error(head.span, message);
            }
            for key in ["area", "volume", "cargo", "molecules"]
                .into_iter()
                .filter(|k| has(k))
            {
                let message =
                    format!("the `{key}` of [{title}] follows from its vesicles: put it there");
                reader.error(head.span, message);
            }
        } else if !has("area") {
            reader.error(
                head.span,
                format!("[{title}] has no `area`: its membrane area at the start"),
            );
        }
        pool
    }

    pub fn has_volume(&self) -> bool {
        match &self.vesicle {
            Some(vesicle) => vesicle.has_volume(),
            None => self.volume.is_some(),
        }
    }

    /// What is in the lumen, by name.
    pub fn cargo(&self) -> &Named {
        self.vesicle.as_ref().map_or(&self.cargo, |v| &v.cargo)
    }

    /// What is in the membrane, by name.
    pub fn molecules(&self) -> &Named {
        self.vesicle
            .as_ref()
            .map_or(&self.molecules, |v| &v.molecules)
    }

    pub fn expand(&self, draft: &mut Draft) {
        let (head, p) = (&self.head, &self.head.name);
        if let Some(vesicle) = &self.vesicle {
            vesicle.expand(draft, head);
            let number = self.number.clone().unwrap_or_else(absent);
            counted(draft, head, NUMBER, number);
            let mut sum = |part: &str, unit, quantity, of: &str| {
                let text = format!("{p}.number*{p}.vesicle.{of}");
                draft.equation(head, part, unit, quantity, &text);
            };
            sum("area", "um^2", "membrane area", "area");
            if vesicle.has_volume() {
                sum("volume", "um^3", "volume of the lumen", "volume");
            }
            for (key, _) in &vesicle.cargo {
                let name = &key.name;
                sum(&format!("{name}.amount"), "amol", "amount", name);
            }
            for (key, _) in &vesicle.molecules {
                let name = &key.name;
                sum(
                    &format!("{name}.number"),
                    "1",
                    "molecules in the membrane",
                    name,
                );
            }
            return;
        }
        counted(draft, head, AREA, self.area.clone().unwrap_or_else(absent));
        if let Some(value) = &self.volume {
            counted(draft, head, VOLUME, value.clone());
        }
        for (key, value) in &self.cargo {
            let part = format!("{}.amount", key.name);
            counted(draft, head, AMOUNT.named(&part), value.clone());
            if self.volume.is_some() {
                let text = format!("{p}.{part}/max({p}.volume, {LEAST_VOLUME})");
                draft.equation(head, &key.name, "mM", "concentration", &text);
            }
        }
        molecules(draft, head, &self.molecules);
    }
}

/// Molecules in a membrane: their number is a state, their density follows.
pub(super) fn molecules(draft: &mut Draft, head: &Head, molecules: &Named) {
    let m = head.copy();
    for (key, value) in molecules {
        let part = format!("{}.number", key.name);
        counted(draft, head, MOLECULES.named(&part), value.clone());
        let text = format!("{m}.{part}/max({m}.area, {LEAST_AREA})");
        draft.equation(
            head,
            &key.name,
            "1/um^2",
            "molecules per membrane area",
            &text,
        );
    }
}

/// An organelle may start empty. What is smaller than this, about the size of a molecule, counts as that large, so that
/// its concentration and density are 0 and not 0/0.
pub(super) const LEAST_AREA: &str = "1e-6 um^2";
pub(super) const LEAST_VOLUME: &str = "1e-6 um^3";

/// A quantity of which there is never less than none.
#[derive(Clone, Copy)]
pub(super) struct Store<'a> {
    part: &'a str,
    unit: &'static str,
    quantity: &'static str,
    /// What counts as small where there is none at the start.
    small: &'static str,
}

impl<'a> Store<'a> {
    fn named<'b>(&self, part: &'b str) -> Store<'b> {
        Store {
            part,
            unit: self.unit,
            quantity: self.quantity,
            small: self.small,
        }
    }
}

pub(super) const AREA: Store = store("area", "um^2", "membrane area", "1 um^2");
const VOLUME: Store = store("volume", "um^3", "volume of the lumen", "1 um^3");
const NUMBER: Store = store("number", "1", "number of vesicles", "1");
const AMOUNT: Store = store("amount", "amol", "amount", "1 amol");
const MOLECULES: Store = store("number", "1", "molecules in the membrane", "1");

const fn store(
    part: &'static str,
    unit: &'static str,
    quantity: &'static str,
    small: &'static str,
) -> Store<'static> {
    Store {
        part,
        unit,
        quantity,
        small,
    }
}

/// The state of a store, with its value at the start as a quantity of its own.
pub(super) fn counted(draft: &mut Draft, head: &Head, store: Store, value: Ast) {
    let span: Span = value.span;
    let (owner, last) = store.part.rsplit_once('.').unwrap_or(("", store.part));
    let initial = match owner {
        "" => format!("initial_{last}"),
        _ => format!("{owner}.initial_{last}"),
    };
    let part = Part {
        name: &initial,
        unit: store.unit,
        quantity: "at the start",
        domain: Domain::NonNegative,
    };
    draft.define(head, part, value);
    let name = format!("{}.{initial}", head.copy());
    let initial = code(draft, &name, span);
    let mut state = state(head, store.part, initial, store.unit, store.quantity);
    state.scale = Some(code(draft, &format!("max({name}, {})", store.small), span));
    draft.states.push(state);
}

//! Membranes: what a file says of them. What they write is in `equations`.

use toml::de::{DeTable, DeValue};

use super::{Given, Head, Place, keys};
use crate::expr::ast::Ast;
use crate::expr::print::to_text;
use crate::model::toml::{Key, Reader, Value, span_of};

mod equations;

/// What a membrane does to one solute.
struct Passage {
    solute: Key,
    permeability: Given,
    sigma: Given,
    /// Electrical conductance of the area, for an ion [S/m²].
    conductance: Given,
    /// Active transport inward [amol/µm²/s].
    pump: Given,
}

/// Names that the block itself defines.
const PARTS: &[&str] = &[
    "area",
    "initial_area",
    "Lp",
    "Pf",
    "water_flux",
    "water_flow",
    "water_pump",
    "tension",
    "tension_pressure",
    "strain",
    "modulus",
    "capacitance",
    "specific_capacitance",
    "potential",
];

/// What a membrane may lie between.
pub(super) const VOLUMES: &[&str] = &["bath", "soil", "compartment"];

/// Tension against strain of the area.
pub(in crate::model) struct Tension {
    modulus: Ast,
}

/// A membrane between an outside and an inside.
pub(in crate::model) struct Membrane {
    pub head: Head,
    pub outside: Place,
    pub inside: Place,
    pub area: Given,
    pf: Given,
    lp: Given,
    water_pump: Given,
    passages: Vec<Passage>,
    pub tension: Option<Tension>,
    capacitance: Given,
    potential: Given,
    /// Molecules in the membrane: number at the start.
    pub molecules: Vec<(Key, Ast)>,
}

impl Membrane {
    pub fn read<'a>(reader: &mut Reader<'a>, head: Head, table: &DeTable<'a>) -> Option<Self> {
        const KEYS: &[&str] = &[
            "between",
            "area",
            "Pf",
            "Lp",
            "solutes",
            "tension",
            "capacitance",
            "potential",
            "water_pump",
            "molecules",
        ];
        let mut between = None;
        let (mut area, mut pf, mut lp, mut capacitance) = (None, None, None, None);
        let (mut passages, mut tension) = (Vec::new(), None);
        let (mut water_pump, mut potential, mut molecules) = (None, None, Vec::new());
        keys(reader, &head, table, KEYS, |reader, k, v| {
            match k.name.as_str() {
                "between" => between = pair(reader, v),
                "area" => area = reader.expression("area", v),
                "Pf" => pf = reader.expression("Pf", v),
                "Lp" => lp = reader.expression("Lp", v),
                "capacitance" => capacitance = reader.expression("capacitance", v),
                "potential" => potential = reader.expression("potential", v),
                "water_pump" => water_pump = reader.expression("water_pump", v),
                "molecules" => {
                    molecules = named_values(reader, "molecules", v);
                    for (key, _) in molecules
                        .iter()
                        .filter(|(k, _)| PARTS.contains(&k.name.as_str()))
                    {
                        let message = format!(
                            "`{}` is a part of the membrane: give it another name",
                            key.name
                        );
                        reader.error(key.span, message);
                    }
                }
                "tension" => tension = read_tension(reader, &head, k, v),
                _ => passages = read_passages(reader, &head, v),
            }
        });
        // A membrane that only takes part in traffic has no need of sides.
        let crossed = ["Pf", "Lp", "solutes", "tension", "water_pump"]
            .iter()
            .any(|key| table.contains_key(*key));
        if crossed && !table.contains_key("between") {
            reader.error(
                head.span,
                format!(
                    "[{}] has no `between`: the outside and the inside",
                    head.title()
                ),
            );
        }
        if !table.contains_key("area") {
            reader.error(head.span, format!("[{}] has no `area`", head.title()));
        }
        let watery = table.contains_key("Pf") || table.contains_key("Lp");
        for passage in passages
            .iter()
            .filter(|p: &&Passage| p.sigma.is_some() && !p.moves_by_itself() && !watery)
        {
            let s = &passage.solute;
            reader.error(
                s.span,
                format!(
                    "the sigma of `{}` means nothing without `Lp` or `Pf`: no water crosses",
                    s.name
                ),
            );
        }
        if table.contains_key("Pf") && table.contains_key("Lp") {
            reader.error(
                head.span,
                format!(
                    "[{}] takes `Pf` or `Lp`, not both: one follows from the other",
                    head.title()
                ),
            );
        }
        let ions = passages.iter().find(|p| p.conductance.is_some());
        if let Some(ion) = ions.filter(|_| capacitance.is_none() && potential.is_none()) {
            reader.error(
                ion.solute.span,
                format!(
                    "`{}` has a conductance, but the membrane has no `capacitance` and no `potential`: nothing says \
                     what drives it",
                    ion.solute.name
                ),
            );
        }
        let nowhere = Place::nowhere(head.span);
        let (outside, inside) = if crossed {
            between?
        } else {
            between.unwrap_or((nowhere.clone(), nowhere))
        };
        Some(Membrane {
            head,
            outside,
            inside,
            area,
            pf,
            lp,
            water_pump,
            passages,
            tension,
            capacitance,
            potential,
            molecules,
        })
    }
}

impl Membrane {
    /// True when this solute of this compartment crosses it.
    pub fn moves(&self, compartment: &str, solute: &str) -> bool {
        let beside = [&self.inside, &self.outside];
        beside.iter().any(|side| side.name == compartment)
            && (self.passages.iter()).any(|p| p.solute.name == solute && p.carries())
    }

    /// True when a charge inside makes its potential.
    pub fn has_free_potential(&self) -> bool {
        self.potential.is_none() && self.capacitance.is_some()
    }
}

impl Passage {
    /// True when something else than the flow of water carries the solute across.
    fn moves_by_itself(&self) -> bool {
        // A permeability of 0 may be set to another value later.
        self.permeability.is_some() || self.conductance.is_some() || self.pump.is_some()
    }

    /// True when the solute can cross.
    fn carries(&self) -> bool {
        // A sigma of 1 too.
        self.moves_by_itself() || self.sigma.is_some()
    }
}

/// Names with a value each: `molecules = { receptor = 6500 }`.
pub(super) fn named_values<'a>(
    reader: &mut Reader<'a>,
    what: &str,
    value: &Value<'a>,
) -> Vec<(Key, Ast)> {
    let Some(table) = reader.table(what, value) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for (key, value) in reader.entries(table) {
        reader.name(&key);
        if let Some(read) = reader.expression(&format!("`{}`", key.name), value) {
            out.push((key, read));
        }
    }
    out
}

/// `between = ["plasma", "cell"]`
fn pair<'a>(reader: &mut Reader<'a>, value: &Value<'a>) -> Option<(Place, Place)> {
    let items = reader.items(value);
    let &[outside, inside] = items.as_slice() else {
        reader.expected(
            value,
            "between",
            "a list of two names: the outside and the inside",
        );
        return None;
    };
    let outside = Place::read(reader, "between", outside);
    let inside = Place::read(reader, "between", inside);
    let (outside, inside) = (outside?, inside?);
    let copy = |place: &Place| place.index.as_ref().map(to_text);
    if outside.name == inside.name && copy(&outside) == copy(&inside) {
        reader.error(inside.span, "a membrane lies between two different volumes");
        return None;
    }
    Some((outside, inside))
}

fn read_tension<'a>(
    reader: &mut Reader<'a>,
    head: &Head,
    key: &Key,
    value: &Value<'a>,
) -> Option<Tension> {
    let table = reader.table("tension", value)?;
    let mut modulus = None;
    keys(
        reader,
        &head.inner(key),
        table,
        &["law", "modulus"],
        |reader, k, v| match k.name.as_str() {
            "law" => {
                if let Some(law) = reader.text("law", v)
                    && law.value != "linear"
                {
                    reader.error(
                        law.span,
                        format!("there is no tension law `{}`; there is: linear", law.value),
                    );
                }
            }
            _ => modulus = reader.expression("modulus", v),
        },
    );
    if !table.contains_key("modulus") {
        reader.error(
            key.span,
            "`tension` has no `modulus`: the area expansion modulus",
        );
    }
    Some(Tension { modulus: modulus? })
}

fn read_passages<'a>(reader: &mut Reader<'a>, head: &Head, value: &Value<'a>) -> Vec<Passage> {
    let Some(table) = reader.table("solutes", value) else {
        return Vec::new();
    };
    let mut passages = Vec::new();
    for (key, v) in reader.entries(table) {
        let inner = head.inner(&key);
        let mut passage = Passage {
            solute: key,
            permeability: None,
            sigma: None,
            conductance: None,
            pump: None,
        };
        match v.get_ref() {
            DeValue::Table(body) => keys(
                reader,
                &inner,
                body,
                &["permeability", "sigma", "conductance", "pump"],
                |reader, k, v| {
                    let read = reader.expression(&k.name, v);
                    match k.name.as_str() {
                        "sigma" => passage.sigma = read,
                        "conductance" => passage.conductance = read,
                        "pump" => passage.pump = read,
                        _ => passage.permeability = read,
                    }
                },
            ),
            // A plain quantity is the permeability.
            _ => passage.permeability = reader.expression("permeability", v),
        }
        let empty = v.get_ref().as_table().is_some_and(|t| t.is_empty());
        if empty {
            reader.error(
                span_of(v),
                "a solute of a membrane needs one of `permeability`, `sigma`, `conductance` and `pump`",
            );
        }
        passages.push(passage);
    }
    passages
}

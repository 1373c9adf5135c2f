//! Baths and compartments: volumes of solution with their solutes.

use toml::de::{DeTable, DeValue};

use super::{Blocks, Domain, Draft, Given, Guard, Head, Part, State, code, keys, unit_of};
use crate::expr::ast::Ast;
use crate::model::toml::{Key, Reader, Value};

/// A solute and how much of it there is.
pub(in crate::model) struct Solute {
    pub key: Key,
    /// [mM]
    concentration: Given,
    /// Effective concentration φ·c [mM].
    osmolarity: Given,
    /// [amol]
    amount: Given,
    /// Volume at which the concentration holds; the initial volume if not given.
    at: Given,
    /// Osmotic coefficient φ; 1 if not given.
    coefficient: Given,
}

impl Solute {
    fn read<'a>(reader: &mut Reader<'a>, key: Key, value: &Value<'a>, head: &Head) -> Self {
        const KEYS: &[&str] = &[
            "concentration",
            "osmolarity",
            "amount",
            "at",
            "osmotic_coefficient",
        ];
        let mut solute = Solute {
            key,
            concentration: None,
            osmolarity: None,
            amount: None,
            at: None,
            coefficient: None,
        };
        let DeValue::Table(table) = value.get_ref() else {
            // A plain quantity is a concentration.
            solute.concentration =
                reader.expression(&format!("solute `{}`", solute.key.name), value);
            return solute;
        };
        let inner = Head {
            kind: head.kind,
            name: head.part(&solute.key.name),
            span: solute.key.span,
        };
        keys(reader, &inner, table, KEYS, |reader, k, v| {
            let read = reader.expression(&k.name, v);
            match k.name.as_str() {
                "concentration" => solute.concentration = read,
                "osmolarity" => solute.osmolarity = read,
                "amount" => solute.amount = read,
                "at" => solute.at = read,
                _ => solute.coefficient = read,
            }
        });
        let given = ["concentration", "osmolarity", "amount"];
        if given.iter().filter(|key| table.contains_key(**key)).count() != 1 {
            reader.error(
                solute.key.span,
                format!(
                    "solute `{}` needs one of `concentration`, `osmolarity` and `amount`",
                    solute.key.name
                ),
            );
        }
        solute
    }

    pub fn has_coefficient(&self) -> bool {
        self.coefficient.is_some()
    }

    fn read_all<'a>(reader: &mut Reader<'a>, head: &Head, value: &Value<'a>) -> Vec<Solute> {
        let Some(table) = reader.table("solutes", value) else {
            return Vec::new();
        };
        let mut solutes = Vec::new();
        for (key, value) in reader.entries(table) {
            reader.name(&key);
            if PARTS.contains(&key.name.as_str()) {
                reader.error(
                    key.span,
                    format!(
                        "a solute can't be called `{}`: that is a part of the block",
                        key.name
                    ),
                );
            }
            solutes.push(Solute::read(reader, key, value, head));
        }
        solutes
    }

    /// Writes the osmotic coefficient, where one is given, and says what to multiply the concentration with.
    fn osmotic(&self, draft: &mut Draft, head: &Head) -> String {
        let name = head.part(&self.key.name);
        match &self.coefficient {
            None => name,
            Some(value) => {
                let part = format!("{}.osmotic_coefficient", self.key.name);
                let domain = Domain::Positive;
                draft.define(
                    head,
                    Part {
                        name: &part,
                        unit: "1",
                        quantity: "osmotic coefficient",
                        domain,
                    },
                    value.clone(),
                );
                format!("{name}.osmotic_coefficient * {name}")
            }
        }
    }
}

/// Names that a block itself defines.
const PARTS: &[&str] = &[
    "volume",
    "inactive",
    "water",
    "osmolarity",
    "osmotic_pressure",
    "pressure",
    "water_potential",
    "solutes",
];

/// Osmotic pressure and water potential, the same for baths and compartments.
fn potentials(draft: &mut Draft, head: &Head) {
    let n = &head.name;
    draft.equation(
        head,
        "water_potential",
        "MPa",
        "water potential",
        &format!("{n}.pressure - {n}.osmotic_pressure"),
    );
}

fn concentration<'a>(quantity: &'static str, name: &'a str) -> Part<'a> {
    Part {
        name,
        unit: "mM",
        quantity,
        domain: Domain::NonNegative,
    }
}

/// A volume so large that the cell does not change it.
pub(in crate::model) struct Bath {
    pub head: Head,
    osmolarity: Given,
    osmotic_pressure: Given,
    pressure: Given,
    pub solutes: Vec<Solute>,
}

impl Bath {
    pub fn read<'a>(reader: &mut Reader<'a>, head: Head, table: &DeTable<'a>) -> Self {
        const KEYS: &[&str] = &["osmolarity", "osmotic_pressure", "pressure", "solutes"];
        let mut bath = Bath {
            head: head.clone(),
            osmolarity: None,
            osmotic_pressure: None,
            pressure: None,
            solutes: Vec::new(),
        };
        keys(reader, &head, table, KEYS, |reader, k, v| {
            match k.name.as_str() {
                "osmolarity" => bath.osmolarity = reader.expression("osmolarity", v),
                "osmotic_pressure" => {
                    bath.osmotic_pressure = reader.expression("osmotic_pressure", v)
                }
                "pressure" => bath.pressure = reader.expression("pressure", v),
                _ => bath.solutes = Solute::read_all(reader, &head, v),
            }
        });
        for solute in &bath.solutes {
            if solute.amount.is_some() || solute.at.is_some() {
                reader.error(
                    solute.key.span,
                    "a bath has no volume: give a `concentration` or an `osmolarity`",
                );
            }
        }
        let given = [
            table.contains_key("osmolarity"),
            table.contains_key("osmotic_pressure"),
            table.contains_key("solutes"),
        ];
        if given.iter().filter(|g| **g).count() > 1 {
            reader.error(
                head.span,
                format!(
                    "[{}] takes one of `osmolarity`, `osmotic_pressure` and `solutes`",
                    head.title()
                ),
            );
        }
        bath
    }

    pub fn expand(&self, draft: &mut Draft) {
        let (head, n) = (&self.head, &self.head.name);
        let zero = code(draft, "0 MPa", head.span);
        let pressure = self.pressure.clone().unwrap_or(zero);
        draft.define(
            head,
            Part {
                name: "pressure",
                unit: "MPa",
                quantity: "hydrostatic pressure",
                domain: Domain::Any,
            },
            pressure,
        );
        if let Some(value) = &self.osmotic_pressure {
            let part = Part {
                name: "osmotic_pressure",
                unit: "MPa",
                quantity: "osmotic pressure",
                domain: Domain::NonNegative,
            };
            draft.define(head, part, value.clone());
            draft.equation(
                head,
                "osmolarity",
                "mM",
                "osmolarity",
                &format!("{n}.osmotic_pressure / (R*T)"),
            );
        } else {
            if self.solutes.is_empty() {
                let value = self
                    .osmolarity
                    .clone()
                    .unwrap_or_else(|| code(draft, "0 mM", head.span));
                draft.define(head, concentration("osmolarity", "osmolarity"), value);
            } else {
                let mut terms = Vec::new();
                for solute in &self.solutes {
                    terms.push(solute.osmotic(draft, head));
                    let value = match (&solute.concentration, &solute.osmolarity) {
                        (Some(c), _) => c.clone(),
                        (_, Some(osmolarity)) => {
                            osmolarity_to_concentration(draft, head, solute, osmolarity)
                        }
                        _ => super::super::file::absent(),
                    };
                    draft.define(
                        head,
                        concentration("concentration", &solute.key.name),
                        value,
                    );
                    if solute.coefficient.is_some() && solute.concentration.is_none() {
                        draft.is_equation();
                    }
                }
                draft.equation(head, "osmolarity", "mM", "osmolarity", &terms.join(" + "));
            }
            draft.equation(
                head,
                "osmotic_pressure",
                "MPa",
                "osmotic pressure",
                &format!("R*T*{n}.osmolarity"),
            );
        }
        potentials(draft, head);
    }
}

/// c = osmolarity / φ, the osmolarity as its author wrote it.
fn osmolarity_to_concentration(
    draft: &mut Draft,
    head: &Head,
    solute: &Solute,
    osmolarity: &Ast,
) -> Ast {
    if solute.coefficient.is_none() {
        return osmolarity.clone();
    }
    let part = format!("{}.osmolarity", solute.key.name);
    draft.define(
        head,
        concentration("osmolarity of the solute", &part),
        osmolarity.clone(),
    );
    let name = head.part(&solute.key.name);
    code(
        draft,
        &format!("{name}.osmolarity / {name}.osmotic_coefficient"),
        solute.key.span,
    )
}

/// A volume bounded by membranes; its volume and the amounts that move are states.
pub(in crate::model) struct Compartment {
    pub head: Head,
    volume: Given,
    inactive: Given,
    pressure: Given,
    pub solutes: Vec<Solute>,
}

impl Compartment {
    pub fn read<'a>(reader: &mut Reader<'a>, head: Head, table: &DeTable<'a>) -> Self {
        const KEYS: &[&str] = &["volume", "inactive", "pressure", "solutes"];
        let mut read = Compartment {
            head: head.clone(),
            volume: None,
            inactive: None,
            pressure: None,
            solutes: Vec::new(),
        };
        keys(reader, &head, table, KEYS, |reader, k, v| {
            match k.name.as_str() {
                "volume" => read.volume = reader.expression("volume", v),
                "inactive" => read.inactive = reader.expression("inactive", v),
                "pressure" => read.pressure = reader.expression("pressure", v),
                _ => read.solutes = Solute::read_all(reader, &head, v),
            }
        });
        if !table.contains_key("volume") {
            reader.error(
                head.span,
                format!(
                    "[{}] has no `volume`: its volume at the start",
                    head.title()
                ),
            );
        }
        read
    }

    pub fn expand(&self, draft: &mut Draft, blocks: &Blocks) {
        let (head, n) = (&self.head, &self.head.name);
        let volume = self
            .volume
            .clone()
            .unwrap_or_else(super::super::file::absent);
        draft.define(
            head,
            Part {
                name: "initial_volume",
                unit: "um^3",
                quantity: "volume at the start",
                domain: Domain::Positive,
            },
            volume.clone(),
        );
        let initial = code(draft, &format!("{n}.initial_volume"), volume.span);
        // Its domain is the guard below: the osmotic water must not run out.
        draft.states.push(State {
            domain: Domain::Any,
            ..state(head, "volume", initial, "um^3", "volume")
        });
        let inactive = self
            .inactive
            .clone()
            .unwrap_or_else(|| code(draft, "0 um^3", head.span));
        draft.define(
            head,
            Part {
                name: "inactive",
                unit: "um^3",
                quantity: "osmotically inactive volume",
                domain: Domain::NonNegative,
            },
            inactive.clone(),
        );
        draft.equation(
            head,
            "water",
            "um^3",
            "osmotic water",
            &format!("{n}.volume - {n}.inactive"),
        );
        let water = code(draft, &format!("{n}.water"), head.span);
        draft.guards.push(Guard {
            value: water,
            strict: true,
            message: format!("the volume must stay above the inactive volume `{n}.inactive`"),
            name: format!("{n}.volume"),
            span: volume.span,
        });
        let mut terms = Vec::new();
        for solute in &self.solutes {
            terms.push(solute.osmotic(draft, head));
            self.amount(draft, blocks, solute);
        }
        let sum = if terms.is_empty() {
            "0 mM".to_string()
        } else {
            terms.join(" + ")
        };
        draft.equation(head, "osmolarity", "mM", "osmolarity", &sum);
        draft.equation(
            head,
            "osmotic_pressure",
            "MPa",
            "osmotic pressure",
            &format!("R*T*{n}.osmolarity"),
        );
        self.pressure(draft, blocks);
        potentials(draft, head);
    }

    /// The amount of a solute: a state where a membrane lets it through, else a constant.
    fn amount(&self, draft: &mut Draft, blocks: &Blocks, solute: &Solute) {
        let (head, n, s) = (&self.head, &self.head.name, &solute.key.name);
        let span = solute.key.span;
        if let Some(at) = &solute.at {
            let part = format!("{s}.at");
            draft.define(
                head,
                Part {
                    name: &part,
                    unit: "um^3",
                    quantity: "volume at which it is given",
                    domain: Domain::Positive,
                },
                at.clone(),
            );
        }
        let reference = if solute.at.is_some() {
            format!("{n}.{s}.at")
        } else {
            format!("{n}.initial_volume")
        };
        let initial = if let Some(amount) = &solute.amount {
            amount.clone()
        } else {
            let given = solute.concentration.clone().or_else(|| {
                solute
                    .osmolarity
                    .as_ref()
                    .map(|o| osmolarity_to_concentration(draft, head, solute, o))
            });
            let part = format!("{s}.initial");
            draft.define(
                head,
                concentration("concentration at the start", &part),
                given.unwrap_or_else(super::super::file::absent),
            );
            code(
                draft,
                &format!("{n}.{s}.initial * ({reference} - {n}.inactive)"),
                span,
            )
        };
        let amount = format!("{s}.amount");
        if blocks.membranes.iter().any(|m| m.moves(n, s)) {
            draft.define(
                head,
                Part {
                    name: &format!("{s}.initial_amount"),
                    unit: "amol",
                    quantity: "amount at the start",
                    domain: Domain::NonNegative,
                },
                initial,
            );
            if solute.amount.is_none() {
                draft.is_equation();
            }
            let initial = code(draft, &format!("{n}.{s}.initial_amount"), span);
            draft
                .states
                .push(state(head, &amount, initial, "amol", "amount"));
            // An amount may start at 0: its size then follows from the volume at 1 mM.
            let scale = code(
                draft,
                &format!("max({n}.{s}.initial_amount, 1 mM * {n}.initial_volume)"),
                span,
            );
            if let Some(last) = draft.states.last_mut() {
                last.scale = Some(scale);
            }
        } else {
            draft.define(
                head,
                Part {
                    name: &amount,
                    unit: "amol",
                    quantity: "amount",
                    domain: Domain::NonNegative,
                },
                initial,
            );
            if solute.amount.is_none() {
                draft.is_equation();
            }
        }
        draft.equation(
            head,
            s,
            "mM",
            "concentration",
            &format!("{n}.{s}.amount / {n}.water"),
        );
    }

    /// The pressure of the surroundings, and what walls and taut membranes add. What has neither can't hold a pressure
    /// of its own and has that of its surroundings; a walled cell in a tissue stands beside its neighbours, not inside
    /// them, so that only a bath presses on it. A pressure that the file gives stands for all of this.
    fn pressure(&self, draft: &mut Draft, blocks: &Blocks) {
        let (head, n) = (&self.head, &self.head.name);
        let mut terms = Vec::new();
        if let Some(value) = &self.pressure {
            draft.define(
                head,
                Part {
                    name: "applied_pressure",
                    unit: "MPa",
                    quantity: "applied pressure",
                    domain: Domain::Any,
                },
                value.clone(),
            );
            terms.push(format!("{n}.applied_pressure"));
        }
        let walled = blocks.walls.iter().any(|w| w.around.name == *n);
        let taut = |m: &super::Membrane| m.inside.name == *n && m.tension.is_some();
        if let (None, Some((name, is_bath))) = (&self.pressure, blocks.surroundings(n))
            && (is_bath || !walled || blocks.membranes.iter().any(taut))
        {
            terms.push(format!("{name}.pressure"));
        }
        terms.extend(
            blocks
                .walls
                .iter()
                .filter(|w| w.around.name == *n)
                .map(|w| format!("{}.turgor", w.head.name)),
        );
        terms.extend(
            blocks
                .membranes
                .iter()
                .filter(|m| m.inside.name == *n && m.tension.is_some())
                .map(|m| format!("{}.tension_pressure", m.head.name)),
        );
        let sum = if terms.is_empty() {
            "0 MPa".to_string()
        } else {
            terms.join(" + ")
        };
        draft.equation(head, "pressure", "MPa", "hydrostatic pressure", &sum);
    }
}

impl Blocks {
    /// What lies outside of a compartment, a bath before anything else, and whether it is one.
    fn surroundings(&self, compartment: &str) -> Option<(&str, bool)> {
        let outside =
            |m: &&super::Membrane| m.inside.name == compartment && self.has_volume(&m.outside.name);
        let names = self
            .membranes
            .iter()
            .filter(outside)
            .map(|m| m.outside.name.as_str());
        let is_bath = |name: &str| self.baths.iter().any(|b| b.head.name == name);
        let bath = names.clone().find(|name| is_bath(name));
        bath.or_else(|| names.clone().next())
            .map(|name| (name, is_bath(name)))
    }
}

/// A state of a block.
pub(super) fn state(
    head: &Head,
    part: &str,
    initial: Ast,
    unit: &str,
    quantity: &'static str,
) -> State {
    State {
        name: head.part(part),
        span: head.span,
        initial,
        rate: Vec::new(),
        unit: None,
        expects: unit_of(unit).map(|u| (u, quantity)),
        scale: None,
        domain: Domain::NonNegative,
        bounds: (None, None),
        about: quantity.to_string(),
        block: head.title(),
        each: None,
    }
}

//! Compartments: volumes of solution bounded by membranes.

use toml::de::DeTable;

use super::bath::water_potential;
use super::copies::seen_from;
use super::solute::{Solute, concentration};
use super::{Blocks, Domain, Draft, Given, Guard, Head, Part, State, code, keys, unit_of};
use crate::expr::ast::Ast;
use crate::model::file::absent;
use crate::model::toml::Reader;

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
        let (head, n) = (&self.head, self.head.copy());
        let volume = self.volume.clone().unwrap_or_else(absent);
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
            message: format!(
                "the volume must stay above the inactive volume `{}`",
                head.part("inactive")
            ),
            name: head.part("volume"),
            span: volume.span,
            each: head.each.clone(),
        });
        let mut terms = Vec::new();
        for solute in &self.solutes {
            solute.properties(draft, head);
            terms.push(solute.osmotic(&n));
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
        let charges: Vec<String> = (self.solutes.iter())
            .filter(|s| s.valence.is_some())
            .map(|s| format!("{n}.{0}.valence*{n}.{0}.amount", s.key.name))
            .collect();
        if !charges.is_empty() {
            let text = format!("F*({})", charges.join(" + "));
            draft.equation(head, "charge", "pC", "net charge of the ions", &text);
        }
        self.enclosed(draft, blocks);
        self.pressure(draft, blocks);
        water_potential(draft, head);
    }

    /// What lies inside of an inner membrane is inside of the outer one too.
    fn enclosed(&self, draft: &mut Draft, blocks: &Blocks) {
        let inner = blocks.charged_inside(&self.head.name);
        if inner.is_empty() {
            return;
        }
        let mut terms = Vec::new();
        if self.has_ions() {
            terms.push(format!("{}.charge", self.head.copy()));
        }
        for x in inner {
            let charge = format!("{}.{}", x.inside, blocks.charge_part(&x.inside.name));
            match seen_from(&self.head.each, &x.outside, &x.head.each, &charge) {
                Ok(term) => terms.push(term),
                Err(message) => draft.mistake(x.outside.span, message, String::new()),
            }
        }
        let quantity = "net charge of the ions, those of the compartments inside included";
        let text = terms.join(" + ");
        draft.equation(&self.head, "charge_inside", "pC", quantity, &text);
    }

    /// True when one of its solutes has a charge.
    pub fn has_ions(&self) -> bool {
        self.solutes.iter().any(|s| s.valence.is_some())
    }

    /// The amount of a solute: a state where a membrane lets it through, else a constant.
    fn amount(&self, draft: &mut Draft, blocks: &Blocks, solute: &Solute) {
        let (head, n, s) = (&self.head, self.head.copy(), &solute.key.name);
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
                    .map(|o| solute.concentration_of(draft, head, o))
            });
            let part = format!("{s}.initial");
            draft.define(
                head,
                concentration("concentration at the start", &part),
                given.unwrap_or_else(absent),
            );
            code(
                draft,
                &format!("{n}.{s}.initial * ({reference} - {n}.inactive)"),
                span,
            )
        };
        let amount = format!("{s}.amount");
        if blocks.moves(&head.name, s) {
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
                // Warming the cell does not change what is in it.
                if let Some(last) = draft.definitions.last_mut() {
                    last.at_start = true;
                }
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
    /// them, so that only a bath presses on it. A pressure that the file gives stands for that of the surroundings.
    fn pressure(&self, draft: &mut Draft, blocks: &Blocks) {
        let (head, n) = (&self.head, self.head.copy());
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
        let name = &head.name;
        let walls: Vec<String> = (blocks.walls.iter())
            .filter(|w| w.around.name == *name)
            .map(|w| format!("{}.turgor", w.head_around(head).copy()))
            .collect();
        let taut: Vec<&super::Membrane> = (blocks.membranes.iter())
            .filter(|m| m.inside.name == *name && m.tension.is_some())
            .collect();
        let mut seen =
            |draft: &mut Draft, membrane: &super::Membrane, pressure: String| match seen_from(
                &head.each,
                &membrane.inside,
                &membrane.head.each,
                &pressure,
            ) {
                Ok(term) => terms.push(term),
                Err(message) => draft.mistake(membrane.inside.span, message, String::new()),
            };
        if let (None, Some((membrane, is_bath))) = (&self.pressure, blocks.surroundings(name))
            && (is_bath || walls.is_empty() || !taut.is_empty())
        {
            seen(draft, membrane, format!("{}.pressure", membrane.outside));
        }
        for membrane in taut {
            let pressure = format!("{}.tension_pressure", membrane.head.copy());
            seen(draft, membrane, pressure);
        }
        terms.extend(walls);
        let sum = if terms.is_empty() {
            "0 MPa".to_string()
        } else {
            terms.join(" + ")
        };
        draft.equation(head, "pressure", "MPa", "hydrostatic pressure", &sum);
    }
}

impl Blocks {
    /// The membrane to what lies outside of a compartment, a bath before anything else, and whether that is one. The
    /// copies of a repeated one are neighbours of each other, and a soil holds its water by suction, which presses on
    /// nobody.
    fn surroundings(&self, compartment: &str) -> Option<(&super::Membrane, bool)> {
        let mut outward = (self.membranes.iter())
            .filter(|m| m.inside.name == compartment && m.outside.name != compartment);
        let bath = |m: &&super::Membrane| self.baths.iter().any(|b| b.head.name == m.outside.name);
        let other = |m: &&super::Membrane| self.is_compartment(&m.outside.name);
        let found = outward.clone().find(bath).map(|m| (m, true));
        found.or_else(|| outward.find(other).map(|m| (m, false)))
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
        each: head.each.clone(),
    }
}

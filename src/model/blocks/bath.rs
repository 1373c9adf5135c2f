//! Baths: volumes so large that the cell does not change them.

use toml::de::DeTable;

use super::solute::{Solute, concentration};
use super::{Domain, Draft, Given, Head, Part, code, keys};
use crate::model::file::absent;
use crate::model::toml::Reader;

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
        let (head, n) = (&self.head, self.head.copy());
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
                    solute.properties(draft, head);
                    terms.push(solute.osmotic(&n));
                    let value = match (&solute.concentration, &solute.osmolarity) {
                        (Some(c), _) => c.clone(),
                        (_, Some(osmolarity)) => solute.concentration_of(draft, head, osmolarity),
                        _ => absent(),
                    };
                    draft.define(
                        head,
                        concentration("concentration", &solute.key.name),
                        value,
                    );
                    if solute.has_coefficient() && solute.concentration.is_none() {
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
        water_potential(draft, head);
    }
}

/// Water potential, the same for baths, soils and compartments.
pub(super) fn water_potential(draft: &mut Draft, head: &Head) {
    let n = head.copy();
    draft.equation(
        head,
        "water_potential",
        "MPa",
        "water potential",
        &format!("{n}.pressure - {n}.osmotic_pressure"),
    );
}

//! Solutes: how much there is of them, and what they add to the osmotic pressure.

use toml::de::DeValue;

use super::{Domain, Draft, Given, Head, Part, code, keys};
use crate::expr::ast::Ast;
use crate::model::toml::{Key, Reader, Value};

/// A solute of a bath or a compartment.
pub(in crate::model) struct Solute {
    pub key: Key,
    /// [mM]
    pub concentration: Given,
    /// Effective concentration φ·c [mM].
    pub osmolarity: Given,
    /// [amol]
    pub amount: Given,
    /// Volume at which the concentration holds; the initial volume if not given.
    pub at: Given,
    /// Osmotic coefficient φ; 1 if not given.
    coefficient: Given,
    /// Osmotic virial coefficients B [1/mM] and C [1/mM²]: c (φ + B c + C c²) takes the place of φ c.
    second: Given,
    third: Given,
    /// Charge number z.
    pub valence: Given,
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
    "charge",
    "charge_inside",
    "initial_volume",
    "applied_pressure",
    "solutes",
];

impl Solute {
    fn read<'a>(reader: &mut Reader<'a>, key: Key, value: &Value<'a>, head: &Head) -> Self {
        const KEYS: &[&str] = &[
            "concentration",
            "osmolarity",
            "amount",
            "at",
            "osmotic_coefficient",
            "second_virial",
            "third_virial",
            "valence",
        ];
        let mut solute = Solute {
            key,
            concentration: None,
            osmolarity: None,
            amount: None,
            at: None,
            coefficient: None,
            second: None,
            third: None,
            valence: None,
        };
        let DeValue::Table(table) = value.get_ref() else {
            // A plain quantity is a concentration.
            solute.concentration =
                reader.expression(&format!("solute `{}`", solute.key.name), value);
            return solute;
        };
        keys(
            reader,
            &head.inner(&solute.key),
            table,
            KEYS,
            |reader, k, v| {
                let read = reader.expression(&k.name, v);
                match k.name.as_str() {
                    "concentration" => solute.concentration = read,
                    "osmolarity" => solute.osmolarity = read,
                    "amount" => solute.amount = read,
                    "at" => solute.at = read,
                    "osmotic_coefficient" => solute.coefficient = read,
                    "second_virial" => solute.second = read,
                    "third_virial" => solute.third = read,
                    _ => solute.valence = read,
                }
            },
        );
        let has = |key: &str| table.contains_key(key);
        let given = ["concentration", "osmolarity", "amount"];
        if given.iter().filter(|key| has(key)).count() != 1 {
            reader.error(
                solute.key.span,
                format!(
                    "solute `{}` needs one of `concentration`, `osmolarity` and `amount`",
                    solute.key.name
                ),
            );
        }
        if has("osmolarity") && (has("second_virial") || has("third_virial")) {
            reader.error(
                solute.key.span,
                format!(
                    "solute `{}` has virial coefficients: give its `concentration` or `amount`, its osmolarity follows",
                    solute.key.name
                ),
            );
        }
        solute
    }

    pub fn read_all<'a>(reader: &mut Reader<'a>, head: &Head, value: &Value<'a>) -> Vec<Solute> {
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

    /// Writes what the file says of the solute beside its amount.
    pub fn properties(&self, draft: &mut Draft, head: &Head) {
        let s = &self.key.name;
        let given = [
            (
                &self.coefficient,
                "osmotic_coefficient",
                "1",
                "osmotic coefficient",
                Domain::Positive,
            ),
            (
                &self.second,
                "second_virial",
                "1/mM",
                "second osmotic virial coefficient",
                Domain::Any,
            ),
            (
                &self.third,
                "third_virial",
                "1/mM^2",
                "third osmotic virial coefficient",
                Domain::Any,
            ),
            (&self.valence, "valence", "1", "charge number", Domain::Any),
        ];
        for (value, name, unit, quantity, domain) in given {
            if let Some(value) = value {
                let part = Part {
                    name: &format!("{s}.{name}"),
                    unit,
                    quantity,
                    domain,
                };
                draft.define(head, part, value.clone());
            }
        }
    }

    /// What the solute adds to the osmolarity of `place`: φ c + B c² + C c³.
    pub fn osmotic(&self, place: &str) -> String {
        let name = format!("{place}.{}", self.key.name);
        let mut factors = Vec::new();
        if self.coefficient.is_some() {
            factors.push(format!("{name}.osmotic_coefficient"));
        } else if self.second.is_some() || self.third.is_some() {
            factors.push("1".to_string());
        }
        if self.second.is_some() {
            factors.push(format!("{name}.second_virial*{name}"));
        }
        if self.third.is_some() {
            factors.push(format!("{name}.third_virial*{name}^2"));
        }
        match factors.as_slice() {
            [] => name,
            [one] => format!("{one} * {name}"),
            many => format!("({}) * {name}", many.join(" + ")),
        }
    }

    pub fn has_coefficient(&self) -> bool {
        self.coefficient.is_some()
    }

    /// c = osmolarity / φ, the osmolarity as its author wrote it.
    pub fn concentration_of(&self, draft: &mut Draft, head: &Head, osmolarity: &Ast) -> Ast {
        if self.coefficient.is_none() {
            return osmolarity.clone();
        }
        let part = format!("{}.osmolarity", self.key.name);
        draft.define(
            head,
            concentration("osmolarity of the solute", &part),
            osmolarity.clone(),
        );
        let name = format!("{}.{}", head.copy(), self.key.name);
        code(
            draft,
            &format!("{name}.osmolarity / {name}.osmotic_coefficient"),
            self.key.span,
        )
    }
}

/// A concentration among the parts of a block.
pub(super) fn concentration<'a>(quantity: &'static str, name: &'a str) -> Part<'a> {
    Part {
        name,
        unit: "mM",
        quantity,
        domain: Domain::NonNegative,
    }
}

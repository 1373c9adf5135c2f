//! Cell walls: turgor against the volume of the protoplast.

use toml::de::DeTable;

use super::{Blocks, Domain, Draft, Given, Guard, Head, Part, Place, code, keys};
use crate::model::toml::Reader;

/// How the wall answers to stretch; `v` is volume over rest volume, below which the first two are slack.
#[derive(Clone, Copy, PartialEq)]
enum Law {
    /// P = ε (v − 1)
    Linear,
    /// P = ε ln v
    Logarithmic,
    /// ε(P) = ε∞ (1 − exp(−k (P − P0))): Murphy & Ortega 1995, integrated from the pressure Pr at `volume`. It holds
    /// above P0, towards which the turgor falls as the cell shrinks.
    Saturating,
}

/// A wall around a compartment.
pub(in crate::model) struct Wall {
    pub head: Head,
    pub around: Place,
    law: Law,
    volume: Given,
    modulus: Given,
    steepness: Given,
    threshold: Given,
    reference: Given,
    collapse: Given,
}

impl Wall {
    pub fn read<'a>(reader: &mut Reader<'a>, head: Head, table: &DeTable<'a>) -> Option<Self> {
        const KEYS: &[&str] = &[
            "around",
            "law",
            "volume",
            "modulus",
            "steepness",
            "threshold",
            "reference_pressure",
            "collapse_pressure",
        ];
        let (mut around, mut law) = (None, Law::Linear);
        let (mut volume, mut modulus, mut steepness, mut threshold) = (None, None, None, None);
        let (mut reference, mut collapse) = (None, None);
        keys(reader, &head, table, KEYS, |reader, k, v| {
            match k.name.as_str() {
                "around" => around = Place::read(reader, "around", v),
                "law" => {
                    if let Some(text) = reader.text("law", v) {
                        law = match text.value.as_str() {
                            "linear" => Law::Linear,
                            "logarithmic" => Law::Logarithmic,
                            "saturating" => Law::Saturating,
                            other => {
                                let message = format!(
                                    "there is no wall law `{other}`; there are: linear, logarithmic, saturating"
                                );
                                reader.error(text.span, message);
                                Law::Linear
                            }
                        };
                    }
                }
                "volume" => volume = reader.expression("volume", v),
                "modulus" => modulus = reader.expression("modulus", v),
                "steepness" => steepness = reader.expression("steepness", v),
                "threshold" => threshold = reader.expression("threshold", v),
                "reference_pressure" => reference = reader.expression("reference_pressure", v),
                _ => collapse = reader.expression("collapse_pressure", v),
            }
        });
        let mut needed = vec!["around", "volume", "modulus"];
        if law == Law::Saturating {
            needed.extend(["steepness", "threshold", "reference_pressure"]);
        }
        for key in needed {
            if !table.contains_key(key) {
                reader.error(head.span, format!("[{}] has no `{key}`", head.title()));
            }
        }
        if law == Law::Saturating && table.contains_key("collapse_pressure") {
            reader.error(
                head.span,
                format!(
                    "[{}] takes no `collapse_pressure`: the saturating law holds above its `threshold` only",
                    head.title()
                ),
            );
        }
        Some(Wall {
            head,
            around: around?,
            law,
            volume,
            modulus,
            steepness,
            threshold,
            reference,
            collapse,
        })
    }

    /// The head with as many copies as the compartment has.
    pub fn head_around(&self, compartment: &Head) -> Head {
        Head {
            each: compartment.each.clone(),
            ..self.head.clone()
        }
    }

    pub fn expand(&self, draft: &mut Draft, blocks: &Blocks) {
        let around = Place {
            index: None,
            ..self.around.clone()
        };
        let compartment = (blocks.compartments.iter())
            .map(|c| &c.head)
            .find(|c| c.name == around.name);
        let Some(compartment) = compartment.filter(|_| self.around.index.is_none()) else {
            let (message, help) = if compartment.is_some() {
                let message = "a wall has as many copies as what it is around".to_string();
                (message, format!("write `{}`", around.name))
            } else {
                let message = format!("there is no compartment `{}`", around.name);
                (message, blocks.nearest(&around.name, &["compartment"]))
            };
            draft.mistake(self.around.span, message, help);
            return;
        };
        let head = &self.head_around(compartment);
        let (w, c) = (head.copy(), compartment.copy());
        let mut given = |name, unit, quantity, domain, value: &Given| {
            if let Some(value) = value {
                draft.define(
                    head,
                    Part {
                        name,
                        unit,
                        quantity,
                        domain,
                    },
                    value.clone(),
                );
            }
        };
        given(
            "volume",
            "um^3",
            if self.law == Law::Saturating {
                "volume at the reference pressure"
            } else {
                "volume at zero turgor"
            },
            Domain::Positive,
            &self.volume,
        );
        given(
            "modulus",
            "MPa",
            "volumetric elastic modulus",
            Domain::NonNegative,
            &self.modulus,
        );
        given(
            "steepness",
            "1/MPa",
            "how fast the modulus rises with pressure",
            Domain::Positive,
            &self.steepness,
        );
        given(
            "threshold",
            "MPa",
            "pressure at which the modulus is 0",
            Domain::Any,
            &self.threshold,
        );
        given(
            "reference_pressure",
            "MPa",
            "turgor at `volume`",
            Domain::Any,
            &self.reference,
        );
        given(
            "collapse_pressure",
            "MPa",
            "suction at which the wall gives way",
            Domain::NonNegative,
            &self.collapse,
        );
        // A protoplast that leaves its wall feels no pressure; one that stays at it pulls it inwards until it folds.
        let limited = |stretch: &str| match &self.collapse {
            None => format!("{w}.modulus*max(0, {stretch})"),
            Some(_) => format!("max(-{w}.collapse_pressure, {w}.modulus*({stretch}))"),
        };
        let turgor = match self.law {
            Law::Linear => limited(&format!("{c}.volume/{w}.volume - 1")),
            Law::Logarithmic => limited(&format!("ln({c}.volume/{w}.volume)")),
            Law::Saturating => format!(
                "{w}.threshold + ln(1 + (exp({w}.steepness*({w}.reference_pressure - {w}.threshold)) - 1)\
                 *({c}.volume/{w}.volume)^({w}.steepness*{w}.modulus))/{w}.steepness"
            ),
        };
        draft.equation(head, "turgor", "MPa", "turgor", &turgor);
        if self.law == Law::Saturating {
            // Its modulus falls to 0 at the threshold: it yields, but never leaves the protoplast.
            let margin = format!("{w}.reference_pressure - {w}.threshold");
            let value = code(draft, &margin, head.span);
            draft.guards.push(Guard {
                value,
                strict: true,
                message: format!("it must be above `{}`", head.part("threshold")),
                name: head.part("reference_pressure"),
                span: head.span,
                each: head.each.clone(),
            });
            return;
        }
        if self.collapse.is_some() {
            return;
        }
        draft.equation(
            head,
            "gap",
            "um^3",
            "volume between wall and protoplast",
            &format!("max(0, {w}.volume - {c}.volume)"),
        );
    }
}

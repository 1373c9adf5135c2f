//! Soils: how much water they hold at which suction (van Genuchten 1980), as the outside of a root.

use toml::de::DeTable;

use super::bath::water_potential;
use super::compartment::state;
use super::solute::concentration;
use super::{Domain, Draft, Given, Guard, Head, Part, code, keys};
use crate::expr::ast::Ast;
use crate::model::file::absent;
use crate::model::toml::{Key, Reader};

/// A texture with its parameters: residual and saturated water content, α \[1/cm\], n, saturated conductivity \[cm/day\].
struct Texture {
    name: &'static str,
    values: [&'static str; 5],
}

/// Carsel & Parrish 1988 Water Resour Res 24:755.
const TEXTURES: &[Texture] = &[
    Texture {
        name: "sand",
        values: ["0.045", "0.43", "0.145 1/cm", "2.68", "712.8 cm/day"],
    },
    Texture {
        name: "loam",
        values: ["0.078", "0.43", "0.036 1/cm", "1.56", "24.96 cm/day"],
    },
    Texture {
        name: "silt loam",
        values: ["0.067", "0.45", "0.020 1/cm", "1.41", "10.8 cm/day"],
    },
    Texture {
        name: "clay",
        values: ["0.068", "0.38", "0.008 1/cm", "1.09", "4.8 cm/day"],
    },
];

/// The parameters of a texture: key, unit, what it is.
const PARAMETERS: [(&str, &str, &str, Domain); 5] = [
    ("residual", "1", "residual water content", Domain::Fraction),
    (
        "saturated",
        "1",
        "water content at saturation",
        Domain::Fraction,
    ),
    (
        "alpha",
        "1/cm",
        "inverse of the suction at which the soil begins to drain",
        Domain::Positive,
    ),
    (
        "n",
        "1",
        "steepness of the retention curve",
        Domain::Positive,
    ),
    (
        "saturated_conductivity",
        "cm/day",
        "hydraulic conductivity at saturation",
        Domain::NonNegative,
    ),
];

/// A soil, wet to a given potential or with a water content of its own.
pub(in crate::model) struct Soil {
    pub head: Head,
    texture: Option<&'static Texture>,
    parameters: [Given; 5],
    matric_potential: Given,
    water_content: Given,
    volume: Given,
    supply: Given,
    osmolarity: Given,
}

impl Soil {
    pub fn read<'a>(reader: &mut Reader<'a>, head: Head, table: &DeTable<'a>) -> Self {
        const KEYS: &[&str] = &[
            "texture",
            "residual",
            "saturated",
            "alpha",
            "n",
            "saturated_conductivity",
            "matric_potential",
            "water_content",
            "volume",
            "supply",
            "osmolarity",
        ];
        let mut soil = Soil {
            head: head.clone(),
            texture: None,
            parameters: [const { None }; 5],
            matric_potential: None,
            water_content: None,
            volume: None,
            supply: None,
            osmolarity: None,
        };
        keys(reader, &head, table, KEYS, |reader, k: &Key, v| {
            if let Some(at) = PARAMETERS.iter().position(|p| p.0 == k.name) {
                soil.parameters[at] = reader.expression(&k.name, v);
                return;
            }
            match k.name.as_str() {
                "texture" => {
                    if let Some(text) = reader.text("texture", v) {
                        soil.texture = TEXTURES.iter().find(|t| t.name == text.value);
                        if soil.texture.is_none() {
                            let names: Vec<&str> = TEXTURES.iter().map(|t| t.name).collect();
                            let message = format!(
                                "there is no texture `{}`; there are: {}",
                                text.value,
                                names.join(", ")
                            );
                            reader.error(text.span, message);
                        }
                    }
                }
                "matric_potential" => soil.matric_potential = reader.expression(&k.name, v),
                "water_content" => soil.water_content = reader.expression(&k.name, v),
                "volume" => soil.volume = reader.expression(&k.name, v),
                "supply" => soil.supply = reader.expression(&k.name, v),
                _ => soil.osmolarity = reader.expression(&k.name, v),
            }
        });
        let has = |key: &str| table.contains_key(key);
        let title = head.title();
        let mut wrong = |message: String| reader.error(head.span, message);
        if !has("texture") {
            let missing: Vec<&str> = (PARAMETERS.iter().map(|p| p.0))
                .filter(|k| !has(k))
                .collect();
            if !missing.is_empty() {
                wrong(format!(
                    "[{title}] takes a `texture`, or else all of its numbers: `{}` is missing",
                    missing.join("`, `")
                ));
            }
        }
        if has("matric_potential") == has("water_content") {
            wrong(format!(
                "[{title}] takes a `matric_potential`, or a `water_content` (at the start) and a `volume`"
            ));
        } else if has("water_content") != has("volume") {
            wrong(format!(
                "[{title}] takes `water_content` and `volume` together"
            ));
        } else if has("supply") && !has("volume") {
            wrong(format!(
                "[{title}] has no `volume` that the `supply` could wet"
            ));
        }
        soil
    }

    pub fn expand(&self, draft: &mut Draft) {
        let (head, s) = (&self.head, &self.head.name);
        for (at, (name, unit, quantity, domain)) in PARAMETERS.into_iter().enumerate() {
            let texture = |draft: &mut Draft| {
                self.texture
                    .map_or_else(absent, |t| code(draft, t.values[at], head.span))
            };
            let value = self.parameters[at]
                .clone()
                .unwrap_or_else(|| texture(draft));
            let part = Part {
                name,
                unit,
                quantity,
                domain,
            };
            draft.define(head, part, value);
        }
        let mut given = |name, unit, quantity, domain, value: Ast| {
            let part = Part {
                name,
                unit,
                quantity,
                domain,
            };
            draft.define(head, part, value);
        };
        const MATRIC: &str = "matric potential";
        const CONTENT: &str = "water per volume of soil";
        const SATURATION: &str = "effective saturation";
        if let Some(value) = &self.matric_potential {
            given(
                "matric_potential",
                "MPa",
                MATRIC,
                Domain::Any,
                value.clone(),
            );
            // 1 cm of water is 9.80665e-5 MPa.
            let suction = format!("max(0 MPa, -{s}.matric_potential)/(9.80665e-5 MPa/cm)");
            draft.equation(
                head,
                "suction",
                "cm",
                "suction as a height of water",
                &suction,
            );
            let text = format!("(1 + ({s}.alpha*{s}.suction)^{s}.n)^(1/{s}.n - 1)");
            draft.equation(head, "saturation", "1", SATURATION, &text);
            let text = format!("{s}.residual + ({s}.saturated - {s}.residual)*{s}.saturation");
            draft.equation(head, "water_content", "1", CONTENT, &text);
        } else {
            let value = |given: &Given| given.clone().unwrap_or_else(absent);
            given(
                "volume",
                "um^3",
                "volume of soil",
                Domain::Positive,
                value(&self.volume),
            );
            let content = value(&self.water_content);
            given(
                "initial_water_content",
                "1",
                "at the start",
                Domain::Fraction,
                content,
            );
            if let Some(supply) = &self.supply {
                given(
                    "supply",
                    "um^3/s",
                    "rain or irrigation",
                    Domain::Any,
                    supply.clone(),
                );
            }
            let initial = code(
                draft,
                &format!("{s}.initial_water_content*{s}.volume"),
                head.span,
            );
            let mut water = state(head, "water", initial, "um^3", "water in the soil");
            if self.supply.is_some() {
                water
                    .rate
                    .push(code(draft, &format!("{s}.supply"), head.span));
            }
            draft.states.push(water);
            draft.equation(
                head,
                "water_content",
                "1",
                CONTENT,
                &format!("{s}.water/{s}.volume"),
            );
            let text = format!("({s}.water_content - {s}.residual)/({s}.saturated - {s}.residual)");
            draft.equation(head, "saturation", "1", SATURATION, &text);
            let text =
                format!("max(0, {s}.saturation^({s}.n/(1 - {s}.n)) - 1)^(1/{s}.n)/{s}.alpha");
            draft.equation(head, "suction", "cm", "suction as a height of water", &text);
            let text = format!("-{s}.suction*(9.80665e-5 MPa/cm)");
            draft.equation(head, "matric_potential", "MPa", MATRIC, &text);
            let value = code(draft, &format!("{s}.saturation"), head.span);
            draft.guards.push(Guard {
                value,
                strict: true,
                message: format!(
                    "the soil can't be drier than its residual water content `{s}.residual`"
                ),
                name: head.part("water_content"),
                span: head.span,
                each: None,
            });
        }
        let value = code(draft, &format!("{s}.n - 1"), head.span);
        draft.guards.push(Guard {
            value,
            strict: true,
            message: "it must be above 1".to_string(),
            name: head.part("n"),
            span: head.span,
            each: None,
        });
        let text = format!(
            "{s}.saturated_conductivity*sqrt({s}.saturation)\
             *(1 - (1 - min(1, {s}.saturation)^({s}.n/({s}.n - 1)))^(1 - 1/{s}.n))^2"
        );
        draft.equation(
            head,
            "conductivity",
            "cm/day",
            "hydraulic conductivity",
            &text,
        );
        let none = code(draft, "0 mM", head.span);
        let osmolarity = self.osmolarity.clone().unwrap_or(none);
        draft.define(head, concentration("osmolarity", "osmolarity"), osmolarity);
        let text = format!("R*T*{s}.osmolarity");
        draft.equation(head, "osmotic_pressure", "MPa", "osmotic pressure", &text);
        // What holds the water back acts on it like a pressure below 0.
        let text = format!("{s}.matric_potential");
        draft.equation(
            head,
            "pressure",
            "MPa",
            "pressure potential of the water",
            &text,
        );
        water_potential(draft, head);
    }
}

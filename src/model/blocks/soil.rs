//! Soils: how much water they hold at which suction (van Genuchten 1980), as the outside of a root.

use toml::de::DeTable;

use super::bath::water_potential;
use super::compartment::state;
use super::solute::concentration;
use super::{Domain, Draft, Given, Head, Part, code, keys, unit_of};
use crate::expr::ast::Ast;
use crate::model::file::absent;
use crate::model::toml::{Key, Reader};

/// A texture with its parameters: residual and saturated water content, α \[1/cm\], n, saturated conductivity \[cm/day\].
struct Texture {
    name: &'static str,
    values: [&'static str; 5],
}

/// Where the numbers of the textures are from.
const SOURCE: &str = "Carsel & Parrish 1988 Water Resour Res 24:755";

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

const MATRIC: &str = "matric potential";
const CONTENT: &str = "water per volume of soil";
const SATURATION: &str = "effective saturation";
const HEIGHT: &str = "suction as a height of water";

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
                "[{title}] takes a `matric_potential` or a `water_content`; with a `volume` it is that at the start"
            ));
        } else if has("water_content") && !has("volume") {
            wrong(format!(
                "[{title}] has no `volume` whose `water_content` could change"
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
        self.texture(draft);
        match (&self.matric_potential, &self.volume) {
            (Some(potential), None) => self.held(draft, potential),
            _ => self.store(draft),
        }
        let text = format!(
            "{s}.saturated_conductivity*sqrt({s}.saturation)\
             *(1 - (1 - min(1, {s}.saturation)^({s}.n/({s}.n - 1)))^(1 - 1/{s}.n))^2"
        );
        let quantity = "hydraulic conductivity";
        self.equation(draft, "conductivity", "cm/day", quantity, &text);
        let none = code(draft, "0 mM", head.span);
        let osmolarity = self.osmolarity.clone().unwrap_or(none);
        draft.define(head, concentration("osmolarity", "osmolarity"), osmolarity);
        let text = format!("R*T*{s}.osmolarity");
        self.equation(draft, "osmotic_pressure", "MPa", "osmotic pressure", &text);
        // What holds the water back acts on it like a pressure below 0.
        let (quantity, text) = (
            "pressure potential of the water",
            format!("{s}.matric_potential"),
        );
        self.equation(draft, "pressure", "MPa", quantity, &text);
        water_potential(draft, head);
    }

    /// The parameters of the retention curve.
    fn texture(&self, draft: &mut Draft) {
        let (head, s) = (&self.head, &self.head.name);
        for (at, (name, unit, quantity, domain)) in PARAMETERS.into_iter().enumerate() {
            let part = Part {
                name,
                unit,
                quantity,
                domain,
            };
            if let Some(value) = &self.parameters[at] {
                draft.define(head, part, value.clone());
                continue;
            }
            let Some(texture) = self.texture else {
                continue;
            };
            let value = code(draft, texture.values[at], head.span);
            draft.define(head, part, value);
            if let Some(last) = draft.definitions.last_mut() {
                last.about = format!("{quantity}, {}", texture.name);
                last.source = SOURCE.to_string();
            }
        }
        draft.guard(
            head,
            "n",
            &format!("{s}.n - 1"),
            "it must be above 1".to_string(),
        );
    }

    /// A soil that is kept at its potential.
    fn held(&self, draft: &mut Draft, potential: &Ast) {
        let (head, s) = (&self.head, &self.head.name);
        let value = potential.clone();
        draft.given(head, "matric_potential", "MPa", MATRIC, Domain::Any, value);
        let value = format!("1e-9 MPa - {s}.matric_potential");
        let message = "a matric potential can't be above 0".to_string();
        draft.guard(head, "matric_potential", &value, message);
        let text = suction_at(s, "matric_potential");
        self.equation(draft, "suction", "cm", HEIGHT, &text);
        let text = saturation_at(s, &format!("{s}.suction"));
        self.equation(draft, "saturation", "1", SATURATION, &text);
        let text = content_at(s, &format!("{s}.saturation"));
        self.equation(draft, "water_content", "1", CONTENT, &text);
    }

    /// A soil with water of its own, from which roots draw.
    fn store(&self, draft: &mut Draft) {
        let (head, s) = (&self.head, &self.head.name);
        const START: &str = "at the start";
        let value = |given: &Given| given.clone().unwrap_or_else(absent);
        let volume = value(&self.volume);
        draft.given(
            head,
            "volume",
            "um^3",
            "volume of soil",
            Domain::Positive,
            volume,
        );
        if let Some(potential) = &self.matric_potential {
            let (name, potential) = ("initial_matric_potential", potential.clone());
            draft.given(head, name, "MPa", START, Domain::Any, potential);
            let value = format!("1e-9 MPa - {s}.{name}");
            draft.guard(
                head,
                name,
                &value,
                "a matric potential can't be above 0".to_string(),
            );
            let saturation = saturation_at(s, &format!("({})", suction_at(s, name)));
            let text = content_at(s, &saturation);
            self.equation(draft, "initial_water_content", "1", START, &text);
        } else {
            let (name, content) = ("initial_water_content", value(&self.water_content));
            draft.given(head, name, "1", START, Domain::Fraction, content);
        }
        let text = format!("{s}.initial_water_content*{s}.volume");
        let initial = code(draft, &text, head.span);
        let mut water = state(head, "water", initial, "um^3", "water in the soil");
        if let Some(supply) = &self.supply {
            let (quantity, supply) = ("rain or irrigation", supply.clone());
            draft.given(head, "supply", "um^3/s", quantity, Domain::Any, supply);
            let term = code(draft, &format!("{s}.supply"), head.span);
            water.rate.push(term);
        }
        draft.states.push(water);
        let text = format!("{s}.water/{s}.volume");
        self.equation(draft, "water_content", "1", CONTENT, &text);
        let text = format!("({s}.water_content - {s}.residual)/({s}.saturated - {s}.residual)");
        self.equation(draft, "saturation", "1", SATURATION, &text);
        // The inverse of the curve. At saturation its slope is infinite: the last millionth is a straight line.
        let c = format!("min({s}.saturation, 1 - 1e-6)");
        let text = format!(
            "(1 - {c}^({s}.n/({s}.n - 1)))^(1/{s}.n)*{c}^(1/(1 - {s}.n))/{s}.alpha*min(1, (1 - {s}.saturation)/1e-6)"
        );
        self.equation(draft, "suction", "cm", HEIGHT, &text);
        let text = format!("-{s}.suction*(9.80665e-5 MPa/cm)");
        self.equation(draft, "matric_potential", "MPa", MATRIC, &text);
        // With room for the rounding of a soil that is just saturated.
        let message = "the soil can't hold more than its saturated water content".to_string();
        draft.guard(
            head,
            "water_content",
            &format!("1 + 1e-6 - {s}.saturation"),
            message,
        );
        let message =
            format!("the soil can't be drier than its residual water content `{s}.residual`");
        draft.guard(head, "water_content", &format!("{s}.saturation"), message);
    }

    /// An equation, shown in the unit that soil science uses.
    fn equation(
        &self,
        draft: &mut Draft,
        name: &str,
        unit: &str,
        quantity: &'static str,
        text: &str,
    ) {
        draft.equation(&self.head, name, unit, quantity, text);
        if let Some(last) = draft.definitions.last_mut() {
            last.unit = unit_of(unit);
        }
    }
}

/// The suction that belongs to a potential; 1 cm of water is 9.80665e-5 MPa.
fn suction_at(s: &str, potential: &str) -> String {
    format!("max(0 MPa, -{s}.{potential})/(9.80665e-5 MPa/cm)")
}

/// The effective saturation at a suction (van Genuchten 1980, with m = 1 − 1/n).
fn saturation_at(s: &str, suction: &str) -> String {
    format!("(1 + ({s}.alpha*{suction})^{s}.n)^(1/{s}.n - 1)")
}

/// The water content at an effective saturation.
fn content_at(s: &str, saturation: &str) -> String {
    format!("{s}.residual + ({s}.saturated - {s}.residual)*{saturation}")
}

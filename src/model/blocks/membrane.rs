//! Membranes: water and solutes that cross (Kedem & Katchalsky 1958), tension of a taut membrane, capacitance.

use toml::de::{DeTable, DeValue};

use super::{Blocks, Conserved, Domain, Draft, Given, Head, Part, code, keys};
use crate::diagnostic::Span;
use crate::expr::ast::{Ast, AstKind};
use crate::model::toml::{Key, Reader, Value, span_of};

/// A name with its place.
#[derive(Clone)]
pub(in crate::model) struct Named {
    pub name: String,
    pub span: Span,
}

/// What a membrane does to one solute.
struct Passage {
    solute: Key,
    permeability: Given,
    sigma: Given,
}

/// Tension against strain of the area.
pub(in crate::model) struct Tension {
    modulus: Ast,
}

/// A membrane between an outside and an inside.
pub(in crate::model) struct Membrane {
    pub head: Head,
    pub outside: Named,
    pub inside: Named,
    pub area: Given,
    pf: Given,
    lp: Given,
    passages: Vec<Passage>,
    pub tension: Option<Tension>,
    capacitance: Given,
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
        ];
        let mut between = None;
        let (mut area, mut pf, mut lp, mut capacitance) = (None, None, None, None);
        let (mut passages, mut tension) = (Vec::new(), None);
        keys(reader, &head, table, KEYS, |reader, k, v| {
            match k.name.as_str() {
                "between" => between = pair(reader, v),
                "area" => area = reader.expression("area", v),
                "Pf" => pf = reader.expression("Pf", v),
                "Lp" => lp = reader.expression("Lp", v),
                "capacitance" => capacitance = reader.expression("capacitance", v),
                "tension" => tension = read_tension(reader, &head, k, v),
                _ => passages = read_passages(reader, &head, v),
            }
        });
        // A membrane that only takes part in traffic has no need of sides.
        let crossed = ["Pf", "Lp", "solutes", "tension"]
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
            .filter(|p: &&Passage| p.permeability.is_none() && !watery)
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
        let nowhere = Named {
            name: String::new(),
            span: head.span,
        };
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
            passages,
            tension,
            capacitance,
        })
    }

    /// True when the membrane lets this solute of this compartment through.
    pub fn moves(&self, compartment: &str, solute: &str) -> bool {
        (self.inside.name == compartment || self.outside.name == compartment)
            && self
                .passages
                .iter()
                .any(|p| p.solute.name == solute && p.carries())
    }

    pub fn expand(&self, draft: &mut Draft, blocks: &Blocks) {
        let (head, m) = (&self.head, &self.head.name);
        if !self.sides_exist(draft, blocks) {
            return;
        }
        if !blocks.traffic.iter().any(|t| t.touches(m)) {
            let area = self.area.clone().unwrap_or_else(super::super::file::absent);
            draft.define(
                head,
                Part {
                    name: "area",
                    unit: "um^2",
                    quantity: "membrane area",
                    domain: Domain::Positive,
                },
                area,
            );
        }
        if self.pf.is_some() || self.lp.is_some() {
            self.water(draft, blocks);
        }
        for passage in self.passages.iter().filter(|p| p.carries()) {
            self.solute(draft, blocks, passage);
        }
        if let Some(tension) = &self.tension {
            self.tension(draft, blocks, tension);
        }
        if let Some(value) = &self.capacitance {
            let domain = Domain::NonNegative;
            draft.define(
                head,
                Part {
                    name: "specific_capacitance",
                    unit: "pF/um^2",
                    quantity: "specific capacitance",
                    domain,
                },
                value.clone(),
            );
            draft.equation(
                head,
                "capacitance",
                "pF",
                "membrane capacitance",
                &format!("{m}.specific_capacitance * {m}.area"),
            );
        }
    }

    fn sides_exist(&self, draft: &mut Draft, blocks: &Blocks) -> bool {
        let mut good = true;
        for side in [&self.outside, &self.inside] {
            if !side.name.is_empty() && !blocks.has_volume(&side.name) {
                let help = blocks.nearest(&side.name, &["bath", "compartment"]);
                draft.mistake(
                    side.span,
                    format!("there is no bath or compartment `{}`", side.name),
                    help,
                );
                good = false;
            }
        }
        for passage in &self.passages {
            for side in [&self.outside, &self.inside] {
                let name = &passage.solute.name;
                if good
                    && passage.carries()
                    && blocks.is_compartment(&side.name)
                    && !blocks.has_solute(&side.name, name)
                {
                    let message = format!(
                        "`{name}` crosses, but compartment `{}` has no solute `{name}`",
                        side.name
                    );
                    let help = format!("list it there: solutes.{name} = \"0 mM\"");
                    draft.mistake(passage.solute.span, message, help);
                    good = false;
                }
            }
            let known = [&self.outside, &self.inside]
                .iter()
                .any(|s| blocks.has_solute(&s.name, &passage.solute.name));
            if good && !known {
                let message = format!(
                    "neither `{}` nor `{}` holds a solute `{}`",
                    self.outside.name, self.inside.name, passage.solute.name
                );
                draft.mistake(
                    passage.solute.span,
                    message,
                    "list it under `solutes` of both".to_string(),
                );
                good = false;
            }
        }
        good
    }

    /// J_v = Lp [(P_o − P_i) − Σ σ_s (π_o,s − π_i,s)] (Kedem & Katchalsky 1958); Lp = Pf·Vw/RT.
    fn water(&self, draft: &mut Draft, blocks: &Blocks) {
        let (head, m) = (&self.head, &self.head.name);
        let lp = Part {
            name: "Lp",
            unit: "um/s/MPa",
            quantity: "hydraulic conductivity",
            domain: Domain::NonNegative,
        };
        let pf = Part {
            name: "Pf",
            unit: "um/s",
            quantity: "osmotic water permeability",
            domain: Domain::NonNegative,
        };
        match (&self.lp, &self.pf) {
            (Some(value), _) => {
                draft.define(head, lp, value.clone());
                draft.equation(
                    head,
                    "Pf",
                    "um/s",
                    "osmotic water permeability",
                    &format!("{m}.Lp*R*T/Vw"),
                );
            }
            (_, Some(value)) => {
                draft.define(head, pf, value.clone());
                draft.equation(
                    head,
                    "Lp",
                    "um/s/MPa",
                    "hydraulic conductivity",
                    &format!("{m}.Pf*Vw/(R*T)"),
                );
            }
            _ => {}
        }
        for passage in &self.passages {
            if let Some(sigma) = &passage.sigma {
                let name = format!("{}.sigma", passage.solute.name);
                let part = Part {
                    name: &name,
                    unit: "1",
                    quantity: "reflection coefficient",
                    domain: Domain::Fraction,
                };
                draft.define(head, part, sigma.clone());
            }
        }
        let (o, i) = (&self.outside.name, &self.inside.name);
        let pressure = |side: &str| format!("{side}.osmotic_pressure{}", self.leaky(side, blocks));
        draft.equation(
            head,
            "water_flux",
            "um/s",
            "volume flux, inward positive",
            &format!(
                "{m}.Lp * (({o}.pressure - {i}.pressure) - (({}) - ({})))",
                pressure(o),
                pressure(i)
            ),
        );
        draft.equation(
            head,
            "water_flow",
            "um^3/s",
            "volume flow, inward positive",
            &format!("{m}.area * {m}.water_flux"),
        );
        self.exchange(draft, "volume", &format!("{m}.water_flow"));
    }

    /// What the solutes with σ < 1 on one side do not contribute: −RT (1 − σ_s) φ_s c_s.
    fn leaky(&self, side: &str, blocks: &Blocks) -> String {
        let m = &self.head.name;
        let leaks = self
            .passages
            .iter()
            .filter(|p| p.sigma.is_some() && blocks.has_solute(side, &p.solute.name));
        leaks
            .map(|p| {
                let s = &p.solute.name;
                let phi = if blocks.has_coefficient(side, s) {
                    format!("{side}.{s}.osmotic_coefficient*")
                } else {
                    String::new()
                };
                format!(" - R*T*(1 - {m}.{s}.sigma)*{phi}{side}.{s}")
            })
            .collect()
    }

    /// J_s = P_s (c_o − c_i) + (1 − σ_s) c̄ J_v with the logarithmic mean c̄ (Kedem & Katchalsky 1958).
    fn solute(&self, draft: &mut Draft, blocks: &Blocks, passage: &Passage) {
        let (head, m, s) = (&self.head, &self.head.name, &passage.solute.name);
        let concentration = |side: &str| {
            if blocks.has_solute(side, s) {
                format!("{side}.{s}")
            } else {
                "0 mM".to_string()
            }
        };
        let (o, i) = (
            concentration(&self.outside.name),
            concentration(&self.inside.name),
        );
        let mut terms = Vec::new();
        if let Some(value) = &passage.permeability {
            let name = format!("{s}.permeability");
            let part = Part {
                name: &name,
                unit: "um/s",
                quantity: "solute permeability",
                domain: Domain::NonNegative,
            };
            draft.define(head, part, value.clone());
            terms.push(format!("{m}.{s}.permeability*({o} - {i})"));
        }
        if passage.sigma.is_some() && (self.pf.is_some() || self.lp.is_some()) {
            terms.push(format!(
                "(1 - {m}.{s}.sigma)*log_mean({o}, {i})*{m}.water_flux"
            ));
        }
        draft.equation(
            head,
            &format!("{s}.flux"),
            "amol/um^2/s",
            "solute flux, inward positive",
            &terms.join(" + "),
        );
        draft.equation(
            head,
            &format!("{s}.flow"),
            "amol/s",
            "solute flow, inward positive",
            &format!("{m}.area*{m}.{s}.flux"),
        );
        self.exchange(draft, &format!("{s}.amount"), &format!("{m}.{s}.flow"));
        // Between two compartments nothing is lost: their amounts together are a conserved sum.
        let compartments: Vec<&str> = [&self.outside.name, &self.inside.name]
            .into_iter()
            .map(String::as_str)
            .filter(|n| blocks.is_compartment(n))
            .collect();
        if compartments.len() == 2
            && blocks
                .membranes
                .iter()
                .filter(|x| x.passages.iter().any(|p| p.solute.name == *s))
                .count()
                == 1
        {
            let sum: Vec<String> = compartments
                .iter()
                .map(|c| format!("{c}.{s}.amount"))
                .collect();
            let value = code(draft, &sum.join(" + "), head.span);
            draft.conserved.push(Conserved {
                name: format!("{m}.{s}"),
                span: head.span,
                value,
                tolerance: None,
                block: head.title(),
            });
        }
    }

    /// Adds a flow to the inside and takes it from the outside, where these are compartments.
    fn exchange(&self, draft: &mut Draft, part: &str, flow: &str) {
        let span = self.head.span;
        let term = code(draft, flow, span);
        draft.add_rate(&format!("{}.{part}", self.inside.name), term);
        let term = code(draft, &format!("-{flow}"), span);
        draft.add_rate(&format!("{}.{part}", self.outside.name), term);
    }

    /// γ = K_A max(0, e), e = S(V)/A − 1 with S the sphere's area; P = 2γ/r (Laplace).
    fn tension(&self, draft: &mut Draft, blocks: &Blocks, tension: &Tension) {
        let (head, m, i) = (&self.head, &self.head.name, &self.inside.name);
        if !blocks.is_compartment(i) {
            let message = format!(
                "a membrane with `tension` must enclose a compartment, and `{i}` is a bath"
            );
            draft.mistake(
                self.inside.span,
                message,
                "the second of `between` is the inside".to_string(),
            );
            return;
        }
        draft.define(
            head,
            Part {
                name: "modulus",
                unit: "mN/m",
                quantity: "area expansion modulus",
                domain: Domain::NonNegative,
            },
            tension.modulus.clone(),
        );
        draft.equation(
            head,
            "strain",
            "1",
            "area strain against the sphere of the same volume; below 0 the membrane is slack",
            &format!("sphere_area({i}.volume)/{m}.area - 1"),
        );
        draft.equation(
            head,
            "tension",
            "mN/m",
            "membrane tension",
            &format!("{m}.modulus*max(0, {m}.strain)"),
        );
        draft.equation(
            head,
            "tension_pressure",
            "MPa",
            "pressure that the tension makes (Laplace)",
            &format!("2*{m}.tension/sphere_radius({i}.volume)"),
        );
    }
}

impl Passage {
    /// True when the solute can cross.
    fn carries(&self) -> bool {
        let drags = match self.sigma.as_ref().map(|a| &a.kind) {
            Some(AstKind::Number { value, .. }) => *value != 1.0,
            Some(_) => true,
            None => false,
        };
        // A permeability of 0 may be set to another value later.
        self.permeability.is_some() || drags
    }
}

impl Blocks {
    fn is_compartment(&self, name: &str) -> bool {
        self.compartments.iter().any(|c| c.head.name == name)
    }

    pub(super) fn has_volume(&self, name: &str) -> bool {
        self.is_compartment(name) || self.baths.iter().any(|b| b.head.name == name)
    }

    fn solutes_of(&self, name: &str) -> &[super::Solute] {
        let compartment = self
            .compartments
            .iter()
            .find(|c| c.head.name == name)
            .map(|c| c.solutes.as_slice());
        compartment
            .or_else(|| {
                self.baths
                    .iter()
                    .find(|b| b.head.name == name)
                    .map(|b| b.solutes.as_slice())
            })
            .unwrap_or(&[])
    }

    fn has_solute(&self, side: &str, solute: &str) -> bool {
        self.solutes_of(side).iter().any(|s| s.key.name == solute)
    }

    fn has_coefficient(&self, side: &str, solute: &str) -> bool {
        self.solutes_of(side)
            .iter()
            .any(|s| s.key.name == solute && s.has_coefficient())
    }
}

/// `between = ["plasma", "cell"]`
fn pair<'a>(reader: &mut Reader<'a>, value: &Value<'a>) -> Option<(Named, Named)> {
    let items = reader.items(value);
    let &[outside, inside] = items.as_slice() else {
        reader.expected(
            value,
            "between",
            "a list of two names: the outside and the inside",
        );
        return None;
    };
    let mut named = |v: &Value<'a>| {
        let text = reader.text("between", v)?;
        Some(Named {
            name: text.value,
            span: text.span,
        })
    };
    let (outside, inside) = (named(outside)?, named(inside)?);
    if outside.name == inside.name {
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
    let inner = Head {
        kind: head.kind,
        name: head.part("tension"),
        span: key.span,
    };
    let mut modulus = None;
    keys(
        reader,
        &inner,
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
        let inner = Head {
            kind: head.kind,
            name: head.part(&key.name),
            span: key.span,
        };
        let mut passage = Passage {
            solute: key,
            permeability: None,
            sigma: None,
        };
        match v.get_ref() {
            DeValue::Table(body) => keys(
                reader,
                &inner,
                body,
                &["permeability", "sigma"],
                |reader, k, v| {
                    let read = reader.expression(&k.name, v);
                    match k.name.as_str() {
                        "sigma" => passage.sigma = read,
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
                "a solute of a membrane needs `permeability`, `sigma` or both",
            );
        }
        passages.push(passage);
    }
    passages
}

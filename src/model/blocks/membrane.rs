//! Membranes: water and solutes that cross (Kedem & Katchalsky 1958), tension of a taut membrane, capacitance.

use toml::de::{DeTable, DeValue};

use super::{Blocks, Conserved, Domain, Draft, Given, Head, Part, Place, code, keys};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::print::to_text;
use crate::model::file::absent;
use crate::model::toml::{Key, Reader, Value, span_of};

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
                "molecules" => molecules = named_values(reader, "molecules", v),
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

    pub fn expand(&self, draft: &mut Draft, blocks: &Blocks) {
        let (head, m) = (&self.head, self.head.copy());
        if !self.sides_exist(draft, blocks) {
            return;
        }
        if !blocks.traffic.iter().any(|t| t.moves_area(&head.name)) {
            let area = self.area.clone().unwrap_or_else(absent);
            let domain = Domain::Positive;
            self.given(draft, "area", "um^2", "membrane area", domain, area);
        }
        if let Some(value) = &self.capacitance {
            let quantity = "specific capacitance";
            let domain = Domain::NonNegative;
            let value = value.clone();
            self.given(
                draft,
                "specific_capacitance",
                "pF/um^2",
                quantity,
                domain,
                value,
            );
            draft.equation(
                head,
                "capacitance",
                "pF",
                "membrane capacitance",
                &format!("{m}.specific_capacitance * {m}.area"),
            );
        }
        self.potential(draft, blocks);
        if self.pf.is_some() || self.lp.is_some() {
            self.water(draft, blocks);
        }
        if let Some(value) = &self.water_pump {
            let quantity = "active water flow, inward positive";
            let value = value.clone();
            self.given(draft, "water_pump", "um^3/s", quantity, Domain::Any, value);
            self.exchange(draft, blocks, "volume", &format!("{m}.water_pump"));
        }
        for passage in self.passages.iter().filter(|p| p.carries()) {
            self.solute(draft, blocks, passage);
        }
        if let Some(tension) = &self.tension {
            self.tension(draft, blocks, tension);
        }
    }

    fn given(
        &self,
        draft: &mut Draft,
        name: &str,
        unit: &str,
        quantity: &'static str,
        domain: Domain,
        value: Ast,
    ) {
        let part = Part {
            name,
            unit,
            quantity,
            domain,
        };
        draft.define(&self.head, part, value);
    }

    /// The membrane potential, inside against outside: given (a voltage clamp), or the charge inside over the
    /// capacitance. What lies inside of an inner membrane is inside of the outer one too.
    fn potential(&self, draft: &mut Draft, blocks: &Blocks) {
        let (head, m) = (&self.head, self.head.copy());
        if let Some(value) = &self.potential {
            let value = value.clone();
            self.given(
                draft,
                "potential",
                "mV",
                "membrane potential",
                Domain::Any,
                value,
            );
            return;
        }
        if self.inside.is_nowhere() || !blocks.charges_itself(self) {
            return;
        }
        let inner = (blocks.membranes.iter())
            .filter(|x| x.outside.name == self.inside.name && blocks.charges_itself(x));
        let mut charge = format!("{}.charge", self.inside);
        for x in inner.filter(|x| x.head.each.is_none()) {
            let x = &x.head.name;
            charge.push_str(&format!(" + {x}.capacitance*{x}.potential"));
        }
        draft.equation(
            head,
            "potential",
            "mV",
            "membrane potential, inside against outside",
            &format!("({charge})/{m}.capacitance"),
        );
    }

    fn sides_exist(&self, draft: &mut Draft, blocks: &Blocks) -> bool {
        let mut good = true;
        for side in [&self.outside, &self.inside] {
            good &= side.is_nowhere() || blocks.find(draft, side, VOLUMES).is_some();
        }
        for passage in &self.passages {
            for side in [&self.outside, &self.inside] {
                let name = &passage.solute.name;
                if good
                    && passage.carries()
                    && blocks.is_compartment(&side.name)
                    && blocks.solute(&side.name, name).is_none()
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
                .any(|s| blocks.solute(&s.name, &passage.solute.name).is_some());
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
        let (head, m) = (&self.head, self.head.copy());
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
        let (o, i) = (&self.outside, &self.inside);
        let pressure =
            |side: &Place| format!("{side}.osmotic_pressure{}", self.leaky(side, blocks));
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
        self.exchange(draft, blocks, "volume", &format!("{m}.water_flow"));
    }

    /// What the solutes with σ < 1 on one side do not contribute: (1 − σ_s) of their osmotic pressure.
    fn leaky(&self, side: &Place, blocks: &Blocks) -> String {
        let m = self.head.copy();
        let mut out = String::new();
        for passage in self.passages.iter().filter(|p| p.sigma.is_some()) {
            let s = &passage.solute.name;
            if let Some(solute) = blocks.solute(&side.name, s) {
                let osmolarity = solute.osmotic(&side.to_string());
                out.push_str(&format!(" - R*T*(1 - {m}.{s}.sigma)*{osmolarity}"));
            }
        }
        out
    }

    /// J_s = P_s (c_o − c_i) + (1 − σ_s) c̄ J_v with the logarithmic mean c̄ (Kedem & Katchalsky 1958); for an ion also
    /// −g_s (V − E_s)/(z_s F) with its Nernst potential E_s, and what a pump moves.
    fn solute(&self, draft: &mut Draft, blocks: &Blocks, passage: &Passage) {
        let (head, m, s) = (&self.head, self.head.copy(), &passage.solute.name);
        let concentration = |side: &Place| {
            if blocks.solute(&side.name, s).is_some() {
                format!("{side}.{s}")
            } else {
                "0 mM".to_string()
            }
        };
        let (o, i) = (concentration(&self.outside), concentration(&self.inside));
        let part = |name: &str| format!("{s}.{name}");
        let mut terms = Vec::new();
        if let Some(value) = &passage.permeability {
            let (name, domain, value) = (part("permeability"), Domain::NonNegative, value.clone());
            self.given(draft, &name, "um/s", "solute permeability", domain, value);
            terms.push(format!("{m}.{s}.permeability*({o} - {i})"));
        }
        if passage.sigma.is_some() && (self.pf.is_some() || self.lp.is_some()) {
            terms.push(format!(
                "(1 - {m}.{s}.sigma)*log_mean({o}, {i})*{m}.water_flux"
            ));
        }
        if let Some(value) = &passage.conductance {
            let (name, domain, value) = (part("conductance"), Domain::NonNegative, value.clone());
            self.given(
                draft,
                &name,
                "S/m^2",
                "electrical conductance",
                domain,
                value,
            );
            let Some(z) = self.valence(draft, blocks, passage) else {
                return;
            };
            draft.equation(
                head,
                &part("reversal_potential"),
                "mV",
                "potential at which no current flows (Nernst)",
                &format!("R*T/({z}*F)*ln({o}/{i})"),
            );
            draft.equation(
                head,
                &part("current"),
                "pA/um^2",
                "current density of the ion, outward positive",
                &format!("{m}.{s}.conductance*({m}.potential - {m}.{s}.reversal_potential)"),
            );
            terms.push(format!("-{m}.{s}.current/({z}*F)"));
        }
        if let Some(value) = &passage.pump {
            let (name, unit, value) = (part("pump"), "amol/um^2/s", value.clone());
            let quantity = "active transport, inward positive";
            self.given(draft, &name, unit, quantity, Domain::Any, value);
            terms.push(format!("{m}.{s}.pump"));
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
        self.exchange(
            draft,
            blocks,
            &format!("{s}.amount"),
            &format!("{m}.{s}.flow"),
        );
        self.kept(draft, blocks, s);
    }

    /// The charge number of an ion, by its name.
    fn valence(&self, draft: &mut Draft, blocks: &Blocks, passage: &Passage) -> Option<String> {
        let s = &passage.solute.name;
        for side in [&self.inside, &self.outside] {
            let solute = blocks.solute(&side.name, s);
            if solute.is_some_and(|solute| solute.valence.is_some()) {
                return Some(format!("{side}.{s}.valence"));
            }
        }
        let message = format!("`{s}` has a conductance, but no charge");
        let help = format!(
            "give its `valence` where it is listed: solutes.{s} = {{ concentration = …, valence = 1 }}"
        );
        draft.mistake(passage.solute.span, message, help);
        None
    }

    /// Between two compartments nothing is lost: where nothing else moves the solute, their amounts together are a
    /// conserved sum.
    fn kept(&self, draft: &mut Draft, blocks: &Blocks, s: &str) {
        let sides = [&self.outside, &self.inside];
        let membranes = blocks.membranes.iter();
        let others = membranes
            .filter(|x| x.passages.iter().any(|p| p.solute.name == s))
            .count();
        let alone = others == 1 && self.head.each.is_none();
        let elsewhere = sides
            .iter()
            .any(|side| blocks.is_moved_otherwise(&side.name, s));
        if !alone || elsewhere || !sides.iter().all(|side| blocks.is_compartment(&side.name)) {
            return;
        }
        let sum: Vec<String> = sides.iter().map(|c| format!("{c}.{s}.amount")).collect();
        let value = code(draft, &sum.join(" + "), self.head.span);
        draft.conserved.push(Conserved {
            name: self.head.part(s),
            span: self.head.span,
            value,
            tolerance: None,
            block: self.head.title(),
        });
    }

    /// Adds a flow to the inside and takes it from the outside, where these are compartments or soils.
    fn exchange(&self, draft: &mut Draft, blocks: &Blocks, part: &str, flow: &str) {
        let (span, each) = (self.head.span, &self.head.each);
        for (side, sign) in [(&self.inside, ""), (&self.outside, "-")] {
            // A soil counts its water, not its volume.
            let is_soil = blocks.soils.iter().any(|soil| soil.head.name == side.name);
            let part = if is_soil && part == "volume" {
                "water"
            } else {
                part
            };
            draft.add_rate(side, part, each, &format!("{sign}{flow}"), span);
        }
    }

    /// γ = K_A max(0, e), e = S(V)/A − 1 with S the sphere's area; P = 2γ/r (Laplace).
    fn tension(&self, draft: &mut Draft, blocks: &Blocks, tension: &Tension) {
        let (head, m, i) = (&self.head, self.head.copy(), &self.inside);
        if !blocks.is_compartment(&i.name) {
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
    /// True when something else than the flow of water carries the solute across.
    fn moves_by_itself(&self) -> bool {
        // A permeability of 0 may be set to another value later.
        self.permeability.is_some() || self.conductance.is_some() || self.pump.is_some()
    }

    /// True when the solute can cross.
    fn carries(&self) -> bool {
        let drags = match self.sigma.as_ref().map(|a| &a.kind) {
            Some(AstKind::Number { value, .. }) => *value != 1.0,
            Some(_) => true,
            None => false,
        };
        self.moves_by_itself() || drags
    }
}

impl Blocks {
    pub(super) fn is_compartment(&self, name: &str) -> bool {
        self.compartments.iter().any(|c| c.head.name == name)
    }

    fn solutes_of(&self, name: &str) -> &[super::solute::Solute] {
        let compartment = (self.compartments.iter())
            .find(|c| c.head.name == name)
            .map(|c| c.solutes.as_slice());
        let bath = || {
            (self.baths.iter())
                .find(|b| b.head.name == name)
                .map(|b| b.solutes.as_slice())
        };
        compartment.or_else(bath).unwrap_or(&[])
    }

    /// A solute of a bath or a compartment.
    pub(super) fn solute(&self, side: &str, solute: &str) -> Option<&super::solute::Solute> {
        self.solutes_of(side).iter().find(|s| s.key.name == solute)
    }

    /// The solutes of a bath or a compartment, by name.
    pub(super) fn solute_names(&self, side: &str) -> Vec<String> {
        let solutes = self.solutes_of(side).iter();
        solutes.map(|s| s.key.name.clone()).collect()
    }

    /// True when a membrane, a reaction or traffic changes how much there is of this solute of this compartment.
    pub(super) fn moves(&self, compartment: &str, solute: &str) -> bool {
        let crosses = |m: &Membrane| {
            (m.inside.name == compartment || m.outside.name == compartment)
                && m.passages
                    .iter()
                    .any(|p| p.solute.name == solute && p.carries())
        };
        self.membranes.iter().any(crosses) || self.is_moved_otherwise(compartment, solute)
    }

    /// True when a reaction or traffic does.
    fn is_moved_otherwise(&self, compartment: &str, solute: &str) -> bool {
        (self.reactions.iter()).any(|r| r.changes(&format!("{compartment}.{solute}")))
            || self.traffic.iter().any(|t| t.carries(self, compartment))
    }

    /// True when the charge inside makes the potential of this membrane.
    fn charges_itself(&self, membrane: &Membrane) -> bool {
        membrane.potential.is_none()
            && membrane.capacitance.is_some()
            && self
                .solutes_of(&membrane.inside.name)
                .iter()
                .any(|s| s.valence.is_some())
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

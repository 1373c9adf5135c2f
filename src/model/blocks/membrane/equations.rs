//! What membranes write: water and solutes that cross (Kedem & Katchalsky 1958), currents of ions, the potential, the
//! tension of a taut membrane.

use super::{Membrane, Passage, Tension, VOLUMES};
use crate::expr::print::to_text;
use crate::model::Conserved;
use crate::model::blocks::copies::seen_from;
use crate::model::blocks::{Blocks, Domain, Draft, Part, Place, code};
use crate::model::file::absent;

impl Membrane {
    pub(in crate::model::blocks) fn expand(&self, draft: &mut Draft, blocks: &Blocks) {
        let (head, m) = (&self.head, self.head.copy());
        if !self.sides_exist(draft, blocks) {
            return;
        }
        if !blocks.traffic.iter().any(|t| t.moves_area(&head.name)) {
            let area = self.area.clone().unwrap_or_else(absent);
            let domain = Domain::Positive;
            draft.given(head, "area", "um^2", "membrane area", domain, area);
        }
        if let Some(value) = &self.capacitance {
            let quantity = "specific capacitance";
            let domain = match self.has_free_potential() && blocks.charges_itself(self) {
                true => Domain::Positive,
                false => Domain::NonNegative,
            };
            let value = value.clone();
            draft.given(
                head,
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
            draft.given(head, "water_pump", "um^3/s", quantity, Domain::Any, value);
            self.exchange(draft, blocks, "volume", &format!("{m}.water_pump"));
        }
        for passage in self.passages.iter().filter(|p| p.carries()) {
            self.solute(draft, blocks, passage);
        }
        if let Some(tension) = &self.tension {
            self.tension(draft, blocks, tension);
        }
    }

    /// The membrane potential, inside against outside: given (a voltage clamp), or the charge inside over the
    /// capacitance of all membranes that enclose it.
    fn potential(&self, draft: &mut Draft, blocks: &Blocks) {
        let (head, m) = (&self.head, self.head.copy());
        if let Some(value) = &self.potential {
            let value = value.clone();
            draft.given(
                head,
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
        let mut capacitances = Vec::new();
        let around = blocks.membranes.iter();
        for x in around.filter(|x| x.inside.name == self.inside.name && x.has_free_potential()) {
            let term = format!("{}.capacitance", x.head.copy());
            let own = &head.each;
            match seen_from(own, &x.inside, &x.head.each, &term) {
                Ok(term) => capacitances.push(term),
                Err(message) => draft.mistake(x.inside.span, message, String::new()),
            }
        }
        let charge = format!("{}.{}", self.inside, blocks.charge_part(&self.inside.name));
        let text = match capacitances.as_slice() {
            [one] => format!("{charge}/{one}"),
            many => format!("{charge}/({})", many.join(" + ")),
        };
        draft.equation(
            head,
            "potential",
            "mV",
            "membrane potential, inside against outside",
            &text,
        );
        // 1 mM too much of an ion makes tens of volts.
        let message = "no membrane bears a volt: the charges of the ions inside don't balance";
        let value = format!("1 V^2 - {m}.potential^2");
        draft.guard(head, "potential", &value, message.to_string());
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
                    && blocks.lists_solutes(&side.name)
                    && blocks.solute(&side.name, name).is_none()
                {
                    let message = format!(
                        "`{name}` crosses, but `{}` has no solute `{name}`",
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
            draft.given(head, &name, "um/s", "solute permeability", domain, value);
            terms.push(format!("{m}.{s}.permeability*({o} - {i})"));
        }
        if passage.sigma.is_some() && (self.pf.is_some() || self.lp.is_some()) {
            terms.push(format!(
                "(1 - {m}.{s}.sigma)*log_mean({o}, {i})*{m}.water_flux"
            ));
        }
        if let Some(value) = &passage.conductance {
            let (name, domain, value) = (part("conductance"), Domain::NonNegative, value.clone());
            draft.given(
                head,
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
            draft.given(head, &name, unit, quantity, Domain::Any, value);
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
        let sides = [&self.inside, &self.outside];
        let valence = |side: &Place| {
            let solute = blocks.solute(&side.name, s)?;
            solute.valence.as_ref().map(to_text)
        };
        let given: Vec<(&Place, String)> = (sides.into_iter())
            .filter_map(|side| Some((side, valence(side)?)))
            .collect();
        if let [(a, x), (b, y)] = given.as_slice()
            && x != y
        {
            let message = format!("`{s}` has the valence {x} in `{a}` and {y} in `{b}`");
            draft.mistake(passage.solute.span, message, String::new());
            return None;
        }
        // An ion that is not counted as a charge would carry a current that nobody feels.
        let uncounted = (sides.into_iter())
            .find(|side| blocks.is_compartment(&side.name) && valence(side).is_none());
        if let (Some(side), false) = (uncounted, given.is_empty()) {
            let message = format!("`{s}` has a conductance, but no charge in `{side}`");
            let help = format!(
                "give its `valence` there: solutes.{s} = {{ concentration = …, valence = … }}"
            );
            draft.mistake(passage.solute.span, message, help);
            return None;
        }
        if let Some((side, _)) = given.first() {
            return Some(format!("{side}.{s}.valence"));
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
            let part = match part {
                "volume" => blocks.volume_state(&side.name),
                other => other,
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

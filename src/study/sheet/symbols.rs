//! The symbols of a model in LaTeX: those of textbooks for what blocks define.

use std::collections::HashMap;

use super::Sheet;
use crate::expr::print::{latex_path, latex_symbol};
use crate::model::Model;

/// What blocks call it, and the symbol that textbooks give it.
const TEXTBOOK: &[(&str, &str)] = &[
    ("volume", "V"),
    ("area", "A"),
    ("radius", "r"),
    ("diameter", "d"),
    ("pressure", "P"),
    ("turgor", "P"),
    ("modulus", r"\varepsilon"),
    ("tension", r"\gamma"),
    ("osmotic_pressure", r"\Pi"),
    ("water_potential", r"\Psi"),
    ("matric_potential", r"\Psi_{\mathrm{m}}"),
    ("osmolarity", "c"),
    ("amount", "n"),
    ("number", "N"),
    ("water", r"V_{\mathrm{w}}"),
    ("inactive", "b"),
    ("at", r"V_{\mathrm{at}}"),
    ("applied_pressure", r"P_{\mathrm{a}}"),
    ("area_rate", r"\dot{A}"),
    ("volume_rate", r"\dot{V}"),
    // Soils, after van Genuchten.
    ("water_content", r"\theta"),
    ("residual", r"\theta_{\mathrm{r}}"),
    ("saturated", r"\theta_{\mathrm{s}}"),
    ("saturation", "S"),
    ("suction", "h"),
    ("conductivity", "K"),
    ("saturated_conductivity", r"K_{\mathrm{s}}"),
    ("water_flux", r"J_{\mathrm{v}}"),
    ("water_flow", r"Q_{\mathrm{v}}"),
    ("flux", "J"),
    ("flow", "Q"),
    ("permeability", "P"),
    ("sigma", r"\sigma"),
    ("conductance", "g"),
    ("current", "I"),
    ("potential", r"V_{\mathrm{m}}"),
    ("reversal_potential", "E"),
    ("capacitance", "C"),
    ("specific_capacitance", r"C_{\mathrm{m}}"),
    ("charge", "q"),
    ("valence", "z"),
    ("forward", r"k_{+}"),
    ("backward", r"k_{-}"),
    ("rate", "v"),
];

/// Name to symbol.
pub(crate) struct Symbols<'a> {
    model: &'a Model,
    symbols: HashMap<String, String>,
}

impl<'a> Symbols<'a> {
    pub fn new(sheet: &Sheet<'a>) -> Symbols<'a> {
        let parameters = sheet.parameters.iter().map(|p| (&p.name, &p.about));
        let states = sheet.states.iter().map(|s| (&s.name, &s.about));
        let equations = sheet.equations.iter().map(|e| (&e.name, &e.about));
        let all: Vec<_> = parameters.chain(states).chain(equations).collect();
        let mut symbols: HashMap<String, String> = HashMap::new();
        let mut uses: HashMap<String, usize> = HashMap::new();
        for (name, about) in &all {
            let symbol = textbook(name, about).unwrap_or_else(|| latex_symbol(name));
            *uses.entry(symbol.clone()).or_default() += 1;
            symbols.insert(name.to_string(), symbol);
        }
        // Two of one symbol: each has its name back.
        for (name, symbol) in &mut symbols {
            if uses.get(symbol).is_some_and(|n| *n > 1) {
                *symbol = latex_symbol(name);
            }
        }
        Symbols {
            model: sheet.model,
            symbols,
        }
    }

    pub fn of(&self, name: &str) -> String {
        // The file may call the only bath `bath`.
        let known = self.symbols.get(&self.model.full_name(name)).cloned();
        known.unwrap_or_else(|| latex_symbol(name))
    }

    /// The symbol of a name that may be repeated, with its index.
    pub fn indexed(&self, name: &str, each: &str) -> String {
        match each.split_once(' ') {
            Some((index, _)) => with_subscript(&self.of(name), index),
            None => self.of(name),
        }
    }
}

/// `V_{\mathrm{cell}}` for `cell.volume`.
fn textbook(name: &str, about: &str) -> Option<String> {
    let (qualifier, last) = name.rsplit_once('.')?;
    let of = format!(r"\mathrm{{{}}}", latex_path(qualifier));
    if about == "concentration at the start" {
        return Some(format!("c_{{0,{of}}}"));
    }
    if about == "concentration" {
        return Some(format!(r"c_{{\mathrm{{{}}}}}", latex_path(name)));
    }
    let (at_start, last) = match last.strip_prefix("initial_") {
        Some(rest) => (true, rest),
        None => (false, last),
    };
    let (_, symbol) = TEXTBOOK.iter().find(|(known, _)| *known == last)?;
    let symbol = if at_start {
        with_subscript(symbol, "0")
    } else {
        symbol.to_string()
    };
    Some(with_subscript(&symbol, &of))
}

fn with_subscript(symbol: &str, more: &str) -> String {
    match symbol.strip_suffix('}') {
        Some(open) if symbol.contains("_{") => format!("{open},{more}}}"),
        _ => format!("{symbol}_{{{more}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_blocks_define_has_the_symbols_of_textbooks() {
        let cases = [
            ("cell.volume", "", r"V_{\mathrm{cell}}"),
            ("cell.sap.amount", "", r"n_{\mathrm{cell,sap}}"),
            ("cell.sap", "concentration", r"c_{\mathrm{cell,sap}}"),
            ("cell.initial_volume", "", r"V_{0,\mathrm{cell}}"),
            ("pm.water_flow", "", r"Q_{\mathrm{v},\mathrm{pm}}"),
            (
                "guard_cell.osmotic_pressure",
                "",
                r"\Pi_{\mathrm{guard\ cell}}",
            ),
        ];
        for (name, about, symbol) in cases {
            assert_eq!(textbook(name, about).as_deref(), Some(symbol), "{name}");
        }
        assert_eq!(textbook("volume", ""), None);
        assert_eq!(textbook("pm.strain", ""), None);
    }
}

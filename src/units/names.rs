//! Names of units, with their prefixes.

use super::parse::{Value, error};
use super::table::{self, Named};
use super::{Dimension, UnitError};
use crate::diagnostic::{Span, nearest};

/// One spelling for signs that look alike: micro, ohm, ångström.
fn canonical(name: &str) -> String {
    let name = name
        .replace('μ', "µ")
        .replace('\u{2126}', "Ω")
        .replace('\u{212B}', "Å");
    match name.strip_suffix("Ohm") {
        Some(prefix) => format!("{prefix}Ω"),
        None => name,
    }
}

pub(super) fn look_up(name: &str, span: Span) -> Result<(Value, String), UnitError> {
    if table::CELSIUS.contains(&name) {
        let help = "write K for differences and in composed units";
        return Err(error(
            span,
            format!("`{name}` has its own zero and stands only alone"),
            help,
        ));
    }
    let written = canonical(name);
    for (kind, names) in table::COUNTS.iter().enumerate() {
        if names.contains(&written.as_str()) {
            return Ok((
                Value {
                    dimension: Dimension::of_count(kind),
                    ..Value::ONE
                },
                written,
            ));
        }
    }
    if let Some(unit) = table::NAMED.iter().find(|unit| unit.name == written) {
        return Ok((value_of(unit, 0), written));
    }
    for (prefix, power) in table::PREFIXES {
        let prefixes = if *prefix == "µ" {
            ["µ", "u"]
        } else {
            [*prefix, *prefix]
        };
        for spelling in prefixes {
            let rest = written.strip_prefix(spelling);
            let unit = rest.and_then(|rest| {
                table::NAMED
                    .iter()
                    .find(|unit| unit.prefixes && unit.name == rest)
            });
            if let Some(unit) = unit {
                return Ok((value_of(unit, *power), format!("{prefix}{}", unit.name)));
            }
        }
    }
    let help = suggest(name)
        .map(|unit| format!("did you mean `{unit}`?"))
        .unwrap_or_default();
    Err(error(span, format!("unknown unit `{name}`"), help))
}

fn value_of(unit: &Named, prefix: i32) -> Value {
    Value {
        dimension: Dimension::from_si(unit.exponents),
        factor: unit.factor,
        divisor: unit.divisor,
        power: unit.power + prefix,
    }
}

/// The unit that was probably meant.
pub(crate) fn suggest(name: &str) -> Option<String> {
    if let Some((_, unit)) = table::MISSPELT.iter().find(|(wrong, _)| *wrong == name) {
        return Some(unit.to_string());
    }
    let mut known: Vec<String> = table::COUNTS
        .iter()
        .flatten()
        .map(|name| name.to_string())
        .collect();
    known.extend(table::CELSIUS.iter().map(|name| name.to_string()));
    for unit in table::NAMED {
        known.push(unit.name.to_string());
        if unit.prefixes {
            known.extend(
                table::PREFIXES
                    .iter()
                    .map(|(prefix, _)| format!("{}{}", prefix.replace('µ', "u"), unit.name)),
            );
        }
    }
    // A mistyped one-letter word is as near to everything as to anything.
    if name.chars().count() < 2 {
        return known
            .into_iter()
            .find(|unit| unit.chars().count() == 1 && unit.eq_ignore_ascii_case(name));
    }
    nearest(name, known.iter().map(String::as_str)).map(str::to_string)
}

//! Local sensitivities as a table: one row for each outcome and factor.

use super::{Local, Way};
use crate::study::harvest::shown_unit;
use crate::table::{Table, Values};

/// The unit of a derivative, in words: `µm³ per (µm/s)`.
pub(super) fn quotient(outcome: &str, factor: &str) -> String {
    match (outcome, factor) {
        ("", "") => String::new(),
        (outcome, "") => outcome.to_string(),
        ("", factor) => format!("1 per {factor}"),
        (outcome, factor) => format!("{outcome} per {factor}"),
    }
}

/// All derivatives.
pub fn table_of_slopes(found: &Local) -> Table {
    let mut words: [Vec<String>; 5] = Default::default();
    let mut numbers: [Vec<Option<f64>>; 7] = Default::default();
    for ((answer, value), slopes) in found.answers.iter().zip(&found.values).zip(&found.slopes) {
        for (factor, slope) in found.factors.iter().zip(slopes) {
            let (outcome, by) = (shown_unit(&answer.unit), shown_unit(&factor.unit));
            let (way, reason) = match slope.as_ref().map(|s| &s.way) {
                Ok(Way::Forward) => ("forward", String::new()),
                Ok(Way::Differences(reason)) => ("differences", reason.clone()),
                Err(reason) => ("none", reason.clone()),
            };
            let cells = [
                answer.name.clone(),
                factor.name.clone(),
                quotient(&outcome, &by),
                way.to_string(),
                reason,
            ];
            for (column, cell) in words.iter_mut().zip(cells) {
                column.push(cell);
            }
            let slope = slope.as_ref().ok();
            let difference = slope.and_then(|s| s.difference);
            let cells = [
                *value,
                Some(factor.unit.from_internal(factor.value)),
                slope.map(|s| s.derivative),
                slope.map(|s| s.error),
                slope.and_then(|s| s.elasticity),
                difference.map(|d| d.value),
                difference.map(|d| d.error),
            ];
            for (column, cell) in numbers.iter_mut().zip(cells) {
                column.push(cell);
            }
        }
    }
    let mut table = Table::default();
    let [outcome, factor, unit, way, reason] = words.map(Values::Words);
    let [value, at, derivative, wrong, elasticity, difference, error] =
        numbers.map(Values::Numbers);
    let columns = [
        ("outcome", "name of the outcome", outcome),
        ("factor", "what is varied", factor),
        ("unit", "unit of the derivative", unit),
        ("way", "forward, differences or none", way),
        ("reason", "why not forward", reason),
        ("value", "the outcome, in its unit", value),
        ("at", "the factor, in its unit", at),
        (
            "derivative",
            "change of the outcome for a unit of the factor",
            derivative,
        ),
        ("error", "how wrong the derivative may be", wrong),
        (
            "elasticity",
            "relative change of the outcome for a relative change of the factor",
            elasticity,
        ),
        ("difference", "the derivative from differences", difference),
        ("difference_error", "how wrong that may be", error),
    ];
    for (name, about, values) in columns {
        table.push(name, "", about, values);
    }
    table
}

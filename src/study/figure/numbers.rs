//! The numbers of a figure's texts.

use std::collections::BTreeMap;

use super::plan::FigurePlan;
use super::solve::Results;

/// Names and written numbers.
pub(super) struct Numbers(BTreeMap<String, String>);

impl Numbers {
    /// # Errors
    /// When a number does not exist, e.g. the time of an event that did not happen: a text can't do without it.
    pub fn new(plan: &FigurePlan, results: &Results) -> Result<Numbers, String> {
        let mut numbers = BTreeMap::new();
        for (def, (own, over)) in plan.figure.numbers.iter().zip(&plan.numbers) {
            let name = &def.outcome.name;
            let none = || format!("the number `{name}` of this figure does not exist in its run");
            let (value, unit) = plan.outcome(results, *own);
            let mut value = value.ok_or_else(none)?;
            let mut unit = unit;
            if let Some(over) = over {
                value /= plan.outcome(results, *over).0.ok_or_else(none)?;
                unit.clear();
            }
            if !value.is_finite() {
                return Err(none());
            }
            let unit = if def.bare { "" } else { unit.as_str() };
            numbers.insert(name.clone(), with_unit(value, unit, def.digits));
        }
        Ok(Numbers(numbers))
    }

    /// The number of that name as it is written.
    pub fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// `0.73 s`, `12 %`.
fn with_unit(value: f64, unit: &str, digits: usize) -> String {
    let number = rounded(value, digits);
    match unit {
        "" => number,
        _ => format!("{number} {unit}"),
    }
}

/// To so many significant digits, as people write it: `0.73`, `1300`, `2.4 × 10⁻⁵`.
pub(super) fn rounded(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    let digits = digits.max(1);
    let text = format!("{:.*e}", digits - 1, value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if value < 0.0 { "−" } else { "" };
    if !(-4..6).contains(&exponent) {
        let raised: String = exponent.to_string().chars().map(superscript).collect();
        return format!("{sign}{mantissa} × 10{raised}");
    }
    let rounded: f64 = text.parse().unwrap_or(value.abs());
    let places = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
    format!("{sign}{rounded:.places$}")
}

fn superscript(c: char) -> char {
    match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        _ => c
            .to_digit(10)
            .and_then(|d| char::from_u32(0x2070 + d))
            .unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        let check = |value, digits, expected: &str| assert_eq!(rounded(value, digits), expected);
        check(0.72679, 2, "0.73");
        check(0.72679, 1, "0.7");
        check(1284.3, 2, "1300");
        check(-0.6, 2, "−0.60");
        check(99.97, 3, "100");
        check(9.997, 3, "10.0");
        check(2.41e-5, 2, "2.4 × 10⁻⁵");
        check(1.0e7, 1, "1 × 10⁷");
        check(0.0, 3, "0");
    }

    #[test]
    fn units_follow() {
        assert_eq!(with_unit(12.04, "%", 2), "12 %");
        assert_eq!(with_unit(1.6, "", 2), "1.6");
    }
}

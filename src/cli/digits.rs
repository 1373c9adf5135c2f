//! Numbers for people: as many digits as they have, no more.

use crate::solve::problem::Method;

/// Digits that a run of this tolerance supports: one less than the tolerance promises for a single step.
pub(super) fn supported(method: Method, rtol: f64) -> usize {
    match method {
        // No tolerance governs a fixed step; this many are a figure of speech.
        Method::Rk4 => 6,
        _ => of_tolerance(rtol).saturating_sub(1).clamp(2, 14),
    }
}

/// Digits that a relative tolerance stands for.
pub(super) fn of_tolerance(rtol: f64) -> usize {
    // 1e-8 is 8 digits, although its logarithm may fall short of -8 by a rounding.
    (-rtol.log10() + 1e-9).floor().clamp(0.0, 16.0) as usize
}

/// A number with so many significant digits, zeros at the end left out.
pub(super) fn number(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let digits = digits.max(1);
    // Rounded first: 9.9996 with four digits is 10, and has another exponent.
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    let mantissa = trim(mantissa);
    if (-5..0).contains(&power) || (0..digits.max(6) as i32).contains(&power) {
        let rounded: f64 = format!("{mantissa}e{power}").parse().unwrap_or(value);
        return format!("{rounded}");
    }
    format!("{mantissa}e{power}")
}

fn trim(mantissa: &str) -> &str {
    if mantissa.contains('.') {
        mantissa.trim_end_matches('0').trim_end_matches('.')
    } else {
        mantissa
    }
}

/// A number with its unit.
pub(super) fn quantity(value: f64, unit: &str, digits: usize) -> String {
    with_unit(&number(value, digits), unit)
}

/// A text with a unit behind it, if there is one.
pub(super) fn with_unit(text: &str, unit: &str) -> String {
    match unit {
        "" | "1" => text.to_string(),
        _ => format!("{text} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_more_digits_than_asked() {
        let cases = [
            (1.8569525764738986, 7, "1.856953"),
            (90.0, 7, "90"),
            (9.99996, 4, "10"),
            (123456.789, 3, "123000"),
            (1234567.0, 3, "1.23e6"),
            (1234567.0, 7, "1234567"),
            (0.00012345, 2, "0.00012"),
            (1.5e-7, 7, "1.5e-7"),
            (-0.25, 3, "-0.25"),
            (0.0, 3, "0"),
            (f64::NAN, 3, "NaN"),
        ];
        for (value, digits, expected) in cases {
            assert_eq!(number(value, digits), expected);
        }
    }

    #[test]
    fn tolerances_have_digits() {
        assert_eq!(of_tolerance(1e-8), 8);
        assert_eq!(supported(Method::Dop853, 1e-8), 7);
        assert_eq!(supported(Method::Dopri5, 0.5), 2);
        assert_eq!(of_tolerance(f64::NAN), 0);
    }
}

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

/// So many of something.
pub(super) fn plural(n: u64, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// A time that somebody waited.
pub(super) fn duration(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.1} ms", 1e3 * seconds)
    } else {
        format!("{seconds:.1} s")
    }
}

/// A number and its error: no digit behind the place of the error, and the error rounded up to one digit.
pub(super) fn with_error(value: f64, error: f64, unit: &str) -> (String, String) {
    if error <= (4.0 * f64::EPSILON * value.abs()).max(f64::MIN_POSITIVE) {
        // What units and sums round away is not shown.
        return (quantity(value, unit, 14), "to rounding".to_string());
    }
    if !error.is_finite() || !value.is_finite() {
        return (quantity(value, unit, 1), "unknown".to_string());
    }
    let mut place = error.log10().floor() as i32;
    let mut leading = (error / power_of_ten(place) - 1e-9).ceil();
    if leading > 9.0 {
        (place, leading) = (place + 1, 1.0);
    }
    let error = format!("± {}", quantity(leading * power_of_ten(place), unit, 1));
    let digits = i64::from(value.abs().log10().floor() as i32) - i64::from(place) + 1;
    if value != 0.0 && digits >= 1 {
        return (quantity(value, unit, digits.min(15) as usize), error);
    }
    // Smaller than its error: nothing, or one of the error's place.
    let rounded = (value / power_of_ten(place)).round() * power_of_ten(place);
    (quantity(rounded + 0.0, unit, 1), error)
}

/// 10 to a whole power, as near as a number can be.
fn power_of_ten(power: i32) -> f64 {
    format!("1e{power}").parse().unwrap_or(f64::NAN)
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
    fn shows_no_digit_behind_the_error() {
        let cases = [
            (1.8569525764738986, 3.4e-9, "1.856952576 s", "± 4e-9 s"),
            (1.8569525764738986, 9.7e-9, "1.85695258 s", "± 1e-8 s"),
            (1.8569525764738986, 1e-3, "1.857 s", "± 0.001 s"),
            (3.0, 0.0, "3 s", "to rounding"),
            (8.640_000_000_000_01, 0.0, "8.64 s", "to rounding"),
            (2.3e-12, 5e-12, "2e-12 s", "± 5e-12 s"),
            (-2.3e-13, 5e-12, "0 s", "± 5e-12 s"),
            (0.0, 5e-12, "0 s", "± 5e-12 s"),
            (1234567.0, 3000.0, "1.235e6 s", "± 3000 s"),
            (1.0, f64::INFINITY, "1 s", "unknown"),
            (0.0, 5e-324, "0 s", "to rounding"),
        ];
        for (value, error, shown, uncertain) in cases {
            let expected = (shown.to_string(), uncertain.to_string());
            assert_eq!(with_error(value, error, "s"), expected, "{value} {error}");
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

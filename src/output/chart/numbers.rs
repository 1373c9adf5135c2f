//! Numbers as they are written in a picture.

/// `mantissa` · 10^`exponent` as a reader writes it: plain from 0.001 to below 1 000 000, else with a power of ten.
/// `decimals` are those of the mantissa.
pub(super) fn number(mantissa: f64, exponent: i32, decimals: usize) -> String {
    // Ends that the user gave may need more digits than the step.
    let mut decimals = decimals;
    while decimals < 5 && (rounded(mantissa, decimals) - mantissa).abs() > 1e-6 * mantissa.abs() {
        decimals += 1;
    }
    if rounded(mantissa, decimals) == 0.0 {
        return "0".into();
    }
    let sign = if mantissa < 0.0 { "−" } else { "" };
    if (-3..=5).contains(&exponent) {
        let value = mantissa.abs() * 10f64.powi(exponent);
        let decimals = (decimals as i32 - exponent).max(0) as usize;
        return format!("{sign}{}", grouped(&format!("{value:.decimals$}")));
    }
    let power = format!("10{}", superscript(exponent));
    if mantissa.abs() == 1.0 && decimals == 0 {
        return format!("{sign}{power}");
    }
    format!("{sign}{:.decimals$}×{power}", mantissa.abs())
}

fn rounded(x: f64, decimals: usize) -> f64 {
    let unit = 10f64.powi(decimals as i32);
    (x * unit).round() / unit
}

/// Thin spaces between thousands from five digits on.
pub fn grouped(digits: &str) -> String {
    let whole = digits.find('.').unwrap_or(digits.len());
    if whole < 5 {
        return digits.into();
    }
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && i < whole && (whole - i).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(c);
    }
    out
}

/// An exponent in raised digits, e.g. `⁻⁶`.
pub fn superscript(n: i32) -> String {
    let raised = |c| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        // The rest is in order in the block of superscripts.
        c => char::from_u32(0x2070 + (c as u32 - '0' as u32)).unwrap_or(c),
    };
    n.to_string().chars().map(raised).collect()
}

/// A value in running text, to four digits, e.g. for descriptions and for names of levels.
pub fn short(value: f64) -> String {
    digits(value, 4)
}

/// The same to so many digits.
pub(super) fn digits(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let more = digits.saturating_sub(1);
    let text = format!("{value:.more$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..=5).contains(&exponent) {
        let decimals = (more as i32 - exponent).max(0) as usize;
        let plain = format!("{value:.decimals$}").replace('-', "−");
        if plain.contains('.') {
            return plain.trim_end_matches('0').trim_end_matches('.').into();
        }
        return plain;
    }
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    format!("{}×10{}", mantissa.replace('-', "−"), superscript(exponent))
}

/// Numbers beside each other, all with as many decimals as the largest has at so many digits: −0.600 beside −0.095. Where a
/// small one would vanish, each has its own.
pub(super) fn alike(values: &[f64], most: usize) -> Vec<String> {
    let own = || values.iter().map(|v| digits(*v, most)).collect();
    let sizes = values.iter().map(|v| v.abs()).filter(|v| v.is_finite());
    let largest = sizes.clone().fold(0.0, f64::max);
    let more = most.saturating_sub(1);
    let exponent = format!("{largest:.more$e}");
    let exponent = exponent.split_once('e').and_then(|(_, e)| e.parse().ok());
    let exponent: i32 = exponent.unwrap_or(0);
    let mut decimals = (more as i32 - exponent).max(0) as usize;
    let vanishes = |v: f64| v != 0.0 && v < 0.95 * 10f64.powi(-(decimals as i32));
    if !(-4..=5).contains(&exponent) || sizes.clone().any(vanishes) {
        return own();
    }
    // What is zero in all of them says nothing.
    let ends = |decimals: usize| {
        let mut texts = sizes.clone().map(|v| format!("{v:.decimals$}"));
        texts.all(|text| text.ends_with('0'))
    };
    while decimals > 0 && ends(decimals) {
        decimals -= 1;
    }
    let text = |v: &f64| match *v {
        v if v == 0.0 || !v.is_finite() => digits(v, most),
        v => format!("{v:.decimals$}").replace('-', "−"),
    };
    values.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_have_the_same_decimals() {
        let cases: [(&[f64], &[&str]); 5] = [
            (&[-0.6, -0.0952, -0.1], &["−0.600", "−0.095", "−0.100"]),
            (&[-0.3594, -1.4376], &["−0.36", "−1.44"]),
            (&[10.0, 0.0, 25.0], &["10", "0", "25"]),
            (&[1000.0, 0.025], &["1000", "0.025"]),
            (&[1.5, 2.0], &["1.5", "2.0"]),
        ];
        for (values, texts) in cases {
            assert_eq!(alike(values, 3), texts);
        }
    }

    #[test]
    fn running_numbers() {
        let cases = [
            (90.0, "90"),
            (0.0, "0"),
            (-1.5, "−1.5"),
            (154.2137, "154.2"),
            (123456.0, "123456"),
            (1e-6, "1×10⁻⁶"),
            (-2.5e12, "−2.5×10¹²"),
        ];
        for (value, text) in cases {
            assert_eq!(short(value), text);
        }
    }
}

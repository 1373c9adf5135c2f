//! Arithmetic of dimensions, and their text in coherent units.

use std::fmt;

use super::table;
use super::{BASES, Dimension, Unit};

/// Exponents are kept in this fraction of one.
const PARTS: i32 = 60;

impl Dimension {
    /// A pure number.
    pub const NONE: Dimension = Dimension([0; BASES]);

    /// Of a second.
    pub const TIME: Dimension = {
        let mut exponents = [0; BASES];
        exponents[2] = PARTS as i16;
        Dimension(exponents)
    };

    /// Of a unit that stands in this program's own source: `Dimension::of("um^3")`.
    ///
    /// # Panics
    /// If the text is not a unit; texts from outside belong to [`Unit::parse`].
    pub fn of(unit: &str) -> Dimension {
        match Unit::parse(unit) {
            Ok(unit) => unit.dimension(),
            #[allow(clippy::panic)] // a slip in this program, which any test that passes here finds
            Err(error) => panic!("`{unit}`: {error}"),
        }
    }

    /// True for a pure number.
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// Of a product; exponents saturate (at about 500).
    pub fn multiply(self, other: Dimension) -> Dimension {
        Dimension(std::array::from_fn(|i| {
            self.0[i].saturating_add(other.0[i])
        }))
    }

    /// Of a quotient; exponents saturate (at about 500).
    pub fn divide(self, other: Dimension) -> Dimension {
        Dimension(std::array::from_fn(|i| {
            self.0[i].saturating_sub(other.0[i])
        }))
    }

    /// As [`Dimension::multiply`], but `None` where an exponent would be too large.
    pub fn checked_multiply(self, other: Dimension) -> Option<Dimension> {
        self.combine(other, i16::checked_add)
    }

    /// As [`Dimension::divide`], but `None` where an exponent would be too large.
    pub fn checked_divide(self, other: Dimension) -> Option<Dimension> {
        self.combine(other, i16::checked_sub)
    }

    fn combine(self, other: Dimension, op: fn(i16, i16) -> Option<i16>) -> Option<Dimension> {
        let mut exponents = [0; BASES];
        for (i, exponent) in exponents.iter_mut().enumerate() {
            *exponent = op(self.0[i], other.0[i])?;
        }
        Some(Dimension(exponents))
    }

    /// Of the power `num/den`; `None` where an exponent is too large or not a whole number of sixtieths.
    pub fn power(self, num: i32, den: i32) -> Option<Dimension> {
        let (num, den) = (i64::from(num), i64::from(den));
        let mut exponents = [0; BASES];
        for (i, exponent) in exponents.iter_mut().enumerate() {
            let scaled = i64::from(self.0[i]) * num;
            if den == 0 || scaled % den != 0 {
                return None;
            }
            *exponent = i16::try_from(scaled / den).ok()?;
        }
        Some(Dimension(exponents))
    }

    /// From whole exponents of length, mass, time, current, temperature, amount.
    pub(super) fn from_si(exponents: [i8; 6]) -> Dimension {
        let mut dimension = Dimension::NONE;
        for (part, exponent) in dimension.0.iter_mut().zip(exponents) {
            *part = i16::from(exponent) * PARTS as i16;
        }
        dimension
    }

    /// The kind of count with this index into [`table::COUNTS`].
    pub(super) fn of_count(kind: usize) -> Dimension {
        let mut dimension = Dimension::NONE;
        dimension.0[6 + kind] = PARTS as i16;
        dimension
    }
}

/// A product of coherent units; exponents in sixtieths.
type Factors = Vec<(&'static str, i16)>;

/// In coherent units, as in messages: `MPa`, `µm³`, `µm/(s·MPa)`, `1` for none.
impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&write_factors(&shortest(*self)))
    }
}

/// The shortest product among those with at most one unit each that carries mass, amount and current.
fn shortest(dimension: Dimension) -> Factors {
    let mut best: Option<(i32, Factors)> = None;
    for mass in table::WITH_MASS {
        for amount in table::WITH_AMOUNT {
            for current in table::WITH_CURRENT {
                let Some(factors) = compose(dimension, mass, amount, current) else {
                    continue;
                };
                let length: i32 = factors
                    .iter()
                    .map(|(_, e)| i32::from(*e).abs() + PARTS)
                    .sum();
                // A flux is amol/(µm²·s), not mM·µm/s.
                let mixed = ["mM", "µm"]
                    .iter()
                    .all(|unit| factors.iter().any(|(factor, _)| factor == unit));
                let cost = length + if mixed { 2 * PARTS } else { 0 };
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, factors));
                }
            }
        }
    }
    best.map(|(_, factors)| factors).unwrap_or_default()
}

/// Takes out the mass with one unit, what is left of current and amount with the others, and the rest with base units.
fn compose(
    dimension: Dimension,
    mass: &'static str,
    amount: &'static str,
    current: &'static str,
) -> Option<Factors> {
    let mut left = dimension;
    let mut take = |unit: &'static str, base: usize| -> Option<(&'static str, i16)> {
        let unit_dimension = Unit::parse(unit).ok()?.dimension();
        let exponent = exact_quotient(left.0[base], unit_dimension.0[base])?;
        left = left.checked_divide(unit_dimension.power(i32::from(exponent), PARTS)?)?;
        Some((unit, exponent))
    };
    let mass = take(mass, 1)?;
    let current = take(current, 3)?;
    let amount = take(amount, 5)?;
    let mut factors = vec![];
    factors.extend((0..BASES - 6).map(|kind| (table::COUNTS[kind][0], left.0[6 + kind])));
    let space = [("µm", left.0[0]), ("s", left.0[2])];
    // `µm/(s·MPa)`, but `MPa·s` and `mM·µm³`.
    let (before, after): (Vec<_>, Vec<_>) = space.into_iter().partition(|(_, e)| *e < 0);
    factors.extend(before);
    factors.extend([current, mass, amount]);
    factors.extend(after);
    factors.push(("K", left.0[4]));
    factors.retain(|(_, e)| *e != 0);
    // A quotient such as N/m reads well alone only.
    let quotient = factors.iter().any(|(unit, _)| unit.contains('/'));
    let alone = matches!(factors[..], [(_, e)] if i32::from(e) == PARTS);
    (!quotient || alone).then_some(factors)
}

/// `a / b` in sixtieths if it is a whole number of them.
fn exact_quotient(a: i16, b: i16) -> Option<i16> {
    let scaled = i32::from(a) * PARTS;
    if b == 0 || scaled % i32::from(b) != 0 {
        return None;
    }
    i16::try_from(scaled / i32::from(b)).ok()
}

fn write_factors(factors: &[(&str, i16)]) -> String {
    let part = |sign: i16| -> Vec<String> {
        let chosen = factors.iter().filter(|(_, e)| e.signum() == sign);
        chosen
            .map(|(unit, e)| write_power(unit, e.unsigned_abs()))
            .collect()
    };
    let (above, below) = (part(1), part(-1));
    let above_text = if above.is_empty() {
        "1".to_string()
    } else {
        above.join("·")
    };
    match below.len() {
        0 => above_text,
        1 => format!("{above_text}/{}", below[0]),
        _ => format!("{above_text}/({})", below.join("·")),
    }
}

/// A unit to a positive power given in sixtieths.
fn write_power(unit: &str, sixtieths: u16) -> String {
    let parts = PARTS as u16;
    if sixtieths == parts {
        return unit.to_string();
    }
    if sixtieths.is_multiple_of(parts) {
        return format!("{unit}{}", superscript(&(sixtieths / parts).to_string()));
    }
    let common = greatest_common_divisor(sixtieths, parts);
    format!("{unit}^({}/{})", sixtieths / common, parts / common)
}

fn greatest_common_divisor(a: u16, b: u16) -> u16 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

/// Digits and minus as superscripts.
pub(super) fn superscript(digits: &str) -> String {
    let raise = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0'..='9' => char::from_u32(u32::from('⁰') + u32::from(c) - u32::from('0')).unwrap_or(c),
        other => other,
    };
    digits.chars().map(raise).collect()
}

//! Units and dimensions.
//!
//! Everything inside is one coherent system: µm, kg, s, pA, K, amol (so that pressure is in MPa, concentration in mM,
//! tension in MPa·µm = N/m, voltage in V, capacitance in pF), and named counts (vesicles, molecules, …).
//! A [`Unit`] is what a person wrote; a [`Dimension`] is what the equations are checked with.
//!
//! Counts are five kinds that do not mix: vesicles, molecules, particles, receptors, cells (singular or plural).
//! Granules, sites and the like are to be counted as one of these.

mod dimension;
mod names;
pub(crate) mod parse;
mod quantity;
mod table;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use crate::diagnostic::Span;

/// Number of base dimensions: length, mass, time, current, temperature, amount, and the kinds of count.
pub const BASES: usize = 6 + 5;

/// Exponents of the base dimensions, in sixtieths (so that halves, thirds, quarters and fifths are exact).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dimension(pub(crate) [i16; BASES]);

/// A unit as it was written, with what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    dimension: Dimension,
    /// Internal value of one unit is `factor / divisor * 10^power`.
    factor: f64,
    /// Kept apart from the factor so that `6 um/min` is rounded once.
    divisor: f64,
    power: i32,
    /// Added after the factor: only degC has one.
    offset: f64,
    text: Arc<str>,
}

/// A unit text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitError {
    /// Place within the unit text.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// How to mend it; may be empty.
    pub help: String,
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for UnitError {}

impl Unit {
    /// Reads a unit: factors joined by `·`, `*` and `/`, powers as `^2`, `^-1`, `^(1/2)` or superscripts, no blanks.
    /// The empty text, `1` and `-` are the unit of a pure number.
    ///
    /// # Errors
    /// An unknown name, a bad power or a misplaced `degC`, with the place within `text`.
    pub fn parse(text: &str) -> Result<Unit, UnitError> {
        parse::parse(text)
    }

    /// The unit that was probably meant by a text that is none.
    pub(crate) fn nearest(text: &str) -> Option<String> {
        names::suggest(text)
    }

    /// The unit in which a computed quantity of this dimension is shown: the one the field uses (mN/m for tension,
    /// mV for voltage) or else the coherent one, composed.
    pub fn preferred(dimension: Dimension) -> Unit {
        // A chain of a thousand cells asks for the same few units tens of thousands of times.
        static KNOWN: LazyLock<Mutex<HashMap<Dimension, Unit>>> = LazyLock::new(|| {
            let field = table::PREFERRED.iter().rev();
            let field = field.filter_map(|text| Unit::parse(text).ok());
            Mutex::new(field.map(|unit| (unit.dimension, unit)).collect())
        });
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let unit = known
            .entry(dimension)
            .or_insert_with(|| Unit::coherent(dimension));
        unit.clone()
    }

    /// The unit whose internal value is 1.
    pub(crate) fn coherent(dimension: Dimension) -> Unit {
        if dimension.is_none() {
            // Also ends the recursion: the text of a dimension is composed of parsed units.
            return Unit {
                dimension,
                factor: 1.0,
                divisor: 1.0,
                power: 0,
                offset: 0.0,
                text: "1".into(),
            };
        }
        Unit {
            dimension,
            factor: 1.0,
            divisor: 1.0,
            power: 0,
            offset: 0.0,
            text: dimension.to_string().into(),
        }
    }

    /// Dimension.
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }

    /// Internal value of `value` of this unit. Powers of ten are rounded once: 288 mN/m is 0.288 N/m exactly.
    pub fn to_internal(&self, value: f64) -> f64 {
        scale(value * self.factor / self.divisor, self.power) + self.offset
    }

    /// Value in this unit of an internal value.
    pub fn from_internal(&self, value: f64) -> f64 {
        scale(value - self.offset, -self.power) * self.divisor / self.factor
    }

    /// As written, made pretty: `µm·s⁻¹`; `1` for none.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a unit as people write it: `°C` for the `degC` of model files, tables and commands.
    pub fn for_people(text: &str) -> &str {
        match text {
            "degC" => "°C",
            other => other,
        }
    }

    /// True for degC: a scale with its own zero, which stands for temperatures but not for differences.
    pub fn has_offset(&self) -> bool {
        self.offset != 0.0
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// `value * 10^power`. A division by 10^k is rounded once, a product with 10^-k twice, hence the two cases;
/// 10^22 is the largest power that a double holds exactly.
fn scale(value: f64, power: i32) -> f64 {
    let steps = power.unsigned_abs();
    let mut value = value;
    for _ in 0..(steps / 22).min(40) {
        value = if power > 0 {
            value * 1e22
        } else {
            value / 1e22
        };
    }
    let rest = EXACT_POWERS[(steps % 22) as usize];
    if power > 0 {
        value * rest
    } else {
        value / rest
    }
}

const EXACT_POWERS: [f64; 22] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21,
];

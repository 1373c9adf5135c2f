//! Units and dimensions.
//!
//! Everything inside is one coherent system: µm, kg, s, pA, K, amol (so that pressure is in MPa, concentration in mM,
//! tension in MPa·µm = N/m, voltage in V, capacitance in pF), and named counts (vesicles, molecules, …).

use std::fmt;
use std::sync::Arc;

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
    /// Internal value of one unit is `factor * 10^power`.
    factor: f64,
    power: i32,
    /// Added after the factor: only degC has one.
    offset: f64,
    text: Arc<str>,
}
impl Unit {
    /// Dimension.
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }
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

impl Unit {
    /// Reads a unit.
    pub fn parse(text: &str) -> Result<Unit, UnitError> {
        let _ = text;
        todo!()
    }
    /// The unit in which a computed quantity of this dimension is shown.
    pub fn preferred(dimension: Dimension) -> Unit {
        let _ = dimension;
        todo!()
    }
    /// Internal value of `value` of this unit.
    pub fn to_internal(&self, value: f64) -> f64 {
        let _ = (value, self.factor, self.power, self.offset);
        todo!()
    }
    /// Value in this unit of an internal value.
    pub fn from_internal(&self, value: f64) -> f64 {
        let _ = value;
        todo!()
    }
    /// As written, made pretty: `µm·s⁻¹`; `1` for none.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Dimension {
    /// A pure number.
    pub const NONE: Dimension = Dimension([0; BASES]);
    /// Of a unit that stands in this program's own source: `Dimension::of("um^3")`.
    ///
    /// # Panics
    /// If the text is not a unit.
    pub fn of(unit: &str) -> Dimension {
        let _ = unit;
        todo!()
    }
    /// True for a pure number.
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
    /// Of a product; exponents saturate.
    pub fn multiply(self, other: Dimension) -> Dimension {
        let _ = other;
        todo!()
    }
    /// Of a quotient; exponents saturate.
    pub fn divide(self, other: Dimension) -> Dimension {
        let _ = other;
        todo!()
    }
    /// Of the power `num/den`; `None` where an exponent is too large or not a whole number of sixtieths.
    pub fn power(self, num: i32, den: i32) -> Option<Dimension> {
        let _ = (num, den);
        todo!()
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        todo!()
    }
}

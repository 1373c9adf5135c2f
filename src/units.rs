//! Units and dimensions.
//!
//! Everything inside is one coherent system: µm, kg, s, pA, K, amol (so that pressure is in MPa, concentration in mM,
//! tension in MPa·µm = N/m, voltage in V, capacitance in pF), and named counts (vesicles, molecules, …).

use std::sync::Arc;

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

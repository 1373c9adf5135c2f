//! Names of quantities by their dimension, for axes that show several of one kind.

use super::Dimension;

/// Unit of each kind and its name; `1` has none.
const NAMES: &[(&str, &str)] = &[
    ("s", "time"),
    ("um", "length"),
    ("um^2", "area"),
    ("um^3", "volume"),
    ("um/s", "velocity"),
    ("um^2/s", "area per time"),
    ("um^3/s", "volume flow"),
    ("MPa", "pressure"),
    ("mN/m", "tension"),
    ("mM", "concentration"),
    ("amol", "amount"),
    ("amol/s", "solute flow"),
    ("1/s", "rate"),
    ("K", "temperature"),
    ("mV", "voltage"),
    ("pA", "current"),
    ("pF", "capacitance"),
    ("vesicles", "vesicles"),
    ("molecules", "molecules"),
    ("particles", "particles"),
    ("receptors", "receptors"),
    ("cells", "cells"),
];

impl Dimension {
    /// What is measured in this dimension, e.g. `pressure`; empty where there is no common name.
    pub fn quantity(self) -> &'static str {
        let named = NAMES.iter().find(|(unit, _)| Dimension::of(unit) == self);
        named.map_or("", |(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_named_by_dimension_whatever_the_unit() {
        assert_eq!(Dimension::of("bar").quantity(), "pressure");
        assert_eq!(Dimension::of("Osm").quantity(), "concentration");
        assert_eq!(Dimension::of("N/m").quantity(), "tension");
        assert_eq!(Dimension::NONE.quantity(), "");
    }
}

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

    /// The same for dimensions that are a named one per time or per size; empty where there is no such name.
    pub fn described(self) -> String {
        let plain = self.quantity();
        if !plain.is_empty() || self.is_none() {
            return plain.to_string();
        }
        for (unit, per) in [
            ("s", "time"),
            ("um^2", "area"),
            ("um", "length"),
            ("um^3", "volume"),
        ] {
            match self.checked_multiply(Dimension::of(unit)) {
                Some(whole) if whole.is_none() => return format!("number per {per}"),
                Some(whole) if !whole.quantity().is_empty() => {
                    return format!("{} per {per}", whole.quantity());
                }
                _ => {}
            }
        }
        String::new()
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
        assert_eq!(Dimension::of("fF/s").described(), "capacitance per time");
        assert_eq!(Dimension::of("1/um^2").described(), "number per area");
        assert_eq!(Dimension::of("bar").described(), "pressure");
        assert_eq!(Dimension::NONE.described(), "");
    }
}

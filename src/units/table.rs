//! The units that can be written, as data.
//!
//! Values: BIPM, The International System of Units, 9th edition (2019), and CODATA 2018 for Da and eV;
//! psi and mmHg: NIST Special Publication 811 (2008), appendix B.8.

/// A named unit: what 1 of it is in internal units (µm, kg, s, pA, K, amol, counts).
pub(super) struct Named {
    pub name: &'static str,
    /// Exponents of length, mass, time, current, temperature, amount.
    pub exponents: [i8; 6],
    /// Internal value is `factor / divisor * 10^power`.
    pub factor: f64,
    pub divisor: f64,
    pub power: i32,
    /// Takes SI prefixes.
    pub prefixes: bool,
}

const fn si(name: &'static str, exponents: [i8; 6], power: i32) -> Named {
    Named {
        name,
        exponents,
        factor: 1.0,
        divisor: 1.0,
        power,
        prefixes: true,
    }
}

const fn other(name: &'static str, exponents: [i8; 6], factor: f64, power: i32) -> Named {
    Named {
        name,
        exponents,
        factor,
        divisor: 1.0,
        power,
        prefixes: false,
    }
}

const NONE: [i8; 6] = [0; 6];
const TIME: [i8; 6] = [0, 0, 1, 0, 0, 0];
const PRESSURE: [i8; 6] = [-1, 1, -2, 0, 0, 0];
const ENERGY: [i8; 6] = [2, 1, -2, 0, 0, 0];
const AMOUNT: [i8; 6] = [0, 0, 0, 0, 0, 1];
const CONCENTRATION: [i8; 6] = [-3, 0, 0, 0, 0, 1];

/// Units by name; a whole name wins over prefix and name (`min` is the minute, `Pa` the pascal).
pub(super) const NAMED: &[Named] = &[
    si("m", [1, 0, 0, 0, 0, 0], 6),
    si("g", [0, 1, 0, 0, 0, 0], -3),
    si("s", TIME, 0),
    si("A", [0, 0, 0, 1, 0, 0], 12),
    si("K", [0, 0, 0, 0, 1, 0], 0),
    si("mol", AMOUNT, 18),
    si("osmol", AMOUNT, 18),
    si("M", CONCENTRATION, 3),
    si("Osm", CONCENTRATION, 3),
    si("L", [3, 0, 0, 0, 0, 0], 15),
    si("Pa", PRESSURE, -6),
    si("bar", PRESSURE, -1),
    si("N", [1, 1, -2, 0, 0, 0], 6),
    si("J", ENERGY, 12),
    si("W", [2, 1, -3, 0, 0, 0], 12),
    si("V", [2, 1, -3, -1, 0, 0], 0),
    si("C", [0, 0, 1, 1, 0, 0], 12),
    si("F", [-2, -1, 4, 2, 0, 0], 12),
    si("S", [-2, -1, 3, 2, 0, 0], 12),
    si("Hz", [0, 0, -1, 0, 0, 0], 0),
    si("Ω", [2, 1, -3, -2, 0, 0], -12),
    si("dyn", [1, 1, -2, 0, 0, 0], 1),
    Named {
        name: "eV",
        exponents: ENERGY,
        factor: 1.602176634,
        divisor: 1.0,
        power: -7,
        prefixes: true,
    },
    Named {
        name: "cal",
        exponents: ENERGY,
        factor: 4184.0,
        divisor: 1.0,
        power: 9,
        prefixes: true,
    },
    Named {
        name: "Da",
        exponents: [0, 1, 0, 0, 0, 0],
        factor: 1.66053906660,
        divisor: 1.0,
        power: -27,
        prefixes: true,
    },
    other("Å", [1, 0, 0, 0, 0, 0], 1.0, -4),
    other("min", TIME, 60.0, 0),
    other("h", TIME, 3600.0, 0),
    other("d", TIME, 86400.0, 0),
    other("day", TIME, 86400.0, 0),
    other("days", TIME, 86400.0, 0),
    // The Julian year of 365.25 days.
    other("year", TIME, 31557600.0, 0),
    other("years", TIME, 31557600.0, 0),
    other("atm", PRESSURE, 101325.0, -6),
    other("mmHg", PRESSURE, 133.322387415, -6),
    other("psi", PRESSURE, 6894.757293168361, -6),
    other("%", NONE, 1.0, -2),
    other("‰", NONE, 1.0, -3),
    other("rad", NONE, 1.0, 0),
    Named {
        name: "deg",
        exponents: NONE,
        factor: std::f64::consts::PI,
        divisor: 180.0,
        power: 0,
        prefixes: false,
    },
];

/// The temperature scale with its own zero.
pub(super) const CELSIUS: [&str; 2] = ["degC", "°C"];

/// Kinds of count, plural and singular.
pub(super) const COUNTS: [[&str; 2]; super::BASES - 6] = [
    ["vesicles", "vesicle"],
    ["molecules", "molecule"],
    ["particles", "particle"],
    ["receptors", "receptor"],
    ["cells", "cell"],
];

/// SI prefixes.
pub(super) const PREFIXES: &[(&str, i32)] = &[
    ("a", -18),
    ("f", -15),
    ("p", -12),
    ("n", -9),
    ("µ", -6),
    ("m", -3),
    ("c", -2),
    ("d", -1),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
];

/// Spellings that mean a unit above, for the help line of an unknown one.
pub(super) const MISSPELT: &[(&str, &str)] = &[
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("msec", "ms"),
    ("minute", "min"),
    ("minutes", "min"),
    ("mins", "min"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("micron", "um"),
    ("microns", "um"),
    ("metre", "m"),
    ("meter", "m"),
    ("liter", "L"),
    ("litre", "L"),
    ("l", "L"),
    ("ml", "mL"),
    ("ul", "uL"),
    ("µl", "uL"),
    ("nl", "nL"),
    ("pl", "pL"),
    ("fl", "fL"),
    ("torr", "mmHg"),
    ("Torr", "mmHg"),
    ("celsius", "degC"),
    ("Celsius", "degC"),
    ("kelvin", "K"),
    ("Kelvin", "K"),
    ("molar", "M"),
    ("pct", "%"),
    ("percent", "%"),
    ("yr", "year"),
    ("ohm", "Ohm"),
    ("granule", "vesicle"),
    ("granules", "vesicles"),
];

/// Units in which computed quantities are shown although they are not the coherent ones.
pub(super) const PREFERRED: &[&str] = &["mN/m", "mV", "µF/cm²", "pg"];

/// Coherent units (internal value 1) out of which the text of a dimension is composed: those with mass, those with
/// amount, those with current; the better known first.
pub(super) const WITH_MASS: &[&str] = &["MPa", "N/m", "V", "pF", "pS", "pJ", "µN", "pW", "kg"];
pub(super) const WITH_AMOUNT: &[&str] = &["amol", "mM"];
pub(super) const WITH_CURRENT: &[&str] = &["pA", "pC"];

//! Units: values against the SI, conversions, texts that read back, messages.

use expect_test::{Expect, expect};
use osmocyte::units::{Dimension, Unit};
use proptest::prelude::*;

fn unit(text: &str) -> Unit {
    Unit::parse(text).unwrap_or_else(|error| panic!("`{text}`: {error:?}"))
}

/// Value of one unit in internal units.
fn one(text: &str) -> f64 {
    unit(text).to_internal(1.0)
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs()
}

/// Each unit with its SI value and base unit, written out by hand (SI brochure, 9th edition).
const SI_VALUES: &[(&str, f64, &str)] = &[
    ("m", 1.0, "m"),
    ("cm", 1e-2, "m"),
    ("nm", 1e-9, "m"),
    ("Å", 1e-10, "m"),
    ("g", 1e-3, "kg"),
    ("pg", 1e-15, "kg"),
    ("kDa", 1.66053906660e-24, "kg"),
    ("ms", 1e-3, "s"),
    ("min", 60.0, "s"),
    ("h", 3600.0, "s"),
    ("d", 86400.0, "s"),
    ("day", 86400.0, "s"),
    ("days", 86400.0, "s"),
    ("year", 31557600.0, "s"),
    ("nA", 1e-9, "A"),
    ("mK", 1e-3, "K"),
    ("fmol", 1e-15, "mol"),
    ("osmol", 1.0, "mol"),
    ("M", 1e3, "mol/m^3"),
    ("mM", 1.0, "mol/m^3"),
    ("uM", 1e-3, "mol/m^3"),
    ("mOsm", 1.0, "mol/m^3"),
    ("L", 1e-3, "m^3"),
    ("fL", 1e-18, "m^3"),
    ("Pa", 1.0, "kg/(m*s^2)"),
    ("bar", 1e5, "Pa"),
    ("mbar", 1e2, "Pa"),
    ("atm", 101325.0, "Pa"),
    ("mmHg", 133.322387415, "Pa"),
    ("psi", 6894.757293168361, "Pa"),
    ("N", 1.0, "kg*m/s^2"),
    ("dyn", 1e-5, "N"),
    ("J", 1.0, "N*m"),
    ("eV", 1.602176634e-19, "J"),
    ("kcal", 4184.0, "J"),
    ("W", 1.0, "J/s"),
    ("V", 1.0, "W/A"),
    ("mV", 1e-3, "V"),
    ("C", 1.0, "A*s"),
    ("F", 1.0, "C/V"),
    ("uF", 1e-6, "C/V"),
    ("S", 1.0, "A/V"),
    ("nS", 1e-9, "A/V"),
    ("Ohm", 1.0, "V/A"),
    ("GΩ", 1e9, "V/A"),
    ("Hz", 1.0, "1/s"),
    ("%", 0.01, "1"),
    ("‰", 0.001, "1"),
    ("rad", 1.0, "1"),
    ("deg", 0.017453292519943295, "1"),
    ("GPa", 1e9, "Pa"),
    ("TW", 1e12, "W"),
    ("dL", 1e-4, "m^3"),
];

#[test]
fn every_unit_has_its_si_value() {
    for (text, value, base) in SI_VALUES {
        let (left, right) = (unit(text), unit(base));
        assert_eq!(left.dimension(), right.dimension(), "{text}");
        let (left, right) = (left.to_internal(1.0), right.to_internal(*value));
        assert!(
            close(left, right, 1e-15),
            "1 {text} is {left}, expected {right}"
        );
    }
}

#[test]
fn base_units_have_their_internal_values() {
    for (text, value) in [
        ("m", 1e6),
        ("kg", 1.0),
        ("s", 1.0),
        ("A", 1e12),
        ("K", 1.0),
        ("mol", 1e18),
        ("MPa", 1.0),
    ] {
        assert_eq!(one(text), value, "{text}");
    }
}

#[test]
fn identities_of_the_internal_system() {
    for (left, right) in [
        ("mM*um^3", "amol"),
        ("MPa*um", "N/m"),
        ("fL", "um^3"),
        ("pA*V", "pW"),
        ("amol/um^3", "mmol/L"),
        ("pF*V", "pC"),
    ] {
        assert_eq!(one(left), one(right), "{left} = {right}");
        assert_eq!(
            unit(left).dimension(),
            unit(right).dimension(),
            "{left} = {right}"
        );
    }
    assert_eq!(
        unit("uF/cm^2").to_internal(1.0),
        unit("fF/um^2").to_internal(10.0)
    );
    assert_eq!(
        unit("um/s/MPa").to_internal(1.0),
        unit("m/s/MPa").to_internal(1e-6)
    );
    assert_eq!(
        unit("dyn/cm").to_internal(1.0),
        unit("mN/m").to_internal(1.0)
    );
}

#[test]
fn decimal_conversions_are_exact() {
    assert_eq!(unit("mN/m").to_internal(288.0), 0.288);
    assert_eq!(unit("mN/m").from_internal(0.288), 288.0);
    assert_eq!(unit("%").to_internal(3.0), 0.03);
    assert_eq!(unit("nm").to_internal(300.0), 0.3);
    assert_eq!(unit("um/min").to_internal(6.0), 0.1);
    assert_eq!(unit("degC").to_internal(25.0), 298.15);
    assert_eq!(unit("degC").to_internal(-5.0), 268.15);
    assert_eq!(unit("degC").from_internal(298.15), 25.0);
    assert_eq!(unit("cm^(1/2)").to_internal(1.0), 100.0);
    assert!(close(unit("m^(1/2)").to_internal(1.0).powi(2), 1e6, 1e-15));
    assert!(close(unit("g^(1/2)").to_internal(1.0).powi(2), 1e-3, 1e-15));
    assert!(close(unit("min^-1").to_internal(1.0), 1.0 / 60.0, 1e-16));
}

#[test]
fn permeability_from_osmotic_permeability() {
    // Lp = Pf Vw/(R T).
    let rt = unit("J/(mol*K)").to_internal(8.314462618) * unit("degC").to_internal(25.0);
    assert!(close(rt, 2.478957030e-3, 1e-9), "{rt}");
    let lp = unit("um/s").to_internal(200.0) * unit("1/mM").to_internal(1.8e-5) / rt;
    assert!(close(lp, 1.4522236396504908, 1e-14), "{lp}");
    let dimension = unit("um/s")
        .dimension()
        .divide(unit("mM").dimension())
        .divide(unit("MPa/mM").dimension());
    assert_eq!(dimension, Dimension::of("um/s/MPa"));
}

#[test]
fn look_alikes_are_told_apart() {
    for (text, same_as) in [
        ("min", "s"),
        ("mmin_", ""),
        ("Pa", "MPa"),
        ("M", "mM"),
        ("m", "um"),
        ("mM", "M"),
        ("h", "s"),
        ("d", "s"),
        ("pA", "A"),
        ("Mm", "m"),
        ("mm", "m"),
        ("cd", ""),
        ("T", ""),
        ("um", "m"),
        ("µm", "m"),
        ("μm", "m"),
        ("GOhm", "V/A"),
    ] {
        match (Unit::parse(text), same_as) {
            (Ok(unit), same_as) if !same_as.is_empty() => {
                assert_eq!(unit.dimension(), Dimension::of(same_as), "{text}");
            }
            (Err(_), "") => {}
            (other, _) => panic!("{text}: {other:?}"),
        }
    }
    assert_ne!(Dimension::of("vesicles"), Dimension::of("receptors"));
    assert_eq!(Dimension::of("vesicle"), Dimension::of("vesicles"));
    assert_eq!(unit("μm"), unit("um"));
}

#[test]
fn texts_are_made_pretty() {
    for (text, pretty) in [
        ("um", "µm"),
        ("um^2", "µm²"),
        ("um*s^-1", "µm·s⁻¹"),
        ("µm·s⁻¹", "µm·s⁻¹"),
        ("um/s/MPa", "µm/s/MPa"),
        ("um/(s*MPa)", "µm/(s·MPa)"),
        ("N^(1/2)", "N^(1/2)"),
        ("kOhm", "kΩ"),
        ("1/s", "1/s"),
        ("s^-12", "s⁻¹²"),
        ("", "1"),
        ("1", "1"),
        ("-", "1"),
        (" mM ", "mM"),
        ("°C", "degC"),
    ] {
        assert_eq!(unit(text).text(), pretty);
    }
}

#[test]
fn dimensions_have_coherent_texts() {
    for text in [
        "1",
        "µm",
        "µm²",
        "µm³",
        "s",
        "MPa",
        "mM",
        "amol",
        "N/m",
        "µm/s",
        "µm³/s",
        "µm/(s·MPa)",
        "K",
        "V",
        "pF",
        "pA",
        "pS",
        "1/s",
        "MPa/mM",
        "MPa/(mM·K)",
        "vesicles/s",
        "receptors/µm²",
        "amol/(µm²·s)",
        "pF/µm²",
        "MPa·s",
        "pC/amol",
        "µm^(1/2)",
        "kg",
    ] {
        assert_eq!(Dimension::of(text).to_string(), text);
    }
}

#[test]
fn computed_quantities_have_preferred_units() {
    for (of, shown) in [
        ("N/m", "mN/m"),
        ("V", "mV"),
        ("F/m^2", "µF/cm²"),
        ("Pa", "MPa"),
        ("M", "mM"),
        ("m^3/h", "µm³/s"),
        ("m/s/Pa", "µm/(s·MPa)"),
        ("%", "1"),
        ("Hz", "1/s"),
    ] {
        let preferred = Unit::preferred(Dimension::of(of));
        assert_eq!(preferred.text(), shown);
        assert_eq!(preferred.dimension(), Dimension::of(of));
        assert_eq!(
            unit(preferred.text()).to_internal(1.0),
            preferred.to_internal(1.0)
        );
    }
}

#[test]
fn powers_of_dimensions() {
    let volume = Dimension::of("um^3");
    assert_eq!(volume.power(2, 3), Some(Dimension::of("um^2")));
    assert_eq!(volume.power(1, 2), Some(Dimension::of("um^(3/2)")));
    assert_eq!(volume.power(1, 7), None);
    assert_eq!(volume.power(1, 0), None);
    assert_eq!(volume.power(i32::MAX, 1), None);
    assert_eq!(volume.power(0, 1), Some(Dimension::NONE));
    let mut large = Dimension::of("um^20");
    for _ in 0..20 {
        large = large.multiply(large);
    }
    assert!(!large.is_none());
    assert_eq!(large.checked_multiply(large), None);
}

fn check_error(text: &str, expected: Expect) {
    let error = Unit::parse(text).expect_err(text);
    let caret = format!(
        "{}{}",
        " ".repeat(text[..error.span.start].chars().count()),
        "^".repeat(
            text[error.span.start..error.span.end]
                .chars()
                .count()
                .max(1)
        )
    );
    expected.assert_eq(&format!(
        "{text}\n{caret} {}\n{}\n",
        error.message, error.help
    ));
}

#[test]
fn messages() {
    check_error(
        "um/sec",
        expect![[r#"
        um/sec
           ^^^ unknown unit `sec`
        did you mean `s`?
    "#]],
    );
    check_error(
        "mPaa",
        expect![[r#"
        mPaa
        ^^^^ unknown unit `mPaa`
        did you mean `mPa`?
    "#]],
    );
    check_error(
        "frobs",
        expect![[r#"
        frobs
        ^^^^^ unknown unit `frobs`

    "#]],
    );
    check_error(
        "um / s",
        expect![[r#"
        um / s
          ^ a unit has no blanks
        write `·`, `*` or `/` between its parts
    "#]],
    );
    check_error(
        "degC/s",
        expect![[r#"
        degC/s
        ^^^^ `degC` has its own zero and stands only alone
        write K for differences and in composed units
    "#]],
    );
    check_error(
        "mOsm/kg",
        expect![[r#"
        mOsm/kg
            ^^^ `Osm` means osmol per litre already
        write `mOsm`
    "#]],
    );
    check_error(
        "um^",
        expect![[r#"
        um^
           ^ the power of a unit is a whole number
        for example `um^2`, `s^-1` or `N^(1/2)`
    "#]],
    );
    check_error(
        "um^0.5",
        expect![[r#"
        um^0.5
           ^ the power of a unit is a whole number
        for example `um^2`, `s^-1` or `N^(1/2)`
    "#]],
    );
    check_error(
        "um^(1/7)",
        expect![[r#"
        um^(1/7)
        ^^^^^^^^ this power of a unit is not possible
        for example `N^(1/2)` or `um^-1`
    "#]],
    );
    check_error(
        "um^99",
        expect![[r#"
        um^99
        ^^^^^ the powers of this unit are too high

    "#]],
    );
    check_error(
        "um/(s*MPa",
        expect![[r#"
        um/(s*MPa
           ^ this parenthesis is not closed
        add `)`
    "#]],
    );
    check_error(
        "µm//s",
        expect![[r#"
        µm//s
           ^ `/` has no meaning in a unit
        for example `um/(s*MPa)` or `mN/m`
    "#]],
    );
    check_error(
        "5",
        expect![[r#"
        5
        ^ `5` has no meaning in a unit
        for example `um/(s*MPa)` or `mN/m`
    "#]],
    );
}

const NAMES: &[&str] = &[
    "um", "m", "s", "min", "MPa", "mmHg", "mM", "amol", "mN", "K", "mV", "pF", "nA", "%",
    "vesicles", "kcal", "Da",
];

fn any_unit() -> impl Strategy<Value = String> {
    let factor =
        (prop::sample::select(NAMES), -3i32..4, prop::bool::ANY).prop_map(|(name, power, over)| {
            let sign = if over { '/' } else { '*' };
            format!("{sign}{name}^{power}")
        });
    (
        prop::sample::select(NAMES),
        prop::collection::vec(factor, 0..4),
    )
        .prop_map(|(first, rest)| first.to_string() + &rest.concat())
}

proptest! {
    #[test]
    fn texts_read_back(text in any_unit()) {
        let unit = unit(&text);
        prop_assert_eq!(Unit::parse(unit.text()).unwrap(), unit.clone());
        let coherent = Dimension::of(&unit.dimension().to_string());
        prop_assert_eq!(coherent, unit.dimension());
        prop_assert!(close(one(&unit.dimension().to_string()), 1.0, 1e-12));
        prop_assert_eq!(Unit::preferred(unit.dimension()).dimension(), unit.dimension());
    }

    #[test]
    fn conversions_come_back(text in any_unit(), value in -1e6f64..1e6) {
        let unit = unit(&text);
        let back = unit.from_internal(unit.to_internal(value));
        prop_assert!((back - value).abs() <= 1e-14 * value.abs(), "{} {}: {}", value, text, back);
    }

    #[test]
    fn composed_units_are_products(a in any_unit(), b in any_unit()) {
        let (first, second) = (unit(&a), unit(&b));
        let product = unit(&format!("{a}*{b}"));
        prop_assert_eq!(product.dimension(), first.dimension().multiply(second.dimension()));
        prop_assert!(close(product.to_internal(1.0), one(&a) * one(&b), 1e-13));
        let quotient = unit(&format!("({a})/({b})"));
        prop_assert_eq!(quotient.dimension(), first.dimension().divide(second.dimension()));
        prop_assert!(close(quotient.to_internal(1.0), one(&a) / one(&b), 1e-13));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]
    #[test]
    fn no_text_panics(text in "([mskKPaVµμ%°Å/*·^()²³⁻¹0-9 .-]|\\PC){0,12}") {
        if let Err(error) = Unit::parse(&text) {
            prop_assert!(text.get(error.span.start..error.span.end).is_some(), "{:?} in {:?}", error, text);
        }
    }
}

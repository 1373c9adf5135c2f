use super::*;

/// The values as one line.
fn read(text: &str) -> String {
    let count = |n: &Option<(u64, Span)>| n.map_or(String::new(), |(n, _)| format!(" {n}"));
    let scale = |log: bool| if log { " log" } else { "" };
    match parse_values(text) {
        Ok(AxisValues::Range(r)) => format!(
            "{} .. {}{}{}",
            r.from.text(),
            r.to.text(),
            scale(r.log),
            count(&r.count)
        ),
        Ok(AxisValues::Declared { log, count: n, .. }) => {
            format!("declared{}{}", scale(log), count(&n))
        }
        Ok(AxisValues::List(values)) => {
            let texts: Vec<String> = values.iter().map(Quantity::text).collect();
            texts.join(" | ")
        }
        Ok(other) => format!("{other:?}"),
        Err(mistakes) => {
            let drawn = mistakes.iter().map(|m| {
                let at = &text[m.span.start..m.span.end];
                format!("{} @ {at:?}", m.message)
            });
            drawn.collect::<Vec<_>>().join("; ")
        }
    }
}

#[test]
fn ranges() {
    for (text, expected) in [
        ("20..400 um/s log 200", "20 µm/s .. 400 µm/s log 200"),
        ("20 um/s..400 um/s", "20 µm/s .. 400 µm/s"),
        ("20 um/s .. 0.4 mm/s lin 3", "20 µm/s .. 0.4 mm/s 3"),
        ("110 um^2..150 um^2 5", "110 µm² .. 150 µm² 5"),
        ("0..1", "0 .. 1"),
        ("0..1 20", "0 .. 1 20"),
        ("0..1 1/s 20", "0 1/s .. 1 1/s 20"),
        ("0..1 um/(s*MPa) 20", "0 µm/(s·MPa) .. 1 µm/(s·MPa) 20"),
        ("1..3 %", "1 % .. 3 %"),
        ("1..100 log", "1 .. 100 log"),
        ("1e-3..1e3 mM log 7", "0.001 mM .. 1000 mM log 7"),
        ("-5..37 degC 4", "-5 degC .. 37 degC 4"),
        ("- 5..- 3 mV 4", "-5 mV .. -3 mV 4"),
        ("40..20 mM", "40 mM .. 20 mM"),
        ("0.5..2.5 mM", "0.5 mM .. 2.5 mM"),
        ("  1 ..  2   mM   3 ", "1 mM .. 2 mM 3"),
        ("range", "declared"),
        ("range log", "declared log"),
        ("range 20", "declared 20"),
        ("range lin 20", "declared 20"),
        ("range log 20", "declared log 20"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn lists() {
    for (text, expected) in [
        ("110, 130, 150 um^2", "110 µm² | 130 µm² | 150 µm²"),
        ("1 mm, 2, 3 um", "1 mm | 2 µm | 3 µm"),
        ("0, 20, 37 degC", "0 degC | 20 degC | 37 degC"),
        ("5", "5"),
        ("-70 mV", "-70 mV"),
        ("1,2,3", "1 | 2 | 3"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn mistakes_have_their_places() {
    for (text, expected) in [
        ("", "an axis needs values @ \"\""),
        (
            "20...400",
            "the ends of a range are parted by two dots @ \"...\"",
        ),
        (
            "20…400",
            "the ends of a range are parted by two dots @ \"…\"",
        ),
        ("20..400 umm 5", "unknown unit `umm` @ \"umm\""),
        (
            "20..400 um 5 um",
            "expected `lin`, `log` or the number of values, found `5` @ \"5\"",
        ),
        (
            "20..400 um 5.5",
            "expected `lin`, `log` or the number of values, found `5.5` @ \"5.5\"",
        ),
        (
            "20..400 um 20 log",
            "`log` stands before the number of values @ \"log\"",
        ),
        (
            "20 um..400",
            "the last number of a range has no unit @ \"400\"",
        ),
        (
            "20 um..400 s",
            "the ends of a range can't be in [µm] and in [s] @ \"20 um..400 s\"",
        ),
        (
            "..400 um",
            "expected a number, a name or `(`, found the end @ \"\"",
        ),
        (
            "20..",
            "expected a number, a name or `(`, found the end @ \"\"",
        ),
        (
            "a..2*b",
            "the values of an axis are numbers with their units @ \"a\"; \
             the values of an axis are numbers with their units @ \"2*b\"",
        ),
        (
            "1..2 99999999999999999999",
            "this number is too large @ \"99999999999999999999\"",
        ),
        (
            "1, 2 um log",
            "`log` belongs to a range, and this is a list @ \"log\"",
        ),
        ("1, 2 um 5", "expected `,` or the end, found `5` @ \"5\""),
        (
            "1,, 2",
            "expected a number, a name or `(`, found the end @ \"\"",
        ),
        ("1e308 M", "`1e308 M` is not a finite number @ \"1e308 M\""),
        ("range um", "`um` means nothing behind `range` @ \"um\""),
        (
            "20 to 400",
            "the ends of a range are parted by two dots @ \"to\"",
        ),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn variants() {
    let Ok(AxisValues::Variants(choices)) = parse_variants("ghost, none") else {
        panic!("two names")
    };
    let names: Vec<Option<&str>> = choices.iter().map(|c| c.name.as_deref()).collect();
    assert_eq!(names, [Some("ghost"), None]);
    assert_eq!(choices[1].span, Span::new(7, 11));
    assert!(parse_variants("ghost,").is_err());
}

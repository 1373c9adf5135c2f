//! Mistakes in `[study.NAME]`, and what a right one gives.

use expect_test::{Expect, expect};
use osmocyte::diagnostic::Source;
use osmocyte::model::{AxisValues, Design, Model, StudyDef, load, parse_axis, parse_study_outcome};
use osmocyte::{Simulation, error::Sources};

use super::check;

/// A model with something to vary.
const CELL: &str = r#"[parameters]
Pf = { value = "200 um/s", range = ["20 um/s", "400 um/s"] }
A = "130 um^2"
b = { value = "0.4 * A", range = ["0.3 * A", "0.5 * A"] }
n = { value = 2, range = [0, 4] }
[bath.medium]
osmolarity = "300 mOsm"
[let]
half = "A / 2"
[state.x]
initial = "3 mM"
rate = "-Pf / (1 um) * x / n"
[outcomes]
least = "min(x)"
peak = "max(x)"
[experiment]
duration = "1 s"
[variant.ghost]
set = { n = 1 }
[variant.spherocyte]
set = { n = 3 }
"#;

fn with(addition: &str) -> String {
    format!("{CELL}{addition}")
}

/// What `[study.s]` with these lines says.
fn study(lines: &str, expected: Expect) {
    check(&with(&format!("[study.s]\n{lines}\n")), expected);
}

/// What a right study is.
fn right(lines: &str) -> (Model, StudyDef) {
    let text = with(&format!("[study.s]\n{lines}\n"));
    let simulation = Simulation::from_text("cell", &text).unwrap_or_else(|e| panic!("{e}"));
    let model = simulation.model().clone();
    let study = model.studies[0].clone();
    (model, study)
}

/// What a study with a table says, whatever the name of the file.
fn table(lines: &str, points: &str, expected: Expect) {
    let source = Source {
        name: "cell.toml".into(),
        text: with(&format!("[study.s]\n{lines}\n")),
    };
    let files = |_: &str| Ok(points.to_string());
    let found = match Simulation::new("cell", source, &files, None, &[]) {
        Err(error) => error.report(false),
        Ok(simulation) => format!("{} points", simulation.model().studies[0].size()),
    };
    expected.assert_eq(&found);
}

#[test]
fn right_studies() {
    let (_, grid) = right(
        "vary = { Pf = \"20..400 um/s log 200\", \"bath.osmolarity\" = \"100..300 mOsm 50\", A = \"110, 130, 150 um^2\", \
         n = [1, 2], variant = [\"ghost\", \"none\"], duration = \"1, 2 s\" }",
    );
    assert_eq!(grid.design, Design::Grid);
    assert_eq!(grid.size(), 200 * 50 * 3 * 2 * 2 * 2);
    let names: Vec<&str> = grid.axes.iter().map(|a| a.name.as_str()).collect();
    let order = ["Pf", "bath.osmolarity", "A", "n", "variant", "duration"];
    assert_eq!(names, order);
    let (_, drawn) = right(
        "design = \"sobol\"\npoints = 1000\nseed = 7\nscramble = false\nvary.Pf = \"range log\"\nvary.b = \"range\"\n\
         with = { A = \"200 um^2\" }\nsolver = { rtol = 1e-6 }",
    );
    assert_eq!((drawn.size(), drawn.seed, drawn.scramble), (1000, 7, false));
    assert_eq!(drawn.solver.rtol, Some(1e-6));
    let AxisValues::Range(range) = &drawn.axes[0].values else {
        panic!("the range of the parameter")
    };
    assert_eq!(
        (range.from.text(), range.to.text(), range.log),
        ("20 µm/s".into(), "400 µm/s".into(), true)
    );
    // Computed with what the study sets.
    let AxisValues::Range(range) = &drawn.axes[1].values else {
        panic!("the range of the parameter")
    };
    assert_eq!(
        (range.from.text(), range.to.text()),
        ("60 µm²".into(), "100 µm²".into())
    );
}

#[test]
fn outcomes_of_a_study() {
    let (model, study) = right(
        "vary.n = [1, 2]\noutcomes = { twice = \"2 * peak\", least = \"least\", late = { value = \"final(x)\", unit = \"uM\" } }",
    );
    let names = |model: &Model| {
        let names: Vec<String> = model.outcomes.iter().map(|o| o.name.clone()).collect();
        names.join(" ")
    };
    let answered: Vec<String> = model
        .outcomes_of(&study)
        .into_iter()
        .map(|o| o.name)
        .collect();
    assert_eq!(answered, ["twice", "least", "late"]);
    let mut asked = model.clone();
    asked.ask(&study);
    assert_eq!(names(&asked), "twice least late peak");
    let (model, study) = right("vary.n = [1, 2]\noutcomes = [\"peak\"]");
    let mut asked = model.clone();
    asked.ask(&study);
    assert_eq!(names(&asked), "peak");
    assert_eq!(asked.outcomes[0].value, model.outcomes[1].value);
    let (model, study) = right("vary.n = [1, 2]");
    assert_eq!(model.outcomes_of(&study).len(), 2);
}

#[test]
fn keys_of_a_study() {
    study(
        "titel = \"x\"\nrtol = 1e-6\nvary = { n = \"1..2 3\" }",
        expect![[r#"
            error: study `s` has no key `titel`
              --> cell.toml:23:1
               |
            23 | titel = "x"
               | ^^^^^
               |
               = help: did you mean `title`?

            error: study `s` has no key `rtol`
              --> cell.toml:24:1
               |
            24 | rtol = 1e-6
               | ^^^^
               |
               = help: it belongs into `solver = { rtol = … }`"#]],
    );
    study(
        "title = \"nothing\"",
        expect![[r#"
        error: study `s` varies nothing
          --> cell.toml:22:8
           |
        22 | [study.s]
           |        ^
           |
           = help: for example `vary = { k = "1..10 1/s 10" }`"#]],
    );
    study(
        "vary = {}",
        expect![[r#"
        error: study `s` varies nothing
          --> cell.toml:23:1
           |
        23 | vary = {}
           | ^^^^
           |
           = help: for example `vary = { k = "1..10 1/s 10" }`"#]],
    );
    study(
        "vary = 5\noutcomes = 5\nseed = 1.5\nscramble = 1",
        expect![[r#"
            error: vary must be a table
              --> cell.toml:23:8
               |
            23 | vary = 5
               |        ^ this is an integer

            error: the name of an outcome must be a text in quotes
              --> cell.toml:24:12
               |
            24 | outcomes = 5
               |            ^ this is an integer

            error: `seed` belongs to designs that draw their points
              --> cell.toml:25:1
               |
            25 | seed = 1.5
               | ^^^^
               |
               = help: random, lhs, halton and sobol do

            error: seed must be a whole number
              --> cell.toml:25:8
               |
            25 | seed = 1.5
               |        ^^^ this is a float

            error: `scramble` belongs to the designs halton and sobol
              --> cell.toml:26:1
               |
            26 | scramble = 1
               | ^^^^^^^^
               |
               = help: leave it out

            error: scramble must be true or false
              --> cell.toml:26:12
               |
            26 | scramble = 1
               |            ^ this is an integer"#]],
    );
    study(
        "vary.n = [1, 2]\ndesign = \"soboll\"\npoints = 0",
        expect![[r#"
            error: there is no design `soboll`
              --> cell.toml:24:10
               |
            24 | design = "soboll"
               |          ^^^^^^^^
               |
               = help: did you mean `sobol`?

            error: points must be from 1 to 1000000000000
              --> cell.toml:25:10
               |
            25 | points = 0
               |          ^"#]],
    );
    study(
        "vary.n = [1, 2]\ndesign = \"monte carlo\"\npoints = 5000000000000",
        expect![[r#"
            error: there is no design `monte carlo`
              --> cell.toml:24:10
               |
            24 | design = "monte carlo"
               |          ^^^^^^^^^^^^^
               |
               = help: designs: grid, random, lhs, halton, sobol

            error: points must be from 1 to 1000000000000
              --> cell.toml:25:10
               |
            25 | points = 5000000000000
               |          ^^^^^^^^^^^^^"#]],
    );
    study(
        "vary.n = [1, 2]\npoints = 10\nseed = 2\nscramble = true",
        expect![[r#"
            error: a grid has as many points as its axes make
              --> cell.toml:24:1
               |
            24 | points = 10
               | ^^^^^^
               |
               = help: leave out `points`, or name a design: random, lhs, halton or sobol

            error: `seed` belongs to designs that draw their points
              --> cell.toml:25:1
               |
            25 | seed = 2
               | ^^^^
               |
               = help: random, lhs, halton and sobol do

            error: `scramble` belongs to the designs halton and sobol
              --> cell.toml:26:1
               |
            26 | scramble = true
               | ^^^^^^^^
               |
               = help: leave it out"#]],
    );
    study(
        "vary.n = [1, 2]\ndesign = \"lhs\"\nscramble = true",
        expect![[r#"
            error: the design lhs needs `points`
              --> cell.toml:22:8
               |
            22 | [study.s]
               |        ^
               |
               = help: `points = 1000` is the number of runs

            error: `scramble` belongs to the designs halton and sobol
              --> cell.toml:25:1
               |
            25 | scramble = true
               | ^^^^^^^^
               |
               = help: leave it out"#]],
    );
    study(
        "vary.n = [1, 2]\nsolver = { method = \"radua\", rtl = 1 }",
        expect![[r#"
            error: there is no method `radua`; did you mean `radau`?
              --> cell.toml:24:21
               |
            24 | solver = { method = "radua", rtl = 1 }
               |                     ^^^^^^^

            error: the solver has no key `rtl`
              --> cell.toml:24:30
               |
            24 | solver = { method = "radua", rtl = 1 }
               |                              ^^^
               |
               = help: did you mean `rtol`?"#]],
    );
    check(
        &with("[study.\"a/b\"]\nvary.n = [1, 2]\n"),
        expect![[r#"
        error: the name of a study is made of letters, digits, `-` and `_`
          --> cell.toml:22:8
           |
        22 | [study."a/b"]
           |        ^^^^^"#]],
    );
    check(
        &with("[study]\ns = 1\n"),
        expect![[r#"
        error: study `s` must be a table
          --> cell.toml:23:5
           |
        23 | s = 1
           |     ^ this is an integer"#]],
    );
}

#[test]
fn names_of_axes() {
    study(
        "vary = { Pg = \"1..2 um/s 3\", points = \"2..100 3\", half = \"1..2 um^2 3\", varient = \"ghost\", foo.bar = 1 }",
        expect![[r#"
            error: there is no parameter `Pg`
              --> cell.toml:23:10
               |
            23 | vary = { Pg = "1..2 um/s 3", points = "2..100 3", half = "1..2 um^2 3", varient = "ghost", foo.bar = 1 }
               |          ^^
               |
               = help: did you mean `Pf`?

            error: `points` is the number of saved times and can't be varied
              --> cell.toml:23:30
               |
            23 | vary = { Pg = "1..2 um/s 3", points = "2..100 3", half = "1..2 um^2 3", varient = "ghost", foo.bar = 1 }
               |                              ^^^^^^

            error: `half` is computed from other quantities and can't be set
              --> cell.toml:23:51
               |
            23 | vary = { Pg = "1..2 um/s 3", points = "2..100 3", half = "1..2 um^2 3", varient = "ghost", foo.bar = 1 }
               |                                                   ^^^^
               |
               = help: `show` lists the parameters

            error: there is no parameter `varient`
              --> cell.toml:23:73
               |
            23 | vary = { Pg = "1..2 um/s 3", points = "2..100 3", half = "1..2 um^2 3", varient = "ghost", foo.bar = 1 }
               |                                                                         ^^^^^^^
               |
               = help: did you mean `variant`?

            error: the values of an axis are numbers with their units
              --> cell.toml:23:84
               |
            23 | vary = { Pg = "1..2 um/s 3", points = "2..100 3", half = "1..2 um^2 3", varient = "ghost", foo.bar = 1 }
               |                                                                                    ^^^^^
               |
               = help: for example `20..400 um/s`; a unit has no blanks inside

            error: there is no parameter `foo.bar`
              --> cell.toml:23:96
               |
            23 | vary = { Pg = "1..2 um/s 3", points = "2..100 3", half = "1..2 um^2 3", varient = "ghost", foo.bar = 1 }
               |                                                                                                ^^^
               |
               = help: `show` lists the parameters"#]],
    );
    study(
        "vary = { bath.osmolarity = \"1..2 mOsm 3\", medium.osmolarity = \"1..2 mOsm 3\", n = 1 }\nwith = { n = 2, A = 3, Pg = 1 }",
        expect![[r#"
            error: `medium.osmolarity` is varied twice
              --> cell.toml:23:50
               |
            23 | vary = { bath.osmolarity = "1..2 mOsm 3", medium.osmolarity = "1..2 mOsm 3", n = 1 }
               |                                                  ^^^^^^^^^^
               |
               = help: leave out one of the two

            error: `n` is varied, and set in `with`
              --> cell.toml:23:78
               |
            23 | vary = { bath.osmolarity = "1..2 mOsm 3", medium.osmolarity = "1..2 mOsm 3", n = 1 }
               |                                                                              ^
               |
               = help: leave out one of the two

            error: `A` is [µm²], not a plain number
              --> cell.toml:24:21
               |
            24 | with = { n = 2, A = 3, Pg = 1 }
               |                     ^
               |
               = help: write for example A="3 µm²"

            error: there is no parameter `Pg`
              --> cell.toml:24:24
               |
            24 | with = { n = 2, A = 3, Pg = 1 }
               |                        ^^
               |
               = help: did you mean `Pf`?"#]],
    );
    study(
        "vary = { variant = [\"gost\", \"nonsense\", 3] }",
        expect![[r#"
            error: there is no variant `gost`
              --> cell.toml:23:21
               |
            23 | vary = { variant = ["gost", "nonsense", 3] }
               |                     ^^^^^^
               |
               = help: did you mean `ghost`?

            error: there is no variant `nonsense`
              --> cell.toml:23:29
               |
            23 | vary = { variant = ["gost", "nonsense", 3] }
               |                             ^^^^^^^^^^
               |
               = help: variants: ghost, spherocyte

            error: the name of a variant must be a text in quotes
              --> cell.toml:23:41
               |
            23 | vary = { variant = ["gost", "nonsense", 3] }
               |                                         ^ this is an integer"#]],
    );
    study(
        "vary = { variant = \"ghost, gost\" }",
        expect![[r#"
        error: there is no variant `gost`
          --> cell.toml:23:28
           |
        23 | vary = { variant = "ghost, gost" }
           |                            ^^^^
           |
           = help: did you mean `ghost`?"#]],
    );
    study(
        "vary = { variant = [] }",
        expect![[r#"
            error: there is no parameter `variant`
              --> cell.toml:23:10
               |
            23 | vary = { variant = [] }
               |          ^^^^^^^
               |
               = help: `show` lists the parameters

            error: `variant` needs names of variants
              --> cell.toml:23:20
               |
            23 | vary = { variant = [] }
               |                    ^^"#]],
    );
}

#[test]
fn values_of_axes() {
    study(
        "vary = { Pf = \"20..400 s log 200\", A = [\"1 um^2\", 3], n = \"1 um\", duration = \"1..2 um 3\", x = \"1..2 3\", b = \"1, 2 um\" }",
        expect![[r#"
            error: `Pf` is [µm/s], not [s]
              --> cell.toml:23:20
               |
            23 | vary = { Pf = "20..400 s log 200", A = ["1 um^2", 3], n = "1 um", duration = "1..2 um 3", x = "1..2 3", b = "1, ...
               |                    ^^^^^
               |
               = help: write for example `400 µm/s`

            error: `A` is [µm²], not a plain number
              --> cell.toml:23:51
               |
            23 | vary = { Pf = "20..400 s log 200", A = ["1 um^2", 3], n = "1 um", duration = "1..2 um 3", x = "1..2 3", b = "1, ...
               |                                                   ^
               |
               = help: write for example `3 µm²`

            error: `n` is a plain number, not [µm]
              --> cell.toml:23:60
               |
            23 | vary = { Pf = "20..400 s log 200", A = ["1 um^2", 3], n = "1 um", duration = "1..2 um 3", x = "1..2 3", b = "1, ...
               |                                                            ^^^^
               |
               = help: write for example `1`

            error: `duration` is [s], not [µm]
              --> cell.toml:23:82
               |
            23 | vary = { Pf = "20..400 s log 200", A = ["1 um^2", 3], n = "1 um", duration = "1..2 um 3", x = "1..2 3", b = "1, ...
               |                                                                                  ^^^^
               |
               = help: write for example `2 s`

            error: `x` is [mM], not a plain number
              --> cell.toml:23:99
               |
            23 | vary = { Pf = "20..400 s log 200", A = ["1 um^2", 3], n = "1 um", duration = "1..2 um 3", x = "1..2 3", b = "1, ...
               |                                                                                                   ^
               |
               = help: write for example `2 mM`

            error: `b` is [µm²], not [µm]
              --> cell.toml:23:110
               |
            23 | ... = "1 um", duration = "1..2 um 3", x = "1..2 3", b = "1, 2 um" }
               |                                                          ^
               |
               = help: write for example `1 µm²`"#]],
    );
    study(
        "vary = { Pf = true, A = [], n = \"\", x = [\"2 * A\"], duration = \"A..5 s 3\", b = inf, bath.osmolarity = \"rang 5\" }",
        expect![[r#"
            error: `Pf` must be a range, a list or a number
              --> cell.toml:23:15
               |
            23 | vary = { Pf = true, A = [], n = "", x = ["2 * A"], duration = "A..5 s 3", b = inf, bath.osmolarity = "rang 5" }
               |               ^^^^ this is a boolean

            error: an axis needs values
              --> cell.toml:23:25
               |
            23 | vary = { Pf = true, A = [], n = "", x = ["2 * A"], duration = "A..5 s 3", b = inf, bath.osmolarity = "rang 5" }
               |                         ^^
               |
               = help: for example `20..400 um/s 10`, `20, 50, 100 um/s` or `range 10`

            error: an axis needs values
              --> cell.toml:23:34
               |
            23 | vary = { Pf = true, A = [], n = "", x = ["2 * A"], duration = "A..5 s 3", b = inf, bath.osmolarity = "rang 5" }
               |                                  ^
               |
               = help: for example `20..400 um/s 10`, `20, 50, 100 um/s` or `range 10`

            error: the values of an axis are numbers with their units
              --> cell.toml:23:43
               |
            23 | vary = { Pf = true, A = [], n = "", x = ["2 * A"], duration = "A..5 s 3", b = inf, bath.osmolarity = "rang 5" }
               |                                           ^^^^^
               |
               = help: for example `20..400 um/s`; a unit has no blanks inside

            error: the values of an axis are numbers with their units
              --> cell.toml:23:64
               |
            23 | vary = { Pf = true, A = [], n = "", x = ["2 * A"], duration = "A..5 s 3", b = inf, bath.osmolarity = "rang 5" }
               |                                                                ^
               |
               = help: for example `20..400 um/s`; a unit has no blanks inside

            error: `inf` is not a finite number
              --> cell.toml:23:79
               |
            23 | vary = { Pf = true, A = [], n = "", x = ["2 * A"], duration = "A..5 s 3", b = inf, bath.osmolarity = "rang 5" }
               |                                                                               ^^^

            error: expected `,` or the end, found `5`
              --> cell.toml:23:108
               |
            23 | vary = { Pf = true, A = [], n = "", x = ["2 * A"], duration = "A..5 s 3", b = inf, bath.osmolarity = "rang 5" }
               |                                                                                                            ^"#]],
    );
    study(
        "vary = { Pf = \"0..400 um/s log 200\", n = \"-1..1 log 5\", A = \"1..1 um^2 5\", x = \"1..2 mM 1\", duration = \"1..1 s 1\", b = \"range 0\" }",
        expect![[r#"
            error: a logarithmic range can't reach 0
              --> cell.toml:23:16
               |
            23 | vary = { Pf = "0..400 um/s log 200", n = "-1..1 log 5", A = "1..1 um^2 5", x = "1..2 mM 1", duration = "1..1 s 1...
               |                ^^^^^^^^^^^
               |
               = help: leave out `log`, or begin above 0

            error: a logarithmic range can't reach 0
              --> cell.toml:23:43
               |
            23 | vary = { Pf = "0..400 um/s log 200", n = "-1..1 log 5", A = "1..1 um^2 5", x = "1..2 mM 1", duration = "1..1 s 1...
               |                                           ^^^^^
               |
               = help: leave out `log`, or begin above 0

            error: a range from a number to itself has 1 value
              --> cell.toml:23:72
               |
            23 | vary = { Pf = "0..400 um/s log 200", n = "-1..1 log 5", A = "1..1 um^2 5", x = "1..2 mM 1", duration = "1..1 s 1...
               |                                                                        ^

            error: a range has 2 values or more
              --> cell.toml:23:89
               |
            23 | vary = { Pf = "0..400 um/s log 200", n = "-1..1 log 5", A = "1..1 um^2 5", x = "1..2 mM 1", duration = "1..1 s 1...
               |                                                                                         ^
               |
               = help: its two ends are among them

            error: a range has 2 values or more
              --> cell.toml:23:127
               |
            23 | ...", x = "1..2 mM 1", duration = "1..1 s 1", b = "range 0" }
               |                                                          ^
               |
               = help: its two ends are among them"#]],
    );
    study(
        "vary = { A = \"range 5\", x = \"range 5\", n = \"range log 5\" }",
        expect![[r#"
            error: `A` declares no range
              --> cell.toml:23:15
               |
            23 | vary = { A = "range 5", x = "range 5", n = "range log 5" }
               |               ^^^^^
               |
               = help: write it here, for example `20..400 um/s`, or give the parameter a `range`

            error: `x` declares no range
              --> cell.toml:23:30
               |
            23 | vary = { A = "range 5", x = "range 5", n = "range log 5" }
               |                              ^^^^^
               |
               = help: write it here, for example `20..400 um/s`, or give the parameter a `range`

            error: a logarithmic range can't reach 0
              --> cell.toml:23:45
               |
            23 | vary = { A = "range 5", x = "range 5", n = "range log 5" }
               |                                             ^^^^^
               |
               = help: leave out `log`, or begin above 0"#]],
    );
}

#[test]
fn numbers_of_points() {
    study(
        "vary = { Pf = \"20..400 um/s\", n = \"range log\" }",
        expect![[r#"
            error: a range of a grid needs the number of its values
              --> cell.toml:23:16
               |
            23 | vary = { Pf = "20..400 um/s", n = "range log" }
               |                ^^^^^^^^^^^^
               |
               = help: it stands at the end: `20..400 um/s 10`, `20..400 um/s log 10` or `range 10`

            error: a logarithmic range can't reach 0
              --> cell.toml:23:36
               |
            23 | vary = { Pf = "20..400 um/s", n = "range log" }
               |                                    ^^^^^
               |
               = help: leave out `log`, or begin above 0

            error: a range of a grid needs the number of its values
              --> cell.toml:23:36
               |
            23 | vary = { Pf = "20..400 um/s", n = "range log" }
               |                                    ^^^^^
               |
               = help: it stands at the end: `20..400 um/s 10`, `20..400 um/s log 10` or `range 10`"#]],
    );
    study(
        "design = \"halton\"\nvary = { Pf = \"20..400 um/s 5\", A = \"110, 130 um^2\", n = \"range 5\" }",
        expect![[r#"
            error: the design halton needs `points`
              --> cell.toml:22:8
               |
            22 | [study.s]
               |        ^
               |
               = help: `points = 1000` is the number of runs

            error: the number of points is that of the study
              --> cell.toml:24:29
               |
            24 | vary = { Pf = "20..400 um/s 5", A = "110, 130 um^2", n = "range 5" }
               |                             ^
               |
               = help: leave it out here: `points` of the study gives it

            error: the number of points is that of the study
              --> cell.toml:24:65
               |
            24 | vary = { Pf = "20..400 um/s 5", A = "110, 130 um^2", n = "range 5" }
               |                                                                 ^
               |
               = help: leave it out here: `points` of the study gives it"#]],
    );
    study(
        "vary = { Pf = \"20..400 um/s 1000000\", n = \"1..2 1000000\", A = \"1..2 um^2 2\" }",
        expect![[r#"
            error: a study of more than 1000000000000 points would not end
              --> cell.toml:22:8
               |
            22 | [study.s]
               |        ^
               |
               = help: give its axes fewer values, or draw: `design = "sobol"`"#]],
    );
}

#[test]
fn outcomes_that_are_none() {
    study(
        "vary.n = [1, 2]\noutcomes = [\"pek\", \"peak\", \"peak\", \"lysis\"]",
        expect![[r#"
            error: there is no outcome `pek`
              --> cell.toml:24:13
               |
            24 | outcomes = ["pek", "peak", "peak", "lysis"]
               |             ^^^^^
               |
               = help: did you mean `peak`?

            error: outcome `peak` is named twice
              --> cell.toml:24:28
               |
            24 | outcomes = ["pek", "peak", "peak", "lysis"]
               |                            ^^^^^^
               |
               = help: leave out one of the two

            error: there is no outcome `lysis`
              --> cell.toml:24:36
               |
            24 | outcomes = ["pek", "peak", "peak", "lysis"]
               |                                    ^^^^^^^
               |
               = help: outcomes: least, peak"#]],
    );
    study(
        "vary.n = [1, 2]\noutcomes = []",
        expect![[r#"
        error: `outcomes` is empty
          --> cell.toml:24:12
           |
        24 | outcomes = []
           |            ^^
           |
           = help: without it a study answers all outcomes of the model"#]],
    );
    study(
        "vary.n = [1, 2]\noutcomes = {}",
        expect![[r#"
        error: `outcomes` is empty
          --> cell.toml:24:12
           |
        24 | outcomes = {}
           |            ^^
           |
           = help: without it a study answers all outcomes of the model"#]],
    );
    study(
        "vary.n = [1, 2]\noutcomes = [1]",
        expect![[r#"
        error: the name of an outcome must be a text in quotes
          --> cell.toml:24:13
           |
        24 | outcomes = [1]
           |             ^ this is an integer"#]],
    );
    study(
        "vary.n = [1, 2]\noutcomes = { peak = \"min(x)\", n = \"max(x)\", a = { unit = \"mM\" } }",
        expect![[r#"
            error: the model has another outcome `peak`
              --> cell.toml:24:14
               |
            24 | outcomes = { peak = "min(x)", n = "max(x)", a = { unit = "mM" } }
               |              ^^^^
               |
               = help: give the one of the study another name

            error: `n` is varied, and an outcome
              --> cell.toml:24:31
               |
            24 | outcomes = { peak = "min(x)", n = "max(x)", a = { unit = "mM" } }
               |                               ^
               |
               = help: give the outcome another name

            error: outcome `a` has no `value`
              --> cell.toml:24:45
               |
            24 | outcomes = { peak = "min(x)", n = "max(x)", a = { unit = "mM" } }
               |                                             ^"#]],
    );
    study(
        "vary.n = [1, 2]\noutcomes = { a = \"max(y)\", b = \"x\" }",
        expect![[r#"
            error: unknown name `y`
              --> cell.toml:24:23
               |
            24 | outcomes = { a = "max(y)", b = "x" }
               |                       ^

            error: outcome `b` changes with time: at which time is `x` meant?
              --> cell.toml:24:33
               |
            24 | outcomes = { a = "max(y)", b = "x" }
               |                                 ^
               |
               = help: use final(x), initial(x), max(x), min(x), mean(x), integral(x) or at(x, 5 s)"#]],
    );
    let silent = CELL.replace("least = \"min(x)\"\npeak = \"max(x)\"\n", "");
    check(
        &format!("{silent}[study.s]\nvary.n = [1, 2]\n"),
        expect![[r#"
            error: study `s` answers nothing
              --> cell.toml:20:8
               |
            20 | [study.s]
               |        ^
               |
               = help: the model has no outcomes: give the study `outcomes = { most = "max(x)" }`"#]],
    );
}

#[test]
fn tables_of_points() {
    let two = "Pf [um/s],variant\n1,ghost\n2,none\n";
    table("file = \"points.csv\"", two, expect!["2 points"]);
    study(
        "file = \"points.csv\"",
        expect![[r#"
        error: can't read `points.csv`: a model given as text has no folder to find `points.csv` in
          --> cell.toml:23:8
           |
        23 | file = "points.csv"
           |        ^^^^^^^^^^^^"#]],
    );
    table(
        "file = \"points.csv\"\ndesign = \"grid\"\npoints = 3\nseed = 1\nscramble = true\nvary.n = [1, 2]",
        two,
        expect![[r#"
            error: the points of a file have no `design`
              --> cell.toml:24:1
               |
            24 | design = "grid"
               | ^^^^^^
               |
               = help: each of its rows is a point

            error: the number of points is that of the file
              --> cell.toml:25:1
               |
            25 | points = 3
               | ^^^^^^
               |
               = help: each of its rows is a point

            error: `seed` belongs to designs that draw their points
              --> cell.toml:26:1
               |
            26 | seed = 1
               | ^^^^
               |
               = help: random, lhs, halton and sobol do

            error: `scramble` belongs to the designs halton and sobol
              --> cell.toml:27:1
               |
            27 | scramble = true
               | ^^^^^^^^
               |
               = help: leave it out

            error: a study takes its points from `file` or from `vary`
              --> cell.toml:28:1
               |
            28 | vary.n = [1, 2]
               | ^^^^
               |
               = help: leave out one of the two"#]],
    );
    table(
        "file = \"points.csv\"",
        "Pg [um/s],Pf [s],n\n1,2,3\n",
        expect![[r#"
            error: `points.csv`: there is no parameter `Pg`
              --> cell.toml:23:8
               |
            23 | file = "points.csv"
               |        ^^^^^^^^^^^^
               |
               = help: did you mean `Pf`?

            error: `points.csv`: `Pf` is [µm/s], not [s]
              --> cell.toml:23:8
               |
            23 | file = "points.csv"
               |        ^^^^^^^^^^^^
               |
               = help: write `Pf [µm/s]` in the header"#]],
    );
    table(
        "file = \"points.csv\"",
        "Pf,variant\n1,gost\n2,gost\n",
        expect![[r#"
            error: `points.csv`: `Pf` is [µm/s], not a plain number
              --> cell.toml:23:8
               |
            23 | file = "points.csv"
               |        ^^^^^^^^^^^^
               |
               = help: write `Pf [µm/s]` in the header

            error: `points.csv`: there is no variant `gost`
              --> cell.toml:23:8
               |
            23 | file = "points.csv"
               |        ^^^^^^^^^^^^
               |
               = help: did you mean `ghost`?"#]],
    );
    table(
        "file = \"points.csv\"",
        "n\nx\n",
        expect![[r#"
        error: `points.csv`: line 2: `x` is not a number
          --> cell.toml:23:8
           |
        23 | file = "points.csv"
           |        ^^^^^^^^^^^^"#]],
    );
}

/// What a command line adds to a model.
#[test]
fn axes_and_outcomes_of_a_command_line() {
    let source = Source {
        name: "cell.toml".into(),
        text: CELL.into(),
    };
    let mut sources = Sources::new(source.clone());
    let model = load("cell", source, &|_| Err(String::new())).model;
    let mut study = StudyDef::new("sweep", Default::default());
    let mut mistakes = Vec::new();
    for text in [
        "Pf=range log 5",
        "Pg=1..2 5",
        "A=1..2 um 5",
        "n=1..2,5",
        "n",
    ] {
        let (axis, more) = parse_axis(&mut sources, text);
        study.axes.extend(axis);
        mistakes.extend(more);
    }
    for text in ["peak", "pek", "late=final(x", "2 * peak"] {
        let (outcome, more) = parse_study_outcome(&mut sources, text);
        study.outcomes.extend(outcome);
        mistakes.extend(more);
    }
    mistakes.extend(model.settle_study(&mut study, &[]));
    expect![[r#"
        error: there is no parameter `Pg`
         --> vary:1:1
          |
        1 | Pg=1..2 5
          | ^^
          |
          = help: did you mean `Pf`?

        error: `A` is [µm²], not [µm]
         --> vary:1:6
          |
        1 | A=1..2 um 5
          |      ^^^^
          |
          = help: write for example `2 µm²`

        error: expected `lin`, `log` or the number of values, found `,`
         --> vary:1:7
          |
        1 | n=1..2,5
          |       ^

        error: an axis is a name, `=`, and its values
         --> vary:1:1
          |
        1 | n
          | ^
          |
          = help: for example `k=1..10 1/s 10`, `k=1, 5, 10 1/s` or `k=range 10`

        error: there is no outcome `pek`
         --> outcome:1:1
          |
        1 | pek
          | ^^^
          |
          = help: did you mean `peak`?

        error: `(` is not closed
         --> outcome:1:11
          |
        1 | late=final(x
          |           ^
          |
          = help: add `)`"#]]
    .assert_eq(&sources.render(&mistakes, false));
}

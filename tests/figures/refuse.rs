//! Figure files that are no good: all mistakes at once, each with its place.

use expect_test::{Expect, expect};

use super::common::plan;

fn refused(text: &str, expected: Expect) {
    match plan("bad", text) {
        Ok(_) => panic!("this has no mistake:\n{text}"),
        Err(e) => expected.assert_eq(&e.to_string()),
    }
}

#[test]
fn an_empty_file() {
    refused("", expect![[""]]);
}

#[test]
fn what_is_not_toml() {
    refused("title = \"a\nmodel = 3", expect![[""]]);
}

#[test]
fn slips_in_keys_kinds_and_names() {
    refused(
        r#"
titel = "A figure"
colums = 2
[[chart]]
modl = "red-blood-cell"
knd = "lines"
y = ["cell.volume"]
[[chart]]
kind = "scann"
y = ["cell.volume"]
[[chart]]
title = "x"
model = "red-blood-cel"
y = ["cell.volume"]
"#,
        expect![[""]],
    );
}

#[test]
fn names_and_units_of_the_models() {
    refused(
        r#"
title = "A figure of {tme}"
model = "red-blood-cell"
[number]
time = { value = "lysis_tme", unit = "s" }
late = { value = "lysis_time", unit = "um" }
[[chart]]
y = [{ value = "cell.volum", unit = "um^3" }, { value = "cell.pressure", unit = "um" }]
thresholds = [{ value = "V00", label = "plasma" }]
compare = [
  { label = "a", variant = "isotonik" },
  { label = "b", set = { Pff = "3 um/s" } },
  { label = "c", set = { Pf = "3 um" } },
  { set = { Pf = "3 um/s" } },
]
"#,
        expect![[""]],
    );
}

#[test]
fn what_does_not_fit_its_axis() {
    refused(
        r#"
title = "A figure"
model = "red-blood-cell"
[[chart]]
y = [{ value = "cell.volume", unit = "um^3" }]
bands = [{ from = "1 MPa", to = "90 um^3", label = "normal" }, { from = "1 um^3" }, { axis = "z", from = "2 um^3", to = "V0" }]
notes = [{ x = "1 s", y = "1 MPa", text = "here" }, { x = "1 s" }]
x_max = "3 um"
[[chart]]
y = ["cell.volume"]
compare = [{ label = "one" }, { label = "other", model = "plant-cell", y = ["cellulose.turgor"] }]
[[chart]]
kind = "bars"
x = "initial(V0)"
y = ["final(cell.volume)", "final(cell.pressure)"]
thresholds = [{ value = "V0", label = "plasma" }]
"#,
        expect![[""]],
    );
}

#[test]
fn kinds_that_vary() {
    refused(
        r#"
title = "A figure"
model = "red-blood-cell"
[[chart]]
kind = "scan"
y = ["peak"]
[[chart]]
kind = "map"
vary = { Pf = "20..400 um/s 3" }
y = ["peak", "end_volume"]
[[chart]]
kind = "scan"
vary = { Pfff = "20..400 um/s 3" }
y = ["peak"]
[[chart]]
kind = "scan"
vary = { Pf = "20..400 um" }
y = ["cell.volume"]
[[chart]]
vary = { Pf = "20..400 um/s 3" }
y = ["cell.volume"]
"#,
        expect![[""]],
    );
}

#[test]
fn models_that_are_not_there() {
    refused(
        r#"
title = "A figure"
[[chart]]
y = ["cell.volume"]
[[chart]]
model = "my-model.toml"
y = ["cell.volume"]
[[chart]]
model = "quux"
y = ["cell.volume"]
[[chart]]
model = "red-blood-cell@nowhere"
y = ["cell.volume"]
"#,
        expect![[""]],
    );
}

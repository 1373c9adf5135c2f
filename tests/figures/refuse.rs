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
    refused(
        "",
        expect![[r#"
            error: the figure has no `title`: its message is missing
            --> bad.toml

            error: the figure has no `chart`: [[chart]] is missing
            --> bad.toml"#]],
    );
}

#[test]
fn what_is_not_toml() {
    refused(
        "title = \"a\nmodel = 3",
        expect![[r#"
            error: not valid TOML: invalid basic string, expected `"`
             --> bad.toml:1:11
              |
            1 | title = "a
              |           ^"#]],
    );
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
        expect![[r#"
            error: the figure has no `title`: its message is missing
            --> bad.toml

            error: a figure file has no key `titel`
             --> bad.toml:2:1
              |
            2 | titel = "A figure"
              | ^^^^^
              |
              = help: did you mean `title`?

            error: a figure file has no key `colums`
             --> bad.toml:3:1
              |
            3 | colums = 2
              | ^^^^^^
              |
              = help: did you mean `columns`?

            error: this has no `model`
             --> bad.toml:4:1
              |
            4 | [[chart]]
              | ^^^^^^^^^
              |
              = help: for example `model = "red-blood-cell"`, here or for the whole figure

            error: a chart of kind `lines` has no key `modl`
             --> bad.toml:5:1
              |
            5 | modl = "red-blood-cell"
              | ^^^^
              |
              = help: did you mean `model`?

            error: a chart of kind `lines` has no key `knd`
             --> bad.toml:6:1
              |
            6 | knd = "lines"
              | ^^^
              |
              = help: did you mean `kind`?

            error: there is no kind of chart `scann`
             --> bad.toml:9:8
              |
            9 | kind = "scann"
              |        ^^^^^^^
              |
              = help: did you mean `scan`?

            error: a chart of kind `lines` has no key `title`
              --> bad.toml:12:1
               |
            12 | title = "x"
               | ^^^^^
               |
               = help: the figure has one; a chart in it has a `heading`

            error: there is no model `red-blood-cel`
              --> bad.toml:13:10
               |
            13 | model = "red-blood-cel"
               |          ^^^^^^^^^^^^^
               |
               = help: did you mean `red-blood-cell`?"#]],
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
        expect![[r#"
            error: there is no number `tme` in this figure
             --> bad.toml:2:22
              |
            2 | title = "A figure of {tme}"
              |                      ^^^^^
              |
              = help: did you mean `{time}`?

            error: `time` is reserved for the language
             --> bad.toml:5:1
              |
            5 | time = { value = "lysis_tme", unit = "s" }
              | ^^^^

            error: unknown name `lysis_tme`
             --> bad.toml:5:19
              |
            5 | time = { value = "lysis_tme", unit = "s" }
              |                   ^^^^^^^^^

            error: `number late` can't be shown in [µm]
             --> bad.toml:6:19
              |
            6 | late = { value = "lysis_time", unit = "um" }
              |                   ^^^^^^^^^^ this is [s]

            error: unknown name `cell.volum`
             --> bad.toml:8:17
              |
            8 | y = [{ value = "cell.volum", unit = "um^3" }, { value = "cell.pressure", unit = "um" }]
              |                 ^^^^^^^^^^
              |
              = help: did you mean `cell.volume`?

            error: `cell.pressure` can't be drawn in [µm]
             --> bad.toml:8:58
              |
            8 | y = [{ value = "cell.volum", unit = "um^3" }, { value = "cell.pressure", unit = "um" }]
              |                                                          ^^^^^^^^^^^^^ this is [MPa]

            error: unknown name `V00`
             --> bad.toml:9:26
              |
            9 | thresholds = [{ value = "V00", label = "plasma" }]
              |                          ^^^
              |
              = help: did you mean `V0`?

            error: `red-blood-cell` has no variant `isotonik`
              --> bad.toml:11:29
               |
            11 |   { label = "a", variant = "isotonik" },
               |                             ^^^^^^^^
               |
               = help: did you mean `red-blood-cell@isotonic`?

            error: there is no parameter `Pff`
              --> bad.toml:12:26
               |
            12 |   { label = "b", set = { Pff = "3 um/s" } },
               |                          ^^^
               |
               = help: did you mean `Pf`?

            error: `Pf` is [µm/s], not [µm]
              --> bad.toml:13:32
               |
            13 |   { label = "c", set = { Pf = "3 um" } },
               |                                ^^^^
               |
               = help: write for example Pf="3 µm/s"

            error: a run to compare needs a `label`
              --> bad.toml:14:3
               |
            14 |   { set = { Pf = "3 um/s" } },
               |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^"#]],
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
        expect![[r#"
            error: this end of the band fits no axis of this chart
             --> bad.toml:6:20
              |
            6 | bands = [{ from = "1 MPa", to = "90 um^3", label = "normal" }, { from = "1 um^3" }, { axis = "z", from = "2 um^3"...
              |                    ^^^^^
              |
              = help: the axis is in [µm³]

            error: a band needs `to`
             --> bad.toml:6:64
              |
            6 | bands = [{ from = "1 MPa", to = "90 um^3", label = "normal" }, { from = "1 um^3" }, { axis = "z", from = "2 um^3"...
              |                                                                ^^^^^^^^^^^^^^^^^^^

            error: the axis of a band is "x" or "y"
             --> bad.toml:6:94
              |
            6 | bands = [{ from = "1 MPa", to = "90 um^3", label = "normal" }, { from = "1 um^3" }, { axis = "z", from = "2 um^3"...
              |                                                                                              ^^^

            error: this must be a number with its unit
             --> bad.toml:6:122
              |
            6 | ...om = "1 um^3" }, { axis = "z", from = "2 um^3", to = "V0" }]
              |                                                          ^^
              |
              = help: for example "0.5 MPa"

            error: this place fits no axis of this chart
             --> bad.toml:7:28
              |
            7 | notes = [{ x = "1 s", y = "1 MPa", text = "here" }, { x = "1 s" }]
              |                            ^^^^^
              |
              = help: the axis is in [µm³]

            error: a note needs `y`
             --> bad.toml:7:53
              |
            7 | notes = [{ x = "1 s", y = "1 MPa", text = "here" }, { x = "1 s" }]
              |                                                     ^^^^^^^^^^^^^

            error: a note needs `text`
             --> bad.toml:7:53
              |
            7 | notes = [{ x = "1 s", y = "1 MPa", text = "here" }, { x = "1 s" }]
              |                                                     ^^^^^^^^^^^^^

            error: this end fits no axis of this chart
             --> bad.toml:8:10
              |
            8 | x_max = "3 um"
              |          ^^^^
              |
              = help: the axis is in [s]

            error: what this run shows is in [MPa], that of the first one in [µm³]
              --> bad.toml:11:31
               |
            11 | compare = [{ label = "one" }, { label = "other", model = "plant-cell", y = ["cellulose.turgor"] }]
               |                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: runs that are compared share their axes

            error: a chart of kind `bars` has one axis
              --> bad.toml:12:1
               |
            12 | [[chart]]
               | ^^^^^^^^^
               |
               = help: these are [µm³], [MPa]

            error: a chart of kind `bars` has no `x` of its own
              --> bad.toml:14:6
               |
            14 | x = "initial(V0)"
               |      ^^^^^^^^^^^

            error: this must be a number with its unit
              --> bad.toml:16:26
               |
            16 | thresholds = [{ value = "V0", label = "plasma" }]
               |                          ^^
               |
               = help: for example "0.5 MPa"

            error: this level fits no axis of this chart
              --> bad.toml:16:26
               |
            16 | thresholds = [{ value = "V0", label = "plasma" }]
               |                          ^^
               |
               = help: the axis is in [µm³] or [MPa]"#]],
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
        expect![[r#"
            error: a chart of kind `scan` varies one parameter, not 0
             --> bad.toml:4:1
              |
            4 | [[chart]]
              | ^^^^^^^^^
              |
              = help: for example `vary = { Pf = "20..400 um/s log 50" }`

            error: a chart of kind `map` varies two parameters, not 1
             --> bad.toml:7:1
              |
            7 | [[chart]]
              | ^^^^^^^^^
              |
              = help: for example `vary = { Pf = "20..400 um/s log 50", A = "110..150 um^2 40" }`

            error: a chart of kind `map` shows one number of one model
             --> bad.toml:7:1
              |
            7 | [[chart]]
              | ^^^^^^^^^

            error: there is no parameter `Pfff`
              --> bad.toml:13:10
               |
            13 | vary = { Pfff = "20..400 um/s 3" }
               |          ^^^^
               |
               = help: `show` lists the parameters

            error: a range of a grid needs the number of its values
              --> bad.toml:17:16
               |
            17 | vary = { Pf = "20..400 um" }
               |                ^^^^^^^^^^
               |
               = help: it stands at the end: `20..400 um/s 10`, `20..400 um/s log 10` or `range 10`

            error: `Pf` is [µm/s], not [µm]
              --> bad.toml:17:20
               |
            17 | vary = { Pf = "20..400 um" }
               |                    ^^^^^^
               |
               = help: write for example `400 µm/s`

            error: a chart of kind `lines` has no key `vary`
              --> bad.toml:20:1
               |
            20 | vary = { Pf = "20..400 um/s 3" }
               | ^^^^
               |
               = help: known keys: kind, heading, width, model, set, compare, vary, bands, notes, x_min, x_max, absent, x, y, thresholds, y_min, y_max, log_x, log_y, events"#]],
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
        expect![[r#"
            error: this has no `model`
             --> bad.toml:3:1
              |
            3 | [[chart]]
              | ^^^^^^^^^
              |
              = help: for example `model = "red-blood-cell"`, here or for the whole figure

            error: there is no file `my-model.toml` in this test
             --> bad.toml:6:10
              |
            6 | model = "my-model.toml"
              |          ^^^^^^^^^^^^^

            error: there is no model `quux`
             --> bad.toml:9:10
              |
            9 | model = "quux"
              |          ^^^^
              |
              = help: `osmocyte list` shows the shipped models; a file needs its path

            error: `red-blood-cell` has no variant `nowhere`
              --> bad.toml:12:10
               |
            12 | model = "red-blood-cell@nowhere"
               |          ^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: variants: isotonic, hypotonic, hypertonic, distilled-water, spherocyte, normal-in-half-percent-salt, without-aquaporin"#]],
    );
}

#[test]
fn cells_that_can_not_be_drawn() {
    refused(
        r#"
title = "Cells"
model = "red-blood-cell"
[[chart]]
kind = "cels"
[[chart]]
kind = "cells"
model = "synaptic-release"
[[chart]]
kind = "cells"
picture = "cel"
times = ["1 s"]
[[chart]]
kind = "cells"
time = ["1 s"]
y = ["cell.volume"]
title = "Cells"
[[chart]]
kind = "cells"
times = ["-1 s", "2 s", "1 min", "1 um", "V0", 3]
[[chart]]
kind = "cells"
times = []
[[chart]]
kind = "cells"
compare = [
  { label = "red" },
  { label = "plant", model = "plant-cell" },
]
[[chart]]
kind = "cells"
compare = [{ label = "other", y = ["cell.volume"], picture = "plant" }]
[[chart]]
y = ["cell.volume"]
times = ["1 s"]
"#,
        expect![[r#"
            error: there is no kind of chart `cels`
             --> bad.toml:5:8
              |
            5 | kind = "cels"
              |        ^^^^^^
              |
              = help: did you mean `cells`?

            error: `synaptic-release` has no geometry, so there is no cell to draw
             --> bad.toml:8:10
              |
            8 | model = "synaptic-release"
              |          ^^^^^^^^^^^^^^^^
              |
              = help: [picture.NAME] gives a model one; shipped models with one: contractile-vacuole, freeze-thaw-protoplast, guard-cell, haemoglobin-red-cell, osmometer, permeant-solute, phagocytosis, plant-cell, plant-cell-growth, pump-leak, red-blood-cell, regulatory-volume-decrease, swelling-protoplast

            error: `red-blood-cell` has no picture `cel`
              --> bad.toml:11:11
               |
            11 | picture = "cel"
               |           ^^^^^
               |
               = help: did you mean `cell`?

            error: a chart of kind `cells` has no key `time`
              --> bad.toml:15:1
               |
            15 | time = ["1 s"]
               | ^^^^
               |
               = help: did you mean `times`?

            error: a chart of kind `cells` has no key `y`
              --> bad.toml:16:1
               |
            16 | y = ["cell.volume"]
               | ^
               |
               = help: known keys: kind, heading, width, model, set, compare, picture, times

            error: a chart of kind `cells` has no key `title`
              --> bad.toml:17:1
               |
            17 | title = "Cells"
               | ^^^^^
               |
               = help: the figure has one; a chart in it has a `heading`

            error: there is no cell at -1 s: the run of `red-blood-cell` is from 0 to 5 s
              --> bad.toml:20:11
               |
            20 | times = ["-1 s", "2 s", "1 min", "1 um", "V0", 3]
               |           ^^^^

            error: the run of `red-blood-cell` ended by `lysis` at 1.8570 s, before this time
              --> bad.toml:20:26
               |
            20 | times = ["-1 s", "2 s", "1 min", "1 um", "V0", 3]
               |                          ^^^^^
               |
               = help: a chart without `times` shows the end of the run, whenever that is

            error: this must be a time: a number with its unit in quotes
              --> bad.toml:20:35
               |
            20 | times = ["-1 s", "2 s", "1 min", "1 um", "V0", 3]
               |                                   ^^^^
               |
               = help: for example "10 s"; 3 of these are no times

            error: `times` has from 1 to 12 moments of the run
              --> bad.toml:23:9
               |
            23 | times = []
               |         ^^

            error: the concentrations of this cell are in [MPa], those of the first one in [mOsm]
              --> bad.toml:28:3
               |
            28 |   { label = "plant", model = "plant-cell" },
               |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = help: in one chart a shade of blue stands for one concentration

            error: a run to compare has no key `y`
              --> bad.toml:32:31
               |
            32 | compare = [{ label = "other", y = ["cell.volume"], picture = "plant" }]
               |                               ^
               |
               = help: known keys: label, model, variant, set, picture

            error: `red-blood-cell` has no picture `plant`
              --> bad.toml:32:62
               |
            32 | compare = [{ label = "other", y = ["cell.volume"], picture = "plant" }]
               |                                                              ^^^^^^^
               |
               = help: pictures: cell

            error: a chart of kind `lines` has no key `times`
              --> bad.toml:35:1
               |
            35 | times = ["1 s"]
               | ^^^^^
               |
               = help: known keys: kind, heading, width, model, set, compare, vary, bands, notes, x_min, x_max, absent, x, y, thresholds, y_min, y_max, log_x, log_y, events"#]],
    );
}

#[test]
fn each_run_must_have_the_times_of_its_chart() {
    refused(
        r#"
title = "Cells"
model = "red-blood-cell@isotonic"
[[chart]]
kind = "cells"
times = ["4 s"]
compare = [{ label = "long" }, { label = "short", set = { duration = "3 s" } }]
"#,
        expect![[r#"
            error: there is no cell at 4 s: the run of `red-blood-cell@isotonic` is from 0 to 3 s
             --> bad.toml:6:11
              |
            6 | times = ["4 s"]
              |           ^^^
              |
              = help: `set = { duration = "4 s" }` makes it long enough"#]],
    );
}

#[test]
fn one_mistake_in_times_or_runs_is_told_once() {
    refused(
        r#"
title = "Cells"
model = "red-blood-cell"
[[chart]]
kind = "cells"
times = ["soon", 3, true]
compare = ["a", 3]
"#,
        expect![[r#"
            error: this must be a time: a number with its unit in quotes
             --> bad.toml:6:11
              |
            6 | times = ["soon", 3, true]
              |           ^^^^
              |
              = help: for example "10 s"; 3 of these are no times

            error: a run to compare must be a table
             --> bad.toml:7:12
              |
            7 | compare = ["a", 3]
              |            ^^^
              |
              = help: for example `{ label = "in water", variant = "distilled-water" }`"#]],
    );
    refused(
        r#"
title = "Cells"
model = "red-blood-cell@isotonic"
[[chart]]
kind = "cells"
times = ["1 s", "6 s", "1 min"]
compare = [{ label = "long" }, { label = "salt", variant = "hypertonic" }, { label = "short", set = { duration = "3 s" } }]
"#,
        expect![[r#"
            error: there is no cell at 6 s: the run of `red-blood-cell@isotonic` is from 0 to 5 s
             --> bad.toml:6:18
              |
            6 | times = ["1 s", "6 s", "1 min"]
              |                  ^^^
              |
              = help: `set = { duration = "60 s" }` makes it long enough"#]],
    );
}

#[test]
fn a_run_that_an_event_ends_is_not_to_be_made_longer() {
    refused(
        r#"
title = "Cells"
model = "red-blood-cell@distilled-water"
[[chart]]
kind = "cells"
times = ["0 s", "20 s"]
"#,
        expect![[r#"
            error: the run of `red-blood-cell@distilled-water` ended by `lysis` at 0.7268 s, before this time
             --> bad.toml:6:18
              |
            6 | times = ["0 s", "20 s"]
              |                  ^^^^
              |
              = help: a chart without `times` shows the end of the run, whenever that is"#]],
    );
}

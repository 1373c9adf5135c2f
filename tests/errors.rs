//! What a person reads whose model has a mistake: the exact message, its place, its help.

use expect_test::{Expect, expect};
use osmocyte::Simulation;

#[path = "errors/studies.rs"]
mod studies;

/// The one door: a model text and the messages that it gets, or what became of it.
fn check(model: &str, expected: Expect) {
    let found = match Simulation::from_text("cell", model) {
        Err(error) => error.report(false),
        Ok(simulation) => match simulation.run(&Default::default()) {
            Err(error) => error.report(false),
            Ok(run) => match osmocyte::study::check(&simulation) {
                Err(error) => error.report(false),
                Ok(_) => format!("no mistake found; {:?}", run.trajectory.status),
            },
        },
    };
    expected.assert_eq(&found);
}

/// A model that is right, for mistakes to be added to.
const DECAY: &str = r#"[parameters]
k = "2 1/s"
[state.x]
initial = "3 mM"
rate = "-k * x"
[experiment]
duration = "1 s"
"#;

fn with(addition: &str) -> String {
    format!("{DECAY}{addition}")
}

#[test]
fn a_right_model_has_no_mistakes() {
    check(DECAY, expect!["no mistake found; Complete"]);
}

#[test]
fn syntax_of_toml() {
    check(
        "[parameters\nk = 1\n",
        expect![[r#"
            error: not valid TOML: unclosed table, expected `]`
             --> cell.toml:1:12
              |
            1 | [parameters
              |            ^"#]],
    );
    check(
        "[parameters]\nk = \"1 um\nV = 2\n",
        expect![[r#"
            error: not valid TOML: invalid basic string, expected `"`
             --> cell.toml:2:10
              |
            2 | k = "1 um
              |          ^"#]],
    );
    check(
        "[parameters]\nk = 1 um\n",
        expect![[r#"
            error: not valid TOML: string values must be quoted, expected literal string
             --> cell.toml:2:5
              |
            2 | k = 1 um
              |     ^^^^"#]],
    );
}

#[test]
fn an_empty_file() {
    check(
        "",
        expect![[r#"
        error: the file is empty: a model needs at least a state and an experiment
        --> cell.toml"#]],
    );
    check(
        "title = \"nothing\"\n",
        expect![[r#"
        error: the model has no [experiment]
        --> cell.toml
         = help: add [experiment] with `duration = "10 s"`"#]],
    );
}

#[test]
fn several_mistakes_in_the_order_of_the_lines() {
    check(
        r#"[parameters]
A = "1 umm"
k = "2 *"
[state.x]
initial = "3 mM"
rate = "-k * x + y"
colour = "red"
[event.low]
when = "x falls below 1 mM"
[experiment]
duration = "1 um"
"#,
        expect![[r#"
            error: unknown unit `umm`
             --> cell.toml:2:8
              |
            2 | A = "1 umm"
              |        ^^^
              |
              = help: did you mean `um`?

            error: expected a number, a name or `(`, found the end
             --> cell.toml:3:9
              |
            3 | k = "2 *"
              |         ^

            error: unknown name `y`
             --> cell.toml:6:18
              |
            6 | rate = "-k * x + y"
              |                  ^

            error: state `x` has no key `colour`
             --> cell.toml:7:1
              |
            7 | colour = "red"
              | ^^^^^^
              |
              = help: known keys: initial, rate, unit, scale, about, min, max, each

            error: expected `through`, found `below`
             --> cell.toml:9:17
              |
            9 | when = "x falls below 1 mM"
              |                 ^^^^^
              |
              = help: for example `P falls through 0 MPa`

            error: `1 µm` is given in [µm] but the duration is [s]
              --> cell.toml:11:13
               |
            11 | duration = "1 um"
               |             ^^^^ expected [s]"#]],
    );
}

#[test]
fn units_that_do_not_fit() {
    // In a rate.
    check(
        &DECAY.replace("-k * x", "-x"),
        expect![[r#"
        error: `-x` is given in [mM] but the rate of `x` is [mM/s]
         --> cell.toml:5:9
          |
        5 | rate = "-x"
          |         ^^ expected [mM/s]"#]],
    );
    check(
        &DECAY.replace("-k * x", "-k * x + 1 um"),
        expect![[r#"
        error: unit mismatch in `-k * x + 1 µm`
         --> cell.toml:5:18
          |
        5 | rate = "-k * x + 1 um"
          |                  ^^^^ 1 µm is [µm], -k * x is [mM/s]"#]],
    );
    // In the quantity of a block.
    check(
        &with("[compartment.c]\nvolume = \"3 um^2\"\n"),
        expect![[r#"
            error: `3 µm²` is given in [µm²] but volume at the start is [µm³]
             --> cell.toml:9:11
              |
            9 | volume = "3 um^2"
              |           ^^^^^^ expected [µm³]"#]],
    );
    check(
        &with("[compartment.c]\nvolume = 3\n"),
        expect![[r#"
        error: `3` is a plain number but volume at the start is [µm³]
         --> cell.toml:9:10
          |
        9 | volume = 3
          |          ^ expected [µm³]
          |
          = help: give the number its unit, for example `3 µm³`"#]],
    );
    // In an event.
    check(
        &with("[event.e]\nwhen = \"x rises through 2 s\"\n"),
        expect![[r#"
            error: unit mismatch in `x - 2 s`
             --> cell.toml:9:25
              |
            9 | when = "x rises through 2 s"
              |                         ^^^ 2 s is [s], x is [mM]"#]],
    );
    check(
        &with("[event.e]\nwhen = \"at 5 um\"\nthen = \"set x = 2 s\"\n"),
        expect![[r#"
            error: `5 µm` is given in [µm] but the time of an event is [s]
             --> cell.toml:9:12
              |
            9 | when = "at 5 um"
              |            ^^^^ expected [s]

            error: `2 s` is given in [s] but `x` is [mM]
              --> cell.toml:10:17
               |
            10 | then = "set x = 2 s"
               |                 ^^^ expected [mM]"#]],
    );
    // In a step of the experiment.
    check(
        &with("steps = [\"at 0.5 s: k = 3 mM\"]\n"),
        expect![[r#"
        error: `3 mM` is given in [mM] but `k` is [1/s]
         --> cell.toml:8:25
          |
        8 | steps = ["at 0.5 s: k = 3 mM"]
          |                         ^^^^ expected [1/s]"#]],
    );
    check(
        &with("steps = [\"at 5 um: k = 3 1/s\"]\n"),
        expect![[r#"
        error: `5 µm` is given in [µm] but a time is [s]
         --> cell.toml:8:14
          |
        8 | steps = ["at 5 um: k = 3 1/s"]
          |              ^^^^ expected [s]"#]],
    );
    // In a check.
    check(
        &with("[[check]]\nwhat = \"final(x)\"\nis = \"1 s\"\n"),
        expect![[r#"
            error: `final(x)` is in [mM]
              --> cell.toml:10:7
               |
            10 | is = "1 s"
               |       ^^^ this is [s]"#]],
    );
    // In an outcome and a curve.
    check(
        &with("[outcomes]\na = { value = \"max(x)\", unit = \"um\" }\n"),
        expect![[r#"
            error: `a` can't be shown in [µm]
             --> cell.toml:9:16
              |
            9 | a = { value = "max(x)", unit = "um" }
              |                ^^^^^^ this is [mM]"#]],
    );
    check(
        &with("[[chart]]\ny = [{ value = \"x\", unit = \"um\" }]\n"),
        expect![[r#"
            error: `x` can't be drawn in [µm]
             --> cell.toml:9:17
              |
            9 | y = [{ value = "x", unit = "um" }]
              |                 ^ this is [mM]"#]],
    );
    check(
        &with("[let]\na = { value = \"x\", unit = \"um\" }\n"),
        expect![[r#"
            error: `a` can't be shown in [µm]
             --> cell.toml:9:16
              |
            9 | a = { value = "x", unit = "um" }
              |                ^ this is [mM]"#]],
    );
}

#[test]
fn names_that_do_not_exist() {
    check(
        &with("[let]\na = \"2 * kk\"\n"),
        expect![[r#"
        error: unknown name `kk`
         --> cell.toml:9:10
          |
        9 | a = "2 * kk"
          |          ^^
          |
          = help: did you mean `k`?"#]],
    );
    check(
        &with("[event.e]\nwhen = \"X falls through 1 mM\"\n"),
        expect![[r#"
            error: unknown name `X`
             --> cell.toml:9:9
              |
            9 | when = "X falls through 1 mM"
              |         ^
              |
              = help: did you mean `x`?"#]],
    );
    check(
        &with("[event.e]\nwhen = \"at 1 s\"\nthen = [\"set y = 1 mM\", \"switch k = 1\"]\n"),
        expect![[r#"
            error: `set` changes a state, and `y` is none
              --> cell.toml:10:14
               |
            10 | then = ["set y = 1 mM", "switch k = 1"]
               |              ^
               |
               = help: only states can be set

            error: `switch` changes a mode, and `k` is none
              --> cell.toml:10:33
               |
            10 | then = ["set y = 1 mM", "switch k = 1"]
               |                                 ^
               |
               = help: declare it under [mode]"#]],
    );
    check(
        &with(
            "[outcomes]\na = \"max(z)\"\nb = \"time of lisis\"\n[event.lysis]\nwhen = \"at 1 s\"\n",
        ),
        expect![[r#"
            error: unknown name `z`
             --> cell.toml:9:10
              |
            9 | a = "max(z)"
              |          ^

            error: there is no event `lisis`
              --> cell.toml:10:14
               |
            10 | b = "time of lisis"
               |              ^^^^^
               |
               = help: did you mean `lysis`?"#]],
    );
    check(
        &with("[[chart]]\ny = [\"xx\"]\n"),
        expect![[r#"
        error: unknown name `xx`
         --> cell.toml:9:7
          |
        9 | y = ["xx"]
          |       ^^
          |
          = help: did you mean `x`?"#]],
    );
    check(
        &with("steps = [\"at 0.5 s: kk = 3 1/s\", \"at 0.5 s: x = 3 mM\"]\n"),
        expect![[r#"
            error: the experiment changes `kk`, which does not exist
             --> cell.toml:8:21
              |
            8 | steps = ["at 0.5 s: kk = 3 1/s", "at 0.5 s: x = 3 mM"]
              |                     ^^
              |
              = help: did you mean `k`?

            error: `x` is a state and can't be changed by the experiment
             --> cell.toml:8:45
              |
            8 | steps = ["at 0.5 s: kk = 3 1/s", "at 0.5 s: x = 3 mM"]
              |                                             ^
              |
              = help: use an [event.…] with `when = "at 5 s"` and `then = "set …"`"#]],
    );
    check(
        &with("[[check]]\nwhat = \"final(xx)\"\nis = \"1 mM\"\nwith = { kk = 1 }\n"),
        expect![[r#"
            error: there is no parameter `kk`
              --> cell.toml:11:10
               |
            11 | with = { kk = 1 }
               |          ^^
               |
               = help: did you mean `k`?"#]],
    );
    check(
        &with("[variant.v]\nset = { kk = 1 }\n"),
        expect![[r#"
            error: there is no parameter `kk`
             --> cell.toml:9:9
              |
            9 | set = { kk = 1 }
              |         ^^
              |
              = help: did you mean `k`?"#]],
    );
    check(
        &with("[solver]\nmethod = \"dopri8\"\n"),
        expect![[r#"
        error: there is no method `dopri8`; did you mean `dopri5`?
         --> cell.toml:9:10
          |
        9 | method = "dopri8"
          |          ^^^^^^^^"#]],
    );
}

#[test]
fn names_of_blocks_that_do_not_exist() {
    check(
        r#"[bath.medium]
osmolarity = "300 mOsm"
[compartment.cell]
volume = "100 um^3"
solutes.salt = "300 mM"
[membrane.skin]
between = ["medum", "cell"]
area = "100 um^2"
Pf = "10 um/s"
[experiment]
duration = "1 s"
"#,
        expect![[r#"
            error: there is no bath, soil or compartment `medum`
             --> cell.toml:7:12
              |
            7 | between = ["medum", "cell"]
              |            ^^^^^^^
              |
              = help: did you mean `medium`?"#]],
    );
    check(
        &with(
            "[pool.ready]\narea = \"1 um^2\"\n[traffic.go]\nfrom = \"redy\"\nfraction = \"1 1/s\"\n",
        ),
        expect![[r#"
            error: there is no pool, membrane, compartment or bath `redy`
              --> cell.toml:11:8
               |
            11 | from = "redy"
               |        ^^^^^^
               |
               = help: did you mean `ready`?"#]],
    );
    check(
        &with(
            "[wall.w]\naround = \"cel\"\nlaw = \"linear\"\nvolume = \"1 um^3\"\nmodulus = \"1 MPa\"\n",
        ),
        expect![[r#"
            error: there is no compartment `cel`
             --> cell.toml:9:10
              |
            9 | around = "cel"
              |          ^^^^^
              |
              = help: the file has no [compartment.…]"#]],
    );
}

#[test]
fn circles() {
    check(
        &with("[let]\na = \"2 * b\"\nb = \"3 * a\"\nc = \"a + b\"\n"),
        expect![[r#"
            error: `a` depends on itself: a → b → a
             --> cell.toml:9:1
              |
            9 | a = "2 * b"
              | ^"#]],
    );
    check(
        &with("[let]\na = \"b\"\nb = \"c\"\nc = \"a\"\n"),
        expect![[r#"
            error: `a` depends on itself: a → b → c → a
             --> cell.toml:9:1
              |
            9 | a = "b"
              | ^"#]],
    );
    check(
        &with("[let]\na = \"a + 1\"\n"),
        expect![[r#"
        error: `a` depends on itself: a → a
         --> cell.toml:9:1
          |
        9 | a = "a + 1"
          | ^"#]],
    );
    check(
        &DECAY.replace("\"3 mM\"", "\"2 * x\""),
        expect![[r#"
        error: `x` depends on itself at the start: x → x
         --> cell.toml:3:8
          |
        3 | [state.x]
          |        ^"#]],
    );
}

#[test]
fn one_name_for_two_things() {
    check(
        &with("[let]\nx = 2\n"),
        expect![[r#"
            error: `x` is defined twice
             --> cell.toml:9:1
              |
            9 | x = 2
              | ^
              |
              = help: give one of the two another name"#]],
    );
    check(
        &with("[let]\na = 2\na = 3\n"),
        expect![[r#"
        error: not valid TOML: duplicate key
          --> cell.toml:10:1
           |
        10 | a = 3
           | ^"#]],
    );
    check(
        &with("[let]\nt = 2\nif = 3\n\"a b\" = 2\n"),
        expect![[r#"
        error: `t` is reserved for time
         --> cell.toml:9:1
          |
        9 | t = 2
          | ^

        error: `if` is reserved for the language
          --> cell.toml:10:1
           |
        10 | if = 3
           | ^^

        error: `a b` can't be a name
          --> cell.toml:11:1
           |
        11 | "a b" = 2
           | ^^^^^
           |
           = help: a name starts with a letter and goes on with letters, digits and `_`"#]],
    );
    check(
        &with("[let]\nsin = 2\nR = 3\n"),
        expect!["no mistake found; Complete"],
    );
}

#[test]
fn keys_that_mean_nothing() {
    check(
        &with(
            r#"pionts = 5
[parameter]
q = 1
[let]
a = { valu = 2 }
[mode]
m = { value = 1, range = [0, 1] }
[bath.b]
osmolarty = "1 mOsm"
[compartment.c]
volum = "1 um^3"
[membrane.m2]
btween = ["b", "c"]
[wall.w]
arround = "c"
[pool.p]
aera = "1 um^2"
[traffic.q]
form = "p"
[event.e]
wen = "at 1 s"
[solver]
metod = "rk4"
[outcomes]
o = { value = "max(x)", units = "mM" }
[conserved]
s = { value = "x", tol = 1 }
[[chart]]
why = ["x"]
[[check]]
what = "max(x)"
si = 1
[variant.v]
sett = { k = 1 }
"#,
        ),
        expect![[r#"
            error: the experiment has no key `pionts`
             --> cell.toml:8:1
              |
            8 | pionts = 5
              | ^^^^^^
              |
              = help: did you mean `points`?

            error: a model file has no key `parameter`
             --> cell.toml:9:2
              |
            9 | [parameter]
              |  ^^^^^^^^^
              |
              = help: did you mean `parameters`?

            error: `a` has no `value`
              --> cell.toml:12:1
               |
            12 | a = { valu = 2 }
               | ^

            error: `a` has no key `valu`
              --> cell.toml:12:7
               |
            12 | a = { valu = 2 }
               |       ^^^^
               |
               = help: did you mean `value`?

            error: `m` has no key `range`
              --> cell.toml:14:18
               |
            14 | m = { value = 1, range = [0, 1] }
               |                  ^^^^^
               |
               = help: known keys: value, unit, about

            error: [bath.b] has no key `osmolarty`
              --> cell.toml:16:1
               |
            16 | osmolarty = "1 mOsm"
               | ^^^^^^^^^
               |
               = help: did you mean `osmolarity`?

            error: [compartment.c] has no `volume`: its volume at the start
              --> cell.toml:17:14
               |
            17 | [compartment.c]
               |              ^

            error: [compartment.c] has no key `volum`
              --> cell.toml:18:1
               |
            18 | volum = "1 um^3"
               | ^^^^^
               |
               = help: did you mean `volume`?

            error: [membrane.m2] has no `area`
              --> cell.toml:19:11
               |
            19 | [membrane.m2]
               |           ^^

            error: [membrane.m2] has no key `btween`
              --> cell.toml:20:1
               |
            20 | btween = ["b", "c"]
               | ^^^^^^
               |
               = help: did you mean `between`?

            error: [wall.w] has no `around`
              --> cell.toml:21:7
               |
            21 | [wall.w]
               |       ^

            error: [wall.w] has no `volume`
              --> cell.toml:21:7
               |
            21 | [wall.w]
               |       ^

            error: [wall.w] has no `modulus`
              --> cell.toml:21:7
               |
            21 | [wall.w]
               |       ^

            error: [wall.w] has no key `arround`
              --> cell.toml:22:1
               |
            22 | arround = "c"
               | ^^^^^^^
               |
               = help: did you mean `around`?

            error: [pool.p] has no `area`: its membrane area at the start
              --> cell.toml:23:7
               |
            23 | [pool.p]
               |       ^

            error: [pool.p] has no key `aera`
              --> cell.toml:24:1
               |
            24 | aera = "1 um^2"
               | ^^^^
               |
               = help: did you mean `area`?

            error: [traffic.q] needs `from` (left out for synthesis) or `to` (left out for loss)
              --> cell.toml:25:10
               |
            25 | [traffic.q]
               |          ^

            error: [traffic.q] takes one of `fraction` (of `from` per time), `area_rate`, `vesicle_rate` and `volume_rate`
              --> cell.toml:25:10
               |
            25 | [traffic.q]
               |          ^

            error: [traffic.q] has no key `form`
              --> cell.toml:26:1
               |
            26 | form = "p"
               | ^^^^
               |
               = help: did you mean `from`?

            error: event `e` has no `when`
              --> cell.toml:27:8
               |
            27 | [event.e]
               |        ^

            error: event `e` has no key `wen`
              --> cell.toml:28:1
               |
            28 | wen = "at 1 s"
               | ^^^
               |
               = help: did you mean `when`?

            error: the solver has no key `metod`
              --> cell.toml:30:1
               |
            30 | metod = "rk4"
               | ^^^^^
               |
               = help: did you mean `method`?

            error: outcome `o` has no key `units`
              --> cell.toml:32:25
               |
            32 | o = { value = "max(x)", units = "mM" }
               |                         ^^^^^
               |
               = help: did you mean `unit`?

            error: conserved sum `s` has no key `tol`
              --> cell.toml:34:20
               |
            34 | s = { value = "x", tol = 1 }
               |                    ^^^
               |
               = help: known keys: value, tolerance

            error: a chart needs `y`: the names of what it shows
              --> cell.toml:35:1
               |
            35 | [[chart]]
               | ^^^^^^^^^

            error: a chart has no key `why`
              --> cell.toml:36:1
               |
            36 | why = ["x"]
               | ^^^
               |
               = help: known keys: title, name, x, y, thresholds, y_min, y_max, log_x, log_y, events

            error: a check needs `is`
              --> cell.toml:37:1
               |
            37 | [[check]]
               | ^^^^^^^^^

            error: a check has no key `si`
              --> cell.toml:39:1
               |
            39 | si = 1
               | ^^
               |
               = help: did you mean `is`?

            error: a variant has no key `sett`
              --> cell.toml:41:1
               |
            41 | sett = { k = 1 }
               | ^^^^
               |
               = help: did you mean `set`?"#]],
    );
}

#[test]
fn missing_keys() {
    check(
        "[state.x]\ninitial = 1\n[experiment]\npoints = 5\n",
        expect![[r#"
            error: state `x` has no `rate`
             --> cell.toml:1:8
              |
            1 | [state.x]
              |        ^
              |
              = help: give it one, or a [reaction.NAME] that makes or uses it

            error: the experiment has no `duration`
             --> cell.toml:3:2
              |
            3 | [experiment]
              |  ^^^^^^^^^^"#]],
    );
    check(
        &with(
            "[let]\na = { about = \"nothing\" }\n[event.e]\nthen = \"stop\"\n[[chart]]\ntitle = \"none\"\n[[check]]\nwhat = \"max(x)\"\n",
        ),
        expect![[r#"
            error: `a` has no `value`
             --> cell.toml:9:1
              |
            9 | a = { about = "nothing" }
              | ^

            error: event `e` has no `when`
              --> cell.toml:10:8
               |
            10 | [event.e]
               |        ^

            error: a chart needs `y`: the names of what it shows
              --> cell.toml:12:1
               |
            12 | [[chart]]
               | ^^^^^^^^^

            error: a check needs `is`
              --> cell.toml:14:1
               |
            14 | [[check]]
               | ^^^^^^^^^"#]],
    );
    check(
        DECAY.split("[experiment]").next().unwrap_or(""),
        expect![[r#"
            error: the model has no [experiment]
            --> cell.toml
             = help: add [experiment] with `duration = "10 s"`"#]],
    );
}

#[test]
fn values_of_the_wrong_kind() {
    check(
        "title = 3\nparameters = 5\n[state]\nx = 1\n[experiment]\nduration = true\npoints = -1\nsteps = 7\n[solver]\nrtol = \"small\"\nmax_steps = 1.5\n[[chart]]\ny = [[\"x\"]]\nlog_y = 1\n",
        expect![[r#"
            error: title must be a text in quotes
             --> cell.toml:1:9
              |
            1 | title = 3
              |         ^ this is an integer

            error: [parameters] must be a table
             --> cell.toml:2:14
              |
            2 | parameters = 5
              |              ^ this is an integer

            error: state `x` must be a table
             --> cell.toml:4:5
              |
            4 | x = 1
              |     ^ this is an integer

            error: duration must be a number or an expression in quotes
             --> cell.toml:6:12
              |
            6 | duration = true
              |            ^^^^ this is a boolean

            error: points must be positive
             --> cell.toml:7:10
              |
            7 | points = -1
              |          ^^ this is -1

            error: a step of the experiment must be a text in quotes
             --> cell.toml:8:9
              |
            8 | steps = 7
              |         ^ this is an integer

            error: rtol must be a plain number
              --> cell.toml:10:8
               |
            10 | rtol = "small"
               |        ^^^^^^^ this is a string

            error: max_steps must be a whole number
              --> cell.toml:11:13
               |
            11 | max_steps = 1.5
               |             ^^^ this is a float

            error: a curve must be a number or an expression in quotes
              --> cell.toml:13:6
               |
            13 | y = [["x"]]
               |      ^^^^^ this is an array

            error: log_y must be true or false
              --> cell.toml:14:9
               |
            14 | log_y = 1
               |         ^ this is an integer"#]],
    );
}

#[test]
fn repetition() {
    let each = |range: &str| {
        with(&format!(
            "[parameters.N]\nvalue = 2.5\n[let]\na = {{ value = \"i\", each = \"{range}\" }}\n"
        ))
    };
    check(
        &each("i from 1 to 3"),
        expect![[r#"
            error: `each` must read like "i in 1..N"
              --> cell.toml:11:27
               |
            11 | a = { value = "i", each = "i from 1 to 3" }
               |                           ^^^^^^^^^^^^^^^
               |
               = help: an index, the word `in`, the first value, two dots, the last value"#]],
    );
    check(
        &each("i in 1..N"),
        expect![[r#"
            error: `N` counts copies and must be a whole number
             --> cell.toml:9:9
              |
            9 | value = 2.5
              |         ^^^
              |
              = help: write `N = 10`; at most 100000"#]],
    );
    check(
        &each("i in 1..x"),
        expect![[r#"
            error: a range needs whole numbers known before the run, but `x` is a quantity
              --> cell.toml:11:36
               |
            11 | a = { value = "i", each = "i in 1..x" }
               |                                    ^"#]],
    );
    check(
        &each("i in 3..1"),
        expect![[r#"
        error: the range from 3 to 1 is empty
          --> cell.toml:11:33
           |
        11 | a = { value = "i", each = "i in 3..1" }
           |                                 ^^^^
           |
           = help: did you mean `1..3`?"#]],
    );
    check(
        &each("i in 0..1000000"),
        expect![[r#"
            error: more than 100000 copies
              --> cell.toml:11:36
               |
            11 | a = { value = "i", each = "i in 0..1000000" }
               |                                    ^^^^^^^"#]],
    );
    check(
        &with("[let]\na = { value = \"i\", each = \"i in 1..3\" }\nb = \"a[4]\"\nc = \"a\"\n"),
        expect![[r#"
            error: there is no `a[4]`
              --> cell.toml:10:6
               |
            10 | b = "a[4]"
               |      ^^^^
               |
               = help: there are `a[1]` to `a[3]`

            error: `a` needs an index
              --> cell.toml:11:6
               |
            11 | c = "a"
               |      ^
               |
               = help: there are `a[1]` to `a[3]`"#]],
    );
}

#[test]
fn places_in_strings() {
    // Escapes: the caret stands below `y` in the file, not in the decoded text.
    check(
        &with("[let]\na = \"x *\\t\\u00b7 y\"\n"),
        expect![[r#"
            error: expected a number, a name or `(`, found `·`
             --> cell.toml:9:11
              |
            9 | a = "x *\t\u00b7 y"
              |           ^^^^^^"#]],
    );
    check(
        &with("[let]\na = \"1 *\\t y\"\n"),
        expect![[r#"
        error: unknown name `y`
         --> cell.toml:9:12
          |
        9 | a = "1 *\t y"
          |            ^"#]],
    );
    check(
        &with("[let]\na = '1 * y'\n"),
        expect![[r#"
        error: unknown name `y`
         --> cell.toml:9:10
          |
        9 | a = '1 * y'
          |          ^"#]],
    );
    check(
        &with("[let]\na = \"\"\"\n1 +\n  y\"\"\"\n"),
        expect![[r#"
        error: unknown name `y`
          --> cell.toml:11:3
           |
        11 |   y"""
           |   ^"#]],
    );
    check(
        &with("[let]\na = \"\"\"1 + \\\n    y\"\"\"\n"),
        expect![[r#"
            error: unknown name `y`
              --> cell.toml:10:5
               |
            10 |     y"""
               |     ^"#]],
    );
    check(
        &with("[let]\na = '''\n1 +\n  y'''\n"),
        expect![[r#"
        error: unknown name `y`
          --> cell.toml:11:3
           |
        11 |   y'''
           |   ^"#]],
    );
    check(
        &with("[let]\na = \"1 * y\"\n").replace('\n', "\r\n"),
        expect![[r#"
            error: unknown name `y`
             --> cell.toml:9:10
              |
            9 | a = "1 * y"
              |          ^"#]],
    );
    // Columns count characters: µ is one.
    check(
        &with("[let]\na = \"1 µm·µm * y\"\n"),
        expect![[r#"
        error: unknown name `y`
         --> cell.toml:9:16
          |
        9 | a = "1 µm·µm * y"
          |                ^"#]],
    );
}

#[test]
fn numbers_out_of_range() {
    check(
        &DECAY.replace("\"1 s\"", "\"0 s\""),
        expect![[r#"
        error: the duration can't be 0 s
         --> cell.toml:7:13
          |
        7 | duration = "0 s"
          |             ^^^
          |
          = help: it must be above 0 and finite"#]],
    );
    check(
        &DECAY.replace("\"1 s\"", "\"1e400 s\""),
        expect![[r#"
        error: this number is too large
         --> cell.toml:7:13
          |
        7 | duration = "1e400 s"
          |             ^^^^^"#]],
    );
    check(
        &DECAY.replace("\"3 mM\"", "\"1e308 M\""),
        expect![[r#"
        error: `x` is inf at the start
         --> cell.toml:4:12
          |
        4 | initial = "1e308 M"
          |            ^^^^^^^"#]],
    );
    check(
        &DECAY.replace("\"2 1/s\"", "inf"),
        expect![[r#"
        error: `k` = inf: a parameter must be a finite number
         --> cell.toml:2:5
          |
        2 | k = inf
          |     ^^^

        error: `-k * x` is given in [mM] but the rate of `x` is [mM/s]
         --> cell.toml:5:9
          |
        5 | rate = "-k * x"
          |         ^^^^^^ expected [mM/s]"#]],
    );
    check(
        &DECAY.replace("\"2 1/s\"", "{ value = \"2 1/s\", max = \"1 1/s\" }"),
        expect![[r#"
            error: `k` = 2 1/s: it can't be above 1 1/s
             --> cell.toml:2:16
              |
            2 | k = { value = "2 1/s", max = "1 1/s" }
              |                ^^^^^"#]],
    );
    check(
        &with("steps = [\"at -1 s: k = 3 1/s\"]\n"),
        expect![[r#"
        error: a change of an input can't be at -1 s: the experiment starts at 0 s
         --> cell.toml:8:20
          |
        8 | steps = ["at -1 s: k = 3 1/s"]
          |                    ^"#]],
    );
}

//! Bad input of every kind: the right exit code, a message that names the culprit and its place, no half-written file,
//! and never a panic.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::CommandCargoExt;

/// A model that is fine. The cases replace a part of it.
const GOOD: &str = r#"title = "decay"

[parameters]
k = "2 1/s"
x0 = "3 mM"
u = "1 mM"

[state.x]
initial = "x0"
rate = "-k * x"

[event.half]
when = "x falls through x0 / 2"

[experiment]
steps = ["at 1 s: u = 2 mM"]
duration = "5 s"

[outcomes]
half_time = "time of half"
"#;

fn osmocyte(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("osmocyte").unwrap();
    command.current_dir(folder).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Runs a model text with arguments: the exit code and all the words in the message, no panic, nothing written unless
/// a run had begun.
fn expect(case: &str, model: &str, args: &[&str], code: i32, words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.toml"), model).unwrap();
    let mut all = vec!["run", "bad.toml"];
    all.extend(args);
    let output = osmocyte(folder.path(), &all);
    let message = text(&output.stderr);
    println!("{case}:\n{message}");
    assert_eq!(output.status.code(), Some(code), "{case}: {message}");
    for word in words {
        assert!(message.contains(word), "{case}: no `{word}` in\n{message}");
    }
    assert!(!message.contains("panicked"), "{case}: {message}");
    let expected: &[&str] = if code == 2 {
        &["bad.toml"]
    } else {
        &["bad.toml", "out"]
    };
    assert_eq!(names(folder.path()), expected, "{case}: {message}");
    if code == 1 {
        let files = names(&folder.path().join("out/bad"));
        assert_eq!(
            files,
            ["run.json", "trajectory.csv", "trajectory.csv-metadata.json"],
            "{case}"
        );
    }
}

/// The good model with one part replaced.
fn with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replacen(from, to, 1)
}

#[test]
fn the_good_model_is_good() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.toml"), GOOD).unwrap();
    let output = osmocyte(folder.path(), &["run", "good.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn syntax() {
    let rate = "-k * x\"";
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            "an open string",
            "title = \"decay\"",
            "title = \"decay",
            &["bad.toml:1:"],
        ),
        ("no value", "k = \"2 1/s\"", "k =", &["bad.toml:4:"]),
        (
            "a key twice",
            "u = \"1 mM\"",
            "k = \"1 mM\"",
            &["bad.toml:6:", "duplicate key"],
        ),
        (
            "a section twice",
            "[event.half]",
            "[state.x]\n[event.half]",
            &["duplicate"],
        ),
        (
            "an open parenthesis",
            rate,
            "-(k * x\"",
            &["bad.toml:10:", "not closed"],
        ),
        (
            "a closing parenthesis",
            rate,
            "-k * x)\"",
            &["bad.toml:10:15", "never opened"],
        ),
        (
            "an operator at the end",
            rate,
            "-k * x *\"",
            &["bad.toml:10:17", "the end"],
        ),
        (
            "two operators",
            rate,
            "-k * / x\"",
            &["bad.toml:10:14", "`/`"],
        ),
        (
            "an unknown character",
            rate,
            "-k * x ? 2\"",
            &["bad.toml:10:16", "?"],
        ),
        ("an empty expression", rate, "\"", &["bad.toml:10:"]),
        (
            "an unknown function",
            rate,
            "-k * sine(x)\"",
            &["sine", "bad.toml:10:14"],
        ),
        (
            "too many arguments",
            rate,
            "-k * exp(x/x, 2)\"",
            &["exp", "bad.toml:10:"],
        ),
        (
            "a comparison where a number stands",
            rate,
            "-k * (x > x0)\"",
            &["bad.toml:10:"],
        ),
        (
            "an event without a verb",
            "x falls through x0 / 2",
            "x0 / 2",
            &["bad.toml:13:"],
        ),
        (
            "a step that is no sentence",
            "at 1 s: u = 2 mM",
            "u = 2 mM at 1 s",
            &["bad.toml:16:"],
        ),
    ];
    for (case, from, to, words) in cases {
        expect(case, &with(from, to), &[], 2, words);
    }
}

#[test]
fn names_and_sections() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            "an unknown name",
            "-k * x\"",
            "-kk * x\"",
            &["`kk`", "bad.toml:10:10", "did you mean `k`?"],
        ),
        (
            "an unknown section",
            "[parameters]",
            "[paramters]",
            &["paramters", "bad.toml:3:", "parameters"],
        ),
        (
            "an unknown key",
            "initial =",
            "inital =",
            &["inital", "bad.toml:9:", "initial"],
        ),
        (
            "a name of the language",
            "u = \"1 mM\"",
            "t = \"1 mM\"",
            &["`t`", "bad.toml:6:1"],
        ),
        (
            "a name with a blank",
            "u = \"1 mM\"",
            "\"u u\" = \"1 mM\"",
            &["u u", "bad.toml:6:"],
        ),
        (
            "a name defined twice",
            "u = \"1 mM\"",
            "x = \"1 mM\"",
            &["`x`", "twice"],
        ),
        (
            "an input that is not there",
            "s: u =",
            "s: uu =",
            &["`uu`", "bad.toml:16:"],
        ),
        (
            "a state as input",
            "s: u =",
            "s: x =",
            &["`x` is a state", "bad.toml:16:"],
        ),
        (
            "an unknown event in an outcome",
            "time of half",
            "time of hlf",
            &["hlf", "bad.toml:20:", "half"],
        ),
        (
            "an outcome without an aggregate",
            "time of half",
            "x / x0",
            &["`x", "bad.toml:20:"],
        ),
        (
            "an event that sets no state",
            "x0 / 2\"",
            "x0 / 2\"\nthen = \"set y = 0 mM\"",
            &["`y`", "bad.toml:14:"],
        ),
        (
            "an unknown action",
            "x0 / 2\"",
            "x0 / 2\"\nthen = \"halt\"",
            &["halt", "bad.toml:14:"],
        ),
        (
            "a circle of parameters",
            "k = \"2 1/s\"",
            "k = \"j\"\nj = \"k\"",
            &["`k`", "bad.toml:4:", "j"],
        ),
        (
            "no experiment",
            "[experiment]\nsteps = [\"at 1 s: u = 2 mM\"]\nduration = \"5 s\"\n",
            "",
            &["[experiment]", "bad.toml"],
        ),
        (
            "no duration",
            "duration = \"5 s\"",
            "",
            &["duration", "bad.toml:15:"],
        ),
        ("no rate", "rate = \"-k * x\"", "", &["rate", "bad.toml:8:"]),
        (
            "no state",
            "[state.x]\ninitial = \"x0\"\nrate = \"-k * x\"\n",
            "",
            &["`x`"],
        ),
        (
            "a wrong type",
            "[parameters]",
            "[parameters]\nz = true",
            &["bad.toml:4:", "z"],
        ),
        (
            "a section that is no table",
            "title = \"decay\"",
            "title = \"decay\"\nstate = 3",
            &["state"],
        ),
        (
            "a repetition beyond its end",
            "-k * x\"",
            "-k * y[3]\"\n[let.y]\nvalue = \"i * x\"\neach = \"i in 1..2\"",
            &["y[3]"],
        ),
    ];
    for (case, from, to, words) in cases {
        expect(case, &with(from, to), &[], 2, words);
    }
}

#[test]
fn units_domains_and_times() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            "an unknown unit",
            "3 mM",
            "3 mMol/furlong",
            &["furlong", "bad.toml:5:"],
        ),
        (
            "a sum of unlike things",
            "-k * x\"",
            "-k * (x + k)\"",
            &["bad.toml:10:", "1/s", "mM"],
        ),
        (
            "a rate of the wrong unit",
            "-k * x\"",
            "-x\"",
            &["bad.toml:10:", "mM"],
        ),
        (
            "a time without unit",
            "duration = \"5 s\"",
            "duration = 5",
            &["bad.toml:17:12", "[s]", "`5 s`"],
        ),
        (
            "a negative duration",
            "duration = \"5 s\"",
            "duration = \"-5 s\"",
            &["-5 s", "bad.toml:17:"],
        ),
        (
            "an exponent with a unit",
            "-k * x\"",
            "-k * x ^ k\"",
            &["bad.toml:10:"],
        ),
        (
            "a step before the start",
            "at 1 s: u",
            "at -1 s: u",
            &["-1 s", "bad.toml:16:"],
        ),
        (
            "a ramp backwards",
            "at 1 s: u = 2 mM",
            "from 3 s to 2 s: u ramps to 2 mM",
            &["from 3 s to 2 s", "bad.toml:16:"],
        ),
        (
            "a pulse without length",
            "at 1 s: u",
            "at 1 s for 0 s: u",
            &["pulse", "bad.toml:16:"],
        ),
        (
            "a billion pulses",
            "at 1 s: u",
            "from 0 s every 2 s for 1 s, 1000000000 times: u",
            &["1000000000", "bad.toml:16:"],
        ),
        (
            "a parameter that is not a number",
            "x0 = \"3 mM\"",
            "x0 = \"0 / 0 * 3 mM\"",
            &["`x0`", "bad.toml:5:"],
        ),
        (
            "a not-a-number of TOML",
            "k = \"2 1/s\"",
            "k = nan",
            &["bad.toml:4:"],
        ),
        (
            "an infinite parameter",
            "x0 = \"3 mM\"",
            "x0 = \"1e400 mM\"",
            &["bad.toml:5:"],
        ),
        (
            "below its own minimum",
            "k = \"2 1/s\"",
            "k = { value = \"2 1/s\", min = \"3 1/s\" }",
            &["`k`", "bad.toml:4:"],
        ),
        (
            "one point",
            "duration",
            "points = 1\nduration",
            &["points", "bad.toml:17:"],
        ),
        (
            "a billion points",
            "duration",
            "points = 1000000000\nduration",
            &["points", "bad.toml:17:"],
        ),
        (
            "an unknown method",
            "[outcomes]",
            "[solver]\nmethod = \"dopri\"\n[outcomes]",
            &["`dopri`", "bad.toml:20:", "dopri5"],
        ),
        (
            "no tolerance",
            "[outcomes]",
            "[solver]\nrtol = 0\n[outcomes]",
            &["rtol", "bad.toml:20:"],
        ),
        (
            "too many copies",
            "[outcomes]",
            "[state.y]\neach = \"i in 1..100000000\"\ninitial = 1\nrate = \"-k\"\n[outcomes]",
            &["copies"],
        ),
    ];
    for (case, from, to, words) in cases {
        expect(case, &with(from, to), &[], 2, words);
    }
}

#[test]
fn runs_that_fail_are_written_and_say_why() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            "a division by zero at the start",
            "-k * x\"",
            "-k * x * x0 / (x - x0)\"",
            &["failed", "`x`", "t = 0 s"],
        ),
        (
            "a blow-up",
            "-k * x\"",
            "k * x^2 / x0\"",
            &["failed", "`x`", "t = 0."],
        ),
        (
            "a state below its minimum",
            "rate =",
            "min = \"1 mM\"\nrate =",
            &["`x`", "failed"],
        ),
        (
            "an event that ends in failure",
            "x0 / 2\"",
            "x0 / 2\"\nthen = \"fail\"",
            &["half", "failed"],
        ),
        (
            "a deliberate leak",
            "[outcomes]",
            "[conserved]\nall = \"x\"\n[outcomes]",
            &["`all`", "leaks"],
        ),
        (
            "too few steps",
            "[outcomes]",
            "[solver]\nmax_steps = 2\n[outcomes]",
            &["2 steps", "max_steps"],
        ),
    ];
    for (case, from, to, words) in cases {
        expect(case, &with(from, to), &[], 1, words);
    }
}

#[test]
fn a_ball_that_bounces_for_ever_is_told_from_a_long_run() {
    let ball = r#"
[state.h]
initial = "1 m"
rate = "v"
[state.v]
initial = "0 m/s"
scale = "1 m/s"
rate = "-9.81 m/s^2"
[event.bounce]
when = "h falls through 0"
then = "set v = -v / 2"
[experiment]
duration = "10 s"
"#;
    expect(
        "Zeno",
        ball,
        &[],
        1,
        &["`bounce`", "again and again", "t = 1.35"],
    );
}

#[test]
fn settings_on_the_command_line() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        (
            "no equals sign",
            &["--set", "k"],
            &["`=`", "--set:1:2", "NAME=VALUE"],
        ),
        ("no name", &["--set", "=3"], &["name", "--set:1:1"]),
        ("no value", &["--set", "k="], &["value", "--set:1:3"]),
        (
            "an unknown name",
            &["--set", "x00=3 mM"],
            &["`x00`", "setting x00:1:1", "did you mean `x0`?"],
        ),
        (
            "another unit",
            &["--set", "x0=3 s"],
            &["[mM]", "[s]", "setting x0:1:4"],
        ),
        (
            "no unit",
            &["--set", "x0 = 3"],
            &["plain number", "x0=\"3 mM\"", "setting x0:1:4"],
        ),
        (
            "syntax",
            &["--set", "x0=3 mM +"],
            &["the end", "setting x0:1:10"],
        ),
        (
            "not a number",
            &["--set", "x0=nan"],
            &["`nan`", "setting x0:1:4"],
        ),
        (
            "many mistakes",
            &["--set", "k", "--set", "x00=3 mM", "--set", "u=1 s"],
            &["NAME=VALUE", "`x00`", "[s]"],
        ),
        (
            "a negative duration",
            &["--duration", "-5 s"],
            &["-5 s", "setting duration:1:10"],
        ),
        (
            "an unknown method",
            &["--method", "euler"],
            &["euler", "dopri5"],
        ),
        ("rtol 0", &["--rtol", "0"], &["--rtol", "between 0 and 1"]),
        ("rtol -1", &["--rtol", "-1"], &["--rtol", "'-1'"]),
        ("rtol NaN", &["--rtol", "NaN"], &["--rtol", "NaN"]),
        ("atol infinite", &["--atol", "inf"], &["--atol", "inf"]),
        ("no points", &["--points", "0"], &["--points", "0"]),
        (
            "one point",
            &["--points", "1"],
            &["--points", "2..=10000000"],
        ),
        (
            "a billion points",
            &["--points", "1000000000"],
            &["--points", "1000000000"],
        ),
        ("minus one point", &["--points", "-1"], &["--points", "-1"]),
        (
            "an unknown option",
            &["--rtoll", "1"],
            &["--rtoll", "--rtol"],
        ),
        ("two outputs", &["-o", "-", "--json"], &["-o -", "--json"]),
    ];
    for (case, args, words) in cases {
        expect(case, GOOD, args, 2, words);
    }
}

#[test]
fn domains_of_the_shipped_model() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("Pf=-200 um/s", "-200 µm/s"),
        ("plasma.osmolarity=-1200 mOsm", "-1200 mOsm"),
        ("b=2 * V0", "cell.volume"),
        ("A=0 um^2", "plasmalemma.area"),
    ];
    for (setting, word) in cases {
        let output = osmocyte(folder.path(), &["run", "red-blood-cell", "--set", setting]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{setting}: {message}");
        assert!(
            message.contains(word) && message.contains(":1") && !message.contains("panicked"),
            "{message}"
        );
        assert_eq!(names(folder.path()), [""; 0]);
    }
}

#[test]
fn files_that_are_no_models() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("empty.toml"), "").unwrap();
    fs::write(at("blank.toml"), " \n# nothing\n").unwrap();
    fs::write(at("binary.toml"), b"\x7fELF\0\0\x01").unwrap();
    fs::write(at("latin.toml"), b"title = \"x\"\nabout = \"caf\xe9\"\n").unwrap();
    fs::create_dir(at("folder.toml")).unwrap();
    // 100 MB that take no room on the disk.
    fs::File::create(at("large.toml"))
        .unwrap()
        .set_len(100 << 20)
        .unwrap();
    fs::write(
        at("line.toml"),
        format!("title = \"{}\"\nx = (", "a".repeat(1_000_000)),
    )
    .unwrap();
    let before = names(folder.path());
    let cases: &[(&str, &[&str])] = &[
        ("empty.toml", &["the file is empty"]),
        ("blank.toml", &["the file is empty"]),
        ("binary.toml", &["binary", "`binary.toml`"]),
        ("latin.toml", &["latin.toml:2:13", "0xe9", "UTF-8"]),
        ("folder.toml", &["it is a folder"]),
        ("large.toml", &["too large", "100 MiB", "16 MiB"]),
        ("line.toml", &["line.toml:2:"]),
        ("missing.toml", &["there is no such file"]),
        ("emty.toml", &["did you mean `empty.toml`?"]),
        ("./no/where.toml", &["there is no such file"]),
        ("red-blood-cel", &["did you mean `red-blood-cell`?"]),
        ("red-blood-cell@thick", &["no variant `thick`"]),
        ("", &["no model"]),
    ];
    for command in ["run", "show", "check"] {
        for (model, words) in cases {
            let output = osmocyte(folder.path(), &[command, model]);
            let message = text(&output.stderr);
            assert_eq!(
                output.status.code(),
                Some(2),
                "{command} {model}: {message}"
            );
            assert!(!message.contains("panicked"), "{message}");
            assert!(
                message.len() < 5000,
                "{command} {model}: a message of {} bytes",
                message.len()
            );
            // `check` does not take variants at all.
            if !(command == "check" && model.contains('@')) {
                words.iter().for_each(|word| {
                    assert!(
                        message.contains(word),
                        "{command} {model}: no `{word}` in\n{message}"
                    )
                });
            }
            assert_eq!(names(folder.path()), before);
        }
    }
}

#[test]
fn deep_and_long_texts_do_not_overflow() {
    let deep = "(".repeat(100_000) + "x" + &")".repeat(100_000);
    expect(
        "parentheses",
        &with("-k * x\"", &format!("-k * {deep}\"")),
        &[],
        2,
        &["bad.toml:10:", "levels"],
    );
    let minus = "-".repeat(100_000);
    expect(
        "signs",
        &with("-k * x\"", &format!("{minus}k * x\"")),
        &[],
        2,
        &["bad.toml:10:"],
    );
    let sum = vec!["x"; 100_000].join(" + ");
    expect(
        "terms",
        &with("-k * x\"", &format!("-k * ({sum})\"")),
        &[],
        2,
        &["bad.toml:10:"],
    );
    let calls = "exp(".repeat(50_000);
    expect(
        "calls",
        &with("-k * x\"", &format!("{calls}\"")),
        &[],
        2,
        &["bad.toml:10:"],
    );
    let arrays = "[".repeat(100_000);
    expect(
        "arrays",
        &with("u = \"1 mM\"", &format!("u = {arrays}")),
        &[],
        2,
        &["bad.toml:6:"],
    );
    let tables = "a.".repeat(50_000);
    expect(
        "tables",
        &with("u = \"1 mM\"", &format!("{tables}b = 1")),
        &[],
        2,
        &["bad.toml"],
    );
    let huge = "9".repeat(100_000);
    expect(
        "digits",
        &with("2 1/s", &format!("{huge} 1/s")),
        &[],
        2,
        &["bad.toml:4:"],
    );
    let chain: String = (1..20_000)
        .map(|i| format!("p{i} = \"p{}\"\n", i - 1))
        .collect();
    expect(
        "a chain of names",
        &with("u = \"1 mM\"", &format!("u = \"1 mM\"\n{chain}")),
        &[],
        2,
        &["`p0`"],
    );
}

#[test]
#[cfg(unix)]
fn outputs_that_can_not_be_written() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("file"), "mine").unwrap();
    fs::create_dir_all(at("way/run.json")).unwrap();
    fs::create_dir_all(at("full")).unwrap();
    symlink("/dev/full", at("full/trajectory.csv")).unwrap();
    let before = names(folder.path());
    let cases: &[(&str, &[&str])] = &[
        ("file", &["`file`", "it is a file"]),
        ("file/below", &["`file/below`"]),
        ("way", &["`way/run.json`", "folder of that name"]),
        ("full", &["`full/trajectory.csv`", "No space left"]),
        ("/dev/full", &["`/dev/full`", "it is a file"]),
        ("/proc/nothing/here", &["/proc/nothing/here"]),
    ];
    for (out, words) in cases {
        let output = osmocyte(folder.path(), &["run", "red-blood-cell", "-o", out]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{out}: {message}");
        words
            .iter()
            .for_each(|word| assert!(message.contains(word), "{out}: no `{word}` in\n{message}"));
        assert!(!message.contains("panicked") && output.stdout.is_empty());
    }
    assert_eq!(names(folder.path()), before);
    assert_eq!(fs::read_to_string(at("file")).unwrap(), "mine");
    assert_eq!(names(&at("way")), ["run.json"]);
    assert_eq!(names(&at("full")), ["trajectory.csv"]);
}

#[test]
#[cfg(unix)]
fn a_full_disk_behind_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    for args in [
        &["list"][..],
        &["show", "red-blood-cell"],
        &["run", "red-blood-cell", "-o", "-"],
        &["check"],
        &["new"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = Command::cargo_bin("osmocyte").unwrap();
        let output = command
            .current_dir(folder.path())
            .args(args)
            .stdout(full)
            .output()
            .unwrap();
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {message}");
        assert!(
            message.contains("standard output") && !message.contains("panicked"),
            "{message}"
        );
    }
}

#[test]
fn measured_series_that_can_not_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("words.csv"), "t [s],u [mM]\n0,1\n1,many\n").unwrap();
    fs::write(at("back.csv"), "t [s],u [mM]\n1,1\n0,2\n").unwrap();
    fs::write(at("unit.csv"), "t [s],u [s]\n0,1\n1,2\n").unwrap();
    fs::write(at("empty.csv"), "").unwrap();
    fs::File::create(at("large.csv"))
        .unwrap()
        .set_len(100 << 20)
        .unwrap();
    let cases: &[(&str, &str, &[&str])] = &[
        ("nothing.csv", "u", &["nothing.csv", "no such file"]),
        ("words.csv", "u", &["line 3", "`many`"]),
        ("words.csv", "v", &["column `v`", "columns: u"]),
        ("back.csv", "u", &["bad.toml:16:"]),
        ("unit.csv", "u", &["bad.toml:16:"]),
        ("empty.csv", "u", &["empty.csv"]),
        ("large.csv", "u", &["too large", "64 MiB"]),
    ];
    for (file, column, words) in cases {
        let model = with("at 1 s: u = 2 mM", &format!("u follows {column} of {file}"));
        fs::write(at("bad.toml"), model).unwrap();
        let output = osmocyte(folder.path(), &["run", "bad.toml"]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{file}: {message}");
        assert!(
            message.contains("bad.toml:16:") && !message.contains("panicked"),
            "{file}: {message}"
        );
        words
            .iter()
            .for_each(|word| assert!(message.contains(word), "{file}: no `{word}` in\n{message}"));
    }
}

#[test]
fn check_goes_on_after_a_bad_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("bad.toml"), with("-k * x\"", "-kk * x\"")).unwrap();
    let check = "\n[[check]]\nid = \"H\"\nwhat = \"half_time\"\nis = \"0.34 s\"\nrtol = 1e-3\nwhy = \"a guess\"\n";
    fs::write(at("wrong.toml"), format!("{GOOD}{check}")).unwrap();
    let right = check.replace("0.34 s", "0.34657359 s");
    fs::write(at("right.toml"), format!("{GOOD}{right}")).unwrap();
    let output = osmocyte(
        folder.path(),
        &["check", "bad.toml", "wrong.toml", "right.toml"],
    );
    let (shown, message) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("bad.toml:10:10"), "{message}");
    for word in [
        "FAIL  H  half_time  0.34657 s",
        "expected 0.34 s within 0.00034 s",
        "a guess",
        "right\n  ok  H  half_time  0.34657 s",
    ] {
        assert!(shown.contains(word), "no `{word}` in\n{shown}");
    }
    assert!(
        shown.ends_with("3 models, 2 checks: 1 passed, 1 failed; 1 model could not be checked\n"),
        "{shown}"
    );
    let output = osmocyte(folder.path(), &["check", "wrong.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let circular = format!("{GOOD}{}", check.replace("half_time", "haf_time"));
    fs::write(at("unknown.toml"), circular).unwrap();
    let output = osmocyte(folder.path(), &["check", "unknown.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("haf_time"),
        "{}",
        text(&output.stderr)
    );
    let variant = format!("{GOOD}\n[variant.v]\nset = {{ xx0 = \"3 mM\" }}\n");
    fs::write(at("variant.toml"), variant).unwrap();
    let output = osmocyte(folder.path(), &["check", "variant.toml"]);
    assert_eq!(output.status.code(), Some(2));
    let message = text(&output.stderr);
    assert!(
        message.contains("variant.toml:23:") && message.contains("`xx0`"),
        "{message}"
    );
}

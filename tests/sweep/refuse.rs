//! Mistakes: a clear message with the right name, the code 2, and nothing written.

use std::fs;

use crate::common::{ends, with_model};

#[test]
fn mistakes_are_named_and_nothing_is_written() {
    let folder = with_model();
    let at = folder.path();
    fs::write(at.join("empty.csv"), "k [1/s]\n").unwrap();
    fs::write(at.join("bad.csv"), "k [1/s]\n1\nabc\n").unwrap();
    let model = "title = \"x\"\n[state.x]\ninitial = \"1\"\nrate = \"-x / (1 s)\"\n[experiment]\nduration = \"1 s\"\n";
    fs::write(at.join("no.toml"), model).unwrap();
    let names = |at: &std::path::Path| fs::read_dir(at).unwrap().count();
    let before = names(at);
    let vary = ["ends.toml", "--vary", "k=1..2 1/s"];
    let with = |more: &[&'static str]| [&vary[..], more].concat();
    let cases: Vec<(Vec<&str>, &str)> = vec![
        (
            vec!["ends.toml"],
            "`ends` has several studies; name one of them:\n  ends  All ends",
        ),
        (vec!["ends.toml", "drwan"], "did you mean `drawn`?"),
        (vec!["ends.tml", "drawn"], "there is no model `ends.tml`"),
        (vec!["no.toml"], "`no` has no study of its own"),
        (vec!["no.toml", "--vary", "x=1, 2"], "answers nothing"),
        (vec!["no.toml", "x"], "it has none: say what to vary"),
        (
            vec!["ends.toml", "--vary", "kk=1..2 1/s 3"],
            "did you mean `k`?",
        ),
        (vec!["ends.toml", "--vary", "k=1..2 s 3"], "k"),
        (
            vec!["ends.toml", "--vary", "k"],
            "an axis is a name, `=`, and its values",
        ),
        (vec!["ends.toml", "--vary", "k="], "an axis needs values"),
        (
            vec!["ends.toml", "--vary", "variant=x"],
            "there is no variant `x`",
        ),
        (
            with(&[]),
            "a range of a grid needs the number of its values",
        ),
        (
            with(&["--design", "sobol"]),
            "the design sobol needs a number of points\nhelp: for example -n 1000",
        ),
        (
            with(&["-n", "5"]),
            "a grid has as many points as its axes make",
        ),
        (
            with(&["-n", "0", "--design", "lhs"]),
            "a whole number from 1",
        ),
        (
            with(&["--seed", "5"]),
            "a seed belongs to designs that draw",
        ),
        (
            with(&["-n", "5", "--design", "lhs", "--no-scramble"]),
            "only the designs halton and sobol",
        ),
        (with(&["--vary", "k=1..3 1/s 3"]), "`k` is varied twice"),
        (
            with(&["--design", "lhs", "-n", "5", "--set", "k=3 1/s"]),
            "`k` is varied, and set",
        ),
        (with(&["--design", "lhs", "-n", "5", "--set", "q=3"]), "q"),
        (
            with(&["--design", "lhs", "-n", "5", "--set", "q"]),
            "a setting needs `=`",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "--outcome", "a=max(zz)"]),
            "unknown name `zz`",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "--outcome", "a="]),
            "outcome:1",
        ),
        (
            with(&[
                "--design",
                "lhs",
                "-n",
                "5",
                "--outcome",
                "a=max(z)",
                "--outcome",
                "a=max(y)",
            ]),
            "named twice",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "--method", "rodas"]),
            "rodas5p",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "--rtol", "2"]),
            "between 0 and 1",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "--threads", "0"]),
            "0 is not in",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "--isa", "avx9"]),
            "this processor has no instruction set `avx9`",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "--lanes", "5"]),
            "1, 8 or 32",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "--chunk", "20000"]),
            "from 1 to 10000",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "--shard", "0/3"]),
            "there is no part 0 of 3",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "--format", "xls"]),
            "csv",
        ),
        (
            with(&["--design", "lhs", "-n", "5", "-o", "-"]),
            "a sweep is kept in a folder",
        ),
        (
            vec!["ends.toml", "--table", "empty.csv"],
            "`empty.csv`: it has no points",
        ),
        (
            vec!["ends.toml", "--table", "bad.csv"],
            "`bad.csv`: line 3: `abc` is not a number",
        ),
        (
            vec!["ends.toml", "--table", "bed.csv"],
            "did you mean `bad.csv`?",
        ),
        (vec!["status", "nowhere"], "there is no sweep in `nowhere`"),
        (vec!["run", "nowhere"], "there is no sweep in `nowhere`"),
        (vec!["retry", "nowhere"], "there is no sweep in `nowhere`"),
        (vec!["merge", "nowhere"], "there is no sweep in `nowhere`"),
        (
            vec!["submit", "ends.toml", "drawn", "--jobs", "3"],
            "--slurm",
        ),
        (
            vec![
                "submit",
                "ends.toml",
                "drawn",
                "--slurm",
                "--jobs",
                "3",
                "--time",
                "1 h",
            ],
            "letters, digits",
        ),
        (vec![], "<MODEL>"),
    ];
    for (args, message) in cases {
        let (out, err) = ends(at, &args, 2);
        assert!(
            err.contains(message) && out.is_empty(),
            "{args:?}: {message}\n{out}{err}"
        );
        assert_eq!(names(at), before, "{args:?} has written");
    }
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_that_is_not_built_in_says_how_to_get_it() {
    let folder = with_model();
    let at = folder.path();
    let how =
        "built without the feature `parquet`; with it: cargo install --path . --features parquet";
    for format in ["parquet", "both"] {
        let (_, err) = ends(at, &["ends.toml", "drawn", "--format", format], 2);
        assert!(err.contains(how), "{err}");
    }
    assert!(!at.join("out").exists());
    ends(at, &["ends.toml", "drawn", "-o", "d"], 0);
    let (_, err) = ends(at, &["merge", "d", "-o", "all.parquet"], 2);
    assert!(
        err.contains(how) && !at.join("all.parquet").exists(),
        "{err}"
    );
    let (help, _) = ends(at, &["--help"], 0);
    assert!(
        help.contains("--format") && !help.contains("A binary table"),
        "{help}"
    );
}

/// The short name of a block is one that people misspell, too.
#[test]
fn a_slip_in_a_short_name_is_told() {
    let folder = with_model();
    for (vary, right) in [
        ("bath.osmolaritty=5..6 mOsm 2", "bath.osmolarity"),
        ("bth.osmolarity=5..6 mOsm 2", "bath.osmolarity"),
        ("plasma.osmolarty=5..6 mOsm 2", "plasma.osmolarity"),
    ] {
        let (_, err) = ends(folder.path(), &["red-blood-cell", "--vary", vary], 2);
        assert!(err.contains(&format!("did you mean `{right}`?")), "{err}");
    }
}

//! Folders with a plan: looked at, worked on elsewhere, refused.

use std::fs;

use crate::common::{cells, ends, json, ok, read, slow, with_model};

#[test]
fn a_plan_is_all_that_a_sweep_needs() {
    let folder = with_model();
    let at = folder.path();
    fs::write(
        at.join("points.csv"),
        "k [1/s], kind\n1.5, 3\n0.5, 4\n1, 1\n",
    )
    .unwrap();
    let args = [
        "ends.toml",
        "--table",
        "points.csv",
        "--set",
        "w=3 1/s",
        "--outcome",
        "y=final(y)",
        "--rtol",
        "3e-7",
    ];
    let planned: Vec<&str> = [&["plan"], &args[..], &["-o", "p"]].concat();
    let (out, err) = ok(at, &planned);
    assert!(
        out.contains("  points  3, the rows of `points.csv`\n"),
        "{out}"
    );
    assert!(
        out.contains("  k     0.5 to 1.5 1/s, as in the table\n"),
        "{out}"
    );
    assert!(out.contains("at rtol 3e-7, atol 3e-9"), "{out}");
    assert!(err.contains("osmocyte sweep run p"), "{err}");
    assert_eq!(fs::read_dir(at.join("p")).unwrap().count(), 1);
    let (out, _) = ok(at, &["status", "p"]);
    assert!(out.contains("0 of 3 points, in 0 of 1 chunk"), "{out}");
    let direct: Vec<&str> = [&args[..], &["-o", "d"]].concat();
    ends(at, &direct, 1);
    // Elsewhere, without the model and without the table.
    let elsewhere = tempfile::tempdir().unwrap();
    fs::create_dir(elsewhere.path().join("p")).unwrap();
    fs::copy(at.join("p/plan.json"), elsewhere.path().join("p/plan.json")).unwrap();
    ends(elsewhere.path(), &["run", "p"], 1);
    let rows = read(&at.join("d/rows.csv"));
    assert_eq!(rows, read(&elsewhere.path().join("p/rows.csv")));
    assert_eq!(cells(&rows).len(), 3);
    // Nothing in the plan speaks of the machine.
    let plan = read(&at.join("p/plan.json"));
    assert!(!plan.contains(&*at.to_string_lossy()), "{plan}");
    // A planned folder is also worked on by who plans the same; and a plan may be planned again.
    ok(at, &planned);
    let direct: Vec<&str> = [&args[..], &["-o", "p"]].concat();
    ends(at, &direct, 1);
}

#[test]
fn files_of_a_model_are_in_the_plan() {
    let folder = with_model();
    let at = folder.path();
    let model = read(&at.join("ends.toml")) + "\n[study.rows]\nfile = \"points.csv\"\n";
    fs::write(at.join("m.toml"), model).unwrap();
    fs::write(at.join("points.csv"), "k [1/s]\n1.5\n0.5\n").unwrap();
    ok(at, &["plan", "m.toml", "rows", "-o", "p"]);
    fs::remove_file(at.join("points.csv")).unwrap();
    fs::remove_file(at.join("m.toml")).unwrap();
    ok(at, &["run", "p"]);
    assert_eq!(cells(&read(&at.join("p/rows.csv"))).len(), 2);
}

#[test]
fn another_plan_is_refused() {
    let folder = with_model();
    let at = folder.path();
    ok(at, &["ends.toml", "drawn", "-o", "d"]);
    let before = read(&at.join("d/rows.csv"));
    for (more, key) in [
        (["--seed", "2"], "`request.seed` is null there, 2 here"),
        (
            ["--rtol", "1e-9"],
            "`options.rtol` is null there, \"1e-9\" here",
        ),
        (["--set", "w=2 1/s"], "`request.set`"),
    ] {
        let (_, err) = ends(
            at,
            &[&["ends.toml", "drawn", "-o", "d", "--resume"], &more[..]].concat(),
            2,
        );
        assert!(
            err.contains("has another sweep") && err.contains(key),
            "{err}"
        );
    }
    assert_eq!(before, read(&at.join("d/rows.csv")));
    // A folder with something else in it.
    fs::create_dir(at.join("e")).unwrap();
    fs::write(at.join("e/mine.txt"), "x").unwrap();
    let (_, err) = ends(at, &["ends.toml", "drawn", "-o", "e"], 2);
    assert!(err.contains("`mine.txt`"), "{err}");
    assert_eq!(fs::read_dir(at.join("e")).unwrap().count(), 1);
    // A plan of another version, and one that somebody has edited.
    let plan = read(&at.join("d/plan.json"));
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    fs::write(
        at.join("d/plan.json"),
        plan.replace(&version, "\"version\": \"0.0.1\""),
    )
    .unwrap();
    let (_, err) = ends(at, &["run", "d"], 2);
    assert!(err.contains("was planned by osmocyte 0.0.1"), "{err}");
    fs::write(at.join("d/plan.json"), plan.replace("final(y)", "final(z)")).unwrap();
    let (_, err) = ends(at, &["run", "d"], 2);
    assert!(err.contains("sha256"), "{err}");
    fs::write(
        at.join("d/plan.json"),
        plan.replace("\"request\"", "\"quest\""),
    )
    .unwrap();
    let (_, err) = ends(at, &["run", "d"], 2);
    assert!(err.contains("cannot understand the plan"), "{err}");
}

#[test]
fn damaged_rows_are_found_and_done_again() {
    let folder = with_model();
    let at = folder.path();
    ends(at, &slow("d", &[]), 1);
    let rows = read(&at.join("d/rows.csv"));
    let chunk = at.join("d/chunks/00000003.csv");
    let text = read(&chunk);
    fs::write(&chunk, text.replacen('1', "2", 1)).unwrap();
    let (_, err) = ends(at, &["merge", "d"], 1);
    assert!(err.contains("chunk 3 was damaged on disk"), "{err}");
    let (out, _) = ok(at, &["status", "d", "--verify"]);
    assert!(out.contains("damaged  1 chunk, to be done again"), "{out}");
    ends(at, &["run", "d", "--verify"], 1);
    assert_eq!(rows, read(&at.join("d/rows.csv")));
}

#[test]
fn a_part_says_what_is_missing_as_data() {
    let folder = with_model();
    let at = folder.path();
    let output = crate::common::sweep(at, &slow("d", &["--shard", "1/50", "--json"]));
    let status = json(&crate::common::text(&output.stdout));
    assert_eq!(
        (&status["chunks"], &status["chunks_done"]),
        (&100.into(), &2.into())
    );
    assert_eq!(status["finished"], false);
    assert_eq!(status["runs"][0]["part"], "1/50");
}

//! The bytes of the rows depend on the plan alone: not on threads, parts, widths, instruction sets, or kills.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::common::{command, ends, json, ok, read, slow, with_model};

#[test]
fn threads_parts_and_widths_do_not_matter() {
    let folder = with_model();
    let at = folder.path();
    let args = |out: &'static str, more: &[&'static str]| -> Vec<&'static str> {
        [&["ends.toml", "ends", "--chunk", "16", "-o", out], more].concat()
    };
    ends(at, &args("one", &["--threads", "1"]), 1);
    let rows = read(&at.join("one/rows.csv"));
    let plan = read(&at.join("one/plan.json"));
    for (out, more) in [
        ("two", ["--threads", "2"]),
        ("four", ["--threads", "4"]),
        ("alone", ["--lanes", "1"]),
        ("wide", ["--lanes", "32"]),
        ("plain", ["--isa", "baseline"]),
    ] {
        ends(at, &args(out, &more), 1);
        assert_eq!(rows, read(&at.join(out).join("rows.csv")), "{more:?}");
        assert_eq!(plan, read(&at.join(out).join("plan.json")), "{more:?}");
    }
    for (out, n) in [("shards3", 3), ("shards8", 8)] {
        for k in 1..=n {
            let shard = format!("{k}/{n}");
            let output =
                crate::common::sweep(at, &[&args(out, &[])[..], &["--shard", &shard]].concat());
            let err = crate::common::text(&output.stderr);
            assert_eq!(err.contains("of other parts are missing"), k < n, "{err}");
            assert_eq!(at.join(out).join("rows.csv").exists(), k == n);
        }
        assert_eq!(rows, read(&at.join(out).join("rows.csv")), "{n} parts");
    }
    // The chunks are others, the rows are not.
    ends(
        at,
        &["ends.toml", "ends", "--chunk", "7", "-o", "sevens"],
        1,
    );
    assert_eq!(rows, read(&at.join("sevens/rows.csv")));
}

#[test]
fn parts_in_folders_of_their_own_are_merged() {
    let folder = with_model();
    let at = folder.path();
    ends(
        at,
        &["ends.toml", "ends", "--chunk", "16", "-o", "whole"],
        1,
    );
    for k in ["1/2", "2/2"] {
        let out = format!("part{}", &k[..1]);
        crate::common::sweep(
            at,
            &[
                "ends.toml",
                "ends",
                "--chunk",
                "16",
                "-o",
                &out,
                "--shard",
                k,
            ],
        );
    }
    let (_, err) = ends(at, &["merge", "part1", "-o", "x.csv"], 1);
    assert!(
        err.contains("11 of 23 chunks") && err.contains("are missing"),
        "{err}"
    );
    assert!(!at.join("x.csv").exists());
    let (_, err) = ends(at, &["merge", "part1", "part2"], 2);
    assert!(err.contains("need a file"), "{err}");
    let (_, err) = ends(at, &["merge", "part1", "--partial", "-o", "x.csv"], 1);
    assert!(err.contains("176 of 360 points are missing"), "{err}");
    let (out, _) = ends(at, &["merge", "part1", "part2", "-o", "all.csv"], 1);
    assert!(
        out.contains("all 360 points") && out.contains("  all.csv\n"),
        "{out}"
    );
    let rows = read(&at.join("whole/rows.csv"));
    assert_eq!(rows, read(&at.join("all.csv")));
    let metadata = crate::common::read_json(&at.join("all.csv-metadata.json"));
    assert_eq!(metadata["url"], "all.csv");
    let output = crate::common::sweep(at, &["merge", "part2", "part1", "-o", "-"]);
    assert_eq!(rows.as_bytes(), output.stdout);
    ok(at, &["ends.toml", "drawn", "-o", "other"]);
    let (_, err) = ends(at, &["merge", "part1", "other", "-o", "y.csv"], 2);
    assert!(err.contains("has another sweep"), "{err}");
}

/// A number that is another one each time: the moments of kills are not reproducible anyway.
fn moment(i: u64) -> Duration {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos() as u64;
    Duration::from_millis(20 + (now / 1000).wrapping_mul(2654435761).wrapping_add(i * 97) % 400)
}

#[test]
fn a_sweep_that_was_killed_goes_on() {
    let folder = with_model();
    let at = folder.path();
    ends(at, &slow("whole", &[]), 1);
    let (mut kills, mut parts) = (0, 0);
    for (out, threads) in [("k1", "1"), ("k2", "2"), ("k4", "4")] {
        for i in 0..12 {
            let args = slow(out, &["--threads", threads, "--resume"]);
            let mut child = command(at, &args)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(moment(i));
            if child.try_wait().unwrap().is_none() {
                child.kill().unwrap();
                kills += 1;
            }
            child.wait().unwrap();
        }
        if let Ok(names) = fs::read_dir(at.join(out).join("chunks")) {
            parts += names.count();
        }
        ends(at, &slow(out, &["--resume"]), 1);
        assert_eq!(
            read(&at.join("whole/rows.csv")),
            read(&at.join(out).join("rows.csv"))
        );
    }
    println!("{kills} kills, {parts} chunks before the end");
    assert!(kills > 3, "only {kills} kills");
}

/// A kill between new rows and their line leaves rows that nobody vouches for: the next retry does them again.
#[test]
fn a_retry_that_was_killed_behind_its_rows_goes_on() {
    let folder = with_model();
    let at = folder.path();
    let tight = slow("t", &["--max-steps", "60", "--method", "dopri5"]);
    ends(at, &tight, 1);
    ends(at, &slow("w", &["--method", "dopri5"]), 1);
    ends(at, &["retry", "t", "--max-steps", "1e5"], 1);
    let manifest = at.join("t/manifest-retry.jsonl");
    let lines = read(&manifest);
    let (forgotten, done): (Vec<&str>, Vec<&str>) =
        lines.lines().partition(|line| !line.contains("sha256"));
    assert!(!forgotten.is_empty() && !done.is_empty(), "{lines}");
    fs::write(&manifest, forgotten.join("\n") + "\n").unwrap();
    ends(at, &["retry", "t", "--max-steps", "1e5"], 1);
    assert!(read(&at.join("t/rows.csv")) == read(&at.join("w/rows.csv")));
    assert_eq!(
        json(&ok(at, &["status", "t", "--json"]).0)["finished"],
        true
    );
}

#[test]
fn a_retry_that_was_killed_goes_on() {
    let folder = with_model();
    let at = folder.path();
    let tight = slow("t", &["--max-steps", "60", "--method", "dopri5"]);
    ends(at, &tight, 1);
    ends(at, &slow("w", &["--method", "dopri5"]), 1);
    for i in 0..4 {
        let args = ["retry", "t", "--max-steps", "1e5"];
        let mut child = command(at, &args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(moment(i));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    ends(at, &["retry", "t", "--max-steps", "1e5"], 1);
    assert!(read(&at.join("t/rows.csv")) == read(&at.join("w/rows.csv")));
    assert_eq!(
        json(&ok(at, &["status", "t", "--json"]).0)["finished"],
        true
    );
}

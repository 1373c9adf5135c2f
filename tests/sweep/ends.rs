//! How sweeps end: points that fail, retries, interruptions, disks that refuse.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{cells, command, ends, json, ok, read, read_json, slow, text, with_model};

#[test]
fn failed_points_have_rows_and_reasons() {
    let folder = with_model();
    let at = folder.path();
    let (out, err) = ends(at, &["ends.toml", "ends", "--chunk", "50"], 1);
    for line in [
        "  failed  120 (33.3 %)",
        "  40  300 steps did not suffice",
        "  40  `x` left its domain: it can't be below 0",
        "  40  the rate of `y` is not finite",
    ] {
        assert!(out.lines().any(|l| l == line), "{line}\n{out}");
    }
    assert!(err.contains("120 points failed, for 3 reasons"), "{err}");
    let dir = at.join("out/ends-ends");
    let rows = cells(&read(&dir.join("rows.csv")));
    assert_eq!(rows.len(), 360);
    for (i, row) in rows.iter().enumerate() {
        let kind: f64 = row[1].parse().unwrap();
        assert_eq!(
            (row[0].as_str(), row[5] == "failed"),
            (i.to_string().as_str(), kind < 3.0),
            "{row:?}"
        );
        assert_eq!(row[6].is_empty(), kind > 2.0);
    }
    // It leaves its domain when `1 - k t` is 0, and its rate is no number from 0.5 s on.
    let end = |row: usize| rows[row][7].parse::<f64>().unwrap();
    assert!((end(0) - 2.0).abs() < 1e-4 && (end(40) - 0.5).abs() < 1e-3);
    let card = read_json(&dir.join("sweep.json"));
    assert_eq!(card["failed"], 120);
    assert_eq!(card["failures"].as_array().unwrap().len(), 3);
    let (_, err) = ends(at, &["ends.toml", "ends", "--chunk", "50"], 1);
    assert!(err.contains("finished already"), "{err}");
    let (out, err) = ends(at, &["ends.toml", "ends", "--chunk", "50", "-q"], 1);
    assert!(out.is_empty() && err.lines().count() == 1, "{out}{err}");
}

/// Points that are refused before they begin have the values of the others in mind, and one reason.
#[test]
fn points_that_fail_alike_have_one_reason() {
    let folder = with_model();
    let at = folder.path();
    let (_, err) = ends(
        at,
        &["ends.toml", "--vary", "x=-2.05..1.85 40", "-o", "o"],
        1,
    );
    assert!(err.contains("21 points failed, for 1 reason"), "{err}");
    let rows = cells(&read(&at.join("o/rows.csv")));
    let reason = "`x` left its domain: it can't be below 0";
    let refused = rows.iter().filter(|row| row.iter().any(|c| c == reason));
    assert_eq!((rows.len(), refused.count()), (40, 21));
}

/// Workflows take any code but 0 for a broken job.
#[test]
fn points_may_fail_if_that_is_said() {
    let folder = with_model();
    let at = folder.path();
    let args = ["ends.toml", "ends", "--chunk", "50", "-o", "e"];
    let (_, err) = ok(
        at,
        &[&args[..], &["--failed-ok", "--shard", "1/2"]].concat(),
    );
    assert!(
        err.contains("warning: ") && err.contains("failed, for"),
        "{err}"
    );
    // Not if rows are missing.
    let partial = ["merge", "e", "-o", "p.csv", "--partial", "--failed-ok"];
    let (_, err) = ends(at, &partial, 1);
    assert!(err.contains("are missing"), "{err}");
    ends(at, &["merge", "e", "--failed-ok"], 1);
    let (_, err) = ok(at, &["run", "e", "--failed-ok", "--quiet"]);
    assert!(err.is_empty(), "{err}");
    ok(at, &["merge", "e", "--failed-ok"]);
    ok(at, &["retry", "e", "--failed-ok"]);
    let (out, _) = ok(at, &["merge", "e", "-o", "-", "--failed-ok"]);
    assert_eq!(cells(&out).len(), 360);
    ends(at, &["run", "e"], 1);
    // What else goes wrong is no point that failed.
    ends(at, &["run", "nowhere", "--failed-ok"], 2);
}

#[test]
fn a_retry_replaces_failed_rows_only() {
    let folder = with_model();
    let at = folder.path();
    // A limit of steps that the oscillation does not keep, and one that it does.
    let args = |out: &'static str, most: &'static str| {
        let points = [
            "ends.toml",
            "ends",
            "--vary",
            "k=1, 2 1/s",
            "--set",
            "w=100 1/s",
        ];
        let how = [
            "--method",
            "dopri5",
            "--chunk",
            "5",
            "--max-steps",
            most,
            "-o",
            out,
        ];
        [&points[..], &how[..]].concat()
    };
    let (out, _) = ends(at, &args("r", "100"), 1);
    assert!(out.contains("100 steps did not suffice"), "{out}");
    let before = cells(&read(&at.join("r/rows.csv")));
    let failed = before.iter().filter(|row| row[5] == "failed").count();
    let (out, err) = ends(at, &["retry", "r", "--failed", "--max-steps", "1e5"], 1);
    let message = format!("{failed} points solved anew, 4 of them failed again");
    assert!(failed > 4 && err.contains(&message), "{err}");
    assert!(out.contains("failed  4 ("), "{out}");
    let after = cells(&read(&at.join("r/rows.csv")));
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old[..3], new[..3]);
        let fails = new[1].parse::<f64>().unwrap() < 2.0;
        assert_eq!(new[5], if fails { "failed" } else { "complete" });
    }
    // As if the limit had been higher from the beginning.
    ends(at, &args("w", "100000"), 1);
    assert_eq!(after, cells(&read(&at.join("w/rows.csv"))));
    let runs = read_json(&at.join("r/sweep.json"))["runs"].clone();
    assert_eq!(
        (&runs[1]["did"], &runs[1]["options"]["max_steps"]),
        (&"retry".into(), &100_000.into())
    );
    // Once more: the same points fail, and what is right stays as it is.
    let (_, err) = ends(at, &["retry", "r"], 1);
    assert!(
        err.contains("the same rows again") && err.contains("4 points solved anew"),
        "{err}"
    );
    ok(at, &["ends.toml", "drawn", "-o", "d"]);
    let (_, err) = ok(at, &["retry", "d"]);
    assert!(err.contains("there is nothing to retry"), "{err}");
}

#[cfg(unix)]
fn signalled(at: &Path, out: &str, signal: &str) -> (Option<i32>, String) {
    let child = command(at, &slow(out, &["--threads", "1"]))
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let chunks = at.join(out).join("chunks");
    let begun = Instant::now();
    while fs::read_dir(&chunks).map_or(0, Iterator::count) < 3 {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "it does not begin"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &id])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    (output.status.code(), text(&output.stderr))
}

#[cfg(unix)]
#[test]
fn signals_end_it_after_the_chunk_in_hand() {
    let folder = with_model();
    let at = folder.path();
    for (signal, code, out) in [("-TERM", 143, "a"), ("-INT", 130, "b")] {
        let (found, err) = signalled(at, out, signal);
        assert_eq!(found, Some(code), "{err}");
        assert!(
            err.contains("interrupted: ") && err.contains("--resume"),
            "{err}"
        );
        let status = json(&ok(at, &["status", out, "--json"]).0);
        let done = status["points_done"].as_u64().unwrap();
        assert!((4..400).contains(&done), "{done}");
        assert_eq!(status["runs"][0]["ended"], "interrupted");
        let names = fs::read_dir(at.join(out).join("chunks")).unwrap();
        let parts = names.filter(|e| {
            e.as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .contains("part")
        });
        assert_eq!(parts.count(), 0);
        // Without --resume it is refused, and nothing changes.
        let (_, err) = ends(at, &slow(out, &[]), 2);
        assert!(
            err.contains("has begun") && err.contains("--resume"),
            "{err}"
        );
        ends(at, &slow(out, &["--resume"]), 1);
    }
    assert_eq!(read(&at.join("a/rows.csv")), read(&at.join("b/rows.csv")));
    assert_eq!(
        json(&ok(at, &["status", "a", "--json"]).0)["finished"],
        true
    );
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_loses_nothing() {
    let folder = with_model();
    let at = folder.path();
    ends(at, &slow("whole", &[]), 1);
    // No file may have more than some blocks: chunks fit, until the manifest does not.
    let program = command(at, &[])
        .get_program()
        .to_string_lossy()
        .into_owned();
    let script = format!(
        "trap '' XFSZ; ulimit -f 8; exec '{program}' sweep {}",
        slow("full", &["--threads", "2"]).join(" ")
    );
    let output = Command::new("bash")
        .current_dir(at)
        .args(["-c", &script])
        .output()
        .unwrap();
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(
        err.contains("cannot write `full/manifest-all.jsonl`") && err.contains("--resume"),
        "{err}"
    );
    ends(at, &slow("full", &["--resume"]), 1);
    assert_eq!(
        read(&at.join("whole/rows.csv")),
        read(&at.join("full/rows.csv"))
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_named() {
    let folder = with_model();
    let at = folder.path();
    ok(at, &["plan", "ends.toml", "drawn", "-o", "d"]);
    std::os::unix::fs::symlink("/dev/full", at.join("d/rows.csv")).unwrap();
    let (_, err) = ends(at, &["run", "d"], 1);
    assert!(
        err.contains("cannot write `d/rows.csv`") && err.contains("free some space"),
        "{err}"
    );
    let (_, err) = ends(at, &["merge", "d", "-o", "/dev/full"], 1);
    assert!(err.contains("cannot write `/dev/full`"), "{err}");
    let (_, err) = ends(at, &["run", "d"], 1);
    assert!(err.contains("cannot write `d/rows.csv`"), "{err}");
    fs::remove_file(at.join("d/rows.csv")).unwrap();
    let (out, _) = ok(at, &["run", "d"]);
    assert!(out.contains("all 500 points"), "{out}");
    assert_eq!(cells(&read(&at.join("d/rows.csv"))).len(), 500);
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_read_only_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = with_model();
    let at = folder.path();
    let locked = at.join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    // Nothing is read-only to the superuser.
    if fs::write(locked.join("x"), "").is_ok() {
        return;
    }
    let (_, err) = ends(at, &["ends.toml", "drawn", "-o", "locked/d"], 1);
    assert!(err.contains("cannot create the folder `locked/d`"), "{err}");
}

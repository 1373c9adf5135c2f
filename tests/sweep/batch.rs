//! Batch systems: parts from the surroundings, and scripts that are run as one would.

use std::fs;
use std::process::Command;

use crate::common::{command, ends, ok, read, slow, text, with_model};

#[test]
fn parts_are_those_of_the_surroundings() {
    let folder = with_model();
    let at = folder.path();
    ends(at, &slow("whole", &[]), 1);
    for id in ["0", "2", "4"] {
        let output = command(at, &slow("s", &[]))
            .envs([
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_MIN", "0"),
                ("SLURM_ARRAY_TASK_MAX", "4"),
                ("SLURM_ARRAY_TASK_COUNT", "3"),
            ])
            .output()
            .unwrap();
        let err = text(&output.stderr);
        let part = format!(
            "part {}/3 (SLURM_ARRAY_TASK_ID)",
            id.parse::<u64>().unwrap() / 2 + 1
        );
        assert!(err.contains(&part), "{err}");
    }
    assert_eq!(
        read(&at.join("whole/rows.csv")),
        read(&at.join("s/rows.csv"))
    );
    for id in ["1", "2"] {
        let hq = [("HQ_TASK_ID", id), ("OSMOCYTE_PARTS", "2")];
        let output = command(at, &slow("h", &[])).envs(hq).output().unwrap();
        let err = text(&output.stderr);
        assert!(err.contains(&format!("part {id}/2 (HQ_TASK_ID)")), "{err}");
    }
    assert_eq!(
        read(&at.join("whole/rows.csv")),
        read(&at.join("h/rows.csv"))
    );
    let alone = [("HQ_TASK_ID", "1")];
    let output = command(at, &slow("a", &[])).envs(alone).output().unwrap();
    assert!(text(&output.stderr).contains("OSMOCYTE_PARTS is not set"));
    let wrong = [("SLURM_ARRAY_TASK_ID", "1")];
    let output = command(at, &slow("w", &[])).envs(wrong).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!at.join("w").exists());
}

/// Runs the tasks of a script as the batch system would, which is not there.
#[cfg(unix)]
#[test]
fn the_script_of_a_sweep_does_it() {
    let folder = with_model();
    let at = folder.path();
    ends(at, &slow("whole", &[]), 1);
    for (system, variable, out) in [
        ("--slurm", "SLURM_ARRAY_TASK_ID", "it's s"),
        ("--hq", "HQ_TASK_ID", "h"),
    ] {
        let mut args = vec!["submit"];
        args.extend(slow(
            out,
            &[system, "--jobs", "3", "--cores", "2", "--time", "1:00:00"],
        ));
        let (stdout, _) = ok(at, &args);
        let last = stdout.lines().last().unwrap();
        assert!(
            last.starts_with(if system == "--slurm" {
                "sbatch "
            } else {
                "hq submit "
            }),
            "{stdout}"
        );
        let script = at.join(out).join("submit.sh");
        assert!(read(&script).contains("array"), "{}", read(&script));
        if system == "--hq" {
            // Its own notation: `1:00:00` it would refuse.
            let line = "#HQ --time-request 3600s --time-limit 3600s";
            assert!(
                read(&script).lines().any(|l| l == line),
                "{}",
                read(&script)
            );
        }
        for id in ["1", "2", "3"] {
            let output = Command::new("bash")
                .arg(&script)
                .current_dir("/")
                .env(variable, id)
                .output()
                .unwrap();
            let err = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{err}");
            assert!(
                err.contains("points failed") || err.contains("point failed"),
                "{err}"
            );
        }
        assert_eq!(
            read(&at.join("whole/rows.csv")),
            read(&at.join(out).join("rows.csv"))
        );
    }
}

/// Otherwise a batch system can't tell them from tasks that were killed.
#[cfg(unix)]
#[test]
fn tasks_may_succeed_though_points_failed() {
    let folder = with_model();
    let at = folder.path();
    let mut args = vec!["submit"];
    args.extend(slow("s", &["--slurm", "--jobs", "1", "--failed-ok"]));
    ok(at, &args);
    let output = Command::new("bash")
        .arg(at.join("s/submit.sh"))
        .env("SLURM_ARRAY_TASK_ID", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(at.join("s/rows.csv").exists());
}

#[cfg(unix)]
#[test]
fn now_submits_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = with_model();
    let at = folder.path();
    let tools = at.join("tools");
    fs::create_dir(&tools).unwrap();
    let sbatch = tools.join("sbatch");
    fs::write(&sbatch, "#!/bin/sh\necho \"submitted $1\"\n").unwrap();
    fs::set_permissions(&sbatch, fs::Permissions::from_mode(0o755)).unwrap();
    let args = [
        "submit",
        "ends.toml",
        "drawn",
        "--slurm",
        "--jobs",
        "2",
        "--now",
        "-o",
        "d",
    ];
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let output = command(at, &args).env("PATH", path).output().unwrap();
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("submitted d/submit.sh"));
    let output = command(at, &args).env("PATH", at).output().unwrap();
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(
        err.contains("cannot run `sbatch`") && err.contains("sbatch d/submit.sh"),
        "{err}"
    );
}

//! What a user sees of the solver: limits of steps, methods that are not there, events without end.

use assert_cmd::cargo::CommandCargoExt;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Exit code, standard output and standard error.
fn osmocyte(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("osmocyte").unwrap();
    let output = command.current_dir(folder).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code();
    (code, text(&output.stdout), text(&output.stderr))
}

/// The last row of a run's table: time and value.
fn last_value(folder: &Path, model: &str, extra: &[&str]) -> f64 {
    let args = [&["run", model, "-o", "-"], extra].concat();
    let (code, table, errors) = osmocyte(folder, &args);
    assert_eq!(code, Some(0), "{errors}");
    let row = table.lines().last().unwrap();
    row.split(',').nth(1).unwrap().parse().unwrap()
}

#[test]
fn the_longest_step_is_set_in_the_file_or_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let pulse = "[state.x]\ninitial = 0\nrate = \"if(exp(-((t - 5 s)/(0.01 s))^2) > 0.5, 1, 0) / 1 s\"\n\
        [experiment]\nduration = \"10 s\"\npoints = 2\n";
    fs::write(folder.path().join("pulse.toml"), pulse).unwrap();
    let with = format!("{pulse}[solver]\nmax_step = \"10 ms\"\n");
    fs::write(folder.path().join("with.toml"), with).unwrap();
    let wanted = 0.02 * 2f64.ln().sqrt();
    for (model, extra) in [
        ("pulse.toml", &["--max-step", "0.01 s"][..]),
        ("with.toml", &[]),
        ("with.toml", &["--max-step", "5 ms", "--method", "rodas5p"]),
    ] {
        let value = last_value(folder.path(), model, extra);
        assert!((value - wanted).abs() < 1e-6, "{model} {extra:?}: {value}");
    }
    // Not seen by the steps that such a rate asks for.
    assert_eq!(last_value(folder.path(), "pulse.toml", &[]), 0.0);
    for (wrong, part) in [
        ("3 m", "but the longest step is [s]"),
        ("0 s", "max_step must be a finite number above 0, not 0"),
        ("-1 s", "max_step must be a finite number above 0, not -1"),
    ] {
        let args = ["run", "pulse.toml", "--max-step", wrong];
        let (code, _, errors) = osmocyte(folder.path(), &args);
        assert_eq!(code, Some(2), "{wrong}: {errors}");
        assert!(errors.contains(part), "{wrong}: {errors}");
    }
}

#[test]
fn a_check_may_have_its_own_step_and_longest_step() {
    let folder = tempfile::tempdir().unwrap();
    let check = |is: &str, solver: &str| {
        format!(
            "[[check]]\nwhat = \"final(x)\"\nis = \"{is}\"\nrtol = 1e-5\nsolver = {{ {solver} }}\nwhy = \"\"\n"
        )
    };
    let pulse = "[state.x]\ninitial = 0\nrate = \"if(exp(-((t - 5 s)/(0.01 s))^2) > 0.5, 1, 0) / 1 s\"\n\
        [experiment]\nduration = \"10 s\"\n";
    // Seen by the short steps alone.
    let seen = check("0.02*sqrt(ln(2))", "max_step = \"10 ms\"");
    let unseen = check("0", "rtol = 1e-8");
    fs::write(
        folder.path().join("pulse.toml"),
        format!("{pulse}{unseen}{seen}"),
    )
    .unwrap();
    // One step of the classical method is the exponential series up to the fourth power.
    let decay = "[state.x]\ninitial = 1\nrate = \"-x / 1 s\"\n[experiment]\nduration = \"1 s\"\npoints = 2\n";
    let coarse = check(
        "1 - 1 + 1/2 - 1/6 + 1/24",
        "method = \"rk4\", step = \"1 s\"",
    );
    let fine = check("exp(-1)", "method = \"rk4\", step = \"0.01 s\"");
    fs::write(
        folder.path().join("decay.toml"),
        format!("{decay}{coarse}{fine}"),
    )
    .unwrap();
    for model in ["pulse.toml", "decay.toml"] {
        let (code, out, errors) = osmocyte(folder.path(), &["check", model]);
        assert_eq!(code, Some(0), "{out}{errors}");
    }
}

#[test]
fn a_ball_whose_bounces_pile_up_ends_the_run_with_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["run", "bouncing-ball", "--duration", "30 s", "--no-charts"];
    let (code, out, errors) = osmocyte(folder.path(), &args);
    assert_eq!(code, Some(1), "{out}{errors}");
    let all = format!("{out}{errors}");
    assert!(
        all.contains("event `impact` happens again and again without time going on, at t = 27.129"),
        "{all}"
    );
    let table = fs::read_to_string(folder.path().join("out/bouncing-ball/trajectory.csv")).unwrap();
    let last = table.lines().last().unwrap();
    assert!(last.starts_with("27.129"), "{last}");
}

#[test]
#[cfg(not(feature = "bdf"))]
fn the_method_that_is_not_built_in_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, errors) = osmocyte(folder.path(), &["run", "osmometer", "--method", "bdf"]);
    assert_eq!(code, Some(2));
    assert!(
        errors.contains("built without the feature `bdf`; with it: cargo install"),
        "{errors}"
    );
}

#[test]
#[cfg(feature = "bdf")]
fn the_method_of_diffsol_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["run", "osmometer", "--method", "bdf", "--no-charts"];
    let (code, _, errors) = osmocyte(folder.path(), &args);
    assert_eq!(code, Some(0), "{errors}");
}

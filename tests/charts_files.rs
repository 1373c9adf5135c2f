//! Charts as files: formats and paper as the command line says, and none left of an earlier run.
#![cfg(feature = "charts")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::CommandCargoExt;

const MODEL: &str = r#"
title = "decay"
[parameters]
k = { value = "0.5 1/s", range = ["0.1 1/s", "1 1/s"] }
[state.y]
initial = "2 mM"
rate = "-k*y"
[let]
loss = "k*y"
[experiment]
duration = "3 s"
[[chart]]
name = "time"
y = ["y"]
[[chart]]
name = "plane"
x = "y"
y = ["loss"]
[outcomes]
end = { value = "final(y)", unit = "mM" }
[study.one]
vary = { k = "0.1..1 1/s 5" }
"#;

fn osmocyte(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::cargo_bin("osmocyte").unwrap();
    command.current_dir(folder).args(words);
    command.output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("decay.toml"), MODEL).unwrap();
    folder
}

/// Names of the pictures in a folder.
fn pictures(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_picture = |name: &String| [".svg", ".png", ".pdf"].iter().any(|e| name.ends_with(e));
    let mut names: Vec<String> = names.filter(is_picture).collect();
    names.sort();
    names
}

fn done(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn a_run_draws_what_is_asked_and_removes_what_was() {
    let folder = folder();
    let run = |words: &[&str]| {
        let all = [&["run", "decay.toml", "-o", "out"], words].concat();
        osmocyte(folder.path(), &all)
    };
    let out = folder.path().join("out");
    done(&run(&[]));
    assert_eq!(
        pictures(&out),
        ["plane.png", "plane.svg", "time.png", "time.svg"]
    );
    let light = fs::read_to_string(out.join("time.svg")).unwrap();
    let again = run(&["--pictures", "pdf,svg", "--theme", "dark"]);
    done(&again);
    assert_eq!(
        pictures(&out),
        ["plane.pdf", "plane.svg", "time.pdf", "time.svg"]
    );
    let said = String::from_utf8_lossy(&again.stderr);
    assert!(
        said.contains("removed of an earlier run: time.png, plane.png"),
        "{said}"
    );
    let dark = fs::read_to_string(out.join("time.svg")).unwrap();
    assert!(light.contains("#ffffff") && !dark.contains("#ffffff"));
    assert!(
        fs::read(out.join("time.pdf"))
            .unwrap()
            .starts_with(b"%PDF-")
    );
    // A plane says which way it is run through.
    let plane = fs::read_to_string(out.join("plane.svg")).unwrap();
    assert!(plane.contains(">start</text>"), "{plane}");
    done(&run(&["--no-charts"]));
    assert!(pictures(&out).is_empty());
}

#[test]
fn a_sweep_draws_what_is_asked_and_removes_what_was() {
    let folder = folder();
    let out = folder.path().join("out");
    done(&osmocyte(
        folder.path(),
        &["sweep", "decay.toml", "-o", "out", "--pictures", "pdf"],
    ));
    let first = pictures(&out);
    assert!(
        !first.is_empty() && first.iter().all(|name| name.ends_with(".pdf")),
        "{first:?}"
    );
    done(&osmocyte(
        folder.path(),
        &["sweep", "merge", "out", "--pictures", "svg"],
    ));
    let second = pictures(&out);
    assert_eq!(second.len(), first.len());
    assert!(
        second.iter().all(|name| name.ends_with(".svg")),
        "{second:?}"
    );
}

#[test]
fn unknown_formats_are_refused() {
    let folder = folder();
    let output = osmocyte(
        folder.path(),
        &["run", "decay.toml", "--pictures", "svg,gif"],
    );
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("gif") && said.contains("pdf"), "{said}");
}

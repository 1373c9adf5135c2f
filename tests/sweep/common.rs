//! What the tests share.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;

pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("osmocyte").unwrap();
    command.current_dir(folder).arg("sweep").args(args);
    for name in [
        "NO_COLOR",
        "SLURM_ARRAY_TASK_ID",
        "HQ_TASK_ID",
        "OSMOCYTE_PARTS",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs `osmocyte sweep …`.
pub fn sweep(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The same, with the code that it must end with: standard output and standard error.
pub fn ends(folder: &Path, args: &[&str], code: i32) -> (String, String) {
    let output = sweep(folder, args);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{args:?}: {out}\n{err}");
    (out, err)
}

pub fn ok(folder: &Path, args: &[&str]) -> (String, String) {
    ends(folder, args, 0)
}

/// A folder with the model `ends.toml` in it: of its study `ends` a third of the points fail, `drawn` is quick, `slow`
/// takes long enough to be disturbed.
pub fn with_model() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let model = include_str!("../data/ends.toml");
    fs::write(folder.path().join("ends.toml"), model).unwrap();
    folder
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

pub fn read_json(path: &Path) -> Value {
    json(&read(path))
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// The cells of the rows, without the header.
pub fn cells(table: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let records = reader.records().map(|r| r.unwrap());
    records
        .map(|r| r.iter().map(str::to_string).collect())
        .collect()
}

/// The sweep `slow` in the given folder, with small chunks; further arguments behind.
pub fn slow<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["ends.toml", "slow", "--chunk", "4", "-o", out];
    args.extend(more);
    args
}

/// Rows of a sweep of this model by each method of lanes, with its name.
pub fn rows_by_method(
    model: &str,
    args: &[&str],
) -> Vec<(&'static str, impl Fn(&str) -> Option<f64> + use<>)> {
    let by = |method| {
        let args = [args, &["--method", method]].concat();
        rows(model, &args).into_iter().map(move |row| (method, row))
    };
    ["rodas5p", "dopri5"].into_iter().flat_map(by).collect()
}

/// Rows of a sweep of this model, the same for all numbers of lanes, as columns by name.
pub fn rows(model: &str, args: &[&str]) -> Vec<impl Fn(&str) -> Option<f64> + use<>> {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("m.toml"), model).unwrap();
    let solve = |lanes: &str| {
        let out = at.join(lanes);
        let mut all = vec!["m.toml", "-q", "--lanes", lanes, "-o", lanes];
        all.extend(args);
        let done = command(at, &all).output().unwrap();
        assert!(
            matches!(done.status.code(), Some(0 | 1)),
            "{}",
            text(&done.stderr)
        );
        read(&Path::new(&out).join("rows.csv"))
    };
    let table = solve("32");
    for lanes in ["1", "8"] {
        assert!(solve(lanes) == table, "{lanes} lanes");
    }
    let header: Vec<String> = table
        .lines()
        .next()
        .unwrap()
        .split(',')
        .map(String::from)
        .collect();
    cells(&table)
        .into_iter()
        .map(move |row| {
            let header = header.clone();
            move |name: &str| {
                let i = header.iter().position(|h| h == name).unwrap();
                row[i].parse().ok()
            }
        })
        .collect()
}

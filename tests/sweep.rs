//! Sweeps through the command.

use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::CommandCargoExt;

fn osmocyte(folder: &Path, args: &[&str]) -> Output {
    Command::cargo_bin("osmocyte")
        .unwrap()
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap()
}

#[test]
fn smoke() {
    let folder = tempfile::tempdir().unwrap();
    let out = osmocyte(folder.path(), &["sweep", "--help"]);
    println!("{}", String::from_utf8_lossy(&out.stdout));
}

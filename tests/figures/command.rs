//! `osmocyte figure`: what it prints, what it writes, how it ends.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::CommandCargoExt;
use expect_test::{Expect, expect};
use serde_json::Value;

const SMALL: &str = r#"
title = "A red cell bursts after {burst}"
caption = "One sentence. Another one."
model = "red-blood-cell@distilled-water"
[number]
burst = { value = "lysis_time", unit = "s" }
[[chart]]
y = ["cell.volume / V0"]
"#;

fn osmocyte(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("osmocyte").unwrap();
    command.current_dir(folder).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn refused(args: &[&str], code: i32, expected: Expect) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    let failing = SMALL.replace("@distilled-water", "@isotonic");
    fs::write(folder.path().join("failing.toml"), failing).unwrap();
    fs::write(folder.path().join("bad.toml"), SMALL.replace("V0", "V00")).unwrap();
    let output = osmocyte(folder.path(), args);
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    expected.assert_eq(&text(&output.stderr));
    // What was not made has left nothing behind.
    assert!(!folder.path().join("out/figures/failing.csv").exists());
    if code == 2 {
        assert_eq!(
            names(folder.path()),
            ["bad.toml", "failing.toml", "small.toml"]
        );
    }
}

#[test]
fn a_figure_file_becomes_pictures_numbers_and_a_caption() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    let output = osmocyte(folder.path(), &["figure", "small.toml", "-o", "made"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let made = folder.path().join("made");
    let kinds: &[&str] = match cfg!(feature = "charts") {
        true => &["small.csv", "small.md", "small.png", "small.svg"],
        false => &["small.csv", "small.md"],
    };
    assert_eq!(names(&made), kinds);
    assert!(text(&output.stdout).starts_with("A red cell bursts after 0.73 s\n"));
    let caption = fs::read_to_string(made.join("small.md")).unwrap();
    assert!(
        caption.starts_with("# A red cell bursts after 0.73 s\n"),
        "{caption}"
    );
    assert!(caption.contains("One sentence. Another one."), "{caption}");
    assert!(
        caption.contains("- `Pf` = 200 µm/s, osmotic water permeability. "),
        "{caption}"
    );
    let numbers = fs::read_to_string(made.join("small.csv")).unwrap();
    let begin = "panel,curve,kind,x_quantity,x_unit,x,y_quantity,y_unit,y\n1,";
    assert!(numbers.starts_with(begin), "{numbers}");
    // A second figure stays beside the first.
    let output = osmocyte(folder.path(), &["figure", "mirrored", "-o", "made", "-q"]);
    assert_eq!(text(&output.stdout), "");
    assert_eq!(names(&made).len(), 2 * kinds.len());
}

#[test]
fn a_title_is_no_markdown_and_changes_of_the_figure_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = r#"
title = "At an <angle> of *one* [rad](a)"
caption = "With *emphasis*."
model = "permeant-solute"
[[chart]]
y = ["cell.volume"]
set = { duration = "10 s" }
compare = [
  { label = "urea" },
  { label = "glycerol", variant = "glycerol-measured", set = { c_s = "290 mM" } },
]
"#;
    fs::write(folder.path().join("angle.toml"), file).unwrap();
    let output = osmocyte(folder.path(), &["figure", "angle.toml", "-o", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let page = fs::read_to_string(folder.path().join("angle.md")).unwrap();
    for line in [
        r"# At an \<angle> of \*one\* [rad]\(a)",
        "With *emphasis*.",
        "- Chart 1, urea: `permeant-solute` with `duration` = 10 s.",
        "- Chart 1, glycerol: `permeant-solute@glycerol-measured` with `duration` = 10 s, `c_s` = 290 mM. Glycerol in human red cells: 0.137 ± 0.026 µm/s at 23 °C (Biochem Biophys Res Commun 2011 408:477, abstract).",
    ] {
        assert!(page.lines().any(|l| l == line), "{line}\n\n{page}");
    }
    assert!(!page.contains(" <angle>"), "{page}");
}

#[test]
fn all_figures_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let output = osmocyte(folder.path(), &["figure", "--list"]);
    let list = text(&output.stdout);
    for entry in osmocyte::model::figures() {
        assert!(list.contains(entry.name), "{list}");
    }
    let output = osmocyte(folder.path(), &["figure", "--list", "--json"]);
    let list: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        list.as_array().unwrap().len(),
        osmocyte::model::figures().len()
    );
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn what_was_made_as_json() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("small.toml"), SMALL).unwrap();
    let output = osmocyte(folder.path(), &["figure", "small.toml", "--json"]);
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        said["figures"][0]["title"],
        "A red cell bursts after 0.73 s"
    );
    for file in said["figures"][0]["files"].as_array().unwrap() {
        assert!(
            folder
                .path()
                .join("out/figures")
                .join(file.as_str().unwrap())
                .exists()
        );
    }
}

#[test]
fn misspelt_names_get_the_nearest() {
    refused(
        &["figure", "three-bath", "quux"],
        2,
        expect![[r#"
        error: there is no figure `three-bath`
        help: did you mean `three-baths`?

        error: there is no figure `quux`
        help: `osmocyte figure --list` shows the shipped figures; a file needs its path
    "#]],
    );
    refused(
        &["figure"],
        2,
        expect![[r#"
        error: name a figure, or --all
        help: animal-and-plant, calcium-steep, eating-drinking-fishing, fragility, golgi-to-surface, hoefler, isosmotic, membrane-ledger, mirrored, swell-or-burst, three-baths, water-staircase
    "#]],
    );
    refused(
        &["figure", "smal.toml"],
        2,
        expect![[r#"
        error: cannot read `smal.toml`: there is no such file
        help: did you mean `small.toml`?
    "#]],
    );
}

#[test]
fn a_bad_file_is_shown_where_it_is_bad() {
    refused(
        &["figure", "bad.toml", "small.toml"],
        2,
        expect![[r#"
        error: unknown name `V00`
         --> bad.toml:8:21
          |
        8 | y = ["cell.volume / V00"]
          |                     ^^^
          |
          = help: did you mean `V0`?
    "#]],
    );
}

#[test]
fn a_failed_run_is_no_figure_and_exit_code_1() {
    refused(
        &["figure", "failing.toml", "small.toml", "-q"],
        1,
        expect![[r#"
        error: figure `failing`: the number `burst` of this figure does not exist in its run
    "#]],
    );
}

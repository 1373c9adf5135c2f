//! The rows as Parquet: those of the CSV, value by value, and the same bytes whatever happened.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use crate::common::{cells, command, ends, ok, read, read_json, slow, sweep, with_model};

fn reader(path: &Path) -> SerializedFileReader<File> {
    SerializedFileReader::new(File::open(path).unwrap()).unwrap()
}

/// Asserts that both files have the same table.
fn same(parquet: &Path, csv: &Path) {
    let reader = reader(parquet);
    let text = read(csv);
    let schema = reader.metadata().file_metadata().schema_descr();
    let names: Vec<&str> = schema.columns().iter().map(|c| c.name()).collect();
    assert_eq!(names.join(","), text.lines().next().unwrap());
    let rows = cells(&text);
    let mut count = 0;
    for (row, expected) in reader.get_row_iter(None).unwrap().zip(&rows) {
        for ((name, value), cell) in row.unwrap().get_column_iter().zip(expected) {
            let fits = match value {
                Field::Null => cell.is_empty(),
                Field::Long(n) => n.to_string() == *cell,
                Field::Double(x) => cell.parse::<f64>().unwrap().to_bits() == x.to_bits(),
                Field::Str(word) => word == cell,
                _ => false,
            };
            assert!(fits, "row {count}, {name}: {value:?} for `{cell}`");
        }
        count += 1;
    }
    assert_eq!(
        (count, rows.len()),
        (
            rows.len(),
            reader.metadata().file_metadata().num_rows() as usize
        )
    );
}

fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn it_has_the_rows_of_the_csv() {
    let folder = with_model();
    let at = folder.path();
    let args = ["ends.toml", "ends", "--format", "both", "-o", "d"];
    let (out, _) = ends(at, &args, 1);
    assert!(
        out.contains("d/rows.csv\n") && out.contains("d/rows.parquet\n"),
        "{out}"
    );
    same(&at.join("d/rows.parquet"), &at.join("d/rows.csv"));
    // Failed rows: no outcomes, a reason.
    let rows = read(&at.join("d/rows.csv"));
    assert!(rows.contains(",failed,") && rows.contains(",,"), "{rows}");
    let files = read_json(&at.join("d/sweep.json"))["files"].to_string();
    assert!(files.contains("\"rows.parquet\""), "{files}");

    // Units as beside the CSV.
    let reader = reader(&at.join("d/rows.parquet"));
    let notes = reader.metadata().file_metadata();
    let note = |key: &str| {
        let notes = notes.key_value_metadata().unwrap().iter();
        notes
            .filter(|n| n.key == key)
            .find_map(|n| n.value.clone())
            .unwrap()
    };
    assert_eq!(note("osmocyte.title"), "Three ways to fail");
    let columns = crate::common::json(&note("osmocyte.columns"));
    let metadata = read_json(&at.join("d/rows.csv-metadata.json"));
    let beside = metadata["tableSchema"]["columns"].as_array().unwrap();
    let columns = columns.as_array().unwrap();
    assert_eq!(columns.len(), beside.len());
    for (column, beside) in columns.iter().zip(beside) {
        assert_eq!(column["name"], beside["titles"]);
        if let Some(unit) = beside["schema:unitText"].as_str().filter(|u| *u != "1") {
            assert_eq!(column["unit"], unit);
        }
    }
    let by = format!("osmocyte version {}", env!("CARGO_PKG_VERSION"));
    assert_eq!(notes.created_by(), Some(by.as_str()));
}

#[test]
fn the_bytes_depend_on_the_rows_alone() {
    let folder = with_model();
    let at = folder.path();
    ends(at, &slow("one", &["--format", "both", "--threads", "1"]), 1);
    let one = bytes(&at.join("one/rows.parquet"));
    same(&at.join("one/rows.parquet"), &at.join("one/rows.csv"));
    ends(
        at,
        &slow("two", &["--format", "parquet", "--threads", "2"]),
        1,
    );
    assert!(one == bytes(&at.join("two/rows.parquet")), "two threads");
    assert!(!at.join("two/rows.csv").exists() && !at.join("two/rows.csv-metadata.json").exists());
    let charts = |name: &str| {
        read_json(&at.join(name).join("sweep.json"))["files"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(charts("one"), charts("two") + 2);

    // Other chunks, and parts.
    let chunks = [
        "ends.toml",
        "slow",
        "--chunk",
        "33",
        "-o",
        "parts",
        "--format",
        "parquet",
        "--shard",
    ];
    for part in ["1/2", "2/2"] {
        sweep(at, &[&chunks[..], &[part]].concat());
    }
    assert!(one == bytes(&at.join("parts/rows.parquet")), "two parts");

    // Kills.
    for (i, pause) in [30, 120, 350].into_iter().enumerate() {
        let args = slow(
            "killed",
            &["--format", "parquet", "--resume", "--threads", "2"],
        );
        let mut child = command(at, &args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
        println!("kill {i}");
    }
    ends(at, &slow("killed", &["--format", "parquet", "--resume"]), 1);
    assert!(one == bytes(&at.join("killed/rows.parquet")), "after kills");
}

#[test]
fn it_is_put_beside_a_finished_csv_and_kept_up_to_date() {
    let folder = with_model();
    let at = folder.path();
    let tight = slow("t", &["--max-steps", "60", "--method", "dopri5"]);
    ends(at, &tight, 1);
    assert!(!at.join("t/rows.parquet").exists());
    ends(at, &["run", "t", "--format", "parquet"], 1);
    same(&at.join("t/rows.parquet"), &at.join("t/rows.csv"));
    let (_, err) = ends(at, &["run", "t", "--format", "both"], 1);
    assert!(err.contains("is finished already"), "{err}");
    let before = bytes(&at.join("t/rows.parquet"));
    ends(at, &["retry", "t", "--max-steps", "1e5"], 1);
    assert!(before != bytes(&at.join("t/rows.parquet")));
    same(&at.join("t/rows.parquet"), &at.join("t/rows.csv"));
    // One of Parquet alone stays so, and is finished.
    fs::remove_file(at.join("t/rows.csv")).unwrap();
    let (out, _) = ok(at, &["status", "t"]);
    assert!(out.contains("finished: t/rows.parquet"), "{out}");
}

#[test]
fn merge_goes_by_the_name_of_the_file() {
    let folder = with_model();
    let at = folder.path();
    for (out, part) in [("a", "1/2"), ("b", "2/2")] {
        sweep(
            at,
            &[
                "ends.toml",
                "ends",
                "--chunk",
                "16",
                "-o",
                out,
                "--shard",
                part,
            ],
        );
    }
    ends(at, &["merge", "a", "b", "-o", "all.csv"], 1);
    ends(at, &["merge", "b", "a", "-o", "all.parquet"], 1);
    same(&at.join("all.parquet"), &at.join("all.csv"));
    assert!(!at.join("all.parquet-metadata.json").exists());
    let all = bytes(&at.join("all.parquet"));
    let output = sweep(at, &["merge", "a", "b", "--format", "parquet", "-o", "-"]);
    assert!(all == output.stdout);
    ends(at, &["merge", "a", "--partial", "-o", "some.csv"], 1);
    ends(at, &["merge", "a", "--partial", "-o", "some.parquet"], 1);
    same(&at.join("some.parquet"), &at.join("some.csv"));
    let (_, err) = ends(at, &["merge", "a", "b", "--format", "both", "-o", "x"], 2);
    assert!(err.contains("one file can't be both"), "{err}");
    let (_, err) = ends(at, &["merge", "a", "-o", "x.parquet"], 1);
    assert!(
        err.contains("are missing") && !at.join("x.parquet").exists(),
        "{err}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_named() {
    let folder = with_model();
    let at = folder.path();
    ok(at, &["plan", "ends.toml", "drawn", "-o", "d"]);
    std::os::unix::fs::symlink("/dev/full", at.join("d/rows.parquet")).unwrap();
    let (_, err) = ends(at, &["run", "d", "--format", "parquet"], 1);
    assert!(
        err.contains("cannot write `d/rows.parquet`") && err.contains("free some space"),
        "{err}"
    );
    let (_, err) = ends(
        at,
        &["merge", "d", "--format", "parquet", "-o", "/dev/full"],
        1,
    );
    assert!(err.contains("cannot write `/dev/full`"), "{err}");
    fs::remove_file(at.join("d/rows.parquet")).unwrap();
    ok(at, &["run", "d", "--format", "parquet"]);
    ends(at, &["merge", "d", "-o", "d.csv"], 0);
    same(&at.join("d/rows.parquet"), &at.join("d.csv"));
}

/// Nobody loses a table that was made read-only, and the one who tries is told.
#[cfg(unix)]
#[test]
fn a_file_that_is_read_only_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = with_model();
    let at = folder.path();
    ok(at, &["ends.toml", "drawn", "-o", "d"]);
    fs::write(at.join("kept.parquet"), "old").unwrap();
    fs::set_permissions(at.join("kept.parquet"), fs::Permissions::from_mode(0o444)).unwrap();
    let (_, err) = ends(at, &["merge", "d", "-o", "kept.parquet"], 1);
    assert!(
        err.contains("cannot write `kept.parquet`") && err.contains("read-only"),
        "{err}"
    );
    assert_eq!(read(&at.join("kept.parquet")), "old");
}

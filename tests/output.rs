//! Tables, metadata, run cards: what is written reads back, and nothing is ever half written.

use osmocyte::output::{
    ParameterLine, Provenance, RunCard, create_folder, csvw_metadata, write_atomic, write_csv,
};
use osmocyte::trajectory::*;
use proptest::prelude::*;
use std::fs;
use std::io::{self, ErrorKind};
use std::time::{Duration, UNIX_EPOCH};

fn column(name: &str, unit: &str, values: Vec<f64>) -> Column {
    Column {
        name: name.into(),
        unit: unit.into(),
        about: format!("about {name}"),
        values,
    }
}

fn trajectory(t: Vec<f64>, v: Vec<f64>) -> Trajectory {
    Trajectory {
        time: column("t", "s", t),
        columns: vec![
            column("cell.volume", "µm³", v.clone()),
            column("odd,\"name\"[1]", "", v),
        ],
        status: Status::Complete,
        events: vec![],
        outcomes: vec![],
        ledger: vec![],
    }
}

fn csv_text(trajectory: &Trajectory) -> String {
    let mut bytes = Vec::new();
    write_csv(trajectory, &mut bytes).expect("writing into memory");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn csv_is_plain_and_short() {
    let t = vec![0.0, 0.1, 1e-17];
    let v = vec![-0.0, f64::NAN, f64::NEG_INFINITY];
    let expected = "t,cell.volume,\"odd,\"\"name\"\"[1]\"\n0,-0,-0\n0.1,NaN,NaN\n1e-17,-inf,-inf\n";
    assert_eq!(csv_text(&trajectory(t, v)), expected);
}

#[test]
fn csv_refuses_columns_of_unequal_length() {
    let mut it = trajectory(vec![0.0, 1.0], vec![0.0, 1.0]);
    it.columns[0].values.pop();
    let error = write_csv(&it, &mut Vec::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column `cell.volume` has 1 values for 2 times"
    );
}

proptest! {
    #[test]
    fn csv_reads_back_bit_for_bit(bits in prop::collection::vec(any::<u64>(), 1..40), scale in -20i32..20) {
        // Random bits are nearly all extreme; the second half is of everyday size.
        let wild: Vec<f64> = bits.iter().map(|b| f64::from_bits(*b)).collect();
        let tame: Vec<f64> = bits.iter().map(|b| (*b as i64 as f64) / 2f64.powi(62) * 10f64.powi(scale)).collect();
        let text = csv_text(&trajectory(wild.clone(), tame.clone()));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut n_rows = 0;
        for (row, record) in reader.records().enumerate() {
            let record = record.unwrap();
            for (cell, x) in record.iter().zip([wild[row], tame[row], tame[row]]) {
                let back: f64 = cell.parse().unwrap();
                prop_assert!(back.to_bits() == x.to_bits() || (back.is_nan() && x.is_nan()), "{x:?} became {cell}");
                prop_assert!(cell.len() <= 24, "{cell} is long");
            }
            n_rows += 1;
        }
        prop_assert_eq!(n_rows, bits.len());
    }
}

#[test]
fn csvw_describes_every_column() {
    let it = trajectory(vec![0.0], vec![1.0]);
    let origin = Provenance {
        tool: "osmocyte".into(),
        version: "0.1.0".into(),
        model: "red-blood-cell".into(),
        title: "Red blood cell".into(),
        command: vec!["osmocyte".into(), "run".into()],
        ..Provenance::default()
    };
    let text = csvw_metadata(&it, "trajectory.csv", &origin).to_string();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["@context"][0], "http://www.w3.org/ns/csvw");
    assert_eq!(json["url"], "trajectory.csv");
    assert_eq!(json["dc:title"], "Red blood cell");
    let columns = json["tableSchema"]["columns"].as_array().unwrap();
    let table = csv_text(&it);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().unwrap().clone();
    assert_eq!(columns.len(), header.len());
    for (column, name) in columns.iter().zip(&header) {
        assert_eq!(column["titles"], name);
        assert_eq!(column["datatype"], "number");
        assert_eq!(column["dc:description"], format!("about {name}"));
    }
    let units: Vec<_> = columns.iter().map(|c| &c["schema:unitText"]).collect();
    assert_eq!(units, ["s", "µm³", "1"]);
}

#[test]
fn a_failed_write_keeps_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.json");
    write_atomic(&path, |w| w.write_all(b"old")).unwrap();
    let error = write_atomic(&path, |w| {
        w.write_all(&[b'x'; 200_000])?;
        Err(io::Error::new(ErrorKind::StorageFull, "disk full"))
    })
    .unwrap_err();
    assert!(error.to_string().contains("run.json"), "{error}");
    assert!(error.to_string().contains("free some space"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"old");
    write_atomic(&path, |w| w.write_all(b"new")).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "a temporary file was left behind: {left:?}");
}

#[test]
fn errors_say_where_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("absent").join("a.csv");
    let error = write_atomic(&missing, |_| Ok(())).unwrap_err().to_string();
    assert!(error.contains("absent") && error.contains("create the folder"));
    assert!(
        !error.contains(".part"),
        "names the temporary file: {error}"
    );
    let error = write_atomic(folder.path(), |_| Ok(())).unwrap_err();
    assert!(error.to_string().contains("this is a folder"), "{error}");
    create_folder(missing.parent().unwrap()).unwrap();
    write_atomic(&missing, |_| Ok(())).unwrap();
    assert!(create_folder(&missing).is_err());
}

#[cfg(unix)]
#[test]
fn permissions_are_those_of_an_ordinary_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (plain, ours) = (folder.path().join("plain"), folder.path().join("ours"));
    fs::write(&plain, "x").unwrap();
    write_atomic(&ours, |w| w.write_all(b"x")).unwrap();
    let mode = |p: &std::path::Path| fs::metadata(p).unwrap().permissions().mode();
    assert_eq!(mode(&ours), mode(&plain));
    fs::set_permissions(&ours, fs::Permissions::from_mode(0o640)).unwrap();
    write_atomic(&ours, |w| w.write_all(b"y")).unwrap();
    assert_eq!(mode(&ours) & 0o777, 0o640);
    fs::set_permissions(&ours, fs::Permissions::from_mode(0o444)).unwrap();
    let error = write_atomic(&ours, |w| w.write_all(b"z")).unwrap_err();
    assert!(error.to_string().contains("read-only"), "{error}");
    assert_eq!(fs::read(&ours).unwrap(), b"y");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    write_atomic(&link, |w| w.write_all(b"new")).unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"new");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_reported() {
    use std::path::Path;
    let write = |path: &str| write_atomic(Path::new(path), |w| w.write_all(&[b'x'; 200_000]));
    let error = write("/dev/full").unwrap_err();
    assert_eq!(error.source.kind(), ErrorKind::StorageFull);
    assert!(error.to_string().contains("`/dev/full`: No space left"));
    write("/dev/null").unwrap();
}

fn card() -> RunCard {
    RunCard {
        tool: "osmocyte".into(),
        version: "0.1.0".into(),
        command: vec!["osmocyte".into(), "run".into(), "a b".into()],
        model: "red-blood-cell".into(),
        title: "Red blood cell".into(),
        model_sha256: "00ff".into(),
        started: UNIX_EPOCH + Duration::from_secs(1_772_323_199),
        elapsed: 0.25,
        parameters: vec![ParameterLine {
            name: "V0".into(),
            value: 90.0,
            unit: "µm³".into(),
            source: "Canham & Burton 1968".into(),
            changed: true,
        }],
        method: "dopri5".into(),
        choices: Vec::new(),
        rtol: 1e-8,
        atol: f64::INFINITY,
        seed: None,
        counters: vec![("steps".into(), 12), ("rejected".into(), 3)],
        status: Status::Stopped("lysis".into()),
        time_unit: "s".into(),
        events: vec![EventRecord {
            name: "lysis".into(),
            t: 0.73,
        }],
        outcomes: vec![OutcomeValue {
            name: "never".into(),
            value: None,
            unit: "s".into(),
            about: String::new(),
        }],
        ledger: vec![LedgerLine {
            name: "water".into(),
            residual: f64::NAN,
            tolerance: 1e-9,
        }],
        verification: None,
        files: vec!["trajectory.csv".into()],
        warnings: vec![],
    }
}

#[test]
fn run_card_is_json_in_a_fixed_order() {
    let text = card().to_text();
    assert!(text.ends_with("}\n"));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<_> = json.as_object().unwrap().keys().collect();
    let expected = [
        "format",
        "tool",
        "command",
        "model",
        "started",
        "elapsed_s",
        "status",
        "reason",
        "method",
        "choices",
        "rtol",
        "atol",
        "atol_text",
        "seed",
        "counters",
        "outcomes",
        "events",
        "ledger",
        "verification",
        "parameters",
        "files",
        "warnings",
    ];
    assert_eq!(keys, expected);
    assert_eq!(json["started"], "2026-02-28T23:59:59Z");
    assert_eq!(json["status"], "stopped");
    assert_eq!(json["reason"], "lysis");
    assert_eq!(json["atol"], serde_json::Value::Null);
    assert_eq!(json["atol_text"], "inf");
    assert_eq!(json["outcomes"][0]["value"], serde_json::Value::Null);
    assert_eq!(json["ledger"][0]["residual_text"], "NaN");
    assert_eq!(json["ledger"][0]["ok"], false);
    assert_eq!(json["parameters"][0]["changed"], true);
    assert_eq!(json["events"][0]["unit"], "s");
    let counters: Vec<_> = json["counters"].as_object().unwrap().keys().collect();
    assert_eq!(counters, ["steps", "rejected"]);
}

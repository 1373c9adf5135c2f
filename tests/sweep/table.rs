//! The rows and the files around them.

use crate::common::{cells, ends, json, ok, read, read_json, with_model};
use std::fs;

#[test]
fn a_grid_of_the_command_line_is_a_table_with_units() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let vary = [
        "--vary",
        "Pf=20..400 um/s log 3",
        "--vary",
        "bath.osmolarity=100, 300 mOsm",
    ];
    let args = ["red-blood-cell", vary[0], vary[1], vary[2], vary[3]];
    let (out, err) = ok(at, &args);
    assert!(err.is_empty(), "{err}");
    assert!(
        out.starts_with("Red blood cell: swelling and lysis\n\nPoints\n  done    all 6 points\n"),
        "{out}"
    );
    let dir = at.join("out/red-blood-cell-sweep");
    let table = read(&dir.join("rows.csv"));
    let header = table.lines().next().unwrap();
    assert!(
        header.starts_with("point,Pf,bath.osmolarity,lysis_time,"),
        "{header}"
    );
    assert!(header.ends_with(",status,reason,end,steps"), "{header}");
    let rows = cells(&table);
    let inputs: Vec<[&str; 3]> = rows
        .iter()
        .map(|r| [0, 1, 2].map(|i| r[i].as_str()))
        .collect();
    assert_eq!(inputs[0], ["0", "20", "100"]);
    assert_eq!(inputs[1], ["1", "20", "300"]);
    assert_eq!(inputs[5], ["5", "400", "300"]);
    let middle: f64 = inputs[2][1].parse().unwrap();
    assert!((middle - 8000f64.sqrt()).abs() < 1e-10);
    // Where it does not burst in time, there is no time of it.
    let status = rows[0].len() - 4;
    for row in &rows {
        let expected = match row[3].is_empty() {
            true => ["complete", ""],
            false => ["stopped", "lysis"],
        };
        assert_eq!(row[status..status + 2], expected, "{row:?}");
    }
    let bursts: Vec<bool> = rows.iter().map(|r| !r[3].is_empty()).collect();
    assert_eq!(bursts, [false, false, true, false, true, false]);
    let metadata = read_json(&dir.join("rows.csv-metadata.json"));
    assert_eq!(metadata["url"], "rows.csv");
    let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
    let column = |name: &str| columns.iter().find(|c| c["titles"] == name).unwrap();
    assert_eq!(columns.len(), header.split(',').count());
    assert_eq!(column("Pf")["schema:unitText"], "µm/s");
    assert_eq!(column("lysis_time")["schema:unitText"], "s");
    assert_eq!(column("point")["datatype"], "nonNegativeInteger");
    assert_eq!(column("reason")["datatype"], "string");
    let card = read_json(&dir.join("sweep.json"));
    assert_eq!(card["format"], "osmocyte sweep card 1");
    assert_eq!((&card["points"], &card["failed"]), (&6.into(), &0.into()));
    assert_eq!(card["study"]["axes"][0]["log"], true);
    assert_eq!(card["solver"]["rtol"], "1e-6");
    assert_eq!(card["runs"].as_array().unwrap().len(), 1);
    // The same again: nothing is done.
    let before = fs::metadata(dir.join("rows.csv"))
        .unwrap()
        .modified()
        .unwrap();
    let (_, err) = ok(at, &args);
    assert!(err.contains("is finished already"), "{err}");
    let after = fs::metadata(dir.join("rows.csv"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after);
}

#[test]
fn a_study_of_the_file_may_be_changed() {
    let folder = with_model();
    let at = folder.path();
    let plan = |args: &[&str]| {
        let args: Vec<&str> = [&["plan", "ends.toml"], args, &["--json"]].concat();
        let plan = json(&ok(at, &args).0);
        (
            plan["points"].as_u64().unwrap(),
            plan["header"].as_str().unwrap().to_string(),
            plan["inputs"]["study"].clone(),
        )
    };
    let (points, header, study) = plan(&["drawn"]);
    assert_eq!(
        (points, header.as_str()),
        (500, "point,k,late,end_y,status,reason,end,steps")
    );
    assert_eq!(
        (&study["design"], &study["seed"]),
        (&"sobol".into(), &1.into())
    );
    let (points, header, study) = plan(&[
        "drawn",
        "-n",
        "1e3",
        "--seed",
        "5",
        "--design",
        "lhs",
        "--vary",
        "w=1..2 1/s",
        "--outcome",
        "z = final(z)",
    ]);
    assert_eq!(
        (points, header.as_str()),
        (1000, "point,k,w,z,status,reason,end,steps")
    );
    assert_eq!(
        (&study["design"], &study["seed"]),
        (&"lhs".into(), &5.into())
    );
    // An axis of the same name is replaced, and the numbers of a grid do not matter to a draw.
    let (points, header, study) = plan(&["ends", "--vary", "k=1, 2 1/s"]);
    assert_eq!(
        (points, header.as_str()),
        (18, "point,kind,k,end_y,most_z,status,reason,end,steps")
    );
    assert_eq!(study["axes"][1]["values"], json("[\"1\", \"2\"]"));
    assert_eq!(
        plan(&["ends", "--design", "halton", "--no-scramble", "-n", "7"]).0,
        7
    );
    // What a study sets gives way to what the command line sets.
    fs::write(
        at.join("points.csv"),
        "# two\nk [1/s], kind\n1.5, 3\n0.5, 4\n",
    )
    .unwrap();
    let (points, header, study) = plan(&["--table", "points.csv"]);
    assert_eq!(
        (points, header.as_str()),
        (2, "point,k,kind,end_y,most_z,status,reason,end,steps")
    );
    assert_eq!(
        (&study["design"], &study["file"]),
        (&"rows".into(), &"points.csv".into())
    );
    let (out, _) = ok(
        at,
        &[
            "--table",
            "points.csv",
            "ends.toml",
            "-o",
            "t",
            "--set",
            "duration=2 s",
        ],
    );
    assert!(out.contains("all 2 points"), "{out}");
    let rows = cells(&read(&at.join("t/rows.csv")));
    assert_eq!(rows[0][..3], ["0", "1.5", "3"]);
    assert_eq!(rows[0][7], "2");
}

#[test]
fn variants_are_an_axis_and_win_over_nothing_that_is_set() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let model = include_str!("../data/ends.toml").to_string()
        + "\n[variant.fast]\nset = { k = \"2 1/s\" }\n[variant.late]\nset = { duration = \"6 s\" }\n";
    fs::write(at.join("v.toml"), model).unwrap();
    ok(
        at,
        &["v.toml", "--vary", "variant=none, fast, late", "-o", "v"],
    );
    let rows = cells(&read(&at.join("v/rows.csv")));
    let column = |at: usize| rows.iter().map(|r| r[at].as_str()).collect::<Vec<_>>();
    assert_eq!(column(1), ["none", "fast", "late"]);
    assert_eq!(column(6), ["5", "5", "6"]);
    let y = |row: usize| rows[row][2].parse::<f64>().unwrap();
    assert!((y(1) / y(0) - 2.0).abs() < 1e-6, "{rows:?}");
    ok(
        at,
        &[
            "v.toml",
            "--vary",
            "variant=none, fast",
            "--set",
            "k=3 1/s",
            "-o",
            "w",
        ],
    );
    let rows = cells(&read(&at.join("w/rows.csv")));
    assert_eq!(rows[0][2], rows[1][2], "what is set holds in each variant");
}

#[test]
fn columns_that_have_taken_a_name_keep_it() {
    let folder = with_model();
    let at = folder.path();
    ends(
        at,
        &[
            "ends.toml",
            "ends",
            "--outcome",
            "end=final(y)",
            "--outcome",
            "status=max(z)",
            "-o",
            "n",
        ],
        1,
    );
    let table = read(&at.join("n/rows.csv"));
    assert!(
        table.starts_with("point,kind,k,end,status,run_status,reason,run_end,steps\n"),
        "{table}"
    );
    let (out, _) = ok(at, &["status", "n", "--json"]);
    assert_eq!(json(&out)["failed"], 120);
}

#[test]
fn help_has_examples() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["", "plan", "run", "status", "retry", "merge", "submit"] {
        let args: Vec<&str> = [name, "--help"]
            .into_iter()
            .filter(|w| !w.is_empty())
            .collect();
        let (out, _) = ok(folder.path(), &args);
        assert!(out.contains("Examples:"), "{out}");
        assert!(out.lines().all(|l| l.chars().count() <= 125), "{out}");
    }
}

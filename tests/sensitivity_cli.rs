//! `osmocyte sensitivity` in an empty folder.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;

const MODEL: &str = r#"
title = "decay"
[parameters]
k = { value = "0.5 1/s", range = ["0.1 1/s", "1 1/s"] }
y0 = "2 mM"
[state.y]
initial = "y0"
rate = "-k*y"
[experiment]
duration = "3 s"
[outcomes]
end = { value = "final(y)", unit = "mM" }
start = { value = "initial(k/k)" }
[study.both]
vary = { k = "0.1..1 1/s log 5", y0 = "1..3 mM 3" }
"#;

fn osmocyte(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::cargo_bin("osmocyte").unwrap();
    command.current_dir(folder).arg("sensitivity").args(words);
    command.output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("decay.toml"), MODEL).unwrap();
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn card(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("sensitivity.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn sobol_is_the_default_where_there_are_ranges() {
    let place = folder();
    let done = osmocyte(place.path(), &["decay.toml", "-n", "256", "--second-order"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let shown = text(&done.stdout);
    for part in [
        "256 rows, 1536 points",
        "end [mM]: mean",
        "start: constant, 1",
        "k, y0",
        "sum",
    ] {
        assert!(shown.contains(part), "no `{part}` in\n{shown}");
    }
    let out = place.path().join("out/decay-sensitivity");
    let table = fs::read_to_string(out.join("sensitivity.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 2 * 3);
    assert!(table.starts_with("outcome,factor,with,unit,mean,"));
    assert!(out.join("sensitivity.csv-metadata.json").is_file());
    let card = card(&out);
    assert_eq!(card["method"], "sobol");
    assert_eq!(card["points"], 1536);
    assert_eq!(card["failed"], 0);
    assert_eq!(card["outcomes"][1]["constant"], true);
    assert_eq!(card["results"].as_array().unwrap().len(), 6);
}

#[test]
fn the_table_does_not_depend_on_threads() {
    let place = folder();
    for method in ["sobol", "morris", "local"] {
        let run = |threads: &str| {
            let words = [
                "decay.toml",
                "both",
                "--method",
                method,
                "--threads",
                threads,
            ];
            let done = osmocyte(
                place.path(),
                &[&words[..], &["-n", "300", "-o", "-"]].concat(),
            );
            assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
            text(&done.stdout)
        };
        let one = run("1");
        assert!(one.lines().count() >= 5, "{one}");
        assert_eq!(one, run("3"), "{method}");
    }
}

#[test]
fn morris_takes_ranges_from_anywhere() {
    let place = folder();
    let words = [
        "decay.toml",
        "--method",
        "morris",
        "--vary",
        "k",
        "--vary",
        "y0=1..3 mM",
    ];
    let more = [
        "--trajectories",
        "20",
        "--levels",
        "6",
        "--outcome",
        "late=2*final(y)",
        "-o",
        "m",
    ];
    let done = osmocyte(place.path(), &[&words[..], &more].concat());
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("20 trajectories, 60 points"));
    let card = card(&place.path().join("m"));
    assert_eq!(card["outcomes"][0]["name"], "late");
    assert_eq!(card["factors"][0]["range"]["to"], 1.0);
}

#[test]
fn local_needs_no_ranges() {
    let place = folder();
    let words = [
        "decay.toml",
        "--vary",
        "k",
        "--vary",
        "y0",
        "--check",
        "--json",
    ];
    let done = osmocyte(place.path(), &words);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let card: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(card["method"], "local");
    let first = &card["results"][0];
    assert_eq!(first["way"], "forward");
    assert_eq!(first["unit"], "mM per 1/s");
    let exact = -6.0 * (-1.5f64).exp();
    assert!((first["derivative"].as_f64().unwrap() - exact).abs() < 1e-7);
    assert!((first["elasticity"].as_f64().unwrap() + 1.5).abs() < 1e-7);
    assert!((first["difference"].as_f64().unwrap() - exact).abs() < 1e-6);
}

#[test]
fn failed_points_are_counted_and_the_command_says_so() {
    let place = folder();
    let model = MODEL.replace(
        "initial = \"y0\"",
        "initial = \"y0/max(0 mM, y0 - 1.5 mM)*(1 mM)\"",
    );
    fs::write(place.path().join("bad.toml"), model).unwrap();
    let words = [
        "bad.toml",
        "both",
        "--method",
        "morris",
        "--trajectories",
        "30",
        "-o",
        "b",
    ];
    let done = osmocyte(place.path(), &words);
    assert_eq!(done.status.code(), Some(1), "{}", text(&done.stderr));
    assert!(
        text(&done.stderr).contains("points failed"),
        "{}",
        text(&done.stderr)
    );
    assert!(text(&done.stdout).contains("lost"));
    let card = card(&place.path().join("b"));
    assert!(card["failed"].as_u64().unwrap() > 0);
    assert!(!card["reasons"].as_array().unwrap().is_empty());
}

#[test]
fn mistakes_have_names() {
    let place = folder();
    let cases: [(&[&str], &str); 7] = [
        (&["decay.toml", "bth"], "did you mean `both`?"),
        (
            &["decay.toml", "--vary", "kk=1..2 1/s"],
            "did you mean `k`?",
        ),
        (
            &["decay.toml", "--method", "local", "--vary", "y1"],
            "did you mean",
        ),
        (&["decay.toml", "--vary", "y0=range"], "declares no range"),
        (&["decay.toml", "--outcome", "final(z)"], "unknown name `z`"),
        (
            &["decay.toml", "--method", "morris", "--levels", "3"],
            "even number",
        ),
        (&["decay.toml", "-n", "1e11"], "memory"),
    ];
    for (words, part) in cases {
        let done = osmocyte(place.path(), words);
        assert_eq!(
            done.status.code(),
            Some(2),
            "{words:?}: {}",
            text(&done.stderr)
        );
        let said = text(&done.stderr);
        assert!(said.contains(part), "{words:?}: no `{part}` in\n{said}");
    }
    assert!(!place.path().join("out").exists());
}

/// Names of the charts that the card lists, each with its picture.
fn charts(folder: &Path) -> Vec<String> {
    let card = card(folder);
    let files = card["files"].as_array().unwrap().iter();
    let files: Vec<&str> = files.map(|f| f.as_str().unwrap()).collect();
    assert!(files.iter().all(|f| folder.join(f).is_file()), "{files:?}");
    let drawings: Vec<&str> = (files.iter().copied())
        .filter(|f| f.ends_with(".svg"))
        .collect();
    for name in &drawings {
        let drawing = fs::read_to_string(folder.join(name)).unwrap();
        roxmltree::Document::parse(&drawing).unwrap();
        let picture = name.replace(".svg", ".png");
        assert!(
            files.contains(&picture.as_str()),
            "no {picture} in {files:?}"
        );
        let picture = fs::File::open(folder.join(picture)).unwrap();
        let reader = png::Decoder::new(std::io::BufReader::new(picture)).read_info();
        assert!(reader.unwrap().info().width >= 1000);
    }
    drawings.iter().map(|f| f.replace(".svg", "")).collect()
}

#[test]
#[cfg(feature = "charts")]
fn each_method_has_its_charts() {
    let place = folder();
    let cases: [(&str, &[&str], &[&str]); 4] = [
        ("sobol", &["--second-order"], &["sobol", "pairs"]),
        ("sobol", &["--size", "print"], &["sobol"]),
        ("morris", &[], &["morris-end"]),
        ("local", &[], &["elasticities-end"]),
    ];
    // Into one folder: charts of another method go.
    for (method, more, names) in cases {
        let words = [
            "decay.toml",
            "both",
            "--method",
            method,
            "-n",
            "32",
            "-o",
            "c",
        ];
        let done = osmocyte(place.path(), &[&words[..], more].concat());
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
        assert_eq!(charts(&place.path().join("c")), names);
        let files = fs::read_dir(place.path().join("c")).unwrap().count();
        assert_eq!(files, 3 + 2 * names.len());
        let shown = text(&done.stdout);
        for name in names {
            assert!(shown.contains(&format!("c/{name}.png")), "{shown}");
        }
    }
    let words = ["decay.toml", "both", "-n", "32", "-o", "c", "--no-charts"];
    let done = osmocyte(place.path(), &words);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert_eq!(charts(&place.path().join("c")), Vec::<String>::new());
}

#[test]
#[cfg(feature = "charts")]
fn charts_say_what_failed() {
    let place = folder();
    let model = MODEL.replace(
        "initial = \"y0\"",
        "initial = \"y0/max(0 mM, y0 - 1.5 mM)*(1 mM)\"",
    );
    fs::write(place.path().join("bad.toml"), model).unwrap();
    let words = ["bad.toml", "both", "-n", "32", "-o", "b"];
    let done = osmocyte(place.path(), &words);
    assert_eq!(done.status.code(), Some(1), "{}", text(&done.stderr));
    let failed = card(&place.path().join("b"))["failed"].as_u64().unwrap();
    let drawing = fs::read_to_string(place.path().join("b/sobol.svg")).unwrap();
    assert!(drawing.contains(&format!("{failed} of them failed")));
}

#[test]
#[cfg(not(feature = "charts"))]
fn without_charts_the_rest_is_there() {
    let place = folder();
    let done = osmocyte(place.path(), &["decay.toml", "both", "-n", "32", "-o", "c"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert_eq!(charts(&place.path().join("c")), Vec::<String>::new());
    assert!(text(&done.stderr).contains("without the feature `charts`"));
}

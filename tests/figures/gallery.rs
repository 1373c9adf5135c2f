//! Every shipped figure is made, and `docs` has what the tool gives now.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use osmocyte::model::figures;

/// Largest picture of the gallery [bytes].
const MOST: usize = 60_000;

/// How much a number of the gallery may differ from the one of today, relative to the largest of its kind in its curve:
/// machines round differently.
const TOLERANCE: f64 = 1e-6;

/// Most numbers behind a picture of the gallery [bytes].
const MOST_NUMBERS: usize = 150_000;

#[test]
fn the_gallery_is_what_the_tool_makes() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("osmocyte").unwrap();
    let args = ["figure", "--all", "--gallery", "."];
    command
        .current_dir(folder.path())
        .args(args)
        .assert()
        .success();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let how = "run: cargo run -- figure --all --gallery docs";

    let page = |folder: &Path| fs::read_to_string(folder.join("gallery.md")).unwrap_or_default();
    assert!(
        page(folder.path()) == page(&docs),
        "docs/gallery.md is stale; {how}"
    );

    for entry in figures() {
        let name = entry.name;
        let table = |folder: &Path| {
            let file = folder.join("figures").join(format!("{name}.csv"));
            fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}; {how}", file.display()))
        };
        let now = table(folder.path());
        assert!(
            now.len() < MOST_NUMBERS,
            "{name}.csv has {} bytes",
            now.len()
        );
        let difference = difference(&now, &table(&docs));
        assert_eq!(difference, None, "docs/figures/{name}.csv is stale; {how}");

        for folder in [folder.path(), docs.as_path()] {
            let file = folder.join("figures").join(format!("{name}.svg"));
            let svg = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{name}: {e}; {how}"));
            assert!(svg.len() < MOST, "{name}.svg has {} bytes", svg.len());
            well_formed(name, &svg);
        }
    }
    let mut own: Vec<String> = Vec::new();
    for entry in fs::read_dir(docs.join("figures")).unwrap() {
        own.push(entry.unwrap().file_name().into_string().unwrap());
    }
    assert_eq!(own.len(), 2 * figures().len(), "{own:?}: left over? {how}");
}

/// The first row that is another one.
fn difference(now: &str, then: &str) -> Option<String> {
    let (now, then) = (rows(now), rows(then));
    if now.len() != then.len() {
        return Some(format!("{} rows, and {}", now.len(), then.len()));
    }
    // The size of what each column has, curve by curve.
    let mut sizes: BTreeMap<(String, usize), f64> = BTreeMap::new();
    for row in &now {
        for (i, cell) in row.iter().enumerate() {
            if let Ok(number) = cell.parse::<f64>() {
                let size = sizes.entry((curve(row), i)).or_default();
                *size = size.max(number.abs());
            }
        }
    }
    for (a, b) in now.iter().zip(&then) {
        for (i, (x, y)) in a.iter().zip(b).enumerate() {
            let same = match (x.parse::<f64>(), y.parse::<f64>()) {
                (Ok(x), Ok(y)) => (x - y).abs() <= TOLERANCE * sizes[&(curve(a), i)],
                _ => x == y,
            };
            if !same {
                return Some(format!("{a:?}, and {b:?}"));
            }
        }
    }
    None
}

fn curve(row: &[String]) -> String {
    row[..2].join("/")
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let records = reader.records();
    records
        .map(|r| r.unwrap().iter().map(str::to_string).collect())
        .collect()
}

/// A picture that any program reads: XML with a title, a description and words.
fn well_formed(name: &str, svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|e| panic!("{name}: {e}"));
    let root = document.root_element();
    let of = |tag: &str| root.descendants().find(|n| n.has_tag_name((SVG, tag)));
    assert_eq!(root.attribute("role"), Some("img"), "{name}");
    for tag in ["title", "desc"] {
        let text = of(tag).and_then(|n| n.text()).unwrap_or_default();
        assert!(text.len() > 20, "{name}: {tag} is `{text}`");
        assert!(!text.contains(['{', '}']), "{name}: {text}");
    }
    assert!(of("text").is_some(), "{name} has no words");
    assert_eq!(
        root.attribute("viewBox"),
        Some("0 0 800 450"),
        "{name} is no slide"
    );
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
}

const SVG: &str = "http://www.w3.org/2000/svg";

#[test]
fn texts_of_figures_are_complete() {
    for entry in figures() {
        let data = super::common::made(entry.text);
        let texts = [&data.title, &data.caption];
        assert!(texts.iter().all(|t| !t.is_empty()), "{}", entry.name);
        assert!(
            !texts.iter().any(|t| t.contains(['{', '}'])),
            "{}: {texts:?}",
            entry.name
        );
        // Two sentences that a student reads; a colon or semicolon may part them further.
        let ends = data.caption.split(". ").count();
        assert!(
            ends <= 3,
            "{}: {ends} sentences: {}",
            entry.name,
            data.caption
        );
        assert!(
            data.title.chars().count() <= 110,
            "{}: {}",
            entry.name,
            data.title
        );
        let numbers = osmocyte::study::figure::table(&data);
        assert!(numbers.n_rows() > 10, "{}", entry.name);
    }
}

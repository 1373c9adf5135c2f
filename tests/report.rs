//! `osmocyte report`: one page that tells everything, and stands alone.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::CommandCargoExt;
use osmocyte::Simulation;
use osmocyte::study::sheet::Sheet;

const MODEL: &str = include_str!("data/red-cell.toml");

fn osmocyte(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("osmocyte").unwrap();
    command.current_dir(folder).args(args);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn with_model(model: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cell.toml"), model).unwrap();
    folder
}

/// Runs `report cell.toml` with more arguments, into the folder `r`: exit code, standard output and error.
fn report(folder: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let mut args = vec!["report", "cell.toml", "-o", "r"];
    args.extend(more);
    let output = osmocyte(folder, &args);
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join("r").join(name)).unwrap()
}

fn parse(html: &str) -> roxmltree::Document<'_> {
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..Default::default()
    };
    roxmltree::Document::parse_with_options(html, options).unwrap_or_else(|e| panic!("{e}"))
}

/// All words of an element, one blank between them; names stay whole, what stands in two cells does not.
fn words(node: roxmltree::Node) -> String {
    fn add(node: roxmltree::Node, out: &mut String) {
        out.push_str(node.text().filter(|_| node.is_text()).unwrap_or_default());
        node.children().for_each(|child| add(child, out));
        // A quantity that stays on its line is a part of its sentence.
        let whole = node.attribute("class") == Some("q")
            || matches!(
                node.tag_name().name(),
                "code" | "wbr" | "" | "mi" | "mn" | "mo"
            );
        if !whole {
            out.push(' ');
        }
    }
    let mut all = String::new();
    add(node, &mut all);
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The section of that heading.
fn section<'a, 'b>(document: &'a roxmltree::Document<'b>, id: &str) -> roxmltree::Node<'a, 'b> {
    let mut found = document.descendants();
    found
        .find(|n| n.attribute("aria-labelledby") == Some(id) && n.tag_name().name() == "section")
        .unwrap_or_else(|| panic!("no section `{id}`"))
}

/// The text of a page is well-formed, refers to nothing outside of itself, and is in order for those who hear it.
fn stands_alone(html: &str) {
    let document = parse(html);
    let all = || document.descendants().filter(|n| n.is_element());
    let ids: Vec<&str> = all().filter_map(|n| n.attribute("id")).collect();
    for (i, id) in ids.iter().enumerate() {
        assert!(!ids[..i].contains(id), "two elements are `{id}`");
    }
    for node in all() {
        let name = node.tag_name().name();
        assert!(
            !matches!(
                name,
                "script" | "link" | "img" | "iframe" | "object" | "image" | "base"
            ),
            "<{name}>"
        );
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            let refers = matches!(
                key,
                "href" | "src" | "srcset" | "action" | "data" | "poster"
            );
            if refers {
                let target = value.strip_prefix('#');
                assert!(target.is_some_and(|t| ids.contains(&t)), "{key}={value}");
            }
            if key.starts_with("aria-labelledby") {
                assert!(value.split(' ').all(|id| ids.contains(&id)), "{value}");
            }
            assert!(!key.starts_with("on"), "{key}={value}");
        }
    }
    assert!(
        !html.contains("url(") && !html.contains("@import"),
        "a style refers to a file"
    );
    assert_eq!(document.root_element().attribute("lang"), Some("en"));
    let headings: Vec<usize> = all()
        .filter_map(|n| n.tag_name().name().strip_prefix('h')?.parse().ok())
        .collect();
    assert_eq!(headings.iter().filter(|h| **h == 1).count(), 1);
    assert_eq!(headings[0], 1);
    for pair in headings.windows(2) {
        assert!(
            pair[1] <= pair[0] + 1,
            "a heading is left out: {headings:?}"
        );
    }
    for cell in all().filter(|n| n.tag_name().name() == "th") {
        assert!(matches!(cell.attribute("scope"), Some("col" | "row")));
    }
    for math in all().filter(|n| n.tag_name().name() == "math") {
        assert!(
            math.attribute("alttext")
                .is_some_and(|text| !text.is_empty())
        );
    }
    for svg in all().filter(|n| n.tag_name().name() == "svg") {
        assert_eq!(svg.attribute("role"), Some("img"));
    }
}

#[test]
fn a_report_tells_all_of_the_model_and_its_run() {
    let sum = "\n[conserved]\nwater = \"cell.volume - integral(plasmalemma.water_flow)\"\n";
    let model = format!("{MODEL}{sum}");
    let folder = with_model(&model);
    let (code, out, err) = report(folder.path(), &[]);
    assert_eq!(code, Some(0), "{out}\n{err}");
    let html = read(folder.path(), "report.html");
    stands_alone(&html);
    let document = parse(&html);
    let simulation = Simulation::from_text("cell", &model).unwrap();
    let sheet = Sheet::new(&simulation, "cell", None);
    let parameters = words(section(&document, "parameters"));
    for p in &sheet.parameters {
        for part in [&p.name, &p.about, &p.source, &p.range] {
            let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(parameters.contains(&part), "no `{part}` in\n{parameters}");
        }
    }
    let outcomes = words(section(&document, "outcomes"));
    for o in &sheet.outcomes {
        assert!(
            outcomes.contains(&o.name) && outcomes.contains(&o.about),
            "{outcomes}"
        );
    }
    let events = words(section(&document, "events"));
    for e in &sheet.events {
        assert!(
            events.contains(&e.name) && events.contains(&e.about),
            "{events}"
        );
    }
    let checks = words(section(&document, "checks"));
    for c in &sheet.checks {
        assert!(
            checks.contains(&c.what) && checks.contains(&c.why),
            "{checks}"
        );
    }
    let formulas = section(&document, "equations");
    let blocks = formulas
        .descendants()
        .filter(|n| n.attribute("display") == Some("block"));
    let n = 2 * sheet.states.len() + sheet.equations.len() + sheet.outcomes.len();
    assert_eq!(blocks.count(), n);
    let ledger = words(section(&document, "ledger"));
    assert!(ledger.contains("conserved residual"), "{ledger}");
    let how = words(section(&document, "how"));
    let card: serde_json::Value =
        serde_json::from_str(&read(folder.path(), "report.json")).unwrap();
    let hash = card["model"]["sha256"].as_str().unwrap();
    for part in [
        "osmocyte report cell.toml -o r",
        env!("CARGO_PKG_VERSION"),
        hash,
        "1e-8",
    ] {
        assert!(how.contains(part), "no `{part}` in\n{how}");
    }
}

/// The numbers of the page are those that `run` prints.
#[test]
fn a_report_has_the_numbers_of_the_run() {
    let folder = with_model(MODEL);
    let (_, summary, _) = report(folder.path(), &["--verify"]);
    let run = osmocyte(folder.path(), &["run", "cell.toml", "--verify"]);
    let run = text(&run.stdout);
    let html = read(folder.path(), "report.html");
    let document = parse(&html);
    let outcomes = words(section(&document, "outcomes"));
    let of = |text: &str| -> Vec<String> {
        let lines = text.lines().skip_while(|l| !l.starts_with("Outcomes"));
        let lines = lines.skip(1).take_while(|l| !l.is_empty());
        lines
            .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    };
    assert!(!of(&run).is_empty());
    assert_eq!(of(&summary), of(&run));
    for line in of(&run) {
        assert!(outcomes.contains(&line), "no `{line}` in\n{outcomes}");
    }
    assert!(words(section(&document, "verification")).contains("rtol"));
}

#[test]
fn what_was_set_is_marked_and_the_file_is_told() {
    let folder = with_model(MODEL);
    let (code, _, err) = report(
        folder.path(),
        &["--set", "Pf = 100 um/s", "--duration", "2 s"],
    );
    assert_eq!(code, Some(0), "{err}");
    let html = read(folder.path(), "report.html");
    let document = parse(&html);
    let mut rows = section(&document, "parameters").descendants();
    let row = rows
        .find(|n| n.tag_name().name() == "tr" && words(*n).contains("Pf"))
        .unwrap();
    let row = words(row);
    assert!(
        row.contains("100 µm/s") && row.contains("set by --set"),
        "{row}"
    );
    assert!(row.contains("in the file: 200 µm/s"), "{row}");
    let header = document
        .descendants()
        .find(|n| n.tag_name().name() == "header")
        .unwrap();
    let header = words(header);
    assert!(header.contains("Pf = 100 um/s, duration = 2 s"), "{header}");
    assert!(words(section(&document, "experiment")).contains("lasts 2 s"));
}

#[test]
fn a_set_input_takes_the_place_of_its_step_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let page = |args: &[&str]| {
        let output = osmocyte(folder.path(), &[&["report", "-o", "-"], args].concat());
        text(&output.stdout)
    };
    let step = "at 0 s: plasma.osmolarity = 100 mOsm";
    let experiment = |html: &str| words(section(&parse(html), "experiment"));
    assert!(experiment(&page(&["red-blood-cell"])).contains(step));
    let set = page(&["red-blood-cell", "--set", "bath.osmolarity=200 mOsm"]);
    assert!(!experiment(&set).contains(step));
    let variant = page(&["red-blood-cell@hypotonic"]);
    assert!(!experiment(&variant).contains(step));
    let parameters = words(section(&parse(&variant), "parameters"));
    assert!(
        parameters.contains("set by @hypotonic in the file: c0"),
        "{parameters}"
    );
    let shown = osmocyte(folder.path(), &["show", "red-blood-cell@hypotonic"]);
    assert!(!text(&shown.stdout).contains(step));
}

#[test]
fn a_check_that_fails_is_shown_and_ends_with_1() {
    let wrong = "\n[[check]]\nid = \"Wrong\"\nwhat = \"final(cell.volume)\"\nis = \"1 um^3\"\nwhy = \"nobody\"\n";
    let folder = with_model(&format!("{MODEL}{wrong}"));
    let (code, _, err) = report(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("checks of `cell` failed: Wrong (`final(cell.volume)`)"),
        "{err}"
    );
    let html = read(folder.path(), "report.html");
    stands_alone(&html);
    let document = parse(&html);
    let checks = section(&document, "checks");
    let failed: Vec<_> = checks
        .descendants()
        .filter(|n| n.attribute("class") == Some("bad"))
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(words(failed[0]), "FAILED");
    let header = document
        .descendants()
        .find(|n| n.tag_name().name() == "header")
        .unwrap();
    assert!(words(header).contains("1 of "), "{}", words(header));
    assert!(read(folder.path(), "report.md").contains("**FAILED**"));
}

#[test]
fn a_run_that_fails_has_a_report_that_says_so() {
    let model = "[state]\ny = { initial = 1, rate = \"y^2 / (1 s)\" }\n[experiment]\nduration = \"2 s\"\n[outcomes]\nend = \"final(y)\"\n";
    let folder = with_model(model);
    let (code, _, err) = report(folder.path(), &[]);
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("the run of `cell` failed"), "{err}");
    let html = read(folder.path(), "report.html");
    stands_alone(&html);
    let document = parse(&html);
    let alarm = document
        .descendants()
        .find(|n| n.attribute("class") == Some("alarm"))
        .unwrap();
    assert!(
        words(alarm).starts_with("The run failed"),
        "{}",
        words(alarm)
    );
    assert!(read(folder.path(), "report.md").contains("> The run failed"));
}

#[test]
fn texts_of_a_model_stay_texts() {
    let model = "title = \"a <b> & \\\"c\\\" | *d* $e$\"\nabout = \"</style><script>alert(1)</script>\\u0007\"\n\
        [parameters]\nk = { value = 1, about = \"x | <img src='http://a.b'>\", source = \"chosen & ]]>\" }\n\
        [state]\ny = { initial = 1, rate = \"-k * y / (1 s)\" }\n[experiment]\nduration = \"1 s\"\n";
    let folder = with_model(model);
    let (code, _, err) = report(folder.path(), &[]);
    assert_eq!(code, Some(0), "{err}");
    let html = read(folder.path(), "report.html");
    stands_alone(&html);
    let document = parse(&html);
    let heading = document
        .descendants()
        .find(|n| n.tag_name().name() == "h1")
        .unwrap();
    assert_eq!(words(heading), "a <b> & \"c\" | *d* $e$");
    let markdown = read(folder.path(), "report.md");
    assert!(
        markdown.starts_with("# a \\<b\\> & \"c\" | \\*d\\* \\$e\\$\n"),
        "{markdown}"
    );
    assert!(markdown.contains(r"x \| \<img"), "{markdown}");
}

#[cfg(feature = "charts")]
#[test]
fn figures_stand_in_the_page_and_beside_the_markdown() {
    let folder = with_model(MODEL);
    report(folder.path(), &[]);
    let html = read(folder.path(), "report.html");
    let document = parse(&html);
    let figures = section(&document, "figures");
    let pictures = figures
        .descendants()
        .filter(|n| n.tag_name().name() == "svg");
    let simulation = Simulation::from_text("cell", MODEL).unwrap();
    let charts = &simulation.system().charts;
    assert!(!charts.is_empty());
    // Each for light and for dark pages.
    assert_eq!(pictures.count(), 2 * charts.len());
    let markdown = read(folder.path(), "report.md");
    for chart in charts {
        let svg = read(folder.path(), &format!("{}.svg", chart.name));
        assert!(html.contains(svg.trim()));
        assert!(markdown.contains(&format!("]({}.svg)", chart.name)));
    }
}

#[test]
fn a_second_report_replaces_the_first() {
    let folder = with_model(MODEL);
    report(folder.path(), &[]);
    let before = read(folder.path(), "report.html");
    fs::write(folder.path().join("r/notes.txt"), "mine").unwrap();
    let without = MODEL.split("[[chart]]").next().unwrap().to_string();
    let rest = MODEL
        .split("[[check]]")
        .skip(1)
        .map(|c| format!("[[check]]{c}"));
    let model = without + &rest.collect::<String>();
    fs::write(folder.path().join("cell.toml"), model).unwrap();
    let (code, _, err) = report(folder.path(), &["--set", "Pf=50 um/s"]);
    assert_eq!(code, Some(0), "{err}");
    let after = read(folder.path(), "report.html");
    assert!(before != after && after.contains("50 µm/s"));
    let entries = fs::read_dir(folder.path().join("r")).unwrap();
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let own = simulation_of(folder.path()).system().charts.len();
    assert_eq!(
        names.iter().filter(|n| n.ends_with(".svg")).count(),
        if cfg!(feature = "charts") { own } else { 0 },
        "{names:?}"
    );
    for name in ["notes.txt", "report.html", "report.json", "report.md"] {
        assert!(names.iter().any(|n| n == name), "{names:?}");
    }
    assert!(names.iter().all(|n| !n.starts_with('.')), "{names:?}");
}

fn simulation_of(folder: &Path) -> Simulation {
    let text = fs::read_to_string(folder.join("cell.toml")).unwrap();
    Simulation::from_text("cell", &text).unwrap()
}

#[test]
fn bad_input_is_refused_before_the_work() {
    let folder = with_model(MODEL);
    let refused = |args: &[&str], parts: &[&str]| {
        let output = osmocyte(folder.path(), &[&["report"], args].concat());
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {err}");
        for part in parts {
            assert!(err.contains(part), "no `{part}` in\n{err}");
        }
        assert!(output.stdout.is_empty());
    };
    refused(&["red-blod-cell"], &["red-blod-cell", "red-blood-cell"]);
    refused(&["red-blood-cell@hypotonc"], &["hypotonc", "hypotonic"]);
    refused(&["cell.tml"], &["cell.tml"]);
    refused(
        &["cell.toml", "--set", "Pff=1 um/s", "--set", "A"],
        &["Pff", "Pf", "a setting needs `=`"],
    );
    refused(&["cell.toml", "--set", "Pf=1 mM"], &["Pf", "mM"]);
    refused(&["cell.toml", "--rtol", "2"], &["between 0 and 1"]);
    refused(&["cell.toml", "--method", "rodas"], &["rodas5p"]);
    refused(&["cell.toml", "-o", "cell.toml"], &["it is a file"]);
    refused(&["cell.toml", "--size", "poster"], &["slide"]);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn standard_output_gets_the_page_alone() {
    let folder = with_model(MODEL);
    let output = osmocyte(folder.path(), &["report", "cell.toml", "-o", "-"]);
    assert_eq!(output.status.code(), Some(0));
    stands_alone(&text(&output.stdout));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn show_writes_the_model_as_a_page_of_the_same_kind() {
    let folder = with_model(MODEL);
    let output = osmocyte(folder.path(), &["show", "cell.toml", "--html"]);
    assert_eq!(output.status.code(), Some(0));
    let html = text(&output.stdout);
    stands_alone(&html);
    let document = parse(&html);
    let parameters = words(section(&document, "parameters"));
    assert!(parameters.contains("Canham & Burton 1968"), "{parameters}");
    assert!(!parameters.contains("set by"), "{parameters}");
    assert!(words(section(&document, "checks")).contains("lysis_time"));
}

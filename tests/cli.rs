//! The commands, each in an empty folder: what they print, what they write, how they end.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("osmocyte").unwrap();
    command
        .current_dir(folder)
        .args(args)
        .env_remove("NO_COLOR");
    command
}

fn osmocyte(folder: &Path, args: &[&str]) -> Output {
    command(folder, args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a command that must succeed: standard output and standard error.
fn ok(folder: &Path, args: &[&str]) -> (String, String) {
    let output = osmocyte(folder, args);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{args:?}: {out}\n{err}");
    (out, err)
}

/// A folder with a small model in it, `red-cell.toml`, which stays as it is when the shipped ones grow.
fn with_model() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let model = include_str!("data/red-cell.toml");
    fs::write(folder.path().join("red-cell.toml"), model).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn read_json(path: &Path) -> Value {
    json(&fs::read_to_string(path).unwrap())
}

#[cfg(feature = "charts")]
const FILES: &[&str] = &[
    "chart.png",
    "chart.svg",
    "run.json",
    "trajectory.csv",
    "trajectory.csv-metadata.json",
];
#[cfg(not(feature = "charts"))]
const FILES: &[&str] = &["run.json", "trajectory.csv", "trajectory.csv-metadata.json"];

#[test]
fn alone_it_prints_help() {
    let folder = tempfile::tempdir().unwrap();
    let (out, err) = ok(folder.path(), &[]);
    assert!(
        out.contains("Usage: osmocyte") && out.contains("completions") && err.is_empty(),
        "{out}"
    );
    let (out, _) = ok(folder.path(), &["--version"]);
    assert_eq!(out, format!("osmocyte {}\n", env!("CARGO_PKG_VERSION")));
    for name in ["list", "show", "check", "run", "new", "completions"] {
        let (out, _) = ok(folder.path(), &[name, "--help"]);
        assert!(
            out.contains("Examples:") && out.lines().all(|l| l.chars().count() <= 120),
            "{out}"
        );
    }
}

#[test]
fn list_finds_models_by_words() {
    let folder = tempfile::tempdir().unwrap();
    let (all, _) = ok(folder.path(), &["list"]);
    assert!(
        all.starts_with("Osmosis\n") && all.contains("  red-blood-cell  "),
        "{all}"
    );
    let (some, _) = ok(folder.path(), &["list", "HYPERTONIC", "crenated"]);
    assert!(some.contains("red-blood-cell"), "{some}");
    assert!(some.lines().count() < all.lines().count(), "{some}");
    let models = json(&ok(folder.path(), &["list", "--json", "red-blood"]).0);
    let cell = models
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["name"] == "red-blood-cell");
    assert_eq!(cell.unwrap()["title"], "Red blood cell: swelling and lysis");
    let nothing = osmocyte(folder.path(), &["list", "qwertz"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert_eq!(
        text(&nothing.stderr),
        "no shipped model speaks of: qwertz\n"
    );
}

#[test]
fn list_finds_models_by_topic() {
    let folder = tempfile::tempdir().unwrap();
    let (topics, _) = ok(folder.path(), &["list", "--topic"]);
    let line = |topic: &str| topics.lines().find(|l| l.starts_with(topic));
    assert!(line("deplasmolysis  ").unwrap().contains(" plant-cell"));
    assert!(line("haemolysis  ").unwrap().contains(" red-blood-cell"));
    let (some, _) = ok(folder.path(), &["list", "--topic", "Red", "Blood", "Cells"]);
    assert!(
        some.starts_with("Osmosis\n") && some.contains("  red-blood-cell  "),
        "{some}"
    );
    let (plants, _) = ok(folder.path(), &["list", "turgid", "--topic"]);
    assert!(plants.lines().count() < topics.lines().count(), "{plants}");
    let both = json(
        &ok(
            folder.path(),
            &["list", "glycerol", "--json", "--topic", "hemolysis"],
        )
        .0,
    );
    let names: Vec<&Value> = both
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["name"])
        .collect();
    assert_eq!(names, ["permeant-solute"]);
    assert_eq!(both[0]["group"], "osmosis");
    assert_eq!(both[0]["variants"][0]["name"], "glycerol");
    let topics = json(&ok(folder.path(), &["list", "--topic", "--json"]).0);
    let one = topics
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["topic"] == "deplasmolysis");
    assert_eq!(one.unwrap()["models"][0], "plant-cell");

    for (args, out, err) in [
        (
            &["--topic", "haemolisys"][..],
            "",
            "no shipped model has the topic: haemolisys\nhelp: did you mean `haemolysis`?\n",
        ),
        (
            &["--topic", "qwertz"],
            "",
            "no shipped model has the topic: qwertz\nhelp: `osmocyte list --topic` shows all topics\n",
        ),
        (
            &["osmosys", "--json"],
            "[]\n",
            "no shipped model speaks of: osmosys\nhelp: did you mean `osmosis`?\n",
        ),
        (
            &["lorenz", "--topic"],
            "",
            "no topics in what speaks of: lorenz\n",
        ),
    ] {
        let ended = osmocyte(folder.path(), &[&["list"], args].concat());
        assert_eq!(ended.status.code(), Some(1), "{args:?}");
        assert_eq!((&*text(&ended.stdout), &*text(&ended.stderr)), (out, err));
    }
}

#[test]
fn show_tells_group_and_topics() {
    let folder = tempfile::tempdir().unwrap();
    let (out, _) = ok(folder.path(), &["show", "plant-cell"]);
    assert!(
        out.contains("\n\nGroup: plant water. Topics: turgidity, "),
        "{out}"
    );
    let (markdown, _) = ok(folder.path(), &["show", "plant-cell", "--markdown"]);
    assert!(markdown.contains("\n\nGroup: plant water. Topics: turgidity, "));
    let sheet = json(&ok(folder.path(), &["show", "plant-cell", "--json"]).0);
    assert_eq!(
        (&sheet["group"], &sheet["topics"][0]),
        (&Value::from("plant water"), &Value::from("turgidity"))
    );
    // The problems have the group of their folder, and no topics.
    let (out, _) = ok(folder.path(), &["show", "robertson"]);
    assert!(out.contains("\n\nGroup: reference.\n\n"), "{out}");
    let own = with_model();
    let sheet = json(&ok(own.path(), &["show", "red-cell.toml", "--json"]).0);
    assert_eq!(
        (&sheet["group"], &sheet["topics"]),
        (&Value::Null, &serde_json::json!([]))
    );
}

#[test]
fn show_writes_the_blocks_out() {
    let folder = with_model();
    let (out, _) = ok(folder.path(), &["show", "red-cell.toml"]);
    for line in [
        "  e_lys  3 %              strain at lysis; [Evans, Waugh & Melnik 1976]",
        "  d cell.volume/dt       = plasmalemma.water_flow  [µm³/s]  # volume",
        "  cell.osmotic_pressure  = R * T * cell.osmolarity  [MPa]  # osmotic pressure",
        "  cell.volume  = cell.initial_volume",
        "  lysis   when plasmalemma.strain rises through e_lys, then stop",
        "  at 0 s: plasma.osmolarity = 100 mOsm",
        "  lysis_time  = time of lysis          [s]",
    ] {
        assert!(out.lines().any(|l| l == line), "no line `{line}` in\n{out}");
    }
    let (markdown, _) = ok(folder.path(), &["show", "red-cell.toml", "--markdown"]);
    assert!(
        markdown.starts_with("# Red blood cell: swelling and lysis\n"),
        "{markdown}"
    );
    assert!(
        markdown.contains("| `V0` | `90` | µm³ | 75 µm³ to 110 µm³ |"),
        "{markdown}"
    );
    let sheet = json(&ok(folder.path(), &["show", "red-cell.toml", "--json"]).0);
    assert_eq!(sheet["states"][0]["rate"][0], "plasmalemma.water_flow");
    assert_eq!(
        sheet["experiment"]["steps"][0],
        "at 0 s: plasma.osmolarity = 100 mOsm"
    );
}

#[test]
fn show_writes_a_complete_latex_document() {
    let folder = with_model();
    let (latex, _) = ok(folder.path(), &["show", "red-cell.toml", "--latex"]);
    assert!(
        latex.starts_with("\\documentclass") && latex.ends_with("\\end{document}\n"),
        "{latex}"
    );
    let (title, about) = (latex.find("\\maketitle"), latex.find("spare membrane"));
    assert!(title.is_some() && title < about, "{latex}");
    let count = |what: &str| latex.matches(what).count();
    for environment in ["document", "align*", "longtable", "itemize"] {
        let ends = count(&format!("\\end{{{environment}}}"));
        assert!(
            ends > 0 && count(&format!("\\begin{{{environment}}}")) == ends,
            "{environment}: {latex}"
        );
    }
    let bare = latex.replace("\\{", "").replace("\\}", "");
    assert_eq!(bare.matches('{').count(), bare.matches('}').count());
    assert!(
        latex.contains("Canham \\& Burton 1968") && latex.contains("\\mathrm{mN/m}"),
        "{latex}"
    );
    assert!(latex.is_ascii(), "{latex}");
}

/// Text of `show` for a model.
fn show(text: &str, form: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("model.toml"), text).unwrap();
    let args: Vec<&str> = ["show", "model.toml"].iter().chain(form).copied().collect();
    ok(folder.path(), &args).0
}

/// A chain of cells between two baths, with signs, units and repetitions in its parameters.
const CHAIN: &str = r#"
title = "Chain"
[parameters]
N = 3
V0 = "2e4 um^3"
E = "-70 mV"
low = "2 * 3 mV"
ratio = "E / low"
[bath.soil]
pressure = "-0.03 MPa"
[bath.xylem]
pressure = "-0.6 MPa"
[compartment.cell]
each = "i in 1..N"
volume = "1.1*V0"
solutes.sap = { osmolarity = "0.7 MPa/(R*T)", at = "V0" }
[wall.w]
around = "cell"
volume = "V0"
modulus = "5 MPa"
[membrane.entry]
between = ["soil", "cell[1]"]
area = "2500 um^2"
Lp = "0.5 um/s/MPa"
[membrane.inner]
each = "i in 1..N-1"
between = ["cell[i]", "cell[i+1]"]
area = "2500 um^2"
Lp = "0.5 um/s/MPa"
[membrane.exit]
between = ["cell[N]", "xylem"]
area = "2500 um^2"
Lp = "0.5 um/s/MPa"
[let]
stiff = "2*wall.modulus[1]"
[experiment]
duration = "2000 s"
"#;

fn assert_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(
            text.lines().any(|l| l == *line),
            "no line `{line}` in\n{text}"
        );
    }
}

#[test]
fn show_writes_numbers_in_the_units_in_which_they_were_given() {
    let text = show(CHAIN, &[]);
    assert_lines(
        &text,
        &[
            "  T      25 degC          temperature; [default]",
            "  E      -70 mV",
            "  low    2 * 3 mV",
            "  ratio  E / low",
            "  soil.pressure    -0.03 MPa  hydrostatic pressure",
            "  cell.initial_volume[i]  1.1 * V0 [µm³]          i = 1..N; volume at the start",
            "  cell.sap.initial[i]     0.7 MPa / (R * T) [mM]  i = 1..N; concentration at the start",
        ],
    );
    let markdown = show(CHAIN, &["--markdown"]);
    assert!(markdown.contains("| `T` | `25` | degC |"), "{markdown}");
    assert!(
        markdown.contains("| `soil.pressure` | `-0.03` | MPa |"),
        "{markdown}"
    );
    let latex = show(CHAIN, &["--latex"]);
    assert!(latex.contains(r"25\,\mathrm{{}^{\circ}C}"), "{latex}");
    assert!(latex.contains(r"-70\,\mathrm{mV}$"), "{latex}");
    let sheet = json(&show(CHAIN, &["--json"]));
    let parameters = sheet["parameters"].as_array().unwrap();
    let of = |name: &str| parameters.iter().find(|p| p["name"] == name).unwrap();
    assert_eq!(
        (&of("T")["value"], &of("T")["unit"]),
        (&"25".into(), &"degC".into())
    );
    assert_eq!(
        (&of("E")["value"], &of("E")["unit"]),
        (&"-70".into(), &"mV".into())
    );
}

#[test]
fn show_writes_repeated_blocks_readably() {
    let text = show(CHAIN, &[]);
    assert_lines(
        &text,
        &[
            "  d cell.volume[i]/dt       = if(i == 1, entry.water_flow, 0)",
            "                              + if(i >= 2, inner.water_flow[i - 1], 0)",
            "                              - if(i <= N - 1, inner.water_flow[i], 0)",
            "                              - if(i == N, exit.water_flow, 0)  [µm³/s]  # i = 1..N; volume",
            "  cell.volume[i]  = cell.initial_volume[i]  # i = 1..N",
        ],
    );
    let markdown = show(CHAIN, &["--markdown"]);
    let row = "| `d cell.volume[i]/dt` | `if(i == 1, entry.water_flow, 0) + if(i >= 2, inner.water_flow[i - 1], 0) - ";
    assert!(markdown.contains(row), "{markdown}");
    let latex = show(CHAIN, &["--latex"]);
    for part in [
        r"\frac{\mathrm{d}\,V_{\mathrm{cell},i}}{\mathrm{d}t} &= \begin{cases} Q_{\mathrm{v},\mathrm{entry}} & \text{if } i = 1",
        r" - \begin{cases} Q_{\mathrm{v},\mathrm{inner},i} & \text{if } i \le N - 1 \\ 0 & \text{otherwise} \end{cases}",
        // `wall` is the only one's other name.
        r"\mathrm{stiff} &= 2\,\varepsilon_{\mathrm{w},1}",
        r"$n_{\mathrm{cell,sap},i}$ & $\mathrm{amol}$ & amount; \mbox{i = 1..N} & \texttt{cell.\allowbreak{}sap.\allowbreak{}amount}",
    ] {
        assert!(latex.contains(part), "no {part} in\n{latex}");
    }
}

#[test]
fn show_has_each_heading_once() {
    let folder = tempfile::tempdir().unwrap();
    let (text, _) = ok(folder.path(), &["show", "membrane-turnover"]);
    let mut headings: Vec<&str> = text
        .lines()
        .filter(|l| l.ends_with(']') && !l.starts_with(' '))
        .collect();
    let all = headings.len();
    headings.sort_unstable();
    headings.dedup();
    assert!(all > 3 && headings.len() == all, "{text}");
}

/// What a LaTeX document says outside of formulas.
fn without_formulas(latex: &str) -> String {
    let plain = latex
        .replace(r"\$", "")
        .replace(r"\_", "")
        .replace(r"\%", "");
    let plain = plain.replace(r"\&", "").replace(r"\#", "");
    let mut out: String = plain.split('$').step_by(2).collect();
    while let Some(from) = out.find(r"\begin{align*}") {
        let to = from + out[from..].find(r"\end{align*}").expect("it ends");
        out.replace_range(from..to, "");
    }
    out
}

#[test]
fn every_shipped_model_is_a_sound_latex_document() {
    use osmocyte::expr::print::latex_width;
    let folder = tempfile::tempdir().unwrap();
    let models = json(&ok(folder.path(), &["list", "--json"]).0);
    for model in models.as_array().unwrap() {
        let name = model["name"].as_str().unwrap();
        let (latex, _) = ok(folder.path(), &["show", name, "--latex"]);
        let bare = latex.replace(r"\{", "").replace(r"\}", "");
        assert_eq!(
            bare.matches('{').count(),
            bare.matches('}').count(),
            "{name}"
        );
        for environment in ["document", "align*", "longtable", "itemize", "cases"] {
            let count = |what: &str| latex.matches(&format!(r"\{what}{{{environment}}}")).count();
            assert_eq!(count("begin"), count("end"), "{name}: {environment}");
        }
        assert!(
            latex.chars().all(|c| c.is_ascii() || c.is_alphabetic()),
            "{name}: {latex}"
        );
        let text = without_formulas(&latex);
        assert!(!text.contains(['_', '%', '^', '#']), "{name}: {text}");
        // Where nothing can be broken, the equations are smaller.
        let smaller = latex.contains("size\n\\begin{align*}");
        let is_equation = |l: &&str| l.starts_with("  ") && !l.starts_with(r"  \item");
        let equations = latex.lines().filter(is_equation);
        let wide: Vec<&str> = equations.filter(|l| latex_width(l) > 48.5).collect();
        assert!(smaller || wide.is_empty(), "{name}: {wide:?}");
    }
}

#[test]
fn check_says_what_was_found() {
    let folder = with_model();
    let (out, _) = ok(folder.path(), &["check", "red-cell.toml"]);
    assert_eq!(
        out,
        "red-cell\n  ok  lysis_time  0.72679672 s  error 4e-10\n1 model, 1 check: 1 passed\n"
    );
    let (quiet, err) = ok(folder.path(), &["check", "-q", "red-cell.toml"]);
    assert!(quiet.is_empty() && err.is_empty());
    let all = json(&ok(folder.path(), &["check", "--json", "red-cell.toml"]).0);
    assert_eq!(
        (&all["passed"], &all["failed"]),
        (&Value::from(1), &Value::from(0))
    );
    assert_eq!(all["models"][0]["checks"][0]["unit"], "s");
}

#[test]
fn run_writes_its_folder() {
    let folder = with_model();
    let (out, err) = ok(folder.path(), &["run", "red-cell.toml"]);
    assert!(out.starts_with("Red blood cell: swelling and lysis\n\nOutcomes\n  lysis_time  1.856953 s\n  peak        1.71312\n"), "{out}");
    assert!(
        out.contains("Events\n  sphere  1.465093 s\n  lysis   1.856953 s  ended the run\n"),
        "{out}"
    );
    assert!(out.contains("  out/red-cell/trajectory.csv\n"), "{out}");
    assert_eq!(err.is_empty(), cfg!(feature = "charts"), "{err}");
    let at = folder.path().join("out/red-cell");
    assert_eq!(names(&at), FILES);

    let table = fs::read_to_string(at.join("trajectory.csv")).unwrap();
    let header: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    assert_eq!(header[..2], ["t", "cell.volume"]);
    for line in table.lines().skip(1) {
        let row: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(row.len(), header.len());
    }
    let metadata = read_json(&at.join("trajectory.csv-metadata.json"));
    let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
    let titles: Vec<&str> = columns
        .iter()
        .map(|c| c["titles"].as_str().unwrap())
        .collect();
    assert_eq!(titles, header);
    assert_eq!(columns[1]["schema:unitText"], "µm³");

    let card = read_json(&at.join("run.json"));
    assert_eq!(
        (&card["status"], &card["reason"]),
        (&Value::from("stopped"), &Value::from("lysis"))
    );
    assert_eq!(card["model"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(card["command"][1], "run");
    let mut files: Vec<&str> = card["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f.as_str().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, FILES);
}

#[test]
fn a_verified_run_says_how_wrong_it_may_be() {
    let folder = with_model();
    let args = [
        "run",
        "red-cell.toml",
        "--verify",
        "--rtol",
        "1e-6",
        "--no-charts",
    ];
    let (out, err) = ok(folder.path(), &args);
    assert!(err.is_empty(), "{err}");
    let outcome = out.lines().find(|l| l.contains("lysis_time")).unwrap();
    let words: Vec<&str> = outcome.split_whitespace().collect();
    // The truth is 1.8569525765: as printed, it lies within the error.
    let value: f64 = words[1].parse().unwrap();
    let error: f64 = words[4].parse().unwrap();
    assert_eq!((words[2], words[3], words[5]), ("s", "±", "s"), "{outcome}");
    assert!(
        (value - 1.8569525765).abs() <= 1.5 * error && error < 1e-6,
        "{outcome}"
    );
    assert!(out.contains("\nVerified\n  radau at rtol 1e-9: "), "{out}");
    assert!(out.contains("\nLargest errors\n"), "{out}");

    let card = read_json(&folder.path().join("out/red-cell/run.json"));
    let verification = &card["verification"];
    assert_eq!(verification["verified"], true);
    assert_eq!(verification["method"], "radau");
    assert!(card["outcomes"][0]["error"].as_f64().unwrap() < 1e-6);
    assert_eq!(verification["events"][1]["name"], "lysis");
    let columns = verification["columns"].as_array().unwrap();
    assert_eq!(columns[0]["name"], "cell.volume");
    assert!(
        columns
            .iter()
            .all(|c| c["relative"].as_f64().unwrap() < 1e-5)
    );
    assert!(verification["counters"]["steps_accepted"].as_u64().unwrap() > 10);
}

#[test]
fn what_cannot_be_verified_is_told_and_ends_with_1() {
    let folder = with_model();
    let chaos = "title = \"Chaos\"\n[parameters]\ns = \"10 1/s\"\n[state.x]\ninitial = \"1\"\nrate = \"s*(y - x)\"\n\
                [state.y]\ninitial = \"1\"\nrate = \"(28*x - y - x*z)/1 s\"\n[state.z]\ninitial = \"1\"\n\
                rate = \"(x*y - 8/3*z)/1 s\"\n[experiment]\nduration = \"60 s\"\n";
    fs::write(folder.path().join("chaos.toml"), chaos).unwrap();
    let ended = osmocyte(folder.path(), &["run", "chaos.toml", "--verify"]);
    let (out, err) = (text(&ended.stdout), text(&ended.stderr));
    assert_eq!(ended.status.code(), Some(1), "{err}");
    assert!(
        err.contains("the run of `chaos` is not verified: `x` is "),
        "{err}"
    );
    assert!(out.contains("\nNOT VERIFIED\n"), "{out}");
    let card = read_json(&folder.path().join("out/chaos/run.json"));
    assert_eq!(card["status"], "complete");
    assert_eq!(card["verification"]["verified"], false);
}

#[test]
fn a_setting_is_on_the_card() {
    let folder = with_model();
    let settings = [
        "--set",
        " Pf = 100 um/s ",
        "--set",
        "bath.osmolarity=150 mOsm",
        "--duration",
        "2 s",
        "--set",
        "b=0.5 * V0",
    ];
    let args = [
        &[
            "run",
            "red-cell.toml",
            "--json",
            "-o",
            "here",
            "--points",
            "11",
        ],
        &settings[..],
    ]
    .concat();
    let (out, _) = ok(folder.path(), &args);
    let card = json(&out);
    let parameter = |name: &str| {
        let all = card["parameters"].as_array().unwrap();
        let mut found = all.iter().filter(|p| p["name"] == name);
        let one = found.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(found.next().is_none(), "{name} twice");
        (
            one["value"].as_f64().unwrap(),
            one["changed"].as_bool().unwrap(),
        )
    };
    assert_eq!(parameter("Pf"), (100.0, true));
    assert_eq!(parameter("plasma.osmolarity"), (150.0, true));
    assert_eq!(parameter("duration"), (2.0, true));
    assert_eq!(parameter("V0"), (90.0, false));
    // What is computed is there with its value.
    assert_eq!(parameter("b"), (45.0, true));
    assert_eq!(
        out,
        fs::read_to_string(folder.path().join("here/run.json")).unwrap()
    );
    let table = fs::read_to_string(folder.path().join("here/trajectory.csv")).unwrap();
    assert_eq!(table.lines().count(), 12);
}

#[test]
fn a_second_run_replaces_the_first() {
    let folder = with_model();
    let at = folder.path().join("out/red-cell");
    ok(folder.path(), &["run", "red-cell.toml"]);
    let first = fs::read(at.join("trajectory.csv")).unwrap();
    fs::write(at.join("notes.svg"), "mine").unwrap();
    ok(folder.path(), &["run", "red-cell.toml", "--rtol", "1e-5"]);
    assert_ne!(fs::read(at.join("trajectory.csv")).unwrap(), first);
    ok(folder.path(), &["run", "red-cell.toml"]);
    assert_eq!(fs::read(at.join("trajectory.csv")).unwrap(), first);
    let (_, err) = ok(folder.path(), &["run", "red-cell.toml", "--no-charts"]);
    assert_eq!(
        names(&at),
        [
            "notes.svg",
            "run.json",
            "trajectory.csv",
            "trajectory.csv-metadata.json"
        ]
    );
    if cfg!(feature = "charts") {
        assert_eq!(err, "removed of an earlier run: chart.svg, chart.png\n");
    }
}

/// Loosely, so that the models may grow.
#[test]
fn the_shipped_red_cell_shows_runs_and_checks() {
    let folder = tempfile::tempdir().unwrap();
    let (shown, _) = ok(folder.path(), &["show", "red-blood-cell"]);
    for word in ["\nVariants\n", "@spherocyte", "Evans", "\nConserved sums\n"] {
        assert!(shown.contains(word), "no `{word}` in\n{shown}");
    }
    let wide = shown.lines().filter(|l| l.chars().count() > 100).count();
    assert_eq!(wide, 0, "{shown}");
    let (out, _) = ok(folder.path(), &["run", "red-blood-cell"]);
    assert!(
        out.contains("ended the run") && out.contains("conserved"),
        "{out}"
    );
    let card = read_json(&folder.path().join("out/red-blood-cell/run.json"));
    assert_eq!(card["reason"], "lysis");
    let all = json(&ok(folder.path(), &["check", "--json", "red-blood-cell"]).0);
    assert_eq!(all["failed"], 0);
    assert!(all["passed"].as_u64().unwrap() >= 20, "{all}");
}

#[test]
fn the_time_of_a_plateau_is_not_told_as_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let model = "[state.x]\ninitial = 0\nrate = \"(1 - x)*1 1/s\"\n[experiment]\nduration = \"1000 s\"\n\
                 [outcomes]\npeak = { value = \"time of max(x)\", about = \"the end of filling\" }\n";
    fs::write(folder.path().join("fill.toml"), model).unwrap();
    let (out, _) = ok(folder.path(), &["run", "fill.toml", "--verify"]);
    let line = "  peak  not determined  (plateau)  the end of filling";
    assert_lines(&out, &[line]);
    let card = read_json(&folder.path().join("out/fill/run.json"));
    assert_eq!(card["outcomes"][0]["plateau"], true);
    let (out, _) = ok(folder.path(), &["run", "fill.toml"]);
    assert!(
        out.contains("\n  peak  ") && !out.contains("plateau"),
        "{out}"
    );
}

#[test]
fn quiet_is_quiet() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        ok(folder.path(), &["run", "-q", "red-blood-cell"]),
        (String::new(), String::new())
    );
}

#[test]
fn the_table_goes_to_standard_output() {
    let folder = with_model();
    let (out, err) = ok(
        folder.path(),
        &["run", "red-cell.toml", "-o", "-", "--points", "3"],
    );
    assert!(out.starts_with("t,cell.volume,"), "{out}");
    assert!(
        err.contains("lysis_time  1.856953 s") && !err.contains("Files"),
        "{err}"
    );
    assert_eq!(names(folder.path()), ["red-cell.toml"]);
}

#[test]
fn a_new_model_runs_and_checks_green() {
    let folder = tempfile::tempdir().unwrap();
    let (shown, _) = ok(folder.path(), &["new"]);
    ok(folder.path(), &["new", "my-cell.toml"]);
    let path = folder.path().join("my-cell.toml");
    assert_eq!(fs::read_to_string(&path).unwrap(), shown);
    let (out, _) = ok(folder.path(), &["check", "my-cell.toml"]);
    assert!(out.ends_with("1 model, 1 check: 1 passed\n"), "{out}");
    let (out, _) = ok(folder.path(), &["run", "my-cell.toml"]);
    assert!(out.contains("smallest       0.748\n"), "{out}");
    ok(folder.path(), &["run", "./my-cell.toml@weak"]);
    assert_eq!(
        names(&folder.path().join("out")),
        ["my-cell", "my-cell@weak"]
    );
    let card = read_json(&folder.path().join("out/my-cell@weak/run.json"));
    assert_eq!(card["model"]["name"], "my-cell@weak");

    fs::write(&path, "mine").unwrap();
    let refused = osmocyte(folder.path(), &["new", "my-cell"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("`my-cell.toml` exists already"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    ok(folder.path(), &["new", "--force", "my-cell"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), shown);
}

#[test]
fn a_series_is_read_beside_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("sub");
    fs::create_dir(&at).unwrap();
    fs::write(at.join("glucose.csv"), "t [min],glucose [mM]\n0,5\n1,7\n").unwrap();
    let model = "[parameters]\ng = \"1 mM\"\n[state.x]\ninitial = \"0 mM\"\nscale = \"1 mM\"\nrate = \"g / 60 s\"\n\
        [experiment]\nsteps = [\"g follows glucose of glucose.csv\"]\nduration = \"60 s\"\n[outcomes]\nend = \"final(x)\"\n";
    fs::write(at.join("fed.toml"), model).unwrap();
    let (out, _) = ok(folder.path(), &["run", "sub/fed.toml"]);
    assert!(out.contains("  end  6 mM\n"), "{out}");
    assert_eq!(
        names(&folder.path().join("out/fed")),
        ["run.json", "trajectory.csv", "trajectory.csv-metadata.json"]
    );
}

#[test]
fn colour_only_where_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let escape = '\u{1b}';
    let run = |args: &[&str]| text(&osmocyte(folder.path(), args).stdout);
    assert!(!run(&["list"]).contains(escape));
    assert!(run(&["list", "--color", "always"]).contains(escape));
    assert!(!run(&["--color=never", "list"]).contains(escape));
    let output = command(folder.path(), &["list", "--color", "auto"])
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(!text(&output.stdout).contains(escape));
    let wrong = osmocyte(
        folder.path(),
        &["run", "red-blood-cell", "--set", "x=1", "--color", "always"],
    );
    assert!(text(&wrong.stderr).contains(escape));
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let folder = tempfile::tempdir().unwrap();
    for args in [
        &["list"][..],
        &["show", "red-blood-cell"],
        &["completions", "bash"],
        &[
            "run",
            "red-blood-cell",
            "-q",
            "-o",
            "-",
            "--points",
            "100000",
        ],
    ] {
        let mut child = command(folder.path(), args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        // Read the first line, then hang up.
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(
            !line.is_empty() && output.stderr.is_empty(),
            "{args:?}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn completions_name_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "fish", "zsh", "powershell", "elvish"] {
        let (out, _) = ok(folder.path(), &["completions", shell]);
        assert!(out.contains("osmocyte") && out.contains("check"), "{shell}");
    }
}

/// A run that takes for ever, until Ctrl-C.
#[test]
#[cfg(unix)]
fn an_interrupted_run_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let model = "[state.x]\ninitial = 1\nrate = \"sin(1e4 * t / 1 s) / 1 s\"\n\
        [solver]\nmax_steps = 1000000000\n[experiment]\nduration = \"1e6 s\"\n";
    fs::write(folder.path().join("long.toml"), model).unwrap();
    let child = command(folder.path(), &["run", "long.toml"])
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The folder appears when Ctrl-C is listened to.
    while !folder.path().join("out/long").exists() {
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    let kill = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(
        text(&output.stderr),
        "error: interrupted: nothing was written\n"
    );
    assert_eq!(names(folder.path()), ["long.toml"]);
}

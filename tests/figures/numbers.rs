//! The numbers of figures are those of runs.

use osmocyte::Simulation;
use osmocyte::study::figure::table;
use osmocyte::table::Values;
use osmocyte::trajectory::figure::PlotContent;

use super::common::{curves, made, plan};

fn run(model: &str, settings: &[(&str, &str)]) -> osmocyte::Trajectory {
    let mut simulation = Simulation::shipped(model).unwrap();
    for (name, value) in settings {
        simulation = simulation.with(name, value).unwrap();
    }
    simulation.run(&Default::default()).unwrap().trajectory
}

#[test]
fn curves_are_those_of_the_runs_they_name() {
    let data = made(
        r#"
title = "Slow and fast"
model = "red-blood-cell"
[[chart]]
y = [{ value = "cell.volume", unit = "um^3" }, { value = "cell.pressure", unit = "kPa" }]
set = { "plasma.osmolarity" = "200 mOsm" }
compare = [
  { label = "slow", set = { Pf = "20 um/s" } },
  { label = "dilute", variant = "distilled-water" },
]
"#,
    );
    let shown = curves(&data, 0);
    let labels: Vec<&str> = (shown.panels[0].curves.iter())
        .map(|c| c.label.as_str())
        .collect();
    assert_eq!(labels, ["slow", "dilute"]);
    assert_eq!(
        (shown.x.label.as_str(), shown.x.unit.as_str()),
        ("time", "s")
    );
    let units: Vec<&str> = shown.panels.iter().map(|p| p.y.unit.as_str()).collect();
    assert_eq!(units, ["µm³", "kPa"]);

    let slow = run(
        "red-blood-cell",
        &[("plasma.osmolarity", "200 mOsm"), ("Pf", "20 um/s")],
    );
    let volume = slow.column("cell.volume").unwrap();
    let last = shown.panels[0].curves[0].y.last().unwrap();
    assert_eq!(last, volume.values.last().unwrap());
    // Settings win over the variant: all of `set` is applied behind it.
    let dilute = &shown.panels[0].curves[1];
    assert!(dilute.events.is_empty(), "{:?}", dilute.events);
}

#[test]
fn events_stand_on_the_curve_of_their_run() {
    let data = made(
        r#"
title = "Lysis"
model = "red-blood-cell"
[[chart]]
y = ["cell.volume / V0"]
compare = [
  { label = "plasma", variant = "isotonic" },
  { label = "water", variant = "distilled-water" },
]
"#,
    );
    let shown = curves(&data, 0);
    assert!(shown.marks.is_empty());
    let [plasma, water] = &shown.panels[0].curves[..] else {
        panic!("{shown:?}");
    };
    assert!(plasma.events.is_empty());
    let lysis = water.events.last().unwrap();
    assert_eq!(lysis.2, "lysis");
    let run = run("red-blood-cell@distilled-water", &[]);
    assert_eq!(lysis.0, run.outcome("lysis_time").unwrap());
    assert_eq!(lysis.1, *water.y.last().unwrap());
}

#[test]
fn a_scan_gives_what_single_runs_give() {
    let data = made(
        r#"
title = "Dilution"
model = "red-blood-cell"
[[chart]]
kind = "scan"
vary = { "plasma.osmolarity" = "0..120 mOsm 5" }
x = { value = "final(plasma.osmolarity)", label = "bath", unit = "mOsm" }
y = [{ value = "lysis_time", unit = "s" }]
compare = [{ label = "normal" }, { label = "slow", set = { Pf = "100 um/s" } }]
"#,
    );
    let shown = curves(&data, 0);
    assert!(shown.scanned && shown.panels.len() == 1);
    assert_eq!(
        (shown.x.label.as_str(), shown.x.unit.as_str()),
        ("bath", "mOsm")
    );
    for (curve, pf) in shown.panels[0].curves.iter().zip(["200 um/s", "100 um/s"]) {
        assert_eq!(curve.x, [0.0, 30.0, 60.0, 90.0, 120.0]);
        for (x, y) in curve.x.iter().zip(&curve.y) {
            let bath = format!("{x} mOsm");
            let alone = run(
                "red-blood-cell",
                &[("plasma.osmolarity", &bath), ("Pf", pf)],
            );
            let alone = alone.outcome("lysis_time").unwrap_or(f64::NAN);
            assert!(
                (y - alone).abs() < 1e-4 * alone || (y.is_nan() && alone.is_nan()),
                "{x}: {y}, alone {alone}"
            );
        }
    }
}

#[test]
fn maps_bars_and_stairs_have_their_numbers() {
    let data = made(
        r#"
title = "Three kinds"
model = "red-blood-cell"
[[chart]]
kind = "map"
vary = { Pf = "100..200 um/s 2", "plasma.osmolarity" = "0..290 mOsm 2" }
y = [{ value = "lysis_time", unit = "s" }]
absent = "lives"
[[chart]]
kind = "bars"
y = [{ value = "final(cell.volume)", label = "end", unit = "um^3" }, { value = "initial(cell.volume)", label = "start" }]
compare = [{ label = "plasma", variant = "isotonic" }, { label = "salt", variant = "hypertonic" }]
[[chart]]
kind = "stairs"
y = [{ value = "initial(plasma.water_potential)", label = "bath", unit = "MPa", quantity = "water potential" }, { value = "initial(cell.water_potential)", label = "cell" }]
compare = [{ label = "salt", variant = "hypertonic" }]
thresholds = [{ value = "0 MPa", label = "pure water" }]
"#,
    );
    let PlotContent::Map(map) = &data.plots[0].content else {
        panic!("{data:?}");
    };
    // The first axis runs to the right, and is named as the model says.
    assert_eq!(map.x.label, "osmotic water permeability");
    assert_eq!((map.x.unit.as_str(), map.y.unit.as_str()), ("µm/s", "mOsm"));
    let there: Vec<bool> = map.points.iter().map(|p| p.2.is_some()).collect();
    assert_eq!(there, [true, false, true, false], "{:?}", map.points);

    let PlotContent::Bars(bars) = &data.plots[1].content else {
        panic!("{data:?}");
    };
    assert_eq!(bars.groups, ["plasma", "salt"]);
    let salt = run("red-blood-cell@hypertonic", &[]);
    assert_eq!(
        bars.bars[0],
        (
            "end".to_string(),
            vec![Some(90.0), salt.outcome("end_volume")]
        )
    );
    assert_eq!(bars.bars[1].1, [Some(90.0), Some(90.0)]);

    let PlotContent::Stairs(stairs) = &data.plots[2].content else {
        panic!("{data:?}");
    };
    assert_eq!(stairs.places, ["bath", "cell"]);
    assert_eq!(stairs.y.label, "water potential");
    let levels = &stairs.stairs[0].1;
    assert!(levels[0] < levels[1], "{levels:?}");
    assert_eq!(stairs.thresholds, [(0.0, "pure water".to_string())]);

    let table = table(&data);
    let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "panel",
            "curve",
            "kind",
            "x_quantity",
            "x_unit",
            "x",
            "place",
            "y_quantity",
            "y_unit",
            "y",
            "z_quantity",
            "z_unit",
            "z"
        ]
    );
    // Those of the three charts, and a level.
    assert_eq!(table.n_rows(), 4 + 4 + 2 + 1);
    let Values::Words(places) = &table.column("place").unwrap().values else {
        panic!("{table:?}");
    };
    assert_eq!(places[4..8], ["plasma", "salt", "plasma", "salt"]);
}

#[test]
fn the_table_has_levels_and_bands() {
    let data = made(
        r#"
title = "A red cell"
model = "red-blood-cell"
[[chart]]
y = [{ value = "cell.volume", label = "volume", unit = "um^3" }]
set = { points = 5 }
thresholds = [{ value = "V0", label = "at rest" }]
bands = [
  { from = "60 um^3", to = "80 um^3", label = "shrunken" },
  { axis = "x", from = "1000 ms", to = "2 s", label = "second" },
]
[[chart]]
kind = "bars"
y = [{ value = "final(cell.volume)", label = "end", unit = "um^3" }]
thresholds = [{ value = "1e-16 m^3", label = "all" }]
"#,
    );
    let table = table(&data);
    let words = |name: &str| match &table.column(name).unwrap().values {
        Values::Words(words) => words.clone(),
        other => panic!("{other:?}"),
    };
    let numbers = |name: &str| match &table.column(name).unwrap().values {
        Values::Numbers(numbers) => numbers.clone(),
        other => panic!("{other:?}"),
    };
    let (kinds, names) = (words("kind"), words("curve"));
    let (x_units, y_units) = (words("x_unit"), words("y_unit"));
    let (x, y) = (numbers("x"), numbers("y"));
    let drawn = (0..table.n_rows()).filter(|row| kinds[*row] != "point");
    let drawn: Vec<String> = drawn
        .map(|i| {
            let of =
                |v: Option<f64>, unit: &str| v.map_or("-".into(), |v| format!("{v:.6} {unit}"));
            format!(
                "{} {}: {}, {}",
                kinds[i],
                names[i],
                of(x[i], &x_units[i]),
                of(y[i], &y_units[i])
            )
        })
        .collect();
    let expected = [
        "level at rest: -, 90.000000 µm³",
        "band shrunken: -, 60.000000 µm³",
        "band shrunken: -, 80.000000 µm³",
        "band second: 1.000000 s, -",
        "band second: 2.000000 s, -",
        "level all: -, 100.000000 µm³",
    ];
    assert_eq!(drawn, expected);
}

#[test]
fn texts_have_the_numbers_of_the_runs() {
    let data = made(
        r#"
title = "Burst after {burst}"
caption = "{burst}, that is {fold} times as fast; {share}, {plain}."
model = "red-blood-cell@distilled-water"
[number]
burst = { value = "lysis_time", unit = "ms", digits = 3 }
fold = { value = "lysis_time", model = "red-blood-cell@without-aquaporin", set = { "plasma.osmolarity" = "0 mOsm" }, over = { model = "red-blood-cell@distilled-water" } }
share = { value = "peak - 1", unit = "%" }
plain = { value = "lysis_time", unit = "s", bare = true }
[[chart]]
heading = "{burst}"
y = [{ value = "cell.volume", label = "until {burst}" }]
thresholds = [{ value = "V0", label = "{plain} s" }]
"#,
    );
    assert_eq!(data.title, "Burst after 727 ms");
    assert_eq!(
        data.caption,
        "727 ms, that is 10 times as fast; 71 %, 0.73."
    );
    assert_eq!(data.plots[0].heading, "727 ms");
    let panel = &curves(&data, 0).panels[0];
    assert_eq!(panel.curves[0].label, "until 727 ms");
    assert_eq!(panel.thresholds, [(90.0, "0.73 s".to_string())]);
    assert_eq!(data.models.len(), 1);
    assert!(
        data.models[0]
            .parameters
            .iter()
            .any(|p| p.name == "Pf" && p.source.contains("J Gen Physiol"))
    );
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let text = r#"
title = "Threads"
model = "red-blood-cell"
[[chart]]
y = ["cell.volume"]
compare = [{ label = "a" }, { label = "b", set = { Pf = "100 um/s" } }, { label = "c", set = { Pf = "50 um/s" } }]
[[chart]]
kind = "scan"
vary = { Pf = "20..400 um/s log 700" }
y = ["peak"]
"#;
    let plan = plan("threads", text).unwrap();
    assert_eq!(plan.solve(1).unwrap(), plan.solve(3).unwrap());
}

#[test]
fn a_failed_run_is_no_figure() {
    let check = |text: &str, expected: &str| {
        let plan = plan("failed", text).unwrap_or_else(|e| panic!("{e}"));
        let why = plan.solve(2).unwrap_err();
        assert!(why.contains(expected), "{why}");
    };
    let solver =
        "[[chart]]\ny = [\"cell.volume\"]\nset = { \"cell.initial_volume\" = \"1 um^3\" }\n";
    check(
        &format!("title = \"t\"\nmodel = \"red-blood-cell\"\n{solver}"),
        "the run of `red-blood-cell` failed: ",
    );
    check(
        "title = \"t\"\nmodel = \"red-blood-cell\"\n[[chart]]\nkind = \"scan\"\nvary = { \"cell.initial_volume\" = \"1..90 um^3 3\" }\ny = [\"peak\"]\n",
        "a run of `red-blood-cell` failed: ",
    );
    check(
        "title = \"{late}\"\nmodel = \"red-blood-cell@isotonic\"\n[number]\nlate = \"lysis_time\"\n[[chart]]\ny = [\"cell.volume\"]\n",
        "the number `late` of this figure does not exist in its run",
    );
}

//! Charts of cells: when they are drawn, of which runs, and from which numbers.

use osmocyte::Simulation;
use osmocyte::study::figure::table;
use osmocyte::table::Values;
use osmocyte::trajectory::figure::{CellsData, FigureData, PlotContent};

use super::common::{made, plan};

fn cells(data: &FigureData, chart: usize) -> &CellsData {
    match &data.plots[chart].content {
        PlotContent::Cells(cells) => cells,
        other => panic!("{other:?}"),
    }
}

/// Times and volumes of what is drawn of a run.
fn drawn(data: &CellsData, run: usize) -> Vec<(f64, f64)> {
    let run = &data.runs[run];
    let at = |row: &usize| (run.picture.time.values[*row], run.picture.volume[*row]);
    run.rows.iter().map(at).collect()
}

/// The volume of a red cell at a time, asked for as an outcome.
fn volume_at(bath: &str, time: &str) -> f64 {
    let cell = Simulation::shipped("red-blood-cell").unwrap();
    let mut text = cell.model().source.text.clone();
    text.push_str(&format!(
        "\n[outcomes.asked]\nvalue = \"at(cell.volume, {time})\"\n"
    ));
    let cell = Simulation::from_text("red-blood-cell", &text).unwrap();
    let cell = cell.with("plasma.osmolarity", bath).unwrap();
    let run = cell.run(&Default::default()).unwrap();
    run.trajectory.outcome("asked").unwrap()
}

#[test]
fn cells_are_drawn_exactly_at_the_times_of_the_file() {
    let data = made(
        r#"
title = "A cell that swells"
model = "red-blood-cell"
[[chart]]
kind = "cells"
set = { "plasma.osmolarity" = "145 mOsm" }
times = ["1234.5 ms", "0 s", "3 s", "3 s"]
"#,
    );
    let drawn = drawn(cells(&data, 0), 0);
    let times: Vec<f64> = drawn.iter().map(|d| d.0).collect();
    assert_eq!(times, [0.0, 1.2345, 3.0]);
    let expected = ["0 s", "1234.5 ms", "3 s"].map(|time| volume_at("145 mOsm", time));
    for ((_, volume), expected) in drawn.iter().zip(expected) {
        assert!(
            (volume - expected).abs() < 1e-9 * expected,
            "{volume}, {expected}"
        );
    }
    assert_eq!(drawn[0].1, 90.0);
}

#[test]
fn without_times_one_run_is_drawn_as_by_run_and_several_at_their_ends() {
    let data = made(
        r#"
title = "Bursts or not"
model = "red-blood-cell@distilled-water"
[[chart]]
kind = "cells"
[[chart]]
kind = "cells"
picture = "cell"
compare = [{ label = "water" }, { label = "plasma", variant = "isotonic" }, { label = "plant", model = "swelling-protoplast", set = { duration = "30 s" } }]
"#,
    );
    let alone = cells(&data, 0);
    assert_eq!(alone.runs[0].label, "");
    let run = Simulation::shipped("red-blood-cell@distilled-water").unwrap();
    let run = run.run(&Default::default()).unwrap();
    let telling = run.pictures[0].telling(&run.trajectory.events);
    let expected: Vec<f64> = (telling.iter())
        .map(|row| run.pictures[0].volume[*row])
        .collect();
    let volumes: Vec<f64> = drawn(alone, 0).iter().map(|d| d.1).collect();
    assert_eq!(volumes, expected);

    let several = cells(&data, 1);
    let labels: Vec<&str> = several.runs.iter().map(|r| r.label.as_str()).collect();
    assert_eq!(labels, ["water", "plasma", "plant"]);
    // The first one ends when it bursts, the others when their time is over.
    let ends: Vec<f64> = (0..3).map(|run| drawn(several, run)[0].0).collect();
    assert_eq!(ends[0], run.trajectory.outcome("lysis_time").unwrap());
    assert_eq!(ends[1..], [5.0, 30.0]);
}

#[test]
fn the_table_has_what_cells_are_drawn_from() {
    let data = made(
        r#"
title = "A plant cell"
model = "plant-cell"
[[chart]]
y = ["cell.volume"]
[[chart]]
kind = "cells"
compare = [{ label = "wilts", set = { duration = "50 s" } }, { label = "lives" }]
times = ["0 s", "50 s"]
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
    let from = words("curve").iter().position(|c| c == "wilts").unwrap();
    let quantities = [
        ("volume of the cell", "µm³"),
        ("volume inside the slack wall", "µm³"),
        ("osmotic pressure inside", "MPa"),
        ("osmotic pressure outside", "MPa"),
        ("water flow inward", "µm³/s"),
        ("pressure inside", "MPa"),
    ];
    assert_eq!(table.n_rows() - from, 2 * 2 * quantities.len());
    let (names, units) = (words("y_quantity"), words("y_unit"));
    for (i, (name, unit)) in quantities.iter().cycle().take(24).enumerate() {
        assert_eq!((&*names[from + i], &*units[from + i]), (*name, *unit));
    }
    assert_eq!(numbers("x")[from + 6], Some(50.0));
    let picture = &cells(&data, 1).runs[1];
    let last = picture.picture.volume[picture.rows[1]];
    assert_eq!(numbers("y")[from + 18], Some(last));
}

#[test]
fn a_run_that_ends_before_a_time_is_no_figure() {
    let plan = plan(
        "burst",
        r#"
title = "Lysis"
model = "red-blood-cell@distilled-water"
[[chart]]
kind = "cells"
times = ["0 s", "4 s"]
"#,
    );
    let why = plan.unwrap_or_else(|e| panic!("{e}")).solve(1).unwrap_err();
    expect_test::expect![[r#"
        the run of `red-blood-cell@distilled-water` ended by `lysis` at 0.7268 s, before this time
         --> burst.toml:6:18
          |
        6 | times = ["0 s", "4 s"]
          |                  ^^^
          |
          = help: a chart without `times` shows the end of the run, whenever that is"#]]
    .assert_eq(&why);
}

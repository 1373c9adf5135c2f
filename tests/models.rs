//! Every shipped model builds, runs, keeps its sums and passes the checks that it carries.

use std::collections::BTreeSet;
use std::time::Instant;

use osmocyte::Simulation;
use osmocyte::model::{Entry, Role, library};
use osmocyte::study::check;

/// Assertions that the models and the bench and reference problems must carry: closed forms and values computed
/// independently, by the model that they belong to (W water, M membrane, C coupled, X beyond the core).
const IDS: &[&str] = &[
    "U1", "U2", "W1a", "W1b", "W1c", "W2a", "W2b", "W2c", "W2d", "W2e", "W2f", "W2g", "W3a", "W3b",
    "W3c", "W3d", "W3e", "W4a", "W4b", "W4c", "W4d", "W4e", "W4f", "W5a", "W5b", "W5c", "W5d",
    "W6a", "W6b", "M1a", "M2a", "M2b", "M3a", "M3b", "M3c", "M3d", "M4a", "M5a", "M6a", "M6b",
    "M7a", "M8a", "M8b", "M9a", "M9b", "M9c", "C1a", "C1b", "C1c", "C1d", "C2a", "C2b", "X2a",
    "X2b", "X3a", "X4a", "X4b", "X5a", "X5b", "X6a", "X8a", "X10a", "X11a", "X13a", "P1", "P2",
    "P3", "P4", "P5", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "B1", "B2",
    "B3", "B4", "B5", "B6", "B7", "B8", "B9",
];

/// The models of the core: each is also checked in a steady state (`W1-steady`) and in a limit (`W1-limit`) that are
/// known in closed form.
const CORE: &[&str] = &[
    "W1", "W2", "W3", "W4", "W5", "W6", "M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "C1",
    "C2",
];

fn build(entry: &Entry) -> Simulation {
    match Simulation::shipped(entry.name) {
        Ok(simulation) => simulation,
        Err(e) => panic!("{}: {e}", entry.name),
    }
}

/// Runs a model as it is; what is wrong, if anything.
fn trouble(simulation: &Simulation) -> Option<String> {
    let run = match simulation.run(&Default::default()) {
        Ok(run) => run,
        Err(e) => return Some(e.to_string()),
    };
    let trajectory = &run.trajectory;
    (!trajectory.is_ok()).then(|| format!("{:?}, {:?}", trajectory.status, trajectory.ledger))
}

#[test]
fn every_shipped_model_passes_its_checks() {
    let mut wrong = Vec::new();
    for entry in library() {
        let begun = Instant::now();
        let simulation = build(&entry);
        wrong.extend(trouble(&simulation).map(|t| format!("{}: {t}", entry.name)));
        let ran = begun.elapsed();
        let results = match check(&simulation) {
            Ok(results) => results,
            Err(e) => panic!("{}: {e}", entry.name),
        };
        for c in results.iter().filter(|c| !c.passed) {
            wrong.push(format!(
                "{} {}: {} is {:?}, expected {}, error {:e} {}",
                entry.name, c.id, c.what, c.found, c.expected, c.error, c.reason
            ));
        }
        println!(
            "{}: run {ran:?}, {} checks, all {:?}",
            entry.name,
            results.len(),
            begun.elapsed()
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_variant_runs_and_keeps_its_sums() {
    for entry in library() {
        for variant in &build(&entry).model().variants {
            let name = format!("{}@{}", entry.name, variant.name);
            match Simulation::shipped(&name) {
                Ok(simulation) => assert_eq!(trouble(&simulation), None, "{name}"),
                Err(e) => panic!("{name}: {e}"),
            }
            assert!(!variant.about.is_empty(), "{name} has no `about`");
        }
    }
}

#[test]
fn every_shipped_model_says_what_it_is_and_where_its_numbers_are_from() {
    for entry in library() {
        let model = build(&entry).model().clone();
        let name = entry.name;
        assert!(!model.title.is_empty(), "{name} has no title");
        assert!(model.about.len() > 100, "{name} says too little of itself");
        assert!(!model.charts.is_empty(), "{name} has no chart");
        assert!(!model.conserved.is_empty(), "{name} keeps no sum");
        assert!(!model.outcomes.is_empty(), "{name} has no outcome");
        assert!(!model.checks.is_empty(), "{name} has no check");
        let written = model.definitions.iter().filter(|d| d.block.is_empty());
        for d in written.filter(|d| d.role == Role::Parameter) {
            assert!(!d.about.is_empty(), "{name}: `{}` has no `about`", d.name);
            assert!(!d.source.is_empty(), "{name}: `{}` has no `source`", d.name);
        }
        for outcome in &model.outcomes {
            assert!(
                !outcome.about.is_empty(),
                "{name}: `{}` has no `about`",
                outcome.name
            );
        }
        for chart in &model.charts {
            assert!(!chart.title.is_empty(), "{name}: a chart without a message");
        }
        for check in &model.checks {
            assert!(
                !check.why.is_empty(),
                "{name}: check `{}` has no `why`",
                check.id
            );
        }
    }
}

#[test]
fn every_assertion_is_a_check_of_some_model() {
    let mut carried = BTreeSet::new();
    for entry in library() {
        carried.extend(build(&entry).model().checks.iter().map(|c| c.id.clone()));
    }
    let core = CORE
        .iter()
        .flat_map(|id| ["steady", "limit"].map(|kind| format!("{id}-{kind}")));
    let ids = IDS.iter().map(|id| id.to_string()).chain(core);
    let missing: Vec<String> = ids.filter(|id| !carried.contains(id)).collect();
    assert!(missing.is_empty(), "no check has the id {missing:?}");
}

#[test]
fn a_setting_of_the_bath_replaces_the_step_at_the_start() {
    let cell =
        Simulation::shipped("red-blood-cell").and_then(|c| c.with("bath.osmolarity", "150 mOsm"));
    let cell = match cell {
        Ok(cell) => cell,
        Err(e) => panic!("{e}"),
    };
    match cell.run(&Default::default()) {
        Ok(run) => assert!(run.trajectory.events.is_empty(), "it lives in 150 mOsm"),
        Err(e) => panic!("{e}"),
    }
}

#[test]
fn a_set_input_stays_an_input_and_wins_over_the_step_at_the_start() {
    let text = |step: &str| {
        format!(
            "[parameters]\nt0 = \"0 s\"\n[bath.plasma]\nosmolarity = \"300 mOsm\"\n[compartment.cell]\n\
             volume = \"1000 um^3\"\nsolutes.s = {{ osmolarity = \"300 mOsm\" }}\n[membrane.m]\n\
             between = [\"plasma\", \"cell\"]\narea = \"500 um^2\"\nLp = \"1 um/s/MPa\"\n[experiment]\n\
             duration = \"60 s\"\nsteps = [\"{step}\"]\n[outcomes]\nend = \"final(cell.volume)\"\n"
        )
    };
    for step in [
        "at 0 s: plasma.osmolarity = 200 mOsm",
        "at 0 s: bath.osmolarity = 200 mOsm",
        "at t0: bath.osmolarity = 200 mOsm",
    ] {
        for name in ["plasma.osmolarity", "bath.osmolarity"] {
            let cell =
                Simulation::from_text("cell", &text(step)).and_then(|c| c.with(name, "250 mOsm"));
            let run = match cell.and_then(|c| c.run(&Default::default())) {
                Ok(run) => run,
                Err(e) => panic!("{e}"),
            };
            // Boyle–van't Hoff: 300/250 of the volume.
            let end = run.trajectory.outcome("end").unwrap_or(f64::NAN);
            assert!((end - 1200.0).abs() < 1e-3, "{step}, {name}: {end}");
            assert!(run.trajectory.column("plasma.osmolarity").is_some());
        }
    }
}

#[test]
fn an_event_at_the_end_of_a_pulse_happens_once() {
    for width in ["30 s", "30.5 s", "20 s"] {
        let text = format!(
            "[parameters]\nk = \"1 1/s\"\nfiring = \"0 1/s\"\n[state.x]\ninitial = 1\nrate = \"-k*x + 0*firing\"\n\
             [state.y]\ninitial = 0\nrate = \"0 1/s\"\n[event.e]\nwhen = \"at 40 s\"\nthen = \"set y = y + 1\"\n\
             [experiment]\nduration = \"120 s\"\nsteps = [\"at 10 s for {width}: firing = 10 1/s\"]\n[outcomes]\n\
             y = \"final(y)\"\n"
        );
        let run = Simulation::from_text("pulse", &text).and_then(|s| s.run(&Default::default()));
        match run {
            Ok(run) => assert_eq!(run.trajectory.outcome("y"), Some(1.0), "{width}"),
            Err(e) => panic!("{e}"),
        }
    }
}

//! The research sweeps that models carry as studies: thinned, and with the results that they are expected to have.

use osmocyte::lanes::Isa;
use osmocyte::model::Design;
use osmocyte::study::sweep::{Request, Survey, SweepOptions};
use osmocyte::table::{Table, Values};
use osmocyte::{Error, Simulation};

/// Points of a study that draws them.
const FEW: u64 = 1000;

/// Solves a study of a shipped model. `vary` replaces axes, so that a grid has fewer points.
fn solve(model: &str, study: &str, vary: &[&str]) -> Table {
    match try_solve(model, study, vary) {
        Ok(table) => table,
        Err(e) => panic!("{model} {study}: {e}"),
    }
}

fn try_solve(model: &str, study: &str, vary: &[&str]) -> Result<Table, Error> {
    let simulation = Simulation::shipped(model)?;
    let known = &simulation.model().studies;
    let Some(own) = known.iter().find(|s| s.name == study) else {
        panic!("{model} has no study {study}");
    };
    assert!(!own.title.is_empty() && own.about.len() > 100);
    let drawn = !matches!(own.design, Design::Grid | Design::Rows);
    let request = Request {
        study: Some(study.to_string()),
        vary: vary.iter().map(|axis| axis.to_string()).collect(),
        points: drawn.then_some(FEW),
        ..Request::default()
    };
    let (simulation, study) = request.settle(&simulation)?;
    let mut survey = Survey::new(&simulation, &study, &SweepOptions::default())?;
    survey.pilot();
    let points = survey.points();
    let table = survey.hand(Isa::best(), None).solve(0..points);
    let Some(Values::Words(status)) = table.column("status").map(|c| &c.values) else {
        panic!("no column of states");
    };
    assert!(status.iter().all(|word| word != "failed"), "{status:?}");
    Ok(table)
}

/// A column; NaN where there is nothing.
fn column(table: &Table, name: &str) -> Vec<f64> {
    let Some(numbers) = table.numbers(name) else {
        panic!("no numbers `{name}`");
    };
    numbers.iter().map(|x| x.unwrap_or(f64::NAN)).collect()
}

#[track_caller]
fn near(found: f64, expected: f64, rtol: f64) {
    let error = (found / expected - 1.0).abs();
    assert!(error <= rtol, "{found}, expected {expected}: {error:e}");
}

/// Largest difference from the first of all values that share their keys, relative to it.
fn spread(keys: &[&[f64]], values: &[f64]) -> f64 {
    let mut worst = 0.0f64;
    for i in 0..values.len() {
        let same = |j: &usize| {
            keys.iter()
                .all(|key| (key[*j] / key[i] - 1.0).abs() < 1e-12)
        };
        let first = (0..values.len()).find(same).unwrap_or(i);
        let error = (values[i] / values[first] - 1.0).abs();
        assert!(!error.is_nan(), "row {i} has no value");
        worst = worst.max(error);
    }
    worst
}

#[test]
fn a_protoplast_without_enough_membrane_bursts() {
    let table = solve("swelling-protoplast", "boundary", &[]);
    let (lysed, need) = (column(&table, "lysed"), column(&table, "need"));
    let dead = lysed.iter().filter(|n| **n == 1.0).count();
    assert!((200..500).contains(&dead), "{dead} of {FEW} burst");
    for (lysed, need) in lysed.iter().zip(&need) {
        // What tension saves is within a percent of the ceiling.
        assert!(*need < 1.01 || *lysed == 1.0, "{need} lives");
    }
}

#[test]
fn strain_is_a_matter_of_the_speed_number() {
    let axes = [
        "Lp=range log 3",
        "V0=523.6..523600 um^3 log 3",
        "medium.osmolarity=200..388 mOsm 5",
        "reserve=range 5",
    ];
    let table = solve("swelling-protoplast", "collapse", &axes);
    let strain = column(&table, "max_strain");
    let (bath, reserve) = (
        column(&table, "medium.osmolarity"),
        column(&table, "reserve"),
    );
    assert!(spread(&[&bath, &reserve], &strain) < 1e-3);
    for speed in column(&table, "speed_number") {
        near(speed, 47.701003, 1e-9);
    }
    // The default cell, on the brink.
    let table = solve(
        "swelling-protoplast",
        "collapse",
        &[
            "Lp=0.2 um/s/MPa",
            "V0=3e4 um^3",
            "medium.osmolarity=250 mOsm",
            "reserve=40 %",
        ],
    );
    near(column(&table, "max_strain")[0], 0.03, 1e-5);
}

#[test]
fn fragility_is_a_matter_of_the_membrane_area() {
    let axes = ["A_mean=125, 135, 140 um^2", "A_sd=5 um^2", "V0=90 um^3"];
    let table = solve("osmotic-fragility", "membrane", &axes);
    let salt = column(&table, "median_salt");
    near(salt[0], 4.85, 2e-3);
    near(salt[1], 4.16, 2e-3);
    near(salt[2], 3.88, 2e-3);
    near((salt[2] - salt[0]) / 15.0, -0.065, 0.01);

    let table = solve("red-blood-cell", "cells", &[]);
    let (lysed, salt) = (column(&table, "lysed"), column(&table, "salt"));
    for ((lysed, salt), critical) in lysed.iter().zip(&salt).zip(column(&table, "critical_NaCl")) {
        let bursts = *salt < critical;
        assert!(
            bursts == (*lysed == 1.0) || (salt - critical).abs() < 1e-3,
            "{salt} and {critical} g/L"
        );
    }
}

#[test]
fn the_dip_tells_solute_against_water_and_its_time_the_water() {
    let axes = [
        "Pf=range log 4",
        "c_i=200, 400 mM",
        "A=range 2",
        "c_s=100, 200, 400, 800 mM",
    ];
    let table = solve("permeant-solute", "collapse", &axes);
    let strength = column(&table, "strength");
    assert!(spread(&[&strength], &column(&table, "smallest")) < 1e-7);
    assert!(spread(&[&strength], &column(&table, "scaled_time")) < 1e-3);

    let axes = ["P_s=0.1, 1, 10 um/s", "sigma=1, 0.6"];
    let table = solve("permeant-solute", "reflection", &axes);
    let depth = column(&table, "smallest");
    near(depth[0], 0.544580939, 1e-5);
    near(depth[2], 0.713606325, 1e-5);
    near(depth[4], 0.923012193, 1e-5);
    // A solute that is hardly reflected looks like one that is fast.
    assert!(depth[1] > depth[0] && depth[1] < depth[4]);
}

#[test]
fn the_half_time_is_that_of_philip_and_dainty() {
    let table = solve("plant-cell-log-wall", "half-time", &[]);
    for ratio in column(&table, "ratio") {
        assert!((1.0..1.001).contains(&ratio), "{ratio}");
    }
    let share = column(&table, "wall_share");
    for (scaled, share) in column(&table, "scaled").iter().zip(&share) {
        near(*scaled, *share, 1e-3);
    }
}

#[test]
fn sensors_part_at_low_calcium() {
    let table = solve(
        "allosteric-release",
        "low-calcium",
        &["Ca_low=0.5, 1, 10, 20, 50 uM"],
    );
    let ratio = column(&table, "ratio_low");
    near(column(&table, "peak_low")[0], 3.54590982e-3, 1e-6);
    near(column(&table, "five_low_peak")[0], 4.07695662e-4, 1e-6);
    near(ratio[0], 8.7, 1e-2);
    for ratio in &ratio[2..] {
        near(*ratio, 1.0, 0.05);
    }
    let (slope, five) = (column(&table, "slope"), column(&table, "slope_five"));
    near(slope[0], 3.34, 2e-3);
    near(slope[1], 3.81, 2e-3);
    near(five[0], 4.85, 2e-3);
    near(five[1], 4.684439, 1e-6);

    let table = solve(
        "allosteric-release",
        "constants",
        &["Ca_low=0.2..0.3 uM log"],
    );
    assert!(column(&table, "slope").iter().all(|slope| *slope < 4.0));
    assert!(
        column(&table, "slope_five")
            .iter()
            .all(|slope| *slope > 4.7)
    );
}

#[test]
fn an_amoeba_bails_in_proportion_to_the_difference() {
    let axes = [
        "c_pond=0, 7, 30, 60, 90, 101, 115 mOsm",
        "Lp=2.7e-3, 8e-3 um/s/MPa",
        "A=1e5, 2e5 um^2",
    ];
    let table = solve("contractile-vacuole", "bath", &axes);
    let (period, law) = (column(&table, "period"), column(&table, "law"));
    let expected = [
        479.036610,
        511.021941,
        654.469576,
        1031.495950,
        2426.5724,
        4806.991,
    ];
    for (i, expected) in expected.into_iter().enumerate() {
        near(period[4 * i], expected, 1e-5);
        for law in &law[4 * i..][..4] {
            near(*law, 1.0, 1e-5);
        }
    }
    assert!(period[24..].iter().all(|period| period.is_nan()));
    near(column(&table, "stop_bath")[0], 112.2, 1e-3);
}

#[test]
fn a_pump_that_is_too_strong_swells_the_cell_without_end() {
    let axes = ["P=1..16 uS/cm^2 log 41", "g_Na=5 uS/cm^2", "g_K=8 uS/cm^2"];
    let table = solve("pump-leak", "pump-rate", &axes);
    let (pump, volume) = (column(&table, "P"), column(&table, "end_volume"));
    let (alpha, swelling) = (
        column(&table, "alpha_at_rest"),
        column(&table, "still_swelling"),
    );
    let closed = column(&table, "closed_form");
    let mut smallest = 0;
    for i in 0..pump.len() {
        if alpha[i] < 0.9 {
            near(volume[i], closed[i], 1e-4);
        } else if alpha[i] > 1.0 {
            assert!(swelling[i] > 1e-4 && volume[i] > 10.0, "at P = {}", pump[i]);
        }
        if volume[i] < volume[smallest] {
            smallest = i;
        }
    }
    assert!(alpha[pump.len() - 1] > 1.0 && alpha[0] < 1.0);
    // To the distance of the pump rates.
    near(pump[smallest], column(&table, "best_pump")[0], 0.07);
}

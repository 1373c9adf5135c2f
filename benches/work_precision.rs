//! Work and precision: what `osmocyte accuracy` measures, one row per problem, method and tolerance.
//!
//! Words after `--` are names of problems or methods: only those are run, e.g. `cargo bench --bench work_precision --
//! hires rodas5p`. Times are the least of many runs, in one process: compare figures of one file with each other.

use std::ops::ControlFlow;
use std::time::Instant;

use osmocyte::Simulation;
use osmocyte::solve::problem::Method;
use osmocyte::study::accuracy::{Case, Config, accuracy};
use osmocyte::study::{METHODS, method_name};

/// Two of each kind, and the project's own.
const PROBLEMS: [&str; 9] = [
    "p1-rbc-glycerol",
    "p2-plant-cell-turgor",
    "p3-calcium-exocytosis",
    "p4-swelling-protoplast",
    "p5-root-chain",
    "hires",
    "oregonator",
    "brusselator",
    "pleiades",
];

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|w| !w.starts_with('-'))
        .collect();
    let named = |name: &str| words.iter().any(|w| w == name);
    let methods: Vec<Method> = METHODS.iter().filter(|m| named(m.0)).map(|m| m.1).collect();
    let mut problems: Vec<&str> = PROBLEMS.into_iter().filter(|p| named(p)).collect();
    if problems.is_empty() {
        problems = PROBLEMS.to_vec();
    }
    let mut config = Config {
        seconds: 0.2,
        ..Config::default()
    };
    if !methods.is_empty() {
        config.methods = methods;
    }
    let mut cases = Vec::new();
    for name in problems {
        match Simulation::shipped(name) {
            Ok(simulation) => cases.push(Case {
                name: name.to_string(),
                simulation,
                given: None,
            }),
            Err(e) => return eprintln!("{e}"),
        }
    }
    let begun = Instant::now();
    let mut clock = || begun.elapsed().as_secs_f64();
    let report = accuracy(&cases, &config, &mut clock, &mut |_| {
        ControlFlow::Continue(())
    });
    let report = match report {
        Ok(report) => report.unwrap_or_default(),
        Err(e) => return eprintln!("{e}"),
    };
    println!(
        "problem,method,rtol,error,error_end,rhs,jacobians,factorisations,steps,rejected,us_min,us_median,status"
    );
    let number = |x: Option<f64>| x.map_or(String::new(), |x| format!("{x:.2e}"));
    for problem in &report.problems {
        for row in &problem.rows {
            let c = row.counters.unwrap_or_default();
            println!(
                "{},{},{},{},{},{},{},{},{},{},{:.1},{:.1},{}",
                problem.name,
                method_name(row.method),
                row.rtol.or(row.step).unwrap_or(0.0),
                number(row.error),
                number(row.error_end),
                c.rhs,
                c.jacobians,
                c.factorisations,
                c.accepted,
                c.rejected,
                row.time.unwrap_or(f64::NAN) * 1e6,
                row.median_time.unwrap_or(f64::NAN) * 1e6,
                row.went.text(),
            );
        }
        println!(
            "# {}: {}; {}",
            problem.name,
            problem.verdict.message,
            problem.reference.text()
        );
    }
    for order in &report.orders {
        let observed = order
            .observed
            .map_or("none".to_string(), |o| format!("{o:.2}"));
        println!(
            "# observed order of {}: {observed} {}",
            method_name(order.method),
            order.note
        );
    }
}

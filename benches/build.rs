//! From the text of a model to something that runs: milliseconds, for a chain of cells in plain equations and in blocks,
//! and for every shipped model.
//!
//! The least of a few repeats. The time must grow as the number of cells: the last columns are per cell.

use std::time::Instant;

use osmocyte::Simulation;
use osmocyte::diagnostic::Source;
use osmocyte::model::{Entry, library};

const REPEATS: usize = 7;

fn build(entry: &Entry, cells: Option<usize>) -> Simulation {
    let source = Source {
        name: format!("{}.toml", entry.name),
        text: entry.text.to_string(),
    };
    let settings: Vec<(String, String)> = (cells.iter())
        .map(|n| ("N".to_string(), n.to_string()))
        .collect();
    match Simulation::new(entry.name, source, &|_| Err(String::new()), None, &settings) {
        Ok(simulation) => simulation,
        Err(e) => panic!("{e}"),
    }
}

/// Milliseconds, the least of the repeats.
fn least(entry: &Entry, cells: Option<usize>) -> f64 {
    let once = |_| {
        let start = Instant::now();
        std::hint::black_box(build(entry, cells));
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..REPEATS).map(once).fold(f64::INFINITY, f64::min)
}

fn main() {
    let entries = library();
    let find = |name: &str| entries.iter().find(|e| e.name == name);
    println!(
        "{:>6} {:>12} {:>12} {:>8}   per cell [µs]",
        "cells", "plain [ms]", "blocks [ms]", "ratio"
    );
    if let (Some(plain), Some(blocks)) = (find("p5-root-chain"), find("root-water-uptake")) {
        for n in [10, 100, 1000, 5000] {
            let (a, b) = (least(plain, Some(n)), least(blocks, Some(n)));
            let each = |ms: f64| 1e3 * ms / n as f64;
            println!(
                "{n:>6} {a:>12.2} {b:>12.2} {:>8.1}   {:.0} and {:.0}",
                b / a,
                each(a),
                each(b)
            );
        }
    }
    let mut all: Vec<(f64, &str)> = entries.iter().map(|e| (least(e, None), e.name)).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let sum: f64 = all.iter().map(|(ms, _)| ms).sum();
    println!(
        "\nall {} shipped models: {sum:.0} ms; the slowest:",
        all.len()
    );
    for (ms, name) in all.iter().take(5) {
        println!("{ms:>8.2} ms  {name}");
    }
}

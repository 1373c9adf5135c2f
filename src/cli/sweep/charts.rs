//! The charts at the end of a sweep: outcomes over what was varied, from the rows in their file.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;

use super::job::table_of;
use super::stop;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::chart::sweep::{AxisSpec, Figure, OutcomeSpec, RowSample, sweep_charts};
use crate::output::chart::{ChartError, Size};
use crate::output::store::{Plan, StoreError, replace_file};
use crate::table::{Table, Values};

/// Rows that a chart is made of, at most: more would not be seen.
const MOST: usize = 200_000;

/// Draws the charts of the `rows` rows in `file` beside it; gives the names of the files.
pub(super) fn draw(
    file: &Path,
    rows: u64,
    plan: &Plan,
    terminal: &Terminal,
) -> Result<Vec<String>, Stop> {
    let table = match sample(file, rows, plan) {
        Ok(table) => table,
        Err(message) => {
            terminal.remark(&format!("no charts: {message}"));
            return Ok(Vec::new());
        }
    };
    let study = &plan.inputs()["study"];
    let list = |key: &str| study[key].as_array().cloned().unwrap_or_default();
    let axes: Vec<AxisSpec> = (list("axes").iter())
        .map(|axis| AxisSpec {
            log: axis["log"].as_bool(),
            ..AxisSpec::of(axis["name"].as_str().unwrap_or_default())
        })
        .collect();
    let outcomes: Vec<OutcomeSpec> = (list("outcomes").iter())
        .filter_map(Value::as_str)
        .map(OutcomeSpec::of)
        .collect();
    let mut names = Vec::new();
    for (name, pictures) in pictures(&sweep_charts(&table, &axes, &outcomes)) {
        let pictures = match pictures {
            Ok(pictures) => pictures,
            Err(e) => {
                terminal.remark(&format!("chart `{name}`: {e}"));
                continue;
            }
        };
        for (kind, bytes) in pictures {
            let picture = format!("{name}.{kind}");
            let written = replace_file(&file.with_file_name(&picture), |out| {
                Ok(out.write_all(&bytes)?)
            });
            written.map_err(|e: StoreError| stop(e, terminal))?;
            names.push(picture);
        }
    }
    Ok(names)
}

/// A figure as files: their kinds and contents.
type Pictures = Result<[(&'static str, Vec<u8>); 2], ChartError>;

/// All figures as files, made side by side.
fn pictures(figures: &[(String, Figure)]) -> Vec<(String, Pictures)> {
    let next = AtomicUsize::new(0);
    let made: Vec<OnceLock<Pictures>> = figures.iter().map(|_| OnceLock::new()).collect();
    let draw = || {
        while let Some((place, (_, figure))) =
            (made.iter().zip(figures)).nth(next.fetch_add(1, Ordering::Relaxed))
        {
            let size = figure.fitting(Size::SLIDE);
            let pictures = figure
                .svg(size)
                .and_then(|svg| Ok([("svg", svg.into_bytes()), ("png", figure.png(size)?)]));
            let _ = place.set(pictures);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(draw);
        }
        draw();
    });
    let names = figures.iter().map(|(name, _)| name.clone());
    names
        .zip(made)
        .filter_map(|(name, place)| Some((name, place.into_inner()?)))
        .collect()
}

/// Some of the rows, at most [`MOST`].
fn sample(file: &Path, rows: u64, plan: &Plan) -> Result<Table, String> {
    let sample = RowSample::new(rows, MOST, 1);
    let mut source =
        BufReader::with_capacity(1 << 16, File::open(file).map_err(|e| e.to_string())?);
    let mut kept = Vec::new();
    // The header is kept for the reader of the rest.
    read_row(&mut source, &mut kept)?;
    for row in 0.. {
        let from = kept.len();
        if !read_row(&mut source, &mut kept)? {
            break;
        }
        if !sample.takes(row) {
            kept.truncate(from);
        }
    }
    let mut table = table_of(plan);
    let mut reader = csv::Reader::from_reader(&kept[..]);
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|e| e.to_string())? {
        for (field, cell) in table.columns.iter_mut().zip(&record) {
            match &mut field.values {
                Values::Numbers(list) => list.push(cell.parse().ok()),
                Values::Counts(list) => list.push(cell.parse().ok()),
                Values::Words(list) => list.push(cell.to_string()),
            }
        }
    }
    Ok(table)
}

/// Appends the next row to `text`, whose line ends in quotes do not count; false at the end.
fn read_row(source: &mut impl BufRead, text: &mut Vec<u8>) -> Result<bool, String> {
    let from = text.len();
    loop {
        let read = source.read_until(b'\n', text).map_err(|e| e.to_string())?;
        let quotes = text[from..].iter().filter(|b| **b == b'"').count();
        if read == 0 || quotes % 2 == 0 {
            return Ok(text.len() > from);
        }
    }
}

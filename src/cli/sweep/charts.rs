//! The charts at the end of a sweep: outcomes over what was varied, from the rows in their file.

use std::fs::File;
use std::path::Path;

use serde_json::Value;

use super::job::table_of;
use super::stop;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::chart::Size;
use crate::output::chart::sweep::{AxisSpec, OutcomeSpec, TableSample, sweep_charts};
use crate::output::store::{Plan, StoreError, replace_file};
use crate::table::{Table, Values};

/// Rows that a chart is made of, at most: more would not be seen.
const MOST: usize = 200_000;

/// Rows that are read at a time.
const PIECE: usize = 10_000;

/// Draws the charts of the rows in `file` beside it; gives the names of the files.
pub(super) fn draw(file: &Path, plan: &Plan, terminal: &Terminal) -> Result<Vec<String>, Stop> {
    let table = match sample(file, plan) {
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
    for (name, figure) in sweep_charts(&table, &axes, &outcomes) {
        let size = figure.fitting(Size::SLIDE);
        let pictures = figure
            .svg(size)
            .and_then(|svg| Ok([("svg", svg.into_bytes()), ("png", figure.png(size)?)]));
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

/// A bounded number of the rows.
fn sample(file: &Path, plan: &Plan) -> Result<Table, String> {
    let source = File::open(file).map_err(|e| e.to_string())?;
    let mut reader = csv::Reader::from_reader(source);
    let mut sample = TableSample::new(MOST, 1);
    let (mut piece, mut first, mut rows) = (table_of(plan), 0, 0);
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        for (field, cell) in piece.columns.iter_mut().zip(&record) {
            match &mut field.values {
                Values::Numbers(list) => list.push(cell.parse().ok()),
                Values::Counts(list) => list.push(cell.parse().ok()),
                Values::Words(list) => list.push(cell.to_string()),
            }
        }
        rows += 1;
        if rows == PIECE {
            sample.add(first, &piece);
            first += rows as u64;
            rows = 0;
            piece = table_of(plan);
        }
    }
    sample.add(first, &piece);
    Ok(sample.table())
}

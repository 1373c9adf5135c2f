//! The charts at the end of a sweep: outcomes over what was varied, from some of the rows.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;

use super::job::{endings, table_of};
use super::stop;
use crate::cli::picture::{ENDINGS, PictureArgs};
use crate::cli::terminal::{Stop, Terminal};
use crate::output::chart::sweep::{AxisSpec, OutcomeSpec, RowSample, sweep_charts};
use crate::output::chart::{ChartError, Figure};
use crate::output::rows::{read_rows, split_rows};
use crate::output::store::{Plan, StoreError, each_chunk, replace_file};
use crate::table::Table;

/// Rows that a chart is made of, at most: more would not be seen.
const MOST: usize = 200_000;

/// Cells that a chart is made of, at most, where rows are long [some 16 bytes each].
const CELLS: usize = 2_400_000;

/// Draws the charts of the `rows` rows of a folder into it; gives the names of the files.
pub(super) fn draw(
    folder: &Path,
    rows: u64,
    plan: &Plan,
    args: &PictureArgs,
    terminal: &Terminal,
) -> Result<Vec<String>, Stop> {
    let table = match sample(folder, rows, plan) {
        Ok(table) => table,
        Err(e) => {
            terminal.remark(&format!("no charts: {e}"));
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
    let mut figures = sweep_charts(&table, &axes, &outcomes);
    if let Some(title) = study["title"].as_str().filter(|title| !title.is_empty()) {
        figures = (figures.into_iter())
            .map(|(name, figure)| (name, figure.under(title)))
            .collect();
    }
    let mut names = Vec::new();
    for (name, pictures) in pictures(&figures, args) {
        let pictures = match pictures {
            Ok(pictures) => pictures,
            Err(e) => {
                terminal.remark(&format!("chart `{name}`: {e}"));
                continue;
            }
        };
        for (ending, bytes) in pictures {
            let picture = format!("{name}.{ending}");
            let written = replace_file(&folder.join(&picture), |out| Ok(out.write_all(&bytes)?));
            written.map_err(|e: StoreError| stop(e, terminal))?;
            names.push(picture);
        }
        // The same chart in another format, if an earlier end has left it, is of other rows.
        for other in ENDINGS.map(|ending| format!("{name}.{ending}")) {
            if !names.contains(&other) {
                let _ = fs::remove_file(folder.join(other));
            }
        }
    }
    Ok(names)
}

/// A figure as files: their endings and contents.
type Pictures = Result<Vec<(&'static str, Vec<u8>)>, ChartError>;

/// All figures as files, made side by side.
fn pictures(figures: &[(String, Figure)], args: &PictureArgs) -> Vec<(String, Pictures)> {
    let next = AtomicUsize::new(0);
    let made: Vec<OnceLock<Pictures>> = figures.iter().map(|_| OnceLock::new()).collect();
    let draw = || {
        while let Some((place, (_, figure))) =
            (made.iter().zip(figures)).nth(next.fetch_add(1, Ordering::Relaxed))
        {
            let _ = place.set(args.make(figure));
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

/// Some of the rows: of these the columns that charts read.
fn sample(folder: &Path, rows: u64, plan: &Plan) -> Result<Table, StoreError> {
    let all = table_of(plan);
    let study = &plan.inputs()["study"];
    let listed = |key: &str| study[key].as_array().into_iter().flatten();
    let axes = listed("axes").map(|axis| &axis["name"]);
    let read: Vec<&str> = (axes.chain(listed("outcomes")))
        .filter_map(Value::as_str)
        .collect();
    let status = endings(all.columns.len()).0;
    let picked: Vec<usize> = (all.columns.iter().enumerate())
        .filter(|(i, field)| *i == status || read.contains(&field.name.as_str()))
        .map(|(i, _)| i)
        .collect();
    let most = MOST.min(CELLS / picked.len().max(1));
    let sample = RowSample::new(rows, most, 1);
    let mut table = Table {
        columns: picked.iter().map(|i| all.columns[*i].clone()).collect(),
    };
    let mut row = 0;
    each_chunk(&[folder], false, &mut |text| {
        let mut taken = Vec::new();
        for line in split_rows(text) {
            if sample.takes(row) {
                taken.extend_from_slice(line);
            }
            row += 1;
        }
        let piece = read_rows(&taken, &all)?.columns.into_iter().enumerate();
        let piece = piece.filter(|(i, _)| picked.contains(i));
        for (to, (_, from)) in table.columns.iter_mut().zip(piece) {
            to.values.append(from.values);
        }
        Ok(())
    })?;
    Ok(table)
}

//! The charts at the end of a sweep: outcomes over what was varied, from some of the rows.

use std::path::Path;

use serde_json::Value;

use super::job::{endings, table_of};
use super::pieces::each_table;
use super::stop;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::chart::Size;
use crate::output::chart::sweep::{AxisSpec, OutcomeSpec, TableSample, sweep_charts};
use crate::output::store::{Plan, StoreError, replace_file};
use crate::table::Table;

/// Rows that a chart is made of, at most: more would not be seen.
const MOST: usize = 200_000;

/// Cells that a chart is made of, at most, where rows are long [some 16 bytes each].
const CELLS: usize = 2_400_000;

/// Rows for the charts, out of those that pass by.
pub(super) struct Sample {
    kept: TableSample,
    rows: u64,
}

impl Sample {
    pub fn new(plan: &Plan) -> Sample {
        let table = table_of(plan);
        let status = table.columns.get(endings(table.columns.len()).0);
        let status = status.map(|column| column.name.clone());
        let axes = listed(plan, "axes").map(|axis| &axis["name"]);
        let read = axes.chain(listed(plan, "outcomes"));
        let read = read.filter_map(Value::as_str).map(str::to_string);
        let names: Vec<String> = read.chain(status).collect();
        let most = MOST.min(CELLS / names.len().max(1)).max(1);
        Sample {
            kept: TableSample::of_columns(most, 1, names),
            rows: 0,
        }
    }

    /// Sees the next rows.
    pub fn add(&mut self, piece: &Table) {
        self.kept.add(self.rows, piece);
        self.rows += piece.n_rows() as u64;
    }

    /// Draws the charts into the folder, whose rows it reads if it has not seen any; gives the names of the files.
    pub fn draw(
        mut self,
        folder: &Path,
        plan: &Plan,
        terminal: &Terminal,
    ) -> Result<Vec<String>, Stop> {
        if self.rows == 0 {
            let seen = each_table(&[folder], plan, false, &mut |piece| {
                self.add(piece);
                Ok(())
            });
            if let Err(e) = seen {
                terminal.remark(&format!("no charts: {e}"));
                return Ok(Vec::new());
            }
        }
        draw(folder, plan, &self.kept.into_table(), terminal)
    }
}

/// A list of the study.
fn listed<'a>(plan: &'a Plan, key: &str) -> impl Iterator<Item = &'a Value> {
    plan.inputs()["study"][key].as_array().into_iter().flatten()
}

fn draw(
    folder: &Path,
    plan: &Plan,
    table: &Table,
    terminal: &Terminal,
) -> Result<Vec<String>, Stop> {
    let axes: Vec<AxisSpec> = listed(plan, "axes")
        .map(|axis| AxisSpec {
            log: axis["log"].as_bool(),
            ..AxisSpec::of(axis["name"].as_str().unwrap_or_default())
        })
        .collect();
    let outcomes: Vec<OutcomeSpec> = listed(plan, "outcomes")
        .filter_map(Value::as_str)
        .map(OutcomeSpec::of)
        .collect();
    let mut names = Vec::new();
    for (name, figure) in sweep_charts(table, &axes, &outcomes) {
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
            let written = replace_file(&folder.join(&picture), |out| Ok(out.write_all(&bytes)?));
            written.map_err(|e: StoreError| stop(e, terminal))?;
            names.push(picture);
        }
    }
    Ok(names)
}

//! The files at the end: the table of all rows, its metadata, the card.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::card::{card, provenance};
use super::job::table_of;
use super::log::sessions;
use super::stop;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::store::{Plan, StoreError, Summary, merge, replace_file};
use crate::output::{OutputError, csvw_of_table};

/// The table of all rows.
pub(super) const ROWS: &str = "rows.csv";
/// Behind the name of a table: its metadata.
pub(super) const METADATA: &str = "-metadata.json";
const CARD: &str = "sweep.json";

/// Names of the files.
pub(super) fn names() -> [String; 3] {
    [
        ROWS.to_string(),
        format!("{ROWS}{METADATA}"),
        CARD.to_string(),
    ]
}

/// Names of the files that the end left in a folder, charts included, as its card says.
pub(super) fn left(folder: &Path) -> Vec<String> {
    let card = fs::read_to_string(folder.join(CARD)).unwrap_or_default();
    let card: Value = serde_json::from_str(&card).unwrap_or_default();
    let files = card["files"].as_array().into_iter().flatten();
    let files: Vec<String> = files
        .filter_map(Value::as_str)
        .map(str::to_string)
        .collect();
    if files.is_empty() {
        names().to_vec()
    } else {
        files
    }
}

/// True if they are all there.
pub(super) fn is_finished(folder: &Path) -> bool {
    names().iter().all(|name| folder.join(name).is_file())
}

/// Called before rows are added or replaced: what was put together is no longer the end.
pub(super) fn reopen(folder: &Path) {
    let _ = fs::remove_file(folder.join(CARD));
}

/// Writes them. Several processes may do so at once: the rows are the same.
pub(super) fn finish(
    folder: &Path,
    plan: &Plan,
    terminal: &Terminal,
) -> Result<(Summary, Value), Stop> {
    let summary = rows(&[folder], &folder.join(ROWS), plan, false, terminal)?;
    let runs = sessions(folder).map_err(|e| failed(e, terminal))?;
    #[cfg(feature = "charts")]
    let charts = super::charts::draw(&folder.join(ROWS), summary.points_done, plan, terminal)?;
    #[cfg(not(feature = "charts"))]
    let charts = Vec::new();
    let files = [names().to_vec(), charts].concat();
    let card = card(plan, &summary, &runs, &files);
    write(&folder.join(CARD), &card, terminal)?;
    Ok((summary, card))
}

/// Writes the rows of some folders of one plan into a file, with its metadata beside it.
pub(super) fn rows(
    folders: &[impl AsRef<Path>],
    file: &Path,
    plan: &Plan,
    partial: bool,
    terminal: &Terminal,
) -> Result<Summary, Stop> {
    let merged = replace_file(file, |out| merge(folders, out, partial));
    let summary = merged.map_err(|e| stop(e, terminal))?;
    // A device has nothing beside it.
    if !file.exists() || file.is_file() {
        let name = file.file_name().unwrap_or(file.as_os_str());
        let name = name.to_string_lossy();
        let metadata = csvw_of_table(&table_of(plan), &name, &provenance(plan));
        write(
            &file.with_file_name(format!("{name}{METADATA}")),
            &metadata,
            terminal,
        )?;
    }
    Ok(summary)
}

fn write(file: &Path, content: &Value, terminal: &Terminal) -> Result<(), Stop> {
    let text = format!("{content:#}\n");
    let written = replace_file(file, |out| Ok(out.write_all(text.as_bytes())?));
    written.map_err(|e| stop(e, terminal))
}

/// A file that can't be read or written.
pub(super) fn failed(e: OutputError, terminal: &Terminal) -> Stop {
    stop(StoreError::File(e), terminal)
}

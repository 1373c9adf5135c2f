//! The files at the end: the table of all rows, its metadata, the card.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::card::{card, provenance};
use super::format::{Format, Formats, absent};
use super::job::table_of;
use super::log::sessions;
use super::pieces::{write_parquet, write_rows};
use super::stop;
use crate::cli::picture::PictureArgs;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::store::{Plan, StoreError, Summary, replace_file};
use crate::output::{OutputError, csvw_of_table};

/// The table of all rows.
pub(super) const ROWS: &str = "rows.csv";
/// The same as Parquet.
pub(super) const PARQUET: &str = "rows.parquet";
/// Behind the name of a table: its metadata.
pub(super) const METADATA: &str = "-metadata.json";
const CARD: &str = "sweep.json";

/// Names of the files, a table first.
pub(super) fn names(formats: Formats) -> Vec<String> {
    let mut names = Vec::new();
    if formats.csv {
        names.extend([ROWS.to_string(), format!("{ROWS}{METADATA}")]);
    }
    if formats.parquet {
        names.push(PARQUET.to_string());
    }
    names.push(CARD.to_string());
    names
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
        names(Formats::there(folder))
    } else {
        files
    }
}

/// True if they are all there.
pub(super) fn is_finished(folder: &Path, formats: Formats) -> bool {
    let names = names(formats);
    names.iter().all(|name| folder.join(name).is_file())
}

/// Called before rows are added or replaced: what was put together is no longer the end.
pub(super) fn reopen(folder: &Path) {
    let _ = fs::remove_file(folder.join(CARD));
}

/// Writes them. Several processes may do so at once: the rows are the same.
pub(super) fn finish(
    folder: &Path,
    plan: &Plan,
    formats: Formats,
    pictures: &PictureArgs,
    terminal: &Terminal,
) -> Result<(Summary, Value), Stop> {
    let formats = able(formats, terminal);
    let mut summary = None;
    if formats.csv {
        let file = folder.join(ROWS);
        let done = rows(&[folder], &file, plan, Format::Csv, false, terminal)?;
        summary = Some(done);
    }
    if formats.parquet {
        let done = replace_file(&folder.join(PARQUET), |out| {
            write_parquet(&[folder], plan, false, out)
        });
        summary = Some(done.map_err(|e| stop(e, terminal))?);
    }
    let runs = sessions(folder).map_err(|e| failed(e, terminal))?;
    let summary = summary.unwrap_or_default();
    #[cfg(feature = "charts")]
    let charts = super::charts::draw(folder, summary.points_done, plan, pictures, terminal)?;
    #[cfg(not(feature = "charts"))]
    let charts = {
        let _ = pictures;
        Vec::new()
    };
    let files = [names(formats), charts].concat();
    let card = card(plan, &summary, &runs, &files);
    write(&folder.join(CARD), &card, terminal)?;
    Ok((summary, card))
}

/// What this program can write. One without Parquet finds one at most if another program has left it.
fn able(formats: Formats, terminal: &Terminal) -> Formats {
    if cfg!(feature = "parquet") || !formats.parquet {
        return formats;
    }
    terminal.remark(&format!(
        "`{PARQUET}` is that of an earlier end, and stays so: {}",
        absent()
    ));
    Formats {
        csv: true,
        parquet: false,
    }
}

/// Writes the rows of some folders of one plan into a file; CSV with its metadata beside it.
pub(super) fn rows(
    folders: &[impl AsRef<Path>],
    file: &Path,
    plan: &Plan,
    format: Format,
    partial: bool,
    terminal: &Terminal,
) -> Result<Summary, Stop> {
    let merged = replace_file(file, |out| write_rows(folders, plan, format, partial, out));
    let summary = merged.map_err(|e| stop(e, terminal))?;
    // A device has nothing beside it.
    if format != Format::Parquet && (!file.exists() || file.is_file()) {
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

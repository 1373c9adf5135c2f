//! The rows of some folders of one sweep, chunk by chunk, into whatever form.

use std::io::Write;
use std::path::Path;

use super::format::Format;
use crate::output::store::{Plan, StoreError, Summary, merge};
use crate::table::Table;

/// Writes the rows; `Both` is CSV here.
pub(super) fn write_rows(
    folders: &[impl AsRef<Path>],
    plan: &Plan,
    format: Format,
    partial: bool,
    out: &mut dyn Write,
) -> Result<Summary, StoreError> {
    match format {
        Format::Csv | Format::Both => merge(folders, out, partial),
        Format::Parquet => write_parquet(folders, plan, partial, out, &mut |_| ()),
    }
}

/// Writes the rows as Parquet; `see` sees them pass.
#[cfg(feature = "parquet")]
pub(super) fn write_parquet(
    folders: &[impl AsRef<Path>],
    plan: &Plan,
    partial: bool,
    out: &mut dyn Write,
    see: &mut dyn FnMut(&Table),
) -> Result<Summary, StoreError> {
    let origin = super::card::provenance(plan);
    let empty = super::job::table_of(plan);
    let mut writer = crate::output::parquet::TableWriter::new(&empty, &origin, out)?;
    let summary = each_table(folders, plan, partial, &mut |piece| {
        see(piece);
        Ok(writer.add(piece)?)
    })?;
    writer.finish()?;
    Ok(summary)
}

/// Refuses to.
#[cfg(not(feature = "parquet"))]
pub(super) fn write_parquet(
    _: &[impl AsRef<Path>],
    _: &Plan,
    _: bool,
    _: &mut dyn Write,
    _: &mut dyn FnMut(&Table),
) -> Result<Summary, StoreError> {
    Err(StoreError::Value {
        message: super::format::absent().to_string(),
    })
}

/// Hands over the rows, a chunk at a time.
#[cfg(any(feature = "parquet", feature = "charts"))]
pub(super) fn each_table(
    folders: &[impl AsRef<Path>],
    plan: &Plan,
    partial: bool,
    take: &mut dyn FnMut(&Table) -> Result<(), StoreError>,
) -> Result<Summary, StoreError> {
    let empty = super::job::table_of(plan);
    crate::output::store::each_chunk(folders, partial, &mut |text| {
        take(&crate::output::rows::read_rows(text, &empty)?)
    })
}

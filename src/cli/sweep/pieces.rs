//! The rows of some folders of one sweep, chunk by chunk, into whatever form.

use std::io::Write;
use std::path::Path;

use super::format::Format;
#[cfg(feature = "parquet")]
use crate::output::rows::read_rows;
#[cfg(feature = "parquet")]
use crate::output::store::each_chunk;
use crate::output::store::{Plan, StoreError, Summary, merge};

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
        Format::Parquet => write_parquet(folders, plan, partial, out),
    }
}

/// Writes the rows as Parquet.
#[cfg(feature = "parquet")]
pub(super) fn write_parquet(
    folders: &[impl AsRef<Path>],
    plan: &Plan,
    partial: bool,
    out: &mut dyn Write,
) -> Result<Summary, StoreError> {
    let origin = super::card::provenance(plan);
    let empty = super::job::table_of(plan);
    let mut writer = crate::output::parquet::TableWriter::new(&empty, &origin, out)?;
    let summary = each_chunk(folders, partial, &mut |text| {
        Ok(writer.add(&read_rows(text, &empty)?)?)
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
) -> Result<Summary, StoreError> {
    Err(StoreError::Value {
        message: super::format::absent().to_string(),
    })
}

//! Tidy tables: `trajectory.csv`, one row per saved time; of a study, one row per thing studied.

use crate::table::{Table, Values};
use crate::trajectory::Trajectory;
use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write};

/// Writes the table: a header of plain names (`t` first), then one row per saved time.
///
/// Numbers are the shortest that read back to the same bits; not-a-number is `NaN`, infinities are `inf` and `-inf`,
/// as pandas, R and Rust read them. Lines end with LF. Units are in the metadata beside the table ([`super::csvw`]).
pub fn write_csv(trajectory: &Trajectory, to: &mut dyn Write) -> io::Result<()> {
    let columns: Vec<_> = std::iter::once(&trajectory.time)
        .chain(&trajectory.columns)
        .collect();
    let n_rows = trajectory.time.values.len();
    for column in &columns {
        if column.values.len() != n_rows {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                format!(
                    "column `{}` has {} values for {n_rows} times",
                    column.name,
                    column.values.len()
                ),
            ));
        }
    }
    let mut table = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::Any(b'\n'))
        .from_writer(to);
    table
        .write_record(columns.iter().map(|c| &c.name))
        .map_err(io_error)?;
    let mut text = String::new();
    for row in 0..n_rows {
        for column in &columns {
            text.clear();
            push_number(&mut text, column.values[row]);
            table.write_field(&text).map_err(io_error)?;
        }
        // Ends the row that the fields began.
        table.write_record(None::<&[u8]>).map_err(io_error)?;
    }
    table.flush()
}

/// Writes the table of a study in the same way; a cell without a value is empty.
pub fn write_table(table: &Table, to: &mut dyn Write) -> io::Result<()> {
    let mut out = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::Any(b'\n'))
        .from_writer(to);
    out.write_record(table.columns.iter().map(|c| &c.name))
        .map_err(io_error)?;
    let mut text = String::new();
    for row in 0..table.n_rows() {
        for column in &table.columns {
            text.clear();
            match &column.values {
                Values::Numbers(v) => {
                    if let Some(x) = v.get(row).copied().flatten() {
                        push_number(&mut text, x);
                    }
                }
                Values::Counts(v) => {
                    if let Some(n) = v.get(row).copied().flatten() {
                        text.push_str(&n.to_string());
                    }
                }
                Values::Words(v) => text.push_str(v.get(row).map_or("", String::as_str)),
            }
            out.write_field(&text).map_err(io_error)?;
        }
        out.write_record(None::<&[u8]>).map_err(io_error)?;
    }
    out.flush()
}

/// Appends the shortest text that parses back to the same bits: plain between 1e-5 and 1e16, else with an exponent.
pub fn push_number(text: &mut String, x: f64) {
    let size = x.abs();
    // Writing into a string can't fail.
    let _ = if size == 0.0 || !size.is_finite() || (1e-5..1e16).contains(&size) {
        write!(text, "{x}")
    } else {
        write!(text, "{x:e}")
    };
}

/// Keeps the kind of an input/output error (a closed pipe, a full disk), which the csv crate wraps.
fn io_error(e: ::csv::Error) -> io::Error {
    match e.into_kind() {
        ::csv::ErrorKind::Io(e) => e,
        other => io::Error::new(ErrorKind::InvalidData, format!("{other:?}")),
    }
}

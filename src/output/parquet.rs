//! A table as Parquet, in pieces: typed columns, units in the file, bytes that depend on the rows alone.
//!
//! | In the table | In the file |
//! |---|---|
//! | [`Values::Numbers`] | `DOUBLE`; not-a-number stays one |
//! | [`Values::Counts`] | `INT64` |
//! | [`Values::Words`] | texts, by dictionary |
//! | a cell without a value | null |
//!
//! The unit and the description of a column are its field's metadata (`unit`, `description`), where Arrow's readers show
//! them, and once more in the footer under [`COLUMNS`], for all others.
//!
//! Rows are kept until a row group is full: the groups, and all that is inside them, do not depend on the pieces, and no
//! more than one is in memory.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Write};
use std::mem::take;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, Encoding};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::schema::types::ColumnPath;
use arrow_array::builder::{Float64Builder, Int64Builder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use serde_json::{Value, json};

use super::Provenance;
use crate::table::{Table, Values};

/// The key in the footer of what the columns are: a list of `name`, `unit` and `about`.
pub const COLUMNS: &str = "osmocyte.columns";

/// Rows of a group at most: enough for readers that share out the groups among threads.
const MOST_ROWS: usize = 1 << 17;

/// Cells of a group, about: what may be in memory at a time, 16 MiB of numbers.
const CELLS: usize = 1 << 21;

/// Where a column has so many bytes of different numbers, they are written as they are: a dictionary would be longer.
const DICTIONARY: usize = 1 << 16;

/// A Parquet file being written.
pub struct TableWriter<'a> {
    to: &'a mut dyn Write,
    /// Into memory, for it wants to own what it writes to; emptied group by group.
    writer: ArrowWriter<Vec<u8>>,
    schema: SchemaRef,
    columns: Vec<Column>,
    rows: usize,
    most: usize,
}

/// A column of the group at hand.
enum Column {
    Numbers(Float64Builder),
    Counts(Int64Builder),
    Words(StringDictionaryBuilder<Int32Type>),
}

impl<'a> TableWriter<'a> {
    /// Begins a file with the columns of a table, whose rows do not matter. Of the origin it keeps what is the same
    /// whoever wrote the file and when: not the command, not the date.
    ///
    /// # Errors
    ///
    /// Columns that Parquet can't have; what the writer gives.
    pub fn new(
        table: &Table,
        origin: &Provenance,
        to: &'a mut dyn Write,
    ) -> io::Result<TableWriter<'a>> {
        let notes = notes(table, origin);
        // In the schema too, for Arrow's readers show no others.
        let schema = SchemaRef::new(Schema::new_with_metadata(
            table.columns.iter().map(field).collect::<Vec<_>>(),
            notes.iter().cloned().collect::<HashMap<_, _>>(),
        ));
        let options = properties(table, origin, notes);
        let writer = ArrowWriter::try_new(Vec::new(), schema.clone(), Some(options));
        Ok(TableWriter {
            to,
            writer: writer.map_err(other)?,
            schema,
            columns: table
                .columns
                .iter()
                .map(|c| Column::of(&c.values))
                .collect(),
            rows: 0,
            most: rows_of_a_group(table.columns.len()),
        })
    }

    /// Appends the rows of a piece, which has the columns of the file.
    ///
    /// # Errors
    ///
    /// Other columns, a count beyond 2⁶³, what the writer gives; then the file can't be finished.
    pub fn add(&mut self, piece: &Table) -> io::Result<()> {
        if piece.columns.len() != self.columns.len() {
            return Err(bad("the rows have other columns than the file"));
        }
        let (mut first, rows) = (0, piece.n_rows());
        while first < rows {
            let n = (rows - first).min(self.most - self.rows);
            for (column, field) in self.columns.iter_mut().zip(&piece.columns) {
                column.append(&field.values, first, n)?;
            }
            first += n;
            self.rows += n;
            if self.rows == self.most {
                self.end_group()?;
            }
        }
        Ok(())
    }

    /// Writes what is left, and the footer.
    ///
    /// # Errors
    ///
    /// What the writer gives.
    pub fn finish(mut self) -> io::Result<()> {
        self.end_group()?;
        let rest = self.writer.into_inner().map_err(other)?;
        self.to.write_all(&rest)
    }

    fn end_group(&mut self) -> io::Result<()> {
        if take(&mut self.rows) == 0 {
            return Ok(());
        }
        let columns = self.columns.iter_mut().map(Column::end).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), columns);
        let batch = batch.map_err(|e| other(e.into()))?;
        self.writer.write(&batch).map_err(other)?;
        self.writer.flush().map_err(other)?;
        // From the buffer in front of it.
        self.writer.sync()?;
        self.to.write_all(&take(self.writer.inner_mut()))
    }
}

impl Column {
    fn of(values: &Values) -> Column {
        match values {
            Values::Numbers(_) => Column::Numbers(Float64Builder::new()),
            Values::Counts(_) => Column::Counts(Int64Builder::new()),
            Values::Words(_) => Column::Words(StringDictionaryBuilder::new()),
        }
    }

    /// Appends `n` cells from the given one on.
    fn append(&mut self, values: &Values, first: usize, n: usize) -> io::Result<()> {
        match (self, values) {
            (Column::Numbers(to), Values::Numbers(v)) => {
                to.extend(cells(v, first, n)?.iter().copied());
            }
            (Column::Counts(to), Values::Counts(v)) => {
                for count in cells(v, first, n)? {
                    let count = count.map(i64::try_from).transpose();
                    to.append_option(count.map_err(|_| bad("a count is beyond 2^63"))?);
                }
            }
            (Column::Words(to), Values::Words(v)) => {
                for word in cells(v, first, n)? {
                    to.append_option(Some(word).filter(|word| !word.is_empty()));
                }
            }
            _ => return Err(bad("a column has another kind of values than the file")),
        }
        Ok(())
    }

    fn end(&mut self) -> ArrayRef {
        match self {
            Column::Numbers(it) => Arc::new(it.finish()),
            Column::Counts(it) => Arc::new(it.finish()),
            Column::Words(it) => Arc::new(it.finish()),
        }
    }
}

fn cells<T>(list: &[T], first: usize, n: usize) -> io::Result<&[T]> {
    let cells = list.get(first..first.saturating_add(n));
    cells.ok_or_else(|| bad("the columns are of different lengths"))
}

/// Rows of a group, by the number of columns alone.
pub fn rows_of_a_group(columns: usize) -> usize {
    (CELLS / columns.max(1)).clamp(1, MOST_ROWS)
}

fn field(column: &crate::table::Field) -> Field {
    let kind = match column.values {
        Values::Numbers(_) => DataType::Float64,
        Values::Counts(_) => DataType::Int64,
        Values::Words(_) => DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into()),
    };
    let known = [("unit", &column.unit), ("description", &column.about)];
    let known = known.iter().filter(|(_, text)| !text.is_empty());
    let known = known.map(|(key, text)| (key.to_string(), text.to_string()));
    Field::new(&column.name, kind, true).with_metadata(known.collect::<HashMap<_, _>>())
}

/// What the file says of itself as a whole.
fn notes(table: &Table, origin: &Provenance) -> Vec<(String, String)> {
    let columns = table.columns.iter();
    let columns = columns.map(|c| json!({ "name": c.name, "unit": c.unit, "about": c.about }));
    let notes = [
        (COLUMNS, Value::Array(columns.collect()).to_string()),
        ("osmocyte.model", origin.model.clone()),
        ("osmocyte.title", origin.title.clone()),
        ("osmocyte.model_sha256", origin.model_sha256.clone()),
    ];
    let notes = notes.into_iter().filter(|(_, text)| !text.is_empty());
    notes.map(|(key, text)| (key.to_string(), text)).collect()
}

fn properties(
    table: &Table,
    origin: &Provenance,
    notes: Vec<(String, String)>,
) -> WriterProperties {
    let notes = notes
        .into_iter()
        .map(|(key, text)| KeyValue::new(key, text));
    let mut options = WriterProperties::builder()
        .set_created_by(format!("{} version {}", origin.tool, origin.version))
        .set_compression(Compression::SNAPPY)
        // Ours are the only groups.
        .set_max_row_group_row_count(None)
        .set_key_value_metadata(Some(notes.collect()));
    for column in &table.columns {
        let path = ColumnPath::new(vec![column.name.clone()]);
        options = match column.values {
            Values::Numbers(_) => options.set_column_dictionary_page_size_limit(path, DICTIONARY),
            // Numbers of points, numbers of steps: near to each other.
            Values::Counts(_) => options
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            Values::Words(_) => options,
        };
    }
    options.build()
}

fn bad(message: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, message)
}

fn other(e: ParquetError) -> io::Error {
    io::Error::other(e.to_string())
}

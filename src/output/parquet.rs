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
            most: group(table.columns.len()),
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
fn group(columns: usize) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};

    /// A table of `n` rows with all that there can be in a cell.
    fn table(n: u64) -> Table {
        let mut table = Table::default();
        let points = (0..n).map(Some).collect();
        table.push("point", "", "number of the point", Values::Counts(points));
        let special = [
            None,
            Some(f64::NAN),
            Some(-0.0),
            Some(f64::INFINITY),
            Some(5e-324),
        ];
        let number = |i: u64| {
            special
                .get(i as usize % 7)
                .copied()
                .unwrap_or(Some(i as f64 / 3.0))
        };
        table.push(
            "x, \"y\"",
            "um/s",
            "",
            Values::Numbers((0..n).map(number).collect()),
        );
        let word = |i: u64| ["", "a", "\u{b5}m, \"b\"\n"][i as usize % 3].to_string();
        table.push(
            "reason",
            "",
            "why",
            Values::Words((0..n).map(word).collect()),
        );
        table
    }

    fn empty(of: &Table) -> Table {
        cut(of, 0, 0)
    }

    fn cut(of: &Table, first: usize, n: usize) -> Table {
        let mut piece = of.clone();
        for column in &mut piece.columns {
            match &mut column.values {
                Values::Numbers(v) => *v = v[first..first + n].to_vec(),
                Values::Counts(v) => *v = v[first..first + n].to_vec(),
                Values::Words(v) => *v = v[first..first + n].to_vec(),
            }
        }
        piece
    }

    fn origin() -> Provenance {
        Provenance {
            tool: "osmocyte".to_string(),
            version: "1.2.3".to_string(),
            model: "cell@a".to_string(),
            ..Provenance::default()
        }
    }

    fn written(table: &Table, piece: usize, origin: &Provenance) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = TableWriter::new(&empty(table), origin, &mut out).unwrap();
        let mut first = 0;
        while first < table.n_rows() {
            let n = piece.min(table.n_rows() - first);
            writer.add(&cut(table, first, n)).unwrap();
            first += n;
        }
        writer.finish().unwrap();
        out
    }

    /// What a reader takes.
    fn file(bytes: &[u8]) -> std::fs::File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn the_bytes_depend_on_the_rows_alone() {
        let table = table(2 * MOST_ROWS as u64 + 17);
        let whole = written(&table, table.n_rows(), &origin());
        assert!(whole == written(&table, 1000, &origin()), "by the pieces");
        let elsewhere = Provenance {
            command: vec!["osmocyte".to_string()],
            created: "2026-01-01T00:00:00Z".to_string(),
            ..origin()
        };
        assert!(whole == written(&table, 7777, &elsewhere), "by the origin");
        let file = SerializedFileReader::new(file(&whole)).unwrap();
        let groups = file.metadata().row_groups().iter();
        let groups: Vec<i64> = groups.map(|g| g.num_rows()).collect();
        assert_eq!(groups, [MOST_ROWS as i64, MOST_ROWS as i64, 17]);
        assert_eq!(
            file.metadata().file_metadata().created_by(),
            Some("osmocyte version 1.2.3")
        );
    }

    #[test]
    fn units_are_in_the_fields_and_in_the_footer() {
        let bytes = file(&written(&table(3), 2, &origin()));
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
        let schema = reader.schema();
        assert_eq!(schema.field(1).name(), "x, \"y\"");
        assert_eq!(schema.field(1).metadata()["unit"], "um/s");
        assert_eq!(schema.field(2).metadata()["description"], "why");
        assert_eq!(schema.metadata()["osmocyte.model"], "cell@a");
        let columns: Value = serde_json::from_str(&schema.metadata()[COLUMNS]).unwrap();
        assert_eq!(columns[1]["unit"], "um/s");
        assert!(!schema.metadata().contains_key("osmocyte.title"));
    }

    #[test]
    fn a_table_without_rows_is_a_file() {
        let bytes = file(&written(&table(0), 1, &origin()));
        let file = SerializedFileReader::new(bytes).unwrap();
        assert_eq!(file.metadata().file_metadata().num_rows(), 0);
    }

    #[test]
    fn other_columns_are_refused() {
        let mut out = Vec::new();
        let mut writer = TableWriter::new(&table(0), &origin(), &mut out).unwrap();
        let mut piece = table(2);
        piece.columns.swap(0, 1);
        let message = writer.add(&piece).unwrap_err().to_string();
        assert!(message.contains("another kind"), "{message}");
        piece.columns.pop();
        let message = writer.add(&piece).unwrap_err().to_string();
        assert!(message.contains("other columns"), "{message}");
    }

    /// A wide table has shorter groups: what is in memory stays the same.
    #[test]
    fn groups_are_bounded_by_cells() {
        assert_eq!(group(0), MOST_ROWS);
        assert_eq!(group(10), MOST_ROWS);
        assert_eq!(group(1024), 2048);
        assert_eq!(group(usize::MAX), 1);
    }
}

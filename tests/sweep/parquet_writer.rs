//! The Parquet writer by itself: columns, units, groups of rows, and bytes that depend on the rows alone.

use std::io::Write;

use osmocyte::output::Provenance;
use osmocyte::output::parquet::{COLUMNS, TableWriter, rows_of_a_group};
use osmocyte::table::{Table, Values};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;

/// Rows of a group, unless the table is wide.
const MOST_ROWS: usize = 1 << 17;

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
    assert_eq!(rows_of_a_group(0), MOST_ROWS);
    assert_eq!(rows_of_a_group(10), MOST_ROWS);
    assert_eq!(rows_of_a_group(1024), 2048);
    assert_eq!(rows_of_a_group(usize::MAX), 1);
}

//! The rows of a sweep as text: what [`super::write_table`] writes, without a header and fast, for there are many; and back.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::str::FromStr;

use super::csv::push_number;
use crate::table::{Table, Values};

/// The names of the columns as a line, without its end.
pub fn header(table: &Table) -> String {
    let mut text = String::new();
    for (i, column) in table.columns.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        push_word(&mut text, &column.name);
    }
    text
}

/// Appends all rows, each with its line feed.
pub fn push_rows(text: &mut String, table: &Table) {
    for row in 0..table.n_rows() {
        push_row(text, table, row);
    }
}

/// Appends a row with its line feed.
pub fn push_row(text: &mut String, table: &Table, row: usize) {
    for (i, column) in table.columns.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        match &column.values {
            Values::Numbers(v) => {
                if let Some(x) = v.get(row).copied().flatten() {
                    push_number(text, x);
                }
            }
            Values::Counts(v) => {
                if let Some(n) = v.get(row).copied().flatten() {
                    // Writing into a string can't fail.
                    let _ = write!(text, "{n}");
                }
            }
            Values::Words(v) => push_word(text, v.get(row).map_or("", String::as_str)),
        }
    }
    text.push('\n');
}

/// A text, in quotes where commas, quotes or line breaks would be taken for something else.
fn push_word(text: &mut String, word: &str) {
    if !word.contains([',', '"', '\n', '\r']) {
        return text.push_str(word);
    }
    text.push('"');
    text.push_str(&word.replace('"', "\"\""));
    text.push('"');
}

/// What [`push_rows`] wrote, row by row, ends of lines included.
pub fn split_rows(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut quoted = false;
        let end = rest.iter().position(|byte| {
            quoted ^= *byte == b'"';
            *byte == b'\n' && !quoted
        });
        let (row, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        rest = after;
        (!row.is_empty()).then_some(row)
    })
}

/// Reads what [`push_rows`] wrote, into a table with the columns of `empty`: the same bits.
///
/// # Errors
///
/// Text that is no CSV, a row of another length, a cell that is no number where one belongs.
pub fn read_rows(text: &[u8], empty: &Table) -> io::Result<Table> {
    let bad = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    let mut table = empty.clone();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text);
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    while reader
        .read_record(&mut record)
        .map_err(|e| bad(e.to_string()))?
    {
        row += 1;
        if record.len() != table.columns.len() {
            let (cells, columns) = (record.len(), table.columns.len());
            return Err(bad(format!(
                "row {row} has {cells} cells for {columns} columns"
            )));
        }
        for (field, cell) in table.columns.iter_mut().zip(&record) {
            let fits = match &mut field.values {
                Values::Numbers(list) => read_cell(list, cell),
                Values::Counts(list) => read_cell(list, cell),
                Values::Words(list) => {
                    list.push(cell.to_string());
                    true
                }
            };
            if !fits {
                let name = &field.name;
                return Err(bad(format!("row {row}: `{cell}` is no value of `{name}`")));
            }
        }
    }
    Ok(table)
}

/// Whether the cell is empty or can be read.
fn read_cell<T: FromStr>(list: &mut Vec<Option<T>>, cell: &str) -> bool {
    let value = match cell {
        "" => None,
        cell => match cell.parse() {
            Ok(value) => Some(value),
            Err(_) => return false,
        },
    };
    list.push(value);
    true
}

/// How often each reason stands beside the word `failed`; `status` and `reason` are numbers of columns.
pub fn failures(table: &Table, status: usize, reason: usize) -> BTreeMap<String, u64> {
    let words = |at: usize| match table.columns.get(at).map(|c| &c.values) {
        Some(Values::Words(words)) => words.as_slice(),
        _ => &[],
    };
    let mut counts = BTreeMap::new();
    for (status, reason) in words(status).iter().zip(words(reason)) {
        if status == "failed" {
            match counts.get_mut(reason) {
                Some(count) => *count += 1,
                None => {
                    counts.insert(reason.clone(), 1);
                }
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::write_table;

    fn table() -> Table {
        let mut table = Table::default();
        let counts = Values::Counts(vec![Some(0), Some(1), Some(u64::MAX), None]);
        table.push("point", "", "", counts);
        let numbers = vec![Some(0.1), Some(-1e-7), Some(f64::NAN), None];
        table.push("max(x), \"y\"", "um", "", Values::Numbers(numbers));
        let words = ["complete", "failed", "failed", "stopped"].map(str::to_string);
        table.push("status", "", "", Values::Words(words.to_vec()));
        let words = ["", "`a`, \"b\"", "c\nd", "plain"].map(str::to_string);
        table.push("reason", "", "", Values::Words(words.to_vec()));
        table
    }

    #[test]
    fn rows_are_those_of_the_table() {
        let table = table();
        let mut expected = Vec::new();
        write_table(&table, &mut expected).unwrap();
        let mut text = header(&table) + "\n";
        push_rows(&mut text, &table);
        assert_eq!(text, String::from_utf8(expected).unwrap());
        assert!(text.contains("0,0.1,complete,\n1,-1e-7,failed,\"`a`, \"\"b\"\"\"\n"));
    }

    #[test]
    fn rows_come_back_as_they_were() {
        let (table, mut text) = (table(), String::new());
        push_rows(&mut text, &table);
        let mut empty = table.clone();
        for column in &mut empty.columns {
            match &mut column.values {
                Values::Numbers(v) => v.clear(),
                Values::Counts(v) => v.clear(),
                Values::Words(v) => v.clear(),
            }
        }
        let read = read_rows(text.as_bytes(), &empty).unwrap();
        // Texts, for not-a-number equals nothing.
        assert_eq!(format!("{read:?}"), format!("{table:?}"));
        let message = |text: &str| read_rows(text.as_bytes(), &empty).unwrap_err().to_string();
        assert_eq!(message("1,2,a\n"), "row 1 has 3 cells for 4 columns");
        assert_eq!(
            message("1,2,a,b\n-1,2,a,b\n"),
            "row 2: `-1` is no value of `point`"
        );
    }

    #[test]
    fn failures_are_counted_by_reason() {
        let counts = failures(&table(), 2, 3);
        let expected = [("`a`, \"b\"", 1), ("c\nd", 1)];
        assert!(counts.iter().map(|(r, n)| (r.as_str(), *n)).eq(expected));
        assert!(failures(&table(), 2, 9).is_empty());
    }
}

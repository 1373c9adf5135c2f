//! The rows of a sweep as text: what [`super::write_table`] writes, without a header and fast, for there are many.

use std::collections::BTreeMap;
use std::fmt::Write as _;

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
    fn failures_are_counted_by_reason() {
        let counts = failures(&table(), 2, 3);
        let expected = [("`a`, \"b\"", 1), ("c\nd", 1)];
        assert!(counts.iter().map(|(r, n)| (r.as_str(), *n)).eq(expected));
        assert!(failures(&table(), 2, 9).is_empty());
    }
}

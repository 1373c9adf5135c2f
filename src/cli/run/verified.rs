//! What a second solve says of the run, for people.

use crate::cli::digits::{duration, number, plural, with_error, with_unit};
use crate::study::{Verification, method_name};
use crate::trajectory::ColumnError;

/// Columns that are shown; the card has all.
const SHOWN: usize = 5;

pub(in crate::cli) fn heading(found: &Verification) -> &'static str {
    if found.is_verified() {
        "Verified"
    } else {
        "NOT VERIFIED"
    }
}

/// By what, and what there is to know.
pub(in crate::cli) fn rows(found: &Verification, elapsed: f64) -> Vec<Vec<String>> {
    let c = &found.counters;
    let mut rows = Vec::new();
    if c.rhs > 0 {
        rows.push(format!(
            "{} at rtol {}: {}, {} rejected, {} right-hand sides, {}",
            method_name(found.method),
            number(found.rtol, 3),
            plural(c.accepted, "step"),
            c.rejected,
            c.rhs,
            duration(elapsed)
        ));
    }
    rows.extend(found.doubts.iter().cloned());
    rows.extend(found.notes.iter().cloned());
    rows.into_iter().map(|row| vec![row]).collect()
}

/// The columns with the largest errors relative to their size.
pub(in crate::cli) fn errors(found: &Verification, time_unit: &str) -> Vec<Vec<String>> {
    let mut columns: Vec<&ColumnError> = found.columns.iter().collect();
    // Sorting keeps the order of the table among equals.
    columns.sort_by(|a, b| b.relative().total_cmp(&a.relative()));
    let row = |c: &&ColumnError| {
        let (_, error) = with_error(c.size, c.error, &c.unit);
        let part = format!("{:.1e} of its largest size", c.relative());
        let place = format!("at t = {}", with_unit(&number(c.t, 6), time_unit));
        match c.error {
            0.0 => vec![c.name.clone(), error],
            _ => vec![c.name.clone(), error, part, place],
        }
    };
    let mut rows: Vec<Vec<String>> = columns.iter().take(SHOWN).map(row).collect();
    if columns.len() > SHOWN {
        rows.push(vec![
            format!("{} more", columns.len() - SHOWN),
            "less".to_string(),
        ]);
    }
    rows
}

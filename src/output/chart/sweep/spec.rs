//! Columns of a table as axes and outcomes.

use super::super::Axis;
use super::super::ticks::short;
use super::Reading;
use super::stats::{distinct, quantile};
use crate::table::{Table, Values};

/// A column of a table that was varied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisSpec {
    /// Name of the column: of numbers, or of words such as the names of variants.
    pub column: String,
    /// What it is; from the name of the column if empty.
    pub label: String,
    /// Its unit; that of the column if empty.
    pub unit: String,
    /// Logarithmic or not; `None` if the values are to say it.
    pub log: Option<bool>,
}

/// A column of a table that answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutcomeSpec {
    /// Name of the column of numbers.
    pub column: String,
    /// What it is; from the name of the column if empty.
    pub label: String,
    /// Its unit; that of the column if empty.
    pub unit: String,
    /// Logarithmic or not; `None` if the values are to say it.
    pub log: Option<bool>,
    /// What there is where the outcome is not, e.g. "no lysis"; "no" and the label if empty.
    pub absent: String,
}

impl AxisSpec {
    /// The column of that name, the rest from the table.
    pub fn of(column: &str) -> AxisSpec {
        AxisSpec {
            column: column.into(),
            ..AxisSpec::default()
        }
    }
}

impl OutcomeSpec {
    /// The column of that name, the rest from the table.
    pub fn of(column: &str) -> OutcomeSpec {
        OutcomeSpec {
            column: column.into(),
            ..OutcomeSpec::default()
        }
    }
}

/// A status column with this word tells which points failed. It is the last one of this name: where an axis or an outcome
/// is called so, it has `run_` before its own.
const FAILED: (&str, &str) = ("status", "failed");

/// An axis as numbers.
pub(super) struct Varied {
    pub axis: Axis,
    pub x: Vec<f64>,
    /// Different values, ascending.
    pub values: Vec<f64>,
}

/// An outcome as readings.
pub(super) struct Answered {
    pub column: String,
    pub axis: Axis,
    pub absent: String,
    pub readings: Vec<Reading>,
}

/// Which points failed.
pub(super) fn failed(table: &Table) -> Vec<bool> {
    let is_status = |name: &str| name.trim_start_matches("run_") == FAILED.0;
    let status = table.columns.iter().rev().find(|c| is_status(&c.name));
    match status.map(|c| &c.values) {
        Some(Values::Words(words)) => words.iter().map(|w| w == FAILED.1).collect(),
        _ => Vec::new(),
    }
}

/// `bath.osmolarity` as words.
pub fn label_of(column: &str) -> String {
    let text: String = column
        .chars()
        .map(|c| if matches!(c, '_' | '.') { ' ' } else { c })
        .collect();
    text.trim().to_string()
}

fn or(own: &str, otherwise: &str) -> String {
    if own.is_empty() { otherwise } else { own }.to_string()
}

impl AxisSpec {
    pub(super) fn read(&self, table: &Table) -> Option<Varied> {
        let field = table.column(&self.column)?;
        let mut names: Vec<String> = Vec::new();
        let x: Vec<f64> = match &field.values {
            Values::Numbers(v) => v.iter().map(|v| v.unwrap_or(f64::NAN)).collect(),
            Values::Counts(v) => v.iter().map(|v| v.map_or(f64::NAN, |v| v as f64)).collect(),
            Values::Words(words) => (words.iter())
                .map(|word| {
                    let known = names.iter().position(|n| n == word);
                    let number = known.unwrap_or_else(|| {
                        names.push(word.clone());
                        names.len() - 1
                    });
                    number as f64
                })
                .collect(),
        };
        let values = distinct(x.iter().copied());
        let mut axis = Axis::new(
            &or(&self.label, &label_of(&self.column)),
            &or(&self.unit, &field.unit),
        );
        let positive = values.first().is_some_and(|v| *v > 0.0);
        axis.log =
            positive && names.is_empty() && self.log.unwrap_or_else(|| looks_log(&values, 10.0));
        axis.names = names;
        Some(Varied { axis, x, values })
    }
}

impl OutcomeSpec {
    pub(super) fn read(&self, table: &Table, failed: &[bool]) -> Option<Answered> {
        let field = table.column(&self.column)?;
        let value = |i: usize| match &field.values {
            Values::Numbers(v) => v[i],
            Values::Counts(v) => v[i].map(|v| v as f64),
            Values::Words(_) => None,
        };
        if matches!(field.values, Values::Words(_)) {
            return None;
        }
        let is_failed = |i: usize| failed.get(i).copied().unwrap_or(false);
        let readings: Vec<Reading> = (0..field.values.len())
            .map(|i| Reading::of(value(i), is_failed(i)))
            .collect();
        let label = or(&self.label, &label_of(&self.column));
        let mut axis = Axis::new(&label, &or(&self.unit, &field.unit));
        let mut values: Vec<f64> = readings.iter().filter_map(|r| r.value()).collect();
        values.sort_unstable_by(f64::total_cmp);
        let positive = values.first().is_none_or(|v| *v > 0.0);
        axis.log = positive && self.log.unwrap_or_else(|| looks_log(&values, 100.0));
        Some(Answered {
            column: self.column.clone(),
            axis,
            absent: or(&self.absent, &format!("no {label}")),
            readings,
        })
    }
}

/// Whether sorted values lie more evenly in their logarithms, over at least that ratio.
fn looks_log(values: &[f64], ratio: f64) -> bool {
    let (Some(lo), Some(hi)) = (values.first(), values.last()) else {
        return false;
    };
    if *lo <= 0.0 || hi / lo < ratio {
        return false;
    }
    let middle = quantile(values, 0.5);
    let linear = (middle - lo) / (hi - lo);
    let log = (middle / lo).ln() / (hi / lo).ln();
    (log - 0.5).abs() < (linear - 0.5).abs()
}

impl Varied {
    /// Each value as the name of a curve.
    pub(super) fn names(&self) -> Vec<String> {
        let name = |v: &f64| match self.axis.names.get(*v as usize) {
            Some(name) if !self.axis.names.is_empty() => name.clone(),
            _ if self.axis.unit.is_empty() => format!("{} {}", self.axis.label, brief(*v)),
            _ => format!("{} {}", brief(*v), self.axis.unit),
        };
        self.values.iter().map(name).collect()
    }
}

/// A value to three digits.
fn brief(v: f64) -> String {
    short(format!("{v:.2e}").parse().unwrap_or(v))
}

//! Results of the analyses as tables: one row for each outcome and factor.

use super::{Count, Effects, Estimate, Indices};
use crate::study::harvest::shown_unit;
use crate::study::sweep::{Answer, Axis};
use crate::table::{Table, Values};

/// Columns that are filled row by row.
#[derive(Default)]
struct Filling {
    words: Vec<(&'static str, &'static str, Vec<String>)>,
    numbers: Vec<(&'static str, &'static str, Vec<Option<f64>>)>,
    counts: Vec<(&'static str, &'static str, Vec<Option<u64>>)>,
}

impl Filling {
    fn word(&mut self, name: &'static str, about: &'static str, value: impl Into<String>) {
        match self.words.iter_mut().find(|c| c.0 == name) {
            Some(column) => column.2.push(value.into()),
            None => self.words.push((name, about, vec![value.into()])),
        }
    }

    fn number(&mut self, name: &'static str, about: &'static str, value: Option<f64>) {
        match self.numbers.iter_mut().find(|c| c.0 == name) {
            Some(column) => column.2.push(value),
            None => self.numbers.push((name, about, vec![value])),
        }
    }

    fn rows(&mut self, count: Count) {
        let both = [
            ("used", "rows of the design that it rests on", count.used),
            ("lost", "rows lost because a point has no value", count.lost),
        ];
        for (name, about, value) in both {
            match self.counts.iter_mut().find(|c| c.0 == name) {
                Some(column) => column.2.push(Some(value)),
                None => self.counts.push((name, about, vec![Some(value)])),
            }
        }
    }

    /// Value, standard error and both ends of the interval.
    fn estimate(&mut self, columns: [(&'static str, &'static str); 4], found: Option<&Estimate>) {
        let interval = found.and_then(|e| e.interval);
        let values = [
            found.map(|e| e.value),
            interval.map(|i| i.error),
            interval.map(|i| i.low),
            interval.map(|i| i.high),
        ];
        for ((name, about), value) in columns.into_iter().zip(values) {
            self.number(name, about, value);
        }
    }

    fn table(self) -> Table {
        let mut table = Table::default();
        for (name, about, values) in self.words {
            table.push(name, "", about, Values::Words(values));
        }
        for (name, about, values) in self.numbers {
            table.push(name, "", about, Values::Numbers(values));
        }
        for (name, about, values) in self.counts {
            table.push(name, "", about, Values::Counts(values));
        }
        table
    }
}

const OUTCOME: (&str, &str) = ("outcome", "name of the outcome");
const FACTOR: (&str, &str) = ("factor", "what is varied");
const UNIT: (&str, &str) = ("unit", "unit of the outcome");

/// Elementary effects; `effects` is `[answers][axes]`.
pub fn table_of_effects(answers: &[Answer], axes: &[Axis], effects: &[Vec<Effects>]) -> Table {
    let mut rows = Filling::default();
    for (answer, effects) in answers.iter().zip(effects) {
        for (axis, found) in axes.iter().zip(effects) {
            rows.word(OUTCOME.0, OUTCOME.1, &answer.name);
            rows.word(FACTOR.0, FACTOR.1, &axis.name);
            rows.word(UNIT.0, UNIT.1, shown_unit(&answer.unit));
            rows.estimate(
                [
                    (
                        "mu_star",
                        "mean magnitude of the effects of the whole range, in the unit of the outcome",
                    ),
                    ("mu_star_error", "standard error of mu_star"),
                    ("mu_star_low", "lower bound of mu_star"),
                    ("mu_star_high", "upper bound of mu_star"),
                ],
                found.mu_star.as_ref(),
            );
            rows.number("mu", "mean effect", found.mu);
            rows.number("sigma", "standard deviation of the effects", found.sigma);
            rows.rows(found.count);
        }
    }
    rows.table()
}

/// Variance-based indices; those of second order have a name in `with`.
pub fn table_of_indices(answers: &[Answer], axes: &[Axis], indices: &[Indices]) -> Table {
    let mut rows = Filling::default();
    let name = |i: usize| axes.get(i).map_or("", |a| a.name.as_str());
    for (answer, found) in answers.iter().zip(indices) {
        let mut row =
            |factor: usize, with: &str, estimates: [Option<&Estimate>; 3], count: Count| {
                rows.word(OUTCOME.0, OUTCOME.1, &answer.name);
                rows.word(FACTOR.0, FACTOR.1, name(factor));
                rows.word("with", "the other one of a pair", with);
                rows.word(UNIT.0, UNIT.1, shown_unit(&answer.unit));
                rows.number("mean", "mean of the outcome", found.mean);
                rows.number(
                    "deviation",
                    "standard deviation of the outcome",
                    found.deviation,
                );
                let [first, total, second] = estimates;
                rows.estimate(
                    [
                        ("first", "part of the variance from the factor alone"),
                        ("first_error", "standard error of first"),
                        ("first_low", "lower bound of first"),
                        ("first_high", "upper bound of first"),
                    ],
                    first,
                );
                rows.estimate(
                    [
                        (
                            "total",
                            "part of the variance in which the factor has a share",
                        ),
                        ("total_error", "standard error of total"),
                        ("total_low", "lower bound of total"),
                        ("total_high", "upper bound of total"),
                    ],
                    total,
                );
                rows.estimate(
                    [
                        (
                            "second",
                            "part of the variance from the pair beyond its members",
                        ),
                        ("second_error", "standard error of second"),
                        ("second_low", "lower bound of second"),
                        ("second_high", "upper bound of second"),
                    ],
                    second,
                );
                rows.rows(count);
            };
        for (i, main) in found.factors.iter().enumerate() {
            let estimates = [main.first.as_ref(), main.total.as_ref(), None];
            row(i, "", estimates, main.rows);
        }
        for pair in &found.pairs {
            let (i, j) = pair.factors;
            row(i, name(j), [None, None, pair.second.as_ref()], pair.rows);
        }
    }
    rows.table()
}

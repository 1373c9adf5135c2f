//! Which charts a study gets: by how many axes really vary, and how.

use super::super::Axis;
use super::super::ticks::short;
use super::stats::{count, distinct, quantile};
use super::{
    Figure, HeatMap, ProfileRow, Profiles, Reading, Response, ResponsePanel, Scatter, Variable,
    scatter,
};
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

/// Different values that are still a curve each, not an axis.
const FEW: usize = 6;
/// Panels of one picture.
const PANELS: usize = 4;
/// Rows and columns of small panels of one picture.
const PROFILES: (usize, usize) = (3, 4);
/// Outcomes that come before the axes in a scatter matrix.
const FIRST: usize = 3;
/// A status column with this word tells which points failed.
const FAILED: (&str, &str) = ("status", "failed");

/// An axis as numbers.
struct Varied {
    axis: Axis,
    x: Vec<f64>,
    /// Different values, ascending.
    values: Vec<f64>,
}

/// An outcome as readings.
struct Answered {
    column: String,
    axis: Axis,
    absent: String,
    readings: Vec<Reading>,
}

/// The charts of a table, each with a name for its file (without an ending).
///
/// One axis gives a response curve for each outcome. Two give a heat map for each outcome, or a curve for each value of
/// an axis that has few. More give a scatter matrix, and the outcomes over each axis in small panels. Columns that are
/// missing or do not vary are left out; points whose column `status` says `failed` are marked as failed.
pub fn sweep_charts(
    table: &Table,
    axes: &[AxisSpec],
    outcomes: &[OutcomeSpec],
) -> Vec<(String, Figure)> {
    let axes = axes.iter().filter_map(|spec| spec.read(table));
    let mut axes: Vec<Varied> = axes.filter(|axis| axis.values.len() > 1).collect();
    let failed = failed(table);
    let outcomes: Vec<Answered> = (outcomes.iter())
        .filter_map(|spec| spec.read(table, &failed))
        .collect();
    if outcomes.is_empty() {
        return Vec::new();
    }
    let mut out = Vec::new();
    match &mut axes[..] {
        [] => {
            if table.n_rows() > 1 {
                out.push(("scatter".to_string(), scatter_matrix(&[], &outcomes)));
            }
        }
        [one] => responses(&mut out, one, None, &outcomes),
        [a, b] => {
            // The one with fewer values, or with names, becomes curves.
            let key = |v: &Varied| (v.axis.names.is_empty(), v.values.len());
            let (few, many) = if key(a) <= key(b) { (a, b) } else { (b, a) };
            let crossings = few.values.len().saturating_mul(many.values.len());
            let curves = few.values.len() <= FEW
                && many.axis.names.is_empty()
                && table.n_rows() <= crossings.saturating_add(crossings / 2);
            if curves {
                responses(&mut out, many, Some(few), &outcomes);
            } else {
                maps(&mut out, &axes, &outcomes);
            }
        }
        _ => {
            out.push(("scatter".to_string(), scatter_matrix(&axes, &outcomes)));
            profiles(&mut out, &axes, &outcomes);
        }
    }
    out
}

fn responses(
    out: &mut Vec<(String, Figure)>,
    x: &Varied,
    curves: Option<&Varied>,
    outcomes: &[Answered],
) {
    let group: Vec<usize> = curves.map_or(Vec::new(), |c| {
        let of = |v: &f64| c.values.iter().position(|own| own == v);
        // Nearly equal values are one.
        let near = |v: &f64| super::stats::nearest(&c.values, *v);
        c.x.iter()
            .map(|v| of(v).unwrap_or_else(|| near(v)))
            .collect()
    });
    let names: Vec<String> = curves.map_or(Vec::new(), Varied::names);
    let single = group.is_empty();
    // Several points at one place are a distribution.
    let many = single && 2 * x.values.len() <= x.x.len() && x.values.len() > 1;
    for (k, part) in outcomes.chunks(PANELS).enumerate() {
        let panel = |o: &Answered| {
            let y = o.axis.clone();
            let panel = if many {
                ResponsePanel::bands(&x.axis, y, &x.x, &o.readings)
            } else {
                ResponsePanel::curves(&x.axis, y, &x.x, &o.readings, &group, &names)
            };
            ResponsePanel {
                why: o.absent.clone(),
                ..panel
            }
        };
        let by = curves.map_or(String::new(), |c| {
            format!(", a curve for each {}", c.axis.label)
        });
        let bands = match many {
            true => ": medians, quartiles (dark) and 5–95 % (pale)",
            false => "",
        };
        let figure = Figure::Response(Response {
            title: format!("{} over {}", list(part), x.axis.label),
            subtitle: format!("{}{by}{bands}", count(x.x.len())),
            x: x.axis.clone(),
            panels: part.iter().map(panel).collect(),
            description: String::new(),
        });
        out.push((numbered("response", k), figure));
    }
}

fn maps(out: &mut Vec<(String, Figure)>, axes: &[Varied], outcomes: &[Answered]) {
    let [x, y] = axes else { return };
    for o in outcomes {
        let at = x.x.iter().zip(&y.x).zip(&o.readings);
        let figure = Figure::Heat(HeatMap {
            title: format!(
                "{} over {} and {}",
                capital(&o.axis.label),
                x.axis.label,
                y.axis.label
            ),
            subtitle: count(o.readings.len()),
            x: x.axis.clone(),
            y: y.axis.clone(),
            z: o.axis.clone(),
            points: at.map(|((x, y), z)| (*x, *y, *z)).collect(),
            absent: o.absent.clone(),
            contours: true,
            description: String::new(),
        });
        out.push((format!("map-{}", file_name(&o.column)), figure));
    }
}

fn scatter_matrix(axes: &[Varied], outcomes: &[Answered]) -> Figure {
    let outcomes_first = outcomes.iter().take(FIRST);
    let of_outcomes = outcomes_first.map(|o| Variable {
        axis: o.axis.clone(),
        values: o.readings.clone(),
    });
    let of_axes = axes.iter().map(|a| Variable {
        axis: a.axis.clone(),
        values: a.x.iter().map(|x| Reading::of(Some(*x), false)).collect(),
    });
    let rest = outcomes.iter().skip(FIRST).map(|o| Variable {
        axis: o.axis.clone(),
        values: o.readings.clone(),
    });
    let all = of_outcomes.chain(of_axes).chain(rest);
    let variables: Vec<Variable> = all.take(scatter::MOST).collect();
    let more = axes.len() + outcomes.len() - variables.len();
    Figure::Scatter(Scatter {
        title: match axes {
            [] => format!("Distribution of {}", list(outcomes)),
            _ => "Outcomes and what was varied, against each other".into(),
        },
        subtitle: match more {
            0 => String::new(),
            more => format!(
                "the first {} of {}",
                variables.len(),
                variables.len() + more
            ),
        },
        variables,
        description: String::new(),
    })
}

fn profiles(out: &mut Vec<(String, Figure)>, axes: &[Varied], outcomes: &[Answered]) {
    let mut k = 0;
    for rows in outcomes.chunks(PROFILES.0) {
        for columns in axes.chunks(PROFILES.1) {
            let row = |o: &Answered| ProfileRow {
                y: o.axis.clone(),
                panels: (columns.iter())
                    .map(|a| ResponsePanel {
                        why: o.absent.clone(),
                        ..ResponsePanel::bands(&a.axis, o.axis.clone(), &a.x, &o.readings)
                    })
                    .collect(),
            };
            let n = columns.first().map_or(0, |a| a.x.len());
            let figure = Figure::Profiles(Profiles {
                title: format!("{} over what was varied", list(rows)),
                subtitle: format!("{}: medians, quartiles (dark) and 5–95 % (pale)", count(n)),
                axes: columns.iter().map(|a| a.axis.clone()).collect(),
                rows: rows.iter().map(row).collect(),
                description: String::new(),
            });
            out.push((numbered("profiles", k), figure));
            k += 1;
        }
    }
}

fn numbered(name: &str, k: usize) -> String {
    match k {
        0 => name.to_string(),
        k => format!("{name}-{}", k + 1),
    }
}

/// `A, B and C`.
fn list(outcomes: &[Answered]) -> String {
    let names: Vec<&str> = outcomes.iter().map(|o| o.axis.label.as_str()).collect();
    capital(&match &names[..] {
        [] => String::new(),
        [one] => one.to_string(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // A symbol such as pH or t50 keeps its letter.
        Some(first) if chars.clone().take(2).all(char::is_lowercase) && text.len() > 2 => {
            first.to_uppercase().chain(chars).collect()
        }
        _ => text.to_string(),
    }
}

fn file_name(column: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    column
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect()
}

fn failed(table: &Table) -> Vec<bool> {
    match table.column(FAILED.0).map(|c| &c.values) {
        Some(Values::Words(words)) => words.iter().map(|w| w == FAILED.1).collect(),
        _ => Vec::new(),
    }
}

/// `bath.osmolarity` as words.
fn words(column: &str) -> String {
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
    fn read(&self, table: &Table) -> Option<Varied> {
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
            &or(&self.label, &words(&self.column)),
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
    fn read(&self, table: &Table, failed: &[bool]) -> Option<Answered> {
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
        let label = or(&self.label, &words(&self.column));
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
    fn names(&self) -> Vec<String> {
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

//! Which charts a study gets: by how many axes really vary, and how.

use super::super::Figure;
use super::spec::{Answered, AxisSpec, OutcomeSpec, Varied, failed};
use super::stats::{count, nearest};
use super::{
    HeatMap, ProfileRow, Profiles, Reading, Response, ResponsePanel, Scatter, Variable, scatter,
};
use crate::table::Table;

/// Different values that are still a curve each, not an axis.
const FEW: usize = 6;
/// Panels of one picture.
const PANELS: usize = 4;
/// Rows and columns of small panels of one picture.
const PROFILES: (usize, usize) = (3, 4);
/// Outcomes that come before the axes in a scatter matrix.
const FIRST: usize = 3;

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
        let near = |v: &f64| nearest(&c.values, *v);
        c.x.iter()
            .map(|v| of(v).unwrap_or_else(|| near(v)))
            .collect()
    });
    let names: Vec<String> = curves.map_or(Vec::new(), Varied::names);
    let single = group.is_empty();
    // Several points at one place are a distribution.
    let many = single
        && (2 * x.values.len() <= x.x.len()
            || outcomes.iter().any(|o| restless(&x.x, &o.readings)));
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

/// Whether an outcome jumps up and down, or appears and disappears, so much along x that a curve would be a smear: other
/// things than x vary too.
fn restless(x: &[f64], readings: &[Reading]) -> bool {
    const LEAST: usize = 60;
    /// Times that a curve may run through its whole range, and gaps that it may have.
    const MOST: (f64, usize) = (30.0, 100);
    let mut order: Vec<usize> = (0..x.len().min(readings.len())).collect();
    order.sort_unstable_by(|a, b| x[*a].total_cmp(&x[*b]));
    let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
    for v in readings.iter().filter_map(|r| r.value()) {
        (lo, hi) = (lo.min(v), hi.max(v));
    }
    // What is constant to nine digits does not jump.
    let size = lo.abs().max(hi.abs());
    let span = (hi / 2.0 - lo / 2.0)
        .max(1e-9 * size)
        .max(f64::MIN_POSITIVE);
    let (mut way, mut gaps) = (0.0, 0);
    for pair in order.windows(2) {
        match (readings[pair[0]].value(), readings[pair[1]].value()) {
            (Some(a), Some(b)) => way += (b / 2.0 - a / 2.0).abs() / span,
            (Some(_), None) => gaps += 1,
            _ => {}
        }
    }
    order.len() >= LEAST && (way > MOST.0 || gaps > MOST.1)
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

/// The name of the file of the `k`-th chart of a kind, counted from 0, without an ending.
pub fn numbered(name: &str, k: usize) -> String {
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

/// The name of a column as part of the name of a file, for any file system.
pub fn file_name(column: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    column
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect()
}

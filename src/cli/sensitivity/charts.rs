//! Charts of an analysis: bars and pairs of indices, elementary effects, elasticities.

use std::cmp::Ordering;

use super::global::{self, Found};
use super::{Done, Method, Report};
use crate::cli::digits::quantity;
use crate::cli::folder::Folder;
use crate::cli::picture::{self, PictureArgs};
use crate::output::OutputError;
use crate::output::chart::sweep::{
    Morris, MorrisPoint, PairMatrix, PairPanel, SobolBars, SobolPanel, Swing, Tornado, Whisker,
    file_name, label_of, numbered,
};
use crate::output::chart::ticks::grouped;
use crate::output::chart::{Axis, Figure};
use crate::study::sensitivity::local::{Factor, Local, Slope};
use crate::study::sensitivity::{Bootstrap, Effects, Estimate, Global, Indices};
use crate::study::shown_unit;
use crate::study::sweep::{Answer, Axis as Varied};

/// Panels of one picture: bars, matrices, and matrices of many factors.
const BARS: usize = 6;
const MATRICES: usize = 4;
const LARGE: usize = 2;
/// Factors from which on a matrix is a large one.
const MANY: usize = 9;
/// Longest part of the name of a file that is from an outcome, in letters.
const LONGEST: usize = 60;
/// Outcomes, or factors, that are named in a remark.
const NAMED: usize = 3;

/// Names of all charts that there may be, without ending.
pub(super) fn names(method: Method, outcomes: &[String]) -> Vec<String> {
    let pictures = |name: &'static str, panels: usize| {
        (0..outcomes.len().div_ceil(panels)).map(move |k| numbered(name, k))
    };
    match method {
        Method::Local => each("elasticities", outcomes),
        Method::Morris => each("morris", outcomes),
        Method::Sobol => (pictures("sobol", BARS).chain(pictures("pairs", LARGE))).collect(),
    }
}

/// A name for each outcome; no two differ in nothing but the case of letters.
fn each(kind: &str, outcomes: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for outcome in outcomes {
        let own: String = file_name(outcome).chars().take(LONGEST).collect();
        let own = format!("{kind}-{own}");
        let free = |name: &String| !names.iter().any(|n| n.eq_ignore_ascii_case(name));
        let name = (0..).map(|k| numbered(&own, k)).find(free);
        names.push(name.unwrap_or(own));
    }
    names
}

/// Draws all charts; what could not be drawn comes back as warnings.
pub(super) fn draw(
    done: &Done,
    pictures: &PictureArgs,
    folder: &mut Folder,
) -> Result<Vec<String>, OutputError> {
    let mut warnings = Vec::new();
    for (name, figure) in figures(&done.found.full_name(), &done.report) {
        warnings.extend(picture::draw(&figure, &name, pictures, folder)?);
    }
    Ok(warnings)
}

/// All charts of an analysis of that model, each with a name for its file.
fn figures(model: &str, report: &Report) -> Vec<(String, Figure)> {
    match report {
        Report::Local(found) => tornados(model, found),
        Report::Global(report) => match &report.found {
            Found::Sobol(found) => indices(model, report, found),
            Found::Morris(found) => effects(model, report, found),
        },
    }
}

/// An estimate with its interval.
fn whisker(found: Option<&Estimate>) -> Option<Whisker> {
    found.map(|e| Whisker {
        value: e.value,
        ends: e.interval.map(|i| (i.low, i.high)),
    })
}

/// `1 point`, `20 000 points`.
fn count(n: u64, word: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{} {word}{ending}", grouped(&n.to_string()))
}

/// `A, B and 3 others`.
fn list(names: &[String]) -> String {
    let named = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        n => format!("{named} and {}", count(n as u64, "other")),
    }
}

/// What was done: in the first line below each title.
fn subtitle(model: &str, report: &global::Report, intervals: &str) -> String {
    let solved = report.solved();
    let rows = match (&report.found, report.rows) {
        (Found::Sobol(_), rows) => count(rows, "row"),
        (Found::Morris(_), 1) => "1 trajectory".to_string(),
        (Found::Morris(_), rows) => format!("{} trajectories", grouped(&rows.to_string())),
    };
    let mut out = format!("{model}: {rows}, {}", count(solved.points, "point"));
    if solved.failed > 0 {
        out += &format!(", {} of them failed", grouped(&solved.failed.to_string()));
    }
    if report.resamples > 0 {
        let level = 100.0 * Bootstrap::default().level;
        out += &format!("; {intervals}: {level} % of {} resamples", report.resamples);
    }
    out
}

/// `no value at 3 points`, or nothing where the outcome exists at all points that did not fail.
fn gaps(report: &global::Report, outcome: usize) -> String {
    match report.without(outcome) {
        // What failed has been said.
        n if n == report.solved().failed => String::new(),
        n => format!("no value at {}", count(n, "point")),
    }
}

fn indices(model: &str, report: &global::Report, found: &Global<Indices>) -> Vec<(String, Figure)> {
    let (answers, axes) = (report.survey.answers(), report.survey.axes());
    let name = |i: &usize| answers[*i].name.as_str();
    let all = 0..answers.len().min(found.outcomes.len());
    let (constant, rest): (Vec<usize>, Vec<usize>) = all.partition(|i| report.is_constant(*i));
    let known = |i: &usize| {
        let mut factors = found.outcomes[*i].factors.iter();
        factors.any(|f| f.first.is_some() || f.total.is_some())
    };
    let (shown, unknown): (Vec<usize>, Vec<usize>) = rest.into_iter().partition(known);
    let mut conditions = subtitle(model, report, "whiskers");
    for (why, outcomes) in [("constant", constant), ("too few values", unknown)] {
        if !outcomes.is_empty() {
            let names: Vec<String> = outcomes.iter().map(|i| label_of(name(i))).collect();
            conditions += &format!("; {why}: {}", list(&names));
        }
    }
    let whose = match &shown[..] {
        [one] => label_of(name(one)),
        _ => "the outcomes".to_string(),
    };
    let mut out = Vec::new();
    for (k, part) in shown.chunks(BARS).enumerate() {
        let panel = |i: &usize| {
            let mains = found.outcomes[*i].factors.iter();
            SobolPanel {
                outcome: label_of(name(i)),
                note: gaps(report, *i),
                first: mains.clone().map(|m| whisker(m.first.as_ref())).collect(),
                total: mains.map(|m| whisker(m.total.as_ref())).collect(),
            }
        };
        let bars = SobolBars {
            title: format!("Which factors the variance of {whose} comes from"),
            subtitle: conditions.clone(),
            factors: axes.iter().map(|axis| axis.name.clone()).collect(),
            panels: part.iter().map(panel).collect(),
            description: String::new(),
        };
        out.push((numbered("sobol", k), Figure::Sobol(bars)));
    }
    let paired = |i: &&usize| !found.outcomes[**i].pairs.is_empty();
    let shown: Vec<&usize> = shown.iter().filter(paired).collect();
    let panels = if axes.len() < MANY { MATRICES } else { LARGE };
    for (k, part) in shown.chunks(panels).enumerate() {
        // A matrix that is cut off keeps what matters.
        let reach = |factor: usize| {
            let mains = part
                .iter()
                .filter_map(|i| found.outcomes[**i].factors.get(factor));
            let totals = mains.filter_map(|main| Some(main.total?.value));
            totals.fold(f64::NEG_INFINITY, f64::max)
        };
        let mut order: Vec<usize> = (0..axes.len()).collect();
        order.sort_by(|a, b| reach(*b).total_cmp(&reach(*a)));
        let place = |factor: usize| order.iter().position(|f| *f == factor).unwrap_or(factor);
        let panel = |i: &&usize| PairPanel {
            outcome: label_of(name(i)),
            note: gaps(report, **i),
            pairs: (found.outcomes[**i].pairs.iter())
                .map(|pair| {
                    let (a, b) = pair.factors;
                    (place(a), place(b), whisker(pair.second.as_ref()))
                })
                .collect(),
        };
        let matrix = PairMatrix {
            title: format!("What pairs of factors add to the variance of {whose}"),
            subtitle: conditions.replace("whiskers", "intervals"),
            factors: order.iter().map(|i| axes[*i].name.clone()).collect(),
            panels: part.iter().map(panel).collect(),
            description: String::new(),
        };
        out.push((numbered("pairs", k), Figure::Pairs(matrix)));
    }
    out
}

fn names_of(answers: &[Answer]) -> Vec<String> {
    answers.iter().map(|answer| answer.name.clone()).collect()
}

fn effects(
    model: &str,
    report: &global::Report,
    found: &Global<Vec<Effects>>,
) -> Vec<(String, Figure)> {
    let (answers, axes) = (report.survey.answers(), report.survey.axes());
    let mut out = Vec::new();
    let files = each("morris", &names_of(answers));
    for (i, ((answer, effects), file)) in
        (answers.iter().zip(&found.outcomes).zip(files)).enumerate()
    {
        if report.is_constant(i) || effects.iter().all(|e| e.mu_star.is_none()) {
            continue;
        }
        let point = |(axis, found): (&Varied, &Effects)| {
            let mean = whisker(found.mu_star.as_ref());
            MorrisPoint {
                name: axis.name.clone(),
                mu_star: mean.map(|w| w.value),
                ends: mean.and_then(|w| w.ends),
                sigma: found.sigma,
            }
        };
        let label = label_of(&answer.name);
        let factors = count(axes.len() as u64, "factor");
        let mut conditions = subtitle(model, report, "lines at the points");
        match gaps(report, i) {
            gaps if gaps.is_empty() => {}
            gaps => conditions += &format!("; {gaps}"),
        }
        let chart = Morris {
            title: format!("Elementary effects of {factors} on {label}"),
            subtitle: conditions,
            outcome: Axis::new(&label, &shown_unit(&answer.unit)),
            points: axes.iter().zip(effects).map(point).collect(),
            description: String::new(),
        };
        out.push((file, Figure::Morris(chart)));
    }
    out
}

fn tornados(model: &str, found: &Local) -> Vec<(String, Figure)> {
    let files = each("elasticities", &names_of(&found.answers));
    let all = found.answers.iter().zip(&found.values).zip(&found.slopes);
    let mut out = Vec::new();
    for (((answer, value), slopes), file) in all.zip(files) {
        let Some(value) = value else { continue };
        // Neither of an outcome that is 0, nor of one that nothing changes, is there anything to see.
        let moves = |slope: &Slope| {
            let change = slope.derivative.abs().partial_cmp(&slope.error.abs());
            slope.elasticity.is_some() && change == Some(Ordering::Greater)
        };
        if !slopes.iter().flatten().any(moves) {
            continue;
        }
        let swing = |(factor, slope): (_, &Result<Slope, String>)| swing(factor, slope);
        let label = label_of(&answer.name);
        let value = quantity(*value, &shown_unit(&answer.unit), 4);
        let mut conditions =
            format!("{model}, at the values of the model, where {label} is {value}");
        let doubtful = (slopes.iter().zip(&found.factors)).filter_map(|(slope, factor)| {
            let agrees = slope.as_ref().ok().and_then(Slope::agrees);
            (agrees == Some(false)).then(|| factor.name.clone())
        });
        let doubtful: Vec<String> = doubtful.collect();
        if !doubtful.is_empty() {
            conditions += &format!("; not confirmed by differences: {}", list(&doubtful));
        }
        let chart = Tornado {
            title: format!("Elasticities of {label}"),
            subtitle: conditions,
            x: Axis::new("its change for each percent of a factor", "%"),
            base: 0.0,
            names: Default::default(),
            swings: found.factors.iter().zip(slopes).map(swing).collect(),
            description: String::new(),
        };
        out.push((file, Figure::Tornado(chart)));
    }
    out
}

fn swing(factor: &Factor, slope: &Result<Slope, String>) -> Swing {
    let elasticity = slope.as_ref().ok().and_then(|slope| slope.elasticity);
    Swing {
        name: factor.name.clone(),
        lower: None,
        // Nothing has no sign.
        higher: elasticity.map(|e| e + 0.0),
    }
}

#[cfg(test)]
mod tests;

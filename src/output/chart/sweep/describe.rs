//! Charts of studies in words, for those who can't see them.

use std::fmt::Write;

use super::super::Axis;
use super::super::ticks::short;
use super::stats::count;
use super::{
    HeatMap, Morris, PairMatrix, Profiles, Reading, Response, ResponsePanel, Scatter, SobolBars,
    Tornado, Whisker,
};

/// Entries of a list that an ear still follows.
const MOST: usize = 8;

/// `between 1 and 7 s`, or that there is nothing.
fn span(values: impl Iterator<Item = f64>, axis: &Axis) -> String {
    let values = values.filter(|v| v.is_finite());
    let ends = values.fold(None, |ends: Option<(f64, f64)>, v| match ends {
        None => Some((v, v)),
        Some((lo, hi)) => Some((lo.min(v), hi.max(v))),
    });
    let unit = match axis.unit.as_str() {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    match ends {
        None => "no value".into(),
        Some((lo, hi)) if lo == hi => format!("{}{unit} everywhere", short(lo)),
        Some((lo, hi)) => format!("between {} and {}{unit}", short(lo), short(hi)),
    }
}

/// How many points have no value.
fn gaps(failed: usize, absent: usize, why: &str) -> String {
    let mut out = String::new();
    if absent > 0 {
        let why = if why.is_empty() { "no value" } else { why };
        let _ = write!(out, ", {why} at {}", count(absent));
    }
    if failed > 0 {
        let _ = write!(out, ", {} failed", count(failed));
    }
    out
}

pub(in super::super) fn response(it: &Response) -> String {
    let mut out = format!("Outcomes over {}.", it.x.text());
    for panel in &it.panels {
        let _ = write!(out, " {}:", panel.y.label);
        for series in &panel.series {
            let values = series.points.iter().map(|p| p.1);
            let name = match series.label.as_str() {
                "" => String::new(),
                label => format!(" {label}"),
            };
            let _ = write!(out, "{name} {};", span(values, &panel.y));
        }
        let none = gaps(panel.failed.len(), panel.absent.len(), &panel.why);
        let _ = write!(out, "{};", none.trim_start_matches(','));
    }
    out.replace(";;", ";")
}

pub(in super::super) fn heat(it: &HeatMap) -> String {
    let values = it.points.iter().filter_map(|p| p.2.value());
    let failed = it.points.iter().filter(|p| p.2 == Reading::Failed).count();
    let absent = it.points.iter().filter(|p| p.2 != Reading::Failed);
    let absent = absent.filter(|p| p.2.value().is_none()).count();
    // Where the extremes are.
    let known = it
        .points
        .iter()
        .filter_map(|p| Some((p.2.value()?, p.0, p.1)));
    let lowest = known.clone().min_by(|a, b| a.0.total_cmp(&b.0));
    let highest = known.max_by(|a, b| a.0.total_cmp(&b.0));
    let place = |(v, x, y): (f64, f64, f64)| {
        let at = |axis: &Axis, v: f64| match axis.names.get(v as usize) {
            Some(name) => name.clone(),
            None => format!("{} {}", axis.label, short(v)),
        };
        format!("{} at {}, {}", short(v), at(&it.x, x), at(&it.y, y))
    };
    let mut out = format!(
        "Map of {} over {} and {}: {}{}",
        it.z.text(),
        it.x.text(),
        it.y.text(),
        span(values, &it.z),
        gaps(failed, absent, &it.absent)
    );
    if let (Some(lowest), Some(highest)) = (lowest, highest)
        && lowest.0 < highest.0
    {
        let _ = write!(
            out,
            ". Lowest {}; highest {}",
            place(lowest),
            place(highest)
        );
    }
    out
}

pub(in super::super) fn scatter(it: &Scatter) -> String {
    let (n, failed) = it.counts();
    let mut out = format!("{}{}. Pairs of:", count(n), gaps(failed, 0, ""));
    for variable in &it.variables {
        let values = variable.values.iter().filter_map(|v| v.value());
        let _ = write!(
            out,
            " {} {};",
            variable.axis.label,
            span(values, &variable.axis)
        );
    }
    out
}

pub(in super::super) fn profiles(it: &Profiles) -> String {
    let mut out = String::from("Medians and bands.");
    for row in &it.rows {
        for (axis, panel) in it.axes.iter().zip(&row.panels) {
            let _ = write!(
                out,
                " {} over {}: {};",
                row.y.label,
                axis.text(),
                rise(panel, axis)
            );
        }
        let counts = row.panels.iter().map(|p| (p.failed.len(), p.absent.len()));
        let (failed, absent) = counts.max().unwrap_or((0, 0));
        out.push_str(&gaps(failed, absent, ""));
        out.push(';');
    }
    out.replace(";,", ",").replace(";;", ";")
}

/// How a median goes from one end of an axis to the other.
fn rise(panel: &ResponsePanel, axis: &Axis) -> String {
    let points = panel.series.iter().flat_map(|s| &s.points);
    let mut known = points.filter(|p| p.1.is_finite());
    let first = known.next();
    let last = known.next_back();
    match (first, last) {
        (Some(a), Some(b)) if axis.names.is_empty() => {
            format!("median from {} to {}", short(a.1), short(b.1))
        }
        (Some(_), _) => {
            let values = panel.series.iter().flat_map(|s| &s.points).map(|p| p.1);
            format!("medians {}", span(values, &panel.y))
        }
        _ => "no value".into(),
    }
}

fn number(value: Option<f64>) -> String {
    value
        .filter(|v| v.is_finite())
        .map_or("unknown".into(), short)
}

pub(in super::super) fn tornado(it: &Tornado) -> String {
    let mut out = format!("Changes of {} from {}:", it.x.text(), short(it.base));
    for swing in it.sorted().into_iter().take(MOST) {
        let ends = [(swing.lower, &it.names.0), (swing.higher, &it.names.1)];
        // A change without a name and without a value is none.
        let ends = ends
            .iter()
            .filter(|(v, name)| v.is_some() || !name.is_empty());
        let ends: Vec<String> = ends
            .map(|(v, name)| format!("{}{}", number(*v), bracketed(name)))
            .collect();
        let ends = match &ends[..] {
            [] => number(None),
            ends => ends.join(" and "),
        };
        let _ = write!(out, " {} to {ends};", swing.name);
    }
    out
}

fn whisker(w: Option<Whisker>) -> String {
    match w.filter(|w| w.value.is_finite()) {
        None => "unknown".into(),
        Some(w) => match w.ends {
            Some((lo, hi)) => format!("{} ({} to {})", short(w.value), short(lo), short(hi)),
            None => short(w.value),
        },
    }
}

fn bracketed(note: &str) -> String {
    match note {
        "" => String::new(),
        note => format!(" ({note})"),
    }
}

pub(in super::super) fn sobol(it: &SobolBars) -> String {
    let mut out = String::from("Parts of the variance, first order and total.");
    let order = it.order();
    for panel in &it.panels {
        let _ = write!(out, " {}{}:", panel.outcome, bracketed(&panel.note));
        for i in order.iter().take(MOST) {
            let of = |list: &[Option<Whisker>]| whisker(list.get(*i).copied().flatten());
            let (first, total) = (of(&panel.first), of(&panel.total));
            let _ = write!(out, " {} {first}, total {total};", it.factors[*i]);
        }
    }
    out
}

pub(in super::super) fn pairs(it: &PairMatrix) -> String {
    let mut out = String::from("Parts of the variance that pairs of factors make together.");
    for panel in &it.panels {
        let _ = write!(out, " {}{}:", panel.outcome, bracketed(&panel.note));
        let size = |p: &(usize, usize, Option<Whisker>)| p.2.map_or(f64::NEG_INFINITY, |w| w.value);
        let mut pairs: Vec<_> = panel.pairs.iter().collect();
        pairs.sort_by(|a, b| size(b).total_cmp(&size(a)));
        for (a, b, index) in pairs.into_iter().take(MOST) {
            let name = |i: &usize| it.factors.get(*i).map_or("?", String::as_str);
            let _ = write!(out, " {} with {} {};", name(a), name(b), whisker(*index));
        }
    }
    out
}

pub(in super::super) fn morris(it: &Morris) -> String {
    let mut out = format!(
        "Elementary effects on {}, mean size and deviation:",
        it.outcome.text()
    );
    for (point, (mean, deviation)) in it.sorted().into_iter().take(MOST) {
        let _ = write!(
            out,
            " {} {} and {};",
            point.name,
            short(mean),
            short(deviation)
        );
    }
    out
}

//! A study in words and as data: axes, outcomes, design.

use serde_json::{Map, Value, json};

use super::recipe::exact;
use crate::cli::digits::{number, plural, with_unit};
use crate::model::StudyDef;
use crate::study::shown_unit;
use crate::study::sweep::{Axis, Survey, Values};

/// Lists longer than this are cut short in words.
const MANY: usize = 6;

/// The key `study` of a plan. Numbers are texts: these come back as they were.
pub(super) fn study_json(study: &StudyDef, survey: &Survey) -> Value {
    let draws = study.design.draws();
    json!({
        "name": study.name,
        "title": study.title,
        "design": study.design.name(),
        "points": survey.points(),
        "seed": draws.then_some(study.seed),
        "scramble": study.design.is_sequence().then_some(study.scramble),
        "file": study.file,
        "axes": survey.axes().iter().map(axis_json).collect::<Vec<_>>(),
        "outcomes": survey.answers().iter().map(|a| a.name.clone()).collect::<Vec<_>>(),
    })
}

fn axis_json(axis: &Axis) -> Value {
    let mut it = Map::new();
    it.insert("name".into(), json!(axis.name));
    let texts = |list: &[f64]| json!(list.iter().map(|x| exact(*x)).collect::<Vec<_>>());
    if !matches!(axis.values, Values::Variants(_)) {
        it.insert("unit".into(), json!(shown_unit(&axis.unit)));
    }
    match &axis.values {
        Values::Range {
            from,
            to,
            log,
            count,
        } => {
            it.insert("from".into(), json!(exact(*from)));
            it.insert("to".into(), json!(exact(*to)));
            it.insert("log".into(), json!(log));
            it.insert("count".into(), json!(count));
        }
        Values::List(list) => {
            it.insert("values".into(), texts(list));
        }
        // They stand in the table.
        Values::Column(list) => {
            it.insert("count".into(), json!(list.len()));
        }
        Values::Variants(list) => {
            let names = list.iter().map(|v| v.as_deref().unwrap_or("none"));
            it.insert("variants".into(), json!(names.collect::<Vec<_>>()));
        }
    }
    Value::Object(it)
}

/// The values of an axis: `20 to 400 µm/s, 200 values evenly in the logarithm`.
pub(super) fn values(axis: &Axis) -> String {
    let unit = shown_unit(&axis.unit);
    let show = |x: f64| number(x, 9);
    match &axis.values {
        Values::Range {
            from,
            to,
            log,
            count,
        } => {
            let ends = with_unit(&format!("{} to {}", show(*from), show(*to)), &unit);
            let evenly = if *log {
                "evenly in the logarithm"
            } else {
                "evenly"
            };
            match count {
                Some(n) => format!("{ends}, {} {evenly}", plural(*n, "value")),
                None => format!("{ends}, {evenly}"),
            }
        }
        Values::List(list) => {
            let mut shown: Vec<String> = list.iter().take(MANY).map(|x| show(*x)).collect();
            let more = list.len().saturating_sub(MANY);
            if more > 0 {
                shown.push(format!("… ({more} more)"));
            }
            with_unit(&shown.join(", "), &unit)
        }
        Values::Column(list) => {
            let least = list.iter().copied().fold(f64::INFINITY, f64::min);
            let most = list.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let ends = format!("{} to {}", show(least), show(most));
            format!("{}, as in the table", with_unit(&ends, &unit))
        }
        Values::Variants(list) => {
            let names: Vec<&str> = list
                .iter()
                .map(|v| v.as_deref().unwrap_or("none"))
                .collect();
            names.join(", ")
        }
    }
}

/// Which points: `sobol sequence, scrambled, seed 1`.
pub(super) fn design(study: &StudyDef) -> String {
    let mut words = match &study.file {
        Some(file) => format!("the rows of `{file}`"),
        None => study.design.name().to_string(),
    };
    if study.design.is_sequence() && !study.scramble {
        words.push_str(", not scrambled");
    } else if study.design.draws() {
        words.push_str(&format!(", seed {}", study.seed));
    }
    words
}

/// The methods of a study, each once with its number of sets of equations if there are several.
pub(super) fn methods(names: &[impl AsRef<str>]) -> String {
    let mut counts: Vec<(&str, u64)> = Vec::new();
    for name in names {
        match counts.iter_mut().find(|(known, _)| *known == name.as_ref()) {
            Some((_, n)) => *n += 1,
            None => counts.push((name.as_ref(), 1)),
        }
    }
    match counts.as_slice() {
        [(name, _)] => (*name).to_string(),
        all => {
            let each =
                |(name, n): &(&str, u64)| format!("{name} for {}", plural(*n, "set of equations"));
            all.iter().map(each).collect::<Vec<_>>().join(", ")
        }
    }
}

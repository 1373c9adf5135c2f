//! Sentences of the model language, written back from what was read.

use crate::expr::ast::{self, Then, Way, When};
use crate::expr::print::to_text;
use crate::model::{Change, ChangeKind, Each, Setting};

/// A name with the index of its repetition, if it has one: `V[i]` for `i = 1..N`.
pub(crate) fn indexed(name: &str, each: &str) -> String {
    match each.split_once(' ') {
        Some((index, _)) => format!("{name}[{index}]"),
        None => name.to_string(),
    }
}

/// `i = 1..N`
pub(crate) fn each(each: &Each) -> String {
    format!(
        "{} = {}..{}",
        each.index,
        to_text(&each.from),
        to_text(&each.to)
    )
}

/// `a rises through b`
pub(crate) fn when(when: &When) -> String {
    match when {
        When::At(time) => format!("at {}", to_text(time)),
        When::Crossing(crossing) => {
            let way = match crossing.way {
                Way::Rises => "rises through",
                Way::Falls => "falls through",
                Way::Crosses => "crosses",
            };
            format!(
                "{} {way} {}",
                to_text(&crossing.left),
                to_text(&crossing.right)
            )
        }
    }
}

/// `set x = 0`
pub(crate) fn then(then: &Then) -> String {
    match then {
        Then::Stop => "stop".to_string(),
        Then::Record => "record".to_string(),
        Then::Count => "count".to_string(),
        Then::Fail => "fail".to_string(),
        Then::Set(target, value) => format!("set {} = {}", to_text(target), to_text(value)),
        Then::Switch(name, _, value) => format!("switch {name} = {}", to_text(value)),
    }
}

/// `a = 1 mM, b = 2 s`
pub(crate) fn settings(settings: &[Setting]) -> String {
    let one = |s: &Setting| format!("{} = {}", s.name, to_text(&s.value));
    settings.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A step of the experiment as a sentence.
pub(crate) fn change(change: &Change) -> String {
    let x = &change.input;
    let sentence = match &change.kind {
        ChangeKind::Sentence(sentence) => sentence,
        ChangeKind::Series { t, held, .. } => {
            let held = if *held { ", held" } else { "" };
            return format!("{x} follows a series of {} points{held}", t.len());
        }
    };
    match sentence {
        ast::Change::Step { at, value } => format!("at {}: {x} = {}", to_text(at), to_text(value)),
        ast::Change::Ramp { from, to, value } => {
            format!(
                "from {} to {}: {x} ramps to {}",
                to_text(from),
                to_text(to),
                to_text(value)
            )
        }
        ast::Change::Pulse { at, width, value } => {
            format!(
                "at {} for {}: {x} = {}",
                to_text(at),
                to_text(width),
                to_text(value)
            )
        }
        ast::Change::Train {
            from,
            every,
            width,
            times,
            value,
        } => format!(
            "from {} every {} for {}, {} times: {x} = {}",
            to_text(from),
            to_text(every),
            to_text(width),
            to_text(times),
            to_text(value)
        ),
        ast::Change::Sinusoid {
            from,
            to,
            mean,
            amplitude,
            period,
        } => {
            let to = to
                .as_ref()
                .map(|to| format!(" to {}", to_text(to)))
                .unwrap_or_default();
            format!(
                "from {}{to}: {x} oscillates about {} by {} every {}",
                to_text(from),
                to_text(mean),
                to_text(amplitude),
                to_text(period)
            )
        }
        ast::Change::Series {
            column, file, held, ..
        } => {
            format!(
                "{x} follows {column} of {file}{}",
                if *held { " held" } else { "" }
            )
        }
    }
}

//! A step of an experiment, written back from what was read.

use super::{Change, ChangeKind};
use crate::expr::ast;
use crate::expr::print::to_text;

impl Change {
    /// The step as a sentence of the model language, e.g. `at 5 s: plasma.osmolarity = 100 mOsm`. A measured course has
    /// none: it is only said to be one.
    pub fn sentence(&self) -> String {
        let x = &self.input;
        let sentence = match &self.kind {
            ChangeKind::Sentence(sentence) => sentence,
            ChangeKind::Series { t, held, .. } => {
                let held = if *held { ", held" } else { "" };
                return format!("{x} follows a series of {} points{held}", t.len());
            }
        };
        match sentence {
            ast::Change::Step { at, value } => {
                format!("at {}: {x} = {}", to_text(at), to_text(value))
            }
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
}

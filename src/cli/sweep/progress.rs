//! How far a sweep is: points done, rate, failures, time left.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::summary::{rate, wait};
use crate::cli::digits::plural;
use crate::cli::terminal::Terminal;

/// A sweep shorter than this needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(10);

/// Reports on standard error.
pub(super) struct Meter<'a> {
    terminal: &'a Terminal,
    begun: Instant,
    told: Instant,
    live: bool,
    bar: Option<ProgressBar>,
    /// Points to do in all, done before, done since.
    all: u64,
    before: u64,
    since: u64,
    failed: u64,
}

impl<'a> Meter<'a> {
    /// For `all` points, of which `before` are done.
    pub fn new(terminal: &'a Terminal, all: u64, before: u64) -> Self {
        let now = Instant::now();
        Meter {
            terminal,
            begun: now,
            told: now,
            live: std::io::IsTerminal::is_terminal(&std::io::stderr()),
            bar: None,
            all,
            before,
            since: 0,
            failed: 0,
        }
    }

    /// Counts some points.
    pub fn add(&mut self, points: u64, failed: u64) {
        self.since += points;
        self.failed += failed;
    }

    /// Called now and then.
    pub fn show(&mut self) {
        let now = Instant::now();
        if self.terminal.quiet || now - self.begun < PATIENCE {
            return;
        }
        let done = self.before + self.since;
        let seconds = (now - self.begun).as_secs_f64();
        let speed = self.since as f64 / seconds;
        let mut words = Vec::new();
        if self.since > 0 {
            words.push(rate(speed));
        }
        if self.failed > 0 {
            words.push(format!("{} failed", self.failed));
        }
        if self.since > 0 {
            let left = self.all.saturating_sub(done) as f64 / speed;
            words.push(format!("{} left", wait(left)));
        }
        let words = words.join(", ");
        if self.live {
            let all = self.all;
            let bar = self.bar.get_or_insert_with(|| bar(all));
            bar.set_position(done);
            bar.set_message(words);
        } else if now - self.told >= PAUSE {
            self.told = now;
            let of = plural(self.all, "point");
            let colon = if words.is_empty() { "" } else { ": " };
            let line = format!("{done} of {of} after {}{colon}{words}", wait(seconds));
            self.terminal.complain(&line);
        }
    }

    /// Takes the bar away.
    pub fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn bar(all: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::stderr_with_hz(10));
    match ProgressStyle::with_template("{bar:30} {percent:>3} %  {pos} of {len} points  {msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

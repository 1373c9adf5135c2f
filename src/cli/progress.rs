//! While a run goes on: how far it is, and whether somebody wants it to end.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::End;
use super::terminal::Terminal;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// Shared with the handler of SIGTERM.
static TERMINATED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// True after Ctrl-C or SIGTERM.
pub(super) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed) || TERMINATED.load(Ordering::Relaxed)
}

/// How a command ends that was interrupted.
pub(super) fn interruption() -> End {
    match TERMINATED.load(Ordering::Relaxed) {
        true => End::Terminated,
        false => End::Interrupted,
    }
}

/// Says that Ctrl-C came before the end.
pub(super) fn end_interrupted(terminal: &Terminal) -> End {
    terminal.complain(&terminal.error("interrupted: nothing was written"));
    interruption()
}

/// Notes Ctrl-C and SIGTERM from now on instead of ending at once, so that a run can end between two steps. A hangup
/// ends the program as ever: where it was told to outlive the terminal (nohup), it must not be listened to.
pub(super) fn listen() {
    #[cfg(unix)]
    {
        use signal_hook::consts::SIGTERM;
        let code = i32::from(End::Terminated.code());
        // The first is noted, the second ends the program; in this order, for the handlers run one after the other.
        let _ = signal_hook::flag::register_conditional_shutdown(SIGTERM, code, TERMINATED.clone());
        let _ = signal_hook::flag::register(SIGTERM, TERMINATED.clone());
    }
    // The second Ctrl-C does not wait for the end of a step. Without a handler Ctrl-C ends the program as ever.
    let _ = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(End::Interrupted.code()));
        }
    });
}

/// A run shorter than this needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(10);
/// Steps between two looks at the clock.
const STRIDE: u32 = 64;

/// Reports progress on standard error and ends the run after Ctrl-C.
pub(super) struct Watch<'a> {
    terminal: &'a Terminal,
    begun: Instant,
    told: Instant,
    steps: u32,
    /// What goes on, before the numbers.
    what: &'static str,
    bar: Option<ProgressBar>,
    live: bool,
    /// What is going on, beside the bar.
    message: String,
}

impl<'a> Watch<'a> {
    pub fn new(terminal: &'a Terminal, what: &'static str) -> Self {
        let now = Instant::now();
        Watch {
            terminal,
            begun: now,
            told: now,
            steps: 0,
            what,
            bar: None,
            live: std::io::IsTerminal::is_terminal(&std::io::stderr()),
            message: String::new(),
        }
    }

    /// Called after each step with the fraction that is done.
    pub fn tell(&mut self, fraction: f64) -> ControlFlow<()> {
        if interrupted() {
            return ControlFlow::Break(());
        }
        self.steps = self.steps.wrapping_add(1);
        if !self.terminal.quiet && self.steps.is_multiple_of(STRIDE) {
            self.show(fraction);
        }
        ControlFlow::Continue(())
    }

    /// The same for work of many runs, now and then, with words for what is going on.
    pub fn stage(&mut self, fraction: f64, message: &str) -> ControlFlow<()> {
        if interrupted() {
            return ControlFlow::Break(());
        }
        if !self.terminal.quiet {
            if self.message != message {
                self.message = message.to_string();
            }
            self.show(fraction);
        }
        ControlFlow::Continue(())
    }

    fn show(&mut self, fraction: f64) {
        let now = Instant::now();
        if self.live {
            if now - self.begun >= PATIENCE {
                let what = self.what;
                let bar = self.bar.get_or_insert_with(|| bar(what));
                bar.set_position((fraction * 1000.0) as u64);
                if bar.message() != self.message {
                    bar.set_message(self.message.clone());
                }
            }
        } else if now - self.told >= PAUSE {
            self.told = now;
            let seconds = (now - self.begun).as_secs();
            let what = if self.message.is_empty() {
                format!(
                    "{}{:.1} % of the time done after {seconds} s",
                    self.what,
                    100.0 * fraction
                )
            } else {
                let message = &self.message;
                format!(
                    "{:.0} % done after {seconds} s: {message}",
                    100.0 * fraction
                )
            };
            self.terminal.complain(&what);
        }
    }

    /// Takes the bar away.
    pub fn finish(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr_with_hz(10));
    match ProgressStyle::with_template(
        "{prefix}{bar:40} {percent:>3} %  {elapsed}  {eta} left  {msg}",
    ) {
        Ok(style) => bar.with_style(style).with_prefix(what),
        Err(_) => bar,
    }
}

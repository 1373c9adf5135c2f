//! Standard output and standard error, with or without colour.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};

use super::Color;
use crate::error::Error;

/// Why a command can't go on.
#[derive(Debug)]
pub(super) enum Stop {
    /// Usage or invalid input: the message, ready to print.
    Invalid(String),
    /// Some part of the work can't be done: the message, ready to print.
    Failed(String),
    /// Whoever read standard output has gone away.
    ClosedPipe,
}

/// How to talk to the user.
#[derive(Clone, Debug)]
pub(super) struct Terminal {
    color_out: bool,
    color_err: bool,
    /// Only errors.
    pub quiet: bool,
    /// Width of the terminal that standard output is, if it is one.
    pub width: Option<usize>,
}

/// The colours that there are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Style {
    Bold,
    Green,
    Red,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Style::Bold => "1",
            Style::Green => "32",
            Style::Red => "1;31",
        }
    }
}

impl Terminal {
    pub fn new(color: Color, quiet: bool) -> Terminal {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        let plain = set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let wanted = |is_terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !plain,
        };
        let out_is_terminal = io::stdout().is_terminal();
        Terminal {
            color_out: wanted(out_is_terminal),
            color_err: wanted(io::stderr().is_terminal()),
            quiet,
            width: out_is_terminal.then(|| {
                terminal_size::terminal_size().map_or(100, |(w, _)| usize::from(w.0).max(40))
            }),
        }
    }

    /// True if messages are coloured.
    pub fn color_err(&self) -> bool {
        self.color_err
    }

    /// Text for standard output in a style.
    pub fn paint(&self, style: Style, text: impl Display) -> String {
        paint(self.color_out, style, text)
    }

    /// Writes data to standard output.
    pub fn print(&self, text: &str) -> Result<(), Stop> {
        self.data(|out| out.write_all(text.as_bytes()))
    }

    /// The same through a function.
    pub fn data(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Stop> {
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        write(&mut out).and_then(|()| out.flush()).map_err(|e| {
            // What is left in the buffer would be written, and fail, once more.
            let _ = out.into_parts();
            match e.kind() {
                ErrorKind::BrokenPipe => Stop::ClosedPipe,
                _ => self.invalid(format!("cannot write to standard output: {e}")),
            }
        })
    }

    /// A remark on standard error; not with `--quiet`.
    pub fn remark(&self, text: &str) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// A line on standard error. That nobody can read it is no reason to fail.
    pub fn complain(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{}", text.trim_end());
    }

    /// An error message with its red word.
    pub fn error(&self, message: impl Display) -> String {
        format!("{}: {message}", paint(self.color_err, Style::Red, "error"))
    }

    /// A warning with its word.
    pub fn warning(&self, message: impl Display) -> String {
        format!(
            "{}: {message}",
            paint(self.color_err, Style::Bold, "warning")
        )
    }

    /// The same as a reason to stop.
    pub fn invalid(&self, message: impl Display) -> Stop {
        Stop::Invalid(self.error(message))
    }

    /// An error of the library as a message.
    pub fn report(&self, error: &Error) -> String {
        error.report(self.color_err)
    }
}

fn paint(color: bool, style: Style, text: impl Display) -> String {
    if color {
        format!("\u{1b}[{}m{text}\u{1b}[0m", style.code())
    } else {
        text.to_string()
    }
}

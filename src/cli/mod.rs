//! The command line: low arguments here, one file per command.
//!
//! Data goes to standard output, remarks and errors to standard error. Exit codes: 0 all went well, 1 some part of the
//! work failed (a run, a check), 2 usage or invalid input, 130 interrupted (Ctrl-C), 143 asked to end
//! (SIGTERM). A closed pipe is a quiet end.

mod accuracy;
mod check;
mod completions;
mod digits;
#[cfg(feature = "explorer")]
mod explore;
mod figure;
mod folder;
mod list;
mod new;
mod origin;
mod picture;
mod progress;
mod report;
mod run;
mod sensitivity;
mod show;
mod source;
mod sweep;
mod table;
mod terminal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use terminal::{Stop, Terminal};

/// Differential-equation models of the cell boundary: osmosis, turgor, lysis, exocytosis and endocytosis.
#[derive(Debug, Parser)]
#[command(name = "osmocyte", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    /// When to use colour.
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_default_value = true
    )]
    color: Color,
    /// Only errors; no summary, no progress, no remarks.
    #[arg(short, long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  osmocyte list                                    what there is
  osmocyte run red-blood-cell                      a table and charts in out/red-blood-cell/
  osmocyte run red-blood-cell --set Pf=\"20 um/s\"   the same with another permeability
  osmocyte new my-cell.toml                        a model of your own to start from

MODEL is the name of a shipped model or the path of a file.";

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Args),
    Show(show::Args),
    Check(check::Args),
    Run(run::Args),
    Report(report::Args),
    Sweep(Box<sweep::Args>),
    Accuracy(accuracy::Args),
    Sensitivity(Box<sensitivity::Args>),
    #[cfg(feature = "explorer")]
    Explore(explore::Args),
    Figure(figure::Args),
    New(new::Args),
    Completions(completions::Args),
}

/// How a command ended that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// All went well.
    Ok,
    /// Some part of the work failed.
    Failed,
    /// Some input was no good.
    Invalid,
    /// Ctrl-C.
    Interrupted,
    /// The signal that asks a process to end (SIGTERM).
    Terminated,
}

impl End {
    fn code(self) -> u8 {
        match self {
            End::Ok => 0,
            End::Failed => 1,
            End::Invalid => 2,
            End::Interrupted => 130,
            End::Terminated => 143,
        }
    }
}

impl From<End> for ExitCode {
    fn from(end: End) -> ExitCode {
        ExitCode::from(end.code())
    }
}

/// The whole program.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let parser = Cli::command().color(color_of_help(&words));
    let matches = match parser.try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(e) => {
            // Help and version are errors to clap too. Nobody is left to tell if this can't be printed.
            let _ = e.print();
            return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2));
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            return End::Invalid.into();
        }
    };
    let terminal = Terminal::new(cli.color, cli.quiet);
    let end = match cli.command {
        None => terminal
            .print(&Cli::command().render_help().to_string())
            .map(|()| End::Ok),
        Some(Command::List(args)) => list::list(&args, &terminal),
        Some(Command::Show(args)) => show::show(&args, &terminal),
        Some(Command::Check(args)) => check::check(&args, &terminal),
        Some(Command::Run(args)) => run::run(&args, &terminal),
        Some(Command::Report(args)) => report::report(&args, &terminal),
        Some(Command::Sweep(args)) => sweep::sweep(*args, &terminal),
        Some(Command::Accuracy(args)) => accuracy::accuracy(&args, &terminal),
        Some(Command::Sensitivity(args)) => sensitivity::sensitivity(&args, &terminal),
        #[cfg(feature = "explorer")]
        Some(Command::Explore(args)) => explore::explore(&args, &terminal),
        Some(Command::Figure(args)) => figure::figure(&args, &terminal),
        Some(Command::New(args)) => new::new(&args, &terminal),
        Some(Command::Completions(args)) => completions::completions(&args, &terminal),
    };
    match end {
        Ok(end) => end.into(),
        Err(Stop::ClosedPipe) => ExitCode::SUCCESS,
        Err(Stop::Invalid(message)) => {
            terminal.complain(&message);
            End::Invalid.into()
        }
        Err(Stop::Failed(message)) => {
            terminal.complain(&message);
            End::Failed.into()
        }
    }
}

/// Help and usage errors are printed before the arguments are known: a glance at the words must do.
fn color_of_help(words: &[OsString]) -> clap::ColorChoice {
    let mut words = words
        .iter()
        .filter_map(|w| w.to_str())
        .take_while(|w| *w != "--");
    let mut when = None;
    while let Some(word) = words.next() {
        if word == "--color" {
            when = words.next();
        } else if let Some(value) = word.strip_prefix("--color=") {
            when = Some(value);
        }
    }
    match when {
        Some("always") => clap::ColorChoice::Always,
        Some("never") => clap::ColorChoice::Never,
        _ => clap::ColorChoice::Auto,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn color_is_found_before_parsing() {
        let of =
            |words: &[&str]| color_of_help(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of(&["osmocyte", "list"]), clap::ColorChoice::Auto);
        assert_eq!(
            of(&["osmocyte", "--color", "never", "list"]),
            clap::ColorChoice::Never
        );
        assert_eq!(
            of(&["osmocyte", "list", "--color=always"]),
            clap::ColorChoice::Always
        );
        assert_eq!(
            of(&["osmocyte", "--", "--color=always"]),
            clap::ColorChoice::Auto
        );
    }
}

//! `osmocyte completions`: words for the shell to complete.

use clap::CommandFactory;
use clap_complete::Shell;

use super::terminal::{Stop, Terminal};
use super::{Cli, End};

/// Print the completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte completions bash > ~/.local/share/bash-completion/completions/osmocyte
  osmocyte completions fish > ~/.config/fish/completions/osmocyte.fish")]
pub(super) struct Args {
    /// Which shell.
    shell: Shell,
}

pub(super) fn completions(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "osmocyte", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(End::Ok)
}

//! `osmocyte new`: a model to start from.

use std::path::PathBuf;

use super::End;
use super::terminal::{Stop, Terminal};
use crate::output::write_atomic;

/// Write a commented model to start from.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte new                 shows it
  osmocyte new my-cell.toml    writes it; then:
  osmocyte run my-cell.toml
  osmocyte check my-cell.toml")]
pub(super) struct Args {
    /// Where to; standard output if left out.
    path: Option<PathBuf>,
    /// Replace a file that is there already.
    #[arg(long)]
    force: bool,
}

const STARTER: &str = include_str!("starter.toml");

pub(super) fn new(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let Some(path) = &args.path else {
        terminal.print(STARTER)?;
        return Ok(End::Ok);
    };
    let mut path = path.clone();
    if path.extension().is_none() && !path.is_dir() {
        path.set_extension("toml");
    }
    if path.symlink_metadata().is_ok() && !args.force && !path.is_dir() {
        let shown = path.display();
        return Err(terminal.invalid(format!(
            "`{shown}` exists already\nhelp: choose another name, or replace it with --force"
        )));
    }
    write_atomic(&path, |to| to.write_all(STARTER.as_bytes())).map_err(|e| terminal.invalid(e))?;
    terminal.remark(&format!(
        "wrote {0}; next: osmocyte run {0}",
        path.display()
    ));
    Ok(End::Ok)
}

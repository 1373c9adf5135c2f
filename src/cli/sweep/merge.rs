//! `osmocyte sweep merge`: the rows of several folders of one sweep as one table.

use std::path::PathBuf;

use super::finish::{ROWS, failed, finish, names, rows};
use super::run::verdict;
use super::stop;
use super::summary::{files, heading, numbers};
use crate::cli::End;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::OutputError;
use crate::output::store::{Check, Sweep};

/// Put the rows of a sweep together, from one folder or from those of its parts.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte sweep merge out/red-blood-cell-sweep
  osmocyte sweep merge node1/sweep node2/sweep -o rows.csv
  osmocyte sweep merge node1/sweep --partial -o so-far.csv

All folders must have the same plan. A file given with -o gets its metadata beside it, FILE-metadata.json.
Exits with 1 if points failed or rows are missing.")]
pub(super) struct Args {
    /// Folders of the sweep.
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// File for the rows [default: rows.csv in the folder, if it is one].
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Leave out what is missing.
    #[arg(long, requires = "out")]
    partial: bool,
}

pub(super) fn merge(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let first = &args.folders[0];
    let sweep = Sweep::open(first, Check::Length).map_err(|e| stop(e, terminal))?;
    let plan = sweep.plan();
    let (summary, written) = match (&args.out, args.folders.as_slice()) {
        (None, [folder]) => {
            let (summary, _) = finish(folder, plan, terminal)?;
            (summary, files(folder, &names(), terminal))
        }
        (None, _) => {
            return Err(terminal.invalid(
                "the rows of several folders need a file\nhelp: name it, for example -o rows.csv",
            ));
        }
        (Some(file), folders) => {
            if file.is_dir() {
                let source = std::io::ErrorKind::IsADirectory.into();
                let e = OutputError {
                    path: file.clone(),
                    what: "write",
                    source,
                };
                return Err(match failed(e, terminal) {
                    Stop::Failed(message) => Stop::Invalid(message),
                    other => other,
                });
            }
            let summary = rows(folders, file, plan, args.partial, terminal)?;
            let name = file
                .file_name()
                .map_or_else(|| ROWS.to_string(), |n| n.to_string_lossy().into_owned());
            let folder = file.parent().unwrap_or(file);
            (summary, files(folder, &[name], terminal))
        }
    };
    if !terminal.quiet {
        let text = heading(plan, terminal) + &numbers(plan, &summary, terminal) + &written;
        terminal.print(&text)?;
    }
    if summary.done < summary.chunks {
        terminal.remark(&format!(
            "{} of {} points are missing",
            summary.points - summary.points_done,
            summary.points
        ));
    }
    let end = verdict(summary.failed, summary.reasons.len(), terminal);
    Ok(match summary.done == summary.chunks {
        true => end,
        false => End::Failed,
    })
}

//! `osmocyte sweep merge`: the rows of several folders of one sweep as one table.

use std::path::{Path, PathBuf};

use super::finish::{finish, left, rows};
use super::format::{FormatArg, Formats};
use super::pieces::write_rows;
use super::run::verdict;
use super::stop;
use super::summary::{files, heading, numbers};
use crate::cli::End;
use crate::cli::digits::plural;
use crate::cli::picture::PictureArgs;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::store::{Check, StoreError, Summary, Sweep};

/// Put the rows of a sweep together, from one folder or from those of its parts.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte sweep merge out/red-blood-cell-sweep
  osmocyte sweep merge node1/sweep node2/sweep -o rows.csv
  osmocyte sweep merge node1/sweep --partial -o so-far.csv
  osmocyte sweep merge out/red-blood-cell-sweep -o - | head
  osmocyte sweep merge node1/sweep node2/sweep -o rows.parquet

All folders must have the same plan. A file given with -o is Parquet if its name ends so and nothing
else is said, else CSV, which gets its metadata beside it, FILE-metadata.json.
Exits with 1 if points failed (unless --failed-ok) or rows are missing.")]
pub(super) struct Args {
    /// Folders of the sweep.
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// File for the rows, or `-` for standard output [default: rows.csv in the folder, if it is one].
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Leave out what is missing.
    #[arg(long, requires = "out")]
    partial: bool,
    /// Exit with 0 though points failed, unless rows are missing: for workflows, to which 1 is a broken job.
    #[arg(long)]
    failed_ok: bool,
    #[command(flatten)]
    format: FormatArg,
    #[command(flatten)]
    pictures: PictureArgs,
}

pub(super) fn merge(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let first = &args.folders[0];
    let sweep = Sweep::open(first, Check::Length).map_err(|e| stop(e, terminal))?;
    let plan = sweep.plan();
    let (summary, written) = match (&args.out, args.folders.as_slice()) {
        (None, [folder]) => {
            let formats = Formats::of(&args.format, folder);
            let (summary, _) = finish(folder, plan, formats, &args.pictures, terminal)?;
            (summary, files(folder, &left(folder), terminal))
        }
        (None, _) => {
            return Err(terminal.invalid(
                "the rows of several folders need a file\nhelp: name it, for example -o rows.csv",
            ));
        }
        (Some(file), folders) if file.as_os_str() == "-" => {
            let format = args.format.of_file(file, terminal)?;
            let mut merged = Ok(Summary::default());
            terminal.data(|out| {
                merged = write_rows(folders, plan, format, args.partial, out);
                match &mut merged {
                    // Standard output itself knows best what is wrong with it.
                    Err(StoreError::Output(e)) => {
                        Err(std::mem::replace(e, std::io::ErrorKind::Other.into()))
                    }
                    _ => Ok(()),
                }
            })?;
            return end(
                &merged.map_err(|e| stop(e, terminal))?,
                args.failed_ok,
                terminal,
            );
        }
        (Some(file), folders) => {
            if file.is_dir() {
                return Err(terminal.invalid(format!(
                    "`{}` is a folder\nhelp: give the name of a file",
                    file.display()
                )));
            }
            let format = args.format.of_file(file, terminal)?;
            let summary = rows(folders, file, plan, format, args.partial, terminal)?;
            (
                summary,
                files(Path::new(""), &[file.display().to_string()], terminal),
            )
        }
    };
    if !terminal.quiet {
        let text = heading(plan, terminal) + &numbers(plan, &summary, terminal) + &written;
        terminal.print(&text)?;
    }
    end(&summary, args.failed_ok, terminal)
}

/// Says what is missing, and what failed.
fn end(summary: &Summary, failed_ok: bool, terminal: &Terminal) -> Result<End, Stop> {
    if summary.done < summary.chunks {
        terminal.remark(&format!(
            "{} of {} are missing",
            summary.points - summary.points_done,
            plural(summary.points, "point"),
        ));
    }
    let end = verdict(summary.failed, summary.reasons.len(), failed_ok, terminal);
    Ok(match summary.done == summary.chunks {
        true => end,
        false => End::Failed,
    })
}

//! `osmocyte sweep MODEL`: plans and works, in one folder.

use std::path::PathBuf;

use super::ask::{Ask, Work};
use super::format::{FormatArg, Formats};
use super::job::Job;
use super::run::{Place, carry_out};
use crate::cli::End;
use crate::cli::picture::PictureArgs;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::store::Check;

/// What to sweep, how to work, and where.
#[derive(Debug, clap::Args)]
pub(super) struct Go {
    #[command(flatten)]
    ask: Ask,
    #[command(flatten)]
    work: Work,
    /// Folder for the files [default: out/MODEL-STUDY].
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on where a sweep in the folder ended: after a kill, a crash, a full disk. Begins it if there is none.
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    format: FormatArg,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Print the card instead of the summary.
    #[arg(long)]
    json: bool,
}

pub(super) fn go(args: &Go, terminal: &Terminal) -> Result<End, Stop> {
    let team = args.work.team(terminal)?;
    let job = Job::of(&args.ask, terminal)?;
    let folder = args.out.clone().unwrap_or_else(|| job.default_folder());
    let place = Place {
        folder: &folder,
        resume: args.resume,
        check: Check::Length,
        formats: Formats::of(&args.format, &folder),
        pictures: &args.pictures,
        json: args.json,
        failed_ok: args.work.failed_ok,
    };
    carry_out(&job, &place, &team, terminal)
}

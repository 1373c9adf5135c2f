//! `osmocyte sweep status`: how far a sweep is.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::card::reasons;
use super::finish::{failed, is_finished, names};
use super::format::Formats;
use super::log::{sessions, total};
use super::stop;
use super::summary::{heading, numbers, section, wait};
use crate::cli::End;
use crate::cli::digits::plural;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::store::{Check, Plan, Summary, Sweep};

/// Say how far a sweep is; others may be working on it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte sweep status out/red-blood-cell-sweep
  osmocyte sweep status out/red-blood-cell-sweep --json

Exits with 0 whatever the sweep is like.")]
pub(super) struct Args {
    /// Folder of the sweep.
    folder: PathBuf,
    /// Read all finished rows, and count those as missing that a disk has damaged.
    #[arg(long)]
    verify: bool,
    /// Print it as data.
    #[arg(long)]
    json: bool,
}

pub(super) fn status(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let check = match args.verify {
        true => Check::Checksum,
        false => Check::Length,
    };
    let sweep = Sweep::open(&args.folder, check).map_err(|e| stop(e, terminal))?;
    let (plan, summary) = (sweep.plan(), sweep.summary());
    if args.json {
        let status = json(&args.folder, plan, &summary, terminal)?;
        terminal.print(&format!("{status:#}\n"))?;
        return Ok(End::Ok);
    }
    let runs = sessions(&args.folder).map_err(|e| failed(e, terminal))?;
    let mut text = heading(plan, terminal) + &numbers(plan, &summary, terminal);
    if !runs.is_empty() {
        let times = format!(
            "{} of work in {}",
            wait(total(&runs)),
            plural(runs.len() as u64, "run")
        );
        text += &section("Time", &[vec![times]], terminal);
    }
    let folder = args.folder.display();
    let formats = Formats::there(&args.folder);
    let finished = is_finished(&args.folder, formats);
    let next = match (summary.done == summary.chunks, finished) {
        (true, true) => {
            let table = names(formats).into_iter().next().unwrap_or_default();
            format!("finished: {}", args.folder.join(table).display())
        }
        (true, false) => {
            format!("all rows are there: `osmocyte sweep run {folder}` puts them together")
        }
        (false, _) => format!("`osmocyte sweep run {folder}` goes on"),
    };
    text += &section("Next", &[vec![next]], terminal);
    terminal.print(&text)?;
    Ok(End::Ok)
}

/// How far it is, as data.
pub(super) fn json(
    folder: &Path,
    plan: &Plan,
    summary: &Summary,
    terminal: &Terminal,
) -> Result<Value, Stop> {
    let runs = sessions(folder).map_err(|e| failed(e, terminal))?;
    Ok(json!({
        "format": "osmocyte sweep status 1",
        "model": plan.inputs()["model"]["name"],
        "study": plan.inputs()["study"]["name"],
        "plan": plan.id(),
        "chunks": summary.chunks,
        "chunks_done": summary.done,
        "points": summary.points,
        "points_done": summary.points_done,
        "rows": summary.rows,
        "failed": summary.failed,
        "failures": reasons(summary),
        "damaged_chunks": summary.damaged,
        "finished": summary.done == summary.chunks && is_finished(folder, Formats::there(folder)),
        "elapsed_s": total(&runs),
        "runs": runs,
    }))
}

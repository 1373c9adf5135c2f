//! `osmocyte sweep retry`: the failed points once more, perhaps otherwise; all other rows stay as they are.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::ask::{SolverArgs, Work};
use super::finish::{finish, left, reopen};
use super::format::{FormatArg, Formats};
use super::job::{Job, endings};
use super::log::Session;
use super::progress::Meter;
use super::recipe::options_json;
use super::run::{conclude, done, tally, verdict};
use super::stop;
use super::summary::{files, heading, numbers};
use super::work::{Done, work};
use crate::cli::End;
use crate::cli::digits::plural;
use crate::cli::picture::PictureArgs;
use crate::cli::progress::{interruption, listen};
use crate::cli::terminal::{Stop, Terminal};
use crate::output::OutputError;
use crate::output::rows::push_row;
use crate::output::store::{Check, StoreError, Sweep, Writer};
use crate::study::sweep::{Hand, Survey};

/// Solve the failed points of a sweep again, perhaps with another method, tolerance or limit; all other rows stay.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte sweep retry out/my-cell-sweep --failed --max-steps 1e6
  osmocyte sweep retry out/my-cell-sweep --failed --method radau --rtol 1e-8

Rows that are solved anew take the place of the failed ones; the card says with which options. Nobody
else should be working in the folder. Exit codes as of `osmocyte sweep`.")]
pub(super) struct Args {
    /// Folder of the sweep.
    folder: PathBuf,
    /// The points that failed, which is what there is to retry.
    #[arg(long)]
    failed: bool,
    #[command(flatten)]
    solver: SolverArgs,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    format: FormatArg,
    #[command(flatten)]
    pictures: PictureArgs,
}

pub(super) fn retry(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let folder = args.folder.as_path();
    let store = |e| stop(e, terminal);
    let _ = args.failed;
    let team = args.work.team(terminal)?;
    let job = Job::open(folder, terminal)?;
    let other = other_survey(&job, &args.solver, terminal)?;
    let shard = team.part.map(|part| part.shard);
    let mut session = Session::begin("retry");
    session.options = Some(options_json(&args.solver.over(&job.recipe.options)));
    listen();
    let tag = shard.map_or_else(|| "retry".to_string(), |s| format!("retry-{}", s.tag()));
    let writer = Writer::open(folder, &tag, Check::Length).map_err(store)?;
    reopen(folder);
    writer.forget_failed(shard).map_err(store)?;
    // Also what an earlier retry has forgotten and was killed before it did it; not what was never done.
    let mut chunks = writer.pending(shard);
    chunks.retain(|chunk| writer.was_forgotten(*chunk));
    if chunks.is_empty() {
        terminal.remark("no point has failed: there is nothing to retry");
    } else {
        let mut meter = Meter::new(terminal, job.plan.points_in(&chunks), 0);
        let worker = || {
            let mut old = job.survey.hand(team.isa, team.lanes);
            let mut new = other.hand(team.isa, team.lanes);
            let (writer, job) = (&writer, &job);
            move |chunk| {
                let text = match writer.read_chunk(chunk)? {
                    Some(text) => text,
                    None => done(&old.solve(job.plan.points_of(chunk)))
                        .text
                        .into_bytes(),
                };
                mend(&text, &mut new, folder)
            }
        };
        let (account, trouble) = work(&writer, &chunks, team.threads, worker, &mut meter);
        conclude(&session, folder, &team, &account, trouble, terminal)?;
        if account.interrupted {
            terminal.complain(
                &terminal
                    .error("interrupted: what was solved anew stays; go on with the same command"),
            );
            return Ok(interruption());
        }
        terminal.remark(&format!(
            "{} solved anew, {} of them failed again",
            plural(account.solved, "point"),
            account.failed
        ));
    }
    let formats = Formats::of(&args.format, folder);
    end(&job, args, formats, terminal)
}

/// The table, if nothing is missing, and the verdict.
fn end(job: &Job, args: &Args, formats: Formats, terminal: &Terminal) -> Result<End, Stop> {
    let folder = args.folder.as_path();
    let sweep = Sweep::open(folder, Check::Length).map_err(|e| stop(e, terminal))?;
    let summary = sweep.summary();
    // Its plan may be long.
    drop(sweep);
    let whole = summary.done == summary.chunks;
    if whole {
        finish(folder, &job.plan, formats, &args.pictures, terminal)?;
    }
    if !terminal.quiet {
        let mut text = heading(&job.plan, terminal) + &numbers(&job.plan, &summary, terminal);
        if whole {
            text += &files(folder, &left(folder), terminal);
        }
        terminal.print(&text)?;
    }
    if !whole {
        terminal.remark("the sweep is not finished; `osmocyte sweep run` goes on with it");
    }
    Ok(verdict(
        summary.failed,
        summary.reasons.len(),
        args.work.failed_ok,
        terminal,
    ))
}

/// The study with other options.
fn other_survey(job: &Job, solver: &SolverArgs, terminal: &Terminal) -> Result<Survey, Stop> {
    let report = |e: crate::Error| Stop::Invalid(terminal.report(&e));
    let simulation = job.recipe.simulation().map_err(report)?;
    let options = solver.over(&job.recipe.options);
    let (_, mut survey) = job.recipe.survey(&simulation, &options).map_err(report)?;
    if solver.is_empty() {
        terminal.remark("the same method, tolerances and limits give the same rows again");
    }
    let methods: Vec<String> = job
        .survey
        .methods()
        .iter()
        .map(ToString::to_string)
        .collect();
    // Those of the sweep, unless another one was asked for.
    if solver.chooses() || !survey.set_methods(&methods) {
        survey.pilot();
    }
    Ok(survey)
}

/// A chunk in whose text the failed rows are solved anew.
fn mend(text: &[u8], hand: &mut Hand, folder: &Path) -> Result<Done, StoreError> {
    let rows = rows(text).map_err(|source| {
        StoreError::File(OutputError {
            path: folder.join("chunks"),
            what: "understand the rows in",
            source,
        })
    })?;
    let numbers: Vec<u64> = rows.iter().filter_map(|(_, failed)| *failed).collect();
    let table = hand.solve_numbers(&numbers);
    let mut out = String::new();
    let mut next = 0;
    for (range, failed) in &rows {
        if failed.is_some() {
            push_row(&mut out, &table, next);
            next += 1;
        } else {
            let kept = text.get(range.clone()).unwrap_or_default();
            out.push_str(&String::from_utf8_lossy(kept));
        }
    }
    let tally = tally(&table, rows.len() as u64);
    Ok(Done {
        text: out,
        solved: numbers.len() as u64,
        failed: tally.failed,
        tally,
    })
}

/// Where each row of a chunk stands, and the number of its point if that failed.
fn rows(text: &[u8]) -> std::io::Result<Vec<(Range<usize>, Option<u64>)>> {
    let bad = |message: String| std::io::Error::other(message);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text);
    let mut rows: Vec<(Range<usize>, Option<u64>)> = Vec::new();
    for record in reader.byte_records() {
        let record = record.map_err(|e| bad(e.to_string()))?;
        let start = record.position().map_or(0, |p| p.byte()) as usize;
        if let Some((last, _)) = rows.last_mut() {
            last.end = start;
        }
        let status = record.get(endings(record.len()).0).unwrap_or_default();
        let number = std::str::from_utf8(record.get(0).unwrap_or_default());
        let number = number.ok().and_then(|n| n.parse().ok());
        let failed = match (status == b"failed", number) {
            (false, _) => None,
            (true, Some(n)) => Some(n),
            (true, None) => return Err(bad("a row has no number".to_string())),
        };
        rows.push((start..text.len(), failed));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_between_line_breaks_in_quotes() {
        let text = b"7,1,complete,,2,3\n8,2,failed,\"a\nb\",0,1\n9,,stopped,x,1,1\n";
        let rows = rows(text).unwrap();
        let lines: Vec<&[u8]> = rows.iter().map(|(range, _)| &text[range.clone()]).collect();
        assert_eq!(lines.concat(), text);
        assert_eq!(lines[1], b"8,2,failed,\"a\nb\",0,1\n");
        let failed: Vec<_> = rows.iter().map(|(_, failed)| *failed).collect();
        assert_eq!(failed, [None, Some(8), None]);
    }
}

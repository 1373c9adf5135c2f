//! `osmocyte sweep run`: works on a folder that has a plan; and what all who work on one have in common.

use std::path::{Path, PathBuf};

use super::ask::{Team, Work};
use super::card::reasons;
use super::finish::{finish, is_finished, left, reopen};
use super::format::{FormatArg, Formats};
use super::job::{Job, endings};
use super::log::Session;
use super::progress::Meter;
use super::status;
use super::stop;
use super::summary::{files, heading, numbers, rate, section, wait};
use super::work::{Account, Done, work};
use crate::cli::End;
use crate::cli::digits::plural;
use crate::cli::picture::PictureArgs;
use crate::cli::progress::{interruption, listen};
use crate::cli::terminal::{Stop, Terminal};
use crate::output::rows::{failures, push_rows};
use crate::output::store::{Check, StoreError, Summary, Sweep, Tally, Writer};
use crate::table::Table;

/// Do what is planned in a folder, or go on with it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte sweep run out/red-blood-cell-sweep
  osmocyte sweep run out/red-blood-cell-sweep --shard 2/8   one of eight processes

The folder needs nothing but its plan.json, which `osmocyte sweep plan -o DIR` writes: the model is
in it. Several processes may work in one folder at a time, each with a part of its own; the one that
finds all parts done puts the rows together. Exit codes as of `osmocyte sweep`.")]
pub(super) struct Args {
    /// Folder with a plan.
    folder: PathBuf,
    #[command(flatten)]
    work: Work,
    /// Read all finished rows and do those again that a disk has damaged.
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    format: FormatArg,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Print the card instead of the summary.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let team = args.work.team(terminal)?;
    let job = Job::open(&args.folder, terminal)?;
    let place = Place {
        folder: &args.folder,
        resume: true,
        check: match args.verify {
            true => Check::Checksum,
            false => Check::Length,
        },
        formats: Formats::of(&args.format, &args.folder),
        pictures: &args.pictures,
        json: args.json,
        failed_ok: args.work.failed_ok,
    };
    carry_out(&job, &place, &team, terminal)
}

/// Where to work.
pub(super) struct Place<'a> {
    pub folder: &'a Path,
    /// Whether to go on with what has begun.
    pub resume: bool,
    /// How closely to look at what is done.
    pub check: Check,
    /// As what the rows are put together.
    pub formats: Formats,
    /// As what the charts are drawn.
    pub pictures: &'a PictureArgs,
    /// Print the card.
    pub json: bool,
    /// Whether all is well though points failed.
    pub failed_ok: bool,
}

/// Does what is not done of a job, and puts the rows together if then all is done.
pub(super) fn carry_out(
    job: &Job,
    place: &Place,
    team: &Team,
    terminal: &Terminal,
) -> Result<End, Stop> {
    let folder = place.folder;
    let store = |e| stop(e, terminal);
    if folder.as_os_str() == "-" {
        return Err(terminal.invalid(
            "a sweep is kept in a folder\nhelp: afterwards, `osmocyte sweep merge DIR -o -` prints its rows",
        ));
    }
    job.plan.settle(folder).map_err(store)?;
    let shard = team.part.map(|part| part.shard);
    let before = Sweep::open(folder, place.check).map_err(store)?;
    let chunks = before.pending(shard);
    let known = before.summary();
    drop(before);
    if chunks.is_empty() && known.done == known.chunks && is_finished(folder, place.formats) {
        terminal.remark(&format!("`{}` is finished already", folder.display()));
        return report(job, place, &known, None, terminal);
    }
    let own: Vec<u64> = (0..job.plan.chunks())
        .filter(|c| shard.is_none_or(|s| s.has(*c)))
        .collect();
    if !place.resume && !chunks.is_empty() && own.len() > chunks.len() {
        return Err(terminal.invalid(format!(
            "the sweep in `{}` has begun: {} of {} are done\nhelp: go on with --resume, or choose another folder with -o",
            folder.display(),
            known.points_done,
            plural(known.points, "point"),
        )));
    }
    let tag = shard.map_or_else(|| "all".to_string(), |s| s.tag());
    let session = Session::begin("run");
    listen();
    let mut account = Account::default();
    if !chunks.is_empty() {
        let writer = Writer::create(folder, &job.plan, &tag, place.check).map_err(store)?;
        reopen(folder);
        let chunks = writer.pending(shard);
        let all = job.plan.points_in(&own);
        let mut meter = Meter::new(terminal, all, all - job.plan.points_in(&chunks));
        let worker = || {
            let mut hand = job.survey.hand(team.isa, team.lanes);
            move |chunk| {
                let table = hand.solve(job.plan.points_of(chunk));
                Ok(done(&table))
            }
        };
        let (did, trouble) = work(&writer, &chunks, team.threads, worker, &mut meter);
        account = did;
        conclude(&session, folder, team, &account, trouble, terminal)?;
    }
    let after = Sweep::open(folder, Check::Length).map_err(store)?;
    let summary = after.summary();
    // Its plan may be long.
    drop(after);
    if account.interrupted {
        terminal.complain(&terminal.error(format!(
            "interrupted: {} of {} are done and stay in `{}`; go on with --resume, or `osmocyte sweep run`",
            summary.points_done,
            plural(summary.points, "point"),
            folder.display(),
        )));
        return Ok(interruption());
    }
    report(
        job,
        place,
        &summary,
        Some((&session, account, team)),
        terminal,
    )
}

/// Keeps the time, and passes on what went wrong.
pub(super) fn conclude(
    session: &Session,
    folder: &Path,
    team: &Team,
    account: &Account,
    trouble: Option<StoreError>,
    terminal: &Terminal,
) -> Result<(), Stop> {
    let ended = match (&trouble, account.interrupted) {
        (Some(_), _) => "error",
        (None, true) => "interrupted",
        (None, false) => "done",
    };
    session.note(folder, team, account.solved, account.failed, ended);
    match trouble {
        None => Ok(()),
        Some(e) => {
            let message = terminal.error(format!(
                "{e}\nhelp: what is done stays in `{}`; go on with --resume, or `osmocyte sweep run`",
                folder.display()
            ));
            Err(match stop(e, terminal) {
                Stop::Invalid(_) => Stop::Invalid(message),
                _ => Stop::Failed(message),
            })
        }
    }
}

/// The rows of a table as a chunk.
pub(super) fn done(table: &Table) -> Done {
    let mut text = String::new();
    push_rows(&mut text, table);
    let tally = tally(table, table.n_rows() as u64);
    Done {
        text,
        solved: tally.rows,
        failed: tally.failed,
        tally,
    }
}

/// Counts the failed rows of a table, as those of a chunk of so many.
pub(super) fn tally(table: &Table, rows: u64) -> Tally {
    let (status, reason) = endings(table.columns.len());
    let reasons = failures(table, status, reason);
    Tally {
        rows,
        failed: reasons.values().sum(),
        reasons,
    }
}

/// The end: files if all is done, what is missing if not, and the verdict.
fn report(
    job: &Job,
    place: &Place,
    summary: &Summary,
    did: Option<(&Session, Account, &Team)>,
    terminal: &Terminal,
) -> Result<End, Stop> {
    let folder = place.folder;
    let whole = summary.done == summary.chunks;
    let mut card = None;
    if whole && did.is_some() {
        card = Some(finish(folder, &job.plan, place.formats, place.pictures, terminal)?.1);
    }
    if place.json {
        let card = match card {
            Some(card) => card,
            None => status::json(folder, &job.plan, summary, terminal)?,
        };
        terminal.print(&format!("{card:#}\n"))?;
    } else if !terminal.quiet {
        let mut text = heading(&job.plan, terminal) + &numbers(&job.plan, summary, terminal);
        if let Some((session, account, team)) = did {
            text += &section("Run", &[vec![pace(session, &account, team)]], terminal);
        }
        if whole {
            text += &files(folder, &left(folder), terminal);
        }
        terminal.print(&text)?;
    }
    if !whole {
        terminal.remark(&format!(
            "{} of other parts are missing; who finds all done puts the rows together",
            plural(summary.chunks - summary.done, "chunk"),
        ));
    }
    // A part answers for its own points only.
    let failed = match did {
        Some((_, account, _)) if !whole => account.failed,
        _ => summary.failed,
    };
    Ok(verdict(
        failed,
        reasons(summary).as_array().map_or(0, Vec::len),
        place.failed_ok,
        terminal,
    ))
}

/// Says how many points failed, if any did.
pub(super) fn verdict(failed: u64, reasons: usize, failed_ok: bool, terminal: &Terminal) -> End {
    if failed == 0 {
        return End::Ok;
    }
    let message = format!(
        "{} failed, for {}; the column `reason` says why",
        plural(failed, "point"),
        plural(reasons as u64, "reason"),
    );
    if failed_ok {
        terminal.remark(&terminal.warning(message));
        return End::Ok;
    }
    terminal.complain(&terminal.error(message));
    End::Failed
}

/// How fast it was.
fn pace(session: &Session, account: &Account, team: &Team) -> String {
    let seconds = session.elapsed();
    let mut text = format!("{} in {}", plural(account.solved, "point"), wait(seconds));
    if account.solved > 0 {
        text.push_str(&format!(", {}", rate(account.solved as f64 / seconds)));
    }
    let threads = plural(team.threads as u64, "thread");
    text.push_str(&format!(", {threads}, {}", team.isa.name()));
    if let Some(part) = team.part {
        text.push_str(&format!(", {part}"));
    }
    text
}

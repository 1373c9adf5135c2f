//! `osmocyte sweep`: a study of a model, point after point, in a folder that survives a kill.
//!
//! `ask` is what a command line asks for, `recipe` the same as it stands in a plan, `job` makes a plan of it and solves
//! it, `work` is the threads, `finish` the files at the end. The other commands look at a folder (`status`), improve it
//! (`retry`), put several together (`merge`) or send it elsewhere (`plan`, `run`, `submit`).

mod ask;
mod card;
#[cfg(feature = "charts")]
mod charts;
mod describe;
mod finish;
mod format;
mod go;
mod job;
mod log;
mod merge;
mod part;
mod pieces;
mod plan;
mod progress;
mod recipe;
mod retry;
mod run;
mod script;
mod status;
mod submit;
mod summary;
mod work;

use clap::Subcommand;

use super::End;
use super::terminal::{Stop, Terminal};
use crate::output::store::StoreError;

/// Run a model at many points: a study of its file, or what --vary asks for.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  osmocyte sweep red-blood-cell --vary \"Pf=20..400 um/s log 200\"
  osmocyte sweep red-blood-cell --vary \"Pf=20..400 um/s log\" --vary \"bath.osmolarity=50..300 mOsm\" --design sobol -n 1e5
  osmocyte sweep my-cell.toml fragility --threads 8
  osmocyte sweep my-cell.toml fragility --resume         after a kill, a crash, a full disk
  osmocyte sweep my-cell.toml --table points.csv --outcome \"late=time of lysis\"
  osmocyte sweep plan my-cell.toml fragility             what would be done
  osmocyte sweep status out/my-cell-fragility            how far it is

Writes rows.csv (a row for each point: inputs, outcomes, status, reason, end, steps),
rows.csv-metadata.json (units) and sweep.json (the card), beside what it needs to go on: plan.json,
chunks/ and manifests. --format parquet writes rows.parquet in the place of the first two, --format
both all three. The bytes of the rows depend on nothing but the plan: not on threads, parts, kills
or the processor. Charts of the outcomes, as SVG and PNG: response (over one axis, or two of which
one has few values), map-OUTCOME (over two), scatter and profiles (over more).

Exits with 0 if all points were solved, 1 if some failed (all rows are there, each with its reason;
with --failed-ok that is 0, too) or if the disk refuses, 2 for mistakes in what was asked, 130 after
Ctrl-C and 143 after SIGTERM: then the chunks in hand are finished first (a second signal ends it at
once), and --resume goes on."
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    go: go::Go,
}

#[derive(Debug, Subcommand)]
enum What {
    Plan(plan::Args),
    Run(run::Args),
    Status(status::Args),
    Retry(retry::Args),
    Merge(merge::Args),
    Submit(submit::Args),
}

pub(super) fn sweep(args: Args, terminal: &Terminal) -> Result<End, Stop> {
    match args.what {
        None => go::go(&args.go, terminal),
        Some(What::Plan(args)) => plan::plan(&args, terminal),
        Some(What::Run(args)) => run::run(&args, terminal),
        Some(What::Status(args)) => status::status(&args, terminal),
        Some(What::Retry(args)) => retry::retry(&args, terminal),
        Some(What::Merge(args)) => merge::merge(&args, terminal),
        Some(What::Submit(args)) => submit::submit(&args, terminal),
    }
}

/// What the store refuses: mistakes of the user end with 2, troubles on the way with 1.
fn stop(error: StoreError, terminal: &Terminal) -> Stop {
    let text = terminal.error(&error);
    match error {
        StoreError::NotEmpty { .. }
        | StoreError::NoSweep { .. }
        | StoreError::BadPlan { .. }
        | StoreError::OtherPlan { .. }
        | StoreError::Busy { .. }
        | StoreError::Value { .. } => Stop::Invalid(text),
        _ => Stop::Failed(text),
    }
}

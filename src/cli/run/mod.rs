//! `osmocyte run`: one run with its table, metadata, run card and charts.

mod card;
#[cfg(feature = "charts")]
mod charts;
mod summary;
mod verified;

use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::End;
use super::folder::{Folder, is_stdout};
use super::picture::{self, PictureArgs};
use super::progress::{Watch, end_interrupted, interrupted, listen};
use super::source::{Found, find, split_setting};
use super::terminal::{Stop, Terminal};
use crate::output::{csvw_metadata, write_csv};
use crate::solve::problem::Method;
use crate::study::{METHODS, method_named};
use crate::study::{Run, RunOptions, Simulation, Verification};
use crate::trajectory::Status;

/// Run a model's experiment; write the table, the run card and the charts.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte run red-blood-cell
  osmocyte run red-blood-cell --set Pf=\"100 um/s\" --set plasma.osmolarity=\"150 mOsm\" -o slow
  osmocyte run my-cell.toml --rtol 1e-10 --duration \"2 min\"
  osmocyte run red-blood-cell --verify
  osmocyte run red-blood-cell -o - > table.csv

Writes trajectory.csv, trajectory.csv-metadata.json (units), run.json (the run card) and each chart
as SVG and PNG. Files of an earlier run in the same folder are replaced; charts that it left and
this run does not draw are removed.

Exits with 1 if the run failed, a conserved sum leaked, or --verify found no agreement; what was
reached is written all the same.")]
pub(super) struct Args {
    /// Name of a shipped model, or path of a model file; NAME@VARIANT for a variant.
    model: String,
    /// Give a parameter, an input, a mode or an initial value another value, e.g. Pf="100 um/s"; a set input keeps it from the start on, in place of a step at time 0.
    #[arg(short, long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Integration method [default: that of the model, else auto: explicit or implicit, whichever gets on faster].
    #[arg(long, value_parser = PossibleValuesParser::new(methods()).try_map(|name| method_named(&name)))]
    method: Option<Method>,
    /// Relative tolerance [default: that of the model, else 1e-8].
    #[arg(long, value_name = "X", value_parser = tolerance, allow_negative_numbers = true)]
    rtol: Option<f64>,
    /// Absolute tolerance, relative to the scale of each state [default: that of the model, else rtol / 100].
    #[arg(long, value_name = "X", value_parser = tolerance, allow_negative_numbers = true)]
    atol: Option<f64>,
    /// Longest step, e.g. "0.1 s": what is narrower can be missed.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    max_step: Option<String>,
    /// Solve again, 1000 times more tightly and by another method where one is fit; say how wrong each column, outcome and event time may be, and print no digits beyond that.
    #[arg(long)]
    verify: bool,
    /// Number of saved times, both ends included.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=10_000_000), allow_negative_numbers = true)]
    points: Option<u64>,
    /// Length of the run, e.g. "5 s".
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    duration: Option<String>,
    /// Folder for the files, or `-` for the table alone on standard output [default: out/MODEL].
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Draw no charts.
    #[arg(long)]
    no_charts: bool,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Print the run card instead of the summary.
    #[arg(long)]
    json: bool,
}

/// The methods that there are, and the one that says how it could be.
pub(super) fn methods() -> impl Iterator<Item = PossibleValue> {
    let absent = if cfg!(feature = "bdf") {
        &[][..]
    } else {
        &["bdf"]
    };
    let there = METHODS.iter().map(|m| PossibleValue::new(m.0));
    there.chain(
        absent
            .iter()
            .map(|name| PossibleValue::new(name).hide(true)),
    )
}

pub(super) fn tolerance(text: &str) -> Result<f64, String> {
    let number: f64 = text
        .trim()
        .parse()
        .map_err(|_| "not a number".to_string())?;
    if number > 0.0 && number < 1.0 {
        Ok(number)
    } else {
        Err("a tolerance lies between 0 and 1, e.g. 1e-8".to_string())
    }
}

const TABLE: &str = "trajectory.csv";
const METADATA: &str = "trajectory.csv-metadata.json";
const CARD: &str = "run.json";

/// A run with all that its files need to tell.
struct Done<'a> {
    found: &'a Found,
    simulation: &'a Simulation,
    run: Run,
    /// What a second solve says of it, and its wall time [s].
    verification: Option<(Verification, f64)>,
    started: SystemTime,
    /// Wall time [s].
    elapsed: f64,
    warnings: Vec<String>,
}

impl Done<'_> {
    /// True if a second solve was compared with the run.
    fn verification_has_columns(&self) -> bool {
        let found = self.verification.as_ref();
        found.is_some_and(|v| !v.0.columns.is_empty())
    }
}

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let to_stdout = is_stdout(args.out.as_deref(), args.json, terminal)?;
    let found = find(&args.model, terminal)?;
    let simulation = simulation(args, &found, terminal)?;
    let names = file_names(args, &simulation);
    listen();
    // Opened before the run: nobody wants to learn afterwards that there is no place for the result.
    let folder = if to_stdout {
        None
    } else {
        let path = args
            .out
            .clone()
            .unwrap_or_else(|| PathBuf::from("out").join(found.full_name()));
        Some(Folder::open(&path, &names, CARD).map_err(|e| terminal.invalid(e))?)
    };
    let Some(done) = solve(args, &found, &simulation, terminal)? else {
        return Ok(end_interrupted(terminal));
    };
    match folder {
        None => table_to_stdout(&done, terminal),
        Some(folder) => write_all(args, done, folder, terminal),
    }
}

/// The model with the settings of the command line; all mistakes in them at once.
fn simulation(args: &Args, found: &Found, terminal: &Terminal) -> Result<Simulation, Stop> {
    let (mut settings, mut mistakes) = (Vec::new(), Vec::new());
    for word in &args.set {
        match split_setting(word, terminal.color_err()) {
            Ok(setting) => settings.push(setting),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    settings.extend(
        args.duration
            .iter()
            .map(|d| ("duration".to_string(), d.trim().to_string())),
    );
    settings.extend(
        args.max_step
            .iter()
            .map(|d| ("solver.max_step".to_string(), d.trim().to_string())),
    );
    let simulation = found.simulation(&settings);
    match simulation {
        Ok(simulation) if mistakes.is_empty() => Ok(simulation),
        Ok(_) => Err(Stop::Invalid(mistakes.join("\n\n"))),
        Err(e) => {
            mistakes.push(terminal.report(&e));
            Err(Stop::Invalid(mistakes.join("\n\n")))
        }
    }
}

/// All files that the run will write.
fn file_names(args: &Args, simulation: &Simulation) -> Vec<String> {
    let mut names = vec![TABLE.to_string(), METADATA.to_string()];
    if cfg!(feature = "charts") && !args.no_charts {
        for chart in &simulation.system().charts {
            names.extend(args.pictures.files(&chart.name));
        }
    }
    names.push(CARD.to_string());
    names
}

/// Runs it; `None` if Ctrl-C came first.
fn solve<'a>(
    args: &Args,
    found: &'a Found,
    simulation: &'a Simulation,
    terminal: &Terminal,
) -> Result<Option<Done<'a>>, Stop> {
    let options = RunOptions {
        method: args.method,
        rtol: args.rtol,
        atol: args.atol,
        points: args.points.and_then(|n| usize::try_from(n).ok()),
        max_steps: None,
        max_step: None,
    };
    let mut warnings = Vec::new();
    if !cfg!(feature = "charts") && !args.no_charts && !simulation.system().charts.is_empty() {
        warnings.push(picture::NONE.to_string());
    }
    let started = SystemTime::now();
    let begun = Instant::now();
    let mut watch = Watch::new(terminal, "");
    let run = simulation.run_with(&options, Some(&mut |fraction| watch.tell(fraction)));
    watch.finish();
    let run = run.map_err(|e| Stop::Invalid(terminal.report(&e)))?;
    let elapsed = begun.elapsed().as_secs_f64();
    let verification = if args.verify && !interrupted() {
        let begun = Instant::now();
        let mut watch = Watch::new(terminal, "verifying: ");
        let found = simulation.verify_with(&options, &run, Some(&mut |f| watch.tell(f)));
        watch.finish();
        let found = found.map_err(|e| Stop::Invalid(terminal.report(&e)))?;
        Some((found, begun.elapsed().as_secs_f64()))
    } else {
        None
    };
    if interrupted() {
        return Ok(None);
    }
    Ok(Some(Done {
        found,
        simulation,
        run,
        verification,
        started,
        elapsed,
        warnings,
    }))
}

fn table_to_stdout(done: &Done, terminal: &Terminal) -> Result<End, Stop> {
    terminal.data(|out| write_csv(&done.run.trajectory, out))?;
    terminal.remark(&summary::summary(done, None, terminal));
    Ok(verdict(done, terminal))
}

fn write_all(
    args: &Args,
    mut done: Done,
    mut folder: Folder,
    terminal: &Terminal,
) -> Result<End, Stop> {
    let cannot = |e| terminal.invalid(e);
    let trajectory = &done.run.trajectory;
    folder
        .stage(TABLE, |to| write_csv(trajectory, to))
        .map_err(cannot)?;
    let metadata = csvw_metadata(trajectory, TABLE, &card::provenance(&done));
    (folder.stage_json(METADATA, &metadata)).map_err(cannot)?;
    #[cfg(feature = "charts")]
    let drawn =
        args.no_charts || charts::draw(&mut done, &args.pictures, &mut folder).map_err(cannot)?;
    #[cfg(not(feature = "charts"))]
    let drawn = true;
    let mut files = folder.staged().to_vec();
    files.push(CARD.to_string());
    let card = card::card(&done, files);
    folder
        .stage(CARD, |to| to.write_all(card.to_text().as_bytes()))
        .map_err(cannot)?;
    if !folder.publish(terminal)? {
        return Ok(end_interrupted(terminal));
    }
    for warning in std::mem::take(&mut done.warnings) {
        terminal.remark(&terminal.warning(warning));
    }
    if args.json {
        terminal.print(&card.to_text())?;
    } else if !terminal.quiet {
        terminal.print(&summary::summary(&done, Some(&folder), terminal))?;
    }
    let end = verdict(&done, terminal);
    Ok(if drawn { end } else { End::Failed })
}

/// Says what went wrong with the run, if anything did.
fn verdict(done: &Done, terminal: &Terminal) -> End {
    let trajectory = &done.run.trajectory;
    if let Status::Failed(reason) = &trajectory.status {
        terminal.complain(&terminal.error(format!(
            "the run of `{}` failed: {reason}",
            done.found.full_name()
        )));
    }
    let doubts = done.verification.as_ref().map_or(&[][..], |v| &v.0.doubts);
    // Of a run that failed on its way everything has been said.
    if !doubts.is_empty() && (trajectory.is_ok() || done.verification_has_columns()) {
        terminal.complain(&terminal.error(format!(
            "the run of `{}` is not verified: {}",
            done.found.full_name(),
            doubts.join("; ")
        )));
    }
    if trajectory.is_ok() && doubts.is_empty() {
        End::Ok
    } else {
        End::Failed
    }
}

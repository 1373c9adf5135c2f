//! `osmocyte sensitivity`: what the outcomes of a model depend on, and how much.

mod card;
#[cfg(feature = "charts")]
mod charts;
mod global;
mod local;
mod text;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use clap::ValueEnum;

use super::End;
use super::folder::{Folder, is_stdout};
use super::origin::{TOOL, VERSION, command, sha256};
use super::picture::PictureArgs;
use super::progress::{Watch, end_interrupted, listen};
use super::run::tolerance;
use super::source::{Found, find, split_setting};
use super::terminal::{Stop, Terminal};
use crate::output::card::rfc3339_utc;
use crate::output::{Provenance, write_table};
use crate::study::Simulation;
use crate::study::sensitivity::Ask;
use crate::study::sensitivity::local::{Local, table_of_slopes};
use crate::table::Table;

/// What do the outcomes of a model depend on, and how much?
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte sensitivity red-blood-cell --vary \"Pf=20..400 um/s log\" --vary \"bath.osmolarity=50..300 mOsm\"
  osmocyte sensitivity my-cell.toml fragility -n 4096 --second-order
  osmocyte sensitivity my-cell.toml --method morris --trajectories 100
  osmocyte sensitivity my-cell.toml fragility --outcome \"late=time of lysis\" -o - > indices.csv

Methods:
  morris  Elementary effects: mu* is the mean change of the outcome as a factor goes through its
          range, sigma how much that depends on the place. (d + 1) x TRAJECTORIES runs.
  sobol   Indices of the variance: first order is the part that a factor accounts for alone, total
          the part in which it has a share. (d + 2) x N runs, with --second-order (2 d + 2) x N.

Where points of the design fail, what needs them is left out and counted.

Writes sensitivity.csv, sensitivity.csv-metadata.json (units), sensitivity.json (the card) and charts as
SVG and PNG: sobol (bars of the indices), pairs (those of second order), morris-OUTCOME (mu* and sigma) or
elasticities-OUTCOME. An outcome that is constant, or has no values, has none.
Exits with 1 if some points failed, or --check confirms a derivative not.")]
pub(super) struct Args {
    /// Name of a shipped model, or path of a model file; NAME@VARIANT for a variant.
    model: String,
    /// A study of the model, whose axes, settings and outcomes count [default: the only one].
    study: Option<String>,
    /// How to find out [default: sobol where there are ranges, else local].
    #[arg(long, value_enum)]
    method: Option<Method>,
    /// What varies and within which ends, e.g. "Pf=20..400 um/s log"; a name alone has the range that the model declares, and is enough for local [default: the axes of the study, else all parameters that declare a range].
    #[arg(long, value_name = "NAME=RANGE", allow_hyphen_values = true)]
    vary: Vec<String>,
    /// Give a parameter, an input, a mode or an initial value another value, e.g. Pf="100 um/s".
    #[arg(short, long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// An outcome of the model by name, or NAME=EXPRESSION [default: those of the study, else all].
    #[arg(long, value_name = "OUTCOME", allow_hyphen_values = true)]
    outcome: Vec<String>,
    /// Rows of the design for sobol; powers of 2 are best.
    #[arg(short, value_name = "N", default_value = "1024", value_parser = count, allow_negative_numbers = true)]
    n: u64,
    /// Trajectories of the design for morris.
    #[arg(long, value_name = "R", default_value = "50", value_parser = count, allow_negative_numbers = true)]
    trajectories: u64,
    /// Levels of the grid for morris, an even number.
    #[arg(long, value_name = "P", default_value_t = 4, value_parser = clap::value_parser!(u32).range(2..=1_000_000), allow_negative_numbers = true)]
    levels: u32,
    /// Indices of pairs as well, for sobol.
    #[arg(long)]
    second_order: bool,
    /// Compare each derivative with differences of tight runs, for local.
    #[arg(long)]
    check: bool,
    /// Resamples for the intervals; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(0..=1_000_000), allow_negative_numbers = true)]
    resamples: u64,
    /// Another number draws another design.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Relative tolerance [default: that of the model, else 1e-6; for local 1e-9].
    #[arg(long, value_name = "X", value_parser = tolerance, allow_negative_numbers = true)]
    rtol: Option<f64>,
    /// Threads [default: one for each core]; results do not depend on their number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=4096), allow_negative_numbers = true)]
    threads: Option<u64>,
    /// Folder for the files, or `-` for the table alone on standard output [default: out/MODEL-sensitivity].
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Draw no charts.
    #[arg(long)]
    no_charts: bool,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Print the card instead of the summary.
    #[arg(long)]
    json: bool,
}

/// How to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Method {
    /// Derivatives at the values of the model.
    Local,
    /// Elementary effects: screening by few points.
    Morris,
    /// Indices of the variance.
    Sobol,
}

const TABLE: &str = "sensitivity.csv";
const METADATA: &str = "sensitivity.csv-metadata.json";
const CARD: &str = "sensitivity.json";

/// A whole number above 0; `1e4` is one.
fn count(text: &str) -> Result<u64, String> {
    let number: f64 = text
        .trim()
        .parse()
        .map_err(|_| "not a number".to_string())?;
    if (1.0..=1e12).contains(&number) && number.fract() == 0.0 {
        Ok(number as u64)
    } else {
        Err("a whole number, at least 1".to_string())
    }
}

/// What is to be done.
enum Ready {
    Global(Box<global::Ready>),
    Local(Box<local::Ready>),
}

/// What came out.
enum Report {
    Global(Box<global::Report>),
    Local(Box<Local>),
}

impl Ready {
    fn new(
        args: &Args,
        ask: &Ask,
        simulation: &Simulation,
        terminal: &Terminal,
    ) -> Result<Ready, Stop> {
        let method = args.method.unwrap_or(match ask.has_ranges(simulation) {
            true => Method::Sobol,
            false => Method::Local,
        });
        Ok(match method {
            Method::Local => Ready::Local(Box::new(local::Ready::new(
                args, ask, simulation, terminal,
            )?)),
            method => Ready::Global(Box::new(global::Ready::new(
                args, method, ask, simulation, terminal,
            )?)),
        })
    }

    #[cfg(feature = "charts")]
    fn method(&self) -> Method {
        match self {
            Ready::Global(ready) => ready.method(),
            Ready::Local(_) => Method::Local,
        }
    }

    /// Names of the outcomes.
    #[cfg(feature = "charts")]
    fn outcomes(&self) -> Vec<String> {
        match self {
            Ready::Global(ready) => ready.outcomes(),
            Ready::Local(ready) => ready.outcomes(),
        }
    }

    /// Does the work; `None` if it was interrupted.
    fn work(
        self,
        threads: usize,
        terminal: &Terminal,
        tell: &mut dyn FnMut(f64, &str) -> ControlFlow<()>,
    ) -> Result<Option<Report>, Stop> {
        Ok(match self {
            Ready::Global(ready) => {
                let report = (ready.work(threads, tell)).map_err(|e| terminal.invalid(e))?;
                report.map(|r| Report::Global(Box::new(r)))
            }
            Ready::Local(ready) => {
                let refused = |e: crate::Error| Stop::Invalid(terminal.report(&e));
                let report = ready.work(threads, tell).map_err(refused)?;
                report.map(|r| Report::Local(Box::new(r)))
            }
        })
    }
}

impl Report {
    fn table(&self) -> Table {
        match self {
            Report::Global(report) => report.table(),
            Report::Local(found) => table_of_slopes(found),
        }
    }

    /// What makes the result incomplete or doubtful.
    fn missing(&self) -> Option<String> {
        match self {
            Report::Global(report) => report.missing(),
            Report::Local(found) => local::doubts(found),
        }
    }
}

/// An analysis with what its files need to tell.
struct Done {
    found: Found,
    simulation: Simulation,
    report: Report,
    started: String,
    /// Wall time [s].
    elapsed: f64,
    threads: usize,
}

pub(super) fn sensitivity(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let to_stdout = is_stdout(args.out.as_deref(), args.json, terminal)?;
    let found = find(&args.model, terminal)?;
    let (simulation, ask) = asked(args, &found, terminal)?;
    let ready = Ready::new(args, &ask, &simulation, terminal)?;
    listen();
    // Opened before the work: nobody wants to learn afterwards that there is no place for the result.
    let folder = if to_stdout {
        None
    } else {
        let name = format!("{}-sensitivity", found.full_name());
        let path = (args.out.clone()).unwrap_or_else(|| PathBuf::from("out").join(name));
        let names = file_names(args, &ready);
        Some(Folder::open(&path, &names, CARD).map_err(|e| terminal.invalid(e))?)
    };
    let threads = threads(args);
    let started = rfc3339_utc(SystemTime::now());
    let begun = Instant::now();
    let mut watch = Watch::new(terminal, "");
    let report = ready.work(threads, terminal, &mut |fraction, what| {
        watch.stage(fraction, what)
    });
    watch.finish();
    let Some(report) = report? else {
        return Ok(end_interrupted(terminal));
    };
    let done = Done {
        found,
        simulation,
        report,
        started,
        elapsed: begun.elapsed().as_secs_f64(),
        threads,
    };
    match folder {
        None => {
            let table = done.report.table();
            terminal.data(|out| write_table(&table, out))?;
            terminal.remark(&text::report(&done, terminal));
            Ok(end(&done, terminal))
        }
        Some(folder) => write_all(args, &done, folder, terminal),
    }
}

fn threads(args: &Args) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, |n| n.get());
    (args.threads).map_or_else(cores, |n| usize::try_from(n).unwrap_or(1))
}

/// All files that the analysis may write.
fn file_names(args: &Args, ready: &Ready) -> Vec<String> {
    let tables = [TABLE, METADATA, CARD].map(str::to_string);
    #[cfg(feature = "charts")]
    let charts = match args.no_charts {
        true => Vec::new(),
        false => charts::names(ready.method(), &ready.outcomes()),
    };
    #[cfg(not(feature = "charts"))]
    let charts: Vec<String> = {
        let _ = (args, ready);
        Vec::new()
    };
    let pictures = charts.iter().flat_map(|n| args.pictures.files(n));
    tables.into_iter().chain(pictures).collect()
}

/// The model with the settings of the command line; all mistakes in them at once.
fn asked(args: &Args, found: &Found, terminal: &Terminal) -> Result<(Simulation, Ask), Stop> {
    let (mut settings, mut mistakes) = (Vec::new(), Vec::new());
    for word in &args.set {
        match split_setting(word, terminal.color_err()) {
            Ok(setting) => settings.push(setting),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    let ask = Ask {
        study: args.study.clone(),
        set: settings.iter().map(|(name, _)| name.clone()).collect(),
        vary: args.vary.clone(),
        outcomes: args.outcome.clone(),
    };
    match found.simulation(&settings) {
        Ok(simulation) if mistakes.is_empty() => Ok((simulation, ask)),
        Ok(_) => Err(Stop::Invalid(mistakes.join("\n\n"))),
        Err(e) => {
            mistakes.push(terminal.report(&e));
            Err(Stop::Invalid(mistakes.join("\n\n")))
        }
    }
}

fn write_all(
    args: &Args,
    done: &Done,
    mut folder: Folder,
    terminal: &Terminal,
) -> Result<End, Stop> {
    let cannot = |e| terminal.invalid(e);
    let (names, table) = ((TABLE, METADATA), done.report.table());
    (folder.stage_table(names, &table, &provenance(done))).map_err(cannot)?;
    #[cfg(feature = "charts")]
    let warnings = match args.no_charts {
        true => Vec::new(),
        false => charts::draw(done, &args.pictures, &mut folder).map_err(cannot)?,
    };
    #[cfg(not(feature = "charts"))]
    let warnings = vec![super::picture::NONE.to_string(); usize::from(!args.no_charts)];
    let Some(card) = folder.finish(|files| card::card(done, files), terminal)? else {
        return Ok(end_interrupted(terminal));
    };
    for warning in &warnings {
        terminal.remark(&terminal.warning(warning));
    }
    if args.json {
        terminal.print(&format!("{card:#}\n"))?;
    } else if !terminal.quiet {
        let text = text::report(done, terminal);
        terminal.print(&format!("{text}{}", folder.list(terminal)))?;
    }
    Ok(end(done, terminal))
}

fn provenance(done: &Done) -> Provenance {
    Provenance {
        tool: TOOL.to_string(),
        version: VERSION.to_string(),
        model: done.found.full_name(),
        title: done.simulation.model().title.clone(),
        model_sha256: sha256(done.found.text()),
        command: command(),
        created: done.started.clone(),
    }
}

/// Says how much is missing.
fn end(done: &Done, terminal: &Terminal) -> End {
    let Some(message) = done.report.missing() else {
        return End::Ok;
    };
    terminal.complain(&terminal.error(message));
    End::Failed
}

//! `osmocyte run`: one run with its table, metadata, run card and charts.

pub(super) mod card;
#[cfg(feature = "charts")]
mod charts;
mod how;
pub(super) mod summary;
pub(super) mod verified;

use std::path::PathBuf;

use super::End;
use super::folder::{Folder, is_stdout};
use super::picture::{self, PictureArgs};
use super::progress::{end_interrupted, listen};
use super::source::find;
use super::terminal::{Stop, Terminal};
use crate::output::{csvw_metadata, write_csv};
use crate::study::Simulation;

pub(super) use how::{Done, How, methods, tolerance, verdict};

/// Run a model's experiment; write the table, the run card and the charts.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte run red-blood-cell
  osmocyte run red-blood-cell --set Pf=\"100 um/s\" --set plasma.osmolarity=\"150 mOsm\" -o slow
  osmocyte run my-cell.toml --rtol 1e-10 --duration \"2 min\"
  osmocyte run red-blood-cell --step \"at 1 s: plasma.osmolarity = 290 mOsm\"
  osmocyte run red-blood-cell --verify
  osmocyte run red-blood-cell -o - > table.csv

Writes trajectory.csv, trajectory.csv-metadata.json (units), run.json (the run card), each chart, and
the cell where the model has a picture of it, as SVG and PNG. Files of an earlier run in the same
folder are replaced; charts that it left and this run does not draw are removed.

Exits with 1 if the run failed, a conserved sum leaked, or --verify found no agreement; what was
reached is written all the same.")]
pub(super) struct Args {
    #[command(flatten)]
    how: How,
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

const TABLE: &str = "trajectory.csv";
const METADATA: &str = "trajectory.csv-metadata.json";
const CARD: &str = "run.json";

pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let to_stdout = is_stdout(args.out.as_deref(), args.json, terminal)?;
    let found = find(&args.how.model, terminal)?;
    let simulation = args.how.simulation(&found, terminal)?;
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
    let Some(mut done) = args.how.solve(&found, &simulation, terminal)? else {
        return Ok(end_interrupted(terminal));
    };
    let system = simulation.system();
    let some = !system.charts.is_empty() || !system.pictures.is_empty();
    if !cfg!(feature = "charts") && !args.no_charts && some {
        done.warnings.push(picture::NONE.to_string());
    }
    match folder {
        None => table_to_stdout(&done, terminal),
        Some(folder) => write_all(args, done, folder, terminal),
    }
}

/// All files that the run will write.
fn file_names(args: &Args, simulation: &Simulation) -> Vec<String> {
    let mut names = vec![TABLE.to_string(), METADATA.to_string()];
    if cfg!(feature = "charts") && !args.no_charts {
        let system = simulation.system();
        let charts = system.charts.iter().map(|chart| &chart.name);
        let cells = system.pictures.iter().map(|picture| &picture.name);
        for name in charts.chain(cells) {
            names.extend(args.pictures.files(name));
        }
    }
    names.push(CARD.to_string());
    names
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

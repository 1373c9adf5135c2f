//! `osmocyte report`: a run, its model and its checks on one page.

mod checks;
mod how;
pub(super) mod model;
mod page;
pub(super) mod parameters;
#[cfg(feature = "charts")]
mod pictures;
pub(super) mod results;

use std::path::PathBuf;

use super::End;
use super::check::{Checked, checked};
use super::digits::plural;
use super::folder::{Folder, is_stdout};
use super::picture::PictureSize;
use super::progress::{end_interrupted, interrupted, listen};
use super::run::{self, Done, How, verdict};
use super::source::find;
use super::terminal::{Stop, Style, Terminal};
use crate::output::report::{Picture, Report};
use crate::study::Simulation;

/// Run a model and its checks; write one page with figures, equations, sources and all results.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte report red-blood-cell
  osmocyte report red-blood-cell --set plasma.osmolarity=\"50 mOsm\" -o dilute
  osmocyte report my-cell.toml --verify
  osmocyte report red-blood-cell -o - > red-blood-cell.html

Writes report.html (one file that needs no other, for the screen and for paper), report.md with its
figures beside it as SVG, and report.json (the run card). Files of an earlier report in the same
folder are replaced; figures that it left and this one does not draw are removed.

The checks are those of `osmocyte check`: they hold for the model as it is in its file, whatever is
set here.

Exits with 1 if the run or a check failed, a conserved sum leaked, or --verify found no agreement;
the report is written all the same, and says so.")]
pub(super) struct Args {
    #[command(flatten)]
    how: How,
    /// Folder for the files, or `-` for the HTML alone on standard output [default: out/MODEL-report].
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Size of the figures.
    #[arg(long, value_enum, default_value_t = PictureSize::Slide)]
    size: PictureSize,
}

const HTML: &str = "report.html";
const MARKDOWN: &str = "report.md";
const CARD: &str = "report.json";

/// What a report tells.
struct Story<'a> {
    done: Done<'a>,
    /// The model as it is in its file, without variant and settings.
    file: &'a Simulation,
    /// Full names of what `--set` changed, with what was written.
    settings: Vec<(String, String)>,
    checks: Vec<Checked>,
    pictures: Vec<Picture>,
}

pub(super) fn report(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let to_stdout = is_stdout(args.out.as_deref(), false, terminal)?;
    let found = find(&args.how.model, terminal)?;
    let simulation = args.how.simulation(&found, terminal)?;
    let plain = found.plain();
    let file = plain.simulation(&[]);
    let file = file.map_err(|e| Stop::Invalid(terminal.report(&e)))?;
    let names = file_names(&simulation);
    listen();
    // Opened before the work: nobody wants to learn afterwards that there is no place for the result.
    let folder = if to_stdout {
        None
    } else {
        let name = format!("{}-report", found.full_name());
        let path = (args.out.clone()).unwrap_or_else(|| PathBuf::from("out").join(name));
        Some(Folder::open(&path, &names, CARD).map_err(|e| terminal.invalid(e))?)
    };
    let Some(done) = args.how.solve(&found, &simulation, terminal)? else {
        return Ok(end_interrupted(terminal));
    };
    let (_, checks) = checked(&plain, terminal)?;
    if interrupted() {
        return Ok(end_interrupted(terminal));
    }
    let mut story = Story {
        settings: args.how.settings(simulation.model()),
        done,
        file: &file,
        checks,
        pictures: Vec::new(),
    };
    let drawn = draw(&mut story, args.size);
    let page = page::page(&story);
    match folder {
        None => terminal.print(&page.html())?,
        Some(folder) => {
            if !write(&story, &page, folder, terminal)? {
                return Ok(end_interrupted(terminal));
            }
        }
    }
    for warning in &story.done.warnings {
        terminal.remark(&terminal.warning(warning));
    }
    let checked = complain_of_checks(&story, terminal);
    let end = verdict(&story.done, terminal);
    Ok(if drawn && checked { end } else { End::Failed })
}

/// All files that the report may write.
fn file_names(simulation: &Simulation) -> Vec<String> {
    let mut names = vec![HTML.to_string(), MARKDOWN.to_string()];
    if cfg!(feature = "charts") {
        let charts = simulation.system().charts.iter();
        names.extend(charts.map(|chart| format!("{}.svg", chart.name)));
    }
    names.push(CARD.to_string());
    names
}

/// Draws the figures. One that can't be drawn is a warning; false if there was one.
fn draw(story: &mut Story, size: PictureSize) -> bool {
    #[cfg(feature = "charts")]
    {
        let before = story.done.warnings.len();
        pictures::draw(story, size);
        story.done.warnings.len() == before
    }
    #[cfg(not(feature = "charts"))]
    {
        let _ = size;
        if !story.done.run.charts.is_empty() {
            story.done.warnings.push(super::picture::NONE.to_string());
        }
        true
    }
}

/// Writes all files; false if Ctrl-C came first.
fn write(
    story: &Story,
    page: &Report,
    mut folder: Folder,
    terminal: &Terminal,
) -> Result<bool, Stop> {
    let cannot = |e| terminal.invalid(e);
    let html = page.html();
    (folder.stage(HTML, |to| to.write_all(html.as_bytes()))).map_err(cannot)?;
    let markdown = page.markdown();
    (folder.stage(MARKDOWN, |to| to.write_all(markdown.as_bytes()))).map_err(cannot)?;
    for picture in &story.pictures {
        let name = format!("{}.svg", picture.name);
        (folder.stage(&name, |to| to.write_all(picture.svg.as_bytes()))).map_err(cannot)?;
    }
    let card = |files: &[String]| run::card::card(&story.done, files.to_vec()).to_json();
    if folder.finish(card, terminal)?.is_none() {
        return Ok(false);
    }
    if !terminal.quiet {
        let checks = terminal.paint(Style::Bold, "Checks");
        let tally = tally(&story.checks);
        let text = run::summary::summary(&story.done, Some(&folder), terminal);
        terminal.print(&format!("{text}\n{checks}\n  {tally}\n"))?;
    }
    Ok(true)
}

/// How many checks there are, and how many failed.
fn tally(checks: &[Checked]) -> String {
    let all = plural(checks.len() as u64, "check");
    match checks.iter().filter(|c| !c.passed).count() {
        _ if checks.is_empty() => "no checks".to_string(),
        0 => format!("{all} passed"),
        failed => format!("{failed} of {all} FAILED"),
    }
}

/// Names the checks that failed; false if there are any.
fn complain_of_checks(story: &Story, terminal: &Terminal) -> bool {
    let failed = story.checks.iter().filter(|c| !c.passed);
    let names: Vec<String> = failed
        .map(|c| match c.id.as_str() {
            "" => format!("`{}`", c.what),
            id => format!("{id} (`{}`)", c.what),
        })
        .collect();
    if !names.is_empty() {
        terminal.complain(&terminal.error(format!(
            "{} of {} of `{}` failed: {}",
            names.len(),
            plural(story.checks.len() as u64, "check"),
            story.done.found.name,
            names.join(", ")
        )));
    }
    names.is_empty()
}

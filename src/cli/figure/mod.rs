//! `osmocyte figure`: figures that say one thing, made from models.

mod find;
mod gallery;
mod make;
mod text;

use std::path::{Path, PathBuf};

use serde_json::json;

use super::End;
use super::folder::Folder;
use super::picture::{self, PictureArgs};
use super::progress::{end_interrupted, interrupted, listen};
use super::terminal::{Stop, Style, Terminal};
use crate::output::OutputError;
use find::Wanted;
use make::Made;

/// Make figures: pictures, the numbers behind them, and captions.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte figure --list                      what there is
  osmocyte figure three-baths                 one of them, in out/figures/
  osmocyte figure hoefler fragility -o talk   two of them, in talk/
  osmocyte figure --all --size print          all of them, for a column of a journal
  osmocyte figure my-figure.toml              one of your own

A figure file says which runs of which models are shown and how; `models/figures` of the source has the \
shipped ones. Writes for each figure NAME.svg and NAME.png, NAME.csv (the numbers behind it, one row \
for each point) and NAME.md (title, caption, the text for those who can't see it, where the numbers of \
the models are from).

Exits with 1 if a run failed: then that figure is not written.")]
pub(super) struct Args {
    /// Names of shipped figures, or paths of figure files.
    #[arg(value_name = "FIGURE")]
    figures: Vec<String>,
    /// All shipped figures.
    #[arg(long, conflicts_with = "figures")]
    all: bool,
    /// Only say which shipped figures there are.
    #[arg(long, conflicts_with_all = ["all", "out", "gallery"])]
    list: bool,
    /// Folder for the files [default: out/figures].
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Write a page instead, DIR/gallery.md, with the pictures as SVG and the numbers in DIR/figures.
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    gallery: Option<PathBuf>,
    /// Print what was made, or what there is, as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn figure(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    if args.list {
        return list(args, terminal);
    }
    let wanted = find::find(&args.figures, args.all, terminal)?;
    listen();
    match &args.gallery {
        Some(path) => gallery::write(path, args, wanted, terminal),
        None => files(args, wanted, terminal),
    }
}

/// The shipped figures.
fn list(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let shipped = find::shipped();
    if args.json {
        let figures = shipped
            .iter()
            .map(|wanted| json!({ "name": wanted.figure.name, "title": wanted.plain_title() }));
        let value = serde_json::Value::Array(figures.collect());
        terminal.print(&format!("{value:#}\n"))?;
        return Ok(End::Ok);
    }
    let rows: Vec<Vec<String>> = (shipped.iter())
        .map(|w| vec![w.figure.name.clone(), w.plain_title()])
        .collect();
    let heading = terminal.paint(Style::Bold, "Figures");
    let table = super::table::align(&rows, 2, terminal.width);
    terminal.print(&format!("{heading}\n{}\n", table.trim_end()))?;
    Ok(End::Ok)
}

/// The files of a figure.
fn names(name: &str, pictures: &PictureArgs) -> Vec<String> {
    let drawn = match cfg!(feature = "charts") {
        true => pictures.files(name),
        false => Vec::new(),
    };
    let texts = ["csv", "md"].map(|kind| format!("{name}.{kind}"));
    drawn.into_iter().chain(texts).collect()
}

fn files(args: &Args, wanted: Vec<Wanted>, terminal: &Terminal) -> Result<End, Stop> {
    let path =
        (args.out.as_deref()).map_or_else(|| Path::new("out").join("figures"), Path::to_path_buf);
    let names: Vec<String> = (wanted.iter())
        .flat_map(|w| names(&w.figure.name, &args.pictures))
        .collect();
    // Opened before the runs: nobody wants to learn afterwards that there is no place for the result.
    let mut folder = Folder::without_card(&path, &names).map_err(|e| terminal.invalid(e))?;
    if !cfg!(feature = "charts") {
        terminal.remark(&terminal.warning(picture::NONE));
    }
    let made = make::all(wanted, &args.pictures, terminal)?;
    if interrupted() {
        return Ok(end_interrupted(terminal));
    }
    let mut end = End::Ok;
    let mut done = Vec::new();
    for figure in made {
        match figure {
            Ok(figure) => {
                stage(&figure, &mut folder).map_err(|e| terminal.invalid(e))?;
                done.push(figure);
            }
            Err(why) => {
                terminal.complain(&terminal.error(why));
                end = End::Failed;
            }
        }
    }
    if !folder.publish(terminal)? {
        return Ok(end_interrupted(terminal));
    }
    report(args, &done, &folder, terminal)?;
    Ok(end)
}

/// Writes the files of a figure.
fn stage(figure: &Made, folder: &mut Folder) -> Result<(), OutputError> {
    for (kind, bytes) in &figure.files {
        let name = format!("{}.{kind}", figure.data.name);
        folder.stage(&name, |to| to.write_all(bytes))?;
    }
    Ok(())
}

/// What was made.
fn report(args: &Args, done: &[Made], folder: &Folder, terminal: &Terminal) -> Result<(), Stop> {
    if args.json {
        let figures = done.iter().map(|made| {
            let name = &made.data.name;
            let files = made.files.iter().map(|(kind, _)| format!("{name}.{kind}"));
            json!({
                "name": name,
                "title": made.data.title,
                "caption": made.data.caption,
                "alt": made.alt,
                "files": files.collect::<Vec<_>>(),
            })
        });
        let value = json!({
            "folder": folder.path().display().to_string(),
            "figures": figures.collect::<Vec<_>>(),
        });
        return terminal.print(&format!("{value:#}\n"));
    }
    if terminal.quiet || done.is_empty() {
        return Ok(());
    }
    let mut text = String::new();
    for made in done {
        text.push_str(&terminal.paint(Style::Bold, &made.data.title));
        text.push('\n');
    }
    text.push_str(&folder.list(terminal));
    terminal.print(&format!("{}\n", text.trim_end()))
}

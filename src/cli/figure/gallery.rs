//! The page with all figures: `gallery.md`, pictures and numbers beside it.

use std::fmt::Write as _;
use std::path::Path;

use super::find::Wanted;
use super::make::{self, Made};
use super::{Args, report, stage, text};
use crate::cli::End;
use crate::cli::folder::Folder;
use crate::cli::progress::{end_interrupted, interrupted};
use crate::cli::terminal::{Stop, Terminal};

/// Name of the page, and of the folder beside it.
const PAGE: &str = "gallery.md";
const FIGURES: &str = "figures";

/// What of each figure belongs to the page.
const KINDS: &[&str] = &["svg", "csv"];

/// Writes the page, or nothing if a figure could not be made.
pub(super) fn write(
    path: &Path,
    args: &Args,
    wanted: Vec<Wanted>,
    terminal: &Terminal,
) -> Result<End, Stop> {
    let names: Vec<String> = (wanted.iter())
        .flat_map(|w| KINDS.iter().map(|kind| format!("{}.{kind}", w.figure.name)))
        .collect();
    let cannot = |e| terminal.invalid(e);
    let mut pictures = Folder::without_card(&path.join(FIGURES), &names).map_err(cannot)?;
    let mut page = Folder::without_card(path, &[PAGE.to_string()]).map_err(cannot)?;
    let mut done = Vec::new();
    let mut failed = false;
    for made in make::all(wanted, &args.pictures.as_svg(), terminal)? {
        match made {
            Ok(made) => done.push(made),
            Err(why) => {
                terminal.complain(&terminal.error(why));
                failed = true;
            }
        }
    }
    if interrupted() {
        return Ok(end_interrupted(terminal));
    }
    if failed {
        return Ok(End::Failed);
    }
    for made in &mut done {
        made.files.retain(|(kind, _)| KINDS.contains(kind));
        stage(made, &mut pictures).map_err(cannot)?;
    }
    let text = markdown(&done);
    page.stage(PAGE, |to| to.write_all(text.as_bytes()))
        .map_err(cannot)?;
    if !pictures.publish(terminal)? || !page.publish(terminal)? {
        return Ok(end_interrupted(terminal));
    }
    report(args, &done, &pictures, terminal)?;
    Ok(End::Ok)
}

fn markdown(figures: &[Made]) -> String {
    let mut text = "# Gallery\n\n".to_string();
    text.push_str(
        "Figures that `osmocyte figure` makes from the shipped models; none is drawn by hand. ",
    );
    text.push_str("This page is made by `osmocyte figure --all --gallery docs`.\n");
    for made in figures {
        let data = &made.data;
        let name = &data.name;
        let alt = match made.alt.as_str() {
            "" => text::plain(&data.title),
            alt => text::plain(&alt.split_whitespace().collect::<Vec<_>>().join(" ")),
        };
        let _ = write!(
            text,
            "\n## {}\n\n![{alt}]({FIGURES}/{name}.svg)\n\n{}\n\n`osmocyte figure {name}` · [the numbers behind it]({FIGURES}/{name}.csv)\n",
            text::literal(&data.title),
            data.caption
        );
    }
    text
}

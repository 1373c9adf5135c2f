//! `osmocyte show`: a model as it is understood, blocks written out as equations.

mod html;
mod json;
mod latex;
mod latex_prose;
mod latex_table;
mod markdown;
mod text;

use super::terminal::{Stop, Terminal};
use super::{End, source};
use crate::study::sheet::Sheet;

/// Show a model: parameters, all equations, events, experiment, outcomes, checks.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte show red-blood-cell
  osmocyte show red-blood-cell --markdown > model.md
  osmocyte show red-blood-cell --latex > model.tex
  osmocyte show red-blood-cell --html > model.html")]
pub(super) struct Args {
    /// Name of a shipped model, or path of a model file; NAME@VARIANT for a variant.
    model: String,
    /// As Markdown with tables.
    #[arg(long, conflicts_with_all = ["latex", "html", "json"])]
    markdown: bool,
    /// As a complete LaTeX document.
    #[arg(long, conflicts_with_all = ["html", "json"])]
    latex: bool,
    /// As a web page that needs no other file, its equations in MathML.
    #[arg(long, conflicts_with = "json")]
    html: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn show(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let found = source::find(&args.model, terminal)?;
    let simulation = found
        .simulation(&[])
        .map_err(|e| Stop::Invalid(terminal.report(&e)))?;
    let sheet = Sheet::new(&simulation, &found.full_name(), found.group);
    let text = if args.markdown {
        markdown::markdown(&sheet)
    } else if args.latex {
        latex::latex(&sheet)
    } else if args.html {
        html::html(&simulation, &sheet)
    } else if args.json {
        format!("{:#}\n", json::json(&sheet))
    } else {
        text::text(&sheet, terminal)
    };
    terminal.print(&text)?;
    Ok(End::Ok)
}

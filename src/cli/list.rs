//! `osmocyte list`: the shipped models.

use serde_json::{Value, json};

use super::End;
use super::table::align;
use super::terminal::{Stop, Style, Terminal};
use crate::diagnostic::Source;
use crate::model::{Entry, library, load};

/// List the shipped models.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte list                all of them
  osmocyte list cell volume    those that speak of both
  osmocyte list --json         for programs")]
pub(super) struct Args {
    /// Only models whose name, title or description holds all these words.
    words: Vec<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

struct Line {
    entry: Entry,
    title: String,
    about: String,
}

pub(super) fn list(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let words: Vec<String> = args.words.iter().map(|w| w.to_lowercase()).collect();
    let lines: Vec<Line> = library()
        .into_iter()
        .map(line)
        .filter(|l| matches(l, &words))
        .collect();
    if args.json {
        terminal.print(&format!("{:#}\n", json(&lines)))?;
        return Ok(End::Ok);
    }
    if lines.is_empty() {
        terminal.remark(&format!(
            "no shipped model speaks of: {}",
            args.words.join(", ")
        ));
        return Ok(End::Failed);
    }
    terminal.print(&text(&lines, terminal))?;
    Ok(End::Ok)
}

fn line(entry: Entry) -> Line {
    let source = Source {
        name: entry.name.to_string(),
        text: entry.text.to_string(),
    };
    let model = load(entry.name, source, &|_| Err(String::new())).model;
    Line {
        entry,
        title: model.title,
        about: model.about,
    }
}

fn matches(line: &Line, words: &[String]) -> bool {
    let text = format!("{} {} {}", line.entry.name, line.title, line.about).to_lowercase();
    words.iter().all(|word| text.contains(word))
}

fn json(lines: &[Line]) -> Value {
    let one = |l: &Line| json!({ "name": l.entry.name, "folder": l.entry.folder, "title": l.title, "about": l.about });
    Value::Array(lines.iter().map(one).collect())
}

fn text(lines: &[Line], terminal: &Terminal) -> String {
    let mut folders: Vec<&str> = lines.iter().map(|l| l.entry.folder).collect();
    folders.dedup();
    let longest = lines
        .iter()
        .map(|l| l.entry.name.chars().count())
        .max()
        .unwrap_or(0);
    let sections = folders.iter().map(|folder| {
        let own = lines.iter().filter(|l| l.entry.folder == *folder);
        let rows: Vec<Vec<String>> = own
            .map(|l| vec![super::table::pad(l.entry.name, longest), l.title.clone()])
            .collect();
        format!(
            "{}\n{}",
            terminal.paint(Style::Bold, heading(folder)),
            align(&rows, 2, terminal.width)
        )
    });
    sections.collect::<Vec<_>>().join("\n")
}

fn heading(folder: &str) -> &str {
    match folder {
        "" => "Cell models",
        "bench" => "Benchmark problems",
        "reference" => "Reference problems",
        other => other,
    }
}

//! From the words FIGURE to figures: shipped or from a file.

use std::path::{Path, PathBuf};

use crate::cli::source::{read_figure, read_series};
use crate::cli::terminal::{Stop, Terminal};
use crate::diagnostic::{Diagnostic, Source, nearest};
use crate::model::figure::{FigureDef, fill, load_figure};
use crate::model::figures;

/// A figure that was asked for.
pub(super) struct Wanted {
    pub figure: FigureDef,
    /// What is wrong with its text, as far as the text alone says it.
    pub mistakes: Vec<Diagnostic>,
    /// Where the files are that it names; a shipped figure has none.
    folder: Option<PathBuf>,
}

impl Wanted {
    /// The title as far as it is known without a run.
    pub fn plain_title(&self) -> String {
        fill(&self.figure.title, &|_| Some("…".to_string()))
    }

    /// The text of a file that the figure names.
    pub fn file(&self, name: &str) -> Result<String, String> {
        match &self.folder {
            Some(folder) => read_series(&folder.join(name)),
            None => Err(format!("a shipped figure has no file `{name}` beside it")),
        }
    }
}

/// All shipped figures.
pub(super) fn shipped() -> Vec<Wanted> {
    let entries = figures().into_iter();
    entries
        .map(|entry| {
            let source = Source {
                name: format!("{}.toml", entry.name),
                text: entry.text.to_string(),
            };
            wanted(entry.name, source, None)
        })
        .collect()
}

fn wanted(name: &str, source: Source, folder: Option<PathBuf>) -> Wanted {
    let (figure, mistakes) = load_figure(name, source);
    Wanted {
        figure,
        mistakes,
        folder,
    }
}

/// The figures of these names and paths, each once.
pub(super) fn find(words: &[String], all: bool, terminal: &Terminal) -> Result<Vec<Wanted>, Stop> {
    let known = shipped();
    if all {
        return Ok(known);
    }
    let names: Vec<String> = known.iter().map(|w| w.figure.name.clone()).collect();
    if words.is_empty() {
        return Err(terminal.invalid(format!(
            "name a figure, or --all\nhelp: {}",
            names.join(", ")
        )));
    }
    let mut known: Vec<Option<Wanted>> = known.into_iter().map(Some).collect();
    let mut found: Vec<Wanted> = Vec::new();
    let mut mistakes = Vec::new();
    for word in words {
        if found.iter().any(|w| w.figure.name == *word) {
            continue;
        }
        let place = names.iter().position(|name| name == word);
        if let Some(one) = place.and_then(|at| known[at].take()) {
            found.push(one);
        } else if is_path(word) {
            match of_file(Path::new(word)) {
                Ok(one) => found.push(one),
                Err(why) => mistakes.push(terminal.error(why)),
            }
        } else {
            let help = match nearest(word, names.iter().map(String::as_str)) {
                Some(right) => format!("did you mean `{right}`?"),
                None => "`osmocyte figure --list` shows the shipped figures; a file needs its path"
                    .to_string(),
            };
            mistakes.push(terminal.error(format!("there is no figure `{word}`\nhelp: {help}")));
        }
    }
    if let Some(name) = twice(&found) {
        mistakes.push(terminal.error(format!(
            "two figures are called `{name}`, and would write the same files"
        )));
    }
    match mistakes.is_empty() {
        true => Ok(found),
        false => Err(Stop::Invalid(mistakes.join("\n\n"))),
    }
}

fn twice(found: &[Wanted]) -> Option<&str> {
    let names: Vec<&str> = found.iter().map(|w| w.figure.name.as_str()).collect();
    let again = |(i, name): (usize, &&str)| names[..i].contains(name);
    names
        .iter()
        .enumerate()
        .find(|pair| again(*pair))
        .map(|(_, name)| *name)
}

fn is_path(word: &str) -> bool {
    word.contains(std::path::is_separator) || word.ends_with(".toml") || Path::new(word).exists()
}

fn of_file(path: &Path) -> Result<Wanted, String> {
    let text = read_figure(path)?;
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
    let source = Source {
        name: path.display().to_string(),
        text,
    };
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    Ok(wanted(
        &stem.unwrap_or_else(|| "figure".to_string()),
        source,
        Some(folder),
    ))
}

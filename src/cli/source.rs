//! From the word MODEL to a simulation: shipped or from a file, with its variant and settings.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::terminal::{Stop, Terminal};
use crate::diagnostic::{Diagnostic, Source, Span, line_column, nearest, render};
use crate::error::ErrorKind as Kind;
use crate::model::{Group, library};
use crate::study::Simulation;

/// Largest model file [bytes].
const MODEL_LIMIT: u64 = 16 << 20;
/// Largest measured series [bytes].
const SERIES_LIMIT: u64 = 64 << 20;

/// The text of a model, found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Name of the model: the file's name without ending.
    pub name: String,
    /// What follows the `@`.
    pub variant: Option<String>,
    /// The group that its folder gives to a shipped problem.
    pub group: Option<Group>,
    source: Source,
    /// Where the files are that the model names; a shipped model has none.
    folder: Option<PathBuf>,
}

/// Finds `MODEL` or `MODEL@variant`.
pub(super) fn find(word: &str, terminal: &Terminal) -> Result<Found, Stop> {
    // A file may have an `@` in its name.
    let (model, variant) = match word.rsplit_once('@') {
        Some((model, variant)) if !Path::new(word).is_file() && !model.is_empty() => {
            (model, Some(variant.to_string()))
        }
        _ => (word, None),
    };
    if is_path(model) {
        from_file(Path::new(model), variant).map_err(|e| terminal.invalid(e))
    } else {
        shipped(model, variant, terminal)
    }
}

/// All shipped models.
pub(super) fn all_shipped() -> Vec<Found> {
    library()
        .into_iter()
        .map(|entry| Found {
            name: entry.name.to_string(),
            variant: None,
            group: Group::of_folder(entry.folder),
            source: Source {
                name: format!("{}.toml", entry.name),
                text: entry.text.to_string(),
            },
            folder: None,
        })
        .collect()
}

fn is_path(word: &str) -> bool {
    let known = || library().iter().any(|e| e.name == word);
    word.contains(std::path::is_separator)
        || word.ends_with(".toml")
        || (!known() && Path::new(word).exists())
}

fn shipped(name: &str, variant: Option<String>, terminal: &Terminal) -> Result<Found, Stop> {
    let all = all_shipped();
    if let Some(found) = all.iter().find(|f| f.name == name) {
        return Ok(Found {
            variant,
            ..found.clone()
        });
    }
    let error = Kind::UnknownModel {
        name: name.to_string(),
        nearest: nearest(name, all.iter().map(|f| f.name.as_str())).map(str::to_string),
    };
    Err(Stop::Invalid(terminal.report(&error.into())))
}

fn from_file(path: &Path, variant: Option<String>) -> Result<Found, String> {
    let text = read_text(path, MODEL_LIMIT, "a model file")?;
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
    Ok(Found {
        name: stem.unwrap_or_else(|| "model".to_string()),
        variant,
        group: None,
        source: Source {
            name: path.display().to_string(),
            text,
        },
        folder: Some(path.parent().unwrap_or(Path::new("")).to_path_buf()),
    })
}

/// The text of a file, or why there is none: one message with what to do.
fn read_text(path: &Path, limit: u64, what: &str) -> Result<String, String> {
    let shown = path.display();
    let cannot = |e: std::io::Error| {
        let help = match e.kind() {
            ErrorKind::NotFound => {
                nearest_file(path).map(|f| format!("\nhelp: did you mean `{}`?", f.display()))
            }
            _ => None,
        };
        format!(
            "cannot read `{shown}`: {}{}",
            reason(&e),
            help.unwrap_or_default()
        )
    };
    if fs::metadata(path).map_err(cannot)?.is_dir() {
        return Err(format!(
            "cannot read `{shown}`: it is a folder, not a file\nhelp: name the file in it"
        ));
    }
    let file = File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells; the size of a device or a pipe is not known beforehand.
    let length = file.metadata().map_or(0, |m| m.len());
    if length <= limit {
        file.take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(cannot)?;
    }
    if length > limit || bytes.len() as u64 > limit {
        let size = if length > limit {
            format!("{} MiB", length >> 20)
        } else {
            format!("more than {} MiB", limit >> 20)
        };
        return Err(format!(
            "`{shown}` is too large ({size}): {what} may have {} MiB",
            limit >> 20
        ));
    }
    if bytes.contains(&0) {
        return Err(format!(
            "`{shown}` is a binary file, not a text\nhelp: {what} is UTF-8 text"
        ));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let good = e.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&e.as_bytes()[..good]).into_owned();
        let (line, column) = line_column(&before, before.len());
        let byte = e.as_bytes().get(good).copied().unwrap_or(0);
        format!("{shown}:{line}:{column}: the byte {byte:#04x} is not UTF-8\nhelp: save the file as UTF-8")
    })?;
    Ok(text
        .strip_prefix('\u{feff}')
        .map(str::to_string)
        .unwrap_or(text))
}

/// The words of the system, without the number behind them.
fn reason(e: &std::io::Error) -> String {
    match e.kind() {
        ErrorKind::NotFound => "there is no such file".to_string(),
        ErrorKind::PermissionDenied => "permission denied".to_string(),
        _ => e.to_string(),
    }
}

/// A file of nearly that name in the same folder.
fn nearest_file(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|e| e.file_name().into_string().ok())
        .collect();
    // The order of a folder is the file system's; the answer must not be.
    names.sort();
    let right = nearest(name, names.iter().map(String::as_str))?;
    Some(folder.map_or_else(|| PathBuf::from(right), |f| f.join(right)))
}

impl Found {
    /// The text of the model.
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The same model as one of its variants.
    pub fn as_variant(&self, variant: &str) -> Found {
        Found {
            variant: Some(variant.to_string()),
            ..self.clone()
        }
    }

    /// The same model without its variant.
    pub fn plain(&self) -> Found {
        Found {
            variant: None,
            ..self.clone()
        }
    }

    /// `name` or `name@variant`.
    pub fn full_name(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{}@{variant}", self.name),
            None => self.name.clone(),
        }
    }

    /// True for a model inside the binary.
    #[cfg(feature = "explorer")]
    pub fn is_shipped(&self) -> bool {
        self.folder.is_none()
    }

    /// The text with the name under which messages show it.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The text of a file that the model names.
    pub fn file(&self, name: &str) -> Result<String, String> {
        match &self.folder {
            Some(folder) => read_text(&folder.join(name), SERIES_LIMIT, "a series"),
            None => Err("a shipped model has no files beside it".to_string()),
        }
    }

    /// Reads, checks and compiles it with these settings.
    pub fn simulation(&self, settings: &[(String, String)]) -> Result<Simulation, crate::Error> {
        Simulation::new(
            &self.name,
            self.source.clone(),
            &|name| self.file(name),
            self.variant.as_deref(),
            settings,
        )
    }
}

/// The text of a figure file.
pub(super) fn read_figure(path: &Path) -> Result<String, String> {
    read_text(path, MODEL_LIMIT, "a figure file")
}

/// The text of a file that a figure or one of its models names.
pub(super) fn read_series(path: &Path) -> Result<String, String> {
    read_text(path, SERIES_LIMIT, "a file of a figure")
}

/// The text of a table of points.
pub(super) fn read_table(path: &Path) -> Result<String, String> {
    read_text(path, SERIES_LIMIT, "a table of points")
}

/// Splits `NAME=VALUE`; blanks around either do not matter.
pub(super) fn split_setting(word: &str, color: bool) -> Result<(String, String), String> {
    let mistake = |span: Span, message: &str| {
        let source = Source {
            name: "--set".to_string(),
            text: word.to_string(),
        };
        let help = "write NAME=VALUE, e.g. --set Pf=\"100 um/s\"";
        render(&source, &[Diagnostic::new(span, message).help(help)], color)
    };
    let end = Span::new(word.len(), word.len());
    let Some((name, value)) = word.split_once('=') else {
        return Err(mistake(end, "a setting needs `=` and a value"));
    };
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() {
        return Err(mistake(
            Span::new(0, 1),
            "a setting needs a name before its `=`",
        ));
    }
    if value.is_empty() {
        return Err(mistake(end, "a setting needs a value behind its `=`"));
    }
    Ok((name.to_string(), value.to_string()))
}

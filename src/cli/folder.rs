//! The folder of a command: all of its files appear together, or none of them.
//!
//! They are written into a hidden folder beside their places and renamed at the end; the card goes last. What an
//! earlier run left is known from its card: charts that it lists and the new one does not are removed, other files in
//! the folder are nobody's business.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::picture::ENDINGS;
use super::progress::interrupted;
use super::table::align;
use super::terminal::{Stop, Style, Terminal};
use crate::output::{
    OutputError, Provenance, create_folder, csvw_of_table, write_atomic, write_table,
};
use crate::table::Table;

/// True if the output asked for is the table alone, on standard output; the card can't go there at the same time.
pub(super) fn is_stdout(
    out: Option<&Path>,
    card_printed: bool,
    terminal: &Terminal,
) -> Result<bool, Stop> {
    let stdout = out.is_some_and(|out| out.as_os_str() == "-");
    if stdout && card_printed {
        return Err(terminal
            .invalid("`-o -` and --json both want standard output\nhelp: choose one of them"));
    }
    Ok(stdout)
}

/// A folder that a run writes into.
pub(super) struct Folder {
    path: PathBuf,
    /// Name of the card that lists the files; empty without one.
    card: &'static str,
    stage: TempDir,
    staged: Vec<String>,
    /// Folders that were not there before, outermost last; removed again if nothing is written.
    created: Created,
}

/// Folders to remove unless the run succeeds; only empty ones go.
struct Created(Vec<PathBuf>);

impl Drop for Created {
    fn drop(&mut self) {
        for folder in &self.0 {
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Folder {
    /// Makes sure that files of these names can be written.
    pub fn open(path: &Path, names: &[String], card: &'static str) -> Result<Folder, OutputError> {
        if fs::metadata(path).is_ok_and(|found| !found.is_dir()) {
            let source = io::Error::other("it is a file, and a run writes a folder");
            return Err(OutputError {
                path: path.to_path_buf(),
                what: "write into",
                source,
            });
        }
        let missing = path
            .ancestors()
            .take_while(|p| !p.as_os_str().is_empty() && !p.exists());
        let created = Created(missing.map(Path::to_path_buf).collect());
        create_folder(path)?;
        for name in names {
            writable(&path.join(name))?;
        }
        let stage = tempfile::Builder::new()
            .prefix(".osmocyte-")
            .suffix(".part")
            .tempdir_in(path);
        let stage = stage.map_err(|e| OutputError {
            path: path.to_path_buf(),
            what: "write into the folder",
            // The kind says it; the words name the hidden folder.
            source: e.kind().into(),
        })?;
        Ok(Folder {
            path: path.to_path_buf(),
            card,
            stage,
            staged: Vec::new(),
            created,
        })
    }

    /// The same for files that no card lists: others in the folder, of an earlier run too, stay.
    pub fn without_card(path: &Path, names: &[String]) -> Result<Folder, OutputError> {
        Folder::open(path, names, "")
    }

    /// The path as the user gave it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Names of the files so far.
    pub fn staged(&self) -> &[String] {
        &self.staged
    }

    /// The paths of the files so far, under a heading.
    pub fn list(&self, terminal: &Terminal) -> String {
        let heading = terminal.paint(Style::Bold, "Files");
        let path = |name: &String| self.path.join(name).display().to_string();
        let rows: Vec<Vec<String>> = self.staged.iter().map(|n| vec![path(n)]).collect();
        format!("\n{heading}\n{}", align(&rows, 2, None))
    }

    /// Writes a file that [`Folder::publish`] will put into its place.
    pub fn stage(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), OutputError> {
        write_atomic(&self.stage.path().join(name), content).map_err(|e| OutputError {
            path: self.path.join(name),
            ..e
        })?;
        self.staged.push(name.to_string());
        Ok(())
    }

    /// Writes a value as indented JSON.
    pub fn stage_json(&mut self, name: &str, value: &Value) -> Result<(), OutputError> {
        self.stage(name, |to| to.write_all(format!("{value:#}\n").as_bytes()))
    }

    /// Writes a table, and its units into a file beside it.
    pub fn stage_table(
        &mut self,
        (name, metadata): (&str, &str),
        table: &Table,
        origin: &Provenance,
    ) -> Result<(), OutputError> {
        self.stage(name, |to| write_table(table, to))?;
        self.stage_json(metadata, &csvw_of_table(table, name, origin))
    }

    /// Writes the card, which lists all files and itself, and puts everything into its place; `None` if Ctrl-C came first.
    pub fn finish(
        &mut self,
        card: impl FnOnce(&[String]) -> Value,
        terminal: &Terminal,
    ) -> Result<Option<Value>, Stop> {
        let mut files = self.staged.clone();
        files.push(self.card.to_string());
        let card = card(&files);
        (self.stage_json(self.card, &card)).map_err(|e| terminal.invalid(e))?;
        Ok(self.publish(terminal)?.then_some(card))
    }

    /// Puts all files into their places, unless Ctrl-C came first: then it is false. Says what it removed.
    pub fn publish(&mut self, terminal: &Terminal) -> Result<bool, Stop> {
        if interrupted() {
            return Ok(false);
        }
        let stale = self.commit().map_err(|e| terminal.invalid(e))?;
        if !stale.is_empty() {
            terminal.remark(&format!("removed of an earlier run: {}", stale.join(", ")));
        }
        Ok(true)
    }

    /// Puts all files into their places. What it returns are the charts of an earlier run that it removed.
    fn commit(&mut self) -> Result<Vec<String>, OutputError> {
        let stale = self.stale();
        // Whoever is no plain file may fail: first, so that the others have not been touched yet.
        let mut order: Vec<&String> = self.staged.iter().collect();
        order.sort_by_key(|name| is_plain(&self.path.join(name)));
        for name in order {
            self.place(name)?;
        }
        self.created.0.clear();
        let removed = stale
            .into_iter()
            .filter(|name| fs::remove_file(self.path.join(name)).is_ok());
        Ok(removed.collect())
    }

    fn place(&self, name: &str) -> Result<(), OutputError> {
        let (from, to) = (self.stage.path().join(name), self.path.join(name));
        if is_plain(&to) {
            return fs::rename(&from, &to).map_err(|source| OutputError {
                path: to,
                what: "write",
                source,
            });
        }
        // Through a link or into a device, as any file is written.
        write_atomic(&to, |out| {
            io::copy(&mut fs::File::open(&from)?, out).map(drop)
        })
    }

    /// Charts on the card of an earlier run that this run does not write.
    fn stale(&self) -> Vec<String> {
        if self.card.is_empty() {
            return Vec::new();
        }
        let Ok(text) = fs::read_to_string(self.path.join(self.card)) else {
            return Vec::new();
        };
        let card: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let is_ours = card["format"]
            .as_str()
            .is_some_and(|f| f.starts_with("osmocyte "));
        let files = card["files"].as_array().filter(|_| is_ours);
        let names = files.into_iter().flatten().filter_map(|f| f.as_str());
        let names = names.filter(|name| is_chart(name) && !self.staged.iter().any(|s| s == name));
        names.map(str::to_string).collect()
    }
}

/// A plain name of a picture: a card that somebody has edited must not delete anything else.
fn is_chart(name: &str) -> bool {
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let picture = |ending: &str| name.strip_suffix(ending).is_some_and(|n| n.ends_with('.'));
    plain && !name.starts_with('.') && ENDINGS.into_iter().any(picture)
}

/// True for a regular file, or where there is nothing yet.
fn is_plain(path: &Path) -> bool {
    fs::symlink_metadata(path).map_or(true, |found| found.is_file())
}

/// Refuses a target that can't be replaced.
fn writable(path: &Path) -> Result<(), OutputError> {
    let Ok(found) = fs::metadata(path) else {
        return Ok(());
    };
    let source: io::Error = if found.is_dir() {
        io::Error::new(ErrorKind::AlreadyExists, "there is a folder of that name")
    } else if found.permissions().readonly() {
        io::Error::new(ErrorKind::PermissionDenied, "the file is read-only")
    } else {
        return Ok(());
    };
    Err(OutputError {
        path: path.to_path_buf(),
        what: "write",
        source,
    })
}

//! The shipped models, inside the binary.

use include_dir::{Dir, include_dir};

static MODELS: Dir = include_dir!("$CARGO_MANIFEST_DIR/models");

/// The folder of the figures, which are no models.
const FIGURES: &str = "figures";

/// A shipped model file, or a figure file.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Name of the model or figure: the file's name without ending.
    pub name: &'static str,
    /// Folder inside `models/`: empty, `bench` or `reference`; `figures` for figures.
    pub folder: &'static str,
    /// The file.
    pub text: &'static str,
}

/// All shipped models: those for users first, then the folders; by name within each.
pub fn library() -> Vec<Entry> {
    let mut entries = Vec::new();
    collect(&MODELS, &mut entries);
    entries.retain(|e| e.folder != FIGURES);
    entries.sort_by_key(|e| (e.folder, e.name));
    entries
}

/// All shipped figures, by name.
pub fn figures() -> Vec<Entry> {
    let mut entries = Vec::new();
    collect(&MODELS, &mut entries);
    entries.retain(|e| e.folder == FIGURES);
    entries.sort_by_key(|e| e.name);
    entries
}

fn collect(dir: &'static Dir, entries: &mut Vec<Entry>) {
    for file in dir.files() {
        let path = file.path();
        if path.extension().is_some_and(|e| e == "toml")
            && let (Some(name), Some(text)) = (
                path.file_stem().and_then(|s| s.to_str()),
                file.contents_utf8(),
            )
        {
            let folder = path.parent().and_then(|p| p.to_str()).unwrap_or("");
            entries.push(Entry { name, folder, text });
        }
    }
    for dir in dir.dirs() {
        collect(dir, entries);
    }
}

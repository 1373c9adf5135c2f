//! `plan.json`: what determines every byte of a sweep's result.

use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::error::{StoreError, failed};
use super::file::{clear_temporaries, is_temporary, parent, sync_folder, temporary};
use super::manifest::hex_sha256;

const NAME: &str = "plan.json";
const FORMAT: &str = "osmocyte sweep";
const LAYOUT: u64 = 1;

/// What a sweep is: everything that determines its result, and how it is cut into chunks.
///
/// Two plans are the same if their text is: keys in alphabetical order, so the order of insertion does not matter.
///
/// A plan can be long (the points of a table stand in it): copies share it.
#[derive(Clone, Debug)]
pub struct Plan {
    inputs: Arc<Value>,
    points: u64,
    chunk: u64,
    header: String,
    /// The text of the file. Kept, because numbers that were parsed need not print as they were.
    text: Arc<str>,
    id: String,
}

impl Plan {
    /// A plan for `points` points in chunks of `chunk`, whose rows stand below the line `header` (none if empty).
    ///
    /// `inputs` is all that the rows depend on: model, study, seed, tolerances, version. Numbers with a fraction may
    /// come back from [`Plan::inputs`] of an opened folder changed in the last digit; write those as strings that must
    /// not.
    ///
    /// # Errors
    ///
    /// A chunk of no points.
    pub fn new(inputs: Value, points: u64, chunk: u64, header: &str) -> Result<Plan, StoreError> {
        if chunk == 0 {
            return Err(StoreError::value("a chunk needs at least one point"));
        }
        let header = header.trim_end_matches(['\r', '\n']);
        // Not by `json!`, which would copy the inputs.
        let mut value = Map::new();
        value.insert("chunk".into(), json!(chunk));
        value.insert("format".into(), json!(FORMAT));
        value.insert("header".into(), json!(header));
        value.insert("inputs".into(), sorted(inputs));
        value.insert("layout".into(), json!(LAYOUT));
        value.insert("points".into(), json!(points));
        let mut value = Value::Object(value);
        let text = format!("{value:#}\n");
        Ok(Plan {
            inputs: Arc::new(value["inputs"].take()),
            points,
            chunk,
            header: header.to_string(),
            id: hex_sha256(text.as_bytes()),
            text: text.into(),
        })
    }

    /// The SHA-256 of the file `plan.json`, in hexadecimal.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// All that the rows depend on.
    pub fn inputs(&self) -> &Value {
        &self.inputs
    }

    /// How many points there are.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// How many points a chunk has (the last one may have fewer).
    pub fn chunk(&self) -> u64 {
        self.chunk
    }

    /// How many chunks there are.
    pub fn chunks(&self) -> u64 {
        self.points.div_ceil(self.chunk)
    }

    /// The line above the rows, without its end.
    pub fn header(&self) -> &str {
        &self.header
    }

    /// The points of a chunk; empty beyond the last one.
    pub fn points_of(&self, chunk: u64) -> Range<u64> {
        let first = chunk.saturating_mul(self.chunk).min(self.points);
        first..first.saturating_add(self.chunk).min(self.points)
    }

    /// Points of these chunks together.
    pub fn points_in(&self, chunks: &[u64]) -> u64 {
        let points = |chunk: &u64| {
            let points = self.points_of(*chunk);
            points.end - points.start
        };
        chunks.iter().map(points).sum()
    }

    fn parse(folder: &Path, text: String) -> Result<Plan, StoreError> {
        let bad = |message: String| StoreError::BadPlan {
            file: folder.join(NAME),
            message,
        };
        let mut value: Value = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
        if value["format"] != FORMAT {
            return Err(StoreError::NoSweep {
                folder: folder.to_path_buf(),
            });
        }
        if value["layout"] != LAYOUT {
            return Err(bad(format!(
                "its layout is {}, and this version knows only {LAYOUT}",
                value["layout"]
            )));
        }
        let number = |key: &str| {
            value[key]
                .as_u64()
                .ok_or_else(|| bad(format!("`{key}` is not a count")))
        };
        let (points, chunk) = (number("points")?, number("chunk")?);
        if chunk == 0 {
            return Err(bad("`chunk` is 0".to_string()));
        }
        let header = value["header"]
            .as_str()
            .ok_or_else(|| bad("`header` is not a text".to_string()))?
            .to_string();
        Ok(Plan {
            inputs: Arc::new(value["inputs"].take()),
            points,
            chunk,
            header,
            id: hex_sha256(text.as_bytes()),
            text: text.into(),
        })
    }

    /// The plan of the folder; `None` if it has none.
    pub(super) fn read(folder: &Path) -> Result<Option<Plan>, StoreError> {
        let path = folder.join(NAME);
        match fs::read(&path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Plan::parse(folder, text).map(Some),
                Err(_) => Err(StoreError::BadPlan {
                    file: path,
                    message: "it is not UTF-8".to_string(),
                }),
            },
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(failed(&path, "read")(e)),
        }
    }

    /// Makes the folder one of this plan, or finds that it is; several processes may do so at once.
    ///
    /// # Errors
    ///
    /// As [`super::Writer::create`].
    pub fn settle(&self, folder: &Path) -> Result<(), StoreError> {
        loop {
            match Plan::read(folder) {
                Ok(Some(found)) => return found.same(self, folder),
                Ok(None) => {}
                Err(StoreError::NoSweep { .. }) => {
                    return Err(StoreError::NotEmpty {
                        folder: folder.to_path_buf(),
                        found: NAME.to_string(),
                    });
                }
                Err(e) => return Err(e),
            }
            if self.begin(folder)? {
                return Ok(());
            }
        }
    }

    /// Writes the plan into an empty or absent folder; `false` if another process was faster.
    fn begin(&self, folder: &Path) -> Result<bool, StoreError> {
        let path = folder.join(NAME);
        match fs::read_dir(folder) {
            Ok(entries) => {
                for entry in entries {
                    let name = entry.map_err(failed(folder, "read"))?.file_name();
                    let name = name.to_string_lossy();
                    // What a process left that was killed at this very place does not count.
                    if is_temporary(&name) {
                        continue;
                    }
                    if path.exists() {
                        return Ok(false);
                    }
                    return Err(StoreError::NotEmpty {
                        folder: folder.to_path_buf(),
                        found: name.into_owned(),
                    });
                }
            }
            Err(e) if e.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(folder).map_err(failed(folder, "create the folder"))?;
                // Best effort: who may not read the folder above may still work in this one.
                let _ = sync_folder(parent(folder));
            }
            Err(e) => return Err(failed(folder, "read")(e)),
        }
        let made = temporary(folder).map_err(failed(&path, "write"))?;
        let mut file = made.as_file();
        file.write_all(self.text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(failed(&path, "write"))?;
        // Never over another plan, which two processes that begin at once could have.
        if let Err(refused) = made.persist_noclobber(&path) {
            if path.exists() {
                return Ok(false);
            }
            // A file system that can't rename so.
            refused
                .file
                .persist(&path)
                .map_err(|e| failed(&path, "write")(e.error))?;
        }
        sync_folder(folder).map_err(failed(folder, "write"))?;
        clear_temporaries(folder);
        Ok(true)
    }

    /// An error that says what differs, unless the plans are the same.
    pub(super) fn same(&self, given: &Plan, folder: &Path) -> Result<(), StoreError> {
        if self.id == given.id {
            return Ok(());
        }
        // Both from their texts: then equal texts give equal numbers.
        let parsed = |plan: &Plan| serde_json::from_str(&plan.text).unwrap_or(Value::Null);
        let mut differences = Vec::new();
        compare("", &parsed(self), &parsed(given), &mut differences);
        // What can be read whole tells more; the rest follows from it, as the header does from the axes.
        differences.sort_by_key(|d| !(is_plain(&d.found) && is_plain(&d.given)));
        Err(StoreError::OtherPlan {
            folder: folder.to_path_buf(),
            differences,
        })
    }
}

/// A key on which two plans disagree.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The key, with those above it: `tolerances.relative`.
    pub key: String,
    /// Its value in the folder; `None` if it is absent.
    pub found: Option<Value>,
    /// The value that was asked for.
    pub given: Option<Value>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Difference { key, found, given } = self;
        write!(
            f,
            "`{key}` is {} there, {} here",
            short(found),
            short(given)
        )
    }
}

/// A value that is not cut when it is shown.
fn is_plain(value: &Option<Value>) -> bool {
    value
        .as_ref()
        .is_none_or(|value| value.to_string().chars().count() <= LONGEST)
}

/// Characters of a value that are shown.
const LONGEST: usize = 40;

/// Hashes and lists of values would drown the message.
fn short(value: &Option<Value>) -> String {
    let Some(value) = value else {
        return "absent".to_string();
    };
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn compare(key: &str, found: &Value, given: &Value, out: &mut Vec<Difference>) {
    let below = |name: &str| match key {
        // The user knows the inputs without that name.
        "" | "inputs" => name.to_string(),
        _ => format!("{key}.{name}"),
    };
    let mut note = |key: String, found: Option<&Value>, given: Option<&Value>| match (found, given)
    {
        (Some(found), Some(given)) => compare(&key, found, given, out),
        _ => out.push(Difference {
            key,
            found: found.cloned(),
            given: given.cloned(),
        }),
    };
    match (found, given) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, value) in a {
                note(below(name), Some(value), b.get(name));
            }
            for (name, value) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
                note(below(name), None, Some(value));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                note(format!("{key}[{i}]"), Some(a), Some(b));
            }
        }
        _ if found != given => out.push(Difference {
            key: key.to_string(),
            found: Some(found.clone()),
            given: Some(given.clone()),
        }),
        _ => {}
    }
}

/// The value with the keys of all objects in alphabetical order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            let entries = entries.into_iter();
            Value::Object(entries.map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

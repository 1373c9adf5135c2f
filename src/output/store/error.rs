//! What can go wrong with a sweep on disk, in the user's terms.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::plan::Difference;
use crate::output::OutputError;

/// Why a sweep can't be stored, resumed or merged. The folder is as resumable as before.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system refused: a full disk, a read-only folder, no permission.
    File(OutputError),
    /// What a merge wrote to did not take it; [`super::replace_file`] turns this into [`StoreError::File`].
    Output(io::Error),
    /// The folder for a new sweep has something else in it.
    NotEmpty {
        /// The folder.
        folder: PathBuf,
        /// One of the names in it.
        found: String,
    },
    /// The folder is no sweep, or none yet.
    NoSweep {
        /// The folder.
        folder: PathBuf,
    },
    /// The plan in the folder can't be understood.
    BadPlan {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The folder belongs to another sweep.
    OtherPlan {
        /// The folder.
        folder: PathBuf,
        /// What differs, in the order of the keys; empty if only the spelling of the file does.
        differences: Vec<Difference>,
    },
    /// Another process writes to the sweep under the same tag.
    Busy {
        /// The folder.
        folder: PathBuf,
        /// The tag.
        tag: String,
    },
    /// The sweep is not finished, and a part of it was not asked for.
    Missing {
        /// How many chunks are missing.
        chunks: u64,
        /// Of how many.
        of: u64,
        /// How many points that are.
        points: u64,
        /// The first missing chunks, each with its points.
        first: Vec<(u64, Range<u64>)>,
    },
    /// Two folders have different rows for the same points.
    Conflict {
        /// The chunk.
        chunk: u64,
        /// Its file in one folder.
        one: PathBuf,
        /// Its file in another.
        other: PathBuf,
    },
    /// The rows of a chunk are not those that were written.
    Corrupt {
        /// The chunk.
        chunk: u64,
        /// Its file.
        file: PathBuf,
    },
    /// A value is out of range.
    Value {
        /// What is wrong, and what would be right.
        message: String,
    },
}

impl StoreError {
    pub(super) fn value(message: impl Into<String>) -> StoreError {
        StoreError::Value {
            message: message.into(),
        }
    }
}

/// For `map_err`: "cannot `what` `path`".
pub(super) fn failed(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |source| StoreError::File(OutputError { path, what, source })
}

impl From<io::Error> for StoreError {
    fn from(e: io::Error) -> Self {
        StoreError::Output(e)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            StoreError::File(e) => e.fmt(f),
            StoreError::Output(e) => write!(f, "cannot write the result: {e}"),
            StoreError::NotEmpty { folder, found } => write!(
                f,
                "the folder `{}` is not empty and no sweep (it has `{found}`); choose a new folder",
                folder.display()
            ),
            StoreError::NoSweep { folder } => write!(
                f,
                "there is no sweep in `{}`; give the folder that a sweep was started in",
                folder.display()
            ),
            StoreError::BadPlan { file, message } => write!(
                f,
                "cannot understand the plan `{}`: {message}; choose a new folder",
                file.display()
            ),
            StoreError::OtherPlan {
                folder,
                differences,
            } => other_plan(f, folder, differences),
            StoreError::Busy { folder, tag } => write!(
                f,
                "another process works on the part `{tag}` of the sweep in `{}`; wait for it, or stop it",
                folder.display()
            ),
            StoreError::Missing {
                chunks,
                of,
                points,
                first,
            } => missing(f, *chunks, *of, *points, first),
            StoreError::Conflict { chunk, one, other } => write!(
                f,
                "chunk {chunk} has different rows in `{}` and in `{}`; leave one of the folders out",
                one.display(),
                other.display()
            ),
            StoreError::Corrupt { chunk, file } => write!(
                f,
                "chunk {chunk} was damaged on disk: the checksum of `{}` is wrong; \
                 resume the sweep with all checksums verified, and it does the chunk again",
                file.display()
            ),
            StoreError::Value { message } => f.write_str(message),
        }
    }
}

fn other_plan(f: &mut fmt::Formatter, folder: &Path, differences: &[Difference]) -> fmt::Result {
    const SHOWN: usize = 3;
    write!(f, "the folder `{}` has another sweep: ", folder.display())?;
    if differences.is_empty() {
        write!(f, "its plan.json was edited")?;
    }
    for (i, difference) in differences.iter().take(SHOWN).enumerate() {
        let comma = if i > 0 { ", " } else { "" };
        write!(f, "{comma}{difference}")?;
    }
    if differences.len() > SHOWN {
        write!(f, " and {} more", differences.len() - SHOWN)?;
    }
    write!(
        f,
        "; choose a new folder, or go back to the settings of the old one"
    )
}

fn missing(
    f: &mut fmt::Formatter,
    chunks: u64,
    of: u64,
    points: u64,
    first: &[(u64, Range<u64>)],
) -> fmt::Result {
    let plural = if points == 1 { "" } else { "s" };
    write!(
        f,
        "{chunks} of {of} chunks ({points} point{plural}) are missing: "
    )?;
    for (i, (chunk, points)) in first.iter().enumerate() {
        let comma = if i > 0 { ", " } else { "" };
        let last = points.end.saturating_sub(1);
        write!(f, "{comma}{chunk} (points {} to {last})", points.start)?;
    }
    if chunks > first.len() as u64 {
        write!(f, ", …")?;
    }
    write!(
        f,
        "; resume the sweep, name the folders of the other parts, or ask for a partial result"
    )
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StoreError::File(e) => Some(e),
            StoreError::Output(e) => Some(e),
            _ => None,
        }
    }
}

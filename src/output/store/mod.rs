//! A parameter sweep on disk, that survives a kill at any moment.
//!
//! A sweep has numbered points, cut into chunks of a fixed number. Somebody else turns a chunk into rows of CSV; the
//! store keeps them, knows which are missing, and puts them together. One folder has:
//!
//! | Name | What it is |
//! |---|---|
//! | `plan.json` | all that determines the result ([`Plan`]); its SHA-256 is the plan's id |
//! | `chunks/00000042.csv` | rows of a chunk, without header |
//! | `manifest-TAG.jsonl` | a line for each finished chunk: counts, length, checksum |
//! | `manifest-TAG.lock` | locked by the process that writes the manifest |
//! | `.osmocyte-sweep-….part` | a file being written, or left by a killed process: then the next one removes it |
//!
//! Whoever works in the folder may add other files once the plan is there.
//!
//! A chunk is done when its rows have reached the disk under their name and, after that, its line in the manifest. So
//! whatever a kill or a crash leaves (a torn line, rows without line, a line without its rows) means only that the
//! chunk is done again. The merged result depends on the plan alone.
//!
//! Several processes may work in one folder at a time, each with a tag of its own; see [`Shard`].
//!
//! ```
//! # let folder = tempfile::tempdir().unwrap();
//! # let (dir, rows_csv) = (folder.path().join("sweep"), folder.path().join("rows.csv"));
//! use osmocyte::output::store::{Check, Plan, Tally, Writer, merge, replace_file};
//!
//! let plan = Plan::new(serde_json::json!({ "seed": 1 }), 250, 100, "point,volume")?;
//! let writer = Writer::create(&dir, &plan, "all", Check::Length)?;
//! for chunk in writer.pending(None) {
//!     let points = plan.points_of(chunk);
//!     let rows: String = points.clone().map(|p| format!("{p},90.0\n")).collect();
//!     let tally = Tally { rows: points.end - points.start, ..Tally::default() };
//!     writer.write_chunk(chunk, rows.as_bytes(), &tally)?;
//! }
//! let summary = replace_file(&rows_csv, |out| merge(&[&dir], out, false))?;
//! assert_eq!((summary.done, summary.rows), (3, 250));
//! # Ok::<(), osmocyte::output::store::StoreError>(())
//! ```

mod error;
mod file;
mod manifest;
mod merge;
mod plan;
mod shard;
mod summary;
mod writer;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub use error::StoreError;
pub use file::replace_file;
pub use manifest::Tally;
pub use merge::{each_chunk, merge};
pub use plan::{Difference, Plan};
pub use shard::Shard;
pub use summary::Summary;
pub use writer::Writer;

use error::failed;
use manifest::{Book, Record, chunk_path};

/// How closely the chunks that a manifest names are looked at when a folder is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// Files of the right length: quick, and enough after a kill.
    #[default]
    Length,
    /// Files of the right checksum: reads every byte, and finds what a broken disk did.
    Checksum,
}

/// A sweep to look at: nothing is written, nothing locked. It shows the state at the time of opening.
#[derive(Debug)]
pub struct Sweep {
    folder: PathBuf,
    plan: Plan,
    book: Book,
}

impl Sweep {
    /// Opens the folder of a sweep, which others may be writing to.
    ///
    /// # Errors
    ///
    /// No sweep there, a plan that can't be understood, files that can't be read.
    pub fn open(folder: impl AsRef<Path>, check: Check) -> Result<Sweep, StoreError> {
        let folder = folder.as_ref();
        let plan = Plan::read(folder)?.ok_or_else(|| StoreError::NoSweep {
            folder: folder.to_path_buf(),
        })?;
        let book = Book::read(folder, &plan, check)?;
        Ok(Sweep {
            folder: folder.to_path_buf(),
            plan,
            book,
        })
    }

    /// The plan of the sweep.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The chunks that are not done, in order: all, or those of a shard.
    pub fn pending(&self, shard: Option<Shard>) -> Vec<u64> {
        pending(&self.plan, &self.book, shard)
    }

    /// What is done so far.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.plan, &self.book.done, self.book.damaged.len())
    }

    /// The rows of a chunk; see [`Writer::read_chunk`].
    ///
    /// # Errors
    ///
    /// A damaged chunk; a file that can't be read.
    pub fn read_chunk(&self, chunk: u64) -> Result<Option<Vec<u8>>, StoreError> {
        read_chunk(
            &self.folder,
            chunk,
            self.book.done.get(&chunk),
            self.book.former.get(&chunk),
        )
    }
}

fn pending(plan: &Plan, book: &Book, shard: Option<Shard>) -> Vec<u64> {
    (0..plan.chunks())
        .filter(|chunk| shard.is_none_or(|s| s.has(*chunk)))
        .filter(|chunk| !book.done.contains_key(chunk))
        .collect()
}

fn read_chunk(
    folder: &Path,
    chunk: u64,
    done: Option<&Record>,
    former: Option<&Record>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(record) = done.or(former) else {
        return Ok(None);
    };
    let file = chunk_path(folder, chunk);
    let text = match fs::read(&file) {
        Err(e) if e.kind() == ErrorKind::NotFound && done.is_none() => return Ok(None),
        text => text.map_err(failed(&file, "read"))?,
    };
    if record.is_of(&text) {
        return Ok(Some(text));
    }
    match done {
        Some(_) => Err(StoreError::Corrupt { chunk, file }),
        // Perhaps new rows, whose line a kill prevented: the chunk is done again anyway, then wholly.
        None => Ok(None),
    }
}

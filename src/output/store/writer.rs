//! The one who adds chunks.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::error::{StoreError, failed};
use super::file::{Lock, clear_temporaries, lock, sync_folder, temporary};
use super::manifest::{Appender, Book, Record, Tally, chunk_path, forgetting};
use super::plan::Plan;
use super::shard::Shard;
use super::summary::Summary;
use super::{Check, pending, read_chunk};

/// A sweep to work on, by the threads of one process.
///
/// It knows what was done when it was opened and what it did itself; what other processes do meanwhile a new
/// [`super::Sweep`] tells.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    chunks: PathBuf,
    plan: Plan,
    state: Mutex<State>,
    lock: Lock,
}

#[derive(Debug)]
struct State {
    book: Book,
    manifest: Appender,
}

impl Writer {
    /// Begins a sweep in an absent or empty folder, or goes on with the same plan.
    ///
    /// The tag names this process among those that work in the folder at once: [`Shard::tag`], or e.g. `all`.
    ///
    /// # Errors
    ///
    /// A folder of another plan (the error names what differs), or with something else in it (nothing is touched);
    /// a living process of the same tag; a tag that is no file name; a folder that can't be written.
    pub fn create(
        folder: impl AsRef<Path>,
        plan: &Plan,
        tag: &str,
        check: Check,
    ) -> Result<Writer, StoreError> {
        check_tag(tag)?;
        plan.settle(folder.as_ref())?;
        Writer::start(folder.as_ref(), plan.clone(), tag, check)
    }

    /// Goes on with whatever sweep is in the folder.
    ///
    /// # Errors
    ///
    /// No sweep there; otherwise as [`Writer::create`].
    pub fn open(folder: impl AsRef<Path>, tag: &str, check: Check) -> Result<Writer, StoreError> {
        check_tag(tag)?;
        let folder = folder.as_ref();
        let plan = Plan::read(folder)?.ok_or_else(|| StoreError::NoSweep {
            folder: folder.to_path_buf(),
        })?;
        Writer::start(folder, plan, tag, check)
    }

    fn start(folder: &Path, plan: Plan, tag: &str, check: Check) -> Result<Writer, StoreError> {
        let lock = lock(&folder.join(format!("manifest-{tag}.lock")))?;
        if let Lock::Taken = lock {
            return Err(StoreError::Busy {
                folder: folder.to_path_buf(),
                tag: tag.to_string(),
            });
        }
        let chunks = folder.join("chunks");
        match fs::create_dir(&chunks) {
            Err(e) if e.kind() != ErrorKind::AlreadyExists => {
                return Err(failed(&chunks, "create the folder")(e));
            }
            _ => {}
        }
        clear_temporaries(&chunks);
        clear_temporaries(folder);
        let manifest = Appender::open(folder.join(format!("manifest-{tag}.jsonl")))?;
        sync_folder(folder).map_err(failed(folder, "write"))?;
        let book = Book::read(folder, &plan, check)?;
        Ok(Writer {
            folder: folder.to_path_buf(),
            chunks,
            plan,
            state: Mutex::new(State { book, manifest }),
            lock,
        })
    }

    /// The plan of the sweep.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether a second process with the same tag would be refused; `false` on a file system without locks.
    pub fn is_locked(&self) -> bool {
        matches!(self.lock, Lock::Held(_))
    }

    /// The chunks that are not done, in order: all, or those of a shard.
    pub fn pending(&self, shard: Option<Shard>) -> Vec<u64> {
        pending(&self.plan, &self.state().book, shard)
    }

    /// What is done so far.
    pub fn summary(&self) -> Summary {
        let state = self.state();
        Summary::of(&self.plan, &state.book.done, state.book.damaged.len())
    }

    /// Keeps the rows of a chunk, each ending with a line feed. They are on the disk when it returns.
    ///
    /// Threads may call it at once. A chunk that is done already is replaced.
    ///
    /// # Errors
    ///
    /// A chunk beyond the last one; rows without their last line feed; a disk that is full. The chunk is pending then,
    /// and the call may be repeated.
    pub fn write_chunk(&self, chunk: u64, rows: &[u8], tally: &Tally) -> Result<(), StoreError> {
        if chunk >= self.plan.chunks() {
            return Err(StoreError::value(format!(
                "there is no chunk {chunk}; the sweep has {}, counted from 0",
                self.plan.chunks()
            )));
        }
        if !rows.is_empty() && !rows.ends_with(b"\n") {
            return Err(StoreError::value(format!(
                "the rows of chunk {chunk} do not end with a line feed"
            )));
        }
        let path = chunk_path(&self.folder, chunk);
        let fail = |e| failed(&path, "write")(e);
        // The slow part, many at once; dropped on an error, it takes its file along.
        let made = temporary(&self.chunks).map_err(fail)?;
        // To the file itself: errors through its wrapper have the temporary name in them.
        let mut file = made.as_file();
        file.write_all(rows)
            .and_then(|()| file.sync_all())
            .map_err(fail)?;
        let mut record = Record::new(rows, tally);

        let mut state = self.state();
        record.attempt = state.book.attempt(chunk);
        // Should the line fail, the rows of an old one may be gone.
        state.book.done.remove(&chunk);
        made.persist(&path).map_err(|e| fail(e.error))?;
        sync_folder(&self.chunks).map_err(fail)?;
        state.manifest.append(&record.line(chunk, &self.plan))?;
        state.book.former.remove(&chunk);
        state.book.damaged.remove(&chunk);
        state.book.done.insert(chunk, record);
        Ok(())
    }

    /// Makes the chunks with failed rows pending again, and returns them: all, or those of a shard.
    ///
    /// Their rows stay readable by [`Writer::read_chunk`] until they are written again, also for a later process. Other
    /// processes should not work on these chunks at the time: what they write then may not count.
    ///
    /// # Errors
    ///
    /// A manifest that can't be written; then some of the chunks may be forgotten.
    pub fn forget_failed(&self, shard: Option<Shard>) -> Result<Vec<u64>, StoreError> {
        let mut state = self.state();
        let chunks: Vec<(u64, u64)> = state
            .book
            .done
            .iter()
            .filter(|(chunk, record)| record.failed > 0 && shard.is_none_or(|s| s.has(**chunk)))
            .map(|(chunk, record)| (*chunk, record.attempt))
            .collect();
        let lines: String = chunks
            .iter()
            .map(|(chunk, attempt)| forgetting(*chunk, *attempt, &self.plan))
            .collect();
        if !lines.is_empty() {
            state.manifest.append(&lines)?;
        }
        for (chunk, attempt) in &chunks {
            state
                .book
                .attempts
                .insert(*chunk, attempt.saturating_add(1));
            if let Some(record) = state.book.done.remove(chunk) {
                state.book.former.insert(*chunk, record);
            }
        }
        Ok(chunks.into_iter().map(|(chunk, _)| chunk).collect())
    }

    /// The rows of a chunk that is done, or was and has been forgotten; `None` if there are none that can be trusted.
    ///
    /// # Errors
    ///
    /// A damaged chunk; a file that can't be read.
    pub fn read_chunk(&self, chunk: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let (done, former) = {
            let book = &self.state().book;
            let known = |from: &BTreeMap<u64, Record>| from.get(&chunk).cloned();
            (known(&book.done), known(&book.former))
        };
        read_chunk(&self.folder, chunk, done.as_ref(), former.as_ref())
    }

    /// Whether a chunk was done once and then forgotten ([`Writer::forget_failed`]), whatever became of its rows: a kill may
    /// have left new ones without their line.
    pub fn was_forgotten(&self, chunk: u64) -> bool {
        self.state().book.attempts.contains_key(&chunk)
    }

    /// A thread that panicked left the state whole: it changes only after what can fail.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tag becomes a part of file names.
fn check_tag(tag: &str) -> Result<(), StoreError> {
    const LONGEST: usize = 64;
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if tag.is_empty() || tag.len() > LONGEST || !tag.chars().all(fine) {
        return Err(StoreError::value(format!(
            "the tag `{tag}` is no part of a file name; use letters, digits, `-` and `_`"
        )));
    }
    Ok(())
}

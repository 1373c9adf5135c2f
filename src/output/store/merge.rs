//! One table out of the chunks of one or several folders.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::error::{StoreError, failed};
use super::file::BUFFER;
use super::manifest::{Record, chunk_path};
use super::{Check, Summary, Sweep};

/// How many missing chunks an error names.
const NAMED: usize = 5;

/// Writes the header and the rows of all points, in the order of the points, whoever computed them and when.
///
/// The folders are those of one sweep; a chunk may be in several. With `partial` missing chunks are left out: the
/// summary says how many are there. Checksums are verified on the way, so after an error the writer has a part of the
/// rows: use [`super::replace_file`].
///
/// # Errors
///
/// Folders of different plans; a chunk that differs between folders; missing chunks, unless `partial`; a damaged
/// chunk; what reading and writing give ([`StoreError::Output`] for the writer).
pub fn merge<P: AsRef<Path>>(
    folders: &[P],
    out: &mut dyn Write,
    partial: bool,
) -> Result<Summary, StoreError> {
    let all = Chunks::of(folders, partial)?;
    let mut out = BufWriter::with_capacity(BUFFER, out);
    if !all.header.is_empty() {
        out.write_all(all.header.as_bytes())?;
        out.write_all(b"\n")?;
    }
    all.each(folders, &mut |text| Ok(out.write_all(text)?))?;
    out.flush()?;
    Ok(all.summary)
}

/// Hands over the rows of [`merge`] chunk by chunk, without the header: for other forms than CSV. One chunk at a time is
/// in memory, and its checksum is right.
///
/// # Errors
///
/// As [`merge`], and what `take` gives.
pub fn each_chunk<P: AsRef<Path>>(
    folders: &[P],
    partial: bool,
    take: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<Summary, StoreError> {
    let all = Chunks::of(folders, partial)?;
    all.each(folders, take)?;
    Ok(all.summary)
}

/// The finished chunks of some folders.
struct Chunks {
    header: String,
    /// Where a chunk is, by number of the folder, and its line.
    all: BTreeMap<u64, (usize, Record)>,
    summary: Summary,
}

impl Chunks {
    fn of<P: AsRef<Path>>(folders: &[P], partial: bool) -> Result<Chunks, StoreError> {
        let mut sweeps = folders
            .iter()
            .map(|folder| Sweep::open(folder, Check::Length));
        let Some(first) = sweeps.next() else {
            return Err(StoreError::value("no folder to merge"));
        };
        let Sweep { folder, plan, book } = first?;
        let mut all: BTreeMap<u64, _> = BTreeMap::new();
        let mut damaged = book.damaged;
        for (chunk, record) in book.done {
            all.insert(chunk, (0, record));
        }
        for (i, sweep) in sweeps.enumerate() {
            let sweep = sweep?;
            plan.same(&sweep.plan, &folder)?;
            damaged.extend(sweep.book.damaged);
            for (chunk, record) in sweep.book.done {
                match all.entry(chunk) {
                    Entry::Vacant(free) => {
                        free.insert((i + 1, record));
                    }
                    Entry::Occupied(known) => {
                        let (one, known) = known.get();
                        if known.sha256 != record.sha256 {
                            let path =
                                |at: usize| folders.get(at).map(|f| chunk_path(f.as_ref(), chunk));
                            return Err(StoreError::Conflict {
                                chunk,
                                one: path(*one).unwrap_or_default(),
                                other: path(i + 1).unwrap_or_default(),
                            });
                        }
                    }
                }
            }
        }
        damaged.retain(|chunk| !all.contains_key(chunk));
        let summary = Summary::of(
            &plan,
            all.iter().map(|(chunk, (_, record))| (chunk, record)),
            damaged.len(),
        );
        if !partial && summary.done < summary.chunks {
            let missing = (0..plan.chunks()).filter(|chunk| !all.contains_key(chunk));
            return Err(StoreError::Missing {
                chunks: summary.chunks - summary.done,
                of: summary.chunks,
                points: summary.points - summary.points_done,
                first: missing
                    .take(NAMED)
                    .map(|c| (c, plan.points_of(c)))
                    .collect(),
            });
        }
        Ok(Chunks {
            header: plan.header().to_string(),
            all,
            summary,
        })
    }

    fn each<P: AsRef<Path>>(
        &self,
        folders: &[P],
        take: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for (chunk, (at, record)) in &self.all {
            let Some(folder) = folders.get(*at) else {
                continue;
            };
            let file = chunk_path(folder.as_ref(), *chunk);
            let text = fs::read(&file).map_err(failed(&file, "read"))?;
            if !record.is_of(&text) {
                let chunk = *chunk;
                return Err(StoreError::Corrupt { chunk, file });
            }
            take(&text)?;
        }
        Ok(())
    }
}

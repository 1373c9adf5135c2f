//! The manifest: one line for each finished chunk, and what of the lines can be believed.
//!
//! Each process appends to a file of its own, and reading takes the lines of all in any order. Hence a chunk has an
//! attempt number: the line that forgets a chunk names an attempt, and cancels that and those before.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::Check;
use super::error::{StoreError, failed};
use super::file::BUFFER;
use super::plan::Plan;

/// Longer lines are not ours.
const LONGEST_LINE: u64 = 1 << 24;

/// What the rows of a chunk amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many rows.
    pub rows: u64,
    /// How many of them are of points that failed.
    pub failed: u64,
    /// Why, and how often.
    pub reasons: BTreeMap<String, u64>,
}

pub(super) type Hash = [u8; 32];

/// A line of a finished chunk. Small, for there may be many: reasons are shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub attempt: u64,
    pub rows: u64,
    pub failed: u64,
    pub bytes: u64,
    pub sha256: Hash,
    pub reasons: Box<[(Arc<str>, u64)]>,
}

impl Record {
    /// The first attempt.
    pub fn new(text: &[u8], tally: &Tally) -> Record {
        Record {
            attempt: 0,
            rows: tally.rows,
            failed: tally.failed,
            bytes: text.len() as u64,
            sha256: Sha256::digest(text).into(),
            reasons: tally
                .reasons
                .iter()
                .map(|(reason, count)| (Arc::from(reason.as_str()), *count))
                .collect(),
        }
    }

    /// Whether the text is the one that the line speaks of.
    pub fn is_of(&self, text: &[u8]) -> bool {
        self.bytes == text.len() as u64 && self.sha256 == Hash::from(Sha256::digest(text))
    }

    pub fn line(&self, chunk: u64, plan: &Plan) -> String {
        let reasons: Map<String, Value> = self
            .reasons
            .iter()
            .map(|(reason, count)| (reason.to_string(), json!(count)))
            .collect();
        let line = json!({
            "chunk": chunk,
            "first": plan.points_of(chunk).start,
            "rows": self.rows,
            "failed": self.failed,
            "bytes": self.bytes,
            "sha256": hex(&self.sha256),
            "plan": plan.id(),
            "reasons": reasons,
            "attempt": self.attempt,
        });
        format!("{line}\n")
    }
}

/// The line that cancels the given attempt of a chunk, and those before.
pub(super) fn forgetting(chunk: u64, attempt: u64, plan: &Plan) -> String {
    let line = json!({ "forget": chunk, "attempt": attempt, "plan": plan.id() });
    format!("{line}\n")
}

enum Line {
    Done(u64, Record),
    Forgotten { chunk: u64, attempt: u64 },
}

/// `None` for whatever a crash may have made of a line, and for lines of other plans.
fn parse(line: &[u8], plan: &Plan, names: &mut BTreeSet<Arc<str>>) -> Option<Line> {
    let value: Value = serde_json::from_slice(line).ok()?;
    let number = |key: &str| value.get(key)?.as_u64();
    if value.get("plan")? != plan.id() {
        return None;
    }
    let attempt = number("attempt")?;
    let within = |chunk: &u64| *chunk < plan.chunks();
    if let Some(chunk) = number("forget") {
        return Some(Line::Forgotten { chunk, attempt }).filter(|_| within(&chunk));
    }
    let chunk = number("chunk").filter(within)?;
    if number("first")? != plan.points_of(chunk).start {
        return None;
    }
    let mut shared = |name: &str| match names.get(name) {
        Some(known) => known.clone(),
        None => {
            let new: Arc<str> = Arc::from(name);
            names.insert(new.clone());
            new
        }
    };
    let reasons = value.get("reasons")?.as_object()?;
    let reasons = reasons
        .iter()
        .map(|(reason, count)| Some((shared(reason), count.as_u64()?)));
    Some(Line::Done(
        chunk,
        Record {
            attempt,
            rows: number("rows")?,
            failed: number("failed")?,
            bytes: number("bytes")?,
            sha256: unhex(value.get("sha256")?.as_str()?)?,
            reasons: reasons.collect::<Option<_>>()?,
        },
    ))
}

/// Which chunks are done, as all manifests of a folder and the chunk files together tell.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub done: BTreeMap<u64, Record>,
    /// Chunks that were forgotten, to be read while they are not done again.
    pub former: BTreeMap<u64, Record>,
    /// The attempt that the next line of a chunk is of, where it is not 0.
    pub attempts: BTreeMap<u64, u64>,
    /// Chunks that have a line, but not (any more) the file that it speaks of.
    pub damaged: BTreeSet<u64>,
}

impl Book {
    pub fn read(folder: &Path, plan: &Plan, check: Check) -> Result<Book, StoreError> {
        let mut book = Book::default();
        let mut names = BTreeSet::new();
        let mut records = Vec::new();
        for path in manifests(folder)? {
            let file = File::open(&path).map_err(failed(&path, "read"))?;
            let mut file = BufReader::with_capacity(BUFFER, file);
            let mut line = Vec::new();
            loop {
                line.clear();
                let read = (&mut file).take(LONGEST_LINE).read_until(b'\n', &mut line);
                if read.map_err(failed(&path, "read"))? == 0 {
                    break;
                }
                match parse(&line, plan, &mut names) {
                    Some(Line::Done(chunk, record)) => records.push((chunk, record)),
                    Some(Line::Forgotten { chunk, attempt }) => {
                        let next = book.attempts.entry(chunk).or_default();
                        *next = attempt.saturating_add(1).max(*next);
                    }
                    None => {}
                }
            }
        }
        // The newest attempt first; a chunk that was done twice alike counts once.
        records.sort_by(|(a, x), (b, y)| {
            (a, y.attempt, x.sha256)
                .cmp(&(b, x.attempt, y.sha256))
                .then_with(|| x.bytes.cmp(&y.bytes))
        });
        records.dedup();
        for lines in records.chunk_by(|(a, _), (b, _)| a == b) {
            let Some((chunk, _)) = lines.first() else {
                continue;
            };
            let path = chunk_path(folder, *chunk);
            let least = book.attempts.get(chunk).copied().unwrap_or(0);
            let live = lines.partition_point(|(_, r)| r.attempt >= least);
            let (live, former) = lines.split_at(live);
            if let Some(record) = fitting(&path, live, check)? {
                book.done.insert(*chunk, record.clone());
                continue;
            }
            if !live.is_empty() {
                book.damaged.insert(*chunk);
            }
            if let Some(record) = fitting(&path, former, check)? {
                book.former.insert(*chunk, record.clone());
            }
        }
        Ok(book)
    }

    pub fn attempt(&self, chunk: u64) -> u64 {
        self.attempts.get(&chunk).copied().unwrap_or(0)
    }
}

/// The line that speaks of the file as it is.
fn fitting<'a>(
    path: &Path,
    lines: &'a [(u64, Record)],
    check: Check,
) -> Result<Option<&'a Record>, StoreError> {
    let Some((_, first)) = lines.first() else {
        return Ok(None);
    };
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(failed(path, "read")(e)),
    };
    let of_length = |r: &Record| found.is_file() && r.bytes == found.len();
    if !lines.iter().any(|(_, r)| of_length(r)) {
        return Ok(None);
    }
    // Lines that disagree: only the checksum can tell.
    let agree = lines.iter().all(|(_, r)| r.sha256 == first.sha256);
    let hash = match (check, agree) {
        (Check::Length, true) => first.sha256,
        _ => {
            let mut hash = Sha256::new();
            read_in_pieces(path, |piece| {
                hash.update(piece);
                Ok(())
            })?;
            hash.finalize().into()
        }
    };
    Ok(lines
        .iter()
        .map(|(_, r)| r)
        .find(|r| of_length(r) && r.sha256 == hash))
}

/// Hands over the content of a file, a buffer at a time.
pub(super) fn read_in_pieces(
    path: &Path,
    mut take: impl FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut file = File::open(path).map_err(failed(path, "read"))?;
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => take(buffer.get(..n).unwrap_or_default())?,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(failed(path, "read")(e)),
        }
    }
}

/// The manifests of a folder, in the order of their names.
fn manifests(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed(folder, "read"))? {
        let name = entry.map_err(failed(folder, "read"))?.file_name();
        if let Some(name) = name.to_str()
            && name.starts_with("manifest-")
            && name.ends_with(".jsonl")
        {
            let path = folder.join(name);
            // A device or a pipe might never end.
            if path.is_file() {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}

/// The file of a chunk's rows.
pub(super) fn chunk_path(folder: &Path, chunk: u64) -> PathBuf {
    folder.join("chunks").join(format!("{chunk:08}.csv"))
}

/// The end of one process's manifest.
#[derive(Debug)]
pub(super) struct Appender {
    path: PathBuf,
    file: File,
    /// The last line may lack its end.
    torn: bool,
}

impl Appender {
    pub fn open(path: PathBuf) -> Result<Appender, StoreError> {
        let fail = |e| failed(&path, "write")(e);
        let mut file = File::options()
            .create(true)
            .read(true)
            .append(true)
            .open(&path)
            .map_err(fail)?;
        let mut last = [b'\n'];
        if file.metadata().map_err(fail)?.len() > 0 {
            file.seek(SeekFrom::End(-1)).map_err(fail)?;
            file.read_exact(&mut last).map_err(fail)?;
        }
        let torn = last != *b"\n";
        Ok(Appender { path, file, torn })
    }

    /// Appends whole lines; they are on the disk when it returns.
    pub fn append(&mut self, lines: &str) -> Result<(), StoreError> {
        if lines.lines().any(|line| line.len() as u64 >= LONGEST_LINE) {
            return Err(StoreError::value(
                "too many different reasons of failure in one chunk; make the chunks smaller",
            ));
        }
        let whole = if self.torn { "\n" } else { "" }.to_string() + lines;
        self.torn = true;
        // To the file itself, without a buffer: one write, unless the disk is full.
        self.file
            .write_all(whole.as_bytes())
            .and_then(|()| self.file.sync_all())
            .map_err(failed(&self.path, "write"))?;
        self.torn = false;
        Ok(())
    }
}

pub(super) fn hex_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes).into())
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    if text.len() != 2 * hash.len() || !text.is_ascii() {
        return None;
    }
    for (i, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(hash)
}

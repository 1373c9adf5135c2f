//! `runs.jsonl`: a line for each process that worked on a sweep and could say goodbye.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use serde_json::{Map, Value, json};

use super::ask::Team;
use crate::cli::origin::{VERSION, command};
use crate::output::OutputError;
use crate::output::card::rfc3339_utc;

const NAME: &str = "runs.jsonl";

/// What a process does, from its beginning on.
pub(super) struct Session {
    did: &'static str,
    started: SystemTime,
    begun: Instant,
    /// Options of its own, which the plan does not know.
    pub options: Option<Value>,
}

impl Session {
    pub fn begin(did: &'static str) -> Session {
        Session {
            did,
            started: SystemTime::now(),
            begun: Instant::now(),
            options: None,
        }
    }

    /// Wall time so far [s].
    pub fn elapsed(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// Appends its line to the folder. That the time is not kept is no reason to fail.
    pub fn note(&self, folder: &Path, team: &Team, points: u64, failed: u64, ended: &str) {
        let mut line = Map::new();
        line.insert("did".into(), json!(self.did));
        line.insert("ended".into(), json!(ended));
        line.insert("points".into(), json!(points));
        line.insert("failed".into(), json!(failed));
        line.insert("started".into(), json!(rfc3339_utc(self.started)));
        line.insert("elapsed_s".into(), json!(self.elapsed()));
        line.insert("threads".into(), json!(team.threads));
        line.insert("isa".into(), json!(team.isa.name()));
        line.insert("lanes".into(), json!(team.lanes));
        let part = team.part.map(|part| part.shard.to_string());
        line.insert("part".into(), json!(part));
        if let Some(options) = &self.options {
            line.insert("options".into(), options.clone());
        }
        line.insert("version".into(), json!(VERSION));
        line.insert("command".into(), json!(command()));
        let text = format!("{}\n", Value::Object(line));
        let path = folder.join(NAME);
        // One write, so that lines of several processes do not mix.
        let file = File::options().create(true).append(true).open(path);
        let _ = file.and_then(|mut file| file.write_all(text.as_bytes()));
    }
}

/// All lines of a folder; torn ones do not count.
pub(super) fn sessions(folder: &Path) -> Result<Vec<Value>, OutputError> {
    let path: PathBuf = folder.join(NAME);
    let text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(e) if e.kind() == ErrorKind::NotFound => String::new(),
        Err(source) => {
            return Err(OutputError {
                path,
                what: "read",
                source,
            });
        }
    };
    let lines = text.lines().filter_map(|l| serde_json::from_str(l).ok());
    Ok(lines.collect())
}

/// Wall time of all of them together [s].
pub(super) fn total(sessions: &[Value]) -> f64 {
    sessions
        .iter()
        .filter_map(|s| s["elapsed_s"].as_f64())
        .sum()
}

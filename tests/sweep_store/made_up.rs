//! A made-up sweep: rows that depend on the number of the point alone, some of them failed.

use std::path::Path;

use osmocyte::output::store::{Check, Plan, StoreError, Sweep, Tally, Writer, merge};
use serde_json::json;

pub const HEADER: &str = "point,value";

pub fn plan(points: u64, chunk: u64) -> Plan {
    let inputs = json!({
        "model": { "name": "red-blood-cell", "sha256": "00ff" },
        "seed": 7,
        "tolerances": { "relative": 1e-7, "absolute": 0.1 },
    });
    Plan::new(inputs, points, chunk, HEADER).unwrap()
}

/// The rows of a chunk. Every 7th chunk is larger than the buffers.
pub fn rows(plan: &Plan, chunk: u64) -> (Vec<u8>, Tally) {
    let mut tally = Tally::default();
    let mut text = String::new();
    for point in plan.points_of(chunk) {
        tally.rows += 1;
        let hash = point.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 17;
        let value = match hash % 11 {
            0 => fail(&mut tally, "step too small"),
            1 if hash % 2 == 0 => fail(&mut tally, "time limit"),
            _ => format!("{hash:e}"),
        };
        let padding = if chunk % 7 == 3 { 20_000 } else { 0 };
        text += &format!("{point},{value}{:padding$}\n", "");
    }
    (text.into_bytes(), tally)
}

fn fail(tally: &mut Tally, reason: &str) -> String {
    tally.failed += 1;
    *tally.reasons.entry(reason.into()).or_default() += 1;
    String::new()
}

pub fn write(writer: &Writer, chunk: u64) {
    let (text, tally) = rows(writer.plan(), chunk);
    writer.write_chunk(chunk, &text, &tally).unwrap();
}

/// Does all that is pending.
pub fn finish(folder: &Path, plan: &Plan, check: Check) {
    let writer = Writer::create(folder, plan, "all", check).unwrap();
    for chunk in writer.pending(None) {
        write(&writer, chunk);
    }
}

pub fn merged<P: AsRef<Path>>(folders: &[P]) -> Vec<u8> {
    let mut out = Vec::new();
    merge(folders, &mut out, false).unwrap();
    out
}

/// What the merged sweep must be, without any store.
pub fn expected(plan: &Plan) -> Vec<u8> {
    let mut out = format!("{HEADER}\n").into_bytes();
    for chunk in 0..plan.chunks() {
        out.extend(rows(plan, chunk).0);
    }
    out
}

/// The temporary files in the folder of a sweep.
pub fn temporaries(folder: &Path) -> usize {
    [folder.to_path_buf(), folder.join("chunks")]
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flat_map(|entries| entries.flatten())
        .filter(|entry| entry.file_name().to_string_lossy().ends_with(".part"))
        .count()
}

/// A finished sweep of 12 chunks, the last one shorter.
pub fn finished() -> (tempfile::TempDir, Plan) {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(113, 10);
    finish(folder.path(), &plan, Check::Length);
    (folder, plan)
}

/// What an error says.
pub fn message<T>(result: Result<T, StoreError>) -> String {
    match result {
        Ok(_) => panic!("no error"),
        Err(e) => e.to_string(),
    }
}

/// What is not done, as a new reader sees it.
pub fn pending(folder: &Path, check: Check) -> Vec<u64> {
    Sweep::open(folder, check).unwrap().pending(None)
}

//! What is done so far, in numbers.

use std::collections::BTreeMap;

use super::manifest::Record;
use super::plan::Plan;

/// What is done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Chunks that are done.
    pub done: u64,
    /// Chunks of the sweep.
    pub chunks: u64,
    /// Points of the chunks that are done.
    pub points_done: u64,
    /// Points of the sweep.
    pub points: u64,
    /// Rows of the chunks that are done.
    pub rows: u64,
    /// Rows of points that failed.
    pub failed: u64,
    /// Why, and how often; the most frequent first, then by name.
    pub reasons: Vec<(String, u64)>,
    /// Bytes of all rows, without the header.
    pub bytes: u64,
    /// Chunks that were done, but whose file is missing, too short or (if that was checked) changed. They are pending.
    pub damaged: u64,
}

impl Summary {
    pub(super) fn of<'a>(
        plan: &Plan,
        done: impl IntoIterator<Item = (&'a u64, &'a Record)>,
        damaged: usize,
    ) -> Summary {
        let mut out = Summary {
            chunks: plan.chunks(),
            points: plan.points(),
            damaged: damaged as u64,
            ..Summary::default()
        };
        let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
        // A garbled manifest can hold any number; a sum of them must not end the process.
        let add = |sum: &mut u64, n: u64| *sum = sum.saturating_add(n);
        for (chunk, record) in done {
            let points = plan.points_of(*chunk);
            out.done += 1;
            out.points_done += points.end - points.start;
            add(&mut out.rows, record.rows);
            add(&mut out.failed, record.failed);
            add(&mut out.bytes, record.bytes);
            for (reason, count) in &record.reasons {
                add(reasons.entry(reason).or_default(), *count);
            }
        }
        out.reasons = reasons
            .into_iter()
            .map(|(reason, count)| (reason.to_string(), count))
            .collect();
        // Stable: equal counts stay in the order of their names.
        out.reasons
            .sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        out
    }
}

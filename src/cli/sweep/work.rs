//! Threads that do chunks, each by itself, until all are done, somebody interrupts or the disk refuses.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel, sync_channel};
use std::time::Duration;

use super::progress::Meter;
use crate::cli::progress::interrupted;
use crate::output::store::{StoreError, Tally, Writer};

/// A chunk as text.
pub(super) struct Done {
    pub text: String,
    pub tally: Tally,
    /// Points that were solved for it.
    pub solved: u64,
    /// Those of them that failed.
    pub failed: u64,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Account {
    pub solved: u64,
    pub failed: u64,
    /// Somebody wanted it to end before it was through.
    pub interrupted: bool,
}

/// Between two looks at the clock.
const GLANCE: Duration = Duration::from_millis(100);

/// Does these chunks. `worker` makes what turns a chunk into text, once for each thread. While a text goes to the disk its
/// thread solves the next chunk, but no more: so there are never more than two chunks in memory for each thread.
pub(super) fn work<W>(
    writer: &Writer,
    chunks: &[u64],
    threads: usize,
    worker: impl Fn() -> W + Sync,
    meter: &mut Meter,
) -> (Account, Option<StoreError>)
where
    W: FnMut(u64) -> Result<Done, StoreError>,
{
    let next = AtomicUsize::new(0);
    let ends = AtomicBool::new(false);
    let (tell, told) = channel::<Result<(u64, u64, u64), StoreError>>();
    let mut account = Account::default();
    let mut trouble = None;
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, chunks.len().max(1)) {
            let (next, ends, worker) = (&next, &ends, &worker);
            // Without room: the next chunk is handed over when the last one is on the disk.
            let (give, given) = sync_channel::<(u64, Result<Done, StoreError>)>(0);
            scope.spawn(move || {
                let mut solve = worker();
                while !ends.load(Ordering::Relaxed) && !interrupted() {
                    let Some(&chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) else {
                        break;
                    };
                    if give.send((chunk, solve(chunk))).is_err() {
                        break;
                    }
                }
            });
            let tell = tell.clone();
            scope.spawn(move || {
                for (chunk, done) in given {
                    let kept = done.and_then(|done| {
                        writer.write_chunk(chunk, done.text.as_bytes(), &done.tally)?;
                        Ok((done.tally.rows, done.solved, done.failed))
                    });
                    if kept.is_err() {
                        ends.store(true, Ordering::Relaxed);
                    }
                    // Nobody listens any more only if the program ends.
                    let _ = tell.send(kept);
                }
            });
        }
        drop(tell);
        let mut finished = 0;
        loop {
            match told.recv_timeout(GLANCE) {
                Ok(Ok((rows, solved, failed))) => {
                    finished += 1;
                    account.solved += solved;
                    account.failed += failed;
                    meter.add(rows, failed);
                }
                // The first trouble is the cause of the others.
                Ok(Err(e)) => trouble = trouble.take().or(Some(e)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            meter.show();
        }
        account.interrupted = finished < chunks.len() && trouble.is_none();
    });
    meter.finish();
    (account, trouble)
}

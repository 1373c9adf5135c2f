//! Sweeps whose processes are killed at random moments: the result is that of an undisturbed run, byte for byte.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::made_up::{expected, finish, merged, plan, rows, temporaries, write};
use osmocyte::output::store::{Check, Shard, Sweep, Writer};

const FOLDER: &str = "SWEEP_TEST_FOLDER";
const SHARD: &str = "SWEEP_TEST_SHARD";
const POINTS: u64 = 1_003;
const CHUNK: u64 = 10;

/// Not a test, but the process that the others kill: a worker of a sweep, with three threads.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let shard: Shard = std::env::var(SHARD).unwrap().parse().unwrap();
    let plan = plan(POINTS, CHUNK);
    let writer = Writer::create(&folder, &plan, &shard.tag(), Check::Length).unwrap();
    let pending = writer.pending(Some(shard));
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(chunk) = pending.get(next.fetch_add(1, Ordering::Relaxed)) {
                    write(&writer, *chunk);
                }
            });
        }
    });
}

fn spawn(folder: &Path, shard: Shard) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture"])
        .env(FOLDER, folder)
        .env(SHARD, shard.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Random numbers, another sequence each time: the moments are not reproducible anyway.
struct Random(u64);

impl Random {
    fn new() -> Random {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        Random(now.as_nanos() as u64 | 1)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % n
    }

    /// From 1 to 64 ms, all magnitudes alike.
    fn moment(&mut self) -> Duration {
        Duration::from_micros(1000 << self.below(6)).mul_f64(1.0 + self.below(1000) as f64 / 1000.0)
    }
}

/// What kills left behind, to know that they hit something.
#[derive(Debug, Default)]
struct Traces {
    kills: u64,
    temporaries: usize,
    without_line: usize,
}

fn done(folder: &Path) -> bool {
    Sweep::open(folder, Check::Length).is_ok_and(|s| s.pending(None).is_empty())
}

/// Runs `n` processes in one folder, and kills one at a time, until the sweep is done.
fn disturbed(folder: &Path, n: u64, traces: &mut Traces, random: &mut Random) {
    let started = Instant::now();
    let shard = |i: usize| Shard::new(i as u64 + 1, n).unwrap();
    let mut children: Vec<Option<Child>> = (0..n as usize)
        .map(|i| Some(spawn(folder, shard(i))))
        .collect();
    while children.iter().any(Option::is_some) {
        assert!(started.elapsed() < Duration::from_secs(300), "no progress");
        std::thread::sleep(random.moment() / n as u32);
        let at = random.below(n) as usize;
        if let Some(mut child) = children[at].take() {
            child.kill().unwrap();
            let status = child.wait().unwrap();
            if status.success() {
                continue;
            }
            assert_eq!(status.signal(), Some(9), "it must not fail by itself");
            traces.kills += 1;
            if n == 1 {
                traces.temporaries += temporaries(folder);
                traces.without_line += without_line(folder);
            }
            children[at] = Some(spawn(folder, shard(at)));
        }
    }
    assert!(done(folder));
}

fn without_line(folder: &Path) -> usize {
    let Ok(sweep) = Sweep::open(folder, Check::Checksum) else {
        return 0;
    };
    assert_eq!(sweep.summary().damaged, 0, "a line came before its rows");
    sweep
        .pending(None)
        .iter()
        .filter(|c| folder.join(format!("chunks/{c:08}.csv")).exists())
        .count()
}

fn undisturbed() -> Vec<u8> {
    let plan = plan(POINTS, CHUNK);
    let folder = tempfile::tempdir().unwrap();
    finish(folder.path(), &plan, Check::Length);
    let merged = merged(&[folder.path()]);
    assert_eq!(merged, expected(&plan));
    merged
}

#[test]
fn a_hundred_kills_leave_no_trace_in_the_result() {
    let undisturbed = undisturbed();
    let mut random = Random::new();
    let mut traces = Traces::default();
    while traces.kills < 100 {
        let folder = tempfile::tempdir().unwrap();
        let sweep = folder.path().join("sweep");
        disturbed(&sweep, 1, &mut traces, &mut random);
        assert!(merged(&[&sweep]) == undisturbed, "the result differs");
        let writer = Writer::create(&sweep, &plan(POINTS, CHUNK), "1-of-1", Check::Checksum);
        assert_eq!(writer.unwrap().summary().damaged, 0);
        assert_eq!(temporaries(&sweep), 0);
    }
    println!("{traces:?}");
}

#[test]
fn shards_that_are_killed_give_the_same_result() {
    let undisturbed = undisturbed();
    let mut random = Random::new();
    for n in [1, 3, 8] {
        let mut traces = Traces::default();
        while traces.kills < 50 {
            let folder = tempfile::tempdir().unwrap();
            let sweep = folder.path().join("sweep");
            disturbed(&sweep, n, &mut traces, &mut random);
            assert!(merged(&[&sweep]) == undisturbed, "{n} shards differ");
        }
        println!("{n} shards: {} kills", traces.kills);
    }
}

#[test]
fn shards_in_folders_of_their_own_merge_to_the_same_result() {
    let undisturbed = undisturbed();
    for n in [1, 3, 8] {
        let folder = tempfile::tempdir().unwrap();
        let folders: Vec<_> = (1..=n).map(|k| folder.path().join(k.to_string())).collect();
        let children: Vec<_> = (1..=n)
            .zip(&folders)
            .map(|(k, folder)| spawn(folder, Shard::new(k, n).unwrap()))
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        assert!(merged(&folders) == undisturbed, "{n} folders differ");
    }
}

#[test]
fn a_living_process_keeps_its_tag_and_a_killed_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = folder.path().join("sweep");
    let plan = plan(POINTS, CHUNK);
    let writer = Writer::create(&sweep, &plan, "1-of-2", Check::Length).unwrap();
    assert!(writer.is_locked());
    let mut refused = Command::new(std::env::current_exe().unwrap());
    let output = refused
        .args(["--exact", "kill::child", "--nocapture"])
        .env(FOLDER, &sweep)
        .env(SHARD, "1/2")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("Busy"), "{said}");
    drop(writer);

    let mut child = spawn(&sweep, Shard::new(1, 2).unwrap());
    std::thread::sleep(Duration::from_millis(30));
    child.kill().unwrap();
    child.wait().unwrap();
    Writer::create(&sweep, &plan, "1-of-2", Check::Length).unwrap();
}

/// A limit on the size of files is a full disk that needs no privileges.
#[test]
fn a_chunk_that_does_not_fit_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let sweep = folder.path().join("sweep");
    // Chunk 3 has 200 kB. With the signal ignored, the write fails instead.
    let output = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 128; exec \"$0\" --exact --nocapture kill::child",
        ])
        .arg(std::env::current_exe().unwrap())
        .env(FOLDER, &sweep)
        .env(SHARD, "1/1")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("00000003.csv") && !said.contains(".part"),
        "{said}"
    );
    assert_eq!(temporaries(&sweep), 0);
    let found = Sweep::open(&sweep, Check::Checksum).unwrap();
    let pending = found.pending(None);
    assert!(pending.contains(&3) && !pending.contains(&0));
    assert!(rows(found.plan(), 3).0.len() > 128 * 1024);
    assert!(
        spawn(&sweep, "1/1".parse().unwrap())
            .wait()
            .unwrap()
            .success()
    );
    assert!(merged(&[&sweep]) == expected(found.plan()));
}

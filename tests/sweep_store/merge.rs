//! Sweeps put together from folders; and what happens where nothing can be written.

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::made_up::{HEADER, expected, finish, merged, message, plan, rows, write};
use osmocyte::output::store::{Check, Shard, Sweep, Tally, Writer, merge, replace_file};

#[test]
fn folders_of_one_sweep_become_one_table() {
    let parent = tempfile::tempdir().unwrap();
    let plan = plan(113, 10);
    let folders: Vec<_> = (1..=3).map(|k| parent.path().join(k.to_string())).collect();
    for (k, folder) in (1..).zip(&folders) {
        let shard = Shard::new(k, 3).unwrap();
        let writer = Writer::create(folder, &plan, &shard.tag(), Check::Length).unwrap();
        for chunk in writer.pending(Some(shard)) {
            write(&writer, chunk);
        }
        // Overlap is fine.
        write(&writer, 5);
    }
    assert!(merged(&folders) == expected(&plan));
    assert!(message(merge::<&Path>(&[], &mut Vec::new(), false)).contains("no folder"));

    // A part is missing.
    let two = [&folders[0], &folders[2]];
    let said = message(merge(&two, &mut Vec::new(), false));
    assert!(
        said.contains("4 of 12 chunks (40 points) are missing"),
        "{said}"
    );
    assert!(
        said.contains("1 (points 10 to 19), 4 (points 40 to 49), 7"),
        "{said}"
    );
    let mut out = Vec::new();
    let summary = merge(&two, &mut out, true).unwrap();
    assert_eq!((summary.done, summary.points_done), (8, 73));
    let mut some = format!("{HEADER}\n").into_bytes();
    for chunk in (0..12).filter(|c| c % 3 != 1) {
        some.extend(rows(&plan, chunk).0);
    }
    assert!(out == some);

    // The same chunk, other rows.
    let writer = Writer::open(&folders[1], "2-of-3", Check::Length).unwrap();
    writer
        .write_chunk(5, b"other\n", &Tally::default())
        .unwrap();
    let said = message(merge(&folders, &mut Vec::new(), false));
    assert!(said.contains("chunk 5 has different rows in"), "{said}");
    drop(writer);

    let other = parent.path().join("other");
    finish(&other, &crate::made_up::plan(112, 10), Check::Length);
    let said = message(merge(&[&folders[0], &other], &mut Vec::new(), false));
    assert!(said.contains("`points` is 113 there, 112 here"), "{said}");
}

/// A full device, as the place of the result and as that of a manifest.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_costs_one_chunk() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(113, 10);
    let manifest = folder.path().join("manifest-all.jsonl");
    drop(Writer::create(folder.path(), &plan, "all", Check::Length).unwrap());
    fs::remove_file(&manifest).unwrap();
    std::os::unix::fs::symlink("/dev/full", &manifest).unwrap();
    let writer = Writer::create(folder.path(), &plan, "all", Check::Length).unwrap();
    let (text, tally) = rows(&plan, 0);
    let said = message(writer.write_chunk(0, &text, &tally));
    assert!(
        said.contains("manifest-all.jsonl") && said.contains("free some space"),
        "{said}"
    );
    assert_eq!(writer.pending(None).len(), 12);
    drop(writer);
    fs::remove_file(&manifest).unwrap();
    finish(folder.path(), &plan, Check::Length);

    let full = Path::new("/dev/full");
    let said = message(replace_file(full, |out| {
        merge(&[folder.path()], out, false)
    }));
    assert!(
        said.contains("cannot write `/dev/full`: No space left"),
        "{said}"
    );
    assert!(fs::symlink_metadata(full).is_ok_and(|m| !m.is_file()));
    let mut full = fs::File::options().write(true).open(full).unwrap();
    let said = message(merge(&[folder.path()], &mut full, false));
    assert!(
        said.contains("cannot write the result: No space left"),
        "{said}"
    );
    assert!(merged(&[folder.path()]) == expected(&plan));
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_can_be_merged_but_not_resumed() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let sweep = parent.path().join("sweep");
    let plan = plan(113, 10);
    finish(&sweep, &plan, Check::Length);
    let mode = |mode| {
        for path in [&sweep.join("chunks"), &sweep, parent.path()] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        for file in ["manifest-all.lock", "manifest-all.jsonl"] {
            let mode = fs::Permissions::from_mode(mode & 0o666);
            fs::set_permissions(sweep.join(file), mode).unwrap();
        }
    };
    mode(0o555);
    let open = Sweep::open(&sweep, Check::Checksum).map(|s| s.summary().done);
    let result = std::panic::catch_unwind(|| merged(&[&sweep]));
    let resumed = Writer::open(&sweep, "all", Check::Length).map(drop);
    let new_tag = Writer::open(&sweep, "new", Check::Length).map(drop);
    let created = Writer::create(parent.path().join("new"), &plan, "all", Check::Length).map(drop);
    let file = replace_file(&parent.path().join("rows.csv"), |out| {
        Ok(out.write_all(b"x")?)
    });
    mode(0o755);
    assert_eq!(open.unwrap(), 12);
    assert!(result.unwrap() == expected(&plan));
    if created.is_ok() {
        return; // Permissions do not bind this user.
    }
    for (result, name) in [
        (resumed, "sweep/manifest-all.lock"),
        (new_tag, "sweep/manifest-new.lock"),
        (created, "new"),
        (file, "rows.csv"),
    ] {
        let said = message(result);
        let parts = [
            name,
            "Permission denied",
            "; choose a folder or file that you may write to",
        ];
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
    }
}

/// Many chunks, made without the store, which would wait for the disk each time.
#[test]
#[ignore = "makes 100 000 files"]
fn many_chunks_are_quick() {
    use sha2::{Digest, Sha256};
    const N: u64 = 100_000;
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(N, 1);
    drop(Writer::create(folder.path(), &plan, "all", Check::Length).unwrap());
    let mut manifest = String::new();
    for chunk in 0..N {
        let text = format!("{chunk},1.0\n");
        fs::write(folder.path().join(format!("chunks/{chunk:08}.csv")), &text).unwrap();
        let hash: String = Sha256::digest(&text)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        let line = serde_json::json!({
            "chunk": chunk, "first": chunk, "rows": 1, "failed": 1, "bytes": text.len(),
            "sha256": hash, "plan": plan.id(), "reasons": { "step too small": 1 }, "attempt": 0,
        });
        manifest += &format!("{line}\n");
    }
    fs::write(folder.path().join("manifest-all.jsonl"), manifest).unwrap();
    let memory = || {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM"));
        peak.unwrap_or_default().to_string()
    };
    println!("before: {}", memory());
    let started = Instant::now();
    let writer = Writer::open(folder.path(), "all", Check::Length).unwrap();
    assert!(writer.pending(None).is_empty());
    println!("open: {:?}, {}", started.elapsed(), memory());
    let started = Instant::now();
    let rows = folder.path().join("rows.csv");
    let summary = replace_file(&rows, |out| merge(&[folder.path()], out, false)).unwrap();
    assert_eq!((summary.done, summary.rows), (N, N));
    println!("merge: {:?}, {}", started.elapsed(), memory());
}

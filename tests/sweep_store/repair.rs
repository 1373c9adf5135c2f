//! The store of a sweep: what it counts and what it repairs.

use std::fs::{self, File};
use std::path::Path;

use crate::made_up::{
    HEADER, expected, finish, finished, merged, message, pending, plan, rows, temporaries, write,
};
use osmocyte::output::store::{Check, Plan, Shard, StoreError, Sweep, Tally, Writer, merge};
use serde_json::json;

fn manifest(folder: &Path) -> String {
    fs::read_to_string(folder.join("manifest-all.jsonl")).unwrap()
}

#[test]
fn chunks_and_shards() {
    let plan = plan(113, 10);
    assert_eq!((plan.chunks(), plan.points_of(11)), (12, 110..113));
    assert!(plan.points_of(12).is_empty());
    let folder = tempfile::tempdir().unwrap();
    let writer = Writer::create(folder.path(), &plan, "all", Check::Length).unwrap();
    assert_eq!(writer.pending(None), (0..12).collect::<Vec<_>>());
    let third = Shard::new(3, 5).unwrap();
    assert_eq!(writer.pending(Some(third)), [2, 7]);
    assert_eq!(
        (third.tag(), third.to_string()),
        ("3-of-5".into(), "3/5".into())
    );
    assert_eq!("3/5".parse::<Shard>().unwrap(), third);
    for bad in ["0/3", "4/3", "1/0", "3", "a/b", "1/2/3", "-1/2"] {
        assert!(bad.parse::<Shard>().is_err(), "{bad}");
    }
    for bad in ["", "a/b", "..", "é", "a.b"] {
        assert!(Writer::open(folder.path(), bad, Check::Length).is_err());
    }
    assert!(message(writer.write_chunk(12, b"", &Tally::default())).contains("no chunk 12"));
    assert!(message(writer.write_chunk(0, b"1,2", &Tally::default())).contains("line feed"));
    assert!(Plan::new(json!({}), 1, 0, "").is_err());
}

#[test]
fn a_sweep_without_points_is_its_header() {
    let folder = tempfile::tempdir().unwrap();
    finish(folder.path(), &plan(0, 10), Check::Length);
    assert_eq!(merged(&[folder.path()]), format!("{HEADER}\n").into_bytes());
}

#[test]
fn the_order_of_writing_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(113, 10);
    let writer = Writer::create(folder.path(), &plan, "all", Check::Length).unwrap();
    for chunk in (0..12).rev() {
        write(&writer, chunk);
    }
    // Twice, by another process, is fine.
    let other = Writer::create(folder.path(), &plan, "other", Check::Length).unwrap();
    write(&other, 5);
    write(&writer, 5);
    assert!(merged(&[folder.path()]) == expected(&plan));
    assert!(pending(folder.path(), Check::Checksum).is_empty());
}

#[test]
fn summary_counts() {
    let (folder, plan) = finished();
    let summary = Sweep::open(folder.path(), Check::Length).unwrap().summary();
    assert_eq!((summary.done, summary.chunks, summary.damaged), (12, 12, 0));
    assert_eq!(
        (summary.points_done, summary.points, summary.rows),
        (113, 113, 113)
    );
    let header = HEADER.len() as u64 + 1;
    assert_eq!(summary.bytes + header, expected(&plan).len() as u64);
    let counts: Vec<u64> = summary.reasons.iter().map(|(_, n)| *n).collect();
    assert_eq!(counts.iter().sum::<u64>(), summary.failed);
    assert!(counts.len() == 2 && counts[0] >= counts[1]);
}

#[test]
fn garbage_in_the_manifest_costs_only_its_chunks() {
    let (folder, plan) = finished();
    let whole = manifest(folder.path());
    let path = folder.path().join("manifest-all.jsonl");
    // Torn at every length of the last line.
    let last = whole.trim_end().rfind('\n').unwrap() + 1;
    for end in (last..whole.len())
        .step_by(7)
        .chain([whole.len() - 2, whole.len() - 1])
    {
        fs::write(&path, &whole[..end]).unwrap();
        // Without its end only, it is whole.
        let lost = if end == whole.len() - 1 {
            vec![]
        } else {
            vec![11]
        };
        assert_eq!(pending(folder.path(), Check::Length), lost, "{end}");
        finish(folder.path(), &plan, Check::Length);
        assert!(pending(folder.path(), Check::Checksum).is_empty());
        assert!(merged(&[folder.path()]) == expected(&plan));
    }
    let third = whole.lines().nth(3).unwrap();
    let cases: [Vec<u8>; 6] = [
        vec![0; 5000],
        vec![0xff; 70],
        b"\n\n[]\nnull\n7\n\"x\"\n{}\n".to_vec(),
        third.replace("\"first\":30", "\"first\":31").into_bytes(),
        third.replace(plan.id(), "0000").into_bytes(),
        third
            .replace("\"chunk\":3", "\"chunk\":3000000")
            .into_bytes(),
    ];
    for garbage in cases {
        let text = whole.replace(third, "");
        fs::write(&path, [text.as_bytes(), b"\n", &garbage].concat()).unwrap();
        assert_eq!(pending(folder.path(), Check::Length), [3]);
        finish(folder.path(), &plan, Check::Length);
        assert!(pending(folder.path(), Check::Checksum).is_empty());
        assert!(merged(&[folder.path()]) == expected(&plan));
    }
}

#[test]
fn a_kill_between_any_two_steps_costs_one_chunk() {
    let (folder, plan) = finished();
    let chunk = folder.path().join("chunks/00000004.csv");
    let text = fs::read(&chunk).unwrap();
    let whole = manifest(folder.path());
    let line = whole.lines().nth(4).unwrap().to_string() + "\n";
    let manifest_path = folder.path().join("manifest-all.jsonl");

    // The temporary file is there, in part; not the chunk.
    fs::write(&manifest_path, whole.replace(&line, "")).unwrap();
    fs::remove_file(&chunk).unwrap();
    fs::write(
        folder.path().join("chunks/.osmocyte-sweep-abc.part"),
        &text[..9],
    )
    .unwrap();
    assert_eq!(pending(folder.path(), Check::Length), [4]);
    finish(folder.path(), &plan, Check::Length);
    assert_eq!(temporaries(folder.path()), 0);
    assert!(merged(&[folder.path()]) == expected(&plan));

    // The chunk without its line.
    fs::write(&manifest_path, whole.replace(&line, "")).unwrap();
    assert_eq!(pending(folder.path(), Check::Checksum), [4]);
    let sweep = Sweep::open(folder.path(), Check::Length).unwrap();
    assert_eq!(sweep.summary().damaged, 0);
    assert_eq!(sweep.read_chunk(4).unwrap(), None);

    // The line without its chunk, or with a part of it: no kill does that, but a broken disk.
    fs::write(&manifest_path, &whole).unwrap();
    for part in [None, Some(&text[..text.len() - 1])] {
        fs::remove_file(&chunk).unwrap();
        if let Some(part) = part {
            fs::write(&chunk, part).unwrap();
        }
        let sweep = Sweep::open(folder.path(), Check::Length).unwrap();
        assert_eq!((sweep.pending(None), sweep.summary().damaged), (vec![4], 1));
        finish(folder.path(), &plan, Check::Length);
        assert!(merged(&[folder.path()]) == expected(&plan));
    }

    // The folder without a plan, killed at the beginning.
    let fresh = tempfile::tempdir().unwrap();
    fs::write(fresh.path().join(".osmocyte-sweep-xyz.part"), "{").unwrap();
    finish(fresh.path(), &plan, Check::Length);
    assert_eq!(temporaries(fresh.path()), 0);
}

#[test]
fn changed_bytes_are_found() {
    let (folder, plan) = finished();
    let chunk = folder.path().join("chunks/00000002.csv");
    let mut text = fs::read(&chunk).unwrap();
    text[0] ^= 1;
    fs::write(&chunk, &text).unwrap();
    assert!(pending(folder.path(), Check::Length).is_empty());
    assert_eq!(pending(folder.path(), Check::Checksum), [2]);
    let said = message(merge(&[folder.path()], &mut Vec::new(), true));
    assert!(
        said.contains("chunk 2 was damaged") && said.contains("00000002.csv"),
        "{said}"
    );
    let sweep = Sweep::open(folder.path(), Check::Length).unwrap();
    assert!(matches!(
        sweep.read_chunk(2),
        Err(StoreError::Corrupt { chunk: 2, .. })
    ));
    let writer = Writer::open(folder.path(), "all", Check::Checksum).unwrap();
    assert_eq!(writer.summary().damaged, 1);
    write(&writer, 2);
    assert_eq!(
        (writer.summary().damaged, writer.pending(None)),
        (0, vec![])
    );
    assert!(merged(&[folder.path()]) == expected(&plan));
}

#[test]
fn temporary_files_of_the_living_stay() {
    let (folder, plan) = finished();
    let living = folder.path().join("chunks/.osmocyte-sweep-living.part");
    let file = File::create(&living).unwrap();
    file.lock().unwrap();
    fs::write(folder.path().join(".osmocyte-sweep-dead.part"), "x").unwrap();
    finish(folder.path(), &plan, Check::Length);
    assert!(living.exists());
    assert_eq!(temporaries(folder.path()), 1);
    file.unlock().unwrap();
    finish(folder.path(), &plan, Check::Length);
    assert_eq!(temporaries(folder.path()), 0);
}

#[test]
fn failed_chunks_are_forgotten_but_readable() {
    let (folder, plan) = finished();
    let failed: Vec<u64> = (0..12).filter(|c| rows(&plan, *c).1.failed > 0).collect();
    assert!(!failed.is_empty() && failed.len() < 12);
    // By a process that did not write them.
    let writer = Writer::open(folder.path(), "retry", Check::Length).unwrap();
    let of_two: Vec<u64> = failed.iter().copied().filter(|c| c % 2 == 0).collect();
    assert_eq!(writer.forget_failed("1/2".parse().ok()).unwrap(), of_two);
    assert_eq!(writer.pending(None), of_two);
    writer.forget_failed(None).unwrap();
    assert_eq!(writer.pending(None), failed);
    assert_eq!(writer.summary().failed, 0);
    let (first, second) = (failed[0], failed[1]);
    assert_eq!(
        writer.read_chunk(first).unwrap().unwrap(),
        rows(&plan, first).0
    );
    drop(writer);

    // As a later process, and one with the tag of the first, see it.
    assert_eq!(pending(folder.path(), Check::Checksum), failed);
    let writer = Writer::open(folder.path(), "all", Check::Length).unwrap();
    assert_eq!(
        writer.read_chunk(second).unwrap().unwrap(),
        rows(&plan, second).0
    );
    let better = Tally {
        rows: 10,
        ..Tally::default()
    };
    writer.write_chunk(first, b"better\n", &better).unwrap();
    // Fails again, alike: the same bytes as those that were forgotten.
    write(&writer, second);
    assert_eq!(pending(folder.path(), Check::Checksum), failed[2..]);
    assert_eq!(writer.read_chunk(first).unwrap().unwrap(), b"better\n");

    // New rows whose line is missing: neither new nor old can be trusted.
    let file = folder.path().join(format!("chunks/{:08}.csv", failed[2]));
    fs::write(&file, "new\n").unwrap();
    assert_eq!(writer.read_chunk(failed[2]).unwrap(), None);
    drop(writer);
    let writer = Writer::open(folder.path(), "all", Check::Length).unwrap();
    assert_eq!(writer.read_chunk(failed[2]).unwrap(), None);
    assert_eq!(writer.forget_failed(None).unwrap(), [second]);
    write(&writer, second);
    drop(writer);
    finish(folder.path(), &plan, Check::Checksum);
    let sweep = Sweep::open(folder.path(), Check::Checksum).unwrap();
    assert_eq!((sweep.pending(None), sweep.summary().damaged), (vec![], 0));
}

//! What the store refuses, and what it says then.

use std::fs;

use crate::made_up::{HEADER, finished, message, plan, temporaries};
use osmocyte::output::store::{Check, Plan, StoreError, Sweep, Writer, replace_file};
use serde_json::json;

#[test]
fn another_plan_is_refused_and_the_difference_named() {
    let (folder, plan) = finished();
    let create = |inputs, points, header: &str| {
        let other = Plan::new(inputs, points, 10, header).unwrap();
        message(Writer::create(folder.path(), &other, "all", Check::Length))
    };
    let mut inputs = plan.inputs().clone();
    inputs["tolerances"]["relative"] = json!(1e-6);
    inputs["new"] = json!(true);
    let said = create(inputs, 113, HEADER);
    assert!(
        said.contains("`tolerances.relative` is 1e-7 there, 1e-6 here"),
        "{said}"
    );
    assert!(said.contains("`new` is absent there, true here"), "{said}");
    let said = create(plan.inputs().clone(), 114, "point,other");
    assert!(said.contains("`points` is 113 there, 114 here"), "{said}");
    assert!(said.contains("`header` is \"point,value\" there"), "{said}");

    // The order of keys is no difference.
    let mut turned = plan.inputs().as_object().unwrap().clone();
    let seed = turned.shift_remove("seed").unwrap();
    turned.insert("seed".into(), seed);
    let same = Plan::new(turned.into(), 113, 10, HEADER).unwrap();
    assert_eq!(same.id(), plan.id());

    // Nor is what reading does to numbers: the id is that of the text.
    let read = Sweep::open(folder.path(), Check::Length).unwrap();
    assert_eq!(read.plan().id(), plan.id());
    Writer::create(folder.path(), read.plan(), "all", Check::Length).unwrap();
    drop(Writer::open(folder.path(), "all", Check::Length).unwrap());

    let text = fs::read_to_string(folder.path().join("plan.json")).unwrap();
    fs::write(folder.path().join("plan.json"), text.clone() + " ").unwrap();
    let said = create(plan.inputs().clone(), 113, HEADER);
    assert!(said.contains("plan.json was edited"), "{said}");
    for bad in [
        "",
        "{",
        "\u{0}\u{0}",
        &text.replace("\"layout\": 1", "\"layout\": 2"),
    ] {
        fs::write(folder.path().join("plan.json"), bad).unwrap();
        let said = create(plan.inputs().clone(), 113, HEADER);
        assert!(said.contains("cannot understand the plan"), "{said}");
    }
}

#[test]
fn processes_that_begin_at_once_agree_on_one_plan() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let sweep = folder.path().join("a/b");
        let plans = [plan(10, 1), plan(11, 1)];
        let winners: Vec<bool> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|i| {
                    let (sweep, plan) = (&sweep, &plans[i % 2]);
                    scope.spawn(move || {
                        Writer::create(sweep, plan, &i.to_string(), Check::Length).map(drop)
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|t| match t.join().unwrap() {
                    Ok(()) => true,
                    Err(StoreError::OtherPlan { .. }) => false,
                    Err(e) => panic!("{e}"),
                })
                .collect()
        });
        let won = |first: usize| {
            winners
                .iter()
                .skip(first)
                .step_by(2)
                .filter(|w| **w)
                .count()
        };
        assert!([(4, 0), (0, 4)].contains(&(won(0), won(1))), "{winners:?}");
        assert_eq!(temporaries(&sweep), 0);
    }
}

#[test]
fn a_folder_of_something_else_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.tex"), "x").unwrap();
    let said = message(Writer::create(
        folder.path(),
        &plan(9, 1),
        "all",
        Check::Length,
    ));
    assert!(
        said.contains("not empty") && said.contains("thesis.tex"),
        "{said}"
    );
    assert!(message(Sweep::open(folder.path(), Check::Length)).contains("there is no sweep"));
    assert!(message(Writer::open(folder.path(), "all", Check::Length)).contains("no sweep"));
    assert!(message(Sweep::open("/nowhere/at/all", Check::Length)).contains("no sweep"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    fs::rename(
        folder.path().join("thesis.tex"),
        folder.path().join("plan.json"),
    )
    .unwrap();
    fs::write(folder.path().join("plan.json"), "{\"plan\": 1}").unwrap();
    let said = message(Writer::create(
        folder.path(),
        &plan(9, 1),
        "all",
        Check::Length,
    ));
    assert!(said.contains("not empty"), "{said}");
    let file = folder.path().join("plan.json");
    let said = message(Writer::create(&file, &plan(9, 1), "all", Check::Length));
    assert!(said.contains("not a folder"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn one_writer_for_each_tag() {
    let folder = tempfile::tempdir().unwrap();
    let create = |tag| Writer::create(folder.path(), &plan(9, 1), tag, Check::Length);
    let one = create("all").unwrap();
    let said = message(create("all"));
    assert!(
        said.contains("another process works on the part `all`"),
        "{said}"
    );
    create("1-of-2").unwrap();
    drop(one);
    create("all").unwrap();
}

#[test]
fn replaced_files_are_whole_or_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    replace_file(&file, |out| Ok(out.write_all(b"old\n")?)).unwrap();
    let said = message(replace_file(&file, |out| -> Result<(), StoreError> {
        out.write_all(&[b'x'; 100_000])?;
        Err(std::io::Error::from(std::io::ErrorKind::StorageFull).into())
    }));
    assert!(
        said.contains("rows.csv") && said.contains("free some space"),
        "{said}"
    );
    assert_eq!(fs::read(&file).unwrap(), b"old\n");
    fs::write(folder.path().join(".osmocyte-sweep-dead.part"), "x").unwrap();
    let n = replace_file(&file, |out| Ok(out.write(b"new\n")?)).unwrap();
    assert_eq!((n, fs::read(&file).unwrap()), (4, b"new\n".to_vec()));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(message(replace_file(folder.path(), |_| Ok(()))).contains("this is a folder"));
    let said = message(replace_file(&folder.path().join("no/x"), |_| Ok(())));
    assert!(said.contains("create the folder first"), "{said}");
}

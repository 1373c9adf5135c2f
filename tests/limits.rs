//! Sizes and numbers beyond what anybody means end with a message or a result: no panic, no hang, no stack that runs
//! over. What fuzzing found has its test here.

use osmocyte::trajectory::Status;
use osmocyte::{RunOptions, Simulation};

const DECAY: &str = "[parameters]\nk = \"2 1/s\"\n[state.x]\ninitial = 3\nrate = \"-k * x\"\n[experiment]\nduration = \"1 s\"\n";

/// The first line of the message, or how the run ended.
fn fate(text: &str) -> String {
    let options = RunOptions {
        max_steps: Some(200),
        points: Some(5),
        ..RunOptions::default()
    };
    let run = Simulation::from_text("limits", text).and_then(|s| s.run(&options));
    match run {
        Err(error) => error.to_string().lines().next().unwrap_or("").to_string(),
        Ok(run) => match run.trajectory.status {
            Status::Failed(reason) => reason,
            status => format!("{status:?}"),
        },
    }
}

fn with(addition: &str) -> String {
    format!("{DECAY}{addition}")
}

#[test]
fn a_word_without_quotes_with_a_wide_character_is_refused() {
    assert_eq!(
        fate("[state.x]\nrate =\u{fffd} \"1\"\n"),
        "error: not valid TOML: string values must be quoted, expected literal string"
    );
}

#[test]
fn a_range_over_a_quantity_is_refused() {
    assert_eq!(
        fate(&with(
            "[let]\na = { value = \"i\", each = \"i in 1..k\" }\nb = { value = \"i\", each = \"i in 1..a\" }\n"
        )),
        "error: `k` counts copies and must be a whole number"
    );
}

#[test]
fn deep_nesting_is_refused() {
    let n = 100_000;
    for (text, levels) in [
        (format!("{}x{}", "(".repeat(n), ")".repeat(n)), 64),
        (format!("{}x", "-".repeat(n)), 64),
        (format!("x{}", " + x".repeat(n)), 256),
        (format!("2{}", "^x".repeat(n)), 64),
        (format!("{}x{}", "sin(".repeat(n), ")".repeat(n)), 64),
    ] {
        let deep = format!("error: this expression has more than {levels} levels");
        assert_eq!(fate(&with(&format!("[let]\na = \"{text}\"\n"))), deep);
    }
    for text in [
        format!("x = {}{}\n", "[".repeat(n), "]".repeat(n)),
        format!("x = {}1{}\n", "{a=".repeat(n), "}".repeat(n)),
        format!("{}x = 1\n", "a.".repeat(n)),
    ] {
        assert!(
            fate(&text).starts_with("error: not valid TOML"),
            "{}",
            fate(&text)
        );
    }
}

#[test]
fn long_chains_and_circles_of_names() {
    let links = |first: &str| -> String {
        let rest: String = (1..5000)
            .rev()
            .map(|i| format!("a{i} = \"a{} + 1\"\n", i - 1))
            .collect();
        with(&format!("[let]\n{rest}a0 = \"{first}\"\n"))
    };
    assert_eq!(fate(&links("x")), "Complete");
    let circle = fate(&links("a4999"));
    assert!(
        circle.contains("depends on itself") && circle.len() < 200,
        "{circle}"
    );
}

/// One pass over the graph for each of them took minutes.
#[test]
fn large_families() {
    assert_eq!(
        fate(&with(
            "[let]\na = { value = \"i * x\", each = \"i in 1..50000\" }\n"
        )),
        "Complete"
    );
    assert_eq!(
        fate(&with(
            "[let]\na = { value = \"i\", each = \"i in 1..1000001\" }\n"
        )),
        "error: more than 100000 copies"
    );
    assert_eq!(
        fate(&with(
            "[let]\na = \"sum(sum(x, i in 1..1000), j in 1..1000000)\"\n"
        )),
        "error: the sums have more than 1000000 terms"
    );
    assert_eq!(
        fate(&with(
            "[let]\na = \"sum(sum(1, j in 2..1), i in 1..1000000000000)\"\n"
        )),
        "error: the sums have more than 1000000 terms"
    );
}

#[test]
fn huge_and_tiny_numbers() {
    assert_eq!(
        fate(&DECAY.replace("= 3", "= \"1e400\"")),
        "error: this number is too large"
    );
    assert_eq!(
        fate(&DECAY.replace("= 3", "= \"1e308 m^3\"")),
        "error: `x` is inf at the start"
    );
    assert_eq!(
        fate(&DECAY.replace("\"2 1/s\"", "\"1e308 1/s\"")),
        "the rate of `x` is not finite at t = 0 s"
    );
    assert_eq!(fate(&DECAY.replace("\"1 s\"", "\"5e-324 s\"")), "Complete");
    assert!(
        fate(&DECAY.replace("\"1 s\"", "\"1e300 s\"")).starts_with("200 steps did not suffice")
    );
    assert!(
        fate(&with(
            "steps = [\"from 0 s every 1e-6 s for 5e-7 s, 1000000 times: k = 3 1/s\"]\n"
        ))
        .starts_with("200 steps did not suffice")
    );
    assert_eq!(
        fate(&with("points = 10000001\n")),
        "error: points must be from 2 to 10000000"
    );
}

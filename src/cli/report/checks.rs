//! The checks of the model with their outcomes.

use super::Story;
use super::page::mark;
use super::results::section;
use crate::cli::check::Checked;
use crate::output::report::{Section, Table, Text};

pub(super) fn checks(story: &Story) -> Section {
    let table = Table {
        caption: String::new(),
        columns: vec!["Check", "Result", "Found", "Expected", "Expected by"],
        rows: story.checks.iter().map(row).collect(),
    };
    let words = "They hold for the model as it is in its file; each says what it sets. An error is \
                 relative to the expected value, absolute where that is 0.";
    section("checks", "Checks", words, table)
}

fn row(check: &Checked) -> Vec<Text> {
    let with = match check.with.as_str() {
        "" => Text::default(),
        with => Text::from("with ").and(Text::code(with)),
    };
    let claim = Text::code(&check.what).below(with);
    let name = match check.id.as_str() {
        "" => claim,
        id => Text::from(id).below(claim),
    };
    let result = mark(check.passed, if check.passed { "passed" } else { "FAILED" });
    let reason = match check.reason.as_str() {
        "" => String::new(),
        reason => format!("the run failed: {reason}"),
    };
    let error = format!("error {}", check.error_text());
    let allowed = format!("± {}", check.allowed_text());
    vec![
        name,
        result,
        Text::from(check.found_text()).below(error).below(reason),
        Text::from(check.expected_text()).below(allowed),
        Text::from(check.why.as_str()),
    ]
}

//! How the run was computed: what is on its card.

use super::Story;
use crate::cli::digits::{duration, number, plural};
use crate::cli::origin::{TOOL, VERSION, command, sha256};
use crate::cli::run::{summary, verified};
use crate::output::card::rfc3339_utc;
use crate::output::report::{Block, Section, Table, Text};
use crate::study::{method_name, reason};

pub(super) fn how(story: &Story) -> Section {
    let (done, run) = (&story.done, &story.done.run);
    let c = &run.counters;
    let mut work = vec![
        format!("{}, {} rejected", plural(c.accepted, "step"), c.rejected),
        plural(c.rhs, "right-hand side"),
    ];
    let more = [
        (c.jacobians, "Jacobian"),
        (c.factorisations, "factorisation"),
        (c.events, "event evaluation"),
        (c.restarts, "restart"),
    ];
    work.extend(
        (more.iter())
            .filter(|(n, _)| *n > 0)
            .map(|(n, word)| plural(*n, word)),
    );
    let fact = |name: &str, text: Text| (name.to_string(), text);
    let facts = vec![
        fact("Command", Text::code(&command_line(&command()))),
        fact("Program", format!("{TOOL} {VERSION}").into()),
        fact("Model", Text::code(&done.found.full_name())),
        fact(
            "SHA-256 of its text",
            Text::code(&sha256(done.found.text())),
        ),
        fact("Begun", rfc3339_utc(done.started).into()),
        fact("Took", duration(done.elapsed).into()),
        fact("Method", summary::methods(done).into()),
        fact("Relative tolerance", number(run.rtol, 3).into()),
        fact(
            "Absolute tolerance",
            format!("{} of the scale of each state", number(run.atol, 3)).into(),
        ),
        fact("Work", work.join(", ").into()),
        fact("End", summary::status(done).into()),
    ];
    let mut blocks = vec![Block::Facts(facts)];
    blocks.extend(choices(story));
    if !done.warnings.is_empty() {
        let warnings = done.warnings.iter().map(|w| Text::from(w.as_str()));
        blocks.push(Block::List(warnings.collect()));
    }
    Section {
        parts: vec![verification(story)],
        ..Section::new("how", "How it was computed", blocks)
    }
}

/// What `auto` chose, and why.
fn choices(story: &Story) -> Option<Block> {
    let unit = &story.done.simulation.system().time_unit;
    let rows = story.done.run.choices.iter().map(|c| {
        let from = number(unit.from_internal(c.t), 3);
        vec![
            Text::from(format!("from {from} {}", unit.text())),
            Text::code(method_name(c.method)),
            Text::from(reason(&c.why)),
        ]
    });
    let rows: Vec<Vec<Text>> = rows.collect();
    (!rows.is_empty()).then(|| {
        Block::Table(Table {
            caption: "Methods that were chosen on the way".to_string(),
            columns: vec!["Time", "Method", "Why"],
            rows,
        })
    })
}

fn verification(story: &Story) -> Section {
    let Some((found, elapsed)) = &story.done.verification else {
        return Section::default();
    };
    let lines = verified::rows(found, *elapsed).into_iter().flatten();
    let mut blocks = vec![Block::List(lines.map(Text::from).collect())];
    let time = &story.done.run.trajectory.time.unit;
    let rows = verified::errors(found, time).into_iter().map(|row| {
        let mut cells = row.into_iter();
        let name = Text::code(&cells.next().unwrap_or_default());
        let mut out = vec![name];
        out.extend(cells.map(Text::from));
        out
    });
    let rows: Vec<Vec<Text>> = rows.collect();
    if !rows.is_empty() {
        blocks.push(Block::Table(Table {
            caption: "Largest errors".to_string(),
            columns: vec!["Column", "Error", "Relative", "Where"],
            rows,
        }));
    }
    Section::new("verification", "Compared with a second solve", blocks)
}

/// The words of a command as a shell would read them again; the program by its name.
fn command_line(words: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=@:+,%".contains(c);
    let shown = |(i, word): (usize, &String)| match word {
        _ if i == 0 => TOOL.to_string(),
        word if !word.is_empty() && word.chars().all(plain) => word.clone(),
        word => format!("'{}'", word.replace('\'', r"'\''")),
    };
    let words: Vec<String> = words.iter().enumerate().map(shown).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_typed_again() {
        let words = [
            "/a/b/osmocyte",
            "report",
            "x.toml",
            "--set",
            "a=2 mM",
            "-o",
            "it's",
        ];
        let words = words.map(String::from);
        assert_eq!(
            command_line(&words),
            r"osmocyte report x.toml --set 'a=2 mM' -o 'it'\''s'"
        );
    }
}

//! What the run gave: outcomes, events, ledger.

use super::Story;
use super::page::mark;
use crate::cli::run::summary;
use crate::output::report::{Block, Section, Table, Text};
use crate::study::sheet::Sheet;

pub(super) fn outcomes(story: &Story) -> Section {
    let verified = story.done.verification.is_some();
    let rows = summary::outcomes(&story.done).into_iter().map(|row| {
        let mut cells = row.into_iter();
        let name = cells.next().unwrap_or_default();
        let mut out = vec![Text::code(&name)];
        out.extend(cells.map(Text::from));
        out
    });
    let columns: &[&str] = match verified {
        true => &["Outcome", "Value", "Error", "About"],
        false => &["Outcome", "Value", "About"],
    };
    let table = Table {
        caption: String::new(),
        columns: columns.to_vec(),
        rows: rows.collect(),
    };
    section("outcomes", "Outcomes", "", table)
}

/// What happened, and what could have.
pub(super) fn events(story: &Story, sheet: &Sheet) -> Section {
    let verified = story.done.verification.is_some();
    let about = |name: &str| {
        let of_copy = name.split_once('[').map_or(name, |(before, _)| before);
        let event = sheet.events.iter().find(|e| e.name == of_copy);
        event.map(|e| e.about.clone()).unwrap_or_default()
    };
    let happened = summary::events(&story.done);
    let is_known = |name: &str| {
        (happened.iter().filter_map(|row| row.first()))
            .any(|n| n == name || n.starts_with(&format!("{name}[")))
    };
    let others = sheet.events.iter().filter(|e| !is_known(&e.name));
    let others = others.map(|e| {
        let mut row = vec![e.name.clone(), "did not happen".to_string()];
        row.resize(if verified { 4 } else { 3 }, String::new());
        row
    });
    let rows = happened.iter().cloned().chain(others).map(|row| {
        let about = about(row.first().map_or("", String::as_str));
        let mut cells = row.into_iter();
        let mut out = vec![Text::code(&cells.next().unwrap_or_default())];
        out.extend(cells.map(Text::from));
        // What an event did stands behind what it is.
        let did = out.pop().unwrap_or_default();
        out.push(Text::from(about).below(did));
        out
    });
    let columns: &[&str] = match verified {
        true => &["Event", "Time", "Error", "About"],
        false => &["Event", "Time", "About"],
    };
    let table = Table {
        caption: String::new(),
        columns: columns.to_vec(),
        rows: rows.collect(),
    };
    section("events", "Events", "", table)
}

/// Conserved sums with what they lost.
pub(super) fn ledger(story: &Story, sheet: &Sheet) -> Section {
    let lines = &story.done.run.trajectory.ledger;
    let rows = summary::ledger(&story.done).into_iter().zip(lines);
    let rows = rows.map(|(row, line)| {
        let sum = sheet.conserved.iter().find(|(name, _)| *name == line.name);
        let mut cells = row.into_iter();
        let name = Text::code(&cells.next().unwrap_or_default());
        let verdict = mark(line.holds(), &cells.next().unwrap_or_default());
        let residual = Text::from(cells.next().unwrap_or_default());
        vec![
            name,
            verdict,
            residual,
            Text::code(sum.map_or("", |(_, sum)| sum)),
        ]
    });
    let table = Table {
        caption: String::new(),
        columns: vec!["Sum", "Verdict", "Residual", "Definition"],
        rows: rows.collect(),
    };
    let words = "Sums that must not change during the run. A residual is the largest change, \
                 relative to the size of the terms of the sum.";
    section("ledger", "Ledger", words, table)
}

/// A section with a table; an empty one if the table has no rows.
pub(in crate::cli) fn section(id: &str, heading: &str, words: &str, table: Table) -> Section {
    let mut blocks = Vec::new();
    if !table.rows.is_empty() {
        if !words.is_empty() {
            blocks.push(Block::Paragraph(words.into()));
        }
        blocks.push(Block::Table(table));
    }
    Section::new(id, heading, blocks)
}

//! Models and topics as aligned text.

use crate::cli::table::{align, pad, width};
use crate::cli::terminal::{Style, Terminal};
use crate::model::{Catalogue, Group, Topic};

pub(super) fn models(found: &Catalogue, terminal: &Terminal) -> String {
    let mut groups: Vec<Option<Group>> = found.models.iter().map(|m| m.group).collect();
    groups.dedup();
    let longest = found
        .models
        .iter()
        .map(|m| width(m.name))
        .max()
        .unwrap_or(0);
    let sections = groups.into_iter().map(|group| {
        let own = found.models.iter().filter(|m| m.group == group);
        let rows: Vec<Vec<String>> = own
            .map(|m| vec![pad(m.name, longest), m.title.clone()])
            .collect();
        format!(
            "{}\n{}",
            terminal.paint(Style::Bold, heading(group)),
            align(&rows, 2, terminal.width)
        )
    });
    sections.collect::<Vec<_>>().join("\n")
}

pub(super) fn topics(topics: &[Topic], terminal: &Terminal) -> String {
    let rows: Vec<Vec<String>> = topics
        .iter()
        .map(|t| vec![t.phrase.clone(), t.models.join(", ")])
        .collect();
    align(&rows, 0, terminal.width)
}

fn heading(group: Option<Group>) -> &'static str {
    match group {
        None => "Other models",
        Some(Group::Osmosis) => "Osmosis",
        Some(Group::PlantWater) => "Plant water",
        Some(Group::Exocytosis) => "Exocytosis",
        Some(Group::Endocytosis) => "Endocytosis",
        Some(Group::Coupled) => "Water and membrane coupled",
        Some(Group::Bench) => "Benchmark problems",
        Some(Group::Reference) => "Reference problems",
    }
}

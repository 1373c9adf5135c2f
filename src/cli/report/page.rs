//! The whole page.

use super::{Story, checks, how, model, parameters, results, tally};
use crate::cli::digits::plural;
use crate::cli::origin::{TOOL, VERSION};
use crate::cli::run::summary;
use crate::output::report::{Block, Inline, Report, Section, Text, Verdict};
use crate::study::sheet::Sheet;
use crate::trajectory::{LedgerLine, Status};

pub(super) fn page(story: &Story) -> Report {
    let done = &story.done;
    let simulation = done.simulation;
    let sheet = Sheet::new(simulation, &done.found.full_name(), done.found.group);
    let file = Sheet::new(story.file, &done.found.name, done.found.group);
    let pictures = story.pictures.iter().cloned().map(Block::Picture);
    let saved = done.run.trajectory.time.values.len();
    let mut about = Vec::new();
    if let Status::Failed(reason) = &done.run.trajectory.status {
        let text = Text::from("The run failed, and what follows holds only as far as it came: ");
        about.push(Block::Alarm(text.and(reason.as_str())));
    }
    about.extend(model::about(&sheet));
    Report {
        title: done.title(),
        kind: "Report of a run".to_string(),
        lead: lead(story),
        verdicts: verdicts(story),
        about,
        sections: vec![
            results::outcomes(story),
            Section::new("figures", "Figures", pictures.collect()),
            results::events(story, &sheet),
            model::experiment(&sheet, &format!("{saved} times were saved")),
            parameters::of_run(story, &sheet, &file),
            model::equations(&sheet),
            results::ledger(story, &sheet),
            checks::checks(story),
            how::how(story),
        ],
        generator: format!("{TOOL} {VERSION}"),
    }
}

/// Which model, and what was set.
fn lead(story: &Story) -> Text {
    let found = &story.done.found;
    let mut text = Text::from("Model ").and(Text::code(&found.name));
    if let Some(variant) = &found.variant {
        let variants = &story.file.model().variants;
        let about = variants.iter().find(|v| &v.name == variant);
        text = text.and(", variant ").and(Text::code(variant));
        if let Some(about) = about.map(|v| v.about.as_str()).filter(|a| !a.is_empty()) {
            text = text.and(format!(": {about}"));
        }
    }
    for (i, (name, value)) in story.settings.iter().enumerate() {
        text = text
            .and(if i == 0 { "; with " } else { ", " })
            .and(Text::code(&format!("{name} = {value}")));
    }
    text
}

fn verdicts(story: &Story) -> Vec<Verdict> {
    let trajectory = &story.done.run.trajectory;
    let mut verdicts = vec![Verdict {
        good: !matches!(trajectory.status, Status::Failed(_)),
        text: format!("Run {}", summary::status(&story.done)),
    }];
    let ledger = &trajectory.ledger;
    if !ledger.is_empty() {
        let leaks = ledger.iter().filter(|line| !line.holds()).count();
        verdicts.push(Verdict {
            good: ledger.iter().all(LedgerLine::holds),
            text: match leaks {
                0 => format!("{} conserved", plural(ledger.len() as u64, "sum")),
                n => format!("{n} of {} leak", plural(ledger.len() as u64, "sum")),
            },
        });
    }
    if let Some((found, _)) = &story.done.verification {
        let good = found.is_verified();
        let text = if good { "Verified" } else { "NOT VERIFIED" };
        let text = text.to_string();
        verdicts.push(Verdict { good, text });
    }
    if !story.checks.is_empty() {
        verdicts.push(Verdict {
            good: story.checks.iter().all(|c| c.passed),
            text: tally(&story.checks),
        });
    }
    verdicts
}

/// A mark for what went well or did not.
pub(super) fn mark(good: bool, text: &str) -> Text {
    match good {
        true => Inline::Good(text.to_string()).into(),
        false => Inline::Bad(text.to_string()).into(),
    }
}

//! A model as Markdown.

use crate::expr::print::to_text;
use crate::study::sheet::equations::rate_unit;
use crate::study::sheet::words::indexed;
use crate::study::sheet::{Sheet, terms};

pub(super) fn markdown(sheet: &Sheet) -> String {
    let mut out = format!("# {}\n", plain(sheet.title()));
    if !sheet.model.about.is_empty() {
        out.push_str(&format!("\n{}\n", sheet.model.about));
    }
    let shelf = sheet.shelf();
    if !shelf.is_empty() {
        out.push_str(&format!("\n{}\n", plain(&shelf)));
    }
    let parameters = sheet.parameters.iter().map(|p| {
        vec![
            code(&indexed(&p.name, &p.each)),
            code(&p.value),
            p.unit.clone(),
            p.each.clone(),
            p.range.clone(),
            p.about.clone(),
            p.source.clone(),
        ]
    });
    section(
        &mut out,
        "Parameters",
        &[
            "Name", "Value", "Unit", "For each", "Range", "About", "Source",
        ],
        parameters.collect(),
    );
    equations(sheet, &mut out);
    let initial = sheet.states.iter().map(|s| {
        vec![
            code(&indexed(&s.name, &s.each)),
            code(&s.initial),
            s.unit.clone(),
            s.each.clone(),
            s.about.clone(),
        ]
    });
    section(
        &mut out,
        "Initial values",
        &["State", "Value", "Unit", "For each", "About"],
        initial.collect(),
    );
    let events = sheet.events.iter().map(|e| {
        vec![
            code(&e.name),
            e.when.clone(),
            e.then.clone(),
            e.about.clone(),
        ]
    });
    section(
        &mut out,
        "Events",
        &["Name", "When", "Then", "About"],
        events.collect(),
    );
    out.push_str(&format!(
        "\n## Experiment\n\nDuration {}, {} points.\n",
        sheet.duration, sheet.points
    ));
    if !sheet.steps.is_empty() {
        out.push('\n');
    }
    sheet
        .steps
        .iter()
        .for_each(|step| out.push_str(&format!("- {}\n", plain(step))));
    let outcomes = sheet.outcomes.iter().map(|o| {
        vec![
            code(&o.name),
            code(&o.value),
            o.unit.clone(),
            o.about.clone(),
        ]
    });
    section(
        &mut out,
        "Outcomes",
        &["Name", "Definition", "Unit", "About"],
        outcomes.collect(),
    );
    let conserved = sheet
        .conserved
        .iter()
        .map(|(name, sum)| vec![code(name), code(sum)]);
    section(
        &mut out,
        "Conserved sums",
        &["Name", "Sum"],
        conserved.collect(),
    );
    let pictures = sheet.model.pictures.iter().map(|p| {
        let drawn = code(&p.described());
        vec![code(&p.name), drawn, p.title.clone(), p.note.clone()]
    });
    section(
        &mut out,
        "Pictures",
        &["Name", "Drawn from", "Title", "Note"],
        pictures.collect(),
    );
    let variants = sheet
        .variants
        .iter()
        .map(|(name, about, set)| vec![code(name), set.clone(), about.clone()]);
    section(
        &mut out,
        "Variants",
        &["Name", "Settings", "About"],
        variants.collect(),
    );
    let checks = sheet.checks.iter().map(|c| {
        vec![
            c.id.clone(),
            code(&c.what),
            c.with.clone(),
            c.is.clone(),
            c.within.clone(),
            c.why.clone(),
        ]
    });
    section(
        &mut out,
        "Checks",
        &["Id", "What", "With", "Is", "Within", "Why"],
        checks.collect(),
    );
    out
}

fn equations(sheet: &Sheet, out: &mut String) {
    let mut rows = Vec::new();
    for block in sheet.blocks() {
        for s in sheet.states.iter().filter(|s| s.block == block) {
            rows.push(vec![
                code(&format!("d {}/dt", indexed(&s.name, &s.each))),
                code(&to_text(&terms::rate(s.rate))),
                rate_unit(&s.unit),
                s.each.clone(),
                s.about.clone(),
            ]);
        }
        for e in sheet.equations.iter().filter(|e| e.block == block) {
            rows.push(vec![
                code(&indexed(&e.name, &e.each)),
                code(&to_text(e.value)),
                e.unit.clone(),
                e.each.clone(),
                e.about.clone(),
            ]);
        }
    }
    section(
        out,
        "Equations",
        &["Quantity", "Equals", "Unit", "For each", "About"],
        rows,
    );
}

/// A heading and a table; nothing if it has no rows. Columns without content are left out.
fn section(out: &mut String, heading: &str, columns: &[&str], rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    let used: Vec<usize> = (0..columns.len())
        .filter(|i| rows.iter().any(|row| !row[*i].is_empty()))
        .collect();
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    out.push_str(&format!("\n## {heading}\n\n"));
    out.push_str(&line(
        used.iter().map(|i| columns[*i].to_string()).collect(),
    ));
    out.push_str(&line(used.iter().map(|_| "---".to_string()).collect()));
    for row in &rows {
        out.push_str(&line(used.iter().map(|i| cell(&row[*i])).collect()));
    }
}

/// Text of a cell: no line ends, no bars.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

fn plain(text: &str) -> String {
    text.replace('*', "\\*").replace('_', "\\_")
}

fn code(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("`{text}`")
    }
}

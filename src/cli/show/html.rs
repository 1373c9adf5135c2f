//! A model as a web page.

use crate::cli::origin::{TOOL, VERSION};
use crate::cli::report::results::section;
use crate::cli::report::{model, parameters};
use crate::output::report::{Report, Section, Table, Text};
use crate::study::Simulation;
use crate::study::sheet::Sheet;

pub(super) fn html(simulation: &Simulation, sheet: &Sheet) -> String {
    let saved = format!("{} times are saved", sheet.points);
    let page = Report {
        title: sheet.title().to_string(),
        kind: "Model".to_string(),
        lead: Text::code(&sheet.name),
        verdicts: Vec::new(),
        about: model::about(sheet),
        sections: vec![
            parameters::of_file(simulation, sheet),
            model::equations(sheet),
            events(sheet),
            model::experiment(sheet, &saved),
            conserved(sheet),
            variants(sheet),
            checks(sheet),
        ],
        generator: format!("{TOOL} {VERSION}"),
    };
    page.html()
}

fn events(sheet: &Sheet) -> Section {
    let rows = sheet.events.iter().map(|e| {
        vec![
            Text::code(&e.name),
            Text::code(&e.when),
            Text::code(&e.then),
            e.about.as_str().into(),
        ]
    });
    let columns = vec!["Event", "When", "Then", "About"];
    section("events", "Events", "", table(columns, rows.collect()))
}

fn conserved(sheet: &Sheet) -> Section {
    let rows = sheet.conserved.iter();
    let rows = rows.map(|(name, sum)| vec![Text::code(name), Text::code(sum)]);
    let table = table(vec!["Sum", "Definition"], rows.collect());
    section("conserved", "Conserved sums", "", table)
}

fn variants(sheet: &Sheet) -> Section {
    let rows = (sheet.variants.iter())
        .map(|(name, about, set)| vec![Text::code(name), Text::code(set), about.as_str().into()]);
    let columns = vec!["Variant", "Settings", "About"];
    section("variants", "Variants", "", table(columns, rows.collect()))
}

fn checks(sheet: &Sheet) -> Section {
    let rows = sheet.checks.iter().map(|c| {
        vec![
            Text::from(c.id.as_str()).below(Text::code(&c.what)),
            Text::code(&c.with),
            Text::code(&c.is),
            c.within.as_str().into(),
            c.why.as_str().into(),
        ]
    });
    let columns = vec!["Check", "With", "Is", "Within", "Expected by"];
    section("checks", "Checks", "", table(columns, rows.collect()))
}

fn table(columns: Vec<&'static str>, rows: Vec<Vec<Text>>) -> Table {
    Table {
        caption: String::new(),
        columns,
        rows,
    }
}

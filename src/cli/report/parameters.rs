//! Parameters: what each is worth, within which range, and where it is from.

use super::Story;
use crate::cli::digits::{quantity, with_unit};
use crate::cli::run::card;
use crate::output::ParameterLine;
use crate::output::report::{Block, Inline, Section, Table, Text};
use crate::study::Simulation;
use crate::study::sheet::equations::Typeset;
use crate::study::sheet::value::number;
use crate::study::sheet::words::indexed;
use crate::study::sheet::{ParameterRow, Sheet};

/// Digits of a value that follows from others.
const DIGITS: usize = 6;

/// The section of a run: what it changed is marked, with what the file says.
pub(super) fn of_run(story: &Story, sheet: &Sheet, file: &Sheet) -> Section {
    let origin = |p: &ParameterRow| Origin::of(story, p, file);
    parameters(story.done.simulation, sheet, &origin)
}

/// The section of a model as it is in its file.
pub(in crate::cli) fn of_file(simulation: &Simulation, sheet: &Sheet) -> Section {
    parameters(simulation, sheet, &|_| Origin::File)
}

fn parameters(
    simulation: &Simulation,
    sheet: &Sheet,
    origin: &dyn Fn(&ParameterRow) -> Origin,
) -> Section {
    let lines = card::parameter_lines(simulation);
    let symbols = Typeset::new(sheet);
    let row = |p: &ParameterRow| {
        let name = indexed(&p.name, &p.each);
        let origin = origin(p);
        vec![
            Text::from(math(symbols.symbol(&p.name, &p.each))).below(Text::code(&name)),
            value(&symbols, p, &lines).below(origin.mark()),
            p.range.as_str().into(),
            Text::from(p.about.as_str()).below(p.each.as_str()),
            origin.source(p),
        ]
    };
    let parts = sheet.given().into_iter().enumerate().map(|(i, block)| {
        let own = sheet.parameters.iter().filter(|p| p.block == block);
        let table = Table {
            caption: String::new(),
            columns: vec!["Parameter", "Value", "Range", "About", "Source"],
            rows: own.map(row).collect(),
        };
        let heading = match block {
            "" => "Of the model",
            "mode" => "Modes",
            block => block,
        };
        let id = format!("parameters-{i}");
        Section::new(&id, heading, vec![Block::Table(table)])
    });
    Section {
        parts: parts.collect(),
        ..Section::new("parameters", "Parameters", Vec::new())
    }
}

fn math((mathml, latex): (String, String)) -> Inline {
    Inline::Math { mathml, latex }
}

/// A number as it was written; a formula with what it came to.
fn value(symbols: &Typeset, p: &ParameterRow, lines: &[ParameterLine]) -> Text {
    if number(p.tree).is_some() {
        return with_unit(&p.value, &p.unit).into();
    }
    let formula = Text::from(math(symbols.expression(p.tree)));
    let line = lines.iter().find(|line| line.name == p.name);
    let worth = line.map(|line| format!("= {}", quantity(line.value, &line.unit, DIGITS)));
    formula.below(worth.unwrap_or_default())
}

/// Where the value of a parameter is from.
enum Origin {
    /// The model file.
    File,
    /// `--set`, and what the file says.
    Set(Text),
    /// The variant, and what the file says.
    Variant(String, Text),
}

impl Origin {
    fn of(story: &Story, p: &ParameterRow, file: &Sheet) -> Origin {
        let model = story.done.simulation.model();
        let changed = model.changed.contains(&p.name);
        if !changed {
            return Origin::File;
        }
        let before = file.parameters.iter().find(|f| f.name == p.name);
        let before = before.map_or_else(Text::default, |f| {
            let text = match number(f.tree) {
                Some(_) => Text::from(with_unit(&f.value, &f.unit)),
                None => Text::code(&f.value),
            };
            Text::from("in the file: ").and(text)
        });
        let by_hand = story.settings.iter().any(|(name, _)| *name == p.name);
        match &story.done.found.variant {
            Some(variant) if !by_hand => Origin::Variant(variant.clone(), before),
            _ => Origin::Set(before),
        }
    }

    fn mark(&self) -> Text {
        let (by, before) = match self {
            Origin::File => return Text::default(),
            Origin::Set(before) => ("set by --set".to_string(), before),
            Origin::Variant(name, before) => (format!("set by @{name}"), before),
        };
        Text::from(Inline::Mark(by)).below(before.clone())
    }

    /// A source is that of the number in the file; a number that stands there without one is said to.
    fn source(&self, p: &ParameterRow) -> Text {
        let source = match p.source.as_str() {
            "" if number(p.tree).is_some() => "none given",
            source => source,
        };
        match self {
            Origin::File => source.into(),
            Origin::Set(_) if p.source.is_empty() => "the command line".into(),
            Origin::Set(_) => format!("the command line; the value in the file: {source}").into(),
            Origin::Variant(..) if p.source.is_empty() => "the variant".into(),
            Origin::Variant(..) => format!("the variant; the value in the file: {source}").into(),
        }
    }
}

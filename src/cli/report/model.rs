//! The model in words and formulas: what is done to it, and its equations.

use crate::output::report::{Block, Formula, Section, Text};
use crate::study::sheet::Sheet;
use crate::study::sheet::equations::{self, Equation};
use crate::study::sheet::words::indexed;

/// Room for a formula and its left side \[em\]: what fits on A4, and on a screen beside it.
const ROOM: f64 = 38.0;

/// What the file says of the model, and where it belongs.
pub(in crate::cli) fn about(sheet: &Sheet) -> Vec<Block> {
    let paragraphs = sheet.model.about.split("\n\n").map(str::trim);
    let shelf = sheet.shelf();
    let all = paragraphs.chain([shelf.as_str()]);
    all.filter(|p| !p.is_empty())
        .map(|p| Block::Paragraph(Text::from(p)))
        .collect()
}

/// What is done to the model; `saved` says more of the times.
pub(in crate::cli) fn experiment(sheet: &Sheet, saved: &str) -> Section {
    let lasts = format!("The experiment lasts {}; {saved}.", sheet.duration);
    let mut blocks = vec![Block::Paragraph(lasts.into())];
    let steps: Vec<Text> = sheet.steps.iter().map(|s| Text::code(s)).collect();
    match steps.is_empty() {
        true => blocks.push(Block::Paragraph("Nothing is changed on the way.".into())),
        false => blocks.push(Block::List(steps)),
    }
    Section::new("experiment", "Experiment", blocks)
}

/// All equations, block by block, and the definitions of the outcomes.
pub(in crate::cli) fn equations(sheet: &Sheet) -> Section {
    let mut parts = Vec::new();
    for (i, group) in equations::equations(sheet, ROOM).into_iter().enumerate() {
        let heading = match group.block.as_str() {
            "" => "Of the model",
            block => block,
        };
        parts.push(part(&format!("equations-{i}"), heading, group.equations));
    }
    let initial = equations::initial_values(sheet, ROOM);
    parts.push(part("initial", "Values at the start", initial));
    let outcomes = equations::outcomes(sheet, ROOM);
    parts.push(part("definitions", "Definitions of the outcomes", outcomes));
    Section {
        parts,
        ..Section::new("equations", "Equations", Vec::new())
    }
}

fn part(id: &str, heading: &str, equations: Vec<Equation>) -> Section {
    let formulas: Vec<Formula> = equations.iter().map(formula).collect();
    let blocks = match formulas.is_empty() {
        true => Vec::new(),
        false => vec![Block::Formulas(formulas)],
    };
    Section::new(id, heading, blocks)
}

/// Below a formula stands which name of the file it defines, what that is, and its unit.
fn formula(equation: &Equation) -> Formula {
    let mut note = Text::code(&indexed(&equation.name, &equation.each));
    if !equation.about.is_empty() {
        note = note.and(format!(" {}", equation.about));
    }
    if !equation.unit.is_empty() {
        note = note.and(format!(" [{}]", equation.unit));
    }
    if !equation.each.is_empty() {
        note = note.and(format!(", {}", equation.each));
    }
    Formula {
        mathml: equation.mathml(),
        latex: equation.latex(),
        note,
    }
}

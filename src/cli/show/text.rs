//! A model as aligned text.

use crate::cli::digits::with_unit;
use crate::cli::table::{align, width, wrap};
use crate::cli::terminal::{Style, Terminal};
use crate::expr::ast::Ast;
use crate::expr::print::to_text;
use crate::study::sheet::equations::rate_unit;
use crate::study::sheet::fold::fold_text;
use crate::study::sheet::words::indexed;
use crate::study::sheet::{ParameterRow, Sheet, terms, value};

/// Lines end here where there is no terminal to ask.
const WIDTH: usize = 100;
/// Lines end here on the widest terminal: longer ones are hard to read.
const WIDEST: usize = 120;

pub(super) fn text(sheet: &Sheet, terminal: &Terminal) -> String {
    let mut page = Page {
        terminal,
        width: terminal.width.map_or(WIDTH, |w| w.min(WIDEST)),
        out: String::new(),
    };
    page.out
        .push_str(&format!("{}\n", terminal.paint(Style::Bold, sheet.title())));
    for paragraph in sheet.model.about.split("\n\n").filter(|p| !p.is_empty()) {
        page.out.push_str(&format!(
            "{}\n",
            wrap(paragraph, Some(page.width.min(WIDTH)), 0)
        ));
    }
    let shelf = sheet.shelf();
    if !shelf.is_empty() {
        let line = wrap(&shelf, Some(page.width.min(WIDTH)), 0);
        page.out.push_str(&format!("\n{line}\n"));
    }
    parameters(sheet, &mut page);
    equations(sheet, &mut page);
    let initial = sheet.states.iter().map(|s| Equation {
        name: indexed(&s.name, &s.each),
        value: s.initial.clone(),
        unit: String::new(),
        note: s.each.clone(),
    });
    page.equations("Initial values", initial.collect());
    let events = sheet.events.iter().map(|e| {
        let then = if e.then.is_empty() {
            String::new()
        } else {
            format!(", then {}", e.then)
        };
        vec![
            e.name.clone(),
            lines(&[&format!("when {}{then}", e.when), &e.about]),
        ]
    });
    page.section("Events", events.collect());
    let mut experiment = vec![vec![format!(
        "duration {}, {} points",
        sheet.duration, sheet.points
    )]];
    experiment.extend(sheet.steps.iter().map(|s| vec![s.clone()]));
    page.section("Experiment", experiment);
    let outcomes = sheet.outcomes.iter().map(|o| {
        vec![
            o.name.clone(),
            format!("= {}", o.value),
            bracket(&o.unit),
            o.about.clone(),
        ]
    });
    page.section("Outcomes", outcomes.collect());
    let conserved = sheet
        .conserved
        .iter()
        .map(|(name, sum)| vec![name.clone(), sum.clone()]);
    page.section("Conserved sums", conserved.collect());
    let pictures = sheet.model.pictures.iter();
    let pictures =
        pictures.map(|p| vec![p.name.clone(), lines(&[&p.described(), &p.title, &p.note])]);
    page.section("Pictures", pictures.collect());
    let variants = sheet
        .variants
        .iter()
        .map(|(name, about, set)| vec![format!("@{name}"), lines(&[set, about])]);
    page.section("Variants", variants.collect());
    let checks = sheet.checks.iter().map(|c| {
        let with = if c.with.is_empty() {
            String::new()
        } else {
            format!("; with {}", c.with)
        };
        let what = format!("{} = {} within {}{with}", c.what, c.is, c.within);
        vec![c.id.clone(), lines(&[&what, &c.why])]
    });
    page.section("Checks", checks.collect());
    page.out
}

/// What there is of it, one below the other.
fn lines(texts: &[&str]) -> String {
    let texts: Vec<&str> = texts.iter().copied().filter(|t| !t.is_empty()).collect();
    texts.join("\n")
}

fn parameters(sheet: &Sheet, page: &mut Page) {
    for block in sheet.given() {
        let own = sheet.parameters.iter().filter(|p| p.block == block);
        let rows = own.map(|p| {
            let mut notes = vec![p.each.clone(), p.about.clone()];
            if !p.range.is_empty() {
                notes.push(format!("range {}", p.range));
            }
            if !p.source.is_empty() {
                notes.push(format!("[{}]", p.source));
            }
            notes.retain(|n| !n.is_empty());
            vec![
                indexed(&p.name, &p.each),
                with_unit_or_expression(p),
                notes.join("; "),
            ]
        });
        let heading = match block {
            "" => "Parameters".to_string(),
            "mode" => "Modes".to_string(),
            block => format!("Given in [{block}]"),
        };
        page.section(&heading, rows.collect());
    }
}

/// `90 µm³`, or `0.4 * V0 [µm³]`: a unit belongs to a number, an expression has one.
fn with_unit_or_expression(p: &ParameterRow) -> String {
    match value::number(p.tree) {
        Some(_) => with_unit(&p.value, &p.unit),
        None => format!("{} {}", p.value, unsaid(p.tree, &p.unit))
            .trim_end()
            .to_string(),
    }
}

/// The unit in brackets, unless a number in the expression has it.
fn unsaid(tree: &Ast, unit: &str) -> String {
    if value::says_unit(tree, unit) {
        String::new()
    } else {
        bracket(unit)
    }
}

fn bracket(unit: &str) -> String {
    if unit.is_empty() {
        String::new()
    } else {
        format!("[{unit}]")
    }
}

fn equations(sheet: &Sheet, page: &mut Page) {
    for block in sheet.blocks() {
        let mut rows = Vec::new();
        for s in sheet.states.iter().filter(|s| s.block == block) {
            rows.push(Equation {
                name: format!("d {}/dt", indexed(&s.name, &s.each)),
                value: to_text(&terms::rate(s.rate)),
                unit: bracket(&rate_unit(&s.unit)),
                note: note(&s.each, &s.about),
            });
        }
        for e in sheet.equations.iter().filter(|e| e.block == block) {
            rows.push(Equation {
                name: indexed(&e.name, &e.each),
                value: to_text(e.value),
                unit: unsaid(e.value, &e.unit),
                note: note(&e.each, &e.about),
            });
        }
        let heading = if block.is_empty() {
            "Equations".to_string()
        } else {
            format!("Equations of [{block}]")
        };
        page.equations(&heading, rows);
    }
}

fn note(each: &str, about: &str) -> String {
    let parts: Vec<&str> = [each, about]
        .into_iter()
        .filter(|p| !p.is_empty())
        .collect();
    parts.join("; ")
}

/// A line of equations; all but the name and the value may be empty.
struct Equation {
    name: String,
    value: String,
    unit: String,
    note: String,
}

struct Page<'a> {
    terminal: &'a Terminal,
    width: usize,
    out: String,
}

impl Page<'_> {
    /// A heading and rows; nothing if there are none.
    fn section(&mut self, heading: &str, rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            self.heading(heading);
            self.out.push_str(&align(&rows, 2, Some(self.width)));
        }
    }

    fn heading(&mut self, heading: &str) {
        self.out.push_str(&format!(
            "\n{}\n",
            self.terminal.paint(Style::Bold, heading)
        ));
    }

    /// One equation per line, its unit and note behind it: a column for them would lie far to the right.
    fn equations(&mut self, heading: &str, equations: Vec<Equation>) {
        if equations.is_empty() {
            return;
        }
        self.heading(heading);
        let names = equations.iter().map(|e| width(&e.name));
        let names = names
            .filter(|n| *n <= self.width * 2 / 5)
            .max()
            .unwrap_or(0);
        let room = self.width.saturating_sub(names + 4);
        let rows: Vec<Vec<String>> = equations
            .into_iter()
            .map(|e| {
                let note = match e.note.as_str() {
                    "" => String::new(),
                    note => format!("# {note}"),
                };
                // The following lines stand under the formula, not under its `=`.
                let folded = fold_text(&e.value, room.saturating_sub(2));
                let mut text = format!("= {}", folded.join("\n  "));
                for part in [e.unit, note] {
                    let last = text.rsplit('\n').next().map_or(0, width);
                    // What would be broken has lines of its own.
                    let fits = last + 2 + width(&part) <= room;
                    text.push_str(if fits { "  " } else { "\n  " });
                    text.push_str(&part);
                    text.truncate(text.trim_end().len());
                }
                vec![e.name, text]
            })
            .collect();
        self.out.push_str(&align(&rows, 2, Some(self.width)));
    }
}

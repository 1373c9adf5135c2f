//! A model as aligned text.

use super::sheet::Sheet;
use crate::cli::digits::with_unit;
use crate::cli::table::{align, width, wrap};
use crate::cli::terminal::{Style, Terminal};
use crate::expr::print::to_text;

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
    let title = if sheet.model.title.is_empty() {
        &sheet.name
    } else {
        &sheet.model.title
    };
    page.out
        .push_str(&format!("{}\n", terminal.paint(Style::Bold, title)));
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
    let initial = sheet
        .states
        .iter()
        .map(|s| vec![s.name.clone(), format!("= {}", s.initial)]);
    page.section("Initial values", initial.collect());
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
    let mut blocks: Vec<&str> = sheet.parameters.iter().map(|p| p.block.as_str()).collect();
    blocks.dedup();
    for block in blocks {
        let own = sheet.parameters.iter().filter(|p| p.block == block);
        let rows = own.map(|p| {
            let mut notes = vec![p.about.clone()];
            if !p.range.is_empty() {
                notes.push(format!("range {}", p.range));
            }
            if !p.source.is_empty() {
                notes.push(format!("[{}]", p.source));
            }
            notes.retain(|n| !n.is_empty());
            vec![
                p.name.clone(),
                with_unit_or_expression(&p.value, &p.unit),
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
fn with_unit_or_expression(value: &str, unit: &str) -> String {
    if value.parse::<f64>().is_ok() {
        with_unit(value, unit)
    } else {
        format!("{value} {}", bracket(unit)).trim_end().to_string()
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
            let terms: Vec<String> = s.rate.iter().map(to_text).collect();
            let rate = if terms.is_empty() {
                "0".to_string()
            } else {
                terms.join(" + ")
            };
            let unit = if s.unit.is_empty() {
                "[1/s]".to_string()
            } else {
                format!("[{}/s]", s.unit)
            };
            rows.push(vec![
                format!("d {}/dt", indexed(&s.name, &s.each)),
                format!("= {rate}"),
                unit,
                note(&s.each, &s.about),
            ]);
        }
        for e in sheet.equations.iter().filter(|e| e.block == block) {
            let value = format!("= {}", to_text(e.value));
            rows.push(vec![
                indexed(&e.name, &e.each),
                value,
                bracket(&e.unit),
                note(&e.each, &e.about),
            ]);
        }
        let heading = if block.is_empty() {
            "Equations".to_string()
        } else {
            format!("Equations of [{block}]")
        };
        page.equations(&heading, rows);
    }
}

fn indexed(name: &str, each: &str) -> String {
    match each.split_once(' ') {
        Some((index, _)) => format!("{name}[{index}]"),
        None => name.to_string(),
    }
}

fn note(each: &str, about: &str) -> String {
    let parts: Vec<&str> = [each, about]
        .into_iter()
        .filter(|p| !p.is_empty())
        .collect();
    parts.join("; ")
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
    fn equations(&mut self, heading: &str, rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return;
        }
        self.heading(heading);
        let names = rows.iter().filter_map(|row| row.first()).map(|n| width(n));
        let names = names
            .filter(|n| *n <= self.width * 2 / 5)
            .max()
            .unwrap_or(0);
        let room = self.width.saturating_sub(names + 4);
        let rows: Vec<Vec<String>> = rows
            .into_iter()
            .map(|row| match <[String; 4]>::try_from(row) {
                Ok([name, value, unit, note]) => {
                    let note = if note.is_empty() {
                        note
                    } else {
                        format!("# {note}")
                    };
                    let equation = format!("{value}  {unit}").trim_end().to_string();
                    // A note that would be broken has lines of its own.
                    let gap = if width(&equation) + 2 + width(&note) <= room {
                        "  "
                    } else {
                        "\n  "
                    };
                    vec![
                        name,
                        format!("{equation}{gap}{note}").trim_end().to_string(),
                    ]
                }
                Err(row) => row,
            })
            .collect();
        self.out.push_str(&align(&rows, 2, Some(self.width)));
    }
}

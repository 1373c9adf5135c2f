//! A report as Markdown, its pictures beside it.

use super::{Block, Formula, Inline, Picture, Report, Section, Table, Text};
use std::fmt::Write;

// Writing into a string can't fail: the results of `write!` are left alone.
impl Report {
    /// The page as Markdown; of each picture it names the file `NAME.svg` beside it.
    pub fn markdown(&self) -> String {
        let mut page = Page {
            out: format!("# {}\n", plain(&self.title)),
            pictures: 0,
        };
        if !self.lead.is_empty() {
            page.paragraph(&inline(&self.lead));
        }
        if !self.verdicts.is_empty() {
            let lines = self.verdicts.iter().map(|verdict| {
                let text = plain(&verdict.text);
                match verdict.good {
                    true => format!("- {text}\n"),
                    false => format!("- **{text}**\n"),
                }
            });
            let lines: String = lines.collect();
            page.paragraph(lines.trim_end());
        }
        for block in &self.about {
            page.block(block);
        }
        for section in self.sections.iter().filter(|s| !s.is_empty()) {
            page.section(section, 2);
        }
        page.out
    }
}

struct Page {
    out: String,
    pictures: usize,
}

impl Page {
    /// Some lines with an empty one before them.
    fn paragraph(&mut self, text: &str) {
        let _ = write!(self.out, "\n{text}\n");
    }

    fn section(&mut self, section: &Section, level: usize) {
        let heading = plain(&section.heading);
        self.paragraph(&format!("{} {heading}", "#".repeat(level)));
        for block in &section.blocks {
            self.block(block);
        }
        for part in section.parts.iter().filter(|p| !p.is_empty()) {
            self.section(part, level + 1);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(text) => self.paragraph(&inline(text)),
            Block::Alarm(text) => self.paragraph(&format!("> {}", inline(text))),
            Block::List(items) => {
                let lines: Vec<String> = items.iter().map(|i| format!("- {}", inline(i))).collect();
                self.paragraph(&lines.join("\n"));
            }
            Block::Facts(facts) => {
                let line =
                    |(name, text): &(String, Text)| format!("- {}: {}", plain(name), inline(text));
                let lines: Vec<String> = facts.iter().map(line).collect();
                self.paragraph(&lines.join("\n"));
            }
            Block::Table(table) => self.table(table),
            Block::Picture(picture) => self.picture(picture),
            Block::Formulas(formulas) => {
                for Formula { latex, note, .. } in formulas {
                    if !note.is_empty() {
                        self.paragraph(&inline(note));
                    }
                    self.paragraph(&format!("$$\n{latex}\n$$"));
                }
            }
        }
    }

    fn table(&mut self, table: &Table) {
        let used = table.used();
        if used.is_empty() {
            return;
        }
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut lines = line(used.iter().map(|i| plain(table.columns[*i])).collect());
        lines.push_str(&line(used.iter().map(|_| "---".to_string()).collect()));
        for row in &table.rows {
            let cell = |i: &usize| row.get(*i).map(inline).unwrap_or_default();
            // A bar would end the cell, in code too.
            let cells = used.iter().map(|i| cell(i).replace('|', r"\|"));
            lines.push_str(&line(cells.collect()));
        }
        self.paragraph(lines.trim_end());
    }

    fn picture(&mut self, picture: &Picture) {
        self.pictures += 1;
        let (number, name) = (self.pictures, &picture.name);
        let words = match picture.description.as_str() {
            "" => plain(&picture.title),
            words => plain(words),
        };
        self.paragraph(&format!("![{words}]({name}.svg)"));
        self.paragraph(&format!("*Figure {number}. {}.*", plain(&picture.title)));
    }
}

fn inline(text: &Text) -> String {
    let mut out = String::new();
    for piece in &text.0 {
        match piece {
            Inline::Plain(text) | Inline::Good(text) => out.push_str(&plain(text)),
            Inline::Code(text) => {
                let text = one_line(text);
                // What has a backtick in it needs two around it.
                let _ = match text.contains('`') {
                    true => write!(out, "`` {text} ``"),
                    false => write!(out, "`{text}`"),
                };
            }
            Inline::Strong(text) | Inline::Bad(text) => {
                let _ = write!(out, "**{}**", plain(text));
            }
            Inline::Mark(text) => {
                let _ = write!(out, "*{}*", plain(text));
            }
            // A bar would end a cell of a table.
            Inline::Math { latex, .. } => {
                let _ = write!(out, "${}$", latex.replace('|', r"\vert "));
            }
            Inline::Break => out.push_str("<br>"),
        }
    }
    out
}

/// Text of which Markdown makes nothing else.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).replace("degC", "°C").chars() {
        if matches!(c, '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Blanks at the ends stay: another piece may follow.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

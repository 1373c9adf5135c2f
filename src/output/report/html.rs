//! A report as one HTML file.

use super::{Block, Formula, Inline, Picture, Report, Section, Table, Text};
use crate::units::Unit;
use std::fmt::Write;

const STYLE: &str = include_str!("style.css");

/// Nothing from outside, even if somebody's text should ask for it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

// Writing into a string can't fail: the results of `write!` are left alone.
impl Report {
    /// The page as an HTML document that is well-formed XML.
    pub fn html(&self) -> String {
        let mut out = String::with_capacity(1 << 16);
        let title = escape(&self.title);
        let generator = escape(&self.generator);
        let _ = write!(
            out,
            r#"<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta name="generator" content="{generator}"/>
<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>
<title>{title}</title>
<style>
{STYLE}</style>
</head>
<body>
<header>
"#
        );
        if !self.kind.is_empty() {
            let _ = writeln!(out, r#"<p class="kind">{}</p>"#, escape(&self.kind));
        }
        let _ = writeln!(out, "<h1>{}</h1>", prose(&self.title));
        if !self.lead.is_empty() {
            let _ = writeln!(out, r#"<p class="lead">{}</p>"#, inline(&self.lead));
        }
        if !self.verdicts.is_empty() {
            out.push_str("<ul class=\"verdicts\">\n");
            for verdict in &self.verdicts {
                let class = if verdict.good { "good" } else { "bad" };
                let text = prose(&verdict.text);
                let _ = writeln!(out, r#"<li class="{class}">{text}</li>"#);
            }
            out.push_str("</ul>\n");
        }
        out.push_str("</header>\n");
        let mut page = Page { out, pictures: 0 };
        page.contents(&self.sections);
        page.out.push_str("<main>\n");
        for block in &self.about {
            page.block(block);
        }
        for section in self.sections.iter().filter(|s| !s.is_empty()) {
            page.section(section, 2);
        }
        page.out.push_str("</main>\n</body>\n</html>\n");
        page.out
    }
}

struct Page {
    out: String,
    pictures: usize,
}

impl Page {
    fn contents(&mut self, sections: &[Section]) {
        self.out.push_str("<nav aria-label=\"Contents\">\n<ul>\n");
        for section in sections.iter().filter(|s| !s.is_empty()) {
            let (id, heading) = (escape(&section.id), escape(&section.heading));
            let _ = writeln!(self.out, "<li><a href=\"#{id}\">{heading}</a></li>");
        }
        self.out.push_str("</ul>\n</nav>\n");
    }

    fn section(&mut self, section: &Section, level: usize) {
        let (id, heading) = (escape(&section.id), escape(&section.heading));
        let _ = writeln!(
            self.out,
            "<section aria-labelledby=\"{id}\">\n<h{level} id=\"{id}\">{heading}</h{level}>"
        );
        for block in &section.blocks {
            self.block(block);
        }
        for part in section.parts.iter().filter(|p| !p.is_empty()) {
            self.section(part, level + 1);
        }
        self.out.push_str("</section>\n");
    }

    fn block(&mut self, block: &Block) {
        let out = &mut self.out;
        match block {
            Block::Paragraph(text) => {
                let _ = writeln!(out, "<p>{}</p>", inline(text));
            }
            Block::Alarm(text) => {
                let _ = writeln!(out, r#"<p class="alarm">{}</p>"#, inline(text));
            }
            Block::List(items) => {
                out.push_str("<ul>\n");
                for item in items {
                    let _ = writeln!(out, "<li>{}</li>", inline(item));
                }
                out.push_str("</ul>\n");
            }
            Block::Facts(facts) => {
                out.push_str("<dl>\n");
                for (name, text) in facts {
                    let _ = writeln!(
                        out,
                        "<div><dt>{}</dt><dd>{}</dd></div>",
                        escape(name),
                        inline(text)
                    );
                }
                out.push_str("</dl>\n");
            }
            Block::Table(table) => self.table(table),
            Block::Picture(picture) => self.picture(picture),
            Block::Formulas(formulas) => {
                out.push_str("<ul class=\"formulas\">\n");
                for Formula { mathml, note, .. } in formulas {
                    let _ = write!(out, "<li><div class=\"formula\">{mathml}</div>");
                    if !note.is_empty() {
                        let _ = write!(out, "<p>{}</p>", inline(note));
                    }
                    out.push_str("</li>\n");
                }
                out.push_str("</ul>\n");
            }
        }
    }

    /// On a narrow screen each row becomes a card; the roles say that it is a table all the same.
    fn table(&mut self, table: &Table) {
        let used = table.used();
        if used.is_empty() {
            return;
        }
        let out = &mut self.out;
        out.push_str("<table role=\"table\">\n");
        if !table.caption.is_empty() {
            let _ = writeln!(out, "<caption>{}</caption>", prose(&table.caption));
        }
        out.push_str("<thead role=\"rowgroup\"><tr role=\"row\">");
        for i in &used {
            let heading = escape(table.columns[*i]);
            let _ = write!(out, r#"<th role="columnheader" scope="col">{heading}</th>"#);
        }
        out.push_str("</tr></thead>\n<tbody role=\"rowgroup\">\n");
        for row in &table.rows {
            out.push_str("<tr role=\"row\">");
            for (place, i) in used.iter().enumerate() {
                let cell = row.get(*i).map(inline).unwrap_or_default();
                let label = escape(table.columns[*i]);
                let _ = match place {
                    0 => write!(out, r#"<th role="rowheader" scope="row">{cell}</th>"#),
                    _ if cell.is_empty() => write!(out, r#"<td role="cell" class="none"></td>"#),
                    _ => write!(
                        out,
                        r#"<td role="cell" data-label="{label}"><div>{cell}</div></td>"#
                    ),
                };
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n");
    }

    fn picture(&mut self, picture: &Picture) {
        self.pictures += 1;
        let out = &mut self.out;
        out.push_str("<figure>\n");
        match picture.dark.as_str() {
            "" => {
                let _ = writeln!(out, r#"<div class="picture">{}</div>"#, picture.svg.trim());
            }
            dark => {
                let (light, dark) = (picture.svg.trim(), dark.trim());
                let _ = writeln!(out, r#"<div class="picture light">{light}</div>"#);
                let _ = writeln!(out, r#"<div class="picture dark">{dark}</div>"#);
            }
        }
        let number = self.pictures;
        let title = prose(&picture.title);
        let _ = writeln!(out, "<figcaption>Figure {number}. {title}.</figcaption>");
        if !picture.description.is_empty() {
            let words = prose(&picture.description);
            let _ = writeln!(
                out,
                "<details><summary>Figure {number} in words</summary><p>{words}</p></details>"
            );
        }
        out.push_str("</figure>\n");
    }
}

fn inline(text: &Text) -> String {
    let mut out = String::new();
    for piece in &text.0 {
        match piece {
            Inline::Plain(text) => out.push_str(&prose(text)),
            Inline::Code(text) => {
                // A line may end behind a dot or an underscore of a long name.
                let name = |part: &str| {
                    let part = escape(part);
                    part.replace('_', "_<wbr/>").replace('.', ".<wbr/>")
                };
                let _ = write!(out, "<code>{}</code>", unparted(text, name));
            }
            Inline::Strong(text) => {
                let _ = write!(out, "<strong>{}</strong>", prose(text));
            }
            Inline::Good(text) => {
                let _ = write!(out, r#"<span class="good">{}</span>"#, prose(text));
            }
            Inline::Bad(text) => {
                let _ = write!(out, r#"<strong class="bad">{}</strong>"#, prose(text));
            }
            Inline::Mark(text) => {
                let _ = write!(out, r#"<span class="mark">{}</span>"#, escape(text));
            }
            Inline::Math { mathml, .. } => out.push_str(mathml),
            Inline::Break => out.push_str("<br/>"),
        }
    }
    out
}

/// Sentences: no line ends between a number and its unit, and temperatures are in °C.
fn prose(text: &str) -> String {
    unparted(&text.replace("degC", "°C"), escape)
}

/// A text whose numbers stay on the line of their units; `other` writes what is between them. A style, not a no-break
/// space: what is copied can be pasted into a model or a shell.
fn unparted(text: &str, other: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (blank, _) in text.match_indices(' ') {
        let begin = (text.get(done..blank)).map(|t| t.rfind(' ').map_or(done, |i| done + i + 1));
        let Some(begin) = begin else { continue };
        let after = &text[blank + 1..];
        let end = blank + 1 + after.find(char::is_whitespace).unwrap_or(after.len());
        let ends_in_digit = text[begin..blank].ends_with(|c: char| c.is_ascii_digit());
        if ends_in_digit && is_unit(&text[blank + 1..end]) {
            let quantity = escape(&text[begin..end]);
            out.push_str(&other(&text[done..begin]));
            let _ = write!(out, r#"<span class="q">{quantity}</span>"#);
            done = end;
        }
    }
    out.push_str(&other(&text[done..]));
    out
}

/// True for a unit, whatever punctuation follows.
fn is_unit(word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| ",.;:!?)]".contains(c));
    word.starts_with(|c: char| !c.is_ascii_digit() && c != '-') && Unit::parse(word).is_ok()
}

/// Text as XML wants it. Characters that XML 1.0 can't hold become spaces.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_on_the_line_of_its_unit() {
        let text = "At 5 kPa, worth 2 mOsm (0.4 %): 35 checks of 1 - 2 < 3, at 25 degC.";
        let q = |words: &str| format!(r#"<span class="q">{words}</span>"#);
        let (kpa, mosm, percent, warm) = (q("5 kPa,"), q("2 mOsm"), q("(0.4 %):"), q("25 °C."));
        let wanted =
            format!("At {kpa} worth {mosm} {percent} 35 checks of 1 - 2 &lt; 3, at {warm}");
        assert_eq!(prose(text), wanted);
        let code = inline(&Text::code("T = 25.5 degC"));
        assert_eq!(code, format!("<code>T = {}</code>", q("25.5 degC")));
    }
}

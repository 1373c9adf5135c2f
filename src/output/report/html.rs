//! A report as one HTML file.

use super::{Block, Formula, Inline, Picture, Report, Section, Table, Text};
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
        let _ = writeln!(out, "<h1>{title}</h1>");
        if !self.lead.is_empty() {
            let _ = writeln!(out, r#"<p class="lead">{}</p>"#, inline(&self.lead));
        }
        if !self.verdicts.is_empty() {
            out.push_str("<ul class=\"verdicts\">\n");
            for verdict in &self.verdicts {
                let class = if verdict.good { "good" } else { "bad" };
                let text = escape(&verdict.text);
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
            let _ = writeln!(out, "<caption>{}</caption>", escape(&table.caption));
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
        let title = escape(&picture.title);
        let _ = writeln!(out, "<figcaption>Figure {number}. {title}.</figcaption>");
        if !picture.description.is_empty() {
            let words = escape(&picture.description);
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
            Inline::Plain(text) => out.push_str(&escape(text)),
            Inline::Code(text) => {
                // A line may end behind a dot or an underscore of a long name.
                let text = escape(text).replace('_', "_<wbr/>").replace('.', ".<wbr/>");
                let _ = write!(out, "<code>{text}</code>");
            }
            Inline::Strong(text) => {
                let _ = write!(out, "<strong>{}</strong>", escape(text));
            }
            Inline::Good(text) => {
                let _ = write!(out, r#"<span class="good">{}</span>"#, escape(text));
            }
            Inline::Bad(text) => {
                let _ = write!(out, r#"<strong class="bad">{}</strong>"#, escape(text));
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

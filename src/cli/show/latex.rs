//! A model as a LaTeX document of its own: article class, amsmath, nothing else.

use super::latex_prose::prose;
use super::latex_table::{LINE, Table};
use crate::expr::print::{latex_symbol, latex_width};
use crate::study::sheet::equations::{Raw, initial, latex_unit, lines, of_block, value_lines};
use crate::study::sheet::{ParameterRow, Sheet, Symbols};

pub(super) fn latex(sheet: &Sheet) -> String {
    let mut out = format!(
        "{PREAMBLE}\\title{{{}}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle\n",
        prose(sheet.title())
    );
    for paragraph in sheet.model.about.split("\n\n").filter(|p| !p.is_empty()) {
        out.push_str(&format!("\\noindent {}\n\n", prose(paragraph)));
    }
    let mut page = Page {
        symbols: Symbols::new(sheet),
        out,
    };
    page.parameters(sheet);
    page.quantities(sheet);
    for block in sheet.blocks() {
        let heading = if block.is_empty() {
            "Equations".to_string()
        } else {
            format!("Equations of {block}")
        };
        let equations = of_block(sheet, &page.symbols, block);
        page.equations(&heading, equations);
    }
    let initial = initial(sheet, &page.symbols);
    page.equations("Initial values", initial);
    let events = sheet.events.iter().map(|e| {
        let then = if e.then.is_empty() {
            String::new()
        } else {
            format!("; then {}", e.then)
        };
        (e.name.clone(), format!("when {}{then}", e.when))
    });
    page.items("Events", events.collect());
    let mut experiment = vec![("duration".to_string(), sheet.duration.clone())];
    experiment.extend(sheet.steps.iter().map(|step| (String::new(), step.clone())));
    page.items("Experiment", experiment);
    let own = sheet.model.outcomes.iter().zip(&sheet.outcomes);
    let outcomes = own.map(|(o, row)| Raw {
        behind: match row.unit.as_str() {
            "" => String::new(),
            text => format!("\\quad [{}]", latex_unit(text)),
        },
        ..Raw::new(&o.name, "", latex_symbol(&o.name), o.value.clone())
    });
    page.equations("Outcomes", outcomes.collect());
    let conserved = sheet.model.conserved.iter().map(|c| Raw {
        behind: " = \\mathrm{const}".to_string(),
        ..Raw::new(&c.name, "", String::new(), c.value.clone())
    });
    page.equations("Conserved sums", conserved.collect());
    let variants = sheet.variants.iter().map(|(name, about, set)| {
        let text = format!("{about} ({set})").trim_start().to_string();
        (name.clone(), text)
    });
    page.items("Variants", variants.collect());
    let checks = sheet.checks.iter().map(|c| {
        let with = if c.with.is_empty() {
            String::new()
        } else {
            format!(" with {}", c.with)
        };
        let claim = format!("{} = {}{with}", c.what, c.is);
        (
            c.id.clone(),
            format!("{claim} (within {}; {})", c.within, c.why),
        )
    });
    page.items("Checks", checks.collect());
    page.out.push_str("\\end{document}\n");
    page.out
}

const PREAMBLE: &str = "\\documentclass[a4paper]{article}
\\usepackage[T1]{fontenc}
\\usepackage[utf8]{inputenc}
\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}
\\usepackage{textcomp}
\\usepackage[fleqn]{amsmath}
\\usepackage{amssymb}
\\usepackage{array,longtable}
\\usepackage[margin=2cm]{geometry}
\\setlength{\\mathindent}{0pt}
\\setlength{\\LTleft}{0pt}
\\allowdisplaybreaks
\\sloppy
";

struct Page<'a> {
    symbols: Symbols<'a>,
    out: String,
}

impl Page<'_> {
    /// A section with aligned equations; nothing if there are none.
    fn equations(&mut self, heading: &str, equations: Vec<Raw>) {
        if equations.is_empty() {
            return;
        }
        let left = equations.iter().map(|e| latex_width(&e.left));
        let equals = latex_width("=");
        // The following lines are indented.
        let room = LINE - left.fold(0.0, f64::max) - equals - latex_width("\\quad");
        let mut widest: f64 = 0.0;
        let mut rows = Vec::new();
        for e in &equations {
            let own = lines(&self.symbols, &e.right, &e.behind, room);
            let widths = own.iter().map(|line| latex_width(line));
            widest = widths.fold(widest, f64::max);
            let sign = if e.left.is_empty() { "" } else { "= " };
            let first = format!("  {} &{sign}", e.left);
            rows.push(format!("{first}{}", own.join(" \\\\*\n  &\\quad {}")));
        }
        let size = size(widest / room);
        let rows = rows.join(" \\\\\n");
        self.out.push_str(&format!(
            "\\section*{{{}}}\n{{{size}\n\\begin{{align*}}\n{rows}\n\\end{{align*}}\n}}\n",
            prose(heading)
        ));
    }

    fn parameters(&mut self, sheet: &Sheet) {
        let columns = ["Symbol", "Value", "About", "Source"];
        let rows = sheet.parameters.iter().map(|p| {
            let symbol = self.symbols.indexed(&p.name, &p.each);
            // How wide a value may be is known once the others are.
            let value = "?".to_string();
            [symbol, value, about(&p.about, &p.each), prose(&p.source)]
        });
        let mut table = Table::new(columns, [0.0, 0.32, 0.3, 0.38], rows.collect());
        let room = table.widths[1];
        for (row, p) in table.rows.iter_mut().zip(&sheet.parameters) {
            row[1] = self.value(p, room);
        }
        self.out.push_str(&table.section("Parameters"));
    }

    /// `$90\,\mathrm{\mu m^{3}}$`, or an expression with its unit in brackets.
    fn value(&self, p: &ParameterRow, room: f64) -> String {
        let lines = value_lines(&self.symbols, p, room);
        let widths = lines.iter().map(|line| latex_width(line));
        let size = size(widths.fold(0.0, f64::max) / room);
        format!(
            "{size}$\\displaystyle {}$",
            lines.join("$\\newline$\\displaystyle {}")
        )
    }

    /// Which symbol is which name of the file.
    fn quantities(&mut self, sheet: &Sheet) {
        let states = sheet.states.iter();
        let states = states.map(|s| (&s.name, &s.each, &s.unit, &s.about));
        let lets = sheet.equations.iter();
        let lets = lets.map(|e| (&e.name, &e.each, &e.unit, &e.about));
        let rows = states.chain(lets).map(|(name, each, of, text)| {
            let symbol = self.symbols.indexed(name, each);
            let unit = match of.as_str() {
                "" => String::new(),
                text => format!("${}$", latex_unit(text)),
            };
            [symbol, unit, about(text, each), file_name(name)]
        });
        let columns = ["Symbol", "Unit", "About", "Name"];
        let table = Table::new(columns, [0.0, 0.0, 0.52, 0.48], rows.collect());
        self.out.push_str(&table.section("Quantities"));
    }

    /// A section with a list; nothing if there is nothing in it.
    fn items(&mut self, heading: &str, lines: Vec<(String, String)>) {
        if lines.is_empty() {
            return;
        }
        let out = &mut self.out;
        out.push_str(&format!("\\section*{{{heading}}}\n\\begin{{itemize}}\n"));
        for (name, text) in lines {
            let name = if name.is_empty() {
                String::new()
            } else {
                format!("\\textbf{{{}}}: ", prose(&name))
            };
            out.push_str(&format!("  \\item {name}{}\n", prose(&text)));
        }
        out.push_str("\\end{itemize}\n");
    }
}

/// What nothing can break is set smaller.
fn size(part_of_room: f64) -> &'static str {
    match part_of_room {
        r if r <= 1.0 => "",
        r if r <= 1.1 => "\\small",
        r if r <= 1.25 => "\\footnotesize",
        _ => "\\scriptsize",
    }
}

/// What it is, and for which values of its index.
fn about(text: &str, each: &str) -> String {
    let each = match each {
        "" => String::new(),
        each => format!("\\mbox{{{}}}", prose(each)),
    };
    let parts = [prose(text), each];
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|p| !p.is_empty())
        .collect();
    parts.join("; ")
}

/// A name as in the file; a line may end behind a dot or an underscore.
fn file_name(name: &str) -> String {
    let breakable = prose(name).replace("\\_", "\\_\\allowbreak{}");
    format!("\\texttt{{{}}}", breakable.replace('.', ".\\allowbreak{}"))
}

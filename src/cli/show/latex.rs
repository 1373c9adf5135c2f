//! A model as a LaTeX document of its own: article class, amsmath, nothing else.

use super::sheet::Sheet;
use crate::expr::ast::Ast;
use crate::expr::print::{latex_symbol, to_latex};
use crate::units::Unit;

pub(super) fn latex(sheet: &Sheet) -> String {
    let title = if sheet.model.title.is_empty() {
        &sheet.name
    } else {
        &sheet.model.title
    };
    let mut out = format!(
        "{PREAMBLE}\\title{{{}}}\n\\date{{}}\n\\begin{{document}}\n\\maketitle\n",
        prose(title)
    );
    if !sheet.model.about.is_empty() {
        out.push_str(&format!("\\noindent {}\n", prose(&sheet.model.about)));
    }
    parameters(sheet, &mut out);
    for block in sheet.blocks() {
        let heading = if block.is_empty() {
            "Equations".to_string()
        } else {
            format!("Equations of {block}")
        };
        equations(&mut out, &heading, equation_lines(sheet, block));
    }
    let initial = sheet.states.iter().map(|s| {
        (
            format!("{}(0)", symbol(&s.name, &s.each)),
            math(s.initial_value),
            String::new(),
        )
    });
    equations(&mut out, "Initial values", initial.collect());
    let events = sheet.events.iter().map(|e| {
        let then = if e.then.is_empty() {
            String::new()
        } else {
            format!("; then {}", e.then)
        };
        (e.name.clone(), format!("when {}{then}", e.when))
    });
    items(&mut out, "Events", events.collect());
    let mut experiment = vec![("duration".to_string(), sheet.duration.clone())];
    experiment.extend(sheet.steps.iter().map(|step| (String::new(), step.clone())));
    items(&mut out, "Experiment", experiment);
    let own = sheet.model.outcomes.iter().zip(&sheet.outcomes);
    let outcomes = own.map(|(o, row)| (latex_symbol(&o.name), math(&o.value), unit(&row.unit)));
    equations(&mut out, "Outcomes", outcomes.collect());
    let conserved = sheet
        .model
        .conserved
        .iter()
        .map(|c| (math(&c.value), "\\mathrm{const}".to_string(), String::new()));
    equations(&mut out, "Conserved sums", conserved.collect());
    let variants = sheet.variants.iter().map(|(name, about, set)| {
        (
            name.clone(),
            format!("{about} ({set})").trim_start().to_string(),
        )
    });
    items(&mut out, "Variants", variants.collect());
    let checks = sheet.checks.iter().map(|c| {
        let with = if c.with.is_empty() {
            String::new()
        } else {
            format!(" with {}", c.with)
        };
        (
            c.id.clone(),
            format!(
                "{} = {}{with} (within {}; {})",
                c.what, c.is, c.within, c.why
            ),
        )
    });
    items(&mut out, "Checks", checks.collect());
    out.push_str("\\end{document}\n");
    out
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
\\allowdisplaybreaks
\\sloppy
";

fn parameters(sheet: &Sheet, out: &mut String) {
    if sheet.parameters.is_empty() {
        return;
    }
    out.push_str(
        "\\section*{Parameters}\n\\begin{longtable}{@{}lll\
         >{\\raggedright}p{0.2\\textwidth}>{\\raggedright\\arraybackslash}p{0.3\\textwidth}@{}}\n",
    );
    out.push_str("Symbol & Value & Unit & About & Source \\\\\\hline\\endhead\n");
    let definitions = &sheet.model.definitions;
    for row in &sheet.parameters {
        let value = definitions
            .iter()
            .find(|d| d.name == row.name)
            .map(|d| match &d.value.kind {
                crate::expr::ast::AstKind::Number { value, .. } => math(&Ast::new(
                    crate::expr::ast::AstKind::Number {
                        value: *value,
                        unit: None,
                    },
                    d.value.span,
                )),
                _ => math(&d.value),
            });
        out.push_str(&format!(
            "${}$ & ${}$ & {} & {} & {} \\\\\n",
            latex_symbol(&row.name),
            value.unwrap_or_default(),
            if row.unit.is_empty() {
                String::new()
            } else {
                format!("${}$", unit(&row.unit))
            },
            prose(&row.about),
            prose(&row.source)
        ));
    }
    out.push_str("\\end{longtable}\n");
}

fn equation_lines(sheet: &Sheet, block: &str) -> Vec<(String, String, String)> {
    let states = sheet.states.iter().filter(|s| s.block == block).map(|s| {
        let mut rate = String::new();
        for (i, term) in s.rate.iter().enumerate() {
            let text = math(term);
            if i > 0 && !text.starts_with('-') {
                rate.push_str(" + ");
            }
            rate.push_str(&text);
        }
        if rate.is_empty() {
            rate.push('0');
        }
        let per_second = if s.unit.is_empty() {
            "\\mathrm{s}^{-1}".to_string()
        } else {
            format!("{}\\,\\mathrm{{s}}^{{-1}}", unit(&s.unit))
        };
        (
            format!(
                "\\frac{{\\mathrm{{d}}\\,{}}}{{\\mathrm{{d}}t}}",
                symbol(&s.name, &s.each)
            ),
            rate,
            per_second,
        )
    });
    let lets = sheet.equations.iter().filter(|e| e.block == block);
    let lets = lets.map(|e| (symbol(&e.name, &e.each), math(e.value), unit(&e.unit)));
    states.chain(lets).collect()
}

/// The symbol of a name, with its index if it is repeated.
fn symbol(name: &str, each: &str) -> String {
    let plain = latex_symbol(name);
    match (each.split_once(' '), plain.strip_suffix('}')) {
        (None, _) => plain,
        (Some((index, _)), Some(open)) if plain.contains("_{") => format!("{open},{index}}}"),
        (Some((index, _)), _) => format!("{plain}_{{{index}}}"),
    }
}

fn math(ast: &Ast) -> String {
    to_latex(ast, &|name| latex_symbol(name))
}

/// A unit upright: that of the number 1, without the number.
fn unit(text: &str) -> String {
    let Ok(unit) = Unit::parse(text) else {
        return String::new();
    };
    if text.is_empty() {
        return String::new();
    }
    let one = Ast::new(
        crate::expr::ast::AstKind::Number {
            value: 1.0,
            unit: Some(unit),
        },
        Default::default(),
    );
    let written = math(&one);
    written
        .strip_prefix("1\\,")
        .map(str::to_string)
        .unwrap_or(written)
}

/// A section with aligned equations; nothing if there are none.
fn equations(out: &mut String, heading: &str, lines: Vec<(String, String, String)>) {
    if lines.is_empty() {
        return;
    }
    // Repeated names make long lines; what the page can't hold is set smaller, its unit below it.
    let longest = lines.iter().map(|(l, r, _)| length(l) + length(r));
    let longest = longest.fold(0.0, f64::max);
    let size = match longest {
        l if l < LINE => "",
        l if l < LINE / 0.9 => "\\small",
        l if l < LINE / 0.8 => "\\footnotesize",
        _ => "\\scriptsize",
    };
    out.push_str(&format!(
        "\\section*{{{}}}\n{{{size}\n\\begin{{align*}}\n",
        prose(heading)
    ));
    let lines: Vec<String> = lines
        .into_iter()
        .map(|(left, right, unit)| {
            let unit = match unit.as_str() {
                "" => String::new(),
                _ if length(&left) + length(&right) > 0.85 * LINE => {
                    format!(" \\\\\n  &\\quad [{unit}]")
                }
                _ => format!("\\quad [{unit}]"),
            };
            format!("  {left} &= {right}{unit}")
        })
        .collect();
    out.push_str(&lines.join(" \\\\\n"));
    out.push_str("\n\\end{align*}\n}\n");
}

/// Letters that fit on a line.
const LINE: f64 = 92.0;

/// Letters of a formula, roughly: without its commands, subscripts smaller.
fn length(latex: &str) -> f64 {
    let (mut sum, mut depth, mut small) = (0.0, 0, Vec::new());
    let mut rest = latex.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => while rest.next_if(char::is_ascii_alphabetic).is_some() {},
            '_' | '^' => small.push(depth),
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if small.last() == Some(&depth) {
                    small.pop();
                }
            }
            _ => sum += if small.is_empty() { 1.0 } else { 0.7 },
        }
    }
    sum
}

/// A section with a list; nothing if there is nothing in it.
fn items(out: &mut String, heading: &str, lines: Vec<(String, String)>) {
    if lines.is_empty() {
        return;
    }
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

/// Text outside of formulas: characters that mean something to LaTeX, or that its old fonts lack, are written out.
fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '\\' => out.push_str("\\textbackslash{}"),
            '<' | '>' => out.push_str(&format!("${c}$")),
            'µ' | 'μ' => out.push_str("\\textmu{}"),
            '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '⁻' => {
                let plain = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
                    .chars()
                    .position(|s| s == c)
                    .and_then(|i| "0123456789-".chars().nth(i));
                out.push_str(&format!("\\textsuperscript{{{}}}", plain.unwrap_or(' ')));
            }
            '·' => out.push_str("$\\cdot$"),
            '×' => out.push_str("$\\times$"),
            '−' => out.push_str("$-$"),
            '≤' => out.push_str("$\\le$"),
            '≥' => out.push_str("$\\ge$"),
            '≈' => out.push_str("$\\approx$"),
            '→' => out.push_str("$\\to$"),
            '…' => out.push_str("\\ldots{}"),
            '–' => out.push_str("--"),
            '—' => out.push_str("---"),
            'α'..='ω' | 'Α'..='Ω' => {
                out.push_str(&format!("${}$", latex_symbol(&c.to_string())))
            }
            '‰' => out.push_str("\\textperthousand{}"),
            _ => out.push(c),
        }
    }
    out
}

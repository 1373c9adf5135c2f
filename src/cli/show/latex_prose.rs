//! Text of a model as text of a LaTeX document.

use crate::expr::print::latex_symbol;

/// Text outside of formulas: characters that mean something to LaTeX, or that its old fonts lack, are written out.
pub(super) fn prose(text: &str) -> String {
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
            '∞' => out.push_str("$\\infty$"),
            '√' => out.push_str("$\\surd$"),
            '∂' => out.push_str("$\\partial$"),
            '∫' => out.push_str("$\\int$"),
            '∝' => out.push_str("$\\propto$"),
            '∼' => out.push_str("$\\sim$"),
            '≠' => out.push_str("$\\ne$"),
            '±' => out.push_str("$\\pm$"),
            '←' => out.push_str("$\\leftarrow$"),
            '↑' => out.push_str("$\\uparrow$"),
            '↓' => out.push_str("$\\downarrow$"),
            '↔' => out.push_str("$\\leftrightarrow$"),
            '⇌' => out.push_str("$\\rightleftharpoons$"),
            '′' => out.push_str("$'$"),
            '″' => out.push_str("$''$"),
            '‘' => out.push('`'),
            '’' => out.push('\''),
            '“' => out.push_str("``"),
            '”' => out.push_str("''"),
            '°' => out.push_str("\\textdegree{}"),
            '½' => out.push_str("\\textonehalf{}"),
            '§' => out.push_str("\\S{}"),
            '†' => out.push_str("\\dag{}"),
            '•' => out.push_str("\\textbullet{}"),
            '‐' | '‑' => out.push('-'),
            '\u{a0}' | '\u{202f}' => out.push('~'),
            '\u{2009}' => out.push_str("\\,"),
            // Letters of Europe's languages: the T1 fonts have them.
            _ if c.is_ascii() || (('À'..='ž').contains(&c) && c.is_alphabetic()) => out.push(c),
            _ => match small(c) {
                Some(plain) => out.push_str(&plain),
                // Better than a document that can't be set.
                None => out.push_str(&format!("[U+{:04X}]", u32::from(c))),
            },
        }
    }
    out
}

/// Raised and lowered digits.
fn small(c: char) -> Option<String> {
    let rows = [
        ("textsuperscript", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"),
        ("textsubscript", "₀₁₂₃₄₅₆₇₈₉₊₋"),
    ];
    rows.iter().find_map(|(command, digits)| {
        let place = digits.chars().position(|digit| digit == c)?;
        let plain = "0123456789+-".chars().nth(place)?;
        Some(format!("\\{command}{{{plain}}}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_written_out() {
        let cases = [
            ("50 % of A_0 & #1", "50 \\% of A\\_0 \\& \\#1"),
            (
                "HPO₄²⁻ in µm³",
                "HPO\\textsubscript{4}\\textsuperscript{2}\\textsuperscript{-} in \\textmu{}m\\textsuperscript{3}",
            ),
            ("Höfler’s Δπ ≈ 2", "Höfler's $\\Delta$$\\pi$ $\\approx$ 2"),
            ("細胞", "[U+7D30][U+80DE]"),
        ];
        for (text, latex) in cases {
            assert_eq!(prose(text), latex);
        }
    }
}

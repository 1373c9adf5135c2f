//! Tree to LaTeX in pieces, for formulas that are too long for a line.

use super::ast::{Ast, AstKind, Infix, Prefix, binding};
use super::latex::{Writer, is_plain_base, needs_parentheses, operands, operator};
use super::latex_width::latex_width;

/// A part of a formula that stays together on a line.
#[derive(Clone, Debug, PartialEq)]
pub struct LatexPiece {
    /// Its LaTeX; with a sign at its beginning, if one joins it to the piece before.
    pub latex: String,
    /// How bad a line break before it is: 0 between the terms of the whole, more the deeper inside parentheses.
    pub rank: u32,
}

/// The pieces of an expression; together they are the expression. What is narrower than `solid` \[em\] is not divided,
/// and fractions are only where they are wider than `room`.
///
/// Parentheses that may be broken have a fixed size: those that grow must end on the line on which they begin.
pub fn latex_pieces(
    ast: &Ast,
    symbol: &dyn Fn(&str) -> String,
    (solid, room): (f64, f64),
) -> Vec<LatexPiece> {
    let mut pieces = Pieces {
        writer: Writer { symbol },
        solid,
        room,
        out: vec![LatexPiece {
            latex: String::new(),
            rank: 0,
        }],
    };
    pieces.part(ast, binding::LOOSEST, 0);
    pieces.out
}

struct Pieces<'a> {
    writer: Writer<'a>,
    solid: f64,
    room: f64,
    out: Vec<LatexPiece>,
}

impl Pieces<'_> {
    /// Continues the last piece.
    fn add(&mut self, latex: &str) {
        if let Some(last) = self.out.last_mut() {
            last.latex.push_str(latex);
        }
    }

    fn start(&mut self, rank: u32, latex: &str) {
        self.out.push(LatexPiece {
            latex: latex.to_string(),
            rank,
        });
    }

    /// A part that must bind at least so tightly, inside so many parentheses.
    fn part(&mut self, ast: &Ast, least: u8, depth: u32) {
        let text = self.writer.part(ast, least);
        if latex_width(&text) <= self.solid {
            self.add(&text);
        } else if needs_parentheses(ast, least) {
            self.parentheses(ast, depth);
        } else {
            self.divide(ast, &text, depth);
        }
    }

    fn parentheses(&mut self, ast: &Ast, depth: u32) {
        let (open, close) = sizes(&self.writer.bare(ast));
        self.add(open);
        self.part(ast, binding::LOOSEST, depth + 1);
        self.add(close);
    }

    /// What is too wide to stay whole, if it has parts; `text` is the whole.
    fn divide(&mut self, ast: &Ast, text: &str, depth: u32) {
        let terms = 3 * depth;
        match &ast.kind {
            AstKind::Prefix(Prefix::Minus, a) => {
                self.add("-");
                self.part(a, binding::MINUS, depth);
            }
            AstKind::Infix(Infix::Divide, a, b) if latex_width(text) > self.room => {
                self.part(a, binding::PRODUCT, depth);
                self.start(terms + 1, r" \big/ ");
                // Beside a slash a fraction needs parentheses, too.
                match &b.kind {
                    AstKind::Infix(Infix::Divide | Infix::Multiply, ..) => {
                        self.parentheses(b, depth)
                    }
                    _ => self.part(b, binding::POWER, depth),
                }
            }
            AstKind::Infix(Infix::Power, base, exponent) if !is_plain_base(base) => {
                let exponent = self.writer.bare(exponent);
                self.parentheses(base, depth);
                self.add(&format!("^{{{exponent}}}"));
            }
            AstKind::Infix(Infix::Divide | Infix::Power, ..) => self.add(text),
            AstKind::Infix(op, a, b) => {
                let (left, right) = operands(*op, b);
                self.part(a, left, depth);
                let rank = if *op == Infix::Multiply {
                    terms + 1
                } else {
                    terms
                };
                let sign = self.writer.sign(*op, a, b);
                self.start(rank, sign);
                self.part(b, right, depth);
            }
            AstKind::Sum {
                body,
                index,
                from,
                to,
            } => {
                let sign = self.writer.sum_sign(index, from, to);
                self.add(&format!("{sign} "));
                self.part(body, binding::PRODUCT, depth);
            }
            AstKind::Call(name, _, arguments) if name == "if" && latex_width(text) > self.room => {
                self.alternatives(arguments, text, depth);
            }
            AstKind::Call(name, _, arguments) if !is_drawn(name) => {
                let (open, close) = sizes(text);
                self.add(&format!("{}{open}", operator(name)));
                for (i, argument) in arguments.iter().enumerate() {
                    if i > 0 {
                        self.add(",");
                        self.start(terms + 2, " ");
                    }
                    self.part(argument, binding::LOOSEST, depth + 1);
                }
                self.add(close);
            }
            _ => self.add(text),
        }
    }
}

impl Pieces<'_> {
    /// An `if` that is too wide for rows: `{a if c; b otherwise}`.
    fn alternatives(&mut self, arguments: &[Ast], text: &str, depth: u32) {
        let [condition, yes, no] = arguments else {
            return self.add(text);
        };
        let rank = 3 * depth + 2;
        self.add(r"\bigl\{");
        self.part(yes, binding::LOOSEST, depth + 1);
        self.start(rank, r"\ \text{if } ");
        self.part(condition, binding::LOOSEST, depth + 1);
        self.add(";");
        self.start(rank, r"\ ");
        self.part(no, binding::LOOSEST, depth + 1);
        self.start(rank, r"\ \text{otherwise}");
        self.add(r"\bigr\}");
    }
}

/// Functions that are more than a name and parentheses.
fn is_drawn(name: &str) -> bool {
    matches!(name, "if" | "sqrt" | "abs" | "pow")
}

/// Parentheses around something as high as that.
fn sizes(latex: &str) -> (&'static str, &'static str) {
    let high = [r"\frac", r"\sum", r"\begin"];
    if high.iter().any(|part| latex.contains(part)) {
        (r"\biggl(", r"\biggr)")
    } else {
        (r"\bigl(", r"\bigr)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::parse::parse_expression;
    use crate::expr::symbol::latex_symbol;

    fn pieces(text: &str, solid: f64) -> Vec<(String, u32)> {
        let ast = parse_expression(text).expect("it parses");
        let pieces = latex_pieces(&ast, &latex_symbol, (solid, 3.0 * solid));
        pieces.into_iter().map(|p| (p.latex, p.rank)).collect()
    }

    #[test]
    fn a_sum_comes_apart_before_its_signs() {
        let found = pieces("a * (b - c - (d - e)) + max(0, f)", 6.0);
        let expected = [
            ("a", 0),
            (r"\,\bigl(b - c", 1),
            (r" - \left(d - e\right)\bigr)", 3),
            (r" + \max\left(0, f\right)", 0),
        ];
        assert_eq!(found, expected.map(|(text, rank)| (text.to_string(), rank)));
        assert_eq!(pieces("a + b", 20.0), [("a + b".to_string(), 0)]);
    }

    #[test]
    fn an_if_becomes_a_sentence_where_rows_are_too_wide() {
        let found = pieces("if(aa > bb, cc, dd)", 2.0);
        let text: String = found.into_iter().map(|p| p.0).collect();
        let expected = r"\bigl\{\mathrm{cc}\ \text{if } \mathrm{aa} > \mathrm{bb};\ \mathrm{dd}\ \text{otherwise}\bigr\}";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_fraction_comes_apart_only_where_it_must() {
        let text = "(aa + bb + cc + dd) / (a + b)";
        assert_eq!(pieces(text, 4.0).len(), 1);
        let narrow: Vec<String> = pieces(text, 2.0).into_iter().map(|p| p.0).collect();
        assert_eq!(
            narrow.concat(),
            r"\bigl(\mathrm{aa} + \mathrm{bb} + \mathrm{cc} + \mathrm{dd}\bigr) \big/ \bigl(a + b\bigr)"
        );
    }
}

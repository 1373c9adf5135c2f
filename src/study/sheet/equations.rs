//! The equations of a model, typeset: LaTeX and MathML of the same lines.

use super::fold::{Piece, fold};
use super::words::indexed;
use super::{ParameterRow, Sheet, Symbols, terms, value};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::mathml::{display_math, inline_math};
use crate::expr::print::{latex_pieces, latex_symbol, latex_width, to_latex, to_text};
use crate::units::Unit;

/// The equations of a block, or of the file itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Name of the block; empty for the file itself.
    pub block: String,
    /// The rates of its states, then what it defines.
    pub equations: Vec<Equation>,
}

/// `left = right`, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    /// Name of the quantity; of a sum, its name.
    pub name: String,
    /// What it is, in a few words; may be empty.
    pub about: String,
    /// Its unit, of a rate too; empty for a plain number.
    pub unit: String,
    /// `i = 1..10`, for repeated ones.
    pub each: String,
    /// In the model language.
    pub text: String,
    /// The left side in LaTeX; empty for a sum.
    pub left: String,
    /// The lines of the right side in LaTeX.
    pub right: Vec<String>,
}

impl Equation {
    /// As one `<math display="block">`, with the text of the model language for those who hear it.
    pub fn mathml(&self) -> String {
        display_math(&self.left, &self.right, &self.text)
    }

    /// As LaTeX for display, without the signs around it.
    pub fn latex(&self) -> String {
        let sign = if self.left.is_empty() { "" } else { " = " };
        match self.right.as_slice() {
            [one] => format!("{}{sign}{one}", self.left),
            lines => format!(
                r"\begin{{aligned}} {} &{sign}{} \end{{aligned}}",
                self.left,
                lines.join(r" \\ &\quad ")
            ),
        }
    }
}

/// The equations block by block, the file's own first. Right sides are broken into lines of at most so much
/// \[em\] together with their left sides, where they can be.
pub fn equations(sheet: &Sheet, room: f64) -> Vec<Group> {
    let symbols = Symbols::new(sheet);
    let blocks = sheet.blocks().into_iter();
    let groups = blocks.map(|block| Group {
        block: block.to_string(),
        equations: (of_block(sheet, &symbols, block).into_iter())
            .map(|raw| raw.typeset(&symbols, room))
            .collect(),
    });
    groups.filter(|g| !g.equations.is_empty()).collect()
}

/// The values of the states at the start, as [`equations`].
pub fn initial_values(sheet: &Sheet, room: f64) -> Vec<Equation> {
    let symbols = Symbols::new(sheet);
    let raw = initial(sheet, &symbols).into_iter();
    raw.map(|raw| raw.typeset(&symbols, room)).collect()
}

/// The definitions of the outcomes, as [`equations`].
pub fn outcomes(sheet: &Sheet, room: f64) -> Vec<Equation> {
    let symbols = Symbols::new(sheet);
    let own = sheet.model.outcomes.iter().zip(&sheet.outcomes);
    let raw = own.map(|(o, row)| Raw {
        about: row.about.clone(),
        unit: row.unit.clone(),
        ..Raw::new(&o.name, "", latex_symbol(&o.name), o.value.clone())
    });
    raw.map(|raw| raw.typeset(&symbols, room)).collect()
}

/// Formulas within a line of text: each as MathML and as LaTeX.
pub struct Typeset<'a> {
    symbols: Symbols<'a>,
}

impl<'a> Typeset<'a> {
    /// With the symbols of this model.
    pub fn new(sheet: &Sheet<'a>) -> Typeset<'a> {
        Typeset {
            symbols: Symbols::new(sheet),
        }
    }

    /// The symbol of a quantity.
    pub fn symbol(&self, name: &str, each: &str) -> (String, String) {
        let latex = self.symbols.indexed(name, each);
        (inline_math(&latex, &indexed(name, each)), latex)
    }

    /// An expression.
    pub fn expression(&self, ast: &Ast) -> (String, String) {
        let latex = to_latex(ast, &|name| self.symbols.of(name));
        (inline_math(&latex, &to_text(ast)), latex)
    }
}

/// `left = right`, not yet broken into lines.
pub(crate) struct Raw {
    pub name: String,
    pub about: String,
    pub unit: String,
    pub each: String,
    /// The left side in the model language.
    pub name_text: String,
    /// LaTeX.
    pub left: String,
    pub right: Ast,
    /// LaTeX.
    pub behind: String,
}

impl Raw {
    pub fn new(name: &str, each: &str, left: String, right: Ast) -> Raw {
        Raw {
            name: name.to_string(),
            about: String::new(),
            unit: String::new(),
            each: each.to_string(),
            name_text: indexed(name, each),
            left,
            right,
            behind: String::new(),
        }
    }

    fn typeset(self, symbols: &Symbols, room: f64) -> Equation {
        let right = to_text(&self.right);
        let text = match self.left.as_str() {
            "" => right,
            _ => format!("{} = {right}", self.name_text),
        };
        // The following lines are indented.
        let used = latex_width(&self.left) + latex_width(r"=\quad");
        Equation {
            right: lines(
                symbols,
                &self.right,
                &self.behind,
                (room - used).max(room / 3.0),
            ),
            name: self.name,
            about: self.about,
            unit: self.unit,
            each: self.each,
            text,
            left: self.left,
        }
    }
}

/// The rates of the states of a block, then what it defines.
pub(crate) fn of_block(sheet: &Sheet, symbols: &Symbols, block: &str) -> Vec<Raw> {
    let states = sheet.states.iter().filter(|s| s.block == block);
    let rates = states.map(|s| {
        let symbol = symbols.indexed(&s.name, &s.each);
        let left = format!(r"\frac{{\mathrm{{d}}\,{symbol}}}{{\mathrm{{d}}t}}");
        let raw = Raw::new(&s.name, &s.each, left, terms::rate(s.rate));
        Raw {
            name_text: format!("d {}/dt", raw.name_text),
            about: s.about.clone(),
            unit: rate_unit(&s.unit),
            ..raw
        }
    });
    let lets = sheet.equations.iter().filter(|e| e.block == block);
    let lets = lets.map(|e| Raw {
        about: e.about.clone(),
        unit: e.unit.clone(),
        ..Raw::new(
            &e.name,
            &e.each,
            symbols.indexed(&e.name, &e.each),
            e.value.clone(),
        )
    });
    rates.chain(lets).collect()
}

/// The values at the start.
pub(crate) fn initial(sheet: &Sheet, symbols: &Symbols) -> Vec<Raw> {
    let one = |s: &super::StateRow| {
        let left = format!("{}(0)", symbols.indexed(&s.name, &s.each));
        let raw = Raw::new(&s.name, &s.each, left, s.initial_value.clone());
        Raw {
            name_text: format!("{} at the start", raw.name_text),
            about: s.about.clone(),
            unit: s.unit.clone(),
            ..raw
        }
    };
    sheet.states.iter().map(one).collect()
}

/// The unit of the rate of a quantity.
pub(crate) fn rate_unit(unit: &str) -> String {
    match unit {
        "" => "1/s".to_string(),
        unit => format!("{unit}/s"),
    }
}

/// The part of a line below which a formula stays whole.
const SOLID: f64 = 0.3;

/// The lines of a formula, none wider than that \[em\] if it can be broken so.
pub(crate) fn lines(symbols: &Symbols, ast: &Ast, behind: &str, room: f64) -> Vec<String> {
    let symbol = |name: &str| symbols.of(name);
    let whole = to_latex(ast, &symbol);
    if latex_width(&whole) + latex_width(behind) <= room {
        return vec![format!("{whole}{behind}")];
    }
    let parts = latex_pieces(ast, &symbol, (SOLID * room, room));
    let mut pieces: Vec<Piece> = parts
        .into_iter()
        .map(|p| Piece {
            width: latex_width(&p.latex),
            text: p.latex,
            rank: p.rank,
        })
        .collect();
    if !behind.is_empty() {
        pieces.push(Piece {
            width: latex_width(behind),
            text: behind.to_string(),
            rank: 0,
        });
    }
    let lines = fold(&pieces, room);
    let text = |line: &[Piece]| {
        let text: String = line.iter().map(|p| p.text.as_str()).collect();
        // At the beginning of a line a product needs its sign.
        match text.strip_prefix(r"\,") {
            Some(factor) => format!(r"\cdot {factor}"),
            None => text,
        }
    };
    lines.iter().map(|line| text(line)).collect()
}

/// The value of a parameter: `90\,\mathrm{\mu m^{3}}`, or the lines of an expression with its unit in brackets.
pub(crate) fn value_lines(symbols: &Symbols, p: &ParameterRow, room: f64) -> Vec<String> {
    let behind = match value::number(p.tree) {
        Some((_, Some(_))) => String::new(),
        Some((_, None)) if p.unit.is_empty() => String::new(),
        Some((_, None)) => format!(r"\,{}", latex_unit(&p.unit)),
        None if p.unit.is_empty() || value::says_unit(p.tree, &p.unit) => String::new(),
        None => format!(r"\quad [{}]", latex_unit(&p.unit)),
    };
    lines(symbols, p.tree, &behind, room)
}

/// A unit upright in LaTeX: that of the number 1, without the number.
pub(crate) fn latex_unit(text: &str) -> String {
    let Ok(unit) = Unit::parse(text) else {
        return String::new();
    };
    let one = AstKind::Number {
        value: 1.0,
        unit: Some(unit),
    };
    let written = to_latex(&Ast::new(one, Default::default()), &|name| {
        latex_symbol(name)
    });
    match written.strip_prefix(r"1\,") {
        Some(unit) => unit.to_string(),
        None => written,
    }
}

//! Tree to LaTeX.

use super::ast::{Ast, AstKind, Infix, Prefix, Way, binding};
use super::print::{number, strength};
use super::symbol::{escape, latex_symbol, with_subscript};
use crate::units::Unit;
use crate::units::parse::lower_superscript;

/// LaTeX of an expression; `symbol` gives the symbol of a name, as [`latex_symbol`] does.
pub fn to_latex(ast: &Ast, symbol: &dyn Fn(&str) -> String) -> String {
    Writer { symbol }.bare(ast)
}

/// Writes on one line.
pub(super) struct Writer<'a> {
    pub symbol: &'a dyn Fn(&str) -> String,
}

impl Writer<'_> {
    /// A part that must bind at least so tightly, in parentheses otherwise.
    pub fn part(&self, ast: &Ast, least: u8) -> String {
        let text = self.bare(ast);
        if needs_parentheses(ast, least) {
            format!(r"\left({text}\right)")
        } else {
            text
        }
    }

    pub fn bare(&self, ast: &Ast) -> String {
        match &ast.kind {
            AstKind::Number { value, unit } => {
                let number = latex_number(*value);
                unit.as_ref().map_or(number.clone(), |unit| {
                    format!(r"{number}\,{}", latex_unit(unit))
                })
            }
            AstKind::Name(name) => (self.symbol)(name),
            AstKind::Index(name, index) => with_subscript((self.symbol)(name), &self.bare(index)),
            AstKind::Prefix(Prefix::Minus, a) => format!("-{}", self.part(a, binding::MINUS)),
            AstKind::Prefix(Prefix::Not, a) => format!(r"\neg {}", self.part(a, binding::MINUS)),
            AstKind::Infix(op, a, b) => self.infix(*op, a, b),
            AstKind::Call(name, _, arguments) => self.call(name, arguments),
            AstKind::Sum {
                body,
                index,
                from,
                to,
            } => {
                let sign = self.sum_sign(index, from, to);
                format!("{sign} {}", self.part(body, binding::PRODUCT))
            }
            AstKind::TimeOf(event, _) => format!(r"t_{{\mathrm{{{}}}}}", escape(event)),
            AstKind::CountOf(event, _) => format!(r"n_{{\mathrm{{{}}}}}", escape(event)),
            AstKind::TimeOfExtremum { max, of } => {
                let operator = if *max { "max" } else { "min" };
                format!(
                    r"\operatorname*{{arg\,{operator}}}_t {}",
                    self.part(of, binding::PRODUCT)
                )
            }
            AstKind::TimeWhen(crossing) => {
                let way = match crossing.way {
                    Way::Rises => r"\nearrow",
                    Way::Falls => r"\searrow",
                    Way::Crosses => "=",
                };
                let (left, right) = (self.bare(&crossing.left), self.bare(&crossing.right));
                format!(r"t\left({left} {way} {right}\right)")
            }
        }
    }

    pub fn sum_sign(&self, index: &str, from: &Ast, to: &Ast) -> String {
        let (from, to) = (self.bare(from), self.bare(to));
        format!(r"\sum_{{{}={from}}}^{{{to}}}", latex_symbol(index))
    }

    fn infix(&self, op: Infix, a: &Ast, b: &Ast) -> String {
        match op {
            Infix::Divide => return format!(r"\frac{{{}}}{{{}}}", self.bare(a), self.bare(b)),
            Infix::Power => return self.power(a, &self.bare(b)),
            _ => {}
        }
        let (left, right) = operands(op, b);
        let sign = self.sign(op, a, b);
        format!("{}{sign}{}", self.part(a, left), self.part(b, right))
    }

    /// A sign between two operands; none for fractions and powers, which are drawn otherwise.
    pub fn sign(&self, op: Infix, a: &Ast, b: &Ast) -> &'static str {
        match op {
            // A space alone would join two numbers into one, and two words into a name.
            Infix::Multiply if starts_with_number(b) => r" \cdot ",
            Infix::Multiply if self.ends_with_word(a) && self.starts_with_word(b) => r" \cdot ",
            Infix::Multiply => r"\,",
            Infix::Add => " + ",
            Infix::Subtract => " - ",
            Infix::Less => " < ",
            Infix::LessEqual => r" \le ",
            Infix::Greater => " > ",
            Infix::GreaterEqual => r" \ge ",
            Infix::Equal => " = ",
            Infix::NotEqual => r" \ne ",
            Infix::And => r" \land ",
            Infix::Or => r" \lor ",
            Infix::Divide | Infix::Power => "",
        }
    }

    fn starts_with_word(&self, ast: &Ast) -> bool {
        match &ast.kind {
            AstKind::Infix(Infix::Multiply | Infix::Power, a, _) => self.starts_with_word(a),
            _ => self.is_word(ast),
        }
    }

    fn ends_with_word(&self, ast: &Ast) -> bool {
        match &ast.kind {
            AstKind::Infix(Infix::Multiply, _, b) => self.ends_with_word(b),
            _ => self.is_word(ast),
        }
    }

    fn is_word(&self, ast: &Ast) -> bool {
        match &ast.kind {
            AstKind::Name(name) | AstKind::Index(name, _) => {
                (self.symbol)(name).starts_with(r"\mathrm")
            }
            _ => false,
        }
    }

    fn power(&self, base: &Ast, exponent: &str) -> String {
        // Functions, roots and the like take parentheses too: `\sin x^{2}` would be ambiguous.
        let text = self.bare(base);
        if is_plain_base(base) {
            format!("{text}^{{{exponent}}}")
        } else {
            format!(r"\left({text}\right)^{{{exponent}}}")
        }
    }

    fn call(&self, name: &str, arguments: &[Ast]) -> String {
        match (name, arguments) {
            ("if", [_, _, _]) => return self.cases(arguments),
            ("sqrt", [a]) => return format!(r"\sqrt{{{}}}", self.bare(a)),
            ("abs", [a]) => return format!(r"\left|{}\right|", self.bare(a)),
            ("exp", [a]) => return format!("e^{{{}}}", self.bare(a)),
            ("pow", [a, b]) => return self.power(a, &self.bare(b)),
            _ => {}
        }
        let operator = operator(name);
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| self.bare(argument))
            .collect();
        format!(r"{operator}\left({}\right)", arguments.join(", "))
    }

    /// `if` in `else` becomes one more row.
    fn cases(&self, arguments: &[Ast]) -> String {
        let mut rows = vec![];
        let mut rest = arguments;
        while let [condition, yes, no] = rest {
            rows.push(format!(
                r"{} & \text{{if }} {}",
                self.bare(yes),
                self.bare(condition)
            ));
            match &no.kind {
                AstKind::Call(name, _, inner) if name == "if" && inner.len() == 3 => rest = inner,
                _ => {
                    rows.push(format!(r"{} & \text{{otherwise}}", self.bare(no)));
                    break;
                }
            }
        }
        format!(r"\begin{{cases}} {} \end{{cases}}", rows.join(r" \\ "))
    }
}

/// True where a part that must bind at least so tightly does not.
pub(super) fn needs_parentheses(ast: &Ast, least: u8) -> bool {
    match &ast.kind {
        // A fraction and a product bind alike, but a fraction draws its own borders.
        AstKind::Infix(Infix::Divide, ..) if least <= binding::MINUS => false,
        // Drawn with parentheses of its own.
        AstKind::TimeWhen(_) => false,
        // A factor behind the sum sign would seem to belong to the sum.
        AstKind::Sum { .. } => binding::SUM < least,
        _ => strength(ast) < least,
    }
}

/// How tightly the operands of a sign must bind.
pub(super) fn operands(op: Infix, right: &Ast) -> (u8, u8) {
    let strength = op.binding();
    if strength == binding::COMPARISON {
        return (binding::SUM, binding::SUM);
    }
    // Two signs in a row, as in `a - -b`, need a parenthesis between them.
    match right.kind {
        AstKind::Prefix(..) => (strength, binding::ATOM),
        _ => (strength, strength + 1),
    }
}

/// The name of a function, upright.
pub(super) fn operator(name: &str) -> String {
    match name {
        "log10" => r"\log_{10}".to_string(),
        "asin" | "acos" | "atan" => format!(r"\arc{}", &name[1..]),
        "ln" | "exp" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh" | "min" | "max" => {
            format!(r"\{name}")
        }
        _ => format!(r"\operatorname{{{}}}", escape(name)),
    }
}

/// True for what takes an exponent without parentheses.
pub(super) fn is_plain_base(ast: &Ast) -> bool {
    let plain = matches!(
        &ast.kind,
        AstKind::Name(_) | AstKind::Number { unit: None, .. } | AstKind::Index(..)
    );
    plain && strength(ast) == binding::ATOM
}

fn starts_with_number(ast: &Ast) -> bool {
    match &ast.kind {
        AstKind::Number { .. } => true,
        AstKind::Infix(Infix::Multiply | Infix::Power, a, _) => starts_with_number(a),
        _ => false,
    }
}

fn latex_number(value: f64) -> String {
    match number(value).split_once('e') {
        Some(("1", power)) => format!("10^{{{power}}}"),
        Some((mantissa, power)) => format!(r"{mantissa} \cdot 10^{{{power}}}"),
        None => number(value),
    }
}

/// A unit, upright.
fn latex_unit(unit: &Unit) -> String {
    let mut text = String::new();
    let mut characters = unit.text().chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            'µ' => text.push_str(r"\mu "),
            'Ω' => text.push_str(r"\Omega "),
            'Å' => text.push_str(r"\text{Å}"),
            '·' => text.push_str(r"\,"),
            '%' => text.push_str(r"\%"),
            '‰' => text.push_str(r"\text{‰}"),
            '^' => {
                // `^(1/2)`
                let power: String = characters
                    .by_ref()
                    .take_while(|c| *c != ')')
                    .filter(|c| *c != '(')
                    .collect();
                text.push_str(&format!("^{{{power}}}"));
            }
            _ => match lower_superscript(c) {
                Some(first) => {
                    let mut power = String::from(first);
                    while let Some(digit) = characters.peek().copied().and_then(lower_superscript) {
                        power.push(digit);
                        characters.next();
                    }
                    text.push_str(&format!("^{{{power}}}"));
                }
                None => text.push(c),
            },
        }
    }
    let text = text.replace("degC", r"{}^{\circ}C");
    format!(r"\mathrm{{{text}}}")
}

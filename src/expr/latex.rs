//! Tree to LaTeX.

use super::ast::{Ast, AstKind, Infix, Prefix, Way, binding};
use super::print::{number, strength};
use crate::units::Unit;
use crate::units::parse::lower_superscript;

/// LaTeX of an expression; `symbol` gives the symbol of a name, as [`latex_symbol`] does.
pub fn to_latex(ast: &Ast, symbol: &dyn Fn(&str) -> String) -> String {
    Writer { symbol }.bare(ast)
}

struct Writer<'a> {
    symbol: &'a dyn Fn(&str) -> String,
}

impl Writer<'_> {
    /// A part that must bind at least so tightly, in parentheses otherwise.
    fn part(&self, ast: &Ast, least: u8) -> String {
        // A fraction and a product bind alike, but a fraction draws its own borders.
        let fraction =
            matches!(&ast.kind, AstKind::Infix(Infix::Divide, ..)) && least <= binding::MINUS;
        let text = self.bare(ast);
        let strength = match &ast.kind {
            // Drawn with parentheses of its own.
            AstKind::TimeWhen(_) => binding::ATOM,
            // A factor behind the sum sign would seem to belong to the sum.
            AstKind::Sum { .. } => binding::SUM,
            _ => strength(ast),
        };
        if strength < least && !fraction {
            format!(r"\left({text}\right)")
        } else {
            text
        }
    }

    fn bare(&self, ast: &Ast) -> String {
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
                let (from, to) = (self.bare(from), self.bare(to));
                let index = latex_symbol(index);
                format!(
                    r"\sum_{{{index}={from}}}^{{{to}}} {}",
                    self.part(body, binding::PRODUCT)
                )
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

    fn infix(&self, op: Infix, a: &Ast, b: &Ast) -> String {
        let strength = op.binding();
        let (left, right) = match op {
            Infix::Divide => return format!(r"\frac{{{}}}{{{}}}", self.bare(a), self.bare(b)),
            Infix::Power => return self.power(a, &self.bare(b)),
            _ if strength == binding::COMPARISON => (binding::SUM, binding::SUM),
            _ => (strength, strength + 1),
        };
        let sign = match op {
            // A space alone would join two numbers into one.
            Infix::Multiply if starts_with_number(b) => r" \cdot ",
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
        };
        // Two signs in a row, as in `a - -b`, need a parenthesis between them.
        let right = if matches!(b.kind, AstKind::Prefix(..)) {
            binding::ATOM
        } else {
            right
        };
        format!("{}{sign}{}", self.part(a, left), self.part(b, right))
    }

    fn power(&self, base: &Ast, exponent: &str) -> String {
        // Functions, roots and the like take parentheses too: `\sin x^{2}` would be ambiguous.
        let plain = matches!(
            &base.kind,
            AstKind::Name(_) | AstKind::Number { unit: None, .. } | AstKind::Index(..)
        );
        let text = self.bare(base);
        if plain && strength(base) == binding::ATOM {
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
        let operator = match name {
            "log10" => r"\log_{10}".to_string(),
            "asin" | "acos" | "atan" => format!(r"\arc{}", &name[1..]),
            "ln" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh" | "min" | "max" => {
                format!(r"\{name}")
            }
            _ => format!(r"\operatorname{{{}}}", escape(name)),
        };
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

fn escape(name: &str) -> String {
    name.replace('_', r"\_")
}

const GREEK: &[(&str, char)] = &[
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("delta", 'δ'),
    ("epsilon", 'ε'),
    ("zeta", 'ζ'),
    ("eta", 'η'),
    ("theta", 'θ'),
    ("iota", 'ι'),
    ("kappa", 'κ'),
    ("lambda", 'λ'),
    ("mu", 'μ'),
    ("nu", 'ν'),
    ("xi", 'ξ'),
    ("pi", 'π'),
    ("rho", 'ρ'),
    ("sigma", 'σ'),
    ("tau", 'τ'),
    ("phi", 'φ'),
    ("chi", 'χ'),
    ("psi", 'ψ'),
    ("omega", 'ω'),
    ("Gamma", 'Γ'),
    ("Delta", 'Δ'),
    ("Theta", 'Θ'),
    ("Lambda", 'Λ'),
    ("Xi", 'Ξ'),
    ("Pi", 'Π'),
    ("Sigma", 'Σ'),
    ("Phi", 'Φ'),
    ("Psi", 'Ψ'),
    ("Omega", 'Ω'),
];

/// The usual LaTeX symbol of a name: `alpha` is α, `k_on` has an upright subscript, `V0` and `Lp` have theirs, and of a
/// qualified name the qualifier is the subscript: `cell.volume` is `\mathrm{volume}_{\mathrm{cell}}`.
pub fn latex_symbol(name: &str) -> String {
    let (qualifier, last) = name
        .rsplit_once('.')
        .map_or(("", name), |(before, last)| (before, last));
    let (stem, mut subscript) = split_subscript(last);
    if !qualifier.is_empty() {
        if !subscript.is_empty() {
            subscript.push_str(r",\,");
        }
        subscript.push_str(&format!(r"\mathrm{{{}}}", escape(qualifier)));
    }
    let stem = word(stem);
    if subscript.is_empty() {
        stem
    } else {
        format!("{stem}_{{{subscript}}}")
    }
}

/// `k_on` into k and on, `V0` into V and 0, `Lp` into L and p; ions such as `Na` stay whole.
fn split_subscript(name: &str) -> (&str, String) {
    if let Some((stem, rest)) = name
        .split_once('_')
        .filter(|(stem, rest)| !stem.is_empty() && !rest.is_empty())
    {
        // Behind a word comes another word, no index: `water_flux`, `relative_volume`.
        if is_word(stem) && rest.split('_').all(is_word) {
            return (name, String::new());
        }
        let parts: Vec<String> = rest.split('_').map(word).collect();
        return (stem, parts.join(r",\,"));
    }
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 && digits < name.len() {
        let (stem, index) = name.split_at(name.len() - digits);
        return (stem, index.to_string());
    }
    let mut letters = name.chars();
    if let (Some(first), Some(second), None) = (letters.next(), letters.next(), letters.next())
        && first.is_ascii_uppercase()
        && second.is_ascii_lowercase()
        && !matches!(name, "Na" | "Ca" | "Cl" | "Mg" | "Pi" | "Xi")
    {
        return (&name[..1], format!(r"\mathrm{{{second}}}"));
    }
    (name, String::new())
}

/// Longer than a symbol, and not the name of a Greek letter.
fn is_word(text: &str) -> bool {
    text.chars().count() > 3
        && text.chars().all(char::is_lowercase)
        && !GREEK.iter().any(|(greek, _)| *greek == text)
}

/// One letter stays slanted, Greek gets its letter, words are upright.
fn word(text: &str) -> String {
    let mut letters = text.chars();
    let single = letters.next().filter(|_| letters.next().is_none());
    if let Some((greek, _)) = GREEK
        .iter()
        .find(|(greek, letter)| *greek == text || single == Some(*letter))
    {
        return match *greek {
            "epsilon" => r"\varepsilon".into(),
            "phi" => r"\varphi".into(),
            greek => format!(r"\{greek}"),
        };
    }
    if single.is_some() || text.chars().all(|c| c.is_ascii_digit()) {
        return escape(text);
    }
    if text.contains('_') && text.split('_').all(is_word) {
        return format!(r"\mathrm{{{}}}", text.replace('_', r"\ "));
    }
    format!(r"\mathrm{{{}}}", escape(text))
}

/// Adds an index to a symbol, behind the subscript that it may have.
fn with_subscript(symbol: String, index: &str) -> String {
    match symbol.strip_suffix('}') {
        Some(open) if symbol.contains("_{") => format!("{open},{index}}}"),
        _ => format!("{symbol}_{{{index}}}"),
    }
}

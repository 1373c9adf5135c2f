//! Text to tree: precedence climbing.
//!
//! Loosest first: `or`, `and`, `not`, comparisons (which do not chain), `+ -`, `* /`, unary minus, `^` (from the right;
//! `-x^2` is `-(x^2)`). A number with a unit behind it is one quantity: the unit has no blanks inside, so that
//! `5 um / tau` divides by `tau` and `5 um/s` is a speed. All places are bytes of the given text.

use super::ast::{Ast, AstKind, Crossing, Infix, MAX_DEPTH, Prefix, Way, binding};
use super::lexer::{self, Token};
pub use super::sentence::{parse_sentence, parse_then, parse_when};
use crate::diagnostic::{Diagnostic, Span};

/// An expression of a model.
///
/// # Errors
/// The first mistake of the grammar, or every misplaced degC.
pub fn parse_expression(text: &str) -> Result<Ast, Vec<Diagnostic>> {
    whole_expression(text, false)
}

/// An expression of `[outcomes]`: also `time of …`, `count of …`, `time when …`.
///
/// # Errors
/// As [`parse_expression`].
pub fn parse_outcome(text: &str) -> Result<Ast, Vec<Diagnostic>> {
    whole_expression(text, true)
}

fn whole_expression(text: &str, outcome: bool) -> Result<Ast, Vec<Diagnostic>> {
    let mut parser = Parser::new(text, outcome).map_err(|mistake| vec![mistake])?;
    let ast = parser.whole().map_err(|mistake| vec![mistake])?;
    let mut mistakes = vec![];
    let ast = whole_quantity(ast, &mut mistakes);
    if mistakes.is_empty() {
        Ok(ast)
    } else {
        Err(mistakes)
    }
}

/// Lets degC stand where it is the whole quantity, `-5 degC` included, and reports it elsewhere: it has its own zero,
/// so that a sum or product with it would mean something else than it looks like.
pub(super) fn whole_quantity(mut ast: Ast, mistakes: &mut Vec<Diagnostic>) -> Ast {
    match &mut ast.kind {
        AstKind::Number { .. } => {}
        AstKind::Prefix(Prefix::Minus, inner) if is_celsius(inner) => {
            if let AstKind::Number { value, unit } = &mut inner.kind {
                ast.kind = AstKind::Number {
                    value: -*value,
                    unit: unit.take(),
                };
            }
        }
        _ => ast.walk(&mut |part| {
            if is_celsius(part) {
                let message = "degC can be used only where it is the whole quantity";
                mistakes.push(
                    Diagnostic::new(part.span, message)
                        .help("use K in expressions: 25 degC is 298.15 K"),
                );
            }
        }),
    }
    ast
}

fn is_celsius(ast: &Ast) -> bool {
    matches!(&ast.kind, AstKind::Number { unit: Some(unit), .. } if unit.has_offset())
}

pub(super) type Parsed<T> = Result<T, Diagnostic>;

/// A tree and its height, which is kept within the stack.
type Tall = (Ast, usize);

/// Reads tokens from a text, one ahead.
pub(super) struct Parser<'a> {
    pub text: &'a str,
    outcome: bool,
    pub token: Token<'a>,
    pub span: Span,
    /// Where the token before ended.
    pub last_end: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub fn new(text: &'a str, outcome: bool) -> Parsed<Self> {
        let (token, span) = lexer::token_at(text, 0)?;
        Ok(Parser {
            text,
            outcome,
            token,
            span,
            last_end: 0,
            depth: 0,
        })
    }

    /// Goes to the next token.
    pub fn advance(&mut self) -> Parsed<()> {
        self.jump(self.span.end)
    }

    /// Goes to the first token at or behind a place.
    pub fn jump(&mut self, to: usize) -> Parsed<()> {
        self.last_end = to;
        (self.token, self.span) = lexer::token_at(self.text, to)?;
        Ok(())
    }

    pub fn at_word(&self, word: &str) -> bool {
        self.token == Token::Name(word)
    }

    fn at_symbol(&self, symbol: &'static str) -> bool {
        self.token == Token::Symbol(symbol)
    }

    pub fn skip_word(&mut self, word: &str) -> Parsed<bool> {
        let found = self.at_word(word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub fn skip_symbol(&mut self, symbol: &'static str) -> Parsed<bool> {
        let found = self.at_symbol(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    pub fn expect_symbol(&mut self, symbol: &'static str) -> Parsed<()> {
        if self.skip_symbol(symbol)? {
            Ok(())
        } else {
            Err(self.expected(&format!("`{symbol}`")))
        }
    }

    pub fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.skip_word(word)? {
            Ok(())
        } else {
            Err(self.expected(&format!("`{word}`")))
        }
    }

    pub fn expect_name(&mut self, what: &str) -> Parsed<(&'a str, Span)> {
        let Token::Name(name) = self.token else {
            return Err(self.expected(what));
        };
        let span = self.span;
        self.advance()?;
        Ok((name, span))
    }

    /// The token as messages cite it.
    fn found(&self) -> String {
        match self.token {
            Token::End => "the end".into(),
            _ => format!("`{}`", &self.text[self.span.start..self.span.end]),
        }
    }

    /// "expected …, found …" at the current token, with what is probably meant.
    pub fn expected(&self, what: &str) -> Diagnostic {
        let found = self.found();
        let mistake = Diagnostic::new(self.span, format!("expected {what}, found {found}"))
            .label(format!("expected {what}"));
        mistake.help(self.hint())
    }

    /// A hint by what stands here.
    fn hint(&self) -> String {
        let after_operand = self.text[..self.span.start]
            .trim_end()
            .ends_with(|c: char| c.is_alphanumeric() || c == ')' || c == ']');
        let hint = match self.token {
            Token::Symbol("=") => "write `==` to compare",
            Token::Symbol("**") => "write `^` for a power",
            Token::Symbol("&&") => "write `and`",
            Token::Symbol("||") => "write `or`",
            Token::Symbol("!") => "write `not`",
            Token::Symbol("(" | "[") | Token::Number(_) if after_operand => "write `*` to multiply",
            Token::Name(name) if after_operand && !lexer::KEYWORDS.contains(&name) => {
                "write `*` to multiply"
            }
            Token::Stray('%') if after_operand => "`%` is a unit: it stands behind a number only",
            Token::Stray(c) if crate::units::parse::lower_superscript(c).is_some() => {
                "write `^2` for a power"
            }
            Token::Stray('µ' | '%' | '‰' | '°' | 'Å') => {
                "a unit stands behind a number: `1 um`"
            }
            _ => "",
        };
        hint.into()
    }

    /// The whole text as one expression.
    pub fn whole(&mut self) -> Parsed<Ast> {
        let ast = self.expression(binding::LOOSEST)?;
        self.end()?;
        Ok(ast)
    }

    /// Nothing may follow.
    pub fn end(&self) -> Parsed<()> {
        match self.token {
            Token::End => Ok(()),
            Token::Symbol(")") => Err(Diagnostic::new(
                self.span,
                "this parenthesis was never opened",
            )),
            _ => Err(self.expected("an operator or the end")),
        }
    }

    /// An expression whose operators bind at least so tightly.
    pub fn expression(&mut self, least: u8) -> Parsed<Ast> {
        self.tall(least).map(|(ast, _)| ast)
    }

    /// As [`Parser::expression`], with the height.
    fn tall(&mut self, least: u8) -> Parsed<Tall> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep(self.span));
        }
        let result = self.climb(least);
        self.depth -= 1;
        result
    }

    fn climb(&mut self, least: u8) -> Parsed<Tall> {
        let (mut left, mut height) = self.prefix(least)?;
        let mut compared = false;
        while let Some(op) = self.infix() {
            let strength = op.binding();
            if strength < least {
                break;
            }
            if strength == binding::COMPARISON && compared {
                let message = "comparisons cannot be chained";
                return Err(Diagnostic::new(self.span, message)
                    .help("join them with `and`: `a < b and b < c`"));
            }
            compared |= strength == binding::COMPARISON;
            self.advance()?;
            // From the right: the exponent may itself be a power or have a minus.
            let (right, right_height) = self.tall(if op == Infix::Power {
                binding::MINUS
            } else {
                strength + 1
            })?;
            height = grow(height.max(right_height), right.span)?;
            let span = left.span.to(right.span);
            left = Ast::new(AstKind::Infix(op, Box::new(left), Box::new(right)), span);
        }
        Ok((left, height))
    }

    fn infix(&self) -> Option<Infix> {
        Some(match self.token {
            Token::Symbol("+") => Infix::Add,
            Token::Symbol("-") => Infix::Subtract,
            Token::Symbol("*") => Infix::Multiply,
            Token::Symbol("/") => Infix::Divide,
            Token::Symbol("^") => Infix::Power,
            Token::Symbol("<") => Infix::Less,
            Token::Symbol("<=") => Infix::LessEqual,
            Token::Symbol(">") => Infix::Greater,
            Token::Symbol(">=") => Infix::GreaterEqual,
            Token::Symbol("==") => Infix::Equal,
            Token::Symbol("!=") => Infix::NotEqual,
            Token::Name("and") => Infix::And,
            Token::Name("or") => Infix::Or,
            _ => return None,
        })
    }

    fn prefix(&mut self, least: u8) -> Parsed<Tall> {
        let start = self.span;
        let (op, strength) = match self.token {
            Token::Symbol("-") => (Prefix::Minus, binding::MINUS),
            Token::Name("not") => (Prefix::Not, binding::NOT),
            _ => return self.atom(),
        };
        if strength < least && op == Prefix::Not {
            let help = "put parentheses around `not …`";
            return Err(Diagnostic::new(
                start,
                "`not` binds less tightly than the operator before it",
            )
            .help(help));
        }
        self.advance()?;
        let (operand, height) = self.tall(strength)?;
        let height = grow(height, start)?;
        let span = start.to(operand.span);
        Ok((
            Ast::new(AstKind::Prefix(op, Box::new(operand)), span),
            height,
        ))
    }

    fn atom(&mut self) -> Parsed<Tall> {
        match self.token {
            Token::Number(value) => Ok((self.quantity(value)?, 1)),
            Token::Name("and" | "or") => Err(self.expected("a number, a name or `(`")),
            Token::Name(name) => self.named(name),
            Token::Symbol("(") => {
                let open = self.span;
                self.advance()?;
                let (mut ast, height) = self.tall(binding::LOOSEST)?;
                self.close(open, ")")?;
                ast.span = Span::new(open.start, self.last_end);
                Ok((ast, height))
            }
            Token::Symbol("+") => Err(self
                .expected("a number, a name or `(`")
                .help("leave out the `+`")),
            _ => Err(self.expected("a number, a name or `(`")),
        }
    }

    fn close(&mut self, open: Span, symbol: &'static str) -> Parsed<()> {
        if self.token == Token::End {
            let opened = &self.text[open.start..open.end];
            return Err(Diagnostic::new(open, format!("`{opened}` is not closed"))
                .help(format!("add `{symbol}`")));
        }
        if self.skip_symbol(symbol)? {
            Ok(())
        } else {
            Err(self.expected(&format!("an operator or `{symbol}`")))
        }
    }

    fn quantity(&mut self, value: f64) -> Parsed<Ast> {
        let number = self.span;
        let unit = lexer::unit_at(self.text, number.end)?;
        let (unit, end) = unit.map_or((None, number.end), |(unit, end)| (Some(unit), end));
        self.jump(end)?;
        Ok(Ast::new(
            AstKind::Number { value, unit },
            Span::new(number.start, end),
        ))
    }

    /// A name, an indexed name, a call, or a phrase of the outcomes.
    fn named(&mut self, name: &str) -> Parsed<Tall> {
        let span = self.span;
        self.advance()?;
        match self.token {
            Token::Symbol("(") if name == "sum" => self.sum(span),
            Token::Symbol("(") => self.call(name, span),
            Token::Symbol("[") => self.index(name, span),
            Token::Name(word @ ("of" | "when"))
                if matches!((name, word), ("time", _) | ("count", "of")) =>
            {
                if !self.outcome {
                    let phrase = span.to(self.span);
                    let message = format!("`{name} {word}` can be used in [outcomes] only");
                    return Err(Diagnostic::new(phrase, message));
                }
                self.advance()?;
                self.phrase(name, word, span)
            }
            _ => Ok((Ast::new(AstKind::Name(name.into()), span), 1)),
        }
    }

    fn call(&mut self, name: &str, span: Span) -> Parsed<Tall> {
        let open = self.span;
        self.advance()?;
        let (mut arguments, mut height) = (vec![], 0);
        if !self.at_symbol(")") {
            loop {
                let (argument, argument_height) = self.tall(binding::LOOSEST)?;
                arguments.push(argument);
                height = height.max(argument_height);
                if !self.skip_symbol(",")? {
                    break;
                }
            }
        }
        self.close(open, ")")?;
        let whole = Span::new(span.start, self.last_end);
        Ok((
            Ast::new(AstKind::Call(name.into(), span, arguments), whole),
            grow(height, span)?,
        ))
    }

    fn index(&mut self, name: &str, span: Span) -> Parsed<Tall> {
        let open = self.span;
        self.advance()?;
        let (index, height) = self.tall(binding::LOOSEST)?;
        self.close(open, "]")?;
        if self.text[self.last_end..].starts_with('.')
            && !self.text[self.last_end..].starts_with("..")
        {
            let at = Span::new(self.last_end, self.last_end + 1);
            return Err(
                Diagnostic::new(at, "the index stands at the end of the name")
                    .help(format!("for example `{name}.volume[i]`")),
            );
        }
        let whole = Span::new(span.start, self.last_end);
        Ok((
            Ast::new(AstKind::Index(name.into(), Box::new(index)), whole),
            grow(height, span)?,
        ))
    }

    /// `sum(body, i in 1..N)`, behind its name.
    fn sum(&mut self, span: Span) -> Parsed<Tall> {
        let open = self.span;
        self.advance()?;
        let (body, body_height) = self.tall(binding::LOOSEST)?;
        let help = "`sum(V[i], i in 1..N)`; to add a few terms write `+`";
        self.expect_symbol(",")
            .map_err(|mistake| mistake.help(help))?;
        let (index, index_span) = self
            .expect_name("the name of an index")
            .map_err(|mistake| mistake.help(help))?;
        if index.contains('.') || lexer::KEYWORDS.contains(&index) {
            return Err(Diagnostic::new(
                index_span,
                format!("`{index}` cannot be the name of an index"),
            )
            .help("for example `i`"));
        }
        self.expect_word("in")
            .map_err(|mistake| mistake.help(help))?;
        let (from, from_height) = self.tall(binding::SUM)?;
        self.expect_symbol("..")
            .map_err(|mistake| mistake.help(help))?;
        let (to, to_height) = self.tall(binding::SUM)?;
        self.close(open, ")")?;
        let height = grow(body_height.max(from_height).max(to_height), span)?;
        let (body, from, to) = (Box::new(body), Box::new(from), Box::new(to));
        let kind = AstKind::Sum {
            body,
            index: index.into(),
            from,
            to,
        };
        Ok((Ast::new(kind, Span::new(span.start, self.last_end)), height))
    }

    /// What follows `time of`, `count of`, `time when`.
    fn phrase(&mut self, name: &str, word: &str, start: Span) -> Parsed<Tall> {
        if word == "when" {
            let (crossing, height) = self.crossing_tall()?;
            let span = start.to(crossing.right.span);
            return Ok((
                Ast::new(AstKind::TimeWhen(Box::new(crossing)), span),
                grow(height, start)?,
            ));
        }
        let (event, span) = self.expect_name("the name of an event")?;
        if name == "count" {
            return Ok((
                Ast::new(AstKind::CountOf(event.into(), span), start.to(span)),
                1,
            ));
        }
        if matches!(event, "max" | "min") && self.at_symbol("(") {
            let open = self.span;
            self.advance()?;
            let (of, height) = self.tall(binding::LOOSEST)?;
            self.close(open, ")")?;
            let kind = AstKind::TimeOfExtremum {
                max: event == "max",
                of: Box::new(of),
            };
            return Ok((
                Ast::new(kind, Span::new(start.start, self.last_end)),
                grow(height, start)?,
            ));
        }
        Ok((
            Ast::new(AstKind::TimeOf(event.into(), span), start.to(span)),
            1,
        ))
    }

    /// `left rises through right` and the like.
    pub fn crossing(&mut self) -> Parsed<Crossing> {
        self.crossing_tall().map(|(crossing, _)| crossing)
    }

    fn crossing_tall(&mut self) -> Parsed<(Crossing, usize)> {
        let (left, left_height) = self.tall(binding::SUM)?;
        let way = match self.token {
            Token::Name("rises") => Way::Rises,
            Token::Name("falls") => Way::Falls,
            Token::Name("crosses") => Way::Crosses,
            _ => {
                let mistake = self.expected("`rises through`, `falls through` or `crosses`");
                return Err(if mistake.help.is_empty() {
                    mistake.help("for example `P falls through 0 MPa`")
                } else {
                    mistake
                });
            }
        };
        self.advance()?;
        match way {
            Way::Crosses => {
                self.skip_word("through")?;
            }
            Way::Rises | Way::Falls => self
                .expect_word("through")
                .map_err(|mistake| mistake.help("for example `P falls through 0 MPa`"))?,
        }
        let (right, right_height) = self.tall(binding::SUM)?;
        Ok((Crossing { left, way, right }, left_height.max(right_height)))
    }
}

fn grow(height: usize, span: Span) -> Parsed<usize> {
    if height >= MAX_DEPTH {
        Err(too_deep(span))
    } else {
        Ok(height + 1)
    }
}

fn too_deep(span: Span) -> Diagnostic {
    let message = format!("this expression has more than {MAX_DEPTH} levels");
    Diagnostic::new(span, message).help("give parts of it a name, or write `sum(…)`")
}

//! Operands: quantities, names, calls, sums, phrases of the outcomes.

use super::super::ast::{Ast, AstKind, binding};
use super::super::lexer::{self, Token};
use super::super::print::to_text;
use super::{Parsed, Parser, Tall, grow};
use crate::diagnostic::{Diagnostic, Span};

impl Parser<'_> {
    pub(super) fn atom(&mut self) -> Parsed<Tall> {
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

    /// A name, perhaps with an index, and nothing else.
    pub fn place(&mut self, what: &str) -> Parsed<Ast> {
        let (name, span) = self.expect_name(what)?;
        if self.at_symbol("[") {
            return Ok(self.index(name, span)?.0);
        }
        Ok(Ast::new(AstKind::Name(name.into()), span))
    }

    fn index(&mut self, name: &str, span: Span) -> Parsed<Tall> {
        let open = self.span;
        self.advance()?;
        let (index, height) = self.tall(binding::LOOSEST)?;
        self.close(open, "]")?;
        // `cortex[i].volume` is `cortex.volume[i]`: the copy of the part is the part of the copy.
        let behind = &self.text[self.last_end..];
        let mut full = name.to_string();
        if behind.starts_with('.') && !behind.starts_with("..") {
            let end = lexer::part_end(behind);
            if end <= 1 {
                let at = Span::new(self.last_end, self.last_end + 1);
                return Err(Diagnostic::new(at, "a part of the copy is named here")
                    .help(format!("for example `{name}[i].volume`")));
            }
            full.push_str(&behind[..end]);
            self.jump(self.last_end + end)?;
        }
        let whole = Span::new(span.start, self.last_end);
        Ok((
            Ast::new(AstKind::Index(full, Box::new(index)), whole),
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

    /// The copy of a repeated event, `spike[2]`, if one is named.
    fn copy_of(&mut self, event: &str, span: Span) -> Parsed<Option<(String, Span)>> {
        if !self.at_symbol("[") {
            return Ok(None);
        }
        let (copy, _) = self.index(event, span)?;
        match &copy.kind {
            AstKind::Index(name, index) => {
                Ok(Some((format!("{name}[{}]", to_text(index)), copy.span)))
            }
            _ => Ok(None),
        }
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
        let copy = self.copy_of(event, span)?;
        let (event, span) = copy
            .as_ref()
            .map_or((event, span), |(label, span)| (label.as_str(), *span));
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
}

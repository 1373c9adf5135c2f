//! Conditions and actions of events, and the sentences of an experiment.

use super::ast::{Ast, Change, Sentence, Then, When, binding};
use super::lexer::Token;
use super::parse::{Parsed, Parser, whole_quantity};
use crate::diagnostic::{Diagnostic, Span, nearest};

/// The condition of an event: `A rises through B`, `A falls through B`, `A crosses B`, `at 5 s`.
///
/// # Errors
/// The first mistake.
pub fn parse_when(text: &str) -> Result<When, Vec<Diagnostic>> {
    let read = |parser: &mut Parser| {
        let when = if parser.skip_word("at")? {
            When::At(parser.expression(binding::LOOSEST)?)
        } else {
            When::Crossing(parser.crossing()?)
        };
        parser.end()?;
        Ok(when)
    };
    let mut mistakes = vec![];
    let when = match parse_with(text, read)? {
        When::At(time) => When::At(whole_quantity(time, &mut mistakes)),
        When::Crossing(mut crossing) => {
            crossing.left = whole_quantity(crossing.left, &mut mistakes);
            crossing.right = whole_quantity(crossing.right, &mut mistakes);
            When::Crossing(crossing)
        }
    };
    if mistakes.is_empty() {
        Ok(when)
    } else {
        Err(mistakes)
    }
}

/// An action of an event: `stop`, `record`, `count`, `fail`, `set NAME = EXPR`, `switch NAME = EXPR`.
///
/// # Errors
/// The first mistake.
pub fn parse_then(text: &str) -> Result<Then, Vec<Diagnostic>> {
    let then = parse_with(text, |parser| {
        let then = action(parser)?;
        parser.end()?;
        Ok(then)
    })?;
    let mut mistakes = vec![];
    let then = match then {
        Then::Set(target, value) => Then::Set(target, whole_quantity(value, &mut mistakes)),
        Then::Switch(name, span, value) => {
            Then::Switch(name, span, whole_quantity(value, &mut mistakes))
        }
        other => other,
    };
    if mistakes.is_empty() {
        Ok(then)
    } else {
        Err(mistakes)
    }
}

/// A sentence of an experiment; the forms are listed at [`Change`].
///
/// # Errors
/// The first mistake.
pub fn parse_sentence(text: &str) -> Result<Sentence, Vec<Diagnostic>> {
    let mut sentence = parse_with(text, sentence)?;
    let mut mistakes = vec![];
    if let Change::Sinusoid { amplitude, .. } = &mut sentence.change {
        // A swing of 5 degC would be 278.15 K: here it is a part of a larger quantity.
        amplitude.walk(&mut |part| {
            if let super::ast::AstKind::Number {
                unit: Some(unit), ..
            } = &part.kind
                && unit.has_offset()
            {
                mistakes.push(
                    Diagnostic::new(part.span, "an amplitude cannot be given in degC")
                        .help("use K"),
                );
            }
        });
    }
    if mistakes.is_empty() {
        for part in sentence.change.expressions_mut() {
            let taken = std::mem::replace(
                part,
                Ast::new(super::ast::AstKind::Name(String::new()), Span::default()),
            );
            *part = whole_quantity(taken, &mut mistakes);
        }
    }
    if mistakes.is_empty() {
        Ok(sentence)
    } else {
        Err(mistakes)
    }
}

fn parse_with<T>(
    text: &str,
    read: impl FnOnce(&mut Parser) -> Parsed<T>,
) -> Result<T, Vec<Diagnostic>> {
    Parser::new(text, false)
        .and_then(|mut parser| read(&mut parser))
        .map_err(|mistake| vec![mistake])
}

const ACTIONS: [&str; 6] = ["stop", "record", "count", "fail", "set", "switch"];

fn action(parser: &mut Parser) -> Parsed<Then> {
    let (word, span) =
        parser.expect_name("`stop`, `record`, `count`, `fail`, `set x = …` or `switch x = …`")?;
    Ok(match word {
        "stop" => Then::Stop,
        "record" => Then::Record,
        "count" => Then::Count,
        "fail" => Then::Fail,
        "set" => {
            let target = parser.place("the name of a state")?;
            parser.expect_symbol("=")?;
            Then::Set(target, parser.expression(binding::LOOSEST)?)
        }
        "switch" => {
            let (name, name_span) = parser.expect_name("a name")?;
            parser.expect_symbol("=")?;
            let value = parser.expression(binding::LOOSEST)?;
            Then::Switch(name.into(), name_span, value)
        }
        _ => {
            let help = match nearest(word, ACTIONS) {
                Some(action) => format!("did you mean `{action}`?"),
                None if parser.token == Token::Symbol("=") => format!("write `set {word} = …`"),
                None => "the actions are stop, record, count, fail, set and switch".into(),
            };
            return Err(Diagnostic::new(span, format!("unknown action `{word}`")).help(help));
        }
    })
}

/// When a change starts, and what of it stands before the colon.
#[allow(clippy::large_enum_variant)] // few of them, and short-lived
enum Timing {
    At(Ast),
    Pulse {
        at: Ast,
        width: Ast,
    },
    From(Ast),
    FromTo(Ast, Ast),
    /// From, every, width, times.
    Train(Box<[Ast; 4]>),
}

fn sentence(parser: &mut Parser) -> Parsed<Sentence> {
    let start = parser.span;
    let timing = timing(parser)?;
    let Some(timing) = timing else {
        return series(parser);
    };
    let head = start.to(Span::new(start.start, parser.last_end));
    parser
        .expect_symbol(":")
        .map_err(|mistake| mistake.help("the times end with `:`, then comes what changes"))?;
    let (input, input_span) = parser.expect_name("the name of an input")?;
    let change = change(parser, timing, head)?;
    parser.end()?;
    Ok(Sentence {
        input: input.into(),
        input_span,
        change,
    })
}

/// What stands before the colon; `None` where the sentence starts with a name.
fn timing(parser: &mut Parser) -> Parsed<Option<Timing>> {
    if parser.skip_word("at")? {
        let at = parser.expression(binding::LOOSEST)?;
        if parser.skip_word("for")? {
            let width = parser.expression(binding::LOOSEST)?;
            return Ok(Some(Timing::Pulse { at, width }));
        }
        if !matches!(parser.token, Token::Symbol(":")) {
            return Err(parser
                .expected("`:` or `for`")
                .help("for example `at 5 s: x = 2`"));
        }
        return Ok(Some(Timing::At(at)));
    }
    if !parser.skip_word("from")? {
        return Ok(None);
    }
    let from = parser.expression(binding::LOOSEST)?;
    match parser.token {
        Token::Name("to") => {
            parser.advance()?;
            let to = parser.expression(binding::LOOSEST)?;
            Ok(Some(Timing::FromTo(from, to)))
        }
        Token::Name("every") => {
            parser.advance()?;
            let every = parser.expression(binding::LOOSEST)?;
            parser.expect_word("for")?;
            let width = parser.expression(binding::LOOSEST)?;
            let help = "`from T every P for D, N times: x = V`";
            parser
                .expect_symbol(",")
                .map_err(|mistake| mistake.help(help))?;
            let times = parser.expression(binding::LOOSEST)?;
            parser
                .expect_word("times")
                .map_err(|mistake| mistake.help(help))?;
            Ok(Some(Timing::Train(Box::new([from, every, width, times]))))
        }
        Token::Symbol(":") => Ok(Some(Timing::From(from))),
        _ => Err(parser
            .expected("`to`, `every` or `:`")
            .help("for example `from 1 s to 5 s: x ramps to 2`")),
    }
}

/// What stands behind the name of the input.
fn change(parser: &mut Parser, timing: Timing, head: Span) -> Parsed<Change> {
    let verb = parser.span;
    match parser.token {
        Token::Symbol("=") => {
            parser.advance()?;
            let value = parser.expression(binding::LOOSEST)?;
            Ok(match timing {
                Timing::At(at) => Change::Step { at, value },
                Timing::Pulse { at, width } => Change::Pulse { at, width, value },
                Timing::Train(parts) => {
                    let [from, every, width, times] = *parts;
                    Change::Train {
                        from,
                        every,
                        width,
                        times,
                        value,
                    }
                }
                Timing::From(_) | Timing::FromTo(..) => {
                    let help = "`at T: x = V` for a step, `at T for D: x = V` for a pulse, `x ramps to V` for a ramp";
                    return Err(Diagnostic::new(verb, "`=` does not follow `from …`").help(help));
                }
            })
        }
        Token::Name("ramps") => {
            parser.advance()?;
            parser.expect_word("to")?;
            let value = parser.expression(binding::LOOSEST)?;
            let Timing::FromTo(from, to) = timing else {
                return Err(Diagnostic::new(head, "a ramp needs its start and its end")
                    .help("`from T1 to T2: x ramps to V`"));
            };
            Ok(Change::Ramp { from, to, value })
        }
        Token::Name("oscillates") => {
            parser.advance()?;
            parser.expect_word("about")?;
            let mean = parser.expression(binding::LOOSEST)?;
            parser.expect_word("by")?;
            let amplitude = parser.expression(binding::LOOSEST)?;
            parser.expect_word("every")?;
            let period = parser.expression(binding::LOOSEST)?;
            let (from, to) = match timing {
                Timing::From(from) => (from, None),
                Timing::FromTo(from, to) => (from, Some(to)),
                _ => {
                    let help = "`from T1 to T2: x oscillates about M by A every P`";
                    return Err(
                        Diagnostic::new(head, "an oscillation starts with `from`").help(help)
                    );
                }
            };
            Ok(Change::Sinusoid {
                from,
                to,
                mean,
                amplitude,
                period,
            })
        }
        Token::Name("follows") => Err(Diagnostic::new(head, "a series has its own times")
            .help("leave out what stands before the colon")),
        Token::Name(word) => {
            let help = nearest(word, ["ramps", "oscillates"])
                .map(|verb| format!("did you mean `{verb}`?"));
            Err(parser
                .expected("`=`, `ramps to` or `oscillates about`")
                .help(help.unwrap_or_default()))
        }
        _ => Err(parser.expected("`=`, `ramps to` or `oscillates about`")),
    }
}

/// `x follows COLUMN of FILE held`: column and file are words up to the next blank.
fn series(parser: &mut Parser) -> Parsed<Sentence> {
    let (input, input_span) = parser.expect_name("`at`, `from` or the name of an input")?;
    if !parser.at_word("follows") {
        let help =
            "`at 5 s: x = 2`, `from 1 s to 5 s: x ramps to 2`, `x follows COLUMN of FILE.csv`";
        return Err(parser.expected("`follows`").help(help));
    }
    let mut at = parser.span.end;
    let column = word(parser.text, &mut at, "the name of a column")?.0;
    let (of, of_span) = word(parser.text, &mut at, "`of`")?;
    if of != "of" {
        return Err(
            Diagnostic::new(of_span, format!("expected `of`, found `{of}`"))
                .help("`x follows COLUMN of FILE.csv`"),
        );
    }
    let (file, span) = word(parser.text, &mut at, "the name of a file")?;
    let rest = parser.text[at..].trim();
    if !matches!(rest, "" | "held") {
        let start = at + parser.text[at..].find(rest).unwrap_or(0);
        let place = Span::new(start, start + rest.len());
        return Err(Diagnostic::new(
            place,
            format!("expected `held` or the end, found `{rest}`"),
        ));
    }
    let change = Change::Series {
        column: column.into(),
        file: file.into(),
        held: rest == "held",
        span,
    };
    Ok(Sentence {
        input: input.into(),
        input_span,
        change,
    })
}

/// The next word between blanks.
fn word<'a>(text: &'a str, at: &mut usize, what: &str) -> Parsed<(&'a str, Span)> {
    let rest = &text[*at..];
    let start = *at + (rest.len() - rest.trim_start().len());
    let length = text[start..]
        .find(char::is_whitespace)
        .unwrap_or(text.len() - start);
    *at = start + length;
    if length == 0 {
        return Err(Diagnostic::new(
            Span::new(start, start),
            format!("expected {what}, found the end"),
        ));
    }
    Ok((
        &text[start..start + length],
        Span::new(start, start + length),
    ))
}

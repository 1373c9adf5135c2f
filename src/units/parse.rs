//! Unit texts.

use super::dimension::superscript;
use super::names::look_up;
use super::table;
use super::{Dimension, Unit, UnitError};
use crate::diagnostic::Span;

/// Largest magnitude of a power; beyond it a unit text is a slip of the hand.
const MAX_POWER: i32 = 20;
/// Deepest nesting of parentheses.
const MAX_DEPTH: usize = 16;

pub(super) fn parse(text: &str) -> Result<Unit, UnitError> {
    let trimmed = text.trim();
    if matches!(trimmed, "" | "1" | "-") {
        return Ok(Unit::coherent(Dimension::NONE));
    }
    let start = text.len() - text.trim_start().len();
    if let Some(pretty) = celsius(trimmed) {
        let dimension = Dimension::of("K");
        return Ok(Unit {
            dimension,
            factor: 1.0,
            divisor: 1.0,
            power: 0,
            offset: 273.15,
            text: pretty.into(),
        });
    }
    let mut reader = Reader {
        text: &text[..start + trimmed.len()],
        at: start,
        depth: 0,
        pretty: String::new(),
    };
    let value = reader.product()?;
    if reader.at < reader.text.len() {
        return Err(reader.unexpected());
    }
    if !(value.factor.is_finite()
        && value.factor > 0.0
        && value.divisor.is_finite()
        && value.power.abs() < 600)
    {
        let span = Span::new(start, reader.text.len());
        return Err(error(
            span,
            "this unit is too large or too small for a number",
            "",
        ));
    }
    let Value {
        dimension,
        factor,
        divisor,
        power,
    } = value;
    Ok(Unit {
        dimension,
        factor,
        divisor,
        power,
        offset: 0.0,
        text: reader.pretty.into(),
    })
}

fn celsius(text: &str) -> Option<&'static str> {
    table::CELSIUS.contains(&text).then_some("degC")
}

pub(super) fn error(span: Span, message: impl Into<String>, help: impl Into<String>) -> UnitError {
    UnitError {
        span,
        message: message.into(),
        help: help.into(),
    }
}

/// Meaning of a part of a unit.
#[derive(Clone, Copy)]
pub(super) struct Value {
    pub dimension: Dimension,
    pub factor: f64,
    pub divisor: f64,
    pub power: i32,
}

impl Value {
    pub const ONE: Value = Value {
        dimension: Dimension::NONE,
        factor: 1.0,
        divisor: 1.0,
        power: 0,
    };

    fn times(self, other: Value) -> Option<Value> {
        Some(Value {
            dimension: self.dimension.checked_multiply(other.dimension)?,
            factor: self.factor * other.factor,
            divisor: self.divisor * other.divisor,
            power: self.power.checked_add(other.power)?,
        })
    }

    fn power(self, num: i32, den: i32) -> Option<Value> {
        let dimension = self.dimension.power(num, den)?;
        let exponent = f64::from(num) / f64::from(den);
        // What is left of the decimal power goes into the factor: cm^(1/2), g^(1/2).
        let ten = self.power.checked_mul(num)?;
        let rest = 10f64.powf(f64::from(ten % den) / f64::from(den));
        let raise = |x: f64| {
            if den == 1 {
                x.powi(num.abs())
            } else {
                x.powf(exponent.abs())
            }
        };
        let (factor, divisor) = (raise(self.factor), raise(self.divisor));
        let (factor, divisor) = if num < 0 {
            (divisor, factor)
        } else {
            (factor, divisor)
        };
        Some(Value {
            dimension,
            factor: factor * rest,
            divisor,
            power: ten / den,
        })
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    pretty: String,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn here(&self) -> Span {
        Span::new(self.at, self.at + self.peek().map_or(0, char::len_utf8))
    }

    fn unexpected(&self) -> UnitError {
        match self.peek() {
            None => error(self.here(), "the unit ends too early", ""),
            Some(c) if c.is_whitespace() => error(
                self.here(),
                "a unit has no blanks",
                "write `·`, `*` or `/` between its parts",
            ),
            Some(c) => error(
                self.here(),
                format!("`{c}` has no meaning in a unit"),
                "for example `um/(s*MPa)` or `mN/m`",
            ),
        }
    }

    fn product(&mut self) -> Result<Value, UnitError> {
        let start = self.at;
        let mut value = self.power()?;
        loop {
            let sign = match self.peek() {
                Some('/') => -1,
                Some('*' | '·' | '⋅' | '×') => 1,
                _ => return Ok(value),
            };
            self.at += self.peek().map_or(0, char::len_utf8);
            self.pretty.push(if sign < 0 { '/' } else { '·' });
            self.osmolarity_per_litre(start, sign)?;
            let factor = self.power()?.power(sign, 1);
            value = factor
                .and_then(|f| value.times(f))
                .ok_or_else(|| self.too_high(start))?;
        }
    }

    /// `mOsm/L` and `mOsm/kg` are everyday writing, but Osm is per litre already.
    fn osmolarity_per_litre(&self, start: usize, sign: i32) -> Result<(), UnitError> {
        if sign > 0 {
            return Ok(());
        }
        let before = &self.text[start..self.at - 1];
        let after = &self.text[self.at..];
        if before.ends_with("Osm") && matches!(after, "L" | "l" | "kg") {
            let span = Span::new(self.at - 1, self.text.len());
            return Err(error(
                span,
                "`Osm` means osmol per litre already",
                format!("write `{before}`"),
            ));
        }
        Ok(())
    }

    fn too_high(&self, start: usize) -> UnitError {
        error(
            Span::new(start, self.at),
            "the powers of this unit are too high",
            "",
        )
    }

    fn power(&mut self) -> Result<Value, UnitError> {
        let start = self.at;
        let value = self.factor()?;
        let Some((num, den)) = self.exponent()? else {
            return Ok(value);
        };
        if num.abs() > MAX_POWER * den {
            return Err(self.too_high(start));
        }
        value.power(num, den).ok_or_else(|| {
            error(
                Span::new(start, self.at),
                "this power of a unit is not possible",
                "for example `N^(1/2)` or `um^-1`",
            )
        })
    }

    fn factor(&mut self) -> Result<Value, UnitError> {
        let start = self.at;
        if self.skip('(') {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return Err(error(
                    Span::new(start, self.at),
                    "too many parentheses in a unit",
                    "",
                ));
            }
            self.pretty.push('(');
            let value = self.product()?;
            if !self.skip(')') {
                return Err(match self.peek() {
                    None => error(
                        Span::new(start, start + 1),
                        "this parenthesis is not closed",
                        "add `)`",
                    ),
                    Some(_) => self.unexpected(),
                });
            }
            self.pretty.push(')');
            self.depth -= 1;
            return Ok(value);
        }
        if self.skip('1') {
            self.pretty.push('1');
            return Ok(Value::ONE);
        }
        while self.peek().is_some_and(is_unit_letter) {
            self.at += self.peek().map_or(0, char::len_utf8);
        }
        let name = &self.text[start..self.at];
        if name.is_empty() {
            return Err(self.unexpected());
        }
        let (value, pretty) = look_up(name, Span::new(start, self.at))?;
        self.pretty.push_str(&pretty);
        Ok(value)
    }

    /// `^2`, `^-1`, `^(1/2)`, `²`, `⁻¹`.
    fn exponent(&mut self) -> Result<Option<(i32, i32)>, UnitError> {
        let start = self.at;
        if self.skip('^') {
            let parenthesis = self.skip('(');
            let num = self.integer()?;
            let mut den = 1;
            if parenthesis {
                if self.skip('/') {
                    den = self.integer()?;
                }
                if !self.skip(')') {
                    return Err(self.unexpected());
                }
            }
            if !(1..=60).contains(&den) {
                return Err(error(
                    Span::new(start, self.at),
                    "this power of a unit is not possible",
                    "",
                ));
            }
            match den {
                1 => self.pretty.push_str(&superscript(&num.to_string())),
                _ => self.pretty.push_str(&format!("^({num}/{den})")),
            }
            return Ok(Some((num, den)));
        }
        let digits: String = self.text[self.at..]
            .chars()
            .map_while(lower_superscript)
            .collect();
        if digits.is_empty() {
            return Ok(None);
        }
        self.at += self.text[self.at..]
            .chars()
            .take(digits.len())
            .map(char::len_utf8)
            .sum::<usize>();
        let num = digits
            .parse()
            .map_err(|_| error(Span::new(start, self.at), "this power cannot be read", ""))?;
        self.pretty.push_str(&superscript(&i32::to_string(&num)));
        Ok(Some((num, 1)))
    }

    fn integer(&mut self) -> Result<i32, UnitError> {
        let start = self.at;
        let negative = self.skip('-') || self.skip('−');
        let digits = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let wrong = || {
            error(
                Span::new(start, self.at.max(start)),
                "the power of a unit is a whole number",
                "for example `um^2`, `s^-1` or `N^(1/2)`",
            )
        };
        if self.peek() == Some('.') {
            return Err(wrong());
        }
        let value: i32 = self.text[digits..self.at].parse().map_err(|_| wrong())?;
        if value > 10_000 {
            return Err(wrong());
        }
        Ok(if negative { -value } else { value })
    }
}

/// Characters of unit names.
pub(crate) fn is_unit_letter(c: char) -> bool {
    c.is_alphabetic() && lower_superscript(c).is_none()
        || matches!(c, '%' | '‰' | '°' | 'µ' | 'Ω' | '_')
}

/// The plain digit or minus of a superscript.
pub(crate) fn lower_superscript(c: char) -> Option<char> {
    match c {
        '⁻' => Some('-'),
        '¹' => Some('1'),
        '²' => Some('2'),
        '³' => Some('3'),
        '⁰' | '⁴'..='⁹' => char::from_u32(u32::from('0') + u32::from(c) - u32::from('⁰')),
        _ => None,
    }
}

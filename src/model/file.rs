//! The sections of a model file that are not blocks, as they stand in the text.

use toml::de::{DeTable, DeValue};

use super::toml::{Key, Reader, Value, span_of};
use super::{Definition, Domain, Each, Event, Role, Setting, Solver, State, Variant};
use crate::diagnostic::{Diagnostic, Span};
use crate::expr::ast::{self, Ast, AstKind};
use crate::expr::parse;
use crate::units::Unit;

/// Reads files that a model names (measured series); the text of the file or why it can't be read.
pub type Resources<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

impl Definition {
    /// A definition with nothing but a value.
    pub(super) fn new(name: impl Into<String>, span: Span, role: Role, value: Ast) -> Self {
        Definition {
            name: name.into(),
            span,
            role,
            value,
            unit: None,
            expects: None,
            domain: Domain::Any,
            bounds: (None, None),
            range: None,
            about: String::new(),
            source: String::new(),
            block: String::new(),
            given: role != Role::Let,
            at_start: false,
            each: None,
        }
    }
}

/// An optional key of a table, read by one of the reader's methods.
macro_rules! field {
    ($reader:expr, $slot:expr, $method:ident, $what:expr, $value:expr) => {
        if let Some(read) = $reader.$method($what, $value) {
            $slot = read.into();
        }
    };
}

pub(super) use field;

impl<'a> Reader<'a> {
    /// A unit in quotes.
    pub fn unit(&mut self, what: &str, value: &Value<'a>) -> Option<Unit> {
        let text = self.text(what, value)?;
        match Unit::parse(&text.value) {
            Ok(unit) => Some(unit),
            Err(e) => {
                self.diagnostics.push(
                    Diagnostic::new(text.locate(e.span), e.message.clone()).help(e.help.clone()),
                );
                None
            }
        }
    }

    /// A string of prose: blanks at both ends and line breaks inside a paragraph do not matter.
    pub fn prose(&mut self, what: &str, value: &Value<'a>) -> Option<String> {
        let text = self.text(what, value)?.value;
        let paragraphs: Vec<String> = text
            .split("\n\n")
            .map(|p| p.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|p| !p.is_empty())
            .collect();
        Some(paragraphs.join("\n\n"))
    }

    /// `[parameters]`, `[let]` and `[mode]`
    pub fn definitions(
        &mut self,
        table: &DeTable<'a>,
        role: Role,
        out: &mut Vec<Definition>,
        broken: &mut Vec<String>,
    ) {
        for (key, value) in self.entries(table) {
            self.name(&key);
            match self.definition(&key, value, role) {
                Some(definition) => out.push(definition),
                None => broken.push(key.name),
            }
        }
    }

    fn definition(&mut self, key: &Key, value: &Value<'a>, role: Role) -> Option<Definition> {
        let what = format!("`{}`", key.name);
        let DeValue::Table(table) = value.get_ref() else {
            return Some(Definition::new(
                &key.name,
                key.span,
                role,
                self.expression(&what, value)?,
            ));
        };
        let mut read = Definition::new(&key.name, key.span, role, absent());
        let mut found = None;
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "value" => found = Some(self.expression(&what, v)),
                "unit" => read.unit = self.unit("unit", v),
                "about" => field!(self, read.about, prose, "about", v),
                "source" if role == Role::Parameter => {
                    field!(self, read.source, prose, "source", v)
                }
                "range" if role == Role::Parameter => read.range = self.pair("range", v),
                "min" if role == Role::Parameter => read.bounds.0 = self.expression("min", v),
                "max" if role == Role::Parameter => read.bounds.1 = self.expression("max", v),
                "each" if role == Role::Let => read.each = Some(self.each(v)?),
                _ if role == Role::Parameter => {
                    self.unknown(
                        &what,
                        &k,
                        &["value", "unit", "about", "source", "range", "min", "max"],
                    );
                }
                _ if role == Role::Let => {
                    self.unknown(&what, &k, &["value", "unit", "about", "each"]);
                }
                _ => self.unknown(&what, &k, &["value", "unit", "about"]),
            }
        }
        match found {
            Some(value) => read.value = value?,
            None => {
                self.error(key.span, format!("{what} has no `value`"));
                return None;
            }
        }
        Some(read)
    }

    /// Two expressions: `["75 um^3", "110 um^3"]`.
    fn pair(&mut self, what: &str, value: &Value<'a>) -> Option<(Ast, Ast)> {
        let items = self.items(value);
        let &[low, high] = items.as_slice() else {
            self.expected(value, what, "a list of two values");
            return None;
        };
        Some((self.expression(what, low)?, self.expression(what, high)?))
    }

    /// `each = "i in 1..N"`
    pub(super) fn each(&mut self, value: &Value<'a>) -> Option<Each> {
        let text = self.text("each", value)?;
        // The same words as in `sum(body, i in 1..N)`: let its grammar read them.
        let wrapped = format!("sum(0, {})", text.value);
        let prefix = "sum(0, ".len();
        match parse::parse_expression(&wrapped) {
            Ok(Ast {
                kind:
                    AstKind::Sum {
                        index,
                        mut from,
                        mut to,
                        ..
                    },
                ..
            }) => {
                if RESERVED.contains(&index.as_str()) {
                    let message = format!("`{index}` is reserved for {}", reserved_for(&index));
                    self.error(text.span, message);
                    return None;
                }
                let mut shift = |s: Span| {
                    text.locate(Span::new(
                        s.start.saturating_sub(prefix),
                        s.end.saturating_sub(prefix),
                    ))
                };
                from.map_spans(&mut shift);
                to.map_spans(&mut shift);
                Some(Each {
                    index,
                    from: *from,
                    to: *to,
                })
            }
            _ => {
                self.diagnostics.push(
                    Diagnostic::new(text.span, "`each` must read like \"i in 1..N\"")
                        .help("an index, the word `in`, the first value, two dots, the last value"),
                );
                None
            }
        }
    }

    /// A name that definitions may bear.
    pub fn name(&mut self, key: &Key) {
        let legal = match parse::parse_expression(&key.name) {
            Ok(Ast {
                kind: AstKind::Name(name),
                ..
            }) => name == key.name,
            _ => false,
        };
        if !legal || key.name.contains('.') {
            self.diagnostics.push(
                Diagnostic::new(key.span, format!("`{}` can't be a name", key.name))
                    .help("a name starts with a letter and goes on with letters, digits and `_`"),
            );
        } else if RESERVED.contains(&key.name.as_str()) {
            self.error(
                key.span,
                format!("`{}` is reserved for {}", key.name, reserved_for(&key.name)),
            );
        }
    }

    /// `[state.NAME]`
    pub fn state(&mut self, key: &Key, value: &Value<'a>) -> Option<State> {
        const KEYS: &[&str] = &[
            "initial", "rate", "unit", "scale", "about", "min", "max", "each",
        ];
        self.name(key);
        let what = format!("state `{}`", key.name);
        let table = self.table(&what, value)?;
        let (mut initial, mut rate) = (None, None);
        let mut read = State {
            name: key.name.clone(),
            span: key.span,
            initial: absent(),
            rate: Vec::new(),
            unit: None,
            expects: None,
            scale: None,
            domain: Domain::Any,
            bounds: (None, None),
            about: String::new(),
            block: String::new(),
            each: None,
        };
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "initial" => initial = Some(self.expression("initial", v)),
                "rate" => rate = Some(self.expression("rate", v)),
                "unit" => read.unit = self.unit("unit", v),
                "scale" => read.scale = self.expression("scale", v),
                "about" => field!(self, read.about, prose, "about", v),
                "min" => read.bounds.0 = self.expression("min", v),
                "max" => read.bounds.1 = self.expression("max", v),
                // Without its index nothing of it can be read.
                "each" => read.each = Some(self.each(v)?),
                _ => self.unknown(&what, &k, KEYS),
            }
        }
        if initial.is_none() {
            self.error(key.span, format!("{what} has no `initial`"));
        }
        read.initial = initial??;
        // Reactions may bring the rate; whether any did is seen once they have been expanded.
        if let Some(rate) = rate {
            read.rate.push(rate?);
        }
        Some(read)
    }

    /// `[event.NAME]`
    pub fn event(&mut self, key: &Key, value: &Value<'a>) -> Option<Event> {
        self.name(key);
        let what = format!("event `{}`", key.name);
        let table = self.table(&what, value)?;
        let mut when = None;
        let mut read = Vec::new();
        let mut about = String::new();
        let mut each = None;
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "when" => {
                    when = Some(
                        self.text("when", v)
                            .and_then(|t| self.parse(&t, parse::parse_when, ast::When::map_spans)),
                    );
                }
                "then" => {
                    for item in self.items(v) {
                        let Some(text) = self.text("then", item) else {
                            continue;
                        };
                        read.extend(self.parse(&text, parse::parse_then, ast::Then::map_spans));
                    }
                }
                "about" => field!(self, about, prose, "about", v),
                "each" => each = Some(self.each(v)?),
                _ => self.unknown(&what, &k, &["when", "then", "about", "each"]),
            }
        }
        if when.is_none() {
            self.error(key.span, format!("{what} has no `when`"));
        }
        Some(Event {
            name: key.name.clone(),
            span: key.span,
            when: when??,
            then: read,
            about,
            each,
        })
    }

    /// `[solver]`, and the same keys inside a check.
    pub fn solver(&mut self, table: &DeTable<'a>) -> Solver {
        let mut read = Solver::default();
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "method" => read.method = self.text("method", v).map(|t| (t.value, t.span)),
                "rtol" => read.rtol = self.positive("rtol", v),
                "atol" => read.atol = self.positive("atol", v),
                "step" => read.step = self.expression("step", v),
                "max_step" => read.max_step = self.expression("max_step", v),
                "max_steps" => read.max_steps = self.count("max_steps", v).map(|n| n as u64),
                _ => self.unknown(
                    "the solver",
                    &k,
                    &["method", "rtol", "atol", "step", "max_step", "max_steps"],
                ),
            }
        }
        read
    }

    pub(super) fn positive(&mut self, what: &str, value: &Value<'a>) -> Option<f64> {
        let number = self.number(what, value)?;
        if number > 0.0 && number < 1.0 {
            return Some(number);
        }
        self.error(span_of(value), format!("{what} must lie between 0 and 1"));
        None
    }

    /// Names and values; `{ cell.volume = … }` and `{ "cell.volume" = … }` mean the same.
    pub fn settings(&mut self, what: &str, value: &Value<'a>) -> Vec<Setting> {
        let mut out = Vec::new();
        if let Some(table) = self.table(what, value) {
            self.collect_settings("", table, &mut out);
        }
        out
    }

    fn collect_settings(&mut self, prefix: &str, table: &DeTable<'a>, out: &mut Vec<Setting>) {
        for (key, value) in self.entries(table) {
            let name = format!("{prefix}{}", key.name);
            match value.get_ref() {
                DeValue::Table(inner) => self.collect_settings(&format!("{name}."), inner, out),
                _ => {
                    if let Some(ast) = self.expression(&format!("`{name}`"), value) {
                        out.push(Setting {
                            name,
                            span: key.span,
                            value: ast,
                        });
                    }
                }
            }
        }
    }

    /// `[variant.NAME]`
    pub fn variant(&mut self, key: &Key, value: &Value<'a>) -> Option<Variant> {
        let table = self.table("a variant", value)?;
        let mut read = Variant {
            name: key.name.clone(),
            about: String::new(),
            set: Vec::new(),
        };
        for (k, v) in self.entries(table) {
            match k.name.as_str() {
                "about" => field!(self, read.about, prose, "about", v),
                "set" => read.set = self.settings("set", v),
                _ => self.unknown("a variant", &k, &["about", "set"]),
            }
        }
        Some(read)
    }
}

/// Names that mean something everywhere.
const RESERVED: &[&str] = &[
    "t", "duration", "pi", "if", "and", "or", "not", "time", "count", "sum",
];

fn reserved_for(name: &str) -> &'static str {
    match name {
        "t" => "time",
        "duration" => "the duration of the experiment",
        "pi" => "the number π",
        _ => "the language",
    }
}

/// Stands where a mistake has been noted and nothing will be computed.
pub(super) fn absent() -> Ast {
    Ast {
        kind: AstKind::Number {
            value: f64::NAN,
            unit: None,
        },
        span: Span::default(),
    }
}

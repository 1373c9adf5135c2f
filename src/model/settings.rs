//! Settings: what of a model can be given another value, and what that does to it.

use super::{Definition, Domain, Model, Role};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::{self, Ast, AstKind};
use crate::units::Unit;

/// A name and the value that it shall have.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Name of a parameter, an input, a mode, a state (its initial value) or `duration`.
    pub name: String,
    /// Place of the name.
    pub span: Span,
    /// The value.
    pub value: Ast,
}

/// Variants and checks may set only what can be set; whoever writes one should not have to run it to learn that.
pub(super) fn settings_exist(model: &Model, broken: &[String], diagnostics: &mut Vec<Diagnostic>) {
    let variants = model.variants.iter().flat_map(|v| &v.set);
    for setting in variants.chain(model.checks.iter().flat_map(|c| &c.with)) {
        let name = model.full_name(&setting.name);
        if !is_broken(&name, broken) && !model.settable().contains(&name.as_str()) {
            let (written, span) = (&setting.name, setting.span);
            diagnostics.push(model.not_settable(written, &name, span, model.settable()));
        }
    }
}

/// True for what would be there but for a mistake, by its own name or by that of its block.
pub(super) fn is_broken(name: &str, broken: &[String]) -> bool {
    let head = name.split('.').next().unwrap_or(name);
    broken.iter().any(|b| b == name || b == head)
}

impl Model {
    /// All names that a setting may give a value to.
    pub fn settable(&self) -> Vec<&str> {
        let definitions = self
            .definitions
            .iter()
            .filter(|d| d.given)
            .map(|d| d.name.as_str());
        definitions
            .chain(self.states.iter().map(|s| s.name.as_str()))
            .chain(["duration", "points"])
            .collect()
    }

    /// The full name behind a short one: `bath.osmolarity` where `plasma` is the only bath.
    pub fn full_name(&self, name: &str) -> String {
        if let Some((head, rest)) = name.split_once('.')
            && let Some((_, full)) = self.aliases.iter().find(|(alias, _)| alias == head)
        {
            return format!("{full}.{rest}");
        }
        name.to_string()
    }

    /// Gives a parameter, an input, a mode or an initial value another value. A step of the experiment at time 0 takes
    /// the value of a setting of the same input: what is set holds from the start on.
    ///
    /// # Errors
    /// A message at the place of the setting when nothing of that name can be set.
    pub fn apply(&mut self, setting: &Setting) -> Result<(), Diagnostic> {
        let name = self.full_name(&setting.name);
        self.fits(setting, &name)?;
        self.changed.push(name.clone());
        if name == "duration" {
            self.experiment.duration = setting.value.clone();
            return Ok(());
        }
        if name == "points" {
            self.experiment.points = points(&setting.value)?;
            return Ok(());
        }
        if name == "solver.max_step" {
            self.solver.max_step = Some(setting.value.clone());
            return Ok(());
        }
        if let Some(state) = self.states.iter_mut().find(|s| s.name == name) {
            state.initial = setting.value.clone();
            return Ok(());
        }
        let place = self.definitions.iter().position(|d| d.name == name);
        let Some(at) = place.filter(|at| self.definitions[*at].given) else {
            let (written, span) = (&setting.name, setting.span);
            return Err(self.not_settable(written, &name, span, self.settable()));
        };
        self.definitions[at].value = setting.value.clone();
        Ok(())
    }

    /// Makes what the setting names the parameter of that name with a `#` behind it, which has the value of the setting:
    /// so that it can be given other values without building the equations again.
    ///
    /// # Errors
    /// As [`Model::apply`].
    pub fn vary(&mut self, setting: &Setting) -> Result<String, Diagnostic> {
        let name = self.full_name(&setting.name);
        self.fits(setting, &name)?;
        let hidden = format!("{name}#");
        let definition = self.definitions.iter().find(|d| d.name == name);
        self.definitions.push(Definition {
            name: hidden.clone(),
            span: setting.span,
            role: Role::Parameter,
            value: setting.value.clone(),
            unit: definition.and_then(|d| d.unit.clone()),
            expects: None,
            domain: Domain::Any,
            bounds: (None, None),
            range: None,
            about: String::new(),
            source: String::new(),
            block: String::new(),
            given: true,
            at_start: false,
            each: None,
        });
        let value = Ast::new(AstKind::Name(hidden.clone()), setting.value.span);
        self.apply(&Setting {
            name,
            span: setting.span,
            value,
        })?;
        Ok(hidden)
    }

    /// Refuses a number with another unit than the one that stands there, at the setting itself: once it is applied,
    /// only the equations that use it could tell. Expressions are left to them.
    pub(super) fn fits(&self, setting: &Setting, name: &str) -> Result<(), Diagnostic> {
        let Some(expected) = self.unit_there(name) else {
            return Ok(());
        };
        let Some(message) = self.misfit(&setting.name, &expected, &setting.value) else {
            return Ok(());
        };
        let example = match (&setting.value.kind, expected.text()) {
            (AstKind::Number { value, .. }, "" | "1") => format!("{}={value}", setting.name),
            (AstKind::Number { value, .. }, unit) => {
                format!("{}=\"{value} {unit}\"", setting.name)
            }
            _ => return Err(Diagnostic::new(setting.value.span, message)),
        };
        Err(Diagnostic::new(setting.value.span, message)
            .help(format!("write for example {example}")))
    }

    /// The unit of what a setting of that full name would replace, as far as it is written.
    pub(super) fn unit_there(&self, name: &str) -> Option<Unit> {
        let definition = self.definitions.iter().find(|d| d.name == name && d.given);
        let state = self.states.iter().find(|s| s.name == name);
        let (unit, expects, old) = match (definition, state) {
            (Some(d), _) => (&d.unit, &d.expects, &d.value),
            (None, Some(s)) => (&s.unit, &s.expects, &s.initial),
            _ => return None,
        };
        let expected = expects.as_ref().map(|(unit, _)| unit.clone());
        self.shown_unit(unit, old)
            .or(expected)
            .or_else(|| plain(old))
    }

    /// What is wrong with a number of another dimension than expected; `None` where nothing is, or nothing is known.
    pub(super) fn misfit(&self, name: &str, expected: &Unit, value: &Ast) -> Option<String> {
        let written = self.shown_unit(&None, value).or_else(|| plain(value))?;
        if expected.dimension() == written.dimension() {
            return None;
        }
        let is = |unit: &Unit| match unit.text() {
            "" | "1" => "a plain number".to_string(),
            text => format!("[{text}]"),
        };
        Some(format!(
            "`{name}` is {}, not {}",
            is(expected),
            is(&written)
        ))
    }

    /// Says that a name, as written and in full, is none of those that can be given a value.
    pub fn not_settable(
        &self,
        written: &str,
        name: &str,
        span: Span,
        known: Vec<&str>,
    ) -> Diagnostic {
        if self.definitions.iter().any(|d| d.name == name) {
            return Diagnostic::new(
                span,
                format!("`{name}` is computed from other quantities and can't be set"),
            )
            .help("`show` lists the parameters");
        }
        let diagnostic = Diagnostic::new(span, format!("there is no parameter `{written}`"));
        // Who writes `bath.osmolarity` for `plasma.osmolarity` slips in that.
        let short: Vec<String> = (self.aliases.iter())
            .flat_map(|(alias, full)| {
                known.iter().filter_map(move |name| {
                    let rest = name.strip_prefix(full.as_str())?;
                    rest.starts_with('.').then(|| format!("{alias}{rest}"))
                })
            })
            .collect();
        let names = known
            .iter()
            .copied()
            .chain(short.iter().map(String::as_str));
        match nearest(written, names) {
            Some(right) => diagnostic.help(format!("did you mean `{right}`?")),
            None => diagnostic.help("`show` lists the parameters"),
        }
    }

    /// Applies a variant by name.
    ///
    /// # Errors
    /// A message with the nearest right name.
    pub fn apply_variant(&mut self, name: &str) -> Result<(), Diagnostic> {
        let Some(variant) = self.variants.iter().find(|v| v.name == name).cloned() else {
            let diagnostic = Diagnostic::new(
                Span::default(),
                format!("`{}` has no variant `{name}`", self.name),
            );
            let known: Vec<&str> = self.variants.iter().map(|v| v.name.as_str()).collect();
            let help = match nearest(name, known.iter().copied()) {
                Some(right) => format!("did you mean `{}@{right}`?", self.name),
                None if known.is_empty() => "it has no variants".to_string(),
                None => format!("variants: {}", known.join(", ")),
            };
            return Err(diagnostic.help(help));
        };
        variant
            .set
            .iter()
            .try_for_each(|setting| self.apply(setting))
    }

    /// The unit in which a quantity is shown: as given, or as its value is written, or as a named one's is.
    pub fn shown_unit(&self, unit: &Option<Unit>, value: &Ast) -> Option<Unit> {
        self.unit_of(unit, value, 0)
    }

    fn unit_of(&self, unit: &Option<Unit>, value: &Ast, depth: usize) -> Option<Unit> {
        if unit.is_some() || depth > 20 {
            return unit.clone();
        }
        match &value.kind {
            AstKind::Number { unit, .. } => unit.clone(),
            AstKind::Prefix(ast::Prefix::Minus, inner) => self.unit_of(&None, inner, depth + 1),
            AstKind::Name(name) => {
                let name = self.full_name(name);
                if let Some(d) = self.definitions.iter().find(|d| d.name == name) {
                    return self.unit_of(&d.unit, &d.value, depth + 1);
                }
                let s = self.states.iter().find(|s| s.name == name)?;
                self.unit_of(&s.unit, &s.initial, depth + 1)
            }
            _ => None,
        }
    }
}

/// A number of saved times.
fn points(value: &Ast) -> Result<usize, Diagnostic> {
    match value.kind {
        AstKind::Number { value, unit: None }
            if value.fract() == 0.0 && (2.0..=1e7).contains(&value) =>
        {
            Ok(value as usize)
        }
        _ => Err(Diagnostic::new(
            value.span,
            "`points` is a whole number of saved times, at least 2",
        )),
    }
}

/// The unit of a plain number, which has none; 0 fits any.
fn plain(value: &Ast) -> Option<Unit> {
    match &value.kind {
        AstKind::Number { value, unit: None } if *value != 0.0 => Unit::parse("").ok(),
        AstKind::Prefix(ast::Prefix::Minus, inner) => plain(inner),
        _ => None,
    }
}

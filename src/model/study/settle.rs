//! A study held against its model: names that exist, values that fit, numbers of points that make sense.

use super::{AxisDef, AxisRange, AxisValues, Design, MOST_POINTS, Quantity, StudyDef};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::expr::ast::{Ast, AstKind};
use crate::expr::print::to_text;
use crate::expr::visit::visit;
use crate::model::settings::is_broken;
use crate::model::{Model, Outcome, Setting};
use crate::units::Unit;

impl Model {
    /// Finds what is wrong with a study of this model, and puts the range that a parameter declares where an axis asks for
    /// it. `broken` are names that would be there but for mistakes of their own.
    ///
    /// What the outcomes of a study mean is seen when a system is built with them.
    pub fn settle_study(&self, study: &mut StudyDef, broken: &[String]) -> Vec<Diagnostic> {
        let mut mistakes = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        let with: Vec<String> = study.with.iter().map(|s| self.full_name(&s.name)).collect();
        for (setting, name) in study.with.iter().zip(&with) {
            if !is_broken(name, broken) {
                mistakes.extend(self.setting_fits(setting).err());
            }
        }
        let base = self.with_settings(study);
        for axis in &mut study.axes {
            let name = self.full_name(&axis.name);
            let span = axis.span;
            if seen.contains(&name) {
                let message = format!("`{}` is varied twice", axis.name);
                mistakes.push(Diagnostic::new(span, message).help("leave out one of the two"));
            } else if with.contains(&name) {
                let message = format!("`{}` is varied, and set in `with`", axis.name);
                mistakes.push(Diagnostic::new(span, message).help("leave out one of the two"));
            }
            if !is_broken(&name, broken) {
                let found = base.settle_axis(axis, &name);
                let found = found.into_iter().map(|mut mistake| {
                    if let Some(file) = &study.file {
                        mistake.message = format!("`{file}`: {}", mistake.message);
                    }
                    mistake
                });
                mistakes.extend(found);
            }
            mistakes.extend(count_fits(axis, study.design));
            seen.push(name);
        }
        if study.design.draws() && study.points.is_none() {
            let message = format!("the design {} needs `points`", study.design.name());
            let help = "`points = 1000` is the number of runs";
            mistakes.push(Diagnostic::new(study.span, message).help(help));
        }
        if study.size() > MOST_POINTS {
            let message = format!("a study of more than {MOST_POINTS} points would not end");
            let help = match study.design {
                Design::Grid => "give its axes fewer values, or draw: `design = \"sobol\"`",
                _ => "",
            };
            mistakes.push(Diagnostic::new(study.span, message).help(help));
        }
        self.settle_outcomes(study, broken, &mut mistakes);
        mistakes
    }

    /// The model with what holds for all points. What does not fit is left out.
    fn with_settings(&self, study: &StudyDef) -> std::borrow::Cow<'_, Model> {
        // Only the range of a parameter can depend on it.
        let declared = |axis: &AxisDef| matches!(axis.values, AxisValues::Declared { .. });
        if study.with.is_empty() || !study.axes.iter().any(declared) {
            return std::borrow::Cow::Borrowed(self);
        }
        let mut model = self.clone();
        for setting in &study.with {
            // Mistakes have been noted where the settings were checked.
            let _ = model.apply(setting);
        }
        std::borrow::Cow::Owned(model)
    }

    fn settle_axis(&self, axis: &mut AxisDef, name: &str) -> Vec<Diagnostic> {
        if let AxisValues::Variants(choices) = &axis.values {
            let names = choices.iter().map(|c| (&c.name, c.span));
            let mut mistakes: Vec<Diagnostic> = names
                .filter_map(|(name, span)| self.no_variant(name.as_deref()?, span))
                .collect();
            mistakes.dedup();
            return mistakes;
        }
        if name == "points" {
            let message = "`points` is the number of saved times and can't be varied";
            return vec![Diagnostic::new(axis.span, message)];
        }
        if !self.settable().contains(&name) {
            let mut names = self.settable();
            names.retain(|known| *known != "points");
            names.push(AxisDef::VARIANT);
            return vec![self.not_settable(&axis.name, name, axis.span, names)];
        }
        let fitted = self.declared_range(axis, name).and_then(|()| {
            self.units_fit(axis, name)?;
            match &axis.values {
                AxisValues::Range(range) => range_fits(range),
                _ => Ok(()),
            }
        });
        fitted.err().into_iter().collect()
    }

    fn no_variant(&self, name: &str, span: Span) -> Option<Diagnostic> {
        let known: Vec<&str> = self.variants.iter().map(|v| v.name.as_str()).collect();
        if known.contains(&name) {
            return None;
        }
        let help = match nearest(name, known.iter().copied().chain(["none"])) {
            Some(right) => format!("did you mean `{right}`?"),
            None if known.is_empty() => "the model has no variants".to_string(),
            None => format!("variants: {}", known.join(", ")),
        };
        Some(Diagnostic::new(span, format!("there is no variant `{name}`")).help(help))
    }

    /// Puts the range of a parameter in the place of the word `range`.
    fn declared_range(&self, axis: &mut AxisDef, name: &str) -> Result<(), Diagnostic> {
        let AxisValues::Declared { log, count, span } = &axis.values else {
            return Ok(());
        };
        let (log, count, span) = (*log, *count, *span);
        let definition = self.definitions.iter().find(|d| d.name == name);
        let Some((low, high)) = definition.and_then(|d| d.range.as_ref()) else {
            let message = format!("`{}` declares no range", axis.name);
            return Err(Diagnostic::new(span, message).help(
                "write it here, for example `20..400 um/s`, or give the parameter a `range`",
            ));
        };
        let shown = self.wanted_unit(name);
        let end = |ast: &Ast| {
            let written = self.written_or_computed(ast, shown.as_ref());
            let known = written.filter(|q| q.internal().is_finite());
            known.map(|q| Quantity { span, ..q }).ok_or_else(|| {
                let text = to_text(ast);
                let message = format!("`{text}`, an end of this range, is not known before a run");
                Diagnostic::new(span, message).help("write the range here")
            })
        };
        axis.values = AxisValues::Range(AxisRange {
            from: end(low)?,
            to: end(high)?,
            log,
            count,
            span,
        });
        Ok(())
    }

    /// The unit of what an axis would replace.
    fn wanted_unit(&self, name: &str) -> Option<Unit> {
        if name == "duration" {
            return Unit::parse("s").ok();
        }
        self.unit_there(name).or_else(|| {
            let (_, dimension) = self.constant(self.value_there(name)?)?;
            Some(Unit::preferred(dimension?))
        })
    }

    /// An expression of parameters as a number.
    fn written_or_computed(&self, ast: &Ast, shown: Option<&Unit>) -> Option<Quantity> {
        if let Some(literal) = Quantity::of(ast) {
            return Some(literal);
        }
        let (internal, dimension) = self.constant(ast)?;
        let unit = match shown {
            Some(unit) if dimension.is_none_or(|d| d == unit.dimension()) => unit.clone(),
            _ => Unit::preferred(dimension?),
        };
        let value = unit.from_internal(internal);
        Some(Quantity {
            value,
            unit: (unit.text() != "1").then_some(unit),
            span: ast.span,
        })
    }

    /// All values measure what the model has there; the first that does not is reported.
    fn units_fit(&self, axis: &AxisDef, name: &str) -> Result<(), Diagnostic> {
        let column;
        let values: Vec<&Quantity> = match &axis.values {
            AxisValues::Range(range) => vec![&range.to, &range.from],
            AxisValues::List(values) => values.iter().collect(),
            AxisValues::Column { values, unit } => {
                // They are all in one unit; a 0 alone would fit any.
                let other = values.iter().copied().find(|value| *value != 0.0);
                column = Quantity {
                    value: other.unwrap_or(0.0),
                    unit: unit.clone(),
                    span: axis.span,
                };
                vec![&column]
            }
            AxisValues::Declared { .. } | AxisValues::Variants(_) => vec![],
        };
        let Some(wanted) = self.wanted_unit(name) else {
            return Ok(());
        };
        for value in values {
            let Some(message) = self.misfit(&axis.name, &wanted, &value.ast()) else {
                continue;
            };
            let mistake = Diagnostic::new(value.span, message);
            return Err(match (&axis.values, wanted.text()) {
                (AxisValues::Column { .. }, "" | "1") => mistake,
                (AxisValues::Column { .. }, unit) => {
                    mistake.help(format!("write `{} [{unit}]` in the header", axis.name))
                }
                (_, "" | "1") => mistake.help(format!("write for example `{}`", value.value)),
                (_, unit) => mistake.help(format!("write for example `{} {unit}`", value.value)),
            });
        }
        Ok(())
    }

    /// Outcomes that exist or are new, each once.
    fn settle_outcomes(&self, study: &StudyDef, broken: &[String], mistakes: &mut Vec<Diagnostic>) {
        for (i, outcome) in study.outcomes.iter().enumerate() {
            let name = &outcome.name;
            let own = self.outcomes.iter().find(|o| o.name == *name);
            let refuse = |message: String, help: &str| {
                Some(Diagnostic::new(outcome.span, message).help(help))
            };
            mistakes.extend(if study.outcomes[..i].iter().any(|o| o.name == *name) {
                refuse(
                    format!("outcome `{name}` is named twice"),
                    "leave out one of the two",
                )
            } else if study.axes.iter().any(|axis| axis.name == *name) {
                let help = "give the outcome another name";
                refuse(format!("`{name}` is varied, and an outcome"), help)
            } else if broken.contains(name) {
                None
            } else if outcome.is_named() {
                own.is_none().then(|| self.no_outcome(outcome))
            } else if own.is_some_and(|o| to_text(&o.value) != to_text(&outcome.value)) {
                refuse(
                    format!("the model has another outcome `{name}`"),
                    "give the one of the study another name",
                )
            } else {
                None
            });
        }
        if study.outcomes.is_empty() && self.outcomes.is_empty() && broken.is_empty() {
            let message = format!("study `{}` answers nothing", study.name);
            let help =
                "the model has no outcomes: give the study `outcomes = { most = \"max(x)\" }`";
            mistakes.push(Diagnostic::new(study.span, message).help(help));
        }
    }

    fn no_outcome(&self, outcome: &Outcome) -> Diagnostic {
        let name = &outcome.name;
        let known: Vec<&str> = self.outcomes.iter().map(|o| o.name.as_str()).collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(right) => format!("did you mean `{right}`?"),
            None if known.is_empty() => "the model has no outcomes".to_string(),
            None => format!("outcomes: {}", known.join(", ")),
        };
        Diagnostic::new(outcome.span, format!("there is no outcome `{name}`")).help(help)
    }

    /// What a study answers, in its order: outcomes of the model and its own.
    pub fn outcomes_of(&self, study: &StudyDef) -> Vec<Outcome> {
        if study.outcomes.is_empty() {
            return self.outcomes.clone();
        }
        let answer = |asked: &Outcome| {
            let own = self.outcomes.iter().find(|o| o.name == asked.name);
            match own.filter(|_| asked.is_named()) {
                Some(own) => Outcome {
                    unit: asked.unit.clone().or_else(|| own.unit.clone()),
                    ..own.clone()
                },
                None => asked.clone(),
            }
        };
        study.outcomes.iter().map(answer).collect()
    }

    /// Gives the model the outcomes that a study asks for in the place of its own. Those that are computed from other ones
    /// keep them, behind the ones asked for.
    pub fn ask(&mut self, study: &StudyDef) {
        let mut asked = self.outcomes_of(study);
        let mut at = 0;
        while at < asked.len() {
            let mut names: Vec<String> = Vec::new();
            visit(&asked[at].value, &mut |part| {
                if let AstKind::Name(name) = &part.kind {
                    names.push(name.clone());
                }
            });
            names.retain(|name| asked.iter().all(|o| o.name != *name));
            let more = self.outcomes.iter().filter(|o| names.contains(&o.name));
            asked.extend(more.cloned());
            at += 1;
        }
        self.outcomes = asked;
    }

    fn setting_fits(&self, setting: &Setting) -> Result<(), Diagnostic> {
        let name = self.full_name(&setting.name);
        if !self.settable().contains(&name.as_str()) {
            let known = self.settable();
            return Err(self.not_settable(&setting.name, &name, setting.span, known));
        }
        self.fits(setting, &name)
    }
}

/// A number of values stands where it is needed, and nowhere else.
fn count_fits(axis: &AxisDef, design: Design) -> Option<Diagnostic> {
    let (count, span) = match &axis.values {
        AxisValues::Range(range) => (range.count, range.span),
        AxisValues::Declared { count, span, .. } => (*count, *span),
        _ => return None,
    };
    match (design, count) {
        (Design::Grid, None) => Some(
            Diagnostic::new(span, "a range of a grid needs the number of its values").help(
                "it stands at the end: `20..400 um/s 10`, `20..400 um/s log 10` or `range 10`",
            ),
        ),
        (Design::Grid, Some(_)) | (_, None) => None,
        (_, Some((_, span))) => Some(
            Diagnostic::new(span, "the number of points is that of the study")
                .help("leave it out here: `points` of the study gives it"),
        ),
    }
}

fn range_fits(range: &AxisRange) -> Result<(), Diagnostic> {
    let (from, to) = (range.from.internal(), range.to.internal());
    if range.log && (from == 0.0 || to == 0.0 || (from < 0.0) != (to < 0.0)) {
        let message = "a logarithmic range can't reach 0";
        return Err(Diagnostic::new(range.span, message).help("leave out `log`, or begin above 0"));
    }
    match range.count {
        Some((1, _)) if from == to => Ok(()),
        Some((0 | 1, span)) => Err(Diagnostic::new(span, "a range has 2 values or more")
            .help("its two ends are among them")),
        Some((2.., span)) if from == to => Err(Diagnostic::new(
            span,
            "a range from a number to itself has 1 value",
        )),
        _ => Ok(()),
    }
}

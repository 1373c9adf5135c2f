//! A model with several changes at once: settings, and steps of the experiment that its file does not have.

use super::simulation::{Simulation, parse_setting};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::error::{Error, Sources};
use crate::expr::ast;
use crate::expr::parse;
use crate::model::{Change, ChangeKind, Quantity};

/// What is changed of a model; with nothing in it, nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Changes<'a> {
    /// Names and values as written in a model file, in the order in which they are applied.
    pub settings: &'a [(String, String)],
    /// Leaves the steps of the model's own experiment out.
    pub without_steps: bool,
    /// More steps of the experiment, e.g. `at 30 s: plasma.osmolarity = 600 mOsm`.
    pub steps: &'a [String],
}

impl Simulation {
    /// The same model with these changes; the equations are built once for all of them.
    ///
    /// ```
    /// use osmocyte::study::Changes;
    ///
    /// let cell = osmocyte::Simulation::shipped("red-blood-cell@isotonic")?;
    /// let salted = cell.changed(&Changes {
    ///     steps: &["at 2 s: plasma.osmolarity = 600 mOsm".to_string()],
    ///     ..Changes::default()
    /// })?;
    /// assert!(salted.run(&Default::default())?.trajectory.outcome("end_volume") < Some(70.0));
    /// # Ok::<(), osmocyte::Error>(())
    /// ```
    ///
    /// # Errors
    /// All mistakes in the changes at once: a name that is not there, another unit, a text that can't be read.
    pub fn changed(&self, changes: &Changes) -> Result<Simulation, Error> {
        let (mut model, mut sources) = (self.model().clone(), self.sources.clone());
        let mut mistakes = Vec::new();
        for (name, value) in changes.settings {
            let (setting, mut own) = parse_setting(&mut sources, name, value);
            if let Some(Err(mistake)) = setting.map(|s| model.apply(&s)) {
                own.push(mistake);
            }
            mistakes.append(&mut own);
        }
        if changes.without_steps {
            model.experiment.changes.clear();
        }
        for text in changes.steps {
            match step(&mut sources, text) {
                Ok(step) => model.experiment.changes.push(step),
                Err(mut own) => mistakes.append(&mut own),
            }
        }
        Simulation::finish(model, sources, mistakes, &[], &[])
    }

    /// The same model with other numbers in the place of numbers, in the same units: its equations stay as they are, and
    /// are not built again. `None` where they would have to be, or where anything is wrong with a setting: then
    /// [`Simulation::changed`] knows what.
    pub fn with_numbers(&self, settings: &[(String, String)]) -> Option<Simulation> {
        let (mut model, mut sources) = (self.model().clone(), self.sources.clone());
        let mut system = self.system.clone();
        for (name, value) in settings {
            let (setting, mistakes) = parse_setting(&mut sources, name, value);
            let setting = setting.filter(|_| mistakes.is_empty())?;
            let full = model.full_name(name);
            let old = model.definitions.iter().find(|d| d.name == full)?;
            let quantities = (Quantity::of(&old.value)?, Quantity::of(&setting.value)?);
            let unit = |q: &Quantity| q.unit.as_ref().map(|u| u.text().to_string());
            // A plain 0 may measure anything.
            let alike = unit(&quantities.0) == unit(&quantities.1)
                && quantities.0.value != 0.0
                && quantities.1.value != 0.0;
            let fixed = system.counts.contains(&full) || old.each.is_some();
            let own = system.parameters.iter_mut().find(|p| p.name == full)?;
            if !alike || fixed || model.apply(&setting).is_err() {
                return None;
            }
            own.value = quantities.1.internal();
            own.changed = true;
        }
        Some(Simulation {
            model,
            sources,
            system,
            program: self.program.clone(),
            statics: self.statics.clone(),
            probes: self.probes.clone(),
            extrema: self.extrema.clone(),
            gross: self.gross.clone(),
        })
    }
}

/// Reads a step of the experiment; its text is added to the sources, so that messages can show it.
fn step(sources: &mut Sources, text: &str) -> Result<Change, Vec<Diagnostic>> {
    let base = sources.add(Source {
        name: "step of the experiment".to_string(),
        text: text.to_string(),
    });
    let moved = |span: Span| Span::new(span.start + base, span.end + base);
    let mut sentence = parse::parse_sentence(text).map_err(|mut mistakes| {
        for mistake in &mut mistakes {
            mistake.span = moved(mistake.span);
        }
        mistakes
    })?;
    sentence.map_spans(&mut { moved });
    if let ast::Change::Series { span, .. } = sentence.change {
        let mistake = Diagnostic::new(span, "a series is read from the file of a model only");
        return Err(vec![mistake.help("put the step into the model's file")]);
    }
    Ok(Change {
        input: sentence.input,
        span: sentence.input_span,
        kind: ChangeKind::Sentence(sentence.change),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::library;

    /// A parameter of each model, or several, made 5 % larger both ways.
    #[test]
    fn other_numbers_are_the_same_as_equations_built_again() {
        let mut compared = 0;
        for entry in library() {
            let base = Simulation::shipped(entry.name).unwrap();
            let mut settings: Vec<(String, String)> = Vec::new();
            for p in &base.system.parameters {
                let value = 1.05 * p.unit.from_internal(p.value);
                let setting = (p.name.clone(), format!("{value} {}", p.unit.text()));
                if settings.len() < 3 && base.with_numbers(std::slice::from_ref(&setting)).is_some()
                {
                    settings.push(setting);
                }
            }
            let Some(quick) = base.with_numbers(&settings) else {
                panic!("{}: {settings:?}", entry.name);
            };
            let changes = Changes {
                settings: &settings,
                ..Changes::default()
            };
            let built = base.changed(&changes).unwrap();
            let names = |s: &Simulation| -> Vec<(String, f64, bool)> {
                let all = s.system.parameters.iter();
                all.map(|p| (p.name.clone(), p.value, p.changed)).collect()
            };
            assert_eq!(names(&quick), names(&built), "{}", entry.name);
            let options = Default::default();
            let (Ok(quick), Ok(built)) = (quick.ready(&options), built.ready(&options)) else {
                continue;
            };
            assert_eq!(quick.problem.names, built.problem.names, "{}", entry.name);
            let near = |a: &[f64], b: &[f64]| {
                let same = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-14 * a.abs().max(b.abs());
                a.len() == b.len() && a.iter().zip(b).all(same)
            };
            let (quick, built) = (&quick.problem, &built.problem);
            assert!(near(&quick.y0, &built.y0), "{}", entry.name);
            assert!(near(&quick.p, &built.p), "{}", entry.name);
            assert!(near(&quick.save, &built.save), "{}", entry.name);
            compared += settings.len();
        }
        assert!(compared > 150, "{compared} parameters only");
    }
}

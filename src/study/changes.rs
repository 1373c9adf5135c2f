//! A model with several changes at once: settings, and steps of the experiment that its file does not have.

use super::simulation::{Simulation, parse_setting};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::error::{Error, Sources};
use crate::expr::ast;
use crate::expr::parse;
use crate::model::{Change, ChangeKind};

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

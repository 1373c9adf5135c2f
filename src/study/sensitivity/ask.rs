//! Which study, which factors and which outcomes an analysis is about, from the words of a command line.

use crate::diagnostic::{Diagnostic, Source, Span, nearest};
use crate::error::{Error, Sources};
use crate::model::{AxisDef, AxisValues, Design, Model, StudyDef, parse_axis, parse_study_outcome};
use crate::study::simulation::Simulation;

/// What is asked for, in words. What is absent is as the study of the model says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    /// Name of a study of the model.
    pub study: Option<String>,
    /// Settings of the model, by name: they win over those of the study.
    pub set: Vec<String>,
    /// Axes, `Pf=20..400 um/s log`, or names alone.
    pub vary: Vec<String>,
    /// Outcomes: `late=time of lysis`.
    pub outcomes: Vec<String>,
}

/// The name of a study that is none of the model's.
const UNNAMED: &str = "sensitivity";

impl Ask {
    /// The study with its ranges, for a global analysis. The simulation that comes with it is the given one, and knows
    /// the words of the request: places in messages refer to them.
    ///
    /// # Errors
    /// All mistakes of the request; no axis at all.
    pub fn ranges(&self, simulation: &Simulation) -> Result<(Simulation, StudyDef), Error> {
        let model = simulation.model();
        let mut sources = simulation.sources.clone();
        let mut mistakes = Vec::new();
        let mut study = self.base(model, &mut sources)?;
        if study.design == Design::Rows {
            return Err(Error::option(format!(
                "study `{}` takes its points from a table: a global analysis needs ranges\nhelp: give them with --vary",
                study.name
            )));
        }
        if !self.vary.is_empty() {
            study.axes.clear();
        }
        for text in &self.vary {
            // A name alone stands for the range that it declares.
            let text = match text.contains('=') {
                true => text.clone(),
                false => format!("{text}=range"),
            };
            let (axis, mut found) = parse_axis(&mut sources, &text);
            study.axes.extend(axis);
            mistakes.append(&mut found);
        }
        if study.axes.is_empty() && mistakes.is_empty() {
            study.axes = declared(model, &mut sources);
        }
        self.outcomes(&mut study, &mut sources, &mut mistakes);
        self.settings_win(model, &mut study);
        if study.axes.is_empty() && mistakes.is_empty() {
            return Err(nothing(model));
        }
        // The design is the analysis's own; the one that the study has may ask for numbers that it can't use.
        study.design = Design::Sobol;
        study.points = Some(1);
        study.axes.iter_mut().for_each(undivided);
        self.finish(simulation, study, sources, mistakes)
    }

    /// The study and the names of the parameters, for a local analysis: those varied, or the axes of the study, or all
    /// parameters that declare a range.
    ///
    /// # Errors
    /// All mistakes of the request; nothing to vary.
    pub fn names(
        &self,
        simulation: &Simulation,
    ) -> Result<(Simulation, StudyDef, Vec<String>), Error> {
        let model = simulation.model();
        let mut sources = simulation.sources.clone();
        let mut mistakes = Vec::new();
        let mut study = self.base(model, &mut sources)?;
        let mut names: Vec<(String, Span)> = Vec::new();
        if !self.vary.is_empty() {
            study.axes.clear();
        }
        for text in &self.vary {
            if text.contains('=') {
                let (axis, mut found) = parse_axis(&mut sources, text);
                study.axes.extend(axis);
                mistakes.append(&mut found);
            } else {
                let name = text.trim().to_string();
                let span = place(&mut sources, "vary", &name);
                names.push((name, span));
            }
        }
        let axes = (study.axes.iter()).filter(|a| a.name != AxisDef::VARIANT);
        let mut all: Vec<(String, Span)> = axes.map(|a| (a.name.clone(), a.span)).collect();
        all.append(&mut names);
        if all.is_empty() && mistakes.is_empty() {
            all = (declared(model, &mut sources).into_iter())
                .map(|a| (a.name, a.span))
                .collect();
        }
        let mut known = model.settable();
        known.retain(|name| *name != "points");
        let mut full: Vec<String> = Vec::new();
        for (name, span) in &all {
            let own = model.full_name(name);
            if !known.contains(&own.as_str()) {
                mistakes.push(model.not_settable(name, &own, *span, known.clone()));
            } else if full.contains(&own) {
                let message = format!("`{name}` is varied twice");
                mistakes.push(Diagnostic::new(*span, message).help("leave out one of the two"));
            } else {
                full.push(own);
            }
        }
        if full.is_empty() && mistakes.is_empty() {
            return Err(nothing(model));
        }
        self.outcomes(&mut study, &mut sources, &mut mistakes);
        self.settings_win(model, &mut study);
        // Their ranges are not needed, and a study without axes is one point.
        study.axes.clear();
        study.design = Design::Grid;
        study.points = None;
        let (simulation, study) = self.finish(simulation, study, sources, mistakes)?;
        Ok((simulation, study, full))
    }

    /// Whether the request, or the study, gives ranges to vary in.
    pub fn has_ranges(&self, simulation: &Simulation) -> bool {
        let studies = &simulation.model().studies;
        let named = |name: &String| {
            studies
                .iter()
                .any(|s| s.name == *name && !s.axes.is_empty())
        };
        match &self.study {
            _ if !self.vary.is_empty() => self.vary.iter().any(|v| v.contains('=')),
            Some(name) => named(name),
            None => simulation.model().studies.len() == 1,
        }
    }

    fn base(&self, model: &Model, sources: &mut Sources) -> Result<StudyDef, Error> {
        if let Some(name) = &self.study {
            let found = model.studies.iter().find(|s| s.name == *name);
            return found.cloned().ok_or_else(|| no_study(model, name));
        }
        if self.vary.is_empty()
            && let [study] = model.studies.as_slice()
        {
            return Ok(study.clone());
        }
        Ok(StudyDef::new(UNNAMED, place(sources, "study", UNNAMED)))
    }

    fn outcomes(
        &self,
        study: &mut StudyDef,
        sources: &mut Sources,
        mistakes: &mut Vec<Diagnostic>,
    ) {
        if !self.outcomes.is_empty() {
            study.outcomes.clear();
        }
        for text in &self.outcomes {
            let (outcome, mut found) = parse_study_outcome(sources, text);
            study.outcomes.extend(outcome);
            mistakes.append(&mut found);
        }
    }

    /// What is varied or set on the command line is not what the study sets.
    fn settings_win(&self, model: &Model, study: &mut StudyDef) {
        let names = self.set.iter().map(|name| model.full_name(name));
        let axes = study.axes.iter().map(|axis| model.full_name(&axis.name));
        let own: Vec<String> = match self.vary.is_empty() {
            true => names.collect(),
            false => names.chain(axes).collect(),
        };
        study
            .with
            .retain(|s| !own.contains(&model.full_name(&s.name)));
    }

    fn finish(
        &self,
        simulation: &Simulation,
        mut study: StudyDef,
        sources: Sources,
        mut mistakes: Vec<Diagnostic>,
    ) -> Result<(Simulation, StudyDef), Error> {
        if mistakes.is_empty() {
            mistakes = simulation.model().settle_study(&mut study, &[]);
        }
        if !mistakes.is_empty() {
            return Err(Error::model(sources, mistakes));
        }
        let mut simulation = simulation.clone();
        simulation.sources = sources;
        if simulation.model().outcomes_of(&study).is_empty() {
            return Err(Error::option(format!(
                "`{}` has no outcomes\nhelp: ask for one, for example --outcome \"final(x)\"",
                simulation.model().name
            )));
        }
        Ok((simulation, study))
    }
}

/// One axis for each parameter that declares a range and has not been set.
fn declared(model: &Model, sources: &mut Sources) -> Vec<AxisDef> {
    let ranged = (model.definitions.iter())
        .filter(|d| d.given && d.range.is_some() && d.each.is_none())
        .filter(|d| !model.changed.contains(&d.name));
    let axis = |name: &str| {
        let span = place(sources, "vary", name);
        AxisDef {
            name: name.to_string(),
            span,
            values: AxisValues::Declared {
                log: false,
                count: None,
                span,
            },
        }
    };
    ranged.map(|d| d.name.as_str()).map(axis).collect()
}

fn place(sources: &mut Sources, what: &str, text: &str) -> Span {
    let base = sources.add(Source {
        name: what.to_string(),
        text: text.to_string(),
    });
    Span::new(base, base + text.len())
}

fn nothing(model: &Model) -> Error {
    Error::option(format!(
        "nothing to vary: no parameter of `{}` declares a range\nhelp: say what, for example --vary \"k=1..10 1/s\"",
        model.name
    ))
}

fn no_study(model: &Model, name: &str) -> Error {
    let known: Vec<&str> = model.studies.iter().map(|s| s.name.as_str()).collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(right) => format!("did you mean `{right}`?"),
        None if known.is_empty() => {
            "it has none: say what to vary, for example --vary \"k=1..10 1/s\"".to_string()
        }
        None => format!("studies: {}", known.join(", ")),
    };
    Error::option(format!(
        "`{}` has no study `{name}`\nhelp: {help}",
        model.name
    ))
}

/// Takes the number of values from a range.
fn undivided(axis: &mut AxisDef) {
    match &mut axis.values {
        AxisValues::Range(range) => range.count = None,
        AxisValues::Declared { count, .. } => *count = None,
        _ => {}
    }
}

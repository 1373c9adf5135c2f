//! A study as a command line asks for it: one of the model's, changed here and there, or one of its own.

use crate::diagnostic::{Diagnostic, Source, Span, nearest};
use crate::error::{Error, Sources};
use crate::model::{
    AxisDef, AxisValues, Design, Model, StudyDef, parse_axis, parse_points, parse_study_outcome,
};
use crate::study::simulation::{Simulation, parse_setting};

/// What is asked for, in words. What is absent is as the study of the model says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Name of a study of the model.
    pub study: Option<String>,
    /// Settings `name=value` that the model was made with: here they win over those of the study.
    pub set: Vec<(String, String)>,
    /// Axes: `Pf=20..400 um/s log 200`.
    pub vary: Vec<String>,
    /// Points from a CSV table: its name and its text.
    pub table: Option<(String, String)>,
    /// Which points.
    pub design: Option<Design>,
    /// How many.
    pub points: Option<u64>,
    /// Where draws begin.
    pub seed: Option<u64>,
    /// Leaves a sequence as it is.
    pub unscrambled: bool,
    /// What each point answers: `late=time of lysis`.
    pub outcomes: Vec<String>,
}

/// The name of a study that is none of the model's.
const UNNAMED: &str = "sweep";

impl Request {
    /// The study, settled. The simulation that comes with it is the given one, and knows the words of the request: places
    /// in messages refer to them.
    ///
    /// # Errors
    /// All mistakes of the request.
    pub fn settle(&self, simulation: &Simulation) -> Result<(Simulation, StudyDef), Error> {
        let model = simulation.model();
        let mut sources = simulation.sources.clone();
        let mut mistakes = Vec::new();
        let mut study = self.base(model, &mut sources)?;
        self.redesign(&mut study)?;
        if let Some((name, text)) = &self.table {
            let (axes, mut found) = parse_points(&mut sources, name, text);
            mistakes.append(&mut found);
            study.axes = axes;
            study.file = Some(name.clone());
        }
        self.replace_axes(model, &mut study, &mut sources, &mut mistakes);
        if !self.outcomes.is_empty() {
            study.outcomes.clear();
        }
        for text in &self.outcomes {
            let (outcome, mut found) = parse_study_outcome(&mut sources, text);
            study.outcomes.extend(outcome);
            mistakes.append(&mut found);
        }
        self.settings(model, &mut study, &mut sources, &mut mistakes);
        if mistakes.is_empty() {
            mistakes = model.settle_study(&mut study, &[]);
        }
        if !mistakes.is_empty() {
            return Err(Error::model(sources, mistakes));
        }
        let mut simulation = simulation.clone();
        simulation.sources = sources;
        Ok((simulation, study))
    }

    /// The study to begin with.
    fn base(&self, model: &Model, sources: &mut Sources) -> Result<StudyDef, Error> {
        let known = || model.studies.iter().map(|s| s.name.as_str());
        if let Some(name) = &self.study {
            return match model.studies.iter().find(|s| s.name == *name) {
                Some(study) => Ok(study.clone()),
                None => Err(no_study(model, name, known())),
            };
        }
        if !self.vary.is_empty() || self.table.is_some() {
            let base = sources.add(Source {
                name: "study".to_string(),
                text: UNNAMED.to_string(),
            });
            let span = Span::new(base, base + UNNAMED.len());
            return Ok(StudyDef::new(UNNAMED, span));
        }
        match model.studies.as_slice() {
            [study] => Ok(study.clone()),
            [] => Err(Error::option(format!(
                "`{}` has no study of its own\nhelp: say what to vary, for example --vary \"k=1..10 1/s 10\"",
                model.name
            ))),
            all => {
                let mut text = format!("`{}` has several studies; name one of them:", model.name);
                for study in all {
                    text.push_str(&format!("\n  {}  {}", study.name, study.title));
                }
                Err(Error::option(text))
            }
        }
    }

    /// Another design, or another part of it.
    fn redesign(&self, study: &mut StudyDef) -> Result<(), Error> {
        let refuse = |message: &str, help: &str| {
            let name = &study.name;
            Err(Error::option(format!(
                "study `{name}`: {message}\nhelp: {help}"
            )))
        };
        let drawn = self.design.or(self.points.and(Some(study.design)));
        if self.table.is_some() {
            let one = "leave out one of the two";
            if !self.vary.is_empty() {
                return refuse("its points come from a table or from axes", one);
            }
            if drawn.is_some() || self.seed.is_some() || self.unscrambled {
                return refuse("the points of a table have no design", one);
            }
            study.design = Design::Rows;
            study.points = None;
            return Ok(());
        }
        if study.design == Design::Rows
            && (!self.vary.is_empty() || drawn.is_some() || self.seed.is_some() || self.unscrambled)
        {
            let file = study.file.clone().unwrap_or_default();
            let message = format!("its points are those of the table `{file}`");
            return refuse(&message, "say what to vary without naming the study");
        }
        let design = self.design.unwrap_or(study.design);
        if self.points.is_some() && !design.draws() {
            return refuse(
                "a grid has as many points as its axes make",
                "name a design that draws them: random, lhs, halton or sobol",
            );
        }
        if design.draws() && self.points.or(study.points).is_none() {
            return refuse(
                &format!("the design {} needs a number of points", design.name()),
                "for example -n 1000",
            );
        }
        if self.seed.is_some() && !design.draws() {
            return refuse(
                "a seed belongs to designs that draw their points",
                "random, lhs, halton and sobol do",
            );
        }
        if self.unscrambled && !design.is_sequence() {
            return refuse(
                "only the designs halton and sobol are scrambled",
                "leave out --no-scramble",
            );
        }
        if !design.draws() {
            study.points = None;
        } else if !study.design.draws() {
            // The numbers of values belong to the grid that the file has.
            for axis in &mut study.axes {
                undivided(axis);
            }
        }
        study.design = design;
        study.points = self.points.or(study.points);
        study.seed = self.seed.unwrap_or(study.seed);
        study.scramble &= !self.unscrambled;
        Ok(())
    }

    /// Axes of the same name are replaced, others added.
    fn replace_axes(
        &self,
        model: &Model,
        study: &mut StudyDef,
        sources: &mut Sources,
        mistakes: &mut Vec<Diagnostic>,
    ) {
        let mut own: Vec<String> = (study.axes.iter())
            .map(|axis| model.full_name(&axis.name))
            .collect();
        for text in &self.vary {
            let (axis, mut found) = parse_axis(sources, text);
            mistakes.append(&mut found);
            let Some(axis) = axis else { continue };
            let name = model.full_name(&axis.name);
            study.with.retain(|s| model.full_name(&s.name) != name);
            match own.iter_mut().position(|known| *known == name) {
                Some(at) => {
                    study.axes[at] = axis;
                    // A second one of this name is a mistake, which the model will find.
                    own[at].clear();
                }
                None => study.axes.push(axis),
            }
        }
    }

    /// Settings win over those of the study, and over its variants.
    fn settings(
        &self,
        model: &Model,
        study: &mut StudyDef,
        sources: &mut Sources,
        mistakes: &mut Vec<Diagnostic>,
    ) {
        let varies = study.axes.iter().any(|a| a.name == AxisDef::VARIANT);
        for (name, value) in &self.set {
            let full = model.full_name(name);
            if let Some(axis) = study.axes.iter().find(|a| model.full_name(&a.name) == full) {
                let message = format!("`{}` is varied, and set", axis.name);
                mistakes.push(Diagnostic::new(axis.span, message).help("leave out one of the two"));
            }
            study.with.retain(|s| model.full_name(&s.name) != full);
            if varies && model.settable().contains(&full.as_str()) {
                study.with.extend(parse_setting(sources, name, value).0);
            }
        }
    }
}

fn no_study<'a>(model: &Model, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<&str> = known.collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(right) => format!("did you mean `{right}`?"),
        None if known.is_empty() => {
            "it has none: say what to vary, for example --vary \"k=1..10 1/s 10\"".to_string()
        }
        None => format!("studies: {}", known.join(", ")),
    };
    let model = &model.name;
    Error::option(format!("`{model}` has no study `{name}`\nhelp: {help}"))
}

/// Takes the number of values from a range.
fn undivided(axis: &mut AxisDef) {
    match &mut axis.values {
        AxisValues::Range(range) => range.count = None,
        AxisValues::Declared { count, .. } => *count = None,
        _ => {}
    }
}

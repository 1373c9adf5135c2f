//! The models of a figure: each read once, and made ready with settings from the figure file.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Source, Span, nearest};
use crate::error::{Error, ErrorKind, Sources};
use crate::expr::print::to_text;
use crate::model::figure::{FigureDef, RunDef};
use crate::model::{AxisDef, Chart, Model, Outcome, Role, Setting, library, load};
use crate::study::simulation::Simulation;
use crate::trajectory::figure::{ChangeData, ModelData, ParameterData};

/// The text of a file that a figure names, or why there is none.
pub type Files<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// What runs, settled: a model with its variant and all settings.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    /// Name of a shipped model or path of a file, without variant.
    pub model: String,
    pub variant: Option<(String, Span)>,
    /// Place of the model's name in the figure file.
    pub span: Span,
    pub set: Vec<Setting>,
}

impl Cast {
    /// What `run` says.
    pub fn of(run: &RunDef) -> Cast {
        let (model, variant) = match run.model.split_once('@') {
            Some((model, variant)) => (model, Some((variant.to_string(), run.span))),
            None => (run.model.as_str(), None),
        };
        Cast {
            model: model.to_string(),
            variant,
            span: run.span,
            set: run.set.clone(),
        }
    }

    /// As messages name it.
    pub fn name(&self) -> String {
        match &self.variant {
            Some((variant, _)) => format!("{}@{variant}", self.model),
            None => self.model.clone(),
        }
    }

    /// The same for all that run alike.
    pub fn key(&self, figure: &FigureDef) -> String {
        let mut key = self.name();
        for setting in &self.set {
            let value = figure.text(setting.value.span);
            key.push_str(&format!("\n{}={value}", setting.name));
        }
        key
    }
}

/// The models of a figure, and all mistakes found so far.
pub(super) struct Shelf<'a> {
    figure: &'a FigureDef,
    files: &'a Files<'a>,
    models: BTreeMap<String, Option<Model>>,
    /// In the order of the figure.
    pub used: Vec<ModelData>,
    /// Places are those of the figure file, or of a model's behind it in `sources`.
    pub mistakes: Vec<Diagnostic>,
    sources: Sources,
    /// Where the texts of models with mistakes begin in them, by name.
    bases: BTreeMap<String, usize>,
}

impl<'a> Shelf<'a> {
    pub fn new(figure: &'a FigureDef, files: &'a Files<'a>) -> Self {
        Shelf {
            figure,
            files,
            models: BTreeMap::new(),
            used: Vec::new(),
            mistakes: Vec::new(),
            sources: Sources::new(figure.source.clone()),
            bases: BTreeMap::new(),
        }
    }

    /// All mistakes as one error, if there are any.
    pub fn verdict(mut self) -> Result<Vec<ModelData>, Error> {
        if self.mistakes.is_empty() {
            return Ok(self.used);
        }
        self.mistakes.sort_by_key(|d| d.span);
        self.mistakes.dedup();
        Err(Error::model(self.sources, self.mistakes))
    }

    /// A model without charts, checks and studies, with its variant and settings. `None` if something is wrong: it has
    /// been noted.
    pub fn model(&mut self, cast: &Cast) -> Option<Stage> {
        if cast.model.is_empty() {
            return None;
        }
        if !self.models.contains_key(&cast.model) {
            let model = self.read(cast);
            if let Some(model) = &model {
                self.used.push(description(model));
            }
            self.models.insert(cast.model.clone(), model);
        }
        let mut model = self.models.get(&cast.model)?.clone()?;
        let mut sources = Sources::new(model.source.clone());
        let base = sources.add(self.figure.source.clone());
        let before = self.mistakes.len();
        if let Some((variant, span)) = &cast.variant
            && let Err(mistake) = model.apply_variant(variant)
        {
            self.mistakes.push(Diagnostic {
                span: *span,
                ..mistake
            });
        }
        for setting in &cast.set {
            let shifted = shifted_setting(setting, base);
            if let Err(mistake) = model.apply(&shifted) {
                self.note(base, vec![mistake], &model.source);
            }
        }
        (self.mistakes.len() == before).then_some(Stage {
            model,
            sources,
            base,
        })
    }

    /// What a run changes in its model, for captions; `None` if nothing.
    pub fn change(&self, cast: &Cast, chart: usize, label: &str) -> Option<ChangeData> {
        if cast.variant.is_none() && cast.set.is_empty() {
            return None;
        }
        let model = self.models.get(&cast.model).and_then(Option::as_ref);
        let variant = cast.variant.as_ref().and_then(|(name, _)| {
            let variants = model.map_or(&[][..], |model| &model.variants);
            variants.iter().find(|v| v.name == *name)
        });
        // What is set twice counts as it is set last.
        let mut set: Vec<(String, String)> = Vec::new();
        for setting in &cast.set {
            set.retain(|(name, _)| *name != setting.name);
            set.push((setting.name.clone(), to_text(&setting.value)));
        }
        Some(ChangeData {
            chart,
            label: label.to_string(),
            run: cast.name(),
            about: variant.map_or(String::new(), |v| v.about.clone()),
            set,
        })
    }

    /// Builds and compiles it; `None` if something is wrong, which has been noted.
    pub fn build(&mut self, stage: Stage) -> Option<Simulation> {
        let Stage {
            model,
            sources,
            base,
        } = stage;
        let source = model.source.clone();
        match Simulation::finish(model, sources, Vec::new(), &[], &[]) {
            Ok(simulation) => Some(simulation),
            Err(e) => {
                self.refuse(base, &e, &source, Span::default());
                None
            }
        }
    }

    /// What there is; a mistake in its place is noted.
    pub fn or_note<T>(&mut self, found: Result<T, Diagnostic>) -> Option<T> {
        found.map_err(|mistake| self.mistakes.push(mistake)).ok()
    }

    /// Notes what an error says; `place` is for what has no place of its own.
    pub fn refuse(&mut self, base: usize, error: &Error, source: &Source, place: Span) {
        match error.kind() {
            ErrorKind::Model { diagnostics, .. } => self.note(base, diagnostics.clone(), source),
            _ => self.mistakes.push(Diagnostic::new(place, error.gist())),
        }
    }

    /// Notes mistakes whose places are in the model's text, or behind `base` in that of the figure.
    pub fn note(&mut self, base: usize, mistakes: Vec<Diagnostic>, source: &Source) {
        for mut mistake in mistakes {
            if mistake.span.start >= base {
                mistake.span = Span::new(mistake.span.start - base, mistake.span.end - base);
            } else {
                let known = self.bases.entry(source.name.clone());
                let by = *known.or_insert_with(|| self.sources.add(source.clone()));
                mistake.span = Span::new(mistake.span.start + by, mistake.span.end + by);
            }
            self.mistakes.push(mistake);
        }
    }

    fn read(&mut self, cast: &Cast) -> Option<Model> {
        let name = &cast.model;
        let entries = library();
        let shipped = entries.iter().find(|e| e.name == name);
        let is_path = name.ends_with(".toml") || name.contains('/');
        let (short, source) = match shipped {
            Some(entry) => (
                name.clone(),
                Source {
                    name: format!("{name}.toml"),
                    text: entry.text.to_string(),
                },
            ),
            None if is_path => match (self.files)(name) {
                Ok(text) => (
                    stem(name).to_string(),
                    Source {
                        name: name.clone(),
                        text,
                    },
                ),
                Err(why) => {
                    let (message, help) = why.split_once("\nhelp: ").unwrap_or((&why, ""));
                    self.mistakes
                        .push(Diagnostic::new(cast.span, message).help(help));
                    return None;
                }
            },
            None => {
                let message = format!("there is no model `{name}`");
                let help = match nearest(name, entries.iter().map(|e| e.name)) {
                    Some(right) => format!("did you mean `{right}`?"),
                    None => "`osmocyte list` shows the shipped models; a file needs its path"
                        .to_string(),
                };
                self.mistakes
                    .push(Diagnostic::new(cast.span, message).help(help));
                return None;
            }
        };
        // Series beside a model in another folder are found from there.
        let folder = name.rfind('/').map_or("", |at| &name[..=at]);
        let files = self.files;
        let loaded = load(&short, source.clone(), &|file| {
            files(&format!("{folder}{file}"))
        });
        if !loaded.diagnostics.is_empty() {
            self.note(usize::MAX, loaded.diagnostics, &source);
            return None;
        }
        let mut model = loaded.model;
        model.charts.clear();
        model.checks.clear();
        model.studies.clear();
        Some(model)
    }
}

/// A model to which charts and outcomes of the figure are added.
pub(super) struct Stage {
    pub model: Model,
    sources: Sources,
    /// Where the text of the figure begins in the sources.
    pub base: usize,
}

impl Stage {
    /// A chart of the figure, under a name of its own.
    pub fn add_chart(&mut self, mut chart: Chart) {
        let by = self.base;
        let curves = chart.x.iter_mut().chain(&mut chart.y).map(|c| &mut c.value);
        let levels = chart.thresholds.iter_mut().map(|t| &mut t.value);
        let ends = chart.y_min.iter_mut().chain(&mut chart.y_max);
        curves
            .chain(levels)
            .chain(ends)
            .for_each(|ast| ast.shift(by));
        chart.span = Span::new(chart.span.start + by, chart.span.end + by);
        chart.name = Some(format!("figure-{}", self.model.charts.len()));
        self.model.charts.push(chart);
    }

    /// An outcome of the figure; what comes back is its place among those of the model.
    pub fn add_outcome(&mut self, outcome: &Outcome) -> usize {
        self.model.outcomes.push(self.shifted(outcome));
        self.model.outcomes.len() - 1
    }

    /// An outcome with its places where the figure's text is.
    pub fn shifted(&self, outcome: &Outcome) -> Outcome {
        let mut outcome = outcome.clone();
        outcome.value.shift(self.base);
        outcome.span = Span::new(outcome.span.start + self.base, outcome.span.end + self.base);
        outcome
    }

    /// An axis with its places where the figure's text is.
    pub fn shifted_axis(&self, axis: &AxisDef) -> AxisDef {
        let mut axis = axis.clone();
        let by = self.base;
        axis.span = Span::new(axis.span.start + by, axis.span.end + by);
        axis.values
            .map_spans(&mut |span| Span::new(span.start + by, span.end + by));
        axis
    }

    /// The file of the model.
    pub fn source(&self) -> Source {
        self.model.source.clone()
    }
}

fn shifted_setting(setting: &Setting, by: usize) -> Setting {
    let mut setting = setting.clone();
    setting.value.shift(by);
    setting.span = Span::new(setting.span.start + by, setting.span.end + by);
    setting
}

fn stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".toml").unwrap_or(file)
}

/// The model as captions cite it.
fn description(model: &Model) -> ModelData {
    let parameters = model.definitions.iter();
    let own = parameters.filter(|d| d.role == Role::Parameter && d.block.is_empty());
    ModelData {
        name: model.name.clone(),
        title: model.title.clone(),
        parameters: own
            .map(|d| ParameterData {
                name: d.name.clone(),
                value: to_text(&d.value),
                about: d.about.clone(),
                source: d.source.clone(),
            })
            .collect(),
    }
}

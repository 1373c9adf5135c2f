//! A model made ready to run.

use std::collections::HashMap;
use std::sync::Arc;

use crate::compile::{Function, Inputs, Program, Scratch};
use crate::diagnostic::{Diagnostic, Source, Span, nearest};
use crate::error::{Error, ErrorKind, Sources};
use crate::expr::graph::ExprId;
use crate::expr::parse;
use crate::model::{Check, Model, Outcome, Setting, StudyDef, library, load};
use crate::system::{System, build};

/// A model, its equations and their compiled form.
///
/// ```
/// let cell = osmocyte::Simulation::shipped("red-blood-cell")?;
/// let run = cell.run(&Default::default())?;
/// assert!(run.trajectory.is_ok());
/// # Ok::<(), osmocyte::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Simulation {
    pub(super) model: Model,
    /// The model file and the settings: what places in messages refer to.
    pub(super) sources: Sources,
    pub(super) system: System,
    pub(super) program: Arc<Program>,
    /// Everything that follows from the parameters alone.
    pub(super) statics: Statics,
    /// Columns, then curves of charts, then what outcomes, sums and guards look at.
    pub(super) probes: Probes,
    pub(super) extrema: Extrema,
    pub(super) gross: Gross,
}

/// Static expressions, evaluated together.
#[derive(Clone, Debug)]
pub(super) struct Statics {
    function: Arc<Function>,
    index: HashMap<ExprId, usize>,
}

/// The sizes of what integrals sum up, of integrals of which no state has the dimension.
#[derive(Clone, Debug)]
pub(super) struct Gross {
    pub function: Arc<Function>,
    /// The state of each.
    pub states: Vec<usize>,
    /// True if one depends on the time itself.
    pub in_time: bool,
}

/// The values of the static expressions for one parameter vector.
pub(super) struct StaticValues<'a> {
    index: &'a HashMap<ExprId, usize>,
    values: Vec<f64>,
}

impl StaticValues<'_> {
    /// The value of a static expression of the system; NaN for any other.
    pub fn of(&self, id: ExprId) -> f64 {
        self.index.get(&id).map_or(f64::NAN, |i| self.values[*i])
    }
}

impl Statics {
    /// The values for a parameter vector (`[n_params]`).
    pub fn values(&self, p: &[f64]) -> StaticValues<'_> {
        let mut values = vec![0.0; self.function.n_outputs()];
        self.function.eval(
            &mut Scratch::default(),
            0.0,
            &vec![0.0; self.function.n_states()],
            p,
            &mut values,
        );
        StaticValues {
            index: &self.index,
            values,
        }
    }
}

/// Dynamic expressions, evaluated together row by row.
#[derive(Clone, Debug)]
pub(super) struct Probes {
    pub function: Arc<Function>,
    pub index: HashMap<ExprId, usize>,
}

/// Values whose extrema are asked for, with their kinks frozen.
#[derive(Clone, Debug)]
pub(super) struct Extrema {
    /// All, in the order of the system.
    pub all: Arc<Function>,
    /// Those that can turn, and the event functions that are their rates.
    pub turning: Arc<Function>,
    pub rates: Vec<usize>,
}

impl Simulation {
    /// A shipped model by name; `name@variant` applies a variant.
    ///
    /// # Errors
    /// When there is no such model or variant.
    pub fn shipped(name: &str) -> Result<Self, Error> {
        let (base, variant) = name
            .split_once('@')
            .map_or((name, None), |(b, v)| (b, Some(v)));
        let entries = library();
        let Some(entry) = entries.iter().find(|e| e.name == base) else {
            let nearest = nearest(base, entries.iter().map(|e| e.name)).map(str::to_string);
            return Err(ErrorKind::UnknownModel {
                name: base.to_string(),
                nearest,
            }
            .into());
        };
        let source = Source {
            name: format!("{base}.toml"),
            text: entry.text.to_string(),
        };
        Self::new(base, source, &no_files, variant, &[])
    }

    /// A model from the text of a file.
    ///
    /// # Errors
    /// All mistakes of the text, each with its place.
    pub fn from_text(name: &str, text: &str) -> Result<Self, Error> {
        let source = Source {
            name: format!("{name}.toml"),
            text: text.to_string(),
        };
        Self::new(name, source, &no_files, None, &[])
    }

    /// A model from a text, with files that it names, a variant, and settings `name=value` in the order given.
    ///
    /// # Errors
    /// All mistakes of the text and of the settings, each with its place.
    pub fn new(
        name: &str,
        source: Source,
        files: &dyn Fn(&str) -> Result<String, String>,
        variant: Option<&str>,
        settings: &[(String, String)],
    ) -> Result<Self, Error> {
        let mut sources = Sources::new(source.clone());
        let loaded = load(name, source, files);
        let (mut model, mut diagnostics) = (loaded.model, loaded.diagnostics);
        if !loaded.readable {
            return Err(Error::model(sources, diagnostics));
        }
        if let Some(variant) = variant
            && let Err(mistake) = model.apply_variant(variant)
        {
            diagnostics.push(mistake);
        }
        for (name, value) in settings {
            let (setting, mut mistakes) = parse_setting(&mut sources, name, value);
            if let Some(Err(mistake)) = setting.map(|s| model.apply(&s)) {
                mistakes.push(mistake);
            }
            diagnostics.append(&mut mistakes);
        }
        let ready = Self::finish(model, sources, diagnostics, &loaded.broken, &[])?;
        ready.read_checks()?;
        ready.read_studies()?;
        Ok(ready)
    }

    /// Reads the outcomes of the studies, for the same reason as the checks.
    fn read_studies(&self) -> Result<(), Error> {
        let counts = &self.system.counts;
        let recounted = self.model.changed.iter().any(|name| counts.contains(name));
        let mut mistakes = Vec::new();
        for study in &self.model.studies {
            // Names alone have been looked up. With another number of copies than in the file, others may be missing.
            if recounted || study.outcomes.iter().all(Outcome::is_named) {
                continue;
            }
            let mut model = self.model.clone();
            model.ask(study);
            if study
                .with
                .iter()
                .all(|setting| model.apply(setting).is_ok())
            {
                mistakes.extend(build(&model, &[], &[]).err().unwrap_or_default());
            }
        }
        if mistakes.is_empty() {
            return Ok(());
        }
        Err(Error::model(self.sources.clone(), mistakes))
    }

    /// Reads the checks, so that a mistake in one is found with all the others and not when it is run.
    /// A check names parts of the model as it is in its file, or with the number of copies that the check sets itself.
    fn read_checks(&self) -> Result<(), Error> {
        let counts = &self.system.counts;
        let recounts = |name: &String| counts.contains(name);
        // Checks with the same numbers of copies are read together.
        let mut groups: Vec<(Vec<Setting>, Vec<Check>)> = Vec::new();
        for check in &self.model.checks {
            let own: Vec<Setting> = (check.with.iter())
                .filter(|s| recounts(&self.model.full_name(&s.name)))
                .cloned()
                .collect();
            let same = |settings: &[Setting]| {
                let pairs = settings.iter().zip(&own);
                settings.len() == own.len()
                    && (pairs.into_iter())
                        .all(|(a, b)| a.name == b.name && a.value.kind == b.value.kind)
            };
            match groups.iter_mut().find(|(settings, _)| same(settings)) {
                Some((_, checks)) => checks.push(check.clone()),
                None => groups.push((own, vec![check.clone()])),
            }
        }
        let mut mistakes = Vec::new();
        let mut scratch = self.model.clone();
        for (settings, checks) in groups {
            if settings.is_empty() && self.model.changed.iter().any(recounts) {
                continue;
            }
            for setting in checks.iter().flat_map(|check| &check.with) {
                mistakes.extend(scratch.apply(setting).err());
            }
            let mut model = self.model.clone();
            if settings.iter().all(|setting| model.apply(setting).is_ok()) {
                mistakes.extend(build(&model, &[], &checks).err().unwrap_or_default());
            }
        }
        if mistakes.is_empty() {
            return Ok(());
        }
        Err(Error::model(self.sources.clone(), mistakes))
    }

    /// Builds and compiles. With mistakes in the text the equations are built all the same, to find the other ones.
    pub(super) fn finish(
        model: Model,
        sources: Sources,
        mut diagnostics: Vec<Diagnostic>,
        broken: &[String],
        checks: &[Check],
    ) -> Result<Self, Error> {
        for solver in [&model.solver]
            .into_iter()
            .chain(model.checks.iter().map(|c| &c.solver))
            .chain(model.studies.iter().map(|s| &s.solver))
        {
            if let Some((name, span)) = &solver.method
                && let Err(message) = super::method_named(name)
            {
                diagnostics.push(Diagnostic::new(*span, message));
            }
        }
        let built = build(&model, broken, checks);
        let system = match built {
            Ok(system) if diagnostics.is_empty() => system,
            Ok(_) => return Err(Error::model(sources, diagnostics)),
            Err(mut more) => {
                // A model without a state or an experiment has been told so; the rest follows from that.
                if diagnostics.is_empty()
                    || more.len() > 1
                    || more.iter().any(|d| d.span != Span::default())
                {
                    diagnostics.append(&mut more);
                }
                diagnostics.sort_by_key(|d| d.span);
                diagnostics.dedup();
                return Err(Error::model(sources, diagnostics));
            }
        };
        Self::compile(model, sources.clone(), system).map_err(|message| {
            Error::model(sources, vec![Diagnostic::new(Span::default(), message)])
        })
    }

    fn compile(model: Model, sources: Sources, system: System) -> Result<Self, String> {
        let graph = &system.flat.graph;
        let flat = &system.flat;
        let inputs = Inputs {
            time: flat.time,
            states: &flat.states,
            params: &flat.params,
        };
        let compile =
            |exprs: Vec<ExprId>| -> Result<(Arc<Function>, HashMap<ExprId, usize>), String> {
                let function = Function::new(graph, &inputs, &exprs).map_err(|e| e.to_string())?;
                let index = exprs
                    .into_iter()
                    .enumerate()
                    .map(|(i, id)| (id, i))
                    .collect();
                Ok((Arc::new(function), index))
            };
        let (function, index) = compile(system.static_expressions())?;
        let statics = Statics { function, index };
        let (function, index) = compile(system.probe_expressions())?;
        let probes = Probes { function, index };
        let turning = system
            .extrema
            .iter()
            .filter_map(|e| Some((e.frozen, e.event?)));
        let (turning, rates): (Vec<ExprId>, Vec<usize>) = turning.unzip();
        let extrema = Extrema {
            all: compile(system.extrema.iter().map(|e| e.frozen).collect())?.0,
            turning: compile(turning)?.0,
            rates,
        };
        let strange = system.integrals.iter().filter(|i| i.alike.is_empty());
        let function = compile(strange.clone().map(|i| i.gross).collect())?.0;
        let in_time = strange.clone().any(|i| i.in_time);
        let states = strange.map(|i| i.state).collect();
        let gross = Gross {
            function,
            states,
            in_time,
        };
        let program = Arc::new(Program::new(flat).map_err(|e| e.to_string())?);
        Ok(Simulation {
            model,
            sources,
            system,
            program,
            statics,
            probes,
            extrema,
            gross,
        })
    }

    /// The same model with other settings: a name and a value as written in a model file.
    ///
    /// ```
    /// let cell = osmocyte::Simulation::shipped("red-blood-cell")?.with("bath.osmolarity", "200 mOsm")?;
    /// # Ok::<(), osmocyte::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such parameter, or the value has another unit or can't be read.
    pub fn with(&self, name: &str, value: &str) -> Result<Self, Error> {
        let mut sources = self.sources.clone();
        let mut model = self.model.clone();
        let (setting, mut diagnostics) = parse_setting(&mut sources, name, value);
        if let Some(Err(mistake)) = setting.map(|s| model.apply(&s)) {
            diagnostics.push(mistake);
        }
        Self::finish(model, sources, diagnostics, &[], &[])
    }

    /// The same model with settings from its own file, and with outcomes for these checks, which are solved alike: with
    /// the step and the longest step of the first of them.
    pub(super) fn for_checks(&self, settings: &[Setting], checks: &[Check]) -> Result<Self, Error> {
        let mut model = self.model.clone();
        let sources = self.sources.clone();
        let mut diagnostics = Vec::new();
        for setting in settings {
            diagnostics.extend(model.apply(setting).err());
        }
        if let Some(Check { solver, .. }) = checks.first() {
            let own = &mut model.solver;
            own.step = solver.step.clone().or(own.step.take());
            own.max_step = solver.max_step.clone().or(own.max_step.take());
        }
        Self::finish(model, sources, diagnostics, &[], checks)
    }

    /// The same model as one of a study: with a variant and settings, with parameters in the place of what is varied,
    /// and with the outcomes that are asked for. Also gives the names of these parameters.
    pub(super) fn for_study(
        &self,
        variant: Option<&str>,
        settings: &[Setting],
        varied: &[Setting],
        study: &StudyDef,
    ) -> Result<(Self, Vec<String>), Error> {
        let mut model = self.model.clone();
        let mut diagnostics = Vec::new();
        if let Some(variant) = variant {
            diagnostics.extend(model.apply_variant(variant).err());
        }
        for setting in study.with.iter().chain(settings) {
            diagnostics.extend(model.apply(setting).err());
        }
        let mut names = Vec::new();
        for setting in varied {
            match model.vary(setting) {
                Ok(name) => names.push(name),
                Err(mistake) => diagnostics.push(mistake),
            }
        }
        model.ask(study);
        model.charts.clear();
        model.pictures.clear();
        let solver = &study.solver;
        let own = &mut model.solver;
        own.step = solver.step.clone().or(own.step.take());
        own.max_step = solver.max_step.clone().or(own.max_step.take());
        own.method = solver.method.clone().or(own.method.take());
        own.rtol = solver.rtol.or(own.rtol);
        own.atol = solver.atol.or(own.atol);
        own.max_steps = solver.max_steps.or(own.max_steps);
        let simulation = Self::finish(model, self.sources.clone(), diagnostics, &[], &[])?;
        Ok((simulation, names))
    }

    /// The same model with nothing to look at but its states: no outcomes, no conserved sums, no charts. What they add
    /// to the equations (sums, events at extrema) is gone, too.
    pub(super) fn without_outcomes(&self) -> Result<Self, Error> {
        let mut model = self.model.clone();
        model.outcomes.clear();
        model.conserved.clear();
        model.charts.clear();
        model.pictures.clear();
        Self::finish(model, self.sources.clone(), Vec::new(), &[], &[])
    }

    /// The same model without conserved sums and charts, and without the integrals that only these need.
    pub(super) fn without_sums(&self) -> Result<Self, Error> {
        let mut model = self.model.clone();
        model.conserved.clear();
        model.charts.clear();
        model.pictures.clear();
        Self::finish(model, self.sources.clone(), Vec::new(), &[], &[])
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The value, in internal units, of an expression of parameters only: an initial value, the duration; NaN for others.
    pub fn value_at_start(&self, id: ExprId) -> f64 {
        self.statics.values(&self.system.parameter_vector()).of(id)
    }

    /// The equations.
    pub fn system(&self) -> &System {
        &self.system
    }
}

/// Files that a model names can't be read from a text alone.
pub(super) fn no_files(file: &str) -> Result<String, String> {
    Err(format!(
        "a model given as text has no folder to find `{file}` in"
    ))
}

/// Reads `name=value` into a setting; its text is added to the sources, so that messages can show it.
pub fn parse_setting(
    sources: &mut Sources,
    name: &str,
    value: &str,
) -> (Option<Setting>, Vec<Diagnostic>) {
    let text = format!("{name}={value}");
    let base = sources.add(Source {
        name: format!("setting {name}"),
        text,
    });
    let span = Span::new(base, base + name.len());
    let at = base + name.len() + 1;
    match parse::parse_expression(value) {
        Ok(mut ast) => {
            ast.shift(at);
            (
                Some(Setting {
                    name: name.to_string(),
                    span,
                    value: ast,
                }),
                Vec::new(),
            )
        }
        Err(mut mistakes) => {
            for mistake in &mut mistakes {
                mistake.span = Span::new(mistake.span.start + at, mistake.span.end + at);
            }
            (None, mistakes)
        }
    }
}

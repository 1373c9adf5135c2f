//! What there is to show of a model, whatever the form: rows of words, numbers and equations.

pub mod equations;
pub(crate) mod fold;
mod symbols;
pub(crate) mod terms;
pub(crate) mod value;
pub(crate) mod words;

use crate::expr::ast::Ast;
use crate::expr::print::to_text;
use crate::model::{Change, Definition, Group, Model, Role, State};
use crate::study::Simulation;
use crate::study::shown_unit;
use crate::system::CourseKind;
use crate::units::Unit;

pub(crate) use symbols::Symbols;

/// A model as plain rows.
pub struct Sheet<'a> {
    /// Its name, with that of the variant.
    pub name: String,
    /// The model itself.
    pub model: &'a Model,
    /// The group that it belongs to.
    pub group: Option<Group>,
    /// `[parameters]`, then what blocks were given, then modes.
    pub parameters: Vec<ParameterRow<'a>>,
    /// What is integrated.
    pub states: Vec<StateRow<'a>>,
    /// What follows from states and parameters.
    pub equations: Vec<EquationRow<'a>>,
    /// Events in the order of the file.
    pub events: Vec<EventRow>,
    /// Length of the experiment, with its unit.
    pub duration: String,
    /// Number of saved times.
    pub points: usize,
    /// The steps of the experiment as sentences.
    pub steps: Vec<String>,
    /// Outcomes in the order of the file.
    pub outcomes: Vec<OutcomeRow>,
    /// Conserved sums: name and sum.
    pub conserved: Vec<(String, String)>,
    /// Variants: name, what it is, settings.
    pub variants: Vec<(String, String, String)>,
    /// Checks in the order of the file.
    pub checks: Vec<CheckRow>,
}

/// A number that the model was given.
pub struct ParameterRow<'a> {
    /// Qualified name.
    pub name: String,
    /// Number without its unit, or the expression that it follows from.
    pub value: String,
    /// The same as a tree, with its unit.
    pub tree: &'a Ast,
    /// That of the number as written; that in which an expression is shown.
    pub unit: String,
    /// `1 µm to 2 µm`; empty if there is none.
    pub range: String,
    /// What it is; may be empty.
    pub about: String,
    /// Where it is from; may be empty.
    pub source: String,
    /// The block that it was given to; empty for `[parameters]`.
    pub block: String,
    /// `i = 1..10`, for repeated ones.
    pub each: String,
}

/// What is integrated.
pub struct StateRow<'a> {
    /// Qualified name.
    pub name: String,
    /// The terms of its rate.
    pub rate: &'a [Ast],
    /// Its unit; empty for a plain number.
    pub unit: String,
    /// Its value at the start as text.
    pub initial: String,
    /// The same as a tree.
    pub initial_value: &'a Ast,
    /// What it is; may be empty.
    pub about: String,
    /// The block that defines it; empty for the file itself.
    pub block: String,
    /// `i = 1..10`, for repeated ones.
    pub each: String,
}

/// What follows from states and parameters.
pub struct EquationRow<'a> {
    /// Qualified name.
    pub name: String,
    /// What it equals.
    pub value: &'a Ast,
    /// Its unit; empty for a plain number.
    pub unit: String,
    /// What it is; may be empty.
    pub about: String,
    /// The block that defines it; empty for the file itself.
    pub block: String,
    /// `i = 1..10`, for repeated ones.
    pub each: String,
}

/// What may happen during a run.
pub struct EventRow {
    /// Its name.
    pub name: String,
    /// Its condition.
    pub when: String,
    /// What it does; may be empty.
    pub then: String,
    /// What it is; may be empty.
    pub about: String,
}

/// A number that a run gives.
pub struct OutcomeRow {
    /// Its name.
    pub name: String,
    /// Its definition.
    pub value: String,
    /// Its unit; empty for a plain number.
    pub unit: String,
    /// What it is; may be empty.
    pub about: String,
}

/// A claim that the model carries.
pub struct CheckRow {
    /// Identity; may be empty.
    pub id: String,
    /// What is looked at.
    pub what: String,
    /// The settings; may be empty.
    pub with: String,
    /// What should be found.
    pub is: String,
    /// The allowed relative error.
    pub rtol: f64,
    /// The tolerance that counts: a plain number is relative, a quantity is not.
    pub within: String,
    /// Where the expected value is from.
    pub why: String,
}

impl<'a> Sheet<'a> {
    /// `folder` is the group that a shipped problem has from its folder.
    pub fn new(simulation: &'a Simulation, name: &str, folder: Option<Group>) -> Sheet<'a> {
        let model = simulation.model();
        let is_parameter =
            |d: &&Definition| d.role != Role::Let || (d.given && !d.block.is_empty());
        let (parameters, equations): (Vec<&Definition>, Vec<&Definition>) =
            model.definitions.iter().partition(is_parameter);
        let outcomes = model
            .outcomes
            .iter()
            .zip(&simulation.system().outcomes)
            .map(|(o, info)| OutcomeRow {
                name: o.name.clone(),
                value: to_text(&o.value),
                unit: shown_unit(&info.unit),
                about: o.about.clone(),
            });
        let conserved = model
            .conserved
            .iter()
            .map(|c| (c.name.clone(), to_text(&c.value)));
        Sheet {
            name: name.to_string(),
            model,
            group: model.group.or(folder),
            parameters: parameters
                .into_iter()
                .map(|d| parameter(simulation, d))
                .collect(),
            states: model.states.iter().map(|s| state(simulation, s)).collect(),
            equations: equations
                .into_iter()
                .map(|d| equation(simulation, d))
                .collect(),
            events: model.events.iter().map(event).collect(),
            duration: to_text(&model.experiment.duration),
            points: model.experiment.points,
            steps: steps(simulation),
            outcomes: outcomes.collect(),
            conserved: conserved.collect(),
            variants: variants(model),
            checks: model.checks.iter().map(check).collect(),
        }
    }

    /// The title; the name where there is none.
    pub fn title(&self) -> &str {
        match self.model.title.as_str() {
            "" => &self.name,
            title => title,
        }
    }

    /// Group and topics as a line; empty if there are none.
    pub fn shelf(&self) -> String {
        let group = self.group.map(|g| format!("Group: {}.", g.name()));
        let topics = &self.model.topics;
        let topics = (!topics.is_empty()).then(|| format!("Topics: {}.", topics.join(", ")));
        let parts: Vec<String> = group.into_iter().chain(topics).collect();
        parts.join(" ")
    }

    /// The blocks that were given something, `[parameters]` (the empty name) and modes among them, each once.
    pub fn given(&self) -> Vec<&str> {
        let mut blocks: Vec<&str> = Vec::new();
        for parameter in &self.parameters {
            // What a block was given need not stand together: pools come between a membrane's own and its defaults.
            if !blocks.contains(&parameter.block.as_str()) {
                blocks.push(&parameter.block);
            }
        }
        blocks
    }

    /// The blocks in their order, the file itself (the empty name) first.
    pub fn blocks(&self) -> Vec<&str> {
        let mut blocks = vec![""];
        let names = self
            .states
            .iter()
            .map(|s| &s.block)
            .chain(self.equations.iter().map(|e| &e.block));
        for block in names {
            if !blocks.contains(&block.as_str()) {
                blocks.push(block);
            }
        }
        blocks
    }
}

fn parameter<'a>(simulation: &Simulation, d: &'a Definition) -> ParameterRow<'a> {
    let (value, unit) = match value::number(&d.value) {
        Some((value, Some(unit))) => (crate::expr::print::number(value), shown_unit(unit)),
        Some((value, None)) => (crate::expr::print::number(value), unit_text(simulation, d)),
        None => (to_text(&d.value), unit_text(simulation, d)),
    };
    let range = d
        .range
        .as_ref()
        .map(|(low, high)| format!("{} to {}", to_text(low), to_text(high)));
    let block = match d.role {
        Role::Mode => "mode".to_string(),
        _ => d.block.clone(),
    };
    ParameterRow {
        name: d.name.clone(),
        value,
        tree: &d.value,
        unit,
        range: range.unwrap_or_default(),
        about: d.about.clone(),
        source: d.source.clone(),
        block,
        each: d.each.as_ref().map(words::each).unwrap_or_default(),
    }
}

fn state<'a>(simulation: &Simulation, s: &'a State) -> StateRow<'a> {
    let own = |name: &str| belongs(name, &s.name);
    let info = simulation
        .system()
        .states
        .iter()
        .find(|info| own(&info.name));
    StateRow {
        name: s.name.clone(),
        rate: &s.rate,
        unit: info.map(|i| shown_unit(&i.unit)).unwrap_or_default(),
        initial: to_text(&s.initial),
        initial_value: &s.initial,
        about: s.about.clone(),
        block: s.block.clone(),
        each: s.each.as_ref().map(words::each).unwrap_or_default(),
    }
}

fn equation<'a>(simulation: &Simulation, d: &'a Definition) -> EquationRow<'a> {
    EquationRow {
        name: d.name.clone(),
        value: &d.value,
        unit: unit_text(simulation, d),
        about: d.about.clone(),
        block: d.block.clone(),
        each: d.each.as_ref().map(words::each).unwrap_or_default(),
    }
}

/// The unit in which a definition is shown. What neither moves nor is a constant of the run is not in the system.
fn unit_text(simulation: &Simulation, d: &Definition) -> String {
    let system = simulation.system();
    let columns = system.columns.iter().map(|c| (&c.name, &c.unit));
    let computed = system.computed.iter().map(|c| (&c.name, &c.unit));
    let known = columns
        .chain(system.parameters.iter().map(|p| (&p.name, &p.unit)))
        .chain(computed);
    let mut known = known
        .filter(|(name, _)| belongs(name, &d.name))
        .map(|(_, unit)| unit.clone());
    let unit = known
        .next()
        .or_else(|| simulation.model().shown_unit(&d.unit, &d.value));
    let unit = unit.or_else(|| {
        d.expects
            .as_ref()
            .map(|(unit, _)| Unit::preferred(unit.dimension()))
    });
    unit.map(|u| shown_unit(&u)).unwrap_or_default()
}

/// The steps of the experiment, but for those at time 0 in whose place a setting of the same input stands.
fn steps(simulation: &Simulation) -> Vec<String> {
    let (model, system) = (simulation.model(), simulation.system());
    let replaced = |change: &&Change| {
        let set = system.inputs.iter().filter(|input| input.is_set);
        let mut own = (set.flat_map(|input| &input.changes)).filter(|c| c.span == change.span);
        own.any(|c| {
            let start = c.numbers.first().map(|at| simulation.value_at_start(*at));
            matches!(c.kind, CourseKind::Step) && start == Some(0.0)
        })
    };
    let changes = model.experiment.changes.iter();
    changes
        .filter(|c| !replaced(c))
        .map(words::change)
        .collect()
}

/// True for the name itself and for its repetitions: `V[3]` of `V`.
fn belongs(full: &str, name: &str) -> bool {
    full.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

fn event(e: &crate::model::Event) -> EventRow {
    EventRow {
        name: e.name.clone(),
        when: words::when(&e.when),
        then: e
            .then
            .iter()
            .map(words::then)
            .collect::<Vec<_>>()
            .join("; "),
        about: e.about.clone(),
    }
}

fn variants(model: &Model) -> Vec<(String, String, String)> {
    let one =
        |v: &crate::model::Variant| (v.name.clone(), v.about.clone(), words::settings(&v.set));
    model.variants.iter().map(one).collect()
}

fn check(c: &crate::model::Check) -> CheckRow {
    let what = if c.what_text.is_empty() {
        to_text(&c.what)
    } else {
        c.what_text.clone()
    };
    CheckRow {
        id: c.id.clone(),
        what,
        with: words::settings(&c.with),
        is: to_text(&c.is),
        rtol: c.rtol,
        within: match &c.atol {
            Some(atol) => to_text(atol),
            None => format!("{:e}", c.rtol),
        },
        why: c.why.clone(),
    }
}

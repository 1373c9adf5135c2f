//! What of a model a slider can move, and how far.

use super::run::most_copies;
use crate::expr::ast::{Ast, AstKind, Change, Prefix};
use crate::expr::print::to_text;
use crate::model::{ChangeKind, Definition, Domain, Model, Role, Setting};
use crate::study::{Changes, Simulation, shown_unit};
use crate::system::CourseKind;
use crate::units::Unit;

/// What a slider belongs to, in the order in which a reader looks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What surrounds the cell, and whatever else the experiment changes.
    Bath,
    /// A parameter of the file.
    Parameter,
    /// What a block was given, or has by default.
    Block,
    /// A value at the start.
    Initial,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Bath => "bath",
            Kind::Parameter => "parameter",
            Kind::Block => "block",
            Kind::Initial => "initial",
        }
    }
}

/// A slider; all numbers in its unit.
#[derive(Clone, Debug)]
pub(super) struct Slider {
    pub name: String,
    pub kind: Kind,
    pub unit: String,
    pub value: f64,
    pub low: f64,
    pub high: f64,
    /// Moves by factors.
    pub log: bool,
    /// Moves by whole numbers.
    pub whole: bool,
    /// The file says how far it may go.
    pub ranged: bool,
    pub about: String,
    pub source: String,
    /// What it follows from as long as it is not set.
    pub formula: String,
}

/// From here on a slider moves by factors: the share of its way below a tenth of its range would be too short to hit.
const WIDE: f64 = 30.0;
/// How far a slider goes whose range the file does not say.
const FACTOR: f64 = 3.0;

/// All sliders of a model. `base` is the model in the variant that is shown, `file` without any: what a variant sets to a
/// formula keeps the unit that the file gives it.
pub(super) fn sliders(base: &Simulation, file: &Model) -> Vec<Slider> {
    let model = base.model();
    let definitions = model.definitions.iter().filter(|d| d.given);
    let mut out: Vec<Slider> = definitions
        .filter_map(|d| of_definition(base, file, d))
        .collect();
    out.extend(model.states.iter().filter_map(|s| of_state(base, s)));
    out
}

/// The slider of the length of the run.
pub(super) fn duration(base: &Simulation) -> Slider {
    let unit = &base.system().time_unit;
    let value = unit.from_internal(base.value_at_start(base.system().duration));
    Slider {
        name: "duration".to_string(),
        kind: Kind::Initial,
        unit: unit.text().to_string(),
        value,
        low: round(value / 10.0),
        high: round(value * FACTOR),
        log: false,
        whole: false,
        ranged: false,
        about: "length of the run".to_string(),
        source: String::new(),
        formula: String::new(),
    }
}

/// True for a definition that something outside of the cell gives its value, or that the experiment changes.
fn is_bath(base: &Simulation, d: &Definition) -> bool {
    let inputs = &base.system().inputs;
    d.block.starts_with("bath.") || inputs.iter().any(|i| belongs(&i.name, &d.name))
}

/// True for the name itself and for its copies: `V[3]` of `V`.
fn belongs(full: &str, name: &str) -> bool {
    full.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

fn of_definition(base: &Simulation, file: &Model, d: &Definition) -> Option<Slider> {
    let (inside, unit) = value(base, file, d)?;
    let shown = unit.from_internal(inside);
    let kind = match (is_bath(base, d), d.role, d.block.is_empty()) {
        (true, ..) => Kind::Bath,
        (_, Role::Mode, _) => Kind::Initial,
        (_, _, true) => Kind::Parameter,
        _ => Kind::Block,
    };
    let whole = base.system().counts.contains(&d.name);
    let range = d.range.as_ref().and_then(|(low, high)| {
        let end = |ast| Some(unit.from_internal(evaluated(base, d, ast)?));
        Some((end(low)?, end(high)?)).filter(|(low, high)| low < high)
    });
    let others = || {
        let settings = values_elsewhere(base, &d.name);
        settings
            .into_iter()
            .filter_map(|ast| evaluated(base, d, ast))
    };
    let (mut low, mut high) = match range {
        Some(ends) => ends,
        None => reach(shown, others().map(|v| unit.from_internal(v))),
    };
    let (floor, ceiling) = limits(base, d, &unit);
    (low, high) = (low.max(floor), high.min(ceiling));
    if whole {
        (low, high) = (low.floor().max(1.0), high.ceil().min(most_copies(shown)));
    }
    // What is set, by a variant say, can be seen.
    (low, high) = (low.min(shown), high.max(shown));
    (low < high && low.is_finite() && high.is_finite()).then(|| Slider {
        name: d.name.clone(),
        kind,
        unit: shown_unit(&unit),
        value: shown,
        low,
        high,
        log: !whole && low > 0.0 && high / low >= WIDE,
        whole,
        ranged: range.is_some(),
        about: d.about.clone(),
        source: d.source.clone(),
        formula: match number(&d.value) {
            Some(_) => String::new(),
            None => to_text(&d.value),
        },
    })
}

fn of_state(base: &Simulation, s: &crate::model::State) -> Option<Slider> {
    let (value, unit) = number(&s.initial)?;
    let own = base
        .system()
        .states
        .iter()
        .find(|i| belongs(&i.name, &s.name))?;
    let unit = unit.cloned().unwrap_or_else(|| own.unit.clone());
    let (mut low, mut high) = reach(value, std::iter::empty());
    match s.domain {
        Domain::Any => {}
        Domain::Fraction => (low, high) = (low.max(0.0), high.min(1.0)),
        Domain::Positive | Domain::NonNegative => low = low.max(0.0),
    }
    (low < high && unit.to_internal(value).is_finite()).then(|| Slider {
        name: s.name.clone(),
        kind: Kind::Initial,
        unit: shown_unit(&unit),
        value,
        low,
        high,
        log: false,
        whole: false,
        ranged: false,
        about: s.about.clone(),
        source: String::new(),
        formula: String::new(),
    })
}

/// The number that a value is, with its sign and the unit as written; `None` for an expression.
fn number(ast: &Ast) -> Option<(f64, Option<&Unit>)> {
    match &ast.kind {
        AstKind::Number { value, unit } => Some((*value, unit.as_ref())),
        AstKind::Prefix(Prefix::Minus, a) => number(a).map(|(value, unit)| (-value, unit)),
        _ => None,
    }
}

/// What a definition is at the start, in internal units, and the unit in which it is shown. An input that the experiment
/// sets at time 0 is what it is set to.
fn value(base: &Simulation, file: &Model, d: &Definition) -> Option<(f64, Unit)> {
    let unit = unit(base, file, d);
    let inside = inside(base, &d.name).or_else(|| {
        let (value, unit) = number(&d.value)?;
        Some(unit.map_or(value, |u| u.to_internal(value)))
    });
    inside.filter(|v| v.is_finite()).map(|v| (v, unit))
}

/// A value at the start, in internal units.
fn inside(base: &Simulation, name: &str) -> Option<f64> {
    let system = base.system();
    let own = |full: &str| full == name;
    if let Some(input) = system.inputs.iter().find(|i| own(&i.name)) {
        let first = |c: &&crate::system::InputChange| {
            c.kind == CourseKind::Step
                && c.numbers.first().map(|t| base.value_at_start(*t)) == Some(0.0)
        };
        let step = input
            .changes
            .iter()
            .rev()
            .find(first)
            .filter(|_| !input.is_set);
        let id = step
            .and_then(|c| c.numbers.get(1))
            .unwrap_or(&input.initial);
        return Some(base.value_at_start(*id));
    }
    if let Some(p) = system.parameters.iter().find(|p| own(&p.name)) {
        return Some(p.value);
    }
    if let Some(c) = system.computed.iter().find(|c| own(&c.name)) {
        return Some(base.value_at_start(c.value));
    }
    let mode = system.modes.iter().find(|m| own(&m.0));
    mode.map(|m| base.value_at_start(m.2))
}

/// The unit in which a definition is shown.
fn unit(base: &Simulation, file: &Model, d: &Definition) -> Unit {
    let (model, system) = (base.model(), base.system());
    let columns = system.columns.iter().map(|c| (&c.name, &c.unit));
    let constants = system.parameters.iter().map(|p| (&p.name, &p.unit));
    let computed = system.computed.iter().map(|c| (&c.name, &c.unit));
    let mut known = constants.chain(computed).chain(columns);
    let in_system = known.find(|(name, _)| belongs(name, &d.name));
    let in_system = in_system.map(|(_, u)| u.clone());
    let as_written = || model.shown_unit(&d.unit, &d.value);
    let in_file = || {
        let own = file.definitions.iter().find(|own| own.name == d.name)?;
        let unit = file.shown_unit(&own.unit, &own.value)?;
        let measures = |known: &Unit| known.dimension() == unit.dimension();
        in_system.as_ref().is_none_or(measures).then_some(unit)
    };
    let expected = || {
        let expects = d.expects.as_ref();
        expects.map(|(unit, _)| Unit::preferred(unit.dimension()))
    };
    as_written()
        .or_else(in_file)
        .or(in_system.clone())
        .or_else(expected)
        .unwrap_or_else(|| Unit::preferred(crate::units::Dimension::NONE))
}

/// The value, in internal units, that the definition has where it is set to this.
fn evaluated(base: &Simulation, d: &Definition, ast: &Ast) -> Option<f64> {
    if let Some((value, unit)) = number(ast) {
        return Some(unit.map_or(value, |u| u.to_internal(value)));
    }
    // An expression means what the model makes of it: it is asked.
    let setting = [(d.name.clone(), to_text(ast))];
    let there = base.changed(&Changes {
        settings: &setting,
        ..Changes::default()
    });
    there.ok().and_then(|there| inside(&there, &d.name))
}

/// What variants and the experiment set it to.
fn values_elsewhere<'m>(base: &'m Simulation, name: &str) -> Vec<&'m Ast> {
    let model = base.model();
    let settings = model.variants.iter().flat_map(|v| &v.set);
    let own = settings.filter(|s: &&Setting| model.full_name(&s.name) == name);
    let mut out: Vec<&Ast> = own.map(|s| &s.value).collect();
    for change in &model.experiment.changes {
        if let ChangeKind::Sentence(
            Change::Step { value, .. }
            | Change::Ramp { value, .. }
            | Change::Pulse { value, .. }
            | Change::Train { value, .. },
        ) = &change.kind
            && model.full_name(&change.input) == name
        {
            out.push(value);
        }
    }
    out
}

/// From a third to three times the value, and to whatever else it is somewhere.
fn reach(value: f64, others: impl Iterator<Item = f64>) -> (f64, f64) {
    let (a, b) = (round(value / FACTOR), round(value * FACTOR));
    let (mut low, mut high) = (a.min(b), a.max(b));
    for other in others.filter(|v| v.is_finite()) {
        (low, high) = (low.min(other), high.max(other));
    }
    if low == high {
        // Nothing is known of a lonely 0.
        high = low + 1.0;
    }
    (low, high)
}

/// The lowest and highest value that are allowed at all.
fn limits(base: &Simulation, d: &Definition, unit: &Unit) -> (f64, f64) {
    let mut ends = match d.domain {
        Domain::Any => (f64::NEG_INFINITY, f64::INFINITY),
        Domain::Positive | Domain::NonNegative => (0.0, f64::INFINITY),
        Domain::Fraction => (0.0, unit.from_internal(1.0)),
    };
    let bound = |ast: &Option<Ast>| {
        let ast = ast.as_ref()?;
        Some(unit.from_internal(evaluated(base, d, ast)?))
    };
    ends.0 = bound(&d.bounds.0).map_or(ends.0, |low| ends.0.max(low));
    ends.1 = bound(&d.bounds.1).map_or(ends.1, |high| ends.1.min(high));
    ends
}

/// To two digits.
fn round(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(model: &str, name: &str) -> Slider {
        let base = Simulation::shipped(model).unwrap();
        let all = sliders(&base, base.model());
        let found = all.iter().find(|s| s.name == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {all:#?}"))
            .clone()
    }

    #[test]
    fn a_slider_goes_as_far_as_the_file_says() {
        let pf = find("red-blood-cell", "Pf");
        assert_eq!((pf.value, pf.low, pf.high), (200.0, 20.0, 400.0));
        assert_eq!((pf.unit.as_str(), pf.log, pf.ranged), ("µm/s", false, true));
        let lp = find("plant-cell", "Lp");
        assert_eq!((lp.low, lp.high, lp.log), (0.01, 5.0, true));
    }

    #[test]
    fn a_range_of_expressions_is_evaluated() {
        let b = find("red-blood-cell", "b");
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-12 * wanted);
        near(b.value, 36.0);
        near(b.low, 31.5);
        near(b.high, 40.5);
        assert_eq!(b.formula, "b_share * V0");
    }

    #[test]
    fn a_bath_is_what_it_is_set_to_at_the_start_and_reaches_all_that_variants_need() {
        let bath = find("red-blood-cell", "plasma.osmolarity");
        assert_eq!(bath.kind, Kind::Bath);
        assert_eq!((bath.value, bath.low, bath.high), (100.0, 0.0, 600.0));
        assert_eq!(bath.unit, "mOsm");
    }

    #[test]
    fn temperatures_keep_their_scale() {
        let t = find("red-blood-cell", "T");
        assert!((t.value - 25.0).abs() < 1e-9 && t.low.abs() < 1e-9);
        assert_eq!(t.unit, "degC");
    }

    #[test]
    fn a_formula_of_a_variant_is_shown_in_the_unit_of_the_file() {
        let file = Simulation::shipped("red-blood-cell").unwrap();
        let base = Simulation::shipped("red-blood-cell@spherocyte").unwrap();
        let all = sliders(&base, file.model());
        let bath = all.iter().find(|s| s.name == "plasma.osmolarity").unwrap();
        assert_eq!(bath.unit, "mOsm");
        assert!((bath.value - 159.129).abs() < 1e-3, "{}", bath.value);
    }

    #[test]
    fn every_shipped_model_has_sliders_within_their_ends() {
        for entry in crate::model::library() {
            let base = Simulation::shipped(entry.name).unwrap();
            let all = sliders(&base, base.model());
            assert!(!all.is_empty(), "{}", entry.name);
            for s in all.iter().chain([&duration(&base)]) {
                let inside = s.low <= s.value && s.value <= s.high && s.low < s.high;
                assert!(inside, "{}: {s:?}", entry.name);
            }
        }
    }
}

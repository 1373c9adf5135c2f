//! The problems that a model file has values for: one for each set of settings in its checks.

use super::known::is_value;
use super::{Case, Simulation};
use crate::error::Error;
use crate::expr::print::to_text;
use crate::model::{Check, Setting};
use crate::study::check::settings_text;

/// One case for each set of settings, duration aside, under which the checks of a model say what a state is at a time;
/// the duration is the longest that they ask for. A model without such checks is one case, as it is.
///
/// # Errors
/// When a setting can't be applied.
pub fn cases_of_checks(name: &str, simulation: &Simulation) -> Result<Vec<Case>, Error> {
    let mut groups: Vec<(String, &[Setting], f64)> = Vec::new();
    for check in simulation.model().checks.iter().filter(|c| is_value(c)) {
        let there = simulation.for_checks(&check.with, &[])?;
        let duration = there.value_at_start(there.system().duration);
        let key = settings_text(&without_duration(&check.with));
        match groups.iter_mut().find(|g| g.0 == key) {
            Some(group) if group.2 >= duration => {}
            Some(group) => (group.1, group.2) = (&check.with, duration),
            None => groups.push((key, &check.with, duration)),
        }
    }
    if groups.is_empty() {
        return Ok(vec![Case {
            name: name.to_string(),
            simulation: simulation.clone(),
            given: None,
        }]);
    }
    let case = |(_, with, _): (String, &[Setting], f64)| {
        Ok(Case {
            name: case_name(name, simulation, with),
            simulation: simulation.for_checks(with, &[])?,
            given: None,
        })
    };
    groups.into_iter().map(case).collect()
}

/// The letter with which the ids of a model's checks begin: `A` for the stiff reference problems, `B` for the others.
pub fn letter_of_checks(simulation: &Simulation) -> Option<char> {
    let checks: &[Check] = &simulation.model().checks;
    checks.iter().find_map(|c| c.id.chars().next())
}

fn without_duration(settings: &[Setting]) -> Vec<Setting> {
    let others = settings.iter().filter(|s| s.name != "duration");
    others.cloned().collect()
}

/// `model@variant` where a variant says the same, else the settings in parentheses.
fn case_name(name: &str, simulation: &Simulation, with: &[Setting]) -> String {
    if with.is_empty() {
        return name.to_string();
    }
    let wanted = settings_text(with);
    let variant = (simulation.model().variants.iter()).find(|v| settings_text(&v.set) == wanted);
    if let Some(variant) = variant {
        return format!("{name}@{}", variant.name);
    }
    let parts: Vec<String> = (with.iter())
        .map(|s| format!("{} = {}", s.name, to_text(&s.value)))
        .collect();
    format!("{name} ({})", parts.join(", "))
}

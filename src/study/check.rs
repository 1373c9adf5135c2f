//! The checks that a model carries.

use super::run::RunOptions;
use super::simulation::Simulation;
use crate::error::Error;
use crate::expr::print::to_text;
use crate::model::{Check, Setting, Solver};
use crate::trajectory::Status;
use crate::units::Unit;

/// How a check went.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// Identity, e.g. `W2d`; may be empty.
    pub id: String,
    /// What was looked at.
    pub what: String,
    /// What was found, in internal units; `None` if it does not exist.
    pub found: Option<f64>,
    /// What should have been found, in internal units.
    pub expected: f64,
    /// Allowed absolute error, in internal units.
    pub allowed: f64,
    /// The unit in which the outcome is shown.
    pub unit: Unit,
    /// Relative error; absolute where the expected value is 0.
    pub error: f64,
    /// True if the error is within the tolerance and the run was sound.
    pub passed: bool,
    /// Why the run itself failed, or what leaked; empty if it did not.
    pub reason: String,
}

/// Runs all checks of a model. Checks with the same settings share a run.
///
/// # Errors
/// When a check can't be run: a name that does not exist, a value outside its domain.
pub fn check(simulation: &Simulation) -> Result<Vec<CheckResult>, Error> {
    let checks = &simulation.model().checks;
    let mut groups: Vec<(String, &Solver, Vec<usize>)> = Vec::new();
    for (i, check) in checks.iter().enumerate() {
        let settings = settings_text(&check.with);
        let same = |g: &&mut (String, &Solver, Vec<usize>)| {
            g.0 == settings && is_same_solver(g.1, &check.solver)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.2.push(i),
            None => groups.push((settings, &check.solver, vec![i])),
        }
    }
    let mut results: Vec<Option<CheckResult>> = vec![None; checks.len()];
    for (_, solver, members) in groups {
        let settings = &checks[members[0]].with;
        let asked: Vec<Check> = members.iter().map(|i| checks[*i].clone()).collect();
        let prepared = simulation.for_checks(settings, &asked)?;
        let options = RunOptions {
            method: solver
                .method
                .as_ref()
                .and_then(|(name, _)| super::method_named(name).ok()),
            rtol: solver.rtol,
            atol: solver.atol,
            points: None,
            max_steps: solver.max_steps,
            // In the model: it is an expression.
            max_step: None,
        };
        let run = prepared.run(&options)?;
        let reason = match &run.trajectory.status {
            Status::Failed(reason) => reason.clone(),
            _ => String::new(),
        };
        let system = prepared.system();
        for ((i, values), info) in members.into_iter().zip(run.checked).zip(&system.checks) {
            let unit = &system.outcomes[info.outcome].unit;
            results[i] = Some(judge(&checks[i], values, unit, &reason));
        }
    }
    Ok(results.into_iter().flatten().collect())
}

/// Settings as text: equal where they say the same, wherever they stand in a file.
pub(super) fn settings_text(settings: &[Setting]) -> String {
    let each = settings.iter();
    let parts: Vec<String> = each
        .map(|s| format!("{} = {}", s.name, to_text(&s.value)))
        .collect();
    parts.join(", ")
}

/// True if two checks say the same of the solver.
fn is_same_solver(a: &Solver, b: &Solver) -> bool {
    let name = |s: &Solver| s.method.as_ref().map(|m| m.0.clone());
    let numbers = |s: &Solver| (s.rtol, s.atol, s.max_steps);
    let steps = |s: &Solver| [&s.step, &s.max_step].map(|step| step.as_ref().map(to_text));
    name(a) == name(b) && numbers(a) == numbers(b) && steps(a) == steps(b)
}

fn judge(
    check: &Check,
    (found, expected, atol): (Option<f64>, f64, Option<f64>),
    unit: &Unit,
    reason: &str,
) -> CheckResult {
    let difference = found.map_or(f64::INFINITY, |f| (f - expected).abs());
    let allowed = check.rtol * expected.abs() + atol.unwrap_or(0.0);
    CheckResult {
        id: check.id.clone(),
        what: check.what_text.clone(),
        found,
        expected,
        allowed,
        unit: unit.clone(),
        error: if expected == 0.0 {
            difference
        } else {
            difference / expected.abs()
        },
        passed: difference <= allowed && reason.is_empty(),
        reason: reason.to_string(),
    }
}

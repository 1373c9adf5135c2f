//! Local sensitivities on the command line.

use std::ops::ControlFlow;

use super::Args;
use crate::cli::digits::{number, plural, quantity, with_unit};
use crate::cli::table::align;
use crate::cli::terminal::{Stop, Style, Terminal};
use crate::model::StudyDef;
use crate::study::sensitivity::Ask;
use crate::study::sensitivity::local::{Local, LocalOptions, Slope, Way, local};
use crate::study::{Simulation, shown_unit};

/// All that is known before the work.
pub(super) struct Ready {
    simulation: Simulation,
    study: StudyDef,
    names: Vec<String>,
    options: LocalOptions,
}

impl Ready {
    pub fn new(
        args: &Args,
        ask: &Ask,
        simulation: &Simulation,
        terminal: &Terminal,
    ) -> Result<Ready, Stop> {
        let (simulation, study, names) =
            (ask.names(simulation)).map_err(|e| Stop::Invalid(terminal.report(&e)))?;
        Ok(Ready {
            simulation,
            study,
            names,
            options: LocalOptions {
                rtol: args.rtol,
                check: args.check,
                threads: 1,
            },
        })
    }

    #[cfg(feature = "charts")]
    pub fn outcomes(&self) -> Vec<String> {
        let outcomes = self.simulation.model().outcomes_of(&self.study);
        outcomes.into_iter().map(|outcome| outcome.name).collect()
    }

    /// Does the work; `None` if it was interrupted.
    pub fn work(
        self,
        threads: usize,
        tell: &mut dyn FnMut(f64, &str) -> ControlFlow<()>,
    ) -> Result<Option<Local>, crate::Error> {
        let options = LocalOptions {
            threads,
            ..self.options
        };
        let factors = plural(self.names.len() as u64, "factor");
        let mut progress = |fraction: f64| tell(fraction, &factors);
        local(
            &self.simulation,
            &self.study,
            &self.names,
            &options,
            &mut progress,
        )
    }
}

/// Derivatives that differences do not confirm.
pub(super) fn doubts(found: &Local) -> Option<String> {
    let all = found.slopes.iter().zip(&found.answers);
    let bad: Vec<String> = all
        .flat_map(|(slopes, answer)| {
            let pairs = slopes.iter().zip(&found.factors);
            let doubtful = pairs.filter(|(slope, _)| {
                let agrees = slope.as_ref().ok().and_then(Slope::agrees);
                agrees == Some(false)
            });
            doubtful.map(|(_, factor)| format!("  d {} / d {}", answer.name, factor.name))
        })
        .collect();
    let n = plural(bad.len() as u64, "derivative");
    (!bad.is_empty()).then(|| format!("differences do not confirm {n}:\n{}", bad.join("\n")))
}

/// One line on what was done.
pub(super) fn head(found: &Local) -> String {
    let all: Vec<&Slope> = (found.slopes.iter().flatten())
        .filter_map(|s| s.as_ref().ok())
        .collect();
    let forward = all.iter().filter(|s| s.way == Way::Forward).count();
    let factors = plural(found.factors.len() as u64, "factor");
    let rest = match all.len() - forward {
        0 => String::new(),
        n => format!(", {n} from differences"),
    };
    format!(
        "Derivatives for {factors}: {forward} from the equations of sensitivity{rest}, rtol {:e}",
        found.rtol
    )
}

/// A table for each outcome, the largest elasticity on top.
pub(super) fn lines(found: &Local, terminal: &Terminal) -> String {
    let mut out = String::new();
    for ((answer, value), slopes) in found.answers.iter().zip(&found.values).zip(&found.slopes) {
        let unit = shown_unit(&answer.unit);
        let shown = value.map_or("does not exist".to_string(), |v| quantity(v, &unit, 7));
        let name = terminal.paint(Style::Bold, &answer.name);
        out.push_str(&format!("\n{name}: {shown}\n"));
        if value.is_none() {
            continue;
        }
        let mut rows = vec![
            ["factor", "at", "elasticity", "derivative", "", ""]
                .map(str::to_string)
                .to_vec(),
        ];
        let mut order: Vec<usize> = (0..slopes.len()).collect();
        let size = |i: &usize| {
            let slope = slopes[*i].as_ref().ok();
            slope.map_or(-1.0, |s| s.elasticity.map_or(0.0, f64::abs))
        };
        order.sort_by(|a, b| size(b).total_cmp(&size(a)));
        for i in order {
            let factor = &found.factors[i];
            let by = shown_unit(&factor.unit);
            let at = quantity(factor.unit.from_internal(factor.value), &by, 6);
            let mut row = vec![factor.name.clone(), at];
            match &slopes[i] {
                Ok(slope) => row.extend(cells(slope, &unit, &by)),
                Err(reason) => {
                    row.extend(["–", "–", ""].map(str::to_string));
                    row.push(reason.clone());
                }
            }
            rows.push(row);
        }
        out.push_str(&align(&rows, 2, None));
    }
    out
}

fn cells(slope: &Slope, unit: &str, by: &str) -> [String; 4] {
    let elasticity = slope.elasticity.map_or("–".to_string(), |e| number(e, 4));
    let per = match (unit, by) {
        ("", "") => String::new(),
        (unit, "") => unit.to_string(),
        ("", by) => format!("per {by}"),
        (unit, by) => format!("{unit} per {by}"),
    };
    let derivative = with_unit(&number(slope.derivative, 6), &per);
    let how = format!("± {}", number(slope.error, 1));
    let why = match (&slope.way, &slope.difference) {
        (Way::Differences(reason), _) => format!("differences: {reason}"),
        (Way::Forward, None) => String::new(),
        (Way::Forward, Some(d)) => {
            let off = number((d.value - slope.derivative).abs(), 2);
            let verdict = match slope.agrees() {
                Some(true) => "confirmed",
                _ => "NOT CONFIRMED",
            };
            let error = number(d.error, 1);
            format!("{verdict}: differences are {off} off, ± {error}")
        }
    };
    [elasticity, derivative, how, why]
}

//! Local sensitivities: the derivatives of outcomes with respect to parameters, at the values that these have.
//!
//! They come from the equations of sensitivity ([`crate::system::sensitivity`]), solved leg by leg between the places
//! where the equations are not smooth: starts of pieces, kinks, resets. There the sensitivities jump by what the time of
//! the place itself changes (P. I. Barton, C. K. Lee, Modeling, simulation, sensitivity analysis, and optimization of
//! hybrid systems, ACM Trans. Model. Comput. Simul. 12 (2002) 256–289). `path` is the run as legs, `walk` takes the
//! sensitivities along it, `outcomes` makes derivatives of outcomes from them.
//!
//! Where two such places coincide, or an extremum is none that has a derivative, these rules do not hold. Such a number
//! comes from central differences of tight solves (`differences`) instead, and says so, and why.

mod differences;
mod factors;
mod outcomes;
mod path;
mod schedule;
mod table;
mod walk;

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub use differences::Difference;
pub use factors::Factor;
pub use table::table_of_slopes;

use super::global::Progress;
use crate::error::Error;
use crate::model::StudyDef;
use crate::solve::problem::Method;
use crate::study::run::RunOptions;
use crate::study::simulation::Simulation;
use crate::study::sweep::Answer;
use crate::system::OutcomeInfo;
use path::Path;
use walk::{Machine, Walk};

/// Relative tolerance of the equations of sensitivity where nobody says otherwise.
pub const DEFAULT_RTOL: f64 = 1e-9;

/// How much tighter the run is that gives a derivative than the one beside it, which has the tolerance asked for and tells
/// how well the derivative is known; down to a limit.
const TIGHTER: f64 = 0.1;
const TIGHTEST: f64 = 1e-13;
/// A derivative that is known less well, relative to itself, is left to differences …
const UNSURE: f64 = 1e-4;
/// … unless its elasticity is below this: then it is nothing.
const NOTHING: f64 = 1e-4;

/// How to find local sensitivities.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalOptions {
    /// Relative tolerance; [`DEFAULT_RTOL`] if `None`.
    pub rtol: Option<f64>,
    /// Compares each derivative with differences.
    pub check: bool,
    /// Number of threads; 0 is 1.
    pub threads: usize,
}

/// How a derivative was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// From the equations of sensitivity.
    Forward,
    /// From central differences, for this reason.
    Differences(String),
}

/// The derivative of an outcome with respect to a factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Slope {
    /// In the unit of the outcome by that of the factor.
    pub derivative: f64,
    /// How wrong it may be: the change that a looser tolerance makes, or what differences say of themselves.
    pub error: f64,
    /// Percent of the outcome for a percent of the factor: (p/x)(dx/dp); `None` where x is 0.
    pub elasticity: Option<f64>,
    /// How it was found.
    pub way: Way,
    /// The same from differences, where they were asked for or needed; in the same unit.
    pub difference: Option<Difference>,
}

impl Slope {
    /// Whether differences agree with it, within the errors of both and 1e-5 of the size; `None` without any.
    pub fn agrees(&self) -> Option<bool> {
        let found = self.difference?;
        let off = (found.value - self.derivative).abs();
        Some(off <= 3.0 * (found.error + self.error) + 1e-5 * self.derivative.abs())
    }
}

/// Local sensitivities of all outcomes.
#[derive(Clone, Debug)]
pub struct Local {
    /// What is varied.
    pub factors: Vec<Factor>,
    /// The outcomes.
    pub answers: Vec<Answer>,
    /// Their values, in the unit in which each is shown.
    pub values: Vec<Option<f64>>,
    /// `[outcomes][factors]`: the derivative, or why there is none.
    pub slopes: Vec<Vec<Result<Slope, String>>>,
    /// Relative tolerance.
    pub rtol: f64,
}

/// The derivatives of the outcomes of a study with respect to the parameters of these (full) names; `None` if the caller
/// ended it.
///
/// # Errors
/// When a parameter has no derivative to it, or the run as it is can't begin or fails.
pub fn local(
    simulation: &Simulation,
    study: &StudyDef,
    names: &[String],
    options: &LocalOptions,
    progress: Progress,
) -> Result<Option<Local>, Error> {
    let (simulation, factors) = factors::factors(simulation, study, names)?;
    let rtol = options.rtol.unwrap_or(DEFAULT_RTOL);
    // A fixed step knows no tolerance.
    let run = |rtol: f64| RunOptions {
        method: Some(Method::Auto),
        rtol: Some(rtol),
        points: Some(2),
        ..RunOptions::default()
    };
    let path = Path::new(&simulation, &run((TIGHTER * rtol).max(TIGHTEST)))?;
    let loose = Path::new(&simulation, &run(rtol))?;
    let own = &simulation.system.outcomes[..simulation.system.own_outcomes];
    let asked = simulation.model().outcomes_of(study).len();
    let own = &own[..asked.min(own.len())];
    let internal: Vec<Option<f64>> = path.outcomes(own);
    let machine = Machine::new(&simulation, &factors).map_err(Error::option)?;
    let work = Work {
        simulation: &simulation,
        machine: &machine,
        path: &path,
        loose: &loose,
        own,
        values: &internal,
        check: options.check,
    };
    let next = AtomicUsize::new(0);
    let end = AtomicBool::new(false);
    let found: Mutex<Vec<Option<Slopes>>> = Mutex::new(vec![None; factors.len()]);
    std::thread::scope(|scope| {
        let (send, receive) = std::sync::mpsc::channel();
        for _ in 0..options.threads.clamp(1, factors.len().max(1)) {
            let send = send.clone();
            let (next, end, found, factors) = (&next, &end, &found, &factors);
            let work = &work;
            scope.spawn(move || {
                while !end.load(Ordering::Relaxed) {
                    let k = next.fetch_add(1, Ordering::Relaxed);
                    let Some(factor) = factors.get(k) else { break };
                    let slopes = work.slopes(factor);
                    if let Ok(mut found) = found.lock() {
                        found[k] = Some(slopes);
                    }
                    if send.send(()).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut done = 0;
        for () in receive {
            done += 1;
            if let ControlFlow::Break(()) = progress(done as f64 / factors.len() as f64) {
                end.store(true, Ordering::Relaxed);
            }
        }
    });
    let found = found.into_inner().unwrap_or_default();
    let by_factor: Option<Vec<_>> = found.into_iter().collect();
    let (Some(by_factor), false) = (by_factor, end.load(Ordering::Relaxed)) else {
        return Ok(None);
    };
    let slopes = (0..own.len())
        .map(|i| by_factor.iter().map(|list| list[i].clone()).collect())
        .collect();
    Ok(Some(Local {
        answers: (own.iter())
            .map(|o| Answer {
                name: o.name.clone(),
                unit: o.unit.clone(),
                about: o.about.clone(),
            })
            .collect(),
        values: (own.iter().zip(&internal))
            .map(|(o, value)| value.map(|v| o.unit.from_internal(v)))
            .collect(),
        slopes,
        factors,
        rtol,
    }))
}

/// Derivatives of all outcomes with respect to one factor, or why there are none.
type Slopes = Vec<Result<Slope, String>>;

/// What the derivatives with respect to all factors share.
struct Work<'w> {
    simulation: &'w Simulation,
    machine: &'w Machine<'w>,
    path: &'w Path<'w>,
    /// The same run with the tolerance asked for: how far it is off tells how well a derivative is known.
    loose: &'w Path<'w>,
    own: &'w [OutcomeInfo],
    /// Values of the outcomes; internal.
    values: &'w [Option<f64>],
    check: bool,
}

impl Work<'_> {
    /// The derivatives of all outcomes with respect to one factor.
    fn slopes(&self, factor: &Factor) -> Slopes {
        let walks = [self.path, self.loose].map(|path| (path, self.machine.walk(path, factor)));
        let forward: Vec<Result<(f64, f64), String>> = (self.own.iter().zip(self.values))
            .map(|(info, value)| self.forward(&walks, info, value.unwrap_or(0.0)))
            .collect();
        let needed = |i: usize| self.values[i].is_some() && (self.check || forward[i].is_err());
        let differences = match (0..self.own.len()).any(needed) {
            true => differences::differences(self.simulation, factor, self.own, self.path.rtol),
            false => vec![None; self.own.len()],
        };
        let all = self.own.iter().zip(self.values);
        (all.zip(forward).zip(differences))
            .map(|(((info, value), forward), difference)| {
                let value = value.ok_or_else(|| "does not exist".to_string())?;
                slope(factor, info, value, forward, difference)
            })
            .collect()
    }

    /// A derivative from the equations of sensitivity, and how well it is known.
    fn forward(
        &self,
        walks: &[(&Path, Result<Walk, String>); 2],
        info: &OutcomeInfo,
        value: f64,
    ) -> Result<(f64, f64), String> {
        let [found, loose] = walks.each_ref().map(|(path, walk)| match walk {
            Ok(walk) => outcomes::derivative(self.machine, path, walk, info),
            Err(reason) => Err(reason.clone()),
        });
        let (found, loose) = (found?, loose?);
        let error = (found - loose).abs();
        let size = found.abs().max(NOTHING * value.abs());
        match error <= UNSURE * size {
            true => Ok((found, error)),
            false => Err("it hangs on the tolerance of the run".to_string()),
        }
    }
}

/// A derivative as it is shown. All before was for a change of the factor by its size, in internal units.
fn slope(
    factor: &Factor,
    info: &OutcomeInfo,
    value: f64,
    forward: Result<(f64, f64), String>,
    difference: Option<Difference>,
) -> Result<Slope, String> {
    let outcome = info.unit.from_internal(1.0) - info.unit.from_internal(0.0);
    let by = factor.unit.from_internal(1.0) - factor.unit.from_internal(0.0);
    let shown = outcome / (factor.size * by);
    let difference = difference.map(|d| Difference {
        value: d.value * shown,
        error: d.error * shown.abs(),
    });
    let (derivative, error, way) = match (forward, difference) {
        (Ok((slope, error)), _) => (slope * shown, error * shown.abs(), Way::Forward),
        (Err(reason), Some(found)) => (found.value, found.error, Way::Differences(reason)),
        (Err(reason), None) => {
            return Err(format!("{reason}; it does not exist on both sides"));
        }
    };
    let internal = derivative / outcome * by;
    Ok(Slope {
        derivative,
        error,
        elasticity: (value != 0.0).then(|| factor.value / value * internal),
        way,
        difference,
    })
}

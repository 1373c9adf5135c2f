//! Derivatives from differences: the slow twin, and the answer where the equations of sensitivity have none.
//!
//! Central differences of three steps, each half of the one before, give two values extrapolated to step 0 (L. F.
//! Richardson, The deferred approach to the limit, Phil. Trans. R. Soc. A 226 (1927) 299–349). The better one counts, and
//! their difference says how well it is known.

use super::Factor;
use crate::solve::problem::{Method, Outcome};
use crate::study::outcomes::Record;
use crate::study::run::RunOptions;
use crate::study::simulation::Simulation;
use crate::system::OutcomeInfo;

/// The widest step, as a part of the factor …
const STEP: f64 = 4e-3;
/// … and how much tighter runs are solved than the equations of sensitivity, down to a limit.
const TIGHTER: f64 = 1e-2;
const TIGHTEST: f64 = 1e-12;

/// A derivative from differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The derivative.
    pub value: f64,
    /// How wrong it may be.
    pub error: f64,
}

/// The derivatives of outcomes for a change of a factor by its size; `None` where an outcome does not exist on both
/// sides.
pub(super) fn differences(
    simulation: &Simulation,
    factor: &Factor,
    own: &[OutcomeInfo],
    rtol: f64,
) -> Vec<Option<Difference>> {
    let rtol = (TIGHTER * rtol).max(TIGHTEST);
    let runs: Vec<[Vec<Option<f64>>; 2]> = (0..3)
        .map(|halved| {
            let step = STEP / f64::from(1u32 << halved);
            [step, -step].map(|step| outcomes(simulation, factor, step, own, rtol))
        })
        .collect();
    (0..own.len())
        .map(|i| {
            let mut quotients = [0.0; 3];
            let mut size: f64 = 0.0;
            for (halved, [up, down]) in runs.iter().enumerate() {
                let step = STEP / f64::from(1u32 << halved);
                let (up, down) = ((*up.get(i)?)?, (*down.get(i)?)?);
                size = size.max(up.abs()).max(down.abs());
                quotients[halved] = (up - down) / (2.0 * step);
            }
            let [wide, middle, narrow] = quotients;
            let [first, second] =
                [(wide, middle), (middle, narrow)].map(|(w, n)| (4.0 * n - w) / 3.0);
            // What tolerance makes of a quotient of the narrowest step, which extrapolation weighs most.
            let noise = 10.0 * rtol * size / (STEP / 4.0);
            Some(Difference {
                value: second,
                error: (second - first).abs() + noise,
            })
        })
        .collect()
}

fn outcomes(
    simulation: &Simulation,
    factor: &Factor,
    step: f64,
    own: &[OutcomeInfo],
    rtol: f64,
) -> Vec<Option<f64>> {
    let options = RunOptions {
        method: Some(Method::Auto),
        rtol: Some(rtol),
        points: Some(2),
        ..RunOptions::default()
    };
    let mut p = simulation.system.parameter_vector();
    p[factor.index] += step * factor.size;
    let none = || vec![None; own.len()];
    let Ok(mut ready) = simulation.ready_at(p, &options) else {
        return none();
    };
    let Ok(solution) = ready.solve(None) else {
        return none();
    };
    if matches!(solution.outcome, Outcome::Failed(_)) {
        return none();
    }
    let record = Record::new(simulation, &ready.problem, &solution);
    own.iter()
        .map(|info| record.outcome(info, &ready.values))
        .collect()
}

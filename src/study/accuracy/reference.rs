//! What errors are measured against: our own tightest runs, of two methods that agree, or states from elsewhere.

use super::attempt::{Attempt, Bench, Watch, label};
use super::known::error_beside;
use super::{Config, is_fixed_step, order_in_name};
use crate::error::Error;
use crate::solve::problem::{Method, Solution};
use crate::study::method::METHODS;

/// A tight run that was tried as the reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Method.
    pub method: Method,
    /// Relative tolerance.
    pub rtol: f64,
    /// Largest error beside the values that the file knows, if it has any.
    pub error_known: Option<f64>,
    /// Largest difference from the reference.
    pub difference: Option<f64>,
}

/// Where the reference of a problem is from, and how good it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reference {
    /// In words.
    pub from: String,
    /// Largest difference, in the norm of the errors, between the reference and its nearest other; `None` if nothing is
    /// known about it.
    pub uncertainty: Option<f64>,
    /// True if it is good enough to measure errors against.
    pub good: bool,
    /// How many values the file knows at times of this run.
    pub known: usize,
    /// Largest difference between the reference and those values.
    pub known_error: Option<f64>,
    /// The tight runs.
    pub candidates: Vec<Candidate>,
}

/// A reference with its states.
pub(super) struct Made {
    pub about: Reference,
    pub solution: Option<Solution>,
}

/// Relative tolerance of the tightest runs: below it, rounding grows faster than the error of a step falls.
const TIGHT: f64 = 1e-13;
/// Where that is too tight.
const LESS_TIGHT: f64 = 1e-12;
/// Two runs that agree so well need no third.
const AGREE: f64 = 2e-12;
/// A reference less certain than this is none.
const GOOD: f64 = 1e-6;

struct Tight {
    method: Method,
    rtol: f64,
    solution: Solution,
    error_known: Option<f64>,
}

/// Makes the reference; `None` if the study was ended.
pub(super) fn make(
    bench: &mut Bench,
    config: &Config,
    watch: &mut Watch,
) -> Result<Option<Made>, Error> {
    if let Some((from, solution)) = bench.given.clone() {
        let about = Reference {
            from,
            good: true,
            ..Reference::default()
        };
        return Ok(Some(Made {
            about,
            solution: Some(solution),
        }));
    }
    let mut tight: Vec<Tight> = Vec::new();
    let mut best: Option<(usize, usize, f64)> = None;
    for method in independent_methods() {
        for rtol in [TIGHT, LESS_TIGHT] {
            match run(bench, method, rtol, config, watch) {
                Attempt::Stopped => return Ok(None),
                Attempt::GaveUp(_) => break,
                Attempt::Failed(_) => {}
                Attempt::Done(solution) => {
                    tight.push(look(bench, method, rtol, *solution));
                    break;
                }
            }
        }
        best = nearest_pair(bench, &tight);
        if best.is_some_and(|(.., apart)| apart < AGREE) {
            break;
        }
    }
    if let ([only], None) = (&tight[..], best) {
        // One method alone: the same at another tolerance is the second best witness.
        let (method, rtol) = (only.method, only.rtol * 10.0);
        match run(bench, method, rtol, config, watch) {
            Attempt::Stopped => return Ok(None),
            Attempt::Done(solution) => tight.push(look(bench, method, rtol, *solution)),
            _ => {}
        }
        best = nearest_pair(bench, &tight).map(|(.., apart)| (0, 1, apart));
    }
    Ok(Some(choose(bench, tight, best)))
}

/// Methods that a tolerance governs, no mixtures of others; those of high order first, for they need the fewest steps.
fn independent_methods() -> Vec<Method> {
    let all = METHODS
        .iter()
        .filter(|(name, m)| !is_fixed_step(*m) && *name != "auto");
    let mut methods: Vec<Method> = all.map(|m| m.1).collect();
    // Without a number in its name a method chooses its order; two stiff ones are tried before a second explicit one.
    let key = |m: &Method| {
        let low = matches!(m, Method::Dopri5);
        (low, std::cmp::Reverse(order_in_name(*m).unwrap_or(6)))
    };
    methods.sort_by_key(key);
    methods
}

fn run(
    bench: &mut Bench,
    method: Method,
    rtol: f64,
    config: &Config,
    watch: &mut Watch,
) -> Attempt {
    bench.set(method, rtol, None);
    watch.what(&format!("reference: {}", label(method, rtol)));
    bench.attempt(config.reference_patience, watch)
}

fn look(bench: &Bench, method: Method, rtol: f64, solution: Solution) -> Tight {
    Tight {
        method,
        rtol,
        error_known: error_beside(&bench.norm, &solution, &bench.known),
        solution,
    }
}

/// The two runs that differ least, and by how much.
fn nearest_pair(bench: &Bench, tight: &[Tight]) -> Option<(usize, usize, f64)> {
    let mut best: Option<(usize, usize, f64)> = None;
    for j in 1..tight.len() {
        for i in 0..j {
            let pair = (&tight[i].solution, &tight[j].solution);
            let Some(errors) = bench.norm.of_run(pair.0, pair.1) else {
                continue;
            };
            if best.is_none_or(|b| errors.saved < b.2) {
                best = Some((i, j, errors.saved));
            }
        }
    }
    best
}

fn choose(bench: &Bench, tight: Vec<Tight>, best: Option<(usize, usize, f64)>) -> Made {
    let mut about = Reference {
        known: bench.known.len(),
        from: "none: no two tight runs came to an end".to_string(),
        ..Reference::default()
    };
    let mut chosen = None;
    if let Some((i, j, apart)) = best {
        let names = |k: usize| label(tight[k].method, tight[k].rtol);
        // Of two that agree, the one nearer to what the file knows, else to a third.
        let far = |k: usize| {
            let others = (0..tight.len()).filter(|o| *o != i && *o != j);
            let third = others
                .filter_map(|o| bench.norm.of_run(&tight[k].solution, &tight[o].solution))
                .map(|e| e.saved)
                .fold(f64::INFINITY, f64::min);
            tight[k].error_known.unwrap_or(third)
        };
        let (first, second) = if far(j) < far(i) { (j, i) } else { (i, j) };
        about.from = if tight[i].method == tight[j].method {
            format!(
                "{}, beside the same at {:e} (one method)",
                names(first),
                tight[second].rtol
            )
        } else {
            format!("{}, beside {}", names(first), names(second))
        };
        about.known_error = tight[first].error_known;
        // Two methods may agree on what both got wrong; the file's values tell.
        let uncertainty = apart.max(about.known_error.unwrap_or(0.0));
        about.uncertainty = Some(uncertainty);
        about.good = uncertainty <= GOOD;
        chosen = Some(first);
    } else if let Some(only) = tight.first() {
        about.from = format!(
            "none: {} has nothing beside it",
            label(only.method, only.rtol)
        );
    }
    let reference = chosen.map(|k| tight[k].solution.clone());
    about.candidates = tight
        .into_iter()
        .map(|t| Candidate {
            method: t.method,
            rtol: t.rtol,
            error_known: t.error_known,
            difference: (reference.as_ref())
                .and_then(|r| bench.norm.of_run(&t.solution, r))
                .map(|e| e.saved),
        })
        .collect();
    let solution = reference.filter(|_| about.good);
    Made { about, solution }
}

impl Reference {
    /// One line for people: where from, how certain, how it fits the file.
    pub fn text(&self) -> String {
        let mut out = self.from.clone();
        if let Some(uncertainty) = self.uncertainty {
            out.push_str(&format!("; good to {uncertainty:.0e}"));
            if !self.good {
                out.push_str(", which is not good enough: no errors are given");
            }
        }
        match (self.known, self.known_error) {
            (0, _) | (_, None) => {}
            (1, Some(error)) => out.push_str(&format!("; within {error:.0e} of the file's value")),
            (n, Some(error)) => {
                out.push_str(&format!("; within {error:.0e} of {n} values of the file"));
            }
        }
        out
    }
}

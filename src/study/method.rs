//! The methods by name, and the tolerances of a run.

use super::run::{DEFAULT_METHOD, DEFAULT_RTOL, RunOptions};
use crate::diagnostic::Diagnostic;
use crate::model::Solver;
use crate::solve::problem::{Method, Why};

/// The method and tolerances of a run.
pub(super) fn tolerances(
    options: &RunOptions,
    solver: &Solver,
) -> Result<(Method, f64, f64), Diagnostic> {
    let method = match (&options.method, &solver.method) {
        (Some(method), _) => *method,
        (None, Some((name, span))) => {
            method_named(name).map_err(|message| Diagnostic::new(*span, message))?
        }
        _ => DEFAULT_METHOD,
    };
    let rtol = options.rtol.or(solver.rtol).unwrap_or(DEFAULT_RTOL);
    // A tolerance given for the run governs both, unless both are given.
    let atol = options
        .atol
        .or(if options.rtol.is_some() {
            None
        } else {
            solver.atol
        })
        .unwrap_or(rtol / 100.0);
    Ok((method, rtol, atol))
}

/// A method by its name.
///
/// # Errors
/// A message with the names that there are.
pub fn method_named(name: &str) -> Result<Method, String> {
    match METHODS.iter().find(|(n, _)| *n == name) {
        Some((_, method)) => Ok(*method),
        None if name == "bdf" => Err("this osmocyte was built without the feature `bdf`; \
            with it: cargo install --path . --features bdf"
            .to_owned()),
        None => {
            let names: Vec<&str> = METHODS.iter().map(|(n, _)| *n).collect();
            let nearest = crate::diagnostic::nearest(name, names.iter().copied());
            let hint = nearest.map_or_else(
                || format!("there are: {}", names.join(", ")),
                |n| format!("did you mean `{n}`?"),
            );
            Err(format!("there is no method `{name}`; {hint}"))
        }
    }
}

/// The name of a method.
pub fn method_name(method: Method) -> &'static str {
    METHODS
        .iter()
        .find(|(_, m)| *m == method)
        .map_or("", |(name, _)| name)
}

/// Why [`Method::Auto`] chose a method, in a few words.
pub fn reason(why: &Why) -> String {
    match why {
        Why::Start { fast_times } => format!(
            "at the start the fastest part changes {} over the time to the next restart",
            times(*fast_times)
        ),
        Why::Gain { near, gain } => {
            format!("it gets on {gain:.1} times faster (step times eigenvalue: {near:.1})")
        }
        Why::NoJacobian => "there is no Jacobian for an implicit method".to_string(),
    }
}

/// How often, in words.
fn times(number: f64) -> String {
    match number {
        n if n < 1.0 => "less than once".to_string(),
        n if n < 1e4 => format!("{n:.0} times"),
        n => format!("{n:.0e} times"),
    }
}

/// All methods with their names.
pub const METHODS: &[(&str, Method)] = &[
    ("auto", Method::Auto),
    ("dopri5", Method::Dopri5),
    ("dop853", Method::Dop853),
    ("rk4", Method::Rk4),
    ("rodas5p", Method::Rodas5p),
    ("radau", Method::Radau),
    #[cfg(feature = "bdf")]
    ("bdf", Method::Bdf),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_methods_belong_to_each_other() {
        for (name, method) in METHODS {
            assert_eq!(method_named(name), Ok(*method));
            assert_eq!(method_name(*method), *name);
        }
    }

    #[test]
    #[cfg(not(feature = "bdf"))]
    fn a_method_that_is_not_built_in_says_how_to_get_it() {
        let message = method_named("bdf").expect_err("not built in");
        assert_eq!(
            message,
            "this osmocyte was built without the feature `bdf`; with it: cargo install --path . --features bdf"
        );
    }
}

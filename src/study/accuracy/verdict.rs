//! Which method is the fastest for an error that somebody wants.

use super::Row;
use crate::solve::problem::Method;
use crate::study::method::method_name;

/// The errors at which methods are compared.
pub const LEVELS: [f64; 3] = [1e-4, 1e-6, 1e-9];

/// The fastest method at one error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fastest {
    /// The error that it makes.
    pub error: f64,
    /// The method and its time \[s\]; `None` if no method reaches that error.
    pub best: Option<(Method, f64)>,
    /// The next one, and how many times as long it takes.
    pub next: Option<(Method, f64)>,
}

/// The fastest methods of one problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// One for each of [`LEVELS`].
    pub levels: Vec<Fastest>,
    /// In a sentence without a full stop.
    pub message: String,
}

/// Cost of a method at an achieved error, between its runs by straight lines in logarithms; where it never makes an
/// error so large, the cost of its loosest run. `None` if it does not get there.
///
/// An error that is 0, or below what the reference can tell, has no logarithm to speak of, but it has been reached.
pub fn cost_at(
    rows: &[Row],
    method: Method,
    error: f64,
    cost: &dyn Fn(&Row) -> Option<f64>,
) -> Option<f64> {
    let (mut points, mut exact): (Vec<(f64, f64)>, Option<f64>) = (Vec::new(), None);
    for row in rows.iter().filter(|r| r.method == method) {
        let Some((e, c)) = row.error.zip(cost(row)) else {
            continue;
        };
        if !(e.is_finite() && c > 0.0) {
            continue;
        }
        if e > 0.0 && !row.at_floor {
            points.push((e, c));
        } else if e <= error {
            exact = Some(exact.map_or(c, |least| least.min(c)));
        }
    }
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let above = points.iter().position(|p| p.0 >= error);
    match above {
        None => {
            let costs = points.last().map(|p| p.1).into_iter().chain(exact);
            costs.reduce(f64::min)
        }
        Some(0) if points[0].0 == error => Some(points[0].1),
        Some(0) => exact,
        Some(i) => {
            let ((e0, c0), (e1, c1)) = (points[i - 1], points[i]);
            let part = (error / e0).ln() / (e1 / e0).ln();
            Some((c0.ln() + part * (c1 / c0).ln()).exp())
        }
    }
}

/// The verdict on the rows of one problem.
pub(super) fn verdict(rows: &[Row]) -> Verdict {
    let mut methods: Vec<Method> = Vec::new();
    for row in rows {
        if !methods.contains(&row.method) {
            methods.push(row.method);
        }
    }
    let levels: Vec<Fastest> = LEVELS.iter().map(|e| fastest(rows, &methods, *e)).collect();
    Verdict {
        message: message(&levels),
        levels,
    }
}

/// What a method that chooses another one costs beside it is mostly noise.
const LEVEL_WITH: f64 = 1.1;

fn fastest(rows: &[Row], methods: &[Method], error: f64) -> Fastest {
    let mut times: Vec<(Method, f64)> = methods
        .iter()
        .filter_map(|m| Some((*m, cost_at(rows, *m, error, &|r| r.time)?)))
        .collect();
    times.sort_by(|a, b| a.1.total_cmp(&b.1));
    if let [(first, t1), (_, t2), ..] = times[..]
        && method_name(first) == "auto"
        && t2 < LEVEL_WITH * t1
    {
        times.swap(0, 1);
    }
    let best = times.first().copied();
    let next = times.get(1).zip(best);
    Fastest {
        error,
        best,
        next: next.map(|((method, time), best)| (*method, time / best.1)),
    }
}

/// `dopri5 is fastest at an error of 1e-4, dop853 at 1e-6 and 1e-9`.
fn message(levels: &[Fastest]) -> String {
    let mut groups: Vec<(Method, Vec<f64>)> = Vec::new();
    let mut unreached = Vec::new();
    for level in levels {
        match level.best {
            None => unreached.push(level.error),
            Some((method, _)) => match groups.iter_mut().find(|g| g.0 == method) {
                Some(group) => group.1.push(level.error),
                None => groups.push((method, vec![level.error])),
            },
        }
    }
    let mut parts: Vec<String> = Vec::new();
    match &groups[..] {
        [] => {}
        [(method, errors)] if errors.len() == levels.len() => {
            parts.push(format!(
                "{} is the fastest at every accuracy",
                method_name(*method)
            ));
        }
        [(first, errors), others @ ..] => {
            let at = format!(
                "{} is the fastest at an error of {}",
                method_name(*first),
                list(errors)
            );
            parts.push(at);
            parts.extend(
                others
                    .iter()
                    .map(|(m, e)| format!("{} at {}", method_name(*m), list(e))),
            );
        }
    }
    if !unreached.is_empty() {
        parts.push(format!("no method reaches {}", list(&unreached)));
    }
    parts.join(", ")
}

fn list(errors: &[f64]) -> String {
    let words: Vec<String> = errors.iter().map(|e| format!("{e:e}")).collect();
    match &words[..] {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::accuracy::Went;

    fn row(method: Method, error: f64, time: f64) -> Row {
        Row {
            method,
            rtol: Some(error),
            atol: None,
            step: None,
            error: Some(error),
            error_end: None,
            error_known: None,
            at_floor: false,
            counters: None,
            time: Some(time),
            median_time: None,
            repeats: 1,
            went: Went::Ok,
        }
    }

    #[test]
    fn costs_lie_on_straight_lines_of_logarithms() {
        let rows = [
            row(Method::Dop853, 1e-4, 1.0),
            row(Method::Dop853, 1e-8, 100.0),
        ];
        let at = |e| cost_at(&rows, Method::Dop853, e, &|r| r.time);
        assert!((at(1e-6).unwrap() - 10.0).abs() < 1e-9);
        assert_eq!(at(1e-2), Some(1.0));
        assert_eq!(at(1e-9), None);
        assert_eq!(at(1e-8), Some(100.0));
    }

    #[test]
    fn an_error_too_small_to_be_told_has_been_reached() {
        let mut rows = [
            row(Method::Dop853, 0.0, 2.0),
            row(Method::Dop853, 0.0, 3.0),
            row(Method::Dopri5, 1e-14, 1.0),
            row(Method::Dopri5, 2e-14, 4.0),
            row(Method::Radau, 1e-5, 1.0),
            row(Method::Radau, 1e-13, 9.0),
        ];
        for row in &mut rows[2..4] {
            row.at_floor = true;
        }
        rows[5].at_floor = true;
        let at = |method, e| cost_at(&rows, method, e, &|r| r.time);
        assert_eq!(at(Method::Dop853, 1e-9), Some(2.0));
        assert_eq!(at(Method::Dopri5, 1e-9), Some(1.0));
        assert_eq!(at(Method::Radau, 1e-6), Some(9.0));
        assert_eq!(at(Method::Radau, 1e-4), Some(1.0));
        assert_eq!(
            verdict(&rows[..4]).message,
            "dopri5 is the fastest at every accuracy"
        );
    }

    #[test]
    fn the_message_names_each_method_once() {
        let rows = [
            row(Method::Dopri5, 1e-3, 1.0),
            row(Method::Dopri5, 1e-10, 1e4),
            row(Method::Dop853, 1e-3, 5.0),
            row(Method::Dop853, 1e-10, 50.0),
        ];
        let verdict = verdict(&rows);
        assert_eq!(
            verdict.message,
            "dopri5 is the fastest at an error of 1e-4, dop853 at 1e-6 and 1e-9"
        );
        assert_eq!(
            super::verdict(&rows[2..]).message,
            "dop853 is the fastest at every accuracy"
        );
        let loose = super::verdict(&rows[..1]).message;
        assert_eq!(loose, "no method reaches 1e-4, 1e-6 and 1e-9");
    }
}

//! The order of a method as it is observed: how fast its error falls as its step gets shorter.

use super::attempt::{Attempt, Bench, Watch};
use super::is_fixed_step;
use super::known::{end_of, error_beside, known_values};
use crate::error::Error;
use crate::solve::problem::Method;
use crate::study::method::method_name;
use crate::study::{RunOptions, Simulation};

/// The observed order of one method.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Method.
    pub method: Method,
    /// The order in its name; `None` for a method that chooses its order.
    pub nominal: Option<u32>,
    /// Slope of the logarithm of the error at the end over that of the step.
    pub observed: Option<f64>,
    /// What the slope is of: step \[s\] and error, the longest step first.
    pub points: Vec<(f64, f64)>,
    /// Why there is no slope, or none to be expected; may be empty.
    pub note: String,
}

/// The order that a method has in its name, e.g. 8 of `dop853`.
pub fn order_in_name(method: Method) -> Option<u32> {
    method_name(method).chars().find_map(|c| c.to_digit(10))
}

/// A smooth problem that no step is too long for, whose file knows its end to 19 digits.
pub(super) const PROBLEM: &str = "lotka-volterra";
/// Errors between these tell about the order: above, terms of higher order still count, below, rounding does.
const LARGEST: f64 = 1e-3;
const SMALLEST: f64 = 2e-12;
/// So many of the shortest steps make the slope.
const POINTS: usize = 5;
/// Tolerance at which every step is as long as it may be.
const HUGE: f64 = 1e3;

/// Runs each method with steps of one length; `None` if the study was ended.
pub(super) fn orders(methods: &[Method], watch: &mut Watch) -> Result<Option<Vec<Order>>, Error> {
    let simulation = Simulation::shipped(PROBLEM)?;
    let bare = simulation.without_outcomes()?;
    let ready = bare.ready(&RunOptions {
        points: Some(2),
        ..RunOptions::default()
    })?;
    let mut bench = Bench::new(&bare, ready, known_values(&bare)?);
    let end = end_of(&bench.ready.problem);
    bench.known.retain(|k| k.t == end);
    bench.ready.problem.save = vec![end];
    watch.begin("orders", methods.len() + 1);
    let mut out = Vec::new();
    for method in methods {
        watch.step(method_name(*method));
        let Some(order) = order_of(&mut bench, *method, watch) else {
            return Ok(None);
        };
        out.push(order);
    }
    Ok(Some(out))
}

fn order_of(bench: &mut Bench, method: Method, watch: &mut Watch) -> Option<Order> {
    let end = end_of(&bench.ready.problem);
    let mut order = Order {
        method,
        nominal: order_in_name(method),
        observed: None,
        points: Vec::new(),
        note: String::new(),
    };
    if order.nominal.is_none() {
        order.note = "it chooses its order".to_string();
    }
    let mut wanted = 32.0f64;
    while wanted < 20_000.0 {
        let n = wanted.round();
        // A hair longer: the last step is then a hair shorter than the others, and there is no sliver after it.
        let step = end / n * (1.0 + 1e-10);
        bench.set(method, HUGE, is_fixed_step(method).then_some(step));
        bench.ready.max_step = Some(step);
        match bench.attempt(f64::INFINITY, watch) {
            Attempt::Stopped => return None,
            Attempt::Done(run) => {
                let error = error_beside(&bench.norm, &run, &bench.known);
                let even =
                    run.counters.accepted.abs_diff(n as u64) <= 1 && run.counters.rejected == 0;
                match error {
                    Some(e) if even && e < SMALLEST => break,
                    Some(e) if even && e < LARGEST => order.points.push((end / n, e)),
                    _ => {}
                }
            }
            _ => {}
        }
        wanted *= std::f64::consts::SQRT_2;
    }
    bench.ready.max_step = None;
    let first = order.points.len().saturating_sub(POINTS);
    order.points.drain(..first);
    order.observed = slope(&order.points);
    if order.observed.is_none() {
        order.note = "it does not keep to steps of one length".to_string();
    }
    Some(order)
}

/// Least-squares slope in logarithms; `None` of fewer than three points.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    if points.len() < 3 {
        return None;
    }
    let logs: Vec<(f64, f64)> = points.iter().map(|(h, e)| (h.ln(), e.ln())).collect();
    let n = logs.len() as f64;
    let (x, y) = logs
        .iter()
        .fold((0.0, 0.0), |s, p| (s.0 + p.0 / n, s.1 + p.1 / n));
    let (xy, xx) = logs.iter().fold((0.0, 0.0), |s, p| {
        (s.0 + (p.0 - x) * (p.1 - y), s.1 + (p.0 - x).powi(2))
    });
    Some(xy / xx)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_of_a_power_is_its_exponent() {
        let points: Vec<(f64, f64)> = [0.4, 0.2, 0.1]
            .iter()
            .map(|h: &f64| (*h, 3.0 * h.powi(5)))
            .collect();
        assert!((slope(&points).unwrap() - 5.0).abs() < 1e-12);
        assert_eq!(slope(&points[..2]), None);
    }

    #[test]
    fn names_hold_the_order() {
        let of = [Method::Dopri5, Method::Dop853, Method::Rk4, Method::Rodas5p].map(order_in_name);
        assert_eq!(of, [Some(5), Some(8), Some(4), Some(5)]);
    }
}

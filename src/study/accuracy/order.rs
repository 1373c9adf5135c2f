//! The order of a method as it is observed: how fast its error falls as its step gets shorter.

use super::attempt::{Attempt, Bench, Watch};
use super::known::{end_of, known_values};
use super::reference::{self, Made};
use super::{Config, is_fixed_step};
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

/// A smooth problem on which the first term of the error rules below 1e-7, which is not so on many: that of dopri5 is so
/// small that elsewhere the next one still counts at 1e-9, and shows as an order of 5.2 to 6. (The rigid body would do.)
pub const ORDER_PROBLEM: &str = "henon-heiles";
const DURATION: &str = "12 s";
/// Errors count at so many even times, at which steps end; a whole number of them in every run.
const PARTS: u32 = 8;
/// Shorter steps are not tried.
const MOST_STEPS: u32 = 20_000;
/// Errors between these tell about the order: above, terms of higher order still count, below, rounding does.
const LARGEST: f64 = 1e-7;
const SMALLEST: f64 = 5e-12;
/// Tolerance at which every step is as long as it may be.
const HUGE: f64 = 1e3;

/// Runs each method with steps of one length; `None` if the study was ended.
pub(super) fn orders(config: &Config, watch: &mut Watch) -> Result<Option<Vec<Order>>, Error> {
    let bare = Simulation::shipped(ORDER_PROBLEM)?
        .with("duration", DURATION)?
        .without_outcomes()?;
    let options = RunOptions {
        points: Some(PARTS as usize + 1),
        ..RunOptions::default()
    };
    let ready = bare.ready(&options)?;
    let mut bench = Bench::new(&bare, ready, known_values(&bare)?);
    watch.begin("orders", config.methods.len() + 2);
    let Some(made) = reference::make(&mut bench, config, watch)? else {
        return Ok(None);
    };
    let mut out = Vec::new();
    for method in &config.methods {
        watch.step(method_name(*method));
        let Some(order) = order_of(&mut bench, *method, &made, watch) else {
            return Ok(None);
        };
        out.push(order);
    }
    Ok(Some(out))
}

/// `None` if the study was ended.
fn order_of(bench: &mut Bench, method: Method, made: &Made, watch: &mut Watch) -> Option<Order> {
    let mut order = Order {
        method,
        nominal: order_in_name(method),
        observed: None,
        points: Vec::new(),
        note: String::new(),
    };
    if order.nominal.is_none() {
        // Steps of one length need a huge tolerance, at which such a method takes its lowest order and solves its
        // equations as loosely: the slope would say nothing about it.
        order.note = "it chooses its order by the tolerance".to_string();
        return Some(order);
    }
    let end = end_of(&bench.ready.problem);
    let smallest = SMALLEST.max(3.0 * made.about.uncertainty.unwrap_or(1.0));
    for n in numbers_of_steps() {
        // A hair longer: the last step is then a hair shorter than the others, and there is no sliver after it.
        let step = end / f64::from(n) * (1.0 + 1e-10);
        bench.set(method, HUGE, is_fixed_step(method).then_some(step));
        bench.ready.max_step = Some(step);
        let run = match bench.attempt(f64::INFINITY, watch) {
            Attempt::Stopped => return None,
            Attempt::Done(run) => run,
            _ => continue,
        };
        let even = run.counters.accepted.abs_diff(u64::from(n)) <= 1 && run.counters.rejected == 0;
        let errors = made
            .solution
            .as_ref()
            .and_then(|r| bench.norm.of_run(&run, r));
        let Some(error) = errors.map(|e| e.saved).filter(|_| even) else {
            continue;
        };
        if error < smallest {
            break;
        }
        if error < LARGEST {
            order.points.push((end / f64::from(n), error));
        }
    }
    bench.ready.max_step = None;
    order.observed = slope(&order.points);
    if order.observed.is_none() {
        order.note = "it does not keep to steps of one length".to_string();
    }
    Some(order)
}

/// 32, 40, 48, 56, 64, 80, …: multiples of [`PARTS`], so that every saved time is the end of a step.
fn numbers_of_steps() -> impl Iterator<Item = u32> {
    let doubles = std::iter::successors(Some(4 * PARTS), |n| Some(2 * n));
    doubles
        .flat_map(|n| [n, n / 4 * 5, n / 4 * 6, n / 4 * 7])
        .take_while(|n| *n <= MOST_STEPS)
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

//! Where in a step an event function leaves its side.

/// The two ends of the last bracket; the function has left its side at `theta` and not yet just before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Root {
    /// Fraction of the step.
    pub theta: f64,
    /// Larger absolute value of the function at the two ends of the bracket: the size of its rounding there.
    pub level: f64,
}

/// Brackets the point in (`a`, `b`] where `left(g)` becomes true, down to the resolution of f64.
///
/// `a` is taken to be before it and `b` (value `gb`) behind. Where the values at the two ends differ in sign, the
/// Illinois variant of regula falsi is used (Dowell and Jarratt, BIT 11 (1971) 168-174), with a bisection where three
/// steps together did not halve the bracket; else (a function that is flat on one side) plain bisection.
pub(super) fn locate(
    mut g: impl FnMut(f64) -> f64,
    left: impl Fn(f64) -> bool,
    (mut a, mut ga): (f64, f64),
    (mut b, mut gb): (f64, f64),
) -> Root {
    // Values with the Illinois weights, and the end that moved last.
    let (mut wa, mut wb) = (ga, gb);
    let mut moved = Moved::Neither;
    let mut goal = 0.5 * (b - a);
    let mut steps = 0;
    loop {
        let width = (2.0 * f64::EPSILON * b).max(1e-22);
        if b - a <= width {
            let level = if ga.is_nan() {
                gb.abs()
            } else {
                ga.abs().max(gb.abs())
            };
            return Root { theta: b, level };
        }
        let opposite = (wa < 0.0 && wb > 0.0) || (wa > 0.0 && wb < 0.0);
        let m = if opposite && steps < 3 {
            let secant = b - wb * ((b - a) / (wb - wa));
            // Half a width inside, so that the last steps close the bracket from both sides.
            secant.clamp(a + 0.5 * width, b - 0.5 * width)
        } else {
            a + 0.5 * (b - a)
        };
        let gm = g(m);
        if left(gm) {
            (b, gb, wb) = (m, gm, gm);
            wa = if moved == Moved::B { 0.5 * wa } else { ga };
            moved = Moved::B;
        } else {
            (a, ga, wa) = (m, gm, gm);
            wb = if moved == Moved::A { 0.5 * wb } else { gb };
            moved = Moved::A;
        }
        steps += 1;
        if b - a <= goal {
            goal = 0.5 * (b - a);
            steps = 0;
        } else if steps > 3 {
            // The bisection has just been made.
            steps = 0;
            goal = 0.5 * (b - a);
        }
    }
}

/// Which end of the bracket moved last.
#[derive(PartialEq)]
enum Moved {
    Neither,
    A,
    B,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(g: impl Fn(f64) -> f64, left: impl Fn(f64) -> bool) -> (f64, u32) {
        let mut calls = 0;
        let (ga, gb) = (g(0.0), g(1.0));
        let counted = |x: f64| {
            calls += 1;
            g(x)
        };
        (locate(counted, left, (0.0, ga), (1.0, gb)).theta, calls)
    }

    #[test]
    fn smooth_roots_take_few_calls() {
        let (theta, calls) = root(|x| x.exp() - 2.0, |g| g >= 0.0);
        assert!(
            (theta - 2f64.ln()).abs() < 4e-16 && calls < 20,
            "{theta} {calls}"
        );
        let (theta, calls) = root(|x| (x - 0.3).powi(3), |g| g >= 0.0);
        assert!((theta - 0.3).abs() < 1e-5 && calls < 160, "{theta} {calls}");
    }

    #[test]
    fn the_edge_of_a_flat_part_is_found_by_bisection() {
        let (theta, calls) = root(|x| (x - 0.7).max(0.0), |g| g > 0.0);
        assert!((theta - 0.7).abs() < 4e-16 && calls < 80, "{theta} {calls}");
        let (theta, _) = root(|x| (0.7 - x).max(0.0), |g| g <= 0.0);
        assert!((theta - 0.7).abs() < 4e-16, "{theta}");
    }

    #[test]
    fn a_wrong_sign_at_the_start_does_not_hide_the_root() {
        // Just after a bounce: -1e-17 by rounding, then up, then down through 0 at 1e-6.
        let flight = |x: f64| x * (1e-6 - x) - 1e-17 * (1.0 - x);
        let (theta, _) = root(flight, |g| g <= 0.0);
        assert!((theta - 1e-6).abs() < 1e-10, "{theta}");
    }

    #[test]
    fn a_root_at_the_very_start_ends_the_search() {
        let (theta, _) = root(|x| x, |g| g > 0.0);
        assert!(theta < 1e-20);
    }
}

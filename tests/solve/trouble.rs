//! The kinds of trouble that events can make, each under every method and at several tolerances, against times in
//! closed form.

use super::*;
use Action::{Apply, Kink, Record, Stop};
use Direction::{Either, Falling, Rising};
use std::f64::consts::PI;

const TOLERANCES: [f64; 4] = [1e-4, 1e-6, 1e-8, 1e-10];

/// The methods that hold a tolerance, with what their errors at the end of a run may be in tolerances, beyond the ten
/// that an event may cost.
fn methods() -> Vec<(Method, f64)> {
    let all = vec![
        (Method::Dopri5, 1.0),
        (Method::Dop853, 1.0),
        (Method::Rodas5p, 1.0),
        (Method::Radau, 1.0),
        (Method::Auto, 1.0),
    ];
    // The errors of many steps add up.
    #[cfg(feature = "bdf")]
    let all = [all, vec![(Method::Bdf, 10.0)]].concat();
    all
}

/// Each method at each tolerance: what it is called, and the error that a time may have.
fn each(mut run: impl FnMut(Method, f64, f64, &str)) {
    for (method, share) in methods() {
        for rtol in TOLERANCES {
            run(
                method,
                rtol,
                10.0 * share * rtol,
                &format!("{method:?} at {rtol}"),
            );
        }
    }
}

/// sin t and cos t.
fn circle(end: f64) -> Case {
    Case::new(&[0.0, 1.0], end, |_, y, _, dy| {
        dy.copy_from_slice(&[y[1], -y[0]]);
    })
}

/// A state that is time: steps as long as the run.
fn clock(end: f64) -> Case {
    Case::new(&[0.0], end, |_, _, _, dy| dy[0] = 1.0)
}

fn near(found: &[f64], wanted: &[f64], limit: f64, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}: {found:?}");
    for (t, w) in found.iter().zip(wanted) {
        assert!((t - w).abs() < limit, "{what}: {t} for {w}");
    }
}

#[test]
fn trouble_1_all_roots_in_one_step_are_found() {
    each(|method, rtol, limit, what| {
        let roots = [0.21, 0.5, 0.83];
        let mut case =
            clock(1.0)
                .with(method, rtol, rtol)
                .events(&[(Either, Record)], move |_, y, _, g| {
                    g[0] = roots.iter().map(|r| y[0] - r).product();
                });
        near(&times(&case.run(), 0), &roots, limit, what);
        // Many more than the grid has places, of a function of time alone and of one of the state.
        let mut case = clock(10.0)
            .with(method, rtol, rtol)
            .events(&[(Either, Record), (Rising, Record)], |t, y, _, g| {
                g.copy_from_slice(&[(20.0 * t + 0.3).sin(), (7.0 * y[0]).cos()])
            });
        let solution = case.run();
        let wanted: Vec<f64> = (1..64).map(|k| (f64::from(k) * PI - 0.3) / 20.0).collect();
        near(&times(&solution, 0), &wanted, 10.0 * limit, what);
        let wanted: Vec<f64> = (0..11)
            .map(|k| (f64::from(k) * 2.0 + 1.5) * PI / 7.0)
            .collect();
        near(&times(&solution, 1), &wanted, 10.0 * limit, what);
    });
}

#[test]
fn trouble_1_an_oscillation_in_step_with_the_grid_is_not_lost() {
    each(|method, rtol, _, what| {
        for (speed, action) in [(60.0, Record), (200.0, Apply)] {
            let mut case = Case::new(&[1.0], 4.0, |_, y, _, dy| dy[0] = -y[0])
                .with(method, rtol, rtol)
                .events(&[(Rising, action)], move |t, _, _, g| {
                    g[0] = (speed * t).cos() - 0.5
                });
            let wanted: Vec<f64> = (1..)
                .map(|k| (2.0 * PI * f64::from(k) - PI / 3.0) / speed)
                .take_while(|t| *t < 4.0)
                .collect();
            near(
                &times(&case.run(), 0),
                &wanted,
                1e-12,
                &format!("{what}, {speed}"),
            );
        }
    });
}

#[test]
fn trouble_2_roots_in_one_step_come_in_the_order_of_time() {
    each(|method, rtol, limit, what| {
        let mut case = circle(3.0).with(method, rtol, rtol).events(
            &[
                (Rising, Record),
                (Falling, Record),
                (Rising, Record),
                (Falling, Stop),
            ],
            |_, y, _, g| g.copy_from_slice(&[y[0] - 0.5, y[1] - 0.8, y[0] - 0.55, y[1] + 0.5]),
        );
        let solution = case.run();
        let order: Vec<usize> = solution.occurrences.iter().map(|o| o.event).collect();
        assert_eq!(order, [0, 2, 1, 3], "{what}");
        let found: Vec<f64> = solution.occurrences.iter().map(|o| o.t).collect();
        let wanted = [0.5f64.asin(), 0.55f64.asin(), 0.8f64.acos(), 2.0 * PI / 3.0];
        near(&found, &wanted, limit, what);
        assert!(found.is_sorted(), "{what}");
        assert_eq!(solution.outcome, Outcome::Stopped(3));
    });
}

#[test]
fn trouble_3_grazing_roots_are_found_and_mere_contact_is_none() {
    each(|method, rtol, limit, what| {
        for depth in [1e3 * rtol, 1e5 * rtol, 0.02] {
            if !(1e3 * rtol..=0.1).contains(&depth) {
                continue;
            }
            let mut case = circle(3.0)
                .with(method, rtol, rtol)
                .events(&[(Either, Record)], move |_, y, _, g| {
                    g[0] = y[0] - (1.0 - depth)
                });
            let half = (1.0 - depth).acos();
            // An error of the state moves a root by that over the slope.
            let wanted = [PI / 2.0 - half, PI / 2.0 + half];
            near(
                &times(&case.run(), 0),
                &wanted,
                limit / half,
                &format!("{what}, {depth}"),
            );
        }
        for distance in [1e2 * rtol, 0.1] {
            let mut case = circle(3.0)
                .with(method, rtol, rtol)
                .events(&[(Either, Record)], move |_, y, _, g| {
                    g[0] = y[0] - (1.0 + distance)
                });
            near(
                &times(&case.run(), 0),
                &[],
                0.0,
                &format!("{what}, {distance}"),
            );
        }
        // Contact of the function, whatever the state.
        let mut case = clock(1.0)
            .with(method, rtol, rtol)
            .events(&[(Either, Record), (Falling, Record)], |_, y, _, g| {
                g.fill((y[0] - 0.37) * (y[0] - 0.37))
            });
        assert_eq!(case.run().occurrences, [], "{what}");
    });
}

#[test]
fn trouble_4_simultaneous_roots_happen_together() {
    each(|method, rtol, limit, what| {
        let case = Case::new(&[0.0, 1.0, 0.0], 1.0, |_, y, _, dy| {
            dy.copy_from_slice(&[y[1], -y[0], 0.0]);
        });
        let mut case = case
            .with(method, rtol, rtol)
            .events(
                &[(Rising, Apply), (Either, Apply), (Falling, Record)],
                |_, y, _, g| {
                    g.copy_from_slice(&[y[0] - 0.5, 4.0 * y[0] * y[0] - 1.0, 1.0 - 2.0 * y[0]]);
                },
            )
            .apply(|event, _, y, _| y[2] += if event == 0 { 1.0 } else { 10.0 });
        let solution = case.run();
        let found: Vec<f64> = solution.occurrences.iter().map(|o| o.t).collect();
        near(&found, &[PI / 6.0; 3], limit, what);
        assert!(found.iter().all(|t| *t == found[0]), "{what}: {found:?}");
        assert_eq!(last(&solution)[2], 11.0, "{what}");
        assert_eq!(solution.counters.restarts, 1, "{what}");
    });
}

#[test]
fn trouble_5_flat_roots_count_where_they_begin_and_end() {
    each(|method, rtol, limit, what| {
        let mut case = circle(8.0).with(method, rtol, rtol).events(
            &[(Rising, Record), (Falling, Record), (Either, Record)],
            |_, y, _, g| {
                let wall = (y[0] - 0.5).max(0.0);
                g.copy_from_slice(&[wall, wall, 0.0 * y[0]]);
            },
        );
        let solution = case.run();
        let (up, down) = (PI / 6.0, 5.0 * PI / 6.0);
        near(
            &times(&solution, 0),
            &[up, up + 2.0 * PI],
            2.0 * limit,
            what,
        );
        near(&times(&solution, 1), &[down], 2.0 * limit, what);
        near(&times(&solution, 2), &[], 0.0, what);
    });
}

#[test]
fn trouble_6_a_root_right_after_a_reset_is_not_lost() {
    each(|method, rtol, limit, what| {
        // A fall of 1 s, a hop of 20 µs, a hop of 2 s that passes a level right after its start.
        let mut hops = 0;
        let level = 1e3 * rtol;
        let mut case = Case::new(&[0.5, 0.0], 3.5, |_, y, _, dy| {
            dy.copy_from_slice(&[y[1], -1.0]);
        })
        .with(method, rtol, rtol)
        .events(&[(Falling, Apply), (Rising, Record)], move |_, y, _, g| {
            g.copy_from_slice(&[y[0], y[0] - level])
        })
        .apply(move |_, _, y, _| {
            hops += 1;
            y[1] = if hops == 1 { 1e-5 } else { 1.0 };
        });
        let solution = case.run();
        let wanted = [1.0, 1.00002, 3.00002];
        // A hop of a height of 5e-11 is below its tolerance, and its first steps are of order 1.
        #[cfg(feature = "bdf")]
        let limit = match method {
            Method::Bdf => limit.max(2e-5),
            _ => limit,
        };
        near(&times(&solution, 0), &wanted, limit, what);
        let passed = 1.00002 + 1.0 - (1.0 - 2.0 * level).sqrt();
        near(&times(&solution, 1), &[passed, passed + 2.0], limit, what);
        // A reset onto the root itself is no crossing, nor is leaving it.
        let mut case = clock(2.4)
            .with(method, rtol, rtol)
            .events(&[(Either, Apply), (Either, Record)], |_, y, _, g| {
                g.copy_from_slice(&[y[0] - 1.0, y[0] - 0.25]);
            })
            .apply(|_, _, y, _| y[0] = 0.25);
        let solution = case.run();
        near(&times(&solution, 0), &[1.0, 1.75], limit, what);
        near(&times(&solution, 1)[..1], &[0.25], limit, what);
    });
}

#[test]
fn trouble_7_zeno_ends_the_run_near_the_limit() {
    each(|method, rtol, _, what| {
        // The first steps of a leg are of order 1 here: hops lower than the tolerance have no impact.
        #[cfg(feature = "bdf")]
        if method == Method::Bdf {
            return;
        }
        let mut case = Case::new(&[10.0, 0.0], 60.0, |_, y, _, dy| {
            dy.copy_from_slice(&[y[1], -9.81]);
        })
        .scales(&[10.0, 10.0])
        .with(method, rtol, rtol)
        .events(&[(Falling, Apply)], |_, y, _, g| g[0] = y[0])
        .apply(|_, _, y, _| y[1] *= -0.9);
        let solution = case.run();
        let Outcome::Failed(Failure::TooManyEvents { t, event: 0 }) = solution.outcome else {
            panic!("{what}: {:?}", solution.outcome);
        };
        let limit = 27.129_019_335_614_224;
        assert!((t - limit).abs() < 1e3 * rtol, "{what}: {t}");
        assert!(
            solution.counters.accepted < 20_000,
            "{what}: {:?}",
            solution.counters
        );
    });
}

#[test]
fn trouble_8_times_are_met_to_ten_tolerances() {
    each(|method, rtol, limit, what| {
        let mut case = Case::new(&[0.0, 1.0, 1.0], 10.0, |_, y, _, dy| {
            dy.copy_from_slice(&[y[1], -y[0], -y[2]]);
        })
        .with(method, rtol, rtol)
        .events(&[(Either, Record), (Falling, Record)], |_, y, _, g| {
            g.copy_from_slice(&[y[0], y[2] - 0.3]);
        });
        let solution = case.run();
        near(&times(&solution, 0), &[PI, 2.0 * PI, 3.0 * PI], limit, what);
        near(&times(&solution, 1), &[-(0.3f64.ln())], limit, what);
    });
}

#[test]
fn trouble_with_kinks_of_fast_conditions_is_none() {
    // y' = 1 where sin 20 t > 0, else 0.
    each(|method, rtol, limit, what| {
        let mut case = Case::new(&[0.0], 5.0, |_, _, p, dy| dy[0] = p[0])
            .params(&[0.0])
            .with(method, rtol, rtol)
            .events(&[(Either, Kink { slot: 0 })], |t, _, _, g| {
                g[0] = (20.0 * t).sin()
            });
        let solution = case.run();
        let period = PI / 10.0;
        let whole = (5.0 / period).floor();
        let wanted = whole * period / 2.0 + (5.0 - whole * period).min(period / 2.0);
        let error = (last(&solution)[0] - wanted).abs();
        assert!(error < limit, "{what}: {error}");
    });
}

//! Events: where, in which direction, how often, and what follows.

use super::*;
use Action::{Apply, Fail, Kink, Record, Stop};
use Direction::{Either, Falling, Rising};

fn van_der_pol(end: f64) -> Case {
    Case::new(&[2.0, 0.0], end, |_, y, _, dy| {
        dy[0] = y[1];
        dy[1] = (1.0 - y[0] * y[0]) * y[1] - y[0];
    })
}

#[test]
fn zeros_of_van_der_pol_are_met() {
    let wanted = [
        2.161_694_993_867_867,
        5.493_155_842_723_518,
        8.824_793_913_740_878,
        12.156_437_186_279_472,
        15.488_080_611_334_1,
        18.819_724_040_860_59,
        22.151_367_470_518_192,
    ];
    for (method, rtol, limit) in [
        (Method::Dop853, 1e-12, 1e-10),
        (Method::Dop853, 1e-8, 1e-7),
        (Method::Dopri5, 1e-10, 1e-9),
        (Method::Rodas5p, 1e-10, 1e-9),
        (Method::Radau, 1e-10, 1e-9),
    ] {
        let mut case = van_der_pol(23.0)
            .with(method, rtol, rtol)
            .events(&[(Either, Record), (Falling, Record)], |_, y, _, g| {
                g.fill(y[0])
            });
        let solution = case.run();
        let found = times(&solution, 0);
        assert_eq!(found.len(), wanted.len());
        let error = found
            .iter()
            .zip(wanted)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        assert!(error < limit, "{method:?} {rtol}: {error}");
        assert_eq!(
            times(&solution, 1),
            [found[0], found[2], found[4], found[6]]
        );
        assert_eq!(solution.counters.restarts, 0);
    }
}

fn ball(end: f64) -> Case {
    Case::new(&[10.0, 0.0], end, |_, y, _, dy| {
        dy[0] = y[1];
        dy[1] = -9.81;
    })
    .scales(&[10.0, 10.0])
    .with(Method::Dop853, 1e-12, 1e-12)
    .events(&[(Falling, Apply)], |_, y, _, g| g[0] = y[0])
    .apply(|_, _, y, _| y[1] *= -0.9)
}

/// Impact k (from 1): t1 (1 + 2 Σ 0.9^j).
fn impact(k: i32) -> f64 {
    let sum: f64 = (1..k).map(|j| 0.9f64.powi(j)).sum();
    (20.0f64 / 9.81).sqrt() * (1.0 + 2.0 * sum)
}

#[test]
fn a_bouncing_ball_bounces() {
    for method in [
        Method::Dop853,
        Method::Dopri5,
        Method::Rk4,
        Method::Rodas5p,
        Method::Radau,
    ] {
        let solution = ball(18.0).with(method, 1e-12, 1e-12).run();
        let found = times(&solution, 0);
        assert_eq!(found.len(), 10);
        for (k, t) in (1..).zip(&found) {
            assert!((t - impact(k)).abs() < 1e-9, "{method:?} {k}: {t}");
        }
        let first = &solution.occurrences[0];
        let (before, after) = (
            &first.before,
            first.after.as_ref().expect("the ball is turned"),
        );
        assert_eq!(after[1], -0.9 * before[1]);
        assert_eq!(after[0], before[0]);
    }
}

#[test]
fn a_ball_that_comes_to_rest_ends_the_run_and_never_falls_through() {
    for method in [
        Method::Dop853,
        Method::Dopri5,
        Method::Rk4,
        Method::Rodas5p,
        Method::Radau,
    ] {
        let case = ball(30.0).with(method, 1e-12, 1e-12);
        let solution = case.save(&even(30.0, 3000)).run();
        let Outcome::Failed(Failure::TooManyEvents { t, event: 0 }) = solution.outcome else {
            panic!("{:?}", solution.outcome);
        };
        assert!((t - 27.129_019_335_614_224).abs() < 1e-8, "{t}");
        assert!(solution.y.iter().step_by(2).all(|h| *h > -1e-12));
        assert!((solution.t.last().expect("a last row") - t).abs() < 1e-12);
    }
}

#[test]
fn balls_of_any_kind_stay_above_the_floor() {
    for method in [
        Method::Dop853,
        Method::Dopri5,
        Method::Rk4,
        Method::Rodas5p,
        Method::Radau,
    ] {
        for restitution in [0.001, 0.05, 0.5, 0.9, 0.99] {
            for tolerance in [1e-3, 1e-6, 1e-12] {
                let mut case = ball(400.0)
                    .with(method, tolerance, tolerance)
                    .save(&even(400.0, 4000));
                case.hand.apply = Some(Box::new(move |_, _, y, _| y[1] *= -restitution));
                let solution = case.run();
                let rest = (20.0f64 / 9.81).sqrt() * (1.0 + restitution) / (1.0 - restitution);
                let Outcome::Failed(Failure::TooManyEvents { t, .. }) = solution.outcome else {
                    panic!(
                        "{method:?} {restitution} {tolerance}: {:?}",
                        solution.outcome
                    );
                };
                assert!(
                    (t - rest).abs() < 1e-6,
                    "{method:?} {restitution} {tolerance}: {t}"
                );
                assert!(solution.y.iter().step_by(2).all(|h| *h > -1e-12));
            }
        }
    }
}

#[test]
fn two_roots_in_one_step_are_seen_in_order() {
    // A parabola: one step of any length is exact; it dips below 0 between 0.45 and 0.55.
    let mut case = Case::new(&[0.0], 1.0, |_, _, _, dy| dy[0] = 1.0)
        .with(Method::Dop853, 1e-6, 1e-6)
        .events(&[(Either, Record), (Rising, Record)], |_, y, _, g| {
            g.fill((y[0] - 0.35) * (y[0] - 0.7))
        });
    let solution = case.run();
    let found = times(&solution, 0);
    assert_eq!(found.len(), 2);
    assert!(
        (found[0] - 0.35).abs() < 1e-14 && (found[1] - 0.7).abs() < 1e-14,
        "{found:?}"
    );
    assert_eq!(times(&solution, 1), [found[1]]);
}

#[test]
fn simultaneous_events_happen_together() {
    let case = Case::new(&[0.0, 0.0], 2.0, |_, _, _, dy| {
        dy.copy_from_slice(&[1.0, 0.0])
    })
    .events(
        &[(Rising, Apply), (Rising, Apply), (Rising, Record)],
        |_, y, _, g| {
            g.copy_from_slice(&[y[0] - 1.0, 2.0 * y[0] - 2.0, 1.0 - 1.0 / y[0].max(1e-3)]);
        },
    )
    .apply(|event, _, y, _| y[1] += if event == 0 { 1.0 } else { 10.0 });
    let solution = case.save(&[1.0, 2.0]).run();
    assert_eq!(solution.occurrences.len(), 3);
    for o in &solution.occurrences {
        assert!((o.t - 1.0).abs() < 1e-14, "{o:?}");
        assert_eq!(o.before[1], 0.0);
    }
    assert_eq!(last(&solution)[1], 11.0);
    assert_eq!(solution.counters.restarts, 1);
}

#[test]
fn a_stop_ends_the_run_with_a_row_and_comes_in_the_order_of_time() {
    let case = Case::new(&[0.0], 10.0, |_, _, _, dy| dy[0] = 1.0).events(
        &[(Rising, Stop), (Rising, Record), (Rising, Stop)],
        |_, y, _, g| {
            g.copy_from_slice(&[y[0] - 7.0, y[0] - 2.5, y[0] - 4.5]);
        },
    );
    let solution = case.save(&even(10.0, 10)).run();
    assert_eq!(solution.outcome, Outcome::Stopped(2));
    assert_eq!(solution.t.len(), 6);
    assert!((solution.t[5] - 4.5).abs() < 1e-14 && (last(&solution)[0] - 4.5).abs() < 1e-14);
    assert_eq!(solution.occurrences.len(), 2);
}

#[test]
fn leaving_the_domain_fails_with_the_event() {
    let mut case = Case::new(&[1.0], 10.0, |_, _, _, dy| dy[0] = -1.0)
        .events(&[(Falling, Fail)], |_, y, _, g| g[0] = y[0]);
    let solution = case.run();
    let Outcome::Failed(Failure::LeftDomain { t, event: 0 }) = solution.outcome else {
        panic!("{:?}", solution.outcome);
    };
    assert!((t - 1.0).abs() < 1e-14);
    assert_eq!(solution.occurrences.len(), 1);
}

#[test]
fn an_event_that_starts_at_zero_does_not_fire() {
    for (rate, wanted) in [(1.0, 0), (-1.0, 0)] {
        let mut case = Case::new(&[0.0], 1.0, move |_, _, _, dy| dy[0] = rate)
            .events(&[(Either, Record)], |_, y, _, g| g[0] = y[0]);
        assert_eq!(case.run().occurrences.len(), wanted);
    }
}

#[test]
fn leaving_a_flat_zero_fires_once() {
    // max(0, x) with x from -1 through 0 at t = 1, up to 1, back through 0 at t = 3.
    let x = |t: f64| if t < 2.0 { t - 1.0 } else { 3.0 - t };
    let case = Case::new(&[0.0], 0.0, |_, _, _, dy| dy[0] = 1.0)
        .params(&[0.0])
        .pieces(&[(2.0, 0.0), (3.5, 0.0), (4.0, 0.0)])
        .events(
            &[(Either, Record), (Rising, Record), (Falling, Record)],
            move |t, _, _, g| g.fill(x(t).max(0.0)),
        );
    let solution = case.save(&[4.0]).run();
    assert_eq!(times(&solution, 1).len(), 1);
    assert!((times(&solution, 1)[0] - 1.0).abs() < 1e-14);
    assert_eq!(times(&solution, 2).len(), 1);
    assert!((times(&solution, 2)[0] - 3.0).abs() < 1e-14);
    assert_eq!(times(&solution, 0).len(), 2);
}

#[test]
fn what_falls_to_a_flat_zero_and_rises_again_fires_both_ways() {
    // A wall pressure max(0, x): 1 - t until 2, then t - 3.
    let x = |t: f64| if t < 2.0 { 1.0 - t } else { t - 3.0 };
    let case = Case::new(&[0.0], 0.0, |_, _, _, dy| dy[0] = 1.0)
        .params(&[0.0])
        .pieces(&[(2.0, 0.0), (4.0, 0.0)])
        .events(&[(Falling, Record), (Rising, Record)], move |t, _, _, g| {
            g.fill(x(t).max(0.0))
        });
    let solution = case.save(&[4.0]).run();
    assert!((times(&solution, 0)[0] - 1.0).abs() < 1e-14 && times(&solution, 0).len() == 1);
    assert!((times(&solution, 1)[0] - 3.0).abs() < 1e-14 && times(&solution, 1).len() == 1);
}

#[test]
fn a_jump_of_an_input_across_zero_fires_at_the_cut() {
    let case = Case::new(&[0.0], 0.0, |_, _, _, dy| dy[0] = 1.0)
        .params(&[0.0])
        .pieces(&[(2.0, -1.0), (4.0, 1.0)])
        .events(&[(Rising, Record), (Falling, Record)], |_, _, p, g| {
            g.fill(p[0])
        });
    let solution = case.save(&[4.0]).run();
    assert_eq!(
        (times(&solution, 0), times(&solution, 1).len()),
        (vec![2.0], 0)
    );
}

#[test]
fn a_reset_may_set_off_another_event_but_not_itself() {
    // At y = 1 back to 0: the event itself falls back without firing, and z jumps over 3.
    let mut case = Case::new(&[0.0, 0.0], 2.5, |_, _, _, dy| {
        dy.copy_from_slice(&[1.0, 0.0])
    })
    .events(&[(Either, Apply), (Rising, Record)], |_, y, _, g| {
        g.copy_from_slice(&[y[0] - 1.0, y[1] - 3.0]);
    })
    .apply(|_, _, y, _| y.copy_from_slice(&[0.0, y[1] + 2.0]));
    let solution = case.run();
    assert_eq!(times(&solution, 0).len(), 2);
    assert_eq!(times(&solution, 1).len(), 1);
    assert!((times(&solution, 1)[0] - 2.0).abs() < 1e-13);
}

#[test]
fn a_counter_in_the_parameters_makes_regimes() {
    let case = Case::new(&[0.0], 3.5, |_, _, p, dy| dy[0] = 1.0 + p[0])
        .params(&[0.0])
        .events(&[(Rising, Apply)], |t, _, _, g| g[0] = t - 2.0)
        .apply(|_, _, _, p| p[0] += 1.0);
    let solution = case.save(&[0.0, 1.0, 2.0, 3.0, 3.5]).run();
    assert_eq!(solution.regimes, [[0.0], [1.0]]);
    assert!((last(&solution)[0] - 5.0).abs() < 1e-12);
    assert_eq!(solution.regime[..2], [0, 0]);
    assert_eq!(solution.regime[3..], [1, 1]);
    assert_eq!(solution.occurrences[0].p, [0.0]);
}

#[test]
fn a_branch_that_ends_where_it_is_left_is_left() {
    // y' = -√y while y > 0, else 0: y = (1 - t/2)², then 0 for ever.
    let case = Case::new(&[1.0], 5.0, |_, y, p, dy| {
        dy[0] = if p[0] == 1.0 { -y[0].sqrt() } else { 0.0 }
    })
    .params(&[0.0])
    .events(&[(Either, Kink { slot: 0 })], |_, y, _, g| g[0] = y[0]);
    let solution = case.save(&[1.0, 3.0, 5.0]).run();
    assert_eq!(solution.outcome, Outcome::Reached);
    assert!(
        (solution.y[0] - 0.25).abs() < 1e-9 && solution.y[2].abs() < 1e-9,
        "{:?}",
        solution.y
    );
    // y' = -1 - √y: the branch is left at full speed.
    let case = Case::new(&[1.0], 5.0, |_, y, p, dy| {
        dy[0] = if p[0] == 1.0 {
            -1.0 - y[0].sqrt()
        } else {
            -1.0
        };
    })
    .params(&[0.0])
    .events(&[(Either, Kink { slot: 0 })], |_, y, _, g| g[0] = y[0]);
    let solution = case.save(&[5.0]).run();
    assert_eq!(solution.outcome, Outcome::Reached);
    // Time to 0: 2 - 2 ln 2.
    let zero = 2.0 - 2.0 * 2f64.ln();
    assert!(
        (last(&solution)[0] + (5.0 - zero)).abs() < 1e-8,
        "{:?}",
        solution.y
    );
}

#[test]
fn kinks_that_depend_on_each_other_settle() {
    // Slot 1 follows t - 1; kink 0 reads it.
    let mut case = Case::new(&[0.0], 2.0, |_, _, p, dy| dy[0] = 10.0 * p[0] + p[1])
        .params(&[1.0, 1.0])
        .events(
            &[(Either, Kink { slot: 0 }), (Either, Kink { slot: 1 })],
            |t, _, p, g| {
                g.copy_from_slice(&[2.0 * p[1] - 1.0, t - 1.0]);
            },
        );
    let solution = case.run();
    assert!((last(&solution)[0] - 11.0).abs() < 1e-12, "{:?}", solution);
    assert_eq!(solution.occurrences.len(), 0);
}

#[test]
fn a_sliding_switch_ends_in_bounded_time() {
    // y' = -sign(y): a discontinuity, not a kink. It can't be followed, but the run must end.
    let mut case = Case::new(&[1.0], 3.0, |_, _, p, dy| dy[0] = 1.0 - 2.0 * p[0])
        .params(&[0.0])
        .events(&[(Either, Kink { slot: 0 })], |_, y, _, g| g[0] = y[0]);
    case.max_steps = 20_000;
    let solution = case.run();
    assert!(last(&solution)[0].abs() < 1e-3);
}

/// y' = 2 s (1 - t) from s (depth - 1): a parabola whose top is beyond 0 by `depth` of its amplitude, at t = 1. With
/// the other states the steps are anything but exact.
fn graze(depth: f64, sign: f64, method: Method) -> Vec<Vec<f64>> {
    let y0 = [sign * (depth - 1.0), 1.0, 0.0];
    let mut case = Case::new(&y0, 2.3, move |t, y, _, dy| {
        dy.copy_from_slice(&[2.0 * sign * (1.0 - t), y[2], -y[1]]);
    })
    .with(method, 1e-8, 1e-10)
    .events(
        &[(Rising, Record), (Falling, Record), (Either, Record)],
        |_, y, _, g| g.fill(y[0]),
    );
    let solution = case.run();
    assert_eq!(solution.outcome, Outcome::Reached);
    (0..3).map(|event| times(&solution, event)).collect()
}

#[test]
fn grazing_crossings_are_found() {
    for method in [Method::Dop853, Method::Dopri5] {
        for depth in [1e-3, 1e-5, 1e-7] {
            for sign in [1.0, -1.0] {
                let found = graze(depth, sign, method);
                let what = format!("{method:?} {depth} {sign}: {found:?}");
                let half = depth.sqrt();
                let both = &found[2];
                assert_eq!(both.len(), 2, "{what}");
                // An error of 1e-9 moves them by that over the slope.
                for (t, wanted) in both.iter().zip([1.0 - half, 1.0 + half]) {
                    assert!((t - wanted).abs() < 1e-9 / half, "{what}");
                }
                let (first, second) = if sign > 0.0 { (0, 1) } else { (1, 0) };
                assert_eq!(found[first], [both[0]], "{what}");
                assert_eq!(found[second], [both[1]], "{what}");
            }
        }
    }
}

#[test]
fn contact_without_crossing_does_not_fire() {
    for method in [Method::Dop853, Method::Dopri5] {
        for depth in [0.0, -1e-12, -1e-7, -1e-3] {
            for sign in [1.0, -1.0] {
                let found = graze(depth, sign, method);
                assert!(
                    found.iter().all(Vec::is_empty),
                    "{method:?} {depth} {sign}: {found:?}"
                );
            }
        }
    }
    // The function itself, at a place that is looked at.
    let mut case = Case::new(&[0.0], 1.0, |_, _, _, dy| dy[0] = 1.0)
        .with(Method::Dop853, 1e-6, 1e-6)
        .events(&[(Either, Record), (Falling, Record)], |_, y, _, g| {
            g.fill((y[0] - 0.4) * (y[0] - 0.4));
        });
    assert_eq!(case.run().occurrences, []);
}

#[test]
fn noise_around_zero_after_an_event_fires_nothing() {
    // y falls through 0 and comes to rest there: 1e-11 sin(40 t) is far below the tolerance.
    let mut case = Case::new(&[0.0, 1.0], 12.0, |_, y, _, dy| {
        dy.copy_from_slice(&[1.0, -4.0 * y[1]]);
    })
    .with(Method::Dop853, 1e-8, 1e-8)
    .events(&[(Falling, Record), (Rising, Record)], |t, y, _, g| {
        g.fill((1.0 - t).max(0.0).powi(3) - 0.2 * t * y[1] + 1e-11 * (40.0 * t).sin())
    });
    let solution = case.run();
    let counts = [0, 1].map(|event| times(&solution, event).len());
    assert_eq!(counts, [1, 0], "{:?}", solution.occurrences);
}

#[test]
fn a_kink_at_rest_does_not_chatter_and_a_jump_flips_at_once() {
    // y = 1 + e^(-t) + 1e-10 sin(30 t) to within the tolerance: it rests on the kink of max(0, y - 1).
    let kink = |size: f64| {
        let mut case = Case::new(&[2.0, 0.0], 40.0, move |t, y, p, dy| {
            dy[0] = -(y[0] - 1.0) + 3e-9 * (30.0 * t).cos();
            dy[1] = if p[0] == 1.0 {
                size + (y[0] - 1.0)
            } else {
                0.0
            };
        })
        .params(&[0.0])
        .with(Method::Dop853, 1e-8, 1e-8)
        .events(&[(Either, Kink { slot: 0 })], |_, y, _, g| {
            g[0] = y[0] - 1.0
        });
        case.max_steps = 100_000;
        case.run()
    };
    let smooth = kink(0.0);
    assert!(smooth.counters.restarts < 5, "{:?}", smooth.counters);
    assert!((last(&smooth)[1] - 1.0).abs() < 1e-7, "{:?}", smooth.y);
    // A jump is a rate that is there or not for half the time: what the sign says counts.
    let jump = kink(1e-3);
    assert!(jump.counters.restarts > 20, "{:?}", jump.counters);
}

//! Trajectories are what they should be, and effects of known functions come out as known.

use super::*;
use std::f64::consts::PI;

fn points(design: &Morris) -> Vec<Vec<f64>> {
    let point = |k| {
        let mut u = vec![f64::NAN; design.factors()];
        design.point(k, &mut u).unwrap();
        u
    };
    (0..design.points()).map(point).collect()
}

fn evaluate(design: &Morris, f: impl Fn(&[f64]) -> f64) -> Vec<Option<f64>> {
    points(design).iter().map(|u| Some(f(u))).collect()
}

fn analyse(design: &Morris, values: &[Option<f64>]) -> Vec<Effects> {
    design.analyse(values, &Bootstrap::default()).unwrap()
}

/// T. Ishigami, T. Homma, An importance quantification technique in uncertainty analysis for computer models, ISUMA 1990,
/// with a = 7 and b = 0.1.
fn ishigami(u: &[f64]) -> f64 {
    let [x, y, z] = [0, 1, 2].map(|i| PI * (2.0 * u[i] - 1.0));
    x.sin() + 7.0 * y.sin().powi(2) + 0.1 * z.powi(4) * x.sin()
}

#[test]
fn a_trajectory_moves_each_factor_once_by_delta_on_the_grid() {
    for (levels, grid) in [(4, Grid::Full), (2, Grid::Full), (6, Grid::Inset)] {
        let d = 5;
        let design = Morris::new(d, 40, 3)
            .unwrap()
            .with_grid(levels, grid)
            .unwrap();
        let p = f64::from(levels);
        for trajectory in points(&design).chunks(d + 1) {
            let mut moved = vec![0; d];
            for step in trajectory.windows(2) {
                let changed: Vec<usize> = (0..d).filter(|i| step[0][*i] != step[1][*i]).collect();
                assert_eq!(changed.len(), 1);
                let i = changed[0];
                moved[i] += 1;
                assert!(((step[1][i] - step[0][i]).abs() - design.delta()).abs() < 1e-15);
            }
            assert!(moved.iter().all(|m| *m == 1));
            for u in trajectory.iter().flatten() {
                let level = match grid {
                    Grid::Full => u * (p - 1.0),
                    Grid::Inset => u * p - 0.5,
                };
                assert!((level - level.round()).abs() < 1e-14 && (0.0..p).contains(&level));
            }
        }
    }
    assert_eq!(Morris::new(1, 1, 0).unwrap().delta(), 2.0 / 3.0);
}

#[test]
fn all_levels_directions_and_orders_occur_equally_often() {
    let (d, r) = (3, 6000);
    let design = Morris::new(d, r, 11).unwrap();
    let points = points(&design);
    let (mut levels, mut up, mut orders) = ([0; 4], 0, std::collections::BTreeMap::new());
    for (t, trajectory) in points.chunks(d + 1).enumerate() {
        for (from, to) in trajectory[0].iter().zip(&trajectory[d]) {
            levels[(from * 3.0).round() as usize] += 1;
            up += i32::from(to > from);
        }
        *orders.entry(design.order(t as u64)).or_insert(0) += 1;
    }
    // Four standard deviations of a binomial number.
    let near = |found: i32, n: f64, p: f64| {
        (f64::from(found) - n * p).abs() < 4.0 * (n * p * (1.0 - p)).sqrt()
    };
    let n = (d as u64 * r) as f64;
    assert!(levels.iter().all(|l| near(*l, n, 0.25)), "{levels:?}");
    assert!(near(up, n, 0.5), "{up}");
    assert!(orders.len() == 6 && orders.values().all(|o| near(*o, r as f64, 1.0 / 6.0)));
}

#[test]
fn first_trajectories_do_not_depend_on_how_many_follow() {
    let long = points(&Morris::new(4, 9, 5).unwrap());
    let short = points(&Morris::new(4, 2, 5).unwrap());
    assert_eq!(short, long[..10]);
    assert_ne!(short, points(&Morris::new(4, 2, 6).unwrap()));
}

#[test]
fn effects_of_a_linear_model_are_its_slopes() {
    let slopes = [3.0, -0.5, 0.0, 1e-3];
    for grid in [Grid::Full, Grid::Inset] {
        let design = Morris::new(4, 7, 1).unwrap().with_grid(8, grid).unwrap();
        let linear = |u: &[f64]| 2.0 + u.iter().zip(slopes).map(|(u, s)| u * s).sum::<f64>();
        for (effects, slope) in analyse(&design, &evaluate(&design, linear))
            .iter()
            .zip(slopes)
        {
            let mu_star = effects.mu_star.unwrap();
            let interval = mu_star.interval.unwrap();
            assert!((effects.mu.unwrap() - slope).abs() < 1e-14);
            assert!((mu_star.value - slope.abs()).abs() < 1e-14);
            assert!(effects.sigma.unwrap() < 1e-14 && interval.error < 1e-14);
            assert_eq!(effects.count, Count { used: 7, lost: 0 });
        }
    }
}

/// On the grid 0, 1/3, 2/3, 1 of [-π, π], sin² y takes the values 0, 3/4, 3/4, 0, and sin x the values 0, -√3/2, √3/2, 0.
/// A move is by 2/3. That leaves ±9/8 · 7 for y; for x, ±3√3/4 (1 + z⁴/10) with z⁴ = π⁴ or π⁴/81, equally often; for z,
/// (3/2) (80/81) (π⁴/10) sin x, up or down.
#[test]
fn effects_of_the_ishigami_function_are_the_known_ones() {
    let design = Morris::new(3, 400, 2).unwrap();
    let bootstrap = Bootstrap {
        resamples: 4000,
        level: 0.999,
        seed: 4,
    };
    let effects = design
        .analyse(&evaluate(&design, ishigami), &bootstrap)
        .unwrap();
    let root = 3f64.sqrt();
    let x = 0.75 * root * (1.0 + PI.powi(4) / 10.0 * (1.0 + 1.0 / 81.0) / 2.0);
    let z = 1.5 * 80.0 / 81.0 * PI.powi(4) / 10.0 * root / 4.0;
    for (i, wanted) in [x, 9.0 / 8.0 * 7.0, z].into_iter().enumerate() {
        let found = effects[i].mu_star.unwrap();
        let interval = found.interval.unwrap();
        assert!(
            interval.low - 1e-12 <= wanted && wanted <= interval.high + 1e-12,
            "{i}: {found:?} {wanted}"
        );
    }
    // z comes last, behind two that this grid does not tell apart.
    let mu_star = |i: usize| effects[i].mu_star.unwrap().value;
    assert!(mu_star(0) > mu_star(2) && mu_star(1) > mu_star(2));
    // Moving x goes up wherever it starts; the effects of y and z have either sign equally often.
    assert!((effects[0].mu.unwrap() - mu_star(0)).abs() < 1e-12);
    for i in [1, 2] {
        assert!(effects[i].mu.unwrap().abs() < 0.2 * mu_star(i));
        assert!(effects[i].sigma.unwrap() > 0.95 * mu_star(i));
    }
}

#[test]
fn failed_points_are_counted_and_do_no_harm() {
    let d = 4;
    let design = Morris::new(d, 60, 9).unwrap();
    let f = |u: &[f64]| u[0] - 2.0 * u[1] + 5.0 * u[2];
    let mut values = evaluate(&design, f);
    for (k, value) in values.iter_mut().enumerate() {
        match random(77, &[k as u64]) % 9 {
            0 | 1 => *value = None,
            2 => *value = Some(f64::NAN),
            _ => {}
        }
    }
    let fine = |v: &Option<f64>| v.is_some_and(f64::is_finite);
    let trajectories = values.chunks(d + 1);
    let whole_steps = trajectories
        .flat_map(|t| t.windows(2))
        .filter(|s| s.iter().all(fine));
    let effects = analyse(&design, &values);
    let used: u64 = effects.iter().map(|e| e.count.used).sum();
    assert_eq!(used, whole_steps.count() as u64);
    for (effects, slope) in effects.iter().zip([1.0, -2.0, 5.0, 0.0]) {
        assert_eq!(effects.count.used + effects.count.lost, 60);
        assert!(effects.count.lost > 20, "{effects:?}");
        assert!((effects.mu.unwrap() - slope).abs() < 1e-14);
        assert!(effects.mu_star.unwrap().interval.is_some());
    }
}

#[test]
fn what_nothing_is_known_about_is_none() {
    let design = Morris::new(2, 3, 0).unwrap();
    for effects in analyse(&design, &[None; 9]) {
        assert_eq!(
            (effects.mu, effects.mu_star, effects.sigma),
            (None, None, None)
        );
        assert_eq!(effects.count, Count { used: 0, lost: 3 });
    }
    // One trajectory: effects, but nothing about how certain they are.
    let design = Morris::new(1, 1, 0).unwrap();
    let effects = analyse(&design, &evaluate(&design, |u| 2.0 * u[0]))[0];
    let mu_star = Some(Estimate {
        value: 2.0,
        interval: None,
    });
    assert_eq!(
        (effects.mu, effects.mu_star, effects.sigma),
        (Some(2.0), mu_star, None)
    );
    // A constant outcome has effects, of size 0.
    let design = Morris::new(2, 3, 0).unwrap();
    for effects in analyse(&design, &evaluate(&design, |_| 4.0)) {
        let interval = effects.mu_star.unwrap().interval.unwrap();
        assert_eq!((effects.mu, effects.sigma), (Some(0.0), Some(0.0)));
        assert_eq!(
            (interval.error, interval.low, interval.high),
            (0.0, 0.0, 0.0)
        );
    }
}

#[test]
fn huge_and_tiny_outcomes_come_out_alike() {
    let design = Morris::new(3, 20, 8).unwrap();
    let effects = analyse(&design, &evaluate(&design, ishigami));
    for unit in [2f64.powi(1000), 2f64.powi(-900)] {
        let other = analyse(&design, &evaluate(&design, |u| unit * ishigami(u)));
        for (effects, other) in effects.iter().zip(other) {
            let back = other.scaled(1.0 / unit);
            let error = |e: &Effects| e.mu_star.unwrap().interval.unwrap().error;
            for (a, b) in [
                (effects.mu.unwrap(), back.mu.unwrap()),
                (effects.sigma.unwrap(), back.sigma.unwrap()),
                (error(effects), error(&back)),
            ] {
                assert!((a - b).abs() < 1e-12 * a.abs(), "{a} {b}");
            }
        }
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let empty = |what| Err(Misuse::Empty { what });
    assert_eq!(Morris::new(0, 1, 0), empty("factor"));
    assert_eq!(Morris::new(1, 0, 0), empty("trajectory"));
    assert_eq!(Morris::new(1, u64::MAX / 2, 0), Err(Misuse::TooLarge));
    assert_eq!(Morris::new(usize::MAX, 1, 0), Err(Misuse::TooLarge));
    let design = Morris::new(2, 2, 0).unwrap();
    for levels in [0, 3] {
        let found = design.clone().with_grid(levels, Grid::Full);
        assert_eq!(found, Err(Misuse::Levels { levels }));
    }
    let outside = Misuse::NoSuchPoint {
        point: 6,
        points: 6,
    };
    assert_eq!(design.point(6, &mut [0.0; 2]), Err(outside));
    assert!(matches!(
        design.point(0, &mut [0.0; 3]),
        Err(Misuse::Length { .. })
    ));
    let found = design.analyse(&[None; 5], &Bootstrap::default());
    assert!(matches!(
        found,
        Err(Misuse::Length {
            wanted: 6,
            found: 5,
            ..
        })
    ));
}

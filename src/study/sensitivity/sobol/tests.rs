//! Points are where they should be, and functions with indices in closed form have these.

mod known;
mod missing;

use super::super::sum;
use super::*;
use known::{Known, evaluate, g, g_known, halton, ishigami, ishigami_known, noise};

fn holds(estimate: Option<Estimate>, truth: f64) -> bool {
    let interval = estimate.unwrap().interval.unwrap();
    assert!(interval.error >= 0.0 && interval.low <= interval.high);
    interval.low <= truth && truth <= interval.high
}

fn assert_holds(indices: &Indices, known: &Known) {
    let (mains, d) = (&indices.factors, indices.factors.len());
    for (i, main) in mains.iter().enumerate() {
        assert!(
            holds(main.first, known.first[i]),
            "S{i} {:?} {}",
            main.first,
            known.first[i]
        );
        assert!(
            holds(main.total, known.total[i]),
            "T{i} {:?} {}",
            main.total,
            known.total[i]
        );
    }
    for (pair, truth) in indices.pairs.iter().zip(&known.second) {
        assert!(holds(pair.second, *truth), "{pair:?} {truth}");
    }
    assert!(indices.pairs.is_empty() || indices.pairs.len() == d * (d - 1) / 2);
    assert!(holds(indices.first_sum, known.first.iter().sum()));
    assert!(holds(indices.total_sum, known.total.iter().sum()));
    let n = 2.0 * indices.rows.used as f64;
    let (mean, deviation) = (indices.mean.unwrap(), indices.deviation.unwrap());
    assert!((mean - known.mean).abs() < 4.0 * known.deviation / n.sqrt());
    assert!((deviation / known.deviation - 1.0).abs() < 4.0 / n.sqrt());
}

const WIDE: Bootstrap = Bootstrap {
    resamples: 2000,
    level: 0.999,
    seed: 1,
};

#[test]
fn points_are_a_and_b_with_one_coordinate_changed() {
    let design = Sobol::new(3, 5, true).unwrap();
    assert_eq!(
        (design.block(), design.points(), design.base_dimensions()),
        (8, 40, 6)
    );
    let mut both = [0.0; 6];
    for k in 0..design.points() {
        let (row, role) = design.place(k).unwrap();
        assert_eq!(row, k / 8);
        halton(row, &mut both);
        let (a, b) = both.split_at(3);
        let from_b = |i: usize| match role {
            Role::A => false,
            Role::B => true,
            Role::Ab(j) => i == j,
            Role::Ba(j) => i != j,
        };
        let wanted: Vec<f64> = (0..3)
            .map(|i| if from_b(i) { b[i] } else { a[i] })
            .collect();
        let mut u = [0.0; 3];
        design.point(k, &halton, &mut u).unwrap();
        assert_eq!(wanted, u);
    }
    let roles: Vec<Role> = (8..16).map(|k| design.place(k).unwrap().1).collect();
    let (ab, ba) = ([0, 1, 2].map(Role::Ab), [0, 1, 2].map(Role::Ba));
    assert_eq!(roles, [&[Role::A, Role::B][..], &ab, &ba].concat());
    assert_eq!(Sobol::new(3, 5, false).unwrap().points(), 25);
}

#[test]
fn ishigami_indices_lie_within_their_intervals() {
    for (seed, first) in [(11, FirstOrder::Saltelli), (12, FirstOrder::Jansen)] {
        for pairs in [false, true] {
            let design = Sobol::new(3, 1024, pairs).unwrap().with_first_order(first);
            let values = evaluate(&design, &noise(seed), ishigami);
            let indices = design.analyse(&values, &WIDE).unwrap();
            assert_holds(&indices, &ishigami_known());
            assert_eq!(
                indices.rows,
                Count {
                    used: 1024,
                    lost: 0
                }
            );
        }
    }
}

#[test]
fn g_function_indices_lie_within_their_intervals() {
    let design = Sobol::new(6, 1024, true).unwrap();
    let values = evaluate(&design, &noise(3), g);
    assert_holds(&design.analyse(&values, &WIDE).unwrap(), &g_known());
    let design = Sobol::new(6, 2048, false).unwrap();
    let values = evaluate(&design, &halton, g);
    assert_holds(&design.analyse(&values, &WIDE).unwrap(), &g_known());
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let design = Sobol::new(3, 200, true).unwrap();
    let (known, replicates) = (ishigami_known(), 100);
    let mut inside = [0; 3];
    for seed in 0..replicates {
        let values = evaluate(&design, &noise(1000 + seed), ishigami);
        let bootstrap = Bootstrap {
            resamples: 200,
            seed,
            ..Bootstrap::default()
        };
        let indices = design.analyse(&values, &bootstrap).unwrap();
        inside[0] += i32::from(holds(indices.factors[0].first, known.first[0]));
        inside[1] += i32::from(holds(indices.factors[2].total, known.total[2]));
        inside[2] += i32::from(holds(indices.pair(2, 0).unwrap().second, known.second[1]));
    }
    // 95 of 100, with a standard deviation of 2.2.
    assert!(inside.iter().all(|n| (87..=100).contains(n)), "{inside:?}");
}

/// The formulas once more, term by term, without failed points.
#[test]
fn estimates_are_what_the_formulas_say() {
    let (d, n) = (3, 50);
    for pairs in [false, true] {
        for first in [FirstOrder::Saltelli, FirstOrder::Jansen] {
            let design = Sobol::new(d, n, pairs).unwrap().with_first_order(first);
            let values = evaluate(&design, &noise(4), ishigami);
            let indices = design.analyse(&values, &Bootstrap::default()).unwrap();
            let rows: Vec<Vec<f64>> = values
                .chunks(design.block() as usize)
                .map(|row| row.iter().map(|v| v.unwrap()).collect())
                .collect();
            let mean = |f: &dyn Fn(&[f64]) -> f64| sum(rows.iter().map(|r| f(r))) / n as f64;
            let m = mean(&|r| 0.5 * (r[0] + r[1]));
            let v = mean(&|r| 0.5 * ((r[0] - m).powi(2) + (r[1] - m).powi(2)));
            let main = |i: usize, a: usize, b: usize, ab: usize| {
                let s = match first {
                    FirstOrder::Saltelli => mean(&|r| (r[b] - m) * (r[ab + i] - r[a])) / v,
                    FirstOrder::Jansen => 1.0 - mean(&|r| (r[b] - r[ab + i]).powi(2)) / (2.0 * v),
                };
                (s, mean(&|r| (r[a] - r[ab + i]).powi(2)) / (2.0 * v))
            };
            let both = |i: usize| {
                let (s, t) = main(i, 0, 1, 2);
                let (s_back, t_back) = if pairs { main(i, 1, 0, 2 + d) } else { (s, t) };
                (0.5 * (s + s_back), 0.5 * (t + t_back))
            };
            let near = |found: Option<Estimate>, wanted: f64| {
                let found = found.unwrap().value;
                assert!((found - wanted).abs() < 1e-13, "{found} {wanted}");
            };
            for i in 0..d {
                near(indices.factors[i].first, both(i).0);
                near(indices.factors[i].total, both(i).1);
            }
            near(indices.first_sum, (0..d).map(|i| both(i).0).sum());
            near(indices.total_sum, (0..d).map(|i| both(i).1).sum());
            for pair in &indices.pairs {
                let (i, j) = pair.factors;
                let closed = |i: usize, j: usize| {
                    mean(&|r| (r[2 + d + i] - m) * (r[2 + j] - m) - (r[0] - m) * (r[1] - m)) / v
                };
                let closed = 0.5 * (closed(i, j) + closed(j, i));
                near(pair.second, closed - both(i).0 - both(j).0);
            }
            assert!((indices.mean.unwrap() - m).abs() < 1e-13);
            assert!((indices.deviation.unwrap() - v.sqrt()).abs() < 1e-13);
        }
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    assert_eq!(
        Sobol::new(0, 1, true),
        Err(Misuse::Empty { what: "factor" })
    );
    assert_eq!(Sobol::new(1, 0, true), Err(Misuse::Empty { what: "row" }));
    assert_eq!(Sobol::new(2, u64::MAX / 2, true), Err(Misuse::TooLarge));
    assert_eq!(Sobol::new(usize::MAX, 1, true), Err(Misuse::TooLarge));
    let design = Sobol::new(2, 2, false).unwrap();
    let outside = Misuse::NoSuchPoint {
        point: 8,
        points: 8,
    };
    assert_eq!(design.place(8), Err(outside.clone()));
    assert_eq!(design.point(8, &halton, &mut [0.0; 2]), Err(outside));
    assert!(matches!(
        design.point(0, &halton, &mut [0.0]),
        Err(Misuse::Length { .. })
    ));
    let found = design.analyse(&[None; 7], &Bootstrap::default());
    assert!(matches!(
        found,
        Err(Misuse::Length {
            wanted: 8,
            found: 7,
            ..
        })
    ));
    let level = Bootstrap { level: 1.5, ..WIDE };
    assert_eq!(
        design.analyse(&[None; 8], &level),
        Err(Misuse::Level { level: 1.5 })
    );
}

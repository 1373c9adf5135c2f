//! Draws have the distribution they should, and intervals the coverage they promise.

use super::*;

fn draws(bootstrap: &Bootstrap, resample: u64, rows: usize) -> Vec<f64> {
    let mut weights = vec![0.0; rows];
    bootstrap.draw(resample, 0, &mut weights);
    weights
}

/// The mean of each resample, and of the rows themselves.
fn mean_of(rows: &[f64], bootstrap: &Bootstrap) -> Estimate {
    let fill = |row: usize, terms: &mut [f64]| terms.copy_from_slice(&[1.0, rows[row]]);
    let sums = bootstrap.sums(rows.len(), 2, fill);
    let mean = |s: &[f64]| (s[0] > 0.0).then(|| s[1] / s[0]);
    sums.estimate(rows.len() as u64, mean).unwrap()
}

fn uniform(seed: u64, k: u64) -> f64 {
    random(seed, &[k]) as f64 / 2f64.powi(64)
}

#[test]
fn draws_are_poisson_numbers_with_mean_1() {
    let weights = draws(&Bootstrap::default(), 3, 400_000);
    let n = weights.len() as f64;
    let mut probability = (-1f64).exp();
    for k in 0..7 {
        let found = weights.iter().filter(|w| **w == f64::from(k)).count() as f64 / n;
        let error = (probability * (1.0 - probability) / n).sqrt();
        assert!(
            (found - probability).abs() < 4.0 * error,
            "{k}: {found} {probability}"
        );
        probability /= f64::from(k + 1);
    }
    // Rows beside each other come from one hash and must not go together.
    let product: f64 = weights
        .chunks_exact(2)
        .map(|w| (w[0] - 1.0) * (w[1] - 1.0))
        .sum();
    assert!((product / (n / 2.0)).abs() < 4.0 / (n / 2.0).sqrt());
    assert_eq!(poisson(0), 0);
    assert_eq!(poisson(u32::MAX), 12);
}

#[test]
fn draws_depend_on_seed_resample_and_row_alone() {
    let bootstrap = Bootstrap::default();
    let all = draws(&bootstrap, 5, 301);
    let mut part = [0.0; 11];
    bootstrap.draw(5, 128, &mut part);
    assert_eq!(part, all[128..139]);
    assert_ne!(all, draws(&bootstrap, 6, 301));
    let other = Bootstrap {
        seed: 1,
        ..bootstrap
    };
    assert_ne!(all, draws(&other, 5, 301));
}

#[test]
fn sums_over_tiles_are_those_over_rows() {
    let bootstrap = Bootstrap {
        resamples: 3,
        ..Bootstrap::default()
    };
    for n in [1, 2, 127, 128, 129, 300] {
        let rows: Vec<f64> = (0..n).map(|k| uniform(1, k)).collect();
        let sums = bootstrap.sums(rows.len(), 2, |row, t| t.copy_from_slice(&[1.0, rows[row]]));
        for (set, sums) in sums.total.chunks(2).enumerate() {
            let weights = match set {
                0 => vec![1.0; rows.len()],
                _ => draws(&bootstrap, set as u64 - 1, rows.len()),
            };
            assert_eq!(sums[0], weights.iter().sum::<f64>());
            let wanted: f64 = weights.iter().zip(&rows).map(|(w, v)| w * v).sum();
            assert!((sums[1] - wanted).abs() < 1e-12 * (1.0 + wanted));
        }
    }
}

#[test]
fn the_error_of_a_mean_is_the_known_one() {
    for (n, tolerance) in [(12u64, 0.12), (1000, 0.05)] {
        let rows: Vec<f64> = (0..n).map(|k| uniform(7, k)).collect();
        let (mean, deviation) = moments(&rows);
        let resamples = 5000;
        let found = mean_of(
            &rows,
            &Bootstrap {
                resamples,
                ..Bootstrap::default()
            },
        );
        assert!((found.value - mean.unwrap()).abs() < 1e-14);
        let wanted = deviation.unwrap() / (n as f64).sqrt();
        let error = found.interval.unwrap().error;
        assert!(
            (error / wanted - 1.0).abs() < tolerance,
            "{n}: {error} {wanted}"
        );
    }
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let replicates = 400;
    let inside = (0..replicates).filter(|seed| {
        let rows: Vec<f64> = (0..80).map(|k| -uniform(*seed, k).ln()).collect();
        let bootstrap = Bootstrap {
            resamples: 300,
            level: 0.9,
            seed: *seed,
        };
        let interval = mean_of(&rows, &bootstrap).interval.unwrap();
        interval.low < 1.0 && 1.0 < interval.high
    });
    let part = inside.count() as f64 / replicates as f64;
    assert!((0.85..0.94).contains(&part), "{part}");
}

#[test]
fn no_interval_without_resamples_or_from_one_row() {
    let none = Bootstrap {
        resamples: 0,
        ..Bootstrap::default()
    };
    assert_eq!(mean_of(&[1.0, 2.0], &none).interval, None);
    assert_eq!(mean_of(&[1.0], &Bootstrap::default()).interval, None);
    // Where most resamples have no result, those that have one say nothing about the rest.
    let sums = Bootstrap::default().sums(3, 1, |row, t| t[0] = f64::from(row == 0));
    let rare = |s: &[f64]| (s[0] == 1.0).then_some(s[0]);
    assert_eq!(sums.estimate(3, rare).unwrap().interval, None);
}

#[test]
fn quantiles_are_linear_between_values() {
    let values = [1.0, 2.0, 4.0];
    for (part, wanted) in [(0.0, 1.0), (0.25, 1.5), (0.5, 2.0), (0.75, 3.0), (1.0, 4.0)] {
        assert_eq!(quantile(&values, part), wanted);
    }
    assert_eq!(quantile(&[3.0], 0.4), 3.0);
}

#[test]
fn options_without_meaning_are_refused() {
    for level in [0.0, 1.0, -1.0, f64::NAN] {
        let found = Bootstrap {
            level,
            ..Bootstrap::default()
        }
        .check();
        assert!(matches!(found, Err(Misuse::Level { .. })), "{level}");
    }
    let many = Bootstrap {
        resamples: LIMIT + 1,
        ..Bootstrap::default()
    };
    assert!(matches!(many.check(), Err(Misuse::Resamples { .. })));
}

#[test]
fn a_negative_factor_turns_an_interval_round() {
    let interval = Some(Interval {
        error: 0.5,
        low: 1.0,
        high: 3.0,
    });
    let scaled = Estimate {
        value: 2.0,
        interval,
    }
    .scaled(-2.0);
    let interval = Some(Interval {
        error: 1.0,
        low: -6.0,
        high: -2.0,
    });
    assert_eq!(
        scaled,
        Estimate {
            value: -4.0,
            interval
        }
    );
}

/// Anybody can draw them again: computed apart from this program, by the published SplitMix64.
#[test]
fn draws_stay_what_they_are() {
    let known: [(u64, &[u64], u64); 4] = [
        (0, &[], 0xE220_A839_7B1D_CDAF),
        (0, &[0], 0xA706_DD2F_4D19_7E6F),
        (1, &[7, 3, 2], 0x9E0A_D73D_4059_3C53),
        (u64::MAX, &[u64::MAX, 5], 0xC425_E728_7096_A415),
    ];
    for (seed, counters, bits) in known {
        assert_eq!(random(seed, counters), bits, "{seed} {counters:?}");
    }
    let bootstrap = Bootstrap {
        seed: 7,
        ..Bootstrap::default()
    };
    let mut weights = [0.0; 16];
    bootstrap.draw(5, 128, &mut weights);
    let drawn = [0, 0, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 2, 0, 0, 1].map(f64::from);
    assert_eq!(weights, drawn);
}

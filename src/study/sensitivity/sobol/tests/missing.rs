//! Points that failed, outcomes without variance, designs as small as they come.

use super::super::super::random;
use super::*;

/// A third of the values is gone.
fn thin(values: &mut [Option<f64>], seed: u64) {
    for (k, value) in values.iter_mut().enumerate() {
        match random(seed, &[k as u64]) % 6 {
            0 => *value = None,
            1 => *value = Some(f64::INFINITY),
            _ => {}
        }
    }
}

#[test]
fn a_third_of_the_points_may_fail() {
    let d = 3;
    for (pairs, rows) in [(false, 3000), (true, 4000)] {
        let design = Sobol::new(d, rows, pairs).unwrap();
        let mut values = evaluate(&design, &noise(5), ishigami);
        thin(&mut values, 6);
        let indices = design.analyse(&values, &WIDE).unwrap();
        assert_holds(&indices, &ishigami_known());
        let used = |needs: &[usize]| {
            let blocks = values.chunks(design.block() as usize);
            let whole =
                |r: &&[Option<f64>]| needs.iter().all(|i| r[*i].is_some_and(f64::is_finite));
            let used = blocks.filter(whole).count() as u64;
            Count {
                used,
                lost: rows - used,
            }
        };
        assert_eq!(indices.rows, used(&[0, 1]));
        for (i, main) in indices.factors.iter().enumerate() {
            let needs = [0, 1, 2 + i, 2 + d + i];
            assert_eq!(main.rows, used(&needs[..if pairs { 4 } else { 3 }]));
        }
        for pair in &indices.pairs {
            let (i, j) = pair.factors;
            assert_eq!(pair.rows, used(&[0, 1, 2 + i, 2 + j, 2 + d + i, 2 + d + j]));
        }
    }
}

/// Rows that failed must leave no trace: the rest alone gives the same.
#[test]
fn rows_that_failed_are_as_if_they_were_not_there() {
    let design = Sobol::new(3, 90, true).unwrap();
    let mut values = evaluate(&design, &noise(7), ishigami);
    values
        .chunks_mut(8)
        .skip(1)
        .step_by(3)
        .for_each(|row| row[1] = None);
    values
        .chunks_mut(8)
        .skip(2)
        .step_by(3)
        .for_each(|row| row[2..].fill(None));
    let rest: Vec<_> = values.chunks(8).step_by(3).flatten().copied().collect();
    let alone = Sobol::new(3, 30, true).unwrap();
    let (found, wanted) = (
        design.analyse(&values, &Bootstrap::default()).unwrap(),
        alone.analyse(&rest, &Bootstrap::default()).unwrap(),
    );
    let value = |e: Option<Estimate>| e.unwrap().value;
    for (found, wanted) in found.factors.iter().zip(&wanted.factors) {
        assert!((value(found.first) - value(wanted.first)).abs() < 1e-13);
        assert!((value(found.total) - value(wanted.total)).abs() < 1e-13);
        assert_eq!(found.rows, Count { used: 30, lost: 60 });
    }
    for (found, wanted) in found.pairs.iter().zip(&wanted.pairs) {
        assert!((value(found.second) - value(wanted.second)).abs() < 1e-13);
    }
    assert_eq!(found.rows, Count { used: 60, lost: 30 });
}

#[test]
fn a_constant_outcome_has_no_indices() {
    let design = Sobol::new(3, 64, true).unwrap();
    for constant in [0.0, 1.0, -0.1, 1e300, 5e-324] {
        // Also where it differs in the last bits.
        for rounding in [0.0, f64::EPSILON] {
            let f = |u: &[f64]| constant * (1.0 + rounding * (4.0 * u[0]).floor());
            let values = evaluate(&design, &noise(8), f);
            let indices = design.analyse(&values, &Bootstrap::default()).unwrap();
            assert!(
                indices
                    .factors
                    .iter()
                    .all(|m| m.first.is_none() && m.total.is_none())
            );
            assert!(indices.pairs.iter().all(|p| p.second.is_none()));
            assert_eq!((indices.first_sum, indices.total_sum), (None, None));
            assert_eq!(indices.deviation, Some(0.0));
            assert!((indices.mean.unwrap() - constant).abs() <= 1e-15 * constant.abs());
            assert_eq!(indices.factors[0].rows, Count { used: 64, lost: 0 });
        }
    }
}

#[test]
fn shift_and_unit_make_no_difference() {
    let design = Sobol::new(3, 300, true).unwrap();
    let values = evaluate(&design, &noise(9), ishigami);
    let indices = design.analyse(&values, &Bootstrap::default()).unwrap();
    for (unit, shift, tolerance) in [(1e300, 0.0, 1e-12), (1e-300, 0.0, 1e-12), (-1.0, 1e8, 1e-6)] {
        let other: Vec<_> = values
            .iter()
            .map(|v| v.map(|v| unit * (v + shift)))
            .collect();
        let other = design.analyse(&other, &Bootstrap::default()).unwrap();
        let near = |a: Option<Estimate>, b: Option<Estimate>| {
            let (a, b) = (a.unwrap(), b.unwrap());
            let error = |e: Estimate| e.interval.unwrap().error;
            (a.value - b.value).abs() < tolerance && (error(a) - error(b)).abs() < tolerance
        };
        for (a, b) in indices.factors.iter().zip(&other.factors) {
            assert!(
                near(a.first, b.first) && near(a.total, b.total),
                "{a:?} {b:?}"
            );
        }
        assert!(
            indices
                .pairs
                .iter()
                .zip(&other.pairs)
                .all(|(a, b)| near(a.second, b.second))
        );
        let ratio = other.deviation.unwrap() / indices.deviation.unwrap() / unit.abs();
        assert!((ratio - 1.0).abs() < tolerance);
    }
}

#[test]
fn one_row_has_a_mean_and_no_indices() {
    for pairs in [false, true] {
        let design = Sobol::new(3, 1, pairs).unwrap();
        let values = evaluate(&design, &halton, ishigami);
        let indices = design.analyse(&values, &Bootstrap::default()).unwrap();
        assert!(indices.mean.is_some() && indices.deviation.is_none());
        assert!(
            indices
                .factors
                .iter()
                .all(|m| m.first.is_none() && m.total.is_none())
        );
        let nothing = design.analyse(&vec![None; values.len()], &WIDE).unwrap();
        assert_eq!(
            (nothing.mean, nothing.deviation, nothing.first_sum),
            (None, None, None)
        );
        assert_eq!(nothing.rows, Count { used: 0, lost: 1 });
    }
}

#[test]
fn one_factor_accounts_for_everything() {
    for pairs in [false, true] {
        let design = Sobol::new(1, 512, pairs)
            .unwrap()
            .with_first_order(FirstOrder::Jansen);
        let values = evaluate(&design, &halton, |u| u[0].exp());
        let indices = design.analyse(&values, &WIDE).unwrap();
        // AB is B, so the difference of Jansen is 0 in each row.
        assert_eq!(indices.factors[0].first.unwrap().value, 1.0);
        assert!(holds(indices.factors[0].total, 1.0));
        assert!(indices.pairs.is_empty());
    }
}

//! What holds for all kinds of design.

use super::*;

fn design(kind: Kind, dims: usize, n: u64, seed: u64) -> Design {
    Design::new(kind, dims, n, seed, true).unwrap()
}

fn point(design: &Design, k: u64) -> Vec<f64> {
    let mut u = vec![f64::NAN; design.dims()];
    design.point(k, &mut u);
    u
}

#[test]
fn the_same_seed_gives_the_same_points_in_any_order() {
    for kind in Kind::ALL {
        let (a, b) = (design(kind, 7, 100, 5), design(kind, 7, 100, 5));
        let ahead: Vec<_> = (0..100).map(|k| point(&a, k)).collect();
        let mut back: Vec<_> = (0..100).rev().map(|k| point(&b, k)).collect();
        back.reverse();
        assert_eq!(ahead, back, "{kind:?}");
    }
}

#[test]
fn another_seed_gives_other_points() {
    for kind in Kind::ALL {
        for seed in [0, 6, 1 << 63] {
            let (a, b) = (design(kind, 7, 100, 5), design(kind, 7, 100, seed));
            for k in 0..100 {
                assert!(point(&a, k).iter().zip(point(&b, k)).all(|(a, b)| *a != b));
            }
        }
    }
}

#[test]
fn classical_sequences_have_no_seed() {
    for kind in [Kind::Halton, Kind::Sobol] {
        let made = |seed| Design::new(kind, 5, 100, seed, false).unwrap();
        for k in 0..100 {
            assert_eq!(point(&made(1), k), point(&made(2), k));
            assert_ne!(point(&made(1), k), point(&design(kind, 5, 100, 1), k));
        }
    }
}

#[test]
fn the_bits_are_settled() {
    // Who names kind, size and seed of a design expects these points of every version.
    let known = [
        (Kind::Random, [0x3FB5_6D75_7187_37F8, 0x3FEC_804D_A28A_F955]),
        (
            Kind::LatinHypercube,
            [0x3FE4_D213_2735_45BE, 0x3FE8_F758_8751_1662],
        ),
        (Kind::Halton, [0x3FEE_03D6_CE20_C8D9, 0x3FED_35B0_56E3_76B9]),
        (Kind::Sobol, [0x3FC0_2AFC_993F_550C, 0x3FD5_CC9E_C51B_D5F6]),
    ];
    for (kind, expected) in known {
        let u = point(&design(kind, 2, 1000, 2024), 123);
        assert_eq!([u[0].to_bits(), u[1].to_bits()], expected, "{kind:?} {u:?}");
    }
}

#[test]
fn coordinates_are_between_0_and_1_and_differ() {
    for kind in Kind::ALL {
        for n in [1, 2, 1000] {
            let design = design(kind, 40, n, 9);
            let mut all = Vec::new();
            for k in 0..n {
                all.extend(point(&design, k));
            }
            assert!(all.iter().all(|u| 0.0 < *u && *u < 1.0), "{kind:?}");
            all.sort_by(f64::total_cmp);
            all.dedup();
            assert_eq!(all.len() as u64, 40 * n, "{kind:?}");
        }
    }
}

#[test]
fn a_design_may_grow() {
    for kind in Kind::ALL {
        let wide = design(kind, 30, 500, 1);
        let narrow = design(kind, 3, 500, 1);
        for k in 0..500 {
            assert_eq!(point(&narrow, k), point(&wide, k)[..3], "{kind:?}");
        }
    }
    for kind in [Kind::Random, Kind::Halton, Kind::Sobol] {
        let most = kind.max_points().min(1 << 40);
        for n in [1, 10, 1023, 1024, 1025, 1_000_000] {
            let (short, long) = (design(kind, 30, n, 1), design(kind, 30, most, 1));
            assert_eq!(point(&short, n - 1), point(&long, n - 1), "{kind:?} {n}");
        }
    }
}

#[test]
fn a_smooth_mean_is_closer_than_by_random_points() {
    // The mean is 1; half of the variance is of one parameter alone, half of several together.
    let f = |u: &[f64]| u.iter().map(|u| 0.5 + u).product::<f64>() - 1.0;
    let error = |kind| {
        let squares = (0..16).map(|seed| {
            let design = design(kind, 5, 1024, seed);
            let sum: f64 = (0..1024).map(|k| f(&point(&design, k))).sum();
            (sum / 1024.0).powi(2)
        });
        (squares.sum::<f64>() / 16.0).sqrt()
    };
    let random = error(Kind::Random);
    // Its variance is (13/12)⁵ − 1.
    let expected = ((13.0_f64 / 12.0).powi(5) - 1.0).sqrt() / 32.0;
    assert!((0.5..1.6).contains(&(random / expected)), "{random}");
    for (kind, gain) in [
        (Kind::LatinHypercube, 2.0),
        (Kind::Halton, 8.0),
        (Kind::Sobol, 50.0),
    ] {
        let ratio = random / error(kind);
        assert!(ratio > gain, "{kind:?}: {ratio}");
    }
}

#[test]
fn the_limits_are_named() {
    for kind in Kind::ALL {
        let (dims, n) = (kind.max_dims(), kind.max_points());
        assert!(Design::new(kind, 3, n, 0, true).is_ok());
        let wide = design(kind, dims, 2, 0);
        assert!(point(&wide, 1).iter().all(|u| 0.0 < *u && *u < 1.0));
        let asked = dims + 1;
        let error = Design::new(kind, asked, 1, 0, true).unwrap_err();
        assert_eq!(error, TooMany::Dims { kind, asked });
        if let Some(asked) = n.checked_add(1) {
            let error = Design::new(kind, 1, asked, 0, true).unwrap_err();
            assert_eq!(error, TooMany::Points { kind, asked });
        }
    }
    let message = |dims, n| {
        let error = Design::new(Kind::Sobol, dims, n, 0, true).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        message(257, 1),
        "`sobol` has at most 256 dimensions, not 257"
    );
    assert_eq!(
        message(1, 1 << 33),
        "`sobol` has at most 4294967296 points, not 8589934592"
    );
}

#[test]
fn odd_sizes_are_no_trouble() {
    for kind in Kind::ALL {
        for scramble in [false, true] {
            let made = |dims, n| Design::new(kind, dims, n, 0, scramble).unwrap();
            made(0, 10).point(3, &mut []);
            let mut u = [7.0; 4];
            made(0, 10).point(3, &mut u);
            assert_eq!(u, [7.0; 4]);
            made(2, 10).point(3, &mut u);
            assert!(u[0] != 7.0 && u[1] != 7.0 && u[2..] == [7.0; 2]);
            made(6, 10).point(3, &mut u);
            assert!(u.iter().all(|u| *u < 1.0));
            made(4, 0).point(3, &mut u);
            assert!(u.iter().all(|u| (0.0..1.0).contains(u)));
            let mut last = [0.0; 4];
            made(4, 10).point(u64::MAX, &mut u);
            made(4, 10).point(9, &mut last);
            assert_eq!(u, last);
        }
    }
}

#[test]
fn names_are_those_of_the_command_line() {
    let names = Kind::ALL.map(Kind::name);
    assert_eq!(names, ["random", "lhs", "halton", "sobol"]);
}

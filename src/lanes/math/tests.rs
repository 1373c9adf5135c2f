use super::*;

struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * ((self.bits() >> 11) as f64 / (1u64 << 53) as f64)
    }

    /// As many from each power of two to the next one.
    fn spread(&mut self, low: f64, high: f64) -> f64 {
        let (low, high) = (low.to_bits(), high.to_bits());
        f64::from_bits(low + self.bits() % (high - low + 1))
    }

    fn either(&mut self, x: f64) -> f64 {
        if self.bits() >> 63 == 0 { x } else { -x }
    }

    /// Within two numbers of a multiple of `step`.
    fn beside(&mut self, step: f64, multiples: f64) -> f64 {
        let x = step * self.spread(1.0, multiples).round();
        f64::from_bits(x.to_bits() + self.bits() % 5 - 2)
    }
}

type Sample = fn(&mut Random) -> f64;
type Function = fn(f64) -> f64;

/// How many numbers further along.
fn distance(a: f64, b: f64) -> u64 {
    let place = |x: f64| {
        let magnitude = (x.to_bits() & !SIGN) as i64;
        if x.is_sign_negative() {
            -magnitude
        } else {
            magnitude
        }
    };
    match (a.is_nan(), b.is_nan()) {
        (true, true) => 0,
        (false, false) => place(a).abs_diff(place(b)),
        _ => u64::MAX,
    }
}

/// What many values of a function came to.
#[derive(Default)]
struct Tally {
    worst: u64,
    at: (f64, f64),
    /// Of the bits of all values: the same on every machine.
    sum: u64,
}

impl Tally {
    fn add(&mut self, at: (f64, f64), ours: f64, theirs: f64) {
        let off = distance(ours, theirs);
        if off > self.worst {
            (self.worst, self.at) = (off, at);
        }
        let bits = if ours.is_nan() { 0 } else { ours.to_bits() };
        self.sum = self.sum.rotate_left(5) ^ bits.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn check(self, off: u64, sum: u64) {
        assert!(self.worst <= off, "{} ulp at {:?}", self.worst, self.at);
        assert_eq!(
            self.sum, sum,
            "other bits than elsewhere: {:#018x}",
            self.sum
        );
    }
}

fn tally(ours: Function, theirs: Function, samples: &[Sample]) -> Tally {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut tally = Tally::default();
    for sample in samples {
        for _ in 0..200_000 / samples.len() + 1 {
            let x = sample(&mut random);
            tally.add((x, 0.0), ours(x), theirs(x));
        }
    }
    tally
}

const TINY: f64 = 5e-324;

#[test]
fn exponential() {
    let samples: &[Sample] = &[
        |r| r.between(-746.0, 710.0),
        |r| r.between(-1.0, 1.0),
        |r| r.between(-30.0, 30.0),
        |r| r.between(-745.2, -708.0),
        |r| r.between(709.0, 709.9),
        |r| r.beside(LN_2 / 2.0, 2000.0),
        |r| {
            let x = r.spread(TINY, 700.0);
            r.either(x)
        },
    ];
    tally(exp, f64::exp, samples).check(1, 0x8603_c10c_22b3_2875);
}

#[test]
fn logarithms() {
    let samples: &[Sample] = &[
        |r| r.spread(TINY, f64::MAX),
        |r| r.spread(TINY, f64::MIN_POSITIVE),
        |r| r.between(0.5, 2.0),
        |r| r.between(0.999, 1.001),
        |r| {
            let x = r.spread(1e-17, 0.3);
            1.0 + r.either(x)
        },
        |r| r.beside(std::f64::consts::SQRT_2, 1e9),
    ];
    tally(ln, f64::ln, samples).check(1, 0xaf78_4cc2_e344_8c9a);
    tally(log10, f64::log10, samples).check(2, 0xf687_f0a8_4aac_cadf);
    let mut power = 1.0;
    for n in 0..23 {
        assert_eq!(log10(power), f64::from(n));
        power *= 10.0;
    }
}

#[test]
fn powers() {
    let bases: &[Sample] = &[
        |r| r.spread(TINY, f64::MAX),
        |r| r.spread(TINY, f64::MIN_POSITIVE),
        |r| r.between(0.5, 2.0),
        |r| {
            let x = r.spread(1e-12, 0.3);
            1.0 + r.either(x)
        },
        |r| r.between(0.0, 20.0),
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut tally = Tally::default();
    for base in bases {
        for i in 0..42_000 {
            let a = base(&mut random);
            let b = match i % 4 {
                0 => random.between(-4.0, 4.0),
                // Any result, then one near an end of the range.
                1 => random.between(-746.0, 710.0) / ln(a),
                2 => random.between(-745.2, -708.0) / ln(a),
                _ => random.between(-30.0, 30.0).round(),
            };
            let a = if i % 8 == 3 { -a } else { a };
            tally.add((a, b), pow(a, b), a.powf(b));
        }
    }
    tally.check(1, 0x5115_a1df_0e8f_24cb);
    for (a, n) in [(10.0f64, 22), (3.0, 33), (7.0, 18), (-5.0, 22), (1.5, 30)] {
        let mut power = 1.0;
        for i in 0..=n {
            assert_eq!(pow(a, f64::from(i)), power);
            power *= a;
        }
    }
}

#[test]
fn cube_root() {
    let samples: &[Sample] = &[
        |r| {
            let x = r.spread(TINY, f64::MAX);
            r.either(x)
        },
        |r| r.spread(TINY, 1e-290),
        |r| r.between(0.5, 8.0),
        |r| r.spread(1e-251, 1e-249),
    ];
    tally(cbrt, f64::cbrt, samples).check(1, 0xf49e_2c0e_9d24_4ad8);
    for i in -2000i32..=2000 {
        let root = f64::from(i);
        assert_eq!(cbrt(root * root * root), root);
    }
}

#[test]
fn sine_and_cosine() {
    let samples: &[Sample] = &[
        |r| r.between(-7.0, 7.0),
        |r| r.between(-1e3, 1e3),
        |r| r.between(-1e6, 1e6),
        |r| r.between(-SIN_LIMIT, SIN_LIMIT),
        |r| {
            let x = r.spread(TINY, SIN_LIMIT);
            r.either(x)
        },
        |r| r.beside(FRAC_PI_2, 1e6),
        |r| r.beside(FRAC_PI_2, 6.9e11),
        |r| r.beside(FRAC_PI_2 / 2.0, 1e6),
    ];
    tally(sin, f64::sin, samples).check(1, 0xf591_778e_b695_0bf9);
    tally(cos, f64::cos, samples).check(1, 0x81a8_3617_733c_d88c);
}

#[test]
fn hyperbolic_functions() {
    let samples: &[Sample] = &[
        |r| r.between(-20.0, 20.0),
        |r| r.between(-1.0, 1.0),
        |r| r.between(-711.0, 711.0),
        |r| r.beside(LN_2 / 4.0, 100.0),
        |r| {
            let x = r.spread(TINY, 30.0);
            r.either(x)
        },
    ];
    tally(tanh, f64::tanh, samples).check(2, 0x4cf4_2869_0ff2_4b24);
    tally(sinh, f64::sinh, samples).check(2, 0x6e3e_3453_f89e_8f33);
    tally(cosh, f64::cosh, samples).check(2, 0x9635_0724_651b_a6b5);
}

/// Where the C library is off as well: arguments with the nearest number to the true value.
#[test]
fn hardest() {
    let hardest: &[(Function, f64, f64)] = &[
        // Hardly anything is left beyond a multiple of π/2.
        (cos, 45.553093477052, -6.189806365883577e-19),
        (sin, 91.106186954104, -1.2379612731767154e-18),
        (cos, 14461176.67027838, -1.6985038298986004e-18),
        (sin, 28922353.34055676, 3.3970076597972008e-18),
        (sin, -430447720764.9099, -0.705811418900489),
        (cos, 834971.7100729317, 0.7071067810929829),
        (exp, 8.674822730637302, 5853.6620196155645),
        (exp, -743.151460541016, 2e-323),
        (ln, 1.4074326847259486, 0.34176725376079037),
        (log10, 1.307643594505241, 0.11648939075313879),
        (cbrt, 6.760096628692057, 1.8908233983706648),
        (tanh, -0.030963320318743826, -0.03095342898611182),
        (tanh, 18.715854927010668, 0.9999999999999999),
        (sinh, 18.38383822216975, 48191395.26494505),
        (cosh, 18.569662274207758, 58032577.60366859),
    ];
    for &(function, x, value) in hardest {
        assert!(
            distance(function(x), value) <= 1,
            "{x}: {} and {value}",
            function(x)
        );
    }
}

/// The C standard's special cases, as the C library has them.
#[test]
fn special() {
    let special = [
        0.0,
        TINY,
        1e-310,
        f64::MIN_POSITIVE,
        1e-200,
        1e-17,
        0.3,
        0.5,
        1.0 - f64::EPSILON / 2.0,
        1.0,
        1.0 + f64::EPSILON,
        1.5,
        2.0,
        3.0,
        4.0,
        709.0,
        710.0,
        711.0,
        745.0,
        746.0,
        1e10,
        4_503_599_627_370_495.5,
        4_503_599_627_370_497.0,
        9_007_199_254_740_991.0,
        9_007_199_254_740_992.0,
        1e22,
        1e300,
        f64::MAX,
        f64::INFINITY,
        f64::NAN,
    ];
    let special: Vec<f64> = special.iter().flat_map(|&x| [x, -x]).collect();
    let functions: &[(Function, Function)] = &[
        (exp, f64::exp),
        (ln, f64::ln),
        (log10, f64::log10),
        (cbrt, f64::cbrt),
        (sin, f64::sin),
        (cos, f64::cos),
        (tanh, f64::tanh),
        (sinh, f64::sinh),
        (cosh, f64::cosh),
    ];
    let same = |ours: f64, theirs: f64| {
        distance(ours, theirs) <= 2
            && (ours.is_nan() || ours.is_sign_negative() == theirs.is_sign_negative())
            && ours.is_infinite() == theirs.is_infinite()
    };
    for &x in &special {
        for (i, (ours, theirs)) in functions.iter().enumerate() {
            let beyond = (i == 4 || i == 5) && x.abs() > SIN_LIMIT;
            let expected = if beyond { f64::NAN } else { theirs(x) };
            assert!(
                same(ours(x), expected),
                "{i}: {x}: {} and {expected}",
                ours(x)
            );
        }
        for &b in &special {
            let expected = if x.is_nan() || b.is_nan() {
                f64::NAN
            } else {
                x.powf(b)
            };
            assert!(
                same(pow(x, b), expected),
                "{x}^{b}: {} and {expected}",
                pow(x, b)
            );
        }
    }
    assert!(sin(SIN_LIMIT).is_finite() && cos(-SIN_LIMIT).is_finite());
    // A NaN with bits of its own is as good as any.
    for bits in [1, 0xfff, 0x7_ffff_ffff_ffff, 0xf_ffff_ffff_ffff] {
        let x = f64::from_bits(f64::INFINITY.to_bits() | bits);
        for x in [x, -x] {
            assert!(functions.iter().all(|(ours, _)| ours(x).is_nan()));
            assert!(
                special
                    .iter()
                    .all(|&y| pow(x, y).is_nan() && pow(y, x).is_nan())
            );
        }
    }
}

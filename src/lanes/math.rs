//! Elementary functions without branches, for loops over lanes.
//!
//! Each function looks like one on a single number. It has no branch, no loop, no table and no conversion between
//! floating-point numbers and integers, only arithmetic, comparisons with a choice, and shifts. So the compiler turns a
//! loop over an array that calls one into vector instructions, where the surrounding function has a target feature with
//! vectors and fused multiply-add (`avx2,fma` and above). Without fused multiply-add in the hardware everything still
//! works, slowly.
//!
//! The value of each has the same bits on every processor: all that is used is rounded correctly by IEEE 754, the fused
//! multiply-add included, which is always written out. (Which NaN a NaN is does not count as its value.) The values are
//! not those of the C library, which differ from one platform to the next; the docs say how far they are from the truth,
//! in units in the last place (ulp), measured against 200-bit arithmetic at about a million arguments
//! each.
//!
//! NaN passes through everything, through `pow(NAN, 0.0)` and `pow(1.0, NAN)` too; apart from these two, infinities,
//! zeros of both signs, subnormal numbers, overflow and gradual underflow are treated as C treats them.
//!
//! Not here: floating-point exception flags, rounding other than to nearest, arguments of [`sin`] and [`cos`] above
//! [`SIN_LIMIT`] (NaN: whoever may have them must look), inverse trigonometric functions.
//!
//! The methods are those of every such library since Cody and Waite's "Software Manual for the Elementary Functions"
//! (1980): the argument is brought into a small range, where a polynomial serves, and the result is scaled back. Pairs
//! of numbers whose sum is more exact than either go back to T. J. Dekker (1971); the logarithm by
//! 2 artanh(f / (2 + f)) is that of fdlibm. The polynomials are minimax approximations found by Remez's algorithm.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2, LN_2, LOG2_E, LOG10_E};

/// Largest magnitude (2⁴⁰) for which [`sin`] and [`cos`] have a value; beyond it they are NaN.
pub const SIN_LIMIT: f64 = 1_099_511_627_776.0;

/// 1.5 · 2⁵². Added to a number below 2⁵¹ in magnitude, it leaves the nearest integer in the low bits of the sum.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// 2⁵²: its low bits are zero and stand for units.
const UNITS: f64 = 4_503_599_627_370_496.0;
const SIGN: u64 = 1 << 63;
const MANTISSA: u64 = (1 << 52) - 1;

/// 2⁵⁴, which makes every subnormal number normal.
const TWO_54: f64 = 18_014_398_509_481_984.0;
const TWO_72: f64 = TWO_54 * 262_144.0;
/// 2⁷⁰. Any number but 1 to this power is 0 or infinite.
const HUGE_EXPONENT: f64 = TWO_54 * 65_536.0;
/// The bits of √½.
const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;

// A constant that needs more bits than a number has is a sum: the rest is called low. A short one ends in so many zeros
// that its product with a binary exponent is exact.
const LN_2_LOW: f64 = 2.319_046_813_846_299_6e-17;
const LN_2_SHORT: f64 = 0.693_147_180_559_208_2;
const LN_2_SHORT_LOW: f64 = 7.371_002_565_167_799e-13;
const LOG10_E_LOW: f64 = 1.098_319_650_216_765e-17;
const LOG10_2_SHORT: f64 = 0.301_029_995_663_611_77;
const LOG10_2_SHORT_LOW: f64 = 3.694_239_077_158_931e-13;
const FRAC_PI_2_LOW: f64 = 6.123_233_995_736_766e-17;
const FRAC_PI_2_LOWEST: f64 = -1.497_384_904_859_169_8e-33;
/// 2/ln 2
const C0: f64 = 2.885_390_081_777_926_8;
const C0_LOW: f64 = 4.071_054_748_186_206_6e-17;
/// 2/(3 ln 2)
const C1: f64 = 0.961_796_693_925_975_6;
const C1_LOW: f64 = 5.057_761_664_812_590_7e-17;
/// Makes the least of the largest error of the first guess in [`cbrt`].
const RECIPROCAL_CUBE_ROOT_BITS: f64 = 7_504_458_576_754_111.0;

/// eˣ, below 1 ulp (measured: 0.91), subnormal results included.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // Beyond these bounds the result is 0 or infinite, and stays so. NaN is not above or below anything.
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -750.0 { -750.0 } else { x };
    let (shifted, k) = round(x, LOG2_E);
    // The high part is exact: the low one comes in where its rounding matters less.
    let r_high = k.mul_add(-LN_2, x);
    let r = k.mul_add(-LN_2_LOW, r_high);
    let small = (r * r).mul_add(exp_tail(r), k * -LN_2_LOW);
    scale(r_high + small, shifted, k)
}

/// Natural logarithm, below 0.9 ulp (measured: 0.89). −∞ at zeros, NaN below.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    let (m, k) = split(x);
    let LnParts {
        f,
        minus_half_square,
        s,
        cube,
        series,
    } = ln_parts(m);
    // k ln 2 is exact for the high part, which ends in zeros; what `sum` loses is kept.
    let whole = k * LN_2_SHORT;
    let sum = whole + f;
    let lost = ((whole - sum) + f) + logarithm_pole(x);
    let low = minus_half_square + k.mul_add(LN_2_SHORT_LOW, lost);
    sum + cube.mul_add(series, s.mul_add(-minus_half_square, low))
}

/// Logarithm to base 10, below 0.7 ulp (measured: 0.67), so exact for powers of ten. −∞ at zeros, NaN below.
#[inline(always)]
pub fn log10(x: f64) -> f64 {
    let (m, k) = split(x);
    let LnParts {
        f,
        minus_half_square,
        s,
        cube,
        series,
    } = ln_parts(m);
    // ln m as a pair, then the pair times 1/ln 10.
    let high = f + minus_half_square;
    let high_low = (f - high) + minus_half_square;
    let scaled = high * LOG10_E;
    let scaled_low = high.mul_add(LOG10_E, -scaled);
    let scaled_low = high.mul_add(LOG10_E_LOW, high_low.mul_add(LOG10_E, scaled_low));
    let whole = k * LOG10_2_SHORT;
    let sum = whole + scaled;
    let lost = ((whole - sum) + scaled) + logarithm_pole(x);
    let low = scaled_low + k.mul_add(LOG10_2_SHORT_LOW, lost);
    let low = (s * LOG10_E).mul_add(-minus_half_square, low);
    sum + (cube * LOG10_E).mul_add(series, low)
}

/// aᵇ, below 1.2 ulp over the whole range (measured: 1.17, at a result near the bounds), and exact where base,
/// exponent and result are integers below 2⁵³. NaN for a negative finite base with an exponent that is not an integer.
#[inline(always)]
pub fn pow(a: f64, b: f64) -> f64 {
    let base = a.abs();
    // log₂ of 0 and of infinity are themselves infinite, but whatever it is, times 0 it is 0, except NaN.
    let zero = base == 0.0;
    let infinite = base == f64::INFINITY;
    let pole = if zero { f64::NEG_INFINITY } else { 0.0 };
    let pole = pole + if infinite { f64::INFINITY } else { 0.0 };
    let pole = if b == 0.0 { 0.0 } else { pole };
    let (high, low) = log2_pair(base, pole + if a.is_nan() { a } else { 0.0 });
    // So large an exponent decides alone between 0, 1 and infinity.
    let power = if b > HUGE_EXPONENT { HUGE_EXPONENT } else { b };
    let power = if power < -HUGE_EXPONENT {
        -HUGE_EXPONENT
    } else {
        power
    };

    // log₂ of the result as a pair; the low part has no meaning where the high part decides alone.
    let product = power * high;
    let y_low = power.mul_add(low, power.mul_add(high, -product));
    let y_low = if product.abs() < 1100.0 { y_low } else { 0.0 };
    let y = if product > 1024.25 { 1024.25 } else { product };
    let y = if y < -1100.0 { -1100.0 } else { y };
    let shifted = y + ROUND;
    let k = shifted - ROUND;
    let magnitude = scale(exp2_fraction_m1(y - k, y_low), shifted, k);

    let half = 0.5 * b;
    let integer = b.trunc() == b;
    let odd = integer & (half.trunc() != half);
    let negative = a.is_sign_negative();
    let sign = if odd { a.to_bits() & SIGN } else { 0 };
    // All bits set is a NaN.
    let imaginary = negative & !integer & !zero & !infinite;
    let bits = if imaginary { u64::MAX } else { sign };
    f64::from_bits(magnitude.to_bits() | bits)
}

/// Cube root, also of negative numbers (unlike `pow(x, 1.0 / 3.0)`), below 0.51 ulp (measured: 0.502).
#[inline(always)]
pub fn cbrt(x: f64) -> f64 {
    let a = x.abs();
    // The remainder below is to stay above the subnormal numbers, 2⁻¹⁰⁶ times the number itself.
    let tiny = a < 1e-250;
    let a = if tiny {
        a * (TWO_72 * TWO_72 * TWO_72)
    } else {
        a
    };
    let back = if tiny { 1.0 / TWO_72 } else { 1.0 };

    // The bits of a number, read as an integer, are nearly its logarithm: dividing them by −3 gives 1/∛a to 4 %. As
    // many of them as fit stand as the units of a number from 2⁵² on, and again in the result.
    let bits = f64::from_bits((a.to_bits() >> 12) | UNITS.to_bits());
    let start = bits.mul_add(-1.0 / 3.0, RECIPROCAL_CUBE_ROOT_BITS);
    let r = f64::from_bits(start.to_bits() << 12);
    // 1/∛a = r (1 − h)^(−1/3) with h = 1 − a r³, to 32 bits.
    let h = (a * r).mul_add(-(r * r), 1.0);
    let h2 = h * h;
    let p01 = h.mul_add(0.333_333_346_373_325_87, 0.999_999_999_988_538_6);
    let p23 = h.mul_add(0.172_829_617_454_827, 0.222_222_253_781_236_3);
    let p45 = h.mul_add(0.126_699_682_045_890_9, 0.144_018_889_231_838_2);
    let p46 = h2.mul_add(0.112_988_746_786_501_62, p45);
    let p = p46.mul_add(h2 * h2, p23.mul_add(h2, p01));
    // One step of Newton's for the root itself, whose remainder is exact enough for the last bit.
    let p_square = p * p;
    let y = (a * r * r) * p_square;
    let slope = (r * r * (back * (1.0 / 3.0))) * p_square;
    let y_square = y * y;
    let y_square_low = y.mul_add(y, -y_square);
    let remainder = y.mul_add(-y_square_low, y.mul_add(-y_square, a));
    let root = remainder.mul_add(slope, y * back);
    let root = if a < f64::INFINITY { root } else { a };
    root.copysign(x)
}

/// Sine of an angle in radians, below 0.8 ulp up to [`SIN_LIMIT`] (measured: 0.77); NaN beyond it.
#[inline(always)]
pub fn sin(x: f64) -> f64 {
    let (sine, cosine, quadrant) = quadrant(x.abs());
    let v = if quadrant & 1 == 0 { sine } else { cosine };
    let sign = ((quadrant & 2) << 62) ^ (x.to_bits() & SIGN);
    f64::from_bits(v.to_bits() ^ sign)
}

/// Cosine of an angle in radians, below 0.8 ulp up to [`SIN_LIMIT`] (measured: 0.77); NaN beyond it.
#[inline(always)]
pub fn cos(x: f64) -> f64 {
    let (sine, cosine, quadrant) = quadrant(x.abs());
    let v = if quadrant & 1 == 0 { cosine } else { sine };
    let sign = (quadrant.wrapping_add(1) & 2) << 62;
    f64::from_bits(v.to_bits() ^ sign)
}

/// Hyperbolic tangent, below 1.1 ulp (measured: 1.00).
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    // From 19.1 on the result is 1.
    let a = x.abs();
    let a = if a > 22.0 { 22.0 } else { a };
    let (t, t_low) = exp_m1_scaled(a + a, 1.0);
    // t / (t + 2), and what the quotient still lacks.
    let d = t + 2.0;
    let d_low = (t - (d - 2.0)) + t_low;
    let reciprocal = 1.0 / d;
    let quotient = t * reciprocal;
    let remainder = quotient.mul_add(-d, t) + quotient.mul_add(-d_low, t_low);
    remainder.mul_add(reciprocal, quotient).copysign(x)
}

/// Hyperbolic sine, below 1.3 ulp (measured: 1.24).
#[inline(always)]
pub fn sinh(x: f64) -> f64 {
    let a = x.abs();
    let Hyperbolic {
        r,
        r_low,
        even,
        odd,
        sum,
        difference,
    } = hyperbolic(a);
    // The two large terms may cancel: what is lost of their sum is kept.
    let linear = sum * r;
    let linear_low = sum.mul_add(r, -linear);
    let main = difference + linear;
    let lost = ((difference - main) + linear) + linear_low;
    let v = 4.0 * (main + difference.mul_add(even, sum.mul_add(odd + r_low, lost)));
    // The factors would lose bits of a subnormal number.
    (if a < 1e-20 { a } else { v }).copysign(x)
}

/// Hyperbolic cosine, below 1.5 ulp (measured: 1.45).
#[inline(always)]
pub fn cosh(x: f64) -> f64 {
    let Hyperbolic {
        r,
        even,
        odd,
        sum,
        difference,
        ..
    } = hyperbolic(x.abs());
    4.0 * (sum + sum.mul_add(even, difference * (r + odd)))
}

/// `x · factor` rounded to an integer: in the low bits of a number, and as a number.
#[inline(always)]
fn round(x: f64, factor: f64) -> (f64, f64) {
    let shifted = x.mul_add(factor, ROUND);
    (shifted, shifted - ROUND)
}

/// `unit · 2ᵏ`, k in the low bits of `shifted`, for a `unit` with which that is a normal number.
#[inline(always)]
fn power_of_two(shifted: f64, unit: f64) -> f64 {
    f64::from_bits((shifted.to_bits() << 52).wrapping_add(unit.to_bits()))
}

/// `(1 + q) · 2ᵏ` for |q| ≤ ½ and k from −1100 to 1024, `shifted` being `k + ROUND`. Rounded to 53 bits, and once
/// more only where the result is subnormal.
#[inline(always)]
fn scale(q: f64, shifted: f64, k: f64) -> f64 {
    // The first factor is normal; the second one lets the result underflow or overflow.
    // They are ½ and 2, moved apart by 128 binary exponents where k is below −1000: by a sign bit, shifted.
    let apart = ((k + 1000.0).to_bits() & SIGN) >> 4;
    let first = (shifted.to_bits() << 52)
        .wrapping_add(apart)
        .wrapping_add(0.5f64.to_bits());
    let (first, second) = (
        f64::from_bits(first),
        f64::from_bits(2.0f64.to_bits() - apart),
    );
    q.mul_add(first, first) * second
}

/// (eʳ − 1 − r) / r² for |r| ≤ ½ ln 2.
#[inline(always)]
fn exp_tail(r: f64) -> f64 {
    // Pairs, then pairs of pairs: a chain half as long as Horner's.
    let r2 = r * r;
    let r4 = r2 * r2;
    let p01 = r.mul_add(0.166_666_666_666_664_1, 0.500_000_000_000_001_1);
    let p23 = r.mul_add(8.333_333_333_495_59e-3, 4.166_666_666_652_921e-2);
    let p45 = r.mul_add(1.984_126_950_481_439e-4, 1.388_888_894_391_51e-3);
    let p67 = r.mul_add(2.755_758_731_846_106e-6, 2.480_149_277_146_601e-5);
    let p89 = r.mul_add(2.499_996_663_484_317_5e-8, 2.763_037_525_763_294e-7);
    let p03 = r2.mul_add(p23, p01);
    let p47 = r2.mul_add(p67, p45);
    r4.mul_add(r4.mul_add(p89, p47), p03)
}

/// 2 to the power `r + r_low`, less 1, for |r| ≤ ½.
#[inline(always)]
fn exp2_fraction_m1(r: f64, r_low: f64) -> f64 {
    let r2 = r * r;
    let r4 = r2 * r2;
    let p12 = r.mul_add(5.550_410_866_482_007e-2, 0.240_226_506_959_101_3);
    let p34 = r.mul_add(1.333_355_814_677_737_6e-3, 9.618_129_107_593_852e-3);
    let p56 = r.mul_add(1.525_273_349_126_257_3e-5, 1.540_353_045_748_474_5e-4);
    let p78 = r.mul_add(1.017_820_003_150_007_2e-7, 1.321_543_508_157_061_3e-6);
    let p90 = r.mul_add(4.434_748_013_456_011_7e-10, 7.073_820_016_595_168e-9);
    let p14 = r2.mul_add(p34, p12);
    let p58 = r2.mul_add(p78, p56);
    let tail = r4.mul_add(r4.mul_add(p90, p58), p14);
    // The low part and what ln 2 lacks, times 2ʳ to a few digits.
    let about = r2.mul_add(p14, r.mul_add(LN_2, 1.0));
    let low = about * r_low.mul_add(LN_2, r * LN_2_LOW);
    r.mul_add(LN_2, r2.mul_add(tail, low))
}

/// (eˣ − 1) · unit for x from −50 to 710; above 700 only for a unit of ½ or less.
#[inline(always)]
fn exp_m1_scaled(x: f64, unit: f64) -> (f64, f64) {
    let (shifted, k) = round(x, LOG2_E);
    let r_high = k.mul_add(-LN_2, x);
    let r = k.mul_add(-LN_2_LOW, r_high);
    let r_low = k.mul_add(-LN_2_LOW, r_high - r);
    // 2ᵏ (1 + r + tail) − 1. The sum of the two large terms is kept exactly: they may cancel.
    let power = power_of_two(shifted, unit);
    let whole = power - unit;
    let linear = power * r;
    let sum = whole + linear;
    let lost = (whole - sum) + linear;
    let small = power.mul_add((r * r).mul_add(exp_tail(r), r_low), lost);
    let v = sum + small;
    (v, (sum - v) + small)
}

/// Of x = k ln 2 + r: what its hyperbolic sine and cosine are made of.
struct Hyperbolic {
    r: f64,
    r_low: f64,
    /// cosh r − 1
    even: f64,
    /// sinh r − r
    odd: f64,
    /// (2ᵏ + 2⁻ᵏ) / 8
    sum: f64,
    /// (2ᵏ − 2⁻ᵏ) / 8
    difference: f64,
}

/// For x ≥ 0. From 711 on both functions are infinite, and stay so at this bound.
#[inline(always)]
fn hyperbolic(x: f64) -> Hyperbolic {
    let x = if x > 711.0 { 711.0 } else { x };
    let (shifted, k) = round(x, LOG2_E);
    let r_high = k.mul_add(-LN_2, x);
    let r = k.mul_add(-LN_2_LOW, r_high);
    let r_low = k.mul_add(-LN_2_LOW, r_high - r);
    let z = r * r;
    let even = z
        .mul_add(2.763_147_567_375_197_6e-7, 2.480_148_939_680_465_6e-5)
        .mul_add(z, 1.388_888_894_754_649e-3)
        .mul_add(z, 4.166_666_666_651_333e-2)
        .mul_add(z, 0.500_000_000_000_001_3);
    let odd = z
        .mul_add(2.510_914_229_188_074_7e-8, 2.755_724_392_947_845_2e-6)
        .mul_add(z, 1.984_126_988_637_961_2e-4)
        .mul_add(z, 8.333_333_333_321_543e-3)
        .mul_add(z, 0.166_666_666_666_666_77);
    let larger = power_of_two(shifted, 0.125);
    // Where the smaller power could no longer be written down it no longer counts.
    let smaller = power_of_two(ROUND - k, 0.125);
    let smaller = if k < 100.0 { smaller } else { 0.0 };
    Hyperbolic {
        r,
        r_low,
        even: z * even,
        odd: z * r * odd,
        sum: larger + smaller,
        difference: larger - smaller,
    }
}

/// A positive number as m · 2ᵏ with m from √½ to √2; finite numbers for any other.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    // Subnormal numbers become normal.
    let tiny = x < f64::MIN_POSITIVE;
    let normal = if tiny { x * TWO_54 } else { x };
    let shifted = normal.to_bits().wrapping_add(1.0f64.to_bits() - SQRT_HALF);
    let m = f64::from_bits((shifted & MANTISSA).wrapping_add(SQRT_HALF));
    let k = f64::from_bits((shifted >> 52) | UNITS.to_bits()) - (UNITS + 1023.0);
    let k = k - if tiny { 54.0 } else { 0.0 };
    (m, k)
}

/// ln m = f − f²/2 + s · f²/2 + s³ · series, for m from √½ to √2.
struct LnParts {
    f: f64,
    minus_half_square: f64,
    s: f64,
    cube: f64,
    series: f64,
}

#[inline(always)]
fn ln_parts(m: f64) -> LnParts {
    let f = m - 1.0;
    let s = f / (m + 1.0);
    let z = s * s;
    let z2 = z * z;
    let p01 = z.mul_add(0.399_999_999_994_140_2, 0.666_666_666_666_673_4);
    let p23 = z.mul_add(0.222_221_985_531_813_38, 0.285_714_287_425_602_5);
    let p45 = z.mul_add(0.153_140_187_308_728_58, 0.181_835_654_721_432_04);
    let p46 = z2.mul_add(0.147_962_914_525_343_7, p45);
    LnParts {
        f,
        minus_half_square: -0.5 * f * f,
        s,
        cube: s * z,
        series: p46.mul_add(z2 * z2, p23.mul_add(z2, p01)),
    }
}

/// What a finite number is to be increased by to become the logarithm of x: 0 where x is positive and finite.
#[inline(always)]
fn logarithm_pole(x: f64) -> f64 {
    let zero = if x == 0.0 { f64::NEG_INFINITY } else { 0.0 };
    let negative = if x < 0.0 { f64::NAN } else { 0.0 };
    let high = if x <= f64::MAX { 0.0 } else { x };
    (zero + negative) + high
}

/// log₂ of a positive number as a pair, exact to 2⁻⁶⁵ of itself; infinite or NaN if `pole` is.
#[inline(always)]
fn log2_pair(x: f64, pole: f64) -> (f64, f64) {
    let (m, k) = split(x);
    let k = k + pole;
    // s = f / d as a pair, where 1 / d = (1 − s) / 2.
    let f = m - 1.0;
    let d = m + 1.0;
    let d_low = f - (d - 2.0);
    let s = f / d;
    let s_low = s.mul_add(-d_low, s.mul_add(-d, f)) * s.mul_add(-0.5, 0.5);
    // Its cube as a pair.
    let z = s * s;
    let z_lost = s.mul_add(s, -z);
    let cube = s * z;
    let cube_low = s.mul_add(z_lost, s.mul_add(z, -cube));
    let cube_low = (3.0 * z).mul_add(s_low, cube_low);
    // 2/ln 2 · artanh s = c₀ s + c₁ s³ + s⁵ · series, c₀ and c₁ as pairs.
    let z2 = z * z;
    let p01 = z.mul_add(0.412_198_583_111_301_3, 0.577_078_016_355_585_2);
    let p23 = z.mul_add(0.262_308_197_589_882_55, 0.320_598_897_922_436_8);
    let p45 = z.mul_add(0.192_398_986_386_109_1, 0.221_952_336_624_350_18);
    let p67 = z.mul_add(0.172_479_575_132_756_2, 0.168_495_240_884_516_9);
    let p03 = z2.mul_add(p23, p01);
    let p47 = z2.mul_add(p67, p45);
    let fifth = (cube * z) * p47.mul_add(z2 * z2, p03);
    let first = s * C0;
    let first_low = s_low.mul_add(C0, s.mul_add(C0_LOW, s.mul_add(C0, -first)));
    let third = cube * C1;
    let third_low = cube_low.mul_add(C1, cube.mul_add(C1_LOW, cube.mul_add(C1, -third)));
    // The larger ones first, so that what each sum loses is exact.
    let sum1 = k + first;
    let lost1 = (k - sum1) + first;
    let sum3 = sum1 + third;
    let lost3 = (sum1 - sum3) + third;
    let sum5 = sum3 + fifth;
    let lost5 = (sum3 - sum5) + fifth;
    (sum5, lost5 + ((lost1 + first_low) + (lost3 + third_low)))
}

/// Sine and cosine of what an angle ≥ 0 has beyond a multiple of π/2, and that multiple in the low bits.
#[inline(always)]
fn quadrant(x: f64) -> (f64, f64, u64) {
    let (shifted, n) = round(x, FRAC_2_PI);
    // π/2 in three parts of 53 bits. The first difference is exact, the second one a pair.
    let first = n.mul_add(-FRAC_PI_2, x);
    let second = n * FRAC_PI_2_LOW;
    let second_low = n.mul_add(FRAC_PI_2_LOW, -second);
    let second_low = second_low + if x <= SIN_LIMIT { 0.0 } else { f64::NAN };
    let r = first - second;
    let r_low = n.mul_add(-FRAC_PI_2_LOWEST, ((first - r) - second) - second_low);

    let z = r * r;
    let w = z * z;
    let odd = w
        .mul_add(1.589_558_100_576_930_1e-10, 2.755_731_356_769_422_2e-6)
        .mul_add(w, 8.333_333_333_322_007e-3);
    let even = w
        .mul_add(-2.505_073_787_962_275_8e-8, -1.984_126_982_946_556_3e-4)
        .mul_add(w, -0.166_666_666_666_666_3);
    let cube = z * r;
    let slope = z.mul_add(-0.5, 1.0);
    let sine = r + odd.mul_add(z, even).mul_add(cube, r_low * slope);

    let odd = w
        .mul_add(-1.135_890_696_346_812_1e-11, -2.755_731_425_795_238e-7)
        .mul_add(w, -1.388_888_888_887_368e-3);
    let even = w
        .mul_add(2.087_570_966_282_339_8e-9, 2.480_158_728_917_819e-5)
        .mul_add(w, 4.166_666_666_666_659_5e-2);
    let half = 0.5 * r;
    let main = half.mul_add(-r, 1.0);
    let lost = half.mul_add(-r, 1.0 - main);
    let cosine = main + r.mul_add(-r_low, odd.mul_add(z, even).mul_add(w, lost));
    (sine, cosine, shifted.to_bits())
}

#[cfg(test)]
mod tests;

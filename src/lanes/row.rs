//! Loops over the numbers of all lanes.
//!
//! Each makes a new row: a result that is written in place could be one of the operands, as far as a compiler can see,
//! and loops that ask for that are slower than the copy.

/// f(a) in each lane.
#[inline(always)]
pub fn map<const W: usize>(a: &[f64; W], f: impl Fn(f64) -> f64) -> [f64; W] {
    let mut out = [0.0; W];
    for w in 0..W {
        out[w] = f(a[w]);
    }
    out
}

/// f(a, b) in each lane.
#[inline(always)]
pub fn zip<const W: usize>(a: &[f64; W], b: &[f64; W], f: impl Fn(f64, f64) -> f64) -> [f64; W] {
    let mut out = [0.0; W];
    for w in 0..W {
        out[w] = f(a[w], b[w]);
    }
    out
}

/// f(a, b, c) in each lane.
#[inline(always)]
pub fn zip3<const W: usize>(
    a: &[f64; W],
    b: &[f64; W],
    c: &[f64; W],
    f: impl Fn(f64, f64, f64) -> f64,
) -> [f64; W] {
    let mut out = [0.0; W];
    for w in 0..W {
        out[w] = f(a[w], b[w], c[w]);
    }
    out
}

/// `sum` + a b: with one rounding where `FUSED`, else with two. A program that is compiled for any processor has no fast
/// instruction for the former, one for lanes has.
#[inline(always)]
pub fn add_product<const FUSED: bool>(sum: f64, a: f64, b: f64) -> f64 {
    if FUSED {
        a.mul_add(b, sum)
    } else {
        sum + a * b
    }
}

/// `a` where `choice` is above 0, else `b`.
#[inline(always)]
pub fn select<const W: usize>(choice: &[f64; W], a: &[f64; W], b: &[f64; W]) -> [f64; W] {
    zip3(choice, a, b, |c, a, b| if c > 0.0 { a } else { b })
}

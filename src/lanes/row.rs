//! Loops over the numbers of all lanes.
//!
//! Each makes a new row: a result that is written in place could be one of the operands, as far as a compiler can see,
//! and loops that ask for that are slower than the copy.

/// Stands in each loop over rows. A compiler may write out the loop over the lanes of a row and then take the rows for what
/// is to be vectorised, with gathers, which is several times slower: it leaves alone a loop with something unknown in it.
#[inline(always)]
pub fn row_by_row<const W: usize>() {
    if W > 1 {
        std::hint::black_box(());
    }
}

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

/// The lanes in which a number is above 0: bit w for lane w.
#[inline(always)]
pub fn bits<const W: usize>(row: &[f64; W]) -> u64 {
    let mut bits = 0;
    for (w, x) in row.iter().enumerate() {
        bits |= if *x > 0.0 { 1 << w } else { 0 };
    }
    bits
}

/// 1 in the lanes of the bits, else 0.
pub fn row_of<const W: usize>(bits: u64) -> [f64; W] {
    std::array::from_fn(|w| if bits >> w & 1 == 1 { 1.0 } else { 0.0 })
}

/// The lanes of the bits, in ascending order.
pub fn lanes(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let w = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (w < 64).then_some(w)
    })
}

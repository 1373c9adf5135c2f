//! placeholder
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    x.exp()
}
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    x.ln()
}
#[inline(always)]
pub fn log10(x: f64) -> f64 {
    x.log10()
}
#[inline(always)]
pub fn sin(x: f64) -> f64 {
    x.sin()
}
#[inline(always)]
pub fn cos(x: f64) -> f64 {
    x.cos()
}
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    x.tanh()
}
#[inline(always)]
pub fn pow(a: f64, b: f64) -> f64 {
    a.powf(b)
}
#[inline(always)]
pub fn cbrt(a: f64) -> f64 {
    a.cbrt()
}

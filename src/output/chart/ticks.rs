//! Scales: from values to positions between 0 and 1, with ticks at 1-2-5 steps.

use super::Axis;
use super::font::{Weight, wrap};
use super::numbers::number;
pub use super::numbers::{grouped, short, superscript};

/// A place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Position on the axis, 0 to 1.
    pub at: f64,
    /// The number as printed.
    pub label: String,
}

/// An axis that knows where each value goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    log: bool,
    /// Power of ten that linear values are divided by, so that neither 1e300 nor 1e-300 over- or underflows.
    factor: f64,
    /// Ends, in units of `factor`, or as decimal logarithms.
    lo: f64,
    hi: f64,
    /// Ticks in ascending order.
    pub ticks: Vec<Tick>,
    /// Unlabelled places between the decades of a logarithmic axis.
    pub minor: Vec<f64>,
}

impl Scale {
    /// A scale for an axis whose data go from `lo` to `hi`, with about `wanted` ticks.
    /// `None` without data: ends that are not finite, or nothing positive on a logarithmic axis.
    pub fn new(axis: &Axis, data: Option<(f64, f64)>, wanted: usize) -> Option<Scale> {
        if !axis.names.is_empty() {
            return Some(Scale::named(&axis.names));
        }
        let usable = |v: f64| v.is_finite() && (!axis.log || v > 0.0);
        let given = axis
            .range
            .filter(|(a, b)| usable(*a) && usable(*b) && a != b);
        let exact = given.is_some();
        let (a, b) = given.or(data).filter(|(a, b)| usable(*a) && usable(*b))?;
        let (lo, hi) = (a.min(b), a.max(b));
        Some(if axis.log {
            logarithmic(lo, hi, wanted, exact)
        } else {
            linear(lo, hi, wanted, exact)
        })
    }

    /// A scale with a name at each whole number from 0, and half a step of room at both ends.
    fn named(names: &[String]) -> Scale {
        let n = names.len() as f64;
        let tick = |(i, name): (usize, &String)| Tick {
            at: (i as f64 + 0.5) / n,
            label: name.clone(),
        };
        Scale {
            log: false,
            factor: 1.0,
            lo: -0.5,
            hi: n - 0.5,
            ticks: names.iter().enumerate().map(tick).collect(),
            minor: Vec::new(),
        }
    }

    /// The same with labels cut to the room between two ticks on an axis of this width.
    pub(super) fn fitted(mut self, width: f64, size: f64) -> Scale {
        let room = width / self.ticks.len().max(1) as f64 - 0.7 * size;
        for tick in &mut self.ticks {
            let lines = wrap(&tick.label, room.max(size), size, Weight::Regular, 1);
            tick.label = lines.into_iter().next().unwrap_or_default();
            // Too many for words: they stay in the description.
            if room < 2.0 * size {
                tick.label.clear();
            }
        }
        self
    }

    /// A scale that ends exactly at `lo` and `hi`, and not with a tick.
    pub fn tight(axis: &Axis, (lo, hi): (f64, f64), wanted: usize) -> Option<Scale> {
        let mut best: Option<Scale> = None;
        for wanted in wanted..wanted + 4 {
            let scale = Scale::new(axis, Some((lo, hi)), wanted)?;
            if !axis.names.is_empty() {
                return Some(scale);
            }
            let scale = scale.cut(lo, hi);
            if scale.ticks.len() > 1 {
                return Some(scale);
            }
            best = best.or(Some(scale));
        }
        best
    }

    fn cut(mut self, lo: f64, hi: f64) -> Scale {
        let (from, to) = (self.at(lo), self.at(hi));
        // Constant data, or none: the axis around them stays.
        if (to - from).is_nan() || to - from <= 1e-6 {
            return self;
        }
        let span = self.hi - self.lo;
        (self.lo, self.hi) = (self.lo + from * span, self.lo + to * span);
        let moved = |at: f64| (at - from) / (to - from);
        let inside = |at: f64| (-1e-9..=1.0 + 1e-9).contains(&at);
        for tick in &mut self.ticks {
            tick.at = moved(tick.at);
        }
        self.ticks.retain(|tick| inside(tick.at));
        self.minor = self.minor.iter().map(|at| moved(*at)).collect();
        self.minor.retain(|at| inside(*at));
        self
    }

    /// Whether the scale is logarithmic.
    pub fn is_log(&self) -> bool {
        self.log
    }

    /// The value at a position, 0 to 1 inside the axis.
    pub fn value(&self, at: f64) -> f64 {
        let x = self.lo + at * (self.hi - self.lo);
        if self.log {
            10f64.powf(x)
        } else {
            x * self.factor
        }
    }

    /// Position of a value, 0 to 1 inside the axis; NaN for what has no place.
    pub fn at(&self, value: f64) -> f64 {
        let x = if self.log {
            if value > 0.0 { value.log10() } else { f64::NAN }
        } else {
            value / self.factor
        };
        (x - self.lo) / (self.hi - self.lo)
    }

    /// The lower end of a logarithmic axis, as it is written.
    pub fn lowest_power(&self) -> String {
        let exponent = (self.lo + 1e-9).floor();
        number(10f64.powf(self.lo - exponent), exponent as i32, 0)
    }

    /// The same axis with its ends moved outwards by these parts of the new length; the ticks stay with their values.
    pub fn with_room(mut self, below: f64, above: f64) -> Scale {
        let kept = 1.0 - below - above;
        let span = (self.hi - self.lo) / kept;
        (self.lo, self.hi) = (self.lo - below * span, self.hi + above * span);
        for tick in &mut self.ticks {
            tick.at = below + kept * tick.at;
        }
        for at in &mut self.minor {
            *at = below + kept * *at;
        }
        self
    }

    /// The same axis with fewer ticks if some are closer than `least`: multiples of a larger 1-2-5 step, 0 among them
    /// where it is in the range; powers of ten on a logarithmic axis. The ends then need not be among them.
    pub fn spaced(mut self, least: f64) -> Scale {
        let apart = |ticks: &[Tick]| ticks.windows(2).all(|w| w[1].at - w[0].at >= least);
        if apart(&self.ticks) {
            return self;
        }
        let fewer = if self.log {
            self.powers_of_ten(least)
        } else {
            self.coarser(least)
        };
        let all = std::mem::take(&mut self.ticks);
        let every = |stride| all.iter().step_by(stride).cloned().collect::<Vec<Tick>>();
        let strides = (2..all.len()).map(every);
        let mut choices = std::iter::once(fewer).chain(strides);
        let enough = |ticks: &Vec<Tick>| ticks.len() > 1 && apart(ticks);
        self.ticks = choices.find(enough).unwrap_or_else(|| {
            // The lowest of panels: the two ends.
            let ends = [all.first(), all.last()];
            ends.into_iter().flatten().cloned().collect()
        });
        if self.log {
            let kept = |tick: &Tick| self.ticks.iter().any(|t| t.at == tick.at);
            let dropped = all.iter().filter(|tick| !kept(tick)).map(|tick| tick.at);
            self.minor.extend(dropped);
        }
        self
    }

    fn coarser(&self, least: f64) -> Vec<Tick> {
        let span = self.hi - self.lo;
        let middle = (least * span).log10().floor() as i32;
        let series = (middle..=middle + 1).flat_map(|e| [1, 2, 5].map(|digit| (digit, e)));
        let steps = series.map(|(digit, exponent)| {
            let mut steps = Steps {
                first: 0,
                last: 0,
                digit,
                exponent,
            };
            let step = steps.step();
            let hair = 1e-6;
            steps.first = (self.lo / step - hair).ceil() as i64;
            steps.last = (self.hi / step + hair).floor() as i64;
            steps
        });
        let mut wide_enough = steps.filter(|s| s.step() >= least * span * (1.0 - 1e-9));
        let Some(steps) = wide_enough.next() else {
            return Vec::new();
        };
        let exponent = self.factor.log10().round() as i32;
        let values = steps.values().into_iter();
        let ticks = values.map(|v| Tick {
            at: (v - self.lo) / span,
            label: number(v, exponent, steps.decimals()),
        });
        ticks.collect()
    }

    fn powers_of_ten(&self, least: f64) -> Vec<Tick> {
        let span = self.hi - self.lo;
        let strides = [1, 2, 5, 10, 20, 50, 100, 200].map(f64::from);
        let Some(stride) = strides.into_iter().find(|s| *s >= least * span) else {
            return Vec::new();
        };
        let first = ((self.lo - 1e-9) / stride).ceil() as i64;
        let last = ((self.hi + 1e-9) / stride).floor() as i64;
        let exponents: Vec<f64> = (first..=last).map(|i| i as f64 * stride).collect();
        let labels = power_labels(&exponents);
        let places = exponents.iter().map(|e| (e - self.lo) / span);
        let ticks = places.zip(labels).map(|(at, label)| Tick { at, label });
        ticks.collect()
    }
}

fn linear(lo: f64, hi: f64, wanted: usize, exact: bool) -> Scale {
    let size = lo.abs().max(hi.abs());
    // Below that, tenth powers are no longer exact to a digit; it is 0 for every reader.
    let exponent = if size < 1e-290 {
        0
    } else {
        size.log10().floor() as i32
    };
    let factor = 10f64.powi(exponent);
    let (mut lo, mut hi) = (lo / factor, hi / factor);
    if size < 1e-290 {
        // Most of what is 0 all the time cannot be negative.
        (lo, hi) = (0.0, 1.0);
    } else if hi - lo < 1e-9 * lo.abs().max(hi.abs()) {
        // Constant to nine digits: rounding noise, enlarged, would look like a signal.
        let around = (lo + hi) / 2.0;
        (lo, hi) = (around - 0.1 * around.abs(), around + 0.1 * around.abs());
    }
    let steps = steps(lo, hi, wanted);
    let mut values = steps.values();
    if exact {
        values = within(&steps, lo, hi);
    } else {
        (lo, hi) = (values[0], values[values.len() - 1]);
    }
    let ticks = values.iter().map(|v| Tick {
        at: (v - lo) / (hi - lo),
        label: number(*v, exponent, steps.decimals()),
    });
    Scale {
        log: false,
        factor,
        lo,
        hi,
        ticks: ticks.collect(),
        minor: Vec::new(),
    }
}

/// Ticks inside exact ends, and the ends themselves; a tick too close to an end gives way.
fn within(steps: &Steps, lo: f64, hi: f64) -> Vec<f64> {
    let near = 0.45 * steps.step();
    let inside = steps.values().into_iter();
    let inside = inside.filter(|v| *v > lo + near && *v < hi - near);
    std::iter::once(lo).chain(inside).chain([hi]).collect()
}

/// Multiples of a 1-2-5 step, from `first` to `last`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    first: i64,
    last: i64,
    /// 1, 2 or 5.
    digit: i64,
    /// The step is `digit` · 10^`exponent`.
    exponent: i32,
}

impl Steps {
    fn step(&self) -> f64 {
        self.value(1)
    }

    fn value(&self, i: i64) -> f64 {
        let n = (i * self.digit) as f64;
        // Dividing by a whole power of ten gives the double nearest to the decimal number; multiplying by 0.1 does not.
        if self.exponent < 0 {
            n / 10f64.powi(-self.exponent)
        } else {
            n * 10f64.powi(self.exponent)
        }
    }

    /// The ticks in ascending order.
    pub fn values(&self) -> Vec<f64> {
        (self.first..=self.last).map(|i| self.value(i)).collect()
    }

    fn decimals(&self) -> usize {
        (-self.exponent).max(0) as usize
    }
}

/// The 1-2-5 steps that cover `lo` to `hi` with 3 to 10 ticks, close to `wanted` ticks and with little room wasted.
/// Needs `lo < hi`, both finite and of ordinary size (the callers scale them).
pub fn steps(lo: f64, hi: f64, wanted: usize) -> Steps {
    let span = hi - lo;
    let middle = span.log10().floor() as i32;
    let mut best: Option<(f64, Steps)> = None;
    for exponent in middle - 2..=middle + 1 {
        for digit in [1, 2, 5] {
            let step = digit as f64 * 10f64.powi(exponent);
            let (from, to) = (lo / step, hi / step);
            // A hair of tolerance: 0.30000000000000004 is meant to be 0.3.
            let hair = 1e-6 * (to - from).min(1.0);
            let (first, last) = ((from + hair).floor() as i64, (to - hair).ceil() as i64);
            let n = last - first + 1;
            if !(3..=10).contains(&n) {
                continue;
            }
            let waste = ((last - first) as f64 * step / span - 1.0).max(0.0);
            let off = (n as f64 / wanted.clamp(3, 10) as f64).ln().abs();
            let cost = 2.0 * waste + off;
            if best.is_none_or(|(least, _)| cost < least) {
                let it = Steps {
                    first,
                    last,
                    digit,
                    exponent,
                };
                best = Some((cost, it));
            }
        }
    }
    // Some step always divides the span into two to five parts; the fallback is for ends that break the contract.
    best.map_or(
        Steps {
            first: -1,
            last: 1,
            digit: 1,
            exponent: 0,
        },
        |(_, steps)| steps,
    )
}

fn logarithmic(lo: f64, hi: f64, wanted: usize, exact: bool) -> Scale {
    let (mut from, mut to) = (lo.log10(), hi.log10());
    if to - from < 1e-9 {
        (from, to) = (from - 0.5, to + 0.5);
    }
    let places = log_places(from, to, wanted);
    let mut ends = (from, to);
    if !exact {
        ends = places.ends;
    }
    let inside = |at: f64| (-1e-9..=1.0 + 1e-9).contains(&at);
    let position = |x: f64| (x - ends.0) / (ends.1 - ends.0);
    let major = places.major.into_iter().map(|(x, label)| Tick {
        at: position(x),
        label,
    });
    let minor = places.minor.into_iter().map(position);
    Scale {
        log: true,
        factor: 1.0,
        lo: ends.0,
        hi: ends.1,
        ticks: major.filter(|tick| inside(tick.at)).collect(),
        minor: minor.filter(|at| inside(*at)).collect(),
    }
}

struct LogPlaces {
    /// Logarithm and label, at least two.
    major: Vec<(f64, String)>,
    minor: Vec<f64>,
    /// Where an axis that may be longer than its data ends.
    ends: (f64, f64),
}

impl LogPlaces {
    fn to_its_ends(major: Vec<(f64, String)>) -> LogPlaces {
        LogPlaces {
            ends: (major[0].0, major[major.len() - 1].0),
            major,
            minor: Vec::new(),
        }
    }
}

/// Ticks that cover `from` to `to` (logarithms): plain steps within half a decade, 1-2-5 within three, else decades.
fn log_places(from: f64, to: f64, wanted: usize) -> LogPlaces {
    if to - from < 0.5 && from > -300.0 && to < 306.0 {
        let exponent = to.floor() as i32;
        let factor = 10f64.powi(exponent);
        let plain = steps(10f64.powf(from) / factor, 10f64.powf(to) / factor, wanted);
        if plain.first > 0 {
            let label = |v: &f64| number(*v, exponent, plain.decimals());
            let place = |v: &f64| (v.log10() + f64::from(exponent), label(v));
            return LogPlaces::to_its_ends(plain.values().iter().map(place).collect());
        }
    }
    let hair = 1e-9 * (to - from).max(1.0);
    let series: Vec<(f64, i32, i64)> = (from.floor() as i32..=to.ceil() as i32)
        .flat_map(|e| [1, 2, 5].map(|d| (f64::from(e) + (d as f64).log10(), e, d)))
        .collect();
    let first = series.iter().rposition(|s| s.0 <= from + hair).unwrap_or(0);
    let last = series
        .iter()
        .position(|s| s.0 >= to - hair)
        .unwrap_or(series.len() - 1);
    if (3..=10).contains(&(last + 1 - first)) {
        let label = |e: i32, d: i64| number(d as f64, e, 0);
        let chosen = series[first..=last].iter();
        return LogPlaces::to_its_ends(chosen.map(|s| (s.0, label(s.1, s.2))).collect());
    }
    let mut decades = steps(from, to, wanted);
    if decades.exponent < 0 {
        (decades.digit, decades.exponent) = (1, 0);
        decades.first = (from + hair).floor() as i64;
        decades.last = (to - hair).ceil() as i64;
    }
    let exponents = decades.values();
    let labels = power_labels(&exponents);
    let major: Vec<_> = exponents.iter().copied().zip(labels).collect();
    let mut places = LogPlaces::to_its_ends(major);
    if decades.step() == 1.0 {
        let between = |e: i64| (2..10).map(move |d| e as f64 + f64::from(d).log10());
        places.minor = (decades.first..decades.last).flat_map(between).collect();
    }
    // A tick at the end is worth a tenth of the axis, no more.
    let wasted = |room: f64| room > 0.1 * (to - from);
    let mut ends = places.ends;
    if wasted(from - ends.0) {
        ends.0 = series[first].0;
    }
    if wasted(ends.1 - to) {
        ends.1 = series[last].0;
    }
    let inside = exponents.iter().filter(|e| **e >= ends.0 && **e <= ends.1);
    if inside.count() > 1 {
        places.ends = ends;
    }
    places
}

/// Powers of ten: plain numbers if all are of ordinary size.
fn power_labels(exponents: &[f64]) -> Vec<String> {
    let plain = exponents.iter().all(|e| (-3.0..=4.0).contains(e));
    let label = |e: &f64| match (plain, *e as i32) {
        (true, e) => number(1.0, e, 0),
        (false, e) => format!("10{}", superscript(e)),
    };
    exponents.iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(lo: f64, hi: f64, log: bool) -> Vec<String> {
        let axis = Axis {
            log,
            ..Axis::default()
        };
        let scale = Scale::new(&axis, Some((lo, hi)), 6).expect("a scale");
        scale.ticks.into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn numbers_look_as_in_a_textbook() {
        let cases: [(f64, f64, bool, &str); 12] = [
            (0.0, 0.73, false, "0 0.2 0.4 0.6 0.8"),
            (0.0, 8.6, false, "0 2 4 6 8 10"),
            (-1.0, 1.0, false, "−1.0 −0.5 0 0.5 1.0"),
            (
                0.0,
                50_000.0,
                false,
                "0 10\u{2009}000 20\u{2009}000 30\u{2009}000 40\u{2009}000 50\u{2009}000",
            ),
            (0.0, 5e-6, false, "0 10⁻⁶ 2×10⁻⁶ 3×10⁻⁶ 4×10⁻⁶ 5×10⁻⁶"),
            (
                0.0,
                1e300,
                false,
                "0 0.2×10³⁰⁰ 0.4×10³⁰⁰ 0.6×10³⁰⁰ 0.8×10³⁰⁰ 1.0×10³⁰⁰",
            ),
            (1e-6, 1e6, true, "10⁻⁶ 10⁻⁴ 10⁻² 10⁰ 10² 10⁴ 10⁶"),
            (0.01, 100.0, true, "0.01 0.1 1 10 100"),
            (3.0, 150.0, true, "2 5 10 20 50 100 200"),
            (4.0, 5.0, true, "4.0 4.2 4.4 4.6 4.8 5.0"),
            (
                1e-300,
                1e300,
                true,
                "10⁻³⁰⁰ 10⁻²⁰⁰ 10⁻¹⁰⁰ 10⁰ 10¹⁰⁰ 10²⁰⁰ 10³⁰⁰",
            ),
            (2e-7, 8e-7, true, "2×10⁻⁷ 5×10⁻⁷ 10⁻⁶"),
        ];
        for (lo, hi, log, expected) in cases {
            assert_eq!(labels(lo, hi, log).join(" "), expected, "{lo} to {hi}");
        }
    }

    #[test]
    fn given_ends_are_kept_and_labelled() {
        let axis = Axis {
            range: Some((0.0, 0.73)),
            ..Axis::default()
        };
        let scale = Scale::new(&axis, None, 6).expect("a scale");
        let labels: Vec<_> = scale.ticks.iter().map(|t| &*t.label).collect();
        assert_eq!(labels.first(), Some(&"0"));
        assert_eq!(labels.last(), Some(&"0.73"));
        assert_eq!(scale.at(0.73), 1.0);
    }
}

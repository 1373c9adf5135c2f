//! A curve that another is compared with: seen as its shadow, and never taken for it.

use super::Series;
use super::font::Weight;
use super::palette::{self, Stroke};

/// How a curve is drawn that has the colour of that number.
pub(super) fn stroke(series: &Series, color: usize) -> Stroke {
    let own = palette::color(color);
    match series.like {
        None => own,
        Some(_) => own.pale(),
    }
}

/// Width of its line, in text sizes.
pub(super) fn width(series: &Series) -> f64 {
    match series.like {
        None => 0.145,
        Some(_) => 0.11,
    }
}

/// How its name is written.
pub(super) fn weight(series: &Series) -> Weight {
    match series.like {
        None => Weight::Bold,
        Some(_) => Weight::Regular,
    }
}

//! Extrema along the way.

use super::Extremum;
use super::block::Row;
use crate::lanes::row::{row_by_row, select, zip3};
use crate::lanes::{Rows, Task};

/// Best value so far of each extremum in each lane, and its time.
pub(super) struct Gather<const W: usize> {
    pub value: Rows<W>,
    pub time: Rows<W>,
}

impl<const W: usize> Gather<W> {
    pub fn new(extrema: usize) -> Self {
        Gather {
            value: Rows::zeros(extrema),
            time: Rows::zeros(extrema),
        }
    }

    /// Forgets what lane `w` has seen.
    pub fn clear(&mut self, w: usize, extrema: &[Extremum]) {
        for ((value, time), extremum) in self.value.iter_mut().zip(&mut self.time).zip(extrema) {
            value[w] = if extremum.max {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            };
            time[w] = f64::NAN;
        }
    }
}

/// Takes the watched functions `g` at `times` in the lanes in which `taken` is 1. A value that is not a number stays.
pub(super) struct Take<'a, const W: usize> {
    pub gather: &'a mut Gather<W>,
    pub extrema: &'a [Extremum],
    pub g: &'a [Row<W>],
    pub times: &'a Row<W>,
    pub taken: &'a Row<W>,
}

impl<const W: usize> Task for Take<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (k, extremum) in self.extrema.iter().enumerate() {
            row_by_row::<W>();
            let g = &self.g[extremum.value];
            let (value, time) = (&mut self.gather.value[k], &mut self.gather.time[k]);
            let sign = if extremum.max { 1.0 } else { -1.0 };
            let take = zip3(self.taken, g, value, |taken, g, value| {
                let better = sign * g > sign * value || g.is_nan();
                if better && taken > 0.0 { 1.0 } else { 0.0 }
            });
            *value = select(&take, g, value);
            *time = select(&take, self.times, time);
        }
    }
}

//! Extrema along the way.

use super::Extremum;
use super::block::Row;
use crate::lanes::Task;

/// Best value so far of each extremum in each lane, and its time.
pub(super) struct Gather<const W: usize> {
    pub value: Vec<Row<W>>,
    pub time: Vec<Row<W>>,
}

impl<const W: usize> Gather<W> {
    pub fn new(extrema: usize) -> Self {
        Gather {
            value: vec![[0.0; W]; extrema],
            time: vec![[0.0; W]; extrema],
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
            let g = &self.g[extremum.value];
            let (value, time) = (&mut self.gather.value[k], &mut self.gather.time[k]);
            let sign = if extremum.max { 1.0 } else { -1.0 };
            for w in 0..W {
                let better = sign * g[w] > sign * value[w] || g[w].is_nan();
                let take = better && self.taken[w] > 0.0;
                value[w] = if take { g[w] } else { value[w] };
                time[w] = if take { self.times[w] } else { time[w] };
            }
        }
    }
}

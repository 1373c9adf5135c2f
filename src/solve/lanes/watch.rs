//! What an attempt may have crossed.
//!
//! Event functions are seen at both ends of an attempt and in its middle. Around 0 lies a band as wide as the change of
//! the function under errors of the states that the tolerance admits: a sign that comes and goes inside it means nothing.

use super::block::{Block, Later, Now, Row};
use super::landing::Landing;
use super::{Extremum, Setup, Zero};
use crate::equations::LaneEquations;
use crate::lanes::row::{bits, map, row_by_row, row_of, select, zip3};
use crate::lanes::{Isa, Task};
use crate::solve::band::ERRORS;
use crate::solve::problem::{Action, Direction};

/// Marks the lanes in which something may have crossed. Gives those in which a good attempt has led off a side, and that
/// look for no landing yet: their bands must be those of here.
pub(super) struct Detect<'a, const W: usize> {
    pub block: &'a mut Block<W>,
    pub zeros: &'a [Zero],
}

impl<const W: usize> Task for Detect<'_, W> {
    type Output = u64;

    #[inline(always)]
    fn run(self) -> u64 {
        let block = self.block;
        let mut attention: Row<W> = [0.0; W];
        let mut off: Row<W> = [0.0; W];
        for (e, zero) in self.zeros.iter().enumerate() {
            let turns = *zero == Zero::Turn;
            row_by_row::<W>();
            let (g, middle, g1) = (&block.g[e], &block.g_middle[e], &block.g1[e]);
            let from = if turns { g } else { &block.side[e] };
            // What is no number is worth a look, too.
            let stays = zip3(from, middle, g1, |from, middle, g1| {
                if (from * g1 > 0.0) & (from * middle > 0.0) {
                    1.0
                } else {
                    0.0
                }
            });
            attention = select(&stays, &attention, &[1.0; W]);
            if turns {
                continue;
            }
            off = zip3(
                from,
                g1,
                &off,
                |side, g1, off| {
                    if side * g1 <= 0.0 { 1.0 } else { off }
                },
            );
            // A parabola through the three: does it dip across?
            for w in 0..W {
                let curve = 2.0 * (g[w] - 2.0 * middle[w] + g1[w]);
                let rise = 4.0 * middle[w] - 3.0 * g[w] - g1[w];
                let at = -rise / (2.0 * curve);
                let lowest = from[w] * (g[w] - rise * rise / (4.0 * curve));
                let dips = (at > 0.0) & (at < 1.0) & (lowest <= 0.0);
                attention[w] = if dips { 1.0 } else { attention[w] };
            }
        }
        block.attention = attention;
        for w in 0..W {
            let free = block.good[w] * (1.0 - block.lands[w]);
            off[w] *= block.active[w] * free * attention[w];
        }
        bits(&off)
    }
}

/// Shifts the states by some tolerances, up or in turn up and down.
struct Disturb<'a, const W: usize> {
    y: &'a [Row<W>],
    floor: &'a [Row<W>],
    out: &'a mut [Row<W>],
    rtol: f64,
    alternate: bool,
}

impl<const W: usize> Task for Disturb<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (i, ((y, floor), out)) in self.y.iter().zip(self.floor).zip(self.out).enumerate() {
            row_by_row::<W>();
            let sign = if self.alternate && i % 2 == 1 {
                -ERRORS
            } else {
                ERRORS
            };
            for w in 0..W {
                out[w] = y[w] + sign * (floor[w] + self.rtol * y[w].abs());
            }
        }
    }
}

/// Where bands are measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// At the start of the step, where the functions have the values `g`.
    Start,
    /// At the end of the attempt, where they have the values `g1`.
    End,
}

/// Measures the bands of all events in the lanes `measured`: also those of functions of time, by its
/// rounding.
pub(super) fn measure_bands<const W: usize>(
    equations: &mut impl LaneEquations<W>,
    block: &mut Block<W>,
    setup: &Setup,
    isa: Isa,
    at: At,
    measured: u64,
) {
    let mut width = std::mem::take(&mut block.width);
    width.fill([0.0; W]);
    let times = match at {
        At::Start => isa.run(Now(block)),
        At::End => isa.run(Later(block, 1.0)),
    };
    for alternate in [false, true] {
        let (y, g) = match at {
            At::Start => (&block.y, &block.g),
            At::End => (&block.y1, &block.g1),
        };
        isa.run(Disturb {
            y,
            floor: &block.floor,
            out: &mut block.room,
            rtol: setup.rtol,
            alternate,
        });
        let times = map(&times, |t| {
            if alternate {
                t
            } else {
                t + 4.0 * f64::EPSILON * t
            }
        });
        equations.watch(&times, &block.room, &mut block.g_room);
        isa.run(Widen {
            width: &mut width,
            g,
            other: &block.g_room,
        });
    }
    let measured = row_of(measured);
    for (band, width) in block.band.iter_mut().zip(&width) {
        *band = select(&measured, width, band);
    }
    block.width = width;
}

/// Widens bands to what functions have changed by.
struct Widen<'a, const W: usize> {
    width: &'a mut [Row<W>],
    g: &'a [Row<W>],
    other: &'a [Row<W>],
}

impl<const W: usize> Task for Widen<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for ((width, g), other) in self.width.iter_mut().zip(self.g).zip(self.other) {
            row_by_row::<W>();
            *width = zip3(width, g, other, |width, g, other| {
                let change = (other - g).abs();
                if change > width { change } else { width }
            });
        }
    }
}

/// What follows from a good attempt.
pub(super) enum Verdict {
    /// Nothing.
    Fine,
    /// A shorter attempt, of this fraction, shows what it hides.
    Peek(f64),
    /// Something crosses.
    Lands(Landing),
    /// The functions can't be trusted.
    Unsure,
}

/// Events that a lane has landed on, and how far from 0 their functions were there.
pub(super) type Touched<'a> = &'a [(usize, f64)];

/// Forgets the events that lane `w` has landed on and whose functions, with these values, are across.
pub(super) fn keep_early<const W: usize>(
    touched: &mut Vec<(usize, f64)>,
    side: &[Row<W>],
    g: &[Row<W>],
    w: usize,
) {
    touched.retain(|(e, _)| side[*e][w] * g[*e][w] <= 0.0);
}

/// How far from 0 the function of event `e` of lane `w` may be on the side that it has left: where a landing ended before the
/// crossing, as far as it was there, and somewhat more for what bends; else 0.
pub(super) fn early<const W: usize>(block: &Block<W>, touched: Touched, e: usize, w: usize) -> f64 {
    let before = block.side[e][w] * block.g[e][w] <= 0.0;
    let mut touched = touched.iter().filter(|t| before && t.0 == e);
    touched.next().map_or(0.0, |t| 4.0 * t.1)
}

/// Looks at what lane `w` may have crossed in a good attempt. `landed`: whether the attempt begins where the lane has landed
/// on something, and what it has landed on.
pub(super) fn examine<const W: usize>(
    block: &Block<W>,
    setup: &Setup,
    best: Best<W>,
    (landed, touched): (bool, Touched),
    w: usize,
) -> Verdict {
    let mut peek: f64 = 1.0;
    let mut first: Option<Landing> = None;
    let mut bend: Option<Landing> = None;
    let now = block.origin[w] + block.clock[w];
    let shortest = setup.rtol * block.clock[w] + 4.0 * f64::EPSILON * now;
    for e in 0..setup.events.len() {
        let (g, middle, g1) = (block.g[e][w], block.g_middle[e][w], block.g1[e][w]);
        if setup.zeros[e] == Zero::Turn {
            match turn(block, setup, best, e, w) {
                Verdict::Lands(landing) => keep_earlier(&mut first, landing),
                Verdict::Peek(at) => peek = peek.min(at),
                _ => {}
            }
            continue;
        }
        let side = block.side[e][w];
        let band = block.band[e][w].max(early(block, touched, e, w));
        let corner = setup.zeros[e] == Zero::Corner;
        if corner && (side == 0.0 || g1.is_nan()) {
            continue;
        }
        if g1.is_nan() {
            return Verdict::Unsure;
        }
        if side == 0.0 {
            // At rest at 0 from the start on. To leave from there is a crossing; a single run finds out where.
            if g1.abs() > band {
                return Verdict::Unsure;
            }
            continue;
        }
        let under = setup.events[e].direction == Direction::Under;
        if side * g1 <= 0.0 {
            if let Some(offset) = crossing(side, band, under, g, g1) {
                if corner {
                    // What is in the band is at the corner already, or comes to rest there.
                    let landing = to_corner(block, setup, e, w);
                    if let Some(landing) = landing.filter(|_| side * g > band) {
                        keep_earlier(&mut bend, landing);
                    }
                    continue;
                }
                let landed = landed && touched.iter().any(|t| t.0 == e);
                if landed && block.tried[w] > shortest {
                    // It has just come to this side, and leaves it in the same step: where, a shorter one shows.
                    peek = peek.min(0.5);
                    continue;
                }
                if side * g <= 0.0 && acts(setup, e) {
                    // It may have been on its side in between, as a ball that bounces low.
                    return Verdict::Unsure;
                }
                let landing = Landing::new(e, (side, offset), (g, middle, g1));
                keep_earlier(&mut first, landing);
            }
        } else if side * middle < -band {
            peek = peek.min(0.5);
        } else if let Some(at) = dip(side, band, g, middle, g1) {
            peek = peek.min(at);
        }
    }
    if let Some(bend) = bend
        && (first.as_ref()).is_none_or(|first| bend.theta + 2.0 * setup.about() < first.theta)
    {
        first = Some(bend);
    }
    match first {
        Some(landing) if landing.theta <= peek => Verdict::Lands(landing),
        _ if peek < 1.0 => Verdict::Peek(peek),
        _ => Verdict::Fine,
    }
}

/// The search for corner `e`, which an attempt of lane `w` has led across; `None` where it begins there.
pub(super) fn to_corner<const W: usize>(
    block: &Block<W>,
    setup: &Setup,
    e: usize,
    w: usize,
) -> Option<Landing> {
    let g = (block.g[e][w], block.g_middle[e][w], block.g1[e][w]);
    let side = block.side[e][w];
    let begins = side * g.0 <= setup.about() * side * (g.0 - g.2);
    (!begins).then(|| Landing::at_corner(e, side, g, setup.about()))
}

/// Whether event `e` changes the state or the equations.
pub(super) fn acts(setup: &Setup, e: usize) -> bool {
    matches!(setup.events[e].action, Action::Apply | Action::Kink { .. })
}

/// Whether going from `g` to `g1`, which is not on `side` any more, counts; if so, by how much the function is shifted
/// to be seen to cross inside the step. `under`: to arrive at 0, but for errors, does not.
pub(super) fn crossing(side: f64, band: f64, under: bool, g: f64, g1: f64) -> Option<f64> {
    let from = side * g;
    if from > 0.0 {
        // From outside the band in one go, or out of it on the other side; to arrive exactly at 0 counts, too.
        let counts = side * g1 < -band || from > band && !under;
        return counts.then_some(0.0);
    }
    // Across already, but only now clear of the band.
    (side * g1 < -band).then_some(band.max(-from * (1.0 + 1e-9)))
}

/// Where a parabola through three values of the same side leaves it, if it does by more than the band.
fn dip(side: f64, band: f64, g: f64, middle: f64, g1: f64) -> Option<f64> {
    let curve = 2.0 * (g - 2.0 * middle + g1);
    let rise = 4.0 * middle - 3.0 * g - g1;
    let at = -rise / (2.0 * curve);
    let lowest = side * (g - rise * rise / (4.0 * curve));
    (at > 0.05 && at < 0.95 && lowest < -band).then_some(at)
}

pub(super) fn keep_earlier(first: &mut Option<Landing>, landing: Landing) {
    if first.as_ref().is_none_or(|f| landing.theta < f.theta) {
        *first = Some(landing);
    }
}

/// The best values so far, and the extremum that has been landed on at the start of the attempt, with its slope there.
pub(super) type Best<'a, const W: usize> = (&'a [Row<W>], Option<(usize, f64)>);

/// Whether a value turns in the attempt so that one of its extrema may be better than the best so far.
pub(super) fn turn<const W: usize>(
    block: &Block<W>,
    setup: &Setup,
    (best, turned): Best<W>,
    e: usize,
    w: usize,
) -> Verdict {
    let h = block.tried[w];
    let mut slopes = [block.g[e][w], block.g_middle[e][w], block.g1[e][w]];
    // What is left of a slope where its turn has been found does not lead to another.
    if turned.is_some_and(|(of, slope)| {
        of == e && slopes[0] * slope > 0.0 && slopes[0].abs() <= slope.abs()
    }) {
        slopes[0] = 0.0;
    }
    for (k, extremum) in marked_by(&setup.extrema, e) {
        let sign = if extremum.max { 1.0 } else { -1.0 };
        let values = [&block.g, &block.g_middle, &block.g1].map(|g| sign * g[extremum.value][w]);
        let [up, over, down] = slopes.map(|s| sign * s);
        let best = (sign * best[k][w]).max(values[0]).max(values[2]);
        if !best.is_finite() {
            continue;
        }
        let size = values[0].abs().max(values[2].abs());
        // By parabolas from both ends: the one from the farther end knows little of the top.
        let counts = |from: f64, to: f64, length: f64, up: f64, down: f64| {
            up > 0.0 && down < 0.0 && {
                let rise = length / (2.0 * (up - down));
                let top = (from + rise * up * up).max(to + rise * down * down);
                top > best + 0.05 * setup.rtol * size
            }
        };
        if up > 0.0 && down < 0.0 {
            if counts(values[0], values[2], h, up, down) {
                let slopes = (slopes[0], slopes[1], slopes[2]);
                let mut landing = Landing::new(e, (slopes.0.signum(), 0.0), slopes);
                landing.turning = true;
                landing.still = 0.05 * setup.rtol * size;
                return Verdict::Lands(landing);
            }
        } else if counts(values[0], values[1], 0.5 * h, up, over)
            || counts(values[1], values[2], 0.5 * h, over, down)
        {
            return Verdict::Peek(0.5);
        }
    }
    Verdict::Fine
}

/// The extrema that event `e` marks, each with its number among all.
pub(super) fn marked_by(
    extrema: &[Extremum],
    e: usize,
) -> impl Iterator<Item = (usize, &Extremum)> {
    let all = extrema.iter().enumerate();
    all.filter(move |(_, x)| x.turning == Some(e))
}

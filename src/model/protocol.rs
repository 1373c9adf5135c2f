//! The experiment in numbers: changes of inputs become pieces of time inside which every input is smooth.
//!
//! Inside a piece an input is `value + slope·(t − since) + amplitude·sin(omega·(t − since))`. The pieces are `[a, b)`:
//! at a change the new value holds.

use std::fmt;

/// How one input changes, in numbers: times \[s\], values in internal units.
#[derive(Clone, Debug, PartialEq)]
pub enum Course {
    /// A new value from `at` on.
    Step {
        /// When.
        at: f64,
        /// New value.
        value: f64,
    },
    /// A straight line from the value at `from` to `value` at `to`, which then stays.
    Ramp {
        /// Start.
        from: f64,
        /// End.
        to: f64,
        /// Value at the end.
        value: f64,
    },
    /// `times` pulses of length `width`, the first at `from`, from start to start `every`.
    Pulses {
        /// Start of the first pulse.
        from: f64,
        /// From start to start.
        every: f64,
        /// Length of each.
        width: f64,
        /// How many.
        times: f64,
        /// Value during a pulse; outside of it the input is what it would be without.
        value: f64,
    },
    /// `mean + amplitude·sin(2π(t − from)/period)` until `to`; afterwards the value from before.
    Sinusoid {
        /// Start.
        from: f64,
        /// End.
        to: f64,
        /// Mean.
        mean: f64,
        /// Amplitude.
        amplitude: f64,
        /// Period.
        period: f64,
    },
    /// Points, joined by straight lines or each held to the next.
    Series {
        /// Times, ascending.
        t: Vec<f64>,
        /// Values; as many.
        values: Vec<f64>,
        /// Held instead of joined.
        held: bool,
    },
}

/// What an input is inside a piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Value at `since`.
    pub value: f64,
    /// Change per second.
    pub slope: f64,
    /// Where the clock of this segment is 0 \[s\].
    pub since: f64,
    /// Amplitude of the sinusoid.
    pub amplitude: f64,
    /// Angular frequency \[rad/s\].
    pub omega: f64,
}

impl Segment {
    /// The same value all the time.
    pub fn constant(value: f64, since: f64) -> Self {
        Segment {
            value,
            slope: 0.0,
            since,
            amplitude: 0.0,
            omega: 0.0,
        }
    }

    /// The value at a time.
    pub fn at(&self, t: f64) -> f64 {
        let since = t - self.since;
        self.value + self.slope * since + self.amplitude * (self.omega * since).sin()
    }
}

/// A course that makes no sense.
#[derive(Clone, Debug, PartialEq)]
pub struct CourseError {
    /// Index of the course.
    pub course: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for CourseError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// More pulses than anybody means.
const MOST_PULSES: f64 = 1e6;

/// The segments of one input, each with its start, ascending; the first starts at 0.
///
/// # Errors
/// A time before the start or not a number, a ramp that ends before it begins, a pulse without length, a number of
/// pulses that is not whole.
pub fn segments(
    initial: f64,
    courses: &[Course],
    duration: f64,
) -> Result<Vec<(f64, Segment)>, CourseError> {
    for (index, course) in courses.iter().enumerate() {
        check(course).map_err(|message| CourseError {
            course: index,
            message,
        })?;
    }
    let base = base(initial, courses);
    let mut pulses: Vec<(f64, f64, f64)> = Vec::new();
    for course in courses {
        if let Course::Pulses {
            from,
            every,
            width,
            times,
            value,
        } = *course
        {
            for k in 0..times as usize {
                let start = from + every * k as f64;
                let next = from + every * (k + 1) as f64;
                // Pulses without gap end where the next one begins, whatever rounding says.
                let end = start + width;
                let end = if (end - next).abs() <= 4.0 * f64::EPSILON * next {
                    next
                } else {
                    end
                };
                if start < duration {
                    pulses.push((start, end, value));
                }
            }
        }
    }
    if pulses.is_empty() {
        return Ok(base);
    }
    let mut cuts: Vec<f64> = base
        .iter()
        .map(|(t, _)| *t)
        .chain(pulses.iter().flat_map(|p| [p.0, p.1]))
        .collect();
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    pulses.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut merged = Vec::with_capacity(cuts.len());
    let (mut next_base, mut next_pulse) = (0, 0);
    let mut open: Vec<(f64, f64, f64)> = Vec::new();
    for cut in cuts {
        while next_base + 1 < base.len() && base[next_base + 1].0 <= cut {
            next_base += 1;
        }
        while next_pulse < pulses.len() && pulses[next_pulse].0 <= cut {
            open.push(pulses[next_pulse]);
            next_pulse += 1;
        }
        open.retain(|p| p.1 > cut);
        // Where pulses overlap, the one that started last is seen.
        let segment = open
            .last()
            .map_or(base[next_base].1, |p| Segment::constant(p.2, cut));
        merged.push((cut, segment));
    }
    Ok(merged)
}

/// The course without its pulses.
fn base(initial: f64, courses: &[Course]) -> Vec<(f64, Segment)> {
    let mut order: Vec<&Course> = courses
        .iter()
        .filter(|c| !matches!(c, Course::Pulses { .. }))
        .collect();
    order.sort_by(|a, b| start(a).total_cmp(&start(b)));
    let mut out = vec![(0.0, Segment::constant(initial, 0.0))];
    for course in order {
        let from = start(course);
        let before = out
            .iter()
            .rev()
            .find(|(t, _)| *t <= from)
            .map_or(initial, |(_, s)| s.at(from));
        // What begins later replaces what would still have come.
        out.retain(|(t, _)| *t < from);
        match course {
            Course::Step { at, value } => out.push((*at, Segment::constant(*value, *at))),
            Course::Ramp { from, to, value } => {
                let slope = (value - before) / (to - from);
                out.push((
                    *from,
                    Segment {
                        slope,
                        ..Segment::constant(before, *from)
                    },
                ));
                out.push((*to, Segment::constant(*value, *to)));
            }
            Course::Sinusoid {
                from,
                to,
                mean,
                amplitude,
                period,
            } => {
                let omega = std::f64::consts::TAU / period;
                out.push((
                    *from,
                    Segment {
                        amplitude: *amplitude,
                        omega,
                        ..Segment::constant(*mean, *from)
                    },
                ));
                if to.is_finite() {
                    out.push((*to, Segment::constant(before, *to)));
                }
            }
            Course::Series { t, values, held } => {
                for (i, (start, value)) in t.iter().zip(values).enumerate() {
                    let slope = match (t.get(i + 1), values.get(i + 1)) {
                        (Some(end), Some(next)) if !held => (next - value) / (end - start),
                        _ => 0.0,
                    };
                    out.push((
                        *start,
                        Segment {
                            slope,
                            ..Segment::constant(*value, *start)
                        },
                    ));
                }
            }
            Course::Pulses { .. } => {}
        }
    }
    if out.first().is_none_or(|(t, _)| *t > 0.0) {
        out.insert(0, (0.0, Segment::constant(initial, 0.0)));
    }
    out
}

fn start(course: &Course) -> f64 {
    match course {
        Course::Step { at, .. } => *at,
        Course::Ramp { from, .. } | Course::Pulses { from, .. } | Course::Sinusoid { from, .. } => {
            *from
        }
        Course::Series { t, .. } => t.first().copied().unwrap_or(0.0),
    }
}

fn check(course: &Course) -> Result<(), String> {
    let from = start(course);
    if !from.is_finite() || from < 0.0 {
        return Err(format!(
            "a change of an input can't be at {from} s: the experiment starts at 0 s"
        ));
    }
    let numbers: Vec<f64> = match course {
        Course::Step { value, .. } => vec![*value],
        Course::Ramp { to, value, .. } => {
            if *to <= from || !to.is_finite() {
                return Err(format!(
                    "the ramp must end after it begins: from {from} s to {to} s"
                ));
            }
            vec![*value]
        }
        Course::Pulses {
            every,
            width,
            times,
            value,
            ..
        } => {
            if *width <= 0.0 || !width.is_finite() {
                return Err(format!("a pulse needs a length above 0, not {width} s"));
            }
            if *times < 0.0 || times.fract() != 0.0 || *times > MOST_PULSES {
                return Err(format!(
                    "the number of pulses must be a whole number up to {MOST_PULSES}, not {times}"
                ));
            }
            if *times > 1.0 && every < width {
                return Err(format!(
                    "pulses of {width} s can't follow one another every {every} s"
                ));
            }
            vec![*every, *value]
        }
        Course::Sinusoid {
            to,
            mean,
            amplitude,
            period,
            ..
        } => {
            if *period <= 0.0 || !period.is_finite() {
                return Err(format!(
                    "an oscillation needs a period above 0, not {period} s"
                ));
            }
            if to.is_nan() || *to <= from {
                return Err(format!(
                    "the oscillation must end after it begins: from {from} s to {to} s"
                ));
            }
            vec![*mean, *amplitude]
        }
        Course::Series { t, values, .. } => {
            if let Some(i) = (1..t.len()).find(|&i| t[i] <= t[i - 1] || t[i].is_nan()) {
                return Err(format!(
                    "the times of a series must ascend: {} s follows {} s",
                    t[i],
                    t[i - 1]
                ));
            }
            values.clone()
        }
    };
    match numbers.iter().find(|n| !n.is_finite()) {
        Some(bad) => Err(format!("an input can't become {bad}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course_at(courses: &[Course], t: f64) -> f64 {
        let segments = segments(1.0, courses, 100.0).unwrap();
        segments
            .iter()
            .rev()
            .find(|(start, _)| *start <= t)
            .unwrap()
            .1
            .at(t)
    }

    #[test]
    fn a_change_holds_from_its_time_on() {
        let steps = [
            Course::Step {
                at: 5.0,
                value: 3.0,
            },
            Course::Step {
                at: 2.0,
                value: 2.0,
            },
        ];
        assert_eq!(
            [1.999, 2.0, 4.999, 5.0].map(|t| course_at(&steps, t)),
            [1.0, 2.0, 2.0, 3.0]
        );
    }

    #[test]
    fn a_ramp_starts_where_the_input_is() {
        let ramp = [
            Course::Step {
                at: 0.0,
                value: 2.0,
            },
            Course::Ramp {
                from: 10.0,
                to: 20.0,
                value: 4.0,
            },
        ];
        assert_eq!(
            [9.0, 10.0, 15.0, 20.0, 30.0].map(|t| course_at(&ramp, t)),
            [2.0, 2.0, 3.0, 4.0, 4.0]
        );
    }

    #[test]
    fn a_pulse_returns_to_what_lies_below_it() {
        let pulses = [
            Course::Ramp {
                from: 0.0,
                to: 10.0,
                value: 11.0,
            },
            Course::Pulses {
                from: 2.0,
                every: 3.0,
                width: 1.0,
                times: 2.0,
                value: -1.0,
            },
        ];
        assert_eq!(
            [1.0, 2.0, 2.9, 3.0, 5.5, 6.0].map(|t| course_at(&pulses, t)),
            [2.0, -1.0, -1.0, 4.0, -1.0, 7.0]
        );
    }

    #[test]
    fn pulses_without_gap_leave_no_gap() {
        let train = Course::Pulses {
            from: 0.0,
            every: 0.1,
            width: 0.1,
            times: 100.0,
            value: 5.0,
        };
        let segments = segments(1.0, &[train], 100.0).unwrap();
        let values: Vec<f64> = segments.iter().map(|s| s.1.value).collect();
        assert_eq!(
            values.iter().filter(|v| **v == 1.0).count(),
            1,
            "{values:?}"
        );
        assert_eq!(values.last(), Some(&1.0));
    }

    #[test]
    fn a_sinusoid_ends_at_the_value_from_before() {
        let wave = [Course::Sinusoid {
            from: 0.0,
            to: 4.0,
            mean: 10.0,
            amplitude: 2.0,
            period: 4.0,
        }];
        let seen = [0.0, 1.0, 3.0, 4.0].map(|t| course_at(&wave, t));
        assert!(
            seen.iter()
                .zip([10.0, 12.0, 8.0, 1.0])
                .all(|(a, b)| (a - b).abs() < 1e-12),
            "{seen:?}"
        );
    }

    #[test]
    fn a_series_is_joined_or_held() {
        let series = |held| {
            [Course::Series {
                t: vec![1.0, 3.0],
                values: vec![2.0, 6.0],
                held,
            }]
        };
        assert_eq!(
            [0.5, 1.0, 2.0, 3.0, 9.0].map(|t| course_at(&series(false), t)),
            [1.0, 2.0, 4.0, 6.0, 6.0]
        );
        assert_eq!(
            [1.0, 2.9, 3.0].map(|t| course_at(&series(true), t)),
            [2.0, 2.0, 6.0]
        );
    }

    #[test]
    fn nonsense_is_refused() {
        let refused = |course: Course| segments(0.0, &[course], 1.0).unwrap_err().message;
        assert!(
            refused(Course::Step {
                at: -1.0,
                value: 0.0
            })
            .contains("starts at 0 s")
        );
        assert!(
            refused(Course::Step {
                at: 0.0,
                value: f64::NAN
            })
            .contains("can't become")
        );
        assert!(
            refused(Course::Ramp {
                from: 2.0,
                to: 2.0,
                value: 0.0
            })
            .contains("must end after")
        );
        let train = |every, width, times| Course::Pulses {
            from: 0.0,
            every,
            width,
            times,
            value: 1.0,
        };
        assert!(refused(train(1.0, 0.0, 1.0)).contains("length above 0"));
        assert!(refused(train(1.0, 2.0, 2.0)).contains("follow one another"));
        assert!(refused(train(1.0, 0.5, 1.5)).contains("whole number"));
    }
}

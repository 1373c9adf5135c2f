//! A global design carried out on a model: every point of it solved, on several threads, and each outcome analysed.
//!
//! The places of the design in the unit cube are mapped to the axes of a [`Survey`]. Which thread solves which chunk of
//! points is left to chance; what a point gives is not, and the analysis reads the points in their order. So the result
//! has the same bits on any number of threads.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;

use super::{Bootstrap, Effects, Indices, Misuse, Morris, Sobol};
use crate::lanes::Isa;
use crate::study::design::{Design, Kind, TooMany};
use crate::study::sweep::{Hand, Survey};
use crate::table::Values;

/// Points that a thread takes at once: enough to fill the lanes many times, few enough to share work at the end.
const CHUNK: u64 = 512;

/// Every outcome at every point of a design.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Solved {
    /// Number of points.
    pub points: u64,
    /// Those whose run failed.
    pub failed: u64,
    /// Why, each reason with how often; the most frequent first.
    pub reasons: Vec<(String, u64)>,
    /// Steps of the solver over all points.
    pub steps: u64,
    /// `[outcomes][points]` in the unit in which each is shown. `None` where the run failed or the outcome does not exist.
    pub values: Vec<Vec<Option<f64>>>,
}

/// What a design says of the outcomes of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Global<T> {
    /// The points that it rests on.
    pub solved: Solved,
    /// `[outcomes]`
    pub outcomes: Vec<T>,
}

/// How to analyse, and on how many threads to solve.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Number of threads, at least 1.
    pub threads: usize,
    /// Intervals.
    pub bootstrap: Bootstrap,
}

/// Why a design could not be carried out.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The design, the values or the bootstrap can't be meant.
    Misuse(Misuse),
    /// The base sample has no such size.
    TooMany(TooMany),
    /// The caller wanted it to end.
    Interrupted,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Misuse(e) => e.fmt(f),
            Refusal::TooMany(e) => e.fmt(f),
            Refusal::Interrupted => write!(f, "interrupted"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Misuse> for Refusal {
    fn from(e: Misuse) -> Refusal {
        Refusal::Misuse(e)
    }
}

/// Told the fraction of the points that is done; may end the work.
pub type Progress<'a> = &'a mut dyn FnMut(f64) -> ControlFlow<()>;

/// Elementary effects of all axes on all outcomes: `[outcomes][axes]`.
///
/// # Errors
/// When the design has another number of factors than the study has axes, the bootstrap can't be meant, or the caller
/// ended it.
pub fn morris(
    survey: &Survey,
    design: &Morris,
    work: &Work,
    progress: Progress,
) -> Result<Global<Vec<Effects>>, Refusal> {
    same_factors(design.factors(), survey)?;
    work.bootstrap.check()?;
    let place = |k: u64, u: &mut [f64]| {
        // The numbers of points are those of the design, and the length has been compared.
        let _ = design.point(k, u);
    };
    let solved = solve(survey, design.points(), &place, work.threads, progress)?;
    let analysed = (solved.values.iter()).map(|values| design.analyse(values, &work.bootstrap));
    Ok(Global {
        outcomes: analysed.collect::<Result<_, _>>()?,
        solved,
    })
}

/// Variance-based indices of all axes for all outcomes. The base sample is a scrambled Sobol' sequence of twice as many
/// dimensions as there are axes (A. B. Owen, Scrambling Sobol' and Niederreiter–Xing points, J. Complex. 14 (1998)
/// 466–489), so that the means over rows converge faster than those over random ones.
///
/// # Errors
/// As [`morris`], or when the sequence has not so many dimensions or points.
pub fn sobol(
    survey: &Survey,
    design: &Sobol,
    seed: u64,
    work: &Work,
    progress: Progress,
) -> Result<Global<Indices>, Refusal> {
    same_factors(design.factors(), survey)?;
    work.bootstrap.check()?;
    let base = Design::new(
        Kind::Sobol,
        design.base_dimensions(),
        design.rows(),
        seed,
        true,
    )
    .map_err(Refusal::TooMany)?;
    let place = |k: u64, u: &mut [f64]| {
        let _ = design.point(k, &|row, both| base.point(row, both), u);
    };
    let solved = solve(survey, design.points(), &place, work.threads, progress)?;
    let analysed = (solved.values.iter()).map(|values| design.analyse(values, &work.bootstrap));
    Ok(Global {
        outcomes: analysed.collect::<Result<_, _>>()?,
        solved,
    })
}

fn same_factors(factors: usize, survey: &Survey) -> Result<(), Misuse> {
    super::check_length("a point", factors as u64, survey.axes().len())
}

/// A chunk of points, solved.
struct Part {
    number: u64,
    /// `[outcomes][points of the chunk]`
    values: Vec<Vec<Option<f64>>>,
    reasons: Vec<String>,
    steps: u64,
}

/// Solves `points` points, of which `place` writes the places in the unit cube.
///
/// # Errors
/// When the caller ends it.
pub fn solve(
    survey: &Survey,
    points: u64,
    place: &(dyn Fn(u64, &mut [f64]) + Sync),
    threads: usize,
    progress: Progress,
) -> Result<Solved, Refusal> {
    let chunks = points.div_ceil(CHUNK);
    let (next, end) = (AtomicU64::new(0), AtomicBool::new(false));
    let mut parts: Vec<Option<Part>> = (0..chunks).map(|_| None).collect();
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for _ in 0..threads.max(1).min(chunks.max(1) as usize) {
            let (send, next, end) = (send.clone(), &next, &end);
            scope.spawn(move || {
                let mut hand = survey.hand(Isa::best(), None);
                while !end.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= chunks {
                        break;
                    }
                    let range = number * CHUNK..points.min((number + 1) * CHUNK);
                    if send
                        .send(part(survey, &mut hand, number, range, place))
                        .is_err()
                    {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut done = 0;
        for part in receive {
            let at = part.number as usize;
            parts[at] = Some(part);
            done += 1;
            if progress(done as f64 / chunks as f64).is_break() {
                end.store(true, Ordering::Relaxed);
            }
        }
    });
    let mut solved = Solved {
        points,
        values: vec![Vec::with_capacity(points as usize); survey.answers().len()],
        ..Solved::default()
    };
    for part in parts {
        let part = part.ok_or(Refusal::Interrupted)?;
        for (all, own) in solved.values.iter_mut().zip(part.values) {
            all.extend(own);
        }
        solved.steps += part.steps;
        solved.failed += part.reasons.len() as u64;
        for reason in part.reasons {
            match solved
                .reasons
                .iter_mut()
                .find(|(known, _)| *known == reason)
            {
                Some((_, count)) => *count += 1,
                None => solved.reasons.push((reason, 1)),
            }
        }
    }
    if end.load(Ordering::Relaxed) {
        return Err(Refusal::Interrupted);
    }
    solved.reasons.sort_by_key(|r| std::cmp::Reverse(r.1));
    Ok(solved)
}

fn part(
    survey: &Survey,
    hand: &mut Hand,
    number: u64,
    range: std::ops::Range<u64>,
    place: &(dyn Fn(u64, &mut [f64]) + Sync),
) -> Part {
    let table = hand.solve_at(range, &|k, u| place(k, u));
    // Number, axes, outcomes, status, reason, end, steps: by place, for an axis may have any name.
    let (first, n) = (1 + survey.axes().len(), survey.answers().len());
    let column = |i: usize| table.columns.get(i).map(|c| &c.values);
    let words = |i: usize| match column(i) {
        Some(Values::Words(words)) => words.as_slice(),
        _ => &[],
    };
    let failed: Vec<bool> = (words(first + n).iter()).map(|s| s == "failed").collect();
    let values = (0..n).map(|i| match column(first + i) {
        Some(Values::Numbers(values)) => (values.iter().zip(&failed))
            .map(|(value, failed)| value.filter(|v| !failed && v.is_finite()))
            .collect(),
        _ => vec![None; failed.len()],
    });
    let reasons = (words(first + n + 1).iter().zip(&failed))
        .filter(|(_, failed)| **failed)
        .map(|(reason, _)| reason.to_string());
    let steps = match column(first + n + 3) {
        Some(Values::Counts(steps)) => steps.iter().flatten().sum(),
        _ => 0,
    };
    Part {
        number,
        values: values.collect(),
        reasons: reasons.collect(),
        steps,
    }
}

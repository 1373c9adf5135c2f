//! Problems and options that make no sense are refused before anything runs.

use super::linear::DENSE;
use super::problem::{Action, Method, Options, Piece, Problem};
use crate::equations::{Equations, Pattern};
use std::fmt;

/// A problem or an option that cannot be meant.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// A vector does not have the length that the equations ask for.
    Length {
        /// Which vector.
        what: &'static str,
        /// The length it must have.
        wanted: usize,
        /// The length it has.
        found: usize,
    },
    /// An option or a scale must be a finite number above 0.
    NotPositive {
        /// Which one.
        what: String,
        /// Its value.
        value: f64,
    },
    /// A state, parameter or time is NaN or infinite.
    NotFinite {
        /// Which one.
        what: String,
        /// Its value.
        value: f64,
    },
    /// The method needs a Jacobian, the equations have none, and are too large for difference quotients.
    NoJacobian {
        /// Number of states.
        n_states: usize,
        /// Number of states up to which it can be done.
        limit: usize,
    },
    /// The pattern of the Jacobian does not have a start and an end for each column, or rows that ascend and exist.
    BadPattern,
    /// There is no piece of time.
    NoPiece,
    /// A piece ends before it starts, or does not start where the one before ends.
    PieceOutOfOrder {
        /// Its index.
        piece: usize,
    },
    /// A piece or a kink sets a parameter that does not exist.
    NoSuchSlot {
        /// Which piece or event.
        what: String,
        /// The slot it names.
        slot: usize,
        /// Number of parameters.
        n_params: usize,
    },
    /// The times to save are not ascending, or not within the pieces.
    SaveOutOfOrder {
        /// Index of the first offending time.
        index: usize,
        /// That time \[s\].
        t: f64,
    },
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misuse::Length {
                what,
                wanted,
                found,
            } => {
                write!(f, "{what} must have {wanted} entries, not {found}")
            }
            Misuse::NotPositive { what, value } => {
                write!(f, "{what} must be a finite number above 0, not {value}")
            }
            Misuse::NotFinite { what, value } => write!(f, "{what} must be finite, not {value}"),
            Misuse::NoJacobian { n_states, limit } => {
                write!(
                    f,
                    "the method needs the Jacobian of the equations; without one it takes up to {limit} states, not {n_states}"
                )
            }
            Misuse::BadPattern => write!(
                f,
                "the pattern of the Jacobian needs the bounds of each column and rows that ascend in it"
            ),
            Misuse::NoPiece => write!(f, "a problem needs at least one piece of time"),
            Misuse::PieceOutOfOrder { piece } => {
                write!(
                    f,
                    "piece {piece} must start where the one before ends, and not end before it starts"
                )
            }
            Misuse::NoSuchSlot {
                what,
                slot,
                n_params,
            } => {
                write!(
                    f,
                    "{what} sets parameter {slot}, but there are {n_params} (counted from 0)"
                )
            }
            Misuse::SaveOutOfOrder { index, t } => {
                write!(
                    f,
                    "save time {index} ({t} s) must not be before the one before it, nor outside the pieces"
                )
            }
        }
    }
}

impl std::error::Error for Misuse {}

/// Checks everything that can be checked before the run.
pub(super) fn check(
    equations: &dyn Equations,
    problem: &Problem,
    options: &Options,
) -> Result<(), Misuse> {
    let (states, params, events) = (
        equations.n_states(),
        equations.n_params(),
        equations.n_events(),
    );
    for (what, wanted, found) in [
        ("y0", states, problem.y0.len()),
        ("scales", states, problem.scales.len()),
        ("names", states, problem.names.len()),
        ("p", params, problem.p.len()),
        ("events", events, problem.events.len()),
    ] {
        if wanted != found {
            return Err(Misuse::Length {
                what,
                wanted,
                found,
            });
        }
    }
    let pattern = equations.jacobian_pattern();
    match options.method {
        // Without one it does without the implicit method.
        Method::Auto if pattern.is_none() => {}
        method if method.wants_jacobian() => check_jacobian(pattern, states)?,
        _ => {}
    }
    positive("rtol", options.rtol)?;
    positive("atol", options.atol)?;
    for (what, step) in [("step", options.step), ("max_step", options.max_step)] {
        step.map_or(Ok(()), |step| positive(what, step))?;
    }
    for ((y0, scale), name) in problem.y0.iter().zip(&problem.scales).zip(&problem.names) {
        finite(|| format!("the initial value of `{name}`"), *y0)?;
        positive(&format!("the scale of `{name}`"), *scale)?;
    }
    for (i, p) in problem.p.iter().enumerate() {
        finite(|| format!("parameter {i}"), *p)?;
    }
    check_pieces(&problem.pieces, params)?;
    for event in &problem.events {
        if let Action::Kink { slot } = event.action {
            exists(|| format!("kink `{}`", event.name), slot, params)?;
        }
    }
    check_save(problem)
}

fn check_jacobian(pattern: Option<&Pattern>, n_states: usize) -> Result<(), Misuse> {
    let Some(pattern) = pattern else {
        return match n_states <= DENSE {
            true => Ok(()),
            false => Err(Misuse::NoJacobian {
                n_states,
                limit: DENSE,
            }),
        };
    };
    let bounds = &pattern.columns;
    let complete = bounds.len() == n_states + 1
        && bounds.first() == Some(&0)
        && bounds.last() == Some(&pattern.rows.len())
        && bounds.is_sorted();
    let good = complete
        && bounds.windows(2).all(|b| {
            let rows = &pattern.rows[b[0]..b[1]];
            rows.is_sorted_by(|a, b| a < b) && rows.last().is_none_or(|row| *row < n_states)
        });
    if good {
        Ok(())
    } else {
        Err(Misuse::BadPattern)
    }
}

fn check_pieces(pieces: &[Piece], params: usize) -> Result<(), Misuse> {
    let first = pieces.first().ok_or(Misuse::NoPiece)?;
    let mut end = first.start;
    for (i, piece) in pieces.iter().enumerate() {
        finite(|| format!("the start of piece {i}"), piece.start)?;
        finite(|| format!("the end of piece {i}"), piece.end)?;
        finite(
            || format!("the length of piece {i}"),
            piece.end - piece.start,
        )?;
        if piece.start != end || piece.end < piece.start {
            return Err(Misuse::PieceOutOfOrder { piece: i });
        }
        end = piece.end;
        for &(slot, value) in &piece.set {
            exists(|| format!("piece {i}"), slot, params)?;
            finite(
                || format!("the value of parameter {slot} in piece {i}"),
                value,
            )?;
        }
    }
    Ok(())
}

fn check_save(problem: &Problem) -> Result<(), Misuse> {
    let (Some(first), Some(last)) = (problem.pieces.first(), problem.pieces.last()) else {
        return Err(Misuse::NoPiece);
    };
    let mut before = first.start;
    for (index, &t) in problem.save.iter().enumerate() {
        // Written so that NaN is refused too.
        if !(t >= before && t <= last.end) {
            return Err(Misuse::SaveOutOfOrder { index, t });
        }
        before = t;
    }
    Ok(())
}

fn positive(what: &str, value: f64) -> Result<(), Misuse> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(Misuse::NotPositive {
        what: what.to_owned(),
        value,
    })
}

fn finite(what: impl FnOnce() -> String, value: f64) -> Result<(), Misuse> {
    if value.is_finite() {
        return Ok(());
    }
    Err(Misuse::NotFinite {
        what: what(),
        value,
    })
}

fn exists(what: impl FnOnce() -> String, slot: usize, n_params: usize) -> Result<(), Misuse> {
    if slot < n_params {
        return Ok(());
    }
    Err(Misuse::NoSuchSlot {
        what: what(),
        slot,
        n_params,
    })
}

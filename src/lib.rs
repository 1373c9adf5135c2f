//! Osmocyte: differential-equation models of the cell boundary.

// Texts of people never end the process. Tests may.
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)
)]

pub mod compile;
pub mod diagnostic;
pub mod equations;
pub mod error;
pub mod expr;
pub mod model;
pub mod output;
pub mod solve;
pub mod study;
pub mod system;
pub mod trace;
pub mod trajectory;
pub mod units;

pub use error::{Error, ErrorKind};
pub use study::{Run, RunOptions, Simulation};

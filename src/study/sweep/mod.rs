//! Many runs of one model, each with other values of some parameters.

pub mod engine;
mod worker;

pub use engine::{Engine, Rows, SweepOptions, SweepStatus};
pub use worker::Worker;

//! Studies: what is done with a model. Configuration in, tables out; no file is touched here.

pub mod check;
mod outcomes;
pub mod run;
mod schedule;
mod simulation;

pub use check::{CheckResult, check};
pub use run::{ChartData, CurveData, Run, RunOptions};
pub use simulation::{Simulation, parse_setting};

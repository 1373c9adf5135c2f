//! Studies: what is done with a model. Configuration in, tables out; no file is touched here.

pub mod check;
mod harvest;
pub mod method;
mod outcomes;
mod problem;
pub mod run;
mod schedule;
mod simulation;

pub use check::{CheckResult, check};
pub use run::{ChartData, CurveData, PanelData, Run, RunOptions};
pub use simulation::{Simulation, parse_setting};

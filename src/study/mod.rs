//! Studies: what is done with a model. Configuration in, tables out; no file is touched here.

pub mod accuracy;
mod changes;
pub mod check;
pub mod design;
pub mod figure;
mod harvest;
mod method;
mod outcomes;
mod panels;
mod picture;
mod problem;
pub mod run;
mod schedule;
pub mod sensitivity;
pub mod sheet;
mod sides;
mod simulation;
mod size;
pub mod sweep;
pub mod verify;

pub use changes::Changes;
pub use check::{CheckResult, check};
pub use harvest::shown_unit;
pub use method::{METHODS, method_name, method_named, reason};
pub use run::{Ready, Run, RunOptions, parameters};
pub use simulation::{Simulation, parse_setting};
pub use verify::Verification;

//! Numbers side by side: the instruction set that works on them, and elementary functions that it can work on.
//!
//! What runs over lanes is written as plain loops over `[f64; W]`. A [`Task`] holds such loops; [`Isa::run`] compiles
//! them once for each instruction set and picks one when the program runs. No operation here depends on the set: there
//! is no reassociation, and a fused multiply-add is one where it is written and nowhere else. So the same input gives
//! the same bits on each of them, for any `W`.
//!
//! Deliberately absent: equations, solvers, threads.

mod isa;
pub mod math;
pub mod row;
mod rows;

pub use isa::{Isa, Task};
pub use rows::Rows;

//! Solving.
pub mod problem;

//! Osmocyte: differential-equation models of the cell boundary.
pub mod compile;
pub mod diagnostic;
pub mod equations;
pub mod expr;
pub mod solve;
pub mod system;
pub mod trace;
pub mod trajectory;
pub mod units;

//! Osmocyte: differential-equation models of the cell boundary.
pub mod diagnostic;
pub mod equations;
pub mod expr;
pub mod solve;
pub mod trajectory;
pub mod units;

//! Osmocyte: differential-equation models of the cell boundary.
pub mod equations;
pub mod output;
pub mod solve;
pub mod trajectory;

//! Expressions.
pub mod ast;
pub mod diff;
pub mod eval;
pub mod graph;
mod key;
pub mod kinks;
pub mod op;
mod simplify;

//! Expressions.
pub mod ast;
pub mod diff;
pub mod eval;
pub mod graph;
pub mod kinks;
pub mod op;
mod simplify;

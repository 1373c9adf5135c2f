//! Expressions.
pub mod ast;
pub mod graph;
pub mod op;
mod simplify;

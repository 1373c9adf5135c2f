//! Expressions.
pub mod ast;
pub mod graph;

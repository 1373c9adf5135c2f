//! Expressions.
pub mod ast;
pub mod graph;
pub mod lower;
pub mod parse;
pub mod print;

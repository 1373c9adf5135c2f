//! Expressions.
pub mod ast;
pub mod graph;
mod lexer;
pub mod lower;
pub mod parse;
pub mod print;
mod sentence;

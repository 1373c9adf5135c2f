//! Expressions.
pub mod ast;
pub mod diff;
pub mod eval;
pub mod functions;
pub mod graph;
mod key;
pub mod kinks;
mod latex;
mod lexer;
pub mod lower;
pub mod op;
pub mod parse;
pub mod print;
mod references;
mod sentence;
mod simplify;
pub mod visit;

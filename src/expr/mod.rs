//! Expressions.
pub mod ast;
pub mod functions;
pub mod graph;
mod latex;
mod lexer;
pub mod lower;
pub mod op;
pub mod parse;
pub mod print;
mod references;
mod sentence;
mod simplify;

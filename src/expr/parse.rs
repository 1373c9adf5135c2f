//! Text to tree.
use super::ast::{Ast, Sentence, Then, When};
use crate::diagnostic::Diagnostic;

/// An expression of a model.
pub fn parse_expression(text: &str) -> Result<Ast, Vec<Diagnostic>> {
    let _ = text;
    todo!()
}
/// An expression of `[outcomes]`: also `time of …`, `count of …`, `time when …`.
pub fn parse_outcome(text: &str) -> Result<Ast, Vec<Diagnostic>> {
    let _ = text;
    todo!()
}
/// The condition of an event.
pub fn parse_when(text: &str) -> Result<When, Vec<Diagnostic>> {
    let _ = text;
    todo!()
}
/// An action of an event.
pub fn parse_then(text: &str) -> Result<Then, Vec<Diagnostic>> {
    let _ = text;
    todo!()
}
/// A sentence of an experiment.
pub fn parse_sentence(text: &str) -> Result<Sentence, Vec<Diagnostic>> {
    let _ = text;
    todo!()
}

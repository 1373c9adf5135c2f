//! Tree to graph, with every dimension checked.
use super::ast::Ast;
use super::graph::{ExprId, Graph};
use crate::diagnostic::{Diagnostic, Span};
use crate::units::Dimension;

/// A node with its dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Typed {
    /// The node.
    pub id: ExprId,
    /// Its dimension.
    pub dimension: Dimension,
    /// A literal zero or infinity: fits any dimension.
    pub any: bool,
}

/// What a scope knows of a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found {
    /// A value.
    Value(Typed),
    /// An index or an integer constant of a repetition.
    Integer(i64),
    /// Already reported: stay silent.
    Failed,
    /// No such name.
    Unknown,
}

/// The names that an expression may use.
pub trait Scope {
    /// What a name means.
    fn lookup(&self, name: &str) -> Found;
    /// What `name[index]` means.
    fn lookup_indexed(&self, name: &str, index: i64) -> Found;
    /// The name that was probably meant.
    fn nearest(&self, name: &str) -> Option<String>;
}

/// The node of a tree; `None` if a mistake was reported.
pub fn lower(
    ast: &Ast,
    scope: &dyn Scope,
    graph: &mut Graph,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Typed> {
    let _ = (ast, scope, graph, diagnostics);
    todo!()
}

/// The node of a tree that must have the expected dimension; `what` names the quantity in the message.
pub fn lower_as(
    ast: &Ast,
    expected: &Dimension,
    what: &str,
    scope: &dyn Scope,
    graph: &mut Graph,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ExprId> {
    let _ = (ast, expected, what, scope, graph, diagnostics);
    todo!()
}

/// A name that an expression reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// As written.
    pub name: String,
    /// Of an indexed name.
    pub index: Option<i64>,
    /// Where.
    pub span: Span,
}

/// The names that an expression reads.
pub fn references(ast: &Ast, integers: &dyn Fn(&str) -> Option<i64>) -> Vec<Reference> {
    let _ = (ast, integers);
    todo!()
}

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Name.
    pub name: &'static str,
    /// Fewest arguments.
    pub least: usize,
    /// Most arguments; `usize::MAX` for any number.
    pub most: usize,
    /// `hill(x, k, n)`
    pub signature: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
}

/// All functions, in the order of the documentation.
pub fn functions() -> &'static [Function] {
    todo!()
}

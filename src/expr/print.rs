//! Tree to text and LaTeX.
use super::ast::Ast;

/// Text that parses back to an equal tree.
pub fn to_text(ast: &Ast) -> String {
    let _ = ast;
    todo!()
}
/// LaTeX; `symbol` gives the symbol of a name, as [`latex_symbol`] does.
pub fn to_latex(ast: &Ast, symbol: &dyn Fn(&str) -> String) -> String {
    let _ = (ast, symbol);
    todo!()
}
/// The usual LaTeX symbol of a name.
pub fn latex_symbol(name: &str) -> String {
    let _ = name;
    todo!()
}

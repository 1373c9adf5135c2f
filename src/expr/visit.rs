//! Walking and rewriting trees.

use super::ast::{Ast, AstKind};

/// The direct parts of an expression.
pub fn children(ast: &Ast) -> Vec<&Ast> {
    match &ast.kind {
        AstKind::Number { .. } | AstKind::Name(_) | AstKind::TimeOf(..) | AstKind::CountOf(..) => {
            Vec::new()
        }
        AstKind::Index(_, inner) | AstKind::Prefix(_, inner) => vec![inner],
        AstKind::Infix(_, a, b) => vec![a, b],
        AstKind::Call(_, _, arguments) => arguments.iter().collect(),
        AstKind::Sum { body, from, to, .. } => vec![body, from, to],
        AstKind::TimeOfExtremum { of, .. } => vec![of],
        AstKind::TimeWhen(crossing) => vec![&crossing.left, &crossing.right],
    }
}

/// Calls `f` with the expression and all its parts, outside first.
pub fn visit<'a>(ast: &'a Ast, f: &mut dyn FnMut(&'a Ast)) {
    f(ast);
    for child in children(ast) {
        visit(child, f);
    }
}

/// Rebuilds an expression: `f` may give a replacement for a part, which is then taken as it is.
pub fn replace(ast: &Ast, f: &mut dyn FnMut(&Ast) -> Option<AstKind>) -> Ast {
    let span = ast.span;
    if let Some(kind) = f(ast) {
        return Ast { kind, span };
    }
    let mut again = |part: &Ast| Box::new(replace(part, f));
    let kind = match &ast.kind {
        AstKind::Index(name, inner) => AstKind::Index(name.clone(), again(inner)),
        AstKind::Prefix(op, inner) => AstKind::Prefix(*op, again(inner)),
        AstKind::Infix(op, a, b) => {
            let a = again(a);
            AstKind::Infix(*op, a, again(b))
        }
        AstKind::Call(name, span, arguments) => AstKind::Call(
            name.clone(),
            *span,
            arguments.iter().map(|a| replace(a, f)).collect(),
        ),
        AstKind::Sum {
            body,
            index,
            from,
            to,
        } => {
            let (body, from) = (again(body), again(from));
            AstKind::Sum {
                body,
                index: index.clone(),
                from,
                to: again(to),
            }
        }
        other => other.clone(),
    };
    Ast { kind, span }
}

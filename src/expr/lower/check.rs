//! Rules of dimensions that several forms share, and how messages cite them.

use super::super::ast::{Ast, AstKind};
use super::super::graph::{Binary, Node};
use super::super::print;
use super::{Lowerer, Typed};
use crate::diagnostic::Diagnostic;
use crate::units::{Dimension, Unit};

/// A dimension as messages cite it.
pub(super) fn shown(dimension: Dimension) -> String {
    if dimension.is_none() {
        "a plain number".into()
    } else {
        format!("[{dimension}]")
    }
}

/// The text of a tree if it is short enough to cite.
pub(super) fn short(ast: &Ast, longest: usize) -> Option<String> {
    let text = print::to_text(ast);
    (text.chars().count() <= longest).then_some(text)
}

/// The help for a plain number where a quantity is wanted.
pub(super) fn unit_for_number(ast: &Ast, wanted: Dimension) -> Option<String> {
    let plain = matches!(ast.kind, AstKind::Number { unit: None, .. });
    (plain && !wanted.is_none()).then(|| {
        let number = print::to_text(ast);
        if wanted == Dimension::of("K") {
            return format!("give the number its unit, for example `{number} degC`");
        }
        format!(
            "give the number its unit, for example `{number} {}`",
            Unit::preferred(wanted)
        )
    })
}

impl Lowerer<'_> {
    /// The common dimension of parts; each that differs from the first one with a dimension of its own is reported.
    pub(super) fn same(&mut self, whole: &Ast, parts: &[(&Ast, Typed)]) -> Option<Dimension> {
        let Some((first_ast, first)) = parts.iter().find(|(_, typed)| !typed.any) else {
            return Some(Dimension::NONE);
        };
        let mut agree = true;
        for (ast, typed) in parts {
            if typed.any || typed.dimension == first.dimension {
                continue;
            }
            agree = false;
            let message = match short(whole, 40) {
                Some(text) => format!("unit mismatch in `{text}`"),
                None => "unit mismatch".into(),
            };
            let this = short(ast, 24).unwrap_or_else(|| "this".into());
            let other = short(first_ast, 24).unwrap_or_else(|| "what stands before".into());
            let label = format!(
                "{this} is {}, {other} is {}",
                shown(typed.dimension),
                shown(first.dimension)
            );
            let help = unit_for_number(ast, first.dimension)
                .or_else(|| unit_for_number(first_ast, typed.dimension));
            self.report(
                Diagnostic::new(ast.span, message)
                    .label(label)
                    .help(help.unwrap_or_default()),
            );
        }
        agree.then_some(first.dimension)
    }

    pub(super) fn expect_number(&mut self, ast: &Ast, typed: Typed, of: &str) -> Option<()> {
        if typed.dimension.is_none() {
            return Some(());
        }
        let this = short(ast, 24).unwrap_or_else(|| "this".into());
        let label = format!("{this} is {}", shown(typed.dimension));
        let help = "divide by a quantity of the same unit";
        self.report(
            Diagnostic::new(ast.span, format!("{of} needs a plain number"))
                .label(label)
                .help(help),
        );
        None
    }

    pub(super) fn power(
        &mut self,
        ast: &Ast,
        base: (&Ast, Typed),
        exponent: (&Ast, Typed),
    ) -> Option<Typed> {
        let ((base_ast, base), (exponent_ast, exponent)) = (base, exponent);
        self.expect_number(exponent_ast, exponent, "an exponent")?;
        let id = self.graph.binary(Binary::Power, base.id, exponent.id);
        if base.dimension.is_none() {
            return Some(self.pure(id));
        }
        let Node::Constant(value) = self.graph.node(exponent.id) else {
            let this = short(base_ast, 24).unwrap_or_else(|| "the base".into());
            let label = format!("not a constant, and {this} is {}", shown(base.dimension));
            let message = "a quantity with a unit can be raised to a constant power only";
            let help = "divide the base by a quantity of the same unit";
            self.report(
                Diagnostic::new(exponent_ast.span, message)
                    .label(label)
                    .help(help),
            );
            return None;
        };
        // Exponents of dimensions are whole numbers of sixtieths: 1/3 and 0.3333333333333333 are 20 of them.
        let sixtieths = (value * 60.0).round();
        let is_fraction = value.abs() < 1e3 && (value * 60.0 - sixtieths).abs() < 1e-9;
        let dimension = if is_fraction {
            base.dimension.power(sixtieths as i32, 60)
        } else {
            None
        };
        let Some(dimension) = dimension else {
            let message = format!("{} has no unit to the power {value}", shown(base.dimension));
            self.report(
                Diagnostic::new(ast.span, message)
                    .help("exponents of units are fractions such as 1/2, 2/3 or 3"),
            );
            return None;
        };
        Some(Typed {
            id,
            dimension,
            any: false,
        })
    }
}

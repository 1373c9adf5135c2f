//! Calls of functions.

use super::super::ast::Ast;
use super::super::functions::{self, Build, Function, Kind, functions};
use super::super::graph::{ExprId, Unary};
use super::check::{short, shown, unit_for_number};
use super::{Lowerer, Typed};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::units::Dimension;

impl Lowerer<'_> {
    pub(super) fn call(
        &mut self,
        ast: &Ast,
        name: &str,
        span: Span,
        arguments: &[Ast],
    ) -> Option<Typed> {
        let outcome = matches!(name, "final" | "initial" | "mean" | "integral" | "at");
        if outcome || matches!((name, arguments), ("max" | "min", [_])) {
            return self.only_in_outcomes(&format!("{name}(…)"), span);
        }
        let Some(function) = functions().iter().find(|function| function.name == name) else {
            self.unknown_function(name, span);
            self.lower_all(arguments);
            return None;
        };
        if arguments.len() < function.least || arguments.len() > function.most {
            let wanted = match function.least {
                1 => "1 argument".to_string(),
                least if least == function.most => format!("{least} arguments"),
                least => format!("at least {least} arguments"),
            };
            let message = format!("`{name}` needs {wanted}, here are {}", arguments.len());
            self.report(
                Diagnostic::new(ast.span, message).help(format!("write `{}`", function.signature)),
            );
            self.lower_all(arguments);
            return None;
        }
        if let (Kind::If, [condition, yes, no]) = (function.kind, arguments)
            && let Some(value) = self.whole_number(condition)
        {
            return self.lower(if value != 0.0 { yes } else { no });
        }
        let typed = self.lower_all(arguments)?;
        self.apply(ast, function, arguments, &typed)
    }

    /// All of them, so that the mistakes of each are reported.
    fn lower_all(&mut self, arguments: &[Ast]) -> Option<Vec<Typed>> {
        let typed: Vec<Option<Typed>> = arguments
            .iter()
            .map(|argument| self.lower(argument))
            .collect();
        typed.into_iter().collect()
    }

    fn unknown_function(&mut self, name: &str, span: Span) {
        let other = match name {
            "log" => Some("write `ln` or `log10`".to_string()),
            "arcsin" | "arccos" | "arctan" => Some(format!("write `a{}`", &name[3..])),
            "power" => Some("write `a^b` or `pow(a, b)`".to_string()),
            "heaviside" | "Heaviside" => Some("write `step(x)`".to_string()),
            _ if self.is_known(name) => {
                Some(format!("`{name}` is a quantity: write `*` to multiply"))
            }
            _ => None,
        };
        let near = || {
            nearest(
                name,
                functions()
                    .iter()
                    .map(|function| function.name)
                    .chain(["sum"]),
            )
        };
        let help = other.or_else(|| near().map(|near| format!("did you mean `{near}`?")));
        self.report(
            Diagnostic::new(span, format!("unknown function `{name}`"))
                .help(help.unwrap_or_default()),
        );
    }

    fn apply(
        &mut self,
        ast: &Ast,
        function: &Function,
        asts: &[Ast],
        typed: &[Typed],
    ) -> Option<Typed> {
        let parts: Vec<(&Ast, Typed)> = asts.iter().zip(typed.iter().copied()).collect();
        let ids: Vec<ExprId> = typed.iter().map(|typed| typed.id).collect();
        let name = format!("`{}`", function.name);
        match (function.kind, parts.as_slice()) {
            (Kind::Pure(op), &[(argument, a)]) => {
                self.expect_number(argument, a, &name)?;
                let id = self.graph.unary(op, a.id);
                Some(self.pure(id))
            }
            (Kind::Keep(op), &[(_, a)]) => Some(Typed {
                id: self.graph.unary(op, a.id),
                ..a
            }),
            (Kind::Number(op), &[(_, a)]) => {
                let id = self.graph.unary(op, a.id);
                Some(self.pure(id))
            }
            (Kind::SquareRoot, &[(_, a)]) => self.square_root(ast, a),
            (Kind::Fold(op), parts) => {
                let dimension = self.same(ast, parts)?;
                let id = ids.into_iter().reduce(|a, b| self.graph.binary(op, a, b))?;
                Some(Typed {
                    id,
                    dimension,
                    any: typed.iter().all(|typed| typed.any),
                })
            }
            (Kind::Power, &[base, exponent]) => self.power(ast, base, exponent),
            (Kind::If, &[(condition, c), yes, no]) => {
                let number = self.expect_number(condition, c, "a condition");
                let dimension = self.same(ast, &[yes, no])?;
                number?;
                let id = self.graph.select(c.id, yes.1.id, no.1.id);
                Some(Typed {
                    id,
                    dimension,
                    any: yes.1.any && no.1.any,
                })
            }
            (Kind::Same(build), parts) => {
                let dimension = self.same(ast, parts)?;
                self.build(build, &ids, dimension)
            }
            (Kind::Ratio(build), parts) => {
                self.same(ast, parts)?;
                self.build(build, &ids, Dimension::NONE)
            }
            (Kind::Hill, &[x, k, (exponent, n)]) => {
                let number = self.expect_number(exponent, n, "the exponent of `hill`");
                self.same(ast, &[x, k])?;
                number?;
                let id = functions::hill(self.graph, x.1.id, k.1.id, n.id);
                Some(self.pure(id))
            }
            (Kind::Sphere(from, to, build), &[(argument, a)]) => {
                let length = Dimension::of("um");
                let (wanted, result) = (length.power(from, 1)?, length.power(to, 1)?);
                self.needs(argument, a, wanted, &name)?;
                self.build(build, &ids, result)
            }
            (Kind::Temperature(build), &[(first, a), (t, b), (reference, c)]) => {
                let kelvin = Dimension::of("K");
                let first_of = match build {
                    Build::Arrhenius => Dimension::of("J/mol"),
                    _ => Dimension::NONE,
                };
                let fits = [
                    self.needs(first, a, first_of, &name),
                    self.needs(t, b, kelvin, &name),
                    self.needs(reference, c, kelvin, &name),
                ];
                fits.into_iter().collect::<Option<Vec<()>>>()?;
                self.build(build, &ids, Dimension::NONE)
            }
            _ => None,
        }
    }

    fn build(&mut self, build: Build, ids: &[ExprId], dimension: Dimension) -> Option<Typed> {
        let id = build.build(self.graph, ids)?;
        Some(Typed {
            id,
            dimension,
            any: false,
        })
    }

    fn square_root(&mut self, ast: &Ast, a: Typed) -> Option<Typed> {
        let Some(dimension) = a.dimension.power(1, 2) else {
            self.report(Diagnostic::new(
                ast.span,
                format!("{} has no square root", shown(a.dimension)),
            ));
            return None;
        };
        Some(Typed {
            id: self.graph.unary(Unary::Sqrt, a.id),
            dimension,
            any: a.any,
        })
    }

    fn needs(&mut self, argument: &Ast, a: Typed, wanted: Dimension, name: &str) -> Option<()> {
        if a.any || a.dimension == wanted {
            return Some(());
        }
        let this = short(argument, 24).unwrap_or_else(|| "this".into());
        let label = format!("{this} is {}", shown(a.dimension));
        let help = unit_for_number(argument, wanted).unwrap_or_default();
        self.report(
            Diagnostic::new(argument.span, format!("{name} needs {}", shown(wanted)))
                .label(label)
                .help(help),
        );
        None
    }
}

// What both fuzzers do with a text: cargo-fuzz (`fuzz_targets/`) and the bounded one (`tests/fuzz_bounded.rs`).
// Included by path, so that a crash found by one is a regression of the other.

use osmocyte::diagnostic::{Diagnostic, Source, Span, render};
use osmocyte::expr::ast::{Ast, AstKind};
use osmocyte::expr::graph::{ExprId, Graph};
use osmocyte::expr::lower::{Found, Scope, Typed, lower};
use osmocyte::expr::parse;
use osmocyte::expr::print::to_text;
use osmocyte::expr::visit::visit;
use osmocyte::units::Dimension;
use osmocyte::{RunOptions, Simulation};

/// Any text as a model: it is refused with messages, or runs to some end.
pub fn model(text: &str) {
    if repeats_a_lot(text) {
        return;
    }
    let simulation = match Simulation::from_text("fuzz", text) {
        Ok(simulation) => simulation,
        Err(error) => {
            let report = error.report(false);
            assert!(
                report.contains("error: "),
                "refused without a message: {report:?}"
            );
            return;
        }
    };
    if simulation.system().flat.states.len() > 50 {
        return;
    }
    let options = RunOptions {
        points: Some(5),
        max_steps: Some(200),
        ..RunOptions::default()
    };
    match simulation.run(&options) {
        Ok(run) => {
            let rows = run.trajectory.time.values.len();
            assert!(rows >= 1, "a run without a row");
            for column in &run.trajectory.columns {
                assert_eq!(
                    column.values.len(),
                    rows,
                    "column `{}` has another length",
                    column.name
                );
            }
            assert!(
                run.trajectory.time.values.windows(2).all(|w| w[0] <= w[1]),
                "time runs backwards"
            );
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Large families are right but slow; they have tests of their own.
fn repeats_a_lot(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = bytes
        .windows(3)
        .any(|w| w.iter().all(|b| b.is_ascii_digit() || *b == b'_'));
    let exponent = bytes
        .windows(2)
        .any(|w| w[0].is_ascii_digit() && matches!(w[1], b'e' | b'E' | b'x' | b'^'));
    text.contains("..") && (digits || exponent)
}

/// Any text as an expression, an outcome, a condition, an action and a sentence: what can be read can be printed, read
/// again as the same, and lowered.
pub fn expression(text: &str) {
    for (outcome, read) in [
        (false, parse::parse_expression(text)),
        (true, parse::parse_outcome(text)),
    ] {
        match read {
            Ok(ast) => round_trip(ast, outcome),
            Err(mistakes) => draw(text, &mistakes),
        }
    }
    if let Err(mistakes) = parse::parse_when(text) {
        draw(text, &mistakes);
    }
    if let Err(mistakes) = parse::parse_then(text) {
        draw(text, &mistakes);
    }
    if let Err(mistakes) = parse::parse_sentence(text) {
        draw(text, &mistakes);
    }
}

fn draw(text: &str, mistakes: &[Diagnostic]) {
    assert!(!mistakes.is_empty(), "refused without a message");
    for mistake in mistakes {
        let Span { start, end } = mistake.span;
        assert!(
            start <= end && end <= text.len(),
            "{mistake:?} lies outside of the text"
        );
        assert!(
            text.is_char_boundary(start) && text.is_char_boundary(end),
            "{mistake:?} cuts a character"
        );
    }
    let source = Source {
        name: "fuzz".into(),
        text: text.into(),
    };
    render(&source, mistakes, false);
}

fn round_trip(mut ast: Ast, outcome: bool) {
    let printed = to_text(&ast);
    let again = if outcome {
        parse::parse_outcome(&printed)
    } else {
        parse::parse_expression(&printed)
    };
    let mut again = match again {
        Ok(again) => again,
        Err(mistakes) => panic!("`{printed}` can't be read again: {mistakes:?}"),
    };
    // A range without end is legal and would be added up term by term.
    let sums = contains_sum(&ast);
    ast.map_spans(&mut |_| Span::default());
    again.map_spans(&mut |_| Span::default());
    assert_eq!(ast, again, "`{printed}` reads as something else");
    if !sums {
        let mut graph = Graph::new();
        let scope = Names::new(&mut graph);
        let mut mistakes = Vec::new();
        let typed = lower(&ast, &scope, &mut graph, &mut mistakes);
        assert!(
            typed.is_some() == mistakes.is_empty(),
            "`{printed}` fails without a message, or the other way round: {mistakes:?}"
        );
    }
}

fn contains_sum(ast: &Ast) -> bool {
    let mut found = false;
    visit(ast, &mut |part| {
        found |= matches!(part.kind, AstKind::Sum { .. })
    });
    found
}

/// A few names of several dimensions; all others do not exist.
struct Names(Vec<(&'static str, Typed)>);

impl Names {
    fn new(graph: &mut Graph) -> Self {
        let mut names = Vec::new();
        for (name, unit) in [
            ("x", ""),
            ("y", ""),
            ("a", "um"),
            ("b", "um"),
            ("t", "s"),
            ("P", "MPa"),
            ("cell.volume", "um^3"),
        ] {
            let dimension = Dimension::of(unit);
            let id: ExprId = graph.variable(name, dimension).1;
            names.push((
                name,
                Typed {
                    id,
                    dimension,
                    any: false,
                },
            ));
        }
        Names(names)
    }
}

impl Scope for Names {
    fn lookup(&self, name: &str) -> Found {
        match self.0.iter().find(|(known, _)| *known == name) {
            Some((_, typed)) => Found::Value(*typed),
            None if name == "N" => Found::Integer(3),
            None => Found::Unknown,
        }
    }

    fn lookup_indexed(&self, name: &str, index: i64) -> Found {
        if (1..=3).contains(&index) {
            self.lookup(name)
        } else {
            Found::Unknown
        }
    }

    fn nearest(&self, name: &str) -> Option<String> {
        osmocyte::diagnostic::nearest(name, self.0.iter().map(|(known, _)| *known))
            .map(str::to_string)
    }
}

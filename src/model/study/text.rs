//! The parts of a study as a command line gives them: `Pf=20..400 um/s log 200`, `late=time of lysis`.

use super::AxisDef;
use super::axis::{parse_values, parse_variants};
use super::points::axes_of_table;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::error::Sources;
use crate::expr::ast::{Ast, AstKind};
use crate::expr::parse::{parse_expression, parse_outcome};
use crate::model::Outcome;

/// Reads `NAME=VALUES` into an axis; its text is added to the sources, so that messages can show it.
pub fn parse_axis(sources: &mut Sources, text: &str) -> (Option<AxisDef>, Vec<Diagnostic>) {
    let name = text.split('=').next().unwrap_or(text).trim();
    let base = add(sources, "vary", text);
    let start = base + text.find(name).unwrap_or(0);
    let span = Span::new(start, start + name.len());
    let Some((left, values)) = text.split_once('=').filter(|_| !name.is_empty()) else {
        let mistake = Diagnostic::new(span, "an axis is a name, `=`, and its values")
            .help("for example `k=1..10 1/s 10`, `k=1, 5, 10 1/s` or `k=range 10`");
        return (None, vec![mistake]);
    };
    let read = if name == AxisDef::VARIANT {
        parse_variants(values)
    } else {
        parse_values(values)
    };
    let at = base + left.len() + "=".len();
    match read {
        Ok(mut values) => {
            values.map_spans(&mut |span| Span::new(span.start + at, span.end + at));
            let name = name.to_string();
            (Some(AxisDef { name, span, values }), Vec::new())
        }
        Err(mistakes) => (None, shifted(mistakes, at)),
    }
}

/// Reads `NAME=EXPRESSION`, or the name of an outcome of the model, or an expression, which then is its own name. The
/// text is added to the sources.
pub fn parse_study_outcome(
    sources: &mut Sources,
    text: &str,
) -> (Option<Outcome>, Vec<Diagnostic>) {
    let base = add(sources, "outcome", text);
    let named = text.split_once('=').and_then(|(name, value)| {
        // In `if(a == b, …)` and `a <= b` it compares.
        let plain = is_name(name.trim()) && !value.starts_with('=');
        plain.then(|| (name.trim(), value, name.len() + "=".len()))
    });
    let (name, value, start) = named.unwrap_or((text.trim(), text, 0));
    let at = base + start;
    match parse_outcome(value) {
        Ok(mut ast) => {
            ast.shift(at);
            let begin = base + text.find(name).unwrap_or(0);
            let outcome = Outcome {
                name: name.to_string(),
                span: Span::new(begin, begin + name.len()),
                value: ast,
                unit: None,
                about: String::new(),
            };
            (Some(outcome), Vec::new())
        }
        Err(mistakes) => (None, shifted(mistakes, at)),
    }
}

/// Reads a table of points, CSV with units in its header, into axes. The name of its file is added to the sources.
pub fn parse_points(
    sources: &mut Sources,
    name: &str,
    text: &str,
) -> (Vec<AxisDef>, Vec<Diagnostic>) {
    let base = add(sources, "table", name);
    let span = Span::new(base, base + name.len());
    match axes_of_table(text, span) {
        Ok(axes) => (axes, Vec::new()),
        Err(reason) => {
            let mistake = Diagnostic::new(span, format!("`{name}`: {reason}"));
            (Vec::new(), vec![mistake])
        }
    }
}

fn is_name(text: &str) -> bool {
    let parsed = parse_expression(text);
    matches!(parsed, Ok(Ast { kind: AstKind::Name(name), .. }) if name == text && !text.contains('.'))
}

fn add(sources: &mut Sources, what: &str, text: &str) -> usize {
    sources.add(Source {
        name: what.to_string(),
        text: text.to_string(),
    })
}

fn shifted(mut mistakes: Vec<Diagnostic>, by: usize) -> Vec<Diagnostic> {
    for mistake in &mut mistakes {
        mistake.span = Span::new(mistake.span.start + by, mistake.span.end + by);
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Sources {
        Sources::new(Source {
            name: "cell.toml".into(),
            text: "x".into(),
        })
    }

    #[test]
    fn an_axis_has_its_places_behind_the_file() {
        let mut sources = sources();
        let (axis, mistakes) = parse_axis(&mut sources, "Pf = 20..400 um/s log 200");
        let axis = axis.unwrap();
        assert!(mistakes.is_empty());
        assert_eq!((axis.name.as_str(), axis.span), ("Pf", Span::new(2, 4)));
        assert_eq!(axis.values.count(), Some(200));
        let (axis, mistakes) = parse_axis(&mut sources, "T=20..40 degK");
        assert!(axis.is_none());
        assert_eq!(
            sources.render(&mistakes, false),
            "error: unknown unit `degK`\n --> vary:1:10\n  |\n1 | T=20..40 degK\n  |          ^^^^\n  |\n  \
             = help: did you mean `degC`?"
        );
        for text in ["Pf", "", "=1..2", " = 3"] {
            let (axis, mistakes) = parse_axis(&mut sources, text);
            assert!(axis.is_none(), "{text}");
            assert_eq!(
                mistakes[0].message,
                "an axis is a name, `=`, and its values"
            );
        }
        let (axis, _) = parse_axis(&mut sources, "variant=ghost, none");
        assert_eq!(axis.unwrap().values.count(), Some(2));
    }

    #[test]
    fn an_outcome_has_a_name_or_is_its_own() {
        let mut sources = sources();
        for (text, name, place) in [
            ("late = time of lysis", "late", Span::new(2, 6)),
            ("peak", "peak", Span::new(23, 27)),
            ("max(x) / 2", "max(x) / 2", Span::new(28, 38)),
            (
                "max(if(x == 1, 2, 3))",
                "max(if(x == 1, 2, 3))",
                Span::new(39, 60),
            ),
        ] {
            let (outcome, mistakes) = parse_study_outcome(&mut sources, text);
            let outcome = outcome.unwrap();
            assert!(mistakes.is_empty());
            assert_eq!((outcome.name.as_str(), outcome.span), (name, place));
        }
        let (_, mistakes) = parse_study_outcome(&mut sources, "late=time of");
        assert_eq!(mistakes[0].span, Span::new(73, 73));
    }
}

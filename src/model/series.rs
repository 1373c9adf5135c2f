//! A measured course of an input: one column of a CSV text over its first column.

use crate::diagnostic::Span;
use crate::expr::ast::{Ast, AstKind};
use crate::units::Unit;

/// Times and values of `column`; the units stand in the header, `t [s],glucose [mM]`.
pub(super) fn series(text: &str, column: &str, span: Span) -> Result<(Vec<Ast>, Vec<Ast>), String> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| e.to_string())?.clone();
    let mut names = Vec::new();
    for cell in &header {
        names.push(split_header(cell)?);
    }
    let Some(index) = names.iter().position(|(name, _)| name == column) else {
        let known: Vec<&str> = names
            .iter()
            .skip(1)
            .map(|(name, _)| name.as_str())
            .collect();
        return Err(format!(
            "there is no column `{column}`; columns: {}",
            known.join(", ")
        ));
    };
    if index == 0 {
        return Err(format!(
            "`{column}` is the first column, which holds the times"
        ));
    }
    let (mut t, mut values) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        for (out, i) in [(&mut t, 0), (&mut values, index)] {
            let cell = record.get(i).unwrap_or("");
            let value: f64 = cell
                .parse()
                .map_err(|_| format!("line {line}: `{cell}` is not a number"))?;
            if !value.is_finite() {
                return Err(format!("line {line}: `{cell}` is not finite"));
            }
            out.push(Ast {
                kind: AstKind::Number {
                    value,
                    unit: names[i].1.clone(),
                },
                span,
            });
        }
    }
    if t.is_empty() {
        return Err("it has no data".to_string());
    }
    Ok((t, values))
}

/// `glucose [mM]` → name and unit.
pub(super) fn split_header(cell: &str) -> Result<(String, Option<Unit>), String> {
    match cell.split_once('[') {
        None => Ok((cell.trim().to_string(), None)),
        Some((name, rest)) => {
            let text = rest.trim_end().trim_end_matches(']');
            let unit = Unit::parse(text).map_err(|e| format!("header `{cell}`: {}", e.message))?;
            Ok((name.trim().to_string(), Some(unit)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_column_with_its_unit() {
        let text = "t [min],glucose [mM],note [%]\n0, 5.0,1\n1, 7.5,2\n";
        let (t, v) = series(text, "glucose", Span::default()).unwrap();
        assert_eq!((t.len(), v.len()), (2, 2));
        let AstKind::Number {
            value,
            unit: Some(unit),
        } = &v[1].kind
        else {
            panic!("not a quantity")
        };
        assert_eq!((*value, unit.text()), (7.5, "mM"));
    }

    #[test]
    fn names_what_is_wrong() {
        let wrong = |text: &str| series(text, "x", Span::default()).unwrap_err();
        assert_eq!(wrong("t,y\n0,1\n"), "there is no column `x`; columns: y");
        assert_eq!(wrong("t,x\n0,abc\n"), "line 2: `abc` is not a number");
        assert_eq!(wrong("t,x\n"), "it has no data");
        assert!(wrong("t,x [blub]\n0,1\n").starts_with("header `x [blub]`"));
    }
}

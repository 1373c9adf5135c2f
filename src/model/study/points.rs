//! The points of a study from a CSV text: a column for each axis, a row for each point.

use super::axis::choice;
use super::{AxisDef, AxisValues};
use crate::diagnostic::Span;
use crate::model::series::split_header;
use crate::units::Unit;

/// The axes of a table; the units stand in the header, `Pf [um/s],T [degC],variant`. `span` is the place of its name.
pub(super) fn axes_of_table(text: &str, span: Span) -> Result<Vec<AxisDef>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|e| e.to_string())?.clone();
    let mut axes = Vec::new();
    for cell in &header {
        let (name, unit) = split_header(cell)?;
        if name.is_empty() {
            return Err("a column has no name".to_string());
        }
        let values = values_of(&name, unit);
        axes.push(AxisDef { name, span, values });
    }
    let mut rows = 0;
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        for (axis, cell) in axes.iter_mut().zip(&record) {
            add(&mut axis.values, cell, span)
                .map_err(|mistake| format!("line {line}: {mistake}"))?;
        }
        rows += 1;
    }
    if rows == 0 {
        return Err("it has no points".to_string());
    }
    Ok(axes)
}

fn values_of(name: &str, unit: Option<Unit>) -> AxisValues {
    if name == AxisDef::VARIANT {
        return AxisValues::Variants(Vec::new());
    }
    AxisValues::Column {
        values: Vec::new(),
        unit,
    }
}

fn add(values: &mut AxisValues, cell: &str, span: Span) -> Result<(), String> {
    match values {
        AxisValues::Column { values, unit } => {
            let value: f64 = cell
                .parse()
                .map_err(|_| format!("`{cell}` is not a number"))?;
            if !super::internal(value, unit).is_finite() {
                return Err(format!("`{cell}` is not finite"));
            }
            values.push(value);
        }
        AxisValues::Variants(choices) => choices.push(choice(cell, span)),
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_units_and_variants() {
        let text =
            "Pf [um/s], T [degC], N, variant\n# a remark\n20, 37, 1, ghost\n40, 25.5, 2, none\n";
        let axes = axes_of_table(text, Span::default()).unwrap();
        let names: Vec<&str> = axes.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names, ["Pf", "T", "N", "variant"]);
        assert!(axes.iter().all(|a| a.values.count() == Some(2)));
        let AxisValues::Column {
            values,
            unit: Some(unit),
        } = &axes[1].values
        else {
            panic!("a column with a unit")
        };
        assert_eq!(
            (values.as_slice(), unit.text()),
            (&[37.0, 25.5][..], "degC")
        );
        assert_eq!(axes[2].values.unit(), None);
        let AxisValues::Variants(choices) = &axes[3].values else {
            panic!("names")
        };
        assert_eq!(choices[0].name.as_deref(), Some("ghost"));
        assert_eq!(choices[1].name, None);
    }

    #[test]
    fn names_what_is_wrong() {
        let wrong = |text: &str| axes_of_table(text, Span::default()).unwrap_err();
        assert_eq!(wrong("k\n"), "it has no points");
        assert_eq!(wrong("k\n1\nabc\n"), "line 3: `abc` is not a number");
        assert_eq!(wrong("k,m\n1,\n"), "line 2: `` is not a number");
        assert_eq!(wrong("k\ninf\n"), "line 2: `inf` is not finite");
        assert_eq!(wrong("k,\n1,2\n"), "a column has no name");
        assert!(wrong("k [blub]\n1\n").starts_with("header `k [blub]`"));
    }
}

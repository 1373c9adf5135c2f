//! The numbers from which cells are drawn, under names for a table.

use crate::trajectory::figure::{AxisData, CellsData};
use crate::trajectory::{Column, PictureData};

/// A number of a drawn cell.
pub(super) struct Drawn<'a> {
    /// The run, if there are several.
    pub run: &'a str,
    /// What runs to the right: time, with its unit.
    pub time: AxisData,
    /// In that unit.
    pub at: f64,
    /// What the number is, with its unit.
    pub what: AxisData,
    /// In that unit; `None` where there is no value.
    pub value: Option<f64>,
}

/// All of them, cell by cell. How fast vesicles come and go is not among them: only its course is known, not its unit.
pub(super) fn drawn(cells: &CellsData) -> Vec<Drawn<'_>> {
    let mut out = Vec::new();
    for run in &cells.runs {
        let picture = &run.picture;
        let quantities = quantities(picture);
        for row in &run.rows {
            for (name, unit, values) in &quantities {
                out.push(Drawn {
                    run: &run.label,
                    time: axis("time", &picture.time.unit),
                    at: picture.time.values.get(*row).copied().unwrap_or(f64::NAN),
                    what: axis(name, unit),
                    value: values.get(*row).copied().filter(|v| v.is_finite()),
                });
            }
        }
    }
    out
}

fn axis(label: &str, unit: &str) -> AxisData {
    AxisData {
        label: label.to_string(),
        unit: unit.to_string(),
        ..AxisData::default()
    }
}

/// Name, unit and values of what a picture has.
fn quantities(picture: &PictureData) -> Vec<(&'static str, &str, &[f64])> {
    let vesicles = picture.vesicles.as_ref();
    let measured = [
        ("volume of the cell", "µm³", Some(&picture.volume)),
        ("area of the plasma membrane", "µm²", picture.area.as_ref()),
        ("volume inside the slack wall", "µm³", picture.wall.as_ref()),
        (
            "volume of the contractile vacuole",
            "µm³",
            picture.vacuole.as_ref(),
        ),
        ("membrane of all vesicles", "µm²", vesicles.map(|v| &v.area)),
        (
            "diameter of a vesicle",
            "µm",
            vesicles.and_then(|v| v.diameter.as_ref()),
        ),
    ];
    let measured = measured
        .into_iter()
        .filter_map(|(name, unit, values)| Some((name, unit, values?.as_slice())));
    let pressed = |column: &Option<Column>| column.as_ref().is_some_and(|c| c.unit == "MPa");
    let (inside, outside) = match pressed(&picture.inside) || pressed(&picture.outside) {
        true => ("osmotic pressure inside", "osmotic pressure outside"),
        false => ("osmolarity inside", "osmolarity outside"),
    };
    let columns = [
        (inside, &picture.inside),
        (outside, &picture.outside),
        ("water flow inward", &picture.flow),
        ("pressure inside", &picture.pressure),
    ];
    let columns = columns.into_iter().filter_map(|(name, column)| {
        let column = column.as_ref()?;
        Some((name, column.unit.as_str(), column.values.as_slice()))
    });
    measured.chain(columns).collect()
}

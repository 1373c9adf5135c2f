//! The numbers behind a figure as one table: a row for each point.

use super::drawn::{Drawn, drawn};
use super::telling::{lattice, points};
use crate::table::{Table, Values};
use crate::trajectory::figure::{AxisData, BandData, FigureData, PlotContent};

/// A row before it is part of a column.
struct Row<'a> {
    panel: usize,
    curve: &'a str,
    kind: &'static str,
    x: (&'a AxisData, Place<'a>),
    y: (&'a AxisData, Option<f64>),
    z: Option<(&'a AxisData, Option<f64>)>,
}

/// A place on the horizontal axis.
enum Place<'a> {
    Number(f64),
    Name(&'a str),
    Everywhere,
}

const POINT: &str = "point";
const LEVEL: &str = "level";
const BAND: &str = "band";

/// A row for each level.
fn levels<'a>(
    panel: usize,
    axes: (&'a AxisData, &'a AxisData),
    levels: &'a [(f64, String)],
) -> impl Iterator<Item = Row<'a>> {
    levels.iter().map(move |(value, label)| Row {
        panel,
        curve: label,
        kind: LEVEL,
        x: (axes.0, Place::Everywhere),
        y: (axes.1, Some(*value)),
        z: None,
    })
}

/// A row for each end of each band.
fn bands<'a>(
    panel: usize,
    nothing: &'a AxisData,
    (axis, of_x): (&'a AxisData, bool),
    bands: &'a [BandData],
) -> impl Iterator<Item = Row<'a>> {
    let ends = bands
        .iter()
        .flat_map(|band| [(band, band.from), (band, band.to)]);
    ends.map(move |(band, end)| Row {
        panel,
        curve: &band.label,
        kind: BAND,
        x: match of_x {
            true => (axis, Place::Number(end)),
            false => (nothing, Place::Everywhere),
        },
        y: match of_x {
            true => (nothing, None),
            false => (axis, Some(end)),
        },
        z: None,
    })
}

/// One row for each point of each curve: which panel and curve, x and y, each with name and unit; a third value in maps.
/// Of each drawn cell one row for each number that it is drawn from. Where x has names and no numbers, they stand in `place`.
/// Levels and bands have rows of their own `kind`. Of long curves and large maps there are the points that tell their course.
pub fn table(figure: &FigureData) -> Table {
    let nothing = AxisData::default();
    // Their names are made here, and must outlive the rows.
    let cells: Vec<Vec<Drawn>> = (figure.plots.iter())
        .map(|plot| match &plot.content {
            PlotContent::Cells(data) => drawn(data),
            _ => Vec::new(),
        })
        .collect();
    let mut rows = Vec::new();
    for (i, plot) in figure.plots.iter().enumerate() {
        let panel = i + 1;
        match &plot.content {
            PlotContent::Curves(data) => {
                for part in &data.panels {
                    for curve in &part.curves {
                        for i in points(data, part, curve) {
                            let y = curve.y[i];
                            rows.push(Row {
                                panel,
                                curve: &curve.label,
                                kind: POINT,
                                x: (&data.x, Place::Number(curve.x[i])),
                                y: (&part.y, y.is_finite().then_some(y)),
                                z: None,
                            });
                        }
                    }
                    rows.extend(levels(panel, (&nothing, &part.y), &part.thresholds));
                    rows.extend(bands(panel, &nothing, (&part.y, false), &part.bands));
                }
                rows.extend(bands(panel, &nothing, (&data.x, true), &data.bands));
            }
            PlotContent::Map(data) => {
                for (x, y, z) in lattice(&data.points) {
                    rows.push(Row {
                        panel,
                        curve: "",
                        kind: POINT,
                        x: (&data.x, Place::Number(x)),
                        y: (&data.y, Some(y)),
                        z: Some((&data.z, z)),
                    });
                }
            }
            PlotContent::Bars(data) => {
                for (name, values) in &data.bars {
                    for (group, value) in data.groups.iter().zip(values) {
                        rows.push(Row {
                            panel,
                            curve: name,
                            kind: POINT,
                            x: (&nothing, Place::Name(group)),
                            y: (&data.y, *value),
                            z: None,
                        });
                    }
                }
                rows.extend(levels(panel, (&nothing, &data.y), &data.thresholds));
            }
            PlotContent::Stairs(data) => {
                for (name, values) in &data.stairs {
                    for (place, value) in data.places.iter().zip(values) {
                        rows.push(Row {
                            panel,
                            curve: name,
                            kind: POINT,
                            x: (&nothing, Place::Name(place)),
                            y: (&data.y, *value),
                            z: None,
                        });
                    }
                }
                rows.extend(levels(panel, (&nothing, &data.y), &data.thresholds));
            }
            PlotContent::Cells(_) => {
                rows.extend(cells[i].iter().map(|number| Row {
                    panel,
                    curve: number.run,
                    kind: POINT,
                    x: (&number.time, Place::Number(number.at)),
                    y: (&number.what, number.value),
                    z: None,
                }));
            }
        }
    }
    columns(&rows)
}

fn columns(rows: &[Row]) -> Table {
    let mut table = Table::default();
    let words = |text: &dyn Fn(&Row) -> String| Values::Words(rows.iter().map(text).collect());
    let numbers =
        |number: &dyn Fn(&Row) -> Option<f64>| Values::Numbers(rows.iter().map(number).collect());
    let panels = rows.iter().map(|r| Some(r.panel as u64)).collect();
    table.push(
        "panel",
        "",
        "number of the chart in the figure",
        Values::Counts(panels),
    );
    table.push(
        "curve",
        "",
        "name of the curve, level or band",
        words(&|r| r.curve.to_string()),
    );
    table.push(
        "kind",
        "",
        "point, level, or end of a band: those are lines and strips across the chart",
        words(&|r| r.kind.to_string()),
    );
    let named = rows.iter().any(|r| matches!(r.x.1, Place::Name(_)));
    let numbered = rows.iter().any(|r| matches!(r.x.1, Place::Number(_)));
    if numbered {
        table.push(
            "x_quantity",
            "",
            "what x is",
            words(&|r| r.x.0.label.clone()),
        );
        table.push(
            "x_unit",
            "",
            "unit of x; empty for a plain number",
            words(&|r| r.x.0.unit.clone()),
        );
        let x = |r: &Row| match r.x.1 {
            Place::Number(x) => Some(x),
            Place::Name(_) | Place::Everywhere => None,
        };
        table.push("x", "", "in the unit of x", numbers(&x));
    }
    if named {
        let place = |r: &Row| match r.x.1 {
            Place::Name(name) => name.to_string(),
            Place::Number(_) | Place::Everywhere => String::new(),
        };
        table.push(
            "place",
            "",
            "what stands on the horizontal axis",
            words(&place),
        );
    }
    table.push(
        "y_quantity",
        "",
        "what y is",
        words(&|r| r.y.0.label.clone()),
    );
    table.push(
        "y_unit",
        "",
        "unit of y; empty for a plain number",
        words(&|r| r.y.0.unit.clone()),
    );
    table.push("y", "", "in the unit of y", numbers(&|r| r.y.1));
    if rows.iter().any(|r| r.z.is_some()) {
        let axis = |r: &Row| r.z.as_ref().map(|z| z.0.clone()).unwrap_or_default();
        table.push("z_quantity", "", "what z is", words(&|r| axis(r).label));
        table.push(
            "z_unit",
            "",
            "unit of z; empty for a plain number",
            words(&|r| axis(r).unit),
        );
        table.push(
            "z",
            "",
            "in the unit of z",
            numbers(&|r| r.z.as_ref().and_then(|z| z.1)),
        );
    }
    table
}

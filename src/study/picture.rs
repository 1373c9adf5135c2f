//! The numbers of a cell to be drawn, along a run.

use super::harvest::shown_unit;
use super::outcomes::Record;
use crate::model::picture::{Part, Shape};
use crate::system::PictureInfo;
use crate::trajectory::{CellShape, Column, PictureData, VesicleData};

/// A picture in numbers: at the saved times, at events, and on both sides of jumps, as `time` says.
pub(super) fn picture(
    info: &PictureInfo,
    record: &Record,
    timeline: &[(f64, &[f64])],
    time: Column,
) -> PictureData {
    let column = |part: Part| {
        let part = info.parts.iter().find(|p| p.part == part)?;
        let value = record.reader(part.value);
        let values = timeline.iter();
        let values = values.map(|(_, row)| part.unit.from_internal(value(row)));
        Some(Column {
            name: part.part.path(),
            unit: shown_unit(&part.unit),
            about: String::new(),
            values: values.collect(),
        })
    };
    let values = |part: Part| column(part).map(|c| c.values);
    let diameter = values(Part::VesicleDiameter);
    let of_number = || {
        let numbers = values(Part::VesicleNumber)?;
        let each = diameter.iter().flatten();
        let area = |(n, d): (f64, &f64)| n * std::f64::consts::PI * d * d;
        Some(numbers.into_iter().zip(each).map(area).collect())
    };
    let vesicles = values(Part::VesicleArea).or_else(of_number);
    PictureData {
        title: info.title.clone(),
        name: info.name.clone(),
        note: info.note.clone(),
        shape: match info.shape {
            Shape::Disc => CellShape::Disc,
            Shape::Sphere => CellShape::Sphere,
            Shape::Box => CellShape::Box {
                aspect: info.aspect,
            },
        },
        volume: values(Part::Volume).unwrap_or_default(),
        area: values(Part::Area),
        wall: values(Part::Wall),
        vacuole: values(Part::Vacuole),
        vesicles: vesicles.map(|area| VesicleData {
            area,
            diameter: diameter.clone(),
            fusing: values(Part::Fusing),
            retrieving: values(Part::Retrieving),
        }),
        inside: column(Part::Inside),
        outside: column(Part::Outside),
        flow: column(Part::Flow),
        pressure: column(Part::Pressure),
        burst: info.burst.clone(),
        time,
    }
}

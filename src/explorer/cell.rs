//! The cell at a moment of a run, where its model has a picture of it.

use serde_json::{Value, json};

use super::run::Done;
use crate::output::chart::cell::Moments;
use crate::output::chart::{Size, Theme, cell_svg};
use crate::trajectory::PictureData;

/// The side of the picture \[px\].
const SIDE: f64 = 260.0;

/// The cell, or the cells, at a share of the run: 0 is its start, 1 its end.
pub(super) fn cells(done: &Done, moment: f64, theme: Theme) -> Vec<Value> {
    let pictures = done.run.pictures.iter();
    pictures
        .filter_map(|data| cell(done, data, moment, theme))
        .collect()
}

fn cell(done: &Done, data: &PictureData, moment: f64, theme: Theme) -> Option<Value> {
    let times = &data.time.values;
    let (first, last) = (times.first()?, times.last()?);
    let moments = Moments::new(data, &done.run.trajectory.events);
    let frame = moments.frame(moments.nearest(first + moment * (last - first))?);
    let size = Size {
        width: SIDE,
        height: SIDE,
        text: 12.0,
        scale: 1.0,
    };
    let svg = cell_svg(&frame, size, theme);
    Some(json!({
        "name": data.name,
        "title": data.title,
        "note": data.note,
        "time": frame.time,
        "state": frame.state,
        "svg": svg.as_ref().ok(),
    }))
}

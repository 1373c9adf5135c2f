//! The charts of a run as pictures.

use super::Done;
use crate::cli::folder::Folder;
use crate::cli::picture::{self, PictureArgs};
use crate::output::OutputError;
use crate::output::chart::{CellStrip, Chart, Figure};

/// Draws all charts, and the cell, into the folder. A chart that can't be drawn is a warning; false if there was one.
pub(super) fn draw(
    done: &mut Done,
    pictures: &PictureArgs,
    folder: &mut Folder,
) -> Result<bool, OutputError> {
    let mut all = true;
    let events = &done.run.trajectory.events;
    let charts = done.run.charts.iter();
    let charts = charts.map(|data| (&data.name, Figure::Lines(Chart::of(data, events))));
    let cells = done.run.pictures.iter();
    let cells = cells.map(|data| (&data.name, Figure::Cells(CellStrip::of(data, events))));
    for (name, figure) in charts.chain(cells) {
        let warning = picture::draw(&figure, name, pictures, folder)?;
        all &= warning.is_none();
        done.warnings.extend(warning);
    }
    Ok(all)
}

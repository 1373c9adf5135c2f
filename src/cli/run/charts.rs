//! The charts of a run as pictures.

use super::Done;
use crate::cli::folder::Folder;
use crate::cli::picture::{self, PictureArgs};
use crate::output::OutputError;
use crate::output::chart::{Chart, Figure};

/// Draws all charts into the folder. A chart that can't be drawn is a warning; false if there was one.
pub(super) fn draw(
    done: &mut Done,
    pictures: &PictureArgs,
    folder: &mut Folder,
) -> Result<bool, OutputError> {
    let mut all = true;
    for data in &done.run.charts {
        let figure = Figure::Lines(Chart::of(data, &done.run.trajectory.events));
        let warning = picture::draw(&figure, &data.name, pictures, folder)?;
        all &= warning.is_none();
        done.warnings.extend(warning);
    }
    Ok(all)
}

//! The figures of the report.

use super::Story;
use crate::cli::picture::PictureSize;
use crate::output::chart::{CellStrip, Chart, ChartError, Figure, Size, Theme};
use crate::output::report::Picture;

/// Draws the cell and all charts of the run, on light and on dark paper. What can't be drawn is a warning.
pub(super) fn draw(story: &mut Story, size: PictureSize) {
    let run = &story.done.run;
    let events = &run.trajectory.events;
    let cells = run.pictures.iter();
    let cells = cells.map(|data| (&data.name, Figure::Cells(CellStrip::of(data, events))));
    let charts = run.charts.iter();
    let charts = charts.map(|data| (&data.name, Figure::Lines(Chart::of(data, events))));
    let mut warnings = Vec::new();
    for (name, figure) in cells.chain(charts) {
        match picture(name, &figure, size.size()) {
            Ok(picture) => story.pictures.push(picture),
            Err(e) => warnings.push(format!("chart `{name}`: {e}")),
        }
    }
    story.done.warnings.extend(warnings);
}

fn picture(name: &str, figure: &Figure, size: Size) -> Result<Picture, ChartError> {
    let size = figure.fitting(size);
    Ok(Picture {
        name: name.to_string(),
        title: figure.title().to_string(),
        description: figure.description(),
        svg: figure.svg(size, Theme::Light)?,
        dark: figure.svg(size, Theme::Dark)?,
    })
}

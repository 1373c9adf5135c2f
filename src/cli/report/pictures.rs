//! The figures of the report.

use super::Story;
use crate::cli::picture::PictureSize;
use crate::output::chart::{Chart, Figure, Theme};
use crate::output::report::Picture;

/// Draws all charts of the run. One that can't be drawn is a warning.
pub(super) fn draw(story: &mut Story, size: PictureSize) {
    let run = &story.done.run;
    let mut warnings = Vec::new();
    for data in &run.charts {
        let figure = Figure::Lines(Chart::of(data, &run.trajectory.events));
        let size = figure.fitting(size.size());
        match figure.svg(size, Theme::Light) {
            Ok(svg) => story.pictures.push(Picture {
                name: data.name.clone(),
                title: figure.title().to_string(),
                description: figure.description(),
                svg,
                dark: String::new(),
            }),
            Err(e) => warnings.push(format!("chart `{}`: {e}", data.name)),
        }
    }
    story.done.warnings.extend(warnings);
}

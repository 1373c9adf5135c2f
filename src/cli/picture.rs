//! Charts as files: their size, and both kinds of picture.

use clap::ValueEnum;

#[cfg(feature = "charts")]
use super::folder::Folder;
#[cfg(feature = "charts")]
use crate::output::OutputError;
#[cfg(feature = "charts")]
use crate::output::chart::{Chart, Size, render_png, render_svg};

/// What the charts are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PictureSize {
    /// 1600 × 900 pixels, large letters.
    Slide,
    /// A column of a journal, 85 mm.
    Print,
}

/// Draws a chart into the folder as NAME.svg and NAME.png. If it can't be drawn, the reason comes back.
#[cfg(feature = "charts")]
pub(super) fn draw(
    chart: &Chart,
    name: &str,
    size: PictureSize,
    folder: &mut Folder,
) -> Result<Option<String>, OutputError> {
    let size = match size {
        PictureSize::Slide => Size::SLIDE,
        PictureSize::Print => Size::PRINT,
    };
    let size = size.fitting(chart.panels.len());
    let (svg, png) = match (render_svg(chart, size), render_png(chart, size)) {
        (Ok(svg), Ok(png)) => (svg, png),
        (Err(e), _) | (_, Err(e)) => return Ok(Some(format!("chart `{name}`: {e}"))),
    };
    folder.stage(&format!("{name}.svg"), |to| to.write_all(svg.as_bytes()))?;
    folder.stage(&format!("{name}.png"), |to| to.write_all(&png))?;
    Ok(None)
}

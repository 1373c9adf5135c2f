//! Charts as files: their size, and both kinds of picture.

use clap::ValueEnum;

#[cfg(feature = "charts")]
use super::folder::Folder;
#[cfg(feature = "charts")]
use crate::output::OutputError;
#[cfg(feature = "charts")]
use crate::output::chart::{Figure, Size};

/// Said where charts were to be drawn and can't be.
pub(super) const NONE: &str = "no charts: this osmocyte was built without the feature `charts`";

/// What the charts are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PictureSize {
    /// 1600 × 900 pixels, large letters.
    Slide,
    /// A column of a journal, 85 mm.
    Print,
}

#[cfg(feature = "charts")]
impl PictureSize {
    pub fn size(self) -> Size {
        match self {
            PictureSize::Slide => Size::SLIDE,
            PictureSize::Print => Size::PRINT,
        }
    }
}

/// Draws a chart into the folder as NAME.svg and NAME.png, both or neither. If it can't be drawn, the reason comes back.
#[cfg(feature = "charts")]
pub(super) fn draw(
    figure: &Figure,
    name: &str,
    size: PictureSize,
    folder: &mut Folder,
) -> Result<Option<String>, OutputError> {
    let size = figure.fitting(size.size());
    let (svg, png) = match (figure.svg(size), figure.png(size)) {
        (Ok(svg), Ok(png)) => (svg, png),
        (Err(e), _) | (_, Err(e)) => return Ok(Some(format!("chart `{name}`: {e}"))),
    };
    folder.stage(&format!("{name}.svg"), |to| to.write_all(svg.as_bytes()))?;
    folder.stage(&format!("{name}.png"), |to| to.write_all(&png))?;
    Ok(None)
}

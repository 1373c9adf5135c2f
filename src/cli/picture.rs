//! Charts as files: for what, in which formats, on which paper.

use clap::ValueEnum;

#[cfg(feature = "charts")]
use super::folder::Folder;
#[cfg(feature = "charts")]
use crate::output::OutputError;
#[cfg(feature = "charts")]
use crate::output::chart::{ChartError, Figure, Size, Theme};

/// Said where charts were to be drawn and can't be.
pub(super) const NONE: &str = "no charts: this osmocyte was built without the feature `charts`";

/// The options of all commands that draw charts. Not `--format`: that is what tables are written as.
#[derive(Clone, Debug, clap::Args)]
#[cfg_attr(not(feature = "charts"), allow(dead_code))]
pub(super) struct PictureArgs {
    /// Size of the charts.
    #[arg(long, value_enum, default_value_t = PictureSize::Slide)]
    size: PictureSize,
    /// Formats of the charts, with commas between them.
    #[arg(
        long,
        value_enum,
        value_name = "FORMATS",
        value_delimiter = ',',
        default_value = "svg,png"
    )]
    pictures: Vec<PictureFormat>,
    /// Paper of the charts.
    #[arg(long, value_enum, default_value_t = Paper::Light)]
    theme: Paper,
}

/// What the charts are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PictureSize {
    /// 1600 × 900 pixels, with large letters; where a figure of several charts needs more room, its letters are a little
    /// smaller, and where that is not enough the picture is taller.
    Slide,
    /// A column of a journal, 85 mm; figures of three columns take two of them, 174 mm.
    Print,
}

/// As what a chart is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PictureFormat {
    /// Sharp at any size, with text that can be edited; for pages and slides.
    Svg,
    /// Pixels, for whatever can't show the others.
    Png,
    /// Sharp at any size, with its fonts inside; for papers.
    Pdf,
}

/// Paper of the charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Paper {
    /// White.
    Light,
    /// Nearly black, for dark slides and pages.
    Dark,
}

/// Endings of all files that a chart may be written into.
pub(super) const ENDINGS: [&str; 3] = ["svg", "png", "pdf"];

impl PictureFormat {
    fn ending(self) -> &'static str {
        match self {
            PictureFormat::Svg => "svg",
            PictureFormat::Png => "png",
            PictureFormat::Pdf => "pdf",
        }
    }
}

impl PictureArgs {
    /// The formats, each once.
    fn formats(&self) -> Vec<PictureFormat> {
        let all = [PictureFormat::Svg, PictureFormat::Png, PictureFormat::Pdf];
        let wanted = |format: &PictureFormat| self.pictures.contains(format);
        all.into_iter().filter(wanted).collect()
    }

    /// The same with SVG as the only format.
    pub fn as_svg(&self) -> PictureArgs {
        PictureArgs {
            pictures: vec![PictureFormat::Svg],
            ..self.clone()
        }
    }

    /// The files of a chart of that name.
    pub fn files(&self, chart: &str) -> Vec<String> {
        let formats = self.formats().into_iter();
        formats.map(|f| format!("{chart}.{}", f.ending())).collect()
    }
}

#[cfg(feature = "charts")]
impl PictureSize {
    pub fn size(self) -> Size {
        match self {
            PictureSize::Slide => Size::SLIDE,
            PictureSize::Print => Size::PRINT,
        }
    }

    /// The size of this figure.
    fn of(self, figure: &Figure) -> Size {
        match (self, figure) {
            (PictureSize::Print, Figure::Plate(plate)) if plate.columns > 2 => Size::PAGE,
            _ => self.size(),
        }
    }
}

#[cfg(feature = "charts")]
impl PictureArgs {
    /// The ending and the content of each file of a figure.
    pub fn make(&self, figure: &Figure) -> Result<Vec<(&'static str, Vec<u8>)>, ChartError> {
        let size = self.size.of(figure);
        let size = match self.size {
            PictureSize::Slide => figure.fitting_slide(size),
            PictureSize::Print => figure.fitting(size),
        };
        let theme = match self.theme {
            Paper::Light => Theme::Light,
            Paper::Dark => Theme::Dark,
        };
        let make = |format: PictureFormat| {
            let bytes = match format {
                PictureFormat::Svg => figure.svg(size, theme)?.into_bytes(),
                PictureFormat::Png => figure.png(size, theme)?,
                PictureFormat::Pdf => figure.pdf(size, theme)?,
            };
            Ok((format.ending(), bytes))
        };
        self.formats().into_iter().map(make).collect()
    }
}

/// Draws a chart into the folder, in all formats or in none. If it can't be drawn, the reason comes back.
#[cfg(feature = "charts")]
pub(super) fn draw(
    figure: &Figure,
    name: &str,
    args: &PictureArgs,
    folder: &mut Folder,
) -> Result<Option<String>, OutputError> {
    let pictures = match args.make(figure) {
        Ok(pictures) => pictures,
        Err(e) => return Ok(Some(format!("chart `{name}`: {e}"))),
    };
    for (ending, bytes) in pictures {
        folder.stage(&format!("{name}.{ending}"), |to| to.write_all(&bytes))?;
    }
    Ok(None)
}

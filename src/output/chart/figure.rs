//! Any chart, as a picture.

use super::cell::CellStrip;
use super::describe::describe;
use super::layout::layout;
use super::pdf::scene_pdf;
use super::png::scene_png;
use super::scene::Scene;
use super::svg::scene_svg;
use super::sweep::{
    self, HeatMap, Morris, PairMatrix, Profiles, Response, Scatter, SobolBars, Tornado,
};
use super::{Bars, Chart, ChartError, Plate, Size, Stairs, Theme, draw, grid, lines_of};
use plotters_backend::DrawingBackend;

/// By how many steps of 2 % the letters of a slide may be smaller before it gets taller: the last row still reads them.
const SMALLER: i32 = 14;

/// A chart of a run or of a study.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // There are a few; what they point to is what takes room.
pub enum Figure {
    /// Lines over a shared axis.
    Lines(Chart),
    /// Outcomes over one axis.
    Response(Response),
    /// An outcome over two axes.
    Heat(HeatMap),
    /// Outcomes and axes against each other.
    Scatter(Scatter),
    /// Outcomes over several axes, in small panels.
    Profiles(Profiles),
    /// What single changes do to an outcome.
    Tornado(Tornado),
    /// Parts of the variance of outcomes.
    Sobol(SobolBars),
    /// Parts of the variance that belong to pairs of factors.
    Pairs(PairMatrix),
    /// Elementary effects.
    Morris(Morris),
    /// A cell at several times, to scale.
    Cells(CellStrip),
    /// Several figures side by side.
    Plate(Plate),
    /// Bars from zero, side by side or stacked.
    Bars(Bars),
    /// Levels along a path.
    Stairs(Stairs),
}

impl Figure {
    /// The message, or what is shown.
    pub fn title(&self) -> &str {
        match self {
            Figure::Lines(it) => &it.title,
            Figure::Response(it) => &it.title,
            Figure::Heat(it) => &it.title,
            Figure::Scatter(it) => &it.title,
            Figure::Profiles(it) => &it.title,
            Figure::Tornado(it) => &it.title,
            Figure::Sobol(it) => &it.title,
            Figure::Pairs(it) => &it.title,
            Figure::Morris(it) => &it.title,
            Figure::Cells(it) => &it.title,
            Figure::Plate(it) => &it.title,
            Figure::Bars(it) => &it.title,
            Figure::Stairs(it) => &it.title,
        }
    }

    /// What is shown, in words: its own if it has any, else from the data.
    pub fn description(&self) -> String {
        let (own, written): (&str, &dyn Fn() -> String) = match self {
            Figure::Lines(it) => (&it.description, &|| describe(it)),
            Figure::Response(it) => (&it.description, &|| sweep::describe::response(it)),
            Figure::Heat(it) => (&it.description, &|| sweep::describe::heat(it)),
            Figure::Scatter(it) => (&it.description, &|| sweep::describe::scatter(it)),
            Figure::Profiles(it) => (&it.description, &|| sweep::describe::profiles(it)),
            Figure::Tornado(it) => (&it.description, &|| sweep::describe::tornado(it)),
            Figure::Sobol(it) => (&it.description, &|| sweep::describe::sobol(it)),
            Figure::Pairs(it) => (&it.description, &|| sweep::describe::pairs(it)),
            Figure::Morris(it) => (&it.description, &|| sweep::describe::morris(it)),
            Figure::Cells(it) => (&it.description, &|| it.describe()),
            Figure::Plate(it) => (&it.description, &|| it.describe()),
            Figure::Bars(it) => (&it.description, &|| it.describe()),
            Figure::Stairs(it) => (&it.description, &|| it.describe()),
        };
        match own {
            "" => written().trim_end_matches(';').to_string(),
            own => own.to_string(),
        }
    }

    /// Where each line and word goes.
    pub fn layout(&self, size: Size) -> Scene {
        let mut scene = match self {
            Figure::Lines(it) => layout(it, size),
            Figure::Response(it) => it.layout(size),
            Figure::Heat(it) => it.layout(size),
            Figure::Scatter(it) => it.layout(size),
            Figure::Profiles(it) => it.layout(size),
            Figure::Tornado(it) => it.layout(size),
            Figure::Sobol(it) => it.layout(size),
            Figure::Pairs(it) => it.layout(size),
            Figure::Morris(it) => it.layout(size),
            Figure::Cells(it) => it.layout(size),
            Figure::Plate(it) => it.layout(size),
            Figure::Bars(it) => it.layout(size),
            Figure::Stairs(it) => it.layout(size),
        };
        grid::clear(&mut scene.shapes);
        scene
    }

    /// The size made tall enough for what is in it.
    pub fn fitting(&self, size: Size) -> Size {
        Size {
            height: size.height.max((self.lines(size) * size.text).ceil()),
            ..size
        }
    }

    /// The size for a slide: several figures side by side keep its shape where letters that are a little smaller let them;
    /// otherwise as [`Figure::fitting`].
    pub fn fitting_slide(&self, size: Size) -> Size {
        let smaller = |steps: i32| Size {
            text: size.text * (1.0 - 0.02 * f64::from(steps)),
            ..size
        };
        let plate = matches!(self, Figure::Plate(_));
        let mut sizes = (0..=SMALLER).map(smaller).filter(|_| plate);
        let fits = |size: &Size| self.lines(*size) * size.text <= size.height;
        sizes.find(fits).unwrap_or_else(|| self.fitting(size))
    }

    /// The least height in text sizes, with a title of two lines.
    pub(super) fn lines(&self, size: Size) -> f64 {
        match self {
            Figure::Lines(it) => lines_of(it.panels.len()),
            Figure::Response(it) => lines_of(it.panels.len()),
            Figure::Scatter(it) => 6.0 + 6.0 * it.variables.len().min(sweep::scatter::MOST) as f64,
            Figure::Profiles(it) => 8.0 + 7.0 * it.rows.len() as f64,
            Figure::Tornado(it) => it.lines(),
            Figure::Sobol(it) => it.lines(size),
            Figure::Pairs(it) => it.lines(size),
            Figure::Morris(it) => 18.0 + 0.6 * it.points.len().min(20) as f64,
            Figure::Heat(_) => 20.0,
            Figure::Cells(it) => it.height(size) / size.text,
            Figure::Plate(it) => it.lines(size),
            Figure::Bars(it) => it.lines(size),
            Figure::Stairs(_) => lines_of(1) + 3.0,
        }
    }

    /// The same figure without a title; what is below the title stays.
    pub(super) fn untitled(&self) -> Figure {
        let mut figure = self.clone();
        figure.head_mut().0.clear();
        figure
    }

    /// The same figure under a message of its own; what was its title goes before the subtitle.
    #[must_use]
    pub fn under(mut self, message: &str) -> Figure {
        let (title, subtitle) = self.head_mut();
        let shown = std::mem::replace(title, message.to_string());
        *subtitle = match (shown.as_str(), subtitle.as_str()) {
            (_, "") => shown,
            ("", _) => std::mem::take(subtitle),
            (shown, more) => format!("{shown}; {more}"),
        };
        self
    }

    /// Title and subtitle.
    fn head_mut(&mut self) -> (&mut String, &mut String) {
        match self {
            Figure::Lines(it) => (&mut it.title, &mut it.subtitle),
            Figure::Response(it) => (&mut it.title, &mut it.subtitle),
            Figure::Heat(it) => (&mut it.title, &mut it.subtitle),
            Figure::Scatter(it) => (&mut it.title, &mut it.subtitle),
            Figure::Profiles(it) => (&mut it.title, &mut it.subtitle),
            Figure::Tornado(it) => (&mut it.title, &mut it.subtitle),
            Figure::Sobol(it) => (&mut it.title, &mut it.subtitle),
            Figure::Pairs(it) => (&mut it.title, &mut it.subtitle),
            Figure::Morris(it) => (&mut it.title, &mut it.subtitle),
            Figure::Cells(it) => (&mut it.title, &mut it.subtitle),
            Figure::Plate(it) => (&mut it.title, &mut it.subtitle),
            Figure::Bars(it) => (&mut it.title, &mut it.subtitle),
            Figure::Stairs(it) => (&mut it.title, &mut it.subtitle),
        }
    }

    /// The figure as an SVG document.
    ///
    /// # Errors
    /// For a size without sense.
    pub fn svg(&self, size: Size, theme: Theme) -> Result<String, ChartError> {
        size.check()?;
        let words = (self.title(), &*self.description());
        scene_svg(&self.layout(size), size, theme, words)
    }

    /// The figure as a PNG file.
    ///
    /// # Errors
    /// For a size without sense, or if it can't be encoded.
    pub fn png(&self, size: Size, theme: Theme) -> Result<Vec<u8>, ChartError> {
        size.check()?;
        scene_png(&self.layout(size), size, theme)
    }

    /// The figure as a PDF file of one page, as large as the size says: 72 points to 96 px.
    ///
    /// # Errors
    /// For a size without sense.
    pub fn pdf(&self, size: Size, theme: Theme) -> Result<Vec<u8>, ChartError> {
        size.check()?;
        let words = (self.title(), &*self.description());
        scene_pdf(&self.layout(size), size, theme, words)
    }

    /// Draws the figure on any plotters backend whose units are pixels, on light paper.
    ///
    /// # Errors
    /// For a size without sense, and what the backend reports.
    pub fn draw_on<B: DrawingBackend>(
        &self,
        size: Size,
        backend: &mut B,
    ) -> Result<(), ChartError> {
        size.check()?;
        draw::draw_scene_on(&self.layout(size), backend)
    }
}

//! Any of the charts of a study, as a picture.

use super::super::png::scene_png;
use super::super::scene::Scene;
use super::super::svg::scene_svg;
use super::super::{ChartError, Size, draw};
use super::describe;
use super::{HeatMap, Morris, PairMatrix, Profiles, Response, Scatter, SobolBars, Tornado};
use plotters_backend::DrawingBackend;

/// A chart of a study.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // A study has a few; what they point to is what takes room.
pub enum Figure {
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
}

impl Figure {
    /// The message, or what is shown.
    pub fn title(&self) -> &str {
        match self {
            Figure::Response(it) => &it.title,
            Figure::Heat(it) => &it.title,
            Figure::Scatter(it) => &it.title,
            Figure::Profiles(it) => &it.title,
            Figure::Tornado(it) => &it.title,
            Figure::Sobol(it) => &it.title,
            Figure::Pairs(it) => &it.title,
            Figure::Morris(it) => &it.title,
        }
    }

    /// What is shown, in words.
    pub fn description(&self) -> String {
        describe::describe(self)
    }

    /// Where each line and word goes.
    pub fn layout(&self, size: Size) -> Scene {
        match self {
            Figure::Response(it) => it.layout(size),
            Figure::Heat(it) => it.layout(size),
            Figure::Scatter(it) => it.layout(size),
            Figure::Profiles(it) => it.layout(size),
            Figure::Tornado(it) => it.layout(size),
            Figure::Sobol(it) => it.layout(size),
            Figure::Pairs(it) => it.layout(size),
            Figure::Morris(it) => it.layout(size),
        }
    }

    /// The size made tall enough for what is in it.
    pub fn fitting(&self, size: Size) -> Size {
        let lines = match self {
            Figure::Response(it) => return size.fitting(it.panels.len()),
            Figure::Scatter(it) => 6.0 + 6.0 * it.variables.len().min(super::scatter::MOST) as f64,
            Figure::Profiles(it) => 8.0 + 7.0 * it.rows.len() as f64,
            Figure::Tornado(it) => it.lines(),
            Figure::Sobol(it) => it.lines(size),
            Figure::Pairs(it) => it.lines(size),
            Figure::Morris(it) => 18.0 + 0.6 * it.points.len().min(20) as f64,
            Figure::Heat(_) => 20.0,
        };
        Size {
            height: size.height.max((lines * size.text).ceil()),
            ..size
        }
    }

    /// The chart as an SVG document.
    ///
    /// # Errors
    /// For a size without sense.
    pub fn svg(&self, size: Size) -> Result<String, ChartError> {
        size.check()?;
        scene_svg(&self.layout(size), size, self.title(), &self.description())
    }

    /// The chart as a PNG file.
    ///
    /// # Errors
    /// For a size without sense, or if it can't be encoded.
    pub fn png(&self, size: Size) -> Result<Vec<u8>, ChartError> {
        size.check()?;
        scene_png(&self.layout(size), size)
    }

    /// Draws the chart on any plotters backend whose units are pixels.
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

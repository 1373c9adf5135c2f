//! From the text of a figure to its numbers.

use osmocyte::diagnostic::Source;
use osmocyte::model::figure::load_figure;
use osmocyte::study::figure::FigurePlan;
use osmocyte::trajectory::figure::{CurvesData, FigureData, PlotContent};

pub fn plan(name: &str, text: &str) -> Result<FigurePlan, osmocyte::Error> {
    let source = Source {
        name: format!("{name}.toml"),
        text: text.to_string(),
    };
    let (figure, mistakes) = load_figure(name, source);
    FigurePlan::new(figure, mistakes, &|file| {
        Err(format!("there is no file `{file}` in this test"))
    })
}

/// A figure that must come about.
pub fn made(text: &str) -> FigureData {
    let plan = plan("test", text).unwrap_or_else(|e| panic!("{e}"));
    plan.solve(1).unwrap_or_else(|e| panic!("{e}"))
}

/// The curves of a chart of it.
pub fn curves(data: &FigureData, chart: usize) -> &CurvesData {
    match &data.plots[chart].content {
        PlotContent::Curves(curves) => curves,
        other => panic!("{other:?}"),
    }
}

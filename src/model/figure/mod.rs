//! A figure: charts of one or several models under one message, as a file says it.
//!
//! `read` takes the file with its places (`cells` what only charts of cells have), `words` fills numbers into its texts. Names, units and values of the models are
//! checked where the models are: by `study::figure`.

mod cells;
mod read;
mod words;

pub use read::load_figure;
pub use words::fill;

use super::{AxisDef, Chart, Outcome, Setting};
use crate::diagnostic::{Source, Span};
use crate::expr::ast::Ast;

/// A figure as its file says it. Texts may hold `{name}` in the place of a number.
#[derive(Clone, Debug)]
pub struct FigureDef {
    /// The file's name without ending.
    pub name: String,
    /// The file, for messages.
    pub source: Source,
    /// The message of the figure.
    pub title: String,
    /// What is to be seen, in Markdown.
    pub caption: String,
    /// Panels side by side; as many as look well if not given.
    pub columns: Option<usize>,
    /// The charts, row after row.
    pub plots: Vec<PlotDef>,
    /// Numbers for the texts.
    pub numbers: Vec<NumberDef>,
}

/// How a chart of a figure is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlotKind {
    /// Courses over time or over each other, from one run for each curve.
    #[default]
    Lines,
    /// Numbers over one parameter that is varied: many runs for each curve.
    Scan,
    /// A number over two parameters that are varied.
    Map,
    /// Numbers of a few runs, side by side.
    Bars,
    /// Numbers as levels along a path.
    Stairs,
    /// The cell at several times, to scale.
    Cells,
}

impl PlotKind {
    /// All kinds with their names.
    pub const NAMED: [(&'static str, PlotKind); 6] = [
        ("lines", PlotKind::Lines),
        ("scan", PlotKind::Scan),
        ("map", PlotKind::Map),
        ("bars", PlotKind::Bars),
        ("stairs", PlotKind::Stairs),
        ("cells", PlotKind::Cells),
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        let found = Self::NAMED.iter().find(|(_, kind)| *kind == self);
        found.map_or("lines", |(name, _)| name)
    }

    /// How many parameters it varies.
    pub fn axes(self) -> usize {
        match self {
            PlotKind::Scan => 1,
            PlotKind::Map => 2,
            _ => 0,
        }
    }
}

/// A chart of a figure.
#[derive(Clone, Debug)]
pub struct PlotDef {
    /// How it is made.
    pub kind: PlotKind,
    /// Its own line above it.
    pub heading: String,
    /// Columns that it takes.
    pub width: usize,
    /// The run that it shows, and that `compare` begins with.
    pub run: RunDef,
    /// Several runs in one chart, instead of `run` alone.
    pub compare: Vec<Compared>,
    /// What is varied.
    pub vary: Vec<AxisDef>,
    /// Axes, curves and levels. Curves of all kinds but lines are numbers, in the language of outcomes.
    pub chart: Chart,
    /// Strips of an axis that mean something.
    pub bands: Vec<BandDef>,
    /// Words inside the chart.
    pub notes: Vec<NoteDef>,
    /// Lowest and highest value to show on the horizontal axis, in its unit.
    pub x_limits: [Option<Ast>; 2],
    /// What there is in a map where the number is not, e.g. "no lysis".
    pub absent: String,
    /// The picture of the model that is drawn, with its place; the first one if not said.
    pub picture: Option<(String, Span)>,
    /// When cells are drawn, numbers with their units; if empty, one run is drawn when it tells most, and several at their ends.
    pub times: Vec<Ast>,
}

/// Which model runs, and with what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunDef {
    /// `name` or `name@variant` of a shipped model, or the path of a file; empty if not said.
    pub model: String,
    /// Place of the name.
    pub span: Span,
    /// Settings.
    pub set: Vec<Setting>,
}

/// One of several runs in one chart.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its name at the curve.
    pub label: String,
    /// What runs; its settings come behind those of the chart.
    pub run: RunDef,
    /// A variant of the model of the chart, with its place.
    pub variant: Option<(String, Span)>,
    /// What is drawn of it, where its names are other ones; as many as the chart has.
    pub y: Vec<super::Curve>,
    /// The same of the horizontal axis.
    pub x: Option<super::Curve>,
    /// Words for the steps of stairs, from place to place.
    pub steps: Vec<String>,
    /// The picture of the model that is drawn, with its place.
    pub picture: Option<(String, Span)>,
    /// Place in the file.
    pub span: Span,
}

/// A strip of an axis that means something.
#[derive(Clone, Debug, PartialEq)]
pub struct BandDef {
    /// True for a strip of the horizontal axis.
    pub of_x: bool,
    /// One end, a number with its unit.
    pub from: Ast,
    /// The other end.
    pub to: Ast,
    /// Its name.
    pub label: String,
}

/// Words at a place in the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct NoteDef {
    /// Place on the horizontal axis, a number with its unit.
    pub x: Ast,
    /// On the vertical axis.
    pub y: Ast,
    /// The words.
    pub text: String,
}

/// A number for the texts: `{name}`.
#[derive(Clone, Debug)]
pub struct NumberDef {
    /// Name, unit, and value in the language of outcomes.
    pub outcome: Outcome,
    /// What runs.
    pub run: RunDef,
    /// What runs for the number that it is divided by, if it is a ratio.
    pub over: Option<RunDef>,
    /// Significant digits.
    pub digits: usize,
    /// Written without its unit.
    pub bare: bool,
}

impl FigureDef {
    /// The text of a place in the file.
    pub fn text(&self, span: Span) -> &str {
        self.source.text.get(span.start..span.end).unwrap_or("")
    }
}

//! A figure in numbers: what a drawing needs, and nothing of how it looks.

use super::{EventRecord, PictureData};

/// A figure: charts under one message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FigureData {
    /// Name, fit for a file.
    pub name: String,
    /// The message.
    pub title: String,
    /// What is to be seen, in Markdown.
    pub caption: String,
    /// Panels side by side, where the file says.
    pub columns: Option<usize>,
    /// The charts, row after row.
    pub plots: Vec<PlotData>,
    /// The models that ran, each once, in the order of the file.
    pub models: Vec<ModelData>,
    /// The runs of charts that are not those of a model as it is.
    pub changes: Vec<ChangeData>,
}

/// What a chart changes in a run of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeData {
    /// Number of the chart, from 1 on.
    pub chart: usize,
    /// Name of the run in the chart; may be empty.
    pub label: String,
    /// `model` or `model@variant`.
    pub run: String,
    /// What the variant stands for, with its source; may be empty.
    pub about: String,
    /// Names and values of what the figure sets.
    pub set: Vec<(String, String)>,
}

/// A chart of a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct PlotData {
    /// Its own line; may be empty.
    pub heading: String,
    /// Columns that it takes.
    pub width: usize,
    /// What it shows.
    pub content: PlotContent,
}

/// What a chart of a figure shows.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum PlotContent {
    /// Curves.
    Curves(CurvesData),
    /// A number over two parameters.
    Map(MapData),
    /// Numbers side by side.
    Bars(BarsData),
    /// Levels along a path.
    Stairs(StairsData),
    /// Cells to scale.
    Cells(CellsData),
}

/// What an axis shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisData {
    /// Name of the quantity.
    pub label: String,
    /// Its unit as text; empty for a plain number.
    pub unit: String,
    /// Logarithmic.
    pub log: bool,
    /// Lowest and highest value to show, where the file says.
    pub limits: (Option<f64>, Option<f64>),
}

/// Curves over one horizontal axis, in panels of one unit each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurvesData {
    /// The horizontal axis.
    pub x: AxisData,
    /// True if that is time.
    pub over_time: bool,
    /// True where each point is a run, and not each curve.
    pub scanned: bool,
    /// From top to bottom.
    pub panels: Vec<CurvesPanel>,
    /// Moments: place on the horizontal axis, and name.
    pub marks: Vec<(f64, String)>,
    /// Strips of the horizontal axis.
    pub bands: Vec<BandData>,
}

/// The curves of one unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurvesPanel {
    /// The vertical axis.
    pub y: AxisData,
    /// The curves.
    pub curves: Vec<CurveData>,
    /// Levels and their names.
    pub thresholds: Vec<(f64, String)>,
    /// Strips of the vertical axis.
    pub bands: Vec<BandData>,
    /// Words at places: x, y.
    pub notes: Vec<(f64, f64, String)>,
}

/// A curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurveData {
    /// Its name.
    pub label: String,
    /// `[n_points]`, in the unit of the axis.
    pub x: Vec<f64>,
    /// `[n_points]`, in the unit of the panel; not a number where there is no value.
    pub y: Vec<f64>,
    /// Events of its run on it: x, y, and name.
    pub events: Vec<(f64, f64, String)>,
}

/// A strip of an axis that means something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BandData {
    /// Lower end, in the unit of the axis.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Its name.
    pub label: String,
}

/// A number over two parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapData {
    /// From left to right.
    pub x: AxisData,
    /// From below to above.
    pub y: AxisData,
    /// The number.
    pub z: AxisData,
    /// x, y, and the number where there is one.
    pub points: Vec<(f64, f64, Option<f64>)>,
    /// What there is where the number is not, e.g. "no lysis".
    pub absent: String,
}

/// Numbers side by side: of each run, one or several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BarsData {
    /// The vertical axis.
    pub y: AxisData,
    /// Names of the runs.
    pub groups: Vec<String>,
    /// Names of the numbers, each with one number for each run (`[groups.len()]`).
    pub bars: Vec<(String, Vec<Option<f64>>)>,
    /// Levels and their names.
    pub thresholds: Vec<(f64, String)>,
}

/// Levels along a path.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StairsData {
    /// The vertical axis.
    pub y: AxisData,
    /// Names of the places, in the order of the path.
    pub places: Vec<String>,
    /// Names of the runs, each with one level for each place (`[places.len()]`).
    pub stairs: Vec<(String, Vec<Option<f64>>)>,
    /// Words for the steps of each of them, from place to place.
    pub steps: Vec<Vec<String>>,
    /// Levels and their names.
    pub thresholds: Vec<(f64, String)>,
}

/// A cell at several times, of one run or of several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellsData {
    /// The runs, one after the other.
    pub runs: Vec<CellsRun>,
}

/// A run whose cell is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct CellsRun {
    /// Its name; empty where it is the only one.
    pub label: String,
    /// The cell over the whole run: what is drawn is to the scale of all of it.
    pub picture: PictureData,
    /// Events in order of time.
    pub events: Vec<EventRecord>,
    /// The rows that are drawn, in order of time.
    pub rows: Vec<usize>,
}

/// A model that ran for a figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelData {
    /// Name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its parameters as its file has them.
    pub parameters: Vec<ParameterData>,
}

/// A parameter of a model that ran for a figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterData {
    /// Name.
    pub name: String,
    /// Value with its unit, as written.
    pub value: String,
    /// What it is.
    pub about: String,
    /// Where the value is from.
    pub source: String,
}

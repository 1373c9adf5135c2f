//! Line charts as SVG and PNG: panels over one shared axis, labelled directly.
//!
//! ```
//! use osmocyte::output::chart::*;
//!
//! let chart = Chart {
//!     title: "The cell swells until it tears".into(),
//!     x: Axis::new("time", "s"),
//!     panels: vec![Panel {
//!         y: Axis::new("cell volume", "µm³"),
//!         series: vec![Series { label: "cell".into(), points: vec![(0.0, 90.0), (0.7, 154.0)], ..Series::default() }],
//!         thresholds: vec![Threshold { value: 90.0, label: "isotonic".into() }],
//!     }],
//!     marks: vec![Mark { x: 0.7, label: "lysis".into() }],
//!     ..Chart::default()
//! };
//! let svg = render_svg(&chart, Size::SLIDE)?;
//! assert!(svg.contains("cell volume [µm³]"));
//! # Ok::<(), ChartError>(())
//! ```
//!
//! A chart becomes a [`scene::Scene`] (where each line and word goes), the scene is drawn on any plotters backend
//! ([`draw`]); ours are SVG text and antialiased pixels. All of it is pure: same chart, same bytes.

pub mod cell;
pub mod draw;
mod figure;
pub mod font;
pub mod labels;
pub mod layout;
mod limits;
mod margin;
mod markers;
mod notes;
mod numbers;
mod of_run;
pub mod palette;
mod panel;
mod png;
mod retrace;
pub mod scene;
mod svg;
pub mod sweep;
pub mod thin;
pub mod ticks;
mod under;
mod vertical;

pub use cell::{CellFrame, CellStrip, cell_svg};
pub use draw::draw_on;
pub use figure::Figure;
pub use png::render_png;
pub use svg::render_svg;

use std::fmt;

/// A chart: panels one above the other, which share the horizontal axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// The message, as a sentence; wrapped if long.
    pub title: String,
    /// Conditions and source, smaller; may be empty.
    pub subtitle: String,
    /// The shared horizontal axis.
    pub x: Axis,
    /// From top to bottom.
    pub panels: Vec<Panel>,
    /// Events: vertical lines through all panels.
    pub marks: Vec<Mark>,
    /// What the chart shows, for those who can't see it; if empty, one is written from the data.
    pub description: String,
}

/// What an axis shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// Name of the quantity.
    pub label: String,
    /// Its unit; empty for a plain number.
    pub unit: String,
    /// Logarithmic; values that are not positive are left out.
    pub log: bool,
    /// Exactly these ends; otherwise the data's, widened to the next tick, and a little more where something lies on one.
    pub range: Option<(f64, f64)>,
    /// Lowest and highest value to show in place of the data's, widened to the next tick like those.
    pub limits: (Option<f64>, Option<f64>),
    /// Most decades of a logarithmic axis without a lower limit: values further below the largest are not shown, and the
    /// axis says so.
    pub decades: Option<f64>,
    /// Names of the values 0, 1, 2 …, for what has names and no number.
    pub names: Vec<String>,
}

impl Axis {
    /// A linear axis over the range of the data.
    pub fn new(label: &str, unit: &str) -> Axis {
        Axis {
            label: label.into(),
            unit: unit.into(),
            ..Axis::default()
        }
    }

    /// Name and unit as they are printed, e.g. `cell volume [µm³]`.
    pub fn text(&self) -> String {
        match (self.label.is_empty(), self.unit.is_empty()) {
            (_, true) => self.label.clone(),
            (true, false) => format!("[{}]", self.unit),
            (false, false) => format!("{} [{}]", self.label, self.unit),
        }
    }
}

/// One plot with its own vertical axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// The vertical axis.
    pub y: Axis,
    /// The curves; same label, same colour in every panel.
    pub series: Vec<Series>,
    /// Horizontal lines with a name.
    pub thresholds: Vec<Threshold>,
}

/// A curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Written at the end of the curve; left out if empty or the same as the axis label.
    pub label: String,
    /// Points in drawing order; a value that is not finite breaks the line.
    pub points: Vec<(f64, f64)>,
    /// A mark at each point, where the points and not the line between them are what is known.
    pub markers: bool,
}

/// A named level, e.g. "incipient plasmolysis".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Threshold {
    /// In the unit of the panel's axis.
    pub value: f64,
    /// Its name.
    pub label: String,
}

/// A named moment, e.g. "lysis". Several of one name are written once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// In the unit of the horizontal axis.
    pub x: f64,
    /// Its name.
    pub label: String,
}

/// How large a picture is, in CSS pixels (96 per inch).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Width \[px\].
    pub width: f64,
    /// Height \[px\].
    pub height: f64,
    /// Size of the text \[px\]; lines and margins follow it.
    pub text: f64,
    /// PNG pixels per px.
    pub scale: f64,
}

impl Size {
    /// A slide, 16:9, with text that is read from the last row; PNG 1600 × 900.
    pub const SLIDE: Size = Size {
        width: 800.0,
        height: 450.0,
        text: 15.5,
        scale: 2.0,
    };
    /// A column of a journal, 85 mm wide, text of 8 points; PNG at 300 dots per inch.
    pub const PRINT: Size = Size {
        width: 321.0,
        height: 230.0,
        text: 10.6,
        scale: 3.125,
    };

    /// Tall enough for that many panels; a slide keeps its shape up to two.
    pub fn fitting(self, n_panels: usize) -> Size {
        let least = self.text * (7.0 + 9.0 * n_panels as f64);
        Size {
            height: self.height.max(least),
            ..self
        }
    }

    fn check(self) -> Result<(), ChartError> {
        let sensible = |v: f64, least: f64| (least..=20_000.0).contains(&v);
        let sides = [self.width, self.height];
        let fits = sides
            .iter()
            .all(|side| sensible(*side, 16.0) && sensible(side * self.scale, 8.0));
        if fits && sensible(self.text, 1.0) {
            Ok(())
        } else {
            Err(ChartError::Size(self))
        }
    }
}

/// A picture that could not be made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ChartError {
    /// A size without sense, or beyond 20 000 pixels.
    Size(Size),
    /// What the drawing backend or the encoder said.
    Backend(String),
}

impl fmt::Display for ChartError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            ChartError::Size(size) => write!(
                f,
                "a picture of {} × {} px with text of {} px at scale {} can't be drawn; use 16 to 20000 pixels",
                size.width, size.height, size.text, size.scale
            ),
            ChartError::Backend(why) => write!(f, "the picture can't be drawn: {why}"),
        }
    }
}

impl std::error::Error for ChartError {}

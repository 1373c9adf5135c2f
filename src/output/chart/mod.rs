//! Charts as SVG, PNG and PDF, on light and on dark paper: panels over one shared axis, labelled directly, and other kinds.
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
//!         ..Panel::default()
//!     }],
//!     marks: vec![Mark { x: 0.7, label: "lysis".into() }],
//!     ..Chart::default()
//! };
//! let svg = Figure::Lines(chart).svg(Size::SLIDE, Theme::Light)?;
//! assert!(svg.contains("cell volume [µm³]"));
//! # Ok::<(), ChartError>(())
//! ```
//!
//! A [`Figure`] becomes a [`scene::Scene`] (where each line and word goes), the scene is drawn on any plotters backend
//! ([`draw`]); ours are SVG text and antialiased pixels. PDF, which plotters can't write, is made of the scene itself.
//! All of it is pure: same figure, same bytes.

mod annotate;
mod bars;
pub mod cell;
mod compared;
mod describe;
pub mod draw;
mod figure;
pub mod font;
mod grid;
mod horizontal;
pub mod labels;
pub mod layout;
mod limits;
mod margin;
mod markers;
mod notes;
mod numbers;
mod of_figure;
mod of_run;
pub mod palette;
mod panel;
mod pdf;
mod plan;
mod plate;
mod png;
mod retrace;
pub mod scene;
mod stairs;
mod svg;
pub mod sweep;
mod theme;
pub mod thin;
pub mod ticks;
mod under;
mod vertical;
mod zones;

pub use bars::{Bars, Part};
pub use cell::{CellFrame, CellStrip, cell_svg};
pub use figure::Figure;
pub use plate::{Plate, Tile};
pub use stairs::{Flight, Stairs};
pub use theme::Theme;

use std::fmt;

use crate::units::Unit;

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
    /// Stretches of the horizontal axis, shaded through all panels.
    pub spans: Vec<Span>,
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
            unit: Unit::for_people(unit).into(),
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
    /// A second vertical axis, for the curves that are [`Series::right`]. It is for another quantity over the same x; two
    /// scales of one quantity in one plot would mislead.
    pub right: Option<Axis>,
    /// The curves; same label, same colour in every panel.
    pub series: Vec<Series>,
    /// Horizontal lines with a name, on the left axis.
    pub thresholds: Vec<Threshold>,
    /// Shaded regions below the curves, on the left axis.
    pub zones: Vec<Zone>,
    /// Words at places in the plot, on the left axis.
    pub notes: Vec<Note>,
}

/// A curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Written at the end of the curve; left out if empty or the same as the axis label.
    pub label: String,
    /// Points in drawing order; a value that is not finite breaks the line.
    pub points: Vec<(f64, f64)>,
    /// Marks on the curve, of a shape of its own among the curves of the panel.
    pub markers: Markers,
    /// Arrows along the curve and a ring where it begins: which way it is run through, e.g. in a phase plane.
    pub directed: bool,
    /// Read on [`Panel::right`]; without that axis, on the left one.
    pub right: bool,
    /// Number of an earlier curve of the panel that it is compared with: it lies below that one, in the same hue, but
    /// paler and thinner.
    pub like: Option<usize>,
}

/// Where a curve has marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Markers {
    /// Nowhere.
    #[default]
    None,
    /// At each point, where the points and not the line between them are what is known.
    Each,
    /// Here and there, so that curves are told apart where their colours and dashes may not be enough.
    Spaced,
}

impl Markers {
    /// At each point, if so.
    pub fn each_if(so: bool) -> Markers {
        if so { Markers::Each } else { Markers::None }
    }
}

/// A shaded region with a name, e.g. "normal range".
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// Its name, in the margin; may be empty.
    pub label: String,
    /// Where it is.
    pub extent: Extent,
    /// Number of the curve whose colour it has; grey without.
    pub like: Option<usize>,
}

/// Where a zone is, in the units of the axes.
#[derive(Clone, Debug, PartialEq)]
pub enum Extent {
    /// Between two levels, over the whole width.
    Levels(f64, f64),
    /// From left to right: x, lower end, upper end. One that is not finite interrupts the zone.
    Around(Vec<(f64, f64, f64)>),
}

/// Words at a place in a plot. They are put near it, clear of curves and of each other, and led to it by a thin line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    /// In the unit of the horizontal axis.
    pub x: f64,
    /// In the unit of the left axis.
    pub y: f64,
    /// A few words.
    pub text: String,
    /// A dot at the place, e.g. for an event on a curve.
    pub dot: bool,
    /// Number of the curve whose colour the words have; black without.
    pub like: Option<usize>,
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

/// A named stretch of the horizontal axis, e.g. "in pure water".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Span {
    /// Where it begins, in the unit of the horizontal axis.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
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

    /// Two columns of a journal, 174 mm, otherwise as [`Size::PRINT`]: for figures that have no room in one.
    pub const PAGE: Size = Size {
        width: 658.0,
        ..Size::PRINT
    };

    /// Tall enough for that many panels; a slide keeps its shape up to two.
    pub fn fitting(self, n_panels: usize) -> Size {
        let least = self.text * lines_of(n_panels);
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

/// The least height of a chart with that many panels, in text sizes.
fn lines_of(n_panels: usize) -> f64 {
    7.0 + 9.0 * n_panels as f64
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

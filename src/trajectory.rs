//! The result of a run: named columns with units over time, and how the run went.

pub mod figure;
mod telling;

/// A named quantity over time, in the unit that its author reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Qualified name, e.g. `cell.volume`.
    pub name: String,
    /// Unit of `values` as text, e.g. `µm³`; empty for a plain number.
    pub unit: String,
    /// What it is, in a few words; may be empty.
    pub about: String,
    /// `[n_rows]`
    pub values: Vec<f64>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The whole duration was integrated.
    Complete,
    /// An event ended the run, as the model says: its name.
    Stopped(String),
    /// The result can't be trusted beyond what is there: the reason, in the model's names.
    Failed(String),
}

/// An event that happened, as the user sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRecord {
    /// Name of the event.
    pub name: String,
    /// Time, in the unit of the time column.
    pub t: f64,
}

/// An outcome of the model: a number with a name and a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeValue {
    /// Name from `[outcomes]`.
    pub name: String,
    /// `None` where it does not exist, e.g. the time of an event that did not happen.
    pub value: Option<f64>,
    /// Unit as text; empty for a plain number.
    pub unit: String,
    /// What it is, in a few words; may be empty.
    pub about: String,
}

/// One line of the ledger: a sum that must not change.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerLine {
    /// Name of the sum.
    pub name: String,
    /// Largest change over the run, relative to the size of its terms.
    pub residual: f64,
    /// Largest allowed residual.
    pub tolerance: f64,
}

impl LedgerLine {
    /// True when the sum was conserved. A residual that is not a number is a leak.
    pub fn holds(&self) -> bool {
        self.residual <= self.tolerance
    }

    /// What is wrong, if the sum was not conserved.
    pub fn leak(&self) -> Option<String> {
        (!self.holds()).then(|| {
            format!(
                "the conserved sum `{}` leaks: its residual is {:.1e}, allowed is {:.1e}",
                self.name, self.residual, self.tolerance
            )
        })
    }
}

/// How wrong a column may be: the estimate of a second solve.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnError {
    /// Name of the column.
    pub name: String,
    /// Unit of `error` and `size` as text; empty for a plain number.
    pub unit: String,
    /// Largest error over the rows.
    pub error: f64,
    /// Where it is, in the unit of the time column.
    pub t: f64,
    /// Largest size of the column.
    pub size: f64,
}

impl ColumnError {
    /// The error relative to the largest size of the column; 0 where there is no error.
    pub fn relative(&self) -> f64 {
        if self.error == 0.0 {
            0.0
        } else {
            self.error / self.size
        }
    }
}

/// How wrong an outcome may be.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeError {
    /// Name of the outcome.
    pub name: String,
    /// In the unit of the outcome; `None` where it does not exist in both solves.
    pub error: Option<f64>,
    /// True for the time of an extremum on a plateau: other times are as good, and the error is how far they go.
    pub plateau: bool,
}

/// How wrong the time of an event may be.
#[derive(Clone, Debug, PartialEq)]
pub struct EventError {
    /// Name of the event.
    pub name: String,
    /// Which one of the events of this name, from 1.
    pub number: usize,
    /// In the unit of the time column; `None` where the second solve has no such event.
    pub error: Option<f64>,
}

/// A table over time, and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Time column; its name is `t`.
    pub time: Column,
    /// States first, then outputs, in the order of the model.
    pub columns: Vec<Column>,
    /// How the run ended.
    pub status: Status,
    /// Events in order of time.
    pub events: Vec<EventRecord>,
    /// Outcomes in the order of the model.
    pub outcomes: Vec<OutcomeValue>,
    /// Conserved sums.
    pub ledger: Vec<LedgerLine>,
}

impl Trajectory {
    /// The column of that name, `t` included.
    pub fn column(&self, name: &str) -> Option<&Column> {
        if name == self.time.name {
            return Some(&self.time);
        }
        self.columns.iter().find(|c| c.name == name)
    }

    /// The value of the outcome of that name; `None` where it does not exist.
    pub fn outcome(&self, name: &str) -> Option<f64> {
        self.outcomes.iter().find(|o| o.name == name)?.value
    }

    /// True when the run went as the model says and every conserved sum held.
    pub fn is_ok(&self) -> bool {
        !matches!(self.status, Status::Failed(_)) && self.ledger.iter().all(LedgerLine::holds)
    }
}

/// A panel of a chart: the curves of one dimension, in one unit, with the levels worth naming.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelData {
    /// What is measured: the name of the only curve, or what several have in common.
    pub label: String,
    /// Lowest and highest value to show, where the file says.
    pub limits: (Option<f64>, Option<f64>),
    /// Curves: columns whose names are the labels.
    pub curves: Vec<Column>,
    /// Levels and their names.
    pub thresholds: Vec<(f64, String)>,
}

/// A chart of a run, in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartData {
    /// Title.
    pub title: String,
    /// File name without ending.
    pub name: String,
    /// What runs to the right.
    pub x: Column,
    /// True if that is time.
    pub over_time: bool,
    /// Time of each point, in the unit of the run: where on a curve an event is that does not run over time.
    pub times: Vec<f64>,
    /// Panels, from top to bottom.
    pub panels: Vec<PanelData>,
    /// Logarithmic axes.
    pub log_x: bool,
    /// Logarithmic axes.
    pub log_y: bool,
    /// Marks at the events.
    pub events: bool,
}

/// What a cell is drawn as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CellShape {
    /// A red cell: biconcave while it has more membrane than a sphere of its volume, else that sphere.
    Disc,
    /// A sphere, its membrane in folds where there is more of it than the sphere needs.
    Sphere,
    /// A walled cell.
    Box {
        /// Length relative to width; at least 1.
        aspect: f64,
    },
}

/// Vesicles of a picture, in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct VesicleData {
    /// Membrane of all of them \[µm²\]; `[n_rows]`
    pub area: Vec<f64>,
    /// Diameter of one \[µm\], where the model knows it; `[n_rows]`
    pub diameter: Option<Vec<f64>>,
    /// Exocytosis, in any unit: only its course counts; `[n_rows]`
    pub fusing: Option<Vec<f64>>,
    /// Endocytosis, in the same unit; `[n_rows]`
    pub retrieving: Option<Vec<f64>>,
}

/// A cell over time, in numbers from which it can be drawn to scale.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureData {
    /// Title.
    pub title: String,
    /// File name without ending.
    pub name: String,
    /// What the reader should know, e.g. what of the picture is chosen; may be empty.
    pub note: String,
    /// What it is drawn as.
    pub shape: CellShape,
    /// Times, those of events among them.
    pub time: Column,
    /// Volume of what the plasma membrane encloses \[µm³\]; `[n_rows]`
    pub volume: Vec<f64>,
    /// Area of the plasma membrane \[µm²\]; `[n_rows]`
    pub area: Option<Vec<f64>>,
    /// Volume inside the slack wall \[µm³\]; `[n_rows]`
    pub wall: Option<Vec<f64>>,
    /// Volume of the contractile vacuole \[µm³\]; `[n_rows]`
    pub vacuole: Option<Vec<f64>>,
    /// Vesicles inside.
    pub vesicles: Option<VesicleData>,
    /// Osmolarity or osmotic pressure inside.
    pub inside: Option<Column>,
    /// The same outside.
    pub outside: Option<Column>,
    /// Flow of water, positive inward.
    pub flow: Option<Column>,
    /// Pressure inside; of a walled cell, its turgor.
    pub pressure: Option<Column>,
    /// The event after which the membrane is open.
    pub burst: Option<String>,
}

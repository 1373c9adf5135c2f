//! Charts of studies: how outcomes depend on what was varied, and which factors matter.
//!
//! ```
//! use osmocyte::output::chart::{Size, Theme, sweep::*};
//! use osmocyte::table::{Table, Values};
//!
//! let mut table = Table::default();
//! let bath = [50.0, 100.0, 150.0, 200.0];
//! let time = [Some(0.9), Some(1.6), Some(7.1), None];
//! table.push("osmolarity", "mOsm", "as varied", Values::Numbers(bath.map(Some).to_vec()));
//! table.push("lysis_time", "s", "when it bursts", Values::Numbers(time.to_vec()));
//! let lysis = OutcomeSpec { absent: "no lysis".into(), ..OutcomeSpec::of("lysis_time") };
//! for (name, figure) in sweep_charts(&table, &[AxisSpec::of("osmolarity")], &[lysis]) {
//!     let size = figure.fitting(Size::SLIDE);
//!     assert_eq!(name, "response");
//!     assert!(figure.svg(size, Theme::Light)?.contains("lysis time [s]"));
//! }
//! # Ok::<(), osmocyte::output::chart::ChartError>(())
//! ```
//!
//! [`sweep_charts`] picks the charts for the table of a study. The charts themselves are plain data, each drawn by
//! [`Figure`](super::Figure): [`Response`], [`HeatMap`], [`Scatter`] and [`Profiles`] of the points of a sweep; [`Tornado`], [`SobolBars`],
//! [`PairMatrix`] and [`Morris`] of sensitivity. [`RowSample`] takes some of the rows of a table that is too long to be
//! drawn.

mod axes;
pub mod colormap;
pub(super) mod describe;
mod heat;
mod lattice;
mod morris;
mod pairs;
mod pick;
mod place;
mod profiles;
mod response;
mod sample;
pub(super) mod scatter;
mod sobol;
mod spec;
mod stats;
mod tornado;

pub use heat::HeatMap;
pub use morris::{Morris, MorrisPoint};
pub use pairs::{PairMatrix, PairPanel};
pub use pick::{file_name, numbered, sweep_charts};
pub use profiles::{ProfileRow, Profiles};
pub use response::{Response, ResponsePanel};
pub use sample::RowSample;
pub use scatter::{Scatter, Variable};
pub use sobol::{SobolBars, SobolPanel, Whisker};
pub use spec::{AxisSpec, OutcomeSpec, label_of};
pub use tornado::{Swing, Tornado};

pub use super::under::Band;

/// What a point of a study says about an outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// Its value.
    Value(f64),
    /// It has none, e.g. the time of an event that did not happen.
    Absent,
    /// The point failed: nobody knows.
    Failed,
}

impl Reading {
    /// The value, if there is a finite one.
    pub fn value(self) -> Option<f64> {
        match self {
            Reading::Value(v) if v.is_finite() => Some(v),
            _ => None,
        }
    }

    /// A value that is no number says nothing.
    pub fn of(value: Option<f64>, failed: bool) -> Reading {
        match value {
            _ if failed => Reading::Failed,
            Some(v) if v.is_finite() => Reading::Value(v),
            _ => Reading::Absent,
        }
    }
}

//! The cell itself, drawn to scale: one moment ([`CellFrame`]), or several side by side ([`CellStrip`]).
//!
//! ```
//! use osmocyte::Simulation;
//! use osmocyte::output::chart::{CellStrip, Figure, Size, Theme};
//!
//! let run = Simulation::shipped("red-blood-cell")?.run(&Default::default())?;
//! let strip = CellStrip::of(&run.pictures[0], &run.trajectory.events);
//! let figure = Figure::Cells(strip);
//! assert!(figure.svg(figure.fitting(Size::SLIDE), Theme::Light)?.contains("lysis"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What is drawn is a section through the middle. Cells are bodies of revolution (`round`) or rounded boxes
//! (`walled`) whose volume, and area where the picture has one, are those of the model.

mod body;
mod brush;
mod frame;
mod moments;
mod round;
mod strip;
mod walled;
mod words;

pub use frame::{CellFrame, Vesicles, cell_svg};
pub use moments::Moments;
pub use strip::CellStrip;

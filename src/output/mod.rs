//! What a run leaves behind: tables, metadata, run cards and charts, whole or not at all.
//!
//! - [`write_atomic`] makes a file under a temporary name, renamed at the end.
//! - [`write_csv`] and [`csvw_metadata`] are `trajectory.csv` and `trajectory.csv-metadata.json`.
//! - [`write_table`] and [`csvw_of_table`] are the same for the table of a study.
//! - [`rows`] are the same for a piece of a table, fast; [`store`] keeps the pieces of a sweep.
//! - `parquet` writes such pieces into a Parquet file (with the feature `parquet`).
//! - [`RunCard`] is `run.json`.
//! - [`chart`] draws SVG and PNG (with the feature `charts`).
//! - [`report`] is a page that tells all of it, as HTML and as Markdown.
//!
//! This layer reads trajectories and tables, and knows nothing of models, solvers or the command line.

pub mod card;
#[cfg(feature = "charts")]
pub mod chart;
pub mod csv;
pub mod csvw;
mod json;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod report;
pub mod rows;
pub mod store;
mod verified;
mod write;

pub use card::{ParameterLine, RunCard};
pub use csv::{write_csv, write_table};
pub use csvw::{Provenance, csvw_metadata, csvw_of_table};
pub use verified::VerifiedCard;
pub use write::{OutputError, create_folder, write_atomic};

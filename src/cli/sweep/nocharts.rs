//! What stands for the charts where there are none.

use std::path::Path;

use crate::cli::terminal::{Stop, Terminal};
use crate::output::store::Plan;
use crate::table::Table;

/// Keeps no rows.
pub(super) struct Sample;

impl Sample {
    pub fn new(_: &Plan) -> Sample {
        Sample
    }

    pub fn add(&mut self, _: &Table) {}

    /// No files.
    pub fn draw(self, _: &Path, _: &Plan, _: &Terminal) -> Result<Vec<String>, Stop> {
        Ok(Vec::new())
    }
}

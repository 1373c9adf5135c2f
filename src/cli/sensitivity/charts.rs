//! The charts of an analysis. There are none yet: whoever draws them names their files in [`names`] and puts them into
//! the folder in [`draw`].

use super::Report;
use crate::cli::folder::Folder;
use crate::output::OutputError;

/// Names of the files that [`draw`] writes.
pub(super) fn names() -> Vec<String> {
    Vec::new()
}

/// Draws the charts into the folder.
pub(super) fn draw(_report: &Report, _folder: &mut Folder) -> Result<(), OutputError> {
    Ok(())
}

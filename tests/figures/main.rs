//! Figures: every shipped one is made, the gallery is not stale, bad figure files are told all their mistakes, and the command
//! writes what it says.

mod cells;
mod command;
mod common;
#[cfg(feature = "charts")]
mod gallery;
mod guide;
mod numbers;
mod refuse;

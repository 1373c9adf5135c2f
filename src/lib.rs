//! Osmocyte: differential-equation models of the cell boundary.
//!
//! Water crosses it, driven by the gradient of water potential: endosmosis, exosmosis, turgor, plasmolysis, lysis.
//! Membrane joins and leaves it by vesicle fusion and invagination: exocytosis, endocytosis. A model is a text file;
//! the shipped ones are inside the crate.
//!
//! ```
//! use osmocyte::Simulation;
//!
//! let cell = Simulation::shipped("red-blood-cell")?;
//! let run = cell.with("bath.osmolarity", "50 mOsm")?.run(&Default::default())?;
//! let volume = run.trajectory.column("cell.volume").expect("a red blood cell has a volume");
//! println!("{:.1} {} when it bursts", volume.values.last().unwrap(), volume.unit);
//! let time = run.trajectory.outcome("lysis_time").expect("it bursts in so dilute a bath");
//! println!("after {time:.2} s");
//! # assert_eq!(run.trajectory.events.last().unwrap().name, "lysis");
//! # Ok::<(), osmocyte::Error>(())
//! ```
//!
//! How to write a model is in the [`guide`].
//!
//! # The house
//!
//! Data flows one way through named rooms; nothing flows back.
//!
//! ```text
//! models/*.toml → model::load → Model → system::build → System → compile → Program → Evaluator
//!                                                                                   ↓
//!                 output (CSV, run card, charts) ← Trajectory ← study::run ← solve::solve ← Problem
//! ```
//!
//! A sweep goes the same way, many points at a time:
//!
//! ```text
//! [study.NAME] → study::sweep::Survey → Engine → LaneProgram → LaneEvaluator
//!                                                                  ↓
//!                 output (chunks, rows.csv, charts) ← Table ← solve::lanes::run
//! ```
//!
//! | Room | What happens there | May use |
//! |---|---|---|
//! | [`units`] | units and dimensions: parse, print, convert | `diagnostic` |
//! | [`diagnostic`] | a mistake, its place in the text, its drawing | – |
//! | [`error`] | mistakes before a run, with their texts | `diagnostic` |
//! | [`equations`] | what is integrated: the trait between compiler and solver | – |
//! | [`lanes`] | numbers side by side: instruction sets, elementary functions | – |
//! | [`trajectory`] | what a run gives: named columns with units, events, outcomes, ledger | – |
//! | [`table`] | what a study gives: one row for each thing studied | – |
//! | [`expr`] | text → tree → graph; derivatives, kinks, printing | the above |
//! | [`model`] | a file as data: blocks become definitions in the model language itself | `expr` |
//! | [`system`] | definitions become numbered equations over one graph | `model`, `expr`, `equations` |
//! | [`compile`] | equations become register tapes and their evaluators | `system`, `expr`, `equations`, `lanes` |
//! | [`trace`] | a Rust function becomes the same graph | `system`, `expr` |
//! | [`solve`] | integrates any [`equations::Equations`]; pieces of time, events, dense output; many problems in lanes | `equations`, `lanes` |
//! | [`study`] | one run, its verification, checks, methods compared, sweeps, sensitivities; configuration in, tables out | all of the above |
//! | [`output`] | files: CSV, metadata, run cards, charts, reports, sweeps that survive a kill | `trajectory`, `table` |
//! | `explorer` | the page of `osmocyte explore`: a local server (with the feature `explorer`) | everything but `cli` |
//! | [`cli`] | the command line | everything; nobody uses it |
//!
//! Start reading at [`study::Simulation`], which walks the whole path.
//!
//! Deliberately absent: files and clocks below `output` and `cli` (a model arrives as text); units inside the solvers
//! (they see numbers, scaled); types of solver libraries outside `solve`'s adapter; a second evaluation of the equations
//! beside the graph. `tests/layers.rs` guards who may use whom.
//!
//! Inside, everything is in one coherent system: µm, s, MPa, amol, mM, pA (see [`units`]). A run that fails is a
//! result and says why; [`Error`] is for what can't begin.

// Texts of people never end the process. Tests may.
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)
)]

pub mod cli;
pub mod compile;
pub mod diagnostic;
pub mod equations;
pub mod error;
#[cfg(feature = "explorer")]
pub mod explorer;
pub mod expr;
pub mod guide;
pub mod lanes;
pub mod model;
pub mod output;
pub mod solve;
pub mod study;
pub mod system;
pub mod table;
pub mod trace;
pub mod trajectory;
pub mod units;

pub use error::{Error, ErrorKind};
pub use model::Model;
pub use solve::problem::{Choice, Counters, Method};
pub use study::{CheckResult, Run, RunOptions, Simulation, Verification, check};
pub use table::Table;
pub use trajectory::{
    Column, ColumnError, EventError, EventRecord, LedgerLine, OutcomeError, OutcomeValue, Status,
    Trajectory,
};

/// The examples of the README, run with the other ones.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

//! Sweeps through the command: what they print, what they write, how they end, and that nothing but the plan decides
//! what the rows are.

mod acting;
mod batch;
mod common;
mod ends;
mod folder;
mod integrals;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod parquet_writer;
mod places;
mod refuse;
mod same;
mod table;

//! As what the rows are written: CSV, Parquet, or both.

use std::path::Path;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::finish::{PARQUET, ROWS};
use crate::cli::terminal::{Stop, Terminal};

/// As what the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A text table with its metadata beside it.
    Csv,
    /// A binary table with units inside.
    Parquet,
    /// One of each.
    Both,
}

/// The option, of all commands that put rows together.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct FormatArg {
    /// How the rows are written [default: csv, and what the folder has of them already].
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(values()).try_map(|name| named(&name)))]
    format: Option<Format>,
}

/// The formats that there are, and those that say how they could be.
fn values() -> [PossibleValue; 3] {
    let absent = !cfg!(feature = "parquet");
    [
        PossibleValue::new("csv")
            .help("A text table, rows.csv, with units in rows.csv-metadata.json"),
        PossibleValue::new("parquet")
            .help("A binary table, rows.parquet, typed, compressed and with units inside")
            .hide(absent),
        PossibleValue::new("both").help("Both").hide(absent),
    ]
}

fn named(name: &str) -> Result<Format, String> {
    match name {
        "csv" => Ok(Format::Csv),
        _ if !cfg!(feature = "parquet") => Err(absent().to_string()),
        "parquet" => Ok(Format::Parquet),
        _ => Ok(Format::Both),
    }
}

/// Why there is no Parquet.
pub(super) const fn absent() -> &'static str {
    "this osmocyte was built without the feature `parquet`; with it: cargo install --path . --features parquet"
}

impl FormatArg {
    /// The word behind `--format`, if it was given.
    pub fn word(&self) -> Option<&'static str> {
        Some(match self.format? {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
            Format::Both => "both",
        })
    }

    /// The format of a file that was named: as told, or as its name ends.
    pub fn of_file(&self, file: &Path, terminal: &Terminal) -> Result<Format, Stop> {
        let ending = file.extension().unwrap_or_default();
        match self.format {
            Some(Format::Both) => Err(terminal.invalid(
                "one file can't be both\nhelp: say --format csv or --format parquet, or leave out -o",
            )),
            Some(format) => Ok(format),
            None if ending.eq_ignore_ascii_case("parquet") => {
                named("parquet").map_err(|e| terminal.invalid(e))
            }
            None => Ok(Format::Csv),
        }
    }
}

/// The tables of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Formats {
    pub csv: bool,
    pub parquet: bool,
}

impl Formats {
    /// Those that were asked for, and those that are there: none may be left with rows of yesterday.
    pub fn of(asked: &FormatArg, folder: &Path) -> Formats {
        let there = Formats::there(folder);
        match asked.format {
            None => there,
            Some(format) => Formats {
                csv: format != Format::Parquet || folder.join(ROWS).is_file(),
                parquet: format != Format::Csv || there.parquet,
            },
        }
    }

    /// Those that are there; CSV where there is none yet.
    pub fn there(folder: &Path) -> Formats {
        let parquet = folder.join(PARQUET).is_file();
        Formats {
            csv: !parquet || folder.join(ROWS).is_file(),
            parquet,
        }
    }
}

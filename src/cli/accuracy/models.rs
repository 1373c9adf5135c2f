//! From words to problems: groups, shipped models, files, and somebody's reference.

use std::path::Path;

use crate::cli::source::{Found, all_shipped, find, split_setting};
use crate::cli::terminal::{Stop, Terminal};
use crate::model::library;
use crate::study::accuracy::{Case, Given, cases_of_checks, letter_of_checks};

/// What is compared where nobody says what: cells, a relaxation, planets, an oscillator, a plant's chemistry.
const DEFAULT: [&str; 5] = [
    "p1-rbc-glycerol",
    "p3-calcium-exocytosis",
    "detest-d@d3",
    "brusselator",
    "hires",
];

/// Words for many models.
pub(super) const GROUPS: [&str; 4] = ["reference", "stiff", "nonstiff", "bench"];

/// A problem with the text that it is from.
pub(super) struct Problem {
    pub case: Case,
    pub found: Found,
}

/// The problems that the words stand for; every mistake in them at once.
pub(super) fn problems(
    words: &[String],
    settings: &[String],
    terminal: &Terminal,
) -> Result<Vec<Problem>, Vec<String>> {
    let mut mistakes = Vec::new();
    let mut set = Vec::new();
    for word in settings {
        match split_setting(word, terminal.color_err()) {
            Ok(setting) => set.push(setting),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    let mut out: Vec<Problem> = Vec::new();
    let defaults: Vec<String> = DEFAULT.map(str::to_string).to_vec();
    for word in if words.is_empty() { &defaults } else { words } {
        match problems_of(word, &set, terminal) {
            // A model may be in two groups.
            Ok(more) => {
                for problem in more {
                    if !out.iter().any(|p| p.case.name == problem.case.name) {
                        out.push(problem);
                    }
                }
            }
            Err(Stop::Invalid(message) | Stop::Failed(message)) => mistakes.push(message),
            Err(Stop::ClosedPipe) => {}
        }
    }
    if mistakes.is_empty() {
        Ok(out)
    } else {
        mistakes.dedup();
        Err(mistakes)
    }
}

fn problems_of(
    word: &str,
    settings: &[(String, String)],
    terminal: &Terminal,
) -> Result<Vec<Problem>, Stop> {
    let report = |e: crate::Error| Stop::Invalid(terminal.report(&e));
    if !GROUPS.contains(&word) {
        let found = find(word, terminal)?;
        let simulation = found.simulation(settings).map_err(report)?;
        let case = Case {
            name: found.full_name(),
            simulation,
            given: None,
        };
        return Ok(vec![Problem { case, found }]);
    }
    let folder = if word == "bench" {
        "bench"
    } else {
        "reference"
    };
    let entries = library().into_iter().filter(|e| e.folder == folder);
    let names: Vec<&str> = entries.map(|e| e.name).collect();
    let mut out = Vec::new();
    for found in all_shipped()
        .into_iter()
        .filter(|f| names.contains(&f.name.as_str()))
    {
        let simulation = found.simulation(settings).map_err(report)?;
        let letter = letter_of_checks(&simulation);
        let wanted = match word {
            "stiff" => letter == Some('A'),
            "nonstiff" => letter == Some('B'),
            _ => true,
        };
        if wanted {
            let cases = cases_of_checks(&found.name, &simulation).map_err(report)?;
            out.extend(cases.into_iter().map(|case| Problem {
                case,
                found: found.clone(),
            }));
        }
    }
    Ok(out)
}

/// Reads somebody's reference: a column `t` and one for each state.
pub(super) fn given(path: &Path) -> Result<Given, String> {
    let shown = path.display();
    let mut reader = ::csv::ReaderBuilder::new()
        .trim(::csv::Trim::All)
        .from_path(path)
        .map_err(|e| format!("cannot read `{shown}`: {e}"))?;
    let bad = |e: ::csv::Error| format!("cannot read `{shown}`: {e}");
    let header = reader.headers().map_err(bad)?.clone();
    let mut columns: Vec<(String, Vec<f64>)> = (header.iter())
        .map(|name| (name.trim_start_matches('\u{feff}').to_string(), Vec::new()))
        .collect();
    for record in reader.records() {
        let record = record.map_err(bad)?;
        let line = record.position().map_or(0, ::csv::Position::line);
        for (field, (name, values)) in record.iter().zip(&mut columns) {
            let value: f64 = field.parse().map_err(|_| {
                format!("{shown}:{line}: `{field}` in the column `{name}` is not a number")
            })?;
            values.push(value);
        }
    }
    let Some(at) = columns.iter().position(|c| c.0 == "t") else {
        return Err(format!(
            "`{shown}` has no column `t`\nhelp: a reference is a table with a column `t` and one for each state"
        ));
    };
    let (_, t) = columns.remove(at);
    Ok(Given {
        from: shown.to_string(),
        t,
        states: columns,
    })
}

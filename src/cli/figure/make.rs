//! From figures asked for to figures as files, several at a time.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::find::Wanted;
use super::text;
use crate::cli::picture::PictureArgs;
use crate::cli::progress::interrupted;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::write_table;
use crate::study::figure::{FigurePlan, table};
use crate::trajectory::figure::FigureData;

/// A figure, made.
pub(super) struct Made {
    pub data: FigureData,
    /// The text for those who can't see it.
    pub alt: String,
    /// Kinds and contents of its files.
    pub files: Vec<(&'static str, Vec<u8>)>,
}

/// What became of a figure: made, or why not.
type Outcome = Result<Made, String>;

/// All figures, in their order. Mistakes in any of them are told before anything runs.
pub(super) fn all(
    wanted: Vec<Wanted>,
    pictures: &PictureArgs,
    terminal: &Terminal,
) -> Result<Vec<Outcome>, Stop> {
    let plans = plans(wanted, terminal)?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    // One figure has all cores for its runs; several have one each.
    let inside = if plans.len() == 1 { cores } else { 1 };
    Ok(side_by_side(&plans, |plan| make(plan, pictures, inside)))
}

/// The figures made ready.
fn plans(wanted: Vec<Wanted>, terminal: &Terminal) -> Result<Vec<FigurePlan>, Stop> {
    let plans = side_by_side(&wanted, |wanted| {
        FigurePlan::new(wanted.figure.clone(), wanted.mistakes.clone(), &|name| {
            wanted.file(name)
        })
    });
    let mut ready = Vec::new();
    let mut mistakes = Vec::new();
    for plan in plans {
        match plan {
            Ok(plan) => ready.push(plan),
            Err(e) => mistakes.push(terminal.report(&e)),
        }
    }
    match mistakes.is_empty() {
        true => Ok(ready),
        false => Err(Stop::Invalid(mistakes.join("\n\n"))),
    }
}

fn make(plan: &FigurePlan, pictures: &PictureArgs, threads: usize) -> Outcome {
    let name = &plan.figure().name;
    let because = |why: String| format!("figure `{name}`: {why}");
    if interrupted() {
        return Err(because("interrupted".to_string()));
    }
    let data = plan.solve(threads).map_err(because)?;
    let mut csv = Vec::new();
    write_table(&table(&data), &mut csv).map_err(|e| because(e.to_string()))?;
    let mut files = Vec::new();
    let alt = draw(&data, pictures, &mut files).map_err(because)?;
    files.push(("csv", csv));
    files.push(("md", text::markdown(&data, &alt).into_bytes()));
    Ok(Made { data, alt, files })
}

/// Draws it; gives the text for those who can't see it.
#[cfg(feature = "charts")]
fn draw(
    data: &FigureData,
    pictures: &PictureArgs,
    files: &mut Vec<(&'static str, Vec<u8>)>,
) -> Result<String, String> {
    let figure = crate::output::chart::Figure::of(data);
    files.extend(pictures.make(&figure).map_err(|e| e.to_string())?);
    Ok(figure.description())
}

#[cfg(not(feature = "charts"))]
fn draw(
    _: &FigureData,
    _: &PictureArgs,
    _: &mut Vec<(&'static str, Vec<u8>)>,
) -> Result<String, String> {
    Ok(String::new())
}

/// Does something with each item, on all cores; the results are in the order of the items.
fn side_by_side<T: Sync, R: Send + Sync>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done: Vec<OnceLock<R>> = items.iter().map(|_| OnceLock::new()).collect();
    let run = || {
        while let Some((item, place)) =
            (items.iter().zip(&done)).nth(next.fetch_add(1, Ordering::Relaxed))
        {
            let _ = place.set(work(item));
        }
    };
    let helpers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 1..helpers.min(items.len()) {
            scope.spawn(run);
        }
        run();
    });
    done.into_iter().filter_map(OnceLock::into_inner).collect()
}

//! The runs of a figure, solved side by side.

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::numbers::Numbers;
use super::plan::{FigurePlan, Takes};
use super::scan::{CHUNK, failure};
use super::{cells, curves, levels};
use crate::lanes::Isa;
use crate::model::figure::{PlotKind, RunDef, fill};
use crate::study::run::{Run, RunOptions};
use crate::table::Table;
use crate::trajectory::Status;
use crate::trajectory::figure::{ChangeData, FigureData, PlotContent, PlotData};

/// What one thread takes at a time.
enum Job {
    Run(usize),
    Scan(usize, Range<u64>),
}

/// What a job gave, or why it failed.
type Done = Result<Result<Box<Run>, Table>, String>;

/// Everything that ran.
pub(super) struct Results {
    pub runs: Vec<Run>,
    pub scans: Vec<Table>,
}

impl FigurePlan {
    /// Runs everything on so many threads. What comes out does not depend on their number.
    ///
    /// # Errors
    /// Why a run failed: then there is no figure. Also when curves that shall share an axis can't.
    pub fn solve(&self, threads: usize) -> Result<FigureData, String> {
        let results = self.results(threads)?;
        let numbers = Numbers::new(self, &results)?;
        let text = |text: &str| fill(text, &|name| numbers.text(name));
        let mut plots = Vec::new();
        for (plot, parts) in self.figure.plots.iter().zip(&self.plots) {
            let content = match plot.kind {
                PlotKind::Lines => {
                    PlotContent::Curves(curves::of_runs(plot, parts, &results, &text)?)
                }
                PlotKind::Scan => {
                    PlotContent::Curves(curves::of_scans(self, plot, parts, &results, &text)?)
                }
                PlotKind::Map => PlotContent::Map(levels::map(self, plot, parts, &results, &text)),
                PlotKind::Bars => {
                    PlotContent::Bars(levels::bars(self, plot, parts, &results, &text))
                }
                PlotKind::Stairs => {
                    PlotContent::Stairs(levels::stairs(self, plot, parts, &results, &text))
                }
                PlotKind::Cells => {
                    PlotContent::Cells(cells::of_runs(self, plot, parts, &results, &text)?)
                }
            };
            plots.push(PlotData {
                heading: text(&plot.heading),
                width: plot.width,
                content,
            });
        }
        Ok(FigureData {
            name: self.figure.name.clone(),
            title: text(&self.figure.title),
            caption: text(&self.figure.caption),
            columns: self.figure.columns,
            plots,
            models: self.models.clone(),
            changes: (self.changes.iter())
                .map(|change| ChangeData {
                    label: text(&change.label),
                    ..change.clone()
                })
                .collect(),
        })
    }

    fn results(&self, threads: usize) -> Result<Results, String> {
        let mut jobs: Vec<Job> = (0..self.runs.len()).map(Job::Run).collect();
        for (k, scan) in self.scans.iter().enumerate() {
            let points = scan.survey.points();
            let starts = (0..points).step_by(CHUNK as usize);
            jobs.extend(starts.map(|from| Job::Scan(k, from..points.min(from + CHUNK))));
        }
        let done: Vec<OnceLock<Done>> = jobs.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some((job, place)) =
                (jobs.iter().zip(&done)).nth(next.fetch_add(1, Ordering::Relaxed))
            {
                let _ = place.set(self.work(job));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads.max(1) {
                scope.spawn(work);
            }
            work();
        });
        let mut results = Results {
            runs: Vec::new(),
            scans: vec![Table::default(); self.scans.len()],
        };
        for (job, done) in jobs.iter().zip(done) {
            let Some(done) = done.into_inner() else {
                continue;
            };
            match (done?, job) {
                (Ok(run), _) => results.runs.push(*run),
                (Err(table), Job::Scan(k, _)) => append(&mut results.scans[*k], table),
                (Err(_), Job::Run(_)) => {}
            }
        }
        Ok(results)
    }

    fn work(&self, job: &Job) -> Done {
        match job {
            Job::Run(k) => {
                let planned = &self.runs[*k];
                let failed = |why: &str| format!("the run of `{}` failed: {why}", planned.name);
                let run = planned.simulation.run(&RunOptions::default());
                let run = run.map_err(|e| failed(&e.gist()))?;
                if let Status::Failed(why) = &run.trajectory.status {
                    return Err(failed(why));
                }
                Ok(Ok(Box::new(run)))
            }
            Job::Scan(k, points) => {
                let scan = &self.scans[*k];
                let table = scan.survey.hand(Isa::best(), None).solve(points.clone());
                match failure(&table) {
                    Some(why) => Err(format!("a run of `{}` failed: {why}", scan.name)),
                    None => Ok(Err(table)),
                }
            }
        }
    }

    /// An outcome of a run: its value, if it has one, and its unit.
    pub(super) fn outcome(
        &self,
        results: &Results,
        answer: super::plan::Answer,
    ) -> (Option<f64>, String) {
        let run = results.runs.get(answer.run);
        let found = run.and_then(|run| run.trajectory.outcomes.get(answer.outcome));
        found.map_or((None, String::new()), |o| (o.value, o.unit.clone()))
    }
}

impl FigurePlan {
    /// What the model of a run says that a name of it is.
    pub(super) fn about(&self, run: &RunDef, name: &str) -> Option<String> {
        let model = run.model.split('@').next()?;
        let short = model.rsplit('/').next()?.trim_end_matches(".toml");
        let found = self.models.iter().find(|m| m.name == short)?;
        let parameter = found.parameters.iter().find(|p| p.name == name)?;
        Some(parameter.about.clone()).filter(|about| !about.is_empty())
    }
}

/// Puts rows behind.
fn append(table: &mut Table, more: Table) {
    if table.columns.is_empty() {
        *table = more;
        return;
    }
    for (to, from) in table.columns.iter_mut().zip(more.columns) {
        to.values.append(from.values);
    }
}

/// The scan that a part takes.
pub(super) fn scan_of(takes: &Takes) -> Option<usize> {
    match takes {
        Takes::Scan(k) => Some(*k),
        _ => None,
    }
}

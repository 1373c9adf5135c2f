//! What a figure asks of which run.

use super::fit;
use super::models::{Cast, Files, Shelf, Stage};
use super::scan::Scan;
use crate::diagnostic::Diagnostic;
use crate::error::{Error, Sources};
use crate::model::figure::{Compared, FigureDef, NumberDef, PlotDef, PlotKind};
use crate::model::{Chart, Curve, Outcome};
use crate::study::simulation::Simulation;
use crate::trajectory::figure::{ChangeData, ModelData};

/// A figure made ready to be solved.
pub struct FigurePlan {
    pub(super) figure: FigureDef,
    pub(super) models: Vec<ModelData>,
    pub(super) changes: Vec<ChangeData>,
    pub(super) runs: Vec<PlannedRun>,
    pub(super) scans: Vec<Scan>,
    /// What each chart takes, in the order of the file.
    pub(super) plots: Vec<Vec<Part>>,
    /// What each number takes: the number, and what it is divided by.
    pub(super) numbers: Vec<(Answer, Option<Answer>)>,
}

/// A run, with all that is asked of it.
pub(super) struct PlannedRun {
    /// As messages name it.
    pub name: String,
    pub simulation: Simulation,
}

/// One run of a chart.
pub(super) struct Part {
    /// Its name; empty where it is the only one.
    pub label: String,
    pub takes: Takes,
}

/// What a chart takes of a run.
pub(super) enum Takes {
    /// A chart of a run.
    Chart { run: usize, chart: usize },
    /// Outcomes of a run.
    Outcomes(Vec<Answer>),
    /// Many runs.
    Scan(usize),
    /// A picture of a run.
    Cells { run: usize, picture: usize },
}

/// An outcome of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub run: usize,
    pub outcome: usize,
}

/// A run that is being collected.
struct Open {
    key: String,
    name: String,
    stage: Option<Stage>,
}

impl FigurePlan {
    /// Reads the models of a figure and compiles what it asks of them. `files` gives the texts of files that the figure names;
    /// shipped models need none. `found` is what is wrong with the text of the figure itself.
    ///
    /// # Errors
    /// All mistakes, each with its place.
    pub fn new(
        figure: FigureDef,
        found: Vec<Diagnostic>,
        files: &Files,
    ) -> Result<FigurePlan, Error> {
        if !found.is_empty() && figure.plots.is_empty() {
            return Err(Error::model(Sources::new(figure.source), found));
        }
        let mut shelf = Shelf::new(&figure, files);
        shelf.mistakes = found;
        let mut open = Vec::new();
        let mut scans = Vec::new();
        let mut plots = Vec::new();
        let mut changes = Vec::new();
        for (chart, plot) in figure.plots.iter().enumerate() {
            let mut parts = Vec::new();
            for (member, compared) in members(plot) {
                let cast = member;
                let (x, y) = asked_of(plot, compared);
                let takes = match plot.kind {
                    PlotKind::Lines => {
                        let run = find(&mut open, &cast, &figure, &mut shelf);
                        let chart = chart_of(plot, x, y);
                        add_chart(&mut open[run], run, chart)
                    }
                    PlotKind::Bars | PlotKind::Stairs => {
                        let run = find(&mut open, &cast, &figure, &mut shelf);
                        let answers = y.iter().map(|curve| {
                            let outcome = outcome_of(curve, &figure);
                            add_outcome(&mut open[run], run, &outcome)
                        });
                        Takes::Outcomes(answers.collect())
                    }
                    PlotKind::Scan | PlotKind::Map => {
                        let asked: Vec<Outcome> = (x.iter().copied().chain(y))
                            .map(|curve| outcome_of(curve, &figure))
                            .collect();
                        let scan = Scan::new(plot, &cast, asked, x.is_some(), &mut shelf);
                        scans.push(scan);
                        Takes::Scan(scans.len() - 1)
                    }
                    PlotKind::Cells => {
                        let run = find(&mut open, &cast, &figure, &mut shelf);
                        let own = compared.and_then(|c| c.picture.as_ref());
                        let wanted = own.or(plot.picture.as_ref());
                        let stage = open[run].stage.as_mut();
                        let added = stage.map(|s| s.add_picture(wanted, &plot.times, cast.span));
                        let picture = added.and_then(|a| shelf.or_note(a)).unwrap_or(0);
                        Takes::Cells { run, picture }
                    }
                };
                let label = compared.map_or(String::new(), |c| c.label.clone());
                changes.extend(shelf.change(&cast, chart + 1, &label));
                parts.push(Part { label, takes });
            }
            plots.push(parts);
        }
        let mut numbers = Vec::new();
        for number in &figure.numbers {
            numbers.push(answers_of(number, &mut open, &figure, &mut shelf));
        }
        let runs: Vec<Option<PlannedRun>> = (open.into_iter())
            .map(|run| {
                let simulation = run.stage.and_then(|stage| shelf.build(stage))?;
                Some(PlannedRun {
                    name: run.name,
                    simulation,
                })
            })
            .collect();
        for (plot, parts) in figure.plots.iter().zip(&plots) {
            fit::check(plot, parts, &runs, &scans, &mut shelf.mistakes);
        }
        let models = shelf.verdict()?;
        // Without mistakes all of them are there.
        Ok(FigurePlan {
            models,
            changes,
            runs: runs.into_iter().flatten().collect(),
            scans: scans.into_iter().flatten().collect(),
            plots,
            numbers,
            figure,
        })
    }

    /// The figure as its file says it.
    pub fn figure(&self) -> &FigureDef {
        &self.figure
    }
}

/// The runs of a chart.
fn members(plot: &PlotDef) -> Vec<(Cast, Option<&Compared>)> {
    if plot.compare.is_empty() {
        return vec![(Cast::of(&plot.run), None)];
    }
    let member = |compared| (cast_of(plot, compared), Some(compared));
    plot.compare.iter().map(member).collect()
}

fn cast_of(plot: &PlotDef, compared: &Compared) -> Cast {
    let mut cast = match compared.run.model.is_empty() {
        true => Cast::of(&plot.run),
        false => Cast::of(&compared.run),
    };
    if let Some(variant) = &compared.variant {
        cast.variant = Some(variant.clone());
    }
    cast.set = (plot.run.set.iter().chain(&compared.run.set))
        .cloned()
        .collect();
    cast
}

/// What is drawn of a run: its own curves, or those of the chart.
fn asked_of<'a>(
    plot: &'a PlotDef,
    compared: Option<&'a Compared>,
) -> (Option<&'a Curve>, Vec<&'a Curve>) {
    let own = compared.filter(|c| !c.y.is_empty());
    let y = own.map_or(&plot.chart.y, |c| &c.y);
    let x = compared.and_then(|c| c.x.as_ref());
    (x.or(plot.chart.x.as_ref()), y.iter().collect())
}

fn chart_of(plot: &PlotDef, x: Option<&Curve>, y: Vec<&Curve>) -> Chart {
    Chart {
        x: x.cloned(),
        y: y.into_iter().cloned().collect(),
        ..plot.chart.clone()
    }
}

/// A curve as an outcome; its name is what stands in the file.
fn outcome_of(curve: &Curve, figure: &FigureDef) -> Outcome {
    let text = figure.text(curve.value.span);
    Outcome {
        name: format!("“{text}”"),
        span: curve.value.span,
        value: curve.value.clone(),
        unit: curve.unit.clone(),
        about: String::new(),
    }
}

fn find(open: &mut Vec<Open>, cast: &Cast, figure: &FigureDef, shelf: &mut Shelf) -> usize {
    let key = cast.key(figure);
    if let Some(at) = open.iter().position(|run| run.key == key) {
        return at;
    }
    open.push(Open {
        key,
        name: cast.name(),
        stage: shelf.model(cast),
    });
    open.len() - 1
}

fn add_chart(open: &mut Open, run: usize, chart: Chart) -> Takes {
    let at = open.stage.as_mut().map_or(0, |stage| {
        stage.add_chart(chart);
        stage.model.charts.len() - 1
    });
    Takes::Chart { run, chart: at }
}

fn add_outcome(open: &mut Open, run: usize, outcome: &Outcome) -> Answer {
    let stage = open.stage.as_mut();
    let outcome = stage.map_or(0, |stage| stage.add_outcome(outcome));
    Answer { run, outcome }
}

fn answers_of(
    number: &NumberDef,
    open: &mut Vec<Open>,
    figure: &FigureDef,
    shelf: &mut Shelf,
) -> (Answer, Option<Answer>) {
    // A name that nothing can refer to: a number may be called as what it shows.
    let outcome = Outcome {
        name: format!("number {}", number.outcome.name),
        ..number.outcome.clone()
    };
    let run = find(open, &Cast::of(&number.run), figure, shelf);
    let own = add_outcome(&mut open[run], run, &outcome);
    let over = number.over.as_ref().map(|over| {
        let run = find(open, &Cast::of(over), figure, shelf);
        add_outcome(&mut open[run], run, &outcome)
    });
    (own, over)
}

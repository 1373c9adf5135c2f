//! Charts of cells: which pictures of which models, and the moments at which they are drawn.

use super::literal_in;
use super::models::Stage;
use super::plan::{FigurePlan, Part, PlannedRun, Takes};
use super::solve::Results;
use crate::diagnostic::{Diagnostic, Span, nearest, render};
use crate::expr::ast::Ast;
use crate::model::figure::PlotDef;
use crate::model::library;
use crate::model::picture::Part as PicturePart;
use crate::study::run::RunOptions;
use crate::study::simulation::Simulation;
use crate::system::PartInfo;
use crate::trajectory::figure::{CellsData, CellsRun};
use crate::trajectory::{PictureData, Status, Trajectory};

/// How far beyond the end of a run a time may be, relative to the length of the run: what rounding makes of its very end.
const ROUNDING: f64 = 1e-9;

impl Stage {
    /// A picture of the model, for a figure that draws it at these times; what comes back is its place. `at` is where the
    /// figure names the model.
    ///
    /// # Errors
    /// When the model has no such picture.
    pub fn add_picture(
        &mut self,
        wanted: Option<&(String, Span)>,
        times: &[Ast],
        at: Span,
    ) -> Result<usize, Diagnostic> {
        let own = &self.model.pictures;
        let found = match wanted {
            None => own.first(),
            Some((name, _)) => own.iter().find(|picture| picture.name == *name),
        };
        let Some(found) = found else {
            return Err(self.no_picture(wanted, at));
        };
        let mut picture = found.clone();
        // Beside the model's own, and beside the charts of the figure.
        picture.name = format!("figure-cells-{}", own.len());
        picture.times = times.to_vec();
        picture.times.iter_mut().for_each(|t| t.shift(self.base));
        self.model.pictures.push(picture);
        Ok(self.model.pictures.len() - 1)
    }

    fn no_picture(&self, wanted: Option<&(String, Span)>, at: Span) -> Diagnostic {
        let model = &self.model.name;
        let names = || self.model.pictures.iter().map(|p| p.name.as_str());
        let own = |name: &&str| !name.starts_with("figure-cells-");
        match wanted {
            Some((name, span)) if names().next().is_some() => {
                let message = format!("`{model}` has no picture `{name}`");
                let help = match nearest(name, names().filter(own)) {
                    Some(right) => format!("did you mean `{right}`?"),
                    None => format!(
                        "pictures: {}",
                        names().filter(own).collect::<Vec<_>>().join(", ")
                    ),
                };
                Diagnostic::new(*span, message).help(help)
            }
            _ => {
                let message = format!("`{model}` has no geometry, so there is no cell to draw");
                let all = library();
                let drawn = all.iter().filter(|e| e.text.contains("\n[picture."));
                let drawn: Vec<&str> = drawn.map(|e| e.name).collect();
                let help = format!(
                    "[picture.NAME] gives a model one; shipped models with one: {}",
                    drawn.join(", ")
                );
                Diagnostic::new(at, message).help(help)
            }
        }
    }
}

/// The picture of a part, where its run could be built.
fn picture<'a>(
    part: &Part,
    runs: &'a [Option<PlannedRun>],
) -> Option<(&'a PlannedRun, &'a [PartInfo])> {
    let Takes::Cells { run, picture } = part.takes else {
        return None;
    };
    let run = runs.get(run)?.as_ref()?;
    let info = run.simulation.system().pictures.get(picture)?;
    Some((run, &info.parts))
}

/// Notes times outside of the runs, and concentrations that can't be shown by the same shades.
pub(super) fn check(
    plot: &PlotDef,
    parts: &[Part],
    runs: &[Option<PlannedRun>],
    mistakes: &mut Vec<Diagnostic>,
) {
    let mut shade = None;
    let mut drawn_runs: Vec<&PlannedRun> = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let Some((run, drawn)) = picture(part, runs) else {
            continue;
        };
        drawn_runs.push(run);
        let inside = drawn.iter().find(|p| p.part == PicturePart::Inside);
        let Some(own) = inside.map(|p| p.unit.text()) else {
            continue;
        };
        let first = *shade.get_or_insert(own);
        if first != own {
            let message = format!(
                "the concentrations of this cell are in [{own}], those of the first one in [{first}]"
            );
            let span = plot.compare.get(i).map_or(plot.chart.span, |c| c.span);
            mistakes.push(
                Diagnostic::new(span, message)
                    .help("in one chart a shade of blue stands for one concentration"),
            );
        }
    }
    within(plot, &drawn_runs, mistakes);
}

/// Notes times before the runs, each once, and the first one that is beyond the end of a run, with what all of them need.
fn within(plot: &PlotDef, runs: &[&PlannedRun], mistakes: &mut Vec<Diagnostic>) {
    let mut beyond: Option<(&Ast, f64, &PlannedRun)> = None;
    let mut latest = 0.0_f64;
    for time in &plot.times {
        let outside = runs.iter().find_map(|run| {
            let (unit, duration) = length(&run.simulation);
            let at = literal_in(time, &unit)?;
            let inside = (0.0..=duration * (1.0 + ROUNDING)).contains(&at);
            (!inside).then_some((at, *run))
        });
        let Some((at, run)) = outside else { continue };
        if at < 0.0 {
            mistakes.push(Diagnostic::new(time.span, no_cell(at, run)));
            continue;
        }
        let seconds = literal_in(time, "s").unwrap_or(at);
        if beyond.is_none() {
            beyond = Some((time, at, run));
        }
        latest = latest.max(seconds);
    }
    let Some((time, at, run)) = beyond else {
        return;
    };
    mistakes.push(match ended_early(run, time) {
        Some(ended) => ended,
        None => {
            let longest = plot
                .times
                .iter()
                .filter(|t| literal_in(t, "s") == Some(latest));
            let (unit, _) = length(&run.simulation);
            let needed = longest
                .filter_map(|t| literal_in(t, &unit))
                .next()
                .unwrap_or(at);
            Diagnostic::new(time.span, no_cell(at, run)).help(format!(
                "`set = {{ duration = \"{needed} {unit}\" }}` makes it long enough"
            ))
        }
    });
}

fn no_cell(at: f64, run: &PlannedRun) -> String {
    let (unit, duration) = length(&run.simulation);
    let name = &run.name;
    format!("there is no cell at {at} {unit}: the run of `{name}` is from 0 to {duration} {unit}")
}

/// That a run has been ended by an event, if so: a longer one would end there too.
fn ended_early(run: &PlannedRun, time: &Ast) -> Option<Diagnostic> {
    let done = run.simulation.run(&RunOptions::default()).ok()?;
    let picture = done.pictures.first()?;
    match done.trajectory.status {
        Status::Stopped(_) => Some(ended(&run.name, &done.trajectory, picture, time)),
        _ => None,
    }
}

/// The unit of time of a run and its planned length in it.
fn length(simulation: &Simulation) -> (String, f64) {
    let system = simulation.system();
    let duration = simulation.value_at_start(system.duration);
    let unit = &system.time_unit;
    (unit.text().to_string(), unit.from_internal(duration))
}

/// The cells of the runs, and when they are drawn.
///
/// # Errors
/// When a run has ended before a time at which its cell should be drawn.
pub(super) fn of_runs(
    plan: &FigurePlan,
    plot: &PlotDef,
    parts: &[Part],
    results: &Results,
    words: &dyn Fn(&str) -> String,
) -> Result<CellsData, String> {
    let alone = parts.len() == 1;
    let mut data = CellsData::default();
    for part in parts {
        let Takes::Cells { run, picture } = part.takes else {
            continue;
        };
        let (Some(planned), Some(run)) = (plan.runs.get(run), results.runs.get(run)) else {
            continue;
        };
        let Some(picture) = run.pictures.get(picture) else {
            continue;
        };
        let trajectory = &run.trajectory;
        let rows = match (plot.times.is_empty(), alone) {
            (true, true) => picture.telling(&trajectory.events),
            (true, false) => picture.usable().last().copied().into_iter().collect(),
            (false, _) => rows(plot, picture).map_err(|time| {
                let mistake = ended(&planned.name, trajectory, picture, time);
                let drawn = render(&plan.figure.source, &[mistake], false);
                // Whoever shows it says that it is an error.
                drawn.trim_start_matches("error: ").to_string()
            })?,
        };
        data.runs.push(CellsRun {
            label: words(&part.label),
            picture: picture.clone(),
            events: trajectory.events.clone(),
            rows,
        });
    }
    Ok(data)
}

/// The rows at the times of the file; a time that the run did not reach comes back.
fn rows<'a>(plot: &'a PlotDef, picture: &PictureData) -> Result<Vec<usize>, &'a Ast> {
    let times = &picture.time.values;
    let end = times.last().copied().unwrap_or(f64::NAN);
    let mut rows = Vec::new();
    for time in &plot.times {
        let at = literal_in(time, &picture.time.unit).ok_or(time)?;
        if at > end * (1.0 + ROUNDING) {
            return Err(time);
        }
        let far = |row: &usize| (times[*row] - at).abs();
        // Of the two sides of a jump the one behind it, as everywhere: what happens at a time has happened then.
        let nearest = (0..times.len())
            .rev()
            .min_by(|a, b| far(a).total_cmp(&far(b)));
        rows.extend(nearest);
    }
    rows.sort_unstable();
    rows.dedup();
    Ok(rows)
}

fn ended(name: &str, trajectory: &Trajectory, picture: &PictureData, time: &Ast) -> Diagnostic {
    let unit = &picture.time.unit;
    let end = picture.time.values.last().copied().unwrap_or(f64::NAN);
    let why = match &trajectory.status {
        Status::Stopped(event) => format!("by `{event}` "),
        _ => String::new(),
    };
    let message = format!("the run of `{name}` ended {why}at {end:.4} {unit}, before this time");
    Diagnostic::new(time.span, message)
        .help("a chart without `times` shows the end of the run, whenever that is")
}

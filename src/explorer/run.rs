//! A run within its limits: so many steps, so much time, so many copies, and only as long as somebody waits for it.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use super::RTOL;
use super::ask::Recipe;
use super::http::Answer;
use super::server::Shared;
use super::shelf::Entry;
use crate::error::{Error, ErrorKind};
use crate::study::{Changes, Run, RunOptions, Simulation};

/// A run and what it took.
#[derive(Debug)]
pub(super) struct Done {
    pub run: Run,
    /// Why it ended before its time, if the server ended it.
    pub cut: Option<String>,
    /// Time to write the equations and compile them \[ms\].
    pub build: f64,
    /// Time to solve \[ms\].
    pub solve: f64,
}

/// Why there is no run.
#[derive(Debug)]
pub(super) enum Undone {
    /// It is answered so.
    Refused(Answer),
    /// Nobody waits for it any more.
    Gone,
}

/// An error of the library as an answer.
pub(super) fn refusal(error: &Error) -> Answer {
    let status = match error.kind() {
        ErrorKind::UnknownModel { .. } => 404,
        _ => 422,
    };
    Answer::refusal(status, error.report(false))
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Undone::Refused(refusal(&error))
    }
}

/// The run of a recipe: one that is remembered, or a new one.
pub(super) fn run(
    shared: &Shared,
    recipe: &Recipe,
    gone: &dyn Fn() -> bool,
) -> Result<Arc<Done>, Undone> {
    if let Some(done) = shared.done.get(recipe) {
        return Ok(done);
    }
    let entry = shared.shelf.find(&recipe.model)?;
    let _place = shared.place(gone)?;
    let done = Arc::new(match quick(shared, entry, recipe, gone) {
        Some(done) => done?,
        None => {
            let begun = Instant::now();
            let simulation = build(shared, entry, recipe)?;
            let build = begun.elapsed().as_secs_f64() * 1e3;
            solve(shared, &simulation, build, gone)?
        }
    });
    if done.cut.is_none() {
        shared.done.put(recipe.clone(), done.clone());
    }
    Ok(done)
}

/// The run of a recipe that only moves numbers, as a slider does: the equations stay as they are. A mistake is left to
/// those who build them again, for they know where it is.
fn quick(
    shared: &Shared,
    entry: &Entry,
    recipe: &Recipe,
    gone: &dyn Fn() -> bool,
) -> Option<Result<Done, Undone>> {
    if !recipe.own_steps || !recipe.steps.is_empty() {
        return None;
    }
    let begun = Instant::now();
    let base = shared.shelf.simulation(entry, recipe.variant.as_deref());
    let simulation = base.ok()?.with_numbers(&recipe.settings)?;
    let build = begun.elapsed().as_secs_f64() * 1e3;
    match solve(shared, &simulation, build, gone) {
        Err(Undone::Refused(_)) => None,
        done => Some(done),
    }
}

fn build(shared: &Shared, entry: &Entry, recipe: &Recipe) -> Result<Simulation, Undone> {
    let base = shared.shelf.simulation(entry, recipe.variant.as_deref())?;
    check_copies(&base, recipe)?;
    let changes = Changes {
        settings: &recipe.settings,
        without_steps: !recipe.own_steps,
        steps: &recipe.steps,
    };
    Ok(base.changed(&changes)?)
}

/// Most copies of a part of a model, beside as many as its file has.
const COPIES: f64 = 50.0;

/// Most copies of a part that has so many in its file.
pub(super) fn most_copies(own: f64) -> f64 {
    (3.0 * own).max(COPIES)
}

/// A hundred thousand cells are for the command line: their equations alone would take minutes to write.
fn check_copies(base: &Simulation, recipe: &Recipe) -> Result<(), Undone> {
    let (model, system) = (base.model(), base.system());
    for (name, text) in &recipe.settings {
        let full = model.full_name(name);
        if !system.counts.contains(&full) {
            continue;
        }
        let own = system.parameters.iter().find(|p| p.name == full);
        let most = most_copies(own.map_or(0.0, |p| p.value));
        match text.trim().parse::<f64>() {
            Ok(count) if count <= most => {}
            _ => {
                let message = format!("`{name}` is a whole number up to {most} on this page");
                return Err(Undone::Refused(Answer::refusal(422, message)));
            }
        }
    }
    Ok(())
}

/// Steps between two looks at the clock.
const STRIDE: u32 = 16;
/// Looks at the clock between two looks at the connection.
const LOOKS: u32 = 8;

fn solve(
    shared: &Shared,
    simulation: &Simulation,
    build: f64,
    gone: &dyn Fn() -> bool,
) -> Result<Done, Undone> {
    let limits = &shared.limits;
    let points = simulation.model().experiment.points.min(limits.points);
    let options = RunOptions {
        rtol: Some(RTOL),
        points: Some(points),
        max_steps: Some(
            limits
                .steps
                .min(simulation.model().solver.max_steps.unwrap_or(u64::MAX)),
        ),
        ..RunOptions::default()
    };
    let begun = Instant::now();
    let (mut steps, late, left) = (0u32, Cell::new(false), Cell::new(false));
    let run = simulation.run_with(
        &options,
        Some(&mut |_| {
            steps = steps.wrapping_add(1);
            if !steps.is_multiple_of(STRIDE) {
                return ControlFlow::Continue(());
            }
            late.set(begun.elapsed() >= limits.solving);
            if late.get() || steps.is_multiple_of(STRIDE * LOOKS) {
                left.set(gone());
            }
            match late.get() || left.get() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        }),
    )?;
    if left.get() {
        return Err(Undone::Gone);
    }
    let cut = late.get().then(|| {
        let seconds = limits.solving.as_secs_f64();
        format!(
            "stopped after {seconds} s of computing: what is drawn is as far as it got; the command line has no such limit"
        )
    });
    Ok(Done {
        run,
        cut,
        build,
        solve: begun.elapsed().as_secs_f64() * 1e3,
    })
}

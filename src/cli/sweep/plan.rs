//! `osmocyte sweep plan`: what would be done; with a folder, its plan.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::ask::Ask;
use super::describe::{design, methods, values};
use super::job::Job;
use super::stop;
use super::summary::{heading, section};
use crate::cli::End;
use crate::cli::digits::{number, plural};
use crate::cli::terminal::{Stop, Terminal};
use crate::study::shown_unit;

/// Say what a sweep would do; with -o, write a folder that `osmocyte sweep run` can work on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte sweep plan red-blood-cell --vary \"Pf=20..400 um/s log 200\"
  osmocyte sweep plan my-cell.toml fragility -o jobs/fragility
  osmocyte sweep run jobs/fragility

The plan has the text of the model and of all files that it names: the folder may be taken to another
machine. Its id is a checksum of all that determines the rows.")]
pub(super) struct Args {
    #[command(flatten)]
    ask: Ask,
    /// Folder to write the plan into.
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the plan as it is in plan.json, with its id.
    #[arg(long)]
    json: bool,
}

pub(super) fn plan(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let job = Job::of(&args.ask, terminal)?;
    if let Some(folder) = &args.out {
        job.plan.settle(folder).map_err(|e| stop(e, terminal))?;
    }
    if args.json {
        terminal.print(&format!("{:#}\n", as_json(&job)))?;
    } else if !terminal.quiet {
        terminal.print(&text(&job, terminal))?;
    }
    if let Some(folder) = &args.out {
        terminal.remark(&format!(
            "planned in `{}`; do it with `osmocyte sweep run {}`",
            folder.display(),
            folder.display()
        ));
    }
    Ok(End::Ok)
}

fn as_json(job: &Job) -> Value {
    json!({
        "id": job.plan.id(),
        "points": job.plan.points(),
        "chunk": job.plan.chunk(),
        "chunks": job.plan.chunks(),
        "header": job.plan.header(),
        "inputs": job.plan.inputs(),
    })
}

/// Axes, outcomes, points, method.
pub(super) fn text(job: &Job, terminal: &Terminal) -> String {
    let (plan, survey) = (&job.plan, &job.survey);
    let axes = survey.axes().iter();
    let axes: Vec<Vec<String>> = axes.map(|a| vec![a.name.clone(), values(a)]).collect();
    let answers = survey.answers().iter().map(|answer| {
        let unit = shown_unit(&answer.unit);
        vec![answer.name.clone(), unit, answer.about.clone()]
    });
    let answers: Vec<Vec<String>> = answers.collect();
    let row = |name: &str, value: String| vec![name.to_string(), value];
    let sets = survey.engines().len() as u64;
    let mut rows = vec![
        row(
            "points",
            format!("{}, {}", plan.points(), design(&job.study)),
        ),
        row(
            "chunks",
            format!("{} of {}", plan.chunks(), plural(plan.chunk(), "point")),
        ),
    ];
    if let Some(engine) = survey.engines().first() {
        let (rtol, atol) = engine.tolerances();
        let method = methods(&survey.methods());
        rows.push(row(
            "method",
            format!(
                "{method} at rtol {}, atol {}",
                number(rtol, 3),
                number(atol, 3)
            ),
        ));
        rows.push(row(
            "steps",
            format!("at most {} a point", engine.max_steps()),
        ));
    }
    if sets > 1 {
        rows.push(row("equations", plural(sets, "set")));
    }
    rows.push(row("plan", plan.id().to_string()));
    heading(plan, terminal)
        + &section("Varied", &axes, terminal)
        + &section("Outcomes", &answers, terminal)
        + &section("Sweep", &rows, terminal)
}

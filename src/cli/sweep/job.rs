//! A recipe made ready: its points and who solves them, and the plan that its folder keeps.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::ask::{Ask, MOST_OF_CHUNK};
use super::describe;
use super::recipe::{Recipe, exact};
use super::stop;
use crate::cli::origin::{TOOL, VERSION};
use crate::cli::terminal::{Stop, Terminal};
use crate::model::StudyDef;
use crate::output::rows::header;
use crate::output::store::{Check, Plan, StoreError, Sweep};
use crate::study::Simulation;
use crate::study::sweep::Survey;
use crate::table::{Table, Values};

/// Operations of the lanes of one core in a second, roughly: what a chunk is measured by. It must not be measured
/// itself, or a plan would differ from day to day.
const OPERATIONS: f64 = 1e10;

/// A chunk takes no less, or the disk is busier than the processor; and no more, or a kill costs much [s].
const CHUNK_TIME: (f64, f64) = (0.02, 0.5);

/// Chunks that a sweep should have at least, for threads and parts to share.
const SHARES: u64 = 64;

/// A sweep made ready.
pub(super) struct Job {
    pub recipe: Recipe,
    pub study: StudyDef,
    pub survey: Survey,
    pub plan: Plan,
}

/// What a plan has decided that could be decided otherwise.
struct Decided {
    methods: Vec<String>,
    chunk: u64,
}

impl Job {
    /// What is asked for.
    pub fn of(ask: &Ask, terminal: &Terminal) -> Result<Job, Stop> {
        let (recipe, simulation) = ask.recipe(terminal)?;
        Job::make(recipe, &simulation, ask.chunk(), None, terminal)
    }

    /// What is planned in a folder.
    pub fn open(folder: &Path, terminal: &Terminal) -> Result<Job, Stop> {
        let sweep = Sweep::open(folder, Check::Length).map_err(|e| stop(e, terminal))?;
        let found = sweep.plan();
        let version = &found.inputs()["version"];
        if *version != json!(VERSION) {
            return Err(terminal.invalid(format!(
                "the sweep in `{}` was planned by {TOOL} {}, and this is {VERSION}: rows of two versions do not \
                 belong together\nhelp: finish it with that version, or begin in a new folder",
                folder.display(),
                version.as_str().unwrap_or("of another kind"),
            )));
        }
        let bad = |message: String| {
            let file = folder.join("plan.json");
            stop(StoreError::BadPlan { file, message }, terminal)
        };
        let recipe = Recipe::read(found.inputs()).map_err(bad)?;
        let simulation = recipe
            .simulation()
            .map_err(|e| Stop::Invalid(terminal.report(&e)))?;
        let methods = found.inputs()["solver"]["methods"].as_array();
        let methods = methods.into_iter().flatten().filter_map(|m| m.as_str());
        let decided = Decided {
            methods: methods.map(str::to_string).collect(),
            chunk: found.chunk(),
        };
        let job = Job::make(recipe, &simulation, None, Some(decided), terminal)?;
        // The same text, or what is in the folder is not what it says.
        job.plan.settle(folder).map_err(|e| stop(e, terminal))?;
        Ok(job)
    }

    fn make(
        recipe: Recipe,
        simulation: &Simulation,
        chunk: Option<u64>,
        decided: Option<Decided>,
        terminal: &Terminal,
    ) -> Result<Job, Stop> {
        let survey = recipe.survey(simulation, &recipe.options);
        let (study, mut survey) = survey.map_err(|e| Stop::Invalid(terminal.report(&e)))?;
        let chunk = match decided {
            Some(decided) => {
                if !survey.set_methods(&decided.methods) {
                    let message = "the methods of the plan are not those of its model";
                    return Err(terminal.invalid(message));
                }
                decided.chunk
            }
            None => {
                let work = survey.pilot();
                chunk.unwrap_or_else(|| chunk_size(survey.points(), work))
            }
        };
        let table = survey.empty_table();
        let mut inputs = Map::new();
        inputs.insert("tool".into(), json!(TOOL));
        inputs.insert("version".into(), json!(VERSION));
        recipe.put(&simulation.model().title, &mut inputs);
        inputs.insert("study".into(), describe::study_json(&study, &survey));
        inputs.insert("solver".into(), solver_json(&survey));
        inputs.insert("columns".into(), columns_json(&table));
        let (points, header) = (survey.points(), header(&table));
        let plan = Plan::new(Value::Object(inputs), points, chunk, &header);
        Ok(Job {
            plan: plan.map_err(|e| stop(e, terminal))?,
            recipe,
            study,
            survey,
        })
    }

    /// `out/MODEL-STUDY`
    pub fn default_folder(&self) -> PathBuf {
        let name = format!("{}-{}", self.recipe.full_name(), self.study.name);
        PathBuf::from("out").join(name)
    }
}

/// How many points a chunk has: a round number that depends on the study alone.
fn chunk_size(points: u64, work: f64) -> u64 {
    let time = work / OPERATIONS;
    let of = |seconds: f64| {
        let n = (seconds / time).min(MOST_OF_CHUNK as f64);
        // Without any work all points are alike.
        if n >= 1.0 { n as u64 } else { 1 }
    };
    let (least, most) = (of(CHUNK_TIME.0), of(CHUNK_TIME.1));
    let size = points.div_ceil(SHARES).clamp(least, most.max(least));
    // 1, 2, 5, 10, …
    let mut round = 1;
    for next in [
        2,
        5,
        10,
        20,
        50,
        100,
        200,
        500,
        1000,
        2000,
        5000,
        MOST_OF_CHUNK,
    ] {
        if next <= size {
            round = next;
        }
    }
    round
}

fn solver_json(survey: &Survey) -> Value {
    let first = survey.engines().first();
    let (rtol, atol) = first.map_or((f64::NAN, f64::NAN), |e| e.tolerances());
    json!({
        "methods": survey.methods(),
        "rtol": exact(rtol),
        "atol": exact(atol),
        "max_steps": first.map(|e| e.max_steps()),
    })
}

/// Columns as a plan has them.
fn columns_json(table: &Table) -> Value {
    let columns = table.columns.iter().map(|column| {
        json!({
            "name": column.name,
            "unit": column.unit,
            "about": column.about,
            "kind": match column.values {
                Values::Numbers(_) => "number",
                Values::Counts(_) => "count",
                Values::Words(_) => "word",
            },
        })
    });
    Value::Array(columns.collect())
}

/// The table without rows that a plan speaks of.
pub(super) fn table_of(plan: &Plan) -> Table {
    let mut table = Table::default();
    for column in plan.inputs()["columns"].as_array().into_iter().flatten() {
        let text = |key: &str| column[key].as_str().unwrap_or_default();
        let values = match text("kind") {
            "number" => Values::Numbers(Vec::new()),
            "count" => Values::Counts(Vec::new()),
            _ => Values::Words(Vec::new()),
        };
        table.push(text("name"), text("unit"), text("about"), values);
    }
    table
}

/// Where the columns stand that say how points ended, status and reason, in a table of so many columns.
pub(super) fn endings(columns: usize) -> (usize, usize) {
    // Behind them: `end` and `steps`. Their names may be others where an outcome has taken them.
    (columns.saturating_sub(4), columns.saturating_sub(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_round_and_neither_small_nor_slow() {
        let cases = [
            // Cheap points: as many as may be.
            (1_000_000_000, 1e4, 10_000),
            (100_000, 1e4, 10_000),
            (10, 1e4, 10_000),
            // Dear ones: fewer, but enough for threads.
            (1_000_000, 1e6, 5000),
            (100_000, 1e6, 1000),
            (1_000_000, 2e7, 200),
            (100, 2e7, 10),
            // A fifth of a second each, and more.
            (1_000_000, 2e9, 2),
            (1_000_000, 1e12, 1),
            (5, 0.0, 10_000),
        ];
        for (points, work, size) in cases {
            assert_eq!(chunk_size(points, work), size, "{points} {work}");
        }
    }
}

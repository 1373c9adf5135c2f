//! `osmocyte accuracy`: which method is the best for which problem, and how wrong its results are.

mod card;
#[cfg(feature = "charts")]
mod charts;
mod models;
mod reach;
mod text;

use std::path::PathBuf;
use std::time::{Instant, SystemTime};

use super::End;
use super::folder::{Folder, is_stdout};
use super::origin::{TOOL, VERSION, command};
use super::picture::PictureArgs;
use super::progress::{Watch, end_interrupted, listen};
use super::terminal::{Stop, Terminal};
use crate::output::card::rfc3339_utc;
use crate::output::{Provenance, write_table};
use crate::study::accuracy::{Case, Config, Report, accuracy as compare, ten_to_minus};
use crate::study::method_named;
use models::{GROUPS, Problem, given, problems};

/// Compare methods on problems: what each costs for the error that it makes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte accuracy                                five problems, all methods
  osmocyte accuracy red-blood-cell my-cell.toml    a shipped model and your own
  osmocyte accuracy detest-d@d1 --method dop853,rodas5p --rtol 1e-3..1e-12
  osmocyte accuracy stiff -o stiff                 all stiff reference problems
  osmocyte accuracy reference --digits             how many digits the tightest runs have

MODEL is the name of a shipped model, NAME@VARIANT, the path of a file, or a group:
  reference           all reference problems, under all settings that their files have values for
  stiff, nonstiff     the two halves of it
  bench               the five bench problems

The error of a state y beside its reference r is |y - r| / (|r| + (atol/rtol) s), with s the scale
of the state: an error equal to rtol is what was asked. The largest over states and saved times
counts. References are our own tightest runs of two methods that agree; how well they do is shown,
and how well they fit the values in the model file. `<` marks an error below three times that
uncertainty.

Writes accuracy.csv, accuracy.csv-metadata.json (units), accuracy.json (the card) and two charts
per problem as SVG and PNG.
Exits with 1 if a problem has no reference that is good enough.")]
pub(super) struct Args {
    /// Problems: models, files or groups; five of different kinds if left out.
    #[arg(value_name = "MODEL")]
    models: Vec<String>,
    /// Give a parameter, an input, the duration or an initial value another value in all of them.
    #[arg(short, long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Methods, e.g. auto,radau [default: all].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    method: Vec<String>,
    /// Relative tolerances: a list 1e-4,1e-8 or a range by decades 1e-4..1e-10 [default: 1e-4..1e-11].
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    rtol: Vec<String>,
    /// Number of saved times, both ends included.
    #[arg(long, value_name = "N", default_value_t = 101, value_parser = clap::value_parser!(u64).range(2..=1_000_000), allow_negative_numbers = true)]
    points: u64,
    /// Least number of timed runs of each kind.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100), allow_negative_numbers = true)]
    repeats: u64,
    /// Seconds of timed runs of each kind, if those are more runs.
    #[arg(long, value_name = "S", default_value_t = 0.03, value_parser = seconds, allow_negative_numbers = true)]
    time: f64,
    /// Seconds after which a run is given up.
    #[arg(long, value_name = "S", default_value_t = 1.0, value_parser = seconds, allow_negative_numbers = true)]
    patience: f64,
    /// A table with a column `t` and one for each state, to measure against; for one MODEL.
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Show how many digits the tightest runs have beside the values in the model files.
    #[arg(long)]
    digits: bool,
    /// Folder for the files, or `-` for the table alone on standard output [default: out/accuracy].
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Draw no charts.
    #[arg(long)]
    no_charts: bool,
    #[command(flatten)]
    pictures: PictureArgs,
    /// Print the card instead of the tables.
    #[arg(long)]
    json: bool,
}

const TABLE: &str = "accuracy.csv";
const METADATA: &str = "accuracy.csv-metadata.json";
const CARD: &str = "accuracy.json";

fn seconds(text: &str) -> Result<f64, String> {
    let number: f64 = text
        .trim()
        .parse()
        .map_err(|_| "not a number".to_string())?;
    if (0.0..=1e6).contains(&number) {
        Ok(number)
    } else {
        Err("a time in seconds, 0 to 1e6".to_string())
    }
}

pub(super) fn accuracy(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let to_stdout = is_stdout(args.out.as_deref(), args.json, terminal)?;
    let (config, problems) = asked(args, terminal)?;
    listen();
    let folder = if to_stdout {
        None
    } else {
        let path = args
            .out
            .clone()
            .unwrap_or_else(|| PathBuf::from("out/accuracy"));
        let names = file_names(args, &problems);
        Some(Folder::open(&path, &names, CARD).map_err(|e| terminal.invalid(e))?)
    };
    let started = rfc3339_utc(SystemTime::now());
    let begun = Instant::now();
    let Some(report) = study(&config, &problems, begun, terminal)? else {
        return Ok(end_interrupted(terminal));
    };
    let done = Done {
        config,
        problems,
        report,
        started,
        elapsed: begun.elapsed().as_secs_f64(),
    };
    match folder {
        None => {
            let table = done.report.table();
            terminal.data(|out| write_table(&table, out))?;
            terminal.remark(&text::report(&done.report, args.digits, terminal));
            Ok(end(&done, terminal))
        }
        Some(folder) => write_all(args, &done, folder, terminal),
    }
}

/// A study with what its files need to tell.
struct Done {
    config: Config,
    problems: Vec<Problem>,
    report: Report,
    started: String,
    /// Wall time [s].
    elapsed: f64,
}

/// What the arguments ask for; all mistakes in them at once.
fn asked(args: &Args, terminal: &Terminal) -> Result<(Config, Vec<Problem>), Stop> {
    let mut mistakes: Vec<String> = Vec::new();
    let mut config = Config {
        points: args.points as usize,
        repeats: args.repeats as usize,
        seconds: args.time,
        patience: args.patience,
        reference_patience: 3.0 * args.patience,
        ..Config::default()
    };
    if !args.method.is_empty() {
        config.methods.clear();
    }
    for name in &args.method {
        match method_named(name.trim()) {
            Ok(method) if config.methods.contains(&method) => {}
            Ok(method) => config.methods.push(method),
            Err(message) => mistakes.push(terminal.error(message)),
        }
    }
    if !args.rtol.is_empty() {
        config.rtols.clear();
    }
    for text in &args.rtol {
        match tolerances(text) {
            Ok(more) => config.rtols.extend(more),
            Err(message) => mistakes.push(terminal.error(message)),
        }
    }
    config.rtols.sort_by(|a, b| b.total_cmp(a));
    config.rtols.dedup();
    let mut problems = match problems(&args.models, &args.set, terminal) {
        Ok(problems) => problems,
        Err(mut more) => {
            if args.models.iter().any(|m| looks_like_a_group(m)) {
                more.push(format!("help: groups of models are {}", GROUPS.join(", ")));
            }
            mistakes.append(&mut more);
            Vec::new()
        }
    };
    if let Some(path) = &args.reference {
        match (given(path), &mut problems[..]) {
            (Err(message), _) => mistakes.push(terminal.error(message)),
            (Ok(given), [only]) => only.case.given = Some(given),
            (Ok(_), []) => {}
            (Ok(_), many) => mistakes.push(terminal.error(format!(
                "--reference is for one problem, not for {}",
                many.len()
            ))),
        }
    }
    if mistakes.is_empty() {
        Ok((config, problems))
    } else {
        Err(Stop::Invalid(mistakes.join("\n\n")))
    }
}

/// A word that is nearly that of a group.
fn looks_like_a_group(word: &str) -> bool {
    crate::diagnostic::nearest(word, GROUPS).is_some()
}

/// `1e-6`, or `1e-4..1e-10` by decades.
fn tolerances(text: &str) -> Result<Vec<f64>, String> {
    let wrong = |why: &str| format!("--rtol `{text}`: {why}");
    let Some((from, to)) = text.split_once("..") else {
        return Ok(vec![super::run::tolerance(text).map_err(|e| wrong(&e))?]);
    };
    let ends = [from, to].map(super::run::tolerance);
    let [Ok(from), Ok(to)] = ends else {
        return Err(wrong("a range is written 1e-4..1e-10"));
    };
    let decade = |x: f64| (-x.log10()).round() as u32;
    let (first, last) = (decade(from.max(to)), decade(from.min(to)));
    Ok((first..=last).map(ten_to_minus).collect())
}

fn file_names(args: &Args, problems: &[Problem]) -> Vec<String> {
    let tables = [TABLE, METADATA, CARD].map(str::to_string);
    let charts = problems.iter().flat_map(|p| chart_names(&p.case.name));
    let pictures = charts.flat_map(|n| args.pictures.files(&n));
    let pictures = pictures.filter(|_| cfg!(feature = "charts") && !args.no_charts);
    tables.into_iter().chain(pictures).collect()
}

/// Names of the charts of a problem, without ending.
fn chart_names(problem: &str) -> [String; 2] {
    let mut slug = String::new();
    for c in problem.chars() {
        let plain = c.is_ascii_alphanumeric() || c == '.';
        if plain && (c != '.' || !slug.is_empty()) {
            slug.push(c);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_matches('-');
    [format!("{slug}-time"), format!("{slug}-rhs")]
}

fn study(
    config: &Config,
    problems: &[Problem],
    begun: Instant,
    terminal: &Terminal,
) -> Result<Option<Report>, Stop> {
    let cases: Vec<Case> = problems.iter().map(|p| p.case.clone()).collect();
    let mut watch = Watch::new(terminal, "");
    let mut clock = || begun.elapsed().as_secs_f64();
    let report = compare(&cases, config, &mut clock, &mut |stage| {
        watch.stage(
            stage.fraction,
            &format!("{}: {}", stage.problem, stage.what),
        )
    });
    watch.finish();
    report.map_err(|e| Stop::Invalid(terminal.report(&e)))
}

fn write_all(
    args: &Args,
    done: &Done,
    mut folder: Folder,
    terminal: &Terminal,
) -> Result<End, Stop> {
    let cannot = |e| terminal.invalid(e);
    let (names, table) = ((TABLE, METADATA), done.report.table());
    (folder.stage_table(names, &table, &provenance(done))).map_err(cannot)?;
    #[cfg(feature = "charts")]
    let warnings = if args.no_charts {
        Vec::new()
    } else {
        charts::draw(&done.report, &args.pictures, &mut folder).map_err(cannot)?
    };
    #[cfg(not(feature = "charts"))]
    let warnings = vec![super::picture::NONE.to_string(); usize::from(!args.no_charts)];
    let card = |files: &[String]| {
        card::card(
            &done.report,
            &done.problems,
            &done.config,
            &done.started,
            done.elapsed,
            files,
        )
    };
    let Some(card) = folder.finish(card, terminal)? else {
        return Ok(end_interrupted(terminal));
    };
    for warning in &warnings {
        terminal.remark(&terminal.warning(warning));
    }
    if args.json {
        terminal.print(&format!("{card:#}\n"))?;
    } else if !terminal.quiet {
        let text = text::report(&done.report, args.digits, terminal);
        let n = folder.staged().len();
        let place = folder.path().display();
        terminal.print(&format!("{text}\n{n} files in {place}\n"))?;
    }
    Ok(end(done, terminal))
}

fn provenance(done: &Done) -> Provenance {
    let names: Vec<&str> = done.problems.iter().map(|p| p.case.name.as_str()).collect();
    Provenance {
        tool: TOOL.to_string(),
        version: VERSION.to_string(),
        model: names.join(", "),
        title: "Work and precision of methods".to_string(),
        model_sha256: String::new(),
        command: command(),
        created: done.started.clone(),
    }
}

/// Says which problems have no reference.
fn end(done: &Done, terminal: &Terminal) -> End {
    let bad = done.report.problems.iter().filter(|p| !p.reference.good);
    let mut end = End::Ok;
    for problem in bad {
        let message = format!(
            "`{}` has no reference good enough: {}",
            problem.name,
            problem.reference.text()
        );
        terminal.complain(&terminal.error(message));
        end = End::Failed;
    }
    end
}

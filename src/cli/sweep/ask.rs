//! The arguments that say what to sweep, and those that say how to work.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::part::Part;
use super::recipe::Recipe;
use crate::cli::run::{methods, tolerance};
use crate::cli::source::{find, read_table, split_setting};
use crate::cli::terminal::{Stop, Terminal};
use crate::lanes::Isa;
use crate::model::{Design, MOST_POINTS};
use crate::output::store::Shard;
use crate::solve::problem::Method;
use crate::study::method_named;
use crate::study::sweep::{LANES, Request};
use crate::study::{RunOptions, Simulation};

/// What to sweep.
#[derive(Debug, clap::Args)]
pub(super) struct Ask {
    /// Name of a shipped model, or path of a model file; NAME@VARIANT for a variant.
    #[arg(required = true)]
    // With a subcommand there is none.
    model: Option<String>,
    /// Study of the model [default: the only one, or what --vary or --table say].
    study: Option<String>,
    /// Vary this: `Pf=20..400 um/s log 200`, `k=1, 5, 10 1/s`, `variant=ghost, none`, `Pf=range log 20`. With a study named, replaces or adds an axis.
    #[arg(long, value_name = "NAME=VALUES")]
    vary: Vec<String>,
    /// Take the points from a CSV table: a column for each axis, units in the header (`Pf [um/s]`).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["vary", "design", "points", "seed", "no_scramble"])]
    table: Option<PathBuf>,
    /// Which points of the space of the axes.
    #[arg(long, value_enum)]
    design: Option<DesignName>,
    /// Number of points, for designs that draw them; 1e6 is a number.
    #[arg(short = 'n', long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    points: Option<u64>,
    /// Seed of the draws [default: that of the study, else 1].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Leave the sequence of halton or sobol as it is.
    #[arg(long)]
    no_scramble: bool,
    /// Give a parameter, an input, a mode or an initial value another value at all points, e.g. Pf="100 um/s", duration="5 s".
    #[arg(short, long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Answer this instead of the study's outcomes: an outcome of the model, or `NAME=EXPRESSION`, e.g. "late=time of lysis".
    #[arg(long, value_name = "NAME=EXPR")]
    outcome: Vec<String>,
    #[command(flatten)]
    solver: SolverArgs,
    /// Points that are kept at a time, at most 1e4 [default: about half a second's].
    #[arg(long, value_name = "N", value_parser = chunk, allow_negative_numbers = true)]
    chunk: Option<u64>,
}

/// How to solve a point.
#[derive(Debug, clap::Args)]
pub(super) struct SolverArgs {
    /// Integration method; `auto` lets a few points choose [default: that of the study or the model, else auto].
    #[arg(long, value_parser = PossibleValuesParser::new(methods()).try_map(|name| method_named(&name)))]
    method: Option<Method>,
    /// Relative tolerance [default: that of the study or the model, else 1e-6].
    #[arg(long, value_name = "X", value_parser = tolerance, allow_negative_numbers = true)]
    rtol: Option<f64>,
    /// Absolute tolerance, relative to the scale of each state [default: that of the study or the model, else rtol / 100].
    #[arg(long, value_name = "X", value_parser = tolerance, allow_negative_numbers = true)]
    atol: Option<f64>,
    /// Most steps of a point; then it has failed [default: that of the study or the model, else 100000].
    #[arg(long, value_name = "N", value_parser = count, allow_negative_numbers = true)]
    max_steps: Option<u64>,
}

impl SolverArgs {
    /// True if none is given.
    pub fn is_empty(&self) -> bool {
        self.method.is_none()
            && self.rtol.is_none()
            && self.atol.is_none()
            && self.max_steps.is_none()
    }

    /// True if the choice of a method is asked for.
    pub fn chooses(&self) -> bool {
        self.method == Some(Method::Auto)
    }

    /// As options, in the place of others.
    pub fn over(&self, options: &RunOptions) -> RunOptions {
        RunOptions {
            method: self.method.or(options.method),
            rtol: self.rtol.or(options.rtol),
            // A new relative tolerance brings its own absolute one.
            atol: self.atol.or(options.atol.filter(|_| self.rtol.is_none())),
            max_steps: self.max_steps.or(options.max_steps),
            ..options.clone()
        }
    }
}

/// Which points.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum DesignName {
    /// Every value of an axis with every value of all others.
    Grid,
    /// Independent draws.
    Random,
    /// A Latin hypercube.
    Lhs,
    /// The sequence of Halton.
    Halton,
    /// The sequence of Sobol.
    Sobol,
}

impl DesignName {
    fn design(self) -> Design {
        match self {
            DesignName::Grid => Design::Grid,
            DesignName::Random => Design::Random,
            DesignName::Lhs => Design::Lhs,
            DesignName::Halton => Design::Halton,
            DesignName::Sobol => Design::Sobol,
        }
    }
}

/// How to work: nothing of it changes a row.
#[derive(Debug, clap::Args)]
pub(super) struct Work {
    /// Threads [default: one for each core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Instruction set, e.g. avx2 or baseline [default: the widest of this processor].
    #[arg(long, value_name = "NAME")]
    isa: Option<String>,
    /// Runs side by side on one core: 1, 8 or 32 [default: as suits the model].
    #[arg(long, value_name = "N", value_parser = lanes)]
    lanes: Option<usize>,
    /// Do the K-th of N parts only, e.g. 2/8; other processes do the others, in the same folder or elsewhere. [default: from SLURM_ARRAY_TASK_ID, or HQ_TASK_ID and OSMOCYTE_PARTS, where these are set]
    #[arg(long, value_name = "K/N", value_parser = shard)]
    shard: Option<Shard>,
    /// Exit with 0 though points failed: for workflows and batch systems, to which 1 is a broken job.
    #[arg(long)]
    pub failed_ok: bool,
}

/// The same, found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Team {
    pub threads: usize,
    pub isa: Isa,
    pub lanes: Option<usize>,
    pub part: Option<Part>,
}

impl Work {
    pub fn team(&self, terminal: &Terminal) -> Result<Team, Stop> {
        let isa = match &self.isa {
            None => Isa::best(),
            Some(name) => Isa::named(name).ok_or_else(|| {
                let names: Vec<&str> = Isa::available().iter().map(|isa| isa.name()).collect();
                terminal.invalid(format!(
                    "this processor has no instruction set `{name}`\nhelp: it has {}",
                    names.join(", ")
                ))
            })?,
        };
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Team {
            threads: self.threads.map_or_else(cores, usize::from),
            isa,
            lanes: self.lanes,
            part: Part::find(self.shard, terminal)?,
        })
    }
}

/// A whole number from 1 on; `1e6` is one.
pub(super) fn count(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let exact = text.parse::<u64>().ok();
    let number = exact.or_else(|| {
        let number: f64 = text.parse().ok()?;
        (number.fract() == 0.0 && (0.0..=MOST_POINTS as f64).contains(&number))
            .then_some(number as u64)
    });
    match number {
        Some(n) if (1..=MOST_POINTS).contains(&n) => Ok(n),
        _ => Err(format!("a whole number from 1 to {MOST_POINTS}")),
    }
}

/// Most points of a chunk.
pub(super) const MOST_OF_CHUNK: u64 = 10_000;

fn chunk(text: &str) -> Result<u64, String> {
    count(text)
        .ok()
        .filter(|n| *n <= MOST_OF_CHUNK)
        .ok_or_else(|| format!("a whole number from 1 to {MOST_OF_CHUNK}"))
}

fn lanes(text: &str) -> Result<usize, String> {
    let found = text.trim().parse().ok().filter(|n| LANES.contains(n));
    found.ok_or_else(|| "1, 8 or 32".to_string())
}

pub(super) fn shard(text: &str) -> Result<Shard, String> {
    text.trim()
        .parse()
        .map_err(|e: crate::output::store::StoreError| e.to_string())
}

impl Ask {
    /// The size of a chunk, if it was given.
    pub fn chunk(&self) -> Option<u64> {
        self.chunk
    }

    /// Reads all that is asked for. All mistakes in settings at once.
    pub fn recipe(&self, terminal: &Terminal) -> Result<(Recipe, Simulation), Stop> {
        let found = find(self.model.as_deref().unwrap_or_default(), terminal)?;
        let (mut set, mut mistakes) = (Vec::new(), Vec::new());
        for word in &self.set {
            match split_setting(word, terminal.color_err()) {
                Ok(setting) => set.push(setting),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if !mistakes.is_empty() {
            return Err(Stop::Invalid(mistakes.join("\n\n")));
        }
        let table = match &self.table {
            Some(path) => {
                let text = read_table(path).map_err(|e| terminal.invalid(e))?;
                Some((file_name(path), text))
            }
            None => None,
        };
        let request = Request {
            study: self.study.clone(),
            set,
            vary: self.vary.clone(),
            table,
            design: self.design.map(DesignName::design),
            points: self.points,
            seed: self.seed,
            unscrambled: self.no_scramble,
            outcomes: self.outcome.clone(),
        };
        let options = self.solver.over(&RunOptions::default());
        Recipe::of(&found, request, options).map_err(|e| Stop::Invalid(terminal.report(&e)))
    }
}

/// The name of a file without its folders: what they are called differs from machine to machine.
fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

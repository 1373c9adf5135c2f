//! `osmocyte sweep submit`: a folder with a plan and a script for a batch system.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ask::Ask;
use super::finish::failed;
use super::format::FormatArg;
use super::job::Job;
use super::plan::text;
use super::script::{Script, System, quoted};
use super::stop;
use crate::cli::End;
use crate::cli::digits::plural;
use crate::cli::terminal::{Stop, Terminal};
use crate::output::{OutputError, write_atomic};

/// Plan a sweep and write the script that does it as an array of jobs; print the command that submits it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte sweep submit my-cell.toml fragility --slurm --jobs 50 --time 2:00:00 --mem 2G -o /scratch/fragility
  osmocyte sweep submit my-cell.toml fragility --hq --jobs 50 --cores 4 -o /scratch/fragility --now

All jobs work in the folder, which they must share. The script is written, not submitted, unless --now
is given. Jobs that were killed may be submitted again: they go on where they ended.")]
#[command(group = clap::ArgGroup::new("system").required(true).args(["slurm", "hq"]))]
pub(super) struct Args {
    #[command(flatten)]
    ask: Ask,
    /// For Slurm.
    #[arg(long)]
    slurm: bool,
    /// For HyperQueue.
    #[arg(long)]
    hq: bool,
    /// Number of jobs; each does a part.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    jobs: u64,
    /// Cores of each job.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    cores: u16,
    /// Time limit of each job, as Slurm takes it, e.g. 2:00:00 or 30 for minutes; for HyperQueue also 2h.
    #[arg(long, value_name = "TIME", value_parser = word)]
    time: Option<String>,
    /// Memory of each job, e.g. 2G; without a unit in MB.
    #[arg(long, value_name = "SIZE", value_parser = word)]
    mem: Option<String>,
    /// Partition of Slurm.
    #[arg(long, value_name = "NAME", value_parser = word, conflicts_with = "hq")]
    partition: Option<String>,
    /// Let a job succeed though points failed: then only those that broke or were killed count as failed.
    #[arg(long)]
    failed_ok: bool,
    /// Folder of the sweep [default: out/MODEL-STUDY].
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    format: FormatArg,
    /// Submit it.
    #[arg(long)]
    now: bool,
}

/// A word that stands in a line of a script.
fn word(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:,+".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => Ok(text.to_string()),
        false => Err("letters, digits and `-_.:,+`".to_string()),
    }
}

const SCRIPT: &str = "submit.sh";

pub(super) fn submit(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let job = Job::of(&args.ask, terminal)?;
    let folder = args.out.clone().unwrap_or_else(|| job.default_folder());
    job.plan.settle(&folder).map_err(|e| stop(e, terminal))?;
    let absolute = fs::canonicalize(&folder);
    let absolute = absolute.map_err(|e| trouble(&folder, "find", e, terminal))?;
    let program = std::env::current_exe();
    let program = program.map_err(|e| trouble(Path::new("osmocyte"), "find", e, terminal))?;
    let name = format!("{}-{}", job.recipe.full_name(), job.study.name);
    let name: String = (name.chars())
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let script = Script {
        system: if args.slurm {
            System::Slurm
        } else {
            System::HyperQueue
        },
        name: &name,
        program: &unicode(&program, terminal)?,
        folder: &unicode(&absolute, terminal)?,
        // More would have nothing to do.
        jobs: args.jobs.min(job.plan.chunks()),
        cores: args.cores,
        time: args.time.as_deref(),
        memory: args.mem.as_deref(),
        partition: args.partition.as_deref(),
        failed_ok: args.failed_ok,
        format: args.format.word(),
    };
    let file = folder.join(SCRIPT);
    let content = script.text();
    write_atomic(&file, |out| out.write_all(content.as_bytes()))
        .map_err(|e| failed(e, terminal))?;
    executable(&file);
    let command = script.submission(&file.to_string_lossy());
    if !terminal.quiet {
        terminal.print(&text(&job, terminal))?;
    }
    let words: Vec<String> = command.iter().map(|w| quoted(w)).collect();
    let line = words.join(" ");
    let jobs = plural(script.jobs, "job");
    if !args.now {
        terminal.remark(&format!("{jobs}; submit them with"));
        terminal.print(&format!("{line}\n"))?;
        return Ok(End::Ok);
    }
    let done = Command::new(&command[0]).args(&command[1..]).status();
    match done {
        Ok(status) if status.success() => Ok(End::Ok),
        Ok(status) => Err(Stop::Failed(
            terminal.error(format!("`{line}` did not take the {jobs}: {status}")),
        )),
        Err(e) => Err(Stop::Failed(terminal.error(format!(
            "cannot run `{}`: {e}\nhelp: the script is written; submit it where `{}` is, with `{line}`",
            command[0], command[0]
        )))),
    }
}

fn trouble(path: &Path, what: &'static str, source: io::Error, terminal: &Terminal) -> Stop {
    let path = path.to_path_buf();
    failed(OutputError { path, what, source }, terminal)
}

/// A path that a script can name.
fn unicode(path: &Path, terminal: &Terminal) -> Result<String, Stop> {
    let text = path.to_str().filter(|t| !t.contains(['\n', '\r']));
    text.map(str::to_string).ok_or_else(|| {
        terminal.invalid(format!(
            "`{}` can't stand in a script; choose another folder",
            path.display()
        ))
    })
}

/// Best effort: both systems read a script that is not.
fn executable(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if let Ok(found) = fs::metadata(file) {
            let mut permissions = found.permissions();
            permissions.set_mode(permissions.mode() | 0o111);
            let _ = fs::set_permissions(file, permissions);
        }
    }
    #[cfg(not(unix))]
    let _ = file;
}

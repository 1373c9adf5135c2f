//! Our side of the comparison with CVODE and LSODA: see `benches/peers/README.md`; `benches/peers/run.sh` does it all.
//!
//! `list` names the problems; `reference DIR` writes what the runs are judged by; `time PROBLEM REFERENCE.csv` runs all
//! methods at all tolerances and prints a line for each.

use std::fmt::Write as _;
use std::path::Path;

use cpu_time::ThreadTime;
use osmocyte::model::library;
use osmocyte::solve::problem::Outcome;
use osmocyte::study::{METHODS, Ready};
use osmocyte::{Method, RunOptions, Simulation};

#[path = "peers/cases.rs"]
mod cases;

use cases::{CASES, Case};

type Failure = Box<dyn std::error::Error>;

/// The equations of a model file alone, as the peers solve them: without what is watched, summed up, shown or checked.
fn equations(text: &str) -> String {
    let results = ["[outcomes", "[event", "[conserved", "[variant", "[[c"];
    let mut kept = true;
    let keep = |line: &&str| {
        if line.starts_with('[') {
            kept = !results.iter().any(|r| line.starts_with(r));
        }
        kept
    };
    text.lines()
        .filter(keep)
        .fold(String::new(), |text, line| text + line + "\n")
}

impl Case {
    fn named(name: &str) -> Result<&'static Case, Failure> {
        let case = CASES.iter().find(|c| c.name == name);
        Ok(case.ok_or_else(|| format!("there is no problem `{name}`"))?)
    }

    /// The model, as it is shipped or its equations alone.
    fn simulation(&self, shipped: bool) -> Result<Simulation, Failure> {
        let entry = library().into_iter().find(|e| e.name == self.model);
        let text = entry.ok_or("not in the library")?.text;
        let plain = equations(text);
        let text = if shipped { text } else { &plain };
        let simulation = Simulation::from_text(self.model, text)?;
        self.set
            .iter()
            .try_fold(simulation, |s, (name, value)| Ok(s.with(name, value)?))
    }

    /// 201 times \[s\].
    fn times(&self, end: f64) -> Vec<f64> {
        let even = |i: i32| end * f64::from(i) / 200.0;
        let log = |i: i32, first: f64| match i {
            0 => 0.0,
            200 => end,
            _ => first * (end / first).powf(f64::from(i - 1) / 199.0),
        };
        (0..=200)
            .map(|i| self.first.map_or(even(i), |first| log(i, first)))
            .collect()
    }

    /// The states that tell how right the others are, and what they are off by: from another method, from the end values.
    fn reference(&self) -> Result<(Table, f64, f64), Failure> {
        let simulation = self.simulation(false)?;
        let mut ready = simulation.ready(&RunOptions::default())?;
        let end = ready.problem.pieces.last().ok_or("no pieces")?.end;
        let n = ready.problem.y0.len();
        let floor = self.floors[self.floors.len() - 1];
        ready.problem.save = self.times(end);
        ready.max_steps = 10_000_000;
        let mut own = Own::new(&simulation, ready);
        let mut rows = |method| own.run(method, 1e-13, floor).map(|s| s.1);
        let (other, y) = (rows(Method::Radau)?, rows(self.method)?);
        let table = Table {
            names: own.ready.problem.names.clone(),
            t: own.ready.problem.save,
            y,
        };
        let last = table.y.chunks(n).next_back().unwrap_or(&[]);
        let off = self.end.iter().zip(last).map(|(e, y)| (y / e - 1.0).abs());
        let off = off.fold(0.0, f64::max);
        let change = table.error(&table.names, &other);
        Ok((table, change, off))
    }

    /// Prints a line for each method and tolerance. Gives back the methods that are not far behind the quickest.
    fn time(
        &self,
        reference: &Table,
        methods: &[(&str, Method)],
        shipped: bool,
    ) -> Result<Vec<Method>, Failure> {
        let simulation = self.simulation(shipped)?;
        let mut ready = simulation.ready(&RunOptions::default())?;
        ready.problem.save.clone_from(&reference.t);
        ready.max_steps = 200_000;
        let mut own = Own::new(&simulation, ready);
        let solver = if shipped {
            "osmocyte-as-shipped"
        } else {
            "osmocyte"
        };
        let mut quickest = Vec::new();
        for (name, method) in methods {
            let mut least = f64::INFINITY;
            for floor in self.floors {
                for half in 2..=26 {
                    let rtol = 10f64.powf(-0.5 * f64::from(half));
                    let (error, times, rhs) = match own.measure(*method, rtol, *floor, reference) {
                        Ok(measured) => measured,
                        // A tighter tolerance needs more still.
                        Err(e) if e.to_string().contains("TooManySteps") => break,
                        Err(_) => continue,
                    };
                    println!(
                        "{},{solver},{name},{rtol:.3e},{:.3e},{error:.3e},{:.3},{:.3},{rhs}",
                        self.name,
                        rtol * floor,
                        times[0] * 1e6,
                        times[times.len() / 2] * 1e6
                    );
                    least = least.min(times[0]);
                    if times[0] > 1.0 {
                        break;
                    }
                }
            }
            quickest.push((*method, least));
        }
        let least = quickest.iter().fold(f64::INFINITY, |m, q| m.min(q.1));
        quickest.retain(|(_, time)| *time < 10.0 * least);
        Ok(quickest.into_iter().map(|q| q.0).collect())
    }
}

/// Times and states, row after row.
struct Table {
    names: Vec<String>,
    t: Vec<f64>,
    y: Vec<f64>,
}

impl Table {
    fn read(path: &str) -> Result<Table, Failure> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
        let mut lines = text.lines();
        let names = lines.next().unwrap_or("").split(',').skip(1);
        let mut table = Table {
            names: names.map(str::to_string).collect(),
            t: Vec::new(),
            y: Vec::new(),
        };
        for line in lines {
            let mut cells = line.split(',').map(str::parse::<f64>);
            table.t.push(cells.next().ok_or("an empty row")??);
            for cell in cells {
                table.y.push(cell?);
            }
        }
        Ok(table)
    }

    fn write(&self, path: &Path) -> Result<(), Failure> {
        let mut text = format!("t,{}\n", self.names.join(","));
        for (t, row) in self.t.iter().zip(self.y.chunks(self.names.len())) {
            write!(text, "{t}")?;
            for y in row {
                write!(text, ",{y}")?;
            }
            text.push('\n');
        }
        Ok(std::fs::write(path, text)?)
    }

    /// Largest error of rows of the states `names`, relative to the largest value of each state.
    fn error(&self, names: &[String], rows: &[f64]) -> f64 {
        let mut worst = 0.0;
        for (i, name) in self.names.iter().enumerate() {
            let Some(k) = names.iter().position(|n| plain(n) == plain(name)) else {
                return f64::INFINITY;
            };
            let wanted = self.y.iter().skip(i).step_by(self.names.len());
            let size = wanted.clone().fold(0.0, |m: f64, y| m.max(y.abs()));
            for (y, w) in rows.iter().skip(k).step_by(names.len()).zip(wanted) {
                let error = (y - w).abs() / size;
                if error.is_nan() {
                    return f64::INFINITY;
                }
                worst = error.max(worst);
            }
        }
        worst
    }
}

/// `V[1]` as `V1`.
fn plain(name: &str) -> String {
    name.replace(['[', ']'], "")
}

/// A problem of ours, with the tolerance on one unit of each state, as the peers have it.
struct Own<'s> {
    ready: Ready<'s>,
    /// One unit of each state, as the reference has it, inside.
    units: Vec<f64>,
}

impl<'s> Own<'s> {
    fn new(simulation: &Simulation, mut ready: Ready<'s>) -> Own<'s> {
        let states = &simulation.system().states;
        let units: Vec<f64> = states.iter().map(|s| s.unit.to_internal(1.0)).collect();
        ready.problem.scales.clone_from(&units);
        Own { ready, units }
    }

    /// CPU seconds of one run, its rows and how many right-hand sides it took.
    fn run(
        &mut self,
        method: Method,
        rtol: f64,
        floor: f64,
    ) -> Result<(f64, Vec<f64>, u64), Failure> {
        let ready = &mut self.ready;
        (ready.method, ready.rtol, ready.atol) = (method, rtol, rtol * floor);
        let start = ThreadTime::now();
        let solution = ready.solve(None)?;
        let seconds = start.elapsed().as_secs_f64();
        if solution.outcome != Outcome::Reached || solution.t.len() != ready.problem.save.len() {
            return Err(format!("{:?}", solution.outcome).into());
        }
        let rows = solution.y.iter().zip(self.units.iter().cycle());
        let rows = rows.map(|(y, unit)| y / unit).collect();
        Ok((seconds, rows, solution.counters.rhs))
    }

    /// Error, sorted CPU seconds and right-hand sides: 20 runs and 40 ms, or 200 ms and 3 runs.
    fn measure(
        &mut self,
        method: Method,
        rtol: f64,
        floor: f64,
        reference: &Table,
    ) -> Result<(f64, Vec<f64>, u64), Failure> {
        let begin = ThreadTime::now();
        let (first, rows, evaluations) = self.run(method, rtol, floor)?;
        let mut times = Vec::new();
        let spent = || begin.elapsed().as_secs_f64();
        let enough = |n: usize, spent: f64| n >= 3 && (spent > 0.2 || n >= 20 && spent > 0.04);
        while first < 1.0 && !enough(times.len(), spent()) {
            times.push(self.run(method, rtol, floor)?.0);
        }
        if times.is_empty() {
            times.push(first);
        }
        times.sort_by(f64::total_cmp);
        let error = reference.error(&self.ready.problem.names, &rows);
        Ok((error, times, evaluations))
    }
}

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|w| w != "--bench")
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["list"] => {
            for case in CASES {
                let floors: Vec<String> = case.floors.iter().map(|f| format!("{f:e}")).collect();
                println!("{} {}", case.name, floors.join(" "));
            }
        }
        ["reference", folder] => {
            for case in CASES {
                let path = Path::new(folder).join(format!("{}.csv", case.name));
                let (table, change, off) = case.reference()?;
                println!(
                    "{}: radau differs by {change:.1e}; {} known end values off by {off:.1e}",
                    case.name,
                    case.end.len()
                );
                if let Ok(known) = Table::read(&path.to_string_lossy()) {
                    let apart = known.error(&table.names, &table.y);
                    println!("{}: {apart:.1e} from the one that is there", case.name);
                } else {
                    table.write(&path)?;
                }
            }
        }
        ["time", name, path] => {
            let (case, reference) = (Case::named(name)?, Table::read(path)?);
            let mut methods = METHODS.to_vec();
            // A fixed step knows no tolerance.
            methods.retain(|(_, method)| *method != Method::Rk4);
            let quick = case.time(&reference, &methods, false)?;
            methods.retain(|(_, method)| quick.contains(method));
            case.time(&reference, &methods, true)?;
        }
        _ => println!("peers: run benches/peers/run.sh"),
    }
    Ok(())
}

//! Sweeps of the bench problems: trajectories a second on one core, and how far each point is from a tight solve.
//!
//! `cargo bench --bench sweep -- [PROBLEM…] [points=N] [judged=N] [threads=N] [rtol=X] [isa=NAME] [lanes=W] [method=NAME]`
//!
//! Judged are at least `judged` points (500), evenly taken from the first chunk of 10 000 alone.
//!
//! For `peers/sweeps.sh`: `plain=time` prints seconds and failures alone, `plain=rows` final states and what is watched,
//! `plain=reference` the same of tight solves, with the largest value of each state; `solver=ode_solvers` solves by that.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use cpu_time::ThreadTime;
use osmocyte::lanes::{Isa, Task};
use osmocyte::model::library;
use osmocyte::solve::lanes::LaneMethod;
use osmocyte::study::design::{Design, Kind};
use osmocyte::study::sweep::{Engine, Rows, SweepOptions, SweepStatus, Worker};
use osmocyte::{RunOptions, Simulation};

#[path = "peers/ode_solvers.rs"]
mod ode_solvers;

type Failure = Box<dyn std::error::Error>;

struct Problem {
    name: &'static str,
    model: &'static str,
    /// Names and ranges in internal units, and whether they are even in the logarithm.
    vary: [(&'static str, f64, f64, bool); 2],
    /// Names and units.
    states: &'static [(&'static str, &'static str)],
    /// What is found besides the final states: a time, then what was there.
    watched: &'static str,
}

const P3_STATES: &[(&str, &str)] = &[
    ("n0", ""),
    ("n1", ""),
    ("n2", ""),
    ("n3", ""),
    ("n4", ""),
    ("n5", ""),
    ("F", ""),
    ("E", ""),
    ("A", ""),
    ("Ca", "uM"),
];

const PROBLEMS: [Problem; 4] = [
    Problem {
        name: "p1",
        model: "p1-rbc-glycerol",
        vary: [
            ("Pf", 20.0, 2000.0, true),
            ("c_imp_out", 150.0, 600.0, false),
        ],
        states: &[("Vw", "um^3"), ("ns", "amol")],
        watched: "time_of_smallest = { value = \"time of min(Vw)\", unit = \"s\" }\n\
            smallest = { value = \"min(Vw)\", unit = \"um^3\" }\n",
    },
    Problem {
        name: "p2",
        model: "p2-plant-cell-turgor",
        vary: [("Lp", 0.05, 20.0, true), ("eps", 1.0, 50.0, false)],
        states: &[("V", "um^3")],
        watched: "loss = \"time when V falls through V0\"\n",
    },
    Problem {
        name: "p3",
        model: "p3-calcium-exocytosis",
        // 1 to 100 µM: concentrations are in mM inside.
        vary: [("Ca_0", 1e-3, 0.1, true), ("k_refill", 0.2, 20.0, true)],
        states: P3_STATES,
        watched: "half = \"time when F rises through 0.01\"\n",
    },
    Problem {
        name: "p4",
        model: "p4-swelling-protoplast",
        vary: [("Lp", 0.02, 2.0, true), ("k_exo", 0.05, 5.0, true)],
        states: &[("V", "um^3"), ("A", "um^2"), ("Res", "um^2")],
        watched: "grown = \"time when A rises through 5000 um^2\"\n",
    },
];

/// The equations of a model file alone.
fn equations(text: &str) -> String {
    let results = [
        "[outcomes",
        "[event",
        "[conserved",
        "[variant",
        "[[c",
        "[study",
        "[[study",
    ];
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

impl Problem {
    /// The text of outcomes: the final states, what is watched, and the largest values if wanted.
    fn outcomes(&self, largest: bool) -> String {
        let each = |name: &str, function: &str| -> String {
            let line = |(state, unit): &(&str, &str)| {
                format!(
                    "{name}_{state} = {{ value = \"{function}({state})\", unit = \"{unit}\" }}\n"
                )
            };
            self.states.iter().map(line).collect()
        };
        let text = each("end", "final") + self.watched;
        if largest {
            text + &each("max", "max")
        } else {
            text
        }
    }

    fn engine(&self, rtol: f64) -> Result<Engine, Failure> {
        self.engine_for(rtol, &self.outcomes(false))
    }

    fn engine_for(&self, rtol: f64, outcomes: &str) -> Result<Engine, Failure> {
        let entry = library().into_iter().find(|e| e.name == self.model);
        let text = equations(entry.ok_or("not in the library")?.text);
        let text = format!("{text}\n[outcomes]\n{outcomes}");
        let simulation = Simulation::from_text(self.model, &text)?;
        let names: Vec<String> = self.vary.iter().map(|v| v.0.to_string()).collect();
        let run = RunOptions {
            rtol: Some(rtol),
            atol: Some(rtol),
            ..RunOptions::default()
        };
        Ok(Engine::new(simulation, &names, &SweepOptions { run })?)
    }

    fn place(&self, u: &[f64], values: &mut [f64]) {
        for ((value, u), (_, low, high, log)) in values.iter_mut().zip(u).zip(self.vary) {
            *value = if log {
                low * (high / low).powf(*u)
            } else {
                low + (high - low) * u
            };
        }
    }
}

/// Points that a worker takes at a time.
const CHUNK: u64 = 10_000;

/// Time of the thread [s], and the rows, chunk after chunk.
fn sweep(
    engine: &Engine,
    (isa, lanes): (Isa, usize),
    problem: &Problem,
    n: u64,
) -> Result<(f64, Vec<Rows>), Failure> {
    let design = Design::new(Kind::Halton, 2, n, 1, false)?;
    let mut worker = Worker::new(engine, isa, lanes);
    let start = ThreadTime::now();
    let all = (0..n.div_ceil(CHUNK))
        .map(|chunk| solve_chunk(&mut worker, &design, problem, n, chunk))
        .collect();
    Ok((start.elapsed().as_secs_f64(), all))
}

/// The same by several threads: time on the wall [s].
fn sweep_together(
    engine: &Engine,
    (isa, lanes): (Isa, usize),
    problem: &Problem,
    n: u64,
    threads: usize,
) -> Result<(f64, Vec<Rows>), Failure> {
    let design = Design::new(Kind::Halton, 2, n, 1, false)?;
    let next = AtomicU64::new(0);
    let work = || {
        let mut worker = Worker::new(engine, isa, lanes);
        let mut own = Vec::new();
        loop {
            let chunk = next.fetch_add(1, Ordering::Relaxed);
            if chunk * CHUNK >= n {
                return own;
            }
            own.push((chunk, solve_chunk(&mut worker, &design, problem, n, chunk)));
        }
    };
    let start = Instant::now();
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            all.extend(thread.join().unwrap_or_default());
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    all.sort_by_key(|(chunk, _)| *chunk);
    Ok((seconds, all.into_iter().map(|(_, rows)| rows).collect()))
}

fn solve_chunk(
    worker: &mut Worker,
    design: &Design,
    problem: &Problem,
    n: u64,
    chunk: u64,
) -> Rows {
    let first = chunk * CHUNK;
    let count = CHUNK.min(n - first);
    let mut rows = Rows::default();
    let mut point = |i: usize, values: &mut [f64]| place(design, problem, first + i as u64, values);
    worker.run(count as usize, &mut point, &mut rows);
    rows
}

/// Chains of multiplications and additions that keep a processor busy.
struct Busy<'a>(&'a mut [[f64; 32]; 4], u32);

impl Task for Busy<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let mut rows = *self.0;
        for _ in 0..self.1 {
            for row in &mut rows {
                for x in row {
                    *x = x.mul_add(0.999_999, 1e-6);
                }
            }
        }
        *self.0 = rows;
    }
}

/// Floating-point operations a second that one core can do with this instruction set: the best of a few tries.
fn peak(isa: Isa) -> f64 {
    let mut rows = [[1.0; 32]; 4];
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = ThreadTime::now();
        isa.run(Busy(&mut rows, 200_000));
        best = best.min(start.elapsed().as_secs_f64());
    }
    std::hint::black_box(rows);
    2.0 * 4.0 * 32.0 * 200_000.0 / best
}

fn place(design: &Design, problem: &Problem, k: u64, values: &mut [f64]) {
    let mut u = [0.0; 2];
    design.point(k, &mut u);
    problem.place(&u, values);
}

/// Rows of outcomes in the units of their definitions.
fn print_rows(engine: &Engine, values: &[f64]) {
    for row in values.chunks(engine.n_outcomes()) {
        let cells = row.iter().zip(engine.outcomes());
        let cells: Vec<String> = cells
            .map(|(value, (_, unit))| unit.from_internal(*value).to_string())
            .collect();
        println!("{}", cells.join(","));
    }
}

/// Final states by another solver.
fn by_ode_solvers(problem: &Problem, rtol: f64, n: u64, plain: &str) -> Result<(), Failure> {
    let design = Design::new(Kind::Halton, 2, n, 1, false)?;
    // Calcium in µM, as the peers have it.
    let factor = if problem.name == "p3" { 1e3 } else { 1.0 };
    let point = |k: u64, values: &mut [f64; 2]| {
        place(&design, problem, k, values);
        values[0] *= factor;
    };
    let swept = ode_solvers::sweep(problem.name, rtol, n, &point).ok_or("no such problem")?;
    match plain {
        "rows" => {
            for row in swept.states.chunks(problem.states.len()) {
                let cells: Vec<String> = row.iter().map(f64::to_string).collect();
                println!("{}", cells.join(","));
            }
        }
        _ => println!("{:.6},{}", swept.seconds, swept.failed),
    }
    Ok(())
}

/// Tight solves of single points: what the sweeps are judged by.
fn reference(problem: &Problem, n: u64) -> Result<(), Failure> {
    let engine = problem.engine_for(1e-11, &problem.outcomes(true))?;
    let design = Design::new(Kind::Halton, 2, n, 1, false)?;
    for k in 0..n {
        let mut values = [0.0; 2];
        place(&design, problem, k, &mut values);
        let found = engine.alone(&values);
        if let SweepStatus::Failed(reason) = found.status {
            return Err(format!("{} at {values:?}: {reason}", problem.name).into());
        }
        print_rows(&engine, &found.outcomes);
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        arguments
            .iter()
            .find_map(|a| a.strip_prefix(&format!("{name}=")).map(str::to_string))
    };
    let n: u64 = option("points").map_or(Ok(20_000), |v| v.parse())?;
    let isa = option("isa")
        .map_or(Some(Isa::best()), |v| Isa::named(&v))
        .ok_or("no such instruction set here")?;
    let rtol: f64 = option("rtol").map_or(Ok(1e-6), |v| v.parse())?;
    let threads: usize = option("threads").map_or(Ok(1), |v| v.parse())?;
    let judged: u64 = option("judged").map_or(Ok(500), |v| v.parse())?;
    let wanted = |p: &Problem| {
        let named: Vec<&String> = arguments
            .iter()
            .filter(|a| a.starts_with('p') && a.len() == 2)
            .collect();
        named.is_empty() || named.iter().any(|a| *a == p.name)
    };
    let plain = option("plain").unwrap_or_default();
    for problem in PROBLEMS.iter().filter(|p| wanted(p)) {
        if option("solver").is_some_and(|s| s == "ode_solvers") {
            by_ode_solvers(problem, rtol, n, &plain)?;
            continue;
        }
        if plain == "reference" {
            reference(problem, n)?;
            continue;
        }
        let mut engine = problem.engine(rtol)?;
        match option("method").as_deref() {
            Some("dopri5") => engine.set_method(LaneMethod::Dopri5),
            Some("rodas5p") => engine.set_method(LaneMethod::Rodas5p),
            _ => {}
        }
        let lanes = option("lanes").map_or(Ok(engine.lanes()), |v| v.parse())?;
        let (seconds, all) = match threads {
            1 => sweep(&engine, (isa, lanes), problem, n)?,
            _ => sweep_together(&engine, (isa, lanes), problem, n, threads)?,
        };
        let steps: u64 = all.iter().flat_map(|r| &r.steps).sum();
        let failed = all
            .iter()
            .flat_map(|r| &r.status)
            .filter(|s| matches!(s, SweepStatus::Failed(_)))
            .count();
        match plain.as_str() {
            "time" => println!("{seconds:.6},{failed}"),
            "rows" => {
                for rows in &all {
                    print_rows(&engine, &rows.outcomes);
                }
            }
            _ => {}
        }
        if !plain.is_empty() {
            continue;
        }
        println!(
            "{}: {:.0} trajectories/s ({}, {threads} threads), {:.1} steps each, {:.0} ns a step, {failed} failed",
            problem.name,
            n as f64 / seconds,
            isa.name(),
            steps as f64 / n as f64,
            seconds * 1e9 / steps as f64
        );
        let useful = engine.operations() * steps as f64 / seconds;
        let peak = peak(isa) * threads as f64;
        println!(
            "    {:.1} of {:.1} GFLOP/s: {:.0} % of the peak",
            useful * 1e-9,
            peak * 1e-9,
            100.0 * useful / peak
        );
        if let Some(reason) = all.iter().flat_map(|r| &r.status).find_map(|s| match s {
            SweepStatus::Failed(r) => Some(r),
            _ => None,
        }) {
            println!("    {reason}");
        }
        // Judged by tight solves alone: points of the first chunk.
        let tight = problem.engine(1e-11)?;
        let design = Design::new(Kind::Halton, 2, n, 1, false)?;
        let names: Vec<String> = tight.outcomes().map(|(name, _)| name.to_string()).collect();
        let rows = &all[0];
        let width = names.len();
        let mut errors: Vec<Vec<f64>> = vec![Vec::new(); width];
        // Prime to the bases of the design: every second point has one half of the first range only.
        let mut stride = (rows.status.len() as u64 / judged).max(1) as usize;
        while stride.is_multiple_of(2) || stride.is_multiple_of(3) {
            stride -= 1;
        }
        for row in (0..rows.status.len()).step_by(stride) {
            let mut values = [0.0; 2];
            place(&design, problem, row as u64, &mut values);
            let found = tight.alone(&values).outcomes;
            for (k, list) in errors.iter_mut().enumerate() {
                let (a, b) = (rows.outcomes[row * width + k], found[k]);
                if a.is_nan() != b.is_nan() {
                    list.push(f64::INFINITY);
                } else if !a.is_nan() {
                    list.push((a - b).abs() / b.abs().max(1e-3));
                }
            }
        }
        for (name, list) in names.iter().zip(&mut errors) {
            list.sort_by(f64::total_cmp);
            let at = |q: f64| {
                list.get(((list.len() as f64 - 1.0) * q).max(0.0) as usize)
                    .copied()
                    .unwrap_or(0.0)
            };
            println!(
                "    {name}: {} of the first {} judged, median {:.1e}, 99 % {:.1e}, 99.9 % {:.1e}, worst {:.1e}",
                list.len(),
                rows.status.len(),
                at(0.5),
                at(0.99),
                at(0.999),
                at(1.0)
            );
        }
    }
    Ok(())
}

//! Mutated texts never make the library panic, hang or answer without a message.
//!
//! By default a fixed number of texts, the same in every run. `OSMOCYTE_FUZZ_SECONDS=600` goes on for ten minutes for
//! each target, and `OSMOCYTE_FUZZ_SEED` begins elsewhere. A text that breaks something is printed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::{Duration, Instant};

#[path = "fuzz/shared.rs"]
mod shared;

/// No single text may take longer: far beyond what any of them needs, also on a busy machine.
const LONGEST: Duration = Duration::from_secs(30);

/// Words of the languages, and what is nasty in them.
const WORDS: &[&str] = &[
    "title",
    "about",
    "[parameters]",
    "[let]",
    "[mode]",
    "[state.x]",
    "[bath.b]",
    "[compartment.c]",
    "[membrane.m]",
    "[wall.w]",
    "[pool.p]",
    "[traffic.q]",
    "[event.e]",
    "[experiment]",
    "[solver]",
    "[outcomes]",
    "[conserved]",
    "[[chart]]",
    "[[check]]",
    "[variant.v]",
    "initial = ",
    "rate = ",
    "unit = ",
    "scale = ",
    "min = ",
    "max = ",
    "each = \"i in 1..3\"",
    "each = \"i in 3..1\"",
    "value = ",
    "range = [",
    "source = ",
    "osmolarity = ",
    "volume = ",
    "inactive = ",
    "solutes.s = ",
    "between = [",
    "area = ",
    "Pf = ",
    "Lp = ",
    "tension = ",
    "law = ",
    "modulus = ",
    "capacitance = ",
    "around = ",
    "from = ",
    "to = ",
    "fraction = ",
    "area_rate = ",
    "recovered = ",
    "when = ",
    "then = ",
    "duration = ",
    "points = ",
    "steps = [",
    "method = ",
    "rtol = ",
    "max_steps = ",
    "what = ",
    "with = {",
    "is = ",
    "set = {",
    "log_y = true",
    "thresholds = [",
    "follows",
    "held",
    "rises through",
    "falls through",
    "crosses",
    "ramps to",
    "oscillates about",
    "by",
    "every",
    "for",
    "times",
    "time of",
    "count of",
    "time when",
    "stop",
    "record",
    "count",
    "fail",
    "set x = ",
    "switch m = ",
    "and",
    "or",
    "not",
    "in",
    "at",
    "if(",
    "min(",
    "max(",
    "abs(",
    "exp(",
    "ln(",
    "sqrt(",
    "sin(",
    "step(",
    "hill(",
    "clamp(",
    "log_mean(",
    "smooth_max(",
    "sphere_area(",
    "sphere_radius(",
    "sum(",
    "integral(",
    "mean(",
    "final(",
    "initial(",
    "pi",
    "R",
    "F",
    "N_A",
    "t",
    "x",
    "y",
    "N",
    "V[i]",
    "V[i-1]",
    "x[1]",
    "cell.volume",
    "0",
    "1",
    "-1",
    "0.5",
    "1e308",
    "1e-308",
    "1e400",
    "9007199254740993",
    "9223372036854775808",
    "-9223372036854775808",
    "0x10",
    "1_000",
    "nan",
    "inf",
    "-inf",
    "-0.0",
    "um",
    "µm",
    "μm^2",
    "um^3",
    "s",
    "ms",
    "min",
    "MPa",
    "mM",
    "mOsm",
    "%",
    "‰",
    "degC",
    "K",
    "1/s",
    "um/s/MPa",
    "m^(1/2)",
    "m^-1",
    "s⁻¹",
    "^",
    "**",
    "..",
    "==",
    "!=",
    "<=",
    "≥",
    "−",
    "×",
    "·",
    "⋅",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "\\",
    "\\u00b5",
    "\\t",
    "\n",
    "\r\n",
    "\t",
    "#",
    "=",
    ",",
    ".",
    ":",
    ";",
    "\u{0}",
    "\u{feff}",
    "\u{200d}",
    "\u{202e}",
    "é",
    "e\u{301}",
    "🧬",
    "ß",
    "𝛼",
    "α",
    "Ω",
    "Å",
    "°",
    "½",
    "\u{a0}",
    "\u{2028}",
    "true",
    "false",
    "2024-01-01",
    "[[",
    "]]",
    "[\"a\", \"b\"]",
    "{ a = 1 }",
    "dopri5",
    "dop853",
    "rk4",
];

/// Expressions to begin with.
const EXPRESSIONS: &[&str] = &[
    "90 um^3",
    "25 degC",
    "-5 degC",
    "0.4 * cell.volume",
    "if(x > 0 and not (y < 1), 2^x, -x^2)",
    "a / b + 3 %",
    "sum(x[i] * i, i in 1..N)",
    "hill(P, 1 MPa, 2)",
    "max(x)",
    "time of lysis",
    "count of lysis",
    "time of max(x)",
    "time when a rises through b",
    "at(x, 5 s)",
    "integral(x) / 2 s",
    "P rises through 0.5 MPa",
    "at 5 s",
    "set x = 2 * y",
    "switch m = 1",
    "stop",
    "at 0 s: x = 100 mOsm",
    "from 1 s to 2 s: x ramps to 3",
    "at 1 s for 2 s: x = 3",
    "from 1 s every 2 s for 0.1 s, 5 times: x = 3",
    "from 1 s to 9 s: x oscillates about 1 by 2 every 3 s",
    "x follows c of f.csv held",
    "2 1/min",
    "5 um/s/MPa",
    "log_mean(x, y) - smooth_max(x, y, 0.1)",
    "sphere_area(cell.volume)",
    "-x^-2^y",
    "((((x))))",
    "1e308 * 1e308",
];

/// Models that use what the shipped ones do not.
const MODELS: &[&str] = &[
    "[state.x]\ninitial = 1\nrate = \"-k * x\"\n[parameters]\nk = \"2 1/s\"\n[experiment]\nduration = \"1 s\"\n",
    "[parameters]\nN = 3\nk = \"1 1/s\"\n[state.V]\neach = \"i in 1..N\"\ninitial = \"i * 1 um\"\nrate = \"q[i-1] - q[i]\"\n\
     [let]\nq = { each = \"i in 0..N\", value = \"if(i == 0, 0, k * V[i])\" }\nall = \"sum(V[i], i in 1..N)\"\n\
     [experiment]\nduration = \"1 s\"\n[outcomes]\ntop = \"max(all)\"\n",
    "[mode]\non = 1\n[state.x]\ninitial = 0\nrate = \"if(on > 0, 1, -1) * 1 1/s\"\nmin = -1\n[event.up]\nwhen = \"x rises through 0.5\"\n\
     then = [\"switch on = 0\", \"count\"]\n[event.down]\nwhen = \"x falls through 0\"\nthen = [\"switch on = 1\", \"set x = 0.1\"]\n\
     [experiment]\nduration = \"5 s\"\n[outcomes]\nn = \"count of up\"\nm = \"mean(x)\"\nw = \"time when x rises through 0.3\"\n\
     [conserved]\nx = { value = \"x - x\", tolerance = 1e-6 }\n",
    "[parameters]\nu = \"1 mM\"\n[state.c]\ninitial = \"0 mM\"\nrate = \"(u - c) / 1 s\"\nunit = \"mM\"\nscale = \"1 mM\"\n[experiment]\n\
     duration = \"10 s\"\npoints = 11\nsteps = [\"at 1 s: u = 2 mM\", \"from 2 s to 3 s: u ramps to 0 mM\", \
     \"from 4 s every 1 s for 0.5 s, 3 times: u = 5 mM\", { set = \"u\", from = \"8 s\", mean = \"1 mM\", amplitude = \"1 mM\", every = \"1 s\" }]\n\
     [[chart]]\ny = [\"c\", { value = \"u\", label = \"bath\", unit = \"uM\" }]\nthresholds = [{ value = \"1 mM\", label = \"one\" }]\n\
     [[check]]\nwhat = \"final(c)\"\nis = \"1 mM\"\nwith = { \"u\" = \"2 mM\" }\n[variant.high]\nset = { \"u\" = \"9 mM\" }\n",
    "[bath.medium]\nsolutes.salt = \"150 mM\"\n[compartment.cell]\nvolume = \"1000 um^3\"\nsolutes.salt = \"100 mM\"\nsolutes.trapped = \"50 mM\"\n\
     [membrane.skin]\nbetween = [\"medium\", \"cell\"]\narea = \"500 um^2\"\nLp = \"1 um/s/MPa\"\nsolutes.salt = { permeability = \"0.1 um/s\", sigma = 0.9 }\n\
     [wall.case]\naround = \"cell\"\nlaw = \"linear\"\nvolume = \"900 um^3\"\nmodulus = \"5 MPa\"\n[experiment]\nduration = \"1 s\"\n",
    "[pool.store]\narea = \"100 um^2\"\n[pool.used]\narea = \"0 um^2\"\n[traffic.out]\nfrom = \"store\"\nto = \"used\"\nfraction = \"1 1/s\"\n\
     [experiment]\nduration = \"1 s\"\n",
];

/// xorshift64*: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

fn mutate(random: &mut Random, seeds: &[&str]) -> String {
    let mut bytes = random.pick(seeds).as_bytes().to_vec();
    for _ in 0..1 + random.below(6) {
        let at = random.below(bytes.len() + 1);
        match random.below(9) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            1 => bytes.insert(at, random.below(256) as u8),
            2 => {
                let end = (at + 1 + random.below(12)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                let end = (at + random.below(80)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, part);
            }
            4 | 5 => {
                let word = random.pick(WORDS);
                bytes.splice(at..at, word.bytes());
            }
            6 => {
                // A word instead of a word.
                let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.');
                let length = bytes[at..].iter().take_while(|b| is_part(b)).count();
                let word = random.pick(WORDS);
                bytes.splice(at..at + length, word.bytes());
            }
            7 => {
                let other = random.pick(seeds).as_bytes();
                let from = random.below(other.len() + 1);
                let to = (from + random.below(200)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            _ => {
                // Whole lines change places or are lost.
                let mut lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
                let (a, b) = (random.below(lines.len()), random.below(lines.len()));
                if random.below(2) == 0 {
                    lines.swap(a, b);
                } else {
                    lines.remove(a);
                }
                bytes = lines.join(&b'\n');
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs `body` over mutated texts: `count` of them, or for as long as the environment says.
fn fuzz(name: &str, seeds: &[&str], count: u64, body: fn(&str)) {
    let setting = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let seconds = setting("OSMOCYTE_FUZZ_SECONDS").map(Duration::from_secs);
    let seed = setting("OSMOCYTE_FUZZ_SEED").unwrap_or(1);
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let started = Instant::now();
    let now: Mutex<Option<(Instant, String)>> = Mutex::new(None);
    let mut executions = 0;
    std::thread::scope(|scope| {
        // A hang can't be caught, but it can be named.
        let (done, over) = std::sync::mpsc::channel::<()>();
        let now = &now;
        scope.spawn(move || {
            while let Err(std::sync::mpsc::RecvTimeoutError::Timeout) =
                over.recv_timeout(Duration::from_millis(500))
            {
                if let Ok(now) = now.lock()
                    && let Some((since, text)) = now.as_ref()
                    && since.elapsed() > LONGEST
                {
                    eprintln!("{name}: more than {LONGEST:?} for this text:\n{text}\n{text:?}");
                    std::process::abort();
                }
            }
        });
        while seconds.map_or(executions < count, |s| started.elapsed() < s) {
            let text = mutate(&mut random, seeds);
            if let Ok(mut now) = now.lock() {
                *now = Some((Instant::now(), text.clone()));
            }
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| body(&text))) {
                eprintln!("{name}: this text breaks it:\n{text}\n{text:?}");
                drop(done);
                std::panic::resume_unwind(panic);
            }
            executions += 1;
        }
        drop(done);
    });
    println!(
        "{name}: {executions} executions in {:.1?}",
        started.elapsed()
    );
}

#[test]
fn models_never_break() {
    let library = osmocyte::model::library();
    let seeds: Vec<&str> = library
        .iter()
        .map(|e| e.text)
        .chain(MODELS.iter().copied())
        .collect();
    fuzz("model", &seeds, 10_000, shared::model);
}

#[test]
fn expressions_never_break() {
    fuzz("expression", EXPRESSIONS, 60_000, shared::expression);
}

/// The seeds must be models, or the fuzzer only ever sees the first error.
#[test]
fn seeds_are_models() {
    for text in MODELS {
        if let Err(error) = osmocyte::Simulation::from_text("seed", text) {
            panic!("{text}\n{error}");
        }
    }
}

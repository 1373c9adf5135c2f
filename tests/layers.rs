//! The architecture, kept true: who may use whom, where third-party types may appear, and what no layer below the
//! command line does. Reads the source as text; comments, strings and unit tests do not count.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A layer: a file or folder directly below `src/`.
struct Layer {
    name: &'static str,
    may_use: &'static [&'static str],
    #[allow(dead_code)] // for the reader who wants to change the table
    because: &'static str,
}

const BELOW_EXPR: &[&str] = &["diagnostic", "units", "error"];

const LAYERS: &[Layer] = &[
    Layer {
        name: "diagnostic",
        may_use: &[],
        because: "places in a text: everybody needs them",
    },
    Layer {
        name: "units",
        may_use: &["diagnostic"],
        because: "a misspelt unit has a place",
    },
    Layer {
        name: "error",
        may_use: &["diagnostic", "units"],
        because: "draws diagnostics",
    },
    Layer {
        name: "equations",
        may_use: &["error", "units"],
        because: "slices of f64: all that compile and solve share",
    },
    Layer {
        name: "lanes",
        may_use: &[],
        because: "arithmetic on rows of numbers: no equation, no solver",
    },
    Layer {
        name: "trajectory",
        may_use: &["error", "units"],
        because: "plain columns: all that study and output share",
    },
    Layer {
        name: "table",
        may_use: &[],
        because: "plain columns, of rows that are not times",
    },
    Layer {
        name: "expr",
        may_use: BELOW_EXPR,
        because: "expressions know names, but not what is behind them",
    },
    Layer {
        name: "model",
        may_use: &["expr", "diagnostic", "units", "error"],
        because: "data from a file; nothing is numbered yet",
    },
    Layer {
        name: "system",
        may_use: &["model", "expr", "equations", "diagnostic", "units", "error"],
        because: "numbers the model; of the equations it knows the pattern of the Jacobian",
    },
    Layer {
        name: "compile",
        may_use: &["system", "expr", "equations", "lanes", "units", "error"],
        because: "tested without any solver, so it must not know one",
    },
    Layer {
        name: "trace",
        may_use: &["system", "expr", "units"],
        because: "another source of the same flat equations",
    },
    Layer {
        name: "solve",
        may_use: &["equations", "lanes", "trajectory", "error"],
        because: "tested with equations written by hand: it must not know where equations come from",
    },
    Layer {
        name: "study",
        may_use: &[
            "solve",
            "compile",
            "trace",
            "system",
            "model",
            "expr",
            "equations",
            "lanes",
            "trajectory",
            "table",
            "error",
            "units",
            "diagnostic",
        ],
        because: "puts all of it together; what comes out is data, never a file",
    },
    Layer {
        name: "output",
        may_use: &["trajectory", "table", "units", "error", "diagnostic"],
        because: "writes what a run gave, whoever ran it",
    },
    Layer {
        name: "explorer",
        may_use: &[
            "output",
            "study",
            "system",
            "model",
            "expr",
            "trajectory",
            "error",
            "units",
            "diagnostic",
        ],
        because: "another user of the library beside `cli`, which only starts it: what a browser asks for is no argument",
    },
    Layer {
        name: "guide",
        may_use: &[],
        because: "prose and examples only",
    },
    Layer {
        name: "cli",
        may_use: &[
            "explorer",
            "output",
            "study",
            "solve",
            "compile",
            "trace",
            "system",
            "model",
            "expr",
            "equations",
            "lanes",
            "trajectory",
            "table",
            "error",
            "units",
            "diagnostic",
            "Simulation",
            "Error",
            "ErrorKind",
            "Run",
            "RunOptions",
        ],
        because: "a user of the library like any other; nobody uses it",
    },
    // `lib` names the modules and re-exports; `main` hands over to `cli`.
    Layer {
        name: "lib",
        may_use: &["error", "study", "cli"],
        because: "the front door",
    },
    Layer {
        name: "main",
        may_use: &["cli"],
        because: "arguments in, exit code out",
    },
];

/// Paths of other crates (or of std) that belong into one place.
const CONFINED: &[(&str, &[&str], &str)] = &[
    (
        "ode_solvers",
        &["src/solve/explicit.rs", "src/solve/explicit/tests.rs"],
        "its types stay behind one adapter",
    ),
    (
        "nalgebra",
        &["src/solve/explicit.rs", "src/solve/explicit/tests.rs"],
        "its types stay behind one adapter",
    ),
    (
        "cranelift_codegen",
        &["src/compile/jit", "src/compile/jit.rs"],
        "machine code is one way to run a tape among others",
    ),
    (
        "cranelift_frontend",
        &["src/compile/jit", "src/compile/jit.rs"],
        "machine code is one way to run a tape among others",
    ),
    (
        "cranelift_jit",
        &["src/compile/jit", "src/compile/jit.rs"],
        "machine code is one way to run a tape among others",
    ),
    (
        "cranelift_module",
        &["src/compile/jit", "src/compile/jit.rs"],
        "machine code is one way to run a tape among others",
    ),
    (
        "cranelift_native",
        &["src/compile/jit", "src/compile/jit.rs"],
        "machine code is one way to run a tape among others",
    ),
    (
        "diffsol",
        &["src/solve/bdf.rs", "src/solve/bdf"],
        "its types stay behind one adapter",
    ),
    (
        "plotters",
        &["src/output/chart"],
        "charts are one format among others",
    ),
    (
        "plotters_backend",
        &["src/output/chart"],
        "charts are one format among others",
    ),
    (
        "tiny_skia",
        &["src/output/chart"],
        "charts are one format among others",
    ),
    (
        "ttf_parser",
        &["src/output/chart"],
        "charts are one format among others",
    ),
    (
        "arrow_array",
        &["src/output/parquet.rs"],
        "Parquet is one format among others",
    ),
    (
        "arrow_schema",
        &["src/output/parquet.rs"],
        "Parquet is one format among others",
    ),
    (
        "toml",
        &["src/model"],
        "a model is plain data for everybody else",
    ),
    (
        "include_dir",
        &["src/model"],
        "the shipped models are one list",
    ),
    (
        "std::net",
        &["src/explorer/server.rs", "src/explorer/http.rs"],
        "only the page of `explore` is served, and only from there",
    ),
    (
        "crate::explorer",
        &["src/cli/explore.rs"],
        "one command starts it",
    ),
    (
        "httparse",
        &["src/explorer/http.rs"],
        "requests are plain data for everybody else",
    ),
    (
        "getrandom",
        &["src/explorer/guard.rs"],
        "results must not be random: only the token is",
    ),
    (
        "clap",
        &["src/cli", "src/main.rs"],
        "the library has no arguments",
    ),
    (
        "indicatif",
        &["src/cli"],
        "the library shows no progress, it reports it",
    ),
    (
        "std::fs",
        &["src/output", "src/cli", "src/main.rs"],
        "below the output, models and results are texts",
    ),
    (
        "std::process",
        &["src/cli", "src/main.rs"],
        "only the command line may end the process",
    ),
    (
        "std::env",
        &["src/cli", "src/main.rs"],
        "results must not depend on the surroundings",
    ),
];

/// Words that no layer but the command line may contain.
const SILENT: &[&str] = &[
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "dbg!",
    "todo!",
    "unimplemented!",
];

/// The files with `unsafe`. One calls the machine code that it has made, and checks the lengths before; one calls
/// functions compiled for an instruction set, and asks the processor before.
const UNSAFE: [&str; 2] = ["src/compile/jit.rs", "src/lanes/isa.rs"];

/// Words that nobody may contain.
const NEVER: &[&str] = &["unsafe", "dbg!", "todo!", "unimplemented!"];

#[test]
fn layers_use_only_what_lies_below() {
    let mut faults = String::new();
    for (path, text) in sources() {
        for fault in faults_of(&path, &text) {
            let _ = writeln!(faults, "{path}: {fault}");
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

/// No limit: a long table is data. The list is for whoever wonders where to cut.
#[test]
fn longest_files() {
    let mut sizes: Vec<(usize, String)> = sources()
        .into_iter()
        .map(|(path, text)| (text.lines().count(), path))
        .collect();
    sizes.sort_by(|a, b| b.cmp(a));
    for (lines, path) in sizes.iter().take(10) {
        println!("{lines:5} {path}");
    }
    assert!(!sizes.is_empty(), "no sources found");
}

#[test]
fn every_layer_is_in_the_table_once() {
    for (i, layer) in LAYERS.iter().enumerate() {
        let twice = LAYERS[..i].iter().any(|l| l.name == layer.name);
        assert!(!twice, "{} is there twice", layer.name);
    }
    let mut missing = Vec::new();
    for (path, _) in sources() {
        let layer = layer_of(&path);
        if !LAYERS.iter().any(|l| l.name == layer) && !missing.contains(&layer) {
            missing.push(layer);
        }
    }
    assert!(missing.is_empty(), "who may these use? {missing:?}");
}

// ---- the scanner -------------------------------------------------------------------------------------------------

/// All files below `src/`, by path from the root of the package, with `/` everywhere.
fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut out = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)
            .expect("a folder of sources")
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root).expect("below the root");
                let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
                out.insert(
                    name.join("/"),
                    std::fs::read_to_string(&path).expect("a source file"),
                );
            }
        }
    }
    out
}

/// `solve` for `src/solve/pieces.rs`, `trace` for `src/trace.rs`.
fn layer_of(path: &str) -> String {
    let rest = path.trim_start_matches("src/");
    let first = rest.split('/').next().unwrap_or(rest);
    first.trim_end_matches(".rs").to_string()
}

/// How deep the module of a file lies: 1 for `src/trace.rs` and `src/solve/mod.rs`.
fn depth_of(path: &str) -> usize {
    let parts: Vec<&str> = path.trim_start_matches("src/").split('/').collect();
    match parts.as_slice() {
        ["lib.rs" | "main.rs"] => 0,
        [.., "mod.rs"] => parts.len() - 1,
        _ => parts.len(),
    }
}

/// What a file does that it must not.
fn faults_of(path: &str, text: &str) -> Vec<String> {
    let code = without_tests(&bare(text));
    let layer = layer_of(path);
    let mut faults = Vec::new();
    let allowed = LAYERS
        .iter()
        .find(|l| l.name == layer)
        .map_or(&[][..], |l| l.may_use);
    for used in used_layers(&code, depth_of(path)) {
        if used != layer && !allowed.contains(&used.as_str()) {
            faults.push(format!("`{layer}` must not use `{used}`"));
        }
    }
    for (name, places, because) in CONFINED {
        let inside = places
            .iter()
            .any(|place| path == *place || path.starts_with(&format!("{place}/")));
        if !inside && uses_path(&code, name) {
            faults.push(format!(
                "`{name}` belongs into {}: {because}",
                places.join(", ")
            ));
        }
    }
    let talks = matches!(layer.as_str(), "cli" | "main");
    for word in SILENT
        .iter()
        .filter(|_| !talks)
        .chain(NEVER.iter().filter(|w| talks || !SILENT.contains(w)))
    {
        let excused = *word == "unsafe" && UNSAFE.contains(&path);
        if has_word(&code, word) && !excused {
            faults.push(format!("contains `{word}`"));
        }
    }
    faults.sort();
    faults.dedup();
    faults
}

/// The code with comments and the insides of strings blanked out.
fn bare(text: &str) -> String {
    let bytes: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    let blank = |out: &mut String, c: char| out.push(if c == '\n' { '\n' } else { ' ' });
    while i < bytes.len() {
        let next = bytes.get(i + 1).copied();
        let before_is_word = i > 0 && (bytes[i - 1].is_alphanumeric() || bytes[i - 1] == '_');
        match bytes[i] {
            '/' if next == Some('/') => {
                while i < bytes.len() && bytes[i] != '\n' {
                    out.push(' ');
                    i += 1;
                }
            }
            '/' if next == Some('*') => {
                let mut depth = 0;
                while i < bytes.len() {
                    let pair = (bytes[i], bytes.get(i + 1).copied());
                    match pair {
                        ('/', Some('*')) => depth += 1,
                        ('*', Some('/')) => depth -= 1,
                        _ => {
                            blank(&mut out, bytes[i]);
                            i += 1;
                            continue;
                        }
                    }
                    out.push_str("  ");
                    i += 2;
                    if depth == 0 {
                        break;
                    }
                }
            }
            'r' if !before_is_word && matches!(next, Some('"' | '#')) => {
                let hashes = bytes[i + 1..].iter().take_while(|c| **c == '#').count();
                if bytes.get(i + 1 + hashes) != Some(&'"') {
                    out.push('r');
                    i += 1;
                    continue;
                }
                i += 2 + hashes;
                out.push('"');
                let closes = |i: usize| {
                    bytes[i] == '"'
                        && bytes[i + 1..]
                            .iter()
                            .take(hashes)
                            .filter(|c| **c == '#')
                            .count()
                            == hashes
                };
                while i < bytes.len() && !closes(i) {
                    blank(&mut out, bytes[i]);
                    i += 1;
                }
                out.push('"');
                i += 1 + hashes;
            }
            '"' => {
                out.push('"');
                i += 1;
                while i < bytes.len() && bytes[i] != '"' {
                    if bytes[i] == '\\' {
                        out.push(' ');
                        i += 1;
                    }
                    if let Some(c) = bytes.get(i) {
                        blank(&mut out, *c);
                    }
                    i += 1;
                }
                out.push('"');
                i += 1;
            }
            // A character, not a lifetime.
            '\'' if next == Some('\\') => {
                i += 2;
                while i < bytes.len() && bytes[i] != '\''
                    || bytes.get(i - 1) == Some(&'\\') && bytes.get(i + 1) == Some(&'\'')
                {
                    i += 1;
                }
                out.push_str("' '");
                i += 1;
            }
            '\'' if bytes.get(i + 2) == Some(&'\'') => {
                out.push_str("' '");
                i += 3;
            }
            c => {
                out.push(c);
                i += 1;
            }
        }
    }
    out
}

/// The code without `#[cfg(test)]` items.
fn without_tests(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        out.push_str(&rest[..at]);
        let item = &rest[at..];
        let end = match (item.find('{'), item.find(';')) {
            (Some(open), semicolon) if semicolon.is_none_or(|s| open < s) => {
                let mut depth = 0;
                item.char_indices()
                    .skip_while(|(i, _)| *i < open)
                    .find(|(_, c)| {
                        depth += i32::from(*c == '{') - i32::from(*c == '}');
                        depth == 0
                    })
                    .map_or(item.len(), |(i, _)| i + 1)
            }
            (_, Some(semicolon)) => semicolon + 1,
            _ => item.len(),
        };
        rest = &item[end..];
    }
    out.push_str(rest);
    out
}

/// First segments of all paths that begin at the root of the crate, by `crate::` or by enough `super::`.
fn used_layers(code: &str, depth: usize) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        if !is_word_at(code, at) {
            first_segments(&code[at + "crate::".len()..], &mut out);
        }
    }
    let mut at = 0;
    while let Some(found) = code[at..].find("super::") {
        let start = at + found;
        let mut end = start;
        let mut supers = 0;
        while code[end..].starts_with("super::") {
            end += "super::".len();
            supers += 1;
        }
        if !is_word_at(code, start) && supers >= depth && depth > 0 {
            first_segments(&code[end..], &mut out);
        }
        at = end;
    }
    out.sort();
    out.dedup();
    out
}

/// True if the word at this place is the end of a longer one.
fn is_word_at(code: &str, at: usize) -> bool {
    code[..at]
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// `a::b` gives a; `{a::b, c::{d, e}}` gives a and c.
fn first_segments(text: &str, out: &mut Vec<String>) {
    let word = |text: &str| {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let text = text.trim_start();
    let Some(list) = text.strip_prefix('{') else {
        out.push(word(text));
        return;
    };
    let mut depth = 1;
    let mut begins = true;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => begins = true,
            c if begins && !c.is_whitespace() => {
                out.push(word(&list[at..]));
                begins = false;
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// True if a path begins with this: `toml::de`, `use toml;`, but not `super::toml::Reader`.
fn uses_path(code: &str, path: &str) -> bool {
    let parts: Vec<&str> = path.split("::").collect();
    code.match_indices(path).any(|(at, _)| {
        let (before, after) = (code[..at].trim_end(), &code[at + path.len()..]);
        let inner = is_word_at(code, at) || before.ends_with("::") && !before.ends_with("{::");
        let goes_on = after.starts_with("::")
            || after.starts_with(';') && before.ends_with("use")
            || parts.len() > 1 && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        !inner && goes_on
    }) || parts.len() == 2 && nested(code, parts[0], parts[1])
}

/// `use std::{fmt, fs}` or `use std::{fs::File}`.
fn nested(code: &str, head: &str, tail: &str) -> bool {
    code.match_indices(&format!("{head}::{{"))
        .any(|(at, found)| {
            let mut out = Vec::new();
            first_segments(&code[at + found.len() - 1..], &mut out);
            out.iter().any(|s| s == tail)
        })
}

/// True if the word stands in the code as a word.
fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let after = code[at + word.len()..].chars().next();
        !is_word_at(code, at)
            && !after.is_some_and(|c| {
                word.ends_with(char::is_alphanumeric) && (c.is_alphanumeric() || c == '_')
            })
    })
}

// ---- the scanner sees what it should -------------------------------------------------------------------------------

fn faults(path: &str, text: &str) -> Vec<String> {
    faults_of(path, text)
}

#[test]
fn finds_a_forbidden_layer_in_every_disguise() {
    for text in [
        "use crate::model::Model;",
        "use crate::{equations::Equations, model::{Model, State}};",
        "fn f() { let m = crate::model::load(); }",
        "use super::super::model::Model;",
        "use super::super::{equations, model};",
        "pub(in crate::model) struct X;",
    ] {
        assert_eq!(
            faults("src/solve/pieces.rs", text),
            ["`solve` must not use `model`"],
            "{text}"
        );
    }
    assert_eq!(
        faults("src/solve/mod.rs", "use super::model::Model;"),
        ["`solve` must not use `model`"]
    );
    assert_eq!(
        faults("src/trace.rs", "use super::solve::solve;"),
        ["`trace` must not use `solve`"]
    );
    assert_eq!(
        faults("src/units/mod.rs", "use crate::error::Error;"),
        ["`units` must not use `error`"]
    );
    assert_eq!(
        faults("src/study/run.rs", "use crate::cli::main;"),
        ["`study` must not use `cli`"]
    );
}

#[test]
fn lets_the_rest_pass() {
    for text in [
        "// use crate::model::Model;\n/* crate::model */ /// crate::model::x\n",
        "const TEXT: &str = \"crate::model \\\" println!\"; const RAW: &str = r#\"unsafe \"crate::model\" \"#;",
        "#[cfg(test)]\nmod tests { use crate::model::Model; fn f() { println!(\"{}\", '}'); } }",
        "use super::model; use super::problem::Problem; use crate::equations::Equations; use crate::solve::rows;",
        "fn unsafe_looking(print: bool) -> char { let my_println = '\"'; '\\'' }",
    ] {
        assert_eq!(
            faults("src/solve/pieces.rs", text),
            Vec::<String>::new(),
            "{text}"
        );
    }
    assert!(
        faults(
            "src/cli/run/mod.rs",
            "use std::fs; fn f() { eprintln!(\"x\"); }"
        )
        .is_empty()
    );
    assert!(faults("src/model/blocks/wall.rs", "use toml::de::DeTable;").is_empty());
}

#[test]
fn finds_what_belongs_elsewhere() {
    for (path, text, word) in [
        (
            "src/solve/step.rs",
            "use ode_solvers::Dopri5;",
            "ode_solvers",
        ),
        ("src/output/csv.rs", "use plotters::prelude::*;", "plotters"),
        ("src/system/mod.rs", "fn f(t: toml::Value) {}", "toml"),
        ("src/study/run.rs", "use clap;", "clap"),
        (
            "src/model/series.rs",
            "use std::{fmt, fs::File};",
            "std::fs",
        ),
        (
            "src/model/series.rs",
            "let text = std::fs::read_to_string(path);",
            "std::fs",
        ),
        (
            "src/output/mod.rs",
            "fn f() { println!(\"x\") }",
            "println!",
        ),
        ("src/expr/mod.rs", "fn f() { unsafe { g() } }", "unsafe"),
        (
            "src/compile/jit/emit.rs",
            "fn f() { unsafe { g() } }",
            "unsafe",
        ),
        ("src/compile/jit.rs", "fn f() { todo!() }", "todo!"),
        ("src/cli/mod.rs", "fn f() { todo!() }", "todo!"),
    ] {
        let found = faults(path, text);
        assert!(
            found.len() == 1 && found[0].contains(&format!("`{word}`")),
            "{path}: {text}: {found:?}"
        );
    }
}

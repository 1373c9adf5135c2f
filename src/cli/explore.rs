//! `osmocyte explore`: the page in a browser.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::End;
use super::progress::{interrupted, interruption, listen};
use super::source::{Found, find};
use super::terminal::{Stop, Terminal};
use crate::explorer::{Limits, Offer, Server, Shelf};

/// Explore models on a local page: move a slider and see the cell answer.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  osmocyte explore                          the page with all shipped models
  osmocyte explore red-blood-cell           the same, with this one open
  osmocyte explore my-cell.toml plant-cell  a model of your own beside them
  osmocyte explore --open                   and opens it in the browser

Prints the address of the page and serves it until Ctrl-C. Only this computer can reach it, and only
who knows the address with its token. Model files are read once, at the start. The page needs no
network.")]
pub(super) struct Args {
    /// Names of shipped models or paths of model files; the first is opened; NAME@VARIANT for a variant.
    #[arg(value_name = "MODEL")]
    models: Vec<String>,
    /// Port to listen at [default: one that is free].
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Open the page in the browser.
    #[arg(long, overrides_with = "no_open")]
    open: bool,
    /// Only print its address (the default).
    #[arg(long, overrides_with = "open")]
    no_open: bool,
}

/// What the page opens where nothing is named.
const FIRST: &str = "red-blood-cell";
/// Time between two looks whether Ctrl-C came.
const LOOK: Duration = Duration::from_millis(50);

pub(super) fn explore(args: &Args, terminal: &Terminal) -> Result<End, Stop> {
    let shelf = shelf(&args.models, terminal)?;
    // Before the server is there: Ctrl-C must not end the program without it.
    listen();
    let port = args.port.unwrap_or(0);
    let server = Server::start(shelf, port, Limits::default()).map_err(|e| {
        terminal.invalid(match e.kind() {
            ErrorKind::AddrInUse => format!(
                "port {port} is taken, perhaps by another `osmocyte explore`\nhelp: choose another one, or leave out --port"
            ),
            ErrorKind::PermissionDenied => format!(
                "port {port} needs more rights than you have\nhelp: choose one above 1023, or leave out --port"
            ),
            _ => format!("cannot listen at 127.0.0.1:{port}: {e}"),
        })
    })?;
    let url = server.url();
    terminal.print(&format!("{url}\n"))?;
    terminal.remark("Open this address in a browser. Ctrl-C ends the server.");
    if args.open && !args.no_open && !open(&url) {
        terminal
            .remark(&terminal.warning("no browser could be started: open the address yourself"));
    }
    while !interrupted() {
        sleep(LOOK);
    }
    drop(server);
    Ok(interruption())
}

/// Reads what is named; all mistakes at once.
fn shelf(words: &[String], terminal: &Terminal) -> Result<Shelf, Stop> {
    let (mut offers, mut mistakes): (Vec<Offer>, Vec<String>) = (Vec::new(), Vec::new());
    let mut first = None;
    for word in words {
        let read = find(word, terminal).and_then(|found| {
            let offer = offer(&found, terminal)?;
            Ok((found, offer))
        });
        match read {
            Ok((found, offer)) => {
                let id = offer.as_ref().map_or(found.name.clone(), |o| o.id.clone());
                first.get_or_insert((id, found.variant));
                let known = |o: &Offer| offers.iter().any(|other| other.id == o.id);
                if let Some(offer) = offer.filter(|o| !known(o)) {
                    offers.push(offer);
                }
            }
            Err(Stop::Invalid(mistake)) => mistakes.push(mistake),
            Err(other) => return Err(other),
        }
    }
    if !mistakes.is_empty() {
        return Err(Stop::Invalid(mistakes.join("\n\n")));
    }
    let first = first.unwrap_or((FIRST.to_string(), None));
    Ok(Shelf::new(offers, first))
}

/// A model file with all the files that it names; `None` for a shipped model.
fn offer(found: &Found, terminal: &Terminal) -> Result<Option<Offer>, Stop> {
    let files = RefCell::new(Vec::new());
    let read = |name: &str| {
        let text = found.file(name)?;
        files.borrow_mut().push((name.to_string(), text.clone()));
        Ok(text)
    };
    let source = found.source().clone();
    let (name, variant) = (&found.name, found.variant.as_deref());
    crate::Simulation::new(name, source.clone(), &read, variant, &[])
        .map_err(|e| Stop::Invalid(terminal.report(&e)))?;
    if found.is_shipped() {
        return Ok(None);
    }
    Ok(Some(Offer {
        id: source.name.clone(),
        name: name.clone(),
        source,
        files: files.into_inner(),
    }))
}

/// Starts a browser; false if there is none to start. It outlives this program.
fn open(url: &str) -> bool {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let mut command = Command::new(opener);
    command.arg(url).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}

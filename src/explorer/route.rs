//! From a path to an answer. The paths are these few; whatever else is asked for is not there.

use serde_json::json;

use super::answer;
use super::ask::{read_ask, read_recipe};
use super::cell::cells;
use super::guard::check_token;
use super::http::{Answer, Request};
use super::run::{Undone, refusal, run};
use super::server::Shared;
use super::sheet;
use crate::output::write_csv;

/// The page, inside the binary.
const PAGE: [(&str, &str, &str); 9] = [
    ("/", "text/html", include_str!("page/index.html")),
    ("/page.css", "text/css", include_str!("page/page.css")),
    ("/icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    ("/main.js", SCRIPT, include_str!("page/main.js")),
    ("/api.js", SCRIPT, include_str!("page/api.js")),
    ("/state.js", SCRIPT, include_str!("page/state.js")),
    ("/controls.js", SCRIPT, include_str!("page/controls.js")),
    ("/results.js", SCRIPT, include_str!("page/results.js")),
    ("/format.js", SCRIPT, include_str!("page/format.js")),
];

const SCRIPT: &str = "text/javascript";

/// The answer to a request that comes from our own page, or from a program of the same user; `None` when nobody waits
/// for it any more.
pub(super) fn answer(
    request: &Request,
    shared: &Shared,
    gone: &dyn Fn() -> bool,
) -> Option<Answer> {
    if let Some((_, kind, text)) = PAGE.iter().find(|(path, ..)| *path == request.path) {
        // These are in every copy of osmocyte: no secret is told.
        return Some(match request.method.as_str() {
            "GET" => Answer::new(kind, *text),
            _ => Answer::refusal(405, "this is read with GET"),
        });
    }
    let work: Work = match request.path.as_str() {
        "/api/models" => models,
        "/api/model" => model,
        "/api/run" => picture,
        "/api/cell" => cell,
        "/api/csv" => csv,
        "/api/file" => file,
        _ => return Some(Answer::refusal(404, "there is nothing here")),
    };
    if let Err(refusal) = check_token(request, &shared.token) {
        return Some(refusal);
    }
    if request.method != "POST" {
        return Some(Answer::refusal(405, "this is asked with POST"));
    }
    match work(request, shared, gone) {
        Ok(answer) | Err(Undone::Refused(answer)) => Some(answer),
        Err(Undone::Gone) => None,
    }
}

type Work = fn(&Request, &Shared, &dyn Fn() -> bool) -> Result<Answer, Undone>;

fn bad(message: String) -> Undone {
    Undone::Refused(Answer::refusal(400, message))
}

fn models(_: &Request, shared: &Shared, _: &dyn Fn() -> bool) -> Result<Answer, Undone> {
    Ok(Answer::json(&sheet::models(&shared.shelf)))
}

fn model(request: &Request, shared: &Shared, gone: &dyn Fn() -> bool) -> Result<Answer, Undone> {
    let recipe = read_recipe(&request.body).map_err(bad)?;
    let entry = shared.shelf.find(&recipe.model)?;
    let _place = shared.place(gone)?;
    let sheet = sheet::sheet(&shared.shelf, entry, recipe.variant.as_deref())?;
    Ok(Answer::json(&sheet))
}

fn picture(request: &Request, shared: &Shared, gone: &dyn Fn() -> bool) -> Result<Answer, Undone> {
    let ask = read_ask(&request.body).map_err(bad)?;
    let done = run(shared, &ask.recipe, gone)?;
    let pinned = match &ask.pinned {
        Some(recipe) => Some(run(shared, recipe, gone)?),
        None => None,
    };
    Ok(Answer::json(&answer::answer(&ask, &done, pinned.as_ref())))
}

fn cell(request: &Request, shared: &Shared, gone: &dyn Fn() -> bool) -> Result<Answer, Undone> {
    let ask = read_ask(&request.body).map_err(bad)?;
    let done = run(shared, &ask.recipe, gone)?;
    let cells = cells(&done, ask.moment, ask.theme);
    Ok(Answer::json(&json!({ "cells": cells })))
}

fn csv(request: &Request, shared: &Shared, gone: &dyn Fn() -> bool) -> Result<Answer, Undone> {
    let recipe = read_recipe(&request.body).map_err(bad)?;
    let done = run(shared, &recipe, gone)?;
    let mut table = Vec::new();
    match write_csv(&done.run.trajectory, &mut table) {
        Ok(()) => Ok(Answer::new("text/csv", table)),
        Err(e) => Err(Undone::Refused(Answer::refusal(500, e.to_string()))),
    }
}

fn file(request: &Request, shared: &Shared, _: &dyn Fn() -> bool) -> Result<Answer, Undone> {
    let recipe = read_recipe(&request.body).map_err(bad)?;
    match shared.shelf.find(&recipe.model) {
        Ok(entry) => Ok(Answer::new("application/toml", entry.text())),
        Err(e) => Err(Undone::Refused(refusal(&e))),
    }
}

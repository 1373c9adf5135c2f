//! Cells in words: short ones at a frame, and a description for those who can't see it.

use std::fmt::Write;

use super::frame::{CellFrame, Vesicles};
use super::moments::quantity;
use super::strip::CellStrip;
use crate::trajectory::CellShape;

/// The name of a flow of water, which is positive inward.
pub fn flow(flow: f64) -> &'static str {
    if flow > 0.0 {
        "endosmosis"
    } else if flow < 0.0 {
        "exosmosis"
    } else {
        "no net flow"
    }
}

/// The name of what vesicles do.
pub fn traffic(vesicles: &Vesicles) -> &'static str {
    match (vesicles.fusing > 0, vesicles.retrieving > 0) {
        (true, true) => "exo- and endocytosis",
        (true, false) => "exocytosis",
        (false, true) => "endocytosis",
        (false, false) => "no traffic",
    }
}

fn shape(frame: &CellFrame) -> &'static str {
    match frame.shape {
        CellShape::Disc => "a red cell from its side",
        CellShape::Sphere => "a round cell",
        CellShape::Box { .. } => "a walled cell",
    }
}

/// What stands above a frame in a strip: the time and what the cell is then, or the run and both.
pub fn head(it: &CellFrame) -> (String, String) {
    match (it.label.as_str(), it.state.as_str()) {
        ("", state) => (it.time.clone(), state.to_string()),
        (label, "") => (label.to_string(), it.time.clone()),
        (label, state) => (label.to_string(), format!("{}: {state}", it.time)),
    }
}

/// What a frame shows.
pub fn frame(it: &CellFrame) -> String {
    let mut out = format!("Section through {}, to scale, at {}", shape(it), it.time);
    if !it.state.is_empty() {
        let _ = write!(out, ": {}", it.state);
    }
    for line in &it.lines {
        let _ = write!(out, ", {line}");
    }
    out.push('.');
    out
}

/// What a strip shows.
pub fn strip(it: &CellStrip) -> String {
    let Some(first) = it.frames.first() else {
        return "No cell to draw.".to_string();
    };
    let count = it.frames.len();
    let mut out = match first.label.as_str() {
        "" => format!(
            "Sections through {} at {count} times, all at one scale.",
            shape(first)
        ),
        _ => format!("Sections through {count} cells, all at one scale."),
    };
    for frame in &it.frames {
        if !frame.label.is_empty() {
            let _ = write!(out, " {}, {},", frame.label, shape(frame));
        }
        let _ = write!(out, " {}", frame.time);
        if !frame.state.is_empty() {
            let _ = write!(out, ", {}", frame.state);
        }
        let _ = write!(out, ": {}", frame.lines.join(", "));
        if let Some(wall) = frame.wall.filter(|w| frame.volume < *w) {
            let gap = quantity(wall - frame.volume, "µm³");
            let _ = write!(out, ", {gap} between wall and protoplast");
        }
        out.push(';');
    }
    out.pop();
    out.push('.');
    out
}

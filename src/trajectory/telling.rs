//! Which moments of a run are worth a picture of the cell.

use super::{EventRecord, PictureData};

/// Frames of a strip.
const MOST: usize = 6;
/// Frames nearer to each other than this, relative to all that happens, show the same.
const APART: f64 = 0.05;

impl PictureData {
    /// Rows in order of time: the start, events, the end, and between them what changes most.
    pub fn telling(&self, events: &[EventRecord]) -> Vec<usize> {
        rows(self, events)
    }

    /// Rows in which there is a cell.
    pub fn usable(&self) -> Vec<usize> {
        let there = |row: &usize| {
            let volume = self.volume.get(*row);
            volume.is_some_and(|v| *v > 0.0 && v.is_finite())
        };
        (0..self.time.values.len())
            .filter(there)
            .filter(|row| self.time.values[*row].is_finite())
            .collect()
    }
}

fn rows(data: &PictureData, events: &[EventRecord]) -> Vec<usize> {
    let usable = data.usable();
    let (Some(first), Some(last)) = (usable.first(), usable.last()) else {
        return Vec::new();
    };
    let path = path(data, &usable);
    let total = path.last().copied().unwrap_or(0.0);
    let place = |row: usize| usable.binary_search(&row).map_or(0.0, |i| path[i]);
    let mut chosen = vec![*first];
    if last != first && data.time.values[*last] > data.time.values[*first] {
        chosen.push(*last);
    }
    if total <= 0.0 {
        return chosen;
    }
    for row in of_events(data, events, &usable) {
        let near = |other: &usize| (place(*other) - place(row)).abs() < APART * total;
        if chosen.len() < MOST && !chosen.contains(&row) && !chosen.iter().any(near) {
            chosen.push(row);
        }
    }
    chosen.sort_unstable();
    while chosen.len() < MOST {
        let gaps = chosen.windows(2).enumerate();
        let widest = gaps.max_by(|(_, a), (_, b)| {
            let long = |w: &[usize]| place(w[1]) - place(w[0]);
            long(a).total_cmp(&long(b))
        });
        let Some((i, pair)) = widest else { break };
        let (from, to) = (place(pair[0]), place(pair[1]));
        if to - from < 2.0 * APART * total {
            break;
        }
        let far = |row: &usize| (place(*row) - (from + to) / 2.0).abs();
        let between = usable
            .iter()
            .copied()
            .filter(|r| (pair[0] + 1..pair[1]).contains(r));
        let Some(row) = between.min_by(|a, b| far(a).total_cmp(&far(b))) else {
            break;
        };
        // A jump has nothing in its middle.
        if (place(row) - from).min(to - place(row)) < APART * total {
            break;
        }
        chosen.insert(i + 1, row);
    }
    chosen
}

/// How much has happened until each row: the way in all that changes, each relative to its range.
fn path(data: &PictureData, usable: &[usize]) -> Vec<f64> {
    let vesicles = data.vesicles.as_ref().map(|v| &v.area);
    let courses = [
        Some(&data.volume),
        data.area.as_ref(),
        data.wall.as_ref(),
        data.vacuole.as_ref(),
        vesicles,
    ];
    let mut steps = vec![0.0_f64; usable.len()];
    for course in courses.into_iter().flatten() {
        let values: Vec<f64> = usable
            .iter()
            .map(|row| {
                course
                    .get(*row)
                    .copied()
                    .filter(|v| v.is_finite())
                    .unwrap_or(0.0)
            })
            .collect();
        let (lo, hi) = values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| {
                (v.min(lo), v.max(hi))
            });
        let range = hi - lo;
        // What changes by less than a thousandth can't be seen.
        if range <= 1e-3 * hi.abs().max(lo.abs()) {
            continue;
        }
        for i in 1..values.len() {
            steps[i] += ((values[i] - values[i - 1]) / range).powi(2);
        }
    }
    let mut gone = 0.0;
    let add = |step: &f64| {
        gone += step.sqrt();
        gone
    };
    steps.iter().map(add).collect()
}

/// The rows of the first event of each name: that of bursting first, then in order of time.
fn of_events(data: &PictureData, events: &[EventRecord], usable: &[usize]) -> Vec<usize> {
    let mut names: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    for event in events {
        if names.contains(&event.name.as_str()) {
            continue;
        }
        names.push(&event.name);
        let far = |row: &usize| (data.time.values[*row] - event.t).abs();
        let row = usable
            .iter()
            .copied()
            .min_by(|a, b| far(a).total_cmp(&far(b)));
        let Some(row) = row else { continue };
        match data.burst.as_ref() == Some(&event.name) {
            true => rows.insert(0, row),
            false => rows.push(row),
        }
    }
    rows
}

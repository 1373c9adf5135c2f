//! The charts of a run: its numbers as panels, axes and marks.

use super::{Axis, Chart, Mark, Note, Panel, Series, Threshold};
use crate::trajectory::{ChartData, Column, EventRecord, PanelData};

/// What is a hundred millionth of the largest value is nothing beside it, and rather noise than a number.
const DECADES: f64 = 8.0;

impl Chart {
    /// A chart of a run, whose events are marked where the model wants it: over time as lines, else on the curves, which
    /// then say which way they are run through.
    pub fn of(data: &ChartData, events: &[EventRecord]) -> Chart {
        let marked = events.iter().filter(|_| data.events);
        let marks = marked.clone().filter(|_| data.over_time);
        let panels = data.panels.iter().map(|of| {
            let mut panel = panel(data, of);
            if !data.over_time {
                for (i, curve) in of.curves.iter().enumerate() {
                    let start = (of.curves.len() == 1).then(|| start(data, curve)).flatten();
                    let events = marked.clone().filter_map(|e| at_event(data, curve, e));
                    let notes = start.into_iter().chain(events);
                    panel.notes.extend(notes.map(|note| Note {
                        like: (of.curves.len() > 1).then_some(i),
                        ..note
                    }));
                }
            }
            panel
        });
        Chart {
            title: data.title.clone(),
            x: Axis {
                log: data.log_x,
                decades: Some(DECADES),
                ..Axis::new(
                    if data.over_time { "time" } else { &data.x.name },
                    &data.x.unit,
                )
            },
            panels: panels.collect(),
            marks: marks
                .map(|e| Mark {
                    x: e.t,
                    label: words(&e.name),
                })
                .collect(),
            ..Chart::default()
        }
    }
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// Where a curve begins.
fn start(data: &ChartData, curve: &Column) -> Option<Note> {
    let mut points = data.x.values.iter().zip(&curve.values);
    let (x, y) = points.find(|(x, y)| x.is_finite() && y.is_finite())?;
    Some(Note {
        x: *x,
        y: *y,
        text: "start".into(),
        ..Note::default()
    })
}

/// Where a curve is at an event: at the first of the points of that time, before the event has changed anything.
fn at_event(data: &ChartData, curve: &Column, event: &EventRecord) -> Option<Note> {
    let at = data.times.partition_point(|t| *t < event.t);
    // The last point may be a rounding before the event that ends the run.
    let at = at.min(data.times.len().checked_sub(1)?);
    let (x, y) = (data.x.values.get(at)?, curve.values.get(at)?);
    Some(Note {
        x: *x,
        y: *y,
        text: words(&event.name),
        dot: true,
        like: None,
    })
}

fn panel(data: &ChartData, panel: &PanelData) -> Panel {
    let (curves, levels) = (&panel.curves, &panel.thresholds);
    let unit = curves.first().map_or("", |c| &c.unit);
    let points = |c: &Column| {
        data.x
            .values
            .iter()
            .copied()
            .zip(c.values.iter().copied())
            .collect()
    };
    Panel {
        y: Axis {
            log: data.log_y,
            limits: panel.limits,
            decades: Some(DECADES),
            ..Axis::new(&panel.label, unit)
        },
        series: curves
            .iter()
            .map(|c| Series {
                label: c.name.clone(),
                points: points(c),
                directed: !data.over_time,
                ..Series::default()
            })
            .collect(),
        thresholds: levels
            .iter()
            .map(|(value, label)| Threshold {
                value: *value,
                label: label.clone(),
            })
            .collect(),
        ..Panel::default()
    }
}

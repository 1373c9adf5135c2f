//! The charts of a run: its numbers as panels, axes and marks.

use super::{Axis, Chart, Mark, Panel, Series, Threshold};
use crate::trajectory::{ChartData, Column, EventRecord, PanelData};

/// What is a hundred millionth of the largest value is nothing beside it, and rather noise than a number.
const DECADES: f64 = 8.0;

impl Chart {
    /// A chart of a run, whose events are marked where the model wants it.
    pub fn of(data: &ChartData, events: &[EventRecord]) -> Chart {
        // A chart over something else than time has no place for a moment.
        let marks = events.iter().filter(|_| data.events && data.over_time);
        Chart {
            title: data.title.clone(),
            subtitle: String::new(),
            x: Axis {
                log: data.log_x,
                decades: Some(DECADES),
                ..Axis::new(
                    if data.over_time { "time" } else { &data.x.name },
                    &data.x.unit,
                )
            },
            panels: data.panels.iter().map(|p| panel(data, p)).collect(),
            marks: marks
                .map(|e| Mark {
                    x: e.t,
                    label: e.name.replace('_', " "),
                })
                .collect(),
            description: String::new(),
        }
    }
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
    }
}

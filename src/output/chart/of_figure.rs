//! The pictures of a figure: its numbers as charts on one plate.

use super::cell::CellStrip;
use super::sweep::{HeatMap, Reading};
use super::{
    Axis, Bars, Chart, Extent, Figure, Flight, Mark, Markers, Note, Panel, Part, Plate, Series,
    Span, Stairs, Threshold, Tile, Zone,
};
use crate::trajectory::figure::{
    AxisData, BarsData, CurveData, CurvesData, CurvesPanel, FigureData, MapData, PlotContent,
    PlotData, StairsData,
};

/// What is a hundred millionth of the largest value is nothing beside it, and rather noise than a number.
const DECADES: f64 = 8.0;

/// Points of a curve that are marked one by one, at most: each of them is a run.
const MOST_MARKED: usize = 25;

impl Figure {
    /// A figure from its numbers: one chart under its title, or several on a plate.
    pub fn of(data: &FigureData) -> Figure {
        if let [only] = data.plots.as_slice()
            && only.heading.is_empty()
        {
            return picture(only, &data.title);
        }
        let tiles = data.plots.iter().map(|plot| Tile {
            span: plot.width,
            ..Tile::new(&plot.heading, picture(plot, ""))
        });
        Figure::Plate(Plate {
            title: data.title.clone(),
            columns: data.columns.unwrap_or_else(|| columns(data.plots.len())),
            tiles: tiles.collect(),
            ..Plate::default()
        })
    }
}

/// As many columns as leave no row nearly empty.
fn columns(plots: usize) -> usize {
    match plots {
        0..=3 => plots.max(1),
        4 => 2,
        _ => 3,
    }
}

fn picture(plot: &PlotData, title: &str) -> Figure {
    match &plot.content {
        PlotContent::Curves(data) => Figure::Lines(lines(data, title)),
        PlotContent::Map(data) => Figure::Heat(map(data, title)),
        PlotContent::Bars(data) => Figure::Bars(bars(data, title)),
        PlotContent::Stairs(data) => Figure::Stairs(stairs(data, title)),
        PlotContent::Cells(data) => Figure::Cells(CellStrip {
            title: title.to_string(),
            ..CellStrip::of_runs(data)
        }),
    }
}

fn axis(data: &AxisData) -> Axis {
    Axis {
        log: data.log,
        limits: data.limits,
        decades: Some(DECADES),
        ..Axis::new(&data.label, &data.unit)
    }
}

fn lines(data: &CurvesData, title: &str) -> Chart {
    Chart {
        title: title.to_string(),
        x: axis(&data.x),
        panels: data.panels.iter().map(|p| panel(data, p)).collect(),
        marks: (data.marks.iter())
            .map(|(x, label)| Mark {
                x: *x,
                label: label.clone(),
            })
            .collect(),
        spans: (data.bands.iter())
            .map(|band| Span {
                from: band.from,
                to: band.to,
                label: band.label.clone(),
            })
            .collect(),
        ..Chart::default()
    }
}

fn panel(data: &CurvesData, panel: &CurvesPanel) -> Panel {
    let written = panel.notes.iter().map(|(x, y, text)| Note {
        x: *x,
        y: *y,
        text: text.clone(),
        ..Note::default()
    });
    let curves = panel.curves.iter().enumerate();
    let events = curves.flat_map(|(i, curve)| curve.events.iter().map(move |event| (i, event)));
    let events = events.map(|(i, (x, y, name))| Note {
        x: *x,
        y: *y,
        text: name.clone(),
        dot: true,
        like: Some(i),
    });
    let several = panel.curves.len() > 1;
    Panel {
        y: axis(&panel.y),
        series: (panel.curves.iter())
            .map(|curve| series(data, curve, several))
            .collect(),
        thresholds: levels(&panel.thresholds),
        zones: (panel.bands.iter())
            .map(|band| Zone {
                label: band.label.clone(),
                extent: Extent::Levels(band.from, band.to),
                like: None,
            })
            .collect(),
        notes: written.chain(events).collect(),
        ..Panel::default()
    }
}

fn series(data: &CurvesData, curve: &CurveData, several: bool) -> Series {
    let points = curve.x.iter().copied().zip(curve.y.iter().copied());
    let markers = match (data.scanned, several) {
        (true, _) if curve.x.len() <= MOST_MARKED => Markers::Each,
        (_, true) => Markers::Spaced,
        _ => Markers::None,
    };
    Series {
        label: curve.label.clone(),
        points: points.collect(),
        markers,
        ..Series::default()
    }
}

fn levels(thresholds: &[(f64, String)]) -> Vec<Threshold> {
    let level = |(value, label): &(f64, String)| Threshold {
        value: *value,
        label: label.clone(),
    };
    thresholds.iter().map(level).collect()
}

fn map(data: &MapData, title: &str) -> HeatMap {
    HeatMap {
        title: title.to_string(),
        x: axis(&data.x),
        y: axis(&data.y),
        z: axis(&data.z),
        points: (data.points.iter())
            .map(|(x, y, z)| (*x, *y, Reading::of(*z, false)))
            .collect(),
        absent: data.absent.clone(),
        contours: true,
        ..HeatMap::default()
    }
}

fn bars(data: &BarsData, title: &str) -> Bars {
    let parts = data.bars.iter().map(|(label, values)| Part {
        label: label.clone(),
        values: values.iter().map(|v| v.unwrap_or(f64::NAN)).collect(),
    });
    Bars {
        title: title.to_string(),
        y: axis(&data.y),
        groups: data.groups.clone(),
        parts: parts.collect(),
        thresholds: levels(&data.thresholds),
        ..Bars::default()
    }
}

fn stairs(data: &StairsData, title: &str) -> Stairs {
    let flights = data.stairs.iter().enumerate();
    let flights = flights.map(|(i, (label, levels))| Flight {
        label: label.clone(),
        levels: levels.iter().map(|v| v.unwrap_or(f64::NAN)).collect(),
        steps: data.steps.get(i).cloned().unwrap_or_default(),
    });
    Stairs {
        title: title.to_string(),
        y: axis(&data.y),
        places: data.places.clone(),
        flights: flights.collect(),
        thresholds: levels(&data.thresholds),
        ..Stairs::default()
    }
}

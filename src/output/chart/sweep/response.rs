//! Outcomes over one axis: curves, or bands where many points share a place.

use super::super::layout::layout_over;
use super::super::palette::{self, tint};
use super::super::scene::Scene;
use super::super::under::{Band, Under};
use super::super::{Axis, Chart, Markers, Panel, Series, Size, Threshold};
use super::Reading;
use super::stats::{groups, place, quantile};

/// Outcomes over one axis, one panel each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// The message, or what is shown.
    pub title: String,
    /// Conditions, smaller; may be empty.
    pub subtitle: String,
    /// The axis that all panels share.
    pub x: Axis,
    /// From top to bottom.
    pub panels: Vec<ResponsePanel>,
    /// For those who can't see it; if empty, one is written from the data.
    pub description: String,
}

/// One outcome.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponsePanel {
    /// The outcome.
    pub y: Axis,
    /// Its curves.
    pub series: Vec<Series>,
    /// Bands under them, the widest first.
    pub bands: Vec<Band>,
    /// Horizontal lines with a name.
    pub thresholds: Vec<Threshold>,
    /// Places of points that failed.
    pub failed: Vec<f64>,
    /// Places of points without a value.
    pub absent: Vec<f64>,
    /// Why those have none, e.g. "no lysis".
    pub why: String,
}

/// Most points of a curve that are marked one by one.
const MOST_MARKED: usize = 40;
/// Values that a band over quartiles needs, and one over 5–95 %.
const LEAST: (usize, usize) = (4, 12);

impl ResponsePanel {
    /// A curve through the points for each of the named groups; `group` gives the number of each point's, and may be empty
    /// if there is one.
    pub fn curves(
        x_axis: &Axis,
        y: Axis,
        x: &[f64],
        readings: &[Reading],
        group: &[usize],
        names: &[String],
    ) -> ResponsePanel {
        let mut lists: Vec<Vec<(f64, f64)>> = vec![Vec::new(); names.len().max(1)];
        for (i, (x, reading)) in x.iter().zip(readings).enumerate() {
            let g = group.get(i).copied().unwrap_or(0);
            // Points without a value interrupt the curve.
            if let (Some(list), true) = (lists.get_mut(g), place(x_axis, *x).is_finite()) {
                list.push((*x, reading.value().unwrap_or(f64::NAN)));
            }
        }
        let series = lists.into_iter().enumerate().map(|(g, mut points)| {
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let markers = points.len() <= MOST_MARKED || !x_axis.names.is_empty();
            if !x_axis.names.is_empty() {
                // Between names there is nothing.
                points = points
                    .into_iter()
                    .flat_map(|p| [p, (p.0, f64::NAN)])
                    .collect();
            }
            Series {
                label: names.get(g).cloned().unwrap_or_default(),
                points,
                markers: Markers::each_if(markers),
                ..Series::default()
            }
        });
        ResponsePanel {
            y,
            series: series.collect(),
            ..ResponsePanel::default()
        }
        .with_gaps(x, readings)
    }

    /// The median of the points along x, with bands from the lower to the upper quartile and from 5 to 95 %.
    pub fn bands(x_axis: &Axis, y: Axis, x: &[f64], readings: &[Reading]) -> ResponsePanel {
        let groups = groups(x_axis, x);
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); groups.x.len()];
        for (of, reading) in groups.of.iter().zip(readings) {
            if let (Some(g), Some(v)) = (of, reading.value()) {
                values[*g].push(v);
            }
        }
        let color = palette::color(0).line;
        let band = |strength| Band {
            points: Vec::new(),
            color: tint(color, strength),
        };
        let (mut outer, mut inner) = (band(0.2), band(0.45));
        let mut middle = Vec::new();
        let names = !x_axis.names.is_empty();
        for (x, values) in groups.x.iter().zip(&mut values) {
            values.sort_unstable_by(f64::total_cmp);
            let values = &*values;
            let between = |least: usize, p: f64| match values.len() >= least {
                true => (quantile(values, p), quantile(values, 1.0 - p)),
                false => (f64::NAN, f64::NAN),
            };
            let ends = [between(LEAST.0, 0.25), between(LEAST.1, 0.05)];
            for (band, (lo, hi)) in [&mut inner, &mut outer].into_iter().zip(ends) {
                if names {
                    // A box of its own for each.
                    band.points.extend([
                        (x - 0.25, lo, hi),
                        (x + 0.25, lo, hi),
                        (*x, f64::NAN, f64::NAN),
                    ]);
                } else {
                    band.points.push((*x, lo, hi));
                }
            }
            middle.push((*x, quantile(values, 0.5)));
            if names {
                middle.push((*x, f64::NAN));
            }
        }
        ResponsePanel {
            y,
            series: vec![Series {
                label: "median".into(),
                markers: Markers::each_if(names || middle.len() <= 12),
                points: middle,
                ..Series::default()
            }],
            bands: vec![outer, inner],
            ..ResponsePanel::default()
        }
        .with_gaps(x, readings)
    }

    fn with_gaps(mut self, x: &[f64], readings: &[Reading]) -> ResponsePanel {
        for (x, reading) in x.iter().zip(readings) {
            match reading {
                Reading::Failed => self.failed.push(*x),
                Reading::Absent => self.absent.push(*x),
                Reading::Value(v) if !v.is_finite() => self.absent.push(*x),
                Reading::Value(_) => {}
            }
        }
        self
    }
}

impl Response {
    /// Lays it out.
    pub fn layout(&self, size: Size) -> Scene {
        let (mut panels, mut under) = (Vec::new(), Vec::new());
        for panel in &self.panels {
            let mut series = panel.series.clone();
            // Points without a value belong on the axis too.
            let gaps = panel.failed.iter().chain(&panel.absent);
            let gaps = gaps.copied().filter(|x| x.is_finite());
            let ends = gaps.fold(None, |ends: Option<(f64, f64)>, x| match ends {
                None => Some((x, x)),
                Some((lo, hi)) => Some((lo.min(x), hi.max(x))),
            });
            if let Some((lo, hi)) = ends {
                series.push(Series {
                    points: vec![(lo, f64::NAN), (hi, f64::NAN)],
                    ..Series::default()
                });
            }
            panels.push(Panel {
                y: panel.y.clone(),
                series,
                thresholds: panel.thresholds.clone(),
                ..Panel::default()
            });
            under.push(Under {
                bands: panel.bands.clone(),
                failed: panel.failed.clone(),
                absent: panel.absent.clone(),
                why: panel.why.clone(),
            });
        }
        let chart = Chart {
            title: self.title.clone(),
            subtitle: self.subtitle.clone(),
            x: self.x.clone(),
            panels,
            ..Chart::default()
        };
        layout_over(&chart, &under, size)
    }
}

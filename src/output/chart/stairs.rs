//! Levels along a path as staircases, e.g. the water potential from the soil to the leaf.

use super::layout::layout;
use super::numbers::digits;
use super::scene::Scene;
use super::{Axis, Chart, Mark, Note, Panel, Series, Size, Threshold};

/// Named places from left to right with a level for each, in one or several conditions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stairs {
    /// The message, as a sentence; wrapped if long.
    pub title: String,
    /// Conditions and source, smaller; may be empty.
    pub subtitle: String,
    /// The quantity of the levels.
    pub y: Axis,
    /// From left to right; between two of them is a boundary.
    pub places: Vec<String>,
    /// The conditions.
    pub flights: Vec<Flight>,
    /// Horizontal lines with a name.
    pub thresholds: Vec<Threshold>,
    /// What the stairs show, for those who can't see them; if empty, one is written from the data.
    pub description: String,
}

/// The levels in one condition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flight {
    /// Written where the stairs end.
    pub label: String,
    /// The level at each place; not finite where there is none.
    pub levels: Vec<f64>,
    /// Words for the step behind each place, e.g. "exosmosis"; empty for none.
    pub steps: Vec<String>,
}

/// Digits of the level at a place.
const DIGITS: usize = 3;

impl Stairs {
    /// Lays it out.
    pub fn layout(&self, size: Size) -> Scene {
        layout(&self.chart(), size)
    }

    /// The stairs as curves over the names of the places.
    fn chart(&self) -> Chart {
        let between = 1..self.places.len();
        let series = self.flights.iter().map(|flight| Series {
            label: flight.label.clone(),
            points: flight.points(self.places.len()),
            ..Series::default()
        });
        let flights = self.flights.iter().enumerate();
        let steps = flights.clone().flat_map(|(i, flight)| flight.steps(i));
        let levels = flights.flat_map(|(i, flight)| flight.numbers(i, self.places.len()));
        Chart {
            title: self.title.clone(),
            subtitle: self.subtitle.clone(),
            x: Axis {
                names: self.places.clone(),
                ..Axis::default()
            },
            panels: vec![Panel {
                y: self.y.clone(),
                series: series.collect(),
                thresholds: self.thresholds.clone(),
                // The numbers first: they belong into their column.
                notes: levels.chain(steps).collect(),
                ..Panel::default()
            }],
            marks: between
                .map(|i| Mark {
                    x: i as f64 - 0.5,
                    label: String::new(),
                })
                .collect(),
            ..Chart::default()
        }
    }

    /// What can be seen, in words.
    pub(super) fn describe(&self) -> String {
        let unit = match self.y.unit.as_str() {
            "" => String::new(),
            unit => format!(" {unit}"),
        };
        let mut out = format!(
            "Staircase of {} along {}.",
            self.y.label,
            self.places.join(", ")
        );
        for flight in &self.flights {
            let levels = self.places.iter().zip(&flight.levels);
            let levels = levels.filter(|(_, level)| level.is_finite());
            let levels =
                levels.map(|(place, level)| format!("{place} {}{unit}", digits(*level, DIGITS)));
            let mut parts: Vec<String> = levels.collect();
            for (i, step) in flight.steps.iter().enumerate() {
                if let (Some(from), Some(to), false) =
                    (self.places.get(i), self.places.get(i + 1), step.is_empty())
                {
                    parts.push(format!("{step} between {from} and {to}"));
                }
            }
            if parts.is_empty() {
                parts.push("no data".into());
            }
            let name = match flight.label.as_str() {
                "" => String::new(),
                label => format!("{label}: "),
            };
            out += &format!(" {name}{}.", parts.join(", "));
        }
        for level in self.thresholds.iter().filter(|t| t.value.is_finite()) {
            out += &format!(" {} at {}{unit}.", level.label, digits(level.value, DIGITS));
        }
        out
    }
}

impl Flight {
    /// A level stretch at each place, with a riser between neighbours that have levels.
    fn points(&self, n: usize) -> Vec<(f64, f64)> {
        let levels = self.levels.iter().take(n).enumerate();
        levels
            .flat_map(|(i, level)| [(i as f64 - 0.5, *level), (i as f64 + 0.5, *level)])
            .collect()
    }

    /// The words at the middle of each riser.
    fn steps(&self, number: usize) -> impl Iterator<Item = Note> + '_ {
        let pairs = self.levels.windows(2).zip(&self.steps).enumerate();
        pairs.map(move |(i, (pair, text))| Note {
            x: i as f64 + 0.5,
            y: (pair[0] + pair[1]) / 2.0,
            text: text.clone(),
            dot: false,
            like: Some(number),
        })
    }

    /// The number at the middle of each level.
    fn numbers(&self, number: usize, n: usize) -> impl Iterator<Item = Note> + '_ {
        let levels = self.levels.iter().take(n).enumerate();
        let levels = levels.filter(|(_, level)| level.is_finite());
        levels.map(move |(i, level)| Note {
            x: i as f64,
            y: *level,
            text: digits(*level, DIGITS),
            dot: false,
            like: Some(number),
        })
    }
}

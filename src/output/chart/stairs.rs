//! Levels along a path as staircases, e.g. the water potential from the soil to the leaf.

use super::font::{self, Weight};
use super::layout::{layout, narrowest};
use super::numbers::{alike, digits};
use super::scene::Scene;
use super::{Axis, Chart, Mark, Markers, Note, Panel, Series, Size, Threshold};

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

/// Digits of the level at a place: these, or fewer where they don't fit.
const DIGITS: [usize; 2] = [3, 2];
/// Size of these numbers, and what is between neighbours, in text sizes.
const NUMBER: f64 = 0.92;
const APART: f64 = 0.3;

impl Stairs {
    /// Lays it out.
    pub fn layout(&self, size: Size) -> Scene {
        layout(&self.chart(size), size)
    }

    /// The numbers at all levels, flight after flight; none where a step has no room for them: there is the axis.
    fn numbers(&self, size: Size) -> Vec<String> {
        let n = self.places.len();
        let levels = self.flights.iter().flat_map(|flight| flight.known(n));
        let levels: Vec<f64> = levels.map(|(_, level)| level).collect();
        let step = narrowest(size) * size.width / n.max(1) as f64;
        let width = |text: &String| font::width(text, NUMBER * size.text, Weight::Regular);
        let fits = |text: &String| width(text) + APART * size.text <= step;
        let mut choices = DIGITS.iter().map(|most| alike(&levels, *most));
        choices
            .find(|texts| texts.iter().all(fits))
            .unwrap_or_default()
    }

    /// The stairs as curves over the names of the places.
    fn chart(&self, size: Size) -> Chart {
        let between = 1..self.places.len();
        let series = self.flights.iter().map(|flight| Series {
            label: flight.label.clone(),
            points: flight.points(self.places.len()),
            markers: match self.flights.len() {
                0 | 1 => Markers::None,
                _ => Markers::Spaced,
            },
            ..Series::default()
        });
        let flights = self.flights.iter().enumerate();
        let steps = flights.clone().flat_map(|(i, flight)| flight.steps(i));
        let n = self.places.len();
        let mut texts = self.numbers(size).into_iter();
        let mut levels: Vec<Note> = Vec::new();
        for (i, flight) in flights {
            levels.extend(flight.numbers(i, n, &mut texts));
        }
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
                notes: levels.into_iter().chain(steps).collect(),
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
                levels.map(|(place, level)| format!("{place} {}{unit}", digits(*level, DIGITS[0])));
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
            out += &format!(
                " {} at {}{unit}.",
                level.label,
                digits(level.value, DIGITS[0])
            );
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

    /// The places that have a level, by number.
    fn known(&self, n: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let levels = self.levels.iter().copied().take(n).enumerate();
        levels.filter(|(_, level)| level.is_finite())
    }

    /// The number at the middle of each level: the next of `texts`.
    fn numbers(
        &self,
        number: usize,
        n: usize,
        texts: &mut impl Iterator<Item = String>,
    ) -> Vec<Note> {
        let levels = self.known(n).zip(texts);
        let note = |((i, level), text)| Note {
            x: i as f64,
            y: level,
            text,
            dot: false,
            like: Some(number),
        };
        levels.map(note).collect()
    }
}

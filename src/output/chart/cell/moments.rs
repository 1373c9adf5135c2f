//! The moments of a run from which frames are made: what all frames share, and each of them.

use super::super::ticks::short;
use super::body::Body;
use super::frame::{CellFrame, MOST_VESICLES, ROOM_AROUND, ROOM_OF_ARROW, Vesicles};
use crate::trajectory::{CellShape, Column, EventRecord, PictureData};
use crate::units::{Dimension, Unit};

/// A flow is none if it is less than this part of the strongest of the run, or would take a thousand runs to fill the cell.
const NO_FLOW: f64 = 1e-3;
/// Turgid, plasmolysed, swollen, shrunken: relative change of volume from which on it is called so.
const NOTABLE: f64 = 0.02;
/// The same for a wall: from here on it is stretched, or left.
const AT_WALL: f64 = 1e-3;
/// Vesicles that the fullest frame shows where their size is not known.
const VESICLES: f64 = 44.0;

/// The course of a cell, of which each row can be drawn at one scale.
#[derive(Clone, Debug)]
pub struct Moments<'a> {
    data: &'a PictureData,
    events: &'a [EventRecord],
    /// Half of the width, with what is beside the cell, and of the height without.
    half: (f64, f64),
    reach: (f64, f64),
    strongest: f64,
    most_concentrated: f64,
    /// Membrane of all vesicles at its most \[µm²\].
    most_membrane: f64,
    fastest: f64,
}

fn largest(values: &[f64]) -> f64 {
    let finite = values.iter().filter(|v| v.is_finite());
    finite.map(|v| v.abs()).fold(0.0, f64::max)
}

fn value(values: Option<&Vec<f64>>, row: usize) -> Option<f64> {
    values?.get(row).copied()
}

impl<'a> Moments<'a> {
    /// Looks at the whole course once: its largest cell, strongest flow, most concentrated solution.
    pub fn new(data: &'a PictureData, events: &'a [EventRecord]) -> Moments<'a> {
        let of = |column: &Option<Column>| column.as_ref().map_or(0.0, |c| largest(&c.values));
        let course = |v: &Option<Vec<f64>>| v.as_ref().map_or(0.0, |v| largest(v));
        let vesicles = data.vesicles.as_ref();
        let mut moments = Moments {
            data,
            events,
            half: (0.0, 0.0),
            reach: (0.0, 0.0),
            strongest: of(&data.flow),
            most_concentrated: of(&data.inside).max(of(&data.outside)),
            most_membrane: vesicles.map_or(0.0, |v| largest(&v.area)),
            fastest: vesicles.map_or(0.0, |v| course(&v.fusing).max(course(&v.retrieving))),
        };
        let rows = moments.extremes();
        moments.reach(&rows);
        moments
    }

    /// Makes the room that the cells of these rows need.
    pub(super) fn reach(&mut self, rows: &[usize]) {
        for row in rows {
            let frame = self.frame(*row);
            let Some(body) = Body::of(&frame) else {
                continue;
            };
            // What runs out of a burst cell needs room beside it.
            let around = if frame.open { 1.45 } else { ROOM_AROUND };
            let half = (around * body.half.0, body.half.1);
            self.half = (self.half.0.max(half.0), self.half.1.max(half.1));
        }
        self.make_room(self.data.flow.is_some());
    }

    fn make_room(&mut self, arrows: bool) {
        let (wide, high) = self.half;
        let arrow = match arrows {
            true => ROOM_OF_ARROW * wide / ROOM_AROUND,
            false => (ROOM_AROUND - 1.0) * high,
        };
        self.reach = (wide, high + arrow);
    }

    /// Gives several runs one scale, one length of arrows, one row of shades and one size of vesicles.
    pub(super) fn share(all: &mut [Moments]) {
        let most = |of: &dyn Fn(&Moments) -> f64| all.iter().map(of).fold(0.0, f64::max);
        let half = (most(&|m| m.half.0), most(&|m| m.half.1));
        let concentrated = most(&|m| m.most_concentrated);
        let most_membrane = most(&|m| m.most_membrane);
        let strongest = most(&|m| m.unit_of_flow().to_internal(m.strongest));
        let arrows = all.iter().any(|m| m.data.flow.is_some());
        for one in all.iter_mut() {
            one.half = half;
            one.most_concentrated = concentrated;
            one.most_membrane = most_membrane;
            one.strongest = one.unit_of_flow().from_internal(strongest);
            one.make_room(arrows);
        }
    }

    fn unit_of_flow(&self) -> Unit {
        let unit = self.data.flow.as_ref().map(|flow| flow.unit.as_str());
        Unit::parse(unit.unwrap_or("um^3/s")).unwrap_or_else(|_| Unit::coherent(Dimension::NONE))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.data.time.values.len()
    }

    /// True if there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row whose time is nearest; `None` if there is none.
    pub fn nearest(&self, time: f64) -> Option<usize> {
        let far = |row: &usize| (self.data.time.values[*row] - time).abs();
        (0..self.len()).min_by(|a, b| far(a).total_cmp(&far(b)))
    }

    /// Rows that may have the widest or the highest cell: a disc is widest where it has most membrane for its volume.
    fn extremes(&self) -> Vec<usize> {
        let data = self.data;
        let best = |key: &dyn Fn(usize) -> f64| {
            let rows = (0..self.len()).filter(|row| key(*row).is_finite());
            rows.max_by(|a, b| key(*a).total_cmp(&key(*b)))
        };
        let volume = |row: usize| value(Some(&data.volume), row).unwrap_or(f64::NAN);
        let area = |row: usize| value(data.area.as_ref(), row).unwrap_or(f64::NAN);
        let usable = |row: usize, v: f64| if volume(row) > 0.0 { v } else { f64::NAN };
        let keys: [&dyn Fn(usize) -> f64; 5] = [
            &|row| volume(row),
            &|row| usable(row, area(row)),
            &|row| usable(row, area(row) / volume(row)),
            &|row| usable(row, area(row) / volume(row).powf(2.0 / 3.0)),
            &|row| value(data.wall.as_ref(), row).unwrap_or(f64::NAN),
        ];
        let burst = (0..self.len()).find(|row| self.is_open(*row));
        keys.iter()
            .filter_map(|key| best(key))
            .chain(burst)
            .collect()
    }

    /// The frame of a row; one without a value where there is no such row.
    pub fn frame(&self, row: usize) -> CellFrame {
        let data = self.data;
        let time = value(Some(&data.time.values), row).unwrap_or(f64::NAN);
        let shade = |column: &Option<Column>| {
            let v = value(column.as_ref().map(|c| &c.values), row)?;
            Some(v.max(0.0) / self.most_concentrated.max(f64::MIN_POSITIVE))
        };
        let vesicles = data.vesicles.as_ref().map(|v| {
            let area = value(Some(&v.area), row).unwrap_or(0.0).max(0.0);
            let own = value(v.diameter.as_ref(), row).filter(|d| *d > 0.0 && d.is_finite());
            let of_one = own.map(|d| std::f64::consts::PI * d * d);
            // Too many to be drawn one by one: fewer and larger ones with the same membrane.
            let of_one = of_one.unwrap_or(0.0);
            let fewest = self.most_membrane / MOST_VESICLES as f64;
            let of_one = match own.is_some() && of_one >= fewest {
                true => of_one,
                false => (self.most_membrane / VESICLES).max(of_one),
            };
            let count = (area / of_one.max(f64::MIN_POSITIVE)).round();
            let speed = |course: &Option<Vec<f64>>| {
                let rate = value(course.as_ref(), row).unwrap_or(0.0);
                let part = rate / self.fastest;
                match part > 0.02 && part <= 1.0 {
                    true => 1 + (2.99 * part) as usize,
                    false => 0,
                }
            };
            Vesicles {
                count: (count.max(0.0) as usize).min(MOST_VESICLES),
                diameter: (of_one / std::f64::consts::PI).sqrt(),
                fusing: speed(&v.fusing),
                retrieving: speed(&v.retrieving),
            }
        });
        let flow = value(data.flow.as_ref().map(|c| &c.values), row);
        let mut frame = CellFrame {
            label: String::new(),
            time: quantity(time, &data.time.unit),
            state: String::new(),
            shape: data.shape,
            volume: value(Some(&data.volume), row).unwrap_or(f64::NAN),
            area: value(data.area.as_ref(), row),
            wall: value(data.wall.as_ref(), row),
            vacuole: value(data.vacuole.as_ref(), row),
            vesicles,
            inside: shade(&data.inside),
            outside: shade(&data.outside),
            flow: flow
                .filter(|flow| flow.is_finite())
                .map(|flow| self.worth(flow)),
            open: self.is_open(row),
            lines: Vec::new(),
            reach: self.reach,
        };
        frame.state = self.state(&frame, time);
        frame.lines = self.lines(&frame, row);
        frame
    }

    /// True once the cell has burst.
    fn is_open(&self, row: usize) -> bool {
        let time = self.data.time.values.get(row).copied().unwrap_or(f64::NAN);
        self.data.burst.as_ref().is_some_and(|burst| {
            let mut own = self.events.iter().filter(|e| e.name == *burst);
            own.any(|e| e.t <= time)
        })
    }

    /// A flow relative to the strongest; 0 where there is none to speak of.
    fn worth(&self, flow: f64) -> f64 {
        let times = &self.data.time.values;
        let duration = match (times.first(), times.last()) {
            (Some(first), Some(last)) => last - first,
            _ => 0.0,
        };
        // The unit of time of the flow and that of the run may differ; only a rough size counts here.
        let unit = self.data.flow.as_ref().map_or("", |c| c.unit.as_str());
        let seconds = |unit: &str| match unit {
            "min" => 60.0,
            "h" => 3600.0,
            "d" => 86400.0,
            "ms" => 1e-3,
            _ => 1.0,
        };
        let per = unit.rsplit('/').next().unwrap_or("");
        let runs = duration * seconds(&self.data.time.unit) / seconds(per);
        let slow = NO_FLOW * largest(&self.data.volume) / runs.max(f64::MIN_POSITIVE);
        let least = (NO_FLOW * self.strongest).max(slow);
        match flow.abs() > least {
            true => flow / self.strongest,
            false => 0.0,
        }
    }

    /// The event of that time, or what the cell is then.
    fn state(&self, frame: &CellFrame, time: f64) -> String {
        let times = &self.data.time.values;
        let span = largest(times).max(f64::MIN_POSITIVE);
        let here = |e: &&EventRecord| (e.t - time).abs() <= 1e-9 * span;
        if let Some(event) = self.events.iter().rev().find(here) {
            return event.name.replace('_', " ");
        }
        if frame.open {
            return "burst".to_string();
        }
        let first = self.data.volume.iter().copied().find(|v| *v > 0.0);
        let change = frame.volume / first.unwrap_or(f64::NAN) - 1.0;
        let sphere = super::round::sphere_area(frame.volume);
        let taut = frame.area.is_some_and(|area| area <= sphere * (1.0 + 1e-6));
        let word = match (frame.shape, frame.wall) {
            (CellShape::Box { .. }, None) => "",
            (CellShape::Box { .. }, Some(wall)) => match frame.volume / wall - 1.0 {
                gap if gap > AT_WALL => "turgid",
                gap if gap < -AT_WALL => "plasmolysed",
                _ => "flaccid",
            },
            (CellShape::Disc, _) if taut => "sphere, taut",
            _ if change > NOTABLE => "swollen",
            _ if change < -NOTABLE => "shrunken",
            (CellShape::Disc, _) => "disc",
            (CellShape::Sphere, _) => "",
        };
        word.to_string()
    }

    /// Flow, traffic, volume and concentrations in words.
    fn lines(&self, frame: &CellFrame, row: usize) -> Vec<String> {
        let data = self.data;
        let mut lines = Vec::new();
        if let Some(flow) = frame.flow {
            lines.push(super::words::flow(flow).to_string());
        }
        if let Some(v) = frame.vesicles
            && data
                .vesicles
                .as_ref()
                .is_some_and(|d| d.fusing.is_some() || d.retrieving.is_some())
        {
            lines.push(super::words::traffic(&v).to_string());
        }
        lines.push(quantity(frame.volume, "µm³"));
        let press = match frame.shape {
            CellShape::Box { .. } => "turgor",
            _ => "pressure",
        };
        let columns = [
            (press, &data.pressure),
            ("cell", &data.inside),
            ("bath", &data.outside),
        ];
        for (i, (name, column)) in columns.into_iter().enumerate() {
            let Some(column) = column else { continue };
            let Some(v) = column.values.get(row) else {
                continue;
            };
            // An osmotic pressure must not be taken for one that presses.
            let osmotic = i > 0 && !column.unit.contains("Osm") && !column.unit.ends_with('M');
            let sign = if osmotic { " π" } else { "" };
            // What is nothing beside the largest value of the run is nothing here too.
            let least = 5e-4 * largest(&column.values);
            let v = if v.abs() < least { 0.0 } else { *v };
            lines.push(format!("{name}{sign} {}", quantity(v, &column.unit)));
        }
        lines
    }
}

/// Three digits and the unit.
pub(super) fn quantity(v: f64, unit: &str) -> String {
    if !v.is_finite() {
        return "no value".to_string();
    }
    let number = short(format!("{v:.2e}").parse().unwrap_or(v));
    match unit {
        "" => number,
        unit => format!("{number} {}", Unit::for_people(unit)),
    }
}

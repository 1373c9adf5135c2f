//! Where each line and word of a chart goes: from a [`Chart`] to a [`Scene`] of plain shapes in pixels.

use super::font::{self, Weight, wrap};
use super::labels::{Flag, flags};
use super::limits::{self, within_decades, within_limits};
use super::palette::{FAINT, GRID, INK, SOFT};
use super::panel::{Frame, PanelPlan, draw_panel};
use super::scene::{Anchor, Scene, Sheet};
use super::ticks::{Scale, Tick};
use super::under::{Under, with_bands};
use super::{Axis, Chart, Size};

/// Lays a chart out.
pub fn layout(chart: &Chart, size: Size) -> Scene {
    layout_over(chart, &[], size)
}

/// The same with bands under the curves and marks below them; `under` is as long as there are panels, or empty.
pub(super) fn layout_over(chart: &Chart, under: &[Under], size: Size) -> Scene {
    let mut sheet = Sheet {
        size,
        shapes: Vec::new(),
    };
    let top = head(&mut sheet, &chart.title, &chart.subtitle);
    // The ranges of the axes hold the bands too; those have no names, and so no place in the margin.
    let wider = with_bands(chart, under);
    let planned = wider.as_ref().unwrap_or(chart);
    if chart.panels.is_empty() {
        let at = (size.width / 2.0, (top + size.height) / 2.0);
        sheet.text(at, "nothing to draw", size.text, FAINT, Anchor::Middle);
    } else {
        // Names of events take rows from the panels, panels' heights decide on ticks, ticks' widths on where events are:
        // a first plan says how many rows it takes, a second whether the axis name needs one of its own.
        let first = Plan::new(planned, size, top, MAX_ROWS, false);
        let rows = first.flags.iter().filter_map(|f| f.row).max();
        let rows = rows.map_or(0, |row| row + 1);
        let mut plan = Plan::new(planned, size, top, rows, false);
        if plan.axis_name_is_in_the_way() {
            plan = Plan::new(planned, size, top, rows, true);
            plan.panels[0].name_row = rows;
        }
        plan.draw(&mut sheet, chart, under);
    }
    Scene {
        width: size.width,
        height: size.height,
        shapes: sheet.shapes,
    }
}

/// Outer margin, in text sizes.
pub(super) const MARGIN: f64 = 1.1;
/// Where the narrowest plot ends, as a part of the width.
pub(super) const NARROWEST: f64 = 0.65;
/// Height of a line, in text sizes.
pub(super) const LINE: f64 = 1.3;
/// Baseline of the lowest row of names above a plot, in text sizes: clear of the topmost number on the axis.
pub(super) const NAME_LIFT: f64 = 0.85;
/// Most rows of event names.
const MAX_ROWS: usize = 4;

/// Title and subtitle; gives where they end.
pub(super) fn head(sheet: &mut Sheet, title: &str, subtitle: &str) -> f64 {
    let size = sheet.size;
    let margin = MARGIN * size.text;
    let room = size.width - 2.0 * margin;
    let mut y = 0.85 * margin;
    let parts = [
        (title, 1.28, Weight::Bold, INK),
        (subtitle, 0.95, Weight::Regular, SOFT),
    ];
    for (text, factor, weight, color) in parts {
        let text_size = factor * size.text;
        // At most a quarter of the picture.
        let most = (0.25 * size.height / (text_size * LINE)).max(1.0) as usize;
        for line in wrap(text, room, text_size, weight, most.min(4)) {
            let at = (margin, y + 0.98 * text_size);
            sheet.words(at, &line, text_size, color, Anchor::Start, weight);
            y += text_size * LINE;
        }
    }
    y + 0.5 * size.text
}

/// Numbers that all panels share.
struct Plan {
    x: Option<Scale>,
    panels: Vec<PanelPlan>,
    flags: Vec<Flag>,
    /// Events that are drawn: position and name; names written once.
    marks: Vec<(f64, String)>,
    /// Too many events for lines through the panels.
    crowded: bool,
    max_rows: usize,
}

impl Plan {
    fn new(chart: &Chart, size: Size, top: f64, max_rows: usize, lifted: bool) -> Plan {
        let t = size.text;
        let n = chart.panels.len() as f64;
        let foot = (0.5 + LINE + if chart.x.text().is_empty() { 0.0 } else { LINE }) * t
            + 0.8 * MARGIN * t;
        let header = 2.0 * t;
        let gap = 0.9 * t;
        let rows_height = (max_rows + usize::from(lifted)).saturating_sub(1) as f64 * LINE * t;
        let free = size.height - top - foot - rows_height - n * header - (n - 1.0) * gap;
        // Too many panels for the height: they overlap the foot rather than turn inside out.
        let height = (free / n).max(2.0 * t);
        let range = x_range(chart);
        let mut panels = Vec::new();
        let mut y = top + rows_height;
        for panel in &chart.panels {
            y += header;
            panels.push(PanelPlan::new(
                panel,
                &chart.x,
                range,
                size,
                (y, y + height),
            ));
            y += height + gap;
        }
        let widest = |of: fn(&PanelPlan) -> f64| panels.iter().map(of).fold(0.0, f64::max);
        let left = MARGIN * t + widest(|p| p.numbers) + 0.55 * t;
        let names = widest(|p| p.names);
        let right = size.width
            - MARGIN * t
            - if names > 0.0 {
                names + 1.6 * t
            } else {
                0.5 * t
            };
        let (left, right) = (
            left.min(0.6 * size.width),
            right.max(NARROWEST * size.width),
        );
        let (mut left, mut right) = (snap(left), snap(right));
        let mut x = x_scale(&chart.x, range, size, right - left);
        // The numbers at the ends of the shared axis reach beyond it, but not out of the picture.
        // Names have their room inside.
        let passes = if chart.x.names.is_empty() { 2 } else { 0 };
        for _ in 0..passes {
            let half = |tick: Option<&Tick>| {
                let label = tick.map_or("", |tick| &tick.label);
                font::width(label, 0.92 * t, Weight::Regular) / 2.0 + 0.4 * t
            };
            let ticks = x.as_ref().map_or(&[][..], |x| &x.ticks);
            let (least, most) = (half(ticks.first()), size.width - half(ticks.last()));
            if left >= least && right <= most {
                break;
            }
            (left, right) = (snap(left.max(least)), snap(right.min(most)));
            x = x_scale(&chart.x, range, size, right - left);
        }
        for panel in &mut panels {
            (panel.frame.left, panel.frame.right) = (left, right);
        }
        let mut plan = Plan {
            x,
            panels,
            flags: Vec::new(),
            marks: Vec::new(),
            crowded: false,
            // The final plan has room for as many rows as the first one took.
            max_rows,
        };
        plan.place_marks(chart, size);
        plan
    }

    fn place_marks(&mut self, chart: &Chart, size: Size) {
        let Some(x) = &self.x else { return };
        let frame = self.panels[0].frame;
        let mut marks: Vec<(f64, String)> = chart
            .marks
            .iter()
            .map(|m| (x.at(m.x), m.label.clone()))
            .filter(|(at, _)| (-1e-9..=1.0 + 1e-9).contains(at))
            .map(|(at, label)| (frame.x(at), label))
            .collect();
        marks.sort_by(|a, b| a.0.total_cmp(&b.0));
        let n = marks.len();
        self.crowded = n > 12;
        for i in (0..n).rev() {
            let name = marks[i].1.clone();
            if marks[..i].iter().any(|m| m.1 == name) {
                // The first of its name speaks for all.
                marks[i].1.clear();
            } else {
                let times = chart.marks.iter().filter(|m| m.label == name).count();
                if times > 1 && !name.is_empty() {
                    marks[i].1 = format!("{name} ({times}×)");
                }
            }
        }
        let small = 0.92 * size.text;
        for mark in &mut marks {
            let lines = wrap(&mark.1, 0.45 * size.width, small, Weight::Regular, 1);
            mark.1 = lines.into_iter().next().unwrap_or_default();
        }
        let named: Vec<usize> = (0..n).filter(|i| !marks[*i].1.is_empty()).collect();
        let widths: Vec<(f64, f64)> = named
            .iter()
            .map(|i| {
                (
                    marks[*i].0,
                    font::width(&marks[*i].1, small, Weight::Regular),
                )
            })
            .collect();
        let end = size.width - 0.5 * size.text;
        let placed = flags(&widths, 0.3 * size.text, end, self.max_rows);
        let none = Flag {
            left: 0.0,
            row: None,
        };
        self.flags = vec![none; n];
        for (i, flag) in named.into_iter().zip(placed) {
            self.flags[i] = flag;
        }
        self.marks = marks;
    }

    /// The first panel's axis name shares the lowest row with the names of events, unless one of them is there.
    fn axis_name_is_in_the_way(&self) -> bool {
        let panel = &self.panels[0];
        let t = panel.size.text;
        let right = panel.name_left() + font::width(&panel.name, t, Weight::Regular);
        let mut named = self.flags.iter().zip(&self.marks);
        named.any(|(flag, mark)| flag.row.is_some() && flag.left.min(mark.0) < right + 0.6 * t)
    }

    fn draw(&self, sheet: &mut Sheet, chart: &Chart, under: &[Under]) {
        let frames: Vec<Frame> = self.panels.iter().map(|p| p.frame).collect();
        let mut seen: Vec<&str> = Vec::new();
        for (i, panel) in chart.panels.iter().enumerate() {
            let colors: Vec<usize> = panel
                .series
                .iter()
                .map(|s| index_of(&mut seen, &s.label))
                .collect();
            let frame = frames[i];
            self.grid(sheet, frame);
            self.mark_lines(sheet, frame, i == 0);
            let below = under.get(i);
            draw_panel(
                sheet,
                panel,
                &self.panels[i],
                frame,
                self.x.as_ref(),
                &colors,
                below,
            );
            if let Some(below) = below {
                let name = (self.panels[i].name_left(), self.panels[i].name.as_str());
                below.marks(sheet, frame, self.x.as_ref(), name);
            }
        }
        self.mark_names(sheet, frames[0]);
        self.foot(sheet, chart, frames[frames.len() - 1]);
    }

    fn grid(&self, sheet: &mut Sheet, frame: Frame) {
        for tick in self.x.iter().flat_map(|x| &x.ticks) {
            let x = snap(frame.x(tick.at));
            sheet.line(
                (x, frame.top),
                (x, frame.bottom),
                GRID,
                thin_line(sheet.size),
                &[],
            );
        }
    }

    fn mark_lines(&self, sheet: &mut Sheet, frame: Frame, topmost: bool) {
        let t = sheet.size.text;
        let width = 0.075 * t;
        for (mark, flag) in self.marks.iter().zip(&self.flags) {
            let above = match flag.row {
                Some(row) if topmost => (NAME_LIFT + LINE * row as f64 + 0.4) * t,
                _ => 0.0,
            };
            let x = mark.0;
            if self.crowded {
                // Short strokes at the border; lines through the plot would bury the curves.
                let (from, to) = ((x, frame.top + 0.35 * t), (x, frame.top));
                sheet.line(from, to, FAINT, width, &[]);
                if above == 0.0 {
                    continue;
                }
            }
            let bottom = if self.crowded {
                frame.top
            } else {
                frame.bottom
            };
            sheet.line(
                (x, bottom),
                (x, frame.top - above),
                FAINT,
                width,
                &[1.2, 2.2],
            );
        }
    }

    fn mark_names(&self, sheet: &mut Sheet, frame: Frame) {
        let t = sheet.size.text;
        for (mark, flag) in self.marks.iter().zip(&self.flags) {
            if let Some(row) = flag.row {
                let y = frame.top - (NAME_LIFT + LINE * row as f64) * t;
                sheet.text((flag.left, y), &mark.1, 0.92 * t, SOFT, Anchor::Start);
            }
        }
    }

    /// Numbers and name of the shared axis.
    fn foot(&self, sheet: &mut Sheet, chart: &Chart, frame: Frame) {
        let t = sheet.size.text;
        let mut y = frame.bottom + 0.5 * t;
        if let Some(x) = &self.x {
            y += 0.9 * t;
            for tick in &x.ticks {
                let at = (frame.x(tick.at), y);
                sheet.text(at, &tick.label, 0.92 * t, SOFT, Anchor::Middle);
            }
        }
        let name = limits::name(&chart.x, lowest_x(chart), self.x.as_ref());
        let room = sheet.size.width - 2.0 * t;
        if let Some(name) = wrap(&name, room, t, Weight::Regular, 1).first() {
            let half = font::width(name, t, Weight::Regular) / 2.0;
            let middle = (frame.left + frame.right) / 2.0;
            let middle = middle.clamp(half + t, (sheet.size.width - half - t).max(half + t));
            sheet.text((middle, y + 1.35 * t), name, t, INK, Anchor::Middle);
        }
    }
}

fn index_of<'a>(seen: &mut Vec<&'a str>, name: &'a str) -> usize {
    match seen.iter().position(|s| *s == name && !name.is_empty()) {
        Some(i) => i,
        None => {
            seen.push(name);
            seen.len() - 1
        }
    }
}

/// Width of axes and grid.
pub(super) fn thin_line(size: Size) -> f64 {
    (size.text / 15.0).max(0.5)
}

/// The middle of a pixel: thin upright and level lines are sharp there.
pub(super) fn snap(x: f64) -> f64 {
    x.floor() + 0.5
}

/// Smallest and largest of what can be shown.
pub(super) fn range(values: impl Iterator<Item = f64>, log: bool) -> Option<(f64, f64)> {
    values
        .filter(|v| v.is_finite() && (!log || *v > 0.0))
        .fold(None, |range, v| match range {
            None => Some((v, v)),
            Some((lo, hi)) => Some((v.min(lo), v.max(hi))),
        })
}

fn all_x(chart: &Chart) -> Option<(f64, f64)> {
    let series = chart.panels.iter().flat_map(|p| &p.series);
    let points = series.flat_map(|s| &s.points).map(|p| p.0);
    range(points.chain(chart.marks.iter().map(|m| m.x)), chart.x.log)
}

fn x_range(chart: &Chart) -> Option<(f64, f64)> {
    let data = within_decades(&chart.x, all_x(chart));
    within_limits(&chart.x, data)
}

fn lowest_x(chart: &Chart) -> Option<f64> {
    all_x(chart).map(|data| data.0)
}

/// The scale with the most ticks, up to seven, whose numbers don't touch.
fn x_scale(axis: &Axis, data: Option<(f64, f64)>, size: Size, width: f64) -> Option<Scale> {
    let small = 0.92 * size.text;
    if !axis.names.is_empty() {
        return Some(Scale::new(axis, data, 7)?.fitted(width, small));
    }
    let half = |label: &str| font::width(label, small, Weight::Regular) / 2.0;
    let mut scale = None;
    for wanted in (3..=7).rev() {
        let it = Scale::new(axis, data, wanted)?;
        let free = it.ticks.windows(2).all(|w| {
            let apart = (w[1].at - w[0].at) * width;
            apart > half(&w[0].label) + half(&w[1].label) + 0.7 * small
        });
        scale = Some(it);
        if free {
            return scale;
        }
    }
    // A narrow picture with long numbers: those at the ends stay.
    let mut it = scale?;
    let last = it.ticks.len().saturating_sub(1);
    for tick in it.ticks.iter_mut().take(last).skip(1) {
        tick.label.clear();
    }
    Some(it)
}

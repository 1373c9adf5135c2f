//! What all panels of a chart share: the horizontal axis, the names of events above them, the room that each has.

use super::font::{self, Weight, wrap};
use super::horizontal::{
    NAME_LINE, NAME_LINES, lowest_x, name_lines, name_of, name_size, shared, x_range, x_scale,
};
use super::labels::{Flag, flags};
use super::layout::{LINE, MARGIN, NAME_LIFT, SHADE, head, narrowest, snap, thin_line};
use super::limits;
use super::palette::{FAINT, GRID, INK, SOFT, tint};
use super::panel::{Frame, PanelPlan, draw_panel};
use super::scene::{Anchor, Shape, Sheet};
use super::ticks::{Scale, Tick};
use super::under::Under;
use super::zones::zones;
use super::{Chart, Size};

/// Most rows of event names.
const MAX_ROWS: usize = 4;

/// What charts side by side have in common, so that their plots and numbers stand at the same heights.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Among {
    /// Rows for names of events above the first panel.
    pub rows: usize,
    /// The name of the first axis stands above them.
    pub lifted: bool,
    /// For each panel, whether there is room at the lower and the upper end of its axis.
    pub ends: Vec<(bool, bool)>,
}

/// What a chart alone would have.
pub(super) fn alone(chart: &Chart, size: Size) -> Among {
    if chart.panels.is_empty() {
        return Among::default();
    }
    let mut nowhere = Sheet {
        size,
        shapes: Vec::new(),
    };
    let top = head(&mut nowhere, &chart.title, &chart.subtitle);
    let (plan, rows, lifted) = planned(chart, size, top, &Among::default());
    Among {
        rows,
        lifted,
        ends: plan.panels.iter().map(|p| p.ends).collect(),
    }
}

/// Names of events take rows from the panels, panels' heights decide on ticks, ticks' widths on where events are and how
/// wide the plots are: a first plan says how many rows names take above and below, a second whether the axis name needs
/// one of its own.
pub(super) fn planned(chart: &Chart, size: Size, top: f64, among: &Among) -> (Plan, usize, bool) {
    let mut rows = Rows {
        above: MAX_ROWS,
        lifted: false,
        below: NAME_LINES,
        apart: vec![false; chart.panels.len()],
    };
    let first = Plan::settled(chart, size, top, &mut rows, among);
    let above = first.flags.iter().filter_map(|f| f.row).max();
    rows.above = above.map_or(0, |row| row + 1).max(among.rows);
    rows.below = first.names_below(chart);
    let plan = Plan::settled(chart, size, top, &mut rows, among);
    if !among.lifted && !plan.axis_name_is_in_the_way() {
        return (plan, rows.above, false);
    }
    rows.lifted = true;
    let mut plan = Plan::settled(chart, size, top, &mut rows, among);
    plan.panels[0].name_row += rows.above;
    (plan, rows.above, true)
}

/// Rows of words outside the plots.
struct Rows {
    /// Of names of events, at most.
    above: usize,
    /// Whether the name of the first axis stands above those.
    lifted: bool,
    /// Of names along the horizontal axis.
    below: usize,
    /// For each panel, whether the names of its two axes have a row each.
    apart: Vec<bool>,
}

/// Numbers that all panels share.
pub(super) struct Plan {
    x: Option<Scale>,
    panels: Vec<PanelPlan>,
    flags: Vec<Flag>,
    /// What has a name above the plots.
    marks: Vec<Named>,
    /// Left and right end of each shaded stretch.
    spans: Vec<(f64, f64)>,
    /// Too many events for lines through the panels.
    crowded: bool,
    max_rows: usize,
}

/// An event or a stretch with a place in the plots.
struct Named {
    x: f64,
    /// Half of what is below its name: that stands in the middle over a stretch.
    half: f64,
    /// Written once; empty for the others of the same name.
    name: String,
    /// A line through the panels: an event. A stretch has only the one that leads to its name.
    line: bool,
}

impl Plan {
    /// A plan in which the names of no panel's axes meet: those that do are put apart, which takes height from the
    /// panels, and with that may change the width of their numbers.
    fn settled(chart: &Chart, size: Size, top: f64, rows: &mut Rows, among: &Among) -> Plan {
        loop {
            let plan = Plan::new(chart, size, top, rows, among);
            let mut done = true;
            for (panel, apart) in plan.panels.iter().zip(&mut rows.apart) {
                if !*apart && panel.names_meet() {
                    (*apart, done) = (true, false);
                }
            }
            if done {
                return plan;
            }
        }
    }

    fn new(chart: &Chart, size: Size, top: f64, rows: &Rows, among: &Among) -> Plan {
        let t = size.text;
        let n = chart.panels.len() as f64;
        let axis_name = if chart.x.text().is_empty() { 0.0 } else { LINE };
        // Names along the axis take more lines than numbers.
        let more = match chart.x.names.len() {
            0 => 0.0,
            _ => rows.below.saturating_sub(1) as f64 * NAME_LINE,
        };
        let foot = (0.5 + LINE + more + axis_name) * t + 0.8 * MARGIN * t;
        let gap = 0.9 * t;
        let range = x_range(chart);
        let header = |apart: &bool| (2.0 + LINE * usize::from(*apart) as f64) * t;
        let headers: f64 = rows.apart.iter().map(header).sum();
        let rows_height =
            (rows.above + usize::from(rows.lifted)).saturating_sub(1) as f64 * LINE * t;
        let free = size.height - top - foot - rows_height - headers - (n - 1.0) * gap;
        // Too many panels for the height: they overlap the foot rather than turn inside out.
        let height = (free / n).max(2.0 * t);
        let mut panels = Vec::new();
        let mut y = top + rows_height;
        for (i, panel) in chart.panels.iter().enumerate() {
            y += header(&rows.apart[i]);
            panels.push(PanelPlan::new(
                panel,
                (&chart.x, range),
                size,
                (y, y + height),
                (
                    among.ends.get(i).copied().unwrap_or_default(),
                    usize::from(rows.apart[i]),
                ),
            ));
            y += height + gap;
        }
        let widest = |of: fn(&PanelPlan) -> f64| panels.iter().map(of).fold(0.0, f64::max);
        let left = MARGIN * t + widest(|p| p.numbers) + 0.55 * t;
        let beside = |p: &PanelPlan| match p.names {
            names if names > 0.0 => names + 1.6 * t,
            _ => (p.gutter - 0.6 * t).max(0.5 * t),
        };
        let beside = panels.iter().map(beside).fold(0.0, f64::max);
        let right = size.width - MARGIN * t - beside;
        let (left, right) = (
            left.min(0.6 * size.width),
            right.max(narrowest(size) * size.width),
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
            spans: Vec::new(),
            crowded: false,
            // The final plan has room for as many rows as the first one took.
            max_rows: rows.above,
        };
        plan.place_marks(chart, size);
        plan
    }

    /// Lines that the longest of the names along the horizontal axis takes.
    fn names_below(&self, chart: &Chart) -> usize {
        let Frame { left, right, .. } = self.panels[0].frame;
        name_lines(&chart.x.names, right - left, self.panels[0].size)
    }

    fn place_marks(&mut self, chart: &Chart, size: Size) {
        let Some(x) = &self.x else { return };
        let frame = self.panels[0].frame;
        let mut marks: Vec<Named> = chart
            .marks
            .iter()
            .map(|m| (x.at(m.x), m.label.clone()))
            .filter(|(at, _)| (-1e-9..=1.0 + 1e-9).contains(at))
            .map(|(at, name)| Named {
                x: frame.x(at),
                half: 0.0,
                name,
                line: true,
            })
            .collect();
        self.crowded = marks.len() > 12;
        for span in &chart.spans {
            let (from, to) = (x.at(span.from.min(span.to)), x.at(span.from.max(span.to)));
            if from.is_nan() || to.is_nan() || to <= 0.0 || from >= 1.0 {
                continue;
            }
            let (from, to) = (frame.x(from.max(0.0)), frame.x(to.min(1.0)));
            self.spans.push((from, to));
            marks.push(Named {
                x: from,
                half: (to - from) / 2.0,
                name: span.label.clone(),
                line: false,
            });
        }
        marks.sort_by(|a, b| a.x.total_cmp(&b.x));
        let n = marks.len();
        for i in (0..n).rev() {
            let name = marks[i].name.clone();
            if marks[..i].iter().any(|m| m.name == name) {
                // The first of its name speaks for all.
                marks[i].name.clear();
            } else {
                let times = chart.marks.iter().filter(|m| m.label == name).count();
                if times > 1 && !name.is_empty() {
                    marks[i].name = format!("{name} ({times}×)");
                }
            }
        }
        let small = 0.92 * size.text;
        for mark in &mut marks {
            let lines = wrap(&mark.name, 0.45 * size.width, small, Weight::Regular, 1);
            mark.name = lines.into_iter().next().unwrap_or_default();
        }
        let named: Vec<usize> = (0..n).filter(|i| !marks[*i].name.is_empty()).collect();
        let width = |i: &usize| font::width(&marks[*i].name, small, Weight::Regular);
        let gap = 0.3 * size.text;
        let start = |i: &usize| {
            let mark = &marks[*i];
            match mark.line {
                true => mark.x,
                // Over the middle of a stretch, and within the picture.
                false => (mark.x + mark.half - 0.5 * width(i) - gap).max(gap),
            }
        };
        let widths: Vec<(f64, f64)> = named.iter().map(|i| (start(i), width(i))).collect();
        let end = size.width - 0.5 * size.text;
        let placed = flags(&widths, gap, end, self.max_rows);
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
        if !panel.right_name.is_empty() {
            return self.flags.iter().any(|flag| flag.row.is_some());
        }
        let right = panel.name_left() + font::width(&panel.name, t, Weight::Regular);
        let mut named = self.flags.iter().zip(&self.marks);
        named.any(|(flag, mark)| {
            let left = if mark.line {
                flag.left.min(mark.x)
            } else {
                flag.left
            };
            flag.row.is_some() && left < right + 0.6 * t
        })
    }

    pub fn draw(&self, sheet: &mut Sheet, chart: &Chart, under: &[Under]) {
        let frames: Vec<Frame> = self.panels.iter().map(|p| p.frame).collect();
        let mut seen: Vec<&str> = Vec::new();
        for (i, panel) in chart.panels.iter().enumerate() {
            let mut colors: Vec<usize> = Vec::new();
            for series in &panel.series {
                let like = series.like.and_then(|i| colors.get(i).copied());
                colors.push(like.unwrap_or_else(|| index_of(&mut seen, &series.label)));
            }
            let frame = frames[i];
            self.shade(sheet, frame);
            if let (Some(x), Some(y)) = (&self.x, &self.panels[i].y) {
                zones(sheet, panel, frame, (x, y), &colors);
            }
            // Between named places there is nothing to read off; a line would only go through the words on a level.
            if chart.x.names.is_empty() {
                self.grid(sheet, frame);
            }
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

    fn shade(&self, sheet: &mut Sheet, frame: Frame) {
        for (left, right) in &self.spans {
            let points = vec![
                (*left, frame.top),
                (*right, frame.top),
                (*right, frame.bottom),
                (*left, frame.bottom),
            ];
            sheet.shapes.push(Shape::Area {
                points,
                color: tint(FAINT, SHADE),
            });
        }
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
            let x = mark.x + mark.half;
            // The name of a stretch stands right above it, or has a line.
            let above = match flag.row {
                Some(0) if !mark.line => 0.0,
                _ => above,
            };
            let through = mark.line && !self.crowded;
            if mark.line && self.crowded {
                // Short strokes at the border; lines through the plot would bury the curves.
                let (from, to) = ((x, frame.top + 0.35 * t), (x, frame.top));
                sheet.line(from, to, FAINT, width, &[]);
            }
            if !through && above == 0.0 {
                continue;
            }
            let bottom = if through { frame.bottom } else { frame.top };
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
                sheet.text((flag.left, y), &mark.name, 0.92 * t, SOFT, Anchor::Start);
            }
        }
    }

    /// Numbers and name of the shared axis.
    fn foot(&self, sheet: &mut Sheet, chart: &Chart, frame: Frame) {
        let t = sheet.size.text;
        let mut y = frame.bottom + 0.5 * t;
        if let Some(x) = &self.x {
            y += 0.9 * t;
            let mut most = 1;
            let n = chart.x.names.len();
            let step = (frame.right - frame.left) / n.max(1) as f64;
            if n == 0 {
                for tick in &x.ticks {
                    let at = (frame.x(tick.at), y);
                    sheet.text(at, &tick.label, 0.92 * t, SOFT, Anchor::Middle);
                }
            }
            let size = name_size(&chart.x.names, step, t);
            for name in shared(&chart.x.names) {
                let lines = name_of(name.text, step * name.places as f64, t, size);
                most = most.max(lines.len());
                for (i, line) in lines.iter().enumerate() {
                    let at = (frame.x(x.at(name.middle())), y + i as f64 * NAME_LINE * t);
                    sheet.text(at, line, size, SOFT, Anchor::Middle);
                }
            }
            y += (most - 1) as f64 * NAME_LINE * t;
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

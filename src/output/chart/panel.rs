//! One panel: its axis and its curves.

use super::annotate::{annotate, name_ends};
use super::font::{self, Weight, wrap};
use super::layout::{LINE, NAME_LIFT, snap, thin_line};
use super::limits;
use super::margin::{name_point, names};
use super::markers::{arrows, markers, spaced};
use super::notes::{Beside, LEADER, WIDER, key, notes, way};
use super::palette::{self, FAINT, GRID, INK, Rgb, SOFT};
use super::retrace::once;
use super::scene::{Anchor, Shape, Sheet};
use super::thin::{Point, clip, pieces, thin};
use super::ticks::Scale;
use super::under::Under;
use super::vertical::{data_range, on_right, right_range, right_scale, y_scale};
use super::{Axis, Markers, Panel, Series, Size, compared};

/// A rectangle of plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl Frame {
    pub fn x(&self, at: f64) -> f64 {
        self.left + at * (self.right - self.left)
    }

    pub fn y(&self, at: f64) -> f64 {
        self.bottom - at * (self.bottom - self.top)
    }
}

/// What is known of a panel before its width is.
pub(super) struct PanelPlan {
    pub size: Size,
    /// Left and right come later.
    pub frame: Frame,
    pub y: Option<Scale>,
    /// The axis at the right.
    pub right: Option<Scale>,
    /// What stands above it: name and unit of the axis.
    pub name: String,
    /// The same of the axis at the right.
    pub right_name: String,
    /// Width of the widest number on the axis.
    pub numbers: f64,
    /// What the axis at the right takes beside the plot.
    pub gutter: f64,
    /// Width of the widest name in the margin, with what is before it beyond [`LEADER`]; 0 if there is none.
    pub names: f64,
    /// Row of the axis name above the plot.
    pub name_row: usize,
    /// How many rows below it the name of the axis at the right is.
    pub right_drop: usize,
    pub notes: Vec<Beside>,
    /// Size of the names.
    pub note_size: f64,
    /// Whether something lies on the lower and on the upper end of the axis, and has room there.
    pub ends: (bool, bool),
}

impl PanelPlan {
    /// `told` are the ends at which there must be room, `name_row` is how far the name of the left axis is above that
    /// of the right one.
    pub fn new(
        panel: &Panel,
        (x, x_range): (&Axis, Option<(f64, f64)>),
        size: Size,
        (top, bottom): (f64, f64),
        (told, name_row): ((bool, bool), usize),
    ) -> PanelPlan {
        let (top, bottom) = (snap(top), snap(bottom));
        let t = size.text;
        let room = (t, bottom - top);
        let data = x_range.and_then(|x_range| data_range(panel, x, x_range));
        let (y, ends) = y_scale(panel, data, (x, x_range), room, told).unzip();
        let ends = ends.unwrap_or_default();
        let right_data = x_range.and_then(|x_range| right_range(panel, x, x_range));
        let right = right_scale(panel, right_data, (x, x_range), room);
        let small = 0.92 * t;
        let widest = |scale: Option<&Scale>| {
            let ticks = scale.into_iter().flat_map(|scale| &scale.ticks);
            let widths = ticks.map(|tick| font::width(&tick.label, small, Weight::Regular));
            widths.fold(0.0, f64::max)
        };
        let (notes, note_size) = notes(panel, y.as_ref(), size, bottom - top);
        // Other fonts than ours may be a little wider.
        let names = notes
            .iter()
            .flat_map(|n| n.lines.iter().map(|l| font::width(l, note_size, n.weight)))
            .fold(0.0, f64::max)
            * WIDER;
        let names = match names > 0.0 {
            true => names + (way(panel) + key(panel) - LEADER) * t,
            false => 0.0,
        };
        let lowest = |data: Option<(f64, f64)>| data.map(|d| d.0);
        PanelPlan {
            size,
            frame: Frame {
                left: 0.0,
                right: 0.0,
                top,
                bottom,
            },
            name: limits::name(&panel.y, lowest(data), y.as_ref()),
            right_name: panel.right.as_ref().map_or(String::new(), |axis| {
                limits::name(axis, lowest(right_data), right.as_ref())
            }),
            numbers: widest(y.as_ref()),
            gutter: match &right {
                Some(right) => widest(Some(right)) * WIDER + 0.6 * t,
                None => 0.0,
            },
            y,
            right,
            names,
            name_row,
            right_drop: name_row,
            notes,
            note_size,
            ends,
        }
    }

    /// Where the name of the axis begins: above the numbers.
    pub fn name_left(&self) -> f64 {
        1.1 * self.size.text
    }

    /// Where the name of the right axis ends: above its numbers.
    fn name_right(&self) -> f64 {
        (self.frame.right + self.gutter).min(self.size.width - self.name_left())
    }

    /// Whether the names of both axes have no room beside each other.
    pub fn names_meet(&self) -> bool {
        let width = |name: &str| font::width(name, self.size.text, Weight::Regular);
        let room = self.name_right() - self.name_left() - 1.5 * self.size.text;
        !self.right_name.is_empty() && width(&self.name) + width(&self.right_name) > room
    }

    /// The axis that a curve is read on.
    fn scale(&self, panel: &Panel, series: &Series) -> Option<&Scale> {
        if on_right(panel, series) {
            self.right.as_ref()
        } else {
            self.y.as_ref()
        }
    }
}

pub(super) fn draw_panel(
    sheet: &mut Sheet,
    panel: &Panel,
    plan: &PanelPlan,
    frame: Frame,
    x: Option<&Scale>,
    colors: &[usize],
    under: Option<&Under>,
) {
    let t = sheet.size.text;
    axis_names(sheet, panel, plan, frame, colors);
    let known = x.filter(|_| plan.y.is_some() || plan.right.is_some());
    let Some(x) = known else {
        axes(sheet, frame, None, None);
        let why = if panel.y.log || !panel.series.iter().any(|s| !s.points.is_empty()) {
            "no data"
        } else {
            "no data: not one finite value"
        };
        let at = (frame.x(0.5), frame.y(0.5) + 0.3 * t);
        sheet.text(at, why, t, FAINT, Anchor::Middle);
        return;
    };
    axes(sheet, frame, Some(x), plan.y.as_ref());
    if let Some(right) = &plan.right {
        right_axis(sheet, frame, right);
    }
    if let Some(y) = &plan.y {
        if let Some(under) = under {
            under.bands(sheet, frame, (x, y));
            corner(sheet, frame);
        }
        thresholds(sheet, panel, frame, y);
    }
    let count = panel.series.len();
    let mut ends: Vec<Option<Point>> = vec![None; count];
    let mut drawn: Vec<Vec<Vec<Point>>> = vec![Vec::new(); count];
    let own = panel.series.iter().filter(|s| s.like.is_none()).count();
    // What a curve is compared with lies below it.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|i| panel.series[*i].like.is_none());
    for i in order {
        let series = &panel.series[i];
        let Some(y) = plan.scale(panel, series) else {
            continue;
        };
        let color = compared::stroke(series, colors[i]).line;
        // A curve alone in its panel needs no dashes.
        let dash = if own > 1 {
            palette::dash(series.like.unwrap_or(i))
        } else {
            &[]
        };
        let pieces = curve(sheet, series, frame, (x, y), color, dash);
        if series.directed {
            arrows(sheet, &pieces, color);
        }
        match series.markers {
            Markers::None => {}
            Markers::Each => markers(sheet, series, frame, (x, y), color, i),
            // When all curves are known: they keep clear of those.
            Markers::Spaced => {}
        }
        ends[i] = name_point(&pieces, t);
        drawn[i] = pieces;
    }
    let mut taken = Vec::new();
    for (i, series) in panel.series.iter().enumerate() {
        if series.markers == Markers::Spaced {
            let color = compared::stroke(series, colors[i]).line;
            spaced(sheet, &drawn, color, i, &mut taken);
        }
    }
    // Events belong to places, names to whole curves: those come behind.
    annotate(sheet, panel, plan, frame, x, &drawn, colors);
    let named = name_ends(sheet, panel, plan, frame, &ends, &drawn, colors);
    names(sheet, panel, plan, frame, &ends, colors, &named);
}

/// Name and unit of each axis above the plot, on its side. With two of them, each has the colour of its curve.
fn axis_names(sheet: &mut Sheet, panel: &Panel, plan: &PanelPlan, frame: Frame, colors: &[usize]) {
    let t = sheet.size.text;
    let y = frame.top - (NAME_LIFT + LINE * plan.name_row as f64) * t;
    let room = sheet.size.width - 2.0 * plan.name_left();
    let color = |right: bool| {
        let own = |i: &usize| {
            let series = &panel.series[*i];
            on_right(panel, series) == right && series.like.is_none()
        };
        let mut own = (0..panel.series.len()).filter(own);
        match (own.next(), own.next(), &panel.right) {
            (Some(only), None, Some(_)) => palette::color(colors[only]).text,
            _ => INK,
        }
    };
    if let Some(name) = wrap(&plan.name, room, t, Weight::Regular, 1).first() {
        let at = (plan.name_left(), y);
        sheet.text(at, name, t, color(false), Anchor::Start);
    }
    let end = plan.name_right();
    let room = end - plan.name_left();
    if let Some(name) = wrap(&plan.right_name, room, t, Weight::Regular, 1).first() {
        // On the row below where both have no room on one.
        let y = y + LINE * t * plan.right_drop as f64;
        sheet.text((end, y), name, t, color(true), Anchor::End);
    }
}

pub(super) fn axes(sheet: &mut Sheet, frame: Frame, x: Option<&Scale>, y: Option<&Scale>) {
    let t = sheet.size.text;
    let width = thin_line(sheet.size);
    let Frame {
        left,
        right,
        bottom,
        ..
    } = frame;
    for tick in y.iter().flat_map(|y| &y.ticks) {
        let at = snap(frame.y(tick.at));
        sheet.line((left, at), (right, at), GRID, width, &[]);
        sheet.line((left - 0.3 * t, at), (left, at), SOFT, width, &[]);
        let baseline = at + font::CAPITAL / 2.0 * 0.92 * t;
        let place = (left - 0.5 * t, baseline);
        sheet.text(place, &tick.label, 0.92 * t, SOFT, Anchor::End);
    }
    for tick in x.iter().flat_map(|x| &x.ticks) {
        let at = snap(frame.x(tick.at));
        sheet.line((at, bottom), (at, bottom + 0.3 * t), SOFT, width, &[]);
    }
    for at in y.iter().flat_map(|y| &y.minor) {
        let at = snap(frame.y(*at));
        sheet.line((left - 0.16 * t, at), (left, at), SOFT, 0.8 * width, &[]);
    }
    for at in x.iter().flat_map(|x| &x.minor) {
        let at = snap(frame.x(*at));
        sheet.line(
            (at, bottom),
            (at, bottom + 0.16 * t),
            SOFT,
            0.8 * width,
            &[],
        );
    }
    corner(sheet, frame);
}

/// The two lines of the axes.
pub(super) fn corner(sheet: &mut Sheet, frame: Frame) {
    let width = thin_line(sheet.size);
    let points = vec![
        (frame.left, frame.top),
        (frame.left, frame.bottom),
        (frame.right, frame.bottom),
    ];
    sheet.path(points, SOFT, width, &[]);
}

/// The axis at the right: without a grid of its own, which would be taken for the other's.
fn right_axis(sheet: &mut Sheet, frame: Frame, y: &Scale) {
    let t = sheet.size.text;
    let width = thin_line(sheet.size);
    let right = frame.right;
    sheet.line((right, frame.top), (right, frame.bottom), SOFT, width, &[]);
    for tick in &y.ticks {
        let at = snap(frame.y(tick.at));
        sheet.line((right, at), (right + 0.3 * t, at), SOFT, width, &[]);
        let baseline = at + font::CAPITAL / 2.0 * 0.92 * t;
        let place = (right + 0.5 * t, baseline);
        sheet.text(place, &tick.label, 0.92 * t, SOFT, Anchor::Start);
    }
    for at in &y.minor {
        let at = snap(frame.y(*at));
        sheet.line((right, at), (right + 0.16 * t, at), SOFT, 0.8 * width, &[]);
    }
}

fn thresholds(sheet: &mut Sheet, panel: &Panel, frame: Frame, y: &Scale) {
    for threshold in &panel.thresholds {
        let at = y.at(threshold.value);
        if (0.0..=1.0).contains(&at) {
            let at = frame.y(at);
            let width = 0.08 * sheet.size.text;
            sheet.line(
                (frame.left, at),
                (frame.right, at),
                FAINT,
                width,
                &[5.0, 3.5],
            );
        }
    }
}

/// Draws a curve; gives its visible pieces.
fn curve(
    sheet: &mut Sheet,
    series: &Series,
    frame: Frame,
    (x, y): (&Scale, &Scale),
    color: Rgb,
    dash: &[f64],
) -> Vec<Vec<Point>> {
    let t = sheet.size.text;
    let width = compared::width(series) * t;
    let pixels = series
        .points
        .iter()
        .map(|p| (frame.x(x.at(p.0)), frame.y(y.at(p.1))));
    // Room for rounding at the border.
    let (min, max) = (
        (frame.left - 0.01, frame.top - 0.01),
        (frame.right + 0.01, frame.bottom + 0.01),
    );
    let visible = pieces(pixels);
    let whole_end = visible.last().and_then(|points| points.last().copied());
    let visible = visible.iter().flat_map(|piece| clip(piece, min, max));
    let visible: Vec<Vec<Point>> = visible.map(|piece| thin(&piece)).collect();
    for points in &visible {
        match points[..] {
            [] => {}
            [at] => sheet.shapes.push(Shape::Dot {
                at,
                radius: 0.22 * t,
                color,
            }),
            _ if dash.is_empty() => sheet.path(points.clone(), color, width, dash),
            _ => {
                for part in once(points) {
                    sheet.path(part, color, width, dash);
                }
            }
        }
    }
    let end = visible.last().and_then(|points| points.last().copied());
    // One that leaves the plot does not end at the border.
    let ends = |at: &Point| whole_end.is_some_and(|end| (end.0 - at.0).hypot(end.1 - at.1) < 0.1);
    if let Some(at) = end.filter(ends)
        && series.markers != Markers::Each
    {
        // The end of a curve: where it is read off.
        sheet.shapes.push(Shape::Dot {
            at,
            radius: 0.2 * t,
            color,
        });
    }
    visible
}

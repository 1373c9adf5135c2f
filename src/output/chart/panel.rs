//! One panel: its axis and its curves.

use super::font::{self, Weight, wrap};
use super::layout::{LINE, NAME_LIFT, range, snap, thin_line};
use super::limits::{self, within_decades, within_limits};
use super::margin::{name_point, names};
use super::markers::markers;
use super::notes::{Note, WIDER, notes};
use super::palette::{self, FAINT, GRID, INK, Rgb, SOFT};
use super::scene::{Anchor, Shape, Sheet};
use super::thin::{Point, clip, pieces, thin};
use super::ticks::{Scale, Tick};
use super::{Axis, Panel, Series, Size};

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
    /// What stands above it: name and unit of the axis.
    pub name: String,
    /// Width of the widest number on the axis.
    pub numbers: f64,
    /// Width of the widest name in the margin; 0 if there is none.
    pub names: f64,
    /// Row of the axis name above the plot.
    pub name_row: usize,
    pub notes: Vec<Note>,
    /// Size of the names.
    pub note_size: f64,
}

impl PanelPlan {
    pub fn new(
        panel: &Panel,
        x: &Axis,
        x_range: Option<(f64, f64)>,
        size: Size,
        (top, bottom): (f64, f64),
    ) -> PanelPlan {
        let (top, bottom) = (snap(top), snap(bottom));
        let t = size.text;
        let data = x_range.and_then(|x_range| data_range(panel, x, x_range));
        let y = y_scale(panel, data, t, bottom - top);
        let small = 0.92 * t;
        let labels = y.iter().flat_map(|y| &y.ticks).map(|tick| &tick.label);
        let numbers = labels
            .map(|l| font::width(l, small, Weight::Regular))
            .fold(0.0, f64::max);
        let (notes, note_size) = notes(panel, y.as_ref(), size, bottom - top);
        // Other fonts than ours may be a little wider.
        let names = notes
            .iter()
            .flat_map(|n| n.lines.iter().map(|l| font::width(l, note_size, n.weight)))
            .fold(0.0, f64::max)
            * WIDER;
        PanelPlan {
            size,
            frame: Frame {
                left: 0.0,
                right: 0.0,
                top,
                bottom,
            },
            name: limits::name(&panel.y, data.map(|d| d.0), y.as_ref()),
            y,
            numbers,
            names,
            name_row: 0,
            notes,
            note_size,
        }
    }

    /// Where the name of the axis begins: above the numbers.
    pub fn name_left(&self) -> f64 {
        1.1 * self.size.text
    }
}

/// A level further away than this many times the height of the data is named at the edge instead of drawn.
const FAR: f64 = 1.5;

/// What the curves take of the vertical axis, where the horizontal one shows them.
fn data_range(panel: &Panel, x: &Axis, x_range: (f64, f64)) -> Option<(f64, f64)> {
    let in_range = |v: f64| match x.range {
        Some((a, b)) => v >= a.min(b) && v <= a.max(b),
        None => v >= x_range.0,
    };
    let shown = |p: &&(f64, f64)| p.0.is_finite() && (!x.log || p.0 > 0.0) && in_range(p.0);
    let points = panel.series.iter().flat_map(|s| s.points.iter());
    range(points.filter(shown).map(|p| p.1), panel.y.log)
}

fn y_scale(panel: &Panel, data: Option<(f64, f64)>, t: f64, height: f64) -> Option<Scale> {
    let mut data = within_decades(&panel.y, data);
    let floor = data.map_or(0.0, |d| d.0);
    for threshold in &panel.thresholds {
        let level = threshold.value;
        if !level.is_finite() || (panel.y.log && level <= 0.0) {
            continue;
        }
        data = data.map(|(lo, hi)| {
            let f = |v: f64| if panel.y.log { v.log10() } else { v };
            let reach = FAR * (f(hi) - f(lo)).max(0.1 * f(hi).abs());
            // Where decades are cut, no level brings them back.
            let cut = panel.y.log && panel.y.decades.is_some() && level < floor / 10.0;
            let near = f(level) >= f(lo) - reach && f(level) <= f(hi) + reach && !cut;
            if near {
                (lo.min(level), hi.max(level))
            } else {
                (lo, hi)
            }
        });
    }
    if let Some((lo, hi)) = &mut data {
        // Where zero is not far, it is where the eye looks for it.
        if !panel.y.log && *lo > 0.0 && *lo < 0.3 * *hi {
            *lo = 0.0;
        }
    }
    data = within_limits(&panel.y, data);
    let wanted = (height / (2.6 * t)).clamp(3.0, 6.0) as usize;
    let mut scale = Scale::new(&panel.y, data, wanted)?;
    thin_out(&mut scale.ticks, 1.15 * t / height);
    Some(scale)
}

/// A low panel: of numbers closer than `least`, every other, third … stays, if that leaves both ends; else whatever
/// leaves room to the number below and to the one at the upper end.
fn thin_out(ticks: &mut [Tick], least: f64) {
    let last = ticks.len().saturating_sub(1);
    let room = |i: usize, j: usize| ticks[j].at - ticks[i].at >= least;
    let even = (1..last).find(|stride| {
        last.is_multiple_of(*stride) && (0..last).step_by(*stride).all(|i| room(i, i + stride))
    });
    let mut kept = vec![0];
    for i in 1..last {
        let stays = match even {
            Some(stride) => i % stride == 0,
            None => room(kept[kept.len() - 1], i) && room(i, last),
        };
        if stays {
            kept.push(i);
        }
    }
    for (i, tick) in ticks.iter_mut().enumerate() {
        if i < last && !kept.contains(&i) {
            tick.label.clear();
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
) {
    let t = sheet.size.text;
    let name_y = frame.top - (NAME_LIFT + LINE * plan.name_row as f64) * t;
    let name_room = sheet.size.width - 2.0 * plan.name_left();
    let name = wrap(&plan.name, name_room, t, Weight::Regular, 1);
    if let Some(name) = name.first() {
        sheet.text((plan.name_left(), name_y), name, t, INK, Anchor::Start);
    }
    let (Some(x), Some(y)) = (x, &plan.y) else {
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
    axes(sheet, frame, Some(x), Some(y));
    thresholds(sheet, panel, frame, y);
    let ends: Vec<Option<Point>> = panel
        .series
        .iter()
        .enumerate()
        .map(|(i, series)| {
            let color = palette::color(colors[i]).line;
            // A curve alone in its panel needs no dashes.
            let dash = if panel.series.len() > 1 {
                palette::dash(i)
            } else {
                &[]
            };
            let end = curve(sheet, series, frame, (x, y), color, dash);
            if series.markers {
                markers(sheet, series, frame, (x, y), color, i);
            }
            end
        })
        .collect();
    names(sheet, panel, plan, frame, &ends, colors);
}

fn axes(sheet: &mut Sheet, frame: Frame, x: Option<&Scale>, y: Option<&Scale>) {
    let t = sheet.size.text;
    let width = thin_line(sheet.size);
    let Frame {
        left,
        right,
        top,
        bottom,
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
    let corner = vec![(left, top), (left, bottom), (right, bottom)];
    sheet.path(corner, SOFT, width, &[]);
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

/// Draws a curve; gives the point that its name goes with.
fn curve(
    sheet: &mut Sheet,
    series: &Series,
    frame: Frame,
    (x, y): (&Scale, &Scale),
    color: Rgb,
    dash: &[f64],
) -> Option<Point> {
    let t = sheet.size.text;
    let width = 0.145 * t;
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
            _ => sheet.path(points.clone(), color, width, dash),
        }
    }
    if let Some(at) = visible.last().and_then(|points| points.last().copied())
        && !series.markers
    {
        // The end of a curve: where it is read off.
        let radius = 0.2 * t;
        sheet.shapes.push(Shape::Dot { at, radius, color });
    }
    name_point(&visible, t)
}

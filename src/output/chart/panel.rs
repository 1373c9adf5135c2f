//! One panel: its axis and its curves.

use super::font::{self, Weight, wrap};
use super::layout::{LINE, NAME_LIFT, snap, thin_line};
use super::limits;
use super::margin::{name_point, names};
use super::markers::markers;
use super::notes::{Note, WIDER, notes};
use super::palette::{self, FAINT, GRID, INK, Rgb, SOFT};
use super::retrace::once;
use super::scene::{Anchor, Shape, Sheet};
use super::thin::{Point, clip, pieces, thin};
use super::ticks::Scale;
use super::under::Under;
use super::vertical::{data_range, y_scale};
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
        let y = y_scale(panel, data, (x, x_range), t, bottom - top);
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
    if let Some(under) = under {
        under.bands(sheet, frame, (x, y));
        corner(sheet, frame);
    }
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
            _ if dash.is_empty() => sheet.path(points.clone(), color, width, dash),
            _ => {
                for part in once(points) {
                    sheet.path(part, color, width, dash);
                }
            }
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

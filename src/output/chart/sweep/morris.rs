//! Elementary effects: how large they are against how much they differ from place to place.

use super::super::font::{self, Weight};
use super::super::layout::{MARGIN, head, snap, thin_line};
use super::super::palette::{self, FAINT, GRID, INK, PAPER, SOFT, tint};
use super::super::panel::Frame;
use super::super::scene::{Anchor, Scene, Shape, Sheet};
use super::super::thin::Point;
use super::super::ticks::Scale;
use super::super::{Axis, Size};
use super::axes::{self, SMALL, cut, level, squeeze, upright, widest};
use super::place::{Bounds, Ground, cuts, names, nearest};

/// Size of the names, in text sizes.
const NAME: f64 = 0.95;
/// How far intervals are shown, in the largest mean size.
const WIDEST: f64 = 2.0;

/// Effects of factors on one outcome.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Morris {
    /// The message, or what is shown.
    pub title: String,
    /// Conditions, smaller; may be empty.
    pub subtitle: String,
    /// The outcome; the unit is that of the effects.
    pub outcome: Axis,
    /// One for each factor.
    pub points: Vec<MorrisPoint>,
    /// For those who can't see it; if empty, one is written from the data.
    pub description: String,
}

/// Effects of one factor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MorrisPoint {
    /// The factor.
    pub name: String,
    /// Mean size of its effects, μ*.
    pub mu_star: Option<f64>,
    /// Interval of the mean size.
    pub ends: Option<(f64, f64)>,
    /// Standard deviation of the effects, σ.
    pub sigma: Option<f64>,
}

impl MorrisPoint {
    fn known(&self) -> Option<Point> {
        let usable = |v: &f64| v.is_finite() && *v >= 0.0;
        Some((self.mu_star.filter(usable)?, self.sigma.filter(usable)?))
    }
}

impl Morris {
    /// The known points, the largest mean first.
    pub(super) fn sorted(&self) -> Vec<(&MorrisPoint, Point)> {
        let known = self.points.iter().filter_map(|p| Some((p, p.known()?)));
        let mut known: Vec<_> = known.collect();
        known.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(b.1.1.total_cmp(&a.1.1)));
        known
    }

    /// Lays it out.
    pub fn layout(&self, size: Size) -> Scene {
        let mut sheet = Sheet {
            size,
            shapes: Vec::new(),
        };
        let top = head(&mut sheet, &self.title, &self.subtitle);
        self.draw(&mut sheet, top);
        Scene {
            width: size.width,
            height: size.height,
            shapes: sheet.shapes,
        }
    }

    fn draw(&self, sheet: &mut Sheet, top: f64) {
        let size = sheet.size;
        let (t, margin) = (size.text, MARGIN * size.text);
        let sorted = self.sorted();
        let most = |of: &dyn Fn(&MorrisPoint, Point) -> f64| {
            let most = sorted.iter().map(|(p, at)| of(p, *at)).fold(0.0, f64::max);
            if most > 0.0 { most } else { 1.0 }
        };
        // Intervals from few effects are wide: they are cut rather than all points pushed to the left.
        let limit = WIDEST * most(&|_, at| at.0);
        let far = |p: &MorrisPoint, at: Point| match p.ends {
            Some((_, hi)) if hi.is_finite() => hi.min(limit).max(at.0),
            _ => at.0,
        };
        let widest_x = most(&far);
        let ends = |most: f64| {
            (
                0.0,
                if most < f64::MAX / 2.0 {
                    1.08 * most
                } else {
                    most
                },
            )
        };
        let axis = Axis::default();
        let bottom = size.height - 2.85 * t - 0.8 * margin;
        let frame_top = snap(top + 2.0 * t);
        let bottom = snap(bottom.max(frame_top + 2.0 * t));
        let high = most(&|_, at| at.1).max(0.12 * widest_x);
        let y = upright(&axis, ends(high), size, bottom - frame_top);
        let line_room = font::width(&slope_name(0.1), SMALL * t, Weight::Regular) + 0.6 * t;
        let frame = Frame {
            left: snap(margin + widest(y.as_ref(), t) + 0.55 * t),
            right: snap(size.width - margin - line_room),
            top: frame_top,
            bottom,
        };
        let unit = |words: &str| {
            let axis = Axis::new(words, &self.outcome.unit);
            axis.text()
        };
        let of = match self.outcome.label.as_str() {
            "" => String::new(),
            label => format!(" on {label}"),
        };
        let x_name = unit(&format!("mean size of the effects{of}, μ*"));
        // Without room for all of it: what is drawn is known, and the unit is not.
        let x_name = match font::width(&x_name, t, Weight::Regular) <= size.width - 2.0 * margin {
            true => x_name,
            false => unit("mean size of the effects, μ*"),
        };
        axes::name_below(sheet, frame, &x_name, frame.bottom + 2.75 * t);
        let y_name = unit("their standard deviation, σ");
        let y_name = cut(&y_name, size.width - 2.0 * margin, t, Weight::Regular);
        let at = (margin, frame.top - 0.85 * t);
        sheet.text(at, &y_name, t, INK, Anchor::Start);
        let x = level(&axis, ends(widest_x), size, frame.right - frame.left, 7);
        let (Some(x), Some(y), false) = (x, y, sorted.is_empty()) else {
            axes::corner(sheet, frame);
            axes::nothing(sheet, frame, "no data");
            return;
        };
        for tick in &y.ticks {
            let at = snap(frame.y(tick.at));
            sheet.line(
                (frame.left, at),
                (frame.right, at),
                GRID,
                thin_line(size),
                &[],
            );
        }
        let place = |at: Point| (frame.x(x.at(at.0)), frame.y(y.at(at.1)));
        let at: Vec<Point> = sorted.iter().map(|(_, at)| place(*at)).collect();
        let whiskers = whiskers(frame, &x, &sorted, &at);
        let slopes = slopes(sheet, frame, (&x, &y), &at, &whiskers);
        axes::corner(sheet, frame);
        axes::below(sheet, frame, &x, (0.2 * t, size.width - 0.2 * t));
        axes::left(sheet, frame, &y, true);
        let unnamed = self.points(sheet, frame, &sorted, &at, slopes, whiskers);
        let cut_off = |p: &MorrisPoint| p.ends.is_some_and(|e| x.at(e.1) > 1.0 + 1e-9);
        let beyond = sorted.iter().any(|(p, _)| cut_off(p));
        let remarks = self.remarks(&sorted, unnamed, beyond);
        let end = (frame.right, frame.top - 0.85 * t);
        let left = margin + font::width(&y_name, t, Weight::Regular) + t;
        let fits = |s: &&String| font::width(s, SMALL * t, Weight::Regular) < end.0 - left;
        if let Some(remark) = remarks.iter().find(fits) {
            sheet.text(end, remark, SMALL * t, FAINT, Anchor::End);
        }
    }

    /// Gives how many lie on the origin, and how many others have no name for lack of room.
    fn points(
        &self,
        sheet: &mut Sheet,
        frame: Frame,
        sorted: &[(&MorrisPoint, Point)],
        at: &[Point],
        (mut lines, slope_names): (Vec<Line>, Vec<Bounds>),
        whiskers: Vec<Line>,
    ) -> (usize, usize) {
        let t = sheet.size.text;
        let radius = 0.3 * t;
        let color = palette::color(0);
        lines.extend(&whiskers);
        if !whiskers.is_empty() {
            sheet.shapes.push(Shape::Strokes {
                lines: whiskers,
                color: tint(color.line, 0.5),
                width: 0.09 * t,
            });
        }
        // Those that lie on the origin one over the other are named together.
        let origin = (frame.left, frame.bottom);
        let still = |p: &Point| (p.0 - origin.0).hypot(p.1 - origin.1) < 0.6 * radius;
        let still = at.iter().rev().take_while(|p| still(p)).count();
        let still = if still > 1 { still } else { 0 };
        let named = &sorted[..sorted.len() - still];
        let words: Vec<String> = (named.iter())
            .map(|(p, _)| squeeze(&p.name, 0.35 * sheet.size.width, NAME * t, Weight::Bold))
            .collect();
        let sizes: Vec<(f64, f64)> = words
            .iter()
            .map(|w| {
                (
                    font::width(w, NAME * t, Weight::Bold) * 1.02,
                    0.98 * NAME * t,
                )
            })
            .collect();
        let room = Frame {
            left: frame.left + 0.2 * t,
            right: frame.right - 0.1 * t,
            top: frame.top,
            bottom: frame.bottom - 0.1 * t,
        };
        let ground = Ground {
            within: room,
            points: at,
            radius,
            lines: &lines,
            important: sorted
                .iter()
                .filter(|(_, at)| at.0 > 0.1 * sorted[0].1.0)
                .count(),
            words: &slope_names,
        };
        let spots = names(&ground, &sizes, t);
        // A line that could not be kept clear of is interrupted.
        let paper = spots.iter().flatten().map(|spot| spot.bounds).collect();
        sheet.shapes.push(Shape::Cells {
            boxes: paper,
            color: PAPER,
        });
        sheet.shapes.push(Shape::Dots {
            at: at.to_vec(),
            radius,
            color: color.line,
        });
        let mut without = 0;
        for ((word, spot), at) in words.iter().zip(&spots).zip(at) {
            let Some(spot) = spot else {
                without += 1;
                continue;
            };
            if spot.far {
                let end = nearest(spot.bounds, *at);
                sheet.line(*at, end, color.line, 0.05 * t, &[]);
            }
            let [left, top, _, bottom] = spot.bounds;
            let baseline = (top + bottom) / 2.0 + font::CAPITAL / 2.0 * NAME * t;
            let place = (left, baseline);
            sheet.words(
                place,
                word,
                NAME * t,
                color.text,
                Anchor::Start,
                Weight::Bold,
            );
        }
        (still, without)
    }

    /// What is to be said besides: in full, shorter, and where there is hardly any room.
    fn remarks(
        &self,
        sorted: &[(&MorrisPoint, Point)],
        (still, without): (usize, usize),
        beyond: bool,
    ) -> [String; 3] {
        let name = |p: &MorrisPoint| p.name.clone();
        let lost = self.points.iter().filter(|p| p.known().is_none());
        let groups: [(&str, Vec<String>); 2] = [
            (
                "next to no effect",
                (sorted[sorted.len() - still..].iter())
                    .map(|(p, _)| name(p))
                    .collect(),
            ),
            ("effects unknown", lost.map(name).collect()),
        ];
        let all = |show: &dyn Fn(&[String]) -> String| {
            let groups = groups.iter().filter(|(_, names)| !names.is_empty());
            let mut out: Vec<String> = groups
                .map(|(what, names)| format!("{what}: {}", show(names)))
                .collect();
            if without > 0 {
                out.push(format!("{without} not named"));
            }
            if beyond {
                out.push("lines to the edge go on".to_string());
            }
            out.join("; ")
        };
        let count = |names: &[String]| match names.len() {
            1 => "1 factor".to_string(),
            n => format!("{n} factors"),
        };
        let unnamed = match without + groups.iter().map(|(_, names)| names.len()).sum::<usize>() {
            0 => String::new(),
            n => format!("{n} not named"),
        };
        [all(&|names| names.join(", ")), all(&count), unnamed]
    }
}

type Line = (Point, Point);

/// The intervals of the means, as far as the axis goes.
fn whiskers(frame: Frame, x: &Scale, sorted: &[(&MorrisPoint, Point)], at: &[Point]) -> Vec<Line> {
    let end = |v: f64| frame.x(x.at(v).clamp(0.0, 1.0));
    let line = |((point, _), at): (&(&MorrisPoint, Point), &Point)| {
        let (lo, hi) = point.ends.filter(|e| e.0.is_finite() && e.1.is_finite())?;
        Some(((end(lo), at.1), (end(hi), at.1)))
    };
    sorted.iter().zip(at).filter_map(line).collect()
}

fn slope_name(slope: f64) -> String {
    match slope {
        1.0 => "σ = μ*".into(),
        slope => format!("σ = {slope} μ*"),
    }
}

/// The lines σ = μ*, 0.5 μ* and 0.1 μ*: above the first, effects change even their sign; below the last, they are nearly
/// the same everywhere. Gives them, and the boxes of their names inside the plot.
fn slopes(
    sheet: &mut Sheet,
    frame: Frame,
    (x, y): (&Scale, &Scale),
    points: &[Point],
    whiskers: &[Line],
) -> (Vec<Line>, Vec<Bounds>) {
    let t = sheet.size.text;
    let (mut lines, mut boxes): (Vec<_>, Vec<Bounds>) = (Vec::new(), Vec::new());
    let mut steep: Vec<(Point, Point, String, f64)> = Vec::new();
    for slope in [0.1, 0.5, 1.0] {
        // In parts of both axes, which begin at 0.
        let rise = slope * x.value(1.0) / y.value(1.0);
        if !rise.is_finite() {
            continue;
        }
        let end = if rise <= 1.0 {
            (1.0, rise)
        } else {
            (1.0 / rise, 1.0)
        };
        let from = (frame.x(0.0), frame.y(0.0));
        let to = (frame.x(end.0), frame.y(end.1));
        sheet.line(from, to, FAINT, 0.07 * t, &[5.0, 3.5]);
        lines.push((from, to));
        let name = slope_name(slope);
        let size = SMALL * t;
        let width = font::width(&name, size, Weight::Regular);
        if rise <= 1.0 {
            let at = (to.0 + 0.35 * t, to.1 + font::CAPITAL / 2.0 * size);
            sheet.text(at, &name, size, SOFT, Anchor::Start);
            continue;
        }
        steep.push((from, to, name, width));
    }
    // Names of steep ones stand left of their lines, as far up as there is room.
    for (k, (from, to, name, width)) in steep.iter().enumerate() {
        let size = SMALL * t;
        let places = (0..6).map(|step| {
            let s = 1.0 - 0.09 * f64::from(step);
            let high = to.1 + (1.0 - s) * (from.1 - to.1);
            // Where the line is at the lower edge of the name.
            let (top, bottom) = (high + 0.1 * t, high + 1.2 * t);
            let right = from.0 + (from.1 - bottom) / (from.1 - to.1) * (to.0 - from.0) - 0.4 * t;
            [right - width, top, right, bottom]
        });
        let places = places.filter(|own| {
            let r = 0.5 * t;
            let near = |p: &Point| {
                p.0 > own[0] - r && p.0 < own[2] + r && p.1 > own[1] - r && p.1 < own[3] + r
            };
            // The next steeper line is left of it.
            let next = steep.get(k + 1).map(|(from, to, ..)| {
                from.0 + (from.1 - own[1]) / (from.1 - to.1) * (to.0 - from.0)
            });
            let free = next.is_none_or(|x| x < own[0] - 0.3 * t) && own[0] > frame.left + 0.3 * t;
            free && !points.iter().any(near)
        });
        let places: Vec<Bounds> = places.collect();
        let clear = |own: &&Bounds| !whiskers.iter().any(|line| cuts(*line, **own));
        if let Some(&own) = places.iter().find(clear).or(places.first()) {
            let at = (own[2], own[1] + 0.85 * t);
            sheet.text(at, name, size, SOFT, Anchor::End);
            boxes.push(own);
        }
    }
    (lines, boxes)
}

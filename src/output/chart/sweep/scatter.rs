//! Outcomes and axes against each other: points, or their density where there are many; how each is distributed; and how
//! strongly two rise and fall together.

use super::super::font::{self, Weight};
use super::super::layout::{MARGIN, head};
use super::super::palette::{self, FAILED, FAINT, INK, SOFT, tint};
use super::super::panel::Frame;
use super::super::scene::{Anchor, Scene, Shape, Sheet};
use super::super::thin::Point;
use super::super::ticks::Scale;
use super::super::{Axis, Size};
use super::Reading;
use super::axes::{self, cut, level, range_of, upright, widest};
use super::lattice::{Around, Lattice};
use super::stats::{count, rank_correlation};

/// Most variables.
pub(in super::super) const MOST: usize = 6;
/// Most points that are drawn one by one; more are a density.
const MOST_DOTS: usize = 1500;
/// Most points that the correlation is computed from.
const MOST_RANKED: usize = 20_000;
/// Bars of a histogram.
const BARS: usize = 20;
/// What lines at the border of a plot are.
const HALVES: &str = "lines at the border: the other has no value";
/// Shades of a density.
const SHADES: usize = 8;

/// Variables against each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scatter {
    /// The message, or what is shown.
    pub title: String,
    /// Conditions, smaller; may be empty.
    pub subtitle: String,
    /// The first six are shown.
    pub variables: Vec<Variable>,
    /// For those who can't see it; if empty, one is written from the data.
    pub description: String,
}

/// An axis or an outcome: the values of all points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variable {
    /// Name, unit, linear or logarithmic.
    pub axis: Axis,
    /// One for each point, all variables in the same order.
    pub values: Vec<Reading>,
}

/// A variable made ready.
struct Ready<'a> {
    axis: &'a Axis,
    /// Position of each point on the axis; NaN without a value.
    at: Vec<f64>,
    across: Option<Scale>,
    up: Option<Scale>,
}

impl Scatter {
    /// Number of points, and of those that failed.
    pub(super) fn counts(&self) -> (usize, usize) {
        let n = self
            .variables
            .iter()
            .map(|v| v.values.len())
            .max()
            .unwrap_or(0);
        let failed = |i: usize| {
            let of = |v: &Variable| v.values.get(i) == Some(&Reading::Failed);
            self.variables.iter().any(of)
        };
        (n, (0..n).filter(|i| failed(*i)).count())
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
        let n = self.variables.len().min(MOST);
        if n == 0 {
            let size = sheet.size;
            let at = (size.width / 2.0, (top + size.height) / 2.0);
            sheet.text(at, "nothing to draw", size.text, FAINT, Anchor::Middle);
            return;
        }
        // Small plots, small words.
        let margin = MARGIN * sheet.size.text;
        let size = Size {
            text: sheet.size.text * if n > 3 { 0.78 } else { 0.9 },
            ..sheet.size
        };
        sheet.size = size;
        let t = size.text;
        let (n_points, failed) = self.counts();
        // The words at the bottom take two rows if they must.
        let wide = font::width(HALVES, t, Weight::Regular) + 30.0 * t;
        let rows = if wide > 0.9 * size.width { 2.0 } else { 1.0 };
        let around = Around {
            margin,
            top,
            header: 1.45 * t,
            left: 3.6 * t,
            foot: (1.9 + 1.3 * rows) * t,
            between: 1.3 * t,
            ..Around::default()
        };
        let scales = |lattice: Lattice| -> Vec<Ready> {
            let variables = self.variables.iter().take(n);
            variables.map(|v| v.ready(lattice, size)).collect()
        };
        // The numbers at the left decide on the width, the width on the numbers below.
        let mut ready = scales(Lattice::new((n, n), size, around));
        let numbers = ready.iter().skip(1).map(|r| widest(r.up.as_ref(), t));
        let left = numbers.fold(0.0, f64::max) + 0.55 * t;
        let around = Around {
            left: left.min(0.3 * size.width),
            ..around
        };
        let lattice = Lattice::new((n, n), size, around);
        if n > 1 {
            ready = scales(lattice);
        }
        let mut halves = false;
        let mut free_from = 0.2 * t;
        for row in 0..n {
            for column in 0..n {
                let frame = lattice.frame(column, row);
                match column.cmp(&row) {
                    std::cmp::Ordering::Less => {
                        halves |= pair(sheet, frame, &ready[column], &ready[row]);
                    }
                    std::cmp::Ordering::Equal => single(sheet, frame, &ready[row]),
                    std::cmp::Ordering::Greater => {
                        together(sheet, frame, &ready[row], &ready[column]);
                    }
                }
                if let (true, 0, Some(up)) = (row > 0, column, &ready[row].up) {
                    axes::left(sheet, frame, up, true);
                }
                if let (true, Some(across)) = (row + 1 == n, &ready[column].across) {
                    let to = frame.right + 1.2 * t;
                    let ends = (free_from, to.min(size.width - 0.2 * t));
                    free_from = axes::below(sheet, frame, across, ends) + 0.6 * t;
                }
            }
        }
        let last = lattice.frame(0, n - 1);
        let mut at = (last.left, last.bottom + 3.0 * t);
        let mut texts = vec![(count(n_points), SOFT)];
        if failed > 0 {
            texts.push((format!("failed, not shown: {}", count(failed)), FAILED));
        }
        if n > 1 {
            texts.push(("above: rank correlation".into(), SOFT));
        }
        if halves {
            texts.push((HALVES.into(), SOFT));
        }
        for (text, color) in texts {
            let text = cut(&text, size.width - t - last.left, t, Weight::Regular);
            let wide = font::width(&text, t, Weight::Regular);
            if at.0 > last.left && at.0 + wide > size.width - t {
                at = (last.left, at.1 + 1.3 * t);
            }
            sheet.text(at, &text, t, color, Anchor::Start);
            at.0 += wide + 1.6 * t;
        }
    }
}

impl Variable {
    fn ready(&self, lattice: Lattice, size: Size) -> Ready<'_> {
        let values = self.values.iter().filter_map(|v| v.value());
        let ends = range_of(&self.axis, values, 0.04);
        let across = ends.and_then(|e| level(&self.axis, e, size, lattice.width(), 4));
        let up = ends.and_then(|e| upright(&self.axis, e, size, lattice.height()));
        let place = |v: &Reading| match (v.value(), &across) {
            (Some(v), Some(scale)) => scale.at(v),
            _ => f64::NAN,
        };
        Ready {
            axis: &self.axis,
            at: self.values.iter().map(place).collect(),
            across,
            up,
        }
    }
}

/// One variable against another.
///
/// True if there are points that have only one of the two.
fn pair(sheet: &mut Sheet, frame: Frame, x: &Ready, y: &Ready) -> bool {
    let t = sheet.size.text;
    axes::border(sheet, frame);
    let both = x.at.iter().zip(&y.at);
    let places: Vec<Point> = both
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .map(|(x, y)| (frame.x(*x), frame.y(*y)))
        .collect();
    if places.is_empty() {
        axes::nothing(sheet, frame, "no data");
    } else if places.len() <= MOST_DOTS {
        // Smaller where they are many.
        let radius = if places.len() > 300 { 0.1 } else { 0.16 } * t;
        let color = palette::color(0).line;
        let at = places;
        sheet.shapes.push(Shape::Dots { at, radius, color });
    } else {
        density(sheet, frame, &places);
    }
    // Where one of the two has no value: short lines at the border.
    let rug = |has: &[f64], lacks: &[f64], place: &dyn Fn(f64) -> f64| {
        let both = has.iter().zip(lacks);
        let only = both.filter(|(a, b)| a.is_finite() && !b.is_finite());
        let mut rug: Vec<i64> = only.map(|(a, _)| place(*a).round() as i64).collect();
        rug.sort_unstable();
        rug.dedup();
        rug
    };
    let long = 0.3 * t;
    let below = rug(&x.at, &y.at, &|at| frame.x(at)).into_iter().map(|x| {
        let x = x as f64;
        ((x, frame.bottom), (x, frame.bottom - long))
    });
    let beside = rug(&y.at, &x.at, &|at| frame.y(at)).into_iter().map(|y| {
        let y = y as f64;
        ((frame.left, y), (frame.left + long, y))
    });
    let lines: Vec<(Point, Point)> = below.chain(beside).collect();
    let any = !lines.is_empty();
    if any {
        sheet.shapes.push(Shape::Strokes {
            lines,
            color: tint(FAINT, 0.7),
            width: 0.06 * t,
        });
    }
    any
}

/// Points counted in small boxes; the darker, the more.
fn density(sheet: &mut Sheet, frame: Frame, places: &[Point]) {
    let side = 0.26 * sheet.size.text;
    let (wide, high) = (frame.right - frame.left, frame.bottom - frame.top);
    let n = |length: f64| ((length / side) as usize).clamp(4, 64);
    let (columns, rows) = (n(wide), n(high));
    let mut counts = vec![0u32; columns * rows];
    for (x, y) in places {
        let i = ((x - frame.left) / wide * columns as f64) as usize;
        let j = ((y - frame.top) / high * rows as f64) as usize;
        counts[j.min(rows - 1) * columns + i.min(columns - 1)] += 1;
    }
    let most = f64::from(counts.iter().copied().max().unwrap_or(1).max(1));
    let mut boxes = vec![Vec::new(); SHADES];
    for (k, count) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
        let (i, j) = ((k % columns) as f64, (k / columns) as f64);
        let shade = (f64::from(*count) / most).sqrt() * SHADES as f64;
        let x = |i: f64| frame.left + i / columns as f64 * wide;
        let y = |j: f64| frame.top + j / rows as f64 * high;
        let of = (shade as usize).min(SHADES - 1);
        boxes[of].push([x(i), y(j), x(i + 1.0), y(j + 1.0)]);
    }
    for (shade, boxes) in boxes.into_iter().enumerate() {
        if !boxes.is_empty() {
            let strength = 0.22 + 0.78 * shade as f64 / (SHADES - 1) as f64;
            let color = tint((0x00, 0x3f, 0x6b), strength);
            sheet.shapes.push(Shape::Cells { boxes, color });
        }
    }
}

/// How one variable is distributed, under its name.
fn single(sheet: &mut Sheet, frame: Frame, v: &Ready) {
    let t = sheet.size.text;
    axes::corner(sheet, frame);
    // The row of names is free to both sides.
    let (name, width) = (v.axis.text(), sheet.size.width);
    let name = cut(&name, width - 2.0 * t, t, Weight::Bold);
    let wide = font::width(&name, t, Weight::Bold);
    let left = frame.left.min(width - 0.8 * t - wide).max(0.8 * t);
    let at = (left, frame.top - 0.4 * t);
    sheet.words(at, &name, t, INK, Anchor::Start, Weight::Bold);
    let n_bars = match v.axis.names.len() {
        0 => BARS,
        n => n,
    };
    let mut counts = vec![0u32; n_bars];
    // Bars between the ends of the data, not of the axis, which is a little longer.
    let known = v.at.iter().copied().filter(|at| at.is_finite());
    let (from, to) = known.clone().fold((1.0, 0.0), |(lo, hi), at| {
        (f64::min(lo, at), f64::max(hi, at))
    });
    let (from, to) = match v.axis.names.is_empty() && to - from > 1e-3 {
        true => (from, to),
        false => (0.0, 1.0),
    };
    for at in known {
        let part = (at - from) / (to - from);
        counts[((part * n_bars as f64) as usize).min(n_bars - 1)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        axes::nothing(sheet, frame, "no data");
        return;
    }
    let bar = |(i, n): (usize, &u32)| {
        let x = |i: usize| frame.x(from + (to - from) * i as f64 / n_bars as f64);
        let top = frame.y(0.94 * f64::from(*n) / f64::from(most));
        [x(i), top, x(i + 1), frame.bottom]
    };
    let boxes = counts.iter().enumerate().filter(|(_, n)| **n > 0).map(bar);
    sheet.shapes.push(Shape::Cells {
        boxes: boxes.collect(),
        color: tint(palette::color(0).line, 0.5),
    });
    axes::corner(sheet, frame);
}

/// The rank correlation of two variables, the larger the stronger.
fn together(sheet: &mut Sheet, frame: Frame, a: &Ready, b: &Ready) {
    let t = sheet.size.text;
    let both = a.at.iter().zip(&b.at);
    let pairs: Vec<Point> = both
        .filter(|(a, b)| a.is_finite() && b.is_finite())
        .map(|(a, b)| (*a, *b))
        .collect();
    let stride = pairs.len().div_ceil(MOST_RANKED).max(1);
    let pairs: Vec<Point> = pairs.into_iter().step_by(stride).collect();
    let (text, strength) = match rank_correlation(&pairs) {
        // Rounded first: there is no −0.00.
        Some(r) => {
            let r = (100.0 * r).round() / 100.0 + 0.0;
            (format!("{r:.2}").replace('-', "−"), r.abs())
        }
        None => ("–".into(), 0.0),
    };
    let size = (1.0 + 0.9 * strength) * t;
    let color = if strength > 0.5 {
        INK
    } else if strength > 0.2 {
        SOFT
    } else {
        FAINT
    };
    let at = (frame.x(0.5), frame.y(0.5) + font::CAPITAL / 2.0 * size);
    let weight = if strength > 0.5 {
        Weight::Bold
    } else {
        Weight::Regular
    };
    let room = (frame.right - frame.left) / font::width(&text, size, weight);
    let size = size * room.min(1.0);
    sheet.words(at, &text, size, color, Anchor::Middle, weight);
}

//! Parts of the variance: how much of it a factor makes alone, and how much together with others.

use super::super::Axis;
use super::super::Size;
use super::super::font::{self, CAPITAL, Weight};
use super::super::layout::{MARGIN, head, snap, thin_line};
use super::super::palette::{self, FAINT, GRID, INK, Rgb, SOFT, tint};
use super::super::panel::Frame;
use super::super::scene::{Anchor, Scene, Shape, Sheet};
use super::super::ticks::Scale;
use super::axes::{self, RowNames, SMALL, level};

/// Most factors; those with the smallest indices are left out, and counted.
const MOST: usize = 20;
/// Most panels side by side.
const COLUMNS: usize = 3;
/// Height of the row of a factor, in text sizes.
const ROW: f64 = 1.75;

/// A number with its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Whisker {
    /// The number.
    pub value: f64,
    /// Lower and upper end of the interval.
    pub ends: Option<(f64, f64)>,
}

/// First-order and total indices of factors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SobolBars {
    /// The message, or what is shown.
    pub title: String,
    /// Conditions, smaller; may be empty.
    pub subtitle: String,
    /// Names of the factors, in any order.
    pub factors: Vec<String>,
    /// One for each outcome.
    pub panels: Vec<SobolPanel>,
    /// For those who can't see it; if empty, one is written from the data.
    pub description: String,
}

/// The indices of one outcome.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SobolPanel {
    /// The outcome.
    pub outcome: String,
    /// Behind it, smaller, e.g. how many points have no value; may be empty.
    pub note: String,
    /// First-order index of each factor, in the order of the names.
    pub first: Vec<Option<Whisker>>,
    /// Total index of each factor.
    pub total: Vec<Option<Whisker>>,
}

impl SobolPanel {
    fn of(list: &[Option<Whisker>], i: usize) -> Option<Whisker> {
        let it = list.get(i).copied().flatten();
        it.filter(|w| w.value.is_finite())
    }
}

impl SobolBars {
    /// Numbers of the factors, the one with the largest index in any panel first.
    pub(super) fn order(&self) -> Vec<usize> {
        let reach = |i: usize| {
            let both = self.panels.iter().flat_map(|p| {
                let of = |list| SobolPanel::of(list, i).map(|w| w.value);
                [of(&p.total), of(&p.first)]
            });
            both.flatten().fold(f64::NEG_INFINITY, f64::max)
        };
        let mut order: Vec<usize> = (0..self.factors.len()).collect();
        order.sort_by(|a, b| reach(*b).total_cmp(&reach(*a)));
        order
    }

    pub(in super::super) fn lines(&self, size: Size) -> f64 {
        let rows = self.panels.len().div_ceil(columns(size, self.panels.len()));
        let names = self.names(&self.shown(), size);
        let lift = self.lift(Columns::new(self.panels.len(), &names, size), size);
        6.5 + rows as f64 * (4.6 + lift + ROW * self.factors.len().min(MOST) as f64)
    }

    /// The factors that are drawn, the largest first.
    fn shown(&self) -> Vec<usize> {
        let mut order = self.order();
        order.truncate(MOST);
        order
    }

    fn names(&self, shown: &[usize], size: Size) -> RowNames {
        let names = shown.iter().map(|i| &self.factors[*i]);
        RowNames::new(names, 0.27 * size.width, size.text)
    }

    /// Room for remarks below the names of the panels, if there is none behind them, in text sizes.
    fn lift(&self, columns: Columns, size: Size) -> f64 {
        let mut all = self.panels.iter();
        let fits = |p: &SobolPanel| axes::fits(&p.outcome, &p.note, columns.heading(size), size);
        if all.all(fits) { 0.0 } else { axes::NOTE }
    }

    /// Lays it out.
    pub fn layout(&self, size: Size) -> Scene {
        let mut sheet = Sheet {
            size,
            shapes: Vec::new(),
        };
        let top = head(&mut sheet, &self.title, &self.subtitle);
        if self.panels.is_empty() || self.factors.is_empty() {
            let at = (size.width / 2.0, (top + size.height) / 2.0);
            sheet.text(at, "no data", size.text, FAINT, Anchor::Middle);
        } else {
            self.draw(&mut sheet, top);
        }
        Scene {
            width: size.width,
            height: size.height,
            shapes: sheet.shapes,
        }
    }

    fn draw(&self, sheet: &mut Sheet, top: f64) {
        let size = sheet.size;
        let (t, margin) = (size.text, MARGIN * size.text);
        let shown = &self.shown()[..];
        let names = self.names(shown, size);
        let place = Columns::new(self.panels.len(), &names, size);
        let Columns {
            left,
            n,
            width,
            gap,
        } = place;
        let rows = self.panels.len().div_ceil(n);
        let right = left + n as f64 * width + (n - 1) as f64 * gap;
        let foot = 1.5 * t + 0.8 * margin;
        let each = (size.height - top - foot) / rows as f64;
        let axis = Axis::default();
        let scale = level(&axis, self.ends(shown), size, width, 6);
        let Some(x) = scale else { return };
        let (mut named, mut beyond) = (false, false);
        let lift = self.lift(place, size) * t;
        for (k, panel) in self.panels.iter().enumerate() {
            let (i, j) = ((k % n) as f64, (k / n) as f64);
            let from = left + i * (width + gap);
            let above = top + j * each + 1.7 * t + lift;
            let frame = Frame {
                left: snap(from),
                right: snap(from + width),
                top: snap(above),
                bottom: snap((above + each - 3.4 * t - lift).max(above + t)),
            };
            let room = place.heading(size);
            let at = (frame.left, frame.top - 0.5 * t);
            axes::heading(sheet, at, room, (&panel.outcome, &panel.note), lift > 0.0);
            for tick in &x.ticks {
                let at = snap(frame.x(tick.at));
                sheet.line(
                    (at, frame.top),
                    (at, frame.bottom),
                    GRID,
                    thin_line(size),
                    &[],
                );
            }
            let ends = (frame.left - gap / 2.0, frame.right + gap / 2.0);
            axes::below(sheet, frame, &x, ends);
            if k % n == 0 {
                let height = (frame.bottom - frame.top) / shown.len() as f64;
                for row in 0..shown.len() {
                    let middle = frame.top + (row as f64 + 0.5) * height;
                    names.draw(sheet, frame, row, middle);
                }
            }
            beyond |= self.bars(sheet, frame, &x, panel, shown);
            named = named || self.direct(sheet, frame, &x, panel, shown);
        }
        let base = size.height - 0.8 * margin - 0.1 * t;
        let last = Frame {
            left,
            right,
            top,
            bottom: base,
        };
        let mut words = String::new();
        if !named {
            words += "; dark: first order, pale: total";
        }
        if beyond {
            words += "; what reaches an edge goes on";
        }
        match self.factors.len() - shown.len() {
            0 => {}
            1 => words += "; 1 smaller factor not shown",
            n => words += &format!("; {n} smaller factors not shown"),
        }
        let full = format!("part of the variance of the outcome{words}");
        let words = match font::width(&full, t, Weight::Regular) <= size.width - 2.0 * margin {
            true => full,
            false => format!("part of the variance{words}"),
        };
        axes::name_below(sheet, last, &words, base);
    }

    fn ends(&self, shown: &[usize]) -> (f64, f64) {
        let mut ends = (0.0, 1.0);
        for panel in &self.panels {
            for (list, i) in [&panel.first, &panel.total]
                .into_iter()
                .flat_map(|list| shown.iter().map(move |i| (list, *i)))
            {
                if let Some(w) = SobolPanel::of(list, i) {
                    let (lo, hi) = w.ends.unwrap_or((w.value, w.value));
                    for v in [lo, hi, w.value].into_iter().filter(|v| v.is_finite()) {
                        // Estimates far outside are noise; they are cut.
                        ends = (f64::min(ends.0, v.max(-0.5)), f64::max(ends.1, v.min(1.5)));
                    }
                }
            }
        }
        ends
    }

    /// True if something reaches beyond the axis.
    fn bars(
        &self,
        sheet: &mut Sheet,
        frame: Frame,
        x: &Scale,
        panel: &SobolPanel,
        shown: &[usize],
    ) -> bool {
        let t = sheet.size.text;
        let height = (frame.bottom - frame.top) / shown.len() as f64;
        let thick = thickness(height, t);
        let inside = |v: f64| (-1e-9..=1.0 + 1e-9).contains(&x.at(v));
        let mut beyond = false;
        let zero = frame.x(x.at(0.0));
        let mut boxes = [Vec::new(), Vec::new()];
        let mut whiskers = Vec::new();
        for (row, i) in shown.iter().enumerate() {
            let middle = frame.top + (row as f64 + 0.5) * height;
            let both = [&panel.first, &panel.total];
            if both.iter().all(|list| SobolPanel::of(list, *i).is_none()) {
                let at = (zero + 0.5 * t, middle + CAPITAL / 2.0 * SMALL * t);
                sheet.text(at, "no value", SMALL * t, FAINT, Anchor::Start);
                continue;
            }
            for (which, list) in both.into_iter().enumerate() {
                let from = middle + (which as f64 - 1.0) * thick;
                let Some(w) = SobolPanel::of(list, *i) else {
                    let at = (zero + 0.4 * t, from + 0.5 * thick + CAPITAL / 2.0 * 0.7 * t);
                    sheet.text(at, "–", 0.7 * t, FAINT, Anchor::Start);
                    continue;
                };
                let at = |v: f64| frame.x(x.at(v).clamp(0.0, 1.0));
                let end = at(w.value);
                beyond |= !inside(w.value);
                boxes[which].push([zero.min(end), from, zero.max(end), from + thick]);
                if let Some((lo, hi)) = w.ends.filter(|e| e.0.is_finite() && e.1.is_finite()) {
                    let y = from + thick / 2.0;
                    let cap = 0.22 * thick;
                    whiskers.push(((at(lo), y), (at(hi), y)));
                    let ends = [lo, hi].into_iter().filter(|v| inside(*v));
                    whiskers.extend(ends.map(|v| ((at(v), y - cap), (at(v), y + cap))));
                    beyond |= !inside(lo) || !inside(hi);
                }
            }
        }
        for (boxes, color) in boxes.into_iter().zip(colors()) {
            if !boxes.is_empty() {
                sheet.shapes.push(Shape::Cells { boxes, color });
            }
        }
        if !whiskers.is_empty() {
            sheet.shapes.push(Shape::Strokes {
                lines: whiskers,
                color: INK,
                width: 0.08 * t,
            });
        }
        let at = snap(zero);
        sheet.line(
            (at, frame.top),
            (at, frame.bottom),
            SOFT,
            thin_line(sheet.size),
            &[],
        );
        beyond
    }

    /// "first order" and "total" beside the bars of a factor, if there is room.
    fn direct(
        &self,
        sheet: &mut Sheet,
        frame: Frame,
        x: &Scale,
        panel: &SobolPanel,
        shown: &[usize],
    ) -> bool {
        let t = sheet.size.text;
        let height = (frame.bottom - frame.top) / shown.len() as f64;
        let thick = thickness(height, t);
        let size = thick.min(SMALL * t);
        if size < 0.6 * t {
            return false;
        }
        for (row, i) in shown.iter().enumerate() {
            let both = [(&panel.first, "first order"), (&panel.total, "total")];
            let placed = both.map(|(list, name)| {
                let w = SobolPanel::of(list, *i)?;
                // Where there is no bar, its name would stand beside nothing.
                if frame.x(x.at(w.value)) < frame.x(x.at(0.0)) + 0.7 * t {
                    return None;
                }
                let end = w.ends.map_or(w.value, |e| e.1.max(w.value)).max(0.0);
                let left = frame.x(x.at(end)) + 0.5 * t;
                let fits = left + font::width(name, size, Weight::Regular) < frame.right;
                fits.then_some((left, name))
            });
            if let [Some(first), Some(total)] = placed {
                let middle = frame.top + (row as f64 + 0.5) * height;
                for (which, (left, name)) in [first, total].into_iter().enumerate() {
                    let y = middle + (which as f64 - 0.5) * thick + CAPITAL / 2.0 * size;
                    let color = palette::color(0).text;
                    sheet.text((left, y), name, size, color, Anchor::Start);
                }
                return true;
            }
        }
        false
    }
}

/// Where panels stand side by side.
#[derive(Clone, Copy)]
struct Columns {
    /// Left edge of the first.
    left: f64,
    /// Their number.
    n: usize,
    /// Of one.
    width: f64,
    /// Between two.
    gap: f64,
}

impl Columns {
    fn new(panels: usize, names: &RowNames, size: Size) -> Columns {
        let (t, margin) = (size.text, MARGIN * size.text);
        let left = margin + names.width() + 0.8 * t;
        let n = columns(size, panels);
        let gap = 2.2 * t;
        let right = size.width - margin - 0.4 * t;
        let width = ((right - left - (n - 1) as f64 * gap) / n as f64).max(2.0 * t);
        Columns {
            left,
            n,
            width,
            gap,
        }
    }

    /// Room for what stands above a panel.
    fn heading(self, size: Size) -> f64 {
        self.width + self.gap - 0.8 * size.text
    }
}

/// Of one bar, in a row of that height.
fn thickness(height: f64, t: f64) -> f64 {
    (0.38 * height).min(0.95 * t)
}

/// Colours of first-order and total indices.
fn colors() -> [Rgb; 2] {
    let blue = palette::color(0).line;
    [blue, tint(blue, 0.38)]
}

/// Panels side by side.
fn columns(size: Size, panels: usize) -> usize {
    // A panel needs a dozen letters.
    let most = ((size.width / size.text - 14.0) / 11.0).max(1.0) as usize;
    panels.clamp(1, most.min(COLUMNS))
}

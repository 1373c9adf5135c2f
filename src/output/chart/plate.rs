//! Several figures side by side under one message.

use super::font::{Weight, wrap};
use super::horizontal::x_range;
use super::layout::{LINE, MARGIN, head, layout_among};
use super::palette::INK;
use super::plan::{Among, alone};
use super::scene::{Anchor, Scene, Sheet};
use super::vertical::{data_range, wanted_range};
use super::{Axis, Chart, Figure, Size};

/// Figures in a grid under one title.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plate {
    /// The message, as a sentence; wrapped if long.
    pub title: String,
    /// Conditions and source, smaller; may be empty.
    pub subtitle: String,
    /// From left to right, then from top to bottom.
    pub tiles: Vec<Tile>,
    /// How many columns there are, at least one. Fewer are used where they would be too narrow to read.
    pub columns: usize,
    /// Line charts over the same quantity show the same stretch of it.
    pub same_x: bool,
    /// Panels of the same quantity have the same vertical axis.
    pub same_y: bool,
    /// What the plate shows, for those who can't see it; if empty, it is that of the tiles.
    pub description: String,
}

/// One figure of a plate.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// What is special in it, e.g. "a  in pure water"; if empty, the title of the figure.
    pub heading: String,
    /// The figure; its title is not drawn.
    pub figure: Figure,
    /// How many columns it takes, at least one.
    pub span: usize,
    /// How tall it is, as a multiple of what it needs: 1 to 4. The largest of a row counts.
    pub weight: f64,
}

impl Tile {
    /// A tile of one column, as tall as its figure needs.
    pub fn new(heading: &str, figure: Figure) -> Tile {
        Tile {
            heading: heading.into(),
            figure,
            span: 1,
            weight: 1.0,
        }
    }

    fn words(&self) -> &str {
        match self.heading.as_str() {
            "" => self.figure.title(),
            own => own,
        }
    }
}

/// A column that is narrower, in text sizes, can't be read.
const NARROWEST: f64 = 16.0;
/// What figures leave above their plots for a title, in text sizes: not needed in a tile.
const TITLE: f64 = 3.6;
/// How far a figure without a title begins above its picture, in text sizes.
const BLANK: f64 = 0.8;
/// Above a heading, in text sizes.
const ABOVE: f64 = 0.4;
/// Most lines of a heading.
const MOST: usize = 2;

/// From the letter of a heading to its words, in text sizes.
const LETTER: f64 = 1.25;

/// A heading such as "a  in water": its letter, which stands apart, and its words.
fn lettered(heading: &str) -> (&str, &str) {
    let letter = heading.split_once("  ");
    let letter = letter.filter(|(letter, _)| letter.chars().count() == 1);
    letter.unwrap_or(("", heading))
}

/// A tile in its place.
struct Placed<'a> {
    tile: &'a Tile,
    figure: Figure,
    heading: Vec<String>,
    left: f64,
    width: f64,
}

impl Plate {
    /// Tiles in rows, as wide as they will be.
    fn rows(&self, size: Size) -> Vec<Vec<Placed<'_>>> {
        let t = size.text;
        let most = (size.width / (NARROWEST * t)).floor().max(1.0) as usize;
        let columns = self.columns.clamp(1, most);
        let mut rows: Vec<Vec<Placed>> = Vec::new();
        let mut used = columns;
        for (tile, figure) in self.tiles.iter().zip(self.figures()) {
            let span = tile.span.clamp(1, columns);
            if used + span > columns {
                rows.push(Vec::new());
                used = 0;
            }
            let column = size.width / columns as f64;
            let (left, width) = (used as f64 * column, span as f64 * column);
            let (letter, words) = lettered(tile.words());
            let aside = if letter.is_empty() { 0.0 } else { LETTER };
            let room = width - (2.0 * MARGIN + aside) * t;
            let placed = Placed {
                tile,
                figure,
                heading: wrap(words, room, t, Weight::Bold, MOST),
                left,
                width,
            };
            if let Some(row) = rows.last_mut() {
                row.push(placed);
            }
            used += span;
        }
        rows
    }

    /// The figures as they are drawn: without titles, on the axes that they share.
    fn figures(&self) -> Vec<Figure> {
        let mut figures: Vec<Figure> = self.tiles.iter().map(|t| t.figure.untitled()).collect();
        if self.same_x {
            let ranges = |chart: &Chart| vec![(chart.x.clone(), x_range(chart))];
            share(&mut figures, &ranges, &|chart, _| &mut chart.x);
        }
        if self.same_y {
            let ranges = |chart: &Chart| {
                let x = x_range(chart);
                let panels = chart.panels.iter().map(|panel| {
                    let data = x.and_then(|x| data_range(panel, &chart.x, x));
                    (panel.y.clone(), wanted_range(panel, data))
                });
                panels.collect()
            };
            share(&mut figures, &ranges, &|chart, i| &mut chart.panels[i].y);
        }
        figures
    }

    /// The least height in text sizes.
    pub(super) fn lines(&self, size: Size) -> f64 {
        let rows: f64 = self.rows(size).iter().map(|row| needed(row, size)).sum();
        let mut nowhere = Sheet {
            // Titles take at most a part of the height.
            size: Size {
                height: size.height.max(rows * size.text),
                ..size
            },
            shapes: Vec::new(),
        };
        let top = head(&mut nowhere, &self.title, &self.subtitle);
        rows + top / size.text
    }

    /// Lays it out.
    pub fn layout(&self, size: Size) -> Scene {
        let t = size.text;
        let mut sheet = Sheet {
            size,
            shapes: Vec::new(),
        };
        let mut top = head(&mut sheet, &self.title, &self.subtitle);
        let rows = self.rows(size);
        if rows.is_empty() {
            let at = (size.width / 2.0, (top + size.height) / 2.0);
            sheet.text(at, "nothing to draw", t, INK, Anchor::Middle);
        }
        let needs: Vec<f64> = rows.iter().map(|row| needed(row, size)).collect();
        let share = (size.height - top) / needs.iter().sum::<f64>();
        for (row, need) in rows.iter().zip(needs) {
            // A title may leave next to nothing; the picture then ends below its edge.
            let height = (need * share).max(2.0 * t);
            draw_row(&mut sheet, row, top, height);
            top += height;
        }
        Scene {
            width: size.width,
            height: size.height,
            shapes: sheet.shapes,
        }
    }

    /// What the tiles show, one after the other.
    pub(super) fn describe(&self) -> String {
        let tiles = self.tiles.iter().map(|tile| {
            let heading = tile.words().split_whitespace().collect::<Vec<_>>();
            let own = tile.figure.description();
            match heading.join(" ") {
                heading if heading.is_empty() => own,
                heading => format!("{heading}: {own}"),
            }
        });
        tiles.collect::<Vec<_>>().join(" ")
    }
}

/// What a row needs, in text sizes.
fn needed(row: &[Placed], size: Size) -> f64 {
    let heading = heading_lines(row) as f64 * LINE + ABOVE;
    let tile = |placed: &Placed| {
        let size = Size {
            width: placed.width,
            height: 1.0,
            ..size
        };
        let weight = placed.tile.weight;
        let weight = if weight.is_finite() {
            weight.clamp(1.0, 4.0)
        } else {
            1.0
        };
        let below = match &placed.figure {
            // Their height is measured without a title, that of charts is reckoned with one.
            Figure::Cells(cells) => cells.least_height(size) / size.text - BLANK,
            other => other.lines(size) - TITLE + more(other, size),
        };
        below.max(5.0) * weight
    };
    heading + row.iter().map(tile).fold(0.0, f64::max)
}

/// What the plots of a line chart have above them beyond names of axes, in text sizes.
fn more(figure: &Figure, size: Size) -> f64 {
    let Figure::Lines(chart) = figure else {
        return 0.0;
    };
    let tall = Size {
        height: size.width,
        ..size
    };
    let among = alone(chart, tall);
    let rows = (among.rows + usize::from(among.lifted)).saturating_sub(1);
    let subtitle = usize::from(!chart.subtitle.is_empty());
    // Words between curves take room.
    let notes = 3 * usize::from(chart.panels.iter().any(|panel| !panel.notes.is_empty()));
    LINE * (rows + subtitle + notes) as f64
}

fn heading_lines(row: &[Placed]) -> usize {
    row.iter()
        .map(|placed| placed.heading.len())
        .max()
        .unwrap_or(0)
}

fn draw_row(sheet: &mut Sheet, row: &[Placed], top: f64, height: f64) {
    let size = sheet.size;
    let t = size.text;
    let below = top + (heading_lines(row) as f64 * LINE + ABOVE) * t;
    let inner = |placed: &Placed| Size {
        width: placed.width,
        height: (top + height - below + BLANK * t).max(3.0 * t),
        ..size
    };
    let among = together(row, &inner);
    for placed in row {
        let y = |i: usize| top + (ABOVE + 0.9 + LINE * i as f64) * t;
        let left = placed.left + MARGIN * t;
        let (letter, words) = lettered(placed.tile.words());
        sheet.words((left, y(0)), letter, t, INK, Anchor::Start, Weight::Bold);
        let left = if words.is_empty() || letter.is_empty() {
            left
        } else {
            left + LETTER * t
        };
        for (i, line) in placed.heading.iter().enumerate() {
            sheet.words((left, y(i)), line, t, INK, Anchor::Start, Weight::Bold);
        }
        let scene = match &placed.figure {
            Figure::Lines(chart) => layout_among(chart, &[], inner(placed), &among),
            other => other.layout(inner(placed)),
        };
        // Whole pixels: thin lines stay sharp.
        let by = (placed.left.round(), (below - BLANK * t).round());
        let shapes = scene.shapes.into_iter().map(|shape| shape.moved(by));
        sheet.shapes.extend(shapes);
    }
}

/// What the line charts of a row have in common, if they have the same number of panels.
fn together(row: &[Placed], inner: &dyn Fn(&Placed) -> Size) -> Among {
    let charts = row.iter().filter_map(|placed| match &placed.figure {
        Figure::Lines(chart) => Some((chart, inner(placed))),
        _ => None,
    });
    let all: Vec<(Among, usize)> = charts
        .map(|(chart, size)| (alone(chart, size), chart.panels.len()))
        .collect();
    let mut out = Among::default();
    if all.len() < 2 || all.iter().any(|(_, n)| *n != all[0].1) {
        return out;
    }
    for (one, _) in all {
        out.rows = out.rows.max(one.rows);
        out.lifted |= one.lifted;
        out.ends.resize(one.ends.len(), (false, false));
        for (all, own) in out.ends.iter_mut().zip(one.ends) {
            *all = (all.0 || own.0, all.1 || own.1);
        }
    }
    out
}

/// The axes of a chart that are shared, with what each shows.
type Ranges<'a> = &'a dyn Fn(&Chart) -> Vec<(Axis, Option<(f64, f64)>)>;

/// Sets the limits of axes of one quantity to the least that holds what each of them shows. Axes with ends of their own
/// keep those.
fn share(
    figures: &mut [Figure],
    ranges: Ranges,
    axis: &dyn for<'a> Fn(&'a mut Chart, usize) -> &'a mut Axis,
) {
    let mut kinds: Vec<(Axis, (f64, f64))> = Vec::new();
    let same = |a: &Axis, b: &Axis| {
        (&a.label, &a.unit, a.log, &a.names) == (&b.label, &b.unit, b.log, &b.names)
    };
    let charts = figures.iter().filter_map(|figure| match figure {
        Figure::Lines(chart) => Some(chart),
        _ => None,
    });
    for (own, range) in charts.flat_map(ranges) {
        let Some((lo, hi)) = range else { continue };
        match kinds.iter_mut().find(|(kind, _)| same(kind, &own)) {
            Some((_, all)) => *all = (all.0.min(lo), all.1.max(hi)),
            None => kinds.push((own, (lo, hi))),
        }
    }
    for figure in figures {
        let Figure::Lines(chart) = figure else {
            continue;
        };
        for i in 0..ranges(chart).len() {
            let axis = axis(chart, i);
            let found = kinds.iter().find(|(kind, _)| same(kind, axis));
            if let (Some((_, (lo, hi))), None) = (found, axis.range) {
                axis.limits = (Some(*lo), Some(*hi));
            }
        }
    }
}

//! Plain shapes in pixels: what the layout makes and the backends draw.

use super::Size;
use super::font::{self, Weight};
use super::palette::Rgb;
use super::thin::Point;

/// A laid-out picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Width \[px\].
    pub width: f64,
    /// Height \[px\].
    pub height: f64,
    /// In the order of drawing.
    pub shapes: Vec<Shape>,
}

/// What a picture is made of; coordinates in pixels from the upper left.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A line through points.
    Path {
        /// At least two.
        points: Vec<Point>,
        /// Colour.
        color: Rgb,
        /// Width \[px\].
        width: f64,
        /// Lengths of ink and gap \[px\]; empty for a full line.
        dash: Vec<f64>,
    },
    /// A filled circle.
    Dot {
        /// Centre.
        at: Point,
        /// Radius \[px\].
        radius: f64,
        /// Colour.
        color: Rgb,
    },
    /// A filled polygon.
    Area {
        /// Its corners; the last is joined with the first.
        points: Vec<Point>,
        /// Colour.
        color: Rgb,
    },
    /// Filled rectangles of one colour, with hard edges: those that touch leave no seam.
    Cells {
        /// Left, top, right and bottom of each.
        boxes: Vec<[f64; 4]>,
        /// Colour.
        color: Rgb,
    },
    /// Filled circles of one size and colour.
    Dots {
        /// Centres.
        at: Vec<Point>,
        /// Radius \[px\].
        radius: f64,
        /// Colour.
        color: Rgb,
    },
    /// Straight lines of one colour, e.g. a hatching.
    Strokes {
        /// Both ends of each.
        lines: Vec<(Point, Point)>,
        /// Colour.
        color: Rgb,
        /// Width \[px\].
        width: f64,
    },
    /// A line of text.
    Text {
        /// Where the baseline begins, has its middle, or ends.
        at: Point,
        /// The words.
        text: String,
        /// Size \[px\].
        size: f64,
        /// Face.
        weight: Weight,
        /// Colour.
        color: Rgb,
        /// Which part of the text is at `at`.
        anchor: Anchor,
    },
}

/// The part of a text that is put at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

impl Shape {
    /// Left, top, right and bottom of a text, tightly around letters with ascenders and descenders; `None` for others.
    pub fn text_box(&self) -> Option<[f64; 4]> {
        let Shape::Text {
            at,
            text,
            size,
            weight,
            anchor,
            ..
        } = self
        else {
            return None;
        };
        let width = font::width(text, *size, *weight);
        let left = match anchor {
            Anchor::Start => at.0,
            Anchor::Middle => at.0 - width / 2.0,
            Anchor::End => at.0 - width,
        };
        Some([left, at.1 - 0.76 * size, left + width, at.1 + 0.22 * size])
    }

    /// The same shape further to the right and further down.
    pub fn moved(mut self, by: Point) -> Shape {
        let step = |p: &mut Point| *p = (p.0 + by.0, p.1 + by.1);
        match &mut self {
            Shape::Path { points, .. } | Shape::Area { points, .. } => {
                points.iter_mut().for_each(step)
            }
            Shape::Dots { at, .. } => at.iter_mut().for_each(step),
            Shape::Dot { at, .. } | Shape::Text { at, .. } => step(at),
            Shape::Cells { boxes, .. } => {
                for b in boxes {
                    *b = [b[0] + by.0, b[1] + by.1, b[2] + by.0, b[3] + by.1];
                }
            }
            Shape::Strokes { lines, .. } => {
                for (from, to) in lines {
                    step(from);
                    step(to);
                }
            }
        }
        self
    }
}

/// Collects shapes.
pub(super) struct Sheet {
    pub size: Size,
    pub shapes: Vec<Shape>,
}

impl Sheet {
    pub fn line(&mut self, from: Point, to: Point, color: Rgb, width: f64, dash: &[f64]) {
        self.path(vec![from, to], color, width, dash);
    }

    /// `dash` in line widths.
    pub fn path(&mut self, points: Vec<Point>, color: Rgb, width: f64, dash: &[f64]) {
        self.shapes.push(Shape::Path {
            points,
            color,
            width,
            dash: dash.iter().map(|length| length * width).collect(),
        });
    }

    pub fn text(&mut self, at: Point, text: &str, size: f64, color: Rgb, anchor: Anchor) {
        self.words(at, text, size, color, anchor, Weight::Regular);
    }

    pub fn words(
        &mut self,
        at: Point,
        text: &str,
        size: f64,
        color: Rgb,
        anchor: Anchor,
        weight: Weight,
    ) {
        self.shapes.push(Shape::Text {
            at,
            text: text.into(),
            size,
            weight,
            color,
            anchor,
        });
    }
}

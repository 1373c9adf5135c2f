//! Shapes as operators of PDF.

use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Content, Name, Str};

use super::fonts::Fonts;
use super::{POINTS, Size, Theme};
use crate::output::chart::font::{self, Weight};
use crate::output::chart::palette::Rgb;
use crate::output::chart::scene::{Anchor, Scene, Shape};
use crate::output::chart::thin::Point;

/// The number of the marked content that is the figure.
pub(super) const FIGURE: i32 = 0;

/// How far cells reach over their edges \[px\]: readers soften them, and the paper would shine through between two.
const OVER: f64 = 0.3;

/// The page in operators.
pub(super) fn content(scene: &Scene, size: Size, theme: Theme, fonts: &Fonts) -> Vec<u8> {
    let mut to = Content::new();
    to.begin_marked_content_with_properties(Name(b"Figure"))
        .properties()
        .identify(FIGURE);
    to.save_state();
    // From pixels downwards to points upwards.
    let (scale, height) = (POINTS as f32, (size.height * POINTS) as f32);
    to.transform([scale, 0.0, 0.0, -scale, 0.0, height]);
    if theme != Theme::Light {
        fill(&mut to, theme.paper());
        to.rect(0.0, 0.0, size.width as f32, size.height as f32);
        to.fill_nonzero();
    }
    to.set_line_join(LineJoinStyle::RoundJoin);
    for shape in &scene.shapes {
        draw(&mut to, shape, fonts);
    }
    to.restore_state();
    to.end_marked_content();
    to.finish().into_vec()
}

/// Hundredths of a pixel are enough, and short.
fn short(pixels: f64) -> f32 {
    // Sums of what is further out would overflow a reader's numbers.
    ((pixels.clamp(-1e5, 1e5) * 100.0).round() / 100.0) as f32
}

fn light(color: Rgb) -> [f32; 3] {
    [color.0, color.1, color.2].map(|c| (f32::from(c) / 255.0 * 1000.0).round() / 1000.0)
}

fn fill(to: &mut Content, color: Rgb) {
    let [r, g, b] = light(color);
    to.set_fill_rgb(r, g, b);
}

fn stroke(to: &mut Content, color: Rgb, width: f64) {
    let [r, g, b] = light(color);
    to.set_stroke_rgb(r, g, b);
    to.set_line_width(short(width));
}

fn line(to: &mut Content, points: &[Point]) {
    for (i, (x, y)) in points.iter().enumerate() {
        if i == 0 {
            to.move_to(short(*x), short(*y));
        } else {
            to.line_to(short(*x), short(*y));
        }
    }
}

fn draw(to: &mut Content, shape: &Shape, fonts: &Fonts) {
    match shape {
        Shape::Path {
            points,
            color,
            width,
            dash,
        } => {
            stroke(to, *color, *width);
            // All gaps and no ink is an error in PDF.
            let inked = dash.iter().any(|length| short(*length) > 0.0);
            if inked {
                to.set_dash_pattern(dash.iter().map(|length| short(*length)), 0.0);
            }
            line(to, points);
            to.stroke();
            if inked {
                to.set_dash_pattern([], 0.0);
            }
        }
        Shape::Dot { at, radius, color } => dots(to, &[*at], *radius, *color),
        Shape::Dots { at, radius, color } => dots(to, at, *radius, *color),
        Shape::Area { points, color } => {
            fill(to, *color);
            line(to, points);
            to.close_path();
            to.fill_nonzero();
        }
        Shape::Cells { boxes, color } => {
            fill(to, *color);
            stroke(to, *color, OVER);
            for [left, top, right, bottom] in boxes {
                let (left, top) = (short(*left), short(*top));
                to.rect(left, top, short(*right) - left, short(*bottom) - top);
            }
            to.fill_nonzero_and_stroke();
        }
        Shape::Strokes {
            lines,
            color,
            width,
        } => {
            stroke(to, *color, *width);
            for (from, till) in lines {
                line(to, &[*from, *till]);
            }
            to.stroke();
        }
        Shape::Text {
            at,
            text,
            size,
            weight,
            color,
            anchor,
        } => words(to, fonts, (*at, *anchor), text, (*size, *weight), *color),
    }
}

/// Lines without length, with round ends: a fraction of the bytes of circles.
fn dots(to: &mut Content, at: &[Point], radius: f64, color: Rgb) {
    stroke(to, color, 2.0 * radius);
    to.set_line_cap(LineCapStyle::RoundCap);
    for at in at {
        line(to, &[*at, *at]);
    }
    to.stroke();
    to.set_line_cap(LineCapStyle::ButtCap);
}

fn words(
    to: &mut Content,
    fonts: &Fonts,
    (at, anchor): (Point, Anchor),
    text: &str,
    (size, weight): (f64, Weight),
    color: Rgb,
) {
    let Some(font) = fonts.get(weight) else {
        return;
    };
    let left = match anchor {
        Anchor::Start => at.0,
        Anchor::Middle => at.0 - font::width(text, size, weight) / 2.0,
        Anchor::End => at.0 - font::width(text, size, weight),
    };
    fill(to, color);
    to.begin_text();
    to.set_font(font.name(), short(size));
    // The page is upside down, its letters are not.
    to.set_text_matrix([1.0, 0.0, 0.0, -1.0, short(left), short(at.1)]);
    to.show(Str(&font.encode(text)));
    to.end_text();
}

//! Scenes on plotters backends: ours, and through [`super::Figure::draw_on`] any other.

use super::ChartError;
use super::font::{self, ASCENT, Weight};
use super::palette::Rgb;
use super::scene::{Anchor, Scene, Shape};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use std::sync::Once;

/// Backend units per pixel. plotters draws at whole coordinates; curves need finer ones.
pub const UNITS: f64 = 20.0;

/// The name under which plotters knows the embedded font.
pub const FAMILY: &str = "Noto Sans";

/// A backend whose coordinates are [`UNITS`] per pixel, and that can draw dashes, which plotters has no word for.
pub trait Surface: DrawingBackend {
    /// Lengths of ink and gap, in those units, of the paths that follow; empty for full lines.
    fn set_dash(&mut self, dash: &[f64]);

    /// Fills rectangles, each from its upper left to its lower right, without softening their edges.
    fn draw_cells(
        &mut self,
        cells: &[(BackendCoord, BackendCoord)],
        style: &ShapeStyle,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let mut cells = cells.iter();
        cells.try_for_each(|(from, to)| self.draw_rect(*from, *to, style, true))
    }

    /// Fills circles of one size.
    fn draw_dots(
        &mut self,
        centres: &[BackendCoord],
        radius: u32,
        style: &ShapeStyle,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let mut centres = centres.iter();
        centres.try_for_each(|centre| self.draw_circle(*centre, radius, style, true))
    }

    /// Draws straight lines of one width.
    fn draw_strokes(
        &mut self,
        lines: &[(BackendCoord, BackendCoord)],
        style: &ShapeStyle,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let mut lines = lines.iter();
        lines.try_for_each(|(from, to)| self.draw_path([*from, *to], style))
    }
}

/// Draws a scene on any plotters backend. Lines there are as fine as that backend draws them.
pub(super) fn draw_scene_on<B: DrawingBackend>(
    scene: &Scene,
    backend: &mut B,
) -> Result<(), ChartError> {
    let mut plain = Plain {
        backend,
        dash: Vec::new(),
    };
    draw(scene, &mut plain)
}

/// Draws a scene.
pub fn draw<S: Surface>(scene: &Scene, surface: &mut S) -> Result<(), ChartError> {
    register_font();
    let failed = |e: DrawingErrorKind<S::ErrorType>| ChartError::Backend(e.to_string());
    surface.ensure_prepared().map_err(failed)?;
    for shape in &scene.shapes {
        match shape {
            Shape::Path {
                points,
                color,
                width,
                dash,
            } => {
                let dash: Vec<f64> = dash.iter().map(|length| length * UNITS).collect();
                surface.set_dash(&dash);
                let style = ShapeStyle {
                    color: rgb(*color).into(),
                    filled: false,
                    stroke_width: units(*width).max(1) as u32,
                };
                surface
                    .draw_path(points.iter().map(place), &style)
                    .map_err(failed)?;
            }
            Shape::Dot { at, radius, color } => {
                let style = ShapeStyle::from(rgb(*color)).filled();
                let radius = units(*radius).max(1) as u32;
                let drawn = surface.draw_circle(place(at), radius, &style, true);
                drawn.map_err(failed)?;
            }
            Shape::Area { points, color } => {
                let style = ShapeStyle::from(rgb(*color)).filled();
                let drawn = surface.fill_polygon(points.iter().map(place), &style);
                drawn.map_err(failed)?;
            }
            Shape::Cells { boxes, color } => {
                let style = ShapeStyle::from(rgb(*color)).filled();
                let cell = |b: &[f64; 4]| (place(&(b[0], b[1])), place(&(b[2], b[3])));
                let cells: Vec<_> = boxes.iter().map(cell).collect();
                surface.draw_cells(&cells, &style).map_err(failed)?;
            }
            Shape::Dots { at, radius, color } => {
                let style = ShapeStyle::from(rgb(*color)).filled();
                let centres: Vec<_> = at.iter().map(place).collect();
                let radius = units(*radius).max(1) as u32;
                let drawn = surface.draw_dots(&centres, radius, &style);
                drawn.map_err(failed)?;
            }
            Shape::Strokes {
                lines,
                color,
                width,
            } => {
                surface.set_dash(&[]);
                let style = ShapeStyle {
                    color: rgb(*color).into(),
                    filled: false,
                    stroke_width: units(*width).max(1) as u32,
                };
                let lines: Vec<_> = lines.iter().map(|(a, b)| (place(a), place(b))).collect();
                surface.draw_strokes(&lines, &style).map_err(failed)?;
            }
            Shape::Text {
                at,
                text,
                size,
                weight,
                color,
                anchor,
            } => {
                let style = text_style(size * UNITS, *weight, *color, *anchor);
                let top = at.1 - ASCENT * size;
                let corner = place(&(at.0, top));
                surface.draw_text(text, &style, corner).map_err(failed)?;
            }
        }
    }
    surface.present().map_err(failed)
}

fn place(point: &(f64, f64)) -> BackendCoord {
    (units(point.0), units(point.1))
}

fn units(pixels: f64) -> i32 {
    // A cast saturates; half of the range leaves room for sums.
    (pixels * UNITS).round().clamp(-1e9, 1e9) as i32
}

fn rgb(color: Rgb) -> RGBColor {
    RGBColor(color.0, color.1, color.2)
}

fn text_style(size: f64, weight: Weight, color: Rgb, anchor: Anchor) -> TextStyle<'static> {
    let style = match weight {
        Weight::Regular => FontStyle::Normal,
        Weight::Bold => FontStyle::Bold,
    };
    let h_pos = match anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    TextStyle {
        font: (FAMILY, size, style).into_font(),
        color: rgb(color).to_backend_color(),
        pos: Pos::new(h_pos, VPos::Top),
    }
}

fn register_font() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (style, weight) in [
            (FontStyle::Normal, Weight::Regular),
            (FontStyle::Bold, Weight::Bold),
        ] {
            // The embedded bytes are a font (a test says so); without it, other backends report a missing font.
            let _ = plotters::style::register_font(FAMILY, style, font::bytes(weight));
        }
    });
}

/// A text style as the backends of this crate read it.
pub(super) struct Words {
    pub size: f64,
    pub weight: Weight,
    pub color: BackendColor,
    pub h_pos: HPos,
    /// From the given place down to the baseline.
    pub down: f64,
}

impl Words {
    pub fn new<T: BackendTextStyle>(style: &T) -> Words {
        let size = style.size();
        let anchor = style.anchor();
        Words {
            size,
            weight: match style.style() {
                FontStyle::Bold => Weight::Bold,
                _ => Weight::Regular,
            },
            color: style.color(),
            h_pos: anchor.h_pos,
            down: size
                * match anchor.v_pos {
                    VPos::Top => ASCENT,
                    VPos::Center => font::CAPITAL / 2.0,
                    VPos::Bottom => 0.0,
                },
        }
    }
}

/// Another's backend as a surface: whole pixels, dashes cut here.
struct Plain<'a, B> {
    backend: &'a mut B,
    dash: Vec<f64>,
}

fn pixel(point: BackendCoord) -> BackendCoord {
    let down = |v: i32| (f64::from(v) / UNITS).round() as i32;
    (down(point.0), down(point.1))
}

fn plain_style<S: BackendStyle>(style: &S) -> ShapeStyle {
    let BackendColor { rgb, alpha } = style.color();
    let width = (f64::from(style.stroke_width()) / UNITS).round().max(1.0);
    ShapeStyle {
        color: plotters::style::RGBAColor(rgb.0, rgb.1, rgb.2, alpha),
        filled: true,
        stroke_width: width as u32,
    }
}

impl<B: DrawingBackend> Surface for Plain<'_, B> {
    fn set_dash(&mut self, dash: &[f64]) {
        self.dash = dash.to_vec();
    }
}

impl<B: DrawingBackend> DrawingBackend for Plain<'_, B> {
    type ErrorType = B::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        let (width, height) = self.backend.get_size();
        (width * UNITS as u32, height * UNITS as u32)
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        self.backend.ensure_prepared()
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        self.backend.present()
    }

    fn draw_pixel(
        &mut self,
        point: BackendCoord,
        color: BackendColor,
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        self.backend.draw_pixel(pixel(point), color)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        let style = plain_style(style);
        for piece in cut(&points, &self.dash) {
            self.backend
                .draw_path(piece.into_iter().map(pixel), &style)?;
        }
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        let (from, to) = (pixel(upper_left), pixel(bottom_right));
        self.backend.draw_rect(from, to, &plain_style(style), fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        let corners = vert.into_iter().map(pixel);
        self.backend.fill_polygon(corners, &plain_style(style))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        let radius = (f64::from(radius) / UNITS).round() as u32;
        self.backend
            .draw_circle(pixel(center), radius, &plain_style(style), fill)
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        pos: BackendCoord,
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        // ab_glyph means by size the height from the highest ascender to the lowest descender.
        let size = style.size() / UNITS * 1.362;
        let family = match style.family() {
            FontFamily::Name(_) => FAMILY,
            _ => "sans-serif",
        };
        let style = TextStyle {
            font: (family, size, style.style()).into_font(),
            color: style.color(),
            pos: style.anchor(),
        };
        self.backend.draw_text(text, &style, pixel(pos))
    }
}

/// The inked pieces of a dashed path.
fn cut(points: &[BackendCoord], dash: &[f64]) -> Vec<Vec<BackendCoord>> {
    if dash.is_empty() || dash.iter().any(|length| *length < 1.0) {
        return vec![points.to_vec()];
    }
    let mut out = vec![Vec::from_iter(points.first().copied())];
    let (mut place, mut left) = (0, dash[0]);
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let (dx, dy) = (f64::from(b.0 - a.0), f64::from(b.1 - a.1));
        let length = dx.hypot(dy);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let s = done / length;
            let at = (a.0 + (s * dx).round() as i32, a.1 + (s * dy).round() as i32);
            match (place % 2, out.last_mut()) {
                (0, Some(piece)) => piece.push(at),
                _ => out.push(vec![at]),
            }
            place += 1;
            left = dash[place % dash.len()];
        }
        left -= length - done;
        if let (0, Some(piece)) = (place % 2, out.last_mut()) {
            piece.push(b);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_have_their_lengths() {
        let pieces = cut(&[(0, 0), (25, 0), (100, 0)], &[20.0, 10.0]);
        let expected: Vec<Vec<BackendCoord>> = vec![
            vec![(0, 0), (20, 0)],
            vec![(30, 0), (50, 0)],
            vec![(60, 0), (80, 0)],
            vec![(90, 0), (100, 0)],
        ];
        assert_eq!(pieces, expected);
        assert_eq!(cut(&[(0, 0), (9, 0)], &[]), [[(0, 0), (9, 0)]]);
    }
}

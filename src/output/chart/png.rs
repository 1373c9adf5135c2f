//! PNG with antialiased lines and letters, without a library of the system.

use super::draw::{Surface, UNITS, Words, draw};
use super::font::{self, Pen};
use super::scene::Scene;
use super::{ChartError, Size, Theme};
use plotters::style::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use std::convert::Infallible;
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, PathBuilder, Pixmap, Stroke, StrokeDash, Transform,
};

/// A scene as a PNG file of `width · scale` by `height · scale` pixels.
pub(super) fn scene_png(scene: &Scene, size: Size, theme: Theme) -> Result<Vec<u8>, ChartError> {
    let count = |pixels: f64| (pixels * size.scale).round() as u32;
    let pixmap = Pixmap::new(count(size.width), count(size.height));
    let mut pixmap = pixmap.ok_or(ChartError::Size(size))?;
    let (r, g, b) = theme.paper();
    pixmap.fill(Color::from_rgba8(r, g, b, 255));
    let mut png = Png {
        pixmap,
        scale: (size.scale / UNITS) as f32,
        dash: Vec::new(),
    };
    draw(&theme.paint(scene), &mut png)?;
    encode(&png.pixmap, size.scale).map_err(|e| ChartError::Backend(e.to_string()))
}

/// A file without transparency that knows its size on paper. tiny-skia's own encoder keeps the alpha channel and
/// copies the picture for it: twice the time, a third more memory.
fn encode(pixmap: &Pixmap, scale: f64) -> Result<Vec<u8>, ::png::EncodingError> {
    let opaque: Vec<u8> = pixmap
        .data()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    let mut file = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut file, pixmap.width(), pixmap.height());
    encoder.set_color(::png::ColorType::Rgb);
    encoder.set_depth(::png::BitDepth::Eight);
    encoder.set_compression(::png::Compression::Balanced);
    // 96 px to the inch, as in CSS.
    let per_metre = (96.0 * scale / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(::png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: ::png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&opaque)?;
    writer.finish()?;
    Ok(file)
}

struct Png {
    pixmap: Pixmap,
    /// Pixels per backend unit.
    scale: f32,
    /// Dashes of the paths that follow [units].
    dash: Vec<f32>,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

fn paint(color: BackendColor) -> Paint<'static> {
    let (r, g, b) = color.rgb;
    let mut paint = Paint::default();
    paint.set_color_rgba8(r, g, b, (color.alpha * 255.0).round() as u8);
    paint.anti_alias = true;
    paint
}

impl Surface for Png {
    fn set_dash(&mut self, dash: &[f64]) {
        self.dash = dash.iter().map(|length| *length as f32).collect();
    }
}

impl DrawingBackend for Png {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let units = |pixels: u32| (pixels as f32 / self.scale) as u32;
        (units(self.pixmap.width()), units(self.pixmap.height()))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        if let Some(rect) = tiny_skia::Rect::from_xywh(x as f32, y as f32, 1.0, 1.0) {
            let place = Transform::from_scale(self.scale, self.scale);
            self.pixmap.fill_rect(rect, &paint(color), place, None);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let mut builder = PathBuilder::new();
        for (x, y) in path {
            if builder.is_empty() {
                builder.move_to(x as f32, y as f32);
            } else {
                builder.line_to(x as f32, y as f32);
            }
        }
        let Some(path) = builder.finish() else {
            return Ok(());
        };
        let stroke = Stroke {
            width: style.stroke_width() as f32,
            line_cap: LineCap::Butt,
            // A miter would overshoot a cusp.
            line_join: LineJoin::Round,
            dash: StrokeDash::new(self.dash.clone(), 0.0),
            ..Stroke::default()
        };
        let place = Transform::from_scale(self.scale, self.scale);
        self.pixmap
            .stroke_path(&path, &paint(style.color()), &stroke, place, None);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        // To whole pixels: soft edges of neighbours would let the paper shine through.
        let edge = |units: i32| (units as f32 * self.scale).round();
        let (left, top) = (edge(upper_left.0), edge(upper_left.1));
        let (right, bottom) = (edge(bottom_right.0), edge(bottom_right.1));
        if let Some(rect) = tiny_skia::Rect::from_ltrb(left, top, right, bottom) {
            let mut paint = paint(style.color());
            paint.anti_alias = false;
            self.pixmap
                .fill_rect(rect, &paint, Transform::identity(), None);
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        let mut builder = PathBuilder::new();
        for (x, y) in vert {
            if builder.is_empty() {
                builder.move_to(x as f32, y as f32);
            } else {
                builder.line_to(x as f32, y as f32);
            }
        }
        builder.close();
        if let Some(path) = builder.finish() {
            let place = Transform::from_scale(self.scale, self.scale);
            let paint = paint(style.color());
            self.pixmap
                .fill_path(&path, &paint, FillRule::Winding, place, None);
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let circle = PathBuilder::from_circle(center.0 as f32, center.1 as f32, radius as f32);
        let Some(circle) = circle else { return Ok(()) };
        let place = Transform::from_scale(self.scale, self.scale);
        let paint = paint(style.color());
        if fill {
            self.pixmap
                .fill_path(&circle, &paint, FillRule::Winding, place, None);
        } else {
            let stroke = Stroke {
                width: style.stroke_width() as f32,
                ..Stroke::default()
            };
            self.pixmap
                .stroke_path(&circle, &paint, &stroke, place, None);
        }
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        pos: BackendCoord,
    ) -> Drawn {
        let words = Words::new(style);
        let width = font::width(text, words.size, words.weight);
        let left = f64::from(pos.0)
            - match words.h_pos {
                HPos::Left => 0.0,
                HPos::Center => width / 2.0,
                HPos::Right => width,
            };
        let baseline = f64::from(pos.1) + words.down;
        let mut glyphs = Glyphs(PathBuilder::new());
        font::outline(text, words.weight, &mut glyphs);
        let Some(path) = glyphs.0.finish() else {
            return Ok(());
        };
        let size = words.size as f32 * self.scale;
        let place = Transform::from_row(
            size,
            0.0,
            0.0,
            -size,
            left as f32 * self.scale,
            baseline as f32 * self.scale,
        );
        self.pixmap
            .fill_path(&path, &paint(words.color), FillRule::Winding, place, None);
        Ok(())
    }
}

struct Glyphs(PathBuilder);

impl Pen for Glyphs {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }
    fn close(&mut self) {
        self.0.close();
    }
}

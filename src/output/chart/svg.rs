//! SVG with real text: a small file that is valid XML, can be edited, searched and read aloud.

use super::draw::{Surface, UNITS, Words, draw};
use super::font::Weight;
use super::palette::Rgb;
use super::scene::Scene;
use super::{ChartError, Size, Theme};
use plotters::style::ShapeStyle;
use plotters::style::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use std::convert::Infallible;
use std::fmt::Write;

/// A scene as an SVG document with a name and a description.
pub(super) fn scene_svg(
    scene: &Scene,
    size: Size,
    theme: Theme,
    (title, description): (&str, &str),
) -> Result<String, ChartError> {
    let mut svg = Svg {
        size,
        body: String::with_capacity(1 << 14),
        dash: String::new(),
    };
    draw(&theme.paint(scene), &mut svg)?;
    let paper = theme.paper();
    Ok(document((title, description), size, paper, &svg.body))
}

fn document((title, description): (&str, &str), size: Size, paper: Rgb, body: &str) -> String {
    let title = escape(if title.is_empty() { "Chart" } else { title });
    let description = escape(description);
    // Several charts may end up in one page: their identifiers must differ.
    let id = format!(
        "osmocyte-{:08x}",
        fingerprint(&[&title, &description, body])
    );
    let (width, height) = (size.width, size.height);
    let paper = hex(paper);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-title {id}-desc" font-family="'Noto Sans', 'Open Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif">
<title id="{id}-title">{title}</title>
<desc id="{id}-desc">{description}</desc>
<rect width="100%" height="100%" fill="{paper}"/>
<g fill="none" stroke-linejoin="round">
{body}</g>
</svg>
"##
    )
}

/// FNV-1a (Fowler, Noll, Vo), folded to 32 bits.
fn fingerprint(texts: &[&str]) -> u32 {
    let bytes = texts.iter().flat_map(|t| t.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ (hash >> 32)) as u32
}

/// Text as XML wants it. Characters that XML 1.0 can't hold become spaces.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

struct Svg {
    size: Size,
    body: String,
    /// Attribute for the paths that follow.
    dash: String,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Units as pixels with at most two decimals: `12.35`, `7`.
fn pixels(units: impl Into<f64>) -> f64 {
    (units.into() / UNITS * 100.0).round() / 100.0
}

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

impl Surface for Svg {
    fn set_dash(&mut self, dash: &[f64]) {
        self.dash.clear();
        if !dash.is_empty() {
            let lengths: Vec<String> = dash.iter().map(|d| pixels(*d).to_string()).collect();
            self.dash = format!(" stroke-dasharray=\"{}\"", lengths.join(" "));
        }
    }

    fn draw_cells(&mut self, cells: &[(BackendCoord, BackendCoord)], style: &ShapeStyle) -> Drawn {
        let color = hex(style.color().rgb);
        let _ = write!(
            self.body,
            r#"<path shape-rendering="crispEdges" fill="{color}" d=""#
        );
        for (from, to) in cells {
            let (x, y) = (pixels(from.0), pixels(from.1));
            let (width, height) = (pixels(to.0 - from.0), pixels(to.1 - from.1));
            let _ = write!(self.body, "M{x} {y}h{width}v{height}h{}z", -width);
        }
        self.body.push_str("\"/>\n");
        Ok(())
    }

    fn draw_dots(&mut self, centres: &[BackendCoord], radius: u32, style: &ShapeStyle) -> Drawn {
        let (color, width) = (hex(style.color().rgb), pixels(2 * radius));
        // A line without length and with round ends: a third of the bytes of a circle.
        let _ = write!(
            self.body,
            r#"<path stroke="{color}" stroke-width="{width}" stroke-linecap="round" d=""#
        );
        for centre in centres {
            let (x, y) = (pixels(centre.0), pixels(centre.1));
            let _ = write!(self.body, "M{x} {y}h0");
        }
        self.body.push_str("\"/>\n");
        Ok(())
    }

    fn draw_strokes(
        &mut self,
        lines: &[(BackendCoord, BackendCoord)],
        style: &ShapeStyle,
    ) -> Drawn {
        let (color, width) = (hex(style.color().rgb), pixels(style.stroke_width));
        let _ = write!(
            self.body,
            r#"<path stroke="{color}" stroke-width="{width}" d=""#
        );
        for (from, to) in lines {
            let _ = write!(
                self.body,
                "M{} {}L{} {}",
                pixels(from.0),
                pixels(from.1),
                pixels(to.0),
                pixels(to.1)
            );
        }
        self.body.push_str("\"/>\n");
        Ok(())
    }
}

// Writing into a string can't fail: the results of `write!` are left alone.
impl DrawingBackend for Svg {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let units = |pixels: f64| (pixels * UNITS) as u32;
        (units(self.size.width), units(self.size.height))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let (x, y, color) = (pixels(x), pixels(y), hex(color.rgb));
        let _ = writeln!(
            self.body,
            r#"<rect x="{x}" y="{y}" width=".1" height=".1" fill="{color}"/>"#
        );
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let width = pixels(style.stroke_width());
        let _ = write!(
            self.body,
            r#"<path stroke="{}" stroke-width="{width}"{} d=""#,
            hex(style.color().rgb),
            self.dash
        );
        let points: Vec<BackendCoord> = path.into_iter().collect();
        let closed = points.len() > 2 && points.first() == points.last();
        // A path that ends where it begins has a corner there, and no two ends.
        let drawn = points.len() - usize::from(closed);
        let mut last = (i32::MIN, i32::MIN);
        for (i, point) in points.into_iter().take(drawn).enumerate() {
            let (x, y) = (pixels(point.0), pixels(point.1));
            let _ = match (i, point.0 == last.0, point.1 == last.1) {
                (0, ..) => write!(self.body, "M{x} {y}"),
                (_, true, _) => write!(self.body, "V{y}"),
                (_, _, true) => write!(self.body, "H{x}"),
                _ => write!(self.body, "L{x} {y}"),
            };
            last = point;
        }
        self.body
            .push_str(if closed { "z\"/>\n" } else { "\"/>\n" });
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        let _ = write!(self.body, r#"<path fill="{}" d=""#, hex(style.color().rgb));
        for (i, corner) in vert.into_iter().enumerate() {
            let to = if i == 0 { 'M' } else { 'L' };
            let _ = write!(self.body, "{to}{} {}", pixels(corner.0), pixels(corner.1));
        }
        self.body.push_str("z\"/>\n");
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (x, y, r) = (pixels(center.0), pixels(center.1), pixels(radius));
        let paint = if fill { "fill" } else { "stroke" };
        let color = hex(style.color().rgb);
        let _ = writeln!(
            self.body,
            r#"<circle cx="{x}" cy="{y}" r="{r}" {paint}="{color}"/>"#
        );
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        pos: BackendCoord,
    ) -> Drawn {
        if text.is_empty() {
            return Ok(());
        }
        let words = Words::new(style);
        let (x, y) = (pixels(pos.0), pixels(f64::from(pos.1) + words.down));
        let anchor = match words.h_pos {
            HPos::Left => "",
            HPos::Center => r#" text-anchor="middle""#,
            HPos::Right => r#" text-anchor="end""#,
        };
        let weight = match words.weight {
            Weight::Regular => "",
            Weight::Bold => r#" font-weight="700""#,
        };
        let _ = writeln!(
            self.body,
            r#"<text x="{x}" y="{y}" font-size="{}"{weight}{anchor} fill="{}">{}</text>"#,
            pixels(words.size),
            hex(words.color.rgb),
            escape(text)
        );
        Ok(())
    }
}

//! One moment of a cell: from its numbers to shapes within a box.

use super::super::font::{Weight, wrap};
use super::super::layout::snap;
use super::super::palette::{INK, SOFT};
use super::super::panel::Frame;
use super::super::scene::{Anchor, Scene, Shape, Sheet};
use super::super::svg::scene_svg;
use super::super::thin::Point;
use super::super::{ChartError, Size, Theme};
use super::body::{Body, along, circle, places};
use super::strip::{bar_length, scale_bar};
use super::{brush, words};
use crate::trajectory::CellShape;

/// A cell at one moment. Lengths are in µm, areas in µm², volumes in µm³.
#[derive(Clone, Debug, PartialEq)]
pub struct CellFrame {
    /// Of which run it is, where a strip shows several; else empty.
    pub label: String,
    /// When, with the unit, e.g. `1.86 s`.
    pub time: String,
    /// What it is then, in a word or two, e.g. `plasmolysed`; may be empty.
    pub state: String,
    /// What it is drawn as.
    pub shape: CellShape,
    /// Volume of what the plasma membrane encloses.
    pub volume: f64,
    /// Area of the plasma membrane; that of the sphere if not given.
    pub area: Option<f64>,
    /// Volume inside the slack wall.
    pub wall: Option<f64>,
    /// Volume of the contractile vacuole.
    pub vacuole: Option<f64>,
    /// Vesicles inside.
    pub vesicles: Option<Vesicles>,
    /// How concentrated it is inside: 0 for pure water, 1 for the most concentrated of all frames.
    pub inside: Option<f64>,
    /// The same outside.
    pub outside: Option<f64>,
    /// Flow of water inward, relative to the strongest of the run; 0 where none is worth an arrow.
    pub flow: Option<f64>,
    /// True once the membrane has burst.
    pub open: bool,
    /// What is said below it, a line each.
    pub lines: Vec<String>,
    /// Half of the width and height of the room that all frames need: what makes them one scale.
    pub reach: (f64, f64),
}

/// Vesicles as they are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vesicles {
    /// How many are drawn inside.
    pub count: usize,
    /// Diameter of one as it is drawn.
    pub diameter: f64,
    /// How many are drawn fusing with the membrane.
    pub fusing: usize,
    /// How many are drawn as pits.
    pub retrieving: usize,
}

/// Least distance of the heads of two arrows that point at each other, in lengths of a head.
const HEADS_APART: f64 = 1.0;

/// Most vesicles of a frame.
pub(super) const MOST_VESICLES: usize = 60;

/// A place in the picture.
struct Camera {
    middle: Point,
    /// Pixels per micrometre.
    scale: f64,
}

impl Camera {
    fn at(&self, p: (f64, f64)) -> Point {
        let far = |v: f64| (v * self.scale).clamp(-1e6, 1e6);
        (self.middle.0 + far(p.0), self.middle.1 - far(p.1))
    }

    fn all(&self, outline: &[(f64, f64)]) -> Vec<Point> {
        outline.iter().map(|p| self.at(*p)).collect()
    }
}

impl CellFrame {
    /// Width over height of the room.
    pub(super) fn ratio(&self) -> f64 {
        let ratio = self.reach.0 / self.reach.1;
        match ratio.is_finite() && ratio > 0.0 {
            true => ratio.clamp(0.1, 10.0),
            false => 1.0,
        }
    }

    /// Pixels per micrometre in a box of that width.
    pub(super) fn scale(&self, width: f64) -> f64 {
        width / (2.0 * self.reach.0)
    }

    /// Draws it into a box whose sides are as [`CellFrame::ratio`] says.
    pub(super) fn draw(&self, sheet: &mut Sheet, room: Frame) {
        let t = sheet.size.text;
        let bath = brush::solution(self.outside.unwrap_or(0.15));
        sheet.shapes.push(Shape::Cells {
            boxes: vec![[room.left, room.top, room.right, room.bottom]],
            color: bath,
        });
        let camera = Camera {
            middle: (
                (room.left + room.right) / 2.0,
                (room.top + room.bottom) / 2.0,
            ),
            scale: self.scale(room.right - room.left),
        };
        let body = Body::of(self).filter(|_| camera.scale.is_finite());
        let Some(body) = body else {
            let at = (camera.middle.0, camera.middle.1 + 0.3 * t);
            sheet.text(at, "no value", 0.85 * t, SOFT, Anchor::Middle);
            return;
        };
        let line = self.line(t, &camera);
        if let Some(wall) = &body.wall {
            // The wall lies outside of what it encloses; between it and the protoplast is the bath.
            let wall = camera.all(wall);
            brush::closed(sheet, &wall, brush::wall(), 3.4 * line);
            brush::filled(sheet, wall, bath);
        }
        let content = brush::solution(self.inside.unwrap_or(0.45));
        let membrane = camera.all(&body.membrane);
        brush::filled(sheet, membrane.clone(), content);
        if self.open {
            self.burst(sheet, &camera, &body, line);
        } else {
            brush::closed(sheet, &membrane, brush::membrane(), line);
        }
        self.inner_vacuole(sheet, &camera, &body, line);
        self.vesicles(sheet, &camera, &body, (bath, line));
        self.arrows(sheet, &camera, &body);
    }

    /// Width of a membrane \[px\]: thin against the cell, and seen in any case.
    fn line(&self, t: f64, camera: &Camera) -> f64 {
        (0.13 * t).min(0.05 * self.reach.0 * camera.scale).max(0.6)
    }

    /// The membrane with a hole at its right, through which the content runs out.
    fn burst(&self, sheet: &mut Sheet, camera: &Camera, body: &Body, line: f64) {
        const HALF_HOLE: f64 = 0.3;
        let outline = &body.membrane;
        let in_hole = |p: &(f64, f64)| p.1.atan2(p.0).abs() < HALF_HOLE;
        // From behind the hole all the way round.
        let first = (0..outline.len()).find(|i| {
            let before = (i + outline.len() - 1) % outline.len();
            in_hole(&outline[before]) && !in_hole(&outline[*i])
        });
        if let Some(first) = first {
            let around = (0..outline.len()).map(|i| outline[(first + i) % outline.len()]);
            let rest: Vec<(f64, f64)> = around.take_while(|p| !in_hole(p)).collect();
            if rest.len() > 1 {
                sheet.path(camera.all(&rest), brush::membrane(), line, &[]);
            }
        }
        let edge = outline.iter().filter(|p| in_hole(p)).map(|p| p.0);
        let edge = edge.fold(0.0, f64::max);
        let free = self.reach.0 - edge;
        // Three steps away from the hole, ever smaller.
        for (step, size) in [(0.2, 0.06), (0.5, 0.045), (0.78, 0.03)] {
            for side in [-1.0, 0.0, 1.0] {
                let x = edge + step * free;
                let y = side * (0.12 + 0.5 * step) * 0.45 * body.half.0;
                sheet.shapes.push(Shape::Dot {
                    at: camera.at((x, y)),
                    radius: (size * body.half.0 * camera.scale).max(0.3),
                    color: brush::spilt(),
                });
            }
        }
    }

    fn inner_vacuole(&self, sheet: &mut Sheet, camera: &Camera, body: &Body, line: f64) {
        let Some(volume) = self.vacuole.filter(|v| *v > 0.0 && v.is_finite()) else {
            return;
        };
        let around = body.half.0.min(body.half.1);
        let radius = super::round::radius(volume).min(0.9 * around);
        // Near the membrane to which it will open, clear of the arrows.
        let away = (0.84 * around - radius).max(0.0);
        let middle = (0.8 * away, -0.6 * away);
        let outline = camera.all(&circle(middle, radius));
        brush::filled(sheet, outline.clone(), brush::vacuole());
        brush::closed(sheet, &outline, brush::membrane(), 0.8 * line);
    }

    fn vesicles(
        &self,
        sheet: &mut Sheet,
        camera: &Camera,
        body: &Body,
        (bath, line): ((u8, u8, u8), f64),
    ) {
        let Some(vesicles) = self.vesicles else {
            return;
        };
        let d = vesicles.diameter;
        if !d.is_finite() || d <= 0.0 {
            return;
        }
        let radius = d / 2.0 * camera.scale;
        let count = vesicles.count.min(MOST_VESICLES);
        let at: Vec<Point> = places(&body.free, d, count)
            .into_iter()
            .map(|p| camera.at(p))
            .collect();
        if !at.is_empty() {
            let line = (0.7 * line).min(0.4 * radius);
            sheet.shapes.push(Shape::Dots {
                at: at.clone(),
                radius,
                color: brush::membrane(),
            });
            sheet.shapes.push(Shape::Dots {
                at,
                radius: (radius - line).max(0.1),
                color: brush::lumen(),
            });
        }
        let kinds = [(vesicles.fusing, 0.8, 0.1), (vesicles.retrieving, 0.3, 0.6)];
        for (n, depth, shift) in kinds {
            for (middle, inward) in along(&body.smooth, n.min(6), shift) {
                omega(
                    sheet,
                    camera,
                    (middle, inward),
                    (d / 2.0, depth),
                    (bath, line),
                );
            }
        }
    }

    /// Arrows of water across the membrane, above and below; in a thin cell left above and right below.
    fn arrows(&self, sheet: &mut Sheet, camera: &Camera, body: &Body) {
        let flow = self.flow.filter(|f| f.is_finite() && *f != 0.0);
        let Some(flow) = flow else { return };
        let strength = flow.abs().min(1.0).sqrt();
        let length = ROOM_OF_ARROW * self.widest() * (0.6 + 0.9 * strength);
        let width = (0.1 + 0.16 * strength) * sheet.size.text;
        // How far into the cell each goes.
        let inner = |top: f64| top - (0.38 * length).min(0.7 * top);
        let mut top = body.top();
        let mut aside = 0.0;
        if 2.0 * inner(top) * camera.scale < HEADS_APART * brush::HEAD * width {
            // In a thin cell the two would meet: each goes where it is thickest, on a side of its own.
            (aside, top) = body.thickest();
            aside = aside.max(0.3 * body.half.0);
        }
        let inner = inner(top);
        let outer = (inner + length).min(self.reach.1.max(inner));
        for side in [1.0, -1.0] {
            let (far, near) = (
                camera.at((-side * aside, side * outer)),
                camera.at((-side * aside, side * inner)),
            );
            match flow > 0.0 {
                true => brush::arrow(sheet, far, near, width, INK),
                false => brush::arrow(sheet, near, far, width, INK),
            }
        }
    }

    /// Half of the width of the widest cell.
    fn widest(&self) -> f64 {
        self.reach.0 / ROOM_AROUND
    }

    /// One frame with its words and its scale, as a scene.
    pub fn layout(&self, size: Size) -> Scene {
        let mut sheet = Sheet {
            size,
            shapes: Vec::new(),
        };
        let t = size.text;
        let small = 0.86 * t;
        let room = size.width - t;
        let head = [
            (&self.time, Weight::Bold, INK),
            (&self.state, Weight::Regular, SOFT),
        ];
        let mut y = 0.3 * t;
        for (text, weight, color) in head {
            if let Some(text) = wrap(text, room, t, weight, 1).first() {
                y += 1.2 * t;
                sheet.words(
                    (size.width / 2.0, y),
                    text,
                    t,
                    color,
                    Anchor::Middle,
                    weight,
                );
            }
        }
        let foot = 1.25 * small * self.lines.len() as f64 + 2.4 * t;
        let high = (size.height - y - 0.5 * t - foot).max(t);
        let wide = room.min(high * self.ratio());
        let high = wide / self.ratio();
        let left = snap((size.width - wide) / 2.0);
        let top = snap(y + 0.5 * t);
        let frame = Frame {
            left,
            right: left + wide,
            top,
            bottom: top + high,
        };
        self.draw(&mut sheet, frame);
        let mut y = frame.bottom + 0.3 * t;
        for line in &self.lines {
            y += 1.25 * small;
            let text = wrap(line, room, small, Weight::Regular, 1);
            let text = text.first().map_or("", String::as_str);
            sheet.text((size.width / 2.0, y), text, small, SOFT, Anchor::Middle);
        }
        let scale = self.scale(wide);
        if let Some(length) = bar_length(0.45 * wide / scale) {
            scale_bar(&mut sheet, (left, y + 1.5 * t), length, scale);
        }
        Scene {
            width: size.width,
            height: size.height,
            shapes: sheet.shapes,
        }
    }
}

/// Room beside the widest cell, as a factor, and above the highest, in half widths of the widest.
pub(super) const ROOM_AROUND: f64 = 1.16;
pub(super) const ROOM_OF_ARROW: f64 = 0.34;

/// A vesicle that is open to the outside: a circle that the membrane cuts, `depth` radii away from its middle.
fn omega(
    sheet: &mut Sheet,
    camera: &Camera,
    (at, inward): ((f64, f64), (f64, f64)),
    (radius, depth): (f64, f64),
    (bath, line): ((u8, u8, u8), f64),
) {
    let middle = (
        at.0 + depth * radius * inward.0,
        at.1 + depth * radius * inward.1,
    );
    let outward = (-inward.1).atan2(-inward.0);
    let half_open = depth.acos();
    let point = |angle: f64| {
        let (sin, cos) = angle.sin_cos();
        (middle.0 + radius * cos, middle.1 + radius * sin)
    };
    let steps = 28;
    let span = std::f64::consts::TAU - 2.0 * half_open;
    let arc = |i: usize| point(outward + half_open + span * i as f64 / steps as f64);
    let arc: Vec<(f64, f64)> = (0..=steps).map(arc).collect();
    let arc = camera.all(&arc);
    brush::filled(sheet, arc.clone(), bath);
    // The neck: no membrane across it.
    if let (Some(a), Some(b)) = (arc.first().copied(), arc.last().copied()) {
        sheet.line(a, b, bath, 1.8 * line, &[]);
    }
    sheet.path(arc, brush::membrane(), line, &[]);
}

/// One frame as a small SVG document, e.g. for a page that shows a moment of a run.
///
/// # Errors
/// For a size without sense.
pub fn cell_svg(frame: &CellFrame, size: Size, theme: Theme) -> Result<String, ChartError> {
    size.check()?;
    let title = match frame.state.as_str() {
        "" => format!("The cell at {}", frame.time),
        state => format!("The cell at {}: {state}", frame.time),
    };
    let words = (&*title, &*words::frame(frame));
    scene_svg(&frame.layout(size), size, theme, words)
}

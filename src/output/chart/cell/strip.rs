//! Several moments of a cell side by side, all at one scale.

use super::super::Size;
use super::super::font::{self, Weight, wrap};
use super::super::layout::{MARGIN, head, snap};
use super::super::numbers::short;
use super::super::palette::{FAINT, INK, SOFT};
use super::super::panel::Frame;
use super::super::scene::{Anchor, Scene, Shape, Sheet};
use super::super::thin::Point;
use super::frame::CellFrame;
use super::moments::Moments;
use super::{brush, words};
use crate::trajectory::figure::{CellsData, CellsRun};
use crate::trajectory::{CellShape, EventRecord, PictureData};

/// Least width of a frame, and the gap between two, in text sizes.
const NARROWEST: f64 = 7.6;
const GAP: f64 = 0.6;
/// Least height of a frame beside other figures, in text sizes: all of a cell can be told apart.
const LOWEST: f64 = 7.0;
/// Size of the words at a frame, relative to the text.
const SMALL: f64 = 0.86;
/// Height of a line of these, in their size.
const LINE: f64 = 1.28;
/// Lines for the name of a run, and for that of a state or event.
const NAME_LINES: usize = 2;
/// Room of a sign of the key, in text sizes, and lines of its words.
const SIGN: f64 = 1.5;
const KEY_LINES: usize = 3;
/// Height of a line of the former, in text sizes.
const HEAD_LINE: f64 = 1.25;

/// A cell at several times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellStrip {
    /// The message, or what is shown.
    pub title: String,
    /// Conditions, smaller; may be empty.
    pub subtitle: String,
    /// In order of time, run after run; of one reach.
    pub frames: Vec<CellFrame>,
    /// How many frames one run has, where there are several: they stay together.
    pub of_run: usize,
    /// For those who can't see it; if empty, one is written from the data.
    pub description: String,
}

impl CellStrip {
    /// The moments of a run that tell most: the start, events, the end, and between them what changes.
    pub fn of(data: &PictureData, events: &[EventRecord]) -> CellStrip {
        let run = CellsRun {
            label: String::new(),
            picture: data.clone(),
            events: events.to_vec(),
            rows: data.telling(events),
        };
        CellStrip {
            title: data.title.clone(),
            ..CellStrip::of_runs(&CellsData { runs: vec![run] })
        }
    }

    /// Chosen moments of one run or of several, all to one scale; without a title.
    pub fn of_runs(data: &CellsData) -> CellStrip {
        let runs = data.runs.iter();
        let mut moments: Vec<Moments> = runs
            .map(|run| {
                let mut moments = Moments::new(&run.picture, &run.events);
                moments.reach(&run.rows);
                moments
            })
            .collect();
        if moments.len() > 1 {
            Moments::share(&mut moments);
        }
        let mut notes = vec!["Sections to scale"];
        let mut frames = Vec::new();
        for (run, moments) in data.runs.iter().zip(&moments) {
            let note = run.picture.note.as_str();
            if !note.is_empty() && !notes.contains(&note) {
                notes.push(note);
            }
            frames.extend(run.rows.iter().map(|row| CellFrame {
                label: run.label.clone(),
                ..moments.frame(*row)
            }));
        }
        CellStrip {
            subtitle: notes.join("; "),
            frames,
            of_run: data.runs.iter().map(|r| r.rows.len()).max().unwrap_or(0),
            ..CellStrip::default()
        }
    }

    pub(in super::super) fn describe(&self) -> String {
        words::strip(self)
    }

    /// Height that it takes at a width \[px\].
    pub(in super::super) fn height(&self, size: Size) -> f64 {
        self.height_of(size, &Plan::new(self, size, f64::INFINITY))
    }

    /// The same with cells as small as they may be beside other figures.
    pub(in super::super) fn least_height(&self, size: Size) -> f64 {
        let natural = Plan::new(self, size, f64::INFINITY);
        let less = (natural.high - LOWEST * size.text).max(0.0);
        let height = natural.height() - natural.rows as f64 * less;
        self.height_of(size, &Plan::new(self, size, height))
    }

    fn height_of(&self, size: Size, plan: &Plan) -> f64 {
        let mut sheet = Sheet {
            // A title has at most a part of the height, and all that it needs where that follows from it.
            size: Size {
                height: size.height.max(size.width),
                ..size
            },
            shapes: Vec::new(),
        };
        let top = head(&mut sheet, &self.title, &self.subtitle);
        top + plan.height() + self.foot(&mut sheet, 0.0, plan)
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

    /// Draws frames and key below `top`.
    pub(in super::super) fn draw(&self, sheet: &mut Sheet, top: f64) {
        let size = sheet.size;
        let t = size.text;
        if self.frames.is_empty() {
            let at = (size.width / 2.0, (top + size.height) / 2.0);
            sheet.text(at, "nothing to draw", t, FAINT, Anchor::Middle);
            return;
        }
        let mut probe = Sheet {
            size,
            shapes: Vec::new(),
        };
        let mut plan = Plan::new(self, size, f64::INFINITY);
        let mut foot = 0.0;
        // Where smaller cells move together, the key has less room, may need more lines, and leaves less to the cells.
        for _ in 0..3 {
            foot = self.foot(&mut probe, 0.0, &plan);
            plan = Plan::new(self, size, size.height - top - foot);
        }
        let free = size.height - top - foot - plan.height();
        let mut y = top + (0.4 * free).max(0.0);
        for row in self.rows(plan.columns) {
            self.row(sheet, row, y, &plan);
            y += plan.row + GAP * t;
        }
        self.foot(sheet, y - GAP * t, &plan);
    }

    /// Frames that stand side by side.
    fn rows(&self, columns: usize) -> Vec<&[CellFrame]> {
        match self.of_run > columns {
            true => (self.frames.chunks(self.of_run))
                .flat_map(|run| run.chunks(columns))
                .collect(),
            false => self.frames.chunks(columns).collect(),
        }
    }

    /// As many frames side by side as leave no row nearly empty and part no run that has room in one.
    fn columns(&self, most: usize) -> usize {
        let even =
            |things: usize, most: usize| things.div_ceil(things.div_ceil(most.max(1)).max(1));
        match self.of_run.max(1) {
            each if each <= most => each * even(self.frames.len().div_ceil(each), most / each),
            each => even(each, most),
        }
        .max(1)
    }

    fn row(&self, sheet: &mut Sheet, frames: &[CellFrame], top: f64, plan: &Plan) {
        let t = sheet.size.text;
        let small = SMALL * t;
        for (i, frame) in frames.iter().enumerate() {
            let room = plan.frame(i, top);
            let middle = (room.left + room.right) / 2.0;
            let wide = plan.step - 0.6 * plan.gap;
            let mut y = top + (1.05 - HEAD_LINE) * t;
            let (head, below) = words::head(frame);
            for line in wrap(&head, head_room(wide, t), t, Weight::Bold, NAME_LINES) {
                y += HEAD_LINE * t;
                sheet.words((middle, y), &line, t, INK, Anchor::Middle, Weight::Bold);
            }
            for line in wrap(&below, wide, small, Weight::Regular, NAME_LINES) {
                y += LINE * small;
                sheet.text((middle, y), &line, small, INK, Anchor::Middle);
            }
            frame.draw(sheet, room);
            let mut y = room.bottom + 0.25 * t;
            for (n, line) in frame.lines.iter().enumerate() {
                y += LINE * small;
                let color = if n == 0 { INK } else { SOFT };
                let line = fitted(line, wide, small, Weight::Regular);
                sheet.text((middle, y), &line, small, color, Anchor::Middle);
            }
        }
    }

    /// The scale bar and what the colours are, below `top`; gives the height that it takes.
    fn foot(&self, sheet: &mut Sheet, top: f64, plan: &Plan) -> f64 {
        let t = sheet.size.text;
        let small = SMALL * t;
        let mut y = top + 1.6 * t;
        let right = sheet.size.width - MARGIN * t;
        let key = self.key();
        // Where an entry has no room from the first frame on, the key begins further left.
        let widest = key
            .iter()
            .map(|(_, text)| SIGN * t + font::width(text, small, Weight::Regular));
        let widest = widest.fold(0.0, f64::max);
        let start = plan.left.min((right - widest).max(MARGIN * t));
        let mut x = start;
        let scale = self.frames.first().map_or(f64::NAN, |f| f.scale(plan.wide));
        if let Some(length) = bar_length(0.8 * plan.wide / scale) {
            x += scale_bar(sheet, (x, y), length, scale) + 1.4 * t;
        }
        for (sign, text) in key {
            let wide = SIGN * t + font::width(&text, small, Weight::Regular);
            if x + wide > right + 0.01 && x > start {
                (x, y) = (start, y + 1.4 * t);
            }
            sign.draw(sheet, (x, y - 0.3 * small), t);
            let lines = wrap(
                &text,
                right + 0.01 - x - SIGN * t,
                small,
                Weight::Regular,
                KEY_LINES,
            );
            for (i, line) in lines.iter().enumerate() {
                y += if i > 0 { LINE * small } else { 0.0 };
                sheet.text((x + SIGN * t, y), line, small, SOFT, Anchor::Start);
            }
            x += wide + 1.2 * t;
        }
        y + 0.7 * t - top
    }

    /// What there is to be explained.
    fn key(&self) -> Vec<(Sign, String)> {
        let mut key = vec![(Sign::Membrane, "plasma membrane".to_string())];
        let any = |f: &dyn Fn(&CellFrame) -> bool| self.frames.iter().any(f);
        if any(&|f| matches!(f.shape, CellShape::Box { .. })) {
            key.push((Sign::Wall, "wall".to_string()));
        }
        let vesicles = self.frames.iter().filter_map(|f| f.vesicles);
        if let Some(v) = vesicles.max_by_key(|v| v.count).filter(|v| v.count > 0) {
            let area = std::f64::consts::PI * v.diameter * v.diameter;
            let area = super::moments::quantity(area, "µm²");
            key.push((Sign::Vesicle, format!("vesicles: {area} of membrane each")));
        }
        if any(&|f| f.vacuole.is_some_and(|v| v > 0.0)) {
            key.push((Sign::Vacuole, "contractile vacuole".to_string()));
        }
        let flowing = |f: &CellFrame| f.flow.is_some_and(|flow| flow.is_finite() && flow != 0.0);
        if any(&flowing) {
            key.push((Sign::Flow, "longer arrow: faster flow of water".to_string()));
        }
        if any(&|f| f.inside.is_some() || f.outside.is_some()) {
            key.push((Sign::Bluer, "deeper shade: more concentrated".to_string()));
        }
        key
    }
}

/// Room for what stands above a frame: two side by side are not read as one line.
fn head_room(wide: f64, t: f64) -> f64 {
    wide - GAP * t
}

fn fitted(text: &str, room: f64, size: f64, weight: Weight) -> String {
    wrap(text, room, size, weight, 1)
        .into_iter()
        .next()
        .unwrap_or_default()
}

/// Where frames go.
struct Plan {
    columns: usize,
    rows: usize,
    left: f64,
    /// Width of a frame, and the way from one to the next \[px\].
    wide: f64,
    step: f64,
    /// Height of the words above, and of a whole row.
    head: f64,
    row: f64,
    high: f64,
    gap: f64,
}

impl Plan {
    /// For a strip in that width and height.
    fn new(strip: &CellStrip, size: Size, height: f64) -> Plan {
        let t = size.text;
        let (gap, small) = (GAP * t, SMALL * t);
        let n = strip.frames.len().max(1);
        let width = (size.width - 2.0 * MARGIN * t).max(t);
        let most = (((width + gap) / (NARROWEST * t + gap)).floor() as usize).clamp(1, n);
        let columns = strip.columns(most);
        let rows = strip.rows(columns).len().max(1);
        let step = (width + gap) / columns as f64;
        // Frames that are narrower than their places move together, so far.
        let close = 1.35 * NARROWEST * t + gap;
        let room = step.min(close) - 0.6 * gap;
        let most = |lines: &dyn Fn(&CellFrame) -> usize| {
            strip.frames.iter().map(lines).max().unwrap_or(0) as f64
        };
        let heads = most(&|f| {
            let (head, room) = (words::head(f).0, head_room(room, t));
            wrap(&head, room, t, Weight::Bold, NAME_LINES).len()
        });
        let names = most(&|f| {
            let below = words::head(f).1;
            wrap(&below, room, small, Weight::Regular, NAME_LINES).len()
        });
        let lines = most(&|f| f.lines.len());
        let head = (0.15 + HEAD_LINE * heads.max(1.0)) * t + names * LINE * small + 0.2 * t;
        let foot = 0.5 * t + lines * LINE * small;
        let ratio = strip.frames.first().map_or(1.0, CellFrame::ratio);
        let each = (height - (rows - 1) as f64 * gap) / rows as f64;
        let high = ((step - gap) / ratio).min((each - head - foot).max(t));
        // A cell that is alone need not be as large as the page.
        let high = high.min(22.0 * t);
        let wide = high * ratio;
        let step = step.min((wide + gap).max(close));
        let all = step * columns as f64 - gap;
        Plan {
            columns,
            rows,
            left: (size.width - all) / 2.0 + ((step - gap - wide) / 2.0).max(0.0),
            wide,
            step,
            head,
            row: head + high + foot,
            high,
            gap,
        }
    }

    fn height(&self) -> f64 {
        self.rows as f64 * (self.row + self.gap) - self.gap
    }

    fn frame(&self, column: usize, top: f64) -> Frame {
        let left = snap(self.left + column as f64 * self.step);
        let top = snap(top + self.head);
        Frame {
            left,
            right: left + self.wide,
            top,
            bottom: top + self.high,
        }
    }
}

/// A round length that is not longer than `most`.
pub(super) fn bar_length(most: f64) -> Option<f64> {
    if !(1e-9..1e9).contains(&most) {
        return None;
    }
    let power = 10_f64.powf(most.log10().floor());
    let parts = [5.0, 2.0, 1.0].map(|part| part * power);
    parts.into_iter().find(|length| *length <= most)
}

/// A bar with its length in words; gives the width of all of it.
pub(super) fn scale_bar(sheet: &mut Sheet, at: Point, length: f64, scale: f64) -> f64 {
    let t = sheet.size.text;
    let wide = length * scale;
    let (unit, shown) = match length {
        l if l < 1.0 => ("nm", 1e3 * l),
        l if l >= 1e3 => ("mm", 1e-3 * l),
        l => ("µm", l),
    };
    let y = at.1 - 0.3 * SMALL * t;
    sheet.line((at.0, y), (at.0 + wide, y), INK, 0.2 * t, &[]);
    let text = format!("{} {unit}", short(shown));
    let small = SMALL * t;
    sheet.text(
        (at.0 + wide + 0.4 * t, at.1),
        &text,
        small,
        INK,
        Anchor::Start,
    );
    wide + 0.4 * t + font::width(&text, small, Weight::Regular)
}

/// A sign of the key.
enum Sign {
    Membrane,
    Wall,
    Vesicle,
    Vacuole,
    Flow,
    Bluer,
}

impl Sign {
    fn draw(&self, sheet: &mut Sheet, at: Point, t: f64) {
        let (left, right) = ((at.0, at.1), (at.0 + 1.1 * t, at.1));
        let middle = (at.0 + 0.55 * t, at.1);
        let ring = |sheet: &mut Sheet, radius: f64, inside| {
            for (radius, color) in [(radius, brush::membrane()), (0.72 * radius, inside)] {
                let at = middle;
                sheet.shapes.push(Shape::Dot { at, radius, color });
            }
        };
        match self {
            Sign::Membrane => sheet.line(left, right, brush::membrane(), 0.14 * t, &[]),
            Sign::Wall => sheet.line(left, right, brush::wall(), 0.3 * t, &[]),
            Sign::Vesicle => ring(sheet, 0.4 * t, brush::lumen()),
            Sign::Vacuole => ring(sheet, 0.42 * t, brush::vacuole()),
            Sign::Flow => brush::arrow(sheet, left, right, 0.2 * t, INK),
            Sign::Bluer => {
                for step in 0..3 {
                    let x = at.0 + 0.37 * t * f64::from(step);
                    sheet.shapes.push(Shape::Cells {
                        boxes: vec![[x, at.1 - 0.42 * t, x + 0.37 * t, at.1 + 0.42 * t]],
                        color: brush::solution(f64::from(step) / 2.0),
                    });
                }
            }
        }
    }
}

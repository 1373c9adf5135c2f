//! Words in a plot: notes at places, and the names of curves and levels where the margin has none. They are put near
//! what they belong to, clear of curves and of each other.

use super::font::{self, Weight, wrap};
use super::notes::{Of, beyond, off_scale};
use super::palette::{self, FAINT, GRID, INK, PAPER, Rgb, SOFT};
use super::panel::{Frame, PanelPlan};
use super::scene::{Anchor, Shape, Sheet};
use super::thin::{Point, from_line};
use super::ticks::Scale;
use super::vertical::on_right;
use super::{Note, Panel, compared, zones};

/// Left, top, right and bottom.
type Edges = [f64; 4];

/// Words that want a place.
struct Wanted {
    /// Where they may point to, the best first.
    anchors: Vec<Point>,
    lines: Vec<String>,
    size: f64,
    weight: Weight,
    color: Rgb,
    /// Of the line that leads to them.
    leader: Rgb,
    /// The curve that they name.
    own: Vec<Vec<Point>>,
}

/// Draws the notes of a panel, and with an axis at the right all names. `drawn` are the visible pieces of its curves.
pub(super) fn annotate(
    sheet: &mut Sheet,
    panel: &Panel,
    plan: &PanelPlan,
    frame: Frame,
    x: &Scale,
    drawn: &[Vec<Vec<Point>>],
    colors: &[usize],
) {
    let mut wanted = Vec::new();
    if let Some(y) = &plan.y {
        wanted.extend(notes(sheet, panel, frame, (x, y), colors));
    }
    if panel.right.is_some() {
        wanted.extend(names(sheet, panel, plan, frame, drawn, colors));
    }
    if wanted.is_empty() {
        return;
    }
    let mut taken = Taken::of(sheet, frame);
    for words in wanted {
        if let Some(place) = taken.place(&words, sheet.size.text) {
            taken.texts.push(place.around);
            // Words that come later keep clear of the line, too.
            taken.segments.extend(place.leader);
            draw(sheet, &words, &place);
        }
    }
}

/// A curve that ends that far from the margin has its name at its end, if there is room, in text sizes: a line to the margin
/// would look like more of it.
const FAR_FROM_MARGIN: f64 = 3.0;
/// A place that is worse has no room.
const GOOD: f64 = 3.5;

/// From a place on a curve where its name may stand to all others, in text sizes.
const APART: f64 = 1.5;

/// Places on a curve that are on no other one.
fn apart(drawn: &[Vec<Vec<Point>>], i: usize, t: f64) -> impl Iterator<Item = Point> {
    let others = drawn.iter().enumerate().filter(move |(j, _)| *j != i);
    let others = others.flat_map(|(_, pieces)| pieces.iter().flat_map(|piece| piece.windows(2)));
    let clear = move |at: &Point| {
        let mut others = others.clone();
        others.all(|pair| from_line(*at, pair[0], pair[1]) > APART * t)
    };
    places(&drawn[i]).into_iter().filter(clear)
}

/// Draws names at curves that end far from the margin: at their ends, or where else they are alone; gives those that have
/// got one.
pub(super) fn name_ends(
    sheet: &mut Sheet,
    panel: &Panel,
    plan: &PanelPlan,
    frame: Frame,
    ends: &[Option<Point>],
    drawn: &[Vec<Vec<Point>>],
    colors: &[usize],
) -> Vec<usize> {
    let t = sheet.size.text;
    let mut named = Vec::new();
    let mut taken: Option<Taken> = None;
    for note in &plan.notes {
        let Of::Series(i) = note.of else { continue };
        let far = |at: &Point| frame.right - at.0 > FAR_FROM_MARGIN * t;
        let Some(at) = ends[i].filter(far) else {
            continue;
        };
        let color = compared::stroke(&panel.series[i], colors[i]);
        let words = Wanted {
            anchors: std::iter::once(at).chain(apart(drawn, i, t)).collect(),
            lines: vec![note.lines.join(" ")],
            size: plan.note_size,
            weight: note.weight,
            color: color.text,
            leader: color.line,
            own: drawn[i].clone(),
        };
        let taken = taken.get_or_insert_with(|| Taken::of(sheet, frame));
        if let Some((cost, place)) = taken.best(&words, t)
            && cost < GOOD
            && place.leader.is_none()
        {
            draw(sheet, &words, &place);
            named.push(i);
            // Names side by side are not read as one.
            let [left, top, right, bottom] = place.around;
            taken
                .texts
                .push([left - 0.5 * t, top, right + 0.5 * t, bottom]);
        }
    }
    named
}

/// The notes of a panel. Dots of one name, which are events, are all drawn, and named once.
fn notes(
    sheet: &mut Sheet,
    panel: &Panel,
    frame: Frame,
    (x, y): (&Scale, &Scale),
    colors: &[usize],
) -> Vec<Wanted> {
    let t = sheet.size.text;
    let mut out: Vec<Wanted> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    let color = |note: &Note| {
        let like = note.like.and_then(|i| colors.get(i));
        like.map(|color| palette::color(*color))
    };
    for note in &panel.notes {
        let (ax, ay) = (x.at(note.x), y.at(note.y));
        let inside = |at: f64| (-1e-9..=1.0 + 1e-9).contains(&at);
        if !inside(ax) || !inside(ay) {
            continue;
        }
        let at = (frame.x(ax), frame.y(ay));
        if note.dot {
            let own = color(note).map_or(INK, |stroke| stroke.line);
            for (radius, color) in [(0.33 * t, PAPER), (0.25 * t, own)] {
                sheet.shapes.push(Shape::Dot { at, radius, color });
            }
        }
        if note.text.trim().is_empty() || (note.dot && seen.contains(&&*note.text)) {
            continue;
        }
        seen.push(&note.text);
        let same = |other: &&Note| other.dot && note.dot && other.text == note.text;
        let same = || panel.notes.iter().filter(same);
        // What several curves do once each has happened once.
        let times = same().filter(|other| other.like == note.like).count();
        let color = match same().all(|other| other.like == note.like) {
            true => color(note),
            false => None,
        };
        let text = match times {
            0 | 1 => note.text.clone(),
            n => format!("{} ({n}×)", note.text),
        };
        let room = 0.42 * (frame.right - frame.left);
        let size = 0.92 * t;
        out.push(Wanted {
            anchors: vec![at],
            lines: wrap(&text, room, size, Weight::Regular, 3),
            size,
            weight: Weight::Regular,
            color: color.map_or(INK, |stroke| stroke.text),
            leader: color.map_or(SOFT, |stroke| stroke.line),
            own: Vec::new(),
        });
    }
    out
}

/// The names of curves, levels and zones of a panel with two axes; an arrow says on which of them a curve is read.
fn names(
    sheet: &Sheet,
    panel: &Panel,
    plan: &PanelPlan,
    frame: Frame,
    drawn: &[Vec<Vec<Point>>],
    colors: &[usize],
) -> Vec<Wanted> {
    let t = sheet.size.text;
    let room = 0.42 * (frame.right - frame.left);
    let make = |anchors: Vec<Point>, text: &str, weight: Weight, color: palette::Stroke| {
        let size = 0.95 * t;
        (!anchors.is_empty() && !text.is_empty()).then(|| Wanted {
            anchors,
            lines: wrap(text, room, size, weight, 2),
            size,
            weight,
            color: color.text,
            leader: color.line,
            own: Vec::new(),
        })
    };
    let mut out = Vec::new();
    for (i, series) in panel.series.iter().enumerate() {
        let right = on_right(panel, series);
        let (axis, scale) = match (&panel.right, right) {
            (Some(axis), true) => (axis, &plan.right),
            _ => (&panel.y, &plan.y),
        };
        let name = match series.label.as_str() {
            "" => &axis.label,
            own => own,
        };
        let arrow = |text: &str| match right {
            true => format!("{text} →"),
            false => format!("← {text}"),
        };
        let far = scale.as_ref().and_then(|y| Some((beyond(series, y)?, y)));
        let (anchors, text) = match far {
            Some((value, y)) => {
                let at = if y.at(value) > 1.0 {
                    frame.top
                } else {
                    frame.bottom
                };
                let text = format!("{name} {}", off_scale(value, y.at(value)));
                (vec![(frame.x(0.8), at)], arrow(&text))
            }
            None => (places(&drawn[i]), arrow(name)),
        };
        let (weight, stroke) = (
            compared::weight(series),
            compared::stroke(series, colors[i]),
        );
        let named = make(anchors, &text, weight, stroke);
        out.extend(named.map(|words| Wanted {
            own: drawn[i].clone(),
            ..words
        }));
    }
    let Some(y) = &plan.y else { return out };
    let faint = palette::Stroke {
        line: FAINT,
        text: FAINT,
    };
    let along = |value: f64| {
        let at = frame.y(y.at(value).clamp(0.0, 1.0));
        [0.9, 0.1, 0.7, 0.3, 0.5]
            .map(|part| (frame.x(part), at))
            .to_vec()
    };
    for level in panel.thresholds.iter().filter(|l| !y.at(l.value).is_nan()) {
        let far = off_scale(level.value, y.at(level.value));
        let text = format!("{} {far}", level.label);
        out.extend(make(
            along(level.value),
            text.trim(),
            Weight::Regular,
            faint,
        ));
    }
    for zone in &panel.zones {
        let Some(value) = zones::value(zone, y) else {
            continue;
        };
        let far = off_scale(value, y.at(value));
        let text = format!("{} {far}", zone.label);
        let color = zones::stroke(zone, colors);
        out.extend(make(along(value), text.trim(), Weight::Regular, color));
    }
    out
}

/// Places on a curve that its name may stand at: towards the end first.
fn places(pieces: &[Vec<Point>]) -> Vec<Point> {
    let points: Vec<Point> = pieces.iter().flatten().copied().collect();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let nearest = |part: f64| {
        let x = first.0 + part * (last.0 - first.0);
        let distance = |p: &&Point| (p.0 - x).abs();
        points
            .iter()
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
    };
    let parts = [0.85, 0.7, 0.55, 0.95, 0.4, 0.25, 0.1];
    parts.into_iter().filter_map(nearest).copied().collect()
}

/// Where words go.
struct Place {
    around: Edges,
    /// From where to where the line goes that leads to them.
    leader: Option<(Point, Point)>,
}

/// What is in a plot already.
struct Taken {
    frame: Frame,
    segments: Vec<(Point, Point)>,
    /// Those of curves.
    curves: Vec<(Point, Point)>,
    texts: Vec<Edges>,
    dots: Vec<Point>,
}

impl Taken {
    fn of(sheet: &Sheet, frame: Frame) -> Taken {
        let plot = [frame.left, frame.top, frame.right, frame.bottom];
        let plot = [plot[0] - 1.0, plot[1] - 1.0, plot[2] + 1.0, plot[3] + 1.0];
        let mut taken = Taken {
            frame,
            segments: Vec::new(),
            curves: Vec::new(),
            texts: Vec::new(),
            dots: Vec::new(),
        };
        for shape in &sheet.shapes {
            match shape {
                // Words may stand on the grid, and next to the axes.
                Shape::Path { color, .. } if [GRID, SOFT].contains(color) => {}
                Shape::Path { points, color, .. } => {
                    let pairs = points.windows(2).map(|w| (w[0], w[1]));
                    let seen: Vec<_> = pairs.filter(|(a, b)| crosses(*a, *b, &plot)).collect();
                    // Levels have names of their own, and events stand at theirs.
                    if *color != FAINT {
                        taken.curves.extend(&seen);
                    }
                    taken.segments.extend(seen);
                }
                Shape::Dot { at, .. } if inside_box(at, &plot) => taken.dots.push(*at),
                _ => {}
            }
            if let Some(around) = shape.text_box() {
                taken.texts.push(around);
            }
        }
        taken
    }

    /// The best place for words; `None` if there is no free one.
    fn place(&self, words: &Wanted, t: f64) -> Option<Place> {
        self.best(words, t).map(|(_, place)| place)
    }

    /// The same, with how bad it is.
    fn best(&self, words: &Wanted, t: f64) -> Option<(f64, Place)> {
        let widths = words
            .lines
            .iter()
            .map(|l| font::width(l, words.size, words.weight));
        let half = (
            widths.fold(0.0, f64::max) / 2.0 + 0.2 * t,
            words.lines.len() as f64 * 1.15 * words.size / 2.0 + 0.1 * t,
        );
        let mut best: Option<(f64, Place)> = None;
        for (rank, anchor) in words.anchors.iter().enumerate() {
            for middle in around(*anchor, half, t) {
                let box_ = [
                    middle.0 - half.0,
                    middle.1 - half.1,
                    middle.0 + half.0,
                    middle.1 + half.1,
                ];
                let Some(cost) = self.cost(box_, *anchor, t) else {
                    continue;
                };
                // Rather above than below, and rather there than beside.
                let aside = 0.25 * (middle.0 - anchor.0).abs() / t;
                let below = if middle.1 > anchor.1 { 0.1 } else { 0.0 };
                let mut cost = cost + 0.35 * rank as f64 + aside + below;
                let is_best = |cost: f64| best.as_ref().is_none_or(|(least, _)| cost < *least);
                // What is dear to find out is asked of good places only.
                if is_best(cost) && self.is_nearer_to_another(words, &box_) {
                    cost += 4.0;
                }
                if is_best(cost) {
                    let place = Place {
                        around: box_,
                        leader: leader(box_, *anchor, t),
                    };
                    best = Some((cost, place));
                }
            }
        }
        best
    }

    /// Whether the words in a box would be taken for the name of another curve.
    fn is_nearer_to_another(&self, words: &Wanted, box_: &Edges) -> bool {
        let nearest = |curve: &mut dyn Iterator<Item = (Point, Point)>| {
            curve
                .map(|(a, b)| between_box_and_line(box_, a, b))
                .fold(f64::INFINITY, f64::min)
        };
        let own = words.own.iter().flat_map(|piece| piece.windows(2));
        let own = nearest(&mut own.map(|w| (w[0], w[1])));
        // Its own pieces are among all of them.
        own.is_finite() && nearest(&mut self.curves.iter().copied()) < own - 0.5
    }

    /// How bad a place is; `None` if it is taken by other words, or outside.
    fn cost(&self, box_: Edges, anchor: Point, t: f64) -> Option<f64> {
        let frame = &self.frame;
        let inside = box_[0] >= frame.left
            && box_[2] <= frame.right
            && box_[1] >= frame.top
            && box_[3] <= frame.bottom;
        if !inside || self.texts.iter().any(|other| overlap(&box_, other)) {
            return None;
        }
        let crossed = |s: &&(Point, Point)| crosses(s.0, s.1, &box_);
        let curves = self.segments.iter().filter(crossed).count().min(20) as f64;
        let covered = |p: &&Point| inside_box(p, &box_);
        let dots = self.dots.iter().filter(covered).count().min(20) as f64;
        let way = leader(box_, anchor, t);
        let over = way.map_or(0, |(from, to)| {
            let met = |s: &&(Point, Point)| meet(from, to, s.0, s.1);
            self.segments.iter().filter(met).count().min(10)
        });
        let through = way.map_or(0, |(from, to)| {
            let met = |b: &&Edges| crosses(from, to, b);
            self.texts.iter().filter(met).count()
        });
        let far = distance(&box_, anchor) / t;
        let bad = if curves + dots > 0.0 { 6.0 } else { 0.0 };
        Some(bad + curves + 2.0 * dots + 4.0 * over as f64 + 6.0 * through as f64 + far)
    }
}

/// Middles of boxes around a place: near ones, further ones, those beside, above and below.
fn around(at: Point, half: (f64, f64), t: f64) -> impl Iterator<Item = Point> {
    let ways = (0..16).map(|i| (f64::from(i) * std::f64::consts::TAU / 16.0).sin_cos());
    let reach = [0.55, 1.0, 1.7, 2.6, 3.8, 5.5, 8.0];
    ways.flat_map(move |(sin, cos)| {
        reach.into_iter().map(move |reach| {
            // The corner or side towards the place is that far from it.
            let x = at.0 + cos * reach * t + half.0 * towards(cos);
            let y = at.1 + sin * reach * t + half.1 * towards(sin);
            (x, y)
        })
    })
}

/// -1, 0 or 1, smooth enough that boxes slide around a place.
fn towards(part: f64) -> f64 {
    (1.6 * part).clamp(-1.0, 1.0)
}

/// From a place to its words, if they are not beside it.
fn leader(box_: Edges, anchor: Point, t: f64) -> Option<(Point, Point)> {
    let to = (
        anchor.0.clamp(box_[0], box_[2]),
        anchor.1.clamp(box_[1], box_[3]),
    );
    let (dx, dy) = (to.0 - anchor.0, to.1 - anchor.1);
    let far = dx.hypot(dy);
    // It begins outside the dot.
    let start = 0.4 * t;
    (far > 0.9 * t).then(|| {
        let from = (anchor.0 + dx / far * start, anchor.1 + dy / far * start);
        (from, to)
    })
}

fn draw(sheet: &mut Sheet, words: &Wanted, place: &Place) {
    let t = sheet.size.text;
    if let Some((from, to)) = place.leader {
        sheet.line(from, to, words.leader, 0.05 * t, &[]);
    }
    let middle = (place.around[0] + place.around[2]) / 2.0;
    let centre = (place.around[1] + place.around[3]) / 2.0;
    let n = words.lines.len() as f64;
    for (i, line) in words.lines.iter().enumerate() {
        let y = centre + (i as f64 - (n - 1.0) / 2.0) * 1.15 * words.size;
        let at = (middle, y + 0.5 * font::CAPITAL * words.size);
        sheet.words(
            at,
            line,
            words.size,
            words.color,
            Anchor::Middle,
            words.weight,
        );
    }
}

fn overlap(a: &Edges, b: &Edges) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

fn inside_box(p: &Point, b: &Edges) -> bool {
    p.0 >= b[0] && p.0 <= b[2] && p.1 >= b[1] && p.1 <= b[3]
}

fn distance(b: &Edges, p: Point) -> f64 {
    let (x, y) = (p.0.clamp(b[0], b[2]), p.1.clamp(b[1], b[3]));
    (x - p.0).hypot(y - p.1)
}

/// Distance of a box from a stretch of line outside of it: one of the two has a corner or an end there.
fn between_box_and_line(b: &Edges, from: Point, to: Point) -> f64 {
    let corners = [(b[0], b[1]), (b[2], b[1]), (b[2], b[3]), (b[0], b[3])];
    let corners = corners.iter().map(|corner| from_line(*corner, from, to));
    let ends = [from, to].map(|end| distance(b, end));
    corners.chain(ends).fold(f64::INFINITY, f64::min)
}

/// Whether a stretch of line touches a box.
fn crosses(a: Point, b: Point, box_: &Edges) -> bool {
    if a.0.max(b.0) < box_[0]
        || a.0.min(b.0) > box_[2]
        || a.1.max(b.1) < box_[1]
        || a.1.min(b.1) > box_[3]
    {
        return false;
    }
    if inside_box(&a, box_) || inside_box(&b, box_) {
        return true;
    }
    let corners = [
        (box_[0], box_[1]),
        (box_[2], box_[1]),
        (box_[2], box_[3]),
        (box_[0], box_[3]),
    ];
    (0..4).any(|i| meet(a, b, corners[i], corners[(i + 1) % 4]))
}

/// Whether two stretches of line cross.
fn meet(a: Point, b: Point, c: Point, d: Point) -> bool {
    let side = |p: Point, q: Point, r: Point| (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0);
    side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_boxes() {
        let box_ = [0.0, 0.0, 10.0, 4.0];
        assert!(crosses((-5.0, 2.0), (15.0, 2.0), &box_));
        assert!(crosses((1.0, 1.0), (2.0, 2.0), &box_));
        assert!(!crosses((-5.0, 8.0), (15.0, 8.0), &box_));
        // The boxes around both touch, the line passes the corner.
        assert!(!crosses((8.0, -4.0), (14.0, 2.0), &box_));
        assert!(meet((0.0, 0.0), (2.0, 2.0), (0.0, 2.0), (2.0, 0.0)));
        assert!(!meet((0.0, 0.0), (2.0, 2.0), (3.0, 0.0), (3.0, 9.0)));
    }

    #[test]
    fn leaders_begin_outside_the_dot_and_only_far_away() {
        assert_eq!(leader([5.0, -1.0, 9.0, 1.0], (0.0, 0.0), 10.0), None);
        let found = leader([20.0, -1.0, 30.0, 1.0], (0.0, 0.0), 10.0);
        assert_eq!(found, Some(((4.0, 0.0), (20.0, 0.0))));
    }
}

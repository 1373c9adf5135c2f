//! The outlines of a cell in the plane of the section, in micrometres from its middle, y upward.

use super::frame::CellFrame;
use super::round;
use super::walled::RoundedBox;
use crate::trajectory::CellShape;

type Outline = Vec<(f64, f64)>;

/// What there is to be drawn of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// The plasma membrane.
    pub membrane: Outline,
    /// The same without its folds: where vesicles fuse.
    pub smooth: Outline,
    /// What its folds leave free: along it vesicles lie.
    pub free: Outline,
    /// The inner face of the wall.
    pub wall: Option<Outline>,
    /// Half of the width and height of all of it \[µm\].
    pub half: (f64, f64),
}

impl Body {
    /// The body of a frame; `None` where its numbers make none.
    pub fn of(frame: &CellFrame) -> Option<Body> {
        let usable = |v: f64| (1e-12..=1e15).contains(&v);
        if !usable(frame.volume) {
            return None;
        }
        let volume = frame.volume;
        let area = frame.area.filter(|a| usable(*a));
        let area = area.unwrap_or_else(|| round::sphere_area(volume));
        let (membrane, smooth, free, wall) = match frame.shape {
            CellShape::Disc => {
                let outline = round::section(&round::disc(volume, area));
                (outline.clone(), outline.clone(), outline, None)
            }
            CellShape::Sphere => {
                let outline = round::section(&round::sphere(volume, area));
                let r = outline.iter().map(|(x, y)| x.hypot(*y));
                let (least, most) = (
                    r.clone().fold(f64::INFINITY, f64::min),
                    r.fold(0.0, f64::max),
                );
                let ring = |r: f64| circle((0.0, 0.0), r);
                (outline, ring((least + most) / 2.0), ring(least), None)
            }
            CellShape::Box { aspect } => {
                let aspect = match aspect.is_finite() {
                    true => aspect.clamp(1.0, 20.0),
                    false => 1.0,
                };
                let slack = frame.wall.filter(|w| usable(*w)).unwrap_or(volume);
                let inside = RoundedBox::protoplast(volume, slack, aspect).section();
                // Turgor stretches the wall: it is then where the protoplast is.
                let wall = RoundedBox::wall(volume.max(slack), aspect).section();
                (inside.clone(), inside.clone(), inside, Some(wall))
            }
        };
        let outer = wall.as_ref().unwrap_or(&membrane);
        let most = |of: fn(&(f64, f64)) -> f64| outer.iter().map(of).fold(0.0, f64::max);
        let half = (most(|p| p.0), most(|p| p.1));
        Some(Body {
            membrane,
            smooth,
            free,
            wall,
            half,
        })
    }

    /// Where the membrane is highest, to the right of the middle or in it: how far from the middle, and how high.
    pub fn thickest(&self) -> (f64, f64) {
        let highest = self.membrane.iter().map(|p| p.1).fold(0.0, f64::max);
        let high = |p: &&(f64, f64)| p.0 >= 0.0 && p.1 >= 0.999 * highest;
        let high = self.membrane.iter().filter(high);
        let nearest = high.min_by(|a, b| a.0.total_cmp(&b.0));
        nearest.copied().unwrap_or((0.0, highest))
    }

    /// Height of the membrane above the middle.
    pub fn top(&self) -> f64 {
        let nearest = self
            .membrane
            .iter()
            .filter(|p| p.1 > 0.0)
            .min_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
        let flat = self.membrane.iter().map(|p| p.1).fold(0.0, f64::max);
        // A straight side has no corner in its middle.
        match nearest {
            Some((x, y)) if x.abs() < 0.05 * self.half.0 => *y,
            _ => flat,
        }
    }
}

/// A circle as a polygon.
pub fn circle(middle: (f64, f64), radius: f64) -> Outline {
    const STEPS: usize = 96;
    let point = |i: usize| {
        let (sin, cos) = (std::f64::consts::TAU * i as f64 / STEPS as f64).sin_cos();
        (middle.0 + radius * cos, middle.1 + radius * sin)
    };
    (0..STEPS).map(point).collect()
}

/// Points evenly along an outline, each with the direction inward; `shift` in steps moves all of them along.
pub fn along(outline: &[(f64, f64)], n: usize, shift: f64) -> Vec<((f64, f64), (f64, f64))> {
    let corners = outline.len();
    if n == 0 || corners < 3 {
        return Vec::new();
    }
    let side = |i: usize| (outline[i], outline[(i + 1) % corners]);
    let length = |(a, b): ((f64, f64), (f64, f64))| (b.0 - a.0).hypot(b.1 - a.1);
    let total: f64 = (0..corners).map(|i| length(side(i))).sum();
    // Inward is to the left of an outline that runs against the clock.
    let twice: f64 = (0..corners)
        .map(|i| {
            let (a, b) = side(i);
            a.0 * b.1 - b.0 * a.1
        })
        .sum();
    let turn = twice.signum();
    let (mut i, mut gone) = (0, 0.0);
    let mut out = Vec::with_capacity(n);
    for k in 0..n {
        let wanted = total * ((k as f64 + shift) / n as f64).rem_euclid(1.0);
        if wanted < gone {
            (i, gone) = (0, 0.0);
        }
        while i + 1 < corners && gone + length(side(i)) < wanted {
            gone += length(side(i));
            i += 1;
        }
        let (a, b) = side(i);
        let long = length((a, b)).max(f64::MIN_POSITIVE);
        let (dx, dy) = ((b.0 - a.0) / long, (b.1 - a.1) / long);
        let at = (a.0 + (wanted - gone) * dx, a.1 + (wanted - gone) * dy);
        out.push((at, (-turn * dy, turn * dx)));
    }
    out
}

/// Where vesicles lie: in rings along the membrane, the outermost first, at most `most`.
pub fn places(outline: &[(f64, f64)], diameter: f64, most: usize) -> Vec<(f64, f64)> {
    let reach = |o: &[(f64, f64)]| o.iter().map(|p| p.0.abs().min(1e300)).fold(0.0, f64::max);
    let low = |o: &[(f64, f64)]| o.iter().map(|p| p.1.abs().min(1e300)).fold(0.0, f64::max);
    let (a, b) = (reach(outline), low(outline));
    let mut out = Vec::new();
    for ring in 0.. {
        let inset = (0.85 + 1.3 * f64::from(ring)) * diameter;
        // A smaller outline of the same shape: nearer to the middle along both axes.
        let (sx, sy) = (1.0 - inset / a, 1.0 - inset / b);
        if out.is_empty() && most > 0 && sx.min(sy) <= 0.05 {
            // One that fills the cell.
            out.push((0.0, 0.0));
        }
        if out.len() >= most || sx.min(sy) <= 0.05 || !(sx * sy).is_finite() {
            break;
        }
        let inner: Outline = outline.iter().map(|(x, y)| (x * sx, y * sy)).collect();
        let around: f64 = (0..inner.len())
            .map(|i| {
                let (p, q) = (inner[i], inner[(i + 1) % inner.len()]);
                (q.0 - p.0).hypot(q.1 - p.1)
            })
            .sum();
        let room = (around / (1.25 * diameter)).floor() as usize;
        let n = room.min(most - out.len());
        let points = along(&inner, n, 0.37 * f64::from(ring + 1));
        out.extend(points.into_iter().map(|p| p.0));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_along_a_circle_look_to_its_middle() {
        for outline in [circle((0.0, 0.0), 2.0), {
            let mut back = circle((0.0, 0.0), 2.0);
            back.reverse();
            back
        }] {
            let points = along(&outline, 7, 0.5);
            assert_eq!(points.len(), 7);
            for ((x, y), (nx, ny)) in points {
                assert!((x.hypot(y) - 2.0).abs() < 1e-2);
                assert!((x / 2.0 + nx).abs() < 0.05 && (y / 2.0 + ny).abs() < 0.05);
            }
        }
    }

    #[test]
    fn vesicles_lie_inside_and_apart() {
        let places = places(&circle((0.0, 0.0), 10.0), 1.5, 40);
        assert_eq!(places.len(), 40);
        for (i, (x, y)) in places.iter().enumerate() {
            assert!(x.hypot(*y) + 0.75 < 10.0);
            for (x2, y2) in &places[..i] {
                assert!((x - x2).hypot(y - y2) > 1.4, "{i}");
            }
        }
    }

    #[test]
    fn nothing_of_nonsense() {
        assert!(along(&[], 3, 0.0).is_empty());
        assert!(places(&circle((0.0, 0.0), 1.0), f64::NAN, 5).is_empty());
        assert!(places(&circle((0.0, 0.0), 1.0), 0.0, 5).len() <= 5);
    }
}

//! Light and dark: a scene is laid out for light paper, its colours are changed when it is drawn.
//!
//! Colours with a role have a counterpart of their own ([`palette::on_dark`]); of any other, the lightness is turned over
//! and the hue kept. The colours of heat maps are numbers and stay. Words can be read on whatever is below them.

use std::borrow::Cow;

use super::palette::{self, DARK_PAPER, PAPER, Rgb, contrast, readable_on};
use super::scene::{Scene, Shape};
use super::sweep::colormap;
use super::thin::Point;

/// The paper that a picture is drawn for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// White, for print and bright rooms.
    #[default]
    Light,
    /// Nearly black, for dark slides and pages.
    Dark,
}

/// Least contrast of words with what is below them, as WCAG 2 asks for.
const READABLE: f64 = 4.5;

impl Theme {
    /// The colour of the paper.
    pub fn paper(self) -> Rgb {
        match self {
            Theme::Light => PAPER,
            Theme::Dark => DARK_PAPER,
        }
    }

    /// What a colour of a scene becomes.
    pub fn color(self, color: Rgb) -> Rgb {
        match self {
            Theme::Light => color,
            Theme::Dark if colormap::is_step(color) => color,
            Theme::Dark => palette::on_dark(color).unwrap_or_else(|| turned(color)),
        }
    }

    /// The scene in the colours of this theme.
    pub(super) fn paint(self, scene: &Scene) -> Cow<'_, Scene> {
        if self == Theme::Light {
            return Cow::Borrowed(scene);
        }
        let mut painted = scene.clone();
        for (i, shape) in painted.shapes.iter_mut().enumerate() {
            let on_map = (middle(shape)).is_some_and(|at| on_map(&scene.shapes[..i], at));
            let color = match shape {
                // Lines and words on a heat map were chosen for its colours, and stay with them.
                _ if on_map => continue,
                Shape::Path { color, .. }
                | Shape::Dot { color, .. }
                | Shape::Area { color, .. }
                | Shape::Cells { color, .. }
                | Shape::Dots { color, .. }
                | Shape::Strokes { color, .. } => color,
                Shape::Text { color, .. } => {
                    let words = self.color(*color);
                    let ground = ground(scene, i).map_or(self.paper(), |g| self.color(g));
                    *color = readable(words, ground);
                    continue;
                }
            };
            *color = self.color(*color);
        }
        Cow::Owned(painted)
    }
}

/// The middle of a line or a text; `None` for what is filled.
fn middle(shape: &Shape) -> Option<Point> {
    match shape {
        Shape::Path { points, .. } => points.get(points.len() / 2).copied(),
        Shape::Strokes { lines, .. } => lines.get(lines.len() / 2).map(|line| line.0),
        Shape::Text { .. } => {
            let [left, top, right, bottom] = shape.text_box()?;
            Some(((left + right) / 2.0, (top + bottom) / 2.0))
        }
        _ => None,
    }
}

fn in_boxes(boxes: &[[f64; 4]], (x, y): Point) -> bool {
    let inside = |b: &[f64; 4]| b[0] <= x && x <= b[2] && b[1] <= y && y <= b[3];
    boxes.iter().any(inside)
}

/// Whether the last cells at a place are those of a heat map.
fn on_map(below: &[Shape], at: Point) -> bool {
    let last = below.iter().rev().find_map(|shape| match shape {
        Shape::Cells { boxes, color } if in_boxes(boxes, at) => Some(*color),
        _ => None,
    });
    last.is_some_and(colormap::is_step)
}

/// The colour of what was filled last below the middle of the `index`-th shape, a text.
fn ground(scene: &Scene, index: usize) -> Option<Rgb> {
    let (x, y) = middle(&scene.shapes[index])?;
    let near = |at: &Point, radius: f64| (at.0 - x).hypot(at.1 - y) <= radius;
    let mut below = scene.shapes[..index].iter().rev();
    below.find_map(|shape| match shape {
        Shape::Cells { boxes, color } => in_boxes(boxes, (x, y)).then_some(*color),
        Shape::Area { points, color } => inside(points, (x, y)).then_some(*color),
        Shape::Dot { at, radius, color } => near(at, *radius).then_some(*color),
        Shape::Dots { at, radius, color } => {
            at.iter().any(|at| near(at, *radius)).then_some(*color)
        }
        Shape::Path { .. } | Shape::Strokes { .. } | Shape::Text { .. } => None,
    })
}

/// Whether a point is inside a polygon (even-odd rule).
fn inside(corners: &[Point], (x, y): Point) -> bool {
    let Some(last) = corners.last() else {
        return false;
    };
    let before = std::iter::once(last).chain(corners);
    let crossed = before.zip(corners).filter(|(a, b)| {
        let between = (a.1 > y) != (b.1 > y);
        between && x < a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0)
    });
    crossed.count() % 2 == 1
}

/// The same hue, as much lighter or darker as it takes to be read on the ground.
fn readable(words: Rgb, ground: Rgb) -> Rgb {
    if contrast(words, ground) >= READABLE {
        return words;
    }
    let end = if readable_on(ground) == PAPER {
        1.0
    } else {
        0.0
    };
    let [l, a, b] = oklab(words);
    let steps = (1..=20).map(|i| f64::from(i) / 20.0);
    let mut lighter = steps.map(|s| from_oklab([l + s * (end - l), a, b]));
    lighter
        .find(|color| contrast(*color, ground) >= READABLE)
        .unwrap_or_else(|| readable_on(ground))
}

/// The colour whose lightness is as far from the dark paper as this one's from the white; the same hue.
fn turned(color: Rgb) -> Rgb {
    const LIGHTEST: f64 = 0.97;
    let [l, a, b] = oklab(color);
    // What is nearly white takes on the hue of the paper.
    let [darkest, paper_a, paper_b] = oklab(DARK_PAPER);
    let lightness = darkest + (1.0 - l) * (LIGHTEST - darkest);
    from_oklab([lightness, a + l * paper_a, b + l * paper_b])
}

/// B. Ottosson, "A perceptual color space for image processing" (2020).
fn oklab(color: Rgb) -> [f64; 3] {
    let [r, g, b] = [color.0, color.1, color.2].map(palette::linear);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s,
    ]
}

/// The nearest colour of that lightness and hue that a screen can show: less vivid where it must be.
fn from_oklab([lightness, a, b]: [f64; 3]) -> Rgb {
    let rgb = |vivid: f64| {
        let (a, b) = (vivid * a, vivid * b);
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
        ]
    };
    let shown = |c: &[f64; 3]| c.iter().all(|v| (-1e-3..=1.0 + 1e-3).contains(v));
    let steps = (0..=20).map(|i| 1.0 - f64::from(i) / 20.0);
    let [r, g, b] = steps.map(rgb).find(shown).unwrap_or_else(|| rgb(0.0));
    let [r, g, b] = [r, g, b].map(palette::encoded);
    (r, g, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::chart::font::Weight;
    use crate::output::chart::palette::INK;
    use crate::output::chart::scene::Anchor;

    #[test]
    fn oklab_goes_there_and_back() {
        for color in [(0, 0, 0), (255, 255, 255), (18, 200, 77), (213, 94, 0)] {
            assert_eq!(from_oklab(oklab(color)), color);
        }
    }

    #[test]
    fn lightness_is_turned_over() {
        assert_eq!(turned(PAPER), DARK_PAPER);
        let hue = |c: Rgb| oklab(c)[2].atan2(oklab(c)[1]);
        let pale = (0xcf, 0xe4, 0xf2);
        let dark = turned(pale);
        assert!(oklab(dark)[0] < 0.4, "{dark:?}");
        assert!((hue(pale) - hue(dark)).abs() < 0.3, "{dark:?}");
    }

    #[test]
    fn words_can_be_read_on_what_is_below_them() {
        let text = |color| Shape::Text {
            at: (50.0, 50.0),
            text: "12".into(),
            size: 10.0,
            weight: Weight::Regular,
            color,
            anchor: Anchor::Middle,
        };
        for step in 0..colormap::STEPS {
            let ground = colormap::step_color(step);
            let scene = Scene {
                width: 100.0,
                height: 100.0,
                shapes: vec![
                    Shape::Cells {
                        boxes: vec![[0.0, 0.0, 100.0, 100.0]],
                        color: ground,
                    },
                    text(readable_on(ground)),
                ],
            };
            let painted = Theme::Dark.paint(&scene);
            let colors: Vec<Rgb> = (painted.shapes.iter())
                .map(|shape| match shape {
                    Shape::Cells { color, .. } | Shape::Text { color, .. } => *color,
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(colors, [ground, readable_on(ground)]);
        }
        // Colours without a role.
        for color in [(0x70, 0x70, 0x10), (0x30, 0x30, 0xd0), INK, (90, 90, 90)] {
            let scene = Scene {
                width: 100.0,
                height: 100.0,
                shapes: vec![text(color)],
            };
            let Shape::Text { color: dark, .. } = Theme::Dark.paint(&scene).shapes[0] else {
                panic!("a text");
            };
            assert!(
                contrast(dark, DARK_PAPER) >= READABLE,
                "{color:?}: {dark:?}"
            );
        }
    }

    #[test]
    fn a_light_scene_stays() {
        let scene = Scene {
            width: 10.0,
            height: 10.0,
            shapes: vec![Shape::Dot {
                at: (1.0, 1.0),
                radius: 1.0,
                color: (1, 2, 3),
            }],
        };
        assert_eq!(*Theme::Light.paint(&scene), scene);
    }
}

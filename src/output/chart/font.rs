//! The embedded font: widths for the layout, outlines for the PNG. No font of the system is asked.

use std::sync::OnceLock;
use ttf_parser::{Face, OutlineBuilder};

static REGULAR: &[u8] = include_bytes!("font/NotoSans-Regular.subset.ttf");
static BOLD: &[u8] = include_bytes!("font/NotoSans-Bold.subset.ttf");

/// Height above the baseline that the tallest letters reach, as a part of the size.
pub const ASCENT: f64 = 1.069;
/// Height of a capital letter, as a part of the size.
pub const CAPITAL: f64 = 0.714;

/// Width of a letter that the font does not have, as a part of the size. Some other font will have to help; most of what
/// is missing here (Chinese, emoji) is a square.
pub const MISSING: f64 = 1.0;

/// One of the two faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// For everything but titles and names of curves.
    Regular,
    /// For titles and names of curves.
    Bold,
}

/// The bytes of a face, for backends that bring their own rasteriser.
pub fn bytes(weight: Weight) -> &'static [u8] {
    match weight {
        Weight::Regular => REGULAR,
        Weight::Bold => BOLD,
    }
}

fn face(weight: Weight) -> Option<&'static Face<'static>> {
    static FACES: [OnceLock<Option<Face<'static>>>; 2] = [OnceLock::new(), OnceLock::new()];
    FACES[weight as usize]
        .get_or_init(|| Face::parse(bytes(weight), 0).ok())
        .as_ref()
}

fn advance(face: &Face, c: char) -> f64 {
    let units = f64::from(face.units_per_em());
    match face.glyph_index(c).and_then(|g| face.glyph_hor_advance(g)) {
        Some(width) => f64::from(width) / units,
        None => MISSING,
    }
}

/// Signs whose widths are looked up once: the layout asks for widths thousands of times, for these above all.
const USUAL: usize = 0x250;

/// The widths of the usual signs.
fn usual(weight: Weight, face: &Face) -> &'static [f64] {
    static WIDTHS: [OnceLock<Vec<f64>>; 2] = [OnceLock::new(), OnceLock::new()];
    WIDTHS[weight as usize].get_or_init(|| {
        let signs = (0..USUAL as u32).map(char::from_u32);
        let advance = |c: Option<char>| c.map_or(MISSING, |c| advance(face, c));
        signs.map(advance).collect()
    })
}

/// Width of a line of text \[px\].
pub fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let Some(face) = face(weight) else {
        return 0.6 * size * text.chars().count() as f64;
    };
    let usual = usual(weight, face);
    let advance = |c: char| (usual.get(c as usize).copied()).unwrap_or_else(|| advance(face, c));
    size * text.chars().map(advance).sum::<f64>()
}

/// Sends the outlines of a line of text to `to`.
pub fn outline(text: &str, weight: Weight, to: &mut impl Pen) {
    let Some(face) = face(weight) else { return };
    let mut x = 0.0;
    for c in text.chars() {
        if let Some(glyph) = face.glyph_index(c) {
            let em = f64::from(face.units_per_em()) as f32;
            face.outline_glyph(
                glyph,
                &mut Shifted {
                    to,
                    x: x as f32,
                    em,
                },
            );
        }
        x += advance(face, c);
    }
}

/// Where outlines go; coordinates in parts of the size, x from the start of the line, y upwards from the baseline.
pub trait Pen {
    /// Starts a contour.
    fn move_to(&mut self, x: f32, y: f32);
    /// A straight line.
    fn line_to(&mut self, x: f32, y: f32);
    /// A quadratic curve.
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32);
    /// Ends a contour.
    fn close(&mut self);
}

struct Shifted<'a, P> {
    to: &'a mut P,
    x: f32,
    em: f32,
}

impl<P: Pen> OutlineBuilder for Shifted<'_, P> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.to.move_to(self.x + x / self.em, y / self.em);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.to.line_to(self.x + x / self.em, y / self.em);
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (a, b) = (self.x + x1 / self.em, self.x + x / self.em);
        self.to.quad_to(a, y1 / self.em, b, y / self.em);
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        // TrueType outlines have no cubics; the middle of the handles would do.
        self.quad_to((x1 + x2) / 2.0, (y1 + y2) / 2.0, x, y);
    }
    fn close(&mut self) {
        self.to.close();
    }
}

/// Width of the longest word of a text \[px\], where it may be broken at joints only.
pub fn longest_word(text: &str, size: f64, weight: Weight) -> f64 {
    let words = text.split_whitespace();
    let words = words.flat_map(|word| word.split_inclusive(JOINTS));
    words
        .map(|word| width(word, size, weight))
        .fold(0.0, f64::max)
}

/// Where a word may be broken.
const JOINTS: [char; 5] = ['.', '_', '-', '/', '–'];

/// Breaks a text into lines of at most `room`, at spaces if possible; what is beyond `max_lines` ends in `…`.
pub fn wrap(text: &str, room: f64, size: f64, weight: Weight, max_lines: usize) -> Vec<String> {
    let fits = |line: &str| width(line, size, weight) <= room;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() {
            word.to_string()
        } else {
            format!("{line} {word}")
        };
        if fits(&longer) {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if !fits(&line) && line.chars().count() > 1 {
                // After the last joint of a qualified name, if it has one; else wherever the line is full.
                let full = line.len() - c.len_utf8();
                let joint = line[..full].rfind(JOINTS);
                let joint = joint.map(|i| i + line[i..].chars().next().map_or(1, char::len_utf8));
                let rest = line.split_off(joint.unwrap_or(full));
                lines.push(std::mem::replace(&mut line, rest));
            }
        }
        if lines.len() > max_lines {
            break;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if lines.len() > max_lines {
        lines.truncate(max_lines);
        if let Some(last) = lines.last_mut() {
            while !last.is_empty() && !fits(&format!("{last}…")) {
                last.pop();
            }
            *last = format!("{}…", last.trim_end());
        }
    }
    lines
}

/// As [`wrap`], in lines about as long as each other: none with a single word at the end.
pub fn balanced(text: &str, room: f64, size: f64, weight: Weight, max_lines: usize) -> Vec<String> {
    let lines = |room: f64| wrap(text, room, size, weight, max_lines);
    let mut best = lines(room);
    // A broken word would be broken elsewhere.
    let mut least = longest_word(text, size, weight);
    if best.len() < 2 || least > room || best.last().is_some_and(|line| line.ends_with('…')) {
        return best;
    }
    let mut most = room;
    while most - least > 0.1 * size {
        let middle = (least + most) / 2.0;
        let narrower = lines(middle);
        let same = narrower.len() == best.len()
            && narrower.last().is_some_and(|line| !line.ends_with('…'));
        if same {
            (best, most) = (narrower, middle);
        } else {
            least = middle;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_promised_sign_is_there() {
        let signs = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉µμ·×−–—…°±≈≤≥→←↑↓∞√∂∫ΣΔπψ‰‘’“”′″αβγΩ\u{2009}";
        for weight in [Weight::Regular, Weight::Bold] {
            let face = face(weight).expect("the embedded font parses");
            let missing: String = signs
                .chars()
                .filter(|c| face.glyph_index(*c).is_none())
                .collect();
            assert_eq!(missing, "");
        }
    }

    #[test]
    fn wrapped_lines_fit_and_lose_nothing() {
        let text = "The cell swells until its membrane is taut; then pressure rises and it tears";
        let lines = wrap(text, 200.0, 15.0, Weight::Bold, 9);
        assert!(lines.len() > 2);
        assert_eq!(lines.join(" "), text);
        for line in &lines {
            assert!(width(line, 15.0, Weight::Bold) <= 200.0, "{line}");
        }
        let even = balanced("one two three four", 200.0, 15.0, Weight::Bold, 9);
        assert_eq!(even, ["one two three four"]);
        let even = balanced("membrane and water and walls", 200.0, 15.0, Weight::Bold, 9);
        assert_eq!(even, ["membrane and", "water and walls"]);
        let cut = wrap(text, 200.0, 15.0, Weight::Bold, 2);
        assert_eq!(cut.len(), 2);
        assert!(cut[1].ends_with('…') && width(&cut[1], 15.0, Weight::Bold) <= 200.0);
        assert!(
            wrap("Rindfleischetikettierung", 40.0, 15.0, Weight::Bold, 99)
                .iter()
                .all(|l| width(l, 15.0, Weight::Bold) <= 40.0)
        );
        let name = wrap("plasmalemma.tension", 100.0, 10.0, Weight::Bold, 3);
        assert_eq!(name, ["plasmalemma.", "tension"]);
        assert!(wrap("  ", 40.0, 15.0, Weight::Bold, 3).is_empty());
    }
}

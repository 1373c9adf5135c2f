//! Colours and dashes that stay apart on a bad projector, in grey print and for colour-blind eyes.

/// Red, green, blue.
pub type Rgb = (u8, u8, u8);

/// Titles and names.
pub const INK: Rgb = (0x1a, 0x1a, 0x1a);
/// Axes, numbers on them.
pub const SOFT: Rgb = (0x4d, 0x4d, 0x4d);
/// Thresholds and their names: dark enough to read, lighter than what is measured.
pub const FAINT: Rgb = (0x6e, 0x6e, 0x6e);
/// The grid.
pub const GRID: Rgb = (0xe6, 0xe6, 0xe6);

/// The paper.
pub const PAPER: Rgb = (0xff, 0xff, 0xff);

/// What failed: red enough to be seen in any picture, and drawn as a cross.
pub const FAILED: Rgb = (0xb5, 0x2a, 0x00);

/// A paler shade: `strength` 1 is the colour itself, 0 the paper.
pub fn tint(color: Rgb, strength: f64) -> Rgb {
    let mix = |c: u8| (255.0 - strength.clamp(0.0, 1.0) * (255.0 - f64::from(c))).round() as u8;
    (mix(color.0), mix(color.1), mix(color.2))
}

/// Relative luminance as WCAG 2 defines it: 0 for black, 1 for white.
pub fn luminance(color: Rgb) -> f64 {
    let linear = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
}

/// Ink or paper, whichever can be read on a colour.
pub fn readable_on(color: Rgb) -> Rgb {
    let at = luminance(color);
    let contrast = |other: Rgb| {
        let other = luminance(other);
        (at.max(other) + 0.05) / (at.min(other) + 0.05)
    };
    if contrast(PAPER) > contrast(INK) {
        PAPER
    } else {
        INK
    }
}

/// How a curve is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Colour of the line.
    pub line: Rgb,
    /// The same hue for words: at least 4.5 : 1 against white.
    pub text: Rgb,
}

/// Okabe & Ito, "Color universal design" (2008), ordered so that neighbours differ in lightness too. Their yellow is
/// replaced by grey: as a line on white it can't be seen.
const COLORS: [Stroke; 8] = [
    stroke((0x00, 0x72, 0xb2), (0x00, 0x68, 0xa3)),
    stroke((0xd5, 0x5e, 0x00), (0xb5, 0x4e, 0x00)),
    stroke((0x00, 0x9e, 0x73), (0x00, 0x79, 0x58)),
    stroke((0xcc, 0x79, 0xa7), (0xa8, 0x4c, 0x80)),
    stroke((0x00, 0x00, 0x00), (0x00, 0x00, 0x00)),
    stroke((0xe6, 0x9f, 0x00), (0x8f, 0x62, 0x00)),
    stroke((0x56, 0xb4, 0xe9), (0x1c, 0x75, 0xa8)),
    stroke((0x80, 0x80, 0x80), (0x66, 0x66, 0x66)),
];

const fn stroke(line: Rgb, text: Rgb) -> Stroke {
    Stroke { line, text }
}

/// Lengths of ink and gap, in line widths.
const DASHES: [&[f64]; 7] = [
    &[],
    &[4.5, 2.0],
    &[1.2, 1.6],
    &[6.0, 1.8, 1.2, 1.8],
    &[9.0, 2.2],
    &[2.6, 1.6],
    &[6.0, 1.8, 1.2, 1.8, 1.2, 1.8],
];

/// Colour of the `index`-th name of a chart.
pub fn color(index: usize) -> Stroke {
    COLORS[index % COLORS.len()]
}

/// Dashes of the `index`-th curve of a panel. Seven patterns against eight colours: 56 pairs before one returns.
pub fn dash(index: usize) -> &'static [f64] {
    DASHES[index % DASHES.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(color: Rgb) -> f64 {
        1.05 / (luminance(color) + 0.05)
    }

    #[test]
    fn words_can_be_read_on_white() {
        let words = COLORS.iter().map(|s| s.text);
        for color in words.chain([INK, SOFT, FAINT]) {
            assert!(contrast(color) >= 4.5, "{color:?}: {}", contrast(color));
        }
    }
}

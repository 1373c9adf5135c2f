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

/// The paper of the dark theme.
pub const DARK_PAPER: Rgb = (0x16, 0x18, 0x1c);

/// What failed: red enough to be seen in any picture, and drawn as a cross.
pub const FAILED: Rgb = (0xb5, 0x2a, 0x00);

/// A paler shade: `strength` 1 is the colour itself, 0 the paper.
pub fn tint(color: Rgb, strength: f64) -> Rgb {
    mixed(color, PAPER, strength)
}

fn mixed(color: Rgb, paper: Rgb, strength: f64) -> Rgb {
    let strength = strength.clamp(0.0, 1.0);
    let mix = |c: u8, paper: u8| {
        let paper = f64::from(paper);
        (paper - strength * (paper - f64::from(c))).round() as u8
    };
    (
        mix(color.0, paper.0),
        mix(color.1, paper.1),
        mix(color.2, paper.2),
    )
}

/// The light that a byte of a colour stands for, 0 to 1: sRGB.
pub(super) fn linear(c: u8) -> f64 {
    let c = f64::from(c) / 255.0;
    if c <= 0.04045 {
        c / 12.92
    } else {
        ((c + 0.055) / 1.055).powf(2.4)
    }
}

/// The byte for a light.
pub(super) fn encoded(light: f64) -> u8 {
    let c = if light <= 0.003_130_8 {
        12.92 * light
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    };
    // A cast saturates.
    (255.0 * c).round() as u8
}

/// Relative luminance as WCAG 2 defines it: 0 for black, 1 for white.
pub fn luminance(color: Rgb) -> f64 {
    0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
}

/// Contrast as WCAG 2 defines it: 1 for equal colours, 21 for black on white.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Ink or paper, whichever can be read on a colour.
pub fn readable_on(color: Rgb) -> Rgb {
    if contrast(color, PAPER) > contrast(color, INK) {
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

/// The same hues on dark paper, in the same order; neighbours differ in lightness here too.
const DARK_COLORS: [Stroke; 8] = [
    stroke((0x3d, 0x9b, 0xdc), (0x5a, 0xad, 0xe8)),
    stroke((0xf5, 0x8b, 0x3c), (0xf5, 0x8b, 0x3c)),
    stroke((0x17, 0xa2, 0x78), (0x2f, 0xb8, 0x8e)),
    stroke((0xe3, 0x9c, 0xc3), (0xe3, 0x9c, 0xc3)),
    stroke((0xf2, 0xf2, 0xf2), (0xf2, 0xf2, 0xf2)),
    stroke((0xf0, 0xb4, 0x2e), (0xf0, 0xb4, 0x2e)),
    stroke((0x9a, 0xd8, 0xfa), (0x9a, 0xd8, 0xfa)),
    stroke((0x9c, 0x9c, 0x9c), (0xa6, 0xa6, 0xa6)),
];

/// Colours with a role, on light and on dark paper.
const ROLES: [(Rgb, Rgb); 6] = [
    (PAPER, DARK_PAPER),
    (INK, (0xec, 0xec, 0xec)),
    (SOFT, (0xbd, 0xbd, 0xbd)),
    (FAINT, (0x9e, 0x9e, 0x9e)),
    (GRID, (0x30, 0x33, 0x38)),
    (FAILED, (0xff, 0x80, 0x58)),
];

/// What a colour with a role, or of a curve, is on dark paper; `None` for any other.
pub fn on_dark(color: Rgb) -> Option<Rgb> {
    let curves = COLORS.iter().zip(&DARK_COLORS);
    let curves = curves.flat_map(|(a, b)| [(a.line, b.line), (a.text, b.text)]);
    let pale = (COLORS.iter().zip(&DARK_COLORS))
        .map(|(a, b)| (a.pale().line, mixed(b.line, DARK_PAPER, PALE)));
    let mut all = ROLES.into_iter().chain(curves).chain(pale);
    all.find(|(light, _)| *light == color).map(|(_, dark)| dark)
}

/// How strong a curve in the background is.
const PALE: f64 = 0.6;

impl Stroke {
    /// For a curve in the background of the one that has this stroke.
    pub fn pale(self) -> Stroke {
        Stroke {
            line: tint(self.line, PALE),
            ..self
        }
    }
}

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

    #[test]
    fn words_can_be_read_on_white() {
        let words = COLORS.iter().map(|s| s.text);
        for color in words.chain([INK, SOFT, FAINT, FAILED]) {
            let found = contrast(color, PAPER);
            assert!(found >= 4.5, "{color:?}: {found}");
        }
    }

    #[test]
    fn words_can_be_read_on_dark_paper_and_lines_seen() {
        let words = COLORS.iter().map(|s| s.text);
        for color in words.chain([INK, SOFT, FAINT, FAILED]) {
            let dark = on_dark(color).expect("a counterpart");
            let found = contrast(dark, DARK_PAPER);
            assert!(found >= 4.5, "{color:?} as {dark:?}: {found}");
        }
        for stroke in COLORS {
            let dark = on_dark(stroke.line).expect("a counterpart");
            assert!(contrast(dark, DARK_PAPER) >= 4.5, "{dark:?}");
        }
        assert_eq!(on_dark((1, 2, 3)), None);
        for stroke in COLORS {
            let (dark, pale) = (on_dark(stroke.line), on_dark(stroke.pale().line));
            let seen = |c: Option<Rgb>| contrast(c.expect("a counterpart"), DARK_PAPER);
            assert!(seen(pale) > 2.5 && seen(pale) < seen(dark), "{stroke:?}");
        }
    }

    #[test]
    fn neighbours_stay_apart_in_grey_on_dark_paper() {
        for pair in DARK_COLORS.windows(2) {
            let apart = contrast(pair[0].line, pair[1].line);
            assert!(apart > 1.15, "{pair:?}: {apart}");
        }
    }
}

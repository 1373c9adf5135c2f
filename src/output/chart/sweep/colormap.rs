//! A map from numbers to colours whose lightness rises evenly: it reads the same in grey and for colour-blind eyes.

use super::super::palette::Rgb;

/// Viridis at 0, 0.1, … 1: S. van der Walt & N. Smith, "A better default colormap for matplotlib", SciPy 2015 (CC0).
const VIRIDIS: [Rgb; 11] = [
    (68, 1, 84),
    (72, 36, 117),
    (65, 68, 135),
    (53, 95, 141),
    (42, 120, 142),
    (33, 145, 140),
    (34, 168, 132),
    (68, 191, 112),
    (122, 209, 81),
    (189, 223, 38),
    (253, 231, 37),
];

/// Number of colours in use: steps that an eye can't see, and areas of one colour that a file can hold in one piece.
pub const STEPS: usize = 64;

/// The colour of a place between 0 (dark) and 1 (light).
pub fn color(at: f64) -> Rgb {
    let at = if at.is_nan() { 0.0 } else { at.clamp(0.0, 1.0) };
    let place = at * (VIRIDIS.len() - 1) as f64;
    let i = (place as usize).min(VIRIDIS.len() - 2);
    let (a, b, s) = (VIRIDIS[i], VIRIDIS[i + 1], place - i as f64);
    let mix = |a: u8, b: u8| (f64::from(a) + s * (f64::from(b) - f64::from(a))).round() as u8;
    (mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

/// The number of the step at a place.
pub fn step(at: f64) -> usize {
    let at = if at.is_nan() { 0.0 } else { at.clamp(0.0, 1.0) };
    ((at * STEPS as f64) as usize).min(STEPS - 1)
}

/// The colour of a step.
pub fn step_color(step: usize) -> Rgb {
    color((step as f64 + 0.5) / STEPS as f64)
}

/// Whether it is the colour of a step.
pub fn is_step(color: Rgb) -> bool {
    (0..STEPS).any(|step| step_color(step) == color)
}

#[cfg(test)]
mod tests {
    use super::super::super::palette::luminance;
    use super::*;

    #[test]
    fn lightness_rises_evenly() {
        // CIE 1976 L*.
        let lightness = |at: f64| 116.0 * luminance(color(at)).cbrt() - 16.0;
        let l: Vec<f64> = (0..=10).map(|i| lightness(f64::from(i) / 10.0)).collect();
        let steps: Vec<f64> = l.windows(2).map(|w| w[1] - w[0]).collect();
        assert!(steps.iter().all(|s| (4.0..11.0).contains(s)), "{steps:?}");
    }

    #[test]
    fn places_without_sense_have_a_colour() {
        assert_eq!(color(f64::NAN), color(0.0));
        assert_eq!(color(7.0), color(1.0));
        assert_eq!(step(f64::INFINITY), STEPS - 1);
    }
}

//! Cells that are bodies of revolution: their profile, so that volume and area are those of the model.

use std::f64::consts::PI;

/// Height of the half thickness of a red cell over its radius, in units of half the radius R, with s = r/R:
/// sqrt(1 - s²) (C₀ + C₂ s² + C₄ s⁴). Evans & Fung 1972 Microvasc Res 4:335, as many programs quote it (the paper itself
/// not read). With their R of 3.91 µm the volume is 94.1 µm³ and the area 135 µm², as they measured; a test says so.
const EVANS_FUNG: [f64; 3] = [0.207161, 2.002558, -1.122762];
/// The same form makes a sphere with these.
const SPHERE: [f64; 3] = [2.0, 0.0, 0.0];

/// Steps from the pole to the rim of a disc.
const DISC_STEPS: usize = 64;
/// Folds around a sphere, and points on each.
const FOLDS: usize = 22;
const POINTS_OF_FOLD: usize = 12;
/// Deepest folds, relative to the radius: the membrane is then 2.4 times that of the sphere.
const DEEPEST: f64 = 0.16;

/// Half of the section through the axis: (distance from the axis, height) from the upper pole to the lower one.
pub type Profile = Vec<(f64, f64)>;

/// Volume of the body of a profile: a pile of frusta.
pub fn volume(profile: &[(f64, f64)]) -> f64 {
    let slices = profile.windows(2).map(|w| {
        let ((r, z), (r2, z2)) = (w[0], w[1]);
        (z - z2) * (r * r + r * r2 + r2 * r2)
    });
    PI / 3.0 * slices.sum::<f64>()
}

/// Area of its surface.
pub fn area(profile: &[(f64, f64)]) -> f64 {
    let rings = profile.windows(2).map(|w| {
        let ((r, z), (r2, z2)) = (w[0], w[1]);
        (r + r2) * (r2 - r).hypot(z2 - z)
    });
    PI * rings.sum::<f64>()
}

/// Radius of the sphere of a volume.
pub fn radius(volume: f64) -> f64 {
    (3.0 * volume / (4.0 * PI)).cbrt()
}

/// Area of the sphere of a volume.
pub fn sphere_area(volume: f64) -> f64 {
    4.0 * PI * radius(volume).powi(2)
}

fn scaled(profile: Profile, factor: f64) -> Profile {
    let mut profile = profile;
    for (r, z) in &mut profile {
        (*r, *z) = (*r * factor, *z * factor);
    }
    profile
}

/// The x between `low` and `high` at which `f`, which falls or rises all the way, has a value.
fn solve(low: f64, high: f64, value: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (low, high);
    let rises = f(low) < f(high);
    for _ in 0..32 {
        let middle = (low + high) / 2.0;
        if (f(middle) < value) == rises {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// The profile for coefficients, with R = 1.
fn unit_disc(c: [f64; 3]) -> Profile {
    let steps = 2 * DISC_STEPS;
    let point = |i: usize| {
        let angle = PI * i as f64 / steps as f64;
        let (s, cos) = angle.sin_cos();
        let s2 = s * s;
        (s, 0.5 * cos * (c[0] + c[1] * s2 + c[2] * s2 * s2))
    };
    (0..=steps).map(point).collect()
}

/// Volume relative to that of the sphere with the same area.
fn reduced(profile: &[(f64, f64)]) -> f64 {
    6.0 * PI.sqrt() * volume(profile) / area(profile).powf(1.5)
}

/// A red cell: from the sphere to the disc of Evans & Fung the coefficients go along a straight line, below its volume
/// the disc becomes flatter (both chosen); volume and area decide how far. A stretched cell is a sphere.
pub fn disc(volume_wanted: f64, area_wanted: f64) -> Profile {
    if area_wanted <= sphere_area(volume_wanted) {
        return sphere(volume_wanted, area_wanted);
    }
    let wanted = 6.0 * PI.sqrt() * volume_wanted / area_wanted.powf(1.5);
    let toward = |x: f64| {
        let mix = |i: usize| (1.0 - x) * SPHERE[i] + x * EVANS_FUNG[i];
        unit_disc([mix(0), mix(1), mix(2)])
    };
    let flat = |f: f64| unit_disc(EVANS_FUNG.map(|c| f * c));
    let profile = match wanted >= reduced(&toward(1.0)) {
        true => toward(solve(0.0, 1.0, wanted, |x| reduced(&toward(x)))),
        false => flat(solve(0.0, 1.0, wanted, |f| reduced(&flat(f)))),
    };
    let factor = (area_wanted / area(&profile)).sqrt();
    scaled(profile, factor)
}

/// A sphere of a volume, its surface in folds that run around it where there is more membrane than it needs.
pub fn sphere(volume_wanted: f64, area_wanted: f64) -> Profile {
    let steps = FOLDS * POINTS_OF_FOLD / 2;
    let waves = FOLDS as f64;
    let folded = |depth: f64| -> Profile {
        let point = |i: usize| {
            let angle = PI * i as f64 / steps as f64;
            let r = 1.0 - depth * (waves * angle).cos();
            (r * angle.sin(), r * angle.cos())
        };
        (0..=steps).map(point).collect()
    };
    let excess = |depth: f64| {
        let profile = folded(depth);
        area(&profile) / sphere_area(volume(&profile))
    };
    let wanted = area_wanted / sphere_area(volume_wanted);
    // A corner of rounding is no fold.
    let depth = match wanted > 1.0 + 1e-6 {
        true => solve(0.0, DEEPEST, wanted, excess),
        false => 0.0,
    };
    let profile = folded(depth);
    let factor = (volume_wanted / volume(&profile)).cbrt();
    scaled(profile, factor)
}

/// The whole section: the profile and its mirror image.
pub fn section(profile: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let other = profile.iter().rev().map(|(r, z)| (-r, *z));
    // The poles are on both sides.
    let other = other.skip(1).take(profile.len().saturating_sub(2));
    profile.iter().copied().chain(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_disc_has_the_published_volume_and_area() {
        let profile = scaled(unit_disc(EVANS_FUNG), 3.91);
        let (v, a) = (volume(&profile), area(&profile));
        assert!((v / 94.1 - 1.0).abs() < 2e-3, "{v}");
        assert!((a / 135.0 - 1.0).abs() < 1e-2, "{a}");
        // What they measured: 2.58 µm at the thickest place, 0.81 µm in the middle.
        let thickest = profile.iter().map(|p| 2.0 * p.1).fold(0.0, f64::max);
        assert!((thickest - 2.565).abs() < 0.02, "{thickest}");
        assert!((2.0 * profile[0].1 - 0.81).abs() < 1e-3);
    }

    #[test]
    fn discs_have_the_volume_and_area_of_the_model() {
        for volume_wanted in [20.0, 62.1, 90.0, 94.0, 114.3, 140.0, 147.4] {
            let profile = disc(volume_wanted, 135.0);
            let (v, a) = (volume(&profile), area(&profile));
            assert!(
                (v / volume_wanted - 1.0).abs() < 1e-3,
                "{volume_wanted}: {v}"
            );
            assert!((a / 135.0 - 1.0).abs() < 1e-3, "{volume_wanted}: {a}");
            assert!(profile.iter().all(|(r, _)| *r >= 0.0));
            let upper = &profile[..=DISC_STEPS];
            assert!(upper.iter().all(|(_, z)| *z >= -1e-9), "it is not pierced");
        }
    }

    #[test]
    fn a_stretched_cell_is_a_sphere() {
        let profile = disc(154.18, 135.0);
        let r = radius(154.18);
        for (x, z) in &profile {
            assert!((x.hypot(*z) / r - 1.0).abs() < 2e-3);
        }
    }

    #[test]
    fn a_disc_swells_to_the_sphere_without_a_jump() {
        let taut = disc(147.49, 135.0);
        let before = disc(147.0, 135.0);
        let far = |a: &Profile, b: &Profile| {
            let most = |p: &Profile| p.iter().map(|q| q.0).fold(0.0, f64::max);
            (most(a) - most(b)).abs()
        };
        assert!(far(&taut, &before) < 0.3);
    }

    #[test]
    fn folded_spheres_have_the_volume_and_area_of_the_model() {
        for (volume_wanted, area_wanted) in [
            (2000.0, 1000.0),
            (3600.0, 1136.5),
            (1200.0, 1000.0),
            (1.5e6, 1e5),
        ] {
            let profile = sphere(volume_wanted, area_wanted);
            let (v, a) = (volume(&profile), area(&profile));
            assert!((v / volume_wanted - 1.0).abs() < 1e-3, "{v}");
            assert!((a / area_wanted - 1.0).abs() < 1e-2, "{area_wanted}: {a}");
        }
    }
}
